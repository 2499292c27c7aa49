//! Errors of the service, of buckets and of their settings.

use super::case::World;
use crate::client::{Call, OTHER};

const MALFORMED: &str =
    "The XML you provided was not well-formed or did not validate against our published schema";
const NO_BUCKET: &str = "The specified bucket does not exist";

#[test]
fn names_of_buckets_are_told() {
    let world = World::new();
    let get = |target: &str| Call::new("GET", target);
    for target in ["/none", "/none/k", "/none?tagging", "/none?acl", "/none?uploads"] {
        world.refuses(
            get(target),
            "404 NoSuchBucket",
            NO_BUCKET,
            &[("BucketName", "none")],
        );
    }
    world.refuses(
        get("/No"),
        "400 InvalidBucketName",
        "The specified bucket is not valid.",
        &[("BucketName", "No")],
    );
    for (query, code, message) in [
        (
            "policy",
            "404 NoSuchBucketPolicy",
            "The bucket policy does not exist",
        ),
        ("tagging", "404 NoSuchTagSet", "The TagSet does not exist"),
        (
            "object-lock",
            "404 ObjectLockConfigurationNotFoundError",
            "Object Lock configuration does not exist for this bucket",
        ),
    ] {
        world.refuses(
            get(&format!("/bkt?{query}")),
            code,
            message,
            &[("BucketName", "bkt")],
        );
    }
    for (query, code, message) in [
        (
            "publicAccessBlock",
            "404 NoSuchPublicAccessBlockConfiguration",
            "The public access block configuration was not found",
        ),
        (
            "ownershipControls",
            "404 OwnershipControlsNotFoundError",
            "The bucket ownership controls were not found",
        ),
    ] {
        world.done(Call::new("DELETE", &format!("/bkt?{query}")));
        world.refuses(
            get(&format!("/bkt?{query}")),
            code,
            message,
            &[("BucketName", "bkt")],
        );
    }
    world.refuses(
        Call::new("DELETE", "/bkt"),
        "409 BucketNotEmpty",
        "The bucket you tried to delete is not empty",
        &[("BucketName", "bkt")],
    );
    world.refuses(
        Call::new("DELETE", "/ver"),
        "409 BucketNotEmpty",
        "The bucket you tried to delete is not empty. You must delete all versions in the bucket.",
        &[("BucketName", "ver")],
    );
}

#[test]
fn making_buckets() {
    let world = World::new();
    let put = |target: &str| Call::new("PUT", target);
    world.refuses_others(
        put("/bkt"),
        "409 BucketAlreadyExists",
        "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please \
         select a different name and try again.",
        &[("BucketName", "bkt")],
    );
    world.refuses(
        put("/lck"),
        "409 BucketAlreadyOwnedByYou",
        "Your previous request to create the named bucket succeeded and you already own it.",
        &[("BucketName", "lck")],
    );
    world.refuses(
        put("/new").header("x-amz-object-ownership", "Nobody"),
        "400 InvalidArgument",
        "Invalid x-amz-object-ownership header: Nobody",
        &[("ArgumentName", "x-amz-object-ownership")],
    );
    world.refuses(
        put("/new").header("x-amz-acl", "Private"),
        "400 InvalidArgument",
        "",
        &[("ArgumentName", "x-amz-acl"), ("ArgumentValue", "Private")],
    );
    world.refuses(
        put("/new").header("x-amz-acl", "public-read"),
        "400 InvalidBucketAclWithObjectOwnership",
        "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
        &[],
    );
    world.refuses(
        put("/new")
            .header("x-amz-acl", "public-read")
            .header("x-amz-object-ownership", "ObjectWriter"),
        "400 InvalidBucketAclWithBlockPublicAccessError",
        "Bucket cannot have public ACLs set with BlockPublicAccess enabled",
        &[],
    );
    let located = |name: &str| {
        format!(
            "<CreateBucketConfiguration><LocationConstraint>{name}</LocationConstraint></CreateBucketConfiguration>"
        )
    };
    for named in ["us-east-1", "mars-1", ""] {
        world.refuses(
            put("/new").document(&located(named)),
            "400 InvalidLocationConstraint",
            "The specified location-constraint is not valid",
            &[("LocationConstraint", named)],
        );
    }
    world.refuses(
        put("/new").document(&located("eu-west-1")),
        "400 IllegalLocationConstraintException",
        "The eu-west-1 location constraint is incompatible for the region specific endpoint this request was sent to.",
        &[],
    );
    world.refuses(
        put("/new").document("<Other/>"),
        "400 MalformedXML",
        MALFORMED,
        &[],
    );
}

