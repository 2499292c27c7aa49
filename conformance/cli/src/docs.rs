//! `bucketlaw docs`: the pages that are made from the catalogue and the suite, written or checked to be current.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use bucketlaw_conformance::exit::Code;
use bucketlaw_conformance::suite::{self, Entry, Tier};
use bucketlaw_model::check::domains;
use bucketlaw_model::check::witness::{self, Mutant, Silence};
use bucketlaw_model::clause::{self, Area, Clause, Facet, Kind, Sharing, Status};
use bucketlaw_model::request::Route;

use crate::Failed;
use crate::operation::block::literal;
use crate::output::say;

mod grammar;
mod operations;

/// The options of `docs`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The folder of the documentation in the source tree.
    #[arg(long, value_name = "DIR", default_value = "docs")]
    dir: PathBuf,
    /// Writes nothing; fails when the folder is not current.
    #[arg(long)]
    check: bool,
}

/// Writes the generated pages, or checks them.
pub(crate) fn run(arguments: &Arguments) -> Result<Code, Failed> {
    let entries = suite::embedded().map_err(|error| Failed(Code::Bug, error.to_string()))?;
    let programs = Programs::new(&entries);
    let mut files: BTreeMap<PathBuf, String> = BTreeMap::new();
    for area in areas() {
        let page = Path::new(CLAUSES).join(format!("{}.md", area.name()));
        files.insert(page, area_page(area, &programs)?);
    }
    files.insert(Path::new(CLAUSES).join("README.md"), index()?);
    let silent = silent(&programs)?;
    files.insert(PathBuf::from("coverage.txt"), coverage(&programs, &silent)?);
    files.insert(PathBuf::from("program-operations.md"), grammar::page()?);
    files.extend(operations::pages()?);
    if arguments.check {
        check(&arguments.dir, &files)
    } else {
        write(&arguments.dir, &files)
    }
}

/// The folder that holds generated pages only.
const CLAUSES: &str = "clauses";
const MADE: &str = "<!-- Made by `bucketlaw docs`. Change the catalogue in model/, not this file. -->\n\n";

/// The areas that the catalogue has clauses of.
fn areas() -> BTreeSet<Area> {
    clause::all().map(|clause| clause.area).collect()
}

/// What the programs of the suite tell.
struct Programs<'a> {
    /// The facets on routes that are told, each with the place of the first program that tells it.
    told: BTreeMap<&'a str, &'a str>,
    /// Those that the quick suite tells.
    quick: BTreeSet<&'a str>,
    /// The files of the suite.
    files: BTreeSet<&'a str>,
}

impl<'a> Programs<'a> {
    fn new(entries: &'a [Entry]) -> Programs<'a> {
        let mut told = BTreeMap::new();
        for entry in entries {
            for words in &entry.tells {
                told.entry(words.as_str()).or_insert(entry.path.as_str());
            }
        }
        Programs {
            told,
            quick: entries
                .iter()
                .filter(|entry| Tier::Quick.takes(entry))
                .flat_map(|entry| entry.tells.iter().map(String::as_str))
                .collect(),
            files: entries.iter().flat_map(Entry::names).collect(),
        }
    }

    /// The file of the programs that tell a clause; nothing if it has none.
    fn file(&self, clause: &Clause) -> Option<&'a str> {
        let name = format!("witnesses/{}/{}.programs", clause.area.name(), clause.id);
        self.files.get(name.as_str()).copied()
    }

    /// Where a program lies that tells a facet on a route.
    fn telling(&self, clause: &Clause, facet: &Facet, route: Route) -> Option<&'a str> {
        let words = format!("{}/{}@{route}", clause.id, facet.name);
        self.told.get(words.as_str()).copied()
    }

    /// On how many of its facets' routes the quick suite tells a clause.
    fn quick(&self, clause: &Clause) -> usize {
        let cells = clause
            .facets
            .iter()
            .flat_map(|facet| facet.routes.iter().map(|route| format!("{}@{route}", facet.id)));
        cells.filter(|cell| self.quick.contains(cell.as_str())).count()
    }

    /// On how many of its facets' routes a clause is told, and how many there are.
    fn told(&self, clause: &Clause) -> (usize, usize) {
        let pairs = clause
            .facets
            .iter()
            .flat_map(|facet| facet.routes.iter().map(move |route| (facet, route)));
        let told = pairs
            .clone()
            .filter(|(facet, route)| self.telling(clause, facet, **route).is_some())
            .count();
        (told, pairs.count())
    }
}

