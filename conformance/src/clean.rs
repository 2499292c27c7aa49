//! Clean-up: taking away what a run made, as far as the endpoint lets anybody take it away.
//!
//! What was made is known from the run's own [`ledger`], and from whatever listing the endpoint has. No single failure
//! ends the clean-up: what can't be removed is named, and the rest is removed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::report::LeftBehind;
use crate::run::Watch;
use crate::session::{Identity, Session};

mod ask;
mod bucket;
pub mod ledger;
mod listing;
mod lock;
pub mod made;
mod users;

pub use ledger::{Ledger, Left};
pub use made::Contents;

use ask::Asker;
use bucket::End;

/// How the name ends that stands for all the buckets of a run that can't be listed.
pub const UNLISTED: &str = "*";

/// What is removed, and from where.
#[derive(Clone, Copy)]
pub struct Cleaner<'a> {
    /// The endpoint.
    pub session: &'a Session,
    /// What the names of the run's buckets and users start with.
    pub prefix: &'a str,
    /// How many buckets are removed at a time.
    pub jobs: usize,
    /// Whether the run's own record is here, so that nothing is missed where the endpoint lists no buckets.
    pub recorded: bool,
    /// How long is waited before each further attempt at buckets that say they are not empty although nothing can be
    /// found in them: some servers see late what was deleted, or late what is there.
    pub patience: &'a [Duration],
    /// Whether a bucket is looked for before anything is removed: most of those that are named are not there.
    pub looks_first: bool,
    /// What ends the clean-up before its end.
    pub watch: &'a Watch,
    /// Called with how many buckets were seen to, and how many there are.
    pub seen: &'a (dyn Fn(usize, usize) + Sync),
}

impl std::fmt::Debug for Cleaner<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cleaner")
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}

impl<'a> Cleaner<'a> {
    /// Removes every bucket and IAM user whose name starts with the prefix, with all that is in it: those that the
    /// endpoint lists and those that are known to be there.
    ///
    /// Holds are lifted and governance is bypassed. What nobody can remove yet is returned, and where nothing says which
    /// buckets there are, [`UNLISTED`] is among it.
    #[must_use]
    pub fn clean(&self, known: &Left) -> Vec<LeftBehind> {
        let mut buckets = known.buckets.clone();
        let mut left = Vec::new();
        for (number, identity) in askers(self.session).into_iter().enumerate() {
            match self.asker(identity).buckets(self.prefix) {
                Ok(names) => buckets.extend(
                    names
                        .into_iter()
                        .filter(|name| !known.buckets.contains_key(name))
                        .map(|name| (name, Contents::default())),
                ),
                // Who owns none may be refused the list; what is known is removed all the same.
                Err(why) if number == 0 && !self.recorded => left.push(LeftBehind {
                    bucket: format!("{}{UNLISTED}", self.prefix),
                    reason: format!("the buckets of the run can't be listed: {why}"),
                    ..self.behind()
                }),
                Err(_) => {}
            }
        }
        left.extend(self.remove(&buckets));
        if self.session.iam {
            let asker = self.asker(Some(&self.session.owner));
            left.extend(users::remove(self, &asker, &known.users));
        }
        left
    }

    /// Removes these buckets, whoever owns them, several at a time. What nobody can remove yet is returned.
    #[must_use]
    pub fn remove(&self, buckets: &BTreeMap<String, Contents>) -> Vec<LeftBehind> {
        let mut ends = self.attempt(buckets);
        for pause in self.patience {
            let late = |name: &String| matches!(ends.get(name), Some(End::Late(_)));
            let again: BTreeMap<_, _> = buckets
                .iter()
                .filter(|(name, _)| late(name))
                .map(|(name, known)| (name.clone(), known.clone()))
                .collect();
            if again.is_empty() || !self.pause(*pause) {
                break;
            }
            ends.extend(self.attempt(&again));
        }
        ends.into_values().flat_map(End::left).collect()
    }

