//! `report.html`: the report as people read it, in one file that needs nothing else.
//!
//! The page is complete without its script, which only filters. Nothing is loaded from anywhere, and a content security
//! policy keeps it so: what a target answered is shown, never run.

use std::fmt::Write;

use super::escape::markup;
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
    let mut html = String::with_capacity(64 * 1024);
    let product = product(report);
    let _ = write!(
        html,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"generator\" content=\"{}\">\n<title>{} – bucketlaw report</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<div class=\"wrap\">\n",
        markup(&report.schema),
        markup(&product)
    );
    header(&mut html, report, &product);
    html.push_str("<main>\n");
    tiles(&mut html, report);
    habits::facts(&mut html, &report.facts);
    matrix(&mut html, report);
    let anchors = anchors(&report.findings);
    findings(&mut html, report, &anchors);
    habits::unowned(&mut html, &report.unowned);
    harness_errors(&mut html, report);
    deviations(&mut html, &report.deviations);
    clauses(&mut html, report, &anchors);
    crashes(&mut html, &report.crashes);
    left_behind(&mut html, &report.left_behind, report.stays);
    html.push_str("</main>\n</div>\n");
    let _ = write!(html, "<script>\n{FILTER}</script>\n</body>\n</html>\n");
    html
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
fn header(html: &mut String, report: &Report, product: &str) {
    let _ = write!(
        html,
        "<header>\n<p class=\"brand\">bucketlaw report</p>\n<h1>{}</h1>\n<p class=\"headline\">{}</p>\n<dl class=\"facts\">\n",
        markup(product),
        headline(report)
    );
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
    for (name, value) in facts.iter().filter(|(_, value)| !value.trim().is_empty()) {
        let _ = writeln!(html, "<div><dt>{name}</dt><dd>{}</dd></div>", markup(value));
    }
    html.push_str("</dl>\n</header>\n");
}

/// Says the result in one sentence, by severity and never as a percentage.
fn headline(report: &Report) -> String {
    let mut sentences = Vec::new();
    if report.scope.interrupted {
        sentences
            .push("This report is <strong>partial</strong>: the run was interrupted; this is what was judged until then.".to_owned());
    }
    if let Some(what) = &report.scope.crashed {
        sentences.push(format!(
            "This report is <strong>partial</strong>: the target stopped answering ({}); this is what was judged until then.",
            markup(what)
        ));
    }
    let severities: Vec<String> = report
        .violated_by_severity()
        .iter()
        .map(|(severity, count)| format!("{count} {severity}"))
        .collect();
    sentences.push(match report.count(Verdict::Violated) {
        _ if report.evaluated() == 0 => "<strong>Nothing was evaluated.</strong>".to_owned(),
        0 => format!(
            "No violation in the {} clauses that were evaluated.",
            report.evaluated()
        ),
        count => format!(
            "<strong class=\"verdict violated\">{count} violated</strong> of {} clauses evaluated: {}.",
            report.evaluated(),
            severities.join(", ")
        ),
    });
    let stale = report
        .deviations
        .iter()
        .filter(|deviation| deviation.state == DeviationState::Stale)
        .count();
    if stale > 0 {
        sentences.push(format!(
            "{stale} declared {} stale.",
            if stale == 1 {
                "deviation is"
            } else {
                "deviations are"
            }
        ));
    }
    sentences.join(" ")
}

/// Counts the verdicts; the tiles are the filter, too.
fn tiles(html: &mut String, report: &Report) {
    html.push_str("<h2>Clauses by verdict</h2>\n<div class=\"tiles\">\n");
    for verdict in Verdict::ALL {
        let count = report.count(verdict);
        let _ = writeln!(
            html,
            "<button type=\"button\" disabled aria-pressed=\"false\" class=\"tile {verdict}{}\" data-verdict=\"{verdict}\" \
             title=\"{}\"><b>{count}</b><span>{}</span></button>",
            if count == 0 { " zero" } else { "" },
            markup(verdict.meaning()),
            verdict.words()
        );
    }
    html.push_str("</div>\n");
}

/// Lists what the judge itself did wrong.
fn harness_errors(html: &mut String, report: &Report) {
    let failed: Vec<&Clause> = report
        .clauses
        .iter()
        .filter(|c| c.verdict == Verdict::HarnessError)
        .collect();
    if failed.is_empty() {
        return;
    }
    html.push_str(
        "<section>\n<h2>Errors of the judge</h2>\n<div class=\"card\">\
         <p>These are bugs of bucketlaw and say nothing about the target.</p>\n<ul class=\"plain\">\n",
    );
    for clause in failed {
        let note = clause.programs.iter().find_map(|program| program.note.as_deref());
        let reason = clause.reason.as_deref().or(note).unwrap_or("no reason given");
        let _ = writeln!(
            html,
            "<li><span class=\"id\">{}</span> {}</li>",
            markup(&clause.id),
            markup(reason)
        );
    }
    html.push_str("</ul></div>\n</section>\n");
}

