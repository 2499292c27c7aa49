//! The worked target files can be read as they are, and name what their scripts start.

use std::io;
use std::path::{Path, PathBuf};

use bucketlaw_conformance::target::{Flags, Role, Surroundings, TargetFile, resolve};
use bucketlaw_model::clause;

/// Surroundings in which every variable that a script exports is set, and no file is there.
struct Scripted(String);

impl Surroundings for Scripted {
    fn variable(&self, name: &str) -> Option<String> {
        // A script writes the names of keys with the role in a variable of its own.
        let key = ["_KEY", "_SECRET"]
            .iter()
            .any(|end| name.ends_with(end) && self.0.contains(&format!("export {{name}}{end}=")));
        let exported = key || self.0.contains(&format!("export {name}="));
        let value = if name.ends_with("_PORT") { "17000" } else { "KEY" };
        exported.then(|| value.to_owned())
    }

    fn read(&self, _: &Path) -> io::Result<String> {
        Err(io::ErrorKind::NotFound.into())
    }
}

#[test]
fn every_target_file_is_read_with_what_its_script_exports() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("targets");
    let mut read = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|end| end != "toml") {
            continue;
        }
        let script = std::fs::read_to_string(path.with_extension("sh")).unwrap();
        let around = Scripted(script);
        let text = std::fs::read_to_string(&path).unwrap();
        let file = TargetFile::parse(&path, &text, &around).unwrap();
        file.check_clauses(clause::all().map(|clause| clause.id)).unwrap();
        let settings = resolve(&Flags::default(), Some(&file), &around).unwrap();
        assert!(settings.endpoint.is_some(), "{}: no endpoint", path.display());
        assert!(
            settings.identity(Role::Owner).is_some(),
            "{}: no owner",
            path.display()
        );
        for identity in [Role::Owner, Role::Other]
            .into_iter()
            .filter_map(|role| settings.identity(role))
        {
            assert!(
                identity.arn.is_some() || identity.account.is_some(),
                "{}: policies cannot name an identity",
                path.display()
            );
            assert!(identity.root.is_some(), "{}: root is not said", path.display());
        }
        assert!(
            settings.version.is_some_and(|version| version.contains('.')),
            "{}",
            path.display()
        );
        read.push(path);
    }
    assert_eq!(read.len(), 8, "{read:?}");
}
