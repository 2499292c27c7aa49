//! Habits: what the endpoint does throughout the run, told once instead of by every program that meets it.

use std::collections::{BTreeMap, BTreeSet};

use bucketlaw_model::check::witness::Mutant;
use bucketlaw_model::clause::owner;
use bucketlaw_model::request::{Caller, Route};

use crate::judge::{Answer, Ending, Judgement, NotRun};
use crate::report::Fact;
use crate::suite::Entry;

/// From how many answers on a habit is one.
const MANY: usize = 3;

/// What the answers of a run have in common.
#[derive(Debug, Default)]
pub(super) struct Habits {
    /// Whether nearly everything that anonymous callers ask is answered by a failure.
    anonymous_fails: Option<u16>,
    /// Whether requests that are signed in the query fare likewise.
    presigned_fails: bool,
    /// How many of the requests that fare so failed, and how many there were.
    failed: (usize, usize),
    /// The callers of whom nearly nothing is carried out that the law allows: how many such requests were refused, of how
    /// many.
    refused: BTreeMap<Caller, (usize, usize)>,
    /// The routes that were answered 501 and never carried out.
    lacking: BTreeSet<Route>,
    /// The routes that were carried out for somebody.
    carried_out: BTreeSet<Route>,
    /// The one program that stands for all that meet the failure of anonymous callers.
    example: Option<String>,
}

impl Habits {
    /// The habits that the answers of a run show.
    pub(super) fn of(entries: &[Entry], judgements: &[Judgement]) -> Habits {
        let answers = || judgements.iter().flat_map(|judgement| &judgement.answers);
        let anonymous: Vec<&Answer> = answers()
            .filter(|answer| answer.caller == Caller::Anonymous)
            .collect();
        let anonymous_fails = fail(&anonymous);
        let presigned: Vec<&Answer> = answers().filter(|answer| answer.presigned).collect();
        let presigned_fails = anonymous_fails.is_some() && !presigned.is_empty() && {
            let failed = presigned.iter().filter(|answer| answer.status >= 500);
            are_nearly_all(failed.count(), presigned.len())
        };
        let without_header =
            |answer: &&Answer| answer.caller == Caller::Anonymous || (answer.presigned && presigned_fails);
        let bare: Vec<&Answer> = answers().filter(without_header).collect();
        let failed = bare.iter().filter(|answer| answer.status >= 500).count();
        let mut lacking: BTreeSet<Route> = answers()
            .filter(|answer| answer.status == 501)
            .map(|answer| answer.route)
            .collect();
        let successes = answers().filter(|answer| answer.status < 300);
        let carried_out: BTreeSet<Route> = successes.map(|answer| answer.route).collect();
        lacking.retain(|route| !carried_out.contains(route));
        let mut habits = Habits {
            anonymous_fails,
            presigned_fails,
            failed: (failed, bare.len()),
            refused: refused(judgements),
            lacking,
            carried_out,
            example: None,
        };
        habits.example = entries
            .iter()
            .zip(judgements)
            .filter(|(_, judgement)| habits.fails_anonymous(judgement))
            .map(|(entry, _)| (entry.program.steps.len(), entry.id.clone()))
            .min()
            .map(|(_, id)| id);
        habits
    }

    /// Whether a program ended because callers whose credentials are in no header get nothing but failures.
    pub(super) fn fails_anonymous(&self, judgement: &Judgement) -> bool {
        let Ending::Refuted(refuted) = &judgement.ending else {
            return false;
        };
        let anonymous = judgement.answers.last().is_some_and(|answer| {
            answer.caller == Caller::Anonymous || (answer.presigned && self.presigned_fails)
        });
        self.anonymous_fails.is_some() && refuted.is_failure() && anonymous
    }

    /// Why a program says nothing, if a habit is all that it met. One program stands for the others and is charged.
    pub(super) fn excuse(&self, entry: &Entry, judgement: &Judgement) -> Option<String> {
        let status = self.anonymous_fails?;
        let stands = self.example.as_deref() == Some(&entry.id);
        (!stands && self.fails_anonymous(judgement))
            .then(|| format!("the endpoint answers {status} to {}", self.bare_requests()))
    }

    /// The requests that fail, in words.
    fn bare_requests(&self) -> String {
        let sort = if self.presigned_fails {
            "without an Authorization header"
        } else {
            "without credentials"
        };
        match self.failed {
            (failed, all) if failed == all => format!("every request {sort}"),
            (failed, all) => format!("{failed} of {all} requests {sort}"),
        }
    }

    /// Whether the endpoint refuses a caller nearly everything that the law allows.
    pub(super) fn refuses(&self, caller: Caller) -> bool {
        self.refused.contains_key(&caller)
    }

    /// Whether the endpoint answers 501 to a route and never carries it out.
    pub(super) fn lacks(&self, route: Route) -> bool {
        self.lacking.contains(&route)
    }

    /// Whether the endpoint carries out a route for somebody.
    pub(super) fn carries_out(&self, route: Route) -> bool {
        self.carried_out.contains(&route)
    }

