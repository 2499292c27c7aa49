//! `bucketlaw witness`: the shortest program that tells each facet on each route, as files of the suite.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use bucketlaw_conformance::exit::Code;
use bucketlaw_model::check::domains;
use bucketlaw_model::check::witness::{self, Mutant, Silence};
use bucketlaw_model::clause::{FacetId, owner};
use bucketlaw_model::describe;
use bucketlaw_model::program::Program;

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
    let worlds = domains::searched().map_err(|what| Failed(Code::Bug, what))?;
    let marked = witness::marked();
    let expected = witness::mutants();
    let all = expected.len() + marked.len();
    let survey = witness::survey(
        &worlds,
        expected.into_iter().chain(marked.keys().copied()),
        |domain, found| {
            let (states, told) = (found.states, found.programs.len());
            eprintln!("{}: {states} states, {told} told", domain.name);
        },
    );
    let told = survey.programs.len();
    say!("{told} of {all} facets on routes told by {told} programs");
    for line in untold(&survey.silent, &marked) {
        say!("{line}");
    }
    true_marks(&survey.programs, &marked)?;
    let files = files(survey.programs);
    if arguments.check {
        explained(&survey.silent, &marked)?;
        check(&arguments.dir, &files)
    } else {
        write(&arguments.dir, &files)
    }
}

/// What the search says of the facets that no program tells, beside the catalogue's reason; a line for all routes of
/// which both say the same.
fn untold(silent: &BTreeMap<Mutant, Silence>, marked: &BTreeMap<Mutant, &str>) -> Vec<String> {
    let mut lines: BTreeMap<(FacetId, Silence, String), Vec<&str>> = BTreeMap::new();
    for (mutant, finding) in silent {
        let (facet, route) = *mutant;
        let reason = match marked.get(mutant) {
            Some(reason) => (*reason).to_owned(),
            None => format!(
                "no program yet, and the catalogue has no reason: {}",
                describe::facet_words(facet).unwrap_or_default()
            ),
        };
        lines
            .entry((facet, *finding, reason))
            .or_default()
            .push(route.name());
    }
    lines
        .into_iter()
        .map(|((facet, finding, reason), routes)| {
            format!("untold {facet} ({finding}), {reason}: {}", routes.join(", "))
        })
        .collect()
}

/// Fails when a program tells what the catalogue marks as untold.
fn true_marks(programs: &BTreeMap<Mutant, Program>, marked: &BTreeMap<Mutant, &str>) -> Result<(), Failed> {
    let mut stale = String::new();
    for ((facet, route), program) in programs {
        if let Some(reason) = marked.get(&(*facet, *route)) {
            stale += &format!("{facet}@{route} is marked untold ({reason}), and this tells it:\n{program}\n");
        }
    }
    if stale.is_empty() {
        return Ok(());
    }
    Err(Failed(
        Code::Divergence,
        format!(
            "{stale}nothing was written; take these marks (`untold`) out of the catalogue and run `bucketlaw witness` again"
        ),
    ))
}

/// Fails when a facet has neither a program nor a mark.
fn explained(silent: &BTreeMap<Mutant, Silence>, marked: &BTreeMap<Mutant, &str>) -> Result<(), Failed> {
    let bare: Vec<String> = silent
        .keys()
        .filter(|mutant| !marked.contains_key(mutant))
        .map(|(facet, route)| format!("{facet}@{route}"))
        .collect();
    if bare.is_empty() {
        return Ok(());
    }
    Err(Failed(
        Code::Divergence,
        format!(
            "no program tells {}: extend a world of model/src/check/domains, or mark them `untold` with the reason",
            bare.join(", ")
        ),
    ))
}

/// The programs as files, by their path below the folder of the witnesses.
fn files(programs: BTreeMap<Mutant, Program>) -> BTreeMap<PathBuf, String> {
    let mut files = BTreeMap::new();
    for ((facet, route), mut program) in programs {
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
    files
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

#[cfg(test)]
mod tests {
    use bucketlaw_model::access::refusal::EVAL_ERR_002;
    use bucketlaw_model::lock::delete::LOCK_DEL_003;
    use bucketlaw_model::request::Route::{DeleteObjectVersion, HeadBucket, HeadObject};

    use super::*;

    #[test]
    fn a_mark_that_a_program_contradicts_fails_and_says_which() {
        let told = (LOCK_DEL_003, DeleteObjectVersion);
        let mut worlds = domains::searched().unwrap();
        worlds.retain(|(domain, _)| domain.name == "locks");
        let survey = witness::survey(&worlds, [told], |_, _| {});
        assert!(survey.silent.is_empty());
        assert!(true_marks(&survey.programs, &BTreeMap::new()).is_ok());
        let Failed(code, message) =
            true_marks(&survey.programs, &BTreeMap::from([(told, "nobody can see it")])).unwrap_err();
        assert_eq!(code, Code::Divergence);
        let mark = "LOCK-DEL-003/compliance@DeleteObjectVersion is marked untold (nobody can see it)";
        assert!(message.contains(mark), "{message}");
        assert!(message.contains("owner DeleteObject bucket=b key=k"), "{message}");
    }

    #[test]
    fn the_finding_stands_beside_the_reason() {
        let silent = [HeadBucket, HeadObject].map(|route| ((EVAL_ERR_002, route), Silence::NeverFired));
        let marked = [HeadBucket, HeadObject].map(|route| ((EVAL_ERR_002, route), "no body"));
        assert_eq!(
            untold(&silent.into(), &marked.into()),
            ["untold EVAL-ERR-002/generic (never fired), no body: HeadBucket, HeadObject"]
        );
        let [line] = &untold(&silent.into(), &BTreeMap::new())[..] else {
            panic!("the routes have a line each");
        };
        assert!(line.contains("the catalogue has no reason"), "{line}");
        assert!(explained(&silent.into(), &marked.into()).is_ok());
        let Failed(_, message) = explained(&silent.into(), &BTreeMap::new()).unwrap_err();
        assert!(message.contains("EVAL-ERR-002/generic@HeadObject"), "{message}");
    }
}
