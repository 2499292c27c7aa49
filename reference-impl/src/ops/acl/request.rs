//! ACLs as requests give them: by name, by grant headers, or as a document (EVAL-ACL-010 to EVAL-ACL-014).

use http::HeaderMap;

use super::{ANONYMOUS_ID, document};
use crate::authz::{AccountId, Acl, AclPermission, CannedAcl, Directory, Grant, Grantee};
use crate::error::{ApiError, Code};

/// How many grants an ACL may have (EVAL-ACL-001).
const MAXIMUM_GRANTS: usize = 100;

/// The grant headers and what each grants.
const GRANT_HEADERS: [(&str, AclPermission); 5] = [
    ("x-amz-grant-full-control", AclPermission::FullControl),
    ("x-amz-grant-read", AclPermission::Read),
    ("x-amz-grant-read-acp", AclPermission::ReadAcp),
    ("x-amz-grant-write", AclPermission::Write),
    ("x-amz-grant-write-acp", AclPermission::WriteAcp),
];

/// The ACL that a request asks for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Requested {
    /// A canned ACL.
    Canned(CannedAcl),
    /// Explicit grants.
    Grants(Vec<Grant>),
    /// A whole document.
    Document(Acl),
}

/// Reads what the headers ask for, if anything.
///
/// # Errors
/// `InvalidRequest` for both kinds of header at once, `InvalidArgument` for values that mean nothing.
pub fn from_headers(headers: &HeaderMap, directory: &dyn Directory) -> Result<Option<Requested>, ApiError> {
    let mut grants = Vec::new();
    let mut granted = false;
    for (header, permission) in GRANT_HEADERS {
        for value in headers.get_all(header) {
            granted = true;
            let value = String::from_utf8_lossy(value.as_bytes());
            read_grants(header, &value, permission, directory, &mut grants)?;
        }
    }
    // A header that comes twice is one with a comma, and so no name.
    let named: Vec<_> = headers
        .get_all("x-amz-acl")
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .collect();
    match (!named.is_empty()).then(|| named.join(",")) {
        Some(_) if granted => Err(ApiError::with_message(
            Code::InvalidRequest,
            "Specifying both Canned ACLs and Header Grants is not allowed",
        )),
        Some(name) => {
            let canned = CannedAcl::parse(name.trim());
            // S3 leaves the message empty here (EVAL-ACL-012).
            let canned = canned.ok_or_else(|| ApiError::invalid_argument("", "x-amz-acl", Some(&name)))?;
            Ok(Some(Requested::Canned(canned)))
        }
        None if granted => check_count(grants).map(|grants| Some(Requested::Grants(grants))),
        None => Ok(None),
    }
}

/// Reads what a request that sets an ACL asks for: exactly one of headers and body (EVAL-ACL-011).
///
/// # Errors
/// As `from_headers`; `UnexpectedContent` for headers and a body, `MissingSecurityHeader` for neither, and what is
/// wrong with the document.
pub fn from_headers_or_body(
    headers: &HeaderMap,
    body: &[u8],
    directory: &dyn Directory,
) -> Result<Requested, ApiError> {
    match (from_headers(headers, directory)?, body.is_empty()) {
        (Some(requested), true) => Ok(requested),
        (Some(_), false) => Err(ApiError::new(Code::UnexpectedContent)),
        (None, true) => {
            Err(ApiError::new(Code::MissingSecurityHeader).with("MissingHeaderName", "x-amz-acl"))
        }
        (None, false) => {
            let acl = document::read(body, directory)?;
            check_count(acl.grants.clone())?;
            Ok(Requested::Document(acl))
        }
    }
}

fn check_count(grants: Vec<Grant>) -> Result<Vec<Grant>, ApiError> {
    if grants.len() <= MAXIMUM_GRANTS {
        Ok(grants)
    } else {
        Err(ApiError::new(Code::MalformedACLError))
    }
}

/// Reads `kind="value", kind="value"`; the quotes may be left out.
fn read_grants(
    header: &str,
    value: &str,
    permission: AclPermission,
    directory: &dyn Directory,
    grants: &mut Vec<Grant>,
) -> Result<(), ApiError> {
    for grantee in value.split(',') {
        let unrecognized =
            || ApiError::invalid_argument("Argument format not recognized", header, Some(grantee.trim()));
        let (kind, name) = grantee.trim().split_once('=').ok_or_else(unrecognized)?;
        let name = name.trim().trim_matches('"');
        let grantee = match kind.trim() {
            "id" => grantee_by_id(name, "id", directory)?,
            "uri" => grantee_by_uri(name, "uri")?,
            "emailAddress" => return Err(no_addresses()),
            _ => return Err(unrecognized()),
        };
        grants.push(Grant { grantee, permission });
    }
    Ok(())
}

/// The account with a canonical user ID (EVAL-ACL-013).
pub(super) fn grantee_by_id(
    id: &str,
    argument: &str,
    directory: &dyn Directory,
) -> Result<Grantee, ApiError> {
    // Two IDs are of no account of this server, and known all the same.
    match id {
        Grantee::AMAZON_EC2_ID => return Ok(Grantee::AmazonEc2),
        ANONYMOUS_ID => return Ok(Grantee::Account(AccountId::ANONYMOUS)),
        _ => {}
    }
    let account = directory.account_by_canonical_id(id);
    account
        .map(Grantee::Account)
        .ok_or_else(|| ApiError::invalid_argument("Invalid id", argument, Some(id)))
}

/// The group with a URI (EVAL-ACL-013).
pub(super) fn grantee_by_uri(uri: &str, argument: &str) -> Result<Grantee, ApiError> {
    Grantee::from_uri(uri).ok_or_else(|| ApiError::invalid_argument("Invalid group uri", argument, Some(uri)))
}

/// S3 takes no grantees by email address any more (EVAL-ACL-002).
pub(super) fn no_addresses() -> ApiError {
    ApiError::new(Code::MethodNotAllowed)
}
