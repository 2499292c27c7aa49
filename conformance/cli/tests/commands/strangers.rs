//! Running at a stranger's server, through the program: crashes, limits, clean-up, what it says while it waits.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bucketlaw_conformance::exit::Code;
use bucketlaw_conformance::wire::{Client, Options, RawRequest};
use serde_json::Value;

use crate::front::{Act, Front, has, lists};
use crate::support::{Folder, LAW_OTHER, LAW_OWNER, Ran, Server, command, run, target};

/// Runs `test` at an endpoint; the report is in the folder.
fn test(folder: &Folder, url: &str, more: &[&str]) -> Ran {
    let out = folder.0.display().to_string();
    let arguments = [
        &["test", "--endpoint-url", url, "--out", &out, "--race-rounds", "0"],
        more,
    ]
    .concat();
    run(&folder.0, LAW_OWNER, &arguments)
}

fn assert_code(ran: &Ran, code: Code) {
    let number = i32::from(code.number());
    assert_eq!(ran.code, number, "{}\n{}", ran.stdout, ran.stderr);
}

/// How many buckets the law has.
fn buckets(law: &Server) -> usize {
    let client = Client::new(law.url.parse().unwrap(), Options::default()).unwrap();
    let key = format!(
        "AWS4-HMAC-SHA256 Credential={}/20300101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0",
        LAW_OWNER.0
    );
    let request = RawRequest::new("GET", "/")
        .with_header("Host", law.address())
        .with_header("Authorization", key);
    let listed = client.exchange(&request).unwrap().response;
    assert_eq!(listed.status, 200);
    String::from_utf8_lossy(&listed.body).matches("<Bucket>").count()
}

/// The id of the run whose buckets a history names.
fn run_of(folder: &Path) -> String {
    let history = std::fs::read_to_string(folder.join("history.ndjson")).unwrap();
    let first: Value = serde_json::from_str(history.lines().next().unwrap()).unwrap();
    let prefix = first["bucket_prefix"].as_str().unwrap();
    prefix.split('-').nth(1).unwrap().to_owned()
}

#[test]
fn a_target_that_dies_of_a_request_gets_a_report_without_it() {
    let folder = Folder::new("stranger-dies");
    let law = Server::law(&[]);
    let front = Front::new(&law.url, |request, _| {
        if request.method == "PUT" && has(request, "object-lock") {
            Act::Crash(Duration::from_millis(300))
        } else {
            Act::Pass
        }
    });
    let selected = [
        "witnesses/object-lock/LOCK-CFG-006*",
        "witnesses/versioning/VER-DEL-003*",
        "--recovery",
        "60",
    ];
    let ran = test(&folder, &front.url(), &selected);
    assert_code(&ran, Code::TargetCrashed);
    let report = folder.report();
    assert!(report["scope"].get("crashed").is_none(), "it came back");
    let crashes = report["crashes"].as_array().unwrap();
    let excluded: Vec<&Value> = crashes
        .iter()
        .filter(|crash| crash["program"].is_string())
        .collect();
    assert!(!excluded.is_empty(), "{crashes:?}");
    assert!(ran.stdout.contains("object-lock"), "{}", ran.stdout);
    let reason = |id: &str| {
        let clauses = report["clauses"].as_array().unwrap();
        let clause = clauses.iter().find(|clause| clause["id"] == id).unwrap();
        clause.to_string()
    };
    assert!(
        reason("VER-DEL-003").contains("holds"),
        "{}",
        reason("VER-DEL-003")
    );
    assert!(
        reason("LOCK-CFG-006").contains("excluded: the target crashed"),
        "{}",
        reason("LOCK-CFG-006")
    );
    assert_eq!(buckets(&law), 0, "{}", report["left_behind"]);
    // Without the program nothing crashes.
    let again = test(
        &folder,
        &front.url(),
        &[&selected[..], &["--exclude", "LOCK-CFG-006"]].concat(),
    );
    assert_code(&again, Code::AsExpected);
    let words = folder.report()["scope"]["selection"].to_string();
    assert!(words.contains("--exclude LOCK-CFG-006"), "{words}");
}

