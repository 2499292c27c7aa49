//! Running programs at an endpoint and recording what happens.
//!
//! Programs are independent: each has buckets of its own, and a user of its own where it changes the user's policy.
//! They run in parallel; a program that waits for time to pass is put aside until then, so that all wait together.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use bucketlaw_model::clause::Need;
use bucketlaw_model::program::Program;
use bucketlaw_model::request::Operation;
use bucketlaw_model::time::Time;
use bucketlaw_model::world::Calendar;

use crate::clean::made::likely;
use crate::history::{History, SCHEMA};
use crate::lower::Names;
use crate::session::{Identity, Session};
use crate::suite::Entry;
use crate::wire::redact::Redactor;

mod course;
mod needs;
mod pages;
mod queue;
mod steps;
mod terms;
mod together;
mod watch;

use course::Course;
pub use terms::{Compliance, LAST_DATE, Locks, Terms, locks};
pub(crate) use watch::Loss;
pub use watch::{Crash, Flight, Watch};

/// How often this process has started each program, by what its buckets are named after.
static STARTED: Mutex<BTreeMap<String, u32>> = Mutex::new(BTreeMap::new());

/// How often a program is begun again because the endpoint died under it.
pub const MOST_AGAIN: u8 = 3;

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
    /// Whether nothing else runs meanwhile.
    alone: bool,
    /// How often the endpoint had crashed when it began.
    crashes: usize,
    /// What the request without a reply that stopped it means, and the request in words.
    lost: Option<(Loss, String)>,
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
    let course = Course::new(session, plan, entries, ended, redacted);
    std::thread::scope(|scope| {
        for _ in 0..plan.jobs.max(1) {
            scope.spawn(|| course.work());
        }
    });
    course.histories()
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

/// How often a program was started before, by what its buckets are named after.
fn attempt(stem: &str) -> u32 {
    let mut started = STARTED.lock().unwrap_or_else(PoisonError::into_inner);
    let times = started.entry(stem.to_owned()).or_default();
    *times += 1;
    *times - 1
}

/// A history without steps.
fn blank(session: &Session, plan: &Plan, entry: &Entry) -> History {
    // The same program may run again, shrunk from another: what it makes is its own each time.
    let stem = format!(
        "{}{}-{:x}",
        plan.prefix,
        entry.id,
        attempt(&format!("{}{}", plan.prefix, entry.id))
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
        lacks: None,
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
    let watch = &plan.terms.watch;
    let crashes = watch.crashed();
    let mut lost = None;
    let own_user = history.stopped.is_none() && changes_user(&entry.program);
    let user = if own_user {
        let name = history.bucket_prefix.trim_end_matches('-');
        plan.terms.ledger.note_user(name);
        let flight = watch.takes_off(format!("the making of the IAM user {name}"));
        match session.make_user(name) {
            Ok(user) => Some(user),
            Err(why) => {
                lost = why
                    .1
                    .map(|failure| (watch.lost(session, &failure, &flight), flight.what().to_owned()));
                history.lack((Need::OwnUser, format!("needs an IAM user of its own: {}", why.0)));
                None
            }
        }
    } else {
        session.user.clone()
    };
    if let (None, Some(lack)) = (&history.stopped, needs::lacks(session, entry, user.is_some())) {
        history.lack(lack);
    }
    if let Some(user) = &user {
        history.principals.user.clone_from(&user.principal);
        history.principals.user_name.clone_from(&user.user_name);
    }
    let nameless = needs::nameless(&history.principals, session.owner_is_root, &entry.program);
    if let (None, Some(lack)) = (&history.stopped, nameless) {
        history.lack(lack);
    }
    if history.stopped.is_none() {
        plan.terms
            .ledger
            .note(&likely(&entry.program, &history.bucket_prefix));
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
        alone: false,
        crashes,
        lost,
        settled: 0,
        redactor: None,
        history,
    }
}

#[cfg(test)]
mod tests;
