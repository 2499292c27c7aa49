//! What a run found, and the files and words that say so.
//!
//! [`Report`] is `report.json`: the one record that every other form is made from. [`write()`] puts all forms into a
//! folder; [`terminal::summary`] is what a run prints; [`merge::merge`] puts the parts of a divided run together.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

mod clarity;
mod crash;
mod escape;
mod group;
pub mod habit;
pub mod html;
pub mod json;
pub mod junit;
pub mod merge;
pub mod partition;
#[cfg(test)]
pub(crate) mod sample;
mod settle;
mod stay;
pub mod terminal;
pub mod verdict;

pub use clarity::Clarity;
pub use crash::Crash;
pub(crate) use group::examples;
pub use habit::{Fact, Unowned};
pub use partition::Partition;
pub use stay::Stay;
pub use verdict::{Severity, Verdict};

/// Everything that a run found out about a target, in the order in which `report.json` has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The name and number of this format: [`json::SCHEMA`].
    pub schema: String,
    /// What was judged.
    pub target: Target,
    /// By which law it was judged.
    pub law: Law,
    /// The seed that every choice of the run followed from.
    pub seed: u64,
    /// Which part of a whole run this is.
    #[serde(default, skip_serializing_if = "Scope::is_whole")]
    pub scope: Scope,
    /// When the run started, as RFC 3339 in UTC.
    pub started: String,
    /// How long the run took.
    pub seconds: f64,
    /// How many requests were sent.
    pub requests: u64,
    /// How many clauses have each verdict; every verdict is there.
    pub totals: BTreeMap<Verdict, u64>,
    /// The verdict on each clause, by area and id.
    pub clauses: Vec<Clause>,
    /// The divergences, the worst first.
    pub findings: Vec<Finding>,
    /// What the target does throughout, and what that means for the verdicts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<Fact>,
    /// What the target has shown that can be the control of something: in a part of a run, for the other parts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub controls: Vec<String>,
    /// What replies tell otherwise than S3 and no clause fixes. No clause is violated by it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unowned: Vec<Unowned>,
    /// The deviations that the target file declares, and what became of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deviations: Vec<Deviation>,
    /// The times at which the target stopped answering.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub crashes: Vec<Crash>,
    /// What the run could not remove from the target.
    pub left_behind: Vec<LeftBehind>,
    /// How much that is.
    #[serde(default, skip_serializing_if = "Stay::is_nothing")]
    pub stays: Stay,
}

/// The endpoint that was judged, and as whom.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The URL that requests went to.
    pub endpoint: String,
    /// The product, as declared or as its replies name it.
    pub product: Option<String>,
    /// The product's version, as declared or as its replies name it.
    pub version: Option<String>,
    /// The callers that the run had.
    pub identities: Vec<Identity>,
    /// Whether it is the reference server that the run started for itself, at an endpoint that means nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub embedded: bool,
}

/// A caller that the run had; never with its secrets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// `owner`, `user`, `other` or `anonymous`.
    pub role: String,
    /// Whether it is the root of its account.
    pub root: bool,
    /// Its account, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Its ARN, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
}

/// The law that judged.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Law {
    /// The version of the catalogue.
    pub version: String,
    /// The hash of the clauses and programs in force: equal hashes judge equally.
    pub hash: String,
    /// How many clauses the specification has; 0 in reports older than this.
    #[serde(default)]
    pub clauses: usize,
    /// How many of them the law rules by.
    #[serde(default)]
    pub in_force: usize,
    /// What was repealed, as `ID`, `ID/facet` or `ID/facet@Route`.
    pub repealed: Vec<String>,
    /// The branches that were demanded where S3 is undocumented; all are accepted where none is named.
    pub branches: BTreeMap<String, String>,
}

/// Which part of a whole run a report covers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// The parts of the suite that ran, if it was divided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partition: Option<Partition>,
    /// The ids, globs and filters that were asked for; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub selection: Vec<String>,
    /// Whether the run was stopped before its end.
    #[serde(default)]
    pub interrupted: bool,
    /// What happened to the target, if it stopped answering before the end of the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crashed: Option<String>,
}

impl Scope {
    /// Tells whether the whole suite ran to its end.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        *self == Self::default()
    }
}

