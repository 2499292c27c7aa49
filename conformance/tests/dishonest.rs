//! Servers that no run may call green: one that lies now and then, one that enforces nothing, ones that grant nothing.
#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use bucketlaw_conformance::exit::Code;
use bucketlaw_conformance::history::History;
use bucketlaw_conformance::judge::judge_all;
use bucketlaw_conformance::report::{self, Report};
use bucketlaw_conformance::retry;
use bucketlaw_conformance::run::run;
use bucketlaw_conformance::serve_law::{AtOnce, Rule, ServeLaw};
use bucketlaw_conformance::suite::{Entry, embedded};
use bucketlaw_conformance::verdicts::assemble;
use bucketlaw_model::law::Law;
use bucketlaw_model::reply::Reply;
use bucketlaw_model::request::{Caller, Request};
use bucketlaw_model::state::State;
use bucketlaw_model::world::World;

use support::{plan, session};

#[path = "support/session.rs"]
mod support;

/// Answers a request as if the owner had made it.
fn as_the_owner(law: &Law, world: &World, state: &Mutex<State>, request: &Request) -> Option<Reply> {
    let request = Request {
        caller: Caller::Owner,
        ..request.clone()
    };
    AtOnce.rule(law, world, state, &request)
}

/// Obeys the law, but for each tenth request that is not the owner's, which it answers as if it were.
#[derive(Debug, Default)]
struct LiesEachTenthTime(AtomicUsize);

impl Rule for LiesEachTenthTime {
    fn rule(&self, law: &Law, world: &World, state: &Mutex<State>, request: &Request) -> Option<Reply> {
        let lies = request.caller != Caller::Owner && self.0.fetch_add(1, Ordering::Relaxed) % 10 == 9;
        if lies {
            as_the_owner(law, world, state, request)
        } else {
            AtOnce.rule(law, world, state, request)
        }
    }
}

/// The programs below some folders of the suite that do not wait and do not race.
fn programs(fits: impl Fn(&Entry) -> bool) -> Vec<Entry> {
    let plain = |entry: &Entry| !entry.program.waits() && !entry.program.races();
    embedded()
        .unwrap()
        .into_iter()
        .filter(|entry| plain(entry) && fits(entry))
        .collect()
}

/// The report of a run at a server, with what fails run again.
fn judged(rule: Box<dyn Rule>, prefix: &str, jobs: usize, entries: &[Entry]) -> Report {
    let law = Law::full();
    let serving = ServeLaw::listen_with("127.0.0.1:0".parse().unwrap(), law.clone(), rule).unwrap();
    let (session, plan) = (session(&serving), plan(prefix, jobs));
    let mut entries = entries.to_vec();
    let mut histories: Vec<History> = run(&session, &plan, &entries, &|_| {});
    let (failed, again) = retry::again(&session, &plan, &law, &entries, &histories);
    entries.extend(failed);
    histories.extend(again);
    let judgements = judge_all(&law, &entries, &histories);
    let (entries, judgements) = retry::together(entries, judgements);
    let mut report = Report::new(report::Target::default(), report::Law::default(), 1);
    assemble(&entries, &judgements).put_into(&mut report);
    report.settle();
    report
}

#[test]
fn a_server_that_lies_once_in_ten_is_red_and_the_report_says_how_often() {
    let entries = programs(|entry| entry.path.starts_with("witnesses/evaluation/EVAL-OP-"));
    let report = judged(Box::<LiesEachTenthTime>::default(), "bl-lies-", 1, &entries);
    assert_eq!(Code::of(&report), Code::Divergence);
    let seldom = report.findings.iter().filter_map(|finding| finding.seen);
    let seldom: Vec<_> = seldom.filter(|seen| seen.of == 20 && seen.times < 10).collect();
    assert!(!seldom.is_empty(), "{:#?}", report.findings);
}
