//! Bugs that shipped in real S3 servers, each seeded into the law as a repeal that the embedded suite must tell.
//!
//! `suite/bugs.toml` names the facets on routes whose repeal is the fault, or says why this scope cannot express it.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::collections::{BTreeMap, BTreeSet};

use bucketlaw_conformance::suite::embedded;
use bucketlaw_model::law::{Law, parse_repeal};
use bucketlaw_model::program::Program;
use bucketlaw_model::simulate::{Told, tells};
use serde::Deserialize;

/// The whole file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Bugs {
    bug: Vec<Bug>,
}

/// One bug of a real server.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Bug {
    id: String,
    class: u8,
    seeded_by: Option<Vec<String>>,
    faults: Option<Vec<String>>,
    reason: Option<String>,
}

impl Bug {
    /// The repeals that seed it, none when it has a reason instead.
    fn seeds(&self) -> &[String] {
        self.seeded_by.as_deref().unwrap_or_default()
    }
}

fn bugs() -> Vec<Bug> {
    toml::from_str::<Bugs>(include_str!("../suite/bugs.toml"))
        .unwrap()
        .bug
}

#[test]
fn each_bug_is_listed_once_with_its_seeds_or_a_reason() {
    let mut ids = BTreeSet::new();
    for bug in bugs() {
        assert!(ids.insert(bug.id.clone()), "{} is listed twice", bug.id);
        assert!(
            (1..=12).contains(&bug.class),
            "{}: there is no class {}",
            bug.id,
            bug.class
        );
        let said = [
            bug.seeded_by.is_some(),
            bug.faults.is_some(),
            bug.reason.is_some(),
        ];
        assert!(
            said.into_iter().filter(|said| *said).count() == 1,
            "{}: either seeded-by, or faults, or reason",
            bug.id
        );
        if let Some(faults) = &bug.faults {
            assert!(faults.len() > 1, "{}: one fault is one instance", bug.id);
        }
        if let Some(seeds) = &bug.seeded_by {
            assert!(!seeds.is_empty(), "{}: seeded by nothing", bug.id);
        }
        if let Some(reason) = &bug.reason {
            assert!(!reason.trim().is_empty(), "{}: an empty reason", bug.id);
        }
    }
}

#[test]
fn each_seed_is_one_facet_on_one_route() {
    for bug in bugs() {
        for words in bug.seeds() {
            assert!(
                words.contains('/') && words.contains('@'),
                "{}: {words} is not ID/facet@Route",
                bug.id
            );
            let found = parse_repeal(words)
                .map_err(|error| format!("{}: {error}", bug.id))
                .unwrap();
            assert_eq!(found.len(), 1, "{}: {words}", bug.id);
        }
    }
}

#[test]
fn a_tagged_program_turns_red_on_each_bug_and_on_another_mutant_of_its_class() {
    let entries = embedded().unwrap();
    let law = Law::full();
    let mut wanting = Vec::new();
    for bug in bugs().iter().filter(|bug| bug.seeded_by.is_some()) {
        let mutants: BTreeSet<&String> = bug.seeds().iter().collect();
        let red = |program: &Program| {
            let told = |words: &&&String| {
                let mutant = Law::full().repeal(words).unwrap();
                tells(&law, &mutant, program) == Told::Always
            };
            mutants.iter().filter(told).count()
        };
        let tagged = entries.iter().filter(|entry| entry.bugs.contains(&bug.id));
        let most = tagged.map(|entry| red(&entry.program)).max();
        if most.is_none_or(|most| most < 2) {
            wanting.push(format!("{}: {most:?} of {} seeds", bug.id, mutants.len()));
        }
    }
    assert!(
        wanting.is_empty(),
        "caught less than twice\n{}",
        wanting.join("\n")
    );
}

#[test]
fn tags_name_bugs_that_are_seeded() {
    let seeded: BTreeSet<String> = bugs()
        .into_iter()
        .filter(|bug| bug.seeded_by.is_some() || bug.faults.is_some())
        .map(|bug| bug.id)
        .collect();
    for entry in embedded().unwrap() {
        for bug in &entry.bugs {
            assert!(seeded.contains(bug), "{}: {bug} is not seeded", entry.path);
        }
    }
}

#[test]
fn each_seed_turns_a_program_of_the_suite_red() {
    let entries = embedded().unwrap();
    let mut telling: BTreeMap<&str, Vec<&Program>> = BTreeMap::new();
    for entry in &entries {
        for words in &entry.tells {
            telling.entry(words).or_default().push(&entry.program);
        }
    }
    let law = Law::full();
    let mut silent = Vec::new();
    for bug in bugs() {
        for words in bug.seeds() {
            let mutant = Law::full().repeal(words).unwrap();
            let told = telling.get(words.as_str()).is_some_and(|programs| {
                programs
                    .iter()
                    .any(|program| tells(&law, &mutant, program) == Told::Always)
            });
            if !told {
                silent.push(format!("{}: {words}", bug.id));
            }
        }
    }
    assert!(silent.is_empty(), "no program tells\n{}", silent.join("\n"));
}
