//! GetBucketPolicy, PutBucketPolicy and DeleteBucketPolicy.

use crate::authority::{self, Check};
use crate::authz::{Action, DenialReason, PolicyDocument, PolicyError};
use crate::error::{ApiError, Code};
use crate::exchange::{Exchange, Outcome, Reply, ReplyBody};
use crate::ops::document;
use crate::store::BucketConfig;
use crate::wire::payload::Payload;
use crate::wire::xml::Writer;

/// GetBucketPolicy: the policy itself, not wrapped (POL-DOC-002).
///
/// # Errors
/// `NoSuchBucketPolicy` (POL-DOC-004).
pub fn get(exchange: &Exchange) -> Outcome {
    let stored = stored(document::bucket(exchange)?)?;
    let mut reply = Reply::ok().header("content-type", "application/json");
    reply.body = ReplyBody::Bytes(stored.shown(exchange.snapshot.config.as_ref()).into());
    Ok(reply)
}

/// The policy of a bucket.
fn stored(bucket: &BucketConfig) -> Result<PolicyDocument, ApiError> {
    let missing = || ApiError::new(Code::NoSuchBucketPolicy).with("BucketName", bucket.name.as_str());
    let text = bucket.record.policy.as_deref().ok_or_else(missing)?;
    PolicyDocument::stored_bucket(text, &bucket.name).map_err(ApiError::internal)
}

/// GetBucketPolicyStatus: whether the policy is public, whatever the public access block makes of it (EVAL-PUB-002,
/// EVAL-PUB-003).
///
/// # Errors
/// `NoSuchBucketPolicy` (POL-DOC-006).
pub fn status(exchange: &Exchange) -> Outcome {
    let stored = stored(document::bucket(exchange)?)?;
    let mut writer = Writer::new("PolicyStatus");
    writer.text("IsPublic", stored.compile().is_public().to_string());
    Ok(Reply::xml(writer.finish()))
}

/// PutBucketPolicy: replaces the policy wholly (POL-DOC-001).
///
/// # Errors
/// `MalformedPolicy`, `NotImplemented` for conditions, `AccessDenied` for a public policy under Block Public Access.
pub async fn put(exchange: &Exchange, payload: &mut Payload) -> Outcome {
    let body = payload.collect(document::MAX_DOCUMENT).await?; // an empty one is malformed (POL-GRAM-001)
    let caller = exchange.caller.clone();
    document::change(exchange, move |bucket, view| {
        // Principals are bound to what exists when the policy is stored.
        let policy = PolicyDocument::bucket(&body, &bucket.name, view.config.as_ref()).map_err(refusal)?;
        let block = bucket.public_access_block.unwrap_or_default();
        if block.block_public_policy && policy.compile().is_public() {
            // EVAL-BPA-008, POL-DOC-012
            let check = Check::bucket(Action::PutBucketPolicy, &bucket.name);
            return Err(authority::denial(
                &caller,
                view.config,
                &check,
                DenialReason::BlockPublicPolicy,
            ));
        }
        bucket.policy = Some(policy.text());
        Ok(())
    })
    .await?;
    Ok(Reply::no_content())
}

fn refusal(error: PolicyError) -> ApiError {
    match error {
        PolicyError::Malformed { message, detail } => {
            let error = ApiError::with_message(Code::MalformedPolicy, message);
            match detail {
                Some(detail) => error.with("Detail", detail),
                None => error,
            }
        }
        PolicyError::NotImplemented(message) => ApiError::with_message(Code::NotImplemented, message),
    }
}

/// DeleteBucketPolicy: 204 with or without a policy (POL-DOC-005).
///
/// # Errors
/// `NoSuchBucket`.
pub async fn delete(exchange: &Exchange) -> Outcome {
    document::change(exchange, |bucket, _| {
        bucket.policy = None;
        Ok(())
    })
    .await?;
    Ok(Reply::no_content())
}
