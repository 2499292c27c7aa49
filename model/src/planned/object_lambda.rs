//! Planned clauses of Object Lambda: each with what the law does not have yet.

use crate::words::planned;

planned! { ObjectLambda;
    "OLAP-AUTH-001" Rule, Documented, Critical, [ObjectLambda], "UG:olap-policies; SAR",
        "The caller needs, on arn:P:s3-object-lambda:REGION:ACCT:accesspoint/NAME, the s3-object-lambda action of the operation: GetObject for GET and HEAD, GetObjectVersion instead when versionId is sent, ListBucket for List."
    "OLAP-AUTH-002" Rule, Documented, High, [ObjectLambda], "UG; UG:olap-policies (2026)",
        "The caller needs lambda:InvokeFunction on the function as the configuration names it."
    "OLAP-AUTH-003" Rule, Documented, Critical, [ObjectLambda], "UG",
        "Caller also needs s3:GetObject/ListBucket on the supporting access point and its bucket; commonly limited by aws:CalledVia = s3-object-lambda.amazonaws.com."
    "OLAP-AUTH-004" Rule, Documented, High, [ObjectLambda], "UG; API:ErrorResponses; UG; second and third sentence derived from OLAP-EVT-004, OLAP-ERR-",
        "Without the right to invoke it is 403 LambdaPermissionError; without the Object Lambda action 403, and nothing is invoked."
    "OLAP-AUTH-005" Rule, Documented, High, [ObjectLambda], "UG",
        "Resource policy on the OLAP may grant cross-account, but the remote caller still needs the function and supporting access point permissions."
    "OLAP-AUTH-006" Rule, Documented, High, [ObjectLambda], "UG; SAR",
        "Condition keys of Object Lambda: authType, signatureAge, TlsVersion and versionid."
    "OLAP-AUTH-007" Rule, Documented, High, [ObjectLambda], "UG",
        "Denying direct access to the supporting access point outside CalledVia forces callers through the transformation."
    "OLAP-ERR-001" Rule, Documented, Medium, [ObjectLambda], "UG error list",
        "Function missing: 404 LambdaNotFound."
    "OLAP-ERR-002" Rule, Documented, Medium, [ObjectLambda], "UG",
        "Invocation refused/failed: 400 LambdaInvocationFailed; throttled 503 SlowDown."
    "OLAP-ERR-003" Rule, Documented, Medium, [ObjectLambda], "UG",
        "Function raised: 500 LambdaRuntimeError; timed out: 500 LambdaTimeout."
    "OLAP-ERR-004" Rule, Documented, Medium, [ObjectLambda], "API:ErrorResponses; UG:olap-writing-lambda",
        "For requests other than GetObject, errors from the supporting access point are relayed to the caller unchanged; a Head/List function's own errorCode/errorMessage/statusCode are relayed as given."
    "OLAP-ERR-005" Rule, Documented, Medium, [ObjectLambda], "UG",
        "Errors obtained by the function from inputS3Url are the function's to relay; S3 does not do it."
    "OLAP-ERR-006" Rule, Chosen, Medium, [ObjectLambda], "K(h)",
        "Errors after streaming started cannot change the status: the connection is cut."
    "OLAP-EVT-001" Form, Documented, Low, [ObjectLambda], "UG:olap-event-context",
        "GetObject event members: xAmzRequestId, getObjectContext, configuration, userRequest, userIdentity, protocolVersion “1.00”."
    "OLAP-EVT-002" Form, Documented, Low, [ObjectLambda], "UG",
        "getObjectContext = inputS3Url (presigned GET to the supporting access point made with the caller's identity), outputRoute, outputToken."
    "OLAP-EVT-003" Rule, Documented, Low, [ObjectLambda], "UG; UG:olap-writing-lambda",
        "The function has to send every header that the URL signs, except host, with the caller's value."
    "OLAP-EVT-004" Rule, Documented, High, [ObjectLambda], "UG:olap-security",
        "Fetching inputS3Url is authorised as the caller (not the function role)."
    "OLAP-EVT-005" Note, Chosen, Low, [ObjectLambda], "K(l)",
        "The presigned URL is short-lived; exact life undocumented."
    "OLAP-EVT-006" Form, Documented, Low, [ObjectLambda], "UG",
        "configuration = accessPointArn (OLAP), supportingAccessPointArn, payload (FunctionPayload string, “” if none)."
    "OLAP-EVT-007" Form, Documented, Low, [ObjectLambda], "UG",
        "userRequest = url (decoded, without authorisation query parameters) and headers (without authorisation headers; case preserved; repeated headers joined by comma)."
    "OLAP-EVT-008" Form, Documented, Low, [ObjectLambda], "UG; UG:olap-event-context",
        "userIdentity is as CloudTrail has it: type, principal, ARN, account, key, user name and session."
    "OLAP-EVT-009" Form, Documented, Low, [ObjectLambda], "UG",
        "HeadObject/ListObjects/ListObjectsV2 events use headObjectContext / listObjectsContext / listObjectsV2Context with only inputS3Url; there is no route or token."
    "OLAP-EVT-010" Rule, Documented, Low, [ObjectLambda], "UG",
        "For lists inputS3Url includes the caller's list parameters."
    "OLAP-EVT-011" Rule, Reported, Low, [ObjectLambda], "aws-sdk-js-v3 7147; aws-samples amazon-comprehend issue 2",
        "If the caller sent x-amz-checksum-mode (SDK default since January 2025), inputS3Url has SignedHeaders host;x-amz-checksum-mode; fetching it without that header: 403 SignatureDoesNotMatch."
    "OLAP-EVT-012" Rule, Documented, Low, [ObjectLambda], "UG:olap-writing-lambda",
        "inputS3Url of HeadObject carries versionId, x-amz-request-payer and x-amz-expected-bucket-owner only; of lists, all caller query parameters plus the latter two."
    "OLAP-REQ-001" Rule, Documented, Medium, [ObjectLambda], "UG",
        "Data host NAME-ACCT.s3-object-lambda.REGION.amazonaws.com; SigV4 service name s3-object-lambda."
    "OLAP-REQ-002" Rule, Documented, High, [ObjectLambda], "UG:olap-writing-lambda",
        "Only actions listed in TransformationConfigurations go to Lambda; other supported operations pass unchanged to the supporting access point."
    "OLAP-REQ-003" Rule, Documented, Medium, [ObjectLambda], "UG",
        "POST Object, CopyObject with the OLAP as source, and SelectObjectContent are not supported."
    "OLAP-REQ-004" Rule, Documented, Medium, [ObjectLambda], "UG:range-get-olap",
        "A range or part number that the configuration does not allow is 501 NotImplemented, in header and query."
    "OLAP-REQ-005" Rule, Documented, Medium, [ObjectLambda], "UG:range-get-olap",
        "With the feature allowed, S3 does not apply the range: the function gets the value in userRequest and must itself fetch/slice and answer 206."
    "OLAP-REQ-006" Rule, Documented, Medium, [ObjectLambda], "UG",
        "inputS3Url is without range/partNumber; the function may add Range to its own fetch."
    "OLAP-REQ-007" Rule, Chosen, High, [ObjectLambda, CustomerKeys], "UG",
        "SSE-C GET/HEAD via OLAP is rejected. code unrecorded."
    "OLAP-REQ-008" Rule, Chosen, Medium, [ObjectLambda], "UG:olap error list; API:ErrorResponses",
        "An action without transformation is 404 NoTransformationDefined; when that applies is open."
    "OLAP-REQ-009" Note, Documented, Medium, [ObjectLambda], "UG",
        "Invocation is synchronous, function qualifier as in FunctionArn."
    "OLAP-RES-001" Note, Documented, Low, [ObjectLambda], "AWS availability notice; API text",
        "Since 2025-11-07 usable only by existing customers and some partners."
    "OLAP-RES-002" Rule, Documented, Medium, [ObjectLambda], "API",
        "CreateAccessPointForObjectLambda: PUT /v20180820/accesspointforobjectlambda/NAME on the S3 Control host with x-amz-account-id."
    "OLAP-RES-003" Rule, Documented, Medium, [ObjectLambda], "API; UG",
        "Name 3–45 characters of [a-z0-9-], starting and ending alphanumeric."
    "OLAP-RES-004" Form, Documented, Medium, [ObjectLambda], "API",
        "Returns ObjectLambdaAccessPointArn arn:aws:s3-object-lambda:REGION:ACCT:accesspoint/NAME and Alias (value ends --ol-s3, status PROVISIONING or READY)."
    "OLAP-RES-005" Rule, Documented, Medium, [ObjectLambda], "API",
        "Configuration requires SupportingAccessPoint (ARN) and TransformationConfigurations; optional AllowedFeatures, CloudWatchMetricsEnabled (default false)."
    "OLAP-RES-006" Rule, Chosen, Medium, [ObjectLambda], "UG:olap-create, olap-policies; last sentence K(m)",
        "Not an access point of a directory bucket, Multi-Region or Outposts."
    "OLAP-RES-007" Rule, Documented, Medium, [ObjectLambda], "API",
        "A transformation names its actions and a function, with a payload if wished."
    "OLAP-RES-008" Rule, Chosen, Medium, [ObjectLambda], "K(m)",
        "An action may occur in only one transformation."
    "OLAP-RES-009" Rule, Documented, Medium, [ObjectLambda], "API",
        "AllowedFeatures ∈ GetObject-Range, GetObject-PartNumber, HeadObject-Range, HeadObject-PartNumber."
    "OLAP-RES-010" Rule, Documented, Medium, [ObjectLambda], "UG",
        "Lambda function must be in the same account and Region."
    "OLAP-RES-011" Rule, Documented, Medium, [ObjectLambda], "API",
        "Put/GetAccessPointConfigurationForObjectLambda change/read configuration; Get/Put/DeleteAccessPointPolicyForObjectLambda manage the policy; GetAccessPointPolicyStatusForObjectLambda gives IsPublic."
    "OLAP-RES-012" Rule, Documented, Critical, [ObjectLambda], "UG; API:GetAccessPointForObjectLambda",
        "Block Public Access settings are all on and immutable; anonymous access is impossible."
    "OLAP-RES-013" Rule, Documented, Medium, [ObjectLambda, Tls], "UG",
        "HTTPS only."
    "OLAP-RES-014" Note, Documented, Medium, [ObjectLambda], "UG quotas",
        "1000 per account per Region."
    "OLAP-RES-015" Rule, Chosen, Medium, [ObjectLambda], "API error list; API:ErrorResponses",
        "A malformed alias is 400 InvalidAccessPointAliasError."
    "OLAP-RSP-001" Form, Documented, Low, [ObjectLambda], "UG:olap-writing-lambda",
        "A function for HeadObject returns a status code and, on success, a Content-Length."
    "OLAP-RSP-002" Form, Documented, Low, [ObjectLambda], "UG",
        "On success headers should carry Content-Length and normal object headers."
    "OLAP-RSP-003" Form, Documented, Low, [ObjectLambda], "UG; UG:olap-writing-lambda",
        "A function for a listing returns a status code and either XML or JSON of the listing."
    "OLAP-RSP-004" Rule, Chosen, Low, [ObjectLambda], "API:ErrorResponses; UG:olap-writing-lambda",
        "LambdaInvalidResponse (400) goes to the original caller when the function's WriteGetObjectResponse was answered with ValidationError."
    "OLAP-WGOR-001" Rule, Documented, Medium, [ObjectLambda], "API",
        "POST /WriteGetObjectResponse at host ROUTE.s3-object-lambda.REGION.amazonaws.com, headers x-amz-request-route and x-amz-request-token (both required)."
    "OLAP-WGOR-002" Rule, Documented, Critical, [ObjectLambda], "API; UG; code K(m)",
        "The token is opaque, encrypted, bound to one caller request; accepted once. A second use or unknown token: 400 ValidationError."
    "OLAP-WGOR-003" Rule, Documented, Medium, [ObjectLambda], "API",
        "x-amz-fwd-status ∈ 200, 206, 304, 400, 401, 403, 404, 405, 409, 411, 412, 416, 500, 503; default 200."
    "OLAP-WGOR-004" Rule, Documented, Medium, [ObjectLambda], "API",
        "x-amz-fwd-error-code must match ^[A-Z][a-zA-Z]+$, x-amz-fwd-error-message free text; both only with non-success status; otherwise 400 ValidationError."
    "OLAP-WGOR-005" Rule, Documented, Medium, [ObjectLambda], "API",
        "When error code/message are given S3 builds the XML error for the caller; a body must not be given with them."
    "OLAP-WGOR-006" Rule, Documented, Medium, [ObjectLambda], "API; API:WriteGetObjectResponse",
        "Headers for the caller are prefixed x-amz-fwd-header-, from a fixed list; metadata is not."
    "OLAP-WGOR-007" Note, Documented, Medium, [ObjectLambda], "API",
        "S3 does not verify relayed metadata against the real object."
    "OLAP-WGOR-008" Rule, Documented, Medium, [ObjectLambda], "API; API:WriteGetObjectResponse",
        "One checksum header at most, checked only if the caller asked for checksums."
    "OLAP-WGOR-009" Rule, Documented, Medium, [ObjectLambda], "UG",
        "The body is streamed to the caller as it arrives; Content-Length known or chunked."
    "OLAP-WGOR-010" Rule, Documented, Medium, [ObjectLambda], "UG (limit); API:ErrorResponses",
        "A response that is not complete within 60 seconds is 500 LambdaTimeout for the caller."
    "OLAP-WGOR-011" Rule, Documented, Medium, [ObjectLambda], "UG",
        "For GetObject, the function's return value is ignored; only WriteGetObjectResponse answers the caller."
    "OLAP-WGOR-012" Rule, Documented, Medium, [ObjectLambda], "UG; API:ErrorResponses",
        "A function that ends without responding is 500 LambdaResponseNotReceived for the caller."
    "OLAP-WGOR-013" Rule, Documented, High, [ObjectLambda], "SAR; UG:olap-policies",
        "The function's execution role needs s3-object-lambda:WriteGetObjectResponse on the OLAP ARN (or *). Not needed by Head/List functions."
    "OLAP-WGOR-014" Rule, Documented, Medium, [ObjectLambda], "API",
        "Success: 200 to Lambda, empty body."
    "OLAP-WGOR-015" Rule, Chosen, Medium, [ObjectLambda], "API:ErrorResponses; UG:ErrorCodeBilling; parenthesis K(h)",
        "An error while S3 reads the WriteGetObjectResponse body is reported to the original caller as 400 ConnectionClosedByRequester or 400 ResponseInterrupted (visible to it only if nothing has been streamed, OLAP-ERR-006)."
    "OLAP-WGOR-016" Rule, Documented, Medium, [ObjectLambda], "API model and ErrorResponses; aws-sdk-php 2228; aws-sdk-js 3675",
        "WriteGetObjectResponse is SigV4-signed for service s3-object-lambda by the function's role, with x-amz-content-sha256 UNSIGNED-PAYLOAD (model: v4-unsigned-body)."
}
