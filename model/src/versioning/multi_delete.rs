//! Deleting several objects in one request (`VER-MDEL`): each entry is ruled on as a DELETE of its own.

use crate::access::{authorize, bucket};
use crate::argument::{BucketName, Identifier, Integrity, VersionRef};
use crate::clause::{FORM, RULE, clauses};
use crate::cx::Cx;
use crate::lock::delete::{LOCK_DEL_008, LOCK_DEL_008_ID, LOCK_DEL_009};
use crate::lock::{self, LOCK_API_005};
use crate::reply::{Code, Entry, Field, Fields, Name, Refusal, Reply, ReplyBody, Value};
use crate::request::Caller;
use crate::request::Route::*;
use crate::state::State;
use crate::step::Ruling;
use crate::versioning::delete::{need, simple, version};
use crate::versioning::id::{Found, find};

clauses! { Versioning, 12;
    "VER-MDEL-001" RULE, Documented, Medium, "API:DeleteObjects",
        "DeleteObjects is 200 with a result for each key; failures are Error entries, never another status." {
        VER_MDEL_001 = "entries", &[DeleteObjects, DeleteObjectsVersion], else "a refused entry fails the request";
    }
    "VER-MDEL-002" RULE, Documented, Medium, "API:DeleteObjects", "An empty list is 400 MalformedXML." {
        VER_MDEL_002 = "empty", &[DeleteObjects], else "it is 200 with an empty result";
    }
    "VER-MDEL-003" RULE, Reported, Medium, "API; VGW s3err",
        "Content-MD5 or an x-amz-checksum header is required: 400 InvalidRequest." {
        VER_MDEL_003 = "integrity", &[DeleteObjects], else "neither is needed";
    }
    "VER-MDEL-006" FORM, Recorded, Medium, "LS:test_delete_objects_versioned",
        "Enabled: an entry without a version id is Deleted with DeleteMarker true and the new DeleteMarkerVersionId." {
        VER_MDEL_006 = "marker", &[DeleteObjects], else "DeleteMarker is omitted";
        VER_MDEL_006_ID = "version-id", &[DeleteObjects], else "DeleteMarkerVersionId is omitted";
    }
    "VER-MDEL-007" FORM, Recorded, Medium, "LS:test_delete_objects_versioned",
        "An entry with the version id of an object is Deleted with Key and VersionId." {
        VER_MDEL_007 = "version-id", &[DeleteObjectsVersion], else "VersionId is omitted";
    }
    "VER-MDEL-008" FORM, Recorded, Medium, "LS:test_delete_keys_in_versioned_bucket",
        "An entry with the version id of a marker is Deleted with VersionId, DeleteMarker true and DeleteMarkerVersionId." {
        VER_MDEL_008 = "marker", &[DeleteObjectsVersion], else "DeleteMarker is omitted";
        VER_MDEL_008_ID = "marker-version-id", &[DeleteObjectsVersion], else "DeleteMarkerVersionId is omitted";
    }
    "VER-MDEL-009" RULE, Recorded, Medium, "LS:test_delete_objects, LS:test_delete_objects_versioned",
        "A malformed version id is an Error entry with NoSuchVersion." {
        VER_MDEL_009 = "malformed", &[DeleteObjectsVersion], else "it is an Error entry with InvalidArgument";
    }
    "VER-MDEL-010" RULE, Recorded, Medium, "moto-aws; ceph", "Repeating the delete of a version that is gone yields Deleted." {
        VER_MDEL_010 = "gone", &[DeleteObjectsVersion], else "it is an Error entry with NoSuchVersion";
    }
    "VER-MDEL-011" RULE, Recorded, Low, "LS:test_delete_non_existing_keys_quiet",
        "Quiet suppresses Deleted entries and keeps Error entries." {
        VER_MDEL_011 = "quiet", &[DeleteObjects, DeleteObjectsVersion], else "Deleted entries are listed";
        VER_MDEL_011_ERRORS = "errors", &[DeleteObjects, DeleteObjectsVersion], else "Error entries are suppressed too";
    }
    "VER-MDEL-014" RULE, Documented, Medium, "API; UG", "A denied key is an Error entry with AccessDenied." {
        VER_MDEL_014 = "denied", &[DeleteObjects, DeleteObjectsVersion], else "a denied key is Deleted, though nothing happens to it";
    }
}

