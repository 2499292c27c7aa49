//! What a missing key tells to whom: 403 or 404 (`EVAL-404`).

use Absent::{BehindMarker, KeyElsewhere, KeyToRead, KeyWithLockState, Unreadable, Version};
use Answer::Hidden;

use crate::access::Need;
use crate::action::Action;
use crate::argument::BucketName;
use crate::cx::Cx;
use crate::reply::{Code, Refusal};
use crate::request::Route::{self, *};
use crate::request::{Form, Target, routes_where};
use crate::table::{Decision, Printed, printed, table, words};
use crate::words::{RULE, clauses, consequence};

/// The routes on lock state, of which no page says what a missing key tells.
const LOCK_STATE: &[Route] = routes_where!(|route| route.row().is_of_lock_state());
/// The other operations on an object of which no page says it.
const OTHERS: &[Route] = routes_where!(|route| {
    let row = route.row();
    let said = matches!(
        row.subresource.as_bytes(),
        b"" | b"attributes" | b"uploads" | b"uploadId"
    );
    matches!(row.target, Target::Object)
        && matches!(route.form(), Form::Whole)
        && !said
        && !row.is_of_lock_state()
});
/// The routes on which a version that is gone is missed: to delete it once more is no fault.
pub(crate) const OF_VERSIONS: &[Route] =
    routes_where!(|route| route.names_version() && !matches!(route, DeleteObjectVersion));

clauses! { Evaluation, Missing;
    "EVAL-404-001" RULE, Documented, High, "S3-API GetObject, HeadObject, GetObjectAttributes",
        "A missing key is 404 NoSuchKey only to callers with s3:ListBucket, and 403 AccessDenied to all others: for GetObject, HeadObject, \
         GetObjectAttributes and the source of a copy. Of other operations on an object it is open." {
        EVAL_404_001 = "hidden", &[GetObject, HeadObject, GetObjectAttributes, CopyObject, UploadPartCopy],
            else row;
        EVAL_404_001_OTHERS = "other-operations", OTHERS, choice ["hidden", "404"];
        EVAL_404_001_LOCK = "lock-state", LOCK_STATE, choice ["hidden", "404"];
    }
    "EVAL-404-003" RULE, Chosen, Medium, "CEPH test_head_object_404_with_policy_prefix",
        "s3:ListBucket alone, without s3:GetObject, suffices for the 404." {
        EVAL_404_003 = "list-alone", &[GetObject, HeadObject], choice ["403", "404"];
    }
    "EVAL-404-004" consequence(&["EVAL-OP-028"]), Documented, High, "S3-API GetObject",
        "An existing key without s3:GetObject is always 403."
    "EVAL-404-005" RULE, Chosen, Medium, "K-low",
        "A version that is gone is 404 NoSuchVersion to permitted callers; which list permission they need is open." {
        EVAL_404_005 = "gone", OF_VERSIONS, choice ["403", "404"];
    }
    "EVAL-404-006" consequence(&["VER-DEL-001", "VER-DEL-004"]).because("deletes and writes ask no further permission"), Chosen, Medium, "K-high",
        "PutObject and DeleteObject never consult s3:ListBucket."
    "EVAL-404-007" consequence(&["EVAL-404-001"]), Chosen, Medium, "K-med",
        "A missing copy source is answered by the same rule in the source bucket."
    "EVAL-404-008" RULE, Chosen, Medium, "S3-API GetObject; K-med",
        "A current delete marker is 404, or 403 to callers without s3:ListBucket." {
        EVAL_404_008 = "marker", &[GetObject, HeadObject, GetObjectAcl, GetObjectAttributes, CopyObject, UploadPartCopy],
            choice ["403 without s3:ListBucket", "404"];
    }
    "EVAL-404-009" RULE, Documented, Medium, "S3-API UploadPart; order K-med",
        "An unknown upload id is 404 NoSuchUpload, after the action on the key is allowed." {
        EVAL_404_009 = "no-such-upload", &[UploadPart, UploadPartCopy, CompleteMultipartUpload, AbortMultipartUpload, ListParts],
            else row;
        EVAL_404_009_SOURCE = "source", &[UploadPartCopy], choice ["the upload first", "what the source lacks first"];
        EVAL_404_009_ID = "source-id", &[UploadPartCopy], choice ["a wrong version id of the source first", "the upload first"];
    }
}

