//! `report.html`: the report as people read it, in one file that needs nothing else.
//!
//! The page is complete without its script, which only filters. Nothing is loaded from anywhere, and a content security
//! policy keeps it so: what a target answered is shown, never run. Text is escaped because the templates know no other way to
//! put it in.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::escape::shown;
use super::{Clause, Crash, Deviation, DeviationState, LeftBehind, Program, Report, Stay, Verdict};

mod habits;
mod story;

use story::{anchors, findings};

const STYLE: &str = include_str!("html/style.css");
const FILTER: &str = include_str!("html/filter.js");

/// What the page may do: its own style and script, and nothing from elsewhere.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; \
                      base-uri 'none'; form-action 'none'";

/// Renders the report as a self-contained HTML page.
#[must_use]
pub fn page(report: &Report) -> String {
    let product = product(report);
    let anchors = anchors(&report.findings);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="generator" content=(report.schema);
                title { (product) " – bucketlaw report" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                div.wrap {
                    (header(report, &product))
                    main {
                        (tiles(report))
                        (habits::facts(&report.facts))
                        (matrix(report))
                        (findings(report, &anchors))
                        (habits::unowned(&report.unowned))
                        (harness_errors(report))
                        (deviations(&report.deviations))
                        (clauses(report, &anchors))
                        (crashes(&report.crashes))
                        (left_behind(&report.left_behind, report.stays))
                    }
                }
                script { (PreEscaped(FILTER)) }
            }
        }
    };
    shown(&page.into_string())
}

/// Names the target.
fn product(report: &Report) -> String {
    let target = &report.target;
    match (&target.product, &target.version) {
        (Some(product), Some(version)) => format!("{product} {version}"),
        (Some(product), None) => product.clone(),
        _ => target.endpoint.clone(),
    }
}

/// Says what was judged, by which law, and the result in one sentence.
fn header(report: &Report, product: &str) -> Markup {
    let roles: Vec<String> = report
        .target
        .identities
        .iter()
        .map(|identity| format!("{}{}", identity.role, if identity.root { " (root)" } else { "" }))
        .collect();
    let law = &report.law;
    let branches: Vec<String> = law
        .branches
        .iter()
        .map(|(clause, branch)| format!("{clause}: {branch}"))
        .collect();
    let partition = report
        .scope
        .partition
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    let facts = [
        ("Endpoint", report.target.endpoint.clone()),
        ("Identities", roles.join(", ")),
        (
            "Law",
            format!("{} {}", law.version, law.hash.get(..12).unwrap_or(&law.hash)),
        ),
        ("Repealed", law.repealed.join(", ")),
        ("Branches demanded", branches.join(", ")),
        ("Seed", report.seed.to_string()),
        ("Started", report.started.clone()),
        (
            "Took",
            format!("{:.1} s, {} requests", report.seconds, report.requests),
        ),
        ("Selection", report.scope.selection.join(" ")),
        ("Partition", partition),
    ];
    html! {
        header {
            p.brand { "bucketlaw report" }
            h1 { (product) }
            p.headline { (headline(report)) }
            dl.facts {
                @for (name, value) in facts.iter().filter(|(_, value)| !value.trim().is_empty()) {
                    div { dt { (name) } dd { (value) } }
                }
            }
        }
    }
}

/// Says the result in one sentence, by severity and never as a percentage.
fn headline(report: &Report) -> Markup {
    let severities: Vec<String> = report
        .violated_by_severity()
        .iter()
        .map(|(severity, count)| format!("{count} {severity}"))
        .collect();
    let violated = report.count(Verdict::Violated);
    let stale = report
        .deviations
        .iter()
        .filter(|deviation| deviation.state == DeviationState::Stale)
        .count();
    html! {
        @if report.scope.interrupted {
            "This report is " strong { "partial" } ": the run was interrupted; this is what was judged until then. "
        }
        @if let Some(what) = &report.scope.crashed {
            "This report is " strong { "partial" } ": the target stopped answering (" (what) "); "
            "this is what was judged until then. "
        }
        @if report.evaluated() == 0 {
            strong { "Nothing was evaluated." }
        } @else if violated == 0 {
            "No violation in the " (report.evaluated()) " clauses that were evaluated."
        } @else {
            strong.verdict.violated { (violated) " violated" }
            " of " (report.evaluated()) " clauses evaluated: " (severities.join(", ")) "."
        }
        @if stale > 0 {
            " " (stale) " declared " (if stale == 1 { "deviation is" } else { "deviations are" }) " stale."
        }
    }
}

