//! Judging the programs of a run together: what one history shows to be obeyed explains no other.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use bucketlaw_model::belief::Difference;
use bucketlaw_model::check::witness::Mutant;
use bucketlaw_model::clause::{FacetId, owner};
use bucketlaw_model::law::Law;
use bucketlaw_model::program::Program;
use bucketlaw_model::reply::Name;

use super::explain::{begun_at, best, best_begun};
use super::follow::follow;
use super::jointly::explain_jointly;
use super::partly::{Partly, explain_partly, without};
use super::{
    Candidate, Ending, Judgement, NotRun, Refuted, Slipped, Tells, judge, law_for, plain, program_of,
    step_request,
};
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
    let others = Others {
        law,
        histories,
        goes_on,
    };
    let suspects = judgements.iter().flat_map(suspects).collect();
    let (obeyed, asked) = others.obeyed(judgements, suspects, &BTreeSet::new());
    // What the endpoint is shown not to do hides what it does not do besides: an alibi that it explains is none.
    let (mut certain, mut faults) = (obeyed.clone(), BTreeSet::new());
    loop {
        let shown = shown(judgements, &certain);
        if shown == faults {
            break;
        }
        faults = shown;
        (certain, _) = others.obeyed(judgements, certain, &faults);
    }
    let shown = faults;
    let (certain, doubtful) = (&certain, &obeyed - &certain);
    let mut contradicted = Vec::new();
    for judgement in judgements.iter_mut() {
        contradicted.push(clear(judgement, (certain, &doubtful)));
    }
    let known = theory(judgements);
    for ((entry, judgement), contradicted) in entries.iter().zip(judgements.iter_mut()).zip(&contradicted) {
        fall_back(judgement, entry, contradicted, (&known, &asked));
    }
    others.explain_rest(judgements, (&known, &obeyed), &shown);
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

    /// Explains in part the histories that nothing explains.
    fn explain_rest(
        self,
        judgements: &mut [Judgement],
        (known, obeyed): (&BTreeSet<Mutant>, &BTreeSet<Mutant>),
        shown: &BTreeSet<Mutant>,
    ) {
        let found = self.of_unexplained(judgements, |history, program, refuted| {
            let law = law_for(self.law, history);
            let partly = explain_partly(&law, history, program, refuted);
            let jointly = explain_jointly(&law, (history, program), refuted, (known, obeyed));
            (partly, jointly)
        });
        let suspects = found.iter().flat_map(|(_, (partly, jointly))| {
            let jointly = jointly.iter().flat_map(|jointly| &jointly.decisive);
            partly.suspects().chain(jointly.copied())
        });
        let (obeyed, _) = self.obeyed(judgements, suspects.collect(), shown);
        for (at, (mut partly, jointly)) in found {
            partly.clear(&obeyed);
            let mut jointly = jointly.unwrap_or_default();
            jointly.decisive.retain(|mutant| !obeyed.contains(mutant));
            if let Some(judgement) = judgements.get_mut(at) {
                judgement.partly = Partly { jointly, ..partly };
            }
        }
    }
}

/// What may be at fault for what a history shows: what explains it, and what decided the reply that was expected.
fn suspects(judgement: &Judgement) -> Vec<Mutant> {
    let candidates = judgement.candidates.iter().map(|candidate| candidate.mutant);
    let mut suspects: Vec<Mutant> = candidates.chain(judgement.explanations.iter().copied()).collect();
    if let Ending::Refuted(refuted) = &judgement.ending {
        let decided = refuted.charged().into_iter();
        suspects.extend(decided.map(|facet| (facet, refuted.route)));
    }
    suspects
}

