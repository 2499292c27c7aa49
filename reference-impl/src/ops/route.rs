//! Routing: from a parsed head to a row of the operation table, or to 405 or 501.

use http::Method;

use crate::error::{ApiError, Code};
use crate::exchange::Request;
use crate::ops::{OPERATIONS, Operation, Scope, Selector};

/// Subresources of S3 whose operations are not built, with the methods that they have.
static NOT_BUILT: &[(Scope, &str, &[Method])] = &[
    (Scope::Bucket, "abac", &[Method::GET, Method::PUT]),
    (Scope::Bucket, "accelerate", &[Method::GET, Method::PUT]),
    (
        Scope::Bucket,
        "analytics",
        &[Method::GET, Method::PUT, Method::DELETE],
    ),
    (Scope::Bucket, "cors", &[Method::GET, Method::PUT, Method::DELETE]),
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
    (Scope::Bucket, "metadataAnnotationTable", &[Method::PUT]),
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
    (
        Scope::Bucket,
        "replication",
        &[Method::GET, Method::PUT, Method::DELETE],
    ),
    (Scope::Bucket, "requestPayment", &[Method::GET, Method::PUT]),
    (Scope::Bucket, "session", &[Method::GET]),
    (
        Scope::Bucket,
        "website",
        &[Method::GET, Method::PUT, Method::DELETE],
    ),
    (
        Scope::Object,
        "annotation",
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
    // Writing to an upload is writing a part of it: without its number there is no such method.
    let whole_upload =
        subresource == "uploadId" && *method == Method::PUT && !request.query.has("partNumber");
    let found = OPERATIONS
        .iter()
        .filter(same_place)
        .find(|row| row.method == *method && !whole_upload && selected(row.selector, request));
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
        // A part without its upload must not become an object; S3 gives the name for the value too.
        return Err(ApiError::invalid_argument(
            "This operation does not accept partNumber without uploadId",
            "partNumber",
            Some("partNumber"),
        ));
    }
    Ok(named)
}

/// A bare name looks like a subresource of a later S3, and one in other letters like one that was meant: a write must
/// not ignore it and do something else (EVAL-OPX-009). Names are case-sensitive, so that reads may ignore it.
fn check_unknown(request: &Request, name: &str, value: &str) -> Result<(), ApiError> {
    let read = matches!(request.method, Method::GET | Method::HEAD);
    let amz = name
        .get(..6)
        .is_some_and(|prefix| prefix.eq_ignore_ascii_case("x-amz-"));
    let meant = known().any(|known| known.eq_ignore_ascii_case(name));
    if read || amz || !(value.is_empty() || meant) || PLAIN_PARAMETERS.contains(&name) {
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
    let built = OPERATIONS
        .iter()
        .filter(|row| row.scope == scope && row.subresource == subresource)
        .map(|row| &row.method);
    let not_built = NOT_BUILT
        .iter()
        .filter(|(s, name, _)| *s == scope && *name == subresource)
        .flat_map(|(_, _, methods)| methods.iter());
    let has: Vec<&Method> = built.chain(not_built).filter(|has| *has != method).collect();
    // The order that S3 has.
    let allowed = [
        Method::HEAD,
        Method::DELETE,
        Method::POST,
        Method::GET,
        Method::PUT,
    ];
    let allowed: Vec<&str> = allowed
        .iter()
        .filter(|method| has.contains(method))
        .map(Method::as_str)
        .collect();
    ApiError::new(Code::MethodNotAllowed)
        .with("Method", method.as_str())
        .with("ResourceType", resource_type(scope, subresource))
        .header("allow", allowed.join(", "))
}

/// Completes the refusal of a method that came after routing: as from a caller of another account (POL-DOC-008).
pub fn name_method(error: ApiError, operation: &Operation) -> ApiError {
    if error.code != Code::MethodNotAllowed || !error.extra.is_empty() {
        return error;
    }
    error.with("Method", operation.method.as_str()).with(
        "ResourceType",
        resource_type(operation.scope, operation.subresource),
    )
}

/// What S3 calls a resource in errors and access logs (LOG-OP-008 to LOG-OP-010).
fn resource_type(scope: Scope, subresource: &str) -> String {
    let name = match (scope, subresource) {
        (Scope::Service, "") => "SERVICE",
        (Scope::Bucket, "") => "BUCKET",
        (Scope::Object, "") => "OBJECT",
        (Scope::Object, "attributes") => "OBJECT_ATTRIBUTES",
        (Scope::Object, "tagging") => "OBJECT_TAGGING",
        (_, "delete") => "MULTI_OBJECT_DELETE",
        (_, "legal-hold") => "OBJECT_LOCK_LEGALHOLD",
        (_, "logging") => "LOGGING_STATUS",
        (_, "object-lock") => "OBJECT_LOCK_CONFIGURATION",
        (_, "ownershipControls") => "OWNERSHIP_CONTROLS",
        (_, "policy") => "BUCKETPOLICY",
        (_, "policyStatus") => "POLICY_STATUS",
        (_, "publicAccessBlock") => "PUBLIC_ACCESS_BLOCK",
        (_, "requestPayment") => "REQUEST_PAYMENT",
        (_, "retention") => "OBJECT_LOCK_RETENTION",
        (_, "uploadId") => "UPLOAD",
        (_, "versions") => "BUCKETVERSIONS",
        (_, name) => return name.replace('-', "_").to_ascii_uppercase(),
    };
    name.to_owned()
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
        assert_eq!(code(Method::PUT, "/b/k?uploadId=u"), Code::MethodNotAllowed);
        assert_eq!(code(Method::PUT, "/b/k?TAGGING=x"), Code::NotImplemented);
        assert_eq!(code(Method::DELETE, "/b/k?UploadId=x"), Code::NotImplemented);
        assert_eq!(id(Method::GET, "/b/k?TAGGING"), OperationId::GetObject);
        assert_eq!(code(Method::GET, "/b?acl&policy"), Code::InvalidArgument);
    }

    #[test]
    fn what_is_not_allowed_says_what_is() {
        for (method, path, resource, allow) in [
            (Method::POST, "/", "SERVICE", "GET"),
            (Method::PATCH, "/b", "BUCKET", "HEAD, DELETE, GET, PUT"),
            (Method::PUT, "/b/k?uploadId=u", "UPLOAD", "DELETE, POST, GET"),
            (Method::POST, "/b?policy", "BUCKETPOLICY", "DELETE, GET, PUT"),
            (Method::HEAD, "/b?location", "LOCATION", "GET"),
            (Method::HEAD, "/b?versions", "BUCKETVERSIONS", "GET"),
            (Method::HEAD, "/b/k?acl", "ACL", "GET, PUT"),
            (Method::HEAD, "/b/k?tagging", "OBJECT_TAGGING", "DELETE, GET, PUT"),
            (Method::DELETE, "/b?requestPayment", "REQUEST_PAYMENT", "GET, PUT"),
        ] {
            let error = route(&request(method.clone(), path)).unwrap_err();
            assert_eq!(error.code, Code::MethodNotAllowed, "{method} {path}");
            let extra = [
                ("Method", method.to_string()),
                ("ResourceType", resource.to_owned()),
            ];
            assert_eq!(error.extra, extra, "{method} {path}");
            assert_eq!(error.headers, [("allow", allow.to_owned())], "{method} {path}");
        }
    }
}
