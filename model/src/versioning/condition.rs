//! Conditional writes and deletes (`VER-COND`).
//!
//! A condition is first understood or refused as unknown, whatever the bucket holds, and then judged on the current
//! version.

use AskedBy::{Other, Write};
use Quote::{Closing, Opening};

use crate::access::Need;
use crate::action::Action;
use crate::argument::{BucketName, Etag, Key};
use crate::cx::Cx;
use crate::reply::{Code, Name, Refusal, Value};
use crate::request::Route::{self, *};
use crate::state::Version;
use crate::table::{Decision, Printed, printed, table, words};
use crate::words::{FacetId, RULE, clauses, consequence, note};

pub(crate) mod delete;
pub(crate) mod write;

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
        VER_COND_013_CODE = "not-found", &[DeleteObject], else row;
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
        VER_COND_019 = "refused", &[DeleteObjectVersion], else row;
        VER_COND_019_CURRENT = "not-of-the-current", &[DeleteObjectVersion],
            else row;
        VER_COND_019_NAMED = "not-of-the-named", &[DeleteObjectVersion],
            else row;
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
        VER_COND_021 = "unclosed", WRITES, else row;
        VER_COND_021_UNOPENED = "unopened", WRITES, else row;
        VER_COND_021_ELSEWHERE = "elsewhere", &[DeleteObject, DeleteObjects, CopyObject, UploadPartCopy],
            choice ["it matches in other conditions too", "it matches no object there"];
    }
}

/// The message of a failed condition (`VER-COND-004`).
const FAILED: &str = "At least one of the pre-conditions you specified did not hold";
/// The message of a condition that S3 does not know (`VER-COND-001`).
const UNKNOWN: &str = "A header you provided implies functionality that is not implemented";

/// The refusal of a condition that does not hold.
pub(crate) fn failed(facet: FacetId, condition: &'static str) -> Refusal {
    Refusal::new(Code::PreconditionFailed, facet)
        .saying(FAILED)
        .with(Name::Condition, Value::Text(condition))
}

/// The refusal of a condition that S3 does not know.
fn unknown(facet: FacetId, header: &'static str) -> Refusal {
    Refusal::new(Code::NotImplemented, facet)
        .saying(UNKNOWN)
        .with(Name::HeaderElement, Value::Text(header))
}

words! {
    /// How If-Match is refused where there is no object.
    enum Unfound {
        /// It is 404 NoSuchKey.
        NoSuchKey,
        /// It is 403 AccessDenied.
        Denied,
    }
}

table! {
    /// How If-Match is refused where there is no object.
    Hiding {
        /// The request deletes; otherwise it writes.
        deletes: bool,
        /// The caller may list.
        may_list: bool,
    } => Unfound;

    VER_COND_005_HIDDEN     if !may_list && !deletes            => NoSuchKey,   or Denied;
    VER_COND_013_HIDDEN     if !may_list && deletes             => NoSuchKey,   or Denied;
    _                                                           => NoSuchKey;
}

/// The tables of this file, in the order in which they are read.
pub(crate) fn tables() -> Vec<Printed> {
    vec![printed::<OneQuote>(), printed::<Hiding>()]
}

/// The refusal of If-Match where there is no object, by a facet (`VER-COND-005`, `VER-COND-013`).
fn no_key(cx: &mut Cx<'_>, (name, key): (BucketName, Key), deletes: bool, facet: FacetId) -> Refusal {
    let asks = if deletes {
        VER_COND_013_HIDDEN
    } else {
        VER_COND_005_HIDDEN
    };
    let list = Need::bucket(asks, Action::ListBucket);
    let may_list = cx.permits(name, list).is_ok();
    match (Hiding { deletes, may_list }).ruled(cx) {
        (Unfound::Denied, Some(by)) => Refusal::new(Code::AccessDenied, by),
        (Unfound::Denied | Unfound::NoSuchKey, _) => {
            Refusal::new(Code::NoSuchKey, facet).with(Name::KeyElement, Value::Key(key))
        }
    }
}

words! {
    /// What a condition names.
    pub(super) enum Named {
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
    pub(super) fn by(etag: Etag) -> Named {
        match etag {
            Etag::Unconditional => Named::Unasked,
            Etag::Of(_) | Etag::OfPart(_) | Etag::Unclosed(_) | Etag::Unopened(_) => Named::OneEtag,
            Etag::Any => Named::Star,
            Etag::List => Named::List,
        }
    }
}

words! {
    /// What a key has.
    pub(super) enum Current {
        /// No version at all.
        Nothing,
        /// A delete marker as its current version.
        Marker,
        /// An object as its current version.
        Object,
    }
}

impl Current {
    pub(super) fn of(version: Option<&Version>) -> Current {
        match version {
            None => Current::Nothing,
            Some(version) if version.is_marker() => Current::Marker,
            Some(_) => Current::Object,
        }
    }
}

words! {
    /// What asks whether an ETag matches.
    pub(crate) enum AskedBy {
        /// A condition on what a write replaces.
        Write,
        /// A condition on what is deleted or copied.
        Other,
    }
}

words! {
    /// Which quote of an ETag is missing.
    enum Quote {
        /// The one that closes it.
        Closing,
        /// The one that opens it.
        Opening,
    }
}

words! {
    /// How an ETag is read of which one quote is missing.
    enum Torn {
        /// It is read as if it had both quotes.
        Whole,
        /// It matches no object.
        Nothing,
    }
}

table! {
    /// How an ETag is read of which one quote is missing.
    OneQuote {
        /// The quote that is missing.
        missing: Quote,
        /// What asks.
        asked_by: AskedBy,
    } => Torn;

    VER_COND_021            if asked_by == Write && missing == Closing      => Whole,       else Nothing;
    VER_COND_021_UNOPENED   if asked_by == Write && missing == Opening      => Whole,       else Nothing;
    VER_COND_021_ELSEWHERE  if asked_by == Other                            => Whole,       or Nothing;
    _                                                                       => Whole;
}

/// Whether a version is an object with an ETag that a condition names.
pub(crate) fn matches(cx: &mut Cx<'_>, version: &Version, etag: Etag, asked_by: AskedBy) -> bool {
    let whole = |content| version.content == Some(content) && version.multipart.is_none();
    let mut reads = |missing| (OneQuote { missing, asked_by }).ruled(cx).0 == Torn::Whole;
    match etag {
        Etag::Any => !version.is_marker(),
        Etag::Of(content) => whole(content),
        Etag::OfPart(content) => version.content == Some(content) && version.multipart.is_some(),
        Etag::Unclosed(content) => whole(content) && reads(Closing),
        Etag::Unopened(content) => whole(content) && reads(Opening),
        Etag::Unconditional | Etag::List => false,
    }
}

words! {
    /// Whether a condition holds.
    pub(super) enum Held {
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
