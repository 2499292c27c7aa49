//! The Object Lock configuration of a bucket (`LOCK-CFG`).

use Body::Missing;
use LockForm::{Disabled, Empty, EmptyDefault, EmptyRule, NoEnabled};
use LockMode::{Absent, LowerCase, Unknown};
use Span::{Both, NoPeriod};
use Versioning::{Enabled, Suspended, Unversioned};

use crate::access::change;
use crate::argument::{Body, BucketName, LockForm, LockMode, Period};
use crate::cx::{Cx, Ruling, not_modelled};
use crate::lock::bucket::{
    LOCK_BKT_003, LOCK_BKT_004, LOCK_BKT_004_MESSAGE, LOCK_BKT_004_SUSPENDED, leave_existing,
};
use crate::lock::{integrity, malformed, mode_of};
use crate::observed::years_later;
use crate::reply::{Code, Name, Refusal, Reply, Value};
use crate::request::Operation;
use crate::request::Route::{self, *};
use crate::state::{Bucket, DefaultRetention, LockConfiguration, Mode, Retention, State, Versioning};
use crate::table::{Decision, Printed, effects, fields, printed, refusal, table, words};
use crate::time::{DAY, Moment};
use crate::words::{FORM, RULE, clauses, consequence};

const GET: &[Route] = &[GetObjectLockConfiguration];
const PUT: &[Route] = &[PutObjectLockConfiguration];
/// The routes that make a version to which a default can apply.
const MADE: &[Route] = &[PutObject, CopyObject, CompleteMultipartUpload];

