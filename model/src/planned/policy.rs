//! Planned clauses of bucket policies: each with what the law does not have yet.

use crate::words::planned;

planned! { Policy;
    "POL-ACT-003" Rule, Documented, High, [Documents], "IAM-UG elements_resource note for ARNs; K-high",
        "The service prefix itself may not contain wildcards (except plain *)."
    "POL-ACT-004" Rule, Documented, High, [Documents], "IAM-UG elements_notaction",
        "NotAction matches any action not matched by its list; with Allow it grants everything else applicable to the Resource."
    "POL-ACT-005" Rule, Chosen, High, [OtherOperations], "K",
        "Actions without resource-level support (e.g. s3:ListAllMyBuckets, s3:GetAccountPublicAccessBlock, s3:ListAccessPoints) are evaluated against resource *."
    "POL-ACT-006" Rule, Reported, High, [Documents], "SIM edgeCases/whitespaceActions; K-med",
        "Leading/trailing whitespace in an action string makes it invalid."
    "POL-COND-001" Rule, Documented, Critical, [Conditions], "IAM-UG reference_policies_multi-value-conditions",
        "A statement applies only if every (operator, key) pair in Condition is true: AND across operators and across keys of one operator."
    "POL-COND-002" Rule, Documented, High, [Conditions], "IAM-UG reference_policies_multi-value-conditions",
        "For one pair, several policy values combine with OR for positive operators."
    "POL-COND-003" Rule, Reported, High, [Conditions], "same, note",
        "For negated operators (…Not…) several values combine with NOR: true only if the request value matches none of them."
    "POL-COND-004" Rule, Documented, Critical, [Conditions], "IAM-UG elements_condition_operators Important",
        "Key absent from the request: positive operator: false; negated operator (StringNotEquals, StringNotEqualsIgnoreCase, StringNotLike, NumericNotEquals, DateNotEquals, NotIpAddress, ArnNotEquals, ArnNotLike): TRUE."
    "POL-COND-005" Rule, Documented, High, [Conditions], "IAM-UG elements_condition_operators",
        "…IfExists suffix (any operator but Null): absent key: true; present: base operator."
    "POL-COND-006" Consequence, Documented, High, [Conditions], "IAM-UG elements_condition_operators",
        "StringNotEqualsIfExists behaves like StringNotEquals when the key is absent (true); a Deny with it therefore still denies."
    "POL-COND-007" Rule, Documented, High, [Conditions], "IAM-UG elements_condition_operators; SIM",
        "Null: {key: true} is true iff the key is absent; false iff present. Value may be JSON bool or string, case-insensitive."
    "POL-COND-008" Rule, Documented, Medium, [Conditions], "S3-UG walkthrough1",
        "A condition key whose value is empty is present, and compares as the empty text."
    "POL-COND-009" Rule, Documented, High, [Conditions], "IAM-UG elements_condition",
        "Condition key names are case-insensitive, including the tag-key suffix of …Tag/<key> keys. If two tags differ only by case the key matches both but only one value is used."
    "POL-COND-010" Rule, Reported, Medium, [Conditions], "GH modernisation-platform-environments#8893; VGW",
        "Operators, set prefixes and IfExists are case-sensitive."
    "POL-COND-011" Rule, Chosen, High, [Conditions], "IAM-UG single-vs-multi-valued; SIM confirmed re:Inforce 2025",
        "A multivalued request key used without a set operator does not match (treat as false even when only one value is sent)."
    "POL-COND-012" Rule, Documented, High, [Conditions], "IAM-UG multi-value-conditions",
        "ForAllValues is true if every value satisfies the operator, and if there is none."
    "POL-COND-013" Rule, Chosen, High, [Conditions], "IAM-UG multi-value-conditions",
        "ForAnyValue:<op>: true iff at least one request value satisfies the operator; false when absent or empty."
    "POL-COND-014" Rule, Documented, High, [Conditions], "IAM-UG operators",
        "Set operators quantify over what a negated operator says of each value."
    "POL-COND-015" Rule, Documented, Medium, [Conditions], "IAM-UG operators",
        "Set operators may wrap IfExists forms."
    "POL-COND-016" Rule, Documented, High, [Conditions], "IAM-UG single-vs-multi-valued warning",
        "Set operators are permitted on single-valued keys (treated as a one-element set; absent: ForAllValues true)."
    "POL-COND-017" Consequence, Chosen, High, [Conditions], "follows POL-COND-001",
        "Same key under two different operators: both must hold."
    "POL-COND-018" Rule, Documented, High, [Conditions], "IAM-UG elements_condition_operators IfExists example",
        "A condition key unrelated to the action is simply absent at evaluation in identity policies (POL-COND-004/005 apply)."
    "POL-DOC-007" Rule, Chosen, High, [Acls], "K-med",
        "GetBucketPolicyStatus speaks of the policy; whether a public ACL shows in it is open."
    "POL-DOC-008" Rule, Documented, Critical, [Documents], "S3-API PutBucketPolicy/GetBucketPolicy/DeleteBucketPolicy",
        "Get/Put/DeleteBucketPolicy need s3:{Get,Put,Delete}BucketPolicy AND the caller must belong to the bucket owner's account."
    "POL-DOC-009" Rule, Documented, High, [Network, Organizations], "S3-API PutBucketPolicy",
        "The root principal of the bucket owner's account can always Get/Put/DeleteBucketPolicy even if the bucket policy explicitly denies it; only VPC-endpoint policies and Organizations policies (SCP/RCP) can block it."
    "POL-DOC-010" Note, Chosen, Medium, [Documents], "S3-API PutBucketPolicy",
        "x-amz-confirm-remove-self-bucket-access confirms that the caller may lock itself out; without it the effect is open."
    "POL-DOC-011" Rule, Reported, Medium, [Documents], "public AWS error records",
        "A normalised policy has at most 20,480 bytes."
    "POL-DOC-012" Rule, Documented, Critical, [Documents], "S3-UG access-control-block-public-access, troubleshoot-403-errors",
        "If the effective BlockPublicPolicy is true and the new policy is public (EVAL-PUB) the Put is refused with 403 AccessDenied; see EVAL-ERR-014 for the message."
    "POL-DOC-014" Note, Recorded, Medium, [Documents], "MOTO test_deny_delete_policy comment",
        "Policy changes are eventually consistent: a just-put Deny may not be enforced at once, a just-deleted one may linger."
    "POL-DOC-015" Rule, Documented, Medium, [AccessPoints], "S3-API control PutAccessPointPolicy",
        "Access-point policies use the same grammar and validation, are set by S3 Control PutAccessPointPolicy (XML wrapper containing the JSON string) and name access-point ARNs as resources (access-points.md)."
    "POL-GRAM-001" Rule, Recorded, Medium, [Documents], "LS test_bucket_policy_exc",
        "The body must be JSON in UTF-8 and its first byte must be {; an empty body or any other first byte (including whitespace or BOM): 400 MalformedPolicy Policies must be valid JSON and the first byte must be '{'."
    "POL-GRAM-002" Rule, Reported, Medium, [Documents], "VGW PutBucketPolicy_invalid_json",
        "First byte { but not parseable: 400 MalformedPolicy This policy contains invalid Json."
    "POL-GRAM-003" Rule, Documented, Medium, [Documents], "IAM-UG reference_policies_grammar",
        "Top-level members allowed: Version, Id, Statement. Any order."
    "POL-GRAM-004" Rule, Reported, Medium, [Documents], "public AWS record",
        "An unknown member is refused: 400 MalformedPolicy, \"Unknown field <name>\"."
    "POL-GRAM-005" Rule, Reported, Medium, [Documents], "public AWS record",
        "Element names are case-sensitive."
    "POL-GRAM-006" Rule, Chosen, High, [Documents], "IAM-UG reference_policies_grammar notes",
        "The same member may not occur twice in one object (duplicate keys are an error, not last-wins)."
    "POL-GRAM-007" Rule, Recorded, Medium, [Documents], "LS test_bucket_policy_exc",
        "Statement is required; {}: 400 MalformedPolicy Missing required field Statement."
    "POL-GRAM-008" Rule, Documented, Medium, [Documents], "IAM-UG reference_policies_elements_statement",
        "Statement may be one object or an array of objects."
    "POL-GRAM-009" Rule, Reported, Medium, [Documents], "VGW PutBucketPolicy_empty_statement",
        "An empty statement array: 400 MalformedPolicy Could not parse the policy: Statement is empty!."
    "POL-GRAM-010" Rule, Documented, Medium, [Documents], "IAM-UG reference_policies_elements_version; default per VGW",
        "Version is optional; allowed values 2008-10-17 and 2012-10-17; default when absent is 2008-10-17."
    "POL-GRAM-011" Rule, Reported, Medium, [Documents], "VGW PutBucketPolicy_version",
        "Any other Version: 400 MalformedPolicy The policy must contain a valid version string."
    "POL-GRAM-012" Consequence, Documented, High, [Variables], "IAM-UG reference_policies_elements_version",
        "Under 2008-10-17/absent Version, ${…} is literal text everywhere (POL-VAR-001)."
    "POL-GRAM-013" Rule, Documented, Medium, [Documents], "IAM-UG reference_policies_grammar notes",
        "Id is an optional free string, allowed in resource policies, forbidden in identity policies; no semantics."
    "POL-GRAM-014" Rule, Documented, Medium, [Documents], "IAM-UG reference_policies_elements_sid; GH Wolox/carthage_cache#22, kubernetes/kops#4951 (",
        "Sid is optional. In S3 resource policies it may contain spaces and most characters (docs examples do) and duplicates are tolerated."
    "POL-GRAM-015" Rule, Documented, High, [Documents], "IAM-UG reference_policies_elements_effect",
        "Effect is required, exactly Allow or Deny (case-sensitive). Missing: Missing required field Effect (); other value: 400 MalformedPolicy Invalid effect: <value> (, medium)."
    "POL-GRAM-019" Rule, Documented, Medium, [Documents], "IAM-UG reference_policies_grammar",
        "String-or-array elements (Action, NotAction, Resource, NotResource, each principal-map value, each condition value): a bare scalar is equivalent to a one-element array."
    "POL-GRAM-020" Rule, Reported, Medium, [Documents], "VGW PutBucketPolicy_empty_",
        "An empty array or empty string for Action: Policy has invalid action; for Resource: Policy has invalid resource; for Principal (string, array or AWS value): Invalid principal in policy. ]; medium.*."
    "POL-GRAM-021" Rule, Documented, Medium, [Conditions], "IAM-UG reference_policies_grammar",
        "Condition values may be JSON strings, numbers or booleans; numbers and booleans are converted to their canonical string (1.2, true)."
    "POL-GRAM-022" Rule, Documented, Medium, [Conditions], "IAM-UG reference_policies_elements_condition; empty part K-med",
        "Condition is an optional object: operator: (object: key: value or array of values). An empty Condition object is accepted and always true."
    "POL-GRAM-023" Rule, Reported, Medium, [Documents], "GH hashicorp/terraform-provider-aws#20134; carina#3576",
        "A value of another type is refused: \"Invalid policy syntax.\"."
    "POL-GRAM-025" Rule, Documented, High, [Organizations], "Organizations-UG RCP syntax",
        "A resource control policy denies only, to everybody, actions with a service prefix."
    "POL-KEY-001" Rule, Documented, High, [Conditions], "SAR; S3-UG walkthrough1 step 5.3; GH bji/libs3#111 and aws/aws-toolkit-vscode#4643 (AWS de",
        "s3:prefix (String): decoded prefix parameter of ListObjects/V2 (s3:ListBucket) and ListObjectVersions (s3:ListBucketVersions)."
    "POL-KEY-002" Rule, Reported, High, [Conditions], "CEPH test_head_object_404_with_policy_prefix",
        "When ListBucket is consulted to choose 404 vs 403 for a missing key (EVAL-404), s3:prefix equals the requested key."
    "POL-KEY-003" Rule, Documented, High, [Conditions], "SAR; S3-UG walkthrough1 (console sends both)",
        "s3:delimiter (String): delimiter parameter; same presence rule as s3:prefix."
    "POL-KEY-004" Rule, Chosen, High, [Conditions], "IAM-UG elements_condition_operators Numeric",
        "s3:max-keys (Numeric): max-keys; documented as always present for ListBucket, i.e. default 1000 when omitted."
    "POL-KEY-005" Rule, Documented, High, [Conditions, Acls], "SAR; S3-UG acl-overview; POST part K-med",
        "s3:x-amz-acl (String): canned-ACL name from header x-amz-acl, the equivalent signed query parameter, or POST form acl; absent if not sent."
    "POL-KEY-006" Rule, Documented, High, [Conditions, Acls], "SAR; K-high",
        "s3:x-amz-grant-{read,write,read-acp,write-acp,full-control} (String): raw header value. An ACL sent as XML body or canned ACL does not populate them."
    "POL-KEY-007" Rule, Documented, High, [Conditions, Kms], "public measurement against AWS; S3-UG examples",
        "s3:x-amz-server-side-encryption (String: AES256, aws:kms, aws:kms:dsse): request header only."
    "POL-KEY-008" Rule, Recorded, High, [Conditions, Kms], "PIN",
        "During a multipart upload the SSE-S3 choice made at CreateMultipartUpload is visible as s3:x-amz-server-side-encryption to UploadPartCopy and CompleteMultipartUpload without resending the header."
    "POL-KEY-009" Rule, Chosen, High, [Conditions, Kms], "SAR",
        "s3:x-amz-server-side-encryption-aws-kms-key-id (ARN): header value; write policies use full key ARNs."
    "POL-KEY-010" Rule, Recorded, High, [Conditions, CustomerKeys], "SAR; PIN",
        "s3:x-amz-server-side-encryption-customer-algorithm (String AES256): SSE-C header of this very request; NOT inherited by later multipart steps — UploadPartCopy and CompleteMultipartUpload without the header fail a deny-if-absent policy."
    "POL-KEY-011" Rule, Documented, High, [Conditions], "SAR; S3-UG object-lock-managing",
        "s3:object-lock-mode (GOVERNANCE|COMPLIANCE), s3:object-lock-retain-until-date (Date), s3:object-lock-remaining-retention-days (Numeric, days from now to retain-until)."
    "POL-KEY-012" Rule, Chosen, High, [Conditions], "K-low",
        "How the remaining days are rounded, and whether a default fills the keys, is open."
    "POL-KEY-013" Rule, Recorded, High, [Conditions], "SAR; PIN",
        "s3:ExistingObjectTag/<k> (String): value of tag k on the targeted object version before the operation."
    "POL-KEY-014" Rule, Recorded, High, [Conditions], "PIN",
        "It is accepted but never populated for GetObjectAttributes and GetObjectVersionAttributes (a positive condition yields 403)."
    "POL-KEY-015" Rule, Recorded, High, [Conditions], "PIN",
        "It is not available when GetObject is checked as the source of CopyObject, but is available when it is the source of UploadPartCopy."
    "POL-KEY-016" Consequence, Recorded, High, [Conditions], "S3-UG tagging-and-policies; PIN",
        "Not usable for PutObject/DeleteObject (POL-VAL-010)."
    "POL-KEY-017" Rule, Documented, High, [Conditions], "SAR; S3-UG tagging-and-policies",
        "s3:RequestObjectTag/<k> (String) and s3:RequestObjectTagKeys (ArrayOfString, multivalued): tags in x-amz-tagging, PutObjectTagging body or POST tagging field."
    "POL-KEY-018" Rule, Documented, High, [Conditions], "S3-API PutObject; SAR",
        "An upload with tags is checked for s3:PutObject AND s3:PutObjectTagging, both with the request-tag keys."
    "POL-KEY-019" Rule, Documented, High, [Conditions], "SAR",
        "s3:VersionId/s3:versionid (String): versionId parameter, on *Version actions only; absent otherwise."
    "POL-KEY-020" Rule, Documented, High, [Conditions, Signatures], "S3-API bucket-policy-s3-sigv4-conditions",
        "s3:authType (String): REST-HEADER, REST-QUERY-STRING, POST; absent for anonymous."
    "POL-KEY-021" Rule, Documented, High, [Conditions, Signatures], "S3-API bucket-policy-s3-sigv4-conditions",
        "s3:signatureversion (String): AWS4-HMAC-SHA256 (SigV4) or AWS (SigV2); SigV4A AWS4-ECDSA-P256-SHA256."
    "POL-KEY-022" Rule, Documented, High, [Conditions, Signatures], "S3-API bucket-policy-s3-sigv4-conditions",
        "s3:signatureAge (Numeric, milliseconds): now − signing time (X-Amz-Date / x-amz-date); applies to presigned URLs and POST; SigV2 always 0."
    "POL-KEY-023" Rule, Documented, High, [Conditions, Signatures], "S3-API bucket-policy-s3-sigv4-conditions",
        "s3:x-amz-content-sha256 (String): value of the request header only (e.g. UNSIGNED-PAYLOAD, STREAMING-…, hex); a query-string copy does not populate it."
    "POL-KEY-024" Rule, Documented, High, [Conditions, Tls], "S3-UG amazon-s3-policy-keys; HTTP part K-med",
        "s3:TlsVersion (Numeric): 1.2, 1.3 …; absent on plain HTTP and redacted when another AWS service calls on the principal's behalf."
    "POL-KEY-025" Rule, Documented, High, [Conditions, AccessPoints], "S3-UG access-points-policies; SAR",
        "s3:DataAccessPointArn (ARN), s3:DataAccessPointAccount (String), s3:AccessPointNetworkOrigin (Internet|VPC): present only when the request comes through an access point (and on access-point control actions per SAR)."
    "POL-KEY-026" Rule, Documented, High, [Conditions], "SAR",
        "s3:ResourceAccount (String): account that owns the bucket; present on all bucket/object actions."
    "POL-KEY-027" Rule, Chosen, High, [Conditions], "SAR; S3-UG amazon-s3-policy-keys",
        "s3:locationconstraint (String): LocationConstraint of CreateBucket."
    "POL-KEY-028" Rule, Chosen, High, [Conditions], "S3-UG amazon-s3-policy-keys; PIN (UploadPartCopy evaluates it)",
        "s3:x-amz-copy-source (String): copy-source header for PutObject checks of CopyObject and UploadPartCopy; docs match bucket/key without leading slash."
    "POL-KEY-029" Rule, Recorded, High, [Conditions], "SAR; PIN",
        "s3:x-amz-metadata-directive (COPY|REPLACE): header if sent; absent otherwise, also on UploadPartCopy where StringNotEquals COPY Deny therefore blocks."
    "POL-KEY-030" Rule, Documented, High, [Conditions], "IAM-UG condition-keys; SAR",
        "s3:x-amz-storage-class is absent where the header is not sent."
    "POL-KEY-031" Rule, Documented, High, [Conditions], "SAR",
        "s3:x-amz-website-redirect-location, s3:x-amz-object-ownership (CreateBucket), s3:x-amz-bucket-namespace (CreateBucket), s3:InventoryAccessibleOptionalFields (PutInventoryConfiguration, multivalued): request value, absent if not sent."
    "POL-KEY-032" Rule, Documented, High, [Conditions], "SAR; S3-UG conditional-writes-enforce",
        "s3:if-none-match, s3:if-match (String): request header values for PutObject (PutObject, CompleteMultipartUpload); s3:if-match also for DeleteObject."
    "POL-KEY-033" Rule, Documented, High, [Conditions], "S3-UG conditional-writes-enforce",
        "s3:ObjectCreationOperation (Bool) on PutObject: true for PutObject, CompleteMultipartUpload, CopyObject, POST; false for CreateMultipartUpload, UploadPart, UploadPartCopy."
    "POL-KEY-034" Rule, Documented, High, [Conditions], "IAM-UG condition-keys; SAR",
        "What a policy that forces conditional writes says of CopyObject."
    "POL-KEY-035" Rule, Documented, High, [Conditions], "S3-UG buckets-tagging-enable-abac, access-points-tagging; SAR",
        "s3:BucketTag/<k> and, for buckets/objects, aws:ResourceTag/<k>: bucket tags, only when ABAC is enabled on the bucket (PutBucketAbac). s3:AccessPointTag/<k>: access-point tags."
    "POL-KEY-036" Rule, Documented, High, [Conditions, EventHolds], "IAM-UG condition-keys; SAR",
        "s3:object-lock-event-hold and its duration are values of the request."
    "POL-KEY-050" Rule, Documented, High, [Conditions, Tls], "IAM-UG condition-keys; SAR",
        "aws:SecureTransport is present on every request of a client."
    "POL-KEY-051" Rule, Documented, High, [Conditions, Network], "IAM-UG condition-keys; SAR",
        "aws:SourceIp is the public address of the client."
    "POL-KEY-052" Rule, Documented, High, [Conditions, Network], "IAM-UG condition-keys; SAR",
        "aws:SourceVpc, aws:SourceVpce and aws:VpcSourceIp are present only through an endpoint."
    "POL-KEY-053" Rule, Documented, High, [Conditions, Sessions], "IAM-UG condition-keys",
        "aws:PrincipalArn (ARN/String): all signed requests; for role sessions the ROLE ARN (with path), never the session ARN; IAM user ARN; federated-user ARN; root arn:…:iam::<acct>:root, which here matches ONLY the root user."
    "POL-KEY-054" Rule, Documented, High, [Conditions], "IAM-UG condition-keys",
        "aws:PrincipalAccount (String): account ID; value anonymous for unsigned requests."
    "POL-KEY-055" Rule, Documented, High, [Conditions, Organizations], "IAM-UG condition-keys",
        "aws:PrincipalOrgID (String), aws:PrincipalOrgPaths (multivalued): only if the principal's account is in an organization; absent for anonymous and service principals."
    "POL-KEY-056" Rule, Documented, High, [Conditions, Sessions], "IAM-UG condition-keys; override K-high",
        "aws:PrincipalTag/<k>: IAM user tags, or role + session tags (session overrides); absent for anonymous/root."
    "POL-KEY-057" Rule, Documented, High, [Conditions, Services], "IAM-UG condition-keys",
        "aws:PrincipalIsAWSService (Bool): present on signed requests; true only for direct service-principal calls. aws:PrincipalServiceName (single), aws:PrincipalServiceNamesList (multi): only then."
    "POL-KEY-058" Rule, Documented, High, [Conditions, Sessions], "IAM-UG condition-keys; SAR",
        "aws:MultiFactorAuthPresent is absent with long-term keys and federated sessions."
    "POL-KEY-059" Rule, Documented, High, [Conditions, Sessions], "IAM-UG condition-keys; SAR",
        "aws:MultiFactorAuthAge is present only if a second factor was used."
    "POL-KEY-060" Rule, Documented, High, [Conditions, Sessions], "IAM-UG condition-keys",
        "aws:TokenIssueTime (Date): only with temporary credentials."
    "POL-KEY-061" Rule, Documented, High, [Conditions], "IAM-UG condition-keys",
        "aws:CurrentTime (Date), aws:EpochTime (Date/Numeric, seconds): always present = server receive time."
    "POL-KEY-062" Rule, Documented, High, [Conditions], "IAM-UG condition-keys",
        "aws:Referer (String): Referer header; absent if not sent; client-controlled."
    "POL-KEY-063" Rule, Chosen, High, [Conditions], "IAM-UG condition-keys",
        "aws:UserAgent (String): User-Agent header; documented as always present."
    "POL-KEY-064" Rule, Documented, High, [Conditions, Services], "IAM-UG condition-keys",
        "aws:SourceArn (ARN), aws:SourceAccount (String), also aws:SourceOrgID, aws:SourceOrgPaths: only when a service principal calls on behalf of a resource; absent on direct calls."
    "POL-KEY-065" Rule, Documented, High, [Conditions, Services], "IAM-UG condition-keys",
        "aws:CalledVia (multi, ordered), aws:CalledViaFirst, aws:CalledViaLast: only when a supporting service forwards the principal's credentials. aws:ViaAWSService (Bool): always present; true in that case."
    "POL-KEY-066" Rule, Documented, High, [Conditions], "IAM-UG condition-keys",
        "aws:ResourceAccount, aws:ResourceOrgID (single), aws:ResourceOrgPaths (multi): owner of the bucket/access point."
    "POL-KEY-067" Rule, Documented, High, [Conditions], "IAM-UG condition-keys",
        "aws:RequestedRegion (String): Region of the endpoint called."
    "POL-KEY-068" Rule, Documented, High, [Conditions, Sessions], "IAM-UG condition-keys; SAR",
        "aws:PrincipalType and aws:userid are present on all requests."
    "POL-KEY-069" Rule, Documented, High, [Conditions], "SAR",
        "aws:RequestTag/<k>, aws:TagKeys (multi): CreateBucket, CreateAccessPoint, TagResource (and UntagResource for TagKeys) — NOT object tagging."
    "POL-KEY-070" Rule, Documented, High, [Conditions, Sessions], "IAM-UG condition-keys",
        "aws:FederatedProvider, aws:SourceIdentity, aws:Ec2InstanceSourceVpc, aws:Ec2InstanceSourcePrivateIPv4: only for the corresponding session kinds."
    "POL-KEY-071" Rule, Documented, High, [Conditions, Network], "IAM-UG condition-keys; SAR",
        "aws:SourceVpcArn and the owner of an endpoint are present only through one."
    "POL-KEY-072" Rule, Documented, High, [Conditions, Sessions], "IAM-UG condition-keys; SAR",
        "aws:AssumedRoot is true for AssumeRoot sessions."
    "POL-KEY-073" Rule, Documented, High, [Conditions, Sessions], "IAM-UG condition-keys; SAR",
        "Some keys are present only for the sessions of their services."
    "POL-MTX-001" Rule, Documented, Medium, [Conditions], "SAR",
        "Which actions accept s3:ExistingObjectTag."
    "POL-MTX-002" Rule, Chosen, Medium, [Conditions, OtherOperations], "SAR",
        "s3:InventoryAccessibleOptionalFields applies to PutInventoryConfiguration."
    "POL-MTX-003" Rule, Chosen, Medium, [Conditions], "SAR",
        "s3:ObjectCreationOperation applies to PutObject."
    "POL-MTX-004" Rule, Chosen, Medium, [Conditions], "SAR",
        "s3:RequestObjectTag/{key} applies to BypassGovernanceRetention, PutObject, PutObjectTagging, PutObjectVersionTagging."
    "POL-MTX-005" Rule, Chosen, Medium, [Conditions], "SAR",
        "s3:RequestObjectTagKeys applies to BypassGovernanceRetention, PutObject, PutObjectTagging, PutObjectVersionTagging."
    "POL-MTX-006" Rule, Chosen, Medium, [Conditions], "SAR",
        "s3:delimiter applies to ListBucket, ListBucketVersions."
    "POL-MTX-007" Rule, Chosen, Medium, [Conditions, Services], "SAR",
        "s3:deliverySourceArn applies to AllowVendedLogDeliveryForResource."
    "POL-MTX-008" Rule, Chosen, Medium, [Conditions, Replication], "SAR",
        "s3:destinationRegion applies to PauseReplication."
    "POL-MTX-009" Rule, Chosen, Medium, [Conditions], "SAR",
        "s3:if-match applies to DeleteObject, PutObject."
    "POL-MTX-010" Rule, Chosen, Medium, [Conditions], "SAR",
        "s3:if-none-match applies to PutObject."
    "POL-MTX-011" Rule, Chosen, Medium, [Conditions, Replication], "SAR",
        "s3:isReplicationPauseRequest applies to PutReplicationConfiguration."
    "POL-MTX-012" Rule, Chosen, Medium, [Conditions], "SAR",
        "s3:locationconstraint applies to CreateAccessPoint, CreateBucket."
    "POL-MTX-013" Rule, Chosen, Medium, [Conditions, Services], "SAR",
        "s3:logType applies to AllowVendedLogDeliveryForResource."
    "POL-MTX-014" Rule, Chosen, Medium, [Conditions], "SAR",
        "s3:max-keys applies to ListBucket, ListBucketVersions."
    "POL-MTX-015" Rule, Chosen, Medium, [Conditions], "SAR",
        "s3:object-lock-legal-hold applies to PutObject, PutObjectLegalHold."
    "POL-MTX-016" Rule, Chosen, Medium, [Conditions], "SAR",
        "s3:object-lock-mode applies to PutObject, PutObjectRetention."
    "POL-MTX-017" Rule, Chosen, Medium, [Conditions], "SAR",
        "s3:object-lock-remaining-retention-days applies to PutObject, PutObjectRetention."
    "POL-MTX-018" Rule, Chosen, Medium, [Conditions], "SAR",
        "s3:object-lock-retain-until-date applies to PutObject, PutObjectRetention."
    "POL-MTX-019" Rule, Chosen, Medium, [Conditions], "SAR",
        "s3:prefix applies to ListBucket, ListBucketVersions."
    "POL-MTX-020" Rule, Chosen, Medium, [Conditions, Services], "SAR",
        "s3:resourceArnBeingAuthorized applies to AllowVendedLogDeliveryForResource."
    "POL-MTX-021" Rule, Documented, Medium, [Conditions], "SAR",
        "Which actions accept s3:versionid."
    "POL-MTX-022" Rule, Chosen, Medium, [Conditions, Acls], "SAR",
        "s3:x-amz-acl applies to BypassGovernanceRetention, CreateAccessPoint, CreateBucket and 4 more."
    "POL-MTX-023" Rule, Chosen, Medium, [Conditions, OtherOperations], "SAR",
        "s3:x-amz-bucket-namespace applies to CreateBucket."
    "POL-MTX-024" Rule, Chosen, Medium, [Conditions], "SAR",
        "s3:x-amz-copy-source applies to BypassGovernanceRetention, PutObject."
    "POL-MTX-025" Rule, Chosen, Medium, [Conditions, Acls], "SAR",
        "s3:x-amz-grant-full-control applies to BypassGovernanceRetention, CreateBucket, PutBucketAcl and 3 more."
    "POL-MTX-026" Rule, Chosen, Medium, [Conditions, Acls], "SAR",
        "s3:x-amz-grant-read applies to BypassGovernanceRetention, CreateBucket, PutBucketAcl and 3 more."
    "POL-MTX-027" Rule, Chosen, Medium, [Conditions, Acls], "SAR",
        "s3:x-amz-grant-read-acp applies to BypassGovernanceRetention, CreateBucket, PutBucketAcl and 3 more."
    "POL-MTX-028" Rule, Chosen, Medium, [Conditions, Acls], "SAR",
        "s3:x-amz-grant-write applies to BypassGovernanceRetention, CreateBucket, PutBucketAcl and 3 more."
    "POL-MTX-029" Rule, Chosen, Medium, [Conditions, Acls], "SAR",
        "s3:x-amz-grant-write-acp applies to BypassGovernanceRetention, CreateBucket, PutBucketAcl and 3 more."
    "POL-MTX-030" Rule, Chosen, Medium, [Conditions], "SAR",
        "s3:x-amz-metadata-directive applies to BypassGovernanceRetention, PutObject."
    "POL-MTX-031" Rule, Chosen, Medium, [Conditions, OtherOperations], "SAR",
        "s3:x-amz-object-ownership applies to CreateBucket."
    "POL-MTX-032" Rule, Chosen, Medium, [Conditions, Encryption], "SAR",
        "s3:x-amz-server-side-encryption applies to BypassGovernanceRetention, PutObject, ReplicateObject, UpdateObjectEncryption."
    "POL-MTX-033" Rule, Chosen, Medium, [Conditions, Encryption], "SAR",
        "s3:x-amz-server-side-encryption-aws-kms-key-id applies to BypassGovernanceRetention, PutObject, ReplicateObject, UpdateObjectEncryption."
    "POL-MTX-034" Rule, Chosen, Medium, [Conditions, Encryption], "SAR",
        "s3:x-amz-server-side-encryption-customer-algorithm applies to BypassGovernanceRetention, PutObject, ReplicateObject."
    "POL-MTX-035" Rule, Chosen, Medium, [Conditions], "SAR",
        "s3:x-amz-storage-class applies to BypassGovernanceRetention, PutObject, PutObjectAcl, PutObjectVersionAcl."
    "POL-MTX-036" Rule, Chosen, Medium, [Conditions, OtherOperations], "SAR",
        "s3:x-amz-website-redirect-location applies to BypassGovernanceRetention, PutObject."
    "POL-MTX-037" Rule, Documented, Medium, [Conditions, AccessGrants], "SAR",
        "Which actions accept s3:AccessGrantsInstanceArn."
    "POL-MTX-038" Rule, Documented, Medium, [Conditions, EventHolds], "SAR",
        "Which actions accept s3:object-lock-event-hold."
    "POL-MTX-039" Rule, Documented, Medium, [Conditions, EventHolds], "SAR",
        "Which actions accept s3:object-lock-event-hold-duration-days."
    "POL-MTX-040" Rule, Documented, Medium, [Conditions, Annotations], "SAR",
        "Which actions accept s3:annotation-prefix."
    "POL-MTX-041" Rule, Documented, Medium, [Conditions, Annotations], "SAR",
        "Which actions accept s3:max-annotation-results."
    "POL-MTX-042" Rule, Documented, Medium, [Conditions, Annotations], "SAR",
        "Which actions accept s3:x-amz-object-annotation-directive."
    "POL-MTX-043" Rule, Documented, Medium, [Conditions, Annotations], "SAR",
        "Which actions accept s3:x-amz-object-if-match."
    "POL-NPRIN-001" Rule, Documented, Critical, [Principals], "IAM-UG elements_notprincipal",
        "NotPrincipal matches a request when none of the listed principals matches it."
    "POL-NPRIN-002" Rule, Documented, High, [Principals], "IAM-UG elements_notprincipal",
        "A Deny with NotPrincipal applies if any level of the requester is not listed."
    "POL-NPRIN-003" Rule, Documented, High, [Principals, Sessions], "IAM-UG access_policies_boundaries (2024 text quoted in SIM)",
        "Deny+NotPrincipal always denies a principal that has a permissions boundary attached, whatever is listed."
    "POL-NPRIN-004" Rule, Documented, Medium, [Principals], "IAM-UG elements_notprincipal; Organizations-UG RCP syntax",
        "Identity policies and organization policies have no NotPrincipal."
    "POL-NPRIN-005" Note, Chosen, High, [Principals], "IAM-UG elements_notprincipal",
        "Listing only an account in Deny+NotPrincipal exempts all principals of the account."
    "POL-OP-001" Rule, Documented, High, [Conditions], "IAM-UG elements_condition_operators",
        "StringEquals / StringNotEquals: exact, case-sensitive; */? are literal."
    "POL-OP-002" Rule, Documented, High, [Conditions], "IAM-UG elements_condition_operators",
        "StringEqualsIgnoreCase / StringNotEqualsIgnoreCase: case-folded exact match, no wildcards."
    "POL-OP-003" Rule, Documented, High, [Conditions], "IAM-UG elements_condition_operators",
        "StringLike / StringNotLike: case-sensitive glob over the whole string with * (any run incl. empty and /) and ? (exactly one); no partial match without wildcards."
    "POL-OP-004" Rule, Documented, High, [Conditions], "IAM-UG elements_condition_operators",
        "Numeric{Equals,NotEquals,LessThan,LessThanEquals,GreaterThan,GreaterThanEquals}: integer or decimal; no wildcards, no variables."
    "POL-OP-005" Rule, Documented, High, [Conditions], "IAM-UG grammar; S3-UG amazon-s3-policy-keys TLS examples use bare 1.2",
        "Numeric policy values may be JSON numbers or numeric strings."
    "POL-OP-006" Rule, Chosen, High, [Conditions], "SIM",
        "Non-numeric operand or request value: that comparison is false."
    "POL-OP-007" Rule, Documented, High, [Conditions], "IAM-UG elements_condition_operators",
        "Date{Equals,NotEquals,LessThan,LessThanEquals,GreaterThan,GreaterThanEquals}: operands in a W3C ISO 8601 profile form or epoch seconds; compared as instants; no wildcards/variables."
    "POL-OP-008" Rule, Chosen, High, [Conditions], "SIM",
        "Unparseable date: false."
    "POL-OP-009" Rule, Documented, High, [Conditions], "IAM-UG elements_condition_operators; SIM",
        "Bool: compares true/false, case-insensitively."
    "POL-OP-010" Rule, Documented, High, [Conditions], "IAM-UG elements_condition_operators; SIM",
        "BinaryEquals: base64-decode the policy value and compare bytes with the key; no variables."
    "POL-OP-011" Rule, Documented, High, [Conditions], "same /32 high, /128 K-high",
        "IpAddress / NotIpAddress: policy value is an IPv4/IPv6 address or CIDR; a missing prefix length means a single host (/32, IPv6 /128)."
    "POL-OP-012" Rule, Chosen, High, [Conditions], "IAM-UG operators mixed example; K-high",
        "IPv4 operands never match IPv6 sources and vice versa; a NotIpAddress list must cover both families."
    "POL-OP-013" Rule, Chosen, High, [Conditions], "SIM",
        "Malformed CIDR/IP operand: IpAddress false."
    "POL-OP-014" Rule, Documented, High, [Conditions], "IAM-UG elements_condition_operators",
        "ArnEquals ≡ ArnLike and ArnNotEquals ≡ ArnNotLike: split both ARNs into six colon fields, each field globbed case-sensitively; a wildcard never crosses one of the first five colons."
    "POL-OP-015" Rule, Chosen, High, [Conditions], "SIM returns false for both",
        "A request value that is not an ARN never satisfies Arn*."
    "POL-OP-016" Rule, Documented, High, [Conditions], "IAM-UG elements_condition_operators example",
        "String operators on ARN-typed keys compare the whole string, so StringLike * can cross colons."
    "POL-OP-017" Consequence, Documented, Medium, [Conditions], "IAM-UG operator list",
        "There is no BoolNot, StringLikeIgnoreCase or NumericBetween; unknown operators fall under POL-VAL-013."
    "POL-PRIN-001" Rule, Documented, Medium, [Principals], "IAM-UG elements_principal",
        "A principal is a star, or a map of AWS, CanonicalUser and Service."
    "POL-PRIN-002" Rule, Documented, High, [Principals], "S3-UG security_iam_service-with-iam (behave identically); IAM-UG elements_principal",
        "“Principal”:“*” and “Principal”:{“AWS”:“*”} behave identically: they match every principal including anonymous."
    "POL-PRIN-003" Rule, Documented, Critical, [Principals], "IAM-UG elements_principal rule high; text VGW _principals_incorrect_wildcard_usage",
        "* must be the whole value; wildcards inside an ARN or name (e.g. arn:aws:iam::111122223333:user/*, …:assumed-role/r/*): 400 MalformedPolicy Invalid principal in policy."
    "POL-PRIN-004" Rule, Documented, High, [Principals, Sessions], "IAM-UG elements_principal",
        "Account principal: 12-digit ID or arn:<partition>:iam::<id>:root; both mean the account and therefore match any principal of that account (as a delegation, see EVAL-SAME-003), not just the root user."
    "POL-PRIN-005" Definition, Documented, High, [Principals], "IAM-UG elements_principal",
        "CanonicalUser: <64-hex> names an account by its canonical ID and is equivalent to the account principal; S3-only."
    "POL-PRIN-006" Rule, Documented, Critical, [Principals], "IAM-UG elements_principal",
        "IAM user ARN arn:…:iam::<acct>:user/<path><name>: matches only that user; name part case-sensitive; path is part of the ARN."
    "POL-PRIN-007" Rule, Documented, Critical, [Principals, Sessions], "IAM-UG elements_principal, evaluation-logic",
        "IAM role ARN arn:…:iam::<acct>:role/<path><name>: matches every session of that role."
    "POL-PRIN-008" Rule, Documented, Critical, [Principals, Sessions], "IAM-UG elements_principal, evaluation-logic",
        "Session principals: arn:…:sts::<acct>:assumed-role/<role-name-without-path>/<session> and arn:…:sts::<acct>:federated-user/<name> match exactly one named session."
    "POL-PRIN-009" Rule, Documented, Medium, [Principals], "IAM-UG elements_principal",
        "User groups cannot be principals: Invalid principal in policy."
    "POL-PRIN-010" Rule, Documented, Medium, [Principals], "S3-API ErrorResponses MalformedPolicy; VGW _non_existing_principals; account part K-high",
        "On Put, user/role ARNs must exist; non-existing: 400 MalformedPolicy Invalid principal in policy."
    "POL-PRIN-011" Rule, Documented, Critical, [Principals], "S3-UG security_iam_service-with-iam note; IAM-UG elements_principal",
        "On Put, user/role ARNs are bound to the entity's unique ID (AIDA…/AROA…)."
    "POL-PRIN-012" Form, Documented, Medium, [Principals], "IAM-UG elements_principal note",
        "A 12-digit account ID may be returned as the:root ARN."
    "POL-PRIN-013" Rule, Documented, High, [Services], "IAM-UG elements_principal; condition-keys aws:PrincipalIsAWSService",
        "Service: <name>.amazonaws.com matches only direct calls by that service principal, never IAM principals whose credentials the service forwards."
    "POL-PRIN-014" Consequence, Documented, Critical, [Principals], "IAM-UG elements_principal; SIM",
        "Anonymous requests match only the wildcard forms."
    "POL-PRIN-015" Rule, Documented, High, [Principals], "IAM-UG elements_principal (user name case-sensitive)",
        "Principal ARN comparison is exact and case-sensitive including partition."
    "POL-PRIN-016" Rule, Reported, Medium, [Principals], "AWS records",
        "A CloudFront origin access identity is a principal."
    "POL-RES-001" Rule, Documented, Medium, [Documents], "IAM-UG elements_resource",
        "ARNs are compared field by field; the sixth keeps further colons."
    "POL-RES-006" Rule, Documented, High, [Documents], "IAM-UG grammar",
        "Plain * matches every resource (identity policies, SCP)."
    "POL-RES-007" Rule, Documented, High, [Documents], "IAM-UG elements_notresource",
        "NotResource matches when no listed pattern matches the request resource."
    "POL-RES-008" Rule, Documented, High, [AccessPoints], "S3-UG access-points-naming",
        "Access-point requests are additionally evaluated with the access-point ARN resources (AP-EVAL). Aliases are never valid in policies."
    "POL-RES-009" Rule, Documented, Medium, [Documents], "IAM-UG reference_policies_grammar",
        "In identity policies the fields that a short ARN lacks are wildcards."
    "POL-RES-010" Rule, Chosen, High, [Documents], "K-high",
        "Partition must equal the deployment's partition (aws, aws-cn, aws-us-gov); arn:aws: in another partition is invalid."
    "POL-VAL-004" Rule, Reported, High, [Documents], "VGW",
        "Resource arn:aws:s3::: alone or arn:aws:s3:::/key (empty bucket) is invalid: Policy has invalid resource."
    "POL-VAL-008" Rule, Reported, Medium, [Conditions], "AWS error records; IAM-UG condition-keys",
        "A condition key that S3 does not know is refused."
    "POL-VAL-009" Rule, Reported, Medium, [Conditions], "PIN; VGW",
        "A condition key has to apply to each action of its statement."
    "POL-VAL-010" Note, Recorded, Medium, [Conditions], "PIN; public reports",
        "Known rejected pairs (AWS-recorded): s3:ExistingObjectTag/* with PutObject, DeleteObject, DeleteObjectVersion, GetObjectRetention, GetObjectLegalHold, PutObjectRetention, PutObjectLegalHold, BypassGovernanceRetention."
    "POL-VAL-011" Note, Recorded, Medium, [Conditions], "PIN",
        "Known rejected mixes: one statement listing s3:GetObject or s3:GetObjectVersion together with s3:PutObject and any of s3:x-amz-copy-source, s3:x-amz-metadata-directive, s3:x-amz-server-side-encryption."
    "POL-VAL-012" Note, Documented, Low, [Conditions], "SAR; K-high",
        "Use the key: action support matrix in §10 as the validation table; identity policies are NOT subject to POL-VAL-007/009/010/011 (a non-applicable key is simply absent at evaluation)."
    "POL-VAL-013" Rule, Reported, Medium, [Conditions], "IAM record; VGW",
        "An unknown operator is refused."
    "POL-VAL-014" Rule, Documented, Medium, [Principals], "IAM-UG elements_notprincipal",
        "NotPrincipal is for Deny only."
    "POL-VAL-015" Rule, Reported, Medium, [Conditions], "scality/cloudserver#5501; VGW",
        "A bad address for aws:SourceIp is refused."
    "POL-VAL-016" Form, Chosen, Low, [Documents], "K-med",
        "AWS MalformedPolicy responses for principals add a <Detail> element quoting the offending principal."
    "POL-VAL-018" Rule, Documented, Medium, [Documents], "GH JetBrains/kotless#2",
        "Identity policies are validated by IAM, not S3: 400 MalformedPolicyDocument; an S3 ARN with a non-empty region field (even *) is refused (Resource <arn> can not contain region information.)."
    "POL-VAR-001" Rule, Documented, High, [Variables], "IAM-UG reference_policies_variables",
        "${key} is substituted only when the policy's Version is 2012-10-17."
    "POL-VAR-002" Rule, Chosen, High, [Variables], "IAM-UG reference_policies_variables, elements_condition_operators; Bool UNCERTAIN (the two",
        "Allowed places: Resource/NotResource after the fifth colon, and Condition values of String* and Arn* operators (Bool also per the operators page)."
    "POL-VAR-003" Rule, Documented, High, [Variables], "IAM-UG reference_policies_variables, single-vs-multi-valued",
        "Variable names are condition keys, case-insensitive (${AWS:UserName} = ${aws:username}), global or s3:; single-valued keys only — a multivalued key never resolves."
    "POL-VAR-004" Rule, Documented, High, [Variables], "IAM-UG reference_policies_variables",
        "Default: ${key, 'default'} (comma, one space, single quotes) is used when the key is absent."
    "POL-VAR-005" Rule, Documented, High, [Variables], "IAM-UG reference_policies_variables",
        "${*}, ${?}, ${$} produce literal *, ?, $."
    "POL-VAR-006" Rule, Documented, Critical, [Variables], "IAM-UG reference_policies_variables no value",
        "Unresolvable variable without default in Resource: the pattern matches no resource (so an Allow does not grant and a Deny does not deny)."
    "POL-VAR-007" Rule, Chosen, High, [Variables], "IAM-UG reference_policies_variables",
        "What an unresolvable variable in NotResource matches is open."
    "POL-VAR-008" Rule, Documented, High, [Variables], "IAM-UG reference_policies_variables",
        "Unresolvable variable in a Condition value: positive operators are false; negated operators are true for that value."
    "POL-VAR-009" Rule, Chosen, Critical, [Variables], "SIM escapes them; K-med",
        "Wildcards contained in a substituted value are literal characters; they do not become wildcards."
    "POL-VAR-010" Rule, Documented, High, [Variables], "IAM-UG elements_condition_operators",
        "With StringEquals the pattern after substitution is compared literally; wildcards need StringLike."
    "POL-VAR-011" Rule, Documented, High, [Principals, Sessions], "IAM-UG condition-keys aws:username",
        "aws:username: present only for IAM users (friendly name without path); absent for root, roles, federated users, anonymous, services."
    "POL-VAR-012" Definition, Documented, Medium, [Principals, Sessions], "IAM-UG reference_policies_variables",
        "What aws:userid holds for each kind of principal."
    "POL-VAR-013" Definition, Documented, High, [Principals, Sessions], "IAM-UG condition-keys; K-high",
        "aws:PrincipalType: Account, User, AssumedRole, FederatedUser, Anonymous."
    "POL-VAR-014" Rule, Chosen, High, [Variables], "SIM",
        "Whether an unterminated variable is literal text is open."
    "POL-VAR-015" Rule, Documented, High, [Variables], "IAM-UG reference_policies_variables",
        "${s3:prefix} etc. resolve only for actions that carry the key."
}
