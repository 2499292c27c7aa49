//! The findings of the page: for each the fault, the program, expected beside got, why, and how to see it again.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::anchor;
use crate::report::escape::markup;
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
pub(super) fn findings(html: &mut String, report: &Report, anchors: &[String]) {
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
        severities(html, &found);
        let stories = stories(found);
        let (first, more) = stories.split_at(stories.len().min(OPEN_FINDINGS));
        for one in first {
            story(html, (report, anchors), one, "violated");
        }
        folded(html, (report, anchors), "More findings", more, "violated");
        html.push_str("</section>\n");
    }
    if !declared.is_empty() {
        html.push_str("<section id=\"declared\">\n");
        folded(
            html,
            (report, anchors),
            "Findings that are declared deviations",
            &stories(declared),
            "deviates",
        );
        html.push_str("</section>\n");
    }
}

/// The filter by severity: a button for each that some finding has.
fn severities(html: &mut String, found: &[&Finding]) {
    html.push_str("<div class=\"severities\" hidden>\n");
    for severity in Severity::ALL {
        let count = found
            .iter()
            .filter(|finding| finding.severity == severity)
            .count();
        if count > 0 {
            let _ = writeln!(
                html,
                "<button type=\"button\" class=\"tag {severity}\" data-severity=\"{severity}\" aria-pressed=\"false\">\
                 {count} {severity}</button>"
            );
        }
    }
    html.push_str("</div>\n");
}

/// A report with the fragments of its findings.
type Page<'a> = (&'a Report, &'a [String]);

/// Tells some stories behind a line that opens them.
fn folded(html: &mut String, page: Page<'_>, title: &str, stories: &[Story<'_>], tone: &str) {
    if stories.is_empty() {
        return;
    }
    let count = stories.len();
    let _ = writeln!(
        html,
        "<details class=\"card folded\"><summary>{title}<span class=\"soft\">{count}</span></summary>"
    );
    for one in stories {
        story(html, page, one, tone);
    }
    html.push_str("</details>\n");
}

/// Tells the story of one finding: the program, expected beside got, why, and how to see it again.
fn story(html: &mut String, (report, anchors): Page<'_>, story: &Story<'_>, tone: &str) {
    let finding = story.finding;
    head(html, (report, anchors), finding, tone);
    for also in &story.also {
        let _ = writeln!(
            html,
            "<p id=\"{}\">Charged with the same answer: <a class=\"id\" href=\"#{}\">{}</a> \
             <span class=\"tag {severity}\">{severity}</span></p>",
            anchor_of(report, anchors, also),
            anchor(&also.clause),
            markup(also.violates()),
            severity = also.severity,
        );
    }
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
        "<div><p class=\"label\">why</p><p class=\"wraps\">{}</p></div>\n{}",
        markup(&finding.explanation),
        block("replay", "wraps", &finding.replay)
    );
    elsewhere(html, finding);
    html.push_str("</article>\n");
}

/// What is at fault, and how bad it is.
fn head(html: &mut String, (report, anchors): Page<'_>, finding: &Finding, tone: &str) {
    let clause = report.clause(&finding.clause);
    let routes: String = finding
        .routes
        .iter()
        .map(|route| format!("<span class=\"tag\">{}</span>", markup(route)))
        .collect();
    let programs = match finding.shown_by() {
        0 | 1 => String::new(),
        many => format!("<span class=\"tag\">{many} programs</span>"),
    };
    let _ = write!(
        html,
        "<article class=\"card finding {tone}\" id=\"{id}\" data-severity=\"{severity}\">\n<div><div class=\"tags\">\
         <a class=\"id\" href=\"#{anchor}\">{violates}</a><span class=\"tag {severity}\">{severity}</span>{routes}\
         <span class=\"tag\">{level}</span>{programs}</div>\n<h3>{title}</h3>\n<p class=\"soft\">{text}</p></div>\n",
        id = anchor_of(report, anchors, finding),
        anchor = anchor(&finding.clause),
        violates = markup(finding.violates()),
        severity = finding.severity,
        level = markup(clause.map_or("", |clause| clause.level.as_str())),
        title = markup(&finding.title),
        text = markup(
            clause
                .and_then(|clause| clause.text.as_deref())
                .unwrap_or_default()
        ),
    );
}

/// Lists the programs that show the same fault on other routes.
fn elsewhere(html: &mut String, finding: &Finding) {
    if finding.others.is_empty() {
        return;
    }
    html.push_str("<details><summary>The same on other routes</summary>\n<ul class=\"plain\">\n");
    for other in &finding.others {
        let _ = writeln!(
            html,
            "<li>{} <span class=\"tag {severity}\">{severity}</span> {} <code>{}</code></li>",
            markup(other.route.as_deref().unwrap_or_default()),
            markup(&other.title),
            markup(&other.replay),
            severity = other.severity,
        );
    }
    html.push_str("</ul>\n</details>\n");
}
