//! PutObjectRetention and GetObjectRetention (`LOCK-RET`).

use Body::Missing;
use LockMode::{Absent, LowerCase, Unknown};
use Written::{NoDate, Unparsable};

use crate::argument::{Body, Date, LockMode};
use crate::cx::Cx;
use crate::lock::retention::date::Written;
use crate::lock::{LOCK_STATE, PUTS, READS, malformed, mode_of};
use crate::reply::{Code, Refusal};
use crate::request::Route::{self, *};
use crate::request::routes_where;
use crate::state::{Mode, Retention, Version};
use crate::table::{Decision, Printed, printed, refusal, table, words};
use crate::words::{FacetId, RULE, clauses, consequence};

pub mod date;
pub(crate) mod operations;
pub(crate) mod rule;

/// The routes on which it matters whether a version is still retained.
const PROTECTED: &[Route] = &[DeleteObjectVersion, DeleteObjectsVersion, PutObjectRetention];
const GET: &[Route] = &[GetObjectRetention];
const PUT: &[Route] = &[PutObjectRetention];
const BOTH: &[Route] = &[GetObjectRetention, PutObjectRetention];

/// The routes whose requests can bring a date.
const DATED: &[Route] = routes_where!(|route| route.row().takes("until"));

clauses! { ObjectLock, Retention;
    "LOCK-RET-001" RULE, Documented, High, "API", "It applies to one version: the one that versionId names, else the current one." {
        LOCK_RET_001 = "named", BOTH, else row;
        LOCK_RET_001_ONE = "one", PUT, else "every version of the key gets it";
        LOCK_RET_001_MODE = "mode", GET, else (omitted "Mode");
        LOCK_RET_001_DATE = "date", GET, else (omitted "RetainUntilDate");
    }
    "LOCK-RET-002" RULE, Recorded, Medium, "LS:test_s3_object_retention_exc",
        "Retention that was never set: GET is 404 NoSuchObjectLockConfiguration, \
         \"The specified object does not have a ObjectLock configuration\"." {
        LOCK_RET_002 = "never-set", GET, else row;
        LOCK_RET_002_MESSAGE = "message", GET, else other_text;
    }
    "LOCK-RET-003" RULE, Recorded, Medium, "LS:test_s3_object_retention_exc; ceph",
        "Mode without RetainUntilDate, the reverse, or an unknown mode: 400 MalformedXML." {
        LOCK_RET_003 = "no-date", PUT, else row;
        LOCK_RET_003_NO_MODE = "no-mode", PUT, else row;
        LOCK_RET_003_MODE = "unknown-mode", PUT, else row;
        LOCK_RET_003_DOCUMENT = "document", PUT, else row;
        LOCK_RET_003_MESSAGE = "message", PUT, else other_text;
        LOCK_RET_003_MISSING = "no-body", PUT, choice ["400 MalformedXML", "400 MissingRequestBodyError"];
        LOCK_RET_003_UNPARSABLE = "unparsable-date", PUT, choice ["400 MalformedXML", "400 InvalidArgument"];
    }
    "LOCK-RET-004" RULE, Recorded, Medium, "LS:test_s3_object_retention_exc",
        "A date that is not in the future: 400 InvalidArgument, \"The retain until date must be in the future!\", with \
         ArgumentName RetainUntilDate and the date as Java prints it in the Pacific zone. It wins over the lock rule." {
        LOCK_RET_004 = "past", PUT, else row;
        LOCK_RET_004_MESSAGE = "message", PUT, else other_text;
        LOCK_RET_004_ARGUMENT = "argument-name", PUT, else (omitted "ArgumentName");
        LOCK_RET_004_VALUE = "argument-value", PUT, else (omitted "ArgumentValue");
    }
    "LOCK-RET-005" RULE, Documented, High, "UG:object-lock",
        "The first retention of a version, or one after its retention expired, needs only s3:PutObjectRetention." {
        LOCK_RET_005 = "first", PUT, else row;
        LOCK_RET_005_EXPIRED = "expired", PUT, else row;
        LOCK_RET_005_STORED = "stored", PUT, else row;
    }
    "LOCK-RET-006" RULE, Recorded, High, "LS:test_object_lock_extend_duration",
        "A later date with the same mode is allowed without bypass." {
        LOCK_RET_006 = "governance", PUT, else row;
        LOCK_RET_006_COMPLIANCE = "compliance", PUT, else row;
    }
    "LOCK-RET-007" RULE, Reported, Medium, "ceph; K(h)", "Putting the same mode and date again is allowed." {
        LOCK_RET_007 = "governance", PUT, else row;
        LOCK_RET_007_COMPLIANCE = "compliance", PUT, else row;
    }
    "LOCK-RET-008" RULE, Recorded, Critical, "LS:test_object_lock_extend_duration, test_s3_object_retention_exc",
        "GOVERNANCE: an earlier date without bypass is refused by the lock." {
        LOCK_RET_008 = "shorten", PUT, else row;
    }
    "LOCK-RET-009" RULE, Documented, High, "UG:object-lock",
        "GOVERNANCE: an earlier date with the bypass header and s3:BypassGovernanceRetention is allowed." {
        LOCK_RET_009 = "bypass", PUT, else row;
    }
    "LOCK-RET-010" RULE, Documented, Critical, "UG:object-lock; docs/decisions/0001",
        "The header without the permission, or the permission without the header, is as without bypass." {
        LOCK_RET_010_PERMISSION = "permission", PUT, else row;
        LOCK_RET_010_HEADER = "header", PUT, else row;
        LOCK_RET_010_TEXT = "text", PUT, choice ["the text of the lock", "the text of missing permission"];
        LOCK_RET_010_UNNEEDED = "unneeded", PUT, choice ["ignored", "refused"];
        LOCK_RET_010_FALSE = "false", PUT, choice ["no check", "refused"];
    }
    "LOCK-RET-011" RULE, Recorded, Critical, "LS:test_s3_object_retention",
        "GOVERNANCE: an empty document with bypass removes the retention; without bypass it is refused by the lock." {
        LOCK_RET_011 = "remove", PUT, else row;
        LOCK_RET_011_ALLOWED = "bypass", PUT, else row;
        LOCK_RET_011_REFUSED = "without-bypass", PUT, else row;
    }
    "LOCK-RET-012" RULE, Chosen, Low, "K(m)", "After removal GetObjectRetention is 404 NoSuchObjectLockConfiguration." {
        LOCK_RET_012 = "removed", PUT, choice ["nothing is left to read", "the mode and a past date stay readable"];
    }
    "LOCK-RET-013" RULE, Chosen, Medium, "ceph; VGW", "GOVERNANCE to COMPLIANCE without bypass." {
        LOCK_RET_013 = "raise-mode", PUT, choice ["refused by the lock", "allowed"];
    }
    "LOCK-RET-014" RULE, Recorded, Critical, "LS:test_s3_object_retention_compliance_mode; UG",
        "COMPLIANCE: an earlier date is refused to every principal, with or without bypass." {
        LOCK_RET_014 = "shorten", PUT, else row;
        LOCK_RET_014_BYPASS = "bypass", PUT, else row;
    }
    "LOCK-RET-015" RULE, Recorded, Critical, "LS:test_s3_object_retention_compliance_mode; ceph",
        "COMPLIANCE to GOVERNANCE is refused, also with a later date and bypass." {
        LOCK_RET_015 = "lower-mode", PUT, else row;
        LOCK_RET_015_BYPASS = "bypass", PUT, else row;
    }
    "LOCK-RET-016" RULE, Documented, Critical, "UG; K(h)", "COMPLIANCE: an empty document is refused." {
        LOCK_RET_016 = "remove", PUT, else row;
        LOCK_RET_016_BYPASS = "bypass", PUT, else row;
    }
    "LOCK-RET-017" RULE, Recorded, High, "LS:test_s3_object_retention_compliance_mode; readability K(m)",
        "Retention ends by time alone: from RetainUntilDate on the version is unprotected, and mode and date stay readable." {
        LOCK_RET_017 = "ends", PROTECTED, else "it never ends";
        LOCK_RET_017_READABLE = "readable", GET, else "expired retention is as if never set";
        LOCK_RET_017_HEADERS = "headers", READS, else "reads show expired retention as if never set";
    }
    "LOCK-RET-018" RULE, Recorded, Medium, "LS:test_s3_object_retention_compliance_mode",
        "Dates are not rounded to days." {
        LOCK_RET_018 = "precision", DATED, else "the date is rounded up to the next midnight";
    }
    "LOCK-RET-019" RULE, Documented, High, "UG:object-lock; K(h)",
        "Setting retention or a hold does not change LastModified, ETag or the version id." {
        LOCK_RET_019_ID = "version-id", PUTS, else "the version gets a fresh id";
        LOCK_RET_019_MODIFIED = "last-modified", PUTS, else "the version becomes the newest of its key";
        LOCK_RET_019_DATE = "date", PUTS, else "Last-Modified becomes the date of the request";
    }
    "LOCK-RET-020" RULE, Recorded, Medium, "LS:test_s3_object_retention_exc, test_object_lock_delete_markers",
        "A missing key is 404 NoSuchKey; a version id of a delete marker is 405 MethodNotAllowed with ResourceType DeleteMarker." {
        LOCK_RET_020 = "missing-key", LOCK_STATE, else row;
        LOCK_RET_020_MARKER = "marker", LOCK_STATE, else row;
        LOCK_RET_020_TYPE = "resource-type", LOCK_STATE, else (omitted "ResourceType");
        LOCK_RET_020_CURRENT = "current-marker", LOCK_STATE, choice ["405 MethodNotAllowed", "404 NoSuchKey"];
    }
    "LOCK-RET-021" RULE, Chosen, Low, "K(m)", "No maximum is enforced on RetainUntilDate." {
        LOCK_RET_021 = "maximum", DATED, choice ["none", "100 years: 400 InvalidArgument"];
    }
    "LOCK-RET-022" RULE, Documented, Medium, "UG:object-lock-managing",
        "Without s3:PutObjectRetention or s3:GetObjectRetention it is 403 AccessDenied with the ordinary text, not the lock's. A bypass \
         needs s3:BypassGovernanceRetention besides; LOCK-RET-010 and the open choice LOCK-DEL-011 have what is said without it." {
        LOCK_RET_022 = "ordinary-text", BOTH, else "it is the lock's text";
    }
    "LOCK-RET-024" RULE, Reported, High, "two public reports compared with AWS",
        "RetainUntilDate in a document may have an offset; without a zone it is UTC." {
        LOCK_RET_024 = "offset", PUT, else row;
        LOCK_RET_024_UTC = "no-zone", PUT, else row;
        LOCK_RET_024_HEADER = "offset-in-header", &[PutObject, CopyObject, CreateMultipartUpload],
            choice ["a header may have one too", "in a header it is unparsable"];
        LOCK_RET_024_HEADER_UTC = "no-zone-in-header", &[PutObject, CopyObject, CreateMultipartUpload],
            choice ["in a header it is UTC too", "in a header it is unparsable"];
    }
    "LOCK-RET-023" consequence(&["LOCK-API-001", "LOCK-API-002"]), Recorded, Medium, "LS:test_s3_object_retention_exc",
        "A bucket without lock answers with LOCK-API-001 rather than NoSuchObjectLockConfiguration."
}

