//! Deleting several objects in one request (`VER-MDEL`): each entry is ruled on as a DELETE of its own.

use crate::access::{Need, denied, denied_saying};
use crate::action::Action;
use crate::argument::{BucketName, Etag, Identifier, Integrity, Key, Times, VersionRef};
use crate::cx::{Cx, NOT_MODELLED, Ruling};
use crate::lock::delete::{LOCK_DEL_008, LOCK_DEL_008_ID, LOCK_DEL_009};
use crate::lock::{self, LOCK_API_005};
use crate::reply::{Code, Entries, Entry, Field, Fields, Name, Refusal, Reply, ReplyBody, Value};
use crate::request::Route::*;
use crate::state::{Bucket, State, Version, Versioning};
use crate::versioning::condition::{AskedBy, VER_COND_015_DELETE, matches};
use crate::versioning::delete::{simple, unversioned_deny, version};
use crate::versioning::id::{Found, VER_ID_009_CODE, aim, find};
use crate::words::{FORM, RULE, clauses, consequence, note};

clauses! { Versioning, MultiDelete;
    "VER-MDEL-001" RULE, Documented, Medium, "API:DeleteObjects",
        "DeleteObjects is 200 with a result for each key; failures are Error entries, never another status." {
        VER_MDEL_001 = "entries", &[DeleteObjects, DeleteObjectsVersion], else "a refused entry fails the request";
    }
    "VER-MDEL-002" RULE, Documented, Medium, "API:DeleteObjects", "An empty list or one of more than 1000 entries is 400 MalformedXML." {
        VER_MDEL_002 = "empty", &[DeleteObjects], else "it is 200 with an empty result";
        VER_MDEL_002_MANY = "too-many", &[DeleteObjects], else "it is carried out";
    }
    "VER-MDEL-003" RULE, Reported, Medium, "API; VGW s3err",
        "Content-MD5 or an x-amz-checksum header is required: 400 InvalidRequest." {
        VER_MDEL_003 = "integrity", &[DeleteObjects], else "neither is needed";
    }
    "VER-MDEL-006" FORM, Recorded, Medium, "LS:test_delete_objects_versioned",
        "Enabled: an entry without a version id is Deleted with DeleteMarker true and the new DeleteMarkerVersionId." {
        VER_MDEL_006 = "marker", &[DeleteObjects], else (omitted "DeleteMarker");
        VER_MDEL_006_ID = "version-id", &[DeleteObjects], else (omitted "DeleteMarkerVersionId");
    }
    "VER-MDEL-007" FORM, Recorded, Medium, "LS:test_delete_objects_versioned",
        "An entry with the version id of an object is Deleted with Key and VersionId." {
        VER_MDEL_007 = "version-id", &[DeleteObjectsVersion], else (omitted "VersionId");
    }
    "VER-MDEL-008" FORM, Recorded, Medium, "LS:test_delete_keys_in_versioned_bucket",
        "An entry with the version id of a marker is Deleted with VersionId, DeleteMarker true and DeleteMarkerVersionId." {
        VER_MDEL_008 = "marker", &[DeleteObjectsVersion], else (omitted "DeleteMarker");
        VER_MDEL_008_ID = "marker-version-id", &[DeleteObjectsVersion], else (omitted "DeleteMarkerVersionId");
    }
    "VER-MDEL-009" RULE, Recorded, Medium, "LS:test_delete_objects, LS:test_delete_objects_versioned",
        "A malformed version id is an Error entry with NoSuchVersion." {
        VER_MDEL_009 = "malformed", &[DeleteObjectsVersion], else "it is an Error entry with InvalidArgument";
        VER_MDEL_009_EMPTY = "empty", &[DeleteObjectsVersion],
            choice ["an empty one stands for none", "an empty one is an Error entry with NoSuchVersion"];
    }
    "VER-MDEL-010" RULE, Recorded, Medium, "moto-aws; ceph", "Repeating the delete of a version that is gone yields Deleted." {
        VER_MDEL_010 = "gone", &[DeleteObjectsVersion], else "it is an Error entry with NoSuchVersion";
    }
    "VER-MDEL-011" RULE, Recorded, Low, "LS:test_delete_non_existing_keys_quiet",
        "Quiet suppresses Deleted entries and keeps Error entries." {
        VER_MDEL_011 = "quiet", &[DeleteObjects, DeleteObjectsVersion], else "Deleted entries are listed";
        VER_MDEL_011_ERRORS = "errors", &[DeleteObjects, DeleteObjectsVersion], else "Error entries are suppressed too";
    }
    "VER-MDEL-004" consequence(&["EVAL-CTX-003"]), Recorded, Medium, "LS:test_delete_non_existing_keys_in_non_existing_bucket",
        "A missing bucket fails the whole request: 404 NoSuchBucket."
    "VER-MDEL-005" RULE, Recorded, Medium, "LS:test_delete_objects",
        "Unversioned: present and absent keys alike are Deleted entries." {
        VER_MDEL_005 = "absent", &[DeleteObjects], else "an absent key is an Error entry with NoSuchKey";
    }
    "VER-MDEL-012" note("the law compares the entries in any order"), Recorded, Low, "LS; K(m)",
        "The order of result entries is unspecified."
    "VER-MDEL-013" RULE, Documented, High, "API:ObjectIdentifier",
        "ETag on an entry is a conditional delete of the current object." {
        VER_MDEL_013 = "etag", &[DeleteObjects], else "the condition is ignored";
        VER_MDEL_013_STAR = "star", &[DeleteObjects], choice ["* stands for any object", "* is no object's ETag"];
        VER_MDEL_013_NOTHING = "nothing", &[DeleteObjects],
            choice ["without an object it is an Error entry with NoSuchKey", "it is an Error entry with PreconditionFailed"];
        VER_MDEL_013_LIST = "list", &[DeleteObjects],
            choice ["a list is no object's ETag", "it is an Error entry with NotImplemented"];
        VER_MDEL_013_VERSION = "version", &[DeleteObjectsVersion],
            choice ["beside a version id it is an Error entry with NotImplemented", "it is judged on the named version",
                "it is judged on the current version", "it is ignored"];
    }
    "VER-MDEL-015" consequence(&["VER-DEL-008", "VER-MDEL-001"]), Recorded, Medium, "LS:test_delete_objects_versioned",
        "A key may appear several times with different version ids; entries are independent."
    "VER-MDEL-014" RULE, Documented, Medium, "API; UG", "A denied key is an Error entry with AccessDenied." {
        VER_MDEL_014 = "denied", &[DeleteObjects, DeleteObjectsVersion], else "a denied key is Deleted, though nothing happens to it";
    }
}

