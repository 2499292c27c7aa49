//! The reference server as a child process: fresh data, a free port of the loopback interface, gone with the run.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use bucketlaw_conformance::exit::Code;
use bucketlaw_conformance::wire::sign::Credentials;
use tempfile::TempDir;

use crate::Failed;

/// The accounts of the embedded server: owner and other.
pub(crate) const ACCOUNTS: [(&str, &str, &str); 2] = [
    (
        "111122223333",
        "BUCKETLAWOWNER000001",
        "bucketlaw-owner-secret-of-an-embedded-server",
    ),
    (
        "444455556666",
        "BUCKETLAWOTHER000001",
        "bucketlaw-other-secret-of-an-embedded-server",
    ),
];

/// The process of the reference server that runs, with its data, for whoever ends this process.
static RUNNING: Mutex<Option<(Child, TempDir)>> = Mutex::new(None);

fn running() -> std::sync::MutexGuard<'static, Option<(Child, TempDir)>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends the reference server, if one runs.
pub(crate) fn end() {
    if let Some((mut child, data)) = running().take() {
        // Its data is thrown away: nothing is lost by ending it at once.
        let _ = child.kill();
        let _ = child.wait();
        let _ = data.close();
    }
}

/// A reference server of our own.
#[derive(Debug)]
pub(crate) struct Embedded {
    /// Its URL.
    pub(crate) url: String,
}

impl Embedded {
    /// Starts one.
    pub(crate) fn start() -> Result<Embedded, Failed> {
        let bug = |what: String| Failed(Code::Bug, format!("the reference server did not start: {what}"));
        let program = std::env::current_exe().map_err(|error| bug(error.to_string()))?;
        let data = TempDir::with_prefix("bucketlaw-").map_err(|error| bug(error.to_string()))?;
        let accounts = ACCOUNTS.map(|(id, key, secret)| format!("{id}:{key}:{secret}"));
        let mut child = Command::new(program)
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data.path())
            .args(accounts.iter().flat_map(|account| ["--account", account]))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            // A group of its own: what a terminal sends to the run must not end the server before the run has ended.
            .process_group(0)
            .spawn()
            .map_err(|error| bug(error.to_string()))?;
        let stdout = child.stdout.take();
        *running() = Some((child, data));
        let mut embedded = Embedded { url: String::new() };
        let stdout = stdout.ok_or_else(|| bug("it has no output".to_owned()))?;
        for line in BufReader::new(stdout).lines() {
            let line = line.map_err(|error| bug(error.to_string()))?;
            if let Some(url) = line.strip_prefix("listening on ") {
                embedded.url = url.trim().to_owned();
                return Ok(embedded);
            }
        }
        Err(bug("it ended before it listened".to_owned()))
    }
}

/// The credentials of an account of the embedded server.
pub(crate) fn credentials(key: &str, secret: &str) -> Credentials {
    Credentials {
        access_key: key.to_owned(),
        secret: secret.to_owned(),
        session_token: None,
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        end();
    }
}
