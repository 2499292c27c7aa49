//! `bucketlaw witness`: the shortest program that tells each facet on each route, as files of the suite.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use bucketlaw_conformance::exit::Code;
use bucketlaw_model::check::{domains, witness};
use bucketlaw_model::clause::owner;
use bucketlaw_model::describe;

use crate::Failed;
use crate::output::say;

/// The options of `witness`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The folder of the witnesses in the source tree.
    #[arg(long, value_name = "DIR", default_value = "conformance/suite/witnesses")]
    dir: PathBuf,
    /// Writes nothing; fails when the folder is not current.
    #[arg(long)]
    check: bool,
}

/// Searches and writes the witnesses.
pub(crate) fn run(arguments: &Arguments) -> Result<Code, Failed> {
    let bug = |what: String| Failed(Code::Bug, what);
    let mut open = witness::mutants();
    let all = open.len();
    let mut fired = BTreeSet::new();
    let mut files: BTreeMap<PathBuf, String> = BTreeMap::new();
    for (domain, depth) in domains::searched().map_err(bug)? {
        let found = witness::search(&domain, &open, depth);
        eprintln!(
            "{}: {} states, {} told",
            domain.name,
            found.states,
            found.programs.len()
        );
        fired.extend(found.fired);
        for (mutant, mut program) in found.programs {
            open.remove(&mutant);
            let (facet, route) = mutant;
            let Some((clause, named)) = owner(facet) else {
                continue;
            };
            let what = if named.is_choice() {
                format!("the branches: {}", named.branches.join(" / "))
            } else {
                format!("without it: {}", named.otherwise)
            };
            program.about = vec![format!("tells {facet}@{route}"), clause.text.to_owned(), what];
            let name = format!("{}.{}@{route}.program", clause.id, named.name);
            files.insert(Path::new(clause.area.name()).join(name), program.to_string());
        }
    }
    say!(
        "{} of {all} facets on routes told by {} programs",
        all - open.len(),
        files.len()
    );
    for (facet, route) in &open {
        let why = if fired.contains(&(*facet, *route)) {
            "fired without effect"
        } else {
            "never fired"
        };
        say!(
            "untold {facet}@{route} ({why}): {}",
            describe::facet_words(*facet).unwrap_or_default()
        );
    }
    if arguments.check {
        check(&arguments.dir, &files)
    } else {
        write(&arguments.dir, &files)
    }
}

/// The program files below a folder, by their path below it.
fn present(dir: &Path) -> Result<BTreeMap<PathBuf, String>, Failed> {
    let failed = |path: &Path, error: std::io::Error| Failed::usage(format!("{}: {error}", path.display()));
    let mut files = BTreeMap::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(failed(&folder, error)),
        };
        for entry in entries {
            let path = entry.map_err(|error| failed(&folder, error))?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "program") {
                let text = std::fs::read_to_string(&path).map_err(|error| failed(&path, error))?;
                files.insert(path.strip_prefix(dir).unwrap_or(&path).to_owned(), text);
            }
        }
    }
    Ok(files)
}

fn check(dir: &Path, files: &BTreeMap<PathBuf, String>) -> Result<Code, Failed> {
    let there = present(dir)?;
    let names: BTreeSet<&PathBuf> = there.keys().chain(files.keys()).collect();
    let stale: Vec<&&PathBuf> = names
        .iter()
        .filter(|name| there.get(**name) != files.get(**name))
        .collect();
    for name in &stale {
        eprintln!("not current: {}", dir.join(name).display());
    }
    if stale.is_empty() {
        return Ok(Code::AsExpected);
    }
    Err(Failed(
        Code::Divergence,
        format!(
            "{} witnesses are not current; run `bucketlaw witness`",
            stale.len()
        ),
    ))
}

fn write(dir: &Path, files: &BTreeMap<PathBuf, String>) -> Result<Code, Failed> {
    let failed = |path: &Path, error: std::io::Error| Failed::usage(format!("{}: {error}", path.display()));
    for name in present(dir)?.keys().filter(|name| !files.contains_key(*name)) {
        let path = dir.join(name);
        std::fs::remove_file(&path).map_err(|error| failed(&path, error))?;
    }
    for (name, text) in files {
        let path = dir.join(name);
        let folder = path.parent().unwrap_or(dir);
        std::fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
        std::fs::write(&path, text).map_err(|error| failed(&path, error))?;
    }
    Ok(Code::AsExpected)
}
