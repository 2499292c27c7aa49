//! Signature Version 4: canonical requests, signing keys and their verification.

use aws_lc_rs::{constant_time, hmac};
use data_encoding::HEXLOWER;
use http::{HeaderMap, Method};

use crate::clock::Timestamp;
use crate::error::{ApiError, Code};
use crate::exchange::{Mechanism, Query};
use crate::wire::checksum::sha256_hex;
use crate::wire::credential::{ALGORITHM, Claim};
use crate::wire::dates;
use crate::wire::encoding::{canonical_path, uri_encode};

/// The longest difference between the request's time and the server's (SIG-HDR-006).
const MAX_SKEW_MILLIS: i64 = 15 * 60 * 1000;

/// The parts of a request that are signed.
#[derive(Debug)]
pub struct Signed<'a> {
    /// The method.
    pub method: &'a Method,
    /// The path as sent.
    pub raw_path: &'a str,
    /// The decoded query.
    pub query: &'a Query,
    /// The headers as sent.
    pub headers: &'a HeaderMap,
    /// The last line of the canonical request.
    pub payload_hash: &'a str,
}

/// The chain of HMACs that gives the signing key (SIG-CAN-002).
pub fn signing_key(secret: &str, date: &str, region: &str, service: &str) -> [u8; 32] {
    let mut key = hmac_sha256(format!("AWS4{secret}").as_bytes(), date.as_bytes());
    for part in [region, service, "aws4_request"] {
        key = hmac_sha256(&key, part.as_bytes());
    }
    key
}

/// One HMAC-SHA256.
pub fn hmac_sha256(key: &[u8], data: &[u8]) -> [u8; 32] {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), data);
    let mut out = [0; 32];
    out.copy_from_slice(tag.as_ref());
    out
}

/// The canonical request (SIG-CAN-001 to 006).
pub fn canonical_request(signed: &Signed<'_>, claim: &Claim) -> Option<String> {
    let mut out = String::with_capacity(512);
    out.push_str(signed.method.as_str());
    out.push('\n');
    out.push_str(&canonical_path(signed.raw_path)?);
    out.push('\n');
    out.push_str(&canonical_query(signed.query, claim.mechanism));
    out.push('\n');
    for name in &claim.signed_headers {
        out.push_str(name);
        out.push(':');
        out.push_str(&canonical_value(signed, claim.mechanism, name));
        out.push('\n');
    }
    out.push('\n');
    out.push_str(&claim.signed_headers.join(";"));
    out.push('\n');
    out.push_str(signed.payload_hash);
    Some(out)
}

/// All parameters but the signature itself, encoded once, sorted (SIG-CAN-005, PRE-015).
fn canonical_query(query: &Query, mechanism: Mechanism) -> String {
    let mut pairs: Vec<(String, String)> = query
        .0
        .iter()
        .filter(|(name, _)| mechanism != Mechanism::Query || name != "X-Amz-Signature")
        .map(|(name, value)| {
            (
                uri_encode(name.as_bytes(), false),
                uri_encode(value.as_bytes(), false),
            )
        })
        .collect();
    pairs.sort();
    let pieces: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pieces.join("&")
}

/// A header's value: trimmed, runs of spaces collapsed, several values joined (SIG-CAN-006).
fn canonical_value(signed: &Signed<'_>, mechanism: Mechanism, name: &str) -> String {
    let mut values: Vec<String> = signed
        .headers
        .get_all(name)
        .iter()
        .map(|value| collapse(&String::from_utf8_lossy(value.as_bytes())))
        .collect();
    // PRE-019: a signed header may be carried by the query alone.
    if values.is_empty() && mechanism == Mechanism::Query {
        values.extend(hoisted(signed.query, name).map(collapse));
    }
    values.join(",")
}

fn hoisted<'a>(query: &'a Query, name: &str) -> Option<&'a str> {
    query
        .0
        .iter()
        .find(|(n, _)| n.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_str())
}

