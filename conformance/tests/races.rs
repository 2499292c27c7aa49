//! The races of the suite: green at the law, red at servers that check first and act later.
//!
//! The faults are ways of carrying requests out, put in the place of the law's own atomic one.
#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

use bucketlaw_conformance::history::Outcome;
use bucketlaw_conformance::judge::{Ending, Judgement, judge};
use bucketlaw_conformance::race::{ROUNDS, one_after_the_other, rounds};
use bucketlaw_conformance::report::{Finding, Severity, Verdict};
use bucketlaw_conformance::repro::{Manner, Statuses, script};
use bucketlaw_conformance::run::run;
use bucketlaw_conformance::serve_law::{AtOnce, ROOTS, Rule, ServeLaw, now};
use bucketlaw_conformance::session::Addressing;
use bucketlaw_conformance::suite::{Entry, embedded};
use bucketlaw_conformance::verdicts::assemble;
use bucketlaw_conformance::wire::RawResponse;
use bucketlaw_model::clause::find;
use bucketlaw_model::law::Law;
use bucketlaw_model::reply::{Reply, Transition};
use bucketlaw_model::request::Request;
use bucketlaw_model::state::State;
use bucketlaw_model::step::step;
use bucketlaw_model::time::Moment;
use bucketlaw_model::world::World;

use support::{plan, session};

#[path = "support/session.rs"]
mod support;

/// The races of the suite.
const RACES: [&str; 8] = [
    "races/complete-abort.program",
    "races/conditional-put.program",
    "races/delete-hold.program",
    "races/policy-get.program",
    "races/put-get.program",
    "races/put-put.program",
    "races/shorten-extend.program",
    "races/suspend-put.program",
];

/// Races of bugs that real servers had.
const BUGS: [&str; 2] = ["regressions/BUG-348.program", "regressions/BUG-349.program"];

/// How long a faulty server waits between looking and acting.
const PAUSE: Duration = Duration::from_millis(10);

fn ruled(law: &Law, world: &World, state: &State, request: &Request) -> Option<Transition> {
    let transitions = step(law, world, state, request, Moment::exactly(now()));
    transitions.into_iter().next()
}

/// Reads the state, thinks, and writes it back as a whole: what others wrote meanwhile is lost.
#[derive(Debug)]
struct WritesBack(Duration);

impl Rule for WritesBack {
    fn rule(&self, law: &Law, world: &World, state: &Mutex<State>, request: &Request) -> Option<Reply> {
        let before = state.lock().unwrap().clone();
        let transition = ruled(law, world, &before, request)?;
        std::thread::sleep(self.0);
        *state.lock().unwrap() = transition.next.unwrap_or(before);
        Some(transition.reply)
    }
}

/// Checks and answers by the state as it was, and acts later on the state as it is then, without checking again.
#[derive(Debug)]
struct ChecksFirst;

impl Rule for ChecksFirst {
    fn rule(&self, law: &Law, world: &World, state: &Mutex<State>, request: &Request) -> Option<Reply> {
        let before = state.lock().unwrap().clone();
        let checked = ruled(law, world, &before, request)?;
        if checked.next.is_none() {
            return Some(checked.reply);
        }
        std::thread::sleep(PAUSE);
        let mut unchecked = law.clone();
        for gate in ["VER-COND-004", "LOCK-DEL-001", "LOCK-RET-008"] {
            unchecked = unchecked.repeal(gate).unwrap();
        }
        let mut state = state.lock().unwrap();
        if let Some(next) = ruled(&unchecked, world, &state, request)?.next {
            *state = next;
        }
        Some(checked.reply)
    }
}

/// Answers reads from a cache that each write clears, and fills it with what it read before.
#[derive(Debug, Default)]
struct CachesReads(Mutex<BTreeMap<usize, State>>);

impl Rule for CachesReads {
    fn rule(&self, law: &Law, world: &World, state: &Mutex<State>, request: &Request) -> Option<Reply> {
        let place = std::ptr::from_ref(state).addr();
        let name = request.operation.name();
        if !["Get", "Head", "List"].iter().any(|read| name.starts_with(read)) {
            std::thread::sleep(PAUSE / 4);
            let reply = AtOnce.rule(law, world, state, request);
            self.0.lock().unwrap().remove(&place);
            return reply;
        }
        let cached = self.0.lock().unwrap().get(&place).cloned();
        let seen = cached.unwrap_or_else(|| {
            let before = state.lock().unwrap().clone();
            std::thread::sleep(PAUSE);
            self.0.lock().unwrap().insert(place, before.clone());
            before
        });
        Some(ruled(law, world, &seen, request)?.reply)
    }
}

