#!/usr/bin/env python3
"""Writes the page of a target, and its programs, from the report of a run and the notes of who read it.

Usage: page.py NAME OUT [REPLAYED], where NAME is the target's (conformance/targets/NAME.toml), OUT the folder of
`bucketlaw test --out OUT`, and REPLAYED a file with what replay.py printed. Writes NAME.md and programs/NAME/AREA.md beside
this script; notes/NAME.md goes into the page. Fails where the notes name a program or a violated clause that the report has not.
"""

import collections
import json
import pathlib
import re
import shutil
import sys

HERE = pathlib.Path(__file__).parent
SCHEMA = "bucketlaw/report/2"
SEVERITIES = ["critical", "high", "medium", "low"]
VERDICTS = [
    "harness-error",
    "violated",
    "deviates",
    "inconclusive",
    "holds-in-part",
    "takes",
    "holds",
    "unsupported",
    "not-exercised",
]
UNSTABLE = re.compile(
    r"bucketlaw-[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]+-"  # what bucket names begin with
)


def cell(text, most=200):
    """Text for one line of a table."""
    text = " ".join(UNSTABLE.sub("", text).split()).replace("|", "\\|").replace("<", "&lt;")
    return text if len(text) <= most else text[: most - 1] + "…"


def row(*cells):
    return "| " + " | ".join(str(one) for one in cells) + " |"


def table(head, rows):
    return [row(*head), "|" + "---|" * len(head), *rows, ""] if rows else []


def each(findings):
    """The findings with each of their programs: a fault by the shortest one on each route."""
    return [one for finding in findings for one in (finding, *finding.get("others", []))]


def violates(finding):
    """The facet that is violated, or the clause where no facet is known."""
    return finding.get("facet") or finding["clause"]


def verdicts(report):
    """How many clauses have each verdict, by area, and how bad the violated ones are."""
    clauses = report["clauses"]
    used = [verdict for verdict in VERDICTS if report["totals"][verdict]]
    assert sum(report["totals"][verdict] for verdict in used) == len(clauses), report["totals"]
    areas = sorted({clause["area"] for clause in clauses})
    rows = []
    for area in [*areas, None]:
        here = [clause for clause in clauses if area in (None, clause["area"])]
        count = collections.Counter(clause["verdict"] for clause in here)
        rows.append(row(area or "all", len(here), *(count[verdict] or "·" for verdict in used)))
    lines = table(["area", "clauses", *(verdict.replace("-", " ") for verdict in used)], rows)
    rows = []
    for severity in SEVERITIES:
        found = [finding for finding in report["findings"] if finding["severity"] == severity]
        charged = {finding["clause"] for finding in found}
        rows.append(row(severity, len(found), len(charged), sum(max(len(one["routes"]), 1) for one in found)))
    return lines + table(["severity", "findings (facets of clauses)", "clauses", "facets on routes"], rows)


def story(finding):
    """A finding: its program, what S3 does and what came."""
    program = finding["program"].split("\n", 1)[1].rstrip()
    lines = [line[:300] for line in finding["got"].strip().split("\n")]
    got = "\n          ".join(UNSTABLE.sub("", line) for line in lines[:4])
    expected = finding["expected"].replace("\n  or ", "\n       or ")
    return ["```", program, f"expected  {expected}", f"got       {got}", "```", ""]


def answer(finding):
    """What makes one answer: the same program, and the same reply to it."""
    return finding["id"], finding["program"], finding["got"]


def grave(name, report):
    """The critical and high findings with their programs: an answer that several are charged with stands once."""
    areas = {clause["id"]: clause["area"] for clause in report["clauses"]}
    answers = collections.OrderedDict()
    for finding in report["findings"]:
        if finding["severity"] in ("critical", "high"):
            answers.setdefault(answer(finding), []).append(finding)
    lines = []
    for findings in answers.values():
        for one in findings:
            route = f" at {one['route']}" if one.get("route") else ""
            seen = f", seen in {one['seen']['times']} of {one['seen']['of']} runs" if one.get("seen") else ""
            lines += [f"**{violates(one)}**{route} ({one['severity']}, program {one['id']}{seen}). {one['title'].strip()}", ""]
        lines += story(findings[0])
        elsewhere = [other for one in findings for other in one.get("others", []) if answer(other) != answer(findings[0])]
        if elsewhere:
            told = {(one["route"], one["id"]): f"{one['route']} {one['id']} ({one['severity']})" for one in elsewhere}
            area = areas[findings[0]["clause"]]
            lines += [f"Likewise ([programs](programs/{name}/{area}.md)): {', '.join(told.values())}.", ""]
    return lines or ["None.", ""]


def programs(name, report):
    """Writes every finding with its programs, a file an area."""
    folder = HERE / "programs" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    areas = {clause["id"]: clause["area"] for clause in report["clauses"]}
    found = each(report["findings"])
    for area in sorted({areas[finding["clause"]] for finding in found}):
        together = collections.OrderedDict()
        for finding in sorted(found, key=lambda one: (violates(one), one.get("route") or "", one["id"])):
            if areas[finding["clause"]] == area:
                together.setdefault(answer(finding), []).append(finding)
        lines = [f"# {title(report)}: {area}", "", "Made by [page.py](../../page.py): the findings, with their programs.", ""]
        for (ident, *_), findings in together.items():
            charged = ", ".join(f"{violates(one)} ({one['severity']})" for one in findings)
            lines += [f"{ident} at {findings[0].get('route')}: {charged}", "", *story(findings[0])]
        (folder / f"{area}.md").write_text("\n".join(lines))


