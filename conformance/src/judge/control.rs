//! What the answers of an endpoint show: that it grants, and that it refuses. Each is the control of the other.
//!
//! A refusal says nothing of an endpoint that grants nothing, and a success nothing of one that enforces nothing. So a
//! program that a clause is told by counts only beside an answer of the other sort, given where the law has it.

use std::collections::BTreeSet;

use bucketlaw_model::clause::{Area, Facet, owner};
use bucketlaw_model::law::{Law, parse_repeal};
use bucketlaw_model::program::Program;
use bucketlaw_model::reply::{Because, Name, Reply, ReplyBody, Value};
use bucketlaw_model::request::{Caller, Request, Route};

use super::Ending;
use super::follow::follow;
use crate::history::History;

/// The element of a DeleteObjects result that refuses a key.
pub(super) const REFUSED_ENTRY: &str = "Error";

/// The status of what is forbidden, and of a refused entry of a DeleteObjects result, which shows only a code.
const FORBIDDEN: u16 = 403;

/// What an answer decides, or shows beside that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ruling {
    /// What was asked for was done.
    Granted,
    /// It was refused with this status, by this part of the law where that is known.
    Refused(u16, Option<Area>),
    /// It was refused, however that was told.
    Refuses,
    /// It was not refused as forbidden: what it was refused for, if for something, comes after that.
    Passes,
    /// It has this header or element.
    Has(Name),
    /// It lists something.
    Lists,
}

/// Which policies were there when a request was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Policies {
    /// Whether a bucket had one.
    pub bucket: bool,
    /// Whether the user had one.
    pub user: bool,
}

impl Policies {
    /// Takes in that a request was answered with a status.
    pub fn note(&mut self, route: Route, status: u16) {
        if status >= 300 {
            return;
        }
        match route {
            Route::PutBucketPolicy => self.bucket = true,
            Route::DeleteBucketPolicy => self.bucket = false,
            Route::PutUserPolicy => self.user = true,
            Route::DeleteUserPolicy => self.user = false,
            _ => {}
        }
    }
}

/// What an answer showed, or should have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shown {
    /// What was asked for.
    pub route: Route,
    /// By whom.
    pub caller: Caller,
    /// What was decided.
    pub ruling: Ruling,
    /// Beside which policies.
    pub policies: Policies,
}

/// What an answer shows that is as the law has it.
#[must_use]
pub fn shown(request: &Request, reply: &Reply, because: &Because, policies: Policies) -> Vec<Shown> {
    all(request, &rulings(reply, because), policies)
}

/// What an answer shows that decides as the law has it and differs in what it has.
pub(super) fn decided(request: &Request, reply: &Reply, because: &Because, policies: Policies) -> Vec<Shown> {
    all(request, &decisions(reply, because), policies)
}

/// The rulings on a request, on each route that it takes.
fn all(request: &Request, rulings: &BTreeSet<Ruling>, policies: Policies) -> Vec<Shown> {
    let mut all = Vec::new();
    for route in request.operation.routes() {
        all.extend(rulings.iter().map(|ruling| Shown {
            route,
            caller: request.caller,
            ruling: *ruling,
            policies,
        }));
    }
    all
}

/// What a reply decides and has.
fn rulings(reply: &Reply, because: &Because) -> BTreeSet<Ruling> {
    let mut rulings = decisions(reply, because);
    if reply.status >= 400 {
        return rulings;
    }
    let there = reply.fields.iter().filter(|field| field.value != Value::Absent);
    rulings.extend(there.map(|field| Ruling::Has(field.name)));
    if matches!(&reply.body, ReplyBody::Entries { entries, .. } if !entries.is_empty()) {
        rulings.insert(Ruling::Lists);
    }
    rulings
}