/// Has several parts, of which one learns of a new versioning state a moment later than the others.
#[derive(Debug, Default)]
struct SettlesLate(Mutex<BTreeMap<usize, (State, u64)>>);

impl Rule for SettlesLate {
    fn rule(&self, law: &Law, world: &World, state: &Mutex<State>, request: &Request) -> Option<Reply> {
        let place = std::ptr::from_ref(state).addr();
        let name = request.operation.name();
        if name == "PutBucketVersioning" {
            let before = state.lock().unwrap().clone();
            self.0.lock().unwrap().insert(place, (before, 0));
            return AtOnce.rule(law, world, state, request);
        }
        let mut known = self.0.lock().unwrap();
        let late = known.get_mut(&place).filter(|_| name == "PutObject");
        let Some((before, count)) = late else {
            return AtOnce.rule(law, world, state, request);
        };
        // The first write is told, the second is not.
        *count += 1;
        let (before, told) = (before.clone(), *count != 2);
        drop(known);
        if told {
            return AtOnce.rule(law, world, state, request);
        }
        let mut state = state.lock().unwrap();
        let set = |from: &State, into: &mut State| {
            for (name, bucket) in into.buckets.iter_mut() {
                if let Some(known) = from.buckets.get(name) {
                    bucket.versioning = known.versioning;
                }
            }
        };
        let (now, mut then) = (state.clone(), state.clone());
        set(&before, &mut then);
        let transition = ruled(law, world, &then, request)?;
        let mut next = transition.next.unwrap_or(then);
        set(&now, &mut next);
        *state = next;
        Some(transition.reply)
    }
}

fn races() -> Vec<Entry> {
    let entries = embedded().unwrap();
    entries
        .into_iter()
        .filter(|entry| entry.program.races())
        .collect()
}

/// Runs all rounds of all races at a server, and judges them.
fn judged(rule: Box<dyn Rule>, prefix: &str) -> (Vec<Entry>, Vec<Judgement>) {
    let serving = ServeLaw::listen_with("127.0.0.1:0".parse().unwrap(), Law::full(), rule).unwrap();
    let entries = rounds(races(), ROUNDS);
    let histories = run(&session(&serving), &plan(prefix, 8), &entries, &|_| {});
    let judgements = histories
        .iter()
        .map(|history| judge(&Law::full(), history, &[]))
        .collect();
    (entries, judgements)
}

/// The races that convict a server of what they tell, and what is found.
fn convicting(rule: Box<dyn Rule>, prefix: &str) -> (BTreeSet<String>, Vec<Finding>) {
    let (entries, judgements) = judged(rule, prefix);
    let mut convicting = BTreeSet::new();
    let mut all = Vec::new();
    for race in races() {
        let of = |(entry, judgement): (&Entry, &Judgement)| {
            (entry.path == race.path).then(|| (entry.clone(), judgement.clone()))
        };
        let (entries, judgements): (Vec<Entry>, Vec<Judgement>) =
            entries.iter().zip(&judgements).filter_map(of).unzip();
        let assembled = assemble(&entries, &judgements);
        // A read that does not show what was acknowledged is charged as such, whatever the writes of the race are told by.
        let told = |id: &str| {
            let mut told = race.tells.iter();
            id == "VER-CONS-001" || told.any(|words| words.split('@').next() == Some(id))
        };
        let clauses = assembled.clauses.iter();
        let mut violated = clauses.filter(|clause| clause.verdict == Verdict::Violated);
        if violated.any(|clause| told(&clause.id)) {
            convicting.insert(race.path.clone());
        }
        all.extend(assembled.findings);
    }
    (convicting, all)
}

