//! Bodies in `aws-chunked` coding, as the law takes them: decoded, and no signature verified.

use crate::wire::RawRequest;

/// The request with its body decoded, and its trailers among its headers.
///
/// # Errors
/// What is wrong with the coding.
pub(super) fn decoded(mut raw: RawRequest) -> Result<RawRequest, String> {
    let coded = raw
        .header("x-amz-content-sha256")
        .is_some_and(|value| value.starts_with(b"STREAMING-"));
    if !coded {
        return Ok(raw);
    }
    let coded = std::mem::take(&mut raw.body);
    let mut rest = coded.as_slice();
    loop {
        let line = line(&mut rest)?;
        let size = line.split(';').next().unwrap_or_default();
        let size = usize::from_str_radix(size, 16).map_err(|_| format!("`{size}` is no size of a chunk"))?;
        if size == 0 {
            break;
        }
        let (chunk, after) = rest
            .split_at_checked(size)
            .ok_or_else(|| "the last chunk is cut".to_owned())?;
        raw.body.extend_from_slice(chunk);
        rest = after
            .strip_prefix(b"\r\n")
            .ok_or_else(|| "a chunk has no end".to_owned())?;
    }
    loop {
        let line = line(&mut rest)?;
        let Some((name, value)) = line.split_once(':') else {
            return Ok(raw);
        };
        raw.set_header(name, value);
    }
}

/// Takes the next line, without its end.
fn line<'a>(rest: &mut &'a [u8]) -> Result<&'a str, String> {
    let cut = || "the coding of the body is cut".to_owned();
    let end = rest.windows(2).position(|two| two == b"\r\n").ok_or_else(cut)?;
    let (line, after) = rest.split_at_checked(end).ok_or_else(cut)?;
    *rest = after.get(2..).unwrap_or_default();
    std::str::from_utf8(line).map_err(|_| "a line between the chunks is no text".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::chunked::{Chunked, Protection};

    #[test]
    fn what_is_coded_is_decoded_and_what_is_cut_is_refused() {
        for protection in [
            Protection::Signed,
            Protection::SignedTrailer,
            Protection::UnsignedTrailer,
        ] {
            let mut body = Chunked::new(protection, b"twelve bytes".to_vec());
            body.chunk_size = 5;
            if protection != Protection::Signed {
                body.trailers
                    .push(("x-amz-checksum-crc32".to_owned(), "AAAAAA==".to_owned()));
            }
            let mut request = RawRequest::new("PUT", "/b/k");
            body.prepare(&mut request);
            request.body = body.frames(None).concat();
            let cut = request.body.len() - 1;
            let whole = decoded(request.clone()).expect("the coding is right");
            assert_eq!(whole.body, b"twelve bytes");
            let trailer = whole.header("x-amz-checksum-crc32").is_some();
            assert_eq!(trailer, protection != Protection::Signed);
            request.body.truncate(cut);
            assert!(decoded(request).is_err());
        }
    }
}
