//! Lock headers of writes, and what a new version is locked with (`LOCK-HDR`, `LOCK-INT`).

use crate::access::{Need, permits};
use crate::action::Action;
use crate::argument::{BucketName, Date, Hold, Integrity, Key, LockMode};
use crate::clause::{FORM, FacetId, RULE, clauses};
use crate::cx::Cx;
use crate::lock::bucket::{LOCK_CFG_012, LOCK_CFG_014};
use crate::reply::{Code, Name, Refusal, Reply, Value};
use crate::request::Caller;
use crate::request::Route::{self, *};
use crate::state::{Bucket, DefaultRetention, Mode, Retention, State, Version};
use crate::time::DAY;

/// The routes that show lock headers.
const READS: &[Route] = &[GetObject, GetObjectVersion, HeadObject, HeadObjectVersion];

clauses! { ObjectLock, 2;
    "LOCK-HDR-002" RULE, Recorded, Medium, "LS:test_s3_object_lock_mode_validation",
        "Mode without date or date without mode: 400 InvalidArgument, ArgumentName is the missing header." {
        LOCK_HDR_002 = "pair", &[PutObject], else "half a pair is ignored";
    }
    "LOCK-HDR-003" RULE, Recorded, Medium, "LS:test_s3_object_lock_mode_validation", "An unknown mode: 400 InvalidArgument." {
        LOCK_HDR_003 = "mode", &[PutObject], else "it is ignored";
    }
    "LOCK-HDR-004" RULE, Reported, Medium, "VGW", "An unparsable date: 400 InvalidArgument." {
        LOCK_HDR_004 = "date", &[PutObject], else "it is ignored";
    }
    "LOCK-HDR-005" RULE, Reported, Medium, "VGW; LS body analogue", "A date that is not in the future: 400 InvalidArgument." {
        LOCK_HDR_005 = "past", &[PutObject], else "a past date is accepted";
    }
    "LOCK-HDR-006" RULE, Reported, Medium, "VGW", "A hold that is neither ON nor OFF: 400 InvalidArgument." {
        LOCK_HDR_006 = "hold", &[PutObject], else "it is ignored";
    }
    "LOCK-HDR-007" RULE, Reported, Medium, "VGW; ceph", "A lock header in a bucket without lock: 400 InvalidRequest." {
        LOCK_HDR_007 = "no-lock", &[PutObject], else "the header is ignored";
    }
    "LOCK-HDR-009" RULE, Documented, Critical, "API", "The headers set retention and hold of the new version." {
        LOCK_HDR_009 = "retention", &[PutObject], else "the retention is not set";
        LOCK_HDR_009_HOLD = "hold", &[PutObject], else "the hold is not set";
    }
    "LOCK-HDR-013" FORM, Recorded, Medium, "LS:test_s3_object_retention, test_put_get_object_legal_hold",
        "Reads show the lock headers that were set." {
        LOCK_HDR_013 = "mode", READS, else "x-amz-object-lock-mode is omitted";
        LOCK_HDR_013_DATE = "date", READS, else "x-amz-object-lock-retain-until-date is omitted";
        LOCK_HDR_013_HOLD = "hold", READS, else "x-amz-object-lock-legal-hold is omitted";
    }
    "LOCK-HDR-014" RULE, Documented, High, "API:GetObject/HeadObject",
        "Retention headers are shown only with s3:GetObjectRetention, the hold header only with s3:GetObjectLegalHold." {
        LOCK_HDR_014 = "retention", READS, else "the retention headers are shown to everybody who may read";
        LOCK_HDR_014_HOLD = "hold", READS, else "the hold header is shown to everybody who may read";
    }
    "LOCK-INT-001" RULE, Documented, Medium, "API:PutObject; UG:object-lock-managing",
        "A PutObject whose version gets lock state, also by default, must carry Content-MD5 or a checksum: 400 InvalidRequest." {
        LOCK_INT_001 = "integrity", &[PutObject], else "neither is needed";
        LOCK_INT_001_DEFAULT = "by-default", &[PutObject], else "neither is needed when only the default locks";
    }
}

/// What a new version is locked with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Protection {
    pub(crate) retention: Option<Retention>,
    pub(crate) hold: Option<bool>,
}

/// The refusal of a lock header.
fn odd(facet: FacetId, message: &'static str, argument: &'static str) -> Refusal {
    Refusal::new(Code::InvalidArgument, facet)
        .saying(message)
        .with(Name::ArgumentName, Value::Text(argument))
}

