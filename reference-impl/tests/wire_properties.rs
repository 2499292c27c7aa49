//! The wire layer under arbitrary input: it never panics, and what it writes it can read.

#[cfg(test)]
mod properties {
    use std::collections::VecDeque;

    use bucketlaw_server::error::{ApiError, Code};
    use bucketlaw_server::exchange::Query;
    use bucketlaw_server::wire::checksum::{ChecksumAlgorithm, Promise};
    use bucketlaw_server::wire::chunked::Decoder;
    use bucketlaw_server::wire::payload::{Payload, Plan, Source};
    use bucketlaw_server::wire::{credential, dates, encoding, sigv4, target, xml};
    use bytes::Bytes;
    use http::{HeaderMap, HeaderValue};
    use proptest::prelude::*;

    /// Feeds a decoder piece by piece.
    fn decode(body: &[u8], cuts: &[usize]) -> Result<Vec<u8>, Code> {
        let mut decoder = Decoder::new(None, Some(ChecksumAlgorithm::Crc32));
        let mut data = Vec::new();
        let mut rest = body;
        let mut push = |piece: &[u8], data: &mut Vec<u8>| -> Result<(), Code> {
            let parts = decoder
                .push(Bytes::copy_from_slice(piece))
                .map_err(|error| error.code)?;
            parts.iter().for_each(|part| data.extend_from_slice(part));
            Ok(())
        };
        for cut in cuts {
            let (piece, left) = rest.split_at((*cut).min(rest.len()));
            push(piece, &mut data)?;
            rest = left;
        }
        push(rest, &mut data)?;
        decoder.finish().map_err(|error| error.code)?;
        Ok(data)
    }

