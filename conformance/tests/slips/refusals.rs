//! Refusals that lack something, or that are none.

use super::*;

#[test]
fn a_denial_without_a_document_is_a_denial() {
    let entries = controlled(telling(&["EVAL-ORD-001", "EVAL-SAME-001", "LOCK-DEL-003"]));
    let mut histories = histories(Law::full(), "bl-silent-", &entries);
    altered(&mut histories, |_, response| {
        if response.status == 403 {
            response.body.clear();
        }
    });
    let (judgements, assembled) = judged(&entries, &histories);
    assert!(
        judgements
            .iter()
            .all(|judgement| matches!(judgement.ending, Ending::Allowed))
    );
    assert_eq!(violated(&assembled), ["EVAL-ERR-001"]);
    // Where the clause is told by the document alone, it hides what is told.
    for id in ["EVAL-ORD-001", "EVAL-SAME-001", "LOCK-DEL-003"] {
        let green = [Verdict::Holds, Verdict::HoldsInPart];
        assert!(green.contains(&verdict(&assembled, id)), "{id}");
    }
    assert_eq!(verdict(&assembled, "LOCK-DEL-003"), Verdict::Holds);
}

#[test]
fn a_refusal_without_a_document_that_is_no_denial_is_charged_to_what_refuses() {
    let entries = telling(&["LOCK-HOLD-003/never-set"]);
    let mut histories = histories(Law::full(), "bl-mute-", &entries);
    altered(&mut histories, |request, response| {
        if request.operation.name() == "GetObjectLegalHold" && response.status == 404 {
            response.body.clear();
        }
    });
    let (_, assembled) = judged(&entries, &histories);
    assert_eq!(violated(&assembled), ["LOCK-HOLD-003"]);
}

#[test]
fn a_hold_that_was_never_set_is_no_hold_of_another_version() {
    let entries = telling(&["LOCK-HOLD-003/", "LOCK-HOLD-008/"]);
    let mut histories = histories(Law::full(), "bl-hold-", &entries);
    altered(&mut histories, |request, response| {
        if request.operation.name() == "GetObjectLegalHold" && response.status == 404 {
            response.status = 200;
            response.body = b"content a\n".to_vec();
        }
    });
    let (_, assembled) = judged(&entries, &histories);
    assert_eq!(violated(&assembled), ["LOCK-HOLD-003"]);
}
