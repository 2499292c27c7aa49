//! Conditional writes and deletes (`VER-COND`).
//!
//! A condition is first understood or refused as unknown, whatever the bucket holds, and then judged on the current
//! version.

use crate::access::{Need, permits};
use crate::action::Action;
use crate::argument::{BucketName, Etag, Key};
use crate::clause::{FacetId, Kind, RULE, clauses, consequence, note, planned};
use crate::cx::Cx;
use crate::reply::{Code, Name, Refusal, Value};
use crate::request::Caller;
use crate::request::Route::{self, *};
use crate::state::{Since, State, Version};
use crate::step::not_modelled;

/// The routes that write under conditions.
const WRITES: &[Route] = &[PutObject, CopyObject, CompleteMultipartUpload];
/// The routes of an upload's completion.
const COMPLETE: &[Route] = &[CompleteMultipartUpload];

clauses! { Versioning, 15;
    "VER-COND-001" RULE, Recorded, Medium, "LS:test_put_object_if_none_match_validation",
        "If-None-Match on writes accepts only *; any other value is 501 NotImplemented." {
        VER_COND_001 = "only-star", WRITES, else "another value is ignored";
    }
    "VER-COND-002" RULE, Recorded, Medium, "LS:test_put_object_if_match_validation",
        "If-Match on writes accepts one ETag; * is 501 NotImplemented." {
        VER_COND_002 = "no-star", &[PutObject, CopyObject], else "* matches every object";
    }
    "VER-COND-003" RULE, Recorded, Medium, "LS:test_put_object_if_match_and_if_none_match_validation",
        "Both If-Match and If-None-Match on a write: 501 NotImplemented." {
        VER_COND_003 = "both", WRITES, else "both are judged";
    }
    "VER-COND-004" RULE, Recorded, High, "LS:test_put_object_if_none_match, test_put_object_if_match",
        "A condition that fails is 412 PreconditionFailed and names itself." {
        VER_COND_004 = "if-match", WRITES, else "the gate passes";
        VER_COND_004_NONE = "if-none-match", WRITES, else "the gate passes";
    }
    "VER-COND-005" RULE, Recorded, Medium, "LS:test_put_object_if_match, test_copy_object_if_match_versioned_bucket",
        "If-Match on a write to a missing key, or to one whose current version is a delete marker, is 404 NoSuchKey." {
        VER_COND_005 = "missing", WRITES, else "it is 412 PreconditionFailed";
        VER_COND_005_MARKER = "marker", WRITES, else "it is 412 PreconditionFailed";
        VER_COND_005_HIDDEN = "hidden", WRITES, choice ["404 NoSuchKey to everybody", "403 AccessDenied to callers without s3:ListBucket"];
    }
    "VER-COND-006" RULE, Recorded, Medium, "LS:test_put_object_if_none_match_versioned_bucket",
        "If-None-Match: * succeeds when the current version is a delete marker." {
        VER_COND_006 = "marker", WRITES, else "it fails as with an object";
    }
    "VER-COND-007" RULE, Recorded, Medium, "LS:test_put_object_if_match_versioned_bucket; UG:conditional-writes",
        "Conditions look only at the current version." {
        VER_COND_007 = "current-only", WRITES, else "the ETag of a noncurrent version satisfies If-Match too";
    }
    "VER-COND-008" consequence(&["VER-COND-004"]), Recorded, High, "LS:test_multipart_if_none_match_with_put",
        "CompleteMultipartUpload with If-None-Match: * and a current object is 412 PreconditionFailed."
    "VER-COND-009" RULE, Recorded, Medium, "LS:test_multipart_if_none_match_with_delete",
        "CompleteMultipartUpload of a key that was deleted after the upload began is 409 ConditionalRequestConflict." {
        VER_COND_009 = "deleted", COMPLETE, else "the gate passes";
        VER_COND_009_NOTHING = "deleted-nothing", COMPLETE,
            choice ["a delete of a missing key counts", "it does not count"];
    }
    "VER-COND-010" RULE, Recorded, Medium, "LS:test_multipart_if_match_with_put, test_multipart_if_match_with_put_identical, \
        test_multipart_if_match_with_delete, test_multipart_if_match_etag",
        "CompleteMultipartUpload with the ETag of the current object, written again since the upload began, is 409 \
         ConditionalRequestConflict; another ETag is 412 before that." {
        VER_COND_010 = "written", COMPLETE, else "the gate passes";
    }
    "VER-COND-011" note("says what a client does next; what a refused completion leaves is VER-COND-009"), Documented, Low, "API",
        "After a 409 on completion the upload starts again; after one on PutObject the request is repeated."
    "VER-COND-012" consequence(&["VER-COND-004"]), Documented, High,
        "UG:conditional-writes", "Of concurrent conditional writes the first to finish wins; a delete racing one is 409 or 404."
    "VER-COND-013" RULE, Recorded, High, "LS:test_delete_object_if_match_non_express; API:DeleteObject",
        "DeleteObject with If-Match: another ETag is 412 PreconditionFailed; * deletes only what exists." {
        VER_COND_013 = "etag", &[DeleteObject], else "the gate passes";
        VER_COND_013_ANY = "star", &[DeleteObject], else "* is compared as an ETag, which no object has";
        VER_COND_013_EXISTS = "exists", &[DeleteObject], else "a missing key is deleted as without the condition";
        VER_COND_013_STAR = "star-missing", &[DeleteObject], choice ["404 NoSuchKey", "412 PreconditionFailed"];
        VER_COND_013_MISSING = "etag-missing", &[DeleteObject], choice ["404 NoSuchKey", "412 PreconditionFailed", "204"];
    }
    "VER-COND-014" RULE, Recorded, Low, "LS:test_delete_object_if_match_all_non_express",
        "DeleteObject with x-amz-if-match-last-modified-time or x-amz-if-match-size: 501 NotImplemented; the time is \
         reported before the size, and both before If-Match is judged." {
        VER_COND_014 = "time", &[DeleteObject], else "the header is ignored";
        VER_COND_014_SIZE = "size", &[DeleteObject], else "the header is ignored";
        VER_COND_014_ORDER = "time-before-size", &[DeleteObject], else "the size is reported first";
        VER_COND_014_FIRST = "before-if-match", &[DeleteObject], else "If-Match is judged first";
    }
    "VER-COND-015" RULE, Documented, High, "UG:conditional-writes; delete K(m)",
        "If-Match on a write or delete also needs s3:GetObject." {
        VER_COND_015 = "get-object", WRITES, else "the action is not asked";
        VER_COND_015_DELETE = "delete", &[DeleteObject], choice ["s3:GetObject is needed with an ETag", "it is not asked"];
    }
    "VER-COND-016" planned(Kind::Rule, 3, "needs condition keys"), Documented, High, "UG:conditional-writes-enforce",
        "The policy keys s3:if-match and s3:if-none-match can force conditional writes."
}

