//! Requests on multipart uploads.

use bucketlaw_model::argument::{BucketName, Key, UploadName, UploadRef};
use bucketlaw_model::request::Operation;

use super::{Lowering, Unbound, content_bytes, with_acl, with_document, xml};
use crate::wire::RawRequest;
use crate::wire::checksum::md5_hex;

impl Lowering<'_> {
    /// An operation on a multipart upload as HTTP; `None` for all others.
    pub(super) fn on_uploads(&self, operation: &Operation) -> Result<Option<RawRequest>, Unbound> {
        Ok(Some(match operation {
            Operation::CreateMultipartUpload {
                bucket,
                key,
                mode,
                until,
                hold,
                acl,
            } => {
                let raw = with_acl(self.on_key("POST", (*bucket, *key), Some("uploads")), *acl);
                self.with_lock_headers(raw, *mode, *until, *hold).with_body("")
            }
            Operation::UploadPart {
                bucket,
                key,
                upload,
                part,
                content,
                integrity,
            } => {
                let raw = self.on_part("PUT", (*bucket, *key), part.0, &self.upload(*upload)?);
                with_document(raw, content_bytes(self.world, *content), *integrity)
            }
            Operation::UploadPartCopy {
                bucket,
                key,
                upload,
                part,
                ..
            } => {
                let raw = self.on_part("PUT", (*bucket, *key), part.0, &self.upload(*upload)?);
                self.with_source(raw, operation)?.with_body("")
            }
            Operation::CompleteMultipartUpload {
                bucket,
                key,
                upload,
                if_match,
                if_none_match,
            } => {
                let id = self.upload(*upload)?;
                let mut raw = self.on_key("POST", (*bucket, *key), None);
                raw.push_query("uploadId", Some(&id));
                let raw =
                    self.with_conditions(raw, &[("If-Match", *if_match), ("If-None-Match", *if_none_match)]);
                // An upload that is not there has no parts to list, and an empty list would be another fault.
                let made_up = || [(1, format!("\"{}\"", md5_hex(b"no such part")))].into();
                raw.with_body(xml::complete(
                    &self.names.parts.get(&id).cloned().unwrap_or_else(made_up),
                ))
            }
            Operation::AbortMultipartUpload { bucket, key, upload } => {
                self.on_upload("DELETE", (*bucket, *key), *upload)?
            }
            Operation::ListParts { bucket, key, upload } => {
                self.on_upload("GET", (*bucket, *key), *upload)?
            }
            _ => return Ok(None),
        }))
    }

    /// The target's id of an upload.
    pub(super) fn upload(&self, upload: UploadRef) -> Result<String, Unbound> {
        match upload {
            UploadRef::Named(UploadName(number)) => Ok(format!("upload-{number}")),
            UploadRef::Malformed => Ok("not-an-upload-id".to_owned()),
            UploadRef::Made(handle) => self.names.handles.get(&handle).cloned().ok_or(Unbound(handle)),
        }
    }

    fn on_upload(
        &self,
        method: &str,
        place: (BucketName, Key),
        upload: UploadRef,
    ) -> Result<RawRequest, Unbound> {
        let mut raw = self.on_key(method, place, None);
        raw.push_query("uploadId", Some(&self.upload(upload)?));
        Ok(raw)
    }

    fn on_part(&self, method: &str, place: (BucketName, Key), part: u16, upload: &str) -> RawRequest {
        let mut raw = self.on_key(method, place, None);
        raw.push_query("partNumber", Some(&part.to_string()));
        raw.push_query("uploadId", Some(upload));
        raw
    }
}
