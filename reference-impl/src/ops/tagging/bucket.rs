//! Tags of buckets: GetBucketTagging, PutBucketTagging and DeleteBucketTagging (EVAL-OP-016).

use super::tag_set::{Tagged, read_document};
use super::write;
use crate::error::{ApiError, Code};
use crate::exchange::{Exchange, Outcome, Reply};
use crate::ops::document;
use crate::wire::payload::Payload;

/// GetBucketTagging.
///
/// # Errors
/// `NoSuchTagSet` for a bucket without tags.
pub(crate) fn get(exchange: &Exchange) -> Outcome {
    let bucket = document::bucket(exchange)?;
    if bucket.tags.is_empty() {
        return Err(ApiError::new(Code::NoSuchTagSet).with("BucketName", bucket.name.as_str()));
    }
    Ok(Reply::xml(write(&bucket.tags)))
}

/// PutBucketTagging: replaces all tags.
///
/// # Errors
/// `InvalidRequest` without a digest of the body, and what is wrong with the document.
pub(crate) async fn put(exchange: &Exchange, payload: &mut Payload) -> Outcome {
    document::require_integrity(payload)?;
    let tags = read_document(&document::read(payload).await?, Tagged::Bucket)?;
    document::change(exchange, move |bucket, _| {
        bucket.tags = tags;
        Ok(())
    })
    .await?;
    Ok(Reply::no_content())
}

/// DeleteBucketTagging: 204 with or without tags.
///
/// # Errors
/// `NoSuchBucket`.
pub(crate) async fn delete(exchange: &Exchange) -> Outcome {
    document::change(exchange, |bucket, _| {
        bucket.tags.clear();
        Ok(())
    })
    .await?;
    Ok(Reply::no_content())
}
