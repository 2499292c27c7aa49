//! Writing versions (`VER-PUT`).

use crate::access::{EVAL_OP_031, EVAL_OP_031_HOLD, EVAL_OP_031_RETENTION, Need, authorize, bucket};
use crate::action::Action;
use crate::argument::{BucketName, Content, Date, Etag, Hold, Key, LockMode, VersionName};
use crate::clause::{FORM, RULE, clauses};
use crate::cx::Cx;
use crate::lock::delete::write_allowed;
use crate::lock::write::{Protection, default_needs_permission, protection};
use crate::reply::{Name, Reply, Value};
use crate::request::Route::*;
use crate::request::{Caller, Operation};
use crate::state::{State, Version, Versioning};
use crate::step::{Ruling, not_modelled};
use crate::versioning::{mint, push};

clauses! { Versioning, 9;
    "VER-PUT-001" FORM, Recorded, Low, "LS:test_delete_object",
        "Unversioned: PUT replaces the object and its reply has no x-amz-version-id." {
        VER_PUT_001 = "no-version-id", &[PutObject], else "the reply has an x-amz-version-id";
    }
    "VER-PUT-002" RULE, Recorded, High, "UG; LS:test_s3_put_object_versioned",
        "Enabled: every PUT makes a new current version with a fresh id, returned in x-amz-version-id." {
        VER_PUT_002 = "adds", &[PutObject], else "the current version is replaced";
        VER_PUT_002_ID = "version-id", &[PutObject], else "the reply has no x-amz-version-id";
    }
    "VER-PUT-003" RULE, Recorded, High, "LS:test_put_object_on_suspended_bucket",
        "Suspended: PUT stores the null version in place of any null version; real versions are kept." {
        VER_PUT_003 = "replaces-null", &[PutObject], else "the object gets a fresh real id, not shown in the reply";
        VER_PUT_003_KEEPS = "keeps-real", &[PutObject], else "versions with real ids are removed";
    }
    "VER-PUT-004" FORM, Recorded, Low, "LS:test_put_object_on_suspended_bucket",
        "Suspended: the reply of PutObject has no x-amz-version-id." {
        VER_PUT_004 = "no-version-id", &[PutObject], else "the reply has x-amz-version-id: null";
    }
}

/// PutObject.
pub(crate) fn put(
    cx: &mut Cx<'_>,
    state: &State,
    caller: Caller,
    name: BucketName,
    key: Key,
    operation: &Operation,
) -> Ruling {
    let Operation::PutObject {
        content,
        mode,
        until,
        hold,
        integrity,
        if_match,
        if_none_match,
        ..
    } = operation
    else {
        return Err(not_modelled());
    };
    let found = bucket(cx, state, name)?;
    let mut needs =
        smallvec::SmallVec::<[Need; 3]>::from_slice(&[Need::object(EVAL_OP_031, Action::PutObject, key)]);
    if *mode != LockMode::Absent || *until != Date::Absent {
        needs.push(Need::object(
            EVAL_OP_031_RETENTION,
            Action::PutObjectRetention,
            key,
        ));
    }
    if *hold != Hold::Absent {
        needs.push(Need::object(EVAL_OP_031_HOLD, Action::PutObjectLegalHold, key));
    }
    if default_needs_permission(cx, found, (*mode, *until)) {
        needs.push(Need::object(
            EVAL_OP_031_RETENTION,
            Action::PutObjectRetention,
            key,
        ));
    }
    authorize(cx, state, name, caller, &needs)?;
    if *if_match != Etag::Unconditional || *if_none_match != Etag::Unconditional {
        return Err(not_modelled());
    }
    let protection = protection(cx, found, caller, (*mode, *until, *hold), *integrity)?;
    write_allowed(cx, found, key)?;
    Ok(store(cx, state, name, key, *content, protection))
}

/// Stores an object by the versioning state of its bucket (`VER-PUT-001` to `VER-PUT-004`).
fn store(
    cx: &mut Cx<'_>,
    state: &State,
    name: BucketName,
    key: Key,
    content: Content,
    protection: Protection,
) -> (Reply, Option<State>) {
    let mut reply = Reply::success(200);
    let mut next = state.clone();
    let Some(versioning) = state.buckets.get(&name).map(|bucket| bucket.versioning) else {
        return (reply, None);
    };
    let version_id = |version| Value::Version(name, key, version);
    let mut replaced = None;
    let made = match versioning {
        Versioning::Unversioned => {
            cx.forbid(&mut reply, VER_PUT_001, Name::VersionId, Value::Text("null"));
            VersionName::NULL
        }
        Versioning::Enabled => {
            if !cx.decides(VER_PUT_002) {
                replaced = state
                    .buckets
                    .get(&name)
                    .and_then(|bucket| bucket.current(key))
                    .map(|current| current.name);
            }
            let made = mint(&mut next, name, key);
            cx.require(&mut reply, VER_PUT_002_ID, Name::VersionId, version_id(made));
            made
        }
        Versioning::Suspended => {
            cx.forbid(&mut reply, VER_PUT_004, Name::VersionId, Value::Text("null"));
            if cx.decides(VER_PUT_003) {
                VersionName::NULL
            } else {
                mint(&mut next, name, key)
            }
        }
    };
    let keeps = versioning != Versioning::Suspended || cx.decides(VER_PUT_003_KEEPS);
    if let Some(bucket) = next.buckets.get_mut(&name) {
        if let Some(versions) = bucket.keys.get_mut(&key) {
            versions.retain(|version| {
                Some(version.name) != replaced && (keeps || version.name == VersionName::NULL)
            });
        }
        let Protection { retention, hold } = protection;
        push(
            bucket,
            key,
            Version {
                name: made,
                content: Some(content),
                retention,
                hold,
            },
        );
    }
    (reply, Some(next))
}
