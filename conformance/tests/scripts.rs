//! Reproducers, run by a shell against the law as an endpoint.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::process::Command;

use bucketlaw_conformance::repro::{Statuses, script};
use bucketlaw_conformance::serve_law::{ROOTS, ServeLaw};
use bucketlaw_model::law::Law;
use bucketlaw_model::program::Program;

const UNKNOWN_KEY: &str = "bucketlaw program 1\n\
    1 owner CreateBucket bucket=b\n\
    2 owner PutObject bucket=b key=k\n\
    3 owner GetObject bucket=b key=l\n";

/// The exit status of the script that expects a status of an unknown key.
fn exit(expected: Option<u16>, recorded: &Statuses) -> Option<i32> {
    let serving = ServeLaw::listen("127.0.0.1:0".parse().unwrap(), Law::full()).unwrap();
    let [owner, _] = ROOTS;
    let program = Program::read(UNKNOWN_KEY).unwrap();
    let ran = Command::new("sh")
        .arg("-c")
        .arg(script(&program, "us-east-1", expected, recorded))
        .env("ENDPOINT", format!("http://{}", serving.address()))
        .env("OWNER_ACCESS_KEY_ID", owner.0)
        .env("OWNER_SECRET_ACCESS_KEY", owner.1)
        .output()
        .unwrap();
    ran.status.code()
}

#[test]
fn the_exit_status_says_whether_what_was_to_be_shown_is_reached_and_came() {
    if Command::new("curl").arg("--version").output().is_err() {
        eprintln!("skipped: there is no curl");
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
