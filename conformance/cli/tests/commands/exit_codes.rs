//! Each exit code of the table, reached through the program.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::time::Duration;

use bucketlaw_conformance::exit::Code;
use serde_json::Value;

use crate::proxy::Proxy;
use crate::support::{Folder, LAW_OTHER, LAW_OWNER, OTHER, OWNER, Ran, Server, command, run, target};

/// Runs `test` at an endpoint; the report is in the folder.
fn test(folder: &Folder, url: &str, more: &[&str]) -> Ran {
    let out = folder.0.display().to_string();
    let mut arguments = [&["test", "--endpoint-url", url, "--out", &out], more].concat();
    // A law that serves is gone with the test: locks need not be waited out.
    if !more.contains(&"--recovery") {
        arguments.push("--no-clean");
    }
    run(&folder.0, LAW_OWNER, &arguments)
}

fn assert_code(ran: &Ran, code: Code) {
    assert_eq!(
        ran.code,
        i32::from(code.number()),
        "{}\n{}",
        ran.stdout,
        ran.stderr
    );
}

#[test]
fn as_expected_and_divergence() {
    let folder = Folder::new("code-0-1");
    let law = Server::law(&[]);
    assert_code(&test(&folder, &law.url, &["LOCK-DEL-003"]), Code::AsExpected);
    let mutant = Server::law(&["--repeal", "LOCK-DEL-003/compliance"]);
    let ran = test(&folder, &mutant.url, &["LOCK-DEL-003"]);
    assert_code(&ran, Code::Divergence);
    let report = folder.report();
    let violated: Vec<&Value> = report["clauses"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|clause| clause["verdict"] == "violated")
        .collect();
    let findings = report["findings"].as_array().unwrap();
    for clause in violated {
        assert!(
            findings.iter().any(|finding| finding["clause"] == clause["id"]),
            "{} is violated without a finding of its own",
            clause["id"]
        );
    }
}

#[test]
fn fail_fast_ends_at_the_first_divergence_that_is_not_declared() {
    let folder = Folder::new("code-fail-fast");
    let mutant = Server::law(&["--repeal", "LOCK-DEL-003/compliance"]);
    let arguments = ["LOCK-*", "--jobs", "1", "--race-rounds", "0"];
    assert_code(&test(&folder, &mutant.url, &arguments), Code::Divergence);
    let whole = folder.report();
    let ran = test(&folder, &mutant.url, &[&arguments[..], &["--fail-fast"]].concat());
    assert_code(&ran, Code::Divergence);
    let cut = folder.report();
    let requests = |report: &Value| report["requests"].as_u64().unwrap();
    assert!(
        requests(&cut) < requests(&whole),
        "{} of {}",
        requests(&cut),
        requests(&whole)
    );
    let selection = cut["scope"]["selection"].as_array().unwrap();
    assert!(
        selection.iter().any(|word| word == "--fail-fast"),
        "{selection:?}"
    );
    // A green run has nothing to end at.
    let law = Server::law(&[]);
    let green = test(&folder, &law.url, &["LOCK-DEL-003", "--fail-fast"]);
    assert_code(&green, Code::AsExpected);
    assert!(!folder.report()["scope"].to_string().contains("fail-fast"));
}

#[test]
fn usage() {
    let folder = Folder::new("code-2");
    assert_code(
        &test(&folder, "http://127.0.0.1:1", &["--area", "nothing"]),
        Code::Usage,
    );
}

#[test]
fn nothing_evaluated() {
    let folder = Folder::new("code-4");
    let law = Server::law(&[]);
    // There is no second account.
    assert_code(
        &test(&folder, &law.url, &["EVAL-XACC-001"]),
        Code::NothingEvaluated,
    );
}

#[test]
fn endpoint() {
    let folder = Folder::new("code-5");
    assert_code(
        &test(&folder, "http://127.0.0.1:1", &["LOCK-DEL-003"]),
        Code::Endpoint,
    );
}

