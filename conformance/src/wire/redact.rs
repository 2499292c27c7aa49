//! Takes secrets out of exchanges as they are recorded.
//!
//! Covered are signatures (header, presigned, form, chunk and trailer ones), session tokens, customer keys (SSE-C), and the secrets
//! in replies of IAM and STS; and wherever it stands, every secret that the redactor was told of. A secret becomes
//! `REDACTED-<fingerprint>`, padded or cut to the secret's own length: lengths (`Content-Length`, chunk sizes) stay true, equal
//! secrets stay equal and different ones different, and every header, parameter and element is still there. So a redacted
//! exchange judges as the original does. Redacting twice changes nothing.

use super::checksum::sha256_hex;
use super::sign::{percent_decode, uri_encode};
use super::{Exchange, RawRequest, RawResponse};

const MARK: &[u8] = b"REDACTED-";

/// The shortest secret that is looked for everywhere; a shorter one would match innocent text.
pub const MIN_LEARNED: usize = 8;

/// Headers whose whole value is a secret. The MD5 of a customer key is none.
const HEADERS: [&str; 6] = [
    "x-amz-security-token",
    "x-amz-server-side-encryption-customer-key",
    "x-amz-copy-source-server-side-encryption-customer-key",
    "cookie",
    "set-cookie",
    "proxy-authorization",
];

/// Parameters of queries, forms and `Authorization` whose value is a secret, in lowercase.
const PARAMETERS: [&str; 11] = [
    "x-amz-signature",
    "signature",
    "x-amz-security-token",
    "x-amz-server-side-encryption-customer-key",
    "x-amz-copy-source-server-side-encryption-customer-key",
    "password",
    "oldpassword",
    "newpassword",
    "webidentitytoken",
    "samlassertion",
    "secretaccesskey",
];

/// XML elements and JSON members whose text is a secret.
const ELEMENTS: [&str; 6] = [
    "SecretAccessKey",
    "SessionToken",
    "Base32StringSeed",
    "QRCodePNG",
    "SignatureProvided",
    "Token-0",
];

/// Replaces secrets in exchanges.
#[derive(Clone, Default)]
pub struct Redactor {
    learned: Vec<Vec<u8>>,
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Redactor").finish_non_exhaustive()
    }
}

impl Redactor {
    /// A redactor that knows the places of secrets, but no secret.
    pub fn new() -> Self {
        Self::default()
    }

    /// Tells of a secret that is to be covered wherever it stands, as it is or percent-encoded; one of fewer than
    /// [`MIN_LEARNED`] bytes is not looked for.
    pub fn learn(&mut self, secret: &str) {
        for form in [
            secret.as_bytes().to_vec(),
            uri_encode(secret.as_bytes(), false).into_bytes(),
        ] {
            if form.len() >= MIN_LEARNED && !self.learned.contains(&form) {
                self.learned.push(form);
            }
        }
        // A secret that contains another one is covered first.
        self.learned.sort_by_key(|form| std::cmp::Reverse(form.len()));
    }

    /// The exchange without its secrets.
    #[must_use]
    pub fn redact(&self, exchange: &Exchange) -> Exchange {
        let mut redacted = exchange.clone();
        self.redact_request(&mut redacted.request);
        self.redact_response(&mut redacted.response);
        redacted
    }

    /// Covers the secrets of a request.
    pub fn redact_request(&self, request: &mut RawRequest) {
        let mut target = std::mem::take(&mut request.target).into_bytes();
        cover_parameters(&mut target);
        self.cover_learned(&mut target);
        request.target = lossy(target);
        let streaming = request
            .header("x-amz-content-sha256")
            .is_some_and(|v| v.starts_with(b"STREAMING-AWS4-"));
        let content_type = request
            .header("content-type")
            .unwrap_or_default()
            .to_ascii_lowercase();
        if streaming {
            cover_chunk_signatures(&mut request.body);
        } else if content_type.starts_with(b"multipart/form-data") {
            cover_form_fields(&mut request.body);
        } else if content_type.starts_with(b"application/x-www-form-urlencoded") {
            cover_parameters(&mut request.body);
        }
        self.cover_learned(&mut request.body);
        self.cover_headers(&mut request.headers);
    }

    /// Covers the secrets of a response.
    pub fn redact_response(&self, response: &mut RawResponse) {
        let start = response.body.trim_ascii_start().first().copied();
        if matches!(start, Some(b'<' | b'{' | 0xef)) {
            for name in ELEMENTS {
                cover_elements(&mut response.body, name, cover);
                cover_members(&mut response.body, name);
            }
            cover_elements(&mut response.body, "CanonicalRequest", cover_canonical_request);
            cover_elements(&mut response.body, "CanonicalRequestBytes", cover_hex_dump);
        }
        self.cover_learned(&mut response.body);
        self.cover_headers(&mut response.headers);
    }