    /// The habits in words.
    pub(super) fn facts(&self, judgements: &[Judgement], charged: &BTreeMap<Mutant, u64>) -> Vec<Fact> {
        let mut facts = Vec::new();
        let count = |met: &dyn Fn(&Judgement) -> bool| {
            judgements.iter().filter(|judgement| met(judgement)).count() as u64
        };
        if let Some(status) = self.anonymous_fails {
            facts.push(Fact {
                text: format!("answers {status} to {}", self.bare_requests()),
                clause: None,
                programs: count(&|judgement| self.fails_anonymous(judgement)),
            });
        }
        for (caller, (refused, all)) in &self.refused {
            facts.push(Fact {
                text: format!(
                    "refuses {refused} of {all} requests of {} that S3 allows",
                    plural(*caller)
                ),
                clause: None,
                programs: count(&|judgement| is_refused(judgement, *caller)),
            });
        }
        if !self.lacking.is_empty() {
            let names: Vec<&str> = self.lacking.iter().map(|route| route.name()).collect();
            let lacks = |judgement: &Judgement| {
                let last = judgement.answers.last();
                matches!(judgement.ending, Ending::Unsupported(..))
                    && last.is_some_and(|answer| self.lacking.contains(&answer.route))
            };
            facts.push(Fact {
                text: format!("does not implement {} (501)", names.join(", ")),
                clause: None,
                programs: count(&lacks),
            });
        }
        facts.extend(missing(judgements));
        let defaults = charged
            .iter()
            .filter(|((_, route), programs)| *route == Route::CreateBucket && **programs > 1);
        for ((facet, _), programs) in defaults {
            if let Some((clause, facet)) = owner(*facet) {
                facts.push(Fact {
                    text: format!(
                        "{}, not as in “{}”",
                        facet.otherwise,
                        clause.text.split([';', '.']).next().unwrap_or_default()
                    ),
                    clause: Some(clause.id.to_owned()),
                    programs: *programs,
                });
            }
        }
        facts
    }
}

/// The status of the failures that nearly all of these answers are.
fn fail(answers: &[&Answer]) -> Option<u16> {
    let failures: Vec<u16> = answers
        .iter()
        .map(|answer| answer.status)
        .filter(|status| *status >= 500)
        .collect();
    failures
        .first()
        .copied()
        .filter(|_| is_habit(failures.len(), answers.len()))
}

/// Whether some of all answers are a habit: many, and nearly all.
fn is_habit(some: usize, all: usize) -> bool {
    some >= MANY && are_nearly_all(some, all)
}

/// Whether some are nine of ten: one that fares otherwise makes no other habit.
fn are_nearly_all(some: usize, all: usize) -> bool {
    const OF_TEN: usize = 9;
    some.saturating_mul(10) >= all.saturating_mul(OF_TEN)
}

/// The callers of whom nearly nothing is carried out that the law allows: how many such requests were refused, of how many.
fn refused(judgements: &[Judgement]) -> BTreeMap<Caller, (usize, usize)> {
    let answers = || judgements.iter().flat_map(|judgement| &judgement.answers);
    let callers = [Caller::Owner, Caller::User, Caller::Other, Caller::Anonymous];
    let of_caller = |caller: Caller| {
        let of_it = || answers().filter(move |answer| answer.caller == caller);
        let refused = of_it().filter(|answer| answer.overrefused).count();
        let granted = of_it().filter(|answer| answer.status < 300).count();
        is_habit(refused, refused + granted).then_some((caller, (refused, refused + granted)))
    };
    callers.into_iter().filter_map(of_caller).collect()
}

/// Whether a program ended because a caller is refused what the law allows.
fn is_refused(judgement: &Judgement, caller: Caller) -> bool {
    let last = judgement.answers.last();
    last.is_some_and(|answer| answer.overrefused && answer.caller == caller)
}

/// A kind of caller, in words.
pub(super) fn plural(caller: Caller) -> &'static str {
    match caller {
        Caller::Owner => "the administrator of the account",
        Caller::User => "the IAM user",
        Caller::Other => "the other account",
        Caller::Anonymous => "anonymous callers",
    }
}

/// What the run lacked, by how many programs it kept from running.
fn missing(judgements: &[Judgement]) -> Vec<Fact> {
    let mut missing: BTreeMap<&str, u64> = BTreeMap::new();
    for judgement in judgements {
        let why = match &judgement.ending {
            Ending::NotRun(NotRun::Lacks(_, why)) => why,
            Ending::Unsupported(_, said) if said.starts_with(crate::judge::IAM_REFUSES) => said,
            _ => continue,
        };
        *missing.entry(why).or_default() += 1;
    }
    missing
        .into_iter()
        .map(|(why, programs)| Fact {
            text: if why.starts_with(crate::judge::IAM_REFUSES) {
                why.to_owned()
            } else {
                format!("not run: {why}")
            },
            clause: None,
            programs,
        })
        .collect()
}
