//! VER-COPY and VER-COND-017, VER-COND-018.

use super::world::World;
use crate::client::{Answer, Call};

fn copy(world: &World, target: &str, source: &str) -> Answer {
    world.ask(Call::new("PUT", target).header("x-amz-copy-source", source))
}

#[test]
fn copies_name_source_and_new_version() {
    let world = World::versioned();
    let first = world.put_version("/bkt/k", "first");
    let second = world.put_version("/bkt/k", "second");
    let answer = copy(&world, "/bkt/copy", "/bkt/k");
    assert_eq!(answer.code(), "200");
    assert_eq!(
        answer.header("x-amz-copy-source-version-id"),
        Some(second.as_str())
    );
    assert!(answer.header("x-amz-version-id").is_some());
    assert_eq!(world.read("/bkt/copy"), "second");
    // VER-COPY-002: an old version onto its own key is the way to restore it.
    let restored = copy(&world, "/bkt/k", &format!("bkt/k?versionId={first}"));
    assert_eq!(
        restored.header("x-amz-copy-source-version-id"),
        Some(first.as_str())
    );
    assert_eq!(world.read("/bkt/k"), "first");
    assert_eq!(copy(&world, "/bkt/k", "bkt/k").code(), "400 InvalidRequest");
    world.versioning("Suspended");
    world.put("/bkt/n", "null");
    let answer = copy(&world, "/bkt/n2", "bkt/n");
    assert_eq!(answer.header("x-amz-version-id"), Some("null"));
    assert_eq!(answer.header("x-amz-copy-source-version-id"), None);
}

#[test]
fn a_copy_in_place_must_change_something() {
    let world = World::unversioned();
    world.put("/bkt/k", "x");
    // Without versions there is nothing to restore, so naming one does not help.
    for source in ["bkt/k", "bkt/k?versionId=null"] {
        assert_eq!(
            copy(&world, "/bkt/k", source).code(),
            "400 InvalidRequest",
            "{source}"
        );
    }
    let class = Call::new("PUT", "/bkt/k")
        .header("x-amz-copy-source", "bkt/k")
        .header("x-amz-storage-class", "STANDARD_IA");
    assert_eq!(world.ask(class).code(), "200");
    world.versioning("Suspended");
    assert_eq!(copy(&world, "/bkt/k", "bkt/k?versionId=null").code(), "200");
}

#[test]
fn sources_that_cannot_be_copied() {
    let world = World::versioned();
    let id = world.put_version("/bkt/k", "x");
    let marker = world
        .delete("/bkt/k")
        .header("x-amz-version-id")
        .unwrap()
        .to_owned();
    world.delete(&format!("/bkt/k?versionId={id}"));
    for (source, code) in [
        ("bkt/k".to_owned(), "404 NoSuchKey"),
        ("bkt/never".to_owned(), "404 NoSuchKey"),
        ("nowhere/k".to_owned(), "404 NoSuchBucket"),
        (format!("bkt/k?versionId={marker}"), "400 InvalidRequest"),
        (format!("bkt/k?versionId={id}"), "404 NoSuchVersion"),
        ("bkt/k?versionId=bad".to_owned(), "400 InvalidArgument"),
        ("b".to_owned(), "400 InvalidArgument"),
    ] {
        assert_eq!(copy(&world, "/bkt/copy", &source).code(), code, "{source}");
    }
    assert_eq!(
        copy(&world, "/bkt/copy", "bkt/k").element("Key").as_deref(),
        Some("k")
    );
}

/// VER-COPY-011: the id is one of this server's, but nothing with it is at the source.
#[test]
fn the_version_of_another_key_is_no_version_of_a_missing_one() {
    let world = World::versioned();
    let id = world.put_version("/bkt/k", "x");
    let upload = world
        .ask(Call::new("POST", "/bkt/up?uploads"))
        .element("UploadId")
        .unwrap();
    let source = |key: &str, id: &str| format!("bkt/{key}?versionId={id}");
    let altered = format!("{}{}", &id[..31], if id.ends_with('A') { 'B' } else { 'A' });
    for target in [
        "/bkt/copy".to_owned(),
        format!("/bkt/up?partNumber=1&uploadId={upload}"),
    ] {
        let answer = copy(&world, &target, &source("none", &id));
        assert_eq!(answer.code(), "404 NoSuchVersion", "{target}");
        assert_eq!(answer.element("Key").as_deref(), Some("none"));
        assert_eq!(answer.element("VersionId").as_deref(), Some(id.as_str()));
        for bad in ["bad", altered.as_str(), upload.as_str()] {
            assert_eq!(
                copy(&world, &target, &source("none", bad)).code(),
                "400 InvalidArgument",
                "{bad}"
            );
        }
    }
    assert_eq!(world.get("/bkt/copy").code(), "404 NoSuchKey");
}

/// In a copy source `+` is a space, in the path of a request it is itself.
#[test]
fn a_plus_in_the_source_is_a_space() {
    let world = World::unversioned();
    world.put("/bkt/a%20b", "with a space");
    world.put("/bkt/a%2Bb", "with a plus");
    for (source, read) in [
        ("bkt/a+b", "with a space"),
        ("/bkt/a%20b", "with a space"),
        ("bkt/a%2Bb", "with a plus"),
    ] {
        assert_eq!(copy(&world, "/bkt/copy", source).code(), "200", "{source}");
        assert_eq!(world.read("/bkt/copy"), read, "{source}");
        let upload = world
            .ask(Call::new("POST", "/bkt/part?uploads"))
            .element("UploadId")
            .unwrap();
        let part = copy(
            &world,
            &format!("/bkt/part?partNumber=1&uploadId={upload}"),
            source,
        );
        let length = format!("/bkt/part?uploadId={upload}");
        assert_eq!(part.code(), "200", "{source}");
        assert_eq!(
            world.get(&length).element("Size"),
            Some(read.len().to_string()),
            "{source}"
        );
    }
    assert_eq!(copy(&world, "/bkt/copy", "bkt/a%2B%20b").code(), "404 NoSuchKey");
}

