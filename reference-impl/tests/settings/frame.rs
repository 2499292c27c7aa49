//! What a request leaves alone: a subresource is never the plain operation (EVAL-OPX-009), and a refused request changes
//! nothing (EVAL-OPX-010).

use super::world::{POLICY, Seen, World, changed, ownership, tagging};
use crate::client::{Call, Key, OTHER};

/// Every subresource that S3 has, of buckets and objects, built here or not.
const SUBRESOURCES: [&str; 46] = [
    "abac",
    "accelerate",
    "acl",
    "analytics",
    "annotation",
    "attributes",
    "cors",
    "delete",
    "encryption",
    "intelligent-tiering",
    "inventory",
    "legal-hold",
    "lifecycle",
    "location",
    "logging",
    "metadataAnnotationTable",
    "metadataConfiguration",
    "metadataInventoryTable",
    "metadataJournalTable",
    "metadataTable",
    "metrics",
    "notification",
    "object-lock",
    "ownershipControls",
    "policy",
    "policyStatus",
    "publicAccessBlock",
    "renameObject",
    "replication",
    "requestPayment",
    "restore",
    "retention",
    "select",
    "session",
    "tagging",
    "torrent",
    "uploadId",
    "uploads",
    "versioning",
    "versions",
    "website",
    // With what their clients send along.
    "analytics&id=a",
    "annotation&annotationName=a",
    "inventory&id=a",
    "metrics&id=a",
    "select&select-type=2",
];

const METHODS: [&str; 6] = ["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH"];

/// The ways to write a subresource in a query.
fn spellings(name: &str) -> Vec<String> {
    let (bare, rest) = name.split_once('&').unwrap_or((name, ""));
    let rest = if rest.is_empty() {
        String::new()
    } else {
        format!("&{rest}")
    };
    let upper = bare.to_ascii_uppercase();
    let escaped: String = bare.bytes().map(|byte| format!("%{byte:02X}")).collect();
    vec![
        format!("{bare}{rest}"),
        format!("{bare}={rest}"),
        format!("{bare}=x{rest}"),
        format!("{bare}&{bare}{rest}"),
        format!("{bare}=1&{bare}=2{rest}"),
        format!("{upper}{rest}"),
        format!("{upper}=x{rest}"),
        format!("{escaped}={rest}"),
        format!("x-id=PutObject&{bare}{rest}"),
        format!("versionId=null&{bare}{rest}"),
    ]
}

/// What a method without a body may change of the bucket's and the object's settings by design.
fn changes(method: &str, name: &str) -> &'static [&'static str] {
    match (method, name) {
        ("DELETE", "policy") => &["/bkt?policy"],
        ("DELETE", "publicAccessBlock") => &["/bkt?publicAccessBlock"],
        ("DELETE", "ownershipControls") => &["/bkt?ownershipControls"],
        // The count of tags is told with the object.
        ("DELETE", "tagging") => &["/bkt?tagging", "/bkt/k?tagging", "/bkt/k"],
        ("POST", "uploads") => &["/bkt?uploads"],
        _ => &[],
    }
}

/// Puts back what a subresource took away.
fn restore(world: &World) {
    world.put("/bkt?policy", POLICY);
    world.put(
        "/bkt?publicAccessBlock",
        "<PublicAccessBlockConfiguration><BlockPublicPolicy>true</BlockPublicPolicy></PublicAccessBlockConfiguration>",
    );
    world.put("/bkt?ownershipControls", &ownership("ObjectWriter"));
    world.put("/bkt?tagging", &tagging(&[("team", "a"), ("cost", "1")]));
    world.put("/bkt/k?tagging", &tagging(&[("kind", "draft")]));
}

#[test]
fn a_subresource_is_never_the_plain_operation() {
    let world = World::full();
    for name in SUBRESOURCES {
        for method in METHODS {
            let before = world.seen();
            let mut asked = Vec::new();
            for place in ["/bkt", "/bkt/k", "/bkt/new", "/made"] {
                for spelling in spellings(name) {
                    let target = format!("{place}?{spelling}");
                    let call = Call::new(method, &target);
                    let call = if method == "GET" || method == "HEAD" {
                        call
                    } else {
                        call.document("")
                    };
                    let status = world.ask(call).status;
                    // Whoever is not let in asks for nothing, and the test would tell nothing.
                    assert_ne!(status, 403, "{method} {target}");
                    asked.push(format!("{target} {status}"));
                }
            }
            let allowed = changes(method, name);
            let differs = changed(&before, &world.seen());
            let wrong: Vec<&String> = differs
                .iter()
                .filter(|target| !allowed.contains(&target.as_str()))
                .collect();
            assert!(wrong.is_empty(), "{method}: {wrong:?} after {asked:#?}");
            if !differs.is_empty() && name != "uploads" {
                restore(&world);
            }
        }
    }
}

