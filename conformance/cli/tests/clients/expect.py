"""What the cases of versioning_and_lock.py say their expectations with: exact codes, messages and fields, never a pattern."""

import datetime
import itertools
import sys
import time
import traceback

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

UTC = datetime.timezone.utc

# Shared texts of the clauses.
LOCKMSG = "Access Denied because object protected by object lock."
MALFORMED_XML = "The XML you provided was not well-formed or did not validate against our published schema"
NO_SUCH_VERSION = "The specified version does not exist."
NO_SUCH_KEY = "The specified key does not exist."
NOT_ALLOWED = "The specified method is not allowed against this resource."
LOCK_FIXES_VERSIONING = (
    "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed."
)
NO_OBJECT_LOCK = "Bucket is missing Object Lock Configuration"
NEVER_LOCKED = "The specified object does not have a ObjectLock configuration"
PRECONDITION = "At least one of the pre-conditions you specified did not hold"
NOT_IMPLEMENTED = "A header you provided implies functionality that is not implemented"
INTO_ITSELF = (
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's "
    "metadata, storage class, website redirect location or encryption attributes."
)

CASES = []
_numbers = itertools.count(1)


def case(function):
    """Registers a case; each runs in its own buckets, so that one failure says nothing about another."""
    CASES.append(function)
    return function


def client(service="s3", **settings):
    """A client for the endpoint and the keys of the environment; `keys` are those of another caller."""
    keys = settings.pop("keys", {})
    settings.setdefault("signature_version", "s3v4" if service == "s3" else "v4")
    # One attempt: a client that repeats a request hides what the server answered first.
    return boto3.client(service, config=Config(retries={"total_max_attempts": 1}, **settings), **keys)


def bucket(s3, versioning=None, lock=False):
    """Creates a bucket with a name of its own, in the state that the case starts from."""
    name = f"clients-{time.time_ns():x}-{next(_numbers)}"
    s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=lock)
    if versioning:
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": versioning})
    return name


def equal(clause, got, wanted):
    """Fails with the clause when a value is not the one it asks for."""
    if got != wanted:
        raise AssertionError(f"{clause}: got {got!r}, wanted {wanted!r}")


def status(clause, answer, wanted):
    """Checks the status of an answer that the client took for a success."""
    equal(clause, answer["ResponseMetadata"]["HTTPStatusCode"], wanted)


def headers(clause, answer, **wanted):
    """Checks headers, named with `_` for `-`; None says that the header is absent."""
    got = answer["ResponseMetadata"]["HTTPHeaders"]
    for name, value in wanted.items():
        name = name.replace("_", "-")
        equal(f"{clause} ({name})", got.get(name), value)


def refused(clause, wanted_status, code, message, call, /, *, elements=None, **arguments):
    """Checks that a call is refused with exactly this status, code, message and further elements; gives the answer."""
    try:
        call(**arguments)
    except ClientError as error:
        answer = error.response
    else:
        raise AssertionError(f"{clause}: accepted, wanted {wanted_status} {code}")
    equal(f"{clause} (code)", answer["Error"]["Code"], code)
    status(f"{clause} (status)", answer, wanted_status)
    if message is not None:
        equal(f"{clause} (message)", answer["Error"]["Message"], message)
    for name, value in (elements or {}).items():
        equal(f"{clause} (element {name})", answer["Error"].get(name), value)
    return answer


def in_seconds(seconds):
    """An instant from now, whole seconds, so that it can be compared with what is read back."""
    return (datetime.datetime.now(UTC) + datetime.timedelta(seconds=seconds)).replace(microsecond=0)


def until(clause, seconds, attempt):
    """Repeats an attempt that a lock refuses until the lock is over; no other refusal is waited for."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return attempt()
        except ClientError as error:
            if error.response["Error"].get("Message") != LOCKMSG:
                raise
            if time.monotonic() > deadline:
                raise AssertionError(f"{clause}: still locked {seconds} s on") from error
            time.sleep(0.1)


def run(cases):
    """Runs every case, prints a line for each, and gives the exit code."""
    failures = 0
    for function in cases:
        started = time.monotonic()
        try:
            function()
        except Exception as error:  # A case may fail in any way; the others still run.
            failures += 1
            print(f"FAIL {function.__name__}: {error}", flush=True)
            # Where in the cases it was; the inside of the client says nothing about the endpoint.
            for frame in traceback.extract_tb(error.__traceback__):
                if frame.filename.endswith("_cases.py"):
                    print(f"     {frame.filename}:{frame.lineno}: {frame.line}", flush=True)
        else:
            print(f"ok   {function.__name__} {time.monotonic() - started:.2f} s", flush=True)
    print(f"{len(cases) - failures} of {len(cases)} cases passed", file=sys.stderr)
    return 1 if failures else 0
