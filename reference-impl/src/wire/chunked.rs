//! The `aws-chunked` framing: signed and unsigned chunks, with and without trailers.

use aws_lc_rs::digest;
use bytes::{Buf, Bytes, BytesMut};
use data_encoding::HEXLOWER;

use crate::error::{ApiError, Code};
use crate::wire::checksum::{Checksum, ChecksumAlgorithm, parse_value, sha256_hex};
use crate::wire::sigv4;

/// The longest chunk header or trailer line.
const MAX_LINE: usize = 1024;

/// The smallest chunk that may be followed by another one (SIG-CHK-004).
const MIN_CHUNK: u64 = 8192;

/// What chunk signatures are computed from.
#[derive(Clone, Debug)]
pub struct ChunkSigner {
    /// The signing key of the request.
    pub key: [u8; 32],
    /// The timestamp of the request.
    pub amz_date: String,
    /// The scope of the request.
    pub scope: String,
    /// The signature before: at first the request's own.
    pub previous: String,
}

impl ChunkSigner {
    /// Checks a chunk's signature and makes it the previous one (SIG-CHK-003, SIG-CHK-005).
    fn chunk(&mut self, hash: &str, provided: &str) -> Result<(), ApiError> {
        let to_sign = format!(
            "AWS4-HMAC-SHA256-PAYLOAD\n{}\n{}\n{}\n{}\n{hash}",
            self.amz_date,
            self.scope,
            self.previous,
            sha256_hex(b"")
        );
        self.check(&to_sign, provided)
    }

    /// Checks the trailer's signature (SIG-TRL-002).
    fn trailer(&mut self, lines: &str, provided: &str) -> Result<(), ApiError> {
        let hash = sha256_hex(lines.as_bytes());
        let to_sign = format!(
            "AWS4-HMAC-SHA256-TRAILER\n{}\n{}\n{}\n{hash}",
            self.amz_date, self.scope, self.previous
        );
        self.check(&to_sign, provided)
    }

    fn check(&mut self, to_sign: &str, provided: &str) -> Result<(), ApiError> {
        let computed = HEXLOWER.encode(&sigv4::hmac_sha256(&self.key, to_sign.as_bytes()));
        if !sigv4::matches(&computed, provided) {
            return Err(Code::SignatureDoesNotMatch.into());
        }
        self.previous = computed;
        Ok(())
    }
}

#[derive(Debug)]
enum State {
    /// At a chunk header.
    Header,
    /// Inside a chunk's data.
    Data { left: u64, signature: Option<String> },
    /// At the line end after a chunk's data.
    DataEnd,
    /// After the chunk of size 0.
    Trailer,
    /// After the last line.
    End,
}

/// Decodes a body piece by piece; memory stays bounded by one line and one piece.
pub struct Decoder {
    state: State,
    buffer: BytesMut,
    signer: Option<ChunkSigner>,
    hash: digest::Context,
    announced: Option<ChecksumAlgorithm>,
    trailer: Option<Checksum>,
    trailer_lines: String,
    trailer_signed: bool,
    last_size: Option<u64>,
    chunk_number: u64,
}

impl std::fmt::Debug for Decoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decoder")
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

fn incomplete() -> ApiError {
    Code::IncompleteBody.into()
}

fn malformed_trailer() -> ApiError {
    Code::MalformedTrailerError.into()
}

impl Decoder {
    /// Starts decoding; `signer` for signed chunks, `announced` for the checksum that the trailer must carry.
    pub fn new(signer: Option<ChunkSigner>, announced: Option<ChecksumAlgorithm>) -> Self {
        Self {
            state: State::Header,
            buffer: BytesMut::new(),
            signer,
            hash: digest::Context::new(&digest::SHA256),
            announced,
            trailer: None,
            trailer_lines: String::new(),
            trailer_signed: false,
            last_size: None,
            chunk_number: 0,
        }
    }

    /// Takes a piece of the encoded body and gives the data in it.
    ///
    /// # Errors
    /// What is wrong with the framing or a signature; the data given before must then be thrown away.
    pub fn push(&mut self, mut piece: Bytes) -> Result<Vec<Bytes>, ApiError> {
        let mut out = Vec::new();
        loop {
            if let State::Data { left, .. } = &mut self.state {
                let take = usize::try_from(*left).unwrap_or(usize::MAX).min(piece.len());
                let data = piece.split_to(take);
                *left -= data.len() as u64;
                let finished = *left == 0;
                if self.signer.is_some() {
                    self.hash.update(&data);
                }
                if !data.is_empty() {
                    out.push(data);
                }
                if !finished {
                    return Ok(out);
                }
                self.end_chunk()?;
                continue;
            }
            match self.take_line(&mut piece)? {
                Some(line) => self.line(&line)?,
                None => return Ok(out),
            }
        }
    }

