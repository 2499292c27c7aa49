//! Bodies: chunks, trailers, checksums, lengths.

use std::io::Write;

use aws_sigv4::sign::v4::{sign_chunk, sign_trailer};
use aws_smithy_runtime_api::http::Headers;
use bytes::Bytes;

use super::client::{Call, OWNER, TestServer, encode, read_answer, signed, with_params};

/// `CRC32` of `hello` in base64.
const HELLO_CRC32: &str = "NhCmhg==";

fn server_with_bucket() -> TestServer {
    let server = TestServer::start();
    assert_eq!(server.ask(OWNER, Call::new("PUT", "/bucket")).code(), "200");
    server
}

fn chunked(mode: &str, decoded: usize, trailer: bool) -> Call {
    let call = Call::new("PUT", "/bucket/k")
        .header("x-amz-content-sha256", mode)
        .header("content-encoding", "aws-chunked")
        .header("x-amz-decoded-content-length", &decoded.to_string());
    if trailer {
        call.header("x-amz-trailer", "x-amz-checksum-crc32")
    } else {
        call
    }
}

#[test]
fn unsigned_chunks_with_a_trailer() {
    let server = server_with_bucket();
    let call = chunked("STREAMING-UNSIGNED-PAYLOAD-TRAILER", 5, true);
    let send = |body: &str| server.ask(OWNER, call.clone().body(body));
    let good = format!("5\r\nhello\r\n0\r\nx-amz-checksum-crc32:{HELLO_CRC32}\r\n\r\n");
    let answer = send(&good);
    assert_eq!(answer.code(), "200", "{}", answer.text());
    assert_eq!(answer.header("x-amz-checksum-crc32"), Some(HELLO_CRC32));
    let get = server.ask(OWNER, Call::new("GET", "/bucket/k"));
    assert_eq!(
        (get.text().as_str(), get.header("content-encoding")),
        ("hello", None)
    );
    assert_eq!(
        send(&good.replace(HELLO_CRC32, "AAAAAA==")).code(),
        "400 BadDigest"
    );
    assert_eq!(
        send("5\r\nhello\r\n0\r\n\r\n").code(),
        "400 MalformedTrailerError"
    );
    assert_eq!(send("5\r\nhello\r\n").code(), "400 IncompleteBody");
    assert_eq!(send("4\r\nhell\r\n0\r\n\r\n").code(), "400 MalformedTrailerError");
    let wrong_length = good
        .replace("5\r\nhello", "4\r\nhell")
        .replace(HELLO_CRC32, "AAAAAA==");
    assert_eq!(send(&wrong_length).code(), "400 IncompleteBody");
    assert_eq!(server.ask(OWNER, Call::new("GET", "/bucket/k")).text(), "hello");
}

/// The body of a signed upload, chunk by chunk, as AWS's signer signs it.
fn signed_body(server: &TestServer, call: Call, chunks: &[&[u8]], trailer: Option<&str>) -> Call {
    let (mut call, mut previous) = signed(OWNER, call, &server.address.to_string());
    let mut body = Vec::new();
    with_params(
        OWNER,
        &call,
        aws_sigv4::http_request::SigningSettings::default(),
        |params| {
            for chunk in chunks.iter().copied().chain([&b""[..]]) {
                let signature = sign_chunk(&Bytes::copy_from_slice(chunk), &previous, &params).unwrap();
                let (_, signature) = signature.into_parts();
                body.extend_from_slice(
                    format!("{:x};chunk-signature={signature}\r\n", chunk.len()).as_bytes(),
                );
                if !chunk.is_empty() {
                    body.extend_from_slice(chunk);
                    body.extend_from_slice(b"\r\n");
                }
                previous = signature;
            }
            if let Some(value) = trailer {
                let mut headers = Headers::new();
                headers.insert("x-amz-checksum-crc32", value.to_owned());
                let (_, signature) = sign_trailer(&headers, &previous, &params).unwrap().into_parts();
                body.extend_from_slice(format!("x-amz-checksum-crc32:{value}\r\n").as_bytes());
                body.extend_from_slice(format!("x-amz-trailer-signature:{signature}\r\n").as_bytes());
            }
        },
    );
    body.extend_from_slice(b"\r\n");
    call.body = body;
    call
}

#[test]
fn signed_chunks() {
    let server = server_with_bucket();
    let big = vec![b'x'; 8192];
    let plain = chunked("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", 8197, false);
    let call = signed_body(&server, plain.clone(), &[&big, b"hello"], None);
    let answer = server.send(&call);
    assert_eq!(answer.code(), "200", "{}", answer.text());
    let mut broken = call.clone();
    let at = broken.body.len() - 120;
    broken.body[at] ^= 1;
    assert_ne!(server.send(&broken).status, 200);
    let mut altered = call;
    altered.body[100] = b'y';
    assert_eq!(server.send(&altered).code(), "403 SignatureDoesNotMatch");
    let small = chunked("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", 10, false);
    let call = signed_body(&server, small, &[b"hello", b"hello"], None);
    let answer = server.send(&call);
    assert_eq!(answer.element("Code").as_deref(), Some("InvalidChunkSizeError"));
    assert_eq!(answer.element("BadChunkSize").as_deref(), Some("5"));
}

