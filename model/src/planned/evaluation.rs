//! Planned clauses of evaluation: each with what the law does not have yet.

use crate::words::planned;

planned! { Evaluation;
    "EVAL-404-002" Rule, Reported, Medium, [Conditions], "CEPH; GH ceph/ceph#68577",
        "The probe for s3:ListBucket carries the key as s3:prefix."
    "EVAL-ACL-001" Rule, Documented, High, [Acls], "S3-UG acl-overview",
        "Every bucket and object has an ACL with one Owner and up to 100 grants (grantee, permission). Default: owner FULL_CONTROL."
    "EVAL-ACL-002" Rule, Documented, Medium, [Acls], "S3-API PutBucketAcl; S3-UG acl-overview",
        "Grantees are canonical users and groups; an email address is 405 MethodNotAllowed."
    "EVAL-ACL-003" Definition, Documented, Critical, [Acls], "S3-UG acl-overview",
        "AuthenticatedUsers = any signed request from any AWS account; AllUsers = signed or unsigned."
    "EVAL-ACL-004" Rule, Documented, High, [Acls], "S3-UG acl-overview",
        "What the grants of a bucket's ACL allow."
    "EVAL-ACL-005" Rule, Documented, High, [Acls], "S3-UG acl-overview mapping",
        "Object grants: READ: GetObject, GetObjectVersion; WRITE: nothing; READ_ACP: GetObjectAcl, GetObjectVersionAcl; WRITE_ACP: PutObjectAcl, PutObjectVersionAcl; FULL_CONTROL = READ+READ_ACP+WRITE_ACP."
    "EVAL-ACL-006" Consequence, Documented, Critical, [Acls], "S3-UG troubleshoot-403-errors",
        "Bucket READ never gives object GET."
    "EVAL-ACL-007" Rule, Documented, High, [Acls], "S3-UG acl-overview",
        "An ACL grants no tagging, lock or configuration action."
    "EVAL-ACL-008" Rule, Documented, High, [Acls], "S3-UG access-control-auth-workflow-",
        "An ACL grant to a foreign account is an account-level Allow: its root may use it; its IAM identities also need their own identity Allow. ]; high.*."
    "EVAL-ACL-009" Rule, Documented, High, [Acls], "S3-UG acl-overview; access-control-auth-workflow-object-operation",
        "Bucket owner may always delete any object in the bucket and deny access to it, whoever owns it."
    "EVAL-ACL-010" Definition, Documented, Medium, [Acls], "S3-UG acl-overview",
        "Canned ACLs: private; public-read (AllUsers READ); public-read-write (AllUsers READ+WRITE); aws-exec-read (EC2 READ); authenticated-read (AuthenticatedUsers READ); bucket-owner-read / bucket-owner-full-control."
    "EVAL-ACL-011" Rule, Recorded, Medium, [Acls], "LS test_s3_bucket_acl_exceptions, test_s3_object_acl_exceptions",
        "Setting an ACL: exactly one of canned header, grant headers, or XML body."
    "EVAL-ACL-012" Rule, Recorded, Medium, [Acls], "LS same",
        "Unknown canned name: 400 InvalidArgument with ArgumentName x-amz-acl, ArgumentValue, empty Message."
    "EVAL-ACL-013" Rule, Recorded, Medium, [Acls], "LS same",
        "Unknown group URI: 400 InvalidArgument Invalid group uri (ArgumentName uri in headers, Group/URI in XML); bad canonical ID: Invalid id (id / CanonicalUser/ID)."
    "EVAL-ACL-014" Rule, Recorded, Medium, [Acls], "LS same",
        "XML ACL without Owner or grants part, or schema violation: 400 MalformedACLError The XML you provided was not well-formed or did not validate against our published schema."
    "EVAL-ACL-015" Form, Recorded, Low, [Acls], "LS test_s3_bucket_acl get-bucket-grant-acl; K-high for implicit right",
        "A grant list may omit the owner; the owner keeps the implicit right to read/write the ACL (bucket-grant test returns only LogDelivery)."
    "EVAL-ACL-016" Rule, Recorded, Medium, [Acls], "LS test_put_object_acl_on_delete_marker",
        "ACL operations on a delete marker: PutObjectAcl: 405 MethodNotAllowed (ResourceType DeleteMarker); GetObjectAcl without versionId: 404 NoSuchKey, with versionId: 405 MethodNotAllowed."
    "EVAL-ACL-017" Rule, Chosen, Medium, [Acls], "K-high",
        "ACLs are not copied by CopyObject; the destination gets the requested or default ACL."
    "EVAL-ACL-018" Rule, Documented, High, [Acls], "S3-UG using-with-s3-policy-actions",
        "Writes with an ACL need s3:PutObjectAcl, CreateBucket with one other than private s3:PutBucketAcl."
    "EVAL-ANON-003" Rule, Reported, Medium, [OtherOperations], "VGW",
        "Anonymous GET with response-* override parameters: 400 InvalidRequest Request specific response headers cannot be used for anonymous GET requests."
    "EVAL-ANON-004" Rule, Documented, Medium, [Acls], "S3-UG acl-overview",
        "Objects uploaded anonymously are owned by canonical ID 65a011a29cdf8ec533ec3d1ccaae921c unless BucketOwnerEnforced."
    "EVAL-ANON-005" Consequence, Documented, Critical, [RequesterPays, AccessPoints, Kms], "S3-UG requesterpaysbuckets, access-points-restrictions; KMS K-high",
        "Requester Pays buckets, access points and SSE-KMS objects cannot be accessed anonymously."
    "EVAL-BPA-001" Rule, Documented, High, [PublicAccessSettings], "S3-UG access-control-block-public-access",
        "There are four independent settings; the effective value is the OR over account or organization, bucket and access point."
    "EVAL-BPA-003" Rule, Chosen, Medium, [PublicAccessSettings], "K-high",
        "Settings that a Put omits are off."
    "EVAL-BPA-004" Rule, Documented, Critical, [Acls], "S3-UG troubleshoot-403-errors; CEPH test_block_public_",
        "BlockPublicAcls: PutBucketAcl, PutObjectAcl with a public ACL, and PutObject/CopyObject/POST/CreateMultipartUpload carrying one: 403 AccessDenied. ]; high.*."
    "EVAL-BPA-005" Rule, Chosen, High, [Acls], "S3-UG troubleshoot-403-errors (400); AWS exception quoted in several public code bases",
        "CreateBucket with a public ACL while Block Public Access applies (new buckets have it on by default, or account level): 400 InvalidBucketAclWithBlockPublicAccessError Bucket cannot have public ACLs set with BlockPublicAccess enabled."
    "EVAL-BPA-006" Consequence, Documented, High, [Acls], "S3-UG",
        "BlockPublicAcls leaves stored ACLs alone and does not affect reads."
    "EVAL-BPA-007" Rule, Chosen, Critical, [Acls], "S3-UG",
        "IgnorePublicAcls: all grants of public ACLs are ignored in evaluation; results appear as implicit denies; Get*Acl returns the effective ACL."
    "EVAL-BPA-010" Rule, Documented, High, [Acls], "S3-UG; ACL part K-med",
        "RestrictPublicBuckets has no effect while the policy is non-public, and does not affect access granted by ACLs."
    "EVAL-BPA-012" Note, Documented, Medium, [Organizations], "S3-API control PutPublicAccessBlock",
        "Account-level Put/Delete may be refused (403) when an organization policy manages the account."
    "EVAL-BPA-013" Rule, Documented, High, [AccessPoints, Acls], "S3-UG access-control-block-public-access",
        "The settings of an access point act on ACLs for requests through it, and cannot be changed."
    "EVAL-EBO-001" Rule, Recorded, High, [ExpectedOwner], "LS test_get_bucket_policy; CEPH test_expected_bucket_owner",
        "x-amz-expected-bucket-owner ≠ owner account: 403 AccessDenied Access Denied, even if otherwise allowed, also for anonymous."
    "EVAL-EBO-002" Rule, Recorded, Medium, [ExpectedOwner], "LS test_get_bucket_policy_invalid_account_id",
        "Value not exactly 12 digits: 400 InvalidBucketOwnerAWSAccountID The value of the expected bucket owner parameter must be an AWS Account ID... [<value>]."
    "EVAL-EBO-003" Rule, Documented, High, [ExpectedOwner], "S3-UG bucket-owner-condition",
        "x-amz-source-expected-bucket-owner checks the copy source bucket the same way."
    "EVAL-EBO-004" Rule, Documented, Medium, [ExpectedOwner], "S3-UG bucket-owner-condition",
        "Ignored on CreateBucket, ListBuckets and S3 Control operations."
    "EVAL-EBO-005" Rule, Chosen, Medium, [ExpectedOwner, AccessPoints], "K-med",
        "With an access point, the header is compared to the owner of the underlying bucket."
    "EVAL-EBO-006" Rule, Documented, Medium, [ExpectedOwner, Services], "S3-UG bucket-owner-condition",
        "A service principal is no valid expected bucket owner."
    "EVAL-ERR-014" Form, Documented, Low, [Acls], "S3-UG troubleshoot-403-errors",
        "Refusals by Block Public Access say which setting prevents what."
    "EVAL-KMS-001" Rule, Documented, High, [Kms], "S3-UG using-with-s3-policy-actions; message K-high",
        "KMS actions are checked against the caller's identity policies and the key policy/grants in the key's account; S3 policies cannot grant them."
    "EVAL-KMS-002" Rule, Documented, High, [Kms], "S3-UG mpuoverview, using-with-s3-policy-actions",
        "Writes with SSE-KMS need kms:GenerateDataKey, reads kms:Decrypt."
    "EVAL-KMS-003" Consequence, Documented, High, [Kms], "S3-UG troubleshoot-403-errors",
        "Key aws/s3 (AWS managed) is usable only by principals of its own account; cross-account reads fail."
    "EVAL-KMS-004" Consequence, Recorded, High, [Kms], "LS test_s3_sse_validate_kms_key",
        "Key problems are 400s, not 403: KMS.NotFoundException, KMS.DisabledException (<arn> is disabled.), KMS.KMSInvalidStateException (<arn> is pending deletion.)., _key_state]; high.*."
    "EVAL-KMS-005" Consequence, Recorded, High, [CustomerKeys], "LS test_object_retrieval_sse_c",
        "SSE-C needs no extra permission; wrong key: 403 AccessDenied Requests specifying Server Side Encryption with Customer provided keys must provide the correct secret key."
    "EVAL-KMS-006" Rule, Chosen, Low, [Kms], "S3-UG mpuoverview; S3-API CompleteMultipartUpload",
        "What CompleteMultipartUpload does without kms:Decrypt is open."
    "EVAL-OP-012" Rule, Chosen, High, [Cors], "SAR",
        "Get/Put/DeleteBucketCors needs s3:GetBucketCORS / s3:PutBucketCORS (also Delete) on the bucket."
    "EVAL-OP-014" Rule, Chosen, High, [Lifecycle], "SAR",
        "Get/Put/DeleteBucketLifecycle needs s3:GetLifecycleConfiguration / s3:PutLifecycleConfiguration on the bucket."
    "EVAL-OP-017" Rule, Chosen, High, [Website], "SAR",
        "Get/Put/DeleteBucketWebsite needs s3:GetBucketWebsite / s3:PutBucketWebsite / s3:DeleteBucketWebsite on the bucket."
    "EVAL-OP-018" Rule, Chosen, High, [AccessLogs], "SAR",
        "Get/PutBucketLogging needs s3:GetBucketLogging / s3:PutBucketLogging on the bucket."
    "EVAL-OP-019" Rule, Chosen, High, [OtherOperations], "SAR",
        "Get/PutBucketNotificationConfiguration needs s3:GetBucketNotification / s3:PutBucketNotification on the bucket."
    "EVAL-OP-020" Rule, Chosen, High, [Replication], "SAR",
        "Get/Put/DeleteBucketReplication needs s3:GetReplicationConfiguration / s3:PutReplicationConfiguration on the bucket."
    "EVAL-OP-021" Rule, Chosen, High, [RequesterPays], "SAR",
        "Get/PutBucketRequestPayment needs s3:GetBucketRequestPayment / s3:PutBucketRequestPayment on the bucket."
    "EVAL-OP-022" Rule, Chosen, High, [OtherOperations], "SAR",
        "Get/PutBucketAccelerateConfiguration needs s3:GetAccelerateConfiguration / s3:PutAccelerateConfiguration on the bucket."
    "EVAL-OP-023" Rule, Chosen, High, [OtherOperations], "SAR",
        "Analytics, Inventory, Metrics, IntelligentTiering configs (Get/List/Put/Delete) needs s3:Get<X>Configuration (Get, List) / s3:Put<X>Configuration (Put, Delete) on the bucket."
    "EVAL-OP-026" Rule, Chosen, High, [PublicAccessSettings], "SAR",
        "Get/Put/DeletePublicAccessBlock (account, S3 Control) needs s3:GetAccountPublicAccessBlock / s3:PutAccountPublicAccessBlock on no resource."
    "EVAL-OP-045" Rule, Chosen, High, [OtherOperations], "SAR",
        "RestoreObject needs s3:RestoreObject on the object."
    "EVAL-OP-046" Rule, Chosen, High, [OtherOperations], "SAR",
        "SelectObjectContent needs s3:GetObject on the object."
    "EVAL-OP-047" Rule, Documented, High, [OtherOperations], "SAR",
        "GetObjectTorrent needs s3:GetObject (SAR: s3:GetObjectTorrent) on the object."
    "EVAL-OP-048" Rule, Chosen, High, [AccessPoints], "SAR",
        "CreateAccessPoint needs s3:CreateAccessPoint on the access point."
    "EVAL-OP-049" Rule, Chosen, High, [AccessPoints], "SAR",
        "GetAccessPoint, ListAccessPoints needs s3:GetAccessPoint, s3:ListAccessPoints on no resource."
    "EVAL-OP-050" Rule, Chosen, High, [AccessPoints], "SAR",
        "DeleteAccessPoint, Get/Put/DeleteAccessPointPolicy, GetAccessPointPolicyStatus needs same-named actions on the access point."
    "EVAL-OP-051" Rule, Chosen, High, [OtherOperations], "SAR",
        "TagResource / UntagResource / ListTagsForResource needs s3:TagResource / s3:UntagResource / s3:ListTagsForResource on the bucket or access-point ARN."
    "EVAL-OP-052" Rule, Chosen, High, [OtherOperations], "SAR",
        "PutBucketAbac / GetBucketAbac needs s3:PutBucketAbac / s3:GetBucketAbac on the bucket."
    "EVAL-OP-053" Rule, Documented, High, [Kms], "S3-API UpdateObjectEncryption",
        "UpdateObjectEncryption needs s3:UpdateObjectEncryption and s3:PutObject, and actions on the key."
    "EVAL-OP-054" Rule, Chosen, High, [Cors], "SAR",
        "OPTIONS needs no permission."
    "EVAL-OP-055" Rule, Documented, High, [Annotations], "SAR",
        "PutObjectAnnotation needs s3:PutObjectAnnotation, with a version id s3:PutObjectVersionAnnotation."
    "EVAL-OP-056" Rule, Documented, High, [Annotations], "SAR",
        "GetObjectAnnotation needs s3:GetObjectAnnotation, with a version id s3:GetObjectVersionAnnotation."
    "EVAL-OP-057" Rule, Documented, High, [Annotations], "SAR",
        "ListObjectAnnotations needs s3:ListObjectAnnotations, with a version id s3:ListObjectVersionAnnotations."
    "EVAL-OP-058" Rule, Documented, High, [Annotations], "SAR",
        "DeleteObjectAnnotation needs s3:DeleteObjectAnnotation, with a version id s3:DeleteObjectVersionAnnotation."
    "EVAL-OPX-003" Rule, Chosen, Medium, [Sessions], "PIN (UploadPartCopy); UNCERTAIN cross-account",
        "UploadPart/Complete by a non-initiator of the same account with s3:PutObject works."
    "EVAL-OPX-004" Rule, Recorded, High, [Conditions], "PIN",
        "CopyObject checks source and destination against different bucket policies; destination-only condition keys (copy-source, metadata-directive, ACL, SSE headers) are not available on the source check."
    "EVAL-OPX-005" Consequence, Documented, Medium, [Kms], "K-high",
        "Bucket-default SSE-KMS also triggers the KMS checks though no header is sent."
    "EVAL-OPX-006" Rule, Chosen, Medium, [OtherOperations], "K-low",
        "Whether an empty tag header needs s3:PutObjectTagging is open."
    "EVAL-OPX-007" Rule, Chosen, Medium, [OtherOperations], "K-high",
        "GetObject with partNumber, ranges or conditionals needs nothing extra."
    "EVAL-OPX-008" Note, Documented, Medium, [Website], "S3-UG websiteaccesspermissionsreqd; K-high",
        "Website-endpoint requests are evaluated as anonymous s3:GetObject; errors are HTML."
    "EVAL-ORD-003" Rule, Documented, High, [Organizations], "Organizations UG orgs_manage_policies_rcps",
        "A resource control policy denies whoever asks, root of the bucket's account included."
    "EVAL-ORD-004" Rule, Documented, High, [Organizations], "Organizations-UG SCPs",
        "A service control policy must allow what principals of its account ask, root included."
    "EVAL-ORD-005" Rule, Documented, Critical, [Network], "S3-UG troubleshoot-403-errors",
        "VPC endpoint policy (only if the request came through one): must allow the action on the resource; default policy allows all; it never grants by itself."
    "EVAL-ORD-006" Consequence, Documented, Critical, [Acls], "S3-UG access-control-block-public-access",
        "Block Public Access is applied as an additional restriction, never as a grant (§9)."
    "EVAL-ORD-007" Note, Documented, Critical, [OtherOperations], "IAM-UG evaluation-logic Errors",
        "An internal error during evaluation must not result in Allow."
    "EVAL-OWN-006" Rule, Documented, Medium, [Acls], "S3-UG object-ownership-error-responses",
        "Switching to BucketOwnerEnforced while the bucket ACL grants others: 400 InvalidBucketAclWithObjectOwnership Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting."
    "EVAL-OWN-007" Rule, Documented, High, [OtherOwners], "S3-UG about-object-ownership",
        "BucketOwnerPreferred: a new object is owned by the bucket owner iff uploaded with canned bucket-owner-full-control; else by the writer."
    "EVAL-OWN-008" Rule, Documented, High, [OtherOwners], "S3-UG about-object-ownership",
        "Leaving BucketOwnerEnforced restores previous ACLs and ownership of older objects; objects written meanwhile stay with the bucket owner."
    "EVAL-OWN-009" Rule, Chosen, Critical, [OtherOwners], "S3-UG bucket-policies (permissions apply only to objects the bucket owner owns), troublesh",
        "Object owner ≠ bucket owner (ACLs enabled): bucket-policy and bucket-owner-account identity Allows do not grant on the object; the object's ACL (or the object owner's own account policies) must."
    "EVAL-OWN-010" Consequence, Documented, High, [OtherOwners], "S3-UG acl-overview aclRequired table",
        "Creation and deletion (PutObject, DeleteObject, Abort…) are authorized by the bucket owner, not by the object owner."
    "EVAL-OWN-011" Rule, Documented, Critical, [OtherOwners], "S3-UG access-control-auth-workflow-object-operation",
        "Three-party read (requester R, object owner O, bucket owner B): R's account allows ∧ B has no explicit Deny ∧ O's object ACL grants R (or R's account = O and identity policy allows)."
    "EVAL-OWN-013" Rule, Documented, High, [OtherOwners], "S3-UG access-policy-language-overview",
        "Whoever owns an object, the bucket owner may deny access to it and delete it."
    "EVAL-PUB-001" Definition, Documented, Critical, [Acls], "S3-UG access-control-block-public-access",
        "An ACL is public iff it contains any grant to AllUsers or AuthenticatedUsers. LogDelivery is not public."
    "EVAL-PUB-004" Rule, Documented, High, [Conditions], "S3-UG access-control-block-public-access",
        "An Allow to everybody is not public if a condition pins one of certain keys to fixed values."
    "EVAL-PUB-005" Rule, Documented, Critical, [Conditions], "S3-UG",
        "aws:SourceIp ranges broader than /8 (IPv4) or /32 (IPv6) count as public, except RFC 1918 private ranges."
    "EVAL-PUB-006" Rule, Documented, High, [AccessPoints], "S3-UG",
        "In a BUCKET policy s3:DataAccessPointArn may wildcard the access-point name if the account ID is fixed (arn:aws:s3:us-west-2:123456789012:accesspoint/*); in an ACCESS-POINT policy a set of access points via this key is public."
    "EVAL-PUB-007" Note, Chosen, High, [Conditions], "S3-UG 2023 vs 2026",
        "Whether the key id of SSE-KMS pins a statement is open."
    "EVAL-PUB-008" Rule, Documented, Medium, [Conditions], "S3-UG access-control-block-public-access",
        "Only positive operators pin a key."
    "EVAL-PUB-009" Rule, Reported, Critical, [Conditions], "SIM; K-high",
        "Several values for a pinning key: all must be fixed. Several keys: one pinned key suffices (AND semantics)."
    "EVAL-PUB-010" Rule, Reported, Critical, [Principals], "SIM",
        "NotPrincipal with Allow is public."
    "EVAL-PUB-011" Rule, Chosen, Critical, [Documents], "S3-UG Access Analyzer note; UNCERTAIN",
        "Publicness ignores which actions/resources are granted (even unsupported action names make it public)."
    "EVAL-PUB-012" Consequence, Documented, High, [AccessPoints], "S3-UG",
        "An access point with VPC network origin is never public."
    "EVAL-PUB-013" Consequence, Chosen, High, [Conditions], "POL-COND-009",
        "Case variants of condition keys are equivalent for this test."
    "EVAL-ROOT-003" Rule, Documented, High, [Sessions], "IAM-UG id_root-user-privileged-task",
        "A root session that unlocks a policy may list buckets and work on bucket policies, nothing else."
    "EVAL-RP-001" Rule, Documented, High, [RequesterPays], "S3-UG objectsinrequesterpaysbuckets, troubleshoot-403-errors",
        "On a Requester Pays bucket others than the owner's account must send x-amz-request-payer: requester, or get 403."
    "EVAL-RP-002" Rule, Documented, Medium, [RequesterPays], "S3-UG objectsinrequesterpaysbuckets, troubleshoot-403-errors",
        "The bucket owner's account need not send it."
    "EVAL-RP-003" Rule, Documented, High, [RequesterPays], "S3-UG requesterpaysbuckets",
        "Unsigned requests: 403 AccessDenied."
    "EVAL-RP-004" Form, Documented, Medium, [RequesterPays], "S3-UG requesterpaysbuckets",
        "The header gives no permission; normal authorization still applies. On success responses carry x-amz-request-charged: requester."
    "EVAL-RP-005" Note, Documented, Medium, [RequesterPays], "S3-UG requesterpaysbuckets",
        "The account charged is that of the assumed role."
    "EVAL-SAME-002" Rule, Documented, High, [Sessions], "IAM-UG evaluation-logic",
        "The identity side grants iff policies, boundary and session policy all allow."
    "EVAL-SAME-005" Rule, Documented, High, [Sessions], "IAM-UG evaluation-logic",
        "An Allow that names the role's ARN grants, limited by boundary and session policy."
    "EVAL-SAME-006" Rule, Documented, High, [Sessions], "IAM-UG evaluation-logic",
        "An Allow that names the session's ARN grants regardless of implicit denies."
    "EVAL-SAME-007" Rule, Documented, High, [Sessions], "IAM-UG evaluation-logic",
        "An Allow that names the federating user is limited by boundary and session policy."
    "EVAL-SAME-009" Rule, Documented, High, [Acls], "S3-UG access-control-auth-workflow",
        "An ACL grant to the bucket owner acts as an account-level Allow."
    "EVAL-SAME-011" Rule, Documented, High, [Sessions], "IAM-UG evaluation-logic step session policies",
        "GetFederationToken sessions: effective identity permissions = user policies ∩ session policy; with no session policy passed the session has none from the identity side (resource grants still apply)."
    "EVAL-SAME-012" Rule, Documented, High, [Sessions], "IAM-UG evaluation-logic",
        "AssumeRole session without session policy has the role's full permissions."
    "EVAL-SVC-001" Rule, Documented, High, [Services], "IAM-UG elements_principal; SIM",
        "A service principal (e.g. logging.s3.amazonaws.com, cloudfront.amazonaws.com) needs only a bucket-policy Allow naming it (or *); no identity side; typically constrained by aws:SourceArn/aws:SourceAccount."
    "EVAL-SVC-002" Rule, Documented, High, [Services], "IAM-UG condition-keys",
        "Forward-access-session calls run as the original IAM principal with aws:ViaAWSService=true, aws:CalledVia."
    "EVAL-SVC-003" Consequence, Documented, High, [Services], "S3-UG access-control-block-public-access",
        "RestrictPublicBuckets never blocks service principals."
    "EVAL-SVC-004" Consequence, Documented, High, [Lifecycle], "S3-UG bucket-policies",
        "Lifecycle expiration/transition runs outside policy evaluation: no bucket policy, even deny-all, stops it."
    "EVAL-XACC-007" Note, Documented, High, [ThirdAccount], "S3-UG access-policy-language-overview",
        "Access that another account granted can be delegated to one's own identities only."
}
