//! Endpoints with one habit each: what is told otherwise than S3 hides nothing else.
//!
//! The law itself serves; then every answer of one sort is altered, as an endpoint with that habit would give it, and the
//! histories are judged again.
#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use bucketlaw_conformance::explore::Failures;
use bucketlaw_conformance::history::{History, Outcome};
use bucketlaw_conformance::judge::{Ending, Judgement, Tells, judge, judge_all};
use bucketlaw_conformance::report::{Finding, Severity, Verdict};
use bucketlaw_conformance::retry;
use bucketlaw_conformance::run::run;
use bucketlaw_conformance::serve_law::ServeLaw;
use bucketlaw_conformance::suite::{Entry, embedded};
use bucketlaw_conformance::verdicts::{Assembled, assemble, beside};
use bucketlaw_conformance::wire::{Exchange, RawResponse};
use bucketlaw_model::law::Law;
use bucketlaw_model::program::Program;
use bucketlaw_model::request::{Caller, Request};

use support::{plan, session};

#[path = "slips/attempts.rs"]
mod attempts;
#[path = "slips/causes.rs"]
mod causes;
#[path = "slips/charges.rs"]
mod charges;
#[path = "slips/facets.rs"]
mod facets;
#[path = "slips/grades.rs"]
mod grades;
#[path = "slips/habits.rs"]
mod habits;
#[path = "slips/headings.rs"]
mod headings;
#[path = "slips/once.rs"]
mod once;
#[path = "slips/refusals.rs"]
mod refusals;
#[path = "slips/routes.rs"]
mod routes;
#[path = "support/session.rs"]
mod support;
#[path = "slips/together.rs"]
mod together;

/// The programs that tell something that starts so.
fn telling(starts: &[&str]) -> Vec<Entry> {
    let wanted = |entry: &Entry| {
        let tells = |start: &&str| entry.tells.iter().any(|words| words.starts_with(*start));
        // One witness tells little; the longer programs of other folders tell much else too.
        starts.iter().any(tells) && !entry.program.waits() && entry.path.starts_with("witnesses/")
    };
    embedded().unwrap().into_iter().filter(wanted).collect()
}

/// Programs with those beside them that are their controls.
fn controlled(mut entries: Vec<Entry>) -> Vec<Entry> {
    entries.extend(beside(&entries));
    entries
}

/// The histories of programs at an endpoint that obeys a law.
fn histories(law: Law, prefix: &str, entries: &[Entry]) -> Vec<History> {
    let serving = ServeLaw::listen("127.0.0.1:0".parse().unwrap(), law).unwrap();
    run(&session(&serving), &plan(prefix, 8), entries, &|_| {})
}

/// Gives an endpoint a habit: every response to which the request fits is altered.
fn altered(histories: &mut [History], habit: impl Fn(&Request, &mut RawResponse)) {
    for history in histories {
        let program = Program::read(&history.program).unwrap();
        for taken in &mut history.steps {
            let (_, request) = program
                .requests()
                .find(|(number, _)| *number == taken.number)
                .unwrap();
            if let Outcome::Exchange(Exchange { response, .. }) = &mut taken.result {
                habit(request, response);
            }
        }
    }
}

fn judged(entries: &[Entry], histories: &[History]) -> (Vec<Judgement>, Assembled) {
    let judgements = judge_all(&Law::full(), entries, histories);
    let assembled = assemble(entries, &judgements);
    (judgements, assembled)
}

/// The violated clauses, without what follows from them.
fn violated(assembled: &Assembled) -> Vec<&str> {
    let violated = assembled
        .clauses
        .iter()
        .filter(|clause| clause.verdict == Verdict::Violated && clause.kind != "consequence");
    violated.map(|clause| clause.id.as_str()).collect()
}

fn verdict(assembled: &Assembled, id: &str) -> Verdict {
    assembled
        .clauses
        .iter()
        .find(|clause| clause.id == id)
        .unwrap()
        .verdict
}

