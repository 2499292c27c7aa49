//! Deletes and overwrites of locked versions (`LOCK-DEL`).

use crate::access::{Need, denied, permits};
use crate::action::Action;
use crate::argument::{BucketName, Key};
use crate::clause::{RULE, clauses};
use crate::cx::Cx;
use crate::lock::hold::LOCK_HOLD_005;
use crate::lock::locked;
use crate::lock::retention::is_retained;
use crate::reply::{Code, Name, Refusal, Value};
use crate::request::Caller;
use crate::request::Route::{self, *};
use crate::state::{Bucket, Mode, State, Version};

/// The routes that delete a version for good.
const VERSION: &[Route] = &[DeleteObjectVersion, DeleteObjectsVersion];
/// The routes that delete without naming a version.
const SIMPLE: &[Route] = &[DeleteObject, DeleteObjects];

clauses! { ObjectLock, 5;
    "LOCK-DEL-001" RULE, Recorded, Critical, "LS:test_s3_object_retention, LS:test_delete_locked_object",
        "DELETE of a version under unexpired retention or a hold is refused: 403 AccessDenied, \
         \"Access Denied because object protected by object lock.\"" {
        LOCK_DEL_001 = "retention", VERSION, else "a version under GOVERNANCE is deleted without bypass";
        LOCK_DEL_001_HOLD = "hold", VERSION, else "a version under a hold is deleted";
    }
    "LOCK-DEL-002" RULE, Recorded, Critical, "LS:test_s3_object_retention",
        "GOVERNANCE without a hold, with the bypass header true and s3:BypassGovernanceRetention: the version is deleted." {
        LOCK_DEL_002 = "allowed", VERSION, else "GOVERNANCE cannot be bypassed";
        LOCK_DEL_002_HEADER = "header", VERSION, else "the permission suffices without the header";
        LOCK_DEL_002_PERMISSION = "permission", VERSION, else "the header suffices without the permission";
    }
    "LOCK-DEL-003" RULE, Recorded, Critical, "LS:test_s3_object_retention_compliance_mode",
        "DELETE of a version under COMPLIANCE is refused to everybody, also below a delete marker." {
        LOCK_DEL_003 = "compliance", VERSION, else "the gate passes";
        LOCK_DEL_003_BYPASS = "bypass", VERSION, else "bypassing works as under GOVERNANCE";
    }
    "LOCK-DEL-004" RULE, Recorded, High, "LS:test_s3_object_retention_compliance_mode",
        "DELETE without a version id always makes a marker, whatever locks older versions have." {
        LOCK_DEL_004 = "marker", SIMPLE, else "it is refused while the current version is protected";
    }
    "LOCK-DEL-005" RULE, Recorded, Medium, "LS:test_object_lock_delete_markers",
        "Delete markers are never locked and may be deleted by id." {
        LOCK_DEL_005 = "markers", VERSION, else "a marker in a lock bucket cannot be deleted";
    }
    "LOCK-DEL-010" RULE, Recorded, Medium, "LS:test_delete_object_with_no_locking",
        "The bypass header, true or false, on a delete in a bucket without lock: 400 InvalidArgument; \
         in DeleteObjects the whole request fails." {
        LOCK_DEL_010 = "no-lock", &[DeleteObject, DeleteObjectVersion, DeleteObjects], else "the header is ignored";
    }
    "LOCK-DEL-011" RULE, Chosen, Medium, "docs/decisions/0001",
        "The bypass header on a delete of a version that needs no bypass, without the permission, is undocumented." {
        LOCK_DEL_011 = "unneeded", VERSION, choice ["refused", "ignored"];
        LOCK_DEL_011_TEXT = "text", VERSION, choice ["the text of missing permission", "the text of the lock"];
    }
}

/// Refuses the bypass header in a bucket without lock (`LOCK-DEL-010`).
pub(crate) fn header_allowed(cx: &mut Cx<'_>, bucket: &Bucket, bypass: Option<bool>) -> Result<(), Refusal> {
    if bypass.is_none() || bucket.lock.is_some() {
        return Ok(());
    }
    cx.refuse(LOCK_DEL_010, |facet| {
        Refusal::new(Code::InvalidArgument, facet)
            .saying("x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets.")
            .with(
                Name::ArgumentName,
                Value::Text("x-amz-bypass-governance-retention"),
            )
    })
}

