//! Digests and signatures of requests that touch lock state (`LOCK-INT`).

use crate::argument::Integrity;
use crate::cx::{Cx, Ruling};
use crate::reply::{Code, Name, Refusal, Value};
use crate::request::Caller;
use crate::request::Route::{self, *};
use crate::state::{Bucket, Upload};
use crate::words::{FORM, FacetId, RULE, clauses};

/// The routes with a document on lock state.
const DOCUMENTS: &[Route] = &[PutObjectLockConfiguration, PutObjectRetention, PutObjectLegalHold];

clauses! { ObjectLock, LockIntegrity;
    "LOCK-INT-001" RULE, Documented, Medium, "API:PutObject; UG:object-lock-managing",
        "A PutObject whose version gets lock state, also by default, must carry Content-MD5 or a checksum." {
        LOCK_INT_001 = "retention", &[PutObject], else "neither is needed for retention headers";
        LOCK_INT_001_HOLD = "hold", &[PutObject], else "neither is needed for a hold header alone";
        LOCK_INT_001_DEFAULT = "by-default", &[PutObject], else "neither is needed when only the default locks";
        LOCK_INT_001_MD5 = "md5", &[PutObject], else "Content-MD5 does not suffice";
        LOCK_INT_001_CHECKSUM = "checksum", &[PutObject], else "a checksum does not suffice";
    }
    "LOCK-INT-002" FORM, Reported, Low, "public issue reports; VGW",
        "Otherwise it is 400 InvalidRequest, \"Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests \
         with Object Lock parameters\"." {
        LOCK_INT_002 = "message", &[PutObject], else "it is another text";
    }
    "LOCK-INT-003" RULE, Reported, Medium, "public issue reports",
        "x-amz-content-sha256, which every signed request has, and x-amz-sdk-checksum-algorithm alone do not suffice." {
        LOCK_INT_003 = "algorithm", &[PutObject], else "x-amz-sdk-checksum-algorithm suffices";
    }
    "LOCK-INT-004" RULE, Reported, Medium, "public issue reports",
        "UploadPart to an upload with lock state follows the same rule, with Put Part in its message." {
        LOCK_INT_004 = "retention", &[UploadPart], else "neither is needed for an upload with retention";
        LOCK_INT_004_HOLD = "hold", &[UploadPart], else "neither is needed for an upload with a hold alone";
        LOCK_INT_004_MD5 = "md5", &[UploadPart], else "Content-MD5 does not suffice";
        LOCK_INT_004_CHECKSUM = "checksum", &[UploadPart], else "a checksum does not suffice";
        LOCK_INT_004_ALGORITHM = "algorithm", &[UploadPart], else "x-amz-sdk-checksum-algorithm suffices";
        LOCK_INT_004_MESSAGE = "message", &[UploadPart], else "it is another text";
        LOCK_INT_004_DEFAULT = "by-default", &[UploadPart],
            choice ["one is needed where the default of the bucket will lock", "neither is needed there"];
    }
    "LOCK-INT-005" RULE, Reported, Medium, "public issue reports",
        "A PutObject with lock state that is not signed with Signature Version 4: 400 InvalidArgument, ArgumentName Authorization." {
        LOCK_INT_005 = "unsigned", &[PutObject], else "the gate passes";
        LOCK_INT_005_MESSAGE = "message", &[PutObject], else "it is another text";
        LOCK_INT_005_ARGUMENT = "argument-name", &[PutObject], else "ArgumentName is omitted";
        LOCK_INT_005_ORDER = "order", &[PutObject], choice ["the signature first", "the digest first"];
    }
    "LOCK-INT-006" RULE, Documented, Medium, "API; VGW s3err",
        "The documents of PutObjectRetention, PutObjectLegalHold and PutObjectLockConfiguration need Content-MD5 or a checksum: \
         400 InvalidRequest." {
        LOCK_INT_006 = "document", DOCUMENTS, else "neither is needed";
        LOCK_INT_006_MESSAGE = "message", DOCUMENTS, else "it is another text";
        LOCK_INT_006_ORDER = "order", DOCUMENTS, choice ["before the document and what it asks for", "after them"];
    }
    "LOCK-INT-007" RULE, Documented, Low, "API; K(h)",
        "CopyObject needs no digest when its version gets lock state, also by default, as it has no body." {
        LOCK_INT_007 = "copy", &[CopyObject], else "it is refused as a PutObject without a digest";
    }
}

/// What gives a new version its lock state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parameters {
    /// Retention headers, with or without a hold header.
    Retention,
    /// A hold header alone.
    Hold,
    /// The default of the bucket.
    Default,
}

