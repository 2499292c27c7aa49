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

/// A fact of a table, in words.
#[derive(Clone, Debug)]
pub struct Fact {
    /// Its name in the cases of the rows.
    pub name: String,
    /// What it says.
    pub about: &'static str,
    /// What it can be and what that means, where its names do not speak for themselves.
    pub values: Vec<(String, &'static str)>,
}

/// A table of any case, in words.
#[derive(Clone, Debug)]
pub struct Printed {
    /// What is decided.
    pub title: &'static str,
    /// The facts that it is decided by.
    pub facts: Vec<Fact>,
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
    let facts = facts::<D>();
    let line = |row: &super::Row<D, D::Ruling>| Line {
        facet: row.facet,
        freedom: row.freedom,
        case: readable(row.case, &facts),
        ruling: named(row.rules),
        other: named(row.other),
        otherwise: match row.freedom {
            Freedom::Struck => struck::<D>(row),
            Freedom::Else | Freedom::Open => row.other.map_or_else(|| "the rows below".to_owned(), said),
            Freedom::Same => "the same".to_owned(),
        },
    };
    let lines = D::ROWS
        .iter()
        .flat_map(|row| std::iter::once(line(row)).chain(ordered(row, &facts)))
        .collect();
    Printed {
        title: D::TITLE.trim(),
        rulings: D::Ruling::all()
            .into_iter()
            .map(|ruling| (format!("{ruling:?}"), ruling.words()))
            .collect(),
        lines,
        facts,
        otherwise: format!("{:?}", D::OTHERWISE),
        #[cfg(test)]
        sound: super::tests::sound::<D>,
    }
}

/// The line of the choice that a row may come first by.
fn ordered<D, R: Word>(row: &super::Row<D, R>, facts: &[Fact]) -> Option<Line> {
    Some(Line {
        facet: row.order?,
        freedom: Freedom::Open,
        case: format!("{}, and a row above has ruled", readable(row.case, facts)),
        ruling: "The row above rules.".to_owned(),
        other: named(row.rules.or(row.other)),
        otherwise: row.rules.or(row.other).map_or_else(String::new, said),
    })
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

/// The facts of a table. `yes` and `no` need no legend, and what AWS spells so speaks for itself.
fn facts<D: Decision>() -> Vec<Fact> {
    let said = |values: Vec<(String, &'static str)>| {
        let named = values
            .into_iter()
            .filter(|(name, _)| !matches!(name.as_str(), "true" | "false"));
        named
            .filter(|(name, words)| name != words && !name.starts_with("Some(") && name != "None")
            .map(|(name, words)| (spaced(&name), words))
            .collect()
    };
    D::FACTS
        .iter()
        .zip(D::values())
        .map(|((name, about), values)| Fact {
            name: name.replace('_', " "),
            about: about.trim(),
            values: said(values),
        })
        .collect()
}

/// A case as it is written, for people who read no Rust.
fn readable(case: &str, facts: &[Fact]) -> String {
    let words: Vec<String> = case.split_whitespace().map(unqualified).collect();
    let words = [
        ("&&", "and"),
        ("||", "or"),
        ("!=", "is not"),
        ("==", "is"),
        ("!", "not "),
        (".is_none()", " is none"),
        (".is_some()", " is some"),
    ]
    .into_iter()
    .fold(words.join(" "), |words, (sign, word)| words.replace(sign, word));
    let mut text = String::with_capacity(words.len());
    for part in words.split_inclusive(|letter: char| !letter.is_alphanumeric() && letter != '_') {
        let end = part.trim_end_matches(|letter: char| !letter.is_alphanumeric() && letter != '_');
        let after = part.strip_prefix(end).unwrap_or_default();
        let name = spaced(end);
        let is_value = facts
            .iter()
            .any(|fact| fact.values.iter().any(|(value, _)| *value == name));
        let is_constant = end.contains('_') && !end.contains(char::is_lowercase);
        if is_value {
            text.push_str(&name);
        } else if is_constant {
            text.push_str(&end.to_lowercase().replace('_', " "));
        } else {
            text.push_str(&end.replace('_', " "));
        }
        text.push_str(after);
    }
    text
}

/// A name in words: `WithoutHeader` is "without header".
fn spaced(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
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
