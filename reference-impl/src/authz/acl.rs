//! Access control lists: grants of an owner to accounts and groups.

use serde::{Deserialize, Serialize};

use super::action::Action;
use super::caller::{AccountId, Caller};
use super::principal::Closeness;

/// An access control list (EVAL-ACL-001).
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Acl {
    /// The account that owns the bucket or object.
    pub owner: AccountId,
    /// The grants, in their order.
    pub grants: Vec<Grant>,
}

/// One grant of an ACL.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Grant {
    /// To whom.
    pub grantee: Grantee,
    /// What.
    pub permission: AclPermission,
}

/// Who can be granted something by an ACL; IAM users cannot (EVAL-ACL-002).
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub enum Grantee {
    /// An account, on the wire by its canonical user ID.
    Account(AccountId),
    /// Everyone, signed or not.
    AllUsers,
    /// Every signed request (EVAL-ACL-003).
    AuthenticatedUsers,
    /// The log delivery group.
    LogDelivery,
    /// Amazon EC2, which reads bundles of machine images.
    AmazonEc2,
}

impl Grantee {
    /// The URI of a group; accounts have none.
    #[must_use]
    pub const fn uri(self) -> Option<&'static str> {
        match self {
            Self::Account(_) | Self::AmazonEc2 => None,
            Self::AllUsers => Some("http://acs.amazonaws.com/groups/global/AllUsers"),
            Self::AuthenticatedUsers => Some("http://acs.amazonaws.com/groups/global/AuthenticatedUsers"),
            Self::LogDelivery => Some("http://acs.amazonaws.com/groups/s3/LogDelivery"),
        }
    }

    /// The group with this URI.
    #[must_use]
    pub fn from_uri(uri: &str) -> Option<Self> {
        [Self::AllUsers, Self::AuthenticatedUsers, Self::LogDelivery]
            .into_iter()
            .find(|group| group.uri() == Some(uri))
    }

    /// The canonical user ID of Amazon EC2, whose account is of no one here.
    pub const AMAZON_EC2_ID: &str = "6aa5a366c34c1cbe25dc49211496e913e0351eb0e8c37aa3477e40942ec6b97c";

    /// Whether a request of this server can be made by this grantee; a grant to another one could only be kept and
    /// ignored.
    #[must_use]
    pub fn calls(self) -> bool {
        match self {
            Self::Account(account) => account != AccountId::ANONYMOUS,
            Self::AllUsers | Self::AuthenticatedUsers => true,
            Self::LogDelivery | Self::AmazonEc2 => false,
        }
    }

    /// Whether a grant to this grantee makes an ACL public (EVAL-PUB-001).
    #[must_use]
    pub const fn is_public(self) -> bool {
        matches!(self, Self::AllUsers | Self::AuthenticatedUsers)
    }

    /// How closely the grant names the caller: an account delegates to its own policies (EVAL-ACL-008).
    fn closeness(self, caller: &Caller) -> Option<Closeness> {
        match (self, caller) {
            (Self::AllUsers, _) => Some(Closeness::Caller),
            (Self::AuthenticatedUsers, caller) if !caller.is_anonymous() => Some(Closeness::Caller),
            (Self::Account(granted), Caller::Root { account }) if granted == *account => {
                Some(Closeness::Caller)
            }
            (Self::Account(granted), Caller::User { account, .. }) if granted == *account => {
                Some(Closeness::Account)
            }
            _ => None,
        }
    }
}

/// What an ACL can grant.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub enum AclPermission {
    /// `READ`.
    Read,
    /// `WRITE`.
    Write,
    /// `READ_ACP`.
    ReadAcp,
    /// `WRITE_ACP`.
    WriteAcp,
    /// `FULL_CONTROL`: all of them.
    FullControl,
}

