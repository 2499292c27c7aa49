//! The same worlds as models of [stateright](https://docs.rs/stateright): a second opinion on the counts and the
//! theorems, and its Explorer in a browser.
//!
//! Stateright's properties see states, not edges. So an edge that breaks a theorem leads to a state of its own where
//! the exploration ends, and the property is that no such state is reached. Its `next_state` knows one successor, so
//! an action is a request of the domain together with one of the ways in which the law lets it end; only those that
//! lead somewhere are actions, and an action holds where it leads, so that each step is made once.

use std::net::ToSocketAddrs;

use stateright::{Checker, Model, Property};

use crate::check::domain::Domain;
use crate::check::explore::{Edge, Node};
use crate::check::theorem::{Theorem, judge};
use crate::law::Law;
use crate::program::{Act, Program, Step};
use crate::reply::Transition;
use crate::request::Request;
use crate::simulate::instant;
use crate::step::step_into;
use crate::time::Moment;

/// A domain under a law, as stateright sees it.
#[derive(Clone, Debug)]
pub struct Checked {
    domain: Domain,
    law: Law,
}

/// A state of the model.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Reached {
    /// The law led here.
    Lawful(Node),
    /// An edge broke a theorem: the end.
    Broken(Theorem),
}

/// A request of the domain by position and one of its transitions, or waiting; and where it leads.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Action {
    request: u16,
    branch: u8,
    reached: Reached,
}

/// The position that stands for waiting for the next unit of time.
const WAIT: u16 = u16::MAX;

impl Checked {
    /// A domain under a law.
    #[must_use]
    pub fn new(law: &Law, domain: &Domain) -> Checked {
        Checked {
            domain: domain.clone(),
            law: law.clone(),
        }
    }

    fn now(&self, node: &Node) -> Moment {
        Moment::exactly(instant(&self.domain.world, node.waited))
    }

    /// Adds what each transition of a request leads to, if anywhere; `transitions` is room for them.
    fn ask(
        &self,
        node: &Node,
        (position, request): (u16, &Request),
        transitions: &mut Vec<Transition>,
        actions: &mut Vec<Action>,
    ) {
        let (world, now) = (&self.domain.world, self.now(node));
        step_into(&self.law, world, &node.state, request, now, transitions);
        for (branch, transition) in (0_u8..).zip(transitions.drain(..)) {
            let broken = judge(&Edge {
                world,
                state: &node.state,
                now,
                request,
                transition: &transition,
            });
            let reached = match broken.broken.iter().next() {
                Some(theorem) => Some(Reached::Broken(theorem)),
                None => transition
                    .next
                    .filter(|next| self.domain.within(next))
                    .map(|state| {
                        let waited = node.waited;
                        Reached::Lawful(Node { state, waited })
                    }),
            };
            actions.extend(reached.map(|reached| Action {
                request: position,
                branch,
                reached,
            }));
        }
    }
}

impl Model for Checked {
    type State = Reached;
    type Action = Action;

    fn init_states(&self) -> Vec<Reached> {
        vec![Reached::Lawful(Node::default())]
    }

    fn actions(&self, state: &Reached, actions: &mut Vec<Action>) {
        let Reached::Lawful(node) = state else {
            return;
        };
        if node.waited < self.domain.ticks {
            let later = Node {
                state: node.state.clone(),
                waited: node.waited + 1,
            };
            actions.push(Action {
                request: WAIT,
                branch: 0,
                reached: Reached::Lawful(later),
            });
        }
        let mut transitions = Vec::new();
        for asked in (0_u16..).zip(&self.domain.requests) {
            self.ask(node, asked, &mut transitions, actions);
        }
    }

    fn next_state(&self, _last: &Reached, action: Action) -> Option<Reached> {
        Some(action.reached)
    }

    fn format_action(&self, action: &Action) -> String {
        let Some(request) = self.domain.requests.get(usize::from(action.request)) else {
            return "wait".to_owned();
        };
        let program = Program {
            about: Vec::new(),
            world: self.domain.world.clone(),
            steps: Vec::new(),
            bursts: Vec::new(),
            vias: std::collections::BTreeMap::new(),
        };
        let line = program.line(&Step {
            number: 0,
            act: Act::Ask(request.clone()),
        });
        let line = line.trim_start_matches("0 ").to_owned();
        match action.branch {
            0 => line,
            branch => format!("{line} (way {})", branch + 1),
        }
    }

