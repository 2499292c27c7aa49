"""Versioning as boto3 sees it: states, versions, markers, deletes, copies, listing, conditions, multipart."""

from expect import (
    INTO_ITSELF,
    MALFORMED_XML,
    NOT_ALLOWED,
    NOT_IMPLEMENTED,
    NO_SUCH_KEY,
    NO_SUCH_VERSION,
    PRECONDITION,
    bucket,
    case,
    client,
    equal,
    headers,
    refused,
    status,
)

s3 = client()


def entries(name, **arguments):
    """The versions and markers of a bucket as (key, id, latest, marker), each kind in the order it was listed."""
    page = s3.list_object_versions(Bucket=name, **arguments)
    versions = [(v["Key"], v["VersionId"], v["IsLatest"], False) for v in page.get("Versions", [])]
    return versions + [(m["Key"], m["VersionId"], m["IsLatest"], True) for m in page.get("DeleteMarkers", [])]


def body(name, key="k", **arguments):
    """The bytes of an object."""
    return s3.get_object(Bucket=name, Key=key, **arguments)["Body"].read()


def put(name, data, key="k", **arguments):
    """Stores an object and gives its version id, None when the answer has none."""
    return s3.put_object(Bucket=name, Key=key, Body=data, **arguments).get("VersionId")


def marker_refusal(clause, method, call, **arguments):
    """A request that names a delete marker, where only deleting it is allowed."""
    elements = {"Method": method, "ResourceType": "DeleteMarker"}
    return refused(clause, 405, "MethodNotAllowed", NOT_ALLOWED, call, elements=elements, **arguments)


