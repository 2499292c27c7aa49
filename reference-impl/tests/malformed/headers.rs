//! The headers that operations read, and the fields of SigV4.

use proptest::prelude::*;
use proptest::sample::Index;

use super::edits::{Edit, edited, edits};
use super::for_all;
use super::world::{Call, OWNER, Proof, World};

type Right = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static str,
);

/// Requests with right headers of every kind; `UPLOAD` and `VERSION` stand for ids.
const RIGHT: [Right; 16] = [
    (
        "GET",
        "/plain/k",
        &[
            ("range", "bytes=0-1,2-3"),
            ("if-match", "\"8d777f385d3dfec8815d20f7496026dd\""),
            ("if-unmodified-since", "Fri, 02 Jan 2026 03:04:05 GMT"),
            ("x-amz-checksum-mode", "ENABLED"),
        ],
        "",
    ),
    (
        "HEAD",
        "/plain/k",
        &[
            ("range", "bytes=-2"),
            ("if-none-match", "\"x\", W/\"y\""),
            ("if-modified-since", "Thu, 01 Jan 2026 03:04:05 GMT"),
            ("x-amz-expected-bucket-owner", "111122223333"),
        ],
        "",
    ),
    (
        "GET",
        "/plain/k?attributes",
        &[
            (
                "x-amz-object-attributes",
                "ETag,Checksum,ObjectParts,StorageClass,ObjectSize",
            ),
            ("x-amz-max-parts", "1"),
            ("x-amz-part-number-marker", "0"),
        ],
        "",
    ),
    (
        "PUT",
        "/locks/new",
        &[
            ("x-amz-object-lock-mode", "GOVERNANCE"),
            ("x-amz-object-lock-retain-until-date", "2026-02-02T03:04:05Z"),
            ("x-amz-object-lock-legal-hold", "OFF"),
            ("content-md5", "jXd/OF09/siBXSD3SWAm3Q=="),
        ],
        "data",
    ),
    (
        "PUT",
        "/plain/new",
        &[
            ("if-none-match", "*"),
            ("x-amz-checksum-crc32", "rfPzYw=="),
            ("x-amz-sdk-checksum-algorithm", "CRC32"),
            ("x-amz-tagging", "a=b&c=d"),
            ("x-amz-storage-class", "STANDARD"),
        ],
        "data",
    ),
    (
        "PUT",
        "/plain/k",
        &[
            ("if-match", "\"8d777f385d3dfec8815d20f7496026dd\""),
            ("content-type", "text/plain"),
            ("expires", "Thu, 01 Jan 2026 03:04:05 GMT"),
            ("x-amz-meta-a", "b"),
            ("x-amz-website-redirect-location", "/x"),
            ("x-amz-server-side-encryption", "AES256"),
        ],
        "data",
    ),
    (
        "PUT",
        "/acls/new",
        &[
            ("x-amz-acl", "private"),
            ("content-encoding", "gzip,aws-chunked"),
            ("x-amz-write-offset-bytes", "0"),
        ],
        "data",
    ),
    (
        "PUT",
        "/acls?acl",
        &[
            ("x-amz-grant-read", "id=\"x\""),
            ("x-amz-grant-write-acp", "id=x"),
        ],
        "",
    ),
    (
        "PUT",
        "/acls/k?acl",
        &[
            (
                "x-amz-grant-read",
                "uri=\"http://acs.amazonaws.com/groups/global/AllUsers\", id=\"x\"",
            ),
            ("x-amz-grant-full-control", "emailAddress=\"a@b\""),
        ],
        "",
    ),
    (
        "PUT",
        "/plain/copy",
        &[
            ("x-amz-copy-source", "/locks/k?versionId=VERSION"),
            (
                "x-amz-copy-source-if-match",
                "\"8d777f385d3dfec8815d20f7496026dd\"",
            ),
            (
                "x-amz-copy-source-if-modified-since",
                "Thu, 01 Jan 2026 03:04:05 GMT",
            ),
            ("x-amz-metadata-directive", "REPLACE"),
            ("x-amz-tagging-directive", "REPLACE"),
            ("x-amz-tagging", "a=b"),
            ("x-amz-source-expected-bucket-owner", "111122223333"),
        ],
        "",
    ),
    (
        "PUT",
        "/plain/mp?partNumber=2&uploadId=UPLOAD",
        &[
            ("x-amz-copy-source", "plain/k"),
            ("x-amz-copy-source-range", "bytes=0-3"),
            (
                "x-amz-copy-source-if-unmodified-since",
                "Fri, 02 Jan 2026 03:04:05 GMT",
            ),
        ],
        "",
    ),
    (
        "DELETE",
        "/locks/k?versionId=VERSION",
        &[
            ("x-amz-bypass-governance-retention", "false"),
            ("x-amz-mfa", "x 123456"),
        ],
        "",
    ),
    (
        "DELETE",
        "/plain/none",
        &[
            ("if-match", "*"),
            ("x-amz-if-match-size", "4"),
            (
                "x-amz-if-match-last-modified-time",
                "Thu, 01 Jan 2026 03:04:05 GMT",
            ),
        ],
        "",
    ),
    (
        "POST",
        "/plain/up?uploads",
        &[
            ("x-amz-checksum-algorithm", "CRC32"),
            ("x-amz-checksum-type", "FULL_OBJECT"),
            ("x-amz-object-ownership", "ObjectWriter"),
        ],
        "",
    ),
    (
        "PUT",
        "/another",
        &[
            ("x-amz-bucket-object-lock-enabled", "true"),
            ("x-amz-object-ownership", "BucketOwnerEnforced"),
            ("x-amz-grant-read", "id=x"),
        ],
        "",
    ),
    (
        "POST",
        "/plain/mp?uploadId=UPLOAD",
        &[
            ("x-amz-mp-object-size", "4"),
            ("x-amz-checksum-type", "COMPOSITE"),
            ("if-none-match", "*"),
        ],
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>8d777f385d3dfec8815d20f7496026dd</ETag></Part></CompleteMultipartUpload>",
    ),
];

