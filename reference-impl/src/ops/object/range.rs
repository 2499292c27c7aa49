//! Byte ranges and part numbers of reads.

use crate::error::{ApiError, Code};

/// The bytes `from..to` of an object.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct ByteRange {
    pub(crate) from: u64,
    pub(crate) to: u64,
}

impl ByteRange {
    /// The `Content-Range` of a reply.
    pub(crate) fn content_range(self, size: u64) -> String {
        format!("bytes {}-{}/{size}", self.from, self.to.saturating_sub(1))
    }
}

/// Reads a `Range` header against an object's size; `None` means the whole object.
///
/// A header that is not one range of bytes, written without blanks, is ignored, as RFC 9110 says and S3 does.
pub(crate) fn read(header: &str, size: u64) -> Result<Option<ByteRange>, ApiError> {
    let Some(spec) = header.strip_prefix("bytes=") else {
        return Ok(None);
    };
    let Some((first, last)) = spec.split_once('-') else {
        return Ok(None);
    };
    let number = |text: &str| match text {
        "" => Some(None),
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(Some(digits.parse::<u64>().unwrap_or(u64::MAX)))
        }
        _ => None,
    };
    let (Some(first), Some(last)) = (number(first), number(last)) else {
        return Ok(None);
    };
    let range = match (first, last) {
        (None, None) => return Ok(None),
        (Some(from), Some(last)) if last < from => return Ok(None),
        // The last bytes of nothing are nothing: the whole object, not a part that can't be had.
        (None, Some(1..)) if size == 0 => return Ok(None),
        (Some(from), last) => ByteRange {
            from,
            to: last.map_or(size, |last| size.min(last.saturating_add(1))),
        },
        (None, Some(length)) => ByteRange {
            from: size.saturating_sub(length),
            to: size,
        },
    };
    if range.from < range.to {
        return Ok(Some(range));
    }
    Err(ApiError::new(Code::InvalidRange)
        .with("RangeRequested", header)
        .with("ActualObjectSize", size.to_string())
        .header("content-range", format!("bytes */{size}")))
}

/// Reads the `x-amz-copy-source-range` of UploadPartCopy: `bytes=first-last`, both given, inside the source.
pub(crate) fn read_source(header: &str, size: u64) -> Result<ByteRange, ApiError> {
    let wrong = || {
        let message = "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last \
                       are the zero-based offsets of the first and last bytes to copy";
        ApiError::invalid_argument(message, "x-amz-copy-source-range", Some(header))
    };
    let (first, last) = header
        .strip_prefix("bytes=")
        .and_then(|spec| spec.split_once('-'))
        .ok_or_else(wrong)?;
    let digits = |text: &str| text.parse::<u64>().ok().filter(|_| !text.starts_with('+'));
    let (first, last) = (digits(first).ok_or_else(wrong)?, digits(last).ok_or_else(wrong)?);
    if first > last {
        return Err(wrong());
    }
    if last >= size {
        let message = "The specified copy range is invalid for the source object size";
        return Err(ApiError::with_message(Code::InvalidRequest, message));
    }
    Ok(ByteRange {
        from: first,
        to: last + 1,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_against_the_size() {
        let range = |from, to| Some(ByteRange { from, to });
        for (header, expected) in [
            ("bytes=0-0", range(0, 1)),
            ("bytes=2-", range(2, 10)),
            ("bytes=2-99", range(2, 10)),
            ("bytes=-3", range(7, 10)),
            ("bytes=-99", range(0, 10)),
            ("bytes=9-18446744073709551616", range(9, 10)),
            ("bytes=3-2", None),
            ("bytes=-", None),
            ("bytes=0-1,3-4", None),
            ("bytes= -1", None),
            ("bytes=- 1", None),
            ("bytes=0 -1", None),
            ("bytes=0- 1", None),
            ("bytes = 0-1", None),
            ("bytes=\t0-1", None),
            ("bytes=a-b", None),
            ("chars=0-1", None),
            ("", None),
        ] {
            assert_eq!(read(header, 10), Ok(expected), "{header}");
        }
        for header in ["bytes=-1", "bytes=-5", "bytes=-18446744073709551616"] {
            assert_eq!(read(header, 0), Ok(None), "{header}");
        }
        for (header, size) in [
            ("bytes=10-", 10),
            ("bytes=-0", 10),
            ("bytes=0-", 0),
            ("bytes=0-0", 0),
            ("bytes=5-9", 0),
            ("bytes=-0", 0),
        ] {
            assert_eq!(
                read(header, size).unwrap_err().code,
                Code::InvalidRange,
                "{header}"
            );
        }
    }

    #[test]
    fn source_ranges_are_strict() {
        assert_eq!(read_source("bytes=0-9", 10), Ok(ByteRange { from: 0, to: 10 }));
        for header in ["bytes=0-10", "bytes=10-10", "bytes=3-18446744073709551614"] {
            let refused = read_source(header, 10).unwrap_err();
            assert_eq!(refused.code, Code::InvalidRequest, "{header}");
        }
        assert!(read_source("bytes=0-0", 0).is_err());
        for header in [
            "bytes=5-4",
            "bytes=0-",
            "bytes=-5",
            "0-5",
            "bytes=+0-5",
            "bytes=0-5,6-7",
        ] {
            assert_eq!(
                read_source(header, 10).unwrap_err().code,
                Code::InvalidArgument,
                "{header}"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn every_range_lies_inside(header in "bytes=[0-9]{0,21}-[0-9]{0,21}|.*", size in 0..1000_u64) {
            if let Ok(Some(range)) = read(&header, size) {
                proptest::prop_assert!(range.from < range.to && range.to <= size);
            }
            if let Ok(range) = read_source(&header, size) {
                proptest::prop_assert!(range.from < range.to && range.to <= size);
            }
        }
    }
}
