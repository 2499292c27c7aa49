//! Habits: what an endpoint does to a sort of request or caller throughout is told once, with its exceptions.

use super::*;

#[test]
fn failures_of_presigned_requests_are_of_the_habit_too() {
    let mut entries = telling(&["EVAL-ANON-001"]);
    entries.push(own(
        "presigned",
        "EVAL-SAME-004/by-arn@GetObject",
        "4 user GetObject bucket=b key=k via=presigned\n",
    ));
    let mut histories = histories(Law::full(), "bl-pre-", &entries);
    altered(&mut histories, |request, response| {
        if request.caller != Caller::Owner {
            response.status = 500;
            response.body = b"oops".to_vec();
        }
    });
    let (_, assembled) = judged(&entries, &histories);
    assert_eq!(assembled.findings.len(), 1);
    let fact = assembled.facts.first().unwrap();
    assert_eq!(
        fact.text,
        "answers 500 to every request without an Authorization header"
    );
}

/// One request of many that fares otherwise does not make the habit a hundred findings.
#[test]
fn a_habit_with_an_exception_is_a_habit() {
    let entries = controlled(telling(&["EVAL-ANON-001", "EVAL-SAME-001"]));
    let mut histories = histories(Law::full(), "bl-exc-", &entries);
    let (spared, all) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
    altered(&mut histories, |request, response| {
        if request.caller != Caller::Anonymous {
            return;
        }
        all.set(all.get() + 1);
        if response.status == 403 && spared.get() == 0 {
            spared.set(1);
        } else {
            response.status = 500;
            response.body = b"oops".to_vec();
        }
    });
    let (judgements, assembled) = judged(&entries, &histories);
    let answers = judgements.iter().flat_map(|judgement| &judgement.answers);
    let asked = answers
        .filter(|answer| answer.caller == Caller::Anonymous)
        .count();
    let wanted = format!(
        "answers 500 to {} of {asked} requests without credentials",
        asked - 1
    );
    assert_eq!(
        assembled.facts.first().map(|fact| fact.text.as_str()),
        Some(wanted.as_str())
    );
    let failures = assembled
        .findings
        .iter()
        .filter(|finding| finding.title.contains(" fails with 500"));
    assert_eq!(failures.count(), 1);
}

/// Who is refused throughout is a fact, beside what the clauses are charged with.
#[test]
fn a_caller_who_is_refused_throughout_is_a_fact() {
    let entries = controlled(telling(&["EVAL-ANON-001", "EVAL-SAME-004"]));
    let mut histories = histories(Law::full(), "bl-oref-", &entries);
    altered(&mut histories, |request, response| {
        if request.caller == Caller::User && response.status < 300 {
            refuse(response, 403, "AccessDenied");
        }
    });
    let (_, assembled) = judged(&entries, &histories);
    let mut facts = assembled.facts.iter().map(|fact| fact.text.as_str());
    assert!(
        facts
            .any(|text| text.starts_with("refuses ")
                && text.ends_with(" requests of the IAM user that S3 allows")),
        "{:?}",
        assembled.facts
    );
}

#[test]
fn failures_of_anonymous_callers_are_one_finding_and_a_fact() {
    let entries = controlled(telling(&["EVAL-ANON-001", "EVAL-SAME-001"]));
    let mut histories = histories(Law::full(), "bl-anon-", &entries);
    altered(&mut histories, |request, response| {
        if request.caller == Caller::Anonymous {
            response.status = 500;
            response.body = b"oops".to_vec();
        }
    });
    let (judgements, assembled) = judged(&entries, &histories);
    let failed = judgements
        .iter()
        .filter(|judgement| matches!(&judgement.ending, Ending::Refuted(refuted) if refuted.is_failure()))
        .count();
    assert!(failed > 3);
    assert_eq!(assembled.findings.len(), 1);
    let finding = assembled.findings.first().unwrap();
    assert_eq!(finding.severity, Severity::Medium);
    assert!(
        finding.title.contains(" fails with 500, where S3 answers "),
        "{}",
        finding.title
    );
    let fact = assembled.facts.first().unwrap();
    assert_eq!(fact.text, "answers 500 to every request without credentials");
    assert_eq!(fact.programs, failed as u64);
    assert_eq!(verdict(&assembled, "EVAL-SAME-001"), Verdict::Holds);
}
