//! ACLs of buckets (EVAL-OP-009), and every door through which a grant comes in: what grants nobody but the owner is
//! kept and shown, what grants others is evaluated or refused, and nothing is dropped.

use super::world::{World, ownership};
use crate::client::{Answer, Call, OTHER};

const ALL_USERS: &str = "http://acs.amazonaws.com/groups/global/AllUsers";
const LOG_DELIVERY: &str = "http://acs.amazonaws.com/groups/s3/LogDelivery";
const EC2: &str = "6aa5a366c34c1cbe25dc49211496e913e0351eb0e8c37aa3477e40942ec6b97c";
const NOBODY: &str = "65a011a29cdf8ec533ec3d1ccaae921c";

/// The canonical user ID of an account.
fn canonical_id(world: &World, owner: bool) -> String {
    let list = Call::new("GET", "/");
    let answer = if owner {
        world.ask(list)
    } else {
        world.server.ask(OTHER, list)
    };
    answer.element("ID").unwrap()
}

/// The permissions and grantees that a document shows, a grant a word.
fn grants(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.code(), "200", "{}", answer.text());
    let text = answer.text();
    let list = text.split_once("<AccessControlList>").unwrap().1;
    let inner = |piece: &str, name: &str| {
        let rest = piece.split_once(&format!("<{name}>"))?.1;
        Some(rest.split_once("</")?.0.to_owned())
    };
    let pieces = list.split("<Grant>").skip(1);
    pieces
        .map(|piece| {
            let grantee = inner(piece, "ID").or_else(|| inner(piece, "URI")).unwrap();
            format!("{} {grantee}", inner(piece, "Permission").unwrap())
        })
        .collect()
}

fn document(owner: &str, grants: &[(&str, &str)]) -> String {
    let grants: String = grants
        .iter()
        .map(|(permission, grantee)| {
            let (kind, name) = if grantee.starts_with("http") {
                ("Group", "URI")
            } else {
                ("CanonicalUser", "ID")
            };
            format!(
                "<Grant><Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"{kind}\">\
                 <{name}>{grantee}</{name}></Grantee><Permission>{permission}</Permission></Grant>"
            )
        })
        .collect();
    format!(
        "<AccessControlPolicy><Owner><ID>{owner}</ID></Owner><AccessControlList>{grants}</AccessControlList>\
         </AccessControlPolicy>"
    )
}

/// The same ACL by name, by headers and as a document, where it has such a form.
fn forms(target: &str, owner: &str, grantee: &str, canned: Option<&str>) -> Vec<Call> {
    let put = || Call::new("PUT", target);
    let header = if grantee.starts_with("http") {
        format!("uri=\"{grantee}\"")
    } else {
        format!("id=\"{grantee}\"")
    };
    let mut forms = vec![
        put().header("x-amz-grant-read", &header),
        put().document(&document(owner, &[("READ", grantee)])),
    ];
    forms.extend(canned.map(|canned| put().header("x-amz-acl", canned)));
    forms
}

#[test]
fn the_owners_grants_are_kept_and_shown() {
    let mut world = World::with_acls();
    let id = canonical_id(&world, true);
    let full = vec![format!("FULL_CONTROL {id}")];
    let acl = |world: &World| grants(&world.get("/bkt?acl"));
    assert_eq!(acl(&world), full);
    let put = || Call::new("PUT", "/bkt?acl");
    let by_id = format!("id=\"{id}\"");
    let cases = [
        (
            put().header("x-amz-grant-read", &by_id),
            vec![format!("READ {id}")],
        ),
        (put().header("x-amz-acl", "private"), full.clone()),
        (
            put()
                .header("x-amz-grant-write", &by_id)
                .header("x-amz-grant-read-acp", &by_id),
            vec![format!("READ_ACP {id}"), format!("WRITE {id}")],
        ),
        (put().header("x-amz-acl", "bucket-owner-full-control"), full),
        (
            put().document(&document(&id, &[("WRITE_ACP", &id)])),
            vec![format!("WRITE_ACP {id}")],
        ),
        (put().document(&document(&id, &[])), vec![]),
    ];
    for (call, shown) in cases {
        world.done(call);
        assert_eq!(acl(&world), shown);
    }
    // The owner reads and writes the ACL that grants it nothing (EVAL-ACL-015), and a restart keeps it.
    world.restart();
    assert_eq!(acl(&world), Vec::<String>::new());
    assert!(
        world
            .get("/bkt?acl")
            .text()
            .contains(&format!("<Owner><ID>{id}</ID>"))
    );
}