/// A delete without a version id removes nothing, so that no lock refuses it (`LOCK-DEL-004`).
pub(crate) fn simple_allowed(cx: &mut Cx<'_>, bucket: &Bucket, key: Key) -> Result<(), Refusal> {
    let Some(current) = bucket.current(key) else {
        return Ok(());
    };
    let protected = current.hold == Some(true) || is_retained(cx, current).is_some();
    if protected && !cx.decides(LOCK_DEL_004) {
        Err(locked(LOCK_DEL_004))
    } else {
        Ok(())
    }
}

/// Whether a version may be deleted for good.
pub(crate) fn version_allowed(
    cx: &mut Cx<'_>,
    state: &State,
    caller: Caller,
    (name, key): (BucketName, Key),
    version: &Version,
    bypass: Option<bool>,
) -> Result<(), Refusal> {
    let need = Need::object(LOCK_DEL_002_PERMISSION, Action::BypassGovernanceRetention, key);
    let asked = bypass == Some(true);
    let permission = permits(cx, state, name, caller, need);
    let may_bypass = match permission {
        Ok(()) => true,
        Err(_) => asked && version.retention.is_some() && !cx.law(LOCK_DEL_002_PERMISSION),
    };
    let retained = is_retained(cx, version);
    if version.is_marker() {
        let in_lock_bucket = state
            .buckets
            .get(&name)
            .is_some_and(|bucket| bucket.lock.is_some());
        if in_lock_bucket && !cx.decides(LOCK_DEL_005) {
            return Err(locked(LOCK_DEL_005));
        }
    }
    if version.hold == Some(true) {
        held(cx, asked && may_bypass)?;
    }
    match retained {
        None if asked && !may_bypass => unneeded(cx, permission.err()),
        None => Ok(()),
        Some(Mode::Compliance) if asked && may_bypass => cx.refuse(LOCK_DEL_003_BYPASS, locked),
        Some(Mode::Compliance) => refuse(cx, LOCK_DEL_003, asked, may_bypass),
        Some(Mode::Governance) => governance(cx, asked, may_bypass),
    }
}

/// A hold refuses, bypass or not (`LOCK-DEL-001`, `LOCK-HOLD-005`).
fn held(cx: &mut Cx<'_>, bypasses: bool) -> Result<(), Refusal> {
    if bypasses {
        cx.refuse(LOCK_HOLD_005, locked)
    } else {
        cx.refuse(LOCK_DEL_001_HOLD, locked)
    }
}

/// GOVERNANCE can be bypassed with the header and the permission together (`LOCK-DEL-001`, `LOCK-DEL-002`).
fn governance(cx: &mut Cx<'_>, asked: bool, may_bypass: bool) -> Result<(), Refusal> {
    match (asked, may_bypass) {
        (true, true) if cx.decides(LOCK_DEL_002) => Ok(()),
        (true, true) => Err(locked(LOCK_DEL_002)),
        (false, true) if !cx.decides(LOCK_DEL_002_HEADER) => Ok(()),
        (true | false, false) | (false, true) => refuse(cx, LOCK_DEL_001, asked, may_bypass),
    }
}

/// A refusal by lock; its text is open when the header was sent without the permission (decision 0001).
fn refuse(
    cx: &mut Cx<'_>,
    facet: crate::clause::FacetId,
    asked: bool,
    may_bypass: bool,
) -> Result<(), Refusal> {
    if asked && !may_bypass && cx.law(facet) && cx.choose(LOCK_DEL_011_TEXT, 2) == 0 {
        return Err(denied(cx, facet));
    }
    cx.refuse(facet, locked)
}

/// The header was sent without the permission and is not needed (`LOCK-DEL-011`).
fn unneeded(cx: &mut Cx<'_>, by: Option<crate::clause::FacetId>) -> Result<(), Refusal> {
    match (cx.choose(LOCK_DEL_011, 2), by) {
        (0, Some(by)) => Err(denied(cx, by)),
        (_, Some(_) | None) => Ok(()),
    }
}
