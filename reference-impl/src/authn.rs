//! Authentication: from the parsed head to a caller and to the way the body must be read.

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::authz::Caller;
use crate::clock::Timestamp;
use crate::error::{ApiError, Code};
use crate::exchange::{Mechanism, Query, Request};
use crate::store::{AccessKey, Config};
use crate::wire::chunked::ChunkSigner;
use crate::wire::credential::{self, Claim, PRESIGN_PARAMETERS};
use crate::wire::sigv4::{self, Signed};

/// Which wire service a request is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Service {
    /// S3 itself.
    S3,
    /// The IAM query API.
    Iam,
    /// The STS query API.
    Sts,
}

/// How the body is signed (SIG-HDR-009).
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum PayloadMode {
    /// Not signed.
    Unsigned,
    /// Its SHA-256, in hex, is in the signature.
    Hash(String),
    /// `aws-chunked` without signatures.
    Chunked,
    /// `aws-chunked` with signatures; with a trailer or without.
    SignedChunks {
        /// Whether a signed trailer follows.
        trailer: bool,
    },
}

impl PayloadMode {
    /// Whether the body is framed as `aws-chunked`.
    pub fn is_streaming(&self) -> bool {
        matches!(self, Self::Chunked | Self::SignedChunks { .. })
    }
}

/// What authentication found.
#[derive(Debug)]
pub struct Authenticated {
    /// Who asks.
    pub caller: Caller,
    /// How that was proved.
    pub mechanism: Mechanism,
    /// How the body must be read.
    pub payload: PayloadMode,
    /// The seed for chunk signatures, for a signed request.
    pub signer: Option<ChunkSigner>,
}

/// The claim of a request, if it makes one, and the service that it is for.
///
/// # Errors
/// What is wrong with the form of the credentials (SIG-GEN, SIG-HDR, PRE).
pub fn claim(request: &Request) -> Result<(Option<Claim>, Service), ApiError> {
    let claim = match credential::mechanism(&request.headers, &request.query)? {
        Mechanism::Anonymous => None,
        Mechanism::Header => Some(credential::from_header(&request.headers)?),
        Mechanism::Query => Some(credential::from_query(&request.query)?),
    };
    let service = match claim.as_ref().map(|claim| claim.service.as_str()) {
        Some("iam") => Service::Iam,
        Some("sts") => Service::Sts,
        _ => Service::S3,
    };
    // A scope of IAM or STS is only right for their own endpoint, which is the root.
    match &claim {
        Some(claim) if service != Service::S3 && request.bucket.is_some() => {
            Err(credential::wrong_service(claim, "s3"))
        }
        _ => Ok((claim, service)),
    }
}

/// Verifies the claim of a request to S3.
///
/// # Errors
/// The first check that fails, in the order of SIG-CRED-006. A claim that fails is never taken for anonymous
/// (SIG-GEN-005).
pub fn authenticate(
    request: &Request,
    claim: Option<Claim>,
    config: &Config,
    region: &str,
    now: Timestamp,
) -> Result<Authenticated, ApiError> {
    let Some(claim) = claim else {
        return anonymous(&request.headers);
    };
    let payload = payload_mode(&claim, &request.headers, &request.query)?;
    let hash = match &payload {
        PayloadMode::Unsigned => "UNSIGNED-PAYLOAD".to_owned(),
        PayloadMode::Hash(hash) => hash.clone(),
        _ => request
            .header("x-amz-content-sha256")
            .unwrap_or_default()
            .to_owned(),
    };
    let (caller, key) = verify(request, &claim, config, region, now, &hash)?;
    check_conflicts(&claim, request, &hash)?;
    let signer = ChunkSigner {
        key,
        amz_date: claim.amz_date.clone(),
        scope: claim.scope(),
        previous: claim.signature.clone(),
    };
    Ok(Authenticated {
        caller,
        mechanism: claim.mechanism,
        payload,
        signer: Some(signer),
    })
}

