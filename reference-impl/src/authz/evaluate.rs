//! The evaluation: from authorities and a check to a decision.

use super::acl::{Acl, AclPermission, bucket_permission, object_permission};
use super::action::Action;
use super::caller::{AccountId, Caller};
use super::decision::{Denial, DenialReason};
use super::principal::Closeness;
use super::resource::{ArnFields, Resource};
use super::statement::CompiledPolicy;
use super::{Ownership, PublicAccessBlock};

/// Everything that has a say in the checks of one request on one bucket (EVAL-CTX-005).
#[derive(Clone, Debug)]
pub struct Authorities<'a> {
    /// Who asks.
    pub caller: &'a Caller,
    /// The policies of the calling user; empty for root and anonymous callers.
    pub identity: Vec<&'a CompiledPolicy>,
    /// The bucket; none for actions on no existing bucket (`CreateBucket`, `ListBuckets`, IAM).
    pub bucket: Option<BucketAuthority<'a>>,
}

/// What a bucket's side says.
#[derive(Clone, Copy, Debug)]
pub struct BucketAuthority<'a> {
    /// The account that owns the bucket.
    pub owner: AccountId,
    /// The bucket policy.
    pub policy: Option<&'a CompiledPolicy>,
    /// The effective Block Public Access settings: the union of account and bucket (EVAL-BPA-001).
    pub public_access_block: PublicAccessBlock,
    /// The Object Ownership setting.
    pub ownership: Ownership,
    /// The bucket ACL; none stands for the owner's full control alone.
    pub acl: Option<&'a Acl>,
}

/// What an existing object's side says; it matters only while ACLs are enabled (EVAL-OWN-002).
#[derive(Clone, Copy, Debug)]
pub struct ObjectAuthority<'a> {
    /// The account that owns the object version.
    pub owner: AccountId,
    /// The object ACL; none stands for the owner's full control alone.
    pub acl: Option<&'a Acl>,
}

/// One (action, resource) pair to decide (EVAL-CTX-001).
#[derive(Clone, Copy, Debug)]
pub struct Check<'a> {
    /// The action.
    pub action: Action,
    /// The resource.
    pub resource: Resource<'a>,
    /// The object version that the action is about, if there is one.
    pub object: Option<ObjectAuthority<'a>>,
    /// The caller has this right unless something denies it, as the initiator of an upload (EVAL-OP-037).
    pub granted_by_default: bool,
}

impl<'a> Check<'a> {
    /// A check without an object side or a default right.
    #[must_use]
    pub const fn new(action: Action, resource: Resource<'a>) -> Self {
        Self {
            action,
            resource,
            object: None,
            granted_by_default: false,
        }
    }
}

impl Authorities<'_> {
    /// A denial of the check for a reason of the asker's own, such as Block Public Access (EVAL-ERR-014).
    #[must_use]
    pub fn denial(&self, check: &Check<'_>, reason: DenialReason) -> Box<Denial> {
        // Only callers of the account concerned are told why (EVAL-ERR-002, EVAL-ERR-003).
        let home = self
            .bucket
            .is_none_or(|bucket| self.caller.account() == Some(bucket.owner));
        Box::new(Denial {
            reason,
            action: check.action,
            resource: check.resource.arn(),
            informed_caller: if home { self.caller.arn() } else { None },
        })
    }
}

/// Decides one check.
///
/// # Errors
/// The denial, unless the action may go ahead.
pub fn authorize(authorities: &Authorities<'_>, check: &Check<'_>) -> Result<(), Box<Denial>> {
    Evaluation::new(authorities, check)
        .decide()
        .map_err(|reason| authorities.denial(check, reason))
}

/// The explicit denial that applies to a check, without asking whether anything allows it.
///
/// Deletes need it: a Deny of either delete action stops the delete of an unversioned object (EVAL-OPX-013).
#[must_use]
pub fn explicit_denial(authorities: &Authorities<'_>, check: &Check<'_>) -> Option<Box<Denial>> {
    let evaluation = Evaluation::new(authorities, check);
    if evaluation.is_exempt() {
        return None;
    }
    evaluation
        .explicit_deny()
        .map(|reason| authorities.denial(check, reason))
}

/// One run of the algorithm.
struct Evaluation<'e> {
    authorities: &'e Authorities<'e>,
    check: &'e Check<'e>,
    fields: ArnFields,
}