    /// Takes a line without its `\r\n`, or keeps what there is for the next piece.
    fn take_line(&mut self, piece: &mut Bytes) -> Result<Option<String>, ApiError> {
        if matches!(self.state, State::End) {
            return if piece.is_empty() {
                Ok(None)
            } else {
                Err(incomplete())
            };
        }
        let limit = MAX_LINE.saturating_sub(self.buffer.len());
        let end = piece.iter().take(limit).position(|&byte| byte == b'\n');
        let Some(end) = end else {
            if piece.len() >= limit {
                return Err(self.framing());
            }
            self.buffer.extend_from_slice(piece);
            piece.advance(piece.len());
            return Ok(None);
        };
        self.buffer.extend_from_slice(&piece.split_to(end + 1));
        let line = self.buffer.split();
        let text = std::str::from_utf8(&line)
            .ok()
            .and_then(|text| text.strip_suffix("\r\n"));
        text.map(|text| Some(text.to_owned()))
            .ok_or_else(|| self.framing())
    }

    /// The error for bytes that are not the framing expected here.
    fn framing(&self) -> ApiError {
        if matches!(self.state, State::Trailer) {
            malformed_trailer()
        } else {
            incomplete()
        }
    }

    fn line(&mut self, line: &str) -> Result<(), ApiError> {
        match self.state {
            State::Header => self.chunk_header(line),
            State::DataEnd if line.is_empty() => {
                self.state = State::Header;
                Ok(())
            }
            State::Trailer if line.is_empty() => self.end_trailer(),
            State::Trailer => self.trailer_line(line),
            State::DataEnd | State::Data { .. } | State::End => Err(incomplete()),
        }
    }

    /// `<hex-size>[;chunk-signature=<64 hex>]` (SIG-CHK-002, SIG-TRL-003).
    fn chunk_header(&mut self, line: &str) -> Result<(), ApiError> {
        let (size, extension) = match line.split_once(';') {
            Some((size, extension)) => (size, Some(extension)),
            None => (line, None),
        };
        let plain_hex =
            !size.is_empty() && size.len() <= 16 && size.bytes().all(|byte| byte.is_ascii_hexdigit());
        let size = u64::from_str_radix(size, 16)
            .ok()
            .filter(|_| plain_hex)
            .ok_or_else(incomplete)?;
        let signature = extension
            .and_then(|text| text.strip_prefix("chunk-signature="))
            .map(str::to_owned);
        if signature.is_some() != self.signer.is_some() || (extension.is_some() && signature.is_none()) {
            return Err(incomplete());
        }
        if let Some(last) = self.last_size.filter(|&last| size > 0 && last < MIN_CHUNK) {
            // S3 counts up to the chunk behind the small one, which shows that it was not the last.
            return Err(ApiError::new(Code::InvalidChunkSizeError)
                .with("Chunk", (self.chunk_number + 1).to_string())
                .with("BadChunkSize", last.to_string()));
        }
        self.chunk_number += 1;
        self.last_size = Some(size);
        self.state = State::Data {
            left: size,
            signature,
        };
        Ok(())
    }

    fn end_chunk(&mut self) -> Result<(), ApiError> {
        let State::Data { signature, .. } = std::mem::replace(&mut self.state, State::DataEnd) else {
            return Err(incomplete());
        };
        if let (Some(signer), Some(signature)) = (&mut self.signer, signature) {
            let hash = std::mem::replace(&mut self.hash, digest::Context::new(&digest::SHA256)).finish();
            signer.chunk(&HEXLOWER.encode(hash.as_ref()), &signature)?;
        }
        if self.last_size == Some(0) {
            self.state = State::Trailer;
        }
        Ok(())
    }

    fn trailer_line(&mut self, line: &str) -> Result<(), ApiError> {
        let (name, value) = line.split_once(':').ok_or_else(malformed_trailer)?;
        let value = value.trim();
        if self.trailer_signed {
            return Err(malformed_trailer());
        }
        if name.eq_ignore_ascii_case("x-amz-trailer-signature") {
            let signer = self.signer.as_mut().ok_or_else(malformed_trailer)?;
            signer.trailer(&self.trailer_lines, value)?;
            self.trailer_signed = true;
            return Ok(());
        }
        match ChecksumAlgorithm::from_header(name) {
            Some(algorithm) if self.announced == Some(algorithm) && self.trailer.is_none() => {
                let checksum = parse_value(algorithm, value.as_bytes()).map_err(|_| {
                    let message = format!("Value for {} trailing header is invalid.", algorithm.header());
                    ApiError::with_message(Code::InvalidRequest, message)
                })?;
                self.trailer = Some(checksum);
                self.trailer_lines
                    .push_str(&format!("{}:{value}\n", name.to_ascii_lowercase()));
                Ok(())
            }
            _ => Err(malformed_trailer()),
        }
    }

    fn end_trailer(&mut self) -> Result<(), ApiError> {
        self.check_trailer()?;
        self.state = State::End;
        Ok(())
    }

