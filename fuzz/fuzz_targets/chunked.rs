//! `aws-chunked` bodies: a byte for the kind of framing, one for the length of the pieces in which it comes, the body.
#![no_main]

#[allow(dead_code, unused_imports)] // each target uses a part
#[path = "../shared/server.rs"]
mod server;

use bucketlaw_server::wire::checksum::ChecksumAlgorithm;
use bucketlaw_server::wire::chunked::Decoder;
use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use server::{Call, ChunkSignatures, at_a_server, check, signed};

const MODES: [&str; 3] = [
    "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
];
const DATA: &str = "hello";

/// What the decoder makes of a body in pieces: its data, or the code of what is wrong.
fn decoded(body: &[u8], piece: usize) -> Result<Vec<u8>, String> {
    let mut decoder = Decoder::new(None, Some(ChecksumAlgorithm::Crc32));
    let mut data = Vec::new();
    for piece in body.chunks(piece.max(1)) {
        let parts = decoder.push(Bytes::copy_from_slice(piece));
        data.extend(parts.map_err(|error| error.to_string())?.concat());
    }
    decoder.finish().map_err(|error| error.to_string())?;
    Ok(data)
}

/// Puts signatures where the body says `SIGNATURE`, those of chunks that hold what they should.
fn with_signatures(call: &Call, body: &[u8]) -> Vec<u8> {
    let Some(mut signatures) = ChunkSignatures::of(call) else {
        return body.to_vec();
    };
    let mut all = vec![signatures.chunk(DATA.as_bytes()), signatures.chunk(b"")];
    all.push(signatures.trailer("x-amz-checksum-crc32:NhCmhg==\n"));
    let mut all = all.into_iter();
    let mut out = Vec::new();
    let mut rest = body;
    while let Some(at) = rest.windows(9).position(|window| window == b"SIGNATURE") {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(all.next().unwrap_or_default().as_bytes());
        rest = &rest[at + 9..];
    }
    out.extend_from_slice(rest);
    out
}

fuzz_target!(|input: (u8, u8, &[u8])| {
    let (mode, piece, body) = input;
    let piece = usize::from(piece).max(1);
    assert_eq!(decoded(body, piece), decoded(body, usize::MAX), "pieces matter");
    at_a_server(|world| {
        let mode = MODES[usize::from(mode) % MODES.len()];
        let mut call = Call::new("PUT", "/plain/chunked")
            .header("x-amz-content-sha256", mode)
            .header("content-length", "1000")
            .header("x-amz-decoded-content-length", DATA.len().to_string());
        if mode.ends_with("TRAILER") {
            call = call.header("x-amz-trailer", "x-amz-checksum-crc32");
        }
        let Some(mut call) = signed(call) else { return };
        let signs = mode != MODES[0];
        let body = if signs {
            with_signatures(&call, body)
        } else {
            body.to_vec()
        };
        call.body = body.chunks(piece).map(<[u8]>::to_vec).collect();
        let taken = check(world, &call).is_some_and(|answer| answer.status == 200);
        if taken && signs {
            let stored = world.made(Call::new("GET", "/plain/chunked"));
            assert_eq!(stored.text(), DATA, "data that was not signed was stored");
        }
    });
});
