//! Linearizing: whether some order of requests that were in flight together explains what was answered.
//!
//! An order is possible if it respects real time: a request that was answered before another was sent comes first. What is
//! believed after the burst is the union over all possible orders that explain all answers. It is found set by set, not
//! order by order: a belief is a set of states, so which requests came before matters, and their order only through it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use bucketlaw_model::belief::{Belief, Expected, Observation};
use bucketlaw_model::law::Law;
use bucketlaw_model::observed::Observed;
use bucketlaw_model::request::Request;
use bucketlaw_model::time::Moment;
use bucketlaw_model::world::World;

pub mod settings;

/// One of several requests in flight.
#[derive(Clone, Debug)]
pub struct Call<'a> {
    /// The step.
    pub number: u16,
    /// What was asked.
    pub request: &'a Request,
    /// What came back.
    pub answer: Answer,
    /// When it was sent, on the recorder's clock.
    pub sent: i64,
    /// When its answer had arrived, on the same clock.
    pub received: i64,
    /// When the endpoint ruled on it, on its own clock.
    pub now: Moment,
}

/// What came back of a request in flight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A reply.
    Seen(Observed),
    /// Nothing that tells: it may or may not have been carried out, whenever it was.
    Lost,
    /// Nothing, and no byte of the request left.
    Unsent,
}

/// What linearizing came to.
#[derive(Clone, Debug)]
pub enum Linearized {
    /// Some order explains all answers.
    Explained(Explained),
    /// None does; where each attempt ended, those first that came farthest.
    Unexplained(Vec<DeadEnd>),
    /// The law does not rule on this step yet.
    NotModelled(u16),
}

/// What is known after a burst that some order explains.
#[derive(Clone, Debug)]
pub struct Explained {
    /// What is believed.
    pub belief: Belief,
    /// A step that every explaining order has ruled on too near to a date, if there is one.
    pub by_time: Option<u16>,
}

/// An order that explains some answers and then meets one that it does not explain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadEnd {
    /// The steps whose answers are explained, in this order.
    pub order: Vec<u16>,
    /// The step whose answer is not, if it comes next.
    pub number: u16,
    /// What the law would have answered, the nearest first.
    pub expected: Vec<Expected>,
}

/// What is believed after a set of the calls, in any order.
struct Place {
    order: Vec<u16>,
    belief: Belief,
    by_time: Option<u16>,
}

/// What comes of one more call after a set of others.
enum Next {
    Place(Place),
    Refuted(Vec<Expected>),
    NotModelled,
}

/// Finds what is believed after calls that were in flight together.
///
/// There are at most a few of them: all sets of them are tried.
#[must_use]
pub fn linearize(law: &Law, world: &World, before: &Belief, calls: &[Call<'_>]) -> Linearized {
    let start = Place {
        order: Vec::new(),
        belief: before.clone(),
        by_time: None,
    };
    let all = (1_usize << calls.len()) - 1;
    // A set is a number whose bits are its calls: each comes after all that it contains.
    let mut places: BTreeMap<usize, Place> = BTreeMap::from([(0, start)]);
    let mut dead_ends = Vec::new();
    while let Some((set, place)) = places.pop_first() {
        if set == all {
            return Linearized::Explained(Explained {
                belief: place.belief,
                by_time: place.by_time,
            });
        }
        for (at, call) in calls.iter().enumerate() {
            if set & (1 << at) != 0 || !may_follow(calls, set, call) {
                continue;
            }
            match after(law, world, &place, calls, call) {
                Next::Place(next) => merge(&mut places, set | (1 << at), next),
                Next::Refuted(expected) => dead_ends.push(DeadEnd {
                    order: place.order.clone(),
                    number: call.number,
                    expected,
                }),
                Next::NotModelled => return Linearized::NotModelled(call.number),
            }
        }
    }
    let progress = |end: &DeadEnd| end.expected.first().map(|nearest| Reverse(nearest.distance()));
    dead_ends.sort_by_key(|end| Reverse((end.order.len(), progress(end))));
    Linearized::Unexplained(dead_ends)
}

/// Whether all calls that were over before this one was sent are in the set.
fn may_follow(calls: &[Call<'_>], set: usize, call: &Call<'_>) -> bool {
    let is_over = |earlier: &Call<'_>| earlier.answer != Answer::Lost && earlier.received < call.sent;
    calls
        .iter()
        .enumerate()
        .all(|(at, earlier)| set & (1 << at) != 0 || !is_over(earlier))
}

fn after(law: &Law, world: &World, place: &Place, calls: &[Call<'_>], call: &Call<'_>) -> Next {
    let mut order = place.order.clone();
    order.push(call.number);
    let mut next = Place {
        order,
        belief: place.belief.clone(),
        by_time: place.by_time,
    };
    match &call.answer {
        Answer::Unsent => {}
        Answer::Lost => next.belief.lose(law, world, call.request, call.now),
        Answer::Seen(observed) if gives_way(world, calls, call, observed) => {}
        Answer::Seen(observed) => {
            let asked = (call.number, call.request);
            match next.belief.observe(law, world, asked, observed, call.now) {
                Observation::Allowed { because, .. } => {
                    if !because.is_empty() && because.iter().all(|because| because.by_time) {
                        next.by_time = next.by_time.or(Some(call.number));
                    }
                }
                // What is only told otherwise is no matter of the order; programs without bursts find it.
                Observation::Refuted(expected) => {
                    if next
                        .belief
                        .resume(law, world, asked, observed, call.now)
                        .is_none()
                    {
                        return Next::Refuted(expected);
                    }
                }
                Observation::NotModelled => return Next::NotModelled,
            }
        }
    }
    Next::Place(next)
}

/// Adds what one order leads to, to what others lead to.
fn merge(places: &mut BTreeMap<usize, Place>, set: usize, next: Place) {
    match places.get_mut(&set) {
        None => drop(places.insert(set, next)),
        Some(known) => {
            known.belief.join(next.belief);
            // One order that no date decides is enough.
            known.by_time = known.by_time.and(next.by_time);
        }
    }
}

/// Whether a request gave way to another that was in flight with it: a refusal that S3 documents for that case only, and
/// that changes nothing (`VER-COND-012`; `OperationAborted` is in the list of error responses for all operations).
fn gives_way(world: &World, calls: &[Call<'_>], call: &Call<'_>, observed: &Observed) -> bool {
    let is_conditional = || {
        let arguments = call.request.operation.words(world);
        arguments
            .iter()
            .any(|(name, _)| *name == "if_match" || *name == "if_none_match")
    };
    let documented = match observed.code.as_deref() {
        Some("OperationAborted") => true,
        Some("ConditionalRequestConflict") => is_conditional(),
        Some(_) | None => false,
    };
    let overlaps = |other: &Call<'_>| {
        other.number != call.number
            && other.answer != Answer::Unsent
            && (other.answer == Answer::Lost || other.received >= call.sent)
            && other.sent <= call.received
    };
    documented && observed.status == 409 && calls.iter().any(overlaps)
}
