//! Dates of retention: how they are written, and which of them are refused.

use Written::{WithOffset, WithoutZone};

use crate::argument::Date;
use crate::cx::Cx;
use crate::lock::retention::{
    LOCK_RET_004, LOCK_RET_004_ARGUMENT, LOCK_RET_004_MESSAGE, LOCK_RET_004_VALUE, LOCK_RET_018,
    LOCK_RET_021, LOCK_RET_024, LOCK_RET_024_UTC,
};
use crate::reply::{Code, Refusal, Value};
use crate::table::{Decision, Printed, effects, printed, refusal, table, words};
use crate::time::{DAY, Moment};

/// How far east of UTC dates with an offset are written.
pub const OFFSET: i64 = 2 * 60 * 60 * 1000;

/// A hundred years: the longest period that any page mentions (`LOCK-RET-021`).
const CENTURY: i64 = 36_525 * DAY;

words! {
    /// How a date is written.
    pub(in crate::lock) enum Written {
        /// There is none.
        NoDate,
        /// With an offset.
        WithOffset,
        /// Without a zone.
        WithoutZone,
        /// In UTC.
        InUtc,
        /// As no date is.
        Unparsable,
    }
}

impl Written {
    pub(in crate::lock) fn of(until: Date) -> Written {
        match until {
            Date::Absent => Written::NoDate,
            Date::Offset(_) => Written::WithOffset,
            Date::Zoneless(_) => Written::WithoutZone,
            Date::At(_) | Date::Far => Written::InUtc,
            Date::Unparsable => Written::Unparsable,
        }
    }
}

words! {
    /// Which date a request brings.
    pub(in crate::lock) enum Dated {
        /// There is none.
        NoDate,
        /// It is written as no date is.
        NotADate,
        /// It is not in the future.
        Past,
        /// It is in the future.
        Future,
        /// It is more than a hundred years away, which is as long as any page mentions.
        Distant,
    }
}

impl Dated {
    pub(in crate::lock) fn of(cx: &mut Cx<'_>, until: Date) -> Dated {
        match until {
            Date::Absent => Dated::NoDate,
            Date::Unparsable => Dated::NotADate,
            Date::At(_) | Date::Offset(_) | Date::Zoneless(_) | Date::Far => {
                let until = cx.world.moment(until);
                until.map_or(Dated::NotADate, |until| Dated::at(cx, until))
            }
        }
    }

    fn at(cx: &mut Cx<'_>, until: Moment) -> Dated {
        let limit = cx.now.plus(CENTURY);
        if cx.is_earlier(limit, until) {
            Dated::Distant
        } else if cx.is_past(until) {
            Dated::Past
        } else {
            Dated::Future
        }
    }
}

words! {
    /// How the zone of a date is read.
    enum ReadingOfZone {
        /// The date is read as it is written, in UTC if it names no zone.
        AsWritten,
        /// The offset is ignored: the time of day is read as UTC.
        AsUtc,
        /// It is refused with 400 MalformedXML.
        Refused,
    }
}

table! {
    /// How the zone of a RetainUntilDate is read.
    Zone {
        /// The RetainUntilDate.
        until: Written,
    } => ReadingOfZone;

    LOCK_RET_024_UTC        if until == WithoutZone                             => passes,  else Refused;
    LOCK_RET_024            if until == WithOffset                              => passes,  else AsUtc;
    _                                                                           => AsWritten;
}

/// The instant that a document names, if it is one.
pub(super) fn of_document(cx: &mut Cx<'_>, until: Date) -> Result<Option<Moment>, Refusal> {
    let case = Zone {
        until: Written::of(until),
    };
    let offset = match case.ruled(cx) {
        (ReadingOfZone::Refused, Some(by)) => return Err(Refusal::new(Code::MalformedXML, by)),
        (ReadingOfZone::AsUtc, _) => OFFSET,
        (ReadingOfZone::AsWritten | ReadingOfZone::Refused, _) => 0,
    };
    Ok(cx.world.moment(until).map(|until| until.plus(offset)))
}

words! {
    /// What is wrong with the date of a document.
    enum Flaw {
        /// It is accepted.
        Accepted,
        /// It is past: it is refused with 400 InvalidArgument.
        Past,
        /// It is too far away: it is refused with 400 InvalidArgument.
        TooFar,
    }
}

table! {
    /// What is wrong with the date of a Retention document.
    DateCheck {
        /// The date.
        until: Dated,
    } => Flaw, unnoted;

    LOCK_RET_021            if until == Dated::Distant                          => passes,  or TooFar;
    LOCK_RET_004            if until == Dated::Past                             => Past;
    _                                                                           => Accepted;
}

/// The fault of a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DateFault {
    /// It is past.
    Past(Moment),
    /// It is too late, where a maximum is enforced.
    TooLate,
}

impl DateFault {
    /// The fault of the date of a document, if any.
    pub(super) fn of(cx: &mut Cx<'_>, until: Moment) -> Option<DateFault> {
        let case = DateCheck {
            until: Dated::at(cx, until),
        };
        match case.ruled(cx).0 {
            Flaw::Accepted => None,
            Flaw::Past => Some(DateFault::Past(until)),
            Flaw::TooFar => Some(DateFault::TooLate),
        }
    }

    /// The refusal of the date.
    pub(crate) fn refusal(self, cx: &mut Cx<'_>) -> Refusal {
        match self {
            DateFault::TooLate => Refusal::new(Code::InvalidArgument, LOCK_RET_021),
            DateFault::Past(until) => refusal! { cx, InvalidArgument, LOCK_RET_004;
                LOCK_RET_004_MESSAGE  => says "The retain until date must be in the future!";
                LOCK_RET_004_ARGUMENT => require ArgumentName, Value::Text("RetainUntilDate");
                LOCK_RET_004_VALUE    => require ArgumentValue, Value::JavaDate(until);
            },
        }
    }
}

/// A date as it is kept: not rounded to days (`LOCK-RET-018`).
pub(in crate::lock) fn kept(cx: &mut Cx<'_>, mut until: Moment) -> Moment {
    effects! { cx;
        LOCK_RET_018 => never until = until.rounded_up();
    }
    until
}

/// The tables of dates, in the order in which they are read.
pub(super) fn tables() -> Vec<Printed> {
    vec![printed::<Zone>(), printed::<DateCheck>()]
}
