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

/// Declares the planned clauses of an area, two lines each: id, kind, level, severity, what each waits for and source; then
/// the sentence, which is a heading and no rule yet: the specification has the details.
macro_rules! planned {
    ($area:ident; $($id:literal $kind:ident, $level:ident, $severity:ident, [$($feature:ident),+], $source:literal, $text:literal)*) => {
        /// The planned clauses of this area.
        pub(super) static CLAUSES: &[$crate::clause::Clause] = &[$(
            $crate::clause::Clause {
                id: $id,
                area: $crate::clause::Area::$area,
                kind: $crate::clause::Kind::$kind,
                status: $crate::clause::Status::Planned(&[$($crate::clause::Feature::$feature),+]),
                level: $crate::clause::Level::$level,
                severity: $crate::clause::Severity::$severity,
                text: $text,
                source: $source,
                follows_from: &[],
                reason: "",
                file: file!(),
                facets: &[],
            }
        ),*];
    };
}
use planned;
