//! Bodies in `aws-chunked` coding: signed chunks, signed trailers and unsigned trailers.
//!
//! [`Chunked::prepare`] sets the headers, [`Signer::sign_headers`](super::sign::Signer::sign_headers) makes the seed signature,
//! and [`Chunked::frames`] makes the frames, one by one: a test may cut, swap, alter or drop some before it joins them.
//! [`Chunked::sign`] does all of it rightly.

use std::fmt;

use aws_lc_rs::hmac;
use data_encoding::HEXLOWER;

use super::RawRequest;
use super::checksum::sha256_hex;
use super::sign::{Signed, Signer};

/// What protects the chunks and the trailers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    /// Every chunk carries a signature (SIG-CHK-001).
    Signed,
    /// Every chunk and the trailers carry a signature (SIG-TRL-001).
    SignedTrailer,
    /// Neither does; the trailers' checksum alone protects the body (SIG-TRL-003).
    UnsignedTrailer,
}

impl Protection {
    /// The value of `x-amz-content-sha256`.
    pub fn payload_hash(self) -> &'static str {
        match self {
            Protection::Signed => "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
            Protection::SignedTrailer => "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
            Protection::UnsignedTrailer => "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        }
    }

    fn signs_chunks(self) -> bool {
        self != Protection::UnsignedTrailer
    }
}

/// A body to be sent in chunks.
#[derive(Clone, Debug)]
pub struct Chunked {
    /// What protects it.
    pub protection: Protection,
    /// The size of every chunk but the last, at least 1; S3 wants 8192 or more (SIG-CHK-004).
    pub chunk_size: usize,
    /// The decoded body.
    pub data: Vec<u8>,
    /// The trailers, e.g. `x-amz-checksum-crc32` with its value.
    pub trailers: Vec<(String, String)>,
}

impl Chunked {
    /// A body in chunks of 64 KiB without trailers.
    pub fn new(protection: Protection, data: Vec<u8>) -> Self {
        Self {
            protection,
            chunk_size: 65_536,
            data,
            trailers: Vec::new(),
        }
    }

    /// Prepares the headers, signs and sets the body: a right upload.
    pub fn sign(&self, signer: &Signer, request: &mut RawRequest) -> Signed {
        self.prepare(request);
        let signed = signer.sign_headers(request);
        request.body = self.frames(Some(&signed)).concat();
        signed
    }

    /// Sets `Content-Encoding`, `Content-Length`, `x-amz-content-sha256`, `x-amz-decoded-content-length` and `x-amz-trailer`.
    pub fn prepare(&self, request: &mut RawRequest) {
        let coding = match request.header("content-encoding") {
            Some(other) => [b"aws-chunked,", other].concat(),
            None => b"aws-chunked".to_vec(),
        };
        request.set_header("Content-Encoding", coding);
        request.set_header("x-amz-content-sha256", self.protection.payload_hash());
        request.set_header("x-amz-decoded-content-length", self.data.len().to_string());
        if !self.trailers.is_empty() {
            let names: Vec<&str> = self.trailers.iter().map(|(name, _)| name.as_str()).collect();
            request.set_header("x-amz-trailer", names.join(","));
        }
        request.set_header("Content-Length", self.encoded_len().to_string());
    }

    /// The length of the encoded body, which does not depend on the signatures.
    pub fn encoded_len(&self) -> usize {
        // A signature of no seed has the same length, so the frames themselves are the one definition of the length.
        self.frames(None).iter().map(Vec::len).sum()
    }

    /// The frames: one per chunk, the zero-size chunk, then the trailers with the last empty line.
    ///
    /// Without a seed, signatures are zeros.
    pub fn frames(&self, seed: Option<&Signed>) -> Vec<Vec<u8>> {
        let mut signatures = seed.map(ChunkSigner::new);
        let none = "0".repeat(64);
        let mut frames = Vec::new();
        for chunk in self.data.chunks(self.chunk_size.max(1)).chain([&[][..]]) {
            let signature = self.protection.signs_chunks().then(|| {
                signatures
                    .as_mut()
                    .map_or_else(|| none.clone(), |signer| signer.sign_chunk(chunk))
            });
            frames.push(frame(chunk, signature.as_deref()));
        }
        let mut last = Vec::new();
        for (name, value) in &self.trailers {
            last.extend_from_slice(format!("{name}:{value}\r\n").as_bytes());
        }
        if self.protection == Protection::SignedTrailer {
            let signature = signatures
                .as_mut()
                .map_or(none, |signer| signer.sign_trailers(&self.trailers));
            last.extend_from_slice(format!("x-amz-trailer-signature:{signature}\r\n").as_bytes());
        }
        last.extend_from_slice(b"\r\n");
        frames.push(last);
        frames
    }
}

/// One frame: `<hex size>[;chunk-signature=<signature>]\r\n<data>\r\n`, without the last line end for the zero-size chunk.
pub fn frame(data: &[u8], signature: Option<&str>) -> Vec<u8> {
    let mut out = format!("{:x}", data.len()).into_bytes();
    if let Some(signature) = signature {
        out.extend_from_slice(b";chunk-signature=");
        out.extend_from_slice(signature.as_bytes());
    }
    out.extend_from_slice(b"\r\n");
    if !data.is_empty() {
        out.extend_from_slice(data);
        out.extend_from_slice(b"\r\n");
    }
    out
}

