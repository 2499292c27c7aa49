//! Errors of the form of a signature, and of requests that have none.

use super::case::{World, check, elements};
use crate::client::{Call, NOW, OWNER};

const PARAMETERS: &str = "400 AuthorizationQueryParametersError";
const MALFORMED: &str = "400 AuthorizationHeaderMalformed";

/// A presigned URL of `/bkt/k` in which one text takes the place of another.
fn presigned(world: &World, from: &str, to: &str) -> Call {
    let call = world.server.presigned(OWNER, Call::new("GET", "/bkt/k"), 300);
    assert!(call.target.contains(from), "{}", call.target);
    let target = call.target.replace(from, to);
    call.at(&target)
}

#[test]
fn query_parameters() {
    let world = World::new();
    let credential = "Error parsing the X-Amz-Credential parameter; ";
    let cases = [
        (
            "X-Amz-Signature=",
            "X-Amz-Sig=",
            "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, \
             X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters."
                .to_owned(),
        ),
        (
            "AWS4-HMAC-SHA256",
            "AWS4-HMAC-SHA1",
            "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256\"".to_owned(),
        ),
        (
            "%2F20260102%2F",
            "%252F20260102%252F",
            format!(
                "{credential}the Credential is mal-formed; expecting \
                 \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\"."
            ),
        ),
        (
            "%2Fs3%2F",
            "%2Fec2%2F",
            format!("{credential}incorrect service \"ec2\". This endpoint belongs to \"s3\"."),
        ),
        (
            "aws4_request",
            "aws5_request",
            format!("{credential}incorrect terminal \"aws5_request\". This endpoint uses \"aws4_request\"."),
        ),
        (
            "%2F20260102%2F",
            "%2F2026-1-2%2F",
            format!(
                "{credential}incorrect date format \"2026-1-2\". This date in the credential must be in the format \
                 \"yyyyMMdd\"."
            ),
        ),
        (
            "%2F20260102%2F",
            "%2F20260103%2F",
            "Invalid credential date \"20260103\". This date is not the same as X-Amz-Date: \"20260102\".".to_owned(),
        ),
        (
            "X-Amz-Date=2026",
            "X-Amz-Date=26",
            "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"".to_owned(),
        ),
        (
            "X-Amz-Expires=300",
            "X-Amz-Expires=x",
            "X-Amz-Expires should be a number".to_owned(),
        ),
        (
            "X-Amz-Expires=300",
            "X-Amz-Expires=-1",
            "X-Amz-Expires must be non-negative".to_owned(),
        ),
        (
            "X-Amz-Expires=300",
            "X-Amz-Expires=604801",
            "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than \
             604800 seconds"
                .to_owned(),
        ),
    ];
    for (from, to, message) in cases {
        let answer = world.server.send(&presigned(&world, from, to));
        check(to, &answer, PARAMETERS, &message, &[]);
    }
    let answer = world.server.send(&presigned(&world, "us-east-1", "eu-west-1"));
    let message = format!("{credential}the region 'eu-west-1' is wrong; expecting 'us-east-1'");
    check(
        "another Region",
        &answer,
        PARAMETERS,
        &message,
        &[("Region", "us-east-1")],
    );
}

#[test]
fn urls_of_tomorrow() {
    let world = World::new();
    let mut early = Call::new("GET", "/bkt/k");
    early.time = NOW + 86_400;
    let early = world.server.presigned(OWNER, early, 300);
    check(
        "a URL that is not yet valid",
        &world.server.send(&early),
        "403 AccessDenied",
        "Request is not yet valid",
        &[
            ("X-Amz-Date", "1767409445000"),
            ("Expires", "2026-01-03T03:09:05Z"),
            ("ServerTime", "2026-01-02T03:04:05Z"),
        ],
    );
}