@case
def states_of_versioning():
    """Unversioned, Enabled, Suspended: the words, the way between them, and the refusals."""
    name = bucket(s3)
    equal("VER-ST-002", s3.get_bucket_versioning(Bucket=name).get("Status"), None)
    for word in ("enabled", "Disabled"):
        refused(
            "VER-ST-003", 400, "MalformedXML", MALFORMED_XML,
            s3.put_bucket_versioning, Bucket=name, VersioningConfiguration={"Status": word},
        )  # fmt: skip
    refused(
        "VER-ST-004", 400, "IllegalVersioningConfigurationException", "The Versioning element must be specified",
        s3.put_bucket_versioning, Bucket=name, VersioningConfiguration={},
    )  # fmt: skip
    equal("VER-ST-001", s3.get_bucket_versioning(Bucket=name).get("Status"), None)
    # VER-ST-006: straight to Suspended; VER-ST-007: the same state again.
    for word in ("Suspended", "Enabled", "Enabled", "Suspended"):
        status("VER-ST-007", s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": word}), 200)
        equal("VER-ST-006", s3.get_bucket_versioning(Bucket=name)["Status"], word)
    missing = f"{name}-missing"
    refused(
        "VER-ST-005", 404, "NoSuchBucket", "The specified bucket does not exist",
        s3.put_bucket_versioning, Bucket=missing, VersioningConfiguration={"Status": "Enabled"},
        elements={"BucketName": missing},
    )  # fmt: skip


@case
def versions_and_the_null_version():
    """An object older than versioning stays the null version; each later PUT adds one, and each stays readable."""
    name = bucket(s3)
    headers("VER-PUT-001", s3.put_object(Bucket=name, Key="k", Body=b"old"), x_amz_version_id=None)
    headers("VER-GET-002", s3.head_object(Bucket=name, Key="k"), x_amz_version_id=None)
    headers("VER-ID-007", s3.get_object(Bucket=name, Key="k", VersionId="null"), x_amz_version_id=None)
    equal("VER-LIST-003", entries(name), [("k", "null", True, False)])
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    headers("VER-ID-004", s3.head_object(Bucket=name, Key="k"), x_amz_version_id="null")

    first, second = put(name, b"first"), put(name, b"second")
    equal("VER-PUT-002", len({first, second, "null", None}), 4)
    equal("VER-ID-002", max(len(first), len(second)) <= 1024, True)
    wanted = [("k", second, True, False), ("k", first, False, False), ("k", "null", False, False)]
    equal("VER-LIST-002, VER-PUT-007", entries(name), wanted)
    equal("VER-GET-001", body(name), b"second")
    for version, data in ((second, b"second"), (first, b"first"), ("null", b"old")):
        equal("VER-GET-001", body(name, VersionId=version), data)
        answer = s3.head_object(Bucket=name, Key="k", VersionId=version)
        headers("VER-GET-002", answer, x_amz_version_id=version, content_length=str(len(data)))

    # VER-DEL-009, VER-DEL-013: a version goes for good, and the next one is current.
    answer = s3.delete_object(Bucket=name, Key="k", VersionId=second)
    status("VER-DEL-009", answer, 204)
    headers("VER-DEL-009", answer, x_amz_version_id=second, x_amz_delete_marker=None)
    equal("VER-DEL-013", body(name), b"first")
    gone = refused(
        "VER-ID-006", 404, "NoSuchVersion", NO_SUCH_VERSION, s3.get_object, Bucket=name, Key="k", VersionId=second,
        elements={"Key": "k", "VersionId": second},
    )  # fmt: skip
    headers("VER-ID-006", gone, x_amz_delete_marker=None, x_amz_version_id=None)
    status("VER-DEL-012", s3.delete_object(Bucket=name, Key="k", VersionId=second), 204)
    forged = first[:-4] + ("AAAA" if first[-4:] != "AAAA" else "BBBB")
    for call in (s3.get_object, s3.delete_object):
        for invalid in (forged, "not-a-version"):
            refused(
                "VER-ID-005", 400, "InvalidArgument", "Invalid version id specified",
                call, Bucket=name, Key="k", VersionId=invalid,
                elements={"ArgumentName": "versionId", "ArgumentValue": invalid},
            )  # fmt: skip


@case
def delete_markers():
    """A simple DELETE hides a key behind a marker; the marker is refused by name, and deleting it brings the key back."""
    name = bucket(s3, "Enabled")
    version = put(name, b"data")
    answer = s3.delete_object(Bucket=name, Key="k")
    status("VER-DEL-003", answer, 204)
    marker = answer["VersionId"]
    headers("VER-DEL-003", answer, x_amz_delete_marker="true", x_amz_version_id=marker)
    equal("VER-LIST-002", entries(name), [("k", version, False, False), ("k", marker, True, True)])
    equal("VER-GET-013", s3.list_objects_v2(Bucket=name).get("Contents"), None)

    hidden = refused("VER-GET-003", 404, "NoSuchKey", NO_SUCH_KEY, s3.get_object, Bucket=name, Key="k")
    headers("VER-GET-003", hidden, x_amz_delete_marker="true", x_amz_version_id=marker)
    hidden = refused("VER-GET-003", 404, "404", None, s3.head_object, Bucket=name, Key="k")
    headers("VER-GET-003", hidden, x_amz_delete_marker="true", x_amz_version_id=marker)
    at_marker = {"Bucket": name, "Key": "k", "VersionId": marker}
    named = marker_refusal("VER-GET-004", "GET", s3.get_object, **at_marker)
    headers("VER-GET-004", named, x_amz_delete_marker="true", x_amz_version_id=marker, allow="DELETE")
    equal("VER-GET-004", "last-modified" in named["ResponseMetadata"]["HTTPHeaders"], True)
    named = refused("VER-GET-004", 405, "405", None, s3.head_object, **at_marker)
    headers("VER-GET-004", named, x_amz_delete_marker="true", x_amz_version_id=marker, allow="DELETE")
    refused("VER-GET-009", 404, "NoSuchKey", NO_SUCH_KEY, s3.get_object_acl, Bucket=name, Key="k")
    marker_refusal("VER-GET-009", "GET", s3.get_object_acl, **at_marker)
    tags = {"TagSet": [{"Key": "a", "Value": "b"}]}
    for target in (at_marker, {"Bucket": name, "Key": "k"}):
        marker_refusal("VER-GET-011", "GET", s3.get_object_tagging, **target)
        marker_refusal("VER-GET-011", "PUT", s3.put_object_tagging, Tagging=tags, **target)
        marker_refusal("VER-GET-011", "DELETE", s3.delete_object_tagging, **target)
    attributes = {"ObjectAttributes": ["ETag"]}
    refused("VER-GET-012", 404, "NoSuchKey", NO_SUCH_KEY, s3.get_object_attributes, Bucket=name, Key="k", **attributes)
    marker_refusal("VER-GET-012", "GET", s3.get_object_attributes, **at_marker, **attributes)

    stacked = s3.delete_object(Bucket=name, Key="k")["VersionId"]
    equal("VER-DEL-005", entries(name)[1:], [("k", stacked, True, True), ("k", marker, False, True)])
    for each in (stacked, marker):
        answer = s3.delete_object(Bucket=name, Key="k", VersionId=each)
        status("VER-DEL-010", answer, 204)
        headers("VER-DEL-010", answer, x_amz_delete_marker="true", x_amz_version_id=each)
    equal("VER-DEL-010", body(name), b"data")

    # VER-DEL-004: a key that never was gets a marker too.
    headers("VER-DEL-004", s3.delete_object(Bucket=name, Key="never"), x_amz_delete_marker="true")
    message = "The bucket you tried to delete is not empty. You must delete all versions in the bucket."
    refused("VER-DEL-017", 409, "BucketNotEmpty", message, s3.delete_bucket, Bucket=name)
    for key, each, _, _ in entries(name):
        s3.delete_object(Bucket=name, Key=key, VersionId=each)
    status("VER-DEL-017", s3.delete_bucket(Bucket=name), 204)


@case
def suspended_bucket():
    """While Suspended, writes and deletes work on the null version alone."""
    name = bucket(s3, "Enabled")
    kept = put(name, b"kept")
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Suspended"})
    equal("VER-ST-008", entries(name), [("k", kept, True, False)])
    for data in (b"one", b"two"):
        headers("VER-PUT-004", s3.put_object(Bucket=name, Key="k", Body=data), x_amz_version_id=None)
        headers("VER-PUT-004", s3.head_object(Bucket=name, Key="k"), x_amz_version_id="null")
        equal("VER-PUT-006", entries(name), [("k", "null", True, False), ("k", kept, False, False)])
        equal("VER-PUT-003", body(name), data)
    copied = s3.copy_object(Bucket=name, Key="copy", CopySource={"Bucket": name, "Key": "k"})
    headers("VER-PUT-005", copied, x_amz_version_id="null", x_amz_copy_source_version_id=None)
    for _ in range(2):
        answer = s3.delete_object(Bucket=name, Key="k")
        status("VER-DEL-006", answer, 204)
        headers("VER-DEL-006", answer, x_amz_delete_marker="true", x_amz_version_id="null")
        wanted = [("k", kept, False, False), ("k", "null", True, True)]
        equal("VER-DEL-007", entries(name, Prefix="k"), wanted)
    put(name, b"three")
    equal("VER-DEL-007", entries(name, Prefix="k"), [("k", "null", True, False), ("k", kept, False, False)])
    equal("VER-DEL-006", body(name, VersionId=kept), b"kept")


@case
def listing_versions():
    """Pages of one entry meet every entry once, in order, and markers name the last entry of a page."""
    name = bucket(s3, "Enabled")
    wanted = []
    for key in ("a", "b/1", "b/2", "c"):
        wanted.append([(key, put(name, b"1", key), False), (key, put(name, b"2", key), True)][::-1])
    wanted = [entry for pair in wanted for entry in pair]
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=name, PaginationConfig={"PageSize": 1})
    got = [(v["Key"], v["VersionId"], v["IsLatest"]) for page in pages for v in page.get("Versions", [])]
    equal("VER-LIST-001, VER-LIST-006", got, wanted)
    first = s3.list_object_versions(Bucket=name, MaxKeys=1)
    equal("VER-LIST-006", (first["NextKeyMarker"], first["NextVersionIdMarker"]), wanted[0][:2])
    equal("VER-LIST-011", (first["KeyMarker"], first["VersionIdMarker"]), ("", ""))
    rest = s3.list_object_versions(Bucket=name, KeyMarker="a")["Versions"]
    equal("VER-LIST-007", [v["Key"] for v in rest], ["b/1", "b/1", "b/2", "b/2", "c", "c"])
    page = s3.list_object_versions(Bucket=name, Delimiter="/", MaxKeys=3)
    equal("VER-LIST-010", page["CommonPrefixes"], [{"Prefix": "b/"}])
    equal("VER-LIST-010", (page["NextKeyMarker"], page.get("NextVersionIdMarker")), ("b/", None))
    s3.delete_object(Bucket=name, Key="a", VersionId=wanted[0][1])
    resumed = s3.list_object_versions(Bucket=name, KeyMarker="a", VersionIdMarker=wanted[0][1])["Versions"]
    equal("VER-LIST-009", resumed[0]["VersionId"], wanted[1][1])
    refused(
        "VER-LIST-008", 400, "InvalidArgument", "A version-id marker cannot be specified without a key marker.",
        s3.list_object_versions, Bucket=name, VersionIdMarker=wanted[0][1],
        elements={"ArgumentName": "version-id-marker"},
    )  # fmt: skip


