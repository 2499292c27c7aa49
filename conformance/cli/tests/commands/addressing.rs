//! `addressing = "auto"`: what the preflight finds out is what the run does.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use crate::support::{Folder, LAW_OWNER, run};

/// An endpoint that lists no buckets, and takes buckets by path or only by host name. It keeps `HOST METHOD TARGET` of each request.
fn endpoint(by_path: bool) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let authority = listener.local_addr().unwrap().to_string();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (keeping, own) = (Arc::clone(&seen), authority.clone());
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let (keeping, own) = (Arc::clone(&keeping), own.clone());
            std::thread::spawn(move || answer(&stream, by_path, &own, &keeping));
        }
    });
    (authority, seen)
}

fn answer(stream: &TcpStream, by_path: bool, own: &str, seen: &Mutex<Vec<String>>) {
    let mut lines = BufReader::new(stream);
    loop {
        let (mut first, mut host, mut length) = (String::new(), String::new(), 0);
        loop {
            let mut line = String::new();
            if lines.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            match line.split_once(": ") {
                _ if first.is_empty() => first = line.trim_end_matches(" HTTP/1.1").to_owned(),
                Some((name, value)) if name.eq_ignore_ascii_case("host") => host = value.to_owned(),
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.parse().unwrap();
                }
                _ => {}
            }
        }
        let mut body = vec![0; length];
        lines.read_exact(&mut body).unwrap();
        seen.lock().unwrap().push(format!("{host} {first}"));
        let root = first.split(' ').nth(1) == Some("/");
        let listing = "<ListAllMyBucketsResult><Buckets></Buckets></ListAllMyBucketsResult>";
        let (status, body) = match (host == own, root) {
            (true, true) => ("200 OK", listing),
            (true, false) if !by_path => ("405 Method Not Allowed", ""),
            _ => ("200 OK", ""),
        };
        let reply = format!(
            "HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        if (&*stream).write_all(reply.as_bytes()).is_err() {
            return;
        }
    }
}

#[test]
fn buckets_are_addressed_as_the_endpoint_takes_them() {
    for by_path in [true, false] {
        let folder = Folder::new(if by_path { "by-path" } else { "by-host" });
        let (authority, seen) = endpoint(by_path);
        let out = folder.0.display().to_string();
        let url = format!("http://{authority}");
        let ran = run(
            &folder.0,
            LAW_OWNER,
            &["test", "--endpoint-url", &url, "--out", &out, "VER-DEL-003"],
        );
        assert_eq!(ran.code, 1, "that endpoint obeys nothing: {}", ran.stderr);
        let seen = seen.lock().unwrap();
        let runs: Vec<&String> = seen
            .iter()
            .filter(|request| request.contains("bucketlaw-") && !request.contains("-preflight"))
            .collect();
        assert!(!runs.is_empty());
        for request in runs {
            assert_eq!(request.starts_with(&authority), by_path, "{request}");
        }
    }
}
