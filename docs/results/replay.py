#!/usr/bin/env python3
"""Replays every finding of a run with its own repro.sh and says which came back.

Usage: replay.py OUT, where OUT is the folder of `bucketlaw test --out OUT`. The endpoint and the callers come from the
environment, as in repro.sh: ENDPOINT, OWNER_ACCESS_KEY_ID and so on. A script that names `user` makes an IAM user of its own if
no USER_ACCESS_KEY_ID is set; with IAM=1 so does each that gives it policies, even if one is set. Needs python3 and what
repro.sh needs.

A finding came back when its script ends with 1 (another status than the law's), or when the script can't tell by the status
and the reply shows what the record in exchange.http shows: status, code, fields and entries, without ids, dates and names.
"""

import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree

JOBS = 8
# What names this request or this moment, and no ruling.
UNSTABLE = re.compile(
    r"bucketlaw-[0-9a-z-]+?-(?=[a-d]\b)"  # what bucket names begin with
    r"|\d{4}-\d\d-\d\dT[\d:.]+(?:Z|\+00:00)?|\d{8}T\d{6}Z|\w{3}, \d\d \w{3} \d{4} [\d:]+ GMT"  # dates
    r"|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}|[A-Za-z0-9._~-]{20,}"  # version, upload and request ids, ETags
)
ABOUT_REQUEST = {"RequestId", "HostId", "Resource", "ID"}
# The headers that clauses speak of, beside those of x-amz-.
SPOKEN_OF = {"allow", "last-modified"}


def shape(text):
    """What a reply shows: its status, the headers that clauses speak of and its elements, without what is unstable."""
    head, _, body = text.replace("\r\n", "\n").partition("\n\n")
    lines = head.split("\n")
    status = lines[0].split(" ")[1]
    headers = []
    for line in lines[1:]:
        name, _, value = line.partition(":")
        name = name.strip().lower()
        amz = name.startswith("x-amz-") and "request" not in name and name != "x-amz-id-2"
        if amz or name in SPOKEN_OF:
            headers.append((name, UNSTABLE.sub("~", value.strip())))
    try:
        root = xml.etree.ElementTree.fromstring(body.strip())
    except xml.etree.ElementTree.ParseError:
        return status, sorted(headers), UNSTABLE.sub("~", body.strip())
    found = []
    for element in root.iter():
        name = element.tag.rpartition("}")[2]
        if name not in ABOUT_REQUEST and not len(element):
            found.append((name, UNSTABLE.sub("~", (element.text or "").strip())))
    return status, sorted(headers), sorted(found)


def recorded(folder, step):
    """The last response to a step in the record."""
    parts = re.split(r"^### step (\d+)\n", (folder / "exchange.http").read_text(errors="replace"), flags=re.M)
    found = None
    for number, exchange in zip(parts[1::2], parts[2::2]):
        if int(number) == step:
            start = exchange.find("\nHTTP/1.")
            found = exchange[start + 1 :] if start >= 0 else None
    return found


def surroundings(program):
    """The environment of a script: with IAM=1 without the user that is given, where the script can make one of its own."""
    environment = dict(os.environ)
    if environment.get("IAM") == "1" and "UserPolicy" in program:
        for name in ("NAME", "ARN", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY"):
            environment.pop(f"USER_{name}", None)
    return environment


def replay(folder):
    """Whether the finding in a folder came back: None if it did, else how it ended."""
    program = (folder / "program.txt").read_text()
    steps = [int(line.split(" ")[0]) for line in program.split("\n") if re.match(r"\d+ ", line)]
    script = ["sh", str(folder / "repro.sh")]
    ran = subprocess.run(script, capture_output=True, text=True, errors="replace", env=surroundings(program), check=False)
    if ran.returncode == 1:
        return None
    if ran.returncode != 3:
        return f"ended with {ran.returncode}: {ran.stdout[-300:]}{ran.stderr[-300:]}"
    start = ran.stdout.find("\nHTTP/1.")
    reply = re.sub(r"\n(the status alone does not tell|expected \d+, got|later steps name|the record has).*\Z", "", ran.stdout[start + 1 :], flags=re.S)
    record = recorded(folder, steps[-1])
    if start < 0 or record is None:
        return f"has no reply to compare: {ran.stdout[-300:]}{ran.stderr[-300:]}"
    now, then = shape(reply), shape(record)
    return None if now == then else f"now {now}\n    then {then}"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    scripts = sorted(pathlib.Path(sys.argv[1], "failures").glob("*/*/repro.sh"))
    # What several clauses are charged with is replayed once.
    folders = list({path.read_text(): path.parent for path in reversed(scripts)}.values())
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        results = list(pool.map(lambda folder: (folder, replay(folder)), folders))
    missing = [(folder, how) for folder, how in results if how is not None]
    for folder, how in missing:
        print(f"{folder.parent.name}/{folder.name} {how}")
    print(f"{len(results)} programs: {len(results) - len(missing)} came back, {len(missing)} did not")
    sys.exit(1 if missing or not results else 0)


main()
