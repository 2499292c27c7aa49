//! `bucketlaw spec --table`: how an operation is ruled on, as decision tables.

use std::collections::BTreeSet;

use bucketlaw_model::clause;
use bucketlaw_model::clause::tables;
use bucketlaw_model::request::Route;
use bucketlaw_model::table::{Freedom, Line, Printed};

use crate::Failed;
use crate::output::say;

/// Prints the tables whose rows rule on a route.
pub(super) fn show(name: &str) -> Result<(), Failed> {
    let route = Route::ALL
        .iter()
        .find(|route| route.name().eq_ignore_ascii_case(name))
        .ok_or_else(|| {
            let routes: Vec<&str> = Route::ALL.iter().map(|route| route.name()).collect();
            Failed::usage(format!(
                "there is no operation or call form {name}; there are {}",
                routes.join(", ")
            ))
        })?;
    say!(
        "{route}: the first row that speaks of the case rules; a row that passes leaves it to the rows below."
    );
    for table in tables::all() {
        let lines: Vec<&Line> = table.on(*route).collect();
        if !lines.is_empty() {
            show_table(table, &lines);
        }
    }
    say!(
        "\nNot all that rules on an operation is in tables yet; what else does is in the functions that \
         `bucketlaw spec CLAUSE` names."
    );
    Ok(())
}

fn show_table(table: &Printed, lines: &[&Line]) {
    say!("\n{}", table.title);
    for (name, about) in &table.facts {
        say!("  {:14} {about}", name.replace('_', " "));
    }
    let rows: Vec<[String; 5]> = lines.iter().map(|line| row(line)).collect();
    let heading = ["clause", "evidence", "case", "ruling", "without it"].map(str::to_owned);
    let otherwise = ["", "", "otherwise", table.otherwise.as_str(), ""].map(str::to_owned);
    let rows: Vec<&[String; 5]> = std::iter::once(&heading)
        .chain(&rows)
        .chain([&otherwise])
        .collect();
    let mut widths = [0; 5];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row.iter()) {
            *width = cell.len().max(*width);
        }
    }
    say!("");
    for row in rows {
        let cells: Vec<String> = row
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        say!("  {}", cells.join("  ").trim_end());
    }
    say!("");
    let shown: BTreeSet<&str> = lines
        .iter()
        .flat_map(|line| [line.ruling.as_str(), line.other.as_str()])
        .chain([table.otherwise.as_str()])
        .collect();
    for (name, words) in table
        .rulings
        .iter()
        .filter(|(name, _)| shown.contains(name.as_str()))
    {
        say!("  {name:14} {words}");
    }
}

fn row(line: &Line) -> [String; 5] {
    let (name, level) = match clause::owner(line.facet) {
        Some((clause, facet)) => (format!("{}/{}", clause.id, facet.name), clause.level.name()),
        None => (line.facet.to_string(), ""),
    };
    let without = match line.freedom {
        Freedom::Struck => "(struck)".to_owned(),
        Freedom::Else => line.other.clone(),
        Freedom::Open => format!("OPEN: or {}", line.other),
        Freedom::Same => "(the same)".to_owned(),
    };
    [
        name,
        level.to_owned(),
        line.case.clone(),
        line.ruling.clone(),
        without,
    ]
}
