//! Bad input of every sort: one clear message that says what to do next, and the documented exit code.

use std::fmt::Write as _;

use crate::support::{Folder, LAW_OWNER, OWNER, Server, run};

/// What a run with wrong arguments says, with the names that differ from run to run taken out.
fn said(folder: &Folder, key: (&str, &str), arguments: &[&str]) -> String {
    let ran = run(&folder.0, key, arguments);
    let home = folder.0.display().to_string();
    let mut text = ran.stderr.replace(&home, "DIR");
    // clap shows usage below its message.
    if let Some(at) = text.find("\n\nUsage:") {
        text.truncate(at);
    }
    assert_eq!(ran.stdout, "", "results only where there are some");
    format!("{} {}\n", ran.code, text.trim_end())
}

#[test]
fn wrong_words_on_the_command_line() {
    let folder = Folder::new("bad-words");
    let cases: [&[&str]; 19] = [
        &["spec", "LOCK-DEL-999"],
        &["test", "LOCK-DEL-999"],
        &["test", "LOCK-[", "VER-*"],
        &["test", "--area", "object-lok"],
        &["test", "--severity", "severe"],
        &["test", "--partition", "hash:5/4"],
        &["test", "--partition", "4"],
        &["test", "--rate", "0"],
        &["test", "--max-buckets", "0"],
        &["test", "--timeout", "0"],
        &["test", "--jobs", "0"],
        &["test", "--out", "/dev/null"],
        &["test", "--bucket-prefix", "My_Run"],
        &["test", "--jobz", "3"],
        &["test", "--endpoint-url", "127.0.0.1:9000"],
        &[
            "test",
            "--endpoint-url",
            "http://127.0.0.1:9000",
            "--ca-bundle",
            "/nowhere.pem",
            "--profile",
            "nobody",
        ],
        &[
            "clean",
            "--endpoint-url",
            "http://127.0.0.1:9000",
            "--run",
            "everything",
        ],
        &["clean", "--run", "1a2b"],
        &["frobnicate"],
    ];
    let mut text = String::new();
    for arguments in cases {
        write!(
            text,
            "$ bucketlaw {}\n{}\n",
            arguments.join(" "),
            said(&folder, LAW_OWNER, arguments)
        )
        .unwrap();
    }
    insta::assert_snapshot!("wrong_words_on_the_command_line", text);
}

