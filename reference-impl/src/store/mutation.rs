//! What plans ask for, and how the writer applies it.

use std::collections::BTreeSet;

use redb::{ReadableTable, StorageError};

use super::blob::{Extent, Guard, SealedBlob};
use super::config::{Document, DocumentKey};
use super::record::{BadRow, Body, PartRecord, UploadRecord, VersionRecord, decode, encode};
use super::rows::{Live, Rows};
use super::vault::Vault;

/// One change that a plan asks for.
#[derive(Debug)]
pub enum Mutation {
    /// Stores a configuration document, in place of one with the same name.
    Put(Document),
    /// Removes a configuration document.
    Delete(DocumentKey),
    /// Stores a version, in place of one with the same sequence.
    PutVersion {
        /// The bucket.
        bucket: u64,
        /// The key.
        key: String,
        /// The version.
        version: VersionRecord,
        /// The blob that the version's body names, if it is a new one.
        blob: Option<SealedBlob>,
    },
    /// Removes a version and its bytes.
    DeleteVersion {
        /// The bucket.
        bucket: u64,
        /// The key.
        key: String,
        /// The version's sequence.
        sequence: u64,
    },
    /// Stores an upload, in place of one with the same sequence.
    PutUpload {
        /// The bucket.
        bucket: u64,
        /// The key.
        key: String,
        /// The upload.
        upload: UploadRecord,
    },
    /// Removes an upload.
    DeleteUpload {
        /// The bucket.
        bucket: u64,
        /// The key.
        key: String,
        /// The upload's sequence.
        sequence: u64,
        /// The parts that an object took over; `None` if the upload was aborted.
        keep: Option<BTreeSet<u16>>,
    },
    /// Stores a part, in place of one with the same number.
    PutPart {
        /// The upload's sequence.
        upload: u64,
        /// The part number.
        number: u16,
        /// The part.
        part: PartRecord,
        /// The part's bytes.
        blob: SealedBlob,
    },
    /// Forgets what the janitor has removed.
    #[doc(hidden)]
    Swept(Swept),
}

/// Garbage that the janitor has removed from the disk.
#[derive(Debug)]
pub struct Swept {
    /// The rows of the garbage table.
    pub(crate) garbage: Vec<(u64, u32, u64)>,
}

/// A failure of the metadata store while a group is applied: the group must not commit.
#[derive(Debug)]
pub(crate) struct ApplyError(pub(crate) String);

impl<E: std::error::Error> From<E> for ApplyError {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// The epoch that marks a row of garbage as the parts of an upload; real epochs start at one.
pub(crate) const PARTS: u32 = 0;

/// Applies mutations to the writer's transaction.
pub(crate) struct Applier<'a, 't> {
    pub(crate) rows: &'a mut Rows<Live<'t>>,
    pub(crate) vault: &'a Vault,
    /// The number that the commit will have.
    pub(crate) commit: u64,
    /// The guards of blobs that the commit will name.
    pub(crate) guards: &'a mut Vec<Guard>,
}

impl Applier<'_, '_> {
    pub(crate) fn apply(&mut self, mutation: Mutation) -> Result<(), ApplyError> {
        match mutation {
            Mutation::Put(document) => self.put_document(&document),
            Mutation::Delete(key) => {
                let (kind, owner, id) = key.row();
                self.rows.document.remove((kind, owner.as_str(), id.as_str()))?;
                Ok(())
            }
            Mutation::PutVersion {
                bucket,
                key,
                version,
                blob,
            } => self.put_version(bucket, &key, &version, blob),
            Mutation::DeleteVersion {
                bucket,
                key,
                sequence,
            } => self.delete_version(bucket, &key, sequence),
            Mutation::PutUpload { bucket, key, upload } => {
                let row = encode(&upload)?;
                self.rows
                    .upload
                    .insert((bucket, key.as_str(), upload.sequence), row.as_slice())?;
                Ok(())
            }
            Mutation::DeleteUpload {
                bucket,
                key,
                sequence,
                keep,
            } => {
                self.rows.upload.remove((bucket, key.as_str(), sequence))?;
                match keep {
                    Some(keep) => self.keep_parts(sequence, &keep),
                    None => Ok(self.discard_parts(sequence)?),
                }
            }
            Mutation::PutPart {
                upload,
                number,
                part,
                blob,
            } => {
                self.store(blob)?;
                let row = encode(&part)?;
                let old = self
                    .rows
                    .part
                    .insert((upload, number), row.as_slice())?
                    .map(|old| extent(old.value()));
                match old {
                    Some(old) => Ok(self.discard(&old?)?),
                    None => Ok(()),
                }
            }
            Mutation::Swept(swept) => self.forget(&swept),
        }
    }

    fn put_document(&mut self, document: &Document) -> Result<(), ApplyError> {
        let (kind, owner, id) = document.key().row();
        let sealed = self
            .vault
            .seal_document(&document_name(kind, &owner, &id), &encode(document)?)?;
        self.rows
            .document
            .insert((kind, owner.as_str(), id.as_str()), sealed.as_slice())?;
        Ok(())
    }

