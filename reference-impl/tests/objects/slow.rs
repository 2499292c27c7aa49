//! Bodies that take their time: what is held meanwhile, and what is asked again at their end.

use std::io::Write;
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bucketlaw_server::clock::Timestamp;
use bucketlaw_server::serve::{self, Options, Running};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::client::{Answer, Call, Key, NOW, OTHER, OWNER, encode, read_answer, signed};

/// A server whose store the test can see.
struct Open {
    runtime: Runtime,
    running: Running,
    folder: TempDir,
}

impl Open {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let runtime = Runtime::new().unwrap();
        let account = |id: &str, key: Key| format!("{id}:{}:{}", key.id, key.secret).parse().unwrap();
        let options = Options {
            data: folder.path().to_owned(),
            listen: "127.0.0.1:0".parse().unwrap(),
            accounts: vec![account("111122223333", OWNER), account("444455556666", OTHER)],
            domains: Vec::new(),
            region: "us-east-1".to_owned(),
            test_clock: Some(Timestamp::from_seconds(NOW)),
            admin_socket: None,
        };
        let running = runtime.block_on(serve::start(options)).unwrap();
        let open = Self {
            runtime,
            running,
            folder,
        };
        assert_eq!(open.ask(Call::new("PUT", "/bkt")).status, 200);
        open
    }

    /// Sends a signed head, and as much of the body as the call has.
    fn begin(&self, key: Key, call: Call) -> TcpStream {
        let address = self.running.address.to_string();
        let mut stream = TcpStream::connect(&address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
            .write_all(&encode(&signed(key, call, &address).0, &address))
            .unwrap();
        stream
    }

    fn ask(&self, call: Call) -> Answer {
        read_answer(&mut self.begin(OWNER, call), false)
    }

    /// Begins a PUT of ten bytes and sends five.
    fn begin_put(&self, key: Key, target: &str) -> TcpStream {
        let call = Call {
            unsigned_payload: true,
            ..Call::new("PUT", target)
        };
        let mut stream = self.begin(key, call.header("content-length", "10"));
        stream.write_all(b"first").unwrap();
        stream
    }

    fn stop(self) {
        self.runtime.block_on(self.running.stop());
        self.folder.close().unwrap();
    }
}

/// Sends the other five bytes.
fn end_put(mut stream: TcpStream) -> Answer {
    stream.write_all(b"after").unwrap();
    read_answer(&mut stream, false)
}

#[test]
fn a_slow_upload_holds_no_old_snapshot() {
    let server = Open::start();
    let slow = server.begin_put(OWNER, "/bkt/slow");
    let snapshot = Arc::downgrade(&server.running.server().store.snapshot());
    assert_eq!(server.ask(Call::new("PUT", "/bkt/quick").body("x")).status, 200);
    let begun = Instant::now();
    while snapshot.upgrade().is_some() {
        assert!(
            begun.elapsed() < Duration::from_secs(10),
            "the snapshot is still held"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(end_put(slow).status, 200);
    assert_eq!(server.ask(Call::new("GET", "/bkt/slow")).text(), "firstafter");
    server.stop();
}

#[test]
fn no_write_commits_under_a_permission_that_was_revoked_meanwhile() {
    let server = Open::start();
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
        "Principal":{"AWS":"arn:aws:iam::444455556666:root"},
        "Action":"s3:PutObject","Resource":"arn:aws:s3:::bkt/*"}]}"#;
    assert_eq!(
        server
            .ask(Call::new("PUT", "/bkt?policy").document(policy))
            .status,
        204
    );
    assert_eq!(end_put(server.begin_put(OTHER, "/bkt/allowed")).status, 200);
    let slow = server.begin_put(OTHER, "/bkt/revoked");
    // The head was judged before the policy goes: the server already waits for the rest of the body.
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(server.ask(Call::new("DELETE", "/bkt?policy")).status, 204);
    assert_eq!(end_put(slow).code(), "403 AccessDenied");
    assert_eq!(
        server.ask(Call::new("GET", "/bkt/revoked")).code(),
        "404 NoSuchKey"
    );
    server.stop();
}

#[test]
fn a_bucket_made_anew_meanwhile_is_another_one() {
    let server = Open::start();
    let slow = server.begin_put(OWNER, "/bkt/k");
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(server.ask(Call::new("DELETE", "/bkt")).status, 204);
    assert_eq!(server.ask(Call::new("PUT", "/bkt")).status, 200);
    assert_eq!(end_put(slow).code(), "404 NoSuchBucket");
    assert_eq!(server.ask(Call::new("GET", "/bkt/k")).code(), "404 NoSuchKey");
    server.stop();
}
