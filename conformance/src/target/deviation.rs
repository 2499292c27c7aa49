//! Declared deviations: known violations that a target's owner has accepted, with a reason.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::report::{Clause, Deviation, DeviationState, Finding, Report, Verdict};

/// A deviation as the target file declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// The clause that the target deviates from.
    pub clause: String,
    /// The route that the declaration is limited to; none for all.
    pub route: Option<String>,
    /// Why that is accepted.
    pub reason: String,
    /// Since when: a version or a date.
    pub since: String,
    /// Where to read more.
    pub link: Option<String>,
    /// The line of the file, for messages.
    pub line: Option<usize>,
}

impl From<&Declared> for Deviation {
    fn from(declared: &Declared) -> Self {
        let Declared {
            clause,
            route,
            reason,
            since,
            link,
            line: _,
        } = declared.clone();
        Self {
            clause,
            route,
            reason,
            since,
            link,
            state: DeviationState::Untested,
        }
    }
}

/// Applies declared deviations to a report: what is declared *deviates*, and what is declared in vain becomes *stale*.
///
/// Only a violation can be declared; an error of the judge or an inconclusive program stays what it is. The report is
/// settled afterwards, and applying the same declarations again changes nothing.
pub fn apply(report: &mut Report, declared: &[Declared]) {
    report.deviations = declared.iter().map(Deviation::from).collect();
    for clause in &mut report.clauses {
        excuse(clause, &report.deviations);
    }
    let excuse = |finding: &mut Finding| {
        let reason = find(&report.deviations, &finding.clause, finding.route.as_deref());
        // What nobody documents deviates without a declaration.
        if let Some(deviation) = reason {
            finding.declared = Some(deviation.reason.clone());
        }
    };
    for finding in &mut report.findings {
        finding.others.iter_mut().for_each(excuse);
        excuse(finding);
    }
    report.settle();
}

/// Finds the declaration for a clause and route, the one for that very route before the one for all.
fn find<'a>(deviations: &'a [Deviation], clause: &str, route: Option<&str>) -> Option<&'a Deviation> {
    let covering = deviations
        .iter()
        .filter(|deviation| deviation.clause == clause && deviation.covers(route));
    covering.max_by_key(|deviation| deviation.route.is_some())
}

/// Turns the violations of a clause that are declared into deviations.
fn excuse(clause: &mut Clause, deviations: &[Deviation]) {
    let mut reasons: Vec<&str> = Vec::new();
    if clause.programs.is_empty()
        && clause.verdict == Verdict::Violated
        && let Some(deviation) = find(deviations, &clause.id, None)
    {
        clause.verdict = Verdict::Deviates;
        reasons.push(&deviation.reason);
    }
    for program in clause
        .programs
        .iter_mut()
        .filter(|program| program.verdict == Verdict::Violated)
    {
        if let Some(deviation) = find(deviations, &clause.id, program.route.as_deref()) {
            program.verdict = Verdict::Deviates;
            program.note = Some(deviation.reason.clone());
            reasons.push(&deviation.reason);
        }
    }
    clause.settle();
    if clause.verdict == Verdict::Deviates && !reasons.is_empty() {
        reasons.sort_unstable();
        reasons.dedup();
        clause.reason = Some(reasons.join("; "));
    }
}

/// Drafts a `[[deviation]]` for each violation that is not declared, for `--write-deviations`.
///
/// The reasons are what was expected and got: a person has to say why that is accepted. Stale declarations are named in
/// comments, since a tool must not delete what a person wrote. Empty if there is nothing to say.
#[must_use]
pub fn draft(report: &Report, since: &str) -> String {
    let mut text = String::new();
    for deviation in report
        .deviations
        .iter()
        .filter(|deviation| deviation.state == DeviationState::Stale)
    {
        let route = deviation
            .route
            .as_ref()
            .map(|route| format!("@{route}"))
            .unwrap_or_default();
        let named = comment(&format!("{}{route}", deviation.clause));
        let _ = write!(text, "\n# {named} is obeyed now: remove its [[deviation]].\n");
    }
    let mut undeclared: BTreeMap<(&str, Option<&str>), Option<&Finding>> = BTreeMap::new();
    for clause in report
        .clauses
        .iter()
        .filter(|clause| clause.verdict == Verdict::Violated)
    {
        let violated = clause
            .programs
            .iter()
            .filter(|program| program.verdict == Verdict::Violated);
        let mut routes: Vec<Option<&str>> = violated.map(|program| program.route.as_deref()).collect();
        if routes.is_empty() {
            routes.push(None);
        }
        for route in routes {
            undeclared.entry((&clause.id, route)).or_default();
        }
    }
    for ((clause, route), story) in &mut undeclared {
        let told = |finding: &&Finding| finding.clause == *clause && finding.declared.is_none();
        let exact = report
            .findings
            .iter()
            .filter(told)
            .flat_map(Finding::each)
            .find(|finding| finding.route.as_deref() == *route);
        *story = exact.or_else(|| report.findings.iter().find(told));
    }
    for ((clause, route), finding) in undeclared {
        entry(&mut text, clause, route, finding, since);
    }
    text
}