clauses! { ObjectLock, LockConfiguration;
    "LOCK-CFG-001" RULE, Recorded, Medium, "LS:test_get_object_lock_configuration_exc",
        "GET on a bucket without lock: 404 ObjectLockConfigurationNotFoundError, with BucketName." {
        LOCK_CFG_001 = "none", GET, else row;
        LOCK_CFG_001_MESSAGE = "message", GET, else other_text;
        LOCK_CFG_001_BUCKET = "bucket-name", GET, else (omitted "BucketName");
    }
    "LOCK-CFG-002" FORM, Recorded, Medium, "LS:test_get_put_object_lock_configuration",
        "GET on a lock bucket shows ObjectLockEnabled Enabled, and a Rule only if there is a default." {
        LOCK_CFG_002 = "enabled", GET, else (omitted "ObjectLockEnabled");
        LOCK_CFG_002_NO_RULE = "no-rule", GET, else "a Rule with the mode GOVERNANCE is shown";
        LOCK_CFG_002_MODE = "mode", GET, else "the default's Mode is omitted";
        LOCK_CFG_002_PERIOD = "period", GET, else "the default's period is omitted";
        LOCK_CFG_002_ONE = "one-period", GET, else "the other period is shown as well";
    }
    "LOCK-CFG-003" RULE, Recorded, Medium, "LS:test_put_object_lock_configuration_exc",
        "400 MalformedXML for: no ObjectLockEnabled, an empty document, Rule or DefaultRetention, a mode without a period, \
         an unknown or lower-case mode, both Days and Years." {
        LOCK_CFG_003 = "document", PUT, else row;
        LOCK_CFG_003_ENABLED = "no-enabled", PUT, else row;
        LOCK_CFG_003_EMPTY = "empty", PUT, else row;
        LOCK_CFG_003_RULE = "empty-rule", PUT, else row;
        LOCK_CFG_003_DEFAULT = "empty-default", PUT, else row;
        LOCK_CFG_003_PERIOD = "no-period", PUT, else row;
        LOCK_CFG_003_MODE = "unknown-mode", PUT, else row;
        LOCK_CFG_003_CASE = "lower-case-mode", PUT, else row;
        LOCK_CFG_003_BOTH = "both-periods", PUT, else row;
        LOCK_CFG_003_MESSAGE = "message", PUT, else other_text;
    }
    "LOCK-CFG-004" RULE, Reported, Medium, "VGW; ceph", "ObjectLockEnabled other than Enabled: 400 MalformedXML." {
        LOCK_CFG_004 = "disabled", PUT, else row;
    }
    "LOCK-CFG-005" RULE, Reported, Medium, "moto-aws", "No body: 400 MissingRequestBodyError, \"Request Body is empty\"." {
        LOCK_CFG_005 = "no-body", PUT, else row;
        LOCK_CFG_005_MESSAGE = "message", PUT, else other_text;
    }
    "LOCK-CFG-006" RULE, Reported, Medium, "VGW#1738",
        "Days or Years of zero or less: 400 InvalidArgument, \"Default retention period must be a positive integer value.\", \
         with ArgumentName and without ArgumentValue." {
        LOCK_CFG_006 = "days", PUT, else row;
        LOCK_CFG_006_YEARS = "years", PUT, else row;
        LOCK_CFG_006_MESSAGE = "message", PUT, else other_text;
        LOCK_CFG_006_ARGUMENT = "argument-name", PUT, else (omitted "ArgumentName");
        LOCK_CFG_006_VALUE = "no-argument-value", PUT, else (sent "ArgumentValue");
    }
    "LOCK-CFG-007" RULE, Reported, Medium, "VGW; UG (100-year cap)",
        "More than 36500 days or 100 years: 400 InvalidArgument, \"Default retention period too large.\"" {
        LOCK_CFG_007 = "days", PUT, else row;
        LOCK_CFG_007_YEARS = "years", PUT, else row;
        LOCK_CFG_007_MESSAGE = "message", PUT, else other_text;
        LOCK_CFG_007_ARGUMENT = "argument-name", PUT, else (omitted "ArgumentName");
    }
    "LOCK-CFG-008" RULE, Recorded, High, "LS:test_get_put_object_lock_configuration",
        "A document with ObjectLockEnabled only removes the default." {
        LOCK_CFG_008 = "removes", PUT, else "the default stays";
    }
    "LOCK-CFG-009" consequence(&["EVAL-CTX-003", "EVAL-OP-027", "LOCK-INT-006"]), Recorded, Medium, "LS; API",
        "A missing bucket is 404 NoSuchBucket; PUT needs s3:PutBucketObjectLockConfiguration and an integrity header."
    "LOCK-CFG-010" RULE, Chosen, Low, "K(m)", "The document is validated before the state of the bucket." {
        LOCK_CFG_010 = "order", PUT, choice ["the document first", "the state of the bucket first"];
    }
    "LOCK-CFG-011" RULE, Documented, High, "UG:object-lock",
        "A changed default applies to later versions only; existing versions keep their dates." {
        LOCK_CFG_011 = "later-only", PUT, else "existing versions without retention get the new default";
    }
    "LOCK-CFG-012" RULE, Recorded, Critical, "UG; LS:test_bucket_config_default_retention",
        "The default gives a new version its mode and a date of creation plus period, unrounded." {
        LOCK_CFG_012 = "default", MADE, else row;
        LOCK_CFG_012_MODE = "mode", MADE, else "a COMPLIANCE default gives GOVERNANCE";
        LOCK_CFG_012_HOLD = "beside-hold", MADE, else row;
        LOCK_CFG_012_UNROUNDED = "unrounded", MADE, else "the date is rounded up to the next midnight";
        LOCK_CFG_012_FROM = "upload-from", &[CompleteMultipartUpload],
            choice ["the period counts from the completion", "it counts from the beginning of the upload"];
    }
    "LOCK-CFG-013" RULE, Chosen, Low, "UG (2026) K(m)", "One year of a default is 365 days." {
        LOCK_CFG_013 = "year", MADE, choice ["365 days", "a calendar year"];
    }
    "LOCK-CFG-014" RULE, Recorded, High, "UG:object-lock; LS:test_bucket_config_default_retention",
        "Lock headers on the write replace the default entirely, also by a shorter or another retention." {
        LOCK_CFG_014 = "replaced", MADE, else row;
    }
    "LOCK-CFG-015" RULE, Documented, High, "UG:object-lock",
        "The default never applies a hold, and never applies to delete markers." {
        LOCK_CFG_015 = "no-hold", MADE, else row;
        LOCK_CFG_015_MARKER = "no-marker", &[DeleteObject, DeleteObjects], else "a new marker gets the default retention";
    }
    "LOCK-CFG-016" RULE, Documented, High, "API:PutObject; UG:object-lock-managing",
        "A write subject to the default needs no s3:PutObjectRetention; one with lock headers does (EVAL-OP-031)." {
        LOCK_CFG_016 = "by-default", &[PutObject, CopyObject, CreateMultipartUpload, CompleteMultipartUpload], else row;
    }
}