/// The message of a failed condition (`VER-COND-004`).
const FAILED: &str = "At least one of the pre-conditions you specified did not hold";
/// The message of a condition that S3 does not know (`VER-COND-001`).
const UNKNOWN: &str = "A header you provided implies functionality that is not implemented";

/// The conditions of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Conditions {
    pub(crate) if_match: Etag,
    pub(crate) if_none_match: Etag,
}

/// The refusal of a condition that does not hold.
pub(crate) fn failed(facet: FacetId, condition: &'static str) -> Refusal {
    Refusal::new(Code::PreconditionFailed, facet)
        .saying(FAILED)
        .with(Name::Condition, Value::Text(condition))
}

fn unknown(facet: FacetId, header: &'static str) -> Refusal {
    Refusal::new(Code::NotImplemented, facet)
        .saying(UNKNOWN)
        .with(Name::HeaderElement, Value::Text(header))
}

/// The refusal of a condition on a missing key.
fn no_key(facet: FacetId, key: Key) -> Refusal {
    Refusal::new(Code::NoSuchKey, facet).with(Name::KeyElement, Value::Key(key))
}

/// The permission that If-Match adds to a write (`VER-COND-015`).
pub(crate) fn need(conditions: Conditions, key: Key) -> Option<Need> {
    match conditions.if_match {
        Etag::Of(_) | Etag::OfPart(_) => Some(Need::object(VER_COND_015, Action::GetObject, key)),
        Etag::Unconditional | Etag::Any | Etag::Odd => None,
    }
}

