//! Digests and signatures of requests that touch lock state (`LOCK-INT`).

use Integrity::{Absent, Algorithm, Crc32, Md5};
use Parameters::{BucketDefault, HoldAlone, Retention};

use crate::argument::Integrity;
use crate::cx::{Cx, Ruling};
use crate::reply::{Code, Refusal, Value};
use crate::request::Route::{self, *};
use crate::request::{Caller, routes_where};
use crate::state::{Bucket, Upload};
use crate::table::{Decision, Printed, Ruled, faults, printed, refusal, table, words};
use crate::words::{FORM, FacetId, RULE, clauses};

/// The routes with a document on lock state.
const DOCUMENTS: &[Route] = routes_where!(|route| route.row().takes("body"));

clauses! { ObjectLock, LockIntegrity;
    "LOCK-INT-001" RULE, Documented, Medium, "API:PutObject; UG:object-lock-managing",
        "A PutObject whose version gets lock state, also by default, must carry Content-MD5 or a checksum." {
        LOCK_INT_001 = "retention", &[PutObject], else row;
        LOCK_INT_001_HOLD = "hold", &[PutObject], else row;
        LOCK_INT_001_DEFAULT = "by-default", &[PutObject], else row;
        LOCK_INT_001_MD5 = "md5", &[PutObject], else row;
        LOCK_INT_001_CHECKSUM = "checksum", &[PutObject], else row;
    }
    "LOCK-INT-002" FORM, Reported, Low, "public issue reports; VGW",
        "Otherwise it is 400 InvalidRequest, \"Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests \
         with Object Lock parameters\"." {
        LOCK_INT_002 = "message", &[PutObject], else other_text;
    }
    "LOCK-INT-003" RULE, Reported, Medium, "public issue reports",
        "x-amz-content-sha256, which every signed request has, and x-amz-sdk-checksum-algorithm alone do not suffice." {
        LOCK_INT_003 = "algorithm", &[PutObject], else row;
    }
    "LOCK-INT-004" RULE, Reported, Medium, "public issue reports",
        "UploadPart to an upload with lock state follows the same rule, with Put Part in its message." {
        LOCK_INT_004 = "retention", &[UploadPart], else row;
        LOCK_INT_004_HOLD = "hold", &[UploadPart], else row;
        LOCK_INT_004_MD5 = "md5", &[UploadPart], else row;
        LOCK_INT_004_CHECKSUM = "checksum", &[UploadPart], else row;
        LOCK_INT_004_ALGORITHM = "algorithm", &[UploadPart], else row;
        LOCK_INT_004_MESSAGE = "message", &[UploadPart], else other_text;
        LOCK_INT_004_DEFAULT = "by-default", &[UploadPart],
            choice ["one is needed where the default of the bucket will lock", "neither is needed there"];
    }
    "LOCK-INT-005" RULE, Reported, Medium, "public issue reports",
        "A PutObject with lock state that is not signed with Signature Version 4: 400 InvalidArgument, ArgumentName Authorization." {
        LOCK_INT_005 = "unsigned", &[PutObject], else row;
        LOCK_INT_005_MESSAGE = "message", &[PutObject], else other_text;
        LOCK_INT_005_ARGUMENT = "argument-name", &[PutObject], else (omitted "ArgumentName");
        LOCK_INT_005_ORDER = "order", &[PutObject], choice ["the signature first", "the digest first"];
    }
    "LOCK-INT-006" RULE, Documented, Medium, "API; VGW s3err",
        "The documents of PutObjectRetention, PutObjectLegalHold and PutObjectLockConfiguration need Content-MD5 or a checksum: \
         400 InvalidRequest." {
        LOCK_INT_006 = "document", DOCUMENTS, else row;
        LOCK_INT_006_MESSAGE = "message", DOCUMENTS, else other_text;
        LOCK_INT_006_ORDER = "order", DOCUMENTS, choice ["before the document and what it asks for", "after them"];
    }
    "LOCK-INT-007" RULE, Documented, Low, "API; K(h)",
        "CopyObject needs no digest when its version gets lock state, also by default, as it has no body." {
        LOCK_INT_007 = "copy", &[CopyObject], else row;
    }
}

