//! The raw client: what goes over the wire, byte for byte, and what comes back.
//!
//! Nothing here knows what S3 means. A [`RawRequest`] is written exactly as it stands (no header is added, repaired or
//! reordered), because the judge must be able to send what no SDK can; [`sign`] and [`chunked`] prepare requests and let every
//! intermediate value be overridden. [`Client`] sends one request and returns one [`Exchange`] or a typed [`Failure`]; it never
//! retries, because the judge must know how often an effect may have happened.

use serde::{Deserialize, Serialize};

pub mod bytes;
pub mod checksum;
pub mod chunked;
mod connection;
pub mod curl;
mod cut;
pub mod endpoint;
pub mod http;
pub mod redact;
mod response;
pub mod sign;
pub mod xml;

pub use connection::Trust;
pub use cut::Cut;
pub use endpoint::Endpoint;
pub use http::{Client, Options};

/// A list of headers in the order and the letter case of the wire.
pub type Headers = Vec<(String, Vec<u8>)>;

/// One HTTP/1.1 request, written to the socket verbatim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawRequest {
    /// The method, e.g. `PUT`.
    pub method: String,
    /// The request target as it is sent: raw path and query, e.g. `/bucket/a%2Fb?versionId=null`.
    pub target: String,
    /// The headers as they are sent. `Host` and `Content-Length` are the caller's to give, or to leave out.
    #[serde(with = "bytes::headers")]
    pub headers: Headers,
    /// The body as it is sent, after the empty line, whatever `Content-Length` says.
    #[serde(with = "bytes::text", default, skip_serializing_if = "Vec::is_empty")]
    pub body: Vec<u8>,
    /// What happens on the connection once the last byte is written.
    #[serde(default, skip_serializing_if = "Ending::is_open")]
    pub ending: Ending,
}

/// What the client does with the connection after the last byte of a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// The connection stays open for writing, as in every ordinary exchange.
    #[default]
    Open,
    /// The writing half is closed: the server sees the end of a body that may be shorter than announced, and can still answer.
    HalfClosed,
}

impl Ending {
    fn is_open(&self) -> bool {
        *self == Ending::Open
    }
}

impl RawRequest {
    /// A request without headers and body.
    pub fn new(method: impl Into<String>, target: impl Into<String>) -> Self {
        Self {
            method: method.into(),
            target: target.into(),
            headers: Vec::new(),
            body: Vec::new(),
            ending: Ending::Open,
        }
    }

    /// Appends a header; a second one of the same name is sent a second time.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<Vec<u8>>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the body and the `Content-Length` that belongs to it.
    #[must_use]
    pub fn with_body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.set_header("Content-Length", self.body.len().to_string());
        self
    }

    /// The value of the first header of this name, whatever its letter case.
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        find(&self.headers, name)
    }

    /// Replaces every header of this name by one, at the place of the first, or appends it.
    pub fn set_header(&mut self, name: &str, value: impl Into<Vec<u8>>) {
        let mut value = Some(value.into());
        self.headers.retain_mut(|(n, v)| {
            if !n.eq_ignore_ascii_case(name) {
                return true;
            }
            match value.take() {
                Some(new) => {
                    *v = new;
                    true
                }
                None => false,
            }
        });
        if let Some(value) = value {
            self.headers.push((name.to_owned(), value));
        }
    }

    /// Removes every header of this name.
    pub fn remove_header(&mut self, name: &str) {
        self.headers.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
    }

    /// The raw path of the target: what stands before the first `?`.
    pub fn path(&self) -> &str {
        self.target
            .split_once('?')
            .map_or(self.target.as_str(), |(path, _)| path)
    }

    /// The raw query of the target: what stands after the first `?`, if there is one.
    pub fn query(&self) -> Option<&str> {
        self.target.split_once('?').map(|(_, query)| query)
    }

    /// Appends one query parameter, encoded; `None` as value makes a subresource without `=`.
    pub fn push_query(&mut self, name: &str, value: Option<&str>) {
        self.target
            .push(if self.target.contains('?') { '&' } else { '?' });
        self.target.push_str(&sign::uri_encode(name.as_bytes(), false));
        if let Some(value) = value {
            self.target.push('=');
            self.target.push_str(&sign::uri_encode(value.as_bytes(), false));
        }
    }
}

