//! The path of every request: target, authn, route, resolve, authz, body, plan, finish.

use std::sync::Arc;

use http::request::Parts;

use crate::authn::{self, Authenticated, PayloadMode, Service};
use crate::authority::{Authority, Check, ObjectSide};
use crate::authz::{AccountId, Caller};
use crate::clock::Timestamp;
use crate::error::{ApiError, Code};
use crate::exchange::{Exchange, Mechanism, Outcome, Query, Request};
use crate::ops::{self, Operation, OperationId};
use crate::query_api;
use crate::serve::Server;
use crate::store::Snapshot;
use crate::wire::checksum::Promise;
use crate::wire::chunked::Decoder;
use crate::wire::encoding::parse_query;
use crate::wire::payload::{Payload, Plan, Source};
use crate::wire::target;

/// How many bytes of a refused body are read, so that the client gets to read its reply.
const DRAIN: usize = 256 * 1024;

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
            let (exchange, plan) = *ready;
            let mut payload = Payload::new(source, plan);
            let outcome = ops::dispatch(&exchange, &mut payload).await;
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
    let mut request = parse(server, parts)?;
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
        authn::hoist(&mut request);
    }
    let operation = ops::route::route(&request)?;
    check_payload_mode(&authenticated.payload, operation)?;
    resolve(operation, &request, &snapshot)?;
    let authority = authorize(operation, &request, &authenticated.caller, &snapshot)?;
    let plan = body_plan(&authenticated, operation, &request)?;
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

/// Target: host, path and query.
fn parse(server: &Server, parts: Parts) -> Result<Request, ApiError> {
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
    let target = target::parse(&host, &raw_path, &server.domains)?;
    let query: Query = parse_query(&raw_query)
        .ok_or_else(|| ApiError::new(Code::InvalidURI).with("URI", raw_path.as_str()))?;
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

/// Whether the body is an object's or a part's data.
fn uploads(operation: &Operation) -> bool {
    matches!(operation.id, OperationId::PutObject | OperationId::UploadPart)
}

/// SIG-HDR-012: only uploads of data may be framed as `aws-chunked`.
fn check_payload_mode(mode: &PayloadMode, operation: &Operation) -> Result<(), ApiError> {
    if mode.is_streaming() && !uploads(operation) {
        return Err(ApiError::with_message(
            Code::InvalidRequest,
            "The value of x-amz-content-sha256 header is invalid.",
        ));
    }
    Ok(())
}

/// The bucket must exist (EVAL-CTX-003) and belong to the expected owner (EVAL-EBO).
fn resolve(operation: &Operation, request: &Request, snapshot: &Snapshot) -> Result<(), ApiError> {
    let name = request.bucket();
    match operation.id {
        // EVAL-EBO-004: neither has an owner to expect.
        OperationId::ListBuckets => return Ok(()),
        OperationId::CreateBucket if target::is_bucket_name(name) => return Ok(()),
        OperationId::CreateBucket => {
            return Err(ApiError::new(Code::InvalidBucketName).with("BucketName", name));
        }
        _ => {}
    }
    let Some(bucket) = snapshot.config.bucket(name) else {
        return Err(no_such_bucket(name));
    };
    expected_owner(request.header("x-amz-expected-bucket-owner"), bucket.owner)
}

/// The error for a bucket that is not there.
pub fn no_such_bucket(name: &str) -> ApiError {
    let code = if target::is_bucket_name(name) {
        Code::NoSuchBucket
    } else {
        Code::InvalidBucketName
    };
    ApiError::new(code).with("BucketName", name)
}

/// Checks an expected owner (EVAL-EBO-001 to 003).
///
/// # Errors
/// `InvalidBucketOwnerAWSAccountID` for a value that is no account id, `AccessDenied` for another owner.
pub fn expected_owner(expected: Option<&str>, owner: AccountId) -> Result<(), ApiError> {
    let Some(expected) = expected else { return Ok(()) };
    if expected.len() != 12 || !expected.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ApiError::with_message(
            Code::InvalidBucketOwnerAWSAccountID,
            format!(
                "The value of the expected bucket owner parameter must be an AWS Account ID... [{expected}]"
            ),
        ));
    }
    if AccountId::parse(expected) == Some(owner) {
        Ok(())
    } else {
        Err(Code::AccessDenied.into())
    }
}

