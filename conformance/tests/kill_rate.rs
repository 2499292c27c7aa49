//! The judge against the law with each facet repealed on each route, over the wire.
//!
//! Every mutant must be convicted on a clause that owns it; the full law must not be convicted of anything. A tenth of
//! the mutants is tried unless `BUCKETLAW_FULL` is set: of those that the quick suite is there for, and of those that only
//! the full one tells. The quick suite must also convict an endpoint that lacks a shared facet on all of its routes.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::collections::BTreeSet;
use std::sync::Mutex;

use bucketlaw_conformance::judge::{Ending, Judgement, judge, judge_all};
use bucketlaw_conformance::report::Verdict;
use bucketlaw_conformance::run::run;
use bucketlaw_conformance::serve_law::ServeLaw;
use bucketlaw_conformance::session::Session;
use bucketlaw_conformance::suite::{Entry, Tier, embedded, telling};
use bucketlaw_conformance::verdicts::assemble;
use bucketlaw_model::check::witness::{Mutant, mutants, quick};
use bucketlaw_model::clause::{Clause, Facet, Sharing, facets, owner};
use bucketlaw_model::law::Law;
use bucketlaw_model::request::Route;

use support::{plan, session};

#[path = "support/session.rs"]
mod support;

#[test]
fn the_full_law_is_green() {
    let serving = ServeLaw::listen("127.0.0.1:0".parse().unwrap(), Law::full()).unwrap();
    let entries = embedded().unwrap();
    let session = session(&serving);
    let judgements = judged(&session, "bl-full", 8, &entries);
    for (entry, judgement) in entries.iter().zip(&judgements) {
        assert!(
            matches!(judgement.ending, Ending::Allowed),
            "{}: {:?}",
            entry.path,
            judgement.ending
        );
    }
    let assembled = assemble(&entries, &judgements);
    assert!(assembled.findings.is_empty() && assembled.unowned.is_empty());
    assert!(
        assembled
            .clauses
            .iter()
            .all(|clause| clause.verdict != Verdict::Violated)
    );
}

#[test]
fn every_mutant_is_convicted_on_a_clause_that_owns_it() {
    let share = share(10);
    let quick = quick();
    let repealed = mutants().into_iter().filter(|(facet, _)| facet.can_be_repealed());
    let (first, rest): (Vec<Mutant>, Vec<Mutant>) = repealed.partition(|mutant| quick.contains(mutant));
    let sample = |mutants: Vec<Mutant>| mutants.into_iter().step_by(share);
    let facets: Vec<Mutant> = sample(first).chain(sample(rest)).collect();
    let entries = embedded().unwrap();
    let queue = Mutex::new(facets.iter());
    let survivors = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for worker in 0..8 {
            let (queue, survivors, entries) = (&queue, &survivors, &entries);
            scope.spawn(move || {
                let serving = ServeLaw::listen("127.0.0.1:0".parse().unwrap(), Law::full()).unwrap();
                let session = session(&serving);
                loop {
                    let Some(mutant) = queue.lock().unwrap().next() else {
                        break;
                    };
                    if let Err(why) = convict(&serving, &session, *mutant, entries, worker) {
                        survivors.lock().unwrap().push(why);
                    }
                }
            });
        }
    });
    let survivors = survivors.into_inner().unwrap();
    println!(
        "{} of {} mutants convicted",
        facets.len() - survivors.len(),
        facets.len()
    );
    assert!(survivors.is_empty(), "{survivors:#?}");
}

