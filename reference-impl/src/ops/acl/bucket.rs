//! GetBucketAcl and PutBucketAcl, and the ACL that a bucket is made with.

use super::request::{Requested, from_headers, from_headers_or_body};
use super::{check_public, expand, not_supported, ownership, shown};
use crate::authority::Check;
use crate::authz::{AccountId, Acl, Action, Caller, Ownership};
use crate::error::{ApiError, Code};
use crate::exchange::{Exchange, Outcome, Reply};
use crate::ops::document::{self, MAX_DOCUMENT};
use crate::store::{BucketRecord, Config};
use crate::wire::payload::Payload;

/// GetBucketAcl: while ACLs are off, the owner's full control (EVAL-OWN-005).
///
/// # Errors
/// `NoSuchBucket`.
pub(crate) fn get(exchange: &Exchange) -> Outcome {
    let bucket = document::bucket(exchange)?;
    let config = &exchange.snapshot.config;
    Ok(Reply::xml(shown(
        bucket.acl.as_ref(),
        bucket.owner,
        config,
        bucket,
    )))
}

/// PutBucketAcl.
///
/// # Errors
/// What is wrong with the ACL, and what `replace` refuses with.
pub(crate) async fn put(exchange: &Exchange, payload: &mut Payload) -> Outcome {
    let body = payload.collect(MAX_DOCUMENT).await?;
    let config = &exchange.snapshot.config;
    let requested = from_headers_or_body(&exchange.request.headers, &body, config.as_ref())?;
    let caller = exchange.caller.clone();
    document::change(exchange, move |bucket, view| {
        bucket.acl = Some(replace(&requested, bucket, &caller, view.config)?);
        Ok(())
    })
    .await?;
    Ok(Reply::ok())
}

/// The ACL that PutBucketAcl sets.
///
/// # Errors
/// `AccessControlListNotSupported` while ACLs are off, whatever the ACL (EVAL-OWN-003), `AccessDenied` for another
/// owner in the document or for a public ACL that `BlockPublicAcls` prevents (EVAL-BPA-004), `NotImplemented` for
/// grants to others.
fn replace(
    requested: &Requested,
    bucket: &BucketRecord,
    caller: &Caller,
    config: &Config,
) -> Result<Acl, ApiError> {
    if !ownership(bucket).acls_enabled() {
        return Err(not_supported());
    }
    let acl = expand(requested, bucket.owner, bucket.owner);
    if acl.owner != bucket.owner {
        return Err(ApiError::new(Code::AccessDenied));
    }
    let check = Check::bucket(Action::PutBucketAcl, &bucket.name);
    check_public(&acl, caller, config, bucket, &check)?;
    check_grants(&acl)?;
    Ok(acl)
}

/// The ACL that the head of a CreateBucket asks for, if any.
///
/// # Errors
/// `InvalidBucketAclWithObjectOwnership` for grants to others while ACLs are off (EVAL-OWN-006),
/// `InvalidBucketAclWithBlockPublicAccessError` for a public ACL, as new buckets block them (EVAL-BPA-005), and
/// `NotImplemented` for other grants to others.
pub(crate) fn of_new_bucket(
    exchange: &Exchange,
    owner: AccountId,
    ownership: Ownership,
) -> Result<Option<Acl>, ApiError> {
    let config = &exchange.snapshot.config;
    let Some(requested) = from_headers(&exchange.request.headers, config.as_ref())? else {
        return Ok(None);
    };
    let acl = expand(&requested, owner, owner);
    if !ownership.acls_enabled() && acl.grants_others() {
        return Err(Code::InvalidBucketAclWithObjectOwnership.into());
    }
    if acl.is_public() {
        return Err(Code::InvalidBucketAclWithBlockPublicAccessError.into());
    }
    check_grants(&acl)?;
    Ok(Some(acl))
}

/// What a bucket's ACL grants to others is not evaluated in full (EVAL-ACL-004), and so not kept either.
fn check_grants(acl: &Acl) -> Result<(), ApiError> {
    if acl.grants_others() {
        let message = "Grants of a bucket's ACL to others than its owner are not implemented by this server";
        return Err(ApiError::with_message(Code::NotImplemented, message));
    }
    Ok(())
}
