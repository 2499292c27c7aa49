//! Routing: from a parsed head to a row of the operation table, or to 405 or 501.

use http::Method;

use crate::error::{ApiError, Code};
use crate::exchange::Request;
use crate::ops::{OPERATIONS, Operation, Scope, Selector};

/// Subresources of S3 whose operations are not built, with the methods that they have.
static NOT_BUILT: &[(Scope, &str, &[Method])] = &[
    (Scope::Bucket, "abac", &[Method::GET, Method::PUT]),
    (Scope::Bucket, "accelerate", &[Method::GET, Method::PUT]),
    (Scope::Bucket, "acl", &[Method::GET, Method::PUT]),
    (
        Scope::Bucket,
        "analytics",
        &[Method::GET, Method::PUT, Method::DELETE],
    ),
    (Scope::Bucket, "cors", &[Method::GET, Method::PUT, Method::DELETE]),
    (
        Scope::Bucket,
        "encryption",
        &[Method::GET, Method::PUT, Method::DELETE],
    ),
    (
        Scope::Bucket,
        "intelligent-tiering",
        &[Method::GET, Method::PUT, Method::DELETE],
    ),
    (
        Scope::Bucket,
        "inventory",
        &[Method::GET, Method::PUT, Method::DELETE],
    ),
    (
        Scope::Bucket,
        "lifecycle",
        &[Method::GET, Method::PUT, Method::DELETE],
    ),
    (Scope::Bucket, "logging", &[Method::GET, Method::PUT]),
    (
        Scope::Bucket,
        "metadataConfiguration",
        &[Method::GET, Method::POST, Method::DELETE],
    ),
    (Scope::Bucket, "metadataInventoryTable", &[Method::PUT]),
    (Scope::Bucket, "metadataJournalTable", &[Method::PUT]),
    (
        Scope::Bucket,
        "metadataTable",
        &[Method::GET, Method::POST, Method::DELETE],
    ),
    (
        Scope::Bucket,
        "metrics",
        &[Method::GET, Method::PUT, Method::DELETE],
    ),
    (Scope::Bucket, "notification", &[Method::GET, Method::PUT]),
    (Scope::Bucket, "policyStatus", &[Method::GET]),
    (
        Scope::Bucket,
        "replication",
        &[Method::GET, Method::PUT, Method::DELETE],
    ),
    (Scope::Bucket, "requestPayment", &[Method::GET, Method::PUT]),
    (Scope::Bucket, "session", &[Method::GET]),
    (
        Scope::Bucket,
        "tagging",
        &[Method::GET, Method::PUT, Method::DELETE],
    ),
    (
        Scope::Bucket,
        "website",
        &[Method::GET, Method::PUT, Method::DELETE],
    ),
    (Scope::Object, "encryption", &[Method::PUT]),
    (Scope::Object, "renameObject", &[Method::PUT]),
    (Scope::Object, "restore", &[Method::POST]),
    (Scope::Object, "select", &[Method::POST]),
    (Scope::Object, "torrent", &[Method::GET]),
];

/// Parameters that may come without a value on any request.
const PLAIN_PARAMETERS: [&str; 3] = ["versionId", "partNumber", "x-id"];

/// Finds the operation of a request.
///
/// # Errors
/// `MethodNotAllowed` for a known subresource with a method that it has not, `NotImplemented` for an operation that
/// is not built, `InvalidArgument` for two subresources at once.
pub fn route(request: &Request) -> Result<&'static Operation, ApiError> {
    let scope = scope(request);
    let subresource = subresource(request)?;
    let method = &request.method;
    let same_place = |row: &&Operation| row.scope == scope && row.subresource == subresource;
    let found = OPERATIONS
        .iter()
        .filter(same_place)
        .find(|row| row.method == *method && selected(row.selector, request));
    if let Some(row) = found {
        return Ok(row);
    }
    let not_built = NOT_BUILT
        .iter()
        .any(|(s, name, methods)| *s == scope && *name == subresource && methods.contains(method));
    // Browser uploads and preflights are S3 operations too, but not built.
    let form_upload = scope == Scope::Bucket && subresource.is_empty() && *method == Method::POST;
    if not_built || form_upload || *method == Method::OPTIONS {
        return Err(not_implemented(method, scope, subresource));
    }
    Err(method_not_allowed(method, scope, subresource))
}

fn scope(request: &Request) -> Scope {
    match (&request.bucket, &request.key) {
        (None, _) => Scope::Service,
        (Some(_), None) => Scope::Bucket,
        (Some(_), Some(_)) => Scope::Object,
    }
}

fn selected(selector: Selector, request: &Request) -> bool {
    match selector {
        Selector::Plain => true,
        Selector::Header(name) => request.headers.contains_key(name),
        Selector::Parameter(name, value) => request.query.get(name) == Some(value),
    }
}

/// Every subresource name that S3 has, built or not, in any scope.
fn known() -> impl Iterator<Item = &'static str> {
    let built = OPERATIONS
        .iter()
        .map(|row| row.subresource)
        .filter(|name| !name.is_empty());
    built.chain(NOT_BUILT.iter().map(|(_, name, _)| *name))
}

/// The one subresource that the query names, or the empty string.
fn subresource(request: &Request) -> Result<&'static str, ApiError> {
    let mut named = "";
    for (name, value) in &request.query.0 {
        match known().find(|known| known == name) {
            Some(known) if named.is_empty() || named == known => named = known,
            Some(known) => {
                return Err(ApiError::invalid_argument(
                    format!("Conflicting query string parameters: {named}, {known}"),
                    "ResourceType",
                    Some(named),
                ));
            }
            None => check_unknown(request, name, value)?,
        }
    }
    if named.is_empty() && request.method == Method::PUT && request.query.has("partNumber") {
        // A part without its upload must not become an object.
        return Err(ApiError::invalid_argument(
            "The partNumber parameter needs an uploadId",
            "uploadId",
            None,
        ));
    }
    Ok(named)
}

