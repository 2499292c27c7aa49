//! Reading versions (`VER-GET`).

use crate::access::missing::{hide_marker, unread};
use crate::access::ownership::owned_here;
use crate::argument::{BucketName, Content, Key, VersionName, VersionRef};
use crate::cx::{Cx, Ruling, is_real};
use crate::lock::write::show_protection;
use crate::reply::{Code, Field, Fields, Name, Refusal, Reply, ReplyBody, Value};
use crate::request::Route::{self, *};
use crate::state::{Version, Versioning};
use crate::versioning::id::{Found, VER_ID_006_NO_MARKER, aim, find, missing};
use crate::versioning::write::VER_PUT_012;
use crate::words::{FORM, FacetId, RULE, clauses, consequence};

/// The routes that read an object.
const READS: &[Route] = &[GetObject, GetObjectVersion, HeadObject, HeadObjectVersion];

/// The routes whose replies show an ETag.
const WITH_ETAG: &[Route] = &[
    PutObject,
    CopyObject,
    UploadPart,
    UploadPartCopy,
    CompleteMultipartUpload,
    GetObject,
    GetObjectVersion,
    HeadObject,
    HeadObjectVersion,
    GetObjectAttributes,
    GetObjectAttributesVersion,
    ListObjectVersions,
    ListObjectsV2,
    ListObjects,
    ListParts,
];

/// The routes whose replies show a size beside the bytes themselves.
const WITH_SIZE: &[Route] = &[
    HeadObject,
    HeadObjectVersion,
    GetObjectAttributes,
    GetObjectAttributesVersion,
    ListObjectVersions,
    ListObjectsV2,
    ListObjects,
    ListParts,
];

/// The routes of the tags of objects.
const TAGGING: &[Route] = &[
    GetObjectTagging,
    GetObjectTaggingVersion,
    PutObjectTagging,
    PutObjectTaggingVersion,
    DeleteObjectTagging,
    DeleteObjectTaggingVersion,
];

