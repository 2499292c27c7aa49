//! The relation: every way in which the law allows a request to end.
//!
//! [`step`] is the table of contents. Each operation is a short function in the chapter of the law that it belongs
//! to: the order of its gates is the order of errors, and its effect comes last.

use crate::access;
use crate::access::frame::{changes_though_refused, overlooked};
use crate::access::refusal::without_resource;
use crate::argument::Tags;
use crate::cx::{Cx, Ruling, Script, next_script};
use crate::encryption;
use crate::law::Law;
use crate::lock;
use crate::reply::{Refusal, Reply, Transition};
use crate::request::rows::operations;
use crate::request::{Caller, Operation, Request, Route};
use crate::state::{Account, State};
use crate::time::Moment;
use crate::versioning;
use crate::versioning::condition::delete::DeleteConditions;
use crate::versioning::condition::write::Conditions;
use crate::versioning::copy::{Source, Target};
use crate::versioning::list::page::Page;
use crate::words::FacetId;
use crate::world::World;

/// All transitions of one request, never none, and seldom more than two.
pub type Transitions = Vec<Transition>;

/// How many transitions have room from the first on: what is returned moves as three words, and seldom grows.
const USUAL_TRANSITIONS: usize = 4;

/// All ways in which the law allows `request` to end at `state`, when it is ruled on at `now`.
#[must_use]
pub fn step(law: &Law, world: &World, state: &State, request: &Request, now: Moment) -> Transitions {
    let mut transitions = Transitions::with_capacity(USUAL_TRANSITIONS);
    rulings((law, world, now), state, request, None, |transition| {
        transitions.push(transition);
    });
    transitions
}

/// As [`step`], into room that held other transitions before.
pub fn step_into(
    law: &Law,
    world: &World,
    state: &State,
    request: &Request,
    now: Moment,
    transitions: &mut Vec<Transition>,
) {
    transitions.clear();
    rulings((law, world, now), state, request, None, |transition| {
        transitions.push(transition);
    });
}

/// As [`step`], and tells which facets were consulted on which routes.
pub fn step_consulting(
    law: &Law,
    world: &World,
    state: &State,
    request: &Request,
    now: Moment,
    consulted: &mut Vec<(FacetId, Route)>,
) -> Transitions {
    let mut transitions = Transitions::with_capacity(USUAL_TRANSITIONS);
    let ruled_on = (law, world, now);
    rulings(ruled_on, state, request, Some(consulted), |transition| {
        transitions.push(transition);
    });
    transitions
}

/// Rules once for each combination of choices that the request meets.
fn rulings(
    (law, world, now): (&Law, &World, Moment),
    state: &State,
    request: &Request,
    mut consulted: Option<&mut Vec<(FacetId, Route)>>,
    mut found: impl FnMut(Transition),
) {
    let mut script = Script::new();
    loop {
        let plain;
        let mut cx = Cx::new((law, world, now), state, request, &script);
        cx.listen(consulted.as_deref_mut());
        plain = overlooked(&mut cx);
        let ruling = match &plain {
            Some(plain) => {
                let route = std::mem::replace(&mut cx.route, plain.operation.route());
                cx.request = plain;
                let ruling = operation(&mut cx);
                cx.request = request;
                cx.route = route;
                ruling
            }
            None => operation(&mut cx),
        };
        match ruling {
            Ok((reply, next)) => found(Transition {
                reply,
                because: cx.because(None),
                next: next.filter(|next| next != state),
            }),
            Err(refusal) => {
                let next = carried_out(&mut cx).filter(|next| next != state);
                let refusal = without_resource(&mut cx, refusal);
                refused(&mut cx, refusal, next.as_ref(), &mut found);
            }
        }
        if cx.choices.is_empty() {
            return;
        }
        match next_script(&cx.choices) {
            Some(next) => script = next,
            None => return,
        }
    }
}

/// A refusal, and once more with another message if that is open and nothing else is; `next` is what it changes all the
/// same, which is nothing under the full law (`EVAL-OPX-010`).
fn refused(cx: &mut Cx<'_>, refusal: Refusal, next: Option<&State>, found: &mut impl FnMut(Transition)) {
    let head = cx.route.is_head();
    let because = cx.because(Some(&refusal));
    let again = cx.other_message(&refusal).map(|text| {
        let mut refusal = refusal.clone();
        refusal.message = refusal.message.map(|(_, by)| (text, by));
        let mut because = because.clone();
        if let Some((_, branch)) = because.branches.last_mut() {
            *branch = 1;
        }
        (refusal, because)
    });
    found(Transition {
        reply: Reply::refused(refusal, head),
        because,
        next: next.cloned(),
    });
    if let Some((refusal, because)) = again {
        found(Transition {
            reply: Reply::refused(refusal, head),
            because,
            next: next.cloned(),
        });
    }
}

/// Rules on each operation by the function that its row names.
macro_rules! dispatch {
    ($(
        $(#[$doc:meta])*
        $name:ident $(| $version:ident)? $(+ $entries:ident)? { $($argument:ident: $type:ty),* }
            $deed:literal, $wire:tt,
            asks [$($action:ident by $facet:ident),*],
            by $($chapter:ident)::+($($passed:expr),*);
    )*) => {
        /// Rules on one operation.
        fn operation(cx: &mut Cx<'_>) -> Ruling {
            match &cx.request.operation {
                $(#[allow(unused_variables)] Operation::$name { $($argument),* } => {
                    $(let $argument = Clone::clone($argument);)*
                    $($chapter)::+(cx, $($passed),*)
                })*
            }
        }
    };
}

operations!(dispatch);

/// What a refused request changes all the same where `EVAL-OPX-010` is repealed: what it would for the bucket's owner.
#[inline]
fn carried_out(cx: &mut Cx<'_>) -> Option<State> {
    if !changes_though_refused(cx) {
        return None;
    }
    let owner = cx
        .request
        .operation
        .place()
        .bucket
        .and_then(|name| cx.state.buckets.get(&name));
    let caller = match owner.map_or(Account::Owner, |bucket| bucket.owner) {
        Account::Owner => Caller::Owner,
        Account::Other => Caller::Other,
    };
    let request = Request {
        caller,
        operation: cx.request.operation.clone(),
    };
    let transitions = step(&Law::strict(), cx.world, cx.state, &request, cx.now);
    transitions.into_iter().next()?.next
}
