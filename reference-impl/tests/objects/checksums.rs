//! Checksums of uploads: what an upload keeps of its parts, and what a completion may say of them.

use bucketlaw_server::wire::checksum::{ChecksumAlgorithm, md5, of};
use data_encoding::{BASE64, HEXLOWER};

use super::world::World;
use crate::client::{Answer, Call};

const FIVE: usize = 5 * 1024 * 1024;

/// An upload with an algorithm and a type, or with neither.
fn create(world: &World, algorithm: Option<(ChecksumAlgorithm, &str)>) -> String {
    let mut call = Call::new("POST", "/bkt/k?uploads");
    if let Some((algorithm, kind)) = algorithm {
        call = call
            .header("x-amz-checksum-algorithm", algorithm.name())
            .header("x-amz-checksum-type", kind);
    }
    let answer = world.ask(call);
    assert_eq!(answer.code(), "200", "{}", answer.text());
    answer.element("UploadId").unwrap()
}

fn part(
    world: &World,
    upload: &str,
    number: u16,
    body: &[u8],
    algorithm: Option<ChecksumAlgorithm>,
) -> Answer {
    let call = Call::new("PUT", &format!("/bkt/k?partNumber={number}&uploadId={upload}"));
    let call = match algorithm {
        Some(algorithm) => call.header(algorithm.header(), &of(algorithm, body)),
        None => call,
    };
    world.ask(Call {
        unsigned_payload: true,
        ..call.body(body)
    })
}

fn complete(world: &World, upload: &str, parts: &[String], headers: &[(&str, &str)]) -> Answer {
    let list: String = parts
        .iter()
        .enumerate()
        .map(|(index, part)| format!("<Part><PartNumber>{}</PartNumber>{part}</Part>", index + 1))
        .collect();
    let body = format!("<CompleteMultipartUpload>{list}</CompleteMultipartUpload>");
    let call = Call::new("POST", &format!("/bkt/k?uploadId={upload}")).body(body);
    let with = |call: Call, (name, value): &(&str, &str)| call.header(name, value);
    world.ask(headers.iter().fold(call, with))
}

/// The elements of a listed part.
fn listed(body: &[u8], algorithms: &[ChecksumAlgorithm]) -> String {
    let etag = format!("<ETag>{}</ETag>", HEXLOWER.encode(&md5(body)));
    algorithms.iter().fold(etag, |text, algorithm| {
        let (name, value) = (algorithm.element(), of(*algorithm, body));
        format!("{text}<{name}>{value}</{name}>")
    })
}

fn message(answer: &Answer) -> String {
    answer.element("Message").unwrap_or_default()
}

/// Whatever its parts come with, an upload without algorithm becomes an object with CRC64NVME of the whole.
#[test]
fn an_upload_without_algorithm_has_one_of_its_own() {
    let (one, two) = (vec![b'a'; FIVE], b"tail".to_vec());
    let whole = of(ChecksumAlgorithm::Crc64Nvme, &[one.clone(), two.clone()].concat());
    for sent in [None].into_iter().chain(ChecksumAlgorithm::ALL.map(Some)) {
        let world = World::unversioned();
        let upload = create(&world, None);
        part(&world, &upload, 1, &one, sent);
        let second = part(&world, &upload, 2, &two, sent);
        for algorithm in ChecksumAlgorithm::ALL {
            let expected = (sent == Some(algorithm)).then(|| of(algorithm, &two));
            assert_eq!(second.header(algorithm.header()), expected.as_deref(), "{sent:?}");
        }
        let parts = world.get(&format!("/bkt/k?uploadId={upload}")).text();
        assert!(!parts.contains("Checksum"), "{parts}");
        // Its parts have no checksums that a completion could name, right or wrong.
        for named in ChecksumAlgorithm::ALL {
            let list = [listed(&one, &[]), listed(&two, &[named])];
            assert_eq!(complete(&world, &upload, &list, &[]).code(), "400 InvalidPart");
        }
        let done = complete(&world, &upload, &[listed(&one, &[]), listed(&two, &[])], &[]);
        assert_eq!(done.code(), "200", "{}", done.text());
        assert_eq!(done.element("ChecksumCRC64NVME").as_ref(), Some(&whole));
        assert_eq!(done.element("ChecksumType").as_deref(), Some("FULL_OBJECT"));
    }
}

