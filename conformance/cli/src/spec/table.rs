//! `bucketlaw spec --table`: how an operation is ruled on, as on its page in `docs/operations/`.

use std::collections::BTreeSet;

use bucketlaw_conformance::exit::Code;
use bucketlaw_model::request::{Operation, Route};

use crate::Failed;
use crate::operation::{Operations, block, routes};
use crate::output::say;

/// Prints how the law rules on a route; without a name, which routes there are.
pub(super) fn show(name: &str) -> Result<(), Failed> {
    if name.is_empty() {
        list();
        return Ok(());
    }
    let route = find(name)?;
    let operations = Operations::of(&BTreeSet::from([route]))?;
    let page = block::plain(&operations.section(route))
        .map_err(|_| Failed(Code::Bug, "a page could not be set".to_owned()))?;
    say!("{}", page.trim_end());
    let forms: Vec<&str> = routes(route.row().name)
        .iter()
        .filter(|other| **other != route)
        .map(|other| other.name())
        .collect();
    if !forms.is_empty() {
        say!("\nIts other form: {}.", forms.join(", "));
    }
    say!("docs/operations/README.md says how to read this; `bucketlaw spec CLAUSE` shows a clause.");
    Ok(())
}

fn list() {
    for operation in Operation::NAMES {
        let forms: Vec<&str> = routes(operation).iter().map(|route| route.name()).collect();
        say!("{}", forms.join("  "));
    }
}

fn find(name: &str) -> Result<Route, Failed> {
    let mut all = Route::ALL.iter().copied();
    if let Some(route) = all.find(|route| route.name().eq_ignore_ascii_case(name)) {
        return Ok(route);
    }
    let wanted = name.to_lowercase();
    let alike: Vec<&str> = Route::ALL
        .iter()
        .map(|route| route.name())
        .filter(|route| is_alike(&route.to_lowercase(), &wanted))
        .collect();
    let hint = if alike.is_empty() {
        String::new()
    } else {
        format!(" Did you mean {}?", alike.join(", "))
    };
    Err(Failed::usage(format!(
        "there is no operation or call form {name}.{hint} `bucketlaw spec --table` lists all of them"
    )))
}

/// Whether somebody who writes the one may mean the other.
fn is_alike(route: &str, wanted: &str) -> bool {
    let (shorter, longer) = if route.len() < wanted.len() {
        (route, wanted)
    } else {
        (wanted, route)
    };
    shorter.len() > 4 && (longer.contains(shorter) || longer.ends_with(shorter.trim_start_matches("get")))
}
