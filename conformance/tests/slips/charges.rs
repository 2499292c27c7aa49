//! Who is charged: the clause that fixes what differs, and none where the endpoint did not rule.

use std::sync::Mutex;

use bucketlaw_conformance::report::Finding;
use bucketlaw_conformance::serve_law::{AtOnce, Rule};
use bucketlaw_model::clause::Level;
use bucketlaw_model::reply::Reply;
use bucketlaw_model::state::State;
use bucketlaw_model::world::World;

use super::*;

/// The clauses that decide who may do something.
const WHO: [&str; 6] = [
    "EVAL-OP-",
    "EVAL-SAME-",
    "EVAL-XACC-",
    "EVAL-ROOT-",
    "EVAL-ANON-",
    "EVAL-ORD-",
];

/// Another law for one caller.
#[derive(Debug)]
struct For(Caller, Law);

impl Rule for For {
    fn rule(&self, law: &Law, world: &World, state: &Mutex<State>, request: &Request) -> Option<Reply> {
        let law = if request.caller == self.0 { &self.1 } else { law };
        AtOnce.rule(law, world, state, request)
    }
}

fn without(repeals: &[&str]) -> Law {
    repeals
        .iter()
        .fold(Law::full(), |law, words| law.repeal(words).unwrap())
}

/// What is found of an endpoint that has another law for one caller.
fn of_caller(caller: Caller, repeals: &[&str], prefix: &str, entries: &[Entry]) -> Assembled {
    let rule = Box::new(For(caller, without(repeals)));
    let serving = ServeLaw::listen_with("127.0.0.1:0".parse().unwrap(), Law::full(), rule).unwrap();
    let histories = run(&session(&serving), &plan(prefix, 8), entries, &|_| {});
    judged(entries, &histories).1
}

fn about_who(assembled: &Assembled) -> Vec<&str> {
    let violated = violated(assembled).into_iter();
    violated
        .filter(|id| WHO.iter().any(|start| id.starts_with(start)))
        .collect()
}

#[test]
fn who_is_never_believed_is_refused_no_right() {
    let entries = telling(&["EVAL-SAME-0", "EVAL-OP-02", "EVAL-ROOT-001", "VER-GET-001"]);
    for code in [
        "InvalidAccessKeyId",
        "SignatureDoesNotMatch",
        "RequestTimeTooSkewed",
        "ExpiredToken",
    ] {
        let mut histories = histories(Law::full(), "bl-key-", &entries);
        altered(&mut histories, |request, response| {
            if request.caller == Caller::User {
                refuse(response, 403, code);
            }
        });
        let (_, assembled) = judged(&entries, &histories);
        assert_eq!(violated(&assembled), Vec::<&str>::new(), "{code}");
        assert!(assembled.unowned.is_empty());
        assert_eq!(verdict(&assembled, "EVAL-SAME-001"), Verdict::NotExercised);
        let fact = assembled.facts.first().unwrap();
        assert_eq!(
            fact.text,
            "the endpoint refuses the signatures of user (403), whatever they ask"
        );
        assert!(fact.programs > 3);
    }
}

#[test]
fn a_presigned_request_that_is_not_believed_is_charged_to_no_clause() {
    let entries = [
        own(
            "root",
            "EVAL-ROOT-001/root@PutObject",
            "4 owner PutObject bucket=b key=k content=x via=presigned\n",
        ),
        own(
            "user",
            "EVAL-SAME-010/users-need-a-grant@ListObjects",
            "4 user GetObject bucket=b key=k\n5 user ListObjects bucket=b via=presigned\n",
        ),
    ];
    let mut histories = histories(Law::full(), "bl-pres-", &entries);
    for history in &mut histories {
        let program = Program::read(&history.program).unwrap();
        for taken in &mut history.steps {
            if let (Outcome::Exchange(exchange), true) =
                (&mut taken.result, program.vias.contains_key(&taken.number))
            {
                refuse(&mut exchange.response, 403, "SignatureDoesNotMatch");
            }
        }
    }
    let (_, assembled) = judged(&entries, &histories);
    assert_eq!(violated(&assembled), Vec::<&str>::new());
    let told: Vec<(&str, &str, bool)> = assembled
        .unowned
        .iter()
        .map(|one| (one.route.as_str(), one.what.as_str(), one.decides))
        .collect();
    let what = "who asks is not believed";
    assert_eq!(told, [("ListObjects", what, true), ("PutObject", what, true)]);
}

