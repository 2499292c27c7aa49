//! PutObjectLegalHold and GetObjectLegalHold: which decisions they take in which order, and their effect.

use crate::argument::{BucketName, Key, VersionRef};
use crate::cx::{Cx, Ruling, not_modelled};
use crate::lock::hold::{
    LOCK_HOLD_002_STORED, LOCK_HOLD_003, LOCK_HOLD_003_MESSAGE, LOCK_HOLD_003_STATUS, LOCK_HOLD_004,
    LOCK_HOLD_006_STAYS, LOCK_HOLD_008, LOCK_HOLD_008_NAMED, TurnedOff, TurningOff, TurningOffRetained, read,
};
use crate::lock::retention::{is_retained, never_set};
use crate::lock::{gates, integrity, locked};
use crate::reply::{Name, Refusal, Reply, Value};
use crate::request::{Caller, Operation};
use crate::state::{State, Version};
use crate::table::{Decision, Ruled};

/// GetObjectLegalHold.
pub(crate) fn get(cx: &mut Cx<'_>, name: BucketName, key: Key, reference: VersionRef) -> Ruling {
    cx.bucket(name)?;
    let need = cx.needed(Some(key));
    cx.authorize(name, need.as_slice())?;
    let version = gates::version(cx, (name, key, reference), None, None)?;
    let version = gates::meant(cx, (name, key), version, LOCK_HOLD_008_NAMED);
    let mut reply = Reply::success(200);
    match version.hold {
        Some(true) => cx.require(&mut reply, LOCK_HOLD_003_STATUS, Name::Status, Value::Text("ON")),
        Some(false) => {
            if !cx.decides(LOCK_HOLD_004) {
                return Err(never_set(cx, LOCK_HOLD_004, LOCK_HOLD_003_MESSAGE));
            }
            reply.push(Name::Status, Value::Text("OFF"), LOCK_HOLD_004);
        }
        None if cx.law(LOCK_HOLD_003) => return Err(never_set(cx, LOCK_HOLD_003, LOCK_HOLD_003_MESSAGE)),
        None => reply.push(Name::Status, Value::Text("OFF"), LOCK_HOLD_003),
    }
    Ok((reply, None))
}

/// PutObjectLegalHold.
pub(crate) fn put(cx: &mut Cx<'_>, (name, key, reference): (BucketName, Key, VersionRef)) -> Ruling {
    let Operation::PutObjectLegalHold {
        hold,
        body,
        integrity,
        ..
    } = &cx.request.operation
    else {
        return Err(not_modelled());
    };
    let read = |cx: &mut Cx<'_>| read(cx, *hold, *body);
    gates::bucket_before_document(cx, name, |cx| read(cx).err())?;
    let need = cx.needed(Some(key));
    cx.authorize_before(name, need.as_slice(), |cx| {
        integrity::fault(cx, *integrity).or_else(|| read(cx).err())
    })?;
    integrity::before(cx, *integrity, |cx| {
        let (wanted, fault) = match read(cx) {
            Ok(wanted) => (wanted, None),
            Err(fault) => (None, Some(fault)),
        };
        let version = gates::version(cx, (name, key, reference), fault, None)?;
        let version = gates::meant(cx, (name, key), version, LOCK_HOLD_008_NAMED);
        let Some(on) = wanted else {
            return Ok((Reply::success(200), None));
        };
        let next = carried_out(cx, (name, key), version, on)?;
        Ok((Reply::success(200), next))
    })
}

/// The state in which a version is on hold, or no more.
fn carried_out(
    cx: &mut Cx<'_>,
    (name, key): (BucketName, Key),
    version: &Version,
    on: bool,
) -> Result<Option<State>, Refusal> {
    let mut keeps = true;
    if !on {
        let by_root = cx.caller() == Caller::Owner;
        turned_off(cx, |cx| TurningOff { by_root }.ruled(cx))?;
        let retained = is_retained(cx, version);
        turned_off(cx, |cx| TurningOffRetained { retained }.ruled(cx))?;
        keeps = version.retention.is_none() || cx.decides(LOCK_HOLD_006_STAYS);
    }
    if !cx.decides(LOCK_HOLD_002_STORED) {
        return Ok(None);
    }
    let place = (name, key, version.name);
    Ok(gates::changed(cx, place, LOCK_HOLD_008, |version| {
        version.hold = Some(on);
        if !keeps {
            version.retention = None;
        }
    }))
}

fn turned_off(cx: &mut Cx<'_>, ruled: impl FnOnce(&mut Cx<'_>) -> Ruled<TurnedOff>) -> Result<(), Refusal> {
    match ruled(cx) {
        (TurnedOff::Refused, Some(by)) => Err(locked(cx, by)),
        (TurnedOff::Allowed | TurnedOff::Refused, _) => Ok(()),
    }
}
