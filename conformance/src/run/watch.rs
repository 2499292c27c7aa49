//! What ends a run before its end, and what becomes of it when the endpoint dies on the way.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::lower::Service;
use crate::session::Session;
use crate::wire::{Cut, Failure, FailureKind, RawRequest};

/// How many requests in a row may get no reply before the endpoint counts as gone.
const LOST: usize = 32;

/// How often the endpoint may crash before the run ends.
const MOST_CRASHES: usize = 20;

/// How long an endpoint that does not answer is waited for, unless somebody says otherwise.
const RECOVERY: Duration = Duration::from_secs(5);

/// How far apart the looks are whether an endpoint is there again, and how long one may take.
const LOOK: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(5));

/// How long after an interrupt the requests that are under way may last.
const FINISHING: Duration = Duration::from_secs(3);

/// How long after an interrupt what was answered may be judged: the rest is for `bucketlaw judge`.
const JUDGING: Duration = Duration::from_millis(7500);

/// What ends a run before its end: the user, its time limit, or an endpoint that is gone. Clones watch the same run.
#[derive(Clone, Debug, Default)]
pub struct Watch(Arc<Watched>);

#[derive(Debug)]
struct Watched {
    interrupted: Mutex<Option<Instant>>,
    stopped: AtomicBool,
    limit: Mutex<Option<(Instant, Duration)>>,
    recovery: Mutex<Duration>,
    cut: Cut,
    lost: AtomicUsize,
    gone: Mutex<Option<String>>,
    flights: Mutex<Flights>,
    crashes: Mutex<Vec<Crash>>,
    /// Held by who finds out what happened to the endpoint, so that it is found out once.
    finding_out: Mutex<()>,
}

impl Default for Watched {
    fn default() -> Self {
        Self {
            interrupted: Mutex::default(),
            stopped: AtomicBool::new(false),
            limit: Mutex::default(),
            recovery: Mutex::new(RECOVERY),
            cut: Cut::default(),
            lost: AtomicUsize::new(0),
            gone: Mutex::default(),
            flights: Mutex::default(),
            crashes: Mutex::default(),
            finding_out: Mutex::default(),
        }
    }
}

/// The requests that are under way, in words.
#[derive(Debug, Default)]
struct Flights {
    next: u64,
    flying: BTreeMap<u64, String>,
}

/// A time at which the endpoint stopped answering.
#[derive(Clone, Debug, PartialEq)]
pub struct Crash {
    /// The requests that were under way, in words: one of them may have done it.
    pub in_flight: Vec<String>,
    /// How long it took until it answered again; nothing if it did not.
    pub away: Option<Duration>,
    /// The id of the program that did it, once that is known: it crashed the endpoint again while it ran alone.
    pub program: Option<String>,
}

/// A request that is under way, from before it is sent until it is known what came of it.
#[derive(Debug)]
pub struct Flight {
    watch: Watch,
    number: u64,
    what: String,
    /// How often the endpoint had crashed before.
    crashes: usize,
}

impl Flight {
    /// The request in words.
    pub(crate) fn what(&self) -> &str {
        &self.what
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        lock(&self.watch.0.flights).flying.remove(&self.number);
    }
}

