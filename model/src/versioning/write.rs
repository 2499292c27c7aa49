//! Writing versions (`VER-PUT`).

use Versioning::{Enabled, Suspended, Unversioned};

use smallvec::SmallVec;

use crate::access::ownership::{acl_need, acl_of_write, own};
use crate::access::{EVAL_OP_031_ACL, EVAL_OP_031_HOLD, EVAL_OP_031_RETENTION, Need};
use crate::action::Action;
use crate::argument::{
    BucketName, CannedAcl, Carrier, Content, Date, Etag, Hold, Key, LockMode, Tags, UploadName, VersionName,
    VersionRef,
};
use crate::cx::{Cx, Ruling, not_modelled};
use crate::lock::delete::write_allowed;
use crate::lock::write::{Protection, default_needs_permission, protection};
use crate::reply::{Code, Name, Refusal, Reply, Value};
use crate::request::Operation;
use crate::request::Route::{self, *};
use crate::state::{Bucket, State, Version, Versioning};
use crate::table::{Decision, Printed, effects, fields, printed, table, words};
use crate::time::Moment;
use crate::versioning::condition::write::{self as condition, Conditions};
use crate::versioning::condition::{VER_COND_020, VER_COND_020_NONE};
use crate::versioning::id::shown;
use crate::versioning::read::{VER_GET_016, show_etag};
use crate::versioning::{insert, mint, note_in_uploads, push, take, take_reals};
use crate::words::{FORM, FacetId, RULE, clauses, consequence};

/// The route of an upload's completion.
const COMPLETE: &[Route] = &[CompleteMultipartUpload];
/// The routes that make a version.
const WRITES: &[Route] = &[PutObject, CopyObject, CompleteMultipartUpload];

