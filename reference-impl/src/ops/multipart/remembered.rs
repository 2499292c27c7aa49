//! Completions whose objects are gone, so that they can be told once more (VER-PUT-014).
//!
//! How long S3 remembers is not known. Here the object itself is the memory for as long as it is there; beyond that the
//! last completions are kept until the server ends (decision 0009).

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use super::complete::Listed;
use crate::store::StoredChecksum;

/// How many completions, and how many of their parts, are kept.
const COMPLETIONS_MAX: usize = 1000;
const PARTS_MAX: usize = 100_000;

/// What a completion was told.
#[derive(Clone, Debug)]
pub(super) struct Completed {
    /// The version id that the reply shows (VER-PUT-008).
    pub(super) shown: Option<String>,
    pub(super) etag: String,
    pub(super) size: u64,
    pub(super) checksum: Option<StoredChecksum>,
}

/// A completion: its upload, the parts that it listed, and what it was told.
#[derive(Debug)]
pub(super) struct Completion {
    pub(super) upload: u64,
    pub(super) list: Vec<Listed>,
    pub(super) told: Completed,
}

/// The last completions.
#[derive(Debug, Default)]
pub(crate) struct Completions(Mutex<VecDeque<Arc<Completion>>>);

impl Completions {
    /// Keeps a completion, and lets the oldest ones go.
    pub(super) fn keep(&self, completion: Completion) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.iter().any(|known| known.upload == completion.upload) {
            return;
        }
        kept.push_back(Arc::new(completion));
        let mut parts: usize = kept.iter().map(|completion| completion.list.len()).sum();
        while kept.len() > COMPLETIONS_MAX || parts > PARTS_MAX {
            let Some(oldest) = kept.pop_front() else { return };
            parts -= oldest.list.len();
        }
    }

    /// The completion of an upload, if it is among the last.
    pub(super) fn of(&self, upload: u64) -> Option<Arc<Completion>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter()
            .find(|completion| completion.upload == upload)
            .cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completion(upload: u64, parts: usize) -> Completion {
        let part = Listed {
            number: 1,
            etag: "e".to_owned(),
            checksums: Vec::new(),
        };
        Completion {
            upload,
            list: vec![part; parts],
            told: Completed {
                shown: None,
                etag: "e".to_owned(),
                size: 1,
                checksum: None,
            },
        }
    }

    #[test]
    fn the_oldest_completions_are_forgotten_first() {
        let kept = Completions::default();
        for upload in 0..=COMPLETIONS_MAX as u64 {
            kept.keep(completion(upload, 1));
        }
        assert!(kept.of(0).is_none() && kept.of(1).is_some());
        // Many parts weigh more than many completions.
        kept.keep(completion(5000, PARTS_MAX - 1));
        assert!(kept.of(5000).is_some() && kept.of(1000).is_some() && kept.of(999).is_none());
        kept.keep(completion(5001, PARTS_MAX + 1));
        assert!(kept.of(5001).is_none());
    }
}
