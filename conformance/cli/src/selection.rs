//! Which clauses and programs a command is about: ids, globs, areas, severities, what failed before.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use bucketlaw_conformance::report::{self, Report, Severity};
use bucketlaw_conformance::suite::Entry;
use bucketlaw_model::clause::{self, Clause};
use bucketlaw_model::policy::glob;

use crate::Failed;

/// The options that select clauses; all of them have to fit.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Selection {
    /// Clauses by id or glob, such as 'LOCK-DEL-*'; or programs by a path that `test --list` shows, such as
    /// 'regressions/*', or by their file.
    ids: Vec<String>,
    /// One area only.
    #[arg(long)]
    area: Option<String>,
    /// Clauses of this severity only: critical, high, medium, low. It is how bad a violation is at the worst; what is
    /// found may be graded milder, for which see --findings.
    #[arg(long)]
    severity: Option<String>,
    /// Tells findings of this severity and worse, and counts the others. report.json, junit.xml and report.html have all
    /// of them, each with its severity; the page filters by it.
    #[arg(long, value_name = "SEVERITY")]
    findings: Option<String>,
    /// Leaves out clauses by id or glob, or programs by id or path; may be given several times.
    #[arg(long, value_name = "ID")]
    exclude: Vec<String>,
    /// What failed in an earlier report.
    #[arg(long, value_name = "REPORT.JSON")]
    failed_from: Option<PathBuf>,
}

impl Selection {
    /// The selection in words, for the report; nothing for all.
    pub(crate) fn words(&self) -> Vec<String> {
        let mut words = self.ids.clone();
        words.extend(self.exclude.iter().map(|id| format!("--exclude {id}")));
        words.extend(self.area.iter().map(|area| format!("--area {area}")));
        words.extend(
            self.severity
                .iter()
                .map(|severity| format!("--severity {severity}")),
        );
        words.extend(
            self.failed_from
                .iter()
                .map(|file| format!("--failed-from {}", file.display())),
        );
        words
    }

    /// How bad a finding is at the least that is told.
    pub(crate) fn least(&self) -> Severity {
        let named = named("--findings", self.findings.as_deref());
        named.ok().flatten().unwrap_or(Severity::Low)
    }

    /// Whether it takes every program, but for what is left out.
    fn takes_all(&self) -> bool {
        self.ids.is_empty() && self.area.is_none() && self.severity.is_none() && self.failed_from.is_none()
    }

    /// The selection, ready to choose among programs; `known` are those that patterns may name.
    pub(crate) fn among(&self, known: &[Entry]) -> Result<Chosen<'_>, Failed> {
        self.check(known)?;
        let failed = match &self.failed_from {
            None => None,
            Some(path) => Some(
                read_report(path)?
                    .failed()
                    .into_iter()
                    .map(str::to_owned)
                    .collect(),
            ),
        };
        Ok(Chosen {
            selection: self,
            failed,
        })
    }

    /// Refuses names that select nothing because there is no such thing.
    fn check(&self, entries: &[Entry]) -> Result<(), Failed> {
        for pattern in self.ids.iter().chain(&self.exclude) {
            let excluded = self.exclude.contains(pattern);
            let is = |entry: &Entry| lies_at(pattern, entry) || (excluded && fits(pattern, &entry.id));
            let known = clause::all().any(|clause| fits(pattern, clause.id)) || entries.iter().any(is);
            if !known {
                return Err(Failed::usage(format!(
                    "no clause is named `{pattern}`, and no program lies there; `bucketlaw spec --search TEXT` finds clauses \
                     by their words, `bucketlaw test --list` lists the programs"
                )));
            }
        }
        let areas: BTreeSet<&str> = clause::all().map(|clause| clause.area.name()).collect();
        if let Some(area) = self.area.as_ref().filter(|area| !areas.contains(area.as_str())) {
            let areas: Vec<&str> = areas.into_iter().collect();
            return Err(Failed::usage(format!(
                "--area: there is no area `{area}`; the areas are {}",
                areas.join(", ")
            )));
        }
        named("--severity", self.severity.as_deref())?;
        named("--findings", self.findings.as_deref())?;
        Ok(())
    }
}