@case
def multi_delete():
    """DeleteObjects answers entry by entry, with the forms of markers and versions."""
    name = bucket(s3, "Enabled")
    version = put(name, b"data")

    def delete(*objects, **flags):
        return s3.delete_objects(Bucket=name, Delete={"Objects": list(objects), **flags})

    answer = delete({"Key": "k"})
    marker = answer["Deleted"][0]["DeleteMarkerVersionId"]
    made = {"Key": "k", "DeleteMarker": True, "DeleteMarkerVersionId": marker}
    equal("VER-MDEL-006", answer["Deleted"], [made])
    answer = delete(
        {"Key": "k", "VersionId": marker}, {"Key": "k", "VersionId": version}, {"Key": "k", "VersionId": "forged"}
    )
    status("VER-MDEL-001", answer, 200)
    # VER-MDEL-012: the order of the entries is free; VER-MDEL-015: one key may stand several times.
    deleted = sorted(answer["Deleted"], key=lambda entry: "DeleteMarker" in entry)
    equal("VER-MDEL-007", deleted[0], {"Key": "k", "VersionId": version})
    equal("VER-MDEL-008", deleted[1], {**made, "VersionId": marker})
    error = {"Key": "k", "VersionId": "forged", "Code": "NoSuchVersion", "Message": NO_SUCH_VERSION}
    equal("VER-MDEL-009", answer["Errors"], [error])
    equal("VER-MDEL-010", delete({"Key": "k", "VersionId": version})["Deleted"], [{"Key": "k", "VersionId": version}])
    answer = delete({"Key": "k"}, {"Key": "k", "VersionId": "forged"}, Quiet=True)
    equal("VER-MDEL-011", (answer.get("Deleted"), answer["Errors"]), (None, [error]))
    for count in (0, 1001):
        refused(
            "VER-MDEL-002", 400, "MalformedXML", MALFORMED_XML,
            s3.delete_objects, Bucket=name, Delete={"Objects": [{"Key": f"{n}"} for n in range(count)]},
        )  # fmt: skip
    refused(
        "VER-MDEL-004", 404, "NoSuchBucket", "The specified bucket does not exist",
        s3.delete_objects, Bucket=f"{name}-missing", Delete={"Objects": [{"Key": "k"}]},
    )  # fmt: skip
    plain = bucket(s3)
    put(plain, b"data")
    answer = s3.delete_objects(Bucket=plain, Delete={"Objects": [{"Key": "absent"}, {"Key": "k"}]})
    equal("VER-MDEL-005", sorted(entry["Key"] for entry in answer["Deleted"]), ["absent", "k"])
    equal("VER-MDEL-005", [set(entry) for entry in answer["Deleted"]], [{"Key"}, {"Key"}])


