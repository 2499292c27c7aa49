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

impl Unowned {
    /// Whether another difference is the same, seen by another program.
    #[must_use]
    pub fn is_like(&self, other: &Unowned) -> bool {
        self.likeness() == other.likeness()
    }

    /// What makes differences the same: all but the names that requests, programs and runs have.
    #[must_use]
    pub fn likeness(&self) -> (String, String, String, String) {
        let Unowned {
            route,
            what,
            expected,
            got,
            ..
        } = self;
        (
            route.clone(),
            what.clone(),
            without_names(expected),
            without_names(got),
        )
    }
}

/// A text without words that are made for one request or run: long ones with a digit in them.
fn without_names(text: &str) -> String {
    const LONG: usize = 8;
    let is_of_word = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let mut left = String::with_capacity(text.len());
    for word in text.split_inclusive(|c| !is_of_word(c)) {
        let bare = word.trim_end_matches(|c| !is_of_word(c));
        if bare.len() >= LONG && bare.contains(|c: char| c.is_ascii_digit()) {
            left.push('…');
            left.push_str(word.get(bare.len()..).unwrap_or_default());
        } else {
            left.push_str(word);
        }
    }
    left
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
        let same = |known: &&mut Unowned| known.is_like(&difference);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(got: &str) -> Unowned {
        Unowned {
            route: "DeleteObjects".to_owned(),
            what: "the status differs".to_owned(),
            expected: "200".to_owned(),
            got: got.to_owned(),
            decides: true,
            example: "e".to_owned(),
            programs: 1,
        }
    }

    #[test]
    fn the_id_of_a_request_makes_no_other_difference() {
        let reply = |bucket: &str, id: &str| {
            seen(&format!(
                "403, AccessDenied\n<Error><Code>AccessDenied</Code><Resource>/{bucket}</Resource><RequestId>{id}</RequestId></Error>"
            ))
        };
        let one = reply(
            "bucketlaw-2e62d2b1-270e9c80-0-b",
            "86d28edb-77db-4725-8062-fa14051bd248",
        );
        let other = reply("bucketlaw-2e62d2b1-b349a687-0-b", "18ECF0BA2A84FA615AC4098A");
        assert!(one.is_like(&other));
        assert_eq!(unowned(vec![one.clone()], vec![other])[0].programs, 2);
        assert!(!one.is_like(&seen("403, SignatureDoesNotMatch")));
        assert!(!seen("404, NoSuchKey").is_like(&seen("400, NoSuchKey")));
    }
}
