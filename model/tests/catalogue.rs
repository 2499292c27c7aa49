//! The catalogue is complete and well-formed.

use std::collections::{BTreeMap, BTreeSet};

use bucketlaw_model::clause::{self, Area, Kind, Status};

/// How many clauses each section of a finished specification file has.
const SECTIONS: &[(&str, usize)] = &[
    ("LOCK-API", 5),
    ("LOCK-BKT", 11),
    ("LOCK-CFG", 16),
    ("LOCK-COND", 6),
    ("LOCK-DEL", 16),
    ("LOCK-EVT", 9),
    ("LOCK-HDR", 16),
    ("LOCK-HOLD", 9),
    ("LOCK-INT", 7),
    ("LOCK-LC", 4),
    ("LOCK-RET", 23),
];

#[test]
fn every_clause_of_object_lock_is_listed() {
    let mut counts = BTreeMap::<&str, usize>::new();
    for clause in clause::all().filter(|clause| clause.area == Area::ObjectLock) {
        *counts.entry(clause.section()).or_default() += 1;
    }
    assert_eq!(counts.into_iter().collect::<Vec<_>>(), SECTIONS);
    assert_eq!(SECTIONS.iter().map(|(_, count)| count).sum::<usize>(), 122);
    for (section, count) in SECTIONS {
        for number in 1..=*count {
            let id = format!("{section}-{number:03}");
            assert!(clause::find(&id).is_some(), "{id} is missing");
        }
    }
}

#[test]
fn ids_and_facets_are_unique() {
    let mut ids = BTreeSet::new();
    for clause in clause::all() {
        assert!(ids.insert(clause.id), "{} is listed twice", clause.id);
        let mut names = BTreeSet::new();
        for facet in clause.facets {
            assert!(
                names.insert(facet.name),
                "{}/{} is listed twice",
                clause.id,
                facet.name
            );
            let owner = clause::owner(facet.id).map(|(owner, _)| owner.id);
            assert_eq!(
                owner,
                Some(clause.id),
                "{}/{}: its chapter has another number",
                clause.id,
                facet.name
            );
        }
    }
}

#[test]
fn rules_and_forms_in_force_have_facets_and_others_a_reason() {
    for clause in clause::all() {
        let rules = matches!(clause.kind, Kind::Rule | Kind::Form) && clause.status == Status::InForce;
        assert_eq!(rules, !clause.facets.is_empty(), "{}", clause.id);
        assert_eq!(rules, clause.reason.is_empty(), "{}", clause.id);
        for facet in clause.facets {
            assert!(!facet.routes.is_empty(), "{}/{}", clause.id, facet.name);
            assert_eq!(
                facet.is_choice(),
                facet.otherwise.is_empty(),
                "{}/{}",
                clause.id,
                facet.name
            );
        }
    }
}

#[test]
fn consequences_name_clauses_that_exist() {
    let known: BTreeSet<&str> = clause::all().map(|clause| clause.id).collect();
    for clause in clause::all().filter(|clause| clause.kind == Kind::Consequence) {
        let words = clause
            .reason
            .split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
        let named: Vec<&str> = words
            .filter(|word| {
                ["LOCK-", "EVAL-", "VER-"]
                    .iter()
                    .any(|area| word.starts_with(area))
            })
            .collect();
        assert!(!named.is_empty(), "{} names no clause", clause.id);
        for id in named {
            assert!(
                known.contains(id),
                "{} names {id}, which is not listed",
                clause.id
            );
        }
    }
}
