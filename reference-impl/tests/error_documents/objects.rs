//! Errors of reads and deletes of objects, and of what belongs to them.

use super::case::World;
use crate::client::Call;

const NO_KEY: &str = "The specified key does not exist.";
const NOT_ALLOWED: &str = "The specified method is not allowed against this resource.";

fn version_of(world: &World, target: &str) -> String {
    let head = world.done(Call::new("HEAD", target));
    head.header("x-amz-version-id").unwrap().to_owned()
}

#[test]
fn missing_keys_and_versions() {
    let world = World::new();
    for target in ["/bkt/none", "/bkt/none?acl", "/bkt/none?partNumber=1"] {
        world.refuses(
            Call::new("GET", target),
            "404 NoSuchKey",
            NO_KEY,
            &[("Key", "none")],
        );
    }
    world.refuses(
        Call::new("GET", "/bkt/none?tagging"),
        "404 NoSuchKey",
        NO_KEY,
        &[("Key", "bkt/none")],
    );
    let attributes = Call::new("GET", "/bkt/none?attributes").header("x-amz-object-attributes", "ETag");
    world.refuses(attributes, "404 NoSuchKey", NO_KEY, &[("Key", "none")]);
    for target in ["/lck/none?retention", "/lck/none?legal-hold"] {
        world.refuses(
            Call::new("GET", target),
            "404 NoSuchKey",
            NO_KEY,
            &[("Key", "none")],
        );
    }
    let gone = {
        let put = world.done(Call::new("PUT", "/ver/gone").body("x"));
        let id = put.header("x-amz-version-id").unwrap().to_owned();
        world.done(Call::new("DELETE", &format!("/ver/gone?versionId={id}")));
        id
    };
    for (target, key, id) in [
        ("/ver/gone?versionId=", "gone", gone.as_str()),
        ("/ver/gone?acl&versionId=", "gone", &gone),
        ("/ver/gone?tagging&versionId=", "gone", &gone),
        ("/ver/k?versionId=", "k", "null"),
    ] {
        world.refuses(
            Call::new("GET", &format!("{target}{id}")),
            "404 NoSuchVersion",
            "The specified version does not exist.",
            &[("Key", key), ("VersionId", id)],
        );
    }
    for (id, message) in [
        ("x", "Invalid version id specified"),
        ("", "Version id cannot be the empty string"),
    ] {
        for query in ["", "acl&", "tagging&"] {
            world.refuses(
                Call::new("GET", &format!("/ver/k?{query}versionId={id}")),
                "400 InvalidArgument",
                message,
                &[("ArgumentName", "versionId"), ("ArgumentValue", id)],
            );
        }
    }
}

#[test]
fn delete_markers() {
    let world = World::new();
    let old = version_of(&world, "/ver/k");
    world.done(Call::new("DELETE", "/ver/k"));
    world.refuses(
        Call::new("GET", "/ver/k"),
        "404 NoSuchKey",
        NO_KEY,
        &[("Key", "k")],
    );
    let marker = world
        .ask(Call::new("GET", "/ver/k"))
        .header("x-amz-version-id")
        .unwrap()
        .to_owned();
    assert_ne!(marker, old);
    let tags = "<Tagging><TagSet/></Tagging>";
    for (call, method) in [
        (Call::new("GET", &format!("/ver/k?versionId={marker}")), "GET"),
        (Call::new("GET", &format!("/ver/k?acl&versionId={marker}")), "GET"),
        (Call::new("GET", "/ver/k?tagging"), "GET"),
        (Call::new("PUT", "/ver/k?tagging").document(tags), "PUT"),
        (Call::new("DELETE", "/ver/k?tagging"), "DELETE"),
    ] {
        world.refuses(
            call,
            "405 MethodNotAllowed",
            NOT_ALLOWED,
            &[("Method", method), ("ResourceType", "DeleteMarker")],
        );
    }
    world.refuses(
        Call::new("PUT", "/ver/copy").header("x-amz-copy-source", &format!("/ver/k?versionId={marker}")),
        "400 InvalidRequest",
        "The source of a copy request may not specifically refer to a delete marker by version id.",
        &[],
    );
}

