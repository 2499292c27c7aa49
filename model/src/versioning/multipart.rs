//! Multipart uploads: versions that are made at completion (`VER-PUT-008`, `VER-PUT-009`, `VER-PUT-012`, `VER-PUT-013`).

use crate::access::account::{Asked, never_anonymous};
use crate::access::missing::{EVAL_404_009, EVAL_404_009_ID, EVAL_404_009_SOURCE};
use crate::access::ownership::{acl_need, acl_of_write, own};
use crate::access::{
    EVAL_OP_033_ACL, EVAL_OP_033_HOLD, EVAL_OP_033_RETENTION, EVAL_OP_035_SOURCE, EVAL_OP_035_SOURCE_VERSION,
    EVAL_OP_036, EVAL_OP_037_ACCOUNT, EVAL_OP_037_INITIATOR, EVAL_OP_038_ACCOUNT, EVAL_OP_038_INITIATOR,
    Need, denies,
};
use crate::action::Action;
use crate::argument::{
    BucketName, CannedAcl, Content, Date, Encoding, Etag, Hold, Integrity, Key, LockMode, PartNumber, Tags,
    UploadName, UploadRef,
};
use crate::cx::{Cx, Ruling, not_modelled};
use crate::lock::delete::{abort_allowed, part_replaced, write_allowed};
use crate::lock::integrity::of_part;
use crate::lock::write::{Protection, declared, default_needs_permission, faultless, protection_of_upload};
use crate::reply::{Code, Entries, Entry, Field, Fields, Name, Refusal, Reply, ReplyBody, Value};
use crate::request::Caller;
use crate::state::{Bucket, Completed, Since, State, Upload, Version, Versioning};
use crate::table::{Decision, Printed, printed, table, words};
use crate::time::Moment;
use crate::versioning::condition::write::{self as condition, Conditions};
use crate::versioning::condition::{AskedBy, failed, matches};
use crate::versioning::copy::{
    Source, authorize_both, meant, show_source, source_holds, source_need, source_version,
};
use crate::versioning::list::keys::{in_order, shown_key};
use crate::versioning::read::{VER_GET_016, describe, show_etag};
use crate::versioning::write::{
    Object, Place, Stored, VER_PUT_008, VER_PUT_008_INVISIBLE, VER_PUT_008_NUMBER, VER_PUT_008_ORDER,
    VER_PUT_008_PART, VER_PUT_008_SMALL, VER_PUT_008_STATE, VER_PUT_009, VER_PUT_009_PLAIN, VER_PUT_012,
    VER_PUT_013, VER_PUT_014, VER_PUT_014_CONDITION, VER_PUT_014_ETAG, VER_PUT_014_FORGOTTEN,
    VER_PUT_014_IF_MATCH, VER_PUT_014_NOTHING, needs, store,
};
use crate::words::FacetId;

/// The upload that a request is about.
type Target = (BucketName, Key, UploadRef);

/// The numbers that a part can have.
const PARTS: std::ops::RangeInclusive<u16> = 1..=10_000;