#[test]
fn signed_trailers() {
    let server = server_with_bucket();
    let plain = chunked("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", 5, true);
    let call = signed_body(&server, plain.clone(), &[b"hello"], Some(HELLO_CRC32));
    let answer = server.send(&call);
    assert_eq!(answer.code(), "200", "{}", answer.text());
    let text = String::from_utf8(call.body.clone()).unwrap();
    let cut = text.split("x-amz-trailer-signature").next().unwrap().to_owned() + "\r\n";
    assert_eq!(
        server.send(&call.clone().body(cut)).code(),
        "400 MalformedTrailerError"
    );
    let changed = text.replace(HELLO_CRC32, "AAAAAA==");
    assert_eq!(
        server.send(&call.body(changed)).code(),
        "403 SignatureDoesNotMatch"
    );
    let missing = signed_body(&server, plain, &[b"hello"], None);
    assert_eq!(server.send(&missing).code(), "400 MalformedTrailerError");
}

#[test]
fn chunks_may_come_without_a_content_length() {
    let server = server_with_bucket();
    let body = format!("5\r\nhello\r\n0\r\nx-amz-checksum-crc32:{HELLO_CRC32}\r\n\r\n");
    let outer = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    let call = chunked("STREAMING-UNSIGNED-PAYLOAD-TRAILER", 5, true);
    let answer = server.ask(OWNER, call.header("transfer-encoding", "chunked").body(outer));
    assert_eq!(answer.code(), "200", "{}", answer.text());
    assert_eq!(server.ask(OWNER, Call::new("GET", "/bucket/k")).text(), "hello");
}

#[test]
fn a_refused_upload_still_gets_its_reply() {
    let server = server_with_bucket();
    let big = vec![b'x'; 4 * 1024 * 1024];
    let mut stream = server.connect();
    for _ in 0..2 {
        let call = server.signed(OWNER, Call::new("PUT", "/nothing/k").body(&big));
        stream
            .write_all(&encode(&call, &server.address.to_string()))
            .unwrap();
        assert_eq!(read_answer(&mut stream, false).code(), "404 NoSuchBucket");
    }
    // With `Expect` the refusal comes before any of the body is sent.
    let call = Call::new("PUT", "/nothing/k")
        .header("expect", "100-continue")
        .body(&big);
    let mut head = encode(&server.signed(OWNER, call), &server.address.to_string());
    head.truncate(head.len() - big.len());
    assert_eq!(server.raw(&head).code(), "404 NoSuchBucket");
}

#[test]
fn lengths_and_digests() {
    let server = server_with_bucket();
    let put = |call: Call| server.ask(OWNER, call);
    let base = Call::new("PUT", "/bucket/k").body("hello");
    assert_eq!(
        put(base.clone().header("content-md5", "XUFAKrxLKna5cZ2REBfFkg==")).code(),
        "200"
    );
    assert_eq!(
        put(base.clone().header("content-md5", "XUFAKrxLKna5cZ2REBfFkA==")).code(),
        "400 BadDigest"
    );
    assert_eq!(
        put(base.clone().header("content-md5", "nonsense")).code(),
        "400 InvalidDigest"
    );
    assert_eq!(
        put(base.clone().header("x-amz-checksum-crc32", HELLO_CRC32)).code(),
        "200"
    );
    assert_eq!(
        put(base.clone().header("x-amz-checksum-crc32", "AAAAAA==")).code(),
        "400 BadDigest"
    );
    assert_eq!(
        put(base.clone().header("x-amz-checksum-crc32", "x")).code(),
        "400 InvalidRequest"
    );
    let no_length = Call {
        unsigned_payload: true,
        ..Call::new("PUT", "/bucket/k")
    };
    let no_length = server
        .signed(OWNER, no_length)
        .header("transfer-encoding", "chunked");
    let answer = server.send(&Call {
        body: b"5\r\nhello\r\n0\r\n\r\n".to_vec(),
        ..no_length
    });
    assert_eq!(answer.code(), "501 NotImplemented");
    let streaming =
        Call::new("GET", "/bucket").header("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER");
    assert_eq!(put(streaming).code(), "400 InvalidRequest");
    let decoded =
        Call::new("PUT", "/bucket/k").header("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER");
    assert_eq!(
        put(decoded.header("x-amz-trailer", "x-amz-checksum-crc32")).code(),
        "411 MissingContentLength"
    );
}

#[test]
fn requests_without_a_body_keep_their_promises_too() {
    let server = server_with_bucket();
    server.ask(OWNER, Call::new("PUT", "/bucket/k").body("data"));
    for (method, target) in [
        ("GET", "/bucket/k"),
        ("DELETE", "/bucket/k"),
        ("GET", "/bucket?versions"),
        ("DELETE", "/bucket?policy"),
    ] {
        let signed = server.signed(OWNER, Call::new(method, target).body("one"));
        assert_eq!(
            server.send(&signed.body("two")).code(),
            "400 XAmzContentSHA256Mismatch",
            "{method} {target}"
        );
    }
    assert_eq!(server.ask(OWNER, Call::new("GET", "/bucket/k")).text(), "data");
}

#[test]
fn empty_and_missing_documents() {
    let server = server_with_bucket();
    let put = |target: &str| server.ask(OWNER, Call::new("PUT", target)).code();
    assert_eq!(put("/bucket?object-lock"), "400 MissingRequestBodyError");
    assert_eq!(put("/bucket?policy"), "400 MalformedPolicy");
    assert_eq!(put("/bucket/k?legal-hold"), "400 MalformedXML");
    let bare = |target: &str| server.ask(OWNER, Call::new("PUT", target).body("<X/>")).code();
    assert_eq!(bare("/bucket?object-lock"), "400 InvalidRequest");
    assert_eq!(bare("/bucket/k?retention"), "400 InvalidRequest");
    let many = server.ask(OWNER, Call::new("POST", "/bucket?delete").body("<Delete/>"));
    assert_eq!(many.code(), "400 InvalidRequest");
}
