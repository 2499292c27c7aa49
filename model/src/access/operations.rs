//! The permissions that each operation needs (section 11).

use crate::request::Route::{self, *};
use crate::words::{RULE, clauses, consequence};

/// The routes that delete, alone or as entries.
const DELETES: &[Route] = &[
    DeleteObject,
    DeleteObjectVersion,
    DeleteObjects,
    DeleteObjectsVersion,
];

clauses! { Evaluation, Operations;
    "EVAL-OP-001" RULE, Documented, High, "SAR", "ListBuckets needs s3:ListAllMyBuckets on *, by identity policy only." {
        EVAL_OP_001 = "action", &[ListBuckets], else not_asked;
        EVAL_OP_001_OWN = "own", &[ListBuckets], else row;
    }
    "EVAL-OP-002" RULE, Documented, High, "SAR; API:CreateBucket",
        "CreateBucket needs s3:CreateBucket, and more permissions for Object Lock (LOCK-BKT-002), an ACL other than private, ownership \
         and tags." {
        EVAL_OP_002 = "action", &[CreateBucket], else not_asked;
        EVAL_OP_002_OWN = "own-name", &[CreateBucket], choice ["200, nothing changes", "409 BucketAlreadyOwnedByYou"];
        EVAL_OP_002_OWN_OTHER = "own-name-without-its-lock", &[CreateBucket],
            choice ["409 BucketAlreadyOwnedByYou", "200, nothing changes"];
        EVAL_OP_002_TAKEN = "taken-name", &[CreateBucket], else row;
    }
    "EVAL-OP-003" RULE, Documented, High, "SAR", "DeleteBucket needs s3:DeleteBucket." {
        EVAL_OP_003 = "action", &[DeleteBucket], else not_asked;
    }
    "EVAL-OP-004" RULE, Documented, High, "SAR", "HeadBucket needs s3:ListBucket." {
        EVAL_OP_004 = "action", &[HeadBucket], else not_asked;
    }
    "EVAL-OP-005" RULE, Documented, High, "SAR", "GetBucketLocation needs s3:GetBucketLocation." {
        EVAL_OP_005 = "action", &[GetBucketLocation], else not_asked;
    }
    "EVAL-OP-006" RULE, Documented, High, "SAR", "ListObjects and ListObjectsV2 need s3:ListBucket." {
        EVAL_OP_006 = "action", &[ListObjectsV2, ListObjects], else not_asked;
    }
    "EVAL-OP-007" RULE, Documented, High, "SAR", "ListObjectVersions needs s3:ListBucketVersions." {
        EVAL_OP_007 = "action", &[ListObjectVersions], else not_asked;
    }
    "EVAL-OP-010" RULE, Documented, High, "SAR", "Get, Put and DeleteBucketPolicy need the action of the same name." {
        EVAL_OP_010 = "action", &[GetBucketPolicy, PutBucketPolicy, DeleteBucketPolicy], else not_asked;
    }
    "EVAL-OP-011" RULE, Documented, High, "SAR", "GetBucketPolicyStatus needs s3:GetBucketPolicyStatus." {
        EVAL_OP_011 = "action", &[GetBucketPolicyStatus], else not_asked;
    }
    "EVAL-OP-013" RULE, Documented, High, "SAR",
        "GetBucketEncryption needs s3:GetEncryptionConfiguration; Put and DeleteBucketEncryption need s3:PutEncryptionConfiguration." {
        EVAL_OP_013 = "action", &[GetBucketEncryption, PutBucketEncryption, DeleteBucketEncryption], else not_asked;
    }
    "EVAL-OP-015" RULE, Documented, High, "SAR", "Get and PutBucketVersioning need the action of the same name." {
        EVAL_OP_015 = "action", &[GetBucketVersioning, PutBucketVersioning], else not_asked;
    }
    "EVAL-OP-024" RULE, Documented, High, "SAR",
        "GetBucketOwnershipControls needs s3:GetBucketOwnershipControls; Put and Delete need s3:PutBucketOwnershipControls." {
        EVAL_OP_024 = "action", &[GetBucketOwnershipControls, PutBucketOwnershipControls, DeleteBucketOwnershipControls], else not_asked;
    }
    "EVAL-OP-025" RULE, Documented, High, "SAR",
        "GetPublicAccessBlock needs s3:GetBucketPublicAccessBlock; Put and Delete need s3:PutBucketPublicAccessBlock." {
        EVAL_OP_025 = "action", &[GetPublicAccessBlock, PutPublicAccessBlock, DeletePublicAccessBlock], else not_asked;
    }
    "EVAL-OP-027" RULE, Documented, High, "SAR",
        "Get and PutObjectLockConfiguration need s3:GetBucketObjectLockConfiguration and s3:PutBucketObjectLockConfiguration." {
        EVAL_OP_027 = "action", &[GetObjectLockConfiguration, PutObjectLockConfiguration], else not_asked;
    }
    "EVAL-OP-028" RULE, Documented, Critical, "S3-API GetObject",
        "GetObject needs s3:GetObject; with a version id it needs s3:GetObjectVersion instead." {
        EVAL_OP_028 = "action", &[GetObject, GetObjectVersion], else not_asked;
        EVAL_OP_028_VERSION = "version-action", &[GetObjectVersion], else asked_instead;
    }
    "EVAL-OP-029" RULE, Documented, Critical, "S3-API HeadObject", "HeadObject needs what GetObject needs." {
        EVAL_OP_029 = "action", &[HeadObject, HeadObjectVersion], else not_asked;
        EVAL_OP_029_VERSION = "version-action", &[HeadObjectVersion], else asked_instead;
    }
    "EVAL-OP-031" RULE, Documented, Critical, "S3-API PutObject",
        "PutObject needs s3:PutObject; a retention header also needs s3:PutObjectRetention, a hold header s3:PutObjectLegalHold, \
         an ACL s3:PutObjectAcl." {
        EVAL_OP_031 = "action", &[PutObject], else not_asked;
        EVAL_OP_031_RETENTION = "retention", &[PutObject], else (not_asked PutObjectRetention);
        EVAL_OP_031_HOLD = "hold", &[PutObject], else (not_asked PutObjectLegalHold);
        EVAL_OP_031_ACL = "acl", &[PutObject], else (not_asked PutObjectAcl);
        EVAL_OP_031_OWN_ACL = "own-acl", &[PutObject, CopyObject, CreateMultipartUpload],
            choice ["s3:PutObjectAcl is asked for private and bucket-owner-full-control too", "it is not asked for them"];
    }
    "EVAL-OP-039" RULE, Documented, Critical, "S3-API DeleteObject",
        "DeleteObject needs s3:DeleteObject; with a version id it needs s3:DeleteObjectVersion instead. A Deny of either may refuse \
         (EVAL-OPX-013)." {
        EVAL_OP_039 = "action", &[DeleteObject, DeleteObjectVersion], else not_asked;
        EVAL_OP_039_VERSION = "version-action", &[DeleteObjectVersion], else (asked_instead DeleteObject);
    }
    "EVAL-OP-040" RULE, Documented, Critical, "S3-API DeleteObjects", "DeleteObjects is authorized entry by entry, as DeleteObject." {
        EVAL_OP_040 = "action", &[DeleteObjects, DeleteObjectsVersion], else not_asked;
        EVAL_OP_040_VERSION = "version-action", &[DeleteObjectsVersion], else (asked_instead DeleteObject);
    }
    "EVAL-OP-043" RULE, Documented, High, "SAR", "Get and PutObjectRetention need the action of the same name." {
        EVAL_OP_043 = "action", &[GetObjectRetention, PutObjectRetention], else not_asked;
    }
    "EVAL-OP-044" RULE, Documented, High, "SAR", "Get and PutObjectLegalHold need the action of the same name." {
        EVAL_OP_044 = "action", &[GetObjectLegalHold, PutObjectLegalHold], else not_asked;
    }
    "EVAL-OP-008" RULE, Documented, High, "SAR", "ListMultipartUploads needs s3:ListBucketMultipartUploads." {
        EVAL_OP_008 = "action", &[ListMultipartUploads], else not_asked;
    }
    "EVAL-OP-030" RULE, Documented, Critical, "S3-API GetObjectAttributes",
        "GetObjectAttributes needs s3:GetObject and s3:GetObjectAttributes; with a version id it needs their version forms instead." {
        EVAL_OP_030 = "action", &[GetObjectAttributes, GetObjectAttributesVersion], else (not_asked GetObject);
        EVAL_OP_030_ATTRIBUTES = "attributes", &[GetObjectAttributes, GetObjectAttributesVersion],
            else (not_asked GetObjectAttributes);
        EVAL_OP_030_VERSION = "version-action", &[GetObjectAttributesVersion], else "the actions for the current version are asked instead";
    }
    "EVAL-OP-032" RULE, Documented, Critical, "S3-API CopyObject",
        "CopyObject needs s3:GetObject on the source (s3:GetObjectVersion with a version id) and s3:PutObject on the target, \
         with the extras of PutObject; tags that are copied need s3:GetObjectTagging (s3:GetObjectVersionTagging) and \
         s3:PutObjectTagging." {
        EVAL_OP_032 = "action", &[CopyObject], else (not_asked PutObject);
        EVAL_OP_032_SOURCE = "source", &[CopyObject], else "nothing is asked of the source";
        EVAL_OP_032_SOURCE_VERSION = "source-version-action", &[CopyObject], else (asked_instead GetObject);
        EVAL_OP_032_RETENTION = "retention", &[CopyObject], else (not_asked PutObjectRetention);
        EVAL_OP_032_HOLD = "hold", &[CopyObject], else (not_asked PutObjectLegalHold);
        EVAL_OP_032_ACL = "acl", &[CopyObject], else (not_asked PutObjectAcl);
        EVAL_OP_032_TAGS = "source-tags", &[CopyObject], else "the tagging action is not asked of the source";
        EVAL_OP_032_TAGS_VERSION = "source-tags-version-action", &[CopyObject], else (asked_instead GetObjectTagging);
        EVAL_OP_032_PUT_TAGS = "tags", &[CopyObject], else (not_asked PutObjectTagging);
    }
    "EVAL-OP-033" RULE, Documented, Critical, "S3-API CreateMultipartUpload",
        "CreateMultipartUpload needs s3:PutObject, with the extras of PutObject." {
        EVAL_OP_033 = "action", &[CreateMultipartUpload], else not_asked;
        EVAL_OP_033_RETENTION = "retention", &[CreateMultipartUpload], else (not_asked PutObjectRetention);
        EVAL_OP_033_HOLD = "hold", &[CreateMultipartUpload], else (not_asked PutObjectLegalHold);
        EVAL_OP_033_ACL = "acl", &[CreateMultipartUpload], else (not_asked PutObjectAcl);
    }
    "EVAL-OP-034" RULE, Documented, Critical, "S3-API UploadPart", "UploadPart needs s3:PutObject." {
        EVAL_OP_034 = "action", &[UploadPart], else not_asked;
    }
    "EVAL-OP-035" RULE, Documented, Critical, "S3-API UploadPartCopy",
        "UploadPartCopy needs the source's actions as CopyObject does, and s3:PutObject." {
        EVAL_OP_035 = "action", &[UploadPartCopy], else (not_asked PutObject);
        EVAL_OP_035_SOURCE = "source", &[UploadPartCopy], else "nothing is asked of the source";
        EVAL_OP_035_SOURCE_VERSION = "source-version-action", &[UploadPartCopy], else (asked_instead GetObject);
    }
    "EVAL-OP-036" RULE, Documented, Critical, "S3-API CompleteMultipartUpload",
        "CompleteMultipartUpload needs s3:PutObject; with an ETag in If-Match also s3:GetObject (VER-COND-015), and with a KMS key \
         perhaps kms:Decrypt." {
        EVAL_OP_036 = "action", &[CompleteMultipartUpload], else not_asked;
    }
    "EVAL-OP-037" RULE, Documented, Medium, "S3-UG mpuoverview",
        "AbortMultipartUpload needs s3:AbortMultipartUpload, which the bucket owner, who began the upload, and the account of a user who \
         began it have unless denied." {
        EVAL_OP_037 = "action", &[AbortMultipartUpload], else not_asked;
        EVAL_OP_037_INITIATOR = "initiator", &[AbortMultipartUpload], else "who began the upload needs a grant too";
        EVAL_OP_037_ACCOUNT = "initiators-account", &[AbortMultipartUpload], else "the account of the user who began the upload needs a grant too";
    }
    "EVAL-OP-038" RULE, Documented, Medium, "S3-UG mpuoverview",
        "ListParts needs s3:ListMultipartUploadParts, which the bucket owner, who began the upload, and the account of a user who \
         began it have unless denied." {
        EVAL_OP_038 = "action", &[ListParts], else not_asked;
        EVAL_OP_038_INITIATOR = "initiator", &[ListParts], else "who began the upload needs a grant too";
        EVAL_OP_038_ACCOUNT = "initiators-account", &[ListParts], else "the account of the user who began the upload needs a grant too";
    }
    "EVAL-OP-041" RULE, Documented, High, "SAR",
        "Get and PutObjectAcl need the action of the same name; with a version id its version form instead." {
        EVAL_OP_041 = "action", &[GetObjectAcl, GetObjectAclVersion, PutObjectAcl, PutObjectAclVersion], else not_asked;
        EVAL_OP_041_VERSION = "version-action", &[GetObjectAclVersion, PutObjectAclVersion], else asked_instead;
    }
    "EVAL-OP-042" RULE, Documented, High, "SAR",
        "Get, Put and DeleteObjectTagging need the action of the same name; with a version id its version form instead." {
        EVAL_OP_042 = "action", &[GetObjectTagging, GetObjectTaggingVersion, PutObjectTagging, PutObjectTaggingVersion,
            DeleteObjectTagging, DeleteObjectTaggingVersion], else not_asked;
        EVAL_OP_042_VERSION = "version-action", &[GetObjectTaggingVersion, PutObjectTaggingVersion, DeleteObjectTaggingVersion],
            else asked_instead;
    }
    "EVAL-OPX-001" consequence(&["EVAL-OP-028", "EVAL-OP-029"]), Documented, High, "S3-API GetObject",
        "With a version id the versioned action replaces the unversioned one."
    "EVAL-OPX-002" consequence(&["EVAL-OP-028", "EVAL-OP-039"]).because("null is a version id like any other"), Chosen, Medium, "K-high",
        "versionId=null counts as giving a version id."
    "EVAL-OPX-012" consequence(&["EVAL-OP-037", "EVAL-OP-038"]), Documented, High, "S3-UG mpuoverview",
        "Bucket owner, initiator, and the account of an initiating user may abort an upload and list its parts unless denied."
    "EVAL-OPX-013" RULE, Documented, High, "S3-API DeleteObject",
        "A Deny of s3:DeleteObject or s3:DeleteObjectVersion in the bucket policy refuses every delete of an unversioned object: 403. \
         Of Denies in other policies, of null versions, and where there is no object, it is open." {
        EVAL_OPX_013 = "either", DELETES, else row;
        EVAL_OPX_013_OTHERS = "null-versions-and-nothing", DELETES, choice ["only a Deny of the action that is asked refuses", "either refuses"];
        EVAL_OPX_013_IDENTITY = "identity-policies", DELETES, choice ["only a Deny of the action that is asked refuses", "either refuses"];
    }
}
