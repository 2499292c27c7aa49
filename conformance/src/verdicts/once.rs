//! One fault in many programs: what an endpoint does to a caller or on a route in any case is charged once, and programs that
//! only met it say nothing of the clauses that they tell.

use std::collections::{BTreeMap, BTreeSet};

use bucketlaw_model::clause::FacetId;
use bucketlaw_model::request::{Caller, Route};

use super::charge::{self, Ids};
use super::excuse::Excuse;
use super::habits::Habits;
use super::told_by;
use crate::judge::{Ending, Judgement, Refuted};
use crate::lift::error_code;
use crate::report::Verdict;
use crate::suite::Entry;

/// The sections of the clauses that grant to a sort of caller: to anybody, across accounts, and within one.
const GRANTING: [&str; 3] = ["EVAL-ANON-", "EVAL-XACC-", "EVAL-SAME-"];

/// Clauses that grant to a caller, where no repeal names one.
const BY_CALLER: &[(Caller, &str)] = &[
    (Caller::Anonymous, "EVAL-ANON-001"),
    (Caller::Other, "EVAL-XACC-003"),
    (Caller::User, "EVAL-SAME-004"),
];

/// On how many routes a caller is refused at the least who is refused everything.
const ROUTES: usize = 3;

/// What a run has in many programs and is charged once.
#[derive(Debug, Default)]
pub(super) struct Once {
    /// The clause that is charged, for each program that met such a fault.
    causes: BTreeMap<String, Cause>,
    /// The programs that show it.
    shown_by: BTreeSet<String>,
}

/// A fault that many programs meet.
#[derive(Clone, Debug)]
struct Cause {
    clause: &'static str,
    /// What the endpoint does, in words.
    habit: String,
}

/// A program that met a fault.
struct Met<'a> {
    entry: &'a Entry,
    clause: &'static str,
}

impl Once {
    /// What the programs of a run have in common.
    pub(super) fn of(entries: &[Entry], judgements: &[Judgement], habits: &Habits) -> Once {
        let mut once = Once::default();
        once.failures(entries, judgements, habits);
        once.refusals(entries, judgements, habits);
        once
    }

