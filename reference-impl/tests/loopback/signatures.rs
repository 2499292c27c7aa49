//! Header signatures: what is accepted, and what each fault is called.

use super::client::{Call, Key, NOW, OWNER, TestServer};

#[test]
fn rightly_signed_paths_are_accepted() {
    let server = TestServer::start();
    assert_eq!(server.ask(OWNER, Call::new("PUT", "/bucket")).code(), "200");
    for key in [
        "plain",
        "a/b",
        "a//b",
        "a/../b",
        "a/./b",
        "%C3%BC%20%2B~",
        "a%25b",
        "x%2Ay%27%28z%29%21",
    ] {
        let target = format!("/bucket/{key}");
        let put = server.ask(OWNER, Call::new("PUT", &target).body(key));
        assert_eq!(put.code(), "200", "{key}: {}", put.text());
        let get = server.ask(OWNER, Call::new("GET", &target));
        assert_eq!((get.status, get.text().as_str()), (200, key));
    }
    let odd = server.ask(
        OWNER,
        Call::new("GET", "/bucket?prefix=a%2Fb%20c&list-type=2&x=%7E&b=2&B=1"),
    );
    assert_eq!(odd.code(), "200", "{}", odd.text());
    let spaced = Call::new("PUT", "/bucket/k")
        .header("x-amz-meta-a", "  two   spaces  ")
        .body("b");
    assert_eq!(server.ask(OWNER, spaced).code(), "200");
    let virtual_host = Call::new("GET", "/plain").header("host", "bucket.localhost");
    assert_eq!(server.ask(OWNER, virtual_host).text(), "plain");
}

/// SIG-CAN-003, SIG-CAN-004: S3 decodes the path and encodes it again, so that a slash is one however it is sent.
#[test]
fn paths_are_signed_as_they_are_decoded() {
    let server = TestServer::start();
    assert_eq!(server.ask(OWNER, Call::new("PUT", "/bucket")).code(), "200");
    for (signed, sent) in [
        ("/bucket/a/b", "/bucket/a%2Fb"),
        ("/bucket/a/b", "/bucket%2fa/b"),
        ("/bucket//a/b", "/bucket/%2Fa/b"),
        ("/bucket/a/../b", "/bucket/a%2F%2e%2E%2Fb"),
        ("/bucket/%C3%BC%20x", "/bucket/%c3%bc%20x"),
    ] {
        let put = server.signed(OWNER, Call::new("PUT", signed).body("x"));
        let put = server.send(&put.at(sent));
        // `/bucket%2fa/b` names no bucket: it is refused, but not for its signature.
        let expected = if sent.contains("bucket%2f") {
            "400 InvalidBucketName"
        } else {
            "200"
        };
        assert_eq!(put.code(), expected, "{sent}: {}", put.text());
        let header = server.signed(OWNER, Call::new("GET", signed));
        let query = server.presigned(OWNER, Call::new("GET", signed), 60);
        let query = query.target.replacen(signed, sent, 1);
        for get in [header.at(sent), Call::new("GET", &query)] {
            assert_ne!(server.send(&get).status, 403, "{}", get.target);
        }
    }
    let other = server.ask(OWNER, Call::new("GET", "/bucket/%2Fb/k"));
    assert_eq!(other.code(), "403 SignatureDoesNotMatch");
    let canonical = other.element("CanonicalRequest").unwrap();
    assert!(canonical.starts_with("GET\n/bucket//b/k\n"), "{canonical}");
}

#[test]
fn faults_of_the_header_have_their_codes() {
    let server = TestServer::start();
    let signed = server.signed(OWNER, Call::new("GET", "/"));
    let with = |change: &dyn Fn(&str) -> String| {
        let mut call = signed.clone();
        for (name, value) in &mut call.headers {
            if name.eq_ignore_ascii_case("authorization") {
                *value = change(value);
            }
        }
        server.send(&call)
    };
    assert_eq!(with(&str::to_owned).code(), "200");
    let malformed = "400 AuthorizationHeaderMalformed";
    let table: [(&str, &str, &str); 10] = [
        ("AWS4-HMAC-SHA256", "AWS4-BANANA", "400 InvalidArgument"),
        ("AWS4-HMAC-SHA256 ", "AWS4-HMAC-SHA256", "400 InvalidArgument"),
        ("Credential=", "Creds=", malformed),
        ("Signature=", "Sig=", malformed),
        ("/aws4_request", "/aws5_request", malformed),
        ("/s3/", "/sqs/", malformed),
        ("/us-east-1/", "/eu-mars-1/", malformed),
        ("/20260102/", "/20260103/", malformed),
        ("/20260102/", "/2026010/", malformed),
        (OWNER.id, "AKIANOBODY", "403 InvalidAccessKeyId"),
    ];
    for (from, to, code) in table {
        let answer = with(&|value| value.replace(from, to));
        assert_eq!(answer.code(), code, "{from} to {to}: {}", answer.text());
    }
    let region = with(&|value| value.replace("us-east-1", "eu-mars-1"));
    assert_eq!(region.element("Region").as_deref(), Some("us-east-1"));
    let altered = with(&|value| format!("{}0", &value[..value.len() - 1]));
    let again = with(&|value| format!("{}1", &value[..value.len() - 1]));
    let wrong = if altered.status == 403 { altered } else { again };
    assert_eq!(wrong.code(), "403 SignatureDoesNotMatch");
    for element in [
        "AWSAccessKeyId",
        "StringToSign",
        "SignatureProvided",
        "StringToSignBytes",
        "CanonicalRequest",
    ] {
        assert!(wrong.element(element).is_some(), "{element}");
    }
}