def title(report):
    target = report["target"]
    return f"{target['product']} {target['version']}"


def note(clause, findings):
    """What the table of clauses says besides the verdict."""
    if clause["verdict"] == "takes":
        return cell(clause.get("branch") or "")
    if clause["verdict"] in ("violated", "deviates"):
        mine = [finding for finding in findings if finding["clause"] == clause["id"]]
        listed = sorted({f"{one.get('route')} {one['id']}" for one in mine})
        return ", ".join(listed[:3]) + (f" and {len(listed) - 3} more" if len(listed) > 3 else "")
    if clause["verdict"] != "holds":
        silent = [program for program in clause["programs"] if program["verdict"] not in ("holds", "takes")]
        counted = collections.Counter(program["note"] for program in silent if program.get("note"))
        return cell(clause.get("reason") or "; ".join(reason for reason, _ in counted.most_common(2)), 120)
    return ""


def check(notes, report):
    """Stops where the notes speak of programs or clauses that the run did not find."""
    found = each(report["findings"])
    known = {finding["id"] for finding in found} | {one["example"] for one in report.get("unowned", [])}
    missing = [ident for ident in re.findall(r"\b[0-9a-f]{8}\b", notes) if ident not in known]
    charged = {finding["clause"] for finding in found}
    charged |= {clause["id"] for clause in report["clauses"] if clause["verdict"] != "violated"}
    missing += [ident for ident in re.findall(r"\b(?:EVAL|LOCK|VER|POL)-[A-Z0-9]+-\d{3}\b", notes) if ident not in charged]
    if missing:
        sys.exit(f"the notes name what the report has not: {', '.join(sorted(set(missing)))}")


def run(report, replayed):
    """What ran, when and as whom, and what the target did throughout."""
    law, findings = report["law"], report["findings"]
    who = ", ".join(one["role"] + (" (root)" if one["root"] else "") for one in report["target"]["identities"])
    shown = len({answer(one) for one in each(findings)})
    lines = [
        f"- {report['started'][:10]}. Law {law['version']} ({law['hash'][:12]}), {len(report['clauses'])} clauses, seed {report['seed']}.",
        f"- Identities: {who}.",
        f"- {report['requests']:,} requests in {report['seconds']:.0f} s of requests; {len(findings)} findings, shown by {shown} programs.",
    ]
    if replayed:
        last = pathlib.Path(replayed).read_text().strip().splitlines()[-1]
        lines.append(f"- Replayed with their `repro.sh`: {last}.")
    stays = report.get("stays", {"buckets": 0, "objects": 0})
    lines.append(f"- Left behind: {stays['buckets']} buckets, {stays['objects']} objects.")
    for crash in report.get("crashes", []):
        lines.append(f"- It stopped answering; under way: {cell('; '.join(crash['in_flight']))}.")
    return lines + [f"- {fact['text']} ({fact['programs']} programs)." for fact in report.get("facts", [])]


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    name, out = sys.argv[1], pathlib.Path(sys.argv[2])
    report = json.loads((out / "report.json").read_text())
    if report["schema"] != SCHEMA:
        sys.exit(f"{out}/report.json is a {report['schema']}, and this reads {SCHEMA}: run the test again, or `bucketlaw judge` its history")
    notes = (HERE / "notes" / f"{name}.md").read_text().strip()
    check(notes, report)
    lines = [
        f"# {title(report)}",
        "",
        "<!-- Made by page.py from report.json and notes/; edit the notes. -->",
        "",
        *run(report, sys.argv[3] if len(sys.argv) == 4 else None),
        "",
        "```",
        f'eval "$(conformance/targets/{name}.sh start)"',
        f"bucketlaw test --target conformance/targets/{name}.toml --seed {report['seed']} --out out/{name}",
        f"conformance/targets/{name}.sh stop",
        "```",
        "",
        "## Verdicts",
        "",
        *verdicts(report),
        notes,
        "",
        "## Critical and high findings",
        "",
        *grave(name, report),
        "## What no clause fixes",
        "",
    ]
    unowned = report.get("unowned", [])
    lines += table(
        ["route", "what", "expected", "got", "programs", "for example"],
        [row(o["route"], cell(o["what"]), cell(o["expected"]), cell(o["got"]), o["programs"], o["example"]) for o in unowned],
    ) or ["Nothing.", ""]
    lines += ["## All clauses", "", f"The programs of the violated ones are in [programs/{name}](programs/{name}/).", ""]
    ordered = sorted(report["clauses"], key=lambda clause: clause["id"])
    found = each(report["findings"])
    lines += table(
        ["clause", "verdict", "severity", "level", "findings, branch or reason"],
        [row(c["id"], c["verdict"].replace("-", " "), c["severity"], c["level"], note(c, found)) for c in ordered],
    )
    (HERE / f"{name}.md").write_text("\n".join(lines))
    programs(name, report)


main()
