//! `Content-MD5` and the `x-amz-checksum-*` family.

use aws_lc_rs::digest;
use crc_fast::{CrcAlgorithm, Digest as Crc};
use data_encoding::BASE64;
use http::HeaderMap;
use md5::{Digest as _, Md5};
use serde::{Deserialize, Serialize};

use crate::error::{ApiError, Code};

/// A checksum algorithm of S3.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash, Serialize, Deserialize)]
pub enum ChecksumAlgorithm {
    /// CRC-32 (ISO HDLC).
    Crc32,
    /// CRC-32C (Castagnoli).
    Crc32c,
    /// CRC-64/NVME.
    Crc64Nvme,
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
}

impl ChecksumAlgorithm {
    /// Every algorithm.
    pub const ALL: [Self; 5] = [
        Self::Crc32,
        Self::Crc32c,
        Self::Crc64Nvme,
        Self::Sha1,
        Self::Sha256,
    ];

    /// The header (and trailer) that carries a value.
    pub fn header(self) -> &'static str {
        match self {
            Self::Crc32 => "x-amz-checksum-crc32",
            Self::Crc32c => "x-amz-checksum-crc32c",
            Self::Crc64Nvme => "x-amz-checksum-crc64nvme",
            Self::Sha1 => "x-amz-checksum-sha1",
            Self::Sha256 => "x-amz-checksum-sha256",
        }
    }

    /// The name in `x-amz-checksum-algorithm` and in documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Crc32 => "CRC32",
            Self::Crc32c => "CRC32C",
            Self::Crc64Nvme => "CRC64NVME",
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
        }
    }

    /// The element that carries a value in documents.
    pub fn element(self) -> &'static str {
        match self {
            Self::Crc32 => "ChecksumCRC32",
            Self::Crc32c => "ChecksumCRC32C",
            Self::Crc64Nvme => "ChecksumCRC64NVME",
            Self::Sha1 => "ChecksumSHA1",
            Self::Sha256 => "ChecksumSHA256",
        }
    }

    /// The length of a value in bytes.
    pub fn size(self) -> usize {
        match self {
            Self::Crc32 | Self::Crc32c => 4,
            Self::Crc64Nvme => 8,
            Self::Sha1 => 20,
            Self::Sha256 => 32,
        }
    }

    /// Finds an algorithm by its name; names are case-insensitive.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.name().eq_ignore_ascii_case(name))
    }

    /// Finds an algorithm by its header.
    pub fn from_header(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.header().eq_ignore_ascii_case(name))
    }
}

/// A checksum value of one algorithm.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Checksum {
    /// The algorithm.
    pub algorithm: ChecksumAlgorithm,
    /// The value in base64, as S3 shows it.
    pub value: String,
}

/// A running checksum.
pub enum Hasher {
    /// One of the CRCs.
    Crc(ChecksumAlgorithm, Box<Crc>),
    /// One of the SHAs.
    Sha(digest::Context),
}

impl std::fmt::Debug for Hasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hasher")
    }
}

impl Hasher {
    /// Starts a checksum.
    pub fn new(algorithm: ChecksumAlgorithm) -> Self {
        match algorithm {
            ChecksumAlgorithm::Crc32 => Self::Crc(algorithm, Box::new(Crc::new(CrcAlgorithm::Crc32IsoHdlc))),
            ChecksumAlgorithm::Crc32c => Self::Crc(algorithm, Box::new(Crc::new(CrcAlgorithm::Crc32Iscsi))),
            ChecksumAlgorithm::Crc64Nvme => Self::Crc(algorithm, Box::new(Crc::new(CrcAlgorithm::Crc64Nvme))),
            ChecksumAlgorithm::Sha1 => Self::Sha(digest::Context::new(&digest::SHA1_FOR_LEGACY_USE_ONLY)),
            ChecksumAlgorithm::Sha256 => Self::Sha(digest::Context::new(&digest::SHA256)),
        }
    }

    /// Adds data.
    pub fn update(&mut self, data: &[u8]) {
        match self {
            Self::Crc(_, crc) => crc.update(data),
            Self::Sha(context) => context.update(data),
        }
    }

    /// Gives the raw value.
    pub fn finish(self) -> Vec<u8> {
        match self {
            Self::Crc(ChecksumAlgorithm::Crc64Nvme, crc) => crc.finalize().to_be_bytes().to_vec(),
            Self::Crc(_, crc) => {
                let wide = crc.finalize().to_be_bytes();
                wide.iter().skip(4).copied().collect()
            }
            Self::Sha(context) => context.finish().as_ref().to_vec(),
        }
    }
}

/// The checksum of data in memory, in base64.
pub fn of(algorithm: ChecksumAlgorithm, data: &[u8]) -> String {
    let mut hasher = Hasher::new(algorithm);
    hasher.update(data);
    BASE64.encode(&hasher.finish())
}