    /// Text that looks like the framing it is meant for, so that it gets past the first check.
    fn framing() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            "[0-9a-f]{1,3}",
            Just("\r\n".to_owned()),
            Just("0\r\n".to_owned()),
            Just("5\r\nhello\r\n".to_owned()),
            Just(";chunk-signature=".to_owned()),
            Just("x-amz-checksum-crc32:NhCmhg==\r\n".to_owned()),
            ".{0,8}",
        ];
        prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
    }

    fn credential_text() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("AWS4-HMAC-SHA256 ".to_owned()),
            Just("Credential=AK/20260102/us-east-1/s3/aws4_request".to_owned()),
            Just("SignedHeaders=host;x-amz-date".to_owned()),
            Just("Signature=00".to_owned()),
            Just(",".to_owned()),
            "[ -~]{0,12}",
        ];
        prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
    }

    /// An error that a client can cause is never the server's.
    fn is_clients(error: &ApiError) -> bool {
        !error.code.status().is_server_error() || error.code == Code::NotImplemented
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn documents(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "[<>/a-c&;!\\[\\]\"= ?-]{0,60}") {
            for input in [bytes.as_slice(), text.as_bytes()] {
                if let Err(error) = xml::parse_any(input) {
                    prop_assert_eq!(error.code, Code::MalformedXML);
                }
            }
        }

        #[test]
        fn what_is_written_can_be_read(texts in prop::collection::vec("[^\u{0}-\u{8}\u{b}\u{c}\u{e}-\u{1f}\u{fffe}\u{ffff}]{0,20}", 0..5)) {
            let mut writer = xml::Writer::new("Root");
            for text in &texts {
                writer.open("Item").text("Text", text).close();
            }
            let document = writer.finish();
            let root = xml::parse(document.as_bytes(), "Root").map_err(|error| TestCaseError::fail(error.to_string()))?;
            let read: Vec<&str> = root.children("Item").filter_map(|item| item.child("Text").ok()?.map(|t| t.text.as_str())).collect();
            prop_assert_eq!(read, texts);
        }

        #[test]
        fn chunks_do_not_depend_on_how_they_arrive(body in framing(), cuts in prop::collection::vec(0usize..9, 0..20)) {
            let whole = decode(body.as_bytes(), &[]);
            prop_assert_eq!(decode(body.as_bytes(), &cuts), whole.clone());
            prop_assert_ne!(whole.err(), Some(Code::InternalError));
        }

        #[test]
        fn any_bytes_as_chunks(body in prop::collection::vec(any::<u8>(), 0..3000), cuts in prop::collection::vec(0usize..2000, 0..4)) {
            prop_assert_eq!(decode(&body, &cuts), decode(&body, &[]));
        }

        #[test]
        fn bodies_keep_their_promises(body in prop::collection::vec(any::<u8>(), 0..200), length in 0u64..200, limit in 0usize..200) {
            let source = Source::Memory(VecDeque::from([Bytes::from(body.clone())]));
            let mut payload = Payload::new(source, Plan { length: Some(length), ..Plan::default() });
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
            let fits = body.len() as u64 == length && body.len() <= limit;
            prop_assert_eq!(runtime.block_on(payload.collect(limit)).is_ok(), fits);
            prop_assert_eq!(payload.digests().is_some(), fits);
        }

        #[test]
        fn credentials(text in credential_text(), date in "[0-9TZ]{0,16}") {
            let mut headers = HeaderMap::new();
            if let (Ok(text), Ok(date)) = (HeaderValue::from_str(&text), HeaderValue::from_str(&date)) {
                headers.insert("authorization", text);
                headers.insert("x-amz-date", date);
            }
            if let Err(error) = credential::from_header(&headers) {
                prop_assert!(is_clients(&error), "{error}");
            }
        }

        #[test]
        fn presigned_queries(values in prop::collection::vec("[ -~]{0,40}", 6), good in prop::collection::vec(any::<bool>(), 6)) {
            let right = ["AWS4-HMAC-SHA256", "AK/20260102/us-east-1/s3/aws4_request", "20260102T030405Z", "60", "host", "00"];
            let names = ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Signature"];
            let pairs = (0..6).map(|at| (names[at].to_owned(), if good[at] { right[at].to_owned() } else { values[at].clone() }));
            match credential::from_query(&Query(pairs.collect())) {
                Ok(claim) => prop_assert!(claim.expires.is_some_and(|seconds| (0..=604_800).contains(&seconds))),
                Err(error) => prop_assert!(is_clients(&error), "{error}"),
            }
        }

        #[test]
        fn paths_and_queries(path in "[ -~]{0,60}", host in "[a-z.:0-9]{0,20}") {
            let _ = sigv4::signing_key(&path, &host, "r", "s");
            let _ = encoding::parse_query(&path);
            if let Some(canonical) = encoding::canonical_path(&path) {
                // Encoding is stable: a canonical path is its own canonical path.
                prop_assert_eq!(encoding::canonical_path(&canonical), Some(canonical));
            }
            match target::parse(&host, &path, &["localhost".to_owned()]) {
                Ok(found) => prop_assert!(found.key.is_none() || found.bucket.is_some()),
                Err(error) => prop_assert!(is_clients(&error), "{error}"),
            }
        }

        #[test]
        fn bytes_survive_percent_encoding(bytes in prop::collection::vec(any::<u8>(), 0..60), slash in any::<bool>()) {
            let encoded = encoding::uri_encode(&bytes, slash);
            prop_assert_eq!(encoding::percent_decode(encoded.as_bytes()), Some(bytes));
        }

        #[test]
        fn dates_of_any_form(text in "[0-9TZ:.+ A-Za-z,-]{0,40}", seconds in -3_000_000_000i64..8_000_000_000) {
            let _ = (dates::parse_iso(&text), dates::parse_amz(&text), dates::parse_http(&text), dates::parse_day(&text));
            let time = bucketlaw_server::clock::Timestamp::from_seconds(seconds);
            prop_assert_eq!(dates::parse_iso(&dates::iso_millis(time)), Some(time));
            if seconds >= 0 {
                prop_assert_eq!(dates::parse_amz(&dates::amz(time)), Some(time));
                prop_assert_eq!(dates::parse_http(&dates::http(time)), Some(time));
            }
            prop_assert!(!dates::java_pacific(time).is_empty());
        }

        #[test]
        fn integrity_headers(name in 0usize..7, value in "[ -~]{0,50}") {
            let names = ["content-md5", "x-amz-trailer", "x-amz-checksum-crc32", "x-amz-checksum-crc32c", "x-amz-checksum-crc64nvme", "x-amz-checksum-sha1", "x-amz-checksum-sha256"];
            let mut headers = HeaderMap::new();
            headers.insert(names[name], HeaderValue::from_str(&value)?);
            if let Err(error) = Promise::parse(&headers) {
                prop_assert!(is_clients(&error), "{error}");
            }
        }
    }
}
