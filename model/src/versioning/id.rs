//! Version identifiers, and how a request finds a version by one (`VER-ID`).

use crate::access::missing::{hide_gone, hide_missing};
use crate::argument::{BucketName, Key, VersionName, VersionRef};
use crate::clause::{Kind, RULE, clauses, definition, planned};
use crate::cx::Cx;
use crate::reply::{Code, Name, Refusal, Value};
use crate::request::Caller;
use crate::request::Route::*;
use crate::state::{Bucket, State, Version, Versioning};
use crate::versioning::read::VER_GET_006;

clauses! { Versioning, 8;
    "VER-ID-003" definition("introduces the null version; VER-PUT-003 and VER-DEL-006 rule on it"), Recorded, High,
        "UG:Versioning; LS:test_put_object_on_suspended_bucket",
        "The literal null is the id of what was stored while Unversioned or Suspended; a key has at most one null version."
    "VER-ID-005" RULE, Recorded, Medium, "LS:test_delete_object_versioned",
        "A malformed version id is 400 InvalidArgument." {
        VER_ID_005 = "malformed", &[GetObjectVersion, HeadObjectVersion, DeleteObjectVersion, GetObjectRetention,
            PutObjectRetention, GetObjectLegalHold, PutObjectLegalHold], else "it is answered as a version that is gone";
    }
    "VER-ID-006" RULE, Recorded, Medium, "LS:test_delete_object_versioned",
        "A well-formed id whose version is gone is 404 NoSuchVersion." {
        VER_ID_006 = "gone", &[GetObjectVersion, HeadObjectVersion, GetObjectRetention, PutObjectRetention,
            GetObjectLegalHold, PutObjectLegalHold], else "it is answered as a missing key"
            untold &[(HeadObjectVersion, "both answers are a bodyless 404")];
        VER_ID_006_NO_MARKER = "no-marker-headers", &[GetObjectVersion, HeadObjectVersion],
            else "the reply has x-amz-delete-marker";
    }
    "VER-ID-008" planned(Kind::Rule, 2, "empty version ids are not arguments yet"), Chosen, Low, "K(m)",
        "An empty version id is 400 InvalidArgument."
}

/// What a version reference finds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Found<'s> {
    /// No version of the key at all, and none was named.
    NoKey,
    /// The named version is gone.
    Gone,
    /// A version: an object or a marker.
    Version(&'s Version),
}

/// Finds the version that a reference names.
///
/// # Errors
/// `VER-ID-005` for an id that no server made.
pub(crate) fn find<'s>(
    cx: &mut Cx<'_>,
    bucket: &'s Bucket,
    key: Key,
    reference: VersionRef,
) -> Result<Found<'s>, Refusal> {
    match reference {
        VersionRef::Current => Ok(bucket.current(key).map_or(Found::NoKey, Found::Version)),
        VersionRef::Named(name)
            if bucket.versioning == Versioning::Unversioned && name != VersionName::NULL =>
        {
            invalid(cx)?;
            Ok(Found::Gone)
        }
        VersionRef::Named(name) => Ok(bucket.version(key, name).map_or(Found::Gone, Found::Version)),
        VersionRef::Malformed | VersionRef::Made(_) => {
            invalid(cx)?;
            Ok(Found::Gone)
        }
    }
}

fn invalid(cx: &mut Cx<'_>) -> Result<(), Refusal> {
    cx.refuse(VER_ID_005, |facet| {
        Refusal::new(Code::InvalidArgument, facet)
            .saying("Invalid version id specified")
            .with(Name::ArgumentName, Value::Text("versionId"))
    })
}

/// The refusal of a version that is gone or a key that is missing.
pub(crate) fn missing(
    cx: &mut Cx<'_>,
    state: &State,
    caller: Caller,
    bucket: BucketName,
    key: Key,
    gone: bool,
) -> Refusal {
    let no_key = |facet| Refusal::new(Code::NoSuchKey, facet).with(Name::KeyElement, Value::Key(key));
    if !gone {
        return hide_missing(cx, state, bucket, caller, no_key(VER_GET_006));
    }
    if !cx.law(VER_ID_006) {
        return no_key(VER_ID_006);
    }
    let gone = Refusal::new(Code::NoSuchVersion, VER_ID_006)
        .saying("The specified version does not exist.")
        .with(Name::KeyElement, Value::Key(key));
    hide_gone(cx, state, bucket, caller, gone)
}
