//! Bursts: requests that are sent at the same moment.

use bucketlaw_model::program::{Act, Step};
use bucketlaw_model::request::Request;

use super::Running;
use super::steps::{note, prepared, takes_off};
use super::watch::Flight;
use crate::session::Session;
use crate::wire::RawRequest;

/// Whether the next steps are a burst.
pub(super) fn is_next(running: &Running<'_>) -> bool {
    steps(running).len() > 1
}

/// Takes the steps of the burst that is next. All are prepared before the first is sent.
pub(super) fn take(session: &Session, running: &mut Running<'_>) {
    let steps = steps(running);
    running.at += steps.len();
    let mut calls: Vec<(u16, Request, RawRequest)> = Vec::new();
    for step in steps {
        // A program that reads has no burst that waits.
        let Act::Ask(request) = step.act else { continue };
        let Some(raw) = prepared(session, running, step.number, &request) else {
            return;
        };
        calls.push((step.number, request, raw));
    }
    let raw: Vec<RawRequest> = calls.iter().map(|(_, _, raw)| raw.clone()).collect();
    let flights: Vec<Flight> = calls
        .iter()
        .map(|(number, _, raw)| takes_off(running, *number, raw))
        .collect();
    let results = session.client.together(&raw);
    for (((number, request, _), result), flight) in calls.iter().zip(results).zip(&flights) {
        note(running, (*number, request), result, flight);
    }
}

/// The steps from here on that are of one burst.
fn steps(running: &Running<'_>) -> Vec<Step> {
    let program = &running.program;
    let rest = program.steps.get(running.at..).unwrap_or_default();
    let mut turns = rest.chunk_by(|one, next| program.are_together(one.number, next.number));
    turns.next().unwrap_or_default().to_vec()
}
