//! Exploring: random programs over the worlds that the law is checked in, and shrinking those that an endpoint fails.

use std::collections::BTreeSet;
use std::time::Instant;

use bucketlaw_model::check::domain::Domain;
use bucketlaw_model::check::trace::{Move, program};
use bucketlaw_model::clause::FacetId;
use bucketlaw_model::law::Law;
use rand_xoshiro::SplitMix64;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

use crate::history::History;
use crate::judge::{Ending, Judgement, judge};
use crate::run::{Plan, run};
use crate::session::Session;
use crate::suite::{Entry, id};

/// How many steps an explored program has at the most.
const STEPS: usize = 12;

/// A source of numbers: equal seeds give equal programs on every machine.
#[derive(Clone, Debug)]
pub struct Numbers(SplitMix64);

impl Numbers {
    /// The numbers of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Numbers {
        Numbers(SplitMix64::seed_from_u64(seed))
    }

    /// A number below `end`, which is not 0.
    fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.0.next_u64() % end).unwrap_or(0)
    }
}

/// The next program: requests of one of the worlds in random order, after the making of a bucket.
///
/// Programs do not wait: what time changes is the suite's to tell.
#[must_use]
pub fn next(domains: &[Domain], numbers: &mut Numbers) -> Option<Entry> {
    let domain = domains.get(numbers.below(domains.len()))?;
    let makers: Vec<usize> = makers(domain);
    let law = Law::full();
    let ask = |request: usize| {
        u16::try_from(request)
            .ok()
            .map(|request| Move::Ask { request, branch: 0 })
    };
    let mut moves = vec![ask(*makers.get(numbers.below(makers.len()))?)?];
    let length = 2 + numbers.below(STEPS - 1);
    for _ in 0..length * 3 {
        moves.push(ask(pick(domain, numbers)?)?);
        if !program(&law, domain, &moves).is_some_and(|trace| trace.sendable) {
            // It names a version that no client can know yet.
            moves.pop();
        }
        if moves.len() == length {
            break;
        }
    }
    let program = program(&law, domain, &moves)?.program;
    Some(Entry::new(format!("explored in {}", domain.name), program))
}

/// A request of a world: each of its operations is as likely, however many forms it has there.
fn pick(domain: &Domain, numbers: &mut Numbers) -> Option<usize> {
    let name = |position: usize| {
        domain
            .requests
            .get(position)
            .map(|request| request.operation.name())
    };
    let names: Vec<&str> = BTreeSet::from_iter((0..domain.requests.len()).filter_map(name))
        .into_iter()
        .collect();
    let chosen = *names.get(numbers.below(names.len()))?;
    let forms: Vec<usize> = (0..domain.requests.len())
        .filter(|position| name(*position) == Some(chosen))
        .collect();
    forms.get(numbers.below(forms.len())).copied()
}

/// The requests of a world that make a bucket.
fn makers(domain: &Domain) -> Vec<usize> {
    let makes = |position: &usize| {
        domain
            .requests
            .get(*position)
            .is_some_and(|request| request.operation.name() == "CreateBucket")
    };
    (0..domain.requests.len()).filter(makes).collect()
}

/// Which programs of an exploration failed in a way of their own.
///
/// An endpoint with words of its own tells them in nearly every program: of slips only those count whose facet no program
/// before slipped on.
#[derive(Debug, Default)]
pub struct Failures(BTreeSet<FacetId>);

impl Failures {
    /// Whether a judgement shows a failure that is worth shrinking.
    pub fn is_one(&mut self, judgement: &Judgement) -> bool {
        let owners = judgement
            .slips
            .iter()
            .flat_map(|slipped| slipped.slip.owners.iter().copied());
        let before = self.0.len();
        self.0.extend(owners);
        matches!(judgement.ending, Ending::Refuted(_)) || self.0.len() > before
    }
}

/// Takes steps out of a program that an endpoint fails, as long as it still fails it on the same clause.
///
/// Every attempt runs in a bucket of its own. Returns the shortest program found by the deadline, with its judgement.
#[must_use]
pub fn shrink(
    session: &Session,
    plan: &Plan,
    law: &Law,
    failed: (Entry, History, Judgement),
    deadline: Instant,
) -> (Entry, History, Judgement) {
    let (mut entry, mut history, mut judgement) = failed;
    let mut at = entry.program.steps.len();
    while at > 0 && Instant::now() < deadline && plan.terms.watch.ended().is_none() {
        at -= 1;
        let mut shorter = entry.clone();
        if at >= shorter.program.steps.len() {
            continue;
        }
        shorter.program.steps.remove(at);
        shorter.id = id(&shorter.program);
        let histories = run(session, plan, std::slice::from_ref(&shorter), &|_| {});
        let Some(shown) = histories.into_iter().next() else {
            continue;
        };
        let again = judge(law, &shown, &[]);
        if same_failure(&judgement, &again) {
            (entry, history, judgement) = (shorter, shown, again);
            at = entry.program.steps.len();
        }
    }
    (entry, history, judgement)
}

fn same_failure(first: &Judgement, second: &Judgement) -> bool {
    let owners = |judgement: &Judgement| -> BTreeSet<FacetId> {
        let slips = judgement.slips.iter();
        slips
            .flat_map(|slipped| slipped.slip.owners.iter().copied())
            .collect()
    };
    match (&first.ending, &second.ending) {
        (Ending::Refuted(one), Ending::Refuted(other)) => one.charged() == other.charged(),
        (Ending::Refuted(_), _) => false,
        _ => !owners(first).is_empty() && owners(first).is_subset(&owners(second)),
    }
}
