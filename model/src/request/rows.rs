//! The operations of the law, one row each.

/// The rows, handed to the macro that is named: what an operation is called, what it takes, what it does in plain words,
/// how it is addressed on the wire, and what it asks for.
///
/// `GetObject | GetObjectVersion` has its own route where it names a version, `DeleteObjects + DeleteObjectsVersion` for
/// those of its entries that do. In parentheses is how it travels: `given` is a header by which an operation is told from
/// its sibling. `document` is the root of the XML document that it takes, which carries Content-MD5 unless it is `without
/// digest`, with the paths at which arguments stand in it where that is all that there is to say. Behind `=>` is what a
/// success is answered with, the root of a document, `json` or `bytes`, and behind `shows` what it says of the bytes of
/// objects. `asks` has the action that it needs first of all with the facet that says so, and behind it the one that it
/// needs instead where it names a version. Behind `by` is the function of the chapter that rules on it.
macro_rules! operations {
    ($then:ident) => { $then! {
        /// `lock` sends `x-amz-bucket-object-lock-enabled`.
        CreateBucket { bucket: BucketName, lock: bool }
            "create a bucket", (PUT Bucket document "CreateBucketConfiguration" without digest),
            asks [CreateBucket by EVAL_OP_002],
            by access::account::create(bucket, lock);
        DeleteBucket { bucket: BucketName }
            "delete a bucket", (DELETE Bucket),
            asks [DeleteBucket by EVAL_OP_003],
            by versioning::delete::whole_bucket(bucket);
        HeadBucket { bucket: BucketName }
            "see a bucket", (HEAD Bucket),
            asks [ListBucket by EVAL_OP_004],
            by access::account::head(bucket);
        GetBucketVersioning { bucket: BucketName }
            "read the versioning state of a bucket", (GET Bucket "versioning" => "VersioningConfiguration"),
            asks [GetBucketVersioning by EVAL_OP_015],
            by versioning::state::get(bucket);
        PutBucketVersioning { bucket: BucketName, status: VersioningWord, integrity: Integrity }
            "change the versioning state of a bucket", (PUT Bucket "versioning"
                document "VersioningConfiguration" ["Status" = status]),
            asks [PutBucketVersioning by EVAL_OP_015],
            by versioning::state::put(bucket, status, integrity);
        GetObjectLockConfiguration { bucket: BucketName }
            "read the Object Lock configuration of a bucket", (GET Bucket "object-lock" => "ObjectLockConfiguration"),
            asks [GetBucketObjectLockConfiguration by EVAL_OP_027],
            by lock::configuration::get(bucket);
        PutObjectLockConfiguration { bucket: BucketName, mode: LockMode, period: Period, form: LockForm, body: Body, integrity: Integrity }
            "change the Object Lock configuration of a bucket", (PUT Bucket "object-lock"
                document "ObjectLockConfiguration" ["Rule/DefaultRetention/Mode" = mode]),
            asks [PutBucketObjectLockConfiguration by EVAL_OP_027],
            by lock::configuration::put(bucket);
        GetBucketPolicy { bucket: BucketName }
            "read the policy of a bucket", (GET Bucket "policy" => json),
            asks [GetBucketPolicy by EVAL_OP_010],
            by access::policy::get(bucket);
        PutBucketPolicy { bucket: BucketName, policy: PolicyName }
            "write the policy of a bucket", (PUT Bucket "policy"),
            asks [PutBucketPolicy by EVAL_OP_010],
            by access::policy::put(bucket, policy);
        DeleteBucketPolicy { bucket: BucketName }
            "delete the policy of a bucket", (DELETE Bucket "policy"),
            asks [DeleteBucketPolicy by EVAL_OP_010],
            by access::policy::delete(bucket);
        GetBucketPolicyStatus { bucket: BucketName }
            "read whether the policy of a bucket is public", (GET Bucket "policyStatus" => "PolicyStatus"),
            asks [GetBucketPolicyStatus by EVAL_OP_011],
            by access::policy::status(bucket);
        GetBucketEncryption { bucket: BucketName }
            "read the default encryption of a bucket", (GET Bucket "encryption" => "ServerSideEncryptionConfiguration"),
            asks [GetEncryptionConfiguration by EVAL_OP_013],
            by encryption::get(bucket);
        PutBucketEncryption { bucket: BucketName, algorithm: SseAlgorithm, kms_key: bool, bucket_key: Option<bool>, second: SseAlgorithm, integrity: Integrity }
            "change the default encryption of a bucket", (PUT Bucket "encryption"
                document "ServerSideEncryptionConfiguration" [
                    "Rule/ApplyServerSideEncryptionByDefault/SSEAlgorithm" = algorithm,
                    "Rule/ApplyServerSideEncryptionByDefault/KMSMasterKeyID" = kms_key,
                    "Rule/BucketKeyEnabled" = bucket_key,
                    "Rule#2/ApplyServerSideEncryptionByDefault/SSEAlgorithm" = second]),
            asks [PutEncryptionConfiguration by EVAL_OP_013],
            by encryption::put(bucket, algorithm, (kms_key, bucket_key, second), integrity);
        DeleteBucketEncryption { bucket: BucketName }
            "delete the default encryption of a bucket", (DELETE Bucket "encryption"),
            asks [PutEncryptionConfiguration by EVAL_OP_013],
            by encryption::delete(bucket);
        GetPublicAccessBlock { bucket: BucketName }
            "read the public access block of a bucket", (GET Bucket "publicAccessBlock" => "PublicAccessBlockConfiguration"),
            asks [GetBucketPublicAccessBlock by EVAL_OP_025],
            by access::public::get(bucket);
        /// Puts all four settings on or off.
        PutPublicAccessBlock { bucket: BucketName, on: bool }
            "change the public access block of a bucket", (PUT Bucket "publicAccessBlock"
                document "PublicAccessBlockConfiguration"),
            asks [PutBucketPublicAccessBlock by EVAL_OP_025],
            by access::public::put(bucket, Some(on));
        DeletePublicAccessBlock { bucket: BucketName }
            "delete the public access block of a bucket", (DELETE Bucket "publicAccessBlock"),
            asks [PutBucketPublicAccessBlock by EVAL_OP_025],
            by access::public::put(bucket, None);
        GetBucketOwnershipControls { bucket: BucketName }
            "read the ownership controls of a bucket", (GET Bucket "ownershipControls" => "OwnershipControls"),
            asks [GetBucketOwnershipControls by EVAL_OP_024],
            by access::ownership::get(bucket);
        /// Puts one rule with this setting.
        PutBucketOwnershipControls { bucket: BucketName, ownership: OwnershipWord }
            "change the ownership controls of a bucket", (PUT Bucket "ownershipControls"
                document "OwnershipControls" ["Rule/ObjectOwnership" = ownership]),
            asks [PutBucketOwnershipControls by EVAL_OP_024],
            by access::ownership::put(bucket, ownership);
        DeleteBucketOwnershipControls { bucket: BucketName }
            "delete the ownership controls of a bucket", (DELETE Bucket "ownershipControls"),
            asks [PutBucketOwnershipControls by EVAL_OP_024],
            by access::ownership::delete(bucket);
        GetBucketLocation { bucket: BucketName }
            "read the Region of a bucket", (GET Bucket "location" => "LocationConstraint"),
            asks [GetBucketLocation by EVAL_OP_005],
            by access::account::location(bucket);
        GetBucketAcl { bucket: BucketName }
            "read the ACL of a bucket", (GET Bucket "acl" => "AccessControlPolicy"),
            asks [GetBucketAcl by EVAL_OP_009],
            by access::settings::get_acl(bucket);
        /// With `x-amz-acl` and without a body.
        PutBucketAcl { bucket: BucketName, acl: CannedAcl }
            "change the ACL of a bucket", (PUT Bucket "acl"),
            asks [PutBucketAcl by EVAL_OP_009],
            by access::settings::put_acl(bucket, acl);
        GetBucketTagging { bucket: BucketName }
            "read the tags of a bucket", (GET Bucket "tagging" => "Tagging"),
            asks [GetBucketTagging by EVAL_OP_016],
            by access::settings::get_tags(bucket);
        PutBucketTagging { bucket: BucketName, tags: Tags }
            "change the tags of a bucket", (PUT Bucket "tagging" document "Tagging"),
            asks [PutBucketTagging by EVAL_OP_016],
            by access::settings::put_tags(bucket, tags);
        DeleteBucketTagging { bucket: BucketName }
            "delete the tags of a bucket", (DELETE Bucket "tagging"),
            asks [PutBucketTagging by EVAL_OP_016],
            by access::settings::put_tags(bucket, Tags::default());
        ListBuckets {}
            "list buckets", (GET Service => "ListAllMyBucketsResult"),
            asks [ListAllMyBuckets by EVAL_OP_001],
            by access::account::list();
        /// `version` sends a `versionId`, which it does not take; `conditions=query` presigns, with the conditions in the query.
        PutObject { bucket: BucketName, key: Key, version: VersionRef, content: Content, mode: LockMode, until: Date, hold: Hold, integrity: Integrity, acl: CannedAcl, if_match: Etag, if_none_match: Etag, conditions: Carrier }
            "write an object", (PUT Object shows [Etag]),
            asks [PutObject by EVAL_OP_031],
            by versioning::write::put(bucket, key);
        GetObject | GetObjectVersion { bucket: BucketName, key: Key, version: VersionRef }
            "read an object", (GET Object => bytes shows [Etag]),
            asks [GetObject by EVAL_OP_028, GetObjectVersion by EVAL_OP_028_VERSION],
            by versioning::read::operations::object(bucket, key, version);
        HeadObject | HeadObjectVersion { bucket: BucketName, key: Key, version: VersionRef }
            "see an object", (HEAD Object shows [Etag, Size]),
            asks [GetObject by EVAL_OP_029, GetObjectVersion by EVAL_OP_029_VERSION],
            by versioning::read::operations::object(bucket, key, version);
        /// `if_match_time` sends `x-amz-if-match-last-modified-time`, `if_match_size` sends `x-amz-if-match-size`.
        DeleteObject | DeleteObjectVersion { bucket: BucketName, key: Key, version: VersionRef, bypass: Option<bool>, if_match: Etag, if_match_time: bool, if_match_size: bool }
            "delete an object", (DELETE Object),
            asks [DeleteObject by EVAL_OP_039, DeleteObjectVersion by EVAL_OP_039_VERSION],
            by versioning::delete::object((bucket, key, version), bypass,
                DeleteConditions { if_match, time: if_match_time, size: if_match_size });
        DeleteObjects + DeleteObjectsVersion { bucket: BucketName, objects: Identifiers, bypass: Option<bool>, quiet: bool, integrity: Integrity, times: Times }
            "delete objects", (POST Bucket "delete" document "Delete" => "DeleteResult"),
            asks [DeleteObject by EVAL_OP_040, DeleteObjectVersion by EVAL_OP_040_VERSION],
            by versioning::multi_delete::operations::objects(bucket, &objects, (bypass, quiet, integrity, times));
        GetObjectRetention { bucket: BucketName, key: Key, version: VersionRef }
            "read the retention of an object", (GET Object "retention" => "Retention"),
            asks [GetObjectRetention by EVAL_OP_043],
            by lock::retention::operations::get(bucket, key, version);
        PutObjectRetention { bucket: BucketName, key: Key, version: VersionRef, mode: LockMode, until: Date, bypass: Option<bool>, body: Body, integrity: Integrity }
            "change the retention of an object", (PUT Object "retention"
                document "Retention" ["Mode" = mode, "RetainUntilDate" = until]),
            asks [PutObjectRetention by EVAL_OP_043],
            by lock::retention::operations::put((bucket, key, version));
        GetObjectLegalHold { bucket: BucketName, key: Key, version: VersionRef }
            "read the legal hold of an object", (GET Object "legal-hold" => "LegalHold"),
            asks [GetObjectLegalHold by EVAL_OP_044],
            by lock::hold::operations::get(bucket, key, version);
        PutObjectLegalHold { bucket: BucketName, key: Key, version: VersionRef, hold: Hold, body: Body, integrity: Integrity }
            "change the legal hold of an object", (PUT Object "legal-hold" document "LegalHold" ["Status" = hold]),
            asks [PutObjectLegalHold by EVAL_OP_044],
            by lock::hold::operations::put((bucket, key, version));
        ListObjectVersions { bucket: BucketName, prefix: Option<Key>, delimiter: Delimiter, max_keys: Option<u16>, key_marker: Option<Key>, version_marker: VersionRef, encoding: Encoding }
            "list the versions of a bucket", (GET Bucket "versions" => "ListVersionsResult" shows [Etag, Size]),
            asks [ListBucketVersions by EVAL_OP_007],
            by versioning::list::operations::versions(bucket, Page { prefix, delimiter, max_keys, key_marker, version_marker, encoding });
        ListObjectsV2 { bucket: BucketName, max_keys: Option<u16>, encoding: Encoding }
            "list the objects of a bucket", (GET Bucket "list-type" "2" => "ListBucketResult" shows [Etag, Size]),
            asks [ListBucket by EVAL_OP_006],
            by versioning::list::operations::objects(bucket, (max_keys, encoding));
        ListObjects { bucket: BucketName, max_keys: Option<u16>, encoding: Encoding }
            "list the objects of a bucket", (GET Bucket => "ListBucketResult" shows [Etag, Size]),
            asks [ListBucket by EVAL_OP_006],
            by versioning::list::operations::objects(bucket, (max_keys, encoding));
        GetObjectAcl | GetObjectAclVersion { bucket: BucketName, key: Key, version: VersionRef }
            "read the ACL of an object", (GET Object "acl" => "AccessControlPolicy"),
            asks [GetObjectAcl by EVAL_OP_041, GetObjectVersionAcl by EVAL_OP_041_VERSION],
            by versioning::subresource::get_acl((bucket, key, version));
        /// With `x-amz-acl` and without a body.
        PutObjectAcl | PutObjectAclVersion { bucket: BucketName, key: Key, version: VersionRef, acl: CannedAcl }
            "change the ACL of an object", (PUT Object "acl"),
            asks [PutObjectAcl by EVAL_OP_041, PutObjectVersionAcl by EVAL_OP_041_VERSION],
            by versioning::subresource::put_acl((bucket, key, version), acl);
        GetObjectAttributes | GetObjectAttributesVersion { bucket: BucketName, key: Key, version: VersionRef }
            "read the attributes of an object", (GET Object "attributes" => "GetObjectAttributesResponse" shows [Etag, Size]),
            asks [GetObject by EVAL_OP_030, GetObjectVersion by EVAL_OP_030_VERSION],
            by versioning::subresource::get_attributes((bucket, key, version));
        GetObjectTagging | GetObjectTaggingVersion { bucket: BucketName, key: Key, version: VersionRef }
            "read the tags of an object", (GET Object "tagging" => "Tagging"),
            asks [GetObjectTagging by EVAL_OP_042, GetObjectVersionTagging by EVAL_OP_042_VERSION],
            by versioning::subresource::tagging((bucket, key, version), None);
        PutObjectTagging | PutObjectTaggingVersion { bucket: BucketName, key: Key, version: VersionRef, tags: Tags }
            "change the tags of an object", (PUT Object "tagging" document "Tagging"),
            asks [PutObjectTagging by EVAL_OP_042, PutObjectVersionTagging by EVAL_OP_042_VERSION],
            by versioning::subresource::tagging((bucket, key, version), Some(tags));
        DeleteObjectTagging | DeleteObjectTaggingVersion { bucket: BucketName, key: Key, version: VersionRef }
            "delete the tags of an object", (DELETE Object "tagging"),
            asks [DeleteObjectTagging by EVAL_OP_042, DeleteObjectVersionTagging by EVAL_OP_042_VERSION],
            by versioning::subresource::tagging((bucket, key, version), Some(Tags::default()));
        /// Names its source in `x-amz-copy-source`.
        CopyObject { source_bucket: BucketName, source_key: Key, source_version: VersionRef, bucket: BucketName, key: Key, directive: Directive, mode: LockMode, until: Date, hold: Hold, acl: CannedAcl, if_match: Etag, if_none_match: Etag, source_if_match: Etag, source_if_none_match: Etag, source_if_modified_since: SourceDate, source_if_unmodified_since: SourceDate }
            "copy an object", (PUT Object given "x-amz-copy-source" => "CopyObjectResult" shows [Etag]),
            asks [PutObject by EVAL_OP_032],
            by versioning::copy::object(Source { bucket: source_bucket, key: source_key, version: source_version, if_match: source_if_match,
                if_none_match: source_if_none_match, if_modified_since: source_if_modified_since,
                if_unmodified_since: source_if_unmodified_since },
                Target { bucket, key, directive, lock: (mode, until, hold), acl, conditions: Conditions { if_match, if_none_match } });
        CreateMultipartUpload { bucket: BucketName, key: Key, mode: LockMode, until: Date, hold: Hold, acl: CannedAcl }
            "begin an upload", (POST Object "uploads" => "InitiateMultipartUploadResult"),
            asks [PutObject by EVAL_OP_033],
            by versioning::multipart::operations::create((bucket, key), (mode, until, hold), acl);
        UploadPart { bucket: BucketName, key: Key, upload: UploadRef, part: PartNumber, content: Content, integrity: Integrity }
            "upload a part", (PUT Object "uploadId" shows [Etag]),
            asks [PutObject by EVAL_OP_034],
            by versioning::multipart::operations::part((bucket, key, upload), (part, content, integrity));
        /// Names its source in `x-amz-copy-source`.
        UploadPartCopy { source_bucket: BucketName, source_key: Key, source_version: VersionRef, bucket: BucketName, key: Key, upload: UploadRef, part: PartNumber, source_if_match: Etag, source_if_none_match: Etag, source_if_modified_since: SourceDate, source_if_unmodified_since: SourceDate }
            "copy a part", (PUT Object "uploadId" given "x-amz-copy-source" => "CopyPartResult" shows [Etag]),
            asks [PutObject by EVAL_OP_035],
            by versioning::multipart::operations::part_copy(Source { bucket: source_bucket, key: source_key, version: source_version, if_match: source_if_match,
                if_none_match: source_if_none_match, if_modified_since: source_if_modified_since,
                if_unmodified_since: source_if_unmodified_since }, (bucket, key, upload), part);
        /// Completes the upload with all parts that were uploaded.
        CompleteMultipartUpload { bucket: BucketName, key: Key, upload: UploadRef, if_match: Etag, if_none_match: Etag }
            "complete an upload", (POST Object "uploadId" document "CompleteMultipartUpload" without digest => "CompleteMultipartUploadResult" shows [Etag]),
            asks [PutObject by EVAL_OP_036],
            by versioning::multipart::complete::complete((bucket, key, upload), Conditions { if_match, if_none_match });
        AbortMultipartUpload { bucket: BucketName, key: Key, upload: UploadRef }
            "abort an upload", (DELETE Object "uploadId"),
            asks [AbortMultipartUpload by EVAL_OP_037],
            by versioning::multipart::operations::abort((bucket, key, upload));
        ListParts { bucket: BucketName, key: Key, upload: UploadRef }
            "list the parts of an upload", (GET Object "uploadId" => "ListPartsResult" shows [Etag, Size]),
            asks [ListMultipartUploadParts by EVAL_OP_038],
            by versioning::multipart::operations::parts((bucket, key, upload));
        ListMultipartUploads { bucket: BucketName, encoding: Encoding }
            "list the uploads of a bucket", (GET Bucket "uploads" => "ListMultipartUploadsResult"),
            asks [ListBucketMultipartUploads by EVAL_OP_008],
            by versioning::multipart::operations::uploads(bucket, encoding);
        /// Gives the IAM user in the owner's account this and no other inline policy.
        PutUserPolicy { policy: PolicyName }
            "write the policy of a user", (POST Iam "PutUserPolicy"),
            asks [],
            by access::account::put_user_policy(Some(policy));
        DeleteUserPolicy {}
            "delete the policy of a user", (POST Iam "DeleteUserPolicy"),
            asks [],
            by access::account::put_user_policy(None);
    } };
}
pub(crate) use operations;