/// What a request without a reply means for the program that sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Loss {
    /// No more than that.
    Reply,
    /// The connection ended before the reply did, and the endpoint is there.
    Connection,
    /// The endpoint died, and is there again or gone for good.
    Crash,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Watch {
    /// Ends the run: the requests under way have a moment to be answered, nothing new begins.
    pub fn interrupt(&self) {
        let now = Instant::now();
        lock(&self.0.interrupted).get_or_insert(now);
        self.0.cut.set(now + FINISHING);
    }

    /// Whether the user ended the run.
    #[must_use]
    pub fn is_interrupted(&self) -> bool {
        lock(&self.0.interrupted).is_some()
    }

    /// If the user ended the run, lets requests be under way until so long after that.
    pub fn finish_within(&self, time: Duration) {
        if let Some(at) = *lock(&self.0.interrupted) {
            self.0.cut.set(at + time);
        }
    }

    /// What ends the requests of the run when it is interrupted.
    #[must_use]
    pub fn cut(&self) -> Cut {
        self.0.cut.clone()
    }

    /// Whether requests can still be answered: not when an interrupt has cut them off.
    #[must_use]
    pub fn may_ask(&self) -> bool {
        self.0.cut.at().is_none_or(|at| Instant::now() < at)
    }

    /// Whether there is time to judge: always, until a while after an interrupt.
    #[must_use]
    pub fn may_judge(&self) -> bool {
        let interrupted = *lock(&self.0.interrupted);
        interrupted.is_none_or(|at| at.elapsed() < JUDGING)
    }

    /// Ends the run because enough is known: what has begun is finished, nothing new begins.
    pub fn stop(&self) {
        self.0.stopped.store(true, Ordering::Relaxed);
    }

    /// Whether enough was known.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.0.stopped.load(Ordering::Relaxed)
    }

    /// Lets programs run again after enough was known.
    pub fn resume(&self) {
        self.0.stopped.store(false, Ordering::Relaxed);
    }

    /// Ends the run when so much time has passed from now on.
    pub fn limit(&self, time: Duration) {
        // A limit that the clock can't count is none.
        *lock(&self.0.limit) = Instant::now().checked_add(time).map(|at| (at, time));
    }

    /// The time that the limit leaves, if there is one.
    #[must_use]
    pub fn time_left(&self) -> Option<Duration> {
        let limit = *lock(&self.0.limit);
        limit.map(|(at, _)| at.saturating_duration_since(Instant::now()))
    }

    /// Waits so long for an endpoint that does not answer any more, before the run ends.
    pub fn wait_for_recovery(&self, time: Duration) {
        *lock(&self.0.recovery) = time;
    }

    /// What happened to the endpoint, if it is gone.
    #[must_use]
    pub fn gone(&self) -> Option<String> {
        lock(&self.0.gone).clone()
    }

    /// The times at which the endpoint stopped answering, in order.
    #[must_use]
    pub fn crashes(&self) -> Vec<Crash> {
        lock(&self.0.crashes).clone()
    }

    /// How often the endpoint stopped answering.
    #[must_use]
    pub fn crashed(&self) -> usize {
        lock(&self.0.crashes).len()
    }

    /// Why nothing new may begin, if nothing may.
    #[must_use]
    pub fn ended(&self) -> Option<String> {
        if self.is_interrupted() {
            return Some("the run was interrupted".to_owned());
        }
        if self.gone().is_some() {
            return Some("the target crashed during the run".to_owned());
        }
        if let Some((at, time)) = *lock(&self.0.limit)
            && at <= Instant::now()
        {
            return Some(format!("the time limit of {} s was reached", time.as_secs()));
        }
        self.is_stopped()
            .then(|| "the run ended at its first divergence".to_owned())
    }

    /// Takes note of a request that is about to be sent.
    pub(crate) fn takes_off(&self, what: String) -> Flight {
        let mut flights = lock(&self.0.flights);
        let number = flights.next;
        flights.next += 1;
        flights.flying.insert(number, what.clone());
        Flight {
            watch: self.clone(),
            number,
            what,
            crashes: self.crashed(),
        }
    }

    /// Takes note of a reply.
    pub(crate) fn answered(&self) {
        self.0.lost.store(0, Ordering::Relaxed);
    }

    /// Takes note of a request without a reply: finds out whether the endpoint is there, and waits until it is again.
    pub(crate) fn lost(&self, session: &Session, failure: &Failure, flight: &Flight) -> Loss {
        let lost = self.0.lost.fetch_add(1, Ordering::Relaxed) + 1;
        let silent = match failure.kind {
            FailureKind::Unreachable | FailureKind::CutConnection => false,
            FailureKind::Timeout if lost >= LOST => true,
            FailureKind::Timeout | FailureKind::BadResponse => return Loss::Reply,
        };
        let _turn = lock(&self.0.finding_out);
        if self.gone().is_some() || !self.may_ask() {
            return Loss::Reply;
        }
        if self.crashed() > flight.crashes {
            // Another request met the same crash.
            return Loss::Crash;
        }
        if failure.kind == FailureKind::CutConnection && answers(session) {
            return Loss::Connection;
        }
        self.wait_out(session, failure, silent.then_some(lost));
        Loss::Crash
    }

    /// Waits until the endpoint answers again, and says so if it does not.
    fn wait_out(&self, session: &Session, failure: &Failure, silent: Option<usize>) {
        let in_flight: Vec<String> = lock(&self.0.flights).flying.values().cloned().collect();
        let away = self.comes_back(session);
        self.0.lost.store(0, Ordering::Relaxed);
        let number = {
            let mut crashes = lock(&self.0.crashes);
            crashes.push(Crash {
                in_flight,
                away,
                program: None,
            });
            crashes.len()
        };
        if away.is_none() {
            self.set_gone(match silent {
                Some(lost) => format!("{lost} requests in a row got no reply; the last: {failure}"),
                None => format!("it takes no connections any more ({})", failure.detail),
            });
        } else if number >= MOST_CRASHES {
            self.set_gone(format!("it crashed {number} times, and answered again each time"));
        }
    }

    /// Charges the last crash to a program that ran alone.
    pub(crate) fn blame(&self, program: &str) {
        if let Some(crash) = lock(&self.0.crashes).last_mut() {
            crash.program = Some(program.to_owned());
        }
    }

    /// How long it takes until the endpoint answers again, as far as it is waited for.
    fn comes_back(&self, session: &Session) -> Option<Duration> {
        let since = Instant::now();
        let recovery = *lock(&self.0.recovery);
        loop {
            if answers(session) {
                return Some(since.elapsed());
            }
            if since.elapsed() >= recovery || self.ended().is_some() {
                return None;
            }
            std::thread::sleep(LOOK.0);
        }
    }

    fn set_gone(&self, what: String) {
        lock(&self.0.gone).get_or_insert(what);
    }
}

