//! The checksum values that S3 requests carry: Content-MD5 and the `x-amz-checksum-*` family.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use crc_fast::CrcAlgorithm;
use data_encoding::{BASE64, HEXLOWER};
use md5::{Digest, Md5};

/// An algorithm of `x-amz-checksum-*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// CRC-32 (ISO-HDLC).
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

impl Algorithm {
    /// All algorithms.
    pub const ALL: [Algorithm; 5] = [
        Algorithm::Crc32,
        Algorithm::Crc32c,
        Algorithm::Crc64Nvme,
        Algorithm::Sha1,
        Algorithm::Sha256,
    ];

    /// The name in `x-amz-checksum-algorithm` and in XML, e.g. `CRC64NVME`.
    pub fn name(self) -> &'static str {
        match self {
            Algorithm::Crc32 => "CRC32",
            Algorithm::Crc32c => "CRC32C",
            Algorithm::Crc64Nvme => "CRC64NVME",
            Algorithm::Sha1 => "SHA1",
            Algorithm::Sha256 => "SHA256",
        }
    }

    /// The header or trailer that carries a value, e.g. `x-amz-checksum-crc64nvme`.
    pub fn header(self) -> &'static str {
        match self {
            Algorithm::Crc32 => "x-amz-checksum-crc32",
            Algorithm::Crc32c => "x-amz-checksum-crc32c",
            Algorithm::Crc64Nvme => "x-amz-checksum-crc64nvme",
            Algorithm::Sha1 => "x-amz-checksum-sha1",
            Algorithm::Sha256 => "x-amz-checksum-sha256",
        }
    }

    /// The algorithm of this name.
    pub fn from_name(name: &str) -> Option<Algorithm> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// The checksum in base64, as headers, trailers and XML carry it; CRCs are big-endian.
    pub fn value(self, data: &[u8]) -> String {
        match self {
            Algorithm::Crc32 => BASE64.encode(&crc32(CrcAlgorithm::Crc32IsoHdlc, data)),
            Algorithm::Crc32c => BASE64.encode(&crc32(CrcAlgorithm::Crc32Iscsi, data)),
            Algorithm::Crc64Nvme => {
                BASE64.encode(&crc_fast::checksum(CrcAlgorithm::Crc64Nvme, data).to_be_bytes())
            }
            Algorithm::Sha1 => BASE64.encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, data).as_ref()),
            Algorithm::Sha256 => BASE64.encode(digest(&SHA256, data).as_ref()),
        }
    }
}

/// The low four bytes of what `crc_fast` returns for a 32-bit CRC.
fn crc32(algorithm: CrcAlgorithm, data: &[u8]) -> [u8; 4] {
    let [_, _, _, _, bytes @ ..] = crc_fast::checksum(algorithm, data).to_be_bytes();
    bytes
}

/// The value of `Content-MD5`.
pub fn content_md5(data: &[u8]) -> String {
    BASE64.encode(&Md5::digest(data))
}

/// MD5 in hexadecimal: the ETag, without quotes, of an object that was put in one part without KMS or customer keys.
pub fn md5_hex(data: &[u8]) -> String {
    HEXLOWER.encode(&Md5::digest(data))
}

/// SHA-256 in hexadecimal: the value of `x-amz-content-sha256`.
pub fn sha256_hex(data: &[u8]) -> String {
    HEXLOWER.encode(digest(&SHA256, data).as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_values_of_the_catalogues() {
        let hex = |algorithm: Algorithm| {
            HEXLOWER.encode(&BASE64.decode(algorithm.value(b"123456789").as_bytes()).unwrap())
        };
        assert_eq!(hex(Algorithm::Crc32), "cbf43926");
        assert_eq!(hex(Algorithm::Crc32c), "e3069283");
        assert_eq!(hex(Algorithm::Crc64Nvme), "ae8b14860a799888");
        assert_eq!(hex(Algorithm::Sha1), "f7c3bc1d808e04732adf679965ccc34ca7ae3441");
        assert_eq!(
            hex(Algorithm::Sha256),
            "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"
        );
        assert_eq!(md5_hex(b"123456789"), "25f9e794323b453885f5181f1b624d0b");
    }

    #[test]
    fn values_of_an_empty_body() {
        assert_eq!(content_md5(b""), "1B2M2Y8AsgTpgAmY7PhCfg==");
        assert_eq!(Algorithm::Crc32.value(b""), "AAAAAA==");
        assert_eq!(Algorithm::Crc64Nvme.value(b""), "AAAAAAAAAAA=");
        assert_eq!(
            sha256_hex(b""),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }

    #[test]
    fn names_lead_back() {
        for algorithm in Algorithm::ALL {
            assert_eq!(Algorithm::from_name(algorithm.name()), Some(algorithm));
        }
    }
}
