//! Conditional writes and deletes (`VER-COND`).
//!
//! A condition is first understood or refused as unknown, whatever the bucket holds, and then judged on the current
//! version.

use Current::{Marker, Nothing, Object};
use Named::{List, OneEtag, Star, Unasked};

use crate::access::Need;
use crate::action::Action;
use crate::argument::{BucketName, Etag, Key};
use crate::cx::Cx;
use crate::reply::{Code, Name, Refusal, Value};
use crate::request::Route::{self, *};
use crate::state::{Since, Version};
use crate::table::{Decision, Printed, printed, table, words};
use crate::words::{FacetId, RULE, clauses, consequence, note};

/// The routes that write under conditions.
const WRITES: &[Route] = &[PutObject, CopyObject, CompleteMultipartUpload];
/// The routes that delete one object or version.
const DELETES: &[Route] = &[DeleteObject, DeleteObjectVersion];
/// The routes of an upload's completion.
const COMPLETE: &[Route] = &[CompleteMultipartUpload];

clauses! { Versioning, Condition;
    "VER-COND-001" RULE, Recorded, Medium, "LS:test_put_object_if_none_match_validation",
        "If-None-Match on writes accepts only *; any other value is 501 NotImplemented." {
        VER_COND_001 = "only-star", WRITES, else row;
    }
    "VER-COND-002" RULE, Recorded, Medium, "LS:test_put_object_if_match_validation",
        "If-Match on writes accepts one ETag; * is 501 NotImplemented." {
        VER_COND_002 = "no-star", &[PutObject, CopyObject], else row;
        VER_COND_002_COMPLETE = "star-at-completion", COMPLETE, choice ["501 NotImplemented", "* matches every object"];
        VER_COND_002_LIST = "list", &[PutObject, CopyObject, CompleteMultipartUpload, DeleteObject],
            choice ["412 PreconditionFailed: it is no object's ETag", "501 NotImplemented"];
    }
    "VER-COND-003" RULE, Recorded, Medium, "LS:test_put_object_if_match_and_if_none_match_validation",
        "Both If-Match and If-None-Match on a write: 501 NotImplemented." {
        VER_COND_003 = "both", WRITES, else row;
    }
    "VER-COND-004" RULE, Recorded, High, "LS:test_put_object_if_none_match, test_put_object_if_match",
        "A condition that fails is 412 PreconditionFailed and names itself." {
        VER_COND_004 = "if-match", WRITES, else row;
        VER_COND_004_NONE = "if-none-match", WRITES, else row;
    }
    "VER-COND-005" RULE, Recorded, Medium, "LS:test_put_object_if_match, test_copy_object_if_match_versioned_bucket",
        "If-Match on a write to a missing key, or to one whose current version is a delete marker, is 404 NoSuchKey." {
        VER_COND_005 = "missing", WRITES, else row;
        VER_COND_005_MARKER = "marker", WRITES, else row;
        VER_COND_005_HIDDEN = "hidden", WRITES, choice ["404 NoSuchKey to everybody", "403 AccessDenied to callers without s3:ListBucket"];
    }
    "VER-COND-006" RULE, Recorded, Medium, "LS:test_put_object_if_none_match_versioned_bucket",
        "If-None-Match: * succeeds when the current version is a delete marker." {
        VER_COND_006 = "marker", WRITES, else row;
    }
    "VER-COND-007" RULE, Recorded, Medium, "LS:test_put_object_if_match_versioned_bucket; UG:conditional-writes",
        "Conditions look only at the current version." {
        VER_COND_007 = "current-only", WRITES, else row;
    }
    "VER-COND-008" consequence(&["VER-COND-004"]), Recorded, High, "LS:test_multipart_if_none_match_with_put",
        "CompleteMultipartUpload with If-None-Match: * and a current object is 412 PreconditionFailed."
    "VER-COND-009" RULE, Recorded, Medium, "LS:test_multipart_if_none_match_with_delete",
        "CompleteMultipartUpload of a key that was deleted after the upload began is 409 ConditionalRequestConflict." {
        VER_COND_009 = "deleted", COMPLETE, else row;
        VER_COND_009_NOTHING = "deleted-nothing", COMPLETE,
            choice ["a delete of a missing key counts", "it does not count"];
    }
    "VER-COND-010" RULE, Recorded, Medium, "LS:test_multipart_if_match_with_put, test_multipart_if_match_with_put_identical, \
        test_multipart_if_match_with_delete, test_multipart_if_match_etag",
        "CompleteMultipartUpload with the ETag of the current object, written again since the upload began, is 409 \
         ConditionalRequestConflict; another ETag is 412 before that." {
        VER_COND_010 = "written", COMPLETE, else row;
    }
    "VER-COND-011" note("says what a client does next; what a refused completion leaves is VER-COND-009"), Documented, Low, "API",
        "After a 409 on completion the upload starts again; after one on PutObject the request is repeated."
    "VER-COND-012" consequence(&["VER-COND-004"]), Documented, High,
        "UG:conditional-writes", "Of concurrent conditional writes the first to finish wins; a delete racing one is 409 or 404."
    "VER-COND-013" RULE, Recorded, High, "LS:test_delete_object_if_match_non_express; API:DeleteObject; two independent public probes of AWS (2026)",
        "DeleteObject with If-Match: another ETag is 412 PreconditionFailed; * deletes only what exists. On a key that does \
         not exist, or whose current version is a delete marker, any If-Match is 404 NoSuchKey and nothing is made." {
        VER_COND_013 = "etag", &[DeleteObject], else row;
        VER_COND_013_ANY = "star", &[DeleteObject], else row;
        VER_COND_013_STAR = "star-missing", &[DeleteObject], else row;
        VER_COND_013_STAR_MARKER = "star-marker", &[DeleteObject], else row;
        VER_COND_013_MISSING = "etag-missing", &[DeleteObject], else row;
        VER_COND_013_MARKER = "etag-marker", &[DeleteObject], else row;
        VER_COND_013_CODE = "not-found", &[DeleteObject], else "it is 412 PreconditionFailed";
        VER_COND_013_HIDDEN = "hidden", &[DeleteObject],
            choice ["404 NoSuchKey to everybody", "403 AccessDenied to callers without s3:ListBucket"];
    }
    "VER-COND-014" RULE, Recorded, Low, "LS:test_delete_object_if_match_all_non_express",
        "DeleteObject with x-amz-if-match-last-modified-time or x-amz-if-match-size: 501 NotImplemented; the time is \
         reported before the size, and both before If-Match is judged." {
        VER_COND_014 = "time", DELETES, else row;
        VER_COND_014_SIZE = "size", DELETES, else row;
        VER_COND_014_ORDER = "time-before-size", DELETES, else row;
        VER_COND_014_FIRST = "before-if-match", &[DeleteObject], else "If-Match is judged first";
    }
    "VER-COND-015" RULE, Documented, High, "UG:conditional-writes; delete K(m)",
        "If-Match on a write or delete also needs s3:GetObject." {
        VER_COND_015 = "get-object", WRITES, else not_asked;
        VER_COND_015_DELETE = "delete", &[DeleteObject, DeleteObjects], choice ["s3:GetObject is needed with an ETag", "it is not asked"];
    }
    "VER-COND-019" RULE, Reported, Critical, "public probe of AWS (2026)",
        "DeleteObject with a version id and If-Match is 501 NotImplemented, and neither the named nor the current version is deleted." {
        VER_COND_019 = "refused", &[DeleteObjectVersion], else "If-Match is ignored, and the named version is deleted";
        VER_COND_019_CURRENT = "not-of-the-current", &[DeleteObjectVersion],
            else "If-Match is judged on the current version, and the named one is deleted";
        VER_COND_019_NAMED = "not-of-the-named", &[DeleteObjectVersion],
            else "If-Match is judged on the named version, which is deleted";
        VER_COND_019_ORDER = "order", &[DeleteObjectVersion],
            choice ["501 whatever version is named", "what refuses the delete of that version comes first"];
    }
    "VER-COND-020" RULE, Recorded, High, "LS (recorded)",
        "If-Match and If-None-Match in the signed query of a presigned PUT are obeyed as the headers are." {
        VER_COND_020 = "if-match", &[PutObject], else "If-Match in the query is ignored";
        VER_COND_020_NONE = "if-none-match", &[PutObject], else "If-None-Match in the query is ignored";
    }
    "VER-COND-021" RULE, Recorded, Medium, "moto-aws (recorded)",
        "If-Match of a write matches an ETag of which one quote is missing." {
        VER_COND_021 = "unclosed", WRITES, else "an ETag without its closing quote matches no object";
        VER_COND_021_UNOPENED = "unopened", WRITES, else "an ETag without its opening quote matches no object";
        VER_COND_021_ELSEWHERE = "elsewhere", &[DeleteObject, DeleteObjects, CopyObject, UploadPartCopy],
            choice ["it matches in other conditions too", "it matches no object there"];
    }
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
        Etag::Of(_) | Etag::OfPart(_) | Etag::Unclosed(_) | Etag::Unopened(_) => {
            Some(Need::object(VER_COND_015, Action::GetObject, key))
        }
        Etag::Unconditional | Etag::Any | Etag::Odd => None,
    }
}

