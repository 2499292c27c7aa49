//! From judgements of programs to verdicts of clauses: who is charged with what.

use std::collections::{BTreeMap, BTreeSet};

use bucketlaw_model::check::witness::Mutant;
use bucketlaw_model::clause::{self, Clause, FacetId, Kind, owner};
use bucketlaw_model::describe;

use self::accusation::{Accusation, accusations};
use self::cell::cells;
use self::charge::Charges;
use self::control::Controls;
use self::excuse::Excuses;
use self::finding::Divergence;
use self::habits::Habits;
use self::once::Once;
use crate::judge::{Ending, Judgement};
use crate::report::{self, Fact, Finding, Severity, Unowned, Verdict};
use crate::suite::{Entry, stand_in};

mod accusation;
mod cell;
mod charge;
mod chosen;
pub mod consequences;
mod control;
mod excuse;
mod finding;
mod grade;
mod habits;
mod heading;
mod kept;
pub mod kinds;
mod once;
mod races;

pub use self::control::beside;

/// Why a clause has no verdict that no program of the run tells.
const UNTOLD: &str = "no program of the run tells it";

/// What a run comes to.
#[derive(Clone, Debug, Default)]
pub struct Assembled {
    /// The verdicts of all clauses in force.
    pub clauses: Vec<report::Clause>,
    /// The findings behind the violated ones.
    pub findings: Vec<Finding>,
    /// What differs and no clause owns.
    pub unowned: Vec<Unowned>,
    /// What the endpoint does throughout.
    pub facts: Vec<Fact>,
    /// What the endpoint has shown that can be the control of something, in words.
    pub controls: Vec<String>,
}

impl Assembled {
    /// Puts all of it into a report.
    pub fn put_into(self, report: &mut report::Report) {
        report.clauses = self.clauses;
        report.findings = self.findings;
        report.unowned = self.unowned;
        report.facts = self.facts;
        // A whole run has had all its controls, or lacks them.
        if report.scope.partition.is_some() {
            report.controls = self.controls;
        }
    }
}

/// Puts the judgements of a run together.
#[must_use]
pub fn assemble(entries: &[Entry], judgements: &[Judgement]) -> Assembled {
    if !entries.iter().any(|entry| entry.program.races()) {
        return assemble_alone(entries, judgements, Vec::new());
    }
    let pairs = entries.iter().zip(judgements);
    let (races, others): (Vec<_>, Vec<_>) = pairs.partition(|(entry, _)| entry.program.races());
    let raced = races::rows(&races, &others);
    let (entries, judgements): (Vec<Entry>, Vec<Judgement>) = others
        .into_iter()
        .map(|(entry, judgement)| (entry.clone(), judgement.clone()))
        .unzip();
    assemble_alone(&entries, &judgements, raced)
}

/// Puts the judgements of programs without bursts together, and adds what races say.
fn assemble_alone(entries: &[Entry], judgements: &[Judgement], raced: Vec<races::Row>) -> Assembled {
    let habits = Habits::of(entries, judgements);
    let run = Run {
        excuses: Excuses::of(judgements, &habits),
        once: Once::of(entries, judgements, &habits),
        charges: Charges::of(judgements),
        controls: Controls::of(judgements),
    };
    let mut told = Told::default();
    for (entry, judgement) in entries.iter().zip(judgements) {
        told.take(entry, judgement, &run);
    }
    for row in raced {
        told.rows.entry(row.clause).or_default().push(row.program);
        told.findings.extend(row.finding);
    }
    if !judgements.iter().any(|judgement| judgement.strict) {
        chosen::excuse(&mut told.rows, &mut told.findings);
    }
    let findings = report::examples(told.findings);
    Assembled {
        clauses: clauses(&told.rows, &taken(judgements), &findings),
        findings,
        unowned: finding::together(told.unowned),
        facts: [
            run.excuses.facts(judgements),
            habits.facts(judgements, &told.charged_with),
            kept::facts(entries, judgements),
            stood_in(entries),
        ]
        .concat(),
        controls: run.controls.words(),
    }
}

/// What is known of a run as a whole.
struct Run<'a> {
    excuses: Excuses<'a>,
    once: Once,
    charges: Charges,
    controls: Controls,
}

