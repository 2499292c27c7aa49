//! Planned clauses of Object Lock: each with what the law does not have yet.

use crate::words::planned;

planned! { ObjectLock;
    "LOCK-BKT-010" Rule, Documented, Medium, [AccessLogs], "UG:enable-server-access-logging; UG:object-lock-managing",
        "A lock bucket cannot be the destination of server access logs."
    "LOCK-COND-001" Rule, Documented, Medium, [Conditions], "UG:object-lock-managing; service authorization reference",
        "s3:object-lock-mode (String), s3:object-lock-retain-until-date (Date), s3:object-lock-remaining-retention-days (Numeric), s3:object-lock-legal-hold (String)."
    "LOCK-COND-002" Rule, Documented, High, [Conditions], "UG:object-lock-managing",
        "They hold what the request names, not the default of the bucket and not the stored state."
    "LOCK-COND-003" Rule, Documented, Medium, [Conditions], "UG",
        "s3:object-lock-remaining-retention-days is the number of days from now to the requested date; its rounding is undocumented."
    "LOCK-COND-004" Consequence, Documented, Medium, [Conditions], "UG; K(m)",
        "A cap on s3:PutObjectRetention also covers writes with retention headers, as they need that permission too."
    "LOCK-COND-005" Rule, Chosen, Medium, [Conditions], "IAM K(h)",
        "Without retention in the request the keys are absent: plain operators do not match, IfExists and Null do."
    "LOCK-DEL-015" Rule, Documented, Medium, [Kms], "API:UpdateObjectEncryption",
        "UpdateObjectEncryption of a locked version: 403 AccessDenied."
    "LOCK-EVT-001" Rule, Documented, Medium, [EventHolds], "API 2026-09 model",
        "Retention gains EventHold (ON, OFF) and EventHoldDuration (Days 1 to 36500, or Years 1 to 100)."
    "LOCK-EVT-002" Rule, Documented, Medium, [EventHolds], "API",
        "Writes carry event holds in three headers, which reads return with s3:GetObjectRetention."
    "LOCK-EVT-003" Rule, Documented, Medium, [EventHolds], "UG 2026",
        "ON requires a mode and exactly one duration, OFF must not carry one: 400; the codes are unrecorded."
    "LOCK-EVT-004" Rule, Documented, Critical, [EventHolds], "UG 2026",
        "While ON, retention lasts at least until now plus the duration, and until an explicit date."
    "LOCK-EVT-005" Rule, Documented, Critical, [EventHolds], "UG 2026",
        "Release fixes RetainUntilDate to the time of release plus the duration, or the later existing date."
    "LOCK-EVT-006" Rule, Documented, Critical, [EventHolds], "UG 2026",
        "Shortening a duration never moves a date back; GOVERNANCE can be bypassed as usual, COMPLIANCE cannot."
    "LOCK-EVT-007" Rule, Documented, Medium, [EventHolds], "API",
        "DefaultRetention may carry DefaultEventHold."
    "LOCK-EVT-008" Rule, Documented, Medium, [EventHolds, Conditions], "UG 2026",
        "Condition keys s3:object-lock-event-hold and s3:object-lock-event-hold-duration-days (a year is 365 days)."
    "LOCK-EVT-009" Rule, Documented, High, [EventHolds, Lifecycle, Replication], "UG 2026",
        "Lifecycle cannot delete while the hold is ON; the hold is replicated."
    "LOCK-LC-001" Rule, Documented, High, [Lifecycle], "UG:object-lock-managing; UG:lifecycle",
        "Expiration of a locked current version adds a marker; permanent removal of a locked version is skipped."
    "LOCK-LC-002" Rule, Documented, Medium, [Lifecycle], "UG",
        "Lifecycle transitions of locked versions work and keep the lock."
    "LOCK-LC-003" Rule, Documented, High, [Replication], "UG:object-lock-managing",
        "A destination must have Object Lock if the source has; the role needs the permissions to read lock state, which is copied."
    "LOCK-LC-004" Rule, Chosen, Low, [Replication], "UG K(m)",
        "Where the source version has no lock state, the destination's default applies to the replica."
}
