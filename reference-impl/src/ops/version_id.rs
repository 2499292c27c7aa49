//! Which operations a version id may be given to.

use http::Method;

use crate::error::ApiError;
use crate::exchange::Request;
use crate::ops::Operation;

/// Refuses a `versionId` on what writes, and does not write to that version (VER-PUT-015): whoever names one means
/// something else than what would happen. Reads of a bucket ignore it.
///
/// # Errors
/// `InvalidArgument`.
pub fn check(operation: &Operation, request: &Request) -> Result<(), ApiError> {
    match request.version_id() {
        Some(id) if writes(operation) && !operation.takes_version_id() => Err(ApiError::invalid_argument(
            "This operation does not accept a version-id.",
            "versionId",
            Some(id),
        )),
        _ => Ok(()),
    }
}

fn writes(operation: &Operation) -> bool {
    !matches!(operation.method, Method::GET | Method::HEAD)
}

#[cfg(test)]
mod tests {
    use crate::ops::{Needs, OPERATIONS};

    #[test]
    fn an_operation_with_an_action_for_versions_takes_a_version_id() {
        for operation in OPERATIONS {
            if let Needs::Object(plain, versioned) = operation.needs
                && plain != versioned
            {
                assert!(operation.takes_version_id(), "{}", operation.name);
            }
        }
    }
}
