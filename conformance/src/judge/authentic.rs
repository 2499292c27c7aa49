//! Refusals of authentication: the endpoint says that it does not know the caller, and rules on nothing.

use crate::lift::error_code;
use crate::wire::RawResponse;

/// The codes of S3 and STS that say so (API Reference, "List of error codes").
const CODES: &[&str] = &[
    "AuthorizationHeaderMalformed",
    "AuthorizationQueryParametersError",
    "CredentialsNotSupported",
    "ExpiredToken",
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSecurity",
    "InvalidToken",
    "MissingAuthenticationToken",
    "MissingSecurityHeader",
    "NotSignedUp",
    "RequestExpired",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
    "SignatureVersionNotSupported",
    "TokenRefreshRequired",
    "UnrecognizedClientException",
];

/// Whether a response refuses to believe who asks: by its code, or by the status that HTTP has for it.
pub(super) fn is_refused(response: &RawResponse) -> bool {
    let code = error_code(response);
    response.status == 401
        || (response.status >= 400 && code.is_some_and(|code| CODES.contains(&code.as_str())))
}
