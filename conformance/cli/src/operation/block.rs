//! Blocks of a page, and how they are set: as Markdown, and for a terminal.

use std::fmt::Write as _;

use bucketlaw_model::clause;

/// A part of a page.
#[derive(Clone, Debug)]
pub(crate) enum Block {
    /// A heading, and its level.
    Heading(usize, String),
    /// A paragraph; words between backticks are code, and ids of clauses lead to them.
    Text(String),
    /// Points, a line each.
    Points(Vec<String>),
    /// Lines that are read one below the other.
    Table {
        /// What stands in its columns.
        columns: Vec<Column>,
        /// The lines.
        rows: Vec<Vec<String>>,
    },
}

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    name: &'static str,
    /// Whether sentences stand in it, which a terminal shows below the rest.
    is_long: bool,
}

/// A column of words.
pub(crate) const fn short(name: &'static str) -> Column {
    Column { name, is_long: false }
}

/// A column of sentences.
pub(crate) const fn long(name: &'static str) -> Column {
    Column { name, is_long: true }
}

/// The blocks as Markdown, on a page in a folder beside `clauses/`.
pub(crate) fn markdown(blocks: &[Block]) -> Result<String, std::fmt::Error> {
    let mut page = String::new();
    for block in blocks {
        match block {
            Block::Heading(level, words) => writeln!(page, "{} {words}\n", "#".repeat(*level))?,
            Block::Text(words) => writeln!(page, "{}\n", linked(words))?,
            Block::Points(points) => {
                for point in points {
                    writeln!(page, "- {}", linked(point))?;
                }
                writeln!(page)?;
            }
            Block::Table { columns, rows } => {
                let (rows, columns) = used(columns, rows);
                let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
                writeln!(page, "| {} |\n|{}", names.join(" | "), "---|".repeat(names.len()))?;
                for row in rows {
                    let cells: Vec<String> = row.iter().map(|cell| linked(cell)).collect();
                    writeln!(page, "| {} |", cells.join(" | "))?;
                }
                writeln!(page)?;
            }
        }
    }
    Ok(format!("{}\n", page.trim_end()))
}

/// The blocks for a terminal: the words of a table's line side by side, its sentences below.
pub(crate) fn plain(blocks: &[Block]) -> Result<String, std::fmt::Error> {
    let mut page = String::new();
    for block in blocks {
        match block {
            Block::Heading(_, words) => writeln!(page, "\n{words}\n{}", "-".repeat(words.chars().count()))?,
            Block::Text(words) => wrapped(&mut page, words, "", "")?,
            Block::Points(points) => {
                for point in points {
                    wrapped(&mut page, point, "  ", "    ")?;
                }
            }
            Block::Table { columns, rows } => lines(&mut page, columns, rows)?,
        }
    }
    Ok(page.trim_start().to_owned())
}

/// A table without the columns in which nothing stands.
fn used<'b>(columns: &'b [Column], rows: &'b [Vec<String>]) -> (Vec<Vec<&'b str>>, Vec<&'b Column>) {
    let is_used = |at: usize| {
        rows.iter()
            .any(|row| row.get(at).is_some_and(|cell| !cell.is_empty()))
    };
    let kept: Vec<usize> = (0..columns.len()).filter(|at| is_used(*at)).collect();
    let rows = rows
        .iter()
        .map(|row| {
            kept.iter()
                .map(|at| row.get(*at).map_or("", String::as_str))
                .collect()
        })
        .collect();
    (rows, kept.iter().filter_map(|at| columns.get(*at)).collect())
}

fn lines(page: &mut String, columns: &[Column], rows: &[Vec<String>]) -> std::fmt::Result {
    let (rows, columns) = used(columns, rows);
    let width = |at: usize| {
        let cells = rows.iter().filter_map(|row| row.get(at));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    for row in &rows {
        let words = row.iter().zip(&columns).enumerate();
        let words: Vec<String> = words
            .filter(|(_, (_, column))| !column.is_long)
            .map(|(at, (cell, _))| format!("{cell:width$}", width = width(at)))
            .collect();
        if words.iter().any(|word| !word.trim().is_empty()) {
            writeln!(page, "  {}", words.join("  ").trim_end())?;
        }
        for (cell, column) in row.iter().zip(&columns) {
            if column.is_long && !cell.is_empty() {
                wrapped(page, cell, &format!("      {:12} ", column.name), &" ".repeat(19))?;
            }
        }
    }
    Ok(())
}

/// How many letters stand in a line of a terminal at the most, unless one word is longer.
const WIDTH: usize = 110;

fn wrapped(page: &mut String, words: &str, first: &str, then: &str) -> std::fmt::Result {
    let (mut line, mut is_empty) = (first.to_owned(), true);
    for word in words.split_whitespace() {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            writeln!(page, "{}", line.trim_end())?;
            (line, is_empty) = (then.to_owned(), true);
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    writeln!(page, "{}", line.trim_end())
}

/// Text as Markdown shows it, word for word, but for code between backticks and ids of clauses, which are links.
fn linked(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for (at, part) in text.split('`').enumerate() {
        if at % 2 == 1 {
            let _ = write!(shown, "`{}`", part.replace('|', "\\|"));
            continue;
        }
        for word in part.split_inclusive(|letter: char| !is_of_id(letter)) {
            let end = word.trim_end_matches(|letter: char| !is_of_id(letter));
            let after = word.strip_prefix(end).unwrap_or_default();
            match clause::find(end) {
                Some(clause) => shown.push_str(&format!(
                    "[{end}](../clauses/{}.md#{})",
                    clause.area.name(),
                    end.to_lowercase()
                )),
                None => shown.push_str(&literal(end)),
            }
            shown.push_str(&literal(after));
        }
    }
    shown
}

fn is_of_id(letter: char) -> bool {
    letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '-'
}

/// Text as Markdown shows it, word for word.
pub(crate) fn literal(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '\\' | '*' | '_' | '<' | '>' | '[' | ']' | '|' | '#') {
            safe.push('\\');
        }
        safe.push(letter);
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_shows_a_clause_word_for_word() {
        assert_eq!(literal("a_b <c> *"), "a\\_b \\<c\\> \\*");
    }

    #[test]
    fn ids_of_clauses_are_links_and_code_stays_as_it_is() {
        let link = "[LOCK-DEL-003](../clauses/object-lock.md#lock-del-003)";
        assert_eq!(linked("(LOCK-DEL-003/bypass)"), format!("({link}/bypass)"));
        assert_eq!(linked("LOCK-DEL-999 by `s3:*|x`"), "LOCK-DEL-999 by `s3:*\\|x`");
    }

    #[test]
    fn a_terminal_shows_sentences_below_words_and_no_empty_column() {
        let table = Block::Table {
            columns: vec![short("id"), short("nothing"), long("says")],
            rows: vec![
                vec!["a".into(), String::new(), "one two".into()],
                vec!["bcd".into(), String::new(), String::new()],
            ],
        };
        assert_eq!(
            plain(std::slice::from_ref(&table)).unwrap(),
            "a\n      says         one two\n  bcd\n"
        );
        assert_eq!(
            markdown(&[table]).unwrap(),
            "| id | says |\n|---|---|\n| a | one two |\n| bcd |  |\n"
        );
    }
}