/// Lists the declared deviations and what became of them, the stale ones first.
fn deviations(html: &mut String, deviations: &[Deviation]) {
    if deviations.is_empty() {
        return;
    }
    html.push_str(
        "<section id=\"deviations\">\n<h2>Declared deviations</h2>\n<div class=\"card\" style=\"padding:0\">\n<table>\n\
         <thead><tr><th>Clause</th><th>State</th><th>Since</th><th>Reason</th></tr></thead>\n<tbody>\n",
    );
    let mut sorted: Vec<&Deviation> = deviations.iter().collect();
    sorted.sort_by_key(|deviation| deviation.state != DeviationState::Stale);
    for deviation in sorted {
        let (tone, words) = match deviation.state {
            DeviationState::Deviates => ("deviates", "deviates as declared"),
            DeviationState::Stale => ("violated", "stale: remove it"),
            DeviationState::Untested => ("not-exercised", "untested"),
        };
        let route = deviation
            .route
            .as_ref()
            .map(|route| format!("@{route}"))
            .unwrap_or_default();
        let link = deviation
            .link
            .as_ref()
            .map(|link| format!(" {}", anchored(link)))
            .unwrap_or_default();
        let _ = writeln!(
            html,
            "<tr><td class=\"id\">{}</td><td><span class=\"verdict {tone}\">{words}</span></td><td>{}</td>\
             <td class=\"long\">{}{link}</td></tr>",
            markup(&format!("{}{route}", deviation.clause)),
            markup(&deviation.since),
            markup(&deviation.reason)
        );
    }
    html.push_str("</tbody>\n</table>\n</div>\n</section>\n");
}

/// Shows a link as one if it leads to the web, and else as text.
fn anchored(link: &str) -> String {
    let shown = markup(link);
    if link.starts_with("https://") || link.starts_with("http://") {
        format!("<a rel=\"noreferrer\" href=\"{shown}\">{shown}</a>")
    } else {
        shown
    }
}