#[test]
fn what_is_no_denial_says_nothing_of_rights() {
    let entries = telling(&[
        "EVAL-SAME-0",
        "EVAL-ORD-001",
        "EVAL-OP-03",
        "EVAL-XACC-00",
        "EVAL-ANON-001",
    ]);
    for (status, code) in [
        (409, "OperationAborted"),
        (409, "BucketNotEmpty"),
        (409, "SomethingElse"),
        (501, "NotImplemented"),
    ] {
        let mut histories = histories(Law::full(), "bl-nod-", &entries);
        altered(&mut histories, |request, response| {
            // Reads may say that nothing is there.
            let writes =
                request.operation.name().starts_with("Put") || request.operation.name().starts_with("Create");
            if writes && request.caller != Caller::Owner {
                refuse(response, status, code);
            }
        });
        let (_, assembled) = judged(&entries, &histories);
        assert_eq!(about_who(&assembled), Vec::<&str>::new(), "{status} {code}");
    }
}

#[test]
fn a_denial_by_another_code_is_charged_to_the_clause_of_the_code() {
    let entries = telling(&[
        "EVAL-SAME-0",
        "EVAL-ORD-001",
        "EVAL-XACC-00",
        "LOCK-DEL-003",
        "LOCK-DEL-001",
    ]);
    let mut histories = histories(Law::full(), "bl-code-", &entries);
    altered(&mut histories, |_, response| {
        if response.status == 403 {
            refuse(response, 403, "Forbidden");
        }
    });
    let (_, assembled) = judged(&entries, &histories);
    assert_eq!(violated(&assembled), ["LOCK-API-004", "EVAL-ERR-001"]);
    for finding in assembled.findings {
        assert_eq!(finding.severity, Severity::Medium);
    }
}

/// Who may not is refused, but the endpoint looks for the version first.
#[test]
fn a_delete_of_nothing_is_carried_out_before_anybody_is_asked() {
    let refused = own(
        "refused",
        "EVAL-SAME-010/users-need-a-grant@DeleteObjectVersion",
        "4 owner DeleteBucketPolicy bucket=b\n5 user DeleteObject bucket=b key=k version=v2\n",
    );
    let nothing = own(
        "nothing",
        "EVAL-SAME-010/users-need-a-grant@DeleteObjectVersion",
        "4 owner DeleteBucketPolicy bucket=b\n5 user DeleteObject bucket=b key=l version=null\n",
    );
    let entries = [nothing, refused];
    let mut histories = histories(Law::full(), "bl-noth-", &entries);
    altered(&mut histories[..1], |request, response| {
        if request.caller == Caller::User {
            response.status = 204;
            response.body.clear();
        }
    });
    let (_, assembled) = judged(&entries, &histories);
    let severities = |finding: &Finding| (finding.clause.clone(), finding.severity);
    let found: Vec<(String, Severity)> = assembled.findings.iter().map(severities).collect();
    assert_eq!(found, [("EVAL-CTX-002".to_owned(), Severity::Medium)]);
    assert_eq!(verdict(&assembled, "EVAL-CTX-002"), Verdict::Deviates);
}

#[test]
fn a_root_user_whom_no_deny_reaches_is_charged_to_the_deny() {
    let entries = telling(&["EVAL-ORD-001", "EVAL-OP-040", "EVAL-OP-039", "EVAL-ROOT-001"]);
    let assembled = of_caller(Caller::Owner, &["EVAL-ORD-001"], "bl-root-", &entries);
    assert_eq!(violated(&assembled), ["EVAL-ORD-001"]);
}

#[test]
fn a_document_that_is_refused_is_not_charged_to_what_all_documents_have_in_common() {
    let entries = telling(&["POL-", "EVAL-SAME-", "EVAL-ORD-001", "EVAL-OP-02"]);
    let mut histories = histories(Law::full(), "bl-wild-", &entries);
    for history in &mut histories {
        let wild = history.program.contains("s3:*");
        altered(std::slice::from_mut(history), |request, response| {
            if wild && request.operation.name() == "PutBucketPolicy" && response.status == 204 {
                refuse(response, 400, "MalformedPolicy");
            }
        });
    }
    let (_, assembled) = judged(&entries, &histories);
    assert_eq!(violated(&assembled), Vec::<&str>::new());
    assert!(
        assembled
            .unowned
            .iter()
            .all(|one| one.route == "PutBucketPolicy" && one.decides)
    );
    assert_eq!(assembled.unowned.len(), 1);
}

