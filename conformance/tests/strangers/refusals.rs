//! What a stranger's server refuses the owner: the clean-up finds another way, or says that the server refuses.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use bucketlaw_conformance::clean::Left;
use bucketlaw_conformance::report::{KeptBy, LeftBehind};
use bucketlaw_conformance::run::run;
use bucketlaw_conformance::serve_law::ROOTS;
use bucketlaw_conformance::wire::RawRequest;

use super::front::{Act, has};
use super::{Stranger, clean, entry, plan, stranger};

/// A version under GOVERNANCE until a date that no test lives to see.
const GOVERNED: &str = "1 owner CreateBucket bucket=b lock=true\n\
     2 owner PutObject bucket=b key=k mode=GOVERNANCE until=far\n";

fn denied() -> Act {
    Act::Reply(403, &[], "<Error><Code>AccessDenied</Code></Error>".to_owned())
}

fn missing() -> Act {
    let document = "<Error><Code>NoSuchObjectLockConfiguration</Code></Error>";
    Act::Reply(404, &[], document.to_owned())
}

/// Whether a request is that of an account: the owner's is number 0, the other one's number 1.
fn is_by(request: &RawRequest, number: usize) -> bool {
    let key = ROOTS[number].0;
    let signed = request.header("authorization").map(String::from_utf8_lossy);
    signed.is_some_and(|signed| signed.contains(key))
}

/// Whether a request deletes something in a bucket.
fn deletes(request: &RawRequest) -> bool {
    let path = request.path().trim_matches('/');
    request.method == "DELETE" && path.contains('/') && !has(request, "uploadId")
}

fn deletes_bucket(request: &RawRequest) -> bool {
    let path = request.path().trim_matches('/');
    request.method == "DELETE" && !path.contains('/') && request.query().is_none()
}

fn bypasses(request: &RawRequest) -> bool {
    request.header("x-amz-bypass-governance-retention").is_some()
}

/// Runs a program at a stranger and cleans up after it; what is left, and how many requests the clean-up took.
fn left(
    prefix: &str,
    steps: &str,
    rule: impl Fn(&RawRequest) -> Act + Send + Sync + 'static,
) -> (Stranger, Vec<LeftBehind>, usize) {
    let asked = Arc::new(AtomicUsize::new(0));
    let cleaning = Arc::new(AtomicBool::new(false));
    let (count, begun) = (Arc::clone(&asked), Arc::clone(&cleaning));
    let stranger = stranger(move |request, _| {
        // The program itself is none of the matter.
        if !begun.load(Ordering::Relaxed) {
            return Act::Pass;
        }
        count.fetch_add(1, Ordering::Relaxed);
        rule(request)
    });
    let plan = plan(prefix, 1);
    let histories = run(&stranger.session, &plan, &[entry(steps)], &|_| {});
    assert!(histories.iter().all(|history| history.stopped.is_none()));
    assert_eq!(stranger.buckets(prefix), 1);
    cleaning.store(true, Ordering::Relaxed);
    let left = clean(&stranger.session, prefix, &Left::default(), false);
    let asked = asked.load(Ordering::Relaxed);
    (stranger, left, asked)
}

fn nothing_is_left(prefix: &str, steps: &str, rule: impl Fn(&RawRequest) -> Act + Send + Sync + 'static) {
    let (stranger, left, _) = left(prefix, steps, rule);
    assert_eq!(left, []);
    assert_eq!(stranger.buckets(prefix), 0);
}

/// The owner may neither see nor lift the hold, nor delete what is held: who wrote it may, once it is let in.
#[test]
fn the_writer_lifts_a_hold_that_the_owner_may_not() {
    let steps = "policy p = Allow other s3:PutObject,s3:PutObjectLegalHold b/*\n\
         1 owner CreateBucket bucket=b lock=true\n2 owner PutBucketPolicy bucket=b policy=p\n\
         3 other PutObject bucket=b key=k hold=ON\n";
    nothing_is_left("bl-hold-", steps, |request| {
        let of_lock = has(request, "legal-hold") || has(request, "retention");
        if is_by(request, 0) && (of_lock || request.method == "HEAD" && request.path().ends_with("/k")) {
            denied()
        } else {
            Act::Pass
        }
    });
}

#[test]
fn a_hold_that_no_operation_tells_is_lifted() {
    let steps = "1 owner CreateBucket bucket=b lock=true\n2 owner PutObject bucket=b key=k hold=ON\n";
    // The headers of the object may tell it, or nothing does.
    for (prefix, heads) in [("bl-headers-", true), ("bl-untold-", false)] {
        nothing_is_left(prefix, steps, move |request| {
            let head = request.method == "HEAD" && request.path().ends_with("/k");
            let hold = request.method == "GET" && has(request, "legal-hold");
            if hold || head && !heads {
                Act::lacks()
            } else {
                Act::Pass
            }
        });
    }
}

/// The date is in the headers of the object where GetObjectRetention does not tell it.
#[test]
fn a_date_that_only_headers_tell_is_waited_for() {
    let steps = "1 owner CreateBucket bucket=b lock=true\n2 owner PutObject bucket=b key=k mode=COMPLIANCE until=@1\n";
    for (prefix, refusal) in [("bl-lacks-", Act::lacks()), ("bl-denies-", missing())] {
        let (_, left, _) = left(prefix, steps, move |request| {
            if request.method == "GET" && has(request, "retention") {
                refusal.clone()
            } else {
                Act::Pass
            }
        });
        assert_eq!(left.len(), 1, "{left:?}");
        assert!(left[0].until.is_some(), "{left:?}");
        assert_eq!(left[0].kept_by, Some(KeptBy::Lock));
    }
}

