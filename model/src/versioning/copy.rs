//! Copying versions (`VER-COPY`), whole or as a part of a multipart upload.

use Versioning::Unversioned;

use crate::access::account::{Asked, never_anonymous};
use crate::access::missing::hide_marker;
use crate::access::ownership::{acl_need, acl_of_write};
use crate::access::refusal::is_later_reported;
use crate::access::{
    EVAL_OP_032_ACL, EVAL_OP_032_HOLD, EVAL_OP_032_PUT_TAGS, EVAL_OP_032_RETENTION, EVAL_OP_032_SOURCE,
    EVAL_OP_032_SOURCE_VERSION, EVAL_OP_032_TAGS, EVAL_OP_032_TAGS_VERSION, Need,
};
use crate::action::Action;
use crate::argument::{
    BucketName, CannedAcl, Date, Directive, Etag, Hold, Key, LockMode, SourceDate, VersionRef,
};
use crate::cx::{Cx, Ruling, is_real, not_modelled};
use crate::lock::delete::write_allowed;
use crate::lock::write::{LOCK_HDR_008_SOURCE, default_needs_permission, faultless, protection_of_copy};
use crate::reply::{Code, Name, Refusal, Reply, Value};
use crate::request::Route::{self, *};
use crate::state::{Bucket, Version, Versioning};
use crate::table::{Decision, Printed, printed, table, words};
use crate::versioning::condition::{self, AskedBy, Conditions, failed, matches};
use crate::versioning::id::{Found, empty, find_or, missing};
use crate::versioning::write::{Object, Place, Stored, needs, store};
use crate::words::{FacetId, RULE, clauses, consequence};

/// The routes that copy.
const COPIES: &[Route] = &[CopyObject, UploadPartCopy];