/// A body with the text of an element replaced.
fn with_text(response: &mut RawResponse, element: &str, text: &str) {
    let body = String::from_utf8_lossy(&response.body).into_owned();
    let (open, close) = (format!("<{element}>"), format!("</{element}>"));
    let Some((before, rest)) = body.split_once(&open) else {
        return;
    };
    let (_, after) = rest.split_once(&close).unwrap();
    response.body = format!("{before}{open}{text}{close}{after}").into_bytes();
}

#[test]
fn a_success_status_that_no_clause_fixes_hides_nothing() {
    let entries = controlled(telling(&["EVAL-SAME-00", "EVAL-ORD-001"]));
    let mut histories = histories(Law::full(), "bl-st-", &entries);
    altered(&mut histories, |request, response| {
        if request.operation.name() == "PutObjectLockConfiguration" && response.status == 200 {
            response.status = 204;
        }
        if request.operation.name() == "PutBucketVersioning" && response.status == 200 {
            response.status = 202;
        }
    });
    let (judgements, assembled) = judged(&entries, &histories);
    assert!(judgements.iter().any(|judgement| !judgement.slips.is_empty()));
    assert_eq!(violated(&assembled), Vec::<&str>::new());
    assert_eq!(verdict(&assembled, "EVAL-SAME-001"), Verdict::Holds);
    let told: Vec<(&str, &str, &str)> = assembled
        .unowned
        .iter()
        .map(|one| (one.route.as_str(), one.expected.as_str(), one.got.as_str()))
        .collect();
    insta::assert_debug_snapshot!(told);
}

#[test]
fn empty_messages_violate_the_forms_that_fix_them_and_nothing_else() {
    let entries = telling(&["LOCK-HDR-", "LOCK-RET-", "LOCK-DEL-", "VER-GET-", "EVAL-ERR-"]);
    let mut histories = histories(Law::full(), "bl-msg-", &entries);
    altered(&mut histories, |_, response| {
        if response.status >= 400 {
            with_text(response, "Message", "");
        }
    });
    let (judgements, assembled) = judged(&entries, &histories);
    let ran = |judgement: &&Judgement| matches!(judgement.ending, Ending::Allowed);
    assert_eq!(
        judgements.iter().filter(ran).count(),
        judgements.len(),
        "messages stop no program"
    );
    assert!(assembled.unowned.is_empty());
    for finding in &assembled.findings {
        assert_eq!(
            finding.severity,
            Severity::Low,
            "{}: {}",
            finding.clause,
            finding.explanation
        );
    }
    for rule in ["LOCK-DEL-003", "LOCK-RET-014", "VER-GET-001"] {
        assert_eq!(verdict(&assembled, rule), Verdict::Holds, "{rule}");
    }
    insta::assert_debug_snapshot!(violated(&assembled));
}

#[test]
fn a_field_that_an_error_lacks_is_charged_to_its_form() {
    let entries = telling(&["VER-GET-006", "VER-GET-001", "LOCK-HDR-00"]);
    let mut histories = histories(Law::full(), "bl-fld-", &entries);
    altered(&mut histories, |_, response| {
        if response.status == 404 {
            let body = String::from_utf8_lossy(&response.body).replace("<Key>k</Key>", "");
            response.body = body.into_bytes();
        }
    });
    let (_, assembled) = judged(&entries, &histories);
    assert_eq!(violated(&assembled), ["VER-GET-006"]);
    let finding = assembled.findings.first().unwrap();
    assert_eq!(finding.severity, Severity::Medium);
    insta::assert_snapshot!(format!(
        "expected  {}\ngot       {}\n{}",
        finding.expected, finding.got, finding.explanation
    ));
}

