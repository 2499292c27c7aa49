//! What the target does throughout, on top, and what differs that no clause fixes.

use super::{Page, plural};
use crate::report::Report;

/// How many differences that no clause fixes are told; the others are counted.
const UNOWNED: usize = 8;

/// Tells what the target does throughout, and how many programs met it.
pub(super) fn facts(page: &mut Page, report: &Report) {
    for fact in &report.facts {
        let clause = fact
            .clause
            .as_ref()
            .map(|id| format!("{id}: "))
            .unwrap_or_default();
        let programs = plural_of(fact.programs);
        page.paragraph("note        ", &format!("{clause}{} ({programs})", fact.text));
    }
}

/// Tells what replies tell otherwise than S3 and no clause fixes.
pub(super) fn unowned(page: &mut Page, report: &Report) {
    if report.unowned.is_empty() {
        return;
    }
    page.line("");
    page.paragraph("", "differs from S3, and no clause fixes it:");
    for difference in report.unowned.iter().take(UNOWNED) {
        let text = format!(
            "{}: {}: expected {}, got {} ({}, for example {})",
            difference.route,
            difference.what,
            difference.expected,
            difference.got,
            plural_of(difference.programs),
            difference.example
        );
        page.paragraph("  ", &text);
    }
    let more = report.unowned.len().saturating_sub(UNOWNED);
    if more > 0 {
        page.line(&format!("  … and {more} more"));
    }
}

fn plural_of(programs: u64) -> String {
    let few = usize::try_from(programs).unwrap_or(usize::MAX);
    format!("{programs} {}", plural(few, "program", "programs"))
}