clauses! { Versioning, Copy;
    "VER-COPY-001" RULE, Documented, High, "API:CopyObject",
        "The copy source may name a version; without one the current version is copied." {
        VER_COPY_001 = "named", COPIES, else "the current version is copied";
    }
    "VER-COPY-002" consequence(&["VER-COPY-001", "VER-COPY-004", "VER-PUT-002"]), Documented, High,
        "UG:RestoringPreviousVersions; moto-aws:test_copy_object_in_place_with_versioning",
        "Copying a noncurrent version onto its own key makes it the current version again."
    "VER-COPY-003" RULE, Recorded, Medium, "LS:test_s3_copy_object_in_place, LS:test_s3_copy_object_in_place_versioned",
        "A copy in place that changes nothing and names no version is 400 InvalidRequest." {
        VER_COPY_003 = "in-place", &[CopyObject], else row;
    }
    "VER-COPY-004" RULE, Recorded, Medium, "moto-aws:test_copy_object_in_place_with_versioning",
        "A copy in place that names a version is allowed in versioned buckets." {
        VER_COPY_004 = "named", &[CopyObject], else row;
        VER_COPY_004_UNVERSIONED = "unversioned", &[CopyObject], choice ["refused in other buckets", "allowed there too"];
    }
    "VER-COPY-005" RULE, Recorded, Low,
        "LS:test_s3_copy_object_in_place_versioned, test_s3_copy_object_in_place_suspended_only",
        "x-amz-copy-source-version-id appears only if the source has a real id." {
        VER_COPY_005 = "real", &[CopyObject], else "x-amz-copy-source-version-id is omitted";
        VER_COPY_005_NULL = "null", &[CopyObject], else "x-amz-copy-source-version-id: null is sent";
    }
    "VER-COPY-006" RULE, Recorded, Medium, "LS:test_s3_copy_object_src_not_exists analogue; K(h)",
        "A source whose current version is a delete marker is 404 NoSuchKey with the source's key." {
        VER_COPY_006 = "marker", COPIES, else "it is 405 MethodNotAllowed";
    }
    "VER-COPY-007" RULE, Chosen, Medium, "K(m)", "A source version that is a delete marker is 400 InvalidRequest." {
        VER_COPY_007 = "named-marker", COPIES, choice ["400 InvalidRequest", "405 MethodNotAllowed"];
    }
    "VER-COPY-008" RULE, Reported, Medium, "VGW tests",
        "A malformed source version is 400 InvalidArgument; one that is gone is 404 NoSuchVersion." {
        VER_COPY_008 = "malformed", COPIES, else "it is answered as a version that is gone";
        VER_COPY_008_GONE = "gone", COPIES, else "it is answered as a missing key";
    }
    "VER-COPY-011" RULE, Recorded, Medium, "moto-aws (recorded)",
        "CopyObject of a key that does not exist, with the id of a version of another key, is 404 NoSuchVersion." {
        VER_COPY_011 = "foreign", &[CopyObject], else "it is 400 InvalidArgument";
        VER_COPY_011_UNVERSIONED = "unversioned", &[CopyObject],
            choice ["400 InvalidArgument where the source's bucket is not versioned", "404 NoSuchVersion there too"];
    }
    "VER-COPY-009" consequence(&["EVAL-OP-032", "EVAL-OP-035"]), Documented, Critical, "API:CopyObject",
        "Reading the source needs s3:GetObject, or s3:GetObjectVersion with a version id, and for tags their actions."
    "VER-COPY-010" RULE, Documented, Medium, "API:UploadPartCopy",
        "UploadPartCopy finds its source as CopyObject does and returns x-amz-copy-source-version-id." {
        VER_COPY_010 = "source-version-id", &[UploadPartCopy], else "x-amz-copy-source-version-id is omitted";
    }
    "VER-COND-017" RULE, Recorded, Medium,
        "LS:test_upload_part_copy_with_copy_source_if_match_failed, test_upload_part_copy_with_if_modified_since_failed; API:CopyObject",
        "Conditions on the source that fail are 412 PreconditionFailed and name themselves." {
        VER_COND_017 = "if-match", COPIES, else "the gate passes";
        VER_COND_017_NONE = "if-none-match", COPIES, else "the gate passes";
        VER_COND_017_MODIFIED = "if-modified-since", COPIES, else "the gate passes";
        VER_COND_017_UNMODIFIED = "if-unmodified-since", COPIES, else "the gate passes";
        VER_COND_017_LIST = "list", COPIES, choice ["a list of ETags matches none that is not in it", "501 NotImplemented"];
    }
    "VER-COND-018" RULE, Recorded, Medium,
        "API:CopyObject; LS:test_upload_part_copy_with_copy_source_if_match_and_if_unmodified_since_match",
        "On the source, If-Match that holds beats If-Unmodified-Since, and If-None-Match that fails beats If-Modified-Since." {
        VER_COND_018 = "if-match-first", COPIES, else "If-Unmodified-Since refuses as well";
        VER_COND_018_NONE = "if-none-match-first", COPIES, else "If-Modified-Since that holds suffices";
    }
}

/// What is copied, and under which conditions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source {
    pub(crate) bucket: BucketName,
    pub(crate) key: Key,
    pub(crate) version: VersionRef,
    pub(crate) if_match: Etag,
    pub(crate) if_none_match: Etag,
    pub(crate) if_modified_since: SourceDate,
    pub(crate) if_unmodified_since: SourceDate,
}

/// The permission to read a source: one action, or its sibling with a version id (`VER-COPY-009`).
pub(crate) fn source_need(
    cx: &mut Cx<'_>,
    source: Source,
    (action, version_action): (FacetId, FacetId),
) -> Need {
    if source.version != VersionRef::Current && cx.decides(version_action) {
        Need::object(action, Action::GetObjectVersion, source.key)
    } else {
        Need::object(action, Action::GetObject, source.key)
    }
}

