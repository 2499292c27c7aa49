//! The client: one request, one exchange or one failure, never a second attempt.
//!
//! Blocking sockets: the judge runs a thread per program, and a deadline on every operation is all that it asks of the network.
//! The one thing that is tried twice is *reaching the server*: if a connection from the pool turns out to be closed before any byte
//! of the request was handed to it, a new one is opened, once. Nothing was sent then, so no effect can happen twice. Once a byte was
//! handed to a connection, a failure is reported as it is.

use std::fmt;
use std::io::{self, ErrorKind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use rustls::ClientConfig;

use super::connection::{Connection, Trust, TrustError, WriteFailure, Written, tls_config};
use super::cut::{Cut, Deadline};
use super::response::{Head, ReadError, Source, read_body, read_head};
use super::{Ending, Endpoint, Exchange, Failure, FailureKind, RawRequest, RawResponse};

mod together;

/// A body up to this size is written together with the head.
const SMALL_BODY: usize = 64 * 1024;

/// How a client behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// The time that one exchange may take, connecting included.
    pub timeout: Duration,
    /// Which server certificates are trusted.
    pub trust: Trust,
    /// Whether connections are used again.
    pub keep_alive: bool,
    /// How long a connection may have been idle to be used again. Short, since a server that closes idle connections at the moment
    /// of a request makes the outcome of that request unknown.
    pub max_idle: Duration,
    /// How many idle connections are kept.
    pub max_idle_connections: usize,
    /// The largest body of a response that is accepted.
    pub max_response: usize,
    /// How long a request with `Expect: 100-continue` waits for the server's word before it sends its body all the same.
    pub continue_wait: Duration,
    /// The shortest time between two requests that [`Client::pace`] lets go.
    pub apart: Duration,
    /// What ends exchanges from outside, when somebody is in a hurry.
    pub cut: Cut,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(30),
            trust: Trust::System,
            keep_alive: true,
            max_idle: Duration::from_secs(3),
            max_idle_connections: 64,
            max_response: 64 * 1024 * 1024,
            continue_wait: Duration::from_secs(1),
            apart: Duration::ZERO,
            cut: Cut::default(),
        }
    }
}

/// A client of one endpoint, with a pool of connections; share it between threads by reference or in an `Arc`.
pub struct Client {
    endpoint: Endpoint,
    options: Options,
    tls: Option<Arc<ClientConfig>>,
    pool: Mutex<Vec<Connection>>,
    clock: Clock,
    next: Mutex<Instant>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

/// Wall-clock time that never jumps: the system's time at the start, advanced by the monotonic clock.
#[derive(Clone, Copy, Debug)]
struct Clock {
    start: Instant,
    start_micros: i128,
}

impl Clock {
    fn start() -> Self {
        let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        // A system clock before 1970 counts as 1970.
        let micros = since_epoch.map_or(0, |time| time.as_micros());
        Self {
            start: Instant::now(),
            start_micros: i128::try_from(micros).unwrap_or(0),
        }
    }

    /// Unix time in milliseconds, rounded down and up.
    fn now(&self) -> (i64, i64) {
        let passed = i128::try_from(self.start.elapsed().as_micros()).unwrap_or(0);
        let micros = self.start_micros.saturating_add(passed);
        let down = i64::try_from(micros.div_euclid(1000)).unwrap_or(i64::MAX);
        let up = down.saturating_add(i64::from(micros.rem_euclid(1000) > 0));
        (down, up)
    }
}

/// A failure inside an exchange, before it is dated.
struct Broken {
    kind: FailureKind,
    definite: bool,
    status: Option<u16>,
    detail: String,
}

impl From<ReadError> for Broken {
    fn from(error: ReadError) -> Self {
        Self {
            kind: error.kind,
            definite: false,
            status: error.status,
            detail: error.detail,
        }
    }
}

impl From<WriteFailure> for Broken {
    fn from(failure: WriteFailure) -> Self {
        let timeout = failure.error.kind() == ErrorKind::TimedOut;
        Self {
            kind: if timeout {
                FailureKind::Timeout
            } else {
                FailureKind::CutConnection
            },
            definite: failure.nothing_sent,
            status: None,
            detail: format!("while the request was written: {}", failure.error),
        }
    }
}

impl Client {
    /// A client of this endpoint; fails only where the trust settings of TLS can't be used.
    pub fn new(endpoint: Endpoint, options: Options) -> Result<Self, TrustError> {
        let tls = if endpoint.tls {
            Some(Arc::new(tls_config(&options.trust)?))
        } else {
            None
        };
        Ok(Self {
            endpoint,
            options,
            tls,
            pool: Mutex::new(Vec::new()),
            clock: Clock::start(),
            next: Mutex::new(Instant::now()),
        })
    }

