//! Fingerprints: states as 64-bit numbers, and a set of them.
//!
//! The explorer remembers fingerprints, not states: of two states with the same fingerprint only the first is
//! explored. With a million states the chance that there is such a pair is about one in forty million.

use std::hash::{BuildHasher, Hash};

use foldhash::quality::FixedState;
use hashbrown::HashTable;

/// The fingerprint of a value: the same in every run of a build, and good for nothing that outlives it.
#[must_use]
pub fn fingerprint(value: &impl Hash) -> u64 {
    FixedState::with_seed(0).hash_one(value)
}

/// A set of fingerprints, each its own hash.
#[derive(Debug, Default)]
pub struct Fingerprints(HashTable<u64>);

impl Fingerprints {
    /// Whether a fingerprint is in the set.
    #[must_use]
    pub fn contains(&self, fingerprint: u64) -> bool {
        self.0.find(fingerprint, |known| *known == fingerprint).is_some()
    }

    /// Puts a fingerprint in and says whether it is new.
    pub fn insert(&mut self, fingerprint: u64) -> bool {
        if self.contains(fingerprint) {
            return false;
        }
        self.0.insert_unique(fingerprint, fingerprint, |known| *known);
        true
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_put_in() {
        let mut set = Fingerprints::default();
        for number in 0..5000_u32 {
            assert!(set.insert(fingerprint(&number)), "{number} is new");
        }
        for number in 0..5000_u32 {
            assert!(!set.insert(fingerprint(&number)));
        }
        assert!(!set.contains(fingerprint(&5000_u32)));
        assert_eq!(set.len(), 5000);
    }
}
