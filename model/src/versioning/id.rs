//! Version identifiers, and how a request finds a version by one (`VER-ID`).

use Id::{Empty, Foreign, Malformed, Null, Own};

use crate::access::missing::{OF_VERSIONS, hide_gone, hide_missing};
use crate::argument::{BucketName, Key, VersionName, VersionRef};
use crate::cx::Cx;
use crate::reply::{Code, Name, Refusal, Value};
use crate::request::Route::{self, *};
use crate::request::routes_where;
use crate::state::{Bucket, Version, Versioning};
use crate::table::{Decision, Printed, printed, table, words};
use crate::versioning::copy::VER_COPY_008;
use crate::versioning::read::VER_GET_006;
use crate::words::{FORM, RULE, clauses, consequence, definition};

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
        VER_ID_005 = "malformed", NAMED, else row;
    }
    "VER-ID-006" RULE, Recorded, Medium, "LS:test_delete_object_versioned",
        "A well-formed id whose version is gone is 404 NoSuchVersion." {
        VER_ID_006 = "gone", OF_VERSIONS,
            else row
            untold &[(HeadObjectVersion, "both answers are a bodyless 404")];
        VER_ID_006_NO_MARKER = "no-marker-headers", &[GetObjectVersion, HeadObjectVersion],
            else "the reply has x-amz-delete-marker";
    }
    "VER-ID-007" RULE, Recorded, Medium, "LS:test_get_object_with_version_unversioned_bucket",
        "Unversioned: the id null addresses the object; any other id is 400 InvalidArgument (VER-ID-005)." {
        VER_ID_007 = "null", BY_NULL, else row;
    }
    "VER-ID-008" RULE, Chosen, Low, "K(m)", "An empty version id is 400 InvalidArgument." {
        VER_ID_008 = "empty", WITH_ID,
            choice ["400 InvalidArgument", "as if none were named"];
    }
    "VER-ID-009" RULE, Chosen, Critical, "K(m)",
        "The id of a version of another key or bucket never returns or removes that version: 404 NoSuchVersion or 400 InvalidArgument." {
        VER_ID_009 = "foreign", &[GetObjectVersion, HeadObjectVersion, DeleteObjectVersion, DeleteObjectsVersion],
            else row;
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

words! {
    /// What a version id is.
    enum Id {
        /// It is `null`.
        Null,
        /// It is, or was, that of a version of the key.
        Own,
        /// It is that of a version of another key or bucket.
        Foreign,
        /// S3 never made it.
        Malformed,
        /// It is empty.
        Empty,
    }
}

words! {
    /// What becomes of a version id.
    enum Lookup {
        /// It is looked up: it names a version, or one that is gone.
        LookedUp,
        /// It is answered as that of a version that is gone.
        Gone,
        /// It is 400 InvalidArgument, with the text for what is no version id.
        NoId,
        /// It is 400 InvalidArgument, with the text for an empty one.
        EmptyId,
        /// It is 400 InvalidArgument.
        Invalid,
    }
}

table! {
    /// What becomes of the version id of a request, before a version is looked up by it.
    Naming {
        /// What the id is.
        id: Id,
        /// It names the source of a copy.
        of_source: bool,
        /// The bucket is unversioned.
        unversioned: bool,
        /// The key has a version with the id null.
        null_there: bool,
    } => Lookup;

    VER_ID_008          if id == Empty                                      => EmptyId,     or passes;
    VER_ID_007          if id == Null && unversioned && null_there          => passes,      else Invalid;
    VER_ID_009_CODE     if id == Foreign && !unversioned                    => passes,      or Gone;
    VER_ID_005          if unknown(id, unversioned) && !of_source           => NoId;
    VER_COPY_008        if unknown(id, unversioned) && of_source            => NoId;
    _                                                                       => LookedUp;
}

/// Whether no version of a key in such a bucket can have the id.
fn unknown(id: Id, unversioned: bool) -> bool {
    match id {
        Foreign | Malformed => true,
        Own => unversioned,
        Null | Empty => false,
    }
}

/// Finds the version that a reference names.
///
/// # Errors
/// `VER-ID-005`, or `VER-COPY-008` for the source of a copy: an id that no version of the key can have.
pub(crate) fn find<'s>(
    cx: &mut Cx<'_>,
    bucket: &'s Bucket,
    key: Key,
    reference: VersionRef,
) -> Result<Found<'s>, Refusal> {
    let current = || bucket.current(key).map_or(Found::NoKey, Found::Version);
    let (id, version) = match reference {
        // Most requests name none, and no row speaks of them.
        VersionRef::Current => return Ok(current()),
        VersionRef::Named(VersionName::NULL) => (Null, bucket.version(key, VersionName::NULL)),
        VersionRef::Named(name) => (Own, bucket.version(key, name)),
        VersionRef::Foreign(..) => (Foreign, None),
        VersionRef::Malformed | VersionRef::Made(_) => (Malformed, None),
        VersionRef::Empty => (Empty, None),
    };
    let case = Naming {
        id,
        of_source: names_source(cx.route),
        unversioned: bucket.versioning == Versioning::Unversioned,
        null_there: id == Null && version.is_some(),
    };
    match lookup(cx, case)? {
        Lookup::LookedUp if id == Empty => Ok(current()),
        Lookup::LookedUp => Ok(version.map_or(Found::Gone, Found::Version)),
        Lookup::Gone | Lookup::NoId | Lookup::EmptyId | Lookup::Invalid => Ok(Found::Gone),
    }
}

