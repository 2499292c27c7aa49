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
use crate::table::{Decision, Printed, printed, table, words};
use crate::time::{DAY, Moment};
use crate::words::{FORM, FacetId, RULE, clauses, consequence};

const GET: &[Route] = &[GetObjectLockConfiguration];
const PUT: &[Route] = &[PutObjectLockConfiguration];
/// The routes that make a version to which a default can apply.
const MADE: &[Route] = &[PutObject, CopyObject, CompleteMultipartUpload];

clauses! { ObjectLock, LockConfiguration;
    "LOCK-CFG-001" RULE, Recorded, Medium, "LS:test_get_object_lock_configuration_exc",
        "GET on a bucket without lock: 404 ObjectLockConfigurationNotFoundError, with BucketName." {
        LOCK_CFG_001 = "none", GET, else "it is 200 with an empty document";
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
    let mut reply = Reply::success(200);
    let Some(lock) = found.lock else {
        if cx.law(LOCK_CFG_001) {
            let refusal = Refusal::new(Code::ObjectLockConfigurationNotFoundError, LOCK_CFG_001);
            let message = "Object Lock configuration does not exist for this bucket";
            let refusal = cx.saying(refusal, LOCK_CFG_001_MESSAGE, message);
            return Err(cx.naming(
                refusal,
                LOCK_CFG_001_BUCKET,
                Name::BucketNameElement,
                Value::Bucket(name),
            ));
        }
        reply.push(Name::ObjectLockEnabled, Value::Absent, LOCK_CFG_001);
        return Ok((reply, None));
    };
    cx.require(
        &mut reply,
        LOCK_CFG_002,
        Name::ObjectLockEnabled,
        Value::Text("Enabled"),
    );
    let Some(default) = lock.default else {
        cx.forbid(
            &mut reply,
            LOCK_CFG_002_NO_RULE,
            Name::Mode,
            Value::Text("GOVERNANCE"),
        );
        return Ok((reply, None));
    };
    let mode = Value::Text(default.mode.name());
    cx.require(&mut reply, LOCK_CFG_002_MODE, Name::Mode, mode);
    let (unit, amount) = if default.in_years {
        (Name::Years, default.days / 365)
    } else {
        (Name::Days, default.days)
    };
    cx.require(&mut reply, LOCK_CFG_002_PERIOD, unit, Value::Number(amount));
    let other = if default.in_years { Name::Days } else { Name::Years };
    cx.forbid(&mut reply, LOCK_CFG_002_ONE, other, Value::Number(1));
    Ok((reply, None))
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
                return match versioned(cx, found) {
                    Err(other) if cx.choose(LOCK_CFG_010, 2) == 1 => Err(other),
                    Ok(()) | Err(_) => Err(fault),
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

/// Object Lock needs versioning (`LOCK-BKT-003`, `LOCK-BKT-004`).
fn versioned(cx: &mut Cx<'_>, found: &Bucket) -> Result<(), Refusal> {
    let case = Enabling {
        versioning: found.versioning,
        locks: found.lock.is_some(),
    };
    let (ruling, Some(by)) = case.ruled(cx) else {
        return Ok(());
    };
    let refusal = Refusal::new(Code::InvalidBucketState, by);
    match ruling {
        Configured::Accepted => Ok(()),
        Configured::Refused => Err(refusal),
        Configured::NotVersioned => {
            let message = "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration";
            Err(cx.saying(refusal, LOCK_BKT_004_MESSAGE, message))
        }
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
    let default = match (default, old) {
        (None, Some(old)) if !cx.decides(LOCK_CFG_008) => Some(old),
        (default, _) => default,
    };
    change(cx.state, name, |bucket| {
        let enabled_now = bucket.lock.is_none();
        bucket.lock = Some(LockConfiguration { default });
        if enabled_now {
            leave_existing(cx, bucket);
        }
        if let Some(default) = default
            && !bucket.keys.is_empty()
            && !cx.decides(LOCK_CFG_011)
        {
            let made = cx.now;
            let retention = by_default(cx, default, made);
            bucket.edit_objects(|version| {
                version.retention = version.retention.or(Some(retention));
            });
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
        Reading::NoBody => {
            let refusal = Refusal::new(Code::MissingRequestBodyError, by);
            cx.saying(refusal, LOCK_CFG_005_MESSAGE, "Request Body is empty")
        }
        Reading::Malformed => malformed(cx, by, LOCK_CFG_003_MESSAGE),
        Reading::NotPositive => {
            let message = "Default retention period must be a positive integer value.";
            let refusal = argument_refused(cx, by, LOCK_CFG_006_MESSAGE, message);
            let refusal = cx.naming(refusal, LOCK_CFG_006_ARGUMENT, Name::ArgumentName, argument);
            let value = Value::Number(amount);
            cx.omitting(refusal, LOCK_CFG_006_VALUE, Name::ArgumentValue, value)
        }
        Reading::TooLong => {
            let message = "Default retention period too large.";
            let refusal = argument_refused(cx, by, LOCK_CFG_007_MESSAGE, message);
            cx.naming(refusal, LOCK_CFG_007_ARGUMENT, Name::ArgumentName, argument)
        }
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

fn argument_refused(cx: &mut Cx<'_>, rule: FacetId, form: FacetId, message: &'static str) -> Refusal {
    cx.saying(Refusal::new(Code::InvalidArgument, rule), form, message)
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
    vec![printed::<Configuration>(), printed::<Enabling>()]
}

/// Retention by default lasts its period from the making of the version (`LOCK-CFG-012`, `LOCK-CFG-013`).
pub(crate) fn by_default(cx: &mut Cx<'_>, default: DefaultRetention, made: Moment) -> Retention {
    let mode = match default.mode {
        Mode::Compliance if cx.decides(LOCK_CFG_012_MODE) => Mode::Compliance,
        Mode::Compliance | Mode::Governance => Mode::Governance,
    };
    let mut until = made.plus(DAY * i64::from(default.days));
    if default.in_years {
        let years = i64::from(default.days / 365);
        let calendar = Moment {
            earliest: years_later(made.earliest, years),
            latest: years_later(made.latest, years),
        };
        if calendar != until && cx.choose(LOCK_CFG_013, 2) == 1 {
            until = calendar;
        }
    }
    if !cx.decides(LOCK_CFG_012_UNROUNDED) {
        until = until.rounded_up();
    }
    Retention { mode, until }
}
