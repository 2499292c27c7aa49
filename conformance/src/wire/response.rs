//! Reads one HTTP/1.x response from bytes as they arrive, within bounds.

use std::io::{self, ErrorKind};

use super::{FailureKind, Headers, RawResponse};

/// The largest head that is read, trailers included.
const MAX_HEAD: usize = 64 * 1024;

/// The largest number of headers that is read.
const MAX_HEADERS: usize = 200;

/// Where bytes come from: a connection with a deadline, or a slice in tests.
pub(super) trait Source {
    /// The bytes that were read and not yet consumed.
    fn buffer(&mut self) -> &mut Vec<u8>;
    /// Appends more bytes to the buffer; zero at the end of the stream.
    fn fill(&mut self) -> io::Result<usize>;
}

/// Why no response could be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ReadError {
    pub(super) kind: FailureKind,
    pub(super) status: Option<u16>,
    pub(super) detail: String,
}

impl ReadError {
    fn bad(detail: impl Into<String>) -> Self {
        Self {
            kind: FailureKind::BadResponse,
            status: None,
            detail: detail.into(),
        }
    }

    fn with_status(self, status: u16) -> Self {
        Self {
            status: Some(status),
            ..self
        }
    }
}

impl From<io::Error> for ReadError {
    fn from(error: io::Error) -> Self {
        let kind = match error.kind() {
            ErrorKind::TimedOut => FailureKind::Timeout,
            // What rustls says about records that are no TLS.
            ErrorKind::InvalidData => FailureKind::BadResponse,
            _ => FailureKind::CutConnection,
        };
        Self {
            kind,
            status: None,
            detail: format!("while the response was read: {error}"),
        }
    }
}

/// The head of a response, and what it says about the connection.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) status: u16,
    reason: String,
    headers: Headers,
    keeps_alive: bool,
}

/// How the end of a body is known.
enum Framing {
    Empty,
    Length(u64),
    Chunked,
    Close,
}

/// Reads the next head, interim (1xx) ones included.
pub(super) fn read_head(source: &mut impl Source) -> Result<Head, ReadError> {
    loop {
        if !source.buffer().is_empty()
            && let Some((head, length)) = parse_head(source.buffer())?
        {
            source.buffer().drain(..length);
            return Ok(head);
        }
        if source.buffer().len() > MAX_HEAD {
            return Err(ReadError::bad("the head of the response is too large"));
        }
        if source.fill()? == 0 {
            let detail = match source.buffer().len() {
                0 => "closed before a response".to_owned(),
                bytes => format!("closed {bytes} bytes into the head of the response"),
            };
            return Err(ReadError {
                kind: FailureKind::CutConnection,
                status: None,
                detail,
            });
        }
    }
}

fn parse_head(bytes: &[u8]) -> Result<Option<(Head, usize)>, ReadError> {
    let mut slots = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut response = httparse::Response::new(&mut slots);
    let length = match response.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(error) => return Err(ReadError::bad(format!("the head of the response: {error}"))),
    };
    let headers: Headers = response
        .headers
        .iter()
        .map(|header| (header.name.to_owned(), header.value.to_vec()))
        .collect();
    let keeps_alive = response.version == Some(1) && !list_has(&headers, "connection", "close");
    let head = Head {
        status: response.code.unwrap_or_default(),
        reason: response.reason.unwrap_or_default().to_owned(),
        headers,
        keeps_alive,
    };
    Ok(Some((head, length)))
}

/// Reads the final response that begins with `head`; returns it and whether the connection can be used again.
pub(super) fn read_body(
    source: &mut impl Source,
    head: Head,
    to_head_request: bool,
    limit: usize,
) -> Result<(RawResponse, bool), ReadError> {
    let status = head.status;
    let body = framing(&head, to_head_request).and_then(|framing| match framing {
        Framing::Empty => Ok((Vec::new(), true)),
        Framing::Length(length) => read_length(source, length, limit).map(|body| (body, true)),
        Framing::Chunked => read_chunked(source, limit).map(|body| (body, true)),
        Framing::Close => read_to_end(source, limit).map(|body| (body, false)),
    });
    let (body, framed) = body.map_err(|error| error.with_status(status))?;
    let reusable = framed && head.keeps_alive && source.buffer().is_empty();
    let Head {
        status,
        reason,
        headers,
        ..
    } = head;
    Ok((
        RawResponse {
            status,
            reason,
            headers,
            body,
        },
        reusable,
    ))
}

