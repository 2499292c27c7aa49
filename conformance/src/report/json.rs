//! `report.json`: the report as other programs read it.

use serde::Deserialize;

use super::Report;

/// The name of the format, before its number.
const FORMAT: &str = "bucketlaw/report/";

/// The number of the format that this version writes and reads.
const NUMBER: u32 = 2;

/// The name and number of the format.
pub const SCHEMA: &str = "bucketlaw/report/2";

/// Why a report can't be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The text is not JSON, or a field is not as the schema has it.
    #[error(
        "not a readable report: {0}; write it again with `bucketlaw judge HISTORY`, or run the test again"
    )]
    Malformed(#[from] serde_json::Error),
    /// The JSON is something else.
    #[error("this is no bucketlaw report: its `schema` is {}, and a report has `{SCHEMA}`", quoted(.0.as_deref()))]
    NotAReport(Option<String>),
    /// The report was written by a version that is older than this one.
    #[error(
        "this report was written by an older bucketlaw (schema {found}; this one reads {SCHEMA}): \
         judge its history again with `bucketlaw judge HISTORY --out DIR`, or run the test again"
    )]
    Older {
        /// The schema that the report names.
        found: String,
    },
    /// The report was written by a version that is newer than this one.
    #[error(
        "this report was written by a newer bucketlaw (schema {found}; this one reads {SCHEMA}): \
         install a newer bucketlaw, or judge its history again with `bucketlaw judge HISTORY`"
    )]
    Newer {
        /// The schema that the report names.
        found: String,
    },
}

/// Quotes the schema that was found, if any was.
fn quoted(schema: Option<&str>) -> String {
    schema.map_or_else(
        || "missing".to_owned(),
        |schema| format!("`{}`", schema.escape_debug()),
    )
}

/// The part of a report that says what it is.
#[derive(Deserialize)]
struct Head {
    schema: Option<String>,
}

/// Writes the report as JSON, indented, with a final newline.
///
/// # Errors
///
/// Fails only if the report can't be expressed in JSON, which would be a bug.
pub fn write(report: &Report) -> serde_json::Result<String> {
    let mut text = serde_json::to_string_pretty(report)?;
    text.push('\n');
    Ok(text)
}

/// Reads a report back, and settles it: an edited file can't claim what its programs do not say.
///
/// Fields that this version does not know are ignored, since fields may be added within one schema number.
///
/// # Errors
///
/// Fails if the text is no report, or one of another schema; the message says what to do.
pub fn read(text: &str) -> Result<Report, ReadError> {
    let head: Head = serde_json::from_str(text)?;
    let Some(schema) = head.schema else {
        return Err(ReadError::NotAReport(None));
    };
    match schema
        .strip_prefix(FORMAT)
        .and_then(|number| number.parse::<u32>().ok())
    {
        Some(NUMBER) => {}
        Some(number) if number > NUMBER => return Err(ReadError::Newer { found: schema }),
        Some(1..NUMBER) => return Err(ReadError::Older { found: schema }),
        _ => return Err(ReadError::NotAReport(Some(schema))),
    }
    let mut report: Report = serde_json::from_str(text)?;
    report.settle();
    Ok(report)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::report::{Verdict, sample};

    #[test]
    fn the_format_is_the_documented_one() {
        assert_eq!(SCHEMA, format!("{FORMAT}{NUMBER}"));
        insta::assert_snapshot!(write(&sample::small()).unwrap());
    }

    #[test]
    fn a_report_reads_back_as_it_was() {
        for report in [sample::small(), sample::report()] {
            assert_eq!(read(&write(&report).unwrap()).unwrap(), report);
        }
    }

    #[test]
    fn a_report_is_valid_by_its_schema() {
        let schema: serde_json::Value =
            serde_json::from_str(include_str!("../../../docs/schemas/report.schema.json")).unwrap();
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        for report in [sample::small(), sample::report()] {
            let value = serde_json::to_value(&report).unwrap();
            let errors: Vec<String> = validator
                .iter_errors(&value)
                .map(|e| format!("{}: {e}", e.instance_path()))
                .collect();
            assert!(errors.is_empty(), "{errors:#?}");
        }
        let mut wrong = serde_json::to_value(sample::small()).unwrap();
        wrong["totals"]["green"] = 1.into();
        assert!(!validator.is_valid(&wrong));
    }

    #[test]
    fn an_edited_verdict_does_not_survive_reading() {
        let mut report = sample::small();
        report.clauses[0].programs.clear();
        report.clauses[0].verdict = Verdict::Holds;
        let read = read(&write(&report).unwrap()).unwrap();
        assert_eq!(read.clauses[0].verdict, Verdict::NotExercised);
    }

    #[test]
    fn what_is_no_report_is_refused_with_advice() {
        let refusal = |text: &str| read(text).unwrap_err().to_string();
        insta::assert_snapshot!(refusal(r#"{"schema": "bucketlaw/report/3"}"#), @"this report was written by a newer bucketlaw (schema bucketlaw/report/3; this one reads bucketlaw/report/2): install a newer bucketlaw, or judge its history again with `bucketlaw judge HISTORY`");
        insta::assert_snapshot!(refusal(r#"{"schema": "bucketlaw/report/1"}"#), @"this report was written by an older bucketlaw (schema bucketlaw/report/1; this one reads bucketlaw/report/2): judge its history again with `bucketlaw judge HISTORY --out DIR`, or run the test again");
        insta::assert_snapshot!(refusal(r#"{"schema": "bucketlaw/history/1"}"#), @"this is no bucketlaw report: its `schema` is `bucketlaw/history/1`, and a report has `bucketlaw/report/2`");
        insta::assert_snapshot!(refusal("{}"), @"this is no bucketlaw report: its `schema` is missing, and a report has `bucketlaw/report/2`");
        insta::assert_snapshot!(refusal("[1"), @"not a readable report: invalid type: integer `1`, expected a string at line 1 column 2; write it again with `bucketlaw judge HISTORY`, or run the test again");
        insta::assert_snapshot!(refusal(r#"{"schema": "bucketlaw/report/2"}"#), @"not a readable report: missing field `target` at line 1 column 32; write it again with `bucketlaw judge HISTORY`, or run the test again");
    }

    proptest! {
        #[test]
        fn reading_never_panics(text in any::<String>(), cut in 0..6000_usize, put in any::<char>()) {
            let _ = read(&text);
            let mut report: Vec<char> = write(&sample::small()).unwrap().chars().collect();
            let place = cut % report.len();
            report[place] = put;
            let _ = read(&report.into_iter().collect::<String>());
        }
    }
}
