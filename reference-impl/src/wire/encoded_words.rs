//! The encoded words of RFC 2047, in which user metadata may come and go: `=?UTF-8?Q?a=20b?=`.

use data_encoding::BASE64;

/// Decodes the encoded words of a header's value, if there are any and the result is plain ASCII.
///
/// What would not be plain ASCII can't be a header as it is: it stays as it was sent.
pub fn decode_ascii(value: &str) -> Option<String> {
    if !value.contains("=?") {
        return None;
    }
    let mut out = Vec::new();
    let (mut decoded_any, mut after_word) = (false, false);
    let mut rest = value;
    while !rest.is_empty() {
        let text = rest.trim_start_matches([' ', '\t']);
        let (blanks, after) = rest.split_at(rest.len() - text.len());
        let (piece, behind) = after.split_at(after.find([' ', '\t']).unwrap_or(after.len()));
        let word = decode_word(piece);
        // Blanks between two encoded words only separate them.
        if !(after_word && word.is_some()) {
            out.extend_from_slice(blanks.as_bytes());
        }
        after_word = word.is_some();
        decoded_any |= after_word;
        out.extend_from_slice(word.as_deref().unwrap_or(piece.as_bytes()));
        rest = behind;
    }
    let plain = decoded_any && out.iter().all(|byte| is_plain(*byte));
    String::from_utf8(out).ok().filter(|_| plain)
}

/// Reads bytes as S3 does, each as one character of Latin-1, and writes the text as one encoded word.
pub fn encode_latin1(bytes: &[u8]) -> String {
    let text: String = bytes.iter().copied().map(char::from).collect();
    format!("=?UTF-8?B?{}?=", BASE64.encode(text.as_bytes()))
}

/// A line break in a value would end the header: only what can be seen, and the blank, is plain.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~')
}

/// The bytes of an encoded word, `=?charset?encoding?text?=`.
fn decode_word(word: &str) -> Option<Vec<u8>> {
    let inner = word.strip_prefix("=?")?.strip_suffix("?=")?;
    let mut parts = inner.splitn(3, '?');
    let (charset, encoding, text) = (parts.next()?, parts.next()?, parts.next()?);
    // RFC 2231 lets a language follow the charset. These three agree on ASCII.
    let charset = charset.split('*').next()?.to_ascii_lowercase();
    if !matches!(charset.as_str(), "utf-8" | "us-ascii" | "iso-8859-1") || text.contains('?') {
        return None;
    }
    match encoding {
        "B" | "b" => BASE64.decode(text.as_bytes()).ok(),
        "Q" | "q" => decode_quoted(text),
        _ => None,
    }
}

/// The Q encoding: `=XX` is a byte, `_` a blank.
fn decode_quoted(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'_' => b' ',
            b'=' => {
                let mut digit = || char::from(bytes.next()?).to_digit(16);
                let (high, low) = (digit()?, digit()?);
                u8::try_from(high * 16 + low).ok()?
            }
            byte => byte,
        });
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_ascii_is_decoded() {
        for (sent, read) in [
            ("=?UTF-8?B?aGVsbG8=?=", "hello"),
            ("=?utf-8?b?aGVsbG8=?=", "hello"),
            ("=?UTF-8?Q?hello_world=21?=", "hello world!"),
            ("=?us-ascii?q?a=3D_b?=", "a= b"),
            ("=?ISO-8859-1?Q?a?=", "a"),
            ("=?UTF-8*en?Q?a?=", "a"),
            ("=?UTF-8?Q?a?= =?UTF-8?Q?b?=", "ab"),
            ("=?UTF-8?Q?a?=  \t=?UTF-8?B?Yg==?= c  d", "ab c  d"),
            ("x =?UTF-8?Q?a?=", "x a"),
            ("=?UTF-8?B??=", ""),
        ] {
            assert_eq!(decode_ascii(sent).as_deref(), Some(read), "{sent}");
        }
    }

    #[test]
    fn anything_else_stays_as_it_was_sent() {
        for sent in [
            "",
            "plain",
            "=?",
            "=?UTF-8?Q?a",
            "=?UTF-8?X?a?=",
            "=?UTF-8?B?!?=",
            "=?UTF-8?Q?=4?=",
            "=?UTF-8?Q?=zz?=",
            "=?UTF-16?B?AGE=?=",
            // Not plain ASCII.
            "=?UTF-8?Q?=C3=A9?=",
            "=?ISO-8859-1?Q?=E9?=",
            "=?UTF-8?B?w6k=?= =?UTF-8?Q?=C3=A9?=",
            "=?UTF-8?Q?a?= =?UTF-8?Q?=C3=A9?=",
            "=?UTF-8?Q?a?= é",
            // A line break must not get into a header.
            "=?UTF-8?Q?a=0D=0Ax-evil:_1?=",
            "=?UTF-8?B?AA==?=",
        ] {
            assert_eq!(decode_ascii(sent), None, "{sent}");
        }
    }

    /// The example of the user guide: the bytes of UTF-8, read one by one.
    #[test]
    fn what_is_not_ascii_is_read_byte_by_byte() {
        assert_eq!(
            encode_latin1("ÄMÄZÕÑ S3".as_bytes()),
            "=?UTF-8?B?w4PChE3Dg8KEWsODwpXDg8KRIFMz?="
        );
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_decoded_fits_a_header(value in "(=\\?|UTF-8|\\?Q\\?|\\?B\\?|=0A|=C3|a|_|\\?=| ){0,12}|.*") {
            if let Some(decoded) = decode_ascii(&value) {
                proptest::prop_assert!(http::HeaderValue::from_str(&decoded).is_ok());
            }
        }
    }
}
