//! Reading versions (`VER-GET`).

use crate::argument::Content;
use crate::cx::Cx;
use crate::reply::{Fields, HasFields, Name, Reply, Value};
use crate::request::Route::{self, *};
use crate::request::{Shown, routes_where};
use crate::table::fields;
use crate::words::{FORM, FacetId, RULE, clauses, consequence};

pub(crate) mod operations;

/// The routes that read an object.
const READS: &[Route] = routes_where!(|route| route.row().reads_object());

/// The routes whose replies show an ETag.
const WITH_ETAG: &[Route] = routes_where!(|route| route.row().shows(Shown::Etag));

/// The routes whose replies show a size beside the bytes themselves.
const WITH_SIZE: &[Route] = routes_where!(|route| route.row().shows(Shown::Size));

/// The routes of the tags of objects.
const TAGGING: &[Route] = routes_where!(|route| route.row().is_of_object("tagging"));

clauses! { Versioning, Read;
    "VER-GET-001" RULE, Documented, High, "UG:RetrievingObjectVersions",
        "GET and HEAD return the current version, or the version that is named." {
        VER_GET_001 = "named", &[GetObjectVersion], else row;
    }
    "VER-GET-002" FORM, Recorded, Medium, "LS:test_s3_put_object_versioned",
        "Reads carry x-amz-version-id in versioned buckets, null for a null version; in unversioned buckets it is absent." {
        VER_GET_002 = "version-id", READS, else (omitted "x-amz-version-id");
        VER_GET_002_UNVERSIONED = "unversioned", READS, else (sent "x-amz-version-id: null");
    }
    "VER-GET-003" RULE, Recorded, High, "LS:test_delete_object_versioned",
        "A current delete marker is 404 NoSuchKey with x-amz-delete-marker: true and the marker's x-amz-version-id." {
        VER_GET_003 = "hidden", &[GetObject, HeadObject], else row;
        VER_GET_003_CODE = "not-found", &[GetObject, HeadObject], else row;
        VER_GET_003_MARKER = "delete-marker", &[GetObject, HeadObject], else (omitted "x-amz-delete-marker");
        VER_GET_003_ID = "version-id", &[GetObject, HeadObject], else (omitted "x-amz-version-id");
    }
    "VER-GET-004" RULE, Recorded, Medium, "LS:test_delete_object_versioned",
        "A version id that names a delete marker is 405 MethodNotAllowed with x-amz-delete-marker: true, Allow: DELETE and \
         Last-Modified." {
        VER_GET_004 = "marker", &[GetObjectVersion, HeadObjectVersion], else row;
        VER_GET_004_MARKER = "delete-marker", &[GetObjectVersion, HeadObjectVersion], else (omitted "x-amz-delete-marker");
        VER_GET_004_ALLOW = "allow", &[GetObjectVersion, HeadObjectVersion], else (omitted "Allow");
        VER_GET_004_MODIFIED = "last-modified", &[GetObjectVersion, HeadObjectVersion], else (omitted "Last-Modified");
    }
    "VER-GET-005" FORM, Documented, Low, "UG:DeleteMarker",
        "x-amz-delete-marker is only ever true; it is omitted, never false." {
        VER_GET_005 = "never-false", READS, else (sent "x-amz-delete-marker: false");
    }
    "VER-GET-006" RULE, Documented, Medium, "API:GetObject", "A key without any version is 404 NoSuchKey without delete-marker headers." {
        VER_GET_006 = "missing", &[GetObject, HeadObject], else (sent "x-amz-delete-marker");
    }
    "VER-GET-007" consequence(&["EVAL-OP-028", "EVAL-OP-029"]), Documented, Critical, "UG:using-with-s3-policy-actions; API:GetObject",
        "With a version id reads need s3:GetObjectVersion only, without one s3:GetObject only."
    "VER-GET-008" consequence(&["EVAL-404-001", "EVAL-404-005"]), Chosen, Medium, "API:GetObject; version case K(l)",
        "Without s3:ListBucket a missing key is 403 AccessDenied; a missing version is treated alike."
    "VER-GET-009" RULE, Recorded, Medium, "LS:test_put_object_acl_on_delete_marker",
        "GetObjectAcl: a current marker is 404 NoSuchKey; a marker that is named is 405 MethodNotAllowed." {
        VER_GET_009 = "current", &[GetObjectAcl], else row;
        VER_GET_009_NAMED = "named", &[GetObjectAclVersion], else row;
    }
    "VER-GET-010" RULE, Recorded, Medium, "LS:test_put_object_acl_on_delete_marker",
        "PutObjectAcl: a marker, current or named, is 405 MethodNotAllowed." {
        VER_GET_010 = "marker", &[PutObjectAcl, PutObjectAclVersion], else row;
    }
    "VER-GET-011" RULE, Recorded, Medium, "LS:test_object_tagging_versioned",
        "Put, Get and DeleteObjectTagging: a marker, current or named, is 405 MethodNotAllowed with ResourceType DeleteMarker." {
        VER_GET_011 = "marker", TAGGING, else row;
    }
    "VER-GET-012" RULE, Recorded, Medium, "LS:test_get_object_attributes_versioned; API:GetObjectAttributes",
        "GetObjectAttributes: a current marker is 404 NoSuchKey, a marker that is named is 405 MethodNotAllowed; \
         with a version id it needs s3:GetObjectVersion and s3:GetObjectVersionAttributes (EVAL-OP-030)." {
        VER_GET_012 = "current", &[GetObjectAttributes], else row;
        VER_GET_012_NAMED = "named", &[GetObjectAttributesVersion], else row;
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
        VER_GET_017 = "replaces", &[PutObjectTagging, PutObjectTaggingVersion], else row;
        VER_GET_017_STORED = "stored", &[PutObjectTagging, PutObjectTaggingVersion], else row;
        VER_GET_017_REMOVES = "removes", &[DeleteObjectTagging, DeleteObjectTaggingVersion], else row;
    }
    "VER-GET-015" consequence(&["LOCK-RET-020"]), Recorded, Medium, "LS:test_object_lock_delete_markers; legal hold moto-aws",
        "Retention and legal hold operations that name a marker are 405 MethodNotAllowed with ResourceType DeleteMarker."
}

