use proptest::prelude::*;

use super::*;
use crate::wire::chunked::{Chunked, Protection};
use crate::wire::sign::{Credentials, Signer};

const TOKEN: &str = "FwoGZXIvYXdzEBYaDsession+token/with=signs==";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

fn signer() -> Signer {
    let credentials = Credentials {
        access_key: "AKIAIOSFODNN7EXAMPLE".into(),
        secret: SECRET.into(),
        session_token: Some(TOKEN.into()),
    };
    Signer::new(credentials, "us-east-1", "s3", 1_369_353_600_000)
}

fn exchange(request: RawRequest, body: &str) -> Exchange {
    let response = RawResponse {
        status: 403,
        reason: String::new(),
        headers: vec![("Content-Length".into(), body.len().to_string().into_bytes())],
        body: body.as_bytes().to_vec(),
    };
    Exchange {
        request,
        response,
        sent: 0,
        received: 1,
    }
}

fn text(exchange: &Exchange) -> String {
    serde_json::to_string(exchange).unwrap()
}

/// Redacts, and checks what holds of every redaction.
fn redact(exchange: &Exchange, secrets: &[&str]) -> Exchange {
    let redacted = Redactor::new().redact(exchange);
    assert_eq!(Redactor::new().redact(&redacted), redacted, "twice is once");
    assert_eq!(redacted.request.body.len(), exchange.request.body.len());
    assert_eq!(redacted.response.body.len(), exchange.response.body.len());
    for secret in secrets {
        assert!(
            !text(&redacted).contains(secret),
            "{secret} in {}",
            text(&redacted)
        );
    }
    redacted
}

#[test]
fn signed_headers_keep_their_shape() {
    let mut request = RawRequest::new("PUT", "/b/k")
        .with_header("Host", "h")
        .with_header(
            "x-amz-server-side-encryption-customer-key",
            "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
        )
        .with_header("x-amz-server-side-encryption-customer-key-MD5", "md5stays");
    let signed = signer().sign_headers(&mut request);
    let original = exchange(request, "");
    let redacted = redact(&original, &[&signed.signature, TOKEN, "MDEyMzQ1Njc4OTAx"]);
    let authorization = String::from_utf8_lossy(redacted.request.header("authorization").unwrap());
    assert!(authorization.starts_with("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;"), "{authorization}");
    assert!(authorization.contains(", Signature=REDACTED-"));
    assert_eq!(
        redacted
            .request
            .header("x-amz-server-side-encryption-customer-key-md5"),
        Some(&b"md5stays"[..])
    );
}

#[test]
fn presigned_urls_and_other_schemes() {
    let mut request = RawRequest::new("GET", "/b/k").with_header("Host", "h");
    let signed = signer().presign(&mut request, "60");
    request.headers.push((
        "Referer".into(),
        format!("http://h{}", request.target).into_bytes(),
    ));
    request.headers.push((
        "Authorization".into(),
        b"AWS AKIDEXAMPLE:frJIUN8DYpKDtOLCwo//yllqDzg=".to_vec(),
    ));
    request
        .headers
        .push(("authorization".into(), b"Bearer abcdef.ghijkl".to_vec()));
    request.headers.push((
        "AUTHORIZATION".into(),
        format!("AWS4-HMAC-SHA256 Signature:{}", "a".repeat(64)).into_bytes(),
    ));
    let encoded_token = uri_encode(TOKEN.as_bytes(), false);
    let secrets = [
        signed.signature.as_str(),
        &encoded_token,
        "frJIUN8DYpKDtOLCwo",
        "ghijkl",
        &"a".repeat(64),
    ];
    let redacted = redact(&exchange(request, ""), &secrets);
    assert!(
        redacted
            .request
            .target
            .contains("&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Security-Token=REDACTED-")
    );
    assert!(text(&redacted).contains("AWS AKIDEXAMPLE:REDACTED-"));
}

