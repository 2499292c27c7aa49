//! The server as a process of its own, which can be killed and measured.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::client::{Answer, Call, OWNER, encode, signed};

/// The server as a process of its own.
pub(crate) struct Process {
    child: Child,
    pub(crate) address: String,
}

impl Process {
    pub(crate) fn start(folder: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_bucketlaw-server"))
            .args([
                "--listen",
                "127.0.0.1:0",
                "--test-clock",
                "2026-01-02T03:04:05Z",
                "--data",
            ])
            .arg(folder)
            .args([
                "--account",
                &format!("111122223333:{}:{}", OWNER.id, OWNER.secret),
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = loop {
            let line = lines.next().expect("the server says where it listens").unwrap();
            if let Some(address) = line.strip_prefix("listening on http://") {
                break address.to_owned();
            }
        };
        Self { child, address }
    }

    pub(crate) fn ask(&self, call: Call) -> Option<Answer> {
        ask(&self.address, call)
    }

    /// The most memory that the process ever had, in bytes.
    pub(crate) fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))
            .unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }

    /// SIGKILL: no goodbye, no flush.
    pub(crate) fn kill(self) {
        drop(self);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // A test that fails leaves no server behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a signed request; no answer if the server went away.
pub(crate) fn ask(address: &str, call: Call) -> Option<Answer> {
    let silent = call.method == "HEAD";
    let (call, _) = signed(OWNER, call.header("connection", "close"), address);
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
    stream.write_all(&encode(&call, address)).ok()?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).ok()?;
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let text = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let (first, rest) = text.split_once("\r\n")?;
    let headers = rest.split("\r\n").filter_map(|line| line.split_once(": "));
    let headers = headers
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let body = bytes.split_off(end + 4);
    let answer = Answer {
        status: first.split(' ').nth(1)?.parse().ok()?,
        headers,
        body,
    };
    // A body that was cut off is no answer either.
    let length = answer
        .header("content-length")
        .map_or(Some(0), |length| length.parse().ok())?;
    (silent || answer.body.len() >= length).then_some(answer)
}
