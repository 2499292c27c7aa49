//! Puts the reports of a divided run together into one.

use std::collections::{BTreeMap, BTreeSet};

use super::{Clause, Partition, Program, Report, Severity, Verdict, habit};

/// Why reports can't be put together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// There was nothing to merge.
    #[error("nothing to merge: name the report.json of each part")]
    Nothing,
    /// The reports are of different runs.
    #[error(
        "the reports differ in {what}: {first} and {second}; \
         only the parts of one run (same law, target and seed) can be merged"
    )]
    Inconsistent {
        /// What differs.
        what: &'static str,
        /// What the reports before have.
        first: String,
        /// What this one has.
        second: String,
    },
    /// A part is there twice.
    #[error("part {part} of {of} is there twice: name each part's report once")]
    Twice {
        /// The number of the part.
        part: u32,
        /// Into how many parts the run was divided.
        of: u32,
    },
    /// The reports describe a clause differently although they name the same law.
    #[error(
        "the reports disagree on what {clause} is, although they name the same law: one of them was edited"
    )]
    Clause {
        /// The clause.
        clause: String,
    },
}

/// Puts the reports of one run together.
///
/// Verdicts combine, so merging only ever raises them, and the order of the reports does not matter. When all parts are
/// there the result is the report of the whole run; otherwise its `scope` names the parts that it has, and
/// [`Partition::missing`] the others.
///
/// # Errors
///
/// Fails if the reports differ in law, target or seed, or if a part is there twice. Nothing is merged then.
pub fn merge(reports: impl IntoIterator<Item = Report>) -> Result<Report, MergeError> {
    let mut reports = reports.into_iter();
    let mut whole = reports.next().ok_or(MergeError::Nothing)?;
    for part in reports {
        agree(&whole, &part)?;
        whole.scope.partition = partition(whole.scope.partition.as_ref(), part.scope.partition.as_ref())?;
        absorb(&mut whole, part)?;
    }
    confirm(&mut whole);
    if whole.scope.partition.as_ref().is_some_and(Partition::is_whole) {
        whole.scope.partition = None;
        whole.controls.clear();
    }
    whole.settle();
    Ok(whole)
}

/// Checks that two reports are of one run.
fn agree(whole: &Report, part: &Report) -> Result<(), MergeError> {
    let product = |report: &Report| {
        let named = |name: &Option<String>| name.clone().unwrap_or_else(|| "unknown".to_owned());
        format!(
            "{} {}",
            named(&report.target.product),
            named(&report.target.version)
        )
    };
    let roles = |report: &Report| {
        let roles: Vec<&str> = report
            .target
            .identities
            .iter()
            .map(|identity| identity.role.as_str())
            .collect();
        if roles.is_empty() {
            "none".to_owned()
        } else {
            roles.join(", ")
        }
    };
    let law = |report: &Report| format!("{:?} {:?}", report.law.repealed, report.law.branches);
    let compare = |what, first: String, second: String| {
        if first == second {
            Ok(())
        } else {
            Err(MergeError::Inconsistent { what, first, second })
        }
    };
    compare("the law's hash", whole.law.hash.clone(), part.law.hash.clone())?;
    compare("what is repealed or chosen of the law", law(whole), law(part))?;
    // A server that the run started for itself has another port each time: product and version say what it was.
    let endpoint = |report: &Report| {
        if report.target.embedded {
            "embedded".to_owned()
        } else {
            report.target.endpoint.clone()
        }
    };
    compare("the endpoint", endpoint(whole), endpoint(part))?;
    compare("the product", product(whole), product(part))?;
    compare("the identities", roles(whole), roles(part))?;
    compare("the seed", whole.seed.to_string(), part.seed.to_string())?;
    compare(
        "the selection",
        whole.scope.selection.join(" "),
        part.scope.selection.join(" "),
    )
}

/// Puts the parts of two reports together; two reports of undivided runs make another such.
fn partition(whole: Option<&Partition>, part: Option<&Partition>) -> Result<Option<Partition>, MergeError> {
    let text =
        |partition: Option<&Partition>| partition.map_or_else(|| "undivided".to_owned(), ToString::to_string);
    match (whole, part) {
        (None, None) => Ok(None),
        (Some(whole), Some(part)) if whole.of() == part.of() => match whole.common(part).first() {
            Some(&twice) => Err(MergeError::Twice {
                part: twice,
                of: whole.of(),
            }),
            None => Ok(Some(whole.union(part))),
        },
        _ => Err(MergeError::Inconsistent {
            what: "the partition",
            first: text(whole),
            second: text(part),
        }),
    }
}

