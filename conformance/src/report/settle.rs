//! The verdict on a clause, from what the programs say of its facets on its routes.

use std::collections::BTreeMap;

use super::{Clause, Program, Verdict};

/// How many of the facets on routes that say nothing are named.
const NAMED: usize = 3;

/// How the reason of a clause begins that holds in part.
const REST: &str = "not judged: ";

/// What the programs say of one facet on one route.
struct Cell<'a> {
    verdict: Verdict,
    /// Why, as the program says that decides.
    note: Option<&'a str>,
}

/// The facets on routes that programs tell, by their words.
fn cells<'a>(programs: impl IntoIterator<Item = &'a Program>) -> BTreeMap<(&'a str, &'a str), Cell<'a>> {
    let mut cells: BTreeMap<(&str, &str), Cell<'_>> = BTreeMap::new();
    for program in programs {
        let Some(facet) = &program.facet else { continue };
        let told = Cell {
            verdict: program.verdict,
            note: program.note.as_deref(),
        };
        let place = (facet.as_str(), program.route.as_deref().unwrap_or_default());
        match cells.get_mut(&place) {
            Some(known) if told.verdict < known.verdict => *known = told,
            Some(_) => {}
            None => {
                cells.insert(place, told);
            }
        }
    }
    cells
}

/// The verdict on a clause: of all that its programs say the first in precedence. If that is green, the clause is so in part
/// unless each facet on each route is.
pub(super) fn verdict<'a>(programs: impl Iterator<Item = &'a Program> + Clone) -> Verdict {
    let first = Verdict::of_all(programs.clone().map(|program| program.verdict));
    if first.is_green() && cells(programs).values().any(|cell| !cell.verdict.is_green()) {
        return Verdict::HoldsInPart;
    }
    first
}

/// What is not judged of a clause, in words: the first few, and how many more.
fn rest(programs: &[Program]) -> String {
    let all = cells(programs);
    let silent: Vec<String> = all
        .iter()
        .filter(|(_, cell)| !cell.verdict.is_green())
        .map(|((facet, route), cell)| {
            let name = facet.split_once('/').map_or(*facet, |(_, name)| name);
            let why = cell.note.unwrap_or_else(|| cell.verdict.words());
            format!("{name}@{route} ({why})")
        })
        .collect();
    let more = match silent.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    let named: Vec<&str> = silent.iter().take(NAMED).map(String::as_str).collect();
    format!(
        "{} of {} {REST}{}{more}",
        silent.len(),
        all.len(),
        named.join("; ")
    )
}

impl Clause {
    /// Brings the clause's verdict in line with its programs.
    ///
    /// A verdict without programs stands (a preflight may know that something is unsupported), except a green one: what
    /// nothing ran for was not exercised.
    pub fn settle(&mut self) {
        let is_rest = |reason: &String| reason.contains(REST);
        if self.verdict == Verdict::HoldsInPart && self.reason.as_ref().is_some_and(is_rest) {
            self.reason = None;
        }
        if !self.programs.is_empty() {
            self.verdict = verdict(self.programs.iter());
        } else if self.verdict.is_green() || self.verdict == Verdict::HoldsInPart {
            self.verdict = Verdict::NotExercised;
            self.reason = Some("nothing ran".to_owned());
        }
        if self.verdict == Verdict::HoldsInPart {
            self.reason = Some(rest(&self.programs));
        }
        if !matches!(self.verdict, Verdict::Takes | Verdict::HoldsInPart) {
            self.branch = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    fn told(facet: &str, verdict: Verdict) -> Program {
        Program {
            id: "p".to_owned(),
            facet: Some(format!("LOCK-DEL-003/{facet}")),
            route: Some("DeleteObject".to_owned()),
            verdict,
            note: (verdict == Verdict::NotExercised).then(|| "needs `user`".to_owned()),
            needs: Vec::new(),
        }
    }

    fn settled(programs: Vec<Program>) -> Clause {
        let mut clause = Clause {
            programs,
            reason: None,
            ..sample::report().clauses.remove(0)
        };
        clause.settle();
        clause
    }

    #[test]
    fn a_clause_holds_when_each_facet_does() {
        let all = settled(vec![told("one", Verdict::Holds), told("two", Verdict::Holds)]);
        assert_eq!(all.verdict, Verdict::Holds);
        let part = settled(vec![
            told("one", Verdict::Holds),
            told("two", Verdict::NotExercised),
            told("three", Verdict::Unsupported),
        ]);
        assert_eq!(part.verdict, Verdict::HoldsInPart);
        insta::assert_snapshot!(part.reason.unwrap(), @"2 of 3 not judged: three@DeleteObject (unsupported); two@DeleteObject (needs `user`)");
    }

    #[test]
    fn one_program_is_enough_for_a_facet_and_one_violation_for_the_clause() {
        let twice = settled(vec![
            told("one", Verdict::NotExercised),
            told("one", Verdict::Holds),
        ]);
        assert_eq!(twice.verdict, Verdict::Holds);
        let violated = settled(vec![told("one", Verdict::Violated), told("two", Verdict::Holds)]);
        assert_eq!(violated.verdict, Verdict::Violated);
        let none = settled(vec![told("one", Verdict::NotExercised)]);
        assert_eq!(none.verdict, Verdict::NotExercised);
    }

    #[test]
    fn a_race_that_proves_nothing_leaves_nothing_out() {
        let race = Program {
            facet: None,
            ..told("one", Verdict::NotExercised)
        };
        assert_eq!(
            settled(vec![told("one", Verdict::Holds), race]).verdict,
            Verdict::Holds
        );
    }
}
