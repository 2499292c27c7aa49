//! Authorization over the wire: users, bucket policies, other accounts and anonymous callers against a real server.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot be set up has failed"
)]
#![allow(dead_code, reason = "the client serves several tests")]

#[path = "support/client.rs"]
mod client;
#[path = "support/world.rs"]
mod world;

use client::{Credentials, Request};
use world::{IAM, World, statement};

fn denied() -> (u16, String) {
    (403, "AccessDenied".to_owned())
}

fn ok() -> (u16, String) {
    (200, String::new())
}

const ANN: &str = r#"{"AWS":"arn:aws:iam::111122223333:user/ann"}"#;
const EVERYONE: &str = r#""*""#;

#[test]
fn users_can_do_what_their_policies_say_at_once() {
    let world = World::new("identity");
    let ann = world.user(&world.owner, "ann");
    let ask = || world.ask(Some(&ann), "GET", "/bkt?versioning");
    assert_eq!(ask(), denied());
    world.allow(
        &world.owner,
        "ann",
        "Allow",
        "s3:GetBucketVersioning",
        "arn:aws:s3:::bkt",
    );
    assert_eq!(ask(), ok());
    world.allow(&world.owner, "ann", "Deny", "s3:*", "*");
    assert_eq!(ask(), denied());
    let identity = world.send(
        Some(&ann),
        Request::form("sts", "2011-06-15", &[("Action", "GetCallerIdentity")]),
    );
    assert_eq!(identity.element("Arn"), "arn:aws:iam::111122223333:user/ann");
    assert_eq!(world.ask(Some(&ann), "GET", "/").0, 403);
}

#[test]
fn denials_say_why_to_the_account_only() {
    let world = World::new("messages");
    let ann = world.user(&world.owner, "ann");
    let message = |credentials: Option<&Credentials>, target: &str| {
        world
            .send(credentials, Request::new("GET", target))
            .element("Message")
    };
    assert_eq!(
        message(Some(&ann), "/bkt?versioning"),
        "User: arn:aws:iam::111122223333:user/ann is not authorized to perform: s3:GetBucketVersioning on resource: \
         \"arn:aws:s3:::bkt\" because no identity-based policy allows the s3:GetBucketVersioning action"
    );
    assert_eq!(
        world
            .policy(&[("Deny", EVERYONE, "s3:GetBucketVersioning", "bkt")])
            .status,
        204
    );
    assert_eq!(
        message(Some(&world.owner), "/bkt?versioning"),
        "User: arn:aws:iam::111122223333:root is not authorized to perform: s3:GetBucketVersioning on resource: \
         \"arn:aws:s3:::bkt\" with an explicit deny in a resource-based policy"
    );
    assert_eq!(message(Some(&world.other), "/bkt?versioning"), "Access Denied");
    assert_eq!(message(None, "/bkt?versioning"), "Access Denied");
}

#[test]
fn bucket_policies_grant_to_users_and_delegate_to_accounts() {
    let world = World::new("resource");
    let ann = world.user(&world.owner, "ann");
    let ask = || world.ask(Some(&ann), "GET", "/bkt?versioning");
    world.policy(&[(
        "Allow",
        r#"{"AWS":"111122223333"}"#,
        "s3:GetBucketVersioning",
        "bkt",
    )]);
    assert_eq!(ask(), denied()); // EVAL-SAME-003
    world.policy(&[("Allow", ANN, "s3:GetBucketVersioning", "bkt")]);
    assert_eq!(ask(), ok()); // EVAL-SAME-004
    let deny = ("Deny", ANN, "s3:Get*", "bkt");
    world.policy(&[("Allow", ANN, "s3:GetBucketVersioning", "bkt"), deny]);
    assert_eq!(ask(), denied()); // EVAL-ORD-001
    assert_eq!(world.owner("DELETE", "/bkt?policy", "").status, 204);
    assert_eq!(ask(), denied());
}

