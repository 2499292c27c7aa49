//! PutObjectRetention and GetObjectRetention (`LOCK-RET`), and the gates that they share with legal holds.

use crate::access::{EVAL_OP_043, Need, authorize, bucket, change, denied, permits};
use crate::action::Action;
use crate::argument::{Body, BucketName, Date, Key, LockMode, VersionName, VersionRef};
use crate::clause::{FacetId, RULE, clauses};
use crate::cx::Cx;
use crate::lock::{
    LOCK_API_001, LOCK_API_002_BUCKET, LOCK_API_002_DATE, LOCK_API_002_DOCUMENT, LOCK_API_002_LOCK,
    LOCK_API_002_RULE, NO_LOCK_MESSAGE, locked,
};
use crate::reply::{Code, Name, Refusal, Reply, Value};
use crate::request::Route::{self, *};
use crate::request::{Caller, Operation};
use crate::state::{Mode, Retention, State, Version};
use crate::step::{Ruling, not_modelled};
use crate::versioning::id::{Found, find, missing};

/// The routes on which it matters whether a version is still retained.
const PROTECTED: &[Route] = &[DeleteObjectVersion, DeleteObjectsVersion, PutObjectRetention];
/// The routes on retention and holds.
const LOCK_STATE: &[Route] = &[
    GetObjectRetention,
    PutObjectRetention,
    GetObjectLegalHold,
    PutObjectLegalHold,
];