#[test]
fn expected_owners() {
    let world = World::new();
    let expect =
        |target: &str, owner: &str| Call::new("GET", target).header("x-amz-expected-bucket-owner", owner);
    for target in ["/bkt", "/bkt?acl", "/bkt?tagging", "/bkt/k", "/bkt/k?tagging"] {
        world.refuses(
            expect(target, "444455556666"),
            "403 AccessDenied",
            "Access Denied",
            &[],
        );
        world.refuses(
            expect(target, "me"),
            "400 InvalidBucketOwnerAWSAccountID",
            "The value of the expected bucket owner parameter must be an AWS Account ID... [me]",
            &[],
        );
    }
}

#[test]
fn settings() {
    let world = World::new();
    let put = |target: &str, body: &str| Call::new("PUT", target).document(body);
    for target in [
        "/bkt?versioning",
        "/bkt?publicAccessBlock",
        "/bkt?ownershipControls",
        "/bkt?object-lock",
        "/bkt?tagging",
        "/lck/k?retention",
        "/lck/k?legal-hold",
        "/bkt/k?tagging",
    ] {
        world.refuses(put(target, "<Other/>"), "400 MalformedXML", MALFORMED, &[]);
    }
    for target in [
        "/bkt?versioning",
        "/bkt?tagging",
        "/bkt?object-lock",
        "/lck/k?retention",
    ] {
        world.refuses(
            Call::new("PUT", target).body("<Other/>"),
            "400 InvalidRequest",
            "Missing required header for this request: Content-MD5 OR x-amz-checksum-*",
            &[],
        );
    }
    for target in [
        "/bkt?versioning",
        "/bkt?publicAccessBlock",
        "/bkt?ownershipControls",
    ] {
        world.refuses(
            put(target, ""),
            "400 MissingRequestBodyError",
            "Request Body is empty",
            &[],
        );
    }
    world.refuses(
        put("/bkt?versioning", "<VersioningConfiguration/>"),
        "400 IllegalVersioningConfigurationException",
        "The Versioning element must be specified",
        &[],
    );
    world.refuses(
        put(
            "/lck?versioning",
            "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>",
        ),
        "409 InvalidBucketState",
        "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.",
        &[],
    );
    let lock = |rule: &str| {
        format!(
            "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>{rule}</ObjectLockConfiguration>"
        )
    };
    world.refuses(
        put("/bkt?object-lock", &lock("")),
        "409 InvalidBucketState",
        "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
        &[],
    );
    for (name, value, message) in [
        (
            "Days",
            "0",
            "Default retention period must be a positive integer value.",
        ),
        ("Years", "101", "Default retention period too large."),
    ] {
        let rule = format!(
            "<Rule><DefaultRetention><Mode>GOVERNANCE</Mode><{name}>{value}</{name}></DefaultRetention></Rule>"
        );
        world.refuses(
            put("/lck?object-lock", &lock(&rule)),
            "400 InvalidArgument",
            message,
            &[("ArgumentName", name)],
        );
    }
    world.refuses(
        put("/bkt?policy", "x"),
        "400 MalformedPolicy",
        "Policies must be valid JSON and the first byte must be '{'",
        &[],
    );
}

#[test]
fn policies_are_their_owners() {
    let world = World::new();
    let everything = r#"{"Statement":{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"s3:*","Resource":"arn:aws:s3:::bkt"}}"#;
    world.done(Call::new("PUT", "/bkt?policy").document(everything));
    // POL-DOC-008
    for (method, body) in [("GET", ""), ("PUT", everything), ("DELETE", "")] {
        world.refuses_others(
            Call::new(method, "/bkt?policy").document(body),
            "405 MethodNotAllowed",
            "The specified method is not allowed against this resource.",
            &[("Method", method), ("ResourceType", "BUCKETPOLICY")],
        );
    }
    assert_eq!(world.server.ask(OTHER, Call::new("GET", "/bkt?acl")).status, 200);
}

