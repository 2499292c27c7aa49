//! Clean-up: what a run made is taken away again, at its end or by `bucketlaw clean`.

use std::time::Duration;

use bucketlaw_conformance::clean::{clean, until};
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

/// Waits until what is left can be removed; whether it is worth trying again.
fn wait_for(left: &[LeftBehind], target: &Target, max_retention: u64) -> bool {
    let terms = &target.plan.terms;
    if left.is_empty() || terms.watch.is_interrupted() {
        return false;
    }
    let session = &target.session;
    let until = until(left).and_then(parse_iso8601);
    let until = until.map(|last| last.0 - session.client.now() - session.skew + 2000);
    // The farthest date of a program is a few units away.
    let patience = i64::try_from(max_retention.saturating_mul(5000)).unwrap_or(i64::MAX);
    let wait = match until {
        Some(wait) if wait <= patience => wait.max(terms.settle),
        // What is not seen everywhere yet looks as if it were not empty.
        _ if terms.settle > 0 => terms.settle,
        _ => return false,
    };
    if wait > 2000 {
        eprintln!(
            "waiting {} s until {} things that are left can be removed",
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
