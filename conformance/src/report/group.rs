//! Findings as a maintainer reads them: one for each fault, with all routes that have it.

use std::collections::{BTreeMap, BTreeSet};

use super::Finding;

/// What makes findings one: the same clause and facet, if one is known, declared or not.
type Fault = (Option<String>, String, Option<String>);

/// Puts findings of one facet together, their example first. Grouping again changes nothing.
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

/// Findings of one fault as one: on each route its example, and of these the worst first.
fn one(findings: Vec<Finding>) -> Option<Finding> {
    let mut examples = examples(findings);
    examples.sort_by_key(Finding::as_first);
    let routes: BTreeSet<String> = examples
        .iter()
        .filter_map(|finding| finding.route.clone())
        .collect();
    let mut examples = examples.into_iter();
    let first = examples.next()?;
    Some(Finding {
        routes: routes.into_iter().collect(),
        others: examples.collect(),
        ..first
    })
}

/// The findings of one facet on one route as one, by its example.
pub(crate) fn examples(mut findings: Vec<Finding>) -> Vec<Finding> {
    let place = |finding: &Finding| {
        let (clause, facet) = (finding.clause.clone(), finding.facet.clone());
        (clause, facet, finding.route.clone(), finding.declared.clone())
    };
    findings.sort_by_key(|finding| (place(finding), finding.as_example(), finding.id.clone()));
    findings.dedup_by(|later, first| {
        let same = place(later) == place(first);
        // Of one program that two parts of a run have there is one.
        if same && later.id != first.id {
            first.programs = first.programs.saturating_add(later.programs);
        }
        same
    });
    findings
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
    use crate::report::{Clarity, Severity, sample};

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
    fn the_example_is_what_nothing_else_explains_and_it_is_as_bad_as_the_finding_says() {
        let program = |id: &str, severity, clarity, lines: usize| Finding {
            id: id.to_owned(),
            clarity,
            program: "line\n".repeat(lines),
            ..found("one", "DeleteObject", severity)
        };
        let grouped = group(vec![
            program("doubtful", Severity::Critical, Clarity::Shared, 1),
            program("longer", Severity::High, Clarity::Exact, 4),
            program("other", Severity::High, Clarity::Alone, 2),
            program("told", Severity::High, Clarity::Exact, 3),
            program("mild", Severity::Medium, Clarity::Exact, 1),
        ]);
        let [finding] = grouped.as_slice() else {
            panic!("{grouped:?}")
        };
        assert_eq!((finding.id.as_str(), finding.severity), ("told", Severity::High));
        assert_eq!(finding.shown_by(), 5 * sample::small().findings[0].programs);
        let elsewhere = Finding {
            route: Some("DeleteObjects".to_owned()),
            ..program("elsewhere", Severity::Critical, Clarity::Shared, 9)
        };
        let both = group([grouped, vec![elsewhere]].concat());
        assert_eq!(both[0].id, "elsewhere", "another route has it worse");
        assert_eq!(both[0].others[0].id, "told");
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
