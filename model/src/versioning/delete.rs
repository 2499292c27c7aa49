//! Deleting one object, and deleting a bucket (`VER-DEL`).

use Versioning::{Enabled, Suspended, Unversioned};

use crate::access::frame::without_bucket;
use crate::access::{EVAL_OPX_013, EVAL_OPX_013_IDENTITY, EVAL_OPX_013_OTHERS, Need, denying};
use crate::action::Action;
use crate::argument::{BucketName, Etag, Key, Tags, VersionName, VersionRef};
use crate::cx::{Cx, Ruling};
use crate::lock;
use crate::lock::bucket::LOCK_BKT_009;
use crate::reply::{Code, Name, Refusal, Reply, Value};
use crate::request::Route::{self, *};
use crate::state::{Bucket, State, Version, Versioning};
use crate::table::{Decision, Printed, effects, fields, printed, table, words};
use crate::versioning::condition::Current;
use crate::versioning::condition::delete::{
    DeleteConditions, delete_holds, delete_of_version, reads_for_etag,
};
use crate::versioning::id::{Found, find, resolve_version, shown};
use crate::versioning::{give_id, mint, note_in_uploads, push, take, take_null, take_reals};
use crate::words::{FORM, RULE, clauses, consequence, definition};

/// The routes that delete without naming a version.
const SIMPLE: &[Route] = &[DeleteObject, DeleteObjects];
/// The routes that delete a version.
const VERSION: &[Route] = &[DeleteObjectVersion, DeleteObjectsVersion];