@case
def copies():
    """CopyObject reads the version it is told to, and refuses what it may not copy."""
    name = bucket(s3, "Enabled")
    old, new = put(name, b"old", Metadata={"made": "first"}), put(name, b"new")
    source = {"Bucket": name, "Key": "k"}

    def copy(key="k", **more):
        return s3.copy_object(Bucket=name, Key=key, CopySource={**source, **more})

    answer = copy("copy")
    headers("VER-COPY-001, VER-COPY-005", answer, x_amz_copy_source_version_id=new)
    equal("VER-COPY-005", body(name, "copy", VersionId=answer["VersionId"]), b"new")
    refused("VER-COPY-003", 400, "InvalidRequest", INTO_ITSELF, copy)
    restored = copy(VersionId=old)
    headers("VER-COPY-002", restored, x_amz_copy_source_version_id=old)
    equal("VER-COPY-002", body(name), b"old")
    head = s3.head_object(Bucket=name, Key="k")
    equal("VER-COPY-002", (head["VersionId"], head["Metadata"]), (restored["VersionId"], {"made": "first"}))
    replaced = s3.copy_object(Bucket=name, Key="k", CopySource=source, MetadataDirective="REPLACE", Metadata={"b": "2"})
    status("VER-COPY-003", replaced, 200)
    equal("VER-COPY-003", s3.head_object(Bucket=name, Key="k")["Metadata"], {"b": "2"})
    refused(
        "VER-COPY-008", 400, "InvalidArgument", "Invalid version id specified", copy, key="x", VersionId="forged"
    )
    s3.delete_object(Bucket=name, Key="k", VersionId=new)
    refused("VER-COPY-008", 404, "NoSuchVersion", NO_SUCH_VERSION, copy, key="x", VersionId=new)
    marker = s3.delete_object(Bucket=name, Key="k")["VersionId"]
    refused("VER-COPY-006", 404, "NoSuchKey", NO_SUCH_KEY, copy, key="x", elements={"Key": "k"})
    refused(
        "VER-COPY-007", 400, "InvalidRequest",
        "The source of a copy request may not specifically refer to a delete marker by version id.",
        copy, key="x", VersionId=marker,
    )  # fmt: skip


