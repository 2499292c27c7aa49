//! The order of errors: of two refusals that one request deserves, which one the law gives.
//!
//! It is found by asking. Wherever a request of a tiny world is refused, the law is asked again without the facet that
//! refused it: what refuses the request then had cause before, too, and came second. Nothing here says in which order
//! anything is checked, so that the order on a page cannot differ from the order in which the law rules.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

use crate::argument::VersionRef;
use crate::check::domain::Domain;
use crate::check::explore::{Edge, Limits, Observer, Onward, Place, explore};
use crate::clause::{FacetId, owner};
use crate::law::Law;
use crate::reply::{Code, Name, Reply, ReplyBody, Transition, Value};
use crate::request::{Caller, Operation, Request, Route};
use crate::state::State;
use crate::step::{step, step_consulting};

/// How many moves deep each world is explored at the most: what makes a request deserve two refusals takes few.
const DEPTH: usize = 4;
/// No world is explored much beyond so many states.
const MOST_STATES: usize = 2_000;

/// An answer that refuses.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Answer {
    /// The status; 200 where an entry is refused, and the request is not.
    pub status: u16,
    /// The code, as AWS spells it; empty where the reply has no body.
    pub code: String,
}

/// What was seen of the refusals by one facet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusals {
    /// How they are answered.
    pub answers: BTreeSet<Answer>,
    /// How often they were seen, and how many facets were asked before in all.
    seen: (u64, u64),
}

impl Refusals {
    fn absorb(&mut self, other: &Refusals) {
        self.answers.extend(other.answers.iter().cloned());
        self.seen.0 += other.seen.0;
        self.seen.1 += other.seen.1;
    }
}

/// The refusals of a route, and which one is given of two.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Precedence {
    /// The refusals, by the facet that gives them.
    pub refusals: BTreeMap<FacetId, Refusals>,
    /// The first was given where the second had cause as well.
    pub before: BTreeSet<(FacetId, FacetId)>,
    /// Either may be given, as S3 does not say which.
    pub open: BTreeSet<(FacetId, FacetId)>,
    /// Where the bucket is missing the first is given, whatever else the request deserves.
    without_bucket: BTreeSet<(FacetId, FacetId)>,
}

/// Asks for the order of errors of each route that `wanted` names, in all worlds that have such requests.
#[must_use]
pub fn survey(worlds: &[Domain], wanted: &BTreeSet<Route>, threads: NonZeroUsize) -> Found {
    let mut all = Found::default();
    let depth = Some(DEPTH);
    for domain in worlds {
        let asked = |request: &Request| {
            request
                .operation
                .routes()
                .iter()
                .any(|route| wanted.contains(route))
        };
        if domain.requests.iter().any(asked) {
            let observer = || Asker {
                wanted,
                found: Found::default(),
            };
            let found = explore(
                &Law::full(),
                domain,
                Limits { threads, depth },
                observer,
                |counts| counts.unique < MOST_STATES,
            );
            all.absorb(found.observer.found);
        }
    }
    all
}

/// The order of errors, by route.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found(pub BTreeMap<Route, Precedence>);

impl Found {
    fn absorb(&mut self, other: Found) {
        for (route, other) in other.0 {
            let order = self.0.entry(route).or_default();
            for (by, refusals) in other.refusals {
                order.refusals.entry(by).or_default().absorb(&refusals);
            }
            order.before.extend(other.before);
            order.open.extend(other.open);
            order.without_bucket.extend(other.without_bucket);
        }
    }
}

struct Asker<'w> {
    wanted: &'w BTreeSet<Route>,
    found: Found,
}

impl Observer for Asker<'_> {
    fn edge(&mut self, place: Place, edge: &Edge<'_>) -> Onward {
        let route = governed(edge.request);
        if place.branch == 0 && self.wanted.contains(&route) {
            self.ask(edge, route);
        }
        Onward::Follow
    }

    fn absorb(&mut self, other: Self) {
        self.found.absorb(other.found);
    }
}

