//! The catalogue is complete and well-formed.

use std::collections::{BTreeMap, BTreeSet};

use bucketlaw_model::clause::{self, Area, Clause, Kind, Status};

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
    ("LOCK-RET", 24),
];

#[test]
fn every_clause_of_object_lock_is_listed() {
    let mut counts = BTreeMap::<&str, usize>::new();
    for clause in clause::all().filter(|clause| clause.area == Area::ObjectLock) {
        *counts.entry(clause.section()).or_default() += 1;
    }
    assert_eq!(counts.into_iter().collect::<Vec<_>>(), SECTIONS);
    assert_eq!(SECTIONS.iter().map(|(_, count)| count).sum::<usize>(), 123);
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
        let derived = !clause.follows_from.is_empty();
        assert_eq!(rules, clause.reason.is_empty() && !derived, "{}", clause.id);
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

/// A consequence that names itself, another consequence or what the law does not rule by could hold for no reason.
#[test]
fn consequences_in_force_follow_from_rules_in_force_and_nothing_else_does() {
    for clause in clause::all() {
        let derived = clause.kind == Kind::Consequence && clause.status == Status::InForce;
        assert_eq!(derived, !clause.follows_from.is_empty(), "{}", clause.id);
        let mut seen = BTreeSet::new();
        for id in clause.follows_from {
            assert!(seen.insert(id), "{} names {id} twice", clause.id);
            let rule = clause::find(id);
            assert!(rule.is_some(), "{} names {id}, which is not listed", clause.id);
            let decides = |rule: &Clause| {
                matches!(rule.kind, Kind::Rule | Kind::Form) && rule.status == Status::InForce
            };
            assert!(
                rule.is_some_and(decides),
                "{} names {id}, which decides nothing",
                clause.id
            );
        }
    }
}

/// Ids in prose are for people: what follows from what is said once, as data.
#[test]
fn the_reason_of_a_consequence_names_no_clause() {
    for clause in clause::all().filter(|clause| !clause.follows_from.is_empty()) {
        let mut words = clause
            .reason
            .split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
        assert!(
            !words.any(|word| clause::find(word).is_some()),
            "{}: {}",
            clause.id,
            clause.reason
        );
    }
}
