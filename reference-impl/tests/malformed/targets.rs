//! Paths, queries and host names of any form.

use proptest::prelude::*;

use super::for_all;
use super::world::{Call, OWNER, Proof, World};

const PATH: [&str; 24] = [
    "/", "//", ".", "..", "%2e%2e", "%2F", "%2f", "%5C", "%00", "%ff", "%C3%A9", "%c3%28", "%", "%z", "%25",
    "+", "%20", "k", "plain", "acls", "a:b", "@", "~", "*",
];

const QUERY: [&str; 40] = [
    "versionId",
    "versionId=",
    "versionId=null",
    "versionId=x",
    "versionId=%00",
    "versions",
    "uploads",
    "delete",
    "acl",
    "acl&acl",
    "tagging",
    "retention",
    "legal-hold",
    "attributes",
    "policy",
    "location",
    "object-lock",
    "versioning",
    "uploadId=x",
    "uploadId=",
    "partNumber=0",
    "partNumber=1",
    "partNumber=-1",
    "partNumber=99999999999999999999",
    "list-type=2",
    "list-type=3",
    "max-keys=0",
    "max-keys=1",
    "max-keys=-1",
    "max-keys=9999999999",
    "prefix=%2F",
    "delimiter=%00",
    "marker=%ff",
    "continuation-token=x",
    "key-marker=k&version-id-marker=null",
    "version-id-marker=x",
    "encoding-type=url",
    "response-content-type=%0d%0ax",
    "=",
    "%",
];

const HOSTS: [&str; 20] = [
    "127.0.0.1:9000",
    "localhost",
    "plain.localhost",
    "PLAIN.localhost:80",
    ".localhost",
    "..localhost",
    "a..localhost",
    "localhost.",
    "plain.localhost.",
    "xlocalhost",
    "[::1]:9000",
    "plain.localhost:x",
    "x@plain.localhost",
    "%70lain.localhost",
    "pl/ain.localhost",
    "111122223333.s3-control.localhost",
    "plain.s3-website.localhost:80",
    "name-111122223333.s3-accesspoint.us-east-1.amazonaws.com",
    "glacier.us-east-1.amazonaws.com",
    "é",
];

fn path() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => prop::sample::select(&PATH[..]).prop_map(str::to_owned),
        1 => "[!-~]{0,6}",
        1 => (0usize..1100).prop_map(|length| "k".repeat(length)),
    ];
    let bucket = prop::sample::select(&["/plain/", "/acls/", "/plain", "/", "", "/control/k"][..]);
    (bucket, prop::collection::vec(piece, 0..6))
        .prop_map(|(bucket, pieces)| bucket.to_owned() + &pieces.concat())
}

fn target() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => prop::sample::select(&QUERY[..]).prop_map(str::to_owned),
        1 => "[!-~]{0,12}",
        1 => "[a-zA-Z-]{1,12}=[a-z0-9%]{0,8}",
    ];
    (path(), prop::collection::vec(piece, 0..4)).prop_map(|(path, pieces)| {
        if pieces.is_empty() {
            path
        } else {
            format!("{path}?{}", pieces.join("&"))
        }
    })
}

/// A percent sign without two digits has no canonical form: such a request is sent with a signature of something else.
fn signed(call: Call, proof: Proof) -> Option<Call> {
    let plain = Call::new("GET", "/").signed(OWNER, Proof::Header)?;
    let proof_of_another = plain
        .headers
        .into_iter()
        .find(|(name, _)| name == "authorization");
    call.clone().signed(OWNER, proof).or_else(|| {
        let call = call.header("x-amz-date", super::world::AMZ_DATE);
        let mut call = call
            .header("x-amz-content-sha256", "UNSIGNED-PAYLOAD")
            .header("host", "127.0.0.1:9000");
        call.headers.extend(proof_of_another);
        Some(call)
    })
}

#[test]
fn targets_of_any_form() {
    let world = World::start("targets");
    const METHODS: [&str; 8] = ["GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS", "PATCH", "G"];
    let case = (
        prop::sample::select(&METHODS[..]),
        target(),
        prop_oneof![2 => Just("127.0.0.1:9000"), 1 => prop::sample::select(&HOSTS[..])],
        prop_oneof![3 => Just(Proof::Header), 1 => Just(Proof::Query)],
    );
    for_all(12_000, &case, |(method, target, host, proof)| {
        let call = Call::new(method, &target).header("host", host);
        let Some(call) = signed(call, proof) else {
            return Ok(());
        };
        world.check(&call).map(|_| ())
    });
}

#[test]
fn what_is_put_under_a_path_is_found_there_and_nowhere_else() {
    let world = World::start("paths");
    let others = ["/plain/k", "/acls/k"];
    for_all(2000, &path(), |path| {
        let put = Call::new("PUT", &path).document("under a path");
        let Some(put) = put.signed(OWNER, Proof::Header) else {
            return Ok(());
        };
        let Some(answer) = world.check(&put)? else {
            return Ok(());
        };
        let is_object = answer.headers.contains_key("etag");
        if answer.status != 200 || !is_object || others.contains(&path.as_str()) {
            return Ok(());
        }
        let found = world.made(Call::new("GET", &path));
        if found.text() != "under a path" {
            return Err(format!("{path} holds {}", found.text()));
        }
        Ok(())
    });
    for other in others {
        let text = world.made(Call::new("GET", other)).text();
        assert!(
            ["data", "under a path"].contains(&text.as_str()),
            "{other} holds {text}"
        );
    }
}

#[test]
fn hosts_without_text() {
    let world = World::start("hosts");
    let case = prop::collection::vec(
        any::<u8>().prop_filter("no header has it", |byte| *byte >= 32 && *byte != 127),
        0..30,
    );
    for_all(1000, &case, |host| {
        let Some(call) = Call::new("PUT", "/k")
            .header("host", host)
            .signed(OWNER, Proof::Header)
        else {
            return Ok(());
        };
        world.check(&call).map(|_| ())
    });
}
