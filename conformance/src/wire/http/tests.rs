use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use super::*;

/// Accepts `connections` connections on loopback and handles each on its own thread with its number.
fn serve(
    connections: usize,
    handle: impl Fn(usize, TcpStream) + Send + Sync + 'static,
) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let accepted = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&accepted);
    let handle = Arc::new(handle);
    thread::spawn(move || {
        for number in 0..connections {
            let (stream, _) = listener.accept().unwrap();
            count.fetch_add(1, Ordering::SeqCst);
            let handle = Arc::clone(&handle);
            thread::spawn(move || handle(number, stream));
        }
    });
    (address, accepted)
}

fn client(address: SocketAddr) -> Client {
    let endpoint = format!("http://{address}").parse().unwrap();
    Client::new(
        endpoint,
        Options {
            timeout: Duration::from_secs(5),
            ..Options::default()
        },
    )
    .unwrap()
}

/// Reads one request with a Content-Length or without a body; `None` at the end of the stream.
fn read_request(stream: &mut impl Read) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte).ok()? == 0 {
            return None;
        }
        bytes.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&bytes).to_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |v| v.parse().unwrap());
    let start = bytes.len();
    bytes.resize(start + length, 0);
    stream.read_exact(&mut bytes[start..]).ok()?;
    Some(bytes)
}

/// Answers every request with its own bytes.
fn echo(mut stream: impl Read + Write) {
    while let Some(request) = read_request(&mut stream) {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", request.len());
        stream.write_all(&[head.as_bytes(), &request].concat()).unwrap();
    }
}

#[test]
fn writes_verbatim_and_keeps_the_connection() {
    let (address, accepted) = serve(2, |_, stream| echo(stream));
    let client = client(address);
    let request = RawRequest::new("PUT", "/b/../%2F?a")
        .with_header("hOsT", "x")
        .with_header("a", vec![0xff])
        .with_body("abc");
    let mut last = 0;
    for _ in 0..20 {
        let exchange = client.exchange(&request).unwrap();
        let expected = b"PUT /b/../%2F?a HTTP/1.1\r\nhOsT: x\r\na: \xff\r\nContent-Length: 3\r\n\r\nabc";
        assert_eq!(exchange.response.body, expected);
        assert!(last <= exchange.sent && exchange.sent <= exchange.received);
        last = exchange.sent;
    }
    assert_eq!(accepted.load(Ordering::SeqCst), 1);
    // A request whose end servers may see elsewhere spoils its connection.
    client
        .exchange(&RawRequest::new("GET", "/").with_header("a b", "c"))
        .unwrap();
    client.exchange(&request).unwrap();
    assert_eq!(accepted.load(Ordering::SeqCst), 2);
}

#[test]
fn many_threads_share_a_client() {
    let (address, accepted) = serve(8, |_, stream| echo(stream));
    let client = client(address);
    thread::scope(|scope| {
        for number in 0..8 {
            let client = &client;
            scope.spawn(move || {
                for _ in 0..50 {
                    let request = RawRequest::new("PUT", "/").with_body(format!("{number}"));
                    let body = client.exchange(&request).unwrap().response.body;
                    assert!(body.ends_with(format!("\r\n\r\n{number}").as_bytes()));
                }
            });
        }
    });
    assert!(accepted.load(Ordering::SeqCst) <= 8);
}

#[test]
fn a_connection_closed_while_idle_is_opened_again() {
    let (address, accepted) = serve(2, |_, mut stream| {
        read_request(&mut stream).unwrap();
        stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap();
    });
    let client = client(address);
    client.exchange(&RawRequest::new("GET", "/")).unwrap();
    thread::sleep(Duration::from_millis(50));
    client.exchange(&RawRequest::new("GET", "/")).unwrap();
    assert_eq!(accepted.load(Ordering::SeqCst), 2);
}

#[test]
fn a_request_that_was_sent_is_never_sent_again() {
    let (address, accepted) = serve(2, |_, mut stream| {
        read_request(&mut stream).unwrap();
        stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap();
        // The second request is read, and the connection closed without an answer.
        read_request(&mut stream);
    });
    let client = client(address);
    client.exchange(&RawRequest::new("GET", "/")).unwrap();
    let failure = client.exchange(&RawRequest::new("PUT", "/")).unwrap_err();
    assert_eq!(
        (failure.kind, failure.definite),
        (FailureKind::CutConnection, false)
    );
    assert_eq!(accepted.load(Ordering::SeqCst), 1);
}

