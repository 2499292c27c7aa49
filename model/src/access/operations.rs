//! The permissions that each operation needs (section 11).

use crate::clause::{RULE, clauses, consequence};
use crate::request::Route::*;

clauses! { Evaluation, 18;
    "EVAL-OP-001" RULE, Documented, High, "SAR", "ListBuckets needs s3:ListAllMyBuckets on *, by identity policy only." {
        EVAL_OP_001 = "action", &[ListBuckets], else "the action is not asked";
        EVAL_OP_001_OWN = "own", &[ListBuckets], else "the buckets of other accounts are listed too";
    }
    "EVAL-OP-002" RULE, Documented, High, "SAR; API:CreateBucket",
        "CreateBucket needs s3:CreateBucket, and more permissions for Object Lock (LOCK-BKT-002), ACLs, ownership and tags." {
        EVAL_OP_002 = "action", &[CreateBucket], else "the action is not asked";
        EVAL_OP_002_OWN = "own-name", &[CreateBucket], choice ["409 BucketAlreadyOwnedByYou", "200, nothing changes"];
        EVAL_OP_002_TAKEN = "taken-name", &[CreateBucket], else "it is 200 and nothing changes";
    }
    "EVAL-OP-003" RULE, Documented, High, "SAR", "DeleteBucket needs s3:DeleteBucket." {
        EVAL_OP_003 = "action", &[DeleteBucket], else "the action is not asked";
    }
    "EVAL-OP-004" RULE, Documented, High, "SAR", "HeadBucket needs s3:ListBucket." {
        EVAL_OP_004 = "action", &[HeadBucket], else "the action is not asked";
    }
    "EVAL-OP-005" RULE, Documented, High, "SAR", "GetBucketLocation needs s3:GetBucketLocation." {
        EVAL_OP_005 = "action", &[GetBucketLocation], else "the action is not asked";
    }
    "EVAL-OP-006" RULE, Documented, High, "SAR", "ListObjects and ListObjectsV2 need s3:ListBucket." {
        EVAL_OP_006 = "action", &[ListObjectsV2], else "the action is not asked";
    }
    "EVAL-OP-007" RULE, Documented, High, "SAR", "ListObjectVersions needs s3:ListBucketVersions." {
        EVAL_OP_007 = "action", &[ListObjectVersions], else "the action is not asked";
    }
    "EVAL-OP-010" RULE, Documented, High, "SAR", "Get, Put and DeleteBucketPolicy need the action of the same name." {
        EVAL_OP_010 = "action", &[GetBucketPolicy, PutBucketPolicy, DeleteBucketPolicy], else "the action is not asked";
    }
    "EVAL-OP-015" RULE, Documented, High, "SAR", "Get and PutBucketVersioning need the action of the same name." {
        EVAL_OP_015 = "action", &[GetBucketVersioning, PutBucketVersioning], else "the action is not asked";
    }
    "EVAL-OP-024" RULE, Documented, High, "SAR",
        "Get and PutBucketOwnershipControls need s3:GetBucketOwnershipControls and s3:PutBucketOwnershipControls." {
        EVAL_OP_024 = "action", &[GetBucketOwnershipControls, PutBucketOwnershipControls], else "the action is not asked";
    }
    "EVAL-OP-025" RULE, Documented, High, "SAR",
        "GetPublicAccessBlock needs s3:GetBucketPublicAccessBlock; Put and Delete need s3:PutBucketPublicAccessBlock." {
        EVAL_OP_025 = "action", &[GetPublicAccessBlock, PutPublicAccessBlock, DeletePublicAccessBlock], else "the action is not asked";
    }
    "EVAL-OP-027" RULE, Documented, High, "SAR",
        "Get and PutObjectLockConfiguration need s3:GetBucketObjectLockConfiguration and s3:PutBucketObjectLockConfiguration." {
        EVAL_OP_027 = "action", &[GetObjectLockConfiguration, PutObjectLockConfiguration], else "the action is not asked";
    }
    "EVAL-OP-028" RULE, Documented, Critical, "S3-API GetObject",
        "GetObject needs s3:GetObject; with a version id it needs s3:GetObjectVersion instead." {
        EVAL_OP_028 = "action", &[GetObject, GetObjectVersion], else "the action is not asked";
        EVAL_OP_028_VERSION = "version-action", &[GetObjectVersion], else "the action for the current version is asked instead";
    }
    "EVAL-OP-029" RULE, Documented, Critical, "S3-API HeadObject", "HeadObject needs what GetObject needs." {
        EVAL_OP_029 = "action", &[HeadObject, HeadObjectVersion], else "the action is not asked";
        EVAL_OP_029_VERSION = "version-action", &[HeadObjectVersion], else "the action for the current version is asked instead";
    }
    "EVAL-OP-031" RULE, Documented, Critical, "S3-API PutObject",
        "PutObject needs s3:PutObject; a retention header also needs s3:PutObjectRetention, a hold header s3:PutObjectLegalHold." {
        EVAL_OP_031 = "action", &[PutObject], else "the action is not asked";
        EVAL_OP_031_RETENTION = "retention", &[PutObject], else "s3:PutObjectRetention is not asked";
        EVAL_OP_031_HOLD = "hold", &[PutObject], else "s3:PutObjectLegalHold is not asked";
    }
    "EVAL-OP-039" RULE, Documented, Critical, "S3-API DeleteObject",
        "DeleteObject needs s3:DeleteObject; with a version id it needs s3:DeleteObjectVersion instead." {
        EVAL_OP_039 = "action", &[DeleteObject, DeleteObjectVersion], else "the action is not asked";
        EVAL_OP_039_VERSION = "version-action", &[DeleteObjectVersion], else "s3:DeleteObject is asked instead";
    }
    "EVAL-OP-040" RULE, Documented, Critical, "S3-API DeleteObjects", "DeleteObjects is authorized entry by entry, as DeleteObject." {
        EVAL_OP_040 = "action", &[DeleteObjects, DeleteObjectsVersion], else "the action is not asked";
        EVAL_OP_040_VERSION = "version-action", &[DeleteObjectsVersion], else "s3:DeleteObject is asked instead";
    }
    "EVAL-OP-043" RULE, Documented, High, "SAR", "Get and PutObjectRetention need the action of the same name." {
        EVAL_OP_043 = "action", &[GetObjectRetention, PutObjectRetention], else "the action is not asked";
    }
    "EVAL-OP-044" RULE, Documented, High, "SAR", "Get and PutObjectLegalHold need the action of the same name." {
        EVAL_OP_044 = "action", &[GetObjectLegalHold, PutObjectLegalHold], else "the action is not asked";
    }
    "EVAL-OPX-001" consequence("EVAL-OP-028, EVAL-OP-029"), Documented, High, "S3-API GetObject",
        "With a version id the versioned action replaces the unversioned one."
    "EVAL-OPX-002" consequence("EVAL-OP-028, EVAL-OP-039: null is a version id like any other"), Chosen, Medium, "K-high",
        "versionId=null counts as giving a version id."
}
