//! What a request claims about itself: the parsed `Authorization` header or presigned query.

use http::HeaderMap;

use crate::clock::Timestamp;
use crate::error::{ApiError, Code};
use crate::exchange::{Mechanism, Query};
use crate::services;
use crate::wire::dates;

/// The only algorithm that is verified.
pub const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// The query parameters of a presigned URL that are its signature and never a hoisted header.
pub const PRESIGN_PARAMETERS: [&str; 7] = [
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-SignedHeaders",
    "X-Amz-Signature",
    "X-Amz-Security-Token",
];

const CREDENTIAL_FORM: &str =
    "the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".";

/// A claim that is well-formed but not verified.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Claim {
    /// Header or query.
    pub mechanism: Mechanism,
    /// The access key id.
    pub access_key: String,
    /// The date of the scope, `yyyyMMdd`.
    pub date: String,
    /// The Region of the scope.
    pub region: String,
    /// The service of the scope.
    pub service: String,
    /// The signed headers as sent.
    pub signed_headers: Vec<String>,
    /// The signature as sent.
    pub signature: String,
    /// When the request was signed, as it stands in the string to sign.
    pub amz_date: String,
    /// When the request was signed.
    pub time: Timestamp,
    /// How many seconds a presigned URL is valid.
    pub expires: Option<i64>,
}

impl Claim {
    /// The scope as it stands in the string to sign.
    pub fn scope(&self) -> String {
        format!("{}/{}/{}/aws4_request", self.date, self.region, self.service)
    }
}

/// Which mechanism the request uses; a request that uses two is refused (SIG-GEN-002).
///
/// # Errors
/// `InvalidArgument` for more than one mechanism, `InvalidRequest` for SigV2 (SIG-GEN-004).
pub fn mechanism(headers: &HeaderMap, query: &Query) -> Result<Mechanism, ApiError> {
    let mut authorization = headers.get_all("authorization").iter();
    let first = authorization.next();
    let query_v4 = ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature"]
        .iter()
        .any(|name| query.has(name));
    let query_v2 = ["Signature", "AWSAccessKeyId"].iter().any(|name| query.has(name));
    let used =
        usize::from(first.is_some()) + authorization.count() + usize::from(query_v4) + usize::from(query_v2);
    if used > 1 {
        let value = first.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        return Err(ApiError::invalid_argument(
            "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string \
             parameter or the Authorization header should be specified",
            "Authorization",
            Some(value.as_deref().unwrap_or("null")),
        ));
    }
    if query_v2 {
        return Err(signature_v2());
    }
    // PRE-001: once some of the parameters are there, all must be.
    let some = PRESIGN_PARAMETERS.iter().any(|name| query.has(name));
    Ok(match first {
        Some(_) => Mechanism::Header,
        None if query_v4 || some => Mechanism::Query,
        None => Mechanism::Anonymous,
    })
}

/// Refuses Signature Version 2; the log says what to do, for the client's user sees little of the reply (decision 0004).
fn signature_v2() -> ApiError {
    tracing::warn!(
        "a request with Signature Version 2 was refused; tell the client to use version 4 (boto3: \
         Config(signature_version=\"s3v4\"), which it needs for presigned URLs in us-east-1)"
    );
    ApiError::with_message(
        Code::InvalidRequest,
        "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
    )
}

fn malformed_header(detail: &str) -> ApiError {
    ApiError::with_message(
        Code::AuthorizationHeaderMalformed,
        format!("The authorization header is malformed; {detail}"),
    )
}