clauses! { Versioning, Write;
    "VER-PUT-001" FORM, Recorded, Low, "LS:test_delete_object",
        "Unversioned: PUT replaces the object and its reply has no x-amz-version-id." {
        VER_PUT_001 = "no-version-id", WRITES, else "the reply has an x-amz-version-id";
    }
    "VER-PUT-002" RULE, Recorded, High, "UG; LS:test_s3_put_object_versioned",
        "Enabled: every PUT, copy and completed upload makes a new current version with a fresh id, returned in x-amz-version-id." {
        VER_PUT_002 = "adds", WRITES, else row;
        VER_PUT_002_ID = "version-id", WRITES, else "the reply has no x-amz-version-id";
    }
    "VER-PUT-003" RULE, Recorded, High, "LS:test_put_object_on_suspended_bucket",
        "Suspended: PUT stores the null version in place of any null version; real versions are kept." {
        VER_PUT_003 = "replaces-null", WRITES, else row;
        VER_PUT_003_KEEPS = "keeps-real", WRITES, else "versions with real ids are removed";
    }
    "VER-PUT-005" FORM, Recorded, Low, "LS:test_s3_copy_object_in_place_suspended_only",
        "Suspended: the reply of CopyObject has x-amz-version-id: null." {
        VER_PUT_005 = "version-id", &[CopyObject], else "the reply has no x-amz-version-id";
    }
    "VER-PUT-008" RULE, Documented, Medium, "API:CompleteMultipartUpload; state-at-completion K(h)",
        "CreateMultipartUpload allocates no version id; the version is made at completion, by the versioning state of that time, of the \
         parts that were uploaded: each has a number from 1 to 10,000 and, but for the last, at least 5 MiB." {
        VER_PUT_008 = "no-version-id", &[CreateMultipartUpload], else "the reply has an x-amz-version-id";
        VER_PUT_008_INVISIBLE = "no-version", &[CreateMultipartUpload], else "a version without bytes of its own is made at once";
        VER_PUT_008_STATE = "state-at-completion", &[CompleteMultipartUpload], else row;
        VER_PUT_008_PART = "unknown-part", &[CompleteMultipartUpload], else row;
        VER_PUT_008_SMALL = "small-part", &[CompleteMultipartUpload],
            else row;
        VER_PUT_008_ORDER = "parts-or-condition", &[CompleteMultipartUpload],
            choice ["what is wrong with the parts is reported before a condition", "a condition is reported first"];
        VER_PUT_008_NUMBER = "part-number", &[UploadPart, UploadPartCopy], else row;
    }
    "VER-PUT-014" RULE, Recorded, Medium, "moto-aws (recorded)",
        "CompleteMultipartUpload once more, with the same parts, of an upload that is completed is 200 with the same ETag, also \
         with If-None-Match: *; nothing new is made." {
        VER_PUT_014 = "again", COMPLETE, else row;
        VER_PUT_014_CONDITION = "if-none-match", COMPLETE, else row;
        VER_PUT_014_ETAG = "etag", COMPLETE, else "its ETag is another";
        VER_PUT_014_NOTHING = "nothing-new", COMPLETE, else "the object is made once more";
        VER_PUT_014_FORGOTTEN = "forgotten", COMPLETE,
            choice ["also when its object is gone", "404 NoSuchUpload when its object is gone"];
        VER_PUT_014_IF_MATCH = "if-match", COMPLETE,
            choice ["If-Match is ignored", "If-Match is judged", "If-Match is judged, and the object that it made counts as another write"];
    }
    "VER-PUT-015" RULE, Reported, High, "public reports; K(m)",
        "PutObject with a versionId in the query is 400 InvalidArgument, \"This operation does not accept a version-id.\", with \
         ArgumentName versionId; nothing is written." {
        VER_PUT_015 = "version-id", &[PutObject], else row;
        VER_PUT_015_MESSAGE = "message", &[PutObject], else other_text;
        VER_PUT_015_ARGUMENT = "argument-name", &[PutObject], else (omitted "ArgumentName");
        VER_PUT_015_ORDER = "order", &[PutObject], choice ["before what else is wrong with the request", "after it"];
        VER_PUT_015_EMPTY = "empty", &[PutObject], choice ["an empty one is refused", "an empty one stands for none"];
    }
    "VER-PUT-016" RULE, Documented, Critical, "UG:versioning-workflows",
        "Making an object, by whatever route, leaves every other version, with its bytes, tags, lock state and date, as it was." {
        VER_PUT_016 = "bytes", WRITES, else "the other versions of the key get the new bytes";
        VER_PUT_016_TAGS = "tags", WRITES, else "the other versions of the key lose their tags";
        VER_PUT_016_LOCK = "lock", WRITES, else "the other versions of the key lose their lock state";
        VER_PUT_016_DATE = "date", WRITES, else "the other versions of the key get the date of the request";
    }
    "VER-PUT-009" RULE, Documented, High, "UG:mpuoverview",
        "Enabled, several uploads of one key: the one begun last is current, whichever is completed last." {
        VER_PUT_009 = "begun-last", &[CompleteMultipartUpload], else row;
        VER_PUT_009_PLAIN = "plain-writes", &[CompleteMultipartUpload],
            choice ["uploads are ranked by their beginning against other writes and deletes too", "against other uploads only"];
    }
    "VER-PUT-012" RULE, Chosen, Low, "UG:UsingMetadata; ordering K(m)",
        "The creation date of a multipart object, its Last-Modified, is when its upload began; VER-PUT-009 has the order." {
        VER_PUT_012 = "last-modified", &[CompleteMultipartUpload], choice ["the beginning of the upload", "its completion"];
    }
    "VER-PUT-013" RULE, Documented, High, "UG:mpuoverview",
        "Unversioned: a write or delete between the beginning and the completion of an upload may take precedence." {
        VER_PUT_013 = "precedence", &[CompleteMultipartUpload], choice ["the completed object is stored", "the other write or delete stands"];
    }
    "VER-PUT-006" consequence(&["VER-PUT-003"]), Recorded, High, "LS:test_put_object_on_suspended_bucket",
        "Two PUTs while Suspended leave one null version."
    "VER-PUT-007" consequence(&["VER-ID-004", "VER-PUT-002"]), Documented, High, "UG:AddingObjectstoVersionSuspendedBuckets",
        "A null version from before versioning stays when a PUT adds a version."
    "VER-PUT-010" RULE, Recorded, High, "UG:Versioning; LS:test_object_tagging_versioned",
        "ACL, tags, storage class and lock state belong to one version; writes of them that name none are about the \
         current version and never make one." {
        VER_PUT_010 = "one-version", &[PutObjectTagging, PutObjectTaggingVersion, DeleteObjectTagging, DeleteObjectTaggingVersion],
            else row;
        VER_PUT_010_TAGS = "tags-stay", &[PutObjectRetention, PutObjectLegalHold],
            else "the tags of the version are lost when its lock state is written";
        VER_PUT_010_LOCK = "lock-stays", &[PutObjectTagging, PutObjectTaggingVersion, DeleteObjectTagging, DeleteObjectTaggingVersion],
            else "the lock state of the version is lost when its tags are written";
        VER_PUT_010_NONE = "no-version", &[PutObjectTagging, DeleteObjectTagging], else row;
    }
    "VER-PUT-004" FORM, Recorded, Low, "LS:test_put_object_on_suspended_bucket",
        "Suspended: the reply of PutObject has no x-amz-version-id." {
        VER_PUT_004 = "no-version-id", &[PutObject], else "the reply has x-amz-version-id: null";
    }
}

