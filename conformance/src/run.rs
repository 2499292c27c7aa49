//! Running programs at an endpoint and recording what happens.
//!
//! Programs are independent: each has buckets of its own, and a user of its own where it changes the user's policy.
//! They run in parallel; a program that waits for time to pass is put aside until then, so that all wait together.

use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bucketlaw_model::argument::UploadRef;
use bucketlaw_model::observed::parse_iso8601;
use bucketlaw_model::program::{Act, Program};
use bucketlaw_model::request::{Caller, Operation, Request};
use bucketlaw_model::time::Time;
use bucketlaw_model::world::Calendar;

use crate::clean;
use crate::history::{History, Outcome, SCHEMA, Taken};
use crate::lift::{handles, part};
use crate::lower::{Names, lower};
use crate::session::{Identity, Session};
use crate::suite::Entry;
use crate::wire::redact::Redactor;
use crate::wire::sign::Credentials;
use crate::wire::{Exchange, Failure, RawRequest};

mod needs;
mod queue;
mod terms;
mod together;

use queue::{Held, Queue, Work};
pub use terms::{Compliance, Terms, Watch};

/// How many programs this process has started.
static STARTED: AtomicU32 = AtomicU32::new(0);

/// How programs are run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What all bucket names of the run start with.
    pub prefix: String,
    /// How many programs run at a time.
    pub jobs: usize,
    /// Milliseconds in a unit of the dates of programs that wait.
    pub short_unit: i64,
    /// Milliseconds in a unit of the dates of programs that do not.
    pub long_unit: i64,
    /// By how many milliseconds instants are uncertain on either side.
    pub guard: i64,
    /// What the run may do, and what ends it before its end.
    pub terms: Terms,
}

/// A program under way.
struct Running<'a> {
    session: &'a Session,
    terms: &'a Terms,
    position: usize,
    entry: &'a Entry,
    program: Program,
    names: Names,
    user: Option<Identity>,
    own_user: bool,
    at: usize,
    /// Until when what was written may not be seen everywhere, on the endpoint's clock.
    settled: i64,
    /// Takes the secrets out of what is recorded.
    redactor: Option<Redactor>,
    history: History,
}

/// Runs all programs and returns their histories in the same order.
///
/// A program that the terms of the plan do not allow, or that the end of the run came before, has a history without
/// steps that says why. `finished` is called with the number of programs that have ended, after each.
pub fn run(
    session: &Session,
    plan: &Plan,
    entries: &[Entry],
    finished: &(dyn Fn(usize) + Sync),
) -> Vec<History> {
    let all = AtomicUsize::new(0);
    let ended = |_: &Entry, _: &History| finished(all.fetch_add(1, Ordering::Relaxed) + 1);
    record(session, plan, entries, &ended, true)
}

/// Runs all programs as [`run()`] does; `ended` gets each with its history when it has ended.
///
/// It is called by whichever worker ran the program, so it may run others and may [end the run](Watch::stop).
pub fn run_each(
    session: &Session,
    plan: &Plan,
    entries: &[Entry],
    ended: &(dyn Fn(&Entry, &History) + Sync),
) -> Vec<History> {
    record(session, plan, entries, ended, true)
}

/// Runs all programs; what is recorded is redacted, except in a test.
fn record(
    session: &Session,
    plan: &Plan,
    entries: &[Entry],
    ended: &(dyn Fn(&Entry, &History) + Sync),
    redacted: bool,
) -> Vec<History> {
    let course = Course {
        session,
        plan,
        entries,
        ended,
        redacted,
        queue: Mutex::new(Queue::new(entries.len())),
        changed: Condvar::new(),
    };
    std::thread::scope(|scope| {
        for _ in 0..plan.jobs.max(1) {
            scope.spawn(|| course.work());
        }
    });
    let queue = course.queue.into_inner().unwrap_or_else(PoisonError::into_inner);
    queue.done.into_iter().flatten().collect()
}

/// What the workers of a run share.
struct Course<'a> {
    session: &'a Session,
    plan: &'a Plan,
    entries: &'a [Entry],
    ended: &'a (dyn Fn(&Entry, &History) + Sync),
    redacted: bool,
    queue: Mutex<Queue<'a>>,
    changed: Condvar,
}

impl<'a> Course<'a> {
    fn lock(&self) -> MutexGuard<'_, Queue<'a>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works until all programs have ended.
    fn work(&self) {
        loop {
            let mut held = self.lock();
            let now = self.session.client.now() + self.session.skew;
            let work = held.next(self.entries, &self.plan.terms, now);
            match work {
                Work::End => {
                    drop(held);
                    self.changed.notify_all();
                    return;
                }
                Work::Wait(pause) => {
                    let pause = Duration::from_millis(u64::try_from(pause).unwrap_or(50));
                    drop(
                        self.changed
                            .wait_timeout(held, pause)
                            .unwrap_or_else(PoisonError::into_inner),
                    );
                    continue;
                }
                work => {
                    held.busy += 1;
                    drop(held);
                    self.take(work);
                    self.lock().busy -= 1;
                }
            }
            self.changed.notify_all();
        }
    }