/// GetObjectLockConfiguration.
pub(crate) fn get(cx: &mut Cx<'_>, name: BucketName) -> Ruling {
    let found = cx.bucket(name)?;
    let need = cx.needed(None);
    cx.authorize(name, need.as_slice())?;
    let case = Showing {
        no_lock: found.lock.is_none(),
    };
    if let (Shown::NotFound, Some(by)) = case.ruled(cx) {
        return Err(refusal! { cx, ObjectLockConfigurationNotFoundError, by;
            LOCK_CFG_001_MESSAGE => says "Object Lock configuration does not exist for this bucket";
            LOCK_CFG_001_BUCKET  => require BucketNameElement, Value::Bucket(name);
        });
    }
    let mut reply = Reply::success(200);
    let Some(lock) = found.lock else {
        reply.push(Name::ObjectLockEnabled, Value::Absent, LOCK_CFG_001);
        return Ok((reply, None));
    };
    fields! { cx, &mut reply;
        LOCK_CFG_002         => require ObjectLockEnabled, Value::Text("Enabled");
        LOCK_CFG_002_NO_RULE if lock.default.is_none() => forbid Mode, Value::Text("GOVERNANCE");
    }
    let Some(DefaultRetention { mode, days, in_years }) = lock.default else {
        return Ok((reply, None));
    };
    fields! { cx, &mut reply;
        LOCK_CFG_002_MODE                   => require Mode, Value::Text(mode.name());
        LOCK_CFG_002_PERIOD if in_years     => require Years, Value::Number(days / 365);
        LOCK_CFG_002_PERIOD if !in_years    => require Days, Value::Number(days);
        LOCK_CFG_002_ONE    if in_years     => forbid Days, Value::Number(1);
        LOCK_CFG_002_ONE    if !in_years    => forbid Years, Value::Number(1);
    }
    Ok((reply, None))
}

words! {
    /// What GetObjectLockConfiguration shows.
    enum Shown {
        /// It is 200 with a document, which is empty where the bucket is without lock.
        Document,
        /// It is 404 ObjectLockConfigurationNotFoundError.
        NotFound,
    }
}

table! {
    /// What GetObjectLockConfiguration shows.
    Showing {
        /// The bucket is without lock.
        no_lock: bool,
    } => Shown;

    LOCK_CFG_001            if no_lock                                                  => NotFound;
    _                                                                                   => Document;
}

/// What an ObjectLockConfiguration document asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Document {
    /// Nothing: it is faulty and the gate of its fault is repealed.
    Ignored,
    /// Object Lock with this default.
    Lock(Option<DefaultRetention>),
}

/// PutObjectLockConfiguration.
pub(crate) fn put(cx: &mut Cx<'_>, name: BucketName) -> Ruling {
    let Operation::PutObjectLockConfiguration {
        mode,
        period,
        form,
        body,
        integrity,
        ..
    } = &cx.request.operation
    else {
        return Err(not_modelled());
    };
    let found = cx.bucket(name)?;
    let need = cx.needed(None);
    let read = |cx: &mut Cx<'_>| read(cx, *mode, *period, *form, *body);
    cx.authorize_before(name, need.as_slice(), |cx| {
        integrity::fault(cx, *integrity).or_else(|| read(cx).err())
    })?;
    integrity::before(cx, *integrity, |cx| {
        let document = match read(cx) {
            Ok(document) => document,
            Err(fault) if found.versioning == Enabled => return Err(fault),
            Err(fault) => {
                let state = versioned(cx, found);
                let case = DocumentOrState {
                    both_refused: state.is_err(),
                };
                return match case.ruled(cx).0 {
                    First::Document => Err(fault),
                    First::State => Err(state.err().unwrap_or(fault)),
                };
            }
        };
        let Document::Lock(default) = document else {
            return Ok((Reply::success(200), None));
        };
        versioned(cx, found)?;
        Ok((Reply::success(200), configure(cx, name, found, default)))
    })
}

words! {
    /// What a configuration is refused for.
    enum First {
        /// The document is refused.
        Document,
        /// The state of the bucket is what it is refused for.
        State,
    }
}

table! {
    /// What is reported of a faulty document and a bucket whose versioning is not enabled.
    DocumentOrState {
        /// Both are there.
        both_refused: bool,
    } => First;

    LOCK_CFG_010            if both_refused                                             => Document,    or State;
    _                                                                                   => Document;
}

/// Object Lock needs versioning (`LOCK-BKT-003`, `LOCK-BKT-004`).
fn versioned(cx: &mut Cx<'_>, found: &Bucket) -> Result<(), Refusal> {
    let case = Enabling {
        versioning: found.versioning,
        locks: found.lock.is_some(),
    };
    let (ruling, Some(by)) = case.ruled(cx) else {
        return Ok(());
    };
    const MESSAGE: &str = "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration";
    match ruling {
        Configured::Accepted => Ok(()),
        Configured::Refused => Err(Refusal::new(Code::InvalidBucketState, by)),
        Configured::NotVersioned => Err(refusal! { cx, InvalidBucketState, by;
            LOCK_BKT_004_MESSAGE => says MESSAGE;
        }),
    }
}

