//! The catalogue is complete and well-formed.

use std::collections::{BTreeMap, BTreeSet};

use bucketlaw_model::clause::{self, Clause, Kind, Status};

/// How many clauses each section of the specification has.
const SECTIONS: &[(&str, usize)] = &[
    ("AP-ACL", 1),
    ("AP-ALIAS", 5),
    ("AP-ARN", 2),
    ("AP-BPA", 5),
    ("AP-CTL", 21),
    ("AP-DEL", 3),
    ("AP-EVAL", 10),
    ("AP-HOST", 7),
    ("AP-NAME", 2),
    ("AP-NET", 4),
    ("AP-OPS", 6),
    ("AP-POL", 5),
    ("AP-X", 4),
    ("CORS-ACT", 10),
    ("CORS-CFG", 15),
    ("CORS-MAT", 9),
    ("CORS-PRE", 18),
    ("ENC-BKT", 18),
    ("ENC-BLOCK", 8),
    ("ENC-COPY", 7),
    ("ENC-CSE", 13),
    ("ENC-DSSE", 4),
    ("ENC-ETAG", 7),
    ("ENC-HDR", 14),
    ("ENC-KMS", 24),
    ("ENC-POL", 10),
    ("ENC-SSEC", 32),
    ("ENC-UPD", 7),
    ("EVAL-404", 9),
    ("EVAL-ACL", 18),
    ("EVAL-ANON", 5),
    ("EVAL-BPA", 13),
    ("EVAL-CTX", 6),
    ("EVAL-EBO", 6),
    ("EVAL-ERR", 10),
    ("EVAL-KMS", 6),
    ("EVAL-LOCK", 4),
    ("EVAL-OP", 58),
    ("EVAL-OPX", 13),
    ("EVAL-ORD", 7),
    ("EVAL-OWN", 13),
    ("EVAL-PUB", 13),
    ("EVAL-ROOT", 3),
    ("EVAL-RP", 5),
    ("EVAL-SAME", 12),
    ("EVAL-SVC", 4),
    ("EVAL-XACC", 7),
    ("GVL-API", 10),
    ("GVL-ARC", 10),
    ("GVL-LCK", 20),
    ("GVL-POL", 15),
    ("GVL-VLT", 6),
    ("LCN-LCK", 6),
    ("LCN-MFA", 4),
    ("LCN-REP", 10),
    ("LCN-VER", 21),
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
    ("LOG-CFG", 18),
    ("LOG-DLV", 12),
    ("LOG-FMT", 25),
    ("LOG-OP", 18),
    ("LOG-PERM", 6),
    ("MFA-CFG", 12),
    ("MFA-HDR", 11),
    ("MFA-INT", 8),
    ("MFA-MDEL", 5),
    ("MFA-PREC", 2),
    ("MFA-REQ", 11),
    ("MFA-TOTP", 4),
    ("OLAP-AUTH", 7),
    ("OLAP-ERR", 6),
    ("OLAP-EVT", 12),
    ("OLAP-REQ", 9),
    ("OLAP-RES", 15),
    ("OLAP-RSP", 4),
    ("OLAP-WGOR", 16),
    ("POL-ACT", 6),
    ("POL-COND", 18),
    ("POL-DOC", 15),
    ("POL-GRAM", 25),
    ("POL-KEY", 60),
    ("POL-MTX", 43),
    ("POL-NPRIN", 5),
    ("POL-OP", 17),
    ("POL-PRIN", 16),
    ("POL-RES", 10),
    ("POL-VAL", 19),
    ("POL-VAR", 15),
    ("POST", 44),
    ("PRE", 33),
    ("SIG-CAN", 13),
    ("SIG-CHK", 10),
    ("SIG-CRED", 6),
    ("SIG-GEN", 6),
    ("SIG-HDR", 14),
    ("SIG-TRL", 6),
    ("VER-COND", 21),
    ("VER-CONS", 4),
    ("VER-COPY", 11),
    ("VER-DEL", 17),
    ("VER-GET", 17),
    ("VER-ID", 9),
    ("VER-LIST", 16),
    ("VER-MDEL", 15),
    ("VER-PUT", 16),
    ("VER-ST", 14),
];

#[test]
fn every_clause_of_the_specification_is_listed_once_in_force_or_planned() {
    let mut ids = BTreeSet::new();
    let mut counts = BTreeMap::<&str, usize>::new();
    for clause in clause::all() {
        assert!(ids.insert(clause.id), "{} is listed twice", clause.id);
        *counts.entry(clause.section()).or_default() += 1;
    }
    assert_eq!(counts.into_iter().collect::<Vec<_>>(), SECTIONS);
    assert_eq!(ids.len(), 1430);
}

/// The sections whose clauses are numbered without a gap.
#[test]
fn no_number_is_missing_in_object_lock_and_versioning() {
    let whole = |(section, _): &&(&str, usize)| section.starts_with("LOCK-") || section.starts_with("VER-");
    for (section, count) in SECTIONS.iter().filter(whole) {
        for number in 1..=*count {
            let id = format!("{section}-{number:03}");
            assert!(clause::find(&id).is_some(), "{id} is missing");
        }
    }
}

#[test]
fn what_is_planned_waits_for_something_and_decides_nothing() {
    for clause in clause::all() {
        match clause.status {
            Status::InForce => assert!(clause.waits_for().is_empty(), "{}", clause.id),
            Status::Planned(features) => {
                let different: BTreeSet<_> = features.iter().collect();
                assert!(
                    !features.is_empty() && different.len() == features.len(),
                    "{}",
                    clause.id
                );
                assert!(
                    clause.facets.is_empty() && clause.reason.is_empty(),
                    "{}",
                    clause.id
                );
                assert!(clause.file.contains("planned/"), "{}", clause.id);
            }
        }
    }
}

#[test]
fn sentences_are_short_and_whole() {
    for clause in clause::all() {
        let length = clause.text.chars().count();
        assert!((10..=300).contains(&length), "{}: {length} characters", clause.id);
        assert!(
            clause.text.ends_with(['.', '”', '"', ')']),
            "{}: {}",
            clause.id,
            clause.text
        );
        assert!(!clause.source.is_empty(), "{}", clause.id);
    }
}

#[test]
fn facets_are_unique() {
    for clause in clause::all() {
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
    for clause in clause::all().filter(|clause| clause.in_force()) {
        let rules = matches!(clause.kind, Kind::Rule | Kind::Form);
        assert_eq!(rules, !clause.facets.is_empty(), "{}", clause.id);
        let derived = !clause.follows_from.is_empty();
        assert_eq!(rules, clause.reason.is_empty() && !derived, "{}", clause.id);
        for facet in clause.facets {
            assert!(!facet.routes.is_empty(), "{}/{}", clause.id, facet.name);
            assert_eq!(
                facet.is_choice(),
                facet.otherwise.words().is_empty(),
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
        let derived = clause.kind == Kind::Consequence && clause.in_force();
        assert_eq!(derived, !clause.follows_from.is_empty(), "{}", clause.id);
        let mut seen = BTreeSet::new();
        for id in clause.follows_from {
            assert!(seen.insert(id), "{} names {id} twice", clause.id);
            let rule = clause::find(id);
            assert!(rule.is_some(), "{} names {id}, which is not listed", clause.id);
            let decides = |rule: &Clause| matches!(rule.kind, Kind::Rule | Kind::Form) && rule.in_force();
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
