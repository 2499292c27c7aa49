//! Deleting one object, and deleting a bucket (`VER-DEL`).

use crate::access::{
    EVAL_OP_003, EVAL_OP_039, EVAL_OP_039_VERSION, EVAL_OP_040, EVAL_OP_040_VERSION, Need, authorize, bucket,
    delegated,
};
use crate::action::Action;
use crate::argument::{BucketName, Etag, Key, VersionName, VersionRef};
use crate::clause::{FORM, RULE, clauses};
use crate::cx::Cx;
use crate::lock;
use crate::reply::{Code, Name, Refusal, Reply, Value};
use crate::request::Caller;
use crate::request::Route::{self, *};
use crate::state::{Bucket, State, Version, Versioning};
use crate::step::{Ruling, not_modelled};
use crate::versioning::id::{Found, find};
use crate::versioning::{mint, push, take};

/// The routes that delete without naming a version.
const SIMPLE: &[Route] = &[DeleteObject, DeleteObjects];
/// The routes that delete a version.
const VERSION: &[Route] = &[DeleteObjectVersion, DeleteObjectsVersion];

clauses! { Versioning, 11;
    "VER-DEL-001" RULE, Recorded, High, "LS:test_delete_object",
        "Unversioned: a DELETE without a version id removes the object: 204 without version headers, also for a missing key." {
        VER_DEL_001 = "removes", SIMPLE, else "the object stays";
        VER_DEL_001_HEADERS = "no-headers", &[DeleteObject], else "x-amz-delete-marker is sent";
    }
    "VER-DEL-003" RULE, Recorded, Critical, "LS:test_delete_object_versioned",
        "Enabled: a DELETE without a version id makes a delete marker with a fresh id current and removes no data; \
         its reply has x-amz-delete-marker: true and the marker's x-amz-version-id." {
        VER_DEL_003 = "marker", SIMPLE, else "the current version is removed, as DELETE with its id would";
        VER_DEL_003_MARKER = "delete-marker", &[DeleteObject], else "x-amz-delete-marker is omitted";
        VER_DEL_003_ID = "version-id", &[DeleteObject], else "x-amz-version-id is omitted";
    }
    "VER-DEL-004" RULE, Recorded, Medium, "LS:test_delete_object_versioned",
        "Enabled: a DELETE of a key that never existed makes a marker too." {
        VER_DEL_004 = "absent-key", SIMPLE, else "nothing is made and no marker headers are sent";
    }
    "VER-DEL-005" RULE, Recorded, Medium, "LS:test_delete_object_versioned",
        "Enabled: a DELETE when the current version is a marker stacks another marker." {
        VER_DEL_005 = "stacks", SIMPLE, else "nothing is made; the reply names the marker that is there";
    }
    "VER-DEL-006" RULE, Recorded, High, "LS:test_delete_object_on_suspended_bucket",
        "Suspended: a DELETE without a version id removes the null version and makes a null marker current; real versions survive." {
        VER_DEL_006 = "null-marker", SIMPLE, else "the null version is removed and no marker is made";
        VER_DEL_006_KEEPS = "keeps-real", SIMPLE, else "versions with real ids are removed";
    }
    "VER-DEL-009" FORM, Recorded, Low, "LS:test_delete_object_versioned",
        "DELETE of an object version: 204 with x-amz-version-id and without x-amz-delete-marker." {
        VER_DEL_009_ID = "version-id", &[DeleteObjectVersion], else "x-amz-version-id is omitted";
        VER_DEL_009_MARKER = "no-delete-marker", &[DeleteObjectVersion], else "x-amz-delete-marker is sent";
    }
    "VER-DEL-008" RULE, Documented, Critical, "UG:DeletingObjectVersions",
        "DELETE with a version id removes that version for good and never makes a marker." {
        VER_DEL_008 = "removes", VERSION, else "the version stays";
        VER_DEL_008_NO_MARKER = "no-marker", VERSION, else "a delete marker is made current as well";
    }
    "VER-DEL-010" RULE, Recorded, High, "LS:test_delete_object_versioned; UG:RemDelMarker",
        "DELETE with the version id of a delete marker removes it: 204 with x-amz-delete-marker: true and its \
         x-amz-version-id; if it was current, the next newest version becomes current." {
        VER_DEL_010 = "removes", VERSION, else "the marker stays";
        VER_DEL_010_MARKER = "delete-marker", &[DeleteObjectVersion], else "x-amz-delete-marker is omitted";
        VER_DEL_010_ID = "version-id", &[DeleteObjectVersion], else "x-amz-version-id is omitted";
    }
    "VER-DEL-012" RULE, Chosen, Low, "K(m)", "DELETE of a version that is gone is 204." {
        VER_DEL_012 = "gone", &[DeleteObjectVersion], choice ["204", "404 NoSuchVersion"];
    }
    "VER-DEL-017" RULE, Recorded, High, "LS:test_delete_versioned_bucket_with_objects",
        "DeleteBucket succeeds only if no object, version or marker remains; otherwise 409 BucketNotEmpty." {
        VER_DEL_017 = "objects", &[DeleteBucket], else "a bucket with objects is deleted";
        VER_DEL_017_MARKERS = "markers", &[DeleteBucket], else "a bucket with nothing but markers is deleted";
    }
}

