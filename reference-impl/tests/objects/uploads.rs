//! Multipart uploads: parts, order, conditions.

use super::world::World;
use crate::client::{Answer, Call};

fn create(world: &World, key: &str) -> String {
    let answer = world.ask(Call::new("POST", &format!("/bkt/{key}?uploads")));
    assert_eq!(answer.code(), "200", "{}", answer.text());
    answer.element("UploadId").unwrap()
}

fn part(world: &World, key: &str, upload: &str, number: u16, body: &[u8]) -> Answer {
    let target = format!("/bkt/{key}?partNumber={number}&uploadId={upload}");
    world.ask(Call {
        unsigned_payload: true,
        ..Call::new("PUT", &target).body(body)
    })
}

fn complete(
    world: &World,
    key: &str,
    upload: &str,
    parts: &[(u16, &str)],
    header: Option<(&str, &str)>,
) -> Answer {
    let list: String = parts
        .iter()
        .map(|(number, etag)| format!("<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>"))
        .collect();
    let body = format!("<CompleteMultipartUpload>{list}</CompleteMultipartUpload>");
    let call = Call::new("POST", &format!("/bkt/{key}?uploadId={upload}")).body(body);
    world.ask(match header {
        Some((name, value)) => call.header(name, value),
        None => call,
    })
}

fn etag(answer: &Answer) -> String {
    answer.header("etag").unwrap().to_owned()
}

#[test]
fn parts_become_one_object() {
    let world = World::versioned();
    let upload = create(&world, "k");
    let five = vec![b'a'; 5 * 1024 * 1024];
    let (one, three) = (
        etag(&part(&world, "k", &upload, 1, &five)),
        etag(&part(&world, "k", &upload, 3, b"tail")),
    );
    part(&world, "k", &upload, 2, b"left out");
    assert!(world.get("/bkt?uploads").text().contains(&upload));
    assert_eq!(
        world
            .get(&format!("/bkt/k?uploadId={upload}"))
            .text()
            .matches("<Part>")
            .count(),
        3
    );
    assert_eq!(world.get("/bkt/k").code(), "404 NoSuchKey");
    let done = complete(&world, "k", &upload, &[(1, &one), (3, &three)], None);
    assert_eq!(done.code(), "200", "{}", done.text());
    assert!(done.element("ETag").unwrap().contains("-2"), "{}", done.text());
    assert!(done.header("x-amz-version-id").is_some());
    let body = world.get("/bkt/k").body;
    assert_eq!(
        (body.len(), &body[body.len() - 5..]),
        (five.len() + 4, b"atail".as_slice())
    );
    let range = world.ask(Call::new("GET", "/bkt/k").header("range", "bytes=5242879-5242881"));
    assert_eq!(range.text(), "ata");
    let second = world.get("/bkt/k?partNumber=2");
    assert_eq!(
        (second.text().as_str(), second.header("x-amz-mp-parts-count")),
        ("tail", Some("2"))
    );
    assert_eq!(world.get("/bkt/k?partNumber=3").code(), "416 InvalidPartNumber");
    assert_eq!(
        complete(&world, "k", &upload, &[(1, &one)], None).code(),
        "404 NoSuchUpload"
    );
    assert!(!world.get("/bkt?uploads").text().contains(&upload));
}

#[test]
fn bad_lists_of_parts_change_nothing() {
    let world = World::versioned();
    let upload = create(&world, "k");
    let (one, two) = (
        etag(&part(&world, "k", &upload, 1, b"1")),
        etag(&part(&world, "k", &upload, 2, b"2")),
    );
    let code = |parts: &[(u16, &str)]| complete(&world, "k", &upload, parts, None).code();
    assert_eq!(code(&[(2, &two), (1, &one)]), "400 InvalidPartOrder");
    assert_eq!(code(&[(1, &two)]), "400 InvalidPart");
    assert_eq!(code(&[(3, &two)]), "400 InvalidPart");
    assert_eq!(code(&[(1, &one), (2, &two)]), "400 EntityTooSmall");
    assert_eq!(code(&[]), "400 MalformedXML");
    let zero = complete(&world, "k", &upload, &[(0, &one)], None);
    assert_eq!(zero.code(), "400 InvalidArgument");
    assert_eq!(
        zero.element("Message").as_deref(),
        Some("PartNumber must be &gt;= 1")
    );
    assert_eq!(zero.element("ArgumentName").as_deref(), Some("PartNumber"));
    assert_eq!(code(&[(1, &one), (10_001, &two)]), "400 EntityTooSmall");
    assert_eq!(code(&[(10_001, &two)]), "400 InvalidPart");
    assert_eq!(world.history(&[]), "");
    assert_eq!(code(&[(1, &one)]), "200");
}

