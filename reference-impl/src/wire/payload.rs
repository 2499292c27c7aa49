//! A request body as an operation reads it: decoded, counted, hashed, and verified at its end.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use aws_lc_rs::digest;
use bytes::{Bytes, BytesMut};
use data_encoding::{BASE64, HEXLOWER};
use hyper::body::{Body as _, Incoming};
use md5::{Digest as _, Md5};

use crate::error::{ApiError, Code};
use crate::wire::checksum::{Checksum, ChecksumAlgorithm, Hasher, Promise};
use crate::wire::chunked::Decoder;

/// How long a client may stay silent inside a body.
const IDLE: Duration = Duration::from_secs(30);
/// How long a document may take to arrive; objects may take as long as they like.
const DOCUMENT_TIME: Duration = Duration::from_secs(60);

/// How long the rest of a refused body is read.
const DRAIN: Duration = Duration::from_secs(3);

/// Where the bytes come from.
#[derive(Debug)]
pub enum Source {
    /// The connection.
    Incoming(Incoming),
    /// Memory (tests, and requests without a body).
    Memory(VecDeque<Bytes>),
}

impl Source {
    async fn next(&mut self) -> Result<Option<Bytes>, ApiError> {
        match self {
            Self::Memory(pieces) => Ok(pieces.pop_front()),
            Self::Incoming(incoming) => loop {
                let frame = poll_fn(|context| Pin::new(&mut *incoming).poll_frame(context));
                match tokio::time::timeout(IDLE, frame).await {
                    Err(_) => return Err(Code::RequestTimeout.into()),
                    Ok(None) => return Ok(None),
                    Ok(Some(Err(_))) => return Err(Code::IncompleteBody.into()),
                    // HTTP trailers are no S3 trailers: they are skipped.
                    Ok(Some(Ok(frame))) => {
                        if let Ok(data) = frame.into_data() {
                            return Ok(Some(data));
                        }
                    }
                }
            },
        }
    }
}

/// What is known about a body once it was read to its end.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Digests {
    /// The decoded length.
    pub length: u64,
    /// The MD5, which is the ETag of a simple upload.
    pub md5: [u8; 16],
    /// The checksum that the client sent, or CRC64NVME if it sent none.
    pub checksum: Checksum,
    /// Whether the client sent the checksum.
    pub checksum_sent: bool,
    /// The checksum that the operation asked for besides, if it is another one.
    pub further: Option<Checksum>,
}

impl Digests {
    /// The MD5 in lower-case hex.
    pub fn md5_hex(&self) -> String {
        HEXLOWER.encode(&self.md5)
    }

    /// The checksum of an algorithm that was computed: the client's, or the one that the operation asked for.
    pub fn checksum_of(&self, algorithm: ChecksumAlgorithm) -> Option<&Checksum> {
        std::iter::once(&self.checksum)
            .chain(&self.further)
            .find(|checksum| checksum.algorithm == algorithm)
    }
}

/// How the body must be read.
#[derive(Debug, Default)]
pub struct Plan {
    /// The decoder, for `aws-chunked`.
    pub decoder: Option<Decoder>,
    /// The decoded length, where the head declares it.
    pub length: Option<u64>,
    /// The SHA-256 that the signature covers, in hex.
    pub sha256: Option<String>,
    /// `Content-MD5`, checksum header, announced trailer.
    pub promise: Promise,
}

/// A request body.
pub struct Payload {
    source: Source,
    plan: Plan,
    ready: VecDeque<Bytes>,
    length: u64,
    md5: Md5,
    sha256: digest::Context,
    checksum: Hasher,
    algorithm: ChecksumAlgorithm,
    further: Option<(ChecksumAlgorithm, Hasher)>,
    digest_shown: DigestForm,
    digests: Option<Digests>,
}

/// How a refusal shows the MD5 that was expected.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum DigestForm {
    /// As it was sent.
    #[default]
    Base64,
    /// In hex: of PutObject alone.
    Hex,
}

impl std::fmt::Debug for Payload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Payload")
            .field("plan", &self.plan)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

impl Payload {
    /// A body that is read from `source` as `plan` says.
    pub fn new(source: Source, plan: Plan) -> Self {
        let sent = plan.promise.checksum.as_ref().map(|checksum| checksum.algorithm);
        let algorithm = sent
            .or(plan.promise.trailer)
            .unwrap_or(ChecksumAlgorithm::Crc64Nvme);
        Self {
            source,
            plan,
            ready: VecDeque::new(),
            length: 0,
            md5: Md5::new(),
            sha256: digest::Context::new(&digest::SHA256),
            checksum: Hasher::new(algorithm),
            algorithm,
            further: None,
            digest_shown: DigestForm::default(),
            digests: None,
        }
    }