/// Counts the verdicts; the tiles are the filter, too.
fn tiles(report: &Report) -> Markup {
    html! {
        h2 { "Clauses by verdict" }
        div.tiles {
            @for verdict in Verdict::ALL {
                @let count = report.count(verdict);
                button.tile.(verdict.name()).zero[count == 0] type="button" disabled aria-pressed="false"
                    data-verdict=(verdict.name()) title=(verdict.meaning())
                {
                    b { (count) }
                    span { (verdict.words()) }
                }
            }
        }
    }
}

/// Lists what the judge itself did wrong.
fn harness_errors(report: &Report) -> Markup {
    let failed: Vec<&Clause> = report
        .clauses
        .iter()
        .filter(|c| c.verdict == Verdict::HarnessError)
        .collect();
    let reason = |clause: &Clause| {
        let note = clause.programs.iter().find_map(|program| program.note.clone());
        let reason = clause.reason.clone().or(note);
        reason.unwrap_or_else(|| "no reason given".to_owned())
    };
    html! {
        @if !failed.is_empty() {
            section {
                h2 { "Errors of the judge" }
                div.card {
                    p { "These are bugs of bucketlaw and say nothing about the target." }
                    ul.plain {
                        @for clause in failed {
                            li { span.id { (clause.id) } " " (reason(clause)) }
                        }
                    }
                }
            }
        }
    }
}

/// Lists the declared deviations and what became of them, the stale ones first.
fn deviations(deviations: &[Deviation]) -> Markup {
    let mut sorted: Vec<&Deviation> = deviations.iter().collect();
    sorted.sort_by_key(|deviation| deviation.state != DeviationState::Stale);
    html! {
        @if !sorted.is_empty() {
            section #deviations {
                h2 { "Declared deviations" }
                div.card style="padding:0" {
                    table {
                        thead { tr { th { "Clause" } th { "State" } th { "Since" } th { "Reason" } } }
                        tbody { @for one in sorted { (deviation(one)) } }
                    }
                }
            }
        }
    }
}

/// Renders the row of a declared deviation.
fn deviation(deviation: &Deviation) -> Markup {
    let (tone, words) = match deviation.state {
        DeviationState::Deviates => ("deviates", "deviates as declared"),
        DeviationState::Stale => ("violated", "stale: remove it"),
        DeviationState::Untested => ("not-exercised", "untested"),
    };
    html! {
        tr {
            td.id { (deviation.clause) @if let Some(route) = &deviation.route { "@" (route) } }
            td { span.verdict.(tone) { (words) } }
            td { (deviation.since) }
            td.long { (deviation.reason) @if let Some(link) = &deviation.link { " " (anchored(link)) } }
        }
    }
}

/// Shows a link as one if it leads to the web, and else as text.
fn anchored(link: &str) -> Markup {
    html! {
        @if link.starts_with("https://") || link.starts_with("http://") {
            a rel="noreferrer" href=(link) { (link) }
        } @else {
            (link)
        }
    }
}

/// Shows every clause as a cell, an area a row.
fn matrix(report: &Report) -> Markup {
    html! {
        section #matrix {
            h2 { "Clauses by area" }
            div.card {
                div {
                    @for (area, clauses) in report.areas() {
                        div.area {
                            div { h3 { (area) } p.soft { (listed(&clauses)) } }
                            div.cells { @for clause in clauses { (cell(clause)) } }
                        }
                    }
                }
            }
            div.legend {
                @for verdict in Verdict::ALL.into_iter().filter(|verdict| report.count(*verdict) > 0) {
                    span title=(verdict.meaning()) {
                        i.cell.(verdict.name()) style="font-style:normal" { (glyph(verdict)) }
                        (verdict.words())
                    }
                }
            }
        }
    }
}