    fn properties(&self) -> Vec<Property<Self>> {
        // One property that always holds keeps stateright from stopping when all others are decided.
        let mut properties = vec![Property::always("the law rules on everything", |_, _| true)];
        properties.extend(Theorem::ALL.iter().map(|theorem| property(*theorem)));
        properties
    }
}

/// Declares the property of each theorem: stateright's conditions are plain functions and capture nothing.
macro_rules! properties {
    ($($theorem:ident),* $(,)?) => {
        fn property(theorem: Theorem) -> Property<Checked> {
            match theorem {
                $(Theorem::$theorem => Property::always(theorem.name(), |_, state: &Reached| {
                    *state != Reached::Broken(Theorem::$theorem)
                }),)*
            }
        }
    };
}

properties! {
    ComplianceSurvives, ComplianceNeverShortens, HoldProtects, GovernanceYields, RefusalChangesNothing, DenyWins,
    AnonymousNeedsGrant, BlockShutsAnonymousOut, NobodyUngranted, VersionIdOneContent, ExactlyOneLatest,
    OneNullVersion, DeleteDestroysNothing, RealVersionsGoByIdOnly, LockBucketNeverSuspended,
}

/// What stateright found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecondOpinion {
    /// How many states it found, those included that stand for broken theorems.
    pub unique: usize,
    /// How many states it generated, the first one included.
    pub generated: usize,
    /// The broken theorems.
    pub broken: Vec<Theorem>,
}

/// Checks a domain under a law to its end with stateright.
#[must_use]
pub fn check(law: &Law, domain: &Domain, threads: usize) -> SecondOpinion {
    let checker = Checked::new(law, domain)
        .checker()
        .threads(threads)
        .spawn_bfs()
        .join();
    let discoveries = checker.discoveries();
    let broken = |theorem: &&Theorem| discoveries.contains_key(theorem.name());
    SecondOpinion {
        unique: checker.unique_state_count(),
        generated: checker.state_count(),
        broken: Theorem::ALL.iter().filter(broken).copied().collect(),
    }
}

/// Serves stateright's Explorer for a domain at an address, until the process ends.
pub fn explore(law: &Law, domain: &Domain, address: impl ToSocketAddrs) {
    let _ = Checked::new(law, domain).checker().serve(address);
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::*;
    use crate::check::domains;
    use crate::check::explore::Limits;
    use crate::check::verdict;

    #[test]
    fn both_explorers_agree_to_the_unit() {
        let limits = Limits::none(NonZeroUsize::MIN);
        for domain in domains::checked().unwrap() {
            let ours = verdict::check(&Law::full(), &domain, limits, |_| true);
            let theirs = check(&Law::full(), &domain, 2);
            assert_eq!(ours.counts.unique, theirs.unique, "{}", domain.name);
            assert_eq!(
                ours.counts.generated,
                u64::try_from(theirs.generated).unwrap(),
                "{}",
                domain.name
            );
            assert_eq!(theirs.broken, []);
        }
    }

    #[test]
    fn both_explorers_break_the_same_theorems() {
        let limits = Limits::none(NonZeroUsize::MIN);
        let domain = &domains::small().unwrap()[0];
        let law = Law::full().repeal("LOCK-DEL-003/compliance").unwrap();
        let ours = verdict::check(&law, domain, limits, |_| true);
        let theirs = check(&law, domain, 2);
        assert_eq!(
            ours.broken()
                .iter()
                .map(|(theorem, _)| *theorem)
                .collect::<Vec<_>>(),
            theirs.broken
        );
        assert_eq!(ours.counts.generated, u64::try_from(theirs.generated).unwrap());
        // Stateright counts the states that stand for broken theorems.
        assert_eq!(ours.counts.unique + theirs.broken.len(), theirs.unique);
    }
}
