//! Authorization case by case, each next to the clause that it is about.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use bucketlaw_server::authz::{
    AccountId, Acl, AclPermission, Action, Authorities, BucketAuthority, Caller, CannedAcl, Check,
    CompiledPolicy, Denial, DenialReason, Directory, Grantee, ObjectAuthority, Ownership, PolicyDocument,
    PublicAccessBlock, Resource, authorize, explicit_denial,
};

#[path = "authorization_cases/acls.rs"]
mod acls;

const OWNER: &str = "111122223333";
const OTHER: &str = "444455556666";
const THIRD: &str = "777788889999";

fn account(id: &str) -> AccountId {
    AccountId::parse(id).unwrap()
}

fn root(id: &str) -> Caller {
    Caller::Root { account: account(id) }
}

fn user(id: &str, name: &str) -> Caller {
    Caller::User {
        account: account(id),
        path: "/".into(),
        name: name.into(),
        unique_id: format!("AIDA{id}{name}").into(),
    }
}

struct Everything;

impl Directory for Everything {
    fn account_exists(&self, _: AccountId) -> bool {
        true
    }
    fn account_by_canonical_id(&self, _: &str) -> Option<AccountId> {
        None
    }
    fn user_id_by_arn(&self, arn: &str) -> Option<String> {
        let rest = arn.strip_prefix("arn:aws:iam::")?;
        rest.split_once(":user/")
            .map(|(id, name)| format!("AIDA{id}{name}"))
    }
    fn user_arn_by_id(&self, _: &str) -> Option<String> {
        None
    }
}

fn bucket_policy(statements: &[(&str, &str, &str, &str)]) -> CompiledPolicy {
    let statements: Vec<String> = statements
        .iter()
        .map(|(effect, principal, action, resource)| {
            format!(
                r#"{{"Effect":"{effect}","Principal":{principal},"Action":"{action}","Resource":"arn:aws:s3:::{resource}"}}"#
            )
        })
        .collect();
    let text = format!(r#"{{"Statement":[{}]}}"#, statements.join(","));
    PolicyDocument::bucket(text.as_bytes(), "b", &Everything)
        .unwrap()
        .compile()
}

fn identity_policy(effect: &str, action: &str, resource: &str) -> CompiledPolicy {
    let text =
        format!(r#"{{"Statement":[{{"Effect":"{effect}","Action":"{action}","Resource":"{resource}"}}]}}"#);
    PolicyDocument::identity(text.as_bytes()).unwrap().compile()
}

fn bucket(policy: Option<&CompiledPolicy>) -> BucketAuthority<'_> {
    BucketAuthority {
        owner: account(OWNER),
        policy,
        public_access_block: PublicAccessBlock::default(),
        ownership: Ownership::BucketOwnerEnforced,
        acl: None,
    }
}

const GET: Check<'static> = Check::new(
    Action::GetObject,
    Resource::Object {
        bucket: "b",
        key: "k",
    },
);

fn decide(
    caller: &Caller,
    identity: &[&CompiledPolicy],
    bucket: BucketAuthority<'_>,
    check: &Check<'_>,
) -> Result<(), Box<Denial>> {
    authorize(
        &Authorities {
            caller,
            identity: identity.to_vec(),
            bucket: Some(bucket),
        },
        check,
    )
}

fn reason(decision: &Result<(), Box<Denial>>) -> Option<DenialReason> {
    decision.as_ref().err().map(|denial| denial.reason)
}

#[test]
fn without_any_policy_only_the_root_user_may() {
    let open = |caller: &Caller| reason(&decide(caller, &[], bucket(None), &GET));
    assert_eq!(open(&root(OWNER)), None); // EVAL-SAME-010
    assert_eq!(open(&user(OWNER, "ann")), Some(DenialReason::ImplicitIdentity));
    assert_eq!(open(&root(OTHER)), Some(DenialReason::ImplicitResource));
    assert_eq!(open(&Caller::Anonymous), Some(DenialReason::ImplicitResource));
}