/// Takes what a part found into the whole.
fn absorb(whole: &mut Report, part: Report) -> Result<(), MergeError> {
    whole.scope.interrupted |= part.scope.interrupted;
    whole.facts = habit::facts(std::mem::take(&mut whole.facts), part.facts);
    whole.unowned = habit::unowned(std::mem::take(&mut whole.unowned), part.unowned);
    whole.controls.extend(part.controls);
    whole.scope.crashed = joined(whole.scope.crashed.take(), part.scope.crashed, "; ");
    // RFC 3339 in UTC sorts as text; the parts ran side by side, so the longest is the run's length.
    if part.started < whole.started {
        whole.started = part.started;
    }
    whole.seconds = whole.seconds.max(part.seconds);
    whole.requests = whole.requests.saturating_add(part.requests);
    let mut places: BTreeMap<String, usize> = whole
        .clauses
        .iter()
        .enumerate()
        .map(|(place, clause)| (clause.id.clone(), place))
        .collect();
    for clause in part.clauses {
        match places
            .get(&clause.id)
            .and_then(|place| whole.clauses.get_mut(*place))
        {
            Some(known) => combine(known, clause)?,
            None => {
                places.insert(clause.id.clone(), whole.clauses.len());
                whole.clauses.push(clause);
            }
        }
    }
    // What both have stands once when they are settled.
    whole.findings.extend(part.findings);
    for deviation in part.deviations {
        let same =
            |known: &super::Deviation| known.clause == deviation.clause && known.route == deviation.route;
        if !whole.deviations.iter().any(same) {
            whole.deviations.push(deviation);
        }
    }
    whole.crashes.extend(part.crashes);
    whole.left_behind.extend(part.left_behind);
    Ok(())
}

/// Makes green what waited for a control that another part has seen.
fn confirm(whole: &mut Report) {
    let controls: BTreeSet<&String> = whole.controls.iter().collect();
    for clause in &mut whole.clauses {
        let has = |verdict| clause.programs.iter().any(|program| program.verdict == verdict);
        let takes = has(Verdict::Takes) || (clause.branch.is_some() && !has(Verdict::Holds));
        let green = if takes { Verdict::Takes } else { Verdict::Holds };
        let waits = |program: &&mut Program| {
            !program.needs.is_empty() && program.needs.iter().all(|need| controls.contains(need))
        };
        for program in clause.programs.iter_mut().filter(waits) {
            program.verdict = green;
            program.note = None;
            program.needs.clear();
        }
    }
}

/// Gives a verdict that came without a program (from a preflight) one, so that it is not lost beside those that have.
fn spoken(clause: &mut Clause) {
    if clause.programs.is_empty() && clause.verdict != Verdict::NotExercised {
        let (verdict, note) = (clause.verdict, clause.reason.clone());
        clause.programs.push(Program {
            id: clause.id.clone(),
            facet: None,
            route: None,
            verdict,
            note,
            needs: Vec::new(),
        });
    }
}

/// Combines what two reports say about one clause.
fn combine(known: &mut Clause, mut other: Clause) -> Result<(), MergeError> {
    if (&known.area, &known.kind, &known.level) != (&other.area, &other.kind, &other.level) {
        return Err(MergeError::Clause { clause: other.id });
    }
    known.severity = severity(known, &other)?;
    spoken(known);
    spoken(&mut other);
    let verdict = known.verdict.combine(other.verdict);
    known.reason = if other.verdict < known.verdict {
        other.reason
    } else if other.verdict > known.verdict {
        known.reason.take()
    } else {
        joined(known.reason.take(), other.reason, "; ")
    };
    known.branch = joined(known.branch.take(), other.branch, ", ");
    known.verdict = verdict;
    for program in other.programs {
        add(&mut known.programs, program);
    }
    Ok(())
}

