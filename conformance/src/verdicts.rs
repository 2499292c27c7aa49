//! From judgements of programs to verdicts of clauses: who is charged with what.

use std::collections::{BTreeMap, BTreeSet};

use bucketlaw_model::belief::Difference;
use bucketlaw_model::clause::{self, Clause, FacetId, Kind, Status, owner};
use bucketlaw_model::describe;
use bucketlaw_model::program::Program;
use bucketlaw_model::reply::ReplyBody;

use crate::judge::{Ending, Judgement, Refuted, step_line};
use crate::lift::lift;
use crate::report::{self, Finding, Severity, Verdict};
use crate::suite::Entry;

/// The verdicts of all clauses in force, and the findings behind the violated ones.
#[must_use]
pub fn assemble(entries: &[Entry], judgements: &[Judgement]) -> (Vec<report::Clause>, Vec<Finding>) {
    let mut rows: BTreeMap<&str, Vec<report::Program>> = BTreeMap::new();
    let mut taken: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut findings: Vec<Finding> = Vec::new();
    for (entry, judgement) in entries.iter().zip(judgements) {
        let told = told_by(entry);
        for (facet, branch) in &judgement.branches {
            if let Some((clause, _)) = owner(*facet) {
                taken
                    .entry(clause.id)
                    .or_default()
                    .insert(describe::branch(*facet, *branch));
            }
        }
        let charged = charged(judgement, &told);
        for (clause, route) in &told {
            let (verdict, note) = verdict(&judgement.ending, clause, &charged);
            rows.entry(clause)
                .or_default()
                .push(row(entry, Some(route.clone()), verdict, note));
        }
        if let Ending::Refuted(refuted) = &judgement.ending {
            for id in &charged {
                if !told.iter().any(|(clause, _)| clause == id) {
                    let note = Some(format!("at step {}", refuted.number));
                    rows.entry(id)
                        .or_default()
                        .push(row(entry, None, Verdict::Violated, note));
                }
                findings.push(finding(entry, judgement, refuted, id));
            }
        }
    }
    let mut clauses: Vec<report::Clause> = clause::all()
        .filter(|clause| counted(clause))
        .map(|clause| summary(clause, &rows, &taken))
        .collect();
    for clause in clauses
        .iter_mut()
        .filter(|clause| clause.verdict == Verdict::Violated)
    {
        let worst = findings
            .iter()
            .filter(|finding| finding.clause == clause.id)
            .map(|finding| finding.severity)
            .min();
        clause.severity = worst.unwrap_or(clause.severity);
    }
    (clauses, shortest(findings))
}

