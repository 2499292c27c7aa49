//! Listings of buckets to their end: what a program is there to see may stand behind the buckets of others.

use bucketlaw_model::request::{Operation, Request};

use super::Running;
use super::steps::credentials;
use crate::lower::Service;
use crate::session::next_page_of_buckets;
use crate::wire::{Exchange, Failure, FailureKind, RawRequest};

/// How many pages are read at the most: ten million buckets.
const PAGES: usize = 1000;

/// How often a page is asked for that gets no reply, or that the endpoint fails to answer.
const ATTEMPTS: usize = 3;

/// The pages that follow a reply to ListBuckets; none for other requests.
///
/// # Errors
/// When a page can't be had: what was listed so far is not what there is.
pub(super) fn rest(
    running: &Running<'_>,
    request: &Request,
    first: &Exchange,
) -> Result<Vec<Exchange>, Failure> {
    if !matches!(request.operation, Operation::ListBuckets {}) {
        return Ok(Vec::new());
    }
    let mut pages: Vec<Exchange> = Vec::new();
    let mut tokens: Vec<String> = Vec::new();
    while let Some(token) = next_page_of_buckets(&pages.last().unwrap_or(first).response) {
        // An endpoint that gives the same token again has no more to say.
        if tokens.contains(&token) || pages.len() >= PAGES {
            break;
        }
        pages.push(page(running, request, &token)?);
        tokens.push(token);
    }
    Ok(pages)
}

/// One page, tried again where it fails: reading changes nothing.
fn page(running: &Running<'_>, request: &Request, token: &str) -> Result<Exchange, Failure> {
    let session = running.session;
    let credentials = credentials(session, running, request.caller);
    let mut listing = RawRequest::new("GET", "/");
    listing.push_query("continuation-token", Some(token));
    let mut last = None;
    for _ in 0..ATTEMPTS {
        match session.send(listing.clone(), credentials.as_ref(), Service::S3) {
            Ok(exchange) if exchange.response.status == 200 => return Ok(exchange),
            Ok(exchange) => {
                last = Some(Failure {
                    kind: FailureKind::BadResponse,
                    definite: true,
                    status: Some(exchange.response.status),
                    detail: "the listing of buckets has a next page, which is not answered".to_owned(),
                    sent: exchange.sent,
                    ended: exchange.received,
                });
            }
            Err(failure) => last = Some(failure),
        }
    }
    Err(last.unwrap_or(Failure {
        kind: FailureKind::BadResponse,
        definite: true,
        status: None,
        detail: "no page was asked for".to_owned(),
        sent: 0,
        ended: 0,
    }))
}
