//! Multipart uploads: versions that are made at completion (`VER-PUT-008`, `VER-PUT-009`, `VER-PUT-012` to `VER-PUT-014`).
//!
//! The clauses are among those of writes, and of what is missing.

pub(crate) mod again;
pub(crate) mod complete;
pub(crate) mod operations;
pub(crate) mod upload;