clauses! { Versioning, Delete;
    "VER-DEL-001" RULE, Recorded, High, "LS:test_delete_object",
        "Unversioned: a DELETE without a version id removes the object: 204 without version headers, also for a missing key." {
        VER_DEL_001 = "removes", SIMPLE, else row;
        VER_DEL_001_HEADERS = "no-headers", &[DeleteObject], else (sent "x-amz-delete-marker");
    }
    "VER-DEL-003" RULE, Recorded, Critical, "LS:test_delete_object_versioned",
        "Enabled: a DELETE without a version id makes a delete marker with a fresh id current and removes no data; \
         its reply has x-amz-delete-marker: true and the marker's x-amz-version-id." {
        VER_DEL_003 = "marker", SIMPLE, else row;
        VER_DEL_003_MARKER = "delete-marker", &[DeleteObject], else (omitted "x-amz-delete-marker");
        VER_DEL_003_ID = "version-id", &[DeleteObject], else (omitted "x-amz-version-id");
    }
    "VER-DEL-004" RULE, Recorded, Medium, "LS:test_delete_object_versioned",
        "Enabled: a DELETE of a key that never existed makes a marker too." {
        VER_DEL_004 = "absent-key", SIMPLE, else row;
    }
    "VER-DEL-005" RULE, Recorded, Medium, "LS:test_delete_object_versioned",
        "Enabled: a DELETE when the current version is a marker stacks another marker." {
        VER_DEL_005 = "stacks", SIMPLE, else row;
    }
    "VER-DEL-006" RULE, Recorded, High, "LS:test_delete_object_on_suspended_bucket",
        "Suspended: a DELETE without a version id removes the null version and makes a null marker current; real versions survive." {
        VER_DEL_006 = "null-marker", SIMPLE, else row;
        VER_DEL_006_ONE = "one-null-marker", SIMPLE, else "a null marker that is there stays, under a fresh real id";
        VER_DEL_006_KEEPS = "keeps-real", SIMPLE, else "versions with real ids are removed";
    }
    "VER-DEL-009" FORM, Recorded, Low, "LS:test_delete_object_versioned",
        "DELETE of an object version: 204 with x-amz-version-id and without x-amz-delete-marker." {
        VER_DEL_009_ID = "version-id", &[DeleteObjectVersion], else (omitted "x-amz-version-id");
        VER_DEL_009_MARKER = "no-delete-marker", &[DeleteObjectVersion], else (sent "x-amz-delete-marker");
    }
    "VER-DEL-008" RULE, Documented, Critical, "UG:DeletingObjectVersions",
        "DELETE with a version id removes that version for good and never makes a marker." {
        VER_DEL_008 = "removes", VERSION, else "the version stays";
        VER_DEL_008_NO_MARKER = "no-marker", VERSION, else "a delete marker is made current as well";
    }
    "VER-DEL-010" RULE, Recorded, High, "LS:test_delete_object_versioned; UG:RemDelMarker",
        "DELETE with the version id of a delete marker removes it: 204 with x-amz-delete-marker: true and its \
         x-amz-version-id; if it was current, the next newest version becomes current." {
        VER_DEL_010 = "removes", VERSION, else "the marker stays";
        VER_DEL_010_MARKER = "delete-marker", &[DeleteObjectVersion], else (omitted "x-amz-delete-marker");
        VER_DEL_010_ID = "version-id", &[DeleteObjectVersion], else (omitted "x-amz-version-id");
    }
    "VER-DEL-012" RULE, Chosen, Low, "K(m)", "DELETE of a version that is gone is 204." {
        VER_DEL_012 = "gone", &[DeleteObjectVersion], choice ["204", "404 NoSuchVersion"];
    }
    "VER-DEL-002" consequence(&["VER-DEL-008", "VER-ID-005"]), Recorded, High, "LS:test_delete_object; null case K(h)",
        "Unversioned: a DELETE with the version id null removes the object; other ids are 400 InvalidArgument."
    "VER-DEL-007" consequence(&["VER-DEL-006", "VER-PUT-003"]), Recorded, High, "LS:test_delete_object_on_suspended_bucket",
        "Suspended: a repeated DELETE replaces the null marker, and a later PUT replaces it by a null object."
    "VER-DEL-011" consequence(&["VER-DEL-003", "VER-DEL-005", "VER-DEL-006"]), Documented, High, "UG:RemDelMarker",
        "A DELETE without a version id never removes a marker with a real id."
    "VER-DEL-013" consequence(&["VER-DEL-008", "VER-DEL-010", "VER-GET-003"]), Documented, High, "UG:DeletingObjectVersions",
        "Deleting the current version by id makes the newest remaining entry current, even a marker."
    "VER-DEL-014" consequence(&["EVAL-OP-039", "EVAL-OP-040"]), Documented, Critical, "API:DeleteObject",
        "Without a version id s3:DeleteObject is needed, with one s3:DeleteObjectVersion; one does not cover the other."
    "VER-DEL-015" consequence(&["EVAL-OPX-013"]), Documented, High, "API:DeleteObject",
        "An explicit Deny of either delete action blocks deletes in buckets that are not versioned."
    "VER-DEL-016" definition("says what a marker is; what reads, listings and lock operations show of it are VER-GET-003, \
        VER-GET-004, VER-LIST-004 and LOCK-RET-020"), Documented, Medium, "UG:DeleteMarker; UG:object-lock",
        "A delete marker has key, id, owner and time; it has no data, ETag, size, storage class, ACL, tags, retention or hold."
    "VER-DEL-017" RULE, Recorded, Critical, "LS:test_delete_versioned_bucket_with_objects; MPU part K(m)",
        "DeleteBucket succeeds only if no object, version or marker remains; otherwise 409 BucketNotEmpty." {
        VER_DEL_017 = "objects", &[DeleteBucket], else row;
        VER_DEL_017_UPLOADS = "uploads", &[DeleteBucket], choice ["uploads in progress do not count", "they count"];
        VER_DEL_017_MARKERS = "markers", &[DeleteBucket], else row;
    }
}

