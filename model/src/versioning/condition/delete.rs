//! The conditions of a delete: whether they are understood, and whether they hold.

use Current::{Marker, Nothing, Object};
use Held::{Failed, Holds, NoSuchKey, NotImplemented};
use Named::{List, OneEtag, Star, Unasked};
use Reading::{Ignored, OfCurrent, OfNamed, Unknown};
use Unbuilt::{Judged, Size, Time};

use super::{
    AskedBy, Current, Held, Named, VER_COND_002_LIST, VER_COND_013, VER_COND_013_ANY, VER_COND_013_CODE,
    VER_COND_013_MARKER, VER_COND_013_MISSING, VER_COND_013_STAR, VER_COND_013_STAR_MARKER, VER_COND_014,
    VER_COND_014_FIRST, VER_COND_014_ORDER, VER_COND_014_SIZE, VER_COND_015_DELETE, VER_COND_019,
    VER_COND_019_CURRENT, VER_COND_019_NAMED, VER_COND_019_ORDER, failed, matches, no_key, unknown,
};
use crate::access::{Need, denied};
use crate::action::Action;
use crate::argument::{BucketName, Etag, Key};
use crate::cx::Cx;
use crate::reply::{Code, Refusal};
use crate::state::Version;
use crate::table::{Decision, Printed, printed, table, words};
use crate::words::FacetId;

/// The conditions of a delete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DeleteConditions {
    pub(crate) if_match: Etag,
    /// Whether `x-amz-if-match-last-modified-time` was sent.
    pub(crate) time: bool,
    /// Whether `x-amz-if-match-size` was sent.
    pub(crate) size: bool,
}

words! {
    /// Whether a delete under conditions may read.
    enum Read {
        /// Its conditions are judged.
        Allowed,
        /// It is refused with 403 AccessDenied.
        Denied,
    }
}

table! {
    /// Whether a delete with an ETag needs the permission to read.
    Reader {
        /// The condition names an ETag, and s3:GetObject is missing.
        unread: bool,
    } => Read;

    VER_COND_015_DELETE     if unread                                   => Denied,  or passes;
    _                                                                   => Allowed;
}

/// The permission that an ETag adds to a delete (`VER-COND-015`).
pub(crate) fn reads_for_etag(
    cx: &mut Cx<'_>,
    (name, key): (BucketName, Key),
    etag: Etag,
) -> Result<(), Refusal> {
    let read = Need::object(VER_COND_015_DELETE, Action::GetObject, key);
    let asked = !matches!(etag, Etag::Unconditional | Etag::Any);
    let denial = asked.then(|| cx.permits(name, read).err()).flatten();
    let unread = denial.is_some();
    match (denial, (Reader { unread }).ruled(cx).0) {
        (Some(denial), Read::Denied) => Err(denied(cx, denial)),
        (Some(_) | None, Read::Allowed | Read::Denied) => Ok(()),
    }
}

/// Refuses a delete whose conditions S3 does not know or that do not hold (`VER-COND-013`, `VER-COND-014`).
pub(crate) fn delete_holds(
    cx: &mut Cx<'_>,
    place: (BucketName, Key),
    current: Option<&Version>,
    conditions: DeleteConditions,
) -> Result<(), Refusal> {
    let judged_first = (conditions.time || conditions.size)
        && conditions.if_match != Etag::Unconditional
        && !cx.law(VER_COND_014_FIRST);
    if judged_first {
        etag_holds(cx, place, current, conditions.if_match)?;
    }
    unbuilt(cx, conditions)?;
    etag_holds(cx, place, current, conditions.if_match)
}

words! {
    /// Which condition of a delete is refused.
    enum Unbuilt {
        /// None is refused.
        Judged,
        /// The time is refused with 501 NotImplemented.
        Time,
        /// The size is refused with 501 NotImplemented.
        Size,
    }
}

table! {
    /// Conditions of a delete that general purpose buckets do not have.
    OfDirectoryBuckets {
        /// x-amz-if-match-last-modified-time is sent.
        time: bool,
        /// x-amz-if-match-size is sent.
        size: bool,
    } => Unbuilt, unnoted;

    VER_COND_014_ORDER      if time && size                                                 => passes, else Size;
    VER_COND_014            if time                                                         => Time;
    VER_COND_014_SIZE       if size                                                         => Size;
    _                                                                                       => Judged;
}

/// Refuses the conditions of a delete that general purpose buckets do not have (`VER-COND-014`).
fn unbuilt(cx: &mut Cx<'_>, DeleteConditions { time, size, .. }: DeleteConditions) -> Result<(), Refusal> {
    match (OfDirectoryBuckets { time, size }).ruled(cx) {
        (Time, Some(by)) => Err(unknown(by, "x-amz-if-match-last-modified-time")),
        (Size, Some(by)) => Err(unknown(by, "x-amz-if-match-size")),
        (Judged | Time | Size, _) => Ok(()),
    }
}

words! {
    /// What If-Match of the delete of a version comes to.
    enum Reading {
        /// It is 501 NotImplemented.
        Unknown,
        /// The condition is ignored, and the named version is deleted.
        Ignored,
        /// The condition is judged on the current version, and the named one is deleted.
        OfCurrent,
        /// The condition is judged on the named version, which is deleted.
        OfNamed,
    }
}

