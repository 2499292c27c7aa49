//! An end that is set from outside: until when any exchange of a client may last, whatever its own time is.

use std::io::{self, ErrorKind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long an operation on a socket waits before it looks whether its end has come nearer.
const LOOK: Duration = Duration::from_millis(200);

/// How long a connection may take to be made: the one operation that can't be waited for in pieces.
const CONNECT: Duration = Duration::from_secs(6);

/// The instant at which every exchange of a client ends. There is none until one is [set](Cut::set); clones share it.
#[derive(Clone, Debug, Default)]
pub struct Cut(Arc<Mutex<Option<Instant>>>);

impl Cut {
    /// Ends every exchange at this instant at the latest, also those that are under way.
    pub fn set(&self, at: Instant) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(at);
    }

    /// The instant, if one is set.
    #[must_use]
    pub fn at(&self) -> Option<Instant> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When one exchange ends: at its own time, or earlier where a [`Cut`] says so.
#[derive(Clone, Debug)]
pub(super) struct Deadline {
    own: Instant,
    cut: Cut,
}

impl Deadline {
    pub(super) fn new(own: Instant, cut: &Cut) -> Deadline {
        Deadline {
            own,
            cut: cut.clone(),
        }
    }

    /// The same end, or an earlier one.
    pub(super) fn at_most(&self, own: Instant) -> Deadline {
        Deadline::new(self.own.min(own), &self.cut)
    }

    /// The time that is left, never zero (which a socket would take for "no limit"); `TimedOut` when none is.
    fn left(&self) -> io::Result<Duration> {
        let end = self.cut.at().map_or(self.own, |cut| cut.min(self.own));
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            Err(ErrorKind::TimedOut.into())
        } else {
            Ok(left.max(Duration::from_millis(1)))
        }
    }

    /// The time that one operation on a socket may wait before it asks again; `TimedOut` when no time is left.
    pub(super) fn slice(&self) -> io::Result<Duration> {
        self.left().map(|left| left.min(LOOK))
    }

    /// The time that making a connection may take; `TimedOut` when no time is left.
    pub(super) fn to_connect(&self) -> io::Result<Duration> {
        self.left().map(|left| left.min(CONNECT))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_ends_what_has_begun() {
        let cut = Cut::default();
        let day = Instant::now() + Duration::from_secs(86_400);
        let deadline = Deadline::new(day, &cut);
        assert_eq!(deadline.slice().unwrap(), LOOK);
        assert_eq!(deadline.to_connect().unwrap(), CONNECT);
        cut.set(Instant::now());
        assert_eq!(deadline.slice().unwrap_err().kind(), ErrorKind::TimedOut);
        cut.set(day);
        assert!(deadline.slice().is_ok());
        let now = deadline.at_most(Instant::now());
        assert_eq!(now.slice().unwrap_err().kind(), ErrorKind::TimedOut);
    }
}
