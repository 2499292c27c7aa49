//! Errors of the head and the body of writes: PutObject, CopyObject and CreateMultipartUpload.

use super::case::World;
use crate::client::Call;
use bucketlaw_server::wire::checksum::md5;

/// Names and values: of headers, or of elements.
type Pairs<'a> = &'a [(&'a str, &'a str)];

/// PutObject, CreateMultipartUpload and CopyObject with these headers.
fn writes(headers: Pairs<'_>) -> Vec<Call> {
    let ways = [
        Call::new("PUT", "/bkt/new").body("hello"),
        Call::new("POST", "/bkt/new?uploads"),
        Call::new("PUT", "/bkt/new").header("x-amz-copy-source", "/bkt/k"),
    ];
    let with = |call: Call| {
        let headers = headers.iter();
        headers.fold(call, |call, (name, value)| call.header(name, value))
    };
    ways.map(with).to_vec()
}

#[test]
fn headers_of_all_writes() {
    let world = World::new();
    let until = ("x-amz-object-lock-retain-until-date", "2027-01-01T00:00:00Z");
    let mode = ("x-amz-object-lock-mode", "GOVERNANCE");
    let cases: [(Pairs<'_>, &str, &str, Pairs<'_>); 13] = [
        (
            &[("x-amz-website-redirect-location", "elsewhere")],
            "400 InvalidRedirectLocation",
            "The website redirect location must have a prefix of 'http://' or 'https://' or '/'.",
            &[],
        ),
        (
            &[("x-amz-storage-class", "COLD")],
            "400 InvalidStorageClass",
            "The storage class you specified is not valid",
            &[("StorageClassRequested", "COLD")],
        ),
        (
            &[("x-amz-server-side-encryption", "aes")],
            "400 InvalidArgument",
            "The encryption method specified is not supported",
            &[
                ("ArgumentName", "x-amz-server-side-encryption"),
                ("ArgumentValue", "aes"),
            ],
        ),
        (
            &[("x-amz-acl", "Private")],
            "400 InvalidArgument",
            "",
            &[("ArgumentName", "x-amz-acl"), ("ArgumentValue", "Private")],
        ),
        (
            &[("x-amz-acl", "public-read")],
            "400 AccessControlListNotSupported",
            "The bucket does not allow ACLs",
            &[],
        ),
        (
            &[("x-amz-tagging", "a=1&a=2")],
            "400 InvalidArgument",
            "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name \
             duplicates.",
            &[("ArgumentName", "x-amz-tagging"), ("ArgumentValue", "a=1&a=2")],
        ),
        (
            &[mode],
            "400 InvalidArgument",
            "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied",
            &[("ArgumentName", "x-amz-object-lock-retain-until-date")],
        ),
        (
            &[until],
            "400 InvalidArgument",
            "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied",
            &[("ArgumentName", "x-amz-object-lock-mode")],
        ),
        (
            &[mode, ("x-amz-object-lock-retain-until-date", "soon")],
            "400 InvalidArgument",
            "The retain until date must be provided in ISO 8601 format",
            &[
                ("ArgumentName", "x-amz-object-lock-retain-until-date"),
                ("ArgumentValue", "soon"),
            ],
        ),
        (
            &[
                mode,
                ("x-amz-object-lock-retain-until-date", "2025-01-01T00:00:00Z"),
            ],
            "400 InvalidArgument",
            "The retain until date must be in the future!",
            &[
                ("ArgumentName", "x-amz-object-lock-retain-until-date"),
                ("ArgumentValue", "2025-01-01T00:00:00Z"),
            ],
        ),
        (
            &[until, ("x-amz-object-lock-mode", "NONE")],
            "400 InvalidArgument",
            "Unknown wormMode directive.",
            &[
                ("ArgumentName", "x-amz-object-lock-mode"),
                ("ArgumentValue", "NONE"),
            ],
        ),
        (
            &[("x-amz-object-lock-legal-hold", "on")],
            "400 InvalidArgument",
            "Legal Hold must be either of 'ON' or 'OFF'",
            &[
                ("ArgumentName", "x-amz-object-lock-legal-hold"),
                ("ArgumentValue", "on"),
            ],
        ),
        (
            &[mode, until],
            "400 InvalidRequest",
            "Bucket is missing ObjectLockConfiguration",
            &[],
        ),
    ];
    for (headers, code, message, extra) in cases {
        for call in writes(headers) {
            world.refuses(call, code, message, extra);
        }
    }
    let long = "v".repeat(2048);
    for call in writes(&[("x-amz-meta-n", &long)]).into_iter().take(2) {
        world.refuses(
            call,
            "400 MetadataTooLarge",
            "Your metadata headers exceed the maximum allowed metadata size",
            &[("Size", "2049"), ("MaxSizeAllowed", "2048")],
        );
    }
}

#[test]
fn conditions_of_writes() {
    let world = World::new();
    let failed = "At least one of the pre-conditions you specified did not hold";
    let put = |name: &str, value: &str| Call::new("PUT", "/bkt/k").header(name, value);
    for (name, value, condition) in [
        ("if-match", "\"x\"", "If-Match"),
        ("if-none-match", "*", "If-None-Match"),
    ] {
        world.refuses(
            put(name, value),
            "412 PreconditionFailed",
            failed,
            &[("Condition", condition)],
        );
    }
    world.refuses(
        put("if-none-match", "\"x\""),
        "501 NotImplemented",
        "A header you provided implies functionality that is not implemented",
        &[
            ("Header", "If-None-Match"),
            (
                "additionalMessage",
                "We don't accept the provided value of If-None-Match header for this API",
            ),
        ],
    );
    world.refuses(
        put("if-none-match", "*").header("if-match", "\"x\""),
        "501 NotImplemented",
        "A header you provided implies functionality that is not implemented",
        &[
            ("Header", "If-Match,If-None-Match"),
            (
                "additionalMessage",
                "Multiple conditional request headers present in the request",
            ),
        ],
    );
    world.refuses(
        Call::new("PUT", "/bkt/none").header("if-match", "\"x\""),
        "404 NoSuchKey",
        "The specified key does not exist.",
        &[("Key", "none")],
    );
}

