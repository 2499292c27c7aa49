//! Checks the theorems in a domain and prints how fast.
//!
//! `cargo run --release -p bucketlaw-model --example check -- [DOMAIN…] [--blind|--stateright] [--repeal ID|each]`
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a tool for people who add clauses"
)]

use std::num::NonZeroUsize;
use std::time::Instant;

use bucketlaw_model::check::domain::Domain;
use bucketlaw_model::check::explore::{Blind, Counts, Limits, explore};
use bucketlaw_model::check::{domains, repeal, verdict};
use bucketlaw_model::law::Law;

fn main() -> Result<(), String> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let limits = Limits::none(threads);
    let repeal = arguments.iter().skip_while(|word| *word != "--repeal").nth(1);
    if repeal.is_some_and(|words| words == "each") {
        return table(limits);
    }
    let law = match repeal {
        Some(words) => Law::full().repeal(words).map_err(|error| error.to_string())?,
        None => Law::full(),
    };
    let mut all = domains::checked()?;
    all.extend(domains::small()?);
    all.push(domains::wide()?);
    for domain in all
        .iter()
        .filter(|domain| arguments.iter().any(|name| name == domain.name))
    {
        if arguments.iter().any(|word| word == "--blind") {
            let start = Instant::now();
            let explored = explore(&law, domain, limits, || Blind, |_| true);
            speed(domain, &explored.counts, start);
        }
        #[cfg(feature = "stateright")]
        if arguments.iter().any(|word| word == "--stateright") {
            let start = Instant::now();
            let found = bucketlaw_model::check::stateright::check(&law, domain, threads.get());
            println!("stateright: {found:?}, {:?}", start.elapsed());
            continue;
        }
        let start = Instant::now();
        let verdict = verdict::check(&law, domain, limits, |_| true);
        speed(domain, &verdict.counts, start);
        for finding in &verdict.theorems {
            let word = if finding.broken.is_some() {
                "BROKEN"
            } else {
                "holds"
            };
            println!("  {word:6} {:12} {}", finding.cases, finding.theorem);
        }
        for (theorem, trace) in verdict.broken() {
            println!("\n{theorem}\n{}", trace.program);
        }
    }
    Ok(())
}

fn speed(domain: &Domain, counts: &Counts, start: Instant) {
    let micros = u64::try_from(start.elapsed().as_micros())
        .unwrap_or(u64::MAX)
        .max(1);
    println!(
        "{}: {} requests, {} states, {} generated, {} steps, depth {}, {:?}, {} steps/s, {} states/s",
        domain.name,
        domain.requests.len(),
        counts.unique,
        counts.generated,
        counts.steps,
        counts.depth,
        start.elapsed(),
        counts.steps * 1_000_000 / micros,
        u64::try_from(counts.unique).unwrap_or(u64::MAX) * 1_000_000 / micros,
    );
}

fn table(limits: Limits) -> Result<(), String> {
    let start = Instant::now();
    let rows = repeal::each(&domains::small()?, limits, |_, _| true);
    for row in &rows {
        let names: Vec<&str> = row.breaks.iter().map(|broken| broken.theorem.name()).collect();
        let words = match (row.asked, names.is_empty()) {
            (false, _) => "never asked".to_owned(),
            (true, true) => "witness only".to_owned(),
            (true, false) => names.join(", "),
        };
        println!("{}@{}: {words}", row.facet, row.route);
    }
    let broken = rows.iter().filter(|row| !row.breaks.is_empty()).count();
    println!(
        "{broken} of {} break a theorem, {:?}",
        rows.len(),
        start.elapsed()
    );
    Ok(())
}
