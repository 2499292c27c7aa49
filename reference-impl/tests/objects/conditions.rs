//! VER-COND: conditional writes and deletes.

use super::world::World;
use crate::client::{Answer, Call};

fn put(world: &World, name: &str, value: &str) -> Answer {
    world.ask(Call::new("PUT", "/bkt/k").header(name, value).body("new"))
}

#[test]
fn writes_accept_few_conditions() {
    let world = World::versioned();
    for (name, value, header) in [
        ("if-none-match", "\"x\"", "If-None-Match"),
        ("if-match", "*", "If-Match"),
    ] {
        let answer = put(&world, name, value);
        assert_eq!(answer.code(), "501 NotImplemented");
        assert_eq!(answer.element("Header").as_deref(), Some(header));
        let additional = format!("We don't accept the provided value of {header} header for this API");
        assert_eq!(
            answer.element("additionalMessage").as_deref(),
            Some(additional.as_str())
        );
    }
    let both = Call::new("PUT", "/bkt/k")
        .header("if-match", "x")
        .header("if-none-match", "*");
    assert_eq!(
        world.ask(both).element("Header").as_deref(),
        Some("If-Match,If-None-Match")
    );
}

#[test]
fn only_the_current_version_counts() {
    let world = World::versioned();
    let etag = world.put("/bkt/k", "x").header("etag").unwrap().to_owned();
    let refused = put(&world, "if-none-match", "*");
    assert_eq!(refused.code(), "412 PreconditionFailed");
    assert_eq!(refused.element("Condition").as_deref(), Some("If-None-Match"));
    assert_eq!(put(&world, "if-match", "\"no\"").code(), "412 PreconditionFailed");
    world.delete("/bkt/k");
    let gone = put(&world, "if-match", &etag);
    assert_eq!(gone.code(), "404 NoSuchKey");
    assert_eq!(put(&world, "if-none-match", "*").status, 200);
    // The first version still has the entity tag, but is no longer current.
    assert_eq!(put(&world, "if-match", &etag).code(), "412 PreconditionFailed");
}

#[test]
fn deletes_are_conditional_too() {
    let world = World::versioned();
    let etag = world.put("/bkt/k", "x").header("etag").unwrap().to_owned();
    let delete = |name: &str, value: &str| world.ask(Call::new("DELETE", "/bkt/k").header(name, value));
    let refused = delete("if-match", "\"no\"");
    assert_eq!(refused.code(), "412 PreconditionFailed");
    assert_eq!(refused.element("Condition").as_deref(), Some("If-Match"));
    for header in ["x-amz-if-match-last-modified-time", "x-amz-if-match-size"] {
        let answer = delete(header, "1");
        assert_eq!(answer.code(), "501 NotImplemented");
        assert_eq!(answer.element("Header").as_deref(), Some(header));
    }
    assert_eq!(delete("if-match", &etag).status, 204);
}

/// VER-COND-013: a condition that names what is not there makes no marker.
#[test]
fn a_conditional_delete_of_nothing_makes_nothing() {
    for world in [World::unversioned(), World::versioned()] {
        let etag = world.put("/bkt/k", "x").header("etag").unwrap().to_owned();
        world.delete("/bkt/k");
        let before = world.history(&[]);
        for key in ["k", "never"] {
            for value in ["*", etag.as_str(), "\"no\""] {
                let call = Call::new("DELETE", &format!("/bkt/{key}")).header("if-match", value);
                assert_eq!(world.ask(call).code(), "404 NoSuchKey", "{key} {value}");
            }
            let entry = format!("<Object><Key>{key}</Key><ETag>*</ETag></Object>");
            let many = Call::new("POST", "/bkt?delete").document(&format!("<Delete>{entry}</Delete>"));
            assert_eq!(world.ask(many).element("Code").as_deref(), Some("NoSuchKey"));
        }
        assert_eq!(world.history(&[]), before);
    }
}

/// VER-COND-019: a condition is tested against one version, so it does not come with the id of another.
#[test]
fn no_condition_comes_with_a_version_id() {
    let world = World::versioned();
    let old = world.put("/bkt/k", "old");
    let (tag, id) = (
        old.header("etag").unwrap().to_owned(),
        old.header("x-amz-version-id").unwrap().to_owned(),
    );
    let new = world.put("/bkt/k", "new");
    let current = new.header("etag").unwrap().to_owned();
    let marker = world
        .delete("/bkt/gone")
        .header("x-amz-version-id")
        .unwrap()
        .to_owned();
    let before = world.history(&[]);
    for (key, id) in [
        ("k", id.as_str()),
        ("k", new.header("x-amz-version-id").unwrap()),
        ("k", "null"),
        ("gone", marker.as_str()),
    ] {
        for value in [tag.as_str(), current.as_str(), "*", "\"no\""] {
            let target = format!("/bkt/{key}?versionId={id}");
            let answer = world.ask(Call::new("DELETE", &target).header("if-match", value));
            assert_eq!(answer.code(), "501 NotImplemented", "{target} {value}");
            assert_eq!(answer.element("Header").as_deref(), Some("If-Match"));
            let entry =
                format!("<Object><Key>{key}</Key><VersionId>{id}</VersionId><ETag>{value}</ETag></Object>");
            let many = Call::new("POST", "/bkt?delete").document(&format!("<Delete>{entry}</Delete>"));
            let answer = world.ask(many);
            assert_eq!(
                (answer.status, answer.element("Code").as_deref()),
                (200, Some("NotImplemented"))
            );
        }
    }
    assert_eq!(world.history(&[]), before);
}