/// RFC 9112, section 6.3.
fn framing(head: &Head, to_head_request: bool) -> Result<Framing, ReadError> {
    if to_head_request || matches!(head.status, 100..=199 | 204 | 304) {
        return Ok(Framing::Empty);
    }
    if head
        .headers
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case("transfer-encoding"))
    {
        let chunked = list_has(&head.headers, "transfer-encoding", "chunked");
        return Ok(if chunked { Framing::Chunked } else { Framing::Close });
    }
    let mut length = None;
    for (_, value) in head
        .headers
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case("content-length"))
    {
        let this = std::str::from_utf8(value)
            .ok()
            .filter(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))
            .and_then(|text| text.parse::<u64>().ok())
            .ok_or_else(|| ReadError::bad("Content-Length is no number"))?;
        if length.replace(this).is_some_and(|other| other != this) {
            return Err(ReadError::bad("two Content-Length headers that differ"));
        }
    }
    Ok(length.map_or(Framing::Close, Framing::Length))
}

fn list_has(headers: &Headers, name: &str, token: &str) -> bool {
    headers
        .iter()
        .filter(|(n, _)| n.eq_ignore_ascii_case(name))
        .any(|(_, value)| {
            value
                .split(|byte| *byte == b',')
                .any(|part| part.trim_ascii().eq_ignore_ascii_case(token.as_bytes()))
        })
}

fn too_large(limit: usize) -> ReadError {
    ReadError::bad(format!("the body of the response is larger than {limit} bytes"))
}

fn cut(what: &str) -> ReadError {
    ReadError {
        kind: FailureKind::CutConnection,
        status: None,
        detail: format!("closed {what}"),
    }
}

fn read_length(source: &mut impl Source, length: u64, limit: usize) -> Result<Vec<u8>, ReadError> {
    let length = usize::try_from(length)
        .ok()
        .filter(|length| *length <= limit)
        .ok_or_else(|| too_large(limit))?;
    while source.buffer().len() < length {
        if source.fill()? == 0 {
            return Err(cut("inside the body of the response"));
        }
    }
    Ok(take(source.buffer(), length))
}

fn read_to_end(source: &mut impl Source, limit: usize) -> Result<Vec<u8>, ReadError> {
    loop {
        if source.buffer().len() > limit {
            return Err(too_large(limit));
        }
        if source.fill()? == 0 {
            return Ok(std::mem::take(source.buffer()));
        }
    }
}

fn read_chunked(source: &mut impl Source, limit: usize) -> Result<Vec<u8>, ReadError> {
    let mut body = Vec::new();
    loop {
        let size = read_chunk_size(source)?;
        if size == 0 {
            skip_trailers(source)?;
            return Ok(body);
        }
        let left = limit.saturating_sub(body.len());
        let size = usize::try_from(size)
            .ok()
            .filter(|size| *size <= left)
            .ok_or_else(|| too_large(limit))?;
        while source.buffer().len() < size.saturating_add(2) {
            if source.fill()? == 0 {
                return Err(cut("inside a chunk of the response"));
            }
        }
        body.append(&mut take(source.buffer(), size));
        if take(source.buffer(), 2) != b"\r\n" {
            return Err(ReadError::bad("a chunk of the response is longer than its size"));
        }
    }
}

fn read_chunk_size(source: &mut impl Source) -> Result<u64, ReadError> {
    loop {
        match httparse::parse_chunk_size(source.buffer()) {
            Ok(httparse::Status::Complete((used, size))) => {
                source.buffer().drain(..used);
                return Ok(size);
            }
            Ok(httparse::Status::Partial) if source.buffer().len() > MAX_HEAD => {
                return Err(ReadError::bad("a chunk extension of the response is too large"));
            }
            Ok(httparse::Status::Partial) => {}
            Err(_) => return Err(ReadError::bad("a chunk size of the response is no number")),
        }
        if source.fill()? == 0 {
            return Err(cut("before a chunk of the response"));
        }
    }
}

/// Skips the trailers: S3 answers with none, and no clause speaks of them.
fn skip_trailers(source: &mut impl Source) -> Result<(), ReadError> {
    let mut skipped = 0;
    loop {
        let buffer = source.buffer();
        if let Some(end) = buffer.iter().position(|byte| *byte == b'\n') {
            let line = take(buffer, end + 1);
            if line.trim_ascii_end().is_empty() {
                return Ok(());
            }
            skipped += line.len();
        } else if source.fill()? == 0 {
            return Err(cut("inside the trailers of the response"));
        }
        if skipped + source.buffer().len().min(MAX_HEAD + 1) > MAX_HEAD * 2 {
            return Err(ReadError::bad("the trailers of the response are too large"));
        }
    }
}