words! {
    /// What gives a new version its lock state.
    pub(crate) enum Parameters {
        /// Retention headers, with or without a hold header.
        Retention,
        /// A hold header alone.
        HoldAlone,
        /// The default of the bucket.
        BucketDefault,
    }
}

words! {
    /// Whether a request is signed, and its digest suffices.
    enum Digest {
        /// It suffices.
        Sufficient,
        /// It is refused with 400 InvalidRequest, which asks for one.
        Missing,
        /// It is refused with 400 InvalidRequest.
        Refused,
        /// It is refused with 400 InvalidArgument, as it is not signed with Signature Version 4.
        Unsigned,
    }
}

faults! {
    /// Whether a PutObject is signed whose version gets lock state, and its digest suffices.
    OfWrite {
        /// The request is signed.
        signed: bool,
        /// The digest that is sent.
        digest: Integrity,
        /// What gives the version its lock state.
        locked_by: Parameters,
    } => Digest;

    LOCK_INT_005            if !signed                                          => Unsigned;
    LOCK_INT_001            if digest == Absent && locked_by == Retention       => Missing,         order LOCK_INT_005_ORDER;
    LOCK_INT_001_HOLD       if digest == Absent && locked_by == HoldAlone       => Missing,         order LOCK_INT_005_ORDER;
    LOCK_INT_001_DEFAULT    if digest == Absent && locked_by == BucketDefault   => Missing,         order LOCK_INT_005_ORDER;
    LOCK_INT_003            if digest == Algorithm                              => Refused,         order LOCK_INT_005_ORDER;
    LOCK_INT_001_MD5        if digest == Md5                                    => passes, else Refused, order LOCK_INT_005_ORDER;
    LOCK_INT_001_CHECKSUM   if digest == Crc32                                  => passes, else Refused, order LOCK_INT_005_ORDER;
    _                                                                           => Sufficient;
}

/// Whether a write that gives lock state is signed and carries a digest (`LOCK-INT-001` to `LOCK-INT-005`).
pub(crate) fn of_write(cx: &mut Cx<'_>, locked_by: Parameters, integrity: Integrity) -> Result<(), Refusal> {
    const MESSAGE: &str = "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with \
        Object Lock parameters";
    let case = OfWrite {
        signed: cx.caller() != Caller::Anonymous,
        digest: integrity,
        locked_by,
    };
    let ruled = case.ruled(cx);
    insufficient(cx, ruled, (LOCK_INT_002, MESSAGE)).map_or(Ok(()), Err)
}

table! {
    /// Whether the digest of an UploadPart suffices whose upload has lock state, or will be locked by default.
    OfPart {
        /// The digest that is sent.
        digest: Integrity,
        /// What will give the version its lock state.
        locked_by: Option<Parameters>,
    } => Digest;

    LOCK_INT_004_DEFAULT    if locked_by == BY_DEFAULT && (digest == Absent || digest == Algorithm) => Refused, or passes;
    LOCK_INT_004            if locked_by == BY_RETENTION && digest == Absent    => Missing;
    LOCK_INT_004_HOLD       if locked_by == BY_HOLD && digest == Absent         => Missing;
    LOCK_INT_004_ALGORITHM  if is_declared(locked_by) && digest == Algorithm    => Refused;
    LOCK_INT_004_MD5        if is_declared(locked_by) && digest == Md5          => passes,  else Refused;
    LOCK_INT_004_CHECKSUM   if is_declared(locked_by) && digest == Crc32        => passes,  else Refused;
    _                                                                           => Sufficient;
}

const BY_RETENTION: Option<Parameters> = Some(Retention);
const BY_HOLD: Option<Parameters> = Some(HoldAlone);
const BY_DEFAULT: Option<Parameters> = Some(BucketDefault);

/// Whether the upload itself was begun with lock state.
fn is_declared(locked_by: Option<Parameters>) -> bool {
    locked_by == BY_RETENTION || locked_by == BY_HOLD
}

