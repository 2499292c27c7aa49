//! Copying versions (`VER-COPY`), whole or as a part of a multipart upload.

use Versioning::Unversioned;

use crate::access::account::{Asked, never_anonymous};
use crate::access::missing::hide_marker;
use crate::access::ownership::acl_of_write;
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
use crate::lock::write::{LOCK_HDR_008_SOURCE, faultless, protection_of_copy};
use crate::reply::{Code, Name, Refusal, Reply, Value};
use crate::request::Route::{self, *};
use crate::request::routes_where;
use crate::state::{Bucket, Version, Versioning};
use crate::table::{Decision, Printed, Ruled, fields, printed, table, words};
use crate::versioning::condition::write::{self as condition, Conditions};
use crate::versioning::condition::{AskedBy, failed, matches};
use crate::versioning::found::{Answer, Asked as Wanted, Read, on_marker, reads};
use crate::versioning::id::{Found, empty, find, missing};
use crate::versioning::write::{Object, Place, Stored, needs, store};
use crate::words::{FacetId, RULE, clauses, consequence};

/// The routes that copy.
const COPIES: &[Route] = routes_where!(|route| route.row().takes("source_key"));

clauses! { Versioning, Copy;
    "VER-COPY-001" RULE, Documented, High, "API:CopyObject",
        "The copy source may name a version; without one the current version is copied." {
        VER_COPY_001 = "named", COPIES, else row;
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
        VER_COPY_005 = "real", &[CopyObject], else (omitted "x-amz-copy-source-version-id");
        VER_COPY_005_NULL = "null", &[CopyObject], else (sent "x-amz-copy-source-version-id: null");
    }
    "VER-COPY-006" RULE, Recorded, Medium, "LS:test_s3_copy_object_src_not_exists analogue; K(h)",
        "A source whose current version is a delete marker is 404 NoSuchKey with the source's key." {
        VER_COPY_006 = "marker", COPIES, else row;
    }
    "VER-COPY-007" RULE, Chosen, Medium, "K(m)", "A source version that is a delete marker is 400 InvalidRequest." {
        VER_COPY_007 = "named-marker", COPIES, choice ["400 InvalidRequest", "405 MethodNotAllowed"];
    }
    "VER-COPY-008" RULE, Reported, Medium, "VGW tests",
        "A malformed source version is 400 InvalidArgument; one that is gone is 404 NoSuchVersion." {
        VER_COPY_008 = "malformed", COPIES, else row;
        VER_COPY_008_GONE = "gone", COPIES, else row;
    }
    "VER-COPY-011" RULE, Recorded, Medium, "moto-aws (recorded)",
        "CopyObject of a key that does not exist, with the id of a version of another key, is 404 NoSuchVersion." {
        VER_COPY_011 = "foreign", &[CopyObject], else row;
        VER_COPY_011_UNVERSIONED = "unversioned", &[CopyObject],
            choice ["400 InvalidArgument where the source's bucket is not versioned", "404 NoSuchVersion there too"];
    }
    "VER-COPY-009" consequence(&["EVAL-OP-032", "EVAL-OP-035"]), Documented, Critical, "API:CopyObject",
        "Reading the source needs s3:GetObject, or s3:GetObjectVersion with a version id, and for tags their actions."
    "VER-COPY-010" RULE, Documented, Medium, "API:UploadPartCopy",
        "UploadPartCopy finds its source as CopyObject does and returns x-amz-copy-source-version-id." {
        VER_COPY_010 = "source-version-id", &[UploadPartCopy], else (omitted "x-amz-copy-source-version-id");
    }
    "VER-COND-017" RULE, Recorded, Medium,
        "LS:test_upload_part_copy_with_copy_source_if_match_failed, test_upload_part_copy_with_if_modified_since_failed; API:CopyObject",
        "Conditions on the source that fail are 412 PreconditionFailed and name themselves." {
        VER_COND_017 = "if-match", COPIES, else row;
        VER_COND_017_NONE = "if-none-match", COPIES, else row;
        VER_COND_017_MODIFIED = "if-modified-since", COPIES, else row;
        VER_COND_017_UNMODIFIED = "if-unmodified-since", COPIES, else row;
        VER_COND_017_LIST = "list", COPIES, choice ["a list of ETags matches none that is not in it", "501 NotImplemented"];
    }
    "VER-COND-018" RULE, Recorded, Medium,
        "API:CopyObject; LS:test_upload_part_copy_with_copy_source_if_match_and_if_unmodified_since_match",
        "On the source, If-Match that holds beats If-Unmodified-Since, and If-None-Match that fails beats If-Modified-Since." {
        VER_COND_018 = "if-match-first", COPIES, else row;
        VER_COND_018_NONE = "if-none-match-first", COPIES, else row;
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
    let version = match find(cx, found, source.key, source.version)? {
        Found::NoKey => return Err(missing(cx, source.bucket, source.key, false)),
        Found::Gone => return Err(gone(cx, source.key)),
        Found::Version(version) => version,
    };
    if version.is_marker() {
        let answer = on_marker(cx, Wanted::Source, source.version);
        return Err(marker(cx, source, answer));
    }
    Ok(*reads(cx, Read::Copying, found.current(source.key), version))
}

fn no_key(by: FacetId, key: Key) -> Refusal {
    Refusal::new(Code::NoSuchKey, by).with(Name::KeyElement, Value::Key(key))
}

/// The refusal of a source that is a delete marker (`VER-COPY-006`, `VER-COPY-007`).
fn marker(cx: &mut Cx<'_>, source: Source, (answer, by): (Answer, FacetId)) -> Refusal {
    match answer {
        Answer::Hidden => hide_marker(cx, source.bucket, no_key(by, source.key)),
        Answer::InvalidRequest => Refusal::new(Code::InvalidRequest, by).saying(
            "The source of a copy request may not specifically refer to a delete marker by version id.",
        ),
        Answer::NoSuchKey => no_key(by, source.key),
        Answer::NotAllowed | Answer::Below | Answer::HiddenNotAllowed => {
            Refusal::new(Code::MethodNotAllowed, by)
        }
    }
}

words! {
    /// How a source that is not there is refused.
    enum Unfound {
        /// It is 404 NoSuchVersion.
        NoSuchVersion,
        /// It is 404 NoSuchKey.
        NoSuchKey,
        /// It is 400 InvalidArgument.
        InvalidArgument,
        /// The source is looked up.
        LookedUp,
    }
}

table! {
    /// How a version of a source is refused that is not there.
    SourceNotThere {
        /// CopyObject names the id of a version of another key, and the key of the source has no version.
        foreign_to_nothing: bool,
        /// The bucket of the source is unversioned.
        unversioned: bool,
        /// The version was looked up, and is gone.
        gone: bool,
    } never {
        gone && foreign_to_nothing;
    } => Unfound, unnoted;

    VER_COPY_011_UNVERSIONED    if foreign_to_nothing && unversioned        => InvalidArgument, or passes;
    VER_COPY_011                if foreign_to_nothing                       => NoSuchVersion,   else InvalidArgument;
    VER_COPY_008_GONE           if gone                                     => NoSuchVersion,   else NoSuchKey;
    _                                                                       => LookedUp;
}

/// The refusal of a source's version that is gone (`VER-COPY-008`).
fn gone(cx: &mut Cx<'_>, key: Key) -> Refusal {
    let case = SourceNotThere {
        foreign_to_nothing: false,
        unversioned: false,
        gone: true,
    };
    match case.ruled(cx).0 {
        Unfound::NoSuchKey => no_key(VER_COPY_008_GONE, key),
        Unfound::NoSuchVersion | Unfound::InvalidArgument | Unfound::LookedUp => {
            Refusal::new(Code::NoSuchVersion, VER_COPY_008_GONE)
        }
    }
}

/// The id of another key's version as the source of a copy, where the source's key has no version (`VER-COPY-011`).
fn foreign_to_nothing(cx: &mut Cx<'_>, found: &Bucket, source: Source) -> Result<(), Refusal> {
    let foreign = matches!(source.version, VersionRef::Foreign(..));
    let case = SourceNotThere {
        foreign_to_nothing: foreign && cx.route == CopyObject && found.versions(source.key).is_empty(),
        unversioned: found.versioning == Unversioned,
        gone: false,
    };
    match case.ruled(cx) {
        (Unfound::InvalidArgument, Some(by)) => Err(Refusal::new(Code::InvalidArgument, by)),
        (Unfound::NoSuchVersion, Some(by)) => Err(Refusal::new(Code::NoSuchVersion, by)),
        (Unfound::NoSuchVersion | Unfound::NoSuchKey | Unfound::InvalidArgument | Unfound::LookedUp, _) => {
            Ok(())
        }
    }
}

words! {
    /// Whether the conditions on a source hold.
    enum Held {
        /// They hold.
        Holds,
        /// They are refused with 501 NotImplemented.
        NotImplemented,
        /// It is 412 PreconditionFailed for x-amz-copy-source-if-match.
        Match,
        /// It is 412 PreconditionFailed for x-amz-copy-source-if-unmodified-since.
        Unmodified,
        /// It is 412 PreconditionFailed for x-amz-copy-source-if-none-match.
        NoneMatch,
        /// It is 412 PreconditionFailed for x-amz-copy-source-if-modified-since.
        Modified,
    }
}

table! {
    /// Whether the conditions on a source are understood.
    SourceLists {
        /// One of them names a list of ETags.
        lists: bool,
    } => Held;

    VER_COND_017_LIST           if lists                                    => passes,          or NotImplemented;
    _                                                                       => Holds;
}

table! {
    /// Whether a source is what it has to be: If-Match and If-Unmodified-Since.
    SourceIs {
        /// If-Match is asked.
        asks_match: bool,
        /// It names another ETag than that of the source.
        match_fails: bool,
        /// If-Unmodified-Since is asked, and the source was made since.
        modified: bool,
    } never {
        match_fails && !asks_match;
    } => Held;

    VER_COND_017                if match_fails                              => Match;
    VER_COND_018                if modified && asks_match                  => passes,          else Unmodified;
    VER_COND_017_UNMODIFIED     if modified && !asks_match                 => Unmodified;
    _                                                                       => Holds;
}

table! {
    /// Whether a source is another than the caller has: If-None-Match and If-Modified-Since.
    SourceDiffers {
        /// If-None-Match is asked, and the source has the ETag.
        none_match_fails: bool,
        /// If-Modified-Since is asked, and the source was made before.
        unmodified: bool,
        /// If-Modified-Since is asked, and the source was made since.
        modified: bool,
    } never {
        unmodified && modified;
    } => Held, unnoted;

    VER_COND_018_NONE           if none_match_fails && modified             => passes,          else Holds;
    VER_COND_017_NONE           if none_match_fails                         => NoneMatch;
    VER_COND_017_MODIFIED       if unmodified                               => Modified;
    _                                                                       => Holds;
}

/// Refuses a copy whose source conditions do not hold (`VER-COND-017`, `VER-COND-018`).
pub(crate) fn source_holds(cx: &mut Cx<'_>, source: Source, version: &Version) -> Result<(), Refusal> {
    let lists = source.if_match == Etag::List || source.if_none_match == Etag::List;
    refused(SourceLists { lists }.ruled(cx))?;
    let asks_match = source.if_match != Etag::Unconditional;
    let is = SourceIs {
        asks_match,
        match_fails: asks_match && !matches(cx, version, source.if_match, AskedBy::Other),
        modified: source.if_unmodified_since == SourceDate::Before,
    };
    refused(is.ruled(cx))?;
    let asks_none_match = source.if_none_match != Etag::Unconditional;
    let differs = SourceDiffers {
        none_match_fails: asks_none_match && matches(cx, version, source.if_none_match, AskedBy::Other),
        unmodified: source.if_modified_since == SourceDate::After,
        modified: source.if_modified_since == SourceDate::Before,
    };
    refused(differs.ruled(cx))
}

/// How conditions on a source are refused.
fn refused((held, by): Ruled<Held>) -> Result<(), Refusal> {
    let Some(by) = by else {
        return Ok(());
    };
    match held {
        Held::Holds => Ok(()),
        Held::NotImplemented => Err(Refusal::new(Code::NotImplemented, by)),
        Held::Match => Err(failed(by, "x-amz-copy-source-If-Match")),
        Held::NoneMatch => Err(failed(by, "x-amz-copy-source-If-None-Match")),
        Held::Modified => Err(failed(by, "x-amz-copy-source-If-Modified-Since")),
        Held::Unmodified => {
            let by = VER_COND_017_UNMODIFIED;
            Err(failed(by, "x-amz-copy-source-If-Unmodified-Since"))
        }
    }
}

/// Shows the source's version id (`VER-COPY-005`, `VER-COPY-010`).
pub(crate) fn show_source(cx: &mut Cx<'_>, reply: &mut Reply, source: Source, version: &Version) {
    let (whole, real) = (cx.route == CopyObject, is_real(version.name));
    let id = Value::Version(source.bucket, source.key, version.name);
    fields! { cx, reply;
        VER_COPY_005        if whole && real    => require CopySourceVersionId, id;
        VER_COPY_010        if !whole && real   => require CopySourceVersionId, id;
        VER_COPY_005_NULL   if whole && !real   => forbid  CopySourceVersionId, Value::Text("null");
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
    let facets = [EVAL_OP_032_RETENTION, EVAL_OP_032_HOLD, EVAL_OP_032_ACL];
    let Target { key, lock, acl, .. } = target;
    let write = needs(cx, (found, key), facets, lock, target.conditions, acl);
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
    let source = resolve_source(cx, source)?;
    let version = source_version(cx, source)?;
    if !version.tags.is_empty() {
        copies_tags(cx, source, target)?;
    }
    in_place(cx, source, target, versioning)?;
    source_holds(cx, source, &version)?;
    Ok(version)
}

/// A source whose empty version id stands for none (`VER-ID-008`).
pub(crate) fn resolve_source(cx: &mut Cx<'_>, source: Source) -> Result<Source, Refusal> {
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

/// The tables of this chapter, in the order in which they are read.
pub(crate) fn tables() -> Vec<Printed> {
    vec![
        printed::<SourceNotThere>(),
        printed::<InPlace>(),
        printed::<SourceLists>(),
        printed::<SourceIs>(),
        printed::<SourceDiffers>(),
    ]
}
