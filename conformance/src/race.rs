//! Races: programs that send requests together, run in many rounds since one seldom hits.
//!
//! A race convicts and never acquits: that some rounds went well says nothing of the next. So a race makes its clauses
//! `violated` or leaves them as the programs without bursts have them.

use std::fmt::Write as _;

use bucketlaw_model::belief::Expected;
use bucketlaw_model::describe;
use bucketlaw_model::program::Program;

use crate::history::History;
use crate::judge::{Ending, Judgement, Refuted, step_line, step_request};
use crate::linearize::settings::is_setting;
use crate::suite::Entry;

pub mod outcomes;

/// In how many rounds a race is run if nobody says otherwise.
pub const ROUNDS: usize = 20;

/// How many attempts at an order are explained.
const ATTEMPTS: usize = 6;

/// The programs of a run: each race as often as it has rounds, and once with its requests one after the other. That is
/// how a violation that is no race is told from one that is.
#[must_use]
pub fn rounds(entries: Vec<Entry>, rounds: usize) -> Vec<Entry> {
    let mut all = Vec::new();
    for entry in entries {
        if entry.program.races() && rounds > 0 {
            all.push(one_after_the_other(&entry));
            all.extend(std::iter::repeat_n(entry, rounds));
        } else if !entry.program.races() {
            all.push(entry);
        }
    }
    all
}

/// How the races among the programs of a run went, in a line; nothing if there are none.
#[must_use]
pub fn summary(entries: &[Entry], judgements: &[Judgement]) -> Option<String> {
    let pairs = entries.iter().zip(judgements);
    let races: Vec<_> = pairs.filter(|(entry, _)| entry.program.races()).collect();
    let folded = fold(&races);
    if folded.is_empty() {
        return None;
    }
    let count = |test: &dyn Fn(&Judged<'_>) -> bool| folded.iter().filter(|race| test(race)).count();
    let allowed = count(&|race| matches!(race.judgement.ending, Ending::Allowed));
    let refuted = count(&|race| race.refuted > 0);
    Some(format!(
        "{} in {} rounds: {allowed} without a violation, {refuted} not as the law says, {} not judged",
        if folded.len() == 1 {
            "1 race".to_owned()
        } else {
            format!("{} races", folded.len())
        },
        races.len(),
        folded.len() - allowed - refuted
    ))
}

/// The worst of the judgements of one program's rounds.
#[must_use]
pub fn worst(judgements: &[Judgement]) -> Option<&Judgement> {
    judgements
        .iter()
        .rev()
        .max_by_key(|judgement| weight(&judgement.ending))
}

/// The program of a race without its bursts. It tells nothing: its requests have witnesses.
#[must_use]
pub fn one_after_the_other(entry: &Entry) -> Entry {
    let program = Program {
        bursts: Vec::new(),
        ..entry.program.clone()
    };
    Entry {
        tells: Vec::new(),
        bugs: Vec::new(),
        ..Entry::new(&entry.path, program)
    }
}

/// A race with the judgement that decides, and what its rounds came to.
#[derive(Clone, Copy, Debug)]
pub struct Judged<'a> {
    /// The program.
    pub entry: &'a Entry,
    /// The judgement: of several rounds the worst.
    pub judgement: &'a Judgement,
    /// In how many rounds it was judged.
    pub rounds: usize,
    /// In how many of them the law does not allow what happened.
    pub refuted: usize,
}

/// Puts the rounds of each race together.
#[must_use]
pub fn fold<'a>(rounds: &[(&'a Entry, &'a Judgement)]) -> Vec<Judged<'a>> {
    let mut folded: Vec<Judged<'a>> = Vec::new();
    for (entry, judgement) in rounds {
        let refuted = usize::from(matches!(judgement.ending, Ending::Refuted(_)));
        match folded.iter_mut().find(|known| known.entry.id == entry.id) {
            Some(known) => {
                known.rounds += 1;
                known.refuted += refuted;
                if weight(&judgement.ending) > weight(&known.judgement.ending) {
                    known.judgement = judgement;
                }
            }
            None => folded.push(Judged {
                entry,
                judgement,
                rounds: 1,
                refuted,
            }),
        }
    }
    folded
}

