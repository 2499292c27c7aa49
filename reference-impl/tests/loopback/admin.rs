//! The admin socket, and the program's start and stop.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use super::client::{Answer, Call, Key, OWNER, encode, read_answer, signed};

#[test]
fn accounts_and_clock() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_bucketlaw-server"))
        .args([
            "--listen",
            "127.0.0.1:0",
            "--test-clock",
            "2026-01-02T03:04:05Z",
            "--data",
        ])
        .arg(folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    let made = lines.next().unwrap();
    assert!(
        made.starts_with("account 111122223333 root access key AKIA"),
        "{made}"
    );
    let address = lines
        .next()
        .unwrap()
        .strip_prefix("listening on http://")
        .unwrap()
        .to_owned();

    let path = folder.path().join("admin.sock");
    assert_eq!(
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let socket = UnixStream::connect(&path).unwrap();
    let mut answers = BufReader::new(socket.try_clone().unwrap())
        .lines()
        .map(Result::unwrap);
    let mut ask = |command: &str| {
        (&socket).write_all(format!("{command}\n").as_bytes()).unwrap();
        answers.next().unwrap()
    };
    assert_eq!(ask("clock show"), "ok 2026-01-02T03:04:05.000Z");
    assert_eq!(ask("clock advance 1.5"), "ok 2026-01-02T03:04:06.500Z");
    assert_eq!(
        ask("clock set 2026-01-02T03:04:05Z"),
        "error the clock never runs backwards"
    );
    assert_eq!(
        ask("clock set 2026-01-02T03:05:00Z"),
        "ok 2026-01-02T03:05:00.000Z"
    );
    assert!(ask("make tea").starts_with("error unknown command"));
    assert!(ask("account add 1").starts_with("error expected"));
    assert_eq!(
        ask(&format!("account add 999988887777 {} {}", OWNER.id, OWNER.secret)),
        "ok "
    );
    assert!(ask("account add 999988887777").starts_with("ok"));
    assert!(ask(&format!("account add 222233334444 {} other", OWNER.id)).starts_with("error the access key"));
    let fresh = ask("account add 333344445555");
    let words: Vec<&str> = fresh.split(' ').collect();
    assert_eq!((words.len(), words[0]), (3, "ok"), "{fresh}");

    for (id, secret) in [(OWNER.id, OWNER.secret), (words[1], words[2])] {
        let key = Key {
            id: id.to_owned().leak(),
            secret: secret.to_owned().leak(),
        };
        let call = signed(key, Call::new("GET", "/"), &address).0;
        let mut stream = TcpStream::connect(&address).unwrap();
        stream.write_all(&encode(&call, &address)).unwrap();
        let answer = read_answer(&mut stream, false);
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    terminate(&child);
    assert!(child.wait().unwrap().success());
    assert!(!path.exists());
}

/// Starts the program on a folder with the owner's key, and says where it listens.
fn start(folder: &Path) -> (Child, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_bucketlaw-server"))
        .args(["--listen", "127.0.0.1:0", "--test-clock", "2026-01-02T03:04:05Z"])
        .arg("--account")
        .arg(format!("111122223333:{}:{}", OWNER.id, OWNER.secret))
        .arg("--data")
        .arg(folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let address = line
        .trim()
        .strip_prefix("listening on http://")
        .unwrap()
        .to_owned();
    (child, address)
}

/// Sends a request of the owner and reads the answer.
fn ask(address: &str, call: Call) -> Answer {
    let mut stream = TcpStream::connect(address).unwrap();
    let call = signed(OWNER, call, address).0;
    stream.write_all(&encode(&call, address)).unwrap();
    read_answer(&mut stream, false)
}

#[test]
fn a_request_that_runs_ends_before_the_server_does() {
    let folder = tempfile::tempdir().unwrap();
    let (mut child, address) = start(folder.path());
    assert_eq!(ask(&address, Call::new("PUT", "/stopping")).status, 200);
    let put = Call::new("PUT", "/stopping/k")
        .header("expect", "100-continue")
        .body("what was on its way");
    let sent = encode(&signed(OWNER, put, &address).0, &address);
    let head = sent.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    let mut stream = TcpStream::connect(&address).unwrap();
    stream.write_all(&sent[..head]).unwrap();
    // Then the server has begun with the request, and waits for its body.
    let mut interim = [0; 25];
    stream.read_exact(&mut interim).unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    terminate(&child);
    let refused = (0..10_000).any(|_| {
        std::thread::sleep(Duration::from_millis(1));
        TcpStream::connect(&address).is_err()
    });
    assert!(refused, "it still takes connections");
    stream.write_all(&sent[head..]).unwrap();
    assert_eq!(read_answer(&mut stream, false).status, 200);
    assert!(child.wait().unwrap().success());
    let (mut child, address) = start(folder.path());
    assert_eq!(
        ask(&address, Call::new("GET", "/stopping/k")).text(),
        "what was on its way"
    );
    terminate(&child);
    assert!(child.wait().unwrap().success());
}

fn terminate(child: &Child) {
    let status = Command::new("kill").arg(child.id().to_string()).status().unwrap();
    assert!(status.success());
}

#[test]
fn a_folder_has_one_server() {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let first = super::client::TestServer::open(folder.clone(), None);
    let second = Command::new(env!("CARGO_BIN_EXE_bucketlaw-server"))
        .args(["--listen", "127.0.0.1:0", "--data"])
        .arg(folder.path())
        .output()
        .unwrap();
    assert_eq!(second.status.code(), Some(2));
    let message = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(message.contains("is in use by another process"), "{message}");
    drop(first);
}

#[test]
fn the_admin_socket_takes_no_files_place() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("notes");
    std::fs::write(&file, "of somebody").unwrap();
    let refused = Command::new(env!("CARGO_BIN_EXE_bucketlaw-server"))
        .args(["--listen", "127.0.0.1:0", "--data"])
        .arg(folder.path().join("data"))
        .arg("--admin-socket")
        .arg(&file)
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(2));
    let message = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(message.contains("can't make the admin socket"), "{message}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "of somebody");
}

/// Twelve zeros are an account like any other: it owns what it makes, and not what anonymous callers upload.
#[test]
fn the_account_of_zeros_is_an_account() {
    let folder = tempfile::tempdir().unwrap();
    let start = || {
        let mut child = Command::new(env!("CARGO_BIN_EXE_bucketlaw-server"))
            .args(["--listen", "127.0.0.1:0", "--test-clock", "2026-01-02T03:04:05Z"])
            .arg("--account")
            .arg(format!("000000000000:{}:{}", OWNER.id, OWNER.secret))
            .arg("--data")
            .arg(folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let address = line
            .trim()
            .strip_prefix("listening on http://")
            .unwrap()
            .to_owned();
        (child, address)
    };
    let (mut child, address) = start();
    let create = Call::new("PUT", "/zeros").header("x-amz-object-ownership", "ObjectWriter");
    assert_eq!(ask(&address, create).status, 200);
    assert_eq!(
        ask(&address, Call::new("DELETE", "/zeros?publicAccessBlock")).status,
        204
    );
    let policy = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::zeros/*"}}"#;
    assert_eq!(
        ask(&address, Call::new("PUT", "/zeros?policy").body(policy)).status,
        204
    );
    assert_eq!(
        ask(&address, Call::new("PUT", "/zeros/own").body("x")).status,
        200
    );
    let mut stream = TcpStream::connect(&address).unwrap();
    let anonymous = Call::new("PUT", "/zeros/anonymous").body("x");
    stream.write_all(&encode(&anonymous, &address)).unwrap();
    assert_eq!(read_answer(&mut stream, false).status, 200);
    terminate(&child);
    assert!(child.wait().unwrap().success());
    // What is read from the disk again says the same.
    let (mut child, address) = start();
    let form = Call {
        service: "sts",
        ..Call::new("POST", "/").body("Action=GetCallerIdentity&Version=2011-06-15")
    };
    assert_eq!(
        ask(&address, form).element("Account").as_deref(),
        Some("000000000000")
    );
    let owner = |key: &str| {
        ask(
            &address,
            Call::new(
                "GET",
                &format!("/zeros?list-type=2&fetch-owner=true&prefix={key}"),
            ),
        )
        .element("ID")
    };
    assert_eq!(
        owner("anonymous").as_deref(),
        Some("65a011a29cdf8ec533ec3d1ccaae921c")
    );
    assert_eq!(owner("own"), ask(&address, Call::new("GET", "/")).element("ID"));
    assert_ne!(owner("own"), owner("anonymous"));
    terminate(&child);
    assert!(child.wait().unwrap().success());
}

/// Decision 0004: whoever runs the server learns from its log what to tell the client.
#[test]
fn the_log_says_what_to_do_about_signature_version_2() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_bucketlaw-server"))
        .args(["--listen", "127.0.0.1:0", "--data"])
        .arg(folder.path())
        .args(["--account", "111122223333:AKIAOWNER:secret"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("listening on http://").unwrap();
    let presigned = Call::new(
        "GET",
        "/bucket/k?AWSAccessKeyId=AKIAOWNER&Signature=c2ln&Expires=1767326645",
    );
    let header = Call::new("GET", "/bucket/k").header("authorization", "AWS AKIAOWNER:c2ln");
    for call in [presigned, header] {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(&encode(&call, address)).unwrap();
        assert_eq!(read_answer(&mut stream, false).code(), "400 InvalidRequest");
    }
    terminate(&child);
    let mut log = String::new();
    child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(log.matches(r#"signature_version="s3v4""#).count(), 2, "{log}");
    assert!(!log.contains("c2ln"), "{log}");
}