words! {
    /// What is not there.
    enum Absent {
        /// A key, on an operation that reads an object.
        KeyToRead,
        /// A key, on an operation on lock state.
        KeyWithLockState,
        /// A key, on another operation.
        KeyElsewhere,
        /// The object behind a current delete marker.
        BehindMarker,
        /// A version that is named.
        Version,
        /// A key, asked for by a caller without the permission to read it.
        Unreadable,
    }
}

words! {
    /// How what is not there is answered.
    enum Answer {
        /// As missing: 404.
        Missing,
        /// It is hidden: 403 AccessDenied.
        Hidden,
    }
}

table! {
    /// Who is told that something is not there.
    Hiding {
        /// What is not there.
        absent: Absent,
        /// The caller may list.
        may_list: bool,
    } => Answer;

    EVAL_404_001            if !may_list && absent == KeyToRead             => Hidden;
    EVAL_404_001_OTHERS     if !may_list && absent == KeyElsewhere          => Hidden,  or Missing;
    EVAL_404_001_LOCK       if !may_list && absent == KeyWithLockState      => Hidden,  or Missing;
    EVAL_404_008            if !may_list && absent == BehindMarker          => Hidden,  or Missing;
    EVAL_404_005            if !may_list && absent == Version               => Hidden,  or Missing;
    EVAL_404_003            if may_list && absent == Unreadable             => Hidden,  or Missing;
    _                                                                       => Missing;
}

/// The table of this chapter.
pub(crate) fn tables() -> Vec<Printed> {
    vec![printed::<Hiding>()]
}

/// Whether it is hidden that something is not there.
fn hides(cx: &mut Cx<'_>, absent: Absent, may_list: bool) -> bool {
    (Hiding { absent, may_list }).ruled(cx).0 == Hidden
}

/// The refusal for a missing key: 404 only to callers who may list (`EVAL-404-001`).
pub(crate) fn hide_missing(cx: &mut Cx<'_>, bucket: BucketName, missing: Refusal) -> Refusal {
    let list = Need::bucket(EVAL_404_001, Action::ListBucket);
    let may_list = cx.permits(bucket, list).is_ok();
    let absent = if LOCK_STATE.contains(&cx.route) {
        Absent::KeyWithLockState
    } else if OTHERS.contains(&cx.route) {
        Absent::KeyElsewhere
    } else {
        Absent::KeyToRead
    };
    if hides(cx, absent, may_list) {
        hidden(EVAL_404_001)
    } else {
        missing
    }
}

/// The refusal for a current delete marker (`EVAL-404-008`).
pub(crate) fn hide_marker(cx: &mut Cx<'_>, bucket: BucketName, missing: Refusal) -> Refusal {
    let list = Need::bucket(EVAL_404_008, Action::ListBucket);
    let may_list = cx.permits(bucket, list).is_ok();
    if hides(cx, Absent::BehindMarker, may_list) {
        hidden(EVAL_404_008)
    } else {
        missing
    }
}

/// The refusal for a version that is gone; which of the two permissions to list it takes is open (`EVAL-404-005`).
pub(crate) fn hide_gone(cx: &mut Cx<'_>, bucket: BucketName, gone: Refusal) -> Refusal {
    let may_list = [Action::ListBucket, Action::ListBucketVersions]
        .into_iter()
        .all(|action| cx.permits(bucket, Need::bucket(EVAL_404_005, action)).is_ok());
    if hides(cx, Absent::Version, may_list) {
        hidden(EVAL_404_005)
    } else {
        gone
    }
}

/// A read of a missing key by a caller who may list but not read (`EVAL-404-003`).
pub(crate) fn unread(
    cx: &mut Cx<'_>,
    bucket: BucketName,
    refusal: Refusal,
    missing: impl FnOnce(&mut Cx<'_>) -> Refusal,
) -> Refusal {
    let list = Need::bucket(EVAL_404_003, Action::ListBucket);
    let may_list = cx.permits(bucket, list).is_ok();
    if may_list && !hides(cx, Absent::Unreadable, may_list) {
        return missing(cx);
    }
    refusal
}

/// The refusal that hides whether something is there; its message is free, as no page says which action it names.
fn hidden(by: crate::words::FacetId) -> Refusal {
    Refusal::new(Code::AccessDenied, by)
}