/// What becomes of an id, or how it is refused.
fn lookup(cx: &mut Cx<'_>, case: Naming) -> Result<Lookup, Refusal> {
    let invalid = |by| Refusal::new(Code::InvalidArgument, by);
    // A copy names its source in a header.
    let argument = |refusal: Refusal| match case.of_source {
        true => refusal,
        false => refusal.with(Name::ArgumentName, Value::Text("versionId")),
    };
    match case.ruled(cx) {
        (Lookup::NoId, Some(by)) => Err(argument(invalid(by).saying("Invalid version id specified"))),
        (Lookup::EmptyId, Some(by)) if case.of_source => Err(invalid(by)),
        (Lookup::EmptyId, Some(by)) => Err(argument(
            invalid(by).saying("Version id cannot be the empty string"),
        )),
        (Lookup::Invalid, Some(by)) => Err(invalid(by)),
        (ruling, _) => Ok(ruling),
    }
}

/// An empty id, which may stand for none (`VER-ID-008`).
///
/// # Errors
/// Where it does not.
pub(crate) fn empty(cx: &mut Cx<'_>) -> Result<(), Refusal> {
    let case = Naming {
        id: Empty,
        of_source: names_source(cx.route),
        unversioned: false,
        null_there: false,
    };
    lookup(cx, case).map(|_| ())
}

/// Whether the version id of a request is that of the source of a copy.
fn names_source(route: Route) -> bool {
    route == CopyObject || route == UploadPartCopy
}

words! {
    /// Where the id of another key's version leads.
    enum Leads {
        /// To no version of the key that is asked for.
        Nowhere,
        /// The other key's version is returned or removed.
        There,
    }
}

table! {
    /// Where the id of a version of another key or bucket leads.
    Leading {
        /// That version is there.
        is_there: bool,
    } => Leads, unnoted;

    VER_ID_009          if is_there                                         => Nowhere,     else There;
    _                                                                       => Nowhere;
}

/// Where a reference really leads: an empty id may stand for none (`VER-ID-008`), and without `VER-ID-009` the id of
/// another key's version leads there.
///
/// # Errors
/// An empty id.
#[inline]
pub(crate) fn resolve_version(
    cx: &mut Cx<'_>,
    (bucket, key, reference): (BucketName, Key, VersionRef),
) -> Result<(BucketName, Key, VersionRef), Refusal> {
    match reference {
        VersionRef::Empty => empty(cx).map(|()| (bucket, key, VersionRef::Current)),
        VersionRef::Foreign(other, other_key, name) => {
            let is_there = cx
                .state
                .buckets
                .get(&other)
                .is_some_and(|other| other.version(other_key, name).is_some());
            match (Leading { is_there }).ruled(cx).0 {
                Leads::There => Ok((other, other_key, VersionRef::Named(name))),
                Leads::Nowhere => Ok((bucket, key, reference)),
            }
        }
        VersionRef::Current | VersionRef::Named(_) | VersionRef::Made(_) | VersionRef::Malformed => {
            Ok((bucket, key, reference))
        }
    }
}

words! {
    /// How what is not there is refused.
    enum Missing {
        /// It is 404 NoSuchKey, or what hides that from callers who may not list.
        Key,
        /// It is 404 NoSuchVersion, or what hides that from callers who may not list.
        Version,
        /// It is 404 NoSuchKey to everybody.
        VersionAsKey,
    }
}

table! {
    /// How a key or a version that is not there is refused.
    NotThere {
        /// A version was named, and it is gone.
        gone: bool,
    } => Missing, unnoted;

    VER_ID_006          if gone                                             => Version,     else VersionAsKey;
    _                                                                       => Key;
}

/// The refusal of a version that is gone or a key that is missing.
pub(crate) fn missing(cx: &mut Cx<'_>, bucket: BucketName, key: Key, gone: bool) -> Refusal {
    // GetObjectTagging was recorded to name the bucket in the element too; no clause speaks of it.
    let tagging = matches!(
        cx.route,
        GetObjectTagging | PutObjectTagging | DeleteObjectTagging
    );
    let named = |refusal: Refusal| refusal.with(Name::KeyElement, Value::Key(key));
    let no_key = |by| match Refusal::new(Code::NoSuchKey, by) {
        refusal if tagging => refusal,
        refusal => named(refusal),
    };
    match (NotThere { gone }).ruled(cx).0 {
        Missing::Key => hide_missing(cx, bucket, no_key(VER_GET_006)),
        Missing::VersionAsKey => no_key(VER_ID_006),
        Missing::Version => {
            let gone =
                Refusal::new(Code::NoSuchVersion, VER_ID_006).saying("The specified version does not exist.");
            hide_gone(cx, bucket, named(gone))
        }
    }
}

/// The tables of this chapter, in the order in which they are read.
pub(crate) fn tables() -> Vec<Printed> {
    vec![printed::<Leading>(), printed::<Naming>(), printed::<NotThere>()]
}