/// DeleteObject.
pub(crate) fn object(
    cx: &mut Cx<'_>,
    state: &State,
    caller: Caller,
    (name, key, reference): (BucketName, Key, VersionRef),
    bypass: Option<bool>,
    if_match: Etag,
) -> Ruling {
    let found = bucket(cx, state, name)?;
    let need = need(cx, key);
    let authorized = authorize(cx, state, name, caller, &[need]);
    lock::delete::authorized_with_header(cx, state, caller, (name, key), authorized, bypass)?;
    if if_match != Etag::Unconditional {
        return Err(not_modelled());
    }
    match reference {
        VersionRef::Current => {
            match lock::delete::simple_with_header(cx, state, caller, (name, key), bypass)? {
                Some(current) => version(cx, state, caller, (name, key, VersionRef::Named(current)), bypass),
                None => simple(cx, state, caller, found, name, key),
            }
        }
        VersionRef::Named(_) | VersionRef::Made(_) | VersionRef::Malformed => {
            version(cx, state, caller, (name, key, reference), bypass)
        }
    }
}

/// The permission to delete: `EVAL-OP-039` and `EVAL-OP-040`.
pub(crate) fn need(cx: &mut Cx<'_>, key: Key) -> Need {
    let batch = cx.route == DeleteObjects || cx.route == DeleteObjectsVersion;
    let (action, version_action) = if batch {
        (EVAL_OP_040, EVAL_OP_040_VERSION)
    } else {
        (EVAL_OP_039, EVAL_OP_039_VERSION)
    };
    let versioned = cx.route == DeleteObjectVersion || cx.route == DeleteObjectsVersion;
    if versioned && cx.decides(version_action) {
        Need::object(action, Action::DeleteObjectVersion, key)
    } else {
        Need::object(action, Action::DeleteObject, key)
    }
}

/// A delete without a version id, by the versioning state of the bucket.
pub(crate) fn simple(
    cx: &mut Cx<'_>,
    state: &State,
    caller: Caller,
    found: &Bucket,
    name: BucketName,
    key: Key,
) -> Ruling {
    lock::delete::simple_allowed(cx, found, key)?;
    let mut reply = Reply::success(204);
    let mut next = state.clone();
    let current = found.current(key);
    match found.versioning {
        Versioning::Unversioned => {
            if current.is_some()
                && cx.decides(VER_DEL_001)
                && let Some(bucket) = next.buckets.get_mut(&name)
            {
                take(bucket, key, VersionName::NULL);
            }
            cx.forbid(
                &mut reply,
                VER_DEL_001_HEADERS,
                Name::DeleteMarker,
                Value::Text("true"),
            );
            return Ok((reply, Some(next)));
        }
        Versioning::Enabled => {
            if current.is_none() && !cx.decides(VER_DEL_004) {
                return Ok((reply, None));
            }
            if let Some(marker) = current.filter(|current| current.is_marker())
                && !cx.decides(VER_DEL_005)
            {
                marker_reply(cx, &mut reply, name, key, marker.name);
                return Ok((reply, None));
            }
            if let Some(current) = current.filter(|current| !current.is_marker())
                && !cx.decides(VER_DEL_003)
            {
                return version(
                    cx,
                    state,
                    caller,
                    (name, key, VersionRef::Named(current.name)),
                    None,
                );
            }
            let made = mint(&mut next, name, key);
            put_marker(&mut next, name, key, made);
            lock::write::leave_marker(cx, found, &mut next, (name, key), made);
            marker_reply(cx, &mut reply, name, key, made);
        }
        Versioning::Suspended => {
            let keeps = cx.decides(VER_DEL_006_KEEPS);
            let marks = cx.decides(VER_DEL_006);
            if let Some(bucket) = next.buckets.get_mut(&name) {
                if !keeps {
                    bucket.keys.remove(&key);
                }
                take(bucket, key, VersionName::NULL);
            }
            if marks {
                put_marker(&mut next, name, key, VersionName::NULL);
                marker_reply(cx, &mut reply, name, key, VersionName::NULL);
            }
        }
    }
    Ok((reply, Some(next)))
}

