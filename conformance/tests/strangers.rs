//! Running at a stranger's server: what a run made goes as its programs end, whatever the server lacks or fails at, and
//! a server that dies of a request is judged without it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "what fails here fails the test")]

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bucketlaw_conformance::clean::{Cleaner, Left, made};
use bucketlaw_conformance::history::History;
use bucketlaw_conformance::judge::{Ending, judge};
use bucketlaw_conformance::lower::Service;
use bucketlaw_conformance::report::LeftBehind;
use bucketlaw_conformance::run::{Plan, Watch, run};
use bucketlaw_conformance::serve_law::ServeLaw;
use bucketlaw_conformance::session::Session;
use bucketlaw_conformance::suite::{Entry, embedded};
use bucketlaw_conformance::wire::{Client, Options, RawRequest};
use bucketlaw_model::law::Law;
use bucketlaw_model::program::Program;

use front::{Act, Front, has, lists};
use support::{plan, session};

#[path = "support/front.rs"]
mod front;
#[path = "strangers/refusals.rs"]
mod refusals;
#[path = "support/session.rs"]
mod support;

/// The law with a front, and a session that goes through the front.
struct Stranger {
    law: ServeLaw,
    /// Dropped with the rest.
    _front: Front,
    session: Session,
    /// A session that goes past the front.
    behind: Session,
}

fn stranger(rule: impl Fn(&RawRequest, usize) -> Act + Send + Sync + 'static) -> Stranger {
    let law = ServeLaw::listen("127.0.0.1:0".parse().unwrap(), Law::full()).unwrap();
    let front = Front::new(&format!("http://{}", law.address()), rule);
    let behind = session(&law);
    let mut session = session(&law);
    let options = Options {
        timeout: Duration::from_secs(20),
        ..Options::default()
    };
    session.client = Client::new(front.url().parse().unwrap(), options).unwrap();
    Stranger {
        law,
        _front: front,
        session,
        behind,
    }
}

impl Stranger {
    /// How many buckets with a prefix there are.
    fn buckets(&self, prefix: &str) -> usize {
        assert_eq!(self.behind.client.endpoint().port, self.law.address().port());
        [Some(&self.behind.owner), self.behind.other.as_ref()]
            .into_iter()
            .flatten()
            .map(|identity| {
                let listing = RawRequest::new("GET", "/");
                let listed = self
                    .behind
                    .send(listing, Some(&identity.credentials), Service::S3);
                let text = String::from_utf8_lossy(&listed.unwrap().response.body).into_owned();
                text.matches(&format!("<Name>{prefix}")).count()
            })
            .sum()
    }
}

/// Programs of the suite that lock nothing and do not wait.
fn some(every: usize) -> Vec<Entry> {
    let quick = |entry: &Entry| {
        let text = entry.program.to_string();
        !entry.program.waits() && !entry.program.races() && !text.contains("mode=")
    };
    embedded()
        .unwrap()
        .into_iter()
        .filter(quick)
        .step_by(every)
        .collect()
}

fn entry(steps: &str) -> Entry {
    let program = Program::read(&format!("bucketlaw program 1\n{steps}")).unwrap();
    Entry::new("made by a test", program)
}

fn removing(prefix: &str, jobs: usize) -> Plan {
    let mut plan = plan(prefix, jobs);
    plan.terms.remove = true;
    plan
}

fn clean(session: &Session, prefix: &str, known: &Left, recorded: bool) -> Vec<LeftBehind> {
    let cleaner = Cleaner {
        session,
        prefix,
        jobs: 8,
        recorded,
        patience: &[Duration::ZERO; 4],
        looks_first: false,
        watch: &Watch::default(),
        seen: &|_, _| {},
    };
    cleaner.clean(known)
}

