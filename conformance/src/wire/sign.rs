//! Signature Version 4 with every intermediate value overridable.
//!
//! A [`Signer`] is a plan: its public fields are what goes into a signature, and the `Option` ones replace what would otherwise be
//! computed. So a request can be signed rightly ([`Signer::sign_headers`], [`Signer::presign`]), or wrongly in exactly one place:
//! another scope, a stale timestamp, fewer signed headers, a forged canonical request. What came out is a [`Signed`], from which
//! chunk signatures continue.

use std::fmt;

use aws_lc_rs::hmac;
use data_encoding::HEXLOWER;
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};

use super::RawRequest;
use super::checksum::sha256_hex;

/// The payload hash of a request whose body is not signed.
pub const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// An access key with its secret, and the session token of a temporary one.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The access key id.
    pub access_key: String,
    /// The secret access key.
    pub secret: String,
    /// The session token, of temporary credentials only.
    pub session_token: Option<String>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Secrets must not reach a log by way of a derived Debug.
        f.debug_struct("Credentials")
            .field("access_key", &self.access_key)
            .finish_non_exhaustive()
    }
}

/// The credential scope: `<date>/<region>/<service>/<terminal>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The day, `yyyyMMdd`.
    pub date: String,
    /// The Region.
    pub region: String,
    /// The service: `s3`, `iam` or `sts`.
    pub service: String,
    /// The terminal, `aws4_request`.
    pub terminal: String,
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}/{}/{}/{}",
            self.date, self.region, self.service, self.terminal
        )
    }
}

/// What goes into a signature; overwrite any field before signing.
#[derive(Clone, Debug)]
pub struct Signer {
    /// Whose signature it is.
    pub credentials: Credentials,
    /// The algorithm, as named in the request and in the string to sign.
    pub algorithm: String,
    /// The request time, `yyyyMMdd'T'HHmmss'Z'`.
    pub timestamp: String,
    /// The credential scope.
    pub scope: Scope,
    /// The payload hash of the canonical request; else what `x-amz-content-sha256` says, else the hash of the body.
    pub payload_hash: Option<String>,
    /// The names of the signed headers; else `host`, `content-md5`, `content-type` and every `x-amz-*` header (SIG-CAN-007).
    pub signed_headers: Option<Vec<String>>,
    /// The canonical request; else computed.
    pub canonical_request: Option<Vec<u8>>,
    /// The string to sign; else computed.
    pub string_to_sign: Option<String>,
    /// The signature; else computed.
    pub signature: Option<String>,
}

/// What came out of a signature: every intermediate value, and the key with which chunk signatures continue.
#[derive(Clone)]
pub struct Signed {
    /// The canonical request (SIG-CAN-001).
    pub canonical_request: Vec<u8>,
    /// The string to sign (SIG-CAN-001).
    pub string_to_sign: String,
    /// The signed header names in lowercase, joined by `;`.
    pub signed_headers: String,
    /// The request time.
    pub timestamp: String,
    /// The credential scope.
    pub scope: Scope,
    /// The signature in lowercase hexadecimal.
    pub signature: String,
    pub(crate) key: hmac::Key,
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed")
            .field("string_to_sign", &self.string_to_sign)
            .field("signed_headers", &self.signed_headers)
            .finish_non_exhaustive()
    }
}

impl Signer {
    /// A signer of a service (`s3`, `iam`, `sts`) in a Region at a time (Unix milliseconds).
    pub fn new(credentials: Credentials, region: &str, service: &str, unix_ms: i64) -> Self {
        let timestamp = amz_date(unix_ms);
        let scope = Scope {
            date: timestamp.chars().take(8).collect(),
            region: region.to_owned(),
            service: service.to_owned(),
            terminal: "aws4_request".to_owned(),
        };
        Self {
            credentials,
            algorithm: "AWS4-HMAC-SHA256".to_owned(),
            timestamp,
            scope,
            payload_hash: None,
            signed_headers: None,
            canonical_request: None,
            string_to_sign: None,
            signature: None,
        }
    }

