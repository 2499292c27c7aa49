//! Slips: replies that decide as the law says and only tell it otherwise, so that a belief can go on after them.
//!
//! Another text, another field of an error document, a denial without one, or another success status leaves no doubt what
//! the endpoint did. Success in place of refusal, another error code, the ids of versions, delete markers, contents, locks
//! and what a listing holds are never slips: after those nothing is known any more.

use super::{Belief, Difference, Expected, Held, Possibility};
use crate::access::refusal::EVAL_ERR_001;
use crate::clause::FacetId;
use crate::law::Law;
use crate::observed::{Observed, ObservedEntry, Seen};
use crate::reply::{Because, Code, Entry, Field, Name, Reply, ReplyBody, Transition};
use crate::request::Request;
use crate::state::State;
use crate::step::{step, step_consulting};
use crate::time::Moment;
use crate::world::World;

/// One thing that a reply tells otherwise than the law.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slip {
    /// What the law expects, and where the reply differs from it.
    pub expected: Expected,
    /// The facets that fix what differs; none when no clause does.
    pub owners: Vec<FacetId>,
}

/// How a belief went on after a reply that the law does not allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resumed {
    /// What the reply tells otherwise than the nearest of what the law allows.
    pub slips: Vec<Slip>,
    /// Why the law allows it but for the slips, for each way that is as near.
    pub because: Vec<Because>,
}

/// A transition that a reply only tells otherwise.
struct Near {
    position: usize,
    transition: Transition,
    differences: Vec<Difference>,
    after: Held,
}

impl Belief {
    /// Goes on after a reply that [`observe`](Belief::observe) refuted, along the nearest transitions that decide the same.
    ///
    /// `None`, and the belief as it was, when no transition decides the same.
    pub fn resume(
        &mut self,
        law: &Law,
        world: &World,
        (number, request): (u16, &Request),
        observed: &Observed,
        now: Moment,
    ) -> Option<Resumed> {
        let mut near = self.near(law, world, request, observed, now);
        let fewest = near.iter().map(|one| one.differences.len()).min()?;
        near.retain(|one| one.differences.len() == fewest);
        let first = near.first()?;
        let before = &self.held.get(first.position)?.possibility;
        let resolved = before.resolve(request);
        let slips = first.differences.iter().map(|difference| Slip {
            owners: match difference.fixed_by() {
                Some(facet) => vec![facet],
                None => status_owners(law, world, &before.state, &resolved, now, &first.transition),
            },
            expected: Expected {
                reply: first.transition.reply.clone(),
                because: first.transition.because.clone(),
                difference: difference.clone(),
                differing: first.differences.len(),
            },
        });
        let slips = slips.collect();
        let because = near.iter().map(|one| one.transition.because.clone()).collect();
        let mut next = Belief { held: Vec::new() };
        for mut one in near {
            if let Some(before) = self.held.get(one.position) {
                let resolved = before.possibility.resolve(request);
                one.after.go_on(number, &resolved, &one.transition);
                next.hold(one.after);
            }
        }
        *self = next;
        Some(Resumed { slips, because })
    }

    /// The transitions from every possible state that decide as the reply does.
    fn near(
        &self,
        law: &Law,
        world: &World,
        request: &Request,
        observed: &Observed,
        now: Moment,
    ) -> Vec<Near> {
        let mut near = Vec::new();
        for (position, held) in self.held.iter().enumerate() {
            let possibility = &held.possibility;
            for transition in step(law, world, &possibility.state, &possibility.resolve(request), now) {
                let mut after = held.clone();
                if let Some(differences) = after.possibility.slips(world, &transition.reply, observed) {
                    near.push(Near {
                        position,
                        transition,
                        differences,
                        after,
                    });
                }
            }
        }
        near
    }
}

/// The facets whose repeal changes nothing of a ruling but its success status.
fn status_owners(
    law: &Law,
    world: &World,
    state: &State,
    request: &Request,
    now: Moment,
    taken: &Transition,
) -> Vec<FacetId> {
    let mut consulted = Vec::new();
    step_consulting(law, world, state, request, now, &mut consulted);
    consulted.sort_unstable();
    consulted.dedup();
    let says_status = |(facet, route): &(FacetId, _)| {
        facet.can_be_repealed()
            && step(&law.clone().without(*facet, *route), world, state, request, now)
                .iter()
                .any(|other| {
                    other.next == taken.next
                        && is_success(other.reply.status)
                        && other.reply.status != taken.reply.status
                })
    };
    consulted
        .into_iter()
        .filter(says_status)
        .map(|(facet, _)| facet)
        .collect()
}

fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}

impl Difference {
    /// The facet that fixes what differs in a slip, where the difference says which.
    fn fixed_by(&self) -> Option<FacetId> {
        match self {
            Difference::Message(by) | Difference::Field(_, by) | Difference::Entries(_, by) => Some(*by),
            // In a slip the code that is missing is AccessDenied.
            Difference::Code => Some(EVAL_ERR_001),
            Difference::Status | Difference::Content => None,
        }
    }
}

