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

/// The last bytes of an empty object are the whole of it; any other range of it can't be had.
#[test]
fn ranges_of_an_empty_object() {
    let world = World::unversioned();
    world.put("/bkt/empty", "");
    world.put("/bkt/k", "data");
    let range = |method: &str, key: &str, range: &str| {
        world.ask(Call::new(method, &format!("/bkt/{key}")).header("range", range))
    };
    for method in ["GET", "HEAD"] {
        for suffix in ["bytes=-1", "bytes=-5"] {
            let answer = range(method, "empty", suffix);
            let shown = ["content-length", "content-range"].map(|name| answer.header(name));
            assert_eq!(
                (answer.status, shown),
                (200, [Some("0"), None]),
                "{method} {suffix}"
            );
        }
        for beyond in ["bytes=0-", "bytes=0-0", "bytes=3-9", "bytes=-0"] {
            assert_eq!(range(method, "empty", beyond).status, 416, "{method} {beyond}");
        }
        // With a blank in it it is no range at all.
        for blank in ["bytes= -1", "bytes=0- 1", "bytes=0 -1", "bytes =0-1"] {
            let answer = range(method, "k", blank);
            let shown = ["content-length", "content-range"].map(|name| answer.header(name));
            assert_eq!(
                (answer.status, shown),
                (200, [Some("4"), None]),
                "{method} {blank}"
            );
        }
    }
}

/// Values in the encoding of RFC 2047 come back decoded if they are plain ASCII, whatever wrote them.
#[test]
fn encoded_words_of_metadata_are_decoded() {
    let world = World::unversioned();
    let sent = [
        ("x-amz-meta-b", "=?UTF-8?B?aGVsbG8=?=", "hello"),
        ("x-amz-meta-q", "=?UTF-8?Q?a_b=3D?=", "a b="),
        ("x-amz-meta-e", "=?UTF-8?Q?=C3=A9?=", "=?UTF-8?Q?=C3=A9?="),
        (
            "x-amz-meta-n",
            "=?UTF-8?Q?a=0D=0Ax:_y?=",
            "=?UTF-8?Q?a=0D=0Ax:_y?=",
        ),
        ("x-amz-meta-p", "plain", "plain"),
        // Raw bytes are read as Latin-1, so that those of UTF-8 are encoded twice.
        ("x-amz-meta-u", "é", "=?UTF-8?B?w4PCqQ==?="),
        // System metadata is kept as it was sent.
        (
            "content-disposition",
            "=?UTF-8?B?aGVsbG8=?=",
            "=?UTF-8?B?aGVsbG8=?=",
        ),
    ];
    let with = |call: Call| {
        sent.iter()
            .fold(call, |call, (name, value, _)| call.header(name, value))
    };
    assert_eq!(
        world.ask(with(Call::new("PUT", "/bkt/put")).body("x")).status,
        200
    );
    let copy = Call::new("PUT", "/bkt/copy")
        .header("x-amz-copy-source", "/bkt/put")
        .header("x-amz-metadata-directive", "REPLACE");
    assert_eq!(world.ask(with(copy)).status, 200);
    let upload = world
        .ask(with(Call::new("POST", "/bkt/upload?uploads")))
        .element("UploadId")
        .unwrap();
    let part = format!("/bkt/upload?partNumber=1&uploadId={upload}");
    let etag = world
        .ask(Call::new("PUT", &part).body("x"))
        .header("etag")
        .unwrap()
        .to_owned();
    let list = format!(
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{etag}</ETag></Part></CompleteMultipartUpload>"
    );
    assert_eq!(
        world
            .ask(Call::new("POST", &format!("/bkt/upload?uploadId={upload}")).body(list))
            .status,
        200
    );
    for key in ["put", "copy", "upload"] {
        for answer in [
            world.get(&format!("/bkt/{key}")),
            world.head(&format!("/bkt/{key}")),
        ] {
            for (name, _, read) in sent {
                assert_eq!(answer.header(name), Some(read), "{name} of {key}");
            }
        }
    }
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
