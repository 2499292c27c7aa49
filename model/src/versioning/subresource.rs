//! What belongs to one version beside its bytes: tags, ACL and attributes (`VER-GET-009` to `VER-GET-012`,
//! `VER-PUT-010`).

use smallvec::SmallVec;

use crate::access::missing::hide_marker;
use crate::access::ownership::{self, EVAL_OWN_003_ORDER};
use crate::access::{EVAL_OP_030_ATTRIBUTES, EVAL_OP_030_VERSION, Need};
use crate::action::Action;
use crate::argument::{BucketName, CannedAcl, Key, Tags, VersionRef};
use crate::cx::{Cx, Ruling, not_modelled};
use crate::lock::delete::{acl_allowed, tags_allowed};
use crate::reply::{Code, Entry, Field, Fields, Name, Refusal, Reply, ReplyBody, Value};
use crate::request::Route::*;
use crate::state::{Ownership, State, Version, Versioning};
use crate::versioning::id::{Found, find, missing};
use crate::versioning::read::{
    VER_GET_009, VER_GET_009_NAMED, VER_GET_010, VER_GET_011, VER_GET_012, VER_GET_012_NAMED, VER_GET_017,
    VER_GET_017_REMOVES, VER_GET_017_STORED, show_attributes,
};
use crate::versioning::write::{VER_PUT_010, VER_PUT_010_LOCK, VER_PUT_010_NONE};
use crate::versioning::{mint, push};
use crate::words::FacetId;

/// What an operation on a version is about.
type Target = (BucketName, Key, VersionRef);

/// The refusal of an operation on a delete marker.
fn not_allowed(facet: FacetId) -> Refusal {
    Refusal::new(Code::MethodNotAllowed, facet).with(Name::ResourceType, Value::Text("DeleteMarker"))
}

/// The refusal that hides a delete marker.
fn hidden(facet: FacetId, key: Key) -> Refusal {
    Refusal::new(Code::NoSuchKey, facet).with(Name::KeyElement, Value::Key(key))
}

/// The object that a request is about; `marker` refuses a delete marker.
fn object<'s>(
    cx: &mut Cx<'s>,
    (name, key, reference): Target,
    marker: impl FnOnce(&mut Cx<'s>) -> Refusal,
) -> Result<&'s Version, Refusal> {
    let found = cx.bucket(name)?;
    match find(cx, found, key, reference)? {
        Found::NoKey => Err(missing(cx, name, key, false)),
        Found::Gone => Err(missing(cx, name, key, true)),
        Found::Version(version) if version.is_marker() => Err(marker(cx)),
        Found::Version(version) => Ok(version),
    }
}

/// The refusal of a marker by operations that hide a current one and refuse a named one.
fn marker(
    cx: &mut Cx<'_>,
    (name, key, reference): Target,
    (current_facet, named_facet): (FacetId, FacetId),
) -> Refusal {
    match !reference.means_current() {
        false if cx.law(current_facet) => hide_marker(cx, name, hidden(current_facet, key)),
        false => not_allowed(current_facet),
        true if cx.law(named_facet) => not_allowed(named_facet),
        true => hidden(named_facet, key),
    }
}

/// GetObjectAcl.
pub(crate) fn get_acl(cx: &mut Cx<'_>, target: Target) -> Ruling {
    let (name, key, _) = target;
    cx.bucket(name)?;
    let need = cx.needed(Some(key));
    cx.authorize(name, need.as_slice())?;
    object(cx, target, |cx| {
        marker(cx, target, (VER_GET_009, VER_GET_009_NAMED))
    })?;
    let mut reply = Reply::success(200);
    let found = cx.bucket(name)?;
    reply.body = ownership::grants(cx, found);
    Ok((reply, None))
}

/// PutObjectAcl with a canned ACL.
///
/// Whether a missing version or an ACL that the bucket does not allow is reported is open (`EVAL-OWN-003`).
pub(crate) fn put_acl(cx: &mut Cx<'_>, target: Target, acl: CannedAcl) -> Ruling {
    let (name, key, _) = target;
    let found = cx.bucket(name)?;
    let need = cx.needed(Some(key));
    cx.authorize(name, need.as_slice())?;
    let version = object(cx, target, |cx| {
        if cx.law(VER_GET_010) {
            not_allowed(VER_GET_010)
        } else {
            hidden(VER_GET_010, key)
        }
    });
    let version = match (version, ownership::acl_refused(cx, found, acl)) {
        (Ok(version), None) => version,
        (Ok(_), Some(refused)) => return Err(refused),
        (Err(missing), None) => return Err(missing),
        (Err(missing), Some(refused)) => {
            let first = cx.choose(EVAL_OWN_003_ORDER, 2) == 1;
            return Err(if first { refused } else { missing });
        }
    };
    acl_allowed(cx, version)?;
    match acl {
        // What a grant to everybody grants, and a request without an ACL, are not ruled on yet.
        CannedAcl::Absent | CannedAcl::PublicRead if found.ownership != Ownership::BucketOwnerEnforced => {
            Err(not_modelled())
        }
        CannedAcl::Absent
        | CannedAcl::PublicRead
        | CannedAcl::Private
        | CannedAcl::BucketOwnerFullControl => Ok((Reply::success(200), None)),
    }
}

