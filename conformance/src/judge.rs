//! Judging: a recorded history against the law. Pure, so that old histories can be judged again.

use std::collections::BTreeSet;

use bucketlaw_model::belief::{Belief, Expected, Observation};
use bucketlaw_model::check::witness::Mutant;
use bucketlaw_model::clause::{FacetId, facets};
use bucketlaw_model::law::Law;
use bucketlaw_model::program::{Act, Program};
use bucketlaw_model::request::{Request, Route};
use bucketlaw_model::time::{Moment, Time};
use bucketlaw_model::world::Calendar;

use crate::history::{History, Outcome};
use crate::lift::lift;
use crate::wire::{Exchange, Failure, RawResponse};

/// What a judge says of one program's history.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// The program's id.
    pub id: String,
    /// How it ended.
    pub ending: Ending,
    /// The undocumented branches that the endpoint may have taken: facet and branch.
    pub branches: BTreeSet<(FacetId, u8)>,
    /// How many exchanges were judged.
    pub exchanges: usize,
    /// The largest number of states that were possible at once.
    pub largest_belief: usize,
    /// The smallest repeals under which a refuted history is legal: a facet on a route each.
    pub explanations: Vec<Mutant>,
}

/// How a program's history ended.
#[derive(Clone, Debug)]
pub enum Ending {
    /// It ran to its end and the law allows all of it.
    Allowed,
    /// A reply that the law does not allow.
    Refuted(Box<Refuted>),
    /// The endpoint says that it lacks something: the step, and what it said.
    Unsupported(u16, String),
    /// It cannot be said whether the law allows it, and why.
    Inconclusive(String),
    /// It was not run, or not to its end, and why.
    NotRun(String),
    /// We failed: the program or the history cannot be used.
    Broken(String),
}

/// A reply that the law does not allow.
#[derive(Clone, Debug)]
pub struct Refuted {
    /// The step.
    pub number: u16,
    /// What the law allows instead, the nearest first. Empty when the reply is no S3 reply at all.
    pub expected: Vec<Expected>,
    /// The exchange.
    pub exchange: Exchange,
}

impl Refuted {
    /// The facets that the reply is charged to.
    #[must_use]
    pub fn charged(&self) -> Vec<FacetId> {
        self.expected.first().map(Expected::charged).unwrap_or_default()
    }
}

/// Judges one history under a law.
#[must_use]
pub fn judge(law: &Law, history: &History) -> Judgement {
    let mut judgement = Judgement {
        id: history.id.clone(),
        ending: Ending::Allowed,
        branches: BTreeSet::new(),
        exchanges: 0,
        largest_belief: 1,
        explanations: Vec::new(),
    };
    let mut program = match Program::read(&history.program) {
        Ok(program) => program,
        Err(error) => {
            judgement.ending = Ending::Broken(format!("the program cannot be read: {error}"));
            return judgement;
        }
    };
    program.world.calendar = Calendar {
        start: Time(history.start),
        unit: history.unit,
    };
    judgement.ending = follow(law, history, &program, &mut judgement);
    if let Ending::Refuted(_) = judgement.ending {
        judgement.explanations = explain(law, history, &program);
    }
    if let (Ending::Allowed, Some(why)) = (&judgement.ending, &history.stopped) {
        judgement.ending = Ending::NotRun(why.clone());
    }
    judgement
}

/// The facets on routes whose repeal, one at a time, makes a history legal.
fn explain(law: &Law, history: &History, program: &Program) -> Vec<Mutant> {
    let routes: BTreeSet<Route> = program
        .requests()
        .flat_map(|(_, request)| request.operation.routes())
        .collect();
    let legal = |(facet, route): &Mutant| {
        let mut scratch = Judgement {
            id: String::new(),
            ending: Ending::Allowed,
            branches: BTreeSet::new(),
            exchanges: 0,
            largest_belief: 1,
            explanations: Vec::new(),
        };
        let mutant = law.clone().without(*facet, *route);
        matches!(follow(&mutant, history, program, &mut scratch), Ending::Allowed)
    };
    let rulings = facets().filter(|(_, facet)| !facet.is_choice());
    let candidates = rulings.flat_map(|(_, facet)| facet.routes.iter().map(|route| (facet.id, *route)));
    candidates
        .filter(|(_, route)| routes.contains(route))
        .filter(legal)
        .collect()
}