/// Removes and returns the first `length` bytes, or all if there are fewer.
fn take(buffer: &mut Vec<u8>, length: usize) -> Vec<u8> {
    let rest = buffer.split_off(length.min(buffer.len()));
    std::mem::replace(buffer, rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Gives bytes in pieces of a fixed size.
    struct Pieces<'a> {
        rest: &'a [u8],
        size: usize,
        buffer: Vec<u8>,
    }

    impl Source for Pieces<'_> {
        fn buffer(&mut self) -> &mut Vec<u8> {
            &mut self.buffer
        }

        fn fill(&mut self) -> io::Result<usize> {
            let (now, rest) = self.rest.split_at(self.size.min(self.rest.len()));
            self.buffer.extend_from_slice(now);
            self.rest = rest;
            Ok(now.len())
        }
    }

    fn read(bytes: &[u8], size: usize, head_request: bool) -> Result<(RawResponse, bool), ReadError> {
        let mut source = Pieces {
            rest: bytes,
            size,
            buffer: Vec::new(),
        };
        loop {
            let head = read_head(&mut source)?;
            if head.status >= 200 {
                return read_body(&mut source, head, head_request, 1000);
            }
        }
    }

    #[test]
    fn every_framing_in_pieces_of_every_size() {
        for size in 1..80 {
            let (response, reusable) =
                read(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nETag: \"a\"\r\nContent-Length: 3\r\n\r\nabc", size, false)
                    .unwrap();
            assert_eq!(
                (response.status, response.body.as_slice(), reusable),
                (200, &b"abc"[..], true)
            );
            assert_eq!(response.text_header("etag"), Some("\"a\""));
            let (response, reusable) = read(
                b"HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\na: b\r\n\r\n",
                size,
                false,
            )
            .unwrap();
            assert_eq!(
                (response.body.as_slice(), reusable),
                (&b"abc0123456789"[..], true)
            );
            let (response, reusable) = read(b"HTTP/1.1 200 OK\r\n\r\nto the end", size, false).unwrap();
            assert_eq!((response.body.as_slice(), reusable), (&b"to the end"[..], false));
        }
    }

    #[test]
    fn heads_without_bodies() {
        let (response, reusable) = read(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", 999, true).unwrap();
        assert_eq!((response.body.len(), reusable), (0, true));
        let (_, reusable) = read(
            b"HTTP/1.1 204 No Content\r\nConnection: x, Close\r\n\r\n",
            999,
            false,
        )
        .unwrap();
        assert!(!reusable);
        let (_, reusable) = read(b"HTTP/1.1 204 No Content\r\n\r\nforbidden body", 999, false).unwrap();
        assert!(
            !reusable,
            "bytes that answer no request end the use of a connection"
        );
        let (_, reusable) = read(b"HTTP/1.0 204 No Content\r\n\r\n", 999, false).unwrap();
        assert!(!reusable);
    }

    #[test]
    fn failures_say_what_is_known() {
        let fail = |bytes: &[u8]| {
            read(bytes, 7, false)
                .map_err(|error| (error.kind, error.status))
                .unwrap_err()
        };
        use FailureKind::{BadResponse, CutConnection};
        assert_eq!(fail(b""), (CutConnection, None));
        assert_eq!(fail(b"HTTP/1.1 200 OK\r\n"), (CutConnection, None));
        assert_eq!(fail(b"SSH-2.0\r\n\r\n"), (BadResponse, None));
        assert_eq!(
            fail(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"),
            (CutConnection, Some(200))
        );
        assert_eq!(
            fail(b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n"),
            (BadResponse, Some(200))
        );
        assert_eq!(
            fail(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"),
            (BadResponse, Some(200))
        );
        let twice = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab";
        assert_eq!(fail(twice), (BadResponse, Some(200)));
        let chunked = |rest: &str| {
            fail(format!("HTTP/1.1 503 Slow Down\r\nTransfer-Encoding: chunked\r\n\r\n{rest}").as_bytes())
        };
        assert_eq!(chunked("x\r\n"), (BadResponse, Some(503)));
        assert_eq!(chunked("1\r\nabc\r\n"), (BadResponse, Some(503)));
        assert_eq!(chunked("ffffffffffffffff\r\n"), (BadResponse, Some(503)));
        assert_eq!(chunked("3\r\nab"), (CutConnection, Some(503)));
        assert_eq!(chunked("0\r\n"), (CutConnection, Some(503)));
    }

    proptest! {
        #[test]
        fn never_panics(bytes: Vec<u8>, size in 1_usize..50, head: bool) {
            let _ = read(&bytes, size, head);
        }

        #[test]
        fn never_panics_on_near_http(
            text in "HTTP/1.[01] [0-9]{3} ?[a-z]{0,3}\r\n((content-length: ?[0-9]{0,25}|transfer-encoding: ?(chunked|gzip)|connection: close|[a-z]:[a-z]?)\r\n){0,4}\r\n([0-9a-f]{1,3}\r\n[a-z]{0,9}\r\n|[ -~\r\n]){0,30}",
            size in 1_usize..50,
        ) {
            let whole = read(text.as_bytes(), text.len(), false);
            // The pieces in which bytes arrive never matter.
            let pieces = read(text.as_bytes(), size, false);
            prop_assert_eq!(whole.map(|(r, _)| r).map_err(|e| e.kind), pieces.map(|(r, _)| r).map_err(|e| e.kind));
        }
    }
}