clauses! { ObjectLock, 3;
    "LOCK-RET-002" RULE, Recorded, Medium, "LS:test_s3_object_retention_exc",
        "Retention that was never set: GET is 404 NoSuchObjectLockConfiguration." {
        LOCK_RET_002 = "never-set", &[GetObjectRetention], else "it is 200 with an empty document";
    }
    "LOCK-RET-003" RULE, Recorded, Medium, "LS:test_s3_object_retention_exc",
        "Mode without RetainUntilDate, the reverse, or an unknown mode: 400 MalformedXML." {
        LOCK_RET_003 = "pair", &[PutObjectRetention], else "half a pair or an unknown mode is accepted and ignored";
    }
    "LOCK-RET-004" RULE, Recorded, Medium, "LS:test_s3_object_retention_exc",
        "A date that is not in the future: 400 InvalidArgument." {
        LOCK_RET_004 = "past", &[PutObjectRetention], else "a past date is accepted";
    }
    "LOCK-RET-006" RULE, Recorded, High, "LS:test_object_lock_extend_duration",
        "A later date with the same mode is allowed without bypass." {
        LOCK_RET_006 = "governance", &[PutObjectRetention], else "extending GOVERNANCE is refused";
        LOCK_RET_006_COMPLIANCE = "compliance", &[PutObjectRetention], else "extending COMPLIANCE is refused";
    }
    "LOCK-RET-007" RULE, Reported, Medium, "ceph; K(h)", "Putting the same mode and date again is allowed." {
        LOCK_RET_007 = "same-date", &[PutObjectRetention], else "it is refused as shortening";
    }
    "LOCK-RET-008" RULE, Recorded, Critical, "LS:test_object_lock_extend_duration, test_s3_object_retention_exc",
        "GOVERNANCE: an earlier date without bypass is refused by the lock." {
        LOCK_RET_008 = "shorten", &[PutObjectRetention], else "the date is moved back";
    }
    "LOCK-RET-009" RULE, Documented, High, "UG:object-lock",
        "GOVERNANCE: an earlier date with the bypass header and s3:BypassGovernanceRetention is allowed." {
        LOCK_RET_009 = "bypass", &[PutObjectRetention], else "it is refused by the lock";
    }
    "LOCK-RET-010" RULE, Documented, Critical, "UG:object-lock",
        "The header without the permission, or the permission without the header, is as without bypass." {
        LOCK_RET_010_PERMISSION = "permission", &[PutObjectRetention], else "the header suffices";
        LOCK_RET_010_HEADER = "header", &[PutObjectRetention], else "the permission suffices";
        LOCK_RET_010_TEXT = "text", &[PutObjectRetention], choice ["the text of the lock", "the text of missing permission"];
        LOCK_RET_010_UNNEEDED = "unneeded", &[PutObjectRetention], choice ["ignored", "refused"];
    }
    "LOCK-RET-011" RULE, Recorded, Critical, "LS:test_s3_object_retention",
        "GOVERNANCE: an empty document with bypass removes the retention; without bypass it is refused by the lock." {
        LOCK_RET_011 = "remove", &[PutObjectRetention], else "it is accepted and the retention stays";
        LOCK_RET_011_REFUSED = "without-bypass", &[PutObjectRetention], else "the retention is removed without bypass";
    }
    "LOCK-RET-013" RULE, Chosen, Medium, "ceph; VGW", "GOVERNANCE to COMPLIANCE without bypass." {
        LOCK_RET_013 = "raise-mode", &[PutObjectRetention], choice ["refused by the lock", "allowed"];
    }
    "LOCK-RET-014" RULE, Recorded, Critical, "LS:test_s3_object_retention_compliance_mode",
        "COMPLIANCE: an earlier date is refused to every principal, with or without bypass." {
        LOCK_RET_014 = "shorten", &[PutObjectRetention], else "the date is moved back";
        LOCK_RET_014_BYPASS = "bypass", &[PutObjectRetention], else "bypassing works as under GOVERNANCE";
    }
    "LOCK-RET-015" RULE, Recorded, Critical, "LS:test_s3_object_retention_compliance_mode",
        "COMPLIANCE to GOVERNANCE is refused, also with a later date and bypass." {
        LOCK_RET_015 = "lower-mode", &[PutObjectRetention], else "the mode is lowered";
    }
    "LOCK-RET-016" RULE, Documented, Critical, "UG; K(h)", "COMPLIANCE: an empty document is refused." {
        LOCK_RET_016 = "remove", &[PutObjectRetention], else "the retention is removed";
    }
    "LOCK-RET-017" RULE, Recorded, High, "LS:test_s3_object_retention_compliance_mode",
        "Retention ends by time alone: from RetainUntilDate on the version is unprotected, and mode and date stay readable." {
        LOCK_RET_017 = "ends", PROTECTED, else "it never ends";
        LOCK_RET_017_READABLE = "readable", &[GetObjectRetention], else "expired retention is as if never set";
    }
    "LOCK-RET-020" RULE, Recorded, Medium, "LS:test_s3_object_retention_exc, test_object_lock_delete_markers",
        "A missing key is 404 NoSuchKey; a delete marker is 405 MethodNotAllowed with ResourceType DeleteMarker." {
        LOCK_RET_020 = "missing-key", LOCK_STATE, else "it is 404 NoSuchVersion";
        LOCK_RET_020_MARKER = "marker", LOCK_STATE, else "it is 404 NoSuchKey";
    }
}

/// The faults of a request that the gates weigh against what they find.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Gates {
    /// A malformed document: the facet that refuses it, and its code.
    pub(crate) document: Option<(FacetId, Code)>,
    /// Whether the document names a date that is past.
    pub(crate) past_date: bool,
}

/// The gates of operations on lock state, in the order of `LOCK-API-002`, up to the version they are about.
pub(crate) fn lock_gates<'s>(
    cx: &mut Cx<'_>,
    state: &'s State,
    caller: Caller,
    (name, key, reference): (BucketName, Key, VersionRef),
    gates: Gates,
) -> Result<&'s Version, Refusal> {
    let found = bucket(cx, state, name)?;
    let refused = |(facet, code): (FacetId, Code)| Refusal::new(code, facet);
    let no_lock = found.lock.is_none();
    let missing_lock = |facet| Refusal::new(Code::InvalidRequest, facet).saying(NO_LOCK_MESSAGE);
    if let Some(document) = gates.document {
        if no_lock && !cx.law(LOCK_API_002_DOCUMENT) {
            return Err(missing_lock(LOCK_API_002_DOCUMENT));
        }
        cx.refuse(document.0, |_| refused(document))?;
    }
    let target = find(cx, found, key, reference);
    let absent = matches!(target, Err(_) | Ok(Found::NoKey | Found::Gone));
    if no_lock {
        let key_first = absent && !cx.law(LOCK_API_002_LOCK);
        if !key_first {
            cx.refuse(LOCK_API_001, missing_lock)?;
        }
    }
    if absent && gates.past_date && cx.choose(LOCK_API_002_DATE, 2) == 1 {
        return Err(past_date(crate::lock::retention::LOCK_RET_004));
    }
    match target? {
        Found::Version(version) if version.is_marker() => Err(marker_refused(cx)),
        Found::Version(version) => Ok(version),
        Found::Gone => Err(missing(cx, state, caller, name, key, true)),
        Found::NoKey if cx.law(LOCK_RET_020) => Err(missing(cx, state, caller, name, key, false)),
        Found::NoKey => Err(Refusal::new(Code::NoSuchVersion, LOCK_RET_020)),
    }
}

