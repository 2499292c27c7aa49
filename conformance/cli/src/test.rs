//! `bucketlaw test`: runs the suite at an endpoint and judges what happens.

use std::collections::BTreeSet;
use std::hash::Hasher;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bucketlaw_conformance::exit::Code;
use bucketlaw_conformance::explore;
use bucketlaw_conformance::history::History;
use bucketlaw_conformance::judge::{Judgement, judge, judge_while};
use bucketlaw_conformance::race;
use bucketlaw_conformance::report::{self, Partition, Report};
use bucketlaw_conformance::retry;
use bucketlaw_conformance::run;
use bucketlaw_conformance::suite::{self, Entry, Tier, stand_in};
use bucketlaw_conformance::target::deviation;
use bucketlaw_conformance::verdicts;
use bucketlaw_conformance::verdicts::kinds::{self, QUICK};
use bucketlaw_model::check::domains;
use bucketlaw_model::clause;
use bucketlaw_model::describe;
use bucketlaw_model::law::Law;
use fnv::FnvHasher;

use crate::Failed;
use crate::connect::{Purpose, Reach, Target, connect, tidy};
use crate::fail_fast;
use crate::folder;
use crate::judging::{code_of, law};
use crate::output::{self, say, tell};
use crate::progress::Progress;
use crate::selection::Selection;

/// The options of `test`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    reach: Reach,
    #[command(flatten)]
    selection: Selection,
    /// Accepts only our branch where S3 is undocumented.
    #[arg(long)]
    strict: bool,
    /// Tells facets that many routes share on one route of each kind (read, write, delete, entry, list, setting) instead of on
    /// each: a sixth fewer requests.
    #[arg(long, conflicts_with = "full")]
    quick: bool,
    /// Tells every facet on every route. So does a run without it for now; a script that needs it says so.
    #[arg(long)]
    full: bool,
    /// The seed of the run, which orders the programs.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Runs one part of the programs; the reports are put together by `bucketlaw report merge`.
    #[arg(long, value_name = "hash:K/N")]
    partition: Option<Partition>,
    /// Explores for so many seconds after the suite: random programs over the worlds of the law, shrunk where they fail.
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    explore: u64,
    /// Seconds that the shrinking of one failed program may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 20)]
    shrink_seconds: u64,
    /// Ends at the first divergence that comes back and is not declared: what has begun is finished, nothing new begins.
    #[arg(long)]
    fail_fast: bool,
    /// Ends the run after so many seconds, with a report on all that ran until then.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    time_limit: Option<u64>,
    /// In how many rounds each race is run; 0 for no races.
    #[arg(long, value_name = "N", default_value_t = race::ROUNDS)]
    race_rounds: usize,
    /// Lists the programs that would run, and runs nothing.
    #[arg(long)]
    list: bool,
    /// Where report.json, report.html, junit.xml, history.ndjson and failures/ are written.
    #[arg(long, value_name = "DIR", default_value = ".bucketlaw")]
    out: PathBuf,
    /// Leaves the buckets of the run where they are.
    #[arg(long)]
    no_clean: bool,
    /// Prints the deviations of the run as they would be declared in the target file.
    #[arg(long)]
    write_deviations: bool,
}

impl Arguments {
    /// How much of the suite runs.
    fn tier(&self) -> Tier {
        if self.quick { Tier::Quick } else { Tier::default() }
    }
}

/// Runs and judges the suite.
pub(crate) fn run(arguments: &Arguments) -> Result<Code, Failed> {
    let entries = selected(arguments)?;
    if arguments.list {
        for entry in &entries {
            let paths: Vec<&str> = entry.paths().collect();
            say!("{}  {}  {}", entry.id, paths.join(" = "), entry.tells.join(" "));
        }
        return Ok(Code::AsExpected);
    }
    folder::prepare(&arguments.out)?;
    let law = law(arguments.strict);
    let entries = race::rounds(entries, arguments.race_rounds);
    let mut target = connect(
        &arguments.reach,
        Purpose::Run(entries.len()),
        Some(&arguments.out),
    )?;
    let started = jiff::Timestamp::now();
    begin(arguments, &mut target);
    let entries = stand_in::replace(entries, target.session.lacking());
    let progress = Progress::start(&target.plan.terms.watch);
    let ran = send(arguments, &target, &law, entries, &progress)?;
    let mut report = Report::new(target.report.clone(), law_of_report(&law), arguments.seed);
    report.started = started.to_string();
    report.seconds = ran.seconds;
    report.requests = ran.requests;
    if target.embedded.is_none() && !arguments.no_clean {
        report.left_behind = tidy(&target, arguments.reach.max_retention, &progress);
    }
    let watch = &target.plan.terms.watch;
    report.scope.crashed = watch.gone();
    report.crashes = watch.crashes().into_iter().map(Into::into).collect();
    report.scope.partition = arguments.partition.clone();
    report.scope.selection = arguments.selection.words();
    if arguments.tier() == Tier::Quick {
        report.scope.selection.push(QUICK.to_owned());
    }
    if let Some(seconds) = arguments.time_limit.filter(|_| ran.timed_out) {
        report.scope.selection.push(format!("--time-limit {seconds}"));
    }
    if ran.cut {
        report.scope.selection.push("--fail-fast".to_owned());
    }
    let mut histories = ran.histories;
    progress.uncounted("judging what was answered");
    let judgements = judge_while(&law, &ran.entries, &histories, &|| watch.may_judge());
    report.scope.interrupted = watch.is_interrupted();
    race::refuted_first(&mut histories, &judgements);
    let (entries, judgements) = retry::together(ran.entries, judgements);
    verdicts::assemble(&entries, &judgements).put_into(&mut report);
    if arguments.tier() == Tier::Quick && arguments.partition.is_none() {
        kinds::note(&mut report.clauses);
    }
    let strict = if arguments.strict { " --strict" } else { "" };
    let replay = format!("bucketlaw replay{}{strict}", arguments.reach.words());
    folder::name_replays(&mut report, &replay, &arguments.out);
    deviation::apply(&mut report, &target.deviations);
    report.settle();
    drop(progress);
    // What was found is told also where there is no room to write it.
    let written = folder::write(&arguments.out, &report, &histories, &target.session.region);
    let code = code_of(&report, &judgements);
    let more = [race::summary(&entries, &judgements), ran.explored];
    tell(arguments, &report, code, &more, written.is_ok());
    written?;
    Ok(code)
}

