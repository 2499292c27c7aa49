//! Listings of versions and of objects (`VER-LIST`).

use crate::access::{EVAL_OP_006, EVAL_OP_007, Need, authorize, bucket};
use crate::action::Action;
use crate::argument::{BucketName, Key};
use crate::clause::{FacetId, RULE, clauses};
use crate::cx::Cx;
use crate::lock::write::hide_from_listing;
use crate::reply::{Entry, Field, Fields, Name, Reply, ReplyBody, Value};
use crate::request::Caller;
use crate::request::Route::*;
use crate::state::{State, Version};
use crate::step::Ruling;

clauses! { Versioning, 14;
    "VER-LIST-001" RULE, Recorded, High, "LS:test_list_objects_versions_markers",
        "ListObjectVersions lists versions and markers in one sequence, keys ascending, then newest first." {
        VER_LIST_001 = "newest-first", &[ListObjectVersions], else "the versions of a key are listed oldest first";
        VER_LIST_001_MARKERS = "markers", &[ListObjectVersions], else "delete markers are not listed";
    }
    "VER-LIST-002" RULE, Recorded, High, "LS:test_delete_object_versioned",
        "Exactly one entry of a key is the latest: the newest, whether object or marker." {
        VER_LIST_002 = "latest", &[ListObjectVersions], else "the newest object is the latest, whatever markers lie above it";
    }
    "VER-GET-013" RULE, Documented, High, "UG:ListingObjects",
        "ListObjectsV2 lists a key exactly when its current version is an object." {
        VER_GET_013 = "markers-hide", &[ListObjectsV2], else "a key below a marker is listed";
    }
}

/// ListObjectVersions.
pub(crate) fn versions(cx: &mut Cx<'_>, state: &State, caller: Caller, name: BucketName) -> Ruling {
    let found = bucket(cx, state, name)?;
    authorize(
        cx,
        state,
        name,
        caller,
        &[Need::bucket(EVAL_OP_007, Action::ListBucketVersions)],
    )?;
    let mut entries = Vec::new();
    for (key, versions) in found.keys.iter() {
        let start = entries.len();
        let latest = latest(cx, versions);
        for version in versions.iter().rev() {
            if !version.is_marker() || cx.law(VER_LIST_001_MARKERS) {
                let mut entry = version_entry(name, *key, version, Some(version.name) == latest);
                hide_from_listing(cx, &mut entry.fields, version);
                entries.push(entry);
            }
        }
        if versions.len() > 1
            && !cx.law(VER_LIST_001)
            && let Some(of_key) = entries.get_mut(start..)
        {
            of_key.reverse();
        }
    }
    let mut reply = Reply::success(200);
    reply.body = ReplyBody::Entries {
        ordered: true,
        entries,
    };
    Ok((reply, None))
}

fn latest(cx: &mut Cx<'_>, versions: &[Version]) -> Option<crate::argument::VersionName> {
    let newest = versions.last()?;
    let below = versions.iter().rev().find(|version| !version.is_marker());
    match below {
        Some(object) if newest.is_marker() && !cx.law(VER_LIST_002) => Some(object.name),
        Some(_) | None => Some(newest.name),
    }
}

fn version_entry(name: BucketName, key: Key, version: &Version, latest: bool) -> Entry {
    let mut fields = Fields::new();
    let mut push = |field, value, by| {
        fields.push(Field {
            name: field,
            value,
            by,
        })
    };
    push(Name::KeyElement, Value::Key(key), VER_LIST_001);
    push(
        Name::VersionIdElement,
        Value::Version(name, key, version.name),
        VER_LIST_001,
    );
    push(
        Name::IsLatest,
        Value::Text(if latest { "true" } else { "false" }),
        VER_LIST_002,
    );
    let element = if version.is_marker() {
        "DeleteMarker"
    } else {
        "Version"
    };
    Entry {
        element,
        fields,
        by: VER_LIST_001,
    }
}

/// ListObjectsV2.
pub(crate) fn objects(cx: &mut Cx<'_>, state: &State, caller: Caller, name: BucketName) -> Ruling {
    let found = bucket(cx, state, name)?;
    authorize(
        cx,
        state,
        name,
        caller,
        &[Need::bucket(EVAL_OP_006, Action::ListBucket)],
    )?;
    let mut entries = Vec::new();
    for (key, versions) in found.keys.iter() {
        let hidden = versions.last().is_some_and(Version::is_marker);
        let has_object = versions.iter().any(|version| !version.is_marker());
        if !hidden || (has_object && !cx.law(VER_GET_013)) {
            let mut entry = key_entry(*key, VER_GET_013);
            if let Some(current) = versions.last() {
                hide_from_listing(cx, &mut entry.fields, current);
            }
            entries.push(entry);
        }
    }
    let mut reply = Reply::success(200);
    reply.body = ReplyBody::Entries {
        ordered: true,
        entries,
    };
    Ok((reply, None))
}

fn key_entry(key: Key, by: FacetId) -> Entry {
    let mut fields = Fields::new();
    fields.push(Field {
        name: Name::KeyElement,
        value: Value::Key(key),
        by,
    });
    Entry {
        element: "Contents",
        fields,
        by,
    }
}
