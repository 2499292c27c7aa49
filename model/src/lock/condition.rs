//! Condition keys of Object Lock (`LOCK-COND`).

use crate::clause::{Kind, clauses, consequence, planned};

clauses! { ObjectLock, 25;
    "LOCK-COND-001" planned(Kind::Rule, 3, "needs condition keys"), Documented, Medium,
        "UG:object-lock-managing; service authorization reference",
        "s3:object-lock-mode (String), s3:object-lock-retain-until-date (Date), s3:object-lock-remaining-retention-days (Numeric), \
         s3:object-lock-legal-hold (String)."
    "LOCK-COND-002" planned(Kind::Rule, 3, "needs condition keys"), Documented, High, "UG:object-lock-managing",
        "They hold what the request names, not the default of the bucket and not the stored state."
    "LOCK-COND-003" planned(Kind::Rule, 3, "needs condition keys"), Documented, Medium, "UG",
        "s3:object-lock-remaining-retention-days is the number of days from now to the requested date; its rounding is undocumented."
    "LOCK-COND-004" planned(Kind::Consequence, 3, "EVAL-OP-031, once there are condition keys"), Documented, Medium, "UG; K(m)",
        "A cap on s3:PutObjectRetention also covers writes with retention headers, as they need that permission too."
    "LOCK-COND-005" planned(Kind::Rule, 3, "needs condition keys"), Chosen, Medium, "IAM K(h)",
        "Without retention in the request the keys are absent: plain operators do not match, IfExists and Null do."
    "LOCK-COND-006" consequence(&["LOCK-DEL-003", "LOCK-RET-014", "LOCK-RET-015", "LOCK-RET-016"]), Documented, Critical, "UG",
        "Policies cannot weaken COMPLIANCE; they only restrict who may set or bypass."
}