/// The refusal of lock state that was never set.
pub(crate) fn never_set(cx: &mut Cx<'_>, rule: FacetId, message: FacetId) -> Refusal {
    refusal! { cx, NoSuchObjectLockConfiguration, rule;
        message => says "The specified object does not have a ObjectLock configuration";
    }
}

/// The mode under which a version is retained now (`LOCK-RET-017`).
#[inline]
pub(crate) fn is_retained(cx: &mut Cx<'_>, version: &Version) -> Option<Mode> {
    let Retention { mode, until } = version.retention?;
    (!cx.is_past(until) || !cx.decides(LOCK_RET_017)).then_some(mode)
}

/// Whether retention that has ended is as if never set, which it never is (`LOCK-RET-017`).
///
/// The facet is asked before the clock: it alone makes the date matter.
pub(crate) fn has_lapsed(cx: &mut Cx<'_>, retention: Retention, facet: FacetId) -> bool {
    !cx.law(facet) && cx.is_past(retention.until)
}

/// What a PutObjectRetention document asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    /// Nothing that a version could keep: the document is faulty and the gate of its fault is repealed.
    Nothing,
    /// No retention.
    Removal,
    /// This retention.
    Set(Retention),
}

/// What a document asks for, or the refusal of its fault (`LOCK-RET-003`).
fn read(cx: &mut Cx<'_>, mode: LockMode, until: Date, body: Body) -> Result<Wanted, Refusal> {
    let written = Written::of(until);
    let case = Document {
        body,
        mode,
        until: written,
    };
    match case.ruled(cx) {
        (Reading::Accepted, _) | (_, None) => {}
        (Reading::Ignored, _) => return Ok(Wanted::Nothing),
        (Reading::Malformed, Some(by)) => return Err(malformed(cx, by, LOCK_RET_003_MESSAGE)),
        (Reading::MalformedUnsaid, Some(by)) => return Err(Refusal::new(Code::MalformedXML, by)),
        (Reading::NoBody, Some(by)) => return Err(Refusal::new(Code::MissingRequestBodyError, by)),
        (Reading::InvalidArgument, Some(by)) => return Err(Refusal::new(Code::InvalidArgument, by)),
    }
    let Some(mode) = mode_of(mode) else {
        return Ok(Wanted::Removal);
    };
    let until = date::of_document(cx, until)?;
    Ok(until.map_or(Wanted::Nothing, |until| Wanted::Set(Retention { mode, until })))
}

