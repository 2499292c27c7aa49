//! Object Lock on a bucket: enabling it and its configuration document (`LOCK-BKT`, `LOCK-CFG`).

use crate::access::{EVAL_BPA_002, EVAL_OP_027, Need, authorize, bucket, change};
use crate::action::Action;
use crate::argument::{Body, BucketName, LockMode, Period};
use crate::clause::{FORM, RULE, clauses, consequence};
use crate::cx::Cx;
use crate::map::Map;
use crate::reply::{Code, Name, Refusal, Reply, Value};
use crate::request::Route::*;
use crate::request::{Caller, Operation};
use crate::state::{Bucket, DefaultRetention, LockConfiguration, Mode, State, Versioning};
use crate::step::{Ruling, not_modelled};

clauses! { ObjectLock, 1;
    "LOCK-BKT-001" RULE, Recorded, High, "API:CreateBucket; LS:test_get_put_object_lock_configuration",
        "CreateBucket with x-amz-bucket-object-lock-enabled: true makes a lock bucket and enables versioning at once." {
        LOCK_BKT_001 = "lock", &[CreateBucket], else "the header is ignored";
        LOCK_BKT_001_VERSIONING = "versioning", &[CreateBucket], else "versioning stays off";
    }
    "LOCK-BKT-003" RULE, Documented, High, "UG:object-lock-configure",
        "An existing bucket becomes a lock bucket by PutObjectLockConfiguration." {
        LOCK_BKT_003 = "existing", &[PutObjectLockConfiguration], else "it is refused: 409 InvalidBucketState";
    }
    "LOCK-BKT-004" RULE, Recorded, High, "LS:test_put_object_lock_configuration_on_existing_bucket",
        "PutObjectLockConfiguration while versioning is not Enabled: 409 InvalidBucketState." {
        LOCK_BKT_004 = "unversioned", &[PutObjectLockConfiguration], else "a bucket that was never versioned becomes a lock bucket";
        LOCK_BKT_004_SUSPENDED = "suspended", &[PutObjectLockConfiguration], else "a suspended bucket becomes a lock bucket";
    }
    "LOCK-BKT-006" consequence("VER-ST-009"), Recorded, Critical, "LS:test_disable_versioning_on_locked_bucket",
        "Versioning can never be suspended in a lock bucket."
    "LOCK-CFG-001" RULE, Recorded, Medium, "LS:test_get_object_lock_configuration_exc",
        "GET on a bucket without lock: 404 ObjectLockConfigurationNotFoundError." {
        LOCK_CFG_001 = "none", &[GetObjectLockConfiguration], else "it is 200 with an empty document";
    }
    "LOCK-CFG-002" FORM, Recorded, Medium, "LS:test_get_put_object_lock_configuration",
        "GET on a lock bucket shows ObjectLockEnabled Enabled, and its default if it has one." {
        LOCK_CFG_002 = "enabled", &[GetObjectLockConfiguration], else "ObjectLockEnabled is omitted";
        LOCK_CFG_002_MODE = "mode", &[GetObjectLockConfiguration], else "the default's Mode is omitted";
    }
    "LOCK-CFG-003" RULE, Recorded, Medium, "LS:test_put_object_lock_configuration_exc",
        "A malformed document is 400 MalformedXML: a mode without a period, an unknown mode, both days and years." {
        LOCK_CFG_003 = "document", &[PutObjectLockConfiguration], else "it is accepted and ignored";
    }
    "LOCK-CFG-006" RULE, Reported, Medium, "VGW#1738", "Days or years of zero or less: 400 InvalidArgument." {
        LOCK_CFG_006 = "positive", &[PutObjectLockConfiguration], else "it is accepted and ignored";
    }
    "LOCK-CFG-008" RULE, Recorded, High, "LS:test_get_put_object_lock_configuration",
        "A document without a rule removes the default." {
        LOCK_CFG_008 = "removes", &[PutObjectLockConfiguration], else "the default stays";
    }
    "LOCK-CFG-012" RULE, Recorded, Critical, "UG; LS:test_bucket_config_default_retention",
        "The default gives a new version its mode and a date of creation plus period." {
        LOCK_CFG_012 = "default", &[PutObject], else "new versions are not locked by default";
    }
    "LOCK-CFG-014" RULE, Recorded, High, "UG:object-lock; LS:test_bucket_config_default_retention",
        "Lock headers on the write replace the default entirely." {
        LOCK_CFG_014 = "replaced", &[PutObject], else "the default wins over the headers";
    }
}

/// CreateBucket, asked by the account's root.
pub(crate) fn create(cx: &mut Cx<'_>, state: &State, caller: Caller, name: BucketName, lock: bool) -> Ruling {
    if caller != Caller::Owner || state.buckets.get(&name).is_some() {
        return Err(not_modelled());
    }
    let lock = lock && cx.decides(LOCK_BKT_001);
    let versioning = if lock && cx.decides(LOCK_BKT_001_VERSIONING) {
        Versioning::Enabled
    } else {
        Versioning::Unversioned
    };
    let bucket = Bucket {
        versioning,
        lock: lock.then(LockConfiguration::default),
        policy: None,
        public_access_blocked: cx.decides(EVAL_BPA_002),
        keys: Map::default(),
        uploads: Map::default(),
    };
    let mut next = state.clone();
    next.buckets.insert(name, bucket);
    Ok((Reply::success(200), Some(next)))
}