/// Takes from the explanations what is obeyed elsewhere, and returns it. What is `doubtful`, as other faults of the endpoint
/// explain as well why it seems to be obeyed, is taken too unless an earlier request asked for it or it decided what was
/// expected.
fn clear(
    judgement: &mut Judgement,
    (certain, doubtful): (&BTreeSet<Mutant>, &BTreeSet<Mutant>),
) -> Vec<Candidate> {
    let Ending::Refuted(refuted) = &judgement.ending else {
        judgement
            .explanations
            .retain(|mutant| !certain.contains(mutant) && !doubtful.contains(mutant));
        return Vec::new();
    };
    let deciding = refuted.charged();
    let stays = |(facet, route): &Mutant| *route != refuted.route || deciding.contains(facet);
    let obeyed: BTreeSet<Mutant> = doubtful
        .iter()
        .filter(|one| !stays(one))
        .chain(certain)
        .copied()
        .collect();
    let is_obeyed = |id: &str| {
        let on_route = obeyed.iter().filter(|(_, route)| *route == refuted.route);
        on_route
            .filter_map(|(facet, _)| owner(*facet))
            .any(|(clause, _)| clause.id == id)
    };
    judgement.wholly.retain(|id| !is_obeyed(id));
    let here = |facet: &FacetId| obeyed.contains(&(*facet, refuted.route));
    judgement.doubtless = refuted.charged().into_iter().filter(here).collect();
    let candidates = std::mem::take(&mut judgement.candidates).into_iter();
    let (contradicted, left): (Vec<Candidate>, Vec<Candidate>) =
        candidates.partition(|candidate| obeyed.contains(&candidate.mutant));
    (judgement.begun, _) = best_begun(&left);
    (judgement.explanations, judgement.unexplained) = best(&left);
    judgement.candidates = left;
    contradicted
}

/// The faults that some refuted history shows, as nothing else explains it that is not `obeyed`: on its route, and on all
/// others on which it is not.
fn shown(judgements: &[Judgement], obeyed: &BTreeSet<Mutant>) -> BTreeSet<Mutant> {
    let refuted = judgements
        .iter()
        .filter(|judgement| matches!(judgement.ending, Ending::Refuted(_)));
    let only = |judgement: &Judgement| {
        let left = judgement.candidates.iter();
        let left: Vec<Candidate> = left
            .filter(|one| !obeyed.contains(&one.mutant))
            .copied()
            .collect();
        match best(&left).0.as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    };
    let only: BTreeSet<FacetId> = refuted.filter_map(only).map(|(facet, _)| facet).collect();
    let everywhere = |facet: FacetId| {
        let routes = owner(facet).map_or(&[][..], |(_, facet)| facet.routes);
        routes.iter().map(move |route| (facet, *route))
    };
    let everywhere = only.into_iter().flat_map(everywhere);
    // What runs the plain operation tells so by its document.
    let overlooked = judgements.iter().filter_map(|judgement| match &judgement.ending {
        Ending::Refuted(refuted) => plain::overlooked(refuted.route, &refuted.exchange),
        _ => None,
    });
    let everywhere = everywhere.chain(overlooked);
    everywhere.filter(|mutant| !obeyed.contains(mutant)).collect()
}

/// The faults that an endpoint is thought to have: for each history that one repeal explains the one that explains most.
fn theory(judgements: &[Judgement]) -> BTreeSet<Mutant> {
    let refuted = || {
        let refuted = |judgement: &&Judgement| matches!(judgement.ending, Ending::Refuted(_));
        judgements.iter().filter(refuted)
    };
    let mut covers: BTreeMap<Mutant, usize> = BTreeMap::new();
    for mutant in refuted().flat_map(|judgement| &judgement.explanations) {
        *covers.entry(*mutant).or_default() += 1;
    }
    let most = |judgement: &Judgement| {
        let explanations = judgement.explanations.iter().copied();
        explanations
            .rev()
            .max_by_key(|mutant| covers.get(mutant).copied())
    };
    refuted().filter_map(most).collect()
}