/// Shows every clause as a cell, an area a row.
fn matrix(html: &mut String, report: &Report) {
    html.push_str("<section id=\"matrix\">\n<h2>Clauses by area</h2>\n<div class=\"card\">\n<div>\n");
    for (area, clauses) in report.areas() {
        let _ = write!(
            html,
            "<div class=\"area\"><div><h3>{}</h3><p class=\"soft\">{}</p></div><div class=\"cells\">",
            markup(area),
            listed(&clauses)
        );
        for clause in clauses {
            let _ = write!(
                html,
                "<a class=\"cell {verdict}\" href=\"#{anchor}\" title=\"{id}: {words}\" aria-label=\"{id}: {words}\">{glyph}</a>",
                verdict = clause.verdict,
                anchor = anchor(&clause.id),
                id = markup(&clause.id),
                words = clause.verdict.words(),
                glyph = glyph(clause.verdict)
            );
        }
        html.push_str("</div></div>\n");
    }
    html.push_str("</div>\n</div>\n<div class=\"legend\">\n");
    for verdict in Verdict::ALL
        .into_iter()
        .filter(|verdict| report.count(*verdict) > 0)
    {
        let _ = writeln!(
            html,
            "<span title=\"{}\"><i class=\"cell {verdict}\" style=\"font-style:normal\">{}</i>{}</span>",
            markup(verdict.meaning()),
            glyph(verdict),
            verdict.words()
        );
    }
    html.push_str("</div>\n</section>\n");
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
fn clauses(html: &mut String, report: &Report, anchors: &[String]) {
    html.push_str(
        "<section id=\"clauses\">\n<h2>All clauses</h2>\n<div class=\"search\" hidden>\
         <input id=\"search\" type=\"search\" placeholder=\"Search clauses, programs, words\" aria-label=\"Search clauses\">\
         <span id=\"count\" class=\"soft\" aria-live=\"polite\"></span></div>\n",
    );
    for (area, clauses) in report.areas() {
        let bad = |clause: &&Clause| matches!(clause.verdict, Verdict::HarnessError | Verdict::Violated);
        let _ = write!(
            html,
            "<details class=\"card area-list\"{}><summary>{}<span class=\"soft\">{}</span></summary>\n<table>\n\
             <thead><tr><th>Clause</th><th>Verdict</th><th>Severity</th><th>Level</th><th>What was found</th></tr></thead>\n<tbody>\n",
            if clauses.iter().any(bad) { " open" } else { "" },
            markup(area),
            listed(&clauses)
        );
        for clause in clauses {
            row(html, report, clause, anchors);
        }
        html.push_str("</tbody>\n</table>\n</details>\n");
    }
    html.push_str("</section>\n");
}

/// Renders the row of a clause.
fn row(html: &mut String, report: &Report, clause: &Clause, anchors: &[String]) {
    let _ = write!(
        html,
        "<tr id=\"{}\" data-verdict=\"{verdict}\"><td class=\"id fixed\">{}</td>\
         <td class=\"fixed\"><span class=\"verdict {verdict}\">{} {}</span></td><td class=\"fixed\">{}</td><td class=\"fixed\">{}</td>\
         <td class=\"long\">",
        anchor(&clause.id),
        markup(&clause.id),
        glyph(clause.verdict),
        clause.verdict.words(),
        clause.severity,
        markup(&clause.level),
        verdict = clause.verdict,
    );
    if let Some(text) = &clause.text {
        let _ = write!(html, "<div>{}</div>", markup(text));
    }
    let said = [("takes ", &clause.branch), ("", &clause.reason)];
    for (label, text) in said
        .iter()
        .filter_map(|(label, text)| text.as_ref().map(|text| (label, text)))
    {
        let _ = write!(html, "<div>{label}{}</div>", markup(text));
    }
    let findings = report.findings.iter().zip(anchors);
    for (finding, anchor) in findings.filter(|(finding, _)| finding.clause == clause.id) {
        let _ = write!(
            html,
            "<div><a href=\"#{anchor}\">{}</a></div>",
            markup(&finding.title)
        );
    }
    programs(html, &clause.programs);
    html.push_str("</td></tr>\n");
}

/// Lists what the programs of a clause said.
fn programs(html: &mut String, programs: &[Program]) {
    if programs.is_empty() {
        return;
    }
    html.push_str("<ul class=\"programs\">");
    for program in programs {
        let name = program.facet.as_deref().and_then(|facet| facet.split_once('/'));
        let facet = name.map(|(_, name)| markup(name)).unwrap_or_default();
        let route = program
            .route
            .as_ref()
            .map(|route| format!(" {facet}@{}", markup(route)))
            .unwrap_or_default();
        let note = program
            .note
            .as_ref()
            .map(|note| format!(" – {}", markup(note)))
            .unwrap_or_default();
        let _ = write!(
            html,
            "<li><span class=\"id\">{}</span>{route} <span class=\"verdict {verdict}\">{}</span>{note}</li>",
            markup(&program.id),
            program.verdict.words(),
            verdict = program.verdict
        );
    }
    html.push_str("</ul>");
}

/// Says when the target stopped answering, and of what.
fn crashes(html: &mut String, crashes: &[Crash]) {
    if crashes.is_empty() {
        return;
    }
    let _ = write!(
        html,
        "<section id=\"crashes\">\n<h2>The target stopped answering <span class=\"soft\">{}</span></h2>\n<div class=\"card\">\n<ul class=\"plain\">\n",
        crashes.len()
    );
    for crash in crashes {
        let _ = writeln!(html, "<li>{}</li>", markup(&crash.words()));
    }
    html.push_str("</ul>\n</div>\n</section>\n");
}

/// Lists what is left at the target.
fn left_behind(html: &mut String, left: &[LeftBehind], stays: Stay) {
    if left.is_empty() {
        return;
    }
    let _ = write!(
        html,
        "<section id=\"left-behind\">\n<h2>Left behind <span class=\"soft\">{stays}</span></h2>\n<div class=\"card\">\n<ul class=\"plain\">\n"
    );
    for left in left {
        let key = left.key.as_ref().map(|key| format!("/{key}")).unwrap_or_default();
        let version = left
            .version
            .as_ref()
            .map(|version| format!("?versionId={version}"))
            .unwrap_or_default();
        let until = left
            .until
            .as_ref()
            .map(|until| format!(" until {until}"))
            .unwrap_or_default();
        let place = format!("{}{key}{version}", left.bucket);
        let why = format!("{}{until}; remove with", left.reason);
        let _ = writeln!(
            html,
            "<li><span class=\"id\">{}</span> {} <code>bucketlaw clean --run {}</code></li>",
            markup(&place),
            markup(&why),
            markup(&left.run)
        );
    }
    html.push_str("</ul>\n</div>\n</section>\n");
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
