//! Percent encoding as SigV4 and S3 use it, and query strings.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use crate::exchange::Query;

/// All but the unreserved characters (SIG-CAN-003).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// What is escaped where slashes are kept.
const RESERVED_BUT_SLASH: &AsciiSet = &RESERVED.remove(b'/');

/// Encodes bytes as SigV4 wants: unreserved characters stay, everything else is `%XX` (SIG-CAN-003).
pub fn uri_encode(bytes: &[u8], keep_slash: bool) -> String {
    let escaped = if keep_slash { RESERVED_BUT_SLASH } else { RESERVED };
    percent_encode(bytes, escaped).to_string()
}

/// Encodes as listings do for `encoding-type=url`: slashes stay, and a space is `+` (VER-LIST-014).
pub fn listing_encode(text: &str) -> String {
    // A percent sign of the text itself is %25 by now, so that every %20 is a space.
    uri_encode(text.as_bytes(), true).replace("%20", "+")
}

/// Decodes `%XX`; a `%` without two hex digits is refused.
pub fn percent_decode(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        if byte == b'%' {
            let high = char::from(*text.get(at + 1)?).to_digit(16)?;
            let low = char::from(*text.get(at + 2)?).to_digit(16)?;
            out.push(u8::try_from(high * 16 + low).ok()?);
            at += 3;
        } else {
            out.push(byte);
            at += 1;
        }
    }
    Some(out)
}

/// Decodes a raw path and encodes it again: a slash is a slash, however it was sent (SIG-CAN-003), and nothing is
/// normalised: `//` and `..` stay (SIG-CAN-004).
pub fn canonical_path(raw: &str) -> Option<String> {
    let decoded = percent_decode(raw.as_bytes())?;
    if decoded.is_empty() {
        return Some("/".to_owned());
    }
    Some(uri_encode(&decoded, true))
}

/// Parses a query string; in a form body `+` means a space, in a URL's query it does so for S3 too.
pub fn parse_query(raw: &str) -> Option<Query> {
    let mut pairs = Vec::new();
    for piece in raw.split('&').filter(|piece| !piece.is_empty()) {
        let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
        pairs.push((decode_component(name)?, decode_component(value)?));
    }
    Some(Query(pairs))
}

fn decode_component(text: &str) -> Option<String> {
    let spaced = text.replace('+', " ");
    String::from_utf8(percent_decode(spaced.as_bytes())?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_paths_keep_what_was_sent() {
        assert_eq!(
            canonical_path("/b/a%2Fb//../c d").as_deref(),
            Some("/b/a/b//../c%20d")
        );
        assert_eq!(canonical_path("/%2Fb/k").as_deref(), Some("//b/k"));
        assert_eq!(canonical_path("/b/a+b%2Bc%2f").as_deref(), Some("/b/a%2Bb%2Bc/"));
        assert_eq!(canonical_path("/b/a%252Fb").as_deref(), Some("/b/a%252Fb"));
        assert_eq!(canonical_path("/b/%c3%bc~").as_deref(), Some("/b/%C3%BC~"));
        assert_eq!(canonical_path("/b/%4"), None);
        assert_eq!(canonical_path("").as_deref(), Some("/"));
    }

    #[test]
    fn listings_write_a_space_as_plus() {
        assert_eq!(listing_encode("a b/%20+é"), "a+b/%2520%2B%C3%A9");
    }

    #[test]
    fn queries_are_decoded_once() {
        let query = parse_query("acl&versionId=a%2Bb&x=1+2&x=3").unwrap();
        assert_eq!(query.get("acl"), Some(""));
        assert_eq!(query.get("versionId"), Some("a+b"));
        assert_eq!(query.get("x"), Some("1 2"));
        assert_eq!(parse_query("a=%zz"), None);
        assert_eq!(parse_query("a=%ff"), None);
    }
}
