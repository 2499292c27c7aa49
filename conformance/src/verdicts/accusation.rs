//! Accusations: a clause that a program is charged with, for one reply, and the facets on routes that are behind it.

use bucketlaw_model::check::witness::Mutant;
use bucketlaw_model::clause::{FacetId, owner};
use bucketlaw_model::law::parse_repeal;

use super::cell::{Cell, cells};
use super::charge::{Charges, Ids, explains_alone};
use super::finding::{self, Divergence, Evidence};
use crate::judge::{Ending, Judgement, Slipped, Tells, step_request};
use crate::report::{Clarity, Finding, Program, Verdict};
use crate::suite::Entry;

/// A clause that is charged with a reply.
pub(super) struct Accusation<'a> {
    /// The clause.
    pub(super) clause: &'static str,
    divergence: Divergence<'a>,
    /// The facets on routes that are behind it; none where none is known.
    behind: Vec<Mutant>,
    /// The repeals that explain the whole history.
    explanations: Vec<Mutant>,
    /// What explains it in part, in words.
    in_part: String,
    /// Whether nothing else explains it.
    alone: bool,
}

/// What one program is charged with: the clauses that are charged with the reply that refutes it, and those with its slips,
/// which are all charged to what it rules otherwise if it does.
pub(super) fn accusations<'a>(
    (entry, judgement): (&Entry, &'a Judgement),
    (charged, ruled): (&[&'static str], &Ids),
    charges: &Charges,
) -> Vec<Accusation<'a>> {
    let mut all = Vec::new();
    for slipped in &judgement.slips {
        all.extend(of_slip((entry, judgement), slipped, ruled, charges));
    }
    all.extend(broken(judgement));
    if let Ending::Refuted(refuted) = &judgement.ending {
        all.extend(charged.iter().map(|clause| Accusation {
            clause,
            divergence: Divergence::from(refuted.as_ref()),
            behind: charges.behind(judgement, clause),
            explanations: judgement.explanations.clone(),
            in_part: finding::in_part(&judgement.partly, clause),
            alone: explains_alone(judgement, clause),
        }));
    }
    all
}

/// What is charged with a slip: what fixes the words, or what the program rules otherwise.
fn of_slip<'a>(
    (entry, judgement): (&Entry, &Judgement),
    slipped: &'a Slipped,
    ruled: &Ids,
    charges: &Charges,
) -> Vec<Accusation<'a>> {
    let accusation = |clause, behind, explanations, alone| Accusation {
        clause,
        divergence: Divergence::from(slipped),
        behind,
        explanations,
        in_part: String::new(),
        alone,
    };
    if !ruled.is_empty() {
        let of_clause = |clause: &&'static str| {
            let behind = charges.behind(judgement, clause);
            let alone = explains_alone(judgement, clause);
            accusation(*clause, behind, judgement.explanations.clone(), alone)
        };
        return ruled.iter().map(of_clause).collect();
    }
    let routes = step_request(&entry.program, slipped.number)
        .map(|request| request.operation.routes())
        .unwrap_or_default();
    let on_routes = |facet: FacetId| routes.iter().map(|route| (facet, *route)).collect();
    let owners = slipped.slip.owners.iter().copied();
    let owners = owners.filter_map(|facet| owner(facet).map(|(clause, _)| (clause.id, facet)));
    owners
        .map(|(clause, facet)| accusation(clause, on_routes(facet), Vec::new(), true))
        .collect()
}

/// What a program is there to tell and tells to be broken by its slips, charged with the first of them.
fn broken(judgement: &Judgement) -> Vec<Accusation<'_>> {
    let Some(first) = judgement.slips.first() else {
        return Vec::new();
    };
    let told = judgement.told.iter();
    let broken = told.filter(|(_, tells)| *tells == Tells::Broken);
    broken
        .filter_map(|(words, _)| parse_repeal(words).ok())
        .flatten()
        .filter_map(|(facet, route)| owner(facet.id).map(|(clause, _)| (clause.id, (facet.id, route))))
        .map(|(clause, mutant)| Accusation {
            clause,
            divergence: Divergence::from(first),
            behind: vec![mutant],
            explanations: vec![mutant],
            in_part: String::new(),
            alone: true,
        })
        .collect()
}

impl Accusation<'_> {
    /// Whether a facet on a route is accused: it is behind what its clause is charged with, or nothing is known to be.
    pub(super) fn accuses(&self, cell: &Cell) -> bool {
        let is_behind = || self.behind.iter().any(|mutant| cell.is_of(mutant));
        self.clause == cell.clause && (self.behind.is_empty() || is_behind())
    }

    /// The step that it is seen at.
    pub(super) fn number(&self) -> u16 {
        self.divergence.number()
    }

    /// Where it is seen, in words.
    pub(super) fn place(&self) -> String {
        self.divergence.place()
    }

    /// What is charged, in words for a row of a clause: of the clause itself, its facets.
    pub(super) fn words(&self, clause: &str) -> String {
        if self.clause != clause || self.behind.is_empty() {
            return self.clause.to_owned();
        }
        let words = |(facet, route): &Mutant| format!("{facet}@{}", route.name());
        let behind: Vec<String> = self.behind.iter().map(words).collect();
        behind.join(" and ")
    }

    /// How clearly its program shows it.
    fn clarity(&self, entry: &Entry) -> Clarity {
        let told = |mutant: &Mutant| cells(entry).iter().any(|cell| cell.is_of(mutant));
        match self.alone {
            true if self.behind.iter().any(told) => Clarity::Exact,
            true => Clarity::Alone,
            false => Clarity::Shared,
        }
    }

    /// What it says as a finding.
    pub(super) fn finding(&self, entry: &Entry) -> Finding {
        let evidence = Evidence {
            explanations: &self.explanations,
            behind: &self.behind,
            clarity: self.clarity(entry),
        };
        let mut finding = self.divergence.finding(entry, self.clause, evidence);
        finding.explanation.push_str(&self.in_part);
        finding
    }

    /// The row of what a finding accuses, where its program is not there to tell it.
    pub(super) fn row(&self, finding: &Finding) -> Program {
        let is_found = |(facet, _): &&Mutant| finding.facet.as_deref() == Some(facet.to_string().as_str());
        let found = self.behind.iter().find(is_found);
        Program {
            id: finding.id.clone(),
            facet: finding.facet.clone(),
            route: found
                .map(|(_, route)| route.name().to_owned())
                .or_else(|| finding.route.clone()),
            verdict: Verdict::Violated,
            note: Some(self.place()),
            needs: Vec::new(),
        }
    }
}
