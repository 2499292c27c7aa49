//! VER-GET-016: every reply about a version agrees with every other, for every kind of object.

use bucketlaw_server::wire::checksum::{ChecksumAlgorithm, md5, of};
use data_encoding::{BASE64, HEXLOWER};

use super::world::World;
use crate::client::{Answer, Call};

const FIVE: usize = 5 * 1024 * 1024;
const EMPTY: &[u8] = b"";
const SMALL: &[u8] = b"The quick brown fox jumps over the lazy dog";

/// What one reply says of an object; what it keeps silent about is `None`.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
struct Told {
    etag: Option<String>,
    size: Option<usize>,
    checksum: Option<(ChecksumAlgorithm, String)>,
    kind: Option<String>,
    id: Option<String>,
    modified: Option<String>,
}

impl Told {
    /// The headers of a reply.
    fn headers(answer: &Answer) -> Self {
        let header = |name: &str| answer.header(name).map(str::to_owned);
        Self {
            etag: header("etag"),
            size: None,
            checksum: ChecksumAlgorithm::ALL
                .into_iter()
                .find_map(|algorithm| Some((algorithm, header(algorithm.header())?))),
            kind: header("x-amz-checksum-type"),
            id: header("x-amz-version-id"),
            modified: header("last-modified"),
        }
    }

    /// The elements of a document that is about this object alone.
    fn document(text: &str) -> Self {
        let element = |name: &str| {
            let start = text.find(&format!("<{name}>"))? + name.len() + 2;
            Some(text[start..].split('<').next()?.replace("&quot;", "\""))
        };
        Self {
            etag: element("ETag").map(|etag| format!("\"{}\"", etag.trim_matches('"'))),
            size: element("ObjectSize")
                .or(element("Size"))
                .map(|size| size.parse().unwrap()),
            checksum: ChecksumAlgorithm::ALL
                .into_iter()
                .find_map(|algorithm| Some((algorithm, element(algorithm.element())?))),
            kind: element("ChecksumType"),
            id: element("VersionId"),
            modified: None,
        }
    }

    /// Asserts that two replies do not contradict each other.
    fn agree(&self, other: &Self, what: &str) {
        fn same<T: PartialEq + std::fmt::Debug>(one: Option<&T>, two: Option<&T>, what: &str) {
            if let (Some(one), Some(two)) = (one, two) {
                assert_eq!(one, two, "{what}");
            }
        }
        same(self.etag.as_ref(), other.etag.as_ref(), what);
        same(self.size.as_ref(), other.size.as_ref(), what);
        same(self.checksum.as_ref(), other.checksum.as_ref(), what);
        same(self.kind.as_ref(), other.kind.as_ref(), what);
        same(self.id.as_ref(), other.id.as_ref(), what);
        same(self.modified.as_ref(), other.modified.as_ref(), what);
    }
}

/// An object as it was made: its bytes, the sizes of its parts if it has any, and what the write said of it.
struct Made {
    bytes: Vec<u8>,
    parts: Vec<usize>,
    written: Told,
    /// The algorithm that the object must have.
    algorithm: ChecksumAlgorithm,
}

fn put(world: &World, key: &str, bytes: &[u8], algorithm: Option<ChecksumAlgorithm>) -> Made {
    let call = Call::new("PUT", &format!("/bkt/{key}")).body(bytes);
    let answer = world.ask(match algorithm {
        Some(algorithm) => call.header(algorithm.header(), &of(algorithm, bytes)),
        None => call,
    });
    assert_eq!(answer.code(), "200");
    let written = Told::headers(&answer);
    // For a plain PUT the ETag is the MD5 of the bytes.
    assert_eq!(
        written.etag,
        Some(format!("\"{}\"", HEXLOWER.encode(&md5(bytes))))
    );
    Made {
        bytes: bytes.to_vec(),
        parts: Vec::new(),
        written,
        algorithm: algorithm.unwrap_or(ChecksumAlgorithm::Crc64Nvme),
    }
}

