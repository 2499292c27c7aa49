//! The terms of a run are kept: buckets at once, requests a second, the time that writes need, and its early end.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bucketlaw_conformance::history::{History, Outcome};
use bucketlaw_conformance::lower::Service;
use bucketlaw_conformance::run::{Compliance, Terms, run};
use bucketlaw_conformance::serve_law::ServeLaw;
use bucketlaw_conformance::session::Session;
use bucketlaw_conformance::suite::{Entry, embedded};
use bucketlaw_conformance::wire::{Client, Options, RawRequest};
use bucketlaw_model::law::Law;
use bucketlaw_model::program::Program;

use support::{plan, session};

#[path = "support/session.rs"]
mod support;

fn law() -> ServeLaw {
    ServeLaw::listen("127.0.0.1:0".parse().unwrap(), Law::full()).unwrap()
}

fn entry(steps: &str) -> Entry {
    let program = Program::read(&format!("bucketlaw program 1\n{steps}")).unwrap();
    Entry::new("made by a test", program)
}

/// Programs that make buckets and leave a version in each.
fn some(number: usize) -> Vec<Entry> {
    (0..number)
        .map(|number| {
            entry(&format!(
                "1 owner CreateBucket bucket=b{number}\n2 owner PutObject bucket=b{number} key=k\n\
                 3 owner GetObject bucket=b{number} key=k\n4 owner HeadBucket bucket=b{number}\n"
            ))
        })
        .collect()
}

fn whole(histories: &[History]) -> bool {
    histories.iter().all(|history| history.stopped.is_none())
}

/// How many buckets of the run there are.
fn count(session: &Session, prefix: &str) -> usize {
    let listing = RawRequest::new("GET", "/");
    let listing = session
        .send(listing, Some(&session.owner.credentials), Service::S3)
        .unwrap();
    let text = String::from_utf8_lossy(&listing.response.body).into_owned();
    text.matches(&format!("<Name>{prefix}")).count()
}

#[test]
fn no_more_buckets_exist_at_once_than_allowed() {
    let serving = law();
    let session = session(&serving);
    let mut plan = plan("bl-most-", 8);
    plan.terms.max_buckets = Some(3);
    let over = AtomicBool::new(false);
    let most = AtomicUsize::new(0);
    let histories = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                most.fetch_max(count(&session, "bl-most-"), Ordering::Relaxed);
            }
        });
        let histories = run(&session, &plan, &some(40), &|_| {});
        over.store(true, Ordering::Relaxed);
        histories
    });
    assert!(whole(&histories));
    assert_eq!(histories.len(), 40);
    let most = most.into_inner();
    assert!((1..=3).contains(&most), "{most} at once");
    assert_eq!(count(&session, "bl-most-"), 0, "they are removed as programs end");
}

#[test]
fn a_program_that_never_fits_says_so_and_the_others_run() {
    let serving = law();
    let session = session(&serving);
    let mut plan = plan("bl-fit-", 2);
    plan.terms.max_buckets = Some(1);
    let two = entry("1 owner CreateBucket bucket=a\n2 owner CreateBucket bucket=b\n");
    // Nobody can remove its version for a day.
    let locked = entry(
        "1 owner CreateBucket bucket=b lock=true\n\
         2 owner PutObjectLockConfiguration bucket=b mode=COMPLIANCE period=1d\n3 owner PutObject bucket=b key=k\n",
    );
    let histories = run(
        &session,
        &plan,
        &[two, some(1).remove(0), locked, some(2).remove(1)],
        &|_| {},
    );
    let stopped: Vec<&str> = histories
        .iter()
        .map(|history| history.stopped.as_deref().unwrap_or("whole"))
        .collect();
    assert_eq!(
        stopped,
        [
            "it needs 2 buckets at once, and --max-buckets is 1",
            "whole",
            "whole",
            "it needs 1 buckets at once, and 1 of the 1 of --max-buckets can't be removed",
        ]
    );
}

#[test]
fn requests_keep_their_distance_over_all_jobs() {
    let serving = law();
    let mut session = session(&serving);
    let options = Options {
        apart: Duration::from_millis(20),
        ..Options::default()
    };
    session.client = Client::new(session.client.endpoint().clone(), options).unwrap();
    let start = Instant::now();
    let histories = run(&session, &plan("bl-rate-", 8), &some(10), &|_| {});
    let requests: usize = histories.iter().map(|history| history.steps.len()).sum();
    assert_eq!(requests, 40);
    assert!(
        start.elapsed() >= Duration::from_millis(39 * 20),
        "{:?}",
        start.elapsed()
    );
}