/// How many entries a request may have (`VER-MDEL-002`).
const MOST_ENTRIES: usize = 1000;

/// DeleteObjects.
pub(crate) fn objects(
    cx: &mut Cx<'_>,
    name: BucketName,
    identifiers: &[Identifier],
    (bypass, quiet, integrity, times): (Option<bool>, bool, Integrity, Times),
) -> Ruling {
    let found = cx.bucket(name)?;
    if integrity == Integrity::Absent {
        cx.refuse(VER_MDEL_003, |facet| {
            Refusal::new(Code::InvalidRequest, facet)
                .saying("Missing required header for this request: Content-MD5 OR x-amz-checksum-*")
        })?;
    }
    if identifiers.is_empty() {
        cx.refuse(VER_MDEL_002, |facet| Refusal::new(Code::MalformedXML, facet))?;
    }
    let mut times = usize::from(times.0);
    if identifiers.len() * times > MOST_ENTRIES {
        cx.refuse(VER_MDEL_002_MANY, |facet| Refusal::new(Code::MalformedXML, facet))?;
        times = 1;
    }
    lock::delete::header_allowed(cx, found, bypass)?;
    let mut entries = Entries::new();
    let mut changed: Option<State> = None;
    for (position, identifier) in std::iter::repeat_n(identifiers, times).flatten().enumerate() {
        let bypass = (bypass, position == 0);
        let (entry, next) = match &changed {
            None => one(cx, name, *identifier, bypass),
            Some(left) => cx.at(left, |cx| one(cx, name, *identifier, bypass)),
        }?;
        changed = next.or(changed);
        let is_error = entry.element == "Error";
        let locked = entry.fields.iter().any(|field| field.by == LOCK_API_005);
        let suppressed = quiet
            && if is_error {
                !cx.law(VER_MDEL_011_ERRORS)
            } else {
                cx.law(VER_MDEL_011)
            };
        if !suppressed {
            entries.push(entry);
        }
        let stops = locked && position + 1 < identifiers.len() && !cx.decides(LOCK_DEL_008);
        cx.route = DeleteObjects;
        if stops {
            break;
        }
    }
    let mut reply = Reply::success(200);
    reply.body = ReplyBody::Entries {
        ordered: false,
        entries,
    };
    Ok((reply, changed))
}

