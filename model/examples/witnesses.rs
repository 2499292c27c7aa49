//! Searches the witnesses in all worlds and prints which facets on which routes nothing tells.
//!
//! `cargo run --release -p bucketlaw-model --example witnesses [-- all]`; with an argument the programs are printed too.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a tool for people who add clauses"
)]

use std::collections::BTreeSet;

use bucketlaw_model::check::{domains, witness};

fn main() -> Result<(), String> {
    let print = std::env::args().nth(1).is_some();
    let mut open: BTreeSet<witness::Mutant> = witness::mutants();
    let all = open.len();
    let mut fired = BTreeSet::new();
    for (domain, depth) in domains::searched()? {
        let start = std::time::Instant::now();
        let found = witness::search(&domain, &open, depth);
        let (requests, told) = (domain.requests.len(), found.programs.len());
        println!(
            "{}: {requests} requests, {} states, {told} told, {:?}",
            domain.name,
            found.states,
            start.elapsed()
        );
        for ((facet, route), program) in &found.programs {
            open.remove(&(*facet, *route));
            if print {
                println!("\n{facet}@{route}\n{program}");
            }
        }
        fired.extend(found.fired);
    }
    println!("{} of {all} told", all - open.len());
    let untold = |(facet, route): &witness::Mutant| {
        bucketlaw_model::clause::owner(*facet)
            .is_some_and(|(_, facet)| facet.untold.iter().any(|(on, _)| on == route))
    };
    for mutant in open.iter().filter(|mutant| !untold(mutant)) {
        let why = if fired.contains(mutant) {
            "fired without effect"
        } else {
            "never fired"
        };
        println!("missing {}@{}: {why}", mutant.0, mutant.1);
    }
    Ok(())
}