/// What telling a shared facet on one route of each kind is for: whoever does not obey it anywhere is convicted all the same.
#[test]
fn the_quick_suite_convicts_whoever_lacks_a_shared_facet() {
    let serving = ServeLaw::listen("127.0.0.1:0".parse().unwrap(), Law::full()).unwrap();
    let session = session(&serving);
    let quick: Vec<Entry> = embedded()
        .unwrap()
        .into_iter()
        .filter(|entry| Tier::Quick.takes(entry))
        .collect();
    let shared: Vec<(&Clause, &Facet)> = facets()
        .filter(|(_, facet)| facet.sharing == Sharing::ByKind && facet.id.can_be_repealed())
        .collect();
    // What tells one of them shows of another that it is obeyed.
    let told = |facet: &Facet| -> Vec<Mutant> {
        facet
            .told_on()
            .into_iter()
            .map(|route| (facet.id, route))
            .collect()
    };
    let all: Vec<Mutant> = shared.iter().flat_map(|(_, facet)| told(facet)).collect();
    let words: BTreeSet<String> = all
        .iter()
        .map(|(facet, route)| format!("{facet}@{route}"))
        .collect();
    let programs: Vec<Entry> = quick
        .into_iter()
        .filter(|entry| entry.tells.iter().any(|told| words.contains(told)))
        .collect();
    let mut survivors = Vec::new();
    for (clause, facet) in shared.into_iter().step_by(share(5)) {
        let without = |law: Law, route: &Route| law.without(facet.id, *route);
        serving.obey(facet.routes.iter().fold(Law::full(), without));
        let histories = run(
            &session,
            &plan(&format!("bl-shared{}-", facet.id.0), 8),
            &programs,
            &|_| {},
        );
        let judgements = judge_all(&Law::full(), &programs, &histories);
        let clauses = assemble(&programs, &judgements).clauses;
        let verdict = clauses
            .iter()
            .find(|known| known.id == clause.id)
            .map(|known| known.verdict);
        if !matches!(verdict, Some(Verdict::Violated | Verdict::Deviates)) {
            survivors.push(format!("{}: {verdict:?}", facet.id));
        }
    }
    println!("{} programs", programs.len());
    assert!(survivors.is_empty(), "{survivors:#?}");
}

/// One in how many is tried.
fn share(sampled: usize) -> usize {
    if std::env::var_os("BUCKETLAW_FULL").is_some() {
        1
    } else {
        sampled
    }
}

/// Runs the programs that tell a mutant's facet there, and sees whether its clause is violated.
fn convict(
    serving: &ServeLaw,
    session: &Session,
    (facet, route): Mutant,
    entries: &[Entry],
    worker: usize,
) -> Result<(), String> {
    serving.obey(Law::full().without(facet, route));
    let words = format!("{facet}@{route}");
    let telling: Vec<Entry> = telling(entries, (facet, route)).cloned().collect();
    let judgements = judged(session, &format!("bl-kill{worker}"), 1, &telling);
    let clauses = assemble(&telling, &judgements).clauses;
    let violated: Vec<&str> = clauses
        .iter()
        // Where S3 does not say what is right, to do otherwise is to deviate.
        .filter(|clause| matches!(clause.verdict, Verdict::Violated | Verdict::Deviates))
        .map(|clause| clause.id.as_str())
        .collect();
    let own = owner(facet).map_or("", |(clause, _)| clause.id);
    if violated.contains(&own) {
        return Ok(());
    }
    let endings: Vec<String> = judgements
        .iter()
        .map(|judgement| match &judgement.ending {
            Ending::Refuted(refuted) => format!("refuted at step {}, charged {violated:?}", refuted.number),
            other => format!("{other:?}"),
        })
        .collect();
    Err(format!("{words}: {endings:?}"))
}

/// Runs programs and judges them under the full law. What a busy machine left inconclusive is run again: time decides
/// no test.
fn judged(session: &Session, prefix: &str, jobs: usize, entries: &[Entry]) -> Vec<Judgement> {
    let law = Law::full();
    let attempt = |nth: usize, entries: &[Entry]| -> Vec<Judgement> {
        let histories = run(session, &plan(&format!("{prefix}{nth}-"), jobs), entries, &|_| {});
        entries
            .iter()
            .zip(&histories)
            .map(|(entry, history)| judge(&law, history, &entry.tells))
            .collect()
    };
    let mut judgements = attempt(0, entries);
    for nth in 1..4 {
        for (entry, judgement) in entries.iter().zip(&mut judgements) {
            if matches!(judgement.ending, Ending::Inconclusive(_))
                && let Some(again) = attempt(nth, std::slice::from_ref(entry)).pop()
            {
                *judgement = again;
            }
        }
    }
    judgements
}
