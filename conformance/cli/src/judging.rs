//! `bucketlaw judge`, `bucketlaw replay` and `bucketlaw report merge`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use bucketlaw_conformance::exit::Code;
use bucketlaw_conformance::history::{self, History};
use bucketlaw_conformance::judge::{Ending, Judgement, all_allowed, judge as judge_history, judge_all};
use bucketlaw_conformance::race;
use bucketlaw_conformance::report::{self, Report, Severity};
use bucketlaw_conformance::retry;
use bucketlaw_conformance::run::run;
use bucketlaw_conformance::suite::{self, Entry};
use bucketlaw_conformance::verdicts::consequences::derive;
use bucketlaw_conformance::verdicts::kinds::{self, QUICK};
use bucketlaw_conformance::verdicts::{Assembled, assemble, beside};
use bucketlaw_model::law::Law;
use bucketlaw_model::policy::glob;
use bucketlaw_model::program::Program;

use crate::Failed;
use crate::connect::{Purpose, Reach, connect, tidy};
use crate::folder;
use crate::output::{self, say, tell};
use crate::progress::Progress;
use crate::selection::{Selection, read_report};
use crate::test::law_of_report;

/// The options of `judge`.
#[derive(Debug, clap::Args)]
pub(crate) struct JudgeArguments {
    /// A history.ndjson that a run wrote.
    history: PathBuf,
    #[command(flatten)]
    selection: Selection,
    /// Accepts only our branch where S3 is undocumented.
    #[arg(long)]
    strict: bool,
    /// Judges by the law without these facets.
    #[arg(long, value_name = "ID[/FACET][@ROUTE]")]
    repeal: Vec<String>,
    /// Where the report is written, and all that `test` writes besides; nowhere if it is left out.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// The options of `replay`.
#[derive(Debug, clap::Args)]
pub(crate) struct ReplayArguments {
    #[command(flatten)]
    reach: Reach,
    /// Accepts only our branch where S3 is undocumented.
    #[arg(long)]
    strict: bool,
    /// A file of programs, or FILE#NAME for those of a file of several; the name may be a glob.
    #[arg(value_name = "FILE[#NAME]")]
    program: PathBuf,
}

/// What can be done with reports.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum ReportCommand {
    /// Puts the reports of the parts of a run together.
    Merge {
        /// The report.json of each part.
        reports: Vec<PathBuf>,
        /// Where the merged report is written.
        #[arg(long, value_name = "DIR", default_value = ".bucketlaw")]
        out: PathBuf,
    },
}

/// The law that a command judges by.
pub(crate) fn law(strict: bool) -> Law {
    if strict { Law::strict() } else { Law::full() }
}

/// Judges a recorded history again.
pub(crate) fn judge(arguments: &JudgeArguments) -> Result<Code, Failed> {
    let path = arguments.history.display();
    let file = File::open(&arguments.history)
        .map_err(|error| Failed::usage(format!("{path}: {error}; name the history.ndjson of a run")))?;
    let histories =
        history::read(BufReader::new(file)).map_err(|error| Failed::usage(format!("{path}: {error}")))?;
    if histories.is_empty() {
        return Err(Failed::usage(format!(
            "{path}: there is no history in it; name the history.ndjson of a run that sent something"
        )));
    }
    let mut law = law(arguments.strict);
    for words in &arguments.repeal {
        law = law.repeal(words).map_err(Failed::usage)?;
    }
    if let Some(out) = &arguments.out {
        folder::prepare(out)?;
    }
    let (entries, mut kept) = selected(arguments, histories)?;
    let judgements = judge_all(&law, &entries, &kept);
    race::refuted_first(&mut kept, &judgements);
    let (entries, judgements) = retry::together(entries, judgements);
    let mut report = assembled(&law, &entries, &judgements);
    let written = arguments.out.as_ref().map_or(Ok(()), |out| {
        folder::name_replays(&mut report, "bucketlaw replay", out);
        folder::write(out, &report, &kept, &folder::region_of(&kept))
    });
    // What was found is told also where there is no room to write it.
    let told = arguments.out.as_deref().filter(|_| written.is_ok());
    let told = (told, arguments.selection.least());
    let code = print(&report, told, &entries, &judgements);
    written?;
    Ok(code)
}