/// Each operation that writes, with a request that would succeed, and what it would change.
fn writes(upload: &str, version: &str) -> Vec<(Call, &'static [&'static str])> {
    let put = |target: &str, body: &str| Call::new("PUT", target).document(body);
    let delete = |target: &str| Call::new("DELETE", target);
    let tags = tagging(&[("new", "tag")]);
    let hold = "<LegalHold><Status>OFF</Status></LegalHold>";
    let until = "<RetainUntilDate>2027-01-01T00:00:00Z</RetainUntilDate>";
    let block = "<PublicAccessBlockConfiguration><IgnorePublicAcls>true</IgnorePublicAcls></PublicAccessBlockConfiguration>";
    let lock =
        "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>";
    let both = &["/bkt/k", "/bkt?versions"];
    vec![
        (put("/bkt?tagging", &tags), &["/bkt?tagging"]),
        (delete("/bkt?tagging"), &["/bkt?tagging"]),
        (
            Call::new("PUT", "/bkt?acl").header("x-amz-acl", "private"),
            &["/bkt?acl"],
        ),
        (
            put("/bkt?policy", &POLICY.replace("CORS", "Acl")),
            &["/bkt?policy"],
        ),
        (delete("/bkt?policy"), &["/bkt?policy"]),
        (put("/bkt?publicAccessBlock", block), &["/bkt?publicAccessBlock"]),
        (delete("/bkt?publicAccessBlock"), &["/bkt?publicAccessBlock"]),
        (
            put("/bkt?ownershipControls", &ownership("BucketOwnerPreferred")),
            &["/bkt?ownershipControls"],
        ),
        (delete("/bkt?ownershipControls"), &["/bkt?ownershipControls"]),
        (put("/bkt?object-lock", lock), &["/bkt?object-lock"]),
        (put("/bkt/k?tagging", &tags), &["/bkt/k?tagging"]),
        (delete("/bkt/k?tagging"), &["/bkt/k?tagging", "/bkt/k"]),
        (
            Call::new("PUT", "/bkt/k?acl").header("x-amz-acl", "authenticated-read"),
            &["/bkt/k?acl"],
        ),
        (put("/bkt/k?legal-hold", hold), &["/bkt/k?legal-hold", "/bkt/k"]),
        (
            put(
                "/bkt/k?retention",
                &format!("<Retention><Mode>GOVERNANCE</Mode>{until}</Retention>"),
            ),
            &["/bkt/k?retention", "/bkt/k"],
        ),
        (put("/bkt/k", "other bytes"), both),
        (
            put("/bkt/new", "").header("x-amz-copy-source", "/bkt/k"),
            &["/bkt/new", "/bkt?versions"],
        ),
        (delete("/bkt/k"), both),
        (
            delete(&format!("/bkt/k?versionId={version}"))
                .header("x-amz-bypass-governance-retention", "true"),
            &["/bkt?versions"],
        ),
        (
            Call::new("POST", "/bkt?delete").document("<Delete><Object><Key>k</Key></Object></Delete>"),
            both,
        ),
        (Call::new("POST", "/bkt/more?uploads"), &["/bkt?uploads"]),
        (delete(&format!("/bkt/part?uploadId={upload}")), &["/bkt?uploads"]),
        (delete("/bkt"), &["/"]),
        (Call::new("PUT", "/made"), &["/"]),
    ]
}

/// Ways to have a request refused that are no matter of the operation.
fn refusals(world: &World, call: &Call) -> Vec<(&'static str, u16)> {
    let wrong = Key {
        secret: "no/secret",
        ..crate::client::OWNER
    };
    let header = |name: &str, value: &str| call.clone().header(name, value);
    let mut without_digest = call.clone();
    without_digest.headers.retain(|(name, _)| name != "content-md5");
    let bad_digest = without_digest.header("content-md5", "AAAAAAAAAAAAAAAAAAAAAA==");
    let ask = |key: Key, call: Call| world.server.ask(key, call).status;
    let mut answers = vec![
        ("unsigned", world.server.send(call).status),
        ("wrong secret", ask(wrong, call.clone())),
        ("bad digest", ask(crate::client::OWNER, bad_digest)),
    ];
    if call.target != "/made" {
        // Making a bucket of one's own is no matter of the owner's, nor has a bucket to come an owner to expect.
        answers.push(("stranger", ask(OTHER, call.clone())));
        let other_owner = header("x-amz-expected-bucket-owner", "444455556666");
        answers.push(("other owner", ask(crate::client::OWNER, other_owner)));
    }
    answers
}

#[test]
fn a_refused_request_changes_nothing() {
    let world = World::full();
    let (upload, version) = (
        world.get("/bkt?uploads").element("UploadId").unwrap(),
        world.get("/bkt?versions").text(),
    );
    // The older version: its removal leaves the object as it is.
    let version = version.rsplit_once("<VersionId>").unwrap().1;
    let version = version.split_once('<').unwrap().0.to_owned();
    let before: Seen = world.seen();
    for (call, _) in writes(&upload, &version) {
        let what = format!("{} {}", call.method, call.target);
        for (how, status) in refusals(&world, &call) {
            // DeleteObjects tells each refusal in a 200.
            let told = call.target == "/bkt?delete" && status == 200;
            assert!(status >= 400 || told, "{what} {how}: {status}");
        }
        let differs = changed(&before, &world.seen());
        assert!(differs.is_empty(), "{what}: {differs:?}");
    }
}

#[test]
fn a_write_changes_what_it_names_and_nothing_else() {
    let count = writes("", "").len();
    for index in 0..count {
        let world = World::full();
        let (upload, versions) = (
            world.get("/bkt?uploads").element("UploadId").unwrap(),
            world.get("/bkt?versions").text(),
        );
        let version = versions.rsplit_once("<VersionId>").unwrap().1;
        let version = version.split_once('<').unwrap().0.to_owned();
        let before = world.seen();
        let (call, names) = writes(&upload, &version).swap_remove(index);
        let what = format!("{} {}", call.method, call.target);
        let answer = world.ask(call);
        if what == "DELETE /bkt" {
            assert_eq!(answer.code(), "409 BucketNotEmpty");
            assert_eq!(changed(&before, &world.seen()), Vec::<String>::new());
            continue;
        }
        assert!(answer.status < 300, "{what}: {}", answer.text());
        let differs = changed(&before, &world.seen());
        assert!(!differs.is_empty(), "{what} changed nothing");
        for target in &differs {
            assert!(
                names.contains(&target.as_str()) || what.ends_with(" /bkt/k") || what.ends_with("?delete"),
                "{what} changed {target}"
            );
        }
    }
}
