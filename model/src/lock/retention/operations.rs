//! PutObjectRetention and GetObjectRetention: which decisions they take in which order, and their effect.

use crate::argument::{BucketName, Key, VersionRef};
use crate::cx::{Cx, Ruling, not_modelled};
use crate::lock::retention::date::{DateFault, kept};
use crate::lock::retention::{
    LOCK_RET_001, LOCK_RET_001_DATE, LOCK_RET_001_MODE, LOCK_RET_001_ONE, LOCK_RET_002, LOCK_RET_002_MESSAGE,
    LOCK_RET_005_STORED, LOCK_RET_011, LOCK_RET_012, LOCK_RET_017_READABLE, LOCK_RET_022, Wanted, never_set,
    read, rule,
};
use crate::lock::{LOCK_API_002_RULE, LOCKED_MESSAGE, gates, integrity};
use crate::reply::{Code, Name, Refusal, Reply, Value};
use crate::request::Operation;
use crate::state::{Retention, State, Version};

/// Without the permission the text is never the lock's (`LOCK-RET-022`).
#[inline]
fn ordinary(cx: &mut Cx<'_>, authorized: Result<(), Refusal>) -> Result<(), Refusal> {
    let Err(mut refusal) = authorized else {
        return Ok(());
    };
    if refusal.code == Code::AccessDenied && !cx.law(LOCK_RET_022) {
        refusal.message = Some((LOCKED_MESSAGE, LOCK_RET_022));
    }
    Err(refusal)
}

/// GetObjectRetention.
pub(crate) fn get(cx: &mut Cx<'_>, name: BucketName, key: Key, reference: VersionRef) -> Ruling {
    cx.bucket(name)?;
    let need = cx.needed(Some(key));
    let authorized = cx.authorize(name, need.as_slice());
    ordinary(cx, authorized)?;
    let version = gates::version(cx, (name, key, reference), None, None)?;
    let version = gates::meant(cx, (name, key), version, LOCK_RET_001);
    let mut reply = Reply::success(200);
    let Some(retention) = version.retention else {
        if cx.law(LOCK_RET_002) {
            return Err(never_set(cx, LOCK_RET_002, LOCK_RET_002_MESSAGE));
        }
        reply.push(Name::Mode, Value::Absent, LOCK_RET_002);
        return Ok((reply, None));
    };
    if !cx.law(LOCK_RET_017_READABLE) && cx.is_past(retention.until) {
        return Err(never_set(cx, LOCK_RET_017_READABLE, LOCK_RET_002_MESSAGE));
    }
    cx.require(
        &mut reply,
        LOCK_RET_001_MODE,
        Name::Mode,
        Value::Text(retention.mode.name()),
    );
    let date = Value::Date(retention.shown(cx.now));
    cx.require(&mut reply, LOCK_RET_001_DATE, Name::RetainUntilDate, date);
    Ok((reply, None))
}

/// PutObjectRetention.
pub(crate) fn put(cx: &mut Cx<'_>, (name, key, reference): (BucketName, Key, VersionRef)) -> Ruling {
    let Operation::PutObjectRetention {
        mode,
        until,
        bypass,
        body,
        integrity,
        ..
    } = &cx.request.operation
    else {
        return Err(not_modelled());
    };
    let read = |cx: &mut Cx<'_>| read(cx, *mode, *until, *body);
    gates::bucket_before_document(cx, name, |cx| read(cx).err())?;
    let need = cx.needed(Some(key));
    let authorized = cx.authorize_before(name, need.as_slice(), |cx| {
        integrity::fault(cx, *integrity).or_else(|| read(cx).err())
    });
    ordinary(cx, authorized)?;
    integrity::before(cx, *integrity, |cx| {
        let (wanted, fault) = match read(cx) {
            Ok(wanted) => (wanted, None),
            Err(fault) => (Wanted::Nothing, Some(fault)),
        };
        let date = match wanted {
            Wanted::Set(Retention { until, .. }) => DateFault::of(cx, until),
            Wanted::Nothing | Wanted::Removal => None,
        };
        let place = (name, key, reference);
        let version = gates::version(cx, place, fault, date)?;
        let version = gates::meant(cx, (name, key), version, LOCK_RET_001);
        let ruling = rule::judge(cx, (name, key), version, wanted, *bypass);
        if let Some(date) = date
            && (ruling.is_ok() || cx.law(LOCK_API_002_RULE))
        {
            return Err(date.refusal(cx));
        }
        ruling?;
        Ok((Reply::success(200), carried_out(cx, (name, key), version, wanted)))
    })
}

/// The state in which a version has the retention that is wanted.
fn carried_out(
    cx: &mut Cx<'_>,
    (name, key): (BucketName, Key),
    version: &Version,
    wanted: Wanted,
) -> Option<State> {
    let retention = match wanted {
        Wanted::Nothing => return None,
        Wanted::Removal => {
            let held = version.retention?;
            if !cx.decides(LOCK_RET_011) {
                return None;
            }
            (cx.choose(LOCK_RET_012, 2) == 1).then_some(held.ended(cx.now))
        }
        Wanted::Set(Retention { mode, until }) => {
            if !cx.decides(LOCK_RET_005_STORED) {
                return None;
            }
            let until = kept(cx, until);
            Some(Retention { mode, until })
        }
    };
    gates::changed(cx, (name, key, version.name), LOCK_RET_001_ONE, |version| {
        version.retention = retention
    })
}