#[test]
fn while_acls_are_off_they_are_read_and_never_written() {
    let world = World::empty();
    world.done(Call::new("PUT", "/bkt"));
    let (id, other) = (canonical_id(&world, true), canonical_id(&world, false));
    let full = vec![format!("FULL_CONTROL {id}")];
    assert_eq!(grants(&world.get("/bkt?acl")), full); // EVAL-OWN-005
    let put = || Call::new("PUT", "/bkt?acl");
    let mut calls = vec![
        put().header("x-amz-acl", "private"),
        put().header("x-amz-acl", "bucket-owner-full-control"),
        put().header("x-amz-acl", "aws-exec-read"),
        put().header("x-amz-grant-full-control", &format!("id={id}")),
        put().document(&document(&id, &[("FULL_CONTROL", &id)])),
    ];
    calls.extend(forms("/bkt?acl", &id, ALL_USERS, Some("public-read")));
    calls.extend(forms("/bkt?acl", &id, &other, None));
    for call in calls {
        let answer = world.ask(call);
        assert_eq!(answer.code(), "400 AccessControlListNotSupported"); // EVAL-OWN-003
        assert_eq!(
            answer.element("Message").as_deref(),
            Some("The bucket does not allow ACLs")
        );
    }
    assert_eq!(grants(&world.get("/bkt?acl")), full);
    // What was set before comes back when ACLs do (EVAL-OWN-008).
    world.put("/bkt?ownershipControls", &ownership("ObjectWriter"));
    world.done(put().header("x-amz-grant-read", &format!("id={id}")));
    world.put("/bkt?ownershipControls", &ownership("BucketOwnerEnforced"));
    assert_eq!(grants(&world.get("/bkt?acl")), full);
    world.put("/bkt?ownershipControls", &ownership("BucketOwnerPreferred"));
    assert_eq!(grants(&world.get("/bkt?acl")), [format!("READ {id}")]);
}

#[test]
fn grants_of_a_bucket_to_others_are_not_implemented() {
    let world = World::with_acls();
    let (id, other) = (canonical_id(&world, true), canonical_id(&world, false));
    world.done(Call::new("PUT", "/bkt?acl").header("x-amz-grant-read", &format!("id={id}")));
    for (grantee, canned) in [
        (ALL_USERS, Some("public-read")),
        (ALL_USERS, Some("public-read-write")),
        (
            "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
            Some("authenticated-read"),
        ),
        (LOG_DELIVERY, Some("log-delivery-write")),
        (EC2, Some("aws-exec-read")),
        (NOBODY, None),
        (&other, None),
    ] {
        for call in forms("/bkt?acl", &id, grantee, canned) {
            let what = format!("{grantee} {canned:?} {:?}", call.headers);
            assert_eq!(world.ask(call).code(), "501 NotImplemented", "{what}");
        }
    }
    // Also where only one of several grants is to another.
    let mixed = document(&id, &[("READ", &id), ("WRITE", &other)]);
    assert_eq!(world.put("/bkt?acl", &mixed).code(), "501 NotImplemented");
    assert_eq!(grants(&world.get("/bkt?acl")), [format!("READ {id}")]);
    for call in [Call::new("GET", "/bkt"), Call::new("GET", "/bkt?acl")] {
        assert_eq!(world.server.ask(OTHER, call.clone()).code(), "403 AccessDenied");
        assert_eq!(world.server.send(&call).code(), "403 AccessDenied");
    }
    // Public ones are blocked before (EVAL-BPA-004); others are not public (EVAL-PUB-001).
    world.put(
        "/bkt?publicAccessBlock",
        "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls></PublicAccessBlockConfiguration>",
    );
    for call in forms("/bkt?acl", &id, ALL_USERS, Some("public-read")) {
        let answer = world.ask(call);
        assert_eq!(answer.code(), "403 AccessDenied");
        assert!(answer.element("Message").unwrap().ends_with(
            "because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access."
        ));
    }
    for grantee in [LOG_DELIVERY, &other] {
        for call in forms("/bkt?acl", &id, grantee, None) {
            assert_eq!(world.ask(call).code(), "501 NotImplemented", "{grantee}");
        }
    }
    assert_eq!(grants(&world.get("/bkt?acl")), [format!("READ {id}")]);
}