clauses! { Versioning, Read;
    "VER-GET-001" RULE, Documented, High, "UG:RetrievingObjectVersions",
        "GET and HEAD return the current version, or the version that is named." {
        VER_GET_001 = "named", &[GetObjectVersion], else "the current version is returned";
    }
    "VER-GET-002" FORM, Recorded, Medium, "LS:test_s3_put_object_versioned",
        "Reads carry x-amz-version-id in versioned buckets, null for a null version; in unversioned buckets it is absent." {
        VER_GET_002 = "version-id", READS, else "x-amz-version-id is omitted";
        VER_GET_002_UNVERSIONED = "unversioned", READS, else "x-amz-version-id: null is sent";
    }
    "VER-GET-003" RULE, Recorded, High, "LS:test_delete_object_versioned",
        "A current delete marker is 404 NoSuchKey with x-amz-delete-marker: true and the marker's x-amz-version-id." {
        VER_GET_003 = "hidden", &[GetObject, HeadObject], else "the newest object below the marker is returned";
        VER_GET_003_CODE = "not-found", &[GetObject, HeadObject], else "it is 405 MethodNotAllowed";
        VER_GET_003_MARKER = "delete-marker", &[GetObject, HeadObject], else "x-amz-delete-marker is omitted";
        VER_GET_003_ID = "version-id", &[GetObject, HeadObject], else "x-amz-version-id is omitted";
    }
    "VER-GET-004" RULE, Recorded, Medium, "LS:test_delete_object_versioned",
        "A version id that names a delete marker is 405 MethodNotAllowed with x-amz-delete-marker: true, Allow: DELETE and \
         Last-Modified." {
        VER_GET_004 = "marker", &[GetObjectVersion, HeadObjectVersion], else "it is 404 NoSuchKey";
        VER_GET_004_MARKER = "delete-marker", &[GetObjectVersion, HeadObjectVersion], else "x-amz-delete-marker is omitted";
        VER_GET_004_ALLOW = "allow", &[GetObjectVersion, HeadObjectVersion], else "Allow is omitted";
        VER_GET_004_MODIFIED = "last-modified", &[GetObjectVersion, HeadObjectVersion], else "Last-Modified is omitted";
    }
    "VER-GET-005" FORM, Documented, Low, "UG:DeleteMarker",
        "x-amz-delete-marker is only ever true; it is omitted, never false." {
        VER_GET_005 = "never-false", READS, else "x-amz-delete-marker: false is sent";
    }
    "VER-GET-006" RULE, Documented, Medium, "API:GetObject", "A key without any version is 404 NoSuchKey without delete-marker headers." {
        VER_GET_006 = "missing", &[GetObject, HeadObject], else "x-amz-delete-marker is sent";
    }
    "VER-GET-007" consequence(&["EVAL-OP-028", "EVAL-OP-029"]), Documented, Critical, "UG:using-with-s3-policy-actions; API:GetObject",
        "With a version id reads need s3:GetObjectVersion only, without one s3:GetObject only."
    "VER-GET-008" consequence(&["EVAL-404-001", "EVAL-404-005"]), Chosen, Medium, "API:GetObject; version case K(l)",
        "Without s3:ListBucket a missing key is 403 AccessDenied; a missing version is treated alike."
    "VER-GET-009" RULE, Recorded, Medium, "LS:test_put_object_acl_on_delete_marker",
        "GetObjectAcl: a current marker is 404 NoSuchKey; a marker that is named is 405 MethodNotAllowed." {
        VER_GET_009 = "current", &[GetObjectAcl], else "it is 405 MethodNotAllowed";
        VER_GET_009_NAMED = "named", &[GetObjectAclVersion], else "it is 404 NoSuchKey";
    }
    "VER-GET-010" RULE, Recorded, Medium, "LS:test_put_object_acl_on_delete_marker",
        "PutObjectAcl: a marker, current or named, is 405 MethodNotAllowed." {
        VER_GET_010 = "marker", &[PutObjectAcl, PutObjectAclVersion], else "it is 404 NoSuchKey";
    }
    "VER-GET-011" RULE, Recorded, Medium, "LS:test_object_tagging_versioned",
        "Put, Get and DeleteObjectTagging: a marker, current or named, is 405 MethodNotAllowed with ResourceType DeleteMarker." {
        VER_GET_011 = "marker", TAGGING, else "it is 404 NoSuchKey";
    }
    "VER-GET-012" RULE, Recorded, Medium, "LS:test_get_object_attributes_versioned; API:GetObjectAttributes",
        "GetObjectAttributes: a current marker is 404 NoSuchKey, a marker that is named is 405 MethodNotAllowed; \
         with a version id it needs s3:GetObjectVersion and s3:GetObjectVersionAttributes (EVAL-OP-030)." {
        VER_GET_012 = "current", &[GetObjectAttributes], else "it is 405 MethodNotAllowed";
        VER_GET_012_NAMED = "named", &[GetObjectAttributesVersion], else "it is 404 NoSuchKey";
    }
    "VER-GET-016" RULE, Documented, High, "API:Object; UG:checking-object-integrity",
        "Every reply about a version agrees with every other: its ETag and its size are the same in the reply to its write, in \
         reads, in its attributes and in listings; the ETag of a plain PUT is the MD5 of its bytes, and Content-Length is how many \
         there are." {
        VER_GET_016 = "etag", WITH_ETAG, else "the ETag is another";
        VER_GET_016_SIZE = "size", WITH_SIZE, else "the size is one byte more";
    }
    "VER-GET-017" RULE, Documented, Medium, "API; public report compared with AWS",
        "PutObjectTagging replaces the tags of the named or current version, DeleteObjectTagging removes them; no other version \
         changes (VER-PUT-010)." {
        VER_GET_017 = "replaces", &[PutObjectTagging, PutObjectTaggingVersion], else "tags that the request does not name stay";
        VER_GET_017_STORED = "stored", &[PutObjectTagging, PutObjectTaggingVersion], else "the tags stay as they were";
        VER_GET_017_REMOVES = "removes", &[DeleteObjectTagging, DeleteObjectTaggingVersion], else "the tags stay as they were";
    }
    "VER-GET-015" consequence(&["LOCK-RET-020"]), Recorded, Medium, "LS:test_object_lock_delete_markers; legal hold moto-aws",
        "Retention and legal hold operations that name a marker are 405 MethodNotAllowed with ResourceType DeleteMarker."
}

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
    let (name, key, reference) = aim(cx, (name, key, reference))?;
    let found = if reference == VersionRef::Current {
        found
    } else {
        cx.bucket(name)?
    };
    let version = match find(cx, found, key, reference)? {
        Found::NoKey => {
            let refusal = missing(cx, name, key, false);
            return Err(without_marker(cx, refusal, VER_GET_006));
        }
        Found::Gone => {
            let refusal = missing(cx, name, key, true);
            return Err(without_marker(cx, refusal, VER_ID_006_NO_MARKER));
        }
        Found::Version(version) => version,
    };
    if version.is_marker() {
        let marker = if reference == VersionRef::Current {
            current_marker(cx, name, key, version.name)
        } else {
            named_marker(cx, name, key, version.name)
        };
        match marker {
            Some(refusal) => return Err(refusal),
            None => {
                let below = found
                    .versions(key)
                    .iter()
                    .rev()
                    .find(|version| !version.is_marker());
                let Some(below) = below else {
                    return Err(missing(cx, name, key, false));
                };
                return found_object(cx, name, key, below);
            }
        }
    }
    let shown = match found.current(key) {
        Some(current) if current.name != version.name && !current.is_marker() => {
            if cx.route != GetObjectVersion || cx.decides(VER_GET_001) {
                version
            } else {
                current
            }
        }
        Some(_) | None => version,
    };
    found_object(cx, name, key, shown)
}

