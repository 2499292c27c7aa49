//! The fewest faults that explain what an endpoint does: of several repeals that explain a history, which is charged.

use bucketlaw_model::check::witness::Mutant;
use bucketlaw_model::clause::owner;

use super::{Charges, Ids, both, clause, ids, most};
use crate::judge::{Ending, Judgement};

/// The clauses without which a request does what it does not ask for, or does something though it is refused: thought of
/// last.
const LAST_RESORTS: &[&str] = &["EVAL-OPX-009", "EVAL-OPX-010"];

impl Charges {
    /// The clauses that explain a history as few faults explain all that the endpoint does; and whether that is certain: they
    /// are named by what the program tells, or shown by others alone.
    ///
    /// First comes what other histories need, as nothing else explains those. Then what an earlier request did otherwise, if
    /// that explains more histories than what rules on the last one does; then what decided the reply that the program is
    /// there to tell; then what is known on other routes.
    pub(super) fn fewest_faults(&self, judgement: &Judgement, own: &Ids) -> (Ids, bool) {
        let explaining = without_last_resorts(&judgement.explanations, own);
        let candidates: Vec<Mutant> = judgement.candidates.iter().map(|one| one.mutant).collect();
        let last = judgement.answers.last().map(|answer| answer.route);
        let is_earlier = |(_, route): &&Mutant| Some(*route) != last;
        let (earlier, here): (Vec<Mutant>, Vec<Mutant>) = explaining.iter().partition(|one| is_earlier(one));
        let shown = |(facet, _): &Mutant| self.covers_anywhere.get(facet).copied().unwrap_or_default();
        let before = earlier.iter().map(shown).max().unwrap_or_default();
        let now = here.iter().map(shown).max().unwrap_or_default();
        let mut named = named(judgement, &explaining, own);
        // What the program tells as well, and as many histories need, is not passed over for what decided.
        if let Some(most) = named.iter().map(shown).max() {
            let told = |one: &&Mutant| own.contains(clause(one.0)) && shown(one) >= most;
            let beside = here.iter().filter(told).filter(|one| !named.contains(one));
            let beside: Vec<Mutant> = beside.copied().collect();
            named.extend(beside);
        }
        let is_told = here.iter().any(|one| own.contains(clause(one.0)));
        let is_named = before <= now && !named.is_empty();
        let among = match is_named {
            true => named,
            false if before > now || (before == now && !is_told) => {
                earlier.into_iter().filter(|one| shown(one) == before).collect()
            }
            false => explaining,
        };
        let all = ids(among.iter().map(|(facet, _)| *facet));
        let shown_alone = [
            self.known_here(&judgement.explanations),
            self.known_here(&candidates),
        ];
        let shown_alone = shown_alone.into_iter().find(|ids| !ids.is_empty());
        let is_certain = is_named || shown_alone.is_some();
        let narrowest = ids(narrowest(&among).map(|(facet, _)| *facet));
        let fewest = [self.known_elsewhere(&among), both(&all, own), narrowest, all];
        let fewest = shown_alone.or_else(|| fewest.into_iter().find(|ids| !ids.is_empty()));
        (fewest.unwrap_or_default(), is_certain)
    }

    /// The clauses of the repeals that alone explain most histories.
    fn known_here(&self, mutants: &[Mutant]) -> Ids {
        most(mutants, |mutant| self.here.get(mutant).copied())
    }

    /// The clauses of the repeals of which most histories show that they are violated on other routes, or in other facets.
    fn known_elsewhere(&self, mutants: &[Mutant]) -> Ids {
        let anywhere = most(mutants, |(facet, _)| self.anywhere.get(facet).copied());
        if anywhere.is_empty() {
            most(mutants, |(facet, _)| self.clauses.get(clause(*facet)).copied())
        } else {
            anywhere
        }
    }
}

/// What explains a history, without the clauses that explain almost anything, unless the program tells them or nothing else
/// explains it.
fn without_last_resorts(explaining: &[Mutant], own: &Ids) -> Vec<Mutant> {
    let ordinary = |(facet, _): &&Mutant| {
        let id = clause(*facet);
        !LAST_RESORTS.contains(&id) || own.contains(id)
    };
    let ordinary: Vec<Mutant> = explaining.iter().filter(ordinary).copied().collect();
    if ordinary.is_empty() {
        explaining.to_vec()
    } else {
        ordinary
    }
}

/// Of repeals that explain a history those of facets that decided what was expected at its last step, and of clauses that
/// its program is there to tell.
fn named(judgement: &Judgement, explaining: &[Mutant], own: &Ids) -> Vec<Mutant> {
    let Ending::Refuted(refuted) = &judgement.ending else {
        return Vec::new();
    };
    // What is refused though it should be done may be refused for anything.
    if refuted.refuses() {
        return Vec::new();
    }
    let deciding = refuted.charged();
    let is_named = |(facet, _): &&Mutant| deciding.contains(facet) && own.contains(clause(*facet));
    explaining.iter().filter(is_named).copied().collect()
}

/// Of repeals those of the facets that are asked on the fewest routes: the rule about the request before a rule about many.
fn narrowest(mutants: &[Mutant]) -> impl Iterator<Item = &Mutant> {
    let routes = |one: &Mutant| owner(one.0).map_or(0, |(_, facet)| facet.routes.len());
    let fewest = mutants.iter().map(routes).min();
    mutants.iter().filter(move |one| Some(routes(one)) == fewest)
}
