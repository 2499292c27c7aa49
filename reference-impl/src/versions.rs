//! Versioning: which version a request names, where a new one goes, what a delete does.
//!
//! The decisions are functions of a bucket's state and a key's entries; plans ask them on the writer's view.

use crate::error::{ApiError, Code};
use crate::store::{Access, BucketConfig, Rows, Snapshot, VersionRecord, Versioning, View};
use crate::wire::dates;

/// The version that a request names.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Asked {
    /// No version id: the current entry.
    Current,
    /// The literal `null` (VER-ID-003).
    Null,
    /// An id of this key, which this server has made.
    Id(u64),
}

/// What can make and read version ids: a snapshot or the writer's view.
pub trait Ids {
    /// Makes the id of a sequence.
    fn make(&self, bucket: u64, key: &str, sequence: u64) -> String;
    /// Reads an id; `None` if this server did not make it for this key.
    fn read(&self, bucket: u64, key: &str, id: &str) -> Option<u64>;
}

impl Ids for Snapshot {
    fn make(&self, bucket: u64, key: &str, sequence: u64) -> String {
        self.version_id(bucket, key, sequence)
    }

    fn read(&self, bucket: u64, key: &str, id: &str) -> Option<u64> {
        self.read_version_id(bucket, key, id)
    }
}

impl Ids for View<'_, '_> {
    fn make(&self, bucket: u64, key: &str, sequence: u64) -> String {
        self.version_id(bucket, key, sequence)
    }

    fn read(&self, bucket: u64, key: &str, id: &str) -> Option<u64> {
        self.read_version_id(bucket, key, id)
    }
}

impl Asked {
    /// Reads a `versionId` parameter.
    ///
    /// # Errors
    /// `InvalidArgument` for an empty, malformed, altered or foreign id (VER-ID-005, VER-ID-008, VER-ID-009).
    pub fn read(ids: &impl Ids, bucket: u64, key: &str, parameter: Option<&str>) -> Result<Self, ApiError> {
        match parameter {
            None => Ok(Self::Current),
            Some("") => {
                let message = "Version id cannot be the empty string";
                Err(ApiError::invalid_argument(message, "versionId", Some("")))
            }
            Some("null") => Ok(Self::Null),
            Some(id) => ids.read(bucket, key, id).map(Self::Id).ok_or_else(|| {
                ApiError::invalid_argument("Invalid version id specified", "versionId", Some(id))
            }),
        }
    }

    /// Finds the entry, whatever it is.
    ///
    /// # Errors
    /// `InternalError` if the metadata can't be read.
    pub fn find<A: Access>(
        self,
        rows: &Rows<A>,
        bucket: u64,
        key: &str,
    ) -> Result<Option<VersionRecord>, ApiError> {
        match self {
            Self::Current => rows.current(bucket, key),
            Self::Null => rows.null(bucket, key),
            // A null version has a sequence too, but no id is ever made from it.
            Self::Id(sequence) => Ok(rows
                .version(bucket, key, sequence)?
                .filter(|version| !version.null)),
        }
    }
}

/// A place where versions are looked up: one bucket of a snapshot or view.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The bucket.
    pub bucket: &'a BucketConfig,
    /// The key.
    pub key: &'a str,
    /// The method, which `MethodNotAllowed` names.
    pub method: &'a str,
}

impl Place<'_> {
    /// The id of a version as the wire shows it.
    pub fn id(&self, ids: &impl Ids, version: &VersionRecord) -> String {
        if version.null {
            "null".to_owned()
        } else {
            ids.make(self.bucket.id, self.key, version.sequence)
        }
    }

    /// The `x-amz-version-id` of a read: absent while the bucket never had versioning (VER-GET-002).
    pub fn shown_id(&self, ids: &impl Ids, version: &VersionRecord) -> Option<String> {
        (self.bucket.versioning != Versioning::Unversioned).then(|| self.id(ids, version))
    }

    /// `NoSuchKey`.
    pub fn no_such_key(&self) -> ApiError {
        ApiError::new(Code::NoSuchKey).with("Key", self.key)
    }

    /// The refusal for an entry that is not there: by id `NoSuchVersion` (VER-ID-006), else `NoSuchKey` (VER-GET-006).
    pub fn missing(&self, asked: Asked, parameter: Option<&str>) -> ApiError {
        match asked {
            Asked::Current => self.no_such_key(),
            Asked::Null | Asked::Id(_) => ApiError::new(Code::NoSuchVersion)
                .with("Key", self.key)
                .with("VersionId", parameter.unwrap_or("null")),
        }
    }

    /// `MethodNotAllowed` for a delete marker (VER-GET-004).
    pub fn marker_not_allowed(&self, ids: &impl Ids, marker: &VersionRecord) -> ApiError {
        ApiError::new(Code::MethodNotAllowed)
            .with("Method", self.method)
            .with("ResourceType", "DeleteMarker")
            .header("x-amz-delete-marker", "true")
            .header("x-amz-version-id", self.id(ids, marker))
            .header("allow", "DELETE")
            .header("last-modified", dates::http(marker.modified))
    }

    /// `NoSuchKey` for a key whose current entry is a delete marker (VER-GET-003).
    pub fn marker_hides(&self, ids: &impl Ids, marker: &VersionRecord) -> ApiError {
        self.no_such_key()
            .header("x-amz-delete-marker", "true")
            .header("x-amz-version-id", self.id(ids, marker))
    }
}

