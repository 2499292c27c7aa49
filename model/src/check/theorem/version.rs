//! Theorems about version ids, listings, and what deletes destroy.

use super::facts::{Facts, lost};
use crate::argument::{BucketName, Key, VersionName, VersionRef};
use crate::check::explore::Edge;
use crate::reply::{Name, ReplyBody, Value};
use crate::request::Operation;
use crate::state::{State, Version};

fn is_null(version: &Version) -> bool {
    version.name == VersionName::NULL
}

/// An id is given twice: to other bytes, to two versions, or again after it was made once.
pub(super) fn id_reused(facts: &Facts<'_>) -> bool {
    facts.keys.iter().any(|changed| {
        let place = (changed.bucket, changed.key);
        let made = facts.edge.state.minted.get(&place).copied().unwrap_or(0);
        changed.after.iter().filter(|after| !is_null(after)).any(|after| {
            let same = |version: &&Version| version.name == after.name;
            changed.after.iter().filter(same).count() > 1
                || match changed.before.iter().find(same) {
                    Some(before) => before.content != after.content,
                    None => after.name.0 <= made,
                }
        })
    })
}

/// A version is made of a key of which a version was made before.
pub(super) fn another_id_made(facts: &Facts<'_>) -> bool {
    let Some(next) = &facts.edge.transition.next else {
        return false;
    };
    let minted = |state: &State| state.minted.values().map(|made| u32::from(*made)).sum::<u32>();
    let before = minted(facts.edge.state);
    before > 0 && minted(next) > before
}

/// An entry of a listing: its key, its id, and whether it is marked as the latest.
type Listed = (Key, Option<Value>, bool);

/// What a listing of versions says about each.
fn listed(edge: &Edge<'_>) -> Option<(BucketName, Vec<Listed>)> {
    let Operation::ListObjectVersions { bucket, .. } = &edge.request.operation else {
        return None;
    };
    let ReplyBody::Entries { entries, .. } = &edge.transition.reply.body else {
        return None;
    };
    let entries = entries.iter().filter_map(|entry| {
        let value = |name| {
            let field = entry.fields.iter().find(|field| field.name == name);
            field.map(|field| field.value)
        };
        let Some(Value::Key(key)) = value(Name::KeyElement) else {
            return None;
        };
        let latest = value(Name::IsLatest) == Some(Value::Text("true"));
        Some((key, value(Name::VersionIdElement), latest))
    });
    Some((*bucket, entries.collect()))
}

/// A listing marks none, several, or another than the newest version of a key as latest.
pub(super) fn latest_is_wrong(facts: &Facts<'_>) -> bool {
    let Some((name, entries)) = listed(facts.edge) else {
        return false;
    };
    let Some(bucket) = facts.edge.state.buckets.get(&name) else {
        return false;
    };
    bucket.keys.iter().any(|(key, versions)| {
        let of_key = || entries.iter().filter(|(listed, _, _)| listed == key);
        let mut latest = of_key().filter(|(_, _, latest)| *latest);
        let newest = versions
            .last()
            .map(|version| Value::Version(name, *key, version.name));
        match (latest.next(), latest.next()) {
            (Some((_, id, _)), None) => *id != newest,
            (Some(_), Some(_)) => true,
            (None, _) => of_key().next().is_some(),
        }
    })
}

/// A listing has several entries.
pub(super) fn lists_several(facts: &Facts<'_>) -> bool {
    listed(facts.edge).is_some_and(|(_, entries)| entries.len() > 1)
}

/// A key has two versions with the id null.
pub(super) fn two_null_versions(facts: &Facts<'_>) -> bool {
    let mut keys = facts.keys.iter();
    keys.any(|key| key.after.iter().filter(|version| is_null(version)).count() > 1)
}

/// A null version lies beside real ones.
pub(super) fn null_beside_real(facts: &Facts<'_>) -> bool {
    let mut keys = facts.keys.iter();
    keys.any(|key| key.after.len() > 1 && key.after.iter().any(is_null))
}

/// Whether a request asks to delete a key without a version id.
fn deletes_plainly(edge: &Edge<'_>, place: (BucketName, Key)) -> bool {
    let operation = &edge.request.operation;
    if let Operation::DeleteObject {
        bucket,
        key,
        version: VersionRef::Current,
        ..
    } = operation
    {
        return (*bucket, *key) == place;
    }
    let Operation::DeleteObjects { bucket, objects, .. } = operation else {
        return false;
    };
    let mut plain = objects
        .iter()
        .filter(|object| object.version == VersionRef::Current);
    plain.any(|object| (*bucket, object.key) == place)
}

/// A delete without a version id removes a version in a bucket with versioning enabled.
pub(super) fn plain_delete_destroyed(facts: &Facts<'_>) -> bool {
    facts.some_version(|before, after| {
        lost(before.2, after)
            && deletes_plainly(facts.edge, (before.0, before.1))
            && facts.was_enabled(before.0)
            && !facts.names(before)
    })
}

/// A delete without a version id covers an object in a bucket with versioning enabled.
pub(super) fn plain_delete_of_object(facts: &Facts<'_>) -> bool {
    facts.keys.iter().any(|changed| {
        deletes_plainly(facts.edge, (changed.bucket, changed.key))
            && facts.was_enabled(changed.bucket)
            && changed.before.iter().any(|version| !version.is_marker())
    })
}

/// A version with a real id is gone, or has other bytes, without having been named.
pub(super) fn real_version_lost(facts: &Facts<'_>) -> bool {
    facts.some_version(|before, after| !is_null(before.2) && lost(before.2, after) && !facts.names(before))
}

/// A version with a real id is deleted.
pub(super) fn real_version_deleted(facts: &Facts<'_>) -> bool {
    facts.some_version(|(_, _, before), after| !is_null(before) && after.is_none())
}
