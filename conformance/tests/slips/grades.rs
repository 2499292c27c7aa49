//! How bad a finding is: by what was done in place of what the law says, not by its clause alone.

use bucketlaw_conformance::report::Finding;

use super::*;

/// What is found of an endpoint without some facets, in the programs that tell something that starts so.
fn found(repeals: &[&str], prefix: &str, starts: &[&str]) -> Vec<Finding> {
    let law = repeals
        .iter()
        .fold(Law::full(), |law, words| law.repeal(words).unwrap());
    let entries = telling(starts);
    let (_, assembled) = judged(&entries, &histories(law, prefix, &entries));
    assembled.findings
}

/// The worst grade of what is found of a clause.
fn worst(findings: &[Finding], id: &str) -> Option<Severity> {
    let of_it = findings.iter().filter(|finding| finding.clause == id);
    of_it.map(|finding| finding.severity).min()
}

/// What is found where an endpoint answers some requests otherwise.
fn found_altered(prefix: &str, starts: &[&str], habit: impl Fn(&Request, &mut RawResponse)) -> Vec<Finding> {
    let entries = telling(starts);
    let mut histories = histories(Law::full(), prefix, &entries);
    altered(&mut histories, habit);
    let (_, assembled) = judged(&entries, &histories);
    assert!(!assembled.findings.is_empty(), "nothing was altered");
    assembled.findings
}

fn without_header(response: &mut RawResponse, name: &str) {
    response
        .headers
        .retain(|(known, _)| !known.eq_ignore_ascii_case(name));
}

#[test]
fn what_an_allowed_reply_does_not_show_is_never_critical() {
    let starts = [
        "VER-DEL-",
        "VER-MDEL-",
        "VER-LIST-",
        "LOCK-HDR-",
        "LOCK-RET-00",
        "EVAL-ANON-001",
    ];
    for header in [
        "x-amz-delete-marker",
        "x-amz-version-id",
        "x-amz-object-lock-mode",
        "x-amz-object-lock-legal-hold",
    ] {
        let found = found_altered("bl-hdr-", &starts, |_, response| without_header(response, header));
        for finding in found {
            assert_ne!(
                finding.severity,
                Severity::Critical,
                "{header}: {}",
                finding.explanation
            );
        }
    }
    for element in [
        "DeleteMarker",
        "VersionId",
        "IsLatest",
        "Mode",
        "RetainUntilDate",
        "Status",
    ] {
        let found = found_altered("bl-elm-", &starts, |_, response| {
            if response.status < 300 {
                with_text(response, element, "odd");
            }
        });
        for finding in found {
            assert_ne!(
                finding.severity,
                Severity::Critical,
                "{element}: {}",
                finding.explanation
            );
        }
    }
}

#[test]
fn what_loses_a_lock_is_worse_than_what_hides_a_marker() {
    let lost = found(
        &["LOCK-HDR-009/retention@PutObject"],
        "bl-lck-",
        &["LOCK-HDR-009"],
    );
    assert_eq!(worst(&lost, "LOCK-HDR-009"), Some(Severity::High));
    let marker = found_altered("bl-mrk-", &["VER-DEL-"], |_, response| {
        without_header(response, "x-amz-delete-marker");
    });
    assert_eq!(
        marker.iter().map(|finding| finding.severity).min(),
        Some(Severity::Medium)
    );
}

#[test]
fn a_right_that_is_refused_is_no_leak() {
    let starts = [
        "EVAL-SAME-",
        "EVAL-XACC-",
        "EVAL-OP-0",
        "EVAL-ANON-001",
        "VER-MDEL-",
    ];
    let found = found_altered("bl-over-", &starts, |request, response| {
        if request.caller != Caller::Owner && response.status < 300 {
            refuse(response, 403, "AccessDenied");
        }
    });
    let of_catalogue = |id: &str| bucketlaw_model::clause::find(id).unwrap().severity;
    for finding in found {
        assert_ne!(finding.severity, Severity::Critical, "{}", finding.explanation);
        if of_catalogue(&finding.clause) == bucketlaw_model::clause::Severity::Critical {
            assert!(finding.severity >= Severity::Medium, "{}", finding.explanation);
        }
    }
}

