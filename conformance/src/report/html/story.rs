//! The findings of the page: for each the program, expected beside got, why, and how to see it again.

use std::fmt::Write;

use super::anchor;
use crate::report::escape::markup;
use crate::report::{Finding, Report};

/// How many findings are told in full; the others are folded.
const OPEN_FINDINGS: usize = 10;

/// Tells the story of each finding, the undeclared ones first; those that would make the page long are folded.
pub(super) fn findings(html: &mut String, report: &Report) {
    let (declared, found): (Vec<&Finding>, Vec<&Finding>) = report
        .findings
        .iter()
        .partition(|finding| finding.declared.is_some());
    if !found.is_empty() {
        let _ = writeln!(
            html,
            "<section id=\"findings\">\n<h2>Findings <span class=\"soft\">{}</span></h2>",
            found.len()
        );
        let (first, more) = found.split_at(found.len().min(OPEN_FINDINGS));
        for finding in first {
            story(html, report, finding, "violated");
        }
        folded(html, report, "More findings", more, "violated");
        html.push_str("</section>\n");
    }
    if !declared.is_empty() {
        html.push_str("<section id=\"declared\">\n");
        folded(
            html,
            report,
            "Findings that are declared deviations",
            &declared,
            "deviates",
        );
        html.push_str("</section>\n");
    }
}

/// Tells the stories of some findings behind a line that opens them.
fn folded(html: &mut String, report: &Report, title: &str, findings: &[&Finding], tone: &str) {
    if findings.is_empty() {
        return;
    }
    let count = findings.len();
    let _ = writeln!(
        html,
        "<details class=\"card folded\"><summary>{title}<span class=\"soft\">{count}</span></summary>"
    );
    for finding in findings {
        story(html, report, finding, tone);
    }
    html.push_str("</details>\n");
}

/// Tells the story of one finding: the program, expected beside got, why, and how to see it again.
fn story(html: &mut String, report: &Report, finding: &Finding, tone: &str) {
    let level = report
        .clause(&finding.clause)
        .map_or("", |clause| clause.level.as_str());
    let route = finding
        .route
        .as_ref()
        .map(|route| format!("<span class=\"tag\">{}</span>", markup(route)));
    let _ = write!(
        html,
        "<article class=\"card finding {tone}\" id=\"finding-{id}\">\n<div><div class=\"tags\">\
         <a class=\"id\" href=\"#{anchor}\">{clause}</a><span class=\"tag {severity}\">{severity}</span>{route}\
         <span class=\"tag\">{level}</span><span class=\"tag id\">{id}</span></div>\n<h3>{title}</h3></div>\n",
        id = markup(&finding.id),
        anchor = anchor(&finding.clause),
        clause = markup(&finding.clause),
        severity = finding.severity,
        route = route.unwrap_or_default(),
        level = markup(level),
        title = markup(&finding.title),
    );
    if let Some(seen) = finding.seen {
        let _ = writeln!(html, "<p>Seen in {seen} runs of the program.</p>");
    }
    if let Some(reason) = &finding.declared {
        let _ = writeln!(
            html,
            "<p><span class=\"verdict deviates\">declared</span> {}</p>",
            markup(reason)
        );
    }
    let block = |name: &str, class: &str, text: &str| {
        let text = markup(text.trim_end());
        format!(
            "<div class=\"{name}\"><p class=\"label\">{name}</p><pre class=\"{class}\">{text}</pre></div>\n"
        )
    };
    html.push_str(&block("program", "", &finding.program));
    let _ = write!(
        html,
        "<div class=\"versus\">\n{}{}</div>\n",
        block("expected", "wraps", &finding.expected),
        block("got", "wraps", &finding.got)
    );
    let _ = writeln!(
        html,
        "<div><p class=\"label\">why</p><p class=\"wraps\">{}</p></div>\n{}</article>",
        markup(&finding.explanation),
        block("replay", "wraps", &finding.replay)
    );
}