/// How much an ending weighs among the rounds of a race.
fn weight(ending: &Ending) -> u8 {
    match ending {
        Ending::Broken(_) => 5,
        Ending::Refuted(_) => 4,
        Ending::Unsupported(..) => 3,
        Ending::Inconclusive(_) => 2,
        Ending::NotRun(_) => 1,
        Ending::Allowed => 0,
    }
}

/// Moves the histories that the law does not allow to the front, so that the first of a race is the one to be shown.
///
/// The judgements are those of the histories, in the same order.
pub fn refuted_first(histories: &mut Vec<History>, judgements: &[Judgement]) {
    let is_refuted = |judgement: &Judgement| matches!(judgement.ending, Ending::Refuted(_));
    let mut paired: Vec<(bool, History)> = Vec::new();
    for (at, history) in histories.drain(..).enumerate() {
        paired.push((!judgements.get(at).is_some_and(is_refuted), history));
    }
    paired.sort_by_key(|(allowed, _)| *allowed);
    histories.extend(paired.into_iter().map(|(_, history)| history));
}

/// The steps that are sent together, burst by burst.
fn bursts(program: &Program) -> impl Iterator<Item = Vec<u16>> {
    let turns = program.turns().filter(|turn| turn.len() > 1);
    turns.map(|turn| turn.iter().map(|step| step.number).collect())
}

/// Whether a reply was refuted in a burst or after one: where a race shows.
#[must_use]
pub fn shows_in(program: &Program, refuted: &Refuted) -> bool {
    let mut firsts = bursts(program).filter_map(|burst| burst.first().copied());
    firsts.any(|first| first <= refuted.number)
}

/// Whether what is refuted is an order that S3 does not promise: a setting was among the requests that were sent together,
/// and what a later read shows is neither lost nor other than was written, but told of another version or in another order.
#[must_use]
pub fn is_of_order(program: &Program, refuted: &Refuted) -> bool {
    let sets = |number: &u16| step_request(program, *number).is_some_and(is_setting);
    let with_settings = bursts(program).any(|burst| burst.iter().any(&sets));
    let of_form = refuted
        .expected
        .first()
        .is_some_and(|nearest| nearest.difference.is_of_form());
    with_settings && of_form && refuted.burst.is_none() && !refuted.is_failure()
}

/// What there is to say of the burst before the refuted step is explained; nothing if there was none.
#[must_use]
pub fn preface(program: &Program, refuted: &Refuted) -> String {
    let mut text = String::new();
    if let Some(burst) = &refuted.burst {
        let _ = writeln!(
            text,
            "No order of the {} requests that were sent together explains these answers:",
            burst.answers.len()
        );
        for (number, answer) in &burst.answers {
            let _ = writeln!(
                text,
                "  {}\n    {}",
                step_line(program, *number),
                indented(&describe::observed(&program.world, answer))
            );
        }
        let farthest = burst.dead_ends.first().map_or(0, |end| end.order.len());
        let attempts = burst.dead_ends.iter().filter(|end| end.order.len() == farthest);
        for end in attempts.take(ATTEMPTS) {
            let _ = writeln!(
                text,
                "{}: {} would be answered {}",
                opening(&end.order),
                end.number,
                end.expected
                    .first()
                    .map_or_else(|| "otherwise".to_owned(), |nearest| answered(program, nearest))
            );
        }
        return text;
    }
    for burst in bursts(program).filter(|burst| burst.last().is_some_and(|last| *last < refuted.number)) {
        let _ = writeln!(
            text,
            "Steps {} were sent together. No order of them that explains their answers explains step {}.",
            words(&burst),
            refuted.number
        );
    }
    text
}

/// How an order begins, in words.
fn opening(order: &[u16]) -> String {
    if order.is_empty() {
        "At first".to_owned()
    } else {
        format!("After {}", words(order))
    }
}

/// What the law would have answered.
fn answered(program: &Program, expected: &Expected) -> String {
    indented(&describe::reply(&program.world, &expected.reply))
}

fn indented(text: &str) -> String {
    text.replace('\n', "\n    ")
}

fn words(numbers: &[u16]) -> String {
    let numbers: Vec<String> = numbers.iter().map(u16::to_string).collect();
    numbers.join(", ")
}
