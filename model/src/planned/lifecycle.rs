//! Planned clauses of lifecycle and replication: each with what the law does not have yet.

use crate::words::planned;

planned! { Lifecycle;
    "LCN-LCK-001" Consequence, Documented, High, [Lifecycle], "UG:object-lock-managing",
        "Expiration of a locked current version adds a marker as usual; the locked version remains."
    "LCN-LCK-002" Rule, Documented, Critical, [Lifecycle, EventHolds], "UG; retry K(h); UG:object-lock-managing, lifecycle-and-other-bucket-config",
        "Lifecycle leaves noncurrent versions alone that a lock protects, and takes them up again afterwards."
    "LCN-LCK-003" Rule, Documented, Critical, [Lifecycle], "UG; K(h)",
        "Lifecycle never uses governance bypass."
    "LCN-LCK-004" Note, Documented, High, [Lifecycle], "UG",
        "Transitions are unaffected by lock and keep the lock metadata."
    "LCN-LCK-005" Consequence, Documented, High, [Lifecycle], "UG",
        "Delete markers are never locked: lifecycle may remove expired ones in lock buckets."
    "LCN-LCK-006" Consequence, Documented, High, [Lifecycle], "UG",
        "Lifecycle configuration itself may be put/deleted on a lock bucket freely."
    "LCN-MFA-001" Consequence, Documented, Medium, [Lifecycle, MfaDevices], "UG:lifecycle-and-other-bucket-config",
        "The two are mutually exclusive on a bucket."
    "LCN-MFA-002" Rule, Reported, Medium, [Lifecycle, MfaDevices], "cloudposse issue 76",
        "Lifecycle present: enabling MFA delete gives 409 InvalidBucketState (text in MFA-INT-001)."
    "LCN-MFA-003" Rule, Chosen, Medium, [Lifecycle, MfaDevices], "UG; K(m)",
        "MFA delete enabled: PutBucketLifecycleConfiguration rejected; code likely 409 InvalidBucketState, text unrecorded."
    "LCN-MFA-004" Consequence, Chosen, Medium, [Lifecycle, MfaDevices], "derived",
        "DeleteBucketLifecycle and GET remain allowed (needed to resolve LCN-MFA-002)."
    "LCN-REP-001" Rule, Documented, Medium, [Replication], "UG:replication-requirements; K(h); UG:replication-requirements",
        "Replication needs versioning on both sides; with a suspended destination the source shows FAILED."
    "LCN-REP-002" Rule, Documented, High, [Replication], "UG:replication-what-is-isnot-replicated; UG:object-lock-managing",
        "Replicas keep version id, metadata, tags, legal hold and retention, which wins over the destination's default."
    "LCN-REP-003" Rule, Documented, High, [Replication], "UG",
        "Deletes with versionId are never replicated."
    "LCN-REP-004" Rule, Documented, High, [Replication], "UG:delete-marker-replication",
        "Delete markers are replicated only when DeleteMarkerReplication=Enabled (not with tag filters); V1 configurations (no Filter) replicate user-made markers."
    "LCN-REP-005" Rule, Documented, High, [Replication, Lifecycle], "UG",
        "Lifecycle-made markers and lifecycle deletions are not replicated."
    "LCN-REP-006" Rule, Documented, High, [Replication], "UG:object-lock-managing",
        "Lock bucket source: destination must have Object Lock; role needs s3:GetObjectRetention and s3:GetObjectLegalHold."
    "LCN-REP-007" Rule, Documented, Medium, [Replication, Kms], "UG:replication-config-for-kms-objects; UG:blocking-unblocking-s3-c-encryption",
        "SSE-KMS objects replicate only if SourceSelectionCriteria.SseKmsEncryptedObjects is Enabled with a destination ReplicaKmsKeyID; SSE-C objects replicate with their key unless the destination blocks SSE-C (then failed, 403)."
    "LCN-REP-008" Note, Chosen, Medium, [Replication], "UG:object-lock-configure",
        "Enabling Object Lock on a bucket that is a replication source is allowed (no support contact needed now). historical limit lifted."
    "LCN-REP-009" Consequence, Chosen, Medium, [Replication, MfaDevices], "derived; K(m)",
        "MFA delete on the destination doesn't impede replicas or replicated markers."
    "LCN-REP-010" Rule, Documented, Medium, [Replication], "UG:replication-what-is-isnot-replicated",
        "A replica is not replicated onward by another rule (no chaining); Batch Replication is the exception."
    "LCN-VER-001" Rule, Documented, Critical, [Lifecycle], "UG:intro-lifecycle-rules",
        "Expiration, Unversioned: the object is permanently removed (asynchronously)."
    "LCN-VER-002" Rule, Documented, Critical, [Lifecycle], "UG",
        "Expiration, Enabled: acts on the current version by adding a delete marker with a fresh id; data becomes noncurrent."
    "LCN-VER-003" Rule, Documented, Critical, [Lifecycle], "UG",
        "Expiration, Suspended: a null delete marker becomes current; an existing null version is removed permanently; real ids survive."
    "LCN-VER-004" Rule, Documented, Critical, [Lifecycle], "UG",
        "Expiration does nothing if the current version is a marker that still has older versions."
    "LCN-VER-005" Definition, Documented, High, [Lifecycle], "UG",
        "A marker that is the only entry of its key is an “expired object delete marker”; ExpiredObjectDeleteMarker=true removes it, and so does Expiration Days/Date when its age qualifies."
    "LCN-VER-006" Rule, Chosen, Medium, [Lifecycle], "LS:test_put_bucket_lifecycle_conf_exc; public reports quoting AWS; UG for the tag rule",
        "ExpiredObjectDeleteMarker with Days in one Expiration: 400 MalformedXML (with Date: the same, unrecorded)."
    "LCN-VER-007" Rule, Documented, Critical, [Lifecycle], "UG",
        "NoncurrentVersionExpiration permanently deletes; NoncurrentDays counts from when the version became noncurrent (successor's creation time), not from its own creation."
    "LCN-VER-008" Rule, Chosen, Critical, [Lifecycle], "UG:intro-lifecycle-rules; API:NoncurrentVersionExpiration, NoncurrentVersionTransition; pu",
        "A noncurrent version is expired only when it is older than NoncurrentDays and more than NewerNoncurrentVersions (documented 1–100) newer noncurrent versions exist."
    "LCN-VER-009" Rule, Recorded, Medium, [Lifecycle], "LS:test_put_bucket_lifecycle_conf_exc",
        "Empty NoncurrentVersionExpiration: 400 MalformedXML."
    "LCN-VER-010" Rule, Documented, Critical, [Lifecycle], "UG",
        "Noncurrent actions apply in Suspended buckets, too; they never touch the current version."
    "LCN-VER-011" Rule, Documented, High, [Lifecycle], "UG:lifecycle-conflicts",
        "Conflict precedence: permanent deletion > transition > delete-marker creation."
    "LCN-VER-012" Form, Recorded, Medium, [Lifecycle], "LS:test_bucket_lifecycle_configuration_object_expiry_versioned, test_lifecycle_expired_obj",
        "x-amz-expiration: expiry-date=“…”, rule-id=“…”, only for reads/writes of a current version without versionId, only from Expiration Days/Date rules (not ExpiredObjectDeleteMarker or noncurrent rules)."
    "LCN-VER-013" Rule, Recorded, High, [Lifecycle], "UG; LS:test_put_bucket_lifecycle_conf_exc",
        "Expiry times are rounded up to the next midnight UTC."
    "LCN-VER-014" Rule, Documented, High, [Lifecycle], "UG; K(h); UG:lifecycle-expire-general-considerations",
        "No bucket policy prevents lifecycle from deleting or moving objects."
    "LCN-VER-015" Rule, Documented, Critical, [Lifecycle], "UG",
        "AbortIncompleteMultipartUpload removes parts only, creates no marker or version."
    "LCN-VER-016" Note, Documented, Medium, [Lifecycle], "UG:lifecycle-and-other-bucket-config",
        "Lifecycle deletions are in access logs (S3.EXPIRE.OBJECT, S3.CREATE.DELETEMARKER), not CloudTrail object events; they emit s3:LifecycleExpiration:* notifications."
    "LCN-VER-017" Rule, Documented, High, [Lifecycle, Replication], "UG:lifecycle-and-other-bucket-config",
        "A version whose replication status is PENDING or FAILED is neither expired nor transitioned, current or noncurrent."
    "LCN-VER-018" Rule, Recorded, Medium, [Lifecycle], "LS:test_s3_transition_default_minimum_object_size; UG",
        "Header x-amz-transition-default-minimum-object-size on PUT (echoed on PUT and GET): all_storage_classes_128K (default) or varies_by_storage_class."
    "LCN-VER-019" Rule, Documented, Medium, [Lifecycle], "UG:intro-lifecycle-rules",
        "Rules apply to objects that existed before the rule. A past Date makes all matching objects eligible at once, and it keeps applying to later ones."
    "LCN-VER-020" Rule, Documented, Medium, [Lifecycle], "UG:lifecycle-expire-general-considerations; UG:replication (first sentence: page cited sec",
        "At most one lifecycle action per object and day. The age of a replica counts from the source object's creation time."
    "LCN-VER-021" Rule, Recorded, Medium, [Lifecycle], "LS:test_delete_bucket_lifecycle_configuration, test_put_bucket_lifecycle_conf_exc",
        "GET ?lifecycle without configuration: 404 NoSuchLifecycleConfiguration, “The lifecycle configuration does not exist”, element BucketName; DELETE is 204 even then."
}