impl Asker<'_> {
    /// Asks as the world does, and what the owner asks once more as everybody: who may not ask deserves that refusal, too.
    fn ask(&mut self, edge: &Edge<'_>, route: Route) {
        if edge.request.caller != Caller::Owner {
            self.ask_as(edge.request, edge, route);
            return;
        }
        for caller in [Caller::Owner, Caller::User, Caller::Other, Caller::Anonymous] {
            let operation = edge.request.operation.clone();
            self.ask_as(&Request { caller, operation }, edge, route);
        }
    }

    fn ask_as(&mut self, request: &Request, edge: &Edge<'_>, route: Route) {
        let refusals = self.ask_at(edge.state, request, edge, route);
        let Some(bucket) = request.operation.place().bucket.filter(|_| !refusals.is_empty()) else {
            return;
        };
        if edge.state.buckets.get(&bucket).is_none() {
            return;
        }
        let mut state = edge.state.clone();
        state.buckets.remove(&bucket);
        let missing = self.ask_at(&state, request, edge, route);
        if let ([by], Some(order)) = (missing.as_slice(), self.found.0.get_mut(&route)) {
            let others = refusals.into_iter().filter(|other| other != by);
            order.without_bucket.extend(others.map(|other| (*by, other)));
        }
    }

    /// Asks at a state, and notes what refuses and what else has cause to. Returns the facets that refuse.
    fn ask_at(&mut self, state: &State, request: &Request, edge: &Edge<'_>, route: Route) -> Vec<FacetId> {
        let mut asked = Vec::new();
        let full = Law::full();
        let transitions = step_consulting(&full, edge.world, state, request, edge.now, &mut asked);
        let refusals: BTreeMap<FacetId, Answer> = transitions.iter().filter_map(refusal).collect();
        for (by, answer) in &refusals {
            let before = asked.iter().take_while(|(facet, _)| facet != by).count();
            let order = self.found.0.entry(route).or_default();
            let seen = order.refusals.entry(*by).or_default();
            seen.answers.insert(answer.clone());
            seen.seen.0 += 1;
            seen.seen.1 += u64::try_from(before).unwrap_or_default();
            for law in without(*by, route) {
                let others = step(&law, edge.world, state, request, edge.now);
                for (second, _) in others.iter().filter_map(refusal) {
                    if !refusals.contains_key(&second) {
                        order.before.insert((*by, second));
                    }
                }
            }
            let later = refusals.keys().filter(|other| *other > by);
            order.open.extend(later.map(|other| (*by, *other)));
        }
        refusals.into_keys().collect()
    }
}

/// The laws without a facet, or by each branch of it.
fn without(facet: FacetId, route: Route) -> Vec<Law> {
    if !facet.is_choice() {
        return vec![Law::full().without(facet, route)];
    }
    let branch = |branch| {
        let mut law = Law::full();
        law.fix(facet, branch);
        law
    };
    vec![branch(0), branch(1)]
}

/// The route by which a request is ruled on: that of its entry, if it has one that names a version.
fn governed(request: &Request) -> Route {
    if let Operation::DeleteObjects { objects, .. } = &request.operation
        && let [one] = objects.as_slice()
        && one.version != VersionRef::Current
    {
        return Route::DeleteObjectsVersion;
    }
    request.operation.route()
}

/// The facet by which a request, or its only entry, is refused, and the answer.
fn refusal(transition: &Transition) -> Option<(FacetId, Answer)> {
    let Reply {
        status, code, body, ..
    } = &transition.reply;
    if *status >= 400 {
        // What no clause rules by yet is refused by no facet of a clause, and has no place in an order.
        let by = transition
            .because
            .decided
            .first()
            .filter(|by| owner(**by).is_some())?;
        let code = code.map_or_else(String::new, |code| Code::name(code).to_owned());
        return Some((
            *by,
            Answer {
                status: *status,
                code,
            },
        ));
    }
    let ReplyBody::Entries { entries, .. } = body else {
        return None;
    };
    let field = match entries.iter().as_slice() {
        [only] => only.fields.iter().find(|field| field.name == Name::EntryCode)?,
        _ => return None,
    };
    let Value::Text(code) = field.value else {
        return None;
    };
    let code = code.to_owned();
    Some((
        field.by,
        Answer {
            status: *status,
            code,
        },
    ))
}

