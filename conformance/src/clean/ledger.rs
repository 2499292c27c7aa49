//! The ledger of a run: what it made and did not remove yet, in memory and in a small file.
//!
//! The file is for a run that ends at once, or at an endpoint that lists nothing: `bucketlaw clean` reads it. It is
//! text, a line for each bucket, object, upload and user, and a line for each bucket or user that is gone again.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::made::{Contents, Object};

/// The first line of a file, before the run.
const HEADER: &str = "bucketlaw made 1 ";

/// What stands for no version id: no id is so short.
const NONE: &str = "-";

/// What a run made and did not remove yet. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Ledger(Arc<Mutex<Book>>);

#[derive(Debug, Default)]
struct Book {
    left: Left,
    file: Option<File>,
}

/// What a run left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// The buckets, with what is known to be in them.
    pub buckets: BTreeMap<String, Contents>,
    /// The names of IAM users.
    pub users: BTreeSet<String>,
}

impl Ledger {
    /// Keeps the ledger of a run in a file from now on, with what is in it already.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn keep_in(&self, path: &Path, run: &str) -> std::io::Result<()> {
        let mut file = File::create(path)?;
        writeln!(file, "{HEADER}{run}")?;
        let mut book = self.book();
        let left = std::mem::take(&mut book.left);
        book.file = Some(file);
        drop(book);
        self.note(&left.buckets);
        left.users.iter().for_each(|user| self.note_user(user));
        Ok(())
    }

    /// Goes on with a file that says already what is in the ledger: what goes from now on is written behind it.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn go_on_in(&self, path: &Path) -> std::io::Result<()> {
        self.book().file = Some(File::options().append(true).open(path)?);
        Ok(())
    }

    /// Whether it is kept in a file.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.book().file.is_some()
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of buckets that are about to be made, or of what is in them.
    pub fn note(&self, made: &BTreeMap<String, Contents>) {
        let mut book = self.book();
        let mut lines = String::new();
        for (bucket, contents) in made {
            if book.left.buckets.get(bucket) == Some(contents) {
                continue;
            }
            lines.push_str(&format!("bucket {bucket}\n"));
            lines.extend(contents.objects.keys().map(|object| {
                let version = object.version.as_deref().unwrap_or(NONE);
                format!("object {bucket} {} {version}\n", object.key)
            }));
            let uploads = contents.uploads.iter();
            lines.extend(uploads.map(|(key, id)| format!("upload {bucket} {key} {id}\n")));
            if contents.versioned {
                lines.push_str(&format!("versioned {bucket}\n"));
            }
            book.left.buckets.insert(bucket.clone(), contents.clone());
        }
        book.write(&lines);
    }

    /// Takes note of an IAM user that is about to be made.
    pub fn note_user(&self, name: &str) {
        let mut book = self.book();
        book.left.users.insert(name.to_owned());
        book.write(&format!("user {name}\n"));
    }

    /// Takes note that a bucket is gone.
    pub fn gone(&self, bucket: &str) {
        let mut book = self.book();
        if book.left.buckets.remove(bucket).is_some() {
            book.write(&format!("gone {bucket}\n"));
        }
    }

    /// Takes note that an IAM user is gone.
    pub fn user_gone(&self, name: &str) {
        let mut book = self.book();
        if book.left.users.remove(name) {
            book.write(&format!("gone {name}\n"));
        }
    }

    /// What is left.
    #[must_use]
    pub fn left(&self) -> Left {
        self.book().left.clone()
    }
}

impl Book {
    fn write(&mut self, lines: &str) {
        // A full disk is told when the report is written; the run and its clean-up go on without the file.
        if let Some(file) = &mut self.file
            && file.write_all(lines.as_bytes()).is_err()
        {
            self.file = None;
        }
    }
}

/// The run that a file is of.
#[must_use]
pub fn run(text: &str) -> Option<&str> {
    text.lines().next()?.strip_prefix(HEADER)
}

/// Reads what the file of a run says is left; nothing if it is the file of another run, or none.
///
/// A last line that was cut, because the run was, is passed over.
#[must_use]
pub fn read(text: &str, run: &str) -> Option<Left> {
    if self::run(text)? != run {
        return None;
    }
    let mut left = Left::default();
    for line in text.lines().skip(1) {
        let words: Vec<&str> = line.split(' ').collect();
        let buckets = &mut left.buckets;
        match words.as_slice() {
            ["bucket", name] => {
                buckets.entry((*name).to_owned()).or_default();
            }
            ["versioned", name] => buckets.entry((*name).to_owned()).or_default().versioned = true,
            ["object", name, key, version] => {
                let object = Object {
                    key: (*key).to_owned(),
                    version: Some((*version).to_owned()).filter(|version| version != NONE),
                };
                buckets
                    .entry((*name).to_owned())
                    .or_default()
                    .objects
                    .insert(object, None);
            }
            ["upload", name, key, id] => {
                let uploads = &mut buckets.entry((*name).to_owned()).or_default().uploads;
                uploads.insert(((*key).to_owned(), (*id).to_owned()));
            }
            ["user", name] => {
                left.users.insert((*name).to_owned());
            }
            ["gone", name] => {
                buckets.remove(*name);
                left.users.remove(*name);
            }
            _ => {}
        }
    }
    Some(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_says_what_the_ledger_knows() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger");
        let ledger = Ledger::default();
        ledger.keep_in(&path, "run").unwrap();
        let mut contents = Contents {
            versioned: true,
            ..Contents::default()
        };
        for version in [None, Some("v1".to_owned())] {
            let key = "a%20b".to_owned();
            contents.objects.insert(Object { key, version }, None);
        }
        contents.uploads.insert(("k".to_owned(), "u".to_owned()));
        ledger.note(&BTreeMap::from([("run-a".to_owned(), Contents::default())]));
        ledger.note(&BTreeMap::from([("run-b".to_owned(), contents)]));
        ledger.note(&BTreeMap::from([("run-c".to_owned(), Contents::default())]));
        ledger.note_user("run-user");
        ledger.note_user("run-gone");
        ledger.user_gone("run-gone");
        ledger.gone("run-a");
        let text = std::fs::read_to_string(&path).unwrap();
        let left = read(&text, "run").unwrap();
        assert_eq!(left, ledger.left());
        assert_eq!(left.buckets.len(), 2);
        assert_eq!(read(&text, "another"), None);
        let cut = text.trim_end().trim_end_matches(|c| c != 'g');
        assert!(read(cut, "run").is_some_and(|left| left.buckets.contains_key("run-b")));
    }

    #[test]
    fn what_goes_later_is_written_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger");
        let first = Ledger::default();
        first.keep_in(&path, "run").unwrap();
        first.note(
            &["a", "b"]
                .map(|name| (name.to_owned(), Contents::default()))
                .into(),
        );
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(run(&text), Some("run"));
        let later = Ledger::default();
        later.note(&read(&text, "run").unwrap().buckets);
        later.go_on_in(&path).unwrap();
        later.gone("a");
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(read(&text, "run").unwrap(), later.left());
        assert_eq!(later.left().buckets.len(), 1);
    }
}
