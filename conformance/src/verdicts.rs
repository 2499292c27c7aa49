//! From judgements of programs to verdicts of clauses: who is charged with what.

use std::collections::{BTreeMap, BTreeSet};

use bucketlaw_model::check::witness::Mutant;
use bucketlaw_model::clause::{self, Clause, FacetId, Kind, owner};
use bucketlaw_model::describe;

use self::accusation::{Accusation, accusations};
use self::charge::Charges;
use self::control::Controls;
use self::excuse::Excuses;
use self::finding::Divergence;
use self::habits::Habits;
use self::once::Once;
use crate::judge::{Ending, Judgement, Slipped, Tells};
use crate::report::{self, Fact, Finding, Severity, Unowned, Verdict};
use crate::suite::{Entry, stand_in};

mod accusation;
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
        return assemble_alone(entries, judgements, &mut Vec::new());
    }
    let pairs = entries.iter().zip(judgements);
    let (races, others): (Vec<_>, Vec<_>) = pairs.partition(|(entry, _)| entry.program.races());
    let mut raced = races::rows(&races, &others);
    let (entries, judgements): (Vec<Entry>, Vec<Judgement>) = others
        .into_iter()
        .map(|(entry, judgement)| (entry.clone(), judgement.clone()))
        .unzip();
    assemble_alone(&entries, &judgements, &mut raced)
}