/// The verdict on one clause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clause {
    /// The clause's id, its name for ever.
    pub id: String,
    /// The area it belongs to.
    pub area: String,
    /// What it says, in its own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// `rule`, `consequence`, `form`, …
    pub kind: String,
    /// How well it is known: `recorded`, `documented`, `reported` or `chosen`.
    pub level: String,
    /// How bad it is when violated.
    pub severity: Severity,
    /// What was found.
    pub verdict: Verdict,
    /// The branch that the target takes, where the law leaves it open.
    pub branch: Option<String>,
    /// Why the verdict is what it is, where that needs saying.
    pub reason: Option<String>,
    /// The programs that spoke about it.
    pub programs: Vec<Program>,
}

/// What one program said about a clause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Program {
    /// The program's id.
    pub id: String,
    /// The facet that it tells, as `ID/facet`, where it tells one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facet: Option<String>,
    /// The route (operation and call form) that it speaks about, where it speaks about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// What it found.
    pub verdict: Verdict,
    /// What needs saying about it: the branch, `blocked by ID`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The answers that the target has to show elsewhere before this one counts, and has not shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
}

/// One divergence: a shrunk program, what the law expects and what the target did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The hash of the shrunk program.
    pub id: String,
    /// The clause that it is charged to.
    pub clause: String,
    /// The facet that it is charged to, as `ID/facet`, where one is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facet: Option<String>,
    /// The route that the program shows it on, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// All routes that have it.
    #[serde(default)]
    pub routes: Vec<String>,
    /// How bad it is.
    pub severity: Severity,
    /// The fault, in one line.
    pub title: String,
    /// How many programs show it on this route.
    pub programs: u64,
    /// The shrunk program, in the grammar of program files.
    pub program: String,
    /// What the law expects at the failing step.
    pub expected: String,
    /// What the target answered there.
    pub got: String,
    /// Why the law expects it: the deciding clause, its source, the smallest repeal that would make this legal.
    pub explanation: String,
    /// The command that shows it again.
    pub replay: String,
    /// How clearly the program shows it.
    #[serde(default, skip_serializing_if = "Clarity::is_shared")]
    pub clarity: Clarity,
    /// In how many runs of the program it was seen, if not in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Seen>,
    /// The reason given for it in the target file, if it is a declared deviation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared: Option<String>,
    /// The same fault on the other routes, each by the clearest program that shows it there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<Finding>,
}

/// In how many runs of a program its divergence was seen: it does not come back each time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Seen {
    /// In how many it was seen.
    pub times: usize,
    /// How many there were.
    pub of: usize,
}

impl fmt::Display for Seen {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} of {}", self.times, self.of)
    }
}

/// A declared deviation, and what became of it in this run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Deviation {
    /// The clause that the target deviates from.
    pub clause: String,
    /// The route that the declaration is limited to; none for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// Why that is accepted.
    pub reason: String,
    /// Since when.
    pub since: String,
    /// Where to read more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// What became of it.
    pub state: DeviationState,
}

/// What became of a declared deviation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeviationState {
    /// The target deviates as declared.
    Deviates,
    /// The target obeys the clause now: the declaration must go.
    Stale,
    /// The run can't tell: the clause was not exercised, or not with the whole suite.
    Untested,
}

impl DeviationState {
    /// Returns the stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Deviates => "deviates",
            Self::Stale => "stale",
            Self::Untested => "untested",
        }
    }
}

/// Who keeps from being removed what the run left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeptBy {
    /// The target, which refuses what S3 grants the owner.
    Target,
    /// A COMPLIANCE lock, which S3 lets nobody end before its date.
    Lock,
}

/// Something that the run made at the target and could not remove.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LeftBehind {
    /// The run that made it: `bucketlaw clean --run ID` tries again.
    pub run: String,
    /// The bucket.
    pub bucket: String,
    /// The object, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The object's version, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// How many bytes the object has, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Why it could not be removed.
    pub reason: String,
    /// Who keeps it from being removed, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_by: Option<KeptBy>,
    /// From when on it can be removed, as RFC 3339 in UTC, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

