//! The server's only source of time: the system's clock, or one set by hand, that never runs backwards.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// An instant, in milliseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Ord, PartialOrd, Hash, Serialize, Deserialize)]
pub struct Timestamp(i64);

impl Timestamp {
    /// Milliseconds in a day of 24 hours.
    pub const DAY: i64 = 86_400_000;

    /// Makes an instant from milliseconds since the Unix epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Makes an instant from whole seconds since the Unix epoch.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// The instant as milliseconds since the Unix epoch.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// The instant as whole seconds since the Unix epoch, rounded down.
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The instant some milliseconds later (earlier, if negative), stopping at the ends of the range.
    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }
}

/// A clock that every part of one server shares; clones show the same time.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// The latest instant that was shown or stored: time never runs below it.
    floor: AtomicI64,
    /// The hand-set instant, if the clock is manual.
    manual: Option<AtomicI64>,
}

/// Why a clock could not be set.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ClockError {
    /// The clock follows the system and can't be set.
    NotManual,
    /// The instant lies before one that the clock has shown already.
    Backwards,
}

impl std::fmt::Display for ClockError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NotManual => "the server was not started with a test clock",
            Self::Backwards => "the clock never runs backwards",
        })
    }
}

impl std::error::Error for ClockError {}

impl Clock {
    /// A clock that follows the system's.
    pub fn system() -> Self {
        Self(Arc::new(Inner {
            floor: AtomicI64::new(i64::MIN),
            manual: None,
        }))
    }

    /// A clock that stands still at `start` until it is set.
    pub fn manual(start: Timestamp) -> Self {
        Self(Arc::new(Inner {
            floor: AtomicI64::new(i64::MIN),
            manual: Some(AtomicI64::new(start.0)),
        }))
    }

    /// The present instant: never earlier than one shown before, or than the floor.
    pub fn now(&self) -> Timestamp {
        let read = match &self.0.manual {
            Some(manual) => manual.load(Ordering::SeqCst),
            None => system_millis(),
        };
        let before = self.0.floor.fetch_max(read, Ordering::SeqCst);
        Timestamp(before.max(read))
    }

    /// Makes sure that no instant before `floor` is ever shown: the store calls it with the last commit's time.
    pub fn raise_floor(&self, floor: Timestamp) {
        self.0.floor.fetch_max(floor.0, Ordering::SeqCst);
    }

    /// Whether the clock is set by hand.
    pub fn is_manual(&self) -> bool {
        self.0.manual.is_some()
    }

    /// Sets a manual clock to an instant that is not in its past.
    pub fn set(&self, instant: Timestamp) -> Result<(), ClockError> {
        let manual = self.0.manual.as_ref().ok_or(ClockError::NotManual)?;
        if instant < self.now() {
            return Err(ClockError::Backwards);
        }
        manual.store(instant.0, Ordering::SeqCst);
        Ok(())
    }

    /// Moves a manual clock forward and gives the new present.
    pub fn advance(&self, millis: i64) -> Result<Timestamp, ClockError> {
        let target = self.now().plus_millis(millis);
        self.set(target)?;
        Ok(target)
    }
}

/// Reads the system's clock: the one place in the server where that is done.
fn system_millis() -> i64 {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |millis| -millis),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manual_time_moves_only_forward() {
        let clock = Clock::manual(Timestamp::from_millis(1000));
        assert_eq!(clock.now(), Timestamp::from_millis(1000));
        assert_eq!(clock.advance(500), Ok(Timestamp::from_millis(1500)));
        assert_eq!(
            clock.set(Timestamp::from_millis(1499)),
            Err(ClockError::Backwards)
        );
        assert_eq!(clock.advance(-1), Err(ClockError::Backwards));
        assert_eq!(clock.now(), Timestamp::from_millis(1500));
    }

    #[test]
    fn the_floor_holds_a_clock_that_starts_too_early() {
        let clock = Clock::manual(Timestamp::from_millis(10));
        clock.raise_floor(Timestamp::from_millis(50));
        assert_eq!(clock.now(), Timestamp::from_millis(50));
        assert_eq!(clock.advance(1), Ok(Timestamp::from_millis(51)));
    }

    #[test]
    fn the_system_clock_cannot_be_set() {
        assert_eq!(Clock::system().advance(1), Err(ClockError::NotManual));
    }
}
