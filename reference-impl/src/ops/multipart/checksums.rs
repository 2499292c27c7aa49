//! Entity tags and checksums of multipart objects, made from those of the parts.

use crc_fast::{CrcAlgorithm, checksum_combine};
use data_encoding::{BASE64, HEXLOWER};

use crate::error::{ApiError, Code};
use crate::store::{PartRecord, StoredChecksum};
use crate::wire::checksum::{ChecksumAlgorithm, Hasher, md5};

/// The name of a checksum type.
pub(super) fn type_name(full: bool) -> &'static str {
    if full { "FULL_OBJECT" } else { "COMPOSITE" }
}

/// Reads `x-amz-checksum-type`; gives whether the checksum will be one of the whole object.
pub(super) fn read_type(
    header: Option<&str>,
    algorithm: Option<ChecksumAlgorithm>,
) -> Result<bool, ApiError> {
    const HEADER: &str = "x-amz-checksum-type";
    let refused = |message: String| Err(ApiError::with_message(Code::InvalidRequest, message));
    let Some(algorithm) = algorithm else {
        return match header {
            None => Ok(true),
            Some(_) => refused(format!(
                "The {HEADER} header can only be used with the x-amz-checksum-algorithm header."
            )),
        };
    };
    let (sha, name) = (crc(algorithm).is_none(), algorithm.name().to_ascii_lowercase());
    let only_full = algorithm == ChecksumAlgorithm::Crc64Nvme;
    match header {
        None => Ok(only_full),
        Some("FULL_OBJECT") if sha => refused(format!(
            "The FULL_OBJECT checksum type cannot be used with the {name} checksum algorithm."
        )),
        Some("COMPOSITE") if only_full => refused(format!(
            "The COMPOSITE checksum type cannot be used with the {name} checksum algorithm."
        )),
        Some("FULL_OBJECT") => Ok(true),
        Some("COMPOSITE") => Ok(false),
        Some(other) => {
            let message = format!("Value for {HEADER} header is invalid.");
            Err(ApiError::with_message(Code::InvalidRequest, message).with("ArgumentValue", other))
        }
    }
}

/// A completion that names a type must name the upload's.
pub(super) fn check_type(header: Option<&str>, full: bool) -> Result<(), ApiError> {
    let refused = |message: String| Err(ApiError::with_message(Code::InvalidRequest, message));
    match header {
        None => Ok(()),
        Some(named) if named == type_name(full) => Ok(()),
        Some("FULL_OBJECT" | "COMPOSITE") => refused(format!(
            "The upload was created using the {} checksum mode. The complete request must use the same checksum mode.",
            type_name(full)
        )),
        Some(_) => refused("Value for x-amz-checksum-type header is invalid.".to_owned()),
    }
}

/// A part must carry the checksum that its upload announced.
pub(super) fn check_part(
    announced: Option<ChecksumAlgorithm>,
    sent: Option<ChecksumAlgorithm>,
) -> Result<(), ApiError> {
    let name = |algorithm: Option<ChecksumAlgorithm>| {
        algorithm.map_or_else(
            || "null".to_owned(),
            |algorithm| algorithm.name().to_ascii_lowercase(),
        )
    };
    match (announced, sent) {
        // Without a checksum of the client's, this server computes CRC64NVME by itself.
        (None, _) | (Some(ChecksumAlgorithm::Crc64Nvme), None) => Ok(()),
        (Some(a), Some(b)) if a == b => Ok(()),
        _ => Err(ApiError::with_message(
            Code::InvalidRequest,
            format!(
                "Checksum Type mismatch occurred, expected checksum Type: {}, actual checksum Type: {}",
                name(announced),
                name(sent)
            ),
        )),
    }
}

/// The entity tag of a multipart object: MD5 of the parts' MD5s, and their number.
pub(super) fn etag<'p>(parts: impl ExactSizeIterator<Item = &'p PartRecord>) -> Result<String, ApiError> {
    let count = parts.len();
    let mut all = Vec::with_capacity(16 * count);
    for part in parts {
        let bytes = HEXLOWER.decode(part.etag.as_bytes());
        all.extend(bytes.map_err(|_| ApiError::internal("a part's entity tag is no MD5"))?);
    }
    Ok(format!("{}-{count}", HEXLOWER.encode(&md5(&all))))
}

/// The checksum of a multipart object; `None` if the parts do not all have one of the same algorithm.
pub(super) fn combine<'p>(
    parts: impl ExactSizeIterator<Item = &'p PartRecord>,
    algorithm: ChecksumAlgorithm,
    full: bool,
) -> Option<StoredChecksum> {
    let count = parts.len();
    let mut values = Vec::with_capacity(count);
    for part in parts {
        let checksum = part
            .checksum
            .as_ref()
            .filter(|checksum| checksum.algorithm == algorithm)?;
        values.push((BASE64.decode(checksum.value.as_bytes()).ok()?, part.size));
    }
    let value = if full {
        whole(&values, algorithm)?
    } else {
        composite(&values, algorithm, count)
    };
    Some(StoredChecksum {
        algorithm,
        value,
        composite: !full,
    })
}