/// Explains a history by what is obeyed elsewhere if nothing else explains it: a facet may be obeyed in one case and not in
/// another. Where something should have been refused, that is what refuses it, or what the endpoint is known not to obey on
/// other routes.
fn fall_back(
    judgement: &mut Judgement,
    entry: &Entry,
    contradicted: &[Candidate],
    (known, asked): (&BTreeSet<Mutant>, &Asked),
) {
    let Ending::Refuted(refuted) = &judgement.ending else {
        return;
    };
    if !judgement.explanations.is_empty() {
        return;
    }
    let here = step_request(&entry.program, refuted.number)
        .map(|request| request.operation.routes())
        .unwrap_or_default();
    let deciding = refuted.deciding();
    // That the one is refused in place of the other, to whomever, is no matter of who asks.
    let refused = refuted.exchange.response.status >= 400 && !refuted.refuses();
    let speaks = |candidate: &&Candidate| {
        let of_who = owner(candidate.mutant.0).is_some_and(|(clause, _)| clause.is_about_who());
        !refused || !of_who || deciding.contains(&candidate.mutant.0)
    };
    let contradicted: Vec<Candidate> = contradicted.iter().filter(speaks).copied().collect();
    let may_err = |candidate: &&Candidate| {
        let (facet, route) = candidate.mutant;
        let elsewhere = known.iter().any(|(other, _)| *other == facet);
        here.contains(&route) && (refuted.refuses() || deciding.contains(&facet) || elsewhere)
    };
    let left: Vec<Candidate> = contradicted.iter().filter(may_err).copied().collect();
    let decided = left.iter().filter(|one| deciding.contains(&one.mutant.0));
    let decided: Vec<Candidate> = decided.copied().collect();
    // An exception that is seldom asked for is missed before the rule itself.
    let often = |one: &Candidate| asked.get(&one.mutant).copied().unwrap_or_default();
    let least = contradicted
        .iter()
        .filter(|one| here.contains(&one.mutant.1))
        .min_by_key(|one| often(one));
    let exception = least.filter(|least| decided.iter().all(|one| often(one) > often(least)));
    let left = match exception {
        _ if decided.is_empty() => left,
        Some(exception) => vec![*exception],
        None => decided,
    };
    (judgement.explanations, judgement.unexplained) = best(&left);
    judgement.contradicted = !judgement.explanations.is_empty();
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
    Some(Cow::Owned(begun_at(history, number.checked_sub(1)?)))
}

/// In how many histories a ruling is asked for.
type Asked = BTreeMap<Mutant, usize>;

impl Others<'_> {
    /// The suspects without which a history that the law allows would not be legal, or would have more slips, and would not
    /// be either for an endpoint that has the faults that are `shown`: who drops every lock takes a request with a lock in
    /// a bucket that has none.
    fn obeyed(
        self,
        judgements: &[Judgement],
        mut suspects: BTreeSet<Mutant>,
        shown: &BTreeSet<Mutant>,
    ) -> (BTreeSet<Mutant>, Asked) {
        let all = suspects.clone();
        let mut asked = Asked::new();
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
            for mutant in all.intersection(&consulted) {
                *asked.entry(*mutant).or_default() += 1;
            }
            let needs = |law: &Law| {
                let followed = follow(law, history, &program, false);
                match followed.ending {
                    Ending::Allowed => {
                        weight(&followed.slips, &own_words) > weight(&judgement.slips, &own_words)
                    }
                    Ending::Refuted(_) => true,
                    _ => false,
                }
            };
            let faulty = without(&law, &shown.iter().copied().collect::<Vec<_>>());
            let is_needed = |(facet, route): &Mutant| {
                let without = law.clone().without(*facet, *route);
                if !needs(&without) {
                    return false;
                }
                let asked = || {
                    follow(&without, history, &program, true)
                        .consulted
                        .unwrap_or_default()
                };
                let hides = |(other, on): &Mutant| !needs(&without.clone().without(*other, *on));
                shown.is_empty()
                    || (needs(&faulty.clone().without(*facet, *route))
                        && !shown.intersection(&asked()).any(hides))
            };
            let needed = suspects.intersection(&consulted).copied().filter(is_needed);
            let needed: Vec<Mutant> = needed.collect();
            for mutant in needed {
                suspects.remove(&mutant);
                obeyed.insert(mutant);
            }
        }
        (obeyed, asked)
    }
}