#[test]
fn what_leaves_doubt_what_was_done_ends_a_program() {
    let entries = telling(&["VER-PUT-001", "VER-DEL-003", "VER-GET-001", "LOCK-RET-001"]);
    let honest = histories(Law::full(), "bl-hard-", &entries);
    let refuted = |habit: &dyn Fn(&mut RawResponse) -> bool| {
        let mut met = 0;
        let mut spared = Vec::new();
        for history in &honest {
            let mut history = history.clone();
            let changed = std::cell::Cell::new(false);
            altered(std::slice::from_mut(&mut history), |_, response| {
                changed.set(habit(response) || changed.get());
            });
            if changed.get() {
                met += 1;
                if !matches!(judge(&Law::full(), &history, &[]).ending, Ending::Refuted(_)) {
                    spared.push(history.id);
                }
            }
        }
        assert!(met > 0 && spared.is_empty(), "{met} met it, spared: {spared:?}");
    };
    let without = |response: &mut RawResponse, name: &str| {
        let before = response.headers.len();
        response
            .headers
            .retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        response.headers.len() < before
    };
    refuted(&|response| without(response, "x-amz-version-id"));
    refuted(&|response| without(response, "x-amz-delete-marker"));
    refuted(&|response| {
        let fails = response.status == 404;
        if fails {
            with_text(response, "Code", "NoSuchThing");
        }
        fails && !response.body.is_empty()
    });
    refuted(&|response| {
        let succeeds = response.status == 200;
        if succeeds {
            response.status = 403;
        }
        succeeds
    });
}

#[test]
fn one_fault_is_charged_with_all_that_follows_from_it() {
    let entries = telling(&["EVAL-", "LOCK-BKT-", "LOCK-DEL-010", "VER-MDEL-"]);
    for (fault, prefix) in [
        ("EVAL-BPA-002/default-on@CreateBucket", "bl-f1-"),
        ("LOCK-DEL-010/true@DeleteObjectVersion", "bl-f2-"),
        ("VER-MDEL-001/entries@DeleteObjects", "bl-f3-"),
    ] {
        let histories = histories(Law::full().repeal(fault).unwrap(), prefix, &entries);
        let (_, assembled) = judged(&entries, &histories);
        assert_eq!(
            violated(&assembled),
            [fault.split('/').next().unwrap()],
            "{fault}"
        );
    }
}

/// An entry of a test's own, with a policy that lets the user do all to objects.
fn own(id: &str, tells: &str, steps: &str) -> Entry {
    let start = "bucketlaw program 1\npolicy p = Allow user s3:*Object* b/*\n1 owner CreateBucket bucket=b lock=true\n\
                 2 owner PutObject bucket=b key=k\n3 owner PutBucketPolicy bucket=b policy=p\n";
    let program = Program::read(&format!("{start}{steps}")).unwrap();
    Entry {
        id: id.to_owned(),
        tells: vec![tells.to_owned()],
        ..Entry::new(format!("scenarios/{id}.program"), program)
    }
}

/// What explains the first of some programs at an endpoint that knows no grant by ARN for retention and holds.
fn explaining(entries: &[Entry], prefix: &str) -> (Vec<String>, Assembled) {
    let law = Law::full()
        .repeal("EVAL-SAME-004/by-arn@PutObjectRetention")
        .and_then(|law| law.repeal("EVAL-SAME-004/by-arn@PutObjectLegalHold"))
        .unwrap();
    let (judgements, assembled) = judged(entries, &histories(law, prefix, entries));
    let explanations = &judgements.first().unwrap().explanations;
    let words = explanations
        .iter()
        .map(|(facet, route)| format!("{facet}@{}", route.name()));
    (words.collect(), assembled)
}

#[test]
fn a_second_fault_further_on_does_not_hide_the_first() {
    let entry = own(
        "two",
        "LOCK-RET-005/first@PutObjectRetention",
        "4 user GetObjectTagging bucket=b key=k\n\
         5 user PutObjectRetention bucket=b key=k version=v2 mode=GOVERNANCE until=@1\n\
         6 user PutObjectLegalHold bucket=b key=k version=v2 hold=ON\n",
    );
    let (explanations, assembled) = explaining(&[entry], "bl-two-");
    assert_eq!(explanations, ["EVAL-SAME-004/by-arn@PutObjectRetention"]);
    assert_eq!(violated(&assembled), ["EVAL-SAME-004"]);
    let finding = assembled.findings.first().unwrap();
    assert!(finding.program.contains("\n5 user"), "{}", finding.program);
    assert!(!finding.program.contains("\n6 user"), "{}", finding.program);
}