/// CreateMultipartUpload.
pub(crate) fn create(
    cx: &mut Cx<'_>,
    (name, key): (BucketName, Key),
    lock: (LockMode, Date, Hold),
    acl: CannedAcl,
) -> Ruling {
    let found = cx.bucket(name)?;
    let unconditional = Conditions {
        if_match: Etag::Unconditional,
        if_none_match: Etag::Unconditional,
    };
    let facets = (EVAL_OP_033_RETENTION, EVAL_OP_033_HOLD);
    never_anonymous(cx, Asked::Upload)?;
    let mut needs = needs(cx, key, facets, lock, unconditional);
    if default_needs_permission(cx, found, (lock.0, lock.1)) {
        needs.push(Need::object(
            EVAL_OP_033_RETENTION,
            Action::PutObjectRetention,
            key,
        ));
    }
    needs.extend(acl_need(cx, EVAL_OP_033_ACL, acl, key));
    cx.authorize(name, &needs)?;
    acl_of_write(cx, name, acl)?;
    faultless(cx, found, lock)?;
    let declared = declared(cx, found, lock);
    let object = Object {
        content: Content::default(),
        multipart: Some(cx.now),
        tags: Tags::default(),
        protection: Protection::default(),
    };
    let mut next = if cx.decides(VER_PUT_008_INVISIBLE) {
        cx.state.clone()
    } else {
        store(cx, (name, key), found.versioning, object, Place::Current).next
    };
    let mut upload = UploadName(0);
    next.begun.update((name, key), |count| {
        *count += 1;
        upload = UploadName(*count);
    });
    if let Some(bucket) = next.buckets.get_mut(&name) {
        let begun = Upload {
            initiator: cx.caller(),
            begun: cx.now,
            versioning: bucket.versioning,
            older: u8::try_from(bucket.versions(key).len()).unwrap_or(u8::MAX),
            since: Since::default(),
            retention: declared.retention,
            hold: declared.hold,
            parts: crate::map::Map::default(),
        };
        bucket.uploads.insert((key, upload), begun);
    }
    let mut reply = Reply::success(200);
    reply.push(Name::UploadId, Value::Upload(name, key, upload), VER_PUT_008);
    cx.forbid(&mut reply, VER_PUT_008, Name::VersionId, Value::Text("null"));
    Ok((reply, Some(next)))
}

/// The upload with an id, or the refusal of its absence (`EVAL-404-009`).
fn existing<'s>(
    cx: &mut Cx<'_>,
    found: &'s Bucket,
    key: Key,
    reference: UploadRef,
) -> Result<(UploadName, &'s Upload), Refusal> {
    let upload = match reference {
        UploadRef::Named(name) => found.uploads.get(&(key, name)).map(|upload| (name, upload)),
        UploadRef::Made(_) | UploadRef::Malformed => None,
    };
    upload.ok_or_else(|| {
        let code = if cx.law(EVAL_404_009) {
            Code::NoSuchUpload
        } else {
            Code::NoSuchKey
        };
        Refusal::new(code, EVAL_404_009)
    })
}

/// UploadPart.
pub(crate) fn part(
    cx: &mut Cx<'_>,
    (name, key, reference): Target,
    (number, content, integrity): (PartNumber, Content, Integrity),
) -> Ruling {
    let found = cx.bucket(name)?;
    let need = cx.needed(Some(key));
    cx.authorize(name, need.as_slice())?;
    numbered(cx, number)?;
    let (upload, begun) = existing(cx, found, key, reference)?;
    of_part(cx, found, begun, integrity)?;
    part_replaced(cx, begun, number.0)?;
    let next = with_part(cx.state, (name, key, upload), number, content);
    let mut reply = Reply::success(200);
    show_etag(cx, &mut reply, Name::EtagHeader, (content, false), VER_GET_016);
    Ok((reply, Some(next)))
}

/// A part has a number from 1 to 10,000.
fn numbered(cx: &mut Cx<'_>, number: PartNumber) -> Result<(), Refusal> {
    let in_range = PARTS.contains(&number.0);
    match (Numbering { in_range }).ruled(cx) {
        (Numbered::InvalidArgument, Some(by)) => Err(Refusal::new(Code::InvalidArgument, by)),
        (Numbered::Stored | Numbered::InvalidArgument, _) => Ok(()),
    }
}

