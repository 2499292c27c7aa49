//! What a quick run leaves to a full one: shared facets on the routes that do not stand for their kind.

use std::collections::BTreeSet;

use bucketlaw_model::clause::{self, Facet};

use crate::report::{Clause, Verdict};
use crate::suite::quick;

/// How the scope of a report names a quick run.
pub const QUICK: &str = "--quick";

/// Says of each clause that is obeyed how many of its facets on routes the run told, where a full run tells more.
pub fn note(clauses: &mut [Clause]) {
    for clause in clauses.iter_mut() {
        let obeyed = matches!(
            clause.verdict,
            Verdict::Holds | Verdict::HoldsInPart | Verdict::Takes
        );
        let Some(words) = left(clause).filter(|_| obeyed) else {
            continue;
        };
        clause.reason = Some(match clause.reason.take() {
            Some(reason) => format!("{reason}; {words}"),
            None => words,
        });
    }
}

/// What a full run tells of a clause beside what this one told, in words; nothing if that is nothing.
fn left(clause: &Clause) -> Option<String> {
    let told: BTreeSet<String> = clause.programs.iter().filter_map(cell).collect();
    let known = clause::find(&clause.id)?;
    let cells = |facet: &'static Facet| {
        let routes = facet.routes.iter().filter(|route| facet.is_told_on(**route));
        routes.map(|route| format!("{}@{route}", facet.id))
    };
    let all: BTreeSet<String> = known.facets.iter().flat_map(cells).collect();
    let left = all
        .iter()
        .filter(|cell| !told.contains(*cell) && !quick().contains(*cell))
        .count();
    let told = all.iter().filter(|cell| told.contains(*cell)).count();
    (left > 0).then(|| {
        format!(
            "told on {told} of {} facets on routes; `--full` tells {left} more",
            all.len()
        )
    })
}

/// The facet on a route that a program told, as programs name it.
fn cell(program: &crate::report::Program) -> Option<String> {
    Some(format!("{}@{}", program.facet.as_ref()?, program.route.as_ref()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Program, Severity};

    fn clause(id: &str, verdict: Verdict, told: &[(&str, &str)]) -> Clause {
        let program = |(facet, route): &(&str, &str)| Program {
            id: "0".to_owned(),
            facet: Some(format!("{id}/{facet}")),
            route: Some((*route).to_owned()),
            verdict,
            note: None,
            needs: Vec::new(),
        };
        Clause {
            id: id.to_owned(),
            area: "evaluation".to_owned(),
            text: None,
            kind: "rule".to_owned(),
            level: "documented".to_owned(),
            severity: Severity::High,
            verdict,
            branch: None,
            reason: None,
            programs: told.iter().map(program).collect(),
        }
    }

    #[test]
    fn a_clause_with_shared_facets_says_what_only_a_full_run_tells() {
        let told = [
            ("deny", "GetObject"),
            ("deny", "PutObject"),
            ("deny", "GetObjectTagging"),
        ];
        let mut clauses = [
            clause("EVAL-ORD-001", Verdict::Holds, &told),
            clause("EVAL-ORD-001", Verdict::Violated, &told),
            clause(
                "LOCK-DEL-003",
                Verdict::Holds,
                &[("compliance", "DeleteObjectVersion")],
            ),
        ];
        note(&mut clauses);
        let facets = clause::find("EVAL-ORD-001").unwrap().facets;
        let all: usize = facets.iter().map(|facet| facet.routes.len()).sum();
        let quick: usize = facets.iter().map(|facet| facet.told_on().len()).sum();
        // GetObject and PutObject stand for their kinds, GetObjectTagging was told besides.
        let more = all - quick - 1;
        let words = format!("told on 3 of {all} facets on routes; `--full` tells {more} more");
        assert_eq!(clauses[0].reason, Some(words));
        assert_eq!(clauses[1].reason, None);
        assert_eq!(clauses[2].reason, None);
    }
}
