//! Two attempts at one program: what does not come back proves nothing.

use super::*;

#[test]
fn what_does_not_come_back_is_inconclusive() {
    let entries = telling(&["VER-PUT-001"]);
    let honest = histories(Law::full(), "bl-again-", &entries);
    let mut failed = honest.clone();
    altered(&mut failed, |request, response| {
        if request.operation.name() == "PutObject" {
            response.status = 500;
        }
    });
    let outcome = |second: &[History]| {
        let twice: Vec<Entry> = entries.iter().chain(&entries).cloned().collect();
        let both: Vec<History> = failed.iter().chain(second).cloned().collect();
        let (entries, judgements) = retry::together(twice.clone(), judge_all(&Law::full(), &twice, &both));
        assemble(&entries, &judgements)
    };
    let flaky = outcome(&honest);
    assert_eq!(violated(&flaky), Vec::<&str>::new());
    assert_eq!(verdict(&flaky, "VER-PUT-001"), Verdict::Inconclusive);
    let persistent = outcome(&failed);
    assert!(!violated(&persistent).is_empty());
    assert!(
        persistent
            .findings
            .iter()
            .all(|finding| finding.severity >= Severity::Medium)
    );
}

#[test]
fn what_fails_at_another_step_the_second_time_did_not_come_back() {
    let entries = [own(
        "late",
        "VER-PUT-002/adds@PutObject",
        "4 user GetObjectTagging bucket=b key=k\n",
    )];
    let honest = histories(Law::full(), "bl-late-", &entries);
    let failing = |operation: &str| {
        let mut failed = honest.clone();
        altered(&mut failed, |request, response| {
            if request.operation.name() == operation {
                response.status = 404;
            }
        });
        failed
    };
    let outcome = |first: Vec<History>, second: Vec<History>| {
        let twice: Vec<Entry> = entries.iter().chain(&entries).cloned().collect();
        let both: Vec<History> = first.into_iter().chain(second).collect();
        let (_, judgements) = retry::together(twice.clone(), judge_all(&Law::full(), &twice, &both));
        judgements.first().unwrap().ending.clone()
    };
    let (put, tagging) = (failing("PutObject"), failing("GetObjectTagging"));
    assert!(matches!(outcome(put.clone(), tagging), Ending::Inconclusive(_)));
    assert!(matches!(outcome(put.clone(), put), Ending::Refuted(_)));
}

#[test]
fn what_is_told_otherwise_once_only_is_inconclusive() {
    let entries = telling(&["LOCK-DEL-003/"]);
    let honest = histories(Law::full(), "bl-once-", &entries);
    let mut wordless = honest.clone();
    altered(&mut wordless, |_, response| with_text(response, "Message", ""));
    let outcome = |second: &[History]| {
        let twice: Vec<Entry> = entries.iter().chain(&entries).cloned().collect();
        let both: Vec<History> = wordless.iter().chain(second).cloned().collect();
        let (entries, judgements) = retry::together(twice.clone(), judge_all(&Law::full(), &twice, &both));
        assemble(&entries, &judgements)
    };
    let once = outcome(&honest);
    assert_eq!(violated(&once), Vec::<&str>::new());
    assert_eq!(verdict(&once, "LOCK-DEL-003"), Verdict::Inconclusive);
    assert!(!violated(&outcome(&wordless)).is_empty());
}

#[test]
fn what_few_programs_meet_otherwise_is_looked_at_again_and_a_habit_is_not() {
    let entries = telling(&["LOCK-DEL-003/", "LOCK-RET-"]);
    let serving = ServeLaw::listen("127.0.0.1:0".parse().unwrap(), Law::full()).unwrap();
    let (session, plan) = (session(&serving), plan("bl-again-", 8));
    let honest = run(&session, &plan, &entries, &|_| {});
    let again = |histories: &[History]| retry::again(&session, &plan, &Law::full(), &entries, histories).0;
    assert!(again(&honest).is_empty());
    let wordless = |programs: usize| {
        let mut histories = honest.clone();
        let refusing = histories.iter_mut().filter(|history| {
            let refused = |outcome: &Outcome| {
                matches!(outcome, Outcome::Exchange(exchange) if exchange.response.status == 403)
            };
            history.steps.iter().any(|taken| refused(&taken.result))
        });
        for history in refusing.take(programs) {
            altered(std::slice::from_mut(history), |_, response| {
                if response.status == 403 {
                    with_text(response, "Message", "");
                }
            });
        }
        histories
    };
    assert_eq!(again(&wordless(1)).len(), 1);
    assert!(again(&wordless(usize::MAX)).len() < 4, "nearly all met the same");
}