/// A server that ignores the bypass on a DELETE may take the retention away.
#[test]
fn retention_is_taken_away_where_no_bypass_gets_past_it() {
    nothing_is_left("bl-ignored-", GOVERNED, |request| {
        if deletes(request) && bypasses(request) {
            denied()
        } else {
            Act::Pass
        }
    });
}

/// A version whose lock state is broken can't be deleted before it has a whole one, and no empty retention is taken.
#[test]
fn a_broken_lock_is_made_whole_and_then_bypassed() {
    let whole = AtomicBool::new(false);
    nothing_is_left("bl-broken-", GOVERNED, move |request| {
        if request.method == "PUT" && has(request, "retention") {
            let dated = String::from_utf8_lossy(&request.body).contains("RetainUntilDate");
            whole.fetch_or(dated, Ordering::Relaxed);
            return if dated { Act::Pass } else { denied() };
        }
        if deletes(request) && !whole.load(Ordering::Relaxed) {
            denied()
        } else {
            Act::Pass
        }
    });
}

/// A bucket policy is replaced where it denies that it is deleted, as at a server whose owners are bound by it.
#[test]
fn a_policy_that_can_not_be_deleted_is_replaced() {
    let steps = "policy p = Deny * s3:DeleteBucketPolicy,s3:DeleteBucket,s3:List* b\n1 owner CreateBucket bucket=b\n\
         2 owner PutBucketPolicy bucket=b policy=p\n";
    let bound = AtomicBool::new(true);
    nothing_is_left("bl-bound-", steps, move |request| {
        if request.method == "PUT" && has(request, "policy") {
            bound.store(false, Ordering::Relaxed);
        }
        let policy = request.method == "DELETE" && has(request, "policy");
        let denies = policy || deletes_bucket(request) || request.method == "HEAD";
        if denies && bound.load(Ordering::Relaxed) {
            denied()
        } else {
            Act::Pass
        }
    });
}

/// A server in whose buckets everybody may remove what is theirs, and the owner nothing of it.
fn of_the_writer(is_writer: fn(&RawRequest) -> bool) -> impl Fn(&RawRequest) -> Act + Send + Sync {
    let there = AtomicBool::new(true);
    move |request| {
        let is_there = there.load(Ordering::Relaxed);
        if request.method == "GET" && has(request, "versions") && is_there {
            let listing = "<ListVersionsResult><Version><Key>theirs</Key><VersionId>null</VersionId><Size>3</Size>\
                 </Version></ListVersionsResult>";
            return Act::Reply(200, &[], listing.to_owned());
        }
        if deletes(request) && request.path().ends_with("/theirs") {
            if !is_writer(request) {
                return denied();
            }
            there.store(false, Ordering::Relaxed);
            return Act::Reply(204, &[], String::new());
        }
        if deletes_bucket(request) && is_there {
            return Act::Reply(409, &[], "<Error><Code>BucketNotEmpty</Code></Error>".to_owned());
        }
        Act::Pass
    }
}

#[test]
fn each_identity_removes_what_it_wrote() {
    let steps = "1 owner CreateBucket bucket=b\n";
    nothing_is_left("bl-other-", steps, of_the_writer(|request| is_by(request, 1)));
    nothing_is_left(
        "bl-anonymous-",
        steps,
        of_the_writer(|request| request.header("authorization").is_none()),
    );
    let by_user = |request: &RawRequest| {
        request.header("authorization").is_some() && !is_by(request, 0) && !is_by(request, 1)
    };
    nothing_is_left("bl-user-", steps, of_the_writer(by_user));
}

/// The server answers that it deleted the object, and has it all the same.
#[test]
fn what_is_listed_after_its_delete_is_charged_to_the_target() {
    let steps = "1 owner CreateBucket bucket=b\n2 owner PutObject bucket=b key=k\n";
    let (_, left, asked) = left("bl-undead-", steps, |request| {
        if deletes(request) {
            Act::Reply(204, &[], String::new())
        } else {
            Act::Pass
        }
    });
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(left[0].key.as_deref(), Some("k"));
    assert_eq!(left[0].kept_by, Some(KeptBy::Target));
    assert!(left[0].reason.contains("is listed although"), "{left:?}");
    assert!(asked < 1000, "{asked} requests");
}

/// Whatever is tried is refused: the clean-up ends, soon, and says whose fault it is.
#[test]
fn what_is_refused_whoever_asks_is_charged_to_the_target() {
    let (_, refused, asked) = left("bl-refused-", GOVERNED, |request| {
        if deletes(request) || request.method == "PUT" {
            denied()
        } else {
            Act::Pass
        }
    });
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert_eq!(refused[0].kept_by, Some(KeptBy::Target));
    assert!(refused[0].until.is_some(), "{refused:?}");
    assert!(asked < 200, "{asked} requests");
    let (_, bucket, asked) = left("bl-stranger-", "1 owner CreateBucket bucket=b\n", |request| {
        if request.path().trim_matches('/').is_empty() {
            Act::Pass
        } else {
            denied()
        }
    });
    assert_eq!(bucket.len(), 1, "{bucket:?}");
    assert!(bucket[0].reason.contains("whoever of the run asks"), "{bucket:?}");
    assert_eq!(bucket[0].kept_by, Some(KeptBy::Target));
    assert!(asked < 200, "{asked} requests");
}