#[test]
fn bad_acls_are_refused_alike_for_buckets_and_objects() {
    let world = World::with_acls();
    let id = canonical_id(&world, true);
    world.done(Call::new("PUT", "/bkt/k").body("x"));
    for target in ["/bkt?acl", "/bkt/k?acl"] {
        let put = || Call::new("PUT", target);
        let header = |name: &str, value: &str| put().header(name, value);
        let before = world.get(target).text();
        let argument = |name: &str, value: &str| {
            vec![
                ("ArgumentName", name.to_owned()),
                ("ArgumentValue", value.to_owned()),
            ]
        };
        let cases = [
            (
                header("x-amz-acl", "Private"),
                "400 InvalidArgument",
                "",
                argument("x-amz-acl", "Private"), // EVAL-ACL-012
            ),
            (
                header("x-amz-grant-read", "uri=x"),
                "400 InvalidArgument",
                "Invalid group uri",
                argument("uri", "x"), // EVAL-ACL-013
            ),
            (
                header("x-amz-grant-read", "id=0"),
                "400 InvalidArgument",
                "Invalid id",
                argument("id", "0"),
            ),
            (
                header("x-amz-grant-write-acp", "name=0"),
                "400 InvalidArgument",
                "Argument format not recognized",
                argument("x-amz-grant-write-acp", "name=0"),
            ),
            (
                put().document(&document(&id, &[("READ", "0")])),
                "400 InvalidArgument",
                "Invalid id",
                argument("CanonicalUser/ID", "0"),
            ),
            (
                put().document(&document(&id, &[("READ", "http://x")])),
                "400 InvalidArgument",
                "Invalid group uri",
                argument("Group/URI", "http://x"),
            ),
            (
                header("x-amz-acl", "private").header("x-amz-grant-read", &format!("id={id}")),
                "400 InvalidRequest",
                "Specifying both Canned ACLs and Header Grants is not allowed",
                vec![], // EVAL-ACL-011
            ),
            (
                header("x-amz-acl", "private").document(&document(&id, &[])),
                "400 UnexpectedContent",
                "This request does not support content",
                vec![],
            ),
            (
                put(),
                "400 MissingSecurityHeader",
                "Your request was missing a required header",
                vec![("MissingHeaderName", "x-amz-acl".to_owned())],
            ),
            (
                put().document("<AccessControlPolicy><AccessControlList/></AccessControlPolicy>"),
                "400 MalformedACLError", // EVAL-ACL-014
                "The XML you provided was not well-formed or did not validate against our published schema",
                vec![],
            ),
            (
                put().document(&document(&id, &[("read", &id)])),
                "400 MalformedACLError",
                "The XML you provided was not well-formed or did not validate against our published schema",
                vec![],
            ),
            (
                header("x-amz-grant-read", "emailAddress=\"a@example.com\""),
                "405 MethodNotAllowed", // EVAL-ACL-002
                "The specified method is not allowed against this resource.",
                vec![],
            ),
            (
                put().document(&document(&canonical_id(&world, false), &[])),
                "403 AccessDenied",
                "Access Denied",
                vec![],
            ),
        ];
        for (call, code, message, extra) in cases {
            let answer = world.ask(call);
            assert_eq!(answer.code(), code, "{target} {message}: {}", answer.text());
            assert_eq!(
                answer.element("Message").as_deref(),
                Some(message),
                "{target} {code}"
            );
            for (name, value) in extra {
                assert_eq!(answer.element(name), Some(value), "{target} {code}");
            }
        }
        assert_eq!(world.get(target).text(), before);
    }
}

