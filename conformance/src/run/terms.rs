//! What a run may do at its endpoint, and what ends it before its end.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bucketlaw_model::program::Program;
use bucketlaw_model::request::Operation;

use crate::lower::Service;
use crate::session::Session;
use crate::wire::{Failure, FailureKind, RawRequest};

/// How many requests in a row may get no reply before the endpoint counts as gone.
const LOST: usize = 32;

/// How often, and how long apart, an endpoint that refuses connections is asked whether it is there again.
const LOOKS: (u32, Duration) = (10, Duration::from_millis(500));

/// What a run may do at its endpoint. The default allows everything and waits for nothing.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// How many buckets may exist at once: programs wait for others to end. `None` is no bound.
    pub max_buckets: Option<usize>,
    /// Which locks in COMPLIANCE mode may be made: nobody can remove those before their time.
    pub compliance: Compliance,
    /// Milliseconds from the reply to a write until every read shows it.
    pub settle: i64,
    /// What ends the run before its end.
    pub watch: Watch,
}

/// Which locks in COMPLIANCE mode a run may make.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compliance {
    /// Any, also those that outlive the run by days or for ever.
    #[default]
    Any,
    /// Those that end with the run.
    Short,
    /// None at all.
    Forbidden,
}

impl Terms {
    /// Why a program may not run under these terms, if it may not.
    #[must_use]
    pub fn forbids(&self, program: &Program) -> Option<String> {
        let made = program
            .requests()
            .map(|(_, request)| lock_of(&request.operation, program))
            .max()?;
        match (self.compliance, made) {
            (Compliance::Any, _) | (_, Lock::Removable) | (Compliance::Short, Lock::Short) => None,
            (Compliance::Forbidden, _) => Some(
                "it makes COMPLIANCE locks, which nobody can remove: allow them with --allow-compliance"
                    .to_owned(),
            ),
            (Compliance::Short, Lock::Long) => Some(
                "it makes COMPLIANCE locks that outlive the run by a day or more: \
                 they are made only where the target file says `disposable = true`"
                    .to_owned(),
            ),
        }
    }
}

/// What a request may leave locked, if the endpoint does as it is asked or does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Lock {
    /// Nothing, or what the owner can lift.
    Removable,
    /// A version under COMPLIANCE until a date of the program.
    Short,
    /// Versions under COMPLIANCE by a default of days or years, or until a date far away.
    Long,
}

fn lock_of(operation: &Operation, program: &Program) -> Lock {
    let words = operation.words(&program.world);
    let says = |name: &str, word: &str| words.iter().any(|(n, w)| *n == name && w == word);
    if !says("mode", "COMPLIANCE") {
        Lock::Removable
    } else if operation.name() == "PutObjectLockConfiguration" || says("until", "far") {
        Lock::Long
    } else {
        Lock::Short
    }
}

/// What ends a run before its end: the user, or an endpoint that is gone. Clones watch the same run.
#[derive(Clone, Debug, Default)]
pub struct Watch(Arc<Watched>);

#[derive(Debug, Default)]
struct Watched {
    interrupted: AtomicBool,
    stopped: AtomicBool,
    lost: AtomicUsize,
    gone: Mutex<Option<String>>,
}

impl Watch {
    /// Ends the run: what has begun is finished, nothing new begins.
    pub fn interrupt(&self) {
        self.0.interrupted.store(true, Ordering::Relaxed);
    }

    /// Whether the user ended the run.
    #[must_use]
    pub fn is_interrupted(&self) -> bool {
        self.0.interrupted.load(Ordering::Relaxed)
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

    /// What happened to the endpoint, if it is gone.
    #[must_use]
    pub fn gone(&self) -> Option<String> {
        self.0.gone.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Why nothing new may begin, if nothing may.
    #[must_use]
    pub fn ended(&self) -> Option<String> {
        if self.is_interrupted() {
            Some("the run was interrupted".to_owned())
        } else if self.gone().is_some() {
            Some("the target crashed during the run".to_owned())
        } else {
            self.is_stopped()
                .then(|| "the run ended at its first divergence".to_owned())
        }
    }

    /// Takes note of a reply.
    pub(super) fn answered(&self) {
        self.0.lost.store(0, Ordering::Relaxed);
    }

    /// Takes note of a request without a reply, and finds out whether the endpoint is gone.
    pub(super) fn lost(&self, session: &Session, failure: &Failure) {
        let lost = self.0.lost.fetch_add(1, Ordering::Relaxed) + 1;
        if self.gone().is_some() {
            return;
        }
        if failure.kind == FailureKind::Unreachable {
            if !self.comes_back(session) {
                self.set_gone(format!("it takes no connections any more ({})", failure.detail));
            }
        } else if lost >= LOST {
            self.set_gone(format!(
                "{lost} requests in a row got no reply; the last: {failure}"
            ));
        }
    }

    /// Whether an endpoint that refused a connection answers again within a few seconds.
    fn comes_back(&self, session: &Session) -> bool {
        let (times, apart) = LOOKS;
        for _ in 0..times {
            std::thread::sleep(apart);
            let listing = RawRequest::new("GET", "/");
            let reply = session.send(listing, Some(&session.owner.credentials), Service::S3);
            if !matches!(&reply, Err(failure) if failure.kind == FailureKind::Unreachable) {
                return true;
            }
            if self.ended().is_some() {
                break;
            }
        }
        false
    }

    fn set_gone(&self, what: String) {
        self.0
            .gone
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get_or_insert(what);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forbidden(compliance: Compliance, steps: &str) -> bool {
        let text = format!("bucketlaw program 1\n1 owner CreateBucket bucket=b lock=true\n{steps}");
        let terms = Terms {
            compliance,
            ..Terms::default()
        };
        terms.forbids(&Program::read(&text).unwrap()).is_some()
    }

    #[test]
    fn locks_that_nobody_can_remove_are_made_only_where_they_may() {
        let governance = "2 owner PutObject bucket=b key=k mode=GOVERNANCE until=far";
        let short = "2 owner PutObject bucket=b key=k mode=COMPLIANCE until=@1";
        let far = "2 owner PutObject bucket=b key=k mode=COMPLIANCE until=far";
        let default = "2 owner PutObjectLockConfiguration bucket=b mode=COMPLIANCE period=1d";
        for (steps, may_short, may_any) in [
            (governance, true, true),
            (short, true, true),
            (far, false, true),
            (default, false, true),
        ] {
            assert_eq!(forbidden(Compliance::Short, steps), !may_short, "{steps}");
            assert_eq!(forbidden(Compliance::Any, steps), !may_any, "{steps}");
        }
        assert!(!forbidden(Compliance::Forbidden, governance));
        assert!(forbidden(Compliance::Forbidden, short));
    }

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
}
