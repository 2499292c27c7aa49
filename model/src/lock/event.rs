//! Event holds and variable retention (`LOCK-EVT`).

use crate::clause::{Kind, clauses, planned};

clauses! { ObjectLock, 26;
    "LOCK-EVT-001" planned(Kind::Rule, 3, "needs event holds"), Documented, Medium, "API 2026-09 model",
        "Retention gains EventHold (ON, OFF) and EventHoldDuration (Days 1 to 36500, or Years 1 to 100)."
    "LOCK-EVT-002" planned(Kind::Rule, 3, "needs event holds"), Documented, Medium, "API",
        "Writes carry event holds in three headers, which reads return with s3:GetObjectRetention."
    "LOCK-EVT-003" planned(Kind::Rule, 3, "needs event holds"), Documented, Medium, "UG 2026",
        "ON requires a mode and exactly one duration, OFF must not carry one: 400; the codes are unrecorded."
    "LOCK-EVT-004" planned(Kind::Rule, 3, "needs event holds"), Documented, Critical, "UG 2026",
        "While ON, retention lasts at least until now plus the duration, and until an explicit date."
    "LOCK-EVT-005" planned(Kind::Rule, 3, "needs event holds"), Documented, Critical, "UG 2026",
        "Release fixes RetainUntilDate to the time of release plus the duration, or the later existing date."
    "LOCK-EVT-006" planned(Kind::Rule, 3, "needs event holds"), Documented, Critical, "UG 2026",
        "Shortening a duration never moves a date back; GOVERNANCE can be bypassed as usual, COMPLIANCE cannot."
    "LOCK-EVT-007" planned(Kind::Rule, 3, "needs event holds"), Documented, Medium, "API",
        "DefaultRetention may carry DefaultEventHold."
    "LOCK-EVT-008" planned(Kind::Rule, 3, "needs event holds and condition keys"), Documented, Medium, "UG 2026",
        "Condition keys s3:object-lock-event-hold and s3:object-lock-event-hold-duration-days (a year is 365 days)."
    "LOCK-EVT-009" planned(Kind::Rule, 3, "needs event holds, lifecycle and replication"), Documented, High, "UG 2026",
        "Lifecycle cannot delete while the hold is ON; the hold is replicated."
}