#[test]
fn a_setting_that_the_endpoint_lacks_violates_no_clause() {
    let entries = telling(&["EVAL-BPA-", "EVAL-PUB-", "EVAL-OWN-"]);
    let law = without(&["EVAL-BPA-002/default-on"]);
    let mut histories = histories(law, "bl-bpa-", &entries);
    altered(&mut histories, |request, response| {
        if request.operation.name().ends_with("PublicAccessBlock") {
            refuse(response, 501, "NotImplemented");
        }
    });
    let (_, assembled) = judged(&entries, &histories);
    assert_eq!(
        violated(&assembled),
        Vec::<&str>::new(),
        "{:?}",
        assembled.findings
    );
    assert_eq!(verdict(&assembled, "EVAL-BPA-002"), Verdict::Unsupported);
}

#[test]
fn who_ignores_acls_needs_no_right_to_set_them() {
    let entries = telling(&[
        "EVAL-OWN-00",
        "EVAL-OP-031/acl",
        "EVAL-OP-032/acl",
        "EVAL-OP-033/acl",
    ]);
    let ignored = [
        "EVAL-OWN-003/put",
        "EVAL-OWN-003/write",
        "EVAL-OWN-004/foreign",
        "EVAL-OP-033/acl",
    ];
    let (_, assembled) = judged(&entries, &histories(without(&ignored), "bl-acl-", &entries));
    assert_eq!(violated(&assembled), ["EVAL-OWN-003", "EVAL-OWN-004"]);
    for finding in assembled.findings {
        assert_ne!(finding.severity, Severity::Critical, "{}", finding.explanation);
    }
}

/// The source of a copy is never asked for, nor are the rights that its headers need.
#[test]
fn two_faults_of_one_clause_are_not_one_of_another() {
    let entries = telling(&[
        "EVAL-OP-032",
        "EVAL-SAME-0",
        "EVAL-XACC-00",
        "VER-COND-015",
        "EVAL-ORD-001",
    ]);
    let (_, assembled) = judged(
        &entries,
        &histories(without(&["EVAL-OP-032"]), "bl-two-", &entries),
    );
    let violated = violated(&assembled);
    let graver: Vec<&str> = violated
        .into_iter()
        .filter(|id| !id.starts_with("EVAL-ERR-"))
        .collect();
    assert_eq!(graver, ["EVAL-OP-032"]);
}

#[test]
fn an_upload_that_loses_its_lock_is_charged_to_the_lock_and_a_part_to_the_digest() {
    let entries = telling(&["LOCK-HDR-0", "LOCK-INT-004", "LOCK-RET-00", "LOCK-HOLD-00"]);
    let digest = ["LOCK-INT-004/retention", "LOCK-INT-004/hold"];
    let (_, parts) = judged(&entries, &histories(without(&digest), "bl-dig-", &entries));
    assert_eq!(violated(&parts), ["LOCK-INT-004"]);
    let lost = [
        "LOCK-HDR-011/retention-at-complete",
        "LOCK-HDR-011/hold-at-complete",
    ];
    let (_, lost) = judged(&entries, &histories(without(&lost), "bl-lost-", &entries));
    assert!(violated(&lost).contains(&"LOCK-HDR-011"), "{:?}", violated(&lost));
    assert!(!violated(&lost).iter().any(|id| id.starts_with("LOCK-RET-")));
    assert_eq!(
        bucketlaw_model::clause::find("EVAL-CTX-002").unwrap().level,
        Level::Chosen
    );
}

