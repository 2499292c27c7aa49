//! Planned clauses of server access logs: each with what the law does not have yet.

use crate::words::planned;

planned! { AccessLogs;
    "LOG-CFG-001" Rule, Recorded, Medium, [AccessLogs], "LS:test_put_bucket_logging",
        "PUT/GET ?logging. Disabled state is an empty BucketLoggingStatus; GET on a never-configured bucket returns 200 with that empty element."
    "LOG-CFG-002" Rule, Documented, Medium, [AccessLogs], "API:PutBucketLogging",
        "LoggingEnabled requires TargetBucket and TargetPrefix (the prefix may be empty); optional TargetGrants and TargetObjectKeyFormat."
    "LOG-CFG-003" Rule, Recorded, Medium, [AccessLogs], "API; LS:test_put_bucket_logging",
        "PUT with an empty BucketLoggingStatus turns logging off (200)."
    "LOG-CFG-004" Rule, Documented, High, [AccessLogs], "API; UG",
        "Only the owner of the source bucket (s3:PutBucketLogging / s3:GetBucketLogging). Owner root always may."
    "LOG-CFG-005" Rule, Recorded, Medium, [AccessLogs], "LS:test_put_bucket_logging_wrong_target",
        "Target does not exist: 400 InvalidTargetBucketForLogging, “The target bucket for logging does not exist”, element TargetBucket."
    "LOG-CFG-006" Rule, Documented, High, [AccessLogs], "public reports; API error table K(h); zalando sevenseconds issue 29 quoting AWS; scality P",
        "A target of another account is 400 InvalidTargetBucketForLogging, with element TargetBucket."
    "LOG-CFG-007" Rule, Recorded, Medium, [AccessLogs, Regions], "LS:test_put_bucket_logging_cross_locations",
        "Target in another Region: 403 code CrossLocationLoggingProhibitted (double t, AWS's spelling), “Cross S3 location logging not allowed. ” (trailing space), element TargetBucketLocation."
    "LOG-CFG-008" Rule, Recorded, Medium, [AccessLogs], "LS:test_put_bucket_logging",
        "The PUT does not verify that the log service can write to the target (policy/ACL are not checked)."
    "LOG-CFG-009" Rule, Documented, Medium, [AccessLogs], "UG:ServerLogs",
        "Source and target may be the same bucket; it then logs its own deliveries (loop), allowed but advised against."
    "LOG-CFG-010" Rule, Recorded, Medium, [AccessLogs, Acls], "LS:test_put_bucket_logging_accept_wrong_grants",
        "TargetGrants permission enum: FULL_CONTROL, READ, WRITE; AWS accepts READ_ACP too (recorded); other text is 400 MalformedXML."
    "LOG-CFG-011" Rule, Documented, Medium, [AccessLogs, Acls], "UG:enable-server-access-logging; public reports; terraform-provider-aws issue 31771 (AWS r",
        "TargetGrants with a target that enforces the bucket owner are 400 AccessControlListNotSupported."
    "LOG-CFG-012" Consequence, Documented, Medium, [AccessLogs, Acls], "API",
        "Grants by e-mail address are no longer accepted (405 since Oct 2025)."
    "LOG-CFG-013" Rule, Documented, Medium, [AccessLogs], "API; UG:ServerLogs",
        "TargetObjectKeyFormat is exactly one of SimplePrefix{} (default) and PartitionedPrefix{PartitionDateSource EventTime|DeliveryTime}; documented default source EventTime in the model."
    "LOG-CFG-014" Rule, Documented, Medium, [AccessLogs, Encryption, RequesterPays], "UG:object-lock-managing; UG:enable-server-access-logging; UG:troubleshooting-server-access",
        "A target bucket gets no logs if it has Object Lock enabled (with or without default retention), has Requester Pays on, or has default encryption other than SSE-S3 (SSE-KMS, DSSE-KMS)."
    "LOG-CFG-015" Rule, Documented, Medium, [AccessLogs], "UG; K(h)",
        "Deleting the target later stops delivery; source configuration stays."
    "LOG-CFG-016" Note, Documented, Medium, [AccessLogs], "UG:ServerLogs; UG:troubleshooting-server-access-logging",
        "A change of logging takes effect gradually, typically within an hour, sometimes later."
    "LOG-CFG-017" Rule, Documented, Medium, [AccessLogs], "API; K(h)",
        "Missing source bucket: 404 NoSuchBucket; malformed body: 400 MalformedXML; integrity header required."
    "LOG-CFG-018" Note, Documented, Medium, [AccessLogs], "UG:ServerLogs (2026); CloudWatch log format page; last part derived",
        "Logs may also go to CloudWatch Logs (vended log type S3_SERVER_ACCESS_LOGS, JSON records, other account/Region possible)."
    "LOG-DLV-001" Note, Documented, Medium, [AccessLogs], "UG:ServerLogs",
        "Best effort: most records within hours; completeness, order and uniqueness not guaranteed."
    "LOG-DLV-002" Note, Documented, Medium, [AccessLogs], "UG; K(m)",
        "Duplicates are possible; consumers de-duplicate by request id + host id."
    "LOG-DLV-003" Form, Documented, High, [AccessLogs], "UG:LogFormat",
        "One log object contains records of one source bucket only."
    "LOG-DLV-004" Form, Documented, Medium, [AccessLogs], "UG:LogFormat",
        "Records inside an object are newline-separated, one per line, order unspecified."
    "LOG-DLV-005" Rule, Documented, Medium, [AccessLogs, Network], "UG:LogFormat",
        "Requests that never resolve to a bucket (malformed, wrong bucket names), and redirects to newer regions (launched after 2019-03-20), are not logged."
    "LOG-DLV-006" Rule, Documented, Medium, [AccessLogs, Network], "UG:ServerLogs",
        "Requests that the policy of a VPC endpoint refuses, or that fail before it is evaluated, are not logged."
    "LOG-DLV-007" Form, Documented, Medium, [AccessLogs], "UG:ServerLogs",
        "Simple key: PREFIX + YYYY-MM-DD-hh-mm-ss-UNIQUE, UTC time of delivery; UNIQUE is 16 hexadecimal characters and meaningless; no separator is inserted after PREFIX."
    "LOG-DLV-008" Form, Documented, Medium, [AccessLogs], "UG:ServerLogs",
        "Partitioned key: PREFIX + ACCOUNT/REGION/BUCKET/YYYY/MM/DD/YYYY-MM-DD-hh-mm-ss-UNIQUE."
    "LOG-DLV-009" Form, Documented, Medium, [AccessLogs], "API; UG",
        "PartitionDateSource=EventTime: the date is the request's and hh-mm-ss is 00-00-00; DeliveryTime: real delivery time."
    "LOG-DLV-010" Rule, Documented, Medium, [AccessLogs], "UG; content type K(m)",
        "Log objects are stored with the target's default encryption (SSE-S3) and no user metadata; they have a plain text content type."
    "LOG-DLV-011" Note, Documented, Medium, [AccessLogs], "UG; K(h)",
        "S3 never rewrites or deletes delivered logs; no digest or signature is provided (unlike CloudTrail)."
    "LOG-DLV-012" Rule, Documented, Medium, [AccessLogs, Replication], "UG:replication-and-other-bucket-configs (Logging configuration section)",
        "Replication's own requests are logged on whichever of source and destination bucket has logging on (each replicated object has a record)."
    "LOG-FMT-001" Form, Documented, Low, [AccessLogs], "UG:LogFormat",
        "One line, fields separated by one space, in this order: 1 bucket owner, 2 bucket, 3 time, 4 remote IP, 5 requester, 6 request id, 7 operation, 8 key, 9 Request-URI, 10 HTTP status, 11 error code, 12 bytes sent."
    "LOG-FMT-002" Form, Documented, Low, [AccessLogs], "UG:LogFormat",
        "Only fields 9, 16, 17 are double-quoted; field 3 is in square brackets."
    "LOG-FMT-003" Form, Documented, Low, [AccessLogs], "UG:LogFormat; real records",
        "- = not available or not applicable, in any field."
    "LOG-FMT-004" Note, Documented, Low, [AccessLogs], "UG:LogFormat",
        "Trailing fields may be added at any time; parsers must accept more than they know, writers may stop earlier only as older formats did."
    "LOG-FMT-005" Form, Documented, Low, [AccessLogs], "UG",
        "Field 1: canonical user id of the source bucket owner."
    "LOG-FMT-006" Form, Documented, Low, [AccessLogs], "UG",
        "Field 3: [dd/Mon/yyyy:HH:MM:SS +0000], UTC, time the request was received."
    "LOG-FMT-007" Form, Documented, Low, [AccessLogs], "UG",
        "Field 5: canonical user id, or IAM user/assumed-role ARN, or - for unauthenticated; AWS services show as svc:NAME or the service principal."
    "LOG-FMT-008" Form, Documented, Low, [AccessLogs], "UG; public reports",
        "Field 8 key is URL-encoded; characters may appear double-encoded (e.g. %2520) relative to the raw key."
    "LOG-FMT-009" Form, Documented, Low, [AccessLogs], "UG",
        "Field 9: “METHOD URI HTTP/VERSION” as received, including the query string."
    "LOG-FMT-010" Form, Documented, Low, [AccessLogs], "UG:LogFormat",
        "Custom query parameters beginning x- are ignored by S3 but kept in field 9 (usable as client tags)."
    "LOG-FMT-011" Form, Chosen, Critical, [AccessLogs], "AWS Prescriptive Guidance (redaction; real records (the 32 X",
        "In field 9 the value of query parameter X-Amz-Signature (SigV2: Signature) is replaced by 32 letters X; the other query parameters, including X-Amz-Credential and X-Amz-Security-Token, are logged as sent."
    "LOG-FMT-012" Form, Documented, Low, [AccessLogs], "UG",
        "Field 10: numeric status of the response; field 11: S3 error code (e.g. AccessDenied, NoSuchKey) or - on success."
    "LOG-FMT-013" Form, Documented, Low, [AccessLogs], "UG",
        "Field 12: body bytes sent excluding headers; - if zero."
    "LOG-FMT-014" Form, Documented, Low, [AccessLogs], "UG",
        "Field 13: size of the whole object; - when unknown (e.g. 404)."
    "LOG-FMT-015" Form, Documented, Low, [AccessLogs], "UG",
        "Fields 14/15: milliseconds; 14 from receipt of request to last response byte, 15 processing time from last request byte to first response byte."
    "LOG-FMT-016" Form, Documented, Low, [AccessLogs], "UG regex guidance; K(m); real record",
        "Fields 16 and 17: Referer and User-Agent as sent, without escaping of quotes."
    "LOG-FMT-017" Form, Documented, Low, [AccessLogs], "UG; UG:LogFormat",
        "Field 18: the version id that the request names, “-” otherwise; whether a new one is logged is open."
    "LOG-FMT-018" Form, Documented, Low, [AccessLogs], "UG",
        "Field 19 = x-amz-id-2, field 6 = x-amz-request-id."
    "LOG-FMT-019" Form, Documented, Low, [AccessLogs], "UG",
        "Field 20: SigV2, SigV4 or -; field 22: AuthHeader, QueryString (presigned) or - (anonymous)."
    "LOG-FMT-020" Form, Documented, Low, [AccessLogs, Tls], "UG; UG:LogFormat",
        "Field 21: the cipher; field 24: TLSv1.1, TLSv1.2 or TLSv1.3; “-” over plain HTTP."
    "LOG-FMT-021" Form, Documented, Low, [AccessLogs], "UG",
        "Field 23: the Host header/endpoint used."
    "LOG-FMT-022" Form, Documented, Low, [AccessLogs, AccessPoints], "UG",
        "Field 25: ARN of the access point used; - if none or malformed."
    "LOG-FMT-023" Form, Documented, Low, [AccessLogs, Acls], "UG",
        "Field 26: Yes if an ACL was needed to authorise, else -."
    "LOG-FMT-024" Form, Documented, Low, [AccessLogs], "UG:LogFormat (2026)",
        "Field 27: AWS Region the request came from (e.g. us-east-1); - if it cannot be told (PrivateLink, Direct Connect, BYOIP, non-AWS address) or the operation was made by S3 itself (lifecycle, checksum)."
    "LOG-FMT-025" Form, Chosen, High, [AccessLogs], "K(m)",
        "Control characters and newlines in logged client data must not break the line; AWS percent-encodes in key/URI; for headers not documented."
    "LOG-OP-001" Form, Documented, Low, [AccessLogs], "UG:LogFormat",
        "Shapes: REST.METHOD.RESOURCE, WEBSITE.METHOD.RESOURCE, SOAP.OP, BATCH.DELETE.OBJECT, S3.ACTION.RESOURCE (lifecycle, checksum)."
    "LOG-OP-002" Form, Documented, Low, [AccessLogs, Forms], "UG; POST K(m)",
        "Objects: REST.GET/HEAD/PUT/DELETE.OBJECT; POST form upload REST.POST.OBJECT."
    "LOG-OP-003" Form, Chosen, Low, [AccessLogs], "K(h)",
        "Multipart: REST.POST.UPLOADS (create), REST.PUT.PART, REST.POST.UPLOAD (complete), REST.DELETE.UPLOAD, REST.GET.UPLOAD (list parts), REST.GET.UPLOADS (list uploads)."
    "LOG-OP-004" Form, Documented, Low, [AccessLogs], "UG:LogFormat",
        "Copy: the destination gets REST.COPY.OBJECT, the source bucket (if logged) gets REST.COPY.OBJECT_GET; parts: REST.COPY.PART and REST.COPY.PART_GET."
    "LOG-OP-005" Form, Documented, Low, [AccessLogs], "UG; K(m); real records 2010–2026; UG describes the fields as filled",
        "The record of a copy's source has time, address, requester and request id of the copy, bucket and key of the source."
    "LOG-OP-006" Form, Documented, Low, [AccessLogs], "UG:LogFormat; public examples",
        "Multi-object delete: one REST.POST.MULTI_OBJECT_DELETE for the call plus one BATCH.DELETE.OBJECT per key."
    "LOG-OP-007" Form, Documented, Low, [AccessLogs], "third-party published samples of real logs; K(m) for the denied form; confirmed by a real",
        "The record of each key of a DeleteObjects call has the ids of the call, its own key, status, size and version."
    "LOG-OP-008" Form, Chosen, Low, [AccessLogs], "K(h)",
        "Bucket: REST.GET.BUCKET (list), REST.GET.BUCKETVERSIONS, REST.HEAD.BUCKET, REST.PUT.BUCKET, REST.DELETE.BUCKET."
    "LOG-OP-009" Form, Documented, Low, [AccessLogs], "UG samples; K(m) for the full list; UG samples; real logs; SELECT's verb K(m)",
        "Tokens of subresources, such as VERSIONING, BUCKETPOLICY, PUBLIC_ACCESS_BLOCK, OWNERSHIP_CONTROLS, OBJECT_TAGGING."
    "LOG-OP-010" Form, Chosen, Low, [AccessLogs], "K(l)",
        "REST.GET.OBJECT_LOCK_CONFIGURATION and its PUT; the tokens of retention and legal hold are open."
    "LOG-OP-011" Form, Chosen, Low, [AccessLogs, OtherOperations], "K(m)",
        "A restore is REST.POST.RESTORE; how its completion is logged is open."
    "LOG-OP-012" Form, Documented, Low, [AccessLogs, Lifecycle], "UG:lifecycle-and-other-bucket-config",
        "Lifecycle: S3.EXPIRE.OBJECT, S3.CREATE.DELETEMARKER, S3.TRANSITION_SIA/ZIA/INT/GIR.OBJECT, S3.TRANSITION.OBJECT (Glacier), S3.TRANSITION_GDA.OBJECT, S3.DELETE.UPLOAD (abort MPU)."
    "LOG-OP-013" Form, Chosen, Low, [AccessLogs, Lifecycle], "K(m); real record 2014",
        "A record of lifecycle has requester AmazonS3, no address, no URI, no status and no times."
    "LOG-OP-014" Consequence, Documented, Low, [AccessLogs], "UG; K(h)",
        "403 and 404 requests are logged like others when the bucket exists; anonymous denials carry requester - and error code AccessDenied."
    "LOG-OP-015" Consequence, Documented, Low, [AccessLogs], "UG; K(h)",
        "The owner of the bucket gets records of denied requests by any third party."
    "LOG-OP-016" Form, Chosen, Low, [AccessLogs, Cors], "K(h)",
        "CORS preflight: REST.OPTIONS.PREFLIGHT."
    "LOG-OP-017" Consequence, Documented, Low, [AccessLogs], "UG; K(h)",
        "A presigned GET is REST.GET.OBJECT with field 22 QueryString and the requester = signer."
    "LOG-OP-018" Form, Documented, Low, [AccessLogs, OtherOperations], "UG:LogFormat (2026)",
        "S3.COMPUTE.OBJECT.CHECKSUM: record of a checksum computed by S3 for a batch job; its request id is the job id."
    "LOG-PERM-001" Rule, Documented, High, [AccessLogs, Services], "UG:enable-server-access-logging",
        "Delivery principal: service logging.s3.amazonaws.com, action s3:PutObject on arn:aws:s3:::TARGET/PREFIX*."
    "LOG-PERM-002" Rule, Documented, High, [AccessLogs, Services], "UG",
        "The policy should constrain with ArnLike aws:SourceArn = source bucket ARN and StringEquals aws:SourceAccount = source account; the service sets both."
    "LOG-PERM-003" Rule, Documented, Medium, [AccessLogs, Acls], "UG",
        "ACL alternative: group URI http://acs.amazonaws.com/groups/s3/LogDelivery with WRITE and READ_ACP on the target; inoperative under BucketOwnerEnforced."
    "LOG-PERM-004" Rule, Documented, High, [AccessLogs, Services, Conditions], "UG; BPA K(h); UG:troubleshooting-server-access-logging",
        "An explicit Deny in the policy of the target, an SCP or an RCP stops the delivery; Block Public Access does not."
    "LOG-PERM-005" Rule, Documented, Medium, [AccessLogs, Services], "UG",
        "Delivered objects are owned by the target bucket owner under BucketOwnerEnforced; otherwise by the log delivery account with full control granted to the bucket owner."
    "LOG-PERM-006" Note, Documented, Medium, [AccessLogs, Services], "K(m)",
        "CloudTrail logs of deliveries show the service as principal; deliveries are logged by the target's own logging if enabled, requester shown as the log delivery canonical id/service."
}
