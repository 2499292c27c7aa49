//! `bucketlaw spec`: the law as a reference work.

use std::collections::BTreeSet;

use bucketlaw_conformance::exit::Code;
use bucketlaw_conformance::suite::{self, Entry, telling};
use bucketlaw_model::clause::{self, Area, Clause, Kind, Sharing};
use serde_json::json;

use crate::Failed;
use crate::output::say;

mod table;

/// The options of `spec`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// A clause, for example LOCK-DEL-003.
    #[arg(group = "what")]
    id: Option<String>,
    /// Finds clauses by their words.
    #[arg(long, value_name = "TEXT", group = "what")]
    search: Option<String>,
    /// Lists where S3 is undocumented: the branches that are accepted, ours first.
    #[arg(long, group = "what")]
    freedoms: bool,
    /// Prints how the law rules on an operation or call form, in the order of errors, for example DeleteObjectVersion;
    /// alone it lists them.
    #[arg(long, value_name = "ROUTE", group = "what", num_args = 0..=1, default_missing_value = "")]
    table: Option<String>,
    /// Counts what the suite exercises.
    #[arg(long, group = "what")]
    coverage: bool,
    /// How coverage is printed.
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = ["text", "json", "markdown"])]
    format: String,
}

/// Looks the law up.
pub(crate) fn run(arguments: &Arguments) -> Result<Code, Failed> {
    if !arguments.coverage && arguments.format != "text" {
        return Err(Failed::usage(format!(
            "--format {} goes with --coverage",
            arguments.format
        )));
    }
    if let Some(id) = &arguments.id {
        let id = id.to_ascii_uppercase();
        let clause = clause::find(&id).ok_or_else(|| {
            Failed::usage(format!(
                "there is no clause {id}; `bucketlaw spec --search TEXT` finds clauses by their words"
            ))
        })?;
        show(clause)?;
    } else if let Some(text) = &arguments.search {
        let text = text.to_lowercase();
        let found: Vec<&Clause> = clause::all()
            .filter(|clause| {
                format!("{} {}", clause.id, clause.text)
                    .to_lowercase()
                    .contains(&text)
            })
            .collect();
        for clause in &found {
            say!("{:14} {}", clause.id, clause.text);
        }
        if found.is_empty() {
            return Err(Failed(
                Code::NothingEvaluated,
                format!("no clause speaks of `{text}`"),
            ));
        }
    } else if let Some(route) = &arguments.table {
        table::show(route)?;
    } else if arguments.freedoms {
        freedoms();
    } else if arguments.coverage {
        coverage(&arguments.format)?;
    } else {
        areas();
    }
    Ok(Code::AsExpected)
}

fn areas() {
    say!("area           clauses  in force  rules  forms");
    let mut sums = [0; 4];
    for area in Area::ALL {
        let of = |test: &dyn Fn(&Clause) -> bool| {
            clause::all().filter(|one| one.area == *area && test(one)).count()
        };
        let force = |one: &Clause| one.in_force();
        let counts = [
            of(&|_| true),
            of(&force),
            of(&|one| force(one) && one.kind == Kind::Rule),
            of(&|one| force(one) && one.kind == Kind::Form),
        ];
        for (sum, count) in sums.iter_mut().zip(counts) {
            *sum += count;
        }
        area_line(area.name(), counts);
    }
    area_line("all", sums);
    say!(
        "\n`bucketlaw spec ID` shows a clause, `--search TEXT` finds one, `--table ROUTE` shows how an operation is ruled on, `--freedoms` lists what S3 leaves open."
    );
}

fn area_line(name: &str, [all, force, rules, forms]: [usize; 4]) {
    say!("{name:13}  {all:7}  {force:8}  {rules:5}  {forms:5}");
}

fn show(clause: &Clause) -> Result<(), Failed> {
    say!("{}  [{}]", clause.id, clause.area.name());
    say!("  {}", clause.text);
    let status = match clause.waits_for() {
        none if none.is_empty() => "in force".to_owned(),
        features => format!("planned: the law does not rule by it yet, and waits for {features}"),
    };
    say!("  kind      {}", clause.kind.name());
    say!("  status    {status}");
    say!("  level     {}", clause.level.name());
    say!("  severity  {}", clause.severity.name());
    say!("  source    {}", clause.source);
    if !clause.follows_from.is_empty() {
        say!("  follows   {}", clause.derivation());
    } else if !clause.reason.is_empty() {
        say!("  because   {}", clause.reason);
    }
    let constants: Vec<&str> = clause.facets.iter().map(|facet| facet.constant).collect();
    if constants.is_empty() {
        say!("  code      {}", clause.file);
    } else {
        say!("  code      {}, by {}", clause.file, constants.join(", "));
    }
    let entries = suite::embedded().map_err(|error| Failed(Code::Bug, error.to_string()))?;
    show_elsewhere(clause, &entries);
    for facet in clause.facets {
        let routes: Vec<&str> = facet.routes.iter().map(|route| route.name()).collect();
        say!("  facet     {} on {}", facet.name, routes.join(", "));
        if facet.sharing == Sharing::ByKind {
            let told: Vec<&str> = facet.told_on().iter().map(|route| route.name()).collect();
            say!(
                "    shared  by these routes: `test --quick` tells it on {}",
                told.join(", ")
            );
        }
        if facet.is_choice() {
            say!("    open    {} (ours first)", facet.branches.join(" / "));
        } else {
            say!("    else    {}", facet.otherwise);
        }
        for (route, why) in facet.untold {
            say!("    untold  {route}: {why}");
        }
        for route in facet.routes {
            for entry in telling(&entries, (facet.id, *route)) {
                say!("    told    {route} by program {} ({})", entry.id, places(entry));
            }
        }
    }
    Ok(())
}