fn collapse(value: &str) -> String {
    value
        .split(' ')
        .filter(|piece| !piece.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
        .trim()
        .to_owned()
}

/// The string to sign over a canonical request.
pub fn string_to_sign(claim: &Claim, canonical: &str) -> String {
    format!(
        "{ALGORITHM}\n{}\n{}\n{}",
        claim.amz_date,
        claim.scope(),
        sha256_hex(canonical.as_bytes())
    )
}

/// Refuses a request whose time is out of bounds: skew, presigned expiry (SIG-HDR-006, PRE-010 to 012).
///
/// # Errors
/// `RequestTimeTooSkewed` or `AccessDenied`.
pub fn check_time(claim: &Claim, now: Timestamp) -> Result<(), ApiError> {
    let ahead = claim.time.as_millis() - now.as_millis();
    match claim.expires {
        // SIG-HDR-007: exactly 15 minutes pass.
        None if ahead.abs() > MAX_SKEW_MILLIS => Err(ApiError::new(Code::RequestTimeTooSkewed)
            .with("RequestTime", claim.amz_date.as_str())
            .with("ServerTime", dates::iso_seconds(now))
            .with("MaxAllowedSkewMilliseconds", MAX_SKEW_MILLIS.to_string())),
        // PRE-011: not the elements of PRE-010.
        Some(seconds) if ahead > MAX_SKEW_MILLIS => Err(ApiError::with_message(
            Code::AccessDenied,
            "Request is not yet valid",
        )
        .with("X-Amz-Date", claim.time.as_millis().to_string())
        .with(
            "Expires",
            dates::iso_seconds(claim.time.plus_millis(seconds * 1000)),
        )
        .with("ServerTime", dates::iso_seconds(now))),
        // PRE-010; PRE-009: an expiry of 0 is over at once.
        Some(seconds) if seconds == 0 || now > claim.time.plus_millis(seconds * 1000) => {
            Err(ApiError::with_message(Code::AccessDenied, "Request has expired")
                .with("X-Amz-Expires", seconds.to_string())
                .with(
                    "Expires",
                    dates::iso_seconds(claim.time.plus_millis(seconds * 1000)),
                )
                .with("ServerTime", dates::iso_seconds(now)))
        }
        _ => Ok(()),
    }
}

/// Refuses headers that must be signed and are not (SIG-CAN-007 to 010, PRE-016, PRE-021).
///
/// A signed `Range` means nothing if anybody can add an `If-Range` to it (SIG-CAN-010).
///
/// # Errors
/// `AccessDenied` with `HeadersNotSigned`.
pub fn check_signed_headers(claim: &Claim, headers: &HeaderMap) -> Result<(), ApiError> {
    let range_signed = claim.signed_headers.iter().any(|name| name == "range");
    let must = |name: &str| {
        name == "host"
            || (name == "if-range" && range_signed)
            || name == "content-md5"
            || (name.starts_with("x-amz-") && name != "x-amz-content-sha256")
    };
    let mut missing: Vec<&str> = headers
        .keys()
        .map(http::HeaderName::as_str)
        .chain(std::iter::once("host"))
        .filter(|name| must(name) && !claim.signed_headers.iter().any(|signed| signed == name))
        .collect();
    missing.sort_unstable();
    missing.dedup();
    if missing.is_empty() {
        return Ok(());
    }
    Err(ApiError::with_message(
        Code::AccessDenied,
        "There were headers present in the request which were not signed",
    )
    .with("HeadersNotSigned", missing.join(", ")))
}

/// Compares the signature with the one that the secret gives, in constant time.
///
/// # Errors
/// `SignatureDoesNotMatch` with what S3 shows (SIG-CAN-013).
pub fn verify(signed: &Signed<'_>, claim: &Claim, key: &[u8; 32]) -> Result<(), ApiError> {
    let canonical = canonical_request(signed, claim).unwrap_or_default();
    let to_sign = string_to_sign(claim, &canonical);
    let computed = HEXLOWER.encode(&hmac_sha256(key, to_sign.as_bytes()));
    if matches(&computed, &claim.signature) && sorted(&claim.signed_headers) {
        return Ok(());
    }
    Err(mismatch(claim, &canonical, &to_sign))
}

/// `SignatureDoesNotMatch` with what the server signed (SIG-CAN-013).
fn mismatch(claim: &Claim, canonical: &str, to_sign: &str) -> ApiError {
    ApiError::new(Code::SignatureDoesNotMatch)
        .with("AWSAccessKeyId", claim.access_key.as_str())
        .with("StringToSign", to_sign)
        .with("SignatureProvided", claim.signature.as_str())
        .with("StringToSignBytes", spaced_hex(to_sign))
        .with("CanonicalRequest", canonical)
        .with("CanonicalRequestBytes", spaced_hex(canonical))
}

/// The refusal of a request that says two things, of which the signature can cover one (PRE-020).
pub fn ambiguous(signed: &Signed<'_>, claim: &Claim) -> ApiError {
    let canonical = canonical_request(signed, claim).unwrap_or_default();
    mismatch(claim, &canonical, &string_to_sign(claim, &canonical))
}

/// Whether two hex signatures are equal, in constant time.
pub fn matches(computed: &str, provided: &str) -> bool {
    constant_time::verify_slices_are_equal(computed.as_bytes(), provided.as_bytes()).is_ok()
}

/// Signed header names must be lower case and sorted, or two lists could mean one signature.
fn sorted(names: &[String]) -> bool {
    names.is_sorted()
        && names
            .iter()
            .all(|name| !name.bytes().any(|byte| byte.is_ascii_uppercase()))
}

fn spaced_hex(text: &str) -> String {
    text.bytes()
        .map(|byte| format!("{byte:02x}"))
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::credential;
    use crate::wire::encoding::parse_query;

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(n, v)| (n.parse::<http::HeaderName>().unwrap(), v.parse().unwrap()))
            .collect()
    }

    /// AWS's published example: GET Object with a range.
    #[test]
    fn the_published_header_vector() {
        let empty = sha256_hex(b"");
        let headers = headers(&[
            ("host", "examplebucket.s3.amazonaws.com"),
            ("range", "bytes=0-9"),
            ("x-amz-content-sha256", &empty),
            ("x-amz-date", "20130524T000000Z"),
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,\
                 SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,\
                 Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
            ),
        ]);
        let claim = credential::from_header(&headers).unwrap();
        let signed = Signed {
            method: &Method::GET,
            raw_path: "/test.txt",
            query: &Query::default(),
            headers: &headers,
            payload_hash: &empty,
        };
        let key = signing_key(
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "20130524",
            "us-east-1",
            "s3",
        );
        verify(&signed, &claim, &key).unwrap();
        check_signed_headers(&claim, &headers).unwrap();
        let error = verify(
            &Signed {
                method: &Method::PUT,
                ..signed
            },
            &claim,
            &key,
        )
        .unwrap_err();
        assert_eq!(error.code, Code::SignatureDoesNotMatch);
        assert_eq!(error.extra.len(), 6);
    }

    /// AWS's published example: a presigned GET.
    #[test]
    fn the_published_query_vector() {
        let query = parse_query(
            "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2F\
             aws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=\
             aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
        )
        .unwrap();
        let headers = headers(&[("host", "examplebucket.s3.amazonaws.com")]);
        let claim = credential::from_query(&query).unwrap();
        let signed = Signed {
            method: &Method::GET,
            raw_path: "/test.txt",
            query: &query,
            headers: &headers,
            payload_hash: "UNSIGNED-PAYLOAD",
        };
        let key = signing_key(
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "20130524",
            "us-east-1",
            "s3",
        );
        verify(&signed, &claim, &key).unwrap();
        let at = |seconds: i64| check_time(&claim, claim.time.plus_millis(seconds * 1000));
        assert!(at(86_400).is_ok() && at(-900).is_ok());
        assert_eq!(at(86_401).unwrap_err().message, "Request has expired");
        assert_eq!(at(-901).unwrap_err().message, "Request is not yet valid");
    }

    #[test]
    fn unsigned_headers_are_named() {
        let all = headers(&[
            ("host", "h"),
            ("x-amz-acl", "private"),
            ("content-md5", "x"),
            ("range", "y"),
        ]);
        let claim = Claim {
            mechanism: Mechanism::Header,
            access_key: String::new(),
            date: String::new(),
            region: String::new(),
            service: String::new(),
            signed_headers: vec![],
            signature: String::new(),
            amz_date: String::new(),
            time: Timestamp::from_seconds(0),
            expires: None,
        };
        let error = check_signed_headers(&claim, &all).unwrap_err();
        assert_eq!(
            error.extra,
            [("HeadersNotSigned", "content-md5, host, x-amz-acl".to_owned())]
        );
    }
}
