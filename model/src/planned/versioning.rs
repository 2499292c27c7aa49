//! Planned clauses of versioning: each with what the law does not have yet.

use crate::words::planned;

planned! { Versioning;
    "VER-COND-016" Rule, Documented, High, [Conditions], "UG:conditional-writes-enforce",
        "The policy keys s3:if-match and s3:if-none-match can force conditional writes."
    "VER-GET-014" Rule, Recorded, Low, [Lifecycle], "LS:test_bucket_lifecycle_configuration_object_expiry_versioned",
        "x-amz-expiration is returned only for reads of the current version that name no version."
    "VER-PUT-011" Rule, Documented, Medium, [Lifecycle], "UG; K(h)",
        "Restoring, or changing the storage class by lifecycle, makes no version; an in-place copy does."
    "VER-ST-014" Rule, Reported, Medium, [Replication], "nozaq/terraform-aws-remote-state-s3-backend issue 59; UG:replication-and-other-bucket-configs",
        "Suspending a bucket with a replication configuration is 409 InvalidBucketState."
}
