//! What explains a refuted history that no single repeal makes legal: two repeals at once, or a repeal under which the law
//! rules as the endpoint does and tells it in other words.

use std::collections::BTreeSet;

use bucketlaw_model::belief::Difference;
use bucketlaw_model::check::witness::Mutant;
use bucketlaw_model::law::Law;
use bucketlaw_model::program::Program;

use super::explain::begun;
use super::follow::{Followed, follow};
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
type Stands = (u16, Option<(Difference, u16)>);

/// What explains a history in part. Nothing explains a failure, nor requests that were sent together.
pub(super) fn explain_partly(law: &Law, history: &History, program: &Program, refuted: &Refuted) -> Partly {
    let mut partly = Partly::default();
    if program.races() || refuted.is_failure() {
        return partly;
    }
    let begun = begun(history, refuted.number);
    let rulings = rulings(follow(law, &begun, program, true));
    let stands = stands(refuted);
    let observed = refuted.exchange.response.status;
    let nearest = refuted.expected.first();
    let otherwise = nearest.is_some_and(|one| refuses(one.reply.status) != refuses(observed));
    let here = step_request(program, refuted.number)
        .map(|request| request.operation.routes())
        .unwrap_or_default();
    let decides = refuted.charged();
    let (mut moved, mut exactly) = (Vec::new(), Vec::new());
    // One repeal may make it legal but for a slip, and still be none that explains it.
    let mut fewest = usize::MAX;
    for mutant in &rulings {
        let followed = follow(&without(law, &[*mutant]), &begun, program, true);
        let then = match &followed.ending {
            Ending::Refuted(then) => then,
            Ending::Allowed => {
                fewest = fewest.min(followed.slips.len());
                moved.push((*mutant, self::rulings(followed)));
                continue;
            }
            _ => continue,
        };
        let same_step = then.number == refuted.number;
        if otherwise && same_step && here.contains(&mutant.1) {
            let as_it = |like: &dyn Fn(u16) -> bool| then.expected.iter().any(|one| like(one.reply.status));
            if as_it(&|status| status == observed) {
                exactly.push(*mutant);
            } else if decides.contains(&mutant.0) && as_it(&|status| refuses(status) == refuses(observed)) {
                partly.nearly.push(*mutant);
            }
        }
        if same_step && self::stands(then) != stands {
            moved.push((*mutant, self::rulings(followed)));
        }
    }
    if !exactly.is_empty() {
        partly.nearly = exactly;
    }
    let mut better = false;
    let pairs: BTreeSet<[Mutant; 2]> = moved
        .into_iter()
        .flat_map(|(one, others)| others.into_iter().map(move |other| (one, other)))
        .filter(|(one, other)| one != other)
        .map(|(one, other)| if one < other { [one, other] } else { [other, one] })
        .collect();
    for pair in pairs.into_iter().take(MOST_PAIRS) {
        let followed = follow(&without(law, &pair), &begun, program, false);
        if !matches!(followed.ending, Ending::Allowed) || followed.slips.len() > fewest {
            continue;
        }
        if followed.slips.len() < fewest {
            fewest = followed.slips.len();
            partly.pairs.clear();
            better = true;
        }
        if better {
            partly.pairs.push(pair);
        }
    }
    partly
}

/// The facets on routes that were asked for and can be repealed.
fn rulings(followed: Followed) -> BTreeSet<Mutant> {
    let rules = |(facet, _): &Mutant| facet.can_be_repealed();
    followed
        .consulted
        .unwrap_or_default()
        .into_iter()
        .filter(rules)
        .collect()
}

fn without(law: &Law, mutants: &[Mutant]) -> Law {
    mutants
        .iter()
        .fold(law.clone(), |law, (facet, route)| law.without(*facet, *route))
}

fn stands(refuted: &Refuted) -> Stands {
    let nearest = refuted.expected.first();
    let nearest = nearest.map(|one| (one.difference.clone(), one.reply.status));
    (refuted.number, nearest)
}

fn refuses(status: u16) -> bool {
    status >= 400
}
