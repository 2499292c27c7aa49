//! One request and its reply as the operations see them, free of HTTP library details.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use tokio::sync::mpsc;

use crate::authority::Authority;
use crate::authz::Caller;
use crate::clock::Timestamp;
use crate::error::ApiError;
use crate::ops::Operation;
use crate::serve::Server;
use crate::store::{Authorization, Snapshot};

/// A query string, decoded, in the order it was sent.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Query(pub Vec<(String, String)>);

impl Query {
    /// The first value of a parameter; a parameter without `=` has the empty value.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// Whether the parameter is present, with or without a value.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }
}

/// The head of a request after target parsing; headers already include what a presigned query carries.
#[derive(Clone, Debug)]
pub struct Request {
    /// The HTTP method.
    pub method: Method,
    /// The path exactly as sent, still percent-encoded.
    pub raw_path: String,
    /// The query exactly as sent, without `?`.
    pub raw_query: String,
    /// The decoded query.
    pub query: Query,
    /// The headers; with a presigned URL the `x-amz-*` query parameters are among them (PRE-018).
    pub headers: HeaderMap,
    /// The bucket that path or host name.
    pub bucket: Option<String>,
    /// The object key, decoded.
    pub key: Option<String>,
}

impl Request {
    /// The value of a header, if it is present and plain text; values are trimmed.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .get(name)
            .and_then(|v| std::str::from_utf8(v.as_bytes()).ok())
            .map(str::trim)
    }

    /// Makes one header of each that is repeated, with its values joined (RFC 9110, 5.3), so that none of them is lost on
    /// whoever reads one value. Digests stay as they are: of them there must be one (`wire::checksum`).
    pub fn join_repeated(&mut self) {
        let repeated: Vec<HeaderName> = self
            .headers
            .keys()
            .filter(|name| !name.as_str().starts_with("x-amz-checksum-"))
            .filter(|name| self.headers.get_all(*name).iter().nth(1).is_some())
            .cloned()
            .collect();
        for name in repeated {
            let values: Vec<&[u8]> = self
                .headers
                .get_all(&name)
                .iter()
                .map(HeaderValue::as_bytes)
                .collect();
            if let Ok(joined) = HeaderValue::from_bytes(&values.join(&b","[..])) {
                self.headers.insert(name, joined);
            }
        }
    }

    /// The key, or the empty string where the operation table admits none.
    pub fn key(&self) -> &str {
        self.key.as_deref().unwrap_or_default()
    }

    /// The bucket name, or the empty string where the operation table admits none.
    pub fn bucket(&self) -> &str {
        self.bucket.as_deref().unwrap_or_default()
    }

    /// The `versionId` parameter as sent.
    pub fn version_id(&self) -> Option<&str> {
        self.query.get("versionId")
    }
}

/// How the caller proved who it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Mechanism {
    /// No credential at all.
    Anonymous,
    /// SigV4 in the `Authorization` header.
    Header,
    /// SigV4 in the query (presigned).
    Query,
}

/// Everything an operation may look at besides the body.
///
/// An operation reads through `snapshot` (one commit, configuration and data together) and writes by a plan on
/// `server.store`; inside the plan it calls `authority.check(config)` if the configuration is no longer the
/// snapshot's, so that no write commits under a revoked permission.
#[derive(Clone)]
pub struct Exchange {
    /// The server: store, clock, region.
    pub server: Arc<Server>,
    /// The id that the reply carries.
    pub request_id: String,
    /// The instant at which the request was received.
    pub now: Timestamp,
    /// The parsed head.
    pub request: Request,
    /// Who asks.
    pub caller: Caller,
    /// How the caller proved it.
    pub mechanism: Mechanism,
    /// The row of the operation table.
    pub operation: &'static Operation,
    /// The commit that this request sees.
    pub snapshot: Arc<Snapshot>,
    /// What the request was authorized for, to be asked again inside plans.
    pub authority: Authority,
}

impl Exchange {
    /// What a plan of this request was authorized under; the request's checks are asked again when that changed.
    pub fn authorization(&self) -> Authorization {
        let authority = self.authority.clone();
        Authorization::new(&self.snapshot.config, move |config| authority.check(config))
    }
}

impl std::fmt::Debug for Exchange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Exchange")
            .field("request_id", &self.request_id)
            .field("operation", &self.operation.name)
            .field("caller", &self.caller)
            .finish_non_exhaustive()
    }
}

/// The body of a reply.
#[derive(Debug)]
pub enum ReplyBody {
    /// No body.
    Empty,
    /// A body in memory.
    Bytes(Bytes),
    /// A body of known length that is produced while it is sent.
    Stream {
        /// The exact number of bytes that will come.
        length: u64,
        /// The pieces; an error cuts the connection.
        pieces: mpsc::Receiver<std::io::Result<Bytes>>,
    },
}

/// A reply before request ids, date and framing are added.
#[derive(Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: StatusCode,
    /// Response headers, names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// User metadata headers, whose names are not known at compile time (`x-amz-meta-…`).
    pub metadata: Vec<(String, String)>,
    /// The body.
    pub body: ReplyBody,
}

impl Reply {
    /// An empty reply with a status.
    pub fn empty(status: StatusCode) -> Self {
        Self {
            status,
            headers: Vec::new(),
            metadata: Vec::new(),
            body: ReplyBody::Empty,
        }
    }

    /// `200 OK` without a body.
    pub fn ok() -> Self {
        Self::empty(StatusCode::OK)
    }

    /// `204 No Content`.
    pub fn no_content() -> Self {
        Self::empty(StatusCode::NO_CONTENT)
    }

    /// `200 OK` with an XML document (see `wire::xml::Writer`).
    pub fn xml(document: impl Into<Bytes>) -> Self {
        let mut reply = Self::ok().header("content-type", "application/xml");
        reply.body = ReplyBody::Bytes(document.into());
        reply
    }

    /// Adds a header (name in lower case).
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Adds a header if there is a value.
    #[must_use]
    pub fn header_opt(self, name: &'static str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.header(name, value),
            None => self,
        }
    }
}

/// What every operation returns.
pub type Outcome = Result<Reply, ApiError>;
