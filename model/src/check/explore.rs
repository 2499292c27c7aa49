//! The explorer: a breadth-first pass over everything that a tiny world can do, level by level.
//!
//! Several threads expand a batch of states against a set of known fingerprints that nobody writes meanwhile; what
//! they found is put together in the order of the batch. So the result does not depend on the number of threads,
//! and the path to a state is one of the shortest. An [`Observer`] sees every edge, refusals included, where the
//! step is made: nothing is enumerated twice.

use std::num::NonZeroUsize;
use std::thread;

use crate::check::domain::Domain;
use crate::check::fingerprint::{Fingerprints, fingerprint};
use crate::check::trace::Move;
use crate::law::Law;
use crate::reply::Transition;
use crate::request::Request;
use crate::simulate::instant;
use crate::state::State;
use crate::step::step_into;
use crate::time::Moment;
use crate::world::World;

/// How many states are expanded between two reports of progress.
const BATCH: usize = 8192;

/// A node: a state, and how many units of time have passed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Node {
    /// The state.
    pub state: State,
    /// How many units of time have passed.
    pub waited: i8,
}

/// Where an edge starts and which it is; edges are ordered as they are explored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The number of the node.
    pub node: u32,
    /// The position of the request in the domain.
    pub request: u16,
    /// Which transition.
    pub branch: u8,
}

/// One transition of one request at one state.
#[derive(Clone, Copy, Debug)]
pub struct Edge<'e> {
    /// The names and documents.
    pub world: &'e World,
    /// The state before.
    pub state: &'e State,
    /// When the request is ruled on.
    pub now: Moment,
    /// The request.
    pub request: &'e Request,
    /// The transition.
    pub transition: &'e Transition,
}

/// Whether the exploration goes on behind an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Onward {
    /// It does.
    Follow,
    /// It does not: the edge counts as generated and leads nowhere.
    Stop,
}

/// Sees every edge. Each thread has its own.
pub trait Observer: Send {
    /// Sees an edge.
    fn edge(&mut self, place: Place, edge: &Edge<'_>) -> Onward;

    /// Takes over what another thread's observer saw.
    fn absorb(&mut self, other: Self);
}

/// Sees nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Blind;

impl Observer for Blind {
    fn edge(&mut self, _: Place, _: &Edge<'_>) -> Onward {
        Onward::Follow
    }

    fn absorb(&mut self, _: Self) {}
}

/// How far an exploration has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// How many states were found, the first one included.
    pub unique: usize,
    /// How many edges changed the state within the bounds, and the first state.
    pub generated: u64,
    /// How many times `step` was evaluated at a state and a request.
    pub steps: u64,
    /// How many moves the farthest state found is away from the first.
    pub depth: usize,
    /// How many of the states found are not expanded yet.
    pub waiting: usize,
}

/// How far and how wide to explore.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How many threads to use.
    pub threads: NonZeroUsize,
    /// How many moves deep to go at the most.
    pub depth: Option<usize>,
}

impl Limits {
    /// Everything, with so many threads.
    #[must_use]
    pub fn none(threads: NonZeroUsize) -> Limits {
        Limits { threads, depth: None }
    }
}

/// The outcome of an exploration.
#[derive(Debug)]
pub struct Explored<O> {
    /// How much was explored.
    pub counts: Counts,
    /// What the observers saw.
    pub observer: O,
    /// Whether everything within the bounds of the domain was explored.
    pub complete: bool,
    links: Vec<Link>,
}

/// How a node was found.
#[derive(Clone, Copy, Debug)]
struct Link {
    parent: u32,
    /// The position of the request, or [`WAIT`].
    request: u16,
    branch: u8,
}

/// The position that stands for waiting.
const WAIT: u16 = u16::MAX;

impl<O> Explored<O> {
    /// The moves from the first state to an edge, the edge included: no path to it is shorter.
    #[must_use]
    pub fn moves(&self, place: Place) -> Vec<Move> {
        let mut links = Vec::new();
        let mut at = place.node;
        while let Some(link) = self.links.get(at as usize).filter(|_| at != 0) {
            links.push(*link);
            at = link.parent;
        }
        let mut waited = 0;
        let mut moves: Vec<Move> = links
            .iter()
            .rev()
            .map(|link| {
                if link.request == WAIT {
                    waited += 1;
                    Move::Wait(waited)
                } else {
                    Move::Ask {
                        request: link.request,
                        branch: link.branch,
                    }
                }
            })
            .collect();
        moves.push(Move::Ask {
            request: place.request,
            branch: place.branch,
        });
        moves
    }
}

/// A node that may be new.
struct Candidate {
    fingerprint: u64,
    node: Node,
    link: Link,
}

