//! Errors of who asks, and of what the caller may do.

use super::case::{World, check, elements};
use crate::client::{Call, Key, NOW, OTHER, OWNER};

#[test]
fn keys_and_tokens() {
    let world = World::new();
    let unknown = Key {
        id: "AKIANOBODY",
        secret: "x",
    };
    let answer = world.server.ask(unknown, Call::new("GET", "/bkt"));
    check(
        "an unknown key",
        &answer,
        "403 InvalidAccessKeyId",
        "The AWS Access Key Id you provided does not exist in our records.",
        &[("AWSAccessKeyId", "AKIANOBODY")],
    );
    world.refuses(
        Call::new("GET", "/bkt").header("x-amz-security-token", "token&1"),
        "400 InvalidToken",
        "The provided token is malformed or otherwise invalid.",
        &[("Token-0", "token&1")],
    );
}

#[test]
fn a_wrong_signature_is_explained() {
    let world = World::new();
    let wrong = Key {
        secret: "no",
        ..OWNER
    };
    let signed = world.server.signed(wrong, Call::new("GET", "/bkt/k"));
    let answer = world.server.send(&signed);
    assert_eq!(answer.code(), "403 SignatureDoesNotMatch");
    let found = elements(&answer.text());
    let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "Code",
            "Message",
            "AWSAccessKeyId",
            "StringToSign",
            "SignatureProvided",
            "StringToSignBytes",
            "CanonicalRequest",
            "CanonicalRequestBytes",
            "RequestId",
            "HostId"
        ]
    );
    let value = |name: &str| &found.iter().find(|(known, _)| known == name).unwrap().1;
    assert_eq!(value("AWSAccessKeyId"), OWNER.id);
    assert!(value("StringToSign").starts_with("AWS4-HMAC-SHA256\n"));
    assert!(value("CanonicalRequest").starts_with("GET\n/bkt/k\n\nhost:"));
    assert!(value("StringToSignBytes").starts_with("41 57 53 34"));
}

#[test]
fn times() {
    let world = World::new();
    let mut late = Call::new("GET", "/bkt");
    late.time = NOW - 86_400;
    world.refuses(
        late,
        "403 RequestTimeTooSkewed",
        "The difference between the request time and the current time is too large.",
        &[
            ("RequestTime", "20260101T030405Z"),
            ("ServerTime", "2026-01-02T03:04:05Z"),
            ("MaxAllowedSkewMilliseconds", "900000"),
        ],
    );
    let mut expired = Call::new("GET", "/bkt/k");
    expired.time = NOW - 600;
    let expired = world.server.presigned(OWNER, expired, 300);
    check(
        "an expired URL",
        &world.server.send(&expired),
        "403 AccessDenied",
        "Request has expired",
        &[
            ("X-Amz-Expires", "300"),
            ("Expires", "2026-01-02T02:59:05Z"),
            ("ServerTime", "2026-01-02T03:04:05Z"),
        ],
    );
}

#[test]
fn scopes_and_headers() {
    let world = World::new();
    let mut elsewhere = Call::new("GET", "/bkt");
    elsewhere.region = "eu-west-1";
    world.refuses(
        elsewhere,
        "400 AuthorizationHeaderMalformed",
        "The authorization header is malformed; the region 'eu-west-1' is wrong; expecting 'us-east-1'",
        &[("Region", "us-east-1")],
    );
    let mut added = world.server.signed(OWNER, Call::new("GET", "/bkt"));
    added.headers.push(("x-amz-acl".to_owned(), "private".to_owned()));
    check(
        "a header that is not signed",
        &world.server.send(&added),
        "403 AccessDenied",
        "There were headers present in the request which were not signed",
        &[("HeadersNotSigned", "x-amz-acl")],
    );
    let basic = Call::new("GET", "/bkt").header("authorization", "Basic x");
    check(
        "another scheme",
        &world.server.send(&basic),
        "400 InvalidArgument",
        "Unsupported Authorization Type",
        &[("ArgumentName", "Authorization"), ("ArgumentValue", "Basic x")],
    );
}

#[test]
fn denials() {
    let world = World::new();
    for call in [
        Call::new("GET", "/bkt"),
        Call::new("GET", "/bkt?acl"),
        Call::new("GET", "/bkt?tagging"),
        Call::new("GET", "/bkt/k"),
        Call::new("PUT", "/bkt/k").body("x"),
        Call::new("DELETE", "/bkt/k"),
    ] {
        world.refuses_others(call.clone(), "403 AccessDenied", "Access Denied", &[]);
        check(
            "anonymous",
            &world.server.send(&call),
            "403 AccessDenied",
            "Access Denied",
            &[],
        );
    }
    let public = r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::bkt/*"}}"#;
    world.refuses(
        Call::new("PUT", "/bkt?policy").document(public),
        "403 AccessDenied",
        "User: arn:aws:iam::111122223333:root is not authorized to perform: s3:PutBucketPolicy on resource: \
         \"arn:aws:s3:::bkt\" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public \
         Access.",
        &[],
    );
    let acl = Call::new("PUT", "/bkt?acl").header("x-amz-acl", "public-read");
    let controls =
        "<OwnershipControls><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule></OwnershipControls>";
    world.done(Call::new("PUT", "/bkt?ownershipControls").document(controls));
    world.refuses(
        acl,
        "403 AccessDenied",
        "User: arn:aws:iam::111122223333:root is not authorized to perform: s3:PutBucketAcl on resource: \
         \"arn:aws:s3:::bkt\" because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access.",
        &[],
    );
    assert_eq!(world.server.ask(OTHER, Call::new("GET", "/")).status, 200);
}
