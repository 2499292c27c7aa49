//! What an interrupt leaves undone: no stage looks at one program more than was under way.
//!
//! No clock decides here: the judge asks before each history whether there is time, and is told so.
#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::cell::Cell;
use std::time::{Duration, Instant};

use bucketlaw_conformance::explore::shrink;
use bucketlaw_conformance::history::History;
use bucketlaw_conformance::judge::{Ending, Judgement, judge, judge_all, judge_while};
use bucketlaw_conformance::report::Verdict;
use bucketlaw_conformance::retry;
use bucketlaw_conformance::run::run;
use bucketlaw_conformance::serve_law::ServeLaw;
use bucketlaw_conformance::suite::{Entry, embedded};
use bucketlaw_conformance::verdicts::assemble;
use bucketlaw_model::law::Law;

use support::{plan, session};

#[path = "support/session.rs"]
mod support;

/// Programs about deletes, and what a law without some of their rules answers.
fn faulty(prefix: &str) -> (ServeLaw, Vec<Entry>, Vec<History>) {
    let entries: Vec<Entry> = embedded()
        .unwrap()
        .into_iter()
        .filter(|entry| entry.path.contains("VER-DEL-00") && !entry.program.waits())
        .collect();
    let law = Law::full()
        .repeal("VER-DEL-003")
        .unwrap()
        .repeal("VER-DEL-001")
        .unwrap();
    let serving = ServeLaw::listen("127.0.0.1:0".parse().unwrap(), law).unwrap();
    let histories = run(&session(&serving), &plan(prefix, 8), &entries, &|_| {});
    (serving, entries, histories)
}

fn is_unjudged(judgement: &Judgement) -> bool {
    matches!(&judgement.ending, Ending::NotRun(why) if why.to_string().contains("interrupted before this was judged"))
}

#[test]
fn judging_ends_when_there_is_no_time() {
    let (_serving, entries, histories) = faulty("bl-cut-");
    let law = Law::full();
    let whole = judge_all(&law, &entries, &histories);
    let refuted = |judgement: &&Judgement| matches!(judgement.ending, Ending::Refuted(_));
    assert!(whole.iter().filter(refuted).count() > 1);
    let looks = Cell::new(0);
    let _ = judge_while(&law, &entries, &histories, &|| {
        looks.set(looks.get() + 1);
        true
    });
    let all = looks.get();
    assert!(all > entries.len(), "comparing asks too");
    for most in [0, 1, entries.len() / 2, entries.len(), entries.len() + 2, all - 1] {
        looks.set(0);
        let judgements = judge_while(&law, &entries, &histories, &|| {
            looks.set(looks.get() + 1);
            looks.get() <= most
        });
        assert_eq!(looks.get(), most + 1, "nobody is asked again who said no");
        assert_eq!(judgements.len(), entries.len());
        let judged = judgements
            .iter()
            .filter(|judgement| !is_unjudged(judgement))
            .count();
        assert!(judged <= most, "{judged} of {most}");
        // Nobody is charged with what was not compared, and what is plainly lawful counts.
        let assembled = assemble(&entries, &judgements);
        assert!(assembled.findings.is_empty(), "{most}");
        let violated = |verdict| matches!(verdict, Verdict::Violated | Verdict::Deviates);
        assert!(assembled.clauses.iter().all(|clause| !violated(clause.verdict)));
        if most >= entries.len() {
            assert!(judgements.iter().any(|one| matches!(one.ending, Ending::Allowed)));
        }
    }
    // With time enough it is as without a clock.
    let ample = judge_while(&law, &entries, &histories, &|| true);
    let endings = |judgements: &[Judgement]| -> Vec<String> {
        let words = |one: &Judgement| format!("{:?} {:?}", one.ending, one.explanations);
        judgements.iter().map(words).collect()
    };
    assert_eq!(endings(&ample), endings(&whole));
}

#[test]
fn nothing_runs_again_and_nothing_is_shrunk_after_an_interrupt() {
    let (serving, entries, histories) = faulty("bl-told-");
    let session = session(&serving);
    let plan = plan("bl-told-", 8);
    let law = Law::full();
    plan.terms.watch.interrupt();
    let (again, shown) = retry::again(&session, &plan, &law, &entries, &histories);
    assert!(again.is_empty() && shown.is_empty());
    let failed = entries.into_iter().zip(histories).find_map(|(entry, history)| {
        let judgement = judge(&law, &history, &[]);
        let long = entry.program.steps.len() > 3;
        (long && matches!(judgement.ending, Ending::Refuted(_))).then_some((entry, history, judgement))
    });
    let failed = failed.unwrap();
    let id = failed.0.id.clone();
    let deadline = Instant::now() + Duration::from_secs(3600);
    assert_eq!(shrink(&session, &plan, &law, failed, deadline).0.id, id);
}