/// DeleteObject.
pub(crate) fn object(
    cx: &mut Cx<'_>,
    (name, key, reference): (BucketName, Key, VersionRef),
    bypass: Option<bool>,
    conditions: DeleteConditions,
) -> Ruling {
    let found = cx.bucket(name)?;
    let needed = cx.needed(Some(key));
    let authorized = cx.authorize(name, needed.as_slice());
    lock::delete::authorized_with_header(cx, (name, key), authorized, bypass)?;
    unversioned_deny(cx, found, (name, key, reference))?;
    if conditions.if_match != Etag::Unconditional || conditions.time || conditions.size {
        if reference != VersionRef::Current {
            conditions_on_version(cx, (name, key, reference), bypass, conditions)?;
            return version(cx, (name, key, reference), bypass);
        }
        reads_for_etag(cx, (name, key), conditions.if_match)?;
        delete_holds(cx, (name, key), found.current(key), conditions)?;
    }
    match reference {
        VersionRef::Current => match lock::delete::simple_with_header(cx, (name, key), bypass)? {
            Some(current) => version(cx, (name, key, VersionRef::Named(current)), bypass),
            None => simple(cx, found, name, key),
        },
        VersionRef::Named(_)
        | VersionRef::Made(_)
        | VersionRef::Malformed
        | VersionRef::Empty
        | VersionRef::Foreign(..) => version(cx, (name, key, reference), bypass),
    }
}

/// Conditions on the delete of a version that is named (`VER-COND-014`, `VER-COND-019`).
fn conditions_on_version(
    cx: &mut Cx<'_>,
    (name, key, reference): (BucketName, Key, VersionRef),
    bypass: Option<bool>,
    conditions: DeleteConditions,
) -> Result<(), Refusal> {
    let found = cx.bucket(name)?;
    let named = match reference {
        VersionRef::Named(named) => found.version(key, named),
        VersionRef::Current
        | VersionRef::Made(_)
        | VersionRef::Malformed
        | VersionRef::Empty
        | VersionRef::Foreign(..) => None,
    };
    delete_of_version(cx, (found.current(key), named), conditions, |cx| {
        version(cx, (name, key, reference), bypass).map(|_| ())
    })
}

/// An explicit Deny of the other delete action, where the object has no version (`EVAL-OPX-013`).
pub(crate) fn unversioned_deny(
    cx: &mut Cx<'_>,
    found: &Bucket,
    (name, key, reference): (BucketName, Key, VersionRef),
) -> Result<(), Refusal> {
    if !is_unversioned(found, key, reference) {
        return Ok(());
    }
    let either = [Action::DeleteObject, Action::DeleteObjectVersion]
        .map(|action| denying(cx, name, Need::object(EVAL_OPX_013, action, key)));
    let of_identity = either.iter().any(|(of_identity, _)| *of_identity);
    let of_bucket = either.iter().any(|(_, of_bucket)| *of_bucket);
    let sure = found.versioning == Versioning::Unversioned
        && found.current(key).is_some()
        && matches!(
            reference,
            VersionRef::Current | VersionRef::Named(VersionName::NULL)
        );
    let case = DenyOfOther {
        of_bucket,
        of_identity,
        sure,
    };
    match case.ruled(cx) {
        (Denied::Refused, Some(by)) => Err(Refusal::new(Code::AccessDenied, by)),
        (Denied::Judged | Denied::Refused, _) => Ok(()),
    }
}

words! {
    /// Whether a Deny of the other action refuses a delete.
    enum Denied {
        /// It makes no difference.
        Judged,
        /// The delete is refused with 403 AccessDenied.
        Refused,
    }
}

table! {
    /// Whether a Deny of s3:DeleteObject or s3:DeleteObjectVersion, whichever the delete does not ask, refuses it where
    /// the object has no version.
    DenyOfOther {
        /// The bucket policy denies one of the two.
        of_bucket: bool,
        /// An identity policy denies one of the two.
        of_identity: bool,
        /// The bucket is unversioned, the object is there, and no id but null is named.
        sure: bool,
    } => Denied;

    EVAL_OPX_013            if of_bucket && sure                        => Refused;
    EVAL_OPX_013_OTHERS     if of_bucket && !sure                       => passes,  or Refused;
    EVAL_OPX_013_IDENTITY   if of_identity && !of_bucket                => passes,  or Refused;
    _                                                                   => Judged;
}

