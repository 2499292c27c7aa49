//! `bucketlaw check` and `bucketlaw explore`: the law, model-checked.

use std::io::IsTerminal;
use std::net::TcpListener;
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
    /// A domain: locks, versions, policies, or locks_wide, which takes minutes. Without one, the first three.
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
    /// A domain: locks, versions, policies or locks_wide.
    domain: String,
    /// The address of the Explorer; port 0 takes a free one.
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
        let verdict = verdict::check(&law, domain, limits, explored(domain.name));
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

/// A line on a terminal that says how far the work is, and goes when it is done; nothing elsewhere.
struct Progress(bool);

impl Progress {
    fn new() -> Progress {
        Progress(std::io::stderr().is_terminal())
    }

    fn show(&self, words: impl std::fmt::Display) {
        if self.0 {
            eprint!("\r{words}  ");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.0 {
            eprint!("\r\x1b[K");
        }
    }
}

/// Shows how far an exploration is.
fn explored(name: &str) -> impl FnMut(&Counts) -> bool {
    let line = Progress::new();
    move |counts| {
        line.show(format_args!(
            "{name}: {} states, {} steps, depth {}",
            counts.unique, counts.steps, counts.depth
        ));
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
    theorems("BROKEN", verdict, |finding| finding.broken.is_some());
    theorems(
        "no violation in this scope, with the number of cases",
        verdict,
        |finding| finding.broken.is_none() && finding.cases > 0,
    );
    theorems("not reached in this scope", verdict, |finding| {
        finding.broken.is_none() && finding.cases == 0
    });
    for (theorem, trace) in verdict.broken() {
        say!("\n  {theorem}, broken by {} steps:", trace.program.steps.len());
        for line in trace.program.to_string().lines().skip(1) {
            say!("    {line}");
        }
    }
}

/// Prints the theorems of which one thing is to be said, below it.
fn theorems(heading: &str, verdict: &verdict::Verdict, of: impl Fn(&verdict::Finding) -> bool) {
    let mut heading = Some(heading);
    for finding in verdict.theorems.iter().filter(|finding| of(finding)) {
        if let Some(heading) = heading.take() {
            say!("  {heading}:");
        }
        let cases = match finding.cases {
            0 => String::new(),
            cases => cases.to_string(),
        };
        say!("    {cases:>9}  {}", finding.text);
    }
}

/// The small worlds in which repeals are tried: all, or the one of a domain.
fn tried(name: Option<&str>) -> Result<Vec<Domain>, Failed> {
    let mut small = domains::small().map_err(bug)?;
    let Some(name) = name else { return Ok(small) };
    let domain = |small: &Domain| small.name.trim_end_matches("_small").to_owned();
    let names: Vec<String> = small.iter().map(domain).collect();
    small.retain(|one| domain(one) == name);
    if small.is_empty() {
        return Err(Failed::usage(format!(
            "no repeals are tried in the domain `{name}`; those for `--repeal each` are: {}",
            names.join(", ")
        )));
    }
    Ok(small)
}

/// The table of repeals: which theorem breaks without each facet.
fn each(arguments: &Arguments, limits: Limits) -> Result<Code, Failed> {
    let small = tried(arguments.domain.as_deref())?;
    let line = Progress::new();
    let mut done = 0;
    let mut rows = repeal::each(&small, limits, |_, total| {
        done += 1;
        line.show(format_args!("{done} of {total} repeals"));
        true
    });
    drop(line);
    // What one domain never asks for, another may break theorems with.
    rows.retain(|row| row.asked || arguments.domain.is_none());
    if arguments.format == "json" {
        say!(
            "{}",
            serde_json::to_string_pretty(&rows).map_err(|error| bug(error.to_string()))?
        );
        return Ok(Code::AsExpected);
    }
    for row in &rows {
        let breaks: Vec<String> = row.breaks.iter().map(|one| one.theorem.to_string()).collect();
        let word = if breaks.is_empty() {
            "witness only".to_owned()
        } else {
            breaks.join(", ")
        };
        say!("{:60} {word}", format!("{}@{}", row.facet, row.route));
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
    // Stateright panics where it cannot listen, so that is tried first; it says where, if any port will do.
    let address = TcpListener::bind(&arguments.listen).and_then(|listener| listener.local_addr());
    let address = address.map_err(|error| {
        Failed::usage(format!(
            "cannot listen at `{}`: {error}; name another address with --listen HOST:PORT",
            arguments.listen
        ))
    })?;
    say!("the Explorer is at http://{address}");
    stateright::explore(&bucketlaw_model::law::Law::full(), &domain, address);
    Ok(Code::AsExpected)
}