/// Parses an `Authorization` header (SIG-HDR-001 to 005).
///
/// # Errors
/// `InvalidArgument`, `InvalidRequest`, `AuthorizationHeaderMalformed` or `AccessDenied`, as the clauses say.
pub fn from_header(headers: &HeaderMap) -> Result<Claim, ApiError> {
    let value = headers
        .get("authorization")
        .map(|v| String::from_utf8_lossy(v.as_bytes()).into_owned());
    let value = value.unwrap_or_default();
    let bad = |message: &str| ApiError::invalid_argument(message, "Authorization", Some(&value));
    let Some((scheme, rest)) = value.split_once(' ') else {
        // SIG-GEN-003
        return Err(bad(
            "Authorization header is invalid -- one and only one ' ' (space) required.",
        ));
    };
    match scheme {
        ALGORITHM => {}
        "AWS" => return Err(signature_v2()),
        _ => return Err(bad("Unsupported Authorization Type")),
    }
    let parts = components(rest)?;
    let (date, time) = header_time(headers)?;
    let [access_key, day, region, service] = scope_parts(&parts.credential, "s3", malformed_header)?;
    Ok(Claim {
        mechanism: Mechanism::Header,
        access_key,
        date: day,
        region,
        service,
        signed_headers: parts.signed_headers.split(';').map(str::to_owned).collect(),
        signature: parts.signature,
        amz_date: date,
        time,
        expires: None,
    })
}

struct Components {
    credential: String,
    signed_headers: String,
    signature: String,
}

fn components(rest: &str) -> Result<Components, ApiError> {
    let pieces: Vec<&str> = rest.split(',').map(str::trim).collect();
    if pieces.len() != 3 {
        return Err(malformed_header(
            "the authorization header requires three components: Credential, SignedHeaders, and Signature.",
        ));
    }
    let find = |name: &str| {
        pieces
            .iter()
            .find_map(|piece| {
                piece
                    .strip_prefix(name)?
                    .strip_prefix('=')
                    .filter(|value| !value.is_empty())
            })
            .map(str::to_owned)
            .ok_or_else(|| malformed_header(&format!("missing {name}.")))
    };
    Ok(Components {
        credential: find("Credential")?,
        signed_headers: find("SignedHeaders")?,
        signature: find("Signature")?,
    })
}

/// The time of a header-signed request: `x-amz-date` before `Date` (SIG-HDR-005).
fn header_time(headers: &HeaderMap) -> Result<(String, Timestamp), ApiError> {
    let text = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::trim)
    };
    let time = match text("x-amz-date") {
        Some(amz) => dates::parse_amz(amz),
        None => text("date").and_then(|date| dates::parse_http(date).or_else(|| dates::parse_amz(date))),
    };
    let time = time.ok_or_else(|| {
        ApiError::with_message(
            Code::AccessDenied,
            "AWS authentication requires a valid Date or x-amz-date header",
        )
    })?;
    Ok((dates::amz(time), time))
}

/// Splits a credential; services other than S3 that this endpoint offers are let through.
fn scope_parts(
    credential: &str,
    expected: &str,
    error: fn(&str) -> ApiError,
) -> Result<[String; 4], ApiError> {
    let parts: Vec<&str> = credential.split('/').collect();
    let [access_key, day, region, service, terminal] = parts.as_slice() else {
        return Err(error(CREDENTIAL_FORM));
    };
    if access_key.is_empty() {
        return Err(error(CREDENTIAL_FORM));
    }
    if dates::parse_day(day).is_none() {
        return Err(error(&format!(
            "incorrect date format \"{day}\". This date in the credential must be in the format \"yyyyMMdd\"."
        )));
    }
    services::refuse_scope(service)?;
    if !matches!(*service, "s3" | "iam" | "sts") {
        return Err(error(&format!(
            "incorrect service \"{service}\". This endpoint belongs to \"{expected}\"."
        )));
    }
    if *terminal != "aws4_request" {
        return Err(error(&format!(
            "incorrect terminal \"{terminal}\". This endpoint uses \"aws4_request\"."
        )));
    }
    Ok([access_key, day, region, service].map(|part| (*part).to_owned()))
}

