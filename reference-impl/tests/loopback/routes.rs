//! Routing and the form of errors.

use super::client::{Call, OTHER, OWNER, TestServer};

#[test]
fn nothing_falls_through() {
    let server = TestServer::start();
    server.ask(OWNER, Call::new("PUT", "/bucket"));
    server.ask(OWNER, Call::new("PUT", "/bucket/k").body("data"));
    for (method, target, code) in [
        ("DELETE", "/bucket/k?acl", "405 MethodNotAllowed"),
        ("DELETE", "/bucket?versioning", "405 MethodNotAllowed"),
        ("PUT", "/fresh?policyStatus", "405 MethodNotAllowed"),
        ("PATCH", "/bucket/k", "405 MethodNotAllowed"),
        ("PUT", "/bucket/k?partNumber=1", "400 InvalidArgument"),
        ("GET", "/bucket?website", "501 NotImplemented"),
        ("PUT", "/fresh?future", "501 NotImplemented"),
        ("DELETE", "/bucket?future", "501 NotImplemented"),
        ("GET", "/nothing", "404 NoSuchBucket"),
        ("GET", "//k", "400 InvalidURI"),
    ] {
        let answer = server.ask(OWNER, Call::new(method, target));
        assert_eq!(answer.code(), code, "{method} {target}: {}", answer.text());
    }
    assert_eq!(server.ask(OWNER, Call::new("GET", "/bucket/k")).text(), "data");
    assert_eq!(server.ask(OWNER, Call::new("HEAD", "/fresh")).status, 404);
}

#[test]
fn errors_have_the_whole_document() {
    let server = TestServer::start();
    let answer = server.ask(OWNER, Call::new("GET", "/no-such-bucket?policy"));
    assert_eq!(answer.code(), "404 NoSuchBucket");
    for (element, value) in [
        ("Message", "The specified bucket does not exist"),
        ("BucketName", "no-such-bucket"),
        ("Resource", "/no-such-bucket"),
        ("RequestId", answer.header("x-amz-request-id").unwrap()),
        ("HostId", answer.header("x-amz-id-2").unwrap()),
    ] {
        assert_eq!(answer.element(element).as_deref(), Some(value), "{element}");
    }
    assert_eq!(answer.header("content-type"), Some("application/xml"));
    assert_eq!(answer.header("date"), Some("Fri, 02 Jan 2026 03:04:05 GMT"));
    let head = server.ask(OWNER, Call::new("HEAD", "/no-such-bucket"));
    assert_eq!((head.status, head.body.len()), (404, 0));
}

#[test]
fn owners_are_compared() {
    let server = TestServer::start();
    server.ask(OWNER, Call::new("PUT", "/bucket"));
    let expect = |owner: &str| {
        server.ask(
            OWNER,
            Call::new("GET", "/bucket").header("x-amz-expected-bucket-owner", owner),
        )
    };
    assert_eq!(expect("111122223333").code(), "200");
    assert_eq!(expect("444455556666").code(), "403 AccessDenied");
    assert_eq!(expect("1").code(), "400 InvalidBucketOwnerAWSAccountID");
    assert_eq!(
        server.ask(OTHER, Call::new("GET", "/bucket")).code(),
        "403 AccessDenied"
    );
    assert_eq!(
        server.ask(OTHER, Call::new("PUT", "/bucket")).code(),
        "409 BucketAlreadyExists"
    );
    assert_eq!(
        server.ask(OWNER, Call::new("PUT", "/Bad_Name")).code(),
        "400 InvalidBucketName"
    );
    assert_eq!(
        server.send(&Call::new("GET", "/bucket")).code(),
        "403 AccessDenied"
    );
}

#[test]
fn anonymous_callers_have_limits() {
    let server = TestServer::start();
    server.ask(OWNER, Call::new("PUT", "/bucket"));
    server.ask(OWNER, Call::new("DELETE", "/bucket?publicAccessBlock"));
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::bucket","arn:aws:s3:::bucket/*"]}]}"#;
    assert_eq!(
        server
            .ask(OWNER, Call::new("PUT", "/bucket?policy").body(policy))
            .status,
        204
    );
    let send = |call: Call| {
        let answer = server.send(&call);
        format!(
            "{} {}",
            answer.code(),
            answer.element("Message").unwrap_or_default()
        )
    };
    assert_eq!(send(Call::new("PUT", "/bucket/k").body("data")), "200 ");
    assert_eq!(send(Call::new("GET", "/bucket/k")), "200 ");
    assert_eq!(
        send(Call::new("GET", "/bucket/k?response-content-type=text/x")),
        "400 InvalidRequest Request specific response headers cannot be used for anonymous GET requests."
    );
    assert_eq!(
        send(Call::new("POST", "/bucket/k?uploads")),
        "403 AccessDenied Anonymous users cannot initiate multipart uploads.  Please authenticate."
    );
    assert_eq!(
        send(Call::new("PUT", "/bucket/j").header("x-amz-copy-source", "/bucket/k")),
        "403 AccessDenied Anonymous users cannot copy objects.  Please authenticate."
    );
    assert_eq!(
        send(Call::new("GET", "/bucket?policy")),
        "405 MethodNotAllowed The specified method is not allowed against this resource."
    );
    let hash = "0".repeat(64);
    let signed_body = Call::new("PUT", "/bucket/k").header("x-amz-content-sha256", &hash);
    assert!(send(signed_body).starts_with("400 InvalidRequest"));
    let half = Call::new("GET", "/bucket/k?X-Amz-Expires=60");
    assert!(send(half).starts_with("400 AuthorizationQueryParametersError"));
}
