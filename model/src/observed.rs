//! Replies as an observer sees them: plain text, whoever sent it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};

use crate::argument::{Content, Key};
use crate::reply::{Name, is_like};
use crate::world::World;

mod dates;

pub use dates::{http_date, iso8601, java_date, parse_http_date, parse_iso8601, years_later};

/// A reply with opaque values in the clear.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observed {
    /// The HTTP status.
    pub status: u16,
    /// The error code of the error document, if there is one.
    pub code: Option<String>,
    /// The error message of the error document, if there is one.
    pub message: Option<String>,
    /// Headers and elements that clauses speak of, with their text.
    pub fields: Vec<(Name, String)>,
    /// The bytes of the body as a content of the world, if they are one.
    pub content: Option<Content>,
    /// The entries of a listing or a result document, in order.
    pub entries: Vec<ObservedEntry>,
    /// What stands where no field is listed, and for the message of an error document without one.
    pub unlisted: Unlisted,
}

/// One entry of a listing or a result document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObservedEntry {
    /// The name of its XML element.
    pub element: String,
    /// Its elements with their text.
    pub fields: Vec<(Name, String)>,
    /// What stands where no field is listed.
    pub unlisted: Unlisted,
}

/// What stands where an observer lists no field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Unlisted {
    /// Nothing, as in a reply that came over a wire.
    #[default]
    Nothing,
    /// Nothing in these fields, and in others whatever the endpoint likes, as in a reply of which only a law is known.
    Anything(Vec<Name>),
}

/// What stands in a field of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen<'o> {
    /// This text.
    Text(&'o str),
    /// Nothing: the field is not there.
    Nothing,
    /// Whatever the endpoint likes.
    Anything,
}

impl Observed {
    /// What stands in a field of the reply.
    #[must_use]
    pub fn field(&self, name: Name) -> Seen<'_> {
        seen(&self.fields, &self.unlisted, name)
    }

    /// Whether the message can be of a form in which `*` stands for any run of characters.
    #[must_use]
    pub fn says(&self, form: &str) -> bool {
        match &self.message {
            Some(message) => is_like(form, message),
            None => self.unlisted != Unlisted::Nothing,
        }
    }
}

impl ObservedEntry {
    /// What stands in a field of the entry.
    #[must_use]
    pub fn field(&self, name: Name) -> Seen<'_> {
        seen(&self.fields, &self.unlisted, name)
    }
}

/// The text of a field, if it is there.
#[must_use]
pub fn text(fields: &[(Name, String)], name: Name) -> Option<&str> {
    let listed = fields.iter().find(|(known, _)| *known == name);
    listed.map(|(_, text)| text.as_str())
}

fn seen<'o>(fields: &'o [(Name, String)], unlisted: &Unlisted, name: Name) -> Seen<'o> {
    match (text(fields, name), unlisted) {
        (Some(text), _) => Seen::Text(text),
        (None, Unlisted::Anything(not_there)) if !not_there.contains(&name) => Seen::Anything,
        (None, Unlisted::Anything(_) | Unlisted::Nothing) => Seen::Nothing,
    }
}

/// What stands for the ETag of a content, put whole or as the only part of an upload: the law knows no digests.
#[must_use]
pub fn etag_token(world: &World, content: Content, of_part: bool) -> String {
    let part = if of_part { "part:" } else { "" };
    format!("{part}{}", world.content_name(content))
}

/// The first bytes of a key, all of them unless a length is given.
#[must_use]
pub fn beginning(world: &World, key: Key, length: Option<u8>) -> Vec<u8> {
    let mut bytes = world.key_bytes(key);
    bytes.truncate(length.map_or(bytes.len(), usize::from));
    bytes
}

/// What `encoding-type=url` escapes.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'*');

/// Bytes as `encoding-type=url` writes them, with a plus sign or `%20` for a space.
#[must_use]
pub fn url_encoded(bytes: &[u8], plus: bool) -> String {
    let text = percent_encode(bytes, ESCAPED).to_string();
    // A percent sign of the bytes is %25 by now, so that every %20 is a space.
    if plus { text.replace("%20", "+") } else { text }
}

/// Whether a text is a way to write bytes with `encoding-type=url`: which bytes are escaped that need not be is open.
#[must_use]
pub fn is_encoded(text: &str, bytes: &[u8], plus: bool) -> bool {
    let pair = |behind: &str| {
        let digits = behind.bytes().take(2).filter(u8::is_ascii_hexdigit);
        digits.count() == 2
    };
    let other_space = if plus { "%20" } else { "+" };
    if !text.is_ascii()
        || text.contains(' ')
        || text.contains(other_space)
        || !text.split('%').skip(1).all(pair)
    {
        return false;
    }
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced).eq(bytes.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_in_urls() {
        assert_eq!(url_encoded("a b/ü+".as_bytes(), true), "a+b/%C3%BC%2B");
        assert_eq!(url_encoded(b"a b", false), "a%20b");
        for (text, plus) in [("a+b%2F%c3%BC", true), ("a%20b/%C3%BC", false)] {
            assert!(is_encoded(text, "a b/ü".as_bytes(), plus), "{text}");
            assert!(!is_encoded(text, "a b/ü".as_bytes(), !plus), "{text}");
        }
        for text in ["a b", "ü", "%", "%4", "%zz"] {
            assert!(!is_encoded(text, text.as_bytes(), true), "{text}");
        }
    }
}
