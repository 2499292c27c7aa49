//! Ranges, parts, metadata and conditions of reads.

use super::world::World;
use crate::client::Call;

#[test]
fn ranges_are_cut_exactly() {
    let world = World::unversioned();
    let body: String = (0..40_000)
        .map(|i| char::from(b'a' + u8::try_from(i % 26).unwrap()))
        .collect();
    world.put("/bkt/k", &body);
    let range = |range: &str| world.ask(Call::new("GET", "/bkt/k").header("range", range));
    let answer = range("bytes=10-12");
    assert_eq!((answer.status, answer.text().as_str()), (206, &body[10..13]));
    assert_eq!(answer.header("content-range"), Some("bytes 10-12/40000"));
    assert_eq!(range("bytes=-5").text(), body[39_995..]);
    assert_eq!(range("bytes=39999-50000").text(), body[39_999..]);
    assert_eq!(range("bytes=5-1").status, 200);
    let beyond = range("bytes=40000-");
    assert_eq!(beyond.code(), "416 InvalidRange");
    assert_eq!(beyond.element("ActualObjectSize").as_deref(), Some("40000"));
    let head = world.ask(Call::new("HEAD", "/bkt/k").header("range", "bytes=0-9"));
    assert_eq!((head.status, head.header("content-length")), (206, Some("10")));
}

#[test]
fn metadata_comes_back_as_it_was() {
    let world = World::unversioned();
    let put = Call::new("PUT", "/bkt/k")
        .header("content-type", "text/x")
        .header("cache-control", "no-cache")
        .header("x-amz-meta-color", "Blue")
        .header("x-amz-tagging", "a=1")
        .body("x");
    assert_eq!(world.ask(put).status, 200);
    let answer = world.get("/bkt/k");
    for (name, value) in [
        ("content-type", "text/x"),
        ("cache-control", "no-cache"),
        ("x-amz-meta-color", "Blue"),
        ("x-amz-tagging-count", "1"),
        ("accept-ranges", "bytes"),
        ("x-amz-server-side-encryption", "AES256"),
        ("etag", "\"9dd4e461268c8034f5c8564e155c67a6\""),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
    let overridden = world.get("/bkt/k?response-content-type=text%2Fy");
    assert_eq!(overridden.header("content-type"), Some("text/y"));
    world.put("/bkt/plain", "x");
    assert_eq!(
        world.get("/bkt/plain").header("content-type"),
        Some("binary/octet-stream")
    );
    let big = Call::new("PUT", "/bkt/k").header("x-amz-meta-a", &"x".repeat(2048));
    assert_eq!(world.ask(big).code(), "400 MetadataTooLarge");
}

#[test]
fn read_conditions_hold_or_fail() {
    let world = World::unversioned();
    let etag = world.put("/bkt/k", "x").header("etag").unwrap().to_owned();
    let with = |name: &str, value: &str| world.ask(Call::new("GET", "/bkt/k").header(name, value));
    assert_eq!(with("if-match", &etag).status, 200);
    assert_eq!(with("if-match", "\"no\"").code(), "412 PreconditionFailed");
    assert_eq!(with("if-none-match", "\"no\"").status, 200);
    let unchanged = with("if-none-match", &etag);
    assert_eq!(
        (unchanged.status, unchanged.header("etag")),
        (304, Some(etag.as_str()))
    );
    assert_eq!(
        with("if-modified-since", "Thu, 01 Jan 2026 00:00:00 GMT").status,
        200
    );
    assert_eq!(
        with("if-modified-since", "Fri, 02 Jan 2026 03:04:05 GMT").status,
        304
    );
    assert_eq!(
        with("if-unmodified-since", "Thu, 01 Jan 2026 00:00:00 GMT").code(),
        "412 PreconditionFailed"
    );
}

#[test]
fn what_is_not_built_says_so() {
    let world = World::unversioned();
    for (name, value) in [
        ("x-amz-server-side-encryption", "aws:kms"),
        ("x-amz-server-side-encryption-customer-algorithm", "AES256"),
        ("x-amz-storage-class", "GLACIER"),
    ] {
        let answer = world.ask(Call::new("PUT", "/bkt/k").header(name, value).body("x"));
        assert_eq!(answer.code(), "501 NotImplemented", "{name}");
    }
    assert_eq!(world.get("/bkt/k").code(), "404 NoSuchKey");
}

#[test]
fn checksums_are_kept_and_shown_on_demand() {
    let world = World::unversioned();
    let put = Call::new("PUT", "/bkt/k")
        .header("x-amz-checksum-crc32", "NhCmhg==")
        .body("hello");
    let answer = world.ask(put);
    assert_eq!(answer.header("x-amz-checksum-crc32"), Some("NhCmhg=="));
    assert_eq!(world.get("/bkt/k").header("x-amz-checksum-crc32"), None);
    let shown = world.ask(Call::new("GET", "/bkt/k").header("x-amz-checksum-mode", "ENABLED"));
    assert_eq!(shown.header("x-amz-checksum-crc32"), Some("NhCmhg=="));
    assert_eq!(shown.header("x-amz-checksum-type"), Some("FULL_OBJECT"));
    let wrong = Call::new("PUT", "/bkt/k")
        .header("x-amz-checksum-crc32", "AAAAAA==")
        .body("hello!");
    assert_eq!(world.ask(wrong).status, 400);
    assert_eq!(world.read("/bkt/k"), "hello");
}