/// Whether another value of a field leaves no doubt what was decided.
///
/// Of a refusal that is every field but those that speak of versions, markers and locks. Of a success it is what repeats
/// the request, or describes an object whose content is known otherwise.
pub(super) fn is_telling(status: u16, name: Name) -> bool {
    if !is_success(status) {
        return !matches!(
            name,
            Name::VersionId
                | Name::DeleteMarker
                | Name::CopySourceVersionId
                | Name::LegalHold
                | Name::LockMode
                | Name::RetainUntil
        );
    }
    matches!(
        name,
        Name::Allow
            | Name::BucketNameElement
            | Name::ContentLength
            | Name::EtagElement
            | Name::EtagHeader
            | Name::ObjectSize
            | Name::KeyMarker
            | Name::LastModifiedElement
            | Name::MaxKeys
            | Name::NameElement
            | Name::PrefixElement
            | Name::StorageClass
            | Name::VersionIdMarker
    )
}

impl Possibility {
    /// What a reply that decides as the law says tells otherwise; `None` when it decides otherwise.
    fn slips(&mut self, world: &World, reply: &Reply, observed: &Observed) -> Option<Vec<Difference>> {
        let mut found = Vec::new();
        let refused = !is_success(reply.status);
        if reply.status != observed.status {
            if refused || !is_success(observed.status) {
                return None;
            }
            found.push(Difference::Status);
        }
        // A success whose body is an error document is a refusal.
        if observed.code.is_some() && !refused {
            return None;
        }
        // A denial whose document is missing is a denial; what the document lacks beside its code says no more.
        let silent = reply.code == Some(Code::AccessDenied) && observed.code.is_none();
        if silent {
            found.push(Difference::Code);
        } else if let Some(code) = reply.code {
            if observed.code.as_deref() != Some(code.name()) {
                return None;
            }
            if let Some((message, by)) = reply.message
                && !observed.says(message)
            {
                found.push(Difference::Message(by));
            }
        }
        for field in &reply.fields {
            if self.value_matches(world, field.value, observed.field(field.name)) {
                continue;
            }
            if !is_telling(reply.status, field.name) {
                return None;
            }
            if !silent {
                found.push(Difference::Field(field.name, field.by));
            }
        }
        match &reply.body {
            ReplyBody::Free => {}
            ReplyBody::Content(content) if observed.content == Some(*content) => {}
            ReplyBody::Content(_) => return None,
            ReplyBody::Entries { ordered, entries } => {
                found.extend(self.entries_slip(world, *ordered, entries, &observed.entries)?);
            }
        }
        Some(found)
    }

    fn entries_slip(
        &mut self,
        world: &World,
        ordered: bool,
        expected: &[Entry],
        observed: &[ObservedEntry],
    ) -> Option<Vec<Difference>> {
        let mut left: Vec<&ObservedEntry> = observed.iter().collect();
        let mut found = Vec::new();
        for entry in expected {
            let choices = if ordered { left.len().min(1) } else { left.len() };
            let mut nearest: Option<(usize, Possibility, Vec<Difference>)> = None;
            for (at, seen) in left.iter().enumerate().take(choices) {
                let mut trial = self.clone();
                let Some(differences) = trial.entry_slips(world, entry, seen) else {
                    continue;
                };
                if nearest
                    .as_ref()
                    .is_none_or(|(_, _, fewest)| differences.len() < fewest.len())
                {
                    nearest = Some((at, trial, differences));
                }
            }
            let (at, after, differences) = nearest?;
            left.remove(at);
            *self = after;
            found.extend(differences);
        }
        left.is_empty().then_some(found)
    }

    /// What an entry tells otherwise: only the refusal of an entry can, and what describes a listed object.
    fn entry_slips(&mut self, world: &World, entry: &Entry, seen: &ObservedEntry) -> Option<Vec<Difference>> {
        if entry.element != seen.element {
            return None;
        }
        let mut found = Vec::new();
        for Field { name, value, by } in &entry.fields {
            let told = seen.field(*name);
            if self.value_matches(world, *value, told) {
                continue;
            }
            // The version id repeats the request: lacking it leaves no doubt, another one does.
            let decides = matches!(name, Name::KeyElement | Name::EntryCode)
                || (*name == Name::VersionIdElement && matches!(told, Seen::Text(_)));
            // Another ETag or size of what is listed leaves no doubt what is there.
            let repeats = matches!(name, Name::EtagElement | Name::EntrySize);
            let is_object = matches!(entry.element, "Version" | "Contents" | "Part");
            if decides || !(entry.element == "Error" || (is_object && repeats)) {
                return None;
            }
            found.push(Difference::Field(*name, *by));
        }
        Some(found)
    }
}