/// Asks what the head of the request needs.
fn authorize(
    operation: &Operation,
    request: &Request,
    caller: &Caller,
    snapshot: &Snapshot,
) -> Result<Authority, ApiError> {
    anonymous_limits(operation.id, request, caller)?;
    let object = object_side(operation, request, snapshot)?;
    let mut checks = ops::needs::checks(operation, request);
    let initiated = is_initiator(operation.id, request, caller, snapshot)?;
    for check in &mut checks {
        check.object.clone_from(&object);
        check.granted_by_default = initiated;
    }
    let authority = Authority {
        caller: caller.clone(),
        checks,
    };
    authority.check(&snapshot.config)?;
    Ok(authority)
}

/// Whether the caller began the upload that it wants to list or abort, which it may unless denied (EVAL-OP-037,
/// EVAL-OP-038).
fn is_initiator(
    id: OperationId,
    request: &Request,
    caller: &Caller,
    snapshot: &Snapshot,
) -> Result<bool, ApiError> {
    if caller.is_anonymous() || !matches!(id, OperationId::AbortMultipartUpload | OperationId::ListParts) {
        return Ok(false);
    }
    let (Some(bucket), Some(upload)) = (
        snapshot.config.bucket(request.bucket()),
        request.query.get("uploadId"),
    ) else {
        return Ok(false);
    };
    let Some(sequence) = snapshot.read_upload_id(bucket.id, request.key(), upload) else {
        return Ok(false);
    };
    let upload = snapshot.rows.upload(bucket.id, request.key(), sequence)?;
    Ok(upload.is_some_and(|upload| upload.initiator == ops::multipart::initiator(caller, snapshot)))
}

/// The owner and ACL of the addressed version, while ACLs are enabled (EVAL-OWN-002, EVAL-OWN-009).
fn object_side(
    operation: &Operation,
    request: &Request,
    snapshot: &Snapshot,
) -> Result<Option<ObjectSide>, ApiError> {
    let Some(bucket) = snapshot.config.bucket(request.bucket()) else {
        return Ok(None);
    };
    let acls = bucket.ownership.is_none_or(|ownership| ownership.acls_enabled());
    // Creation and deletion are the bucket owner's to authorize, whoever owns the object (EVAL-OWN-010).
    let existing = matches!(
        operation.id,
        OperationId::GetObject
            | OperationId::HeadObject
            | OperationId::GetObjectAttributes
            | OperationId::GetObjectAcl
            | OperationId::PutObjectAcl
            | OperationId::GetObjectTagging
            | OperationId::PutObjectTagging
            | OperationId::DeleteObjectTagging
            | OperationId::GetObjectRetention
            | OperationId::PutObjectRetention
            | OperationId::GetObjectLegalHold
            | OperationId::PutObjectLegalHold
    );
    if !acls || !existing {
        return Ok(None);
    }
    object_side_of(snapshot, bucket.id, request.key(), request.version_id())
}

/// The owner and ACL of a version, by its id or the current one.
///
/// # Errors
/// `InternalError` if the store can't be read.
pub fn object_side_of(
    snapshot: &Snapshot,
    bucket: u64,
    key: &str,
    version_id: Option<&str>,
) -> Result<Option<ObjectSide>, ApiError> {
    let version = match version_id {
        None => snapshot.rows.current(bucket, key)?,
        Some("null") => snapshot.rows.null(bucket, key)?,
        Some(id) => match snapshot.read_version_id(bucket, key, id) {
            Some(sequence) => snapshot.rows.version(bucket, key, sequence)?,
            None => None,
        },
    };
    Ok(version.map(|version| ObjectSide {
        owner: version.owner,
        acl: version.object().and_then(|object| object.acl.clone()),
    }))
}

