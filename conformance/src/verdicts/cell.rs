//! Cells: what a program says of each facet on a route that it tells.

use std::collections::BTreeSet;

use bucketlaw_model::check::witness::Mutant;
use bucketlaw_model::clause::{self, Clause, owner};

use super::accusation::Accusation;
use super::control::Controls;
use crate::judge::{Ending, Judgement, Slipped, Tells};
use crate::report::{Program, Verdict};
use crate::suite::{Entry, stand_in};

/// A facet on a route that a program tells: what has a verdict of its own.
pub(super) struct Cell {
    pub(super) clause: &'static str,
    /// The facet, as `ID/facet`.
    facet: String,
    route: String,
}

impl Cell {
    /// The cell as programs have it in their comments.
    fn words(&self) -> String {
        format!("{}@{}", self.facet, self.route)
    }

    /// Whether a repeal is the one of this facet on this route.
    pub(super) fn is_of(&self, (facet, route): &Mutant) -> bool {
        self.facet == facet.to_string() && self.route == route.name()
    }
}

/// The facets on routes that a program tells.
pub(super) fn cells(entry: &Entry) -> Vec<Cell> {
    let one = |words: &&str| {
        let (facet, route) = words.split_once('@')?;
        let clause = clause::find(facet.split('/').next()?)?;
        Some(Cell {
            clause: clause.id,
            facet: facet.to_owned(),
            route: route.to_owned(),
        })
    };
    let tells: BTreeSet<&str> = entry.tells.iter().map(String::as_str).collect();
    tells.iter().filter_map(one).collect()
}

/// What a program says of a facet on a route that it tells.
pub(super) fn judged(
    (entry, judgement): (&Entry, &Judgement),
    cell: &Cell,
    accusations: &[Accusation<'_>],
    controls: &Controls,
) -> Program {
    let (verdict, note) = verdict(judgement, cell, accusations);
    controlled(row(entry, cell, verdict, note), judgement, controls)
}

/// A row that is green only if the endpoint has also shown the other answers, elsewhere in the run.
fn controlled(row: Program, judgement: &Judgement, controls: &Controls) -> Program {
    let (Verdict::Holds, Some(facet), Some(route)) = (row.verdict, &row.facet, &row.route) else {
        return row;
    };
    let missing = controls.missing(judgement, &format!("{facet}@{route}"));
    if missing.is_empty() {
        return row;
    }
    Program {
        verdict: Verdict::NotExercised,
        note: Some(format!("without a control: not seen {}", missing.join(", "))),
        needs: missing,
        ..row
    }
}

/// How a program ended for a facet on a route that it tells.
fn verdict(judgement: &Judgement, cell: &Cell, accusations: &[Accusation<'_>]) -> (Verdict, Option<String>) {
    let needs = clause::find(cell.clause).map_or(&[][..], Clause::needs);
    if needs.iter().any(|need| judgement.lacks_roots.contains(need)) {
        return (Verdict::NotExercised, Some("needs a root user".to_owned()));
    }
    if let Some(accusation) = accusations.iter().find(|one| one.accuses(cell)) {
        return (Verdict::Violated, Some(accusation.place()));
    }
    match &judgement.ending {
        Ending::Allowed => told_through(judgement, cell),
        Ending::Refuted(refuted) => {
            let charged = accusations.iter().filter(|one| one.number() == refuted.number);
            let charged: Vec<String> = charged.map(|one| one.words(cell.clause)).collect();
            let by = match charged.as_slice() {
                [] => format!("an answer at step {} that no clause fixes", refuted.number),
                _ => charged.join(", "),
            };
            // Not obeyed here, for whatever reason: what other programs show of the clause can't be called green.
            if judgement.explanations.iter().any(|mutant| cell.is_of(mutant)) {
                let note = format!(
                    "step {} is charged to {by}, and would be explained by it as well",
                    refuted.number
                );
                return (Verdict::Inconclusive, Some(note));
            }
            (Verdict::NotExercised, Some(format!("blocked by {by}")))
        }
        Ending::Unsupported(number, said) => (Verdict::Unsupported, Some(format!("step {number}: {said}"))),
        Ending::Inconclusive(why) => (Verdict::Inconclusive, Some(why.clone())),
        Ending::NotRun(why) => (Verdict::NotExercised, Some(why.to_string())),
        Ending::Broken(why) => (Verdict::HarnessError, Some(why.clone())),
    }
}

/// What a program that ran to its end, with slips or without, says of a facet on a route.
fn told_through(judgement: &Judgement, cell: &Cell) -> (Verdict, Option<String>) {
    let words = cell.words();
    let told = judgement
        .told
        .iter()
        .find(|(told, _)| *told == words)
        .map(|(_, tells)| *tells);
    match told {
        Some(Tells::Broken) => {
            let first = judgement.slips.first().map_or(0, |slipped| slipped.number);
            (Verdict::Violated, Some(format!("at step {first}")))
        }
        None | Some(Tells::Obeyed) => (Verdict::Holds, None),
        Some(Tells::Hidden) => (Verdict::NotExercised, Some(hidden(judgement))),
    }
}

/// Why a program says nothing whose replies are told otherwise.
fn hidden(judgement: &Judgement) -> String {
    let first = judgement.slips.first().map_or(0, |slipped| slipped.number);
    let by = judgement.slips.iter().flat_map(owners).collect::<BTreeSet<_>>();
    let by = if by.is_empty() {
        "what no clause fixes".to_owned()
    } else {
        by.into_iter().collect::<Vec<_>>().join(", ")
    };
    format!("what would tell it is hidden by {by}, violated from step {first} on")
}

/// The clauses that fix what a slip tells otherwise.
fn owners(slipped: &Slipped) -> Vec<&'static str> {
    let owners = slipped.slip.owners.iter().filter_map(|facet| owner(*facet));
    owners.map(|(clause, _)| clause.id).collect()
}

/// What is said of a facet on a route, by which program.
pub(super) fn row(entry: &Entry, cell: &Cell, verdict: Verdict, note: Option<String>) -> Program {
    let stands_in = || stand_in::words(entry).map(|words| format!("stand-in: {words}"));
    Program {
        id: entry.id.clone(),
        facet: Some(cell.facet.clone()),
        route: Some(cell.route.clone()),
        verdict,
        note: note.or_else(stands_in),
        needs: Vec::new(),
    }
}
