//! One commit, configuration and data together, as requests see it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::blob::disk::Disk;
use super::blob::{BlobReader, Extent, Source};
use super::config::Config;
use super::identifier::{self, Purpose};
use super::record::{Body, ObjectRecord};
use super::rows::{Frozen, Rows};
use super::vault::Vault;
use crate::error::ApiError;

/// Keeps the janitor from removing files that a commit's readers may still open.
#[derive(Debug)]
pub(crate) struct Pin {
    commit: u64,
}

/// The commits that somebody still reads.
#[derive(Debug, Default)]
pub(crate) struct Pins(Mutex<VecDeque<(u64, Weak<Pin>)>>);

impl Pins {
    /// Enters a commit; they come in order.
    pub(crate) fn enter(&self, commit: u64) -> Arc<Pin> {
        let pin = Arc::new(Pin { commit });
        let mut pins = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pins.push_back((pin.commit, Arc::downgrade(&pin)));
        pin
    }

    /// The oldest commit that somebody still reads.
    pub(crate) fn oldest(&self) -> Option<u64> {
        let mut pins = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while pins.front().is_some_and(|(_, pin)| pin.strong_count() == 0) {
            pins.pop_front();
        }
        pins.front().map(|(commit, _)| *commit)
    }
}

/// One commit: whoever holds it sees its configuration and data, whatever is written meanwhile.
#[allow(missing_debug_implementations)] // tables have none
pub struct Snapshot {
    /// The commit's number.
    pub commit: u64,
    /// The configuration.
    pub config: Arc<Config>,
    /// The data.
    pub rows: Rows<Frozen>,
    pub(crate) pin: Arc<Pin>,
    pub(crate) vault: Arc<Vault>,
    pub(crate) disk: Arc<dyn Disk>,
}

impl Snapshot {
    /// Makes the id of a version, `null` excepted.
    pub fn version_id(&self, bucket: u64, key: &str, sequence: u64) -> String {
        identifier::make(&self.vault, Purpose::Version, bucket, key, sequence)
    }

    /// Reads the id of a version, `null` excepted; `None` if it is malformed, altered or of another key.
    pub fn read_version_id(&self, bucket: u64, key: &str, id: &str) -> Option<u64> {
        identifier::read(&self.vault, Purpose::Version, bucket, key, id)
    }

    /// Reads the id of a version of whatever bucket and key; `None` if it is malformed or altered.
    pub fn read_any_version_id(&self, id: &str) -> Option<u64> {
        identifier::read_any(&self.vault, Purpose::Version, id)
    }

    /// Makes the id of an upload.
    pub fn upload_id(&self, bucket: u64, key: &str, sequence: u64) -> String {
        identifier::make(&self.vault, Purpose::Upload, bucket, key, sequence)
    }

    /// Reads the id of an upload; `None` if it is malformed, altered or of another key.
    pub fn read_upload_id(&self, bucket: u64, key: &str, id: &str) -> Option<u64> {
        identifier::read(&self.vault, Purpose::Upload, bucket, key, id)
    }

    /// Opens the bytes `from..to` of an object.
    ///
    /// # Errors
    /// `InternalError` if the data can't be read.
    pub async fn read(&self, object: &ObjectRecord, from: u64, to: u64) -> Result<ObjectReader, ApiError> {
        let mut reader = BlobReader::new(
            Arc::clone(&self.vault),
            Arc::clone(&self.disk),
            Arc::clone(&self.pin),
        );
        match &object.body {
            Body::Whole(extent) => self.push(&mut reader, extent.clone(), from, to.min(extent.size))?,
            Body::Parts { upload, .. } => {
                let mut at = 0;
                for (_, part) in self.rows.parts(*upload, .., usize::MAX)? {
                    let end = at + part.size;
                    if at < to && from < end {
                        self.push(&mut reader, part.extent, from.max(at) - at, to.min(end) - at)?;
                    }
                    at = end;
                }
            }
        }
        reader.prepare().await?;
        Ok(ObjectReader(reader))
    }

    fn push(&self, reader: &mut BlobReader, extent: Extent, from: u64, to: u64) -> Result<(), ApiError> {
        let source = if extent.inline {
            let content = self.rows.inline(extent.blob).map_err(ApiError::internal)?;
            Source::Inline(
                content.ok_or_else(|| ApiError::internal("the bytes of a small blob are missing"))?,
            )
        } else {
            Source::File
        };
        reader.push(extent, source, from, to);
        Ok(())
    }
}

/// The bytes of an object, or of a range of it, read piece by piece.
#[allow(missing_debug_implementations)] // keys and files have none
pub struct ObjectReader(BlobReader);

impl ObjectReader {
    /// The next bytes; `None` after the last.
    ///
    /// # Errors
    /// `InternalError` if the data can't be read or was altered.
    pub async fn next(&mut self) -> Result<Option<bytes::Bytes>, ApiError> {
        self.0.next().await
    }
}
