//! The bucket of a request, and whose it must be.

use crate::authz::AccountId;
use crate::error::{ApiError, Code};
use crate::exchange::Request;
use crate::ops::{Operation, OperationId};
use crate::store::Snapshot;
use crate::wire::target;

/// The bucket must exist (EVAL-CTX-003) and belong to the expected owner (EVAL-EBO).
pub(super) fn resolve(operation: &Operation, request: &Request, snapshot: &Snapshot) -> Result<(), ApiError> {
    let name = request.bucket();
    match operation.id {
        // EVAL-EBO-004: neither has an owner to expect.
        OperationId::ListBuckets => return Ok(()),
        OperationId::CreateBucket if target::is_bucket_name(name) => return Ok(()),
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