/// Sets what ends the run, and what becomes of what it makes.
fn begin(arguments: &Arguments, target: &mut Target) {
    let terms = &mut target.plan.terms;
    if let Some(seconds) = arguments.time_limit {
        terms.watch.limit(Duration::from_secs(seconds));
    }
    if target.embedded.is_none() {
        terms.remove = !arguments.no_clean;
    }
}

/// What was sent, and what happened.
struct Sent {
    entries: Vec<Entry>,
    histories: Vec<History>,
    seconds: f64,
    requests: u64,
    /// Whether it ended at its first divergence.
    cut: bool,
    /// Whether it ended at its time limit.
    timed_out: bool,
    /// What exploring came to, in a line.
    explored: Option<String>,
}

/// Runs the programs, what failed once more, and then explores.
fn send(
    arguments: &Arguments,
    target: &Target,
    law: &Law,
    mut entries: Vec<Entry>,
    progress: &Progress,
) -> Result<Sent, Failed> {
    let clock = Instant::now();
    let watch = &target.plan.terms.watch;
    let mut histories = ran(arguments, target, law, &entries, progress);
    let cut = watch.is_stopped();
    // What failed beside the first divergence is run again too.
    watch.resume();
    if watch.ended().is_none() {
        progress.uncounted("running again what failed");
        let (failed, again) = retry::again(&target.session, &target.plan, law, &entries, &histories);
        entries.extend(failed);
        histories.extend(again);
    }
    let mut requests: usize = histories.iter().map(|history| history.steps.len()).sum();
    let mut words = None;
    if arguments.explore > 0 && !cut && watch.ended().is_none() {
        let explored = explore(arguments, target, law, progress)?;
        requests += explored.requests;
        words = Some(format!(
            "explored {} programs, {} requests, {} failed",
            explored.programs,
            explored.requests,
            explored.failed.len()
        ));
        let (found, shown): (Vec<Entry>, Vec<History>) = explored
            .failed
            .into_iter()
            .map(|(entry, history, _)| (entry, history))
            .unzip();
        entries.extend(found.iter().cloned());
        histories.extend(shown.iter().cloned());
        if watch.ended().is_none() {
            let (failed, again) = retry::again(&target.session, &target.plan, law, &found, &shown);
            entries.extend(failed);
            histories.extend(again);
        }
    }
    Ok(Sent {
        entries,
        histories,
        seconds: clock.elapsed().as_secs_f64(),
        requests: u64::try_from(requests).unwrap_or(u64::MAX),
        cut,
        timed_out: watch.time_left().is_some_and(|left| left.is_zero()),
        explored: words,
    })
}

/// Prints the result: the summary, lines about what is in no report, and deviations that can be declared.
fn tell(arguments: &Arguments, report: &Report, code: Code, more: &[Option<String>], is_written: bool) {
    let options = report::terminal::Options {
        folder: is_written.then(|| arguments.out.display().to_string()),
        code: Some(code),
        least: arguments.selection.least(),
        ..report::terminal::Options::detect()
    };
    output::write(&report::terminal::summary(report, &options));
    for line in more.iter().flatten() {
        say!("{line}");
    }
    if arguments.write_deviations {
        let day = report.started.split('T').next().unwrap_or_default();
        output::write(&deviation::draft(report, day));
    }
    if let Some(what) = &report.scope.crashed {
        tell!(
            "bucketlaw: the target crashed during the run: {what}; see its log, start it again and run again (the report is partial)"
        );
    }
}