table! {
    /// What If-Match of the delete of a version that is named comes to.
    OfVersion {
        /// If-Match is asked.
        asked: bool,
    } => Reading, unnoted;

    VER_COND_019            if asked                                    => passes,  else Ignored;
    VER_COND_019_CURRENT    if asked                                    => passes,  else OfCurrent;
    VER_COND_019_NAMED      if asked                                    => Unknown, else OfNamed;
    _                                                                   => Ignored;
}

/// Conditions on the delete of a version that is named (`VER-COND-014`, `VER-COND-019`).
///
/// `plain` is what the delete would answer without them.
pub(crate) fn delete_of_version(
    cx: &mut Cx<'_>,
    (current, named): (Option<&Version>, Option<&Version>),
    conditions: DeleteConditions,
    plain: impl Fn(&mut Cx<'_>) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    if let Err(refused) = unbuilt(cx, conditions) {
        return Err(refused_either(cx, refused, plain));
    }
    let etag = conditions.if_match;
    let case = OfVersion {
        asked: etag != Etag::Unconditional,
    };
    let (judged, by) = match case.ruled(cx).0 {
        Ignored => return Ok(()),
        Unknown => {
            let refused = Refusal::new(Code::NotImplemented, VER_COND_019);
            return Err(refused_either(cx, refused, plain));
        }
        OfCurrent => (current, VER_COND_019_CURRENT),
        OfNamed => (named, VER_COND_019_NAMED),
    };
    match judged.is_some_and(|version| matches(cx, version, etag, AskedBy::Other)) {
        true => Ok(()),
        false => Err(failed(by, "If-Match")),
    }
}

/// The refusal of a condition, or what refuses the request without it: which comes first is open.
fn refused_either(
    cx: &mut Cx<'_>,
    refused: Refusal,
    plain: impl Fn(&mut Cx<'_>) -> Result<(), Refusal>,
) -> Refusal {
    match plain(cx) {
        Err(other) if cx.choose(VER_COND_019_ORDER, 2) == 1 => other,
        Err(_) | Ok(()) => refused,
    }
}

table! {
    /// Whether If-Match of a delete holds.
    OfDelete {
        /// What If-Match names.
        if_match: Named,
        /// What the key has.
        current: Current,
        /// The current version has the ETag.
        matches: bool,
    } never {
        if_match == Unasked;
        matches && (current != Object || if_match != OneEtag);
    } => Held;

    VER_COND_002_LIST       if if_match == List                                             => passes, or NotImplemented;
    VER_COND_013_STAR       if if_match == Star && current == Nothing                       => NoSuchKey, else Holds;
    VER_COND_013_STAR_MARKER if if_match == Star && current == Marker                       => NoSuchKey, else Holds;
    VER_COND_013_MISSING    if if_match != Star && current == Nothing                       => NoSuchKey, else Holds;
    VER_COND_013_MARKER     if if_match != Star && current == Marker                        => NoSuchKey, else Holds;
    VER_COND_013_ANY        if if_match == Star && current == Object                        => passes, else Failed;
    VER_COND_013            if if_match != Star && current == Object && !matches            => Failed;
    _                                                                                       => Holds;
}

/// If-Match of a delete (`VER-COND-013`).
fn etag_holds(
    cx: &mut Cx<'_>,
    place: (BucketName, Key),
    current: Option<&Version>,
    etag: Etag,
) -> Result<(), Refusal> {
    if etag == Etag::Unconditional {
        return Ok(());
    }
    let object = current.filter(|current| etag != Etag::Any && !current.is_marker());
    let case = OfDelete {
        if_match: Named::by(etag),
        current: Current::of(current),
        matches: object.is_some_and(|object| matches(cx, object, etag, AskedBy::Other)),
    };
    match case.ruled(cx) {
        (Failed, Some(by)) => Err(failed(by, "If-Match")),
        (NoSuchKey, Some(by)) => Err(nothing_to_delete(cx, place, by)),
        (NotImplemented, Some(by)) => Err(Refusal::new(Code::NotImplemented, by)),
        (Holds | Failed | NoSuchKey | NotImplemented, _) => Ok(()),
    }
}

table! {
    /// With which code If-Match of a delete is refused where there is no object.
    OfNothing {
        /// There is none.
        nothing: bool,
    } => Held, unnoted;

    VER_COND_013_CODE       if nothing                                  => NoSuchKey, else Failed;
    _                                                                   => Holds;
}

/// The refusal of If-Match where there is no object to delete, by a facet.
fn nothing_to_delete(cx: &mut Cx<'_>, place: (BucketName, Key), facet: FacetId) -> Refusal {
    match (OfNothing { nothing: true }).ruled(cx).0 {
        Failed => failed(VER_COND_013_CODE, "If-Match"),
        NoSuchKey | Holds | NotImplemented => no_key(cx, place, true, facet),
    }
}

/// The tables of this file, in the order in which they are read.
pub(crate) fn tables() -> Vec<Printed> {
    vec![
        printed::<Reader>(),
        printed::<OfDirectoryBuckets>(),
        printed::<OfVersion>(),
        printed::<OfDelete>(),
        printed::<OfNothing>(),
    ]
}