/// PutObject.
pub(crate) fn put(cx: &mut Cx<'_>, name: BucketName, key: Key) -> Ruling {
    let Operation::PutObject { version, .. } = &cx.request.operation else {
        return Err(not_modelled());
    };
    let case = OfVersion {
        id: match version {
            VersionRef::Current => Id::Absent,
            VersionRef::Empty => Id::Empty,
            VersionRef::Named(_) | VersionRef::Made(_) | VersionRef::Malformed | VersionRef::Foreign(..) => {
                Id::Given
            }
        },
    };
    let (Accepted::Refused, Some(by)) = case.ruled(cx) else {
        return written(cx, (name, key));
    };
    let refusal = Refusal::new(Code::InvalidArgument, by);
    let message = "This operation does not accept a version-id.";
    let mut refusal = cx.saying(refusal, VER_PUT_015_MESSAGE, message);
    fields! { cx, &mut refusal;
        VER_PUT_015_ARGUMENT    => require ArgumentName, Value::Text("versionId");
    }
    match written(cx, (name, key)) {
        Err(other) if cx.choose(VER_PUT_015_ORDER, 2) == 1 => Err(other),
        Err(_) | Ok(_) => Err(refusal),
    }
}

words! {
    /// What stands for a version id in the query of a PutObject.
    enum Id {
        /// Nothing.
        Absent,
        /// An empty one.
        Empty,
        /// One that is not empty, whatever it is.
        Given,
    }
}

words! {
    /// Whether a PutObject that names a version is accepted.
    enum Accepted {
        /// The version id is ignored.
        Ignored,
        /// It is refused with 400 InvalidArgument.
        Refused,
    }
}

table! {
    /// Whether a PutObject that names a version is accepted.
    OfVersion {
        /// What its query has as a version id.
        id: Id,
    } => Accepted;

    VER_PUT_015_EMPTY   if id == Id::Empty                  => passes,      or Ignored;
    VER_PUT_015         if id != Id::Absent                 => Refused,     else Ignored;
    _                                                       => Ignored;
}

/// The conditions of a PutObject, from its headers or its query (`VER-COND-020`).
fn conditions(cx: &mut Cx<'_>, carrier: Carrier, if_match: Etag, if_none_match: Etag) -> Conditions {
    let mut conditions = Conditions {
        if_match,
        if_none_match,
    };
    let asked = |etag| carrier == Carrier::Query && etag != Etag::Unconditional;
    effects! { cx;
        VER_COND_020        if asked(if_match)              => never conditions.if_match = Etag::Unconditional;
        VER_COND_020_NONE   if asked(if_none_match)         => never conditions.if_none_match = Etag::Unconditional;
    }
    conditions
}