/// Explores a domain under a law.
///
/// `progress` is told how far it has come after each batch of states, and says whether to go on. No clock is read
/// here: the caller times.
pub fn explore<O: Observer>(
    law: &Law,
    domain: &Domain,
    limits: Limits,
    observer: impl Fn() -> O,
    mut progress: impl FnMut(&Counts) -> bool,
) -> Explored<O> {
    let threads = limits.threads.get();
    let mut workers: Vec<Worker<'_, O>> = (0..threads)
        .map(|_| Worker::new(law, domain, observer()))
        .collect();
    let mut known = Fingerprints::default();
    let mut level = vec![Node::default()];
    known.insert(fingerprint(&Node::default()));
    let mut links = vec![Link {
        parent: 0,
        request: WAIT,
        branch: 0,
    }];
    let mut counts = Counts {
        unique: 1,
        generated: 1,
        ..Counts::default()
    };
    let mut complete = true;
    'levels: while !level.is_empty() {
        if limits.depth.is_some_and(|depth| counts.depth >= depth) {
            complete = false;
            break;
        }
        let mut next = Vec::new();
        let mut first = links.len() - level.len();
        let mut waiting = level.len();
        for batch in level.chunks(BATCH) {
            let number = u32::try_from(first).unwrap_or(u32::MAX);
            expand(&mut workers, batch, number, &known);
            first += batch.len();
            waiting -= batch.len();
            for worker in &mut workers {
                counts.generated += std::mem::take(&mut worker.generated);
                counts.steps += std::mem::take(&mut worker.steps);
                for Candidate {
                    fingerprint,
                    node,
                    link,
                } in worker.candidates.drain(..)
                {
                    if known.insert(fingerprint) {
                        links.push(link);
                        next.push(node);
                    }
                }
            }
            counts.unique = links.len();
            counts.waiting = waiting + next.len();
            if !progress(&counts) || links.len() > u32::MAX as usize / 2 {
                complete = false;
                break 'levels;
            }
        }
        counts.depth += usize::from(!next.is_empty());
        level = next;
    }
    Explored {
        counts,
        observer: absorbed(workers, observer),
        complete,
        links,
    }
}

/// What all workers saw together.
fn absorbed<O: Observer>(workers: Vec<Worker<'_, O>>, observer: impl Fn() -> O) -> O {
    workers.into_iter().fold(observer(), |mut all, worker| {
        all.absorb(worker.observer);
        all
    })
}

/// Expands a batch of nodes, a part for each worker; `first` is the number of the first node.
fn expand<O: Observer>(workers: &mut [Worker<'_, O>], batch: &[Node], first: u32, known: &Fingerprints) {
    let share = batch.len().div_ceil(workers.len()).max(1);
    let numbers = (first..).step_by(share);
    let mut jobs = workers.iter_mut().zip(batch.chunks(share)).zip(numbers);
    let Some(((mine, part), number)) = jobs.next() else {
        return;
    };
    thread::scope(|scope| {
        for ((worker, part), number) in jobs {
            scope.spawn(move || worker.expand(part, number, known));
        }
        mine.expand(part, number, known);
    });
}

/// One thread's part of the work.
struct Worker<'d, O> {
    law: &'d Law,
    domain: &'d Domain,
    /// The instants of the domain, by the time waited.
    instants: Vec<Moment>,
    observer: O,
    candidates: Vec<Candidate>,
    generated: u64,
    steps: u64,
    /// The transitions of one step.
    transitions: Vec<Transition>,
}

impl<'d, O: Observer> Worker<'d, O> {
    fn new(law: &'d Law, domain: &'d Domain, observer: O) -> Worker<'d, O> {
        let instants = (0..=domain.ticks)
            .map(|waited| Moment::exactly(instant(&domain.world, waited)))
            .collect();
        Worker {
            law,
            domain,
            instants,
            observer,
            candidates: Vec::new(),
            generated: 0,
            steps: 0,
            transitions: Vec::new(),
        }
    }

    fn expand(&mut self, nodes: &[Node], first: u32, known: &Fingerprints) {
        for (number, node) in (first..).zip(nodes) {
            if node.waited < self.domain.ticks {
                let later = Node {
                    state: node.state.clone(),
                    waited: node.waited + 1,
                };
                self.generate(later, (number, WAIT, 0), known);
            }
            let now = usize::try_from(node.waited)
                .ok()
                .and_then(|waited| self.instants.get(waited));
            if let Some(now) = now.copied() {
                self.ask(node, number, now, known);
            }
        }
    }

    /// Asks every request of the domain at a node.
    fn ask(&mut self, node: &Node, number: u32, now: Moment, known: &Fingerprints) {
        let (law, domain) = (self.law, self.domain);
        let mut transitions = std::mem::take(&mut self.transitions);
        for (position, request) in (0_u16..).zip(&domain.requests) {
            self.steps += 1;
            step_into(law, &domain.world, &node.state, request, now, &mut transitions);
            for (branch, transition) in (0_u8..).zip(&mut transitions) {
                let place = Place {
                    node: number,
                    request: position,
                    branch,
                };
                let edge = Edge {
                    world: &domain.world,
                    state: &node.state,
                    now,
                    request,
                    transition,
                };
                if self.observer.edge(place, &edge) == Onward::Stop {
                    self.generated += 1;
                    continue;
                }
                let next = transition.next.take().filter(|next| domain.within(next));
                if let Some(state) = next {
                    let waited = node.waited;
                    self.generate(Node { state, waited }, (number, position, branch), known);
                }
            }
        }
        self.transitions = transitions;
    }

    fn generate(&mut self, node: Node, (parent, request, branch): (u32, u16, u8), known: &Fingerprints) {
        self.generated += 1;
        let fingerprint = fingerprint(&node);
        if !known.contains(fingerprint) {
            self.candidates.push(Candidate {
                fingerprint,
                node,
                link: Link {
                    parent,
                    request,
                    branch,
                },
            });
        }
    }
}
