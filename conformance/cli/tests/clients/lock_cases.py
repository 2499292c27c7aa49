"""Object Lock as boto3 sees it: lock buckets, default retention, both modes, the bypass, legal holds, refusals."""

import datetime

from expect import (
    LOCKMSG,
    LOCK_FIXES_VERSIONING,
    MALFORMED_XML,
    NEVER_LOCKED,
    NOT_ALLOWED,
    NO_OBJECT_LOCK,
    UTC,
    bucket,
    case,
    client,
    equal,
    headers,
    in_seconds,
    refused,
    status,
    until,
)

s3 = client()


def put(name, key="k", **arguments):
    """Stores an object and gives what names its version in later calls."""
    answer = s3.put_object(Bucket=name, Key=key, Body=b"data", **arguments)
    return {"Bucket": name, "Key": key, "VersionId": answer["VersionId"]}


def locked(clause, call, /, **arguments):
    """A request that a lock refuses: one code and one text, with no reason of a policy in it (LOCK-API-004, 005)."""
    refused(f"{clause}, LOCK-API-004", 403, "AccessDenied", LOCKMSG, call, **arguments)


def invalid(clause, message, argument, call, /, **arguments):
    """A request with an argument that is refused by its name."""
    refused(clause, 400, "InvalidArgument", message, call, elements={"ArgumentName": argument}, **arguments)


def retain(at, mode=None, date=None, **arguments):
    """PutObjectRetention; without a mode and a date the document is empty."""
    retention = {name: value for name, value in (("Mode", mode), ("RetainUntilDate", date)) if value}
    return s3.put_object_retention(**at, Retention=retention, **arguments)


def hold(at, word):
    """PutObjectLegalHold."""
    return s3.put_object_legal_hold(**at, LegalHold={"Status": word})


def configure(name, retention=None, **configuration):
    """PutObjectLockConfiguration, with a default retention if one is given."""
    if retention is not None:
        configuration["Rule"] = {"DefaultRetention": retention}
    return s3.put_object_lock_configuration(Bucket=name, ObjectLockConfiguration=configuration)


def configuration(name):
    """The Object Lock configuration of a bucket."""
    return s3.get_object_lock_configuration(Bucket=name)["ObjectLockConfiguration"]


@case
def lock_buckets():
    """How a bucket gets Object Lock, and what it then fixes for good."""
    name = bucket(s3, lock=True)
    equal("LOCK-BKT-001", s3.get_bucket_versioning(Bucket=name)["Status"], "Enabled")
    equal("LOCK-CFG-002", configuration(name), {"ObjectLockEnabled": "Enabled"})
    refused(
        "VER-ST-009, LOCK-BKT-006", 409, "InvalidBucketState", LOCK_FIXES_VERSIONING,
        s3.put_bucket_versioning, Bucket=name, VersioningConfiguration={"Status": "Suspended"},
    )  # fmt: skip
    again = s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    status("LOCK-BKT-006", again, 200)
    # LOCK-BKT-007: nothing is locked by the bucket alone.
    status("LOCK-BKT-007", s3.delete_object(**put(name)), 204)
    status("LOCK-BKT-009", s3.delete_bucket(Bucket=name), 204)

    name = bucket(s3)
    refused(
        "LOCK-CFG-001", 404, "ObjectLockConfigurationNotFoundError",
        "Object Lock configuration does not exist for this bucket",
        s3.get_object_lock_configuration, Bucket=name, elements={"BucketName": name},
    )  # fmt: skip
    s3.put_object(Bucket=name, Key="k", Body=b"old")
    for word in (None, "Suspended"):
        if word:
            s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": word})
        refused(
            "LOCK-BKT-004", 409, "InvalidBucketState",
            "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
            configure, name=name, ObjectLockEnabled="Enabled",
        )  # fmt: skip
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    status("LOCK-BKT-003", configure(name, ObjectLockEnabled="Enabled"), 200)
    # LOCK-BKT-008, LOCK-DEL-007: the null version is older than versioning, and can be locked all the same.
    null = {"Bucket": name, "Key": "k", "VersionId": "null"}
    refused("LOCK-BKT-008", 404, "NoSuchObjectLockConfiguration", NEVER_LOCKED, s3.get_object_retention, **null)
    hold(null, "ON")
    locked("LOCK-DEL-007", s3.delete_object, **null)


