//! The suite: programs as files, with what each of them tells.

use std::collections::btree_map::Entry::{Occupied, Vacant};
use std::collections::{BTreeMap, BTreeSet};
use std::hash::Hasher;
use std::path::Path;
use std::sync::LazyLock;

use bucketlaw_model::check::witness::{self, Mutant};
use bucketlaw_model::program::{Program, ProgramFile};
use fnv::FnvHasher;
use include_dir::{Dir, include_dir};

pub mod lockout;
pub mod stand_in;

/// The programs that come with this version.
static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/suite");

/// A program of the suite.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The id: a hash of its steps.
    pub id: String,
    /// Where it stands: the file, and behind a `#` its name if the file holds several programs.
    pub path: String,
    /// Where else the same steps stand, in order.
    pub also: Vec<String>,
    /// What it tells: facets on routes, as `ID/facet@Route`.
    pub tells: Vec<String>,
    /// The known bugs that it was written for, by their ids in `bugs.toml`.
    pub bugs: Vec<String>,
    /// The program.
    pub program: Program,
}

impl Entry {
    /// The entry of a program at a path. What it tells and the bugs that it was written for are read from its comments.
    #[must_use]
    pub fn new(path: impl Into<String>, program: Program) -> Entry {
        Entry {
            id: id(&program),
            path: path.into(),
            also: Vec::new(),
            tells: tagged(&program, "tells "),
            bugs: tagged(&program, "bug "),
            program,
        }
    }

    /// All places where its steps stand.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.path).chain(&self.also).map(String::as_str)
    }

    /// The paths with the files of several programs themselves: by each of these names it can be selected.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.paths()
            .flat_map(|path| [Some(path), path.split_once('#').map(|(file, _)| file)])
            .flatten()
    }
}

/// How much of the suite a run takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tier {
    /// Facets that many routes share are told on one route of each kind.
    Quick,
    /// Every facet is told on every route.
    #[default]
    Full,
}

impl Tier {
    /// Whether a program runs in this tier: in the quick one unless all that it is there for are shared facets on routes
    /// that do not stand for their kind. What was written by hand is there for itself.
    #[must_use]
    pub fn takes(self, entry: &Entry) -> bool {
        match self {
            Tier::Full => true,
            Tier::Quick => {
                let quick = quick();
                let is_quick = |words: &String| quick.contains(words);
                let by_hand = entry.paths().any(|path| !path.starts_with(WITNESSES));
                by_hand || entry.tells.iter().any(is_quick)
            }
        }
    }
}

/// What the quick suite tells, as programs name it in their comments.
#[must_use]
pub fn quick() -> &'static BTreeSet<String> {
    static QUICK: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
        let quick = witness::quick().into_iter();
        quick.map(|(facet, route)| format!("{facet}@{route}")).collect()
    });
    &QUICK
}

/// Where the programs lie that were found by search.
const WITNESSES: &str = "witnesses/";

/// The programs that tell a facet on a route.
pub fn telling(entries: &[Entry], (facet, route): Mutant) -> impl Iterator<Item = &Entry> {
    let words = format!("{facet}@{route}");
    entries.iter().filter(move |entry| entry.tells.contains(&words))
}

/// A file of the suite that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuiteError(pub String);

impl std::fmt::Display for SuiteError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SuiteError {}

/// All programs that come with this version; those with the same steps are one entry.
///
/// # Errors
/// The first file that cannot be read, and where in it.
pub fn embedded() -> Result<Vec<Entry>, SuiteError> {
    let mut files = Vec::new();
    collect(&FILES, &mut files);
    files.sort_unstable();
    load(files)
}

fn collect<'a>(dir: &'a Dir<'a>, files: &mut Vec<(String, &'a str)>) {
    for file in dir.files().filter(|file| is_program_file(file.path())) {
        files.extend(
            file.contents_utf8()
                .map(|text| (file.path().display().to_string(), text)),
        );
    }
    for inner in dir.dirs() {
        collect(inner, files);
    }
}

/// Whether a file holds programs, by the end of its name: `.program` or `.programs`.
#[must_use]
pub fn is_program_file(path: &Path) -> bool {
    path.extension()
        .is_some_and(|end| end == "program" || end == "programs")
}

/// The programs of one file as entries, in their order. The path is how the file is named to people.
///
/// # Errors
/// The line that cannot be read, in which program of the file, and why.
pub fn read(path: &str, text: &str) -> Result<Vec<Entry>, SuiteError> {
    let file = ProgramFile::read(text).map_err(|error| SuiteError(format!("{path}: {error}")))?;
    let entry = |(name, program): (String, Program)| {
        let place = if name.is_empty() {
            path.to_owned()
        } else {
            format!("{path}#{name}")
        };
        Entry::new(place, program)
    };
    Ok(file.programs.into_iter().map(entry).collect())
}

