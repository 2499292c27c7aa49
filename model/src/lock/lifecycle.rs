//! Object Lock under lifecycle and replication (`LOCK-LC`).

use crate::clause::{Kind, clauses, planned};

clauses! { ObjectLock, 27;
    "LOCK-LC-001" planned(Kind::Rule, 3, "needs lifecycle"), Documented, High, "UG:object-lock-managing; UG:lifecycle",
        "Expiration of a locked current version adds a marker; permanent removal of a locked version is skipped."
    "LOCK-LC-002" planned(Kind::Rule, 3, "needs lifecycle"), Documented, Medium, "UG",
        "Lifecycle transitions of locked versions work and keep the lock."
    "LOCK-LC-003" planned(Kind::Rule, 3, "needs replication"), Documented, High, "UG:object-lock-managing",
        "A destination must have Object Lock if the source has; the role needs the permissions to read lock state, which is copied."
    "LOCK-LC-004" planned(Kind::Rule, 3, "needs replication"), Chosen, Low, "UG K(m)",
        "Where the source version has no lock state, the destination's default applies to the replica."
}