/// Whether the endpoint answers, whatever it says; a gateway that does not reach it does not count.
fn answers(session: &Session) -> bool {
    let listing = RawRequest::new("GET", "/");
    let owner = Some(&session.owner.credentials);
    let request = session.prepare(listing, owner, Service::S3, None);
    let reply = session.client.exchange_within(&request, LOOK.1);
    reply.is_ok_and(|exchange| !matches!(exchange.response.status, 502 | 504))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interrupted_run_says_so_before_all_else() {
        let watch = Watch::default();
        assert_eq!(watch.ended(), None);
        watch.set_gone("first".to_owned());
        watch.set_gone("second".to_owned());
        assert_eq!(watch.gone().as_deref(), Some("first"));
        watch.clone().interrupt();
        assert_eq!(watch.ended().as_deref(), Some("the run was interrupted"));
    }

    #[test]
    fn a_limit_ends_the_run_and_says_which() {
        let watch = Watch::default();
        watch.limit(Duration::from_secs(86_400));
        assert_eq!(watch.ended(), None);
        assert!(
            watch
                .time_left()
                .is_some_and(|left| left > Duration::from_secs(80_000))
        );
        watch.limit(Duration::ZERO);
        assert_eq!(
            watch.ended().as_deref(),
            Some("the time limit of 0 s was reached")
        );
        assert!(watch.may_ask(), "what has begun is finished");
    }

    #[test]
    fn an_interrupt_leaves_requests_a_moment() {
        let watch = Watch::default();
        watch.finish_within(Duration::ZERO);
        assert!(watch.may_ask(), "nobody is in a hurry");
        assert!(watch.may_judge());
        watch.interrupt();
        assert!(watch.may_ask());
        watch.finish_within(Duration::ZERO);
        assert!(!watch.may_ask());
    }

    #[test]
    fn what_is_under_way_is_known_until_it_is_over() {
        let watch = Watch::default();
        let first = watch.takes_off("PUT /b".to_owned());
        let second = watch.takes_off("GET /b".to_owned());
        drop(first);
        let flying: Vec<String> = lock(&watch.0.flights).flying.values().cloned().collect();
        assert_eq!(flying, ["GET /b"]);
        drop(second);
        assert!(lock(&watch.0.flights).flying.is_empty());
    }
}
