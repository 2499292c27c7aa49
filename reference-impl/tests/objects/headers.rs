//! Every header that means something in S3, on every route: obeyed, refused, or ignored for a reason that the table gives.
//!
//! Each operation has a request here that succeeds. With a header that is not built it must be refused with 501, with one
//! that is ignored it must succeed as it did, and with one that is read its reply must change: each has a value here that
//! shows whether it is read.

use bucketlaw_server::ops::headers::{RULES, Treatment, treatment};
use bucketlaw_server::ops::{OPERATIONS, Operation, OperationId as Op, Scope};

use super::world::World;
use crate::client::{Answer, Call, OWNER};

const LATER: &str = "2026-01-02T05:04:05Z";

/// A value that must make a difference wherever the header is read: most mean nothing, or fail.
fn probe(operation: Op, name: &str) -> String {
    let long = "x".repeat(3000);
    let value = match name {
        "if-match" | "x-amz-copy-source-if-match" => "\"no\"",
        "if-none-match" if matches!(operation, Op::GetObject | Op::HeadObject) => "*",
        "if-none-match" => "\"no\"",
        "x-amz-copy-source-if-none-match" => "*",
        "if-modified-since" | "x-amz-copy-source-if-modified-since" => "Fri, 02 Jan 2026 03:04:05 GMT",
        "if-unmodified-since" | "x-amz-copy-source-if-unmodified-since" => "Thu, 01 Jan 2026 00:00:00 GMT",
        "range" => "bytes=0-0",
        "x-amz-expected-bucket-owner" | "x-amz-source-expected-bucket-owner" => "999999999999",
        "x-amz-checksum-mode" => "ENABLED",
        "x-amz-bypass-governance-retention" => "true",
        "x-amz-tagging" => "aws:a=b",
        "content-md5" => "no",
        "expires"
        | "content-type"
        | "cache-control"
        | "content-disposition"
        | "content-encoding"
        | "content-language" => "probe",
        meta if meta.starts_with("x-amz-meta-") => &long,
        _ => "probe",
    };
    value.to_owned()
}

/// Headers that are stored as they come: reading the object shows whether they were read.
const STORED: [&str; 6] = [
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-type",
    "expires",
];

