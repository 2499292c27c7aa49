//! What the head of a request needs to be allowed, asked before the body is read.

use crate::authority::{Authority, ObjectSide};
use crate::authz::{AccountId, Caller};
use crate::error::{ApiError, Code};
use crate::exchange::Request;
use crate::ops::{self, Operation, OperationId};
use crate::store::{Snapshot, UploadRecord};

/// Asks what the head of the request needs.
pub(super) fn authorize(
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

/// Whether the caller, or a user of its account, began the upload that it wants to list or abort, which it may unless
/// denied (EVAL-OP-037, EVAL-OP-038, EVAL-OPX-012).
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
    let own = |upload: &UploadRecord| {
        let of_user = |account: &AccountId| {
            let users = format!("arn:aws:iam::{account}:user/");
            upload.initiator.starts_with(&users)
        };
        upload.initiator_id == caller.user_id()
            || matches!(caller, Caller::Root { account } if of_user(account))
    };
    Ok(upload.is_some_and(|upload| own(&upload)))
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
    let existing = operation.takes_version_id() && operation.id != OperationId::DeleteObject;
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
    Ok(version.as_ref().map(ObjectSide::of))
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
