//! The order in which evidence counts.

use bucketlaw_model::check::witness::Mutant;
use bucketlaw_model::clause::FacetId;

use super::{
    Charges, Ids, both, clause, denied_otherwise, ids, is_grant, likely, own, refused_here, refused_to_all,
};
use crate::judge::{Judgement, Refuted};

impl Charges {
    /// The clauses that a refuted reply is charged to, by the first evidence that names some.
    ///
    /// First what explains the history, alone or in part, the fewest faults that the run needs. But where only a field differs
    /// that the endpoint is not known to show elsewhere, what fixes it comes before a clause that the program does not tell
    /// and that only leaves it free; unless that is what an earlier request did otherwise. Then what decided what was
    /// expected, best of what the program tells.
    pub(super) fn by_evidence(
        &self,
        (refuted, judgement): (&Refuted, &Judgement),
        told: &[(&'static str, String)],
        (explaining, partly): (Ids, Ids),
    ) -> Ids {
        let own = own(told);
        let over_refused = refuted.refuses() && !refuted.is_failure();
        let likely = ids(likely(refuted, &judgement.doubtless).into_iter());
        let is_told = !both(&explaining, &own).is_empty() || !both(&partly, &own).is_empty();
        let only_fixed = is_form_in_doubt(refuted, judgement)
            && !is_told
            && !of_a_step_before(judgement, &explaining)
            && !judgement.partly.jointly.needs_nothing_new;
        let explained = [explaining, partly];
        let decided = if over_refused {
            vec![
                refused_here(judgement, told, &likely),
                denied_otherwise(refuted, &own),
                refused_to_all(refuted, &own),
            ]
        } else {
            let told = both(&likely, &own);
            vec![self.other_reason(refuted, judgement), told, likely]
        };
        let candidates: Vec<Ids> = if only_fixed {
            decided.into_iter().chain(explained).collect()
        } else {
            explained.into_iter().chain(decided).collect()
        };
        let rest = || {
            let own = own.iter().filter(|id| !over_refused && !is_grant(id));
            own.take(1).copied().collect()
        };
        let first = candidates.into_iter().find(|ids| !ids.is_empty());
        first.unwrap_or_else(rest)
    }

    /// Where the law may refuse for one of two reasons and the endpoint for neither: that which no other program shows.
    fn other_reason(&self, refuted: &Refuted, judgement: &Judgement) -> Ids {
        let nothing = Ids::new();
        let all_refuse = refuted.expected.iter().all(|one| one.reply.status >= 400);
        if !all_refuse || refuted.exchange.response.status >= 400 || !judgement.explanations.is_empty() {
            return nothing;
        }
        let reasons = refuted
            .expected
            .iter()
            .filter_map(|one| one.charged().first().copied());
        let reasons: Vec<FacetId> = reasons.collect();
        let known = |facet: &FacetId| self.here.contains_key(&(*facet, refuted.route));
        match reasons.first() {
            Some(nearest) if known(nearest) => {
                let others = reasons.into_iter().filter(|facet| !known(facet));
                ids(others.take(1))
            }
            _ => nothing,
        }
    }
}

/// Whether only a field differs, or the words, and what fixes it is not known to be obeyed elsewhere.
fn is_form_in_doubt(refuted: &Refuted, judgement: &Judgement) -> bool {
    let of_form = refuted
        .expected
        .first()
        .is_some_and(|nearest| nearest.difference.is_of_form());
    of_form
        && !refuted
            .charged()
            .iter()
            .all(|facet| judgement.doubtless.contains(facet))
}

/// Whether clauses explain a history by what an earlier request did otherwise.
fn of_a_step_before(judgement: &Judgement, explaining: &Ids) -> bool {
    let last = judgement.answers.last().map(|answer| answer.route);
    let chosen = |one: &&Mutant| explaining.contains(clause(one.0));
    let mut chosen = judgement.explanations.iter().filter(chosen);
    !explaining.is_empty() && chosen.all(|(_, route)| Some(*route) != last)
}
