//! The table of operations and permissions (EVAL-OP): each operation needs exactly the actions of its row.
//!
//! Every row is asked once without each of its actions, which must be refused and change nothing, and then with all
//! of them, which must not be refused.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot be set up has failed"
)]
#![allow(dead_code, reason = "client and world serve several tests")]

#[path = "support/client.rs"]
mod client;
#[path = "support/world.rs"]
mod world;

use std::fmt::Write as _;

use client::{Credentials, Request};
use world::World;

/// A row: the request and the actions that it needs, each on its resource.
struct Row {
    clause: &'static str,
    request: Request,
    needs: Vec<(&'static str, &'static str)>,
}

const BUCKET: &str = "arn:aws:s3:::bkt";
const KEY: &str = "arn:aws:s3:::bkt/k";

fn on(resource: &'static str, actions: &[&'static str]) -> Vec<(&'static str, &'static str)> {
    actions.iter().map(|action| (*action, resource)).collect()
}

/// A row of one bucket and action.
fn bucket(clause: &'static str, method: &str, query: &str, action: &'static str) -> Row {
    Row {
        clause,
        request: Request::new(method, &format!("/bkt{query}")),
        needs: on(BUCKET, &[action]),
    }
}

/// A row of one key and some actions.
fn key(clause: &'static str, method: &str, query: &str, actions: &[&'static str]) -> Row {
    Row {
        clause,
        request: Request::new(method, &format!("/bkt/k{query}")),
        needs: on(KEY, actions),
    }
}

impl Row {
    fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    fn body(mut self, body: &str) -> Self {
        let sum = data_encoding::BASE64.encode(&<md5::Md5 as md5::Digest>::digest(body.as_bytes()));
        self.request = self.request.body(body).header("content-md5", &sum);
        self
    }

    fn also(mut self, resource: &'static str, actions: &[&'static str]) -> Self {
        self.needs.extend(on(resource, actions));
        self
    }
}

/// Gives the user exactly these rights.
fn grant(world: &World, rights: &[(&str, &str)]) {
    let mut statements = String::new();
    for (action, resource) in rights {
        let _ = write!(
            statements,
            r#",{{"Effect":"Allow","Action":"{action}","Resource":"{resource}"}}"#
        );
    }
    // A policy needs a statement, also where nothing is granted.
    let nothing = r#"{"Effect":"Allow","Action":"s3:GetBucketCORS","Resource":"arn:aws:s3:::elsewhere"}"#;
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{nothing}{statements}]}}"#);
    let parameters = [
        ("Action", "PutUserPolicy"),
        ("UserName", "ann"),
        ("PolicyName", "p"),
        ("PolicyDocument", text.as_str()),
    ];
    let reply = world.iam(&world.owner, &parameters);
    assert_eq!(reply.status, 200, "{}", reply.text());
}

fn run(world: &World, ann: &Credentials, rows: Vec<Row>) {
    for row in rows {
        for left_out in 0..row.needs.len() {
            let mut rights = row.needs.clone();
            let (action, _) = rights.remove(left_out);
            grant(world, &rights);
            let reply = world.send(Some(ann), row.request.clone());
            let at = format!(
                "{} {} {} without {action}",
                row.clause, row.request.method, row.request.query
            );
            assert_eq!(reply.status, 403, "{at}: {}", reply.text());
            if row.request.method != "HEAD" {
                assert_eq!(reply.element("Code"), "AccessDenied", "{at}");
            }
        }
        grant(world, &row.needs);
        let reply = world.send(Some(ann), row.request.clone());
        let at = format!("{} {} {}", row.clause, row.request.method, row.request.query);
        assert!(
            (200..300).contains(&reply.status),
            "{at}: {} {}",
            reply.status,
            reply.text()
        );
    }
}

fn put(world: &World, target: &str, body: &str) -> String {
    let reply = world.owner("PUT", target, body);
    assert_eq!(reply.status, 200, "{target}: {}", reply.text());
    let id = reply.headers.iter().find(|(name, _)| name == "x-amz-version-id");
    id.map(|(_, id)| id.clone()).unwrap_or_default()
}

/// Sends a document with its MD5 as the owner.
fn set(world: &World, target: &str, body: &str) {
    let row = Row {
        clause: "",
        request: Request::new("PUT", target),
        needs: Vec::new(),
    }
    .body(body);
    let reply = world.send(Some(&world.owner), row.request);
    assert_eq!(reply.status, 200, "{target}: {}", reply.text());
}

