//! Rights that nobody needs: who does not do what a header asks for need not ask whether the caller may.

use bucketlaw_model::check::witness::Mutant;
use bucketlaw_model::clause::{FacetId, owner};
use bucketlaw_model::law::parse_repeal;

use super::{Charges, clause, is_grant};
use crate::judge::{Ending, Judgement};

/// What a header does, by the name of the facets that ask for the right to send it.
const ASKED_FOR: &[(&str, &str)] = &[
    ("acl", "EVAL-OWN-003/write"),
    ("hold", "LOCK-HDR-009/hold"),
    ("retention", "LOCK-HDR-009/retention"),
];

impl Charges {
    /// What the endpoint does not do with the headers of a request that it lets pass, if all that explains this are rights
    /// to send them: it needs none for what it drops.
    pub(super) fn needs_no_right(&self, judgement: &Judgement) -> Vec<Mutant> {
        let Ending::Refuted(refuted) = &judgement.ending else {
            return Vec::new();
        };
        if refuted.exchange.response.status >= 400 {
            return Vec::new();
        }
        let partly = &judgement.partly;
        let explaining: Vec<Mutant> = match judgement.explanations.as_slice() {
            [] => partly.jointly.decisive.clone(),
            explanations => explanations.to_vec(),
        };
        let paired = |other: &Mutant| partly.pairs.iter().any(|pair| pair.contains(other));
        let dropped =
            |one: &Mutant| asked_for(*one).filter(|other| self.covers.contains_key(other) || paired(other));
        let unneeded: Option<Vec<Mutant>> = explaining.iter().map(dropped).collect();
        unneeded.unwrap_or_default()
    }
}

/// Whether a facet of a pair has nothing to rule on because of the other.
pub(super) fn is_moot(facet: FacetId, pair: &[Mutant; 2]) -> bool {
    let of_pair = pair.iter().find(|one| one.0 == facet);
    let other = of_pair.and_then(|one| asked_for(*one));
    other.is_some_and(|other| pair.iter().any(|one| clause(one.0) == clause(other.0)))
}

/// Whether a facet on a route does what a right is asked for.
pub(in crate::verdicts) fn does(mutant: &Mutant) -> bool {
    let words = mutant.0.to_string();
    ASKED_FOR.iter().any(|(_, does)| *does == words)
}

/// What does what the right is for that a facet asks.
fn asked_for((facet, route): Mutant) -> Option<Mutant> {
    let (clause, facet) = owner(facet)?;
    let (_, does) = ASKED_FOR.iter().find(|(name, _)| *name == facet.name)?;
    let asks = is_grant(clause.id) && clause.id.starts_with("EVAL-OP-");
    let repeal = parse_repeal(&format!("{does}@{}", route.name())).ok()?;
    let (does, on) = repeal.first().filter(|_| asks)?;
    Some((does.id, *on))
}
