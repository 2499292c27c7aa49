//! The reference server as a child process: fresh data, a free port of the loopback interface, gone with the run.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use bucketlaw_conformance::exit::Code;
use bucketlaw_conformance::wire::sign::Credentials;

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

/// A reference server of our own.
#[derive(Debug)]
pub(crate) struct Embedded {
    child: Child,
    data: PathBuf,
    /// Its URL.
    pub(crate) url: String,
}

impl Embedded {
    /// Starts one.
    pub(crate) fn start() -> Result<Embedded, Failed> {
        let bug = |what: String| Failed(Code::Bug, format!("the reference server did not start: {what}"));
        let program = std::env::current_exe().map_err(|error| bug(error.to_string()))?;
        let data = std::env::temp_dir().join(format!("bucketlaw-{}", std::process::id()));
        let accounts = ACCOUNTS.map(|(id, key, secret)| format!("{id}:{key}:{secret}"));
        let child = Command::new(program)
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(&data)
            .args(accounts.iter().flat_map(|account| ["--account", account]))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| bug(error.to_string()))?;
        let mut embedded = Embedded {
            child,
            data,
            url: String::new(),
        };
        let stdout = embedded
            .child
            .stdout
            .take()
            .ok_or_else(|| bug("it has no output".to_owned()))?;
        for line in BufReader::new(stdout).lines() {
            let line = line.map_err(|error| bug(error.to_string()))?;
            if let Some(url) = line.strip_prefix("listening on ") {
                embedded.url = url.trim().to_owned();
                return Ok(embedded);
            }
        }
        Err(bug("it ended before it listened".to_owned()))
    }

    /// Whether it is still running.
    pub(crate) fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
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
        // Its data is thrown away: nothing is lost by ending it at once.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.data);
    }
}
