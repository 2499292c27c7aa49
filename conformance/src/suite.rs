//! The suite: programs as files, with what each of them tells.

use std::collections::BTreeMap;
use std::hash::Hasher;

use bucketlaw_model::check::witness::Mutant;
use bucketlaw_model::program::Program;
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
    /// Where it stands in the suite; the first of them if several files hold the same steps.
    pub path: String,
    /// What it tells: facets on routes, as `ID/facet@Route`.
    pub tells: Vec<String>,
    /// The known bugs that it was written for, by their ids in `bugs.toml`.
    pub bugs: Vec<String>,
    /// The program.
    pub program: Program,
}

/// The programs that tell a facet on a route.
pub fn telling(entries: &[Entry], (facet, route): Mutant) -> impl Iterator<Item = &Entry> {
    let words = format!("{facet}@{route}");
    entries.iter().filter(move |entry| entry.tells.contains(&words))
}

/// A file of the suite that is no program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuiteError(pub String);

impl std::fmt::Display for SuiteError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SuiteError {}

/// All programs that come with this version; files with the same steps are one entry.
///
/// # Errors
/// The first file that is no program.
pub fn embedded() -> Result<Vec<Entry>, SuiteError> {
    let mut files = Vec::new();
    collect(&FILES, &mut files);
    files.sort_unstable();
    load(files)
}

fn collect<'a>(dir: &'a Dir<'a>, files: &mut Vec<(String, &'a str)>) {
    for file in dir
        .files()
        .filter(|file| file.path().extension().is_some_and(|end| end == "program"))
    {
        files.extend(
            file.contents_utf8()
                .map(|text| (file.path().display().to_string(), text)),
        );
    }
    for inner in dir.dirs() {
        collect(inner, files);
    }
}

fn load(files: Vec<(String, &str)>) -> Result<Vec<Entry>, SuiteError> {
    let mut entries: BTreeMap<String, Entry> = BTreeMap::new();
    for (path, text) in files {
        let program = Program::read(text).map_err(|error| SuiteError(format!("suite/{path}: {error}")))?;
        let (tells, bugs) = (tagged(&program, "tells "), tagged(&program, "bug "));
        let id = id(&program);
        let entry = entries.entry(id.clone()).or_insert_with(|| Entry {
            id,
            path,
            tells: Vec::new(),
            bugs: Vec::new(),
            program: Program {
                about: Vec::new(),
                ..program.clone()
            },
        });
        entry.tells.extend(tells);
        entry.bugs.extend(bugs);
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