@case
def default_retention():
    """The default is laid on each later version, from its creation on, unless the write names its own."""
    name = bucket(s3, lock=True)
    before = put(name)
    enabled = {"ObjectLockEnabled": "Enabled"}
    status("LOCK-CFG-012", configure(name, {"Mode": "GOVERNANCE", "Days": 2}, **enabled), 200)
    rule = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 2}}
    equal("LOCK-CFG-012", configuration(name), {**enabled, "Rule": rule})
    refused("LOCK-CFG-011", 404, "NoSuchObjectLockConfiguration", NEVER_LOCKED, s3.get_object_retention, **before)
    start = in_seconds(0)
    after = put(name)
    retention = s3.get_object_retention(**after)["Retention"]
    equal("LOCK-CFG-012", retention["Mode"], "GOVERNANCE")
    age = retention["RetainUntilDate"] - start - datetime.timedelta(days=2)
    equal("LOCK-CFG-012 (unrounded)", -1 <= age.total_seconds() <= 10, True)
    head = s3.head_object(**after)
    equal("LOCK-HDR-013", (head["ObjectLockMode"], head.get("ObjectLockLegalHoldStatus")), ("GOVERNANCE", None))
    refused("LOCK-CFG-015", 404, "NoSuchObjectLockConfiguration", NEVER_LOCKED, s3.get_object_legal_hold, **after)
    locked("LOCK-DEL-001", s3.delete_object, **after)
    date = in_seconds(3600)
    own = put(name, ObjectLockMode="COMPLIANCE", ObjectLockRetainUntilDate=date)
    wanted = {"Mode": "COMPLIANCE", "RetainUntilDate": date}
    equal("LOCK-CFG-014", s3.get_object_retention(**own)["Retention"], wanted)
    marker = s3.delete_object(Bucket=name, Key="k")["VersionId"]
    status("LOCK-CFG-015, LOCK-DEL-005", s3.delete_object(Bucket=name, Key="k", VersionId=marker), 204)
    status("LOCK-CFG-008", configure(name, **enabled), 200)
    equal("LOCK-CFG-008", configuration(name), enabled)
    status("LOCK-CFG-008", s3.delete_object(**put(name)), 204)

    for wrong in (
        ({"Mode": "GOVERNANCE"}, enabled),
        ({"Mode": "governance", "Days": 1}, enabled),
        ({"Mode": "GOVERNANCE", "Days": 1, "Years": 1}, enabled),
        ({}, enabled),
        ({"Mode": "GOVERNANCE", "Days": 1}, {}),
        ({"Mode": "GOVERNANCE", "Days": 1}, {"ObjectLockEnabled": "Disabled"}),
    ):
        refused(
            "LOCK-CFG-003, LOCK-CFG-004", 400, "MalformedXML", MALFORMED_XML,
            configure, name=name, retention=wrong[0], **wrong[1],
        )  # fmt: skip
    for unit, largest in (("Days", 36500), ("Years", 100)):
        for number in (0, -1):
            invalid(
                "LOCK-CFG-006", "Default retention period must be a positive integer value.", unit,
                configure, name=name, retention={"Mode": "GOVERNANCE", unit: number}, **enabled,
            )  # fmt: skip
        invalid(
            "LOCK-CFG-007", "Default retention period too large.", unit,
            configure, name=name, retention={"Mode": "GOVERNANCE", unit: largest + 1}, **enabled,
        )  # fmt: skip
        status("LOCK-CFG-007", configure(name, {"Mode": "COMPLIANCE", unit: largest}, **enabled), 200)