/// UploadPartCopy (`VER-COPY-010`).
pub(crate) fn part_copy(
    cx: &mut Cx<'_>,
    source: Source,
    (name, key, reference): Target,
    number: PartNumber,
) -> Ruling {
    let found = cx.bucket(name)?;
    cx.bucket(source.bucket)?;
    never_anonymous(cx, Asked::Copying)?;
    let read = source_need(cx, source, (EVAL_OP_035_SOURCE, EVAL_OP_035_SOURCE_VERSION));
    let need = cx.needed(Some(key));
    authorize_both(cx, (source.bucket, read), (name, need.as_slice()))?;
    numbered(cx, number)?;
    let begun = existing(cx, found, key, reference);
    let read = copied(cx, source);
    let ((upload, begun), version) = match (begun, read) {
        (Err(_), Err(refusal)) if source_first(cx, &refusal) => return Err(refusal),
        (begun, read) => (begun?, read?),
    };
    part_replaced(cx, begun, number.0)?;
    let Some(content) = version.content else {
        // No source is a delete marker (VER-COPY-006, VER-COPY-007).
        return Err(not_modelled());
    };
    let mut reply = Reply::success(200);
    show_etag(cx, &mut reply, Name::EtagElement, (content, false), VER_GET_016);
    show_source(cx, &mut reply, source, &version);
    let next = with_part(cx.state, (name, key, upload), number, content);
    Ok((reply, Some(next)))
}

/// Whether a wrong source is named before an unknown upload (`EVAL-404-009`).
fn source_first(cx: &mut Cx<'_>, refusal: &Refusal) -> bool {
    if refusal.code == Code::InvalidArgument {
        cx.choose(EVAL_404_009_ID, 2) == 0
    } else {
        cx.choose(EVAL_404_009_SOURCE, 2) == 1
    }
}

/// The version that a part is copied from.
fn copied(cx: &mut Cx<'_>, source: Source) -> Result<Version, Refusal> {
    let source = meant(cx, source)?;
    let version = source_version(cx, source)?;
    source_holds(cx, source, &version)?;
    Ok(version)
}

fn with_part(
    state: &State,
    (name, key, upload): (BucketName, Key, UploadName),
    number: PartNumber,
    content: Content,
) -> State {
    let mut next = state.clone();
    if let Some(bucket) = next.buckets.get_mut(&name)
        && let Some(upload) = bucket.uploads.get_mut(&(key, upload))
    {
        upload.parts.insert(number.0, content);
    }
    next
}

/// CompleteMultipartUpload with all parts that were uploaded.
pub(crate) fn complete(cx: &mut Cx<'_>, (name, key, reference): Target, conditions: Conditions) -> Ruling {
    let found = cx.bucket(name)?;
    let mut needs = smallvec::SmallVec::<[Need; 2]>::new();
    needs.extend(cx.needed(Some(key)));
    needs.extend(condition::need(conditions, key));
    if default_needs_permission(cx, found, (LockMode::Absent, Date::Absent)) {
        needs.push(Need::object(EVAL_OP_036, Action::PutObjectRetention, key));
    }
    cx.authorize(name, &needs)?;
    condition::understood(cx, conditions)?;
    if let UploadRef::Named(upload) = reference
        && let Some(completed) = found.completed.get(&(key, upload))
    {
        return again(cx, (name, key), *completed, conditions);
    }
    let (upload_name, upload) = existing(cx, found, key, reference)?;
    let versions = found.versions(key);
    let held = condition::hold(cx, (name, key), versions, conditions)
        .and_then(|()| condition::undisturbed(cx, key, versions.last(), upload.since, conditions));
    let content = match (only_part(cx, upload), held) {
        (Ok(content), Ok(())) => content,
        (Err(parts), Ok(())) => return Err(parts),
        (Ok(_), Err(condition)) => return Err(condition),
        (Err(parts), Err(condition)) => {
            let first = cx.choose(VER_PUT_008_ORDER, 2) == 0;
            return Err(if first { parts } else { condition });
        }
    };
    write_allowed(cx, found, key)?;
    let protection = protection_of_upload(cx, found, upload)?;
    let object = Object {
        content,
        multipart: Some(date(cx, upload)),
        tags: Tags::default(),
        protection,
    };
    let versioning = if upload.versioning == found.versioning || cx.decides(VER_PUT_008_STATE) {
        found.versioning
    } else {
        upload.versioning
    };
    let place = place(cx, versioning, versions, upload_name, upload);
    let Stored {
        reply,
        mut next,
        made,
    } = store(cx, (name, key), versioning, object, place);
    own(cx, (name, key), upload.initiator, &mut next);
    next = below_later_uploads(without(next, name, key, upload_name), name, key, upload_name);
    if let Some(bucket) = next.buckets.get_mut(&name) {
        let completed = Completed {
            content,
            version: made,
        };
        bucket.completed.insert((key, upload_name), completed);
    }
    Ok((reply, Some(next)))
}

