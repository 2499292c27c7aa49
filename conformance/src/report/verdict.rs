//! The verdict on a clause, and how verdicts combine.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a run found out about a clause or a program.
///
/// The order is the order of precedence: of several verdicts the first that occurs is the clause's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The judge itself went wrong, so that nothing can be said.
    HarnessError,
    /// The target did what the law forbids.
    Violated,
    /// The target did what the law forbids, and its owner declared that with a reason, or S3 does not say what is right.
    Deviates,
    /// The run can't tell: by time, by a lost reply, or since what should tell it is charged to another clause.
    Inconclusive,
    /// Some of what the run tells of the clause is obeyed, and the rest did not run or says nothing.
    HoldsInPart,
    /// The law leaves it open, and the target takes the branch that the report names.
    Takes,
    /// Everything that the run tells of the clause, each facet on each route, is obeyed.
    Holds,
    /// The target says that it does not have the operation or the setting.
    Unsupported,
    /// No program that tells the clause ran to its end.
    NotExercised,
}

impl Verdict {
    /// Every verdict, in the order of precedence.
    pub const ALL: [Self; 9] = [
        Self::HarnessError,
        Self::Violated,
        Self::Deviates,
        Self::Inconclusive,
        Self::HoldsInPart,
        Self::Takes,
        Self::Holds,
        Self::Unsupported,
        Self::NotExercised,
    ];

    /// Returns the stable name, as files have it: `not-exercised`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::HarnessError => "harness-error",
            Self::Violated => "violated",
            Self::Deviates => "deviates",
            Self::Inconclusive => "inconclusive",
            Self::HoldsInPart => "holds-in-part",
            Self::Takes => "takes",
            Self::Holds => "holds",
            Self::Unsupported => "unsupported",
            Self::NotExercised => "not-exercised",
        }
    }

    /// Returns the words that people read: `not exercised`.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::HarnessError => "harness error",
            Self::HoldsInPart => "holds in part",
            Self::NotExercised => "not exercised",
            _ => self.name(),
        }
    }

    /// Explains the verdict in one sentence, for legends and tooltips.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::HarnessError => "The judge itself went wrong; nothing is said about the target.",
            Self::Violated => "The target did what the law forbids.",
            Self::Deviates => {
                "The target does what the law forbids, and that is declared with a reason, or S3 does not say what is right."
            }
            Self::Inconclusive => {
                "The run cannot tell: by time, by a lost reply, or as another clause explains the answer too."
            }
            Self::Takes => "The law leaves it open; the target takes the branch that is named.",
            Self::HoldsInPart => {
                "Some of its facets are obeyed on some routes; the rest did not run or says nothing."
            }
            Self::Holds => "Every facet that the run tells is obeyed on every route.",
            Self::Unsupported => "The target says that it does not have the operation or the setting.",
            Self::NotExercised => "No program that tells this clause ran to its end.",
        }
    }

    /// Combines two verdicts on one clause: the first in precedence wins.
    ///
    /// This is a join semilattice (associative, commutative, idempotent) with [`Verdict::NotExercised`] as its neutral
    /// element, so the parts of a run may be put together in any order and a verdict is only ever raised.
    #[must_use]
    pub fn combine(self, other: Self) -> Self {
        self.min(other)
    }

    /// Combines many verdicts; of none, nothing was exercised.
    #[must_use]
    pub fn of_all(verdicts: impl IntoIterator<Item = Self>) -> Self {
        verdicts.into_iter().fold(Self::NotExercised, Self::combine)
    }

    /// Tells whether the verdict is good news that a program must have earned.
    #[must_use]
    pub const fn is_green(self) -> bool {
        matches!(self, Self::Takes | Self::Holds)
    }

    /// Tells whether the verdict says anything about the target's behaviour.
    ///
    /// `unsupported` does not: a target that answers 501 to everything has not been judged.
    #[must_use]
    pub const fn is_evaluated(self) -> bool {
        matches!(
            self,
            Self::Violated | Self::Deviates | Self::HoldsInPart | Self::Takes | Self::Holds
        )
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

/// How much harm it does when a clause is violated, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Confidentiality or protected data is lost.
    Critical,
    /// A security property is weakened.
    High,
    /// A wrong status or code.
    Medium,
    /// A wrong message.
    Low,
}

impl Severity {
    /// Every severity, the worst first.
    pub const ALL: [Self; 4] = [Self::Critical, Self::High, Self::Medium, Self::Low];

    /// Returns the stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

/// A verdict or severity was asked for by a name that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no {sort} is called `{name}`; there are {known}")]
pub struct UnknownName {
    sort: &'static str,
    name: String,
    known: String,
}

impl FromStr for Verdict {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        Self::ALL
            .into_iter()
            .find(|verdict| verdict.name() == name)
            .ok_or_else(|| UnknownName {
                sort: "verdict",
                name: name.to_owned(),
                known: Self::ALL.map(Self::name).join(", "),
            })
    }
}

impl FromStr for Severity {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        Self::ALL
            .into_iter()
            .find(|severity| severity.name() == name)
            .ok_or_else(|| UnknownName {
                sort: "severity",
                name: name.to_owned(),
                known: Self::ALL.map(Self::name).join(", "),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn combine_is_a_join_semilattice_that_only_raises() {
        for a in Verdict::ALL {
            assert_eq!(a.combine(a), a);
            assert_eq!(a.combine(Verdict::NotExercised), a);
            for b in Verdict::ALL {
                assert_eq!(a.combine(b), b.combine(a));
                assert!(a.combine(b) <= a, "raised or kept");
                for c in Verdict::ALL {
                    assert_eq!(a.combine(b).combine(c), a.combine(b.combine(c)));
                }
            }
        }
    }

    #[test]
    fn nothing_ran_is_never_green() {
        assert_eq!(Verdict::of_all([]), Verdict::NotExercised);
        assert!(!Verdict::of_all([Verdict::Unsupported, Verdict::NotExercised]).is_green());
    }

    #[test]
    fn names_are_the_serialised_ones_and_read_back() {
        for verdict in Verdict::ALL {
            assert_eq!(serde_json::to_string(&verdict).unwrap(), format!("\"{verdict}\""));
            assert_eq!(verdict.name().parse::<Verdict>().unwrap(), verdict);
        }
        for severity in Severity::ALL {
            assert_eq!(
                serde_json::to_string(&severity).unwrap(),
                format!("\"{severity}\"")
            );
            assert_eq!(severity.name().parse::<Severity>().unwrap(), severity);
        }
        insta::assert_snapshot!("green".parse::<Verdict>().unwrap_err(), @"no verdict is called `green`; there are harness-error, violated, deviates, inconclusive, holds-in-part, takes, holds, unsupported, not-exercised");
    }
}
