//! Clean-up: what a run made is taken away again, at its end or by `bucketlaw clean`.

use std::time::Duration;

use bucketlaw_conformance::clean::clean;
use bucketlaw_conformance::exit::Code;
use bucketlaw_conformance::report::LeftBehind;
use bucketlaw_model::observed::parse_iso8601;

use super::{Purpose, Reach, Target, connect};
use crate::Failed;
use crate::output::say;

/// Removes what the run made. Waits out short retention, unless the user is in a hurry, and returns what stays.
pub(crate) fn tidy(target: &Target, max_retention: u64) -> Vec<LeftBehind> {
    let plan = &target.plan;
    let unknown = |why: &str| LeftBehind {
        run: plan.prefix.trim_end_matches('-').to_owned(),
        bucket: format!("{}*", plan.prefix),
        reason: format!("the clean-up was cut short: {why}"),
        ..LeftBehind::default()
    };
    if plan.terms.watch.gone().is_some() {
        return vec![unknown("the target does not answer")];
    }
    let mut left = match clean(&target.session, &plan.prefix, plan.jobs) {
        Ok(left) => left,
        Err(failure) => return vec![unknown(&failure.to_string())],
    };
    if wait_for(&left, target, max_retention) {
        match clean(&target.session, &plan.prefix, plan.jobs) {
            Ok(less) => left = less,
            Err(failure) => left.push(unknown(&failure.to_string())),
        }
    }
    if target.made_user
        && let Some(user) = &target.session.user
        && let Err(failure) = target.session.remove_user(user)
    {
        left.push(unknown(&format!("the IAM user {}: {failure}", user.user_name)));
    }
    left
}

/// Waits until what is left can be removed, as far as that is soon; whether it is worth trying again.
fn wait_for(left: &[LeftBehind], target: &Target, max_retention: u64) -> bool {
    let terms = &target.plan.terms;
    if left.is_empty() || terms.watch.is_interrupted() {
        return false;
    }
    let session = &target.session;
    let now = session.client.now() + session.skew;
    let unit = i64::try_from(max_retention.saturating_mul(1000)).unwrap_or(i64::MAX);
    let wait = match soon(left, now, unit.saturating_mul(UNITS)) {
        Some(wait) => wait.max(terms.settle),
        // What is not seen everywhere yet looks as if it were not empty.
        None if terms.settle > 0 => terms.settle,
        None => return false,
    };
    if wait > MARGIN {
        eprintln!(
            "waiting {} s until what is left can be removed ({} things)",
            wait / 1000,
            left.len()
        );
    }
    let end = session.client.now() + wait;
    while session.client.now() < end {
        if terms.watch.is_interrupted() {
            return false;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    true
}

/// The farthest date of a program, in units, that the clean-up waits for.
const UNITS: i64 = 6;

/// How much longer than to the date it waits: in milliseconds.
const MARGIN: i64 = 2000;

/// In how many milliseconds all that can be removed within a time can be; nothing if there is no such thing.
fn soon(left: &[LeftBehind], now: i64, within: i64) -> Option<i64> {
    let dates = left.iter().filter_map(|behind| behind.until.as_deref());
    dates
        .filter_map(parse_iso8601)
        .map(|date| date.0 - now)
        .filter(|wait| *wait <= within)
        .max()
        .map(|wait| wait.max(0) + MARGIN)
}

/// The options of `clean`.
#[derive(Debug, clap::Args)]
pub(crate) struct CleanArguments {
    #[command(flatten)]
    reach: Reach,
    /// The run: what its bucket names start with, as its report says under `left_behind`.
    #[arg(long, value_name = "ID")]
    run: String,
}

/// Removes what an earlier run left behind.
pub(crate) fn clean_up(arguments: &CleanArguments) -> Result<Code, Failed> {
    let own = format!("{}-", arguments.reach.bucket_prefix);
    let run = arguments.run.trim_end_matches('-');
    // A run's id is long; a short one would take away what is nobody's to take.
    let id = run.strip_prefix(&own).unwrap_or(run);
    if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(Failed::usage(format!(
            "`{}` is no run: write what the report says under `left_behind`, such as {own}1a2b3c4d; \
             with --bucket-prefix if the run had one",
            arguments.run
        )));
    }
    let mut target = connect(&arguments.reach, Purpose::Clean)?;
    target.plan.prefix = format!("{own}{id}-");
    let left = tidy(&target, 0);
    for behind in &left {
        say!("{}", line(behind));
    }
    if target.plan.terms.watch.is_interrupted() {
        return Ok(Code::Interrupted);
    }
    Ok(if left.is_empty() {
        Code::AsExpected
    } else {
        Code::CleanUpIncomplete
    })
}

/// One thing that is left, in a line.
fn line(behind: &LeftBehind) -> String {
    let parts = [Some(&behind.bucket), behind.key.as_ref(), behind.version.as_ref()];
    let place: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
    let until = behind
        .until
        .as_ref()
        .map_or_else(String::new, |until| format!(", until {until}"));
    format!("{}: {}{until}", place.join(" "), behind.reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clean_up_waits_for_what_ends_soon_whatever_else_is_left() {
        let left = |until: Option<&str>| LeftBehind {
            until: until.map(str::to_owned),
            ..LeftBehind::default()
        };
        let now = parse_iso8601("2030-01-01T00:00:00.000Z").map_or(0, |time| time.0);
        let near = left(Some("2030-01-01T00:00:20.000Z"));
        let edge = left(Some("2030-01-01T00:02:00.000Z"));
        let far = left(Some("2030-01-02T00:00:00.000Z"));
        let never = left(None);
        let soon = |left: &[&LeftBehind]| {
            let left: Vec<LeftBehind> = left.iter().map(|one| (*one).clone()).collect();
            soon(&left, now, 120_000)
        };
        assert_eq!(soon(&[&near]), Some(22_000));
        assert_eq!(soon(&[&near, &edge]), Some(122_000));
        assert_eq!(soon(&[&far, &near, &never]), Some(22_000));
        assert_eq!(soon(&[&far, &never]), None);
    }
}
