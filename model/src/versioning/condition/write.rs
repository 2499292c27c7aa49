//! The conditions of a write: whether they are understood, and whether they hold.

use Current::{Marker, Nothing, Object};
use Disturbed::{AgainstMatch, AgainstNoneMatch, Undisturbed};
use Held::{Failed, Holds, NoSuchKey, NotImplemented};
use Named::{List, OneEtag, Star, Unasked};

use super::{
    AskedBy, Current, Held, Named, VER_COND_001, VER_COND_002, VER_COND_002_COMPLETE, VER_COND_002_LIST,
    VER_COND_003, VER_COND_004, VER_COND_004_NONE, VER_COND_005, VER_COND_005_MARKER, VER_COND_006,
    VER_COND_007, VER_COND_009, VER_COND_009_NOTHING, VER_COND_010, VER_COND_015, failed, matches, no_key,
    unknown,
};
use crate::access::Need;
use crate::action::Action;
use crate::argument::{BucketName, Etag, Key};
use crate::cx::Cx;
use crate::reply::{Code, Name, Refusal, Value};
use crate::request::Route::*;
use crate::state::{Since, Version};
use crate::table::{Decision, Printed, printed, table, words};
use crate::words::FacetId;
/// The conditions of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Conditions {
    pub(crate) if_match: Etag,
    pub(crate) if_none_match: Etag,
}

/// The permission that If-Match adds to a write (`VER-COND-015`).
pub(crate) fn need(conditions: Conditions, key: Key) -> Option<Need> {
    match conditions.if_match {
        Etag::Of(_) | Etag::OfPart(_) | Etag::Unclosed(_) | Etag::Unopened(_) => {
            Some(Need::object(VER_COND_015, Action::GetObject, key))
        }
        Etag::Unconditional | Etag::Any | Etag::List => None,
    }
}

words! {
    /// Whether conditions are understood.
    enum Understood {
        /// They are judged.
        Judged,
        /// They are refused with 501 NotImplemented, as there are two.
        Both,
        /// They are refused with 501 NotImplemented, for the value of If-None-Match.
        NoneMatchRefused,
        /// They are refused with 501 NotImplemented, for the value of If-Match.
        MatchRefused,
        /// They are refused with 501 NotImplemented.
        Unknown,
    }
}

table! {
    /// Whether the conditions of a write are understood, whatever the bucket holds.
    Understanding {
        /// What If-Match names.
        if_match: Named,
        /// What If-None-Match names.
        if_none_match: Named,
        /// The write completes an upload.
        completion: bool,
    } => Understood;

    VER_COND_003            if if_match != Unasked && if_none_match != Unasked              => Both;
    VER_COND_001            if if_none_match == OneEtag || if_none_match == List            => NoneMatchRefused;
    VER_COND_002_COMPLETE   if if_match == Star && completion                               => MatchRefused, or passes;
    VER_COND_002            if if_match == Star && !completion                              => MatchRefused;
    VER_COND_002_LIST       if if_match == List                                             => passes, or Unknown;
    _                                                                                       => Judged;
}

/// Refuses conditions that S3 does not know (`VER-COND-001` to `VER-COND-003`).
pub(crate) fn understood(cx: &mut Cx<'_>, conditions: Conditions) -> Result<(), Refusal> {
    let case = Understanding {
        if_match: Named::by(conditions.if_match),
        if_none_match: Named::by(conditions.if_none_match),
        completion: cx.route == CompleteMultipartUpload,
    };
    let (ruling, Some(by)) = case.ruled(cx) else {
        return Ok(());
    };
    Err(match ruling {
        Understood::Judged => return Ok(()),
        Understood::Both => unknown(by, "If-Match,If-None-Match").with(
            Name::AdditionalMessage,
            Value::Text("Multiple conditional request headers present in the request"),
        ),
        Understood::NoneMatchRefused => unknown(by, "If-None-Match").with(
            Name::AdditionalMessage,
            Value::Text("We don't accept the provided value of If-None-Match header for this API"),
        ),
        Understood::MatchRefused => not_accepted(by),
        Understood::Unknown => Refusal::new(Code::NotImplemented, by),
    })
}

/// The refusal of a value of If-Match that S3 does not know.
fn not_accepted(facet: FacetId) -> Refusal {
    unknown(facet, "If-Match").with(
        Name::AdditionalMessage,
        Value::Text("We don't accept the provided value of If-Match header for this API"),
    )
}