/// A PutObject that names no version.
fn written(cx: &mut Cx<'_>, (name, key): (BucketName, Key)) -> Ruling {
    let Operation::PutObject {
        content,
        mode,
        until,
        hold,
        integrity,
        acl,
        if_match,
        if_none_match,
        conditions: carrier,
        ..
    } = &cx.request.operation
    else {
        return Err(not_modelled());
    };
    let found = cx.bucket(name)?;
    let conditions = conditions(cx, *carrier, *if_match, *if_none_match);
    let lock = (*mode, *until, *hold);
    let facets = [EVAL_OP_031_RETENTION, EVAL_OP_031_HOLD, EVAL_OP_031_ACL];
    let needs = needs(cx, (found, key), facets, lock, conditions, *acl);
    cx.authorize(name, &needs)?;
    acl_of_write(cx, name, *acl)?;
    condition::understood(cx, conditions)?;
    let protection = protection(cx, found, lock, *integrity)?;
    condition::hold(cx, (name, key), found.versions(key), conditions)?;
    write_allowed(cx, found, key)?;
    let object = Object {
        content: *content,
        multipart: None,
        tags: Tags::default(),
        protection,
    };
    let place = (name, key);
    let Stored { reply, mut next, .. } = store(cx, place, found.versioning, object, Place::Current);
    let writer = cx.caller();
    own(cx, place, writer, &mut next);
    Ok((reply, Some(next)))
}

/// The permissions to write: the action, and what lock headers, conditions, default retention and an ACL add; the facets
/// are those of retention, of a hold and of an ACL.
pub(crate) fn needs(
    cx: &mut Cx<'_>,
    (found, key): (&Bucket, Key),
    [retention, on_hold, of_acl]: [FacetId; 3],
    (mode, until, hold): (LockMode, Date, Hold),
    conditions: Conditions,
    acl: CannedAcl,
) -> SmallVec<[Need; 3]> {
    let mut needs: SmallVec<[Need; 3]> = cx.needed(Some(key)).into_iter().collect();
    if mode != LockMode::Absent || until != Date::Absent {
        needs.push(Need::object(retention, Action::PutObjectRetention, key));
    }
    if hold != Hold::Absent {
        needs.push(Need::object(on_hold, Action::PutObjectLegalHold, key));
    }
    needs.extend(condition::need(conditions, key));
    if default_needs_permission(cx, found, (mode, until)) {
        needs.push(Need::object(retention, Action::PutObjectRetention, key));
    }
    needs.extend(acl_need(cx, of_acl, acl, key));
    needs
}

/// An object that is about to be stored.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Object {
    pub(crate) content: Content,
    pub(crate) multipart: Option<Moment>,
    pub(crate) tags: Tags,
    pub(crate) protection: Protection,
}

/// Where a new version lies among the versions of its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// On top: it becomes current.
    Current,
    /// Above so many older versions, for an upload of this name (`VER-PUT-009`).
    Above(usize, UploadName),
    /// Nowhere: a later write or delete has taken precedence (`VER-PUT-013`).
    Lost,
}

/// What storing an object came to.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) reply: Reply,
    pub(crate) next: State,
    /// The version that was made.
    pub(crate) made: VersionName,
}

words! {
    /// As which version an object is stored.
    enum Stores {
        /// It replaces the null version.
        Null,
        /// It becomes a new version with a fresh id.
        Fresh,
        /// The current version is replaced.
        Replaced,
        /// The object gets a fresh real id, not shown in the reply.
        Unshown,
    }
}

table! {
    /// As which version an object is stored.
    Storing {
        /// The versioning state that decides.
        versioning: Versioning,
    } => Stores;

    VER_PUT_002         if versioning == Enabled            => Fresh,       else Replaced;
    VER_PUT_003         if versioning == Suspended          => Null,        else Unshown;
    _                                                       => Null;
}

