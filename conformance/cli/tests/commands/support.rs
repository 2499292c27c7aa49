//! Servers, folders and runs of the program for the tests.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

/// The program.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_bucketlaw");

/// The key of the owner at a law that serves.
pub(crate) const LAW_OWNER: (&str, &str) =
    ("BUCKETLAWOWNER000001", "bucketlaw-owner-secret-key-not-a-secret0");

/// The key of the other account at a law that serves.
pub(crate) const LAW_OTHER: (&str, &str) =
    ("BUCKETLAWOTHER000001", "bucketlaw-other-secret-key-not-a-secret0");

/// The key of the owner at the reference server that a test starts.
pub(crate) const OWNER: (&str, &str) = ("AKIATESTOWNER0000001", "owner+secret/of/a/test/0123456789abcdef0");

/// The key of the other account there.
pub(crate) const OTHER: (&str, &str) = ("AKIATESTOTHER0000001", "other+secret/of/a/test/0123456789abcdef0");

/// A folder that is gone with the test.
pub(crate) struct Folder(
    pub(crate) PathBuf,
    #[expect(dead_code, reason = "dropping it removes the folder")] TempDir,
);

impl Folder {
    pub(crate) fn new(name: &str) -> Folder {
        let folder = tempfile::TempDir::with_prefix(format!("bucketlaw-{name}-")).unwrap();
        Folder(folder.path().to_owned(), folder)
    }

    /// Writes a file into it.
    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// The report.json that a run wrote into it.
    pub(crate) fn report(&self) -> serde_json::Value {
        let text = std::fs::read_to_string(self.0.join("report.json")).unwrap();
        serde_json::from_str(&text).unwrap()
    }
}

/// A server that the program runs.
pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) url: String,
}

impl Server {
    /// The law as an endpoint.
    pub(crate) fn law(arguments: &[&str]) -> Server {
        Server::start([&["serve-law", "--listen", "127.0.0.1:0"], arguments].concat())
    }

    /// The reference server with two accounts.
    pub(crate) fn reference(data: &Path) -> Server {
        let accounts = [("111122223333", OWNER), ("444455556666", OTHER)]
            .map(|(account, (key, secret))| format!("{account}:{key}:{secret}"));
        let data = data.display().to_string();
        Server::start(vec![
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--data",
            &data,
            "--account",
            &accounts[0],
            "--account",
            &accounts[1],
        ])
    }

    fn start(arguments: Vec<&str>) -> Server {
        Server::run(Command::new(PROGRAM).args(arguments))
    }

    /// What a command runs, once it listens.
    pub(crate) fn run(command: &mut Command) -> Server {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = lines
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("listening on ").map(str::to_owned))
            .expect("it listens");
        Server { child, url }
    }

    /// Its address without the scheme.
    pub(crate) fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program with nothing of the surroundings but an empty home.
pub(crate) fn command(home: &Path, key: (&str, &str)) -> Command {
    let mut command = Command::new(PROGRAM);
    command
        .env_clear()
        .env("HOME", home)
        .env("NO_COLOR", "1")
        .env("COLUMNS", "120")
        .env("AWS_ACCESS_KEY_ID", key.0)
        .env("AWS_SECRET_ACCESS_KEY", key.1)
        .stdin(Stdio::null());
    command
}

/// What a run of the program came to.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Ran {
        Ran {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// Runs the program to its end.
pub(crate) fn run(home: &Path, key: (&str, &str), arguments: &[&str]) -> Ran {
    command(home, key).args(arguments).output().unwrap().into()
}

/// A target file for a server with two accounts, at which everything may be lost.
pub(crate) fn target(url: &str, owner: (&str, &str), other: (&str, &str), more: &str) -> String {
    format!(
        "endpoint-url = \"{url}\"\ndisposable = true\n{more}\n\
         [identity.owner]\naccess-key-id = \"{}\"\nsecret-access-key = \"{}\"\narn = \"arn:aws:iam::111122223333:root\"\n\
         [identity.other]\naccess-key-id = \"{}\"\nsecret-access-key = \"{}\"\narn = \"arn:aws:iam::444455556666:root\"\n\
         [capabilities]\niam = true\n",
        owner.0, owner.1, other.0, other.1
    )
}
