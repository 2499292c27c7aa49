//! Patterns of actions and resources: text with wildcards, compared with the bytes of names and keys.

use std::fmt;

/// A pattern as a policy document holds it: any text, in which `*` and `?` are wildcards.
///
/// Programs write it with `%XX` for the bytes that one of their words cannot hold, as they write keys; matching, and what
/// is sent, know the decoded text only.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pattern(String);

impl Pattern {
    /// The pattern with this text.
    #[must_use]
    pub fn new(text: &str) -> Pattern {
        Pattern(text.to_owned())
    }

    /// The text as a document holds it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    fn read(word: &str) -> Result<Pattern, String> {
        let text = String::from_utf8(decoded(word))
            .map_err(|_| format!("`{word}` is no text in UTF-8, which a policy is written in"))?;
        if text.is_empty() {
            return Err("a pattern is empty; write what it is to match".to_owned());
        }
        if text.contains("${") {
            return Err(format!(
                "`{word}` has a policy variable; those are not ruled on yet"
            ));
        }
        Ok(Pattern(text))
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == NOTHING {
            return f.write_str("%2D");
        }
        for byte in self.0.bytes() {
            // What would end the word, the list or the statement, negate the list, or stand for another byte.
            if byte.is_ascii_graphic() && !b"%,;!".contains(&byte) {
                write!(f, "{}", char::from(byte))?;
            } else {
                write!(f, "%{byte:02X}")?;
            }
        }
        Ok(())
    }
}

/// The word of a list that is not there.
const NOTHING: &str = "-";

/// A list of patterns, or everything that a list does not match.
///
/// An empty list is an element that the statement lacks: it matches nothing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Patterns {
    /// Whether the list is a `Not…` list.
    pub negated: bool,
    /// The patterns.
    pub list: Vec<Pattern>,
}

impl Patterns {
    /// Whether some pattern matches, or none if the list is negated.
    pub(super) fn matches(&self, matched: impl Fn(&Pattern) -> bool) -> bool {
        self.list.iter().any(matched) != self.negated
    }

    /// Reads the word of a program.
    pub(super) fn read(word: &str) -> Result<Patterns, String> {
        if word == NOTHING {
            let (negated, list) = (false, Vec::new());
            return Ok(Patterns { negated, list });
        }
        let (negated, list) = word.strip_prefix('!').map_or((false, word), |list| (true, list));
        let list = list.split(',').map(Pattern::read).collect::<Result<_, _>>()?;
        Ok(Patterns { negated, list })
    }
}

impl fmt::Display for Patterns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.list.is_empty() {
            return f.write_str(NOTHING);
        }
        if self.negated {
            f.write_str("!")?;
        }
        for (position, pattern) in self.list.iter().enumerate() {
            let separator = if position == 0 { "" } else { "," };
            write!(f, "{separator}{pattern}")?;
        }
        Ok(())
    }
}

/// The bytes of a word in which `%XX` stands for a byte.
pub(crate) fn decoded(word: &str) -> Vec<u8> {
    percent_encoding::percent_decode_str(word).collect()
}

/// Whether `text` matches `pattern`, in which `*` is any run of characters and `?` is any one of them (`POL-ACT-002`,
/// `POL-RES-002`).
///
/// A character is a code point in UTF-8, whatever the number of its bytes; a byte that belongs to none stands for itself.
#[must_use]
pub fn glob(pattern: &[u8], text: &[u8], ignore_case: bool) -> bool {
    glob_by(pattern, text, ignore_case, behind_character)
}

/// As [`glob`], with what follows a character of the text.
pub(super) fn glob_by(
    pattern: &[u8],
    text: &[u8],
    ignore_case: bool,
    behind: impl Fn(&[u8]) -> &[u8],
) -> bool {
    let (mut pattern, mut text) = (pattern, text);
    // What follows the last `*`, and the text that it could still take: only the last one ever has to take more.
    let mut star: Option<(&[u8], &[u8])> = None;
    loop {
        match (pattern.split_first(), text.split_first()) {
            (Some((b'*', [])), _) | (None, None) => return true,
            (Some((b'*', rest)), _) => {
                star = Some((rest, text));
                pattern = rest;
            }
            (Some((b'?', rest)), Some(_)) => (pattern, text) = (rest, behind(text)),
            (Some((p, rest)), Some((t, tail))) if p == t || ignore_case && p.eq_ignore_ascii_case(t) => {
                (pattern, text) = (rest, tail);
            }
            _ => {
                let Some((rest, left)) = star.filter(|(_, left)| !left.is_empty()) else {
                    return false;
                };
                let left = behind(left);
                star = Some((rest, left));
                (pattern, text) = (rest, left);
            }
        }
    }
}