#[test]
fn one_secret_has_one_mark_in_all_places() {
    let mut header = RawRequest::new("GET", "/b/k").with_header("x-amz-security-token", TOKEN);
    let mut query = RawRequest::new("GET", "/b/k");
    query.push_query("X-Amz-Security-Token", Some(TOKEN));
    let redactor = Redactor::new();
    redactor.redact_request(&mut header);
    redactor.redact_request(&mut query);
    let mark = String::from_utf8_lossy(header.header("x-amz-security-token").unwrap())
        .trim_end_matches('-')
        .to_owned();
    assert!(
        mark.len() > 12 && query.target.contains(&mark),
        "{mark} {}",
        query.target
    );
}

#[test]
fn chunk_signatures_but_not_data() {
    let mut chunked = Chunked::new(
        Protection::SignedTrailer,
        b"data ;chunk-signature=not hex".to_vec(),
    );
    chunked.trailers = vec![("x-amz-checksum-crc32".into(), "AAAAAA==".into())];
    let mut request = RawRequest::new("PUT", "/b/k").with_header("Host", "h");
    chunked.sign(&signer(), &mut request);
    let body = String::from_utf8(request.body.clone()).unwrap();
    let signatures: Vec<&str> = body
        .split(|c: char| !c.is_ascii_hexdigit())
        .filter(|word| word.len() == 64)
        .collect();
    assert_eq!(signatures.len(), 3);
    let redacted = redact(&exchange(request, ""), &signatures);
    assert!(
        String::from_utf8(redacted.request.body)
            .unwrap()
            .contains("data ;chunk-signature=not hex\r\n")
    );
}

#[test]
fn forms() {
    let body = "--x\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nk\r\n--x\r\nContent-Disposition: form-data; name=\"X-Amz-Signature\"\r\n\r\n0123456789\r\n--x--\r\n";
    let request = RawRequest::new("POST", "/b")
        .with_header("Content-Type", "multipart/form-data; boundary=x")
        .with_body(body);
    let redacted = redact(&exchange(request, ""), &["0123456789"]);
    assert!(
        String::from_utf8(redacted.request.body)
            .unwrap()
            .contains("\r\n\r\nk\r\n--x")
    );
    let request = RawRequest::new("POST", "/")
        .with_header("Content-Type", "application/x-www-form-urlencoded")
        .with_body("Action=CreateLoginProfile&Password=hunter2hunter2&UserName=u");
    redact(&exchange(request, ""), &["hunter2"]);
}

#[test]
fn replies_of_iam_sts_and_s3() {
    let key = format!(
        "<?xml version=\"1.0\"?><CreateAccessKeyResponse><AccessKey><AccessKeyId>AKIA1</AccessKeyId><SecretAccessKey>{SECRET}</SecretAccessKey></AccessKey></CreateAccessKeyResponse>"
    );
    let redacted = redact(&exchange(RawRequest::new("POST", "/"), &key), &[SECRET]);
    let tree = redacted.response.xml().unwrap();
    assert_eq!(tree.text_of("AccessKey/AccessKeyId"), Some("AKIA1"));
    assert!(
        tree.text_of("AccessKey/SecretAccessKey")
            .unwrap()
            .starts_with("REDACTED-")
    );

    let json =
        format!("{{\"Credentials\": {{\"SecretAccessKey\" : \"{SECRET}\", \"SessionToken\":\"{TOKEN}\"}}}}");
    redact(&exchange(RawRequest::new("POST", "/"), &json), &[SECRET, TOKEN]);

    let canonical = format!(
        "GET\n/\nX-Amz-Security-Token=ABCDEFGHIJKLMN&amp;a=\nhost:h\nx-amz-security-token:{TOKEN}\n\nhost\nx"
    );
    let dump = format!("GET\n/\n\nhost:h\nx-amz-security-token:{TOKEN}\n")
        .bytes()
        .map(|b| format!("{b:02x}"))
        .collect::<Vec<_>>()
        .join(" ");
    let error = format!(
        "<e:Error xmlns:e=\"x\"><e:Token-0 a=\"b\">{TOKEN}</e:Token-0><SignatureProvided>abcdefabcdef</SignatureProvided><SessionToken/><CanonicalRequest>{canonical}</CanonicalRequest><CanonicalRequestBytes>{dump}</CanonicalRequestBytes><NextContinuationToken>stays</NextContinuationToken></e:Error>"
    );
    let token_dump = TOKEN
        .bytes()
        .map(|b| format!("{b:02x}"))
        .collect::<Vec<_>>()
        .join(" ");
    let redacted = redact(
        &exchange(RawRequest::new("GET", "/"), &error),
        &[TOKEN, &token_dump, "abcdefabcdef", "ABCDEFGHIJKLMN"],
    );
    let tree = redacted.response.xml().unwrap();
    assert_eq!(tree.text_of("NextContinuationToken"), Some("stays"));
    assert!(tree.text_of("CanonicalRequest").unwrap().ends_with("\n\nhost\nx"));
}

