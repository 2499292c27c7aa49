//! Odd but rightly signed requests: whatever they say, the answer is never a server error.

use std::io::{Read, Write};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::client::{Answer, Call, OWNER, TestServer};

const SUBRESOURCES: [&str; 24] = [
    "",
    "acl",
    "attributes",
    "cors",
    "delete",
    "legal-hold",
    "list-type=2",
    "location",
    "object-lock",
    "ownershipControls",
    "partNumber=1",
    "policy",
    "publicAccessBlock",
    "retention",
    "tagging",
    "uploadId=x",
    "uploads",
    "versionId=null",
    "versioning",
    "versions",
    "partNumber=1&uploadId=x",
    "versionId=x&acl",
    "versionId=&tagging",
    "max-keys=-1",
];

const HEADERS: [&str; 30] = [
    "content-md5",
    "content-type",
    "if-match",
    "if-none-match",
    "if-modified-since",
    "range",
    "x-amz-acl",
    "x-amz-bucket-object-lock-enabled",
    "x-amz-bypass-governance-retention",
    "x-amz-checksum-crc32",
    "x-amz-checksum-algorithm",
    "x-amz-copy-source",
    "x-amz-copy-source-range",
    "x-amz-expected-bucket-owner",
    "x-amz-grant-read",
    "x-amz-meta-x",
    "x-amz-metadata-directive",
    "x-amz-object-attributes",
    "x-amz-object-lock-legal-hold",
    "x-amz-object-lock-mode",
    "x-amz-object-lock-retain-until-date",
    "x-amz-object-ownership",
    "x-amz-server-side-encryption",
    "x-amz-storage-class",
    "x-amz-tagging",
    "x-amz-trailer",
    "x-amz-copy-source-if-match",
    "x-amz-max-parts",
    "x-amz-mp-object-size",
    "x-amz-tagging-directive",
];

const VALUES: [&str; 22] = [
    "",
    "*",
    "true",
    "private",
    "public-read",
    "\"x\"",
    "bytes=0-1",
    "bytes=5-",
    "bytes=-0",
    "COPY",
    "REPLACE",
    "GOVERNANCE",
    "ON",
    "2030-01-01T00:00:00Z",
    "/locks/k",
    "locks/k?versionId=null",
    "AES256",
    "a=b&c=d",
    "STANDARD",
    "ETag,ObjectSize,ObjectParts",
    "x-amz-checksum-crc32",
    "CRC32",
];

const BODIES: [&str; 16] = [
    "",
    "x",
    "{}",
    "<",
    "<Delete><Object><Key>k</Key></Object></Delete>",
    "<Tagging><TagSet/></Tagging>",
    "<Retention/>",
    "<Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>2030-01-01</RetainUntilDate></Retention>",
    "<LegalHold><Status>ON</Status></LegalHold>",
    "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
    "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>",
    "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>x</ETag></Part></CompleteMultipartUpload>",
    "<AccessControlPolicy><Owner/><AccessControlList/></AccessControlPolicy>",
    "<OwnershipControls><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule></OwnershipControls>",
    "<PublicAccessBlockConfiguration/>",
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::plain/*"}]}"#,
];

/// A value from a list, or free text.
fn odd(list: &'static [&'static str], free: &'static str) -> impl Strategy<Value = String> {
    prop_oneof![4 => prop::sample::select(list).prop_map(str::to_owned), 1 => free]
}

fn call() -> impl Strategy<Value = Call> {
    let method = prop::sample::select(&["GET", "PUT", "POST", "DELETE", "HEAD", "OPTIONS", "PATCH"][..]);
    let path = prop::sample::select(
        &[
            "/",
            "/plain",
            "/plain/k",
            "/locks",
            "/locks/k",
            "/locks/a%2F..%2Fb",
            "/none/k",
        ][..],
    );
    let query = prop::collection::vec(odd(&SUBRESOURCES, "[a-zA-Z-]{0,12}=[a-z0-9%2]{0,3}"), 0..3);
    let headers = prop::collection::vec(
        (prop::sample::select(&HEADERS[..]), odd(&VALUES, "[!-~]{0,20}")),
        0..4,
    );
    (
        method,
        path,
        query,
        headers,
        odd(&BODIES, "[<>/A-Za-z&;]{0,40}"),
        any::<bool>(),
    )
        .prop_map(|(method, path, query, headers, body, integrity)| {
            let query: Vec<String> = query.into_iter().filter(|piece| !piece.is_empty()).collect();
            let target = if query.is_empty() {
                path.to_owned()
            } else {
                format!("{path}?{}", query.join("&"))
            };
            let body = if matches!(method, "GET" | "HEAD") {
                String::new()
            } else {
                body
            };
            let mut call = Call::new(method, &target);
            if integrity {
                call = call.document(&body);
            } else {
                call = call.body(&body);
            }
            for (name, value) in headers {
                if !call.headers.iter().any(|(n, _)| n == name) {
                    call = call.header(name, &value);
                }
            }
            call
        })
}

fn is_sound(answer: &Answer, method: &str) -> bool {
    let built = answer.status < 500 || answer.status == 501;
    let told = answer.status < 400 || method == "HEAD" || answer.element("Code").is_some();
    built && told
}

#[test]
fn odd_requests_are_never_server_errors() {
    let server = TestServer::start();
    server.ask(OWNER, Call::new("PUT", "/plain"));
    server.ask(
        OWNER,
        Call::new("PUT", "/locks").header("x-amz-bucket-object-lock-enabled", "true"),
    );
    server.ask(OWNER, Call::new("PUT", "/locks/k").body("data"));
    let mut runner = TestRunner::new(Config {
        cases: 1500,
        failure_persistence: None,
        ..Config::default()
    });
    let outcome = runner.run(&call(), |call| {
        // `%` may be followed by anything here: only what the signer takes can be sent.
        prop_assume!(format!("http://h{}", call.target).parse::<http::Uri>().is_ok());
        let answer = server.ask(OWNER, call.clone());
        prop_assert!(
            is_sound(&answer, &call.method),
            "{} {}",
            answer.status,
            answer.text()
        );
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn noise_does_not_stop_the_server() {
    let server = TestServer::start();
    let mut runner = TestRunner::new(Config {
        cases: 200,
        failure_persistence: None,
        ..Config::default()
    });
    let noise = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        "(GET|PUT) [!-~]{0,20} HTTP/1\\.[01]\r\n([a-z-]{1,10}: [ -~]{0,10}\r\n){0,4}\r\n"
            .prop_map(String::into_bytes),
    ];
    let outcome = runner.run(&noise, |bytes| {
        let mut stream = server.connect();
        // The server may close first: only that it lives on matters.
        let _ = stream.write_all(&bytes);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        prop_assert!(
            !answer.starts_with(b"HTTP/1.1 500"),
            "{}",
            String::from_utf8_lossy(&answer)
        );
        Ok(())
    });
    outcome.unwrap();
    assert_eq!(server.ask(OWNER, Call::new("GET", "/")).code(), "200");
}