/// DeleteObjects.
pub(crate) fn objects(
    cx: &mut Cx<'_>,
    state: &State,
    caller: Caller,
    name: BucketName,
    identifiers: &[Identifier],
    (bypass, quiet, integrity): (Option<bool>, bool, Integrity),
) -> Ruling {
    let found = bucket(cx, state, name)?;
    if integrity == Integrity::Absent {
        cx.refuse(VER_MDEL_003, |facet| {
            Refusal::new(Code::InvalidRequest, facet)
                .saying("Missing required header for this request: Content-MD5 OR x-amz-checksum-*")
        })?;
    }
    if identifiers.is_empty() {
        cx.refuse(VER_MDEL_002, |facet| Refusal::new(Code::MalformedXML, facet))?;
    }
    lock::delete::header_allowed(cx, found, bypass)?;
    let mut entries = Vec::with_capacity(identifiers.len());
    let mut changed: Option<State> = None;
    for (position, identifier) in identifiers.iter().enumerate() {
        let (entry, next) = one(
            cx,
            changed.as_ref().unwrap_or(state),
            caller,
            name,
            *identifier,
            (bypass, position == 0),
        )?;
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
    state: &State,
    caller: Caller,
    name: BucketName,
    identifier: Identifier,
    (bypass, first): (Option<bool>, bool),
) -> Result<(Entry, Option<State>), Refusal> {
    let Identifier {
        key,
        version: reference,
    } = identifier;
    cx.route = if reference == VersionRef::Current {
        DeleteObjects
    } else {
        DeleteObjectsVersion
    };
    let bypass = bypass
        .filter(|asked| first || !asked || cx.route != DeleteObjectsVersion || cx.decides(LOCK_DEL_009));
    let needed = need(cx, key);
    let ruling = match authorize(cx, state, name, caller, &[needed]) {
        Err(_) if !cx.law(VER_MDEL_014) => return Ok((deleted(key), None)),
        Err(refusal) => Err(refusal),
        Ok(()) => delete(cx, state, caller, name, identifier, bypass),
    };
    match ruling {
        Ok(done) => Ok(done),
        Err(refusal) if cx.law(VER_MDEL_001) => Ok((error(cx, refusal, name, identifier), None)),
        Err(refusal) => Err(refusal),
    }
}

fn delete(
    cx: &mut Cx<'_>,
    state: &State,
    caller: Caller,
    name: BucketName,
    Identifier {
        key,
        version: reference,
    }: Identifier,
    bypass: Option<bool>,
) -> Result<(Entry, Option<State>), Refusal> {
    let found = bucket(cx, state, name)?;
    let mut entry = deleted(key);
    if reference == VersionRef::Current {
        if let Some(current) = lock::delete::simple_with_header(cx, state, caller, (name, key), bypass)? {
            let current = VersionRef::Named(current);
            let (_, next) = version(cx, state, caller, (name, key, current), bypass)?;
            return Ok((entry, next));
        }
        let (reply, next) = simple(cx, state, caller, found, name, key)?;
        if let (Some(marker), Some(id)) = (reply.field(Name::DeleteMarker), reply.field(Name::VersionId)) {
            form(cx, &mut entry, VER_MDEL_006, Name::DeleteMarkerElement, marker);
            form(cx, &mut entry, VER_MDEL_006_ID, Name::DeleteMarkerVersionId, id);
        }
        return Ok((entry, next));
    }
    let named = match (reference, find(cx, found, key, reference)) {
        (_, Ok(Found::Version(version))) => version,
        (VersionRef::Malformed, Ok(_) | Err(_)) | (_, Err(_)) => {
            let code = if cx.law(VER_MDEL_009) {
                Code::NoSuchVersion
            } else {
                Code::InvalidArgument
            };
            return Err(Refusal::new(code, VER_MDEL_009));
        }
        (_, Ok(Found::Gone | Found::NoKey)) => {
            lock::delete::gone_with_header(cx, state, caller, (name, key), bypass)?;
            if !cx.law(VER_MDEL_010) {
                return Err(Refusal::new(Code::NoSuchVersion, VER_MDEL_010));
            }
            return Ok((entry, None));
        }
    };
    let id = Value::Version(name, key, named.name);
    let (_, next) = version(cx, state, caller, (name, key, reference), bypass)?;
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

fn form(cx: &mut Cx<'_>, entry: &mut Entry, facet: crate::clause::FacetId, name: Name, value: Value) {
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
    Identifier { key, version }: Identifier,
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
        let locked = refusal.message.is_some_and(|(_, by)| by == LOCK_API_005);
        if !locked || cx.law(LOCK_DEL_008_ID) {
            push(
                Name::VersionIdElement,
                Value::Version(name, key, version),
                if locked { LOCK_DEL_008_ID } else { refusal.by },
            );
        }
    }
    entry
}
