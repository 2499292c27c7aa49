//! The documents of requests that are more than the texts of their arguments.

use bucketlaw_model::argument::{Identifier, Tags};
use bucketlaw_model::request::Operation;

use super::argument::mode_word;
use super::{Lowering, Unbound, policy, xml};
use crate::wire::checksum::md5_hex;

impl Lowering<'_> {
    /// The document of an operation that has its own way to say its arguments.
    pub(super) fn document(&self, operation: &Operation) -> Result<Option<Vec<u8>>, Unbound> {
        Ok(Some(match operation {
            // In us-east-1 none is sent: it names no other Region.
            Operation::CreateBucket { .. } if self.names.region == "us-east-1" => Vec::new(),
            Operation::CreateBucket { .. } => xml::location(&self.names.region),
            Operation::PutObjectLockConfiguration {
                mode, period, form, ..
            } => xml::lock_configuration(mode_word(*mode), *period, *form),
            Operation::PutBucketPolicy { policy, .. } => policy::document(self.world, self.names, *policy),
            Operation::PutPublicAccessBlock { on, .. } => xml::public_access_block(*on),
            Operation::PutBucketTagging { tags, .. } | Operation::PutObjectTagging { tags, .. } => {
                self.tagging(*tags)
            }
            Operation::DeleteObjects {
                objects,
                quiet,
                times,
                ..
            } => self.delete_document(objects, *quiet, times.0)?,
            Operation::CompleteMultipartUpload { upload, .. } => {
                let id = self.names.upload(*upload)?;
                // An upload that is not there has no parts to list, and an empty list would be another fault.
                let made_up = || [(1, format!("\"{}\"", md5_hex(b"no such part")))].into();
                xml::complete(&self.names.parts.get(&id).cloned().unwrap_or_else(made_up))
            }
            _ => return Ok(None),
        }))
    }

    fn tagging(&self, tags: Tags) -> Vec<u8> {
        let named = |(key, content)| (key, self.world.content_name(content));
        xml::tagging(tags.pairs().map(named))
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
