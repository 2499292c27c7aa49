//! Planned clauses of cross-origin requests: each with what the law does not have yet.

use crate::words::planned;

planned! { Cors;
    "CORS-ACT-001" Rule, Recorded, High, [Cors], "LS get-wrong-origin, put-op",
        "CORS never blocks an actual request: no match: normal processing, simply no Access-Control-* headers (status and body unchanged)."
    "CORS-ACT-002" Rule, Recorded, Medium, [Cors], "LS get-no-origin",
        "No Origin header: no CORS processing, no Vary."
    "CORS-ACT-003" Form, Recorded, Medium, [Cors], "LS get-right-origin, get-op",
        "Match: same headers as preflight (Allow-Origin, Allow-Credentials, Allow-Methods, Max-Age, Expose-Headers, Vary) except Allow-Headers."
    "CORS-ACT-004" Rule, Reported, Medium, [Cors], "CEPH test_cors_origin_response: 404 and 403 with headers",
        "They are added to error responses too (403, 404)."
    "CORS-ACT-005" Form, Recorded, Medium, [Cors], "LS get-wrong-origin",
        "On non-match no Vary header is sent."
    "CORS-ACT-006" Consequence, Documented, High, [Cors], "S3-UG cors note",
        "Authorization is independent of CORS; matching a rule grants nothing."
    "CORS-ACT-007" Rule, Documented, Medium, [Cors, Forms], "S3-API PutBucketCors; K-high",
        "Applies to every bucket/object operation incl. presigned and POST; service-level ListBuckets has no CORS."
    "CORS-ACT-008" Consequence, Reported, Medium, [Cors], "CEPH",
        "Access-Control-Request-Method on a non-OPTIONS request makes S3 evaluate that method instead of the real one (CORS-MAT-006)."
    "CORS-ACT-009" Rule, Chosen, Medium, [Cors], "K-high",
        "Objects' own metadata cannot set Access-Control-* headers."
    "CORS-ACT-010" Rule, Chosen, Medium, [Cors], "aws-sdk-js-v3#6228",
        "OPTIONS on the service root (no bucket): 403, no Access-Control-* headers."
    "CORS-CFG-001" Rule, Recorded, Medium, [Cors], "S3-API PutBucketCors; LS test_put_cors",
        "PutBucketCors replaces the bucket's CORSConfiguration (XML), 200 empty; permission s3:PutBucketCORS."
    "CORS-CFG-002" Rule, Recorded, Medium, [Cors], "LS test_get_cors, test_cors_match_headers",
        "Get: rules in stored order and letter case."
    "CORS-CFG-003" Rule, Recorded, Medium, [Cors], "LS test_delete_cors; S3-UG using-with-s3-policy-actions",
        "Delete: 204 also when absent; needs s3:PutBucketCORS."
    "CORS-CFG-004" Rule, Chosen, Medium, [Cors], "LS test_put_cors_invalid_rules; S3-UG managecorsusing; >100 error UNCERTAIN",
        "1–100 CORSRule elements; zero rules: 400 MalformedXML The XML you provided was not well-formed or did not validate against our published schema."
    "CORS-CFG-005" Rule, Chosen, Medium, [Cors], "S3-API PutBucketCors",
        "A document over 64 KB is refused; the code is open."
    "CORS-CFG-006" Rule, Documented, Medium, [Cors], "S3-API PutBucketCors; VGW",
        "PutBucketCors needs Content-MD5 or a checksum: 400 InvalidRequest without, BadDigest if it is wrong."
    "CORS-CFG-007" Rule, Documented, Medium, [Cors], "S3-API CORSRule; VGW",
        "Rule: AllowedOrigin 1..n, AllowedMethod 1..n required; AllowedHeader, ExposeHeader 0..n; ID ≤255 chars, MaxAgeSeconds optional. Missing origin or method: 400 MalformedXML."
    "CORS-CFG-008" Rule, Recorded, Medium, [Cors], "K",
        "AllowedMethod ∈ {GET, PUT, POST, DELETE, HEAD}, case-sensitive: else 400 InvalidRequest Found unsupported HTTP method in CORS config."
    "CORS-CFG-009" Rule, Documented, Medium, [Cors], "S3-UG managecorsusing; VGW text",
        "An AllowedOrigin with two wildcards is 400 InvalidRequest."
    "CORS-CFG-010" Rule, Recorded, Medium, [Cors], "LS test_put_cors_empty_origin",
        "Empty-string AllowedOrigin is accepted and stored."
    "CORS-CFG-011" Rule, Recorded, Medium, [Cors], "LS; K-high",
        "Origins are not validated as URLs; any string allowed."
    "CORS-CFG-012" Rule, Documented, Medium, [Cors], "S3-UG managecorsusing; VGW",
        "AllowedHeader has at most one * (AllowedHeader “<h>” can not have more than one wildcard. ); characters outside HTTP token: 400 InvalidRequest AllowedHeader “<h>” contains invalid character."
    "CORS-CFG-013" Rule, Chosen, Medium, [Cors], "K-high",
        "ExposeHeader allows no wildcard: 400 InvalidRequest ExposeHeader “<h>” contains wildcard. We currently do not support wildcard for ExposeHeader."
    "CORS-CFG-014" Rule, Chosen, Medium, [Cors], "K-low",
        "Rules with the same id are refused; the code is open."
    "CORS-CFG-015" Rule, Documented, Medium, [Cors], "S3-API GetBucketCors",
        "GetBucketCors needs s3:GetBucketCORS."
    "CORS-MAT-001" Rule, Documented, High, [Cors], "S3-UG cors; S3-API PutBucketCors",
        "Rules are tried in document order; the first that matches origin, method and all requested headers is used; later rules are not consulted."
    "CORS-MAT-002" Rule, Documented, High, [Cors], "S3-UG cors; S3-API PutBucketCors",
        "A rule that matches origin but not method/headers is skipped, the search continues."
    "CORS-MAT-003" Rule, Recorded, High, [Cors], "CEPH test_cors_origin_response; LS test_cors_options_match_partial_origin; case part K-hig",
        "Origin compares case-sensitively, whole string; * in a pattern matches any (possibly empty) run: *suffix, prefix*, start*end (startend matches)."
    "CORS-MAT-004" Rule, Recorded, High, [Cors], "LS test_cors_match_origins, test_cors_options_fails_partial_origin",
        "Scheme, host, port and trailing characters count: http://… ≠ https://…; http://test.origin.com/ does not match http://*.origin.com."
    "CORS-MAT-005" Rule, Recorded, High, [Cors], "LS test_put_cors_default_values (origin localhost:4566); null K-high",
        "Pattern * matches any origin, including null and non-URL strings."
    "CORS-MAT-006" Rule, Recorded, High, [Cors], "CEPH test_cors_origin_response (PUT with ACRM GET gets CORS headers of the GET rule)",
        "Method = Access-Control-Request-Method if that header is present — also on non-OPTIONS requests — else the request's own method."
    "CORS-MAT-007" Rule, Recorded, High, [Cors], "LS test_cors_match_headers; S3-UG managecorsusing",
        "Access-Control-Request-Headers: split at commas, trimmed, each name must match some AllowedHeader case-insensitively with * as glob."
    "CORS-MAT-008" Rule, Recorded, High, [Cors], "LS test_put_cors_default_values",
        "Absent or empty ACRH imposes nothing; a rule with no AllowedHeader fails for any requested header."
    "CORS-MAT-009" Rule, Recorded, High, [Cors], "LS test_cors_match_headers get-non-allowed-with-acl / get-non-allowed",
        "On actual requests an ACRH header, if sent, takes part in matching (non-allowed: no CORS headers); ordinary request headers never do."
    "CORS-PRE-001" Rule, Documented, Medium, [Cors], "S3-API restoptionsobject; CEPH test_cors_presigned_",
        "OPTIONS needs no authentication or authorization, ignores presigned parameters, and works for bucket and object URLs whether or not the object exists. ]; high.*."
    "CORS-PRE-002" Rule, Recorded, Medium, [Cors], "LS test_cors_http_options_no_config, _non_existent_bucket, test_cors_match_origins",
        "No Origin header: 400 BadRequest Insufficient information. Origin request header needed."
    "CORS-PRE-003" Rule, Recorded, Medium, [Cors], "LS test_cors_http_options_non_existent_bucket",
        "A preflight of a bucket that does not exist is 403 AccessForbidden, “CORSResponse: Bucket not found”, with Method and ResourceType."
    "CORS-PRE-004" Rule, Recorded, Medium, [Cors], "LS test_cors_http_options_no_config",
        "No configuration: 403 AccessForbidden CORSResponse: CORS is not enabled for this bucket., ResourceType BUCKET (even for an object URL)."
    "CORS-PRE-005" Form, Recorded, Low, [Cors], "LS",
        "In these errors <Method> is the ACRM value, or OPTIONS if ACRM is absent."
    "CORS-PRE-006" Rule, Reported, Medium, [Cors], "CEPH: 400; VGW, other S3 clones: text",
        "Configured bucket, ACRM missing or not one of the five methods: 400 BadRequest Invalid Access-Control-Request-Method: <value> (null when missing)."
    "CORS-PRE-007" Rule, Reported, Medium, [Cors], "VGW",
        "Invalid characters in an ACRH name: 400 BadRequest Access-Control-Request-Headers “<h>” contains invalid character."
    "CORS-PRE-008" Rule, Recorded, Medium, [Cors], "LS test_cors_match_origins, _match_methods, _options_fails_partial_origin",
        "Where no rule matches, a preflight is 403 AccessForbidden, with S3's text word for word."
    "CORS-PRE-009" Form, Recorded, Medium, [Cors], "LS",
        "Success: 200, empty body, Content-Length: 0, no Content-Type."
    "CORS-PRE-010" Form, Recorded, High, [Cors], "LS test_cors_match_origins, _match_partial_origin",
        "Access-Control-Allow-Origin: literal * if the matched pattern is exactly *; otherwise the request's Origin echoed (also for partial wildcards)."
    "CORS-PRE-011" Form, Recorded, High, [Cors], "LS",
        "Access-Control-Allow-Credentials: true when the origin is echoed; header omitted when *."
    "CORS-PRE-012" Form, Recorded, Medium, [Cors], "LS test_cors_match_origins GET, PUT; the API page's wording is misleading",
        "Access-Control-Allow-Methods: ALL AllowedMethods of the matched rule in order, joined, (not just the requested one)."
    "CORS-PRE-013" Form, Recorded, Medium, [Cors], "LS opt-get-allowed-diff-casing, opt-get-allowed-no-space",
        "Access-Control-Allow-Headers: only if ACRH was sent; the requested names, lower-cased, joined."
    "CORS-PRE-014" Form, Recorded, Medium, [Cors], "LS test_put_cors_default_values",
        "Access-Control-Max-Age: rule's MaxAgeSeconds; omitted if unset."
    "CORS-PRE-015" Form, Recorded, Medium, [Cors], "LS test_cors_expose_headers",
        "Access-Control-Expose-Headers: rule's ExposeHeaders joined,; omitted if none."
    "CORS-PRE-016" Form, Recorded, Medium, [Cors], "LS",
        "Vary: Origin, Access-Control-Request-Headers, Access-Control-Request-Method on every matched response (also with *)."
    "CORS-PRE-017" Form, Recorded, Low, [Cors], "LS",
        "x-amz-request-id and x-amz-id-2 are present on all OPTIONS responses."
    "CORS-PRE-018" Rule, Chosen, Medium, [Cors], "VGW order",
        "Which of a star and an explicit origin in one rule decides the echo is open."
}
