//! Clean-up: what a run made is taken away again, at its end or by `bucketlaw clean`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bucketlaw_conformance::clean::{self, Cleaner, Left, UNLISTED, ledger, made};
use bucketlaw_conformance::exit::Code;
use bucketlaw_conformance::history;
use bucketlaw_conformance::race;
use bucketlaw_conformance::report::{KeptBy, LeftBehind};
use bucketlaw_conformance::retry;
use bucketlaw_conformance::run::{Compliance, LAST_DATE, MOST_AGAIN};
use bucketlaw_conformance::suite::{self, stand_in};
use bucketlaw_model::observed::parse_iso8601;

use super::{Purpose, Reach, Target, connect};
use crate::Failed;
use crate::folder;
use crate::output::{say, tell};
use crate::progress::Progress;

/// How long after an interrupt the clean-up may last; what is left then is named.
const FINISHING: Duration = Duration::from_millis(6500);

/// How long is waited before each further attempt at buckets that are not empty although they show nothing.
const PATIENCE: [Duration; 4] = [
    Duration::from_millis(500),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
];

/// Removes what the run made. Waits out short retention, unless the user is in a hurry, and returns what stays.
pub(crate) fn tidy(target: &Target, max_retention: u64, progress: &Progress) -> Vec<LeftBehind> {
    let terms = &target.plan.terms;
    terms.watch.finish_within(FINISHING);
    let mut left = once(target, progress, true);
    if wait_for(&left, target, max_retention, progress) {
        left = once(target, progress, true);
    }
    if terms.compliance != Compliance::Any {
        let session = &target.session;
        let longest = longest(max_retention);
        charge(&mut left, session.client.now() + session.skew + longest);
    }
    left
}

/// How long a lock may last that a program makes, in milliseconds; a day's lock apart.
fn longest(max_retention: u64) -> i64 {
    let unit = i64::try_from(max_retention.saturating_mul(1000)).unwrap_or(i64::MAX);
    unit.saturating_mul(LAST_DATE)
}

/// Charges the target with locks that last longer than any that the programs asked for.
fn charge(left: &mut [LeftBehind], last: i64) {
    for behind in left
        .iter_mut()
        .filter(|behind| behind.kept_by == Some(KeptBy::Lock))
    {
        let until = behind.until.as_deref().and_then(parse_iso8601);
        if until.is_some_and(|until| until.0 > last) {
            behind.kept_by = Some(KeptBy::Target);
            behind.reason = format!("{}, by a lock that no program asked for", behind.reason);
        }
    }
}

/// Tries once to remove all that is left; `recorded` says whether the ledger of the run is at hand.
fn once(target: &Target, progress: &Progress, recorded: bool) -> Vec<LeftBehind> {
    let plan = &target.plan;
    let known = plan.terms.ledger.left();
    progress.stage("buckets of the clean-up", known.buckets.len());
    let left = with_cleaner(target, progress, recorded, |cleaner| cleaner.clean(&known));
    let stay = clean::names(&left);
    let gone = |name: &&String| !stay.contains(name.as_str());
    let ledger = &plan.terms.ledger;
    known
        .buckets
        .keys()
        .filter(gone)
        .for_each(|name| ledger.gone(name));
    known
        .users
        .iter()
        .filter(gone)
        .for_each(|name| ledger.user_gone(name));
    left
}