/// The content of an upload's only part: contents are smaller than a part that another may follow.
fn only_part(cx: &mut Cx<'_>, upload: &Upload) -> Result<Content, Refusal> {
    let first = upload.parts.iter().next().map(|(_, content)| *content);
    let case = Parts {
        none: first.is_none(),
        several: upload.parts.iter().count() > 1,
    };
    match case.ruled(cx) {
        (Joined::InvalidPart, Some(by)) => Err(Refusal::new(Code::InvalidPart, by)),
        (Joined::TooSmall, Some(by)) => Err(Refusal::new(Code::EntityTooSmall, by)),
        (Joined::Completed | Joined::InvalidPart | Joined::TooSmall, _) => Ok(first.unwrap_or_default()),
    }
}

words! {
    /// Whether parts can be joined.
    enum Joined {
        /// The upload is completed with the first part.
        Completed,
        /// It is refused with 400 InvalidPart.
        InvalidPart,
        /// It is refused with 400 EntityTooSmall.
        TooSmall,
    }
}

table! {
    /// Whether the parts of an upload can be joined; all that programs write are smaller than 5 MiB.
    Parts {
        /// None was uploaded: the list names one that is not there, as it is never empty on the wire.
        none: bool,
        /// There is more than one.
        several: bool,
    } never {
        none && several;
    } => Joined;

    VER_PUT_008_PART        if none                                     => InvalidPart;
    VER_PUT_008_SMALL       if several                                  => TooSmall;
    _                                                                   => Completed;
}

table! {
    /// Whether a part may have a number.
    Numbering {
        /// The number is one from 1 to 10,000.
        in_range: bool,
    } => Numbered;

    VER_PUT_008_NUMBER      if !in_range                                => InvalidArgument;
    _                                                                   => Stored;
}

words! {
    /// Whether a part may have a number.
    enum Numbered {
        /// The part is stored.
        Stored,
        /// It is refused with 400 InvalidArgument.
        InvalidArgument,
    }
}

/// The tables of this chapter, in the order in which they are read.
pub(crate) fn tables() -> Vec<Printed> {
    vec![printed::<Numbering>(), printed::<Parts>()]
}

/// The completion of an upload that is completed, with the same parts (`VER-PUT-014`).
fn again(
    cx: &mut Cx<'_>,
    (name, key): (BucketName, Key),
    completed: Completed,
    conditions: Conditions,
) -> Ruling {
    let found = cx.bucket(name)?;
    let gone = |facet| Refusal::new(Code::NoSuchUpload, facet);
    if !cx.decides(VER_PUT_014) {
        return Err(gone(VER_PUT_014));
    }
    let made = found.version(key, completed.version);
    let is_there =
        made.is_some_and(|made| made.content == Some(completed.content) && made.multipart.is_some());
    if !is_there && cx.choose(VER_PUT_014_FORGOTTEN, 2) == 1 {
        return Err(gone(VER_PUT_014_FORGOTTEN));
    }
    let current = found.current(key).filter(|current| !current.is_marker());
    if conditions.if_none_match == Etag::Any && current.is_some() && !cx.decides(VER_PUT_014_CONDITION) {
        return Err(failed(VER_PUT_014_CONDITION, "If-None-Match"));
    }
    if conditions.if_match != Etag::Unconditional {
        again_if_match(cx, current, conditions.if_match)?;
    }
    let mut reply = Reply::success(200);
    show_etag(
        cx,
        &mut reply,
        Name::EtagElement,
        (completed.content, true),
        VER_PUT_014_ETAG,
    );
    if cx.decides(VER_PUT_014_NOTHING) {
        return Ok((reply, None));
    }
    let object = Object {
        content: completed.content,
        multipart: Some(cx.now),
        tags: Tags::default(),
        protection: Protection::default(),
    };
    let stored = store(cx, (name, key), found.versioning, object, Place::Current);
    Ok((reply, Some(stored.next)))
}

