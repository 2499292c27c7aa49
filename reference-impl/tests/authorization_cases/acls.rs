//! What access control lists grant, and when they count.

use super::*;

#[test]
fn acls_count_only_while_they_are_on() {
    let acl = CannedAcl::PublicRead.expand(account(OWNER), account(OWNER));
    let object = ObjectAuthority {
        owner: account(OWNER),
        acl: Some(&acl),
    };
    let check = Check {
        object: Some(object),
        ..GET
    };
    let on = BucketAuthority {
        ownership: Ownership::ObjectWriter,
        ..bucket(None)
    };
    assert!(decide(&Caller::Anonymous, &[], on, &check).is_ok());
    assert!(decide(&Caller::Anonymous, &[], bucket(None), &check).is_err()); // EVAL-OWN-002
    let ignoring = BucketAuthority {
        public_access_block: PublicAccessBlock::ALL,
        ..on
    };
    assert!(decide(&Caller::Anonymous, &[], ignoring, &check).is_err()); // EVAL-BPA-007
}

#[test]
fn what_an_acl_does_not_grant_is_the_object_owners_own() {
    let object = ObjectAuthority {
        owner: account(OTHER),
        acl: None,
    };
    let on = BucketAuthority {
        ownership: Ownership::ObjectWriter,
        ..bucket(None)
    };
    let tags = Check {
        object: Some(object),
        action: Action::GetObjectTagging,
        ..GET
    };
    assert!(decide(&root(OTHER), &[], on, &tags).is_ok()); // EVAL-OWN-011
    assert!(decide(&root(THIRD), &[], on, &tags).is_err());
    assert!(decide(&root(OWNER), &[], on, &tags).is_err()); // EVAL-ACL-007
    let eve = user(OTHER, "eve");
    assert!(decide(&eve, &[], on, &tags).is_err());
    assert!(decide(&eve, &[&identity_policy("Allow", "s3:*", "*")], on, &tags).is_ok());
}

#[test]
fn acl_grants_to_accounts_delegate() {
    let acl = CannedAcl::BucketOwnerFullControl.expand(account(OTHER), account(OWNER));
    let object = ObjectAuthority {
        owner: account(OTHER),
        acl: Some(&acl),
    };
    let on = BucketAuthority {
        ownership: Ownership::BucketOwnerPreferred,
        ..bucket(None)
    };
    let check = Check {
        object: Some(object),
        ..GET
    };
    let (ann, identity) = (user(OWNER, "ann"), identity_policy("Allow", "s3:GetObject", "*"));
    assert!(decide(&ann, &[], on, &check).is_err()); // EVAL-ACL-008
    assert!(decide(&ann, &[&identity], on, &check).is_ok());
    let private = Check {
        object: Some(ObjectAuthority { acl: None, ..object }),
        ..check
    };
    let decision = decide(&ann, &[&identity], on, &private);
    assert_eq!(reason(&decision), Some(DenialReason::ImplicitResource));
    let everyone = CannedAcl::PublicRead.expand(account(OTHER), account(OWNER));
    let public = Check {
        object: Some(ObjectAuthority {
            acl: Some(&everyone),
            ..object
        }),
        ..check
    };
    assert!(decide(&ann, &[], on, &public).is_ok());
    let mixed = CannedAcl::BucketOwnerFullControl.expand(account(OTHER), account(OWNER));
    let mixed = Acl {
        grants: [everyone.grants, mixed.grants].concat(),
        ..mixed
    };
    let mixed = Check {
        object: Some(ObjectAuthority {
            acl: Some(&mixed),
            ..object
        }),
        ..check
    };
    assert!(decide(&ann, &[], on, &mixed).is_ok(), "the closest grant counts");
}

#[test]
fn bucket_acls_grant_listing_and_writing_only() {
    let acl = CannedAcl::PublicReadWrite.expand(account(OWNER), account(OWNER));
    let on = BucketAuthority {
        ownership: Ownership::ObjectWriter,
        acl: Some(&acl),
        ..bucket(None)
    };
    let list = Check::new(Action::ListBucket, Resource::Bucket("b"));
    let put = Check {
        action: Action::PutObject,
        ..GET
    };
    assert!(decide(&Caller::Anonymous, &[], on, &list).is_ok()); // EVAL-ACL-004
    assert!(decide(&Caller::Anonymous, &[], on, &put).is_ok());
    assert!(decide(&Caller::Anonymous, &[], on, &GET).is_err()); // EVAL-ACL-006
    let delete = Check {
        action: Action::DeleteObject,
        ..GET
    };
    assert!(decide(&Caller::Anonymous, &[], on, &delete).is_err());
}

#[test]
fn names_of_groups_and_permissions_are_read_back() {
    for group in [
        Grantee::AllUsers,
        Grantee::AuthenticatedUsers,
        Grantee::LogDelivery,
    ] {
        assert_eq!(group.uri().and_then(Grantee::from_uri), Some(group));
    }
    assert_eq!(
        Grantee::from_uri("http://acs.amazonaws.com/groups/global/Nobody"),
        None
    );
    for name in ["READ", "WRITE", "READ_ACP", "WRITE_ACP", "FULL_CONTROL"] {
        assert_eq!(AclPermission::parse(name).map(AclPermission::as_str), Some(name));
    }
    assert_eq!(AclPermission::parse("read"), None);
}