#[test]
fn headers() {
    let world = World::new();
    let signed = world.server.signed(OWNER, Call::new("GET", "/bkt"));
    let authorization = |signed: &Call| {
        let mut headers = signed.headers.iter();
        headers
            .find(|(name, _)| name == "authorization")
            .unwrap()
            .1
            .clone()
    };
    let with = |value: &str| {
        let mut call = signed.clone();
        call.headers.retain(|(name, _)| name != "authorization");
        call.header("authorization", value)
    };
    let right = authorization(&signed);
    let malformed = |detail: &str| format!("The authorization header is malformed; {detail}");
    for (value, detail) in [
        (
            "AWS4-HMAC-SHA256 Credential=a".to_owned(),
            "the authorization header requires three components: Credential, SignedHeaders, and Signature.",
        ),
        (right.replace("Credential=", "Cred="), "missing Credential."),
        (
            right.replace("SignedHeaders=", "Headers="),
            "missing SignedHeaders.",
        ),
        (right.replace("Signature=", "Sig="), "missing Signature."),
        (
            right.replace("/s3/", "/"),
            "the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".",
        ),
        (
            right.replace("/s3/", "/ec2/"),
            "incorrect service \"ec2\". This endpoint belongs to \"s3\".",
        ),
        (
            right.replace("aws4_request", "x"),
            "incorrect terminal \"x\". This endpoint uses \"aws4_request\".",
        ),
    ] {
        let answer = world.server.send(&with(&value));
        check(&value, &answer, MALFORMED, &malformed(detail), &[]);
    }
    check(
        "a header without a space",
        &world.server.send(&with("AWS4-HMAC-SHA256")),
        "400 InvalidArgument",
        "Authorization header is invalid -- one and only one ' ' (space) required.",
        &[
            ("ArgumentName", "Authorization"),
            ("ArgumentValue", "AWS4-HMAC-SHA256"),
        ],
    );
    check(
        "two mechanisms",
        &world.server.send(&with(&right).at("/bkt?Signature=x")),
        "400 InvalidArgument",
        "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or \
         the Authorization header should be specified",
        &[("ArgumentName", "Authorization"), ("ArgumentValue", &right)],
    );
    for old in [
        Call::new("GET", "/bkt?AWSAccessKeyId=a"),
        with("AWS key:signature"),
    ] {
        check(
            "Signature Version 2",
            &world.server.send(&old),
            "400 InvalidRequest",
            "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
            &[],
        );
    }
    let mut undated = signed.clone();
    undated.headers.retain(|(name, _)| name != "x-amz-date");
    check(
        "no date",
        &world.server.send(&undated),
        "403 AccessDenied",
        "AWS authentication requires a valid Date or x-amz-date header",
        &[],
    );
    let mut bare = signed.clone();
    bare.headers.retain(|(name, _)| name != "x-amz-content-sha256");
    check(
        "no digest",
        &world.server.send(&bare),
        "400 InvalidRequest",
        "Missing required header for this request: x-amz-content-sha256",
        &[],
    );
    check(
        "no such digest",
        &world.server.send(&bare.header("x-amz-content-sha256", "x")),
        "400 InvalidArgument",
        "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, \
         STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, \
         STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256 \
         value.",
        &[("ArgumentName", "x-amz-content-sha256"), ("ArgumentValue", "x")],
    );
}

/// SIG-CAN-010: whoever adds an `If-Range` to a signed `Range` gets more than was signed.
#[test]
fn ranges_are_signed_with_their_condition() {
    let world = World::new();
    let ranged = Call::new("GET", "/bkt/k").header("range", "bytes=0-0");
    for signed in [
        world.server.signed(OWNER, ranged.clone()),
        world.server.presigned(OWNER, ranged.clone(), 300),
    ] {
        assert_eq!(world.server.send(&signed).status, 206);
        check(
            "an If-Range that is not signed",
            &world.server.send(&signed.header("if-range", "\"x\"")),
            "403 AccessDenied",
            "There were headers present in the request which were not signed",
            &[("HeadersNotSigned", "if-range")],
        );
    }
    world.done(ranged.header("if-range", "\"x\""));
    let mut free = world.server.signed(OWNER, Call::new("GET", "/bkt/k"));
    free = free.header("range", "bytes=0-0").header("if-range", "\"x\"");
    assert!(world.server.send(&free).status < 300);
}

/// PRE-020: the refusal of two values for one name shows what was signed, as every wrong signature does.
#[test]
fn a_header_and_a_parameter_that_differ() {
    let world = World::new();
    let both = Call::new("GET", "/bkt/k?x-amz-meta-a=1").header("x-amz-meta-a", "2");
    let answer = world.server.send(&world.server.presigned(OWNER, both, 300));
    assert_eq!(answer.code(), "403 SignatureDoesNotMatch");
    let found = elements(&answer.text());
    let names: Vec<&str> = found[2..8].iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "AWSAccessKeyId",
            "StringToSign",
            "SignatureProvided",
            "StringToSignBytes",
            "CanonicalRequest",
            "CanonicalRequestBytes"
        ]
    );
}

#[test]
fn anonymous_requests() {
    let world = World::new();
    let denied = "403 AccessDenied";
    for (call, code, message) in [
        (
            Call::new("PUT", "/new"),
            denied,
            "Anonymous users cannot invoke this API. Please authenticate.",
        ),
        (
            Call::new("POST", "/bkt/new?uploads"),
            denied,
            "Anonymous users cannot initiate multipart uploads.  Please authenticate.",
        ),
        (
            Call::new("PUT", "/bkt/new").header("x-amz-copy-source", "/bkt/k"),
            denied,
            "Anonymous users cannot copy objects.  Please authenticate.",
        ),
        (
            Call::new("DELETE", "/bkt?ownershipControls"),
            denied,
            "s3:PutBucketOwnershipControls does not support Anonymous requests!",
        ),
        (
            Call::new("GET", "/bkt/k?response-content-type=x"),
            "400 InvalidRequest",
            "Request specific response headers cannot be used for anonymous GET requests.",
        ),
        (
            Call::new("PUT", "/bkt/new").header("x-amz-content-sha256", "x"),
            "400 InvalidRequest",
            "The value of x-amz-content-sha256 header is invalid. Anonymous requests may only use UNSIGNED-PAYLOAD or \
             STREAMING-UNSIGNED-PAYLOAD-TRAILER.",
        ),
    ] {
        check(&call.target, &world.server.send(&call), code, message, &[]);
    }
}
