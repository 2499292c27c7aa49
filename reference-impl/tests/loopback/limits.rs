//! How long a head may be: S3 counts bytes, not lines.

use super::client::{Answer, Call, OWNER, TestServer};

const LIMIT: usize = 8 * 1024;

/// The bytes of the header section that a call will have.
fn section(call: &Call, host: &str) -> usize {
    let own = call
        .headers
        .iter()
        .map(|(name, value)| name.len() + value.len() + 4);
    let has = |name: &str| call.headers.iter().any(|(n, _)| n.eq_ignore_ascii_case(name));
    let host = if has("host") {
        0
    } else {
        "host: \r\n".len() + host.len()
    };
    let length = "content-length: \r\n".len() + call.body.len().to_string().len();
    own.sum::<usize>() + host + length
}

/// A PUT whose header section has this many bytes.
fn put_with(server: &TestServer, bytes: usize) -> Call {
    let filled = |length: usize| {
        let call = Call::new("PUT", "/bucket/k").header("content-disposition", &"x".repeat(length));
        server.signed(OWNER, call.body("data"))
    };
    let rest = section(&filled(1), &server.address.to_string()) - 1;
    filled(bytes - rest)
}

fn assert_too_large(answer: &Answer, what: &str) {
    assert_eq!(
        answer.code(),
        "400 RequestHeaderSectionTooLarge",
        "{what}: {}",
        answer.text()
    );
    assert_eq!(
        answer.element("Message").as_deref(),
        Some("Your request header section exceeds the maximum allowed size.")
    );
    assert_eq!(answer.element("MaxSizeAllowed").as_deref(), Some("8192"));
    assert!(answer.header("x-amz-request-id").is_some(), "{what}");
}

#[test]
fn header_sections_have_at_most_8192_bytes() {
    let server = TestServer::start();
    server.ask(OWNER, Call::new("PUT", "/bucket"));
    let fits = put_with(&server, LIMIT);
    assert_eq!(server.send(&fits).code(), "200");
    for bytes in [LIMIT + 1, LIMIT + 1000, 140_000, 500_000] {
        assert_too_large(&server.send(&put_with(&server, bytes)), &bytes.to_string());
    }
    let got = server.ask(OWNER, Call::new("GET", "/bucket/k"));
    let kept = fits
        .headers
        .iter()
        .find(|(name, _)| name == "content-disposition");
    assert_eq!(
        got.header("content-disposition"),
        kept.map(|(_, value)| value.as_str())
    );
}

#[test]
fn the_section_is_measured_before_anything_else_is_looked_at() {
    let server = TestServer::start();
    let long = "x".repeat(LIMIT);
    for call in [
        Call::new("GET", "/no-such-bucket"),
        Call::new("GET", "/Bad_Name?acl&policy"),
        Call::new("PATCH", "/"),
        Call::new("GET", "/%zz"),
        Call::new("GET", "/").header("authorization", "AWS4-HMAC-SHA256 nothing"),
        Call::new("GET", "/").header("x-amz-account-id", "111122223333"),
        Call::new("POST", "/").header("content-type", "application/x-www-form-urlencoded"),
    ] {
        assert_too_large(
            &server.send(&call.clone().header("x-amz-meta-a", &long)),
            &call.target,
        );
        let lines = (0..700).fold(call, |call, line| call.header(&format!("x-amz-meta-{line}"), "x"));
        assert_too_large(&server.send(&lines), &lines.target);
    }
    let head = server.send(&Call::new("HEAD", "/bucket").header("x", &long));
    assert_eq!((head.status, head.body.len()), (400, 0));
}

#[test]
fn lines_are_not_counted() {
    let server = TestServer::start();
    server.ask(OWNER, Call::new("PUT", "/bucket"));
    // As many lines as fit: 2 KB of user metadata are a limit of their own, so most are no metadata.
    for lines in [90, 101, 150, 300, 1000] {
        let call = (0..lines).fold(Call::new("PUT", "/bucket/k"), |call, line| {
            call.header(&format!("h{line}"), "")
        });
        let answer = server.ask(OWNER, call.body("x"));
        // The signature names every header: with many of them the section is too long for that alone.
        let expected = if lines < 500 {
            "200"
        } else {
            "400 RequestHeaderSectionTooLarge"
        };
        assert_eq!(answer.code(), expected, "{lines}");
    }
    let metadata = (0..120).fold(Call::new("PUT", "/bucket/m"), |call, line| {
        call.header(&format!("x-amz-meta-{line}"), "v")
    });
    assert_eq!(server.ask(OWNER, metadata.body("x")).code(), "200");
    let got = server.ask(OWNER, Call::new("GET", "/bucket/m"));
    assert_eq!(
        got.headers
            .iter()
            .filter(|(name, _)| name.starts_with("x-amz-meta-"))
            .count(),
        120
    );
    // Unsigned, the same name again and again, and more lines than bytes allow.
    for lines in [101, 1500, 2500, 8000] {
        let call = (0..lines).fold(Call::new("GET", "/bucket"), |call, _| call.header("a", ""));
        let answer = server.send(&call);
        let expected = if lines <= 1500 {
            "403 AccessDenied"
        } else {
            "400 RequestHeaderSectionTooLarge"
        };
        assert_eq!(answer.code(), expected, "{lines}");
    }
}