    /// The endpoint that is dialled.
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// The time of the client's clock, by which exchanges are dated: Unix time in milliseconds.
    pub fn now(&self) -> i64 {
        self.clock.now().0
    }

    /// Waits until the next request may go, so that all threads together send no faster than [`Options::apart`] says.
    pub fn pace(&self) {
        if self.options.apart.is_zero() {
            return;
        }
        let now = Instant::now();
        let turn = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let turn = (*next).max(now);
            *next = turn + self.options.apart;
            turn
        };
        std::thread::sleep(turn.saturating_duration_since(now));
    }

    /// Sends one request verbatim and reads its response, within the client's timeout.
    pub fn exchange(&self, request: &RawRequest) -> Result<Exchange, Failure> {
        self.exchange_within(request, self.options.timeout)
    }

    /// Sends one request verbatim and reads its response, within this time.
    pub fn exchange_within(&self, request: &RawRequest, timeout: Duration) -> Result<Exchange, Failure> {
        self.exchange_on(None, request, timeout)
    }

    /// Sends one request and reads its response, over this connection if there is one.
    fn exchange_on(
        &self,
        ready: Option<Connection>,
        request: &RawRequest,
        timeout: Duration,
    ) -> Result<Exchange, Failure> {
        let mut sent = self.clock.now().0;
        let now = Instant::now();
        // A timeout beyond what the clock can count is a day.
        let deadline = now
            .checked_add(timeout)
            .unwrap_or(now + Duration::from_secs(86_400));
        let deadline = Deadline::new(deadline, &self.options.cut);
        let result = self.attempt(ready, request, &deadline, &mut sent);
        let ended = self.clock.now().1;
        match result {
            Ok(response) => Ok(Exchange {
                request: request.clone(),
                response,
                sent,
                received: ended,
            }),
            Err(Broken {
                kind,
                definite,
                status,
                detail,
            }) => Err(Failure {
                kind,
                definite,
                status,
                detail,
                sent,
                ended,
            }),
        }
    }

    fn attempt(
        &self,
        ready: Option<Connection>,
        request: &RawRequest,
        deadline: &Deadline,
        sent: &mut i64,
    ) -> Result<RawResponse, Broken> {
        if let Some(pooled) = ready.or_else(|| self.pooled()) {
            *sent = self.clock.now().0;
            match self.converse(pooled, request, deadline) {
                // The server closed the idle connection and nothing was sent on it: a new one is opened, once.
                Err(Broken {
                    definite: true,
                    kind: FailureKind::CutConnection,
                    ..
                }) => {}
                other => return other,
            }
        }
        let connection =
            Connection::open(&self.endpoint, self.tls.as_ref(), deadline).map_err(|(kind, detail)| {
                Broken {
                    kind,
                    definite: true,
                    status: None,
                    detail,
                }
            })?;
        *sent = self.clock.now().0;
        self.converse(connection, request, deadline)
    }

    fn pooled(&self) -> Option<Connection> {
        loop {
            let mut connection = self.pool.lock().unwrap_or_else(PoisonError::into_inner).pop()?;
            if connection.idle_since.elapsed() <= self.options.max_idle && !connection.is_stale() {
                return Some(connection);
            }
        }
    }

    fn give_back(&self, mut connection: Connection) {
        connection.idle_since = Instant::now();
        let mut pool = self.pool.lock().unwrap_or_else(PoisonError::into_inner);
        if pool.len() < self.options.max_idle_connections {
            pool.push(connection);
        }
    }

