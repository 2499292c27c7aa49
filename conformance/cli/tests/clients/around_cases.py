"""What versioning and Object Lock are used with: ranges, tags, checksums, presigned URLs, users and policies."""

import base64
import json
import urllib.error
import urllib.request
import xml.etree.ElementTree
import zlib

from botocore import UNSIGNED

from expect import (
    LOCKMSG,
    NO_SUCH_KEY,
    bucket,
    case,
    client,
    equal,
    headers,
    in_seconds,
    refused,
    status,
)

s3 = client()
DENIED = "Access Denied"


def crc32(data):
    """The CRC that boto3 sends by default, in the form of the header."""
    return base64.b64encode(zlib.crc32(data).to_bytes(4, "big")).decode()


def fetch(url, method="GET", data=None, **sent):
    """Uses a presigned URL as a browser would: (status, headers, body), with no proxy in between."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    sent = {name.replace("_", "-"): value for name, value in sent.items()}
    request = urllib.request.Request(url, data=data, headers=sent, method=method)
    try:
        with opener.open(request, timeout=10) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def code_and_message(document):
    """The code and the message of an error document."""
    root = xml.etree.ElementTree.fromstring(document)
    return root.findtext("Code"), root.findtext("Message")


@case
def ranges_and_conditional_reads():
    """Parts of a version, and reads that depend on its ETag."""
    name = bucket(s3, "Enabled")
    at = {"Bucket": name, "Key": "k"}
    first = s3.put_object(**at, Body=b"0123456789")
    s3.put_object(**at, Body=b"current")
    at["VersionId"] = first["VersionId"]
    for value, data, wanted in (
        ("bytes=2-4", b"234", "bytes 2-4/10"),
        ("bytes=7-", b"789", "bytes 7-9/10"),
        ("bytes=-2", b"89", "bytes 8-9/10"),
        ("bytes=8-99", b"89", "bytes 8-9/10"),
    ):
        answer = s3.get_object(**at, Range=value)
        status("VER-GET-001 (range)", answer, 206)
        equal("VER-GET-001 (range)", (answer["Body"].read(), answer["ContentRange"]), (data, wanted))
    text = "The requested range is not satisfiable"
    refused("VER-GET-001 (range)", 416, "InvalidRange", text, s3.get_object, **at, Range="bytes=10-")
    refused("VER-GET-001 (If-None-Match)", 304, "304", None, s3.get_object, **at, IfNoneMatch=first["ETag"])
    refused("VER-GET-001 (If-Match)", 412, "PreconditionFailed", None, s3.get_object, **at, IfMatch='"0"')
    status("VER-GET-001 (If-Match)", s3.get_object(**at, IfMatch=first["ETag"]), 200)


@case
def tags_of_versions():
    """Tags belong to one version, and setting them makes none."""
    name = bucket(s3, "Enabled")
    at = {"Bucket": name, "Key": "k"}
    old = s3.put_object(**at, Body=b"old", Tagging="a=1&b=2")["VersionId"]
    new = s3.put_object(**at, Body=b"new")["VersionId"]

    def tags(**more):
        answer = s3.get_object_tagging(**at, **more)
        return answer["VersionId"], {tag["Key"]: tag["Value"] for tag in answer["TagSet"]}

    equal("VER-PUT-010", (tags(), tags(VersionId=old)), ((new, {}), (old, {"a": "1", "b": "2"})))
    equal("VER-PUT-010", s3.get_object(**at, VersionId=old)["TagCount"], 2)
    set_on = s3.put_object_tagging(**at, Tagging={"TagSet": [{"Key": "c", "Value": "3"}]})
    equal("VER-PUT-010", (set_on["VersionId"], tags()), (new, (new, {"c": "3"})))
    s3.delete_object_tagging(**at, VersionId=old)
    equal("VER-PUT-010", (tags(VersionId=old), len(s3.list_object_versions(Bucket=name)["Versions"])), ((old, {}), 2))
    twice = {"TagSet": [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]}
    refused("VER-PUT-010", 400, "InvalidTag", None, s3.put_object_tagging, **at, Tagging=twice)


@case
def checksums_and_trailers():
    """The CRC that boto3 adds is stored and read back, as a header and as a trailer; a wrong one stores nothing."""
    name = bucket(s3, lock=True)
    at = {"Bucket": name, "Key": "k"}
    data = bytes(range(256)) * 1000
    hold = {"ObjectLockLegalHoldStatus": "ON"}
    put = s3.put_object(**at, Body=data)
    equal("LOCK-INT-001 (header)", put["ChecksumCRC32"], crc32(data))
    equal("LOCK-INT-001 (header)", s3.head_object(**at, ChecksumMode="ENABLED")["ChecksumCRC32"], crc32(data))
    for algorithm in ("CRC32", "SHA1", "SHA256"):
        sent = s3.put_object(**at, Body=data, ChecksumAlgorithm=algorithm)
        got = s3.get_object(**at, ChecksumMode="ENABLED")
        # Reading the body makes boto3 compare it with the checksum.
        equal(f"LOCK-INT-001 ({algorithm})", got["Body"].read(), data)
        equal(f"LOCK-INT-001 ({algorithm})", got[f"Checksum{algorithm}"], sent[f"Checksum{algorithm}"])
    wrong = {"Body": b"", "ChecksumCRC32": "AAAAAQ=="}
    refused("LOCK-INT-001 (wrong CRC)", 400, "BadDigest", None, s3.put_object, **at, **wrong)
    equal("LOCK-INT-001 (wrong CRC)", s3.head_object(**at)["VersionId"], sent["VersionId"])

    # boto3 sends trailers over TLS only; the hook makes it do so here, with the framing and the signature of its own.
    trailing = client()

    def move_to_trailer(params, **_):
        params["context"]["checksum"]["request_algorithm"]["in"] = "trailer"

    trailing.meta.events.register("before-call.s3.PutObject", move_to_trailer)
    trailing.meta.events.register("before-call.s3.UploadPart", move_to_trailer)
    framed = []
    trailing.meta.events.register("before-send.s3", lambda request, **_: framed.append(request.headers.get("x-amz-trailer")))
    put = trailing.put_object(**at, Body=data, **hold)
    equal("SIG-TRL-003 (sent)", framed, [b"x-amz-checksum-crc32"])
    equal("SIG-TRL-003, LOCK-INT-001", put["ChecksumCRC32"], crc32(data))
    got = s3.get_object(**at, ChecksumMode="ENABLED")
    equal("SIG-CHK-008", got.get("ContentEncoding"), None)
    equal("SIG-TRL-003", (got["Body"].read(), got["ChecksumCRC32"]), (data, crc32(data)))
    refused("LOCK-DEL-001", 403, "AccessDenied", LOCKMSG, s3.delete_object, **at, VersionId=put["VersionId"])
    upload = trailing.create_multipart_upload(**at, ChecksumAlgorithm="CRC32")["UploadId"]
    part = trailing.upload_part(**at, UploadId=upload, PartNumber=1, Body=data, ChecksumAlgorithm="CRC32")
    equal("SIG-TRL-003 (part)", part["ChecksumCRC32"], crc32(data))
    parts = [{"PartNumber": 1, "ETag": part["ETag"], "ChecksumCRC32": part["ChecksumCRC32"]}]
    trailing.complete_multipart_upload(**at, UploadId=upload, MultipartUpload={"Parts": parts})
    equal("SIG-TRL-003 (part)", s3.get_object(**at)["Body"].read(), data)


@case
def refused_uploads_leave_the_connection_whole():
    """boto3 asks before it sends a body (Expect: 100-continue), and keeps the connection of a refusal that does not
    say `Connection: close`: the next request on it is answered, and no byte of it is taken for the refused body."""
    name = bucket(s3, "Enabled")
    at = {"Bucket": name, "Key": "k"}
    text = "Bucket is missing ObjectLockConfiguration"
    for _ in range(200):
        held = {"Body": b"data", "ObjectLockLegalHoldStatus": "ON"}
        refused("LOCK-HDR-007", 400, "InvalidRequest", text, s3.put_object, **at, **held)
        refused("VER-GET-006", 404, "NoSuchKey", NO_SUCH_KEY, s3.get_object, **at)


@case
def presigned_urls():
    """A URL carries the right of its signer to one request: this method, this version, until then."""
    name = bucket(s3, "Enabled")
    at = {"Bucket": name, "Key": "a b/ü?&=+"}

    def url(operation, expires=60, signer=s3, **arguments):
        return signer.generate_presigned_url(operation, Params={**at, **arguments}, ExpiresIn=expires)

    answer, fields, _ = fetch(url("put_object"), "PUT", b"presigned")
    version = fields["x-amz-version-id"]
    equal("PRE-014", (answer, s3.get_object(**at)["VersionId"]), (200, version))
    s3.put_object(**at, Body=b"newer")
    answer, fields, data = fetch(url("get_object", VersionId=version, ResponseContentType="text/x-law"))
    got = answer, data, fields["x-amz-version-id"], fields["content-type"]
    equal("PRE-015, VER-GET-001", got, (200, b"presigned", version, "text/x-law"))
    signature = code_and_message(fetch(url("get_object").replace("a%20b", "a%20c"))[2])[0]
    equal("PRE-015", signature, "SignatureDoesNotMatch")
    answer, _, document = fetch(url("get_object"), "PUT", b"")
    equal("PRE-017", (answer, code_and_message(document)[0]), (403, "SignatureDoesNotMatch"))
    answer, _, document = fetch(url("get_object", VersionId=version) + "&versionId=null")
    equal("PRE-015", (answer, code_and_message(document)[0]), (403, "SignatureDoesNotMatch"))
    answer, _, document = fetch(url("get_object", expires=604801))
    limit = "must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds"
    text = f"X-Amz-Expires {limit}"
    equal("PRE-008", (answer, *code_and_message(document)), (400, "AuthorizationQueryParametersError", text))
    stranger = client(keys={"aws_access_key_id": "AKIDNOBODY0000000000", "aws_secret_access_key": "x"})
    answer, _, document = fetch(url("get_object", signer=stranger))
    text = "The AWS Access Key Id you provided does not exist in our records."
    equal("SIG-CRED-001", (answer, *code_and_message(document)), (403, "InvalidAccessKeyId", text))
    # The bypass is a header, so the signer decides about it: it is neither added to a URL nor left away from one.
    locked = bucket(s3, lock=True)
    lock = {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": in_seconds(3600)}
    at.update(Bucket=locked, VersionId=s3.put_object(Bucket=locked, Key=at["Key"], Body=b"", **lock)["VersionId"])
    bypass = {"x_amz_bypass_governance_retention": "true"}
    answer, _, document = fetch(url("delete_object"), "DELETE")
    equal("LOCK-DEL-001", (answer, *code_and_message(document)), (403, "AccessDenied", LOCKMSG))
    answer, _, document = fetch(url("delete_object"), "DELETE", **bypass)
    text = "There were headers present in the request which were not signed"
    equal("SIG-CAN-008", (answer, *code_and_message(document)), (403, "AccessDenied", text))
    signed = url("delete_object", BypassGovernanceRetention=True)
    answer, _, document = fetch(signed, "DELETE")
    equal("SIG-CAN-011", (answer, code_and_message(document)[0]), (403, "SignatureDoesNotMatch"))
    equal("LOCK-DEL-001", s3.head_object(**at)["ObjectLockMode"], "GOVERNANCE")
    equal("LOCK-DEL-002", fetch(signed, "DELETE", **bypass)[0], 204)


@case
def a_user_with_policies():
    """What an IAM user may do comes from its policies and the bucket's; the version actions are actions of their own."""
    iam, name, lock_name = client("iam"), bucket(s3, "Enabled"), bucket(s3, lock=True)
    user = f"user-{name}"
    arn = iam.create_user(UserName=user)["User"]["Arn"]
    key = iam.create_access_key(UserName=user)["AccessKey"]
    keys = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    equal("GetCallerIdentity", client("sts", keys=keys).get_caller_identity()["Arn"], arn)
    theirs = client(keys=keys)
    at = {"Bucket": name, "Key": "k"}
    version = s3.put_object(**at, Body=b"data")["VersionId"]

    def allow(*actions):
        statement = {"Effect": "Allow", "Action": actions, "Resource": [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"]}
        statement["Resource"] += [f"arn:aws:s3:::{lock_name}", f"arn:aws:s3:::{lock_name}/*"]
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.put_user_policy(UserName=user, PolicyName="inline", PolicyDocument=document)

    def denied(clause, action, call, /, resource=f"{name}/k", reason=None, **arguments):
        reason = reason or f"because no identity-based policy allows the {action} action"
        text = f'User: {arn} is not authorized to perform: {action} on resource: "arn:aws:s3:::{resource}" {reason}'
        refused(f"{clause}, EVAL-ERR-003", 403, "AccessDenied", text, call, **arguments)

    denied("EVAL-SAME-010", "s3:GetObject", theirs.get_object, **at)
    allow("s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket")
    equal("EVAL-SAME-001", theirs.get_object(**at)["Body"].read(), b"data")
    refused("VER-GET-008", 404, "NoSuchKey", NO_SUCH_KEY, theirs.get_object, Bucket=name, Key="absent")
    denied("VER-GET-007", "s3:GetObjectVersion", theirs.get_object, **at, VersionId=version)
    marker = theirs.delete_object(**at)["VersionId"]
    denied("VER-DEL-014", "s3:DeleteObjectVersion", theirs.delete_object, **at, VersionId=marker)
    versions = {"Bucket": name, "resource": name}
    denied("VER-LIST-012", "s3:ListBucketVersions", theirs.list_object_versions, **versions)
    enable = {"VersioningConfiguration": {"Status": "Enabled"}}
    denied("VER-ST-011", "s3:PutBucketVersioning", theirs.put_bucket_versioning, **versions, **enable)
    # VER-MDEL-014: a 200 with the refusal of each key in it.
    entry = {"Key": "k", "VersionId": marker}
    errors = theirs.delete_objects(Bucket=name, Delete={"Objects": [entry]})["Errors"]
    equal("VER-MDEL-014", [(error["Key"], error["Code"]) for error in errors], [("k", "AccessDenied")])
    allow("s3:GetObjectVersion", "s3:DeleteObjectVersion", "s3:PutObject")
    status("VER-DEL-014", theirs.delete_object(**at, VersionId=marker), 204)
    equal("VER-GET-007", theirs.get_object(**at, VersionId=version)["Body"].read(), b"data")
    denied("VER-GET-007", "s3:GetObject", theirs.get_object, **at)

    # The locks: the permission to set them, and to bypass them.
    lock = {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": in_seconds(3600)}
    at["Bucket"], resource = lock_name, f"{lock_name}/k"
    denied("LOCK-CFG-016", "s3:PutObjectRetention", theirs.put_object, resource=resource, **at, Body=b"", **lock)
    version = s3.put_object(**at, Body=b"locked", **lock)["VersionId"]
    at["VersionId"] = version
    denied("LOCK-RET-022", "s3:GetObjectRetention", theirs.get_object_retention, resource=resource, **at)
    hold = {"LegalHold": {"Status": "ON"}}
    denied("LOCK-API-003", "s3:PutObjectLegalHold", theirs.put_object_legal_hold, resource=resource, **hold, **at)
    read = theirs.get_object(**at)
    headers("LOCK-HDR-014", read, x_amz_object_lock_mode=None, x_amz_object_lock_retain_until_date=None)
    refused("LOCK-DEL-001", 403, "AccessDenied", LOCKMSG, theirs.delete_object, **at)
    # Decision 0001, case (a): the header without the permission is an ordinary refusal.
    action = "s3:BypassGovernanceRetention"
    bypass = {"BypassGovernanceRetention": True}
    denied("EVAL-LOCK-001", action, theirs.delete_object, resource=resource, **at, **bypass)
    allow("s3:GetObjectVersion", "s3:DeleteObjectVersion", action, "s3:GetObjectRetention")
    equal("LOCK-HDR-014", theirs.head_object(**at)["ObjectLockMode"], "GOVERNANCE")
    # An explicit deny of the bucket's policy wins over the user's own Allow, and goes with it.
    statement = {"Effect": "Deny", "Principal": {"AWS": arn}, "Action": action, "Resource": f"arn:aws:s3:::{lock_name}/*"}
    s3.put_bucket_policy(Bucket=lock_name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    reason = "with an explicit deny in a resource-based policy"
    denied("EVAL-ERR-004", action, theirs.delete_object, resource=resource, reason=reason, **at, **bypass)
    s3.delete_bucket_policy(Bucket=lock_name)
    status("LOCK-DEL-002", theirs.delete_object(**at, **bypass), 204)

    # EVAL-SAME-004: the bucket's policy grants to a user that no policy of its own allows it; not to a stranger.
    del at["VersionId"]
    at["Bucket"] = name
    iam.delete_user_policy(UserName=user, PolicyName="inline")
    denied("EVAL-SAME-010", "s3:GetObject", theirs.get_object, **at)
    statement = {"Effect": "Allow", "Principal": {"AWS": arn}, "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{name}/*"}
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    equal("EVAL-SAME-004", theirs.get_object(**at)["Body"].read(), b"data")
    nobody = client(signature_version=UNSIGNED)
    refused("EVAL-ERR-002", 403, "AccessDenied", DENIED, nobody.get_object, **at)
    refused("EVAL-ERR-002", 403, "AccessDenied", DENIED, nobody.delete_object, **at)

    iam.delete_access_key(UserName=user, AccessKeyId=key["AccessKeyId"])
    refused("SIG-CRED-001", 403, "InvalidAccessKeyId", None, theirs.get_object, **at)
    iam.delete_user(UserName=user)
    refused("GetUser", 404, "NoSuchEntity", None, iam.get_user, UserName=user)