@case
def conditional_writes_and_deletes():
    """If-Match and If-None-Match see the current version alone."""
    name = bucket(s3, "Enabled")
    at = {"Bucket": name, "Key": "k"}
    missing = {"elements": {"Key": "k"}}
    refused("VER-COND-005", 404, "NoSuchKey", NO_SUCH_KEY, s3.put_object, **at, IfMatch='"0"', Body=b"", **missing)
    etag = s3.put_object(**at, Body=b"one", IfNoneMatch="*")["ETag"]
    for header, value in (("If-None-Match", "*"), ("If-Match", '"0"')):
        refused(
            "VER-COND-004", 412, "PreconditionFailed", PRECONDITION, s3.put_object, **at, Body=b"two",
            **{header.replace("-", ""): value}, elements={"Condition": header},
        )  # fmt: skip
    equal("VER-COND-004", body(name), b"one")
    newer = s3.put_object(**at, Body=b"two", IfMatch=etag)["ETag"]
    refused("VER-COND-007", 412, "PreconditionFailed", PRECONDITION, s3.put_object, **at, Body=b"3", IfMatch=etag)
    kinds = (({"IfNoneMatch": etag}, "If-None-Match"), ({"IfMatch": "*"}, "If-Match"))
    for arguments, header in kinds:
        extra = f"We don't accept the provided value of {header} header for this API"
        refused(
            "VER-COND-001, VER-COND-002", 501, "NotImplemented", NOT_IMPLEMENTED, s3.put_object, **at, **arguments,
            elements={"Header": header, "additionalMessage": extra},
        )  # fmt: skip
    extra = "Multiple conditional request headers present in the request"
    refused(
        "VER-COND-003", 501, "NotImplemented", NOT_IMPLEMENTED, s3.put_object, **at, IfMatch=etag, IfNoneMatch="*",
        elements={"Header": "If-Match,If-None-Match", "additionalMessage": extra},
    )  # fmt: skip
    copy = {**at, "CopySource": {"Bucket": name, "Key": "k"}, "Key": "copy"}
    refused(
        "VER-COND-017", 412, "PreconditionFailed", PRECONDITION, s3.copy_object, **copy, CopySourceIfMatch=etag,
        elements={"Condition": "x-amz-copy-source-If-Match"},
    )  # fmt: skip
    status("VER-COND-017", s3.copy_object(**copy, CopySourceIfMatch=newer, IfNoneMatch="*"), 200)
    refused(
        "VER-COND-013", 412, "PreconditionFailed", PRECONDITION, s3.delete_object, **at, IfMatch=etag,
        elements={"Condition": "If-Match"},
    )  # fmt: skip
    status("VER-COND-013", s3.delete_object(**at, IfMatch=newer), 204)
    refused("VER-COND-005", 404, "NoSuchKey", NO_SUCH_KEY, s3.put_object, **at, IfMatch=newer, Body=b"", **missing)
    status("VER-COND-006", s3.put_object(**at, Body=b"again", IfNoneMatch="*"), 200)
    refused(
        "VER-COND-014", 501, "NotImplemented", NOT_IMPLEMENTED, s3.delete_object, **at, IfMatchSize=5,
        elements={"Header": "x-amz-if-match-size"},
    )  # fmt: skip