    /// Asks for a checksum besides the one that the client sent; it must be asked before the body is read.
    pub fn also_compute(&mut self, algorithm: ChecksumAlgorithm) {
        if algorithm != self.algorithm {
            self.further = Some((algorithm, Hasher::new(algorithm)));
        }
    }

    /// Says how a refusal shows the MD5 that was expected.
    pub fn show_digest_as(&mut self, form: DigestForm) {
        self.digest_shown = form;
    }

    /// A body in memory.
    pub fn in_memory(data: impl Into<Bytes>) -> Self {
        Self::new(Source::Memory(VecDeque::from([data.into()])), Plan::default())
    }

    /// The decoded length, where the head declares it.
    pub fn length(&self) -> Option<u64> {
        self.plan.length
    }

    /// Whether the request carries Content-MD5 or an `x-amz-checksum-*` value, as header or announced trailer
    /// (LOCK-INT-001).
    pub fn has_integrity(&self) -> bool {
        self.plan.promise.is_some()
    }

    /// The checksum algorithm that the client sent a value for, or announced.
    pub fn client_algorithm(&self) -> Option<ChecksumAlgorithm> {
        self.plan
            .promise
            .checksum
            .as_ref()
            .map(|checksum| checksum.algorithm)
            .or(self.plan.promise.trailer)
    }

    /// The next piece of data; `None` only after every check of the body has passed.
    ///
    /// # Errors
    /// What is wrong with the body; data given before must then be thrown away.
    pub async fn next(&mut self) -> Result<Option<Bytes>, ApiError> {
        loop {
            if let Some(piece) = self.ready.pop_front() {
                self.length += piece.len() as u64;
                // What goes beyond the declared length is only counted, for the refusal at the end.
                if self.plan.length.is_none_or(|declared| self.length <= declared) {
                    self.absorb(&piece);
                    return Ok(Some(piece));
                }
                continue;
            }
            if self.digests.is_some() {
                return Ok(None);
            }
            match self.source.next().await? {
                Some(piece) => match &mut self.plan.decoder {
                    Some(decoder) => self.ready.extend(decoder.push(piece)?),
                    None => self.ready.push_back(piece),
                },
                None => self.finish()?,
            }
        }
    }

    fn absorb(&mut self, piece: &[u8]) {
        self.md5.update(piece);
        self.checksum.update(piece);
        if let Some((_, further)) = &mut self.further {
            further.update(piece);
        }
        if self.plan.sha256.is_some() {
            self.sha256.update(piece);
        }
    }

    /// Checks, in this order: framing and length, SHA-256, MD5, checksum.
    fn finish(&mut self) -> Result<(), ApiError> {
        let trailer = match &mut self.plan.decoder {
            Some(decoder) => decoder.finish()?,
            None => None,
        };
        if let Some(declared) = self.plan.length.filter(|&declared| declared != self.length) {
            // SIG-CHK-006, SIG-CHK-010: not the text of a framing that breaks off.
            return Err(ApiError::with_message(
                Code::IncompleteBody,
                "You did not provide the number of bytes specified by the Content-Length HTTP header",
            )
            .with("NumberBytesExpected", declared.to_string())
            .with("NumberBytesProvided", self.length.to_string()));
        }
        self.check_sha256()?;
        let md5: [u8; 16] = self.md5.finalize_reset().into();
        if let Some(expected) = self.plan.promise.md5.filter(|expected| *expected != md5) {
            return Err(ApiError::new(Code::BadDigest)
                .with("CalculatedDigest", BASE64.encode(&md5))
                .with("ExpectedDigest", self.shown_digest(&expected)));
        }
        let hasher = std::mem::replace(&mut self.checksum, Hasher::new(self.algorithm));
        let computed = Checksum {
            algorithm: self.algorithm,
            value: BASE64.encode(&hasher.finish()),
        };
        let sent = self.plan.promise.checksum.iter().chain(trailer.iter());
        for expected in sent {
            if *expected != computed {
                return Err(ApiError::with_message(
                    Code::BadDigest,
                    format!(
                        "The {} you specified did not match the calculated checksum.",
                        expected.algorithm.name()
                    ),
                ));
            }
        }
        let checksum_sent = self.client_algorithm().is_some();
        self.digests = Some(Digests {
            length: self.length,
            md5,
            checksum: computed,
            checksum_sent,
            further: self.further.take().map(|(algorithm, hasher)| Checksum {
                algorithm,
                value: BASE64.encode(&hasher.finish()),
            }),
        });
        Ok(())
    }

    fn shown_digest(&self, md5: &[u8]) -> String {
        match self.digest_shown {
            DigestForm::Hex => HEXLOWER.encode(md5),
            DigestForm::Base64 => BASE64.encode(md5),
        }
    }