#[test]
fn in_the_owners_account_either_side_suffices() {
    let ann = user(OWNER, "ann");
    let identity = identity_policy("Allow", "s3:GetObject", "arn:aws:s3:::b/*");
    assert!(decide(&ann, &[&identity], bucket(None), &GET).is_ok());
    for (principal, allowed) in [
        (r#"{"AWS":"arn:aws:iam::111122223333:user/ann"}"#, true), // EVAL-SAME-004
        (r#""*""#, true),                                          // EVAL-SAME-008
        (r#"{"AWS":"111122223333"}"#, false),                      // EVAL-SAME-003
        (r#"{"AWS":"arn:aws:iam::111122223333:user/bob"}"#, false),
    ] {
        let policy = bucket_policy(&[("Allow", principal, "s3:GetObject", "b/*")]);
        assert_eq!(
            decide(&ann, &[], bucket(Some(&policy)), &GET).is_ok(),
            allowed,
            "{principal}"
        );
    }
}

#[test]
fn from_another_account_both_sides_must_allow() {
    let eve = user(OTHER, "eve");
    let identity = identity_policy("Allow", "s3:*", "*");
    for principal in [
        r#""*""#,
        r#"{"AWS":"444455556666"}"#,
        r#"{"AWS":"arn:aws:iam::444455556666:user/eve"}"#,
    ] {
        let policy = bucket_policy(&[("Allow", principal, "s3:GetObject", "b/*")]);
        assert!(
            decide(&eve, &[&identity], bucket(Some(&policy)), &GET).is_ok(),
            "{principal}"
        );
        assert!(
            decide(&eve, &[], bucket(Some(&policy)), &GET).is_err(),
            "{principal}"
        ); // EVAL-XACC-004
        let rooted = decide(&root(OTHER), &[], bucket(Some(&policy)), &GET).is_ok();
        assert_eq!(rooted, !principal.contains("user/"), "{principal}"); // EVAL-XACC-003
    }
    assert!(decide(&eve, &[&identity], bucket(None), &GET).is_err());
}

#[test]
fn an_explicit_deny_wins_over_everything() {
    let identity = identity_policy("Allow", "s3:*", "*");
    let deny = bucket_policy(&[
        ("Allow", r#""*""#, "s3:*", "b/*"),
        ("Deny", r#""*""#, "s3:GetObject", "b/k"),
    ]);
    for caller in [root(OWNER), user(OWNER, "ann"), root(OTHER), Caller::Anonymous] {
        let decision = decide(&caller, &[&identity], bucket(Some(&deny)), &GET);
        assert_eq!(
            reason(&decision),
            Some(DenialReason::ExplicitResource),
            "{caller:?}"
        ); // EVAL-ROOT-002
    }
    let denied = identity_policy("Deny", "s3:Get*", "*");
    let decision = decide(&user(OWNER, "ann"), &[&identity, &denied], bucket(None), &GET);
    assert_eq!(reason(&decision), Some(DenialReason::ExplicitIdentity));
}

#[test]
fn policy_operations_are_the_owners() {
    let deny = bucket_policy(&[("Deny", r#""*""#, "s3:*", "b")]);
    let check = Check::new(Action::PutBucketPolicy, Resource::Bucket("b"));
    assert!(decide(&root(OWNER), &[], bucket(Some(&deny)), &check).is_ok()); // POL-DOC-009
    let versioning = Check::new(Action::PutBucketVersioning, Resource::Bucket("b"));
    assert!(decide(&root(OWNER), &[], bucket(Some(&deny)), &versioning).is_err());
    let allow = bucket_policy(&[("Allow", r#"{"AWS":"444455556666"}"#, "s3:PutBucketPolicy", "b")]);
    let decision = decide(&root(OTHER), &[], bucket(Some(&allow)), &check);
    assert_eq!(reason(&decision), Some(DenialReason::ForeignAccount)); // POL-DOC-008
    let decision = decide(&root(OTHER), &[], bucket(None), &check);
    assert_eq!(reason(&decision), Some(DenialReason::ImplicitResource));
}

#[test]
fn restricted_public_buckets_are_for_their_own_account() {
    let policy = bucket_policy(&[
        ("Allow", r#""*""#, "s3:GetObject", "b/public/*"),
        ("Allow", r#"{"AWS":"444455556666"}"#, "s3:GetObject", "b/*"),
    ]);
    assert!(policy.is_public());
    let restricted = BucketAuthority {
        public_access_block: PublicAccessBlock::ALL,
        ..bucket(Some(&policy))
    };
    let key = Check::new(
        Action::GetObject,
        Resource::Object {
            bucket: "b",
            key: "public/k",
        },
    );
    assert!(decide(&user(OWNER, "ann"), &[], restricted, &key).is_ok()); // EVAL-BPA-009
    assert!(decide(&Caller::Anonymous, &[], bucket(Some(&policy)), &key).is_ok());
    for caller in [Caller::Anonymous, root(OTHER)] {
        let decision = decide(&caller, &[], restricted, &key);
        assert_eq!(
            reason(&decision),
            Some(DenialReason::ExplicitResource),
            "{caller:?}"
        );
    }
    let private = bucket_policy(&[("Allow", r#"{"AWS":"444455556666"}"#, "s3:GetObject", "b/*")]);
    let restricted = BucketAuthority {
        public_access_block: PublicAccessBlock::ALL,
        ..bucket(Some(&private))
    };
    assert!(decide(&root(OTHER), &[], restricted, &key).is_ok()); // EVAL-BPA-010
}

#[test]
fn objects_of_others_are_theirs_to_grant() {
    let object = ObjectAuthority {
        owner: account(OTHER),
        acl: None,
    };
    let policy = bucket_policy(&[("Allow", r#""*""#, "s3:*", "b/*")]);
    let on = BucketAuthority {
        ownership: Ownership::ObjectWriter,
        ..bucket(Some(&policy))
    };
    let get = Check {
        object: Some(object),
        ..GET
    };
    let delete = Check {
        action: Action::DeleteObject,
        ..get
    };
    assert_eq!(
        reason(&decide(&root(OWNER), &[], on, &get)),
        Some(DenialReason::ImplicitResource)
    ); // EVAL-OWN-009
    assert!(decide(&root(OWNER), &[], on, &delete).is_ok()); // EVAL-ACL-009
    assert!(decide(&root(OTHER), &[], on, &get).is_ok()); // EVAL-OWN-011
    let enforced = BucketAuthority {
        ownership: Ownership::BucketOwnerEnforced,
        ..on
    };
    assert!(decide(&root(OWNER), &[], enforced, &get).is_ok());
    let full = CannedAcl::BucketOwnerFullControl.expand(account(OTHER), account(OWNER));
    let shared = Check {
        object: Some(ObjectAuthority {
            acl: Some(&full),
            ..object
        }),
        ..get
    };
    assert!(decide(&root(OWNER), &[], on, &shared).is_ok());
}

#[test]
fn initiators_keep_their_uploads_unless_denied() {
    let check = Check {
        action: Action::AbortMultipartUpload,
        granted_by_default: true,
        ..GET
    };
    let ann = user(OWNER, "ann");
    assert!(decide(&ann, &[], bucket(None), &check).is_ok()); // EVAL-OP-037
    let deny = identity_policy("Deny", "s3:AbortMultipartUpload", "*");
    assert!(decide(&ann, &[&deny], bucket(None), &check).is_err());
}

#[test]
fn actions_without_a_bucket_look_at_the_identity_alone() {
    let ann = user(OWNER, "ann");
    let list = Check::new(Action::ListAllMyBuckets, Resource::Any);
    for (resource, allowed) in [("*", true), ("arn:aws:s3:::*", true), ("arn:aws:s3:::b", false)] {
        let policy = identity_policy("Allow", "s3:ListAllMyBuckets", resource);
        let authorities = Authorities {
            caller: &ann,
            identity: vec![&policy],
            bucket: None,
        };
        assert_eq!(authorize(&authorities, &list).is_ok(), allowed, "{resource}"); // POL-ACT-005
    }
    let bare = Authorities {
        caller: &ann,
        identity: Vec::new(),
        bucket: None,
    };
    assert!(authorize(&bare, &list).is_err());
    assert!(authorize(&bare, &Check::new(Action::GetCallerIdentity, Resource::Any)).is_ok());
}

#[test]
fn only_the_account_is_told_why() {
    let message = |caller: &Caller| match decide(caller, &[], bucket(None), &GET) {
        Ok(()) => String::new(),
        Err(denial) => denial.message(),
    };
    assert_eq!(
        message(&user(OWNER, "ann")),
        "User: arn:aws:iam::111122223333:user/ann is not authorized to perform: s3:GetObject on resource: \
         \"arn:aws:s3:::b/k\" because no identity-based policy allows the s3:GetObject action"
    );
    assert_eq!(message(&user(OTHER, "eve")), "Access Denied");
    assert_eq!(message(&Caller::Anonymous), "Access Denied");
}

#[test]
fn not_principal_spares_accounts_and_not_action_the_named() {
    let text = r#"{"Statement":{"Effect":"Deny","NotPrincipal":{"AWS":"111122223333"},
        "NotAction":"s3:GetObject","NotResource":"arn:aws:s3:::b/spared"}}"#;
    let policy = PolicyDocument::bucket(text.as_bytes(), "b", &Everything)
        .unwrap()
        .compile();
    let denies = |caller: &Caller, action, key| {
        let authorities = Authorities {
            caller,
            identity: Vec::new(),
            bucket: Some(bucket(Some(&policy))),
        };
        explicit_denial(
            &authorities,
            &Check::new(action, Resource::Object { bucket: "b", key }),
        )
        .is_some()
    };
    assert!(
        denies(&root(OTHER), Action::PutObject, "k") && denies(&Caller::Anonymous, Action::PutObject, "k")
    );
    assert!(!denies(&user(OWNER, "ann"), Action::PutObject, "k"));
    assert!(!denies(&root(OTHER), Action::GetObject, "k"));
    assert!(!denies(&root(OTHER), Action::PutObject, "spared"));
}

#[test]
fn any_resource_and_any_principal_of_a_list_suffices() {
    let text = r#"{"Statement":[
        {"Effect":"Allow","Principal":{"AWS":["444455556666","arn:aws:iam::111122223333:user/ann"]},
         "Action":["s3:GetObject","s3:PutObject"],"Resource":["arn:aws:s3:::b/x","arn:aws:s3:::b/k"]},
        {"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}"#;
    let policy = PolicyDocument::bucket(text.as_bytes(), "b", &Everything)
        .unwrap()
        .compile();
    // The closest of the statements and principals that name the user counts.
    assert!(decide(&user(OWNER, "ann"), &[], bucket(Some(&policy)), &GET).is_ok());
    assert!(decide(&user(OWNER, "bob"), &[], bucket(Some(&policy)), &GET).is_err());
    assert!(decide(&root(OTHER), &[], bucket(Some(&policy)), &GET).is_ok());
    assert!(decide(&root(THIRD), &[], bucket(Some(&policy)), &GET).is_err());
    let both = r#"{"Statement":{"Effect":"Allow","Principal":{"AWS":["111122223333",
        "arn:aws:iam::111122223333:user/ann"]},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}}"#;
    let policy = PolicyDocument::bucket(both.as_bytes(), "b", &Everything)
        .unwrap()
        .compile();
    assert!(decide(&user(OWNER, "ann"), &[], bucket(Some(&policy)), &GET).is_ok());
}

#[test]
fn services_are_nobody_here() {
    let policy = bucket_policy(&[(
        "Allow",
        r#"{"Service":"logging.s3.amazonaws.com"}"#,
        "s3:GetObject",
        "b/*",
    )]);
    assert!(!policy.is_public()); // EVAL-PUB-003
    for caller in [user(OWNER, "ann"), root(OTHER), Caller::Anonymous] {
        assert!(
            decide(&caller, &[], bucket(Some(&policy)), &GET).is_err(),
            "{caller:?}"
        );
    }
    assert!(!identity_policy("Allow", "s3:*", "*").is_public());
}

#[test]
fn restriction_needs_a_public_policy() {
    let restricted = BucketAuthority {
        public_access_block: PublicAccessBlock::ALL,
        ..bucket(None)
    };
    let decision = decide(&Caller::Anonymous, &[], restricted, &GET);
    assert_eq!(reason(&decision), Some(DenialReason::ImplicitResource)); // EVAL-BPA-010
    let public = bucket_policy(&[("Allow", r#""*""#, "s3:*", "b/*")]);
    let check = Check {
        action: Action::AbortMultipartUpload,
        granted_by_default: true,
        ..GET
    };
    assert!(decide(&root(OTHER), &[], bucket(Some(&public)), &check).is_ok());
    let restricted = BucketAuthority {
        policy: Some(&public),
        ..restricted
    };
    assert!(decide(&root(OTHER), &[], restricted, &check).is_err()); // EVAL-BPA-009
}

#[test]
fn actions_without_a_bucket_say_why() {
    let list = Check::new(Action::ListAllMyBuckets, Resource::Any);
    let ask = |caller: &Caller| match authorize(
        &Authorities {
            caller,
            identity: Vec::new(),
            bucket: None,
        },
        &list,
    ) {
        Ok(()) => String::new(),
        Err(denial) => denial.message(),
    };
    assert_eq!(ask(&root(OWNER)), "");
    assert_eq!(
        ask(&user(OWNER, "ann")),
        "User: arn:aws:iam::111122223333:user/ann is not authorized to perform: s3:ListAllMyBuckets because no \
         identity-based policy allows the s3:ListAllMyBuckets action" // EVAL-ERR-003
    );
    assert_eq!(ask(&Caller::Anonymous), "Access Denied");
    let other_service = identity_policy("Allow", "*", "arn:aws:iam::*:*");
    let ann = user(OWNER, "ann");
    let authorities = Authorities {
        caller: &ann,
        identity: vec![&other_service],
        bucket: None,
    };
    assert!(authorize(&authorities, &list).is_err());
}

#[test]
fn escapes_count_in_the_later_version_only() {
    let allows = |version: &str, key: &str| {
        let text = format!(
            r#"{{{version}"Statement":{{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/${{*}}"}}}}"#
        );
        let policy = PolicyDocument::bucket(text.as_bytes(), "b", &Everything)
            .unwrap()
            .compile();
        let check = Check::new(Action::GetObject, Resource::Object { bucket: "b", key });
        decide(&Caller::Anonymous, &[], bucket(Some(&policy)), &check).is_ok()
    };
    let later = r#""Version":"2012-10-17","#;
    assert!(allows(later, "*") && !allows(later, "${any}")); // POL-VAR-005
    for earlier in ["", r#""Version":"2008-10-17","#] {
        assert!(!allows(earlier, "*") && allows(earlier, "${any}")); // POL-GRAM-012
    }
}
