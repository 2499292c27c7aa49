//! Fingerprints: states as 64-bit numbers, and a set of them.
//!
//! The explorer remembers fingerprints, not states: of two states with the same fingerprint only the first is
//! explored. With a million states the chance that there is such a pair is about one in forty million.

use std::hash::{Hash, Hasher};

/// A hasher for small values that is the same on every machine and in every run.
#[derive(Debug)]
struct Folding(u64);

const SEED: u64 = 0x243f_6a88_85a3_08d3;
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

impl Folding {
    fn fold(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word) * u128::from(FACTOR);
        let [low, high] = [product as u64, (product >> 64) as u64];
        self.0 = (low ^ high).wrapping_add(SEED);
    }
}

impl Hasher for Folding {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let word = chunk
                .iter()
                .fold(0_u64, |word, byte| (word << 8) | u64::from(*byte));
            self.fold(word);
        }
    }

    fn write_u8(&mut self, value: u8) {
        self.fold(u64::from(value));
    }

    fn write_u16(&mut self, value: u16) {
        self.fold(u64::from(value));
    }

    fn write_u32(&mut self, value: u32) {
        self.fold(u64::from(value));
    }

    fn write_u64(&mut self, value: u64) {
        self.fold(value);
    }

    fn write_usize(&mut self, value: usize) {
        self.fold(value as u64);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// The fingerprint of a value, never zero.
#[must_use]
pub fn fingerprint(value: &impl Hash) -> u64 {
    let mut hasher = Folding(SEED);
    value.hash(&mut hasher);
    // Two rounds more spread the last words over all bits.
    hasher.fold(0);
    hasher.fold(FACTOR);
    hasher.finish().max(1)
}

/// A set of fingerprints: an open table, at most half full.
#[derive(Debug)]
pub struct Fingerprints {
    /// Zero is a free slot. The length is a power of two.
    slots: Vec<u64>,
    len: usize,
}

impl Default for Fingerprints {
    fn default() -> Self {
        Fingerprints {
            slots: vec![0; 1024],
            len: 0,
        }
    }
}

impl Fingerprints {
    /// Whether a fingerprint is in the set.
    #[must_use]
    pub fn contains(&self, fingerprint: u64) -> bool {
        self.probe(fingerprint)
            .any(|slot| self.slots.get(slot) == Some(&fingerprint))
    }

    /// Puts a fingerprint in and says whether it is new.
    pub fn insert(&mut self, fingerprint: u64) -> bool {
        if self.contains(fingerprint) {
            return false;
        }
        if self.len * 2 >= self.slots.len() {
            self.grow();
        }
        self.place(fingerprint);
        self.len += 1;
        true
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The slots at which a fingerprint can be, up to the first free one.
    fn probe(&self, fingerprint: u64) -> impl Iterator<Item = usize> {
        let mask = self.slots.len() - 1;
        (0..self.slots.len())
            .map(move |by| (fingerprint as usize).wrapping_add(by) & mask)
            .take_while(|slot| self.slots.get(*slot).is_some_and(|held| *held != 0))
    }

    fn place(&mut self, fingerprint: u64) {
        let mask = self.slots.len() - 1;
        let mut at = fingerprint as usize & mask;
        while self.slots.get(at).is_some_and(|held| *held != 0) {
            at = (at + 1) & mask;
        }
        if let Some(slot) = self.slots.get_mut(at) {
            *slot = fingerprint;
        }
    }

    fn grow(&mut self) {
        let doubled = vec![0; self.slots.len() * 2];
        for fingerprint in std::mem::replace(&mut self.slots, doubled) {
            if fingerprint != 0 {
                self.place(fingerprint);
            }
        }
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