#[test]
fn nothing_stays_where_nothing_can_be_listed() {
    let stranger = stranger(|request, _| if lists(request) { Act::lacks() } else { Act::Pass });
    let plan = removing("bl-mute-", 8);
    let histories = run(&stranger.session, &plan, &some(12), &|_| {});
    assert!(histories.len() > 50, "{}", histories.len());
    assert_eq!(stranger.buckets("bl-mute-"), 0, "{:?}", plan.terms.ledger.left());
    assert_eq!(plan.terms.ledger.left(), Left::default());
    let left = clean(&stranger.session, "bl-mute-", &plan.terms.ledger.left(), true);
    assert_eq!(left, []);
}

/// Whether a server lacks what a request asks for.
type Lacks = fn(&RawRequest) -> bool;

/// A server of objects without versions: it has only the older listings.
#[test]
fn whatever_listing_there_is_empties_a_bucket() {
    let lacking: [(&str, Lacks); 3] = [
        ("bl-v2-", |request| has(request, "versions")),
        ("bl-v1-", |request| {
            has(request, "versions") || has(request, "list-type")
        }),
        ("bl-ignores-", |_| false),
    ];
    for (prefix, lacks) in lacking {
        let stranger = stranger(move |request, _| if lacks(request) { Act::lacks() } else { Act::Pass });
        let objects = entry(
            "1 owner CreateBucket bucket=b\n2 owner PutObject bucket=b key=k\n3 owner PutObject bucket=b key=l\n",
        );
        let plan = plan(prefix, 1);
        run(&stranger.session, &plan, &[objects], &|_| {});
        assert_eq!(stranger.buckets(prefix), 1);
        // Nothing is known of it, as when the record is lost.
        assert_eq!(clean(&stranger.session, prefix, &Left::default(), false), []);
        assert_eq!(stranger.buckets(prefix), 0);
    }
}

#[test]
fn no_single_failure_ends_the_clean_up() {
    let seen = AtomicUsize::new(0);
    let stranger = stranger(move |request, _| {
        if request.method != "DELETE" {
            return Act::Pass;
        }
        match seen.fetch_add(1, Ordering::Relaxed) % 7 {
            2 => Act::fails(),
            5 => Act::Cut,
            _ => Act::Pass,
        }
    });
    let plan = plan("bl-shaky-", 8);
    let histories = run(&stranger.session, &plan, &some(40), &|_| {});
    assert!(stranger.buckets("bl-shaky-") > 10);
    let left = clean(&stranger.session, "bl-shaky-", &Left::default(), false);
    assert_eq!(left, [], "{} programs", histories.len());
    assert_eq!(stranger.buckets("bl-shaky-"), 0);
}

/// A server that is late: for a while after all is deleted, its buckets are not empty, or show again what they hid.
#[test]
fn a_bucket_that_empties_late_is_tried_again() {
    let asked = Mutex::new(BTreeMap::<String, usize>::new());
    let stranger = stranger(move |request, _| {
        let bucket = request.path().trim_matches('/').to_owned();
        if request.method != "DELETE" || bucket.contains('/') || request.query().is_some() {
            return Act::Pass;
        }
        let mut asked = asked.lock().unwrap();
        let times = asked.entry(bucket).or_default();
        *times += 1;
        // A first attempt asks four times, once before and once after each listing.
        if *times <= 9 {
            Act::Reply(409, &[], "<Error><Code>BucketNotEmpty</Code></Error>".to_owned())
        } else {
            Act::Pass
        }
    });
    let plan = removing("bl-late-", 4);
    let entries: Vec<Entry> = (0..6).map(plain).collect();
    run(&stranger.session, &plan, &entries, &|_| {});
    assert_eq!(stranger.buckets("bl-late-"), 6, "no program waits for its bucket");
    let left = clean(&stranger.session, "bl-late-", &plan.terms.ledger.left(), true);
    assert_eq!(left, []);
    assert_eq!(stranger.buckets("bl-late-"), 0);
}

