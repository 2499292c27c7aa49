//! What a target does throughout: habits that one line tells better than a finding for each program that meets them.

use serde::{Deserialize, Serialize};

/// Something that the target does throughout, and what that means for the verdicts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Fact {
    /// What it does.
    pub text: String,
    /// The clause that is violated by it, if one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    /// How many programs met it.
    pub programs: u64,
}

/// Something in which replies differ from S3 and that no clause fixes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unowned {
    /// The route: operation and call form.
    pub route: String,
    /// What differs, in words.
    pub what: String,
    /// What S3 tells.
    pub expected: String,
    /// What the target tells.
    pub got: String,
    /// Whether the target decides otherwise, and does not only tell it otherwise: then it is a divergence, though no clause
    /// is violated.
    #[serde(default)]
    pub decides: bool,
    /// The id of a program that shows it.
    pub example: String,
    /// How many programs show it.
    pub programs: u64,
}

/// The facts of two parts of a run as one list, the same ones counted together.
#[must_use]
pub fn facts(mut one: Vec<Fact>, other: Vec<Fact>) -> Vec<Fact> {
    for fact in other {
        match one
            .iter_mut()
            .find(|known| known.text == fact.text && known.clause == fact.clause)
        {
            Some(known) => known.programs += fact.programs,
            None => one.push(fact),
        }
    }
    one
}

/// What no clause fixes in two parts of a run as one list, the same differences counted together.
#[must_use]
pub fn unowned(mut one: Vec<Unowned>, other: Vec<Unowned>) -> Vec<Unowned> {
    for difference in other {
        let same = |known: &&mut Unowned| {
            known.route == difference.route
                && known.what == difference.what
                && known.expected == difference.expected
                && known.got == difference.got
        };
        match one.iter_mut().find(same) {
            Some(known) => {
                known.programs += difference.programs;
                if difference.example < known.example {
                    known.example = difference.example;
                }
            }
            None => one.push(difference),
        }
    }
    one
}
