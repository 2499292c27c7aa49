//! A server in front of another one, with the faults of strangers: it lacks, hangs, cuts, fails, crashes, or knows more.

use std::io::{BufRead, BufReader, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bucketlaw_conformance::wire::{Client, Options, RawRequest, RawResponse};

/// What the front does with a request.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// It passes it on.
    Pass,
    /// It answers by itself: a status, headers and a document.
    Reply(u16, &'static [(&'static str, &'static str)], String),
    /// It never answers.
    Hang,
    /// It closes the connection.
    Cut,
    /// It dies, with all its connections, and is there again after a time.
    Crash(Duration),
}

impl Act {
    /// The answer of a server that lacks an operation.
    pub(crate) fn lacks() -> Act {
        Act::Reply(501, &[], "<Error><Code>NotImplemented</Code></Error>".to_owned())
    }

    /// The answer of a server that fails.
    pub(crate) fn fails() -> Act {
        Act::Reply(500, &[], "<Error><Code>InternalError</Code></Error>".to_owned())
    }
}

/// A listening front.
pub(crate) struct Front {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
}

type Rule = dyn Fn(&RawRequest, usize) -> Act + Send + Sync;

struct Shared {
    upstream: Client,
    rule: Box<Rule>,
    /// How many requests came.
    seen: AtomicUsize,
    over: AtomicBool,
    down: Mutex<Option<Duration>>,
    streams: Mutex<Vec<TcpStream>>,
}

impl Front {
    /// A front of a server. The rule gets each request, and how many came before it.
    pub(crate) fn new(
        upstream: &str,
        rule: impl Fn(&RawRequest, usize) -> Act + Send + Sync + 'static,
    ) -> Front {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let endpoint = upstream.parse().unwrap();
        let shared = Arc::new(Shared {
            upstream: Client::new(endpoint, Options::default()).unwrap(),
            rule: Box::new(rule),
            seen: AtomicUsize::new(0),
            over: AtomicBool::new(false),
            down: Mutex::new(None),
            streams: Mutex::new(Vec::new()),
        });
        let accepting = Arc::clone(&shared);
        std::thread::spawn(move || listen(&accepting, listener, address));
        Front { address, shared }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::Relaxed);
        cut_all(&self.shared);
    }
}

fn cut_all(shared: &Shared) {
    for stream in shared.streams.lock().unwrap().drain(..) {
        let _ = stream.shutdown(Shutdown::Both);
    }
}

fn listen(shared: &Arc<Shared>, listener: TcpListener, address: SocketAddr) {
    let mut listening = Some(listener);
    while !shared.over.load(Ordering::Relaxed) {
        let down = shared.down.lock().unwrap().take();
        if let Some(time) = down {
            // Connections are refused from here on.
            drop(listening.take());
            cut_all(shared);
            std::thread::sleep(time);
        }
        let listener = listening.get_or_insert_with(|| again(address));
        listener.set_nonblocking(true).unwrap();
        match listener.accept() {
            Ok((stream, _)) => {
                stream.set_nonblocking(false).unwrap();
                shared.streams.lock().unwrap().push(stream.try_clone().unwrap());
                let shared = Arc::clone(shared);
                std::thread::spawn(move || serve(&shared, stream));
            }
            Err(_) => std::thread::sleep(Duration::from_millis(1)),
        }
    }
}

/// Listens on the same address again; the connections of before may hold it for a moment.
fn again(address: SocketAddr) -> TcpListener {
    for _ in 0..1000 {
        if let Ok(listener) = TcpListener::bind(address) {
            return listener;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("{address} can't be listened on again");
}

fn serve(shared: &Shared, stream: TcpStream) {
    let mut reading = BufReader::new(stream.try_clone().unwrap());
    let mut writing = stream;
    while let Some(request) = read(&mut reading) {
        let number = shared.seen.fetch_add(1, Ordering::Relaxed);
        let response = match (shared.rule)(&request, number) {
            Act::Pass => match shared.upstream.exchange(&request) {
                Ok(exchange) => exchange.response,
                Err(_) => return,
            },
            Act::Reply(status, headers, document) => answer(status, headers, document),
            Act::Hang => loop {
                std::thread::sleep(Duration::from_millis(50));
                if shared.over.load(Ordering::Relaxed) {
                    return;
                }
            },
            Act::Cut => {
                let _ = writing.shutdown(Shutdown::Both);
                return;
            }
            Act::Crash(time) => {
                *shared.down.lock().unwrap() = Some(time);
                // The listener cuts this connection with all others.
                continue;
            }
        };
        if writing
            .write_all(&bytes(&response, request.method == "HEAD"))
            .is_err()
        {
            return;
        }
    }
}

fn answer(status: u16, headers: &[(&str, &str)], document: String) -> RawResponse {
    let headers = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()));
    RawResponse {
        status,
        reason: String::new(),
        headers: headers.collect(),
        body: document.into_bytes(),
    }
}

fn read(reading: &mut impl BufRead) -> Option<RawRequest> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reading.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        lines.push(line.to_owned());
    }
    let mut first = lines.first()?.split(' ');
    let mut request = RawRequest::new(first.next()?, first.next()?);
    for (name, value) in lines.iter().skip(1).filter_map(|line| line.split_once(": ")) {
        request = request.with_header(name, value);
    }
    let length = request.header("content-length").unwrap_or(b"0");
    let mut body = vec![0; std::str::from_utf8(length).ok()?.parse().ok()?];
    reading.read_exact(&mut body).ok()?;
    request.body = body;
    Some(request)
}

fn bytes(response: &RawResponse, head: bool) -> Vec<u8> {
    let mut out = format!("HTTP/1.1 {} {}\r\n", response.status, response.reason).into_bytes();
    for (name, value) in &response.headers {
        let framing = ["content-length", "transfer-encoding", "connection"];
        if framing.contains(&name.to_ascii_lowercase().as_str()) {
            continue;
        }
        out.extend_from_slice(format!("{name}: ").as_bytes());
        out.extend_from_slice(value);
        out.extend_from_slice(b"\r\n");
    }
    if response.status != 204 && response.status != 304 {
        out.extend_from_slice(format!("content-length: {}\r\n", response.body.len()).as_bytes());
    }
    out.extend_from_slice(b"\r\n");
    if !head {
        out.extend_from_slice(&response.body);
    }
    out
}

/// Whether a request has a parameter in its query.
pub(crate) fn has(request: &RawRequest, name: &str) -> bool {
    let query = request.query().unwrap_or_default();
    query.split('&').any(|one| one.split('=').next() == Some(name))
}

/// Whether a request lists something: buckets, versions, objects or uploads.
pub(crate) fn lists(request: &RawRequest) -> bool {
    let bucket = request.path().trim_matches('/');
    let listings = ["versions", "list-type", "uploads", "prefix", "marker"];
    let plain = request.query().unwrap_or_default().is_empty();
    request.method == "GET"
        && !bucket.contains('/')
        && (plain || listings.iter().any(|name| has(request, name)))
}
