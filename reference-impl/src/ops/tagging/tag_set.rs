//! Tag sets as requests give them: in a header, or as a `Tagging` document.

use std::collections::BTreeSet;

use http::HeaderMap;

use crate::error::{ApiError, Code};
use crate::wire::encoding::parse_query;
use crate::wire::xml::{Element, malformed, parse};

/// The header in which writes of objects carry tags.
const HEADER: &str = "x-amz-tagging";
const KEY_MAX: usize = 128;
const VALUE_MAX: usize = 256;

/// Tags, sorted by key.
pub(crate) type Tags = Vec<(String, String)>;

/// What is tagged: the limits and the words of refusals differ.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Tagged {
    Bucket,
    Object,
}

impl Tagged {
    const fn maximum(self) -> usize {
        match self {
            Self::Bucket => 50,
            Self::Object => 10,
        }
    }

    const fn too_many(self) -> &'static str {
        match self {
            Self::Bucket => "Bucket tag count cannot be greater than 50",
            Self::Object => "Object tags cannot be greater than 10",
        }
    }

    const fn system_tag(self) -> &'static str {
        match self {
            Self::Bucket => "System tags cannot be added/updated by requester",
            Self::Object => "Your TagKey cannot be prefixed with aws:",
        }
    }
}

/// Reads the tags that the head of a write carries; without the header there are none.
///
/// # Errors
/// As `read_header`; a header that comes twice is one with a comma.
pub(crate) fn from_headers(headers: &HeaderMap) -> Result<Tags, ApiError> {
    let values: Vec<_> = headers
        .get_all(HEADER)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .collect();
    read_header(values.join(",").trim())
}

/// Reads the `x-amz-tagging` header of a write: a query string of tags.
///
/// A key may come without a value; a value without a key, a key that comes twice, and whatever would have to be
/// encoded in a query string are refused as no query string at all.
fn read_header(text: &str) -> Result<Tags, ApiError> {
    let wrong = || {
        let message = "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters \
                       without tag name duplicates.";
        ApiError::invalid_argument(message, HEADER, Some(text))
    };
    let encoded = |c: char| c.is_ascii_alphanumeric() || " %&+-./:=@_".contains(c);
    if !text.chars().all(encoded) {
        return Err(wrong());
    }
    let tags = parse_query(text).ok_or_else(wrong)?.0;
    let names: BTreeSet<&str> = tags.iter().map(|(key, _)| key.as_str()).collect();
    if names.len() != tags.len() || names.contains("") {
        return Err(wrong());
    }
    checked(tags, Tagged::Object)
}

/// Reads a `Tagging` document.
pub(super) fn read_document(bytes: &[u8], tagged: Tagged) -> Result<Tags, ApiError> {
    let root = parse(bytes, "Tagging")?;
    root.only(&["TagSet"])?;
    match (root.child("TagSet")?, tagged) {
        (Some(set), _) => {
            set.only(&["Tag"])?;
            let tags = set.children("Tag").map(read_tag).collect::<Result<_, _>>()?;
            checked(tags, tagged)
        }
        // An object's tags are taken away by a document without a set; a bucket's need one, be it empty.
        (None, Tagged::Object) => Ok(Tags::new()),
        (None, Tagged::Bucket) => Err(malformed()),
    }
}

fn read_tag(tag: &Element) -> Result<(String, String), ApiError> {
    tag.only(&["Key", "Value"])?;
    let text = |name| {
        let element = tag.child(name)?.filter(|element| element.children.is_empty());
        element.map(|element| element.text.clone()).ok_or_else(malformed)
    };
    Ok((text("Key")?, text("Value")?))
}

/// The first tag that is wrong is named, and only if none is are they counted.
fn checked(mut tags: Tags, tagged: Tagged) -> Result<Tags, ApiError> {
    let mut seen = BTreeSet::new();
    for (key, value) in &tags {
        if !seen.insert(key.as_str()) {
            return Err(invalid("Cannot provide multiple Tags with the same key", key));
        }
        if key.starts_with("aws:") {
            return Err(invalid(tagged.system_tag(), key));
        }
        if key.is_empty() || !is_tag_text(key, KEY_MAX) {
            return Err(invalid("The TagKey you have provided is invalid", key));
        }
        if !is_tag_text(value, VALUE_MAX) {
            let error = invalid("The TagValue you have provided is invalid", key);
            return Err(error.with("TagValue", value.as_str()));
        }
    }
    if tags.len() > tagged.maximum() {
        return Err(ApiError::with_message(Code::BadRequest, tagged.too_many()));
    }
    tags.sort();
    Ok(tags)
}

/// Letters, numbers and spaces of any script, and `_ . : / = + - @`.
fn is_tag_text(text: &str, longest: usize) -> bool {
    let allowed =
        |c: char| c.is_alphanumeric() || (c.is_whitespace() && !c.is_control()) || "_.:/=+-@".contains(c);
    text.chars().count() <= longest && text.chars().all(allowed)
}