/// An upload that is not there is told before a list that is not there.
#[test]
fn a_completion_without_a_body_completes_nothing() {
    let world = World::versioned();
    let upload = create(&world, "k");
    part(&world, "k", &upload, 1, b"1");
    let bare = |upload: &str| world.ask(Call::new("POST", &format!("/bkt/k?uploadId={upload}")));
    assert_eq!(bare("made-up").code(), "404 NoSuchUpload");
    let known = bare(&upload);
    assert_eq!(known.code(), "400 InvalidRequest");
    assert_eq!(
        known.element("Message").as_deref(),
        Some("You must specify at least one part")
    );
    world.delete(&format!("/bkt/k?uploadId={upload}"));
    assert_eq!(bare(&upload).code(), "404 NoSuchUpload");
    assert_eq!(world.history(&[]), "");
}

/// VER-PUT-014
#[test]
fn a_completion_may_be_repeated() {
    for state in ["", "Enabled", "Suspended"] {
        let world = World::unversioned();
        if !state.is_empty() {
            world.versioning(state);
        }
        let upload = create(&world, "k");
        let five = vec![b'a'; 5 * 1024 * 1024];
        let (one, two) = (
            etag(&part(&world, "k", &upload, 1, &five)),
            etag(&part(&world, "k", &upload, 2, b"2")),
        );
        let parts = [(1, one.as_str()), (2, two.as_str())];
        let first = complete(&world, "k", &upload, &parts, None);
        let history = world.history(&[]);
        for header in [None, Some(("if-none-match", "*")), Some(("if-match", "\"no\""))] {
            let again = complete(&world, "k", &upload, &parts, header);
            assert_eq!(again.code(), "200", "{state} {header:?}");
            assert_eq!(again.element("ETag"), first.element("ETag"));
            assert_eq!(again.header("x-amz-version-id"), first.header("x-amz-version-id"));
            assert_eq!(again.text(), first.text());
        }
        assert_eq!(world.history(&[]), history);
        // Other parts are another completion.
        let swapped = [(1, two.as_str()), (2, one.as_str())];
        for other in [&parts[..1], &swapped[..]] {
            assert_eq!(
                complete(&world, "k", &upload, other, None).code(),
                "404 NoSuchUpload"
            );
        }
        let wrong = complete(&world, "k", &upload, &parts, Some(("x-amz-mp-object-size", "1")));
        assert_eq!(wrong.code(), "400 InvalidRequest");
        // So it is when the object has given way to another, or was deleted.
        let (head, target) = (world.head("/bkt/k"), "/bkt/k");
        world.put(target, "new");
        let again = |header| complete(&world, "k", &upload, &parts, header);
        assert_eq!(again(None).text(), first.text());
        if let Some(id) = head.header("x-amz-version-id").filter(|id| *id != "null") {
            world.delete(&format!("{target}?versionId={id}"));
        }
        assert_eq!(again(Some(("if-none-match", "*"))).text(), first.text());
        assert_eq!(
            complete(&world, "k", &upload, &parts[..1], None).code(),
            "404 NoSuchUpload"
        );
        assert_eq!(world.read(target), "new");
    }
}