#[test]
fn copies() {
    let world = World::new();
    let copy = |source: &str| Call::new("PUT", "/bkt/new").header("x-amz-copy-source", source);
    world.refuses(
        copy("/bkt/none"),
        "404 NoSuchKey",
        "The specified key does not exist.",
        &[("Key", "none")],
    );
    world.refuses(
        copy("/none/k"),
        "404 NoSuchBucket",
        "The specified bucket does not exist",
        &[("BucketName", "none")],
    );
    for (source, part) in [
        ("", "bucket name"),
        ("bkt", "object key"),
        ("bkt/", "object key"),
        ("bkt/%zz", "encoding"),
    ] {
        world.refuses(
            copy(source),
            "400 InvalidArgument",
            &format!("Invalid copy source {part}"),
            &[
                ("ArgumentName", "x-amz-copy-source"),
                ("ArgumentValue", "x-amz-copy-source"),
            ],
        );
    }
    for what in ["metadata", "tagging"] {
        let header = format!("x-amz-{what}-directive");
        world.refuses(
            copy("/bkt/k").header(&header, "MERGE"),
            "400 InvalidArgument",
            &format!("Unknown {what} directive."),
            &[("ArgumentName", &header), ("ArgumentValue", "MERGE")],
        );
    }
    world.refuses(
        Call::new("PUT", "/bkt/k").header("x-amz-copy-source", "/bkt/k"),
        "400 InvalidRequest",
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's \
         metadata, storage class, website redirect location or encryption attributes.",
        &[],
    );
    world.refuses(
        copy("/bkt/k?versionId=x"),
        "400 InvalidArgument",
        "Invalid version id specified",
        &[("ArgumentName", "versionId"), ("ArgumentValue", "x")],
    );
}

#[test]
fn bodies_and_digests() {
    let world = World::new();
    let put = |name: &str, value: &str| Call::new("PUT", "/bkt/new").body("hello").header(name, value);
    world.refuses(
        put("content-md5", "dummy"),
        "400 InvalidDigest",
        "The Content-MD5 you specified was invalid.",
        &[("Content-MD5", "dummy")],
    );
    world.refuses(
        put("content-md5", "XrY7u+Ae7tCTyyK7j1rNww=="),
        "400 BadDigest",
        "The Content-MD5 you specified did not match what we received.",
        &[
            ("CalculatedDigest", "XUFAKrxLKna5cZ2REBfFkg=="),
            ("ExpectedDigest", "5eb63bbbe01eeed093cb22bb8f5acdc3"),
        ],
    );
    // Only PutObject shows in hex what it was sent in base64.
    let tags = "<Tagging><TagSet/></Tagging>";
    for target in ["/bkt?tagging", "/bkt/k?tagging", "/bkt?policy", "/bkt?delete"] {
        let method = if target.ends_with("delete") { "POST" } else { "PUT" };
        world.refuses(
            Call::new(method, target)
                .body(tags)
                .header("content-md5", "XrY7u+Ae7tCTyyK7j1rNww=="),
            "400 BadDigest",
            "The Content-MD5 you specified did not match what we received.",
            &[
                (
                    "CalculatedDigest",
                    &data_encoding::BASE64.encode(&md5(tags.as_bytes())),
                ),
                ("ExpectedDigest", "XrY7u+Ae7tCTyyK7j1rNww=="),
            ],
        );
    }
    for (name, value, message) in [
        (
            "x-amz-checksum-sha256a",
            "dummy",
            "The algorithm type you specified in x-amz-checksum- header is invalid.",
        ),
        (
            "x-amz-checksum-sha256",
            "dummy",
            "Value for x-amz-checksum-sha256 header is invalid.",
        ),
        (
            "x-amz-checksum-crc32",
            "AAAAAA==",
            "The CRC32 you specified did not match the calculated checksum.",
        ),
    ] {
        let code = if value == "dummy" {
            "400 InvalidRequest"
        } else {
            "400 BadDigest"
        };
        world.refuses(put(name, value), code, message, &[]);
    }
    world.refuses(
        put("x-amz-checksum-crc32", "NhCmhg==").header("x-amz-checksum-sha256", "dummy"),
        "400 InvalidRequest",
        "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
        &[],
    );
    let long = format!("/bkt/{}", "k".repeat(1025));
    world.refuses(
        Call::new("PUT", &long),
        "400 KeyTooLongError",
        "Your key is too long",
        &[("Size", "1025"), ("MaxSizeAllowed", "1024")],
    );
    let hash = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    let mut mismatched = world.server.signed(
        crate::client::OWNER,
        Call::new("PUT", "/bkt/new").body("").header("x-amz-meta-a", "b"),
    );
    // Signed with the digest of nothing, sent with a body.
    mismatched.body = b"hello".to_vec();
    let answer = world.server.send(&mismatched);
    super::case::check(
        "another body than was signed",
        &answer,
        "400 XAmzContentSHA256Mismatch",
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
        &[
            (
                "ClientComputedContentSHA256",
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            ),
            ("S3ComputedContentSHA256", hash),
        ],
    );
}