fn put_marker(next: &mut State, name: BucketName, key: Key, marker: VersionName) {
    if let Some(bucket) = next.buckets.get_mut(&name) {
        push(
            bucket,
            key,
            Version {
                name: marker,
                content: None,
                retention: None,
                hold: None,
            },
        );
    }
}

fn marker_reply(cx: &mut Cx<'_>, reply: &mut Reply, name: BucketName, key: Key, marker: VersionName) {
    cx.require(reply, VER_DEL_003_MARKER, Name::DeleteMarker, Value::Text("true"));
    cx.require(
        reply,
        VER_DEL_003_ID,
        Name::VersionId,
        Value::Version(name, key, marker),
    );
}

/// A delete of one version, for good.
pub(crate) fn version(
    cx: &mut Cx<'_>,
    state: &State,
    caller: Caller,
    (name, key, reference): (BucketName, Key, VersionRef),
    bypass: Option<bool>,
) -> Ruling {
    let found = bucket(cx, state, name)?;
    let mut reply = Reply::success(204);
    let version = match find(cx, found, key, reference)? {
        Found::Version(version) => version,
        Found::NoKey | Found::Gone => {
            lock::delete::gone_with_header(cx, state, caller, (name, key), bypass)?;
            return match cx.choose(VER_DEL_012, 2) {
                0 => Ok((reply, None)),
                _ => Err(Refusal::new(Code::NoSuchVersion, VER_DEL_012)),
            };
        }
    };
    lock::delete::version_allowed(cx, state, caller, (name, key), version, bypass)?;
    let shown = Value::Version(name, key, version.name);
    let removes = if version.is_marker() {
        cx.require(
            &mut reply,
            VER_DEL_010_MARKER,
            Name::DeleteMarker,
            Value::Text("true"),
        );
        cx.require(&mut reply, VER_DEL_010_ID, Name::VersionId, shown);
        cx.decides(VER_DEL_010)
    } else {
        cx.forbid(
            &mut reply,
            VER_DEL_009_MARKER,
            Name::DeleteMarker,
            Value::Text("true"),
        );
        if found.versioning != Versioning::Unversioned {
            cx.require(&mut reply, VER_DEL_009_ID, Name::VersionId, shown);
        }
        cx.decides(VER_DEL_008)
    };
    let mut next = state.clone();
    if removes && let Some(bucket) = next.buckets.get_mut(&name) {
        take(bucket, key, version.name);
    }
    if found.versioning == Versioning::Enabled && !cx.decides(VER_DEL_008_NO_MARKER) {
        let made = mint(&mut next, name, key);
        put_marker(&mut next, name, key, made);
    }
    Ok((reply, Some(next)))
}

/// Whether a bucket may be deleted (`VER-DEL-017`).
fn is_empty(cx: &mut Cx<'_>, found: &Bucket) -> Result<(), Refusal> {
    if found.keys.is_empty() {
        return Ok(());
    }
    let only_markers = found.keys.values().flatten().all(Version::is_marker);
    let facet = if only_markers {
        VER_DEL_017_MARKERS
    } else {
        VER_DEL_017
    };
    cx.refuse(facet, |facet| Refusal::new(Code::BucketNotEmpty, facet))
}

/// DeleteBucket.
pub(crate) fn whole_bucket(cx: &mut Cx<'_>, state: &State, caller: Caller, name: BucketName) -> Ruling {
    let found = bucket(cx, state, name)?;
    authorize(
        cx,
        state,
        name,
        caller,
        &[Need::bucket(EVAL_OP_003, Action::DeleteBucket)],
    )?;
    delegated(cx, state, name, caller)?;
    is_empty(cx, found)?;
    lock::bucket::deletable(cx, found)?;
    let mut next = state.clone();
    next.buckets.remove(&name);
    Ok((Reply::success(204), Some(next)))
}
