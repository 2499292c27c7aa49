//! The matrix of areas and verdicts.

use std::fmt::Write;

use anstyle::Style;
use unicode_width::UnicodeWidthStr;

use super::{Page, style};
use crate::report::escape::terminal_line;
use crate::report::{Clause, Report, Verdict};

/// An area as it is shown, with its clauses.
type Row<'a> = (String, Vec<&'a Clause>);

/// Sets the matrix, as a table if it is narrow enough and else as lines. Only verdicts that occur have a column.
pub(super) fn set(page: &mut Page, report: &Report) {
    let columns: Vec<Verdict> = Verdict::ALL
        .into_iter()
        .filter(|verdict| report.count(*verdict) > 0)
        .collect();
    if columns.is_empty() {
        return;
    }
    page.line("");
    let rows: Vec<Row<'_>> = report
        .areas()
        .into_iter()
        .map(|(area, clauses)| (terminal_line(area), clauses))
        .collect();
    let widest = rows
        .iter()
        .map(|(area, _)| area.width())
        .chain(["area".len()])
        .max()
        .unwrap_or_default();
    if widest + 9 + columns.iter().map(|verdict| size(*verdict) + 2).sum::<usize>() > page.width {
        for (area, clauses) in &rows {
            let label = format!("{}  ", padded(area, widest));
            page.paragraph(
                &label,
                &format!("{} clauses: {}", clauses.len(), listed(&columns, clauses)),
            );
        }
        return;
    }
    head(page, &columns, widest);
    for (area, clauses) in &rows {
        let mut line = format!("{}  {:>7}", padded(area, widest), clauses.len());
        for verdict in &columns {
            let _ = write!(line, "  {}", cell(page, *verdict, clauses));
        }
        page.line(&line);
    }
}

/// Sets the heads of the columns; one of two words takes two lines, so that more columns fit.
fn head(page: &mut Page, columns: &[Verdict], widest: usize) {
    let mut above = " ".repeat(widest + 9);
    let mut below = format!("{}  clauses", padded("area", widest));
    for verdict in columns {
        let ((first, second), size) = (words(*verdict), size(*verdict));
        let _ = write!(above, "  {first:>size$}");
        let _ = write!(below, "  {second:>size$}");
    }
    for line in [above, below]
        .iter()
        .map(|line| line.trim_end())
        .filter(|line| !line.is_empty())
    {
        let line = page.paint(Style::new().bold(), line);
        page.line(&line);
    }
}

/// Counts the clauses that have a verdict.
fn cell(page: &Page, verdict: Verdict, clauses: &[&Clause]) -> String {
    let (count, size) = (count(verdict, clauses), size(verdict));
    if count == 0 {
        format!("{:>size$}", "·")
    } else {
        page.paint(style(verdict), &format!("{count:>size$}"))
    }
}

/// The words of a verdict, for the upper and the lower line of its head.
fn words(verdict: Verdict) -> (&'static str, &'static str) {
    verdict.words().split_once(' ').unwrap_or(("", verdict.words()))
}

/// The width of a verdict's column.
fn size(verdict: Verdict) -> usize {
    let (above, below) = words(verdict);
    above.len().max(below.len())
}

fn count(verdict: Verdict, clauses: &[&Clause]) -> usize {
    clauses.iter().filter(|clause| clause.verdict == verdict).count()
}

/// Lists the counts of some clauses by verdict.
fn listed(columns: &[Verdict], clauses: &[&Clause]) -> String {
    let words = |verdict: &Verdict| match count(*verdict, clauses) {
        0 => None,
        count => Some(format!("{count} {}", verdict.words())),
    };
    columns.iter().filter_map(words).collect::<Vec<_>>().join(", ")
}

/// Fills text up to a width, counted as a terminal shows it.
fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}