/// Patience has an end, and what stays is named once.
#[test]
fn a_bucket_that_never_empties_is_named_once() {
    let stranger = stranger(|request, _| {
        let bucket = request.path().trim_matches('/');
        if request.method == "DELETE" && !bucket.contains('/') && request.query().is_none() {
            Act::Reply(409, &[], "<Error><Code>BucketNotEmpty</Code></Error>".to_owned())
        } else {
            Act::Pass
        }
    });
    let plan = removing("bl-never-", 2);
    run(&stranger.session, &plan, &[plain(0), plain(1)], &|_| {});
    let left = clean(&stranger.session, "bl-never-", &plan.terms.ledger.left(), true);
    let names: Vec<_> = left.iter().map(|behind| behind.bucket.as_str()).collect();
    assert_eq!(names.len(), 2, "{left:?}");
    assert_ne!(names[0], names[1]);
}

/// One request of the clean-up never gets an answer; the rest goes.
#[test]
fn a_request_that_hangs_keeps_nothing_else_from_being_removed() {
    let mut stranger = stranger(|request, _| {
        if request.method == "DELETE" && request.target.contains("-hung") {
            Act::Hang
        } else {
            Act::Pass
        }
    });
    let options = Options {
        timeout: Duration::from_secs(3),
        ..Options::default()
    };
    let endpoint = stranger.session.client.endpoint().clone();
    stranger.session.client = Client::new(endpoint, options).unwrap();
    let plan = plan("bl-hang-", 4);
    let entries: Vec<Entry> = ["a", "hung", "c", "d"]
        .iter()
        .map(|name| {
            entry(&format!(
                "1 owner CreateBucket bucket={name}\n2 owner PutObject bucket={name} key=k\n"
            ))
        })
        .collect();
    run(&stranger.session, &plan, &entries, &|_| {});
    let left = clean(&stranger.session, "bl-hang-", &Left::default(), false);
    assert!(
        !left.is_empty() && left.iter().all(|behind| behind.bucket.ends_with("hung")),
        "{left:?}"
    );
    assert_eq!(stranger.buckets("bl-hang-"), 1);
}

#[test]
fn a_history_says_what_a_program_made() {
    let stranger = stranger(|request, _| if lists(request) { Act::lacks() } else { Act::Pass });
    let plan = plan("bl-history-", 8);
    let histories = run(&stranger.session, &plan, &some(60), &|_| {});
    assert!(stranger.buckets("bl-history-") > 10);
    let buckets: BTreeMap<_, _> = histories.iter().flat_map(made::made).collect();
    let known = Left {
        buckets,
        ..Left::default()
    };
    assert_eq!(clean(&stranger.session, "bl-history-", &known, true), []);
    assert_eq!(stranger.buckets("bl-history-"), 0);
    // Without it there is nothing to go by, and that is said.
    let left = clean(&stranger.session, "bl-history-", &Left::default(), false);
    assert!(left[0].reason.contains("ListBuckets answered 501"), "{left:?}");
}

fn plain(number: usize) -> Entry {
    entry(&format!(
        "1 owner CreateBucket bucket=b{number}\n2 owner PutObject bucket=b{number} key=k\n\
         3 owner GetObject bucket=b{number} key=k\n4 owner HeadBucket bucket=b{number}\n"
    ))
}

fn whole(history: &History) -> bool {
    history.stopped.is_none() && history.steps.len() == 4
}