impl Precedence {
    /// The same, where several facets count as one: `as_one` names the one.
    #[must_use]
    pub fn joined(&self, as_one: impl Fn(FacetId) -> FacetId) -> Precedence {
        let pairs = |pairs: &BTreeSet<(FacetId, FacetId)>| {
            let joined = pairs.iter().map(|(one, other)| (as_one(*one), as_one(*other)));
            joined.filter(|(one, other)| one != other).collect()
        };
        let mut joined = Precedence {
            refusals: BTreeMap::new(),
            before: pairs(&self.before),
            open: pairs(&self.open),
            without_bucket: pairs(&self.without_bucket),
        };
        for (by, refusals) in &self.refusals {
            joined.refusals.entry(as_one(*by)).or_default().absorb(refusals);
        }
        joined
    }

    /// The facets that refuse, in the order of errors: one stands before all that it was given before. What nothing is
    /// known to come behind stands last, and of such that is last which is asked last.
    #[must_use]
    pub fn in_order(&self) -> Vec<FacetId> {
        let mut left: BTreeSet<FacetId> = self.refusals.keys().copied().collect();
        let mut backwards = Vec::with_capacity(left.len());
        while !left.is_empty() {
            let is_last = |facet: &&FacetId| {
                let mut behind = self.before.iter().chain(&self.without_bucket);
                !behind.any(|(first, second)| {
                    first == *facet && left.contains(second) && !self.is_mutual(*first, *second)
                })
            };
            let later = |facet: &&FacetId| (self.asked_before(**facet), **facet);
            // Several that go round in a circle are cut where the last of them is asked.
            let last = left.iter().filter(is_last).max_by_key(later);
            let Some(last) = last.or_else(|| left.iter().max_by_key(later)).copied() else {
                break;
            };
            left.remove(&last);
            backwards.push(last);
        }
        backwards.reverse();
        backwards
    }

    /// Whether each of two was given before the other: it hangs on the request.
    #[must_use]
    pub fn is_mutual(&self, one: FacetId, other: FacetId) -> bool {
        self.before.contains(&(one, other)) && self.before.contains(&(other, one))
    }

    /// How many facets are asked before a refusal in the mean, in thousandths.
    fn asked_before(&self, facet: FacetId) -> u64 {
        self.refusals
            .get(&facet)
            .map_or(0, |refusals| refusals.seen.1 * 1000 / refusals.seen.0.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{EVAL_CTX_003, EVAL_SAME_010};
    use crate::check::domains;
    use crate::lock::LOCK_API_001;
    use crate::lock::delete::{LOCK_DEL_001, LOCK_DEL_003};
    use crate::lock::retention::LOCK_RET_003;

    fn of(route: Route, names: &[&str]) -> Precedence {
        let worlds: Vec<Domain> = domains::searched()
            .unwrap()
            .into_iter()
            .map(|(domain, _)| domain)
            .filter(|domain| names.contains(&domain.name))
            .collect();
        let threads = NonZeroUsize::MIN;
        let mut found = survey(&worlds, &BTreeSet::from([route]), threads);
        found.0.remove(&route).unwrap()
    }

    #[test]
    fn who_lacks_the_permission_to_delete_is_not_told_of_the_lock() {
        let order = of(Route::DeleteObjectVersion, &["locks"]);
        let at = |facet| order.in_order().iter().position(|other| *other == facet).unwrap();
        assert!(at(EVAL_SAME_010) < at(LOCK_DEL_001));
        assert!(at(EVAL_SAME_010) < at(LOCK_DEL_003));
        assert!(order.before.contains(&(EVAL_SAME_010, LOCK_DEL_003)));
        assert!(!order.before.contains(&(LOCK_DEL_003, EVAL_SAME_010)));
    }

    #[test]
    fn an_order_has_every_refusal_once_and_keeps_what_was_seen() {
        let order = of(Route::PutObjectRetention, &["lock-documents"]);
        let all = order.in_order();
        assert_eq!(all.len(), order.refusals.len());
        let at = |facet: FacetId| all.iter().position(|other| *other == facet);
        assert!(
            at(EVAL_CTX_003) < at(LOCK_API_001),
            "a missing bucket has no lock to lack"
        );
        assert!(at(LOCK_RET_003) < at(LOCK_API_001), "LOCK-API-002");
        for (first, second) in &order.before {
            if let (Some(first_at), Some(second_at)) = (at(*first), at(*second)) {
                assert!(
                    first_at < second_at || order.is_mutual(*first, *second),
                    "{first} is given before {second}"
                );
            }
        }
    }
}
