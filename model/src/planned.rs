//! The clauses that the law does not rule by yet: with what is in force they are all that the specification has, so that
//! every count has its denominator.
//!
//! A clause that comes into force moves from its table here into its chapter.

use crate::clause::Clause;

mod access_logs;
mod access_points;
mod cors;
mod encryption;
mod evaluation;
mod lifecycle;
mod mfa_delete;
mod object_lambda;
mod object_lock;
mod policy;
mod presigned;
mod vault_lock;
mod versioning;

/// The tables of planned clauses, an area each.
pub static TABLES: &[&[Clause]] = &[
    access_logs::CLAUSES,
    access_points::CLAUSES,
    cors::CLAUSES,
    encryption::CLAUSES,
    evaluation::CLAUSES,
    lifecycle::CLAUSES,
    mfa_delete::CLAUSES,
    object_lambda::CLAUSES,
    object_lock::CLAUSES,
    policy::CLAUSES,
    presigned::CLAUSES,
    vault_lock::CLAUSES,
    versioning::CLAUSES,
];
