//! What a lock does not prevent: it protects data and existence of versions only.

use Outcome::Locked;
use Touching::{Aborting, AbortingLocked, GivingAcl, Marking, ReplacingPart, Tagging, Writing};

use crate::argument::Key;
use crate::cx::Cx;
use crate::lock::bypass::Outcome;
use crate::lock::delete::{
    LOCK_DEL_004, LOCK_DEL_006, LOCK_DEL_013, LOCK_DEL_013_KEY, LOCK_DEL_014, LOCK_DEL_014_ACL,
};
use crate::lock::locked;
use crate::lock::retention::is_retained;
use crate::lock::write::LOCK_HDR_011_PARTS;
use crate::reply::Refusal;
use crate::state::{Bucket, Upload, Version};
use crate::table::{Decision, table, words};

words! {
    /// What is asked while something is protected.
    pub(super) enum Touching {
        /// A write to the key of a protected current version.
        Writing,
        /// A delete without a version id, of a key whose current version is protected.
        Marking,
        /// The upload of a part again, to an upload that was begun with lock state.
        ReplacingPart,
        /// The abort of an upload that was begun with lock state.
        AbortingLocked,
        /// The abort of an upload to the key of a protected current version.
        Aborting,
        /// A change of the tags of a protected version.
        Tagging,
        /// A change of the ACL of a protected version.
        GivingAcl,
    }
}

table! {
    /// What a lock does not prevent: it protects data and existence of versions only.
    pub(super) Unprevented {
        /// What is asked.
        asked: Touching,
        /// Its version or upload is protected.
        protected: bool,
    } => Outcome;

    LOCK_DEL_004            if protected && asked == Marking                        => passes,  else Locked;
    LOCK_DEL_006            if protected && asked == Writing                        => passes,  else Locked;
    LOCK_DEL_013            if protected && asked == AbortingLocked                 => passes,  else Locked;
    LOCK_DEL_013_KEY        if protected && asked == Aborting                       => passes,  else Locked;
    LOCK_HDR_011_PARTS      if protected && asked == ReplacingPart                  => passes,  else Locked;
    LOCK_DEL_014            if protected && asked == Tagging                        => passes,  else Locked;
    LOCK_DEL_014_ACL        if protected && asked == GivingAcl                      => passes,  else Locked;
    _                                                                               => Allowed;
}

fn unprevented(cx: &mut Cx<'_>, asked: Touching, protected: bool) -> Result<(), Refusal> {
    match (Unprevented { asked, protected }).ruled(cx) {
        (Locked, Some(by)) => Err(locked(cx, by)),
        (Locked | Outcome::Allowed | Outcome::Protected | Outcome::Denied, _) => Ok(()),
    }
}

/// A write over a protected version adds a version, so that no lock refuses it (`LOCK-DEL-006`).
pub(crate) fn write_allowed(cx: &mut Cx<'_>, bucket: &Bucket, key: Key) -> Result<(), Refusal> {
    let protected = is_current_protected(cx, bucket, key);
    unprevented(cx, Writing, protected)
}

/// A delete without a version id removes nothing, so that no lock refuses it (`LOCK-DEL-004`).
pub(crate) fn simple_allowed(cx: &mut Cx<'_>, bucket: &Bucket, key: Key) -> Result<(), Refusal> {
    let protected = is_current_protected(cx, bucket, key);
    unprevented(cx, Marking, protected)
}

/// Parts of an upload with lock state can be replaced, as nothing is locked yet (`LOCK-HDR-011`).
pub(crate) fn part_replaced(cx: &mut Cx<'_>, upload: &Upload, part: u16) -> Result<(), Refusal> {
    unprevented(
        cx,
        ReplacingPart,
        upload.is_locking() && upload.parts.contains(&part),
    )
}

/// Aborting an upload removes no version, so that no lock refuses it (`LOCK-DEL-013`).
pub(crate) fn abort_allowed(
    cx: &mut Cx<'_>,
    bucket: &Bucket,
    key: Key,
    upload: &Upload,
) -> Result<(), Refusal> {
    unprevented(cx, AbortingLocked, upload.is_locking())?;
    let protected = is_current_protected(cx, bucket, key);
    unprevented(cx, Aborting, protected)
}

/// Tags are neither data nor existence, so that no lock refuses to change them (`LOCK-DEL-014`).
pub(crate) fn tags_allowed(cx: &mut Cx<'_>, version: &Version) -> Result<(), Refusal> {
    let protected = is_protected(cx, version);
    unprevented(cx, Tagging, protected)
}

/// Nor does it refuse to change an ACL (`LOCK-DEL-014`).
pub(crate) fn acl_allowed(cx: &mut Cx<'_>, version: &Version) -> Result<(), Refusal> {
    let protected = is_protected(cx, version);
    unprevented(cx, GivingAcl, protected)
}

fn is_current_protected(cx: &mut Cx<'_>, bucket: &Bucket, key: Key) -> bool {
    bucket
        .current(key)
        .is_some_and(|current| is_protected(cx, current))
}

fn is_protected(cx: &mut Cx<'_>, version: &Version) -> bool {
    version.hold == Some(true) || is_retained(cx, version).is_some()
}