#[test]
fn what_explains_the_whole_and_is_contradicted_gives_way_to_what_explains_the_beginning() {
    let both = "4 user PutObjectRetention bucket=b key=k version=v2 mode=GOVERNANCE until=@1\n\
                5 user PutObjectLegalHold bucket=b key=k version=v2 hold=ON\n";
    let two = own("two", "LOCK-RET-005/first@PutObjectRetention", both);
    let stored = own(
        "stored",
        "POL-DOC-001/stored@PutBucketPolicy",
        "4 user GetObjectTagging bucket=b key=k\n",
    );
    let lost = "POL-DOC-001/stored@PutBucketPolicy";
    let (alone, _) = explaining(std::slice::from_ref(&two), "bl-beg-");
    assert_eq!(alone, [lost]);
    let (beside, _) = explaining(&[two, stored], "bl-bes-");
    let fault = "EVAL-SAME-004/by-arn@PutObjectRetention".to_owned();
    assert!(beside.contains(&fault), "{beside:?}");
    assert!(!beside.iter().any(|words| words == lost), "{beside:?}");
}

/// Makes a response a refusal.
fn refuse(response: &mut RawResponse, status: u16, code: &str) {
    response.status = status;
    response.body = format!("<Error><Code>{code}</Code><Message>no</Message></Error>").into_bytes();
}

#[test]
fn two_faults_of_one_request_are_charged_and_no_reading_of_them() {
    let entry = own(
        "both",
        "LOCK-HDR-009/retention@CreateMultipartUpload",
        "4 owner CreateMultipartUpload bucket=b key=k mode=GOVERNANCE until=@2 hold=ON\n\
         5 owner UploadPart bucket=b key=k upload=u4\n\
         6 owner CompleteMultipartUpload bucket=b key=k upload=u4\n7 owner HeadObject bucket=b key=k\n",
    );
    let law = Law::full()
        .repeal("LOCK-HDR-009/retention@CreateMultipartUpload")
        .and_then(|law| law.repeal("LOCK-HDR-009/hold@CreateMultipartUpload"))
        .unwrap();
    let entries = [entry];
    let (judgements, assembled) = judged(&entries, &histories(law, "bl-both-", &entries));
    assert!(judgements[0].explanations.is_empty(), "{judgements:?}");
    assert_eq!(violated(&assembled), ["LOCK-HDR-009"]);
}

#[test]
fn a_refusal_in_other_words_is_charged_to_what_would_refuse() {
    let entry = own(
        "copy",
        "LOCK-CFG-015/no-hold@CopyObject",
        "4 owner PutObjectLockConfiguration bucket=b mode=GOVERNANCE period=1d\n\
         5 owner CopyObject source_bucket=b source_key=k bucket=b key=l\n",
    );
    let entries = [entry];
    let mut histories = histories(Law::full(), "bl-copy-", &entries);
    altered(&mut histories, |request, response| {
        if request.operation.name() == "CopyObject" {
            refuse(response, 400, "MissingUploadObjectWithObjectLockHeaders");
        }
    });
    let (_, assembled) = judged(&entries, &histories);
    assert_eq!(violated(&assembled), ["LOCK-INT-007"]);
}

