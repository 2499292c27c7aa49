//! All outcomes that the law allows a race, by running its requests in every order.
//!
//! Written without the linearizer, which is tested against it.

use std::collections::BTreeSet;

use bucketlaw_model::belief::Possibility;
use bucketlaw_model::law::Law;
use bucketlaw_model::program::{Act, Program, Step};
use bucketlaw_model::request::Request;
use bucketlaw_model::simulate::instant;
use bucketlaw_model::step::step;
use bucketlaw_model::time::Moment;

/// How many runs are followed at the most.
const RUNS: usize = 4096;

/// One run under way: the state, what was waited for, and the statuses so far by their steps.
#[derive(Clone)]
struct Run {
    server: Possibility,
    waited: i8,
    statuses: Vec<(u16, u16)>,
}

/// The statuses that the law allows the steps of a program: in each element those of one run, with their steps.
///
/// `None` if there are too many runs to follow, or if the law does not rule on a request.
#[must_use]
pub fn statuses(law: &Law, program: &Program) -> Option<BTreeSet<Vec<(u16, u16)>>> {
    let mut runs = vec![Run {
        server: Possibility::default(),
        waited: 0,
        statuses: Vec::new(),
    }];
    for turn in program.turns() {
        let mut next = Vec::new();
        for order in orders(turn) {
            let mut followed = runs.clone();
            for one in order {
                followed = taken(law, program, &followed, &one)?;
            }
            next.append(&mut followed);
            if next.len() > RUNS {
                return None;
            }
        }
        runs = next;
    }
    let sorted = |mut run: Run| {
        run.statuses.sort_unstable();
        run.statuses
    };
    Some(runs.into_iter().map(sorted).collect())
}

/// All orders of a few things.
#[must_use]
pub fn orders<T: Clone>(things: &[T]) -> Vec<Vec<T>> {
    let Some((first, rest)) = things.split_first() else {
        return vec![Vec::new()];
    };
    let mut all = Vec::new();
    for order in orders(rest) {
        for at in 0..=order.len() {
            let mut longer = order.clone();
            longer.insert(at, first.clone());
            all.push(longer);
        }
    }
    all
}

/// The runs after one more step.
fn taken(law: &Law, program: &Program, runs: &[Run], one: &Step) -> Option<Vec<Run>> {
    let mut next = Vec::new();
    for run in runs {
        match &one.act {
            Act::Wait(units) => next.push(Run {
                waited: run.waited.max(*units),
                ..run.clone()
            }),
            Act::Ask(request) => next.extend(asked(law, program, run, (one.number, request))?),
        }
    }
    Some(next)
}

fn asked(law: &Law, program: &Program, run: &Run, (number, request): (u16, &Request)) -> Option<Vec<Run>> {
    let now = Moment::exactly(instant(&program.world, run.waited));
    let resolved = run.server.resolve(request);
    let mut next = Vec::new();
    for transition in step(law, &program.world, &run.server.state, &resolved, now) {
        if transition
            .because
            .decided
            .contains(&bucketlaw_model::NOT_MODELLED)
        {
            return None;
        }
        let mut after = run.clone();
        after.server.expose(number, &resolved, &transition.reply);
        after.statuses.push((number, transition.reply.status));
        if let Some(state) = transition.next {
            after.server.state = state;
        }
        next.push(after);
    }
    Some(next)
}
