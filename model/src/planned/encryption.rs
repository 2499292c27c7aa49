//! Planned clauses of encryption: each with what the law does not have yet.

use crate::words::planned;

planned! { Encryption;
    "ENC-BKT-001" Rule, Documented, High, [Encryption], "UG:default-encryption-faq",
        "Since 2023-01-05 every new object is server-side encrypted; the default for all buckets, never removable, is SSE-S3 (AES256). Older unencrypted objects stay as they were."
    "ENC-BKT-002" Form, Recorded, Medium, [Encryption], "LS (all)",
        "PUT, CopyObject, CreateMultipartUpload, Complete, GET and HEAD of an SSE-S3 object return x-amz-server-side-encryption: AES256 even when nobody asked for it."
    "ENC-BKT-009" Rule, Recorded, Medium, [Kms], "API:PutBucketEncryption; LS:test_s3_bucket_encryption_sse_kms",
        "The KMS key named in the configuration is not checked at PUT; a bad key shows as KMS.* errors on later object writes. It is echoed verbatim by GET (id, ARN or alias)."
    "ENC-BKT-010" Rule, Documented, Medium, [Encryption, Kms], "API:PutBucketEncryption",
        "A bare key id or alias resolves in the *requester's* account at write time; cross-account use requires the full ARN."
    "ENC-BKT-011" Rule, Recorded, Medium, [Encryption, Kms], "LS:test_s3_bucket_encryption_sse_kms_aws_managed_key",
        "aws:kms without a key id uses the AWS managed key alias/aws/s3, created on first use."
    "ENC-BKT-014" Rule, Recorded, High, [Kms], "LS:test_s3_sse_bucket_key_default; UG",
        "Changes apply to new writes only; existing objects keep their mode and key."
    "ENC-BKT-015" Rule, Recorded, High, [Encryption, Kms], "UG:bucket-encryption, specifying-kms-encryption; LS:test_s3_sse_default_kms_key",
        "A write naming an x-amz-server-side-encryption value takes mode and key id from the request only; the bucket's BucketKeyEnabled is still inherited when that mode is aws:kms and the request has no bucket-key header (ENC-KMS-016)."
    "ENC-BKT-016" Rule, Recorded, Medium, [Encryption, Kms], "API:PutObject; LS:test_s3_sse_default_kms_key covers only aws/s3 as default",
        "A write that names aws:kms without a key takes the AWS managed key, even if the bucket's default names another."
    "ENC-BKT-017" Rule, Documented, Medium, [Encryption, Kms], "UG:UsingKMSEncryption",
        "When the AWS managed key is used (no key id), it is the aws/s3 key of the requester's account, not the bucket owner's."
    "ENC-BKT-018" Note, Documented, Medium, [DirectoryBuckets], "API:PutBucketEncryption, CreateMultipartUpload",
        "Directory buckets: only AES256 and aws:kms; no DSSE, SSE-C, aws/s3 or key alias; one customer key per bucket for its lifetime; only the owner's account, through s3express:PutEncryptionConfiguration; x-amz-expected-bucket-owner: 501."
    "ENC-BLOCK-001" Rule, Documented, Medium, [CustomerKeys], "API:BlockedEncryptionTypes; UG:blocking-unblocking-s3-c-encryption",
        "Bucket encryption rule may carry BlockedEncryptionTypes/EncryptionType = SSE-C or NONE (since Nov 2025)."
    "ENC-BLOCK-002" Rule, Documented, Medium, [CustomerKeys], "UG:default-s3-c-encryption-setting-faq",
        "Buckets made since April 2026 block SSE-C, and those of accounts without SSE-C objects too; some Regions excepted."
    "ENC-BLOCK-003" Rule, Recorded, High, [CustomerKeys], "UG:troubleshoot-403-errors; DataDog/stratus-red-team#946",
        "A blocked SSE-C write is 403 AccessDenied on every route that writes."
    "ENC-BLOCK-004" Rule, Documented, Medium, [CustomerKeys], "UG",
        "Reads and copies from existing SSE-C objects keep working."
    "ENC-BLOCK-005" Rule, Documented, Medium, [CustomerKeys], "UG; API",
        "A rule with only BlockedEncryptionTypes is valid; a PUT that omits the element leaves the existing block as is; to unblock send NONE."
    "ENC-BLOCK-006" Rule, Chosen, Medium, [CustomerKeys], "UG; K(l)",
        "GetBucketEncryption shows the block; whether DeleteBucketEncryption lifts it is open."
    "ENC-BLOCK-007" Rule, Chosen, Medium, [CustomerKeys], "K(l)",
        "Whether a wrong SSE-C header is refused before the block is open."
    "ENC-BLOCK-008" Rule, Chosen, Medium, [CustomerKeys], "Fog Security blog 2025-11; KSAN polls",
        "SSE-C may be blocked on a bucket that already holds SSE-C objects; changes of the setting take some seconds to apply."
    "ENC-COPY-001" Rule, Recorded, High, [Encryption], "API:CopyObject; LS:test_copy_object_kms",
        "Encryption of a copy is decided by request headers, else by the destination bucket default; source mode and key are not inherited."
    "ENC-COPY-002" Rule, Recorded, Medium, [Encryption], "LS:test_s3_copy_object_in_place_with_encryption, test_copy_in_place_with_bucket_encryption",
        "In-place copy is legal if it names any encryption header, or if the bucket has an explicitly configured encryption rule, or the source mode differs from what would result."
    "ENC-COPY-003" Rule, Documented, High, [Kms], "UG; API",
        "Copy from KMS source needs kms:Decrypt on the source key; to KMS target kms:GenerateDataKey (and Decrypt for multi-part style copies)."
    "ENC-COPY-004" Rule, Documented, Medium, [Kms], "UG:bucket-key",
        "Bucket Key setting of the source is not carried."
    "ENC-COPY-005" Rule, Documented, Medium, [Encryption], "UG; K(h)",
        "The mode and key of a multipart upload are fixed at Create (including resolution of bucket default at that time); later bucket changes don't affect it."
    "ENC-COPY-006" Form, Recorded, Medium, [Kms], "LS:test_s3_multipart_upload_sse",
        "CreateMultipartUpload, UploadPart and Complete responses all report KMS mode, key ARN and bucket-key flag."
    "ENC-COPY-007" Rule, Documented, Medium, [Kms], "API:UploadPart, CompleteMultipartUpload",
        "Who may make data keys and not decrypt can begin an upload, and is refused at UploadPart: 403."
    "ENC-CSE-001" Note, Chosen, Low, [ClientEncryption], "S3EC spec",
        "To the server, client-encrypted objects are opaque bytes plus ordinary x-amz-meta- user metadata; no server rule interprets them."
    "ENC-CSE-002" Note, Chosen, Low, [ClientEncryption], "S3EC spec content-metadata",
        "V1 metadata: x-amz-key, x-amz-iv, x-amz-matdesc (AES-CBC content)."
    "ENC-CSE-003" Note, Chosen, Low, [ClientEncryption], "S3EC spec",
        "V2 metadata: x-amz-key-v2, x-amz-iv, x-amz-matdesc, x-amz-wrap-alg, x-amz-cek-alg, and x-amz-tag-len (bits, 128) — required for AES/GCM/NoPadding, forbidden for AES/CBC/PKCS5Padding."
    "ENC-CSE-004" Note, Chosen, Low, [ClientEncryption], "S3EC spec",
        "V2 wrap values: AES/GCM, kms+context, RSA-OAEP-SHA1 current; AESWrap, kms, RSA/ECB/OAEPWithSHA-256AndMGF1Padding legacy (decrypt only when enabled)."
    "ENC-CSE-005" Note, Chosen, Low, [ClientEncryption], "S3EC spec",
        "V3 metadata: x-amz-c (115, key-committing AES-256-GCM HKDF-SHA512), x-amz-3 (wrapped key), x-amz-w (02 AES/GCM, 12 kms+context, 22 RSA-OAEP-SHA1), x-amz-m (materials description) or x-amz-t (encryption context)."
    "ENC-CSE-006" Note, Chosen, Low, [ClientEncryption], "S3EC spec",
        "Format detection is by the exclusive keys; an object holding exclusive keys of two formats is an error."
    "ENC-CSE-007" Note, Chosen, Low, [ClientEncryption], "S3EC spec",
        "Keys in S3 are stored as x-amz-meta-x-amz-key-v2 etc.; the SDK adds and strips the prefix."
    "ENC-CSE-008" Note, Chosen, Low, [ClientEncryption], "S3EC spec",
        "Instruction file: object key + “.instruction”, JSON map; V1/V2 put all envelope entries in it; V3 keeps x-amz-c, -d, -i on the object and only -3, -w, -m, -t in the file."
    "ENC-CSE-009" Note, Chosen, Low, [ClientEncryption], "S3EC spec",
        "V3 derivation: HKDF-SHA512, salt = message id, info = suite id + “DERIVEKEY”/“COMMITKEY”; content IV is twelve 0x01 bytes, AAD = suite id bytes; commitment compared in constant time before use of the key."
    "ENC-CSE-010" Note, Chosen, Low, [ClientEncryption], "S3EC spec",
        "Commitment policies: FORBID_ENCRYPT_ALLOW_DECRYPT, REQUIRE_ENCRYPT_ALLOW_DECRYPT, REQUIRE_ENCRYPT_REQUIRE_DECRYPT."
    "ENC-CSE-011" Note, Chosen, Low, [ClientEncryption], "S3EC spec",
        "kms+context binds the wrapped key to context entry aws:x-amz-cek-alg = content algorithm; on decrypt it must match."
    "ENC-CSE-012" Note, Chosen, Low, [ClientEncryption], "S3EC spec",
        "GCM tag is appended to ciphertext (object length = plaintext + 16); x-amz-unencrypted-content-length may hold the plaintext length."
    "ENC-CSE-013" Note, Chosen, Low, [ClientEncryption], "S3EC spec",
        "Ranged reads decrypt without authentication (CTR) and are opt-in legacy behaviour."
    "ENC-DSSE-001" Definition, Documented, Medium, [Kms], "UG:UsingDSSEncryption",
        "Value aws:kms:dsse; two independent AES-256 layers, the inner with a KMS data key, the outer with an S3-managed key."
    "ENC-DSSE-002" Rule, Chosen, Medium, [Kms], "UG",
        "Bucket Keys are not supported; header ignored or rejected is undocumented."
    "ENC-DSSE-003" Consequence, Documented, Medium, [Kms], "UG; API",
        "Same KMS permissions, SigV4, and KMS.* errors as SSE-KMS; response value aws:kms:dsse and key ARN."
    "ENC-DSSE-004" Rule, Documented, Medium, [Kms], "UG",
        "Context is the object ARN."
    "ENC-ETAG-001" Form, Recorded, Medium, [Encryption], "API:Object; LS",
        "Single-part PUT/POST/Copy with SSE-S3 (or plaintext legacy): ETag = hex MD5 of content."
    "ENC-ETAG-002" Form, Recorded, Medium, [Kms], "API; LS:test_sse_c_with_versioning, test_s3_sse_default_kms_key",
        "SSE-KMS, DSSE, SSE-C: ETag is not the MD5 of content and must not be relied on; recorded AWS values differ for equal content, yet look like 32 hex digits."
    "ENC-ETAG-003" Form, Recorded, Medium, [Encryption], "LS:test_multipart_upload_sse_c; test_s3_multipart_upload_sse",
        "Multipart in every mode: “<32 hex>-N”, N = part count; it is MD5 of the concatenated binary part ETags."
    "ENC-ETAG-004" Form, Recorded, Medium, [Kms], "LS:test_s3_multipart_upload_sse, test_multipart_upload_sse_c (arithmetic checked)",
        "UploadPart ETags under SSE-KMS and SSE-C are likewise not the plaintext MD5 (recorded part of “test-sse” under KMS is 1a9f0234…, MD5 is 42832cde…); the object ETag is nevertheless MD5 over those part ETags."
    "ENC-ETAG-005" Rule, Recorded, Medium, [Encryption], "UG; LS",
        "Checksums and Content-MD5 are compared with the plaintext in every mode."
    "ENC-ETAG-006" Form, Recorded, Medium, [Encryption], "LS:test_copy_object_with_sse_c, test_copy_object_kms",
        "A copy that changes mode recomputes the ETag (SSE-C: SSE-S3 gives MD5)."
    "ENC-ETAG-007" Rule, Documented, Medium, [Kms], "API:UpdateObjectEncryption",
        "UpdateObjectEncryption preserves ETag, LastModified and version id; so a KMS object may have an MD5 ETag."
    "ENC-HDR-001" Rule, Reported, Medium, [Encryption], "VGW; note20; K(h)",
        "A value of x-amz-server-side-encryption other than AES256, aws:kms and aws:kms:dsse, also none, is 400 InvalidArgument."
    "ENC-HDR-002" Rule, Documented, Medium, [Encryption, Kms], "note20; K(h)",
        "x-amz-server-side-encryption-aws-kms-key-id without aws:kms/aws:kms:dsse: 400 InvalidArgument, “Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption”."
    "ENC-HDR-003" Rule, Documented, Medium, [Encryption], "API (400 documented); note20 text",
        "x-amz-server-side-encryption on GET, HEAD or UploadPart: 400 InvalidArgument, “x-amz-server-side-encryption header is not supported for this operation.”."
    "ENC-HDR-004" Rule, Chosen, Medium, [Encryption, Kms], "note20",
        "An encryption context that is not Base64 of a JSON object of strings is 400."
    "ENC-HDR-005" Rule, Documented, Medium, [Encryption, Kms], "API",
        "x-amz-server-side-encryption-bucket-key-enabled: true|false (case-insensitive); meaningful only with aws:kms."
    "ENC-HDR-006" Rule, Documented, Medium, [Encryption], "API",
        "SSE/KMS headers: PutObject, CopyObject, CreateMultipartUpload, POST form (as fields)."
    "ENC-HDR-007" Form, Recorded, Medium, [Encryption, Kms], "LS:test_s3_bucket_encryption_sse_kms",
        "Responses: aws-kms-key-id is always the full key ARN, whatever form was requested."
    "ENC-HDR-008" Form, Recorded, Medium, [Encryption, Kms], "LS:test_s3_bucket_encryption_sse_kms",
        "bucket-key-enabled response header appears only when true."
    "ENC-HDR-009" Form, Documented, Medium, [Encryption, Kms], "API",
        "PutObject, CopyObject and CreateMultipartUpload return the encryption context; nothing else does."
    "ENC-HDR-010" Rule, Documented, High, [Kms, Signatures], "public reports; UG",
        "Any KMS-mode request (read or write) must be SigV4-signed: otherwise 400 InvalidArgument, “Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature Version 4.”, ArgumentName Authorization."
    "ENC-HDR-011" Rule, Documented, High, [Kms, Tls], "aws-sdk-js#2335; re:Post Knowledge Center",
        "KMS-mode reads and writes over plain HTTP: 400 InvalidArgument, “Requests specifying Server Side Encryption with AWS KMS managed keys must be made over a secure connection.” high."
    "ENC-HDR-012" Rule, Recorded, Medium, [Encryption, Signatures], "LS presigned tests; K(h)",
        "x-amz-* encryption headers present and unsigned in a SigV4 request: 403 AccessDenied, “There were headers present in the request which were not signed” + HeadersNotSigned."
    "ENC-HDR-013" Rule, Recorded, Medium, [Encryption, Presigned], "LS:test_presigned_url_v4_x_amz_in_qs; UG",
        "A signed encryption header of a presigned URL must be sent as signed; in the query it passes the signature check."
    "ENC-HDR-014" Rule, Documented, Medium, [Encryption, Forms], "UG; K(h)",
        "Browser POST: an encryption field must be covered by the policy conditions like any other field."
    "ENC-KMS-001" Rule, Recorded, Medium, [Kms], "LS:test_s3_sse_validate_kms_key",
        "Unknown key in write (Put, CreateMultipartUpload, Copy): 400 KMS.NotFoundException; messages “Invalid keyId 'X'” (not a UUID/alias/ARN) or “Key 'arn:…' does not exist”."
    "ENC-KMS-002" Rule, Recorded, Medium, [Kms, Regions], "LS:test_s3_sse_validate_kms_key",
        "Key ARN of another region: 400 KMS.NotFoundException, “Invalid arn <that region>”."
    "ENC-KMS-003" Rule, Recorded, Medium, [Kms], "LS:test_s3_sse_validate_kms_key_state",
        "Disabled key, on read or write: 400 KMS.DisabledException, “<key arn> is disabled.”."
    "ENC-KMS-004" Rule, Recorded, Medium, [Kms], "LS:test_s3_sse_validate_kms_key_state",
        "Key pending deletion (or import, unavailable): 400 KMS.KMSInvalidStateException, “<key arn> is pending deletion.”."
    "ENC-KMS-005" Rule, Documented, Medium, [Kms], "API:ErrorResponses; K(m)",
        "Asymmetric or HMAC key: 400 KMS.InvalidKeyUsageException."
    "ENC-KMS-006" Form, Recorded, Medium, [Kms], "LS; API error list",
        "All KMS.* errors are HTTP 400 — not 403/404/5xx."
    "ENC-KMS-007" Rule, Documented, High, [Kms], "public reports",
        "A caller without the permission on the key gets 403 AccessDenied with a message that names the KMS action."
    "ENC-KMS-008" Rule, Documented, High, [Kms], "API:CreateMultipartUpload, UploadPart; UG:UsingKMSEncryption",
        "Write needs kms:GenerateDataKey; read needs kms:Decrypt."
    "ENC-KMS-009" Rule, Documented, Critical, [Kms], "UG; KMS guide",
        "S3 calls KMS with the requester's identity (kms:ViaService = s3.REGION.amazonaws.com, kms:CallerAccount), so both key policy/grant and (same-account) IAM apply; bucket policy cannot grant key use."
    "ENC-KMS-010" Rule, Documented, Critical, [Kms, ThirdAccount], "UG:UsingKMSEncryption",
        "Cross-account use of a customer key: both the key policy in the key's account and IAM in the caller's must allow."
    "ENC-KMS-011" Rule, Documented, High, [Kms], "API:HeadObject",
        "HEAD of a KMS object needs kms:Decrypt only when checksums are requested (x-amz-checksum-mode: ENABLED); metadata itself is not KMS-encrypted."
    "ENC-KMS-012" Rule, Documented, High, [Kms], "UG; KMS guide",
        "The object stores the key identity used; changing bucket default, alias target or key rotation leaves it readable via the original key (rotation keeps old material)."
    "ENC-KMS-013" Rule, Chosen, High, [Kms], "UG:UsingKMSEncryption",
        "The encryption context has the object's ARN, or with a Bucket Key the bucket's, beside what the client sends."
    "ENC-KMS-014" Note, Documented, Medium, [Kms], "UG; API:CopyObject",
        "The context is visible in CloudTrail in plaintext, and is usable in kms:EncryptionContext: conditions. It is not carried by CopyObject."
    "ENC-KMS-015" Note, Documented, High, [Kms], "UG:bucket-key",
        "With a Bucket Key, revoked permissions and disabled keys take effect when the short-lived key lapses."
    "ENC-KMS-016" Rule, Recorded, High, [Kms], "LS:test_s3_sse_default_kms_key (from-bucket); API",
        "Request header overrides the bucket's BucketKeyEnabled per object; absent header inherits the bucket setting even if the request names another key."
    "ENC-KMS-017" Rule, Documented, High, [Kms], "UG:bucket-key",
        "With the bucket key setting on, existing key policies conditioned on the object ARN context stop matching."
    "ENC-KMS-018" Note, Documented, Medium, [Kms], "aws-samples/cql-replicator#92 (2024)",
        "KMS throttling: 503 SlowDown, “Please reduce your request rate for operations involving AWS KMS.” medium-high."
    "ENC-KMS-019" Rule, Documented, High, [Kms], "UG; K(h)",
        "Deleting, listing, tagging or ACL reads of KMS objects need no KMS permission."
    "ENC-KMS-020" Rule, Chosen, Medium, [Kms], "K(m)",
        "An object whose key is disabled can still be HEADed without checksum mode, deleted and listed."
    "ENC-KMS-021" Note, Chosen, Medium, [Kms], "UG:mpuoverview (newer) vs API:CompleteMultipartUpload",
        "Whether CompleteMultipartUpload without kms:Decrypt succeeds is open."
    "ENC-KMS-022" Rule, Documented, High, [Kms, Network], "aws/copilot-cli#5500; K(m)",
        "KMS is called by S3 on the requester's behalf, so aws:SourceIp/VPC conditions in IAM or key policies do not see the client address and such a condition denies the KMS call: 403 as in ENC-KMS-007."
    "ENC-KMS-023" Rule, Documented, High, [Kms], "UG:UsingKMSEncryption",
        "Checksums of SSE-KMS and DSSE objects are stored encrypted: returning them requires kms:Decrypt."
    "ENC-KMS-024" Definition, Recorded, High, [Kms, Regions], "UG:specifying-kms-encryption; first half documented, rest K(m)",
        "S3 treats multi-Region KMS keys as single-Region keys: the key must be a key (or replica) of the bucket's Region and its exact ARN is recorded."
    "ENC-POL-001" Rule, Documented, High, [Encryption, Conditions], "UG:UsingServerSideEncryption; service authorization reference",
        "Condition keys s3:x-amz-server-side-encryption, s3:x-amz-server-side-encryption-aws-kms-key-id, s3:x-amz-server-side-encryption-customer-algorithm read the request headers only."
    "ENC-POL-002" Rule, Documented, High, [Encryption, Conditions], "UG:default-bucket-encryption",
        "Default encryption is applied after authorisation and does not populate those keys: Deny with Null: true or StringNotEquals on the SSE key rejects header-less PUTs with 403 even though they would be encrypted."
    "ENC-POL-003" Consequence, Documented, High, [Encryption, Conditions], "IAM guide K(h)",
        "StringNotEquals is true when the key is absent (so a Deny fires); StringEquals is false when absent; adding IfExists makes either true when absent."
    "ENC-POL-004" Rule, Documented, High, [Kms, Conditions], "UG; K(m)",
        "The kms-key-id condition compares the header text as sent (ARN vs id), so policies should require the full ARN."
    "ENC-POL-005" Rule, Chosen, High, [Kms, Conditions], "K(m); UG:ServerSideEncryptionCustomerKeys",
        "Multipart: the SSE/KMS choice made at CreateMultipartUpload is visible as s3:x-amz-server-side-encryption to UploadPart, UploadPartCopy and Complete without resending it (POL-KEY-008)."
    "ENC-POL-006" Consequence, Chosen, High, [Encryption, Conditions], "K(h)",
        "For copies, the keys reflect destination headers."
    "ENC-POL-007" Consequence, Documented, High, [CustomerKeys, Conditions], "UG:ServerSideEncryptionCustomerKeys",
        "SSE-C can be denied with Null:false on customer-algorithm."
    "ENC-POL-008" Consequence, Documented, High, [Tls, Conditions], "UG",
        "aws:SecureTransport=false Deny is the policy way to force TLS for all modes."
    "ENC-POL-009" Rule, Documented, High, [CustomerKeys, Conditions], "UG:ServerSideEncryptionCustomerKeys",
        "A policy requiring SSE-C (Deny with Null:true on customer-algorithm) needs the customer-algorithm header on CreateMultipartUpload, every part and CompleteMultipartUpload."
    "ENC-POL-010" Note, Chosen, High, [Kms, Conditions], "UG:UsingKMSEncryption",
        "Whether a condition on the key id also sees a key that comes from the bucket's default is open."
    "ENC-SSEC-001" Rule, Documented, Medium, [CustomerKeys], "API",
        "The three headers of SSE-C: algorithm AES256, the key in Base64, and the MD5 of its 32 bytes."
    "ENC-SSEC-002" Rule, Recorded, Medium, [CustomerKeys], "LS:test_put_object_validation_sse_c, test_copy_object_with_sse_c",
        "Trio plus x-amz-server-side-encryption: 400 InvalidArgument, “Server Side Encryption with Customer provided key is incompatible with the encryption method specified”, ArgumentName x-amz-server-side-encryption."
    "ENC-SSEC-003" Rule, Recorded, Medium, [CustomerKeys], "LS",
        "Algorithm not AES256: 400 InvalidEncryptionAlgorithmError, “The Encryption request you specified is not valid.”."
    "ENC-SSEC-004" Rule, Recorded, Medium, [CustomerKeys], "LS:test_put_object_validation_sse_c",
        "Key given, algorithm missing: 400 InvalidArgument, “Requests specifying Server Side Encryption with Customer provided keys must provide a valid encryption algorithm.”."
    "ENC-SSEC-005" Rule, Recorded, Medium, [CustomerKeys], "LS",
        "Algorithm given, key missing: 400 InvalidArgument, “Requests specifying Server Side Encryption with Customer provided keys must provide an appropriate secret key.”."
    "ENC-SSEC-006" Rule, Recorded, Medium, [CustomerKeys], "LS:test_put_object_validation_sse_c, test_object_retrieval_sse_c (the no-md5 cases send a",
        "Key present, MD5 matching, decoded length not 32: on writes (PUT, POST, CreateMultipartUpload) 400 InvalidArgument, “The secret key was invalid for the specified algorithm.”."
    "ENC-SSEC-007" Rule, Recorded, Medium, [CustomerKeys], "LS",
        "An MD5 of the key that does not match, is empty or no MD5 at all is 400 InvalidArgument."
    "ENC-SSEC-008" Rule, Recorded, Medium, [CustomerKeys], "s3c; KSAN (AWS 2026-07); text ceph and clones",
        "MD5 header absent on the wire: on PUT and POST 400 InvalidArgument, “Requests specifying Server Side Encryption with Customer provided keys must provide the client calculated MD5 of the secret key.” On GET the MD5 is."
    "ENC-SSEC-009" Form, Recorded, Low, [CustomerKeys], "LS",
        "Errors about SSE-C headers name the argument x-amz-server-side-encryption; only two of them show its value."
    "ENC-SSEC-010" Rule, Documented, High, [CustomerKeys, Tls], "s3c (code, secure connection, order); full text IONOS; UG",
        "Requests with SSE-C headers over plain HTTP: 400 InvalidArgument, “Requests specifying Server Side Encryption with Customer provided keys must be made over a secure connection.”; checked before any ENC-SSEC-002…008 value check."
    "ENC-SSEC-011" Rule, Recorded, Critical, [CustomerKeys], "LS:test_object_retrieval_sse_c",
        "GET of an SSE-C object without headers: 400 InvalidRequest, “The object was stored using a form of Server Side Encryption.”."
    "ENC-SSEC-012" Rule, Recorded, Critical, [CustomerKeys], "LS:test_object_retrieval_sse_c, test_sse_c_with_versioning",
        "GET with a well-formed but wrong key (incl. the key of another version): 403 AccessDenied, “Requests specifying Server Side Encryption with Customer provided keys must provide the correct secret key.”."
    "ENC-SSEC-013" Form, Recorded, High, [CustomerKeys], "LS:test_object_retrieval_sse_c",
        "HEAD mirrors with bodyless 400 (no headers / bad algorithm) and 403 (wrong key)."
    "ENC-SSEC-014" Rule, Reported, High, [CustomerKeys], "ceph; public reports K(h)",
        "SSE-C headers on reading an object not stored with SSE-C: 400 InvalidRequest, “The encryption parameters are not applicable to this object.”."
    "ENC-SSEC-015" Rule, Recorded, High, [CustomerKeys], "API; LS",
        "GetObjectAttributes needs the trio for SSE-C objects."
    "ENC-SSEC-016" Rule, Recorded, High, [CustomerKeys], "LS:test_multipart_upload_sse_c_validation",
        "UploadPart must repeat trio with the Create key."
    "ENC-SSEC-017" Rule, Recorded, Critical, [CustomerKeys], "LS:test_multipart_upload_sse_c_validation",
        "UploadPart with another key: 400 InvalidRequest, “The provided encryption parameters did not match the ones used originally.”."
    "ENC-SSEC-018" Rule, Recorded, Medium, [CustomerKeys], "LS:test_multipart_upload_sse_c; UG:mpuoverview (newer)",
        "CompleteMultipartUpload and ListParts work without the key; Complete's response has neither SSE nor SSE-C headers."
    "ENC-SSEC-019" Rule, Recorded, High, [CustomerKeys], "LS:test_copy_object_with_sse_c",
        "Copying from an SSE-C source without copy-source trio: 400 InvalidRequest with ENC-SSEC-011 text."
    "ENC-SSEC-020" Rule, Recorded, High, [CustomerKeys], "LS:test_copy_object_with_sse_c",
        "Copying an SSE-C source with no target encryption headers yields the destination default (AES256), readable without a key."
    "ENC-SSEC-021" Form, Recorded, Critical, [CustomerKeys], "LS",
        "Responses echo algorithm and key-MD5 and never x-amz-server-side-encryption nor the key."
    "ENC-SSEC-022" Rule, Recorded, Critical, [CustomerKeys], "LS:test_sse_c_with_versioning",
        "Each version may have another key; the key must match the addressed version."
    "ENC-SSEC-023" Consequence, Recorded, Medium, [CustomerKeys], "LS:test_put_object_lifecycle_with_sse_c; UG",
        "DELETE, List, tagging and ACL calls need no key."
    "ENC-SSEC-024" Note, Documented, Medium, [CustomerKeys], "UG",
        "The key is never stored; only a randomly salted HMAC is kept, to validate later requests. Losing it loses the object."
    "ENC-SSEC-025" Consequence, Documented, Medium, [CustomerKeys], "UG; K(h)",
        "S3 needs and checks no permission beyond s3:GetObject/PutObject; possession of the key is not authorisation."
    "ENC-SSEC-026" Rule, Chosen, Medium, [CustomerKeys, Presigned], "UG:ServerSideEncryptionCustomerKeys; LS presigned tests (HeadersNotSigned); aws-sdk-js-v3#",
        "Presigned SigV4: each of the three SSE-C headers that the client sends must be in SignedHeaders (its value is then fixed by the signature)."
    "ENC-SSEC-027" Rule, Recorded, Medium, [CustomerKeys], "LS:test_put_object_default_checksum_with_sse_c; K(h)",
        "Range GETs, conditional GETs and checksums work on plaintext as usual given the key."
    "ENC-SSEC-028" Note, Documented, Medium, [CustomerKeys], "API:SelectObjectContent",
        "SelectObjectContent supports SSE-C objects with the trio (HTTPS); legacy feature closed to new customers since 2024-07."
    "ENC-SSEC-029" Rule, Recorded, Medium, [CustomerKeys], "LS:test_put_object_default_checksum_with_sse_c",
        "Default-checksum CRC64NVME is stored for SSE-C objects too."
    "ENC-SSEC-030" Rule, Chosen, Medium, [CustomerKeys], "K(m)",
        "Conditional-precedence between 304/412 and SSE-C errors is undocumented; check the key first so no metadata leaks."
    "ENC-SSEC-031" Rule, Chosen, Medium, [CustomerKeys], "LS (002 before 003); s3c (004 before 005; 005 and 032 before 003; 032 before 007); aws-cli",
        "Errors about SSE-C headers have a fixed order, from the transport to the length of the key."
    "ENC-SSEC-032" Rule, Chosen, Medium, [CustomerKeys], "s3c (POST asserted; GET with #### and empty key)",
        "Empty values count as present: empty or zero-byte key: 400 InvalidArgument, “The secret key was invalid - too short.”; empty algorithm: InvalidEncryptionAlgorithmError (003); empty MD5: mismatch (007)."
    "ENC-UPD-001" Rule, Documented, Medium, [Kms], "API:UpdateObjectEncryption",
        "PUT ?encryption on an object changes SSE-S3 or SSE-KMS to SSE-KMS (also another key, or Bucket Key on/off) in place: no data rewrite, no new version."
    "ENC-UPD-002" Rule, Documented, Medium, [Kms], "API",
        "Body: ObjectEncryption/SSE-KMS with KMSKeyArn (full ARN only) and BucketKeyEnabled."
    "ENC-UPD-003" Rule, Documented, High, [Kms], "API:UpdateObjectEncryption",
        "Needs s3:PutObject, s3:UpdateObjectEncryption and kms:Encrypt, Decrypt, GenerateDataKey, ReEncrypt*; organizations:DescribeAccount too when keys of other accounts in the organization are used."
    "ENC-UPD-004" Rule, Documented, Medium, [Kms], "API",
        "Locked object: 403 AccessDenied (LOCK-DEL-015); unsupported source/target: 400 InvalidRequest."
    "ENC-UPD-005" Rule, Documented, Medium, [Kms, Replication], "API",
        "It is not replicated and does not emit a replica event."
    "ENC-UPD-006" Rule, Documented, High, [Kms], "API:UpdateObjectEncryption",
        "The KMS key must belong to the bucket owner's account: otherwise 403 AccessDenied, text saying the key must be owned by the same account as the bucket; keys of the same organization only after AWS approval."
    "ENC-UPD-007" Rule, Documented, Medium, [Kms], "API:UpdateObjectEncryption",
        "UpdateObjectEncryption needs SigV4 (else 400 InvalidRequest) and Content-MD5 or a checksum header; addresses one version by versionId; BucketKeyEnabled defaults to false and is not inherited; archived objects need no restore."
}
