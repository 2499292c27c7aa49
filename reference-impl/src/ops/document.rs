//! What operations on a bucket's settings share: reading a document, changing the bucket's record.

use bytes::Bytes;

use crate::error::{ApiError, Code};
use crate::exchange::Exchange;
use crate::pipeline::no_such_bucket;
use crate::store::{BucketConfig, BucketRecord, Document, Mutation, View};
use crate::wire::payload::Payload;

/// The largest document that is read; DeleteObjects with 1,000 long keys needs about 2 MiB.
pub const MAX_DOCUMENT: usize = 4 * 1024 * 1024;

/// Refuses a body without Content-MD5 and without `x-amz-checksum-*` (VER-ST-010, LOCK-INT-006, VER-MDEL-003).
///
/// A body that is missing altogether has its own error (LOCK-CFG-005, LOCK-HOLD-009).
///
/// # Errors
/// `InvalidRequest`.
pub fn require_integrity(payload: &Payload) -> Result<(), ApiError> {
    if payload.has_integrity() || payload.length() == Some(0) {
        return Ok(());
    }
    Err(ApiError::with_message(
        Code::InvalidRequest,
        "Missing required header for this request: Content-MD5 OR x-amz-checksum-*",
    ))
}

/// Reads a document that must not be empty.
///
/// # Errors
/// `MissingRequestBodyError` for an empty body, else what is wrong with the body.
pub async fn read(payload: &mut Payload) -> Result<Bytes, ApiError> {
    let body = payload.collect(MAX_DOCUMENT).await?;
    if body.is_empty() {
        Err(Code::MissingRequestBodyError.into())
    } else {
        Ok(body)
    }
}

/// The bucket of the request, as its snapshot has it.
///
/// # Errors
/// `NoSuchBucket`.
pub fn bucket(exchange: &Exchange) -> Result<&BucketConfig, ApiError> {
    let name = exchange.request.bucket();
    exchange
        .snapshot
        .config
        .bucket(name)
        .map(AsRef::as_ref)
        .ok_or_else(|| no_such_bucket(name))
}

/// Changes the record of the request's bucket in one plan.
///
/// # Errors
/// `NoSuchBucket` if the bucket is gone by then, or what `change` refuses with.
pub async fn change<F>(exchange: &Exchange, change: F) -> Result<(), ApiError>
where
    F: FnOnce(&mut BucketRecord, &View<'_, '_>) -> Result<(), ApiError> + Send + 'static,
{
    let name = exchange.request.bucket().to_owned();
    let plan = move |view: &View<'_, '_>| {
        let bucket = view.config.bucket(&name).ok_or_else(|| no_such_bucket(&name))?;
        let mut record = bucket.record.clone();
        change(&mut record, view)?;
        // Setting what is set already is no write (VER-ST-007).
        let mutations = if record == bucket.record {
            Vec::new()
        } else {
            vec![Mutation::Put(Document::Bucket(record))]
        };
        Ok((mutations, ()))
    };
    exchange
        .server
        .store
        .execute(exchange.authorization(), plan)
        .await
}