@case
def governance():
    """Extending is free; loosening and deleting take the header, and the permission, which the root user has."""
    name = bucket(s3, lock=True)
    at = put(name)
    refused("LOCK-RET-002", 404, "NoSuchObjectLockConfiguration", NEVER_LOCKED, s3.get_object_retention, **at)
    before = s3.head_object(**at)
    near, far = in_seconds(3600), in_seconds(7200)
    for clause, date in (("LOCK-RET-005", near), ("LOCK-RET-007", near), ("LOCK-RET-006", far)):
        status(clause, retain(at, "GOVERNANCE", date), 200)
        wanted = {"Mode": "GOVERNANCE", "RetainUntilDate": date}
        equal(clause, s3.get_object_retention(**at)["Retention"], wanted)
    after = s3.head_object(**at)
    fields = ("LastModified", "ETag", "VersionId")
    equal("LOCK-RET-019", [after[field] for field in fields], [before[field] for field in fields])
    equal("LOCK-HDR-013", (after["ObjectLockMode"], after["ObjectLockRetainUntilDate"]), ("GOVERNANCE", far))

    locked("LOCK-RET-008", retain, at=at, mode="GOVERNANCE", date=near)
    locked("LOCK-RET-013", retain, at=at, mode="COMPLIANCE", date=in_seconds(9000))
    locked("LOCK-RET-011", retain, at=at)
    locked("LOCK-DEL-001", s3.delete_object, **at)
    equal("LOCK-RET-008", s3.get_object_retention(**at)["Retention"]["RetainUntilDate"], far)
    status("LOCK-RET-009", retain(at, "GOVERNANCE", near, BypassGovernanceRetention=True), 200)
    equal("LOCK-RET-009", s3.get_object_retention(**at)["Retention"]["RetainUntilDate"], near)
    status("LOCK-RET-011", retain(at, BypassGovernanceRetention=True), 200)
    refused("LOCK-RET-012", 404, "NoSuchObjectLockConfiguration", NEVER_LOCKED, s3.get_object_retention, **at)
    status("LOCK-RET-011", s3.delete_object(**at), 204)

    at = put(name, ObjectLockMode="GOVERNANCE", ObjectLockRetainUntilDate=near)
    locked("LOCK-DEL-001", s3.delete_object, **at, BypassGovernanceRetention=False)
    status("LOCK-DEL-002", s3.delete_object(**at, BypassGovernanceRetention=True), 204)
    # LOCK-DEL-008, LOCK-DEL-009: entry by entry, and one header for all.
    both = [put(name, key, ObjectLockMode="GOVERNANCE", ObjectLockRetainUntilDate=near) for key in ("a", "b")]
    free = put(name, "free")
    objects = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in (*both, free)]
    answer = s3.delete_objects(Bucket=name, Delete={"Objects": objects})
    errors = [{**each, "Code": "AccessDenied", "Message": LOCKMSG} for each in objects[:2]]
    equal("LOCK-DEL-008", sorted(answer["Errors"], key=lambda error: error["Key"]), errors)
    equal("LOCK-DEL-008", answer["Deleted"], objects[2:])
    answer = s3.delete_objects(Bucket=name, Delete={"Objects": objects[:2]}, BypassGovernanceRetention=True)
    equal("LOCK-DEL-009", sorted(answer["Deleted"], key=lambda entry: entry["Key"]), objects[:2])


