//! The judge against the law with each open choice fixed to each of its first two branches: it names that branch alone.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::sync::Mutex;

use bucketlaw_conformance::judge::{Ending, Judgement, judge};
use bucketlaw_conformance::run::run;
use bucketlaw_conformance::serve_law::ServeLaw;
use bucketlaw_conformance::session::Session;
use bucketlaw_conformance::suite::{Entry, embedded, telling};
use bucketlaw_conformance::verdicts::assemble;
use bucketlaw_model::check::witness::{Mutant, mutants};
use bucketlaw_model::clause::owner;
use bucketlaw_model::describe;
use bucketlaw_model::law::Law;

use support::{plan, session};

#[path = "support/session.rs"]
mod support;

/// One choice, with the branch that is taken.
type Taken = (Mutant, u8);

#[test]
fn the_branch_that_is_taken_is_the_one_that_is_named() {
    let choices = mutants().into_iter().filter(|(facet, _)| facet.is_choice());
    let all: Vec<Taken> = choices.flat_map(|choice| [(choice, 0), (choice, 1)]).collect();
    assert!(all.len() > 40, "{all:?}");
    let entries = embedded().unwrap();
    let queue = Mutex::new(all.iter().enumerate());
    let missed = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let serving = ServeLaw::listen("127.0.0.1:0".parse().unwrap(), Law::full()).unwrap();
                let session = session(&serving);
                loop {
                    let Some((nth, taken)) = queue.lock().unwrap().next() else {
                        break;
                    };
                    if let Err(why) = named(&serving, &session, *taken, &entries, nth) {
                        missed.lock().unwrap().push(why);
                    }
                }
            });
        }
    });
    let missed = missed.into_inner().unwrap();
    assert!(missed.is_empty(), "{missed:#?}");
}

/// Runs the programs that tell a choice at an endpoint that takes one of its branches, and sees which the report names.
fn named(
    serving: &ServeLaw,
    session: &Session,
    ((facet, route), branch): Taken,
    entries: &[Entry],
    nth: usize,
) -> Result<(), String> {
    let mut law = Law::full();
    law.fix(facet, branch);
    serving.obey(law);
    let words = format!("{facet}@{route}");
    let telling: Vec<Entry> = telling(entries, (facet, route)).cloned().collect();
    let attempt = |again: usize| -> Vec<Judgement> {
        let plan = plan(&format!("bl-branch{nth}-{again}-"), 1);
        let histories = run(session, &plan, &telling, &|_| {});
        let judged = telling.iter().zip(&histories);
        judged
            .map(|(entry, history)| judge(&Law::full(), history, &entry.tells))
            .collect()
    };
    let is = |ending: fn(&Ending) -> bool, judgements: &[Judgement]| {
        judgements.iter().all(|judgement| ending(&judgement.ending))
    };
    // What a busy machine left inconclusive is run again: time decides no test.
    let judgements = (0..4)
        .map(attempt)
        .find(|judgements| is(|ending| !matches!(ending, Ending::Inconclusive(_)), judgements))
        .unwrap_or_default();
    let allowed = is(|ending| matches!(ending, Ending::Allowed), &judgements);
    let own = owner(facet).map_or("", |(clause, _)| clause.id);
    let clauses = assemble(&telling, &judgements).clauses;
    let said = clauses
        .iter()
        .find(|clause| clause.id == own)
        .and_then(|clause| clause.branch.clone())
        .unwrap_or_default();
    let names = |branch| said.contains(&describe::branch(facet, branch));
    if allowed && names(branch) && !names(1 - branch) {
        Ok(())
    } else {
        Err(format!("{words} takes {branch} and is said to take “{said}”"))
    }
}