const VALUES: [&str; 44] = [
    "",
    "*",
    "\"\"",
    "\"",
    "W/\"x\"",
    "0",
    "-0",
    "-1",
    "1",
    "10001",
    "18446744073709551616",
    "999999999999999999999999999",
    "0x1",
    "true",
    "TRUE",
    "yes",
    "null",
    "COMPLIANCE",
    "ON",
    "COPY",
    "CRC32",
    "SHA256",
    "AAAA",
    "====",
    "aws:kms",
    "GLACIER",
    "bytes=",
    "bytes=1-0",
    "bytes=-",
    "bytes=0-18446744073709551615",
    "bytes=-18446744073709551616",
    "bytes=0-0,0-0,0-0",
    "items=0-1",
    "2026-01-03T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "+999999-01-01T00:00:00Z",
    "0000-00-00T00:00:00Z",
    "Thu, 99 Jan 99999 99:99:99 GMT",
    "/",
    "//",
    "/x/%zz?versionId=",
    "plain/%00",
    "id=\"\",,",
    "a=b&a=b&=&%ff=%",
];

const PIECES: [&str; 20] = [
    "\"",
    ",",
    ";",
    "=",
    "/",
    "%",
    "%00",
    "%ff",
    "&",
    "-",
    "+",
    " ",
    "\t",
    "9999999999",
    "0",
    "é",
    "T",
    "Z",
    "?versionId=",
    "bytes=",
];

/// A change of the headers.
#[derive(Clone, Debug)]
enum Change {
    Value(Index, Vec<u8>),
    Edited(Index, Vec<Edit>),
    Twice(Index, Vec<u8>),
    Gone(Index),
    Other(&'static str, Vec<u8>),
}

fn value() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        5 => prop::sample::select(&VALUES[..]).prop_map(|value| value.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>().prop_filter("no header has it", |byte| *byte >= 32 && *byte != 127), 0..40),
        1 => (1usize..9000).prop_map(|length| vec![b'a'; length]),
    ]
}

fn change() -> impl Strategy<Value = Change> {
    let index = any::<Index>;
    let names: Vec<&'static str> = RIGHT
        .iter()
        .flat_map(|(_, _, headers, _)| headers.iter().map(|(name, _)| *name))
        .collect();
    prop_oneof![
        3 => (index(), value()).prop_map(|(at, value)| Change::Value(at, value)),
        3 => (index(), edits(&PIECES, 1..3)).prop_map(|(at, edits)| Change::Edited(at, edits)),
        1 => (index(), value()).prop_map(|(at, value)| Change::Twice(at, value)),
        1 => index().prop_map(Change::Gone),
        2 => (prop::sample::select(names), value()).prop_map(|(name, value)| Change::Other(name, value)),
    ]
}