#[test]
fn a_bad_checksum_of_a_part_is_told_whatever_the_upload_keeps() {
    let world = World::unversioned();
    let upload = create(&world, None);
    for algorithm in ChecksumAlgorithm::ALL {
        let call = Call::new("PUT", &format!("/bkt/k?partNumber=1&uploadId={upload}"));
        let wrong = call
            .header(algorithm.header(), &of(algorithm, b"other"))
            .body("part");
        assert_eq!(world.ask(wrong).code(), "400 BadDigest");
    }
    assert!(
        !world
            .get(&format!("/bkt/k?uploadId={upload}"))
            .text()
            .contains("<Part>")
    );
}

#[test]
fn a_completion_names_the_type_and_the_algorithm_of_its_upload() {
    let body = b"part".to_vec();
    let mut uploads: Vec<Option<(ChecksumAlgorithm, &str)>> = vec![None];
    for algorithm in ChecksumAlgorithm::ALL {
        let sha = matches!(algorithm, ChecksumAlgorithm::Sha1 | ChecksumAlgorithm::Sha256);
        uploads.extend((!sha).then_some(Some((algorithm, "FULL_OBJECT"))));
        uploads.extend((algorithm != ChecksumAlgorithm::Crc64Nvme).then_some(Some((algorithm, "COMPOSITE"))));
    }
    for kind in uploads {
        let world = World::unversioned();
        let upload = create(&world, kind);
        let sent = kind.map(|(algorithm, _)| algorithm);
        assert_eq!(part(&world, &upload, 1, &body, sent).code(), "200");
        let right: Vec<ChecksumAlgorithm> = sent.into_iter().collect();
        let full = kind.is_none_or(|(_, name)| name == "FULL_OBJECT");
        let (named, other) = if full {
            ("FULL_OBJECT", "COMPOSITE")
        } else {
            ("COMPOSITE", "FULL_OBJECT")
        };
        let refused = complete(
            &world,
            &upload,
            &[listed(&body, &right)],
            &[("x-amz-checksum-type", other)],
        );
        assert_eq!(refused.code(), "400 InvalidRequest", "{kind:?}");
        assert_eq!(
            message(&refused),
            format!(
                "The upload was created using the {named} checksum mode. The complete request must use the same \
                 checksum mode."
            )
        );
        if let Some((algorithm, _)) = kind {
            for other in ChecksumAlgorithm::ALL
                .into_iter()
                .filter(|other| *other != algorithm)
            {
                // Also beside the right one.
                for list in [vec![other], vec![algorithm, other]] {
                    let refused = complete(&world, &upload, &[listed(&body, &list)], &[]);
                    assert_eq!(refused.code(), "400 BadDigest", "{kind:?} {list:?}");
                    let name = other.name().to_ascii_lowercase();
                    assert_eq!(
                        message(&refused),
                        format!("The {name} you specified for part 1 did not match what we received.")
                    );
                }
            }
            let wrong = format!(
                "{}<{1}>{2}</{1}>",
                listed(&body, &[]),
                algorithm.element(),
                of(algorithm, b"x")
            );
            assert_eq!(complete(&world, &upload, &[wrong], &[]).code(), "400 InvalidPart");
        }
        let done = complete(
            &world,
            &upload,
            &[listed(&body, &right)],
            &[("x-amz-checksum-type", named)],
        );
        assert_eq!(done.code(), "200", "{kind:?} {}", done.text());
        assert_eq!(done.element("ChecksumType").as_deref(), Some(named));
    }
}

