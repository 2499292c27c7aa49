//! Running programs at an endpoint and recording what happens.
//!
//! Programs are independent: each has buckets of its own, and a user of its own where it changes the user's policy.
//! They run in parallel; a program that waits for time to pass is put aside until then, so that all wait together.

use std::collections::{BTreeMap, BinaryHeap};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Condvar, Mutex};
use std::time::Duration;

use bucketlaw_model::argument::UploadRef;
use bucketlaw_model::policy::Principal;
use bucketlaw_model::program::{Act, Program};
use bucketlaw_model::request::{Caller, Operation};
use bucketlaw_model::time::Time;
use bucketlaw_model::world::Calendar;

use crate::history::{History, Outcome, SCHEMA, Taken};
use crate::lift::{handles, part};
use crate::lower::{Names, lower};
use crate::session::{Identity, Session};
use crate::suite::Entry;
use crate::wire::redact::Redactor;
use crate::wire::sign::Credentials;

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
}

/// A program under way.
struct Running<'a> {
    position: usize,
    entry: &'a Entry,
    program: Program,
    names: Names,
    user: Option<Identity>,
    own_user: bool,
    at: usize,
    history: History,
}

/// Programs put aside, the one that goes on first on top.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Parked(std::cmp::Reverse<(i64, usize)>);

struct Queue<'a> {
    fresh: usize,
    parked: BinaryHeap<Parked>,
    waiting: BTreeMap<usize, Running<'a>>,
    busy: usize,
    done: Vec<Option<History>>,
}

/// Runs all programs and returns their histories in the same order.
///
/// `finished` is called with the number of programs that have ended, after each.
pub fn run(
    session: &Session,
    plan: &Plan,
    entries: &[Entry],
    finished: &(dyn Fn(usize) + Sync),
) -> Vec<History> {
    let queue = Mutex::new(Queue {
        fresh: 0,
        parked: BinaryHeap::new(),
        waiting: BTreeMap::new(),
        busy: 0,
        done: entries.iter().map(|_| None).collect(),
    });
    let changed = Condvar::new();
    std::thread::scope(|scope| {
        for _ in 0..plan.jobs.max(1) {
            scope.spawn(|| worker(session, plan, entries, (&queue, &changed), finished));
        }
    });
    let queue = queue
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    queue.done.into_iter().flatten().collect()
}