    /// SIG-HDR-010
    fn check_sha256(&mut self) -> Result<(), ApiError> {
        let Some(expected) = &self.plan.sha256 else {
            return Ok(());
        };
        let context = std::mem::replace(&mut self.sha256, digest::Context::new(&digest::SHA256));
        let computed = HEXLOWER.encode(context.finish().as_ref());
        if *expected == computed {
            return Ok(());
        }
        Err(ApiError::new(Code::XAmzContentSHA256Mismatch)
            .with("ClientComputedContentSHA256", expected.as_str())
            .with("S3ComputedContentSHA256", computed))
    }

    /// Reads the whole body into memory; for documents, not for objects.
    ///
    /// # Errors
    /// `MaxMessageLengthExceeded` above `limit`, else what is wrong with the body.
    pub async fn collect(&mut self, limit: usize) -> Result<Bytes, ApiError> {
        // Whoever trickles a document would otherwise hold a snapshot, and with it old pages, for ever.
        let whole = tokio::time::timeout(DOCUMENT_TIME, self.collect_slowly(limit)).await;
        whole.unwrap_or_else(|_| Err(Code::RequestTimeout.into()))
    }

    async fn collect_slowly(&mut self, limit: usize) -> Result<Bytes, ApiError> {
        let mut whole = BytesMut::new();
        while let Some(piece) = self.next().await? {
            if whole.len() + piece.len() > limit {
                return Err(ApiError::new(Code::MaxMessageLengthExceeded)
                    .with("MaxMessageLengthBytes", limit.to_string()));
            }
            whole.extend_from_slice(&piece);
        }
        Ok(whole.freeze())
    }

    /// The digests, once `next` has given `None`.
    pub fn digests(&self) -> Option<&Digests> {
        self.digests.as_ref()
    }

    /// Reads and throws away up to `limit` bytes for a few seconds, so that a refused client can read its reply.
    pub async fn drain(&mut self, limit: usize) {
        let mut seen = 0;
        let read = async {
            while seen < limit {
                match self.source.next().await {
                    Ok(Some(piece)) => seen += piece.len(),
                    Ok(None) | Err(_) => return,
                }
            }
        };
        let _ = tokio::time::timeout(DRAIN, read).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload(data: &'static [u8], plan: Plan) -> Payload {
        Payload::new(Source::Memory(VecDeque::from([Bytes::from_static(data)])), plan)
    }

    async fn code(data: &'static [u8], plan: Plan) -> Code {
        payload(data, plan).collect(100).await.unwrap_err().code
    }

    #[tokio::test]
    async fn digests_come_after_the_end() {
        let mut body = payload(b"hello", Plan::default());
        assert!(body.digests().is_none());
        assert_eq!(body.collect(5).await.unwrap(), "hello");
        let digests = body.digests().unwrap();
        assert_eq!(digests.md5_hex(), "5d41402abc4b2a76b9719d911017c592");
        assert_eq!(digests.length, 5);
        assert_eq!(digests.checksum.algorithm, ChecksumAlgorithm::Crc64Nvme);
        assert!(!digests.checksum_sent);
    }

    #[tokio::test]
    async fn every_promise_is_kept() {
        let promise = |md5, checksum| Promise {
            md5,
            checksum,
            trailer: None,
        };
        let crc = |value: &str| Checksum {
            algorithm: ChecksumAlgorithm::Crc32,
            value: value.to_owned(),
        };
        let plan = |promise| Plan {
            promise,
            ..Plan::default()
        };
        assert_eq!(
            code(
                b"hello",
                Plan {
                    length: Some(6),
                    ..Plan::default()
                }
            )
            .await,
            Code::IncompleteBody
        );
        assert_eq!(
            code(
                b"hello",
                Plan {
                    length: Some(4),
                    ..Plan::default()
                }
            )
            .await,
            Code::IncompleteBody
        );
        assert_eq!(
            code(
                b"hello",
                Plan {
                    sha256: Some("00".into()),
                    ..Plan::default()
                }
            )
            .await,
            Code::XAmzContentSHA256Mismatch
        );
        assert_eq!(
            code(b"hello", plan(promise(Some([0; 16]), None))).await,
            Code::BadDigest
        );
        assert_eq!(
            code(b"hello", plan(promise(None, Some(crc("AAAAAA=="))))).await,
            Code::BadDigest
        );
        assert!(
            payload(b"hello", plan(promise(None, Some(crc("NhCmhg==")))))
                .collect(5)
                .await
                .is_ok()
        );
        assert_eq!(
            payload(b"hello", Plan::default())
                .collect(4)
                .await
                .unwrap_err()
                .code,
            Code::MaxMessageLengthExceeded
        );
    }
}