/// The checksum of the whole that a completion may demand, with the number of parts or without.
#[test]
fn a_completion_may_demand_the_checksum_of_the_object() {
    let body = b"part".to_vec();
    for (kind, shown) in [("COMPOSITE", true), ("COMPOSITE", false), ("FULL_OBJECT", false)] {
        let world = World::unversioned();
        let crc = ChecksumAlgorithm::Crc32;
        let upload = create(&world, Some((crc, kind)));
        part(&world, &upload, 1, &body, Some(crc));
        let of_part = of(crc, &body);
        let bare = match kind {
            "COMPOSITE" => of(crc, &BASE64.decode(of_part.as_bytes()).unwrap()),
            _ => of_part,
        };
        let list = [listed(&body, &[crc])];
        let demand = |value: &str| complete(&world, &upload, &list, &[(crc.header(), value)]);
        assert_eq!(demand("AAAAAA==").code(), "400 BadDigest");
        assert_eq!(demand("AAAA").code(), "400 InvalidRequest");
        assert_eq!(demand(&format!("{bare}-2")).code(), "400 BadDigest");
        let right = if shown { format!("{bare}-1") } else { bare };
        assert_eq!(demand(&right).code(), "200", "{kind} {right}");
    }
}

#[test]
fn a_request_has_one_checksum() {
    let world = World::unversioned();
    let upload = create(&world, None);
    for target in [
        "/bkt/k".to_owned(),
        format!("/bkt/k?partNumber=1&uploadId={upload}"),
        "/bkt/k?tagging".to_owned(),
    ] {
        for (one, two) in [
            ("x-amz-checksum-crc32", "x-amz-checksum-sha256"),
            ("x-amz-checksum-sha1", "x-amz-checksum-sha512"),
        ] {
            let call = Call::new("PUT", &target)
                .header(one, "no")
                .header(two, "digest")
                .header("content-md5", "x");
            let answer = world.ask(call.body("x"));
            assert_eq!(answer.code(), "400 InvalidRequest", "{target}");
            assert_eq!(
                message(&answer),
                "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."
            );
        }
        let unbuilt = world.ask(
            Call::new("PUT", &target)
                .header("x-amz-checksum-xxhash64", "AAAAAAAAAAA=")
                .body("x"),
        );
        assert_eq!(unbuilt.code(), "501 NotImplemented", "{target}");
        assert_eq!(
            unbuilt.element("Header").as_deref(),
            Some("x-amz-checksum-xxhash64")
        );
    }
    assert_eq!(world.get("/bkt/k").code(), "404 NoSuchKey");
}

/// Algorithms that S3 has and this server has not are no unknown ones.
#[test]
fn algorithms_that_are_not_built_say_so() {
    let world = World::unversioned();
    world.put("/bkt/source", "x");
    for algorithm in ["MD5", "SHA512", "XXHASH64", "XXHASH3", "XXHASH128", "xxhash3"] {
        let header = |call: Call| {
            world
                .ask(call.header("x-amz-checksum-algorithm", algorithm))
                .code()
        };
        let copy = Call::new("PUT", "/bkt/k").header("x-amz-copy-source", "bkt/source");
        assert_eq!(header(copy), "501 NotImplemented", "{algorithm}");
        assert_eq!(
            header(Call::new("POST", "/bkt/k?uploads")),
            "501 NotImplemented",
            "{algorithm}"
        );
    }
    let unknown = Call::new("POST", "/bkt/k?uploads").header("x-amz-checksum-algorithm", "SHA3");
    assert_eq!(world.ask(unknown).code(), "400 InvalidRequest");
}

