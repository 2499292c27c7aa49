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

/// EVAL-ERR-016: of every stage that can refuse, and of every kind of refusal.
#[test]
fn no_error_document_names_its_resource() {
    let server = TestServer::start();
    server.ask(OWNER, Call::new("PUT", "/bucket"));
    server.ask(OWNER, Call::new("PUT", "/bucket/k").body("data"));
    let signed = [
        ("GET", "//k", 400),
        ("GET", "/bucket/k?versionId=x", 400),
        ("GET", "/bucket/none", 404),
        ("GET", "/none", 404),
        ("GET", "/bucket?policy", 404),
        ("GET", "/bucket?tagging&acl", 400),
        ("DELETE", "/bucket/k?acl", 405),
        ("DELETE", "/bucket", 409),
        ("PUT", "/bucket?versioning", 400),
        ("GET", "/bucket?website", 501),
        ("GET", "/bucket/k?uploadId=x", 404),
        ("GET", "/bucket/k?partNumber=2", 416),
    ];
    let answers = signed.map(|(method, target, status)| {
        let answer = server.ask(OWNER, Call::new(method, target));
        assert_eq!(answer.status, status, "{method} {target}: {}", answer.text());
        answer
    });
    let unsigned =
        [Call::new("GET", "/bucket"), Call::new("GET", "/bucket/k")].map(|call| server.send(&call));
    let foreign = [Call::new("GET", "/bucket"), Call::new("GET", "/bucket?policy")];
    let foreign = foreign.map(|call| server.ask(OTHER, call));
    let read = |name: &str, value: &str| server.ask(OWNER, Call::new("GET", "/bucket/k").header(name, value));
    let conditions = [read("if-match", "x"), read("range", "bytes=9-")];
    for answer in answers.iter().chain(&unsigned).chain(&foreign).chain(&conditions) {
        let text = answer.text();
        assert!(
            text.contains("<Error><Code>") && text.contains("<HostId>"),
            "{text}"
        );
        assert!(!text.contains("Resource>"), "{text}");
    }
}

/// EVAL-ERR-017
#[test]
fn refusals_of_head_bucket_name_the_region() {
    let server = TestServer::start();
    server.ask(OWNER, Call::new("PUT", "/bucket"));
    let head = || Call::new("HEAD", "/bucket");
    let wrong = super::client::Key {
        secret: "wrong",
        ..OWNER
    };
    let presigned = server.send(&server.presigned(OTHER, head(), 60));
    let expected = head().header("x-amz-expected-bucket-owner", "444455556666");
    for (answer, what) in [
        (server.ask(OTHER, head()), "a foreign account"),
        (server.send(&head()), "anonymous"),
        (presigned, "a foreign account, presigned"),
        (server.ask(wrong, head()), "a wrong signature"),
        (server.ask(OWNER, expected), "another owner expected"),
        (
            server.send(&head().header("host", "bucket.localhost").at("/")),
            "by host",
        ),
    ] {
        assert_eq!(answer.status, 403, "{what}");
        assert_eq!(answer.header("x-amz-bucket-region"), Some("us-east-1"), "{what}");
        assert_eq!(
            (answer.header("x-amz-bucket-arn"), answer.body.len()),
            (None, 0),
            "{what}"
        );
    }
    // No bucket, no Region; and other operations on buckets do not name it when they refuse.
    let nothing = server.ask(OTHER, Call::new("HEAD", "/nothing"));
    assert_eq!(
        (nothing.status, nothing.header("x-amz-bucket-region")),
        (404, None)
    );
    for target in ["/bucket?versioning", "/bucket/k"] {
        let answer = server.send(&Call::new("HEAD", target));
        assert!(
            answer.status >= 400 && answer.header("x-amz-bucket-region").is_none(),
            "{target}"
        );
    }
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