impl AclPermission {
    /// The wire name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "READ",
            Self::Write => "WRITE",
            Self::ReadAcp => "READ_ACP",
            Self::WriteAcp => "WRITE_ACP",
            Self::FullControl => "FULL_CONTROL",
        }
    }

    /// Reads a wire name; names are case-sensitive.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [
            Self::Read,
            Self::Write,
            Self::ReadAcp,
            Self::WriteAcp,
            Self::FullControl,
        ]
        .into_iter()
        .find(|permission| permission.as_str() == text)
    }

    fn covers(self, needed: Self) -> bool {
        self == Self::FullControl || self == needed
    }
}

/// Which permission of the bucket's ACL grants an action (EVAL-ACL-004, EVAL-ACL-007).
pub(super) const fn bucket_permission(action: Action) -> Option<AclPermission> {
    match action {
        Action::ListBucket | Action::ListBucketVersions | Action::ListBucketMultipartUploads => {
            Some(AclPermission::Read)
        }
        Action::PutObject => Some(AclPermission::Write),
        Action::GetBucketAcl => Some(AclPermission::ReadAcp),
        Action::PutBucketAcl => Some(AclPermission::WriteAcp),
        _ => None,
    }
}

/// Which permission of the object's ACL grants an action (EVAL-ACL-005, EVAL-ACL-007).
pub(super) const fn object_permission(action: Action) -> Option<AclPermission> {
    match action {
        Action::GetObject | Action::GetObjectVersion => Some(AclPermission::Read),
        Action::GetObjectAcl | Action::GetObjectVersionAcl => Some(AclPermission::ReadAcp),
        Action::PutObjectAcl | Action::PutObjectVersionAcl => Some(AclPermission::WriteAcp),
        _ => None,
    }
}

impl Acl {
    /// The ACL that grants the owner full control and nobody else anything.
    #[must_use]
    pub fn private(owner: AccountId) -> Self {
        let grantee = Grantee::Account(owner);
        Self {
            owner,
            grants: vec![Grant {
                grantee,
                permission: AclPermission::FullControl,
            }],
        }
    }

    /// Whether any grant goes to a public group (EVAL-PUB-001).
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.grants.iter().any(|grant| grant.grantee.is_public())
    }

    /// Whether anyone but the owner is granted anything (EVAL-OWN-006).
    #[must_use]
    pub fn grants_others(&self) -> bool {
        self.grants
            .iter()
            .any(|grant| grant.grantee != Grantee::Account(self.owner))
    }

    /// Whether anyone is granted anything who never calls this server.
    #[must_use]
    pub fn grants_those_who_never_call(&self) -> bool {
        let owner = Grantee::Account(self.owner);
        let mut grantees = self.grants.iter().map(|grant| grant.grantee);
        grantees.any(|grantee| grantee != owner && !grantee.calls())
    }

    /// How the ACL grants a permission to the caller, if it does.
    pub(super) fn closeness(
        &self,
        needed: AclPermission,
        caller: &Caller,
        ignore_public: bool,
    ) -> Option<Closeness> {
        // The owner reads and writes the ACL even when no grant says so (EVAL-ACL-015).
        let implicit = matches!(needed, AclPermission::ReadAcp | AclPermission::WriteAcp)
            .then(|| Grantee::Account(self.owner).closeness(caller))
            .flatten();
        self.grants
            .iter()
            .filter(|grant| grant.permission.covers(needed) && !(ignore_public && grant.grantee.is_public()))
            .filter_map(|grant| grant.grantee.closeness(caller))
            .chain(implicit)
            .max()
    }
}

/// A canned ACL, as the `x-amz-acl` header names it (EVAL-ACL-010).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CannedAcl {
    /// `private`.
    Private,
    /// `public-read`.
    PublicRead,
    /// `public-read-write`.
    PublicReadWrite,
    /// `authenticated-read`.
    AuthenticatedRead,
    /// `aws-exec-read`: Amazon EC2 reads.
    AwsExecRead,
    /// `bucket-owner-read`, objects only.
    BucketOwnerRead,
    /// `bucket-owner-full-control`, objects only.
    BucketOwnerFullControl,
    /// `log-delivery-write`, buckets only.
    LogDeliveryWrite,
}