@case
def compliance():
    """Nobody shortens, weakens or deletes, the root user with the bypass included, until the date has passed."""
    name = bucket(s3, lock=True)
    date = in_seconds(5)
    sooner = date - datetime.timedelta(seconds=1)
    at = put(name, ObjectLockMode="COMPLIANCE", ObjectLockRetainUntilDate=date)
    for bypass in (False, True):
        arguments = {"BypassGovernanceRetention": bypass}
        locked("LOCK-RET-014", retain, at=at, mode="COMPLIANCE", date=sooner, **arguments)
        locked("LOCK-RET-015", retain, at=at, mode="GOVERNANCE", date=in_seconds(3600), **arguments)
        locked("LOCK-RET-016", retain, at=at, **arguments)
        locked("LOCK-DEL-003", s3.delete_object, **at, **arguments)
    marker = s3.delete_object(Bucket=name, Key="k")
    status("LOCK-DEL-004", marker, 204)
    headers("LOCK-DEL-004", marker, x_amz_delete_marker="true")
    locked("LOCK-DEL-003", s3.delete_object, **at)
    status("LOCK-DEL-006", s3.put_object(Bucket=name, Key="k", Body=b"more"), 200)
    # LOCK-DEL-014: tags are not what a lock protects.
    tags = {"TagSet": [{"Key": "a", "Value": "b"}]}
    status("LOCK-DEL-014", s3.put_object_tagging(**at, Tagging=tags), 200)

    # LOCK-RET-017, LOCK-RET-018: the lock is over within a second of its date, not before, and stays readable.
    status("LOCK-RET-017", until("LOCK-RET-017", 10, lambda: retain(at, "GOVERNANCE", in_seconds(2))), 200)
    equal("LOCK-RET-017", datetime.datetime.now(UTC) >= date, True)
    status("LOCK-RET-017", until("LOCK-RET-017", 10, lambda: s3.delete_object(**at)), 204)
    refused("LOCK-RET-020", 404, "NoSuchVersion", None, s3.get_object_retention, **at)

    at = put(name, ObjectLockMode="COMPLIANCE", ObjectLockRetainUntilDate=in_seconds(60))
    status("LOCK-RET-006", retain(at, "COMPLIANCE", in_seconds(120)), 200)
    locked("LOCK-RET-014", retain, at=at, mode="COMPLIANCE", date=in_seconds(60))


@case
def legal_holds():
    """A hold has no date, stands beside retention, and no bypass overcomes it."""
    name = bucket(s3, lock=True)
    at = put(name)
    refused("LOCK-HOLD-003", 404, "NoSuchObjectLockConfiguration", NEVER_LOCKED, s3.get_object_legal_hold, **at)
    status("LOCK-HOLD-002", hold(at, "ON"), 200)
    equal("LOCK-HOLD-002", s3.get_object_legal_hold(**at)["LegalHold"], {"Status": "ON"})
    locked("LOCK-DEL-001", s3.delete_object, **at)
    locked("LOCK-HOLD-005", s3.delete_object, **at, BypassGovernanceRetention=True)
    near, far = in_seconds(3600), in_seconds(7200)
    status("LOCK-HOLD-007", retain(at, "GOVERNANCE", far), 200)
    status("LOCK-HOLD-007", retain(at, "GOVERNANCE", near, BypassGovernanceRetention=True), 200)
    locked("LOCK-HOLD-005", s3.delete_object, **at, BypassGovernanceRetention=True)
    status("LOCK-RET-011", retain(at, BypassGovernanceRetention=True), 200)
    locked("LOCK-HOLD-002", s3.delete_object, **at)
    other = put(name)
    status("LOCK-HOLD-008", s3.delete_object(**other), 204)
    status("LOCK-HOLD-004", hold(at, "OFF"), 200)
    equal("LOCK-HOLD-004", s3.get_object_legal_hold(**at)["LegalHold"], {"Status": "OFF"})
    equal("LOCK-HOLD-004", s3.head_object(**at)["ObjectLockLegalHoldStatus"], "OFF")
    status("LOCK-HOLD-004", s3.delete_object(**at), 204)

    date = in_seconds(3600)
    at = put(name, ObjectLockMode="COMPLIANCE", ObjectLockRetainUntilDate=date, ObjectLockLegalHoldStatus="ON")
    equal("LOCK-HDR-009", s3.head_object(**at)["ObjectLockLegalHoldStatus"], "ON")
    status("LOCK-HOLD-006", hold(at, "OFF"), 200)
    locked("LOCK-HOLD-006", s3.delete_object, **at)
    for wrong in ({}, {"Status": "on"}):
        refused(
            "LOCK-HOLD-001", 400, "MalformedXML", MALFORMED_XML, s3.put_object_legal_hold, **at, LegalHold=wrong
        )