/// The version that a copy reads (`VER-COPY-001`, `VER-COPY-006` to `VER-COPY-008`).
pub(crate) fn source_version(cx: &mut Cx<'_>, source: Source) -> Result<Version, Refusal> {
    let found = cx.bucket(source.bucket)?;
    foreign_to_nothing(cx, found, source)?;
    let no_key = |facet| Refusal::new(Code::NoSuchKey, facet).with(Name::KeyElement, Value::Key(source.key));
    let version = match find_or(cx, found, source.key, source.version, VER_COPY_008)? {
        Found::NoKey => return Err(missing(cx, source.bucket, source.key, false)),
        Found::Gone if cx.law(VER_COPY_008_GONE) => {
            return Err(Refusal::new(Code::NoSuchVersion, VER_COPY_008_GONE));
        }
        Found::Gone => return Err(no_key(VER_COPY_008_GONE)),
        Found::Version(version) => version,
    };
    let not_allowed = |facet| Refusal::new(Code::MethodNotAllowed, facet);
    if version.is_marker() {
        return Err(match source.version {
            VersionRef::Current if cx.law(VER_COPY_006) => {
                hide_marker(cx, source.bucket, no_key(VER_COPY_006))
            }
            VersionRef::Current => not_allowed(VER_COPY_006),
            VersionRef::Named(_)
            | VersionRef::Made(_)
            | VersionRef::Malformed
            | VersionRef::Empty
            | VersionRef::Foreign(..) => match cx.choose(VER_COPY_007, 2) {
                0 => Refusal::new(Code::InvalidRequest, VER_COPY_007).saying(
                    "The source of a copy request may not specifically refer to a delete marker by version id.",
                ),
                _ => not_allowed(VER_COPY_007),
            },
        });
    }
    match found.current(source.key) {
        Some(current)
            if current.name != version.name && !current.is_marker() && !cx.decides(VER_COPY_001) =>
        {
            Ok(*current)
        }
        Some(_) | None => Ok(*version),
    }
}

/// The id of another key's version as the source of a copy, where the source's key has no version (`VER-COPY-011`).
fn foreign_to_nothing(cx: &mut Cx<'_>, found: &Bucket, source: Source) -> Result<(), Refusal> {
    let foreign = matches!(source.version, VersionRef::Foreign(..));
    if !foreign || cx.route != CopyObject || !found.versions(source.key).is_empty() {
        return Ok(());
    }
    let unversioned = found.versioning == Versioning::Unversioned;
    if unversioned && cx.choose(VER_COPY_011_UNVERSIONED, 2) == 0 {
        return Err(Refusal::new(Code::InvalidArgument, VER_COPY_011_UNVERSIONED));
    }
    if cx.law(VER_COPY_011) {
        return Err(Refusal::new(Code::NoSuchVersion, VER_COPY_011));
    }
    Err(Refusal::new(Code::InvalidArgument, VER_COPY_011))
}

/// Refuses a copy whose source conditions do not hold (`VER-COND-017`, `VER-COND-018`).
pub(crate) fn source_holds(cx: &mut Cx<'_>, source: Source, version: &Version) -> Result<(), Refusal> {
    let odd = |etag| etag == Etag::Odd;
    if (odd(source.if_match) || odd(source.if_none_match)) && cx.choose(VER_COND_017_LIST, 2) == 1 {
        return Err(Refusal::new(Code::NotImplemented, VER_COND_017_LIST));
    }
    let refuse = |cx: &mut Cx<'_>, facet, condition| cx.refuse(facet, |facet| failed(facet, condition));
    let matching = source.if_match != Etag::Unconditional;
    if matching && !matches(cx, version, source.if_match, AskedBy::Other) {
        refuse(cx, VER_COND_017, "x-amz-copy-source-If-Match")?;
    }
    let modified = source.if_unmodified_since == SourceDate::Before;
    if modified && !(matching && cx.decides(VER_COND_018)) {
        refuse(
            cx,
            VER_COND_017_UNMODIFIED,
            "x-amz-copy-source-If-Unmodified-Since",
        )?;
    }
    let unmodified = source.if_modified_since == SourceDate::After;
    if source.if_none_match != Etag::Unconditional
        && matches(cx, version, source.if_none_match, AskedBy::Other)
    {
        let other_holds = source.if_modified_since == SourceDate::Before;
        if !other_holds || cx.law(VER_COND_018_NONE) {
            refuse(cx, VER_COND_017_NONE, "x-amz-copy-source-If-None-Match")?;
        }
    }
    if unmodified {
        refuse(cx, VER_COND_017_MODIFIED, "x-amz-copy-source-If-Modified-Since")?;
    }
    Ok(())
}

