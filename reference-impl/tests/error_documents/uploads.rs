//! Errors of multipart uploads.

use super::case::World;
use crate::client::Call;

fn begun(world: &World, key: &str) -> String {
    let answer = world.done(Call::new("POST", &format!("/bkt/{key}?uploads")));
    answer.element("UploadId").unwrap()
}

fn list(parts: &[(&str, &str)]) -> String {
    let parts: String = parts
        .iter()
        .map(|(number, etag)| format!("<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>"))
        .collect();
    format!("<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>")
}

#[test]
fn unknown_uploads() {
    let world = World::new();
    let message = "The specified upload does not exist. The upload ID may be invalid, or the upload may have been \
                   aborted or completed.";
    for id in ["none", ""] {
        let target = format!("/bkt/k?uploadId={id}");
        for call in [
            Call::new("GET", &target),
            Call::new("DELETE", &target),
            Call::new("POST", &target).body(list(&[("1", "x")])),
            Call::new("PUT", &format!("{target}&partNumber=1")).body("x"),
            Call::new("PUT", &format!("{target}&partNumber=1")).header("x-amz-copy-source", "/bkt/k"),
        ] {
            world.refuses(call, "404 NoSuchUpload", message, &[("UploadId", id)]);
        }
    }
}

#[test]
fn numbers_and_lists_of_parts() {
    let world = World::new();
    let id = begun(&world, "k");
    let target = format!("/bkt/k?uploadId={id}");
    for number in ["0", "10001", "x", ""] {
        world.refuses(
            Call::new("PUT", &format!("{target}&partNumber={number}")).body("x"),
            "400 InvalidArgument",
            "Part number must be an integer between 1 and 10000, inclusive",
            &[("ArgumentName", "partNumber"), ("ArgumentValue", number)],
        );
    }
    for (parameter, value, message) in [
        (
            "max-parts",
            "-1",
            "Argument max-parts must be an integer between 0 and 2147483647",
        ),
        (
            "max-parts",
            "x",
            "Provided max-parts not an integer or within integer range",
        ),
        (
            "part-number-marker",
            "-2",
            "Argument part-number-marker must be an integer between 0 and 2147483647",
        ),
        (
            "part-number-marker",
            "x",
            "Provided part-number-marker not an integer or within integer range",
        ),
    ] {
        world.refuses(
            Call::new("GET", &format!("{target}&{parameter}={value}")),
            "400 InvalidArgument",
            message,
            &[("ArgumentName", parameter), ("ArgumentValue", value)],
        );
    }
    world.done(Call::new("GET", &format!("{target}&part-number-marker=70000")));
    let part = |number: &str| {
        let put = Call::new("PUT", &format!("{target}&partNumber={number}")).body("small");
        let etag = world.done(put).header("etag").unwrap().to_owned();
        etag.trim_matches('"').to_owned()
    };
    let (one, two) = (part("1"), part("2"));
    let complete = |parts: &[(&str, &str)]| Call::new("POST", &target).body(list(parts));
    world.refuses(
        complete(&[("3", "gibberish")]),
        "400 InvalidPart",
        "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified \
         entity tag may not match the part's entity tag.",
        &[("UploadId", &id), ("PartNumber", "3"), ("ETag", "gibberish")],
    );
    world.refuses(
        complete(&[("2", &two), ("1", &one)]),
        "400 InvalidPartOrder",
        "The list of parts was not in ascending order. Parts must be ordered by part number.",
        &[("UploadId", &id)],
    );
    world.refuses(
        complete(&[("1", &one), ("2", &two)]),
        "400 EntityTooSmall",
        "Your proposed upload is smaller than the minimum allowed size",
        &[
            ("ProposedSize", "5"),
            ("MinSizeAllowed", "5242880"),
            ("PartNumber", "1"),
            ("ETag", &one),
        ],
    );
    world.refuses(
        Call::new("POST", &target).body("<Other/>"),
        "400 MalformedXML",
        "The XML you provided was not well-formed or did not validate against our published schema",
        &[],
    );
}

#[test]
fn copies_into_uploads() {
    let world = World::new();
    let id = begun(&world, "new");
    let copy = || {
        let target = format!("/bkt/new?uploadId={id}&partNumber=1");
        Call::new("PUT", &target).header("x-amz-copy-source", "/bkt/k")
    };
    world.refuses(
        copy().header("x-amz-metadata-directive", "REPLACE"),
        "400 InvalidArgument",
        "The specified header is not valid in this context",
        &[
            ("ArgumentName", "x-amz-metadata-directive"),
            ("ArgumentValue", "REPLACE"),
        ],
    );
    for range in ["bytes=x", "bytes=2-1", "0-1"] {
        world.refuses(
            copy().header("x-amz-copy-source-range", range),
            "400 InvalidArgument",
            "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the \
             zero-based offsets of the first and last bytes to copy",
            &[
                ("ArgumentName", "x-amz-copy-source-range"),
                ("ArgumentValue", range),
            ],
        );
    }
}

