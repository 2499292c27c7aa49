//! Tags of buckets (EVAL-OP-016) and objects (EVAL-OP-042, VER-GET-017).

use super::world::{World, tagging};
use crate::client::{Answer, Call, OTHER};

type Headers<'a> = &'a [(&'a str, &'a str)];

const NONE: &str = "404 NoSuchTagSet";

fn pairs(answer: &Answer) -> Vec<(String, String)> {
    let text = answer.text();
    let pieces = text.split("<Tag>").skip(1);
    pieces
        .map(|piece| {
            let inner = |name: &str| {
                let rest = piece.split_once(&format!("<{name}>")).unwrap().1;
                rest.split_once("</").unwrap().0.to_owned()
            };
            (inner("Key"), inner("Value"))
        })
        .collect()
}

fn pair(key: &str, value: &str) -> (String, String) {
    (key.to_owned(), value.to_owned())
}

#[test]
fn buckets_have_tags_of_their_own() {
    let mut world = World::empty();
    world.done(Call::new("PUT", "/bkt"));
    let missing = world.get("/bkt?tagging");
    assert_eq!(missing.code(), NONE);
    assert_eq!(
        missing.element("Message").as_deref(),
        Some("The TagSet does not exist")
    );
    assert_eq!(missing.element("BucketName").as_deref(), Some("bkt"));
    assert_eq!(
        world
            .put("/bkt?tagging", &tagging(&[("b", "2"), ("a", "1")]))
            .status,
        204
    );
    let shown = [pair("a", "1"), pair("b", "2")];
    assert_eq!(pairs(&world.get("/bkt?tagging")), shown);
    world.restart();
    assert_eq!(pairs(&world.get("/bkt?tagging")), shown);
    // All tags are replaced, and an empty set is none.
    assert_eq!(world.put("/bkt?tagging", &tagging(&[("c", "")])).status, 204);
    assert_eq!(pairs(&world.get("/bkt?tagging")), [pair("c", "")]);
    assert_eq!(world.put("/bkt?tagging", &tagging(&[])).status, 204);
    assert_eq!(world.get("/bkt?tagging").code(), NONE);
    world.put("/bkt?tagging", &tagging(&[("a", "1")]));
    for _ in 0..2 {
        assert_eq!(world.ask(Call::new("DELETE", "/bkt?tagging")).status, 204);
        assert_eq!(world.get("/bkt?tagging").code(), NONE);
    }
    assert_eq!(
        world.put("/nothing?tagging", &tagging(&[])).code(),
        "404 NoSuchBucket"
    );
}

#[test]
fn bad_bucket_tags_change_nothing() {
    let world = World::empty();
    world.done(Call::new("PUT", "/bkt"));
    world.put("/bkt?tagging", &tagging(&[("kept", "yes")]));
    let many: Vec<(String, String)> = (0..51).map(|i| (i.to_string(), String::new())).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    for (body, code, message) in [
        (
            tagging(&[("a", "1"), ("a", "1")]),
            "400 InvalidTag",
            "Cannot provide multiple Tags with the same key",
        ),
        (
            tagging(&[("aws:a", "1")]),
            "400 InvalidTag",
            "System tags cannot be added/updated by requester",
        ),
        (
            tagging(&[("", "1")]),
            "400 InvalidTag",
            "The TagKey you have provided is invalid",
        ),
        (
            tagging(&[("a", "(1)")]),
            "400 InvalidTag",
            "The TagValue you have provided is invalid",
        ),
        (
            tagging(&many),
            "400 BadRequest",
            "Bucket tag count cannot be greater than 50",
        ),
        (
            "<Tagging/>".to_owned(),
            "400 MalformedXML",
            "The XML you provided was not well-formed or did not validate against our published schema",
        ),
        ("<Tagging><TagSet>".to_owned(), "400 MalformedXML", "The XML"),
        ("<Other/>".to_owned(), "400 MalformedXML", "The XML"),
    ] {
        let answer = world.put("/bkt?tagging", &body);
        assert_eq!(answer.code(), code, "{body}");
        assert!(answer.element("Message").unwrap().starts_with(message), "{body}");
    }
    let bare = world.ask(Call::new("PUT", "/bkt?tagging").body(tagging(&[("a", "1")])));
    assert_eq!(bare.code(), "400 InvalidRequest");
    assert_eq!(
        bare.element("Message").as_deref(),
        Some("Missing required header for this request: Content-MD5 OR x-amz-checksum-*")
    );
    for (method, body) in [
        ("GET", ""),
        ("PUT", "<Tagging><TagSet/></Tagging>"),
        ("DELETE", ""),
    ] {
        let call = || Call::new(method, "/bkt?tagging").document(body);
        let other_owner = call().header("x-amz-expected-bucket-owner", "444455556666");
        assert_eq!(world.ask(other_owner).code(), "403 AccessDenied", "{method}");
        let no_owner = call().header("x-amz-expected-bucket-owner", "me");
        assert_eq!(
            world.ask(no_owner).code(),
            "400 InvalidBucketOwnerAWSAccountID",
            "{method}"
        );
        assert_eq!(
            world.server.ask(OTHER, call()).code(),
            "403 AccessDenied",
            "{method}"
        );
        assert_eq!(world.server.send(&call()).code(), "403 AccessDenied", "{method}");
    }
    assert_eq!(pairs(&world.get("/bkt?tagging")), [pair("kept", "yes")]);
}