fn load(files: Vec<(String, &str)>) -> Result<Vec<Entry>, SuiteError> {
    let mut entries: BTreeMap<String, Entry> = BTreeMap::new();
    for (path, text) in files {
        for mut entry in read(&path, text).map_err(|error| SuiteError(format!("suite/{error}")))? {
            entry.program.about.clear();
            match entries.entry(entry.id.clone()) {
                Occupied(known) => {
                    let known = known.into_mut();
                    known.also.push(entry.path);
                    known.tells.extend(entry.tells);
                    known.bugs.extend(entry.bugs);
                }
                Vacant(free) => {
                    free.insert(entry);
                }
            }
        }
    }
    Ok(entries.into_values().collect())
}

/// The words behind a tag in the comments of a program: `tells ID/facet@Route …`, `bug ID …`.
#[must_use]
pub fn tagged(program: &Program, tag: &str) -> Vec<String> {
    let lines = program.about.iter().filter_map(|line| line.strip_prefix(tag));
    lines.flat_map(str::split_whitespace).map(str::to_owned).collect()
}

/// The id of a program: a hash of its steps and policies, whatever its comments say.
#[must_use]
pub fn id(program: &Program) -> String {
    let bare = Program {
        about: Vec::new(),
        ..program.clone()
    };
    let mut hasher = FnvHasher::default();
    hasher.write(bare.to_string().as_bytes());
    let hash = hasher.finish();
    format!("{:08x}", (hash >> 32) ^ (hash & 0xffff_ffff))
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEPS: &str = "1 owner CreateBucket bucket=b\n2 owner HeadBucket bucket=b\n";

    #[test]
    fn the_same_steps_are_one_entry_that_names_all_of_its_places() {
        let alone = format!("bucketlaw program 1\n# tells A/a@HeadBucket\n# bug BUG-1\n{STEPS}");
        let several = format!(
            "bucketlaw programs 1\n\n=== a@HeadBucket\n# tells B/a@HeadBucket\n{STEPS}\n\
             === b@HeadBucket\n1 user HeadBucket bucket=b\n"
        );
        let files = vec![
            ("scenarios/s.program".to_owned(), alone.as_str()),
            ("witnesses/x/B.programs".to_owned(), several.as_str()),
        ];
        let entries = load(files).unwrap();
        let [both] = entries
            .iter()
            .filter(|entry| !entry.also.is_empty())
            .collect::<Vec<_>>()[..]
        else {
            panic!("{entries:?}");
        };
        assert_eq!(entries.len(), 2);
        assert_eq!(both.also, ["witnesses/x/B.programs#a@HeadBucket"]);
        assert_eq!(both.tells, ["A/a@HeadBucket", "B/a@HeadBucket"]);
        let names: Vec<&str> = both.names().collect();
        let file = "witnesses/x/B.programs";
        assert_eq!(
            names,
            ["scenarios/s.program", "witnesses/x/B.programs#a@HeadBucket", file]
        );
    }

    #[test]
    fn an_error_names_the_file_the_line_and_the_program() {
        let text = "bucketlaw programs 1\n=== a@HeadBucket\n1 owner HeadBucket\n";
        let SuiteError(what) = load(vec![("w/B.programs".to_owned(), text)]).unwrap_err();
        assert!(
            what.starts_with("suite/w/B.programs: line 3, in program a@HeadBucket: "),
            "{what}"
        );
    }

    /// A shortest program is often that of several facets. A scenario that is one of these adds nothing but its name, and
    /// its author took it for more.
    #[test]
    fn no_scenario_has_the_steps_of_another_program() {
        let again: Vec<String> = embedded()
            .unwrap()
            .iter()
            .filter(|entry| {
                !entry.also.is_empty() && entry.paths().any(|path| path.starts_with("scenarios/"))
            })
            .map(|entry| entry.paths().collect::<Vec<_>>().join(" = "))
            .collect();
        assert!(
            again.is_empty(),
            "these have the same steps; make the scenario longer, or take it away: {again:#?}"
        );
    }

    /// What the quick suite takes tells everything that it has to tell, and what it leaves out nothing of that.
    #[test]
    fn the_quick_suite_tells_each_facet_and_the_full_one_on_each_route() {
        let entries = embedded().unwrap();
        let told = |tier: Tier| -> BTreeSet<String> {
            let taken = entries.iter().filter(|entry| tier.takes(entry));
            taken.flat_map(|entry| entry.tells.iter().cloned()).collect()
        };
        let (quick_told, all) = (told(Tier::Quick), told(Tier::Full));
        for (facet, route) in witness::mutants() {
            assert!(all.contains(&format!("{facet}@{route}")), "{facet}@{route}");
        }
        assert!(
            quick().is_subset(&quick_told),
            "{:?}",
            quick().difference(&quick_told)
        );
        let left_out = entries.iter().filter(|entry| !Tier::Quick.takes(entry));
        let left_out: Vec<&Entry> = left_out.collect();
        assert!(
            left_out.len() * 4 > entries.len(),
            "it leaves out {}",
            left_out.len()
        );
        assert!(
            left_out
                .iter()
                .all(|entry| entry.paths().all(|path| path.starts_with(WITNESSES)))
        );
    }

    #[test]
    fn the_suite_has_a_file_for_a_clause_and_not_for_a_route() {
        let mut files = Vec::new();
        collect(&FILES, &mut files);
        assert!(files.len() <= 700, "{} files", files.len());
    }
}