#[test]
fn reads_wait_until_writes_have_settled_and_dates_with_them() {
    let serving = law();
    let session = session(&serving);
    let mut plan = plan("bl-settle-", 2);
    plan.terms.settle = 300;
    let start = Instant::now();
    let histories = run(&session, &plan, &some(8), &|_| {});
    assert!(whole(&histories));
    // Two writes a program, and all programs wait together.
    assert!(
        start.elapsed() < Duration::from_millis(8 * 600),
        "{:?}",
        start.elapsed()
    );
    for history in &histories {
        let times: Vec<(bool, i64, i64)> = history
            .steps
            .iter()
            .map(|taken| match &taken.result {
                Outcome::Exchange(exchange) => {
                    (exchange.request.method == "PUT", exchange.sent, exchange.received)
                }
                Outcome::Failure(failure) => (true, failure.sent, failure.ended),
            })
            .collect();
        for pair in times.windows(2) {
            let ((wrote, _, received), (_, sent, _)) = (pair[0], pair[1]);
            assert!(!wrote || sent - received >= 299, "{times:?}");
        }
        assert_eq!(history.unit, 20_000 + 4 * 300);
    }
}

#[test]
fn an_interrupt_finishes_what_runs_and_begins_nothing() {
    let serving = law();
    let session = session(&serving);
    let plan = plan("bl-interrupt-", 2);
    let watch = plan.terms.watch.clone();
    let histories = run(&session, &plan, &some(200), &|done| {
        if done == 20 {
            watch.interrupt();
        }
    });
    assert_eq!(histories.len(), 200, "each program has its history");
    let (ran, rest): (Vec<_>, Vec<_>) = histories.iter().partition(|history| !history.steps.is_empty());
    assert!((20..30).contains(&ran.len()), "{}", ran.len());
    assert!(
        ran.iter()
            .all(|history| history.steps.len() == 4 && history.stopped.is_none())
    );
    assert!(
        rest.iter()
            .all(|history| history.stopped.as_deref() == Some("the run was interrupted"))
    );
}

#[test]
fn an_endpoint_that_is_gone_ends_the_run() {
    let serving = law();
    let session = session(&serving);
    let plan = plan("bl-gone-", 4);
    let address = serving.address();
    let serving = std::sync::Mutex::new(Some(serving));
    let histories = run(&session, &plan, &some(200), &|done| {
        if done == 20 {
            drop(serving.lock().unwrap().take());
        }
    });
    assert!(std::net::TcpStream::connect(address).is_err(), "it is gone");
    assert_eq!(histories.len(), 200);
    assert!(plan.terms.watch.gone().is_some());
    let never = histories
        .iter()
        .filter(|history| history.steps.is_empty())
        .count();
    assert!(never > 100, "{never} did not begin");
}

#[test]
fn compliance_locks_are_made_only_under_terms_that_allow_them() {
    let entries = embedded().unwrap();
    let forbidden = |compliance| {
        let terms = Terms {
            compliance,
            ..Terms::default()
        };
        entries
            .iter()
            .filter(|entry| terms.forbids(&entry.program).is_some())
            .count()
    };
    let (any, short, none) = (
        forbidden(Compliance::Any),
        forbidden(Compliance::Short),
        forbidden(Compliance::Forbidden),
    );
    assert!(any == 0 && 0 < short && short < none, "{any} {short} {none}");
    for entry in &entries {
        let locks = entry.program.to_string().contains("mode=COMPLIANCE");
        let terms = Terms {
            compliance: Compliance::Forbidden,
            ..Terms::default()
        };
        assert_eq!(terms.forbids(&entry.program).is_some(), locks, "{}", entry.path);
    }
}

#[test]
fn a_policy_is_not_sent_without_the_names_that_it_is_about() {
    let serving = law();
    let mut session = session(&serving);
    session.owner.principal.clear();
    let named = "policy p = Allow account s3:GetObject b/*\n1 owner CreateBucket bucket=b\n2 owner PutBucketPolicy bucket=b policy=p\n";
    let histories = run(
        &session,
        &plan("bl-nameless-", 1),
        &[entry(named), some(1).remove(0)],
        &|_| {},
    );
    let why = histories[0].stopped.as_deref().unwrap();
    assert!(why.contains("`owner`, whose ARN is not known"), "{why}");
    assert!(histories[0].steps.is_empty() && whole(&histories[1..]));
}
