//! Planned clauses of signatures, presigned URLs and forms: each with what the law does not have yet.

use crate::words::planned;

planned! { Presigned;
    "POST-001" Rule, Recorded, Medium, [Forms], "LS test_post_object_with_wrong_content_type",
        "POST to the bucket URL with multipart/form-data; otherwise 412 PreconditionFailed At least one of the pre-conditions you specified did not hold with <Condition>Bucket POST must be of the enclosure-type multipart/form-data</Condition>."
    "POST-002" Rule, Recorded, Medium, [Forms], "LS test_post_object_policy_conditions_validation_eq; CEPH",
        "Field names are case-insensitive."
    "POST-003" Rule, Documented, Medium, [Forms], "S3-API sigv4-httppostforms; vue-dropzone#303; mantle note 19",
        "file must be the last relevant part; parts after it are ignored."
    "POST-004" Rule, Documented, Medium, [Forms], "S3-API; three quoted AWS responses",
        "Form data before the file ≤ 20 KB (20480 bytes): else 400 MaxPostPreDataLengthExceeded Your POST request fields preceeding the upload file was too large. with <MaxPostPreDataLengthBytes>20480</MaxPostPreDataLengthBytes>."
    "POST-005" Rule, Recorded, Medium, [Forms], "LS pattern; VGW",
        "key required: 400 InvalidArgument Bucket POST must contain a field named 'key'. If it is specified, please check the order of the fields."
    "POST-006" Rule, Documented, Medium, [Forms], "S3-API ErrorResponses",
        "Malformed multipart: 400 MalformedPOSTRequest The body of your POST request is not well-formed multipart/form-data."
    "POST-007" Rule, Recorded, Medium, [Forms], "LS test_post_request_missing_signature/_missing_fieldss3v4",
        "SigV4 fields: policy, x-amz-algorithm, x-amz-credential, x-amz-date, x-amz-signature (+ x-amz-security-token)."
    "POST-008" Rule, Recorded, Medium, [Forms], "LS",
        "Order of checks for missing ones: algorithm is reported before credential."
    "POST-009" Rule, Recorded, Medium, [Forms], "LS s3",
        "SigV2 fields: AWSAccessKeyId, policy, signature; missing: same error with Signature / AWSAccessKeyId."
    "POST-010" Rule, Recorded, Critical, [Forms], "LS exception-no-sig-related-fields",
        "No signature-related field at all (even if policy is present): anonymous; needs public write, else 403 AccessDenied Access Denied."
    "POST-011" Rule, Recorded, Critical, [Forms], "LS test_post_request_malformed_policy",
        "Signature = HMAC(signing key, base64 policy string as sent); mismatch: 403 SignatureDoesNotMatch with StringToSign = the policy field, no CanonicalRequest."
    "POST-012" Rule, Reported, Medium, [Forms], "VGW; meteor-slingshot#150; aws-sdk-js#2529",
        "x-amz-algorithm wrong: 400 InvalidArgument Only AWS4-HMAC-SHA256 is supported (ArgumentName X-Amz-Algorithm); x-amz-date format: X-Amz-Date must be formated via ISO8601 Long format (ArgumentName X-Amz-Date)."
    "POST-013" Rule, Reported, Medium, [Forms], "K",
        "Policy JSON: object with exactly expiration and conditions (case-sensitive names)."
    "POST-014" Rule, Recorded, Critical, [Forms], "LS test_post_request_expires",
        "expiration is YYYY-MM-DDTHH:MM:SS[.fff]Z; a past one is 403 AccessDenied, Policy expired."
    "POST-015" Rule, Reported, High, [Forms], "medium",
        "A date of signing older than seven days is 403 AccessDenied, Policy expired."
    "POST-016" Definition, Documented, Medium, [Forms], "S3-API sigv4-httppostconstructpolicy",
        "Conditions: {“field”:“value”}; [“eq”,“$field”,“v”]; [“starts-with”,“$field”,“p”]; [“content-length-range”,min,max]."
    "POST-017" Rule, Recorded, Medium, [Forms], "LS invalid-condition-wrong-condition; second VGW",
        "A condition as an object with another number of members than one is 400 InvalidPolicyDocument."
    "POST-018" Rule, Reported, Medium, [Forms], "VGW",
        "Other structural errors (400 InvalidPolicyDocument): Invalid Policy: Invalid condition test: must be a List or Object.; Invalid Policy: Invalid Condition: missing operation identifier."
    "POST-019" Rule, Recorded, Medium, [Forms], "LS …validation_eq",
        "Condition field names match form fields case-insensitively; values compare case-sensitively."
    "POST-020" Rule, Chosen, Medium, [Forms], "low",
        "Whether names of operators are case-sensitive is open."
    "POST-021" Rule, Recorded, Critical, [Forms], "LS …validation_eq",
        "A condition that fails is 403 AccessDenied, with the condition in the message as the policy spells it."
    "POST-022" Rule, Recorded, High, [Forms], "LS invalid-condition-missing-prefix",
        "Field reference without $ never matches: same failure."
    "POST-023" Rule, Documented, High, [Forms], "S3-API; CEPH test_post_object_request_missing_policy_specified_field",
        "starts-with “” accepts any value, but the field must be present."
    "POST-024" Rule, Documented, High, [Forms], "S3-API",
        "starts-with on Content-Type with commas: every list item must have the prefix; other fields are plain strings."
    "POST-025" Rule, Recorded, High, [Forms], "LS test_post_object_policy_validation_size",
        "content-length-range bounds the size of the file: 400 EntityTooLarge or EntityTooSmall outside."
    "POST-026" Rule, Recorded, Medium, [Forms], "LS",
        "Non-numeric bound: 403 AccessDenied Invalid according to Policy: Policy Condition failed: [“content-length-range”, “test”, “10”]."
    "POST-027" Rule, Documented, Critical, [Forms], "S3-API; VGW text",
        "Every submitted field except x-amz-signature, file, policy, x-ignore-* (SigV2 also AWSAccessKeyId, signature) must be covered by a condition: else 403 AccessDenied Invalid according to Policy: Extra input fields: <name>."
    "POST-028" Rule, Reported, High, [Forms], "VGW; CEPH test_post_object_missing_policy_condition 403",
        "The bucket counts as a field: a policy without a bucket condition fails with Extra input fields: bucket."
    "POST-029" Rule, Documented, High, [Forms], "S3-API",
        "Conditions are evaluated on expanded values (${filename} replaced)."
    "POST-030" Rule, Recorded, Medium, [Forms], "S3-API; LS test_post_object_with_file_as_string",
        "${filename} = base name after last / or \\; applies to all fields."
    "POST-031" Rule, Recorded, Medium, [Forms], "LS test_s3_presigned_post_success_action_redirect; CEPH",
        "success_action_redirect is 303 with bucket, key and etag added to the URL's query."
    "POST-032" Form, Recorded, Medium, [Forms], "S3-API; LS; CEPH",
        "success_action_status chooses 200, 201 or 204; 201 has a document with Location, Bucket, Key and ETag."
    "POST-033" Consequence, Documented, Medium, [Forms], "S3-API",
        "On failure no redirect happens; error XML is returned."
    "POST-034" Rule, Recorded, Medium, [Forms], "LS test_post_object_with_tags",
        "tagging is XML; non-XML: 400 MalformedXML; well-formed with unknown root: accepted, no tags."
    "POST-035" Rule, Recorded, High, [Forms], "S3-API; LS test_post_object_with_storage_class, _with_metadata",
        "Other fields act as the PUT headers: acl, Content-*, Expires, Cache-Control, x-amz-meta-*, x-amz-storage-class (invalid: 400 InvalidStorageClass), SSE, checksum, redirect location."
    "POST-036" Rule, Documented, Critical, [Forms], "S3-API; VGW PostObject_policy_access_control",
        "A policy is not a grant: the signer must have s3:PutObject (+ extras) at time of use."
    "POST-037" Rule, Documented, Medium, [Forms], "S3-API",
        "The policy has escapes; a $ inside a value is written \\$."
    "POST-038" Rule, Documented, Medium, [Forms, Conditions], "S3-API bucket-policy-s3-sigv4-conditions",
        "Evaluated with s3:authType=POST."
    "POST-039" Rule, Recorded, Medium, [Forms], "S3-API RESTObjectPOST; error unrecorded",
        "Query-string authentication is not available for POST forms."
    "POST-040" Rule, Recorded, High, [Forms], "S3-API ErrorResponses",
        "An HTTP header and a form field giving different values for the same setting: 400 InvalidRequest."
    "POST-041" Rule, Documented, High, [Forms], "S3-API HTTPPOSTForms",
        "Repeated fields of one name are joined with, before policy matching."
    "POST-042" Rule, Documented, Medium, [Forms], "S3-API HTTPPOSTForms; quoted MaxPostPreDataLengthExceeded cases",
        "Only the form-data part named file is the file; a part with a filename under another name is an ordinary field and counts towards 20 KB (POST-004)."
    "POST-043" Rule, Reported, Medium, [Forms], "scality/cloudserver#5601 quoting AWS",
        "Empty key: 400 InvalidArgument User key must have a length greater than 0.; key over 1024 bytes: 400 KeyTooLongError Your key is too long with Size, MaxSizeAllowed 1024."
    "POST-044" Rule, Chosen, Medium, [Forms, CustomerKeys], "s3c post_object_sse_c; POST-027",
        "SSE-C fields work as the headers do, with the same errors (ENC-SSEC-003…008, 032), and each must be covered by a condition."
    "PRE-001" Rule, Recorded, Medium, [Presigned], "LS test_s3_put_presigned_url_missing_sig_params3v4",
        "Required parameters: X-Amz-Algorithm, X-Amz-Credential, X-Amz-Date, X-Amz-Expires, X-Amz-SignedHeaders, X-Amz-Signature."
    "PRE-002" Rule, Chosen, Medium, [Presigned], "K-med",
        "Parameter names are case-sensitive."
    "PRE-003" Rule, Reported, Medium, [Presigned], "VGW",
        "An algorithm that S3 does not have is 400 AuthorizationQueryParametersError."
    "PRE-004" Rule, Recorded, Medium, [Presigned], "LS test_presigned_double_encoded_credentials",
        "Bad credential (wrong part count, incl. double-encoded slashes): 400 AuthorizationQueryParametersError Error parsing the X-Amz-Credential parameter; the Credential is mal-formed."
    "PRE-005" Rule, Reported, Medium, [Presigned], "VGW",
        "Same prefix for: incorrect service “<x>”. This endpoint belongs to “s3”.; incorrect terminal “<x>”."
    "PRE-006" Rule, Reported, Medium, [Presigned], "VGW",
        "Credential date ≠ X-Amz-Date day: 400 AuthorizationQueryParametersError Invalid credential date “<a>”. This date is not the same as X-Amz-Date: “<b>”."
    "PRE-007" Rule, Reported, Medium, [Presigned], "VGW",
        "X-Amz-Date format: 400 AuthorizationQueryParametersError X-Amz-Date must be in the ISO8601 Long Format “yyyyMMdd'T'HHmmss'Z'”."
    "PRE-008" Rule, Documented, Medium, [Presigned], "S3-API sigv4-query-string-auth; GH bryanjos/aws_auth#31, aws/aws-cli#5464 (604801 refused)",
        "X-Amz-Expires is a number from 1 to 604,800: else 400 AuthorizationQueryParametersError."
    "PRE-009" Rule, Chosen, Medium, [Presigned], "CEPH expects 403",
        "0 is syntactically accepted but expired at once: PRE-010."
    "PRE-010" Rule, Recorded, Critical, [Presigned], "LS test_s3_presigned_url_expireds3v4",
        "now > X-Amz-Date + X-Amz-Expires: 403 AccessDenied Request has expired with <X-Amz-Expires>, <Expires> (ISO time), <ServerTime>."
    "PRE-011" Rule, Chosen, High, [Presigned], "minio/minio#2638, s3-signer#16 quoting AWS; text high, 15-minute tolerance medium",
        "X-Amz-Date more than 15 min in the future: 403 AccessDenied Request is not yet valid with <X-Amz-Date> (epoch ms), <Expires> (date + expires), <ServerTime>."
    "PRE-012" Rule, Documented, Medium, [Presigned], "S3-API",
        "The 15-minute skew rule does NOT apply to the past for presigned URLs; only expiry does."
    "PRE-013" Rule, Documented, High, [Presigned], "S3-UG using-presigned-url",
        "Expiry is checked when the request starts; a running transfer is not cut; a resumed request after expiry fails."
    "PRE-014" Rule, Recorded, Medium, [Presigned], "S3-API sigv4-query-string-auth",
        "The payload hash of a presigned URL is UNSIGNED-PAYLOAD, unless x-amz-content-sha256 is signed."
    "PRE-015" Rule, Recorded, Critical, [Presigned], "S3-API; LS test_s3_ignored_special_headers, test_presign_with_additional_query_params",
        "Canonical query includes ALL query parameters except X-Amz-Signature (also x-id, requestedBy, response-*, versionId, X-Amz-Security-Token)."
    "PRE-016" Rule, Documented, Critical, [Presigned], "S3-API",
        "host must be in SignedHeaders; the URL works only for the signed Host (path-style and virtual-host forms are not interchangeable)."
    "PRE-017" Rule, Documented, Critical, [Presigned], "S3-API canonical request; CEPH test_cors_presigned_",
        "Method is bound: a GET URL used with HEAD, PUT or OPTIONS-actual fails with SignatureDoesNotMatch (CORS preflight is exempt). ]; high.*."
    "PRE-018" Rule, Chosen, High, [Presigned], "K",
        "Values of x-amz- headers may be signed query parameters, proven for metadata and for If-Match and If-None-Match."
    "PRE-019" Rule, Recorded, High, [Presigned], "LS test_presigned_url_v4_signed_headers_in_qs",
        "A header listed in SignedHeaders whose value is supplied only as query parameter is accepted (SDK v2 hoisting)."
    "PRE-020" Rule, Recorded, High, [Presigned], "LS test_s3_put_presigned_url_same_header_and_qs_parameter",
        "Conflicting header and query value: docs say 400 InvalidRequest; recorded AWS behaviour is 403 SignatureDoesNotMatch, or HeadersNotSigned for an overriding unsigned header."
    "PRE-021" Rule, Recorded, Medium, [Presigned], "LS test_s3_ignored_special_headers",
        "Unsigned x-amz-content-sha256 header on a presigned request is ignored (no error)."
    "PRE-022" Rule, Recorded, High, [Presigned], "LS test_s3_put_presigned_url_with_different_headers",
        "Content-Type, Content-MD5 etc. bind only if in SignedHeaders; then omission/change: SignatureDoesNotMatch."
    "PRE-023" Rule, Documented, High, [Signatures, Sessions], "S3-API",
        "X-Amz-Security-Token must be in the query and is part of the signed query for S3."
    "PRE-024" Rule, Documented, Critical, [Presigned], "S3-UG using-presigned-url, troubleshoot-403-errors",
        "Effective permission = that of the signer at time of use: revoked, deleted, disabled credentials, changed policies, and session expiry all take effect immediately, whatever X-Amz-Expires says."
    "PRE-025" Consequence, Documented, Critical, [Presigned], "S3-UG",
        "A presigned URL for an operation the signer may not perform is valid syntactically and yields 403 AccessDenied on use."
    "PRE-026" Rule, Documented, High, [Presigned], "S3-UG",
        "Reusable any number of times until expiry."
    "PRE-027" Rule, Documented, High, [Presigned, Conditions], "S3-API bucket-policy-s3-sigv4-conditions",
        "Evaluated with s3:authType=REST-QUERY-STRING and s3:signatureAge = ms since X-Amz-Date; policies may shorten validity."
    "PRE-028" Rule, Chosen, Medium, [Presigned], "EVAL-ANON-003",
        "Response-content-type etc. require a signed request."
    "PRE-029" Rule, Documented, Medium, [Presigned, RequesterPays], "S3-UG objectsinrequesterpaysbuckets",
        "Requester Pays: x-amz-request-payer=requester must be in the signed query."
    "PRE-030" Rule, Recorded, High, [Presigned], "LS test_s3_put_presigned_url_missing_sig_params3, _expireds3",
        "SigV2 query: requires Signature, Expires (epoch s), AWSAccessKeyId: else 403 AccessDenied Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters."
    "PRE-031" Rule, Recorded, High, [Presigned], "LS test_s3_put_presigned_url_with_different_headerss3",
        "SigV2 binds method, Content-MD5, Content-Type, date/expires, x-amz-* and listed subresources only; other headers are free."
    "PRE-032" Note, Documented, Low, [Presigned], "S3-UG",
        "Console limit 12 h, instance-role credentials ~6 h are client/credential limits, not server rules."
    "PRE-033" Rule, Recorded, Medium, [Presigned], "aws-sdk-js#1095, boto3#2417",
        "Non-amz request headers placed in the query (Range, Content-Type …) are covered by the signature and otherwise ignored; If-Match/If-None-Match are the recorded exception (VER-COND-020)."
    "SIG-CAN-001" Rule, Documented, Medium, [Signatures], "S3-API sig-v4-header-based-auth",
        "The canonical request: method, path, query, headers, signed headers and payload hash, and the string to sign made of it."
    "SIG-CAN-002" Rule, Documented, Medium, [Signatures], "S3-API sig-v4-header-based-auth",
        "Signing key = HMAC chain AWS4+secret: date: region: s3: aws4_request; signature = 64 lowercase hex."
    "SIG-CAN-003" Rule, Documented, Medium, [Signatures], "single-encode K-high",
        "UriEncode: unreserved A–Z a–z 0–9 -._~; space %20; uppercase hex; / kept only in the path. Encode once (no double encoding)."
    "SIG-CAN-004" Rule, Recorded, Medium, [Signatures], "S3-API sig-v4-header-based-auth note; LS test_pre_signed_url_forward_slash_bucket",
        "Paths are NOT normalised: //,. and.. stay."
    "SIG-CAN-005" Rule, Recorded, Medium, [Signatures], "S3-API sig-v4-header-based-auth note; LS test_pre_signed_url_forward_slash_bucket",
        "The query is sorted by encoded name, then by encoded value; a subresource without value is name=."
    "SIG-CAN-006" Rule, Recorded, Medium, [Signatures], "S3-API sig-v4-header-based-auth note; LS test_pre_signed_url_forward_slash_bucket",
        "Headers: lowercase name, trimmed value, sequential spaces collapsed, sorted by name, each line ends \\n."
    "SIG-CAN-007" Rule, Documented, High, [Signatures], "S3-API sig-v4-header-based-auth",
        "Must be signed: host, content-md5 if sent, and every x-amz-* header sent, except x-amz-content-sha256 whose signing is optional."
    "SIG-CAN-008" Rule, Recorded, High, [Signatures], "LS test_put_url_metadata_with_sig_s3v4, _same_header_and_qs_parameter, _bad_headers (presi",
        "A sent but unsigned x-amz-* header: 403 AccessDenied There were headers present in the request which were not signed with <HeadersNotSigned> = comma-space list of lowercase names."
    "SIG-CAN-009" Rule, Recorded, Medium, [Signatures], "LS same, test_s3_ignored_special_headers",
        "This includes x-amz-date, x-amz-expires, x-amz-decoded-content-length, x-amz-meta-*, x-amz-user-agent."
    "SIG-CAN-010" Rule, Recorded, High, [Signatures], "LS test_s3_put_presigned_url_with_different_headerss3v4; S3-UG using-presigned-url",
        "Unsigned non-amz headers (Content-Type, Content-Encoding, Range …) are accepted, except: when range is in SignedHeaders, a sent If-Range must be signed too."
    "SIG-CAN-011" Rule, Recorded, Critical, [Signatures], "LS test_put_url_metadata… no-meta-headers, test_s3_ignored_special_headers",
        "A header named in SignedHeaders but not sent (or different): 403 SignatureDoesNotMatch."
    "SIG-CAN-012" Rule, Documented, Medium, [Signatures], "S3-API; default ports 80/443 normally absent",
        "host is signed with port exactly as in the Host header."
    "SIG-CAN-013" Form, Recorded, Medium, [Signatures], "LS test_presigned_url_signature_authentication",
        "SignatureDoesNotMatch body: message The request signature we calculated does not match the signature you provided."
    "SIG-CHK-001" Rule, Documented, High, [Streams], "S3-API sigv4-streaming",
        "Signed chunks: x-amz-content-sha256: STREAMING-AWS4-HMAC-SHA256-PAYLOAD, Content-Encoding: aws-chunked[,…], x-amz-decoded-content-length required; seed signature over headers with that literal as payload hash."
    "SIG-CHK-002" Rule, Documented, Medium, [Streams], "S3-API sigv4-streaming",
        "Frame: <hex-size>;chunk-signature=<64hex>\\r\\n<data>\\r\\n, ended by a zero-size chunk."
    "SIG-CHK-003" Rule, Documented, High, [Streams], "S3-API",
        "What is signed of a chunk: time, scope, the signature before it and the hash of its bytes."
    "SIG-CHK-004" Rule, Documented, Medium, [Streams], "S3-API sigv4-streaming; aws-sdk-cpp#2727; versitygw#1665",
        "In every STREAMING-* mode each data chunk but the last is ≥ 8192 bytes: else 403 InvalidChunkSizeError Only the last chunk is allowed to have a size less than 8192 bytes with Chunk, BadChunkSize."
    "SIG-CHK-005" Rule, Reported, Critical, [Streams], "VGW",
        "Bad chunk signature: 403 SignatureDoesNotMatch; nothing is stored."
    "SIG-CHK-006" Rule, Reported, High, [Streams], "VGW",
        "A body that is shorter or longer than announced, or broken off, is 400 IncompleteBody."
    "SIG-CHK-007" Rule, Chosen, Medium, [Streams], "K-high",
        "A missing or non-numeric x-amz-decoded-content-length is 411 MissingContentLength."
    "SIG-CHK-008" Rule, Documented, Medium, [Streams], "S3-API sigv4-streaming",
        "Aws-chunked is removed from stored Content-Encoding; if nothing remains, none is stored."
    "SIG-CHK-009" Rule, Documented, Medium, [Streams], "S3-API",
        "Content-Length = encoded size; or Transfer-Encoding (non-identity) without Content-Length."
    "SIG-CHK-010" Form, Chosen, Medium, [Streams], "K",
        "IncompleteBody texts: decoded length mismatch You did not provide the number of bytes specified by the Content-Length HTTP header with NumberBytesExpected, NumberBytesProvided; broken framing The request body terminated unexpectedly."
    "SIG-CRED-001" Rule, Documented, Critical, [Signatures], "S3-API ErrorResponses",
        "Unknown/inactive/deleted access key: 403 InvalidAccessKeyId The AWS Access Key Id you provided does not exist in our records. with AWSAccessKeyId."
    "SIG-CRED-002" Rule, Documented, Critical, [Signatures, Sessions], "S3-API",
        "Temporary credentials require the token: header x-amz-security-token (signed), query X-Amz-Security-Token, or form field x-amz-security-token."
    "SIG-CRED-003" Rule, Chosen, Critical, [Signatures, Sessions], "K-high",
        "A temporary key without its token is 403 InvalidAccessKeyId."
    "SIG-CRED-004" Rule, Documented, Critical, [Signatures, Sessions], "S3-API ErrorResponses; K-high",
        "Malformed or non-matching token: 400 InvalidToken The provided token is malformed or otherwise invalid.; expired: 400 ExpiredToken The provided token has expired."
    "SIG-CRED-005" Rule, Chosen, Medium, [Signatures, Sessions], "K-med",
        "Whether a long-term key with a token is InvalidToken is open."
    "SIG-CRED-006" Rule, Chosen, Medium, [Signatures], "K-med",
        "The fine order of checks is open; the skew comes before the signature."
    "SIG-GEN-001" Definition, Documented, Medium, [Signatures, Presigned, Forms], "S3-API sig-v4-authenticating-requests",
        "Mechanisms: Authorization header; query parameters (X-Amz-Algorithm… SigV4, Signature/Expires/AWSAccessKeyId SigV2); POST form fields; none = anonymous."
    "SIG-GEN-002" Rule, Chosen, High, [Signatures], "several quoted AWS responses",
        "More than one present: 400 InvalidArgument Only one auth mechanism allowed."
    "SIG-GEN-003" Rule, Reported, Medium, [Signatures], "VGW; K-high",
        "Authorization with an unknown scheme: 400 InvalidArgument Unsupported Authorization Type (ArgumentName Authorization)."
    "SIG-GEN-004" Rule, Documented, Medium, [Signatures], "S3-API sig-v4-authenticating-requests; VGW",
        "SigV2 (AWS key:sig) is refused in Regions launched after 2014-01-30: 400 InvalidRequest The authorization mechanism you have provided is not supported."
    "SIG-GEN-005" Rule, Chosen, Critical, [Signatures], "K-high",
        "A request carrying any credential that fails verification is never downgraded to anonymous, even on public resources."
    "SIG-GEN-006" Note, Recorded, Medium, [Signatures], "AWS News Blog; LS s3 cases",
        "SigV2 still works in Regions older than 2014, in spite of an announcement; it may be switched off."
    "SIG-HDR-001" Rule, Documented, Medium, [Signatures], "S3-API sigv4-auth-using-authorization-header",
        "AWS4-HMAC-SHA256 Credential=<akid>/<YYYYMMDD>/<region>/s3/aws4_request, SignedHeaders=<a;b>, Signature=<hex>; commas with or without following space."
    "SIG-HDR-002" Rule, Reported, Medium, [Signatures], "VGW s3err/sigv4.go",
        "Structural faults: 400 AuthorizationHeaderMalformed The authorization header is malformed; <detail>."
    "SIG-HDR-003" Rule, Reported, Medium, [Signatures], "K-high; VGW; quote style single per K-high",
        "Wrong Region: 400 AuthorizationHeaderMalformed The authorization header is malformed; the region '<given>' is wrong; expecting '<right>' with <Region> element."
    "SIG-HDR-004" Rule, Reported, Medium, [Signatures], "VGW",
        "Credential date ≠ date of x-amz-date: 400 AuthorizationHeaderMalformed (Invalid credential date…)."
    "SIG-HDR-005" Rule, Documented, Medium, [Signatures], "S3-API sigv4-auth-using-authorization-header; VGW",
        "Request time = x-amz-date (yyyyMMdd'T'HHmmss'Z'), else Date (RFC 1123); x-amz-date wins."
    "SIG-HDR-006" Rule, Documented, High, [Signatures], "S3-API ErrorResponses, sig-v4-authenticating-requests; VGW text",
        "|server time − request time| > 15 min: 403 RequestTimeTooSkewed The difference between the request time and the current time is too large. with RequestTime, ServerTime, MaxAllowedSkewMilliseconds 900000."
    "SIG-HDR-007" Rule, Chosen, Medium, [Signatures], "K-low",
        "Whether exactly 15 minutes of skew are accepted is open."
    "SIG-HDR-008" Rule, Documented, Medium, [Signatures], "S3-API; VGW text",
        "x-amz-content-sha256 is required for header SigV4: else 400 InvalidRequest Missing required header for this request: x-amz-content-sha256."
    "SIG-HDR-009" Rule, Documented, Medium, [Signatures], "S3-API; VGW",
        "Its value must be 64-hex or one of UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD."
    "SIG-HDR-010" Rule, Reported, High, [Signatures], "VGW; K-high",
        "Hex value ≠ body hash: 400 XAmzContentSHA256Mismatch The provided 'x-amz-content-sha256' header does not match what was computed. with ClientComputedContentSHA256 and S3ComputedContentSHA256; the object is not stored."
    "SIG-HDR-011" Definition, Documented, Medium, [Signatures], "S3-API",
        "Empty body hash = e3b0c442…b855."
    "SIG-HDR-012" Rule, Reported, Medium, [Signatures], "VGW",
        "STREAMING-* is only valid for PutObject and UploadPart: else 400 InvalidRequest The value of x-amz-content-sha256 header is invalid."
    "SIG-HDR-013" Rule, Chosen, Medium, [Signatures], "K-med",
        "UNSIGNED-PAYLOAD over plain HTTP: accepted by S3 as such."
    "SIG-HDR-014" Rule, Documented, Medium, [Signatures], "S3-API; KSAN",
        "x-amz-sdk-checksum-algorithm without the matching x-amz-checksum-* or x-amz-trailer: 400 x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found."
    "SIG-TRL-001" Rule, Documented, High, [Streams], "S3-API sigv4-streaming-trailers",
        "Signed trailers (…-PAYLOAD-TRAILER): x-amz-trailer lists names; after the 0-chunk: <name>:<value>\\r\\n … then x-amz-trailer-signature:<hex>\\r\\n\\r\\n."
    "SIG-TRL-002" Rule, Documented, High, [Streams], "S3-API sigv4-streaming-trailers",
        "What is signed of a trailer: time, scope, the signature of the last chunk and the hash of the trailers."
    "SIG-TRL-003" Rule, Documented, Medium, [Streams], "S3-API sigv4-streaming-trailers",
        "Unsigned trailers: STREAMING-UNSIGNED-PAYLOAD-TRAILER; frames <hex>\\r\\n<data>\\r\\n, no chunk-signature, no trailer signature."
    "SIG-TRL-004" Rule, Documented, Medium, [Streams], "VGW",
        "Malformed/missing trailer: 400 MalformedTrailerError The request contained trailing data that was not well-formed or did not conform to our published schema."
    "SIG-TRL-005" Rule, Reported, High, [Streams], "VGW",
        "Anonymous requests may use only UNSIGNED-PAYLOAD or STREAMING-UNSIGNED-PAYLOAD-TRAILER: else 400 InvalidRequest (text naming these two)."
    "SIG-TRL-006" Rule, Documented, Medium, [Streams], "S3-API ChecksumAlgorithm; S3-UG using-presigned-url",
        "Checksum names accepted in headers and trailers: crc32, crc32c, crc64nvme, sha1, sha256, sha512, md5, xxhash64, xxhash3, xxhash128 (prefix x-amz-checksum-)."
}
