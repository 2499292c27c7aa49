//! Which clause answers for a reply that several could explain, or none alone: what other programs of the run show decides.

use bucketlaw_model::clause::find;
use bucketlaw_model::request::Route;

use super::*;

/// An entry of a test's own.
fn asking(id: &str, tells: &str, steps: &str) -> Entry {
    let program = Program::read(&format!("bucketlaw program 1\n{steps}")).unwrap();
    Entry {
        id: id.to_owned(),
        tells: vec![tells.to_owned()],
        ..Entry::new(format!("scenarios/{id}.program"), program)
    }
}

fn violated_at(law: Law, prefix: &str, entries: &[Entry]) -> Vec<String> {
    let histories = histories(law, prefix, entries);
    let (_, assembled) = judged(entries, &histories);
    violated(&assembled).into_iter().map(str::to_owned).collect()
}

/// No single repeal explains a copy that needs a right for its condition at an endpoint that ignores all conditions.
#[test]
fn where_conditions_are_ignored_the_right_that_one_needs_is_charged_and_not_the_rule_of_rights() {
    let entries = telling(&[
        "VER-COND-015/get-object@CopyObject",
        "VER-COND-004/if-match@CopyObject",
        "EVAL-SAME-010/users-need-a-grant@CopyObject",
    ]);
    let law = Law::full()
        .repeal("VER-COND-004/if-match@CopyObject")
        .and_then(|law| law.repeal("VER-COND-015/get-object@CopyObject"))
        .unwrap();
    let violated = violated_at(law, "bl-cond-", &entries);
    let has = |id: &str| violated.iter().any(|violated| violated == id);
    assert!(has("VER-COND-015"), "{violated:?}");
    assert!(!has("EVAL-SAME-010") && !has("EVAL-XACC-001"), "{violated:?}");
}

/// A repeal that other programs on the same route contradict hides no other, though it leaves fewer slips.
#[test]
fn a_policy_that_binds_its_owner_is_no_public_one() {
    let entries = telling(&[
        "EVAL-ROOT-001/policy-operations@PutBucketPolicy",
        "EVAL-PUB-003/fixed",
    ]);
    let law = Law::full()
        .repeal("EVAL-ROOT-001/policy-operations@PutBucketPolicy")
        .unwrap();
    let mut histories = histories(law, "bl-root-", &entries);
    altered(&mut histories, |_, response| {
        if response.status == 403 {
            with_text(response, "Message", "");
        }
    });
    let (_, assembled) = judged(&entries, &histories);
    let violated = violated(&assembled);
    assert!(violated.contains(&"EVAL-ROOT-001"), "{violated:?}");
    assert!(!violated.contains(&"EVAL-PUB-003"), "{violated:?}");
}

/// What decided the expected reply is charged before a rule of which only other routes show that it is violated.
#[test]
fn what_a_program_is_there_to_tell_is_charged_before_what_other_routes_show() {
    let entries = telling(&[
        "EVAL-OPX-013/either@DeleteObject",
        "EVAL-ORD-001/deny@GetObject",
        "EVAL-ORD-001/deny@HeadObject",
        "EVAL-ORD-001/deny@PutObject",
    ]);
    let entries: Vec<Entry> = entries
        .into_iter()
        .filter(|entry| {
            !entry
                .tells
                .iter()
                .any(|words| words == "EVAL-ORD-001/deny@DeleteObject")
        })
        .collect();
    let law = Law::full().repeal("EVAL-OPX-013/either@DeleteObject").unwrap();
    let law = ["GetObject", "HeadObject", "PutObject"]
        .iter()
        .fold(law, |law, route| {
            law.repeal(&format!("EVAL-ORD-001/deny@{route}")).unwrap()
        });
    let violated = violated_at(law, "bl-either-", &entries);
    assert_eq!(violated, ["EVAL-ORD-001", "EVAL-OPX-013"]);
}

/// The account that began an upload owns what comes of it, at an endpoint that lets writers own.
#[test]
fn an_object_of_anothers_upload_is_a_matter_of_ownership() {
    let steps = "policy other = Allow other s3:* b,b/*\n\
        1 owner CreateBucket bucket=b\n\
        2 owner PutBucketPolicy bucket=b policy=other\n\
        3 other CreateMultipartUpload bucket=b key=k\n\
        4 owner UploadPart bucket=b key=k upload=u3\n\
        5 owner CompleteMultipartUpload bucket=b key=k upload=u3\n\
        6 owner GetObject bucket=b key=k\n";
    let mut entries = telling(&["EVAL-ROOT-001/root@GetObject"]);
    entries.push(asking(
        "0wn002",
        "EVAL-OWN-002/bucket-owner-owns@PutObject",
        steps,
    ));
    let facet = find("EVAL-OWN-002").unwrap().facets.first().unwrap().id;
    let law = Law::full().without(facet, Route::CompleteMultipartUpload);
    assert_eq!(violated_at(law, "bl-own-", &entries), ["EVAL-OWN-002"]);
}

/// The same entries in another order are no missing entries.
#[test]
fn another_order_of_keys_is_charged_to_the_order() {
    let steps = "1 owner CreateBucket bucket=b\n\
        2 owner PutObject bucket=b key=k\n\
        3 owner PutObject bucket=b key=l\n\
        4 owner PutObject bucket=b key=m\n\
        5 owner ListObjectsV2 bucket=b\n";
    let entries = vec![asking("0rder0", "VER-GET-013/markers-hide@ListObjectsV2", steps)];
    let mut histories = histories(Law::full(), "bl-order-", &entries);
    altered(&mut histories, |request, response| {
        if request.operation.name() == "ListObjectsV2" {
            let body = String::from_utf8_lossy(&response.body).into_owned();
            let body = body
                .replace("<Key>k</Key>", "<Key>?</Key>")
                .replace("<Key>l</Key>", "<Key>k</Key>");
            response.body = body.replace("<Key>?</Key>", "<Key>l</Key>").into_bytes();
        }
    });
    let (_, assembled) = judged(&entries, &histories);
    assert_eq!(violated(&assembled), ["VER-LIST-013"]);
}