/// VER-COND-009, VER-COND-010: what happened to the key since the upload began is a conflict, not a failed condition.
#[test]
fn conflicts() {
    let world = World::new();
    let conflict =
        "The conditional request cannot succeed due to a conflicting operation against this resource.";
    let complete = |header: &str, value: &str| {
        world.done(Call::new("PUT", "/bkt/k").body("hello"));
        let target = format!("/bkt/k?uploadId={}", begun(&world, "k"));
        let part = world.done(Call::new("PUT", &format!("{target}&partNumber=1")).body("x"));
        let etag = part.header("etag").unwrap().to_owned();
        world.done(Call::new("DELETE", "/bkt/k"));
        if header == "if-match" {
            world.done(Call::new("PUT", "/bkt/k").body("hello"));
        }
        Call::new("POST", &target)
            .body(list(&[("1", &etag)]))
            .header(header, value)
    };
    for (header, value, condition) in [
        ("if-none-match", "*", "If-None-Match"),
        ("if-match", "\"5d41402abc4b2a76b9719d911017c592\"", "If-Match"),
    ] {
        world.refuses(
            complete(header, value),
            "409 ConditionalRequestConflict",
            conflict,
            &[("Condition", condition), ("Key", "k")],
        );
    }
}

#[test]
fn checksums_and_sizes_of_uploads() {
    let world = World::new();
    let begin = |headers: &[(&str, &str)]| {
        let call = Call::new("POST", "/bkt/sums?uploads");
        headers
            .iter()
            .fold(call, |call, (name, value)| call.header(name, value))
    };
    let refused = |call: Call, message: &str, extra: &[(&str, &str)]| {
        world.refuses(call, "400 InvalidRequest", message, extra);
    };
    refused(
        begin(&[("x-amz-checksum-type", "FULL_OBJECT")]),
        "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.",
        &[],
    );
    refused(
        begin(&[
            ("x-amz-checksum-algorithm", "SHA1"),
            ("x-amz-checksum-type", "FULL_OBJECT"),
        ]),
        "The FULL_OBJECT checksum type cannot be used with the sha1 checksum algorithm.",
        &[],
    );
    refused(
        begin(&[
            ("x-amz-checksum-algorithm", "CRC64NVME"),
            ("x-amz-checksum-type", "COMPOSITE"),
        ]),
        "The COMPOSITE checksum type cannot be used with the crc64nvme checksum algorithm.",
        &[],
    );
    let answer = world.done(begin(&[("x-amz-checksum-algorithm", "SHA256")]));
    let target = format!("/bkt/sums?uploadId={}", answer.element("UploadId").unwrap());
    let put = || Call::new("PUT", &format!("{target}&partNumber=1")).body("hello");
    refused(
        put(),
        "Checksum Type mismatch occurred, expected checksum Type: sha256, actual checksum Type: null",
        &[],
    );
    refused(
        put().header("x-amz-checksum-crc32", "NhCmhg=="),
        "Checksum Type mismatch occurred, expected checksum Type: sha256, actual checksum Type: crc32",
        &[],
    );
    let sha256 = "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=";
    let part = world.done(put().header("x-amz-checksum-sha256", sha256));
    let etag = part.header("etag").unwrap();
    let complete = || Call::new("POST", &target).body(list(&[("1", etag)]));
    refused(
        complete(),
        "The upload was created using a sha256 checksum. The complete request must include the checksum for each part. \
         It was missing for part 1 in the request.",
        &[],
    );
    refused(
        complete().header("x-amz-checksum-type", "FULL_OBJECT"),
        "The upload was created using the COMPOSITE checksum mode. The complete request must use the same checksum mode.",
        &[],
    );
    let plain = format!("/bkt/plain?uploadId={}", begun(&world, "plain"));
    let part = world.done(Call::new("PUT", &format!("{plain}&partNumber=1")).body("hello"));
    let etag = part.header("etag").unwrap();
    let complete = |number: &str| Call::new("POST", &plain).body(list(&[(number, etag)]));
    refused(
        complete("1").header("x-amz-mp-object-size", "6"),
        "The provided 'x-amz-mp-object-size' header value 6 does not match what was computed: 5",
        &[],
    );
    refused(
        complete("1").header("x-amz-mp-object-size", "size"),
        "Value for x-amz-mp-object-size header is invalid: 'size'",
        &[],
    );
    world.refuses(
        complete("0"),
        "400 InvalidArgument",
        "PartNumber must be >= 1",
        &[("ArgumentName", "PartNumber"), ("ArgumentValue", "0")],
    );
    refused(
        Call::new("POST", &plain),
        "You must specify at least one part",
        &[],
    );
}
