use std::time::{Duration, UNIX_EPOCH};

use aws_sigv4::http_request as oracle;
use proptest::prelude::*;

use super::*;

/// The signer of the examples in the S3 API reference: 24 May 2013, 00:00:00 GMT.
fn example() -> Signer {
    Signer::new(example_credentials(None), "us-east-1", "s3", 1_369_353_600_000)
}

fn example_credentials(session_token: Option<String>) -> Credentials {
    Credentials {
        access_key: "AKIAIOSFODNN7EXAMPLE".into(),
        secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".into(),
        session_token,
    }
}

fn get(target: &str) -> RawRequest {
    RawRequest::new("GET", target).with_header("Host", "examplebucket.s3.amazonaws.com")
}

fn signing(names: &str) -> Signer {
    Signer {
        signed_headers: Some(names.split(';').map(str::to_owned).collect()),
        ..example()
    }
}

#[test]
fn published_example_get_object() {
    let mut request = get("/test.txt").with_header("Range", "bytes=0-9");
    let signed = signing("host;range;x-amz-content-sha256;x-amz-date").sign_headers(&mut request);
    assert_eq!(
        signed.string_to_sign,
        "AWS4-HMAC-SHA256\n20130524T000000Z\n20130524/us-east-1/s3/aws4_request\n\
         7344ae5b7ee6c3e7e6b0fe0640412a37625d1fbfff95c48bbb2dc43964946972"
    );
    assert_eq!(
        request.header("authorization").unwrap(),
        b"AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, \
          SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, \
          Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    );
}

#[test]
fn published_example_put_object() {
    let mut request = RawRequest::new("PUT", "/test$file.text")
        .with_header("Host", "examplebucket.s3.amazonaws.com")
        .with_header("Date", "Fri, 24 May 2013 00:00:00 GMT")
        .with_header("x-amz-date", "20130524T000000Z")
        .with_header("x-amz-storage-class", "REDUCED_REDUNDANCY")
        .with_body("Welcome to Amazon S3.");
    let signed =
        signing("date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class").sign_headers(&mut request);
    assert_eq!(
        signed.signature,
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
    );
}

#[test]
fn published_examples_of_bucket_requests() {
    let lifecycle = example().sign_headers(&mut get("/?lifecycle"));
    assert_eq!(
        lifecycle.signature,
        "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
    );
    let list = example().sign_headers(&mut get("/?max-keys=2&prefix=J"));
    assert_eq!(
        list.signature,
        "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
    );
}

#[test]
fn published_example_of_a_presigned_url() {
    let mut request = get("/test.txt");
    let signed = example().presign(&mut request, "86400");
    assert_eq!(
        signed.signature,
        "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    );
    assert_eq!(
        request.target,
        "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request\
         &X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host\
         &X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    );
}

#[test]
fn published_example_of_a_form_policy_key() {
    // The worked signing key of the IAM user guide: 30 August 2015, us-east-1, iam.
    let mut signer = Signer::new(example_credentials(None), "us-east-1", "iam", 1_440_892_800_000);
    signer.credentials.secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".into();
    let text = "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/iam/aws4_request\n\
                f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59";
    assert_eq!(
        signer.sign_text(text),
        "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
    );
}

#[test]
fn canonical_path_is_encoded_once_and_never_normalised() {
    for (raw, canonical) in [
        ("", "/"),
        ("/", "/"),
        ("/b/a%2fb", "/b/a%2Fb"),
        ("/b//./../k", "/b//./../k"),
        ("/b/%41+:*~", "/b/A%2B%3A%2A~"),
        ("/b/100%", "/b/100%25"),
        ("/b/%zz", "/b/%25zz"),
        ("/b/ü", "/b/%C3%BC"),
    ] {
        assert_eq!(canonical_path(raw), canonical, "{raw}");
    }
}

#[test]
fn canonical_query_is_sorted_after_encoding() {
    assert_eq!(
        canonical_query("b&a=2&a=1&&A=%7e&a-b=&X-Amz-Signature=f"),
        "A=~&a=1&a=2&a-b=&b="
    );
    assert_eq!(canonical_query("k=a+b%2bc=d"), "k=a%20b%2Bc%3Dd");
}

#[test]
fn overrides_reach_the_wire() {
    let mut signer = example();
    signer.scope.region = "mars".into();
    signer.signature = Some("ff".into());
    signer.payload_hash = Some("hash".into());
    let mut request = get("/").with_header("x-amz-meta-a", "1");
    signer.signed_headers = Some(vec!["Host".into(), "x-amz-absent".into()]);
    let signed = signer.sign_headers(&mut request);
    let text = String::from_utf8(signed.canonical_request).unwrap();
    assert!(
        text.ends_with("x-amz-absent:\n\nhost;x-amz-absent\nhash"),
        "{text}"
    );
    let authorization = String::from_utf8(request.header("authorization").unwrap().to_vec()).unwrap();
    assert!(
        authorization
            .contains("/20130524/mars/s3/aws4_request, SignedHeaders=host;x-amz-absent, Signature=ff")
    );
    assert_eq!(request.header("x-amz-content-sha256"), Some(&b"hash"[..]));
}

#[test]
fn dates_never_panic() {
    assert_eq!(amz_date(1_369_353_600_999), "20130524T000000Z");
    assert_eq!(amz_date(i64::MAX), "19700101T000000Z");
    assert_eq!(amz_date(i64::MIN), "19700101T000000Z");
}

/// What a client may send: an encoded target, headers with odd spaces, a body, a token or none.
#[derive(Debug)]
struct Case {
    request: RawRequest,
    service: &'static str,
    token: Option<String>,
    at: i64,
}

fn cases() -> impl Strategy<Value = Case> {
    let key = proptest::collection::vec("[ -~]{0,6}|[à-ü]{1,3}|\\.|\\.\\.|", 1..4);
    let query = proptest::collection::vec(("[ -~]{1,8}", proptest::option::of("[ -~é]{0,8}")), 0..4);
    let headers = proptest::collection::btree_map(
        "x-amz-[a-z]{1,8}",
        "[ ]{0,2}[!-~]{0,5}[ ]{0,3}[!-~]{0,5}[ ]?",
        0..4,
    );
    let service = prop_oneof![4 => Just("s3"), 1 => Just("iam"), 1 => Just("sts")];
    let rest = (
        any::<Vec<u8>>(),
        service,
        proptest::option::of("[!-~]{1,40}"),
        0_i64..4_000_000_000_000,
    );
    (key, query, headers, rest).prop_map(|(key, query, headers, (body, service, token, at))| {
        let path: String = key
            .iter()
            .map(|part| format!("/{}", uri_encode(part.as_bytes(), false)))
            .collect();
        // Other services normalise paths; only "/" is sent to them.
        let target = if service == "s3" { path } else { "/".to_owned() };
        let mut request = RawRequest::new("PUT", target)
            .with_header("Host", "localhost:9000")
            .with_body(body);
        for (name, value) in query {
            request.push_query(&name, value.as_deref());
        }
        for (name, value) in headers {
            if !["x-amz-date", "x-amz-security-token"].contains(&name.as_str()) {
                request.headers.push((name, value.into_bytes()));
            }
        }
        Case {
            request,
            service,
            token,
            at,
        }
    })
}

/// Signs with AWS's own signer and returns its signature.
fn oracle_signature(case: &Case, presign: bool) -> String {
    let identity = aws_credential_types::Credentials::new(
        "AKIAIOSFODNN7EXAMPLE",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        case.token.clone(),
        None,
        "test",
    )
    .into();
    let mut settings = oracle::SigningSettings::default();
    if case.service == "s3" {
        settings.percent_encoding_mode = oracle::PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = oracle::UriPathNormalizationMode::Disabled;
        if !presign {
            settings.payload_checksum_kind = oracle::PayloadChecksumKind::XAmzSha256;
        }
    }
    if presign {
        settings.signature_location = oracle::SignatureLocation::QueryParams;
        settings.expires_in = Some(Duration::from_secs(60));
    }
    settings.excluded_headers = Some(vec!["content-length".into()]);
    let params = aws_sigv4::sign::v4::SigningParams::builder()
        .identity(&identity)
        .region("eu-west-1")
        .name(case.service)
        .time(UNIX_EPOCH + Duration::from_millis(case.at.unsigned_abs()))
        .settings(settings)
        .build()
        .unwrap()
        .into();
    let headers = case
        .request
        .headers
        .iter()
        .map(|(n, v)| (n.as_str(), std::str::from_utf8(v).unwrap()));
    let body = if presign && case.service == "s3" {
        oracle::SignableBody::UnsignedPayload
    } else {
        oracle::SignableBody::Bytes(&case.request.body)
    };
    let uri = format!("http://localhost:9000{}", case.request.target);
    let request = oracle::SignableRequest::new(&case.request.method, uri, headers, body).unwrap();
    oracle::sign(request, &params).unwrap().into_parts().1
}

proptest! {
    #[test]
    fn agrees_with_the_signer_of_aws(case in cases(), presign: bool) {
        let expected = oracle_signature(&case, presign);
        let signer = Signer::new(example_credentials(case.token.clone()), "eu-west-1", case.service, case.at);
        let mut request = case.request.clone();
        let signed = if presign { signer.presign(&mut request, "60") } else { signer.sign_headers(&mut request) };
        prop_assert_eq!(signed.signature, expected, "{}", String::from_utf8_lossy(&signed.canonical_request));
    }

    #[test]
    fn never_panics(target: String, headers: Vec<(String, Vec<u8>)>, body: Vec<u8>, at: i64, presign: bool) {
        let mut request = RawRequest { headers, body, ..RawRequest::new("GET", target) };
        let signer = Signer::new(example_credentials(None), "", "", at);
        if presign { signer.presign(&mut request, "x") } else { signer.sign_headers(&mut request) };
    }

    #[test]
    fn encoding_is_decoded_again(bytes: Vec<u8>, keep_slash: bool) {
        prop_assert_eq!(percent_decode(&uri_encode(&bytes, keep_slash), true), bytes);
    }
}