/// Runs the programs, up to the first divergence if that is asked for.
fn ran(
    arguments: &Arguments,
    target: &Target,
    law: &Law,
    entries: &[Entry],
    progress: &Progress,
) -> Vec<History> {
    progress.stage("programs", entries.len());
    let done = AtomicUsize::new(0);
    run::run_each(&target.session, &target.plan, entries, &|entry, history| {
        if arguments.fail_fast {
            fail_fast::look(target, law, entry, history);
        }
        progress.done(done.fetch_add(1, Ordering::Relaxed) + 1);
    })
}

/// What exploring came to.
struct Explored {
    programs: usize,
    requests: usize,
    failed: Vec<(Entry, History, Judgement)>,
}

/// How many explored programs run at a time before they are judged.
const BATCH: usize = 200;

/// Runs random programs until the time is over, and shrinks those that fail.
fn explore(
    arguments: &Arguments,
    target: &Target,
    law: &Law,
    progress: &Progress,
) -> Result<Explored, Failed> {
    progress.stage(
        "seconds of exploring",
        usize::try_from(arguments.explore).unwrap_or(usize::MAX),
    );
    let mut kept = folder::Explored::create(&arguments.out)?;
    let worlds = domains::explored().map_err(|what| Failed(Code::Bug, what))?;
    let mut numbers = explore::Numbers::new(arguments.seed);
    let mut failures = explore::Failures::default();
    let mut explored = Explored {
        programs: 0,
        requests: 0,
        failed: Vec::new(),
    };
    let begin = Instant::now();
    let end = begin + Duration::from_secs(arguments.explore);
    while Instant::now() < end && target.plan.terms.watch.ended().is_none() {
        progress.done(usize::try_from(begin.elapsed().as_secs()).unwrap_or(usize::MAX));
        let batch: Vec<Entry> = (0..BATCH)
            .filter_map(|_| explore::next(&worlds, &mut numbers))
            .collect();
        let histories = run::run(&target.session, &target.plan, &batch, &|_| {});
        let mut passed = Vec::new();
        for (entry, history) in batch.into_iter().zip(histories) {
            explored.programs += 1;
            explored.requests += history.steps.len();
            if target.plan.terms.watch.is_interrupted() {
                // `bucketlaw judge` can do it later.
                passed.push(history);
                continue;
            }
            let judgement = judge(law, &history, &[]);
            if !failures.is_one(&judgement) {
                passed.push(history);
                continue;
            }
            let deadline = Instant::now() + Duration::from_secs(arguments.shrink_seconds);
            let (session, plan) = (&target.session, &target.plan);
            let whole = history.clone();
            let shrunk = explore::shrink(session, plan, law, (entry, history, judgement), deadline);
            if shrunk.1.id != whole.id {
                passed.push(whole);
            }
            explored.failed.push(shrunk);
        }
        kept.keep(&passed);
    }
    Ok(explored)
}

pub(crate) fn law_of_report(law: &Law) -> report::Law {
    let named = |facet: &clause::FacetId, branch: &u8| (facet.to_string(), describe::branch(*facet, *branch));
    report::Law {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        hash: format!("{:016x}", law.hash()),
        clauses: clause::all().count(),
        in_force: clause::all().filter(|clause| clause.in_force()).count(),
        repealed: law
            .repealed()
            .iter()
            .map(|(facet, route)| format!("{facet}@{route}"))
            .collect(),
        branches: law
            .fixed()
            .iter()
            .map(|(facet, branch)| named(facet, branch))
            .collect(),
    }
}

/// The programs of the suite that the arguments name, in the order of the seed.
fn selected(arguments: &Arguments) -> Result<Vec<Entry>, Failed> {
    let known = suite::embedded().map_err(|error| Failed(Code::Bug, error.to_string()))?;
    let chosen = arguments.selection.among(&known)?;
    let in_part = |entry: &Entry| {
        arguments
            .partition
            .as_ref()
            .is_none_or(|partition| partition.takes(&entry.id))
    };
    let tier = arguments.tier();
    let mut entries: Vec<Entry> = known
        .iter()
        .filter(|entry| tier.takes(entry))
        .filter_map(|entry| chosen.take(entry.clone()))
        .collect();
    // What is left out is no control of others either.
    let left_out: BTreeSet<&str> = known
        .iter()
        .filter(|entry| chosen.leaves_out(entry))
        .map(|entry| entry.id.as_str())
        .collect();
    let beside = verdicts::beside(&entries);
    entries.extend(
        beside
            .into_iter()
            .filter(|entry| !left_out.contains(entry.id.as_str())),
    );
    entries.retain(in_part);
    // Equal seeds give equal orders on every machine.
    let mix = |id: &str| {
        let mut hasher = FnvHasher::default();
        hasher.write(&arguments.seed.to_le_bytes());
        hasher.write(id.as_bytes());
        hasher.finish()
    };
    entries.sort_by_key(|entry| (!entry.program.waits(), mix(&entry.id)));
    Ok(entries)
}