#[test]
fn what_is_refused_for_how_it_travels_is_charged_to_no_clause() {
    let entry = own(
        "via",
        "LOCK-HDR-013/mode@GetObject",
        "4 owner CreateMultipartUpload bucket=b key=k\n\
         5 owner UploadPart bucket=b key=k upload=u4 content=x via=chunked-trailer\n\
         6 owner GetObject bucket=b key=k\n",
    );
    let entries = [entry];
    let mut histories = histories(Law::full(), "bl-via-", &entries);
    altered(&mut histories, |request, response| {
        if request.operation.name() == "UploadPart" {
            refuse(response, 400, "XAmzContentSHA256Mismatch");
        }
    });
    let (_, assembled) = judged(&entries, &histories);
    assert_eq!(violated(&assembled), Vec::<&str>::new());
    assert_eq!(assembled.unowned.len(), 1);
    assert!(assembled.unowned[0].decides);
}

#[test]
fn words_of_its_own_do_not_show_that_an_endpoint_obeys() {
    let entries = telling(&["LOCK-CFG-016", "EVAL-SAME-004", "VER-COND-015", "EVAL-OP-03"]);
    let law = Law::full().repeal("EVAL-SAME-004/by-arn@PutObject").unwrap();
    let mut histories = histories(law, "bl-words-", &entries);
    altered(&mut histories, |_, response| {
        if response.status == 403 {
            with_text(response, "Message", "No");
        }
    });
    let (_, assembled) = judged(&entries, &histories);
    let violated = violated(&assembled);
    assert!(violated.contains(&"EVAL-SAME-004"), "{violated:?}");
    assert!(!violated.contains(&"LOCK-CFG-016"), "{violated:?}");
}

/// Where the law leaves free what a refusal says, an endpoint that has words of its own throughout may mean another one.
#[test]
fn a_refusal_whose_words_are_free_does_not_show_that_an_endpoint_obeys() {
    let entries = telling(&[
        "LOCK-CFG-016",
        "EVAL-SAME-004",
        "EVAL-ERR-005",
        "VER-COND-005/hidden",
    ]);
    let law = Law::full().repeal("EVAL-SAME-004/by-arn@PutObject").unwrap();
    let mut histories = histories(law, "bl-free-", &entries);
    altered(&mut histories, |_, response| {
        if response.status == 403 {
            with_text(response, "Message", "Access Denied");
        }
    });
    let (judgements, assembled) = judged(&entries, &histories);
    let violated = violated(&assembled);
    assert!(violated.contains(&"EVAL-SAME-004"), "{violated:?}");
    assert!(!violated.contains(&"LOCK-CFG-016"), "{violated:?}");
    let free = |judgement: &&Judgement| judgement.id == "4257fee2" && judgement.slips.is_empty();
    assert_eq!(judgements.iter().filter(free).count(), 1);
}

/// A repeal that leaves free what the endpoint always tells otherwise, and is obeyed elsewhere, hides no other.
#[test]
fn what_is_obeyed_elsewhere_does_not_hide_what_explains_a_refusal() {
    let mut entries = telling(&["EVAL-SAME-0", "EVAL-ORD-001", "EVAL-ERR-005", "POL-DOC-001"]);
    entries.extend(
        embedded()
            .unwrap()
            .into_iter()
            .filter(|entry| entry.id == "01142e67"),
    );
    let law = Law::full().repeal("EVAL-SAME-004").unwrap();
    let mut histories = histories(law, "bl-hide-", &entries);
    altered(&mut histories, |request, response| {
        if request.operation.name() == "PutBucketPolicy" && response.status == 204 {
            response.status = 200;
        }
        if response.status == 403 {
            with_text(response, "Message", "Access Denied");
        }
    });
    let (_, assembled) = judged(&entries, &histories);
    let violated = violated(&assembled);
    assert!(violated.contains(&"EVAL-SAME-004"), "{violated:?}");
    assert!(violated.contains(&"POL-DOC-001"), "{violated:?}");
    assert!(
        !violated.iter().any(|id| id.starts_with("LOCK-RET-")),
        "{violated:?}"
    );
}