#[test]
fn a_checksum_serves_for_a_digest() {
    let world = World::empty();
    world.done(Call::new("PUT", "/bkt"));
    let body = tagging(&[("a", "1")]);
    let put = |value: &str| {
        let call = Call::new("PUT", "/bkt?tagging").header("x-amz-checksum-sha256", value);
        world.ask(call.body(&body)).code()
    };
    let sum = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, body.as_bytes());
    assert_eq!(put(&data_encoding::BASE64.encode(&[0; 32])), "400 BadDigest");
    assert_eq!(world.get("/bkt?tagging").code(), NONE);
    assert_eq!(put(&data_encoding::BASE64.encode(sum.as_ref())), "204");
}

#[test]
fn headers_of_writes_are_query_strings() {
    let world = World::empty();
    world.done(Call::new("PUT", "/bkt"));
    world.done(Call::new("PUT", "/bkt/src").body("x"));
    let routes: [(&str, &str, Headers<'_>); 3] = [
        ("PUT", "/bkt/k", &[]),
        ("POST", "/bkt/k?uploads", &[]),
        (
            "PUT",
            "/bkt/k",
            &[
                ("x-amz-copy-source", "/bkt/src"),
                ("x-amz-tagging-directive", "REPLACE"),
            ],
        ),
    ];
    for (method, target, headers) in routes {
        let write = |tags: &str| {
            let call = Call::new(method, target).header("x-amz-tagging", tags);
            let headers = headers.iter();
            world.ask(headers.fold(call, |call, (name, value)| call.header(name, value)))
        };
        for no_query in ["a=1,b=2", "=", "a=1&a=2", "a=%2"] {
            let answer = write(no_query);
            assert_eq!(
                answer.code(),
                "400 InvalidArgument",
                "{method} {target} {no_query}"
            );
            assert_eq!(
                answer.element("Message").as_deref(),
                Some(
                    "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without \
                     tag name duplicates."
                )
            );
            assert_eq!(answer.element("ArgumentName").as_deref(), Some("x-amz-tagging"));
            let value = no_query.replace('&', "&amp;");
            assert_eq!(answer.element("ArgumentValue"), Some(value));
        }
        let system = write("aws:a=1");
        assert_eq!(system.code(), "400 InvalidTag", "{method} {target}");
        assert_eq!(
            system.element("Message").as_deref(),
            Some("Your TagKey cannot be prefixed with aws:")
        );
        assert_eq!(system.element("TagKey").as_deref(), Some("aws:a"));
    }
    assert_eq!(world.get("/bkt/k").code(), "404 NoSuchKey");
    assert!(!world.get("/bkt?uploads").text().contains("<Upload>"));
    world.done(Call::new("PUT", "/bkt/k").header("x-amz-tagging", "a&b=&c%3A=x%2By"));
    let expected = [pair("a", ""), pair("b", ""), pair("c:", "x+y")];
    assert_eq!(pairs(&world.get("/bkt/k?tagging")), expected);
}

#[test]
fn what_reads_miss_is_named() {
    let world = World::empty();
    world.done(Call::new("PUT", "/bkt"));
    let body = tagging(&[("a", "1")]);
    let cases = [
        (Call::new("GET", "/bkt/a%26b?tagging"), "bkt/a&amp;b"),
        (Call::new("PUT", "/bkt/a%26b?tagging").document(&body), "a&amp;b"),
        (Call::new("DELETE", "/bkt/a%26b?tagging"), "a&amp;b"),
        (Call::new("GET", "/bkt/a%26b"), "a&amp;b"),
        (Call::new("GET", "/bkt/a%26b?acl"), "a&amp;b"),
    ];
    for (call, key) in cases {
        let what = format!("{} {}", call.method, call.target);
        let answer = world.ask(call);
        assert_eq!(answer.code(), "404 NoSuchKey", "{what}");
        assert_eq!(answer.element("Key").as_deref(), Some(key), "{what}");
    }
}

#[test]
fn tags_of_one_version_change_alone() {
    let world = World::empty();
    world.done(Call::new("PUT", "/bkt"));
    world.put(
        "/bkt?versioning",
        "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
    );
    let write = |tags: &str| {
        let call = Call::new("PUT", "/bkt/k").header("x-amz-tagging", tags);
        let answer = world.done(call.body(tags));
        answer.header("x-amz-version-id").unwrap().to_owned()
    };
    let (old, new) = (write("v=old"), write("v=new"));
    let at = |id: &str| format!("/bkt/k?tagging&versionId={id}");
    let tags = |target: &str| pairs(&world.get(target));
    // The current version, by no id.
    let put = world.put("/bkt/k?tagging", &tagging(&[("n", "1")]));
    assert_eq!(
        (put.status, put.header("x-amz-version-id")),
        (200, Some(new.as_str()))
    );
    assert_eq!(
        (tags("/bkt/k?tagging"), tags(&at(&old))),
        (vec![pair("n", "1")], vec![pair("v", "old")])
    );
    // A version that is not current, by its id: all its tags are replaced.
    let put = world.put(&at(&old), &tagging(&[("o", "2")]));
    assert_eq!(
        (put.status, put.header("x-amz-version-id")),
        (200, Some(old.as_str()))
    );
    assert_eq!(
        (tags("/bkt/k?tagging"), tags(&at(&old))),
        (vec![pair("n", "1")], vec![pair("o", "2")])
    );
    // Without a set there are no tags left, as after a removal.
    assert_eq!(world.put(&at(&old), "<Tagging/>").status, 200);
    assert_eq!((tags(&at(&new)), tags(&at(&old))), (vec![pair("n", "1")], vec![]));
    world.put(&at(&old), &tagging(&[("o", "3")]));
    assert_eq!(world.ask(Call::new("DELETE", &at(&old))).status, 204);
    assert_eq!((tags(&at(&new)), tags(&at(&old))), (vec![pair("n", "1")], vec![]));
    world.put(&at(&old), &tagging(&[("o", "4")]));
    assert_eq!(world.ask(Call::new("DELETE", "/bkt/k?tagging")).status, 204);
    assert_eq!((tags(&at(&new)), tags(&at(&old))), (vec![], vec![pair("o", "4")]));
    // Neither writes nor removes a version.
    assert_eq!(world.get("/bkt?versions").text().matches("<Version>").count(), 2);
    for (id, bytes) in [(&new, "v=new"), (&old, "v=old")] {
        assert_eq!(world.get(&format!("/bkt/k?versionId={id}")).text(), bytes);
    }
}
