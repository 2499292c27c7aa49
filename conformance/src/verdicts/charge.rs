//! Attribution: which clauses a refuted reply is charged to, seen over all programs of a run.
//!
//! The smallest repeal that explains a whole history is charged. Where several explain it, one that explains other
//! histories alone comes first: an endpoint with one fault is not accused of a second that looks the same.

use std::borrow::Cow;
use std::collections::BTreeSet;

use bucketlaw_model::belief::Difference;
use bucketlaw_model::check::witness::Mutant;
use bucketlaw_model::clause::{FacetId, owner};
use bucketlaw_model::reply::Code;

use crate::judge::{Ending, Judgement, Refuted, Tells};
use crate::lift::error_code;

/// A set of clauses, by id.
pub(super) type Ids = BTreeSet<&'static str>;

/// The clauses that grant permissions: no refusal for another reason is theirs.
const GRANTS: &[&str] = &["EVAL-OP-", "EVAL-SAME-", "EVAL-ROOT-", "EVAL-XACC-", "EVAL-ANON-"];

/// What is known of a run as a whole.
#[derive(Debug, Default)]
pub(super) struct Charges {
    /// The facets on routes of clauses that alone explain some history.
    established: BTreeSet<Mutant>,
    /// The facets that fix what the endpoint tells otherwise in histories that no repeal explains: its own words.
    own_words: BTreeSet<FacetId>,
}

impl Charges {
    /// What the judgements of a run establish.
    pub(super) fn of(judgements: &[Judgement]) -> Charges {
        let alone = |judgement: &&Judgement| ids(explaining(judgement)).len() == 1;
        let unexplained = |judgement: &&Judgement| {
            let judged = match &judgement.ending {
                Ending::Allowed => true,
                Ending::Refuted(refuted) => !refuted.is_failure(),
                _ => false,
            };
            judged && judgement.explanations.is_empty()
        };
        let slips = judgements
            .iter()
            .filter(unexplained)
            .flat_map(|judgement| &judgement.slips);
        Charges {
            own_words: slips
                .flat_map(|slipped| slipped.slip.owners.iter().copied())
                .collect(),
            established: judgements
                .iter()
                .filter(alone)
                .flat_map(|judgement| judgement.explanations.iter().copied())
                .collect(),
        }
    }

    /// The clauses that explain a history and are known to be violated, here or on another route.
    pub(super) fn established(&self, judgement: &Judgement) -> Ids {
        let explanations = || judgement.explanations.iter();
        let here = ids(explanations()
            .filter(|mutant| self.established.contains(mutant))
            .map(|(facet, _)| *facet));
        if !here.is_empty() {
            return here;
        }
        let anywhere = |(facet, _): &&Mutant| self.established.iter().any(|(known, _)| known == facet);
        ids(explanations().filter(anywhere).map(|(facet, _)| *facet))
    }

    /// A judgement in which slips accuse no clause but those that fix the words, where a clause that is known to be
    /// violated explains them or the endpoint has words of its own in any case.
    pub(super) fn cleared<'a>(&self, judgement: &'a Judgement) -> Cow<'a, Judgement> {
        let established = self.established(judgement);
        let own_words = judgement.slips.iter().all(|slipped| {
            slipped
                .slip
                .owners
                .iter()
                .all(|owner| self.own_words.contains(owner))
        });
        let accused = |(words, tells): &(String, Tells)| {
            let known = words.split('/').next().is_some_and(|id| established.contains(id));
            *tells == Tells::Broken && !known
        };
        let clear = own_words || !established.is_empty();
        if !clear || !judgement.told.iter().any(accused) {
            return Cow::Borrowed(judgement);
        }
        let mut cleared = judgement.clone();
        for told in cleared.told.iter_mut().filter(|told| accused(told)) {
            told.1 = Tells::Hidden;
        }
        Cow::Owned(cleared)
    }

    /// The clauses that the refuted reply of a program is charged to, given those that the program tells.
    pub(super) fn charged(
        &self,
        judgement: &Judgement,
        told: &[(&'static str, String)],
    ) -> Vec<&'static str> {
        let Ending::Refuted(refuted) = &judgement.ending else {
            return Vec::new();
        };
        let own: Ids = told.iter().map(|(id, _)| *id).collect();
        let established = self.established(judgement);
        let explaining = ids(explaining(judgement));
        let deciding = ids(refuted.charged().into_iter());
        let both = |one: &Ids, other: &Ids| -> Ids { one.intersection(other).copied().collect() };
        let likely = ids(likely(refuted).into_iter());
        // A repeal that merely leaves free what differs in form explains nothing.
        let same_ruling = refuted
            .expected
            .first()
            .is_some_and(|nearest| nearest.difference.is_of_form());
        let first = [established, both(&own, &explaining), both(&deciding, &explaining)];
        let then = if same_ruling {
            [likely, explaining]
        } else {
            [explaining, likely]
        };
        let charged = first.into_iter().chain(then).find(|ids| !ids.is_empty());
        let mut charged = charged.unwrap_or_else(|| own.into_iter().take(1).collect());
        if judgement.rootless {
            charged = charged.into_iter().map(of_no_root).collect();
        }
        charged.into_iter().collect()
    }
}

/// An administrator who is no root user has its permissions by its identity policy.
fn of_no_root(id: &'static str) -> &'static str {
    if id.starts_with("EVAL-ROOT-") {
        "EVAL-SAME-001"
    } else {
        id
    }
}

fn explaining(judgement: &Judgement) -> impl Iterator<Item = FacetId> {
    judgement.explanations.iter().map(|(facet, _)| *facet)
}

fn ids(facets: impl Iterator<Item = FacetId>) -> Ids {
    facets.filter_map(owner).map(|(clause, _)| clause.id).collect()
}

/// The facets that decided the expected reply, without those that cannot be what is missed: gates that let the request
/// pass when a later one should have refused it, and permissions when it was refused for another reason.
fn likely(refuted: &Refuted) -> Vec<FacetId> {
    let charged = refuted.charged();
    let Some(nearest) = refuted.expected.first() else {
        return charged;
    };
    if !matches!(nearest.difference, Difference::Status | Difference::Code) {
        return charged;
    }
    if nearest.reply.status >= 400 {
        return charged.into_iter().take(1).collect();
    }
    let denied = error_code(&refuted.exchange.response).as_deref() == Some(Code::AccessDenied.name());
    let grants = |facet: &FacetId| {
        owner(*facet).is_some_and(|(clause, _)| GRANTS.iter().any(|start| clause.id.starts_with(start)))
    };
    let others: Vec<FacetId> = charged.iter().copied().filter(|facet| !grants(facet)).collect();
    if denied || others.is_empty() {
        charged
    } else {
        others
    }
}
