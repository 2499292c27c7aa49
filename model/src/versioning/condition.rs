//! Conditional writes and deletes (`VER-COND`).

use crate::clause::{Kind, clauses, planned};

clauses! { Versioning, 15;
    "VER-COND-001" planned(Kind::Rule, 2, "conditions are not ruled on yet"), Recorded, Medium, "LS:test_put_object_if_none_match_validation",
        "If-None-Match on writes accepts only *."
}