/// Shows the source's version id (`VER-COPY-005`, `VER-COPY-010`).
pub(crate) fn show_source(cx: &mut Cx<'_>, reply: &mut Reply, source: Source, version: &Version) {
    let (real, null) = if cx.route == CopyObject {
        (VER_COPY_005, Some(VER_COPY_005_NULL))
    } else {
        (VER_COPY_010, None)
    };
    if is_real(version.name) {
        let id = Value::Version(source.bucket, source.key, version.name);
        cx.require(reply, real, Name::CopySourceVersionId, id);
    } else if let Some(null) = null {
        cx.forbid(reply, null, Name::CopySourceVersionId, Value::Text("null"));
    }
}

/// How a copy is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target {
    pub(crate) bucket: BucketName,
    pub(crate) key: Key,
    pub(crate) directive: Directive,
    pub(crate) lock: (LockMode, Date, Hold),
    pub(crate) acl: CannedAcl,
    pub(crate) conditions: Conditions,
}

/// CopyObject.
pub(crate) fn object(cx: &mut Cx<'_>, source: Source, target: Target) -> Ruling {
    let found = cx.bucket(target.bucket)?;
    cx.bucket(source.bucket)?;
    never_anonymous(cx, Asked::Copying)?;
    let read = source_need(cx, source, (EVAL_OP_032_SOURCE, EVAL_OP_032_SOURCE_VERSION));
    let facets = (EVAL_OP_032_RETENTION, EVAL_OP_032_HOLD);
    let mut write = needs(cx, target.key, facets, target.lock, target.conditions);
    if default_needs_permission(cx, found, (target.lock.0, target.lock.1)) {
        write.push(Need::object(
            EVAL_OP_032_RETENTION,
            Action::PutObjectRetention,
            target.key,
        ));
    }
    write.extend(acl_need(cx, EVAL_OP_032_ACL, target.acl, target.key));
    authorize_both(cx, (source.bucket, read), (target.bucket, &write))?;
    acl_of_write(cx, target.bucket, target.acl)?;
    condition::understood(cx, target.conditions)?;
    let headers = faultless(cx, found, target.lock);
    let read = readable(cx, source, target, found.versioning);
    let version = match (read, headers) {
        (Ok(version), Ok(())) => version,
        (Ok(_), Err(headers)) => return Err(headers),
        (Err(_), Err(headers)) if cx.choose(LOCK_HDR_008_SOURCE, 2) == 0 => return Err(headers),
        (Err(unread), _) => return Err(unread),
    };
    let protection = protection_of_copy(cx, found, target.lock, &version)?;
    let place = (target.bucket, target.key);
    let versions = found.versions(target.key);
    condition::hold(cx, place, versions, target.conditions)?;
    write_allowed(cx, found, target.key)?;
    let Some(content) = version.content else {
        // No source is a delete marker (VER-COPY-006, VER-COPY-007).
        return Err(not_modelled());
    };
    let object = Object {
        content,
        multipart: None,
        tags: version.tags,
        protection,
    };
    let Stored { mut reply, next, .. } = store(cx, place, found.versioning, object, Place::Current);
    show_source(cx, &mut reply, source, &version);
    Ok((reply, Some(next)))
}

