//! Replies of the law as an endpoint, as HTTP.

use bucketlaw_model::observed::{Observed, ObservedEntry};
use bucketlaw_model::reply::{Name, Place};
use quick_xml::escape::escape;

use super::read::Page;

/// Writes a reply: headers, and the document with the elements that clauses speak of.
pub(super) fn write(observed: &Observed, head: bool, content: Option<Vec<u8>>) -> Vec<u8> {
    let body = match (&observed.code, content) {
        (Some(code), _) => {
            let message = element(
                "Message",
                observed
                    .message
                    .as_deref()
                    .unwrap_or("No clause fixes this text."),
            );
            let inside = format!("{}{message}{}", element("Code", code), elements(&observed.fields));
            format!("<Error>{inside}</Error>").into_bytes()
        }
        (None, Some(content)) => content,
        (None, None) => {
            let entries: String = observed.entries.iter().map(entry).collect();
            let inside = elements(&observed.fields) + &entries;
            if inside.is_empty() {
                Vec::new()
            } else {
                format!("<Result>{inside}</Result>").into_bytes()
            }
        }
    };
    let mut headers = String::new();
    for (name, value) in &observed.fields {
        if let Place::Header(header) = name.place() {
            headers.push_str(&format!("{header}: {value}\r\n"));
        }
    }
    // Of a body that is not sent, the law says how long it is.
    let said = observed
        .fields
        .iter()
        .any(|(name, _)| *name == Name::ContentLength);
    http(observed.status, (&headers, said), if head { &[] } else { &body })
}

/// Writes a page of a listing of buckets, with where the next one begins.
pub(super) fn buckets(observed: &Observed, page: &Page) -> Vec<u8> {
    if observed.code.is_some() {
        return write(observed, false, None);
    }
    let name = |entry: &ObservedEntry| {
        let mut fields = entry.fields.iter();
        let name = fields.find(|(name, _)| *name == Name::NameElement);
        name.map(|(_, text)| text.clone()).unwrap_or_default()
    };
    let mut all: Vec<(String, &ObservedEntry)> = observed
        .entries
        .iter()
        .map(|entry| (name(entry), entry))
        .filter(|(name, _)| name.starts_with(&page.prefix) && *name > page.after)
        .collect();
    all.sort_by(|(one, _), (other, _)| one.cmp(other));
    let shown = all.get(..page.most).unwrap_or(&all);
    let listed: String = shown.iter().map(|(_, one)| entry(one)).collect();
    let more = match shown.last() {
        Some((last, _)) if shown.len() < all.len() => element("ContinuationToken", last),
        _ => String::new(),
    };
    let inside = format!("{}<Buckets>{listed}</Buckets>{more}", elements(&observed.fields));
    let document = format!("<ListAllMyBucketsResult>{inside}</ListAllMyBucketsResult>");
    http(
        observed.status,
        ("content-type: application/xml\r\n", false),
        document.as_bytes(),
    )
}

/// A success with an XML document.
pub(super) fn xml(document: &str) -> Vec<u8> {
    http(200, ("content-type: text/xml\r\n", false), document.as_bytes())
}

/// The reply to what the law does not rule on.
pub(super) fn not_implemented(what: &str) -> Vec<u8> {
    let body = format!(
        "<Error>{}{}</Error>",
        element("Code", "NotImplemented"),
        element("Message", what)
    );
    http(501, ("", false), body.as_bytes())
}

fn http(status: u16, (headers, has_length): (&str, bool), body: &[u8]) -> Vec<u8> {
    let length = if status == 204 || has_length {
        String::new()
    } else {
        format!("content-length: {}\r\n", body.len())
    };
    let mut response = format!("HTTP/1.1 {status} \r\n{headers}{length}\r\n").into_bytes();
    if status != 204 {
        response.extend_from_slice(body);
    }
    response
}

fn element(name: &str, text: &str) -> String {
    format!("<{name}>{}</{name}>", escape(text))
}

fn elements(fields: &[(Name, String)]) -> String {
    let in_document = fields.iter().filter_map(|(name, text)| match name.place() {
        Place::Element(word) => Some(element(word, text)),
        Place::Header(_) => None,
    });
    in_document.collect()
}

fn entry(entry: &ObservedEntry) -> String {
    format!("<{0}>{1}</{0}>", entry.element, elements(&entry.fields))
}