/// What follows the first character of a text.
pub(super) fn behind_character(text: &[u8]) -> &[u8] {
    let length = match text.first() {
        Some(0xC2..=0xDF) => 2,
        Some(0xE0..=0xEF) => 3,
        Some(0xF0..=0xF4) => 4,
        Some(_) | None => 1,
    };
    let whole = text
        .get(..length)
        .filter(|first| std::str::from_utf8(first).is_ok());
    text.get(whole.map_or(1, <[u8]>::len)..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use quickcheck::{Arbitrary, Gen, quickcheck};

    use super::*;

    #[test]
    fn globs() {
        assert!(glob(b"s3:get*", b"s3:GetObject", true));
        assert!(!glob(b"b/*", b"b", false));
        assert!(glob(b"b*", b"b/k", false));
        assert!(glob(b"b/?", b"b/k", false));
        assert!(!glob(b"b/?", b"b/kk", false));
        assert!(glob(b"*a*b?", b"xaabb*", false));
        assert!(!glob(b"*a*b?", b"xaab", false));
        assert!(glob(b"**", b"", false) && !glob(b"?*", b"", false));
    }

    #[test]
    fn a_question_mark_is_one_character() {
        for character in ["a", " ", "/", ":", "\u{e9}", "\u{20ac}", "\u{1f600}"] {
            let text = format!("b/{character}");
            assert!(glob(b"b/?", text.as_bytes(), false), "{text}");
            assert!(!glob(b"b/??", text.as_bytes(), false), "{text}");
            assert!(!glob(b"b/*??", text.as_bytes(), false), "{text}");
        }
        // Bytes of no character stand for themselves.
        assert!(glob(b"b/??", b"b/\xC3(", false) && glob(b"?", b"\xFF", false));
    }

    #[test]
    fn many_stars_take_no_time() {
        // Found by fuzzing: a star that tries every run for every star before it never comes to an end.
        let stars = format!("s{}6", "*".repeat(40) + "a*".repeat(40).as_str());
        let text = format!("s3:{}", "a".repeat(60));
        assert!(!glob(stars.as_bytes(), text.as_bytes(), true));
        assert!(glob(stars.as_bytes(), format!("{text}6").as_bytes(), true));
    }

    #[test]
    fn patterns_that_no_document_holds_are_refused() {
        for word in ["b/%FF", "b/${aws:username}", "b/%24%7B*}", "b,,b/*", "!", ""] {
            assert!(Patterns::read(word).is_err(), "{word}");
        }
    }

    /// Characters of every length, wildcards, and what programs and documents write in some other way.
    #[derive(Clone, Debug)]
    struct Text(String);

    impl Arbitrary for Text {
        fn arbitrary(g: &mut Gen) -> Text {
            let some = "ab*?/ :%,;!\"\\\u{7f}\n+=~\u{e9}\u{20ac}\u{1f600}";
            let some: Vec<char> = some.chars().collect();
            let length = usize::arbitrary(g) % 8;
            Text((0..length).filter_map(|_| g.choose(&some).copied()).collect())
        }
    }

    /// What a pattern matches, by trying everything that a star can take.
    fn matches(pattern: &[char], text: &[char]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some(('*', rest)) => (0..=text.len()).any(|taken| matches(rest, &text[taken..])),
            Some((one, rest)) => text
                .split_first()
                .is_some_and(|(first, left)| (*one == '?' || one == first) && matches(rest, left)),
        }
    }

    quickcheck! {
        fn a_pattern_matches_as_its_characters_do(pattern: Text, text: Text) -> bool {
            let (p, t): (Vec<char>, Vec<char>) = (pattern.0.chars().collect(), text.0.chars().collect());
            glob(pattern.0.as_bytes(), text.0.as_bytes(), false) == matches(&p, &t)
        }

        fn a_pattern_reads_as_it_is_written(text: Text) -> bool {
            let pattern = Pattern::new(&text.0);
            text.0.is_empty() || Pattern::read(&pattern.to_string()) == Ok(pattern)
        }
    }
}
