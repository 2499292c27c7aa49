//! Presigned URLs.

use super::client::{Call, NOW, OWNER, TestServer};

#[test]
fn presigned_urls_work_until_they_expire() {
    let server = TestServer::start();
    server.ask(OWNER, Call::new("PUT", "/bucket"));
    let put = server.presigned(OWNER, Call::new("PUT", "/bucket/a%20b"), 60);
    assert_eq!(server.send(&put.clone().body("data")).code(), "200");
    let get = server.presigned(
        OWNER,
        Call::new("GET", "/bucket/a%20b?response-content-type=text%2Fx"),
        60,
    );
    let answer = server.send(&get);
    assert_eq!(
        (answer.text().as_str(), answer.header("content-type")),
        ("data", Some("text/x"))
    );
    server.advance(60);
    assert_eq!(server.send(&get).code(), "200");
    server.advance(1);
    let late = server.send(&get);
    assert_eq!(late.code(), "403 AccessDenied");
    assert_eq!(late.element("Message").as_deref(), Some("Request has expired"));
    assert_eq!(late.element("Expires").as_deref(), Some("2026-01-02T03:05:05Z"));
    assert_eq!(late.element("X-Amz-Expires").as_deref(), Some("60"));
}

#[test]
fn nothing_can_be_changed_or_added() {
    let server = TestServer::start();
    server.ask(OWNER, Call::new("PUT", "/bucket"));
    server.ask(OWNER, Call::new("PUT", "/bucket/k").body("data"));
    let get = server.presigned(OWNER, Call::new("GET", "/bucket/k"), 60);
    let changed = |target: String, method: &str| {
        server.send(&Call {
            target,
            method: method.to_owned(),
            ..get.clone()
        })
    };
    assert_eq!(changed(get.target.clone(), "GET").code(), "200");
    assert_eq!(
        changed(get.target.clone(), "DELETE").code(),
        "403 SignatureDoesNotMatch"
    );
    assert_eq!(
        changed(format!("{}&versionId=null", get.target), "GET").code(),
        "403 SignatureDoesNotMatch"
    );
    assert_eq!(
        changed(get.target.replace("/bucket/k", "/bucket/j"), "GET").code(),
        "403 SignatureDoesNotMatch"
    );
    assert_eq!(
        changed(get.target.replace("Expires=60", "Expires=61"), "GET").code(),
        "403 SignatureDoesNotMatch"
    );
    let error = "400 AuthorizationQueryParametersError";
    assert_eq!(
        changed(get.target.replace("Expires=60", "Expires=604801"), "GET").code(),
        error
    );
    assert_eq!(
        changed(get.target.replace("Expires=60", "Expires=x"), "GET").code(),
        error
    );
    assert_eq!(
        changed(get.target.replace("X-Amz-Signature", "X-Amz-Sig"), "GET").code(),
        error
    );
    assert_eq!(
        changed(get.target.replace("HMAC-SHA256", "HMAC-SHA1"), "GET").code(),
        error
    );
    let future = server.presigned(
        OWNER,
        Call {
            time: NOW + 901,
            ..Call::new("GET", "/bucket/k")
        },
        60,
    );
    assert_eq!(
        server.send(&future).element("Message").as_deref(),
        Some("Request is not yet valid")
    );

    let put = server.presigned(OWNER, Call::new("PUT", "/bucket/p"), 60);
    let copy = server.send(&put.clone().header("x-amz-copy-source", "/bucket/k"));
    assert_eq!(copy.code(), "403 AccessDenied");
    assert_eq!(
        copy.element("HeadersNotSigned").as_deref(),
        Some("x-amz-copy-source")
    );
    // An unsigned hash is ignored.
    let hash = "0".repeat(64);
    assert_eq!(
        server
            .send(&put.header("x-amz-content-sha256", &hash).body("x"))
            .code(),
        "200"
    );
}

#[test]
fn headers_may_be_carried_by_the_query() {
    let server = TestServer::start();
    server.ask(OWNER, Call::new("PUT", "/bucket"));
    let put = server.presigned(OWNER, Call::new("PUT", "/bucket/k?x-amz-meta-colour=red"), 60);
    assert_eq!(server.send(&put.body("data")).code(), "200");
    let head = server.ask(OWNER, Call::new("HEAD", "/bucket/k"));
    assert_eq!(head.header("x-amz-meta-colour"), Some("red"));
}
