//! Requests on objects and their versions.

use bucketlaw_model::argument::{
    BucketName, Carrier, Content, Date, Directive, Etag, Hold, Identifier, Integrity, Key, LockMode,
    SourceDate, VersionRef,
};
use bucketlaw_model::request::Operation;

use super::{
    Lowering, Unbound, content_bytes, hold_word, mode_word, with_acl, with_body, with_bypass, with_document,
    xml,
};
use crate::wire::RawRequest;
use crate::wire::checksum::md5_hex;
use crate::wire::sign::uri_encode;

/// A version of an object.
type Place = (BucketName, Key, VersionRef);

impl Lowering<'_> {
    /// A request on one object or version, with a subresource or without.
    fn on_version(
        &self,
        method: &str,
        (bucket, key, version): Place,
        subresource: Option<&str>,
    ) -> Result<RawRequest, Unbound> {
        self.with_version(self.on_key(method, (bucket, key), subresource), version)
    }

    /// An operation on objects as HTTP.
    pub(super) fn on_objects(&self, operation: &Operation) -> Result<RawRequest, Unbound> {
        if let Some(raw) = self.list_versions(operation)? {
            return Ok(raw);
        }
        let (method, place, subresource) = match operation {
            Operation::GetObject { bucket, key, version } => ("GET", (*bucket, *key, *version), None),
            Operation::HeadObject { bucket, key, version } => ("HEAD", (*bucket, *key, *version), None),
            Operation::GetObjectRetention { bucket, key, version } => {
                ("GET", (*bucket, *key, *version), Some("retention"))
            }
            Operation::GetObjectLegalHold { bucket, key, version } => {
                ("GET", (*bucket, *key, *version), Some("legal-hold"))
            }
            Operation::GetObjectAcl { bucket, key, version } => {
                ("GET", (*bucket, *key, *version), Some("acl"))
            }
            Operation::GetObjectTagging { bucket, key, version } => {
                ("GET", (*bucket, *key, *version), Some("tagging"))
            }
            Operation::DeleteObjectTagging { bucket, key, version } => {
                ("DELETE", (*bucket, *key, *version), Some("tagging"))
            }
            Operation::GetObjectAttributes { bucket, key, version } => {
                let raw = self.on_version("GET", (*bucket, *key, *version), Some("attributes"))?;
                return Ok(raw.with_header("x-amz-object-attributes", "ETag,ObjectSize"));
            }
            other => return self.writing(other),
        };
        self.on_version(method, place, subresource)
    }

    /// Writes, deletes and locks.
    fn writing(&self, operation: &Operation) -> Result<RawRequest, Unbound> {
        Ok(match operation {
            Operation::PutObject {
                bucket,
                key,
                version,
                content,
                mode,
                until,
                hold,
                integrity,
                acl,
                if_match,
                if_none_match,
                conditions,
            } => {
                let raw = with_acl(self.on_version("PUT", (*bucket, *key, *version), None)?, *acl);
                let raw = self.with_lock_headers(raw, *mode, *until, *hold);
                let asked = [("If-Match", *if_match), ("If-None-Match", *if_none_match)];
                let raw = match conditions {
                    Carrier::Header => self.with_conditions(raw, &asked),
                    Carrier::Query => self.with_conditions_in_query(raw, &asked),
                };
                with_document(raw, content_bytes(self.world, *content), *integrity)
            }
            Operation::PutObjectAcl {
                bucket,
                key,
                version,
                acl,
            } => {
                let raw = self.on_version("PUT", (*bucket, *key, *version), Some("acl"))?;
                with_acl(raw, *acl).with_body("")
            }
            Operation::PutObjectTagging {
                bucket,
                key,
                version,
                tags,
            } => {
                let raw = self.on_version("PUT", (*bucket, *key, *version), Some("tagging"))?;
                let tags = tags
                    .pairs()
                    .map(|(key, value)| (key, self.world.content_name(value)));
                with_document(raw, xml::tagging(tags), Integrity::Md5)
            }
            Operation::DeleteObject {
                bucket,
                key,
                version,
                bypass,
                if_match,
                if_match_time,
                if_match_size,
            } => {
                let mut raw = self.on_version("DELETE", (*bucket, *key, *version), None)?;
                raw = self.with_conditions(with_bypass(raw, *bypass), &[("If-Match", *if_match)]);
                if *if_match_time {
                    raw = raw.with_header(
                        "x-amz-if-match-last-modified-time",
                        self.names.http_dates.past.as_str(),
                    );
                }
                if *if_match_size {
                    raw.with_header("x-amz-if-match-size", "1")
                } else {
                    raw
                }
            }
            Operation::DeleteObjects {
                bucket,
                objects,
                bypass,
                quiet,
                integrity,
                times,
            } => {
                let raw = self.on_bucket("POST", *bucket, Some("delete"));
                let document = self.delete_document(objects, *quiet, times.0)?;
                with_bypass(with_document(raw, document, *integrity), *bypass)
            }
            Operation::PutObjectRetention {
                bucket,
                key,
                version,
                mode,
                until,
                bypass,
                body,
                integrity,
            } => {
                let raw = self.on_version("PUT", (*bucket, *key, *version), Some("retention"))?;
                let document = xml::retention(mode_word(*mode), self.date(*until).as_deref());
                with_bypass(with_body(raw, document, *body, *integrity), *bypass)
            }
            Operation::PutObjectLegalHold {
                bucket,
                key,
                version,
                hold,
                body,
                integrity,
            } => {
                let raw = self.on_version("PUT", (*bucket, *key, *version), Some("legal-hold"))?;
                with_body(raw, xml::legal_hold(hold_word(*hold)), *body, *integrity)
            }
            Operation::CopyObject {
                bucket,
                key,
                directive,
                mode,
                until,
                hold,
                acl,
                if_match,
                if_none_match,
                ..
            } => {
                let mut raw = with_acl(self.on_key("PUT", (*bucket, *key), None), *acl);
                if *directive == Directive::Replace {
                    raw = raw
                        .with_header("x-amz-metadata-directive", "REPLACE")
                        .with_header("x-amz-meta-copied", "yes");
                }
                let raw = self.with_lock_headers(raw, *mode, *until, *hold);
                let raw =
                    self.with_conditions(raw, &[("If-Match", *if_match), ("If-None-Match", *if_none_match)]);
                self.with_source(raw, operation)?.with_body("")
            }
            // What is left acts on buckets, uploads or users, and never comes here.
            _ => RawRequest::new("OPTIONS", "/"),
        })
    }

    pub(super) fn with_lock_headers(
        &self,
        mut raw: RawRequest,
        mode: LockMode,
        until: Date,
        hold: Hold,
    ) -> RawRequest {
        for (name, value) in [
            ("x-amz-object-lock-mode", mode_word(mode).map(str::to_owned)),
            ("x-amz-object-lock-retain-until-date", self.date(until)),
            ("x-amz-object-lock-legal-hold", hold_word(hold).map(str::to_owned)),
        ] {
            if let Some(value) = value {
                raw = raw.with_header(name, value);
            }
        }
        raw
    }

    pub(super) fn with_conditions(&self, mut raw: RawRequest, conditions: &[(&str, Etag)]) -> RawRequest {
        for (name, etag) in conditions {
            if let Some(value) = self.etag(*etag) {
                raw = raw.with_header(*name, value);
            }
        }
        raw
    }

    /// Conditions as parameters of a query that will be signed (`VER-COND-020`).
    fn with_conditions_in_query(&self, mut raw: RawRequest, conditions: &[(&str, Etag)]) -> RawRequest {
        for (name, etag) in conditions {
            if let Some(value) = self.etag(*etag) {
                raw.push_query(name, Some(&value));
            }
        }
        raw
    }

    /// The ETag of a condition as it is sent.
    fn etag(&self, etag: Etag) -> Option<String> {
        let of = |content: Content| md5_hex(&content_bytes(self.world, content));
        match etag {
            Etag::Unconditional => None,
            Etag::Any => Some("*".to_owned()),
            Etag::Of(content) => Some(format!("\"{}\"", of(content))),
            Etag::Unclosed(content) => Some(format!("\"{}", of(content))),
            Etag::Unopened(content) => Some(format!("{}\"", of(content))),
            Etag::OfPart(content) => Some(format!(
                "\"{}\"",
                crate::lift::etag(&content_bytes(self.world, content), true)
            )),
            Etag::Odd => {
                Some("\"0123456789abcdef0123456789abcdef\", \"fedcba9876543210fedcba9876543210\"".to_owned())
            }
        }
    }

    /// The headers that name the source of a copy and its conditions.
    pub(super) fn with_source(
        &self,
        mut raw: RawRequest,
        operation: &Operation,
    ) -> Result<RawRequest, Unbound> {
        let (Operation::CopyObject {
            source_bucket,
            source_key,
            source_version,
            source_if_match,
            source_if_none_match,
            source_if_modified_since,
            source_if_unmodified_since,
            ..
        }
        | Operation::UploadPartCopy {
            source_bucket,
            source_key,
            source_version,
            source_if_match,
            source_if_none_match,
            source_if_modified_since,
            source_if_unmodified_since,
            ..
        }) = operation
        else {
            return Ok(raw);
        };
        let key = uri_encode(&self.world.key_bytes(*source_key), true);
        let mut name = format!("/{}/{key}", self.names.bucket(self.world, *source_bucket));
        if let Some(id) = self.names.version(*source_version)? {
            name.push_str(&format!("?versionId={}", uri_encode(id.as_bytes(), false)));
        }
        raw = raw.with_header("x-amz-copy-source", name);
        let conditions = [
            ("x-amz-copy-source-if-match", *source_if_match),
            ("x-amz-copy-source-if-none-match", *source_if_none_match),
        ];
        raw = self.with_conditions(raw, &conditions);
        for (name, date) in [
            ("x-amz-copy-source-if-modified-since", *source_if_modified_since),
            (
                "x-amz-copy-source-if-unmodified-since",
                *source_if_unmodified_since,
            ),
        ] {
            let value = match date {
                SourceDate::Absent => continue,
                SourceDate::Before => self.names.http_dates.past.as_str(),
                SourceDate::After => self.names.http_dates.now.as_str(),
            };
            raw = raw.with_header(name, value);
        }
        Ok(raw)
    }

    fn delete_document(&self, objects: &[Identifier], quiet: bool, times: u16) -> Result<Vec<u8>, Unbound> {
        let mut entries = Vec::with_capacity(objects.len());
        for object in objects {
            let key = String::from_utf8_lossy(&self.world.key_bytes(object.key)).into_owned();
            entries.push((key, self.names.version(object.version)?, self.etag(object.etag)));
        }
        let sent = entries
            .iter()
            .cycle()
            .take(entries.len() * usize::from(times.max(1)));
        Ok(xml::delete(&sent.cloned().collect::<Vec<_>>(), quiet))
    }
}