/// An entry of a DeleteObjects that is refused is no leak either.
#[test]
fn an_entry_that_is_refused_is_no_leak() {
    let found = found_altered(
        "bl-ent-",
        &["VER-MDEL-", "EVAL-OP-040", "EVAL-SAME-004"],
        |_, response| {
            let body = String::from_utf8_lossy(&response.body).into_owned();
            let denied =
                "<Error><Key>k</Key><Code>AccessDenied</Code><Message>Access Denied</Message></Error>";
            if let (Some(from), Some(to)) = (body.find("<Deleted>"), body.rfind("</Deleted>")) {
                let (before, after) = (&body[..from], &body[to + "</Deleted>".len()..]);
                response.body = format!("{before}{denied}{after}").into_bytes();
            }
        },
    );
    for finding in found {
        assert!(finding.severity >= Severity::High, "{}", finding.explanation);
    }
}

#[test]
fn who_may_do_what_he_may_not_is_as_bad_as_the_clause_says() {
    let entries = [own(
        "stranger",
        "EVAL-SAME-010/users-need-a-grant@GetObject",
        "4 owner DeleteBucketPolicy bucket=b\n5 user GetObject bucket=b key=k\n",
    )];
    let law = Law::full().repeal("EVAL-SAME-010").unwrap();
    let (_, assembled) = judged(&entries, &histories(law, "bl-leak-", &entries));
    assert_eq!(
        worst(&assembled.findings, "EVAL-SAME-010"),
        Some(Severity::Critical),
        "{:?}",
        assembled.findings
    );
    let unlocked = found(
        &["LOCK-DEL-001/hold@DeleteObjectVersion"],
        "bl-unl-",
        &["LOCK-DEL-001"],
    );
    assert_eq!(
        worst(&unlocked, "LOCK-DEL-001"),
        Some(Severity::Critical),
        "{unlocked:?}"
    );
}

/// Nothing was there that the delete could have touched.
#[test]
fn a_delete_of_nothing_that_should_be_refused_is_no_loss() {
    let entries = [own(
        "nothing",
        "EVAL-SAME-010/users-need-a-grant@DeleteObjectVersion",
        "4 user DeleteObject bucket=b key=l version=null\n",
    )];
    let law = Law::full()
        .repeal("EVAL-SAME-010")
        .and_then(|law| law.repeal("EVAL-OP-039"))
        .unwrap();
    let (_, assembled) = judged(&entries, &histories(law, "bl-noth-", &entries));
    let severities: Vec<Severity> = assembled
        .findings
        .iter()
        .map(|finding| finding.severity)
        .collect();
    assert_eq!(severities, Vec::<Severity>::new());
    let stranger = own(
        "stranger",
        "EVAL-OP-039/version-action@DeleteObjectVersion",
        "4 owner DeleteBucketPolicy bucket=b\n5 user DeleteObject bucket=b key=l version=null\n",
    );
    let entries = [stranger];
    let law = Law::full().repeal("EVAL-OP-039").unwrap();
    let (_, assembled) = judged(&entries, &histories(law, "bl-strg-", &entries));
    assert_eq!(
        assembled.findings[0].severity,
        Severity::Medium,
        "{:?}",
        assembled.findings
    );
}

#[test]
fn a_write_in_spite_of_its_condition_loses_another() {
    let all = ["VER-COND-004", "VER-COND-007", "VER-COND-013/etag"];
    for (nth, repeal) in all.into_iter().enumerate() {
        let id = repeal.split('/').next().unwrap();
        let found = found(&[repeal], &format!("bl-cnd{nth}-"), &[id]);
        assert_eq!(worst(&found, id), Some(Severity::High), "{repeal}: {found:?}");
    }
}

/// What was overtaken is what its condition asks for: nothing that was wanted is gone.
#[test]
fn an_upload_completed_in_spite_of_a_conflict_loses_nothing() {
    for (nth, id) in ["VER-COND-009", "VER-COND-010"].into_iter().enumerate() {
        let found = found(&[id], &format!("bl-ovt{nth}-"), &[id]);
        assert_eq!(worst(&found, id), Some(Severity::Medium), "{id}: {found:?}");
    }
}