/// The histories that the selection takes, with their programs.
fn selected(
    arguments: &JudgeArguments,
    histories: Vec<History>,
) -> Result<(Vec<Entry>, Vec<History>), Failed> {
    let path = arguments.history.display();
    let known = suite::embedded().map_err(|error| Failed(Code::Bug, error.to_string()))?;
    let chosen = arguments.selection.among(&known)?;
    // A race comes with the run of its requests one after the other, without which it convicts nobody.
    let races = known.iter().filter(|entry| entry.program.races());
    let controls: BTreeMap<String, &Entry> = races
        .map(|race| (race::one_after_the_other(race).id, race))
        .collect();
    let named: Vec<Entry> = known
        .iter()
        .filter_map(|entry| chosen.take(entry.clone()))
        .collect();
    let beside = beside(&named);
    let mut taken = (Vec::new(), Vec::new());
    for (at, history) in histories.into_iter().enumerate() {
        let entry = match known.iter().find(|entry| entry.id == history.id) {
            Some(entry) => entry.clone(),
            None => entry(&history.program, &format!("{path}, line {}: the program", at + 1))?,
        };
        let entry = match controls.get(&entry.id) {
            Some(race) => chosen.take((*race).clone()).map(|_| entry),
            None => {
                let control = || beside.iter().find(|control| control.id == history.id).cloned();
                chosen.take(entry).or_else(control)
            }
        };
        if let Some(entry) = entry {
            taken.0.push(entry);
            taken.1.push(history);
        }
    }
    Ok(taken)
}

fn entry(text: &str, path: &str) -> Result<Entry, Failed> {
    let program = Program::read(text).map_err(|error| Failed::usage(format!("{path}: {error}")))?;
    Ok(Entry::new(path, program))
}

/// The report of judgements without a run.
fn assembled(law: &Law, entries: &[Entry], judgements: &[Judgement]) -> Report {
    let target = report::Target {
        endpoint: "a recorded history".to_owned(),
        product: None,
        version: None,
        identities: Vec::new(),
        embedded: false,
    };
    let mut report = Report::new(target, law_of_report(law), 0);
    report.requests = judgements
        .iter()
        .map(|judgement| judgement.exchanges as u64)
        .sum();
    assemble(entries, judgements).put_into(&mut report);
    report.settle();
    report
}

fn print(
    report: &Report,
    (out, least): (Option<&Path>, Severity),
    entries: &[Entry],
    judgements: &[Judgement],
) -> Code {
    let code = code_of(report, judgements);
    let options = report::terminal::Options {
        folder: out.map(|out| out.display().to_string()),
        code: Some(code),
        least,
        ..report::terminal::Options::detect()
    };
    output::write(&report::terminal::summary(report, &options));
    if let Some(races) = race::summary(entries, judgements) {
        say!("{races}");
    }
    code
}

/// How a command ends that judged: as its report says, but that races and scenarios, which give no clause a verdict, were
/// judged all the same.
pub(crate) fn code_of(report: &Report, judgements: &[Judgement]) -> Code {
    match Code::of(report) {
        Code::NothingEvaluated if all_allowed(judgements) => Code::AsExpected,
        code => code,
    }
}

/// The programs that `replay` is to run: all of a file, or those of it that a name fits.
fn named(place: &Path) -> Result<Vec<Entry>, Failed> {
    let words = place.display().to_string();
    let (file, name) = match words.rsplit_once('#') {
        Some((file, name)) if !place.exists() => (PathBuf::from(file), Some(name)),
        Some(_) | None => (place.to_owned(), None),
    };
    let path = file.display().to_string();
    let text = std::fs::read_to_string(&file).map_err(|error| {
        Failed::usage(format!(
            "{path}: {error}; name a file of programs, such as a program.txt below failures/"
        ))
    })?;
    let mut entries = suite::read(&path, &text).map_err(|error| Failed::usage(error.to_string()))?;
    if let Some(name) = name {
        let name_of = |entry: &Entry| match entry.path.rsplit_once('#') {
            Some((_, name)) => name.to_owned(),
            None => String::new(),
        };
        let known: Vec<String> = entries.iter().map(name_of).collect();
        entries.retain(|entry| glob(name.as_bytes(), name_of(entry).as_bytes(), true));
        if entries.is_empty() {
            return Err(Failed::usage(format!(
                "{path}: no program of it is named `{name}`; it has {}",
                known.join(", ")
            )));
        }
    }
    Ok(entries)
}