fn marker_refused(cx: &mut Cx<'_>) -> Refusal {
    if cx.law(LOCK_RET_020_MARKER) {
        Refusal::new(Code::MethodNotAllowed, LOCK_RET_020_MARKER)
            .with(Name::ResourceType, Value::Text("DeleteMarker"))
    } else {
        Refusal::new(Code::NoSuchKey, LOCK_RET_020_MARKER)
    }
}

/// The refusal of a date that is past.
fn past_date(facet: FacetId) -> Refusal {
    Refusal::new(Code::InvalidArgument, facet)
        .saying("The retain until date must be in the future!")
        .with(Name::ArgumentName, Value::Text("RetainUntilDate"))
}

/// A missing bucket against a malformed document (`LOCK-API-002`).
pub(crate) fn bucket_before_document(
    cx: &mut Cx<'_>,
    state: &State,
    name: BucketName,
    document: Option<(FacetId, Code)>,
) -> Result<(), Refusal> {
    match document {
        Some((_, code)) if state.buckets.get(&name).is_none() && !cx.law(LOCK_API_002_BUCKET) => {
            Err(Refusal::new(code, LOCK_API_002_BUCKET))
        }
        Some(_) | None => bucket(cx, state, name).map(|_| ()),
    }
}

/// The state with one version changed.
pub(crate) fn target(
    state: &State,
    name: BucketName,
    key: Key,
    version: VersionName,
    edit: impl FnOnce(&mut Version),
) -> Option<State> {
    change(state, name, |bucket| {
        if let Some(version) = bucket.version_mut(key, version) {
            edit(version);
        }
    })
}

/// The mode under which a version is retained now (`LOCK-RET-017`).
pub(crate) fn is_retained(cx: &mut Cx<'_>, version: &Version) -> Option<Mode> {
    let Retention { mode, until } = version.retention?;
    (!cx.is_past(until) || !cx.decides(LOCK_RET_017)).then_some(mode)
}

/// GetObjectRetention.
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
        &[Need::object(EVAL_OP_043, Action::GetObjectRetention, key)],
    )?;
    let version = lock_gates(cx, state, caller, (name, key, reference), Gates::default())?;
    let never = |facet| {
        Refusal::new(Code::NoSuchObjectLockConfiguration, facet)
            .saying("The specified object does not have a ObjectLock configuration")
    };
    let mut reply = Reply::success(200);
    let Some(Retention { mode, until }) = version.retention else {
        cx.refuse(LOCK_RET_002, never)?;
        reply.push(Name::Mode, Value::Absent, LOCK_RET_002);
        return Ok((reply, None));
    };
    if cx.is_past(until) && !cx.decides(LOCK_RET_017_READABLE) {
        return Err(never(LOCK_RET_017_READABLE));
    }
    reply.push(Name::Mode, Value::Text(mode.name()), LOCK_RET_002);
    reply.push(Name::RetainUntilDate, Value::Date(until), LOCK_RET_002);
    Ok((reply, None))
}

/// What a PutObjectRetention document asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    /// Nothing that a version could keep: the document is malformed and its gate is repealed.
    Nothing,
    /// No retention.
    Removal,
    /// This retention.
    Set(Retention),
}

