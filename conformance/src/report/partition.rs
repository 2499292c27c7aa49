//! Which part of the suite a machine runs, when several share a run.

use std::collections::BTreeSet;
use std::fmt;
use std::hash::Hasher;
use std::str::FromStr;

use fnv::FnvHasher;
use serde::{Deserialize, Serialize};

/// The greatest number of parts that a run may be divided into.
const MOST_PARTS: u32 = 10_000;

/// Some of the parts of a divided run, written as `hash:2/8` or, once merged, `hash:1,2,5/8`.
///
/// A program belongs to the part that the hash of its id chooses, so every machine chooses alike without being told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Partition {
    parts: BTreeSet<u32>,
    of: u32,
}

/// A partition that can't be: the message says how to write one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no partition: write `hash:K/N`, with K from 1 to N and N at most {MOST_PARTS}")]
pub struct NoPartition(String);

impl Partition {
    /// Tells whether the program with this id belongs to these parts.
    #[must_use]
    pub fn takes(&self, program: &str) -> bool {
        u32::try_from(hash(program) % u64::from(self.of)).is_ok_and(|part| self.parts.contains(&(part + 1)))
    }

    /// Tells whether these are all parts of the run.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.missing().is_empty()
    }

    /// Returns the numbers of the parts that are not here.
    #[must_use]
    pub fn missing(&self) -> Vec<u32> {
        (1..=self.of).filter(|part| !self.parts.contains(part)).collect()
    }

    /// Returns how many parts the run was divided into.
    #[must_use]
    pub const fn of(&self) -> u32 {
        self.of
    }

    /// Returns the parts that both have.
    pub(crate) fn common(&self, other: &Self) -> Vec<u32> {
        self.parts.intersection(&other.parts).copied().collect()
    }

    /// Puts two partitions of the same division together.
    pub(crate) fn union(&self, other: &Self) -> Self {
        Self {
            parts: self.parts.union(&other.parts).copied().collect(),
            of: self.of,
        }
    }
}

/// FNV-1a: it must be the same in every version and on every machine, and needs no other quality.
fn hash(text: &str) -> u64 {
    let mut hasher = FnvHasher::default();
    hasher.write(text.as_bytes());
    hasher.finish()
}

impl FromStr for Partition {
    type Err = NoPartition;

    fn from_str(text: &str) -> Result<Self, NoPartition> {
        let parse = || {
            let (parts, of) = text.strip_prefix("hash:")?.split_once('/')?;
            let of = of.parse().ok().filter(|of| (1..=MOST_PARTS).contains(of))?;
            let number = |part: &str| part.parse::<u32>().ok().filter(|part| (1..=of).contains(part));
            let parts = parts.split(',').map(number).collect::<Option<_>>()?;
            Some(Self { parts, of })
        };
        parse().ok_or_else(|| NoPartition(text.to_owned()))
    }
}

impl TryFrom<String> for Partition {
    type Error = NoPartition;

    fn try_from(text: String) -> Result<Self, NoPartition> {
        text.parse()
    }
}

impl From<Partition> for String {
    fn from(partition: Partition) -> Self {
        partition.to_string()
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<String> = self.parts.iter().map(u32::to_string).collect();
        write!(formatter, "hash:{}/{}", parts.join(","), self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_program_belongs_to_exactly_one_part() {
        let parts: Vec<Partition> = (1..=7)
            .map(|part| format!("hash:{part}/7").parse().unwrap())
            .collect();
        for number in 0..1000 {
            let program = format!("LOCK-DEL-{number:03}");
            assert_eq!(parts.iter().filter(|part| part.takes(&program)).count(), 1);
        }
    }

    #[test]
    fn the_hash_is_the_same_for_ever() {
        assert_eq!(hash(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(hash("a"), 0xaf63_dc4c_8601_ec8c);
    }

    #[test]
    fn text_reads_back_and_nonsense_is_refused() {
        for text in ["hash:1/1", "hash:2/8", "hash:1,2,5/8"] {
            assert_eq!(text.parse::<Partition>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "hash:",
            "hash:0/4",
            "hash:5/4",
            "hash:1/0",
            "1/4",
            "hash:1/4294967296",
            "hash:,/4",
            "hash:1/10001",
        ] {
            assert!(text.parse::<Partition>().is_err(), "{text}");
        }
    }
}
