//! Errors of bodies: their framing, length and size, and of heads that are too long or name nothing.

use super::case::{World, check};
use crate::client::{Call, OWNER, encode};

const UNSIGNED: &str = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
const NO_LENGTH: &str = "You must provide the Content-Length HTTP header.";

fn chunked(length: &str, body: &str) -> Call {
    Call::new("PUT", "/bkt/new")
        .header("x-amz-content-sha256", UNSIGNED)
        .header("content-encoding", "aws-chunked")
        .header("x-amz-decoded-content-length", length)
        .body(body)
}

#[test]
fn lengths_of_chunked_bodies() {
    let world = World::new();
    let hello = "5\r\nhello\r\n0\r\n\r\n";
    for length in ["3", "0", "7"] {
        world.refuses(
            chunked(length, hello),
            "400 IncompleteBody",
            "You did not provide the number of bytes specified by the Content-Length HTTP header",
            &[("NumberBytesExpected", length), ("NumberBytesProvided", "5")],
        );
    }
    for broken in [
        "5\r\nhel",
        "x\r\n",
        "5\r\nhello\r\n",
        "5;a=b\r\nhello\r\n0\r\n\r\n",
        "",
    ] {
        world.refuses(
            chunked("5", broken),
            "400 IncompleteBody",
            "The request body terminated unexpectedly",
            &[],
        );
    }
    for length in ["x", "-1", ""] {
        world.refuses(chunked(length, hello), "411 MissingContentLength", NO_LENGTH, &[]);
    }
    let mut none = chunked("5", hello);
    none.headers
        .retain(|(name, _)| name != "x-amz-decoded-content-length");
    world.refuses(none, "411 MissingContentLength", NO_LENGTH, &[]);
    assert_eq!(world.ask(Call::new("GET", "/bkt/new")).status, 404);
}

#[test]
fn small_chunks_and_trailers() {
    let world = World::new();
    let small = "Only the last chunk is allowed to have a size less than 8192 bytes";
    world.refuses(
        chunked("5", "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"),
        "403 InvalidChunkSizeError",
        small,
        &[("Chunk", "2"), ("BadChunkSize", "3")],
    );
    let big = "x".repeat(8192);
    let third = format!("2000\r\n{big}\r\n1\r\nx\r\n1\r\nx\r\n0\r\n\r\n");
    world.refuses(
        chunked("8194", &third),
        "403 InvalidChunkSizeError",
        small,
        &[("Chunk", "3"), ("BadChunkSize", "1")],
    );
    let malformed = "The request contained trailing data that was not well-formed or did not conform to our published \
                     schema.";
    let trailing = |trailer: &str| {
        chunked("5", &format!("5\r\nhello\r\n0\r\n{trailer}\r\n"))
            .header("x-amz-trailer", "x-amz-checksum-crc32")
    };
    for trailer in [
        "",
        "x-amz-checksum-crc32\r\n",
        "x-amz-checksum-sha1:x\r\n",
        "a:b\r\n",
    ] {
        world.refuses(trailing(trailer), "400 MalformedTrailerError", malformed, &[]);
    }
    world.refuses(
        trailing("x-amz-checksum-crc32:dummy\r\n"),
        "400 InvalidRequest",
        "Value for x-amz-checksum-crc32 trailing header is invalid.",
        &[],
    );
    world.refuses(
        trailing("x-amz-checksum-crc32:AAAAAA==\r\n"),
        "400 BadDigest",
        "The CRC32 you specified did not match the calculated checksum.",
        &[],
    );
    world.refuses(
        chunked("5", "5\r\nhello\r\n0\r\n\r\n").header("x-amz-trailer", "x-amz-meta-a"),
        "400 InvalidRequest",
        "The value specified in the x-amz-trailer header is not supported",
        &[],
    );
    world.refuses(
        chunked("5", "").at("/bkt?tagging"),
        "400 InvalidRequest",
        "The value of x-amz-content-sha256 header is invalid.",
        &[],
    );
}

#[test]
fn sizes() {
    let world = World::new();
    let host = world.server.address.to_string();
    let signed = world.server.signed(OWNER, Call::new("PUT", "/bkt/new"));
    let head = String::from_utf8(encode(&signed, &host)).unwrap();
    let without = head.replace("content-length: 0\r\n", "");
    assert_ne!(head, without);
    check(
        "an upload without length",
        &world.server.raw(without.as_bytes()),
        "411 MissingContentLength",
        NO_LENGTH,
        &[],
    );
    world.refuses(
        chunked("5368709121", ""),
        "400 EntityTooLarge",
        "Your proposed upload exceeds the maximum allowed size",
        &[("ProposedSize", "5368709121"), ("MaxSizeAllowed", "5368709120")],
    );
    world.refuses(
        Call::new("PUT", "/bkt/k?tagging").document(&" ".repeat(64 * 1024 + 1)),
        "400 MaxMessageLengthExceeded",
        "Your request was too big.",
        &[("MaxMessageLengthBytes", "65536")],
    );
    world.refuses(
        Call::new("GET", "/bkt/k").header("x-long", &"x".repeat(8192)),
        "400 RequestHeaderSectionTooLarge",
        "Your request header section exceeds the maximum allowed size.",
        &[("MaxSizeAllowed", "8192")],
    );
}

#[test]
fn targets() {
    let world = World::new();
    for target in ["/bkt/%zz", "/bkt/%FF", "/bkt/%00"] {
        check(
            target,
            &world.server.send(&Call::new("GET", target)),
            "400 InvalidURI",
            "Couldn't parse the specified URI.",
            &[("URI", target)],
        );
    }
    check(
        "two hosts",
        &world
            .server
            .send(&Call::new("GET", "/bkt").header("host", "a").header("host", "b")),
        "400 BadRequest",
        "A request needs exactly one Host header",
        &[],
    );
}
