//! Reproducers, run by a shell against the law as an endpoint.

#![expect(clippy::unwrap_used, clippy::panic, reason = "what fails here fails the test")]

use std::process::Command;

use bucketlaw_conformance::lower::iam_request;
use bucketlaw_conformance::repro::{Manner, Statuses, script};
use bucketlaw_conformance::serve_law::{ROOTS, ServeLaw};
use bucketlaw_conformance::session::Addressing;
use bucketlaw_conformance::wire::{Client, Options, RawRequest};
use bucketlaw_model::law::Law;
use bucketlaw_model::program::Program;

#[expect(
    dead_code,
    reason = "these tests need a server that answers, and none with faults"
)]
#[path = "support/front.rs"]
mod front;
#[path = "scripts/requests.rs"]
mod requests;

const UNKNOWN_KEY: &str = "bucketlaw program 1\n\
    1 owner CreateBucket bucket=b\n\
    2 owner PutObject bucket=b key=k\n\
    3 owner GetObject bucket=b key=l\n";

fn manner() -> Manner {
    Manner {
        region: "us-east-1".to_owned(),
        addressing: Addressing::Path,
    }
}

/// A law that serves, and how a script is run at it.
struct Shell(ServeLaw);

impl Shell {
    fn new() -> Shell {
        Shell(ServeLaw::listen("127.0.0.1:0".parse().unwrap(), Law::full()).unwrap())
    }

    /// Runs the script of a program: its exit status and what it printed.
    fn run(&self, program: &str, expected: Option<u16>, recorded: &Statuses) -> (Option<i32>, String) {
        let [owner, other] = ROOTS;
        let program = Program::read(program).unwrap();
        let ran = Command::new("sh")
            .arg("-c")
            .arg(script(&program, &manner(), expected, recorded))
            .env("ENDPOINT", format!("http://{}", self.0.address()))
            .env("OWNER_ACCESS_KEY_ID", owner.0)
            .env("OWNER_SECRET_ACCESS_KEY", owner.1)
            .env("OWNER_ARN", format!("arn:aws:iam::{}:root", owner.2))
            .env("OTHER_ACCESS_KEY_ID", other.0)
            .env("OTHER_SECRET_ACCESS_KEY", other.1)
            .env("OTHER_ARN", format!("arn:aws:iam::{}:root", other.2))
            .env("ROUNDS", "2")
            .output()
            .unwrap();
        let said = [ran.stdout, ran.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
        (ran.status.code(), said.concat())
    }

    /// The document that answers the owner; the law knows callers by their keys alone.
    fn asked(&self, request: RawRequest) -> String {
        let [owner, _] = ROOTS;
        let endpoint = format!("http://{}", self.0.address()).parse().unwrap();
        let client = Client::new(endpoint, Options::default()).unwrap();
        let signed = request.with_header(
            "Authorization",
            format!(
                "AWS4-HMAC-SHA256 Credential={}/20300101/us-east-1/s3/aws4_request",
                owner.0
            ),
        );
        let reply = client.exchange(&signed).unwrap().response;
        assert_eq!(reply.status, 200);
        String::from_utf8_lossy(&reply.body).into_owned()
    }

    fn buckets(&self) -> usize {
        let listed = self.asked(RawRequest::new("GET", "/"));
        listed.matches("<Name>bucketlaw-repro-").count()
    }

    fn users(&self) -> usize {
        let listed = self.asked(iam_request("ListUsers", &[]));
        listed.matches("<UserName>bucketlaw-repro-").count()
    }
}

#[expect(clippy::print_stderr, reason = "it says why nothing is tested")]
fn has_curl() -> bool {
    let there = Command::new("curl").arg("--version").output().is_ok();
    if !there {
        eprintln!("skipped: there is no curl");
    }
    there
}

/// The exit status of the script that expects a status of an unknown key.
fn exit(expected: Option<u16>, recorded: &Statuses) -> Option<i32> {
    let shell = Shell::new();
    let (code, said) = shell.run(UNKNOWN_KEY, expected, recorded);
    assert_eq!(shell.buckets(), 0, "{said}");
    code
}

/// Scripts leave nothing, so that the next one confirms nothing by accident.
#[test]
fn a_script_takes_away_what_it_made() {
    if !has_curl() {
        return;
    }
    let everything = "bucketlaw program 1\npolicy none = Deny * s3:* b,b/*\npolicy p = Allow - s3:* *\n\
        1 owner CreateBucket bucket=b lock=true\n2 owner PutObject bucket=b key=k mode=GOVERNANCE until=far\n\
        3 owner PutObject bucket=b key=k hold=ON\n4 owner DeleteObject bucket=b key=k\n\
        5 owner CreateMultipartUpload bucket=b key=l\n6 owner PutUserPolicy policy=p\n7 user GetObject bucket=b key=l\n\
        8 owner PutBucketPolicy bucket=b policy=none\n9 owner GetObject bucket=b key=k\n";
    let recorded = Statuses::from([(1, 200), (2, 200)]);
    let shell = Shell::new();
    let (_, said) = shell.run(everything, Some(403), &recorded);
    assert!(!said.contains("left behind"), "{said}");
    assert_eq!((shell.buckets(), shell.users()), (0, 0), "{said}");
    // Also where a step is not answered as in the record.
    let (code, said) = shell.run(everything, Some(403), &Statuses::from([(7, 299)]));
    assert_eq!(code, Some(3), "{said}");
    assert_eq!((shell.buckets(), shell.users()), (0, 0), "{said}");
    let plain = "bucketlaw program 1\n1 owner CreateBucket bucket=a\n2 other CreateBucket bucket=b\n\
        3 other PutObject bucket=b key=a%20b\n4 owner PutObject bucket=a key=k\n5 owner GetObject bucket=b key=k\n";
    let (code, said) = shell.run(plain, Some(403), &Statuses::new());
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(shell.buckets(), 0, "{said}");
    let race = "bucketlaw program 1\n1 owner CreateBucket bucket=b lock=true\n2 owner PutObject bucket=b key=k\n\
        together {\n3 owner DeleteObject bucket=b key=k version=v2\n\
        4 owner PutObjectLegalHold bucket=b key=k version=v2 hold=ON\n}\n5 owner GetObject bucket=b key=k version=v2\n";
    let (code, said) = shell.run(race, Some(403), &Statuses::from([(1, 200), (2, 200)]));
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(shell.buckets(), 0, "{said}");
}

#[test]
fn a_script_names_what_is_locked() {
    if !has_curl() {
        return;
    }
    let locked = "bucketlaw program 1\n1 owner CreateBucket bucket=b lock=true\n\
        2 owner PutObject bucket=b key=k mode=COMPLIANCE until=@20\n3 owner GetObject bucket=b key=k\n";
    let shell = Shell::new();
    let (code, said) = shell.run(locked, Some(200), &Statuses::new());
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("locked until 2") && said.contains("left behind: the bucket bucketlaw-repro-"),
        "{said}"
    );
}

#[test]
fn the_exit_status_says_whether_what_was_to_be_shown_is_reached_and_came() {
    if !has_curl() {
        return;
    }
    let recorded = Statuses::from([(1, 200), (2, 200), (3, 200)]);
    assert_eq!(exit(Some(404), &recorded), Some(0));
    assert_eq!(exit(Some(200), &recorded), Some(1));
    assert_eq!(exit(None, &recorded), Some(3));
    let otherwise = Statuses::from([(1, 200), (2, 403), (3, 200)]);
    for expected in [Some(404), Some(200)] {
        assert_eq!(
            exit(expected, &otherwise),
            Some(3),
            "the PutObject was refused in the record"
        );
    }
}