/// Stores an object by the versioning state of its bucket (`VER-PUT-001` to `VER-PUT-005`).
pub(crate) fn store(
    cx: &mut Cx<'_>,
    (name, key): (BucketName, Key),
    versioning: Versioning,
    object: Object,
    place: Place,
) -> Stored {
    let mut next = cx.state.clone();
    let stores = (Storing { versioning }).ruled(cx).0;
    let made = match stores {
        Stores::Null => VersionName::NULL,
        Stores::Fresh | Stores::Replaced | Stores::Unshown => mint(&mut next, name, key),
    };
    let mut reply = Reply::success(200);
    show_id(cx, &mut reply, versioning, (name, key, made));
    let real = versioning == Suspended;
    if let Some(bucket) = next.buckets.get_mut(&name) {
        let current = bucket.current(key).map(|current| current.name);
        if let (Stores::Replaced, Some(current)) = (stores, current) {
            take(bucket, key, current);
        }
        effects! { cx;
            VER_PUT_003_KEEPS   if real                     => never take_reals(bucket, key);
        }
        let Protection { retention, hold } = object.protection;
        let version = Version {
            name: made,
            content: Some(object.content),
            multipart: object.multipart,
            retention,
            hold,
            tags: object.tags,
        };
        match place {
            Place::Current => push(bucket, key, version),
            Place::Above(older, upload) => insert(bucket, key, version, older, upload),
            Place::Lost => {}
        }
        note_in_uploads(bucket, key, |since| since.written = true);
        leave_others(cx, bucket, key, &version);
    }
    let etag = if cx.route == PutObject {
        Name::EtagHeader
    } else {
        Name::EtagElement
    };
    let of_part = object.multipart.is_some();
    show_etag(cx, &mut reply, etag, (object.content, of_part), VER_GET_016);
    Stored { reply, next, made }
}

/// What the reply of a write says of the version that it made (`VER-PUT-001` to `VER-PUT-005`).
fn show_id(
    cx: &mut Cx<'_>,
    reply: &mut Reply,
    versioning: Versioning,
    (name, key, made): (BucketName, Key, VersionName),
) {
    let (put, copy) = (cx.route == PutObject, cx.route == CopyObject);
    let id = match versioning {
        Enabled => shown(cx, name, key, made),
        Unversioned | Suspended => Value::Text("null"),
    };
    fields! { cx, reply;
        VER_PUT_001         if versioning == Unversioned        => forbid  VersionId, id;
        VER_PUT_002_ID      if versioning == Enabled            => require VersionId, id;
        VER_PUT_004         if versioning == Suspended && put   => forbid  VersionId, id;
        VER_PUT_005         if versioning == Suspended && copy  => require VersionId, id;
    }
}

/// The other versions of a key stay as they were (`VER-PUT-016`).
fn leave_others(cx: &mut Cx<'_>, bucket: &mut Bucket, key: Key, made: &Version) {
    let is_other = |version: &&Version| version.name != made.name && !version.is_marker();
    let others: SmallVec<[Version; 4]> = bucket.versions(key).iter().filter(is_other).copied().collect();
    if others.is_empty() {
        return;
    }
    let now = cx.now;
    let some = |has: &dyn Fn(&Version) -> bool| others.iter().any(has);
    let mut edit = |edit: &dyn Fn(&mut Version)| {
        for version in &others {
            bucket.version_mut(key, version.name).map(edit);
        }
    };
    let bytes = some(&|version| version.content != made.content);
    let tags = some(&|version| !version.tags.is_empty());
    let lock = some(&|version| version.retention.is_some() || version.hold.is_some());
    let date = some(&|version| version.multipart.is_some_and(|made| made != now));
    effects! { cx;
        VER_PUT_016         if bytes    => never edit(&|version| version.content = made.content);
        VER_PUT_016_TAGS    if tags     => never edit(&|version| version.tags = Tags::default());
        VER_PUT_016_LOCK    if lock     => never edit(&|version| (version.retention, version.hold) = (None, None));
        VER_PUT_016_DATE    if date     => never edit(&|version| version.multipart = version.multipart.map(|_| now));
    }
}

/// The tables of this chapter, in the order in which they are read.
pub(crate) fn tables() -> Vec<Printed> {
    vec![printed::<OfVersion>(), printed::<Storing>()]
}
