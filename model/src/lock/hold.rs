//! Legal holds (`LOCK-HOLD`).

use crate::access::{EVAL_OP_044, Need, authorize, bucket};
use crate::action::Action;
use crate::argument::{Body, BucketName, Hold, Key, VersionRef};
use crate::clause::{RULE, clauses};
use crate::cx::Cx;
use crate::lock::locked;
use crate::lock::retention::{Gates, bucket_before_document, is_retained, lock_gates, target};
use crate::reply::{Code, Name, Refusal, Reply, Value};
use crate::request::Route::*;
use crate::request::{Caller, Operation};
use crate::state::{Mode, State};
use crate::step::{Ruling, not_modelled};

clauses! { ObjectLock, 4;
    "LOCK-HOLD-001" RULE, Recorded, Medium, "LS:test_put_object_legal_hold_exc",
        "Status is ON or OFF; anything else or a missing document is 400 MalformedXML." {
        LOCK_HOLD_001 = "words", &[PutObjectLegalHold], else "another word is accepted and ignored";
    }
    "LOCK-HOLD-003" RULE, Recorded, Medium, "LS:test_put_get_object_legal_hold",
        "A hold that was never set: GET is 404 NoSuchObjectLockConfiguration." {
        LOCK_HOLD_003 = "never-set", &[GetObjectLegalHold], else "it is 200 with Status OFF";
    }
    "LOCK-HOLD-004" RULE, Recorded, Low, "LS:test_s3_legal_hold_lock_versioned",
        "After OFF, GET returns Status OFF." {
        LOCK_HOLD_004 = "off", &[GetObjectLegalHold], else "it is as if never set";
    }
    "LOCK-HOLD-005" RULE, Documented, Critical, "UG:object-lock",
        "Bypassing governance never overcomes a hold." {
        LOCK_HOLD_005 = "bypass", &[DeleteObjectVersion, DeleteObjectsVersion], else "it overcomes the hold";
    }
    "LOCK-HOLD-006" RULE, Documented, High, "UG:object-lock",
        "A hold may be turned OFF during COMPLIANCE retention." {
        LOCK_HOLD_006 = "off-under-compliance", &[PutObjectLegalHold], else "it is refused by the lock";
    }
}

/// GetObjectLegalHold.
pub(crate) fn get(
    cx: &mut Cx<'_>,
    state: &State,
    caller: Caller,
    name: BucketName,
    key: Key,
    reference: VersionRef,
) -> Ruling {
    bucket(cx, state, name)?;
    authorize(
        cx,
        state,
        name,
        caller,
        &[Need::object(EVAL_OP_044, Action::GetObjectLegalHold, key)],
    )?;
    let version = lock_gates(cx, state, caller, (name, key, reference), Gates::default())?;
    let never = |facet| {
        Refusal::new(Code::NoSuchObjectLockConfiguration, facet)
            .saying("The specified object does not have a ObjectLock configuration")
    };
    let mut reply = Reply::success(200);
    match version.hold {
        Some(true) => reply.push(Name::Status, Value::Text("ON"), LOCK_HOLD_003),
        Some(false) => {
            if !cx.decides(LOCK_HOLD_004) {
                return Err(never(LOCK_HOLD_004));
            }
            reply.push(Name::Status, Value::Text("OFF"), LOCK_HOLD_004);
        }
        None => {
            cx.refuse(LOCK_HOLD_003, never)?;
            reply.push(Name::Status, Value::Text("OFF"), LOCK_HOLD_003);
        }
    }
    Ok((reply, None))
}

/// PutObjectLegalHold.
pub(crate) fn put(
    cx: &mut Cx<'_>,
    state: &State,
    caller: Caller,
    (name, key, reference): (BucketName, Key, VersionRef),
    operation: &Operation,
) -> Ruling {
    let Operation::PutObjectLegalHold { hold, body, .. } = operation else {
        return Err(not_modelled());
    };
    let malformed = *body != Body::Proper || matches!(hold, Hold::Absent | Hold::Unknown);
    let document = malformed.then_some((LOCK_HOLD_001, Code::MalformedXML));
    bucket_before_document(cx, state, name, document)?;
    authorize(
        cx,
        state,
        name,
        caller,
        &[Need::object(EVAL_OP_044, Action::PutObjectLegalHold, key)],
    )?;
    let version = lock_gates(
        cx,
        state,
        caller,
        (name, key, reference),
        Gates {
            document,
            past_date: false,
        },
    )?;
    let on = match hold {
        Hold::On => true,
        Hold::Off => false,
        Hold::Absent | Hold::Unknown => return Ok((Reply::success(200), None)),
    };
    if !on && is_retained(cx, version) == Some(Mode::Compliance) && !cx.decides(LOCK_HOLD_006) {
        return Err(locked(LOCK_HOLD_006));
    }
    let made = version.name;
    Ok((
        Reply::success(200),
        target(state, name, key, made, |version| version.hold = Some(on)),
    ))
}
