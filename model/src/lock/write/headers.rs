//! What is wrong with the lock headers of a write, and what they set (`LOCK-HDR-002` to `LOCK-HDR-010`).

use Dated::{Distant, NoDate, NotADate, Past};
use Hold::{Off, On, Unknown};
use LockMode::{Absent, LowerCase};
use Locks::{NoLock, WithDefault};
use Written::{WithOffset, WithoutZone};

use super::{
    Headers, LOCK_HDR_002, LOCK_HDR_002_ARGUMENT, LOCK_HDR_002_DEFAULT, LOCK_HDR_002_MESSAGE,
    LOCK_HDR_002_MODE, LOCK_HDR_003, LOCK_HDR_003_ARGUMENT, LOCK_HDR_003_MESSAGE, LOCK_HDR_003_VALUE,
    LOCK_HDR_004, LOCK_HDR_004_ARGUMENT, LOCK_HDR_004_MESSAGE, LOCK_HDR_005, LOCK_HDR_005_ARGUMENT,
    LOCK_HDR_005_MESSAGE, LOCK_HDR_006, LOCK_HDR_006_ARGUMENT, LOCK_HDR_006_MESSAGE, LOCK_HDR_007,
    LOCK_HDR_007_HOLD, LOCK_HDR_007_MESSAGE, LOCK_HDR_008_FORMAT, LOCK_HDR_008_FUTURE, LOCK_HDR_008_HOLD,
    LOCK_HDR_008_LOCK, LOCK_HDR_008_MODE, LOCK_HDR_009, LOCK_HDR_009_BOTH, LOCK_HDR_009_HOLD, LOCK_HDR_010,
    Protection, asked,
};
use crate::argument::{Date, Hold, LockMode};
use crate::cx::Cx;
use crate::lock::mode_of;
use crate::lock::retention::date::{Dated, Written, kept};
use crate::lock::retention::{LOCK_RET_021, LOCK_RET_024_HEADER, LOCK_RET_024_HEADER_UTC};
use crate::reply::{Code, Refusal, Value};
use crate::state::{Bucket, Retention};
use crate::table::{Decision, Printed, faults, printed, refusal, table, words};
use crate::words::FacetId;

const MODE: Value = Value::Text("x-amz-object-lock-mode");
const DATE: Value = Value::Text("x-amz-object-lock-retain-until-date");
const HOLD: Value = Value::Text("x-amz-object-lock-legal-hold");

words! {
    /// What is wrong with the lock headers of a write.
    enum Fault {
        /// Nothing is.
        Nothing,
        /// A mode has no date: it is refused with 400 InvalidArgument.
        ModeAlone,
        /// A date has no mode: it is refused with 400 InvalidArgument.
        DateAlone,
        /// The date is none: it is refused with 400 InvalidArgument.
        NoDateAtAll,
        /// The date is past: it is refused with 400 InvalidArgument.
        PastDate,
        /// The date is too far away: it is refused with 400 InvalidArgument.
        FarDate,
        /// The hold is neither ON nor OFF: it is refused with 400 InvalidArgument.
        NoHold,
        /// The mode is unknown: it is refused with 400 InvalidArgument.
        NoMode,
        /// The bucket is without lock: it is refused with 400 InvalidRequest.
        NoLockBucket,
    }
}

words! {
    /// What a bucket locks.
    enum Locks {
        /// It is without lock.
        NoLock,
        /// It is a lock bucket without a default.
        WithoutDefault,
        /// It is a lock bucket with a default.
        WithDefault,
    }
}

impl Locks {
    fn of(bucket: &Bucket) -> Locks {
        match bucket.lock {
            None => NoLock,
            Some(lock) if lock.default.is_none() => Locks::WithoutDefault,
            Some(_) => WithDefault,
        }
    }
}

