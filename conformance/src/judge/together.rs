//! Judging the programs of a run together: what one history shows to be obeyed explains no other.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeSet;

use bucketlaw_model::belief::Difference;
use bucketlaw_model::check::witness::Mutant;
use bucketlaw_model::clause::{FacetId, owner};
use bucketlaw_model::law::Law;
use bucketlaw_model::program::Program;
use bucketlaw_model::reply::Name;

use super::explain::{begun, explain_begun};
use super::follow::follow;
use super::partly::explain_partly;
use super::{Ending, Judgement, NotRun, Refuted, Slipped, Tells, judge, law_for, program_of, step_request};
use crate::history::History;
use crate::suite::Entry;

/// Why a history says nothing that there was no time to judge.
const UNJUDGED: &str =
    "the run was interrupted before this was judged: `bucketlaw judge` judges its history.ndjson";

/// Judges the histories of a run, each beside the program that it is of.
///
/// A repeal that explains one history and is contradicted by another explains neither. Where all are contradicted that
/// explain a history to its end, those count that explain it up to the step that refutes it.
#[must_use]
pub fn judge_all(law: &Law, entries: &[Entry], histories: &[History]) -> Vec<Judgement> {
    judge_while(law, entries, histories, &|| true)
}

/// Judges as [`judge_all`] does, as long as `goes_on` says so, which is asked before each history is looked at.
///
/// What is not judged until then says so, and so does what is refuted or slips and was not compared with all others: whom it
/// has to be charged to is not known.
#[must_use]
pub fn judge_while(
    law: &Law,
    entries: &[Entry],
    histories: &[History],
    goes_on: &dyn Fn() -> bool,
) -> Vec<Judgement> {
    let cut = Cell::new(false);
    let goes_on = || {
        cut.set(cut.get() || !goes_on());
        !cut.get()
    };
    let mut judgements: Vec<Judgement> = entries
        .iter()
        .zip(histories)
        .map(|(entry, history)| match goes_on() {
            true => judge(law, history, &entry.tells),
            false => unjudged(history),
        })
        .collect();
    compare(law, entries, histories, &mut judgements, &goes_on);
    if cut.get() {
        for (judgement, history) in judgements.iter_mut().zip(histories) {
            let differs = matches!(judgement.ending, Ending::Refuted(_)) || !judgement.slips.is_empty();
            if differs {
                *judgement = unjudged(history);
            }
        }
    }
    judgements
}

/// What is said of a history that there was no time to judge.
fn unjudged(history: &History) -> Judgement {
    let mut judgement = super::blank(history);
    judgement.ending = Ending::NotRun(NotRun::Stopped(UNJUDGED.to_owned()));
    judgement
}

/// Compares what differs from the law with all that was answered.
fn compare(
    law: &Law,
    entries: &[Entry],
    histories: &[History],
    judgements: &mut [Judgement],
    goes_on: &dyn Fn() -> bool,
) {
    let suspects: BTreeSet<Mutant> = judgements
        .iter()
        .flat_map(|judgement| judgement.explanations.iter().chain(&judgement.begun).copied())
        .collect();
    let others = Others {
        law,
        histories,
        goes_on,
    };
    let obeyed = others.obeyed(judgements, suspects);
    for (entry, judgement) in entries.iter().zip(judgements.iter_mut()) {
        clear(judgement, entry, &obeyed);
    }
    others.begin_again(entries, judgements, &obeyed);
    others.explain_rest(judgements);
    for judgement in judgements {
        let cleared = |words: &str| {
            obeyed
                .iter()
                .any(|(facet, route)| format!("{facet}@{}", route.name()) == words)
        };
        for (words, tells) in &mut judgement.told {
            if *tells == Tells::Broken && cleared(words) {
                *tells = Tells::Hidden;
            }
        }
    }
}

/// All histories of a run, and whether there is time to look at one more.
#[derive(Clone, Copy)]
struct Others<'a> {
    law: &'a Law,
    histories: &'a [History],
    goes_on: &'a dyn Fn() -> bool,
}

impl Others<'_> {
    /// What is found of each refuted history that nothing explains, with its place.
    fn of_unexplained<T>(
        self,
        judgements: &[Judgement],
        find: impl Fn(&History, &Program, &Refuted) -> T,
    ) -> Vec<(usize, T)> {
        let mut found = Vec::new();
        for (at, (judgement, history)) in judgements.iter().zip(self.histories).enumerate() {
            let (Ending::Refuted(refuted), true) = (&judgement.ending, judgement.explanations.is_empty())
            else {
                continue;
            };
            if !(self.goes_on)() {
                break;
            }
            if let Ok(program) = program_of(history) {
                found.push((at, find(history, &program, refuted)));
            }
        }
        found
    }

    /// Explains up to the step that refutes them the histories of which nothing explains the whole, by what is not known to
    /// be obeyed: that another repeal leaves fewer slips must not hide what is left without it.
    fn begin_again(self, entries: &[Entry], judgements: &mut [Judgement], obeyed: &BTreeSet<Mutant>) {
        let begun = self.of_unexplained(judgements, |history, program, refuted| {
            explain_begun(&law_for(self.law, history), history, program, refuted, obeyed)
        });
        let suspects = begun.iter().flat_map(|(_, found)| found.0.iter().copied());
        let obeyed = self.obeyed(judgements, suspects.collect());
        for (at, found) in begun {
            if let (Some(judgement), Some(entry)) = (judgements.get_mut(at), entries.get(at)) {
                (judgement.explanations, judgement.unexplained) = found;
                clear(judgement, entry, &obeyed);
            }
        }
    }

    /// Explains in part the histories that nothing explains.
    fn explain_rest(self, judgements: &mut [Judgement]) {
        let found = self.of_unexplained(judgements, |history, program, refuted| {
            explain_partly(&law_for(self.law, history), history, program, refuted)
        });
        let suspects = found.iter().flat_map(|(_, partly)| partly.suspects());
        let obeyed = self.obeyed(judgements, suspects.collect());
        for (at, mut partly) in found {
            partly.clear(&obeyed);
            if let Some(judgement) = judgements.get_mut(at) {
                judgement.partly = partly;
            }
        }
    }
}