/// PutObjectRetention.
pub(crate) fn put(
    cx: &mut Cx<'_>,
    state: &State,
    caller: Caller,
    (name, key, reference): (BucketName, Key, VersionRef),
    operation: &Operation,
) -> Ruling {
    let Operation::PutObjectRetention {
        mode,
        until,
        bypass,
        body,
        ..
    } = operation
    else {
        return Err(not_modelled());
    };
    let wanted = wanted(cx, *mode, *until, *body);
    let document = (wanted == Wanted::Nothing).then_some((LOCK_RET_003, Code::MalformedXML));
    bucket_before_document(cx, state, name, document)?;
    authorize(
        cx,
        state,
        name,
        caller,
        &[Need::object(EVAL_OP_043, Action::PutObjectRetention, key)],
    )?;
    let past = matches!(wanted, Wanted::Set(retention) if cx.is_past(retention.until));
    let version = lock_gates(
        cx,
        state,
        caller,
        (name, key, reference),
        Gates {
            document,
            past_date: past,
        },
    )?;
    let rule = if wanted == Wanted::Nothing {
        Ok(())
    } else {
        rule(
            cx,
            state,
            caller,
            (name, key),
            version,
            wanted,
            *bypass == Some(true),
        )
    };
    if past && (rule.is_ok() || cx.law(LOCK_API_002_RULE)) {
        cx.refuse(LOCK_RET_004, past_date)?;
    }
    rule?;
    let made = version.name;
    let next = match wanted {
        Wanted::Nothing => None,
        Wanted::Removal if version.retention.is_some() && !cx.decides(LOCK_RET_011) => None,
        Wanted::Removal => target(state, name, key, made, |version| version.retention = None),
        Wanted::Set(retention) => target(state, name, key, made, |version| {
            version.retention = Some(retention)
        }),
    };
    Ok((Reply::success(200), next))
}

fn wanted(cx: &Cx<'_>, mode: LockMode, until: Date, body: Body) -> Wanted {
    let mode = match (body, mode) {
        (Body::Missing | Body::Malformed, _) | (Body::Proper, LockMode::Unknown) => return Wanted::Nothing,
        (Body::Proper, LockMode::Absent) if until == Date::Absent => return Wanted::Removal,
        (Body::Proper, LockMode::Absent) => return Wanted::Nothing,
        (Body::Proper, LockMode::Compliance) => Mode::Compliance,
        (Body::Proper, LockMode::Governance) => Mode::Governance,
    };
    cx.world
        .moment(until)
        .map_or(Wanted::Nothing, |until| Wanted::Set(Retention { mode, until }))
}