/// Whether a part of an upload that will be locked carries a digest (`LOCK-INT-004`).
pub(crate) fn of_part(
    cx: &mut Cx<'_>,
    bucket: &Bucket,
    upload: &Upload,
    integrity: Integrity,
) -> Result<(), Refusal> {
    const MESSAGE: &str = "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Part requests with Object \
        Lock parameters";
    let has_default = bucket.lock.is_some_and(|lock| lock.default.is_some());
    let case = OfPart {
        digest: integrity,
        locked_by: match (upload.retention, upload.hold) {
            (Some(_), _) => BY_RETENTION,
            (None, Some(_)) => BY_HOLD,
            (None, None) => BY_DEFAULT.filter(|_| has_default),
        },
    };
    let ruled = case.ruled(cx);
    insufficient(cx, ruled, (LOCK_INT_004_MESSAGE, MESSAGE)).map_or(Ok(()), Err)
}

table! {
    /// Whether a copy that gets lock state needs a digest: it has no body of the client's.
    OfCopy {
        /// The copy gets lock state, by headers or by default.
        locked: bool,
    } => Digest;

    LOCK_INT_007            if locked                                           => passes,  else Refused;
    _                                                                           => Sufficient;
}

/// A copy has no body of the client's, so that no digest is needed (`LOCK-INT-007`).
pub(crate) fn without_digest(cx: &mut Cx<'_>) -> Result<(), Refusal> {
    match (OfCopy { locked: true }).ruled(cx) {
        (Digest::Refused, Some(by)) => Err(Refusal::new(Code::InvalidRequest, by)),
        (Digest::Sufficient | Digest::Refused | Digest::Missing | Digest::Unsigned, _) => Ok(()),
    }
}

/// How a request is refused without a digest, or unsigned: the message only asks for a digest that is missing.
fn insufficient(
    cx: &mut Cx<'_>,
    ruled: Ruled<Digest>,
    (form, message): (FacetId, &'static str),
) -> Option<Refusal> {
    const UNSIGNED: &str = "Put Object requests with Object Lock parameters require AWS Signature Version 4";
    let (digest, Some(by)) = ruled else {
        return None;
    };
    match digest {
        Digest::Sufficient => None,
        Digest::Missing => Some(refusal! { cx, InvalidRequest, by;
            form => says message;
        }),
        Digest::Refused => Some(Refusal::new(Code::InvalidRequest, by)),
        Digest::Unsigned => Some(refusal! { cx, InvalidArgument, by;
            LOCK_INT_005_MESSAGE  => says UNSIGNED;
            LOCK_INT_005_ARGUMENT => require ArgumentName, Value::Text("Authorization");
        }),
    }
}

table! {
    /// Whether the digest of a document on lock state suffices.
    OfDocument {
        /// The digest that is sent.
        digest: Integrity,
    } => Digest;

    LOCK_INT_006            if digest == Absent                                 => Missing;
    LOCK_INT_006            if digest == Algorithm                              => Refused;
    _                                                                           => Sufficient;
}

/// The tables of this chapter, in the order in which they are read.
pub(crate) fn tables() -> Vec<Printed> {
    vec![
        printed::<OfDocument>(),
        printed::<Reporting>(),
        printed::<OfWrite>(),
        printed::<OfPart>(),
        printed::<OfCopy>(),
    ]
}

/// The refusal of a document without a digest (`LOCK-INT-006`).
pub(crate) fn fault(cx: &mut Cx<'_>, integrity: Integrity) -> Option<Refusal> {
    const MESSAGE: &str = "Missing required header for this request: Content-MD5 OR x-amz-checksum-*";
    let ruled = (OfDocument { digest: integrity }).ruled(cx);
    insufficient(cx, ruled, (LOCK_INT_006_MESSAGE, MESSAGE))
}

words! {
    /// When a missing digest is reported.
    enum Order {
        /// Before the document and what it asks for.
        First,
        /// After the document and what it asks for.
        Last,
    }
}

table! {
    /// When a document without a digest is refused for it.
    Reporting {
        /// The digest does not suffice.
        faulty: bool,
    } => Order;

    LOCK_INT_006_ORDER      if faulty                                           => First,   or Last;
    _                                                                           => First;
}

/// Rules on a request with a document: its digest, then the rest; where both refuse, which does is open.
pub(crate) fn before<'w>(
    cx: &mut Cx<'w>,
    integrity: Integrity,
    rest: impl FnOnce(&mut Cx<'w>) -> Ruling,
) -> Ruling {
    let Some(refusal) = fault(cx, integrity) else {
        return rest(cx);
    };
    if (Reporting { faulty: true }).ruled(cx).0 == Order::Last {
        rest(cx)?;
    }
    Err(refusal)
}
