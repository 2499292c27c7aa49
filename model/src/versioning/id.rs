//! Version identifiers, and how a request finds a version by one (`VER-ID`).

use crate::access::missing::{OF_VERSIONS, hide_gone, hide_missing};
use crate::argument::{BucketName, Key, VersionName, VersionRef};
use crate::cx::Cx;
use crate::reply::{Code, Name, Refusal, Value};
use crate::request::Route::{self, *};
use crate::request::routes_where;
use crate::state::{Bucket, Version, Versioning};
use crate::versioning::read::VER_GET_006;
use crate::words::{FORM, FacetId, RULE, clauses, consequence, definition};

/// The routes that read, write or delete a version that they name.
const NAMED: &[Route] = routes_where!(|route| route.names_version());

/// The routes whose requests can bring a version id.
const WITH_ID: &[Route] = routes_where!(|route| route.names_version() || is_copy(route));

/// The routes on which the id null can name the object of an unversioned bucket.
const BY_NULL: &[Route] = routes_where!(|route| {
    // Lock state is for versioned buckets only, and an ACL that is put changes nothing.
    let elsewhere = matches!(
        route,
        GetObjectRetention
            | PutObjectRetention
            | GetObjectLegalHold
            | PutObjectLegalHold
            | PutObjectAclVersion
    );
    (route.names_version() && !elsewhere) || is_copy(route)
});

const fn is_copy(route: Route) -> bool {
    matches!(route, CopyObject | UploadPartCopy)
}

clauses! { Versioning, VersionId;
    "VER-ID-001" consequence(&["VER-PUT-002", "VER-DEL-003"]), Documented, Medium, "UG:Versioning",
        "Version ids are chosen by S3 only; no request can set or rename one."
    "VER-ID-002" FORM, Documented, Low, "UG:Versioning; LS:test_object_version_id_format",
        "Ids are opaque, URL-safe text of at most 1024 bytes." {
        VER_ID_002 = "text", &[PutObject, CopyObject, CompleteMultipartUpload, DeleteObject], else "an id has more than 1024 bytes";
    }
    "VER-ID-003" definition("introduces the null version; VER-PUT-003 and VER-DEL-006 rule on it"), Recorded, High,
        "UG:Versioning; LS:test_put_object_on_suspended_bucket",
        "The literal null is the id of what was stored while Unversioned or Suspended; a key has at most one null version."
    "VER-ID-004" RULE, Recorded, High, "LS:test_s3_put_object_versioned",
        "Enabling versioning gives no ids to objects that are there: they keep null." {
        VER_ID_004 = "keeps-null", &[PutBucketVersioning], else "objects that are there get fresh real ids";
    }
    "VER-ID-005" RULE, Recorded, Medium, "LS:test_delete_object_versioned",
        "A malformed version id is 400 InvalidArgument." {
        VER_ID_005 = "malformed", NAMED, else "it is answered as a version that is gone";
    }
    "VER-ID-006" RULE, Recorded, Medium, "LS:test_delete_object_versioned",
        "A well-formed id whose version is gone is 404 NoSuchVersion." {
        VER_ID_006 = "gone", OF_VERSIONS,
            else "it is answered as a missing key"
            untold &[(HeadObjectVersion, "both answers are a bodyless 404")];
        VER_ID_006_NO_MARKER = "no-marker-headers", &[GetObjectVersion, HeadObjectVersion],
            else "the reply has x-amz-delete-marker";
    }
    "VER-ID-007" RULE, Recorded, Medium, "LS:test_get_object_with_version_unversioned_bucket",
        "Unversioned: the id null addresses the object; any other id is 400 InvalidArgument (VER-ID-005)." {
        VER_ID_007 = "null", BY_NULL, else "the id null is 400 InvalidArgument";
    }
    "VER-ID-008" RULE, Chosen, Low, "K(m)", "An empty version id is 400 InvalidArgument." {
        VER_ID_008 = "empty", WITH_ID,
            choice ["400 InvalidArgument", "as if none were named"];
    }
    "VER-ID-009" RULE, Chosen, Critical, "K(m)",
        "The id of a version of another key or bucket never returns or removes that version: 404 NoSuchVersion or 400 InvalidArgument." {
        VER_ID_009 = "foreign", &[GetObjectVersion, HeadObjectVersion, DeleteObjectVersion, DeleteObjectsVersion],
            else "the other key's version is returned or removed";
        VER_ID_009_CODE = "code", NAMED, choice ["400 InvalidArgument", "404 NoSuchVersion"];
    }
}

/// The most bytes of a version id (`VER-ID-002`).
pub(crate) const MOST_BYTES: usize = 1024;

/// Whether a version id can be one (`VER-ID-002`).
pub(crate) fn is_well_formed(id: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || "-._~".contains(c);
    !id.is_empty() && id.len() <= MOST_BYTES && id.chars().all(plain)
}

