//! Bursts with a setting of the bucket in them. S3 promises an order of reads and writes, and none of settings: they take
//! time to reach all of it (`VER-CONS-004`), so that each other request of the burst is ruled on by the old settings or the
//! new ones. What is acknowledged has to be there afterwards all the same.

use std::collections::{BTreeMap, BTreeSet};

use bucketlaw_model::belief::Belief;
use bucketlaw_model::law::Law;
use bucketlaw_model::request::Request;
use bucketlaw_model::state::State;
use bucketlaw_model::world::World;

use super::{Call, Explained, Next, Place, after, may_follow, merge};

/// What is believed after a burst with one setting in it, if each of its other requests may be ruled on by the settings
/// from before or from after; `None` if that explains its answers neither, or there is no such setting.
#[must_use]
pub fn explain(law: &Law, world: &World, before: &Belief, calls: &[Call<'_>]) -> Option<Explained> {
    let mut settings = calls.iter().filter(|call| is_setting(call.request));
    let (setting, None) = (settings.next()?, settings.next()) else {
        return None;
    };
    let start = |belief: &Belief| Place {
        order: Vec::new(),
        belief: belief.clone(),
        by_time: None,
    };
    let Next::Place(set) = after(law, world, &start(before), calls, setting) else {
        return None;
    };
    let states = |belief: &Belief| -> BTreeSet<State> {
        belief.possibilities().map(|one| one.state.clone()).collect()
    };
    let news = states(&set.belief);
    let either: BTreeSet<State> = states(before).into_iter().chain(news.iter().cloned()).collect();
    let others: Vec<Call<'_>> = calls
        .iter()
        .filter(|call| call.number != setting.number)
        .cloned()
        .collect();
    let all = (1_usize << others.len()) - 1;
    let mut places: BTreeMap<usize, Place> = BTreeMap::from([(0, start(&set.belief))]);
    while let Some((done, place)) = places.pop_first() {
        if done == all {
            return Some(Explained {
                belief: under_any(&place.belief, &news)?,
                by_time: place.by_time.or(set.by_time),
            });
        }
        for (at, call) in others.iter().enumerate() {
            if done & (1 << at) != 0 || !may_follow(&others, done, call) {
                continue;
            }
            for as_set in &either {
                let ruling = Place {
                    order: place.order.clone(),
                    belief: place.belief.under(as_set),
                    by_time: place.by_time,
                };
                if let Next::Place(next) = after(law, world, &ruling, calls, call) {
                    merge(&mut places, done | (1 << at), next);
                }
            }
        }
    }
    None
}

/// A belief under each of some settings.
fn under_any(belief: &Belief, all: &BTreeSet<State>) -> Option<Belief> {
    let mut beliefs = all.iter().map(|as_set| belief.under(as_set));
    let mut joined = beliefs.next()?;
    beliefs.for_each(|belief| joined.join(belief));
    Some(joined)
}

/// Whether a request changes a setting of a bucket.
#[must_use]
pub fn is_setting(request: &Request) -> bool {
    let row = request.operation.route().row();
    row.is_setting() && !row.method.reads()
}
