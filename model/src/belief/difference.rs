//! Where a reply differs from what the law allows, and how far it is from it.

use std::cmp::Reverse;

use crate::clause::FacetId;
use crate::reply::{Because, Name, Reply, Transition};

/// Where a reply differs from what the law allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// The status.
    Status,
    /// The error code.
    Code,
    /// The error message, fixed by a facet.
    Message(FacetId),
    /// A header or element, fixed by a facet.
    Field(Name, FacetId),
    /// The bytes of the body.
    Content,
    /// The entries of the body: what is amiss with the first that is not as expected, and the facet that fixes it.
    Entries(Amiss, FacetId),
}

/// What is amiss with an entry of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amiss {
    /// It is not there.
    Missing,
    /// It should not be there.
    Extra,
    /// It is refused, and should not be.
    Refused,
    /// It is carried out, and should be refused.
    Granted,
    /// It stands elsewhere: the entries are the expected ones in another order.
    Order,
    /// A field of it has another value.
    Field(Name),
}

/// A transition that the law allowed, and how the reply differs from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// What the wire should have shown.
    pub reply: Reply,
    /// Why.
    pub because: Because,
    /// Where the reply differs first; of several fields, in the one that weighs most.
    pub difference: Difference,
    /// How many headers and elements differ, where one is the difference.
    pub differing: usize,
}

pub(super) fn refuted(transition: Transition, difference: Difference, differing: usize) -> Expected {
    Expected {
        reply: transition.reply,
        because: transition.because,
        difference,
        differing,
    }
}

impl Difference {
    /// How far the reply agreed before it differed.
    #[must_use]
    pub fn progress(&self) -> u8 {
        match self {
            Difference::Status => 0,
            Difference::Code => 1,
            Difference::Message(_) => 2,
            Difference::Field(..) => 3,
            Difference::Content | Difference::Entries(..) => 4,
        }
    }

    /// Whether the ruling is the expected one, and only how it is told differs.
    #[must_use]
    pub fn is_of_form(&self) -> bool {
        matches!(
            self,
            Difference::Message(_) | Difference::Field(..) | Difference::Entries(Amiss::Field(_), _)
        )
    }
}

impl Expected {
    /// How far the reply is from what was seen: what agrees longest, and then in most fields, is nearest.
    #[must_use]
    pub fn distance(&self) -> (Reverse<u8>, usize) {
        (Reverse(self.difference.progress()), self.differing)
    }

    /// The facets that the difference is charged to.
    #[must_use]
    pub fn charged(&self) -> Vec<FacetId> {
        match self.difference {
            Difference::Message(by) | Difference::Field(_, by) | Difference::Entries(_, by) => vec![by],
            Difference::Status | Difference::Code | Difference::Content => self.because.decided.to_vec(),
        }
    }
}