/// Renders the cell of a clause, which leads to its row.
fn cell(clause: &Clause) -> Markup {
    let label = format!("{}: {}", clause.id, clause.verdict.words());
    html! {
        a.cell.(clause.verdict.name()) href={ "#" (anchor(&clause.id)) } title=(label) aria-label=(label) {
            (glyph(clause.verdict))
        }
    }
}

/// The sign of a verdict, so that colour is never the only difference.
const fn glyph(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::HarnessError => "!",
        Verdict::Violated => "✗",
        Verdict::Deviates => "≈",
        Verdict::Inconclusive => "?",
        Verdict::HoldsInPart => "◐",
        Verdict::Takes => "→",
        Verdict::Holds => "✓",
        Verdict::Unsupported => "–",
        Verdict::NotExercised => "·",
    }
}

/// Counts some clauses by verdict, in words.
fn listed(clauses: &[&Clause]) -> String {
    let count = |verdict: Verdict| {
        let count = clauses.iter().filter(|clause| clause.verdict == verdict).count();
        (count > 0).then(|| format!("{count} {}", verdict.words()))
    };
    Verdict::ALL
        .into_iter()
        .filter_map(count)
        .collect::<Vec<_>>()
        .join(", ")
}

/// Lists every clause with its verdict and what each program said; areas with a violation are open.
fn clauses(report: &Report, anchors: &[String]) -> Markup {
    let bad = |clause: &&Clause| matches!(clause.verdict, Verdict::HarnessError | Verdict::Violated);
    html! {
        section #clauses {
            h2 { "All clauses" }
            div.search hidden {
                input #search type="search" placeholder="Search clauses, programs, words" aria-label="Search clauses";
                span #count.soft aria-live="polite" {}
            }
            @for (area, clauses) in report.areas() {
                details.card.area-list open[clauses.iter().any(bad)] {
                    summary { (area) span.soft { (listed(&clauses)) } }
                    table {
                        thead {
                            tr {
                                th { "Clause" }
                                th { "Verdict" }
                                th { "Severity" }
                                th { "Level" }
                                th { "What was found" }
                            }
                        }
                        tbody { @for clause in clauses { (row(report, clause, anchors)) } }
                    }
                }
            }
        }
    }
}

/// Renders the row of a clause.
fn row(report: &Report, clause: &Clause, anchors: &[String]) -> Markup {
    let verdict = clause.verdict;
    let findings = report.findings.iter().zip(anchors);
    html! {
        tr id=(anchor(&clause.id)) data-verdict=(verdict.name()) {
            td.id.fixed { (clause.id) }
            td.fixed { span.verdict.(verdict.name()) { (glyph(verdict)) " " (verdict.words()) } }
            td.fixed { (clause.severity.name()) }
            td.fixed { (clause.level) }
            td.long {
                @if let Some(text) = &clause.text { div { (text) } }
                @if let Some(branch) = &clause.branch { div { "takes " (branch) } }
                @if let Some(reason) = &clause.reason { div { (reason) } }
                @for (finding, anchor) in findings.filter(|(finding, _)| finding.clause == clause.id) {
                    div { a href={ "#" (anchor) } { (finding.title) } }
                }
                @if !clause.programs.is_empty() {
                    ul.programs { @for one in &clause.programs { (program(one)) } }
                }
            }
        }
    }
}

/// Says what a program said of a clause.
fn program(program: &Program) -> Markup {
    let name = program.facet.as_deref().and_then(|facet| facet.split_once('/'));
    let facet = name.map(|(_, name)| name).unwrap_or_default();
    html! {
        li {
            span.id { (program.id) }
            @if let Some(route) = &program.route { " " (facet) "@" (route) }
            " "
            span.verdict.(program.verdict.name()) { (program.verdict.words()) }
            @if let Some(note) = &program.note { " – " (note) }
        }
    }
}

/// Says when the target stopped answering, and of what.
fn crashes(crashes: &[Crash]) -> Markup {
    html! {
        @if !crashes.is_empty() {
            section #crashes {
                h2 { "The target stopped answering " span.soft { (crashes.len()) } }
                div.card { ul.plain { @for crash in crashes { li { (crash.words()) } } } }
            }
        }
    }
}

