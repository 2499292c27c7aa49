//! Histories: what happened when programs ran, recorded first and judged afterwards.
//!
//! A history file is NDJSON, a program a line. It holds everything that a judge needs, so that it can be judged again
//! whenever the law is mended, with no endpoint.

use std::io::{BufRead, Write};

use bucketlaw_model::clause::Need;
use bucketlaw_model::request::Caller;
use serde::{Deserialize, Serialize};

use crate::lower::Principals;
use crate::wire::{Exchange, Failure};

/// The schema of a history line.
pub const SCHEMA: &str = "bucketlaw/history/1";

/// What happened when one program ran.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct History {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// The program's id: a hash of its steps.
    pub id: String,
    /// The program, as text.
    pub program: String,
    /// When it started: Unix milliseconds, a whole second of the target's clock.
    pub start: i64,
    /// Milliseconds in a unit of the program's dates.
    pub unit: i64,
    /// By how many milliseconds instants are uncertain on either side.
    pub guard: i64,
    /// Milliseconds by which the target's clock is ahead of the recorded times.
    pub skew: i64,
    /// What the names of its buckets started with.
    pub bucket_prefix: String,
    /// The principals in its policies.
    pub principals: Principals,
    /// Whether the owner is the root user of its account, whom some clauses are about.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub owner_is_root: bool,
    /// Whether the identity of the second account is its root user.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub other_is_root: bool,
    /// The steps that were taken, in order.
    pub steps: Vec<Taken>,
    /// Why the program did not run to its end, if it did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped: Option<String>,
    /// What the target lacks that the program needs, if that is why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lacks: Option<Need>,
}

impl History {
    /// Notes that the program was not run, as the target lacks what it needs: what, and why in words.
    pub(crate) fn lack(&mut self, (need, why): (Need, String)) {
        self.lacks = Some(need);
        self.stopped = Some(why);
    }

    /// The ARN of a caller, if it is known: of an owner or other who is no root user only the account is.
    #[must_use]
    pub fn arn(&self, caller: Caller) -> Option<&str> {
        let names = &self.principals;
        let (arn, is_own) = match caller {
            Caller::Owner => (&names.account, self.owner_is_root),
            Caller::Other => (&names.other, self.other_is_root),
            Caller::User => (&names.user, names.user.contains(":user/")),
            Caller::Anonymous => return None,
        };
        (is_own && arn.starts_with("arn:")).then_some(arn)
    }
}

/// What a history says that does not say who is a root user.
fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
fn is_yes(is: &bool) -> bool {
    *is
}

/// One step that was taken.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Taken {
    /// The number of the step.
    pub number: u16,
    /// What came of it.
    #[serde(flatten)]
    pub result: Outcome,
    /// The further pages of a listing of buckets, which has no end of its own in an account of many.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pages: Vec<Exchange>,
}

/// What came of a step.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// A response.
    Exchange(Exchange),
    /// None.
    Failure(Failure),
}

/// A history that cannot be read.
#[derive(Debug)]
pub struct HistoryError(pub String);

impl std::fmt::Display for HistoryError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for HistoryError {}

/// Writes histories, a line each.
///
/// # Errors
/// When the file cannot be written.
pub fn write(histories: &[History], mut to: impl Write) -> std::io::Result<()> {
    for history in histories {
        serde_json::to_writer(&mut to, history)?;
        to.write_all(b"\n")?;
    }
    to.flush()
}

/// Reads histories, a line each.
///
/// # Errors
/// The first line that cannot be read, and why.
pub fn read(mut from: impl BufRead) -> Result<Vec<History>, HistoryError> {
    let mut histories = Vec::new();
    for at in 1.. {
        let fail = |what: String| HistoryError(format!("line {at}: {what}"));
        let mut line = Vec::new();
        let length = from.read_until(b'\n', &mut line);
        let length = length.map_err(|error| {
            HistoryError(format!(
                "{error}; name the history.ndjson of a run, which is a file"
            ))
        })?;
        if length == 0 {
            break;
        }
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let schema: Schema = serde_json::from_slice(&line).map_err(|error| {
            if error.is_eof() && !line.ends_with(b"\n") {
                return fail(
                    "the file ends within this line, so it was not written to its end; without its last line the rest can be judged"
                        .to_owned(),
                );
            }
            fail(format!(
                "no history: {error}; a history has a JSON object a line, as `bucketlaw test` writes it"
            ))
        })?;
        if schema.schema != SCHEMA {
            return Err(fail(format!(
                "its schema is `{}`, this version reads `{SCHEMA}`; judge it with the version that wrote it, or a newer one",
                schema.schema
            )));
        }
        let history: History = serde_json::from_slice(&line).map_err(|error| {
            fail(format!(
                "{error}; the line is cut or was changed: take the file that the run wrote"
            ))
        })?;
        if let Some(number) = odd_number(&history) {
            return Err(fail(format!(
                "{number} is no time of a run; the line was changed: take the file that the run wrote"
            )));
        }
        histories.push(history);
    }
    Ok(histories)
}

/// The first number of milliseconds that is farther from 0 than any clock: some thousand years.
fn odd_number(history: &History) -> Option<i64> {
    const FARTHEST: i64 = 100_000_000_000_000;
    let times = history.steps.iter().flat_map(|taken| match &taken.result {
        Outcome::Exchange(exchange) => [exchange.sent, exchange.received],
        Outcome::Failure(failure) => [failure.sent, failure.ended],
    });
    // Dates are some units after the start.
    let unit = history.unit.saturating_mul(1000);
    [history.start, unit, history.guard, history.skew]
        .into_iter()
        .chain(times)
        .find(|number| !(-FARTHEST..=FARTHEST).contains(number))
}

#[derive(Deserialize)]
struct Schema {
    schema: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_schema_is_refused_with_a_way_out() {
        let line = r#"{"schema":"bucketlaw/history/9"}"#;
        let error = read(line.as_bytes()).unwrap_err().to_string();
        assert!(
            error.contains("line 1") && error.contains("bucketlaw/history/1"),
            "{error}"
        );
        assert!(read(&b"{}"[..]).is_err());
        assert!(read(&b"\n\n"[..]).unwrap().is_empty());
    }
}