/// What the programs of a run say.
#[derive(Default)]
struct Told {
    /// Of each clause.
    rows: BTreeMap<&'static str, Vec<report::Program>>,
    findings: Vec<Finding>,
    unowned: Vec<Unowned>,
    /// How many programs are charged with a repeal.
    charged_with: BTreeMap<Mutant, u64>,
}

impl Told {
    /// Takes in what one program says.
    fn take(&mut self, entry: &Entry, judgement: &Judgement, run: &Run<'_>) {
        let charges = &run.charges;
        let told = told_by(entry);
        let own = charge::own(&told);
        let judgement = &charges.cleared(judgement, &own);
        let ruled = charges.ruled_otherwise(judgement, &own);
        let excuse = run.excuses.excuse(entry, judgement);
        let excuse = excuse.or_else(|| run.once.excuse(entry));
        let charged = match &excuse {
            Some(_) => Vec::new(),
            None => {
                let once = run.once.charged(entry);
                once.unwrap_or_else(|| charges.charged(judgement, &told))
            }
        };
        for mutant in charges.borne(judgement, &charged) {
            *self.charged_with.entry(mutant).or_default() += 1;
        }
        let accusations = accusations((entry, judgement), (&charged, &ruled), charges);
        let cells = cells(entry);
        for cell in &cells {
            let row = match &excuse {
                Some(excuse) => cell::row(entry, cell, excuse.verdict, Some(excuse.note.clone())),
                None => cell::judged((entry, judgement), cell, &accusations, &run.controls),
            };
            self.rows.entry(cell.clause).or_default().push(row);
        }
        for (accusation, finding) in found(entry, &accusations) {
            if !cells.iter().any(|cell| accusation.accuses(cell)) {
                let rows = self.rows.entry(accusation.clause).or_default();
                rows.push(accusation.row(&finding));
            }
            self.findings.push(finding);
        }
        let unowned = disowned(entry, judgement, &charged, excuse.is_some());
        self.unowned.extend(unowned);
    }
}

/// All clauses that get a verdict, with what programs say of them, each as bad as what is found of it.
fn clauses(
    rows: &BTreeMap<&str, Vec<report::Program>>,
    taken: &BTreeMap<&str, BTreeSet<String>>,
    findings: &[Finding],
) -> Vec<report::Clause> {
    let mut clauses: Vec<report::Clause> = clause::all()
        .filter(|clause| counted(clause))
        .map(|clause| summary(clause, rows, taken))
        .collect();
    consequences::derive(&mut clauses);
    for clause in &mut clauses {
        if matches!(clause.verdict, Verdict::Violated | Verdict::Deviates) {
            clause.severity = found_severity(clause, findings);
        }
        if clause.verdict == Verdict::Deviates {
            clause.reason = Some(chosen::REASON.to_owned());
        }
    }
    clauses
}

/// What stood in for what the target lacks, by how many programs it stood in.
fn stood_in(entries: &[Entry]) -> Vec<Fact> {
    let mut programs: BTreeMap<&str, u64> = BTreeMap::new();
    for words in entries.iter().filter_map(stand_in::words) {
        *programs.entry(words).or_default() += 1;
    }
    let fact = |(words, programs): (&str, u64)| Fact {
        text: format!("asked with a stand-in, as the target lacks what stands in the programs: {words}"),
        clause: None,
        programs,
    };
    programs.into_iter().map(fact).collect()
}

/// How bad the violation of a clause is: as its worst finding. What follows from other rules is no worse than theirs.
fn found_severity(violated: &report::Clause, findings: &[Finding]) -> Severity {
    let worst = |ids: &[&str]| {
        findings
            .iter()
            .filter(|finding| ids.contains(&finding.clause.as_str()))
            .map(|finding| finding.severity)
            .min()
    };
    let follows_from = clause::find(&violated.id).map_or(&[][..], |clause| clause.follows_from);
    worst(&[&violated.id])
        .or_else(|| worst(follows_from).map(|worst| worst.max(violated.severity)))
        .unwrap_or(violated.severity)
}

