//! The law and the typed elses of its facets agree: what holds without a facet is what its else says.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

use bucketlaw_model::check::domains;
use bucketlaw_model::check::explore::{Edge, Limits, Observer, Onward, Place, explore};
use bucketlaw_model::clause::{Facet, FacetId, Otherwise, facets};
use bucketlaw_model::law::Law;
use bucketlaw_model::reply::{self, Field, Reply, ReplyBody, Transition, Value};
use bucketlaw_model::step::{step, step_consulting};

/// How often each facet is compared with its else.
const ENOUGH: u32 = 3;
/// How far the worlds are explored for it.
const DEPTH: usize = 4;
const MOST_STATES: usize = 400;

/// How often each facet made a difference, and where that was not the one that its else says.
#[derive(Clone, Debug, Default)]
struct Elses {
    typed: BTreeMap<FacetId, &'static Facet>,
    compared: BTreeMap<FacetId, u32>,
    wrong: BTreeSet<String>,
}

impl Observer for Elses {
    fn edge(&mut self, _: Place, edge: &Edge<'_>) -> Onward {
        let (mut asked, full) = (Vec::new(), Law::full());
        let ruled = step_consulting(&full, edge.world, edge.state, edge.request, edge.now, &mut asked);
        let asked: BTreeSet<_> = asked.into_iter().collect();
        for (facet, route) in asked {
            let compared = self.compared.get(&facet).copied().unwrap_or(0);
            let typed = self.typed.get(&facet).filter(|_| compared < ENOUGH);
            let Some(declared) = typed.filter(|declared| declared.routes.contains(&route)) else {
                continue;
            };
            let law = full.clone().without(facet, route);
            let other = step(&law, edge.world, edge.state, edge.request, edge.now);
            if replies(&ruled) == replies(&other) {
                continue;
            }
            if !agrees(facet, declared.otherwise, &ruled, &other) {
                self.wrong
                    .insert(format!("{facet}@{route}: {}", declared.otherwise));
            }
            self.compared.insert(facet, compared + 1);
        }
        Onward::Follow
    }

    fn absorb(&mut self, other: Self) {
        self.wrong.extend(other.wrong);
        for (facet, compared) in other.compared {
            *self.compared.entry(facet).or_default() += compared;
        }
    }
}

fn replies(transitions: &[Transition]) -> Vec<&Reply> {
    transitions.iter().map(|transition| &transition.reply).collect()
}

/// Whether a facet makes the difference that its else says.
fn agrees(facet: FacetId, otherwise: Otherwise, ruled: &[Transition], other: &[Transition]) -> bool {
    let denied = |transitions: &[Transition]| transitions.iter().any(|one| is_denied(&one.reply));
    let pairs = || {
        ruled
            .iter()
            .map(|one| &one.reply)
            .zip(other.iter().map(|one| &one.reply))
    };
    match otherwise {
        Otherwise::Choice | Otherwise::Told(_) | Otherwise::Rows(_) => true,
        Otherwise::NotAsked(_) => denied(ruled),
        Otherwise::AskedInstead(_) => denied(ruled) || denied(other),
        Otherwise::OtherText => pairs().all(|(ruled, other)| {
            let without = |reply: &Reply| Reply {
                message: None,
                ..reply.clone()
            };
            let by = |reply: &Reply| reply.message.map(|(_, by)| by);
            without(ruled) == without(other) && (ruled == other || by(other) == Some(facet))
        }),
        Otherwise::Omitted(field) => pairs().all(|(ruled, other)| {
            let changed = changed(ruled, other);
            changed.is_some_and(|mut changed| {
                changed.all(|(_, other)| other.by == facet && is(&other, field) && is_absent(&other))
            })
        }),
        Otherwise::Sent(field) => pairs().all(|(ruled, other)| {
            let changed = changed(ruled, other);
            changed.is_some_and(|mut changed| {
                changed.all(|(ruled, _)| ruled.by == facet && is(&ruled, field) && is_absent(&ruled))
            })
        }),
    }
}

/// Whether a reply refuses a request, or an entry of it.
fn is_denied(reply: &Reply) -> bool {
    let has_error = match &reply.body {
        ReplyBody::Entries { entries, .. } => entries.iter().any(|entry| entry.element == "Error"),
        ReplyBody::Free | ReplyBody::Content(_) => false,
    };
    reply.status == 403 || has_error
}

/// Whether a field is the one that an else names, which may say its value too.
fn is(field: &Field, named: &str) -> bool {
    let name = named.split_once(": ").map_or(named, |(name, _)| name);
    match field.name.place() {
        reply::Place::Header(word) | reply::Place::Element(word) => word.eq_ignore_ascii_case(name),
    }
}

/// All fields of a reply and its entries.
fn fields(reply: &Reply) -> Vec<Field> {
    let mut fields: Vec<Field> = reply.fields.iter().copied().collect();
    if let ReplyBody::Entries { entries, .. } = &reply.body {
        fields.extend(entries.iter().flat_map(|entry| entry.fields.iter().copied()));
    }
    fields
}

/// The fields in which two replies differ; `None` if they differ in more than the values of fields.
fn changed(ruled: &Reply, other: &Reply) -> Option<impl Iterator<Item = (Field, Field)>> {
    let (ruled_fields, other_fields) = (fields(ruled), fields(other));
    let alike = (ruled.status, ruled.code, ruled.message) == (other.status, other.code, other.message)
        && ruled_fields.len() == other_fields.len();
    let pairs = ruled_fields.into_iter().zip(other_fields);
    alike.then_some(pairs.filter(|(ruled, other)| ruled != other))
}

fn is_absent(field: &Field) -> bool {
    field.value == Value::Absent
}

#[test]
fn what_holds_without_a_facet_is_what_its_else_says() {
    let typed: BTreeMap<FacetId, &'static Facet> = facets()
        .map(|(_, facet)| (facet.id, facet))
        .filter(|(_, facet)| {
            !matches!(
                facet.otherwise,
                Otherwise::Choice | Otherwise::Told(_) | Otherwise::Rows(_)
            )
        })
        .collect();
    let mut all = Elses::default();
    for (domain, depth) in domains::searched().unwrap() {
        let observer = || Elses {
            typed: typed.clone(),
            ..Elses::default()
        };
        let limits = Limits {
            threads: NonZeroUsize::MIN,
            depth: Some(depth.min(DEPTH)),
        };
        let found = explore(&Law::full(), &domain, limits, observer, |counts| {
            counts.unique < MOST_STATES
        });
        all.absorb(found.observer);
    }
    assert_eq!(all.wrong, BTreeSet::new());
    let compared = typed
        .keys()
        .filter(|facet| all.compared.contains_key(facet))
        .count();
    assert!(
        compared * 10 > typed.len() * 9,
        "{compared} of {} were compared",
        typed.len()
    );
}
