//! An endpoint with one fault, judged by the whole suite, is charged with that fault and with no other.
//!
//! The law with one facet repealed on one route serves; all programs that do not wait run there. A few mutants are tried
//! unless `BUCKETLAW_FULL` is set, and then a tenth of all.
#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use bucketlaw_conformance::judge::judge_all;
use bucketlaw_conformance::report::Verdict;
use bucketlaw_conformance::run::run;
use bucketlaw_conformance::serve_law::ServeLaw;
use bucketlaw_conformance::suite::{Entry, embedded, telling};
use bucketlaw_conformance::verdicts::assemble;
use bucketlaw_model::check::witness::{Mutant, mutants};
use bucketlaw_model::clause::owner;
use bucketlaw_model::law::Law;

use support::{plan, session};

#[path = "support/session.rs"]
mod support;

/// How many mutants of a hundred must be charged with nothing else; some differ from another in one reply only.
const ALONE: usize = 85;

#[test]
fn a_fault_is_charged_alone() {
    let every = if std::env::var_os("BUCKETLAW_FULL").is_some() {
        10
    } else {
        100
    };
    let entries: Vec<Entry> = embedded()
        .unwrap()
        .into_iter()
        .filter(|entry| !entry.program.waits())
        .collect();
    let tried: Vec<Mutant> = mutants()
        .into_iter()
        .filter(|(facet, _)| facet.can_be_repealed())
        .filter(|mutant| telling(&entries, *mutant).next().is_some())
        .step_by(every)
        .collect();
    let serving = ServeLaw::listen("127.0.0.1:0".parse().unwrap(), Law::full()).unwrap();
    let session = session(&serving);
    let mut accused = Vec::new();
    for (nth, (facet, route)) in tried.iter().enumerate() {
        serving.obey(Law::full().without(*facet, *route));
        let plan = plan(&format!("bl-one{nth}-"), 8);
        let histories = run(&session, &plan, &entries, &|_| {});
        let judgements = judge_all(&Law::full(), &entries, &histories);
        let assembled = assemble(&entries, &judgements);
        let own = owner(*facet).map_or("", |(clause, _)| clause.id);
        let violated: Vec<&str> = assembled
            .clauses
            .iter()
            .filter(|clause| matches!(clause.verdict, Verdict::Violated | Verdict::Deviates))
            .filter(|clause| clause.kind != "consequence")
            .map(|clause| clause.id.as_str())
            .collect();
        assert!(
            violated.contains(&own),
            "{facet}@{} is not charged: {violated:?}",
            route.name()
        );
        if violated != [own] {
            accused.push(format!("{facet}@{}: {violated:?}", route.name()));
        }
    }
    println!(
        "{} of {} faults charged alone; with the others: {accused:#?}",
        tried.len() - accused.len(),
        tried.len()
    );
    assert!(
        (tried.len() - accused.len()) * 100 >= tried.len() * ALONE,
        "{} of {}: {accused:#?}",
        accused.len(),
        tried.len()
    );
}