#[test]
fn target_crashed() {
    let folder = Folder::new("code-6");
    let law = Server::law(&[]);
    let proxy = Proxy::new(law.address(), 200);
    let ran = test(&folder, &proxy.url, &["VER-*", "--recovery", "1"]);
    assert_code(&ran, Code::TargetCrashed);
    assert_eq!(
        ran.stderr.matches("the target crashed").count(),
        1,
        "{}",
        ran.stderr
    );
    let report = folder.report();
    assert!(report["scope"]["crashed"].is_string(), "{}", report["scope"]);
    assert!(ran.stdout.contains("partial"), "{}", ran.stdout);
    let crashes = report["crashes"].as_array().unwrap();
    let in_flight = crashes.last().unwrap()["in_flight"].as_array().unwrap();
    assert!(!in_flight.is_empty(), "{crashes:?}");
    let left = report["left_behind"].as_array().unwrap();
    assert!(!left.is_empty(), "what is still there is known by name");
    for left in left {
        let reason = left["reason"].as_str().unwrap();
        assert!(reason.contains("the target does not answer"), "{left}");
    }
    assert_eq!(report["stays"]["buckets"], left.len());
    assert!(report["requests"].as_u64().unwrap() < 400, "it stopped early");
}

#[test]
fn clean_up_incomplete_and_clean() {
    let folder = Folder::new("code-7");
    let server = Server::reference(&folder.0.join("data"));
    let toml = target(&server.url, OWNER, OTHER, "");
    let file = folder.file("target.toml", &toml).display().to_string();
    let out = folder.0.display().to_string();
    // A default retention under COMPLIANCE lasts a day at least, which no run waits for.
    let program = folder
        .file(
            "locked.program",
            "bucketlaw program 1\n# tells LOCK-DEL-003/compliance@DeleteObjectVersion\n\
             1 owner CreateBucket bucket=b lock=true\n\
             2 owner PutObjectLockConfiguration bucket=b mode=COMPLIANCE period=1d\n3 owner PutObject bucket=b key=k\n",
        )
        .display()
        .to_string();
    let replayed = run(&folder.0, OWNER, &["replay", "--target", &file, &program]);
    assert_code(&replayed, Code::AsExpected);
    let left = replayed
        .stderr
        .lines()
        .find(|line| line.starts_with("left behind: "))
        .unwrap();
    let bucket = left.split_whitespace().nth(2).unwrap();
    let run_id = bucket.split('-').nth(1).unwrap();
    let cleaned = run(&folder.0, OWNER, &["clean", "--target", &file, "--run", run_id]);
    assert_code(&cleaned, Code::CleanUpIncomplete);
    assert!(
        cleaned.stdout.contains(bucket) && cleaned.stdout.contains("until"),
        "{}",
        cleaned.stdout
    );
    // What was only left, and is not locked, goes.
    let arguments = [
        "test",
        "--target",
        &file,
        "--out",
        &out,
        "--no-clean",
        "witnesses/versioning/VER-DEL-003*",
        "witnesses/evaluation/EVAL-XACC-001*",
    ];
    assert_code(&run(&folder.0, OWNER, &arguments), Code::AsExpected);
    let history = std::fs::read_to_string(folder.0.join("history.ndjson")).unwrap();
    let first: Value = serde_json::from_str(history.lines().next().unwrap()).unwrap();
    let bucket = first["bucket_prefix"].as_str().unwrap();
    let id = bucket.split('-').nth(1).unwrap();
    let cleaned = run(&folder.0, OWNER, &["clean", "--target", &file, "--run", id]);
    // Controls of what was selected may lock for a while.
    assert!(
        cleaned.stdout.lines().all(|line| line.contains("until")),
        "{}",
        cleaned.stdout
    );
}

#[test]
fn a_run_that_leaves_something_exits_with_7() {
    let folder = Folder::new("code-7-run");
    let server = Server::reference(&folder.0.join("data"));
    let toml = target(&server.url, OWNER, OTHER, "");
    let file = folder.file("target.toml", &toml).display().to_string();
    let out = folder.0.display().to_string();
    let ran = run(
        &folder.0,
        OWNER,
        &["test", "--target", &file, "--out", &out, "LOCK-CFG-*"],
    );
    assert_code(&ran, Code::CleanUpIncomplete);
    let report = folder.report();
    for left in report["left_behind"].as_array().unwrap() {
        assert!(left["until"].is_string() && left["version"].is_string(), "{left}");
    }
}

