//! The search for witnesses: for each facet on each route, the shortest program that tells the law from the law
//! with that facet repealed there.
//!
//! One breadth-first pass over live states (both laws agree so far) and over pairs of states (they differ, their
//! replies did not yet). A mutant is tried only where its facet was consulted: elsewhere it steps identically, as
//! the law is read through one call, case first and rule last. A candidate counts when a judge under the full law
//! convicts every run of a server under the mutant ([`tells`]).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::check::domain::Domain;
use crate::check::trace;
use crate::clause::{Facet, FacetId, facets};
use crate::law::Law;
use crate::program::Program;
use crate::reply::{Reply, is_like};
use crate::request::Route;
use crate::simulate::{Told, instant, tells};
use crate::state::State;
use crate::step::{step, step_consulting};
use crate::time::Moment;

/// A facet on a route: what a repeal takes away.
pub type Mutant = (FacetId, Route);

/// How many requests a difference in state alone is followed for.
const FOLLOW: u8 = 3;

/// The laws that a program is to tell apart: the judge's and the server's.
///
/// For a facet: the law with it and without it. For a choice: its branches, in either direction.
#[must_use]
pub fn laws((facet, route): Mutant) -> Vec<(Law, Law)> {
    if facet.is_choice() {
        let fixed = |branch| {
            let mut law = Law::full();
            law.fix(facet, branch);
            law
        };
        vec![(fixed(0), fixed(1)), (fixed(1), fixed(0))]
    } else {
        vec![(Law::full(), Law::full().without(facet, route))]
    }
}

/// Every facet in force on every route that it governs and on which a program is expected to tell it.
#[must_use]
pub fn mutants() -> BTreeSet<Mutant> {
    facets()
        .flat_map(|(_, facet)| {
            let told = facet.routes.iter().filter(|route| facet.is_told_on(**route));
            told.map(|route| (facet.id, *route))
        })
        .collect()
}

/// Those of [`mutants`] that the quick suite tells: of a facet whose routes share what decides it, one route of each kind.
#[must_use]
pub fn quick() -> BTreeSet<Mutant> {
    let told = |facet: &Facet| {
        facet
            .told_on()
            .into_iter()
            .map(|route| (facet.id, route))
            .collect()
    };
    facets()
        .flat_map(|(_, facet)| -> Vec<Mutant> { told(facet) })
        .collect()
}

/// The facets on routes of which the catalogue says that no program tells them, each with its reason.
///
/// They are searched too ([`survey`]): one that a program tells has a mark that is not true any more.
#[must_use]
pub fn marked() -> BTreeMap<Mutant, &'static str> {
    facets()
        .flat_map(|(_, facet)| facet.untold.iter().map(|(route, why)| ((facet.id, *route), *why)))
        .collect()
}

/// Why the search has no program for a mutant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Silence {
    /// No request of any world came to where the facet decides.
    NeverFired,
    /// It decided, and yet each program has a run without it that the law allows as well.
    WithoutEffect,
}

impl Silence {
    /// How findings are printed.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Silence::NeverFired => "never fired",
            Silence::WithoutEffect => "fired without effect",
        }
    }
}

impl fmt::Display for Silence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What the searches of several worlds found together.
#[derive(Debug, Default)]
pub struct Survey {
    /// The first program that tells each mutant.
    pub programs: BTreeMap<Mutant, Program>,
    /// The mutants that no program tells, and why not.
    pub silent: BTreeMap<Mutant, Silence>,
}

/// Searches worlds one after the other, each to its depth, for the mutants that none before it told; `seen` is called
/// after each.
pub fn survey(
    worlds: &[(Domain, usize)],
    mutants: impl IntoIterator<Item = Mutant>,
    mut seen: impl FnMut(&Domain, &Found),
) -> Survey {
    let mut open: BTreeSet<Mutant> = mutants.into_iter().collect();
    let mut fired = BTreeSet::new();
    let mut survey = Survey::default();
    for (domain, depth) in worlds {
        let found = search(domain, &open, *depth);
        seen(domain, &found);
        open.retain(|mutant| !found.programs.contains_key(mutant));
        fired.extend(found.fired);
        survey.programs.extend(found.programs);
    }
    let why = |mutant| {
        if fired.contains(&mutant) {
            Silence::WithoutEffect
        } else {
            Silence::NeverFired
        }
    };
    survey.silent = open.into_iter().map(|mutant| (mutant, why(mutant))).collect();
    survey
}