/// The races that tell a clause, and for a consequence what tells the rules from which it follows.
fn show_elsewhere(clause: &Clause, entries: &[Entry]) {
    for entry in entries.iter().filter(|entry| races(entry, clause)) {
        say!("  race      program {} ({})", entry.id, places(entry));
    }
    for rule in clause.rules() {
        for facet in rule.facets {
            let told = format!("{}/{}@", rule.id, facet.name);
            let mut tell = entries
                .iter()
                .filter(|entry| entry.tells.iter().any(|words| words.starts_with(&told)));
            if let Some(entry) = tell.next() {
                say!(
                    "    told    as {}/{} by program {} ({})",
                    rule.id,
                    facet.name,
                    entry.id,
                    places(entry)
                );
            }
        }
    }
}

/// The places where the steps of a program stand.
fn places(entry: &Entry) -> String {
    entry.paths().collect::<Vec<_>>().join(" = ")
}

/// Whether a program is a race that tells a clause.
fn races(entry: &Entry, clause: &Clause) -> bool {
    let told = format!("{}@", clause.id);
    entry.tells.iter().any(|words| words.starts_with(&told))
}

fn freedoms() {
    for (clause, facet) in clause::facets().filter(|(_, facet)| facet.is_choice()) {
        say!("{}/{}  {}", clause.id, facet.name, clause.text);
        say!("    accepted: {} (ours first)", facet.branches.join(" / "));
    }
}

/// One row of the coverage table.
pub(crate) fn coverage_rows() -> Result<Vec<serde_json::Value>, Failed> {
    let entries = suite::embedded().map_err(|error| Failed(Code::Bug, error.to_string()))?;
    let told: BTreeSet<&str> = entries
        .iter()
        .flat_map(|entry| entry.tells.iter().map(String::as_str))
        .collect();
    let rows = Area::ALL.iter().map(|area| {
        let of: Vec<&Clause> = clause::all().filter(|clause| clause.area == *area).collect();
        let force: Vec<&&Clause> = of.iter().filter(|clause| clause.in_force()).collect();
        let kind = |kind: Kind| force.iter().filter(|clause| clause.kind == kind).count();
        let tested = |clause: &Clause| matches!(clause.kind, Kind::Rule | Kind::Form | Kind::Consequence);
        let missing: Vec<&str> =
            force.iter().filter(|clause| tested(clause) && !exercised(clause, &told)).map(|clause| clause.id).collect();
        let counted = force.iter().filter(|clause| tested(clause)).count();
        json!({
            "area": area.name(),
            "clauses": of.len(),
            "rule": kind(Kind::Rule),
            "consequence": kind(Kind::Consequence),
            "form": kind(Kind::Form),
            "definition": kind(Kind::Definition),
            "note": kind(Kind::Note),
            "planned": of.len() - force.len(),
            "facets": force.iter().flat_map(|clause| clause.facets).map(|facet| facet.routes.len()).sum::<usize>(),
            "quick": force.iter().flat_map(|clause| clause.facets).map(|facet| facet.told_on().len()).sum::<usize>(),
            "exercised": counted - missing.len(),
            "not_exercised": missing,
        })
    });
    Ok(rows.collect())
}

/// Whether each facet of a clause is told on each of its routes; a consequence, whether its rules are.
fn exercised(clause: &Clause, told: &BTreeSet<&str>) -> bool {
    if clause.kind == Kind::Consequence {
        return clause.rules().all(|rule| exercised(rule, told));
    }
    clause.facets.iter().all(|facet| {
        facet.routes.iter().all(|route| {
            let silent = facet.untold.iter().any(|(silent, _)| silent == route);
            silent || told.contains(format!("{}/{}@{route}", clause.id, facet.name).as_str())
        })
    })
}

fn coverage(format: &str) -> Result<(), Failed> {
    let rows = coverage_rows()?;
    if format == "json" {
        let text =
            serde_json::to_string_pretty(&rows).map_err(|error| Failed(Code::Bug, error.to_string()))?;
        say!("{text}");
        return Ok(());
    }
    say!(
        "area           clauses  rule  consequence  form  definition  note  planned  facets@routes  by --quick  exercised"
    );
    for row in &rows {
        let number = |name: &str| row.get(name).and_then(serde_json::Value::as_u64).unwrap_or(0);
        say!(
            "{:13}  {:7}  {:4}  {:11}  {:4}  {:10}  {:4}  {:7}  {:13}  {:10}  {:9}",
            row.get("area").and_then(serde_json::Value::as_str).unwrap_or(""),
            number("clauses"),
            number("rule"),
            number("consequence"),
            number("form"),
            number("definition"),
            number("note"),
            number("planned"),
            number("facets"),
            number("quick"),
            number("exercised")
        );
        if let Some(missing) = row.get("not_exercised").and_then(serde_json::Value::as_array) {
            for id in missing.iter().filter_map(serde_json::Value::as_str) {
                say!("    not exercised: {id}");
            }
        }
    }
    Ok(())
}