words! {
    /// Whether a bucket takes a configuration of Object Lock.
    enum Configured {
        /// It is accepted.
        Accepted,
        /// It is refused with 409 InvalidBucketState, as versioning is not enabled.
        NotVersioned,
        /// It is refused with 409 InvalidBucketState.
        Refused,
    }
}

table! {
    /// Whether a bucket takes a configuration of Object Lock (`LOCK-BKT`).
    Enabling {
        /// The versioning state of the bucket.
        versioning: Versioning,
        /// It is a lock bucket already.
        locks: bool,
    } => Configured;

    LOCK_BKT_004            if versioning == Unversioned                => NotVersioned;
    LOCK_BKT_004_SUSPENDED  if versioning == Suspended                  => NotVersioned;
    LOCK_BKT_003            if versioning == Enabled && !locks          => passes,  else Refused;
    _                                                                   => Accepted;
}

/// The state in which a bucket has this default.
fn configure(
    cx: &mut Cx<'_>,
    name: BucketName,
    found: &Bucket,
    default: Option<DefaultRetention>,
) -> Option<State> {
    let old = found.lock.and_then(|lock| lock.default);
    let mut default = default;
    effects! { cx;
        LOCK_CFG_008 if default.is_none() && old.is_some() => never default = old;
    }
    change(cx.state, name, |bucket| {
        let enabled_now = bucket.lock.is_none();
        bucket.lock = Some(LockConfiguration { default });
        if enabled_now {
            leave_existing(cx, bucket);
        }
        let Some(default) = default.filter(|_| !bucket.keys.is_empty()) else {
            return;
        };
        let made = cx.now;
        effects! { cx;
            LOCK_CFG_011 => never {
                let retention = by_default(cx, default, made);
                bucket.edit_objects(|version| {
                    version.retention = version.retention.or(Some(retention));
                });
            };
        }
    })
}

/// What a document asks for, or the refusal of its fault.
fn read(
    cx: &mut Cx<'_>,
    mode: LockMode,
    period: Period,
    form: LockForm,
    body: Body,
) -> Result<Document, Refusal> {
    let (amount, in_years) = match period {
        Period::Days(days) => (days, false),
        Period::Years(years) => (years, true),
        Period::Absent | Period::Both => (0, false),
    };
    let case = Configuration {
        body,
        form,
        mode,
        period: Span::of(period),
        in_years,
    };
    let (ruling, by) = case.ruled(cx);
    let Some(by) = by else {
        return Ok(Document::Lock(default(mode, period)));
    };
    let argument = Value::Text(if in_years { "Years" } else { "Days" });
    Err(match ruling {
        Reading::Accepted => return Ok(Document::Lock(default(mode, period))),
        Reading::Ignored => return Ok(Document::Ignored),
        Reading::NoBody => refusal! { cx, MissingRequestBodyError, by;
            LOCK_CFG_005_MESSAGE  => says "Request Body is empty";
        },
        Reading::Malformed => malformed(cx, by, LOCK_CFG_003_MESSAGE),
        Reading::NotPositive => refusal! { cx, InvalidArgument, by;
            LOCK_CFG_006_MESSAGE  => says "Default retention period must be a positive integer value.";
            LOCK_CFG_006_ARGUMENT => require ArgumentName, argument;
            LOCK_CFG_006_VALUE    => forbid ArgumentValue, Value::Number(amount);
        },
        Reading::TooLong => refusal! { cx, InvalidArgument, by;
            LOCK_CFG_007_MESSAGE  => says "Default retention period too large.";
            LOCK_CFG_007_ARGUMENT => require ArgumentName, argument;
        },
    })
}

/// The default of a document without a fault: none if it names none.
fn default(mode: LockMode, period: Period) -> Option<DefaultRetention> {
    let mode = mode_of(mode)?;
    let (days, in_years) = match period {
        Period::Days(days) => (days, false),
        Period::Years(years) => (years.saturating_mul(365), true),
        Period::Absent | Period::Both => return None,
    };
    Some(DefaultRetention { mode, days, in_years })
}

words! {
    /// How long a period is.
    enum Span {
        /// There is none.
        NoPeriod,
        /// Days and Years are both there.
        Both,
        /// It is zero or less.
        NotPositive,
        /// It is at most 36,500 days or 100 years.
        Proper,
        /// It is more.
        TooLong,
    }
}

impl Span {
    fn of(period: Period) -> Span {
        let length = |amount, limit| match amount {
            ..=0 => Span::NotPositive,
            _ if amount > limit => Span::TooLong,
            _ => Span::Proper,
        };
        match period {
            Period::Absent => Span::NoPeriod,
            Period::Both => Span::Both,
            Period::Days(days) => length(days, 36_500),
            Period::Years(years) => length(years, 100),
        }
    }
}