/// How bad a clause is in the whole: a violation is as bad as what was found in its part, which may be less than the
/// clause says.
fn severity(known: &Clause, other: &Clause) -> Result<Severity, MergeError> {
    let is_found = |clause: &Clause| matches!(clause.verdict, Verdict::Violated | Verdict::Deviates);
    match (is_found(known), is_found(other)) {
        (true, false) => Ok(known.severity),
        (false, true) => Ok(other.severity),
        (true, true) => Ok(known.severity.min(other.severity)),
        (false, false) if known.severity == other.severity => Ok(known.severity),
        (false, false) => Err(MergeError::Clause {
            clause: other.id.clone(),
        }),
    }
}

/// Adds a program's verdict, combined with what is known of that program.
fn add(programs: &mut Vec<Program>, program: Program) {
    let place = |program: &Program| (program.id.clone(), program.facet.clone(), program.route.clone());
    let sought = place(&program);
    let same = |known: &&mut Program| place(known) == sought;
    match programs.iter_mut().find(same) {
        Some(known) if program.verdict < known.verdict => *known = program,
        Some(_) => {}
        None => programs.push(program),
    }
}

/// Joins two texts, each said once, in an order that does not depend on theirs.
fn joined(one: Option<String>, other: Option<String>, between: &str) -> Option<String> {
    let both = [one, other];
    let mut said: Vec<&str> = both
        .iter()
        .flatten()
        .flat_map(|text| text.split(between))
        .collect();
    said.sort_unstable();
    said.dedup();
    if said.is_empty() {
        None
    } else {
        Some(said.join(between))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::report::{DeviationState, sample};

    /// The sample, divided: each program's verdict in the part that its id chooses.
    fn parts(count: u32) -> Vec<Report> {
        let part = |number| {
            let partition: Partition = format!("hash:{number}/{count}").parse().unwrap();
            let mut report = sample::report();
            for clause in &mut report.clauses {
                clause.programs.retain(|program| partition.takes(&program.id));
                if clause.programs.is_empty() {
                    clause.verdict = Verdict::NotExercised;
                    clause.reason = None;
                }
            }
            report.findings.retain(|finding| partition.takes(&finding.id));
            report.requests /= u64::from(count);
            report.left_behind.retain(|_| number == 1);
            report.scope.partition = Some(partition);
            report.settle();
            report
        };
        (1..=count).map(part).collect()
    }

    #[test]
    fn the_parts_of_a_run_make_the_whole_in_any_order() {
        let whole = sample::report();
        let mut parts = parts(3);
        let merged = merge(parts.clone()).unwrap();
        assert_eq!(merged.totals, whole.totals);
        assert_eq!(merged.findings, whole.findings);
        assert_eq!(
            merged.deviations, whole.deviations,
            "what is stale shows only in the whole"
        );
        assert_eq!(merged.scope, whole.scope);
        parts.reverse();
        assert_eq!(merge(parts.clone()).unwrap(), merged);
        let last = parts.split_off(2);
        let first = merge(parts).unwrap();
        assert_eq!(first.scope.partition.as_ref().unwrap().missing(), [1]);
        assert!(
            first
                .deviations
                .iter()
                .all(|deviation| deviation.state != DeviationState::Stale)
        );
        assert_eq!(
            merge([vec![first], last].concat()).unwrap(),
            merged,
            "merging goes on where it stopped"
        );
    }

    #[test]
    fn reports_of_different_runs_are_refused() {
        let refusal = |change: &dyn Fn(&mut Report)| {
            let mut parts = parts(2);
            change(&mut parts[1]);
            merge(parts).unwrap_err().to_string()
        };
        insta::assert_snapshot!(refusal(&|part| part.law.hash = "0000".to_owned()), @"the reports differ in the law's hash: 3f9ac2d07b11 and 0000; only the parts of one run (same law, target and seed) can be merged");
        insta::assert_snapshot!(refusal(&|part| part.target.endpoint = "http://127.0.0.1:2".to_owned()), @"the reports differ in the endpoint: http://127.0.0.1:8333 and http://127.0.0.1:2; only the parts of one run (same law, target and seed) can be merged");
        insta::assert_snapshot!(refusal(&|part| part.seed = 2), @"the reports differ in the seed: 1 and 2; only the parts of one run (same law, target and seed) can be merged");
        insta::assert_snapshot!(refusal(&|part| part.target.version = None), @"the reports differ in the product: ExampleStore 4.12 and ExampleStore unknown; only the parts of one run (same law, target and seed) can be merged");
        insta::assert_snapshot!(refusal(&|part| part.scope.partition = "hash:1/2".parse().ok()), @"part 1 of 2 is there twice: name each part's report once");
        insta::assert_snapshot!(refusal(&|part| part.scope.partition = None), @"the reports differ in the partition: hash:1/2 and undivided; only the parts of one run (same law, target and seed) can be merged");
        insta::assert_snapshot!(refusal(&|part| part.clauses[0].severity = crate::report::Severity::Low), @"the reports disagree on what EVAL-ORD-001 is, although they name the same law: one of them was edited");
        insta::assert_snapshot!(merge([]).unwrap_err(), @"nothing to merge: name the report.json of each part");
    }

    #[test]
    fn servers_that_runs_started_for_themselves_are_one_target_at_any_port() {
        let mut parts = parts(2);
        for (port, part) in parts.iter_mut().enumerate() {
            part.target.embedded = true;
            part.target.endpoint = format!("127.0.0.1:{port}");
        }
        assert!(merge(parts.clone()).is_ok());
        parts[1].target.version = Some("9".to_owned());
        assert!(merge(parts.clone()).is_err(), "another version");
        parts[1].target = parts[0].target.clone();
        parts[1].target.embedded = false;
        assert!(merge(parts).is_err(), "one is no server of a run's own");
    }

    #[test]
    fn a_clause_that_takes_two_branches_names_both() {
        let mut one = sample::report();
        one.clauses.retain(|clause| clause.verdict == Verdict::Takes);
        let mut other = one.clone();
        other.clauses[0].branch = Some("a-second".to_owned());
        let merged = merge([one, other]).unwrap();
        assert_eq!(
            merged.clauses[0].branch.as_deref(),
            Some("a-second, no-null-marker")
        );
    }

    #[test]
    fn what_has_its_control_in_another_part_is_green_once_they_are_together() {
        let need = "GetObject by user to succeed".to_owned();
        let mut report = sample::report();
        let holds = |clause: &&mut Clause| clause.verdict == Verdict::Holds;
        let waiting = report.clauses.iter_mut().find(holds).unwrap();
        let id = waiting.id.clone();
        for program in &mut waiting.programs {
            program.verdict = Verdict::NotExercised;
            program.needs = vec![need.clone()];
        }
        report.settle();
        let mut other = report.clone();
        let verdict = |parts: [&Report; 2]| {
            let merged = merge(parts.map(Report::clone)).unwrap();
            merged.clause(&id).unwrap().verdict
        };
        assert_eq!(verdict([&report, &other]), Verdict::NotExercised);
        other.controls = vec![need];
        assert_eq!(verdict([&report, &other]), Verdict::Holds);
        assert_eq!(verdict([&other, &report]), Verdict::Holds);
    }

    proptest! {
        #[test]
        fn merging_only_raises(verdicts in prop::collection::vec((0..9_usize, 0..9_usize), 1..20)) {
            let make = |pick: &dyn Fn(&(usize, usize)) -> usize| {
                let mut report = sample::small();
                let clause = report.clauses[0].clone();
                report.clauses = verdicts.iter().enumerate().map(|(number, pair)| Clause {
                    id: format!("LOCK-{number:03}"),
                    programs: vec![Program { id: format!("p{}", pick(pair)), facet: None, route: None, verdict: Verdict::ALL[pick(pair)], note: None, needs: Vec::new() }],
                    ..clause.clone()
                }).collect();
                report.settle();
                report
            };
            let (one, other) = (make(&|pair| pair.0), make(&|pair| pair.1));
            let merged = merge([one.clone(), other.clone()]).unwrap();
            prop_assert_eq!(&merged.clauses, &merge([other.clone(), one.clone()]).unwrap().clauses);
            for ((merged, one), other) in merged.clauses.iter().zip(&one.clauses).zip(&other.clauses) {
                prop_assert_eq!(merged.verdict, one.verdict.combine(other.verdict));
            }
        }
    }
}