    /// Writes the request, reads the response, and gives the connection back if it is fit for use.
    fn converse(
        &self,
        mut connection: Connection,
        request: &RawRequest,
        deadline: &Deadline,
    ) -> Result<RawResponse, Broken> {
        let (whole, head) = self.write(&mut connection, request, deadline)?;
        let mut source = Timed {
            connection: &mut connection,
            deadline: deadline.clone(),
        };
        let head = match head {
            Some(head) => head,
            None => final_head(&mut source)?,
        };
        let to_head_request = request.method == "HEAD";
        let (response, reusable) = read_body(&mut source, head, to_head_request, self.options.max_response)?;
        if reusable && whole && self.options.keep_alive && is_well_framed(request) {
            self.give_back(connection);
        }
        Ok(response)
    }

    /// Writes the request; returns whether all of it was written, and the head of a response that came before the body.
    fn write(
        &self,
        connection: &mut Connection,
        request: &RawRequest,
        deadline: &Deadline,
    ) -> Result<(bool, Option<Head>), Broken> {
        let mut bytes = head_bytes(request);
        let expects = !request.body.is_empty()
            && request
                .header("expect")
                .is_some_and(|value| value.eq_ignore_ascii_case(b"100-continue"));
        let together = !expects && request.body.len() <= SMALL_BODY;
        if together {
            bytes.extend_from_slice(&request.body);
        }
        let mut written = connection.send(&bytes, true, deadline)?;
        if expects && written == Written::All {
            let wait = deadline.at_most(Instant::now() + self.options.continue_wait);
            match read_head(&mut Timed {
                connection: &mut *connection,
                deadline: wait,
            }) {
                Ok(head) if head.status >= 200 => return Ok((false, Some(head))),
                Ok(_) => {}
                Err(error) if error.kind == FailureKind::Timeout => {}
                Err(error) => return Err(error.into()),
            }
        }
        if !together && written == Written::All {
            written = connection.send(&request.body, false, deadline)?;
        }
        if request.ending == Ending::HalfClosed && written == Written::All {
            // Fails only if the peer is gone already; then reading says so.
            let _ = connection.half_close();
        }
        Ok((written == Written::All, None))
    }
}

/// The next head that is not an interim (1xx) one.
fn final_head(source: &mut impl Source) -> Result<Head, ReadError> {
    loop {
        let head = read_head(source)?;
        if head.status >= 200 || head.status == 101 {
            return Ok(head);
        }
    }
}

fn head_bytes(request: &RawRequest) -> Vec<u8> {
    let mut bytes = format!("{} {} HTTP/1.1\r\n", request.method, request.target).into_bytes();
    for (name, value) in &request.headers {
        bytes.extend_from_slice(name.as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"\r\n");
    bytes
}

/// Whether every server sees the end of this request where we do; after any other one the connection is not used again, lest the
/// next request be read as its rest.
fn is_well_framed(request: &RawRequest) -> bool {
    let token = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
    };
    let clean = |value: &[u8]| !value.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0));
    let named = |name: &'static str| {
        request
            .headers
            .iter()
            .filter(move |(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    };
    let lengths: Vec<&Vec<u8>> = named("content-length").collect();
    let framed = match lengths.as_slice() {
        [] => request.body.is_empty(),
        [length] => length.as_slice() == request.body.len().to_string().as_bytes(),
        _ => false,
    };
    framed
        && request.ending == Ending::Open
        && token(&request.method)
        && request.target.bytes().all(|byte| byte.is_ascii_graphic())
        && request
            .headers
            .iter()
            .all(|(name, value)| token(name) && clean(value))
        && named("transfer-encoding").next().is_none()
        && !named("connection")
            .any(|value| value.to_ascii_lowercase().windows(5).any(|word| word == b"close"))
}

/// A connection that is read until a deadline.
struct Timed<'a> {
    connection: &'a mut Connection,
    deadline: Deadline,
}

impl Source for Timed<'_> {
    fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.connection.buffer
    }

    fn fill(&mut self) -> io::Result<usize> {
        self.connection.fill(&self.deadline)
    }
}

#[cfg(test)]
mod tests;