/// PutObject shows the expected digest in hex, UploadPart as it was sent.
#[test]
fn a_bad_digest_names_what_was_expected() {
    let world = World::unversioned();
    let upload = create(&world, None);
    let expected = md5(b"other");
    for (target, shown) in [
        ("/bkt/k".to_owned(), HEXLOWER.encode(&expected)),
        (
            format!("/bkt/k?partNumber=1&uploadId={upload}"),
            BASE64.encode(&expected),
        ),
    ] {
        let call = Call::new("PUT", &target).header("content-md5", &BASE64.encode(&expected));
        let answer = world.ask(call.body("body"));
        assert_eq!(answer.code(), "400 BadDigest");
        assert_eq!(answer.element("ExpectedDigest"), Some(shown), "{target}");
        assert_eq!(
            answer.element("CalculatedDigest"),
            Some(BASE64.encode(&md5(b"body")))
        );
    }
}

#[test]
fn copied_parts_have_the_checksum_of_their_upload_and_no_other() {
    let world = World::unversioned();
    world.put("/bkt/source", "0123456789");
    let copy = |upload: &str, range: Option<&str>| {
        let call = Call::new("PUT", &format!("/bkt/k?partNumber=1&uploadId={upload}"))
            .header("x-amz-copy-source", "bkt/source");
        world.ask(match range {
            Some(range) => call.header("x-amz-copy-source-range", range),
            None => call,
        })
    };
    let bare = create(&world, None);
    assert!(!copy(&bare, Some("bytes=0-4")).text().contains("Checksum"));
    for algorithm in ChecksumAlgorithm::ALL {
        let kind = if algorithm == ChecksumAlgorithm::Crc64Nvme {
            "FULL_OBJECT"
        } else {
            "COMPOSITE"
        };
        let answer = copy(&create(&world, Some((algorithm, kind))), Some("bytes=5-9"));
        assert_eq!(answer.element(algorithm.element()), Some(of(algorithm, b"56789")));
    }
    for range in ["bytes=0-10", "bytes=10-10", "bytes=99-100"] {
        let refused = copy(&bare, Some(range));
        assert_eq!(refused.code(), "400 InvalidRequest", "{range}");
        assert_eq!(
            message(&refused),
            "The specified copy range is invalid for the source object size"
        );
    }
    assert_eq!(copy(&bare, Some("bytes=5-4")).code(), "400 InvalidArgument");
}

#[test]
fn attributes_page_through_the_parts_and_end_with_zero() {
    let world = World::unversioned();
    let crc = ChecksumAlgorithm::Crc32;
    let upload = create(&world, Some((crc, "COMPOSITE")));
    let (one, two) = (vec![b'a'; FIVE], b"tail".to_vec());
    part(&world, &upload, 1, &one, Some(crc));
    part(&world, &upload, 2, &two, Some(crc));
    complete(
        &world,
        &upload,
        &[listed(&one, &[crc]), listed(&two, &[crc])],
        &[],
    );
    let attributes = |marker: &str, most: &str| {
        let call = Call::new("GET", "/bkt/k?attributes")
            .header("x-amz-object-attributes", "ObjectParts,Checksum")
            .header("x-amz-part-number-marker", marker)
            .header("x-amz-max-parts", most);
        world.ask(call)
    };
    for (marker, most, parts, next, truncated) in [
        ("0", "1", 1, "1", "true"),
        ("1", "1", 1, "2", "false"),
        ("0", "9", 2, "2", "false"),
        ("2", "9", 0, "0", "false"),
        ("70000", "9", 0, "0", "false"),
        ("0", "0", 0, "0", "false"),
    ] {
        let answer = attributes(marker, most);
        let text = answer.text();
        assert_eq!(text.matches("<Part>").count(), parts, "{text}");
        assert_eq!(answer.element("NextPartNumberMarker").as_deref(), Some(next));
        assert_eq!(answer.element("IsTruncated").as_deref(), Some(truncated));
        assert!(text.find("<Checksum>") < text.find("<ObjectParts>"));
    }
    assert_eq!(attributes("x", "9").code(), "400 InvalidArgument");
    assert_eq!(attributes("-1", "9").code(), "400 InvalidArgument");
}
