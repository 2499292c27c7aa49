//! Servers that no run may call green: one that lies now and then, one that enforces nothing, ones that grant nothing.
#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use bucketlaw_conformance::exit::Code;
use bucketlaw_conformance::history::{History, Outcome};
use bucketlaw_conformance::judge::judge_all;
use bucketlaw_conformance::race::outcomes::statuses;
use bucketlaw_conformance::report::{self, Report, Verdict};
use bucketlaw_conformance::retry;
use bucketlaw_conformance::run::run;
use bucketlaw_conformance::serve_law::{AtOnce, Rule, ServeLaw};
use bucketlaw_conformance::suite::{Entry, embedded};
use bucketlaw_conformance::verdicts::assemble;
use bucketlaw_model::clause;
use bucketlaw_model::law::Law;
use bucketlaw_model::program::{Act, Program};
use bucketlaw_model::reply::{Code as ErrorCode, Fields, Reply, ReplyBody};
use bucketlaw_model::request::{Caller, Request, Route};
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

/// Answers every request as if the owner had made it, whom no policy denies anything.
#[derive(Debug)]
struct EnforcesNothing;

impl Rule for EnforcesNothing {
    fn rule(&self, law: &Law, world: &World, state: &Mutex<State>, request: &Request) -> Option<Reply> {
        let law = law.clone().repeal("EVAL-ORD-001").unwrap();
        as_the_owner(&law, world, state, request)
    }
}

/// Obeys the law for the owner, and refuses everything to everybody else.
#[derive(Debug)]
struct GrantsNothing;

impl Rule for GrantsNothing {
    fn rule(&self, law: &Law, world: &World, state: &Mutex<State>, request: &Request) -> Option<Reply> {
        if request.caller == Caller::Owner {
            AtOnce.rule(law, world, state, request)
        } else {
            Some(bare(403, Some(ErrorCode::AccessDenied)))
        }
    }
}

/// Answers every request alike.
#[derive(Debug)]
struct Always(u16, Option<ErrorCode>);

impl Rule for Always {
    fn rule(&self, _: &Law, _: &World, _: &Mutex<State>, _: &Request) -> Option<Reply> {
        Some(bare(self.0, self.1))
    }
}

