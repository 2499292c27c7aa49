//! Theorems about retention, legal holds and lock buckets.

use super::access;
use super::facts::{Facts, lost, retained};
use crate::argument::VersioningWord;
use crate::request::Operation;
use crate::state::{Mode, Retention, Version, Versioning};

/// Whether later retention protects less than earlier retention.
fn weaker(before: &Version, after: Option<&Version>) -> bool {
    let (Some(before), Some(after)) = (before.retention, after) else {
        return false;
    };
    after
        .retention
        .is_none_or(|after| after.until.latest < before.until.earliest)
}

/// A version under COMPLIANCE is gone or has other bytes.
pub(super) fn compliance_lost(facts: &Facts<'_>) -> bool {
    facts.some_version(|(_, _, before), after| {
        retained(before, facts.edge.now) == Some(Mode::Compliance) && lost(before, after)
    })
}

/// Somebody asks to delete a version under COMPLIANCE.
pub(super) fn compliance_attacked(facts: &Facts<'_>) -> bool {
    let now = facts.edge.now;
    let mut named = facts.named.iter();
    named.any(|(_, _, version)| retained(version, now) == Some(Mode::Compliance))
}

/// COMPLIANCE is removed, lowered or shortened.
pub(super) fn compliance_shortened(facts: &Facts<'_>) -> bool {
    facts.some_version(|(_, _, before), after| {
        let lowered = || {
            after
                .and_then(|after| after.retention)
                .is_some_and(|retention| retention.mode != Mode::Compliance)
        };
        retained(before, facts.edge.now) == Some(Mode::Compliance) && (weaker(before, after) || lowered())
    })
}

/// Somebody asks for an earlier date than the one that COMPLIANCE keeps, or for none.
pub(super) fn shortening_tried(facts: &Facts<'_>) -> bool {
    let edge = facts.edge;
    let Operation::PutObjectRetention {
        bucket, key, until, ..
    } = &edge.request.operation
    else {
        return false;
    };
    let Some(current) = edge
        .state
        .buckets
        .get(bucket)
        .and_then(|bucket| bucket.current(*key))
    else {
        return false;
    };
    let earlier = |held: Retention| {
        let wanted = edge.world.moment(*until);
        wanted.is_none_or(|wanted| wanted.latest < held.until.earliest)
    };
    retained(current, edge.now) == Some(Mode::Compliance) && current.retention.is_some_and(earlier)
}

/// A version under a hold is gone or has other bytes, or something else than PutObjectLegalHold lifted the hold.
pub(super) fn held_lost(facts: &Facts<'_>) -> bool {
    let lifts = matches!(facts.edge.request.operation, Operation::PutObjectLegalHold { .. });
    facts.some_version(|(_, _, before), after| {
        let lifted = || !lifts && after.is_some_and(|after| after.hold != Some(true));
        before.hold == Some(true) && (lost(before, after) || lifted())
    })
}

/// Somebody asks to delete a version under a hold.
pub(super) fn held_attacked(facts: &Facts<'_>) -> bool {
    facts
        .named
        .iter()
        .any(|(_, _, version)| version.hold == Some(true))
}

/// Whether GOVERNANCE is deleted or weakened by somebody who may, or by somebody who may not.
fn governance(facts: &Facts<'_>, rightful: bool) -> bool {
    facts.some_version(|(bucket, key, before), after| {
        retained(before, facts.edge.now) == Some(Mode::Governance)
            && (lost(before, after) || weaker(before, after))
            && rightful == (access::asks_bypass(facts.edge) && access::may_bypass(facts.edge, bucket, key))
    })
}

/// GOVERNANCE is deleted or weakened without the header or without the permission.
pub(super) fn governance_bypassed_wrongly(facts: &Facts<'_>) -> bool {
    governance(facts, false)
}

/// GOVERNANCE is deleted or weakened with the header and the permission.
pub(super) fn governance_bypassed(facts: &Facts<'_>) -> bool {
    governance(facts, true)
}

/// A bucket with Object Lock has versioning off.
pub(super) fn lock_bucket_unversioned(facts: &Facts<'_>) -> bool {
    facts.edge.transition.next.as_ref().is_some_and(|next| {
        next.buckets
            .values()
            .any(|bucket| bucket.lock.is_some() && bucket.versioning != Versioning::Enabled)
    })
}

/// Somebody asks to suspend a bucket with Object Lock.
pub(super) fn suspension_tried(facts: &Facts<'_>) -> bool {
    let Operation::PutBucketVersioning { bucket, status, .. } = &facts.edge.request.operation else {
        return false;
    };
    let bucket = facts.edge.state.buckets.get(bucket);
    *status == VersioningWord::Suspended && bucket.is_some_and(|bucket| bucket.lock.is_some())
}
