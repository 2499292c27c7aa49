//! The law as an endpoint: the model over the wire, in memory, with any facet repealed.
//!
//! It is the negative control of the judge: green on the full law, red on each mutant. It answers what clauses require
//! and nothing that they leave free. It knows callers by their access keys and verifies no signatures. Buckets whose
//! names agree up to the last hyphen share a small world of their own, as do IAM users named after it: that is how a run
//! names what belongs to one program.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bucketlaw_model::law::Law;
use bucketlaw_model::observed::{Observed, text};
use bucketlaw_model::reply::Name;
use bucketlaw_model::request::{Caller, Operation, Request};
use bucketlaw_model::simulate::render;
use bucketlaw_model::state::State;
use bucketlaw_model::step::step;
use bucketlaw_model::time::Moment;

use crate::wire::RawRequest;

mod dates;
mod iam;
mod read;
mod reply;
mod rule;
mod travel;

pub use rule::{AtOnce, Rule, now};

use dates::Dates;
use read::Names;

/// The access keys of the two accounts' roots: key, secret, account.
pub const ROOTS: [(&str, &str, &str); 2] = [
    (
        "BUCKETLAWOWNER000001",
        "bucketlaw-owner-secret-key-not-a-secret0",
        "111122223333",
    ),
    (
        "BUCKETLAWOTHER000001",
        "bucketlaw-other-secret-key-not-a-secret0",
        "444455556666",
    ),
];

/// The largest request that is read.
const MAX_BODY: usize = 16 * 1024 * 1024;

/// A listening law.
#[derive(Debug)]
pub struct ServeLaw {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    law: Mutex<Law>,
    rule: Box<dyn Rule>,
    worlds: Mutex<BTreeMap<String, Universe>>,
    users: Mutex<iam::Users>,
    stopped: AtomicBool,
}

/// A small world with its state.
#[derive(Debug)]
struct Universe {
    names: Names,
    state: Arc<Mutex<State>>,
    dates: Arc<Mutex<Dates>>,
}

impl Universe {
    fn new() -> Universe {
        Universe {
            names: Names::new(),
            state: Arc::new(Mutex::new(State::default())),
            dates: Arc::default(),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl ServeLaw {
    /// Listens on an address, port 0 for any.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub fn listen(address: SocketAddr, law: Law) -> std::io::Result<ServeLaw> {
        ServeLaw::listen_with(address, law, Box::new(AtOnce))
    }

    /// Listens on an address, port 0 for any, with requests carried out in another way than at once.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub fn listen_with(address: SocketAddr, law: Law, rule: Box<dyn Rule>) -> std::io::Result<ServeLaw> {
        let listener = TcpListener::bind(address)?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            law: Mutex::new(law),
            rule,
            worlds: Mutex::new(BTreeMap::new()),
            users: Mutex::new(iam::Users::default()),
            stopped: AtomicBool::new(false),
        });
        let accepting = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if accepting.stopped.load(Ordering::Relaxed) {
                    break;
                }
                let Ok(stream) = stream else { continue };
                let shared = Arc::clone(&accepting);
                std::thread::spawn(move || serve(&shared, stream));
            }
        });
        Ok(ServeLaw { address, shared })
    }

    /// The address that it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Obeys another law from now on, with everything forgotten.
    pub fn obey(&self, law: Law) {
        *lock(&self.shared.law) = law;
        lock(&self.shared.worlds).clear();
    }
}

impl Drop for ServeLaw {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::Relaxed);
        // The accepting thread wakes up and ends.
        let _ = TcpStream::connect(self.address);
    }
}

/// Answers the requests of one connection until it ends.
fn serve(shared: &Shared, stream: TcpStream) {
    let Ok(reading) = stream.try_clone() else { return };
    let mut reading = BufReader::new(reading);
    let mut writing = stream;
    if writing.set_nodelay(true).is_err() {
        return;
    }
    while let Ok(Some(request)) = read_request(&mut reading) {
        let response = match travel::decoded(request) {
            Ok(request) => answer(shared, &request),
            Err(what) => reply::not_implemented(&what),
        };
        if shared.stopped.load(Ordering::Relaxed) || writing.write_all(&response).is_err() {
            return;
        }
    }
}

