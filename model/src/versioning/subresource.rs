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
use crate::request::Route::{self, *};
use crate::state::{Bucket, Ownership, State, Version, Versioning};
use crate::table::{Decision, Printed, effects, printed, table, words};
use crate::versioning::found::{Answer, Asked, on_marker};
use crate::versioning::id::{Found, find, missing};
use crate::versioning::read::{VER_GET_017, VER_GET_017_REMOVES, VER_GET_017_STORED, show_attributes};
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

/// The object that a request is about.
fn object<'s>(cx: &mut Cx<'s>, (name, key, reference): Target, asked: Asked) -> Result<&'s Version, Refusal> {
    let found = cx.bucket(name)?;
    match find(cx, found, key, reference)? {
        Found::NoKey => Err(missing(cx, name, key, false)),
        Found::Gone => Err(missing(cx, name, key, true)),
        Found::Version(version) if version.is_marker() => {
            let answer = on_marker(cx, asked, reference);
            Err(marker(cx, (name, key), answer))
        }
        Found::Version(version) => Ok(version),
    }
}

/// The refusal of a delete marker.
fn marker(cx: &mut Cx<'_>, (name, key): (BucketName, Key), (answer, by): (Answer, FacetId)) -> Refusal {
    match answer {
        Answer::Hidden => hide_marker(cx, name, hidden(by, key)),
        Answer::NoSuchKey => hidden(by, key),
        Answer::NotAllowed | Answer::Below | Answer::HiddenNotAllowed | Answer::InvalidRequest => {
            not_allowed(by)
        }
    }
}

/// GetObjectAcl.
pub(crate) fn get_acl(cx: &mut Cx<'_>, target: Target) -> Ruling {
    let (name, key, _) = target;
    cx.bucket(name)?;
    let need = cx.needed(Some(key));
    cx.authorize(name, need.as_slice())?;
    object(cx, target, Asked::Acl)?;
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
    let version = object(cx, target, Asked::NewAcl);
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
    let version = object(cx, target, Asked::Attributes)?;
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
    let version = *object(cx, target, Asked::Tags)?;
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

words! {
    /// What the tags of a version become.
    enum Become {
        /// Those of the request.
        New,
        /// The tags stay as they were.
        Old,
        /// Tags that the request does not name stay.
        Merged,
    }
}

table! {
    /// What the tags of a version become.
    Tagging {
        /// The request deletes them; otherwise it puts some.
        deletes: bool,
        /// The version has others than those of the request.
        differ: bool,
        /// It has a tag that the request does not name.
        unnamed: bool,
    } never {
        unnamed && !differ;
    } => Become;

    VER_GET_017_REMOVES     if deletes && differ            => passes,  else Old;
    VER_GET_017_STORED      if !deletes && differ           => passes,  else Old;
    VER_GET_017             if !deletes && unnamed          => New,     else Merged;
    _                                                       => New;
}

/// The tables of this file, in the order in which they are read.
pub(crate) fn tables() -> Vec<Printed> {
    vec![printed::<Tagging>(), printed::<Belonging>()]
}

/// What the tags of a version become (`VER-GET-017`).
fn become_tags(cx: &mut Cx<'_>, old: Tags, new: Tags) -> Tags {
    let merged = Tags {
        tag: new.tag.or(old.tag),
        more: new.more.or(old.more),
    };
    let case = Tagging {
        deletes: deletes_tags(cx.route),
        differ: old != new,
        unnamed: merged != new,
    };
    match case.ruled(cx).0 {
        Become::New => new,
        Become::Old => old,
        Become::Merged => merged,
    }
}

fn deletes_tags(route: Route) -> bool {
    route == DeleteObjectTagging || route == DeleteObjectTaggingVersion
}

words! {
    /// Which versions get tags.
    enum Tagged {
        /// The version that the request is about gets them.
        One,
        /// The tags of all versions of the key change.
        All,
        /// A copy of the version is made with them.
        Fresh,
    }
}

table! {
    /// Which versions the tags of a request are for.
    Belonging {
        /// The key has other versions.
        others: bool,
        /// No version is named, and versioning is enabled.
        unnamed: bool,
    } => Tagged;

    VER_PUT_010             if others                       => passes,  else All;
    VER_PUT_010_NONE        if unnamed                      => One,     else Fresh;
    _                                                       => One;
}

/// Tags are those of one version, and putting them makes none (`VER-PUT-010`).
fn put_tags(
    cx: &mut Cx<'_>,
    (name, key): (BucketName, Key),
    version: Version,
    tags: Tags,
) -> (Reply, Option<State>) {
    let reply = Reply::success(if deletes_tags(cx.route) { 204 } else { 200 });
    let mut next = cx.state.clone();
    let Some(bucket) = next.buckets.get_mut(&name) else {
        return (reply, None);
    };
    let tags = become_tags(cx, version.tags, tags);
    let unnamed = cx.route == PutObjectTagging || cx.route == DeleteObjectTagging;
    let case = Belonging {
        others: bucket.versions(key).len() > 1,
        unnamed: unnamed && bucket.versioning == Versioning::Enabled,
    };
    match case.ruled(cx).0 {
        Tagged::One => tag_one(cx, bucket, key, Version { tags, ..version }),
        Tagged::All => bucket.keys.update(key, |versions| {
            for version in versions.iter_mut().filter(|version| !version.is_marker()) {
                version.tags = tags;
            }
        }),
        Tagged::Fresh => {
            let name_of_copy = mint(&mut next, name, key);
            if let Some(bucket) = next.buckets.get_mut(&name) {
                let copy = Version {
                    name: name_of_copy,
                    tags,
                    ..version
                };
                push(bucket, key, copy);
            }
        }
    }
    (reply, Some(next))
}

/// Stores a version with its new tags.
fn tag_one(cx: &mut Cx<'_>, bucket: &mut Bucket, key: Key, mut tagged: Version) {
    let has_lock_state = tagged.retention.is_some() || tagged.hold.is_some();
    effects! { cx;
        VER_PUT_010_LOCK    if has_lock_state   => never (tagged.retention, tagged.hold) = (None, None);
    }
    if let Some(version) = bucket.version_mut(key, tagged.name) {
        *version = tagged;
    }
}
