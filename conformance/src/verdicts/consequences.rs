//! Consequences: what the verdicts on its rules say of a clause that follows from them.

use std::collections::{BTreeMap, BTreeSet};

use bucketlaw_model::clause;

use super::UNTOLD;
use crate::report::{Clause, Program, Verdict};

/// Gives the consequences among the clauses of a report their verdicts, from those of the rules that they follow from.
///
/// A consequence holds only where all of its rules do. What its own programs, such as races, show against it stays. To be
/// called again when the clauses of several reports are put together: a rule may have run in another part of the run.
pub fn derive(clauses: &mut [Clause]) {
    let is_rule = |one: &&Clause| clause::find(&one.id).is_some_and(|clause| clause.follows_from.is_empty());
    let known = Known {
        rules: clauses
            .iter()
            .filter(is_rule)
            .map(|one| (one.id.clone(), one.programs.clone()))
            .collect(),
        convicting: clauses
            .iter()
            .flat_map(|one| one.programs.iter())
            .filter(|program| is_red(program.verdict))
            .map(|program| program.id.clone())
            .collect(),
    };
    for consequence in clauses {
        let follows_from = clause::find(&consequence.id).map_or(&[][..], |clause| clause.follows_from);
        if !follows_from.is_empty() {
            set(consequence, &known.of_rules(follows_from));
        }
    }
}

/// What a report says of the clauses that are no consequences.
struct Known {
    /// Their programs.
    rules: BTreeMap<String, Vec<Program>>,
    /// The programs that convict some clause.
    convicting: BTreeSet<String>,
}

/// Puts what the rules say in the place of what they said before.
fn set(consequence: &mut Clause, derived: &[Program]) {
    let of_rule = |program: &Program| {
        let same = |one: &Program| {
            (&one.id, &one.facet, &one.route) == (&program.id, &program.facet, &program.route)
        };
        program.verdict != Verdict::Violated && derived.iter().any(same)
    };
    consequence.programs.retain(|program| !of_rule(program));
    consequence.programs.extend_from_slice(derived);
    consequence.verdict = Verdict::NotExercised;
    consequence.reason = consequence.programs.is_empty().then(|| UNTOLD.to_owned());
    consequence.settle();
}

impl Known {
    /// What the programs of its rules say of a consequence.
    ///
    /// A violated rule is a finding of that rule, not of the consequence: it then says nothing of the consequence, and
    /// neither do programs of the other rules, since it follows from all of them together. Likewise where a rule is not
    /// shown to hold, or one of its programs convicts another clause: what it would have told of the rule is unknown.
    fn of_rules(&self, follows_from: &[&str]) -> Vec<Program> {
        let rules = || {
            follows_from
                .iter()
                .map(|id| (*id, self.rules.get(*id).map_or(&[][..], Vec::as_slice)))
        };
        let some = |programs: &[Program], is: &dyn Fn(&Program) -> bool| programs.iter().any(is);
        let programs = || rules().flat_map(|(_, programs)| programs.iter().cloned());
        let violated = |program: &Program| is_red(program.verdict);
        if let Some((id, _)) = rules().find(|(_, programs)| some(programs, &violated)) {
            let note = format!("blocked by {id}");
            return programs().map(|program| silenced(program, &note)).collect();
        }
        let blocked = |program: &Program| self.is_blocked(program);
        if let Some((id, _)) = rules().find(|(_, programs)| some(programs, &blocked)) {
            let note = format!("blocked, as a program of {id} convicts another clause");
            return programs().map(|program| silenced(program, &note)).collect();
        }
        let is_green = |program: &Program| program.verdict.is_green();
        let Some((id, _)) = rules().find(|(_, programs)| !some(programs, &is_green)) else {
            return programs().collect();
        };
        let note = format!("no program of the run shows that {id} holds");
        programs()
            .map(|program| match program.verdict.is_green() {
                true => silenced(program, &note),
                false => program,
            })
            .collect()
    }

    /// Whether a program says nothing because it convicts another clause.
    fn is_blocked(&self, program: &Program) -> bool {
        program.verdict == Verdict::NotExercised && self.convicting.contains(&program.id)
    }
}

fn is_red(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Violated | Verdict::Deviates)
}

/// A program that says nothing of the consequence.
fn silenced(program: Program, note: &str) -> Program {
    Program {
        verdict: Verdict::NotExercised,
        note: Some(note.to_owned()),
        ..program
    }
}
