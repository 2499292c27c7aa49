//! `junit.xml`: the report as build servers read it, a suite an area and a case a clause.

use std::fmt::Write;

use super::escape::markup;
use super::{Clause, DeviationState, Finding, Report, Verdict};

/// Renders the report as a JUnit document.
///
/// A violated clause and a stale declaration are failures, the judge's own errors are errors; what was declared, not
/// exercised or in part only, unsupported or inconclusive is skipped and says why, so that nothing is green that was not judged.
#[must_use]
pub fn document(report: &Report) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let all: Vec<&Clause> = report.clauses.iter().collect();
    let _ = writeln!(
        xml,
        "<testsuites name=\"bucketlaw\" {} time=\"{:.3}\">",
        counts(report, &all),
        report.seconds
    );
    for (area, clauses) in report.areas() {
        suite(&mut xml, report, area, &clauses);
    }
    xml.push_str("</testsuites>\n");
    xml
}

/// Counts the cases as JUnit does.
fn counts(report: &Report, clauses: &[&Clause]) -> String {
    let count = |outcome| {
        clauses
            .iter()
            .filter(|clause| Outcome::of(report, clause) == outcome)
            .count()
    };
    format!(
        "tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\"",
        clauses.len(),
        count(Outcome::Failure),
        count(Outcome::Error),
        count(Outcome::Skipped)
    )
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

/// Renders the suite of an area.
fn suite(xml: &mut String, report: &Report, area: &str, clauses: &[&Clause]) {
    let _ = writeln!(
        xml,
        "  <testsuite name=\"{}\" {} timestamp=\"{}\">",
        markup(area),
        counts(report, clauses),
        markup(&report.started)
    );
    xml.push_str("    <properties>\n");
    let properties = [
        ("schema", report.schema.clone()),
        ("endpoint", report.target.endpoint.clone()),
        ("law", format!("{} {}", report.law.version, report.law.hash)),
        ("seed", report.seed.to_string()),
    ];
    for (name, value) in properties {
        let _ = writeln!(
            xml,
            "      <property name=\"{name}\" value=\"{}\"/>",
            markup(&value)
        );
    }
    xml.push_str("    </properties>\n");
    for clause in clauses {
        case(xml, report, clause);
    }
    xml.push_str("  </testsuite>\n");
}

/// Renders the case of a clause.
fn case(xml: &mut String, report: &Report, clause: &Clause) {
    // The id alone: build servers follow a case by its name, and a clause's text may be reworded.
    let _ = writeln!(
        xml,
        "    <testcase classname=\"{}\" name=\"{}\">",
        markup(&clause.area),
        markup(&clause.id)
    );
    let findings: Vec<&Finding> = report
        .findings
        .iter()
        .filter(|finding| finding.clause == clause.id && finding.declared.is_none())
        .collect();
    let kind = clause.severity;
    match Outcome::of(report, clause) {
        Outcome::Passed => {
            if let Some(branch) = &clause.branch {
                let _ = writeln!(
                    xml,
                    "      <system-out>takes the branch {}</system-out>",
                    markup(branch)
                );
            }
        }
        Outcome::Error => element(xml, "error", "harness-error", &message(clause), &notes(clause)),
        Outcome::Failure if clause.verdict == Verdict::Violated => match findings.first() {
            Some(first) => {
                let stories: Vec<String> = findings.iter().map(|finding| story(finding)).collect();
                element(xml, "failure", kind.name(), &first.title, &stories.join("\n\n"));
            }
            None => element(xml, "failure", kind.name(), &message(clause), &notes(clause)),
        },
        Outcome::Failure => {
            let message =
                "the declared deviation is stale: the target obeys this clause now, remove the declaration";
            element(xml, "failure", "stale-deviation", message, "");
        }
        Outcome::Skipped => {
            let _ = writeln!(xml, "      <skipped message=\"{}\"/>", markup(&message(clause)));
        }
    }
    xml.push_str("    </testcase>\n");
}

/// Renders a failure or an error.
fn element(xml: &mut String, name: &str, kind: &str, message: &str, body: &str) {
    let _ = writeln!(
        xml,
        "      <{name} type=\"{kind}\" message=\"{}\">{}</{name}>",
        markup(message),
        markup(body)
    );
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
        insta::assert_snapshot!(document(&sample::report()));
    }

    #[test]
    fn hostile_text_stays_text() {
        let mut report = sample::small();
        report.target.endpoint = "\"/><x>\u{0}\u{1b}[2J".to_owned();
        report.findings[0].got = "]]></failure><!--\u{ffff}".to_owned();
        let xml = document(&report);
        assert!(
            !xml.contains("<x>") && !xml.contains("<!--") && !xml.contains('\u{1b}'),
            "{xml}"
        );
    }
}