/// A write whose conditions S3 does not take is as bad as what it replaces.
#[test]
fn a_write_whose_conditions_are_dropped_is_as_bad_as_what_it_loses() {
    for (key, wanted) in [("l", Severity::Medium), ("k", Severity::High)] {
        let entries = [own(
            "dropped",
            "VER-COND-003/both@PutObject",
            &format!("4 owner PutObject bucket=b key={key} content=y if_match=x if_none_match=*\n"),
        )];
        let mut histories = histories(Law::full(), &format!("bl-drop-{key}-"), &entries);
        altered(&mut histories, |_, response| {
            if response.status == 501 {
                response.status = 200;
                response.body = Vec::new();
                response
                    .headers
                    .push(("x-amz-version-id".to_owned(), b"made".to_vec()));
            }
        });
        let (_, assembled) = judged(&entries, &histories);
        let found: Vec<_> = assembled
            .findings
            .iter()
            .map(|one| (one.clause.as_str(), one.severity))
            .collect();
        assert_eq!(found, [("VER-COND-003", wanted)], "{key}");
    }
}

/// Versioning is there so that no version is lost but by a request that names it.
#[test]
fn a_write_that_destroys_a_version_is_critical() {
    let gone = found(
        &["VER-PUT-003/keeps-real"],
        "bl-gone-",
        &["VER-PUT-003/keeps-real"],
    );
    assert_eq!(worst(&gone, "VER-PUT-003"), Some(Severity::Critical), "{gone:?}");
}

/// S3 refuses what it cannot judge: who drops the condition deletes what it was to protect.
#[test]
fn a_delete_whose_condition_is_dropped_loses_a_write() {
    let entries = [own(
        "dropped",
        "VER-COND-014/size@DeleteObject",
        "4 owner DeleteObject bucket=b key=k if_match_size=true\n",
    )];
    let law = Law::full().repeal("VER-COND-014/size").unwrap();
    let (_, assembled) = judged(&entries, &histories(law, "bl-size-", &entries));
    assert_eq!(worst(&assembled.findings, "VER-COND-014"), Some(Severity::High));
}

#[test]
fn a_part_without_a_checksum_is_as_bad_as_the_clause_that_asks_for_it() {
    let lost = [
        "LOCK-HDR-009/retention@CreateMultipartUpload",
        "LOCK-HDR-009/hold@CreateMultipartUpload",
    ];
    let found = found(&lost, "bl-part-", &["LOCK-HDR-0", "LOCK-INT-004", "LOCK-RET-001"]);
    let of_parts = found
        .iter()
        .filter(|finding| finding.route.as_deref() == Some("UploadPart"));
    for finding in of_parts {
        assert_eq!(finding.severity, Severity::Medium, "{}", finding.explanation);
    }
    assert_eq!(
        worst(&found, "LOCK-HDR-009"),
        Some(Severity::High),
        "the retention is not there"
    );
    assert_eq!(worst(&found, "LOCK-RET-001"), None);
}

/// Who sends the ETag of what is there wants just that deleted, though S3 does not take the condition.
#[test]
fn a_delete_under_a_condition_that_holds_loses_nothing_that_was_wanted() {
    let entries = [own(
        "matching",
        "VER-COND-019/refused@DeleteObjectVersion",
        "4 owner DeleteObject bucket=b key=k version=v2 if_match=a\n",
    )];
    let law = Law::full().repeal("VER-COND-019/refused").unwrap();
    let (_, assembled) = judged(&entries, &histories(law, "bl-etag-", &entries));
    assert_eq!(worst(&assembled.findings, "VER-COND-019"), Some(Severity::Medium));
}

/// All entries are there: nobody loses anything by their order.
#[test]
fn another_order_of_entries_is_a_wrong_answer() {
    let reversed = |response: &mut RawResponse, element: &str| {
        let body = String::from_utf8_lossy(&response.body).into_owned();
        let (open, close) = (format!("<{element}>"), format!("</{element}>"));
        let (Some(from), Some(to)) = (body.find(&open), body.rfind(&close)) else {
            return;
        };
        let to = to + close.len();
        let mut entries: Vec<&str> = body[from..to].split_inclusive(&close).collect();
        entries.reverse();
        let entries = entries.concat();
        response.body = format!("{}{entries}{}", &body[..from], &body[to..]).into_bytes();
    };
    let found = found_altered("bl-rev-", &["VER-LIST-013"], |request, response| {
        if request.operation.name().starts_with("ListObjects") && response.status == 200 {
            reversed(response, "Contents");
        }
    });
    for finding in found {
        assert_eq!(finding.severity, Severity::Medium, "{}", finding.explanation);
        assert!(
            finding.title.ends_with("lists in another order than S3"),
            "{}",
            finding.title
        );
    }
}
