//! The rows of object versions, uploads and parts.

use serde::{Deserialize, Serialize};

use super::blob::Extent;
use crate::authz::{AccountId, Acl};
use crate::clock::Timestamp;
use crate::lock::LockState;
use crate::wire::checksum::ChecksumAlgorithm;

/// One entry in a key's history: an object version or a delete marker.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct VersionRecord {
    /// The place in the order of versions; also what the version id is made from.
    pub sequence: u64,
    /// Whether the version's id is the literal `null` (VER-ID-003).
    pub null: bool,
    /// When the write was committed, as a sequence: later than `sequence` for multipart objects.
    pub written: u64,
    /// The date that listings and `Last-Modified` show.
    pub modified: Timestamp,
    /// The account that owns the version.
    pub owner: AccountId,
    /// What the version is.
    pub content: Content,
}

/// What an entry in a key's history is.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub enum Content {
    /// A delete marker: nothing but its id, owner and date (VER-DEL-016).
    Marker,
    /// An object.
    Object(Box<ObjectRecord>),
}

impl VersionRecord {
    /// The object, unless the entry is a delete marker.
    pub fn object(&self) -> Option<&ObjectRecord> {
        match &self.content {
            Content::Marker => None,
            Content::Object(object) => Some(object),
        }
    }

    /// Whether the entry is a delete marker.
    pub fn is_marker(&self) -> bool {
        matches!(self.content, Content::Marker)
    }
}

/// An object version: where its bytes are and all that belongs to it alone (VER-PUT-010).
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct ObjectRecord {
    /// The number of bytes.
    pub size: u64,
    /// The entity tag without quotes.
    pub etag: String,
    /// Where the bytes are.
    pub body: Body,
    /// The system metadata headers, lower-case name and value.
    pub system: Vec<(String, String)>,
    /// The user metadata: lower-case name without `x-amz-meta-`, and value.
    pub metadata: Vec<(String, String)>,
    /// The checksum of the content.
    pub checksum: Option<StoredChecksum>,
    /// The storage class.
    pub storage_class: String,
    /// The tags, sorted by key.
    pub tags: Vec<(String, String)>,
    /// Retention and legal hold.
    pub lock: LockState,
    /// The ACL; `None` stands for the owner's full control alone.
    pub acl: Option<Acl>,
}

/// Where the bytes of an object are.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub enum Body {
    /// In one blob.
    Whole(Extent),
    /// In the part rows of the upload that made the object, in the order of part numbers.
    Parts {
        /// The upload's sequence.
        upload: u64,
        /// How many parts there are.
        count: u32,
    },
}

/// A checksum as it is kept with an object or part.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct StoredChecksum {
    /// The algorithm.
    pub algorithm: ChecksumAlgorithm,
    /// The value in base64; composite values end in `-N`.
    pub value: String,
    /// Whether the value is a checksum of the parts' checksums.
    pub composite: bool,
}

impl StoredChecksum {
    /// The type as S3 names it.
    pub fn type_name(&self) -> &'static str {
        if self.composite {
            "COMPOSITE"
        } else {
            "FULL_OBJECT"
        }
    }

    /// The value without the number of parts that ends a composite one.
    pub fn bare_value(&self) -> &str {
        match self.value.rsplit_once('-') {
            Some((bare, _)) if self.composite => bare,
            _ => &self.value,
        }
    }
}

/// A multipart upload in progress.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct UploadRecord {
    /// The place in the order of versions that the object will take; also what the upload id is made from.
    pub sequence: u64,
    /// When the upload was initiated.
    pub initiated: Timestamp,
    /// The account that will own the object.
    pub owner: AccountId,
    /// The initiator as replies show it: a user by ARN, an account by canonical ID.
    pub initiator: String,
    /// The unique ID of the initiator, which a user who comes to have its name later does not have.
    pub initiator_id: String,
    /// Whether the key's current version was deleted since the upload was initiated (VER-COND-009).
    pub deleted_since: bool,
    /// What the object will have; its body, size and entity tag are not known yet.
    pub template: UploadTemplate,
}

/// What CreateMultipartUpload fixed for the object to come.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct UploadTemplate {
    /// The system metadata headers, lower-case name and value.
    pub system: Vec<(String, String)>,
    /// The user metadata: lower-case name without `x-amz-meta-`, and value.
    pub metadata: Vec<(String, String)>,
    /// The checksum algorithm that the parts carry, if one was announced.
    pub checksum_algorithm: Option<ChecksumAlgorithm>,
    /// Whether the object's checksum is one of the whole object rather than of the parts' checksums.
    pub full_object_checksum: bool,
    /// The storage class.
    pub storage_class: String,
    /// The tags, sorted by key.
    pub tags: Vec<(String, String)>,
    /// Retention and legal hold that the request named (LOCK-HDR-011).
    pub lock: LockState,
    /// The ACL; `None` stands for the owner's full control alone.
    pub acl: Option<Acl>,
}

/// One uploaded part.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct PartRecord {
    /// The number of bytes.
    pub size: u64,
    /// The entity tag without quotes.
    pub etag: String,
    /// When it was uploaded.
    pub modified: Timestamp,
    /// The checksum of the part.
    pub checksum: Option<StoredChecksum>,
    /// Where the bytes are.
    pub extent: Extent,
}

/// A row that can't be read: the data is of another version, or was damaged.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct BadRow;

impl std::fmt::Display for BadRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a row can't be read")
    }
}

impl std::error::Error for BadRow {}

/// The version byte in front of every record.
const ENCODING: u8 = 1;

/// Writes a record: a version byte, then postcard.
pub(crate) fn encode<T: Serialize>(record: &T) -> Result<Vec<u8>, BadRow> {
    postcard::to_extend(record, vec![ENCODING]).map_err(|_| BadRow)
}

/// Reads a record that `encode` wrote.
pub(crate) fn decode<'a, T: Deserialize<'a>>(row: &'a [u8]) -> Result<T, BadRow> {
    match row.split_first() {
        Some((&ENCODING, rest)) => postcard::from_bytes(rest).map_err(|_| BadRow),
        _ => Err(BadRow),
    }
}