#[test]
fn learned_secrets_are_covered_everywhere() {
    let mut redactor = Redactor::new();
    redactor.learn(SECRET);
    redactor.learn("short");
    let request = RawRequest::new("PUT", format!("/b/{}", uri_encode(SECRET.as_bytes(), false)))
        .with_header("x-amz-meta-a", format!("a {SECRET} short"))
        .with_body(SECRET);
    let redacted = redactor.redact(&exchange(request, &format!("plain {SECRET}")));
    let text = text(&redacted);
    assert!(
        !text.contains(SECRET) && !text.contains("wJalrXUtnFEMI"),
        "{text}"
    );
    assert!(text.contains("short"));
    assert!(!redactor.redact_text(&format!("x={SECRET}")).contains(SECRET));
    assert_eq!(redactor.redact(&redacted), redacted);
}

/// Pieces that the redactor looks for, in any order.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~\r\n]{0,6}",
        proptest::sample::select(ELEMENTS.to_vec()).prop_map(|name| format!("<{name}>")),
        proptest::sample::select(ELEMENTS.to_vec()).prop_map(|name| format!("</a:{name}>")),
        proptest::sample::select(ELEMENTS.to_vec()).prop_map(|name| format!("\"{name}\":\"")),
        proptest::sample::select(PARAMETERS.to_vec()).prop_map(|name| format!("&{name}=")),
        proptest::sample::select(PARAMETERS.to_vec()).prop_map(|name| format!("name=\"{name}\"\r\n\r\n")),
        Just("<CanonicalRequest>".to_owned()),
        Just("<CanonicalRequestBytes>".to_owned()),
        Just("</".to_owned()),
        Just(";chunk-signature=".to_owned()),
        "([0-9a-f]{2} ){0,4}",
    ]
}

proptest! {
    #[test]
    fn never_panics_keeps_lengths_and_is_idempotent(
        pieces in proptest::collection::vec(piece(), 0..12),
        raw: Vec<u8>,
        kind in 0..4,
    ) {
        let body = [pieces.concat().into_bytes(), raw].concat();
        let mut request = RawRequest::new("POST", pieces.concat()).with_body(body.clone());
        request.headers.push(("authorization".into(), body.clone()));
        request.headers.push(("x-amz-security-token".into(), body.clone()));
        match kind {
            0 => request.headers.push(("x-amz-content-sha256".into(), b"STREAMING-AWS4-".to_vec())),
            1 => request.headers.push(("content-type".into(), b"multipart/form-data".to_vec())),
            2 => request.headers.push(("content-type".into(), b"application/x-www-form-urlencoded".to_vec())),
            _ => {}
        }
        let response = RawResponse { status: 200, reason: String::new(), headers: vec![], body: [b"<".to_vec(), body].concat() };
        let original = Exchange { request, response, sent: 0, received: 0 };
        let mut redactor = Redactor::new();
        redactor.learn("Sessions");
        let redacted = redactor.redact(&original);
        prop_assert_eq!(redacted.request.target.len(), original.request.target.len());
        prop_assert_eq!(redacted.response.body.len(), original.response.body.len());
        prop_assert_eq!(redactor.redact(&redacted), redacted);
    }
}