#[test]
fn an_aborted_upload_is_gone() {
    let world = World::versioned();
    let upload = create(&world, "k");
    let abort = format!("/bkt/k?uploadId={upload}");
    assert_eq!(world.delete(&abort).status, 204);
    assert_eq!(world.delete(&abort).code(), "404 NoSuchUpload");
    assert_eq!(part(&world, "k", &upload, 1, b"x").code(), "404 NoSuchUpload");
    assert_eq!(world.delete("/bkt/k?uploadId=made-up").code(), "404 NoSuchUpload");
    for number in [0, 10_001] {
        assert_eq!(
            part(&world, "k", &create(&world, "k"), number, b"x").code(),
            "400 InvalidArgument"
        );
    }
}

#[test]
fn versions_rank_by_the_initiation_of_their_upload() {
    let world = World::versioned();
    let (early, late) = (create(&world, "k"), create(&world, "k"));
    let finish = |upload: &str, body: &[u8]| {
        let tag = etag(&part(&world, "k", upload, 1, body));
        complete(&world, "k", upload, &[(1, &tag)], None)
            .header("x-amz-version-id")
            .unwrap()
            .to_owned()
    };
    let second = finish(&late, b"late");
    let first = finish(&early, b"early");
    assert_eq!(world.history(&[&first, &second]), "k@1* k@0");
    assert_eq!(world.read("/bkt/k"), "late");
}

#[test]
fn conditional_completion_sees_what_happened_meanwhile() {
    let world = World::versioned();
    let ready = |key: &str| {
        let upload = create(&world, key);
        let tag = etag(&part(&world, key, &upload, 1, b"x"));
        (upload, tag)
    };
    let code = |key: &str, (upload, tag): &(String, String), header: (&str, &str)| {
        complete(&world, key, upload, &[(1, tag)], Some(header)).code()
    };
    // VER-COND-008, VER-COND-009
    let first = ready("a");
    world.put("/bkt/a", "x");
    assert_eq!(
        code("a", &first, ("if-none-match", "*")),
        "412 PreconditionFailed"
    );
    world.delete("/bkt/a");
    assert_eq!(
        code("a", &first, ("if-none-match", "*")),
        "409 ConditionalRequestConflict"
    );
    assert_eq!(code("a", &ready("a"), ("if-none-match", "*")), "200");
    // VER-COND-010
    let tag = etag(&world.put("/bkt/c", "x"));
    let before = ready("c");
    assert_eq!(
        code("c", &before, ("if-match", "\"no\"")),
        "412 PreconditionFailed"
    );
    world.put("/bkt/c", "x");
    assert_eq!(
        code("c", &before, ("if-match", &tag)),
        "409 ConditionalRequestConflict"
    );
    assert_eq!(code("c", &ready("c"), ("if-match", &tag)), "200");
}

#[test]
fn locks_come_from_the_initiation_and_parts_want_digests() {
    let world = World::locking();
    let create = Call::new("POST", "/bkt/k?uploads")
        .header("x-amz-object-lock-mode", "GOVERNANCE")
        .header("x-amz-object-lock-retain-until-date", "2026-01-02T04:04:05Z");
    let upload = world.ask(create).element("UploadId").unwrap();
    let bare = part(&world, "k", &upload, 1, b"x");
    assert_eq!(bare.code(), "400 InvalidRequest");
    assert!(bare.element("Message").unwrap().contains("for Put Part requests"));
    let target = format!("/bkt/k?partNumber=1&uploadId={upload}");
    let tag = etag(&world.ask(Call::new("PUT", &target).document("x")));
    assert_eq!(complete(&world, "k", &upload, &[(1, &tag)], None).code(), "200");
    assert_eq!(
        world.head("/bkt/k").header("x-amz-object-lock-mode"),
        Some("GOVERNANCE")
    );
}

