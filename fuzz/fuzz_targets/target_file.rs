//! Target files: read without the environment and files of this process.
#![no_main]

use std::io;
use std::path::Path;

use bucketlaw_conformance::target::Surroundings;
use bucketlaw_conformance::target::file::TargetFile;
use libfuzzer_sys::fuzz_target;

/// Surroundings with a variable for every other name.
struct Nowhere;

impl Surroundings for Nowhere {
    fn variable(&self, name: &str) -> Option<String> {
        (name.len() % 2 == 0).then(|| format!("value of {name}"))
    }

    fn read(&self, _: &Path) -> io::Result<String> {
        Err(io::ErrorKind::NotFound.into())
    }
}

fuzz_target!(|text: &str| {
    match TargetFile::parse(Path::new("target.toml"), text, &Nowhere) {
        Ok(file) => {
            let _ = file.check_clauses(["LOCK-DEL-003"]);
        }
        Err(problem) => assert!(!problem.to_string().is_empty()),
    }
});