/// The clauses of an area in the order of their ids.
fn clauses_of(area: Area) -> Vec<&'static Clause> {
    let mut clauses: Vec<&Clause> = clause::all().filter(|clause| clause.area == area).collect();
    clauses.sort_by_key(|clause| clause.id);
    clauses
}

fn status(clause: &Clause) -> &'static str {
    match clause.status {
        Status::InForce => "in force",
        Status::Planned(_) => "planned",
    }
}

fn no_text(_: std::fmt::Error) -> Failed {
    Failed(Code::Bug, "a page could not be set".to_owned())
}

fn area_page(area: Area, programs: &Programs<'_>) -> Result<String, Failed> {
    set_area(area, programs).map_err(no_text)
}

fn set_area(area: Area, programs: &Programs<'_>) -> Result<String, std::fmt::Error> {
    let mut page = String::from(MADE);
    writeln!(page, "# Clauses of {}\n", area.name())?;
    writeln!(
        page,
        "How to read an entry: [README](README.md). The programs of an entry are in one file, each named by the facet and the route \
         that it tells.\n"
    )?;
    let mut section = "";
    for clause in clauses_of(area) {
        if clause.section() != section {
            section = clause.section();
            writeln!(page, "## {section}\n")?;
        }
        set_clause(&mut page, clause, programs)?;
    }
    Ok(page)
}

fn set_clause(page: &mut String, clause: &Clause, programs: &Programs<'_>) -> std::fmt::Result {
    writeln!(page, "### {}\n", clause.id)?;
    writeln!(page, "{}\n", literal(clause.text))?;
    writeln!(
        page,
        "{}, {}. Level {}, severity {}. Source: {}\n",
        clause.kind.name(),
        status(clause),
        clause.level.name(),
        clause.severity.name(),
        literal(clause.source)
    )?;
    if !clause.follows_from.is_empty() {
        writeln!(page, "Follows from: {}\n", literal(&clause.derivation()))?;
    } else if !clause.reason.is_empty() {
        writeln!(page, "Because: {}\n", literal(clause.reason))?;
    } else if !clause.in_force() {
        writeln!(page, "Waits for: {}\n", clause.waits_for())?;
    }
    for facet in clause.facets {
        set_facet(page, facet)?;
    }
    if !clause.facets.is_empty() {
        writeln!(page)?;
    }
    if let Some(file) = programs.file(clause) {
        writeln!(page, "Told by [its programs](../../conformance/suite/{file}).\n")?;
    }
    Ok(())
}

fn set_facet(page: &mut String, facet: &Facet) -> std::fmt::Result {
    if facet.is_choice() {
        write!(
            page,
            "- `{}`, open: {} (ours first).",
            facet.name,
            literal(&facet.branches.join(" / "))
        )?;
    } else {
        write!(
            page,
            "- `{}`, else: {}.",
            facet.name,
            literal(&facet.otherwise.words())
        )?;
    }
    let routes: Vec<&str> = facet.routes.iter().map(|route| route.name()).collect();
    writeln!(page, " On {}.", routes.join(", "))?;
    if facet.sharing == Sharing::ByKind {
        let told: Vec<&str> = facet.told_on().iter().map(|route| route.name()).collect();
        writeln!(
            page,
            "  - shared by these routes: `--quick` tells it on {}",
            told.join(", ")
        )?;
    }
    for (route, why) in facet.untold {
        writeln!(page, "  - not told on {route}: {}", literal(why))?;
    }
    Ok(())
}

fn index() -> Result<String, Failed> {
    set_index().map_err(no_text)
}

fn set_index() -> Result<String, std::fmt::Error> {
    let mut page = String::from(MADE);
    writeln!(page, "# The clauses\n")?;
    writeln!(
        page,
        "| area | clauses | in force | planned | facets |\n|---|---|---|---|---|"
    )?;
    for area in areas() {
        let clauses = clauses_of(area);
        let planned = clauses.iter().filter(|clause| !clause.in_force()).count();
        writeln!(
            page,
            "| [{0}]({0}.md) | {1} | {2} | {planned} | {3} |",
            area.name(),
            clauses.len(),
            clauses.len() - planned,
            clauses.iter().map(|clause| clause.facets.len()).sum::<usize>()
        )?;
    }
    page.push_str(HOW_TO_READ);
    Ok(page)
}

const HOW_TO_READ: &str = "
An entry has the clause's sentence, then:

- its **kind**: `rule` decides something; `form` says how a reply looks; `consequence` follows from the rules that it names;
  `definition` introduces a word; `note` can't be tested from outside;
- its **status**: in force, or planned: the law does not rule by it yet, and waits for what the entry names;
- its **level**, the evidence for it, best first: `recorded` (a public recording of AWS shows it), `documented` (AWS
  documentation says it), `reported` (third parties quote it), `chosen` (nobody says: all branches are accepted, ours is named);
- its **severity** if violated: `critical`, `high`, `medium`, `low`;
- its **facets**: what it decides, each with its *else*, the exact other ruling that holds without it, and the routes
  (operations and call forms; `...Version` is the form with a version id) that it governs. An open facet has branches instead.

`bucketlaw spec ID` prints the same; [coverage.txt](../coverage.txt) has the counts.
";

/// What a search says of the facets on routes that no program of the suite tells.
fn silent(programs: &Programs<'_>) -> Result<BTreeMap<Mutant, Silence>, Failed> {
    let mutants: Vec<Mutant> = clause::facets()
        .flat_map(|(clause, facet)| facet.routes.iter().map(move |route| (clause, facet, *route)))
        .filter(|(clause, facet, route)| programs.telling(clause, facet, *route).is_none())
        .map(|(_, facet, route)| (facet.id, route))
        .collect();
    let worlds = domains::searched().map_err(|what| Failed(Code::Bug, what))?;
    Ok(witness::survey(&worlds, mutants, |_, _| {}).silent)
}

/// One line for each clause, to be reviewed like code: what it is, and on how many routes of its facets it is told.
fn coverage(programs: &Programs<'_>, silent: &BTreeMap<Mutant, Silence>) -> Result<String, Failed> {
    set_coverage(programs, silent).map_err(no_text)
}

fn set_coverage(
    programs: &Programs<'_>,
    silent: &BTreeMap<Mutant, Silence>,
) -> Result<String, std::fmt::Error> {
    let mut text = String::from(HOW_TO_COUNT);
    set_sums(&mut text, programs)?;
    for area in areas() {
        let clauses = clauses_of(area);
        writeln!(text, "\n{}: {}", area.name(), counts(&clauses, programs))?;
        for clause in clauses {
            let (told, all) = programs.told(clause);
            let count = match (clause.status, clause.kind) {
                (Status::Planned(_), _) => format!("planned: {}", clause.waits_for()),
                (Status::InForce, Kind::Consequence) => format!("of {}", clause.derivation()),
                (Status::InForce, Kind::Definition | Kind::Note) => "-".to_owned(),
                (Status::InForce, Kind::Rule | Kind::Form) if programs.quick(clause) < told => {
                    format!("{told}/{all}, {} with --quick", programs.quick(clause))
                }
                (Status::InForce, Kind::Rule | Kind::Form) => format!("{told}/{all}"),
            };
            writeln!(text, "{:16} {:11} {count}", clause.id, clause.kind.name())?;
            for facet in clause.facets {
                for route in facet
                    .routes
                    .iter()
                    .filter(|route| programs.telling(clause, facet, **route).is_none())
                {
                    let why = facet.untold.iter().find(|(silent, _)| silent == route);
                    let why = why.map_or("no program yet", |(_, why)| why);
                    let finding = silent
                        .get(&(facet.id, *route))
                        .map_or("told by a search", |finding| finding.name());
                    writeln!(text, "    untold {}@{route} ({finding}): {why}", facet.name)?;
                }
            }
        }
    }
    Ok(text)
}

const HOW_TO_COUNT: &str = "\
# Made by `bucketlaw docs`. Clause, kind, and on how many of the routes of its facets it is told; with --quick, where that
# tells less: facets that many routes share are told there on one route of each kind.

";

/// All clauses of the specification: how many are in force, and of which kind they are.
fn set_sums(text: &mut String, programs: &Programs<'_>) -> std::fmt::Result {
    let clauses: Vec<&Clause> = clause::all().collect();
    writeln!(text, "all: {}", counts(&clauses, programs))?;
    for kind in [
        Kind::Rule,
        Kind::Form,
        Kind::Consequence,
        Kind::Definition,
        Kind::Note,
    ] {
        let of: Vec<&&Clause> = clauses.iter().filter(|clause| clause.kind == kind).collect();
        let force = of.iter().filter(|clause| clause.in_force()).count();
        writeln!(
            text,
            "    {:11} {force:4} of {:4} in force",
            kind.name(),
            of.len()
        )?;
    }
    Ok(())
}