@case
def multipart_uploads():
    """A version is made when an upload is completed, and conditions are judged then."""
    name = bucket(s3, "Enabled")
    at = {"Bucket": name, "Key": "k"}
    large, small = b"L" * (5 << 20), b"small"
    source = put(name, large + b"tail", "source")

    def upload(**create):
        started = s3.create_multipart_upload(**at, **create)
        headers("VER-PUT-008", started, x_amz_version_id=None)
        one = s3.upload_part_copy(
            **at, UploadId=started["UploadId"], PartNumber=1, CopySourceRange=f"bytes=0-{len(large) - 1}",
            CopySource={"Bucket": name, "Key": "source", "VersionId": source},
        )  # fmt: skip
        headers("VER-COPY-010", one, x_amz_copy_source_version_id=source)
        two = s3.upload_part(**at, UploadId=started["UploadId"], PartNumber=2, Body=small)
        parts = [
            {"PartNumber": 1, "ETag": one["CopyPartResult"]["ETag"]},
            {"PartNumber": 2, "ETag": two["ETag"]},
        ]
        return {**at, "UploadId": started["UploadId"], "MultipartUpload": {"Parts": parts}}

    first = upload(Metadata={"by": "parts"})
    refused("VER-GET-006", 404, "NoSuchKey", NO_SUCH_KEY, s3.get_object, **at)
    listed = s3.list_parts(**at, UploadId=first["UploadId"])["Parts"]
    equal("ListParts", [part["Size"] for part in listed], [len(large), len(small)])
    equal("ListMultipartUploads", len(s3.list_multipart_uploads(Bucket=name)["Uploads"]), 1)
    done = s3.complete_multipart_upload(**first)
    equal("VER-PUT-008", s3.head_object(**at)["VersionId"], done["VersionId"])
    got = s3.get_object(**at)
    equal("VER-PUT-002", (got["Body"].read(), got["Metadata"]), (large + small, {"by": "parts"}))
    equal("ETag of parts", done["ETag"].endswith('-2"'), True)
    tail = s3.get_object(**at, Range=f"bytes=-{len(small) + 1}")
    equal("Range over parts", tail["Body"].read(), b"L" + small)
    equal("PartNumber", s3.get_object(**at, PartNumber=2)["Body"].read(), small)

    refused(
        "VER-COND-008", 412, "PreconditionFailed", PRECONDITION,
        s3.complete_multipart_upload, **upload(), IfNoneMatch="*", elements={"Condition": "If-None-Match"},
    )  # fmt: skip
    late = upload()
    s3.delete_object(**at)
    refused(
        "VER-COND-009", 409, "ConditionalRequestConflict",
        "The conditional request cannot succeed due to a conflicting operation against this resource.",
        s3.complete_multipart_upload, **late, IfNoneMatch="*", elements={"Condition": "If-None-Match", "Key": "k"},
    )  # fmt: skip
    aborted = {**at, "UploadId": late["UploadId"]}
    status("Abort", s3.abort_multipart_upload(**aborted), 204)
    refused("Abort", 404, "NoSuchUpload", None, s3.list_parts, **aborted)

    # VER-PUT-009: the upload that was started last is current, whichever is completed last.
    older, newer = upload(), upload()
    current = s3.complete_multipart_upload(**newer)["VersionId"]
    noncurrent = s3.complete_multipart_upload(**older)["VersionId"]
    equal("VER-PUT-009", s3.head_object(**at)["VersionId"], current)
    latest = {version: is_latest for key, version, is_latest, _ in entries(name) if key == "k"}
    equal("VER-PUT-009", (latest[current], latest[noncurrent]), (True, False))