fn composite(values: &[(Vec<u8>, u64)], algorithm: ChecksumAlgorithm, count: usize) -> String {
    let mut hasher = Hasher::new(algorithm);
    values.iter().for_each(|(value, _)| hasher.update(value));
    format!("{}-{count}", BASE64.encode(&hasher.finish()))
}

/// The checksum of the whole, from those of the parts: CRCs only can do that.
fn whole(values: &[(Vec<u8>, u64)], algorithm: ChecksumAlgorithm) -> Option<String> {
    let crc = crc(algorithm)?;
    let numbers = values.iter().map(|(value, size)| {
        let number = value
            .iter()
            .fold(0, |number: u64, byte| (number << 8) | u64::from(*byte));
        (number, *size)
    });
    let (sum, _) =
        numbers.reduce(|(a, first), (b, size)| (checksum_combine(crc, a, b, size), first + size))?;
    let bytes = sum.to_be_bytes();
    Some(BASE64.encode(bytes.get(bytes.len() - algorithm.size()..)?))
}

fn crc(algorithm: ChecksumAlgorithm) -> Option<CrcAlgorithm> {
    match algorithm {
        ChecksumAlgorithm::Crc32 => Some(CrcAlgorithm::Crc32IsoHdlc),
        ChecksumAlgorithm::Crc32c => Some(CrcAlgorithm::Crc32Iscsi),
        ChecksumAlgorithm::Crc64Nvme => Some(CrcAlgorithm::Crc64Nvme),
        ChecksumAlgorithm::Sha1 | ChecksumAlgorithm::Sha256 => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::checksum::of;

    #[test]
    fn crcs_of_parts_combine_to_that_of_the_whole() {
        let (a, b, c) = (vec![1; 1000], vec![2; 1], vec![3; 77]);
        let together = [a.clone(), b.clone(), c.clone()].concat();
        for algorithm in [
            ChecksumAlgorithm::Crc32,
            ChecksumAlgorithm::Crc32c,
            ChecksumAlgorithm::Crc64Nvme,
        ] {
            let values = [&a, &b, &c].map(|data| {
                (
                    BASE64.decode(of(algorithm, data).as_bytes()).unwrap(),
                    data.len() as u64,
                )
            });
            assert_eq!(
                whole(&values, algorithm),
                Some(of(algorithm, &together)),
                "{}",
                algorithm.name()
            );
        }
        assert_eq!(whole(&[(vec![0; 32], 1)], ChecksumAlgorithm::Sha256), None);
    }

    #[test]
    fn types_fit_their_algorithms() {
        use ChecksumAlgorithm::{Crc32, Crc64Nvme, Sha256};
        assert_eq!(read_type(None, None), Ok(true));
        assert_eq!(read_type(None, Some(Crc32)), Ok(false));
        assert_eq!(read_type(None, Some(Crc64Nvme)), Ok(true));
        assert_eq!(read_type(Some("FULL_OBJECT"), Some(Crc32)), Ok(true));
        for (header, algorithm) in [
            ("FULL_OBJECT", Some(Sha256)),
            ("COMPOSITE", Some(Crc64Nvme)),
            ("X", Some(Crc32)),
            ("COMPOSITE", None),
        ] {
            assert!(read_type(Some(header), algorithm).is_err(), "{header}");
        }
    }

    #[test]
    fn a_completion_names_the_type_of_its_upload() {
        for full in [true, false] {
            for named in [true, false] {
                let refused = check_type(Some(type_name(named)), full);
                assert_eq!(refused.is_ok(), named == full);
                if let Err(error) = refused {
                    assert!(error.message.contains(type_name(full)), "{error}");
                }
            }
            assert!(check_type(None, full).is_ok() && check_type(Some("x"), full).is_err());
        }
    }

    #[test]
    fn parts_carry_what_was_announced() {
        use ChecksumAlgorithm::{Crc32, Crc64Nvme, Sha1};
        for (announced, sent, fits) in [
            (None, None, true),
            (None, Some(Sha1), true),
            (Some(Sha1), Some(Sha1), true),
            (Some(Crc64Nvme), None, true),
            (Some(Crc32), None, false),
            (Some(Crc32), Some(Sha1), false),
        ] {
            assert_eq!(
                check_part(announced, sent).is_ok(),
                fits,
                "{announced:?} {sent:?}"
            );
        }
    }
}
