//! The workers of a run: each takes what the queue has for it until all programs have ended.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bucketlaw_model::observed::parse_iso8601;

use super::queue::{Held, Queue, Work};
use super::steps::advance;
use super::watch::Loss;
use super::{Plan, Running, blank, redactor, start};
use crate::clean::made::{made, planned};
use crate::clean::{self, Cleaner, Contents};
use crate::history::History;
use crate::session::Session;
use crate::suite::Entry;

/// What the workers of a run share.
pub(super) struct Course<'a> {
    pub(super) session: &'a Session,
    pub(super) plan: &'a Plan,
    pub(super) entries: &'a [Entry],
    pub(super) ended: &'a (dyn Fn(&Entry, &History) + Sync),
    pub(super) redacted: bool,
    queue: Mutex<Queue<'a>>,
    changed: Condvar,
}

/// What becomes of a program that does not go on.
enum Next {
    /// It has ended.
    Finish,
    /// It begins again beside the others: the endpoint died while it was under way.
    Again,
    /// It begins again alone: a request of it may be what the endpoint died of.
    Alone,
}

impl<'a> Course<'a> {
    pub(super) fn new(
        session: &'a Session,
        plan: &'a Plan,
        entries: &'a [Entry],
        ended: &'a (dyn Fn(&Entry, &History) + Sync),
        redacted: bool,
    ) -> Course<'a> {
        Course {
            session,
            plan,
            entries,
            ended,
            redacted,
            queue: Mutex::new(Queue::new(entries.len())),
            changed: Condvar::new(),
        }
    }

    /// The histories of all programs, in their order, once they have ended.
    pub(super) fn histories(self) -> Vec<History> {
        let queue = self.queue.into_inner().unwrap_or_else(PoisonError::into_inner);
        queue.done.into_iter().flatten().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Queue<'a>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works until all programs have ended.
    pub(super) fn work(&self) {
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
                    let alone = matches!(work, Work::Begin { alone: true, .. });
                    held.busy += 1;
                    drop(held);
                    self.take(work);
                    let mut held = self.lock();
                    held.busy -= 1;
                    held.alone &= !alone;
                }
            }
            self.changed.notify_all();
        }
    }

    /// Does one piece of work.
    fn take(&self, work: Work<'a>) {
        match work {
            Work::Begin { position, alone } => {
                if let Some(entry) = self.entries.get(position) {
                    let mut running = start(self.session, self.plan, entry, position);
                    running.alone = alone;
                    running.redactor = self
                        .redacted
                        .then(|| redactor(self.session, running.user.as_ref()));
                    self.go(running);
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
            Work::Remove(held) => self.remove(held.buckets),
            Work::Wait(_) | Work::End => {}
        }
    }

    /// Goes on with a program until it waits or ends.
    fn go(&self, mut running: Running<'a>) {
        match advance(self.session, &mut running) {
            Some(until) => {
                // Others run while it waits.
                running.alone = false;
                self.lock().park(running, until);
            }
            None => self.end(running),
        }
    }

    /// Takes away what a program made and needed, and keeps its history or lets it begin again.
    fn end(&self, mut running: Running<'a>) {
        let next = self.next(&mut running);
        let terms = &self.plan.terms;
        if terms.remove || terms.max_buckets.is_some() {
            if running.history.steps.is_empty() {
                // A program without steps made nothing, and leaves its room.
                self.forget(&planned(&running.program, &running.history.bucket_prefix));
            } else {
                self.remove(made(&running.history));
            }
        } else if terms.ledger.is_kept() {
            terms.ledger.note(&made(&running.history));
        }
        if running.own_user
            && let Some(user) = &running.user
            && self.session.remove_user(user).is_ok()
        {
            terms.ledger.user_gone(&user.user_name);
        }
        match next {
            Next::Finish => self.finish(running.position, running.history),
            Next::Again => self.lock().again(running.position),
            Next::Alone => self.lock().suspect(running.position),
        }
    }

    /// What becomes of a program that does not go on, and what its history says of that.
    fn next(&self, running: &mut Running<'_>) -> Next {
        let watch = &self.plan.terms.watch;
        let stopped = &mut running.history.stopped;
        let under_way = watch.crashed() > running.crashes;
        match &running.lost {
            Some((Loss::Crash, request)) if running.alone => {
                watch.blame(&running.entry.id);
                *stopped = Some(format!(
                    "excluded: the target crashed at {request}, and did so when the program ran alone"
                ));
                return Next::Finish;
            }
            None | Some((Loss::Reply, _)) if !under_way => return Next::Finish,
            Some((Loss::Connection, _)) if running.alone => return Next::Finish,
            _ => {}
        }
        if watch.ended().is_some() {
            return Next::Finish;
        }
        if !self.lock().may_begin_again(running.position) {
            *stopped = Some("the target crashed whenever the program ran".to_owned());
            return Next::Finish;
        }
        match running.lost {
            Some((Loss::Crash | Loss::Connection, _)) => Next::Alone,
            Some((Loss::Reply, _)) | None => Next::Again,
        }
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

    /// Takes note that buckets are not there.
    fn forget(&self, buckets: &BTreeMap<String, Contents>) {
        for name in buckets.keys() {
            self.plan.terms.ledger.gone(name);
        }
        self.lock().removed(buckets.len(), None);
    }

    /// Removes buckets, as far as they can be removed now. The clean-up at the end of the run tries again.
    fn remove(&self, buckets: BTreeMap<String, Contents>) {
        let terms = &self.plan.terms;
        let cleaner = Cleaner {
            session: self.session,
            prefix: &self.plan.prefix,
            jobs: 1,
            recorded: true,
            // The clean-up at the end of the run has the time.
            patience: &[],
            looks_first: false,
            watch: &terms.watch,
            seen: &|_, _| {},
        };
        let behind = cleaner.remove(&buckets);
        let stay = clean::names(&behind);
        let (left, gone): (BTreeMap<_, _>, BTreeMap<_, _>) = buckets
            .into_iter()
            .partition(|(name, _)| stay.contains(name.as_str()));
        terms.ledger.note(&left);
        let due = clean::until(&behind)
            .and_then(parse_iso8601)
            .map(|last| last.0 + self.plan.guard);
        self.forget(&gone);
        if !left.is_empty() {
            self.lock().removed(0, Some(Held { buckets: left, due }));
        }
    }
}