const SSE_S3: &str = "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>";
const ENABLED: &str = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
const BLOCK: &str = "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls>\
                     </PublicAccessBlockConfiguration>";
const OWNERSHIP: &str = "<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>";
const TAGGING: &str = "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>";

#[test]
fn bucket_operations_need_their_actions() {
    let world = World::new("table-bucket");
    let ann = world.user(&world.owner, "ann");
    put(&world, "/bkt/k", "hello");
    let policy = r#"{"Statement":{"Effect":"Deny","Principal":"*","Action":"s3:PutBucketCORS","Resource":"arn:aws:s3:::bkt"}}"#;
    let rows = vec![
        bucket("EVAL-OP-004", "HEAD", "", "s3:ListBucket"),
        bucket("EVAL-OP-005", "GET", "?location", "s3:GetBucketLocation"),
        bucket("EVAL-OP-006", "GET", "", "s3:ListBucket"),
        bucket("EVAL-OP-006", "GET", "?list-type=2", "s3:ListBucket"),
        bucket("EVAL-OP-007", "GET", "?versions", "s3:ListBucketVersions"),
        bucket("EVAL-OP-008", "GET", "?uploads", "s3:ListBucketMultipartUploads"),
        bucket("EVAL-OP-009", "GET", "?acl", "s3:GetBucketAcl"),
        bucket("EVAL-OP-010", "PUT", "?policy", "s3:PutBucketPolicy").body(policy),
        bucket("EVAL-OP-010", "GET", "?policy", "s3:GetBucketPolicy"),
        bucket("EVAL-OP-011", "GET", "?policyStatus", "s3:GetBucketPolicyStatus"),
        bucket("EVAL-OP-010", "DELETE", "?policy", "s3:DeleteBucketPolicy"),
        bucket("EVAL-OP-013", "PUT", "?encryption", "s3:PutEncryptionConfiguration").body(SSE_S3),
        bucket("EVAL-OP-013", "GET", "?encryption", "s3:GetEncryptionConfiguration"),
        bucket("EVAL-OP-013", "DELETE", "?encryption", "s3:PutEncryptionConfiguration"),
        bucket("EVAL-OP-015", "PUT", "?versioning", "s3:PutBucketVersioning").body(ENABLED),
        bucket("EVAL-OP-015", "GET", "?versioning", "s3:GetBucketVersioning"),
        bucket("EVAL-OP-016", "PUT", "?tagging", "s3:PutBucketTagging").body(TAGGING),
        bucket("EVAL-OP-016", "GET", "?tagging", "s3:GetBucketTagging"),
        bucket("EVAL-OP-016", "DELETE", "?tagging", "s3:PutBucketTagging"),
        bucket("EVAL-OP-024", "PUT", "?ownershipControls", "s3:PutBucketOwnershipControls").body(OWNERSHIP),
        bucket("EVAL-OP-024", "GET", "?ownershipControls", "s3:GetBucketOwnershipControls"),
        bucket("EVAL-OP-024", "DELETE", "?ownershipControls", "s3:PutBucketOwnershipControls"),
        // ACLs are on now.
        bucket("EVAL-OP-009", "PUT", "?acl", "s3:PutBucketAcl").header("x-amz-acl", "private"),
        bucket("EVAL-OP-025", "PUT", "?publicAccessBlock", "s3:PutBucketPublicAccessBlock").body(BLOCK),
        bucket("EVAL-OP-025", "GET", "?publicAccessBlock", "s3:GetBucketPublicAccessBlock"),
        bucket("EVAL-BPA-011", "DELETE", "?publicAccessBlock", "s3:PutBucketPublicAccessBlock"),
        bucket("EVAL-OP-027", "PUT", "?object-lock", "s3:PutBucketObjectLockConfiguration")
            .body("<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>"),
        bucket("EVAL-OP-027", "GET", "?object-lock", "s3:GetBucketObjectLockConfiguration"),
        Row { clause: "EVAL-OP-001", request: Request::new("GET", "/"), needs: on("*", &["s3:ListAllMyBuckets"]) },
    ];
    run(&world, &ann, rows);
}

/// The canonical user ID of the owner's account.
fn canonical_id(world: &World) -> String {
    world.owner("GET", "/bkt?acl", "").element("ID")
}