/// A request of an operation that succeeds, after what it needs has been made; a number keeps repetitions apart.
fn request(world: &World, operation: &Operation, number: usize) -> Call {
    let upload = |key: &str| {
        let created = world.ask(Call::new("POST", &format!("/bkt/{key}?uploads")));
        created.element("UploadId").unwrap()
    };
    let part = |id: &str| format!("/bkt/up?partNumber=1&uploadId={id}");
    let bucket = format!("/new-bucket-{number}");
    let versioning = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    let retention = |until: &str| {
        format!("<Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>{until}</RetainUntilDate></Retention>")
    };
    let tags = "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>";
    match operation.id {
        Op::PutObject => Call::new("PUT", "/bkt/k").document("data"),
        Op::CopyObject => Call::new("PUT", "/bkt/copy").header("x-amz-copy-source", "bkt/k"),
        Op::CreateMultipartUpload => Call::new("POST", "/bkt/up?uploads"),
        Op::UploadPart => Call::new("PUT", &part(&upload("up"))).document("part"),
        Op::UploadPartCopy => Call::new("PUT", &part(&upload("up"))).header("x-amz-copy-source", "bkt/k"),
        Op::CompleteMultipartUpload => {
            let id = upload("up");
            let etag = world.put(&part(&id), "part").header("etag").unwrap().to_owned();
            let list = format!("<Part><PartNumber>1</PartNumber><ETag>{etag}</ETag></Part>");
            let list = format!("<CompleteMultipartUpload>{list}</CompleteMultipartUpload>");
            Call::new("POST", &format!("/bkt/up?uploadId={id}")).document(&list)
        }
        Op::AbortMultipartUpload => Call::new("DELETE", &format!("/bkt/up?uploadId={}", upload("up"))),
        Op::ListParts => Call::new("GET", &format!("/bkt/up?uploadId={}", upload("up"))),
        Op::GetObjectAttributes => {
            Call::new("GET", "/bkt/k?attributes").header("x-amz-object-attributes", "ETag,ObjectSize")
        }
        Op::DeleteObject => {
            world.put("/bkt/gone", "data");
            Call::new("DELETE", "/bkt/gone")
        }
        Op::DeleteObjects => {
            Call::new("POST", "/bkt?delete").document("<Delete><Object><Key>gone</Key></Object></Delete>")
        }
        Op::PutObjectAcl => {
            let ownership = "<OwnershipControls><Rule><ObjectOwnership>BucketOwnerPreferred</ObjectOwnership></Rule></OwnershipControls>";
            world.ask(Call::new("PUT", "/bkt?ownershipControls").document(ownership));
            Call::new("PUT", "/bkt/k?acl").header("x-amz-acl", "private")
        }
        Op::PutObjectTagging => Call::new("PUT", "/bkt/k?tagging").document(tags),
        Op::PutObjectRetention => Call::new("PUT", "/locks/k?retention").document(&retention(LATER)),
        Op::GetObjectRetention => {
            world.ask(Call::new("PUT", "/locks/k?retention").document(&retention(LATER)));
            Call::new("GET", "/locks/k?retention")
        }
        Op::PutObjectLegalHold => {
            Call::new("PUT", "/locks/k?legal-hold").document("<LegalHold><Status>OFF</Status></LegalHold>")
        }
        Op::GetObjectLegalHold => {
            world.ask(Call::new("PUT", "/locks/k?legal-hold").document("<LegalHold><Status>OFF</Status></LegalHold>"));
            Call::new("GET", "/locks/k?legal-hold")
        }
        Op::CreateBucket => Call::new("PUT", &bucket),
        Op::DeleteBucket => {
            world.ask(Call::new("PUT", &bucket));
            Call::new("DELETE", &bucket)
        }
        Op::PutBucketAcl => {
            let ownership = "<OwnershipControls><Rule><ObjectOwnership>BucketOwnerPreferred</ObjectOwnership></Rule></OwnershipControls>";
            world.ask(Call::new("PUT", "/bkt?ownershipControls").document(ownership));
            Call::new("PUT", "/bkt?acl").header("x-amz-acl", "private")
        }
        Op::PutBucketTagging => Call::new("PUT", "/bkt?tagging").document(tags),
        Op::GetBucketTagging => {
            world.ask(Call::new("PUT", "/bkt?tagging").document(tags));
            Call::new("GET", "/bkt?tagging")
        }
        Op::PutBucketEncryption => Call::new("PUT", "/bkt?encryption").document(
            "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm>\
             </ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>",
        ),
        Op::PutBucketVersioning => Call::new("PUT", "/bkt?versioning").document(versioning),
        Op::GetBucketPolicy => {
            world.ask(policy());
            Call::new("GET", "/bkt?policy")
        }
        Op::GetBucketPolicyStatus => {
            world.ask(policy());
            Call::new("GET", "/bkt?policyStatus")
        }
        Op::PutBucketPolicy => policy(),
        Op::PutBucketOwnershipControls => Call::new("PUT", "/bkt?ownershipControls").document(
            "<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>",
        ),
        Op::GetBucketOwnershipControls => {
            let rule = "<Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule>";
            let document = format!("<OwnershipControls>{rule}</OwnershipControls>");
            world.ask(Call::new("PUT", "/bkt?ownershipControls").document(&document));
            Call::new("GET", "/bkt?ownershipControls")
        }
        Op::PutPublicAccessBlock => block(),
        Op::GetPublicAccessBlock => {
            world.ask(block());
            Call::new("GET", "/bkt?publicAccessBlock")
        }
        Op::GetObjectLockConfiguration => Call::new("GET", "/locks?object-lock"),
        Op::PutObjectLockConfiguration => Call::new("PUT", "/locks?object-lock").document(
            "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>",
        ),
        // The rest needs nothing but its address.
        _ => {
            let path = match operation.scope {
                Scope::Service => "/",
                Scope::Bucket => "/bkt",
                Scope::Object => "/bkt/k",
            };
            let query = match operation.selector {
                bucketlaw_server::ops::Selector::Parameter(name, value) => format!("?{name}={value}"),
                _ if operation.subresource.is_empty() => String::new(),
                _ => format!("?{}", operation.subresource),
            };
            Call::new(operation.method.as_str(), &format!("{path}{query}"))
        }
    }
}