    /// The clauses that a program is charged with, if it shows such a fault.
    pub(super) fn charged(&self, entry: &Entry) -> Option<Vec<&'static str>> {
        let cause = self.causes.get(&entry.id)?;
        self.shown_by.contains(&entry.id).then(|| vec![cause.clause])
    }

    /// Why a program says nothing, if another one shows what it met.
    pub(super) fn excuse(&self, entry: &Entry) -> Option<Excuse> {
        let cause = self.causes.get(&entry.id)?;
        (!self.shown_by.contains(&entry.id)).then(|| Excuse {
            verdict: Verdict::NotExercised,
            note: format!("blocked by {}: the endpoint {}", cause.clause, cause.habit),
        })
    }

    /// An endpoint that fails alike on a route whatever the law rules there has one fault: that of the clause that most often
    /// decides what it should have answered, there and then elsewhere.
    fn failures(&mut self, entries: &[Entry], judgements: &[Judgement], habits: &Habits) {
        let mut failures: BTreeMap<(Route, u16, Option<String>), Vec<Met<'_>>> = BTreeMap::new();
        for (entry, judgement) in entries.iter().zip(judgements) {
            let Ending::Refuted(refuted) = &judgement.ending else {
                continue;
            };
            if !refuted.is_crash() || refuted.via.is_some() || habits.fails_anonymous(judgement) {
                continue;
            }
            if let Some(clause) = charge::first(&refuted.charged()) {
                let response = &refuted.exchange.response;
                let alike = (refuted.route, response.status, error_code(response));
                failures.entry(alike).or_default().push(Met { entry, clause });
            }
        }
        let mut everywhere: BTreeMap<&str, usize> = BTreeMap::new();
        for one in failures.values().flatten() {
            *everywhere.entry(one.clause).or_default() += 1;
        }
        for ((route, status, _), met) in failures {
            let clauses: Ids = met.iter().map(|one| one.clause).collect();
            let count = |clause: &&str| {
                let here = met.iter().filter(|one| one.clause == *clause).count();
                (here, everywhere.get(*clause).copied())
            };
            let Some(clause) = clauses.iter().rev().copied().max_by_key(count) else {
                continue;
            };
            if clauses.len() < 2 {
                continue;
            }
            let habit = format!("answers {status} to {}", route.name());
            for one in met {
                self.note(
                    &one,
                    Cause {
                        clause,
                        habit: habit.clone(),
                    },
                    one.clause == clause,
                );
            }
        }
    }

    /// An endpoint that refuses a caller nearly everything violates what grants to such callers, and no other clause.
    fn refusals(&mut self, entries: &[Entry], judgements: &[Judgement], habits: &Habits) {
        for (caller, known) in BY_CALLER.iter().filter(|(caller, _)| habits.refuses(*caller)) {
            let refused: Vec<(&Entry, &Judgement)> = entries
                .iter()
                .zip(judgements)
                .filter(|(_, judgement)| is_denied(judgement, *caller))
                .collect();
            // What fails on one route may be a matter of that route.
            let routes: BTreeSet<Route> = refused
                .iter()
                .filter_map(|(_, one)| one.answers.last())
                .map(|last| last.route)
                .collect();
            if routes.len() < ROUTES {
                continue;
            }
            let granting = |judgement: &Judgement| {
                let named = charge::first(&granting(judgement)).unwrap_or(known);
                charge::of_no_root(named, &judgement.lacks_roots)
            };
            let habit = format!(
                "refuses nearly all requests of {}",
                super::habits::plural(*caller)
            );
            let mut shown = BTreeSet::new();
            let mut silent = Vec::new();
            for (entry, judgement) in refused {
                let one = Met {
                    entry,
                    clause: granting(judgement),
                };
                let tells = told_by(entry).iter().any(|(told, _)| *told == one.clause);
                if tells {
                    shown.insert(one.clause);
                    self.note(
                        &one,
                        Cause {
                            clause: one.clause,
                            habit: habit.clone(),
                        },
                        true,
                    );
                } else {
                    silent.push(one);
                }
            }
            silent.sort_by_key(|one| (one.entry.program.steps.len(), one.entry.id.clone()));
            // What no program is there to tell the shortest one shows.
            for one in silent {
                let first = shown.insert(one.clause);
                self.note(
                    &one,
                    Cause {
                        clause: one.clause,
                        habit: habit.clone(),
                    },
                    first,
                );
            }
        }
    }

    fn note(&mut self, met: &Met<'_>, cause: Cause, shows: bool) {
        self.causes.insert(met.entry.id.clone(), cause);
        if shows {
            self.shown_by.insert(met.entry.id.clone());
        }
    }
}

/// Whether a program ended because a caller is denied what the law allows.
fn is_denied(judgement: &Judgement, caller: Caller) -> bool {
    let denied = |refuted: &Refuted| refuted.is_denial() && refuted.caller == caller;
    let last = judgement.answers.last();
    let overrefused = last.is_some_and(|answer| answer.overrefused && answer.caller == caller);
    overrefused && matches!(&judgement.ending, Ending::Refuted(refuted) if denied(refuted))
}

/// The facets that grant to a sort of caller without which the law refuses what a program was refused, the best first.
fn granting(judgement: &Judgement) -> Vec<FacetId> {
    let explaining = judgement.explanations.iter().map(|(facet, _)| *facet);
    let candidates = judgement.candidates.iter().map(|one| one.mutant.0);
    let grants = |facet: &FacetId| {
        let id = charge::first(&[*facet]).unwrap_or_default();
        GRANTING.iter().any(|section| id.starts_with(section))
    };
    explaining.chain(candidates).filter(grants).collect()
}