#[test]
fn a_bucket_is_made_with_its_acl_or_not_at_all() {
    let world = World::empty();
    let (id, other) = (canonical_id(&world, true), canonical_id(&world, false));
    let make = |setting: &str, header: (&str, &str)| {
        world.ask(
            Call::new("PUT", "/made")
                .header("x-amz-object-ownership", setting)
                .header(header.0, header.1),
        )
    };
    let (by_id, by_other) = (format!("id={id}"), format!("id={other}"));
    let (uri, log) = (format!("uri={ALL_USERS}"), format!("uri={LOG_DELIVERY}"));
    for (setting, header, code) in [
        (
            "BucketOwnerEnforced",
            ("x-amz-acl", "public-read"),
            "400 InvalidBucketAclWithObjectOwnership",
        ),
        (
            "BucketOwnerEnforced",
            ("x-amz-acl", "aws-exec-read"),
            "400 InvalidBucketAclWithObjectOwnership",
        ),
        (
            "BucketOwnerEnforced",
            ("x-amz-grant-read", by_other.as_str()),
            "400 InvalidBucketAclWithObjectOwnership",
        ),
        (
            "ObjectWriter",
            ("x-amz-acl", "public-read"),
            "400 InvalidBucketAclWithBlockPublicAccessError",
        ),
        (
            "ObjectWriter",
            ("x-amz-grant-read", uri.as_str()),
            "400 InvalidBucketAclWithBlockPublicAccessError",
        ),
        (
            "ObjectWriter",
            ("x-amz-acl", "aws-exec-read"),
            "501 NotImplemented",
        ),
        (
            "BucketOwnerPreferred",
            ("x-amz-acl", "log-delivery-write"),
            "501 NotImplemented",
        ),
        (
            "ObjectWriter",
            ("x-amz-grant-write", log.as_str()),
            "501 NotImplemented",
        ),
        (
            "ObjectWriter",
            ("x-amz-grant-read", by_other.as_str()),
            "501 NotImplemented",
        ),
        ("ObjectWriter", ("x-amz-acl", "privat"), "400 InvalidArgument"),
        (
            "ObjectWriter",
            ("x-amz-grant-read", "id=0"),
            "400 InvalidArgument",
        ),
    ] {
        assert_eq!(make(setting, header).code(), code, "{setting} {header:?}");
        assert_eq!(world.ask(Call::new("HEAD", "/made")).status, 404, "{header:?}");
    }
    for (setting, header, shown) in [
        ("BucketOwnerEnforced", ("x-amz-acl", "private"), "FULL_CONTROL"),
        ("ObjectWriter", ("x-amz-acl", "private"), "FULL_CONTROL"),
        ("ObjectWriter", ("x-amz-acl", "bucket-owner-read"), "FULL_CONTROL"),
        (
            "ObjectWriter",
            ("x-amz-grant-write-acp", by_id.as_str()),
            "WRITE_ACP",
        ),
    ] {
        assert_eq!(make(setting, header).code(), "200", "{setting} {header:?}");
        assert_eq!(grants(&world.get("/made?acl")), [format!("{shown} {id}")]);
        world.done(Call::new("DELETE", "/made"));
    }
}

/// The writes that carry an ACL, each with the read that tells what came of it.
fn writes(acl: (&str, &str)) -> Vec<Call> {
    let with = |call: Call| call.header(acl.0, acl.1);
    vec![
        with(Call::new("PUT", "/bkt/new").body("x")),
        with(Call::new("PUT", "/bkt/new").header("x-amz-copy-source", "/bkt/k")),
        with(Call::new("POST", "/bkt/new?uploads")),
        with(Call::new("PUT", "/bkt/k?acl")),
    ]
}