    fn put_version(
        &mut self,
        bucket: u64,
        key: &str,
        version: &VersionRecord,
        blob: Option<SealedBlob>,
    ) -> Result<(), ApplyError> {
        if let Some(blob) = blob {
            self.store(blob)?;
        }
        let row = encode(version)?;
        let slot = (bucket, key, !version.sequence);
        let old = self
            .rows
            .version
            .insert(slot, row.as_slice())?
            .map(|old| decode::<VersionRecord>(old.value()));
        if let Some(old) = old.transpose()?
            && let Some(before) = old.object()
            && version.object().is_none_or(|after| after.body != before.body)
        {
            self.discard_body(&before.body)?;
        }
        self.refresh_head(bucket, key, |null| match (version.null, null) {
            (true, _) => Some(version.sequence),
            (false, null) => null.filter(|null| *null != version.sequence),
        })
    }

    fn delete_version(&mut self, bucket: u64, key: &str, sequence: u64) -> Result<(), ApplyError> {
        let old = self
            .rows
            .version
            .remove((bucket, key, !sequence))?
            .map(|old| decode::<VersionRecord>(old.value()));
        if let Some(old) = old.transpose()?
            && let Some(object) = old.object()
        {
            self.discard_body(&object.body)?;
        }
        self.refresh_head(bucket, key, |null| null.filter(|null| *null != sequence))
    }

    /// Points a key's head at its newest entry, or removes it with the last one (VER-DEL-013).
    fn refresh_head(
        &mut self,
        bucket: u64,
        key: &str,
        null: impl FnOnce(Option<u64>) -> Option<u64>,
    ) -> Result<(), ApplyError> {
        let newest = match self
            .rows
            .version
            .range((bucket, key, 0)..=(bucket, key, u64::MAX))?
            .next()
        {
            Some(row) => {
                let (_, value) = row?;
                let version: VersionRecord = decode(value.value())?;
                Some((version.sequence, version.is_marker()))
            }
            None => None,
        };
        match newest {
            Some((sequence, marker)) => {
                let before = self.rows.head.get((bucket, key))?.and_then(|row| row.value().2);
                self.rows
                    .head
                    .insert((bucket, key), (sequence, marker, null(before)))?;
            }
            None => drop(self.rows.head.remove((bucket, key))?),
        }
        Ok(())
    }

    fn store(&mut self, blob: SealedBlob) -> Result<(), StorageError> {
        let name = (blob.extent.blob.epoch, blob.extent.blob.number);
        match &blob.content {
            Some(content) => drop(self.rows.inline.insert(name, content.as_slice())?),
            None => drop(self.rows.blob.insert(name, ())?),
        }
        self.guards.push(blob.guard);
        Ok(())
    }

    fn keep_parts(&mut self, upload: u64, keep: &BTreeSet<u16>) -> Result<(), ApplyError> {
        let mut left = Vec::new();
        for row in self.rows.part.range((upload, 0)..=(upload, u16::MAX))? {
            let (name, value) = row?;
            let number = name.value().1;
            if !keep.contains(&number) {
                left.push((number, extent(value.value())?));
            }
        }
        for (number, extent) in left {
            self.rows.part.remove((upload, number))?;
            self.discard(&extent)?;
        }
        Ok(())
    }

    fn discard_body(&mut self, body: &Body) -> Result<(), StorageError> {
        match body {
            Body::Whole(extent) => self.discard(extent),
            Body::Parts { upload, .. } => self.discard_parts(*upload),
        }
    }

    /// Files wait for the janitor: readers of older commits may still open them.
    fn discard(&mut self, extent: &Extent) -> Result<(), StorageError> {
        let name = (extent.blob.epoch, extent.blob.number);
        if extent.inline {
            self.rows.inline.remove(name)?;
        } else {
            self.rows.garbage.insert((self.commit, name.0, name.1), ())?;
        }
        Ok(())
    }

    /// There may be ten thousand of them: they too are left to the janitor.
    fn discard_parts(&mut self, upload: u64) -> Result<(), StorageError> {
        self.rows.garbage.insert((self.commit, PARTS, upload), ())?;
        Ok(())
    }

    fn forget(&mut self, swept: &Swept) -> Result<(), ApplyError> {
        for &(commit, epoch, number) in &swept.garbage {
            self.rows.garbage.remove((commit, epoch, number))?;
            if epoch == PARTS {
                self.forget_parts(number)?;
            } else {
                self.rows.blob.remove((epoch, number))?;
            }
        }
        Ok(())
    }

    fn forget_parts(&mut self, upload: u64) -> Result<(), ApplyError> {
        let mut parts = Vec::new();
        for row in self.rows.part.range((upload, 0)..=(upload, u16::MAX))? {
            let (name, value) = row?;
            parts.push((name.value(), extent(value.value())?));
        }
        for (name, extent) in parts {
            self.rows.part.remove(name)?;
            let blob = (extent.blob.epoch, extent.blob.number);
            if extent.inline {
                self.rows.inline.remove(blob)?;
            } else {
                self.rows.blob.remove(blob)?;
            }
        }
        Ok(())
    }
}

fn extent(part: &[u8]) -> Result<Extent, BadRow> {
    decode::<PartRecord>(part).map(|part| part.extent)
}

/// What a document is bound to when it is sealed: its row.
pub(crate) fn document_name(kind: u8, owner: &str, id: &str) -> Vec<u8> {
    let mut name = vec![kind];
    name.extend_from_slice(&(owner.len() as u64).to_be_bytes());
    name.extend_from_slice(owner.as_bytes());
    name.extend_from_slice(id.as_bytes());
    name
}
