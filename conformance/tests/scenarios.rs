//! The scenarios of the suite: longer programs, each with the list of what it tells.
//!
//! They catch what no single repeal is: faults that need several things at once. The list is checked here; when the law
//! or a scenario changes, the failure prints the lines to put into the file.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::collections::BTreeSet;

use bucketlaw_conformance::suite::{Entry, embedded};
use bucketlaw_model::belief::Possibility;
use bucketlaw_model::check::witness::{Mutant, mutants};
use bucketlaw_model::law::Law;
use bucketlaw_model::program::{Act, Program};
use bucketlaw_model::simulate::{Told, instant, tells};
use bucketlaw_model::step::step_consulting;
use bucketlaw_model::time::Moment;

/// The facets on routes that one lawful run of a program asks for.
fn consulted(program: &Program) -> BTreeSet<Mutant> {
    let law = Law::strict();
    let mut possibility = Possibility::default();
    let mut waited = 0;
    let mut all = Vec::new();
    for step in &program.steps {
        let request = match &step.act {
            Act::Wait(units) => {
                waited = *units;
                continue;
            }
            Act::Ask(request) => possibility.resolve(request),
        };
        let now = Moment::exactly(instant(&program.world, waited));
        let transitions = step_consulting(&law, &program.world, &possibility.state, &request, now, &mut all);
        let transition = transitions.into_iter().next().unwrap();
        possibility.expose(step.number, &request, &transition.reply);
        possibility.state = transition.next.unwrap_or(possibility.state);
    }
    all.into_iter().collect()
}

fn told(program: &Program) -> BTreeSet<String> {
    let law = Law::full();
    let known = mutants();
    consulted(program)
        .into_iter()
        .filter(|mutant| known.contains(mutant))
        .filter(|(facet, _)| facet.can_be_repealed())
        .filter(|(facet, route)| tells(&law, &Law::full().without(*facet, *route), program) == Told::Always)
        .map(|(facet, route)| format!("{facet}@{route}"))
        .collect()
}

/// A list as comment lines of a program.
fn lines(told: &BTreeSet<String>) -> String {
    let mut text = String::new();
    let mut line = String::new();
    for words in told {
        if line.len() + words.len() > 110 {
            text.push_str(&format!("# tells{line}\n"));
            line.clear();
        }
        line.push_str(&format!(" {words}"));
    }
    format!("{text}# tells{line}\n")
}

#[test]
fn each_scenario_lists_what_it_tells() {
    let scenarios: Vec<Entry> = embedded()
        .unwrap()
        .into_iter()
        .filter(|entry| entry.path.starts_with("scenarios/"))
        .collect();
    assert!(!scenarios.is_empty());
    let mut stale = String::new();
    for entry in &scenarios {
        let listed: BTreeSet<String> = entry.tells.iter().cloned().collect();
        let told = told(&entry.program);
        if listed != told {
            stale.push_str(&format!("{}\n{}", entry.path, lines(&told)));
        }
    }
    assert!(stale.is_empty(), "these lists are not current:\n{stale}");
}