/// Refuses conditions that S3 does not know (`VER-COND-001` to `VER-COND-003`).
pub(crate) fn understood(cx: &mut Cx<'_>, conditions: Conditions) -> Result<(), Refusal> {
    let Conditions {
        if_match,
        if_none_match,
    } = conditions;
    if if_match != Etag::Unconditional && if_none_match != Etag::Unconditional {
        cx.refuse(VER_COND_003, |facet| {
            unknown(facet, "If-Match,If-None-Match").with(
                Name::AdditionalMessage,
                Value::Text("Multiple conditional request headers present in the request"),
            )
        })?;
    }
    match if_none_match {
        Etag::Unconditional | Etag::Any => {}
        Etag::Of(_) | Etag::OfPart(_) | Etag::Odd => cx.refuse(VER_COND_001, |facet| {
            unknown(facet, "If-None-Match").with(
                Name::AdditionalMessage,
                Value::Text("We don't accept the provided value of If-None-Match header for this API"),
            )
        })?,
    }
    match if_match {
        Etag::Unconditional | Etag::Of(_) | Etag::OfPart(_) => Ok(()),
        Etag::Any => cx.refuse(VER_COND_002, |facet| {
            unknown(facet, "If-Match").with(
                Name::AdditionalMessage,
                Value::Text("We don't accept the provided value of If-Match header for this API"),
            )
        }),
        Etag::Odd => Err(not_modelled()),
    }
}

/// Whether a version is an object with an ETag that a condition names.
pub(crate) fn matches(version: &Version, etag: Etag) -> bool {
    match etag {
        Etag::Any => !version.is_marker(),
        Etag::Of(content) => version.content == Some(content) && version.multipart.is_none(),
        Etag::OfPart(content) => version.content == Some(content) && version.multipart.is_some(),
        Etag::Unconditional | Etag::Odd => false,
    }
}

/// Refuses a write whose conditions do not hold for the current version (`VER-COND-004` to `VER-COND-007`).
pub(crate) fn hold(
    cx: &mut Cx<'_>,
    state: &State,
    caller: Caller,
    (name, key): (BucketName, Key),
    versions: &[Version],
    conditions: Conditions,
) -> Result<(), Refusal> {
    if conditions.if_none_match == Etag::Any {
        match versions.last() {
            None => {}
            Some(current) if current.is_marker() && !cx.decides(VER_COND_006) => {
                return Err(failed(VER_COND_006, "If-None-Match"));
            }
            Some(current) if current.is_marker() => {}
            Some(_) => cx.refuse(VER_COND_004_NONE, |facet| failed(facet, "If-None-Match"))?,
        }
    }
    let etag = conditions.if_match;
    if etag == Etag::Unconditional {
        return Ok(());
    }
    match versions.last() {
        None => Err(missing(cx, state, caller, (name, key), VER_COND_005)),
        Some(current) if current.is_marker() => {
            Err(missing(cx, state, caller, (name, key), VER_COND_005_MARKER))
        }
        Some(current) if matches(current, etag) => Ok(()),
        Some(_) if versions.iter().any(|version| matches(version, etag)) && !cx.law(VER_COND_007) => Ok(()),
        Some(_) => cx.refuse(VER_COND_004, |facet| failed(facet, "If-Match")),
    }
}

/// Refuses the completion of an upload under conditions that hold, but were in doubt since the upload began
/// (`VER-COND-009`, `VER-COND-010`).
pub(crate) fn undisturbed(
    cx: &mut Cx<'_>,
    key: Key,
    current: Option<&Version>,
    since: Since,
    conditions: Conditions,
) -> Result<(), Refusal> {
    let conflict = |facet, condition| {
        Refusal::new(Code::ConditionalRequestConflict, facet)
            .saying("The conditional request cannot succeed due to a conflicting operation against this resource.")
            .with(Name::Condition, Value::Text(condition))
            .with(Name::KeyElement, Value::Key(key))
    };
    let exists = current.is_some_and(|current| !current.is_marker());
    if conditions.if_none_match == Etag::Any && !exists {
        let deleted = since.deleted || (since.deleted_nothing && cx.choose(VER_COND_009_NOTHING, 2) == 0);
        if deleted {
            cx.refuse(VER_COND_009, |facet| conflict(facet, "If-None-Match"))?;
        }
    }
    if conditions.if_match != Etag::Unconditional && exists && (since.written || since.deleted) {
        cx.refuse(VER_COND_010, |facet| conflict(facet, "If-Match"))?;
    }
    Ok(())
}