#[test]
fn files_that_cannot_be_read() {
    let folder = Folder::new("bad-files");
    let path = |name: &str, text: &str| folder.file(name, text).display().to_string();
    let report = r#"{"schema": "bucketlaw/report/3"}"#;
    let cases = [
        vec!["judge".to_owned(), "DIR/nothing.ndjson".to_owned()],
        vec!["judge".to_owned(), path("text.ndjson", "no history\n")],
        vec!["judge".to_owned(), path("empty.ndjson", "\n")],
        vec![
            "judge".to_owned(),
            path("half.ndjson", r#"{"schema": "bucketlaw/history/1", "id": "a"#),
        ],
        vec!["judge".to_owned(), folder.0.display().to_string()],
        vec![
            "judge".to_owned(),
            path(
                "cut.ndjson",
                "{\"schema\":\"bucketlaw/history/1\",\"id\":\"x\"}\n",
            ),
        ],
        vec![
            "judge".to_owned(),
            path("newer.ndjson", "{\"schema\":\"bucketlaw/history/9\"}\n"),
        ],
        vec![
            "report".to_owned(),
            "merge".to_owned(),
            path("newer.json", report),
        ],
        vec!["report".to_owned(), "merge".to_owned(), path("other.json", "{}")],
        vec!["report".to_owned(), "merge".to_owned()],
        vec![
            "test".to_owned(),
            "--failed-from".to_owned(),
            path("none.json", "["),
        ],
        vec![
            "test".to_owned(),
            "--target".to_owned(),
            path("key.toml", "endpont-url = \"http://127.0.0.1:1\"\n"),
        ],
        vec![
            "test".to_owned(),
            "--target".to_owned(),
            path("clock.toml", "[capabilities]\nclock = \"/run/s.sock\"\n"),
        ],
        vec![
            "test".to_owned(),
            "--target".to_owned(),
            path(
                "clause.toml",
                "[[deviation]]\nclause = \"LOCK-DEL-903\"\nreason = \"x\"\nsince = \"1\"\n",
            ),
        ],
        vec![
            "test".to_owned(),
            "--target".to_owned(),
            path("variable.toml", "region = \"${NO_SUCH_VARIABLE}\"\n"),
        ],
        vec![
            "replay".to_owned(),
            path("fly.program", "bucketlaw program 1\n1 owner Fly bucket=b\n"),
        ],
        vec![
            "replay".to_owned(),
            path("newer.program", "bucketlaw program 7\n"),
        ],
        vec![
            "replay".to_owned(),
            path(
                "several.programs",
                "bucketlaw programs 1\n\n=== one\n1 owner HeadBucket bucket=b\n\n=== two\n1 owner HeadBucket bucket=b\n\
                 2 owner Fly bucket=b\n",
            ),
        ],
    ];
    let mut text = String::new();
    for arguments in cases {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let shown = arguments
            .join(" ")
            .replace(&folder.0.display().to_string(), "DIR");
        write!(
            text,
            "$ bucketlaw {shown}\n{}\n",
            said(&folder, LAW_OWNER, &arguments)
        )
        .unwrap();
    }
    insta::assert_snapshot!("files_that_cannot_be_read", text);
}

#[test]
fn endpoints_that_cannot_be_judged() {
    let folder = Folder::new("bad-endpoints");
    let server = Server::reference(&folder.0.join("data"));
    let mut text = String::new();
    let mut case = |what: &str, key: (&str, &str), arguments: &[&str]| {
        let said = said(&folder, key, arguments).replace(server.address(), "SERVER");
        write!(text, "# {what}\n{said}\n").unwrap();
    };
    case(
        "nobody listens",
        OWNER,
        &["test", "--endpoint-url", "http://127.0.0.1:1", "LOCK-DEL-003"],
    );
    let reference = ["test", "--endpoint-url", &server.url, "LOCK-DEL-003"];
    case("an unknown key", ("AKIANOBODY0000000001", OWNER.1), &reference);
    case(
        "a wrong secret",
        (OWNER.0, "a-wrong-secret-of-some-length-0123456789"),
        &reference,
    );
    case("half a key", (OWNER.0, ""), &reference);
    case("no key", ("", ""), &reference);
    let region = [
        "test",
        "--endpoint-url",
        &server.url,
        "--region",
        "eu-north-7",
        "LOCK-DEL-003",
    ];
    case("a wrong Region", OWNER, &region);
    let other = format!(
        "endpoint-url = \"{}\"\n[identity.other]\naccess-key-id = \"AKIANOBODY0000000002\"\nsecret-access-key = \"x\"\n",
        server.url
    );
    let other = folder.file("other.toml", &other).display().to_string();
    case(
        "an unknown key of another identity",
        OWNER,
        &["test", "--target", &other, "LOCK-DEL-003"],
    );
    let account = format!(
        "endpoint-url = \"{}\"\n[capabilities]\nsts = true\n[identity.owner]\naccess-key-id = \"{}\"\n\
         secret-access-key = \"{}\"\naccount = \"999999999999\"\n",
        server.url, OWNER.0, OWNER.1
    );
    let account = folder.file("account.toml", &account).display().to_string();
    case(
        "another account than declared",
        OWNER,
        &["test", "--target", &account, "LOCK-DEL-003"],
    );
    insta::assert_snapshot!("endpoints_that_cannot_be_judged", text);
}

#[test]
fn beyond_loopback_nothing_is_sent_before_the_user_agrees() {
    let folder = Folder::new("bad-far");
    // Names of the reserved domain: if anything were sent, it would be a failed look-up and exit code 5.
    let mut text = String::new();
    let far = ["--endpoint-url", "https://s3.invalid"];
    let disposable =
        "endpoint-url = \"https://127.s3.invalid\"\ndisposable = true\n[capabilities]\niam = true\n";
    let disposable = folder.file("far.toml", disposable).display().to_string();
    for arguments in [
        [&["test"], &far[..], &["LOCK-DEL-003"]].concat(),
        [
            &["test"],
            &far[..],
            &["LOCK-DEL-003", "--allow-compliance", "--max-buckets", "4"],
        ]
        .concat(),
        vec![
            "test",
            "--target",
            &disposable,
            "LOCK-DEL-003",
            "--allow-compliance",
        ],
        [&["clean", "--run", "1a2b"], &far[..]].concat(),
    ] {
        writeln!(text, "{}", said(&folder, LAW_OWNER, &arguments)).unwrap();
    }
    // How many programs tell the clause is the suite's to say.
    let text = match text
        .split_once("This run sends ")
        .and_then(|(_, rest)| rest.split_once(" programs"))
    {
        Some((number, _)) => text.replace(&format!("sends {number} programs"), "sends N programs"),
        None => text,
    };
    insta::assert_snapshot!("beyond_loopback", text);
}

/// A disk that is full at the end of a run takes the report, and not what the run found.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_hides_nothing_of_what_was_found() {
    let folder = Folder::new("bad-full");
    std::os::unix::fs::symlink("/dev/full", folder.0.join("history.ndjson")).unwrap();
    let out = folder.0.display().to_string();
    let law = Server::law(&[]);
    let arguments = [
        "test",
        "--endpoint-url",
        &law.url,
        "--out",
        &out,
        "--race-rounds",
        "0",
        "VER-DEL-003",
        "--no-clean",
    ];
    let ran = run(&folder.0, LAW_OWNER, &arguments);
    assert_eq!(ran.code, 2, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("holds"), "{}", ran.stdout);
    assert!(
        ran.stderr.contains("No space left") && ran.stderr.contains("make room"),
        "{}",
        ran.stderr
    );
}