    /// SIG-TRL-004: what was announced must have come, and must be signed if the chunks are.
    fn check_trailer(&self) -> Result<(), ApiError> {
        let missing = self.announced.is_some() && self.trailer.is_none();
        let unsigned = self.announced.is_some() && self.signer.is_some() && !self.trailer_signed;
        if missing || unsigned {
            Err(malformed_trailer())
        } else {
            Ok(())
        }
    }

    /// Ends the body: everything must have come; gives the trailer's checksum.
    ///
    /// # Errors
    /// `IncompleteBody` or `MalformedTrailerError`.
    pub fn finish(&mut self) -> Result<Option<Checksum>, ApiError> {
        match self.state {
            State::End => Ok(self.trailer.take()),
            State::Trailer => Err(if self.check_trailer().is_err() {
                malformed_trailer()
            } else {
                incomplete()
            }),
            _ => Err(incomplete()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(
        decoder: &mut Decoder,
        body: &[u8],
        step: usize,
    ) -> Result<(Vec<u8>, Option<Checksum>), ApiError> {
        let mut data = Vec::new();
        for piece in body.chunks(step.max(1)) {
            for part in decoder.push(Bytes::copy_from_slice(piece))? {
                data.extend_from_slice(&part);
            }
        }
        let trailer = decoder.finish()?;
        Ok((data, trailer))
    }

    fn unsigned(
        body: &[u8],
        announced: Option<ChecksumAlgorithm>,
    ) -> Result<(Vec<u8>, Option<Checksum>), ApiError> {
        let whole = decode(&mut Decoder::new(None, announced), body, body.len());
        for step in [1, 2, 7] {
            assert_eq!(decode(&mut Decoder::new(None, announced), body, step), whole);
        }
        whole
    }

    #[test]
    fn unsigned_chunks_with_a_trailer() {
        let body = b"5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n";
        let (data, trailer) = unsigned(body, Some(ChecksumAlgorithm::Crc32)).unwrap();
        assert_eq!(data, b"hello");
        assert_eq!(trailer.unwrap().value, "NhCmhg==");
    }

    #[test]
    fn faults_have_their_codes() {
        let crc = Some(ChecksumAlgorithm::Crc32);
        let code = |body: &[u8], announced| unsigned(body, announced).unwrap_err().code;
        assert_eq!(code(b"5\r\nhel", None), Code::IncompleteBody);
        assert_eq!(code(b"5\r\nhello\r\n", None), Code::IncompleteBody);
        assert_eq!(code(b"5\r\nhello!\r\n0\r\n\r\n", None), Code::IncompleteBody);
        assert_eq!(code(b"zz\r\n", None), Code::IncompleteBody);
        assert_eq!(code(b"+5\r\nhello\r\n0\r\n\r\n", None), Code::IncompleteBody);
        assert_eq!(code(b"0\r\n\r\nmore", None), Code::IncompleteBody);
        assert_eq!(
            code(b"5\r\nhello\r\n5\r\nhello\r\n0\r\n\r\n", None),
            Code::InvalidChunkSizeError
        );
        assert_eq!(code(b"0\r\n\r\n", crc), Code::MalformedTrailerError);
        assert_eq!(code(b"0\r\n", crc), Code::MalformedTrailerError);
        assert_eq!(
            code(b"0\r\nx-amz-checksum-sha1:AA==\r\n\r\n", crc),
            Code::MalformedTrailerError
        );
        assert_eq!(
            code(b"0\r\nx-amz-checksum-crc32 AA==\r\n\r\n", crc),
            Code::MalformedTrailerError
        );
        assert_eq!(
            code(b"0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n", None),
            Code::MalformedTrailerError
        );
        assert_eq!(code(&[b'1'; 5000], None), Code::IncompleteBody);
    }

    /// AWS's published example of signed chunks: 65536 and 1024 bytes of `a`.
    #[test]
    fn the_published_chunk_vector() {
        let key = sigv4::signing_key(
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "20130524",
            "us-east-1",
            "s3",
        );
        let signer = ChunkSigner {
            key,
            amz_date: "20130524T000000Z".to_owned(),
            scope: "20130524/us-east-1/s3/aws4_request".to_owned(),
            previous: "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9".to_owned(),
        };
        let mut body = Vec::new();
        let a = "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648";
        let b = "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497";
        let c = "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9";
        for (size, signature) in [(65536, a), (1024, b), (0, c)] {
            body.extend_from_slice(format!("{size:x};chunk-signature={signature}\r\n").as_bytes());
            body.extend(std::iter::repeat_n(b'a', size));
            body.extend_from_slice(b"\r\n");
        }
        for step in [1000, body.len()] {
            let (data, _) = decode(&mut Decoder::new(Some(signer.clone()), None), &body, step).unwrap();
            assert_eq!(data.len(), 66560);
        }
        let at = body.len() / 2;
        body[at] = b'b';
        let error = decode(&mut Decoder::new(Some(signer), None), &body, 1000).unwrap_err();
        assert_eq!(error.code, Code::SignatureDoesNotMatch);
    }
}