    /// A text, e.g. of a log line, without the secrets that the redactor was told of and without signatures and tokens in URLs.
    #[must_use]
    pub fn redact_text(&self, text: &str) -> String {
        let mut bytes = text.as_bytes().to_vec();
        cover_parameters(&mut bytes);
        self.cover_learned(&mut bytes);
        lossy(bytes)
    }

    fn cover_headers(&self, headers: &mut super::Headers) {
        for (name, value) in headers {
            let name = name.trim().to_ascii_lowercase();
            if HEADERS.contains(&name.as_str()) {
                cover(trimmed(value));
            } else if name == "authorization" {
                cover_authorization(value);
            } else {
                cover_parameters(value);
            }
            self.cover_learned(value);
        }
    }

    fn cover_learned(&self, bytes: &mut [u8]) {
        for secret in &self.learned {
            let mut from = 0;
            while let Some(at) = find(bytes, secret, from) {
                from = at + secret.len();
                cover(bytes.get_mut(at..from).unwrap_or_default());
            }
        }
    }
}

/// Only whole secrets are replaced, by ASCII of the same length, so what was UTF-8 stays UTF-8.
fn lossy(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// Overwrites a secret with its mark.
fn cover(secret: &mut [u8]) {
    let identity = secret.to_vec();
    cover_as(secret, &identity);
}

/// Overwrites a secret with the mark of `identity`, the secret without the encoding of its place.
fn cover_as(secret: &mut [u8], identity: &[u8]) {
    if secret.starts_with(MARK) || MARK.starts_with(secret) {
        return;
    }
    let fingerprint = sha256_hex(identity);
    let mark = MARK.iter().chain(fingerprint.as_bytes().iter().take(12)).copied();
    for (place, byte) in secret.iter_mut().zip(mark.chain(std::iter::repeat(b'-'))) {
        *place = byte;
    }
}

fn trimmed(value: &mut [u8]) -> &mut [u8] {
    let start = value.len() - value.trim_ascii_start().len();
    let end = value.trim_ascii_end().len().max(start);
    value.get_mut(start..end).unwrap_or_default()
}

/// The place of `needle` at or after `from`.
fn find(bytes: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    memchr::memmem::find(bytes.get(from..)?, needle).map(|at| from + at)
}

/// The first place at or after `from` of a byte that ends a value.
fn end_of(bytes: &[u8], from: usize, ends: &[u8]) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    rest.iter()
        .position(|byte| ends.contains(byte))
        .map_or(bytes.len(), |at| from + at)
}

/// Covers `name=value` where the name is a secret's, in queries, forms, URLs inside text and the parts of `Authorization`.
fn cover_parameters(bytes: &mut [u8]) {
    for part in bytes.split_mut(|byte| b"?&,; \t\r\n\"'<>".contains(byte)) {
        let Some(equals) = part.iter().position(|byte| *byte == b'=') else {
            continue;
        };
        let (name, value) = part.split_at_mut(equals + 1);
        let name = name
            .get(..equals)
            .and_then(|name| std::str::from_utf8(name).ok())
            .unwrap_or_default();
        let name = String::from_utf8_lossy(&percent_decode(name, true)).to_ascii_lowercase();
        if PARAMETERS.contains(&name.as_str()) {
            let identity =
                std::str::from_utf8(value).map_or_else(|_| value.to_vec(), |v| percent_decode(v, true));
            cover_as(value, &identity);
        }
    }
}

/// Covers the secret of an `Authorization` header: SigV4 parts, the SigV2 signature, or all that follows another scheme's name.
fn cover_authorization(value: &mut [u8]) {
    cover_parameters(value);
    if value.starts_with(b"AWS4-") {
        // Also a signature in a header that is malformed on purpose.
        for word in value
            .split_mut(|byte| !byte.is_ascii_hexdigit())
            .filter(|word| word.len() >= 64)
        {
            cover(word);
        }
        return;
    }
    let v2 = value.starts_with(b"AWS ");
    let separator = if v2 { b':' } else { b' ' };
    let start = value
        .iter()
        .position(|byte| *byte == separator)
        .map_or(0, |at| at + 1);
    cover(value.get_mut(start..).unwrap_or_default());
}

