//! The steps of a program: each request is made, sent, and what came of it is recorded.

use bucketlaw_model::argument::UploadRef;
use bucketlaw_model::observed::http_date;
use bucketlaw_model::program::Act;
use bucketlaw_model::request::{Caller, Request};
use bucketlaw_model::time::Time;

use super::watch::Flight;
use super::{Running, pages, together};
use crate::history::{Outcome, Taken};
use crate::lift::{handles, part};
use crate::lower::lower;
use crate::session::Session;
use crate::wire::sign::Credentials;
use crate::wire::{Exchange, Failure, RawRequest};

/// Takes steps until the program waits (returns until when) or ends.
pub(super) fn advance(session: &Session, running: &mut Running<'_>) -> Option<i64> {
    while running.history.stopped.is_none() {
        if running.terms.watch.crashed() > running.crashes {
            // Whether the endpoint still knows what the program made, nobody knows.
            return None;
        }
        let current = running.program.steps.get(running.at)?.clone();
        let now = session.client.now() + session.skew;
        if together::is_next(running) {
            if running.settled > now {
                return Some(running.settled);
            }
            together::take(session, running);
            continue;
        }
        let request = match current.act {
            Act::Wait(units) => {
                let calendar = running.program.world.calendar;
                let until = calendar.start.0 + calendar.unit * i64::from(units) + calendar.unit / 2;
                running.at += 1;
                if until > now {
                    return Some(until);
                }
                continue;
            }
            Act::Ask(_) if running.settled > now => return Some(running.settled),
            Act::Ask(request) => request,
        };
        running.at += 1;
        let Some(raw) = prepared(session, running, current.number, &request) else {
            break;
        };
        let flight = takes_off(running, current.number, &raw);
        let result = session.client.exchange(&raw);
        note(running, (current.number, &request), result, &flight);
    }
    debug_assert_eq!(running.entry.id, running.history.id);
    None
}

/// Takes note that the request of a step is about to be sent.
pub(super) fn takes_off(running: &Running<'_>, number: u16, raw: &RawRequest) -> Flight {
    let (id, method, target) = (&running.entry.id, &raw.method, &raw.target);
    let what = format!("step {number} of program {id} ({method} {target})");
    running.terms.watch.takes_off(what)
}

/// The request of a step, ready to be sent; `None` if it names what no reply showed, which stops the program.
pub(super) fn prepared(
    session: &Session,
    running: &mut Running<'_>,
    number: u16,
    request: &Request,
) -> Option<RawRequest> {
    running.names.http_dates.now = http_date(Time(session.client.now() + session.skew));
    match lower(&running.program.world, &running.names, request) {
        Ok((raw, service)) => {
            let credentials = credentials(session, running, request.caller);
            let via = running.program.vias.get(&number).copied();
            Some(session.prepare(raw, credentials.as_ref(), service, via))
        }
        Err(unbound) => {
            running.history.stopped = Some(format!(
                "step {number} needs {}, which no reply showed",
                unbound.0
            ));
            None
        }
    }
}

/// Records what came of a step, and the values that its reply brings to light.
pub(super) fn note(
    running: &mut Running<'_>,
    (number, request): (u16, &Request),
    result: Result<Exchange, Failure>,
    flight: &Flight,
) {
    let (session, terms) = (running.session, running.terms);
    let all = result.and_then(|exchange| {
        terms.watch.answered();
        let rest = pages::rest(running, request, &exchange)?;
        Ok((exchange, rest))
    });
    let taken = match all {
        Ok((exchange, rest)) => {
            // What may have changed something has to settle before it is asked for.
            if terms.settle > 0 && !matches!(exchange.request.method.as_str(), "GET" | "HEAD") {
                running.settled = session.client.now() + session.skew + terms.settle;
            }
            learn(running, number, request, &exchange);
            let redacted = |exchange: Exchange| match &running.redactor {
                Some(redactor) => redactor.redact(&exchange),
                None => exchange,
            };
            Taken {
                number,
                result: Outcome::Exchange(redacted(exchange)),
                pages: rest.into_iter().map(redacted).collect(),
            }
        }
        Err(failure) => {
            running.history.stopped = Some(format!("step {number}: {failure}"));
            let loss = terms.watch.lost(session, &failure, flight);
            running.lost = Some((loss, flight.what().to_owned()));
            Taken {
                number,
                result: Outcome::Failure(failure),
                pages: Vec::new(),
            }
        }
    };
    running.history.steps.push(taken);
}

/// Learns the ids that a reply brings to light.
fn learn(running: &mut Running<'_>, number: u16, request: &Request, exchange: &Exchange) {
    let response = &exchange.response;
    for (handle, id) in handles(&running.program.world, number, request, response) {
        running.names.handles.insert(handle, id);
    }
    if let Some((UploadRef::Made(handle), number, etag)) = part(request, response)
        && let Some(id) = running.names.handles.get(&handle)
    {
        let parts = running.names.parts.entry(id.clone()).or_default();
        parts.insert(number, etag);
    }
}

pub(super) fn credentials(session: &Session, running: &Running<'_>, caller: Caller) -> Option<Credentials> {
    let identity = if caller == Caller::User {
        running.user.as_ref()
    } else {
        session.identity(caller)
    };
    identity.map(|identity| identity.credentials.clone())
}