#[test]
fn failures_are_told_apart() {
    let (address, _) = serve(3, |number, mut stream| {
        read_request(&mut stream);
        match number {
            0 => thread::sleep(Duration::from_secs(2)),
            1 => stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab")
                .unwrap(),
            _ => stream.write_all(b"no HTTP\r\n\r\n").unwrap(),
        }
    });
    let client = client(address);
    let request = RawRequest::new("GET", "/");
    let failure = client
        .exchange_within(&request, Duration::from_millis(100))
        .unwrap_err();
    assert_eq!((failure.kind, failure.definite), (FailureKind::Timeout, false));
    assert!(
        (100..1500).contains(&(failure.ended - failure.sent)),
        "{failure:?}"
    );
    let failure = client.exchange(&request).unwrap_err();
    assert_eq!(
        (failure.kind, failure.status),
        (FailureKind::CutConnection, Some(200))
    );
    let failure = client.exchange(&request).unwrap_err();
    assert_eq!(failure.kind, FailureKind::BadResponse);
}

#[test]
fn an_unreachable_endpoint_is_definite() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let failure = client(address)
        .exchange(&RawRequest::new("GET", "/"))
        .unwrap_err();
    assert_eq!((failure.kind, failure.definite), (FailureKind::Unreachable, true));
}

#[test]
fn an_answer_before_the_end_of_the_body_is_read() {
    let refuse = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno";
    let (address, _) = serve(2, move |number, mut stream| {
        let mut head = [0; 1024];
        assert!(stream.read(&mut head).unwrap() > 0);
        stream.write_all(refuse).unwrap();
        if number == 0 {
            // Neither reads the rest nor closes the connection.
            thread::sleep(Duration::from_secs(3));
        }
    });
    let client = client(address);
    let request = RawRequest::new("PUT", "/").with_body(vec![7; 32 << 20]);
    for _ in 0..2 {
        assert_eq!(client.exchange(&request).unwrap().response.status, 403);
    }
}

#[test]
fn expect_continue_waits_for_the_server() {
    let (address, accepted) = serve(2, |number, mut stream| {
        let mut head = [0; 1024];
        let read = stream.read(&mut head).unwrap();
        assert!(head[..read].ends_with(b"\r\n\r\n"));
        if number == 0 {
            stream
                .write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
                .unwrap();
            assert_eq!(stream.read(&mut head).unwrap(), 0, "no body after a refusal");
        } else {
            stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").unwrap();
            stream.read_exact(&mut head[..4]).unwrap();
            stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                .unwrap();
        }
    });
    let client = client(address);
    let request = RawRequest::new("PUT", "/")
        .with_header("Expect", "100-continue")
        .with_body("body");
    assert_eq!(client.exchange(&request).unwrap().response.status, 403);
    assert_eq!(client.exchange(&request).unwrap().response.status, 200);
    assert_eq!(accepted.load(Ordering::SeqCst), 2);
}

#[test]
fn a_half_closed_body_can_still_be_answered() {
    let (address, _) = serve(1, |_, mut stream| {
        let mut all = Vec::new();
        stream.read_to_end(&mut all).unwrap();
        assert!(all.ends_with(b"\r\n\r\nabc"));
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n<Error/>")
            .unwrap();
    });
    let mut request = RawRequest::new("PUT", "/").with_header("Content-Length", "9");
    request.body = b"abc".to_vec();
    request.ending = Ending::HalfClosed;
    assert_eq!(
        client(address).exchange(&request).unwrap().response.body,
        b"<Error/>"
    );
}

#[test]
fn tls_trusts_what_it_is_told_to() {
    let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(certified.signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certified.cert.der().clone()], key)
        .unwrap();
    let config = Arc::new(config);
    let (address, accepted) = serve(3, move |_, stream| {
        let connection = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
        echo(rustls::StreamOwned::new(connection, stream));
    });
    let folder = tempfile::tempdir().unwrap();
    let bundle = folder.path().join("bundle.pem");
    std::fs::write(&bundle, certified.cert.pem()).unwrap();
    let exchange = |trust: Trust, times: usize| {
        let endpoint = format!("https://localhost:{}", address.port()).parse().unwrap();
        let client = Client::new(
            endpoint,
            Options {
                trust,
                ..Options::default()
            },
        )
        .unwrap();
        let request = RawRequest::new("PUT", "/").with_body(vec![7; 300_000]);
        (0..times).map(|_| client.exchange(&request)).last().unwrap()
    };
    assert_eq!(
        exchange(Trust::Bundle(bundle.clone()), 3)
            .unwrap()
            .response
            .status,
        200
    );
    assert_eq!(exchange(Trust::Anything, 3).unwrap().response.status, 200);
    assert_eq!(accepted.load(Ordering::SeqCst), 2);
    let missing = Trust::Bundle("absent.pem".into());
    let endpoint: Endpoint = "https://localhost".parse().unwrap();
    assert!(
        Client::new(
            endpoint.clone(),
            Options {
                trust: missing,
                ..Options::default()
            }
        )
        .is_err()
    );
    // The machine's own certificates, where it has any, do not vouch for this server.
    if Client::new(endpoint, Options::default()).is_ok() {
        let failure = exchange(Trust::System, 1).unwrap_err();
        assert_eq!((failure.kind, failure.definite), (FailureKind::Unreachable, true));
    }
}