/// A reply with nothing but a status and a code.
fn bare(status: u16, code: Option<ErrorCode>) -> Reply {
    Reply {
        status,
        code,
        message: None,
        fields: Fields::default(),
        body: ReplyBody::Free,
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
    judged_again(rule, prefix, jobs, entries, true)
}

/// The same, with or without running again what fails.
fn judged_again(rule: Box<dyn Rule>, prefix: &str, jobs: usize, entries: &[Entry], replays: bool) -> Report {
    let law = Law::full();
    let serving = ServeLaw::listen_with("127.0.0.1:0".parse().unwrap(), law.clone(), rule).unwrap();
    let (session, plan) = (session(&serving), plan(prefix, jobs));
    let mut entries = entries.to_vec();
    let mut histories: Vec<History> = run(&session, &plan, &entries, &|_| {});
    if replays {
        let (failed, again) = retry::again(&session, &plan, &law, &entries, &histories);
        entries.extend(failed);
        histories.extend(again);
    }
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

/// Whether a program ends in what the law refuses to somebody and would not refuse to the owner.
///
/// Not so of what nobody else can be granted, so that the owner's success is its control: to make a bucket, or to begin an
/// upload without an account; nor of settings that may not be open to other accounts (EVAL-XACC-006). And a listing of all buckets is no matter of the servers of these tests.
fn refuses(entry: &Entry) -> bool {
    let Some((number, request)) = entry.program.requests().last() else {
        return false;
    };
    let route = request.operation.route();
    let delegated = clause::find("EVAL-XACC-006").unwrap();
    let settings: Vec<&Route> = delegated.facets.iter().flat_map(|facet| facet.routes).collect();
    let is_never_granted = match request.caller {
        Caller::Owner => true,
        Caller::Anonymous if route == Route::CreateMultipartUpload => true,
        Caller::Other | Caller::Anonymous if settings.contains(&&route) => true,
        _ => [Route::CreateBucket, Route::ListBuckets].contains(&route),
    };
    if is_never_granted {
        return false;
    }
    let is_refused = |law: &Law, program: &Program| {
        let runs = statuses(law, program).unwrap_or_default();
        let refused =
            |run: &Vec<(u16, u16)>| run.iter().any(|(step, status)| (*step, *status) == (number, 403));
        !runs.is_empty() && runs.iter().all(refused)
    };
    let mut of_owner = entry.program.clone();
    for step in &mut of_owner.steps {
        if let (true, Act::Ask(request)) = (step.number == number, &mut step.act) {
            request.caller = Caller::Owner;
        }
    }
    let nothing_denied = Law::full().repeal("EVAL-ORD-001").unwrap();
    is_refused(&Law::full(), &entry.program) && !is_refused(&nothing_denied, &of_owner)
}

/// The green clauses among those that tell somebody but the owner that he is refused, and the green rows of programs that end so.
fn unearned(report: &Report, entries: &[Entry]) -> Vec<String> {
    let refusing: BTreeMap<&str, &Entry> = entries
        .iter()
        .filter(|entry| refuses(entry))
        .map(|entry| (entry.id.as_str(), entry))
        .collect();
    assert!(refusing.len() > 100);
    let ids: BTreeSet<&str> = refusing
        .values()
        .flat_map(|entry| entry.tells.iter().filter_map(|words| words.split('/').next()))
        .collect();
    let mut unearned = Vec::new();
    for clause in report
        .clauses
        .iter()
        .filter(|clause| ids.contains(clause.id.as_str()))
    {
        let green = clause
            .programs
            .iter()
            .filter(|program| program.verdict.is_green());
        let by_refusal = green
            .clone()
            .filter(|program| refusing.contains_key(program.id.as_str()));
        unearned.extend(by_refusal.map(row));
        if clause.verdict.is_green() {
            let rows: Vec<String> = green.map(row).collect();
            unearned.push(format!("{} {}: {rows:?}", clause.id, clause.verdict));
        }
    }
    unearned
}

/// What a program says, for messages.
fn row(program: &report::Program) -> String {
    format!(
        "{} {}@{}",
        program.id,
        program.facet.as_deref().unwrap_or_default(),
        program.route.as_deref().unwrap_or_default(),
    )
}

#[test]
fn the_law_itself_holds_wholly() {
    let mut entries = embedded().unwrap();
    entries.retain(|entry| !entry.program.races());
    let report = judged_again(Box::new(AtOnce), "bl-honest-", 8, &entries, false);
    let in_part: Vec<_> = report
        .clauses
        .iter()
        .filter(|clause| clause.verdict == Verdict::HoldsInPart || clause.verdict == Verdict::Inconclusive)
        .map(|clause| (&clause.id, &clause.reason))
        .collect();
    assert!(in_part.is_empty(), "{in_part:#?}");
}

#[test]
fn no_clause_that_refuses_is_green_at_a_server_that_enforces_nothing() {
    let entries = programs(|entry| {
        ["witnesses/", "controls/"]
            .iter()
            .any(|folder| entry.path.starts_with(folder))
    });
    let report = judged_again(Box::new(EnforcesNothing), "bl-open-", 8, &entries, false);
    let unearned = unearned(&report, &entries);
    assert!(unearned.is_empty(), "{unearned:#?}");
    assert_eq!(Code::of(&report), Code::Divergence);
}

#[test]
fn no_clause_that_refuses_is_green_at_a_server_that_grants_nothing() {
    let entries = programs(|entry| {
        ["witnesses/", "controls/"]
            .iter()
            .any(|folder| entry.path.starts_with(folder))
    });
    let report = judged_again(Box::new(GrantsNothing), "bl-shut-", 8, &entries, false);
    let unearned = unearned(&report, &entries);
    assert!(unearned.is_empty(), "{unearned:#?}");
}

#[test]
fn nothing_is_green_at_a_server_that_answers_everything_alike() {
    let entries = programs(|entry| {
        ["witnesses/", "controls/"]
            .iter()
            .any(|folder| entry.path.starts_with(folder))
    });
    let alike = [
        (200, None),
        (403, Some(ErrorCode::AccessDenied)),
        (404, Some(ErrorCode::NoSuchKey)),
        (501, Some(ErrorCode::NotImplemented)),
    ];
    for (status, code) in alike {
        let report = judged_again(
            Box::new(Always(status, code)),
            &format!("bl-alike-{status}-"),
            8,
            &entries,
            false,
        );
        let clauses = report.clauses.iter();
        let green =
            clauses.filter(|clause| clause.verdict.is_green() || clause.verdict == Verdict::HoldsInPart);
        let unearned: Vec<String> = green
            .flat_map(|clause| &clause.programs)
            .filter(|program| program.verdict.is_green())
            .map(row)
            .collect();
        assert!(unearned.is_empty(), "{status}: {unearned:#?}");
    }
}

/// An endpoint that takes no policy with `s3:*`, as told by the record of one that does.
fn takes_no_wildcard(histories: &mut [History]) {
    for taken in histories.iter_mut().flat_map(|history| &mut history.steps) {
        let Outcome::Exchange(exchange) = &mut taken.result else {
            continue;
        };
        let puts = exchange.request.method == "PUT" && exchange.request.target.ends_with("?policy=");
        if puts && String::from_utf8_lossy(&exchange.request.body).contains("\"s3:*\"") {
            exchange.response.status = 400;
            exchange.response.body = b"<Error><Code>MalformedPolicy</Code></Error>".to_vec();
        }
    }
}

#[test]
fn what_keeps_programs_from_running_stands_on_top() {
    let entries = programs(|entry| entry.path.starts_with("witnesses/evaluation/EVAL-"));
    let law = Law::full();
    let serving = ServeLaw::listen("127.0.0.1:0".parse().unwrap(), law.clone()).unwrap();
    let mut histories = run(&session(&serving), &plan("bl-kept-", 8), &entries, &|_| {});
    takes_no_wildcard(&mut histories);
    let judgements = judge_all(&law, &entries, &histories);
    let mut report = Report::new(report::Target::default(), report::Law::default(), 1);
    assemble(&entries, &judgements).put_into(&mut report);
    report.settle();
    let first = report.facts.first().unwrap();
    assert_eq!(
        first.text,
        "not run: needs `s3:*` in a bucket policy, which the target refuses"
    );
    assert!(first.programs > 50, "{}", first.programs);
    assert_eq!(report.facts.len(), 1, "{:#?}", report.facts);
}

#[test]
fn headings_say_who_can_do_what_and_routes_are_a_list() {
    let entries = programs(|entry| entry.path.starts_with("witnesses/evaluation/EVAL-"));
    let report = judged_again(Box::new(EnforcesNothing), "bl-heads-", 8, &entries, false);
    let findings = || report.findings.iter().flat_map(report::Finding::each);
    for who in [
        "Another account's administrator can ",
        "Anybody without credentials can ",
    ] {
        let mut titles = findings().map(|finding| &finding.title);
        assert!(titles.any(|title| title.starts_with(who) && title.ends_with(" without a bucket policy")));
    }
    let widest = report.findings.iter().map(|finding| finding.routes.len()).max();
    assert!(widest > Some(5), "one fault, one finding: {widest:?}");
    let facets: Vec<&String> = report
        .findings
        .iter()
        .filter_map(|finding| finding.facet.as_ref())
        .collect();
    let distinct: BTreeSet<&String> = facets.iter().copied().collect();
    assert_eq!(facets.len(), distinct.len(), "a facet is one finding");
}
