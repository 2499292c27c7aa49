//! Planned clauses of access points: each with what the law does not have yet.

use crate::words::planned;

planned! { AccessPoints;
    "AP-ACL-001" Rule, Documented, Medium, [AccessPoints, Acls], "S3-UG put-acl-permissions-ap, block-public-access note",
        "Access points have no ACLs; bucket/object ACLs apply at the bucket level; Put/GetObjectAcl and GetBucketAcl are available through the access point."
    "AP-ALIAS-001" Rule, Recorded, Medium, [AccessPoints], "S3-UG access-points-naming; MOTO test_delete_access_point",
        "Alias <name-prefix>-<metadata>-s3alias, total ≤63 chars, valid bucket name, generated at creation, immutable."
    "AP-ALIAS-002" Rule, Documented, Medium, [AccessPoints], "S3-UG access-points-naming; path-style with alias K-med",
        "The alias is usable anywhere a bucket name is accepted in supported data-plane operations, hence also via bucket hosts; the request is then evaluated as an access-point request."
    "AP-ALIAS-003" Rule, Documented, Medium, [AccessPoints], "S3-UG access-points-naming",
        "The alias is invalid in IAM/bucket/access-point policies, control-plane calls, as logging target."
    "AP-ALIAS-004" Rule, Documented, Medium, [AccessPoints], "S3-UG access-points-naming; code K-high",
        "Buckets cannot be created with the reserved suffix: 400 InvalidBucketName."
    "AP-ALIAS-005" Rule, Chosen, Medium, [AccessPoints], "S3-API ErrorResponses",
        "Invalid alias: 400 InvalidAccessPointAliasError (documented for Object Lambda aliases); for unknown -s3alias names."
    "AP-ARN-001" Definition, Documented, Medium, [AccessPoints], "S3-UG access-points-naming",
        "Access point: arn:<p>:s3:<region>:<owner-account>:accesspoint/<name>; object through it: …:accesspoint/<name>/object/<key>."
    "AP-ARN-002" Definition, Documented, Medium, [AccessPoints], "S3-UG security_iam_service-with-iam",
        "…/accesspoint/<name>/object/* covers all objects, not the access point itself; bucket-type actions use the ARN without /object/."
    "AP-BPA-001" Rule, Documented, High, [AccessPoints], "S3-UG access-points-bpa-settings, restrictions",
        "Default: all four settings true; must be disabled at creation; immutable."
    "AP-BPA-002" Rule, Documented, Critical, [AccessPoints], "S3-UG",
        "For requests through it, effective settings = OR of access point, bucket, bucket-owner account (EVAL-BPA-001)."
    "AP-BPA-003" Rule, Documented, High, [AccessPoints, Acls], "S3-UG",
        "BlockPublicAcls/IgnorePublicAcls on the access point act as if set on the bucket for requests through it."
    "AP-BPA-004" Rule, Documented, Critical, [AccessPoints], "S3-UG",
        "RestrictPublicBuckets evaluates both the access-point policy and the bucket policy for publicness; if either is public, only the two owner accounts and service principals pass."
    "AP-BPA-005" Rule, Documented, High, [AccessPoints], "S3-UG permissions table, access-points-policies",
        "Setting PublicAccessBlockConfiguration in CreateAccessPoint needs only s3:CreateAccessPoint (no extra Block Public Access permission), so that action alone decides whether a point may be public."
    "AP-CTL-001" Rule, Documented, Medium, [AccessPoints], "S3-API control CreateAccessPoint",
        "CreateAccessPoint: PUT /v20180820/accesspoint/{name} on the S3 Control endpoint (<account-id>.s3-control.<region>.amazonaws.com), header x-amz-account-id (12 digits, the access-point owner)."
    "AP-CTL-002" Form, Recorded, Medium, [AccessPoints], "S3-API; MOTO test_delete_access_point",
        "Response 200 with AccessPointArn and Alias."
    "AP-CTL-003" Rule, Documented, Medium, [AccessPoints, ThirdAccount], "S3-API",
        "BucketAccountId is required iff bucket and access point have different owners."
    "AP-CTL-004" Rule, Chosen, Medium, [AccessPoints, Regions], "K-med",
        "An access point on a bucket that does not exist is 400 InvalidRequest; of another Region it is open."
    "AP-CTL-005" Rule, Documented, Medium, [AccessPoints, ThirdAccount], "S3-UG creating-access-points, access-points-policies",
        "Creating an access point for a foreign bucket needs no permission from the bucket owner, only the bucket name and owner ID; it confers no data access."
    "AP-CTL-006" Rule, Documented, Medium, [AccessPoints], "S3-API ErrorResponses",
        "Name already used by the same account in the Region: 409 AccessPointAlreadyOwnedByYou (An access point with an identical name already exists in your account.)."
    "AP-CTL-007" Note, Documented, Medium, [AccessPoints], "S3-UG access-points-restrictions; S3-API ErrorResponses",
        "Quota 10 000 access points per account and Region: 400 TooManyAccessPoints."
    "AP-CTL-008" Form, Documented, Medium, [AccessPoints], "S3-API control GetAccessPoint; moto test (not aws_verified) for endpoint keys",
        "GetAccessPoint returns name, bucket, origin, Block Public Access, date, alias, ARN, endpoints and data source."
    "AP-CTL-009" Rule, Recorded, Medium, [AccessPoints], "MOTO test_delete_access_point (aws_verified)",
        "Unknown access point in Get/Delete/Policy calls: 404 NoSuchAccessPoint The specified accesspoint does not exist with <AccessPointName>."
    "AP-CTL-010" Rule, Documented, Medium, [AccessPoints], "S3-UG access-points-restrictions; K-high for 204",
        "DeleteAccessPoint: 204; the name is reusable at once; the underlying bucket is untouched."
    "AP-CTL-011" Rule, Documented, Medium, [AccessPoints], "S3-API; second part K-high",
        "PutAccessPointPolicy replaces the single policy; 200 empty."
    "AP-CTL-012" Rule, Documented, Medium, [AccessPoints], "S3-API; S3-UG",
        "GetAccessPointPolicyStatus returns IsPublic per EVAL-PUB with the access-point variations (EVAL-PUB-006, -012)."
    "AP-CTL-013" Rule, Documented, High, [AccessPoints], "S3-UG access-points-restrictions, using-with-s3-policy-actions",
        "Control operations take no cross-account callers: the caller must belong to the access-point owner's account; permission comes from identity policies only (not from bucket or access-point policies)."
    "AP-CTL-014" Rule, Documented, High, [AccessPoints], "S3-UG access-points-restrictions",
        "Immutable after creation: bucket, VPC configuration/network origin, Block Public Access settings, alias. Only the policy and tags can change."
    "AP-CTL-015" Rule, Chosen, Medium, [AccessPoints], "S3-API ErrorResponses; API:ErrorResponses",
        "A bucket with access points cannot be deleted: 400 BucketHasAccessPointsAttached."
    "AP-CTL-016" Rule, Documented, Medium, [AccessPoints, Conditions], "SAR",
        "Condition keys usable on s3:CreateAccessPoint include s3:AccessPointNetworkOrigin, s3:DataAccessPointAccount, s3:DataAccessPointArn, s3:locationconstraint, s3:x-amz-acl, aws:RequestTag/aws:TagKeys."
    "AP-CTL-017" Rule, Documented, Medium, [AccessPoints], "S3-API control ListAccessPoints; API control ListAccessPoints",
        "ListAccessPoints lists those of the caller's account in the Region, of one bucket if named, in pages of at most 1,000."
    "AP-CTL-018" Note, Documented, Medium, [AccessPoints], "S3-UG access-points-restrictions, service-api-support",
        "Access points on FSx (OpenZFS, ONTAP) volumes exist: made only by FSx CreateAndAttachS3AccessPoint, same account, Block Public Access always on, alias ends -ext-s3alias, reduced operation set."
    "AP-CTL-019" Note, Documented, Medium, [DirectoryBuckets], "S3-UG; S3-API CreateAccessPoint",
        "Access points on directory buckets carry the suffix --ZONE--xa-s3 and only they take a Scope element (prefixes, permissions)."
    "AP-CTL-020" Rule, Documented, Medium, [AccessPoints], "S3-API ErrorResponses",
        "ListAccessPoints naming a non-existing bucket, a bad nextToken, or maxResults out of range, and DeleteAccessPoint in a non-deletable state: 400 InvalidRequest."
    "AP-CTL-021" Note, Reported, Medium, [AccessPoints], "public report data.all#1608",
        "Creation is eventually consistent: after a lookup that found nothing, control calls."
    "AP-DEL-001" Rule, Documented, High, [AccessPoints, Conditions], "S3-UG access-points-policies ex. 6",
        "Delegation pattern: bucket policy Allow, Principal {“AWS”:“*”}, Action *, Resource bucket and bucket/*, Condition StringEquals s3:DataAccessPointAccount = owner account."
    "AP-DEL-002" Consequence, Documented, Critical, [AccessPoints, Conditions], "S3-UG access-points-policies",
        "With the delegation, a principal still needs an Allow at the access-point level; the delegation alone gives no access through an access point lacking a matching grant."
    "AP-DEL-003" Rule, Documented, High, [AccessPoints, Conditions], "S3-UG",
        "Delegation may be narrowed with s3:DataAccessPointArn (ArnLike/StringLike, wildcard name allowed)."
    "AP-EVAL-001" Rule, Documented, Critical, [AccessPoints], "S3-UG access-points-policies; access-points-tagging (both considered)",
        "The request must be permitted at BOTH levels: access point (identity ∪ access-point policy on the access-point resource) and bucket (identity ∪ bucket policy/ACL on the bucket resource)."
    "AP-EVAL-002" Consequence, Chosen, Critical, [AccessPoints], "follows EVAL-ORD-001",
        "An explicit Deny in the policy of the access point or of the bucket denies."
    "AP-EVAL-003" Rule, Documented, Critical, [AccessPoints], "S3-UG access-points-policies",
        "An access-point policy Allow is effective only if the bucket also allows the same principal/action, by delegation (AP-DEL-001), equivalent bucket-policy statement, or (same account) identity policy."
    "AP-EVAL-004" Rule, Documented, High, [AccessPoints], "K-high",
        "Same-account IAM principal with identity Allow on both ARNs (or *) needs no access-point or bucket policy."
    "AP-EVAL-005" Rule, Documented, Critical, [AccessPoints], "S3-UG access-points-tagging; GH benbjohnson/litestream#923, litestream.io#219 (AWS error a",
        "Identity policies are evaluated against both ARNs: an identity Allow naming only the access point fails at bucket level and one naming only the bucket (or the alias as a bucket ARN) fails at access-point level."
    "AP-EVAL-006" Rule, Documented, High, [AccessPoints, Conditions], "S3-UG access-points-policies",
        "Condition context for BOTH evaluations has s3:DataAccessPointArn, s3:DataAccessPointAccount, s3:AccessPointNetworkOrigin."
    "AP-EVAL-007" Rule, Chosen, High, [AccessPoints, Conditions], "K-low",
        "aws:ResourceAccount/s3:ResourceAccount refer to the owner of the resource under evaluation (access-point owner at that level, bucket owner at bucket level)."
    "AP-EVAL-008" Rule, Documented, High, [AccessPoints, Network], "S3-UG access-points-vpc",
        "VPC-endpoint policies must allow both the access-point and the bucket resources."
    "AP-EVAL-009" Rule, Chosen, High, [AccessPoints, Organizations], "K-med",
        "SCPs of the requester and RCPs of bucket owner (and access-point owner ) apply."
    "AP-EVAL-010" Consequence, Documented, High, [AccessPoints], "S3-UG access-points-policies ex. 5",
        "Direct bucket access is unaffected by access points unless the bucket policy denies it (pattern: Deny when s3:DataAccessPointAccount/AccessPointNetworkOrigin is not as required — negated operators match the absent keys)."
    "AP-HOST-001" Rule, Documented, Medium, [AccessPoints], "S3-UG access-points-naming",
        "Data-plane host: <name>-<account-id>.s3-accesspoint.<region>.amazonaws.com (the separator is an extra hyphen even if the name has hyphens), plus dualstack/FIPS variants."
    "AP-HOST-002" Rule, Documented, Medium, [AccessPoints], "S3-UG access-points-restrictions",
        "Only virtual-hosted style; path-style is not supported for ARN/host addressing."
    "AP-HOST-003" Rule, Documented, High, [AccessPoints, Tls], "S3-UG access-points-restrictions; older behaviour was refusal",
        "HTTPS only; plain HTTP gets a redirect to HTTPS (2026 docs)."
    "AP-HOST-004" Rule, Documented, High, [AccessPoints], "S3-UG access-points-restrictions",
        "SigV4 required (service s3, Region of the access point); SigV2 refused."
    "AP-HOST-005" Rule, Documented, Critical, [AccessPoints], "S3-UG access-points-restrictions",
        "Anonymous requests are refused (403) whatever the policies say."
    "AP-HOST-006" Note, Documented, Medium, [AccessPoints], "S3-API UploadPartCopy/CopyObject",
        "Where an API parameter names a bucket, SDKs accept the access-point ARN and translate it to the host; x-amz-copy-source accepts the URL-encoded object ARN arn:…:accesspoint/<name>/object/<key>."
    "AP-HOST-007" Rule, Chosen, Medium, [AccessPoints], "S3-API ErrorResponses",
        "A host that names an unknown access point is 404 NoSuchAccessPoint or 400 InvalidAccessPoint; which is open."
    "AP-NAME-001" Rule, Documented, Medium, [AccessPoints], "S3-UG access-points-restrictions…naming-rules",
        "3–50 characters; lowercase letters, digits, hyphens; starts with letter or digit; does not end with hyphen; no underscore, uppercase, space, period; must not end in -s3alias or -ext-s3alias; unique per account and Region."
    "AP-NAME-002" Rule, Chosen, Medium, [AccessPoints], "K-low",
        "An invalid name is 400; the code is open."
    "AP-NET-001" Rule, Documented, High, [AccessPoints, Network], "S3-API GetAccessPoint",
        "VpcConfiguration present: NetworkOrigin VPC; else Internet."
    "AP-NET-002" Rule, Documented, Critical, [AccessPoints, Network], "S3-UG access-points-vpc, troubleshoot-403-errors",
        "VPC-origin access point: any request not arriving through a VPC endpoint of exactly that VPC: 403 AccessDenied, independent of policies."
    "AP-NET-003" Rule, Chosen, High, [AccessPoints, Network], "K-med",
        "The VPC ID is not verified to exist or belong to the account at creation."
    "AP-NET-004" Consequence, Documented, High, [AccessPoints, Network], "S3-UG",
        "VPC-origin access points are always non-public (EVAL-PUB-012)."
    "AP-OPS-001" Rule, Documented, Medium, [AccessPoints], "S3-UG access-points-service-api-support",
        "Supported: AbortMultipartUpload, CompleteMultipartUpload, CopyObject (same Region), CreateMultipartUpload, DeleteObject, DeleteObjects, DeleteObjectTagging, GetBucketAcl, GetBucketCors, GetBucketLocation."
    "AP-OPS-002" Rule, Documented, High, [AccessPoints], "S3-UG access-points; code K-high",
        "All other bucket operations (Create/DeleteBucket, Put* bucket configuration incl. PutBucketPolicy, replication …) are not available: 405 MethodNotAllowed."
    "AP-OPS-003" Note, Documented, Low, [AccessPoints], "S3-UG 2023 vs 2026",
        "The page calls its list partial; DeleteObjects, GetObjectAttributes and ListObjectVersions were absent from the 2023 list."
    "AP-OPS-004" Form, Chosen, Medium, [AccessPoints], "K-low",
        "Object keys, ETags, version IDs are those of the bucket; response <Name> of listings through an alias/ARN."
    "AP-OPS-005" Rule, Chosen, Medium, [AccessPoints], "K-high",
        "CORS, encryption default, lifecycle, Object Lock, Requester Pays settings of the bucket apply unchanged."
    "AP-OPS-006" Rule, Documented, Medium, [AccessPoints, Replication], "S3-UG access-points-restrictions",
        "An access point or its alias cannot be a replication destination, nor (AP-ALIAS-003) a log target."
    "AP-POL-001" Rule, Chosen, High, [AccessPoints], "S3-UG access-points-policies, restrictions",
        "Same grammar/validation as bucket policies, max 20 KB, Resource must be this access point's ARN(s); a bucket ARN or another access point: MalformedPolicy."
    "AP-POL-002" Rule, Documented, High, [AccessPoints], "S3-UG security_iam_service-with-iam",
        "Object actions in it need /object/… resources, bucket actions the bare access-point ARN."
    "AP-POL-003" Consequence, Documented, High, [AccessPoints], "S3-UG access-points-policies",
        "It affects only requests made through that access point."
    "AP-POL-004" Rule, Documented, High, [AccessPoints], "S3-UG access-control-block-public-access; UG:access-control-block-public-access",
        "BlockPublicPolicy of the account, the bucket or the access point refuses a public policy of the access point: 403."
    "AP-POL-005" Rule, Chosen, High, [AccessPoints], "K-high",
        "No policy on the access point: it neither grants nor denies; same-account identities can still be granted by identity policies."
    "AP-X-001" Rule, Documented, Critical, [AccessPoints, ThirdAccount], "S3-UG access-points-policies ex. 7",
        "Access-point owner A, bucket owner B: bucket policy of B must allow (directly or via s3:DataAccessPointAccount = A), access-point policy/identities of A must allow."
    "AP-X-002" Rule, Documented, High, [AccessPoints, ThirdAccount], "S3-UG; EVAL-XACC",
        "The requester may be in A, B or C; for C: identity Allow in C, access-point policy Allow, bucket policy Allow."
    "AP-X-003" Rule, Documented, High, [AccessPoints, ThirdAccount], "S3-UG access-control-block-public-access",
        "B's BlockPublicPolicy does not restrict PutAccessPointPolicy on A's access points (only same-account ones)."
    "AP-X-004" Rule, Documented, High, [AccessPoints, ThirdAccount], "S3-UG access-points-restrictions",
        "B does not see or control A's access point; B can deny via bucket policy."
}
