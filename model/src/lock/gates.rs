//! The gates that PutObjectRetention, PutObjectLegalHold and their Gets share, in the order of `LOCK-API-002`.

use crate::access::change;
use crate::argument::{BucketName, Key, Tags, VersionName, VersionRef};
use crate::cx::Cx;
use crate::lock::retention::date::DateFault;
use crate::lock::retention::{
    LOCK_RET_019_DATE, LOCK_RET_019_ID, LOCK_RET_019_MODIFIED, LOCK_RET_020, LOCK_RET_020_CURRENT,
    LOCK_RET_020_MARKER, LOCK_RET_020_TYPE,
};
use crate::lock::{
    LOCK_API_001, LOCK_API_001_MESSAGE, LOCK_API_002_BUCKET, LOCK_API_002_DATE, LOCK_API_002_DOCUMENT,
    LOCK_API_002_LOCK, NO_LOCK_MESSAGE,
};
use crate::reply::{Code, Name, Refusal, Value};
use crate::state::{State, Version};
use crate::versioning::id::{Found, find, missing};
use crate::versioning::mint;
use crate::versioning::write::VER_PUT_010_TAGS;
use crate::words::FacetId;

/// A missing bucket against a malformed document.
pub(crate) fn bucket_before_document(
    cx: &mut Cx<'_>,
    name: BucketName,
    document: impl FnOnce(&mut Cx<'_>) -> Option<Refusal>,
) -> Result<(), Refusal> {
    if cx.state.buckets.get(&name).is_none()
        && let Some(mut fault) = document(cx)
        && !cx.law(LOCK_API_002_BUCKET)
    {
        fault.by = LOCK_API_002_BUCKET;
        return Err(fault);
    }
    cx.bucket(name).map(|_| ())
}

/// The version that a request is about, or the first refusal on the way to it.
///
/// `document` is the fault of its document, `date` that of its date.
pub(crate) fn version<'s>(
    cx: &mut Cx<'s>,
    (name, key, reference): (BucketName, Key, VersionRef),
    document: Option<Refusal>,
    date: Option<DateFault>,
) -> Result<&'s Version, Refusal> {
    let found = cx.bucket(name)?;
    let no_lock = found.lock.is_none();
    if let Some(fault) = document {
        return Err(if no_lock && !cx.law(LOCK_API_002_DOCUMENT) {
            without_lock(cx, LOCK_API_002_DOCUMENT)
        } else {
            fault
        });
    }
    let target = find(cx, found, key, reference);
    let absent = matches!(target, Err(_) | Ok(Found::NoKey | Found::Gone));
    if no_lock {
        let key_first = absent && !cx.law(LOCK_API_002_LOCK);
        if !key_first && cx.law(LOCK_API_001) {
            return Err(without_lock(cx, LOCK_API_001));
        }
    }
    let marker = matches!(target, Ok(Found::Version(version)) if version.is_marker());
    if (absent || marker)
        && let Some(date) = date
        && cx.choose(LOCK_API_002_DATE, 2) == 1
    {
        return Err(date.refusal(cx));
    }
    match target? {
        Found::Version(version) if version.is_marker() => Err(marker_refused(cx, reference)),
        Found::Version(version) => Ok(version),
        Found::Gone => Err(missing(cx, name, key, true)),
        Found::NoKey if cx.law(LOCK_RET_020) => Err(missing(cx, name, key, false)),
        Found::NoKey => Err(Refusal::new(Code::NoSuchVersion, LOCK_RET_020)),
    }
}

fn without_lock(cx: &mut Cx<'_>, facet: FacetId) -> Refusal {
    let refusal = Refusal::new(Code::InvalidRequest, facet);
    cx.saying(refusal, LOCK_API_001_MESSAGE, NO_LOCK_MESSAGE)
}

/// A delete marker has no lock state (`LOCK-RET-020`); how the current marker is answered is not recorded.
fn marker_refused(cx: &mut Cx<'_>, reference: VersionRef) -> Refusal {
    if reference.means_current() {
        if cx.choose(LOCK_RET_020_CURRENT, 2) == 1 {
            return Refusal::new(Code::NoSuchKey, LOCK_RET_020_CURRENT);
        }
    } else if !cx.law(LOCK_RET_020_MARKER) {
        return Refusal::new(Code::NoSuchKey, LOCK_RET_020_MARKER);
    }
    let refusal = Refusal::new(Code::MethodNotAllowed, LOCK_RET_020_MARKER);
    cx.naming(
        refusal,
        LOCK_RET_020_TYPE,
        Name::ResourceType,
        Value::Text("DeleteMarker"),
    )
}

/// The version that is meant: the named one, or the current one where the facet that tells them apart is repealed.
pub(crate) fn meant<'s>(
    cx: &mut Cx<'s>,
    (name, key): (BucketName, Key),
    named: &'s Version,
    facet: FacetId,
) -> &'s Version {
    let current = cx.state.buckets.get(&name).and_then(|bucket| bucket.current(key));
    match current {
        Some(current) if current.name != named.name && !current.is_marker() && !cx.decides(facet) => current,
        Some(_) | None => named,
    }
}

/// The state in which the lock state of one version is changed, and nothing else of it (`LOCK-RET-019`).
///
/// `one` says that other versions of the key stay as they are.
pub(crate) fn changed(
    cx: &mut Cx<'_>,
    (name, key, version): (BucketName, Key, VersionName),
    one: FacetId,
    edit: impl Fn(&mut Version),
) -> Option<State> {
    let versions = cx.state.buckets.get(&name)?.versions(key);
    let alone = versions.iter().filter(|version| !version.is_marker()).count() < 2;
    let only_one = alone || cx.decides(one);
    let newest = versions.last().is_some_and(|last| last.name == version);
    let stays = newest || cx.decides(LOCK_RET_019_MODIFIED);
    let keeps_id = cx.decides(LOCK_RET_019_ID);
    let before = versions.iter().find(|candidate| candidate.name == version)?;
    let loses_tags = !before.tags.is_empty() && !cx.decides(VER_PUT_010_TAGS);
    let redated = before.multipart.is_some_and(|made| made != cx.now) && !cx.decides(LOCK_RET_019_DATE);
    let now = cx.now;
    let mut next = change(cx.state, name, |bucket| {
        let Some(versions) = bucket.keys.get_mut(&key) else {
            return;
        };
        for candidate in versions.iter_mut() {
            if candidate.name == version || (!only_one && !candidate.is_marker()) {
                edit(candidate);
            }
            if loses_tags && candidate.name == version {
                candidate.tags = Tags::default();
            }
            if redated && candidate.name == version {
                candidate.multipart = Some(now);
            }
        }
        if !stays && let Some(at) = versions.iter().position(|old| old.name == version) {
            let moved = versions.remove(at);
            versions.push(moved);
        }
    })?;
    if !keeps_id {
        let renamed = mint(&mut next, name, key);
        let version = next
            .buckets
            .get_mut(&name)
            .and_then(|bucket| bucket.version_mut(key, version));
        if let Some(version) = version {
            version.name = renamed;
        }
    }
    Some(next)
}
