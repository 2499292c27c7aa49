//! Where authorization meets the operations: what stays hidden, what is checked first, what reaches across accounts.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot be set up has failed"
)]
#![allow(dead_code, reason = "client and world serve several tests")]

#[path = "support/client.rs"]
mod client;
#[path = "support/world.rs"]
mod world;

use client::{Reply, Request};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use world::{OTHER, World};

fn has(reply: &Reply, header: &str) -> bool {
    reply.headers.iter().any(|(name, _)| name == header)
}

fn version(reply: &Reply) -> String {
    reply
        .headers
        .iter()
        .find(|(name, _)| name == "x-amz-version-id")
        .map(|(_, id)| id.clone())
        .unwrap()
}

/// A bucket `lck` with Object Lock, and an object in it under governance and legal hold; gives the version.
fn locked(world: &World, hold: bool) -> String {
    let made = Request::new("PUT", "/lck").header("x-amz-bucket-object-lock-enabled", "true");
    assert_eq!(world.send(Some(&world.owner), made).status, 200);
    let until = (jiff::Timestamp::now() + std::time::Duration::from_secs(600)).strftime("%Y-%m-%dT%H:%M:%SZ");
    let body = "hello";
    let sum = data_encoding::BASE64.encode(&<md5::Md5 as md5::Digest>::digest(body.as_bytes()));
    let put = Request::new("PUT", "/lck/k")
        .body(body)
        .header("content-md5", &sum)
        .header("x-amz-tagging", "a=b")
        .header("x-amz-object-lock-mode", "GOVERNANCE")
        .header("x-amz-object-lock-retain-until-date", &until.to_string())
        .header("x-amz-object-lock-legal-hold", if hold { "ON" } else { "OFF" });
    let reply = world.send(Some(&world.owner), put);
    assert_eq!(reply.status, 200, "{}", reply.text());
    version(&reply)
}

#[test]
fn headers_about_locks_and_tags_need_their_own_permission() {
    let world = World::new("lock-headers");
    locked(&world, true);
    let ann = world.user(&world.owner, "ann");
    let head = || world.send(Some(&ann), Request::new("HEAD", "/lck/k"));
    let key = "arn:aws:s3:::lck/k";
    world.allow(&world.owner, "ann", "Allow", "s3:GetObject", key);
    let shown = |reply: &Reply| {
        assert_eq!(reply.status, 200);
        [
            "x-amz-object-lock-mode",
            "x-amz-object-lock-legal-hold",
            "x-amz-tagging-count",
        ]
        .map(|name| has(reply, name))
    };
    assert_eq!(shown(&head()), [false, false, false]); // EVAL-LOCK-004
    world.allow(&world.owner, "ann", "Allow", "s3:GetObjectRetention", key);
    assert_eq!(shown(&head()), [true, false, false]);
    world.allow(&world.owner, "ann", "Allow", "s3:GetObjectLegalHold", key);
    assert_eq!(shown(&head()), [true, true, false]);
    world.allow(&world.owner, "ann", "Allow", "s3:GetObjectTagging", key);
    let all = shown(&world.send(Some(&ann), Request::new("GET", "/lck/k")));
    assert_eq!(all, [true, true, true]);
}

#[test]
fn bypassing_governance_needs_permission_and_header() {
    let world = World::new("bypass");
    let id = locked(&world, false);
    let ann = world.user(&world.owner, "ann");
    let key = "arn:aws:s3:::lck/k";
    world.allow(&world.owner, "ann", "Allow", "s3:DeleteObjectVersion", key);
    let delete = |header: bool| {
        let request = Request::new("DELETE", &format!("/lck/k?versionId={id}"));
        let request = if header {
            request.header("x-amz-bypass-governance-retention", "true")
        } else {
            request
        };
        world.send(Some(&ann), request).status
    };
    assert_eq!((delete(false), delete(true)), (403, 403)); // EVAL-LOCK-001
    world.allow(&world.owner, "ann", "Allow", "s3:BypassGovernanceRetention", key);
    assert_eq!(delete(false), 403);
    assert_eq!(delete(true), 204);
}

#[test]
fn missing_copy_sources_are_admitted_to_listers_only() {
    let world = World::new("copy-source");
    let ann = world.user(&world.owner, "ann");
    world.allow(&world.owner, "ann", "Allow", "s3:GetObject", "arn:aws:s3:::bkt/*");
    world.allow(&world.owner, "ann", "Allow", "s3:PutObject", "arn:aws:s3:::bkt/*");
    let copy = || {
        let request = Request::new("PUT", "/bkt/k").header("x-amz-copy-source", "/bkt/absent");
        let reply = world.send(Some(&ann), request);
        (reply.status, reply.element("Code"))
    };
    assert_eq!(copy(), (403, "AccessDenied".to_owned())); // EVAL-404-007
    world.allow(&world.owner, "ann", "Allow", "s3:ListBucket", "arn:aws:s3:::bkt");
    assert_eq!(copy(), (404, "NoSuchKey".to_owned()));
}

#[test]
fn unknown_uploads_are_admitted_to_the_permitted_only() {
    let world = World::new("uploads");
    let ann = world.user(&world.owner, "ann");
    let abort = || world.ask(Some(&ann), "DELETE", "/bkt/k?uploadId=absent");
    assert_eq!(abort(), (403, "AccessDenied".to_owned())); // EVAL-404-009
    world.allow(
        &world.owner,
        "ann",
        "Allow",
        "s3:AbortMultipartUpload",
        "arn:aws:s3:::bkt/*",
    );
    assert_eq!(abort(), (404, "NoSuchUpload".to_owned()));
}

