//! Targets that lack identities, through the program: what stands in for whom, and that it convicts.

use bucketlaw_conformance::exit::Code;
use serde_json::Value;

use crate::support::{Folder, LAW_OTHER, LAW_OWNER, Ran, Server, run};

/// What is asked: policies and what each operation needs.
const ASKED: [&str; 5] = ["EVAL-OP-01*", "POL-ACT-*", "POL-RES-*", "--race-rounds", "0"];

/// An identity of a target file.
fn identity(role: &str, (key, secret): (&str, &str), account: &str) -> String {
    format!(
        "[identity.{role}]\naccess-key-id = \"{key}\"\nsecret-access-key = \"{secret}\"\narn = \"arn:aws:iam::{account}:root\"\n"
    )
}

/// A target file without `user`: no IAM makes one.
fn without_user(url: &str) -> String {
    only_owner(url) + &identity("other", LAW_OTHER, "444455556666")
}

/// A target file without `other`; IAM makes `user`.
fn without_other(url: &str) -> String {
    only_owner(url) + "[capabilities]\niam = true\n"
}

/// A target file with `owner` alone.
fn only_owner(url: &str) -> String {
    format!("endpoint-url = \"{url}\"\ndisposable = true\n") + &identity("owner", LAW_OWNER, "111122223333")
}

/// Runs what is asked at a target, and reads its report.
fn judged(folder: &Folder, target: &str, more: &[&str]) -> (Ran, Value) {
    let file = folder.file("target.toml", target).display().to_string();
    let out = folder.0.join("out").display().to_string();
    let arguments = [&["test", "--target", &file, "--out", &out][..], more].concat();
    let ran = run(&folder.0, LAW_OWNER, &arguments);
    let text = std::fs::read_to_string(folder.0.join("out/report.json")).unwrap();
    (ran, serde_json::from_str(&text).unwrap())
}

/// The facets on routes that hold by programs with this note.
fn held(report: &Value, note: &str) -> Vec<String> {
    let clauses = report["clauses"].as_array().unwrap().iter();
    clauses
        .flat_map(|clause| clause["programs"].as_array().unwrap())
        .filter(|program| program["note"] == note && program["verdict"] == "holds")
        .map(|program| {
            format!(
                "{}@{}",
                program["facet"].as_str().unwrap(),
                program["route"].as_str().unwrap()
            )
        })
        .collect()
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

/// What a stand-in tells at the law as it is, it also convicts the law without.
fn tells_and_convicts(name: &str, target: fn(&str) -> String, note: &str, caller: &str) {
    let folder = Folder::new(name);
    let law = Server::law(&[]);
    let (ran, report) = judged(&folder, &target(&law.url), &ASKED);
    assert_code(&ran, Code::AsExpected);
    assert!(ran.stdout.contains("asked with a stand-in"), "{}", ran.stdout);
    let held = held(&report, note);
    let facet = held
        .first()
        .unwrap_or_else(|| panic!("{note} tells nothing: {}", ran.stdout));
    let clause = facet.split('/').next().unwrap();
    let faulty = Server::law(&["--repeal", facet]);
    let (ran, report) = judged(&folder, &target(&faulty.url), &ASKED);
    assert_code(&ran, Code::Divergence);
    let findings = report["findings"].as_array().unwrap();
    let charged = findings.iter().find(|finding| finding["clause"] == clause);
    let program = charged.unwrap_or_else(|| panic!("{facet}: {findings:?}"))["program"]
        .as_str()
        .unwrap();
    let asks = |who: &str| program.lines().any(|line| line.split(' ').nth(1) == Some(who));
    assert!(asks(caller) && !asks("user"), "{program}");
}

#[test]
fn other_stands_in_for_a_user_that_the_target_lacks() {
    let note = "stand-in: `other` for `user`";
    tells_and_convicts("stand-in-other", without_user, note, "other");
    let note = "stand-in: a bucket policy for the user's policy, `other` for `user`";
    tells_and_convicts("stand-in-policy", without_user, note, "other");
}

#[test]
fn anonymous_callers_stand_in_where_there_is_an_owner_alone() {
    let note = "stand-in: `anonymous` for `user`";
    tells_and_convicts("stand-in-anonymous", only_owner, note, "anonymous");
}

/// Nobody can stand in for a second account: what needs it does not run, and says so.
#[test]
fn nobody_stands_in_for_another_account() {
    let folder = Folder::new("stand-in-nobody");
    let law = Server::law(&[]);
    let (ran, report) = judged(&folder, &without_other(&law.url), &ASKED);
    assert_code(&ran, Code::AsExpected);
    assert!(!ran.stdout.contains("asked with a stand-in"), "{}", ran.stdout);
    let needs = "not run: needs the identity `other`";
    assert!(ran.stdout.contains(needs), "{}", ran.stdout);
    let roles = report["target"]["identities"].as_array().unwrap().iter();
    let roles: Vec<&str> = roles.map(|identity| identity["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["owner", "user"]);
    let (ran, _) = judged(&folder, &only_owner(&law.url), &ASKED);
    assert!(ran.stdout.contains(needs), "{}", ran.stdout);
}