/// Puts an object as `aws-chunked`, with its checksum in a trailer.
fn stream(world: &World, key: &str, bytes: &[u8], algorithm: ChecksumAlgorithm) -> Made {
    let mut body = Vec::new();
    if !bytes.is_empty() {
        body.extend_from_slice(format!("{:x}\r\n", bytes.len()).as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    let (name, value) = (algorithm.header(), of(algorithm, bytes));
    body.extend_from_slice(format!("0\r\n{name}:{value}\r\n\r\n").as_bytes());
    let call = Call::new("PUT", &format!("/bkt/{key}"))
        .header("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
        .header("content-encoding", "aws-chunked")
        .header("x-amz-decoded-content-length", &bytes.len().to_string())
        .header("x-amz-trailer", name)
        .body(body);
    let answer = world.ask(call);
    assert_eq!(answer.code(), "200", "{}", answer.text());
    assert_eq!(
        world.head(&format!("/bkt/{key}")).header("content-encoding"),
        None
    );
    Made {
        bytes: bytes.to_vec(),
        parts: Vec::new(),
        written: Told::headers(&answer),
        algorithm,
    }
}

fn copy(world: &World, key: &str, source: &str, bytes: &[u8], algorithm: Option<ChecksumAlgorithm>) -> Made {
    let call = Call::new("PUT", &format!("/bkt/{key}")).header("x-amz-copy-source", &format!("bkt/{source}"));
    let answer = world.ask(match algorithm {
        Some(algorithm) => call.header("x-amz-checksum-algorithm", algorithm.name()),
        None => call,
    });
    assert_eq!(answer.code(), "200", "{}", answer.text());
    let written = Told {
        id: answer.header("x-amz-version-id").map(str::to_owned),
        ..Told::document(&answer.text())
    };
    let kept = written.checksum.as_ref().map(|(kept, _)| *kept).unwrap();
    if let Some(algorithm) = algorithm {
        assert_eq!(kept, algorithm);
    }
    Made {
        bytes: bytes.to_vec(),
        parts: Vec::new(),
        written,
        algorithm: kept,
    }
}

fn upload(world: &World, key: &str, parts: &[Vec<u8>], kind: Option<(ChecksumAlgorithm, &str)>) -> Made {
    let call = Call::new("POST", &format!("/bkt/{key}?uploads"));
    let created = world.ask(match kind {
        Some((algorithm, kind)) => call
            .header("x-amz-checksum-algorithm", algorithm.name())
            .header("x-amz-checksum-type", kind),
        None => call,
    });
    let id = created.element("UploadId").unwrap();
    let mut list = String::new();
    for (number, bytes) in (1..).zip(parts) {
        let call = Call::new("PUT", &format!("/bkt/{key}?partNumber={number}&uploadId={id}"));
        let call = Call {
            unsigned_payload: true,
            ..call.body(bytes)
        };
        let (call, checksum) = match kind {
            Some((algorithm, _)) => {
                let (value, name) = (of(algorithm, bytes), algorithm.element());
                let element = format!("<{name}>{value}</{name}>");
                (call.header(algorithm.header(), &value), element)
            }
            None => (call, String::new()),
        };
        let answer = world.ask(call);
        let etag = answer.header("etag").unwrap().to_owned();
        assert_eq!(etag, format!("\"{}\"", HEXLOWER.encode(&md5(bytes))));
        list.push_str(&format!(
            "<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag>{checksum}</Part>"
        ));
    }
    let body = format!("<CompleteMultipartUpload>{list}</CompleteMultipartUpload>");
    let answer = world.ask(Call::new("POST", &format!("/bkt/{key}?uploadId={id}")).body(body));
    assert_eq!(answer.code(), "200", "{}", answer.text());
    Made {
        bytes: parts.concat(),
        parts: parts.iter().map(Vec::len).collect(),
        written: Told {
            id: answer.header("x-amz-version-id").map(str::to_owned),
            ..Told::document(&answer.text())
        },
        algorithm: kind.map_or(ChecksumAlgorithm::Crc64Nvme, |(algorithm, _)| algorithm),
    }
}

/// Every kind of object: plain, empty, chunked, of parts, copied; with each algorithm, and with none.
fn make_all(world: &World) -> Vec<(String, Made)> {
    let mut made = Vec::new();
    let long = vec![b'a'; FIVE];
    let algorithms = || [None].into_iter().chain(ChecksumAlgorithm::ALL.map(Some));
    let name = |algorithm: Option<ChecksumAlgorithm>| algorithm.map_or("none", ChecksumAlgorithm::name);
    for algorithm in algorithms() {
        for (what, bytes) in [("plain", SMALL), ("empty", EMPTY)] {
            let key = format!("{what}-{}", name(algorithm));
            made.push((key.clone(), put(world, &key, bytes, algorithm)));
            if let Some(algorithm) = algorithm {
                let key = format!("chunked-{key}");
                made.push((key.clone(), stream(world, &key, bytes, algorithm)));
            }
        }
    }
    let mut kinds: Vec<Option<(ChecksumAlgorithm, &str)>> = vec![None];
    for algorithm in ChecksumAlgorithm::ALL {
        let sha = matches!(algorithm, ChecksumAlgorithm::Sha1 | ChecksumAlgorithm::Sha256);
        kinds.extend((!sha).then_some(Some((algorithm, "FULL_OBJECT"))));
        kinds.extend((algorithm != ChecksumAlgorithm::Crc64Nvme).then_some(Some((algorithm, "COMPOSITE"))));
    }
    for kind in kinds {
        let (algorithm, shape) = kind.map_or((None, ""), |(algorithm, shape)| (Some(algorithm), shape));
        for (what, parts) in [
            ("parts", vec![long.clone(), SMALL.to_vec()]),
            ("part", vec![SMALL.to_vec()]),
            ("nothing", vec![Vec::new()]),
        ] {
            let key = format!("{what}-{}-{shape}", name(algorithm));
            made.push((key.clone(), upload(world, &key, &parts, kind)));
        }
        let (source, bytes) = (format!("part-{}-{shape}", name(algorithm)), SMALL);
        let key = format!("copy-of-{source}");
        made.push((key.clone(), copy(world, &key, &source, bytes, None)));
    }
    for algorithm in algorithms() {
        let key = format!("copy-as-{}", name(algorithm));
        made.push((
            key.clone(),
            copy(world, &key, "parts-none-", &[&long, SMALL].concat(), algorithm),
        ));
    }
    made
}

/// What the checksum of an object must be.
fn expected(made: &Made) -> String {
    if made.written.kind.as_deref() != Some("COMPOSITE") {
        return of(made.algorithm, &made.bytes);
    }
    let mut from = 0;
    let values: Vec<Vec<u8>> = made
        .parts
        .iter()
        .map(|size| {
            let part = &made.bytes[from..from + size];
            from += size;
            BASE64.decode(of(made.algorithm, part).as_bytes()).unwrap()
        })
        .collect();
    format!("{}-{}", of(made.algorithm, &values.concat()), values.len())
}

fn check_reads(world: &World, key: &str, made: &Made) -> Told {
    let with = |method: &str, query: &str, range: Option<&str>| {
        let call = Call::new(method, &format!("/bkt/{key}{query}")).header("x-amz-checksum-mode", "ENABLED");
        world.ask(match range {
            Some(range) => call.header("range", range),
            None => call,
        })
    };
    let size = made.bytes.len();
    let get = with("GET", "", None);
    assert_eq!(get.body, made.bytes, "{key}");
    let told = Told {
        size: Some(get.body.len()),
        ..Told::headers(&get)
    };
    // Each read in turn: what it asks for, the bytes that it must give, and their checksum if it must be told.
    let whole = told.checksum.clone();
    let mut reads: Vec<(String, Option<String>, std::ops::Range<usize>, Option<_>)> =
        vec![(String::new(), None, 0..size, whole.clone())];
    if size > 0 {
        let last = size - 1;
        reads.push((
            String::new(),
            Some(format!("bytes=0-{last}")),
            0..size,
            whole.clone(),
        ));
        reads.push((
            String::new(),
            Some(format!("bytes=-{}", size + 7)),
            0..size,
            whole.clone(),
        ));
        reads.push((String::new(), Some("bytes=1-".to_owned()), 1..size, None));
        reads.push((String::new(), Some("bytes=0-0".to_owned()), 0..1, None));
        reads.push((
            String::new(),
            Some(format!("bytes={}-{last}", size / 2)),
            size / 2..size,
            None,
        ));
    }
    let mut from = 0;
    for (number, length) in (1..).zip(&made.parts) {
        let bytes = from..from + length;
        let part = of(made.algorithm, &made.bytes[bytes.clone()]);
        reads.push((
            format!("?partNumber={number}"),
            None,
            bytes,
            Some((made.algorithm, part)),
        ));
        from += length;
    }
    if made.parts.is_empty() {
        reads.push(("?partNumber=1".to_owned(), None, 0..size, whole));
    }
    for (query, range, bytes, checksum) in reads {
        let what = format!("{key}{query} {range:?}");
        let (get, head) = (
            with("GET", &query, range.as_deref()),
            with("HEAD", &query, range.as_deref()),
        );
        assert_eq!(get.body, made.bytes[bytes.clone()], "{what}");
        // Content-Length is the number of bytes that are sent, or that a GET would send.
        for answer in [&get, &head] {
            assert_eq!(
                answer.header("content-length"),
                Some(bytes.len().to_string().as_str()),
                "{what}"
            );
        }
        assert_eq!(
            (get.status, Told::headers(&get)),
            (head.status, Told::headers(&head)),
            "{what}"
        );
        let mut seen = Told::headers(&get);
        assert_eq!(seen.checksum, checksum, "{what}");
        assert_eq!(seen.kind.is_some(), checksum.is_some(), "{what}");
        seen.checksum = None;
        told.agree(&seen, &what);
    }
    told
}

fn check_attributes(world: &World, key: &str, made: &Made, told: &Told) {
    let asked = "ETag,Checksum,ObjectParts,StorageClass,ObjectSize";
    let call = Call::new("GET", &format!("/bkt/{key}?attributes")).header("x-amz-object-attributes", asked);
    let answer = world.ask(call);
    let text = answer.text();
    let mut seen = Told {
        id: answer.header("x-amz-version-id").map(str::to_owned),
        modified: answer.header("last-modified").map(str::to_owned),
        ..Told::document(&text)
    };
    let count = made.parts.len();
    if count > 0 {
        assert_eq!(answer.element("PartsCount"), Some(count.to_string()), "{key}");
    }
    // Here alone a composite value stands without the number of its parts.
    if let (Some("COMPOSITE"), Some((_, value))) = (told.kind.as_deref(), &mut seen.checksum) {
        value.push_str(&format!("-{count}"));
        let sizes: Vec<usize> = text
            .split("<Part>")
            .skip(1)
            .map(|part| {
                Told::document(part.split("</Part>").next().unwrap())
                    .size
                    .unwrap()
            })
            .collect();
        assert_eq!(sizes, made.parts, "{key}");
    }
    assert!(seen.etag.is_some() && seen.size.is_some() && seen.checksum.is_some());
    told.agree(&seen, &format!("{key}, attributes"));
}

#[test]
fn every_reply_about_an_object_agrees_with_every_other() {
    let world = World::versioned();
    let all = make_all(&world);
    let listings = ["?list-type=2", "?list-type=1", "?versions"]
        .map(|query| (query, world.get(&format!("/bkt{query}")).text()));
    for (key, made) in &all {
        let told = check_reads(&world, key, made);
        assert_eq!(told.checksum, Some((made.algorithm, expected(made))), "{key}");
        assert!(told.id.is_some() && told.kind.is_some() && made.written.id.is_some());
        told.agree(&made.written, &format!("{key}, write"));
        assert!(
            made.written.etag.is_some() && made.written.checksum.is_some(),
            "{key}"
        );
        check_attributes(&world, key, made, &told);
        for (query, text) in &listings {
            let entry = text.split(&format!("<Key>{key}</Key>")).nth(1).unwrap();
            let entry = entry.split("<Key>").next().unwrap();
            let seen = Told::document(entry);
            assert!(
                seen.etag.is_some() && seen.size.is_some() && seen.kind.is_some(),
                "{key} {query}"
            );
            let algorithm = format!("<ChecksumAlgorithm>{}</ChecksumAlgorithm>", made.algorithm.name());
            assert!(entry.contains(&algorithm), "{key} {query}");
            // Listings give the date in another form.
            told.agree(
                &Told {
                    id: seen.id.clone().filter(|_| *query == "?versions"),
                    ..seen
                },
                &format!("{key} {query}"),
            );
        }
    }
}