#[test]
fn methods_and_subresources() {
    let world = World::new();
    let message = "The specified method is not allowed against this resource.";
    for (method, target, resource) in [
        ("POST", "/", "SERVICE"),
        ("PATCH", "/bkt", "BUCKET"),
        ("POST", "/bkt/k", "OBJECT"),
        ("DELETE", "/bkt?acl", "ACL"),
        ("POST", "/bkt?policy", "BUCKETPOLICY"),
        ("DELETE", "/bkt?versioning", "VERSIONING"),
        ("POST", "/bkt/k?tagging", "OBJECT_TAGGING"),
        ("PUT", "/bkt/k?uploadId=x", "UPLOAD"),
    ] {
        world.refuses(
            Call::new(method, target),
            "405 MethodNotAllowed",
            message,
            &[("Method", method), ("ResourceType", resource)],
        );
    }
    for call in [
        Call::new("PUT", "/bkt/k?partNumber=1"),
        Call::new("PUT", "/bkt/k?partNumber=1").header("x-amz-copy-source", "/bkt/k"),
    ] {
        world.refuses(
            call,
            "400 InvalidArgument",
            "This operation does not accept partNumber without uploadId",
            &[("ArgumentName", "partNumber"), ("ArgumentValue", "partNumber")],
        );
    }
    world.refuses(
        Call::new("GET", "/bkt?acl&policy"),
        "400 InvalidArgument",
        "Conflicting query string parameters: acl, policy",
        &[("ArgumentName", "ResourceType"), ("ArgumentValue", "acl")],
    );
}

#[test]
fn listings() {
    let world = World::new();
    let cases = [
        (
            "/?max-buckets=x",
            "Provided max-buckets not an integer or within integer range",
            "max-buckets",
            "x",
        ),
        (
            "/?max-buckets=0",
            "Argument max-buckets must be an integer between 1 and 10000",
            "max-buckets",
            "0",
        ),
        (
            "/?max-buckets=10001",
            "Argument max-buckets must be an integer between 1 and 10000",
            "max-buckets",
            "10001",
        ),
        (
            "/?max-buckets=-1",
            "Argument max-buckets must be an integer between 1 and 10000",
            "max-buckets",
            "-1",
        ),
        (
            "/bkt?encoding-type=x",
            "Invalid Encoding Method specified in Request",
            "encoding-type",
            "x",
        ),
        (
            "/bkt?max-keys=x",
            "Provided max-keys not an integer or within integer range",
            "max-keys",
            "x",
        ),
        (
            "/bkt?max-keys=2147483648",
            "Provided max-keys not an integer or within integer range",
            "max-keys",
            "2147483648",
        ),
        (
            "/bkt?max-keys=-1",
            "Argument maxKeys must be an integer between 0 and 2147483647",
            "maxKeys",
            "-1",
        ),
        (
            "/bkt?list-type=2&max-keys=-1",
            "Argument maxKeys must be an integer between 0 and 2147483647",
            "maxKeys",
            "-1",
        ),
        (
            "/ver?versions&max-keys=-1",
            "max-keys cannot be negative",
            "max-keys",
            "-1",
        ),
        (
            "/ver?versions&max-keys=x",
            "Provided max-keys not an integer or within integer range",
            "max-keys",
            "x",
        ),
        (
            "/bkt?uploads&max-uploads=-1",
            "Argument max-uploads must be an integer between 0 and 2147483647",
            "max-uploads",
            "-1",
        ),
        (
            "/bkt?uploads&max-uploads=2157483648",
            "Provided max-uploads not an integer or within integer range",
            "max-uploads",
            "2157483648",
        ),
        (
            "/bkt?uploads&key-marker=k&upload-id-marker=x",
            "Invalid uploadId marker",
            "upload-id-marker",
            "x",
        ),
        (
            "/ver?versions&version-id-marker=null",
            "A version-id marker cannot be specified without a key marker.",
            "version-id-marker",
            "null",
        ),
        (
            "/ver?versions&key-marker=k&version-id-marker=x",
            "Invalid version id specified",
            "version-id-marker",
            "x",
        ),
    ];
    for (target, message, name, value) in cases {
        world.refuses(
            Call::new("GET", target),
            "400 InvalidArgument",
            message,
            &[("ArgumentName", name), ("ArgumentValue", value)],
        );
    }
    for token in ["garbage", ""] {
        world.refuses(
            Call::new("GET", &format!("/bkt?list-type=2&continuation-token={token}")),
            "400 InvalidArgument",
            "The continuation token provided is incorrect",
            &[("ArgumentName", "continuation-token")],
        );
    }
}