faults! {
    /// What is wrong with the lock headers of a write, in the order of the checks.
    Checks {
        /// The mode that is sent.
        mode: LockMode,
        /// The date that is sent.
        until: Dated,
        /// The hold that is sent.
        hold: Hold,
        /// What the bucket locks.
        bucket: Locks,
    } => Fault;

    LOCK_HDR_002            if mode != Absent && until == NoDate && bucket != WithDefault   => ModeAlone;
    LOCK_HDR_002_MODE       if mode == Absent && until != NoDate && bucket != WithDefault   => DateAlone;
    LOCK_HDR_002_DEFAULT    if mode != Absent && until == NoDate && bucket == WithDefault   => ModeAlone;
    LOCK_HDR_002_DEFAULT    if mode == Absent && until != NoDate && bucket == WithDefault   => DateAlone;
    LOCK_HDR_004            if until == NotADate                                => NoDateAtAll, order LOCK_HDR_008_FORMAT;
    LOCK_HDR_005            if until == Past                           => PastDate,    order LOCK_HDR_008_FUTURE;
    LOCK_RET_021            if until == Distant                                 => passes, or FarDate, order LOCK_HDR_008_FUTURE;
    LOCK_HDR_006            if hold == Unknown                                  => NoHold,      order LOCK_HDR_008_HOLD;
    LOCK_HDR_003            if mode == LockMode::Unknown || mode == LowerCase   => NoMode,      order LOCK_HDR_008_MODE;
    LOCK_HDR_007            if bucket == NoLock && (mode != Absent || until != NoDate) => NoLockBucket, order LOCK_HDR_008_LOCK;
    LOCK_HDR_007_HOLD       if bucket == NoLock && mode == Absent && until == NoDate && hold != Hold::Absent
                                                                                => NoLockBucket, order LOCK_HDR_008_LOCK;
    _                                                                           => Nothing;
}

/// Refuses faulty headers (`LOCK-HDR-002` to `LOCK-HDR-008`).
pub(crate) fn faultless(cx: &mut Cx<'_>, bucket: &Bucket, headers: Headers) -> Result<(), Refusal> {
    if asked(headers).is_none() {
        return Ok(());
    }
    let (mode, until, hold) = headers;
    let until = header_date(cx, until);
    let case = Checks {
        mode,
        until: Dated::of(cx, until),
        hold,
        bucket: Locks::of(bucket),
    };
    match case.ruled(cx) {
        (_, None) => Ok(()),
        (fault, Some(by)) => refused(cx, fault, mode, by),
    }
}

/// How faulty headers are refused.
fn refused(cx: &mut Cx<'_>, fault: Fault, mode: LockMode, by: FacetId) -> Result<(), Refusal> {
    const PAIR: &str = "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied";
    Err(match fault {
        Fault::Nothing => return Ok(()),
        Fault::ModeAlone => refusal! { cx, InvalidArgument, by;
            LOCK_HDR_002_MESSAGE  => says PAIR;
            LOCK_HDR_002_ARGUMENT => require ArgumentName, DATE;
        },
        Fault::DateAlone => refusal! { cx, InvalidArgument, by;
            LOCK_HDR_002_MESSAGE  => says PAIR;
            LOCK_HDR_002_ARGUMENT => require ArgumentName, MODE;
        },
        Fault::NoDateAtAll => refusal! { cx, InvalidArgument, by;
            LOCK_HDR_004_MESSAGE  => says "The retain until date must be provided in ISO 8601 format";
            LOCK_HDR_004_ARGUMENT => require ArgumentName, DATE;
        },
        Fault::PastDate => refusal! { cx, InvalidArgument, by;
            LOCK_HDR_005_MESSAGE  => says "The retain until date must be in the future!";
            LOCK_HDR_005_ARGUMENT => require ArgumentName, DATE;
        },
        Fault::FarDate => Refusal::new(Code::InvalidArgument, by),
        Fault::NoHold => refusal! { cx, InvalidArgument, by;
            LOCK_HDR_006_MESSAGE  => says "Legal Hold must be either of 'ON' or 'OFF'";
            LOCK_HDR_006_ARGUMENT => require ArgumentName, HOLD;
        },
        Fault::NoMode => refusal! { cx, InvalidArgument, by;
            LOCK_HDR_003_MESSAGE  => says "Unknown wormMode directive.";
            LOCK_HDR_003_ARGUMENT => require ArgumentName, MODE;
            LOCK_HDR_003_VALUE    => require ArgumentValue, Value::Text(sent(mode));
        },
        Fault::NoLockBucket => refusal! { cx, InvalidRequest, by;
            LOCK_HDR_007_MESSAGE  => says "Bucket is missing ObjectLockConfiguration";
        },
    })
}

