//! A request to S3 on its way: what its operation's row says of it, and what each argument adds.

use bucketlaw_model::argument::{Body, Carrier, Integrity};
use bucketlaw_model::request::{Method, Operation, Row, Target};

use super::{Lowering, Unbound, xml};
use crate::wire::RawRequest;
use crate::wire::checksum::{self, Algorithm};
use crate::wire::sign::uri_encode;

/// What the arguments of a request have said so far.
pub(super) struct Outgoing<'a> {
    pub(super) lowering: &'a Lowering<'a>,
    row: &'static Row,
    pub(super) bucket: String,
    pub(super) key: String,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    /// Conditions by the names of their headers, which may stand in the query as well.
    pub(super) conditions: Vec<(String, String)>,
    pub(super) carrier: Carrier,
    /// The texts of the document with their paths.
    elements: Vec<(&'static str, String)>,
    /// The source of a copy: bucket and key, and version.
    pub(super) source: (String, Option<String>),
    pub(super) body: Option<Vec<u8>>,
    pub(super) form: Body,
    pub(super) integrity: Option<Integrity>,
}

impl Lowering<'_> {
    /// An operation of S3 as HTTP.
    pub(super) fn s3(&self, operation: &Operation) -> Result<RawRequest, Unbound> {
        let mut outgoing = Outgoing {
            lowering: self,
            row: operation.route().row(),
            bucket: String::new(),
            key: String::new(),
            query: Vec::new(),
            headers: Vec::new(),
            conditions: Vec::new(),
            carrier: Carrier::Header,
            elements: Vec::new(),
            source: (String::new(), None),
            body: None,
            form: Body::Proper,
            integrity: None,
        };
        for (name, given) in operation.given() {
            outgoing.say(name, given)?;
        }
        if let Operation::GetObjectAttributes { .. } = operation {
            outgoing.header("x-amz-object-attributes", "ETag,ObjectSize");
        }
        Ok(outgoing.finish(self.document(operation)?))
    }
}

impl Outgoing<'_> {
    /// Says something in a header.
    pub(super) fn header(&mut self, name: &str, value: impl Into<String>) {
        self.headers.push((name.to_owned(), value.into()));
    }

    /// Says something in the query.
    pub(super) fn query(&mut self, name: &str, value: impl Into<String>) {
        self.query.push((name.to_owned(), value.into()));
    }

    /// Says something where the row has the argument: in the document at its path, or else, without a document, in a
    /// header.
    pub(super) fn place(&mut self, argument: &str, header: &str, value: impl Into<String>) {
        let document = self.row.document.as_ref();
        match document.and_then(|document| document.path(argument)) {
            Some(path) => self.elements.push((path, value.into())),
            None if document.is_some() => {}
            None => self.header(header, value),
        }
    }

    fn path(&self) -> String {
        match self.row.target {
            Target::Service | Target::Iam => "/".to_owned(),
            Target::Bucket => format!("/{}", self.bucket),
            Target::Object => format!("/{}/{}", self.bucket, self.key),
        }
    }

    fn finish(mut self, document: Option<Vec<u8>>) -> RawRequest {
        if !self.row.subresource.is_empty() && self.row.subresource != "uploadId" {
            self.query(self.row.subresource, self.row.value);
        }
        // In the order in which signatures sort them.
        self.query.sort();
        let mut raw = RawRequest::new(self.row.method.name(), self.path());
        for (name, value) in &self.query {
            raw.push_query(name, Some(value));
        }
        for (name, value) in &self.conditions {
            match self.carrier {
                Carrier::Header => raw = raw.with_header(name, value.as_str()),
                Carrier::Query => raw.push_query(name, Some(value)),
            }
        }
        if let Some(header) = self.row.given {
            let id = self.source.1.as_ref();
            let id = id.map(|id| format!("?versionId={}", uri_encode(id.as_bytes(), false)));
            raw = raw.with_header(header, format!("/{}{}", self.source.0, id.unwrap_or_default()));
        }
        for (name, value) in &self.headers {
            raw = raw.with_header(name, value.as_str());
        }
        self.with_body(raw, document)
    }

    fn with_body(&self, raw: RawRequest, document: Option<Vec<u8>>) -> RawRequest {
        let by_row = || {
            let of_row = self.row.document.as_ref()?;
            Some(xml::by_paths(of_row.root, &self.elements))
        };
        if self.row.method.reads() || self.row.method == Method::DELETE {
            return raw;
        }
        let bytes = self.body.clone().or(document).or_else(by_row);
        let Some(bytes) = bytes else {
            return raw.with_body("");
        };
        let bytes = match self.form {
            Body::Proper => bytes,
            Body::Missing => Vec::new(),
            Body::Malformed => b"<Unheard><Of/></Unheard>".to_vec(),
        };
        let usual = if self
            .row
            .document
            .as_ref()
            .is_none_or(|document| document.has_digest)
        {
            Integrity::Md5
        } else {
            Integrity::Absent
        };
        let raw = match self.integrity.unwrap_or(usual) {
            Integrity::Md5 => raw.with_header("Content-MD5", checksum::content_md5(&bytes)),
            Integrity::Crc32 => raw.with_header(Algorithm::Crc32.header(), Algorithm::Crc32.value(&bytes)),
            Integrity::Algorithm => raw.with_header("x-amz-sdk-checksum-algorithm", "CRC32"),
            Integrity::Absent => raw,
        };
        raw.with_body(bytes)
    }
}
