//! What a run prints when it is over.

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

use super::escape::{terminal, terminal_line};
use super::group::{Story, stories};
use super::{Clause, DeviationState, Finding, Report, Severity, Verdict};
use crate::exit::Code;

mod habits;
mod matrix;

/// The narrowest and the widest that text is set.
const WIDTHS: std::ops::RangeInclusive<usize> = 40..=120;

/// How the summary is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Whether to use colours.
    pub color: bool,
    /// How many columns there are.
    pub width: usize,
    /// How many findings are told; the others are counted.
    pub findings: usize,
    /// How bad a finding is at the least that is told; the others are counted.
    pub least: Severity,
    /// Where the report's files are, if they were written.
    pub folder: Option<String>,
    /// How the command ends, if not as [`Code::of`] says.
    pub code: Option<Code>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            color: false,
            width: 100,
            findings: 10,
            least: Severity::Low,
            folder: None,
            code: None,
        }
    }
}

impl Options {
    /// Finds out what standard output can show.
    ///
    /// Colours are used only on a terminal that is not `dumb`, and not if `NO_COLOR` is set.
    #[must_use]
    pub fn detect() -> Self {
        use std::io::IsTerminal;
        let on_terminal = std::io::stdout().is_terminal();
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let width = if on_terminal {
            terminal_size::terminal_size().map(|(width, _)| usize::from(width.0))
        } else {
            None
        };
        let default = Self::default();
        Self {
            color: on_terminal && !dumb && !set("NO_COLOR"),
            width: width.unwrap_or(default.width),
            ..default
        }
    }
}

/// Renders the summary of a run, as lines for standard output.
#[must_use]
pub fn summary(report: &Report, options: &Options) -> String {
    let mut page = Page {
        text: String::new(),
        color: options.color,
        width: clamp(options.width),
    };
    page.head(report);
    habits::facts(&mut page, report);
    matrix::set(&mut page, report);
    let (declared, found): (Vec<&Finding>, Vec<&Finding>) = report
        .findings
        .iter()
        .partition(|finding| finding.declared.is_some());
    let (found, milder): (Vec<&Finding>, Vec<&Finding>) = found
        .into_iter()
        .partition(|finding| finding.severity <= options.least);
    let stories = stories(found);
    for story in stories.iter().take(options.findings) {
        page.finding(report, story);
    }
    if stories.len() > options.findings {
        let more = stories.len() - options.findings;
        page.paragraph(
            "",
            &format!("… and {more} more {}", plural(more, "finding", "findings")),
        );
    }
    if !milder.is_empty() {
        let (more, least) = (milder.len(), options.least.name());
        let findings = plural(more, "finding", "findings");
        page.paragraph("", &format!("… and {more} {findings} milder than {least}"));
    }
    habits::unowned(&mut page, report);
    page.harness_errors(report);
    page.deviations(report, declared.len());
    page.crashes(report);
    page.left_behind(report);
    page.totals(report, options.code.unwrap_or_else(|| Code::of(report)));
    page.next(report, options.folder.as_deref());
    page.text
}

/// Keeps a width within what can be set.
fn clamp(width: usize) -> usize {
    width.clamp(*WIDTHS.start(), *WIDTHS.end())
}

/// Chooses the word for a number.
const fn plural<'a>(number: usize, one: &'a str, many: &'a str) -> &'a str {
    if number == 1 { one } else { many }
}

/// The style of a verdict.
const fn style(verdict: Verdict) -> Style {
    match verdict {
        Verdict::HarnessError => AnsiColor::Magenta.on_default().bold(),
        Verdict::Violated => AnsiColor::Red.on_default().bold(),
        Verdict::Deviates | Verdict::Inconclusive => AnsiColor::Yellow.on_default(),
        Verdict::HoldsInPart | Verdict::Takes => AnsiColor::Cyan.on_default(),
        Verdict::Holds => AnsiColor::Green.on_default(),
        Verdict::Unsupported | Verdict::NotExercised => Style::new().dimmed(),
    }
}