words! {
    /// What a condition names.
    enum Named {
        /// The header is not there.
        Unasked,
        /// One ETag.
        OneEtag,
        /// `*`.
        Star,
        /// A list of ETags.
        List,
    }
}

impl Named {
    fn by(etag: Etag) -> Named {
        match etag {
            Etag::Unconditional => Named::Unasked,
            Etag::Of(_) | Etag::OfPart(_) | Etag::Unclosed(_) | Etag::Unopened(_) => Named::OneEtag,
            Etag::Any => Named::Star,
            Etag::Odd => Named::List,
        }
    }
}

words! {
    /// What a key has.
    enum Current {
        /// No version at all.
        Nothing,
        /// A delete marker as its current version.
        Marker,
        /// An object as its current version.
        Object,
    }
}

impl Current {
    fn of(version: Option<&Version>) -> Current {
        match version {
            None => Current::Nothing,
            Some(version) if version.is_marker() => Current::Marker,
            Some(_) => Current::Object,
        }
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
        NotImplemented,
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
    VER_COND_002_LIST       if if_match == List                                             => passes, or NotImplemented;
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
        Understood::NotImplemented => Refusal::new(Code::NotImplemented, by),
    })
}

/// The refusal of a value of If-Match that S3 does not know.
fn not_accepted(facet: FacetId) -> Refusal {
    unknown(facet, "If-Match").with(
        Name::AdditionalMessage,
        Value::Text("We don't accept the provided value of If-Match header for this API"),
    )
}

