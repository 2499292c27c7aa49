//! Writing a blob while its bytes arrive, in a constant amount of memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::disk::{Append, Disk};
use super::{BlobId, Cipher, Extent, INLINE_MAX, OVERHEAD, SEGMENT};
use crate::error::ApiError;
use crate::store::vault::Vault;

/// Sealed bytes are handed to the disk in pieces of this size.
const PIECE: usize = 8 * (SEGMENT + OVERHEAD);

/// What all blob writers of a store share.
#[derive(Debug)]
pub(crate) struct Workshop {
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) vault: Arc<Vault>,
    pub(crate) epoch: u32,
    next: AtomicU64,
    /// Whether files were made since the epoch's folder was last synced.
    pub(crate) unsynced: AtomicBool,
}

impl Workshop {
    pub(crate) fn new(disk: Arc<dyn Disk>, vault: Arc<Vault>, epoch: u32) -> Self {
        Self {
            disk,
            vault,
            epoch,
            next: AtomicU64::new(0),
            unsynced: AtomicBool::new(false),
        }
    }

    /// Makes the names of all finished files durable; called by the writer before it commits.
    pub(crate) fn sync_names(&self) -> std::io::Result<()> {
        if self.unsynced.swap(false, Ordering::SeqCst) {
            self.disk.sync_epoch(self.epoch)?;
        }
        Ok(())
    }
}

/// A blob that is being written; dropped before `finish`, it leaves nothing behind.
pub struct BlobWriter {
    workshop: Arc<Workshop>,
    cipher: Cipher,
    wrapped: Vec<u8>,
    guard: Guard,
    file: Option<Box<dyn Append>>,
    /// Plain text of the segment that is filling.
    text: Vec<u8>,
    /// Sealed segments on their way to the disk.
    sealed: Vec<u8>,
    segment: u64,
    size: u64,
}

impl std::fmt::Debug for BlobWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BlobWriter")
            .field("blob", &self.guard.blob)
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

impl BlobWriter {
    pub(crate) fn new(workshop: &Arc<Workshop>) -> Result<Self, ApiError> {
        let number = workshop.next.fetch_add(1, Ordering::SeqCst);
        let blob = BlobId {
            epoch: workshop.epoch,
            number,
        };
        let (cipher, wrapped) = Cipher::fresh(&workshop.vault, blob).map_err(|_| seal_failed())?;
        Ok(Self {
            workshop: Arc::clone(workshop),
            cipher,
            wrapped,
            guard: Guard {
                disk: Arc::clone(&workshop.disk),
                blob,
                armed: false,
            },
            file: None,
            text: Vec::new(),
            sealed: Vec::new(),
            segment: 0,
            size: 0,
        })
    }

    /// Adds bytes.
    ///
    /// # Errors
    /// `InternalError` if the disk fails.
    pub async fn write(&mut self, mut bytes: &[u8]) -> Result<(), ApiError> {
        self.size += bytes.len() as u64;
        while !bytes.is_empty() {
            // A full segment is sealed only when more comes: the last one carries a flag.
            if self.text.len() == SEGMENT {
                self.seal(false)?;
                if self.sealed.len() >= PIECE {
                    self.flush(false).await?;
                }
            }
            let (now, later) = bytes.split_at(bytes.len().min(SEGMENT - self.text.len()));
            self.text.extend_from_slice(now);
            bytes = later;
        }
        Ok(())
    }

    /// Seals what is left and makes it durable, but for the commit that will name the blob.
    ///
    /// # Errors
    /// `InternalError` if the disk fails.
    pub async fn finish(mut self) -> Result<SealedBlob, ApiError> {
        let inline = self.size <= INLINE_MAX as u64;
        self.seal(true)?;
        if !inline {
            self.flush(true).await?;
        }
        let extent = Extent {
            blob: self.guard.blob,
            size: self.size,
            inline,
            wrapped: self.wrapped,
            prefix: self.cipher.prefix,
        };
        let content = inline.then_some(self.sealed);
        Ok(SealedBlob {
            extent,
            content,
            guard: self.guard,
        })
    }

    fn seal(&mut self, last: bool) -> Result<(), ApiError> {
        self.cipher
            .seal(self.segment, last, &self.text, &mut self.sealed)
            .map_err(|_| seal_failed())?;
        self.segment += 1;
        self.text.clear();
        Ok(())
    }

    /// Hands the sealed bytes to the disk on a thread that may block.
    async fn flush(&mut self, last: bool) -> Result<(), ApiError> {
        let mut sealed = std::mem::take(&mut self.sealed);
        let file = self.file.take();
        let (disk, blob) = (Arc::clone(&self.workshop.disk), self.guard.blob);
        // From here on a file may exist, even if this future is dropped.
        self.guard.armed = true;
        let written = tokio::task::spawn_blocking(move || {
            let mut file = match file {
                Some(file) => file,
                None => disk.create(blob)?,
            };
            file.append(&sealed)?;
            if last {
                file.sync()?;
            }
            sealed.clear();
            Ok::<_, std::io::Error>((file, sealed))
        });
        let (file, sealed) = written
            .await
            .map_err(ApiError::internal)?
            .map_err(ApiError::internal)?;
        if last {
            self.workshop.unsynced.store(true, Ordering::SeqCst);
        }
        self.file = Some(file);
        self.sealed = sealed;
        Ok(())
    }
}

fn seal_failed() -> ApiError {
    ApiError::internal("sealing a blob failed")
}

/// A finished blob that no commit names yet; dropped before that, it leaves nothing behind.
#[derive(Debug)]
pub struct SealedBlob {
    pub(crate) extent: Extent,
    /// The sealed bytes, if they go into the metadata.
    pub(crate) content: Option<Vec<u8>>,
    pub(crate) guard: Guard,
}

impl SealedBlob {
    /// Where the blob is, for the record that will name it.
    pub fn extent(&self) -> &Extent {
        &self.extent
    }
}

/// Removes the file of a blob that was never committed.
#[derive(Debug)]
pub(crate) struct Guard {
    disk: Arc<dyn Disk>,
    blob: BlobId,
    armed: bool,
}

impl Guard {
    /// The blob is committed, or may be: its file stays.
    pub(crate) fn keep(mut self) {
        self.armed = false;
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if self.armed
            && let Err(error) = self.disk.remove(self.blob)
        {
            // Harmless: the next start finds the file without a row and removes it.
            tracing::warn!(blob = ?self.blob, %error, "an abandoned blob file stays until the next start");
        }
    }
}