/// What an operation does when the current entry is a delete marker; by id it is always `MethodNotAllowed`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum OnMarker {
    /// The marker hides the key: `NoSuchKey` (GetObject, HeadObject, GetObjectAcl, GetObjectAttributes).
    Hidden,
    /// The marker is a thing without such a property: `MethodNotAllowed` (PutObjectAcl, tagging, lock).
    NotAllowed,
}

/// Finds the object version that a request names.
///
/// # Errors
/// What VER-ID-005 to VER-ID-008 and VER-GET-003 to VER-GET-015 say.
pub fn find_object<A: Access>(
    rows: &Rows<A>,
    ids: &impl Ids,
    place: Place<'_>,
    parameter: Option<&str>,
    on_marker: OnMarker,
) -> Result<VersionRecord, ApiError> {
    let asked = Asked::read(ids, place.bucket.id, place.key, parameter)?;
    let found = asked.find(rows, place.bucket.id, place.key)?;
    let version = found.ok_or_else(|| place.missing(asked, parameter))?;
    match (version.is_marker(), asked, on_marker) {
        (false, _, _) => Ok(version),
        (true, Asked::Current, OnMarker::Hidden) => Err(place.marker_hides(ids, &version)),
        (true, _, _) => Err(place.marker_not_allowed(ids, &version)),
    }
}

/// Where a new entry goes among a key's entries.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Placement {
    /// Its place in the order of versions.
    pub sequence: u64,
    /// Whether its id is `null`.
    pub null: bool,
    /// The entry that it replaces.
    pub replaces: Option<u64>,
}

/// Where a new object or marker goes.
///
/// `null` is the key's `null` entry, `fresh` a new sequence; `initiated` is the sequence of the upload that is
/// completed, by which versions of multipart objects are ranked (VER-PUT-009).
pub fn place(versioning: Versioning, null: Option<u64>, fresh: u64, initiated: Option<u64>) -> Placement {
    match versioning {
        // VER-PUT-002, VER-PUT-007: a null version that is there stays.
        Versioning::Enabled => Placement {
            sequence: initiated.unwrap_or(fresh),
            null: false,
            replaces: None,
        },
        // VER-PUT-001, VER-PUT-003: there is one null version at most.
        Versioning::Unversioned | Versioning::Suspended => Placement {
            sequence: fresh,
            null: true,
            replaces: null,
        },
    }
}

/// What a delete without a version id does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SimpleDelete {
    /// There is nothing to delete (VER-DEL-001).
    Nothing,
    /// The object goes for good.
    Remove(u64),
    /// A delete marker goes on top.
    Mark(Placement),
}

/// What a delete without a version id does to a key.
pub fn simple_delete(versioning: Versioning, null: Option<u64>, fresh: u64) -> SimpleDelete {
    match versioning {
        Versioning::Unversioned => null.map_or(SimpleDelete::Nothing, SimpleDelete::Remove),
        // VER-DEL-003 to VER-DEL-007
        Versioning::Enabled | Versioning::Suspended => {
            SimpleDelete::Mark(place(versioning, null, fresh, None))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enabled_buckets_keep_everything() {
        let kept = Placement {
            sequence: 9,
            null: false,
            replaces: None,
        };
        assert_eq!(place(Versioning::Enabled, None, 9, None), kept);
        assert_eq!(place(Versioning::Enabled, Some(3), 9, None), kept);
        assert_eq!(
            simple_delete(Versioning::Enabled, Some(3), 9),
            SimpleDelete::Mark(kept)
        );
        assert_eq!(
            simple_delete(Versioning::Enabled, None, 9),
            SimpleDelete::Mark(kept)
        );
    }

    #[test]
    fn completed_uploads_rank_by_their_initiation_in_enabled_buckets_only() {
        assert_eq!(
            place(Versioning::Enabled, None, 9, Some(4)),
            Placement {
                sequence: 4,
                null: false,
                replaces: None
            }
        );
        for versioning in [Versioning::Suspended, Versioning::Unversioned] {
            let placed = place(versioning, Some(3), 9, Some(4));
            assert_eq!(
                placed,
                Placement {
                    sequence: 9,
                    null: true,
                    replaces: Some(3)
                }
            );
        }
    }

    #[test]
    fn suspended_buckets_have_one_null_entry() {
        let replaced = |replaces| Placement {
            sequence: 9,
            null: true,
            replaces,
        };
        assert_eq!(place(Versioning::Suspended, None, 9, None), replaced(None));
        assert_eq!(place(Versioning::Suspended, Some(3), 9, None), replaced(Some(3)));
        assert_eq!(
            simple_delete(Versioning::Suspended, None, 9),
            SimpleDelete::Mark(replaced(None))
        );
        assert_eq!(
            simple_delete(Versioning::Suspended, Some(3), 9),
            SimpleDelete::Mark(replaced(Some(3)))
        );
    }

    #[test]
    fn unversioned_buckets_replace_and_remove() {
        assert_eq!(
            place(Versioning::Unversioned, Some(3), 9, None),
            Placement {
                sequence: 9,
                null: true,
                replaces: Some(3)
            }
        );
        assert_eq!(
            simple_delete(Versioning::Unversioned, None, 9),
            SimpleDelete::Nothing
        );
        assert_eq!(
            simple_delete(Versioning::Unversioned, Some(3), 9),
            SimpleDelete::Remove(3)
        );
    }
}
