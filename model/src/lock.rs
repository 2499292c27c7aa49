//! Object Lock: retention, legal holds and the configuration of a bucket, a chapter a section of the specification.

use crate::action::{Action, DenialText};
use crate::argument::LockMode;
use crate::cx::Cx;
use crate::reply::{Code, Refusal};
use crate::request::Route::{self, *};
use crate::request::routes_where;
use crate::state::Mode;
use crate::table::{effects, refusal, words};
use crate::words::{FORM, FacetId, RULE, clauses, consequence};

mod brought;
pub mod bucket;
mod bypass;
pub mod condition;
pub mod configuration;
pub mod delete;
pub(crate) mod gates;
pub mod hold;
pub mod integrity;
pub mod retention;
pub mod write;

words! {
    /// Which lock state a request is about.
    pub(crate) enum LockState {
        /// Retention.
        Retention,
        /// A legal hold.
        LegalHold,
    }
}

/// The message of a refusal by lock (`LOCKMSG` of the specification).
pub const LOCKED_MESSAGE: &str = "Access Denied because object protected by object lock.";
/// The message of a refused suspension (`VER-ST-009`, `LOCK-BKT-006`).
pub const SUSPEND_MESSAGE: &str =
    "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.";
/// The message of a lock operation on a bucket without lock (`LOCK-API-001`).
pub const NO_LOCK_MESSAGE: &str = "Bucket is missing Object Lock Configuration";
/// The message of a malformed document.
pub const MALFORMED_MESSAGE: &str =
    "The XML you provided was not well-formed or did not validate against our published schema";

/// The routes on lock state.
const LOCK_STATE: &[Route] = routes_where!(|route| route.row().is_of_lock_state());
/// The routes that show lock headers.
pub(crate) const READS: &[Route] = routes_where!(|route| route.row().reads_object());
/// The routes that change lock state.
const PUTS: &[Route] = routes_where!(|route| route.row().is_of_lock_state() && !route.row().method.reads());
/// The routes that a lock refuses.
const REFUSED: &[Route] = &[DeleteObjectVersion, DeleteObjectsVersion, PutObjectRetention];

clauses! { ObjectLock, Lock;
    "LOCK-API-001" RULE, Recorded, Medium, "LS:test_s3_object_retention_exc, LS:test_put_object_legal_hold_exc",
        "Get and Put of retention or legal hold in a bucket without lock: 400 InvalidRequest, \
         \"Bucket is missing Object Lock Configuration\"." {
        LOCK_API_001 = "no-lock", LOCK_STATE, else row;
        LOCK_API_001_MESSAGE = "message", LOCK_STATE, else other_text;
    }
    "LOCK-API-002" RULE, Recorded, Medium, "LS cases combined; past date against key K(m)",
        "Precedence: missing bucket, then malformed document, then bucket without lock, then missing key or version, \
         then delete marker, then past date, then the lock rule." {
        LOCK_API_002_BUCKET = "bucket-before-document", PUTS, else row;
        LOCK_API_002_DOCUMENT = "document-before-lock", PUTS, else row;
        LOCK_API_002_LOCK = "lock-before-key", LOCK_STATE, else row;
        LOCK_API_002_DATE = "date", &[PutObjectRetention], choice ["after the key", "before the key"];
        LOCK_API_002_RULE = "date-before-rule", &[PutObjectRetention], else row;
    }
    "LOCK-API-003" consequence(&["LOCK-RET-022", "EVAL-OP-043", "EVAL-OP-039"]), Chosen, Medium, "K(h)",
        "Authorization comes before the lock rule: a caller without permission sees a plain AccessDenied."
    "LOCK-API-004" RULE, Recorded, Medium, "LS", "The code of a refusal by lock is always AccessDenied." {
        LOCK_API_004 = "code", REFUSED, else "it is InvalidObjectState";
    }
    "LOCK-API-005" FORM, Recorded, Low, "LS",
        "A refusal by lock says \"Access Denied because object protected by object lock.\", and nothing about policies." {
        LOCK_API_005 = "message", REFUSED, else "it is the text of a missing permission";
    }
}

/// The refusal of what a lock protects.
pub(crate) fn locked(cx: &mut Cx<'_>, facet: FacetId) -> Refusal {
    let (mut code, mut message) = (Code::AccessDenied, LOCKED_MESSAGE);
    let unlike = Action::BypassGovernanceRetention.denial(DenialText::NoIdentityPolicy, true);
    effects! { cx, unnoted;
        LOCK_API_004 => never code = Code::InvalidObjectState;
        LOCK_API_005 => never message = unlike;
    }
    let mut refusal = Refusal::new(code, facet);
    refusal.message = Some((message, LOCK_API_005));
    refusal
}

/// The mode that a word names, if it is one.
fn mode_of(word: LockMode) -> Option<Mode> {
    match word {
        LockMode::Compliance => Some(Mode::Compliance),
        LockMode::Governance => Some(Mode::Governance),
        LockMode::Absent | LockMode::Unknown | LockMode::LowerCase => None,
    }
}

/// The refusal of a malformed document.
pub(crate) fn malformed(cx: &mut Cx<'_>, rule: FacetId, message: FacetId) -> Refusal {
    refusal! { cx, MalformedXML, rule;
        message => says MALFORMED_MESSAGE;
    }
}
