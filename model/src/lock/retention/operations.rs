//! PutObjectRetention and GetObjectRetention: which decisions they take in which order, and their effect.

use crate::argument::{BucketName, Key, VersionRef};
use crate::cx::{Cx, Ruling, not_modelled};
use crate::lock::LockState;
use crate::lock::retention::date::{DateFault, kept};
use crate::lock::retention::{
    LOCK_RET_001_DATE, LOCK_RET_001_MODE, LOCK_RET_002, LOCK_RET_002_MESSAGE, LOCK_RET_004,
    LOCK_RET_005_STORED, LOCK_RET_011, LOCK_RET_012, LOCK_RET_017_READABLE, LOCK_RET_022, Wanted, has_lapsed,
    never_set, read, rule,
};
use crate::lock::{LOCK_API_002_RULE, LOCKED_MESSAGE, gates, integrity};
use crate::reply::{Code, Name, Refusal, Reply, Value};
use crate::request::Operation;
use crate::state::{Retention, State, Version};
use crate::table::{Decision, Printed, effects, fields, printed, table, words};

/// Without the permission the text is never the lock's (`LOCK-RET-022`).
#[inline]
fn ordinary(cx: &mut Cx<'_>, authorized: Result<(), Refusal>) -> Result<(), Refusal> {
    let Err(mut refusal) = authorized else {
        return Ok(());
    };
    effects! { cx, unnoted;
        LOCK_RET_022 if refusal.code == Code::AccessDenied => never refusal.message = Some((LOCKED_MESSAGE, LOCK_RET_022));
    }
    Err(refusal)
}

words! {
    /// What GetObjectRetention shows.
    enum Shown {
        /// It is 200 with an empty document where none was set, otherwise with the retention.
        Document,
        /// It is 404 NoSuchObjectLockConfiguration.
        NeverSet,
    }
}

table! {
    /// What GetObjectRetention shows.
    Showing {
        /// The version has no retention, and never had.
        never_set: bool,
    } => Shown;

    LOCK_RET_002            if never_set                                        => NeverSet;
    _                                                                           => Document;
}

/// GetObjectRetention.
pub(crate) fn get(cx: &mut Cx<'_>, name: BucketName, key: Key, reference: VersionRef) -> Ruling {
    cx.bucket(name)?;
    let need = cx.needed(Some(key));
    let authorized = cx.authorize(name, need.as_slice());
    ordinary(cx, authorized)?;
    let version = gates::version(cx, (name, key, reference), None, None)?;
    let version = gates::meant(cx, (name, key), version, LockState::Retention);
    let case = Showing {
        never_set: version.retention.is_none(),
    };
    if let (Shown::NeverSet, Some(by)) = case.ruled(cx) {
        return Err(never_set(cx, by, LOCK_RET_002_MESSAGE));
    }
    let mut reply = Reply::success(200);
    let Some(retention) = version.retention else {
        reply.push(Name::Mode, Value::Absent, LOCK_RET_002);
        return Ok((reply, None));
    };
    if has_lapsed(cx, retention, LOCK_RET_017_READABLE) {
        return Err(never_set(cx, LOCK_RET_017_READABLE, LOCK_RET_002_MESSAGE));
    }
    fields! { cx, &mut reply;
        LOCK_RET_001_MODE => require Mode, Value::Text(retention.mode.name());
        LOCK_RET_001_DATE => require RetainUntilDate, Value::Date(retention.shown(cx.now));
    }
    Ok((reply, None))
}

words! {
    /// What a change of retention is refused for.
    enum Reported {
        /// The lock rules.
        Rule,
        /// The date is refused.
        Date,
    }
}

table! {
    /// What is reported of a faulty date and a change that the lock refuses.
    DateOrRule {
        /// The date is faulty.
        bad_date: bool,
        /// The lock refuses the change.
        refused: bool,
    } => Reported, unnoted;

    LOCK_API_002_RULE       if bad_date && refused                              => Date,        else Rule;
    LOCK_RET_004            if bad_date                                         => Date,        else same;
    _                                                                           => Rule;
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
        let version = gates::meant(cx, (name, key), version, LockState::Retention);
        let ruling = rule::judge(cx, (name, key), version, wanted, *bypass);
        let case = DateOrRule {
            bad_date: date.is_some(),
            refused: ruling.is_err(),
        };
        match (case.ruled(cx).0, date) {
            (Reported::Date, Some(date)) => return Err(date.refusal(cx)),
            (Reported::Date | Reported::Rule, _) => ruling?,
        }
        Ok((Reply::success(200), carried_out(cx, (name, key), version, wanted)))
    })
}

words! {
    /// What becomes of the retention of a version.
    enum Effect {
        /// It is accepted and nothing changes.
        Unchanged,
        /// It is removed: nothing is left to read.
        Removed,
        /// It is ended: the mode and a past date stay readable.
        Ended,
        /// It is set.
        Set,
    }
}

table! {
    /// What an allowed change does to the retention of a version.
    Storing {
        /// The document asks for no retention, and the version has one.
        removes: bool,
        /// The document asks for retention.
        sets: bool,
    } never {
        removes && sets;
    } => Effect;

    LOCK_RET_011            if removes                                          => passes,      else Unchanged;
    LOCK_RET_012            if removes                                          => Removed,     or Ended;
    LOCK_RET_005_STORED     if sets                                             => Set,         else Unchanged;
    _                                                                           => Unchanged;
}

/// The state in which a version has the retention that is wanted.
fn carried_out(
    cx: &mut Cx<'_>,
    (name, key): (BucketName, Key),
    version: &Version,
    wanted: Wanted,
) -> Option<State> {
    let case = Storing {
        removes: wanted == Wanted::Removal && version.retention.is_some(),
        sets: matches!(wanted, Wanted::Set(_)),
    };
    let retention = match (case.ruled(cx).0, wanted) {
        (Effect::Set, Wanted::Set(Retention { mode, until })) => {
            let until = kept(cx, until);
            Some(Retention { mode, until })
        }
        (Effect::Removed, _) => None,
        (Effect::Ended, _) => version.retention.map(|held| held.ended(cx.now)),
        (Effect::Unchanged | Effect::Set, _) => return None,
    };
    let place = (name, key, version.name);
    gates::changed(cx, place, LockState::Retention, |version| {
        version.retention = retention
    })
}

/// The tables of these operations, in the order in which they are read.
pub(crate) fn tables() -> Vec<Printed> {
    vec![
        printed::<Showing>(),
        printed::<DateOrRule>(),
        printed::<Storing>(),
    ]
}
