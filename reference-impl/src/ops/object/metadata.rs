//! What the headers of a write say about the object besides its bytes, and how reads show it.

use crate::error::{ApiError, Code};
use crate::exchange::{Reply, Request};
use crate::wire::encoded_words;

/// The metadata headers that S3 keeps and gives back as they were.
const SYSTEM: [&str; 6] = [
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-type",
    "expires",
];
const REDIRECT: &str = "x-amz-website-redirect-location";
const USER: &str = "x-amz-meta-";
/// The limit on names and values of user metadata together.
const USER_MAX: usize = 2048;
/// What an object without a type is.
const DEFAULT_TYPE: &str = "binary/octet-stream";

/// System and user metadata of an object to be written.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Metadata {
    /// Lower-case header name and value.
    pub(crate) system: Vec<(String, String)>,
    /// Lower-case name without `x-amz-meta-`, and value.
    pub(crate) user: Vec<(String, String)>,
}

impl Metadata {
    /// Reads the metadata headers of a write.
    pub(crate) fn read(request: &Request) -> Result<Self, ApiError> {
        let mut metadata = Self::default();
        for name in SYSTEM {
            let Some(value) = request.header(name) else {
                continue;
            };
            let value = if name == "content-encoding" {
                stored_encoding(value)
            } else {
                value.to_owned()
            };
            if !value.is_empty() {
                metadata.system.push((name.to_owned(), value));
            }
        }
        if let Some(location) = request.header(REDIRECT) {
            check_redirect(location)?;
            metadata.system.push((REDIRECT.to_owned(), location.to_owned()));
        }
        metadata.user = user(request)?;
        Ok(metadata)
    }
}

/// `aws-chunked` is an encoding of the transfer, not of the object.
fn stored_encoding(value: &str) -> String {
    let kept = value
        .split(',')
        .map(str::trim)
        .filter(|part| !part.eq_ignore_ascii_case("aws-chunked"));
    kept.collect::<Vec<_>>().join(",")
}

fn check_redirect(location: &str) -> Result<(), ApiError> {
    if ["/", "http://", "https://"]
        .iter()
        .any(|start| location.starts_with(start))
    {
        return Ok(());
    }
    Err(Code::InvalidRedirectLocation.into())
}

fn user(request: &Request) -> Result<Vec<(String, String)>, ApiError> {
    let mut user: Vec<(String, String)> = Vec::new();
    for (name, value) in &request.headers {
        let Some(name) = name.as_str().strip_prefix(USER) else {
            continue;
        };
        let value = read_value(value.as_bytes().trim_ascii());
        // A repeated header is one header with its values joined.
        match user.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => {
                known.push(',');
                known.push_str(&value);
            }
            None => user.push((name.to_owned(), value)),
        }
    }
    let size: usize = user.iter().map(|(name, value)| name.len() + value.len()).sum();
    if size > USER_MAX {
        return Err(ApiError::new(Code::MetadataTooLarge)
            .with("Size", size.to_string())
            .with("MaxSizeAllowed", USER_MAX.to_string()));
    }
    Ok(user)
}

/// A value as reads give it back: encoded words that are plain ASCII are decoded, and what is not ASCII is written as one.
fn read_value(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.is_ascii() => encoded_words::decode_ascii(text).unwrap_or_else(|| text.to_owned()),
        _ => encoded_words::encode_latin1(bytes),
    }
}

/// The overrides that a read may ask for, by parameter.
const OVERRIDES: [(&str, &str); 6] = [
    ("response-cache-control", "cache-control"),
    ("response-content-disposition", "content-disposition"),
    ("response-content-encoding", "content-encoding"),
    ("response-content-language", "content-language"),
    ("response-content-type", "content-type"),
    ("response-expires", "expires"),
];

/// Puts the metadata of an object into a reply.
pub(crate) fn show(
    mut reply: Reply,
    system: &[(String, String)],
    user: &[(String, String)],
    request: &Request,
) -> Reply {
    for name in SYSTEM.into_iter().chain([REDIRECT]) {
        let parameter = OVERRIDES
            .iter()
            .find(|(_, header)| *header == name)
            .map(|(parameter, _)| *parameter);
        let asked = parameter.and_then(|parameter| request.query.get(parameter));
        let stored = system
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str());
        let default = (name == "content-type").then_some(DEFAULT_TYPE);
        reply = reply.header_opt(name, asked.or(stored).or(default));
    }
    reply.metadata = user
        .iter()
        .map(|(name, value)| (format!("{USER}{name}"), value.clone()))
        .collect();
    reply
}

/// The storage classes from which objects can be read at once.
const CLASSES: [&str; 6] = [
    "STANDARD",
    "REDUCED_REDUNDANCY",
    "STANDARD_IA",
    "ONEZONE_IA",
    "INTELLIGENT_TIERING",
    "GLACIER_IR",
];

/// Reads `x-amz-storage-class`.
pub(crate) fn storage_class(request: &Request) -> Result<String, ApiError> {
    match request.header("x-amz-storage-class") {
        None => Ok("STANDARD".to_owned()),
        Some(class) if CLASSES.contains(&class) => Ok(class.to_owned()),
        Some("GLACIER" | "DEEP_ARCHIVE") => Err(ApiError::not_implemented(
            "x-amz-storage-class",
            "Storage classes that need RestoreObject are not built",
        )),
        Some(other) => Err(ApiError::new(Code::InvalidStorageClass).with("StorageClassRequested", other)),
    }
}

/// Refuses encryption that this server does not have; SSE-S3 is what every object has. Keys, of KMS or of the client,
/// have headers of their own, which are refused before.
pub(crate) fn check_encryption(request: &Request) -> Result<(), ApiError> {
    const ALGORITHM: &str = "x-amz-server-side-encryption";
    match request.header(ALGORITHM) {
        None | Some("AES256") => Ok(()),
        Some("aws:kms" | "aws:kms:dsse") => Err(ApiError::not_implemented(ALGORITHM, "Only SSE-S3 is built")),
        // ENC-HDR-001
        Some(other) => {
            let message = "The encryption method specified is not supported";
            Err(ApiError::invalid_argument(message, ALGORITHM, Some(other)))
        }
    }
}