/// GetObjectLockConfiguration.
pub(crate) fn get(cx: &mut Cx<'_>, state: &State, caller: Caller, name: BucketName) -> Ruling {
    let found = bucket(cx, state, name)?;
    authorize(
        cx,
        state,
        name,
        caller,
        &[Need::bucket(
            EVAL_OP_027,
            Action::GetBucketObjectLockConfiguration,
        )],
    )?;
    let mut reply = Reply::success(200);
    let Some(lock) = found.lock else {
        cx.refuse(LOCK_CFG_001, |facet| {
            Refusal::new(Code::ObjectLockConfigurationNotFoundError, facet)
                .saying("Object Lock configuration does not exist for this bucket")
                .with(Name::BucketNameElement, Value::Bucket(name))
        })?;
        reply.push(Name::ObjectLockEnabled, Value::Absent, LOCK_CFG_001);
        return Ok((reply, None));
    };
    cx.require(
        &mut reply,
        LOCK_CFG_002,
        Name::ObjectLockEnabled,
        Value::Text("Enabled"),
    );
    match lock.default {
        None => reply.push(Name::Mode, Value::Absent, LOCK_CFG_002),
        Some(default) => {
            cx.require(
                &mut reply,
                LOCK_CFG_002_MODE,
                Name::Mode,
                Value::Text(default.mode.name()),
            );
            let (unit, amount) = if default.in_years {
                (Name::Years, default.days / 365)
            } else {
                (Name::Days, default.days)
            };
            reply.push(unit, Value::Number(amount), LOCK_CFG_002);
        }
    }
    Ok((reply, None))
}

/// PutObjectLockConfiguration.
pub(crate) fn put(
    cx: &mut Cx<'_>,
    state: &State,
    caller: Caller,
    name: BucketName,
    operation: &Operation,
) -> Ruling {
    let Operation::PutObjectLockConfiguration {
        mode, period, body, ..
    } = operation
    else {
        return Err(not_modelled());
    };
    let found = bucket(cx, state, name)?;
    authorize(
        cx,
        state,
        name,
        caller,
        &[Need::bucket(
            EVAL_OP_027,
            Action::PutBucketObjectLockConfiguration,
        )],
    )?;
    let default = match read_default(*mode, *period, *body) {
        Ok(default) => default,
        Err(fault) => {
            let facet = if fault == Code::InvalidArgument {
                LOCK_CFG_006
            } else {
                LOCK_CFG_003
            };
            cx.refuse(facet, |facet| Refusal::new(fault, facet))?;
            return Ok((Reply::success(200), None));
        }
    };
    let refused = |facet| {
        Refusal::new(Code::InvalidBucketState, facet)
            .saying("Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration")
    };
    match found.versioning {
        Versioning::Enabled if found.lock.is_none() && !cx.decides(LOCK_BKT_003) => {
            return Err(refused(LOCK_BKT_003));
        }
        Versioning::Enabled => {}
        Versioning::Unversioned => cx.refuse(LOCK_BKT_004, refused)?,
        Versioning::Suspended => cx.refuse(LOCK_BKT_004_SUSPENDED, refused)?,
    }
    let old = found.lock.and_then(|lock| lock.default);
    let default = match (default, old) {
        (None, Some(old)) if !cx.decides(LOCK_CFG_008) => Some(old),
        (default, _) => default,
    };
    let configuration = LockConfiguration { default };
    Ok((
        Reply::success(200),
        change(state, name, |bucket| bucket.lock = Some(configuration)),
    ))
}

/// The default that a document asks for, or the code of its fault.
fn read_default(mode: LockMode, period: Period, body: Body) -> Result<Option<DefaultRetention>, Code> {
    let mode = match (body, mode, period) {
        (Body::Missing, _, _) => return Err(Code::MissingRequestBodyError),
        (Body::Malformed, _, _) | (Body::Proper, LockMode::Unknown, _) => return Err(Code::MalformedXML),
        (Body::Proper, LockMode::Absent, Period::Absent) => return Ok(None),
        (Body::Proper, LockMode::Absent, Period::Days(_) | Period::Years(_) | Period::Both) => {
            return Err(Code::MalformedXML);
        }
        (Body::Proper, LockMode::Compliance, _) => Mode::Compliance,
        (Body::Proper, LockMode::Governance, _) => Mode::Governance,
    };
    let (amount, in_years) = match period {
        Period::Absent | Period::Both => return Err(Code::MalformedXML),
        Period::Days(days) => (days, false),
        Period::Years(years) => (years, true),
    };
    if amount <= 0 {
        return Err(Code::InvalidArgument);
    }
    let days = if in_years {
        amount.saturating_mul(365)
    } else {
        amount
    };
    Ok(Some(DefaultRetention { mode, days, in_years }))
}