/// If-Match of a second completion: whether it is judged once more is not recorded.
fn again_if_match(cx: &mut Cx<'_>, current: Option<&Version>, etag: Etag) -> Result<(), Refusal> {
    if current.is_some_and(|current| matches(cx, current, etag, AskedBy::Write)) {
        return match cx.choose(VER_PUT_014_IF_MATCH, 3) {
            2 => Err(Refusal::new(
                Code::ConditionalRequestConflict,
                VER_PUT_014_IF_MATCH,
            )),
            _ => Ok(()),
        };
    }
    let code = match current {
        Some(_) => Code::PreconditionFailed,
        None => Code::NoSuchKey,
    };
    match cx.choose(VER_PUT_014_IF_MATCH, 3) {
        0 => Ok(()),
        _ => Err(Refusal::new(code, VER_PUT_014_IF_MATCH)),
    }
}

/// Where the version of a completed upload lies (`VER-PUT-009`, `VER-PUT-013`).
fn place(
    cx: &mut Cx<'_>,
    versioning: Versioning,
    versions: &[Version],
    name: UploadName,
    upload: &Upload,
) -> Place {
    let disturbed = upload.since != Since::default();
    if versioning != Versioning::Enabled {
        let lost = disturbed && cx.choose(VER_PUT_013, 2) == 1;
        return if lost { Place::Lost } else { Place::Current };
    }
    let older = usize::from(upload.older);
    let newer = versions.get(older..).unwrap_or_default();
    if newer.is_empty() {
        return Place::Current;
    }
    let begun_later = newer.iter().position(|version| version.multipart.is_some());
    let among_uploads = match begun_later {
        Some(_) if !cx.decides(VER_PUT_009) => return Place::Current,
        Some(0) => return Place::Above(older, name),
        Some(at) => Place::Above(older + at, name),
        None => Place::Current,
    };
    match cx.choose(VER_PUT_009_PLAIN, 2) {
        0 => Place::Above(older, name),
        _ => among_uploads,
    }
}

/// When the version of an upload that is completed now was made (`VER-PUT-012`).
fn date(cx: &mut Cx<'_>, upload: &Upload) -> Moment {
    if upload.begun != cx.now && cx.choose(VER_PUT_012, 2) == 1 {
        cx.now
    } else {
        upload.begun
    }
}

/// The state without an upload.
fn without(mut state: State, name: BucketName, key: Key, upload: UploadName) -> State {
    if let Some(bucket) = state.buckets.get_mut(&name) {
        bucket.uploads.remove(&(key, upload));
    }
    state
}

/// The state in which the version of a completed upload counts as older than the uploads begun after it.
fn below_later_uploads(mut state: State, name: BucketName, key: Key, completed: UploadName) -> State {
    if let Some(bucket) = state.buckets.get_mut(&name) {
        let later: Vec<(Key, UploadName)> = bucket
            .uploads
            .iter()
            .map(|(place, _)| *place)
            .filter(|(of, upload)| *of == key && *upload > completed)
            .collect();
        for place in later {
            if let Some(upload) = bucket.uploads.get_mut(&place) {
                upload.older = upload.older.saturating_add(1);
            }
        }
    }
    state
}