/// A bare name looks like a subresource of a later S3: a write must not ignore it and do something else.
fn check_unknown(request: &Request, name: &str, value: &str) -> Result<(), ApiError> {
    let read = matches!(request.method, Method::GET | Method::HEAD);
    let amz = name
        .get(..6)
        .is_some_and(|prefix| prefix.eq_ignore_ascii_case("x-amz-"));
    if read || amz || !value.is_empty() || PLAIN_PARAMETERS.contains(&name) {
        return Ok(());
    }
    Err(ApiError::with_message(
        Code::NotImplemented,
        format!("The subresource '{name}' is not implemented by this server"),
    ))
}

fn not_implemented(method: &Method, scope: Scope, subresource: &str) -> ApiError {
    let place = resource_type(scope, subresource);
    ApiError::with_message(
        Code::NotImplemented,
        format!("The operation {method} {place} is not implemented by this server"),
    )
    .with("Method", method.as_str())
    .with("ResourceType", place)
}

fn method_not_allowed(method: &Method, scope: Scope, subresource: &str) -> ApiError {
    let mut allowed: Vec<&str> = OPERATIONS
        .iter()
        .filter(|row| row.scope == scope && row.subresource == subresource)
        .map(|row| row.method.as_str())
        .chain(
            NOT_BUILT
                .iter()
                .filter(|(s, name, _)| *s == scope && *name == subresource)
                .flat_map(|(_, _, methods)| methods.iter().map(Method::as_str)),
        )
        .collect();
    allowed.sort_unstable();
    allowed.dedup();
    ApiError::new(Code::MethodNotAllowed)
        .with("Method", method.as_str())
        .with("ResourceType", resource_type(scope, subresource))
        .header("allow", allowed.join(", "))
}

fn resource_type(scope: Scope, subresource: &str) -> String {
    match (scope, subresource) {
        (Scope::Service, "") => "SERVICE".to_owned(),
        (Scope::Bucket, "") => "BUCKET".to_owned(),
        (Scope::Object, "") => "OBJECT".to_owned(),
        (_, name) => name.replace('-', "_").to_ascii_uppercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::OperationId;
    use crate::wire::encoding::parse_query;

    fn request(method: Method, path: &str) -> Request {
        let (raw_path, raw_query) = path.split_once('?').unwrap_or((path, ""));
        let target = crate::wire::target::parse("h", raw_path, &[]).unwrap();
        Request {
            method,
            raw_path: raw_path.to_owned(),
            raw_query: raw_query.to_owned(),
            query: parse_query(raw_query).unwrap(),
            headers: http::HeaderMap::new(),
            bucket: target.bucket,
            key: target.key,
        }
    }

    fn id(method: Method, path: &str) -> OperationId {
        route(&request(method, path)).unwrap().id
    }

    fn code(method: Method, path: &str) -> Code {
        route(&request(method, path)).unwrap_err().code
    }

    #[test]
    fn operations_are_found() {
        assert_eq!(id(Method::GET, "/"), OperationId::ListBuckets);
        assert_eq!(id(Method::PUT, "/b"), OperationId::CreateBucket);
        assert_eq!(
            id(Method::GET, "/b?list-type=2&prefix="),
            OperationId::ListObjectsV2
        );
        assert_eq!(id(Method::GET, "/b?prefix=x"), OperationId::ListObjects);
        assert_eq!(id(Method::POST, "/b?delete"), OperationId::DeleteObjects);
        assert_eq!(id(Method::PUT, "/b/k?x-id=PutObject"), OperationId::PutObject);
        assert_eq!(
            id(Method::PUT, "/b/k?partNumber=1&uploadId=u"),
            OperationId::UploadPart
        );
        assert_eq!(
            id(Method::DELETE, "/b/k?versionId=null"),
            OperationId::DeleteObject
        );
        let mut copy = request(Method::PUT, "/b/k");
        copy.headers.insert("x-amz-copy-source", "/b/j".parse().unwrap());
        assert_eq!(route(&copy).unwrap().id, OperationId::CopyObject);
    }

    #[test]
    fn nothing_falls_through() {
        assert_eq!(code(Method::DELETE, "/b/k?acl"), Code::MethodNotAllowed);
        assert_eq!(code(Method::DELETE, "/b?versioning"), Code::MethodNotAllowed);
        assert_eq!(code(Method::PUT, "/b?policyStatus"), Code::MethodNotAllowed);
        assert_eq!(code(Method::PUT, "/b/k?versioning"), Code::MethodNotAllowed);
        assert_eq!(code(Method::PATCH, "/b/k"), Code::MethodNotAllowed);
        assert_eq!(code(Method::PUT, "/"), Code::MethodNotAllowed);
        assert_eq!(code(Method::GET, "/b?website"), Code::NotImplemented);
        assert_eq!(code(Method::POST, "/b"), Code::NotImplemented);
        assert_eq!(code(Method::DELETE, "/b?future"), Code::NotImplemented);
        assert_eq!(code(Method::PUT, "/b/k?partNumber=1"), Code::InvalidArgument);
        assert_eq!(code(Method::GET, "/b?acl&policy"), Code::InvalidArgument);
    }
}