fn apply(headers: &mut Vec<(String, Vec<u8>)>, change: &Change) {
    match change {
        Change::Other(name, value) => headers.push(((*name).to_owned(), value.clone())),
        _ if headers.is_empty() => {}
        Change::Value(at, value) => {
            let at = at.index(headers.len());
            headers[at].1.clone_from(value);
        }
        Change::Edited(at, edits) => {
            let at = at.index(headers.len());
            headers[at].1 = edited(headers[at].1.clone(), edits);
        }
        Change::Twice(at, value) => {
            let name = headers[at.index(headers.len())].0.clone();
            headers.push((name, value.clone()));
        }
        Change::Gone(at) => {
            headers.remove(at.index(headers.len()));
        }
    }
}

fn right(world: &World, (method, target, headers, body): Right) -> Call {
    let filled = |text: &str| {
        text.replace("UPLOAD", &world.upload)
            .replace("VERSION", &world.version)
    };
    let call = Call::new(method, &filled(target)).body(body);
    headers
        .iter()
        .fold(call, |call, (name, value)| call.header(name, filled(value)))
}

#[test]
fn right_requests_are_understood() {
    let world = World::start("right-headers");
    for request in RIGHT {
        let call = right(&world, request).signed(OWNER, Proof::Header).unwrap();
        let answer = world.check(&call).unwrap().unwrap();
        assert_ne!(answer.status, 403, "{call:?}: {}", answer.text());
    }
}

#[test]
fn changed_headers() {
    let world = World::start("headers");
    let proof = prop_oneof![3 => Just(Proof::Header), 1 => Just(Proof::Query)];
    let case = (
        prop::sample::select(&RIGHT[..]),
        prop::collection::vec(change(), 1..4),
        proof,
    );
    for_all(12_000, &case, |(request, changes, proof)| {
        let mut call = right(&world, request);
        changes.iter().for_each(|change| apply(&mut call.headers, change));
        match call.signed(OWNER, proof) {
            Some(call) => world.check(&call).map(|_| ()),
            None => Ok(()), // no HTTP message has such a head
        }
    });
}

const SIGNATURE_PIECES: [&str; 22] = [
    "AWS4-HMAC-SHA256",
    "AWS4-HMAC-SHA256 ",
    "AWS ",
    "Credential=",
    "SignedHeaders=",
    "Signature=",
    ",",
    ", ",
    ";",
    "=",
    "/",
    "host",
    "x-amz-date",
    "aws4_request",
    "us-east-1",
    "iam",
    "20260102",
    "99999999",
    "T030405Z",
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    "UNSIGNED-PAYLOAD",
    "é",
];

#[test]
fn changed_signature_fields() {
    let world = World::start("signatures");
    const FIELDS: [&str; 6] = [
        "authorization",
        "x-amz-date",
        "x-amz-content-sha256",
        "host",
        "date",
        "content-length",
    ];
    let case = (
        prop::sample::select(&RIGHT[..]),
        prop::collection::vec(
            (
                prop::sample::select(&FIELDS[..]),
                edits(&SIGNATURE_PIECES, 1..4),
                any::<bool>(),
            ),
            1..3,
        ),
    );
    for_all(4000, &case, |(request, changes)| {
        let mut call = right(&world, request)
            .signed(OWNER, Proof::Header)
            .ok_or("can't be signed")?;
        for (field, edits, twice) in changes {
            let at = call.headers.iter().position(|(name, _)| name == field);
            let value = edited(
                at.map(|at| call.headers[at].1.clone()).unwrap_or_default(),
                &edits,
            );
            match at {
                Some(at) if !twice => call.headers[at].1 = value,
                _ => call.headers.push((field.to_owned(), value)),
            }
        }
        world.check(&call).map(|_| ())
    });
}

#[test]
fn changed_presigned_queries() {
    let world = World::start("presigned");
    let case = (prop::sample::select(&RIGHT[..]), edits(&SIGNATURE_PIECES, 1..4));
    for_all(3000, &case, |(request, edits)| {
        let call = right(&world, request)
            .signed(OWNER, Proof::Query)
            .ok_or("can't be signed")?;
        let (path, query) = call.target.split_once('?').unwrap_or_default();
        let query = edited(query, &edits);
        let Ok(query) = String::from_utf8(query) else {
            return Ok(());
        };
        let target = format!("{path}?{query}");
        world.check(&Call { target, ..call }).map(|_| ())
    });
}
