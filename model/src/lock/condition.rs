//! Condition keys of Object Lock (`LOCK-COND`).

use crate::words::{clauses, consequence};

clauses! { ObjectLock, LockCondition;
    "LOCK-COND-006" consequence(&["LOCK-DEL-003", "LOCK-RET-014", "LOCK-RET-015", "LOCK-RET-016"]), Documented, Critical, "UG",
        "Policies cannot weaken COMPLIANCE; they only restrict who may set or bypass."
}
