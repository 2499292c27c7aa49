//! What nobody documents: where S3 is silent bucketlaw chose, and who chose otherwise violates nothing unless the run is
//! strict.

use std::collections::BTreeMap;

use bucketlaw_model::clause::{self, Level};

use crate::report::{Finding, Program, Verdict};

/// What the report says of it.
pub(super) const REASON: &str =
    "S3 does not say what is right: bucketlaw chose, and `--strict` holds the endpoint to it";

/// Turns the violations of clauses that are chosen into deviations that need no declaration.
pub(super) fn excuse(rows: &mut BTreeMap<&str, Vec<Program>>, findings: &mut [Finding]) {
    let chosen = rows.iter_mut().filter(|(id, _)| is_chosen(id));
    for program in chosen.flat_map(|(_, programs)| programs) {
        if program.verdict == Verdict::Violated {
            program.verdict = Verdict::Deviates;
            program.note = Some(REASON.to_owned());
        }
    }
    for finding in findings.iter_mut().filter(|finding| is_chosen(&finding.clause)) {
        finding.declared = Some(REASON.to_owned());
    }
}

fn is_chosen(id: &str) -> bool {
    clause::find(id).is_some_and(|clause| clause.level == Level::Chosen)
}
