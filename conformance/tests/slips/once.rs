//! One fault in many programs is charged once.

use super::*;

/// Who is refused everything is refused by what grants to him: no lock and no version is to blame.
#[test]
fn a_caller_who_is_refused_everything_is_charged_to_what_grants_to_him() {
    let entries = telling(&["LOCK-HDR-014", "LOCK-HOLD-002", "VER-MDEL-0", "EVAL-SAME-004"]);
    let mut histories = histories(Law::full(), "bl-every-", &entries);
    altered(&mut histories, |request, response| {
        let refuses_some = String::from_utf8_lossy(&response.body).contains("<Error>");
        if request.caller == Caller::User && response.status < 300 && !refuses_some {
            refuse(response, 403, "AccessDenied");
        }
    });
    let (_, assembled) = judged(&entries, &histories);
    assert_eq!(violated(&assembled), ["EVAL-SAME-004"]);
    let blocked = assembled.clauses.iter().flat_map(|clause| &clause.programs);
    let mut notes = blocked.filter_map(|program| program.note.as_deref());
    let note = "blocked by EVAL-SAME-004: the endpoint refuses nearly all requests of the IAM user";
    assert!(notes.any(|known| known == note));
}

/// A DeleteObjects of which S3 would refuse each entry is not refused to somebody who may do it.
#[test]
fn a_refusal_of_what_is_refused_entry_by_entry_is_no_refusal_of_a_right() {
    let entries = telling(&["VER-MDEL-001", "EVAL-OP-040", "EVAL-ERR-001", "EVAL-SAME-010"]);
    let mut histories = histories(Law::full(), "bl-each-", &entries);
    altered(&mut histories, |request, response| {
        let refuses = String::from_utf8_lossy(&response.body).contains("<Error>");
        if request.operation.name() == "DeleteObjects" && refuses {
            refuse(response, 403, "AccessDenied");
        }
    });
    let (_, assembled) = judged(&entries, &histories);
    let facts: Vec<&str> = assembled.facts.iter().map(|fact| fact.text.as_str()).collect();
    assert!(
        facts.iter().all(|fact| !fact.contains("that S3 allows")),
        "{facts:?}"
    );
}

/// A route that fails whatever S3 rules there has one fault.
#[test]
fn a_failure_on_a_route_in_any_case_is_charged_once() {
    let entries = telling(&[
        "EVAL-XACC-001",
        "EVAL-BPA-009",
        "LOCK-BKT-009",
        "VER-DEL-017",
        "EVAL-OPX-011",
    ]);
    let mut histories = histories(Law::full(), "bl-fail-", &entries);
    altered(&mut histories, |request, response| {
        if request.operation.name() == "DeleteBucket" {
            response.status = 500;
            response.body = Vec::new();
        }
    });
    let (_, assembled) = judged(&entries, &histories);
    assert_eq!(violated(&assembled).len(), 1, "{:?}", violated(&assembled));
    let blocked = assembled.clauses.iter().flat_map(|clause| &clause.programs);
    let mut notes = blocked.filter_map(|program| program.note.as_deref());
    assert!(notes.any(|note| note.ends_with(": the endpoint answers 500 to DeleteBucket")));
}
