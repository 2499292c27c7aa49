//! Object Lock: retention, legal holds and the configuration of a bucket, a chapter a section of the specification.

use crate::clause::{FacetId, RULE};
use crate::clause::{Kind, clauses, consequence, planned};
use crate::reply::{Code, Refusal};
use crate::request::Route::*;

pub mod bucket;
pub mod delete;
pub mod hold;
pub mod retention;
pub mod write;

/// The message of a refusal by lock (`LOCKMSG` of the specification).
pub const LOCKED_MESSAGE: &str = "Access Denied because object protected by object lock.";
/// The message of a refused suspension (`VER-ST-009`, `LOCK-BKT-006`).
pub const SUSPEND_MESSAGE: &str =
    "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.";
/// The message of a lock operation on a bucket without lock (`LOCK-API-001`).
pub const NO_LOCK_MESSAGE: &str = "Bucket is missing Object Lock Configuration";

clauses! { ObjectLock, 6;
    "LOCK-API-001" RULE, Recorded, Medium, "LS:test_s3_object_retention_exc, LS:test_put_object_legal_hold_exc",
        "Get and Put of retention or legal hold in a bucket without lock: 400 InvalidRequest." {
        LOCK_API_001 = "no-lock", &[GetObjectRetention, PutObjectRetention, GetObjectLegalHold, PutObjectLegalHold],
            else "the gate passes";
    }
    "LOCK-API-002" RULE, Recorded, Medium, "LS cases combined; past date against key K(m)",
        "Precedence: missing bucket, then malformed document, then bucket without lock, then missing key or version, \
         then delete marker, then past date, then the lock rule." {
        LOCK_API_002_BUCKET = "bucket-before-document", &[PutObjectRetention, PutObjectLegalHold], else "the document is judged first";
        LOCK_API_002_DOCUMENT = "document-before-lock", &[PutObjectRetention, PutObjectLegalHold], else "the missing lock is reported first";
        LOCK_API_002_LOCK = "lock-before-key", &[GetObjectRetention, PutObjectRetention, GetObjectLegalHold, PutObjectLegalHold],
            else "the missing key is reported first";
        LOCK_API_002_DATE = "date", &[PutObjectRetention], choice ["after the key", "before the key"];
        LOCK_API_002_RULE = "date-before-rule", &[PutObjectRetention], else "the lock rule is judged first";
    }
    "LOCK-API-003" consequence("EVAL-OP-043, LOCK-RET-014"), Chosen, Medium, "K(h)",
        "Authorization comes before the lock rule: a caller without permission sees a plain AccessDenied."
    "LOCK-API-004" consequence("LOCK-DEL-001, LOCK-DEL-003, LOCK-RET-008, LOCK-RET-014"), Recorded, Medium, "LS",
        "The code of a refusal by lock is always AccessDenied."
    "LOCK-COND-001" planned(Kind::Rule, 3, "needs condition keys"), Documented, Medium, "UG:object-lock-managing",
        "The four condition keys of Object Lock."
}

/// The refusal of what a lock protects.
pub(crate) fn locked(facet: FacetId) -> Refusal {
    Refusal::new(Code::AccessDenied, facet).saying(LOCKED_MESSAGE)
}