/// Does something with what removes the buckets of a target.
fn with_cleaner<T>(
    target: &Target,
    progress: &Progress,
    recorded: bool,
    act: impl FnOnce(&Cleaner<'_>) -> T,
) -> T {
    let seen = |done: usize, all: usize| {
        if done == 1 {
            progress.stage("buckets of the clean-up", all);
        }
        progress.done(done);
    };
    act(&Cleaner {
        session: &target.session,
        prefix: &target.plan.prefix,
        jobs: target.plan.jobs,
        recorded,
        patience: &PATIENCE,
        looks_first: false,
        watch: &target.plan.terms.watch,
        seen: &seen,
    })
}

/// Waits until what is left can be removed, as far as that is soon; whether it is worth trying again.
fn wait_for(left: &[LeftBehind], target: &Target, max_retention: u64, progress: &Progress) -> bool {
    let terms = &target.plan.terms;
    if left.is_empty() || terms.watch.is_interrupted() || terms.watch.gone().is_some() {
        return false;
    }
    let session = &target.session;
    let now = session.client.now() + session.skew;
    let wait = match soon(left, now, longest(max_retention)) {
        Some(wait) => wait.max(terms.settle),
        // What is not seen everywhere yet looks as if it were not empty.
        None if terms.settle > 0 => terms.settle,
        None => return false,
    };
    let limit = terms.watch.time_left();
    if limit.is_some_and(|limit| limit.as_millis() < u128::try_from(wait).unwrap_or(0)) {
        return false;
    }
    if wait > MARGIN {
        tell!(
            "waiting {} s until what is left can be removed ({} things)",
            wait / 1000,
            left.len()
        );
    }
    let seconds = |wait: i64| usize::try_from(wait / 1000).unwrap_or(0);
    progress.stage("seconds until locks end", seconds(wait));
    let begin = session.client.now();
    while session.client.now() < begin + wait {
        progress.done(seconds(session.client.now() - begin));
        if terms.watch.is_interrupted() {
            return false;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    true
}

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
    /// The folder of the run, whose record says what was made where the endpoint does not list it.
    #[arg(long, value_name = "DIR", default_value = ".bucketlaw")]
    out: PathBuf,
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
    let mut target = connect(&arguments.reach, Purpose::Clean, None)?;
    target.plan.prefix = format!("{own}{id}-");
    let progress = Progress::start(&target.plan.terms.watch);
    let record = record(&arguments.out, &target.plan.prefix);
    let ledger = &target.plan.terms.ledger;
    if let Some((record, place)) = &record {
        ledger.note(&record.buckets);
        record.users.iter().for_each(|user| ledger.note_user(user));
        if let Some(place) = place {
            ledger
                .go_on_in(place)
                .map_err(|error| folder::cannot_write(place, &error))?;
        }
    }
    let mut left = once(&target, &progress, record.is_some());
    if left.iter().any(|behind| behind.bucket.ends_with(UNLISTED)) {
        left = guess(&target, &progress)?;
    }
    drop(progress);
    let of_earlier = record
        .and_then(|(_, place)| place)
        .filter(|place| !place.ends_with(folder::MADE));
    if let Some(place) = of_earlier.filter(|_| ledger.left() == Left::default()) {
        std::fs::remove_file(&place).map_err(|error| folder::cannot_write(&place, &error))?;
    }
    for behind in &left {
        say!("{}", line(behind));
    }
    if left.is_empty() {
        tell!("nothing is left of the run {run}");
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

/// What the folder of a run says that it left, if it is the folder of that run, and the file that says so if it is the one
/// for that.
fn record(folder: &Path, prefix: &str) -> Option<(Left, Option<PathBuf>)> {
    let run = prefix.trim_end_matches('-');
    for place in [folder.join(folder::MADE), folder::made_by(folder, run)] {
        let text = std::fs::read_to_string(&place).ok();
        if let Some(left) = text.and_then(|text| ledger::read(&text, run)) {
            return Some((left, Some(place)));
        }
    }
    let file = File::open(folder.join(folder::HISTORY)).ok()?;
    let histories = history::read(BufReader::new(file)).ok()?;
    let of_run = histories
        .iter()
        .filter(|history| history.bucket_prefix.starts_with(prefix));
    let left = Left {
        buckets: of_run.flat_map(made::made).collect(),
        ..Left::default()
    };
    (!left.buckets.is_empty()).then_some((left, None))
}

/// Removes buckets by the names that the run's programs give theirs, where nothing says which there are.
fn guess(target: &Target, progress: &Progress) -> Result<Vec<LeftBehind>, Failed> {
    /// How often a program runs at the most that is no race: what fails is run again, and what the target died under begins
    /// again.
    const ATTEMPTS: usize = retry::TRIES + MOST_AGAIN as usize;
    let known = suite::embedded().map_err(|error| Failed(Code::Bug, error.to_string()))?;
    let mut buckets = BTreeMap::new();
    let programs = stand_in::replace(known.clone(), target.session.lacking());
    for entry in race::rounds(known.into_iter().chain(programs).collect(), 1) {
        let attempts = if entry.program.races() {
            ATTEMPTS + race::ROUNDS
        } else {
            ATTEMPTS
        };
        for attempt in 0..attempts {
            let prefix = format!("{}{}-{attempt:x}-", target.plan.prefix, entry.id);
            buckets.extend(made::likely(&entry.program, &prefix));
        }
    }
    buckets.insert(
        format!("{}preflight", target.plan.prefix),
        clean::Contents::default(),
    );
    tell!(
        "the endpoint does not list its buckets, and there is no record of the run here (--out DIR): \
         {} names are tried that programs of the suite may have used; what --explore made only the record knows",
        buckets.len()
    );
    Ok(with_cleaner(target, progress, true, |cleaner| {
        let cleaner = Cleaner {
            looks_first: true,
            ..*cleaner
        };
        cleaner.remove(&buckets)
    }))
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
    fn the_target_is_charged_with_locks_that_nobody_asked_for() {
        let left = |until: &str, kept_by| LeftBehind {
            until: Some(until.to_owned()),
            reason: "DELETE answered 403".to_owned(),
            kept_by: Some(kept_by),
            ..LeftBehind::default()
        };
        let last = parse_iso8601("2030-01-01T00:02:00.000Z").map_or(0, |time| time.0);
        let mut all = [
            left("2030-01-01T00:01:00.000Z", KeptBy::Lock),
            left("2030-01-02T00:00:00.000Z", KeptBy::Lock),
        ];
        charge(&mut all, last);
        assert_eq!(all[0].kept_by, Some(KeptBy::Lock));
        assert_eq!(all[1].kept_by, Some(KeptBy::Target));
        assert!(all[1].reason.ends_with("by a lock that no program asked for"));
    }

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