#[test]
fn making_and_removing_buckets_needs_their_actions() {
    let world = World::new("table-create");
    let ann = world.user(&world.owner, "ann");
    let create = |name: &str, resource, actions: &[&'static str]| Row {
        clause: "EVAL-OP-002",
        request: Request::new("PUT", &format!("/{name}")),
        needs: on(resource, actions),
    };
    let lock = [
        "s3:CreateBucket",
        "s3:PutBucketObjectLockConfiguration",
        "s3:PutBucketVersioning",
    ];
    let owned = ["s3:CreateBucket", "s3:PutBucketOwnershipControls"];
    let own = canonical_id(&world);
    let rows = vec![
        create("plain", "arn:aws:s3:::plain", &["s3:CreateBucket"]),
        create("locked", "arn:aws:s3:::locked", &lock).header("x-amz-bucket-object-lock-enabled", "true"),
        create("owned", "arn:aws:s3:::owned", &owned).header("x-amz-object-ownership", "ObjectWriter"),
        create("private", "arn:aws:s3:::private", &["s3:CreateBucket"]).header("x-amz-acl", "private"),
        create(
            "granted",
            "arn:aws:s3:::granted",
            &["s3:CreateBucket", "s3:PutBucketAcl"],
        )
        .header("x-amz-grant-read", &format!("id={own}")),
        create(
            "named",
            "arn:aws:s3:::named",
            &["s3:CreateBucket", "s3:PutBucketAcl"],
        )
        .header("x-amz-acl", "bucket-owner-full-control"),
        Row {
            clause: "EVAL-OP-003",
            request: Request::new("DELETE", "/plain"),
            needs: on("arn:aws:s3:::plain", &["s3:DeleteBucket"]),
        },
    ];
    run(&world, &ann, rows);
}

#[test]
fn reading_objects_needs_the_action_of_the_version() {
    let world = World::new("table-read");
    let ann = world.user(&world.owner, "ann");
    set(&world, "/bkt?versioning", ENABLED);
    let id = put(&world, "/bkt/k", "hello");
    let version = format!("?versionId={id}");
    let sub = |name: &str| format!("?{name}&versionId={id}");
    let attributes = |row: Row| row.header("x-amz-object-attributes", "ETag");
    let rows = vec![
        key("EVAL-OP-028", "GET", "", &["s3:GetObject"]),
        key("EVAL-OP-028", "GET", &version, &["s3:GetObjectVersion"]),
        key("EVAL-OP-029", "HEAD", "", &["s3:GetObject"]),
        key("EVAL-OP-029", "HEAD", &version, &["s3:GetObjectVersion"]),
        attributes(key(
            "EVAL-OP-030",
            "GET",
            "?attributes",
            &["s3:GetObject", "s3:GetObjectAttributes"],
        )),
        attributes(key(
            "EVAL-OP-030",
            "GET",
            &sub("attributes"),
            &["s3:GetObjectVersion", "s3:GetObjectVersionAttributes"],
        )),
        key("EVAL-OP-041", "GET", "?acl", &["s3:GetObjectAcl"]),
        key("EVAL-OP-041", "GET", &sub("acl"), &["s3:GetObjectVersionAcl"]),
        key("EVAL-OP-042", "PUT", "?tagging", &["s3:PutObjectTagging"]).body(TAGGING),
        key(
            "EVAL-OP-042",
            "PUT",
            &sub("tagging"),
            &["s3:PutObjectVersionTagging"],
        )
        .body(TAGGING),
        key("EVAL-OP-042", "GET", "?tagging", &["s3:GetObjectTagging"]),
        key(
            "EVAL-OP-042",
            "GET",
            &sub("tagging"),
            &["s3:GetObjectVersionTagging"],
        ),
        key("EVAL-OP-042", "DELETE", "?tagging", &["s3:DeleteObjectTagging"]),
        key(
            "EVAL-OP-042",
            "DELETE",
            &sub("tagging"),
            &["s3:DeleteObjectVersionTagging"],
        ),
        key("EVAL-OP-039", "DELETE", &version, &["s3:DeleteObjectVersion"]),
        key("EVAL-OP-039", "DELETE", "", &["s3:DeleteObject"]),
    ];
    run(&world, &ann, rows);
}