    /// Does one piece of work.
    fn take(&self, work: Work<'a>) {
        match work {
            Work::Begin(position) => {
                if let Some(entry) = self.entries.get(position) {
                    let running = start(self.session, self.plan, entry, position);
                    let redactor = self
                        .redacted
                        .then(|| redactor(self.session, running.user.as_ref()));
                    self.go(Running { redactor, ..running });
                }
            }
            Work::Continue(running) => self.go(*running),
            Work::Stop(mut running, why) => {
                running.history.stopped.get_or_insert(why);
                self.end(*running);
            }
            Work::Skip(position, why) => {
                if let Some(entry) = self.entries.get(position) {
                    let mut history = blank(self.session, self.plan, entry);
                    history.stopped = Some(why);
                    self.finish(position, history);
                }
            }
            Work::Remove(held) => self.remove(held.names),
            Work::Wait(_) | Work::End => {}
        }
    }

    /// Goes on with a program until it waits or ends.
    fn go(&self, mut running: Running<'a>) {
        match advance(self.session, &mut running) {
            Some(until) => self.lock().park(running, until),
            None => self.end(running),
        }
    }

    /// Takes away what a program needed, and keeps its history.
    fn end(&self, running: Running<'a>) {
        if running.own_user
            && let Some(user) = &running.user
        {
            // A user that stays behind is found again by its name; the run goes on.
            let _ = self.session.remove_user(user);
        }
        if self.plan.terms.max_buckets.is_some() {
            let own = queue::names(running.entry);
            let prefix = &running.history.bucket_prefix;
            self.remove(own.iter().map(|name| format!("{prefix}{name}")).collect());
        }
        self.finish(running.position, running.history);
    }

    fn finish(&self, position: usize, history: History) {
        // Not under the lock: it may take its time, and may run programs.
        if let Some(entry) = self.entries.get(position) {
            (self.ended)(entry, &history);
        }
        if let Some(slot) = self.lock().done.get_mut(position) {
            *slot = Some(history);
        }
    }

    /// Removes buckets, as far as they can be removed now.
    fn remove(&self, names: Vec<String>) {
        let all = names.len();
        let mut left: Vec<String> = names.clone();
        let mut due = None;
        // When the endpoint does not answer, the clean-up at the end of the run tries again.
        if let Ok(behind) = clean::remove(self.session, &self.plan.prefix, &names) {
            due = clean::until(&behind)
                .and_then(parse_iso8601)
                .map(|last| last.0 + self.plan.guard);
            left.retain(|name| behind.iter().any(|behind| behind.bucket == *name));
        }
        let gone = all - left.len();
        let held = (!left.is_empty()).then_some(Held { names: left, due });
        self.lock().removed(gone, held);
    }
}

/// What takes the secrets of a session out of exchanges.
fn redactor(session: &Session, user: Option<&Identity>) -> Redactor {
    let mut redactor = Redactor::new();
    let known = [
        Some(&session.owner),
        session.user.as_ref(),
        session.other.as_ref(),
        user,
    ];
    for identity in known.into_iter().flatten() {
        redactor.learn(&identity.credentials.secret);
        if let Some(token) = &identity.credentials.session_token {
            redactor.learn(token);
        }
    }
    redactor
}

/// A history without steps.
fn blank(session: &Session, plan: &Plan, entry: &Entry) -> History {
    // The same program may run again, shrunk from another: what it makes is its own each time.
    let stem = format!(
        "{}{}-{:x}",
        plan.prefix,
        entry.id,
        STARTED.fetch_add(1, Ordering::Relaxed)
    );
    let unit = if entry.program.waits() {
        plan.short_unit
    } else {
        plan.long_unit
    };
    // A program that has to wait after its writes comes later to its dates.
    let writes = entry.program.requests().count();
    let pauses = plan
        .terms
        .settle
        .saturating_mul(i64::try_from(writes).unwrap_or(i64::MAX));
    History {
        schema: SCHEMA.to_owned(),
        id: entry.id.clone(),
        program: entry.program.to_string(),
        // Dates on the wire have whole seconds.
        start: (session.client.now() + session.skew).div_euclid(1000) * 1000,
        unit: unit.saturating_add(pauses),
        guard: plan.guard,
        skew: session.skew,
        bucket_prefix: format!("{stem}-"),
        principals: session.principals(),
        owner_is_root: session.owner_is_root,
        other_is_root: session.other_is_root,
        steps: Vec::new(),
        stopped: None,
    }
}

/// Whether a program changes the user's policy, so that it needs a user of its own.
fn changes_user(program: &Program) -> bool {
    program.requests().any(|(_, request)| {
        matches!(
            request.operation,
            Operation::PutUserPolicy { .. } | Operation::DeleteUserPolicy { .. }
        )
    })
}

