//! What races say of the clauses that they tell: that they are violated, or nothing.

use bucketlaw_model::clause::{FacetId, owner};
use bucketlaw_model::program::Program;

use super::finding::{Divergence, Evidence};
use super::told_by;
use crate::judge::{Ending, Judgement, Refuted, step_request};
use crate::race::{Judged, fold, is_of_order, one_after_the_other, preface, shows_in};
use crate::report::{self, Clarity, Finding, Verdict};
use crate::suite::Entry;

/// What one race says of one clause.
pub(super) struct Row {
    pub(super) clause: &'static str,
    pub(super) program: report::Program,
    pub(super) finding: Option<Finding>,
}

/// What the races of a run say, given the other programs of it.
///
/// A race is judged only where its requests, sent one after the other, are answered as the law says: what goes wrong
/// without a race is charged without one.
pub(super) fn rows(races: &[(&Entry, &Judgement)], others: &[(&Entry, &Judgement)]) -> Vec<Row> {
    let mut rows = Vec::new();
    for judged in fold(races) {
        let alone = one_after_the_other(judged.entry).id;
        let alone = others.iter().find(|(entry, _)| entry.id == alone);
        let is_allowed = alone.map(|(_, judgement)| matches!(judgement.ending, Ending::Allowed));
        let fails_alone = is_allowed == Some(false);
        match &judged.judgement.ending {
            Ending::Refuted(refuted) if is_of_order(&judged.entry.program, refuted) => rows.extend(silent(
                &judged,
                (
                    Verdict::NotExercised,
                    "race, of a setting and writes, of which S3 promises no order",
                ),
            )),
            Ending::Refuted(refuted) if !fails_alone && shows_in(&judged.entry.program, refuted) => {
                rows.extend(convicted(&judged, refuted, is_allowed.is_some()));
            }
            ending => rows.extend(silent(
                &judged,
                (Verdict::NotExercised, &said(ending, fails_alone)),
            )),
        }
    }
    rows
}

/// A race that shows a violation: of the clauses that it tells those whose repeal would explain it, else the first.
fn convicted(judged: &Judged<'_>, refuted: &Refuted, is_told_alone: bool) -> Vec<Row> {
    let entry = judged.entry;
    let mut told = told_by(entry);
    if told.is_empty() {
        told = deciding(entry, refuted);
    }
    let explaining: Vec<&'static str> =
        clauses(judged.judgement.explanations.iter().map(|(facet, _)| *facet));
    let first = entry.tells.first().map_or_else(
        || told.first().map(|(clause, _)| *clause),
        |words| words.split(['/', '@']).next(),
    );
    let any = told.iter().any(|(clause, _)| explaining.contains(clause));
    let is_charged = |clause: &str| {
        if any {
            explaining.contains(&clause)
        } else {
            first == Some(clause)
        }
    };
    let note = format!(
        "race, in {} of {} rounds, at step {}",
        judged.refuted, judged.rounds, refuted.number
    );
    let silent = silent(judged, (Verdict::NotExercised, "race, charged to another clause"));
    let mut rows: Vec<Row> = silent.into_iter().filter(|row| !is_charged(row.clause)).collect();
    // What is lawful one after the other nothing else explains.
    let of_race = Evidence {
        clarity: Clarity::Alone,
        ..Evidence::default()
    };
    for (clause, route) in told.iter().filter(|(clause, _)| is_charged(clause)) {
        let mut finding = Divergence::from(refuted).raced().finding(entry, clause, of_race);
        // A race without what it tells could be replayed, but not charged to anything.
        finding.program = Program {
            about: entry.tells.iter().map(|words| format!("tells {words}")).collect(),
            ..entry.program.clone()
        }
        .to_string();
        finding
            .explanation
            .insert_str(0, &preface(&entry.program, refuted));
        finding.explanation.push_str(&format!(
            "It happened in {} of {} rounds.\n",
            judged.refuted, judged.rounds
        ));
        if is_told_alone {
            finding
                .explanation
                .push_str("The same requests, one after the other, are answered as the law says.\n");
        }
        rows.push(Row {
            clause,
            program: row(entry, route.clone(), Verdict::Violated, note.clone()),
            finding: Some(finding),
        });
    }
    rows
}

/// The clause that decided what should have been answered: charged with a race that names none.
fn deciding(entry: &Entry, refuted: &Refuted) -> Vec<(&'static str, String)> {
    let route = step_request(&entry.program, refuted.number).map(|request| request.operation.route().name());
    let deciding = clauses(refuted.charged().into_iter()).into_iter();
    deciding.take(1).zip(route.map(str::to_owned)).collect()
}

/// A race that says nothing: one row for each clause, so that the report shows that it ran.
fn silent(judged: &Judged<'_>, (verdict, note): (Verdict, &str)) -> Vec<Row> {
    let broken = matches!(judged.judgement.ending, Ending::Broken(_));
    let verdict = if broken { Verdict::HarnessError } else { verdict };
    let note = match &judged.judgement.ending {
        Ending::Allowed => format!(
            "race, no violation in {} rounds, which proves nothing",
            judged.rounds
        ),
        _ => note.to_owned(),
    };
    let rows = told_by(judged.entry).into_iter().map(|(clause, route)| Row {
        clause,
        program: row(judged.entry, route, verdict, note.clone()),
        finding: None,
    });
    rows.collect()
}

/// Why a race says nothing.
fn said(ending: &Ending, fails_alone: bool) -> String {
    match ending {
        Ending::Refuted(_) if fails_alone => {
            "race, but its requests are not answered as the law says one after the other either".to_owned()
        }
        Ending::Refuted(refuted) => format!(
            "race, blocked at step {} before the requests are sent",
            refuted.number
        ),
        Ending::Unsupported(number, said) => format!("race, step {number}: {said}"),
        Ending::NotRun(why) => format!("race: {why}"),
        Ending::Inconclusive(why) | Ending::Broken(why) => format!("race: {why}"),
        Ending::Allowed => String::new(),
    }
}

/// A row of no facet: a race proves none obeyed, and leaves none out.
fn row(entry: &Entry, route: String, verdict: Verdict, note: String) -> report::Program {
    report::Program {
        id: entry.id.clone(),
        facet: None,
        route: Some(route),
        verdict,
        note: Some(note),
        needs: Vec::new(),
    }
}

fn clauses(facets: impl Iterator<Item = FacetId>) -> Vec<&'static str> {
    facets.filter_map(owner).map(|(clause, _)| clause.id).collect()
}
