//! What races say of the clauses that they tell: that they are violated, or nothing.

use bucketlaw_model::belief::{Amiss, Difference};
use bucketlaw_model::clause::{FacetId, owner};
use bucketlaw_model::program::Program;
use bucketlaw_model::request::Route;

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

/// Says that what was written shows in every later read.
const OF_READS: &str = "VER-CONS-001";
/// Says what becomes of writes that are sent together: of them it says more.
const OF_WRITES: &str = "VER-CONS-003";

/// A race that shows a violation, charged with what its outcome shows.
fn convicted(judged: &Judged<'_>, refuted: &Refuted, is_told_alone: bool) -> Vec<Row> {
    let entry = judged.entry;
    let mut told = told_by(entry);
    if told.is_empty() {
        told = deciding(entry, refuted);
    }
    let charged = charged(judged, refuted, &told);
    let is_charged = |clause: &str| charged.contains(&clause);
    if is_charged(OF_READS) {
        told.push((OF_READS, refuted.route.name().to_owned()));
    }
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

/// The clauses that a race is charged with, of those that it tells: those whose repeal would explain it; the one that what was
/// written shows, where a read after the burst does not show what was acknowledged; else the first.
fn charged(judged: &Judged<'_>, refuted: &Refuted, told: &[(&'static str, String)]) -> Vec<&'static str> {
    let entry = judged.entry;
    let explaining = clauses(judged.judgement.explanations.iter().map(|(facet, _)| *facet));
    let told = || told.iter().map(|(clause, _)| *clause);
    let explained: Vec<&'static str> = told().filter(|clause| explaining.contains(clause)).collect();
    if !explained.is_empty() {
        return explained;
    }
    // What a lock kept, or one of several writes, is told by the clauses of these.
    let says_more = |clause: &str| clause == OF_WRITES || clause.starts_with("LOCK-");
    if !told().any(says_more) && misses_a_write(refuted) {
        return vec![OF_READS];
    }
    let named = entry
        .tells
        .first()
        .and_then(|words| words.split(['/', '@']).next());
    let first = named.or_else(|| told().next());
    told().filter(|clause| first == Some(*clause)).collect()
}

/// Whether a read after a burst does not show an object, or its bytes, that were written and that it is allowed to show.
fn misses_a_write(refuted: &Refuted) -> bool {
    let reads = matches!(
        refuted.route,
        Route::GetObject
            | Route::GetObjectVersion
            | Route::HeadObject
            | Route::HeadObjectVersion
            | Route::GetObjectAttributes
            | Route::GetObjectAttributesVersion
            | Route::ListObjects
            | Route::ListObjectsV2
            | Route::ListObjectVersions
    );
    let Some(nearest) = refuted
        .expected
        .first()
        .filter(|_| reads && refuted.burst.is_none())
    else {
        return false;
    };
    let is_there = nearest.reply.status < 300;
    let is_missing = refuted.exchange.response.status == 404;
    let shows_other = matches!(
        nearest.difference,
        Difference::Content | Difference::Entries(Amiss::Missing, _)
    );
    is_there && (is_missing || (refuted.exchange.response.status < 300 && shows_other))
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