impl Report {
    /// Starts an empty report on a target, to be filled in and then settled.
    #[must_use]
    pub fn new(target: Target, law: Law, seed: u64) -> Self {
        Self {
            schema: json::SCHEMA.to_owned(),
            target,
            law,
            seed,
            scope: Scope::default(),
            started: String::new(),
            seconds: 0.0,
            requests: 0,
            totals: BTreeMap::new(),
            clauses: Vec::new(),
            findings: Vec::new(),
            facts: Vec::new(),
            controls: Vec::new(),
            unowned: Vec::new(),
            deviations: Vec::new(),
            crashes: Vec::new(),
            left_behind: Vec::new(),
            stays: Stay::default(),
        }
    }

    /// Brings everything that follows from the programs' verdicts in line with them, and everything into its order.
    ///
    /// Call it when the report is complete and after each change to a verdict. It may be called again without harm.
    pub fn settle(&mut self) {
        if !self.seconds.is_finite() || self.seconds < 0.0 {
            self.seconds = 0.0;
        }
        for clause in &mut self.clauses {
            clause
                .programs
                .sort_by(|a, b| (&a.id, &a.route, a.verdict).cmp(&(&b.id, &b.route, b.verdict)));
            clause.settle();
        }
        self.clauses
            .sort_by(|a, b| (&a.area, &a.id).cmp(&(&b.area, &b.id)));
        self.findings = group::group(std::mem::take(&mut self.findings));
        self.findings.sort_by(|a, b| a.place().cmp(&b.place()));
        self.restate_deviations();
        self.facts.sort_by(|a, b| (b.programs, a).cmp(&(a.programs, b)));
        self.facts.dedup();
        self.controls.sort();
        self.controls.dedup();
        self.unowned.sort();
        self.left_behind.sort();
        self.left_behind.dedup();
        self.stays = Stay::of(&self.left_behind);
        self.totals = Verdict::ALL.into_iter().map(|verdict| (verdict, 0)).collect();
        for clause in &self.clauses {
            *self.totals.entry(clause.verdict).or_default() += 1;
        }
    }

    /// Finds out what became of each declared deviation.
    fn restate_deviations(&mut self) {
        let whole = self.scope.is_whole();
        for deviation in &mut self.deviations {
            let clause = self.clauses.iter().find(|clause| clause.id == deviation.clause);
            deviation.state = clause.map_or(DeviationState::Untested, |clause| {
                deviation.state_in(clause, whole)
            });
        }
        self.deviations.sort();
    }

    /// Counts the clauses that have a verdict.
    #[must_use]
    pub fn count(&self, verdict: Verdict) -> u64 {
        self.totals.get(&verdict).copied().unwrap_or(0)
    }

    /// Counts the clauses whose verdict says something about the target.
    #[must_use]
    pub fn evaluated(&self) -> u64 {
        Verdict::ALL
            .into_iter()
            .filter(|verdict| verdict.is_evaluated())
            .map(|verdict| self.count(verdict))
            .sum()
    }

    /// Counts the violated clauses by severity, the worst first, without those that have none.
    #[must_use]
    pub fn violated_by_severity(&self) -> Vec<(Severity, usize)> {
        let count = |severity| {
            let guilty =
                |clause: &&Clause| clause.verdict == Verdict::Violated && clause.severity == severity;
            self.clauses.iter().filter(guilty).count()
        };
        Severity::ALL
            .into_iter()
            .map(|severity| (severity, count(severity)))
            .filter(|(_, count)| *count > 0)
            .collect()
    }

    /// Returns the areas of the report, each with its clauses.
    #[must_use]
    pub fn areas(&self) -> BTreeMap<&str, Vec<&Clause>> {
        let mut areas: BTreeMap<&str, Vec<&Clause>> = BTreeMap::new();
        for clause in &self.clauses {
            areas.entry(&clause.area).or_default().push(clause);
        }
        areas
    }

    /// Returns the clauses that `--failed-from` runs again: violated, inconclusive, or failed by the judge itself.
    #[must_use]
    pub fn failed(&self) -> BTreeSet<&str> {
        let again = [Verdict::HarnessError, Verdict::Violated, Verdict::Inconclusive];
        let failed = self
            .clauses
            .iter()
            .filter(|clause| again.contains(&clause.verdict));
        failed.map(|clause| clause.id.as_str()).collect()
    }