/// What the bucket's side grants.
#[derive(Clone, Copy)]
struct ResourceSide {
    grant: Option<Closeness>,
    /// `RestrictPublicBuckets` shuts the caller out of the policy's grants.
    restricted: bool,
}

type Verdict = Result<(), DenialReason>;

impl<'e> Evaluation<'e> {
    fn new(authorities: &'e Authorities<'e>, check: &'e Check<'e>) -> Self {
        Self {
            authorities,
            check,
            fields: check.resource.fields(),
        }
    }

    /// The order of these lines is the order of precedence (EVAL-ORD-001, EVAL-ORD-002).
    fn decide(&self) -> Verdict {
        if self.is_exempt() {
            return Ok(());
        }
        if self.check.action == Action::GetCallerIdentity && !self.authorities.caller.is_anonymous() {
            return Ok(()); // needs no permission and no Deny takes it away
        }
        if let Some(reason) = self.explicit_deny() {
            return Err(reason);
        }
        let Some(bucket) = &self.authorities.bucket else {
            return self.account_level();
        };
        match self.authorities.caller.account() {
            Some(account) if account == bucket.owner => self.same_account(bucket),
            Some(_) => self.cross_account(bucket),
            None => self.anonymous(bucket),
        }
    }

    /// The owner's root user always reaches the bucket policy, whatever it says (POL-DOC-009).
    fn is_exempt(&self) -> bool {
        let root_of = match self.authorities.caller {
            Caller::Root { account } => Some(*account),
            _ => None,
        };
        is_policy_operation(self.check.action)
            && self
                .authorities
                .bucket
                .is_some_and(|bucket| root_of == Some(bucket.owner))
    }

    fn explicit_deny(&self) -> Option<DenialReason> {
        let denies = |policy: &&CompiledPolicy| {
            policy.denies(
                self.authorities.caller,
                self.check.action,
                &self.check.resource,
                &self.fields,
            )
        };
        if self.authorities.identity.iter().any(denies) {
            return Some(DenialReason::ExplicitIdentity);
        }
        let policy = self.authorities.bucket.and_then(|bucket| bucket.policy);
        policy.filter(denies).map(|_| DenialReason::ExplicitResource)
    }

    fn allowed_by(&self, policy: &CompiledPolicy) -> Option<Closeness> {
        policy.allows(
            self.authorities.caller,
            self.check.action,
            &self.check.resource,
            &self.fields,
        )
    }

    /// Whether the caller's own side allows: nothing limits a root user, a user needs a policy (EVAL-SAME-002).
    fn identity_allows(&self) -> bool {
        match self.authorities.caller {
            Caller::Root { .. } => true,
            Caller::User { .. } => self
                .authorities
                .identity
                .iter()
                .any(|policy| self.allowed_by(policy).is_some()),
            Caller::Anonymous => false,
        }
    }

    /// Actions on no bucket: the account's own side alone decides.
    fn account_level(&self) -> Verdict {
        if self.identity_allows() {
            Ok(())
        } else if self.authorities.caller.is_anonymous() {
            Err(DenialReason::ImplicitResource)
        } else {
            Err(DenialReason::ImplicitIdentity)
        }
    }

    /// Either side suffices (EVAL-SAME-001), except that an object of another account is out of the bucket owner's
    /// reach (EVAL-OWN-009).
    fn same_account(&self, bucket: &BucketAuthority<'_>) -> Verdict {
        let identity = self.identity_allows();
        let third_party = self.third_party_owner(bucket).is_some();
        if identity && !third_party {
            return Ok(());
        }
        match self.resource_side(bucket).grant {
            Some(Closeness::Caller) => Ok(()),
            // Naming the account only delegates to identity policies (EVAL-SAME-003, EVAL-SAME-009).
            Some(Closeness::Account) if identity => Ok(()),
            _ if self.check.granted_by_default => Ok(()),
            _ if identity => Err(DenialReason::ImplicitResource),
            _ => Err(DenialReason::ImplicitIdentity),
        }
    }