/// Verifies a claim over a known payload hash and gives the caller and the signing key.
///
/// # Errors
/// As `authenticate`.
pub fn verify(
    request: &Request,
    claim: &Claim,
    config: &Config,
    region: &str,
    now: Timestamp,
    payload_hash: &str,
) -> Result<(Caller, [u8; 32]), ApiError> {
    let key = access_key(claim, config)?;
    if let Some(token) = security_token(request) {
        // SIG-CRED-005: this server makes no temporary credentials, so no token belongs to any key.
        return Err(ApiError::new(Code::InvalidToken).with("Token-0", token));
    }
    if claim.region != region {
        return Err(credential::wrong_region(claim, region));
    }
    if claim.amz_date.get(..8) != Some(claim.date.as_str()) {
        return Err(credential::wrong_date(claim));
    }
    sigv4::check_time(claim, now)?;
    sigv4::check_signed_headers(claim, &request.headers)?;
    let signing_key = sigv4::signing_key(&key.secret, &claim.date, &claim.region, &claim.service);
    sigv4::verify(&signed(request, payload_hash), claim, &signing_key)?;
    Ok((caller(key, config)?, signing_key))
}

/// What of a request is signed.
fn signed<'a>(request: &'a Request, payload_hash: &'a str) -> Signed<'a> {
    Signed {
        method: &request.method,
        raw_path: &request.raw_path,
        query: &request.query,
        headers: &request.headers,
        payload_hash,
    }
}

/// The security token of a request, as a header or as a parameter, in whatever letters: a token is never dropped.
fn security_token(request: &Request) -> Option<&str> {
    const NAME: &str = "x-amz-security-token";
    let mut parameters = request.query.0.iter();
    let parameter = parameters.find(|(name, _)| name.eq_ignore_ascii_case(NAME));
    let header = request.headers.get(NAME);
    header
        .map(|value| std::str::from_utf8(value.as_bytes()).unwrap_or_default().trim())
        .or(parameter.map(|(_, value)| value.as_str()))
}

/// SIG-CRED-001: unknown, inactive and deleted keys look the same.
fn access_key<'a>(claim: &Claim, config: &'a Config) -> Result<&'a AccessKey, ApiError> {
    let key = config.access_key(&claim.access_key).filter(|key| key.active);
    key.map(AsRef::as_ref).ok_or_else(|| {
        ApiError::new(Code::InvalidAccessKeyId).with("AWSAccessKeyId", claim.access_key.as_str())
    })
}

fn caller(key: &AccessKey, config: &Config) -> Result<Caller, ApiError> {
    let account = key.account;
    let Some(name) = &key.user else {
        return Ok(Caller::Root { account });
    };
    let user = config
        .user(account, name)
        .ok_or_else(|| ApiError::internal("a key of no user"))?;
    Ok(Caller::User {
        account,
        path: user.path.as_str().into(),
        name: user.name.as_str().into(),
        unique_id: user.unique_id.as_str().into(),
    })
}

/// Reads `x-amz-content-sha256` (SIG-HDR-008, SIG-HDR-009, PRE-014, PRE-021).
fn payload_mode(claim: &Claim, headers: &HeaderMap, query: &Query) -> Result<PayloadMode, ApiError> {
    let signed = claim
        .signed_headers
        .iter()
        .any(|name| name == "x-amz-content-sha256");
    if claim.mechanism == Mechanism::Query {
        check_carried_hash(query)?;
        if !signed {
            return Ok(PayloadMode::Unsigned);
        }
    }
    let Some(value) = headers.get("x-amz-content-sha256") else {
        return match claim.mechanism {
            Mechanism::Query => Ok(PayloadMode::Unsigned),
            _ => Err(ApiError::with_message(
                Code::InvalidRequest,
                "Missing required header for this request: x-amz-content-sha256",
            )),
        };
    };
    let value = String::from_utf8_lossy(value.as_bytes());
    Ok(match value.trim() {
        "UNSIGNED-PAYLOAD" => PayloadMode::Unsigned,
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER" => PayloadMode::Chunked,
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" => PayloadMode::SignedChunks { trailer: false },
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER" => PayloadMode::SignedChunks { trailer: true },
        ecdsa if ecdsa.starts_with("STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD") => {
            return Err(ApiError::not_implemented(
                "x-amz-content-sha256",
                "SigV4a is not implemented by this server",
            ));
        }
        hash if hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            PayloadMode::Hash(hash.to_owned())
        }
        other => {
            return Err(ApiError::invalid_argument(
                "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, \
                 STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, \
                 STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a \
                 valid sha256 value.",
                "x-amz-content-sha256",
                Some(other),
            ));
        }
    })
}