fn without_marker(cx: &mut Cx<'_>, mut refusal: Refusal, facet: FacetId) -> Refusal {
    let value = if cx.law(facet) {
        Value::Absent
    } else {
        Value::Text("true")
    };
    refusal.fields.push(Field {
        name: Name::DeleteMarker,
        value,
        by: facet,
    });
    refusal
}

/// `VER-GET-003`; `None` when the law lets the read through.
fn current_marker(cx: &mut Cx<'_>, name: BucketName, key: Key, marker: VersionName) -> Option<Refusal> {
    if !cx.law(VER_GET_003) {
        return None;
    }
    let code = if cx.law(VER_GET_003_CODE) {
        Code::NoSuchKey
    } else {
        Code::MethodNotAllowed
    };
    let refusal = Refusal::new(code, VER_GET_003);
    let mut refusal = hide_marker(cx, name, refusal);
    if refusal.by == VER_GET_003 {
        for (facet, field, value) in [
            (VER_GET_003_MARKER, Name::DeleteMarker, Value::Text("true")),
            (VER_GET_003_ID, Name::VersionId, Value::Version(name, key, marker)),
        ] {
            let value = if cx.law(facet) { value } else { Value::Absent };
            refusal.fields.push(Field {
                name: field,
                value,
                by: facet,
            });
        }
    }
    Some(refusal)
}

/// `VER-GET-004`.
fn named_marker(cx: &mut Cx<'_>, name: BucketName, key: Key, marker: VersionName) -> Option<Refusal> {
    if !cx.law(VER_GET_004) {
        return Some(Refusal::new(Code::NoSuchKey, VER_GET_004));
    }
    let mut refusal = Refusal::new(Code::MethodNotAllowed, VER_GET_004)
        .saying("The specified method is not allowed against this resource.")
        .with(Name::ResourceType, Value::Text("DeleteMarker"))
        .with(Name::VersionId, Value::Version(name, key, marker));
    for (facet, field, value) in [
        (VER_GET_004_MARKER, Name::DeleteMarker, Value::Text("true")),
        (VER_GET_004_ALLOW, Name::Allow, Value::Text("DELETE")),
        (VER_GET_004_MODIFIED, Name::LastModified, Value::Something),
    ] {
        let value = if cx.law(facet) { value } else { Value::Absent };
        refusal.fields.push(Field {
            name: field,
            value,
            by: facet,
        });
    }
    Some(refusal)
}