/// A new version id as a reply shows it (`VER-ID-002`).
pub(crate) fn shown(cx: &mut Cx<'_>, bucket: BucketName, key: Key, name: VersionName) -> Value {
    if name == VersionName::NULL || cx.law(VER_ID_002) {
        Value::Version(bucket, key, name)
    } else {
        Value::Oversized(bucket, key, name)
    }
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
    find_or(cx, bucket, key, reference, VER_ID_005)
}

/// As [`find`], with the facet that refuses an id that no server made.
///
/// # Errors
/// As [`find`].
pub(crate) fn find_or<'s>(
    cx: &mut Cx<'_>,
    bucket: &'s Bucket,
    key: Key,
    reference: VersionRef,
    malformed: FacetId,
) -> Result<Found<'s>, Refusal> {
    let invalid = |cx: &mut Cx<'_>| {
        cx.refuse(malformed, |facet| {
            let refusal = Refusal::new(Code::InvalidArgument, facet).saying("Invalid version id specified");
            if facet == VER_ID_005 {
                refusal.with(Name::ArgumentName, Value::Text("versionId"))
            } else {
                refusal
            }
        })
    };
    match reference {
        VersionRef::Current => Ok(bucket.current(key).map_or(Found::NoKey, Found::Version)),
        VersionRef::Named(name)
            if bucket.versioning == Versioning::Unversioned && name != VersionName::NULL =>
        {
            invalid(cx)?;
            Ok(Found::Gone)
        }
        VersionRef::Named(name) => {
            let version = bucket.version(key, name);
            let is_null = bucket.versioning == Versioning::Unversioned && version.is_some();
            if is_null && !cx.decides(VER_ID_007) {
                return Err(Refusal::new(Code::InvalidArgument, VER_ID_007));
            }
            Ok(version.map_or(Found::Gone, Found::Version))
        }
        VersionRef::Malformed | VersionRef::Made(_) => {
            invalid(cx)?;
            Ok(Found::Gone)
        }
        VersionRef::Foreign(..) => {
            if bucket.versioning == Versioning::Unversioned || cx.choose(VER_ID_009_CODE, 2) == 0 {
                invalid(cx)?;
            }
            Ok(Found::Gone)
        }
        VersionRef::Empty => {
            empty(cx)?;
            Ok(bucket.current(key).map_or(Found::NoKey, Found::Version))
        }
    }
}

/// An empty id, which may stand for none (`VER-ID-008`).
///
/// # Errors
/// Where it does not.
pub(crate) fn empty(cx: &mut Cx<'_>) -> Result<(), Refusal> {
    if cx.choose(VER_ID_008, 2) == 1 {
        return Ok(());
    }
    let refusal = Refusal::new(Code::InvalidArgument, VER_ID_008);
    // A copy names its source in a header.
    if cx.route == CopyObject || cx.route == UploadPartCopy {
        return Err(refusal);
    }
    Err(refusal
        .saying("Version id cannot be the empty string")
        .with(Name::ArgumentName, Value::Text("versionId")))
}

/// Where a reference really leads: an empty id may stand for none (`VER-ID-008`), and without `VER-ID-009` the id of
/// another key's version leads there.
///
/// # Errors
/// An empty id.
#[inline]
pub(crate) fn aim(
    cx: &mut Cx<'_>,
    (bucket, key, reference): (BucketName, Key, VersionRef),
) -> Result<(BucketName, Key, VersionRef), Refusal> {
    match reference {
        VersionRef::Empty => empty(cx).map(|()| (bucket, key, VersionRef::Current)),
        VersionRef::Foreign(other, other_key, name) => {
            let exists = cx
                .state
                .buckets
                .get(&other)
                .is_some_and(|other| other.version(other_key, name).is_some());
            if exists && !cx.law(VER_ID_009) {
                Ok((other, other_key, VersionRef::Named(name)))
            } else {
                Ok((bucket, key, reference))
            }
        }
        VersionRef::Current | VersionRef::Named(_) | VersionRef::Made(_) | VersionRef::Malformed => {
            Ok((bucket, key, reference))
        }
    }
}

/// The refusal of a version that is gone or a key that is missing.
pub(crate) fn missing(cx: &mut Cx<'_>, bucket: BucketName, key: Key, gone: bool) -> Refusal {
    // GetObjectTagging was recorded to name the bucket in the element too; no clause speaks of it.
    let tagging = matches!(
        cx.route,
        GetObjectTagging | PutObjectTagging | DeleteObjectTagging
    );
    let no_key = |facet| match Refusal::new(Code::NoSuchKey, facet) {
        refusal if tagging => refusal,
        refusal => refusal.with(Name::KeyElement, Value::Key(key)),
    };
    if !gone {
        return hide_missing(cx, bucket, no_key(VER_GET_006));
    }
    if !cx.law(VER_ID_006) {
        return no_key(VER_ID_006);
    }
    let gone = Refusal::new(Code::NoSuchVersion, VER_ID_006)
        .saying("The specified version does not exist.")
        .with(Name::KeyElement, Value::Key(key));
    hide_gone(cx, bucket, gone)
}
