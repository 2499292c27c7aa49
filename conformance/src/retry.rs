//! Running again what an endpoint failed: how often does a divergence come back in fresh buckets?
//!
//! One that does not come back is a divergence all the same: an endpoint that lies once in ten lies. What a replay adds
//! is how often it does.

use std::collections::{BTreeMap, BTreeSet};

use bucketlaw_model::clause::FacetId;
use bucketlaw_model::law::Law;

use crate::history::History;
use crate::judge::{Ending, Judgement, Slipped, judge};
use crate::report::Seen;
use crate::run::{Plan, run};
use crate::session::Session;
use crate::suite::Entry;

/// How many programs are run again at the most.
const MOST: usize = 1000;

/// How often a program is run in all whose divergence does not come back at once.
pub const TRIES: usize = 20;

/// How many programs are run so often at the most: an endpoint that fails at random fails many.
const CLOSELY: usize = 40;

/// In how many programs a reply is told otherwise in the same way before that is no accident: then each need not be met
/// twice.
const OFTEN: usize = 4;

/// Runs the programs that the endpoint failed again, each in fresh buckets, and returns them with what happened: once, and
/// those that then pass as often as tells how seldom they fail. Races have rounds instead: a violation in one of them is
/// one.
///
/// When the [run ends](crate::run::Watch::ended), nothing is looked at any more.
///
/// [`together`] puts the attempts at a program together once they are judged.
#[must_use]
pub fn again(
    session: &Session,
    plan: &Plan,
    law: &Law,
    entries: &[Entry],
    histories: &[History],
) -> (Vec<Entry>, Vec<History>) {
    let goes_on = || plan.terms.watch.ended().is_none();
    let judged = |(entry, history)| (entry, judge(law, history, &[]));
    let judgements: Vec<(&Entry, Judgement)> = entries
        .iter()
        .zip(histories)
        .filter(|(entry, _)| !entry.program.races())
        .take_while(|_| goes_on())
        .map(judged)
        .collect();
    let habits = habits(judgements.iter().map(|(_, judgement)| judgement));
    let failed: Vec<(&Entry, Judgement)> = judgements
        .into_iter()
        .filter(|(_, judgement)| is_doubtful(judgement, &habits))
        .take(MOST)
        .collect();
    let mut again: Vec<Entry> = failed.iter().map(|(entry, _)| (*entry).clone()).collect();
    let mut shown = run(session, plan, &again, &|_| {});
    let rare = failed
        .iter()
        .zip(&shown)
        .take_while(|_| goes_on())
        .filter(|((_, first), history)| {
            let mut first = first.clone();
            count(&mut first, &[&judge(law, history, &[])]);
            is_rare(&first)
        });
    let rare: Vec<Entry> = rare
        .take(CLOSELY)
        .flat_map(|((entry, _), _)| std::iter::repeat_n((*entry).clone(), TRIES - 2))
        .collect();
    shown.extend(run(session, plan, &rare, &|_| {}));
    again.extend(rare);
    (again, shown)
}

/// The facets whose words many programs met otherwise.
fn habits<'a>(judgements: impl Iterator<Item = &'a Judgement>) -> BTreeSet<FacetId> {
    let mut met: BTreeMap<FacetId, usize> = BTreeMap::new();
    for judgement in judgements {
        let facets: BTreeSet<FacetId> = judgement
            .slips
            .iter()
            .flat_map(|slipped| slipped.slip.owners.iter().copied())
            .collect();
        for facet in facets {
            *met.entry(facet).or_default() += 1;
        }
    }
    met.retain(|_, programs| *programs >= OFTEN);
    met.into_keys().collect()
}

/// Whether a judgement shows a failure that may be an accident.
fn is_doubtful(judgement: &Judgement, habits: &BTreeSet<FacetId>) -> bool {
    let mut facets = judgement
        .slips
        .iter()
        .flat_map(|slipped| slipped.slip.owners.iter());
    matches!(judgement.ending, Ending::Refuted(_)) || facets.any(|facet| !habits.contains(facet))
}

/// Puts the judgements of the attempts at one program together, at the place of the first.
#[must_use]
pub fn together(entries: Vec<Entry>, judgements: Vec<Judgement>) -> (Vec<Entry>, Vec<Judgement>) {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut kept: (Vec<Entry>, Vec<Judgement>) = (Vec::new(), Vec::new());
    let mut later: BTreeMap<usize, Vec<Judgement>> = BTreeMap::new();
    for (entry, judgement) in entries.into_iter().zip(judgements) {
        match places.get(&entry.id).filter(|_| !entry.program.races()) {
            Some(at) => later.entry(*at).or_default().push(judgement),
            None => {
                places.insert(entry.id.clone(), kept.1.len());
                kept.0.push(entry);
                kept.1.push(judgement);
            }
        }
    }
    for (at, attempts) in later {
        if let Some(first) = kept.1.get_mut(at) {
            count(first, &attempts.iter().collect::<Vec<_>>());
        }
    }
    kept
}

/// Notes of each divergence of the first attempt in how many attempts it was seen. What came back every time needs no note.
fn count(first: &mut Judgement, later: &[&Judgement]) {
    let judged = later
        .iter()
        .filter(|attempt| matches!(attempt.ending, Ending::Allowed | Ending::Refuted(_)));
    let judged: Vec<&&Judgement> = judged.collect();
    let seen = |came_back: &dyn Fn(&Judgement) -> Option<bool>| {
        let told: Vec<bool> = judged.iter().filter_map(|attempt| came_back(attempt)).collect();
        let times = 1 + told.iter().filter(|came_back| **came_back).count();
        let of = 1 + told.len();
        (times < of).then_some(Seen { times, of })
    };
    if let Ending::Refuted(refuted) = &mut first.ending {
        let number = refuted.number;
        refuted.seen = seen(&|attempt| {
            Some(matches!(&attempt.ending, Ending::Refuted(other) if other.number == number))
        });
    }
    for slipped in &mut first.slips {
        let (number, owners) = (slipped.number, slipped.slip.owners.clone());
        let same = |other: &Slipped| other.number == number && other.slip.owners == owners;
        slipped.seen = seen(&|attempt| match &attempt.ending {
            // It ended before it could be seen.
            Ending::Refuted(other) if other.number <= number => None,
            _ => Some(attempt.slips.iter().any(same)),
        });
    }
}

/// Whether something was seen in some attempts only.
fn is_rare(judgement: &Judgement) -> bool {
    let refuted = matches!(&judgement.ending, Ending::Refuted(refuted) if refuted.seen.is_some());
    refuted || judgement.slips.iter().any(|slipped| slipped.seen.is_some())
}