/// What asks whether an ETag matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AskedBy {
    /// A condition on what a write replaces.
    Write,
    /// A condition on what is deleted or copied.
    Other,
}

/// Whether a version is an object with an ETag that a condition names.
pub(crate) fn matches(cx: &mut Cx<'_>, version: &Version, etag: Etag, asked_by: AskedBy) -> bool {
    let whole = |content| version.content == Some(content) && version.multipart.is_none();
    match etag {
        Etag::Any => !version.is_marker(),
        Etag::Of(content) => whole(content),
        Etag::OfPart(content) => version.content == Some(content) && version.multipart.is_some(),
        Etag::Unclosed(content) => whole(content) && reads_torn(cx, VER_COND_021, asked_by),
        Etag::Unopened(content) => whole(content) && reads_torn(cx, VER_COND_021_UNOPENED, asked_by),
        Etag::Unconditional | Etag::Odd => false,
    }
}

/// Whether an ETag of which one quote is missing is read as if it had both (`VER-COND-021`).
fn reads_torn(cx: &mut Cx<'_>, facet: FacetId, asked_by: AskedBy) -> bool {
    match asked_by {
        AskedBy::Write => cx.decides(facet),
        AskedBy::Other => cx.choose(VER_COND_021_ELSEWHERE, 2) == 0,
    }
}