/// Puts the judgements of programs without bursts together, and adds what races say.
fn assemble_alone(entries: &[Entry], judgements: &[Judgement], raced: &mut Vec<races::Row>) -> Assembled {
    let mut rows: BTreeMap<&str, Vec<report::Program>> = BTreeMap::new();
    let taken = taken(judgements);
    let mut findings: Vec<Finding> = Vec::new();
    let mut unowned: Vec<Unowned> = Vec::new();
    let habits = Habits::of(entries, judgements);
    let excuses = Excuses::of(judgements, &habits);
    let once = Once::of(entries, judgements, &habits);
    let charges = Charges::of(judgements);
    let controls = Controls::of(judgements);
    let mut charged_with: BTreeMap<Mutant, u64> = BTreeMap::new();
    for (entry, judgement) in entries.iter().zip(judgements) {
        let told = told_by(entry);
        let own = charge::own(&told);
        let judgement = &charges.cleared(judgement, &own);
        let ruled = charges.ruled_otherwise(judgement, &own);
        let excuse = excuses.excuse(entry, judgement).or_else(|| once.excuse(entry));
        let charged = match &excuse {
            Some(_) => Vec::new(),
            None => once
                .charged(entry)
                .unwrap_or_else(|| charges.charged(judgement, &told)),
        };
        for mutant in charges.borne(judgement, &charged) {
            *charged_with.entry(mutant).or_default() += 1;
        }
        let accusations = accusations((entry, judgement), (&charged, &ruled), &charges);
        let cells = cells(entry);
        for cell in &cells {
            let row = match &excuse {
                Some(excuse) => row(entry, cell, excuse.verdict, Some(excuse.note.clone())),
                None => controlled(row_of(entry, judgement, cell, &accusations), judgement, &controls),
            };
            rows.entry(cell.clause).or_default().push(row);
        }
        for (accusation, finding) in found(entry, &accusations) {
            if !cells.iter().any(|cell| accusation.accuses(cell)) {
                let rows = rows.entry(accusation.clause).or_default();
                rows.push(accusation.row(&finding));
            }
            findings.push(finding);
        }
        unowned.extend(disowned(entry, judgement, &charged, excuse.is_some()));
    }
    for row in raced.drain(..) {
        rows.entry(row.clause).or_default().push(row.program);
        findings.extend(row.finding);
    }
    if !judgements.iter().any(|judgement| judgement.strict) {
        chosen::excuse(&mut rows, &mut findings);
    }
    let findings = report::examples(findings);
    let mut clauses: Vec<report::Clause> = clause::all()
        .filter(|clause| counted(clause))
        .map(|clause| summary(clause, &rows, &taken))
        .collect();
    consequences::derive(&mut clauses);
    for clause in clauses
        .iter_mut()
        .filter(|clause| matches!(clause.verdict, Verdict::Violated | Verdict::Deviates))
    {
        clause.severity = found_severity(clause, &findings);
        if clause.verdict == Verdict::Deviates {
            clause.reason = Some(chosen::REASON.to_owned());
        }
    }
    Assembled {
        clauses,
        findings,
        unowned: finding::together(unowned),
        facts: [
            excuses.facts(judgements),
            habits.facts(judgements, &charged_with),
            kept::facts(entries, judgements),
            stood_in(entries),
        ]
        .concat(),
        controls: controls.words(),
    }
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

/// A facet on a route that a program tells: what has a verdict of its own.
struct Cell {
    clause: &'static str,
    /// The facet, as `ID/facet`.
    facet: String,
    route: String,
}

impl Cell {
    /// The cell as programs have it in their comments.
    fn words(&self) -> String {
        format!("{}@{}", self.facet, self.route)
    }

    /// Whether a repeal is the one of this facet on this route.
    fn is_of(&self, (facet, route): &Mutant) -> bool {
        self.facet == facet.to_string() && self.route == route.name()
    }
}

/// The facets on routes that a program tells.
fn cells(entry: &Entry) -> Vec<Cell> {
    let one = |words: &&str| {
        let (facet, route) = words.split_once('@')?;
        let clause = clause::find(facet.split('/').next()?)?;
        Some(Cell {
            clause: clause.id,
            facet: facet.to_owned(),
            route: route.to_owned(),
        })
    };
    let tells: BTreeSet<&str> = entry.tells.iter().map(String::as_str).collect();
    tells.iter().filter_map(one).collect()
}

/// What a program says of a facet on a route that it tells.
fn row_of(
    entry: &Entry,
    judgement: &Judgement,
    cell: &Cell,
    accusations: &[Accusation<'_>],
) -> report::Program {
    let (verdict, note) = verdict(judgement, cell, accusations);
    row(entry, cell, verdict, note)
}

/// A row that is green only if the endpoint has also shown the other answers, elsewhere in the run.
fn controlled(row: report::Program, judgement: &Judgement, controls: &Controls) -> report::Program {
    let (Verdict::Holds, Some(facet), Some(route)) = (row.verdict, &row.facet, &row.route) else {
        return row;
    };
    let missing = controls.missing(judgement, &format!("{facet}@{route}"));
    if missing.is_empty() {
        return row;
    }
    report::Program {
        verdict: Verdict::NotExercised,
        note: Some(format!("without a control: not seen {}", missing.join(", "))),
        needs: missing,
        ..row
    }
}

/// How a program ended for a facet on a route that it tells.
fn verdict(judgement: &Judgement, cell: &Cell, accusations: &[Accusation<'_>]) -> (Verdict, Option<String>) {
    let needs = clause::find(cell.clause).map_or(&[][..], Clause::needs);
    if needs.iter().any(|need| judgement.lacks_roots.contains(need)) {
        return (Verdict::NotExercised, Some("needs a root user".to_owned()));
    }
    if let Some(accusation) = accusations.iter().find(|one| one.accuses(cell)) {
        return (Verdict::Violated, Some(accusation.place()));
    }
    match &judgement.ending {
        Ending::Allowed => told_through(judgement, cell),
        Ending::Refuted(refuted) => {
            let charged = accusations.iter().filter(|one| one.number() == refuted.number);
            let charged: Vec<String> = charged.map(|one| one.words(cell.clause)).collect();
            let by = match charged.as_slice() {
                [] => format!("an answer at step {} that no clause fixes", refuted.number),
                _ => charged.join(", "),
            };
            // Not obeyed here, for whatever reason: what other programs show of the clause can't be called green.
            if judgement.explanations.iter().any(|mutant| cell.is_of(mutant)) {
                let note = format!(
                    "step {} is charged to {by}, and would be explained by it as well",
                    refuted.number
                );
                return (Verdict::Inconclusive, Some(note));
            }
            (Verdict::NotExercised, Some(format!("blocked by {by}")))
        }
        Ending::Unsupported(number, said) => (Verdict::Unsupported, Some(format!("step {number}: {said}"))),
        Ending::Inconclusive(why) => (Verdict::Inconclusive, Some(why.clone())),
        Ending::NotRun(why) => (Verdict::NotExercised, Some(why.to_string())),
        Ending::Broken(why) => (Verdict::HarnessError, Some(why.clone())),
    }
}

/// What a program that ran to its end, with slips or without, says of a facet on a route.
fn told_through(judgement: &Judgement, cell: &Cell) -> (Verdict, Option<String>) {
    let words = cell.words();
    let told = judgement
        .told
        .iter()
        .find(|(told, _)| *told == words)
        .map(|(_, tells)| *tells);
    match told {
        Some(Tells::Broken) => {
            let first = judgement.slips.first().map_or(0, |slipped| slipped.number);
            (Verdict::Violated, Some(format!("at step {first}")))
        }
        None | Some(Tells::Obeyed) => (Verdict::Holds, None),
        Some(Tells::Hidden) => (Verdict::NotExercised, Some(hidden(judgement))),
    }
}

/// Why a program says nothing whose replies are told otherwise.
fn hidden(judgement: &Judgement) -> String {
    let first = judgement.slips.first().map_or(0, |slipped| slipped.number);
    let by = judgement.slips.iter().flat_map(owners).collect::<BTreeSet<_>>();
    let by = if by.is_empty() {
        "what no clause fixes".to_owned()
    } else {
        by.into_iter().collect::<Vec<_>>().join(", ")
    };
    format!("what would tell it is hidden by {by}, violated from step {first} on")
}

/// The clauses that fix what a slip tells otherwise.
fn owners(slipped: &Slipped) -> Vec<&'static str> {
    let owners = slipped.slip.owners.iter().filter_map(|facet| owner(*facet));
    owners.map(|(clause, _)| clause.id).collect()
}

fn row(entry: &Entry, cell: &Cell, verdict: Verdict, note: Option<String>) -> report::Program {
    let stands_in = || stand_in::words(entry).map(|words| format!("stand-in: {words}"));
    report::Program {
        id: entry.id.clone(),
        facet: Some(cell.facet.clone()),
        route: Some(cell.route.clone()),
        verdict,
        note: note.or_else(stands_in),
        needs: Vec::new(),
    }
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
