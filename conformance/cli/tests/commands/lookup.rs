//! Looking the law up, and checking it: `spec`, `check` and `explore` as people call them.

use std::collections::BTreeSet;

use crate::support::{Folder, OWNER, Ran, run};

fn call(name: &str, arguments: &[&str]) -> Ran {
    run(&Folder::new(name).0, OWNER, arguments)
}

/// What stands behind a label of a clause's page.
fn labelled<'t>(page: &'t str, label: &str) -> Vec<&'t str> {
    page.lines()
        .filter_map(|line| line.trim_start().strip_prefix(label)?.strip_prefix(' '))
        .map(str::trim)
        .collect()
}

#[test]
fn the_page_of_a_clause_says_everything_about_it() {
    let page = call("spec-page", &["spec", "lock-del-003"]).stdout;
    assert!(page.starts_with("LOCK-DEL-003  [object-lock]\n"), "{page}");
    assert_eq!(labelled(&page, "kind"), ["rule"]);
    assert_eq!(labelled(&page, "status"), ["in force"]);
    assert_eq!(labelled(&page, "level"), ["recorded"]);
    assert_eq!(labelled(&page, "severity"), ["critical"]);
    assert_eq!(labelled(&page, "source").len(), 1);
    assert!(labelled(&page, "code")[0].starts_with("model/src/lock/delete.rs, by LOCK_DEL_003"));
    let facets = labelled(&page, "facet").len();
    assert_eq!(labelled(&page, "else").len(), facets);
    assert!(labelled(&page, "told").len() >= 2 * facets, "{page}");
}

#[test]
fn the_page_of_a_consequence_says_what_tells_its_rules_and_which_race_it_has() {
    let page = call("spec-consequence", &["spec", "VER-CONS-003"]).stdout;
    assert_eq!(labelled(&page, "kind"), ["consequence"]);
    assert_eq!(labelled(&page, "follows"), ["VER-PUT-002, VER-PUT-003"]);
    assert!(
        labelled(&page, "race")[0].ends_with("(races/put-put.program)"),
        "{page}"
    );
    for rule in ["as VER-PUT-002/adds ", "as VER-PUT-003/keeps-real "] {
        assert!(
            labelled(&page, "told").iter().any(|told| told.starts_with(rule)),
            "{page}"
        );
    }
}

#[test]
fn coverage_is_a_list_of_areas_that_adds_up() {
    let ran = call("spec-coverage", &["spec", "--coverage", "--format", "json"]);
    let areas: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let fields = [
        "area",
        "clauses",
        "rule",
        "consequence",
        "form",
        "definition",
        "note",
        "planned",
        "facets",
        "quick",
        "exercised",
        "not_exercised",
    ];
    for area in areas.as_array().unwrap() {
        let named: BTreeSet<&str> = area.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(named, BTreeSet::from(fields));
        let of = |names: &[&str]| names.iter().map(|name| area[name].as_u64().unwrap()).sum::<u64>();
        let kinds = of(&["rule", "consequence", "form", "definition", "note", "planned"]);
        assert_eq!(of(&["clauses"]), kinds, "{area}");
        assert!(of(&["quick"]) <= of(&["facets"]), "{area}");
        let missing = area["not_exercised"].as_array().unwrap().len();
        let tested = of(&["rule", "consequence", "form"]);
        assert_eq!(
            of(&["exercised"]) + u64::try_from(missing).unwrap(),
            tested,
            "{area}"
        );
    }
}

#[test]
fn a_check_without_a_rule_shows_the_broken_theorem_and_its_shortest_program() {
    let ran = call("check-repeal", &["check", "versions", "--repeal", "VER-DEL-003"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let theorem = "a_delete_without_id_destroys_nothing_when_versioning_is_enabled";
    let (_, after) = ran.stdout.split_once("BROKEN:").unwrap();
    assert!(
        after.contains(
            "In a bucket with versioning enabled, a delete without a version id removes no version."
        )
    );
    assert!(after.contains(&format!("{theorem}, broken by ")), "{after}");
    assert!(after.contains("owner DeleteObject bucket=b key=k\n"), "{after}");
    assert_eq!(ran.stderr, "", "progress is for terminals");
}

#[test]
fn what_cannot_be_checked_says_what_can() {
    let cases: [(&[&str], &str); 4] = [
        (
            &["check", "lock"],
            "the domains are: locks, versions, policies, locks_wide",
        ),
        (
            &["check", "locks_wide", "--repeal", "each"],
            "are: locks, versions, policies",
        ),
        (&["explore", "locks", "--listen", "nowhere"], "--listen HOST:PORT"),
        (&["spec", "--format", "json"], "goes with --coverage"),
    ];
    for (arguments, words) in cases {
        let ran = call("check-unknown", arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(ran.stderr.contains(words), "{arguments:?}: {}", ran.stderr);
    }
}

#[test]
fn a_table_says_what_an_operation_answers_first() {
    let page = call("spec-table", &["spec", "--table", "deleteobjectversion"]).stdout;
    assert!(page.starts_with("DeleteObjectVersion\n"), "{page}");
    let at = |words: &str| page.find(words).unwrap_or_else(|| panic!("{words}: {page}"));
    let (_, order) = page.split_once("order of errors").unwrap();
    let first = |words: &str| order.find(words).unwrap_or_else(|| panic!("{words}: {order}"));
    assert!(first("404 NoSuchBucket") < first("403 AccessDenied"));
    assert!(first("authorization") < first("LOCK-DEL-003/compliance"));
    assert!(at("Whether a version may be removed for good") > at("order of errors"));
    assert!(page.contains("OPEN, AWS does not say"), "{page}");
    assert!(page.contains("Its other form: DeleteObject."), "{page}");
}

#[test]
fn routes_are_listed_and_a_wrong_one_gets_a_hint() {
    let all = call("spec-tables", &["spec", "--table"]);
    assert_eq!(all.code, 0, "{}", all.stderr);
    assert!(
        all.stdout
            .lines()
            .any(|line| line == "GetObject  GetObjectVersion"),
        "{}",
        all.stdout
    );
    let cases = [
        ("DeleteObjectz", "Did you mean DeleteObject?"),
        (
            "nothing",
            "no operation or call form nothing. `bucketlaw spec --table` lists",
        ),
    ];
    for (name, words) in cases {
        let ran = call("spec-no-table", &["spec", "--table", name]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{name}");
        assert!(ran.stderr.contains(words), "{name}: {}", ran.stderr);
    }
}
