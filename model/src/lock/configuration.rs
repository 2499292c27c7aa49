//! The Object Lock configuration of a bucket (`LOCK-CFG`).

use crate::access::change;
use crate::argument::{Body, BucketName, LockForm, LockMode, Period};
use crate::clause::{FORM, FacetId, RULE, clauses, consequence};
use crate::cx::Cx;
use crate::lock::bucket::{
    LOCK_BKT_003, LOCK_BKT_004, LOCK_BKT_004_MESSAGE, LOCK_BKT_004_SUSPENDED, leave_existing,
};
use crate::lock::{integrity, malformed};
use crate::observed::years_later;
use crate::reply::{Code, Name, Refusal, Reply, Value};
use crate::request::Operation;
use crate::request::Route::{self, *};
use crate::state::{Bucket, DefaultRetention, LockConfiguration, Mode, Retention, State, Versioning};
use crate::step::{Ruling, not_modelled};
use crate::time::{DAY, Moment};

const GET: &[Route] = &[GetObjectLockConfiguration];
const PUT: &[Route] = &[PutObjectLockConfiguration];
/// The routes that make a version to which a default can apply.
const MADE: &[Route] = &[PutObject, CopyObject, CompleteMultipartUpload];

clauses! { ObjectLock, LockConfiguration;
    "LOCK-CFG-001" RULE, Recorded, Medium, "LS:test_get_object_lock_configuration_exc",
        "GET on a bucket without lock: 404 ObjectLockConfigurationNotFoundError, with BucketName." {
        LOCK_CFG_001 = "none", GET, else "it is 200 with an empty document";
        LOCK_CFG_001_MESSAGE = "message", GET, else "it is another text";
        LOCK_CFG_001_BUCKET = "bucket-name", GET, else "BucketName is omitted";
    }
    "LOCK-CFG-002" FORM, Recorded, Medium, "LS:test_get_put_object_lock_configuration",
        "GET on a lock bucket shows ObjectLockEnabled Enabled, and a Rule only if there is a default." {
        LOCK_CFG_002 = "enabled", GET, else "ObjectLockEnabled is omitted";
        LOCK_CFG_002_NO_RULE = "no-rule", GET, else "a Rule with the mode GOVERNANCE is shown";
        LOCK_CFG_002_MODE = "mode", GET, else "the default's Mode is omitted";
        LOCK_CFG_002_PERIOD = "period", GET, else "the default's period is omitted";
        LOCK_CFG_002_ONE = "one-period", GET, else "the other period is shown as well";
    }
    "LOCK-CFG-003" RULE, Recorded, Medium, "LS:test_put_object_lock_configuration_exc",
        "400 MalformedXML for: no ObjectLockEnabled, an empty document, Rule or DefaultRetention, a mode without a period, \
         an unknown or lower-case mode, both Days and Years." {
        LOCK_CFG_003 = "document", PUT, else "it is accepted and ignored";
        LOCK_CFG_003_ENABLED = "no-enabled", PUT, else "it is accepted and ignored";
        LOCK_CFG_003_EMPTY = "empty", PUT, else "it is accepted and ignored";
        LOCK_CFG_003_RULE = "empty-rule", PUT, else "it is accepted and ignored";
        LOCK_CFG_003_DEFAULT = "empty-default", PUT, else "it is accepted and ignored";
        LOCK_CFG_003_PERIOD = "no-period", PUT, else "it is accepted and ignored";
        LOCK_CFG_003_MODE = "unknown-mode", PUT, else "it is accepted and ignored";
        LOCK_CFG_003_CASE = "lower-case-mode", PUT, else "it is accepted and ignored";
        LOCK_CFG_003_BOTH = "both-periods", PUT, else "it is accepted and ignored";
        LOCK_CFG_003_MESSAGE = "message", PUT, else "it is another text";
    }
    "LOCK-CFG-004" RULE, Reported, Medium, "VGW; ceph", "ObjectLockEnabled other than Enabled: 400 MalformedXML." {
        LOCK_CFG_004 = "disabled", PUT, else "it is accepted and ignored";
    }
    "LOCK-CFG-005" RULE, Reported, Medium, "moto-aws", "No body: 400 MissingRequestBodyError, \"Request Body is empty\"." {
        LOCK_CFG_005 = "no-body", PUT, else "it is accepted and ignored";
        LOCK_CFG_005_MESSAGE = "message", PUT, else "it is another text";
    }
    "LOCK-CFG-006" RULE, Reported, Medium, "VGW#1738",
        "Days or Years of zero or less: 400 InvalidArgument, \"Default retention period must be a positive integer value.\", \
         with ArgumentName and without ArgumentValue." {
        LOCK_CFG_006 = "days", PUT, else "it is accepted and ignored";
        LOCK_CFG_006_YEARS = "years", PUT, else "it is accepted and ignored";
        LOCK_CFG_006_MESSAGE = "message", PUT, else "it is another text";
        LOCK_CFG_006_ARGUMENT = "argument-name", PUT, else "ArgumentName is omitted";
        LOCK_CFG_006_VALUE = "no-argument-value", PUT, else "ArgumentValue is sent";
    }
    "LOCK-CFG-007" RULE, Reported, Medium, "VGW; UG (100-year cap)",
        "More than 36500 days or 100 years: 400 InvalidArgument, \"Default retention period too large.\"" {
        LOCK_CFG_007 = "days", PUT, else "a longer period is accepted";
        LOCK_CFG_007_YEARS = "years", PUT, else "a longer period is accepted";
        LOCK_CFG_007_MESSAGE = "message", PUT, else "it is another text";
        LOCK_CFG_007_ARGUMENT = "argument-name", PUT, else "ArgumentName is omitted";
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
        LOCK_CFG_012 = "default", MADE, else "new versions are not locked by default";
        LOCK_CFG_012_MODE = "mode", MADE, else "a COMPLIANCE default gives GOVERNANCE";
        LOCK_CFG_012_HOLD = "beside-hold", MADE, else "a hold header, ON or OFF, keeps the default away";
        LOCK_CFG_012_UNROUNDED = "unrounded", MADE, else "the date is rounded up to the next midnight";
        LOCK_CFG_012_FROM = "upload-from", &[CompleteMultipartUpload],
            choice ["the period counts from the completion", "it counts from the beginning of the upload"];
    }
    "LOCK-CFG-013" RULE, Chosen, Low, "UG (2026) K(m)", "One year of a default is 365 days." {
        LOCK_CFG_013 = "year", MADE, choice ["365 days", "a calendar year"];
    }
    "LOCK-CFG-014" RULE, Recorded, High, "UG:object-lock; LS:test_bucket_config_default_retention",
        "Lock headers on the write replace the default entirely, also by a shorter or another retention." {
        LOCK_CFG_014 = "replaced", MADE, else "the default wins over the headers";
    }
    "LOCK-CFG-015" RULE, Documented, High, "UG:object-lock",
        "The default never applies a hold, and never applies to delete markers." {
        LOCK_CFG_015 = "no-hold", MADE, else "the default turns the hold ON as well";
        LOCK_CFG_015_MARKER = "no-marker", &[DeleteObject, DeleteObjects], else "a new marker gets the default retention";
    }
    "LOCK-CFG-016" RULE, Documented, High, "API:PutObject; UG:object-lock-managing",
        "A write subject to the default needs no s3:PutObjectRetention; one with lock headers does (EVAL-OP-031)." {
        LOCK_CFG_016 = "by-default", &[PutObject, CopyObject, CreateMultipartUpload, CompleteMultipartUpload], else "s3:PutObjectRetention is asked for writes subject to the default";
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
            Err(fault) if found.versioning == Versioning::Enabled => return Err(fault),
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
    let refuses = match found.versioning {
        Versioning::Enabled if found.lock.is_none() && !cx.decides(LOCK_BKT_003) => {
            return Err(Refusal::new(Code::InvalidBucketState, LOCK_BKT_003));
        }
        Versioning::Enabled => return Ok(()),
        Versioning::Unversioned => LOCK_BKT_004,
        Versioning::Suspended => LOCK_BKT_004_SUSPENDED,
    };
    if !cx.law(refuses) {
        return Ok(());
    }
    let message = "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration";
    let refusal = Refusal::new(Code::InvalidBucketState, refuses);
    Err(cx.saying(refusal, LOCK_BKT_004_MESSAGE, message))
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
    let schema = match (body, form, mode, period) {
        (Body::Missing, _, _, _) => {
            if !cx.law(LOCK_CFG_005) {
                return Ok(Document::Ignored);
            }
            let refusal = Refusal::new(Code::MissingRequestBodyError, LOCK_CFG_005);
            return Err(cx.saying(refusal, LOCK_CFG_005_MESSAGE, "Request Body is empty"));
        }
        (Body::Malformed, _, _, _) => Some(LOCK_CFG_003),
        (Body::Proper, LockForm::NoEnabled, _, _) => Some(LOCK_CFG_003_ENABLED),
        (Body::Proper, LockForm::Disabled, _, _) => Some(LOCK_CFG_004),
        (Body::Proper, LockForm::Empty, _, _) => Some(LOCK_CFG_003_EMPTY),
        (Body::Proper, LockForm::EmptyRule, _, _) => Some(LOCK_CFG_003_RULE),
        (Body::Proper, LockForm::EmptyDefault, _, _) => Some(LOCK_CFG_003_DEFAULT),
        (Body::Proper, LockForm::Proper, LockMode::Absent, Period::Absent) => {
            return Ok(Document::Lock(None));
        }
        (Body::Proper, LockForm::Proper, LockMode::Absent, _) => Some(LOCK_CFG_003),
        (Body::Proper, LockForm::Proper, LockMode::Unknown, _) => Some(LOCK_CFG_003_MODE),
        (Body::Proper, LockForm::Proper, LockMode::LowerCase, _) => Some(LOCK_CFG_003_CASE),
        (Body::Proper, LockForm::Proper, LockMode::Compliance | LockMode::Governance, period) => match period
        {
            Period::Absent => Some(LOCK_CFG_003_PERIOD),
            Period::Both => Some(LOCK_CFG_003_BOTH),
            Period::Days(_) | Period::Years(_) => None,
        },
    };
    if let Some(facet) = schema {
        return if cx.law(facet) {
            Err(malformed(cx, facet, LOCK_CFG_003_MESSAGE))
        } else {
            Ok(Document::Ignored)
        };
    }
    let mode = if mode == LockMode::Compliance {
        Mode::Compliance
    } else {
        Mode::Governance
    };
    match period {
        Period::Days(days) => length(cx, mode, days, false),
        Period::Years(years) => length(cx, mode, years, true),
        Period::Absent | Period::Both => Ok(Document::Ignored),
    }
}

/// A default retention of so many days or years (`LOCK-CFG-006`, `LOCK-CFG-007`).
fn length(cx: &mut Cx<'_>, mode: Mode, amount: i32, in_years: bool) -> Result<Document, Refusal> {
    let argument = Value::Text(if in_years { "Years" } else { "Days" });
    if amount <= 0 {
        let facet = if in_years {
            LOCK_CFG_006_YEARS
        } else {
            LOCK_CFG_006
        };
        if !cx.law(facet) {
            return Ok(Document::Ignored);
        }
        let message = "Default retention period must be a positive integer value.";
        let refusal = argument_refused(cx, facet, LOCK_CFG_006_MESSAGE, message);
        let refusal = cx.naming(refusal, LOCK_CFG_006_ARGUMENT, Name::ArgumentName, argument);
        return Err(cx.omitting(
            refusal,
            LOCK_CFG_006_VALUE,
            Name::ArgumentValue,
            Value::Number(amount),
        ));
    }
    let (limit, facet) = if in_years {
        (100, LOCK_CFG_007_YEARS)
    } else {
        (36_500, LOCK_CFG_007)
    };
    if amount > limit && cx.law(facet) {
        let message = "Default retention period too large.";
        let refusal = argument_refused(cx, facet, LOCK_CFG_007_MESSAGE, message);
        return Err(cx.naming(refusal, LOCK_CFG_007_ARGUMENT, Name::ArgumentName, argument));
    }
    let days = if in_years {
        amount.saturating_mul(365)
    } else {
        amount
    };
    Ok(Document::Lock(Some(DefaultRetention { mode, days, in_years })))
}

fn argument_refused(cx: &mut Cx<'_>, rule: FacetId, form: FacetId, message: &'static str) -> Refusal {
    cx.saying(Refusal::new(Code::InvalidArgument, rule), form, message)
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
