//! Listings of versions and of objects (`VER-LIST`).

use crate::request::Route::{self, *};
use crate::request::{Shown, routes_where};
use crate::words::{FORM, RULE, clauses, consequence};

pub(crate) mod entry;
pub(crate) mod keys;
pub(crate) mod operations;
pub(crate) mod page;
pub(crate) mod start;

/// The routes that list objects or versions.
const OF_OBJECTS: &[Route] =
    routes_where!(|route| route.row().takes("encoding") && route.row().shows(Shown::Etag));
/// The routes that list keys.
const OF_KEYS: &[Route] = routes_where!(|route| route.row().takes("encoding"));

clauses! { Versioning, List;
    "VER-LIST-001" RULE, Recorded, High, "LS:test_list_objects_versions_markers",
        "ListObjectVersions lists versions and markers in one sequence, keys ascending, then newest first." {
        VER_LIST_001 = "newest-first", &[ListObjectVersions], else "the versions of a key are listed oldest first";
        VER_LIST_001_MARKERS = "markers", &[ListObjectVersions], else row;
    }
    "VER-LIST-002" RULE, Recorded, High, "LS:test_delete_object_versioned",
        "Exactly one entry of a key is the latest: the newest, whether object or marker." {
        VER_LIST_002 = "latest", &[ListObjectVersions], else row;
    }
    "VER-LIST-003" consequence(&["VER-LIST-001", "VER-LIST-002"]), Recorded, Medium, "LS:test_list_object_versions_order_unversioned",
        "Unversioned buckets list each object once, with the version id null, as the latest."
    "VER-LIST-004" FORM, Recorded, Low, "LS",
        "Marker entries carry Key, VersionId, IsLatest, LastModified and Owner, and no ETag, Size or StorageClass." {
        VER_LIST_004 = "last-modified", &[ListObjectVersions], else (omitted "LastModified");
        VER_LIST_004_ETAG = "no-etag", &[ListObjectVersions], else "an ETag is sent";
        VER_LIST_004_SIZE = "no-size", &[ListObjectVersions], else "a Size is sent";
        VER_LIST_004_CLASS = "no-storage-class", &[ListObjectVersions], else "a StorageClass is sent";
    }
    "VER-LIST-005" RULE, Recorded, Medium, "API; LS",
        "max-keys is 1000 by default and at the most; each common prefix counts one." {
        VER_LIST_005 = "max-keys", OF_OBJECTS, else row;
        VER_LIST_005_CEILING = "ceiling", OF_OBJECTS, else "MaxKeys is echoed as asked";
        VER_LIST_005_PREFIX = "common-prefix", &[ListObjectVersions], else row;
    }
    "VER-LIST-006" RULE, Recorded, High, "LS:test_list_objects_versions_markers, test_list_objects_versions_with_prefix_only_and_pagination",
        "A truncated page names its last entry in NextKeyMarker and NextVersionIdMarker, and the next page starts after it." {
        VER_LIST_006 = "last-entry", &[ListObjectVersions], else row;
        VER_LIST_006_AFTER = "after", &[ListObjectVersions], else row;
    }
    "VER-LIST-007" RULE, Recorded, Medium, "LS:test_list_objects_versions_markers",
        "key-marker alone skips all versions of its key and everything before." {
        VER_LIST_007 = "skips", &[ListObjectVersions], else row;
    }
    "VER-LIST-008" RULE, Recorded, Medium, "LS:test_list_objects_versions_markers",
        "version-id-marker without key-marker is 400 InvalidArgument." {
        VER_LIST_008 = "without-key", &[ListObjectVersions], else row;
    }
    "VER-LIST-009" RULE, Recorded, Medium, "LS:test_list_objects_versions_markers",
        "The markers may name a version deleted since; the listing resumes at the position that it held." {
        VER_LIST_009 = "deleted", &[ListObjectVersions], else row;
        VER_LIST_009_NULL = "null", &[ListObjectVersions], choice ["the null version came after it", "the null version came before it"];
        VER_LIST_009_PLACE = "place", &[ListObjectVersions],
            choice ["the listing resumes before all versions of the key", "after the first of them", "after the second", "after the third"];
        VER_LIST_009_ID = "no-id", &[ListObjectVersions],
            choice ["a version-id-marker that is no id of the key is 400 InvalidArgument", "it stands for some place among its versions"];
    }
    "VER-LIST-010" RULE, Recorded, Medium, "LS:test_list_object_versions_pagination_common_prefixes",
        "A page that ends with a common prefix names it in NextKeyMarker, without NextVersionIdMarker; a key-marker \
         inside a common prefix skips all of it." {
        VER_LIST_010 = "next-key-marker", &[ListObjectVersions], else (omitted "NextKeyMarker");
        VER_LIST_010_VERSION = "no-version-marker", &[ListObjectVersions], else (sent "NextVersionIdMarker: null");
        VER_LIST_010_INSIDE = "inside", &[ListObjectVersions], else row;
    }
    "VER-LIST-011" FORM, Recorded, Low, "LS:test_list_objects_versions_with_prefix",
        "Absent markers are echoed as empty KeyMarker and VersionIdMarker elements." {
        VER_LIST_011 = "key-marker", &[ListObjectVersions], else (omitted "KeyMarker");
        VER_LIST_011_VERSION = "version-id-marker", &[ListObjectVersions], else (omitted "VersionIdMarker");
    }
    "VER-LIST-012" consequence(&["EVAL-OP-007"]), Documented, High, "UG:using-with-s3-policy-actions",
        "ListObjectVersions needs s3:ListBucketVersions; s3:ListBucket does not suffice."
    "VER-LIST-013" RULE, Documented, High, "UG:ListingKeysUsingAPIs; several public reports",
        "Keys are ordered by their UTF-8 bytes, not by UTF-16 units and not by locale, in every listing." {
        VER_LIST_013 = "ascending", OF_KEYS, else row;
        VER_LIST_013_BYTES = "bytes", OF_KEYS, else row;
        VER_LIST_013_CASE = "case", OF_KEYS, else row;
    }
    "VER-LIST-014" FORM, Reported, Medium, "public measurement of AWS",
        "encoding-type=url writes a space in keys, prefixes and markers as +." {
        VER_LIST_014 = "plus", OF_KEYS, else row;
        VER_LIST_014_OBEYED = "obeyed", OF_KEYS, else row;
    }
    "VER-LIST-015" RULE, Reported, Medium, "public reports",
        "max-keys=0: 200, no entry, IsTruncated false." {
        VER_LIST_015 = "nothing", OF_OBJECTS, else row;
        VER_LIST_015_TRUNCATED = "not-truncated", OF_OBJECTS, else row;
    }
    "VER-LIST-016" FORM, Recorded, Medium, "public recording of AWS",
        "NextKeyMarker and NextVersionIdMarker stand only in a page that is truncated." {
        VER_LIST_016 = "next-key-marker", &[ListObjectVersions], else "NextKeyMarker names the last entry of the last page too";
        VER_LIST_016_VERSION = "next-version-id-marker", &[ListObjectVersions],
            else "NextVersionIdMarker names the last entry of the last page too";
    }
    "VER-GET-013" RULE, Documented, High, "UG:ListingObjects",
        "ListObjects and ListObjectsV2 list a key exactly when its current version is an object." {
        VER_GET_013 = "markers-hide", &[ListObjectsV2, ListObjects], else row;
    }
}