/// One entry: its result and the state after it.
fn one(
    cx: &mut Cx<'_>,
    name: BucketName,
    identifier: Identifier,
    (bypass, first): (Option<bool>, bool),
) -> Result<(Entry, Option<State>), Refusal> {
    let mut identifier = identifier;
    if identifier.version == VersionRef::Empty && cx.choose(VER_MDEL_009_EMPTY, 2) == 0 {
        // It is asked for, too, as an entry without a version id.
        identifier.version = VersionRef::Current;
    }
    let Identifier {
        key,
        version: reference,
        ..
    } = identifier;
    cx.route = if reference == VersionRef::Current {
        DeleteObjects
    } else {
        DeleteObjectsVersion
    };
    let bypass = bypass
        .filter(|asked| first || !asked || cx.route != DeleteObjectsVersion || cx.decides(LOCK_DEL_009));
    let lacking = match cx.needed(Some(key)) {
        Some(needed) => cx
            .permits(name, needed)
            .err()
            .filter(|_| cx.decides(needed.facet)),
        None => None,
    };
    let ruling = match lacking {
        Some(denial) => {
            if !cx.law(VER_MDEL_014) {
                return Ok((deleted(key), None));
            }
            Err(denied_saying(cx, denial, ("Access Denied", VER_MDEL_014)))
        }
        None => cx
            .bucket(name)
            .and_then(|found| unversioned_deny(cx, found, (name, key, reference)))
            .and_then(|()| delete(cx, name, identifier, bypass)),
    };
    match ruling {
        Ok(done) => Ok(done),
        Err(refusal) if refusal.by == NOT_MODELLED => Err(refusal),
        Err(refusal) if cx.law(VER_MDEL_001) => Ok((error(cx, refusal, name, identifier), None)),
        Err(refusal) => Err(refusal),
    }
}

fn delete(
    cx: &mut Cx<'_>,
    name: BucketName,
    Identifier {
        key,
        version: reference,
        etag,
    }: Identifier,
    bypass: Option<bool>,
) -> Result<(Entry, Option<State>), Refusal> {
    let mut entry = deleted(key);
    let reference = match reference {
        VersionRef::Empty if cx.choose(VER_MDEL_009_EMPTY, 2) == 1 => {
            return Err(Refusal::new(Code::NoSuchVersion, VER_MDEL_009_EMPTY));
        }
        VersionRef::Empty => VersionRef::Current,
        VersionRef::Current
        | VersionRef::Named(_)
        | VersionRef::Made(_)
        | VersionRef::Malformed
        | VersionRef::Foreign(..) => reference,
    };
    let conditional = etag != Etag::Unconditional;
    if conditional && reference != VersionRef::Current && cx.choose(VER_MDEL_013_VERSION, 4) == 0 {
        return Err(Refusal::new(Code::NotImplemented, VER_MDEL_013_VERSION));
    }
    let asked = reference;
    let (name, key, reference) = aim(cx, (name, key, asked))?;
    let found = cx.bucket(name)?;
    if reference == VersionRef::Current {
        return without_version(cx, (name, found, key, etag), bypass);
    }
    let named = match (reference, find(cx, found, key, reference)) {
        (_, Ok(Found::Version(version))) => version,
        (VersionRef::Foreign(..), Ok(_) | Err(_)) => match cx.choose(VER_ID_009_CODE, 2) {
            0 => return Err(Refusal::new(Code::NoSuchVersion, VER_ID_009_CODE)),
            _ => return Ok((entry, None)),
        },
        (VersionRef::Malformed, Ok(_) | Err(_)) | (_, Err(_)) => {
            let code = if cx.law(VER_MDEL_009) {
                Code::NoSuchVersion
            } else {
                Code::InvalidArgument
            };
            return Err(Refusal::new(code, VER_MDEL_009));
        }
        (_, Ok(Found::Gone | Found::NoKey)) => {
            lock::delete::version_allowed(cx, (name, key), None, bypass)?;
            if !cx.law(VER_MDEL_010) {
                return Err(Refusal::new(Code::NoSuchVersion, VER_MDEL_010));
            }
            return Ok((entry, None));
        }
    };
    beside_version(cx, (found.current(key), named), etag)?;
    let id = Value::Version(name, key, named.name);
    let (_, next) = version(cx, (name, key, reference), bypass)?;
    if asked != reference {
        return Ok((entry, next));
    }
    form(cx, &mut entry, VER_MDEL_007, Name::VersionIdElement, id);
    if named.is_marker() {
        form(
            cx,
            &mut entry,
            VER_MDEL_008,
            Name::DeleteMarkerElement,
            Value::Text("true"),
        );
        form(cx, &mut entry, VER_MDEL_008_ID, Name::DeleteMarkerVersionId, id);
    }
    Ok((entry, next))
}