fn policy() -> Call {
    let statement =
        r#"{"Effect":"Deny","Principal":"*","Action":"s3:GetBucketWebsite","Resource":"arn:aws:s3:::bkt"}"#;
    let document = format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#);
    Call::new("PUT", "/bkt?policy").document(&document)
}

fn block() -> Call {
    let all = "<BlockPublicAcls>true</BlockPublicAcls>";
    let document = format!("<PublicAccessBlockConfiguration>{all}</PublicAccessBlockConfiguration>");
    Call::new("PUT", "/bkt?publicAccessBlock").document(&document)
}

fn world() -> World {
    let world = World::versioned();
    world.put("/bkt/k", "data");
    let locks = Call::new("PUT", "/locks").header("x-amz-bucket-object-lock-enabled", "true");
    assert_eq!(world.ask(locks).code(), "200");
    world.put("/locks/k", "data");
    world
}

/// Every name of the table, a pattern by one name that fits it.
fn names() -> Vec<String> {
    let mut names: Vec<String> = RULES
        .iter()
        .flat_map(|rule| rule.names)
        .map(|name| match *name {
            "x-amz-server-side-encryption-customer-*" => {
                "x-amz-server-side-encryption-customer-algorithm".to_owned()
            }
            "x-amz-copy-source-server-side-encryption-*" => {
                "x-amz-copy-source-server-side-encryption-customer-key".to_owned()
            }
            "x-amz-copy-source-if-*" => "x-amz-copy-source-if-match".to_owned(),
            "x-amz-copy-source*" => "x-amz-copy-source".to_owned(),
            "x-amz-server-side-encryption*" => "x-amz-server-side-encryption-new".to_owned(),
            "x-amz-if-match-*" => "x-amz-if-match-initiated-time".to_owned(),
            name => name.replace('*', "x"),
        })
        .collect();
    let conditions = ["if-none-match", "if-modified-since", "if-unmodified-since"];
    names.extend(conditions.map(|name| format!("x-amz-copy-source-{name}")));
    names.sort();
    names.dedup();
    names
}

/// Where a header is put.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Place {
    /// Among the headers.
    Header,
    /// In the query of a presigned request.
    Query,
}

impl Place {
    /// Sends a call with a header in place of one with the same name.
    fn send(self, world: &World, mut call: Call, name: &str, value: &str) -> Answer {
        call.headers.retain(|(known, _)| known != name);
        if self == Self::Header {
            return world.ask(call.header(name, value));
        }
        let separator = if call.target.contains('?') { '&' } else { '?' };
        let value = bucketlaw_server::wire::encoding::uri_encode(value.as_bytes(), false);
        call.target = format!("{}{separator}{name}={value}", call.target);
        world.server.send(&world.server.presigned(OWNER, call, 60))
    }
}

/// Sends a call with a header whose effect must be seen.
fn send_read(world: &World, operation: &Operation, call: Call, name: &str, place: Place) -> Answer {
    let value = probe(operation.id, name);
    match name {
        // It has a say about a range alone.
        "if-range" => place.send(world, call.header("range", "bytes=0-0"), name, "\"no\""),
        "x-amz-bypass-governance-retention" if operation.id == Op::PutObjectRetention => {
            let sooner = "<Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>2026-01-02T04:04:05Z</RetainUntilDate></Retention>";
            world.ask(call);
            let bare = world.ask(Call::new("PUT", "/locks/k?retention").document(sooner));
            assert_eq!(bare.code(), "403 AccessDenied");
            let bypassed = Call::new("PUT", "/locks/k?retention").document(sooner);
            place.send(world, bypassed, name, &value)
        }
        _ => place.send(world, call, name, &value),
    }
}