#[test]
fn a_refusal_that_nothing_explains_is_charged_to_no_effect() {
    let entries = telling(&["EVAL-BPA-009"]);
    let mut histories = histories(Law::full(), "bl-all-", &entries);
    altered(&mut histories, |request, response| {
        if request.caller == Caller::Owner && request.operation.name() == "PutObject" {
            refuse(response, 403, "AccessDenied");
        }
    });
    let (_, assembled) = judged(&entries, &histories);
    assert_eq!(violated(&assembled), ["EVAL-BPA-009"]);
}

#[test]
fn a_policy_that_iam_refuses_is_no_fault_of_s3() {
    let entries: Vec<Entry> = telling(&["EVAL-SAME-", "LOCK-BKT-002"])
        .into_iter()
        .filter(|entry| entry.program.to_string().contains("PutUserPolicy"))
        .collect();
    let mut histories = histories(Law::full(), "bl-iam-", &entries);
    altered(&mut histories, |request, response| {
        if request.operation.name() == "PutUserPolicy" {
            response.status = 400;
        }
    });
    let (_, assembled) = judged(&entries, &histories);
    assert_eq!(violated(&assembled), Vec::<&str>::new());
    assert_eq!(verdict(&assembled, "LOCK-BKT-002"), Verdict::Unsupported);
}

#[test]
fn an_administrator_is_bound_by_a_deny_as_no_root_is() {
    let entries = telling(&["EVAL-ROOT-001/policy-operations"]);
    let fault = Law::full().repeal("EVAL-ROOT-001/policy-operations").unwrap();
    let mut histories = histories(fault, "bl-root-", &entries);
    assert_eq!(violated(&judged(&entries, &histories).1), ["EVAL-ROOT-001"]);
    for history in &mut histories {
        history.owner_is_root = false;
    }
    let (_, assembled) = judged(&entries, &histories);
    assert_eq!(violated(&assembled), Vec::<&str>::new());
    assert_eq!(verdict(&assembled, "EVAL-ROOT-001"), Verdict::NotExercised);
}

#[test]
fn exploring_takes_words_of_its_own_once() {
    let entries = telling(&["VER-GET-006/missing@GetObject"]);
    let mut histories = histories(Law::full(), "bl-exp-", &entries);
    let judged_alone = |history: &History| judge(&Law::full(), history, &[]);
    let mut failures = Failures::default();
    let honest = judged_alone(histories.first().unwrap());
    assert!(!failures.is_one(&honest));
    altered(&mut histories, |_, response| {
        if response.status == 404 {
            let body = String::from_utf8_lossy(&response.body).replace("<Key>k</Key>", "");
            response.body = body.into_bytes();
        }
    });
    let slipped = judged_alone(histories.first().unwrap());
    assert!(failures.is_one(&slipped));
    assert!(!failures.is_one(&slipped), "the second time it is known");
}

#[test]
fn a_refusal_where_s3_allows_is_not_critical() {
    let entries = telling(&["EVAL-SAME-004"]);
    let fault = "EVAL-SAME-004/by-arn@GetObject";
    let histories = histories(Law::full().repeal(fault).unwrap(), "bl-shut-", &entries);
    let (_, assembled) = judged(&entries, &histories);
    assert_eq!(violated(&assembled), ["EVAL-SAME-004"]);
    assert!(
        assembled
            .findings
            .iter()
            .all(|finding| finding.severity >= Severity::High)
    );
}

#[test]
fn a_clause_whose_words_are_hidden_is_not_called_obeyed() {
    let entries = telling(&["LOCK-RET-022/ordinary-text"]);
    let mut histories = histories(Law::full(), "bl-hid-", &entries);
    altered(&mut histories, |_, response| {
        if response.status == 403 {
            with_text(response, "Message", "No.");
        }
    });
    let (judgements, assembled) = judged(&entries, &histories);
    let hidden = |judgement: &Judgement| {
        judgement
            .told
            .iter()
            .any(|(words, tells)| words.starts_with("LOCK-RET-022/") && *tells == Tells::Hidden)
    };
    assert!(judgements.iter().any(hidden));
    assert_ne!(verdict(&assembled, "LOCK-RET-022"), Verdict::Holds);
}
