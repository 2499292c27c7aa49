//! Patterns with `*` (any run, also empty) and `?` (exactly one character).

/// A pattern, split once at its stars.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Glob {
    /// The runs between the stars; a pattern without a star has one.
    runs: Vec<Run>,
}

/// Characters without a star among them.
type Run = Vec<Unit>;

/// One character of a pattern.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Unit {
    /// This character.
    Literal(char),
    /// Any character (`?`).
    AnyOne,
}

impl Unit {
    fn admits(self, character: char) -> bool {
        match self {
            Self::Literal(literal) => literal == character,
            Self::AnyOne => true,
        }
    }
}

impl Glob {
    /// Compiles a pattern without escapes.
    pub(super) fn new(pattern: &str) -> Self {
        Self::compile(pattern, false)
    }

    /// Compiles a pattern in which `${*}`, `${?}` and `${$}` stand for the characters themselves (POL-VAR-005).
    pub(super) fn with_escapes(pattern: &str) -> Self {
        Self::compile(pattern, true)
    }

    fn compile(pattern: &str, escapes: bool) -> Self {
        let mut runs = vec![Run::new()];
        let mut rest = pattern;
        while let Some(character) = rest.chars().next() {
            let escaped = if escapes { escaped_character(rest) } else { None };
            rest = &rest[escaped.map_or(character.len_utf8(), |_| ESCAPE_LENGTH)..];
            match (escaped, character) {
                (Some(literal), _) => push(&mut runs, Unit::Literal(literal)),
                (None, '*') => runs.push(Run::new()),
                (None, '?') => push(&mut runs, Unit::AnyOne),
                (None, literal) => push(&mut runs, Unit::Literal(literal)),
            }
        }
        Self { runs }
    }

    /// Whether the whole text matches.
    pub(super) fn matches(&self, text: &str) -> bool {
        let Some((first, later)) = self.runs.split_first() else {
            return false;
        };
        let Some(mut rest) = strip_run(first, text) else {
            return false;
        };
        let Some((last, middle)) = later.split_last() else {
            return rest.is_empty();
        };
        // The leftmost place is always good enough for a run between two stars.
        for run in middle {
            let Some(after) = find_run(run, rest) else {
                return false;
            };
            rest = after;
        }
        ends_with_run(last, rest)
    }
}

/// The length of `${*}` and its like.
const ESCAPE_LENGTH: usize = 4;

/// The character that an escape at the start of the text stands for.
fn escaped_character(text: &str) -> Option<char> {
    ["*", "?", "$"].into_iter().find(|literal| {
        text.strip_prefix("${")
            .and_then(|rest| rest.strip_prefix(literal))
            .is_some_and(|rest| rest.starts_with('}'))
    })?;
    text.chars().nth(2)
}

fn push(runs: &mut [Run], unit: Unit) {
    if let Some(run) = runs.last_mut() {
        run.push(unit);
    }
}

/// What remains of the text after the run at its start.
fn strip_run<'t>(run: &[Unit], text: &'t str) -> Option<&'t str> {
    let mut characters = text.chars();
    run.iter()
        .all(|unit| characters.next().is_some_and(|c| unit.admits(c)))
        .then_some(characters.as_str())
}

/// What remains of the text after the leftmost occurrence of the run.
fn find_run<'t>(run: &[Unit], text: &'t str) -> Option<&'t str> {
    let starts = text.char_indices().map(|(index, _)| index).chain([text.len()]);
    starts
        .into_iter()
        .find_map(|start| strip_run(run, &text[start..]))
}

/// Whether the run is the end of the text.
fn ends_with_run(run: &[Unit], text: &str) -> bool {
    let mut characters = text.chars().rev();
    run.iter()
        .rev()
        .all(|unit| characters.next().is_some_and(|c| unit.admits(c)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The definition of matching, without any cleverness.
    fn naive(pattern: &[char], text: &[char]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some(('*', rest)) => (0..=text.len()).any(|skip| naive(rest, &text[skip..])),
            Some(('?', rest)) => !text.is_empty() && naive(rest, &text[1..]),
            Some((literal, rest)) => text.first() == Some(literal) && naive(rest, &text[1..]),
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_definition(pattern in "[ab?*é]{0,8}", text in "[abé]{0,10}") {
            let (p, t): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
            prop_assert_eq!(Glob::new(&pattern).matches(&text), naive(&p, &t), "{} {}", pattern, text);
        }

        #[test]
        fn any_pattern_compiles(pattern in ".*", text in ".*") {
            let _ = Glob::with_escapes(&pattern).matches(&text);
            prop_assert!(Glob::new("*").matches(&text));
        }
    }

    #[test]
    fn stars_cross_slashes_and_colons() {
        assert!(Glob::new("b/*").matches("b/x/y:z"));
        assert!(!Glob::new("b/*").matches("b"));
        assert!(Glob::new("b*").matches("b") && Glob::new("b*").matches("b2/k"));
        assert!(Glob::new("?").matches("é") && !Glob::new("?").matches("") && !Glob::new("?").matches("ab"));
    }

    #[test]
    fn escapes_are_literal() {
        assert!(Glob::with_escapes("a${*}").matches("a*") && !Glob::with_escapes("a${*}").matches("ab"));
        assert!(Glob::with_escapes("${$}{x}").matches("${x}"));
        assert!(Glob::new("${*}").matches("${anything}"));
    }

    #[test]
    fn many_stars_stay_quick() {
        let pattern = "*a".repeat(2000);
        assert!(!Glob::new(&pattern).matches(&"a".repeat(1999)));
        assert!(Glob::new(&pattern).matches(&"a".repeat(2000)));
    }
}
