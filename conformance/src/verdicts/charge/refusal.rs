//! Refusals in place of other refusals: which clause fixes the code, where the decision is the law's.

use bucketlaw_model::belief::Difference;
use bucketlaw_model::clause::{self, Area, Clause, FacetId, Role, owner};

use super::{Ids, clause, is_grant};
use crate::judge::{Judgement, Refuted};

/// Fixes the code of a denial.
const OF_DENIALS: &str = "EVAL-ERR-001";
/// Fixes the code of a refusal by a lock.
const OF_LOCKS: &str = "LOCK-API-004";
/// Says that a request is authorized before anything else is said of it.
const ORDER: &str = "EVAL-CTX-002";

/// Whether a clause decides who may do something: a refusal that is no denial says nothing of it.
pub(super) fn is_about_who(id: &str) -> bool {
    clause::find(id).is_some_and(Clause::is_about_who)
}

/// The clause that is violated where the endpoint refuses a request that should be denied, in another way; the inner
/// `None` where no clause is. `None` where something else is amiss.
fn of_another_code(refuted: &Refuted) -> Option<Option<&'static str>> {
    let nearest = refuted.expected.first()?;
    let status = refuted.exchange.response.status;
    let of_code = matches!(nearest.difference, Difference::Status | Difference::Code);
    if nearest.reply.status != 403 || status < 400 || !of_code || refuted.is_failure() {
        return None;
    }
    let (refusing, _) = nearest.because.decided.first().copied().and_then(owner)?;
    match status {
        // The endpoint is busy or does not believe who asks: it did not come to a ruling.
        409 => Some(None),
        _ if refuted.is_of_authentication() && !refuted.is_anonymous() => Some(None),
        _ if refusing.area == Area::ObjectLock => Some(Some(OF_LOCKS)),
        401 | 403 => Some(Some(OF_DENIALS)),
        _ if refusing.is_about_who() => Some(Some(ORDER)),
        _ => None,
    }
}

/// The clauses that are charged where the endpoint does not come to asking for a right that is missing: it refuses the
/// request in another way, or sees first that there is nothing to delete. `None` where something else is amiss: `passed`
/// are the clauses that decide what it lets pass elsewhere.
pub(super) fn of_no_right(
    refuted: &Refuted,
    judgement: &Judgement,
    unshown: bool,
    passed: &Ids,
) -> Option<Vec<&'static str>> {
    let deciding = refuted.deciding().into_iter().filter_map(owner);
    let passes = deciding
        .map(|(clause, _)| clause.id)
        .any(|id| passed.contains(id));
    let denied = refuted
        .expected
        .first()
        .is_some_and(|nearest| nearest.reply.status == 403);
    // Who lacks the right is refused elsewhere.
    let elsewhere = judgement.contradicted && !passes;
    if elsewhere && denied && refuted.does_nothing() {
        return Some(vec![ORDER]);
    }
    let other = of_another_code(refuted).filter(|_| unshown || elsewhere)?;
    Some(other.into_iter().collect())
}

/// The clauses that are charged where the endpoint takes some policies and refuses this one for what stands in it: those
/// about documents that the program tells, and none that speaks of all policies alike.
pub(super) fn of_documents(told: &[(&'static str, String)]) -> Vec<&'static str> {
    let of_one = |id: &&str| clause::find(id).is_some_and(|clause| clause.role() == Role::Documents);
    told.iter().map(|(id, _)| *id).filter(of_one).collect()
}

/// The facet that answers for what was not refused, or otherwise: what refuses comes first, and then what it refuses for.
/// What is obeyed elsewhere is passed over.
pub(super) fn refusing(refuted: &Refuted, charged: &[FacetId], doubtless: &[FacetId]) -> Option<FacetId> {
    let first = charged.first().copied();
    let is_right = |facet: FacetId| clause(facet).starts_with("EVAL-");
    if refuted.is_failure() || (refuted.exchange.response.status >= 400 && !refuted.is_denial()) {
        return first;
    }
    let doubtful = charged.iter().find(|facet| !doubtless.contains(facet)).copied();
    // A right that is missing is told by the general rule and by the one that asks for it: who is refused without any
    // right is granted something for a wrong one.
    let asked = charged
        .iter()
        .rfind(|facet| clause(**facet).starts_with("EVAL-OP-"))
        .copied();
    let is_general = first.is_some_and(|first| is_right(first) && is_grant(clause(first)));
    doubtful.or(asked.filter(|_| is_general)).or(first)
}