/// A mode as requests spell it.
fn sent(mode: LockMode) -> &'static str {
    match mode {
        LockMode::Absent => "",
        LockMode::Compliance => "COMPLIANCE",
        LockMode::Governance => "GOVERNANCE",
        LockMode::LowerCase => "governance",
        LockMode::Unknown => "STRICT",
    }
}

words! {
    /// How the date of a header is read.
    enum ReadingOfDate {
        /// It is read as it is written, in UTC if it names no zone.
        AsWritten,
        /// It is none.
        AsUnparsable,
    }
}

table! {
    /// How the zone of a date in a header is read: whether one may have an offset or be without a zone is not measured.
    HeaderZone {
        /// The date that is sent.
        until: Written,
    } => ReadingOfDate;

    LOCK_RET_024_HEADER     if until == WithOffset                              => AsWritten, or AsUnparsable;
    LOCK_RET_024_HEADER_UTC if until == WithoutZone                             => AsWritten, or AsUnparsable;
    _                                                                           => AsWritten;
}

/// A date as the header is read.
fn header_date(cx: &mut Cx<'_>, until: Date) -> Date {
    let case = HeaderZone {
        until: Written::of(until),
    };
    match case.ruled(cx).0 {
        ReadingOfDate::AsWritten => until,
        ReadingOfDate::AsUnparsable => Date::Unparsable,
    }
}

words! {
    /// Whether a header sets what it says.
    enum Setting {
        /// It is set.
        Set,
        /// It is not set.
        NotSet,
    }
}

table! {
    /// Whether the retention of the headers is set.
    SettingRetention {
        /// Mode and date are there.
        sent: bool,
    } => Setting;

    LOCK_HDR_009            if sent                                             => Set,     else NotSet;
    _                                                                           => NotSet;
}

table! {
    /// Whether the hold of the header is set.
    SettingHold {
        /// The hold that is sent.
        hold: Hold,
        /// A retention is set, too.
        with_retention: bool,
    } => Setting;

    LOCK_HDR_010            if hold == Off                                      => passes,  or NotSet;
    LOCK_HDR_009_HOLD       if hold == On || hold == Off                        => passes,  else NotSet;
    LOCK_HDR_009_BOTH       if (hold == On || hold == Off) && with_retention    => passes,  else NotSet;
    LOCK_HDR_009_HOLD       if hold == On || hold == Off                        => Set,     else same;
    _                                                                           => NotSet;
}

/// What headers without a fault declare, in a lock bucket.
pub(crate) fn declared(cx: &mut Cx<'_>, bucket: &Bucket, (mode, until, hold): Headers) -> Protection {
    if bucket.lock.is_none() {
        return Protection::default();
    }
    let retention = header_retention(cx, mode, until);
    let case = SettingHold {
        hold,
        with_retention: retention.is_some(),
    };
    let set = case.ruled(cx).0 == Setting::Set;
    Protection {
        retention,
        hold: set.then_some(hold == On),
    }
}

/// The retention that the headers set, once their faults are judged.
fn header_retention(cx: &mut Cx<'_>, mode: LockMode, until: Date) -> Option<Retention> {
    let mode = mode_of(mode)?;
    let until = header_date(cx, until);
    let until = cx.world.moment(until)?;
    let until = kept(cx, until);
    let set = (SettingRetention { sent: true }).ruled(cx).0 == Setting::Set;
    set.then_some(Retention { mode, until })
}

/// The tables of headers, in the order in which they are read.
pub(super) fn tables() -> Vec<Printed> {
    vec![
        printed::<HeaderZone>(),
        printed::<Checks>(),
        printed::<SettingRetention>(),
        printed::<SettingHold>(),
    ]
}
