//! `aws-chunked` bodies, signed and unsigned, with trailers: changed, and in any pieces.

use proptest::prelude::*;
use proptest::sample::Index;

use super::edits::{edited, edits};
use super::for_all;
use super::world::{Call, ChunkSignatures, OWNER, Proof, World};

const DATA: &str = "hello, framing";
/// The CRC32 of `DATA`.
const TRAILER: &str = "x-amz-checksum-crc32:";

/// The three kinds of framing.
const MODES: [&str; 3] = [
    "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
];

const PIECES: [&str; 22] = [
    "\r\n",
    "\n",
    "\r",
    "0\r\n\r\n",
    "0\r\n",
    "e\r\n",
    "00000000000000000",
    "ffffffffffffffff",
    "FFFFFFFFFFFFFFFFF",
    "-1",
    "+5",
    " ",
    ";",
    ";chunk-signature=",
    "chunk-signature",
    "x-amz-checksum-crc32:",
    "x-amz-checksum-crc32:AAAAAA==\r\n",
    "x-amz-trailer-signature:",
    ":",
    "x-amz-checksum-sha256:",
    "\0",
    "5\r\nhello\r\n",
];

/// An upload that is right in every way.
fn upload(mode: &str) -> Call {
    let trailer = mode.ends_with("TRAILER");
    let mut call = Call::new("PUT", "/plain/chunked")
        .header("x-amz-content-sha256", mode)
        .header("content-encoding", "aws-chunked")
        .header("x-amz-decoded-content-length", DATA.len().to_string());
    if trailer {
        call = call.header("x-amz-trailer", "x-amz-checksum-crc32");
    }
    // The declared length only has to be a number here: framing says where the body ends.
    let call = call
        .header("content-length", "300")
        .signed(OWNER, Proof::Header)
        .unwrap();
    let body = body(&call, mode, trailer);
    call.body(body)
}

fn body(call: &Call, mode: &str, trailer: bool) -> String {
    let mut signatures = (mode != MODES[0]).then(|| ChunkSignatures::of(call).unwrap());
    let mut body = String::new();
    for chunk in [DATA, ""] {
        let extension = signatures
            .as_mut()
            .map(|signatures| format!(";chunk-signature={}", signatures.chunk(chunk.as_bytes())));
        body += &format!("{:x}{}\r\n{chunk}", chunk.len(), extension.unwrap_or_default());
        if !chunk.is_empty() {
            body += "\r\n";
        }
    }
    if trailer {
        let crc = data_encoding::BASE64.encode(&crc32(DATA.as_bytes()).to_be_bytes());
        body += &format!("{TRAILER}{crc}\r\n");
        if let Some(signatures) = &mut signatures {
            let signature = signatures.trailer(&format!("{TRAILER}{crc}\n"));
            body += &format!("x-amz-trailer-signature:{signature}\r\n");
        }
    }
    body + "\r\n"
}

/// CRC-32 bit by bit, so that no mistake of the server's library cancels.
fn crc32(data: &[u8]) -> u32 {
    !data.iter().fold(!0, |sum: u32, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            (sum >> 1) ^ if sum & 1 == 1 { 0xEDB8_8320 } else { 0 }
        })
    })
}

/// The body in pieces.
fn split(body: &[u8], cuts: &[Index]) -> Vec<Vec<u8>> {
    let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(body.len() + 1)).collect();
    places.extend([0, body.len()]);
    places.sort_unstable();
    places
        .windows(2)
        .map(|pair| body[pair[0]..pair[1]].to_vec())
        .collect()
}

fn stored(world: &World) -> String {
    world.made(Call::new("GET", "/plain/chunked")).text()
}

#[test]
fn right_uploads_are_taken_in_any_pieces() {
    let world = World::start("pieces");
    let case = (
        prop::sample::select(&MODES[..]),
        prop::collection::vec(any::<Index>(), 0..20),
    );
    for_all(500, &case, |(mode, cuts)| {
        let mut call = upload(mode);
        call.body = split(&call.body.concat(), &cuts);
        let answer = world.check(&call)?.ok_or("it can be sent")?;
        if answer.status == 200 && stored(&world) == DATA {
            Ok(())
        } else {
            Err(format!("{} {}", answer.status, answer.text()))
        }
    });
}

#[test]
fn changed_uploads_are_refused_or_mean_the_same() {
    let world = World::start("framing");
    world.made(Call::new("PUT", "/plain/chunked").body(DATA));
    let case = (
        prop::sample::select(&MODES[..]),
        edits(&PIECES, 1..4),
        prop::collection::vec(any::<Index>(), 0..4),
    );
    for_all(12_000, &case, |(mode, edits, cuts)| {
        let mut call = upload(mode);
        call.body = split(&edited(call.body.concat(), &edits), &cuts);
        world.check(&call)?;
        if stored(&world) == DATA {
            Ok(())
        } else {
            Err(format!("other data was stored: {call:?}"))
        }
    });
}

#[test]
fn changed_heads_of_uploads() {
    let world = World::start("framing-heads");
    const NAMES: [&str; 7] = [
        "x-amz-content-sha256",
        "x-amz-decoded-content-length",
        "x-amz-trailer",
        "content-encoding",
        "x-amz-checksum-crc32",
        "transfer-encoding",
        "content-length",
    ];
    let values = [
        "",
        "0",
        "13",
        "15",
        "-1",
        "18446744073709551616",
        "x-amz-checksum-sha256",
        "x-amz-checksum-crc32,x-amz-checksum-sha1",
        "chunked",
        MODES[0],
        MODES[1],
        MODES[2],
        "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD",
        "UNSIGNED-PAYLOAD",
        "gzip",
        "AAAAAA==",
    ];
    let change = (
        prop::sample::select(&NAMES[..]),
        prop::sample::select(values.to_vec()),
        any::<bool>(),
    );
    let case = (
        prop::sample::select(&MODES[..]),
        prop::collection::vec(change, 1..3),
    );
    for_all(2000, &case, |(mode, changes)| {
        let mut call = upload(mode);
        call.headers.retain(|(name, _)| name != "authorization");
        for (name, value, added) in changes {
            if !added {
                call.headers.retain(|(n, _)| n != name);
            }
            call = call.header(name, value);
        }
        let call = call.signed(OWNER, Proof::Header).ok_or("can't be signed")?;
        world.check(&call).map(|_| ())
    });
}
