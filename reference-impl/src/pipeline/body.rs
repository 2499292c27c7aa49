//! How a request's body must be read: length, framing, digests.

use crate::authn::{Authenticated, PayloadMode};
use crate::error::{ApiError, Code};
use crate::exchange::Request;
use crate::ops::{Operation, OperationId};
use crate::wire::checksum::Promise;
use crate::wire::chunked::Decoder;
use crate::wire::payload::Plan;

/// Whether the body is an object's or a part's data.
fn uploads(operation: &Operation) -> bool {
    matches!(operation.id, OperationId::PutObject | OperationId::UploadPart)
}

/// SIG-HDR-012: only uploads of data may be framed as `aws-chunked`.
pub(super) fn check_mode(mode: &PayloadMode, operation: &Operation) -> Result<(), ApiError> {
    if mode.is_streaming() && !uploads(operation) {
        return Err(ApiError::with_message(
            Code::InvalidRequest,
            "The value of x-amz-content-sha256 header is invalid.",
        ));
    }
    Ok(())
}

/// How the body must be read: length, framing, digests.
pub(super) fn plan(
    authenticated: &Authenticated,
    operation: &Operation,
    request: &Request,
) -> Result<Plan, ApiError> {
    let promise = match operation.id {
        // There the checksum speaks of the object, not of the list of parts.
        OperationId::CompleteMultipartUpload => Promise::parse_without_checksum(&request.headers)?,
        _ => Promise::parse(&request.headers)?,
    };
    let length = request
        .header("content-length")
        .and_then(|length| length.parse::<u64>().ok());
    let framed = request.headers.contains_key("transfer-encoding");
    if length.is_none() && !framed && uploads(operation) {
        return Err(Code::MissingContentLength.into());
    }
    if authenticated.payload.is_streaming() {
        return chunked(authenticated, request, promise);
    }
    if framed {
        return Err(ApiError::not_implemented(
            "Transfer-Encoding",
            "A body without length must be aws-chunked",
        ));
    }
    // A trailer is announced, but there is no framing that could carry one.
    if promise.trailer.is_some() {
        return Err(Code::MalformedTrailerError.into());
    }
    let sha256 = match &authenticated.payload {
        PayloadMode::Hash(hash) => Some(hash.to_ascii_lowercase()),
        _ => None,
    };
    Ok(Plan {
        decoder: None,
        length,
        sha256,
        promise,
    })
}

/// The plan of an `aws-chunked` body (SIG-CHK-001, SIG-TRL-001, SIG-TRL-003).
fn chunked(authenticated: &Authenticated, request: &Request, promise: Promise) -> Result<Plan, ApiError> {
    let mode = &authenticated.payload;
    // SIG-CHK-007: a length that is no number is no length.
    let decoded: u64 = request
        .header("x-amz-decoded-content-length")
        .and_then(|length| length.parse().ok())
        .ok_or(Code::MissingContentLength)?;
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
