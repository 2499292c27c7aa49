//! Which program a worker takes next: those whose time has come, then buckets that can go, then new programs.

use std::collections::{BTreeMap, BinaryHeap, VecDeque};

use bucketlaw_model::request::Operation;

use super::{MOST_AGAIN, Running, Terms};
use crate::clean::Contents;
use crate::history::History;
use crate::suite::Entry;

/// The longest that a run waits for buckets under retention, so that other programs get a place: in milliseconds.
const PATIENCE: i64 = 600_000;

/// Programs put aside, the one that goes on first on top.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Parked(std::cmp::Reverse<(i64, usize)>);

/// Buckets of a program that ended, which could not be removed yet.
pub(super) struct Held {
    /// By their names, with what is in them.
    pub(super) buckets: BTreeMap<String, Contents>,
    /// When they can be removed, on the endpoint's clock; `None` if that is not known.
    pub(super) due: Option<i64>,
}

/// What a worker does next.
pub(super) enum Work<'a> {
    /// It begins a program.
    Begin {
        /// Which.
        position: usize,
        /// Whether nothing else runs meanwhile.
        alone: bool,
    },
    /// It says why a program does not run.
    Skip(usize, String),
    /// It goes on with a program.
    Continue(Box<Running<'a>>),
    /// It ends a program before its end.
    Stop(Box<Running<'a>>, String),
    /// It removes buckets.
    Remove(Held),
    /// It waits so many milliseconds, or until something changes.
    Wait(i64),
    /// It ends.
    End,
}

/// The programs of a run, and where each of them is.
pub(super) struct Queue<'a> {
    fresh: usize,
    parked: BinaryHeap<Parked>,
    waiting: BTreeMap<usize, Running<'a>>,
    held: Vec<Held>,
    used: usize,
    /// Programs that begin again, beside others or alone, and how often each did.
    redone: VecDeque<usize>,
    suspects: VecDeque<usize>,
    begun_again: BTreeMap<usize, u8>,
    /// Whether a program runs alone.
    pub(super) alone: bool,
    /// How many workers are at work.
    pub(super) busy: usize,
    /// The histories of the programs that have ended.
    pub(super) done: Vec<Option<History>>,
}

