//! Copying versions (`VER-COPY`).

use crate::clause::{Kind, clauses, planned};

clauses! { Versioning, 13;
    "VER-COPY-001" planned(Kind::Rule, 2, "CopyObject is not an operation of the law yet"), Documented, Medium, "API:CopyObject",
        "The copy source may name a version; without one the current version is copied."
}
