//! Tables in words: what is printed of them, and what a facet's else is that a row gives.

use crate::table::{Decision, Freedom, Word};
use crate::words::FacetId;

/// A row of any table, in words.
#[derive(Clone, Debug)]
pub struct Line {
    /// The facet.
    pub facet: FacetId,
    /// What it is without its facet.
    pub freedom: Freedom,
    /// When it speaks.
    pub case: String,
    /// What it rules.
    pub ruling: String,
    /// The other ruling, if it has one.
    pub other: String,
    /// What is ruled without its facet, in words.
    pub otherwise: String,
}

/// A table of any case, in words.
#[derive(Clone, Debug)]
pub struct Printed {
    /// What is decided.
    pub title: &'static str,
    /// The facts that it is decided by: their names, and what they say.
    pub facts: Vec<(&'static str, &'static str)>,
    /// What is ruled: names, and what they mean.
    pub rulings: Vec<(String, &'static str)>,
    /// The rows, in the order of precedence.
    pub lines: Vec<Line>,
    /// What holds where no row rules.
    pub otherwise: String,
    /// Tests that it is sound.
    #[cfg(test)]
    pub(crate) sound: fn(),
}

/// The table of a case, in words.
pub(crate) fn printed<D: Decision>() -> Printed {
    let line = |row: &super::Row<D, D::Ruling>| Line {
        facet: row.facet,
        freedom: row.freedom,
        case: readable(row.case),
        ruling: named(row.rules),
        other: named(row.other),
        otherwise: match row.freedom {
            Freedom::Struck => struck::<D>(row),
            Freedom::Else | Freedom::Open => row.other.map_or_else(|| "the rows below".to_owned(), said),
            Freedom::Same => "the same".to_owned(),
        },
    };
    Printed {
        title: D::TITLE.trim(),
        facts: D::FACTS
            .iter()
            .map(|(name, about)| (*name, about.trim()))
            .collect(),
        rulings: D::Ruling::all()
            .into_iter()
            .map(|ruling| (format!("{ruling:?}"), ruling.words()))
            .collect(),
        lines: D::ROWS.iter().map(line).collect(),
        otherwise: format!("{:?}", D::OTHERWISE),
        #[cfg(test)]
        sound: super::tests::sound::<D>,
    }
}

/// What a struck row leaves to the rows below: whatever they rule where it makes a difference.
fn struck<D: Decision>(row: &super::Row<D, D::Ruling>) -> String {
    let mut others: Vec<D::Ruling> = Vec::new();
    for case in D::cases().into_iter().filter(|case| (row.holds)(case)) {
        let other = case.read(Some(row.facet));
        if other != case.read(None) && !others.contains(&other) {
            others.push(other);
        }
    }
    let others: Vec<String> = others.into_iter().map(said).collect();
    others.join(", or ")
}

/// A ruling as it is said in a sentence: without its full stop.
fn said<R: Word>(ruling: R) -> String {
    let words = ruling.words().trim_end_matches('.');
    let mut letters = words.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

fn named<R: Word>(ruling: Option<R>) -> String {
    ruling.map_or_else(|| "passes".to_owned(), |ruling| format!("{ruling:?}"))
}

/// A case as it is written, for people who read no Rust.
fn readable(case: &str) -> String {
    let words: Vec<String> = case.split_whitespace().map(unqualified).collect();
    let words = words.join(" ");
    [
        ("&&", "and"),
        ("||", "or"),
        ("!=", "is not"),
        ("==", "is"),
        ("!", "not "),
        (".is_none()", " is none"),
        (".is_some()", " is some"),
        ("_", " "),
    ]
    .into_iter()
    .fold(words, |words, (sign, word)| words.replace(sign, word))
}

/// A word without the type that it is a value of.
fn unqualified(word: &str) -> String {
    match word.rsplit_once("::") {
        Some((path, value)) => {
            let start = path.trim_end_matches(|letter: char| letter.is_alphanumeric() || letter == ':');
            format!("{start}{value}")
        }
        None => word.to_owned(),
    }
}