/// The MD5 of data in memory.
pub fn md5(data: &[u8]) -> [u8; 16] {
    Md5::digest(data).into()
}

/// SHA-256 of data in memory, in lower-case hex.
pub fn sha256_hex(data: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(digest::digest(&digest::SHA256, data).as_ref())
}

/// What the head of a request promises about the integrity of its body.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Promise {
    /// The value of `Content-MD5`.
    pub md5: Option<[u8; 16]>,
    /// The value of an `x-amz-checksum-*` header.
    pub checksum: Option<Checksum>,
    /// The checksum that `x-amz-trailer` announces.
    pub trailer: Option<ChecksumAlgorithm>,
}

impl Promise {
    /// Whether anything satisfies "Content-MD5 or x-amz-checksum-*"; neither `x-amz-content-sha256` nor
    /// `x-amz-sdk-checksum-algorithm` does (LOCK-INT-003).
    pub fn is_some(&self) -> bool {
        self.md5.is_some() || self.checksum.is_some() || self.trailer.is_some()
    }

    /// Reads the headers.
    ///
    /// # Errors
    /// `InvalidDigest` for a Content-MD5 that is none, `InvalidRequest` for bad checksum headers, `NotImplemented` for
    /// algorithms that are not built.
    pub fn parse(headers: &HeaderMap) -> Result<Self, ApiError> {
        // How many there are is told before any value is looked at.
        let sent = sent_checksum(headers)?;
        let promise = Self::parse_without_checksum(headers)?;
        if sent.is_some() && promise.trailer.is_some() {
            return Err(too_many());
        }
        let checksum = sent
            .map(|(algorithm, value)| parse_value(algorithm, value))
            .transpose()?;
        Ok(Self { checksum, ..promise })
    }

    /// Reads the headers but for `x-amz-checksum-*`, which may be about something else than the body.
    ///
    /// # Errors
    /// As for `parse`.
    pub fn parse_without_checksum(headers: &HeaderMap) -> Result<Self, ApiError> {
        let md5 = headers
            .get("content-md5")
            .map(|value| parse_md5(value.as_bytes()))
            .transpose()?;
        let trailer = headers
            .get("x-amz-trailer")
            .map(|value| parse_trailer(value.as_bytes()))
            .transpose()?;
        Ok(Self {
            md5,
            checksum: None,
            trailer,
        })
    }
}

/// The headers of the digests of S3 that this server can't compute; they are digests no less (SIG-TRL-006).
const NOT_BUILT: [&str; 5] = [
    "x-amz-checksum-md5",
    "x-amz-checksum-sha512",
    "x-amz-checksum-xxhash64",
    "x-amz-checksum-xxhash3",
    "x-amz-checksum-xxhash128",
];

/// Whether a name is that of an algorithm of S3 which this server does not have.
pub fn is_not_built(algorithm: &str) -> bool {
    let header = format!("x-amz-checksum-{}", algorithm.to_ascii_lowercase());
    NOT_BUILT.contains(&header.as_str())
}

/// The headers of the family that are about digests and hold none.
const ABOUT: [&str; 3] = [
    "x-amz-checksum-algorithm",
    "x-amz-checksum-mode",
    "x-amz-checksum-type",
];

fn too_many() -> ApiError {
    let message = "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.";
    ApiError::with_message(Code::InvalidRequest, message)
}

/// The one `x-amz-checksum-*` header that holds a digest, its value not yet looked at.
///
/// # Errors
/// `InvalidRequest` for more than one and for one of an unknown algorithm, which would else be dropped unverified;
/// `NotImplemented` for an algorithm that is not built.
pub fn sent_checksum(headers: &HeaderMap) -> Result<Option<(ChecksumAlgorithm, &[u8])>, ApiError> {
    let digests = || {
        ChecksumAlgorithm::ALL
            .map(ChecksumAlgorithm::header)
            .into_iter()
            .chain(NOT_BUILT)
    };
    let count: usize = digests().map(|name| headers.get_all(name).iter().count()).sum();
    if count > 1 {
        return Err(too_many());
    }
    if let Some(name) = NOT_BUILT.into_iter().find(|name| headers.contains_key(*name)) {
        return Err(ApiError::header_not_implemented(name));
    }
    let unknown = |name: &str| {
        name.starts_with("x-amz-checksum-") && !ABOUT.contains(&name) && !digests().any(|d| d == name)
    };
    if headers.keys().any(|name| unknown(name.as_str())) {
        return Err(ApiError::with_message(
            Code::InvalidRequest,
            "The algorithm type you specified in x-amz-checksum- header is invalid.",
        ));
    }
    Ok(ChecksumAlgorithm::ALL
        .into_iter()
        .find_map(|algorithm| Some((algorithm, headers.get(algorithm.header())?.as_bytes()))))
}

