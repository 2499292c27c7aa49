//! GetObject and HeadObject: which decisions they take in which order, and what they show.

use crate::access::missing::{hide_marker, unread};
use crate::access::ownership::owned_here;
use crate::argument::{BucketName, Key, VersionName, VersionRef};
use crate::cx::{Cx, Ruling, is_real};
use crate::lock::write::show_protection;
use crate::reply::{Code, Name, Refusal, Reply, ReplyBody, Value};
use crate::request::Route::*;
use crate::state::{Bucket, Version, Versioning};
use crate::table::fields;
use crate::versioning::found::{Answer, Asked, Read, on_marker, reads};
use crate::versioning::id::{Found, VER_ID_006_NO_MARKER, find, missing, resolve_version};
use crate::versioning::read::{
    VER_GET_002, VER_GET_002_UNVERSIONED, VER_GET_003, VER_GET_003_ID, VER_GET_003_MARKER, VER_GET_004_ALLOW,
    VER_GET_004_MARKER, VER_GET_004_MODIFIED, VER_GET_005, VER_GET_006, VER_GET_016, VER_GET_016_SIZE,
    show_etag, size,
};
use crate::versioning::write::VER_PUT_012;
use crate::words::FacetId;

/// GetObject and HeadObject.
pub(crate) fn object(cx: &mut Cx<'_>, name: BucketName, key: Key, reference: VersionRef) -> Ruling {
    let found = cx.bucket(name)?;
    let need = cx.needed(Some(key));
    if let Err(refusal) = cx.authorize(name, need.as_slice()) {
        let nothing = reference == VersionRef::Current && found.versions(key).is_empty();
        return Err(if nothing {
            unread(cx, name, refusal, |cx| missing(cx, name, key, false))
        } else {
            refusal
        });
    }
    let (name, key, reference) = resolve_version(cx, (name, key, reference))?;
    let found = if reference == VersionRef::Current {
        found
    } else {
        cx.bucket(name)?
    };
    let version = match find(cx, found, key, reference)? {
        Found::NoKey | Found::Gone => return Err(not_there(cx, name, key, reference)),
        Found::Version(version) => version,
    };
    if version.is_marker() {
        return marker(cx, found, (name, key, reference), version.name);
    }
    // Which version a HEAD reads shows as that of a GET does, and is told there.
    let read = if cx.route == GetObjectVersion {
        Read::Getting
    } else {
        Read::Other
    };
    let shown = reads(cx, read, found.current(key), version);
    shown_object(cx, name, key, shown)
}

/// The refusal of a key or a version that is not there, which has no headers of markers.
fn not_there(cx: &mut Cx<'_>, name: BucketName, key: Key, reference: VersionRef) -> Refusal {
    let gone = reference != VersionRef::Current;
    let mut refusal = missing(cx, name, key, gone);
    fields! { cx, &mut refusal;
        VER_GET_006             if !gone    => forbid DeleteMarker, Value::Text("true");
        VER_ID_006_NO_MARKER    if gone     => forbid DeleteMarker, Value::Text("true");
    }
    refusal
}

/// A read of a delete marker.
fn marker(
    cx: &mut Cx<'_>,
    found: &Bucket,
    (name, key, reference): (BucketName, Key, VersionRef),
    marker: VersionName,
) -> Ruling {
    let id = Value::Version(name, key, marker);
    let (answer, by) = on_marker(cx, Asked::Object, reference);
    match answer {
        Answer::Below => {
            let mut newest_first = found.versions(key).iter().rev();
            match newest_first.find(|version| !version.is_marker()) {
                Some(below) => shown_object(cx, name, key, below),
                None => Err(missing(cx, name, key, false)),
            }
        }
        Answer::Hidden => Err(current_marker(cx, Code::NoSuchKey, (name, id))),
        Answer::HiddenNotAllowed => Err(current_marker(cx, Code::MethodNotAllowed, (name, id))),
        Answer::NotAllowed => Err(named_marker(cx, by, id)),
        Answer::NoSuchKey | Answer::InvalidRequest => Err(Refusal::new(Code::NoSuchKey, by)),
    }
}

/// The refusal of a current marker, or what hides it (`VER-GET-003`).
fn current_marker(cx: &mut Cx<'_>, code: Code, (name, id): (BucketName, Value)) -> Refusal {
    let mut refusal = hide_marker(cx, name, Refusal::new(code, VER_GET_003));
    let is_told = refusal.by == VER_GET_003;
    fields! { cx, &mut refusal;
        VER_GET_003_MARKER  if is_told  => require DeleteMarker, Value::Text("true");
        VER_GET_003_ID      if is_told  => require VersionId, id;
    }
    refusal
}

/// The refusal of a marker that is named (`VER-GET-004`).
fn named_marker(cx: &mut Cx<'_>, by: FacetId, id: Value) -> Refusal {
    let mut refusal = Refusal::new(Code::MethodNotAllowed, by)
        .saying("The specified method is not allowed against this resource.")
        .with(Name::ResourceType, Value::Text("DeleteMarker"))
        .with(Name::VersionId, id);
    fields! { cx, &mut refusal;
        VER_GET_004_MARKER      => require DeleteMarker, Value::Text("true");
        VER_GET_004_ALLOW       => require Allow, Value::Text("DELETE");
        VER_GET_004_MODIFIED    => require LastModified, Value::Something;
    }
    refusal
}

/// The reply that shows a version.
fn shown_object(cx: &mut Cx<'_>, name: BucketName, key: Key, version: &Version) -> Ruling {
    owned_here(cx, (name, key, version.name))?;
    let mut reply = Reply::success(200);
    let bucket = cx.state.buckets.get(&name);
    let unversioned = bucket.is_some_and(|bucket| bucket.versioning == Versioning::Unversioned);
    debug_assert!(
        !unversioned || !is_real(version.name),
        "unversioned buckets hold null versions only"
    );
    let id = Value::Version(name, key, version.name);
    fields! { cx, &mut reply;
        VER_GET_002_UNVERSIONED     if unversioned      => forbid  VersionId, Value::Text("null");
        VER_GET_002                 if !unversioned     => require VersionId, id;
        VER_GET_005                                     => forbid  DeleteMarker, Value::Text("false");
    }
    if let Some(made) = version.multipart {
        reply.push(Name::LastModified, Value::HttpDate(made), VER_PUT_012);
    }
    show_protection(cx, &mut reply, (name, key), version)?;
    if let Some(content) = version.content {
        let made = (content, version.multipart.is_some());
        show_etag(cx, &mut reply, Name::EtagHeader, made, VER_GET_016);
        if cx.route.is_head() {
            fields! { cx, &mut reply;
                VER_GET_016_SIZE => states ContentLength, size(made);
            }
        } else {
            reply.body = ReplyBody::Content(content);
        }
    }
    Ok((reply, None))
}