/// The version that a copy reads, if it may be copied as it is asked for.
fn readable(
    cx: &mut Cx<'_>,
    source: Source,
    target: Target,
    versioning: Versioning,
) -> Result<Version, Refusal> {
    let source = meant(cx, source)?;
    let version = source_version(cx, source)?;
    if !version.tags.is_empty() {
        copies_tags(cx, source, target)?;
    }
    in_place(cx, source, target, versioning)?;
    source_holds(cx, source, &version)?;
    Ok(version)
}

/// A source whose empty version id stands for none (`VER-ID-008`).
pub(crate) fn meant(cx: &mut Cx<'_>, source: Source) -> Result<Source, Refusal> {
    if source.version != VersionRef::Empty {
        return Ok(source);
    }
    empty(cx)?;
    Ok(Source {
        version: VersionRef::Current,
        ..source
    })
}

/// Tags are copied with the permissions to read and to write them (`VER-COPY-009`).
fn copies_tags(cx: &mut Cx<'_>, source: Source, target: Target) -> Result<(), Refusal> {
    let versioned = source.version != VersionRef::Current;
    let read = if versioned && cx.decides(EVAL_OP_032_TAGS_VERSION) {
        Action::GetObjectVersionTagging
    } else {
        Action::GetObjectTagging
    };
    let read = Need::object(EVAL_OP_032_TAGS, read, source.key);
    cx.authorize(source.bucket, &[read])?;
    let write = Need::object(EVAL_OP_032_PUT_TAGS, Action::PutObjectTagging, target.key);
    cx.authorize(target.bucket, &[write])
}

/// The permission to read the source and to write the target; which is reported missing of both is open.
pub(crate) fn authorize_both(
    cx: &mut Cx<'_>,
    (source, read): (BucketName, Need),
    (target, write): (BucketName, &[Need]),
) -> Result<(), Refusal> {
    match cx.authorize(target, write) {
        Ok(()) => cx.authorize(source, &[read]),
        Err(unwritten) => match cx.authorize(source, &[read]) {
            Err(unread) if is_later_reported(cx) => Err(unread),
            Err(_) | Ok(()) => Err(unwritten),
        },
    }
}

/// A copy of an object to itself must change something or name a version (`VER-COPY-003`, `VER-COPY-004`).
fn in_place(cx: &mut Cx<'_>, source: Source, target: Target, versioning: Versioning) -> Result<(), Refusal> {
    let same = source.bucket == target.bucket && source.key == target.key;
    let case = InPlace {
        unchanged: same && target.directive != Directive::Replace,
        names_version: source.version != VersionRef::Current,
        versioning,
    };
    match case.ruled(cx) {
        (Copied::Illegal, Some(by)) => Err(Refusal::new(Code::InvalidRequest, by).saying(
            "This copy request is illegal because it is trying to copy an object to itself without changing the \
             object's metadata, storage class, website redirect location or encryption attributes.",
        )),
        (Copied::Done | Copied::Illegal, _) => Ok(()),
    }
}

words! {
    /// Whether an object may be copied to itself.
    enum Copied {
        /// It is copied.
        Done,
        /// It is refused with 400 InvalidRequest.
        Illegal,
    }
}

table! {
    /// Whether an object may be copied to itself.
    InPlace {
        /// The copy is to the source itself and replaces nothing of it.
        unchanged: bool,
        /// The source names a version.
        names_version: bool,
        /// The versioning state of the bucket.
        versioning: Versioning,
    } => Copied;

    VER_COPY_003                if unchanged && !names_version                                  => Illegal;
    VER_COPY_004_UNVERSIONED    if unchanged && names_version && versioning == Unversioned      => Illegal, or passes;
    VER_COPY_004                if unchanged && names_version && versioning != Unversioned      => passes,  else Illegal;
    _                                                                                           => Done;
}

/// The table of this chapter.
pub(crate) fn tables() -> Vec<Printed> {
    vec![printed::<InPlace>()]
}
