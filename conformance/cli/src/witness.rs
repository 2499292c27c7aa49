//! `bucketlaw witness`: the shortest program that tells each facet on each route, one file a clause.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use bucketlaw_conformance::exit::Code;
use bucketlaw_conformance::suite::{self, Entry, is_program_file};
use bucketlaw_model::check::domains;
use bucketlaw_model::check::witness::{self, Mutant, Silence};
use bucketlaw_model::clause::{self, Clause, Facet, FacetId, Sharing};
use bucketlaw_model::describe;
use bucketlaw_model::program::{Program, ProgramFile};

use crate::Failed;
use crate::output::say;

/// How the name of a file of several programs ends.
const END: &str = "programs";

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
    let known = suite::embedded().map_err(|error| Failed(Code::Bug, error.to_string()))?;
    for line in repeated(&known, &survey.programs) {
        say!("{line}");
    }
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

/// The programs written by hand that have the steps of a witness, a line each: they add nothing to it.
fn repeated(known: &[Entry], programs: &BTreeMap<Mutant, Program>) -> Vec<String> {
    let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for ((facet, route), program) in programs {
        told.entry(suite::id(program))
            .or_default()
            .push(format!("{facet}@{route}"));
    }
    let by_hand = |path: &&str| !path.starts_with("witnesses/");
    let paths = known
        .iter()
        .flat_map(|entry| entry.paths().filter(by_hand).map(|path| (path, &entry.id)));
    paths
        .filter_map(|(path, id)| {
            let told = told.get(id)?.join(", ");
            Some(format!("{path} has the steps of the witness of {told}"))
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

/// The programs as files, one a clause, by their path below the folder of the witnesses.
fn files(mut programs: BTreeMap<Mutant, Program>) -> BTreeMap<PathBuf, String> {
    let mut files = BTreeMap::new();
    for clause in clause::all() {
        let mut file = ProgramFile::default();
        let mut facets = Vec::new();
        for facet in clause.facets {
            for route in facet.routes {
                let Some(mut program) = programs.remove(&(facet.id, *route)) else {
                    continue;
                };
                program.about = vec![format!("tells {}@{route}", facet.id)];
                file.programs.push((format!("{}@{route}", facet.name), program));
                if facets.last().is_none_or(|last: &&Facet| last.id != facet.id) {
                    facets.push(facet);
                }
            }
        }
        if !file.programs.is_empty() {
            file.about = about(clause, &facets, file.programs.len());
            let name = format!("{}.{END}", clause.id);
            files.insert(Path::new(clause.area.name()).join(name), file.to_string());
        }
    }
    files
}

/// What stands above the witnesses of a clause: what it says, what holds without each of its facets, and what the file is.
fn about(clause: &Clause, facets: &[&Facet], programs: usize) -> Vec<String> {
    let mut about = vec![format!("{}: {}", clause.id, clause.text)];
    for facet in facets {
        about.push(if facet.is_choice() {
            format!("{}, the branches: {}", facet.name, facet.branches.join(" / "))
        } else {
            format!("{}, without it: {}", facet.name, facet.otherwise)
        });
        if facet.sharing == Sharing::ByKind {
            let told: Vec<&str> = facet.told_on().iter().map(|route| route.name()).collect();
            about.push(format!(
                "{} is shared by its routes: `test --quick` tells it on {}, and where it costs no program of its own",
                facet.name,
                told.join(", ")
            ));
        }
    }
    let (programs, each) = match programs {
        1 => (
            "1 program".to_owned(),
            "the shortest that was found to tell the facet",
        ),
        many => (
            format!("{many} programs"),
            "each the shortest that was found to tell its facet",
        ),
    };
    about.push(format!(
        "{programs}, {each} on its route. Made by `bucketlaw witness` from the catalogue in model/: change that, not this file."
    ));
    about
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
            } else if is_program_file(&path) {
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
            "{} files of witnesses are not current; run `bucketlaw witness`",
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
    use bucketlaw_model::request::Route::{
        DeleteObjectVersion, DeleteObjectsVersion, HeadBucket, HeadObject,
    };

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
    fn the_witnesses_of_a_clause_are_a_file_that_says_what_it_holds_and_reads_again() {
        let asked = [
            (LOCK_DEL_003, DeleteObjectsVersion),
            (LOCK_DEL_003, DeleteObjectVersion),
        ];
        let mut worlds = domains::searched().unwrap();
        worlds.retain(|(domain, _)| domain.name == "locks");
        let survey = witness::survey(&worlds, asked, |_, _| {});
        let files = files(survey.programs);
        let [(path, text)] = files.iter().collect::<Vec<_>>()[..] else {
            panic!("a clause has one file: {files:?}");
        };
        assert_eq!(path, Path::new("object-lock/LOCK-DEL-003.programs"));
        let file = ProgramFile::read(text).unwrap();
        assert!(
            file.about[0].starts_with("LOCK-DEL-003: DELETE of a version"),
            "{text}"
        );
        assert!(file.about[1].starts_with("compliance, without it: "), "{text}");
        assert!(file.about[2].starts_with("2 programs, "), "{text}");
        let names: Vec<&str> = file.programs.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            [
                "compliance@DeleteObjectVersion",
                "compliance@DeleteObjectsVersion"
            ]
        );
        assert_eq!(
            file.programs[0].1.about,
            ["tells LOCK-DEL-003/compliance@DeleteObjectVersion"]
        );
    }

    #[test]
    fn a_program_written_by_hand_that_is_a_witness_again_is_named() {
        let read = |text: &str| Program::read(&format!("bucketlaw program 1\n{text}")).unwrap();
        let steps = "1 owner CreateBucket bucket=b\n2 owner HeadBucket bucket=b\n";
        let known = [
            Entry::new("scenarios/again.program", read(&format!("# a story\n{steps}"))),
            Entry::new(
                "scenarios/own.program",
                read(&format!("{steps}3 user HeadBucket bucket=b\n")),
            ),
            Entry::new(
                "witnesses/evaluation/EVAL-ERR-002.programs#a@HeadBucket",
                read(steps),
            ),
        ];
        let programs = BTreeMap::from([((EVAL_ERR_002, HeadBucket), read(steps))]);
        let line = "scenarios/again.program has the steps of the witness of EVAL-ERR-002/generic@HeadBucket";
        assert_eq!(repeated(&known, &programs), [line]);
    }

    #[test]
    fn a_file_that_nothing_makes_any_more_is_stale_and_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path();
        let file = |name: &str| (Path::new("versioning").join(name), name.to_owned());
        let both = BTreeMap::from([file("A.programs"), file("A.a@HeadBucket.program")]);
        let one = BTreeMap::from([file("A.programs")]);
        write(dir, &both).unwrap();
        assert!(check(dir, &both).is_ok());
        assert!(check(dir, &one).is_err());
        write(dir, &one).unwrap();
        assert!(check(dir, &one).is_ok());
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