/// Lists what is left at the target.
fn left_behind(left: &[LeftBehind], stays: Stay) -> Markup {
    html! {
        @if !left.is_empty() {
            section #left-behind {
                h2 { "Left behind " span.soft { (stays.to_string()) } }
                div.card { ul.plain { @for one in left { (stays_there(one)) } } }
            }
        }
    }
}

/// Says what is left, why, and how to remove it.
fn stays_there(left: &LeftBehind) -> Markup {
    html! {
        li {
            span.id {
                (left.bucket)
                @if let Some(key) = &left.key { "/" (key) }
                @if let Some(version) = &left.version { "?versionId=" (version) }
            }
            " " (left.reason)
            @if let Some(until) = &left.until { " until " (until) }
            "; remove with " code { "bucketlaw clean --run " (left.run) }
        }
    }
}

/// Makes the fragment of a clause: ids are letters, digits and hyphens, and anything else becomes a hyphen.
fn anchor(clause: &str) -> String {
    clause
        .chars()
        .map(|character| {
            if character.is_ascii_alphanumeric() {
                character
            } else {
                '-'
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::report::sample;

    #[test]
    fn the_page_needs_nothing_from_elsewhere() {
        let html = page(&sample::report());
        for tag in ["<link", "<img", "<iframe", "src=", "@import", "url("] {
            assert!(!html.contains(tag), "{tag}");
        }
        for clause in &sample::report().clauses {
            assert!(
                html.contains(&format!("<tr id=\"{}\"", clause.id)),
                "{}",
                clause.id
            );
        }
    }

    /// The fragments that a page defines.
    fn ids(html: &str) -> Vec<&str> {
        let after = html.split(" id=\"").skip(1);
        after.filter_map(|rest| rest.split('"').next()).collect()
    }

    #[test]
    fn no_two_elements_have_one_id() {
        let html = page(&sample::report());
        let all = ids(&html);
        let distinct: BTreeSet<&str> = all.iter().copied().collect();
        assert_eq!(all.len(), distinct.len(), "{all:#?}");
        for link in html.split("href=\"#").skip(1) {
            let target = link.split('"').next().unwrap();
            assert!(distinct.contains(target), "{target} leads nowhere");
        }
    }

    #[test]
    fn a_program_that_two_clauses_are_charged_with_stands_once() {
        let html = page(&sample::report());
        assert_eq!(
            html.matches("bucketlaw replay failures/LOCK-DEL-003/7f3a9c01")
                .count(),
            1
        );
        assert!(!html.contains("bucketlaw replay failures/VER-DEL-010/7f3a9c01"));
        assert!(html.contains("Charged with the same answer"));
    }

    #[test]
    fn a_stale_declaration_is_said_at_the_top() {
        assert!(page(&sample::report()).contains("1 declared deviation is stale."));
    }

    #[test]
    fn only_web_links_become_links() {
        let anchored = |link| anchored(link).into_string();
        assert_eq!(anchored("javascript:alert(1)"), "javascript:alert(1)");
        assert!(anchored("https://example.org/\"").contains("href=\"https://example.org/&quot;\""));
    }

    proptest! {
        #[test]
        fn hostile_text_stays_text(text in "[<>&\"'/a-z\\-!\u{0}-\u{1f}]{0,40}") {
            let hostile = format!("<script>{text}</script>");
            let mut report = sample::small();
            report.target.endpoint.clone_from(&hostile);
            report.target.product = Some(hostile.clone());
            report.clauses[0].id.clone_from(&hostile);
            report.clauses[0].area.clone_from(&hostile);
            report.clauses[0].reason = Some(hostile.clone());
            let finding = &mut report.findings[0];
            for field in [&mut finding.id, &mut finding.clause, &mut finding.title, &mut finding.program,
                          &mut finding.expected, &mut finding.got, &mut finding.explanation, &mut finding.replay] {
                field.clone_from(&hostile);
            }
            let html = page(&report);
            prop_assert_eq!(html.matches("<script>").count(), 1);
            let all = ids(&html);
            prop_assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
        }
    }
}