/// Reads one request; `None` at the end of the connection.
fn read_request(reading: &mut impl BufRead) -> std::io::Result<Option<RawRequest>> {
    let mut head = String::new();
    loop {
        let before = head.len();
        if reading.read_line(&mut head)? == 0 || head.len() > 64 * 1024 {
            return Ok(None);
        }
        if head.get(before..).is_some_and(|line| line == "\r\n") {
            break;
        }
    }
    let mut lines = head.lines();
    let mut first = lines.next().unwrap_or_default().split(' ');
    let (Some(method), Some(target)) = (first.next(), first.next()) else {
        return Ok(None);
    };
    let mut request = RawRequest::new(method, target);
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        request = request.with_header(name, value.trim());
    }
    let length = request
        .header("content-length")
        .and_then(|value| std::str::from_utf8(value).ok()?.parse().ok());
    let length: usize = length.unwrap_or(0);
    if length > MAX_BODY {
        return Ok(None);
    }
    request.body = vec![0; length];
    reading.read_exact(&mut request.body)?;
    Ok(Some(request))
}

/// Rules on one request.
fn answer(shared: &Shared, raw: &RawRequest) -> Vec<u8> {
    let mut users = lock(&shared.users);
    if let Some(reply) = users.answer(raw) {
        return reply;
    }
    let (caller, stem) = users.caller(raw);
    drop(users);
    let mut worlds = lock(&shared.worlds);
    let law = lock(&shared.law).clone();
    if read::lists_buckets(raw) {
        let page = match read::page(raw) {
            Ok(page) => page,
            Err(what) => return reply::not_implemented(&what),
        };
        let observed = list_buckets(&law, &worlds, caller, stem.as_deref());
        return observed.map_or_else(
            || reply::not_implemented("the law has no ruling"),
            |observed| reply::buckets(&observed, &page),
        );
    }
    let Some(stem) = stem.or_else(|| read::stem(raw)) else {
        return reply::not_implemented("the request names no bucket");
    };
    let universe = worlds.entry(stem.clone()).or_insert_with(Universe::new);
    let request = match read::request(&mut universe.names, raw, caller) {
        Ok(request) => request,
        Err(what) => return reply::not_implemented(&what),
    };
    let (world, state) = (universe.names.world().clone(), Arc::clone(&universe.state));
    let dates = Arc::clone(&universe.dates);
    // Requests to other worlds go on meanwhile, and so do those to this one up to where the rule lets them.
    drop(worlds);
    let Some(ruling) = shared.rule.rule(&law, &world, &state, &request) else {
        return reply::not_implemented("the law has no ruling");
    };
    let mut observed = render(&world, &ruling);
    lock(&dates).show(&lock(&state), (&request, &ruling), &mut observed);
    let worlds = lock(&shared.worlds);
    let body = body(&worlds, &stem, &observed);
    if let Some(universe) = worlds.get(&stem) {
        universe.names.show_etags(&mut observed);
    }
    drop(worlds);
    reply::write(&observed, raw.method == "HEAD", body)
}

/// The body of a reply that is no XML: a content, or a policy.
fn body(worlds: &BTreeMap<String, Universe>, stem: &str, observed: &Observed) -> Option<Vec<u8>> {
    let names = &worlds.get(stem)?.names;
    match (observed.content, text(&observed.fields, Name::PolicyDocument)) {
        (Some(content), _) => Some(names.body(content)),
        (None, Some(policy)) => names.document(policy),
        (None, None) => None,
    }
}

/// A listing of buckets belongs to no world: the caller's own is asked, or all of them, one after the other.
fn list_buckets(
    law: &Law,
    worlds: &BTreeMap<String, Universe>,
    caller: Caller,
    user: Option<&str>,
) -> Option<Observed> {
    let request = Request {
        caller,
        operation: Operation::ListBuckets {},
    };
    let empty = Universe::new();
    let own = user.and_then(|user| worlds.get(user));
    let asked: Vec<&Universe> = match own {
        Some(own) => vec![own],
        // A user whose program has made nothing yet sees nothing of other programs.
        None if user.is_some() => vec![&empty],
        None if worlds.is_empty() => vec![&empty],
        None => worlds.values().collect(),
    };
    let mut merged: Option<Observed> = None;
    for universe in asked {
        let transitions = step(
            law,
            universe.names.world(),
            &lock(&universe.state),
            &request,
            Moment::exactly(now()),
        );
        let Some(transition) = transitions.into_iter().next() else {
            continue;
        };
        let observed = render(universe.names.world(), &transition.reply);
        match &mut merged {
            Some(merged) => merged.entries.extend(observed.entries),
            None => merged = Some(observed),
        }
    }
    merged
}