/// What the search of one world found.
#[derive(Debug, Default)]
pub struct Found {
    /// The shortest program for each mutant.
    pub programs: BTreeMap<Mutant, Program>,
    /// The mutants whose facet was consulted.
    pub fired: BTreeSet<Mutant>,
    /// How many live states were visited.
    pub states: usize,
}

/// One move: a request of the domain by position, or waiting for the next unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Move {
    Ask(usize),
    Wait(i8),
}

/// A node of the search, found from its parent by a move.
struct Node {
    parent: Option<usize>,
    by: Option<Move>,
    state: State,
    waited: i8,
    /// The mutant's state, and how many requests ago it came apart, when the two differ.
    pair: Option<(Mutant, State, u8)>,
}

/// Searches one domain for witnesses of the mutants that are still open, at most `depth` moves deep.
#[must_use]
pub fn search(domain: &Domain, open: &BTreeSet<Mutant>, depth: usize) -> Found {
    let mut search = Search {
        domain,
        law: Law::full(),
        nodes: vec![Node {
            parent: None,
            by: None,
            state: State::default(),
            waited: 0,
            pair: None,
        }],
        seen: BTreeSet::new(),
        open: open.clone(),
        found: Found::default(),
    };
    search.seen.insert((None, State::default(), None, 0));
    let mut level = vec![0];
    for _ in 0..depth {
        let mut next = Vec::new();
        for at in level {
            search.expand(at, &mut next);
        }
        level = next;
        if search.open.is_empty() {
            break;
        }
    }
    search.found
}

type Seen = (Option<Mutant>, State, Option<State>, i8);

struct Search<'d> {
    domain: &'d Domain,
    law: Law,
    nodes: Vec<Node>,
    seen: BTreeSet<Seen>,
    open: BTreeSet<Mutant>,
    found: Found,
}