#[test]
fn short_compliance_locks_are_waited_out() {
    let folder = Folder::new("code-7-waits");
    let server = Server::reference(&folder.0.join("data"));
    let out = folder.0.display().to_string();
    // One of its programs locks for five units of time.
    let arguments = [
        "test",
        "--endpoint-url",
        &server.url,
        "--out",
        &out,
        "--max-retention",
        "2",
        "LOCK-DEL-003",
    ];
    let ran = run(&folder.0, OWNER, &arguments);
    // On a busy machine so short a time may decide nothing; what was made is taken away all the same.
    assert_ne!(
        ran.code,
        i32::from(Code::CleanUpIncomplete.number()),
        "{}",
        ran.stdout
    );
    assert!(ran.stderr.contains("waiting"), "{}", ran.stderr);
    assert_eq!(folder.report()["left_behind"], serde_json::json!([]));
}

#[test]
fn a_bug() {
    let folder = Folder::new("code-70");
    let law = Server::law(&[]);
    assert_code(&test(&folder, &law.url, &["LOCK-DEL-003"]), Code::AsExpected);
    let path = folder.0.join("history.ndjson");
    // A step that its program does not have: no run of ours writes that.
    let history = std::fs::read_to_string(&path)
        .unwrap()
        .replace("\"number\":2,", "\"number\":77,");
    std::fs::write(&path, history).unwrap();
    let path = path.display().to_string();
    assert_code(&run(&folder.0, LAW_OWNER, &["judge", &path]), Code::Bug);
}

