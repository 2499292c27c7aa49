//! The findings of the page: for each the fault, the program, expected beside got, why, and how to see it again.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::anchor;
use crate::report::group::{Story, stories};
use crate::report::{Finding, Report, Severity};

/// How many findings are told in full; the others are folded.
const OPEN_FINDINGS: usize = 10;

/// The fragments of the findings of a report, in their order. No two are alike.
pub(super) fn anchors(findings: &[Finding]) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let mut anchors = Vec::new();
    for finding in findings {
        let name = format!("finding-{}-{}", anchor(finding.violates()), anchor(&finding.id));
        let numbered = (2..).map(|number| format!("{name}-{number}"));
        let free = std::iter::once(name.clone())
            .chain(numbered)
            .find(|name| !taken.contains(name))
            .unwrap_or(name);
        taken.insert(free.clone());
        anchors.push(free);
    }
    anchors
}

/// The fragment of one finding of a report.
fn anchor_of<'a>(report: &Report, anchors: &'a [String], finding: &Finding) -> &'a str {
    let place = report
        .findings
        .iter()
        .position(|known| std::ptr::eq(known, finding));
    place
        .and_then(|place| anchors.get(place))
        .map_or("findings", String::as_str)
}

/// Tells the story of each finding, the undeclared ones first; those that would make the page long are folded.
pub(super) fn findings(report: &Report, anchors: &[String]) -> Markup {
    let (declared, found): (Vec<&Finding>, Vec<&Finding>) = report
        .findings
        .iter()
        .partition(|finding| finding.declared.is_some());
    let page = (report, anchors);
    html! {
        @if !found.is_empty() {
            section #findings {
                h2 { "Findings " span.soft { (found.len()) } }
                (severities(&found))
                @let stories = stories(found);
                @let (first, more) = stories.split_at(stories.len().min(OPEN_FINDINGS));
                @for one in first { (story(page, one, "violated")) }
                (folded(page, "More findings", more, "violated"))
            }
        }
        @if !declared.is_empty() {
            section #declared {
                (folded(page, "Findings that are declared deviations", &stories(declared), "deviates"))
            }
        }
    }
}

/// The filter by severity: a button for each that some finding has.
fn severities(found: &[&Finding]) -> Markup {
    let count = |severity: Severity| {
        let of_it = found.iter().filter(|finding| finding.severity == severity);
        of_it.count()
    };
    html! {
        div.severities hidden {
            @for severity in Severity::ALL.into_iter().filter(|severity| count(*severity) > 0) {
                button.tag.(severity.name()) type="button" data-severity=(severity.name()) aria-pressed="false" {
                    (count(severity)) " " (severity.name())
                }
            }
        }
    }
}

/// A report with the fragments of its findings.
type Page<'a> = (&'a Report, &'a [String]);

/// Tells some stories behind a line that opens them.
fn folded(page: Page<'_>, title: &str, stories: &[Story<'_>], tone: &str) -> Markup {
    html! {
        @if !stories.is_empty() {
            details.card.folded {
                summary { (title) span.soft { (stories.len()) } }
                @for one in stories { (story(page, one, tone)) }
            }
        }
    }
}

/// Tells the story of one finding: the program, expected beside got, why, and how to see it again.
fn story(page: Page<'_>, story: &Story<'_>, tone: &str) -> Markup {
    let (report, anchors) = page;
    let finding = story.finding;
    html! {
        article.card.finding.(tone) id=(anchor_of(report, anchors, finding)) data-severity=(finding.severity.name()) {
            (head(report, finding))
            @for also in &story.also {
                p id=(anchor_of(report, anchors, also)) {
                    "Charged with the same answer: "
                    a.id href={ "#" (anchor(&also.clause)) } { (also.violates()) }
                    " " (tag(also.severity))
                }
            }
            @if let Some(seen) = finding.seen { p { "Seen in " (seen.to_string()) " runs of the program." } }
            @if let Some(reason) = &finding.declared {
                p { span.verdict.deviates { "declared" } " " (reason) }
            }
            (block("program", "", &finding.program))
            div.versus {
                (block("expected", "wraps", &finding.expected))
                (block("got", "wraps", &finding.got))
            }
            div { p.label { "why" } p.wraps { (finding.explanation) } }
            (block("replay", "wraps", &finding.replay))
            (elsewhere(finding))
        }
    }
}

/// A text of a finding as it stands, below its name.
fn block(name: &str, class: &str, text: &str) -> Markup {
    html! {
        div.(name) { p.label { (name) } pre class=(class) { (text.trim_end()) } }
    }
}

/// What is at fault, and how bad it is.
fn head(report: &Report, finding: &Finding) -> Markup {
    let clause = report.clause(&finding.clause);
    html! {
        div {
            div.tags {
                a.id href={ "#" (anchor(&finding.clause)) } { (finding.violates()) }
                (tag(finding.severity))
                @for route in &finding.routes { span.tag { (route) } }
                span.tag { (clause.map_or("", |clause| clause.level.as_str())) }
                @if finding.shown_by() > 1 { span.tag { (finding.shown_by()) " programs" } }
            }
            h3 { (finding.title) }
            p.soft { (clause.and_then(|clause| clause.text.as_deref()).unwrap_or_default()) }
        }
    }
}

/// A severity in its colour.
fn tag(severity: Severity) -> Markup {
    html! { span.tag.(severity.name()) { (severity.name()) } }
}

/// Lists the programs that show the same fault on other routes.
fn elsewhere(finding: &Finding) -> Markup {
    html! {
        @if !finding.others.is_empty() {
            details {
                summary { "The same on other routes" }
                ul.plain {
                    @for other in &finding.others {
                        li {
                            (other.route.as_deref().unwrap_or_default()) " " (tag(other.severity)) " "
                            (other.title) " " code { (other.replay) }
                        }
                    }
                }
            }
        }
    }
}
