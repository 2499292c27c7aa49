//! Planned clauses of MFA Delete: each with what the law does not have yet.

use crate::words::planned;

planned! { MfaDelete;
    "MFA-CFG-001" Rule, Documented, High, [MfaDevices], "API:PutBucketVersioning; aws-cli issue 375",
        "MFA Delete is the element MfaDelete of the versioning configuration, Enabled or Disabled; another spelling is MalformedXML."
    "MFA-CFG-002" Rule, Documented, High, [MfaDevices], "UG:MultiFactorAuthenticationDelete",
        "It is meaningful only with versioning; one PutBucketVersioning request may set Status=Enabled and MfaDelete=Enabled together."
    "MFA-CFG-003" Rule, Documented, High, [MfaDevices], "K(m)",
        "A request that sets MfaDelete must carry Status; the code without it is open."
    "MFA-CFG-004" Rule, Documented, Critical, [MfaDevices], "UG:MultiFactorAuthenticationDelete; UG:security-best-practices",
        "Enabling and disabling are both restricted to the root user of the bucket-owning account signing with long-term root access keys. No IAM permission grants it."
    "MFA-CFG-005" Rule, Documented, Critical, [MfaDevices], "UG; API",
        "The enabling request itself must carry a valid x-amz-mfa; so must the disabling request and every later versioning change."
    "MFA-CFG-006" Note, Documented, Medium, [MfaDevices], "UG; K(h)",
        "It cannot be toggled from the console. Template tools cannot enable it on their own."
    "MFA-CFG-007" Form, Documented, High, [MfaDevices], "API:GetBucketVersioning",
        "GetBucketVersioning returns MfaDelete only if it has ever been configured; then Enabled or Disabled. Reading needs no MFA."
    "MFA-CFG-008" Rule, Recorded, Medium, [MfaDevices], "K(h) by analogy with LS:test_bucket_versioning_crud",
        "Value outside the two: 400 MalformedXML (case-sensitive, like Status)."
    "MFA-CFG-009" Rule, Chosen, High, [MfaDevices], "UG; API (change the versioning state)",
        "While MFA Delete is on, every PutBucketVersioning needs the header; one that changes nothing is open."
    "MFA-CFG-010" Rule, Chosen, High, [MfaDevices], "K(m)",
        "Omitting MfaDelete from a versioning PUT leaves the stored MFA setting unchanged."
    "MFA-CFG-011" Note, Chosen, Medium, [MfaDevices], "K(m)",
        "Losing the device does not open a bypass: the account's root device must be recovered or reset first (AWS Support); S3 has no override."
    "MFA-CFG-012" Consequence, Documented, High, [MfaDevices, Sessions], "derived from STS AssumeRoot and MFA-HDR-007; K(m)",
        "A privileged root session (sts:AssumeRoot, ≤900 s, limited task policies) is a session credential: it falls under MFA-HDR-007 and cannot set MFA Delete or delete versions with x-amz-mfa."
    "MFA-HDR-001" Rule, Documented, Medium, [MfaDevices], "API; UG",
        "Value = device serial, exactly one space, six-digit code. For a virtual device the “serial” is its ARN (arn:aws:iam::ACCOUNT:mfa/NAME); for hardware the printed serial."
    "MFA-HDR-002" Rule, Reported, Medium, [MfaDevices], "cyberduck issue 16267 quoting AWS",
        "Badly formed value: 400 InvalidArgument, “Mfa header is invalid -- the header should be formatted as {serialNumber}(space){tokenCode}”, ArgumentName x-amz-mfa, ArgumentValue as sent."
    "MFA-HDR-003" Rule, Documented, Critical, [MfaDevices], "UG; FIDO K(h); UG; IAM-UG:fido supported configurations",
        "The device has to belong to the owner's root user, and has to have codes."
    "MFA-HDR-004" Rule, Documented, Medium, [MfaDevices], "public issue reports; API error table",
        "Device not owned: 400 NotDeviceOwnerError, “The device with serial number S that generated token T is not owned by the authenticated user”."
    "MFA-HDR-005" Rule, Documented, Critical, [MfaDevices], "API error table",
        "Wrong, expired or malformed-by-value code: 400 TokenCodeInvalidError, “The serial number and/or token code you provided is not valid.”."
    "MFA-HDR-006" Rule, Documented, Medium, [MfaDevices], "API error table K(m); API:ErrorResponses",
        "A deactivated device is 400 DeviceNotActiveError."
    "MFA-HDR-007" Rule, Reported, High, [MfaDevices, Sessions], "public issue reports quoting AWS",
        "Session credentials (x-amz-security-token present, including CloudShell root sessions) plus x-amz-mfa: 400 InvalidRequest, “DevPay and Mfa are mutually exclusive authorization methods.”."
    "MFA-HDR-008" Rule, Chosen, Medium, [MfaDevices, Tls], "UG (must use HTTPS)",
        "Requests carrying x-amz-mfa must use HTTPS; the error over HTTP is undocumented (implement 400 InvalidRequest or 403 AccessDenied)."
    "MFA-HDR-009" Rule, Chosen, High, [MfaDevices], "SigV4 rules K(h)",
        "The header, being x-amz-*, must be part of the signature (header auth: in SignedHeaders)."
    "MFA-HDR-010" Rule, Chosen, Medium, [MfaDevices, Presigned], "K(l)",
        "Presigned: the header can be included if named in X-Amz-SignedHeaders and sent, but code life makes it impractical; whether a query-string form is honoured is undocumented."
    "MFA-HDR-011" Rule, Chosen, Medium, [MfaDevices], "K(l)",
        "Whether x-amz-mfa is validated where nothing needs it is open."
    "MFA-INT-001" Rule, Reported, Medium, [MfaDevices, Lifecycle], "cloudposse issue 76 quoting AWS",
        "Enabling MFA Delete on a bucket that has a lifecycle configuration: 409 InvalidBucketState, “Mfa Authentication is not supported on a bucket with lifecycle configuration.”."
    "MFA-INT-002" Rule, Chosen, Medium, [MfaDevices, Lifecycle], "UG:lifecycle-and-other-bucket-config",
        "PutBucketLifecycleConfiguration on a bucket with MFA Delete enabled is rejected; documentation says only “not supported”."
    "MFA-INT-003" Rule, Chosen, Medium, [MfaDevices, Lifecycle], "K(m)",
        "“Has a lifecycle configuration” counts rules of any kind, including disabled and abort-multipart-only rules."
    "MFA-INT-004" Rule, Chosen, Critical, [MfaDevices], "K(m)",
        "Object Lock and MFA Delete may coexist: a permanent delete must pass MFA and then be refused by retention/legal hold; MFA never overrides a lock and bypass-governance never replaces MFA."
    "MFA-INT-005" Consequence, Recorded, Medium, [MfaDevices], "LS:test_disable_versioning_on_locked_bucket",
        "With Object Lock present, versioning cannot be suspended even with MFA (VER-ST-009)."
    "MFA-INT-006" Consequence, Documented, Medium, [MfaDevices, Replication], "UG:replication-what-is-isnt-replicated",
        "Replication: version deletes are never replicated, so a destination's MFA Delete is not triggered by replication; delete-marker replication needs none."
    "MFA-INT-007" Consequence, Chosen, Critical, [MfaDevices, Lifecycle], "derived",
        "Batch operations and lifecycle cannot supply MFA and so cannot permanently delete in such a bucket."
    "MFA-INT-008" Consequence, Chosen, Medium, [MfaDevices], "derived; K(h)",
        "Cross-account grantees with DeleteObjectVersion are refused as in MFA-REQ-007: only the owner's root can present a usable device."
    "MFA-MDEL-001" Rule, Documented, Critical, [MfaDevices], "API:DeleteObjects",
        "If the bucket has MFA Delete and the list contains at least one VersionId and no token is sent, the whole request fails (403 AccessDenied), including entries without VersionId."
    "MFA-MDEL-002" Rule, Documented, Critical, [MfaDevices], "API:DeleteObjects",
        "If a token is sent and invalid, the whole request fails whether or not any VersionId is listed."
    "MFA-MDEL-003" Rule, Documented, High, [MfaDevices], "API:DeleteObjects",
        "No VersionId in the list: no token needed; markers are created."
    "MFA-MDEL-004" Rule, Documented, High, [MfaDevices], "API:DeleteObjects",
        "One valid token authorises all entries (≤1000) of that one request."
    "MFA-MDEL-005" Rule, Documented, High, [MfaDevices], "API",
        "x-amz-mfa is a request header, never per-entry XML."
    "MFA-PREC-001" Note, Chosen, Medium, [MfaDevices], "K(l)",
        "The order of the checks about MFA is open."
    "MFA-PREC-002" Rule, Chosen, Medium, [MfaDevices], "K(m)",
        "An explicit policy Deny yields plain “Access Denied” (with or without context) and should hide MFA state."
    "MFA-REQ-001" Definition, Documented, Critical, [MfaDevices], "UG:MultiFactorAuthenticationDelete",
        "Two requests need MFA: a change of the versioning state, and the permanent deletion of a version."
    "MFA-REQ-002" Rule, Documented, High, [MfaDevices], "UG; moto/cyberduck reports",
        "DELETE without versionId on a versioned bucket (creates a marker) needs no MFA."
    "MFA-REQ-003" Rule, Documented, Critical, [MfaDevices], "API:DeleteObject; marker case K(h)",
        "A DELETE with a version id needs MFA for an object, the null version and a delete marker alike."
    "MFA-REQ-004" Rule, Chosen, High, [MfaDevices], "K(l)",
        "A Suspended bucket with MFA Delete on: simple DELETE/PUT that displaces the null version is not documented as needing MFA, though it destroys the null version."
    "MFA-REQ-005" Rule, Documented, High, [MfaDevices], "UG (which requests)",
        "PUT, CopyObject, GET, List, ACL, tagging, retention, AbortMultipartUpload, DeleteBucket need none."
    "MFA-REQ-006" Rule, Documented, Critical, [MfaDevices], "cloudposse terraform-aws-codebuild issue 76; cloudposse cloudfront-s3-cdn issue 189 (quote",
        "Required and absent: 403 AccessDenied, “Mfa Authentication must be used for this request” — for root and IAM callers alike."
    "MFA-REQ-007" Rule, Reported, Critical, [MfaDevices], "public issue reports quoting AWS",
        "Non-root caller with a header for an own device: 403 AccessDenied, “This operation may only be performed by the bucket owner”, for both PutBucketVersioning and DeleteObject."
    "MFA-REQ-008" Consequence, Documented, High, [MfaDevices], "derived from MFA-REQ-007",
        "Consequently an IAM administrator can never permanently delete a version in an MFA-delete bucket."
    "MFA-REQ-009" Rule, Chosen, Critical, [MfaDevices], "K(h)",
        "MFA is checked in addition to, not in place of, policy: s3:DeleteObjectVersion must still not be denied."
    "MFA-REQ-010" Rule, Documented, Medium, [MfaDevices, Conditions], "UG:example-bucket-policies-MFA",
        "The policy conditions aws:MultiFactorAuthPresent / aws:MultiFactorAuthAge are an independent mechanism (STS session based); they neither satisfy nor require x-amz-mfa."
    "MFA-REQ-011" Note, Documented, Medium, [MfaDevices], "UG:UsingMFADelete; walkthroughs",
        "The console cannot delete versions in such a bucket; API or CLI with root keys is required. Once emptied, the bucket is deleted without MFA."
    "MFA-TOTP-001" Rule, Chosen, Medium, [MfaDevices], "IAM guide; K(m)",
        "Codes follow RFC 6238: six digits, 30-second step, SHA-1; a small clock skew is tolerated (IAM resync exists for larger drift)."
    "MFA-TOTP-002" Rule, Chosen, High, [MfaDevices], "K",
        "One code per request: reuse of an accepted code is rejected by AWS authentication services until the next step; S3 does not document its own reuse policy."
    "MFA-TOTP-003" Rule, Chosen, Medium, [MfaDevices], "K(l)",
        "A non-consumed failure (request rejected before MFA check) should not burn the code."
    "MFA-TOTP-004" Consequence, Documented, Medium, [MfaDevices], "UG; K(h)",
        "Codes are not cached into any session: there is no “recently authenticated” state for MFA Delete."
}