/// The refusal of a tag, which it names unless there is nothing to name.
fn invalid(message: &str, key: &str) -> ApiError {
    let error = ApiError::with_message(Code::InvalidTag, message);
    if key.is_empty() {
        error
    } else {
        error.with("TagKey", key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(text: &str) -> (Code, String) {
        let error = read_header(text).unwrap_err();
        (error.code, error.message)
    }

    fn document(tags: &str, tagged: Tagged) -> Result<Tags, ApiError> {
        let text = format!("<Tagging><TagSet>{tags}</TagSet></Tagging>");
        read_document(text.as_bytes(), tagged)
    }

    fn tag(key: &str, value: &str) -> String {
        format!("<Tag><Key>{key}</Key><Value>{value}</Value></Tag>")
    }

    /// Message and extra elements of the refusal of one or several tags.
    fn refusal(tags: &str, tagged: Tagged) -> (String, Vec<(&'static str, String)>) {
        let error = document(tags, tagged).unwrap_err();
        (error.message, error.extra)
    }

    #[test]
    fn the_header_is_a_query_string() {
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        assert_eq!(
            read_header("b=2&a=x%20y").unwrap(),
            [pair("a", "x y"), pair("b", "2")]
        );
        assert_eq!(read_header("a&&b=&c:d=@").unwrap().len(), 3);
        for nothing in ["", "&", "&&"] {
            assert_eq!(read_header(nothing).unwrap(), [], "{nothing}");
        }
        for no_query in [
            "a=1&a=2",
            "=",
            "=1",
            "a=1,b=2",
            "a=%2",
            "a=%FF",
            "{\"a\":\"b\"}",
            "a=ä",
            "a=1;b",
        ] {
            let error = read_header(no_query).unwrap_err();
            assert_eq!(error.code, Code::InvalidArgument, "{no_query}");
            let named = [
                ("ArgumentName", HEADER.to_owned()),
                ("ArgumentValue", no_query.to_owned()),
            ];
            assert_eq!(error.extra, named);
        }
        assert_eq!(
            header("aws:x=1"),
            (
                Code::InvalidTag,
                "Your TagKey cannot be prefixed with aws:".to_owned()
            )
        );
        assert_eq!(header("a%2Cb=1").1, "The TagKey you have provided is invalid");
        let eleven: Vec<String> = (0..11).map(|i| format!("k{i}=v")).collect();
        assert_eq!(header(&eleven.join("&")).0, Code::BadRequest);
    }

    #[test]
    fn refusals_name_the_tag() {
        for (tagged, system) in [
            (Tagged::Bucket, "System tags cannot be added/updated by requester"),
            (Tagged::Object, "Your TagKey cannot be prefixed with aws:"),
        ] {
            let key = |key: &str| vec![("TagKey", key.to_owned())];
            let cases = [
                (tag("aws:a", "1"), system, key("aws:a")),
                (
                    tag("a", "1") + &tag("a", "2"),
                    "Cannot provide multiple Tags with the same key",
                    key("a"),
                ),
                (
                    tag("a,b", "1"),
                    "The TagKey you have provided is invalid",
                    key("a,b"),
                ),
                (tag("", "1"), "The TagKey you have provided is invalid", vec![]),
                (
                    tag("a", "1&amp;2"),
                    "The TagValue you have provided is invalid",
                    vec![("TagKey", "a".to_owned()), ("TagValue", "1&2".to_owned())],
                ),
            ];
            for (tags, message, extra) in cases {
                assert_eq!(refusal(&tags, tagged), (message.to_owned(), extra), "{tags}");
            }
        }
    }

    #[test]
    fn tags_are_judged_one_by_one_and_then_counted() {
        let many = |count: usize| (0..count).map(|i| tag(&i.to_string(), "v")).collect::<String>();
        for (tagged, maximum, message) in [
            (Tagged::Bucket, 50, "Bucket tag count cannot be greater than 50"),
            (Tagged::Object, 10, "Object tags cannot be greater than 10"),
        ] {
            assert_eq!(document(&many(maximum), tagged).unwrap().len(), maximum);
            assert_eq!(refusal(&many(maximum + 1), tagged), (message.to_owned(), vec![]));
            let both = many(maximum + 1) + &tag("a,b", "v");
            assert_eq!(
                refusal(&both, tagged).0,
                "The TagKey you have provided is invalid"
            );
        }
    }

    #[test]
    fn lengths_and_letters_are_those_of_any_script() {
        let wide = "ä".repeat(KEY_MAX);
        assert!(document(&tag(&wide, &"字".repeat(VALUE_MAX)), Tagged::Object).is_ok());
        assert!(document(&tag(&(wide + "ä"), "v"), Tagged::Bucket).is_err());
        assert!(document(&tag("k", &"v".repeat(VALUE_MAX + 1)), Tagged::Bucket).is_err());
        assert!(document(&tag("a\u{a0}b", "+-=._:/@ "), Tagged::Object).is_ok());
        assert!(document(&tag("a\tb", "v"), Tagged::Object).is_err());
    }

    #[test]
    fn documents_are_strict() {
        for tagged in [Tagged::Bucket, Tagged::Object] {
            let code = |text: &str| read_document(text.as_bytes(), tagged).unwrap_err().code;
            assert_eq!(document("", tagged).unwrap(), []);
            assert_eq!(document(&tag("a", ""), tagged).unwrap().len(), 1);
            for wrong in [
                "",
                "<TagSet/>",
                "<Tagging>",
                "<Tagging><TagSet/><TagSet/></Tagging>",
                "<Tagging><TagSet><Tag><Key>a</Key></Tag></TagSet></Tagging>",
                "<Tagging><TagSet><Tag><Key><X/></Key><Value/></Tag></TagSet></Tagging>",
            ] {
                assert_eq!(code(wrong), Code::MalformedXML, "{wrong}");
            }
        }
        assert_eq!(read_document(b"<Tagging/>", Tagged::Object).unwrap(), []);
        assert!(read_document(b"<Tagging/>", Tagged::Bucket).is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_tags_are_too_odd(text in ".*", inner in "(<(Tag|/Tag|Key|/Key|Value|/Value)>|[a-z&<]){0,12}") {
            if let Ok(tags) = read_header(&text) {
                proptest::prop_assert!(tags.len() <= Tagged::Object.maximum());
            }
            let _ = document(&inner, Tagged::Object);
        }
    }
}
