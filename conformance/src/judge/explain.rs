//! Explaining: which smallest change of the law makes a history legal, and whether a history tells a repeal at all.

use std::collections::BTreeSet;

use bucketlaw_model::check::witness::Mutant;
use bucketlaw_model::clause::{Clause, find, owner};
use bucketlaw_model::law::{Law, parse_repeal};
use bucketlaw_model::program::Program;

use super::follow::follow;
use super::{Ending, Refuted, Slipped, Tells};
use crate::history::History;

/// The facets on routes whose repeal, one at a time, makes a history legal with the fewest slips, and with fewer than
/// `slipped`; and how many slips they leave.
pub(super) fn explain(
    law: &Law,
    (history, program): (&History, &Program),
    slipped: usize,
) -> (Vec<Mutant>, usize) {
    // A repeal of what was never asked for changes nothing.
    let consulted = follow(law, history, program, true).consulted.unwrap_or_default();
    let rulings = consulted.into_iter().filter(|(facet, _)| facet.can_be_repealed());
    let mut fewest = slipped.saturating_sub(1);
    let mut nearest = Vec::new();
    for (facet, route) in rulings {
        let Some(slips) = slips(&law.clone().without(facet, route), history, program) else {
            continue;
        };
        if slips < fewest {
            nearest.clear();
            fewest = slips;
        }
        if slips == fewest && slips < slipped {
            nearest.push((facet, route));
        }
    }
    (nearest, fewest)
}

/// A repeal that explains a refuted history: under it the history is legal up to and with the step that refutes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The facet on the route.
    pub mutant: Mutant,
    /// How many slips are left up to and with that step.
    pub slips: usize,
    /// How many are left in all of the history, if it is legal to its end: an endpoint with several faults may show
    /// another one further on.
    pub whole: Option<usize>,
}

/// The repeals that explain a refuted history. Where only words differ, which differ by a habit that no repeal is, and
/// among requests that were sent together, those alone count under which it is legal to its end.
pub(super) fn candidates(
    law: &Law,
    (history, program): (&History, &Program),
    refuted: &Refuted,
) -> Vec<Candidate> {
    let of_form = refuted
        .expected
        .first()
        .is_some_and(|nearest| nearest.difference.is_of_form());
    let begins = !program.races() && !of_form;
    // A repeal of what was never asked for changes nothing.
    let consulted = follow(law, history, program, true).consulted.unwrap_or_default();
    let rulings = consulted.into_iter().filter(|(facet, _)| facet.can_be_repealed());
    let explains = |mutant: Mutant| {
        let without = law.clone().without(mutant.0, mutant.1);
        let followed = follow(&without, history, program, false);
        let so_far = |slipped: &&Slipped| slipped.number <= refuted.number;
        let begun = || followed.slips.iter().filter(so_far).count();
        let (slips, whole) = match &followed.ending {
            Ending::Allowed => (begun(), Some(followed.slips.len())),
            Ending::Refuted(then) if begins && then.number > refuted.number => (begun(), None),
            Ending::Refuted(_) => return None,
            _ if begins => (
                slips(&without, &begun_at(history, refuted.number), program)?,
                None,
            ),
            _ => return None,
        };
        Some(Candidate { mutant, slips, whole })
    };
    rulings.filter_map(explains).collect()
}

/// Of repeals that explain a refuted history those that explain it best: to its end with the fewest slips, or else up to
/// the step that refutes it; and how many slips they leave.
pub(super) fn best(candidates: &[Candidate]) -> (Vec<Mutant>, usize) {
    let whole = fewest(candidates, |candidate| candidate.whole);
    if whole.0.is_empty() {
        fewest(candidates, |candidate| Some(candidate.slips))
    } else {
        whole
    }
}

/// Those that explain it best up to the step that refutes it.
pub(super) fn best_begun(candidates: &[Candidate]) -> (Vec<Mutant>, usize) {
    fewest(candidates, |candidate| Some(candidate.slips))
}

fn fewest(candidates: &[Candidate], slips: impl Fn(&Candidate) -> Option<usize>) -> (Vec<Mutant>, usize) {
    let fewest = candidates.iter().filter_map(&slips).min();
    let of_these = candidates
        .iter()
        .filter(|one| fewest.is_some() && slips(one) == fewest);
    (
        of_these.map(|one| one.mutant).collect(),
        fewest.unwrap_or_default(),
    )
}

/// The clauses that decided what was expected at the step that refutes a history and without which, with all that they
/// decide there, it is legal up to and with that step: an endpoint may have nothing of a clause.
pub(super) fn explain_wholly(
    law: &Law,
    history: &History,
    program: &Program,
    refuted: &Refuted,
) -> Vec<&'static str> {
    if program.races() {
        return Vec::new();
    }
    let begun = begun_at(history, refuted.number);
    let decided = refuted
        .expected
        .first()
        .map(|nearest| nearest.because.decided.iter().copied());
    let deciding: BTreeSet<&str> = decided
        .into_iter()
        .flatten()
        .filter_map(owner)
        .map(|(clause, _)| clause.id)
        .collect();
    let without = |clause: &Clause| {
        let rulings = clause
            .facets
            .iter()
            .filter(|facet| !facet.is_choice() && facet.routes.contains(&refuted.route));
        rulings.fold(law.clone(), |law, facet| law.without(facet.id, refuted.route))
    };
    let explains = |clause: &&'static Clause| slips(&without(clause), &begun, program).is_some();
    let clauses = deciding.into_iter().filter_map(find);
    clauses.filter(explains).map(|clause| clause.id).collect()
}

/// A history up to and with a step.
pub(super) fn begun_at(history: &History, number: u16) -> History {
    let mut begun = history.clone();
    begun.steps.retain(|taken| taken.number <= number);
    begun
}

/// How many slips a history has under a law that allows it otherwise.
fn slips(law: &Law, history: &History, program: &Program) -> Option<usize> {
    let followed = follow(law, history, program, false);
    matches!(followed.ending, Ending::Allowed).then_some(followed.slips.len())
}

/// What a history that the law allows but for `slipped` slips says of the facets on routes that its program tells, given
/// the repeals that explain the slips.
///
/// A program tells a facet by the reply that differs without it. Where the endpoint's reply differs from both, the
/// history may fit the law without the facet as well as the law, or better.
pub(super) fn told(
    law: &Law,
    (history, program): (&History, &Program),
    tells: &[String],
    slipped: usize,
    explanations: &[Mutant],
) -> Vec<(String, Tells)> {
    let one = |words: &String| {
        let facets = parse_repeal(words).ok()?;
        let explains = |(facet, route): &(&bucketlaw_model::clause::Facet, _)| {
            explanations.contains(&(facet.id, *route))
        };
        if facets.iter().any(explains) {
            return Some((words.clone(), Tells::Broken));
        }
        let mutant = facets
            .into_iter()
            .fold(law.clone(), |law, (facet, route)| law.without(facet.id, route));
        let hidden = slips(&mutant, history, program).is_some_and(|slips| slips <= slipped);
        Some((words.clone(), if hidden { Tells::Hidden } else { Tells::Obeyed }))
    };
    tells.iter().filter_map(one).collect()
}