#[test]
fn ranges_parts_and_conditions() {
    let world = World::new();
    let get = |name: &str, value: &str| Call::new("GET", "/bkt/k").header(name, value);
    world.refuses(
        get("range", "bytes=9-"),
        "416 InvalidRange",
        "The requested range is not satisfiable",
        &[("RangeRequested", "bytes=9-"), ("ActualObjectSize", "5")],
    );
    world.refuses(
        Call::new("GET", "/bkt/k?partNumber=2"),
        "416 InvalidPartNumber",
        "The requested partnumber is not satisfiable",
        &[("PartNumberRequested", "2"), ("ActualPartCount", "1")],
    );
    for number in ["0", "10001", "x"] {
        world.refuses(
            Call::new("GET", &format!("/bkt/k?partNumber={number}")),
            "400 InvalidArgument",
            "Part number must be an integer between 1 and 10000, inclusive",
            &[("ArgumentName", "partNumber"), ("ArgumentValue", number)],
        );
    }
    world.refuses(
        Call::new("GET", "/bkt/k?partNumber=1").header("range", "bytes=0-"),
        "400 InvalidRequest",
        "Cannot specify both Range header and partNumber query parameter",
        &[],
    );
    let failed = "At least one of the pre-conditions you specified did not hold";
    for (name, value, condition) in [
        ("if-match", "\"x\"", "If-Match"),
        (
            "if-unmodified-since",
            "Thu, 01 Jan 2026 00:00:00 GMT",
            "If-Unmodified-Since",
        ),
    ] {
        world.refuses(
            get(name, value),
            "412 PreconditionFailed",
            failed,
            &[("Condition", condition)],
        );
        world.refuses(
            Call::new("PUT", "/bkt/copy")
                .header("x-amz-copy-source", "/bkt/k")
                .header(&format!("x-amz-copy-source-{name}"), value),
            "412 PreconditionFailed",
            failed,
            &[("Condition", &format!("x-amz-copy-source-{condition}"))],
        );
    }
}

#[test]
fn attributes() {
    let world = World::new();
    world.refuses(
        Call::new("GET", "/bkt/k?attributes"),
        "400 InvalidRequest",
        "The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or empty",
        &[],
    );
    world.refuses(
        Call::new("GET", "/bkt/k?attributes").header("x-amz-object-attributes", "ETags"),
        "400 InvalidArgument",
        "Invalid attribute name specified.",
        &[
            ("ArgumentName", "x-amz-object-attributes"),
            ("ArgumentValue", "ETags"),
        ],
    );
    for limit in ["x", "-1"] {
        let ignored = Call::new("GET", "/bkt/k?attributes")
            .header("x-amz-object-attributes", "ObjectParts")
            .header("x-amz-max-parts", limit);
        world.done(ignored);
    }
}

#[test]
fn retention_and_holds() {
    let world = World::new();
    let missing = "The specified object does not have a ObjectLock configuration";
    for target in ["/lck/k?retention", "/lck/k?legal-hold"] {
        world.refuses(
            Call::new("GET", target),
            "404 NoSuchObjectLockConfiguration",
            missing,
            &[],
        );
    }
    for target in ["/bkt/k?retention", "/bkt/k?legal-hold"] {
        world.refuses(
            Call::new("GET", target),
            "400 InvalidRequest",
            "Bucket is missing Object Lock Configuration",
            &[],
        );
    }
    let past = "<Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>2026-01-01T00:00:00Z</RetainUntilDate></Retention>";
    world.refuses(
        Call::new("PUT", "/lck/k?retention").document(past),
        "400 InvalidArgument",
        "The retain until date must be in the future!",
        &[
            ("ArgumentName", "RetainUntilDate"),
            ("ArgumentValue", "Wed Dec 31 16:00:00 PST 2025"),
        ],
    );
    let protected = "Access Denied because object protected by object lock.";
    let until = "2027-01-01T00:00:00Z";
    let retention = |mode: &str, until: &str| {
        Call::new("PUT", "/lck/k?retention").document(&format!(
            "<Retention><Mode>{mode}</Mode><RetainUntilDate>{until}</RetainUntilDate></Retention>"
        ))
    };
    world.done(retention("GOVERNANCE", until));
    let id = version_of(&world, "/lck/k");
    for call in [
        Call::new("DELETE", &format!("/lck/k?versionId={id}")),
        retention("GOVERNANCE", "2026-06-01T00:00:00Z"),
    ] {
        world.refuses(call, "403 AccessDenied", protected, &[]);
    }
    world.refuses(
        Call::new("DELETE", "/bkt/k").header("x-amz-bypass-governance-retention", "true"),
        "400 InvalidArgument",
        "x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets.",
        &[("ArgumentName", "x-amz-bypass-governance-retention")],
    );
}