/// Makes the chain of chunk signatures that starts with a request's seed signature.
#[derive(Clone)]
pub struct ChunkSigner {
    /// The previous signature; overwrite it to break the chain.
    pub previous: String,
    /// The request time.
    pub timestamp: String,
    /// The credential scope.
    pub scope: String,
    key: hmac::Key,
}

impl fmt::Debug for ChunkSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChunkSigner")
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

impl ChunkSigner {
    /// Starts the chain at a seed signature.
    pub fn new(seed: &Signed) -> Self {
        Self {
            previous: seed.signature.clone(),
            timestamp: seed.timestamp.clone(),
            scope: seed.scope.to_string(),
            key: seed.key.clone(),
        }
    }

    /// The signature of the next chunk (SIG-CHK-003).
    pub fn sign_chunk(&mut self, data: &[u8]) -> String {
        self.advance(
            "AWS4-HMAC-SHA256-PAYLOAD",
            &format!("{}\n{}", sha256_hex(b""), sha256_hex(data)),
        )
    }

    /// The signature of the trailers (SIG-TRL-002).
    pub fn sign_trailers(&mut self, trailers: &[(String, String)]) -> String {
        let text: String = trailers
            .iter()
            .map(|(name, value)| format!("{}:{}\n", name.to_ascii_lowercase(), value.trim()))
            .collect();
        self.advance("AWS4-HMAC-SHA256-TRAILER", &sha256_hex(text.as_bytes()))
    }

    fn advance(&mut self, algorithm: &str, hashes: &str) -> String {
        let text = format!(
            "{algorithm}\n{}\n{}\n{}\n{hashes}",
            self.timestamp, self.scope, self.previous
        );
        self.previous = HEXLOWER.encode(hmac::sign(&self.key, text.as_bytes()).as_ref());
        self.previous.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::checksum::Algorithm;
    use crate::wire::sign::Credentials;

    /// The signer of the examples in the S3 API reference.
    fn example() -> Signer {
        let credentials = Credentials {
            access_key: "AKIAIOSFODNN7EXAMPLE".into(),
            secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".into(),
            session_token: None,
        };
        Signer::new(credentials, "us-east-1", "s3", 1_369_353_600_000)
    }

    fn upload() -> RawRequest {
        RawRequest::new("PUT", "/examplebucket/chunkObject.txt")
            .with_header("Host", "s3.amazonaws.com")
            .with_header("x-amz-storage-class", "REDUCED_REDUNDANCY")
    }

    fn names(list: &str) -> Option<Vec<String>> {
        Some(list.split(';').map(str::to_owned).collect())
    }

    #[test]
    fn published_example_of_signed_chunks() {
        let chunked = Chunked::new(Protection::Signed, vec![b'a'; 66_560]);
        let mut signer = example();
        signer.signed_headers = names(
            "content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class",
        );
        let mut request = upload();
        let signed = chunked.sign(&signer, &mut request);
        assert_eq!(request.header("content-length"), Some(&b"66824"[..]));
        assert_eq!(request.body.len(), 66_824);
        assert_eq!(
            signed.signature,
            "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"
        );
        let mut chain = ChunkSigner::new(&signed);
        let expected = [
            (
                65_536,
                "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
            ),
            (
                1_024,
                "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
            ),
            (
                0,
                "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
            ),
        ];
        for (size, signature) in expected {
            assert_eq!(chain.sign_chunk(&vec![b'a'; size]), signature);
        }
        assert!(request.body.ends_with(
            b"\r\n0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n"
        ));
    }

    #[test]
    fn published_example_of_signed_trailers() {
        let mut chunked = Chunked::new(Protection::SignedTrailer, vec![b'a'; 66_560]);
        chunked.trailers = vec![("x-amz-checksum-crc32c".into(), "sOO8/Q==".into())];
        assert_eq!(Algorithm::Crc32c.value(&chunked.data), "sOO8/Q==");
        let mut signer = example();
        signer.signed_headers = names(
            "content-encoding;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class;x-amz-trailer",
        );
        let mut request = upload();
        let signed = chunked.sign(&signer, &mut request);
        assert_eq!(
            signed.signature,
            "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e"
        );
        let body = String::from_utf8(request.body).unwrap();
        for signature in [
            "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
            "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
            "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
        ] {
            assert!(body.contains(signature), "{signature}");
        }
        assert!(body.ends_with(
            "\r\nx-amz-checksum-crc32c:sOO8/Q==\r\nx-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n"
        ));
    }

    #[test]
    fn unsigned_trailers_carry_no_signature() {
        let mut chunked = Chunked::new(Protection::UnsignedTrailer, b"hello".to_vec());
        chunked.trailers = vec![("x-amz-checksum-crc32".into(), Algorithm::Crc32.value(b"hello"))];
        let mut request = upload().with_header("content-encoding", "gzip");
        chunked.prepare(&mut request);
        assert_eq!(request.header("content-encoding"), Some(&b"aws-chunked,gzip"[..]));
        assert_eq!(
            request.header("x-amz-trailer"),
            Some(&b"x-amz-checksum-crc32"[..])
        );
        assert_eq!(
            chunked.frames(None).concat(),
            b"5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n"
        );
    }
}
