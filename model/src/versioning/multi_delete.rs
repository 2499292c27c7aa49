//! Deleting several objects in one request (`VER-MDEL`): each entry is ruled on as a DELETE of its own.

use crate::request::Route::*;
use crate::words::{FORM, RULE, clauses, consequence, note};

pub(crate) mod entry;
pub(crate) mod operations;

clauses! { Versioning, MultiDelete;
    "VER-MDEL-001" RULE, Documented, Medium, "API:DeleteObjects",
        "DeleteObjects is 200 with a result for each key; failures are Error entries, never another status." {
        VER_MDEL_001 = "entries", &[DeleteObjects, DeleteObjectsVersion], else row;
    }
    "VER-MDEL-002" RULE, Documented, Medium, "API:DeleteObjects", "An empty list or one of more than 1000 entries is 400 MalformedXML." {
        VER_MDEL_002 = "empty", &[DeleteObjects], else row;
        VER_MDEL_002_MANY = "too-many", &[DeleteObjects], else row;
    }
    "VER-MDEL-003" RULE, Reported, Medium, "API; VGW s3err",
        "Content-MD5 or an x-amz-checksum header is required: 400 InvalidRequest." {
        VER_MDEL_003 = "integrity", &[DeleteObjects], else row;
    }
    "VER-MDEL-006" FORM, Recorded, Medium, "LS:test_delete_objects_versioned",
        "Enabled: an entry without a version id is Deleted with DeleteMarker true and the new DeleteMarkerVersionId." {
        VER_MDEL_006 = "marker", &[DeleteObjects], else (omitted "DeleteMarker");
        VER_MDEL_006_ID = "version-id", &[DeleteObjects], else (omitted "DeleteMarkerVersionId");
    }
    "VER-MDEL-007" FORM, Recorded, Medium, "LS:test_delete_objects_versioned",
        "An entry with the version id of an object is Deleted with Key and VersionId." {
        VER_MDEL_007 = "version-id", &[DeleteObjectsVersion], else (omitted "VersionId");
    }
    "VER-MDEL-008" FORM, Recorded, Medium, "LS:test_delete_keys_in_versioned_bucket",
        "An entry with the version id of a marker is Deleted with VersionId, DeleteMarker true and DeleteMarkerVersionId." {
        VER_MDEL_008 = "marker", &[DeleteObjectsVersion], else (omitted "DeleteMarker");
        VER_MDEL_008_ID = "marker-version-id", &[DeleteObjectsVersion], else (omitted "DeleteMarkerVersionId");
    }
    "VER-MDEL-009" RULE, Recorded, Medium, "LS:test_delete_objects, LS:test_delete_objects_versioned",
        "A malformed version id is an Error entry with NoSuchVersion." {
        VER_MDEL_009 = "malformed", &[DeleteObjectsVersion], else row;
        VER_MDEL_009_EMPTY = "empty", &[DeleteObjectsVersion],
            choice ["an empty one stands for none", "an empty one is an Error entry with NoSuchVersion"];
    }
    "VER-MDEL-010" RULE, Recorded, Medium, "moto-aws; ceph", "Repeating the delete of a version that is gone yields Deleted." {
        VER_MDEL_010 = "gone", &[DeleteObjectsVersion], else row;
    }
    "VER-MDEL-011" RULE, Recorded, Low, "LS:test_delete_non_existing_keys_quiet",
        "Quiet suppresses Deleted entries and keeps Error entries." {
        VER_MDEL_011 = "quiet", &[DeleteObjects, DeleteObjectsVersion], else row;
        VER_MDEL_011_ERRORS = "errors", &[DeleteObjects, DeleteObjectsVersion], else row;
    }
    "VER-MDEL-004" consequence(&["EVAL-CTX-003"]), Recorded, Medium, "LS:test_delete_non_existing_keys_in_non_existing_bucket",
        "A missing bucket fails the whole request: 404 NoSuchBucket."
    "VER-MDEL-005" RULE, Recorded, Medium, "LS:test_delete_objects",
        "Unversioned: present and absent keys alike are Deleted entries." {
        VER_MDEL_005 = "absent", &[DeleteObjects], else row;
    }
    "VER-MDEL-012" note("the law compares the entries in any order"), Recorded, Low, "LS; K(m)",
        "The order of result entries is unspecified."
    "VER-MDEL-013" RULE, Documented, High, "API:ObjectIdentifier",
        "ETag on an entry is a conditional delete of the current object." {
        VER_MDEL_013 = "etag", &[DeleteObjects], else row;
        VER_MDEL_013_STAR = "star", &[DeleteObjects], choice ["* stands for any object", "* is no object's ETag"];
        VER_MDEL_013_NOTHING = "nothing", &[DeleteObjects],
            choice ["without an object it is an Error entry with NoSuchKey", "it is an Error entry with PreconditionFailed"];
        VER_MDEL_013_LIST = "list", &[DeleteObjects],
            choice ["a list is no object's ETag", "it is an Error entry with NotImplemented"];
        VER_MDEL_013_VERSION = "version", &[DeleteObjectsVersion],
            choice ["beside a version id it is an Error entry with NotImplemented", "it is judged on the named version",
                "it is judged on the current version", "it is ignored"];
    }
    "VER-MDEL-015" consequence(&["VER-DEL-008", "VER-MDEL-001"]), Recorded, Medium, "LS:test_delete_objects_versioned",
        "A key may appear several times with different version ids; entries are independent."
    "VER-MDEL-014" RULE, Documented, Medium, "API; UG", "A denied key is an Error entry with AccessDenied." {
        VER_MDEL_014 = "denied", &[DeleteObjects, DeleteObjectsVersion], else row;
    }
}