impl CannedAcl {
    /// Reads the name of a canned ACL; names are case-sensitive.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "private" => Self::Private,
            "public-read" => Self::PublicRead,
            "public-read-write" => Self::PublicReadWrite,
            "authenticated-read" => Self::AuthenticatedRead,
            "aws-exec-read" => Self::AwsExecRead,
            "bucket-owner-read" => Self::BucketOwnerRead,
            "bucket-owner-full-control" => Self::BucketOwnerFullControl,
            "log-delivery-write" => Self::LogDeliveryWrite,
            _ => return None,
        })
    }

    /// The ACL of something owned by `owner` in a bucket of `bucket_owner`.
    #[must_use]
    pub fn expand(self, owner: AccountId, bucket_owner: AccountId) -> Acl {
        use AclPermission::{FullControl, Read, ReadAcp, Write};
        let more: &[(Grantee, AclPermission)] = match self {
            Self::Private => &[],
            Self::AwsExecRead => &[(Grantee::AmazonEc2, Read)],
            Self::PublicRead => &[(Grantee::AllUsers, Read)],
            Self::PublicReadWrite => &[(Grantee::AllUsers, Read), (Grantee::AllUsers, Write)],
            Self::AuthenticatedRead => &[(Grantee::AuthenticatedUsers, Read)],
            Self::BucketOwnerRead | Self::BucketOwnerFullControl if owner == bucket_owner => &[],
            Self::BucketOwnerRead => &[(Grantee::Account(bucket_owner), Read)],
            Self::BucketOwnerFullControl => &[(Grantee::Account(bucket_owner), FullControl)],
            Self::LogDeliveryWrite => &[(Grantee::LogDelivery, Write), (Grantee::LogDelivery, ReadAcp)],
        };
        let mut acl = Acl::private(owner);
        acl.grants.extend(more.iter().map(|(grantee, permission)| Grant {
            grantee: *grantee,
            permission: *permission,
        }));
        acl
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(text: &str) -> AccountId {
        AccountId::parse(text).unwrap()
    }

    #[test]
    fn canned_acls_expand() {
        let (owner, bucket_owner) = (account("111122223333"), account("444455556666"));
        assert!(!CannedAcl::Private.expand(owner, bucket_owner).is_public());
        assert!(CannedAcl::PublicRead.expand(owner, bucket_owner).is_public());
        assert!(
            !CannedAcl::LogDeliveryWrite
                .expand(owner, bucket_owner)
                .is_public()
        );
        assert!(
            CannedAcl::BucketOwnerFullControl
                .expand(owner, bucket_owner)
                .grants_others()
        );
        assert!(
            !CannedAcl::BucketOwnerFullControl
                .expand(owner, owner)
                .grants_others()
        );
        assert_eq!(CannedAcl::parse("Private"), None);
    }

    #[test]
    fn groups_and_accounts_match_their_callers() {
        let owner = account("111122223333");
        let root = Caller::Root { account: owner };
        let foreign = Caller::Root {
            account: account("444455556666"),
        };
        let acl = CannedAcl::AuthenticatedRead.expand(owner, owner);
        assert_eq!(
            acl.closeness(AclPermission::Read, &foreign, false),
            Some(Closeness::Caller)
        );
        assert_eq!(acl.closeness(AclPermission::Read, &foreign, true), None);
        assert_eq!(
            acl.closeness(AclPermission::Read, &Caller::Anonymous, false),
            None
        );
        assert_eq!(
            acl.closeness(AclPermission::WriteAcp, &root, true),
            Some(Closeness::Caller)
        );
        let empty = Acl {
            owner,
            grants: Vec::new(),
        };
        assert_eq!(
            empty.closeness(AclPermission::ReadAcp, &root, false),
            Some(Closeness::Caller)
        );
        assert_eq!(empty.closeness(AclPermission::Read, &root, false), None);
    }
}