@case
def refusals_of_retention():
    """Bad documents, past dates, missing objects and markers, each with its own answer."""
    name = bucket(s3, lock=True)
    at = put(name)
    date = in_seconds(3600)
    for wrong in (("GOVERNANCE", None), (None, date), ("governance", date)):
        refused("LOCK-RET-003", 400, "MalformedXML", MALFORMED_XML, retain, at=at, mode=wrong[0], date=wrong[1])
    elements = {"ArgumentName": "RetainUntilDate", "ArgumentValue": "Tue Dec 31 16:00:00 PST 2019"}
    refused(
        "LOCK-RET-004", 400, "InvalidArgument", "The retain until date must be in the future!",
        retain, at=at, mode="GOVERNANCE", date=datetime.datetime(2020, 1, 1, tzinfo=UTC), elements=elements,
    )  # fmt: skip
    absent = {"Bucket": name, "Key": "absent"}
    refused("LOCK-RET-020", 404, "NoSuchKey", None, retain, at=absent, mode="GOVERNANCE", date=date)
    marker = {"Bucket": name, "Key": "k", "VersionId": s3.delete_object(Bucket=name, Key="k")["VersionId"]}
    for method, call in (
        ("GET", lambda: s3.get_object_retention(**marker)),
        ("PUT", lambda: retain(marker, "GOVERNANCE", date)),
        ("GET", lambda: s3.get_object_legal_hold(**marker)),
        ("PUT", lambda: hold(marker, "ON")),
    ):
        elements = {"Method": method, "ResourceType": "DeleteMarker"}
        refused("VER-GET-015, LOCK-RET-020", 405, "MethodNotAllowed", NOT_ALLOWED, call, elements=elements)

    plain = bucket(s3, "Enabled")
    at = put(plain)
    for call in (
        lambda: s3.get_object_retention(**at),
        lambda: retain(at, "GOVERNANCE", date),
        lambda: s3.get_object_legal_hold(**at),
        lambda: hold(at, "ON"),
    ):
        refused("LOCK-API-001, LOCK-RET-023", 400, "InvalidRequest", NO_OBJECT_LOCK, call)
    text = "x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets."
    for value in (True, False):
        bypass = {"BypassGovernanceRetention": value}
        header = "x-amz-bypass-governance-retention"
        invalid("LOCK-DEL-010", text, header, s3.delete_object, **at, **bypass)
        objects = {"Objects": [{"Key": "k"}]}
        invalid("LOCK-DEL-010", text, header, s3.delete_objects, Bucket=plain, Delete=objects, **bypass)
    status("LOCK-DEL-010", s3.head_object(**at), 200)