impl<'a> Queue<'a> {
    /// A queue of so many programs, none of them begun.
    pub(super) fn new(programs: usize) -> Queue<'a> {
        Queue {
            fresh: 0,
            parked: BinaryHeap::new(),
            waiting: BTreeMap::new(),
            held: Vec::new(),
            used: 0,
            redone: VecDeque::new(),
            suspects: VecDeque::new(),
            begun_again: BTreeMap::new(),
            alone: false,
            busy: 0,
            done: (0..programs).map(|_| None).collect(),
        }
    }

    /// What a worker does next; `now` is the time on the endpoint's clock.
    pub(super) fn next(&mut self, entries: &[Entry], terms: &Terms, now: i64) -> Work<'a> {
        if let Some(why) = terms.watch.ended() {
            return self.wind_up(entries, why);
        }
        if self.alone || !self.suspects.is_empty() {
            return self.alone(entries);
        }
        if let Some(position) = self.redone.pop_front() {
            self.used += entries.get(position).map_or(0, buckets);
            return Work::Begin {
                position,
                alone: false,
            };
        }
        let due = self.due();
        if due.is_some_and(|time| time <= now)
            && let Some(running) = self.unpark()
        {
            return Work::Continue(Box::new(running));
        }
        if let Some(at) = self
            .held
            .iter()
            .position(|held| held.due.is_some_and(|due| due <= now))
        {
            return Work::Remove(self.held.swap_remove(at));
        }
        if let Some(entry) = entries.get(self.fresh) {
            match self.fits(entry, terms, now) {
                Fit::Now => {
                    self.used += buckets(entry);
                    self.fresh += 1;
                    return Work::Begin {
                        position: self.fresh - 1,
                        alone: false,
                    };
                }
                Fit::Later => {}
                Fit::Never(why) => {
                    self.fresh += 1;
                    return Work::Skip(self.fresh - 1, why);
                }
            }
        } else if due.is_none() && self.busy == 0 {
            return Work::End;
        }
        Work::Wait(due.map_or(50, |time| (time - now).clamp(1, 50)))
    }

    /// Begins a program that has to run alone, once nothing else runs.
    fn alone(&mut self, entries: &[Entry]) -> Work<'a> {
        if self.alone || self.busy > 0 {
            return Work::Wait(50);
        }
        let Some(position) = self.suspects.pop_front() else {
            return Work::Wait(1);
        };
        self.alone = true;
        self.used += entries.get(position).map_or(0, buckets);
        Work::Begin {
            position,
            alone: true,
        }
    }

    /// Whether a program may begin once more.
    pub(super) fn may_begin_again(&self, position: usize) -> bool {
        self.begun_again
            .get(&position)
            .is_none_or(|times| *times < MOST_AGAIN)
    }

    /// Lets a program begin again beside the others.
    pub(super) fn again(&mut self, position: usize) {
        *self.begun_again.entry(position).or_default() += 1;
        self.redone.push_back(position);
    }

    /// Lets a program begin again alone.
    pub(super) fn suspect(&mut self, position: usize) {
        *self.begun_again.entry(position).or_default() += 1;
        self.suspects.push_back(position);
    }

    /// Ends what waits and what has not begun.
    fn wind_up(&mut self, entries: &[Entry], why: String) -> Work<'a> {
        if let Some(running) = self.unpark() {
            return Work::Stop(Box::new(running), why);
        }
        if let Some(position) = self.suspects.pop_front().or_else(|| self.redone.pop_front()) {
            return Work::Skip(position, why);
        }
        if self.fresh < entries.len() {
            self.fresh += 1;
            return Work::Skip(self.fresh - 1, why);
        }
        if self.busy == 0 { Work::End } else { Work::Wait(50) }
    }

    /// Whether there is room for the buckets of a program.
    fn fits(&self, entry: &Entry, terms: &Terms, now: i64) -> Fit {
        let needs = buckets(entry);
        let Some(limit) = terms.max_buckets else {
            return Fit::Now;
        };
        if needs > limit {
            return Fit::Never(format!(
                "it needs {needs} buckets at once, and --max-buckets is {limit}"
            ));
        }
        if self.used + needs <= limit {
            return Fit::Now;
        }
        let soon = |held: &Held| held.due.is_some_and(|due| due - now <= PATIENCE);
        if self.busy == 0 && self.waiting.is_empty() && !self.held.iter().any(soon) {
            return Fit::Never(format!(
                "it needs {needs} buckets at once, and {} of the {limit} of --max-buckets can't be removed",
                self.used
            ));
        }
        Fit::Later
    }

    /// Puts a program aside until a time.
    pub(super) fn park(&mut self, running: Running<'a>, until: i64) {
        self.parked
            .push(Parked(std::cmp::Reverse((until, running.position))));
        self.waiting.insert(running.position, running);
    }

    fn due(&self) -> Option<i64> {
        self.parked
            .peek()
            .map(|Parked(std::cmp::Reverse((time, _)))| *time)
    }

    fn unpark(&mut self) -> Option<Running<'a>> {
        let Parked(std::cmp::Reverse((_, at))) = self.parked.pop()?;
        self.waiting.remove(&at)
    }

    /// Takes note that so many buckets are gone, and which are not.
    pub(super) fn removed(&mut self, gone: usize, held: Option<Held>) {
        self.used = self.used.saturating_sub(gone);
        self.held.extend(held);
    }
}

enum Fit {
    Now,
    Later,
    Never(String),
}

/// How many buckets a program may have at once.
pub(super) fn buckets(entry: &Entry) -> usize {
    let world = &entry.program.world;
    let mut names: Vec<&str> = entry
        .program
        .requests()
        .filter_map(|(_, request)| match &request.operation {
            Operation::CreateBucket { bucket, .. } => Some(world.bucket_name(*bucket)),
            _ => None,
        })
        .collect();
    names.sort_unstable();
    names.dedup();
    names.len()
}