fn must_be_read(
    world: &World,
    operation: &Operation,
    name: &str,
    plain: &Answer,
    place: Place,
    number: usize,
) {
    let what = format!("{name} on {} ({place:?})", operation.name);
    let call = request(world, operation, number);
    let answer = send_read(world, operation, call, name, place);
    match name {
        "x-amz-bypass-governance-retention" if operation.id == Op::PutObjectRetention => {
            assert_eq!(answer.code(), "200", "{what}");
        }
        // A limit that is no number is none; what a number does is tested where objects have parts.
        "x-amz-max-parts" => assert_eq!(answer.code(), plain.code(), "{what}"),
        "if-range" => assert_eq!(answer.status, 200, "{what}: the range counted"),
        "range" => assert_eq!(answer.status, 206, "{what}"),
        "x-amz-checksum-mode" => assert!(answer.header("x-amz-checksum-type").is_some(), "{what}"),
        // They come back with the object, or with the one that the upload will make.
        _ if STORED.contains(&name) => match operation.id {
            Op::PutObject => assert_eq!(world.head("/bkt/k").header(name), Some("probe"), "{what}"),
            _ => assert_eq!(answer.status, plain.status, "{what}"),
        },
        _ => assert!(
            answer.status >= 300 && answer.code() != plain.code(),
            "{what}: {}",
            answer.code()
        ),
    }
}

/// Whether a header may be given in the query instead (PRE-018, PRE-033): digests, for one, are ignored there.
fn acts_in_a_query(name: &str) -> bool {
    let about_checksums = [
        "x-amz-checksum-mode",
        "x-amz-checksum-algorithm",
        "x-amz-checksum-type",
    ];
    let digest = name.starts_with("x-amz-checksum-") && !about_checksums.contains(&name);
    (name.starts_with("x-amz-") && !digest) || name == "if-match" || name == "if-none-match"
}

fn check(world: &World, operation: &Operation, name: &str, number: usize) {
    let plain = world.ask(request(world, operation, 10_000 + number));
    let (route, text) = (operation.name, plain.text());
    assert!(
        plain.status < 300,
        "a request of {route} that succeeds is wanted here: {text}"
    );
    let places = [Place::Header, Place::Query];
    for (place, number) in places.into_iter().zip([number, 20_000 + number]) {
        if place == Place::Query && !acts_in_a_query(name) {
            continue;
        }
        let what = format!("{name} on {route} ({place:?})");
        let send = |value: &str| place.send(world, request(world, operation, number), name, value);
        match treatment(operation, name).unwrap() {
            Treatment::NotBuilt => {
                let answer = send("probe");
                assert_eq!(answer.status, 501, "{what}: {}", answer.text());
                if operation.method != http::Method::HEAD {
                    let named = answer.element("Header").unwrap_or_default();
                    assert!(named.eq_ignore_ascii_case(name), "{what}: {named}");
                }
            }
            Treatment::Unsupported | Treatment::CopiesOnly | Treatment::OutOfContext => {
                assert_eq!(send("AES256").status, 400, "{what}");
            }
            Treatment::Ignored(reason) => {
                assert!(!reason.is_empty());
                let answer = send(&probe(operation.id, name));
                assert_eq!(answer.code(), plain.code(), "{what}: {}", answer.text());
            }
            Treatment::Read => must_be_read(world, operation, name, &plain, place, number),
        }
    }
}

/// Neither as a header nor in the query of a presigned request.
#[test]
fn no_header_is_dropped_on_any_route() {
    let names = names();
    std::thread::scope(|scope| {
        for half in 0..2 {
            let names = &names;
            scope.spawn(move || {
                for operation in OPERATIONS.iter().skip(half).step_by(2) {
                    let world = world();
                    for (number, name) in names.iter().enumerate() {
                        check(&world, operation, name, number);
                    }
                }
            });
        }
    });
}

/// A header that comes twice is one header with both values: none of them decides alone.
#[test]
fn a_repeated_header_is_read_whole() {
    let world = world();
    let etag = world.head("/bkt/k").header("etag").unwrap().to_owned();
    for values in [["*", "\"no\""], ["\"no\"", "*"]] {
        let call = values.iter().fold(Call::new("PUT", "/bkt/new"), |call, value| {
            call.header("if-none-match", value)
        });
        assert_eq!(
            world.ask(call.body("x")).code(),
            "501 NotImplemented",
            "{values:?}"
        );
    }
    let both = Call::new("PUT", "/bkt/k")
        .header("if-match", &etag)
        .header("if-match", "\"no\"");
    assert_eq!(world.ask(both.body("x")).code(), "412 PreconditionFailed");
    let owners = Call::new("GET", "/bkt/k")
        .header("x-amz-expected-bucket-owner", "111122223333")
        .header("x-amz-expected-bucket-owner", "444455556666");
    assert_eq!(world.ask(owners).status, 400);
    assert_eq!(world.read("/bkt/k"), "data");
}
