//! Object Lock on a bucket: enabling it (`LOCK-BKT`). CreateBucket is in [`crate::access::account`].

use crate::argument::VersionName;
use crate::cx::Cx;
use crate::request::Route::*;
use crate::state::{Bucket, Mode, Retention};
use crate::table::effects;
use crate::time::DAY;
use crate::words::{FORM, RULE, clauses, consequence};

clauses! { ObjectLock, LockBucket;
    "LOCK-BKT-001" RULE, Recorded, High, "API:CreateBucket; LS:test_get_put_object_lock_configuration",
        "CreateBucket with x-amz-bucket-object-lock-enabled: true makes a lock bucket and enables versioning at once." {
        LOCK_BKT_001 = "lock", &[CreateBucket], else "the header is ignored";
        LOCK_BKT_001_VERSIONING = "versioning", &[CreateBucket], else "versioning stays off";
    }
    "LOCK-BKT-002" RULE, Documented, High, "API:CreateBucket",
        "Creating a lock bucket needs s3:CreateBucket, s3:PutBucketObjectLockConfiguration and s3:PutBucketVersioning." {
        LOCK_BKT_002 = "configuration", &[CreateBucket], else (not_asked PutBucketObjectLockConfiguration);
        LOCK_BKT_002_VERSIONING = "versioning", &[CreateBucket], else (not_asked PutBucketVersioning);
    }
    "LOCK-BKT-003" RULE, Documented, High, "UG:object-lock-configure",
        "An existing bucket becomes a lock bucket by PutObjectLockConfiguration; no token is needed." {
        LOCK_BKT_003 = "existing", &[PutObjectLockConfiguration], else row;
    }
    "LOCK-BKT-004" RULE, Recorded, High, "LS:test_put_object_lock_configuration_on_existing_bucket",
        "PutObjectLockConfiguration while versioning is not Enabled: 409 InvalidBucketState, \
         \"Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration\"." {
        LOCK_BKT_004 = "unversioned", &[PutObjectLockConfiguration], else row;
        LOCK_BKT_004_SUSPENDED = "suspended", &[PutObjectLockConfiguration], else row;
        LOCK_BKT_004_MESSAGE = "message", &[PutObjectLockConfiguration], else other_text;
    }
    "LOCK-BKT-005" consequence(&["LOCK-CFG-003", "LOCK-CFG-004", "LOCK-CFG-008"]).because("no document turns Object Lock off"), Documented, Critical,
        "UG:object-lock-configure", "Object Lock can never be disabled on a bucket."
    "LOCK-BKT-006" consequence(&["VER-ST-009"]).because("it says the same"), Recorded, Critical, "LS:test_disable_versioning_on_locked_bucket",
        "Versioning can never be suspended in a lock bucket."
    "LOCK-BKT-007" RULE, Documented, High, "UG:object-lock",
        "Enabling Object Lock locks nothing by itself; only versions with retention or a hold of their own are protected." {
        LOCK_BKT_007 = "unprotected", &[DeleteObjectVersion, DeleteObjectsVersion],
            else row;
    }
    "LOCK-BKT-008" RULE, Documented, High, "UG:object-lock",
        "Objects stored before enabling have no lock state until it is set, null versions included." {
        LOCK_BKT_008 = "existing", &[PutObjectLockConfiguration],
            else "enabling puts the versions that are there under GOVERNANCE for a day";
        LOCK_BKT_008_NULL = "null", &[PutObjectLockConfiguration],
            else "enabling puts the null versions that are there under GOVERNANCE for a day";
    }
    "LOCK-BKT-009" RULE, Documented, Medium, "UG; K(h)",
        "DeleteBucket on a lock bucket follows the ordinary rule: an empty one can be deleted." {
        LOCK_BKT_009 = "empty", &[DeleteBucket], else row;
    }
    "LOCK-BKT-011" FORM, Documented, Low, "API; K(h)",
        "Only GetObjectLockConfiguration shows that a bucket is a lock bucket; the reply of CreateBucket has no lock header." {
        LOCK_BKT_011 = "no-header", &[CreateBucket, HeadBucket, GetBucketVersioning, GetBucketLocation],
            else (sent "x-amz-bucket-object-lock-enabled");
    }
}

/// Enabling Object Lock leaves the versions that are there as they are (`LOCK-BKT-008`).
pub(crate) fn leave_existing(cx: &mut Cx<'_>, bucket: &mut Bucket) {
    let until = cx.now.plus(DAY);
    let retention = Retention {
        mode: Mode::Governance,
        until,
    };
    bucket.edit_objects(|version| {
        let null = version.name == VersionName::NULL;
        effects! { cx;
            LOCK_BKT_008        if !null    => never version.retention = Some(retention);
            LOCK_BKT_008_NULL   if null     => never version.retention = Some(retention);
        }
    });
}