/// Runs the programs of a file and judges them.
pub(crate) fn replay(arguments: &ReplayArguments) -> Result<Code, Failed> {
    let named = named(&arguments.program)?;
    let entries = race::rounds(named.clone(), race::ROUNDS);
    let target = connect(&arguments.reach, Purpose::Run(entries.len()), None)?;
    let progress = Progress::start(&target.plan.terms.watch);
    progress.stage("programs", entries.len());
    let histories = run(&target.session, &target.plan, &entries, &|done| {
        progress.done(done);
    });
    if target.embedded.is_none() {
        for behind in tidy(&target, arguments.reach.max_retention, &progress) {
            tell!("left behind: {} ({})", behind.bucket, behind.reason);
        }
    }
    drop(progress);
    if let Some(what) = target.plan.terms.watch.gone() {
        return Err(Failed(
            Code::TargetCrashed,
            format!("the target crashed during the run: {what}"),
        ));
    }
    if target.plan.terms.watch.is_interrupted() {
        return Ok(Code::Interrupted);
    }
    let law = law(arguments.strict);
    let judgements: Vec<Judgement> = entries
        .iter()
        .zip(&histories)
        .map(|(entry, history)| judge_history(&law, history, &entry.tells))
        .collect();
    let assembled = assemble(&entries, &judgements);
    say_found(&assembled);
    if let Some(races) = race::summary(&entries, &judgements) {
        say!("{races}");
    }
    let mut codes = Vec::new();
    if !assembled.findings.is_empty() {
        codes.push(Code::Divergence);
    }
    for one in &named {
        let rounds = entries.iter().zip(&judgements);
        let rounds = rounds.filter(|(entry, _)| entry.path == one.path);
        let rounds: Vec<Judgement> = rounds.map(|(_, judgement)| judgement.clone()).collect();
        codes.push(said(&one.path, &rounds)?);
    }
    // What was not evaluated counts only where nothing was.
    let order = [Code::Divergence, Code::AsExpected, Code::NothingEvaluated];
    let worst = order.into_iter().find(|code| codes.contains(code));
    worst.ok_or_else(|| Failed(Code::Bug, "nothing ran".to_owned()))
}

/// Says how one of the replayed programs ended, where no finding says it already.
fn said(path: &str, rounds: &[Judgement]) -> Result<Code, Failed> {
    let ended = race::worst(rounds);
    match ended.map(|judgement| &judgement.ending) {
        Some(Ending::Allowed) if rounds.iter().any(|judgement| !judgement.slips.is_empty()) => {
            Ok(Code::AsExpected)
        }
        Some(Ending::Allowed) => {
            say!("{path}: the law allows all of it");
            Ok(Code::AsExpected)
        }
        Some(Ending::Refuted(_)) => Ok(Code::Divergence),
        Some(Ending::Unsupported(number, said)) => {
            say!("{path}: step {number} is not supported: {said}");
            Ok(Code::NothingEvaluated)
        }
        Some(Ending::NotRun(why)) => {
            say!("{path}: {why}");
            Ok(Code::NothingEvaluated)
        }
        // A program of somebody's own may ask what the law does not rule on yet.
        Some(Ending::Inconclusive(why) | Ending::Broken(why)) => {
            say!("{path}: {why}");
            Ok(Code::NothingEvaluated)
        }
        None => Err(Failed(Code::Bug, "nothing ran".to_owned())),
    }
}

/// Prints what was found.
fn say_found(assembled: &Assembled) {
    for finding in &assembled.findings {
        say!(
            "{}\nexpected  {}\ngot       {}\n{}",
            finding.clause,
            finding.expected,
            finding.got,
            finding.explanation
        );
    }
    for one in &assembled.unowned {
        say!(
            "no clause fixes this ({})\nexpected  {}\ngot       {}\n{}",
            one.route,
            one.expected,
            one.got,
            one.what
        );
    }
}

/// Puts reports together.
pub(crate) fn report(command: &ReportCommand) -> Result<Code, Failed> {
    let ReportCommand::Merge { reports, out } = command;
    let parts: Vec<Report> = reports
        .iter()
        .map(|path| read_report(path))
        .collect::<Result<_, _>>()?;
    let mut merged = report::merge::merge(parts).map_err(Failed::usage)?;
    derive(&mut merged.clauses);
    if merged.scope.selection.iter().any(|words| words == QUICK) {
        kinds::note(&mut merged.clauses);
    }
    merged.settle();
    report::write(out, &merged).map_err(Failed::usage)?;
    output::write(&report::terminal::summary(
        &merged,
        &report::terminal::Options::detect(),
    ));
    Ok(Code::of(&merged))
}