/// The refusal of If-Match where there is no current object (`VER-COND-005`).
fn missing(
    cx: &mut Cx<'_>,
    state: &State,
    caller: Caller,
    (name, key): (BucketName, Key),
    facet: FacetId,
) -> Refusal {
    if !cx.law(facet) {
        return failed(facet, "If-Match");
    }
    let list = Need::bucket(VER_COND_005_HIDDEN, Action::ListBucket);
    if permits(cx, state, name, caller, list).is_err() && cx.choose(VER_COND_005_HIDDEN, 2) == 1 {
        return Refusal::new(Code::AccessDenied, VER_COND_005_HIDDEN);
    }
    no_key(facet, key)
}

/// The conditions of a delete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DeleteConditions {
    pub(crate) if_match: Etag,
    /// Whether `x-amz-if-match-last-modified-time` was sent.
    pub(crate) time: bool,
    /// Whether `x-amz-if-match-size` was sent.
    pub(crate) size: bool,
}

/// Refuses a delete whose conditions S3 does not know or that do not hold (`VER-COND-013`, `VER-COND-014`).
pub(crate) fn delete_holds(
    cx: &mut Cx<'_>,
    current: Option<&Version>,
    key: Key,
    conditions: DeleteConditions,
) -> Result<(), Refusal> {
    let unknown_first = !(conditions.time || conditions.size)
        || conditions.if_match == Etag::Unconditional
        || cx.law(VER_COND_014_FIRST);
    if !unknown_first {
        etag_holds(cx, current, key, conditions.if_match)?;
    }
    let time = |facet| unknown(facet, "x-amz-if-match-last-modified-time");
    let size = |facet| unknown(facet, "x-amz-if-match-size");
    if conditions.time && conditions.size && !cx.law(VER_COND_014_ORDER) {
        return Err(size(VER_COND_014_ORDER));
    }
    if conditions.time {
        cx.refuse(VER_COND_014, time)?;
    }
    if conditions.size {
        cx.refuse(VER_COND_014_SIZE, size)?;
    }
    etag_holds(cx, current, key, conditions.if_match)
}

/// If-Match of a delete (`VER-COND-013`).
fn etag_holds(cx: &mut Cx<'_>, current: Option<&Version>, key: Key, etag: Etag) -> Result<(), Refusal> {
    let current = current.filter(|current| !current.is_marker());
    match (etag, current) {
        (Etag::Unconditional, _) => Ok(()),
        (Etag::Any, Some(_)) if cx.decides(VER_COND_013_ANY) => Ok(()),
        (Etag::Any, Some(_)) => Err(failed(VER_COND_013_ANY, "If-Match")),
        (Etag::Odd, _) => Err(not_modelled()),
        (Etag::Any, None) if !cx.law(VER_COND_013_EXISTS) => Ok(()),
        (Etag::Any, None) => match cx.choose(VER_COND_013_STAR, 2) {
            0 => Err(no_key(VER_COND_013_EXISTS, key)),
            _ => Err(failed(VER_COND_013_EXISTS, "If-Match")),
        },
        (Etag::Of(_) | Etag::OfPart(_), None) => match cx.choose(VER_COND_013_MISSING, 3) {
            0 => Err(no_key(VER_COND_013_MISSING, key)),
            1 => Err(failed(VER_COND_013_MISSING, "If-Match")),
            _ => Ok(()),
        },
        (Etag::Of(_) | Etag::OfPart(_), Some(current)) if matches(current, etag) => Ok(()),
        (Etag::Of(_) | Etag::OfPart(_), Some(_)) => {
            cx.refuse(VER_COND_013, |facet| failed(facet, "If-Match"))
        }
    }
}