#[test]
fn what_is_excluded_does_not_run() {
    let folder = Folder::new("stranger-exclude");
    let list = |more: &[&str]| run(&folder.0, LAW_OWNER, &[&["test", "--list"], more].concat()).stdout;
    let whole = list(&[]);
    let first = whole.lines().next().unwrap();
    let id = first.split_whitespace().next().unwrap();
    let runs = |listed: &str, what: &str| {
        let mut words = listed.split_whitespace();
        words.any(|word| word == what || word.starts_with(&format!("{what}-")))
    };
    assert!(
        runs(&whole, id) && !runs(&list(&["--exclude", id]), id),
        "{first}"
    );
    let without = list(&["--exclude", "VER-*", "--exclude", "scenarios/*"]);
    assert!(runs(&whole, "VER") && !runs(&without, "VER"), "{without}");
    assert!(
        !without.contains("scenarios/") && without.contains("regressions/"),
        "{without}"
    );
    let unknown = run(
        &folder.0,
        LAW_OWNER,
        &["test", "--list", "--exclude", "NOTHING-1"],
    );
    assert_code(&unknown, Code::Usage);
}

#[test]
fn a_run_is_cleaned_up_by_its_record_where_nothing_can_be_listed() {
    let folder = Folder::new("stranger-record");
    let out = folder.0.display().to_string();
    let law = Server::law(&[]);
    // Now and then it also fails, or closes a connection, once there is something to be removed.
    let deletes = AtomicUsize::new(0);
    let shaky = Arc::new(AtomicBool::new(false));
    let shakes = Arc::clone(&shaky);
    let front = Front::new(&law.url, move |request, _| {
        if lists(request) {
            return Act::lacks();
        }
        if request.method != "DELETE" || !shakes.load(Ordering::Relaxed) {
            return Act::Pass;
        }
        match deletes.fetch_add(1, Ordering::Relaxed) % 13 {
            4 => Act::fails(),
            9 => Act::Cut,
            _ => Act::Pass,
        }
    });
    let url = front.url();
    let leave = || {
        shaky.store(false, Ordering::Relaxed);
        let ran = test(&folder, &url, &["witnesses/versioning/VER-DEL-*", "--no-clean"]);
        assert!(buckets(&law) > 3, "{}{}", ran.stdout, ran.stderr);
        run_of(&folder.0)
    };
    let clean = |id: &str| {
        shaky.store(true, Ordering::Relaxed);
        let arguments = ["clean", "--endpoint-url", &url, "--run", id, "--out", &out];
        run(&folder.0, LAW_OWNER, &arguments)
    };
    // Controls of what was selected may lock for a while: only those stay.
    let locked = |cleaned: &Ran| -> usize {
        let lines = || cleaned.stdout.lines();
        assert!(lines().all(|line| line.contains("until")), "{}", cleaned.stdout);
        let names = lines().filter_map(|line| line.split_whitespace().next());
        names.collect::<BTreeSet<&str>>().len()
    };
    // By the small file of the run.
    let id = leave();
    let mut stay = locked(&clean(&id));
    assert_eq!(buckets(&law), stay);
    // By its history.
    let id = leave();
    std::fs::remove_file(folder.0.join("made.txt")).unwrap();
    stay += locked(&clean(&id));
    assert_eq!(buckets(&law), stay);
    // The folder of another run says nothing of this one.
    let id = leave();
    for file in ["made.txt", "history.ndjson"] {
        std::fs::remove_file(folder.0.join(file)).unwrap();
    }
    let cleaned = clean(&id);
    assert!(cleaned.stderr.contains("names are tried"), "{}", cleaned.stderr);
    // What is in them is found key by key.
    stay += locked(&cleaned);
    assert_eq!(buckets(&law), stay);
}

#[test]
fn a_time_limit_ends_in_a_full_report() {
    let folder = Folder::new("stranger-limit");
    let law = Server::law(&[]);
    let limits = ["VER-*", "--time-limit", "3", "--rate", "60"];
    let ran = test(&folder, &law.url, &limits);
    let report = folder.report();
    let words = report["scope"]["selection"].to_string();
    assert!(words.contains("--time-limit 3"), "{words}");
    assert_eq!(report["scope"]["interrupted"], false);
    assert!(report["totals"]["not-exercised"].as_u64().unwrap() > 0);
    assert!(
        report["clauses"]
            .to_string()
            .contains("the time limit of 3 s was reached"),
        "what did not run says why"
    );
    assert!(
        [Code::AsExpected, Code::NothingEvaluated, Code::CleanUpIncomplete]
            .iter()
            .any(|code| ran.code == i32::from(code.number())),
        "{}{}",
        ran.stdout,
        ran.stderr
    );
    for file in ["report.html", "junit.xml", "history.ndjson"] {
        assert!(folder.0.join(file).exists(), "{file}");
    }
}