/// Where S3 is silent bucketlaw chose: who chose otherwise is red with `--strict` only.
#[test]
fn what_nobody_documents_is_a_violation_for_the_strict_only() {
    let entries = telling(&["EVAL-CTX-003", "VER-MDEL-004", "LOCK-CFG-009"]);
    let histories = histories(without(&["EVAL-CTX-003"]), "bl-chos-", &entries);
    let (_, assembled) = judged(&entries, &histories);
    assert_eq!(violated(&assembled), Vec::<&str>::new());
    assert_eq!(verdict(&assembled, "EVAL-CTX-003"), Verdict::Deviates);
    assert!(
        assembled
            .findings
            .iter()
            .all(|finding| finding.declared.is_some())
    );
    for consequence in ["VER-MDEL-004", "LOCK-CFG-009"] {
        assert_ne!(verdict(&assembled, consequence), Verdict::Holds, "{consequence}");
    }
    let strict = assemble(&entries, &judge_all(&Law::strict(), &entries, &histories));
    assert_eq!(violated(&strict), ["EVAL-CTX-003"]);
    assert!(strict.findings.iter().all(|finding| finding.declared.is_none()));
}

/// Of a choice that takes none of the branches likewise.
#[test]
fn no_chosen_clause_is_violated_unless_the_run_is_strict() {
    let chosen: Vec<Entry> = embedded()
        .unwrap()
        .into_iter()
        .filter(|entry| !entry.program.waits() && entry.path.starts_with("witnesses/"))
        .filter(|entry| {
            entry.tells.iter().any(|words| {
                let clause = words.split('/').next().and_then(bucketlaw_model::clause::find);
                clause.is_some_and(|clause| clause.level == Level::Chosen)
            })
        })
        .collect();
    let mut histories = histories(Law::full(), "bl-odd-", &chosen);
    altered(&mut histories, |request, response| {
        if request.operation.name() == "CopyObject" || response.status == 404 {
            refuse(response, 418, "Teapot");
        }
    });
    let (_, assembled) = judged(&chosen, &histories);
    for id in violated(&assembled) {
        let clause = bucketlaw_model::clause::find(id).unwrap();
        assert_ne!(clause.level, Level::Chosen, "{id}");
    }
}

/// More buckets than a page holds may sort before those of a program.
#[test]
fn buckets_that_are_on_another_page_are_not_missed() {
    let entries = telling(&["EVAL-OP-001"]);
    let mut histories = histories(Law::full(), "bl-page-", &entries);
    altered(&mut histories, |request, response| {
        if request.operation.name() == "ListBuckets" && response.status == 200 {
            response.body = b"<ListAllMyBucketsResult><Buckets><Bucket><Name>a</Name></Bucket></Buckets>\
                <ContinuationToken>more</ContinuationToken></ListAllMyBucketsResult>"
                .to_vec();
        }
    });
    let (_, assembled) = judged(&entries, &histories);
    assert_eq!(violated(&assembled), Vec::<&str>::new());
    assert_ne!(verdict(&assembled, "EVAL-OP-001"), Verdict::Holds);
}

/// What a bucket lists, as the plain operation of a question about one of its settings shows it.
const LISTED: &[u8] =
    b"<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>b</Name><Prefix></Prefix>\
    <MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated></ListBucketResult>";

/// An endpoint that never looks at the subresource: it makes the bucket again, lists it, and shows the bytes of objects.
#[test]
fn a_subresource_that_is_overlooked_is_charged_to_no_clause_about_it() {
    const OVERLOOKED: &str = "EVAL-OPX-009";
    let entries = telling(&[
        "EVAL-OWN-00",
        "EVAL-OP-016",
        "EVAL-BPA-00",
        "LOCK-CFG-00",
        "LOCK-CFG-011",
    ]);
    for answers in ["CreateBucket", "ListObjects"] {
        let mut histories = histories(Law::full(), "bl-plain-", &entries);
        altered(&mut histories, |request, response| {
            let name = request.operation.name();
            let setting = ["Acl", "Tagging", "AccessBlock", "Controls", "LockConfiguration"]
                .iter()
                .any(|end| name.ends_with(end));
            if !setting || name.contains("Object") && !name.ends_with("LockConfiguration") {
                return;
            }
            match answers {
                "CreateBucket" if name.starts_with("Put") && response.status < 300 => {
                    refuse(response, 409, "BucketAlreadyExists");
                }
                "ListObjects" if name.starts_with("Get") => {
                    response.status = 200;
                    response.body = LISTED.to_vec();
                }
                _ => {}
            }
        });
        let (_, assembled) = judged(&entries, &histories);
        assert_eq!(violated(&assembled), [OVERLOOKED], "{answers}");
        for finding in &assembled.findings {
            // What was to protect something does not, and its owner knows.
            let protects = finding.route.as_deref() == Some("PutObjectLockConfiguration");
            let worst = if protects {
                Severity::High
            } else {
                Severity::Medium
            };
            assert_eq!(finding.severity, worst, "{}", finding.explanation);
            assert_eq!(finding.facet.as_deref(), Some("EVAL-OPX-009/plain"));
            let heading = format!("is answered as {answers}: its subresource is overlooked");
            assert!(finding.title.ends_with(&heading), "{}", finding.title);
        }
        assert!(assembled.findings.len() > 2, "{answers}");
    }
}