#[test]
fn a_target_that_dies_of_a_request_is_run_without_it() {
    let stranger = stranger(|request, _| {
        if request.method == "PUT" && has(request, "legal-hold") {
            Act::Crash(Duration::from_millis(400))
        } else {
            Act::Pass
        }
    });
    let mut entries: Vec<Entry> = (0..60).map(plain).collect();
    let deadly = entry(
        "1 owner CreateBucket bucket=b lock=true\n2 owner PutObject bucket=b key=k\n\
         3 owner PutObjectLegalHold bucket=b key=k hold=ON\n",
    );
    entries.insert(20, deadly.clone());
    let plan = removing("bl-dies-", 6);
    plan.terms.watch.wait_for_recovery(Duration::from_secs(60));
    let histories = run(&stranger.session, &plan, &entries, &|_| {});
    let watch = &plan.terms.watch;
    assert_eq!(watch.gone(), None);
    for (entry, history) in entries.iter().zip(&histories) {
        assert_eq!(entry.id, history.id);
        if entry.id == deadly.id {
            let why = history.stopped.as_deref().unwrap();
            assert!(
                why.starts_with("excluded: the target crashed at step 3") && why.contains("legal-hold"),
                "{why}"
            );
        } else {
            assert!(whole(history), "{:?}", history.stopped);
        }
    }
    let crashes = watch.crashes();
    assert_eq!(
        crashes.len(),
        2,
        "once beside the others, once alone: {crashes:?}"
    );
    for crash in &crashes {
        assert!(crash.away.is_some(), "{crash:?}");
        assert!(
            crash
                .in_flight
                .iter()
                .any(|request| request.contains("legal-hold")),
            "{crash:?}"
        );
    }
    assert_eq!(crashes[1].program.as_deref(), Some(deadly.id.as_str()));
    assert_eq!(crashes[1].in_flight.len(), 1);
    assert_eq!(stranger.buckets("bl-dies-"), 0);
}

#[test]
fn a_target_that_never_comes_back_ends_the_run_and_names_what_was_under_way() {
    let stranger = stranger(|request, _| {
        if request.target.contains("-b30") {
            Act::Crash(Duration::from_secs(3600))
        } else {
            Act::Pass
        }
    });
    let entries: Vec<Entry> = (0..60).map(plain).collect();
    let plan = removing("bl-gone-", 4);
    plan.terms.watch.wait_for_recovery(Duration::from_millis(600));
    let histories = run(&stranger.session, &plan, &entries, &|_| {});
    assert_eq!(histories.len(), 60);
    assert!(plan.terms.watch.gone().is_some());
    let crashes = plan.terms.watch.crashes();
    let last = crashes.last().unwrap();
    assert_eq!(last.away, None);
    assert!(
        crashes[0]
            .in_flight
            .iter()
            .any(|request| request.contains("-b30")),
        "{crashes:?}"
    );
    // What is still there is known by name.
    assert!(!plan.terms.ledger.left().buckets.is_empty());
}

/// The names of the buckets of others, which sort first.
const OTHERS: usize = 12_000;

/// How many buckets a page has.
const PAGE: usize = 10_000;

/// One page of the listing of an account with many buckets.
fn page(own: &[String], token: Option<&str>) -> String {
    let others = (0..OTHERS).map(|number| format!("aa-{number:05}"));
    let all: Vec<String> = others.chain(own.iter().cloned()).collect();
    let start: usize = token.and_then(|token| token.parse().ok()).unwrap_or(0);
    let names = all.iter().skip(start).take(PAGE);
    let buckets: String = names
        .map(|name| {
            format!(
                "<Bucket><Name>{name}</Name><CreationDate>2026-01-01T00:00:00.000Z</CreationDate></Bucket>"
            )
        })
        .collect();
    let next = start + PAGE;
    let more = if next < all.len() {
        format!("<ContinuationToken>{next}</ContinuationToken>")
    } else {
        String::new()
    };
    format!(
        "<ListAllMyBucketsResult><Owner><ID>o</ID></Owner><Buckets>{buckets}</Buckets>{more}</ListAllMyBucketsResult>"
    )
}

