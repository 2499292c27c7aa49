//! XML documents: a strict reader into a small tree, and a writer.

use std::borrow::Cow;

use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;

use crate::error::{ApiError, Code};

/// The namespace of S3's documents.
pub const S3_NAMESPACE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";

/// How deep a document may nest; S3's own documents stay below ten levels.
const MAX_DEPTH: usize = 32;

/// One element of a parsed document; names are local names.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Element {
    /// The local name.
    pub name: String,
    /// The attributes, by local name.
    pub attributes: Vec<(String, String)>,
    /// The text directly inside, entities resolved, CDATA included.
    pub text: String,
    /// The child elements in order.
    pub children: Vec<Element>,
}

/// The error for every document that is not well-formed or does not follow its schema.
pub fn malformed() -> ApiError {
    ApiError::new(Code::MalformedXML)
}

impl Element {
    /// The only child with a name; none is `Ok(None)`.
    ///
    /// # Errors
    /// `MalformedXML` if there are several.
    pub fn child(&self, name: &str) -> Result<Option<&Element>, ApiError> {
        let mut found = self.children.iter().filter(|child| child.name == name);
        let first = found.next();
        if found.next().is_some() {
            Err(malformed())
        } else {
            Ok(first)
        }
    }

    /// All children with a name.
    pub fn children<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text of the only child with a name, trimmed.
    ///
    /// # Errors
    /// `MalformedXML` if there are several, or if it has children.
    pub fn child_text(&self, name: &str) -> Result<Option<&str>, ApiError> {
        match self.child(name)? {
            Some(child) if child.children.is_empty() => Ok(Some(child.text.trim())),
            Some(_) => Err(malformed()),
            None => Ok(None),
        }
    }

    /// Makes sure that there are no children but the named ones, and no text between them.
    ///
    /// # Errors
    /// `MalformedXML`.
    pub fn only(&self, names: &[&str]) -> Result<(), ApiError> {
        let known = self
            .children
            .iter()
            .all(|child| names.contains(&child.name.as_str()));
        if known && self.text.trim().is_empty() {
            Ok(())
        } else {
            Err(malformed())
        }
    }

    /// An attribute's value.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Parses a document whose root must have the given name.
///
/// # Errors
/// `MalformedXML` for anything that is not well-formed, has a document type, or has another root.
pub fn parse(bytes: &[u8], root: &str) -> Result<Element, ApiError> {
    let element = parse_any(bytes)?;
    if element.name == root {
        Ok(element)
    } else {
        Err(malformed())
    }
}

/// Parses a document with any root.
///
/// # Errors
/// `MalformedXML` for anything that is not well-formed or has a document type.
pub fn parse_any(bytes: &[u8]) -> Result<Element, ApiError> {
    let text = std::str::from_utf8(bytes).map_err(|_| malformed())?;
    let mut reader = Reader::from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
    let mut open: Vec<Element> = Vec::new();
    let mut root = None;
    loop {
        match reader.read_event().map_err(|_| malformed())? {
            Event::Start(start) => {
                if root.is_some() || open.len() >= MAX_DEPTH {
                    return Err(malformed());
                }
                open.push(element_of(&start)?);
            }
            Event::Empty(start) => {
                let element = element_of(&start)?;
                place(&mut open, &mut root, element)?;
            }
            Event::End(_) => {
                let element = open.pop().ok_or_else(malformed)?;
                place(&mut open, &mut root, element)?;
            }
            Event::Text(text) => push_text(&mut open, &text.xml_content(XmlVersion::Implicit1_0))?,
            Event::CData(data) => push_text(&mut open, &data.xml_content(XmlVersion::Implicit1_0))?,
            Event::GeneralRef(reference) => push_text(&mut open, &resolve(&reference)?)?,
            // A document type could define entities: no S3 document has one.
            Event::DocType(_) => return Err(malformed()),
            Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
    }
    if open.is_empty() {
        root.ok_or_else(malformed)
    } else {
        Err(malformed())
    }
}

fn element_of(start: &BytesStart<'_>) -> Result<Element, ApiError> {
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|_| malformed())?;
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|_| malformed())?;
        attributes.push((attribute.key.local_name().as_ref().to_owned(), value.into_owned()));
    }
    Ok(Element {
        name: start.local_name().as_ref().to_owned(),
        attributes,
        ..Element::default()
    })
}

/// Puts a finished element into its parent, or makes it the root.
fn place(open: &mut [Element], root: &mut Option<Element>, element: Element) -> Result<(), ApiError> {
    match open.last_mut() {
        Some(parent) => parent.children.push(element),
        None if root.is_none() => *root = Some(element),
        None => return Err(malformed()),
    }
    Ok(())
}

fn push_text(open: &mut [Element], text: &str) -> Result<(), ApiError> {
    match open.last_mut() {
        Some(element) => element.text.push_str(text),
        None if text.trim().is_empty() => {}
        None => return Err(malformed()),
    }
    Ok(())
}