#[test]
fn the_bytes_of_an_object_are_not_its_acl() {
    let entries = telling(&["EVAL-OWN-00", "EVAL-OP-00", "EVAL-OP-01"]);
    let mut histories = histories(Law::full(), "bl-bytes-", &entries);
    altered(&mut histories, |request, response| {
        if request.operation.name() == "GetObjectAcl" && response.status == 200 {
            response.headers.push(("ETag".to_owned(), "\"e\"".into()));
            response.body = b"a".to_vec();
        }
    });
    let (_, assembled) = judged(&entries, &histories);
    assert_eq!(violated(&assembled), ["EVAL-OPX-009"]);
}

/// The fault of an earlier request, which other programs show alone, is not as bad as what the last reply says otherwise.
#[test]
fn what_a_later_fault_shows_is_not_charged_to_an_earlier_one() {
    let faults = [
        "LOCK-BKT-001/versioning@CreateBucket",
        "VER-MDEL-011/quiet@DeleteObjects",
        "VER-MDEL-013/etag@DeleteObjects",
    ];
    let entries = telling(&["LOCK-BKT-001", "VER-MDEL-011", "VER-MDEL-013", "VER-DEL-004"]);
    let (_, assembled) = judged(&entries, &histories(without(&faults), "bl-later-", &entries));
    let violated = violated(&assembled);
    for id in ["LOCK-BKT-001", "VER-MDEL-011", "VER-MDEL-013"] {
        assert!(violated.contains(&id), "{id} is not among {violated:?}");
    }
    for finding in &assembled.findings {
        let of_deletes = finding
            .routes
            .iter()
            .any(|route| route.starts_with("DeleteObjects"));
        // That there is no marker is what the bucket without versions does.
        let shows_no_versions = finding.title.contains("DeleteMarker");
        assert!(
            !of_deletes || shows_no_versions || finding.clause.starts_with("VER-MDEL-"),
            "{} {}",
            finding.clause,
            finding.explanation
        );
        assert!(!finding.title.contains("other bytes"), "{}", finding.title);
        if finding.clause == "VER-MDEL-011" {
            assert_eq!(finding.severity, Severity::Low, "{}", finding.explanation);
        }
    }
}

#[test]
fn a_heading_names_what_refuses_and_not_that_nothing_allows() {
    for (number, (fault, heading)) in [
        (
            "EVAL-BPA-009/anonymous@DeleteBucket",
            "Anybody without credentials can delete a bucket in spite of Block Public Access",
        ),
        (
            "EVAL-OPX-013/either@DeleteObject",
            "An IAM user can delete an object in spite of a Deny",
        ),
        (
            "VER-MDEL-013/etag@DeleteObjects",
            "DeleteObjects carries out an entry that S3 refuses",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let entries = controlled(telling(&[fault]));
        let (_, assembled) = judged(
            &entries,
            &histories(without(&[fault]), &format!("bl-hd{number}-"), &entries),
        );
        let titles: Vec<&str> = assembled
            .findings
            .iter()
            .map(|finding| finding.title.as_str())
            .collect();
        assert!(titles.contains(&heading), "{titles:?}");
    }
}

#[test]
fn a_malformed_policy_that_iam_takes_is_a_fault() {
    for (clause, facet) in [("POL-GRAM-016", "identity"), ("POL-GRAM-018", "principal")] {
        let tells = format!("{clause}/{facet}@PutUserPolicy");
        let entries = telling(&[&tells]);
        assert!(!entries.is_empty(), "{tells}");
        let (_, assembled) = judged(&entries, &histories(without(&[&tells]), "bl-taken-", &entries));
        assert_eq!(violated(&assembled), [clause]);
    }
}
