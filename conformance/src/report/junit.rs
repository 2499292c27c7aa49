//! `junit.xml`: the report as build servers read it, a suite an area and a case a clause.

use std::time::Duration;

use quick_junit::{NonSuccessKind, SerializeError, TestCase, TestCaseStatus, TestSuite, XmlString};

use super::escape::shown;
use super::{Clause, DeviationState, Finding, Report, Verdict};

/// Renders the report as a JUnit document.
///
/// A violated clause and a stale declaration are failures, the judge's own errors are errors; what was declared, not
/// exercised or in part only, unsupported or inconclusive is skipped and says why, so that nothing is green that was not judged.
///
/// # Errors
///
/// Fails only if the library does, which writes into memory.
pub fn document(report: &Report) -> Result<String, SerializeError> {
    let mut document = quick_junit::Report::new("bucketlaw");
    document.time = Duration::try_from_secs_f64(report.seconds).ok();
    for (area, clauses) in report.areas() {
        document.add_test_suite(suite(report, area, &clauses));
    }
    document.to_string()
}

/// Text that may have come from a target. The library escapes it, and would take away what XML can't hold.
fn text(text: &str) -> XmlString {
    XmlString::new(shown(text))
}

/// What JUnit knows a case to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Passed,
    Failure,
    Error,
    Skipped,
}

impl Outcome {
    /// Chooses the outcome of a clause.
    fn of(report: &Report, clause: &Clause) -> Self {
        match clause.verdict {
            Verdict::HarnessError => Self::Error,
            Verdict::Violated => Self::Failure,
            _ if stale(report, clause) => Self::Failure,
            Verdict::Takes | Verdict::Holds => Self::Passed,
            Verdict::Deviates
            | Verdict::Inconclusive
            | Verdict::HoldsInPart
            | Verdict::Unsupported
            | Verdict::NotExercised => Self::Skipped,
        }
    }
}

/// Tells whether a declared deviation from this clause is stale.
fn stale(report: &Report, clause: &Clause) -> bool {
    report
        .deviations
        .iter()
        .any(|declared| declared.clause == clause.id && declared.state == DeviationState::Stale)
}

/// Makes the suite of an area.
fn suite(report: &Report, area: &str, clauses: &[&Clause]) -> TestSuite {
    let mut suite = TestSuite::new(text(area));
    suite.timestamp = report.started.parse().ok();
    for (name, value) in [
        ("schema", report.schema.clone()),
        ("endpoint", report.target.endpoint.clone()),
        ("law", format!("{} {}", report.law.version, report.law.hash)),
        ("seed", report.seed.to_string()),
    ] {
        suite.add_property((XmlString::new(name), text(&value)));
    }
    suite.add_test_cases(clauses.iter().map(|clause| case(report, clause)));
    suite
}

/// Makes the case of a clause.
fn case(report: &Report, clause: &Clause) -> TestCase {
    let status = match Outcome::of(report, clause) {
        Outcome::Passed => TestCaseStatus::success(),
        Outcome::Skipped => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(text(&message(clause)));
            status
        }
        Outcome::Error => unlike(
            NonSuccessKind::Error,
            "harness-error",
            &message(clause),
            &notes(clause),
        ),
        Outcome::Failure if clause.verdict == Verdict::Violated => violated(report, clause),
        Outcome::Failure => {
            let message =
                "the declared deviation is stale: the target obeys this clause now, remove the declaration";
            unlike(NonSuccessKind::Failure, "stale-deviation", message, "")
        }
    };
    let passed = matches!(status, TestCaseStatus::Success { .. });
    // The id alone: build servers follow a case by its name, and a clause's text may be reworded.
    let mut case = TestCase::new(text(&clause.id), status);
    case.set_classname(text(&clause.area));
    if let Some(branch) = clause.branch.as_ref().filter(|_| passed) {
        case.set_system_out(text(&format!("takes the branch {branch}")));
    }
    case
}

/// Tells the findings of a violated clause that nobody declared.
fn violated(report: &Report, clause: &Clause) -> TestCaseStatus {
    let findings: Vec<&Finding> = report
        .findings
        .iter()
        .filter(|finding| finding.clause == clause.id && finding.declared.is_none())
        .collect();
    let (message, body) = match findings.first() {
        Some(first) => {
            let stories: Vec<String> = findings.iter().map(|finding| story(finding)).collect();
            (first.title.clone(), stories.join("\n\n"))
        }
        None => (message(clause), notes(clause)),
    };
    unlike(NonSuccessKind::Failure, clause.severity.name(), &message, &body)
}

/// Makes a failure or an error.
fn unlike(kind: NonSuccessKind, sort: &str, message: &str, body: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status
        .set_type(sort)
        .set_message(text(message))
        .set_description(text(body));
    status
}

/// Says in one line what the clause's verdict is and why.
fn message(clause: &Clause) -> String {
    let reason = clause
        .reason
        .clone()
        .or_else(|| clause.programs.iter().find_map(|program| program.note.clone()));
    match reason {
        Some(reason) => format!("{}: {reason}", clause.verdict.words()),
        None => clause.verdict.words().to_owned(),
    }
}

/// Lists what the programs of a clause said.
fn notes(clause: &Clause) -> String {
    let note = |program: &super::Program| {
        let note = program
            .note
            .as_ref()
            .map(|note| format!(": {note}"))
            .unwrap_or_default();
        format!("{} {}{note}", program.id, program.verdict)
    };
    clause.programs.iter().map(note).collect::<Vec<_>>().join("\n")
}

/// Tells a finding as plain text.
fn story(finding: &Finding) -> String {
    let Finding {
        title,
        program,
        expected,
        got,
        explanation,
        replay,
        ..
    } = finding;
    format!("{title}\n\n{program}\n\nexpected: {expected}\ngot: {got}\nwhy: {explanation}\nreplay: {replay}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn the_document_has_a_suite_an_area_and_a_case_a_clause() {
        insta::assert_snapshot!(document(&sample::report()).unwrap());
    }

    #[test]
    fn hostile_text_stays_text() {
        let mut report = sample::small();
        report.target.endpoint = "\"/><x>\u{0}\u{1b}[2J".to_owned();
        report.findings[0].got = "]]></failure><!--\u{ffff}".to_owned();
        let xml = document(&report).unwrap();
        assert!(
            !xml.contains("<x>") && !xml.contains("<!--") && !xml.contains('\u{1b}'),
            "{xml}"
        );
    }
}
