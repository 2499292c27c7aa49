//! A small read-only element tree for the XML that S3, IAM and STS answer.
//!
//! Reading is strict where the judge would otherwise be fooled (a second root, a document type, an unknown entity, text that is
//! no UTF-8) and bounded in depth and size, since it comes from a server under test.

use std::fmt;

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

/// The deepest nesting that is read.
pub const MAX_DEPTH: usize = 64;

/// The largest number of elements that is read.
pub const MAX_ELEMENTS: usize = 200_000;

/// One element with its text, attributes and children.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    /// The local name, without a namespace prefix.
    pub name: String,
    /// The text, entities resolved, exactly as it stands; of an element with children, only text that is not blank.
    pub text: String,
    /// The attributes as written, prefix included, e.g. `xsi:type` of a grantee.
    pub attributes: Vec<(String, String)>,
    /// The child elements in their order.
    pub children: Vec<Element>,
}

impl Element {
    /// The first child of this name.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// All children of this name, in their order.
    pub fn children_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The first descendant at a path of child names separated by `/`, not counting this element itself.
    pub fn at(&self, path: &str) -> Option<&Element> {
        path.split('/')
            .try_fold(self, |element, name| element.child(name))
    }

    /// The text of the element at a path, see [`Element::at`].
    pub fn text_of(&self, path: &str) -> Option<&str> {
        self.at(path).map(|element| element.text.as_str())
    }

    /// The value of an attribute, by its name as written.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Why a body is no XML that can be judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct XmlError(String);

impl XmlError {
    fn new(what: impl fmt::Display) -> Self {
        Self(what.to_string())
    }
}

impl fmt::Display for XmlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not well-formed XML: {}", self.0)
    }
}

impl std::error::Error for XmlError {}

/// Reads one XML document.
///
/// White space before the XML declaration is skipped: S3 sends it to keep a connection alive while it completes a multipart
/// upload or a copy.
pub fn parse(body: &[u8]) -> Result<Element, XmlError> {
    let text = std::str::from_utf8(body).map_err(XmlError::new)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim_ascii_start();
    let mut reader = Reader::from_str(text);
    let mut tree = Tree::default();
    loop {
        match reader.read_event().map_err(XmlError::new)? {
            Event::Start(tag) => tree.open(&tag)?,
            Event::End(_) => tree.close()?,
            Event::Empty(tag) => {
                tree.open(&tag)?;
                tree.close()?;
            }
            Event::Text(text) => tree.text(&text.xml10_content())?,
            Event::CData(text) => tree.text(&text.xml10_content())?,
            Event::GeneralRef(reference) => tree.text(resolve(&reference)?.encode_utf8(&mut [0; 4]))?,
            Event::DocType(_) => return Err(XmlError::new("a document type is not accepted")),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            Event::Eof => return tree.finish(),
        }
    }
}

/// The character that a reference stands for: numeric, or one of XML's five own names.
fn resolve(reference: &BytesRef<'_>) -> Result<char, XmlError> {
    if let Some(character) = reference.resolve_char_ref().map_err(XmlError::new)? {
        return Ok(character);
    }
    match &*reference.xml10_content() {
        "amp" => Ok('&'),
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        other => Err(XmlError::new(format_args!("unknown entity &{other};"))),
    }
}

/// The elements that are open, outermost first, and the root once it is closed.
#[derive(Default)]
struct Tree {
    open: Vec<Element>,
    root: Option<Element>,
    elements: usize,
}

impl Tree {
    fn open(&mut self, tag: &BytesStart<'_>) -> Result<(), XmlError> {
        self.elements += 1;
        if self.root.is_some() {
            return Err(XmlError::new("a second root element"));
        }
        if self.open.len() >= MAX_DEPTH || self.elements > MAX_ELEMENTS {
            return Err(XmlError::new("nested too deeply, or too many elements"));
        }
        let name: &str = tag.name().into_inner();
        let mut element = Element {
            name: local(name).to_owned(),
            ..Element::default()
        };
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(XmlError::new)?;
            let name: &str = attribute.key.into_inner();
            let value = attribute
                .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                .map_err(XmlError::new)?
                .into_owned();
            element.attributes.push((name.to_owned(), value));
        }
        self.open.push(element);
        Ok(())
    }

    fn close(&mut self) -> Result<(), XmlError> {
        let Some(mut element) = self.open.pop() else {
            return Err(XmlError::new("an end tag without a start tag"));
        };
        if !element.children.is_empty() && element.text.trim_ascii().is_empty() {
            element.text.clear();
        }
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), XmlError> {
        match self.open.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.trim_ascii().is_empty() => {}
            None => return Err(XmlError::new("text outside the root element")),
        }
        Ok(())
    }

    fn finish(self) -> Result<Element, XmlError> {
        if !self.open.is_empty() {
            return Err(XmlError::new("the document ends inside an element"));
        }
        self.root.ok_or_else(|| XmlError::new("no root element"))
    }
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_an_s3_error() {
        let error = parse(
            b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>NoSuchKey</Code><Message>a &lt;b&gt; &#x41;<![CDATA[&]]></Message></Error>",
        )
        .unwrap();
        assert_eq!(error.name, "Error");
        assert_eq!(error.text_of("Code"), Some("NoSuchKey"));
        assert_eq!(error.text_of("Message"), Some("a <b> A&"));
        assert_eq!(error.text_of("Resource"), None);
    }

    #[test]
    fn reads_lists_prefixes_and_attributes() {
        let list =
            parse(b"  <s3:R xmlns:s3='u'><G xsi:type=\"A &amp; B\"><K> a </K></G>\n <G><K/></G></s3:R>")
                .unwrap();
        assert_eq!(list.name, "R");
        assert_eq!(list.text, "");
        let keys: Vec<_> = list.children_named("G").map(|g| g.text_of("K")).collect();
        assert_eq!(keys, [Some(" a "), Some("")]);
        assert_eq!(list.at("G").unwrap().attribute("xsi:type"), Some("A & B"));
    }

    #[test]
    fn refuses_what_would_fool_the_judge() {
        let deep = "<a>".repeat(MAX_DEPTH + 1) + &"</a>".repeat(MAX_DEPTH + 1);
        for bad in [
            "",
            "x",
            "<a>",
            "</a>",
            "<a></b>",
            "<a/><b/>",
            "<a/>x",
            "<!DOCTYPE a><a/>",
            "<a>&x;</a>",
            &deep,
            "<a>&#xFFFFFFFF;</a>",
        ] {
            assert!(parse(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(parse(b"<a>\xff</a>").is_err());
    }

    proptest! {
        #[test]
        fn never_panics_on_bytes(body: Vec<u8>) {
            let _ = parse(&body);
        }

        #[test]
        fn never_panics_on_near_xml(body in "(<[/!?]?[a-c:]{0,2}( [a-b]=['\"]?[a&;]?['\"]?)?/?>|&#?x?[a0-9]{0,9};?|]]>|<!\\[CDATA\\[|<!--|-->|[ a\n]){0,30}") {
            let _ = parse(body.as_bytes());
        }

        #[test]
        fn text_comes_back(text in "[^\u{0}-\u{1f}\u{fffe}\u{ffff}]{0,40}") {
            let body = format!("<a>{}</a>", quick_xml::escape::escape(text.as_str()));
            // XML 1.0 line ends don't concern these: the text has no control characters.
            prop_assert_eq!(parse(body.as_bytes()).unwrap().text, text);
        }
    }
}