/// What differs in one program and no clause fixes.
fn disowned(entry: &Entry, judgement: &Judgement, charged: &[&'static str], excused: bool) -> Vec<Unowned> {
    let slips = judgement.slips.iter();
    let mut unowned: Vec<Unowned> = slips
        .filter(|slipped| slipped.slip.owners.is_empty())
        .map(|slipped| Divergence::from(slipped).unowned(entry))
        .collect();
    if let (Ending::Refuted(refuted), true, false) = (&judgement.ending, charged.is_empty(), excused) {
        unowned.push(Divergence::from(refuted.as_ref()).unowned(entry));
    }
    unowned
}

/// The findings of one program: of each facet the worst.
fn found<'a>(entry: &Entry, accusations: &'a [Accusation<'a>]) -> Vec<(&'a Accusation<'a>, Finding)> {
    let finding = |accusation: &'a Accusation<'a>| (accusation, accusation.finding(entry));
    let mut found: Vec<_> = accusations.iter().map(finding).collect();
    found.sort_by_key(|(_, finding)| (finding.clause.clone(), finding.facet.clone(), finding.severity));
    found.dedup_by(|(_, later), (_, first)| later.clause == first.clause && later.facet == first.facet);
    found
}

/// Whether a clause gets a verdict.
fn counted(clause: &Clause) -> bool {
    clause.in_force() && matches!(clause.kind, Kind::Rule | Kind::Form | Kind::Consequence)
}

/// The clauses that a program tells, with the route.
fn told_by(entry: &Entry) -> Vec<(&'static str, String)> {
    let one = |words: &String| {
        let (facet, route) = words.split_once('@')?;
        let id = facet.split('/').next()?;
        clause::find(id).map(|clause| (clause.id, route.to_owned()))
    };
    let mut told: Vec<(&'static str, String)> = entry.tells.iter().filter_map(one).collect();
    told.sort_unstable();
    told.dedup();
    told
}

/// The branches that the endpoint takes, by clause: those that some program shows to be the only one that it can have
/// taken, and where none does, all that it can have taken.
fn taken(judgements: &[Judgement]) -> BTreeMap<&'static str, BTreeSet<String>> {
    let mut shown: BTreeMap<FacetId, BTreeSet<u8>> = BTreeMap::new();
    let mut open: BTreeMap<FacetId, BTreeSet<u8>> = BTreeMap::new();
    for judgement in judgements {
        let possible: Vec<(FacetId, u8)> = judgement.branches.iter().copied().collect();
        for of_one in possible.chunk_by(|one, next| one.0 == next.0) {
            let known = if of_one.len() == 1 { &mut shown } else { &mut open };
            for (facet, branch) in of_one {
                known.entry(*facet).or_default().insert(*branch);
            }
        }
    }
    for (facet, branches) in open {
        shown.entry(facet).or_insert(branches);
    }
    let mut taken: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
    for (facet, branches) in shown {
        if let Some((clause, _)) = owner(facet) {
            let names = branches.into_iter().map(|branch| describe::branch(facet, branch));
            taken.entry(clause.id).or_default().extend(names);
        }
    }
    taken
}

/// One clause with its programs.
fn summary(
    clause: &'static Clause,
    rows: &BTreeMap<&str, Vec<report::Program>>,
    taken: &BTreeMap<&str, BTreeSet<String>>,
) -> report::Clause {
    let mut programs = rows.get(clause.id).cloned().unwrap_or_default();
    let chooses = clause.facets.iter().all(|facet| facet.is_choice()) && !clause.facets.is_empty();
    let branch = taken
        .get(clause.id)
        .map(|names| names.iter().cloned().collect::<Vec<_>>().join(" or "));
    if chooses && branch.is_some() {
        for program in programs
            .iter_mut()
            .filter(|program| program.verdict == Verdict::Holds)
        {
            program.verdict = Verdict::Takes;
        }
    }
    let reason = programs.is_empty().then(|| UNTOLD.to_owned());
    let mut summary = report::Clause {
        id: clause.id.to_owned(),
        area: clause.area.name().to_owned(),
        text: Some(clause.text.to_owned()),
        kind: clause.kind.name().to_owned(),
        level: clause.level.name().to_owned(),
        severity: severity(clause.severity),
        verdict: Verdict::NotExercised,
        branch: branch.clone(),
        reason,
        programs,
    };
    summary.settle();
    summary.branch = branch;
    summary
}

fn severity(severity: clause::Severity) -> Severity {
    match severity {
        clause::Severity::Critical => Severity::Critical,
        clause::Severity::High => Severity::High,
        clause::Severity::Medium => Severity::Medium,
        clause::Severity::Low => Severity::Low,
    }
}
