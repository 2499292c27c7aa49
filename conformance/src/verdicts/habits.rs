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
    /// Whether everything that anonymous callers ask is answered by a failure.
    anonymous_fails: Option<u16>,
    /// Whether requests that are signed in the query fare likewise.
    presigned_fails: bool,
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
        let fails = anonymous.len() >= MANY && anonymous.iter().all(|answer| answer.status >= 500);
        let presigned = || answers().filter(|answer| answer.presigned);
        let mut lacking: BTreeSet<Route> = answers()
            .filter(|answer| answer.status == 501)
            .map(|answer| answer.route)
            .collect();
        let successes = answers().filter(|answer| answer.status < 300);
        let carried_out: BTreeSet<Route> = successes.map(|answer| answer.route).collect();
        lacking.retain(|route| !carried_out.contains(route));
        let mut habits = Habits {
            anonymous_fails: anonymous.first().filter(|_| fails).map(|answer| answer.status),
            presigned_fails: fails
                && presigned().next().is_some()
                && presigned().all(|answer| answer.status >= 500),
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
    fn fails_anonymous(&self, judgement: &Judgement) -> bool {
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
            .then(|| format!("the endpoint answers {status} to every {}", self.bare_requests()))
    }

    /// The requests that fail, in words.
    fn bare_requests(&self) -> &'static str {
        if self.presigned_fails {
            "request without an Authorization header"
        } else {
            "request without credentials"
        }
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
                text: format!("answers {status} to every {}", self.bare_requests()),
                clause: None,
                programs: count(&|judgement| self.fails_anonymous(judgement)),
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