/// Follows the steps of a history with a belief.
fn follow(law: &Law, history: &History, program: &Program, judgement: &mut Judgement) -> Ending {
    let mut belief = Belief::default();
    for taken in &history.steps {
        let request = program
            .requests()
            .find(|(number, _)| *number == taken.number)
            .map(|(_, request)| request);
        let Some(request) = request else {
            return Ending::Broken(format!("the program has no request {}", taken.number));
        };
        let exchange = match &taken.result {
            Outcome::Exchange(exchange) => exchange,
            Outcome::Failure(failure) => {
                lose(law, history, program, &mut belief, request, failure);
                continue;
            }
        };
        let now = interval(history, exchange.sent, exchange.received);
        if slowed(&exchange.response) {
            belief.lose(law, &program.world, request, now);
            continue;
        }
        judgement.exchanges += 1;
        let observed = lift(&program.world, &history.bucket_prefix, &exchange.response);
        match belief.observe(law, &program.world, (taken.number, request), &observed, now) {
            Observation::Allowed { because, .. } => {
                if !because.is_empty() && because.iter().all(|because| because.by_time) {
                    return Ending::Inconclusive(format!(
                        "step {} was ruled on too near to a date",
                        taken.number
                    ));
                }
                judgement.branches.extend(
                    because
                        .iter()
                        .flat_map(|because| because.branches.iter().copied()),
                );
            }
            Observation::NotModelled => {
                return Ending::Broken(format!("the law does not rule on step {} yet", taken.number));
            }
            Observation::Refuted(expected)
                if exchange.response.status == 501 && expected.iter().all(|one| one.reply.status != 501) =>
            {
                return Ending::Unsupported(taken.number, said(&exchange.response));
            }
            Observation::Refuted(expected) => {
                let exchange = exchange.clone();
                return Ending::Refuted(Box::new(Refuted {
                    number: taken.number,
                    expected,
                    exchange,
                }));
            }
        }
        judgement.largest_belief = judgement.largest_belief.max(belief.possibilities().len());
    }
    Ending::Allowed
}

/// When the endpoint ruled on a request, on its own clock.
fn interval(history: &History, sent: i64, received: i64) -> Moment {
    Moment {
        earliest: Time(sent.saturating_add(history.skew - history.guard)),
        latest: Time(received.saturating_add(history.skew + history.guard)),
    }
}

fn lose(
    law: &Law,
    history: &History,
    program: &Program,
    belief: &mut Belief,
    request: &Request,
    failure: &Failure,
) {
    if !failure.definite {
        belief.lose(
            law,
            &program.world,
            request,
            interval(history, failure.sent, failure.ended),
        );
    }
}

/// Whether a response says nothing but that the endpoint is busy.
fn slowed(response: &RawResponse) -> bool {
    response.status == 503
}

/// The code and message of an error response.
fn said(response: &RawResponse) -> String {
    let root = response.xml().ok();
    let text = |name: &str| {
        root.as_ref()
            .and_then(|root| root.text_of(name))
            .unwrap_or_default()
            .to_owned()
    };
    format!("{} {} {}", response.status, text("Code"), text("Message"))
        .trim()
        .to_owned()
}

/// The line of a step of a program.
#[must_use]
pub fn step_line(program: &Program, number: u16) -> String {
    program
        .steps
        .iter()
        .find(|step| step.number == number)
        .map(|step| program.line(step))
        .unwrap_or_default()
}

/// The request of a step.
#[must_use]
pub fn step_request(program: &Program, number: u16) -> Option<&Request> {
    program
        .steps
        .iter()
        .find(|step| step.number == number)
        .and_then(|step| match &step.act {
            Act::Ask(request) => Some(request),
            Act::Wait(_) => None,
        })
}
