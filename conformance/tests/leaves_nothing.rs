//! What a run of the suite makes can be removed again, by an owner who is an administrator and no root user, within
//! seconds: no program leaves a lock that nobody can lift, or a policy that nobody can take away.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bucketlaw_conformance::clean::Cleaner;
use bucketlaw_conformance::lower::Service;
use bucketlaw_conformance::run::{Compliance, LAST_DATE, Locks, Plan, Watch, locks, run};
use bucketlaw_conformance::serve_law::{Rule, ServeLaw, now};
use bucketlaw_conformance::session::Session;
use bucketlaw_conformance::suite::lockout::locks_out;
use bucketlaw_conformance::suite::stand_in::{Lacking, replace, words};
use bucketlaw_conformance::suite::{Entry, embedded};
use bucketlaw_conformance::wire::RawRequest;
use bucketlaw_model::law::{Law, parse_repeal};
use bucketlaw_model::reply::Reply;
use bucketlaw_model::request::Request;
use bucketlaw_model::state::State;
use bucketlaw_model::step::step;
use bucketlaw_model::time::{Moment, Time};
use bucketlaw_model::world::World;

use support::{plan, session};

#[path = "support/session.rs"]
mod support;

/// The law on a clock that can be put forward, so that nobody has to wait for a lock to end.
#[derive(Debug)]
struct OnClock(Arc<AtomicI64>);

impl Rule for OnClock {
    fn rule(&self, law: &Law, world: &World, state: &Mutex<State>, request: &Request) -> Option<Reply> {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        let time = Time(now().0 + self.0.load(Ordering::Relaxed));
        let transition = step(law, world, &state, request, Moment::exactly(time))
            .into_iter()
            .next()?;
        if let Some(next) = transition.next {
            *state = next;
        }
        Some(transition.reply)
    }
}

/// The law without some facets on all of their routes.
fn without(facets: &[&str]) -> Law {
    facets
        .iter()
        .flat_map(|facet| parse_repeal(facet).unwrap())
        .fold(Law::full(), |law, (facet, route)| law.without(facet.id, route))
}

/// How many buckets with a prefix two accounts have.
fn buckets(session: &Session, prefix: &str) -> usize {
    let owners = [Some(&session.owner), session.other.as_ref()];
    let count = |identity: &bucketlaw_conformance::session::Identity| {
        let listing = RawRequest::new("GET", "/");
        let listed = session.send(listing, Some(&identity.credentials), Service::S3);
        let text = String::from_utf8_lossy(&listed.unwrap().response.body).into_owned();
        text.matches(&format!("<Name>{prefix}")).count()
    };
    owners.into_iter().flatten().map(count).sum()
}

/// Runs programs at a law, puts the clock forward to behind their last dates, and cleans up. What is left, in words.
fn left(law: Law, prefix: &str, entries: &[Entry]) -> Vec<String> {
    let ahead = Arc::new(AtomicI64::new(0));
    let rule = Box::new(OnClock(Arc::clone(&ahead)));
    let serving = ServeLaw::listen_with("127.0.0.1:0".parse().unwrap(), law, rule).unwrap();
    let mut session = session(&serving);
    let mut plan = Plan {
        short_unit: 1000,
        ..plan(prefix, 8)
    };
    plan.terms.remove = true;
    plan.terms.compliance = Compliance::Short;
    let histories = run(&session, &plan, entries, &|_| {});
    let ran = histories
        .iter()
        .filter(|history| history.stopped.is_none())
        .count();
    assert!(ran * 10 > entries.len() * 9, "{ran} of {} ran", entries.len());
    let farthest = plan.long_unit * LAST_DATE + 2000;
    ahead.store(farthest, Ordering::Relaxed);
    session.skew = farthest;
    let cleaner = Cleaner {
        session: &session,
        prefix,
        jobs: 8,
        recorded: true,
        patience: &[Duration::ZERO; 2],
        looks_first: false,
        watch: &Watch::default(),
        seen: &|_, _| {},
    };
    let left = cleaner.clean(&plan.terms.ledger.left());
    let still = buckets(&session, prefix);
    let mut words: Vec<String> = left
        .iter()
        .map(|behind| format!("{} {:?}: {}", behind.bucket, behind.key, behind.reason))
        .collect();
    words.extend((still > left.len()).then(|| format!("{still} buckets")));
    words
}

/// The programs that leave nothing which outlives the run.
fn passing() -> Vec<Entry> {
    let mut entries = embedded().unwrap();
    entries.retain(|entry| locks(&entry.program) != Locks::Long);
    entries
}

#[test]
fn an_administrator_removes_all_that_the_suite_makes() {
    let law = without(&["EVAL-ROOT-001/policy-operations"]);
    assert_eq!(left(law, "bl-admin-", &passing()), [""; 0]);
}

/// Where objects belong to their writers, their writers remove them.
#[test]
fn writers_remove_what_is_theirs() {
    let law = without(&[
        "EVAL-OWN-002/bucket-owner-owns",
        "EVAL-ROOT-001/policy-operations",
    ]);
    let by_others = |entry: &Entry| {
        let text = entry.program.to_string();
        ["other ", "anonymous "]
            .iter()
            .any(|caller| text.contains(caller))
    };
    let entries: Vec<Entry> = passing().into_iter().filter(by_others).collect();
    assert!(entries.len() > 100);
    assert_eq!(left(law, "bl-writers-", &entries), [""; 0]);
}

/// A COMPLIANCE default is told by an object alone that it locks, and its shortest period is a day.
#[test]
fn only_the_mode_of_a_default_is_told_by_a_lock_that_outlives_the_run() {
    let long: BTreeSet<String> = embedded()
        .unwrap()
        .into_iter()
        .filter(|entry| locks(&entry.program) == Locks::Long)
        .flat_map(|entry| entry.tells)
        .collect();
    let told: Vec<&str> = long.iter().map(String::as_str).collect();
    assert_eq!(
        told,
        [
            "LOCK-CFG-012/mode@CompleteMultipartUpload",
            "LOCK-CFG-012/mode@CopyObject",
            "LOCK-CFG-012/mode@PutObject"
        ]
    );
}

/// Of a part of the suite, as all of it takes its time in a test.
#[test]
fn no_policy_of_a_stand_in_locks_out_the_owner_of_a_bucket() {
    let denies = |entry: &Entry| entry.program.to_string().contains("Deny ");
    let some: Vec<Entry> = embedded()
        .unwrap()
        .into_iter()
        .filter(denies)
        .step_by(6)
        .collect();
    let mut variants = 0;
    for (other, wildcard) in [(false, false), (true, false), (true, true)] {
        let lacking = Lacking {
            user: true,
            iam: true,
            other,
            wildcard,
        };
        for entry in replace(some.clone(), lacking) {
            variants += usize::from(words(&entry).is_some());
            assert!(!locks_out(&entry.program), "{}", entry.program);
        }
    }
    assert!(variants > 10, "{variants}");
}

#[test]
fn no_policy_of_the_suite_locks_out_the_owner_of_a_bucket() {
    let bound: Vec<String> = embedded()
        .unwrap()
        .into_iter()
        .filter(|entry| locks_out(&entry.program))
        .map(|entry| entry.path)
        .collect();
    assert_eq!(bound, [""; 0]);
}