/// How many clauses there are, in force and told, in words.
fn counts(clauses: &[&Clause], programs: &Programs<'_>) -> String {
    let (mut force, mut told, mut all, mut quick) = (0, 0, 0, 0);
    for clause in clauses.iter().filter(|clause| clause.in_force()) {
        let (more, of) = programs.told(clause);
        (force, told, all, quick) = (force + 1, told + more, all + of, quick + programs.quick(clause));
    }
    let quick = if quick < told {
        format!(", {quick} with --quick")
    } else {
        String::new()
    };
    format!(
        "{} clauses, {force} in force, {} planned; {told} of {all} facets@routes told{quick}",
        clauses.len(),
        clauses.len() - force
    )
}

/// The generated pages that are there, by their path below the folder.
fn present(dir: &Path, files: &BTreeMap<PathBuf, String>) -> Result<BTreeMap<PathBuf, String>, Failed> {
    let mut names: BTreeSet<PathBuf> = files.keys().cloned().collect();
    for below in [CLAUSES, operations::FOLDER] {
        let folder = dir.join(below);
        match std::fs::read_dir(&folder) {
            Ok(entries) => {
                for entry in entries {
                    let entry = entry.map_err(|error| failed(&folder, &error))?;
                    names.insert(Path::new(below).join(entry.file_name()));
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(&folder, &error)),
        }
    }
    let mut there = BTreeMap::new();
    for name in names {
        let path = dir.join(&name);
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                there.insert(name, text);
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(&path, &error)),
        }
    }
    Ok(there)
}

fn failed(path: &Path, error: &std::io::Error) -> Failed {
    Failed::usage(format!("{}: {error}", path.display()))
}

fn check(dir: &Path, files: &BTreeMap<PathBuf, String>) -> Result<Code, Failed> {
    let there = present(dir, files)?;
    let names: BTreeSet<&PathBuf> = there.keys().chain(files.keys()).collect();
    let stale: Vec<&PathBuf> = names
        .into_iter()
        .filter(|name| there.get(*name) != files.get(*name))
        .collect();
    for name in &stale {
        eprintln!("not current: {}", dir.join(name).display());
    }
    if stale.is_empty() {
        say!("{} pages are current", files.len());
        return Ok(Code::AsExpected);
    }
    Err(Failed(
        Code::Divergence,
        format!("{} pages are not current; run `bucketlaw docs`", stale.len()),
    ))
}

fn write(dir: &Path, files: &BTreeMap<PathBuf, String>) -> Result<Code, Failed> {
    for name in present(dir, files)?
        .keys()
        .filter(|name| !files.contains_key(*name))
    {
        let path = dir.join(name);
        std::fs::remove_file(&path).map_err(|error| failed(&path, &error))?;
    }
    for (name, text) in files {
        let path = dir.join(name);
        let folder = path.parent().unwrap_or(dir);
        std::fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
        std::fs::write(&path, text).map_err(|error| failed(&path, &error))?;
    }
    say!("{} pages", files.len());
    Ok(Code::AsExpected)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs");

    #[test]
    fn every_area_has_a_page_with_all_of_its_clauses() {
        let entries = suite::embedded().unwrap();
        let programs = Programs::new(&entries);
        for area in areas() {
            let page = area_page(area, &programs).unwrap();
            for clause in clauses_of(area) {
                assert!(page.contains(&format!("### {}\n", clause.id)), "{}", clause.id);
            }
        }
    }

    #[test]
    fn every_file_that_a_page_links_is_there_and_each_clause_that_is_told_has_one() {
        let entries = suite::embedded().unwrap();
        let programs = Programs::new(&entries);
        for clause in clause::all() {
            let file = programs.file(clause);
            assert_eq!(file.is_some(), programs.told(clause).0 > 0, "{}", clause.id);
            let path = file.map(|file| Path::new(SOURCE).join("../conformance/suite").join(file));
            assert!(path.is_none_or(|path| path.is_file()), "{file:?}");
        }
    }

    #[test]
    fn a_page_that_nothing_makes_any_more_is_stale_and_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path();
        let page = |name: &str| (Path::new(CLAUSES).join(name), name.to_owned());
        let both = BTreeMap::from([page("a.md"), page("b.md")]);
        let one = BTreeMap::from([page("a.md")]);
        write(dir, &both).unwrap();
        assert!(check(dir, &both).is_ok());
        assert!(check(dir, &one).is_err());
        write(dir, &one).unwrap();
        assert!(check(dir, &one).is_ok());
    }
}