/// One HTTP response as it was received, with the transfer coding removed from the body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawResponse {
    /// The status code.
    pub status: u16,
    /// The reason phrase, which servers may leave empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// The headers in their order and letter case.
    #[serde(with = "bytes::headers")]
    pub headers: Headers,
    /// The body without its transfer coding.
    #[serde(with = "bytes::text", default, skip_serializing_if = "Vec::is_empty")]
    pub body: Vec<u8>,
}

impl RawResponse {
    /// The value of the first header of this name, whatever its letter case.
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        find(&self.headers, name)
    }

    /// The value of the first header of this name as text; `None` also where it is no UTF-8.
    pub fn text_header(&self, name: &str) -> Option<&str> {
        self.header(name)
            .and_then(|value| std::str::from_utf8(value).ok())
    }

    /// The body as an XML element tree.
    pub fn xml(&self) -> Result<xml::Element, xml::XmlError> {
        xml::parse(&self.body)
    }
}

fn find<'a>(headers: &'a Headers, name: &str) -> Option<&'a [u8]> {
    headers
        .iter()
        .find(|(n, _)| n.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_slice())
}

/// One request with its response, and the interval of wall-clock time in which the server handled it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// The request as it was sent.
    pub request: RawRequest,
    /// The response as it was received.
    pub response: RawResponse,
    /// When the first byte was about to be written: Unix time in milliseconds, rounded down.
    pub sent: i64,
    /// When the last byte of the response had been read: Unix time in milliseconds, rounded up.
    pub received: i64,
}

/// What kept an exchange from ending in a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureKind {
    /// No connection could be made: name, address, refusal or TLS handshake.
    Unreachable,
    /// The deadline of the request passed.
    Timeout,
    /// The connection ended before the response did.
    CutConnection,
    /// What came back is no HTTP response, or a larger one than the client accepts.
    BadResponse,
}

/// An exchange without a response.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What happened.
    pub kind: FailureKind,
    /// Whether it is certain that the request had no effect, because no byte of it left.
    pub definite: bool,
    /// The status, where the head of the response was read before the failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What happened, in words.
    pub detail: String,
    /// When the first byte was about to be written, or the attempt began: Unix time in milliseconds, rounded down.
    pub sent: i64,
    /// When the failure was noticed: Unix time in milliseconds, rounded up.
    pub ended: i64,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let what = match self.kind {
            FailureKind::Unreachable => "endpoint unreachable",
            FailureKind::Timeout => "request timed out",
            FailureKind::CutConnection => "connection was cut",
            FailureKind::BadResponse => "not a valid HTTP response",
        };
        write!(f, "{what}: {}", self.detail)
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn set_header_replaces_all_of_a_name_in_place() {
        let mut request = RawRequest::new("GET", "/")
            .with_header("A", "1")
            .with_header("b", "2")
            .with_header("a", "3");
        request.set_header("a", "4");
        assert_eq!(
            request.headers,
            vec![("A".into(), b"4".to_vec()), ("b".into(), b"2".to_vec())]
        );
        request.remove_header("B");
        assert_eq!(request.header("b"), None);
    }

    #[test]
    fn target_splits_at_the_first_question_mark() {
        let mut request = RawRequest::new("GET", "/b/k?a=?");
        assert_eq!((request.path(), request.query()), ("/b/k", Some("a=?")));
        request.push_query("version Id", Some("x/y"));
        request.push_query("acl", None);
        assert_eq!(request.target, "/b/k?a=?&version%20Id=x%2Fy&acl");
    }

    #[test]
    fn exchange_is_text_where_it_can_be_and_base64_elsewhere() {
        let exchange = Exchange {
            request: RawRequest::new("PUT", "/b/k")
                .with_header("x", vec![0xff, 0x00])
                .with_body(vec![0, 159, 146]),
            response: RawResponse {
                status: 200,
                reason: "OK".into(),
                headers: vec![("ETag".into(), b"\"x\"".to_vec())],
                body: b"<a/>".to_vec(),
            },
            sent: 1,
            received: 2,
        };
        let text = serde_json::to_string(&exchange).unwrap();
        assert!(text.contains(r#""body":{"base64":"AJ+S"}"#), "{text}");
        assert!(text.contains(r#""body":"<a/>""#), "{text}");
        assert_eq!(serde_json::from_str::<Exchange>(&text).unwrap(), exchange);
    }
}