@case
def write_headers():
    """Retention and holds in the write itself: pairs, dates, values, and a bucket that has no lock."""
    name, plain = bucket(s3, lock=True), bucket(s3, "Enabled")
    mode, until_date, legal = (
        "x-amz-object-lock-mode", "x-amz-object-lock-retain-until-date", "x-amz-object-lock-legal-hold",
    )  # fmt: skip
    date = in_seconds(3600)
    pair = f"{until_date} and {mode} must both be supplied"
    invalid("LOCK-HDR-002", pair, until_date, put, name=name, ObjectLockMode="GOVERNANCE")
    invalid("LOCK-HDR-002", pair, mode, put, name=name, ObjectLockRetainUntilDate=date)
    refused(
        "LOCK-HDR-003", 400, "InvalidArgument", "Unknown wormMode directive.",
        put, name=name, ObjectLockMode="WORM", ObjectLockRetainUntilDate=date,
        elements={"ArgumentName": mode, "ArgumentValue": "WORM"},
    )  # fmt: skip
    invalid(
        "LOCK-HDR-005", "The retain until date must be in the future!", until_date,
        put, name=name, ObjectLockMode="GOVERNANCE", ObjectLockRetainUntilDate=in_seconds(-60),
    )  # fmt: skip
    text = "Legal Hold must be either of 'ON' or 'OFF'"
    invalid("LOCK-HDR-006", text, legal, put, name=name, ObjectLockLegalHoldStatus="on")
    for arguments in (
        {"ObjectLockLegalHoldStatus": "ON"},
        {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": date},
    ):
        text = "Bucket is missing ObjectLockConfiguration"
        refused("LOCK-HDR-007", 400, "InvalidRequest", text, put, name=plain, **arguments)

    # LOCK-HDR-015: a copy leaves the lock behind, and takes its own from the request.
    at = put(name, "held", ObjectLockLegalHoldStatus="ON")
    source = {"Bucket": name, "Key": "held", "VersionId": at["VersionId"]}
    copied = s3.copy_object(Bucket=name, Key="copy", CopySource=source)
    headers("LOCK-HDR-015", s3.head_object(Bucket=name, Key="copy"), **{legal.replace("-", "_"): None})
    status("LOCK-HDR-015", s3.delete_object(Bucket=name, Key="copy", VersionId=copied["VersionId"]), 204)
    copied = s3.copy_object(
        Bucket=name, Key="copy", CopySource=source, ObjectLockMode="GOVERNANCE", ObjectLockRetainUntilDate=date
    )
    locked("LOCK-INT-007", s3.delete_object, Bucket=name, Key="copy", VersionId=copied["VersionId"])

    # LOCK-HDR-011: an upload carries the lock to the version that Complete makes, and is itself not locked.
    at = {"Bucket": name, "Key": "parts"}
    lock = {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": date, "ObjectLockLegalHoldStatus": "ON"}
    upload = s3.create_multipart_upload(**at, **lock)["UploadId"]
    status("LOCK-DEL-013", s3.abort_multipart_upload(**at, UploadId=upload), 204)
    upload = s3.create_multipart_upload(**at, **lock)["UploadId"]
    part = s3.upload_part(**at, UploadId=upload, PartNumber=1, Body=b"part")["ETag"]
    parts = {"Parts": [{"PartNumber": 1, "ETag": part}]}
    done = s3.complete_multipart_upload(**at, UploadId=upload, MultipartUpload=parts)
    head = s3.head_object(**at)
    got = head["ObjectLockMode"], head["ObjectLockRetainUntilDate"], head["ObjectLockLegalHoldStatus"]
    equal("LOCK-HDR-011", got, ("GOVERNANCE", date, "ON"))
    locked("LOCK-HDR-011", s3.delete_object, **at, VersionId=done["VersionId"])


@case
def integrity_of_locked_writes():
    """A version that is locked when it is stored needs a checksum of its client's, however it gets its lock."""
    bare = client(request_checksum_calculation="when_required")
    name = bucket(s3, lock=True)
    at = {"Bucket": name, "Key": "k", "Body": b"data"}
    date = in_seconds(3600)
    text = "Content-MD5 OR x-amz-checksum- HTTP header is required for Put {} requests with Object Lock parameters"
    status("LOCK-INT-001", bare.put_object(**at), 200)
    for lock in (
        {"ObjectLockLegalHoldStatus": "ON"},
        {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": date},
    ):
        refused("LOCK-INT-002", 400, "InvalidRequest", text.format("Object"), bare.put_object, **at, **lock)
        status("LOCK-INT-001", bare.put_object(**at, **lock, ContentMD5="jXd/OF09/siBXSD3SWAm3A=="), 200)
        status("LOCK-INT-001", s3.put_object(**at, **lock), 200)
    upload = bare.create_multipart_upload(Bucket=name, Key="k", ObjectLockLegalHoldStatus="ON")["UploadId"]
    refused(
        "LOCK-INT-004", 400, "InvalidRequest", text.format("Part"), bare.upload_part, **at, UploadId=upload, PartNumber=1
    )
    configure(name, {"Mode": "GOVERNANCE", "Days": 1}, ObjectLockEnabled="Enabled")
    refused("LOCK-INT-001", 400, "InvalidRequest", text.format("Object"), bare.put_object, **at)
    status("LOCK-INT-001", s3.put_object(**at), 200)