fn worker<'a>(
    session: &Session,
    plan: &Plan,
    entries: &'a [Entry],
    (queue, changed): (&Mutex<Queue<'a>>, &Condvar),
    finished: &(dyn Fn(usize) + Sync),
) {
    let lock = || queue.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    loop {
        let mut held = lock();
        let running = loop {
            let now = session.client.now() + session.skew;
            let due = held
                .parked
                .peek()
                .map(|Parked(std::cmp::Reverse((time, _)))| *time);
            if due.is_some_and(|time| time <= now) {
                let next = held
                    .parked
                    .pop()
                    .and_then(|Parked(std::cmp::Reverse((_, at)))| held.waiting.remove(&at));
                break next;
            }
            if let Some(entry) = entries.get(held.fresh) {
                let position = held.fresh;
                held.fresh += 1;
                held.busy += 1;
                drop(held);
                let running = start(session, plan, entry, position);
                held = lock();
                held.busy -= 1;
                break Some(running);
            }
            if due.is_none() && held.busy == 0 {
                changed.notify_all();
                return;
            }
            let pause = due.map_or(50, |time| (time - now).clamp(1, 50));
            let pause = Duration::from_millis(u64::try_from(pause).unwrap_or(50));
            held = changed
                .wait_timeout(held, pause)
                .unwrap_or_else(std::sync::PoisonError::into_inner)
                .0;
        };
        let Some(mut running) = running else { continue };
        held.busy += 1;
        drop(held);
        let until = advance(session, &mut running);
        let mut held = lock();
        held.busy -= 1;
        let position = running.position;
        match until {
            Some(time) => {
                held.parked.push(Parked(std::cmp::Reverse((time, position))));
                held.waiting.insert(position, running);
            }
            None => {
                drop(held);
                if running.own_user
                    && let Some(user) = &running.user
                {
                    // A user that stays behind is found again by its name; the run goes on.
                    let _ = session.remove_user(user);
                }
                held = lock();
                if let Some(slot) = held.done.get_mut(position) {
                    *slot = Some(running.history);
                }
                finished(held.done.iter().flatten().count());
            }
        }
        changed.notify_all();
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

/// The principals that the policies of a program name.
fn principals_of(program: &Program) -> Vec<Principal> {
    let statements = program
        .world
        .policies()
        .flat_map(|(_, policy)| &policy.statements);
    statements
        .flat_map(|statement| statement.principals.iter().copied())
        .collect()
}

fn start<'a>(session: &Session, plan: &Plan, entry: &'a Entry, position: usize) -> Running<'a> {
    // The same program may run again, shrunk from another: what it makes is its own each time.
    let stem = format!(
        "{}{}-{:x}",
        plan.prefix,
        entry.id,
        STARTED.fetch_add(1, Ordering::Relaxed)
    );
    let own_user = changes_user(&entry.program);
    let mut stopped = None;
    let user = if own_user {
        match session.make_user(&stem) {
            Ok(user) => Some(user),
            Err(why) => {
                stopped = Some(format!("needs an IAM user of its own: {}", why.0));
                None
            }
        }
    } else {
        session.user.clone()
    };
    let asks = |caller: Caller| {
        entry
            .program
            .requests()
            .any(|(_, request)| request.caller == caller)
    };
    for (caller, there) in [
        (Caller::User, user.is_some()),
        (Caller::Other, session.other.is_some()),
    ] {
        if stopped.is_none() && asks(caller) && !there {
            stopped = Some(format!("needs the identity `{caller}`"));
        }
    }
    let named = principals_of(&entry.program);
    for (principal, there) in [
        (Principal::User, user.is_some()),
        (Principal::OtherAccount, session.other.is_some()),
    ] {
        if stopped.is_none() && named.contains(&principal) && !there {
            stopped = Some(format!(
                "its policies name the identity `{}`, which the target lacks",
                principal.word()
            ));
        }
    }
    let about_root = |words: &String| words.starts_with("EVAL-ROOT-");
    if stopped.is_none()
        && !session.owner_is_root
        && entry.tells.iter().all(about_root)
        && !entry.tells.is_empty()
    {
        stopped = Some("needs a root user as owner".to_owned());
    }
    let mut principals = session.principals();
    if let Some(user) = &user {
        principals.user.clone_from(&user.principal);
        principals.user_name.clone_from(&user.user_name);
    }
    let unit = if entry.program.waits() {
        plan.short_unit
    } else {
        plan.long_unit
    };
    // Dates on the wire have whole seconds.
    let start = (session.client.now() + session.skew).div_euclid(1000) * 1000;
    let mut program = entry.program.clone();
    program.world.calendar = Calendar {
        start: Time(start),
        unit,
    };
    let bucket_prefix = format!("{stem}-");
    let history = History {
        schema: SCHEMA.to_owned(),
        id: entry.id.clone(),
        program: entry.program.to_string(),
        start,
        unit,
        guard: plan.guard,
        skew: session.skew,
        bucket_prefix: bucket_prefix.clone(),
        principals: principals.clone(),
        owner_is_root: session.owner_is_root,
        other_is_root: session.other_is_root,
        steps: Vec::new(),
        stopped,
    };
    let names = Names {
        bucket_prefix,
        region: session.region.clone(),
        principals,
        ..Names::default()
    };
    Running {
        position,
        entry,
        program,
        names,
        user,
        own_user,
        at: 0,
        history,
    }
}

/// Takes steps until the program waits (returns until when) or ends.
fn advance(session: &Session, running: &mut Running<'_>) -> Option<i64> {
    while running.history.stopped.is_none() {
        let current = running.program.steps.get(running.at)?.clone();
        let request = match current.act {
            Act::Wait(units) => {
                let calendar = running.program.world.calendar;
                let until = calendar.start.0 + calendar.unit * i64::from(units) + calendar.unit / 2;
                running.at += 1;
                if until > session.client.now() + session.skew {
                    return Some(until);
                }
                continue;
            }
            Act::Ask(request) => request,
        };
        running.at += 1;
        running.names.http_dates.now = http_date(session.client.now() + session.skew);
        let raw = match lower(&running.program.world, &running.names, &request) {
            Ok(raw) => raw,
            Err(unbound) => {
                running.history.stopped = Some(format!(
                    "step {} needs {}, which no reply showed",
                    current.number, unbound.0
                ));
                break;
            }
        };
        let credentials = credentials(session, running, request.caller);
        let result = match session.send(raw.0, credentials.as_ref(), raw.1) {
            Ok(exchange) => {
                for (handle, id) in handles(
                    &running.program.world,
                    current.number,
                    &request,
                    &exchange.response,
                ) {
                    running.names.handles.insert(handle, id);
                }
                if let Some((UploadRef::Made(handle), number, etag)) = part(&request, &exchange.response)
                    && let Some(id) = running.names.handles.get(&handle)
                {
                    running
                        .names
                        .parts
                        .entry(id.clone())
                        .or_default()
                        .insert(number, etag);
                }
                Outcome::Exchange(Redactor::new().redact(&exchange))
            }
            Err(failure) => {
                running.history.stopped = Some(format!("step {}: {failure}", current.number));
                Outcome::Failure(failure)
            }
        };
        running.history.steps.push(Taken {
            number: current.number,
            result,
        });
    }
    debug_assert_eq!(running.entry.id, running.history.id);
    None
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