    /// Signs with an `Authorization` header (SIG-HDR-001).
    ///
    /// Adds `x-amz-date` (unless it or `Date` is there), `x-amz-security-token` for temporary credentials and, for S3,
    /// `x-amz-content-sha256`, each only where the request does not carry it already. `Host` is the caller's to give.
    pub fn sign_headers(&self, request: &mut RawRequest) -> Signed {
        if request.header("x-amz-date").is_none() && request.header("date").is_none() {
            request.set_header("x-amz-date", self.timestamp.as_str());
        }
        if let Some(token) = &self.credentials.session_token
            && request.header("x-amz-security-token").is_none()
        {
            request.set_header("x-amz-security-token", token.as_str());
        }
        let payload_hash = match (&self.payload_hash, request.header("x-amz-content-sha256")) {
            (Some(hash), _) => hash.clone(),
            (None, Some(header)) => String::from_utf8_lossy(header).into_owned(),
            (None, None) => sha256_hex(&request.body),
        };
        if self.is_s3() && request.header("x-amz-content-sha256").is_none() {
            request.set_header("x-amz-content-sha256", payload_hash.as_str());
        }
        let names = self.signed_names(request);
        let signed = self.sign(request, &names, &payload_hash);
        request.set_header("Authorization", self.authorization(&signed));
        signed
    }

    /// Signs with query parameters, valid for `expires` seconds (PRE-001); `expires` is text, so that it can be wrong.
    ///
    /// The payload hash is `UNSIGNED-PAYLOAD`, unless `x-amz-content-sha256` is a signed header (PRE-014) or the service is
    /// another than S3.
    pub fn presign(&self, request: &mut RawRequest, expires: &str) -> Signed {
        let names = self.signed_names(request);
        request.push_query("X-Amz-Algorithm", Some(&self.algorithm));
        request.push_query("X-Amz-Credential", Some(&self.credential()));
        request.push_query("X-Amz-Date", Some(&self.timestamp));
        request.push_query("X-Amz-Expires", Some(expires));
        request.push_query("X-Amz-SignedHeaders", Some(&names.join(";")));
        if let Some(token) = &self.credentials.session_token {
            request.push_query("X-Amz-Security-Token", Some(token));
        }
        let signed_hash = request
            .header("x-amz-content-sha256")
            .filter(|_| names.iter().any(|name| name == "x-amz-content-sha256"));
        let payload_hash = match (&self.payload_hash, signed_hash) {
            (Some(hash), _) => hash.clone(),
            (None, Some(header)) => String::from_utf8_lossy(header).into_owned(),
            (None, None) if self.is_s3() => UNSIGNED_PAYLOAD.to_owned(),
            (None, None) => sha256_hex(&request.body),
        };
        let signed = self.sign(request, &names, &payload_hash);
        request.push_query("X-Amz-Signature", Some(&signed.signature));
        signed
    }

    /// Signs a text as it stands: the base64 policy of a POST form.
    pub fn sign_text(&self, text: &str) -> String {
        HEXLOWER.encode(hmac::sign(&self.signing_key(), text.as_bytes()).as_ref())
    }

    /// `<access key>/<scope>`.
    pub fn credential(&self) -> String {
        format!("{}/{}", self.credentials.access_key, self.scope)
    }

    /// The value of an `Authorization` header.
    pub fn authorization(&self, signed: &Signed) -> String {
        format!(
            "{} Credential={}, SignedHeaders={}, Signature={}",
            self.algorithm,
            self.credential(),
            signed.signed_headers,
            signed.signature
        )
    }

    fn is_s3(&self) -> bool {
        self.scope.service == "s3"
    }

    fn sign(&self, request: &RawRequest, names: &[String], payload_hash: &str) -> Signed {
        let canonical_request = self
            .canonical_request
            .clone()
            .unwrap_or_else(|| canonical_request(request, names, payload_hash, !self.is_s3()));
        let string_to_sign = self.string_to_sign.clone().unwrap_or_else(|| {
            let hash = sha256_hex(&canonical_request);
            format!("{}\n{}\n{}\n{hash}", self.algorithm, self.timestamp, self.scope)
        });
        let key = self.signing_key();
        let signature = self
            .signature
            .clone()
            .unwrap_or_else(|| HEXLOWER.encode(hmac::sign(&key, string_to_sign.as_bytes()).as_ref()));
        Signed {
            canonical_request,
            string_to_sign,
            signed_headers: names.join(";"),
            timestamp: self.timestamp.clone(),
            scope: self.scope.clone(),
            signature,
            key,
        }
    }