    /// Finds the clause with this id.
    #[must_use]
    pub fn clause(&self, id: &str) -> Option<&Clause> {
        self.clauses.iter().find(|clause| clause.id == id)
    }
}

impl Finding {
    /// Its place in the list: undeclared ones first, then the worst, then by clause and id.
    fn place(&self) -> (bool, Severity, &str, &str, &str) {
        (
            self.declared.is_some(),
            self.severity,
            &self.clause,
            self.violates(),
            &self.id,
        )
    }
}

impl Deviation {
    /// Tells whether the declaration speaks about this route.
    #[must_use]
    pub fn covers(&self, route: Option<&str>) -> bool {
        self.route.is_none() || self.route.as_deref() == route
    }

    /// Finds out from the clause what became of the declaration; only a whole run may call it stale.
    fn state_in(&self, clause: &Clause, whole: bool) -> DeviationState {
        let programs = clause.programs.iter();
        let verdict = if clause.programs.is_empty() {
            clause.verdict
        } else {
            settle::verdict(programs.filter(|program| self.covers(program.route.as_deref())))
        };
        match verdict {
            Verdict::Deviates => DeviationState::Deviates,
            Verdict::Holds | Verdict::Takes if whole => DeviationState::Stale,
            _ => DeviationState::Untested,
        }
    }
}

/// Writes `report.json`, `report.html` and `junit.xml` into a folder, each as a whole or not at all.
///
/// # Errors
///
/// Fails if the folder can't be made or a file can't be written; the error names the file.
pub fn write(folder: &Path, report: &Report) -> io::Result<()> {
    let named =
        |path: &Path, error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    std::fs::create_dir_all(folder).map_err(|error| named(folder, error))?;
    let files = [
        ("report.json", json::write(report)?),
        ("report.html", html::page(report)),
        ("junit.xml", junit::document(report).map_err(io::Error::other)?),
    ];
    for (name, text) in files {
        let path = folder.join(name);
        let draft = folder.join(format!(".{name}.{}", std::process::id()));
        let written = std::fs::write(&draft, text).and_then(|()| std::fs::rename(&draft, &path));
        if let Err(error) = written {
            let _ = std::fs::remove_file(&draft);
            return Err(named(&path, error));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clause_is_never_green_when_nothing_ran() {
        let mut report = sample::report();
        for clause in &mut report.clauses {
            clause.programs.clear();
            clause.verdict = Verdict::Holds;
        }
        report.settle();
        assert_eq!(report.count(Verdict::Holds), 0);
        assert_eq!(report.count(Verdict::NotExercised), report.clauses.len() as u64);
        assert_eq!(report.evaluated(), 0);
    }

    #[test]
    fn settling_twice_changes_nothing() {
        let mut report = sample::report();
        let once = report.clone();
        report.settle();
        assert_eq!(report, once);
        assert_eq!(report.totals.values().sum::<u64>(), report.clauses.len() as u64);
    }

    #[test]
    fn a_part_of_a_run_never_calls_a_deviation_stale() {
        let mut report = sample::report();
        assert!(
            report
                .deviations
                .iter()
                .any(|deviation| deviation.state == DeviationState::Stale)
        );
        report.scope.selection = vec!["LOCK-*".to_owned()];
        report.settle();
        assert!(
            report
                .deviations
                .iter()
                .all(|deviation| deviation.state != DeviationState::Stale)
        );
    }

    #[test]
    fn writing_leaves_three_files_and_nothing_else() {
        let kept = tempfile::tempdir().unwrap();
        let folder = kept.path().join("made");
        write(&folder, &sample::report()).unwrap();
        write(&folder, &sample::report()).unwrap();
        let mut names: Vec<String> = std::fs::read_dir(&folder)
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, ["junit.xml", "report.html", "report.json"]);
        let read = json::read(&std::fs::read_to_string(folder.join("report.json")).unwrap()).unwrap();
        assert_eq!(read, sample::report());
        let error = write(Path::new("/dev/null/out"), &sample::report())
            .unwrap_err()
            .to_string();
        assert!(error.contains("/dev/null/out"), "{error}");
    }
}
