//! What the reference server says on standard error while it runs.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Stdio;

use crate::support::{Folder, OWNER, Server, command};

#[test]
fn whoever_runs_the_server_learns_what_to_tell_a_client() {
    let folder = Folder::new("log");
    let data = folder.0.join("data").display().to_string();
    let mut server = Server::run(
        command(&folder.0, OWNER)
            .args(["serve", "--listen", "127.0.0.1:0", "--data", &data])
            .stderr(Stdio::piped()),
    );
    let mut stream = TcpStream::connect(server.address()).unwrap();
    let presigned =
        "GET /b/k?AWSAccessKeyId=x&Expires=1&Signature=y HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
    stream.write_all(presigned.as_bytes()).unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    assert!(reply.contains("Please use AWS4-HMAC-SHA256."), "{reply}");
    server.child.kill().unwrap();
    let mut said = String::new();
    let mut errors = server.child.stderr.take().unwrap();
    errors.read_to_string(&mut said).unwrap();
    assert!(said.contains(r#"signature_version="s3v4""#), "{said}");
}