/// A law before which the buckets of others are listed.
fn crowded() -> Stranger {
    let law = ServeLaw::listen("127.0.0.1:0".parse().unwrap(), Law::full()).unwrap();
    let behind = session(&law);
    let asking = session(&law);
    let rule = move |request: &RawRequest, _: usize| {
        if request.method != "GET" || request.path() != "/" {
            return Act::Pass;
        }
        let mut listing = RawRequest::new("GET", "/");
        listing.headers.clone_from(&request.headers);
        let listed = asking.client.exchange(&listing).unwrap().response;
        let Ok(root) = listed.xml() else { return Act::Pass };
        if listed.status != 200 {
            return Act::Pass;
        }
        let own: Vec<String> = root
            .children
            .iter()
            .flat_map(|child| std::iter::once(child).chain(&child.children))
            .filter_map(|child| child.text_of("Name").map(str::to_owned))
            .collect();
        let token = request
            .query()
            .and_then(|query| query.strip_prefix("continuation-token="));
        Act::Reply(200, &[], page(&own, token))
    };
    let front = Front::new(&format!("http://{}", law.address()), rule);
    let mut session = session(&law);
    session.client = Client::new(front.url().parse().unwrap(), Options::default()).unwrap();
    Stranger {
        law,
        _front: front,
        session,
        behind,
    }
}

#[test]
fn listings_of_buckets_are_read_to_their_end() {
    let stranger = crowded();
    let lists = |entry: &Entry| {
        let mut requests = entry.program.requests();
        requests.any(|(_, request)| request.operation.name() == "ListBuckets")
    };
    let entries: Vec<Entry> = embedded().unwrap().into_iter().filter(lists).take(6).collect();
    assert!(!entries.is_empty());
    let plan = removing("bl-many-", 4);
    let histories = run(&stranger.session, &plan, &entries, &|_| {});
    let mut paged = 0;
    for (entry, history) in entries.iter().zip(&histories) {
        let judged = judge(&Law::full(), history, &entry.tells);
        assert!(
            matches!(judged.ending, Ending::Allowed),
            "{}: {:?}",
            entry.path,
            judged.ending
        );
        paged += history
            .steps
            .iter()
            .filter(|taken| !taken.pages.is_empty())
            .count();
    }
    assert!(paged > 0, "something was listed");
    assert_eq!(stranger.buckets("bl-many-"), 0);
    // The clean-up finds what sorts last.
    let kept = plan_of_one(&stranger);
    assert_eq!(stranger.buckets(kept), 1);
    assert_eq!(clean(&stranger.session, kept, &Left::default(), false), []);
    assert_eq!(stranger.buckets(kept), 0);
}

/// Leaves one bucket.
fn plan_of_one(stranger: &Stranger) -> &'static str {
    run(&stranger.session, &plan("bl-zz-", 1), &[plain(0)], &|_| {});
    "bl-zz-"
}

/// The law as an endpoint gives pages to who asks for them.
#[test]
fn the_law_lists_buckets_in_pages() {
    let stranger = stranger(|_, _| Act::Pass);
    let entries: Vec<Entry> = (0..5).map(plain).collect();
    run(&stranger.session, &plan("bl-page-", 1), &entries, &|_| {});
    let names = |query: &str| -> (Vec<String>, Option<String>) {
        let listing = RawRequest::new("GET", format!("/?max-buckets=2&prefix=bl-page-{query}"));
        let owner = Some(&stranger.behind.owner.credentials);
        let listed = stranger.behind.send(listing, owner, Service::S3).unwrap();
        let root = listed.response.xml().unwrap();
        let buckets = root.child("Buckets").unwrap().children_named("Bucket");
        let names = buckets.map(|bucket| bucket.text_of("Name").unwrap().to_owned());
        (
            names.collect(),
            root.text_of("ContinuationToken").map(str::to_owned),
        )
    };
    let mut all = Vec::new();
    let mut query = String::new();
    loop {
        let (page, next) = names(&query);
        assert!(page.len() <= 2, "{page:?}");
        all.extend(page);
        match next {
            Some(token) => query = format!("&continuation-token={token}"),
            None => break,
        }
    }
    assert_eq!(all.len(), 5);
    assert!(all.is_sorted(), "{all:?}");
}