/// The bytes of a version, and whether a multipart upload made it.
pub(crate) type Made = (Content, bool);

/// An ETag that no content has.
const OTHER_ETAG: &str = "00000000000000000000000000000000";

/// Shows the ETag of a version or a part (`VER-GET-016`, `VER-PUT-014`).
pub(crate) fn show_etag(
    cx: &mut Cx<'_>,
    reply: &mut Reply,
    name: Name,
    (content, of_part): Made,
    facet: FacetId,
) {
    let etag = etag(cx, (content, of_part), facet);
    reply.push(name, etag, facet);
}

fn etag(cx: &mut Cx<'_>, (content, of_part): Made, facet: FacetId) -> Value {
    if cx.law(facet) {
        Value::Etag { content, of_part }
    } else {
        Value::Text(OTHER_ETAG)
    }
}

fn size(cx: &mut Cx<'_>, content: Content) -> Value {
    if cx.law(VER_GET_016_SIZE) {
        Value::Size(content)
    } else {
        Value::MoreThan(content)
    }
}

/// ETag and size of a listed version or part (`VER-GET-016`).
pub(crate) fn describe(cx: &mut Cx<'_>, fields: &mut Fields, made: Made) {
    let etag = etag(cx, made, VER_GET_016);
    fields.push(Field {
        name: Name::EtagElement,
        value: etag,
        by: VER_GET_016,
    });
    let size = size(cx, made.0);
    fields.push(Field {
        name: Name::EntrySize,
        value: size,
        by: VER_GET_016_SIZE,
    });
}

/// ETag and size among the attributes of a version (`VER-GET-016`).
pub(crate) fn show_attributes(cx: &mut Cx<'_>, reply: &mut Reply, made: Made) {
    show_etag(cx, reply, Name::EtagElement, made, VER_GET_016);
    let size = size(cx, made.0);
    reply.push(Name::ObjectSize, size, VER_GET_016_SIZE);
}

/// The reply that shows a version.
fn found_object(cx: &mut Cx<'_>, name: BucketName, key: Key, version: &Version) -> Ruling {
    owned_here(cx, (name, key, version.name))?;
    let mut reply = Reply::success(200);
    let unversioned = cx
        .state
        .buckets
        .get(&name)
        .is_some_and(|bucket| bucket.versioning == Versioning::Unversioned);
    if unversioned {
        cx.forbid(
            &mut reply,
            VER_GET_002_UNVERSIONED,
            Name::VersionId,
            Value::Text("null"),
        );
    } else {
        cx.require(
            &mut reply,
            VER_GET_002,
            Name::VersionId,
            Value::Version(name, key, version.name),
        );
    }
    debug_assert!(
        !unversioned || !is_real(version.name),
        "unversioned buckets hold null versions only"
    );
    cx.forbid(&mut reply, VER_GET_005, Name::DeleteMarker, Value::Text("false"));
    if let Some(made) = version.multipart {
        reply.push(Name::LastModified, Value::HttpDate(made), VER_PUT_012);
    }
    show_protection(cx, &mut reply, (name, key), version)?;
    if let Some(content) = version.content {
        let made = (content, version.multipart.is_some());
        show_etag(cx, &mut reply, Name::EtagHeader, made, VER_GET_016);
        if cx.route.is_head() {
            let size = size(cx, content);
            reply.push(Name::ContentLength, size, VER_GET_016_SIZE);
        } else {
            reply.body = ReplyBody::Content(content);
        }
    }
    Ok((reply, None))
}