#[test]
fn buckets_are_looked_up_before_permissions() {
    let world = World::new("lookup");
    let ann = world.user(&world.owner, "ann");
    let missing = (404, "NoSuchBucket".to_owned());
    assert_eq!(world.ask(None, "GET", "/absent/k"), missing); // EVAL-CTX-003
    assert_eq!(world.ask(Some(&ann), "GET", "/absent?versioning"), missing);
    let expecting = |owner: &str| {
        let request = Request::new("GET", "/bkt?versioning").header("x-amz-expected-bucket-owner", owner);
        let reply = world.send(Some(&world.owner), request);
        (reply.status, reply.element("Code"))
    };
    assert_eq!(expecting(world::OWNER), (200, String::new()));
    assert_eq!(expecting(OTHER), (403, "AccessDenied".to_owned())); // EVAL-EBO-001
    assert_eq!(expecting("1"), (400, "InvalidBucketOwnerAWSAccountID".to_owned()));
    assert_eq!(
        world.ask(Some(&world.other), "PUT", "/bkt"),
        (409, "BucketAlreadyExists".to_owned())
    );
}

#[test]
fn copies_across_accounts_need_the_source_buckets_policy() {
    let world = World::new("across");
    assert_eq!(world.ask(Some(&world.other), "PUT", "/theirs").0, 200);
    assert_eq!(world.owner("PUT", "/bkt/k", "hello").status, 200);
    let copy = || {
        let request = Request::new("PUT", "/theirs/k").header("x-amz-copy-source", "/bkt/k");
        world.send(Some(&world.other), request).status
    };
    assert_eq!(copy(), 403);
    world.policy(&[("Allow", r#"{"AWS":"444455556666"}"#, "s3:GetObject", "bkt/*")]);
    assert_eq!(copy(), 200);
    world.policy(&[("Deny", r#"{"AWS":"444455556666"}"#, "s3:GetObject", "bkt/*")]);
    assert_eq!(copy(), 403);
}

#[test]
fn listing_buckets_shows_those_of_the_account() {
    let world = World::new("buckets");
    assert_eq!(world.ask(Some(&world.other), "PUT", "/theirs").0, 200);
    let names = |credentials| {
        let text = world.send(Some(credentials), Request::new("GET", "/")).text();
        (
            text.contains("<Name>bkt</Name>"),
            text.contains("<Name>theirs</Name>"),
        )
    };
    assert_eq!(
        (names(&world.owner), names(&world.other)),
        ((true, false), (false, true))
    );
    assert_eq!(world.ask(None, "GET", "/").0, 403);
}

#[test]
fn an_upload_does_not_outlive_its_permission() {
    let world = World::new("outlive");
    let ann = world.user(&world.owner, "ann");
    world.allow(&world.owner, "ann", "Allow", "s3:PutObject", "arn:aws:s3:::bkt/*");
    let id = world
        .send(Some(&ann), Request::new("POST", "/bkt/k?uploads"))
        .element("UploadId");
    let part = world.send(
        Some(&ann),
        Request::new("PUT", &format!("/bkt/k?partNumber=1&uploadId={id}")).body("hello"),
    );
    let etag = part
        .headers
        .iter()
        .find(|(name, _)| name == "etag")
        .map(|(_, etag)| etag.clone())
        .unwrap();
    world.allow(&world.owner, "ann", "Deny", "s3:PutObject", "*");
    let body = format!(
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{etag}</ETag></Part></CompleteMultipartUpload>"
    );
    let complete = Request::new("POST", &format!("/bkt/k?uploadId={id}")).body(body);
    assert_eq!(world.send(Some(&ann), complete).status, 403);
    assert_eq!(world.owner("GET", "/bkt/k", "").status, 404);
}

/// Texts that are nearly policies.
fn nearly_policies() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just(r#""Version":"2012-10-17""#.to_owned()),
        Just(r#""Statement":"#.to_owned()),
        Just(
            r#"{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::bkt/*"}"#
                .to_owned()
        ),
        Just(
            r#"{"Effect":"Deny","Principal":{"AWS":[]},"NotAction":"","Resource":["arn:aws:s3:::${x}"]}"#
                .to_owned()
        ),
        Just(r#""Condition":{"StringLike":{"aws:x":null}}"#.to_owned()),
        "[\\[\\]{},:\" ]".prop_map(|text| text),
        ".{0,4}".prop_map(|text| text),
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| format!("{{{}}}", pieces.concat()))
}

#[test]
fn malformed_documents_and_forms_are_answered() {
    let world = World::new("malformed");
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 200,
        failure_persistence: None,
        ..Default::default()
    });
    let answered = |reply: &Reply| (200..500).contains(&reply.status) || reply.status == 501;
    let outcome = runner.run(
        &(nearly_policies(), ".{0,40}", "[A-Za-z=&%+.0-9]{0,60}"),
        |(policy, value, form)| {
            let put = world.owner("PUT", "/bkt?policy", &policy);
            prop_assert!(answered(&put), "{policy}: {}", put.text());
            let parameters = [
                ("Action", "PutUserPolicy"),
                ("UserName", value.as_str()),
                ("PolicyName", value.as_str()),
                ("PolicyDocument", policy.as_str()),
            ];
            let call = world.iam(&world.owner, &parameters);
            prop_assert!(answered(&call), "{parameters:?}: {}", call.text());
            let mut raw = Request::new("POST", "/").body(format!("Version={}&{form}", world::IAM));
            raw.service = "iam";
            let call = world.send(Some(&world.owner), raw);
            prop_assert!(answered(&call), "{form}: {}", call.text());
            Ok(())
        },
    );
    outcome.unwrap();
}