    /// The signing key (SIG-CAN-002).
    fn signing_key(&self) -> hmac::Key {
        let first = hmac::Key::new(
            hmac::HMAC_SHA256,
            format!("AWS4{}", self.credentials.secret).as_bytes(),
        );
        [
            &self.scope.date,
            &self.scope.region,
            &self.scope.service,
            &self.scope.terminal,
        ]
        .into_iter()
        .fold(first, |key, part| {
            hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&key, part.as_bytes()).as_ref())
        })
    }

    fn signed_names(&self, request: &RawRequest) -> Vec<String> {
        let mut names: Vec<String> = match &self.signed_headers {
            Some(names) => names.iter().map(|name| name.to_ascii_lowercase()).collect(),
            None => request
                .headers
                .iter()
                .map(|(name, _)| name.to_ascii_lowercase())
                .filter(|name| {
                    matches!(name.as_str(), "host" | "content-md5" | "content-type")
                        || name.starts_with("x-amz-")
                })
                .collect(),
        };
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// The canonical request of a request with these signed header names (SIG-CAN-001).
///
/// `double_encode` is for services other than S3, which encode the path a second time. A query parameter `X-Amz-Signature` is
/// left out (PRE-015).
pub fn canonical_request(
    request: &RawRequest,
    signed_names: &[String],
    payload_hash: &str,
    double_encode: bool,
) -> Vec<u8> {
    let mut path = canonical_path(request.path());
    if double_encode {
        path = uri_encode(path.as_bytes(), true);
    }
    let query = canonical_query(request.query().unwrap_or(""));
    let mut out = format!("{}\n{path}\n{query}\n", request.method).into_bytes();
    for name in signed_names {
        out.extend_from_slice(name.as_bytes());
        out.push(b':');
        let mut first = true;
        for (_, value) in request
            .headers
            .iter()
            .filter(|(n, _)| n.eq_ignore_ascii_case(name))
        {
            if !first {
                out.push(b',');
            }
            first = false;
            push_collapsed(&mut out, value);
        }
        out.push(b'\n');
    }
    out.extend_from_slice(format!("\n{}\n{payload_hash}", signed_names.join(";")).as_bytes());
    out
}

/// The canonical path: each byte encoded once, never normalised, and `%2F` kept apart from `/` (SIG-CAN-003, SIG-CAN-004).
fn canonical_path(raw: &str) -> String {
    if raw.is_empty() {
        return "/".to_owned();
    }
    raw.split('/')
        .map(|segment| uri_encode(&percent_decode(segment, false), false))
        .collect::<Vec<_>>()
        .join("/")
}

/// The canonical query: names and values encoded, sorted, `name=` where there is no value (SIG-CAN-005).
///
/// A raw `+` is read as a space, as form decoding does; an encoder that means a plus writes `%2B`.
fn canonical_query(raw: &str) -> String {
    let mut pairs: Vec<(String, String)> = raw
        .split('&')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let canonical = |text| uri_encode(&percent_decode(text, true), false);
            (canonical(name), canonical(value))
        })
        .filter(|(name, _)| name != "X-Amz-Signature")
        .collect();
    pairs.sort_unstable();
    pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect::<Vec<_>>()
        .join("&")
}

/// Appends a header value, trimmed, with sequences of spaces made one (SIG-CAN-006).
fn push_collapsed(out: &mut Vec<u8>, value: &[u8]) {
    let words = value
        .split(|byte| matches!(byte, b' ' | b'\t'))
        .filter(|word| !word.is_empty());
    for (index, word) in words.enumerate() {
        if index > 0 {
            out.push(b' ');
        }
        out.extend_from_slice(word);
    }
}

/// All but the unreserved characters (SIG-CAN-003).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// What is escaped where slashes are kept.
const RESERVED_BUT_SLASH: &AsciiSet = &RESERVED.remove(b'/');

/// Percent-encodes all but the unreserved characters, uppercase, and `/` unless it is kept (SIG-CAN-003).
pub fn uri_encode(bytes: &[u8], keep_slash: bool) -> String {
    let escaped = if keep_slash { RESERVED_BUT_SLASH } else { RESERVED };
    percent_encode(bytes, escaped).to_string()
}

/// Decodes `%XX`; a `%` that starts no escape stands for itself.
pub(crate) fn percent_decode(text: &str, plus_is_space: bool) -> Vec<u8> {
    if plus_is_space {
        percent_decode_str(&text.replace('+', " ")).collect()
    } else {
        percent_decode_str(text).collect()
    }
}

/// A time (Unix milliseconds) as `yyyyMMdd'T'HHmmss'Z'`; one outside the years that can be written becomes the epoch.
pub fn amz_date(unix_ms: i64) -> String {
    let time = Timestamp::from_millisecond(unix_ms).unwrap_or(Timestamp::UNIX_EPOCH);
    time.strftime("%Y%m%dT%H%M%SZ").to_string()
}

#[cfg(test)]
mod tests;