/// The severity that an option names.
fn named(option: &str, word: Option<&str>) -> Result<Option<Severity>, Failed> {
    let Some(word) = word else {
        return Ok(None);
    };
    let known = Severity::ALL.into_iter().find(|severity| severity.name() == word);
    let severities = Severity::ALL.map(Severity::name).join(", ");
    known.map(Some).ok_or_else(|| {
        Failed::usage(format!(
            "{option}: there is no severity `{word}`; the severities are {severities}"
        ))
    })
}

/// A selection that was checked.
pub(crate) struct Chosen<'a> {
    selection: &'a Selection,
    failed: Option<BTreeSet<String>>,
}

impl Chosen<'_> {
    /// The program with what it tells of the selection; `None` if that is nothing.
    pub(crate) fn take(&self, mut entry: Entry) -> Option<Entry> {
        let one = self.selection;
        if self.leaves_out(&entry) {
            return None;
        }
        if entry.tells.is_empty() {
            // A program that names no clause is selected by its file, or with all others.
            let named = one.ids.iter().any(|pattern| lies_at(pattern, &entry));
            return (named || one.takes_all()).then_some(entry);
        }
        let mut tells = std::mem::take(&mut entry.tells);
        tells.retain(|words| {
            let clause = words.split(['/', '@']).next().and_then(clause::find);
            clause.is_some_and(|clause| self.wants(clause, &entry))
        });
        entry.tells = tells;
        (!entry.tells.is_empty()).then_some(entry)
    }

    /// Whether a program is left out: by itself, or with all clauses that it tells.
    pub(crate) fn leaves_out(&self, entry: &Entry) -> bool {
        let clause = |words: &String| words.split(['/', '@']).next().map(str::to_owned);
        let of_it = |pattern: &String| {
            let tells = || entry.tells.iter().filter_map(clause);
            let all_told = tells().next().is_some() && tells().all(|id| fits(pattern, &id));
            fits(pattern, &entry.id) || lies_at(pattern, entry) || all_told
        };
        self.selection.exclude.iter().any(of_it)
    }

    fn wants(&self, clause: &Clause, entry: &Entry) -> bool {
        let one = self.selection;
        let named = |pattern: &String| {
            fits(pattern, clause.id) || lies_at(pattern, entry) || follows_from(pattern, clause)
        };
        let is = |wanted: &Option<String>, name: &str| wanted.as_ref().is_none_or(|wanted| wanted == name);
        let left_out = |pattern: &String| fits(pattern, clause.id);
        (one.ids.is_empty() || one.ids.iter().any(named))
            && !one.exclude.iter().any(left_out)
            && self
                .failed
                .as_ref()
                .is_none_or(|failed| failed.contains(clause.id))
            && is(&one.area, clause.area.name())
            && is(&one.severity, clause.severity.name())
    }
}

/// Whether what is named is a consequence of a clause: it is tested by the programs of its rules.
fn follows_from(id: &str, rule: &Clause) -> bool {
    clause::find(id).is_some_and(|clause| clause.follows_from.contains(&rule.id))
}

/// Whether a glob names a program: by a place where it stands, or by the file of several that it is in.
fn lies_at(pattern: &str, entry: &Entry) -> bool {
    entry.names().any(|name| fits(pattern, name))
}

/// Whether a glob fits a name as a whole.
fn fits(pattern: &str, name: &str) -> bool {
    glob(pattern.as_bytes(), name.as_bytes(), true)
}

/// Reads a report.json.
pub(crate) fn read_report(path: &Path) -> Result<Report, Failed> {
    let failed = |what: String| Failed::usage(format!("{}: {what}", path.display()));
    let text = std::fs::read_to_string(path)
        .map_err(|error| failed(format!("{error}; name the report.json of an earlier run")))?;
    report::json::read(&text).map_err(|error| failed(error.to_string()))
}