/// Whether the lock lets retention be changed in this way.
fn rule(
    cx: &mut Cx<'_>,
    state: &State,
    caller: Caller,
    place: (BucketName, Key),
    version: &Version,
    wanted: Wanted,
    asked: bool,
) -> Result<(), Refusal> {
    let Some(held) = version.retention.filter(|_| is_retained(cx, version).is_some()) else {
        return unneeded(cx, state, caller, place, asked);
    };
    let bypass = |cx: &mut Cx<'_>| bypass(cx, state, caller, place, asked);
    match (held.mode, wanted) {
        (_, Wanted::Nothing) => Ok(()),
        (Mode::Compliance, Wanted::Removal) => cx.refuse(LOCK_RET_016, locked),
        (
            Mode::Compliance,
            Wanted::Set(Retention {
                mode: Mode::Governance,
                ..
            }),
        ) => cx.refuse(LOCK_RET_015, locked),
        (
            Mode::Compliance,
            Wanted::Set(Retention {
                mode: Mode::Compliance,
                until,
            }),
        ) => {
            if cx.is_earlier(until, held.until) {
                let bypasses = asked && bypass(cx) == Bypass::Works;
                return cx.refuse(
                    if bypasses {
                        LOCK_RET_014_BYPASS
                    } else {
                        LOCK_RET_014
                    },
                    locked,
                );
            }
            allowed(cx, until == held.until, LOCK_RET_006_COMPLIANCE)?;
            unneeded(cx, state, caller, place, asked)
        }
        (Mode::Governance, Wanted::Removal) => {
            let bypass = bypass(cx);
            bypassed(cx, bypass, LOCK_RET_009, LOCK_RET_011_REFUSED)
        }
        (
            Mode::Governance,
            Wanted::Set(Retention {
                mode: Mode::Compliance,
                until,
            }),
        ) => {
            // Raising the mode is open (LOCK-RET-013), an earlier date is not (LOCK-RET-008).
            if cx.is_earlier(until, held.until) {
                let bypass = bypass(cx);
                return bypassed(cx, bypass, LOCK_RET_009, LOCK_RET_008);
            }
            let bypass = bypass(cx);
            if bypass == Bypass::Works || cx.choose(LOCK_RET_013, 2) == 1 {
                Ok(())
            } else {
                Err(locked(LOCK_RET_013))
            }
        }
        (
            Mode::Governance,
            Wanted::Set(Retention {
                mode: Mode::Governance,
                until,
            }),
        ) => {
            if cx.is_earlier(until, held.until) {
                let bypass = bypass(cx);
                return bypassed(cx, bypass, LOCK_RET_009, LOCK_RET_008);
            }
            allowed(cx, until == held.until, LOCK_RET_006)?;
            unneeded(cx, state, caller, place, asked)
        }
    }
}

/// Extending and putting the same again (`LOCK-RET-006`, `LOCK-RET-007`).
fn allowed(cx: &mut Cx<'_>, same: bool, extend: FacetId) -> Result<(), Refusal> {
    let facet = if same { LOCK_RET_007 } else { extend };
    if cx.decides(facet) {
        Ok(())
    } else {
        Err(locked(facet))
    }
}

/// Whether a caller bypasses governance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bypass {
    /// Header and permission are there.
    Works,
    /// The header was sent without the permission.
    NotPermitted,
    /// The header was not sent.
    NotAsked,
}

/// Both the header and the permission are needed (`LOCK-RET-010`).
fn bypass(
    cx: &mut Cx<'_>,
    state: &State,
    caller: Caller,
    (name, key): (BucketName, Key),
    asked: bool,
) -> Bypass {
    let need = Need::object(LOCK_RET_010_PERMISSION, Action::BypassGovernanceRetention, key);
    let permitted = permits(cx, state, name, caller, need).is_ok();
    match (asked, permitted) {
        (true, true) => Bypass::Works,
        (true, false) if cx.decides(LOCK_RET_010_PERMISSION) => Bypass::NotPermitted,
        (true, false) => Bypass::Works,
        (false, true) if cx.decides(LOCK_RET_010_HEADER) => Bypass::NotAsked,
        (false, true) => Bypass::Works,
        (false, false) => Bypass::NotAsked,
    }
}

fn bypassed(cx: &mut Cx<'_>, bypass: Bypass, works: FacetId, refuses: FacetId) -> Result<(), Refusal> {
    match bypass {
        Bypass::Works if cx.decides(works) => Ok(()),
        Bypass::Works => Err(locked(works)),
        Bypass::NotPermitted if cx.law(refuses) && cx.choose(LOCK_RET_010_TEXT, 2) == 1 => {
            Err(denied(cx, refuses))
        }
        Bypass::NotPermitted | Bypass::NotAsked => cx.refuse(refuses, locked),
    }
}

/// The header was sent without the permission where no bypass is needed (decision 0001).
fn unneeded(
    cx: &mut Cx<'_>,
    state: &State,
    caller: Caller,
    (name, key): (BucketName, Key),
    asked: bool,
) -> Result<(), Refusal> {
    let need = Need::object(LOCK_RET_010_UNNEEDED, Action::BypassGovernanceRetention, key);
    if asked
        && let Err(by) = permits(cx, state, name, caller, need)
        && cx.choose(LOCK_RET_010_UNNEEDED, 2) == 1
    {
        return Err(denied(cx, by));
    }
    Ok(())
}