words! {
    /// How a document is read.
    enum Reading {
        /// It is accepted.
        Accepted,
        /// It is accepted and ignored.
        Ignored,
        /// It is refused with 400 MissingRequestBodyError.
        NoBody,
        /// It is refused with 400 MalformedXML.
        Malformed,
        /// It is refused with 400 InvalidArgument, as a period must be positive.
        NotPositive,
        /// It is refused with 400 InvalidArgument, as the period is too large.
        TooLong,
    }
}

table! {
    /// How an ObjectLockConfiguration document is read (`LOCK-CFG`).
    Configuration {
        /// The body of the request.
        body: Body,
        /// The elements of the document.
        form: LockForm,
        /// The Mode of the default.
        mode: LockMode,
        /// The Days or Years of the default.
        period: Span,
        /// The period is in Years.
        in_years: bool,
    } => Reading, unnoted;

    LOCK_CFG_005            if body == Missing                                          => NoBody,      else Ignored;
    LOCK_CFG_003            if body == Body::Malformed                                  => Malformed,   else Ignored;
    LOCK_CFG_003_ENABLED    if form == NoEnabled                                        => Malformed,   else Ignored;
    LOCK_CFG_004            if form == Disabled                                         => Malformed,   else Ignored;
    LOCK_CFG_003_EMPTY      if form == Empty                                            => Malformed,   else Ignored;
    LOCK_CFG_003_RULE       if form == EmptyRule                                        => Malformed,   else Ignored;
    LOCK_CFG_003_DEFAULT    if form == EmptyDefault                                     => Malformed,   else Ignored;
    LOCK_CFG_003            if mode == Absent && period != NoPeriod                       => Malformed,   else Ignored;
    LOCK_CFG_003_MODE       if mode == Unknown                                          => Malformed,   else Ignored;
    LOCK_CFG_003_CASE       if mode == LowerCase                                        => Malformed,   else Ignored;
    LOCK_CFG_003_PERIOD     if mode != Absent && period == NoPeriod                       => Malformed,   else Ignored;
    LOCK_CFG_003_BOTH       if mode != Absent && period == Both                         => Malformed,   else Ignored;
    LOCK_CFG_006            if period == Span::NotPositive && !in_years                 => NotPositive, else Ignored;
    LOCK_CFG_006_YEARS      if period == Span::NotPositive && in_years                  => NotPositive, else Ignored;
    LOCK_CFG_007            if period == Span::TooLong && !in_years                     => TooLong;
    LOCK_CFG_007_YEARS      if period == Span::TooLong && in_years                      => TooLong;
    _                                                                                   => Accepted;
}

/// The tables of this chapter, in the order in which they are read.
pub(crate) fn tables() -> Vec<Printed> {
    vec![
        printed::<Showing>(),
        printed::<Configuration>(),
        printed::<DocumentOrState>(),
        printed::<Enabling>(),
        printed::<Yearly>(),
    ]
}

words! {
    /// How long a year of a default is.
    enum Year {
        /// It is 365 days.
        Of365Days,
        /// It is a calendar year.
        OfTheCalendar,
    }
}

table! {
    /// How long the years of a default are.
    Yearly {
        /// The period is in years, among them leap years.
        leaps: bool,
    } => Year;

    LOCK_CFG_013            if leaps                                                    => Of365Days,   or OfTheCalendar;
    _                                                                                   => Of365Days;
}

/// Retention by default lasts its period from the making of the version (`LOCK-CFG-012`, `LOCK-CFG-013`).
pub(crate) fn by_default(cx: &mut Cx<'_>, default: DefaultRetention, made: Moment) -> Retention {
    let DefaultRetention {
        mut mode,
        days,
        in_years,
    } = default;
    effects! { cx;
        LOCK_CFG_012_MODE if mode == Mode::Compliance => never mode = Mode::Governance;
    }
    let by_days = made.plus(DAY * i64::from(days));
    let years = i64::from(days / 365);
    let by_calendar = Moment {
        earliest: years_later(made.earliest, years),
        latest: years_later(made.latest, years),
    };
    let case = Yearly {
        leaps: in_years && by_calendar != by_days,
    };
    let mut until = match case.ruled(cx).0 {
        Year::Of365Days => by_days,
        Year::OfTheCalendar => by_calendar,
    };
    effects! { cx;
        LOCK_CFG_012_UNROUNDED => never until = until.rounded_up();
    }
    Retention { mode, until }
}
