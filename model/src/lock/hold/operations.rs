//! PutObjectLegalHold and GetObjectLegalHold: which decisions they take in which order, and their effect.

use crate::argument::{BucketName, Key, VersionRef};
use crate::cx::{Cx, Ruling, not_modelled};
use crate::lock::LockState;
use crate::lock::hold::{
    LOCK_HOLD_002_STORED, LOCK_HOLD_003, LOCK_HOLD_003_MESSAGE, LOCK_HOLD_003_STATUS, LOCK_HOLD_004,
    LOCK_HOLD_006_STAYS, TurnedOff, TurningOff, TurningOffRetained, read,
};
use crate::lock::retention::{is_retained, never_set};
use crate::lock::{gates, integrity, locked};
use crate::reply::{Name, Refusal, Reply, Value};
use crate::request::{Caller, Operation};
use crate::state::{State, Version};
use crate::table::{Decision, Printed, Ruled, effects, fields, printed, table, words};

words! {
    /// What GetObjectLegalHold shows.
    enum Shown {
        /// It is 200 with Status ON.
        On,
        /// It is 200 with Status OFF.
        Off,
        /// It is 404 NoSuchObjectLockConfiguration.
        NeverSet,
    }
}

table! {
    /// What GetObjectLegalHold shows.
    Showing {
        /// The version is on hold.
        on: bool,
        /// Its hold was turned off.
        off: bool,
    } never {
        on && off;
    } => Shown;

    LOCK_HOLD_003_STATUS    if on                                               => On,          else same;
    LOCK_HOLD_004           if off                                              => Off,         else NeverSet;
    LOCK_HOLD_003           if !on && !off                                      => NeverSet;
    _                                                                           => Off;
}

/// GetObjectLegalHold.
pub(crate) fn get(cx: &mut Cx<'_>, name: BucketName, key: Key, reference: VersionRef) -> Ruling {
    cx.bucket(name)?;
    let need = cx.needed(Some(key));
    cx.authorize(name, need.as_slice())?;
    let version = gates::version(cx, (name, key, reference), None, None)?;
    let version = gates::meant(cx, (name, key), version, LockState::LegalHold);
    let case = Showing {
        on: version.hold == Some(true),
        off: version.hold == Some(false),
    };
    let mut reply = Reply::success(200);
    match case.ruled(cx) {
        (Shown::NeverSet, Some(by)) => return Err(never_set(cx, by, LOCK_HOLD_003_MESSAGE)),
        (Shown::Off, by) => reply.push(Name::Status, Value::Text("OFF"), by.unwrap_or(LOCK_HOLD_003)),
        (Shown::On | Shown::NeverSet, _) => fields! { cx, &mut reply;
            LOCK_HOLD_003_STATUS => require Status, Value::Text("ON");
        },
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
        let version = gates::meant(cx, (name, key), version, LockState::LegalHold);
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
    let (mut ends_retention, mut stored) = (false, false);
    if !on {
        let by_root = cx.caller() == Caller::Owner;
        turned_off(cx, |cx| TurningOff { by_root }.ruled(cx))?;
        let retained = is_retained(cx, version);
        turned_off(cx, |cx| TurningOffRetained { retained }.ruled(cx))?;
        effects! { cx;
            LOCK_HOLD_006_STAYS if version.retention.is_some() => never ends_retention = true;
        }
    }
    effects! { cx;
        LOCK_HOLD_002_STORED => does stored = true;
    }
    if !stored {
        return Ok(None);
    }
    let place = (name, key, version.name);
    Ok(gates::changed(cx, place, LockState::LegalHold, |version| {
        version.hold = Some(on);
        if ends_retention {
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

/// The tables of these operations, in the order in which they are read.
pub(crate) fn tables() -> Vec<Printed> {
    vec![printed::<Showing>()]
}