#[test]
fn grants_of_objects_are_evaluated_or_refused() {
    let world = World::with_acls();
    let (id, other) = (canonical_id(&world, true), canonical_id(&world, false));
    world.done(Call::new("PUT", "/bkt/k").body("x"));
    let (log, ec2, nobody) = (
        format!("uri={LOG_DELIVERY}"),
        format!("id={EC2}"),
        format!("id={NOBODY}"),
    );
    for acl in [
        ("x-amz-acl", "aws-exec-read"),
        ("x-amz-acl", "log-delivery-write"),
        ("x-amz-grant-read", log.as_str()),
        ("x-amz-grant-full-control", ec2.as_str()),
        ("x-amz-grant-read-acp", nobody.as_str()),
    ] {
        for call in writes(acl) {
            let what = format!("{} {} {acl:?}", call.method, call.target);
            assert_eq!(world.ask(call).code(), "501 NotImplemented", "{what}");
        }
    }
    assert_eq!(world.get("/bkt/new").code(), "404 NoSuchKey");
    assert!(!world.get("/bkt?uploads").text().contains("<Upload>"));
    assert_eq!(grants(&world.get("/bkt/k?acl")), [format!("FULL_CONTROL {id}")]);
    // What can be evaluated is.
    let reads = |target: &str| world.server.ask(OTHER, Call::new("GET", target)).code();
    assert_eq!(reads("/bkt/k"), "403 AccessDenied");
    world.done(Call::new("PUT", "/bkt/k?acl").header("x-amz-grant-read", &format!("id={other}")));
    assert_eq!(reads("/bkt/k"), "200");
    assert_eq!(reads("/bkt/k?acl"), "403 AccessDenied");
    assert_eq!(grants(&world.get("/bkt/k?acl")), [format!("READ {other}")]);
    let copy = Call::new("PUT", "/bkt/copy").header("x-amz-copy-source", "/bkt/k");
    world.done(copy.header("x-amz-acl", "authenticated-read"));
    assert_eq!(reads("/bkt/copy"), "200");
    assert_eq!(
        world.server.send(&Call::new("GET", "/bkt/copy")).code(),
        "403 AccessDenied"
    );
}

#[test]
fn writes_with_acls_meet_the_same_gates() {
    let world = World::empty();
    world.done(Call::new("PUT", "/bkt"));
    world.done(Call::new("PUT", "/bkt/k").body("x"));
    let (id, other) = (canonical_id(&world, true), canonical_id(&world, false));
    let (own, foreign) = (format!("id={id}"), format!("id={other}"));
    for acl in [
        ("x-amz-acl", "public-read"),
        ("x-amz-acl", "aws-exec-read"),
        ("x-amz-acl", "log-delivery-write"),
        ("x-amz-grant-read", own.as_str()),
        ("x-amz-grant-full-control", foreign.as_str()),
    ] {
        for call in writes(acl) {
            let what = format!("{} {} {acl:?}", call.method, call.target);
            assert_eq!(
                world.ask(call).code(),
                "400 AccessControlListNotSupported",
                "{what}"
            ); // EVAL-OWN-003
        }
    }
    for acl in [
        ("x-amz-acl", "private"), // EVAL-OWN-004
        ("x-amz-acl", "bucket-owner-full-control"),
        ("x-amz-grant-full-control", own.as_str()),
    ] {
        for call in writes(acl) {
            let puts_acl = call.target.ends_with("?acl");
            let code = world.ask(call).code();
            let expected = if puts_acl {
                "400 AccessControlListNotSupported"
            } else {
                "200"
            };
            assert_eq!(code, expected, "{acl:?}");
        }
    }
    // With ACLs on, new buckets still block the public ones (EVAL-BPA-004).
    world.put("/bkt?ownershipControls", &ownership("ObjectWriter"));
    let uri = format!("uri={ALL_USERS}");
    for acl in [("x-amz-acl", "public-read"), ("x-amz-grant-read", uri.as_str())] {
        for call in writes(acl) {
            assert_eq!(world.ask(call).code(), "403 AccessDenied", "{acl:?}");
        }
    }
}