/// A signed query may say that the body is not signed; a hash there would bind nothing, so it is refused (PRE-014).
fn check_carried_hash(query: &Query) -> Result<(), ApiError> {
    let hash = carried(query).find(|(name, value)| name == CONTENT_HASH && *value != "UNSIGNED-PAYLOAD");
    match hash {
        Some(_) => Err(ApiError::not_implemented(
            CONTENT_HASH,
            "A hash of the body must be a signed header, not a query parameter",
        )),
        None => Ok(()),
    }
}

/// An unsigned request; its body can't be signed either (SIG-TRL-005).
fn anonymous(headers: &HeaderMap) -> Result<Authenticated, ApiError> {
    let payload = match headers.get("x-amz-content-sha256").map(HeaderValue::as_bytes) {
        None | Some(b"UNSIGNED-PAYLOAD") => PayloadMode::Unsigned,
        Some(b"STREAMING-UNSIGNED-PAYLOAD-TRAILER") => PayloadMode::Chunked,
        Some(_) => {
            return Err(ApiError::with_message(
                Code::InvalidRequest,
                "The value of x-amz-content-sha256 header is invalid. Anonymous requests may only use \
                 UNSIGNED-PAYLOAD or STREAMING-UNSIGNED-PAYLOAD-TRAILER.",
            ));
        }
    };
    Ok(Authenticated {
        caller: Caller::Anonymous,
        mechanism: Mechanism::Anonymous,
        payload,
        signer: None,
    })
}

/// PRE-020: a header and a query parameter of one name must not say different things.
fn check_conflicts(claim: &Claim, request: &Request, payload_hash: &str) -> Result<(), ApiError> {
    let conflict = claim.mechanism == Mechanism::Query
        && carried(&request.query)
            .any(|(name, value)| request.header(&name).is_some_and(|header| header != value.trim()));
    if conflict {
        Err(sigv4::ambiguous(&signed(request, payload_hash), claim))
    } else {
        Ok(())
    }
}

const CONTENT_HASH: &str = "x-amz-content-sha256";
/// The headers without `x-amz-` that act from a signed query too (VER-COND-020); others are ignored there (PRE-033).
const CONDITIONS: [&str; 2] = ["if-match", "if-none-match"];

/// The parameters of a presigned query that stand for headers, with their names in lower case.
fn carried(query: &Query) -> impl Iterator<Item = (String, &str)> {
    query
        .0
        .iter()
        .filter(|(name, _)| !PRESIGN_PARAMETERS.contains(&name.as_str()))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.as_str()))
        .filter(|(name, _)| name.starts_with("x-amz-") || CONDITIONS.contains(&name.as_str()))
}

/// Whether a parameter that stands for a header acts as one. Digests do not: a signed query can't vouch for a body
/// that is sent later, so S3 neither verifies nor stores them (PRE-018).
fn acts(name: &str) -> bool {
    let about_checksums = [
        "x-amz-checksum-mode",
        "x-amz-checksum-algorithm",
        "x-amz-checksum-type",
    ];
    let digest = name.starts_with("x-amz-checksum-") && !about_checksums.contains(&name);
    !digest && name != "x-amz-sdk-checksum-algorithm" && name != CONTENT_HASH
}

/// Makes headers of the parameters of a presigned query that stand for headers (PRE-018, VER-COND-020).
///
/// A parameter that is repeated is one header with its values joined, as a repeated header is: none may be lost.
///
/// # Errors
/// `InvalidArgument` for a parameter that no header can hold.
pub fn hoist(request: &mut Request) -> Result<(), ApiError> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for (name, value) in carried(&request.query).filter(|(name, _)| acts(name)) {
        match pairs.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => {
                known.push(',');
                known.push_str(value);
            }
            None => pairs.push((name, value.to_owned())),
        }
    }
    for (name, value) in pairs {
        let header = name
            .parse::<HeaderName>()
            .ok()
            .zip(HeaderValue::from_bytes(value.as_bytes()).ok());
        let (header, text) = header.ok_or_else(|| {
            ApiError::invalid_argument("The parameter can't be used as a header", &name, Some(&value))
        })?;
        // One that is sent as a header too says the same there (PRE-020).
        request.headers.entry(header).or_insert(text);
    }
    Ok(())
}