#[test]
fn sources_without_bucket_or_key_are_no_sources() {
    let world = World::unversioned();
    let upload = world
        .ask(Call::new("POST", "/bkt/part?uploads"))
        .element("UploadId")
        .unwrap();
    for target in [
        "/bkt/copy".to_owned(),
        format!("/bkt/part?partNumber=1&uploadId={upload}"),
    ] {
        for (source, message) in [
            ("bkt", "Invalid copy source object key"),
            ("/bkt", "Invalid copy source object key"),
            ("bkt/", "Invalid copy source object key"),
            ("//k", "Invalid copy source bucket name"),
            ("bkt/%zz", "Invalid copy source encoding"),
        ] {
            let answer = copy(&world, &target, source);
            assert_eq!(answer.code(), "400 InvalidArgument", "{source}");
            for (element, value) in [
                ("Message", message),
                ("ArgumentName", "x-amz-copy-source"),
                ("ArgumentValue", "x-amz-copy-source"),
            ] {
                assert_eq!(answer.element(element).as_deref(), Some(value), "{source}");
            }
        }
    }
}

#[test]
fn metadata_and_tags_are_copied_or_replaced() {
    let world = World::unversioned();
    let put = Call::new("PUT", "/bkt/k")
        .header("x-amz-meta-a", "1")
        .header("x-amz-tagging", "t=1")
        .body("x");
    assert_eq!(world.ask(put).status, 200);
    copy(&world, "/bkt/same", "bkt/k");
    let same = world.head("/bkt/same");
    assert_eq!(
        (same.header("x-amz-meta-a"), same.header("x-amz-tagging-count")),
        (Some("1"), Some("1"))
    );
    let replace = Call::new("PUT", "/bkt/k")
        .header("x-amz-copy-source", "bkt/k")
        .header("x-amz-metadata-directive", "REPLACE")
        .header("x-amz-tagging-directive", "REPLACE")
        .header("x-amz-meta-b", "2");
    assert_eq!(world.ask(replace).code(), "200");
    let head = world.head("/bkt/k");
    assert_eq!(
        head.header("x-amz-meta-a").or(head.header("x-amz-tagging-count")),
        None
    );
    assert_eq!(head.header("x-amz-meta-b"), Some("2"));
}

/// A condition on the source that can't be read is no reason to copy without it.
#[test]
fn a_date_of_a_condition_must_be_one() {
    let world = World::unversioned();
    world.put("/bkt/k", "x");
    for name in [
        "x-amz-copy-source-if-modified-since",
        "x-amz-copy-source-if-unmodified-since",
    ] {
        for value in ["yesterday", "", "Fri, 32 Jan 2026 03:04:05 GMT"] {
            let call = Call::new("PUT", "/bkt/c").header("x-amz-copy-source", "bkt/k");
            let answer = world.ask(call.header(name, value));
            assert_eq!(answer.code(), "400 InvalidArgument", "{name}: {value}");
            assert_eq!(answer.element("ArgumentName").as_deref(), Some(name));
        }
    }
    assert_eq!(world.get("/bkt/c").code(), "404 NoSuchKey");
}

#[test]
fn conditions_on_the_source() {
    let world = World::unversioned();
    let etag = world.put("/bkt/k", "x").header("etag").unwrap().to_owned();
    let with = |headers: &[(&str, &str)]| {
        let call = Call::new("PUT", "/bkt/c").header("x-amz-copy-source", "bkt/k");
        world.ask(
            headers
                .iter()
                .fold(call, |call, (name, value)| call.header(name, value)),
        )
    };
    let (past, now) = ("Thu, 01 Jan 2026 00:00:00 GMT", "Fri, 02 Jan 2026 03:04:05 GMT");
    for (headers, condition) in [
        (vec![("x-amz-copy-source-if-match", "\"no\"")], "If-Match"),
        (
            vec![("x-amz-copy-source-if-none-match", etag.as_str())],
            "If-None-Match",
        ),
        (
            vec![("x-amz-copy-source-if-modified-since", now)],
            "If-Modified-Since",
        ),
        (
            vec![("x-amz-copy-source-if-unmodified-since", past)],
            "If-Unmodified-Since",
        ),
        (
            vec![
                ("x-amz-copy-source-if-none-match", etag.as_str()),
                ("x-amz-copy-source-if-modified-since", past),
            ],
            "If-None-Match",
        ),
    ] {
        let answer = with(&headers);
        assert_eq!(answer.code(), "412 PreconditionFailed", "{headers:?}");
        let expected = format!("x-amz-copy-source-{condition}");
        assert_eq!(answer.element("Condition").as_deref(), Some(expected.as_str()));
    }
    let both = [
        ("x-amz-copy-source-if-match", etag.as_str()),
        ("x-amz-copy-source-if-unmodified-since", past),
    ];
    assert_eq!(with(&both).status, 200);
}