/// GetObjectAttributes, asked for the size.
pub(crate) fn get_attributes(cx: &mut Cx<'_>, target: Target) -> Ruling {
    let (name, key, reference) = target;
    cx.bucket(name)?;
    let mut needs: SmallVec<[Need; 2]> = cx.needed(Some(key)).into_iter().collect();
    let attributes = if reference != VersionRef::Current && cx.decides(EVAL_OP_030_VERSION) {
        Action::GetObjectVersionAttributes
    } else {
        Action::GetObjectAttributes
    };
    needs.push(Need::object(EVAL_OP_030_ATTRIBUTES, attributes, key));
    cx.authorize(name, &needs)?;
    let version = object(cx, target, |cx| {
        marker(cx, target, (VER_GET_012, VER_GET_012_NAMED))
    })?;
    let mut reply = Reply::success(200);
    if let Some(content) = version.content {
        show_attributes(cx, &mut reply, (content, version.multipart.is_some()));
    }
    Ok((reply, None))
}

/// GetObjectTagging, PutObjectTagging and DeleteObjectTagging (no tags to put).
pub(crate) fn tagging(cx: &mut Cx<'_>, target: Target, tags: Option<Tags>) -> Ruling {
    let (name, key, _) = target;
    cx.bucket(name)?;
    let need = cx.needed(Some(key));
    cx.authorize(name, need.as_slice())?;
    let version = *object(cx, target, |cx| {
        if cx.law(VER_GET_011) {
            not_allowed(VER_GET_011)
        } else {
            hidden(VER_GET_011, key)
        }
    })?;
    match tags {
        None => Ok((shown(version.tags), None)),
        Some(tags) => {
            tags_allowed(cx, &version)?;
            Ok(put_tags(cx, (name, key), version, tags))
        }
    }
}

/// The document of a tag set.
fn shown(tags: Tags) -> Reply {
    let entry = |(key, tag)| {
        let field = |(name, value)| Field {
            name,
            value,
            by: VER_PUT_010,
        };
        let fields = [
            (Name::KeyElement, Value::Text(key)),
            (Name::TagValue, Value::Token(tag)),
        ];
        let fields = fields.into_iter().map(field).collect::<Fields>();
        Entry {
            element: "Tag",
            fields,
            by: VER_PUT_010,
        }
    };
    let mut reply = Reply::success(200);
    reply.body = ReplyBody::Entries {
        ordered: false,
        entries: tags.pairs().map(entry).collect(),
    };
    reply
}

/// What the tags of a version become (`VER-GET-017`).
fn become_tags(cx: &mut Cx<'_>, old: Tags, new: Tags) -> Tags {
    let deletes = cx.route == DeleteObjectTagging || cx.route == DeleteObjectTaggingVersion;
    let stored = if deletes {
        VER_GET_017_REMOVES
    } else {
        VER_GET_017_STORED
    };
    if old != new && !cx.decides(stored) {
        return old;
    }
    let merged = Tags {
        tag: new.tag.or(old.tag),
        more: new.more.or(old.more),
    };
    if !deletes && merged != new && !cx.decides(VER_GET_017) {
        return merged;
    }
    new
}

/// Tags are those of one version, and putting them makes none (`VER-PUT-010`).
fn put_tags(
    cx: &mut Cx<'_>,
    (name, key): (BucketName, Key),
    version: Version,
    tags: Tags,
) -> (Reply, Option<State>) {
    let deletes = cx.route == DeleteObjectTagging || cx.route == DeleteObjectTaggingVersion;
    let reply = Reply::success(if deletes { 204 } else { 200 });
    let mut next = cx.state.clone();
    let Some(bucket) = next.buckets.get_mut(&name) else {
        return (reply, None);
    };
    let tags = become_tags(cx, version.tags, tags);
    let others = bucket.versions(key).len() > 1;
    if others && !cx.decides(VER_PUT_010) {
        bucket.keys.update(key, |versions| {
            for version in versions.iter_mut().filter(|version| !version.is_marker()) {
                version.tags = tags;
            }
        });
        return (reply, Some(next));
    }
    let current = cx.route == PutObjectTagging || cx.route == DeleteObjectTagging;
    if current && bucket.versioning == Versioning::Enabled && !cx.decides(VER_PUT_010_NONE) {
        let made = mint(&mut next, name, key);
        let version = Version {
            name: made,
            tags,
            ..version
        };
        if let Some(bucket) = next.buckets.get_mut(&name) {
            push(bucket, key, version);
        }
        return (reply, Some(next));
    }
    let has_lock_state = version.retention.is_some() || version.hold.is_some();
    let loses_it = has_lock_state && !cx.decides(VER_PUT_010_LOCK);
    if let Some(version) = bucket.version_mut(key, version.name) {
        version.tags = tags;
        if loses_it {
            version.retention = None;
            version.hold = None;
        }
    }
    (reply, Some(next))
}
