//! Reading blobs, whole or in ranges, in a constant amount of memory.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;

use super::disk::{Disk, ReadAt};
use super::{Cipher, Extent, OVERHEAD, SEGMENT, segments};
use crate::error::ApiError;
use crate::store::snapshot::Pin;
use crate::store::vault::Vault;

/// How many segments are read from a file at a time.
const AT_ONCE: u64 = 8;

/// The sealed bytes of one extent.
#[derive(Debug)]
pub(crate) enum Source {
    /// In memory already.
    Inline(Vec<u8>),
    /// In a file.
    File,
}

/// A stretch of one extent that is still to be read.
#[derive(Debug)]
struct Stretch {
    extent: Extent,
    source: Source,
    /// The next byte of plain text, and the byte after the last one.
    from: u64,
    to: u64,
}

/// The bytes of an object, or of a range of it, read piece by piece.
pub(crate) struct BlobReader {
    vault: Arc<Vault>,
    disk: Arc<dyn Disk>,
    stretches: VecDeque<Stretch>,
    /// The file of the first stretch, once it is open.
    open: Option<Arc<Opened>>,
    /// Keeps the janitor away from files that are not open yet.
    _pin: Arc<Pin>,
}

struct Opened {
    cipher: Cipher,
    file: Option<Box<dyn ReadAt>>,
}

impl BlobReader {
    pub(crate) fn new(vault: Arc<Vault>, disk: Arc<dyn Disk>, pin: Arc<Pin>) -> Self {
        Self {
            vault,
            disk,
            stretches: VecDeque::new(),
            open: None,
            _pin: pin,
        }
    }

    /// Adds the bytes `from..to` of an extent.
    pub(crate) fn push(&mut self, extent: Extent, source: Source, from: u64, to: u64) {
        if from < to {
            self.stretches.push_back(Stretch {
                extent,
                source,
                from,
                to,
            });
        }
    }

    /// Makes sure that the first file can be opened, so that a failure still is an error reply.
    pub(crate) async fn prepare(&mut self) -> Result<(), ApiError> {
        if self.open.is_none()
            && let Some(stretch) = self.stretches.front()
        {
            let cipher = Cipher::of(&self.vault, &stretch.extent).map_err(|_| damaged(&stretch.extent))?;
            let file = match stretch.source {
                Source::Inline(_) => None,
                Source::File => {
                    let (disk, blob) = (Arc::clone(&self.disk), stretch.extent.blob);
                    let opened = tokio::task::spawn_blocking(move || disk.open(blob)).await;
                    Some(opened.map_err(ApiError::internal)?.map_err(ApiError::internal)?)
                }
            };
            self.open = Some(Arc::new(Opened { cipher, file }));
        }
        Ok(())
    }

    /// The next bytes; `None` after the last.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, ApiError> {
        self.prepare().await?;
        let (Some(stretch), Some(opened)) = (self.stretches.front_mut(), &self.open) else {
            return Ok(None);
        };
        let bytes = match &mut stretch.source {
            Source::Inline(sealed) => {
                let text = opened.cipher.open(0, true, sealed).ok().and_then(|text| {
                    text.get(usize::try_from(stretch.from).ok()?..usize::try_from(stretch.to).ok()?)
                });
                let bytes = text
                    .map(Bytes::copy_from_slice)
                    .ok_or_else(|| damaged(&stretch.extent))?;
                stretch.from = stretch.to;
                bytes
            }
            Source::File => {
                let (opened, extent) = (Arc::clone(opened), stretch.extent.clone());
                let (from, to) = (stretch.from, stretch.to);
                let piece = tokio::task::spawn_blocking(move || read_piece(&opened, &extent, from, to)).await;
                let bytes = piece.map_err(ApiError::internal)??;
                stretch.from += bytes.len() as u64;
                bytes
            }
        };
        if stretch.from == stretch.to {
            self.stretches.pop_front();
            self.open = None;
        }
        Ok(Some(bytes))
    }
}

/// Reads and opens up to `AT_ONCE` segments of a file and gives what of them lies in `from..to`.
fn read_piece(opened: &Opened, extent: &Extent, from: u64, to: u64) -> Result<Bytes, ApiError> {
    let file = opened.file.as_ref().ok_or_else(|| damaged(extent))?;
    let (first, count) = (from / SEGMENT as u64, segments(extent.size));
    let end = (first + AT_ONCE).min(to.div_ceil(SEGMENT as u64)).min(count);
    let sealed_segment = (SEGMENT + OVERHEAD) as u64;
    let start = first * sealed_segment;
    let stop = (end * sealed_segment).min(extent.size + count * OVERHEAD as u64);
    let length = stop
        .checked_sub(start)
        .and_then(|n| usize::try_from(n).ok())
        .ok_or_else(|| damaged(extent))?;
    let mut sealed = vec![0; length];
    file.read_exact_at(&mut sealed, start)
        .map_err(ApiError::internal)?;
    // Plain text is moved together at the front of the same buffer: it never runs ahead of what is still sealed.
    let mut plain = 0;
    for number in first..end {
        let at = usize::try_from(number - first).unwrap_or(0) * (SEGMENT + OVERHEAD);
        let till = (at + SEGMENT + OVERHEAD).min(sealed.len());
        let segment = sealed.get_mut(at..till).ok_or_else(|| damaged(extent))?;
        let text = opened
            .cipher
            .open(number, number + 1 == count, segment)
            .map_err(|_| damaged(extent))?
            .len();
        sealed.copy_within(at..at + text, plain);
        plain += text;
    }
    sealed.truncate(plain);
    let base = first * SEGMENT as u64;
    let until = to.min(base + plain as u64);
    match (
        usize::try_from(from - base),
        usize::try_from(until.saturating_sub(base)),
    ) {
        (Ok(a), Ok(b)) if a < b && b <= plain => Ok(Bytes::from(sealed).slice(a..b)),
        _ => Err(damaged(extent)),
    }
}

fn damaged(extent: &Extent) -> ApiError {
    ApiError::internal(format!("blob {:?} is damaged", extent.blob))
}
