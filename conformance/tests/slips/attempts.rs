//! Several attempts at one program: what does not come back is red all the same, with how often it came.

use std::collections::BTreeSet;

use super::*;

/// What attempts at programs come to: the altered histories first, then honest ones so often.
fn attempts(entries: &[Entry], first: &[History], later: &[&[History]]) -> Assembled {
    let mut all = (entries.to_vec(), first.to_vec());
    for histories in later {
        all.0.extend(entries.iter().cloned());
        all.1.extend(histories.iter().cloned());
    }
    let (entries, judgements) = retry::together(all.0.clone(), judge_all(&Law::full(), &all.0, &all.1));
    assemble(&entries, &judgements)
}

#[test]
fn what_does_not_come_back_is_violated_with_how_often_it_came() {
    let entries = telling(&["VER-PUT-001"]);
    let honest = histories(Law::full(), "bl-again-", &entries);
    let mut failed = honest.clone();
    altered(&mut failed, |request, response| {
        if request.operation.name() == "PutObject" {
            response.status = 500;
        }
    });
    let once = attempts(&entries, &failed, &[&honest, &honest, &honest]);
    assert!(!violated(&once).is_empty());
    assert!(
        once.findings
            .iter()
            .all(|finding| finding.seen.is_some_and(|seen| seen.to_string() == "1 of 4"))
    );
    let often = attempts(&entries, &failed, &[&failed, &honest]);
    let seen = |finding: &Finding| finding.seen.is_some_and(|seen| seen.to_string() == "2 of 3");
    assert!(often.findings.iter().all(seen));
    let persistent = attempts(&entries, &failed, &[&failed]);
    assert!(!violated(&persistent).is_empty());
    assert!(
        persistent
            .findings
            .iter()
            .all(|finding| finding.severity >= Severity::Medium && finding.seen.is_none())
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
        match &judgements.first().unwrap().ending {
            Ending::Refuted(refuted) => refuted.seen,
            other => panic!("{other:?}"),
        }
    };
    let (put, tagging) = (failing("PutObject"), failing("GetObjectTagging"));
    assert_eq!(outcome(put.clone(), tagging).unwrap().to_string(), "1 of 2");
    assert_eq!(outcome(put.clone(), put), None);
}

#[test]
fn what_is_told_otherwise_once_only_is_violated_too() {
    let entries = telling(&["LOCK-DEL-003/"]);
    let honest = histories(Law::full(), "bl-once-", &entries);
    let mut wordless = honest.clone();
    altered(&mut wordless, |_, response| with_text(response, "Message", ""));
    let once = attempts(&entries, &wordless, &[&honest, &honest]);
    assert!(!violated(&once).is_empty());
    assert!(
        once.findings
            .iter()
            .all(|finding| finding.seen.is_some_and(|seen| seen.to_string() == "1 of 3"))
    );
    let always = attempts(&entries, &wordless, &[&wordless]);
    assert!(always.findings.iter().all(|finding| finding.seen.is_none()));
    assert!(!violated(&always).is_empty());
}

#[test]
fn what_few_programs_meet_otherwise_is_looked_at_again_and_a_habit_is_not() {
    let entries = telling(&["LOCK-DEL-003/", "LOCK-RET-"]);
    let serving = ServeLaw::listen("127.0.0.1:0".parse().unwrap(), Law::full()).unwrap();
    let (session, plan) = (session(&serving), plan("bl-again-", 8));
    let honest = run(&session, &plan, &entries, &|_| {});
    let again = |histories: &[History]| -> Vec<String> {
        let (again, _) = retry::again(&session, &plan, &Law::full(), &entries, histories);
        again.into_iter().map(|entry| entry.id).collect()
    };
    let distinct = |ids: Vec<String>| ids.into_iter().collect::<BTreeSet<_>>().len();
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
    let often = again(&wordless(1));
    assert_eq!(often.len(), 19, "often enough to say how seldom it fails");
    assert_eq!(distinct(often), 1);
    assert!(
        distinct(again(&wordless(usize::MAX))) < 4,
        "nearly all met the same"
    );
}
