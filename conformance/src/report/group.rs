//! Findings as a maintainer reads them: one for each fault, with all routes that have it.

use std::collections::{BTreeMap, BTreeSet};

use super::Finding;

/// What makes findings one: the same clause and facet, if one is known, declared or not.
type Fault = (Option<String>, String, Option<String>);

/// Puts findings of one facet together, the worst and shortest program first. Grouping again changes nothing.
pub(super) fn group(findings: Vec<Finding>) -> Vec<Finding> {
    let mut faults: BTreeMap<Fault, Vec<Finding>> = BTreeMap::new();
    for finding in findings.into_iter().flat_map(apart) {
        let fault = (
            finding.declared.clone(),
            finding.clause.clone(),
            finding.facet.clone(),
        );
        faults.entry(fault).or_default().push(finding);
    }
    faults.into_values().filter_map(one).collect()
}

/// A finding and those that were put together with it, each by itself.
fn apart(mut finding: Finding) -> Vec<Finding> {
    let others = std::mem::take(&mut finding.others);
    finding.routes = finding.route.iter().cloned().collect();
    std::iter::once(finding).chain(others).collect()
}

/// Findings of one fault as one.
fn one(mut findings: Vec<Finding>) -> Option<Finding> {
    findings.sort_by_key(|finding| {
        let length = finding.program.lines().count();
        (
            finding.severity,
            length,
            finding.route.clone(),
            finding.id.clone(),
        )
    });
    findings.dedup_by(|later, first| later.id == first.id && later.route == first.route);
    let routes: BTreeSet<String> = findings
        .iter()
        .filter_map(|finding| finding.route.clone())
        .collect();
    let mut findings = findings.into_iter();
    let first = findings.next()?;
    Some(Finding {
        routes: routes.into_iter().collect(),
        others: findings.collect(),
        ..first
    })
}

/// A program with what it shows, and with the other clauses that are charged with the same answer.
pub(super) struct Story<'a> {
    pub(super) finding: &'a Finding,
    pub(super) also: Vec<&'a Finding>,
}

/// The findings as stories: the same answer to the same program stands once, under the worst finding of it.
pub(super) fn stories<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Vec<Story<'a>> {
    let mut stories: Vec<Story<'a>> = Vec::new();
    for finding in findings {
        let told = |story: &&mut Story<'_>| {
            let known = story.finding;
            known.id == finding.id && known.program == finding.program && known.got == finding.got
        };
        match stories.iter_mut().find(told) {
            Some(story) => story.also.push(finding),
            None => stories.push(Story {
                finding,
                also: Vec::new(),
            }),
        }
    }
    stories
}

impl Finding {
    /// What is violated: the facet, as `ID/facet`, or the clause where no facet is known.
    #[must_use]
    pub fn violates(&self) -> &str {
        self.facet.as_deref().unwrap_or(&self.clause)
    }

    /// How many programs show it, on all routes.
    #[must_use]
    pub fn shown_by(&self) -> u64 {
        let others = self.others.iter().map(|other| other.programs);
        others.fold(self.programs, u64::saturating_add)
    }

    /// The finding with each of its programs, on each of its routes.
    pub fn each(&self) -> impl Iterator<Item = &Finding> {
        std::iter::once(self).chain(&self.others)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Severity, sample};

    fn found(facet: &str, route: &str, severity: Severity) -> Finding {
        Finding {
            id: format!("{facet}-{route}"),
            facet: Some(format!("LOCK-DEL-003/{facet}")),
            route: Some(route.to_owned()),
            severity,
            ..sample::small().findings.remove(0)
        }
    }

    #[test]
    fn a_facet_is_one_finding_with_its_routes_the_worst_first() {
        let grouped = group(vec![
            found("one", "DeleteObject", Severity::Medium),
            found("one", "DeleteObjects", Severity::Critical),
            found("two", "DeleteObject", Severity::High),
        ]);
        let words: Vec<(&str, Vec<String>, Severity)> = grouped
            .iter()
            .map(|finding| (finding.violates(), finding.routes.clone(), finding.severity))
            .collect();
        assert_eq!(
            words,
            [
                (
                    "LOCK-DEL-003/one",
                    vec!["DeleteObject".to_owned(), "DeleteObjects".to_owned()],
                    Severity::Critical
                ),
                (
                    "LOCK-DEL-003/two",
                    vec!["DeleteObject".to_owned()],
                    Severity::High
                ),
            ]
        );
        assert_eq!(group(grouped.clone()), grouped, "grouping again changes nothing");
    }

    #[test]
    fn where_no_facet_is_known_a_clause_is_one_finding() {
        let unknown = |route| Finding {
            facet: None,
            ..found("one", route, Severity::Medium)
        };
        let grouped = group(vec![unknown("DeleteObject"), unknown("DeleteObjects")]);
        assert_eq!(grouped.len(), 1);
        assert_eq!(grouped[0].routes, ["DeleteObject", "DeleteObjects"]);
    }

    #[test]
    fn what_is_declared_for_one_route_stays_apart() {
        let declared = Finding {
            declared: Some("known".to_owned()),
            ..found("one", "DeleteObject", Severity::High)
        };
        let grouped = group(vec![declared, found("one", "DeleteObjects", Severity::High)]);
        assert_eq!(grouped.len(), 2);
    }

    #[test]
    fn one_answer_that_two_clauses_are_charged_with_stands_once() {
        let one = found("one", "DeleteObject", Severity::High);
        let two = Finding {
            clause: "VER-DEL-001".to_owned(),
            ..one.clone()
        };
        let all = [one, two];
        let stories = stories(&all);
        assert_eq!(stories.len(), 1);
        assert_eq!(stories[0].also.len(), 1);
    }
}
