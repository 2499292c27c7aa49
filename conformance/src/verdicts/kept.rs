//! What kept programs from running: policies that the endpoint does not take.

use std::collections::{BTreeMap, BTreeSet};

use bucketlaw_model::request::Route;

use crate::judge::{Ending, Judgement, step_line};
use crate::report::Fact;
use crate::suite::Entry;

/// From how many programs on it is worth a line.
const MANY: usize = 3;

/// How many lines there are at the most.
const LINES: usize = 5;

/// What the policies of a run have in common that the endpoint refuses, by how many programs need it.
pub(super) fn facts(entries: &[Entry], judgements: &[Judgement]) -> Vec<Fact> {
    let sorts = [
        ("bucket policy", Route::PutBucketPolicy),
        ("user policy", Route::PutUserPolicy),
    ];
    let of_sort = |(sort, route)| of_sort(sort, route, entries, judgements);
    sorts.into_iter().flat_map(of_sort).collect()
}

/// The same, of the policies that are put on one route.
fn of_sort(sort: &str, route: Route, entries: &[Entry], judgements: &[Judgement]) -> Vec<Fact> {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut refused: Vec<BTreeSet<String>> = Vec::new();
    for (entry, judgement) in entries.iter().zip(judgements) {
        for policy in policies(route, entry, judgement) {
            match policy.is_taken {
                true => taken.extend(policy.words),
                false => refused.push(policy.words),
            }
        }
    }
    for words in &mut refused {
        words.retain(|word| !taken.contains(word));
    }
    let mut facts = Vec::new();
    while facts.len() < LINES {
        let Some((word, programs)) = commonest(&refused) else {
            break;
        };
        facts.push(Fact {
            text: format!("not run: needs `{word}` in a {sort}, which the target refuses"),
            clause: None,
            programs: u64::try_from(programs).unwrap_or(u64::MAX),
        });
        refused.retain(|words| !words.contains(&word));
    }
    facts
}

/// The word that most refused policies have, and how many, if they are many.
fn commonest(refused: &[BTreeSet<String>]) -> Option<(String, usize)> {
    let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
    for word in refused.iter().flatten() {
        *counts.entry(word).or_default() += 1;
    }
    let most = counts.into_iter().max_by_key(|(_, count)| *count)?;
    (most.1 >= MANY).then(|| (most.0.clone(), most.1))
}

/// A policy that was put.
struct Put {
    is_taken: bool,
    /// Its actions, principals and resources, as the program writes them.
    words: BTreeSet<String>,
}

/// The policies that a program put as far as it came, with whether the endpoint took them.
fn policies(route: Route, entry: &Entry, judgement: &Judgement) -> Vec<Put> {
    let text = entry.program.to_string();
    let (last, is_refused) = match &judgement.ending {
        Ending::Refuted(refuted) => (Some(refuted.number), refuted.refuses()),
        Ending::Unsupported(number, _) => (Some(*number), true),
        Ending::Allowed => (None, false),
        Ending::Inconclusive(_) | Ending::NotRun(_) | Ending::Broken(_) => return Vec::new(),
    };
    let mut all = Vec::new();
    for (number, request) in entry.program.requests() {
        let puts = request.operation.route() == route;
        let is_last = last == Some(number);
        let comes_later = last.is_some_and(|last| number > last);
        // What the law refuses too is no policy that anybody needs.
        let is_lawfully_refused = last.is_none() && refuses(judgement, route);
        if !puts || comes_later || is_lawfully_refused || (is_last && !is_refused) {
            continue;
        }
        let line = step_line(&entry.program, number);
        let name = line
            .split_whitespace()
            .find_map(|word| word.strip_prefix("policy="));
        let words = name.map(|name| words(&text, name)).unwrap_or_default();
        all.push(Put {
            is_taken: !is_last,
            words,
        });
    }
    all
}

/// Whether the endpoint refused some request on a route, as the law says.
fn refuses(judgement: &Judgement, route: Route) -> bool {
    let mut answers = judgement.answers.iter();
    answers.any(|answer| answer.route == route && answer.status >= 400)
}

/// The words of a policy of a program.
fn words(program: &str, name: &str) -> BTreeSet<String> {
    let start = format!("policy {name} = ");
    let mut lines = program.lines().filter_map(|line| line.strip_prefix(&start));
    let Some(line) = lines.next() else {
        return BTreeSet::new();
    };
    let separators = |c: char| c.is_whitespace() || c == ',' || c == ';';
    let words = line.split(separators).filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}
