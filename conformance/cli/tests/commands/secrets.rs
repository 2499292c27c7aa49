//! No secret of a run is anywhere in what the run writes or prints.

use std::collections::BTreeSet;
use std::path::Path;

use crate::proxy::Proxy;
use crate::support::{Folder, LAW_OTHER, LAW_OWNER, OTHER, OWNER, Ran, Server, run, target};

/// What stands between two texts, wherever they occur in the bytes.
fn between(bytes: &[u8], before: &str, ends: &str) -> BTreeSet<String> {
    let text = String::from_utf8_lossy(bytes);
    text.split(before)
        .skip(1)
        .filter_map(|rest| rest.split(|c: char| ends.contains(c)).next())
        .map(str::to_owned)
        .collect()
}

/// All files below a folder, as one text each with its path.
fn files(folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
}

/// Every run of hexadecimal digits that is as long as a signature.
fn hexadecimal(text: &str) -> BTreeSet<&str> {
    text.split(|c: char| !c.is_ascii_hexdigit())
        .filter(|word| word.len() == 64)
        .collect()
}

fn assert_absent(signatures: &BTreeSet<String>, secrets: &BTreeSet<String>, folder: &Path, ran: &Ran) {
    let mut written = Vec::new();
    files(folder, &mut written);
    written.push(("stdout".to_owned(), ran.stdout.clone().into_bytes()));
    written.push(("stderr".to_owned(), ran.stderr.clone().into_bytes()));
    for (name, bytes) in &written {
        let text = String::from_utf8_lossy(bytes);
        for secret in secrets {
            assert!(
                !text.contains(secret.as_str()),
                "{name} holds a secret of the run: {secret}"
            );
        }
        let signature = hexadecimal(&text)
            .into_iter()
            .find(|word| signatures.contains(*word));
        assert_eq!(signature, None, "{name} holds a signature of the run");
    }
}

/// Judges a target by some clauses, into the folder `out`.
fn judged(folder: &Folder, target: &str, owner: (&str, &str), clauses: [&str; 2]) -> Ran {
    let file = folder.file("target.toml", target).display().to_string();
    let out = folder.0.join("out").display().to_string();
    let arguments = ["test", "--target", &file, "--out", &out];
    run(&folder.0, owner, &[&arguments[..], &clauses[..]].concat())
}

#[test]
fn nothing_that_a_run_writes_holds_a_secret() {
    let folder = Folder::new("secrets");
    let out = folder.0.join("out");
    let server = Server::reference(&folder.0.join("data"));
    let proxy = Proxy::new(server.address(), usize::MAX);
    let toml = target(&proxy.url, OWNER, OTHER, "");
    // Programs of all callers, with users of their own and with presence of every kind of reply.
    let ran = judged(&folder, &toml, OWNER, ["EVAL-*", "LOCK-DEL-00*"]);
    assert_eq!(ran.code, 0, "{}\n{}", ran.stdout, ran.stderr);
    let seen = proxy.seen();
    let made = between(&seen, "<SecretAccessKey>", "<");
    assert!(made.len() > 3, "keys were made: {}", made.len());
    let signatures = between(&seen, "Signature=", "\r\n&, ");
    assert!(
        signatures.len() > 100,
        "requests were signed: {}",
        signatures.len()
    );
    let known = [OWNER.1, OTHER.1].map(str::to_owned);
    assert_absent(&signatures, &made.into_iter().chain(known).collect(), &out, &ran);
}

#[test]
fn failures_hold_no_secret_either() {
    let folder = Folder::new("secrets-failures");
    let out = folder.0.join("out");
    let law = Server::law(&["--repeal", "LOCK-DEL-003/compliance", "--repeal", "EVAL-SAME-001"]);
    let proxy = Proxy::new(law.address(), usize::MAX);
    let token = "a-session-token/that+is=long-enough-to-be-found";
    let toml = target(&proxy.url, LAW_OWNER, LAW_OTHER, "").replace(
        "[identity.other]",
        &format!("session-token = \"{token}\"\n[identity.other]"),
    );
    let ran = judged(&folder, &toml, LAW_OWNER, ["EVAL-SAME-*", "LOCK-DEL-00*"]);
    assert_eq!(ran.code, 1, "{}\n{}", ran.stdout, ran.stderr);
    let mut written = Vec::new();
    files(&out, &mut written);
    for name in ["repro.sh", "exchange.http", "program.txt", "explain.txt"] {
        assert!(written.iter().any(|(path, _)| path.ends_with(name)), "{name}");
    }
    let seen = proxy.seen();
    assert!(
        String::from_utf8_lossy(&seen).contains(token),
        "the token was sent"
    );
    let made = between(&seen, "<SecretAccessKey>", "<");
    let signatures = between(&seen, "Signature=", "\r\n&, ");
    assert!(!made.is_empty() && signatures.len() > 20);
    let known = [LAW_OWNER.1, LAW_OTHER.1, token].map(str::to_owned);
    assert_absent(&signatures, &made.into_iter().chain(known).collect(), &out, &ran);
}