impl Search<'_> {
    /// Tries every move at a node.
    fn expand(&mut self, at: usize, next: &mut Vec<usize>) {
        let Some(node) = self.nodes.get(at) else { return };
        let (state, waited, pair) = (node.state.clone(), node.waited, node.pair.clone());
        if pair
            .as_ref()
            .is_some_and(|(mutant, _, _)| !self.open.contains(mutant))
        {
            return;
        }
        self.found.states += usize::from(pair.is_none());
        let now = Moment::exactly(instant(&self.domain.world, waited));
        for position in 0..self.domain.requests.len() {
            match &pair {
                None => self.ask(at, position, (&state, waited), now, next),
                Some((mutant, other, age)) => {
                    self.ask_pair(at, position, (&state, waited), (*mutant, other, *age), now, next);
                }
            }
        }
        // Last, so that a state is reached rather by waiting after a request than by one that time leaves open.
        if waited < self.domain.ticks {
            self.add(
                Node {
                    parent: Some(at),
                    by: Some(Move::Wait(waited + 1)),
                    state,
                    waited: waited + 1,
                    pair,
                },
                next,
            );
        }
    }

    /// One request at a live state: goes on under the full law, and comes apart where a mutant does otherwise.
    fn ask(
        &mut self,
        at: usize,
        position: usize,
        (state, waited): (&State, i8),
        now: Moment,
        next: &mut Vec<usize>,
    ) {
        let Some(request) = self.domain.requests.get(position) else {
            return;
        };
        let world = &self.domain.world;
        let mut consulted = Vec::new();
        let full = step_consulting(&self.law, world, state, request, now, &mut consulted);
        consulted.sort_unstable();
        consulted.dedup();
        for mutant in consulted {
            self.found.fired.insert(mutant);
            if !self.open.contains(&mutant) {
                continue;
            }
            for laws in laws(mutant) {
                self.compare(
                    at,
                    position,
                    waited,
                    (state, state),
                    now,
                    (mutant, &laws, 0),
                    next,
                );
            }
        }
        for transition in full {
            if let Some(state) = transition.next
                && self.domain.within(&state)
            {
                self.add(
                    Node {
                        parent: Some(at),
                        by: Some(Move::Ask(position)),
                        state,
                        waited,
                        pair: None,
                    },
                    next,
                );
            }
        }
    }

    /// One request at a pair of states.
    fn ask_pair(
        &mut self,
        at: usize,
        position: usize,
        (state, waited): (&State, i8),
        (mutant, other, age): (Mutant, &State, u8),
        now: Moment,
        next: &mut Vec<usize>,
    ) {
        for laws in laws(mutant) {
            self.compare(
                at,
                position,
                waited,
                (state, other),
                now,
                (mutant, &laws, age + 1),
                next,
            );
        }
    }

    /// Where replies differ a candidate is found; where only states differ the pair is followed.
    #[allow(clippy::too_many_arguments)]
    fn compare(
        &mut self,
        at: usize,
        position: usize,
        waited: i8,
        (state, other): (&State, &State),
        now: Moment,
        (mutant, (base, mutated), age): (Mutant, &(Law, Law), u8),
        next: &mut Vec<usize>,
    ) {
        let Some(request) = self.domain.requests.get(position) else {
            return;
        };
        if !self.open.contains(&mutant) {
            return;
        }
        let full = step(base, &self.domain.world, state, request, now);
        let changed = step(mutated, &self.domain.world, other, request, now);
        let allowed = |reply: &Reply| full.iter().any(|transition| accepts(&transition.reply, reply));
        if changed.iter().all(|transition| !allowed(&transition.reply)) {
            if let Some(program) = self.program(at, Some(Move::Ask(position)))
                && tells(base, mutated, &program) == Told::Always
            {
                self.open.remove(&mutant);
                self.found.programs.insert(mutant, program);
            }
            return;
        }
        if age >= FOLLOW {
            return;
        }
        for theirs in &changed {
            for ours in full.iter().filter(|ours| accepts(&ours.reply, &theirs.reply)) {
                let ours = ours.next.as_ref().unwrap_or(state);
                let theirs = theirs.next.as_ref().unwrap_or(other);
                if ours != theirs && self.domain.within(ours) && self.domain.within(theirs) {
                    let pair = Some((mutant, theirs.clone(), age));
                    self.add(
                        Node {
                            parent: Some(at),
                            by: Some(Move::Ask(position)),
                            state: ours.clone(),
                            waited,
                            pair,
                        },
                        next,
                    );
                }
            }
        }
    }

    fn add(&mut self, node: Node, next: &mut Vec<usize>) {
        let pair = node.pair.as_ref();
        let seen = (
            pair.map(|(mutant, _, _)| *mutant),
            node.state.clone(),
            pair.map(|(_, state, _)| state.clone()),
            node.waited,
        );
        if self.seen.insert(seen) {
            next.push(self.nodes.len());
            self.nodes.push(node);
        }
    }

    /// The moves from the start to a node and one more, as a program; `None` if it uses what no client can know.
    fn program(&self, at: usize, last: Option<Move>) -> Option<Program> {
        let mut moves: Vec<Move> = last.into_iter().collect();
        let mut at = Some(at);
        while let Some(node) = at.and_then(|at| self.nodes.get(at)) {
            moves.extend(node.by);
            at = node.parent;
        }
        moves.reverse();
        program(self.domain, &moves)
    }
}

/// Whether a client that expects one reply can take another for it, versions named alike by both: what a law leaves free
/// can be anything.
fn accepts(expected: &Reply, sent: &Reply) -> bool {
    expected.status == sent.status
        && expected.code == sent.code
        && expected
            .message
            .is_none_or(|(message, _)| sent.message.is_none_or(|(sent, _)| is_like(message, sent)))
        && expected
            .fields
            .iter()
            .all(|field| sent.field(field.name).is_none_or(|value| value == field.value))
        && (expected.body == sent.body || expected.body == crate::reply::ReplyBody::Free)
}

