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
fn conditions_may_be_carried_by_the_query() {
    let server = TestServer::start();
    server.ask(OWNER, Call::new("PUT", "/bucket"));
    let versioning = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    server.ask(OWNER, Call::new("PUT", "/bucket?versioning").document(versioning));
    let put = server.ask(OWNER, Call::new("PUT", "/bucket/k").body("old"));
    let (etag, id) = (
        put.header("etag").unwrap().to_owned(),
        put.header("x-amz-version-id").unwrap().to_owned(),
    );
    let upload = server.ask(OWNER, Call::new("POST", "/bucket/k?uploads"));
    let upload = upload.element("UploadId").unwrap();
    let part = Call::new("PUT", &format!("/bucket/k?partNumber=1&uploadId={upload}")).body("part");
    let part = server.ask(OWNER, part).header("etag").unwrap().to_owned();
    let list = format!(
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{part}</ETag></Part></CompleteMultipartUpload>"
    );
    let wrong = "%22no%22";
    let bare = etag.trim_matches('"');
    // VER-COND-020, PRE-018, PRE-033: on every route, whatever the letter case of the name.
    let cases: Vec<(&str, String, &str, &str)> = vec![
        ("PUT", "k?If-None-Match=*".into(), "new", "412 PreconditionFailed"),
        ("PUT", "k?if-none-match=*".into(), "new", "412 PreconditionFailed"),
        ("PUT", "k?If-None-Match=x".into(), "new", "501 NotImplemented"),
        (
            "PUT",
            format!("k?If-Match={wrong}"),
            "new",
            "412 PreconditionFailed",
        ),
        (
            "PUT",
            format!("k?If-Match={bare}&If-Match={wrong}"),
            "new",
            "412 PreconditionFailed",
        ),
        (
            "PUT",
            "k?If-Match=*&If-None-Match=*".into(),
            "new",
            "501 NotImplemented",
        ),
        ("PUT", "none?If-Match=x".into(), "new", "404 NoSuchKey"),
        (
            "PUT",
            "k?x-amz-copy-source=bucket%2Fk&x-amz-metadata-directive=REPLACE&If-None-Match=*".into(),
            "",
            "412 PreconditionFailed",
        ),
        (
            "PUT",
            "c?x-amz-copy-source=bucket%2Fk&x-amz-copy-source-if-match=x".into(),
            "",
            "412 PreconditionFailed",
        ),
        (
            "POST",
            format!("k?uploadId={upload}&If-None-Match=*"),
            &list,
            "412 PreconditionFailed",
        ),
        (
            "POST",
            format!("k?uploadId={upload}&If-Match={wrong}"),
            &list,
            "412 PreconditionFailed",
        ),
        (
            "DELETE",
            format!("k?If-Match={wrong}"),
            "",
            "412 PreconditionFailed",
        ),
        (
            "DELETE",
            "k?x-amz-if-match-size=3".into(),
            "",
            "501 NotImplemented",
        ),
        (
            "DELETE",
            format!("k?versionId={id}&If-Match={bare}"),
            "",
            "501 NotImplemented",
        ),
        ("GET", format!("k?If-Match={wrong}"), "", "412 PreconditionFailed"),
        ("GET", format!("k?If-None-Match={bare}"), "", "304"),
        ("HEAD", format!("k?If-None-Match={bare}"), "", "304"),
        // Other headers are ignored in the query.
        (
            "GET",
            "k?Range=bytes%3D0-0&If-Modified-Since=Fri%2C%2002%20Jan%202026%2003%3A04%3A05%20GMT".into(),
            "",
            "200",
        ),
    ];
    for (method, target, body, code) in cases {
        let call = server.presigned(OWNER, Call::new(method, &format!("/bucket/{target}")), 60);
        assert_eq!(server.send(&call.body(body)).code(), code, "{method} {target}");
    }
    let versions = server.ask(OWNER, Call::new("GET", "/bucket?versions")).text();
    assert_eq!(versions.matches("<VersionId>").count(), 1, "{versions}");
    // PRE-020: a header that says something else is no way out.
    let put = server.presigned(OWNER, Call::new("PUT", "/bucket/k?If-None-Match=*"), 60);
    let other = put.header("if-none-match", "x").body("new");
    assert_eq!(server.send(&other).code(), "403 SignatureDoesNotMatch");
    let right = server.presigned(OWNER, Call::new("PUT", &format!("/bucket/k?If-Match={bare}")), 60);
    assert_eq!(server.send(&right.body("new")).code(), "200");
}

#[test]
fn what_the_query_carries_acts_or_is_refused() {
    let server = TestServer::start();
    server.ask(OWNER, Call::new("PUT", "/bucket"));
    let put = |query: &str| {
        let call = server.presigned(OWNER, Call::new("PUT", &format!("/bucket/k?{query}")), 60);
        server.send(&call.body("data"))
    };
    assert_eq!(
        put("x-amz-tagging=a%3Db&x-amz-meta-a=1&x-amz-meta-A=2").code(),
        "200"
    );
    let head = server.ask(OWNER, Call::new("HEAD", "/bucket/k"));
    assert_eq!(head.header("x-amz-tagging-count"), Some("1"));
    assert_eq!(head.header("x-amz-meta-a"), Some("1,2"));
    // PRE-018: digests there are neither verified nor stored.
    let digest =
        put("x-amz-checksum-crc32=AAAAAA%3D%3D&x-amz-sdk-checksum-algorithm=CRC32&x-amz-checksum-sha512=x");
    assert_eq!(digest.code(), "200");
    assert!(
        digest.header("x-amz-checksum-crc32").is_none()
            && digest.header("x-amz-checksum-crc64nvme").is_some()
    );
    // PRE-014
    assert_eq!(put("X-Amz-Content-Sha256=UNSIGNED-PAYLOAD").code(), "200");
    let hash = "0".repeat(64);
    assert_eq!(
        put(&format!("X-Amz-Content-Sha256={hash}")).code(),
        "501 NotImplemented"
    );
    assert_eq!(put("versionId=null").code(), "400 InvalidArgument");
    assert_eq!(put("x-amz-security-token=x").code(), "400 InvalidToken");
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
