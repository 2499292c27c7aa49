//! Makes text that came from a target harmless in the place where it is shown.

/// Text for a page or a document, which escapes it itself.
///
/// Characters that XML 1.0 can't hold, and those that would reorder the line on the reader's screen, are replaced by
/// U+FFFD: a target must not be able to break the report that convicts it.
pub(crate) fn shown(text: &str) -> String {
    let harmless = |character: char| match character {
        '\n' | '\t' => character,
        '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        _ if character.is_control() || reorders(character) => '\u{fffd}',
        _ => character,
    };
    text.chars().map(harmless).collect()
}

/// Escapes text for a terminal: control characters become visible, so that a reply can't move the cursor.
pub(crate) fn terminal(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' => escaped.push('\n'),
            '\t' => escaped.push_str("  "),
            _ if character.is_control() || reorders(character) => escaped.extend(character.escape_default()),
            _ => escaped.push(character),
        }
    }
    escaped
}

/// Escapes text for one line of a terminal.
pub(crate) fn terminal_line(text: &str) -> String {
    terminal(&text.replace('\n', " "))
}

/// Tells whether the character changes the direction of the text after it.
const fn reorders(character: char) -> bool {
    matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_can_be_neither_controlled_nor_reordered() {
        assert_eq!(
            shown("a\u{0}b\u{1b}[31m\u{202e}c\nd\te\u{ffff}\u{85}\r"),
            "a\u{fffd}b\u{fffd}[31m\u{fffd}c\nd\te\u{fffd}\u{fffd}\u{fffd}"
        );
    }

    #[test]
    fn a_terminal_gets_no_control_characters() {
        assert_eq!(terminal("a\u{1b}[2Jb\r\nc\td"), "a\\u{1b}[2Jb\\r\nc  d");
        assert_eq!(terminal_line("a\nb"), "a b");
    }
}