/// Bugs of real servers that are races: each with the faults that have it, as `suite/bugs.toml` says.
fn bugs() -> Vec<(String, Vec<String>)> {
    let file: toml::Value = toml::from_str(include_str!("../suite/bugs.toml")).unwrap();
    let text = |value: &toml::Value| value.as_str().unwrap().to_owned();
    let bugs = file["bug"].as_array().unwrap().iter();
    bugs.filter_map(|bug| {
        let faults = bug.get("faults")?.as_array().unwrap();
        Some((text(&bug["id"]), faults.iter().map(text).collect()))
    })
    .collect()
}

/// Asserts that each bug that a fault has is found by a race that is tagged with it.
fn assert_bugs_are_found(fault: &str, convicting: &BTreeSet<String>) {
    let bugs = bugs();
    let mut of_fault = bugs
        .iter()
        .filter(|(_, faults)| faults.iter().any(|one| one == fault))
        .peekable();
    assert!(of_fault.peek().is_some(), "no bug names {fault}");
    for (id, _) in of_fault {
        let found = races()
            .into_iter()
            .any(|race| race.bugs.contains(id) && convicting.contains(&race.path));
        assert!(found, "no race that is tagged with {id} convicts {fault}");
    }
}

fn names(races: &[&str]) -> BTreeSet<String> {
    races.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn the_races_are_there_and_each_names_what_it_tells() {
    let races = races();
    let paths = races.iter().map(|race| race.path.clone());
    assert_eq!(
        paths.collect::<BTreeSet<String>>(),
        names(&[&RACES[..], &BUGS].concat())
    );
    for race in &races {
        assert!(!race.tells.is_empty(), "{}", race.path);
        for words in &race.tells {
            let id = words.split('@').next().unwrap();
            let clause = find(id);
            assert!(clause.is_some(), "{}: there is no clause {id}", race.path);
        }
    }
}

#[test]
fn the_law_is_green_in_all_rounds() {
    let (entries, judgements) = judged(Box::new(AtOnce), "bl-races-");
    assert_eq!(judgements.len(), (RACES.len() + BUGS.len()) * (ROUNDS + 1));
    for (entry, judgement) in entries.iter().zip(&judgements) {
        assert!(
            matches!(judgement.ending, Ending::Allowed),
            "{}: {:?}",
            entry.path,
            judgement.ending
        );
    }
    let assembled = assemble(&entries, &judgements);
    assert!(assembled.findings.is_empty());
    // A race that finds nothing says nothing, and neither do its requests one after the other.
    assert!(
        assembled
            .clauses
            .iter()
            .all(|clause| clause.verdict == Verdict::NotExercised)
    );
}

#[test]
fn a_server_that_writes_back_what_it_read_is_convicted_by_each_race() {
    let (convicting, findings) = convicting(Box::new(WritesBack(PAUSE)), "bl-back-");
    assert_eq!(convicting, names(&[&RACES[..], &BUGS].concat()));
    assert_bugs_are_found("writes-back", &convicting);
    let found = findings
        .iter()
        .find(|finding| finding.clause == "LOCK-DEL-001")
        .unwrap();
    let shortened = |finding: &&Finding| finding.clause == "LOCK-RET-008";
    let worst = findings
        .iter()
        .filter(shortened)
        .map(|finding| finding.severity)
        .min();
    assert_eq!(
        worst.map(Severity::name),
        Some(find("LOCK-RET-008").unwrap().severity.name()),
        "an acknowledged date that is moved back is as bad as the clause says"
    );
    let (told, rounds) = found.explanation.split_once("It happened in ").unwrap();
    assert!(rounds.contains(" of 20 rounds."), "{rounds}");
    assert!(rounds.ends_with("one after the other, are answered as the law says.\n"));
    insta::assert_snapshot!(told);
}

#[test]
fn a_server_that_checks_first_and_acts_later_is_convicted_by_each_race_of_writes() {
    let (convicting, _) = convicting(Box::new(ChecksFirst), "bl-check-");
    let writes: Vec<&str> = RACES
        .into_iter()
        .chain(BUGS)
        .filter(|name| !name.contains("-get"))
        .collect();
    assert_eq!(convicting, names(&writes));
    assert_bugs_are_found("checks-first", &convicting);
}

#[test]
fn a_server_that_caches_what_it_read_before_a_write_is_convicted_by_the_races_of_reads() {
    let (convicting, _) = convicting(Box::<CachesReads>::default(), "bl-cache-");
    for race in ["races/policy-get.program", "races/put-get.program"] {
        assert!(convicting.contains(race), "{convicting:?}");
    }
}

/// Asserts what a race is charged with whose requests are answered as the law says one after the other, where one answer of
/// the race is altered.
fn assert_charged(path: &str, number: u16, alter: impl Fn(&mut RawResponse), wanted: (&str, Severity)) {
    let race = races().into_iter().find(|race| race.path == path).unwrap();
    let alone = one_after_the_other(&race);
    let serving = ServeLaw::listen("127.0.0.1:0".parse().unwrap(), Law::full()).unwrap();
    let prefix = format!("bl-charged{number}-");
    let histories = run(
        &session(&serving),
        &plan(&prefix, 1),
        std::slice::from_ref(&alone),
        &|_| {},
    );
    let mut raced = histories[0].clone();
    raced.id = race.id.clone();
    raced.program = race.program.to_string();
    let taken = raced
        .steps
        .iter_mut()
        .find(|taken| taken.number == number)
        .unwrap();
    if let Outcome::Exchange(exchange) = &mut taken.result {
        alter(&mut exchange.response);
    }
    let judgements: Vec<Judgement> = [&histories[0], &raced]
        .into_iter()
        .map(|history| judge(&Law::full(), history, &[]))
        .collect();
    let assembled = assemble(&[alone, race], &judgements);
    let found: Vec<(&str, Severity)> = assembled
        .findings
        .iter()
        .map(|finding| (finding.clause.as_str(), finding.severity))
        .collect();
    assert_eq!(found, [wanted], "{path}");
}

#[test]
fn a_race_is_charged_with_what_its_outcome_shows() {
    let gone = |response: &mut RawResponse| {
        response.status = 404;
        response.body = b"<Error><Code>NoSuchKey</Code></Error>".to_vec();
    };
    // The upload was completed, and what it made is not there.
    let of_reads = ("VER-CONS-001", Severity::High);
    assert_charged("races/complete-abort.program", 6, gone, of_reads);
    // It was aborted as well.
    let aborted = |response: &mut RawResponse| {
        response.status = 204;
        response.body = Vec::new();
    };
    let both = ("EVAL-404-009", Severity::Medium);
    assert_charged("races/complete-abort.program", 5, aborted, both);
    // Each of several writes is a version: that says more than that it is read.
    let of_writes = ("VER-CONS-003", Severity::High);
    assert_charged("races/put-put.program", 10, gone, of_writes);
}

/// S3 promises no order of settings and writes (VER-CONS-004): each write is stored as its reply says, and that is all.
#[test]
fn a_server_whose_settings_take_a_moment_is_not_convicted() {
    let (convicting, findings) = convicting(Box::<SettlesLate>::default(), "bl-late-");
    assert_eq!(convicting, BTreeSet::new(), "{findings:?}");
}

/// Runs the script of the race of a delete and a hold at a server and returns its exit status and what it says; `None` without curl.
fn scripted(rule: Box<dyn Rule>) -> Option<(Option<i32>, String)> {
    Command::new("curl").arg("--version").output().ok()?;
    let serving = ServeLaw::listen_with("127.0.0.1:0".parse().unwrap(), Law::full(), rule).unwrap();
    let races = races();
    let race = races
        .iter()
        .find(|race| race.path.contains("delete-hold"))
        .unwrap();
    let [owner, _] = ROOTS;
    let manner = Manner {
        region: "us-east-1".to_owned(),
        addressing: Addressing::Path,
    };
    let ran = Command::new("sh")
        .arg("-c")
        .arg(script(&race.program, &manner, Some(403), &Statuses::new()))
        .env("ENDPOINT", format!("http://{}", serving.address()))
        .env("OWNER_ACCESS_KEY_ID", owner.0)
        .env("OWNER_SECRET_ACCESS_KEY", owner.1)
        .env("ROUNDS", "6")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    Some((ran.status.code(), said))
}

#[test]
fn the_script_of_a_race_convicts_as_the_judge_does() {
    let (Some(green), Some(red)) = (
        scripted(Box::new(AtOnce)),
        scripted(Box::new(WritesBack(Duration::from_millis(400)))),
    ) else {
        eprintln!("skipped: there is no curl");
        return;
    };
    assert_eq!(green.0, Some(0), "{}", green.1);
    assert_eq!(red.0, Some(1), "{}", red.1);
}