/// Covers the signatures between the chunks and after the trailers of an `aws-chunked` body.
fn cover_chunk_signatures(body: &mut [u8]) {
    for before in [&b";chunk-signature="[..], b"x-amz-trailer-signature:"] {
        let mut from = 0;
        while let Some(at) = find(body, before, from) {
            let start = at + before.len();
            from = end_of(body, start, b"\r\n;");
            let value = body.get_mut(start..from).unwrap_or_default();
            // Anything else is data that looks like framing.
            if value.len() <= 64 && value.iter().all(u8::is_ascii_hexdigit) {
                cover(value);
            }
        }
    }
}

/// Covers the secret fields of a `multipart/form-data` body.
fn cover_form_fields(body: &mut [u8]) {
    let mut from = 0;
    while let Some(at) = find(body, b"name=\"", from) {
        let start = at + 6;
        let end = end_of(body, start, b"\"\r\n");
        let name = String::from_utf8_lossy(body.get(start..end).unwrap_or_default()).to_ascii_lowercase();
        from = end;
        if !PARAMETERS.contains(&name.as_str()) {
            continue;
        }
        if let Some(blank) = find(body, b"\r\n\r\n", end) {
            let value = blank + 4;
            from = find(body, b"\r\n--", value).unwrap_or(body.len());
            cover(body.get_mut(value..from).unwrap_or_default());
        }
    }
}

/// Applies `change` to the content of every XML element of this local name.
fn cover_elements(body: &mut [u8], name: &str, change: fn(&mut [u8])) {
    let mut from = 0;
    while let Some(at) = find(body, name.as_bytes(), from) {
        from = at + name.len();
        let opens = at
            .checked_sub(1)
            .and_then(|before| body.get(before))
            .is_some_and(|b| matches!(b, b'<' | b':'));
        let ends = body
            .get(from)
            .is_some_and(|byte| matches!(byte, b'>' | b' ' | b'\t' | b'\r' | b'\n'));
        let start = end_of(body, from, b">") + 1;
        // A close tag has its slash before the name, or before the prefix: then no content follows that is text of this element.
        let closes = body
            .get(..at)
            .unwrap_or_default()
            .iter()
            .rposition(|byte| *byte == b'<');
        let closes = closes
            .and_then(|open| body.get(open + 1))
            .is_some_and(|byte| *byte == b'/');
        let empty = body
            .get(start.saturating_sub(2))
            .is_some_and(|byte| *byte == b'/');
        if opens && ends && !closes && !empty {
            let end = end_of_content(body, start);
            change(body.get_mut(start..end).unwrap_or_default());
            from = end;
        }
    }
}

/// The place of the `</` that ends the text of an element, or the end of a body that is cut.
fn end_of_content(body: &[u8], start: usize) -> usize {
    find(body, b"</", start).unwrap_or(body.len())
}

/// Covers the string value of every JSON member of this name.
fn cover_members(body: &mut [u8], name: &str) {
    let quoted = format!("\"{name}\"");
    let mut from = 0;
    while let Some(at) = find(body, quoted.as_bytes(), from) {
        from = at + quoted.len();
        let rest = body.get(from..).unwrap_or_default();
        let skipped = rest
            .iter()
            .take_while(|byte| byte.is_ascii_whitespace() || **byte == b':')
            .count();
        if rest.get(skipped) == Some(&b'"') {
            let start = from + skipped + 1;
            from = end_of(body, start, b"\"");
            cover(body.get_mut(start..from).unwrap_or_default());
        }
    }
}

/// Covers tokens and customer keys in the canonical request that `SignatureDoesNotMatch` shows.
fn cover_canonical_request(text: &mut [u8]) {
    cover_parameters(text);
    for line in text.split_mut(|byte| matches!(byte, b'\n' | b'&' | b';')) {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else {
            continue;
        };
        let (name, value) = line.split_at_mut(colon + 1);
        let name = String::from_utf8_lossy(name.get(..colon).unwrap_or_default()).to_ascii_lowercase();
        if HEADERS.contains(&name.as_str()) {
            cover(trimmed(value));
        }
    }
}

/// Covers the same in its dump as hexadecimal bytes with spaces between; a dump that can't be read is covered whole.
fn cover_hex_dump(dump: &mut [u8]) {
    let text = String::from_utf8_lossy(dump).into_owned();
    if text.starts_with("REDACTED") {
        return;
    }
    let bytes: Option<Vec<u8>> = text
        .split(' ')
        .map(|pair| u8::from_str_radix(pair, 16).ok())
        .collect();
    let Some(mut bytes) = bytes.filter(|bytes| bytes.len() * 3 == dump.len() + 1) else {
        return cover(dump);
    };
    let before = bytes.clone();
    cover_canonical_request(&mut bytes);
    if bytes != before {
        let hex = bytes
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<Vec<_>>()
            .join(" ");
        dump.copy_from_slice(hex.as_bytes());
    }
}

#[cfg(test)]
mod tests;