/// Begins a run that this test will end.
fn begin(folder: &Folder, url: &str, more: &[&str]) -> Child {
    let out = folder.0.display().to_string();
    let arguments = [
        &["test", "--endpoint-url", url, "--out", &out, "--timeout", "3600"],
        more,
    ]
    .concat();
    command(&folder.0, LAW_OWNER)
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Ends a run politely, and waits for its end.
fn end(child: Child) -> Ran {
    let sent = std::process::Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
    child.wait_with_output().unwrap().into()
}

/// Requests that hang would last an hour: that the run ends at all shows that it does not wait for them.
#[test]
fn a_run_ends_when_it_is_told_to_whatever_it_waits_for() {
    let hangs: [fn(&RawRequest, usize) -> bool; 2] = [
        |_, number| number > 60,
        // The clean-up hangs.
        |request, number| number > 20 && request.method == "DELETE" && request.query().is_none(),
    ];
    for hung in hangs {
        let folder = Folder::new("stranger-term");
        let law = Server::law(&[]);
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&asked);
        let front = Front::new(&law.url, move |request, number| {
            if hung(request, number) {
                counted.fetch_add(1, Ordering::Relaxed);
                Act::Hang
            } else {
                Act::Pass
            }
        });
        let child = begin(&folder, &front.url(), &["VER-*"]);
        while asked.load(Ordering::Relaxed) < 4 {
            std::thread::sleep(Duration::from_millis(20));
        }
        let told = Instant::now();
        let ran = end(child);
        assert_code(&ran, Code::Interrupted);
        let report = folder.report();
        assert_eq!(report["scope"]["interrupted"], true);
        assert!(
            !report["left_behind"].as_array().unwrap().is_empty(),
            "what hangs is named"
        );
        assert!(report["stays"]["buckets"].as_u64().unwrap() > 0);
        assert!(told.elapsed() < Duration::from_secs(60), "{:?}", told.elapsed());
    }
}

/// A run without a terminal says how far it is, also while it waits.
#[test]
fn a_run_without_a_terminal_says_how_far_it_is() {
    let folder = Folder::new("stranger-progress");
    let law = Server::law(&[]);
    let front = Front::new(
        &law.url,
        |_, number| if number > 60 { Act::Hang } else { Act::Pass },
    );
    let mut child = begin(&folder, &front.url(), &["VER-*", "--time-limit", "3000"]);
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let said = lines.map_while(Result::ok).find(|line| line.contains("programs"));
    let said = said.unwrap();
    assert!(said.contains(" of ") && said.contains(" s left"), "{said}");
    end(child);
}

#[test]
fn explored_requests_are_in_the_history() {
    let folder = Folder::new("stranger-explored");
    let law = Server::law(&[]);
    let toml = target(&law.url, LAW_OWNER, LAW_OTHER, "");
    let file = folder.file("target.toml", &toml).display().to_string();
    let out = folder.0.display().to_string();
    let arguments = [
        "test",
        "--target",
        &file,
        "--out",
        &out,
        "VER-DEL-003",
        "--explore",
        "1",
        "--race-rounds",
        "0",
        "--no-clean",
    ];
    let ran = run(&folder.0, LAW_OWNER, &arguments);
    assert_code(&ran, Code::AsExpected);
    let line = ran
        .stdout
        .lines()
        .find(|line| line.starts_with("explored "))
        .unwrap();
    let explored: usize = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    assert!(explored > 0, "{line}");
    let history = std::fs::read_to_string(folder.0.join("history.ndjson")).unwrap();
    let own = run(&folder.0, LAW_OWNER, &["test", "--list", "VER-DEL-003"]);
    assert_eq!(history.lines().count(), own.stdout.lines().count() + explored);
    assert!(!folder.0.join("explored.ndjson.part").exists());
    let path = folder.0.join("history.ndjson").display().to_string();
    assert_code(&run(&folder.0, LAW_OWNER, &["judge", &path]), Code::AsExpected);
}