/// The bytes of a version, and whether a multipart upload made it.
pub(crate) type Made = (Content, bool);

/// An ETag that no content has.
const OTHER_ETAG: &str = "00000000000000000000000000000000";

/// Shows the ETag of a version or a part (`VER-GET-016`, `VER-PUT-014`).
pub(crate) fn show_etag(
    cx: &mut Cx<'_>,
    to: &mut impl HasFields,
    name: Name,
    (content, of_part): Made,
    facet: FacetId,
) {
    let etag = Value::Etag { content, of_part };
    cx.states(to, facet, name, [etag, Value::Text(OTHER_ETAG)]);
}

/// ETag and size of a listed version or part (`VER-GET-016`).
pub(crate) fn describe(cx: &mut Cx<'_>, fields: &mut Fields, made: Made) {
    let [size, other] = size(made);
    show_etag(cx, fields, Name::EtagElement, made, VER_GET_016);
    fields! { cx, fields;
        VER_GET_016_SIZE => states EntrySize, [size, other];
    }
}

/// ETag and size among the attributes of a version (`VER-GET-016`).
pub(crate) fn show_attributes(cx: &mut Cx<'_>, reply: &mut Reply, made: Made) {
    let [size, other] = size(made);
    show_etag(cx, reply, Name::EtagElement, made, VER_GET_016);
    fields! { cx, reply;
        VER_GET_016_SIZE => states ObjectSize, [size, other];
    }
}

/// The size of a version, and another.
fn size((content, _): Made) -> [Value; 2] {
    [Value::Size(content), Value::MoreThan(content)]
}
