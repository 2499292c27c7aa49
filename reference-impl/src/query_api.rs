//! The entrance of IAM and STS: authentication over the form, then the service.
//!
//! Their protocol is [`crate::query_protocol`]. Once a request is known to be for one of them every refusal is
//! written in that protocol, so there is always a reply.

use std::collections::VecDeque;
use std::sync::Arc;

use aws_lc_rs::digest;
use data_encoding::HEXLOWER;
use http::Method;

use crate::authn::{self, Service};
use crate::authz::Caller;
use crate::clock::Timestamp;
use crate::error::{ApiError, Code};
use crate::exchange::{Outcome, Query, Request};
use crate::query_protocol::{self, IAM, MAXIMUM_FORM, STS};
use crate::serve::Server;
use crate::store::Snapshot;
use crate::wire::credential::Claim;
use crate::wire::payload::{Payload, Plan, Source};
use crate::{iam, sts};

/// The Region in the scope of every request to IAM, which is a global service.
const GLOBAL_REGION: &str = "us-east-1";

/// A request to IAM or STS before it is authenticated.
#[allow(missing_debug_implementations, reason = "snapshots have none")]
pub struct Call<'c> {
    /// The server.
    pub server: &'c Arc<Server>,
    /// Which of the services.
    pub service: Service,
    /// The head.
    pub request: &'c Request,
    /// What the request claims about itself.
    pub claim: Option<Claim>,
    /// The instant at which it was received.
    pub now: Timestamp,
    /// The commit that it sees.
    pub snapshot: Arc<Snapshot>,
    /// The id that the answer carries.
    pub request_id: &'c str,
}

/// Reads the form, verifies the signature over it and answers.
///
/// # Errors
/// None: a refusal is a reply, in the form that the service gives it.
pub async fn answer(call: Call<'_>, source: &mut Source) -> Outcome {
    let service = if call.service == Service::Sts { STS } else { IAM };
    let request_id = call.request_id;
    let (caller, parameters) = match authenticate(&call, source).await {
        Ok(found) => found,
        Err(error) => return Ok(service.error(&error, request_id)),
    };
    if call.service == Service::Sts {
        return Ok(sts::answer(&caller, &parameters, request_id));
    }
    let store = call.server.store.clone();
    let request_id = request_id.to_owned();
    Ok(iam::answer(&iam::Call {
        store,
        snapshot: call.snapshot,
        caller,
        request_id,
        parameters,
    })
    .await)
}

async fn authenticate(call: &Call<'_>, source: &mut Source) -> Result<(Caller, Query), ApiError> {
    if !matches!(call.request.method, Method::GET | Method::POST) {
        return Err(Code::MethodNotAllowed.into());
    }
    let claim = call
        .claim
        .as_ref()
        .ok_or_else(|| ApiError::new(Code::MissingAuthenticationToken))?;
    let form = read_form(call.request, source).await?;
    let hash = HEXLOWER.encode(digest::digest(&digest::SHA256, &form).as_ref());
    // A hash that the head declares must be that of the form; the signature covers the form's own.
    if let Some(declared) = call.request.header("x-amz-content-sha256")
        && !declared.eq_ignore_ascii_case(&hash)
    {
        return Err(Code::SignatureDoesNotMatch.into());
    }
    let global = call.service == Service::Iam && claim.region == GLOBAL_REGION;
    let region = if global {
        GLOBAL_REGION
    } else {
        &call.server.region
    };
    let config = &call.snapshot.config;
    let (caller, _) = authn::verify(call.request, claim, config, region, call.now, &hash)?;
    Ok((
        caller,
        query_protocol::parameters(&call.request.raw_query, &form)?,
    ))
}

async fn read_form(request: &Request, source: &mut Source) -> Result<bytes::Bytes, ApiError> {
    let length = request
        .header("content-length")
        .and_then(|length| length.parse().ok());
    let source = std::mem::replace(source, Source::Memory(VecDeque::new()));
    Payload::new(
        source,
        Plan {
            length,
            ..Plan::default()
        },
    )
    .collect(MAXIMUM_FORM)
    .await
}