/// The style of a severity.
const fn severity_style(severity: Severity) -> Style {
    match severity {
        Severity::Critical | Severity::High => AnsiColor::Red.on_default(),
        Severity::Medium => AnsiColor::Yellow.on_default(),
        Severity::Low => Style::new().dimmed(),
    }
}

/// The lines so far, and how they are set.
struct Page {
    text: String,
    color: bool,
    width: usize,
}

impl Page {
    /// Styles a piece of text, if colours are used.
    fn paint(&self, style: Style, text: &str) -> String {
        if self.color {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }

    /// Ends a line.
    fn line(&mut self, text: &str) {
        self.text.push_str(text.trim_end());
        self.text.push('\n');
    }

    /// Sets text that may be long, its further lines under the first.
    fn paragraph(&mut self, label: &str, text: &str) {
        let indent = " ".repeat(label.width());
        for (number, paragraph) in terminal(text).lines().enumerate() {
            let first = if number == 0 { label } else { &indent };
            let options = textwrap::Options::new(self.width)
                .initial_indent(first)
                .subsequent_indent(&indent)
                .word_splitter(textwrap::WordSplitter::NoHyphenation);
            for line in textwrap::wrap(paragraph, options) {
                self.line(&line);
            }
        }
    }

    /// Says what was judged, by what and as whom.
    fn head(&mut self, report: &Report) {
        let target = &report.target;
        let product = [&target.product, &target.version]
            .map(|name| name.as_deref().unwrap_or_default())
            .join(" ");
        let place = match product.trim() {
            "" => target.endpoint.clone(),
            product => format!("{product} at {}", target.endpoint),
        };
        self.paragraph("target      ", &place);
        let law = &report.law;
        let hash = law.hash.get(..12).unwrap_or(&law.hash);
        // What is judged from a record has none.
        let seed = match report.seed {
            0 => String::new(),
            seed => format!("   seed {seed}"),
        };
        self.paragraph("law         ", &format!("{} ({hash}){seed}", law.version));
        if law.clauses > 0 {
            let known = format!(
                "{} of {} clauses are in force, the others are planned",
                law.in_force, law.clauses
            );
            self.paragraph("            ", &known);
        }
        if !law.repealed.is_empty() {
            self.paragraph("repealed    ", &law.repealed.join(", "));
        }
        let roles: Vec<String> = target
            .identities
            .iter()
            .map(|identity| format!("{}{}", identity.role, if identity.root { " (root)" } else { "" }))
            .collect();
        if !roles.is_empty() {
            self.paragraph("identities  ", &roles.join(", "));
        }
        if !report.scope.selection.is_empty() {
            self.paragraph("selection   ", &report.scope.selection.join(" "));
        }
        if let Some(partition) = &report.scope.partition {
            self.paragraph(
                "partition   ",
                &format!("{partition}: merge the parts for the whole verdict"),
            );
        }
    }

    /// Tells the story of one finding: the fault, the clause, the program, what it should have been answered and was.
    fn finding(&mut self, report: &Report, story: &Story<'_>) {
        let finding = story.finding;
        self.line("");
        let clause = report.clause(&finding.clause);
        let level = clause
            .map(|clause| format!(" [{}]", clause.level))
            .unwrap_or_default();
        let head = format!(
            "{} {} {}{}",
            self.paint(style(Verdict::Violated), "VIOLATED"),
            self.paint(severity_style(finding.severity), finding.severity.name()),
            self.paint(Style::new().bold(), &terminal_line(finding.violates())),
            terminal_line(&level)
        );
        self.line(&head);
        self.paragraph("  ", &finding.title);
        if let Some(text) = clause.and_then(|clause| clause.text.as_ref()) {
            self.paragraph("  clause    ", text);
        }
        if !finding.routes.is_empty() {
            self.paragraph("  routes    ", &finding.routes.join(", "));
        }
        for line in terminal(&finding.program).lines() {
            self.line(&format!("    {line}"));
        }
        self.paragraph("  expected  ", &finding.expected);
        self.paragraph("  got       ", &finding.got);
        if let Some(seen) = finding.seen {
            self.paragraph("  seen      ", &format!("in {seen} runs of the program"));
        }
        self.paragraph("  why       ", &finding.explanation);
        let programs = finding.shown_by();
        if programs > 1 {
            self.paragraph("  shown by  ", &format!("{programs} programs"));
        }
        for also in &story.also {
            self.paragraph("  also      ", &format!("{} {}", also.severity, also.violates()));
        }
        // A command is not wrapped: it must survive being copied.
        self.line(&format!("  replay    {}", terminal_line(&finding.replay)));
    }

    /// Lists what the judge itself did wrong.
    fn harness_errors(&mut self, report: &Report) {
        let failed: Vec<&Clause> = report
            .clauses
            .iter()
            .filter(|clause| clause.verdict == Verdict::HarnessError)
            .collect();
        if failed.is_empty() {
            return;
        }
        self.line("");
        for clause in failed {
            let note = clause.programs.iter().find_map(|program| program.note.as_deref());
            let reason = clause.reason.as_deref().or(note).unwrap_or("no reason given");
            self.paragraph("", &format!("harness error {}: {reason}", clause.id));
        }
    }

    /// Says what became of the declared deviations.
    fn deviations(&mut self, report: &Report, findings: usize) {
        let stale: Vec<_> = report
            .deviations
            .iter()
            .filter(|d| d.state == DeviationState::Stale)
            .collect();
        let untested = report
            .deviations
            .iter()
            .filter(|d| d.state == DeviationState::Untested)
            .count();
        if report.deviations.is_empty() {
            return;
        }
        self.line("");
        let total = report.deviations.len();
        let words = format!(
            "{total} declared {}: {} as declared ({findings} {}), {} stale, {untested} untested",
            plural(total, "deviation", "deviations"),
            total - stale.len() - untested,
            plural(findings, "finding", "findings"),
            stale.len(),
        );
        self.paragraph("", &words);
        for deviation in stale {
            let route = deviation
                .route
                .as_ref()
                .map(|route| format!("@{route}"))
                .unwrap_or_default();
            let text = format!(
                "{}{route} is obeyed now: remove its [[deviation]] from the target file",
                deviation.clause
            );
            self.paragraph("  STALE ", &text);
        }
    }

    /// Says when the target stopped answering, and of what.
    fn crashes(&mut self, report: &Report) {
        if report.crashes.is_empty() {
            return;
        }
        self.line("");
        let number = report.crashes.len();
        self.line(&format!(
            "the target stopped answering {number} {}",
            plural(number, "time", "times")
        ));
        for crash in &report.crashes {
            self.paragraph("  ", &crash.words());
        }
    }

    /// Lists what is left at the target.
    fn left_behind(&mut self, report: &Report) {
        if report.left_behind.is_empty() {
            return;
        }
        self.line("");
        let number = report.left_behind.len();
        self.line(&format!("left behind: {}", report.stays));
        for left in report.left_behind.iter().take(10) {
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
            self.paragraph(
                "  ",
                &format!("{}{key}{version}  {}{until}", left.bucket, left.reason),
            );
        }
        if number > 10 {
            self.line(&format!("  … and {} more", number - 10));
        }
    }

    /// Counts the verdicts: by severity where it matters, and never as a percentage.
    fn totals(&mut self, report: &Report, code: Code) {
        self.line("");
        let mut counts = Vec::new();
        for verdict in Verdict::ALL {
            let count = report.count(verdict);
            if count == 0 {
                continue;
            }
            let severities: Vec<String> = report
                .violated_by_severity()
                .iter()
                .map(|(severity, count)| format!("{count} {severity}"))
                .collect();
            let detail = if verdict == Verdict::Violated {
                format!(" ({})", severities.join(", "))
            } else {
                String::new()
            };
            counts.push(format!("{count} {}{detail}", verdict.words()));
        }
        if report.scope.interrupted {
            self.paragraph(
                "",
                "partial: the run was interrupted; this is what was judged until then",
            );
        }
        if let Some(what) = &report.scope.crashed {
            let text =
                format!("partial: the target stopped answering: {what}; this is what was judged until then");
            self.paragraph("", &text);
        }
        let total = report.clauses.len();
        let counts = if counts.is_empty() {
            "nothing was judged".to_owned()
        } else {
            counts.join(", ")
        };
        self.paragraph(
            "",
            &format!("{total} {}: {counts}", plural(total, "clause", "clauses")),
        );
        let cost = format!("{} requests in {:.1} s", report.requests, report.seconds);
        self.paragraph(
            "",
            &format!("{cost}   exit {} ({})", code.number(), code.meaning()),
        );
    }

    /// Says what to do next.
    fn next(&mut self, report: &Report, folder: Option<&str>) {
        if let Some(folder) = folder {
            self.line(&format!(
                "report  {}",
                terminal_line(&format!("{folder}/report.html"))
            ));
        }
        let runs: std::collections::BTreeSet<&str> =
            report.left_behind.iter().map(|left| left.run.as_str()).collect();
        for run in runs {
            self.line(&format!("clean   bucketlaw clean --run {}", terminal_line(run)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn the_summary_on_a_wide_terminal() {
        let options = Options {
            folder: Some("out".to_owned()),
            width: 110,
            ..Options::default()
        };
        insta::assert_snapshot!(summary(&sample::report(), &options));
    }

    #[test]
    fn what_is_milder_than_asked_for_is_counted() {
        let graded = |severity| Finding {
            severity,
            ..sample::small().findings.remove(0)
        };
        let report = Report {
            findings: vec![
                graded(Severity::Critical),
                graded(Severity::High),
                graded(Severity::Low),
            ],
            ..sample::small()
        };
        let told = |least| {
            summary(
                &report,
                &Options {
                    least,
                    ..Options::default()
                },
            )
        };
        let text = told(Severity::High);
        assert!(
            text.contains("VIOLATED critical") && text.contains("… and 1 finding milder than high"),
            "{text}"
        );
        assert!(!told(Severity::Low).contains("milder"));
    }

    #[test]
    fn the_summary_on_a_narrow_terminal() {
        let text = summary(
            &sample::report(),
            &Options {
                width: 60,
                findings: 1,
                ..Options::default()
            },
        );
        let program_or_command = |line: &&str| !line.starts_with("    ") && !line.starts_with("  replay");
        assert!(
            text.lines()
                .filter(program_or_command)
                .all(|line| line.width() <= 60),
            "{text}"
        );
        insta::assert_snapshot!(text);
    }

    #[test]
    fn colours_add_nothing_but_colours() {
        let plain = summary(&sample::report(), &Options::default());
        let mut colored = summary(
            &sample::report(),
            &Options {
                color: true,
                ..Options::default()
            },
        );
        assert_ne!(plain, colored);
        while let Some(start) = colored.find('\u{1b}') {
            let end = colored[start..].find('m').unwrap();
            colored.replace_range(start..=start + end, "");
        }
        assert_eq!(plain, colored);
    }

    proptest::proptest! {
        #[test]
        fn any_text_at_any_width_is_set(text in proptest::prelude::any::<String>(), width in 0..300_usize, color: bool) {
            let mut report = sample::report();
            report.target.endpoint.clone_from(&text);
            for clause in &mut report.clauses {
                clause.area.clone_from(&text);
                clause.id.clone_from(&text);
            }
            for finding in &mut report.findings {
                (finding.clause, finding.got) = (text.clone(), text.clone());
            }
            report.settle();
            let _ = summary(&report, &Options { width, color, ..Options::default() });
        }
    }

    #[test]
    fn a_target_can_not_move_the_cursor() {
        let mut report = sample::small();
        report.target.product = Some("\u{1b}[2Jx".to_owned());
        report.findings[0].got = "\u{1b}]0;owned\u{7}".to_owned();
        report.findings[0].replay = "a\nb\u{1b}".to_owned();
        assert!(!summary(&report, &Options::default()).contains('\u{1b}'));
    }

    #[test]
    fn an_empty_report_says_that_nothing_was_judged() {
        let mut report = sample::small();
        report.clauses.clear();
        report.findings.clear();
        report.scope.interrupted = true;
        report.settle();
        insta::assert_snapshot!(summary(&report, &Options::default()));
    }
}
