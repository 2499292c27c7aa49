//! Endpoints with two faults of which one hides the other: what the run shows of the one is taken into account.

use super::*;

/// What is charged to an endpoint that does not have what is repealed, by the programs that tell something that starts so.
fn charged(repeals: &[&str], prefix: &str, starts: &[&str]) -> Vec<String> {
    let law = repeals
        .iter()
        .fold(Law::full(), |law, words| law.repeal(words).unwrap());
    let entries = telling(starts);
    let (_, assembled) = judged(&entries, &histories(law, prefix, &entries));
    violated(&assembled).into_iter().map(str::to_owned).collect()
}

#[test]
fn a_bucket_without_the_lock_that_was_asked_for_explains_what_comes_after() {
    let repeals = ["LOCK-BKT-001/lock", "LOCK-HDR-007/retention", "LOCK-HDR-007/hold"];
    let starts = [
        "LOCK-BKT-001",
        "LOCK-HDR-007",
        "VER-PUT-002",
        "VER-DEL-004",
        "VER-ST-009",
    ];
    let charged = charged(&repeals, "bl-two-", &starts);
    assert!(charged.contains(&"LOCK-BKT-001".to_owned()), "{charged:?}");
    let of_versions = |id: &&String| id.starts_with("VER-");
    assert_eq!(charged.iter().find(of_versions), None, "{charged:?}");
}

#[test]
fn a_header_that_is_dropped_needs_no_right() {
    let repeals = [
        "LOCK-HDR-009/hold@CreateMultipartUpload",
        "EVAL-OP-033/hold@CreateMultipartUpload",
    ];
    let charged = charged(&repeals, "bl-drop-", &["LOCK-HDR-009/hold", "EVAL-OP-033"]);
    assert!(charged.contains(&"LOCK-HDR-009".to_owned()), "{charged:?}");
    assert!(!charged.contains(&"EVAL-OP-033".to_owned()), "{charged:?}");
}

#[test]
fn a_right_that_is_missing_is_told_before_what_was_seen_first() {
    // One fault alone is no order.
    let charged = charged(&["EVAL-OP-032/tags"], "bl-order-", &["EVAL-OP-032"]);
    assert_eq!(charged, ["EVAL-OP-032"]);
}

#[test]
fn of_two_faults_that_a_program_needs_the_one_that_refuses_is_charged() {
    let repeals = [
        "EVAL-XACC-001/resource-side@PutBucketPolicy",
        "EVAL-XACC-005/owner-account@PutBucketPolicy",
    ];
    let law = repeals
        .iter()
        .fold(Law::full(), |law, words| law.repeal(words).unwrap());
    let entries = telling(&["EVAL-XACC-001", "EVAL-XACC-005"]);
    let (_, assembled) = judged(&entries, &histories(law, "bl-pair-", &entries));
    let own = assembled
        .findings
        .iter()
        .find(|finding| finding.clause == "EVAL-XACC-001")
        .unwrap();
    let others = assembled.findings.iter().filter(|finding| finding.id == own.id);
    let clauses: Vec<&str> = others.map(|finding| finding.clause.as_str()).collect();
    assert_eq!(clauses, ["EVAL-XACC-001"]);
}
