//! `bucketlaw check` and `bucketlaw explore`: the law, model-checked.

use std::io::IsTerminal;
use std::num::NonZeroUsize;
use std::time::Instant;

use bucketlaw_conformance::exit::Code;
use bucketlaw_model::check::domain::Domain;
use bucketlaw_model::check::explore::{Counts, Limits};
use bucketlaw_model::check::{domains, repeal, stateright, verdict};

use crate::Failed;
use crate::output::say;
use crate::serving::law;

/// The options of `check`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// A domain; all of them if none is named.
    domain: Option<String>,
    /// Checks the law without a facet, or `each` of them in turn: which theorem breaks, and how.
    #[arg(long, value_name = "ID[/FACET][@ROUTE] | each")]
    repeal: Option<String>,
    /// How the results are printed.
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = ["text", "json"])]
    format: String,
    /// How many threads explore.
    #[arg(long, value_name = "N", default_value_t = 2)]
    threads: usize,
}

/// The options of `explore`.
#[derive(Debug, clap::Args)]
pub(crate) struct ExploreArguments {
    /// The domain.
    domain: String,
    /// The address of the Explorer.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:3000")]
    listen: String,
}

fn bug(what: String) -> Failed {
    Failed(Code::Bug, what)
}

/// The domain with a name.
fn find(name: &str) -> Result<Domain, Failed> {
    let mut all = domains::checked().map_err(bug)?;
    all.push(domains::wide().map_err(bug)?);
    let names: Vec<&str> = all.iter().map(|domain| domain.name).collect();
    let unknown = Failed::usage(format!(
        "there is no domain `{name}`; the domains are: {}",
        names.join(", ")
    ));
    all.into_iter().find(|domain| domain.name == name).ok_or(unknown)
}

/// Checks domains and prints what was explored and which theorems hold there.
pub(crate) fn run(arguments: &Arguments) -> Result<Code, Failed> {
    let threads = NonZeroUsize::new(arguments.threads)
        .ok_or_else(|| Failed::usage("--threads 0: name at least one"))?;
    let limits = Limits::none(threads);
    if arguments.repeal.as_deref() == Some("each") {
        return each(arguments, limits);
    }
    let law = law(arguments.repeal.as_slice(), &[])?;
    let domains = match &arguments.domain {
        Some(name) => vec![find(name)?],
        None => domains::checked().map_err(bug)?,
    };
    let mut broken = false;
    let mut verdicts = Vec::new();
    for domain in &domains {
        let clock = Instant::now();
        let verdict = verdict::check(&law, domain, limits, progress(domain.name));
        let seconds = clock.elapsed().as_secs_f64();
        broken |= !verdict.holds();
        if arguments.format == "text" {
            print(&verdict, seconds);
        }
        verdicts.push(verdict);
    }
    if arguments.format == "json" {
        say!(
            "{}",
            serde_json::to_string_pretty(&verdicts).map_err(|error| bug(error.to_string()))?
        );
    }
    Ok(if broken {
        Code::Divergence
    } else {
        Code::AsExpected
    })
}

/// Shows how far an exploration is, on a terminal only.
fn progress(name: &str) -> impl FnMut(&Counts) -> bool {
    let shown = std::io::stderr().is_terminal();
    move |counts| {
        if shown {
            eprint!(
                "\r{name}: {} states, {} steps, depth {}  ",
                counts.unique, counts.steps, counts.depth
            );
        }
        true
    }
}

fn print(verdict: &verdict::Verdict, seconds: f64) {
    let counts = &verdict.counts;
    let steps = counts.steps as f64;
    say!("{}: {}", verdict.domain, verdict.about);
    say!(
        "  scope        {} requests at every state{}",
        verdict.requests,
        if verdict.complete {
            ", explored to the end"
        } else {
            ", cut short"
        }
    );
    say!(
        "  explored     {} states, {} transitions, {} steps, depth {}, {:.1} s, {:.2} million steps a second",
        counts.unique,
        counts.generated,
        counts.steps,
        counts.depth,
        seconds,
        steps / seconds.max(1e-9) / 1e6
    );
    for theorem in &verdict.theorems {
        let word = match (&theorem.broken, theorem.cases) {
            (Some(_), _) => "BROKEN".to_owned(),
            (None, 0) => "not reached in this scope".to_owned(),
            (None, cases) => format!("no violation in this scope ({cases} cases)"),
        };
        say!("  {:62} {word}", theorem.text);
    }
    for (theorem, trace) in verdict.broken() {
        say!("\n  {theorem:?}, broken by {} steps:", trace.program.steps.len());
        for line in trace.program.to_string().lines().skip(1) {
            say!("    {line}");
        }
    }
}

/// The table of repeals: which theorem breaks without each facet.
fn each(arguments: &Arguments, limits: Limits) -> Result<Code, Failed> {
    let small = domains::small().map_err(bug)?;
    let shown = std::io::stderr().is_terminal();
    let mut done = 0;
    let rows = repeal::each(&small, limits, |_, total| {
        done += 1;
        if shown {
            eprint!("\r{done} of {total} repeals");
        }
        true
    });
    if arguments.format == "json" {
        say!(
            "{}",
            serde_json::to_string_pretty(&rows).map_err(|error| bug(error.to_string()))?
        );
        return Ok(Code::AsExpected);
    }
    for row in &rows {
        let breaks: Vec<String> = row
            .breaks
            .iter()
            .map(|one| format!("{:?}", one.theorem))
            .collect();
        let word = if breaks.is_empty() {
            "witness only".to_owned()
        } else {
            breaks.join(", ")
        };
        say!(
            "{:48} {word}",
            format!("{}/{}@{}", row.clause, row.facet, row.route)
        );
    }
    let breaking = rows.iter().filter(|row| !row.breaks.is_empty()).count();
    say!(
        "{breaking} of {} repeals break a theorem; the others are told by witnesses only",
        rows.len()
    );
    Ok(Code::AsExpected)
}

/// Opens stateright's Explorer on a domain.
pub(crate) fn explore(arguments: &ExploreArguments) -> Result<Code, Failed> {
    let domain = find(&arguments.domain)?;
    say!("the Explorer is at http://{}", arguments.listen);
    stateright::explore(&bucketlaw_model::law::Law::full(), &domain, &arguments.listen);
    Ok(Code::AsExpected)
}