/// Whether a delete is about an object without a version: in an unversioned bucket, or the null version.
fn is_unversioned(found: &Bucket, key: Key, reference: VersionRef) -> bool {
    match (found.versioning, reference) {
        (Versioning::Unversioned, _) => true,
        (Versioning::Suspended, VersionRef::Current) | (_, VersionRef::Named(VersionName::NULL)) => {
            found.version(key, VersionName::NULL).is_some()
        }
        (Versioning::Enabled | Versioning::Suspended, _) => false,
    }
}

words! {
    /// What a delete without a version id does.
    enum Effect {
        /// Nothing is there to be removed.
        Nothing,
        /// The object is removed.
        Removed,
        /// The object stays.
        Kept,
        /// A delete marker with a fresh id is made current.
        Marker,
        /// The null version gives way to a null marker, which is made current.
        NullMarker,
        /// The current version is removed, as DELETE with its id would.
        AsWithId,
        /// Nothing is made and no marker headers are sent.
        Unmarked,
        /// Nothing is made; the reply names the marker that is there.
        Named,
        /// The null version is removed, no marker is made and no marker headers are sent.
        NullRemoved,
    }
}

table! {
    /// What a delete without a version id does.
    Simple {
        /// The versioning state of the bucket.
        versioning: Versioning,
        /// What the key has.
        current: Current,
    } => Effect;

    VER_DEL_001         if versioning == Unversioned && current != Current::Nothing     => Removed,     else Kept;
    VER_DEL_003         if versioning == Enabled && current == Current::Object          => Marker,      else AsWithId;
    VER_DEL_004         if versioning == Enabled && current == Current::Nothing         => Marker,      else Unmarked;
    VER_DEL_005         if versioning == Enabled && current == Current::Marker          => Marker,      else Named;
    VER_DEL_006         if versioning == Suspended                                      => NullMarker,  else NullRemoved;
    _                                                                                   => Nothing;
}

/// A delete without a version id, by the versioning state of the bucket.
pub(crate) fn simple(cx: &mut Cx<'_>, found: &Bucket, name: BucketName, key: Key) -> Ruling {
    lock::delete::simple_allowed(cx, found, key)?;
    let place = (name, key);
    let current = found.current(key);
    let mut next = cx.state.clone();
    let was_object = current.is_some_and(|current| !current.is_marker());
    note_delete(&mut next, name, key, was_object);
    effects! { cx;
        VER_DEL_006_KEEPS   if found.versioning == Suspended    => never take_real(&mut next, place);
    }
    let case = Simple {
        versioning: found.versioning,
        current: Current::of(current),
    };
    let effect = case.ruled(cx).0;
    let mut reply = Reply::success(204);
    match (effect, current) {
        (Effect::AsWithId, Some(current)) => {
            return version(cx, (name, key, VersionRef::Named(current.name)), None);
        }
        (Effect::Removed, _) => take_null(&mut next, name, key),
        (Effect::Marker, _) => {
            let made = mint(&mut next, name, key);
            put_marker(&mut next, name, key, made);
            lock::write::leave_marker(cx, found, &mut next, place, made);
            show_marker(cx, &mut reply, place, made);
        }
        (Effect::Named, Some(marker)) => show_marker(cx, &mut reply, place, marker.name),
        (Effect::NullMarker | Effect::NullRemoved, _) => {
            let null = found.version(key, VersionName::NULL);
            effects! { cx;
                VER_DEL_006_ONE if null.is_some_and(Version::is_marker) => never give_id(&mut next, name, key);
            }
            take_null(&mut next, name, key);
            if effect == Effect::NullMarker {
                put_marker(&mut next, name, key, VersionName::NULL);
                show_marker(cx, &mut reply, place, VersionName::NULL);
            } else {
                reply.push(Name::DeleteMarker, Value::Absent, VER_DEL_006);
            }
        }
        (Effect::Unmarked, _) => reply.push(Name::DeleteMarker, Value::Absent, VER_DEL_004),
        (Effect::Nothing | Effect::Kept | Effect::AsWithId | Effect::Named, _) => {}
    }
    fields! { cx, &mut reply;
        VER_DEL_001_HEADERS if found.versioning == Unversioned  => forbid DeleteMarker, Value::Text("true");
    }
    Ok((reply, Some(next)))
}