fn start<'a>(session: &'a Session, plan: &'a Plan, entry: &'a Entry, position: usize) -> Running<'a> {
    let mut history = blank(session, plan, entry);
    history.stopped = plan.terms.forbids(&entry.program);
    let own_user = history.stopped.is_none() && changes_user(&entry.program);
    let user = if own_user {
        let name = history.bucket_prefix.trim_end_matches('-');
        match session.make_user(name) {
            Ok(user) => Some(user),
            Err(why) => {
                history.stopped = Some(format!("needs an IAM user of its own: {}", why.0));
                None
            }
        }
    } else {
        session.user.clone()
    };
    if history.stopped.is_none() {
        history.stopped = needs::lacks(session, entry, user.is_some());
    }
    if let Some(user) = &user {
        history.principals.user.clone_from(&user.principal);
        history.principals.user_name.clone_from(&user.user_name);
    }
    if history.stopped.is_none() {
        history.stopped = needs::nameless(&history.principals, session.owner_is_root, &entry.program);
    }
    let mut program = entry.program.clone();
    program.world.calendar = Calendar {
        start: Time(history.start),
        unit: history.unit,
    };
    let names = Names {
        bucket_prefix: history.bucket_prefix.clone(),
        region: session.region.clone(),
        principals: history.principals.clone(),
        ..Names::default()
    };
    Running {
        session,
        terms: &plan.terms,
        position,
        entry,
        program,
        names,
        user,
        own_user,
        at: 0,
        settled: 0,
        redactor: None,
        history,
    }
}

/// Takes steps until the program waits (returns until when) or ends.
fn advance(session: &Session, running: &mut Running<'_>) -> Option<i64> {
    while running.history.stopped.is_none() {
        let current = running.program.steps.get(running.at)?.clone();
        let now = session.client.now() + session.skew;
        if together::is_next(running) {
            if running.settled > now {
                return Some(running.settled);
            }
            together::take(session, running);
            continue;
        }
        let request = match current.act {
            Act::Wait(units) => {
                let calendar = running.program.world.calendar;
                let until = calendar.start.0 + calendar.unit * i64::from(units) + calendar.unit / 2;
                running.at += 1;
                if until > now {
                    return Some(until);
                }
                continue;
            }
            Act::Ask(_) if running.settled > now => return Some(running.settled),
            Act::Ask(request) => request,
        };
        running.at += 1;
        let Some(raw) = prepared(session, running, current.number, &request) else {
            break;
        };
        let result = session.client.exchange(&raw);
        note(running, current.number, &request, result);
    }
    debug_assert_eq!(running.entry.id, running.history.id);
    None
}

/// The request of a step, ready to be sent; `None` if it names what no reply showed, which stops the program.
fn prepared(
    session: &Session,
    running: &mut Running<'_>,
    number: u16,
    request: &Request,
) -> Option<RawRequest> {
    running.names.http_dates.now = http_date(session.client.now() + session.skew);
    match lower(&running.program.world, &running.names, request) {
        Ok((raw, service)) => {
            let credentials = credentials(session, running, request.caller);
            let via = running.program.vias.get(&number).copied();
            Some(session.prepare(raw, credentials.as_ref(), service, via))
        }
        Err(unbound) => {
            running.history.stopped = Some(format!(
                "step {number} needs {}, which no reply showed",
                unbound.0
            ));
            None
        }
    }
}

/// Records what came of a step, and the values that its reply brings to light.
fn note(running: &mut Running<'_>, number: u16, request: &Request, result: Result<Exchange, Failure>) {
    let (session, terms) = (running.session, running.terms);
    let result = match result {
        Ok(exchange) => {
            terms.watch.answered();
            // What may have changed something has to settle before it is asked for.
            if terms.settle > 0 && !matches!(exchange.request.method.as_str(), "GET" | "HEAD") {
                running.settled = session.client.now() + session.skew + terms.settle;
            }
            let response = &exchange.response;
            for (handle, id) in handles(&running.program.world, number, request, response) {
                running.names.handles.insert(handle, id);
            }
            if let Some((UploadRef::Made(handle), number, etag)) = part(request, response)
                && let Some(id) = running.names.handles.get(&handle)
            {
                let parts = running.names.parts.entry(id.clone()).or_default();
                parts.insert(number, etag);
            }
            let redacted = running
                .redactor
                .as_ref()
                .map(|redactor| redactor.redact(&exchange));
            Outcome::Exchange(redacted.unwrap_or(exchange))
        }
        Err(failure) => {
            running.history.stopped = Some(format!("step {number}: {failure}"));
            terms.watch.lost(session, &failure);
            Outcome::Failure(failure)
        }
    };
    running.history.steps.push(Taken { number, result });
}

/// An instant as HTTP writes it.
fn http_date(unix_ms: i64) -> String {
    let time = jiff::Timestamp::from_millisecond(unix_ms).unwrap_or_default();
    jiff::fmt::rfc2822::DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&time)
        .unwrap_or_default()
}

fn credentials(session: &Session, running: &Running<'_>, caller: Caller) -> Option<Credentials> {
    let identity = if caller == Caller::User {
        running.user.as_ref()
    } else {
        session.identity(caller)
    };
    identity.map(|identity| identity.credentials.clone())
}

#[cfg(test)]
mod tests;