/// What a reply decides; several things if its entries are answered one by one.
fn decisions(reply: &Reply, because: &Because) -> BTreeSet<Ruling> {
    let area = |facet| owner(facet).map(|(clause, _)| clause.area);
    if reply.status >= 400 {
        // What refused stands first.
        let by = because.decided.first().copied().and_then(area);
        let mut decisions = BTreeSet::from([Ruling::Refused(reply.status, by), Ruling::Refuses]);
        if reply.status != FORBIDDEN {
            decisions.insert(Ruling::Passes);
        }
        return decisions;
    }
    let ReplyBody::Entries { entries, .. } = &reply.body else {
        return BTreeSet::from([Ruling::Granted, Ruling::Passes]);
    };
    let mut decisions: BTreeSet<Ruling> = entries
        .iter()
        .filter(|entry| entry.element == REFUSED_ENTRY)
        .map(|entry| Ruling::Refused(FORBIDDEN, area(entry.by)))
        .collect();
    if !decisions.is_empty() {
        decisions.insert(Ruling::Refuses);
    }
    if decisions.is_empty() || entries.iter().any(|entry| entry.element != REFUSED_ENTRY) {
        decisions.extend([Ruling::Granted, Ruling::Passes]);
    }
    decisions
}

/// What the endpoint has to show elsewhere before a history that the law allows says that it obeys the facets on routes
/// that its program tells: the answer that it would have given without the facet, and that it grants where it refused and
/// refuses where it granted.
pub(super) fn needs(
    law: &Law,
    (history, program): (&History, &Program),
    tells: &[String],
    shown: &[(u16, Shown)],
) -> Vec<(String, BTreeSet<Shown>)> {
    let one = |words: &String| {
        let (number, otherwise) = told_at(law, (history, program), words)
            .or_else(|| shown.last().map(|(number, _)| (*number, BTreeSet::new())))?;
        let here: Vec<&Shown> = shown
            .iter()
            .filter(|(at, _)| *at == number)
            .map(|(_, shown)| shown)
            .collect();
        let mut needs = BTreeSet::new();
        for answer in &here {
            let mut wanted = otherwise.clone();
            wanted.extend([Ruling::Granted, Ruling::Refuses]);
            let as_answered = |ruling: &Ruling| here.iter().any(|answer| answer.ruling == *ruling);
            wanted.remove(&Ruling::Passes);
            wanted.retain(|ruling| !as_answered(ruling));
            needs.extend(wanted.into_iter().map(|ruling| Shown { ruling, ..**answer }));
        }
        Some((words.clone(), needs))
    };
    tells.iter().filter_map(one).collect()
}

/// The step at which a history shows that a facet is obeyed, or which branch of it is taken, and what the law without it, or
/// with another branch, decides and has there. `None` where it shows in nothing but words.
fn told_at(
    law: &Law,
    (history, program): (&History, &Program),
    words: &str,
) -> Option<(u16, BTreeSet<Ruling>)> {
    let others = others(law, words);
    others
        .into_iter()
        .find_map(|other| match follow(&other, history, program, false).ending {
            Ending::Refuted(refuted) => {
                let nearest = refuted.expected.first();
                let has = nearest.map(|nearest| rulings(&nearest.reply, &nearest.because));
                Some((refuted.number, has.unwrap_or_default()))
            }
            _ => None,
        })
}

/// The laws that differ from a law in a facet on a route alone: without it, or each with one branch of it.
fn others(law: &Law, words: &str) -> Vec<Law> {
    let facets = parse_repeal(words).unwrap_or_default();
    if let [(facet, _)] = facets.as_slice()
        && facet.is_choice()
    {
        let branches = u8::try_from(facet.branches.len()).unwrap_or(u8::MAX);
        let fixed = |branch| {
            let mut law = law.clone();
            law.fix(facet.id, branch);
            law
        };
        return (0..branches).map(fixed).collect();
    }
    let without = |law: Law, (facet, route): (&Facet, Route)| law.without(facet.id, route);
    vec![facets.into_iter().fold(law.clone(), without)]
}