/// Notes in the uploads of a key that it was deleted (`VER-COND-009`).
fn note_delete(next: &mut State, name: BucketName, key: Key, was_object: bool) {
    if let Some(bucket) = next.buckets.get_mut(&name) {
        note_in_uploads(bucket, key, |since| {
            since.deleted |= was_object;
            since.deleted_nothing |= !was_object;
        });
    }
}

/// Makes a delete marker with this id current.
fn put_marker(next: &mut State, name: BucketName, key: Key, marker: VersionName) {
    if let Some(bucket) = next.buckets.get_mut(&name) {
        push(
            bucket,
            key,
            Version {
                name: marker,
                content: None,
                multipart: None,
                retention: None,
                hold: None,
                tags: Tags::default(),
            },
        );
    }
}

/// Removes the versions of a key that have real ids.
fn take_real(next: &mut State, (name, key): (BucketName, Key)) {
    if let Some(bucket) = next.buckets.get_mut(&name) {
        take_reals(bucket, key);
    }
}

/// What the reply says of a delete marker that is current now (`VER-DEL-003`).
fn show_marker(cx: &mut Cx<'_>, reply: &mut Reply, (name, key): (BucketName, Key), marker: VersionName) {
    let id = if cx.route == DeleteObject {
        shown(cx, name, key, marker)
    } else {
        Value::Version(name, key, marker)
    };
    fields! { cx, reply;
        VER_DEL_003_MARKER  => require DeleteMarker, Value::Text("true");
        VER_DEL_003_ID      => require VersionId, id;
    }
}

words! {
    /// How the delete of a version that is gone is answered.
    enum Repeated {
        /// With 204.
        Succeeds,
        /// With 404 NoSuchVersion.
        NoSuchVersion,
    }
}

table! {
    /// How the delete of a version is answered that is gone.
    OfGone {
        /// It is gone.
        gone: bool,
    } => Repeated;

    VER_DEL_012         if gone                                                         => Succeeds,    or NoSuchVersion;
    _                                                                                   => Succeeds;
}

/// A delete of one version, for good.
pub(crate) fn version(
    cx: &mut Cx<'_>,
    (name, key, reference): (BucketName, Key, VersionRef),
    bypass: Option<bool>,
) -> Ruling {
    let (name, key, reference) = resolve_version(cx, (name, key, reference))?;
    let found = cx.bucket(name)?;
    if reference == VersionRef::Current {
        return simple(cx, found, name, key);
    }
    let mut reply = Reply::success(204);
    let version = match find(cx, found, key, reference)? {
        Found::Version(version) => version,
        Found::NoKey | Found::Gone => {
            lock::delete::version_allowed(cx, (name, key), None, bypass)?;
            return match (OfGone { gone: true }).ruled(cx).0 {
                Repeated::Succeeds => Ok((reply, None)),
                Repeated::NoSuchVersion => Err(Refusal::new(Code::NoSuchVersion, VER_DEL_012)),
            };
        }
    };
    lock::delete::version_allowed(cx, (name, key), Some(version), bypass)?;
    let id = Value::Version(name, key, version.name);
    let (marker, versioned) = (version.is_marker(), found.versioning != Versioning::Unversioned);
    fields! { cx, &mut reply;
        VER_DEL_010_MARKER  if marker               => require DeleteMarker, Value::Text("true");
        VER_DEL_010_ID      if marker               => require VersionId, id;
        VER_DEL_009_MARKER  if !marker              => forbid DeleteMarker, Value::Text("true");
        VER_DEL_009_ID      if !marker && versioned => require VersionId, id;
    }
    let mut next = cx.state.clone();
    effects! { cx;
        VER_DEL_010             if marker                               => does  remove(&mut next, (name, key), version);
        VER_DEL_008             if !marker                              => does  remove(&mut next, (name, key), version);
        VER_DEL_008_NO_MARKER   if found.versioning == Enabled          => never stack_marker(&mut next, (name, key));
    }
    Ok((reply, Some(next)))
}