/// An instant some minutes ahead, so that what it locks soon ends.
fn soon() -> String {
    let later = jiff::Timestamp::now() + std::time::Duration::from_secs(600);
    later.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[test]
fn writing_objects_needs_what_its_headers_set() {
    let world = World::new("table-write");
    let ann = world.user(&world.owner, "ann");
    let made = Request::new("PUT", "/lck").header("x-amz-bucket-object-lock-enabled", "true");
    assert_eq!(world.send(Some(&world.owner), made).status, 200);
    put(&world, "/bkt/src", "source");
    put(&world, "/bkt/k", "hello");
    let locked = |clause, method: &str, query: &str, actions: &[&'static str]| Row {
        clause,
        request: Request::new(method, &format!("/lck/k{query}")),
        needs: on("arn:aws:s3:::lck/k", actions),
    };
    let write = |extra: &[&'static str]| key("EVAL-OP-031", "PUT", "", &[&["s3:PutObject"], extra].concat());
    let until = soon();
    let retention =
        format!("<Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>{until}</RetainUntilDate></Retention>");
    let rows = vec![
        write(&[]).body("hello"),
        write(&["s3:PutObjectAcl"]).header("x-amz-acl", "bucket-owner-full-control"),
        write(&["s3:PutObjectTagging"]).header("x-amz-tagging", "a=b"),
        write(&["s3:GetObject"])
            .body("hello")
            .header("if-match", "\"d41d8cd98f00b204e9800998ecf8427e\""),
        locked(
            "LOCK-CFG-016",
            "PUT",
            "",
            &["s3:PutObject", "s3:PutObjectRetention"],
        )
        .body("hello")
        .header("x-amz-object-lock-mode", "GOVERNANCE")
        .header("x-amz-object-lock-retain-until-date", &until),
        locked("EVAL-OP-043", "GET", "?retention", &["s3:GetObjectRetention"]),
        locked(
            "LOCK-CFG-016",
            "PUT",
            "",
            &["s3:PutObject", "s3:PutObjectLegalHold"],
        )
        .body("hello")
        .header("x-amz-object-lock-legal-hold", "ON"),
        locked("EVAL-OP-044", "GET", "?legal-hold", &["s3:GetObjectLegalHold"]),
        locked("EVAL-OP-043", "PUT", "?retention", &["s3:PutObjectRetention"]).body(&retention),
        locked("EVAL-OP-044", "PUT", "?legal-hold", &["s3:PutObjectLegalHold"])
            .body("<LegalHold><Status>OFF</Status></LegalHold>"),
        locked(
            "LOCK-RET-022",
            "PUT",
            "?retention",
            &["s3:PutObjectRetention", "s3:BypassGovernanceRetention"],
        )
        .body("<Retention/>")
        .header("x-amz-bypass-governance-retention", "true"),
    ];
    run(&world, &ann, rows);
}

#[test]
fn copies_need_both_sides() {
    let world = World::new("table-copy");
    let ann = world.user(&world.owner, "ann");
    set(&world, "/bkt?versioning", ENABLED);
    let id = put(&world, "/bkt/src", "source");
    let tagged = Request::new("PUT", "/bkt/tagged")
        .body("source")
        .header("x-amz-tagging", "a=b");
    assert_eq!(world.send(Some(&world.owner), tagged).status, 200);
    const SOURCE: &str = "arn:aws:s3:::bkt/src";
    const TAGGED: &str = "arn:aws:s3:::bkt/tagged";
    let copy =
        |source: &str| key("EVAL-OP-032", "PUT", "", &["s3:PutObject"]).header("x-amz-copy-source", source);
    let with_tags = ["s3:PutObjectTagging"];
    let rows = vec![
        copy("/bkt/src").also(SOURCE, &["s3:GetObject"]),
        copy(&format!("/bkt/src?versionId={id}")).also(SOURCE, &["s3:GetObjectVersion"]),
        copy("bkt/tagged")
            .also(TAGGED, &["s3:GetObject", "s3:GetObjectTagging"])
            .also(KEY, &with_tags),
        copy("bkt/tagged")
            .header("x-amz-tagging-directive", "REPLACE")
            .header("x-amz-tagging", "c=d")
            .also(TAGGED, &["s3:GetObject"])
            .also(KEY, &with_tags),
    ];
    run(&world, &ann, rows);
}

#[test]
fn uploads_in_parts_need_the_action_of_writing() {
    let world = World::new("table-parts");
    let ann = world.user(&world.owner, "ann");
    put(&world, "/bkt/src", "source");
    let initiated = || {
        let reply = world.owner("POST", "/bkt/k?uploads", "");
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.element("UploadId")
    };
    let id = initiated();
    let part = world.owner("PUT", &format!("/bkt/k?partNumber=1&uploadId={id}"), "hello");
    let etag = part
        .headers
        .iter()
        .find(|(name, _)| name == "etag")
        .map(|(_, etag)| etag.clone())
        .unwrap();
    let complete = format!(
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{etag}</ETag></Part></CompleteMultipartUpload>"
    );
    let upload = format!("?uploadId={id}");
    let rows = vec![
        key("EVAL-OP-033", "POST", "?uploads", &["s3:PutObject"]),
        key(
            "EVAL-OP-034",
            "PUT",
            &format!("?partNumber=2&uploadId={id}"),
            &["s3:PutObject"],
        )
        .body("hello"),
        key(
            "EVAL-OP-035",
            "PUT",
            &format!("?partNumber=3&uploadId={id}"),
            &["s3:PutObject"],
        )
        .header("x-amz-copy-source", "/bkt/src")
        .also("arn:aws:s3:::bkt/src", &["s3:GetObject"]),
        key("EVAL-OP-038", "GET", &upload, &["s3:ListMultipartUploadParts"]),
        key("EVAL-OP-036", "POST", &upload, &["s3:PutObject"]).body(&complete),
        key(
            "EVAL-OP-037",
            "DELETE",
            &format!("?uploadId={}", initiated()),
            &["s3:AbortMultipartUpload"],
        ),
    ];
    run(&world, &ann, rows);
    // The initiator needs neither to list nor to abort what it began (EVAL-OP-037, EVAL-OP-038).
    grant(&world, &[("s3:PutObject", KEY)]);
    let own = world
        .send(Some(&ann), Request::new("POST", "/bkt/k?uploads"))
        .element("UploadId");
    grant(&world, &[]);
    for (method, status) in [("GET", 200), ("DELETE", 204)] {
        let reply = world.send(
            Some(&ann),
            Request::new(method, &format!("/bkt/k?uploadId={own}")),
        );
        assert_eq!(reply.status, status, "{method}: {}", reply.text());
    }
}

#[test]
fn iam_calls_need_their_actions() {
    let world = World::new("table-iam");
    let ann = world.user(&world.owner, "ann");
    const BOB: &str = "arn:aws:iam::111122223333:user/bob";
    let call = |action: &'static str, permission: &'static str, resource, more: &[(&str, &str)]| {
        let mut parameters = vec![("Action", action)];
        parameters.extend_from_slice(more);
        let request = Request::form("iam", world::IAM, &parameters);
        Row {
            clause: action,
            request,
            needs: on(resource, &[permission]),
        }
    };
    let bob = ("UserName", "bob");
    let document = r#"{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#;
    let named = ("PolicyName", "p");
    let rows = vec![
        call("CreateUser", "iam:CreateUser", BOB, &[bob]),
        call("GetUser", "iam:GetUser", BOB, &[bob]),
        call(
            "ListUsers",
            "iam:ListUsers",
            "arn:aws:iam::111122223333:user/",
            &[],
        ),
        call("CreateAccessKey", "iam:CreateAccessKey", BOB, &[bob]),
        call("ListAccessKeys", "iam:ListAccessKeys", BOB, &[bob]),
        call(
            "PutUserPolicy",
            "iam:PutUserPolicy",
            BOB,
            &[bob, named, ("PolicyDocument", document)],
        ),
        call("GetUserPolicy", "iam:GetUserPolicy", BOB, &[bob, named]),
        call("ListUserPolicies", "iam:ListUserPolicies", BOB, &[bob]),
        call("DeleteUserPolicy", "iam:DeleteUserPolicy", BOB, &[bob, named]),
    ];
    run(&world, &ann, rows);
    let key = world
        .iam(&world.owner, &[("Action", "ListAccessKeys"), bob])
        .element("AccessKeyId");
    let rows = vec![
        call(
            "DeleteAccessKey",
            "iam:DeleteAccessKey",
            BOB,
            &[bob, ("AccessKeyId", &key)],
        ),
        call("DeleteUser", "iam:DeleteUser", BOB, &[bob]),
    ];
    run(&world, &ann, rows);
}