/// The error for a scope that names another service than the one addressed.
pub fn wrong_service(claim: &Claim, expected: &str) -> ApiError {
    let detail = format!(
        "incorrect service \"{}\". This endpoint belongs to \"{expected}\".",
        claim.service
    );
    scope_error(claim, &detail)
}

/// The error for a scope that names another Region (SIG-HDR-003, PRE-005).
pub fn wrong_region(claim: &Claim, expected: &str) -> ApiError {
    scope_error(
        claim,
        &format!("the region '{}' is wrong; expecting '{expected}'", claim.region),
    )
    .with("Region", expected)
}

/// The error for a scope whose date is not the day of the request (SIG-HDR-004, PRE-006).
pub fn wrong_date(claim: &Claim) -> ApiError {
    let day = claim.amz_date.get(..8).unwrap_or_default();
    let name = if claim.mechanism == Mechanism::Query {
        "X-Amz-Date"
    } else {
        "x-amz-date"
    };
    let detail = format!(
        "Invalid credential date \"{}\". This date is not the same as {name}: \"{day}\".",
        claim.date
    );
    match claim.mechanism {
        Mechanism::Query => ApiError::with_message(Code::AuthorizationQueryParametersError, detail),
        _ => malformed_header(&detail),
    }
}

fn scope_error(claim: &Claim, detail: &str) -> ApiError {
    match claim.mechanism {
        Mechanism::Query => query_credential(detail),
        _ => malformed_header(detail),
    }
}

fn query_credential(detail: &str) -> ApiError {
    query_error(&format!("Error parsing the X-Amz-Credential parameter; {detail}"))
}

fn query_error(message: &str) -> ApiError {
    ApiError::with_message(Code::AuthorizationQueryParametersError, message)
}

/// Parses a presigned query (PRE-001 to 008).
///
/// # Errors
/// `AuthorizationQueryParametersError` with the message of the first fault.
pub fn from_query(query: &Query) -> Result<Claim, ApiError> {
    let get = |name: &str| {
        let mut values = query
            .0
            .iter()
            .filter(|(n, _)| n == name)
            .map(|(_, value)| value.as_str());
        let first = values.next().filter(|_| values.next().is_none());
        // A parameter given twice is as ambiguous as one that is missing.
        first.ok_or_else(|| ApiError::new(Code::AuthorizationQueryParametersError))
    };
    let [algorithm, credential, date, expires, signed, signature] = [
        get("X-Amz-Algorithm")?,
        get("X-Amz-Credential")?,
        get("X-Amz-Date")?,
        get("X-Amz-Expires")?,
        get("X-Amz-SignedHeaders")?,
        get("X-Amz-Signature")?,
    ];
    match algorithm {
        ALGORITHM => {}
        "AWS4-ECDSA-P256-SHA256" => {
            return Err(ApiError::not_implemented(
                "X-Amz-Algorithm",
                "SigV4a is not implemented by this server",
            ));
        }
        // PRE-003
        _ => {
            return Err(query_error(
                "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256\"",
            ));
        }
    }
    let [access_key, day, region, service] = scope_parts(credential, "s3", query_credential)?;
    let time = dates::parse_amz(date).ok_or_else(|| {
        query_error("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"") // PRE-007
    })?;
    Ok(Claim {
        mechanism: Mechanism::Query,
        access_key,
        date: day,
        region,
        service,
        signed_headers: signed.split(';').map(str::to_owned).collect(),
        signature: signature.to_owned(),
        amz_date: date.to_owned(),
        time,
        expires: Some(parse_expires(expires)?),
    })
}

/// PRE-008
fn parse_expires(text: &str) -> Result<i64, ApiError> {
    let seconds: i64 = text
        .parse()
        .map_err(|_| query_error("X-Amz-Expires should be a number"))?;
    if seconds < 0 {
        return Err(query_error("X-Amz-Expires must be non-negative"));
    }
    if seconds > 604_800 {
        return Err(query_error(
            "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less \
             than 604800 seconds",
        ));
    }
    Ok(seconds)
}