    /// Both sides must allow (EVAL-XACC-001), however closely the bucket's side names the caller (EVAL-XACC-002).
    fn cross_account(&self, bucket: &BucketAuthority<'_>) -> Verdict {
        let side = self.resource_side(bucket);
        let owns_object = self
            .third_party_owner(bucket)
            .is_some_and(|o| self.authorities.caller.account() == Some(o));
        if self.check.granted_by_default && !side.restricted {
            return Ok(());
        }
        if !self.identity_allows() {
            return Err(DenialReason::ImplicitIdentity);
        }
        match side.grant {
            // A permitted foreigner learns that the operation is for the owner (POL-DOC-008, EVAL-XACC-005).
            Some(_) if is_policy_operation(self.check.action) => Err(DenialReason::ForeignAccount),
            Some(_) => Ok(()),
            None if owns_object => Ok(()), // EVAL-OWN-011
            None if side.restricted => Err(DenialReason::ExplicitResource),
            None => Err(DenialReason::ImplicitResource),
        }
    }

    /// Only what is granted to everyone counts (EVAL-ANON-001).
    fn anonymous(&self, bucket: &BucketAuthority<'_>) -> Verdict {
        let side = self.resource_side(bucket);
        match side.grant {
            // Nobody belongs less to the owner's account than a caller without any (POL-DOC-008).
            Some(_) if is_policy_operation(self.check.action) => Err(DenialReason::ForeignAccount),
            Some(_) => Ok(()),
            None if side.restricted => Err(DenialReason::ExplicitResource),
            None => Err(DenialReason::ImplicitResource),
        }
    }

    /// What bucket policy and ACLs grant the caller.
    fn resource_side(&self, bucket: &BucketAuthority<'_>) -> ResourceSide {
        let foreign = self.authorities.caller.account() != Some(bucket.owner);
        let public = bucket.policy.is_some_and(CompiledPolicy::is_public);
        // Even accounts that a non-public statement names are shut out (EVAL-BPA-009).
        let restricted = foreign && public && bucket.public_access_block.restrict_public_buckets;
        let speaks = !restricted && self.third_party_owner(bucket).is_none();
        let by_policy = bucket
            .policy
            .filter(|_| speaks)
            .and_then(|policy| self.allowed_by(policy));
        ResourceSide {
            grant: by_policy.max(self.acl_grant(bucket)),
            restricted,
        }
    }

    /// What the ACLs grant; nothing while they are off (EVAL-OWN-002).
    fn acl_grant(&self, bucket: &BucketAuthority<'_>) -> Option<Closeness> {
        if !bucket.ownership.acls_enabled() {
            return None;
        }
        let ignore_public = bucket.public_access_block.ignore_public_acls;
        let ask = |acl: Option<&Acl>, owner: AccountId, needed: AclPermission| {
            let caller = self.authorities.caller;
            match acl {
                Some(acl) => acl.closeness(needed, caller, ignore_public),
                None => Acl::private(owner).closeness(needed, caller, ignore_public),
            }
        };
        let by_bucket =
            bucket_permission(self.check.action).and_then(|needed| ask(bucket.acl, bucket.owner, needed));
        let by_object = self.check.object.and_then(|object| {
            object_permission(self.check.action).and_then(|needed| ask(object.acl, object.owner, needed))
        });
        by_bucket.max(by_object)
    }

    /// The owner of an object that does not belong to the bucket owner, for actions that are the object owner's to
    /// grant; creating and deleting stay with the bucket owner (EVAL-OWN-009, EVAL-OWN-010).
    fn third_party_owner(&self, bucket: &BucketAuthority<'_>) -> Option<AccountId> {
        let owner = self.check.object.map(|object| object.owner)?;
        let applies = bucket.ownership.acls_enabled() && !is_bucket_owners(self.check.action);
        (applies && owner != bucket.owner).then_some(owner)
    }
}

/// The operations that only the bucket owner's account may use (POL-DOC-008).
const fn is_policy_operation(action: Action) -> bool {
    matches!(
        action,
        Action::GetBucketPolicy | Action::PutBucketPolicy | Action::DeleteBucketPolicy
    )
}

/// Whether the bucket owner authorizes the action whoever owns the object (EVAL-OWN-010, EVAL-ACL-009).
const fn is_bucket_owners(action: Action) -> bool {
    matches!(
        action,
        Action::PutObject
            | Action::DeleteObject
            | Action::DeleteObjectVersion
            | Action::AbortMultipartUpload
            | Action::ListMultipartUploadParts
            | Action::BypassGovernanceRetention
    )
}
