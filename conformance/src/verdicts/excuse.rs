//! Excuses: why a program that is answered otherwise than the law has it says nothing of the clauses that it tells.

use std::collections::{BTreeMap, BTreeSet};

use bucketlaw_model::clause::{Setting, owner};
use bucketlaw_model::request::{Caller, Route};

use super::charge;
use super::habits::Habits;
use crate::judge::{Answer, Ending, Judgement};
use crate::report::{Fact, Verdict};
use crate::suite::Entry;

/// What the clauses that a program tells get instead of what it met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Excuse {
    pub(super) verdict: Verdict,
    pub(super) note: String,
}

/// A setting of buckets that an endpoint may lack as a whole.
struct Known {
    setting: Setting,
    name: &'static str,
    /// What sets and shows it.
    routes: &'static [Route],
}

const SETTINGS: &[Known] = &[
    Known {
        setting: Setting::PublicAccess,
        name: "public access block",
        routes: &[Route::GetPublicAccessBlock, Route::PutPublicAccessBlock],
    },
    Known {
        setting: Setting::Ownership,
        name: "ownership controls",
        routes: &[
            Route::GetBucketOwnershipControls,
            Route::PutBucketOwnershipControls,
        ],
    },
    Known {
        setting: Setting::ObjectLock,
        name: "Object Lock",
        routes: &[
            Route::PutObjectLockConfiguration,
            Route::PutObjectRetention,
            Route::PutObjectLegalHold,
        ],
    },
];

/// What a run as a whole excuses.
pub(super) struct Excuses<'a> {
    habits: &'a Habits,
    /// The callers whom the endpoint never believed, with what it said.
    unknown: BTreeMap<Caller, u16>,
}

impl<'a> Excuses<'a> {
    pub(super) fn of(judgements: &[Judgement], habits: &'a Habits) -> Excuses<'a> {
        let answers = || judgements.iter().flat_map(|judgement| &judgement.answers);
        let refused = answers().filter(|answer| answer.inauthentic);
        let mut unknown: BTreeMap<Caller, u16> =
            refused.map(|answer| (answer.caller, answer.status)).collect();
        let believed: BTreeSet<Caller> = answers()
            .filter(|answer| is_believed(answer))
            .map(|answer| answer.caller)
            .collect();
        unknown.retain(|caller, _| !believed.contains(caller));
        Excuses { habits, unknown }
    }

    /// The excuse of a program, if it has one.
    pub(super) fn excuse(&self, entry: &Entry, judgement: &Judgement) -> Option<Excuse> {
        let not_exercised = |note| Excuse {
            verdict: Verdict::NotExercised,
            note,
        };
        self.habits
            .excuse(entry, judgement)
            .or_else(|| self.is_unknown(judgement))
            .map(not_exercised)
            .or_else(|| self.lacks_setting(judgement))
            .or_else(|| charge::needs_root(judgement).map(not_exercised))
    }

    /// Why a program says nothing whose caller the endpoint never believed.
    fn is_unknown(&self, judgement: &Judgement) -> Option<String> {
        let Ending::Refuted(refuted) = &judgement.ending else {
            return None;
        };
        let status = self
            .unknown
            .get(&refuted.caller)
            .filter(|_| refuted.is_of_authentication())?;
        Some(refuses(refuted.caller, *status))
    }

    /// Why a program says nothing that only shows that the endpoint does not have a setting, which it says itself.
    fn lacks_setting(&self, judgement: &Judgement) -> Option<Excuse> {
        let Ending::Refuted(_) = &judgement.ending else {
            return None;
        };
        let about = |known: &&Known| {
            let mut explaining = judgement.explanations.iter().map(|(facet, _)| owner(*facet));
            !judgement.explanations.is_empty()
                && explaining
                    .all(|owner| owner.is_some_and(|(clause, _)| clause.setting() == Some(known.setting)))
        };
        let lacking = |known: &&Known| {
            let routes = || known.routes.iter().copied();
            routes().any(|route| self.habits.lacks(route))
                && !routes().any(|route| self.habits.carries_out(route))
        };
        let known = SETTINGS.iter().filter(lacking).find(about)?;
        Some(Excuse {
            verdict: Verdict::Unsupported,
            note: format!("the endpoint has no {} (501)", known.name),
        })
    }

    /// What the run as a whole shows of callers whom the endpoint never believed.
    pub(super) fn facts(&self, judgements: &[Judgement]) -> Vec<Fact> {
        let programs = |caller: Caller| {
            let met = |judgement: &&Judgement| {
                judgement
                    .answers
                    .iter()
                    .any(|answer| answer.inauthentic && answer.caller == caller)
            };
            judgements.iter().filter(met).count() as u64
        };
        let facts = self.unknown.iter().map(|(caller, status)| Fact {
            text: refuses(*caller, *status),
            clause: None,
            programs: programs(*caller),
        });
        facts.collect()
    }
}

fn is_believed(answer: &Answer) -> bool {
    !answer.inauthentic && answer.status < 500
}

fn refuses(caller: Caller, status: u16) -> String {
    let who = match caller {
        Caller::Anonymous => "requests without credentials".to_owned(),
        signed => format!("the signatures of {}", signed.name()),
    };
    format!("the endpoint refuses {who} ({status}), whatever they ask")
}
