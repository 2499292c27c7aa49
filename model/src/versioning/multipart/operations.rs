//! CreateMultipartUpload, UploadPart, UploadPartCopy, AbortMultipartUpload, ListParts and ListMultipartUploads.

use First::{Source as SourceFirst, Upload as UploadFirst};

use super::upload::{Target, authorize_upload, existing, without};
use crate::access::account::{Asked, never_anonymous};
use crate::access::missing::{EVAL_404_009_ID, EVAL_404_009_SOURCE};
use crate::access::ownership::acl_of_write;
use crate::access::{
    EVAL_OP_033_ACL, EVAL_OP_033_HOLD, EVAL_OP_033_RETENTION, EVAL_OP_035_SOURCE, EVAL_OP_035_SOURCE_VERSION,
    EVAL_OP_037_ACCOUNT, EVAL_OP_037_INITIATOR, EVAL_OP_038_ACCOUNT, EVAL_OP_038_INITIATOR,
};
use crate::argument::{
    BucketName, CannedAcl, Content, Date, Encoding, Etag, Hold, Integrity, Key, LockMode, PartNumber, Tags,
    UploadName,
};
use crate::cx::{Cx, Ruling, not_modelled};
use crate::lock::delete::{abort_allowed, part_replaced};
use crate::lock::integrity::of_part;
use crate::lock::write::{Protection, declared, faultless};
use crate::reply::{Code, Entries, Entry, Field, Fields, Name, Refusal, Reply, ReplyBody, Value};
use crate::state::{Since, State, Upload, Version};
use crate::table::{Decision, Printed, effects, fields, printed, table, words};
use crate::versioning::condition::write::Conditions;
use crate::versioning::copy::{
    Source, authorize_both, resolve_source, show_source, source_holds, source_need, source_version,
};
use crate::versioning::list::keys::{in_order, shown_key};
use crate::versioning::read::{VER_GET_016, describe, show_etag};
use crate::versioning::write::{
    Object, Place, VER_PUT_008, VER_PUT_008_INVISIBLE, VER_PUT_008_NUMBER, needs, store,
};

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
    let facets = [EVAL_OP_033_RETENTION, EVAL_OP_033_HOLD, EVAL_OP_033_ACL];
    never_anonymous(cx, Asked::Upload)?;
    let needs = needs(cx, (found, key), facets, lock, unconditional, acl);
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
    let mut next = cx.state.clone();
    effects! { cx;
        VER_PUT_008_INVISIBLE   => never next = store(cx, (name, key), found.versioning, object, Place::Current).next;
    }
    let upload = begin(cx, &mut next, (name, key), declared);
    let mut reply = Reply::success(200);
    reply.push(Name::UploadId, Value::Upload(name, key, upload), VER_PUT_008);
    fields! { cx, &mut reply;
        VER_PUT_008             => forbid VersionId, Value::Text("null");
    }
    Ok((reply, Some(next)))
}

/// Begins an upload with the lock state that it declares.
fn begin(
    cx: &mut Cx<'_>,
    next: &mut State,
    (name, key): (BucketName, Key),
    declared: Protection,
) -> UploadName {
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
    upload
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

words! {
    /// What is reported first.
    enum First {
        /// What the source lacks.
        Source,
        /// The upload is reported as missing first.
        Upload,
    }
}

table! {
    /// What is reported of a copy to an unknown upload whose source is wrong, too.
    BothWrong {
        /// The version id of the source is none.
        wrong_id: bool,
    } => First;

    EVAL_404_009_ID         if wrong_id                         => Source,          or Upload;
    EVAL_404_009_SOURCE     if !wrong_id                        => Upload,          or Source;
    _                                                           => Upload;
}

/// Whether a wrong source is named before an unknown upload (`EVAL-404-009`).
fn source_first(cx: &mut Cx<'_>, refusal: &Refusal) -> bool {
    let case = BothWrong {
        wrong_id: refusal.code == Code::InvalidArgument,
    };
    match case.ruled(cx).0 {
        SourceFirst => true,
        UploadFirst => false,
    }
}

/// The version that a part is copied from.
fn copied(cx: &mut Cx<'_>, source: Source) -> Result<Version, Refusal> {
    let source = resolve_source(cx, source)?;
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

/// The tables of this file, in the order in which they are read.
pub(crate) fn tables() -> Vec<Printed> {
    vec![printed::<Numbering>(), printed::<BothWrong>()]
}
