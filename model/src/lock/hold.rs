//! Legal holds (`LOCK-HOLD`).

use Body::Missing;
use Hold::{Absent, Unknown};

use crate::argument::{Body, Hold};
use crate::cx::Cx;
use crate::lock::READS;
use crate::lock::bypass::COMPLIANCE;
use crate::lock::malformed;
use crate::reply::Refusal;
use crate::request::Route::{self, *};
use crate::state::{Mode, Version};
use crate::table::{Decision, Printed, printed, table, words};
use crate::words::{RULE, clauses, consequence};

pub(crate) mod operations;

/// The routes that delete a version for good.
const VERSION: &[Route] = &[DeleteObjectVersion, DeleteObjectsVersion];
const GET: &[Route] = &[GetObjectLegalHold];
const PUT: &[Route] = &[PutObjectLegalHold];

clauses! { ObjectLock, LegalHold;
    "LOCK-HOLD-001" RULE, Recorded, Medium, "LS:test_put_object_legal_hold_exc; ceph",
        "Status is ON or OFF; anything else or a missing body is 400 MalformedXML." {
        LOCK_HOLD_001 = "word", PUT, else row;
        LOCK_HOLD_001_STATUS = "no-status", PUT, else row;
        LOCK_HOLD_001_BODY = "no-body", PUT, else row;
        LOCK_HOLD_001_DOCUMENT = "document", PUT, else row;
        LOCK_HOLD_001_MESSAGE = "message", PUT, else other_text;
    }
    "LOCK-HOLD-002" RULE, Documented, High, "UG:object-lock",
        "A hold is independent of retention: it stays until set OFF by any principal with s3:PutObjectLegalHold." {
        LOCK_HOLD_002 = "outlasts-retention", VERSION, else "a hold ends when the retention of its version does";
        LOCK_HOLD_002_ANYBODY = "any-principal", PUT, else row;
        LOCK_HOLD_002_STORED = "stored", PUT, else "it is accepted and not stored";
    }
    "LOCK-HOLD-003" RULE, Recorded, Medium, "LS:test_put_get_object_legal_hold",
        "A hold that was never set: GET is 404 NoSuchObjectLockConfiguration." {
        LOCK_HOLD_003 = "never-set", GET, else row;
        LOCK_HOLD_003_MESSAGE = "message", GET, else other_text;
        LOCK_HOLD_003_STATUS = "status", GET, else (omitted "Status");
    }
    "LOCK-HOLD-004" RULE, Recorded, Low, "LS:test_s3_legal_hold_lock_versioned",
        "After OFF, GET returns Status OFF and HEAD shows the header OFF." {
        LOCK_HOLD_004 = "off", GET, else row;
        LOCK_HOLD_004_HEADER = "header", READS, else "the header is omitted after OFF";
    }
    "LOCK-HOLD-005" RULE, Documented, Critical, "UG:object-lock; ceph", "Bypassing governance never overcomes a hold." {
        LOCK_HOLD_005 = "bypass", VERSION, else row;
    }
    "LOCK-HOLD-006" RULE, Documented, High, "UG:object-lock",
        "A hold may be turned OFF during COMPLIANCE retention, which keeps protecting." {
        LOCK_HOLD_006 = "off-under-compliance", PUT, else row;
        LOCK_HOLD_006_STAYS = "retention-stays", PUT, else "the retention is removed with the hold";
    }
    "LOCK-HOLD-007" RULE, Documented, Medium, "UG (independence) K(m)",
        "A hold prevents neither setting or extending retention nor, with bypass, shortening GOVERNANCE." {
        LOCK_HOLD_007 = "set", &[PutObjectRetention], else row;
        LOCK_HOLD_007_SHORTEN = "shorten", &[PutObjectRetention], else row;
    }
    "LOCK-HOLD-008" RULE, Recorded, High, "LS:test_s3_legal_hold_lock_versioned",
        "Holds are per version; each version of a key may differ." {
        LOCK_HOLD_008 = "one", PUT, else "every version of the key gets it";
        LOCK_HOLD_008_NAMED = "named", &[GetObjectLegalHold, PutObjectLegalHold], else row;
    }
    "LOCK-HOLD-009" consequence(&["LOCK-API-002", "LOCK-HOLD-001"]), Recorded, Medium, "LS:test_put_object_legal_hold_exc",
        "PutObjectLegalHold without a body in a bucket without lock is MalformedXML."
}

/// Whether a version is on hold now (`LOCK-HOLD-002`).
pub(crate) fn is_held(cx: &mut Cx<'_>, version: &Version) -> bool {
    version.hold == Some(true)
        && !version
            .retention
            .is_some_and(|retention| !cx.law(LOCK_HOLD_002) && cx.is_past(retention.until))
}

/// The status that a document names, or the refusal of its fault; nothing if the clause of its fault is repealed.
fn read(cx: &mut Cx<'_>, hold: Hold, body: Body) -> Result<Option<bool>, Refusal> {
    match (LegalHold { body, hold }.ruled(cx), hold) {
        ((Reading::Malformed, Some(by)), _) => Err(malformed(cx, by, LOCK_HOLD_001_MESSAGE)),
        ((Reading::Accepted, _), Hold::On) => Ok(Some(true)),
        ((Reading::Accepted, _), Hold::Off) => Ok(Some(false)),
        ((Reading::Accepted | Reading::Ignored | Reading::Malformed, _), _) => Ok(None),
    }
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
    }
}

table! {
    /// How a LegalHold document is read.
    LegalHold {
        /// The body of the request.
        body: Body,
        /// Its Status.
        hold: Hold,
    } => Reading, unnoted;

    LOCK_HOLD_001_BODY      if body == Missing              => Malformed,   else Ignored;
    LOCK_HOLD_001_DOCUMENT  if body == Body::Malformed      => Malformed,   else Ignored;
    LOCK_HOLD_001_STATUS    if hold == Absent               => Malformed,   else Ignored;
    LOCK_HOLD_001           if hold == Unknown              => Malformed,   else Ignored;
    _                                                       => Accepted;
}

words! {
    /// Whether a hold may be turned off.
    enum TurnedOff {
        /// It is turned off.
        Allowed,
        /// It is refused by the lock.
        Refused,
    }
}

table! {
    /// Who may turn a hold off: any principal with the permission.
    TurningOff {
        /// The caller is the root user of the owner's account.
        by_root: bool,
    } => TurnedOff;

    LOCK_HOLD_002_ANYBODY   if !by_root                     => passes,  else Refused;
    _                                                       => Allowed;
}

table! {
    /// Whether a hold may be turned off while its version is retained.
    TurningOffRetained {
        /// Under which mode the version is retained now.
        retained: Option<Mode>,
    } => TurnedOff;

    LOCK_HOLD_006           if retained == COMPLIANCE       => passes,  else Refused;
    _                                                       => Allowed;
}

/// The tables of this chapter, in the order in which they are read.
pub(crate) fn tables() -> Vec<Printed> {
    vec![
        printed::<LegalHold>(),
        printed::<TurningOff>(),
        printed::<TurningOffRetained>(),
    ]
}
