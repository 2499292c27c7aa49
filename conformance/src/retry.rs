//! Running again what an endpoint failed: a divergence counts when it comes back in fresh buckets.

use std::collections::{BTreeMap, BTreeSet};

use bucketlaw_model::clause::FacetId;
use bucketlaw_model::law::Law;

use crate::history::History;
use crate::judge::{Ending, Judgement, Slipped, judge};
use crate::run::{Plan, run};
use crate::session::Session;
use crate::suite::Entry;

/// How many programs are run again at the most.
const MOST: usize = 1000;

/// In how many programs a reply is told otherwise in the same way before that is no accident: then each need not be met
/// twice.
const OFTEN: usize = 4;

/// Runs the programs that the endpoint failed once more, each in fresh buckets, and returns them with what happened.
/// Races have rounds instead: a violation in one of them is one.
///
/// [`together`] puts both attempts of a program together once they are judged.
#[must_use]
pub fn again(
    session: &Session,
    plan: &Plan,
    law: &Law,
    entries: &[Entry],
    histories: &[History],
) -> (Vec<Entry>, Vec<History>) {
    let judged = |(entry, history)| (entry, judge(law, history, &[]));
    let judgements: Vec<(&Entry, Judgement)> = entries
        .iter()
        .zip(histories)
        .filter(|(entry, _)| !entry.program.races())
        .map(judged)
        .collect();
    let habits = habits(judgements.iter().map(|(_, judgement)| judgement));
    let failed: Vec<Entry> = judgements
        .iter()
        .filter(|(_, judgement)| is_doubtful(judgement, &habits))
        .map(|(entry, _)| (*entry).clone())
        .take(MOST)
        .collect();
    let histories = run(session, plan, &failed, &|_| {});
    (failed, histories)
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

/// Puts the judgements of two attempts at one program together, at the place of the first.
#[must_use]
pub fn together(entries: Vec<Entry>, judgements: Vec<Judgement>) -> (Vec<Entry>, Vec<Judgement>) {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut kept: (Vec<Entry>, Vec<Judgement>) = (Vec::new(), Vec::new());
    for (entry, judgement) in entries.into_iter().zip(judgements) {
        let place = places.get(&entry.id).filter(|_| !entry.program.races());
        match place.and_then(|at| kept.1.get_mut(*at)) {
            Some(first) => confirm(first, &judgement),
            None => {
                places.insert(entry.id.clone(), kept.1.len());
                kept.0.push(entry);
                kept.1.push(judgement);
            }
        }
    }
    kept
}

/// What an attempt says after a second one: a divergence that did not come back proves nothing. It came back when the
/// same step is refuted again; what the second attempt shows at another step, it shows once.
fn confirm(first: &mut Judgement, second: &Judgement) {
    let Ending::Refuted(refuted) = &first.ending else {
        confirm_slips(first, second);
        return;
    };
    let then = match &second.ending {
        Ending::Allowed => "as S3 does".to_owned(),
        Ending::Refuted(other) if other.number != refuted.number => {
            format!("another way, up to step {},", other.number)
        }
        _ => return,
    };
    first.ending = Ending::Inconclusive(format!(
        "flaky: step {} was answered {} once, and {then} when the program ran again",
        refuted.number, refuted.exchange.response.status
    ));
    first.explanations.clear();
    confirm_slips(first, second);
}

/// Takes out what was told otherwise once only, as far as the second attempt came.
fn confirm_slips(first: &mut Judgement, second: &Judgement) {
    let reached = match &second.ending {
        Ending::Allowed => u16::MAX,
        Ending::Refuted(refuted) => refuted.number,
        _ => return,
    };
    let came_back = |slipped: &Slipped| {
        let same =
            |other: &Slipped| other.number == slipped.number && other.slip.owners == slipped.slip.owners;
        slipped.number >= reached || second.slips.iter().any(same)
    };
    let gone: Vec<u16> = first
        .slips
        .iter()
        .filter(|slipped| !came_back(slipped))
        .map(|slipped| slipped.number)
        .collect();
    let Some(number) = gone.first() else { return };
    first.slips.retain(came_back);
    // What explained the slips explained these too.
    first.explanations.clear();
    first.told.clear();
    if matches!(first.ending, Ending::Allowed) {
        first.ending = Ending::Inconclusive(format!(
            "flaky: step {number} was told otherwise once, and as S3 does when the program ran again"
        ));
    }
}