/// Takes from the explanations what is obeyed elsewhere. If nothing is left, what rules on the step itself stays: it may
/// be obeyed in one case and not in another.
fn clear(judgement: &mut Judgement, entry: &Entry, obeyed: &BTreeSet<Mutant>) {
    let (contradicted, left): (Vec<Mutant>, Vec<Mutant>) = judgement
        .explanations
        .iter()
        .partition(|mutant| obeyed.contains(mutant));
    judgement.explanations = left;
    judgement.begun.retain(|mutant| !obeyed.contains(mutant));
    if let Ending::Refuted(refuted) = &judgement.ending {
        let is_obeyed = |id: &str| {
            let on_route = obeyed.iter().filter(|(_, route)| *route == refuted.route);
            on_route
                .filter_map(|(facet, _)| owner(*facet))
                .any(|(clause, _)| clause.id == id)
        };
        judgement.wholly.retain(|id| !is_obeyed(id));
    }
    if let (true, Ending::Refuted(refuted)) = (judgement.explanations.is_empty(), &judgement.ending) {
        let here = step_request(&entry.program, refuted.number)
            .map(|request| request.operation.routes())
            .unwrap_or_default();
        let left = contradicted.into_iter().filter(|(_, route)| here.contains(route));
        let left: Vec<Mutant> = left.collect();
        // Of these what decided the expected reply, if it is among them.
        let deciding = refuted.deciding();
        let decided: Vec<Mutant> = left
            .iter()
            .copied()
            .filter(|(facet, _)| deciding.contains(facet))
            .collect();
        judgement.explanations = if decided.is_empty() { left } else { decided };
        judgement.contradicted = !judgement.explanations.is_empty();
    }
}

/// How much slips say. Messages of one step say no more than one does, and those that the endpoint has words of its own
/// for say nothing: it has them whatever it means.
fn weight(slips: &[Slipped], own_words: &BTreeSet<FacetId>) -> usize {
    let (words, others): (Vec<&Slipped>, Vec<&Slipped>) = slips.iter().partition(|slipped| is_said(slipped));
    let telling = |slipped: &&Slipped| {
        let owners = &slipped.slip.owners;
        owners.is_empty() || owners.iter().any(|owner| !own_words.contains(owner))
    };
    let words = words.into_iter().filter(telling);
    let steps: BTreeSet<u16> = words.map(|slipped| slipped.number).collect();
    steps.len() + others.len()
}

/// Whether only a message differs.
fn is_said(slipped: &Slipped) -> bool {
    matches!(
        slipped.slip.expected.difference,
        Difference::Message(_) | Difference::Field(Name::EntryMessage, _)
    )
}

/// The facets that fix messages for which the endpoint has words of its own in some program.
fn own_words(judgements: &[Judgement]) -> BTreeSet<FacetId> {
    let slips = judgements.iter().flat_map(|judgement| &judgement.slips);
    slips
        .filter(|slipped| is_said(slipped))
        .flat_map(|slipped| slipped.slip.owners.iter().copied())
        .collect()
}

/// A history up to where the endpoint first did otherwise than the law: so far it shows what is obeyed, as a history does
/// that the law allows to its end. None if it cannot be said how far that is.
fn as_far_as_lawful<'h>(history: &'h History, judgement: &Judgement) -> Option<Cow<'h, History>> {
    let number = match &judgement.ending {
        Ending::Allowed => return Some(Cow::Borrowed(history)),
        Ending::Refuted(refuted) if refuted.burst.is_none() => refuted.number,
        Ending::Unsupported(number, _) => *number,
        Ending::Refuted(_) | Ending::Inconclusive(_) | Ending::NotRun(_) | Ending::Broken(_) => return None,
    };
    Some(Cow::Owned(begun(history, number.checked_sub(1)?)))
}

impl Others<'_> {
    /// The suspects without which a history that the law allows would not be legal, or would have more slips.
    fn obeyed(self, judgements: &[Judgement], mut suspects: BTreeSet<Mutant>) -> BTreeSet<Mutant> {
        let own_words = own_words(judgements);
        let mut obeyed = BTreeSet::new();
        for (history, judgement) in self.histories.iter().zip(judgements) {
            if suspects.is_empty() || !(self.goes_on)() {
                break;
            }
            let (Some(history), Ok(program)) = (as_far_as_lawful(history, judgement), program_of(history))
            else {
                continue;
            };
            let history = history.as_ref();
            let law = law_for(self.law, history);
            let consulted = follow(&law, history, &program, true)
                .consulted
                .unwrap_or_default();
            let needed: Vec<Mutant> = suspects
                .intersection(&consulted)
                .copied()
                .filter(|(facet, route)| {
                    let followed = follow(&law.clone().without(*facet, *route), history, &program, false);
                    match followed.ending {
                        Ending::Allowed => {
                            weight(&followed.slips, &own_words) > weight(&judgement.slips, &own_words)
                        }
                        Ending::Refuted(_) => true,
                        _ => false,
                    }
                })
                .collect();
            for mutant in needed {
                suspects.remove(&mutant);
                obeyed.insert(mutant);
            }
        }
        obeyed
    }
}