#[test]
fn interrupted() {
    let folder = Folder::new("code-130");
    let law = Server::law(&[]);
    let out = folder.0.display().to_string();
    let toml = target(&law.url, LAW_OWNER, LAW_OTHER, "");
    let file = folder.file("target.toml", &toml).display().to_string();
    let child = command(&folder.0, LAW_OWNER)
        .args(["test", "--target", &file, "--out", &out, "--rate", "100", "VER-*"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    has_begun(&folder);
    interrupt(&child);
    let ran: Ran = child.wait_with_output().unwrap().into();
    assert_code(&ran, Code::Interrupted);
    assert!(ran.stderr.contains("interrupted"), "{}", ran.stderr);
    assert!(ran.stdout.contains("partial"), "{}", ran.stdout);
    let report = folder.report();
    assert_eq!(report["scope"]["interrupted"], true);
    assert!(report["totals"]["not-exercised"].as_u64().unwrap() > 0);
    let html = std::fs::read_to_string(folder.0.join("report.html")).unwrap();
    assert!(html.contains("<strong>partial</strong>"));
    for left in report["left_behind"].as_array().unwrap() {
        assert!(left["until"].is_string(), "only what is locked stays: {left}");
    }
}

/// Waits until a run has made a bucket.
fn has_begun(folder: &Folder) {
    let made = folder.0.join("made.txt");
    for _ in 0..1200 {
        if std::fs::metadata(&made).is_ok_and(|made| made.len() > 0) {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("the run made no bucket within a minute");
}

/// Sends the signal of Ctrl-C.
fn interrupt(child: &Child) {
    let sent = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
}

#[test]
fn a_second_interrupt_ends_a_run_at_once() {
    let folder = Folder::new("code-130-twice");
    // It takes a request and never answers: a run that ends in order waits for it.
    let endpoint = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", endpoint.local_addr().unwrap());
    let out = folder.0.display().to_string();
    let mut child = command(&folder.0, LAW_OWNER)
        .args(["test", "--endpoint-url", &url, "--timeout", "600", "--out", &out])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let _held = endpoint.accept().unwrap();
    assert_the_second_interrupt_ends(&mut child);
    assert!(
        !folder.0.join("report.json").exists(),
        "nothing is judged any more"
    );
}

#[test]
fn a_second_interrupt_ends_a_server_at_once() {
    let folder = Folder::new("serve-twice");
    let data = folder.0.join("data").display().to_string();
    let mut server = Server::run(
        command(&folder.0, OWNER)
            .args(["serve", "--listen", "127.0.0.1:0", "--data", &data])
            .stderr(Stdio::piped()),
    );
    // A form is read before its signature is verified. This one never comes: a server that stops in order waits for it.
    let mut held = TcpStream::connect(server.address()).unwrap();
    let head = "POST / HTTP/1.1\r\nHost: sts\r\nContent-Length: 9\r\nExpect: 100-continue\r\nX-Amz-Date: 20260101T000000Z\r\n\
                Authorization: AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20260101/us-east-1/sts/aws4_request, \
                SignedHeaders=host;x-amz-date, Signature=0000000000000000000000000000000000000000000000000000000000000000\r\n\r\n";
    held.write_all(head.as_bytes()).unwrap();
    assert_eq!(first_line(&held), "HTTP/1.1 100 Continue\r\n");
    assert_the_second_interrupt_ends(&mut server.child);
}

/// Interrupts a process that has something to wait for, and again when it says that it waits.
fn assert_the_second_interrupt_ends(child: &mut Child) {
    interrupt(child);
    let said = first_line(child.stderr.take().unwrap());
    assert!(said.contains("once more ends it at once"), "{said}");
    interrupt(child);
    let code = child.wait().unwrap().code();
    assert_eq!(code, Some(i32::from(Code::Interrupted.number())));
}

fn first_line(from: impl Read) -> String {
    let mut line = String::new();
    BufReader::new(from).read_line(&mut line).unwrap();
    line
}

#[test]
fn the_parts_of_embedded_runs_make_a_whole() {
    let folder = Folder::new("merge");
    let part = |number: u32| {
        let out = folder.0.join(format!("part{number}")).display().to_string();
        let partition = format!("hash:{number}/2");
        let arguments = ["test", "--partition", &partition, "--out", &out, "LOCK-DEL-00*"];
        assert_code(&run(&folder.0, LAW_OWNER, &arguments), Code::AsExpected);
        format!("{out}/report.json")
    };
    let (one, two) = (part(1), part(2));
    let out = folder.0.display().to_string();
    let merged = run(
        &folder.0,
        LAW_OWNER,
        &["report", "merge", &one, &two, "--out", &out],
    );
    assert_code(&merged, Code::AsExpected);
    assert!(folder.report()["scope"].get("partition").is_none());
}

#[test]
fn judging_takes_the_selection_of_test() {
    let folder = Folder::new("judge-selection");
    let law = Server::law(&["--repeal", "LOCK-DEL-003/compliance"]);
    let witnesses = [
        "witnesses/object-lock/LOCK-DEL-003*",
        "witnesses/versioning/VER-DEL-003*",
    ];
    test(&folder, &law.url, &witnesses);
    let history = folder.0.join("history.ndjson").display().to_string();
    let judge = |more: &[&str]| run(&folder.0, LAW_OWNER, &[&["judge", &history], more].concat());
    assert_code(&judge(&[]), Code::Divergence);
    assert_code(&judge(&["LOCK-DEL-003"]), Code::Divergence);
    assert_code(&judge(&["VER-DEL-003"]), Code::AsExpected);
    assert_code(&judge(&["--area", "versioning"]), Code::AsExpected);
    assert_code(
        &judge(&["--severity", "critical", "VER-*", "--area", "object-lock"]),
        Code::NothingEvaluated,
    );
}

#[test]
fn judging_again_writes_the_report_of_the_run() {
    let folder = Folder::new("judge-out");
    let law = Server::law(&["--repeal", "LOCK-DEL-003/compliance"]);
    test(&folder, &law.url, &["LOCK-DEL-003"]);
    let first = folder.report();
    let history = folder.0.join("history.ndjson").display().to_string();
    let again = Folder::new("judge-out-again");
    let out = again.0.display().to_string();
    assert_code(
        &run(
            &folder.0,
            LAW_OWNER,
            &["judge", &history, "LOCK-DEL-003", "--out", &out],
        ),
        Code::Divergence,
    );
    let second = again.report();
    assert_eq!(first["clauses"], second["clauses"]);
    assert_eq!(first["totals"], second["totals"]);
    let ids = |report: &Value| -> Vec<Value> {
        let findings = report["findings"].as_array().unwrap().iter();
        findings.map(|finding| finding["id"].clone()).collect()
    };
    assert_eq!(ids(&first), ids(&second));
    let failures = |folder: &Folder| {
        let finding = &folder.report()["findings"][0];
        let place = [finding["clause"].as_str(), finding["id"].as_str()].map(Option::unwrap);
        let place = folder.0.join("failures").join(place[0]).join(place[1]);
        ["program.txt", "exchange.http", "repro.sh"].map(|name| std::fs::read(place.join(name)).unwrap())
    };
    assert_eq!(failures(&folder), failures(&again));
}

#[test]
fn a_selected_race_is_judged_again_with_its_control() {
    let folder = Folder::new("judge-race");
    let law = Server::law(&[]);
    // Others need a user, whom that endpoint is not asked to make.
    let races = ["races/delete-hold*", "--race-rounds", "2"];
    assert_code(&test(&folder, &law.url, &races), Code::AsExpected);
    let history = folder.0.join("history.ndjson").display().to_string();
    let requests = |ran: &Ran| {
        let line = ran.stdout.lines().find(|line| line.contains(" requests in "));
        let number = line.and_then(|line| line.split_whitespace().next());
        number.unwrap().to_owned()
    };
    let whole = run(&folder.0, LAW_OWNER, &["judge", &history]);
    let selected = run(&folder.0, LAW_OWNER, &["judge", &history, "races/delete-hold*"]);
    assert_code(&selected, Code::AsExpected);
    assert!(
        selected.stdout.contains("exit 0"),
        "it says how it ends: {}",
        selected.stdout
    );
    assert_eq!(
        requests(&whole),
        requests(&selected),
        "the rounds, and once one after the other"
    );
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut reading = std::process::Command::new(env!("CARGO_BIN_EXE_bucketlaw"))
        .args(["spec", "--freedoms"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(reading.stdout.take());
    let ended = reading.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&ended.stderr), "");
    assert_eq!(ended.status.code(), Some(0));
}

#[test]
fn what_the_law_does_not_rule_on_is_not_evaluated() {
    let folder = Folder::new("not-ruled");
    let program = folder
        .file(
            "own.program",
            "bucketlaw program 1\npolicy writes = Allow other s3:PutObject b/*\n1 owner CreateBucket bucket=b\n\
             2 owner PutBucketOwnershipControls bucket=b ownership=ObjectWriter\n\
             3 owner PutBucketPolicy bucket=b policy=writes\n4 other PutObject bucket=b key=k\n",
        )
        .display()
        .to_string();
    let replayed = run(&folder.0, OWNER, &["replay", &program]);
    assert_code(&replayed, Code::NothingEvaluated);
    assert!(replayed.stdout.contains("does not rule on step 4"));
}

#[test]
fn replay_takes_a_file_of_several_programs_or_one_of_them() {
    let folder = Folder::new("several");
    let law = Server::law(&["--repeal", "LOCK-DEL-003/compliance@DeleteObjectVersion"]);
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../suite/witnesses/object-lock/LOCK-DEL-003.programs"
    );
    let replay = |place: &str| {
        run(
            &folder.0,
            LAW_OWNER,
            &["replay", "--endpoint-url", &law.url, place],
        )
    };
    let lawful = |ran: &Ran| ran.stdout.matches(": the law allows all of it").count();
    let all = replay(file);
    assert_code(&all, Code::Divergence);
    assert!(all.stdout.contains("LOCK-DEL-003"), "{}", all.stdout);
    assert!(lawful(&all) > 1, "{}", all.stdout);
    let one = replay(&format!("{file}#compliance@DeleteObjectsVersion"));
    assert_code(&one, Code::AsExpected);
    assert_eq!(lawful(&one), 1, "{}", one.stdout);
    assert_code(
        &replay(&format!("{file}#*@DeleteObjectsVersion")),
        Code::AsExpected,
    );
    assert_code(
        &replay(&format!("{file}#compliance@DeleteObjectVersion")),
        Code::Divergence,
    );
    let none = replay(&format!("{file}#nothing"));
    assert_code(&none, Code::Usage);
    assert!(
        none.stderr
            .contains("no program of it is named `nothing`; it has compliance@DeleteObjectVersion, "),
        "{}",
        none.stderr
    );
}

#[test]
fn a_program_is_selected_by_each_place_where_it_stands_and_by_its_file() {
    let folder = Folder::new("places");
    let list = |patterns: &[&str]| {
        let listed = run(&folder.0, OWNER, &[&["test", "--list"], patterns].concat());
        assert_code(&listed, Code::AsExpected);
        listed.stdout
    };
    // Clauses whose shortest programs are the same, and a file of each.
    let all = list(&["EVAL-ERR-*"]);
    let line = all
        .lines()
        .find(|line| line.contains(".programs#") && line.contains(" = "));
    let (id, rest) = line.unwrap().split_once("  ").unwrap();
    let places: Vec<&str> = rest.split("  ").next().unwrap().split(" = ").collect();
    assert!(places.len() > 1);
    for place in places {
        assert!(
            list(&[place]).lines().any(|line| line.starts_with(id)),
            "{id} at {place}"
        );
        let file = place.split('#').next().unwrap();
        assert!(
            list(&[file]).lines().any(|line| line.starts_with(id)),
            "{id} in {file}"
        );
        assert!(
            !list(&["EVAL-*", "--exclude", place]).contains(id),
            "{id} without {place}"
        );
    }
}
