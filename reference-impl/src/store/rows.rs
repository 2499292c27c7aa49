//! The tables and how they are read, alike for snapshots and for the writer's own transaction.

use std::ops::RangeBounds;

use redb::{
    Key, ReadOnlyTable, ReadTransaction, ReadableTable, StorageError, Table, TableDefinition, TableError,
    Value, WriteTransaction,
};

use super::record::{PartRecord, UploadRecord, VersionRecord, decode};
use crate::error::ApiError;

/// Numbers about the store as a whole.
pub(crate) const META: TableDefinition<'static, &str, u64> = TableDefinition::new("meta");
/// Bytes about the store as a whole.
pub(crate) const SEAL: TableDefinition<'static, &str, &[u8]> = TableDefinition::new("seal");
/// Configuration documents, sealed: kind, owner, id.
pub(crate) const DOCUMENT: TableDefinition<'static, (u8, &str, &str), &[u8]> =
    TableDefinition::new("document");
/// The current entry of each key: bucket, key.
pub(crate) const HEAD: TableDefinition<'static, (u64, &str), HeadRow> = TableDefinition::new("head");
/// All entries of each key, newest first: bucket, key, complement of the sequence.
pub(crate) const VERSION: TableDefinition<'static, (u64, &str, u64), &[u8]> = TableDefinition::new("version");
/// Uploads in progress: bucket, key, sequence.
pub(crate) const UPLOAD: TableDefinition<'static, (u64, &str, u64), &[u8]> = TableDefinition::new("upload");
/// Parts of uploads and of multipart objects: upload, part number.
pub(crate) const PART: TableDefinition<'static, (u64, u16), &[u8]> = TableDefinition::new("part");
/// The sealed bytes of small blobs: epoch, number.
pub(crate) const INLINE: TableDefinition<'static, (u32, u64), &[u8]> = TableDefinition::new("inline");
/// The blob files that a commit names: epoch, number.
pub(crate) const BLOB: TableDefinition<'static, (u32, u64), ()> = TableDefinition::new("blob");
/// What the janitor removes: commit, epoch, number; an epoch of zero stands for the parts of an upload.
pub(crate) const GARBAGE: TableDefinition<'static, (u64, u32, u64), ()> = TableDefinition::new("garbage");

/// A head as it is stored: current sequence, whether that is a marker, sequence of the `null` entry.
type HeadRow = (u64, bool, Option<u64>);

/// The two ways of having tables open.
pub trait Access {
    /// A table that can at least be read.
    type Table<K: Key + 'static, V: Value + 'static>: ReadableTable<K, V>;
}

/// Tables of a commit.
#[derive(Debug)]
pub struct Frozen;

impl Access for Frozen {
    type Table<K: Key + 'static, V: Value + 'static> = ReadOnlyTable<K, V>;
}

/// Tables of the writer's transaction.
#[derive(Debug)]
pub struct Live<'t>(std::marker::PhantomData<&'t ()>);

impl<'t> Access for Live<'t> {
    type Table<K: Key + 'static, V: Value + 'static> = Table<'t, K, V>;
}

/// The current entry of a key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Head {
    /// The sequence of the current entry.
    pub current: u64,
    /// Whether the current entry is a delete marker.
    pub marker: bool,
    /// The sequence of the `null` entry, if the key has one.
    pub null: Option<u64>,
}