/// Drafts one entry.
fn entry(text: &mut String, clause: &str, route: Option<&str>, finding: Option<&Finding>, since: &str) {
    let reason = match finding {
        Some(finding) => {
            let _ = write!(
                text,
                "\n# {}\n# {}\n",
                comment(&finding.title),
                comment(&finding.replay)
            );
            let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            format!(
                "draft, say why: expected {}, got {}",
                line(&finding.expected),
                line(&finding.got)
            )
        }
        None => {
            text.push('\n');
            "draft, say why".to_owned()
        }
    };
    text.push_str("[[deviation]]\n");
    let route = route.map(ToOwned::to_owned);
    let values = [
        ("clause", Some(clause.to_owned())),
        ("route", route),
        ("reason", Some(reason)),
        ("since", Some(since.to_owned())),
    ];
    for (key, value) in values
        .into_iter()
        .filter_map(|(key, value)| value.map(|value| (key, value)))
    {
        let _ = writeln!(text, "{key} = {}", toml::Value::String(value));
    }
}

/// Makes text fit for a comment line.
fn comment(text: &str) -> String {
    text.chars()
        .map(|character| if character.is_control() { ' ' } else { character })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::report::sample;
    use crate::target::TargetFile;
    use crate::target::tests::Made;

    fn declared(clause: &str, route: Option<&str>) -> Declared {
        Declared {
            clause: clause.to_owned(),
            route: route.map(ToOwned::to_owned),
            reason: format!("because of {clause}"),
            since: "1".to_owned(),
            link: None,
            line: None,
        }
    }

    /// The sample with one more violation, of one route.
    fn violated() -> Report {
        let mut report = sample::report();
        for clause in report
            .clauses
            .iter_mut()
            .filter(|clause| clause.id == "LOCK-HOLD-005")
        {
            clause.programs[0].verdict = Verdict::Violated;
        }
        for finding in &mut report.findings {
            finding.declared = None;
        }
        report.settle();
        report
    }

    fn states(report: &Report) -> Vec<(&str, DeviationState)> {
        report
            .deviations
            .iter()
            .map(|deviation| (deviation.clause.as_str(), deviation.state))
            .collect()
    }

    #[test]
    fn what_is_declared_deviates_and_what_is_declared_in_vain_is_stale() {
        let mut report = violated();
        let declared = [
            declared("LOCK-HOLD-005", Some("PutObject")),
            declared("LOCK-RET-014", None),
            declared("VER-DEL-003", None),
            declared("GONE-001", None),
        ];
        apply(&mut report, &declared);
        assert_eq!(report.clause("LOCK-HOLD-005").unwrap().verdict, Verdict::Deviates);
        assert_eq!(
            report.clause("LOCK-HOLD-005").unwrap().reason.as_deref(),
            Some("because of LOCK-HOLD-005")
        );
        assert_eq!(
            report.clause("LOCK-RET-014").unwrap().verdict,
            Verdict::Inconclusive
        );
        assert_eq!(
            states(&report),
            [
                ("GONE-001", DeviationState::Untested),
                ("LOCK-HOLD-005", DeviationState::Deviates),
                ("LOCK-RET-014", DeviationState::Untested),
                ("VER-DEL-003", DeviationState::Stale)
            ]
        );
        assert_eq!(
            report
                .findings
                .iter()
                .filter(|finding| finding.declared.is_some())
                .count(),
            1
        );
        let once = report.clone();
        apply(&mut report, &declared);
        assert_eq!(report, once);
    }

    #[test]
    fn another_route_is_not_excused() {
        let mut report = violated();
        apply(&mut report, &[declared("LOCK-HOLD-005", Some("CopyObject"))]);
        assert_eq!(report.clause("LOCK-HOLD-005").unwrap().verdict, Verdict::Violated);
        assert_eq!(states(&report), [("LOCK-HOLD-005", DeviationState::Untested)]);
    }

    #[test]
    fn an_error_of_the_judge_can_not_be_declared() {
        let mut report = violated();
        apply(&mut report, &[declared("EVAL-ORD-001", None)]);
        assert_eq!(
            report.clause("EVAL-ORD-001").unwrap().verdict,
            Verdict::HarnessError
        );
    }

    #[test]
    fn the_draft_is_a_target_file_that_declares_every_violation() {
        let mut report = violated();
        report.findings[0].title = "with \u{1b} and\nnew line".to_owned();
        report.findings[0].got = "\"quoted\" \\ \u{7f}\n'''".to_owned();
        let text = draft(&report, "4.12");
        insta::assert_snapshot!(text);
        let file = TargetFile::parse(Path::new("t.toml"), &text, &Made::default()).unwrap();
        apply(&mut report, &file.deviations);
        assert_eq!(report.count(Verdict::Violated), 0);
        assert!(
            report
                .deviations
                .iter()
                .all(|deviation| deviation.state == DeviationState::Deviates)
        );
        assert_eq!(draft(&report, "4.12"), "");
    }
}