table! {
    /// Whether If-None-Match: * of a write holds.
    IfNoneMatch {
        /// What the key has.
        current: Current,
    } => Held;

    VER_COND_006            if current == Marker                                            => passes, else Failed;
    VER_COND_004_NONE       if current == Object                                            => Failed;
    _                                                                                       => Holds;
}

table! {
    /// Whether If-Match of a write holds.
    IfMatch {
        /// What the key has.
        current: Current,
        /// The current version has the ETag.
        matches: bool,
        /// An older version has it, and the current one has not.
        older_matches: bool,
    } never {
        matches && older_matches;
        (matches || older_matches) && current != Object;
    } => Held, unnoted;

    VER_COND_005            if current == Nothing                                           => NoSuchKey, else Failed;
    VER_COND_005_MARKER     if current == Marker                                            => NoSuchKey, else Failed;
    VER_COND_007            if older_matches                                                => passes, else Holds;
    VER_COND_004            if current == Object && !matches                                => Failed;
    _                                                                                       => Holds;
}

/// Refuses a write whose conditions do not hold for the current version (`VER-COND-004` to `VER-COND-007`).
pub(crate) fn hold(
    cx: &mut Cx<'_>,
    (name, key): (BucketName, Key),
    versions: &[Version],
    conditions: Conditions,
) -> Result<(), Refusal> {
    let current = Current::of(versions.last());
    if conditions.if_none_match == Etag::Any
        && let (Failed, Some(by)) = (IfNoneMatch { current }).ruled(cx)
    {
        return Err(failed(by, "If-None-Match"));
    }
    let etag = conditions.if_match;
    if etag == Etag::Unconditional {
        return Ok(());
    }
    let object = versions.last().filter(|version| !version.is_marker());
    let matches = object.is_some_and(|object| matches(cx, object, etag, AskedBy::Write));
    let case = IfMatch {
        current,
        matches,
        older_matches: object.is_some() && !matches && noncurrent_matches(cx, versions, etag),
    };
    match case.ruled(cx) {
        (Failed, Some(by)) => Err(failed(by, "If-Match")),
        (NoSuchKey, Some(by)) => Err(no_key(cx, (name, key), false, by)),
        (Holds | Failed | NoSuchKey | NotImplemented, _) => Ok(()),
    }
}

/// Whether some version of a key has the ETag of a write's condition.
fn noncurrent_matches(cx: &mut Cx<'_>, versions: &[Version], etag: Etag) -> bool {
    versions
        .iter()
        .any(|version| matches(cx, version, etag, AskedBy::Write))
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
    let unmade = conditions.if_none_match == Etag::Any && !exists;
    let case = Disturbance {
        deleted: unmade && since.deleted,
        deleted_nothing: unmade && since.deleted_nothing,
        changed: conditions.if_match != Etag::Unconditional && exists && (since.written || since.deleted),
    };
    match case.ruled(cx) {
        (AgainstNoneMatch, Some(by)) => Err(conflict(by, "If-None-Match")),
        (AgainstMatch, Some(by)) => Err(conflict(by, "If-Match")),
        (Undisturbed | AgainstNoneMatch | AgainstMatch, _) => Ok(()),
    }
}

words! {
    /// Whether a condition that holds was in doubt while an upload was under way.
    enum Disturbed {
        /// The upload is completed.
        Undisturbed,
        /// It is refused with 409 ConditionalRequestConflict, for If-None-Match.
        AgainstNoneMatch,
        /// It is refused with 409 ConditionalRequestConflict, for If-Match.
        AgainstMatch,
    }
}

table! {
    /// Whether a condition that holds was in doubt while an upload was under way.
    Disturbance {
        /// If-None-Match: * holds, and an object was deleted since the upload began.
        deleted: bool,
        /// If-None-Match: * holds, and a delete found no object since the upload began.
        deleted_nothing: bool,
        /// If-Match holds, and the key was written or deleted since the upload began.
        changed: bool,
    } never {
        changed && (deleted || deleted_nothing);
    } => Disturbed;

    VER_COND_009_NOTHING    if deleted_nothing && !deleted                                  => passes, or Undisturbed;
    VER_COND_009            if deleted || deleted_nothing                                   => AgainstNoneMatch;
    VER_COND_010            if changed                                                      => AgainstMatch;
    _                                                                                       => Undisturbed;
}

/// The tables of this file, in the order in which they are read.
pub(crate) fn tables() -> Vec<Printed> {
    vec![
        printed::<Understanding>(),
        printed::<IfNoneMatch>(),
        printed::<IfMatch>(),
        printed::<Disturbance>(),
    ]
}