words! {
    /// Whether a condition holds.
    enum Held {
        /// It holds.
        Holds,
        /// It fails: 412 PreconditionFailed.
        Failed,
        /// It is refused with 404 NoSuchKey.
        NoSuchKey,
        /// It is refused with 501 NotImplemented.
        NotImplemented,
    }
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
        && let (Held::Failed, Some(by)) = (IfNoneMatch { current }).ruled(cx)
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
        (Held::Failed, Some(by)) => Err(failed(by, "If-Match")),
        (Held::NoSuchKey, Some(by)) => Err(missing(cx, (name, key), by)),
        (Held::Holds | Held::Failed | Held::NoSuchKey | Held::NotImplemented, _) => Ok(()),
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
        deleted: unmade
            && (since.deleted || (since.deleted_nothing && cx.choose(VER_COND_009_NOTHING, 2) == 0)),
        changed: conditions.if_match != Etag::Unconditional && exists && (since.written || since.deleted),
    };
    match case.ruled(cx) {
        (Disturbed::AgainstNoneMatch, Some(by)) => Err(conflict(by, "If-None-Match")),
        (Disturbed::AgainstMatch, Some(by)) => Err(conflict(by, "If-Match")),
        (Disturbed::Undisturbed | Disturbed::AgainstNoneMatch | Disturbed::AgainstMatch, _) => Ok(()),
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
        /// If-None-Match: * holds, and the key was deleted since the upload began.
        deleted: bool,
        /// If-Match holds, and the key was written or deleted since the upload began.
        changed: bool,
    } => Disturbed;

    VER_COND_009            if deleted                                                      => AgainstNoneMatch;
    VER_COND_010            if changed                                                      => AgainstMatch;
    _                                                                                       => Undisturbed;
}

/// The refusal of If-Match where there is no current object (`VER-COND-005`).
fn missing(cx: &mut Cx<'_>, (name, key): (BucketName, Key), facet: FacetId) -> Refusal {
    let list = Need::bucket(VER_COND_005_HIDDEN, Action::ListBucket);
    if cx.permits(name, list).is_err() && cx.choose(VER_COND_005_HIDDEN, 2) == 1 {
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
        (Unbuilt::Time, Some(by)) => Err(unknown(by, "x-amz-if-match-last-modified-time")),
        (Unbuilt::Size, Some(by)) => Err(unknown(by, "x-amz-if-match-size")),
        (Unbuilt::Judged | Unbuilt::Time | Unbuilt::Size, _) => Ok(()),
    }
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
    let etag = conditions.if_match;
    if let Err(refused) = unbuilt(cx, conditions) {
        return Err(refused_either(cx, refused, plain));
    }
    if etag == Etag::Unconditional || !cx.law(VER_COND_019) {
        return Ok(());
    }
    for (facet, version) in [(VER_COND_019_CURRENT, current), (VER_COND_019_NAMED, named)] {
        if !cx.law(facet) {
            let holds = version.is_some_and(|version| matches(cx, version, etag, AskedBy::Other));
            return if holds {
                Ok(())
            } else {
                Err(failed(facet, "If-Match"))
            };
        }
    }
    Err(refused_either(
        cx,
        Refusal::new(Code::NotImplemented, VER_COND_019),
        plain,
    ))
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
        (Held::Failed, Some(by)) => Err(failed(by, "If-Match")),
        (Held::NoSuchKey, Some(by)) => Err(nothing_to_delete(cx, place, by)),
        (Held::NotImplemented, Some(by)) => Err(Refusal::new(Code::NotImplemented, by)),
        (Held::Holds | Held::Failed | Held::NoSuchKey | Held::NotImplemented, _) => Ok(()),
    }
}

/// The refusal of If-Match where there is no object to delete.
fn nothing_to_delete(cx: &mut Cx<'_>, (name, key): (BucketName, Key), facet: FacetId) -> Refusal {
    if !cx.law(VER_COND_013_CODE) {
        return failed(VER_COND_013_CODE, "If-Match");
    }
    let list = Need::bucket(VER_COND_013_HIDDEN, Action::ListBucket);
    if cx.permits(name, list).is_err() && cx.choose(VER_COND_013_HIDDEN, 2) == 1 {
        return Refusal::new(Code::AccessDenied, VER_COND_013_HIDDEN);
    }
    no_key(facet, key)
}

/// The tables of this chapter, in the order in which they are read.
pub(crate) fn tables() -> Vec<Printed> {
    vec![
        printed::<Understanding>(),
        printed::<IfNoneMatch>(),
        printed::<IfMatch>(),
        printed::<Disturbance>(),
        printed::<OfDirectoryBuckets>(),
        printed::<OfDelete>(),
    ]
}