    /// Tries once to remove these buckets; how it ended for each.
    fn attempt(&self, buckets: &BTreeMap<String, Contents>) -> BTreeMap<String, End> {
        let all = buckets.len();
        let queue = Mutex::new(buckets.iter());
        let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
        let done = AtomicUsize::new(0);
        let worker = || {
            let mut ends = BTreeMap::new();
            while let Some((name, known)) = next() {
                ends.insert(name.clone(), self.bucket(name, known));
                (self.seen)(done.fetch_add(1, Ordering::Relaxed) + 1, all);
            }
            ends
        };
        if self.jobs <= 1 || all <= 1 {
            return worker();
        }
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..self.jobs.min(all)).map(|_| scope.spawn(worker)).collect();
            // A worker does not panic; one that did has removed nothing.
            let ends = workers
                .into_iter()
                .map(|worker| worker.join().unwrap_or_default());
            ends.flatten().collect()
        })
    }

    /// Waits; whether it is worth asking after that.
    fn pause(&self, pause: Duration) -> bool {
        let end = Instant::now() + pause;
        while self.hopeless().is_none() && !self.watch.is_interrupted() {
            let rest = end.saturating_duration_since(Instant::now());
            if rest.is_zero() {
                return true;
            }
            std::thread::sleep(rest.min(Duration::from_millis(100)));
        }
        false
    }

    /// Removes one bucket as each identity that may own it, or something in it, until it is gone.
    fn bucket(&self, name: &str, known: &Contents) -> End {
        if let Some(why) = self.hopeless() {
            return End::Stays(vec![self.unseen(name, known, &why)]);
        }
        if self.looks_first && self.asker(Some(&self.session.owner)).lacks(name) {
            return End::Gone;
        }
        // Who may look into the bucket knows best what stays, and may let the others in.
        let mut host = None;
        let mut end = End::Gone;
        for identity in askers(self.session) {
            let asker = self.asker(identity);
            let ended = bucket::remove(self, &asker, name, known, host.is_some());
            // Who has no patience comes again.
            let late = matches!(ended, End::Late(_)) && self.patience.is_empty();
            if ended.is_settled() || late || self.hopeless().is_some() {
                return ended;
            }
            if host.is_none() {
                if !ended.is_refused() {
                    bucket::open(&asker, name, &self.principals());
                    host = Some(asker);
                }
                end = ended;
            }
        }
        match (host, end) {
            // What the others took out of the way may have been all that it waited for.
            (Some(host), _) => bucket::remove(self, &host, name, known, false),
            (None, End::Refused(behind)) => End::Refused(LeftBehind {
                reason: format!("{}, whoever of the run asks", behind.reason),
                ..behind
            }),
            (None, end) => end,
        }
    }

    /// How policies name the identities of the run.
    fn principals(&self) -> Vec<&'a str> {
        let session = self.session;
        let all = [
            Some(&session.owner),
            session.other.as_ref(),
            session.user.as_ref(),
        ];
        let named = all
            .into_iter()
            .flatten()
            .map(|identity| identity.principal.as_str());
        named.collect()
    }

    /// Why nothing more is asked, if nothing is.
    fn hopeless(&self) -> Option<String> {
        if self.watch.gone().is_some() {
            Some("it was not tried to remove it: the target does not answer".to_owned())
        } else if self.watch.may_ask() {
            None
        } else {
            Some("it was not tried to remove it: the run was interrupted".to_owned())
        }
    }

    /// The time on the endpoint's clock.
    fn now(&self) -> i64 {
        self.session.client.now() + self.session.skew
    }

    fn asker(&self, identity: Option<&'a Identity>) -> Asker<'a> {
        Asker {
            session: self.session,
            credentials: identity.map(|identity| &identity.credentials),
            principal: identity.map_or("", |identity| identity.principal.as_str()),
            watch: self.watch,
        }
    }

    /// Something of this run that is left, to be filled in.
    fn behind(&self) -> LeftBehind {
        LeftBehind {
            run: self.prefix.trim_end_matches('-').to_owned(),
            ..LeftBehind::default()
        }
    }

    /// A bucket that nobody looked into.
    fn unseen(&self, name: &str, known: &Contents, why: &str) -> LeftBehind {
        let inside = match known.objects.len() {
            0 => String::new(),
            1 => " (with 1 object)".to_owned(),
            objects => format!(" (with {objects} objects)"),
        };
        LeftBehind {
            bucket: name.to_owned(),
            reason: format!("{why}{inside}"),
            ..self.behind()
        }
    }
}

/// Who may own buckets or what is in them: the identities of the run, the owner first, and at last nobody, as some
/// endpoints let anonymous callers write.
fn askers(session: &Session) -> Vec<Option<&Identity>> {
    let others = [session.other.as_ref(), session.user.as_ref()];
    let named = std::iter::once(&session.owner).chain(others.into_iter().flatten());
    named.map(Some).chain([None]).collect()
}

/// The last date until which something is left behind, if time removes all of it.
#[must_use]
pub fn until(left: &[LeftBehind]) -> Option<&str> {
    let all_end = left.iter().all(|behind| behind.until.is_some());
    left.iter()
        .filter(|_| all_end)
        .filter_map(|behind| behind.until.as_deref())
        .max()
}

/// The names of the buckets among what is left.
#[must_use]
pub fn names(left: &[LeftBehind]) -> BTreeSet<&str> {
    left.iter().map(|behind| behind.bucket.as_str()).collect()
}