/// ListMultipartUploads names its last upload whether or not more comes after it, and nothing where it lists none.
#[test]
fn pages_of_uploads_say_how_far_they_went() {
    let world = World::unversioned();
    let elements = |target: &str| {
        let answer = world.get(target);
        assert_eq!(answer.status, 200, "{}", answer.text());
        ["NextKeyMarker", "NextUploadIdMarker", "Prefix", "IsTruncated"].map(|name| answer.element(name))
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        elements("/bkt?uploads"),
        [some(""), some(""), None, some("false")]
    );
    let ids = ["a", "b/1", "b/2", "c"].map(|key| create(&world, key));
    assert_eq!(
        elements("/bkt?uploads"),
        [some("c"), some(&ids[3]), None, some("false")]
    );
    assert_eq!(
        elements("/bkt?uploads&max-uploads=2"),
        [some("b/1"), some(&ids[1]), None, some("true")]
    );
    assert_eq!(
        elements("/bkt?uploads&prefix=b"),
        [some("b/2"), some(&ids[2]), some("b"), some("false")]
    );
    assert_eq!(elements("/bkt?uploads&prefix=")[2], some(""));
    assert_eq!(
        elements("/bkt?uploads&prefix=none"),
        [some(""), some(""), some("none"), some("false")]
    );
    assert_eq!(
        elements("/bkt?uploads&max-uploads=0"),
        [some(""), some(""), None, some("false")]
    );
    // Common prefixes have no upload to name: a page of nothing else has empty markers, and one with both names its
    // last upload, though the prefix sorts behind it.
    let [key, id, ..] = elements("/bkt?uploads&prefix=b&delimiter=/");
    assert_eq!((key, id), (some(""), some("")));
    let before = world.get("/bkt?uploads&delimiter=/&prefix=&key-marker=c");
    assert_eq!(before.element("NextKeyMarker"), some(""));
    world.delete(&format!("/bkt/c?uploadId={}", ids[3]));
    let both = world.get("/bkt?uploads&delimiter=/");
    assert_eq!(
        (both.element("NextKeyMarker"), both.element("NextUploadIdMarker")),
        (some("a"), some(&ids[0]))
    );
    assert!(both.text().contains("<CommonPrefixes><Prefix>b/</Prefix>"));
}

/// Whatever a page ends with, the next one goes on behind it.
#[test]
fn pages_of_uploads_make_up_the_whole() {
    let world = World::unversioned();
    let keys = ["a", "b/1", "b/2", "c", "d/1", "e/1", "f"];
    for key in keys {
        create(&world, key);
    }
    for (delimiter, whole) in [("", keys.len()), ("&delimiter=/", 6)] {
        for limit in 1..4 {
            let (mut seen, mut next, mut pages) = (0, String::new(), 0);
            loop {
                let answer = world.get(&format!("/bkt?uploads&max-uploads={limit}{delimiter}{next}"));
                let text = answer.text();
                seen += text.matches("<Upload>").count() + text.matches("<CommonPrefixes>").count();
                pages += 1;
                assert!(pages <= whole, "the listing does not end: {text}");
                if answer.element("IsTruncated").as_deref() != Some("true") {
                    break;
                }
                let marker = |name: &str| answer.element(name).unwrap();
                next = format!(
                    "&key-marker={}&upload-id-marker={}",
                    marker("NextKeyMarker"),
                    marker("NextUploadIdMarker")
                );
            }
            assert_eq!(seen, whole, "{delimiter} {limit}");
        }
    }
}

/// ListParts always has NextPartNumberMarker.
#[test]
fn pages_of_parts_say_how_far_they_went() {
    let world = World::unversioned();
    let upload = create(&world, "k");
    let elements = |parameters: &str| {
        let answer = world.get(&format!("/bkt/k?uploadId={upload}{parameters}"));
        ["PartNumberMarker", "NextPartNumberMarker", "IsTruncated"].map(|name| answer.element(name).unwrap())
    };
    assert_eq!(elements(""), ["0", "0", "false"]);
    for number in [2, 5, 9] {
        part(&world, "k", &upload, number, b"x");
    }
    assert_eq!(elements(""), ["0", "9", "false"]);
    assert_eq!(elements("&max-parts=2"), ["0", "5", "true"]);
    assert_eq!(elements("&max-parts=2&part-number-marker=5"), ["5", "9", "false"]);
    assert_eq!(elements("&part-number-marker=9"), ["9", "0", "false"]);
    assert_eq!(elements("&max-parts=0"), ["0", "0", "false"]);
}
