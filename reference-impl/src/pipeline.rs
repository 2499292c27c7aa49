//! The path of every request: target, authn, route, resolve, authz, body, plan, finish.

mod authorize;
mod body;
mod resolve;

use std::sync::Arc;

use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method};

pub use authorize::object_side_of;
pub use resolve::{expected_owner, no_such_bucket};

use crate::authn::{self, Authenticated, Service};
use crate::clock::Timestamp;
use crate::error::{ApiError, Code};
use crate::exchange::{Exchange, Mechanism, Outcome, Query, Request};
use crate::ops::document::MAX_DOCUMENT;
use crate::ops::{self, OperationId};
use crate::query_api;
use crate::serve::Server;
use crate::services;
use crate::store::Snapshot;
use crate::wire::encoding::parse_query;
use crate::wire::payload::{Payload, Plan, Source};
use crate::wire::target;

/// How many bytes of a refused body are read, so that the client gets to read its reply.
const DRAIN: usize = 8 * 1024 * 1024;

/// Answers one request.
///
/// The order of the lines is the order of errors (EVAL-CTX-002).
pub(crate) async fn answer(
    server: &Arc<Server>,
    id: &str,
    parts: Parts,
    mut source: Source,
) -> (Service, Outcome) {
    let now = server.clock.now();
    let snapshot = server.store.snapshot();
    let expects = parts.headers.contains_key("expect");
    let prepared = prepare(server, id, now, snapshot, parts, &mut source).await;
    let (service, outcome, mut payload) = match prepared {
        Ok(Prepared::S3(ready)) => {
            let (mut exchange, plan) = *ready;
            let mut payload = Payload::new(source, plan);
            let outcome = operate(&mut exchange, &mut payload).await;
            (Service::S3, outcome, payload)
        }
        Ok(Prepared::Done(service, outcome)) => return (service, outcome),
        Err(error) => (Service::S3, Err(error), Payload::new(source, Plan::default())),
    };
    if outcome.is_err() && !expects {
        payload.drain(DRAIN).await;
    }
    (service, outcome)
}

/// Body, plan: the operation reads the body; one that has none still keeps the body's promises (SIG-HDR-010).
async fn operate(exchange: &mut Exchange, payload: &mut Payload) -> Outcome {
    if !exchange.operation.reads_body {
        payload.collect(MAX_DOCUMENT).await?;
    }
    let operation = exchange.operation;
    let outcome = ops::dispatch(exchange, payload).await;
    outcome.map_err(|error| ops::route::name_method(error, operation))
}

enum Prepared {
    S3(Box<(Exchange, Plan)>),
    Done(Service, Outcome),
}

async fn prepare(
    server: &Arc<Server>,
    id: &str,
    now: Timestamp,
    snapshot: Arc<Snapshot>,
    parts: Parts,
    source: &mut Source,
) -> Result<Prepared, ApiError> {
    let request = parse(server, parts)?;
    let region = region_of_head(&request, &snapshot);
    let prepared = admit(server, id, now, snapshot, request, source).await;
    prepared.map_err(|error| match region {
        Some(region) => error.header("x-amz-bucket-region", region),
        None => error,
    })
}

/// The Region that a refusal of HeadBucket names, whoever asks (EVAL-ERR-017).
fn region_of_head(request: &Request, snapshot: &Snapshot) -> Option<String> {
    let is_head = request.method == Method::HEAD
        && ops::route::route(request).is_ok_and(|operation| operation.id == OperationId::HeadBucket);
    let bucket = snapshot.config.bucket(request.bucket()).filter(|_| is_head);
    bucket.map(|bucket| bucket.region.clone())
}

async fn admit(
    server: &Arc<Server>,
    id: &str,
    now: Timestamp,
    snapshot: Arc<Snapshot>,
    mut request: Request,
    source: &mut Source,
) -> Result<Prepared, ApiError> {
    let (claim, service) = authn::claim(&request)?;
    if service != Service::S3 {
        let call = query_api::Call {
            server,
            service,
            request: &request,
            claim,
            now,
            snapshot,
            request_id: id,
        };
        return Ok(Prepared::Done(service, query_api::answer(call, source).await));
    }
    let authenticated = authn::authenticate(&request, claim, &snapshot.config, &server.region, now)?;
    if authenticated.mechanism == Mechanism::Query {
        authn::hoist(&mut request)?;
    }
    request.join_repeated();
    let operation = ops::route::route(&request)?;
    ops::version_id::check(operation, &request)?;
    body::check_mode(&authenticated.payload, operation)?;
    resolve::resolve(operation, &request, &snapshot)?;
    let authority = authorize::authorize(operation, &request, &authenticated.caller, &snapshot)
        .map_err(|error| ops::route::name_method(error, operation))?;
    ops::headers::check(operation, &request)?;
    let plan = body::plan(&authenticated, operation, &request)?;
    let Authenticated {
        caller, mechanism, ..
    } = authenticated;
    let exchange = Exchange {
        server: Arc::clone(server),
        request_id: id.to_owned(),
        now,
        request,
        caller,
        mechanism,
        operation,
        snapshot,
        authority,
    };
    Ok(Prepared::S3(Box::new((exchange, plan))))
}

/// The longest header section: all lines together, names, values and what stands around them.
const MAX_HEADER_SECTION: usize = 8 * 1024;

/// S3 limits the bytes of the headers, however many they are.
fn check_header_section(headers: &HeaderMap) -> Result<(), ApiError> {
    let line =
        |(name, value): (&HeaderName, &HeaderValue)| name.as_str().len() + value.len() + ": \r\n".len();
    if headers.iter().map(line).sum::<usize>() > MAX_HEADER_SECTION {
        return Err(ApiError::new(Code::RequestHeaderSectionTooLarge)
            .with("MaxSizeAllowed", MAX_HEADER_SECTION.to_string()));
    }
    Ok(())
}

/// Target: host, path and query.
fn parse(server: &Server, parts: Parts) -> Result<Request, ApiError> {
    check_header_section(&parts.headers)?;
    let raw_path = parts.uri.path().to_owned();
    let raw_query = parts.uri.query().unwrap_or_default().to_owned();
    let mut hosts = parts.headers.get_all("host").iter();
    let host = hosts
        .next()
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    if host.is_empty() || hosts.next().is_some() {
        return Err(ApiError::with_message(
            Code::BadRequest,
            "A request needs exactly one Host header",
        ));
    }
    let query: Query = parse_query(&raw_query)
        .ok_or_else(|| ApiError::new(Code::InvalidURI).with("URI", raw_path.as_str()))?;
    services::refuse_others(&host, &raw_path, &parts.headers, &query, &server.domains)?;
    let target = target::parse(&host, &raw_path, &server.domains)?;
    Ok(Request {
        method: parts.method,
        raw_path,
        raw_query,
        query,
        headers: parts.headers,
        bucket: target.bucket,
        key: target.key,
    })
}
