//! A consequence holds only where every rule does that it follows from.
//!
//! Each facet of each rule of each consequence is repealed in turn, wherever it holds; then no consequence of that rule may
//! hold. The law itself serves.
#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::collections::{BTreeMap, BTreeSet};

use bucketlaw_conformance::judge::judge_all;
use bucketlaw_conformance::report::Verdict;
use bucketlaw_conformance::run::run;
use bucketlaw_conformance::serve_law::ServeLaw;
use bucketlaw_conformance::session::Session;
use bucketlaw_conformance::suite::{Entry, embedded};
use bucketlaw_conformance::verdicts::consequences::derive;
use bucketlaw_conformance::verdicts::{assemble, beside};
use bucketlaw_model::clause::{self, Clause, FacetId};
use bucketlaw_model::law::Law;

use support::{plan, session};

#[path = "support/session.rs"]
mod support;

fn consequences() -> impl Iterator<Item = &'static Clause> {
    clause::all().filter(|clause| !clause.follows_from.is_empty())
}

/// The shortest program for each facet on a route of some rules, of those that do not wait.
fn telling(entries: &[Entry], rules: &BTreeSet<&str>) -> Vec<Entry> {
    let mut chosen: BTreeMap<&str, &Entry> = BTreeMap::new();
    for entry in entries
        .iter()
        .filter(|entry| !entry.program.waits() && !entry.program.races())
    {
        let told = entry
            .tells
            .iter()
            .filter(|words| words.split('/').next().is_some_and(|id| rules.contains(id)));
        for words in told {
            let known = chosen.entry(words).or_insert(entry);
            if entry.program.steps.len() < known.program.steps.len() {
                *known = entry;
            }
        }
    }
    let ids: BTreeSet<&str> = chosen.values().map(|entry| entry.id.as_str()).collect();
    let taken = entries.iter().filter(|entry| ids.contains(entry.id.as_str()));
    taken.cloned().collect()
}

/// The verdicts on the consequences after a run of some programs.
fn judged(session: &Session, prefix: &str, entries: &[Entry]) -> BTreeMap<String, Verdict> {
    let histories = run(session, &plan(prefix, 8), entries, &|_| {});
    let judgements = judge_all(&Law::full(), entries, &histories);
    let assembled = assemble(entries, &judgements);
    let clauses = assembled.clauses.into_iter();
    clauses
        .filter(|clause| clause.kind == "consequence")
        .map(|clause| (clause.id, clause.verdict))
        .collect()
}

#[test]
fn no_consequence_holds_without_a_rule_that_it_follows_from() {
    let entries = embedded().unwrap();
    let serving = ServeLaw::listen("127.0.0.1:0".parse().unwrap(), Law::full()).unwrap();
    let session = session(&serving);
    let rules: BTreeSet<&str> = consequences()
        .flat_map(|clause| clause.follows_from.iter().copied())
        .collect();
    let facets: Vec<(&str, FacetId, Law)> = rules
        .iter()
        .filter_map(|id| clause::find(id))
        .flat_map(|rule| rule.facets.iter().map(move |facet| (rule.id, facet)))
        .filter(|(_, facet)| !facet.is_choice())
        .map(|(id, facet)| {
            let mut law = Law::full();
            for route in facet.routes {
                law = law.without(facet.id, *route);
            }
            (id, facet.id, law)
        })
        .collect();
    let mut wrong = Vec::new();
    for (nth, (rule, facet, law)) in facets.into_iter().enumerate() {
        serving.obey(law);
        let from_it = |clause: &&Clause| clause.follows_from.contains(&rule);
        let all = consequences()
            .filter(from_it)
            .flat_map(|clause| clause.follows_from.iter().copied());
        let programs = telling(&entries, &all.collect());
        let verdicts = judged(&session, &format!("bl-csq{nth}-"), &programs);
        for clause in consequences().filter(from_it) {
            let said = verdicts.get(clause.id);
            if !said.is_some_and(|said| [Verdict::NotExercised, Verdict::Inconclusive].contains(said)) {
                wrong.push(format!(
                    "{} without {facet}: {:?}",
                    clause.id,
                    verdicts.get(clause.id)
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn under_the_whole_law_consequences_hold_whose_rules_all_have_programs() {
    let entries = embedded().unwrap();
    let serving = ServeLaw::listen("127.0.0.1:0".parse().unwrap(), Law::full()).unwrap();
    let rules = consequences().flat_map(|clause| clause.follows_from.iter().copied());
    let mut programs = telling(&entries, &rules.collect());
    programs.extend(beside(&programs));
    let verdicts = judged(&session(&serving), "bl-csq-", &programs);
    let told = |id: &&str| {
        programs.iter().any(|entry| {
            entry
                .tells
                .iter()
                .any(|words| words.split('/').next() == Some(*id))
        })
    };
    for clause in consequences() {
        let verdict = verdicts.get(clause.id);
        let is_green = verdict.is_some_and(|verdict| verdict.is_green());
        assert_eq!(
            is_green,
            clause.follows_from.iter().all(told),
            "{}: {verdict:?}",
            clause.id
        );
    }
}

/// The parts of a divided run are put together before anything follows from them.
#[test]
fn a_rule_that_ran_in_another_part_counts_once_the_parts_are_together() {
    let entries = embedded().unwrap();
    let serving = ServeLaw::listen("127.0.0.1:0".parse().unwrap(), Law::full()).unwrap();
    let session = session(&serving);
    let clause = clause::find("LOCK-BKT-005").unwrap();
    let mut parts = Vec::new();
    for (nth, rule) in clause.follows_from.iter().enumerate() {
        let mut programs = telling(&entries, &BTreeSet::from([*rule]));
        programs.extend(beside(&programs));
        let histories = run(&session, &plan(&format!("bl-prt{nth}-"), 8), &programs, &|_| {});
        let judgements = judge_all(&Law::full(), &programs, &histories);
        parts.push(assemble(&programs, &judgements).clauses);
    }
    let verdict = |clauses: &[bucketlaw_conformance::report::Clause]| {
        let found = clauses.iter().find(|one| one.id == clause.id);
        found.unwrap().verdict
    };
    for part in &parts {
        assert_eq!(verdict(part), Verdict::NotExercised);
    }
    let mut whole = parts.pop().unwrap();
    for part in parts {
        for (known, other) in whole.iter_mut().zip(part) {
            known.programs.extend(other.programs);
        }
    }
    derive(&mut whole);
    assert_eq!(verdict(&whole), Verdict::Holds);
}