/// An entry that names no version.
fn without_version(
    cx: &mut Cx<'_>,
    (name, found, key, etag): (BucketName, &Bucket, Key, Etag),
    bypass: Option<bool>,
) -> Result<(Entry, Option<State>), Refusal> {
    let mut entry = deleted(key);
    let read = Need::object(VER_COND_015_DELETE, Action::GetObject, key);
    if !matches!(etag, Etag::Unconditional | Etag::Any)
        && let Err(by) = cx.permits(name, read)
        && cx.choose(VER_COND_015_DELETE, 2) == 0
    {
        return Err(denied(cx, by));
    }
    entry_holds(cx, found.current(key), etag)?;
    if found.versioning == Versioning::Unversioned
        && found.current(key).is_none()
        && !cx.decides(VER_MDEL_005)
    {
        return Err(Refusal::new(Code::NoSuchKey, VER_MDEL_005));
    }
    if let Some(current) = lock::delete::simple_with_header(cx, (name, key), bypass)? {
        let current = VersionRef::Named(current);
        let (_, next) = version(cx, (name, key, current), bypass)?;
        return Ok((entry, next));
    }
    let (reply, next) = simple(cx, found, name, key)?;
    match (reply.field(Name::DeleteMarker), reply.field(Name::VersionId)) {
        (Some(marker), Some(id)) => {
            form(cx, &mut entry, VER_MDEL_006, Name::DeleteMarkerElement, marker);
            form(cx, &mut entry, VER_MDEL_006_ID, Name::DeleteMarkerVersionId, id);
        }
        (Some(marker), None) => form(cx, &mut entry, VER_MDEL_006, Name::DeleteMarkerElement, marker),
        (None, Some(_) | None) => {}
    }
    Ok((entry, next))
}

/// `ETag` of an entry (`VER-MDEL-013`).
fn entry_holds(cx: &mut Cx<'_>, current: Option<&Version>, etag: Etag) -> Result<(), Refusal> {
    if etag == Etag::Unconditional {
        return Ok(());
    }
    if etag == Etag::Odd && cx.choose(VER_MDEL_013_LIST, 2) == 1 {
        return Err(Refusal::new(Code::NotImplemented, VER_MDEL_013_LIST));
    }
    let Some(current) = current.filter(|current| !current.is_marker()) else {
        if !cx.decides(VER_MDEL_013) {
            return Ok(());
        }
        let code = match cx.choose(VER_MDEL_013_NOTHING, 2) {
            0 => Code::NoSuchKey,
            _ => Code::PreconditionFailed,
        };
        return Err(Refusal::new(code, VER_MDEL_013));
    };
    let matched = if etag == Etag::Any {
        cx.choose(VER_MDEL_013_STAR, 2) == 0
    } else {
        matches(cx, current, etag, AskedBy::Other)
    };
    if matched {
        return Ok(());
    }
    cx.refuse(VER_MDEL_013, |facet| {
        Refusal::new(Code::PreconditionFailed, facet)
    })
}

/// `ETag` of an entry that names a version, which no page speaks of.
fn beside_version(
    cx: &mut Cx<'_>,
    (current, named): (Option<&Version>, &Version),
    etag: Etag,
) -> Result<(), Refusal> {
    if etag == Etag::Unconditional {
        return Ok(());
    }
    let judged = match cx.choose(VER_MDEL_013_VERSION, 4) {
        1 => Some(named),
        2 => current,
        _ => return Ok(()),
    };
    if judged.is_some_and(|version| matches(cx, version, etag, AskedBy::Other)) {
        return Ok(());
    }
    Err(Refusal::new(Code::PreconditionFailed, VER_MDEL_013_VERSION))
}

fn deleted(key: crate::argument::Key) -> Entry {
    let mut fields = Fields::new();
    fields.push(Field {
        name: Name::KeyElement,
        value: Value::Key(key),
        by: VER_MDEL_001,
    });
    Entry {
        element: "Deleted",
        fields,
        by: VER_MDEL_001,
    }
}

fn form(cx: &mut Cx<'_>, entry: &mut Entry, facet: crate::words::FacetId, name: Name, value: Value) {
    let value = if cx.law(facet) { value } else { Value::Absent };
    entry.fields.push(Field {
        name,
        value,
        by: facet,
    });
}

fn error(
    cx: &mut Cx<'_>,
    refusal: Refusal,
    name: BucketName,
    Identifier { key, version, .. }: Identifier,
) -> Entry {
    let mut entry = Entry {
        element: "Error",
        fields: Fields::new(),
        by: refusal.by,
    };
    let mut push = |name, value, by| entry.fields.push(Field { name, value, by });
    push(Name::KeyElement, Value::Key(key), refusal.by);
    push(Name::EntryCode, Value::Text(refusal.code.name()), refusal.by);
    if let Some((message, by)) = refusal.message {
        push(Name::EntryMessage, Value::Like(message), by);
    }
    if let VersionRef::Named(version) = version {
        let id = Value::Version(name, key, version);
        let locked = refusal.message.is_some_and(|(_, by)| by == LOCK_API_005);
        let (id, by) = match locked {
            true if cx.law(LOCK_DEL_008_ID) => (id, LOCK_DEL_008_ID),
            true => (Value::Absent, LOCK_DEL_008_ID),
            false => (id, VER_MDEL_001),
        };
        push(Name::VersionIdElement, id, by);
    }
    entry
}
