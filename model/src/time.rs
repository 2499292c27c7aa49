//! Instants of the law: plain milliseconds that are compared and never read from a clock.

use std::fmt;

/// A point in time, in milliseconds since the Unix epoch (or since a tiny world's start).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub i64);

/// Milliseconds in a day.
pub const DAY: i64 = 86_400_000;

impl Time {
    /// The instant `milliseconds` later, saturating at the ends of the scale.
    #[must_use]
    pub fn plus(self, milliseconds: i64) -> Time {
        Time(self.0.saturating_add(milliseconds))
    }
}

/// An instant that is known to lie between two times, both included.
///
/// An observer of a wire knows when a request was sent and when its reply arrived, not when the endpoint ruled.
/// A date that a client chose is exact: both ends are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    /// The earliest time that it can be.
    pub earliest: Time,
    /// The latest time that it can be.
    pub latest: Time,
}

/// How two moments compare: certain, or open because they overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The first is surely before the second.
    Before,
    /// The first is surely after the second, or both are exactly the same instant.
    NotBefore,
    /// Either may be the case.
    Open,
}

impl Moment {
    /// A moment that is exactly `time`.
    #[must_use]
    pub fn exactly(time: Time) -> Moment {
        Moment {
            earliest: time,
            latest: time,
        }
    }

    /// The moment `milliseconds` later.
    #[must_use]
    pub fn plus(self, milliseconds: i64) -> Moment {
        Moment {
            earliest: self.earliest.plus(milliseconds),
            latest: self.latest.plus(milliseconds),
        }
    }

    /// The next midnight (UTC), or this moment if it is one.
    #[must_use]
    pub fn rounded_up(self) -> Moment {
        let up = |time: Time| {
            let over = time.0.rem_euclid(DAY);
            if over == 0 { time } else { time.plus(DAY - over) }
        };
        Moment {
            earliest: up(self.earliest),
            latest: up(self.latest),
        }
    }

    /// Whether `time` can be this moment.
    #[must_use]
    pub fn contains(self, time: Time) -> bool {
        self.earliest <= time && time <= self.latest
    }

    /// Whether this moment is before `other`.
    #[must_use]
    pub fn order(self, other: Moment) -> Order {
        if self.latest < other.earliest {
            Order::Before
        } else if self.earliest >= other.latest {
            Order::NotBefore
        } else {
            Order::Open
        }
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equality_of_exact_moments_counts_as_not_before() {
        let noon = Moment::exactly(Time(12));
        assert_eq!(noon.order(noon), Order::NotBefore);
        assert_eq!(Moment::exactly(Time(11)).order(noon), Order::Before);
    }

    #[test]
    fn overlapping_moments_are_open() {
        let reply = Moment {
            earliest: Time(10),
            latest: Time(14),
        };
        assert_eq!(reply.order(Moment::exactly(Time(12))), Order::Open);
        assert_eq!(reply.order(Moment::exactly(Time(15))), Order::Before);
        assert_eq!(reply.order(Moment::exactly(Time(10))), Order::NotBefore);
    }
}
