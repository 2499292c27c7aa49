//! Running again what an endpoint failed: a divergence counts when it comes back in fresh buckets.

use std::collections::BTreeMap;

use bucketlaw_model::law::Law;

use crate::history::History;
use crate::judge::{Ending, Judgement, judge};
use crate::run::{Plan, run};
use crate::session::Session;
use crate::suite::Entry;

/// How many programs are run again at the most.
const MOST: usize = 1000;

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
    let failed = |(entry, history): (&Entry, &History)| {
        let fails = || matches!(judge(law, history, &[]).ending, Ending::Refuted(_));
        (!entry.program.races() && fails()).then(|| entry.clone())
    };
    let failed: Vec<Entry> = entries
        .iter()
        .zip(histories)
        .filter_map(failed)
        .take(MOST)
        .collect();
    let histories = run(session, plan, &failed, &|_| {});
    (failed, histories)
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
}