words! {
    /// How a document is read.
    enum Reading {
        /// It is accepted.
        Accepted,
        /// It is accepted and ignored.
        Ignored,
        /// It is refused with 400 MalformedXML.
        Malformed,
        /// It is refused with 400 MalformedXML, in whatever words.
        MalformedUnsaid,
        /// It is refused with 400 MissingRequestBodyError.
        NoBody,
        /// It is refused with 400 InvalidArgument.
        InvalidArgument,
    }
}

table! {
    /// How a Retention document is read; an empty one asks for no retention.
    Document {
        /// The body of the request.
        body: Body,
        /// Its Mode.
        mode: LockMode,
        /// Its RetainUntilDate.
        until: Written,
    } => Reading, unnoted;

    LOCK_RET_003_MISSING    if body == Missing                                  => MalformedUnsaid, or NoBody;
    LOCK_RET_003_DOCUMENT   if body == Body::Malformed                          => Malformed,       else Ignored;
    LOCK_RET_003_MODE       if mode == Unknown || mode == LowerCase             => Malformed,       else Ignored;
    LOCK_RET_003_NO_MODE    if mode == Absent && until != NoDate                => Malformed,       else Ignored;
    LOCK_RET_003            if mode != Absent && until == NoDate                => Malformed,       else Ignored;
    LOCK_RET_003_UNPARSABLE if mode != Absent && until == Unparsable            => MalformedUnsaid, or InvalidArgument;
    _                                                                           => Accepted;
}

/// The tables of this chapter, in the order in which they are read.
pub(crate) fn tables() -> Vec<Printed> {
    let mut tables = vec![printed::<Document>()];
    tables.extend(date::tables());
    tables
}
