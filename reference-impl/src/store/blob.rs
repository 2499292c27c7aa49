//! Sealed blobs: the bytes of one object or part under a data key of their own.
//!
//! A blob is cut into segments of 64 KiB, each sealed with AES-256-GCM. The nonce is a random prefix, the
//! segment's number and a flag for the last one, and the blob's name is bound to each segment: so segments can be
//! read alone (ranges), but neither moved, dropped nor cut off. Small blobs live in the metadata, others in files.

pub(crate) mod disk;
mod read;
mod write;

use aws_lc_rs::aead::{Aad, LessSafeKey, Nonce};
use serde::{Deserialize, Serialize};

pub(crate) use read::{BlobReader, Source};
pub use write::{BlobWriter, SealedBlob};
pub(crate) use write::{Guard, Workshop};

use super::vault::{KEY_LEN, Unsealable, Vault, random};

/// The bytes of plain text in a segment, but for the last.
pub(crate) const SEGMENT: usize = 64 * 1024;
/// What sealing adds to a segment.
pub(crate) const OVERHEAD: usize = 16;
/// Blobs up to this size live in the metadata.
pub(crate) const INLINE_MAX: usize = 32 * 1024;
const PREFIX_LEN: usize = 7;

/// The name of a blob: the server's start that made it, and a number.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd, Hash, Serialize, Deserialize)]
pub struct BlobId {
    /// How many times the store had been opened when the blob was made.
    pub epoch: u32,
    /// The number within the epoch.
    pub number: u64,
}

impl BlobId {
    fn bytes(self) -> [u8; 12] {
        let mut bytes = [0; 12];
        bytes[..4].copy_from_slice(&self.epoch.to_be_bytes());
        bytes[4..].copy_from_slice(&self.number.to_be_bytes());
        bytes
    }
}

/// Where a blob is and how it is opened.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Extent {
    /// The blob.
    pub blob: BlobId,
    /// The number of bytes of plain text.
    pub size: u64,
    /// Whether the blob is in the metadata rather than in a file.
    pub inline: bool,
    /// The data key, wrapped.
    wrapped: Vec<u8>,
    /// The part of the nonces that is the blob's own.
    prefix: [u8; PREFIX_LEN],
}

/// A data key at work.
pub(crate) struct Cipher {
    blob: [u8; 12],
    key: LessSafeKey,
    prefix: [u8; PREFIX_LEN],
}

impl Cipher {
    /// A fresh data key; the wrapped form is what an extent keeps.
    fn fresh(vault: &Vault, blob: BlobId) -> Result<(Self, Vec<u8>), Unsealable> {
        let key: [u8; KEY_LEN] = random()?;
        let wrapped = vault.wrap(&blob.bytes(), &key)?;
        let cipher = Self {
            blob: blob.bytes(),
            key: super::vault::aead_key(&key)?,
            prefix: random()?,
        };
        Ok((cipher, wrapped))
    }

    /// The data key of an extent.
    pub(crate) fn of(vault: &Vault, extent: &Extent) -> Result<Self, Unsealable> {
        let blob = extent.blob.bytes();
        Ok(Self {
            key: vault.unwrap(&blob, &extent.wrapped)?,
            blob,
            prefix: extent.prefix,
        })
    }

    fn nonce(&self, segment: u64, last: bool) -> Result<Nonce, Unsealable> {
        let number = u32::try_from(segment).map_err(|_| Unsealable)?;
        let mut nonce = [0; 12];
        nonce[..PREFIX_LEN].copy_from_slice(&self.prefix);
        nonce[PREFIX_LEN..11].copy_from_slice(&number.to_be_bytes());
        nonce[11] = u8::from(last);
        Ok(Nonce::assume_unique_for_key(nonce))
    }

    /// Seals one segment onto the end of `out`.
    fn seal(&self, segment: u64, last: bool, text: &[u8], out: &mut Vec<u8>) -> Result<(), Unsealable> {
        let start = out.len();
        out.extend_from_slice(text);
        let nonce = self.nonce(segment, last)?;
        let tag = self
            .key
            .seal_in_place_separate_tag(nonce, Aad::from(&self.blob), &mut out[start..])
            .map_err(|_| Unsealable)?;
        out.extend_from_slice(tag.as_ref());
        Ok(())
    }

    /// Opens one segment in place and gives its plain text.
    fn open<'a>(&self, segment: u64, last: bool, sealed: &'a mut [u8]) -> Result<&'a [u8], Unsealable> {
        let nonce = self.nonce(segment, last)?;
        let text = self
            .key
            .open_in_place(nonce, Aad::from(&self.blob), sealed)
            .map_err(|_| Unsealable)?;
        Ok(text)
    }
}

/// The number of segments of a blob: at least one, so that an empty blob is authenticated too.
fn segments(size: u64) -> u64 {
    size.div_ceil(SEGMENT as u64).max(1)
}