/// What anonymous callers can never do (EVAL-ANON-002, EVAL-ANON-003).
fn anonymous_limits(id: OperationId, request: &Request, caller: &Caller) -> Result<(), ApiError> {
    if !caller.is_anonymous() {
        return Ok(());
    }
    let denied = |message: &str| Err(ApiError::with_message(Code::AccessDenied, message));
    match id {
        OperationId::CreateMultipartUpload => {
            denied("Anonymous users cannot initiate multipart uploads.  Please authenticate.")
        }
        OperationId::CopyObject | OperationId::UploadPartCopy => {
            denied("Anonymous users cannot copy objects.  Please authenticate.")
        }
        OperationId::PutBucketOwnershipControls | OperationId::DeleteBucketOwnershipControls => {
            denied("s3:PutBucketOwnershipControls does not support Anonymous requests!")
        }
        OperationId::CreateBucket => denied("Anonymous users cannot invoke this API. Please authenticate."),
        OperationId::GetObject | OperationId::HeadObject
            if request
                .query
                .0
                .iter()
                .any(|(name, _)| name.starts_with("response-")) =>
        {
            Err(ApiError::with_message(
                Code::InvalidRequest,
                "Request specific response headers cannot be used for anonymous GET requests.",
            ))
        }
        _ => Ok(()),
    }
}

/// How the body must be read: length, framing, digests.
fn body_plan(
    authenticated: &Authenticated,
    operation: &Operation,
    request: &Request,
) -> Result<Plan, ApiError> {
    let mut promise = Promise::parse(&request.headers)?;
    if operation.id == OperationId::CompleteMultipartUpload {
        // There the header speaks of the object, not of the list of parts.
        promise.checksum = None;
    }
    let length = request
        .header("content-length")
        .and_then(|length| length.parse::<u64>().ok());
    let framed = request.headers.contains_key("transfer-encoding");
    if length.is_none() && !framed && uploads(operation) {
        return Err(Code::MissingContentLength.into());
    }
    let mode = &authenticated.payload;
    if !mode.is_streaming() {
        if framed {
            return Err(ApiError::not_implemented(
                "Transfer-Encoding",
                "A body without length must be aws-chunked",
            ));
        }
        let sha256 = match mode {
            PayloadMode::Hash(hash) => Some(hash.to_ascii_lowercase()),
            _ => None,
        };
        // A trailer is announced, but there is no framing that could carry one.
        if promise.trailer.is_some() {
            return Err(Code::MalformedTrailerError.into());
        }
        return Ok(Plan {
            decoder: None,
            length,
            sha256,
            promise,
        });
    }
    let decoded = request
        .header("x-amz-decoded-content-length")
        .ok_or(Code::MissingContentLength)?;
    let decoded: u64 = decoded.parse().map_err(|_| {
        ApiError::invalid_argument(
            "x-amz-decoded-content-length must be a number",
            "x-amz-decoded-content-length",
            Some(decoded),
        )
    })?;
    let signer = match mode {
        PayloadMode::SignedChunks { .. } => authenticated.signer.clone(),
        _ => None,
    };
    let trailer = matches!(
        mode,
        PayloadMode::Chunked | PayloadMode::SignedChunks { trailer: true }
    );
    if !trailer && promise.trailer.is_some() {
        return Err(Code::MalformedTrailerError.into());
    }
    Ok(Plan {
        decoder: Some(Decoder::new(signer, promise.trailer)),
        length: Some(decoded),
        sha256: None,
        promise,
    })
}

impl Exchange {
    /// Whether the caller is allowed one more action on the request's own bucket or key.
    pub fn allows(&self, check: &Check) -> bool {
        crate::authority::allows(&self.caller, &self.snapshot.config, check)
    }

    /// Whether the caller may learn that a key or version of a bucket is missing (EVAL-404-001).
    pub fn may_list(&self, bucket: &str) -> bool {
        self.allows(&Check::bucket(crate::authz::Action::ListBucket, bucket))
    }
}
