//! The table of operations and arguments of the program grammar.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use bucketlaw_conformance::exit::Code;
use bucketlaw_model::request::Operation;

use super::{MADE, no_text};
use crate::Failed;

/// What may stand behind each argument, and what is meant when it is left out (empty: it must be given).
const ARGUMENTS: &[(&str, &str, &str)] = &[
    (
        "acl",
        "`private`, `public-read`, `bucket-owner-full-control`: `x-amz-acl`",
        "none",
    ),
    (
        "algorithm",
        "`AES256`, `aws:kms`, `aws:kms:dsse`, `unknown` (on the wire `AES128`): the algorithm of a default encryption",
        "the document has no rule",
    ),
    (
        "body",
        "`proper`, `missing` (no body), `malformed` (not the document that the operation takes)",
        "`proper`",
    ),
    ("bucket", "a bucket name of the program", ""),
    ("bucket_key", "`true` or `false`: `BucketKeyEnabled`", "none"),
    (
        "bypass",
        "`true` or `false`: `x-amz-bypass-governance-retention`",
        "no header",
    ),
    (
        "conditions",
        "`query`: `if_match` and `if_none_match` stand in the query of a presigned request; `header`",
        "`header`",
    ),
    (
        "content",
        "a name for bytes; different names are different bytes",
        "`a`",
    ),
    ("delimiter", "`/`", "none"),
    (
        "directive",
        "`COPY` or `REPLACE`: `x-amz-metadata-directive`",
        "`COPY`",
    ),
    ("encoding", "`url`: `encoding-type=url`", "none"),
    (
        "form",
        "`proper`, `no-enabled`, `disabled`, `empty`, `empty-rule`, `empty-default`: the shape of an ObjectLockConfiguration",
        "`proper`",
    ),
    ("hold", "`ON`, `OFF`, `unknown` (on the wire `MAYBE`)", "none"),
    ("if_match", ETAG, "none"),
    ("if_match_size", "`true` sends `x-amz-if-match-size`", "`false`"),
    (
        "if_match_time",
        "`true` sends `x-amz-if-match-last-modified-time`",
        "`false`",
    ),
    ("if_none_match", ETAG, "none"),
    (
        "integrity",
        "`md5` (Content-MD5), `crc32` (x-amz-checksum-crc32), `none`, `algorithm` (x-amz-sdk-checksum-algorithm alone)",
        "`md5`",
    ),
    ("key", "a key; `%XX` stands for a byte", ""),
    ("key_marker", "a key", "none"),
    ("kms_key", "`true` sends a `KMSMasterKeyID`", "`false`"),
    (
        "lock",
        "`true` sends `x-amz-bucket-object-lock-enabled: true`",
        "`false`",
    ),
    ("max_keys", "a number", "none"),
    (
        "mode",
        "`GOVERNANCE`, `COMPLIANCE`, `governance` (as written), `unknown` (on the wire `STRICT`)",
        "none",
    ),
    (
        "objects",
        "entries, separated by commas: `key`, `key:version`, each with `~etag` behind it for a condition",
        "no entries",
    ),
    ("on", "`true` or `false`: all four settings", "`false`"),
    (
        "ownership",
        "`BucketOwnerEnforced`, `BucketOwnerPreferred`, `ObjectWriter`, `missing`, `unknown`",
        "",
    ),
    ("part", "a part number", "`1`"),
    ("period", "`1d` (days), `1y` (years), or `both`", "none"),
    ("policy", "a policy that a `policy` line declares", ""),
    ("prefix", "a key", "none"),
    ("quiet", "`true` or `false`", "`false`"),
    (
        "second",
        "the algorithm of a second rule, as `algorithm`",
        "there is no second rule",
    ),
    ("source_bucket", "a bucket name of the program", ""),
    ("source_if_match", ETAG, "none"),
    (
        "source_if_modified_since",
        "`before` or `after` the source was made",
        "none",
    ),
    ("source_if_none_match", ETAG, "none"),
    (
        "source_if_unmodified_since",
        "`before` or `after` the source was made",
        "none",
    ),
    ("source_key", "a key", ""),
    ("source_version", VERSION, "the current version"),
    (
        "status",
        "`Enabled`, `Suspended`, `missing` (a document without a status), `unknown`",
        "",
    ),
    (
        "tags",
        "`x` (a tag named `tag` with that value), `x/y` (another named `more` besides), `/y` (that alone)",
        "no tags",
    ),
    ("times", "how many times over the entries are sent", "`1`"),
    (
        "until",
        "`@2` (two units after the start), `@-1` (past), `far` (150 years on), `unparsable`; `@2/offset` (written two hours east of \
         UTC), `@2/zoneless` (written in UTC without a zone)",
        "none",
    ),
    ("upload", "`u3` (the upload that step 3 began) or `malformed`", ""),
    ("version", VERSION, "the current version"),
    ("version_marker", VERSION, "none"),
];

const ETAG: &str = "`*`, the name of a content (its ETag), `part:NAME` (its ETag as the only part of an upload), `unclosed:NAME` and \
     `unopened:NAME` (its ETag with one of its quotes), `odd` (a list of two)";
const VERSION: &str =
    "`v3` (made by step 3), `v3.2` (the second that it made), `null`, `malformed`, `empty` (`versionId=`)";

/// The page of operations and arguments.
pub(super) fn page() -> Result<String, Failed> {
    let mut rows = Vec::new();
    let mut used = BTreeSet::new();
    for name in Operation::NAMES {
        let arguments = Operation::arguments(name).unwrap_or_default();
        used.extend(arguments.iter().copied());
        rows.push((*name, arguments));
    }
    let described: BTreeSet<&str> = ARGUMENTS.iter().map(|(name, ..)| *name).collect();
    if let Some(odd) = used.symmetric_difference(&described).next() {
        return Err(Failed(
            Code::Bug,
            format!("the argument `{odd}` is used and not described, or described and not used"),
        ));
    }
    set(&rows).map_err(no_text)
}

fn set(rows: &[(&str, &[&str])]) -> Result<String, std::fmt::Error> {
    let mut page = String::from(MADE);
    page.push_str(
        "# Operations of programs\n\nThe grammar around them: [program-grammar.md](program-grammar.md).\n\n",
    );
    page.push_str("| operation | arguments |\n|---|---|\n");
    for (name, arguments) in rows {
        let list: Vec<String> = arguments.iter().map(|one| format!("`{one}`")).collect();
        writeln!(page, "| {name} | {} |", list.join(" "))?;
    }
    page.push_str("\n## Arguments\n\n| argument | values | when left out |\n|---|---|---|\n");
    for (name, values, absent) in ARGUMENTS {
        let absent = if absent.is_empty() {
            "must be given"
        } else {
            absent
        };
        writeln!(page, "| `{name}` | {values} | {absent} |")?;
    }
    Ok(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_argument_is_described() {
        let page = page().unwrap();
        assert!(
            page.contains("| GetObject | `bucket` `key` `version` |"),
            "{page}"
        );
    }
}
