//! What the target does throughout, and what differs that no clause fixes.

use std::fmt::Write;

use crate::report::escape::markup;
use crate::report::{Fact, Unowned};

/// Lists what the target does throughout.
pub(super) fn facts(html: &mut String, facts: &[Fact]) {
    if facts.is_empty() {
        return;
    }
    html.push_str(
        "<section id=\"facts\">\n<h2>Throughout</h2>\n<div class=\"card\" style=\"padding:0\">\n<table>\n\
         <thead><tr><th>What it does</th><th>Clause</th><th>Programs</th></tr></thead>\n<tbody>\n",
    );
    for fact in facts {
        let clause = fact.clause.as_deref().map_or_else(String::new, |id| {
            format!("<a href=\"#{}\">{}</a>", super::anchor(id), markup(id))
        });
        let _ = writeln!(
            html,
            "<tr><td class=\"long\">{}</td><td class=\"id\">{clause}</td><td>{}</td></tr>",
            markup(&fact.text),
            fact.programs
        );
    }
    html.push_str("</tbody>\n</table>\n</div>\n</section>\n");
}

/// Lists what replies tell otherwise than S3 and no clause fixes.
pub(super) fn unowned(html: &mut String, unowned: &[Unowned]) {
    if unowned.is_empty() {
        return;
    }
    html.push_str(
        "<section id=\"unowned\">\n<h2>Differs, and no clause fixes it</h2>\n<div class=\"card\" style=\"padding:0\">\n<table>\n\
         <thead><tr><th>Route</th><th>What</th><th>Expected</th><th>Got</th><th>Programs</th></tr></thead>\n<tbody>\n",
    );
    for one in unowned {
        let _ = writeln!(
            html,
            "<tr><td class=\"id\">{}</td><td class=\"long\">{}</td><td class=\"long\">{}</td><td class=\"long\">{}</td>\
             <td>{} ({})</td></tr>",
            markup(&one.route),
            markup(&one.what),
            markup(&one.expected),
            markup(&one.got),
            one.programs,
            markup(&one.example)
        );
    }
    html.push_str("</tbody>\n</table>\n</div>\n</section>\n");
}
