//! Which facet of a clause is named: the one that the run shows to be violated, and no other that looks the same in one
//! program.

use bucketlaw_conformance::report::Clarity;

use super::*;

fn without(repeals: &[&str]) -> Law {
    repeals
        .iter()
        .fold(Law::full(), |law, words| law.repeal(words).unwrap())
}

/// The facets of a clause that findings name.
fn named<'a>(assembled: &'a Assembled, clause: &str) -> Vec<&'a str> {
    let findings = assembled
        .findings
        .iter()
        .filter(|finding| finding.clause == clause);
    let mut named: Vec<&str> = findings
        .map(|finding| finding.facet.as_deref().unwrap_or("none"))
        .collect();
    named.sort_unstable();
    named.dedup();
    named
}

/// What the programs say of the facets of a clause: the facets on routes with their verdicts, each once.
fn cells(assembled: &Assembled, clause: &str) -> Vec<(String, Verdict)> {
    let clause = assembled.clauses.iter().find(|known| known.id == clause).unwrap();
    let cell = |program: &bucketlaw_conformance::report::Program| {
        let route = program.route.clone().unwrap_or_default();
        program
            .facet
            .clone()
            .map(|facet| (format!("{facet}@{route}"), program.verdict))
    };
    let mut cells: Vec<(String, Verdict)> = clause.programs.iter().filter_map(cell).collect();
    cells.sort();
    cells.dedup();
    cells
}

fn violated_cells(assembled: &Assembled, clause: &str) -> Vec<String> {
    let cells = cells(assembled, clause).into_iter();
    cells
        .filter(|(_, verdict)| *verdict == Verdict::Violated)
        .map(|(words, _)| words)
        .collect()
}

/// A program about a special case shows the general fault too: the facet that all others need is named.
#[test]
fn the_facet_that_other_programs_need_is_named_and_not_the_one_that_a_program_tells() {
    let fault = "LOCK-CFG-012/default@CompleteMultipartUpload";
    let entries = telling(&["LOCK-CFG-012/"]);
    let (_, assembled) = judged(&entries, &histories(without(&[fault]), "bl-need-", &entries));
    assert_eq!(named(&assembled, "LOCK-CFG-012"), ["LOCK-CFG-012/default"]);
    assert_eq!(violated_cells(&assembled, "LOCK-CFG-012"), [fault]);
}

/// Two facets of one clause together are not a third.
#[test]
fn the_members_of_a_pair_are_named_that_other_programs_show() {
    let faults = [
        "LOCK-HDR-009/hold@CreateMultipartUpload",
        "LOCK-HDR-009/retention@CreateMultipartUpload",
    ];
    let entries = telling(&["LOCK-HDR-009/", "LOCK-HDR-011/"]);
    let (_, assembled) = judged(&entries, &histories(without(&faults), "bl-pair-", &entries));
    assert_eq!(
        named(&assembled, "LOCK-HDR-009"),
        ["LOCK-HDR-009/hold", "LOCK-HDR-009/retention"]
    );
    assert_eq!(violated_cells(&assembled, "LOCK-HDR-009"), faults);
}

/// Repeals under which nothing is shown explain a field that is missing, and it is the field that is missing.
#[test]
fn a_field_that_differs_is_the_facet_that_fixes_it() {
    let entries = telling(&["VER-GET-003/", "EVAL-ERR-016/no-resource@GetObject"]);
    let mut histories = histories(Law::full(), "bl-fld-", &entries);
    altered(&mut histories, |request, response| {
        if request.operation.name() == "GetObject" && response.status == 404 {
            response.headers.clear();
            response.body =
                b"<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message>\
                <Resource>/b/k</Resource></Error>"
                    .to_vec();
        }
    });
    let (_, assembled) = judged(&entries, &histories);
    assert_eq!(
        named(&assembled, "VER-GET-003"),
        ["VER-GET-003/delete-marker"],
        "{:#?}",
        assembled.findings
    );
}

/// A retention without a date shows two faults at once, and in fewer steps: the example is one that shows the one fault.
#[test]
fn the_example_of_a_finding_is_a_program_that_nothing_else_explains() {
    let faults = [
        "EVAL-OP-031/retention@PutObject",
        "LOCK-HDR-002/no-date@PutObject",
    ];
    let entry = |id: &str, tells: &str, steps: &str| {
        Entry {
        program: Program::read(&format!(
            "bucketlaw program 1\npolicy p = Allow user s3:PutObject b/*\n1 owner CreateBucket bucket=b lock=true\n{steps}"
        ))
        .unwrap(),
        ..own(id, tells, "")
    }
    };
    let entries = [
        entry(
            "both",
            faults[0],
            "2 owner PutBucketPolicy bucket=b policy=p\n3 user PutObject bucket=b key=k mode=GOVERNANCE\n",
        ),
        entry(
            "one",
            faults[0],
            "2 owner PutObject bucket=b key=k\n3 owner PutBucketPolicy bucket=b policy=p\n\
             4 user PutObject bucket=b key=k mode=GOVERNANCE until=@2\n",
        ),
        entry(
            "other",
            faults[1],
            "2 owner PutObject bucket=b key=k mode=GOVERNANCE\n",
        ),
    ];
    // What the others show to be obeyed explains neither.
    let others = telling(&[
        "EVAL-SAME-010/users-need-a-grant@PutObject",
        "EVAL-OPX-010/refused@PutObject",
    ]);
    let entries = [entries.to_vec(), others].concat();
    let (_, assembled) = judged(&entries, &histories(without(&faults), "bl-exam-", &entries));
    let is_retention = |finding: &&Finding| finding.facet.as_deref() == Some("EVAL-OP-031/retention");
    let finding = assembled.findings.iter().find(is_retention).unwrap();
    assert_eq!(finding.id, "one", "{:#?}", assembled.findings);
    assert_eq!(finding.clarity, Clarity::Exact, "{}", finding.explanation);
    let clause = assembled.clauses.iter().find(|one| one.id == finding.clause);
    assert_eq!(clause.map(|one| one.severity), Some(finding.severity));
}

/// The words of one facet say nothing of the others of its clause.
#[test]
fn a_slip_accuses_the_facet_that_fixes_it_and_no_other_of_its_clause() {
    let entries = controlled(telling(&["LOCK-HDR-004/message@PutObject"]));
    let mut histories = histories(Law::full(), "bl-slip-", &entries);
    altered(&mut histories, |_, response| {
        if response.status == 400 {
            with_text(response, "Message", "no");
        }
    });
    let (_, assembled) = judged(&entries, &histories);
    assert_eq!(named(&assembled, "LOCK-HDR-004"), ["LOCK-HDR-004/message"]);
    let violated = violated_cells(&assembled, "LOCK-HDR-004");
    assert!(
        violated
            .iter()
            .all(|words| words.starts_with("LOCK-HDR-004/message@")),
        "{violated:?}"
    );
}