/// Writes moves as a program; `None` if it uses what no client can know.
fn program(domain: &Domain, moves: &[Move]) -> Option<Program> {
    let moves: Option<Vec<trace::Move>> = moves
        .iter()
        .map(|by| match by {
            Move::Wait(units) => Some(trace::Move::Wait(*units)),
            Move::Ask(position) => u16::try_from(*position)
                .ok()
                .map(|request| trace::Move::Ask { request, branch: 0 }),
        })
        .collect();
    let trace = trace::program(&Law::full(), domain, &moves?)?;
    trace.sendable.then_some(trace.program)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::refusal::EVAL_ERR_002;
    use crate::check::domains;
    use crate::clause::owner;
    use crate::lock::delete::LOCK_DEL_003;
    use crate::request::Route::{DeleteObjectVersion, HeadObject, HeadObjectVersion};
    use crate::request::{RouteKind, Target};
    use crate::versioning::id::VER_ID_006;
    use crate::words::Sharing;

    fn worlds(names: &[&str]) -> Vec<(Domain, usize)> {
        let mut worlds = domains::searched().unwrap();
        worlds.retain(|(domain, _)| names.contains(&domain.name));
        assert_eq!(worlds.len(), names.len());
        worlds
    }

    #[test]
    fn a_shared_facet_is_told_on_one_route_of_each_kind_and_every_other_on_all() {
        let (quick, all) = (quick(), mutants());
        assert!(quick.is_subset(&all));
        for (_, facet) in facets() {
            let told: Vec<Route> = facet
                .routes
                .iter()
                .copied()
                .filter(|route| facet.is_told_on(*route))
                .collect();
            let routes = facet.told_on();
            match facet.sharing {
                Sharing::Own => assert_eq!(routes, told, "{}", facet.id),
                Sharing::ByKind => {
                    let kinds: BTreeSet<RouteKind> = routes.iter().map(|route| route.kind()).collect();
                    assert_eq!(kinds.len(), routes.len(), "{}", facet.id);
                    assert_eq!(
                        kinds,
                        told.iter().map(|route| route.kind()).collect(),
                        "{}",
                        facet.id
                    );
                    // It would save nothing, and hide that it is not the gate of many.
                    assert!(
                        told.len() > 2 * routes.len(),
                        "{} is not shared by many routes",
                        facet.id
                    );
                }
            }
        }
    }

    #[test]
    fn each_route_is_of_the_kind_that_its_name_says() {
        for route in Route::ALL {
            let (kind, name) = (route.kind(), route.name());
            assert_eq!(kind == RouteKind::List, name.starts_with("List"), "{name}");
            assert_eq!(
                kind == RouteKind::Entry,
                name.starts_with("DeleteObjects"),
                "{name}"
            );
            let is_of_object = matches!(route.row().target, Target::Object) && kind != RouteKind::List;
            assert_eq!(
                kind == RouteKind::Setting,
                !is_of_object && !matches!(kind, RouteKind::List | RouteKind::Entry),
                "{name}"
            );
        }
        for kind in RouteKind::ALL {
            assert_eq!(kind.usual().kind(), *kind);
        }
    }

    #[test]
    fn a_mutant_is_told_whatever_the_catalogue_says_of_it() {
        let mutant = (LOCK_DEL_003, DeleteObjectVersion);
        let survey = survey(&worlds(&["locks"]), [mutant], |_, _| {});
        let program = survey.programs.get(&mutant).unwrap();
        let without = Law::full().without(mutant.0, mutant.1);
        assert_eq!(tells(&Law::full(), &without, program), Told::Always);
        assert!(survey.silent.is_empty());
    }

    #[test]
    fn what_is_not_told_never_fired_or_had_no_effect() {
        let (unsaid, bare) = ((EVAL_ERR_002, HeadObject), (VER_ID_006, HeadObjectVersion));
        let survey = survey(&worlds(&["hidden", "null-ids"]), [unsaid, bare], |_, _| {});
        let expected = [(unsaid, Silence::NeverFired), (bare, Silence::WithoutEffect)];
        assert_eq!(survey.silent, BTreeMap::from(expected));
        assert!(survey.programs.is_empty());
    }

    #[test]
    fn every_mark_is_on_a_route_that_its_facet_governs() {
        let marked = marked();
        assert!(!marked.is_empty());
        for (facet, route) in marked.keys() {
            let (_, named) = owner(*facet).unwrap();
            assert!(named.routes.contains(route), "{facet}@{route}");
        }
    }
}