/// The lock state that the headers of a write and the default of its bucket give (`LOCK-HDR-008`: order of checks).
pub(crate) fn protection(
    cx: &mut Cx<'_>,
    bucket: &Bucket,
    _caller: Caller,
    (mode, until, hold): (LockMode, Date, Hold),
    integrity: Integrity,
) -> Result<Protection, Refusal> {
    let retention = header_retention(cx, mode, until)?;
    let hold_given = match hold {
        Hold::Absent => None,
        Hold::On => Some(true),
        Hold::Off => Some(false),
        Hold::Unknown => {
            cx.refuse(LOCK_HDR_006, |facet| {
                odd(
                    facet,
                    "Legal Hold must be either of 'ON' or 'OFF'",
                    "x-amz-object-lock-legal-hold",
                )
            })?;
            None
        }
    };
    if mode == LockMode::Unknown {
        cx.refuse(LOCK_HDR_003, |facet| {
            odd(facet, "Unknown wormMode directive.", "x-amz-object-lock-mode")
        })?;
    }
    let any_header = mode != LockMode::Absent || until != Date::Absent || hold != Hold::Absent;
    let Some(lock) = bucket.lock else {
        if any_header {
            cx.refuse(LOCK_HDR_007, |facet| {
                Refusal::new(Code::InvalidRequest, facet).saying("Bucket is missing ObjectLockConfiguration")
            })?;
        }
        return Ok(Protection::default());
    };
    let explicit = retention.filter(|_| cx.decides(LOCK_HDR_009));
    let default = match lock.default {
        Some(default) if explicit.is_none() || !cx.decides(LOCK_CFG_014) => {
            cx.decides(LOCK_CFG_012).then(|| by_default(cx, default))
        }
        Some(_) | None => None,
    };
    let protection = Protection {
        retention: default.or(explicit),
        hold: hold_given.filter(|_| cx.decides(LOCK_HDR_009_HOLD)),
    };
    if integrity == Integrity::Absent && (protection.retention.is_some() || protection.hold.is_some()) {
        let facet = if any_header {
            LOCK_INT_001
        } else {
            LOCK_INT_001_DEFAULT
        };
        cx.refuse(facet, |facet| {
            Refusal::new(Code::InvalidRequest, facet).saying(
                "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters",
            )
        })?;
    }
    Ok(protection)
}

/// The retention that the headers name.
fn header_retention(cx: &mut Cx<'_>, mode: LockMode, until: Date) -> Result<Option<Retention>, Refusal> {
    let missing = match (mode, until) {
        (LockMode::Absent, Date::Absent) => return Ok(None),
        (LockMode::Absent, Date::At(_) | Date::Unparsable) => Some("x-amz-object-lock-mode"),
        (LockMode::Compliance | LockMode::Governance | LockMode::Unknown, Date::Absent) => {
            Some("x-amz-object-lock-retain-until-date")
        }
        (LockMode::Compliance | LockMode::Governance | LockMode::Unknown, Date::At(_) | Date::Unparsable) => {
            None
        }
    };
    if let Some(missing) = missing {
        cx.refuse(LOCK_HDR_002, |facet| {
            odd(
                facet,
                "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied",
                missing,
            )
        })?;
        return Ok(None);
    }
    let Some(until) = cx.world.moment(until) else {
        cx.refuse(LOCK_HDR_004, |facet| {
            odd(
                facet,
                "The retain until date must be provided in ISO 8601 format",
                "x-amz-object-lock-retain-until-date",
            )
        })?;
        return Ok(None);
    };
    if cx.is_past(until) {
        cx.refuse(LOCK_HDR_005, |facet| {
            odd(
                facet,
                "The retain until date must be in the future!",
                "x-amz-object-lock-retain-until-date",
            )
        })?;
    }
    Ok(match mode {
        LockMode::Compliance => Some(Retention {
            mode: Mode::Compliance,
            until,
        }),
        LockMode::Governance => Some(Retention {
            mode: Mode::Governance,
            until,
        }),
        LockMode::Absent | LockMode::Unknown => None,
    })
}

/// Retention by default lasts its period from the making of the version (`LOCK-CFG-012`).
fn by_default(cx: &Cx<'_>, default: DefaultRetention) -> Retention {
    Retention {
        mode: default.mode,
        until: cx.now.plus(DAY * i64::from(default.days)),
    }
}

/// Shows lock headers on a read (`LOCK-HDR-013`, `LOCK-HDR-014`).
pub(crate) fn show_protection(
    cx: &mut Cx<'_>,
    reply: &mut Reply,
    state: &State,
    caller: Caller,
    name: BucketName,
    key: Key,
    version: &Version,
) {
    let may_see = |cx: &mut Cx<'_>, facet, action| {
        permits(cx, state, name, caller, Need::object(facet, action, key)).is_ok() || !cx.law(facet)
    };
    if let Some(Retention { mode, until }) = version.retention {
        if may_see(cx, LOCK_HDR_014, Action::GetObjectRetention) {
            cx.require(reply, LOCK_HDR_013, Name::LockMode, Value::Text(mode.name()));
            cx.require(reply, LOCK_HDR_013_DATE, Name::RetainUntil, Value::Date(until));
        } else {
            reply.push(Name::LockMode, Value::Absent, LOCK_HDR_014);
        }
    } else {
        reply.push(Name::LockMode, Value::Absent, LOCK_HDR_013);
    }
    match version.hold {
        Some(on) if may_see(cx, LOCK_HDR_014_HOLD, Action::GetObjectLegalHold) => {
            let word = if on { "ON" } else { "OFF" };
            cx.require(reply, LOCK_HDR_013_HOLD, Name::LegalHold, Value::Text(word));
        }
        Some(_) => reply.push(Name::LegalHold, Value::Absent, LOCK_HDR_014_HOLD),
        None => reply.push(Name::LegalHold, Value::Absent, LOCK_HDR_013_HOLD),
    }
}