/// The permission of those who began an upload, and of the account of a user who did: they need no grant for it (`EVAL-OP-037`, `EVAL-OP-038`).
fn authorize_upload(
    cx: &mut Cx<'_>,
    (name, key, reference): Target,
    (by_initiator, by_account): (FacetId, FacetId),
) -> Result<(), Refusal> {
    let need = cx.needed(Some(key));
    let initiator = match reference {
        UploadRef::Named(upload) => cx
            .state
            .buckets
            .get(&name)
            .and_then(|bucket| bucket.uploads.get(&(key, upload)))
            .map(|upload| upload.initiator),
        UploadRef::Made(_) | UploadRef::Malformed => None,
    };
    let by_default = match (cx.caller(), initiator) {
        (Caller::Anonymous, _) => None,
        (_, Some(initiator)) if initiator == cx.caller() => Some(by_initiator),
        // Root, at a bucket of another account: its user began the upload.
        (Caller::Owner, Some(Caller::User)) if cx.is_foreign(name) => Some(by_account),
        (Caller::Owner | Caller::Other | Caller::User, _) => None,
    };
    if let Some(by_default) = by_default
        && !need.is_some_and(|need| denies(cx, name, need))
        && cx.decides(by_default)
    {
        return Ok(());
    }
    cx.authorize(name, need.as_slice())
}

/// AbortMultipartUpload.
pub(crate) fn abort(cx: &mut Cx<'_>, target: Target) -> Ruling {
    let (name, key, reference) = target;
    let found = cx.bucket(name)?;
    let facets = (EVAL_OP_037_INITIATOR, EVAL_OP_037_ACCOUNT);
    authorize_upload(cx, target, facets)?;
    let (upload, begun) = existing(cx, found, key, reference)?;
    abort_allowed(cx, found, key, begun)?;
    let mut next = without(cx.state.clone(), name, key, upload);
    next.aborted.insert((name, key, upload), ());
    Ok((Reply::success(204), Some(next)))
}

/// ListParts.
pub(crate) fn parts(cx: &mut Cx<'_>, target: Target) -> Ruling {
    let (name, key, reference) = target;
    let found = cx.bucket(name)?;
    let facets = (EVAL_OP_038_INITIATOR, EVAL_OP_038_ACCOUNT);
    authorize_upload(cx, target, facets)?;
    let (_, upload) = existing(cx, found, key, reference)?;
    let mut entries = Entries::new();
    for (number, content) in upload.parts.iter() {
        let number = Value::Number(i32::from(*number));
        let mut part = entry("Part", &[(Name::PartNumber, number)]);
        describe(cx, &mut part.fields, (*content, false));
        entries.push(part);
    }
    Ok((listing(entries), None))
}

/// ListMultipartUploads.
pub(crate) fn uploads(cx: &mut Cx<'_>, name: BucketName, encoding: Encoding) -> Ruling {
    let found = cx.bucket(name)?;
    cx.authorize_by_row(name)?;
    let mut keys: Vec<Key> = found.uploads.iter().map(|((key, _), _)| *key).collect();
    keys.dedup();
    let one_each = keys.len() == found.uploads.len();
    in_order(cx, &mut keys, |key| *key);
    let mut entries = Entries::new();
    for key in keys {
        for ((_, upload), _) in found.uploads.iter().filter(|((of, _), _)| *of == key) {
            let id = Value::Upload(name, key, *upload);
            let (key, by) = shown_key(cx, key, encoding, VER_PUT_008);
            let mut listed = entry("Upload", &[(Name::UploadId, id)]);
            listed.fields.push(Field {
                name: Name::KeyElement,
                value: key,
                by,
            });
            entries.push(listed);
        }
    }
    let mut reply = listing(entries);
    if let ReplyBody::Entries { ordered, .. } = &mut reply.body {
        // Of uploads of one key, begun within a second, no order is promised.
        *ordered = one_each;
    }
    Ok((reply, None))
}

fn listing(entries: Entries) -> Reply {
    let mut reply = Reply::success(200);
    reply.body = ReplyBody::Entries {
        ordered: false,
        entries,
    };
    reply
}

fn entry(element: &'static str, fields: &[(Name, Value)]) -> Entry {
    let field = |(name, value): &(Name, Value)| Field {
        name: *name,
        value: *value,
        by: VER_PUT_008,
    };
    Entry {
        element,
        fields: fields.iter().map(field).collect::<Fields>(),
        by: VER_PUT_008,
    }
}
