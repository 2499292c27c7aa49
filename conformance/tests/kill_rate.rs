//! The judge against the law with each facet repealed on each route, over the wire.
//!
//! Every mutant must be convicted on a clause that owns it; the full law must not be convicted of anything. A tenth of
//! the mutants is tried unless `BUCKETLAW_FULL` is set.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::sync::Mutex;

use bucketlaw_conformance::judge::{Ending, Judgement, judge};
use bucketlaw_conformance::report::Verdict;
use bucketlaw_conformance::run::run;
use bucketlaw_conformance::serve_law::ServeLaw;
use bucketlaw_conformance::session::Session;
use bucketlaw_conformance::suite::{Entry, embedded, telling};
use bucketlaw_conformance::verdicts::assemble;
use bucketlaw_model::check::witness::{Mutant, mutants};
use bucketlaw_model::clause::owner;
use bucketlaw_model::law::Law;

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
    let share = if std::env::var_os("BUCKETLAW_FULL").is_some() {
        1
    } else {
        10
    };
    let facets: Vec<Mutant> = mutants()
        .into_iter()
        .filter(|(facet, _)| facet.can_be_repealed())
        .step_by(share)
        .collect();
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