/// Whether a clause gets a verdict.
fn counted(clause: &Clause) -> bool {
    clause.status == Status::InForce && matches!(clause.kind, Kind::Rule | Kind::Form | Kind::Consequence)
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

/// The clauses that a refuted reply is charged to.
///
/// First those that the program tells and whose repeal explains the history; then those that decided the expected reply
/// and explain it; then any that explains it; and when no single repeal does, those that decided the expected reply.
fn charged(judgement: &Judgement, told: &[(&'static str, String)]) -> Vec<&'static str> {
    let Ending::Refuted(refuted) = &judgement.ending else {
        return Vec::new();
    };
    let ids = |facets: &mut dyn Iterator<Item = FacetId>| -> BTreeSet<&'static str> {
        facets.filter_map(owner).map(|(clause, _)| clause.id).collect()
    };
    let explaining = ids(&mut judgement.explanations.iter().map(|(facet, _)| *facet));
    let deciding = ids(&mut refuted.charged().into_iter());
    let own: BTreeSet<&'static str> = told.iter().map(|(id, _)| *id).collect();
    let in_both = |set: &BTreeSet<&'static str>| -> Vec<&'static str> {
        explaining.intersection(set).copied().collect()
    };
    let same_ruling = refuted
        .expected
        .first()
        .is_some_and(|nearest| nearest.difference.is_of_form());
    let others: Vec<&'static str> = explaining.iter().copied().collect();
    let deciders: Vec<&'static str> = deciding.iter().copied().collect();
    // A repeal that merely leaves free what differs in form explains nothing.
    let (third, fourth) = if same_ruling {
        (deciders, others)
    } else {
        (others, deciders)
    };
    [in_both(&own), in_both(&deciding), third, fourth]
        .into_iter()
        .find(|ids| !ids.is_empty())
        .unwrap_or_else(|| own.into_iter().take(1).collect())
}

fn verdict(ending: &Ending, clause: &str, charged: &[&'static str]) -> (Verdict, Option<String>) {
    match ending {
        Ending::Allowed => (Verdict::Holds, None),
        Ending::Refuted(refuted) if charged.contains(&clause) => {
            (Verdict::Violated, Some(format!("at step {}", refuted.number)))
        }
        Ending::Refuted(_) => (
            Verdict::NotExercised,
            Some(format!("blocked by {}", charged.join(", "))),
        ),
        Ending::Unsupported(number, said) => (Verdict::Unsupported, Some(format!("step {number}: {said}"))),
        Ending::Inconclusive(why) => (Verdict::Inconclusive, Some(why.clone())),
        Ending::NotRun(why) => (Verdict::NotExercised, Some(why.clone())),
        Ending::Broken(why) => (Verdict::HarnessError, Some(why.clone())),
    }
}

fn row(entry: &Entry, route: Option<String>, verdict: Verdict, note: Option<String>) -> report::Program {
    report::Program {
        id: entry.id.clone(),
        route,
        verdict,
        note,
    }
}

/// One clause with its programs; a consequence is as the rules that it follows from.
fn summary(
    clause: &'static Clause,
    rows: &BTreeMap<&str, Vec<report::Program>>,
    taken: &BTreeMap<&str, BTreeSet<String>>,
) -> report::Clause {
    let mut programs = rows.get(clause.id).cloned().unwrap_or_default();
    if clause.kind == Kind::Consequence {
        let of = clause
            .reason
            .split(", ")
            .filter_map(|id| rows.get(id))
            .flatten()
            .cloned();
        programs.extend(of);
    }
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
    let verdict = Verdict::of_all(programs.iter().map(|program| program.verdict));
    let reason = if programs.is_empty() {
        Some("no program of the run tells it".to_owned())
    } else {
        None
    };
    report::Clause {
        id: clause.id.to_owned(),
        area: clause.area.name().to_owned(),
        text: Some(clause.text.to_owned()),
        kind: clause.kind.name().to_owned(),
        level: clause.level.name().to_owned(),
        severity: severity(clause.severity),
        verdict: if programs.is_empty() {
            Verdict::NotExercised
        } else {
            verdict
        },
        branch,
        reason,
        programs,
    }
}

fn severity(severity: clause::Severity) -> Severity {
    match severity {
        clause::Severity::Critical => Severity::Critical,
        clause::Severity::High => Severity::High,
        clause::Severity::Medium => Severity::Medium,
        clause::Severity::Low => Severity::Low,
    }
}

/// How bad a refuted reply is at the worst: another wording is low; a refusal in place of another refusal, or a success
/// whose form differs, is medium.
fn bound(refuted: &Refuted) -> Severity {
    let Some(nearest) = refuted.expected.first() else {
        return Severity::Medium;
    };
    let refused = |status: u16| status >= 400;
    let both_refuse = refused(nearest.reply.status) && refused(refuted.exchange.response.status);
    match nearest.difference {
        Difference::Message(_) => Severity::Low,
        _ if both_refuse => Severity::Medium,
        Difference::Field(..) => Severity::Medium,
        Difference::Status | Difference::Code | Difference::Content | Difference::Entries(_) => {
            Severity::Critical
        }
    }
}

/// What is told of a refuted reply.
fn finding(entry: &Entry, judgement: &Judgement, refuted: &Refuted, id: &'static str) -> Finding {
    let world = &entry.program.world;
    let program = Program {
        about: Vec::new(),
        ..entry.program.clone()
    };
    let nearest = refuted.expected.first();
    let mut allowed: Vec<String> = refuted
        .expected
        .iter()
        .map(|expected| describe::reply(world, &expected.reply))
        .collect();
    allowed.dedup();
    let expected = if allowed.is_empty() {
        "an S3 reply".to_owned()
    } else {
        allowed.join("\n  or ")
    };
    let entries = nearest.is_some_and(|expected| matches!(expected.reply.body, ReplyBody::Entries { .. }));
    let mut got = describe::observed(world, &lift(world, "", &refuted.exchange.response));
    if entries {
        got.push_str(&format!(
            "\n{}",
            String::from_utf8_lossy(&refuted.exchange.response.body)
        ));
    }
    let mut explanation = format!(
        "Step {}: {}\n",
        refuted.number,
        step_line(&entry.program, refuted.number)
    );
    if let Some(nearest) = nearest {
        explanation.push_str(&format!(
            "Nearest to what the law allows, {}.\n",
            describe::difference(&nearest.difference)
        ));
        for reason in describe::because(nearest) {
            explanation.push_str(&format!("{reason}\n"));
        }
    }
    for (facet, route) in &judgement.explanations {
        explanation.push_str(&format!(
            "The history is legal under the law without {facet}@{route}.\n"
        ));
    }
    let clause = clause::find(id);
    Finding {
        id: entry.id.clone(),
        clause: id.to_owned(),
        route: crate::judge::step_request(&entry.program, refuted.number)
            .map(|request| request.operation.route().name().to_owned()),
        severity: clause
            .map_or(Severity::Medium, |clause| severity(clause.severity))
            .max(bound(refuted)),
        title: clause.map(|clause| clause.text.to_owned()).unwrap_or_default(),
        program: program.to_string(),
        expected,
        got,
        explanation,
        replay: format!("bucketlaw replay failures/{id}/{}/program.txt", entry.id),
        declared: None,
    }
}

/// The findings of one clause on one route, by their shortest program.
fn shortest(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by_key(|finding| {
        (
            finding.clause.clone(),
            finding.route.clone(),
            finding.program.lines().count(),
            finding.id.clone(),
        )
    });
    findings.dedup_by(|later, first| later.clause == first.clause && later.route == first.route);
    findings.sort_by_key(|finding| (finding.severity, finding.clause.clone()));
    findings
}
