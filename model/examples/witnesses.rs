//! Searches the witnesses in all worlds and prints which facets on which routes nothing tells.
//!
//! `cargo run --release -p bucketlaw-model --example witnesses [-- all]`; with an argument the programs are printed too.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a tool for people who add clauses"
)]

use bucketlaw_model::check::{domains, witness};

fn main() -> Result<(), String> {
    let print = std::env::args().nth(1).is_some();
    let marked = witness::marked();
    let mutants: Vec<witness::Mutant> = witness::mutants()
        .into_iter()
        .chain(marked.keys().copied())
        .collect();
    let mut start = std::time::Instant::now();
    let survey = witness::survey(&domains::searched()?, mutants.iter().copied(), |domain, found| {
        let (requests, told) = (domain.requests.len(), found.programs.len());
        println!(
            "{}: {requests} requests, {} states, {told} told, {:?}",
            domain.name,
            found.states,
            start.elapsed()
        );
        start = std::time::Instant::now();
    });
    if print {
        for ((facet, route), program) in &survey.programs {
            println!("\n{facet}@{route}\n{program}");
        }
    }
    println!("{} of {} told", survey.programs.len(), mutants.len());
    for ((facet, route), why) in &survey.silent {
        let reason = marked.get(&(*facet, *route)).unwrap_or(&"missing");
        println!("{facet}@{route} {why}: {reason}");
    }
    Ok(())
}