/// Whether a write that gives lock state is signed and carries a digest (`LOCK-INT-001` to `LOCK-INT-005`).
pub(crate) fn of_write(cx: &mut Cx<'_>, parameters: Parameters, integrity: Integrity) -> Result<(), Refusal> {
    let digest = match (integrity, parameters) {
        (Integrity::Absent, Parameters::Retention) => missing(cx, LOCK_INT_001),
        (Integrity::Absent, Parameters::Hold) => missing(cx, LOCK_INT_001_HOLD),
        (Integrity::Absent, Parameters::Default) => missing(cx, LOCK_INT_001_DEFAULT),
        (Integrity::Algorithm, _) => cx
            .law(LOCK_INT_003)
            .then(|| Refusal::new(Code::InvalidRequest, LOCK_INT_003)),
        (Integrity::Md5, _) => insufficient(cx, LOCK_INT_001_MD5),
        (Integrity::Crc32, _) => insufficient(cx, LOCK_INT_001_CHECKSUM),
    };
    if cx.caller() == Caller::Anonymous && cx.law(LOCK_INT_005) {
        if let Some(digest) = digest
            && cx.choose(LOCK_INT_005_ORDER, 2) == 1
        {
            return Err(digest);
        }
        let message = "Put Object requests with Object Lock parameters require AWS Signature Version 4";
        let refusal = Refusal::new(Code::InvalidArgument, LOCK_INT_005);
        let refusal = cx.saying(refusal, LOCK_INT_005_MESSAGE, message);
        return Err(cx.naming(
            refusal,
            LOCK_INT_005_ARGUMENT,
            Name::ArgumentName,
            Value::Text("Authorization"),
        ));
    }
    digest.map_or(Ok(()), Err)
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
    let facet = match (upload.retention, upload.hold) {
        (Some(_), _) => LOCK_INT_004,
        (None, Some(_)) => LOCK_INT_004_HOLD,
        (None, None) => {
            let by_default = bucket.lock.is_some_and(|lock| lock.default.is_some());
            let missing = matches!(integrity, Integrity::Absent | Integrity::Algorithm);
            return if by_default && missing && cx.choose(LOCK_INT_004_DEFAULT, 2) == 0 {
                Err(Refusal::new(Code::InvalidRequest, LOCK_INT_004_DEFAULT))
            } else {
                Ok(())
            };
        }
    };
    let fault = match integrity {
        Integrity::Absent if cx.law(facet) => {
            let refusal = Refusal::new(Code::InvalidRequest, facet);
            Some(cx.saying(refusal, LOCK_INT_004_MESSAGE, MESSAGE))
        }
        Integrity::Absent => None,
        Integrity::Algorithm => cx
            .law(LOCK_INT_004_ALGORITHM)
            .then(|| Refusal::new(Code::InvalidRequest, LOCK_INT_004_ALGORITHM)),
        Integrity::Md5 => insufficient(cx, LOCK_INT_004_MD5),
        Integrity::Crc32 => insufficient(cx, LOCK_INT_004_CHECKSUM),
    };
    fault.map_or(Ok(()), Err)
}

/// A copy has no body of the client's, so that no digest is needed (`LOCK-INT-007`).
pub(crate) fn without_digest(cx: &mut Cx<'_>) -> Result<(), Refusal> {
    insufficient(cx, LOCK_INT_007).map_or(Ok(()), Err)
}

fn missing(cx: &mut Cx<'_>, facet: FacetId) -> Option<Refusal> {
    const MESSAGE: &str = "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with \
        Object Lock parameters";
    if !cx.law(facet) {
        return None;
    }
    let refusal = Refusal::new(Code::InvalidRequest, facet);
    Some(cx.saying(refusal, LOCK_INT_002, MESSAGE))
}

fn insufficient(cx: &mut Cx<'_>, facet: FacetId) -> Option<Refusal> {
    (!cx.decides(facet)).then(|| Refusal::new(Code::InvalidRequest, facet))
}

/// The refusal of a document without a digest (`LOCK-INT-006`).
pub(crate) fn fault(cx: &mut Cx<'_>, integrity: Integrity) -> Option<Refusal> {
    if !matches!(integrity, Integrity::Absent | Integrity::Algorithm) || !cx.law(LOCK_INT_006) {
        return None;
    }
    let refusal = Refusal::new(Code::InvalidRequest, LOCK_INT_006);
    if integrity == Integrity::Algorithm {
        return Some(refusal);
    }
    let message = "Missing required header for this request: Content-MD5 OR x-amz-checksum-*";
    Some(cx.saying(refusal, LOCK_INT_006_MESSAGE, message))
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
    if cx.choose(LOCK_INT_006_ORDER, 2) == 1 {
        rest(cx)?;
    }
    Err(refusal)
}
