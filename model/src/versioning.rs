//! Versions, delete markers and the versioning state of a bucket, a chapter a section of the specification.

use crate::argument::{BucketName, Key, VersionName};
use crate::clause::{clauses, note};
use crate::state::{Bucket, State, Version, Versions};

pub mod condition;
pub mod copy;
pub mod delete;
pub mod id;
pub mod list;
pub mod multi_delete;
pub mod read;
pub mod state;
pub(crate) mod subresource;
pub mod write;

clauses! { Versioning, 16;
    "VER-CONS-004" note("eventual consistency is a property of the target (`settle`), not of the law"), Documented, Low,
        "UG:Welcome", "Changes of bucket configuration are eventually consistent at AWS."
}

/// Makes a new version id for a key and returns its name.
pub(crate) fn mint(next: &mut State, bucket: BucketName, key: Key) -> VersionName {
    let mut name = VersionName::NULL;
    next.minted.update((bucket, key), |count| {
        *count += 1;
        name = VersionName(*count);
    });
    name
}

/// Makes `version` the current version of a key, in the place of one with the same name.
pub(crate) fn push(bucket: &mut Bucket, key: Key, version: Version) {
    bucket.keys.update(key, |versions: &mut Versions| {
        versions.retain(|old| old.name != version.name);
        versions.push(version);
    });
}

/// Takes a version out; a key without versions disappears.
pub(crate) fn take(bucket: &mut Bucket, key: Key, name: VersionName) {
    if let Some(versions) = bucket.keys.get_mut(&key) {
        versions.retain(|version| version.name != name);
        if versions.is_empty() {
            bucket.keys.remove(&key);
        }
    }
}