#[test]
fn what_is_not_signed_is_refused() {
    let server = TestServer::start();
    server.ask(OWNER, Call::new("PUT", "/bucket"));
    let put = server.signed(OWNER, Call::new("PUT", "/bucket/k").body("data"));
    for header in [
        "x-amz-acl",
        "x-amz-meta-a",
        "x-amz-copy-source",
        "content-md5",
        "x-amz-user-agent",
    ] {
        let answer = server.send(&put.clone().header(header, "x"));
        assert_eq!(answer.code(), "403 AccessDenied", "{header}");
        assert_eq!(answer.element("HeadersNotSigned").as_deref(), Some(header));
    }
    assert_eq!(
        server.send(&put.clone().header("range", "bytes=0-1")).code(),
        "200"
    );
    assert_eq!(
        server.send(&put.clone().body("atad")).code(),
        "400 XAmzContentSHA256Mismatch"
    );
    assert_eq!(server.ask(OWNER, Call::new("GET", "/bucket/k")).text(), "data");
    let two = put.clone().header("authorization", "AWS4-HMAC-SHA256 x");
    assert_eq!(server.send(&two).code(), "400 InvalidArgument");
    let both = Call {
        target: "/bucket/k?X-Amz-Algorithm=AWS4-HMAC-SHA256".to_owned(),
        ..put
    };
    let answer = server.send(&both);
    assert_eq!(answer.code(), "400 InvalidArgument");
    assert_eq!(answer.element("ArgumentName").as_deref(), Some("Authorization"));
}

#[test]
fn time_and_old_signatures() {
    let server = TestServer::start();
    let at = |time: i64| {
        server.ask(
            OWNER,
            Call {
                time,
                ..Call::new("GET", "/")
            },
        )
    };
    assert_eq!(at(NOW + 900).code(), "200");
    assert_eq!(at(NOW - 900).code(), "200");
    for time in [NOW + 901, NOW - 901] {
        let answer = at(time);
        assert_eq!(answer.code(), "403 RequestTimeTooSkewed");
        assert_eq!(
            answer.element("MaxAllowedSkewMilliseconds").as_deref(),
            Some("900000")
        );
    }
    let old = Call::new("GET", "/")
        .header("authorization", "AWS AKIAOWNER:c2ln")
        .header("date", "Fri, 02 Jan 2026 03:04:05 GMT");
    assert_eq!(server.send(&old).code(), "400 InvalidRequest");
    let wrong = Key {
        secret: "wrong",
        ..OWNER
    };
    assert_eq!(
        server.ask(wrong, Call::new("GET", "/")).code(),
        "403 SignatureDoesNotMatch"
    );
    // A failed credential is never taken for anonymous, even where anonymous is allowed.
    assert_eq!(server.send(&Call::new("GET", "/")).code(), "403 AccessDenied");
    let missing = Call::new("GET", "/").header("authorization", "AWS4-HMAC-SHA256 Credential=AKIAOWNER/20260102/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00");
    assert_eq!(
        server.send(&missing).element("Message").as_deref(),
        Some("AWS authentication requires a valid Date or x-amz-date header")
    );
}

#[test]
fn iam_and_sts_are_told_by_their_scope() {
    let server = TestServer::start();
    let form = |service: &'static str, body: &str| Call {
        service,
        ..Call::new("POST", "/")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body)
    };
    let who = server.ask(OWNER, form("sts", "Action=GetCallerIdentity&Version=2011-06-15"));
    assert_eq!(
        who.element("Arn").as_deref(),
        Some("arn:aws:iam::111122223333:root"),
        "{}",
        who.text()
    );
    let user = server.ask(
        OWNER,
        form("iam", "Action=CreateUser&Version=2010-05-08&UserName=bob"),
    );
    assert_eq!(
        user.element("UserName").as_deref(),
        Some("bob"),
        "{}",
        user.text()
    );
    let wrong = server.ask(
        OWNER,
        Call {
            service: "sts",
            ..Call::new("GET", "/bucket")
        },
    );
    assert_eq!(wrong.code(), "400 AuthorizationHeaderMalformed");
}