/// The tables of object data.
#[allow(missing_debug_implementations)] // tables have none
pub struct Rows<A: Access> {
    pub(crate) meta: A::Table<&'static str, u64>,
    pub(crate) document: A::Table<(u8, &'static str, &'static str), &'static [u8]>,
    pub(crate) head: A::Table<(u64, &'static str), HeadRow>,
    pub(crate) version: A::Table<(u64, &'static str, u64), &'static [u8]>,
    pub(crate) upload: A::Table<(u64, &'static str, u64), &'static [u8]>,
    pub(crate) part: A::Table<(u64, u16), &'static [u8]>,
    pub(crate) inline: A::Table<(u32, u64), &'static [u8]>,
    pub(crate) blob: A::Table<(u32, u64), ()>,
    pub(crate) garbage: A::Table<(u64, u32, u64), ()>,
}

macro_rules! open_rows {
    ($transaction:expr) => {
        Ok(Rows {
            meta: $transaction.open_table(META)?,
            document: $transaction.open_table(DOCUMENT)?,
            head: $transaction.open_table(HEAD)?,
            version: $transaction.open_table(VERSION)?,
            upload: $transaction.open_table(UPLOAD)?,
            part: $transaction.open_table(PART)?,
            inline: $transaction.open_table(INLINE)?,
            blob: $transaction.open_table(BLOB)?,
            garbage: $transaction.open_table(GARBAGE)?,
        })
    };
}

impl Rows<Frozen> {
    pub(crate) fn frozen(transaction: &ReadTransaction) -> Result<Self, TableError> {
        open_rows!(transaction)
    }
}

impl<'t> Rows<Live<'t>> {
    pub(crate) fn live(transaction: &'t WriteTransaction) -> Result<Self, TableError> {
        open_rows!(transaction)
    }
}

impl<A: Access> Rows<A> {
    /// The current entry of a key, as a pointer.
    ///
    /// # Errors
    /// `InternalError` if the metadata can't be read; so too for the other readers.
    pub fn head(&self, bucket: u64, key: &str) -> Result<Option<Head>, ApiError> {
        let row = self.head.get((bucket, key)).map_err(ApiError::internal)?;
        Ok(row.map(|row| {
            let (current, marker, null) = row.value();
            Head {
                current,
                marker,
                null,
            }
        }))
    }

    /// The entry of a key with a sequence.
    ///
    /// # Errors
    /// As for `head`.
    pub fn version(&self, bucket: u64, key: &str, sequence: u64) -> Result<Option<VersionRecord>, ApiError> {
        let row = self
            .version
            .get((bucket, key, !sequence))
            .map_err(ApiError::internal)?;
        row.map(|row| decode(row.value()).map_err(|_| bad_row("version")))
            .transpose()
    }

    /// The current entry of a key.
    ///
    /// # Errors
    /// As for `head`.
    pub fn current(&self, bucket: u64, key: &str) -> Result<Option<VersionRecord>, ApiError> {
        match self.head(bucket, key)? {
            Some(head) => self.version(bucket, key, head.current),
            None => Ok(None),
        }
    }

    /// The `null` entry of a key.
    ///
    /// # Errors
    /// As for `head`.
    pub fn null(&self, bucket: u64, key: &str) -> Result<Option<VersionRecord>, ApiError> {
        match self.head(bucket, key)?.and_then(|head| head.null) {
            Some(sequence) => self.version(bucket, key, sequence),
            None => Ok(None),
        }
    }

    /// Whether a bucket has no object, version or marker at all (VER-DEL-017).
    ///
    /// # Errors
    /// As for `head`.
    pub fn is_empty(&self, bucket: u64) -> Result<bool, ApiError> {
        let mut range = self.head.range((bucket, "")..).map_err(ApiError::internal)?;
        match range.next() {
            Some(row) => Ok(row.map_err(ApiError::internal)?.0.value().0 != bucket),
            None => Ok(true),
        }
    }

    /// Calls `visit` with the current entry of each key from a place on, until it gives `false`.
    ///
    /// # Errors
    /// As for `head`, and what `visit` refuses with.
    pub fn heads<F>(&self, bucket: u64, from: &str, mut visit: F) -> Result<(), ApiError>
    where
        F: FnMut(&str, Head) -> Result<bool, ApiError>,
    {
        for row in self.head.range((bucket, from)..).map_err(ApiError::internal)? {
            let (name, value) = row.map_err(ApiError::internal)?;
            let (owner, key) = name.value();
            let (current, marker, null) = value.value();
            if owner != bucket
                || !visit(
                    key,
                    Head {
                        current,
                        marker,
                        null,
                    },
                )?
            {
                break;
            }
        }
        Ok(())
    }

    /// Calls `visit` with each entry, by key and then newest first, until it gives `false`.
    ///
    /// The walk starts at a key, and within it below the sequence `before`, if that is given.
    ///
    /// # Errors
    /// As for `head`, and what `visit` refuses with.
    pub fn versions<F>(
        &self,
        bucket: u64,
        from: &str,
        before: Option<u64>,
        mut visit: F,
    ) -> Result<(), ApiError>
    where
        F: FnMut(&str, VersionRecord) -> Result<bool, ApiError>,
    {
        let start = match before {
            Some(0) => return Ok(()),
            Some(before) => !(before - 1),
            None => 0,
        };
        for row in self
            .version
            .range((bucket, from, start)..)
            .map_err(ApiError::internal)?
        {
            let (name, value) = row.map_err(ApiError::internal)?;
            let (owner, key, _) = name.value();
            if owner != bucket || !visit(key, decode(value.value()).map_err(|_| bad_row("version"))?)? {
                break;
            }
        }
        Ok(())
    }

    /// The upload of a key with a sequence.
    ///
    /// # Errors
    /// As for `head`.
    pub fn upload(&self, bucket: u64, key: &str, sequence: u64) -> Result<Option<UploadRecord>, ApiError> {
        let row = self
            .upload
            .get((bucket, key, sequence))
            .map_err(ApiError::internal)?;
        row.map(|row| decode(row.value()).map_err(|_| bad_row("upload")))
            .transpose()
    }

    /// Calls `visit` with each upload, by key and then oldest first, until it gives `false`.
    ///
    /// The walk starts at a key, and within it above the sequence `after`, if that is given.
    ///
    /// # Errors
    /// As for `head`, and what `visit` refuses with.
    pub fn uploads<F>(
        &self,
        bucket: u64,
        from: &str,
        after: Option<u64>,
        mut visit: F,
    ) -> Result<(), ApiError>
    where
        F: FnMut(&str, UploadRecord) -> Result<bool, ApiError>,
    {
        let start = after.map_or(0, |after| after.saturating_add(1));
        for row in self
            .upload
            .range((bucket, from, start)..)
            .map_err(ApiError::internal)?
        {
            let (name, value) = row.map_err(ApiError::internal)?;
            let (owner, key, _) = name.value();
            if owner != bucket || !visit(key, decode(value.value()).map_err(|_| bad_row("upload"))?)? {
                break;
            }
        }
        Ok(())
    }

    /// One part of an upload or multipart object.
    ///
    /// # Errors
    /// As for `head`.
    pub fn part(&self, upload: u64, number: u16) -> Result<Option<PartRecord>, ApiError> {
        let row = self.part.get((upload, number)).map_err(ApiError::internal)?;
        row.map(|row| decode(row.value()).map_err(|_| bad_row("part")))
            .transpose()
    }

    /// The parts of an upload or multipart object with numbers in a range, in order.
    ///
    /// # Errors
    /// As for `head`.
    pub fn parts(
        &self,
        upload: u64,
        numbers: impl RangeBounds<u16>,
        limit: usize,
    ) -> Result<Vec<(u16, PartRecord)>, ApiError> {
        let range = (
            numbers.start_bound().map(|n| (upload, *n)),
            numbers.end_bound().map(|n| (upload, *n)),
        );
        let range = match range {
            (start, std::ops::Bound::Unbounded) => (start, std::ops::Bound::Included((upload, u16::MAX))),
            range => range,
        };
        let range = match range {
            (std::ops::Bound::Unbounded, end) => (std::ops::Bound::Included((upload, 0)), end),
            range => range,
        };
        let mut parts = Vec::new();
        for row in self
            .part
            .range::<(u64, u16)>(range)
            .map_err(ApiError::internal)?
            .take(limit)
        {
            let (name, value) = row.map_err(ApiError::internal)?;
            parts.push((
                name.value().1,
                decode(value.value()).map_err(|_| bad_row("part"))?,
            ));
        }
        Ok(parts)
    }

    /// The sealed bytes of a small blob.
    pub(crate) fn inline(&self, blob: super::blob::BlobId) -> Result<Option<Vec<u8>>, StorageError> {
        Ok(self
            .inline
            .get((blob.epoch, blob.number))?
            .map(|row| row.value().to_vec()))
    }
}

fn bad_row(table: &str) -> ApiError {
    ApiError::internal(format!("a row of the {table} table can't be read"))
}
