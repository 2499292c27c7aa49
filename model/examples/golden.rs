//! One line for each tiny world: what the law rules there, why, and what it asked, under the full law and under every
//! mutant, at exact and at open instants; then one line for each mutant, in all worlds together. Equal lines before and
//! after a change of form say that nothing of the meaning has changed (CONTRIBUTING, "Change the form, not the meaning").
//!
//! `cargo run --profile golden -p bucketlaw-model --example golden [-- WORLD...]`
#![expect(
    clippy::print_stdout,
    reason = "a tool for people who change the form of the law"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};
use std::num::NonZeroUsize;

use bucketlaw_model::check::domain::Domain;
use bucketlaw_model::check::domains;
use bucketlaw_model::check::explore::{Edge, Limits, Observer, Onward, Place, explore};
use bucketlaw_model::clause::FacetId;
use bucketlaw_model::law::Law;
use bucketlaw_model::reply::Transition;
use bucketlaw_model::request::Route;
use bucketlaw_model::step::{step, step_consulting};
use bucketlaw_model::time::Moment;

/// How deep the worlds are explored that are not checked to their end.
const DEPTH: usize = 5;
/// No world is explored beyond so many states.
const MOST_STATES: usize = 20_000;
/// Of this world, which is checked to its end, every fifth state suffices.
const WIDE: &str = "locks";
const PROCESSORS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(1);

/// What is summed up of one world. Sums do not depend on the order in which states are found.
#[derive(Clone, Debug, Default)]
struct Golden {
    /// The transitions under the full law, in their order: replies and next states.
    transitions: u64,
    /// Their reasons.
    reasons: u64,
    /// The facets that were asked, in their order.
    asked: u64,
    /// The facets that were asked, in no order.
    set: u64,
    /// The transitions, and their reasons, with one of these facets repealed or its choice made the other way.
    mutants: BTreeMap<(FacetId, Route), u64>,
    /// How many rulings of mutants these are.
    rulings: u64,
    /// Every so many states are looked at.
    every: u32,
}

impl Observer for Golden {
    fn edge(&mut self, place: Place, edge: &Edge<'_>) -> Onward {
        if place.branch == 0 && place.node.is_multiple_of(self.every) {
            let open = Moment {
                earliest: edge.now.earliest,
                latest: edge.now.latest.plus(1),
            };
            let wide = Moment {
                earliest: edge.now.earliest.plus(-2),
                latest: edge.now.latest.plus(1000),
            };
            for (number, now) in (0_u8..).zip([edge.now, open, wide]) {
                self.rule(edge, now, (place.node, place.request, number));
            }
        }
        Onward::Follow
    }

    fn absorb(&mut self, other: Self) {
        self.transitions = self.transitions.wrapping_add(other.transitions);
        self.reasons = self.reasons.wrapping_add(other.reasons);
        self.asked = self.asked.wrapping_add(other.asked);
        self.set = self.set.wrapping_add(other.set);
        for (mutant, sum) in other.mutants {
            let of_mutant = self.mutants.entry(mutant).or_default();
            *of_mutant = of_mutant.wrapping_add(sum);
        }
        self.rulings += other.rulings;
    }
}

impl Golden {
    /// Sums up the rulings on one request at one instant.
    fn rule(&mut self, edge: &Edge<'_>, now: Moment, at: impl Hash + Copy) {
        let (mut asked, full) = (Vec::new(), Law::full());
        let transitions = step_consulting(&full, edge.world, edge.state, edge.request, now, &mut asked);
        add(&mut self.transitions, (at, digest(&transitions)));
        add(&mut self.reasons, (at, reasons(&transitions)));
        add(&mut self.asked, (at, &asked));
        let set: BTreeSet<_> = asked.into_iter().collect();
        add(&mut self.set, (at, &set));
        for (facet, route) in set {
            let mut law = full.clone();
            if facet.can_be_repealed() {
                law = law.without(facet, route);
            } else {
                law.fix(facet, 1);
            }
            let transitions = step(&law, edge.world, edge.state, edge.request, now);
            let of_mutant = self.mutants.entry((facet, route)).or_default();
            add(of_mutant, (at, digest(&transitions), reasons(&transitions)));
            self.rulings += 1;
        }
    }
}

fn digest(transitions: &[Transition]) -> u64 {
    let mut hasher = hasher();
    for transition in transitions {
        transition.reply.hash(&mut hasher);
        transition.next.hash(&mut hasher);
    }
    hasher.finish()
}

fn reasons(transitions: &[Transition]) -> u64 {
    let mut hasher = hasher();
    for transition in transitions {
        transition.because.hash(&mut hasher);
    }
    hasher.finish()
}

fn add(sum: &mut u64, what: impl Hash) {
    let mut hasher = hasher();
    what.hash(&mut hasher);
    *sum = sum.wrapping_add(hasher.finish());
}

/// Always the same, from run to run.
fn hasher() -> impl Hasher {
    std::hash::DefaultHasher::new()
}

fn main() -> Result<(), String> {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let checked = domains::checked()?.into_iter().map(|domain| (domain, None));
    let searched = domains::searched()?
        .into_iter()
        .map(|(domain, depth)| (domain, Some(depth.min(DEPTH))));
    let mut all = Golden::default();
    for (domain, depth) in checked.chain(searched) {
        if wanted.is_empty() || wanted.iter().any(|name| domain.name == *name) {
            all.absorb(of(&domain, depth));
        }
    }
    for ((facet, route), sum) in all.mutants {
        println!("{facet}@{route} {sum:016x}");
    }
    Ok(())
}

/// Sums up one world, and prints its line.
fn of(domain: &Domain, depth: Option<usize>) -> Golden {
    let every = if domain.name == WIDE && depth.is_none() {
        5
    } else {
        1
    };
    let observer = || Golden {
        every,
        ..Golden::default()
    };
    let limits = Limits {
        threads: PROCESSORS,
        depth,
    };
    let found = explore(&Law::full(), domain, limits, observer, |counts| {
        counts.unique < MOST_STATES
    });
    let golden = found.observer;
    println!(
        "{:18} states {:6} mutants {:8} transitions {:016x} reasons {:016x} set {:016x} asked {:016x}",
        domain.name,
        found.counts.unique,
        golden.rulings,
        golden.transitions,
        golden.reasons,
        golden.set,
        golden.asked
    );
    golden
}