/// Removes a version for good.
fn remove(next: &mut State, (name, key): (BucketName, Key), version: &Version) {
    let Some(bucket) = next.buckets.get_mut(&name) else {
        return;
    };
    let was_current = bucket
        .current(key)
        .is_some_and(|current| current.name == version.name);
    take(bucket, key, version.name);
    if was_current && !version.is_marker() {
        note_delete(next, name, key, true);
    }
}

/// Makes a delete marker with a fresh id current.
fn stack_marker(next: &mut State, (name, key): (BucketName, Key)) {
    let made = mint(next, name, key);
    put_marker(next, name, key, made);
}

words! {
    /// Whether a bucket may be deleted.
    enum Emptied {
        /// The bucket is deleted.
        Deleted,
        /// It is refused with 409 BucketNotEmpty.
        NotEmpty,
        /// It is refused with 409 InvalidBucketState.
        InvalidState,
    }
}

table! {
    /// Whether a bucket may be deleted.
    Emptying {
        /// Objects or versions are in it.
        objects: bool,
        /// Delete markers are in it.
        markers: bool,
        /// Uploads in progress are in it.
        uploads: bool,
        /// It is a lock bucket.
        locks: bool,
    } => Emptied;

    VER_DEL_017             if objects                                  => NotEmpty;
    VER_DEL_017_MARKERS     if markers && !objects                      => NotEmpty;
    VER_DEL_017_UPLOADS     if uploads && !objects && !markers          => passes,  or NotEmpty;
    LOCK_BKT_009            if locks                                    => passes,  else InvalidState;
    _                                                                   => Deleted;
}

/// Whether a bucket may be deleted (`VER-DEL-017`, `LOCK-BKT-009`).
fn deletable(cx: &mut Cx<'_>, found: &Bucket) -> Result<(), Refusal> {
    let any = |test: fn(&Version) -> bool| found.keys.values().any(|versions| versions.iter().any(test));
    let case = Emptying {
        objects: any(|version| !version.is_marker()),
        markers: any(Version::is_marker),
        uploads: !found.uploads.is_empty(),
        locks: found.lock.is_some(),
    };
    match case.ruled(cx) {
        (Emptied::NotEmpty, Some(by)) => Err(Refusal::new(Code::BucketNotEmpty, by)),
        (Emptied::InvalidState, Some(by)) => Err(Refusal::new(Code::InvalidBucketState, by)),
        (Emptied::Deleted | Emptied::NotEmpty | Emptied::InvalidState, _) => Ok(()),
    }
}

/// The tables of this chapter, in the order in which they are read.
pub(crate) fn tables() -> Vec<Printed> {
    vec![
        printed::<DenyOfOther>(),
        printed::<Simple>(),
        printed::<OfGone>(),
        printed::<Emptying>(),
    ]
}

/// DeleteBucket.
pub(crate) fn whole_bucket(cx: &mut Cx<'_>, name: BucketName) -> Ruling {
    let found = cx.bucket(name)?;
    cx.authorize_by_row(name)?;
    deletable(cx, found)?;
    let next = without_bucket(cx, name, found);
    Ok((Reply::success(204), Some(next)))
}