#[test]
fn another_account_needs_both_sides() {
    let world = World::new("cross");
    let eve = world.user(&world.other, "eve");
    let ask = |credentials: &Credentials| world.ask(Some(credentials), "GET", "/bkt?versioning");
    assert_eq!((ask(&eve), ask(&world.other)), (denied(), denied()));
    world.policy(&[("Allow", r#"{"AWS":"444455556666"}"#, "s3:*", "bkt")]);
    assert_eq!((ask(&eve), ask(&world.other)), (denied(), ok())); // EVAL-XACC-003
    world.allow(&world.other, "eve", "Allow", "s3:*", "*");
    assert_eq!(ask(&eve), ok()); // EVAL-XACC-001
    // POL-DOC-008: permitted, but the policy is the owner's; without permission it is a plain denial.
    let foreign = (405, "MethodNotAllowed".to_owned());
    assert_eq!(world.ask(Some(&world.other), "GET", "/bkt?policy"), foreign);
    assert_eq!(world.ask(Some(&world.other), "DELETE", "/bkt?policy"), foreign);
    assert_eq!(world.owner("DELETE", "/bkt?policy", "").status, 204);
    assert_eq!(world.ask(Some(&world.other), "GET", "/bkt?policy"), denied());
    assert_eq!(
        world.ask(Some(&world.other), "GET", "/absent?versioning"),
        (404, "NoSuchBucket".to_owned())
    );
}

#[test]
fn the_owners_root_user_is_never_locked_out_of_the_policy() {
    let world = World::new("lockout");
    assert_eq!(world.policy(&[("Deny", EVERYONE, "s3:*", "bkt")]).status, 204);
    assert_eq!(world.owner("GET", "/bkt?versioning", "").status, 403); // EVAL-ROOT-002
    assert_eq!(world.owner("GET", "/bkt?policy", "").status, 200); // POL-DOC-009
    assert_eq!(world.owner("DELETE", "/bkt?policy", "").status, 204);
    assert_eq!(world.owner("GET", "/bkt?versioning", "").status, 200);
}

#[test]
fn public_access_is_blocked_until_the_block_is_lifted() {
    let world = World::new("public");
    let public = [("Allow", EVERYONE, "s3:GetBucketVersioning", "bkt")];
    let refused = world.policy(&public);
    assert_eq!((refused.status, refused.element("Code")), denied()); // POL-DOC-012
    assert!(refused.element("Message").ends_with(
        "because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access."
    ));
    assert_eq!(
        world.owner("GET", "/bkt?policy", "").status,
        404,
        "a refused policy is not kept"
    );
    world.lift();
    assert_eq!(world.policy(&public).status, 204);
    assert_eq!(world.ask(None, "GET", "/bkt?versioning"), ok());
    assert_eq!(world.ask(Some(&world.other), "GET", "/bkt?versioning"), ok());
    let restrict = "<PublicAccessBlockConfiguration><RestrictPublicBuckets>true</RestrictPublicBuckets>\
                    </PublicAccessBlockConfiguration>";
    assert_eq!(world.owner("PUT", "/bkt?publicAccessBlock", restrict).status, 200);
    assert_eq!(world.ask(None, "GET", "/bkt?versioning"), denied()); // EVAL-BPA-009
    assert_eq!(world.ask(Some(&world.other), "GET", "/bkt?versioning"), denied());
    assert_eq!(world.owner("GET", "/bkt?versioning", "").status, 200);
}

#[test]
fn what_cannot_be_enforced_is_not_stored() {
    let world = World::new("documents");
    let conditional = format!(
        r#"{{"Statement":[{}]}}"#,
        statement(&("Deny", EVERYONE, "s3:*", "bkt")).replace(
            r#""Effect""#,
            r#""Condition":{"Bool":{"aws:SecureTransport":false}},"Effect""#
        )
    );
    let refused = world.owner("PUT", "/bkt?policy", &conditional);
    assert_eq!(
        (refused.status, refused.element("Code")),
        (501, "NotImplemented".to_owned())
    );
    for (text, message) in [
        ("", "Policies must be valid JSON and the first byte must be '{'"),
        ("{}", "Missing required field Statement"),
        (r#"{"Statement":[],"Statement":[]}"#, "Invalid policy syntax."),
    ] {
        let refused = world.owner("PUT", "/bkt?policy", text);
        assert_eq!(refused.status, 400, "{text}: {}", refused.text());
        assert_eq!(
            (
                refused.element("Code").as_str(),
                refused.element("Message").as_str()
            ),
            ("MalformedPolicy", message)
        );
    }
    let stranger = world.policy(&[("Allow", ANN, "s3:GetBucketVersioning", "bkt")]);
    assert_eq!(stranger.element("Message"), "Invalid principal in policy"); // POL-PRIN-010
    assert_eq!(
        world.owner("GET", "/bkt?policy", "").element("Code"),
        "NoSuchBucketPolicy"
    );
}

#[test]
fn a_user_made_anew_is_another_principal() {
    let world = World::new("anew");
    world.user(&world.owner, "ann");
    assert_eq!(
        world
            .policy(&[("Allow", ANN, "s3:GetBucketVersioning", "bkt")])
            .status,
        204
    );
    assert!(world.owner("GET", "/bkt?policy", "").text().contains(":user/ann"));
    let key = world
        .iam(&world.owner, &[("Action", "ListAccessKeys"), ("UserName", "ann")])
        .element("AccessKeyId");
    let gone = [
        ("Action", "DeleteAccessKey"),
        ("UserName", "ann"),
        ("AccessKeyId", key.as_str()),
    ];
    assert_eq!(world.iam(&world.owner, &gone).status, 200);
    assert_eq!(
        world
            .iam(&world.owner, &[("Action", "DeleteUser"), ("UserName", "ann")])
            .status,
        200
    );
    let ann = world.user(&world.owner, "ann");
    assert_eq!(world.ask(Some(&ann), "GET", "/bkt?versioning"), denied()); // POL-PRIN-011
    assert!(world.owner("GET", "/bkt?policy", "").text().contains("\"AIDA"));
}

#[test]
fn missing_keys_are_admitted_to_listers_only() {
    let world = World::new("missing");
    let ann = world.user(&world.owner, "ann");
    world.allow(&world.owner, "ann", "Allow", "s3:GetObject", "arn:aws:s3:::bkt/*");
    assert_eq!(world.ask(Some(&ann), "GET", "/bkt/absent"), denied()); // EVAL-404-001
    world.allow(&world.owner, "ann", "Allow", "s3:ListBucket", "arn:aws:s3:::bkt");
    assert_eq!(
        world.ask(Some(&ann), "GET", "/bkt/absent"),
        (404, "NoSuchKey".to_owned())
    );
}

#[test]
fn objects_are_reached_by_key_and_version() {
    let world = World::new("objects");
    let ann = world.user(&world.owner, "ann");
    let enabled = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    let versioning = Request::new("PUT", "/bkt?versioning").body(enabled);
    let md5 = "content-md5";
    let sum = data_encoding::BASE64.encode(&<md5::Md5 as md5::Digest>::digest(enabled.as_bytes()));
    assert_eq!(
        world
            .send(Some(&world.owner), versioning.header(md5, &sum))
            .status,
        200
    );
    let put = world.owner("PUT", "/bkt/open/k", "hello");
    let id = put
        .headers
        .iter()
        .find(|(name, _)| name == "x-amz-version-id")
        .map(|(_, id)| id.clone())
        .unwrap();
    world.allow(
        &world.owner,
        "ann",
        "Allow",
        "s3:GetObject",
        "arn:aws:s3:::bkt/open/*",
    );
    assert_eq!(world.ask(Some(&ann), "GET", "/bkt/open/k"), ok());
    // EVAL-OP-028: with a version id s3:GetObject is neither needed nor enough.
    assert_eq!(
        world.ask(Some(&ann), "GET", &format!("/bkt/open/k?versionId={id}")),
        denied()
    );
    world.allow(
        &world.owner,
        "ann",
        "Allow",
        "s3:GetObjectVersion",
        "arn:aws:s3:::bkt/open/*",
    );
    assert_eq!(
        world.ask(Some(&ann), "GET", &format!("/bkt/open/k?versionId={id}")),
        ok()
    );
    world.owner("PUT", "/bkt/shut/k", "hello");
    assert_eq!(world.ask(Some(&ann), "GET", "/bkt/shut/k"), denied());
    world.allow(
        &world.owner,
        "ann",
        "Allow",
        "s3:DeleteObject",
        "arn:aws:s3:::bkt/open/*",
    );
    assert_eq!(
        world.ask(Some(&ann), "DELETE", &format!("/bkt/open/k?versionId={id}")),
        denied()
    );
    assert_eq!(
        world.ask(Some(&ann), "DELETE", "/bkt/open/k"),
        (204, String::new())
    );
}

/// Turns ACLs on for the bucket.
fn enable_acls(world: &World) {
    let controls =
        "<OwnershipControls><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule></OwnershipControls>";
    let sum = data_encoding::BASE64.encode(&<md5::Md5 as md5::Digest>::digest(controls.as_bytes()));
    let request = Request::new("PUT", "/bkt?ownershipControls")
        .header("content-md5", &sum)
        .body(controls);
    let reply = world.send(Some(&world.owner), request);
    assert_eq!(reply.status, 200, "{}", reply.text());
}

#[test]
fn acls_speak_only_while_they_are_on() {
    let world = World::new("acl");
    world.owner("PUT", "/bkt/k", "hello");
    let publish = || {
        let request = Request::new("PUT", "/bkt/k?acl").header("x-amz-acl", "public-read");
        let reply = world.send(Some(&world.owner), request);
        (reply.status, reply.element("Code"))
    };
    assert_eq!(publish(), (400, "AccessControlListNotSupported".to_owned())); // EVAL-OWN-003
    enable_acls(&world);
    assert_eq!(publish(), denied()); // EVAL-BPA-004
    world.lift();
    assert_eq!(publish(), ok());
    assert_eq!(world.ask(None, "GET", "/bkt/k"), ok());
    let shown = world.owner("GET", "/bkt/k?acl", "").text();
    assert!(
        shown.contains("<URI>http://acs.amazonaws.com/groups/global/AllUsers</URI>"),
        "{shown}"
    );
    let ignore = "<PublicAccessBlockConfiguration><IgnorePublicAcls>true</IgnorePublicAcls>\
                  </PublicAccessBlockConfiguration>";
    assert_eq!(world.owner("PUT", "/bkt?publicAccessBlock", ignore).status, 200);
    assert_eq!(world.ask(None, "GET", "/bkt/k"), denied()); // EVAL-BPA-007
    assert!(!world.owner("GET", "/bkt/k?acl", "").text().contains("AllUsers"));
    world.lift();
    assert_eq!(world.ask(None, "GET", "/bkt/k"), ok());
    assert_eq!(world.owner("DELETE", "/bkt/k", "").status, 204);
    let gone = |method| world.ask(Some(&world.owner), method, "/bkt/k?acl").0;
    assert_eq!(gone("GET"), 404);
}

#[test]
fn objects_of_other_accounts_are_theirs_while_acls_are_on() {
    let world = World::new("third-party");
    enable_acls(&world);
    world.policy(&[("Allow", r#"{"AWS":"444455556666"}"#, "s3:*", "bkt/*")]);
    let put = |key: &str, acl: Option<&str>| {
        let request = Request::new("PUT", &format!("/bkt/{key}")).body("hello");
        let request = match acl {
            Some(acl) => request.header("x-amz-acl", acl),
            None => request,
        };
        world.send(Some(&world.other), request).status
    };
    assert_eq!(
        (
            put("theirs", None),
            put("shared", Some("bucket-owner-full-control"))
        ),
        (200, 200)
    );
    assert_eq!(world.ask(Some(&world.owner), "GET", "/bkt/theirs"), denied()); // EVAL-OWN-009
    assert_eq!(world.ask(Some(&world.other), "GET", "/bkt/theirs"), ok()); // EVAL-OWN-011
    assert_eq!(world.ask(Some(&world.owner), "GET", "/bkt/shared"), ok());
    assert_eq!(
        world.ask(Some(&world.owner), "DELETE", "/bkt/theirs"),
        (204, String::new())
    ); // EVAL-ACL-009
}

#[test]
fn deletes_of_many_are_authorized_one_by_one() {
    let world = World::new("many");
    let ann = world.user(&world.owner, "ann");
    for key in ["a", "b"] {
        assert_eq!(world.owner("PUT", &format!("/bkt/{key}"), "hello").status, 200);
    }
    world.allow(
        &world.owner,
        "ann",
        "Allow",
        "s3:DeleteObject",
        "arn:aws:s3:::bkt/a",
    );
    let delete = || {
        let body = "<Delete><Object><Key>a</Key></Object><Object><Key>b</Key></Object></Delete>";
        let sum = data_encoding::BASE64.encode(&<md5::Md5 as md5::Digest>::digest(body.as_bytes()));
        world
            .send(
                Some(&ann),
                Request::new("POST", "/bkt?delete")
                    .header("content-md5", &sum)
                    .body(body),
            )
            .text()
    };
    let result = delete();
    assert!(result.contains("<Deleted><Key>a</Key></Deleted>"), "{result}"); // EVAL-OP-040
    assert!(
        result.contains("<Error><Key>b</Key><Code>AccessDenied</Code>"),
        "{result}"
    ); // EVAL-ERR-015
    assert_eq!(world.owner("PUT", "/bkt/a", "hello").status, 200);
    // Decision 0008: ours is that an identity policy denies what it names.
    world.allow(&world.owner, "ann", "Deny", "s3:DeleteObjectVersion", "*");
    assert!(delete().contains("<Deleted><Key>a</Key>"));
}

/// EVAL-OPX-013: a Deny of either action in the bucket policy stops every delete of an unversioned object. Decision 0008:
/// it stops none where there is no object, or in a bucket that was versioned once.
#[test]
fn a_bucket_policy_that_denies_either_delete_action_keeps_unversioned_objects() {
    let world = World::new("either");
    let document = |method: &str, target: &str, body: &str| {
        let sum = data_encoding::BASE64.encode(&<md5::Md5 as md5::Digest>::digest(body.as_bytes()));
        let request = Request::new(method, target).header("content-md5", &sum);
        world.send(Some(&world.owner), request.body(body))
    };
    let many = |inner: &str| {
        let body = format!("<Delete><Object><Key>k</Key>{inner}</Object></Delete>");
        document("POST", "/bkt?delete", &body).text()
    };
    for action in ["s3:DeleteObject", "s3:DeleteObjectVersion"] {
        let denied = [("Deny", "\"*\"", action, "bkt/*")];
        assert_eq!(world.policy(&denied).status, 204);
        assert_eq!(world.owner("PUT", "/bkt/k", "hello").status, 200);
        for target in ["/bkt/k", "/bkt/k?versionId=null"] {
            let reply = world.owner("DELETE", target, "");
            assert_eq!(
                (reply.status, reply.element("Code")),
                (403, "AccessDenied".to_owned()),
                "{action} {target}"
            );
            let message = reply.element("Message");
            assert!(
                message.ends_with("with an explicit deny in a resource-based policy"),
                "{message}"
            );
        }
        for inner in ["", "<VersionId>null</VersionId>"] {
            let result = many(inner);
            assert!(
                result.contains("<Code>AccessDenied</Code><Message>Access Denied</Message>"),
                "{action} {result}"
            );
        }
        assert_eq!(world.owner("GET", "/bkt/k", "").text(), "hello");
    }
    // s3:DeleteObjectVersion is denied now. Of what is not there nothing is kept.
    assert_eq!(world.owner("DELETE", "/bkt/none", "").status, 204);
    assert_eq!(world.owner("DELETE", "/bkt/none?versionId=null", "").status, 403);
    let suspended = "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>";
    assert_eq!(document("PUT", "/bkt?versioning", suspended).status, 200);
    assert_eq!(world.owner("DELETE", "/bkt/k?versionId=null", "").status, 403);
    assert_eq!(world.owner("DELETE", "/bkt/k", "").status, 204);
}

#[test]
fn signatures_and_services_are_told_apart() {
    let world = World::new("services");
    let call = |credentials: Option<&Credentials>, request: Request| {
        let reply = world.send(credentials, request);
        (
            reply.status,
            reply.element("Code"),
            reply.text().contains("<ErrorResponse"),
        )
    };
    let users = || Request::form("iam", IAM, &[("Action", "ListUsers")]);
    assert_eq!(call(Some(&world.owner), users()).0, 200);
    let unknown = Credentials::new("AKIANOBODYNOBODY0000", "x");
    assert_eq!(
        call(Some(&unknown), users()),
        (403, "InvalidClientTokenId".to_owned(), true)
    );
    let wrong = Credentials::new(&world.owner.id, "wrong");
    assert_eq!(
        call(Some(&wrong), users()),
        (403, "SignatureDoesNotMatch".to_owned(), true)
    );
    let role = Request::form("iam", IAM, &[("Action", "CreateRole"), ("RoleName", "r")]);
    assert_eq!(
        call(Some(&world.owner), role),
        (501, "NotImplemented".to_owned(), true)
    );
    let mut misplaced = Request::new("GET", "/bkt");
    misplaced.service = "iam";
    assert_eq!(call(Some(&world.owner), misplaced).0, 400);
}

/// EVAL-OPX-012: an upload belongs to whoever began it, and to the account of a user who did, unless something denies it.
#[test]
fn uploads_of_users_are_their_accounts_too() {
    let world = World::new("uploads");
    let bob = world.user(&world.other, "bob");
    let carol = world.user(&world.other, "carol");
    world.allow(&world.other, "bob", "Allow", "s3:*", "*");
    world.allow(&world.other, "carol", "Allow", "s3:*", "*");
    let writers = r#"{"AWS":["444455556666","arn:aws:iam::444455556666:user/bob","arn:aws:iam::444455556666:user/carol"]}"#;
    let writes = ("Allow", writers, "s3:PutObject", "bkt/*");
    assert_eq!(world.policy(&[writes]).status, 204);
    let begin = |credentials: &Credentials| {
        let begun = world.send(Some(credentials), Request::new("POST", "/bkt/k?uploads"));
        format!("/bkt/k?uploadId={}", begun.element("UploadId"))
    };
    let of_bob = begin(&bob);
    let of_root = begin(&world.other);
    assert_eq!(world.ask(Some(&bob), "GET", &of_bob), ok());
    assert_eq!(world.ask(Some(&world.other), "GET", &of_bob), ok());
    for (credentials, target) in [(&carol, &of_bob), (&bob, &of_root), (&carol, &of_root)] {
        assert_eq!(world.ask(Some(credentials), "GET", target), denied());
        assert_eq!(world.ask(Some(credentials), "DELETE", target), denied());
    }
    let never = ("Deny", EVERYONE, "s3:AbortMultipartUpload", "bkt/*");
    assert_eq!(world.policy(&[writes, never]).status, 204);
    assert_eq!(world.ask(Some(&world.other), "DELETE", &of_bob), denied());
    assert_eq!(world.policy(&[writes]).status, 204);
    assert_eq!(world.ask(Some(&world.other), "DELETE", &of_bob).0, 204);
    assert_eq!(world.ask(Some(&world.other), "DELETE", &of_root).0, 204);
    // Who has the name of a user that is gone has nothing else of it.
    let of_bob = begin(&bob);
    for parameters in [
        [
            ("Action", "DeleteUserPolicy"),
            ("UserName", "bob"),
            ("PolicyName", "Allow-s3--"),
        ],
        [
            ("Action", "DeleteAccessKey"),
            ("UserName", "bob"),
            ("AccessKeyId", &bob.id),
        ],
    ] {
        assert_eq!(world.iam(&world.other, &parameters).status, 200);
    }
    let deleted = [("Action", "DeleteUser"), ("UserName", "bob")];
    assert_eq!(world.iam(&world.other, &deleted).status, 200);
    let bob = world.user(&world.other, "bob");
    world.allow(&world.other, "bob", "Allow", "s3:*", "*");
    assert_eq!(world.ask(Some(&bob), "GET", &of_bob), denied());
    assert_eq!(world.ask(Some(&bob), "DELETE", &of_bob), denied());
    assert_eq!(world.ask(Some(&world.other), "DELETE", &of_bob).0, 204);
    // An upload of one account's user is nothing to another account.
    let ann = world.user(&world.owner, "ann");
    world.allow(&world.owner, "ann", "Allow", "s3:*", "*");
    let of_ann = begin(&ann);
    assert_eq!(world.ask(Some(&world.other), "GET", &of_ann), denied());
    assert_eq!(world.ask(Some(&world.owner), "GET", &of_ann), ok());
}