fn parse_md5(value: &[u8]) -> Result<[u8; 16], ApiError> {
    let text = String::from_utf8_lossy(value);
    BASE64
        .decode(text.trim().as_bytes())
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| ApiError::new(Code::InvalidDigest).with("Content-MD5", text.trim()))
}

/// Reads one checksum value and checks its length.
///
/// # Errors
/// `InvalidRequest`, naming the header.
pub fn parse_value(algorithm: ChecksumAlgorithm, value: &[u8]) -> Result<Checksum, ApiError> {
    let text = String::from_utf8_lossy(value).trim().to_owned();
    match BASE64.decode(text.as_bytes()) {
        Ok(bytes) if bytes.len() == algorithm.size() => Ok(Checksum {
            algorithm,
            value: text,
        }),
        _ => Err(ApiError::with_message(
            Code::InvalidRequest,
            format!("Value for {} header is invalid.", algorithm.header()),
        )),
    }
}

/// Reads `x-amz-trailer`: one checksum name (SIG-TRL-004).
fn parse_trailer(value: &[u8]) -> Result<ChecksumAlgorithm, ApiError> {
    let name = String::from_utf8_lossy(value).trim().to_ascii_lowercase();
    if let Some(name) = NOT_BUILT.into_iter().find(|known| *known == name) {
        return Err(ApiError::header_not_implemented(name));
    }
    ChecksumAlgorithm::from_header(&name).ok_or_else(|| {
        ApiError::with_message(
            Code::InvalidRequest,
            "The value specified in the x-amz-trailer header is not supported",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values() {
        // The check values of the CRC catalogue for "123456789".
        let hex = |algorithm| {
            let mut hasher = Hasher::new(algorithm);
            hasher.update(b"1234");
            hasher.update(b"56789");
            data_encoding::HEXLOWER.encode(&hasher.finish())
        };
        assert_eq!(hex(ChecksumAlgorithm::Crc32), "cbf43926");
        assert_eq!(hex(ChecksumAlgorithm::Crc32c), "e3069283");
        assert_eq!(hex(ChecksumAlgorithm::Crc64Nvme), "ae8b14860a799888");
        assert_eq!(
            hex(ChecksumAlgorithm::Sha1),
            "f7c3bc1d808e04732adf679965ccc34ca7ae3441"
        );
        assert_eq!(
            sha256_hex(b""),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }

    #[test]
    fn promises_are_strict() {
        let headers = |pairs: &[(&'static str, &str)]| {
            let mut map = HeaderMap::new();
            for (name, value) in pairs {
                map.insert(*name, value.parse().unwrap());
            }
            Promise::parse(&map)
        };
        assert!(
            headers(&[("content-md5", "1B2M2Y8AsgTpgAmY7PhCfg==")])
                .unwrap()
                .is_some()
        );
        assert_eq!(
            headers(&[("content-md5", "x")]).unwrap_err().code,
            Code::InvalidDigest
        );
        assert_eq!(
            headers(&[("x-amz-checksum-crc32", "AAAA")]).unwrap_err().code,
            Code::InvalidRequest
        );
        // More than one is told before any value is looked at, and before an algorithm that is not built.
        for other in ["x-amz-checksum-sha1", "x-amz-checksum-sha512"] {
            let both = headers(&[("x-amz-checksum-crc32", "x"), (other, "x")]).unwrap_err();
            assert!(
                both.message
                    .starts_with("Expecting a single x-amz-checksum- header."),
                "{other}"
            );
        }
        assert!(is_not_built("SHA512") && is_not_built("xxhash3"));
        assert!(!is_not_built("CRC32") && !is_not_built("SHA3") && !is_not_built(""));
        for name in ["x-amz-checksum-sha512", "x-amz-checksum-xxhash3"] {
            assert_eq!(headers(&[(name, "x")]).unwrap_err().code, Code::NotImplemented);
        }
        assert_eq!(
            headers(&[("x-amz-trailer", "x-amz-checksum-md5")])
                .unwrap_err()
                .code,
            Code::NotImplemented
        );
        let both = headers(&[
            ("x-amz-checksum-crc32", "AAAAAA=="),
            ("x-amz-trailer", "x-amz-checksum-crc32"),
        ]);
        assert_eq!(both.unwrap_err(), too_many());
        assert!(headers(&[("x-amz-trailer", "x-amz-meta-a")]).is_err());
        assert!(
            headers(&[("x-amz-trailer", "x-amz-checksum-crc32")])
                .unwrap()
                .is_some()
        );
        assert!(
            !headers(&[("x-amz-sdk-checksum-algorithm", "CRC32")])
                .unwrap()
                .is_some()
        );
    }
}