fn resolve(reference: &BytesRef<'_>) -> Result<String, ApiError> {
    if let Some(character) = reference.resolve_char_ref().map_err(|_| malformed())? {
        return Ok(character.to_string());
    }
    resolve_predefined_entity(reference)
        .map(str::to_owned)
        .ok_or_else(malformed)
}

/// Writes one document; elements are closed in the order they were opened.
#[derive(Debug)]
pub struct Writer {
    out: String,
    open: Vec<&'static str>,
}

impl Writer {
    /// Starts a document in S3's namespace.
    pub fn new(root: &'static str) -> Self {
        Self::in_namespace(root, Some(S3_NAMESPACE))
    }

    /// Starts a document in a namespace, or in none (error documents).
    pub fn in_namespace(root: &'static str, namespace: Option<&str>) -> Self {
        let mut writer = Self {
            out: String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"),
            open: vec![root],
        };
        writer.out.push('<');
        writer.out.push_str(root);
        if let Some(namespace) = namespace {
            writer.out.push_str(" xmlns=\"");
            writer.out.push_str(namespace);
            writer.out.push('"');
        }
        writer.out.push('>');
        writer
    }

    /// Opens an element.
    pub fn open(&mut self, name: &'static str) -> &mut Self {
        self.open_with(name, "")
    }

    /// Opens an element with attributes, given as they stand in the document.
    pub fn open_with(&mut self, name: &'static str, attributes: &str) -> &mut Self {
        self.out.push('<');
        self.out.push_str(name);
        if !attributes.is_empty() {
            self.out.push(' ');
            self.out.push_str(attributes);
        }
        self.out.push('>');
        self.open.push(name);
        self
    }

    /// Closes the element opened last.
    pub fn close(&mut self) -> &mut Self {
        if let Some(name) = self.open.pop() {
            self.out.push_str("</");
            self.out.push_str(name);
            self.out.push('>');
        }
        self
    }

    /// Writes an element with text.
    pub fn text(&mut self, name: &'static str, text: impl AsRef<str>) -> &mut Self {
        self.open(name);
        self.out.push_str(&escape_text(text.as_ref()));
        self.close()
    }

    /// Writes text directly into the open element.
    pub fn content(&mut self, text: impl AsRef<str>) -> &mut Self {
        self.out.push_str(&escape_text(text.as_ref()));
        self
    }

    /// Writes an element with text if there is any.
    pub fn text_opt(&mut self, name: &'static str, text: Option<impl AsRef<str>>) -> &mut Self {
        match text {
            Some(text) => self.text(name, text),
            None => self,
        }
    }

    /// Closes what is open and gives the document.
    pub fn finish(&mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        std::mem::take(&mut self.out)
    }
}

/// Escapes text; control characters that XML 1.0 can't hold are written as references, as S3 does.
fn escape_text(text: &str) -> Cow<'_, str> {
    let plain = |byte: u8| byte >= 0x20 && !matches!(byte, b'<' | b'>' | b'&' | b'"');
    if text.bytes().all(plain) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(character),
            // A bare carriage return would be read back as a line feed.
            '\u{0}'..='\u{1f}' => out.push_str(&format!("&#x{:x};", u32::from(character))),
            _ => out.push(character),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_entities_cdata_and_namespaces() {
        let doc = br#"<?xml version="1.0"?><v:A xmlns:v="x"><B>a&amp;b&#x41;</B><C><![CDATA[Enabled]]></C><D/></v:A>"#;
        let root = parse(doc, "A").unwrap();
        assert_eq!(root.child_text("B").unwrap(), Some("a&bA"));
        assert_eq!(root.child_text("C").unwrap(), Some("Enabled"));
        assert_eq!(root.child_text("D").unwrap(), Some(""));
        assert_eq!(root.child_text("E").unwrap(), None);
        assert!(root.only(&["B", "C", "D"]).is_ok());
        assert!(root.only(&["B", "C"]).is_err());
    }

    #[test]
    fn refuses_what_is_not_a_plain_document() {
        for bad in [
            "",
            "  ",
            "<A>",
            "<A></B>",
            "<A/><B/>",
            "<A/>x",
            "<!DOCTYPE A><A/>",
            "<A>&foo;</A>",
            "<A b=c/>",
            "{}",
        ] {
            assert!(parse_any(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(parse_any("<A>".repeat(40).as_bytes()).is_err());
        assert!(parse(b"<A><B/><B/></A>", "A").unwrap().child("B").is_err());
    }

    #[test]
    fn writes_what_it_can_read() {
        let mut writer = Writer::new("R");
        writer
            .text("K", "a<b>&\"'\r\n\u{1}")
            .open("S")
            .text("T", "1")
            .close()
            .text_opt("N", None::<&str>);
        let text = writer.finish();
        assert!(text.contains("&#x1;") && text.contains("&#xd;"), "{text}");
        let root = parse(text.replace("&#x1;", "").as_bytes(), "R").unwrap();
        assert_eq!(root.child("K").unwrap().unwrap().text, "a<b>&\"'\r\n");
        assert_eq!(
            root.child("S").unwrap().unwrap().child_text("T").unwrap(),
            Some("1")
        );
    }
}
