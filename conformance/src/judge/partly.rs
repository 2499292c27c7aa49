//! What explains a refuted history that no single repeal makes legal: two repeals at once, or a repeal under which the law
//! rules as the endpoint does and tells it in other words.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use bucketlaw_model::belief::Difference;
use bucketlaw_model::check::witness::Mutant;
use bucketlaw_model::clause::{Area, owner};
use bucketlaw_model::law::Law;
use bucketlaw_model::program::Program;

use super::explain::begun_at;
use super::follow::{Followed, follow};
use super::jointly::Jointly;
use super::{Ending, Refuted, step_request};
use crate::history::History;

/// How many pairs are tried for one history at the most.
const MOST_PAIRS: usize = 3000;

/// What explains a history that no single repeal makes legal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Partly {
    /// The facets on routes whose repeal, two at a time, makes it legal up to and with the step that refutes it.
    pub pairs: Vec<[Mutant; 2]>,
    /// The facets on the route of that step without which the law decides it as the endpoint does, and tells it otherwise;
    /// those before others that give it the endpoint's status.
    pub nearly: Vec<Mutant>,
    /// Those that explain it beside what the endpoint is known or supposed to do throughout.
    pub jointly: Jointly,
}

impl Partly {
    /// The facets on routes that are suspected.
    pub(super) fn suspects(&self) -> impl Iterator<Item = Mutant> {
        let paired = self.pairs.iter().flatten();
        paired.chain(&self.nearly).copied()
    }

    /// Takes away what is known to be obeyed. If nothing is left, what rules on the step itself stays: it may be obeyed in
    /// one case and not in another.
    pub(super) fn clear(&mut self, obeyed: &BTreeSet<Mutant>) {
        self.pairs
            .retain(|pair| pair.iter().all(|mutant| !obeyed.contains(mutant)));
        if self.nearly.iter().any(|mutant| !obeyed.contains(mutant)) {
            self.nearly.retain(|mutant| !obeyed.contains(mutant));
        }
    }
}

/// Where a history is refuted, and what would have been nearest.
pub(super) type Stands = (u16, Option<(Difference, u16)>);

/// What explains a history in part. Nothing explains a failure, nor requests that were sent together.
pub(super) fn explain_partly(law: &Law, history: &History, program: &Program, refuted: &Refuted) -> Partly {
    if program.races() || refuted.is_no_ruling() {
        return Partly::default();
    }
    let begun = begun_at(history, refuted.number);
    let rulings = rulings(follow(law, &begun, program, true));
    let mut tried = Tried::default();
    for mutant in rulings {
        let followed = follow(&without(law, &[mutant]), &begun, program, true);
        tried.take(mutant, followed, refuted, program);
    }
    Partly {
        pairs: pairs(law, (&begun, program), &tried),
        jointly: Jointly::default(),
        nearly: if tried.exactly.is_empty() {
            tried.nearly
        } else {
            tried.exactly
        },
    }
}

/// What the repeals of a law, one at a time, make of a refuted history.
struct Tried {
    /// Those that move where it is refuted, with what rules then.
    moved: Vec<(Mutant, BTreeSet<Mutant>)>,
    /// The fewest slips that it has under one of those that make it legal but for slips: a pair has to leave fewer.
    fewest: usize,
    /// Those without which the law gives the endpoint's status where it is refuted.
    exactly: Vec<Mutant>,
    /// Those without which the law decides as the endpoint does, of what decided there.
    nearly: Vec<Mutant>,
}

impl Default for Tried {
    fn default() -> Tried {
        Tried {
            moved: Vec::new(),
            fewest: usize::MAX,
            exactly: Vec::new(),
            nearly: Vec::new(),
        }
    }
}

impl Tried {
    /// Takes in how the history ends under one repeal.
    fn take(&mut self, mutant: Mutant, followed: Followed, refuted: &Refuted, program: &Program) {
        match &followed.ending {
            Ending::Refuted(then) if then.number == refuted.number => {
                self.compare(mutant, then, refuted, program);
                if stands(then) != stands(refuted) {
                    self.moved.push((mutant, rulings(followed)));
                }
            }
            Ending::Allowed => {
                self.fewest = self.fewest.min(followed.slips.len());
                self.moved.push((mutant, rulings(followed)));
            }
            _ => {}
        }
    }

    /// Compares what the law expects without a facet with what the endpoint answered, where the two decide otherwise.
    fn compare(&mut self, mutant: Mutant, then: &Refuted, refuted: &Refuted, program: &Program) {
        let observed = refuted.exchange.response.status;
        let nearest = refuted.expected.first();
        let otherwise = nearest.is_some_and(|one| refuses(one.reply.status) != refuses(observed));
        let here = step_request(program, refuted.number)
            .is_some_and(|request| request.operation.routes().contains(&mutant.1));
        if !otherwise || !here || !may_explain(mutant, refuted) {
            return;
        }
        let expects = |like: &dyn Fn(u16) -> bool| then.expected.iter().any(|one| like(one.reply.status));
        if expects(&|status| status == observed) {
            self.exactly.push(mutant);
        } else if refuted.charged().contains(&mutant.0)
            && expects(&|status| refuses(status) == refuses(observed))
        {
            self.nearly.push(mutant);
        }
    }
}

/// The pairs of repeals that make a history legal with fewer slips than one alone, of these those with the fewest.
fn pairs(law: &Law, (begun, program): (&History, &Program), tried: &Tried) -> Vec<[Mutant; 2]> {
    let both = |one: &Mutant, other: &Mutant| match one.cmp(other) {
        Ordering::Less => Some([*one, *other]),
        Ordering::Greater => Some([*other, *one]),
        Ordering::Equal => None,
    };
    let candidates: BTreeSet<[Mutant; 2]> = tried
        .moved
        .iter()
        .flat_map(|(one, others)| others.iter().filter_map(move |other| both(one, other)))
        .collect();
    let mut fewest = tried.fewest;
    let mut pairs = Vec::new();
    for pair in candidates.into_iter().take(MOST_PAIRS) {
        let followed = follow(&without(law, &pair), begun, program, false);
        let slips = followed.slips.len();
        if !matches!(followed.ending, Ending::Allowed) || slips > fewest {
            continue;
        }
        if slips < fewest {
            fewest = slips;
            pairs.clear();
        } else if pairs.is_empty() {
            // No better than one alone.
            continue;
        }
        pairs.push(pair);
    }
    pairs
}

/// The facets on routes that were asked for and can be repealed.
pub(super) fn rulings(followed: Followed) -> BTreeSet<Mutant> {
    let rules = |(facet, _): &Mutant| facet.can_be_repealed();
    followed
        .consulted
        .unwrap_or_default()
        .into_iter()
        .filter(rules)
        .collect()
}

/// Whether a repeal may come near to a reply: that a right is missing is told as a denial and in no other way.
pub(super) fn may_explain((facet, _): Mutant, refuted: &Refuted) -> bool {
    let of_rights = owner(facet).is_some_and(|(clause, _)| clause.area == Area::Evaluation);
    !of_rights || !refuses(refuted.exchange.response.status) || refuted.is_denial()
}

pub(super) fn without(law: &Law, mutants: &[Mutant]) -> Law {
    mutants
        .iter()
        .fold(law.clone(), |law, (facet, route)| law.without(*facet, *route))
}

pub(super) fn stands(refuted: &Refuted) -> Stands {
    let nearest = refuted.expected.first();
    let nearest = nearest.map(|one| (one.difference.clone(), one.reply.status));
    (refuted.number, nearest)
}

fn refuses(status: u16) -> bool {
    status >= 400
}