/// The parts of a bucket's name: the run, the program, how often it had run, and the program's name of the bucket.
fn parts(request: &RawRequest) -> Option<[String; 4]> {
    let bucket = request.path().trim_start_matches('/').split('/').next()?;
    let words: Vec<String> = bucket.split('-').skip(1).map(str::to_owned).collect();
    words.try_into().ok()
}

/// Whether a request is on an object, so that its bucket has been made.
fn is_on_object(request: &RawRequest) -> bool {
    request.path().trim_start_matches('/').contains('/')
}

/// Begins a run that hangs at the requests that are chosen, and kills it there, without a word; which run it was.
fn killed(
    folder: &Folder,
    law: &Server,
    hangs: impl Fn(&RawRequest) -> bool + Send + Sync + 'static,
    more: &[&str],
) -> String {
    let hung = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&hung);
    let front = Front::new(&law.url, move |request, _| {
        if !hangs(request) {
            return Act::Pass;
        }
        seen.store(true, Ordering::Relaxed);
        Act::Hang
    });
    let mut child = begin(folder, &front.url(), more);
    while !hung.load(Ordering::Relaxed) {
        assert!(
            child.try_wait().unwrap().is_none(),
            "it ended before it came so far"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let made = std::fs::read_to_string(folder.0.join("made.txt")).unwrap();
    let run = made.lines().next().unwrap().rsplit('-').next().unwrap();
    assert!(buckets(law) > 0);
    run.to_owned()
}

/// Cleans up after a run at an endpoint that lists no buckets: nothing stays but what is locked and named; how many buckets.
fn cleaned(folder: &Folder, law: &Server, id: &str) -> usize {
    let front = Front::new(&law.url, |request, _| {
        if request.method == "GET" && request.path() == "/" {
            Act::lacks()
        } else {
            Act::Pass
        }
    });
    let out = folder.0.display().to_string();
    let url = front.url();
    let arguments = ["clean", "--endpoint-url", &url, "--run", id, "--out", &out];
    let ran = run(&folder.0, LAW_OWNER, &arguments);
    assert!(!ran.stderr.contains("names are tried"), "{}", ran.stderr);
    let locked: BTreeSet<&str> = ran
        .stdout
        .lines()
        .filter(|line| line.contains("until"))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert_eq!(buckets(law), locked.len(), "{}{}", ran.stdout, ran.stderr);
    locked.len()
}

#[test]
fn a_run_that_is_killed_while_it_runs_again_is_cleaned_up_by_its_record() {
    let folder = Folder::new("stranger-killed-again");
    let law = Server::law(&["--repeal", "VER-DEL-003"]);
    let again = |request: &RawRequest| {
        is_on_object(request) && parts(request).is_some_and(|[_, _, times, _]| times != "0")
    };
    let id = killed(&folder, &law, again, &["VER-DEL-003", "--race-rounds", "0"]);
    // Another run in the same folder leaves the record of the first alone.
    let other = Server::law(&[]);
    let more = ["VER-DEL-003", "--no-clean"];
    assert_code(&test(&folder, &other.url, &more), Code::AsExpected);
    let earlier = folder.0.join(format!("made-bucketlaw-{id}.txt"));
    assert!(earlier.exists());
    let locked = cleaned(&folder, &law, &id);
    assert_eq!(
        earlier.exists(),
        locked > 0,
        "it stays as long as it has something to name"
    );
}

#[test]
fn a_run_that_is_killed_while_it_explores_is_cleaned_up_by_its_record() {
    let folder = Folder::new("stranger-killed-exploring");
    let law = Server::law(&[]);
    let listed = run(&folder.0, LAW_OWNER, &["test", "--list", "VER-DEL-003"]);
    let known: BTreeSet<String> = listed
        .stdout
        .lines()
        .filter_map(|line| line.split_whitespace().next().map(str::to_owned))
        .collect();
    let explored = move |request: &RawRequest| {
        is_on_object(request) && parts(request).is_some_and(|[_, program, _, _]| !known.contains(&program))
    };
    let more = ["VER-DEL-003", "--race-rounds", "0", "--explore", "3600"];
    let id = killed(&folder, &law, explored, &more);
    cleaned(&folder, &law, &id);
}