/// VER-COND-014, VER-MDEL-013: the conditions of directory buckets.
#[test]
fn size_and_date_are_no_conditions_here() {
    let world = World::versioned();
    let id = world.put_version("/bkt/k", "x");
    let entries = format!(
        "<Object><Key>k</Key><Size>1</Size></Object><Object><Key>k</Key><VersionId>{id}</VersionId>\
         <LastModifiedTime>2026-01-02T03:04:05Z</LastModifiedTime></Object><Object><Key>other</Key></Object>"
    );
    let many = world.ask(Call::new("POST", "/bkt?delete").document(&format!("<Delete>{entries}</Delete>")));
    let text = many.text();
    assert_eq!(
        (
            many.status,
            text.matches("<Code>NotImplemented</Code>").count(),
            text.matches("<Deleted>").count()
        ),
        (200, 2, 1),
        "{text}"
    );
    assert_eq!(world.read("/bkt/k"), "x");
    let size = world.ask(
        Call::new("DELETE", "/bkt/k")
            .header("x-amz-if-match-size", "1")
            .header("if-match", "\"no\""),
    );
    assert_eq!(size.code(), "501 NotImplemented");
    assert_eq!(size.element("additionalMessage"), None);
}

/// VER-COND-021
#[test]
fn a_write_forgives_a_missing_quote() {
    let world = World::unversioned();
    world.put("/bkt/source", "x");
    for (before, after) in [("", ""), ("\"", ""), ("", "\""), ("\"", "\"")] {
        let etag = world.put("/bkt/k", "x").header("etag").unwrap().to_owned();
        let etag = format!("{before}{}{after}", etag.trim_matches('"'));
        assert_eq!(put(&world, "if-match", &etag).code(), "200", "{etag}");
        world.put("/bkt/k", "x");
        let copy = Call::new("PUT", "/bkt/k")
            .header("x-amz-copy-source", "bkt/source")
            .header("if-match", &etag);
        assert_eq!(world.ask(copy).code(), "200", "{etag}");
    }
    // Deletes and sources of copies alike.
    let etag = world.put("/bkt/k", "x").header("etag").unwrap().to_owned();
    let torn = etag.trim_end_matches('"');
    let source = Call::new("PUT", "/bkt/c")
        .header("x-amz-copy-source", "bkt/k")
        .header("x-amz-copy-source-if-match", torn);
    assert_eq!(world.ask(source).code(), "200");
    let delete = Call::new("DELETE", "/bkt/k").header("if-match", torn);
    assert_eq!(world.ask(delete).status, 204);
    world.put("/bkt/k", "x");
    let none = put(&world, "if-match", "\"9dd4e461268c8034f5c8564e155c67a");
    assert_eq!(none.code(), "412 PreconditionFailed");
}

#[test]
fn of_many_conditional_writes_at_once_one_wins() {
    let world = World::versioned();
    let codes: Vec<u16> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..16)
            .map(|_| scope.spawn(|| put(&world, "if-none-match", "*").status))
            .collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    });
    assert_eq!(codes.iter().filter(|code| **code == 200).count(), 1, "{codes:?}");
    assert_eq!(codes.iter().filter(|code| **code == 412).count(), 15, "{codes:?}");
}

/// Of the kind of VER-COND-019: where a request names a version, its conditions are about that one and no other.
#[test]
fn conditions_of_reads_and_copies_are_about_the_version_that_is_named() {
    let world = World::versioned();
    let old = world.put("/bkt/k", "old");
    let new = world.put("/bkt/k", "new!");
    let header = |answer: &Answer, name: &str| answer.header(name).unwrap().to_owned();
    let (id, etag) = (header(&old, "x-amz-version-id"), header(&old, "etag"));
    let current = header(&new, "etag");
    for method in ["GET", "HEAD"] {
        let named = |name: &str, value: &str| {
            world
                .ask(Call::new(method, &format!("/bkt/k?versionId={id}")).header(name, value))
                .status
        };
        assert_eq!(
            (named("if-match", &etag), named("if-match", &current)),
            (200, 412)
        );
        assert_eq!(
            (named("if-none-match", &etag), named("if-none-match", &current)),
            (304, 200)
        );
        let range = Call::new(method, &format!("/bkt/k?versionId={id}")).header("range", "bytes=0-0");
        let of = |etag: &str| world.ask(range.clone().header("if-range", etag)).status;
        assert_eq!((of(&etag), of(&current)), (206, 200));
    }
    let upload = world
        .ask(Call::new("POST", "/bkt/up?uploads"))
        .element("UploadId")
        .unwrap();
    for target in [
        "/bkt/copy".to_owned(),
        format!("/bkt/up?partNumber=1&uploadId={upload}"),
    ] {
        let copy = |name: &str, value: &str| {
            let call =
                Call::new("PUT", &target).header("x-amz-copy-source", &format!("bkt/k?versionId={id}"));
            world.ask(call.header(name, value)).status
        };
        let (matches, differs) = ("x-amz-copy-source-if-match", "x-amz-copy-source-if-none-match");
        assert_eq!(
            (copy(matches, &etag), copy(matches, &current)),
            (200, 412),
            "{target}"
        );
        assert_eq!(
            (copy(differs, &etag), copy(differs, &current)),
            (412, 200),
            "{target}"
        );
    }
    // The destination of a copy is its current version, whichever is the source.
    let restore = |etag: &str| {
        let call = Call::new("PUT", "/bkt/k").header("x-amz-copy-source", &format!("bkt/k?versionId={id}"));
        world.ask(call.header("if-match", etag)).status
    };
    assert_eq!((restore(&etag), restore(&current)), (412, 200));
}
