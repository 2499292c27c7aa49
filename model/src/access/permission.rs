//! Whether a caller has a permission: how policies combine for each caller (sections 2 to 5).

use crate::access::matching::said;
use crate::access::public::{EVAL_BPA_009_ANONYMOUS, EVAL_BPA_009_OTHER};
use crate::access::refusal::{Denial, Grounds};
use Permission::{Denied, Granted};
use Standing::{Anonymous, ForeignRoot, ForeignUser, Root, User};

use crate::access::{
    EVAL_ANON_001, EVAL_ANON_001_STAR, EVAL_ORD_001, EVAL_ORD_001_ACCOUNT, EVAL_ROOT_001,
    EVAL_ROOT_001_POLICY, EVAL_SAME_001, EVAL_SAME_001_ACCOUNT, EVAL_SAME_003, EVAL_SAME_004, EVAL_SAME_008,
    EVAL_SAME_010, EVAL_SAME_010_ACCOUNT, EVAL_XACC_001, EVAL_XACC_002, EVAL_XACC_002_ACCOUNT, EVAL_XACC_003,
    EVAL_XACC_004, EVAL_XACC_006, Need,
};
use crate::action::Action;
use crate::argument::BucketName;
use crate::cx::Cx;
use crate::policy::{Effect, Naming, Policy, Resource, Side};
use crate::reply::{Code, Refusal};
use crate::request::Caller;
use crate::state::{Account, Bucket};
use crate::table::{Decision, Printed, printed, table, words};
use crate::words::FacetId;

words! {
    /// How a caller stands to the account that owns a bucket.
    enum Standing {
        /// The root user of the owning account.
        Root,
        /// An IAM user of the owning account.
        User,
        /// The root user of another account.
        ForeignRoot,
        /// An IAM user of another account.
        ForeignUser,
        /// Nobody.
        Anonymous,
    }
}

impl Standing {
    fn of(caller: Caller, owner: Account) -> Standing {
        match (caller, owner) {
            (Caller::Owner, Account::Owner) | (Caller::Other, Account::Other) => Standing::Root,
            (Caller::User, Account::Owner) => Standing::User,
            (Caller::Owner, Account::Other) | (Caller::Other, Account::Owner) => Standing::ForeignRoot,
            (Caller::User, Account::Other) => Standing::ForeignUser,
            (Caller::Anonymous, Account::Owner | Account::Other) => Standing::Anonymous,
        }
    }

    /// Whether the caller belongs to the owning account.
    fn is_at_home(self) -> bool {
        self == Standing::Root || self == Standing::User
    }
}

impl Cx<'_> {
    /// Whether the caller has a permission, or why not.
    pub(crate) fn permits(&mut self, name: BucketName, need: Need) -> Result<(), Denial> {
        let bucket = self.state.buckets.get(&name);
        let standing = Standing::of(
            self.caller(),
            bucket.map_or(Account::Owner, |bucket| bucket.owner),
        );
        let named = bucket.and_then(|bucket| bucket.policy);
        if standing == Standing::Root && named.is_none() && self.law(EVAL_ROOT_001) {
            return Ok(());
        }
        let world = self.world;
        let resource_policy = named.and_then(|policy| world.policy(policy));
        let place = Resource {
            bucket: name,
            key: need.key,
        };
        let resource = said(self, resource_policy, need.action, place);
        let own = identity_policy(self);
        let identity = said(self, own, need.action, place);
        let (by_identity, by_resource) = (
            identity.covers(Effect::Deny, None),
            resource.reaches(Effect::Deny),
        );
        let refusal = Refusing {
            standing,
            denied: by_identity || by_resource,
            on_policy: is_policy_operation(need.action),
            blocked: bucket.is_some_and(|bucket| is_blocked(bucket, resource_policy)),
        };
        if let (Denied, Some(by)) = refusal.ruled(self) {
            let grounds = if by == EVAL_ORD_001 {
                Grounds::explicit(by_identity, by_resource)
            } else {
                Grounds::Unsaid
            };
            return Err(denial(standing, need, by, grounds));
        }
        let grant = Granting {
            standing,
            identity: identity.covers(Effect::Allow, None),
            by_name: resource.covers(Effect::Allow, Some(Naming::Directly)),
            by_arn: resource.grants_to_user(),
            by_star: resource.grants_to_user_by_star(),
            by_account: resource.covers(Effect::Allow, Some(Naming::ByAccount)),
            anybody: resource.covers(Effect::Allow, None),
        };
        match grant.ruled(self) {
            (Denied, Some(by)) => Err(denial(standing, need, by, Grounds::NoIdentityPolicy)),
            (Granted | Denied, _) => Ok(()),
        }
    }

    /// Whether the caller belongs to another account than a bucket, or to none.
    pub(crate) fn is_foreign(&self, name: BucketName) -> bool {
        self.is_foreign_to(name, self.caller())
    }

    /// Whether a bucket belongs to another account than somebody's.
    pub(crate) fn is_foreign_to(&self, name: BucketName, somebody: Caller) -> bool {
        let owner = self
            .state
            .buckets
            .get(&name)
            .map_or(Account::Owner, |bucket| bucket.owner);
        !Standing::of(somebody, owner).is_at_home()
    }
}

/// A denial; callers of other accounts are not told why.
fn denial(standing: Standing, need: Need, by: FacetId, grounds: Grounds) -> Denial {
    Denial {
        by,
        action: need.action,
        grounds: if standing.is_at_home() {
            grounds
        } else {
            Grounds::Unsaid
        },
    }
}

/// Which policies deny a permission explicitly: the identity policy, the bucket policy (`EVAL-OPX-013`).
pub(crate) fn denying(cx: &mut Cx<'_>, name: BucketName, need: Need) -> (bool, bool) {
    let world = cx.world;
    let place = Some(Resource {
        bucket: name,
        key: need.key,
    });
    let named = cx.state.buckets.get(&name).and_then(|bucket| bucket.policy);
    let resource_policy = named.and_then(|policy| world.policy(policy));
    let resource = Side::of(resource_policy, cx.caller(), need.action, place, world);
    let own = identity_policy(cx);
    let identity = Side::of(own, cx.caller(), need.action, place, world);
    match (
        identity.covers(Effect::Deny, None),
        resource.reaches(Effect::Deny),
    ) {
        (false, false) => (false, false),
        denying if cx.law(EVAL_ORD_001) => denying,
        _ => (false, false),
    }
}

/// Whether Block Public Access keeps a public policy from foreign callers (`EVAL-BPA-009`).
fn is_blocked(bucket: &Bucket, policy: Option<&Policy>) -> bool {
    bucket.public_access == Some(true) && policy.is_some_and(Policy::is_public)
}

fn is_policy_operation(action: Action) -> bool {
    matches!(
        action,
        Action::GetBucketPolicy | Action::PutBucketPolicy | Action::DeleteBucketPolicy
    )
}

/// The inline policy of the caller, if it has one.
fn identity_policy<'a>(cx: &Cx<'a>) -> Option<&'a Policy> {
    (cx.caller() == Caller::User)
        .then_some(cx.state.user_policy)
        .flatten()
        .and_then(|policy| cx.world.policy(policy))
}

/// Whether the caller's own account lets it act where no bucket of anybody is concerned.
pub(crate) fn account_permits(
    cx: &mut Cx<'_>,
    action: Action,
    bucket: Option<BucketName>,
) -> Result<(), Denial> {
    let standing = match cx.caller() {
        Caller::Owner | Caller::Other => return Ok(()),
        Caller::User => Standing::User,
        Caller::Anonymous => Standing::Anonymous,
    };
    let own = identity_policy(cx);
    let resource = bucket.map(|bucket| Resource { bucket, key: None });
    let identity = Side::of(own, cx.caller(), action, resource, cx.world);
    let case = OfAccount {
        standing,
        denied: identity.covers(Effect::Deny, None),
        identity: identity.covers(Effect::Allow, None),
    };
    let (Denied, Some(by)) = case.ruled(cx) else {
        return Ok(());
    };
    let grounds = match standing {
        Standing::User if by == EVAL_ORD_001_ACCOUNT => Grounds::explicit(true, false),
        Standing::User => Grounds::NoIdentityPolicy,
        Standing::Root | Standing::ForeignRoot | Standing::ForeignUser | Standing::Anonymous => {
            Grounds::Unsaid
        }
    };
    Err(Denial { by, action, grounds })
}

/// Whether the owning account can delegate an operation to another account is open (`EVAL-XACC-006`).
pub(crate) fn delegated(cx: &mut Cx<'_>, name: BucketName) -> Result<(), Refusal> {
    let other_account = cx.is_foreign(name) && cx.caller() != Caller::Anonymous;
    match (Delegating { other_account }).ruled(cx) {
        (Denied, Some(by)) => Err(Refusal::new(Code::AccessDenied, by)),
        (Granted | Denied, _) => Ok(()),
    }
}

table! {
    /// Whether an account can delegate ownership controls and public access blocks to another.
    Delegating {
        /// The caller belongs to another account.
        other_account: bool,
    } => Permission;

    EVAL_XACC_006           if other_account                                                => passes, or Denied;
    _                                                                                       => Granted;
}

words! {
    /// Whether a permission is there.
    enum Permission {
        /// It is granted.
        Granted,
        /// It is denied.
        Denied,
    }
}

table! {
    /// What denies a permission, whatever grants it (sections 1, 2 and Block Public Access).
    Refusing {
        /// How the caller stands to the account that owns the bucket.
        standing: Standing,
        /// A Deny of the identity policy or of the bucket policy applies.
        denied: bool,
        /// The action reads, puts or deletes the bucket policy.
        on_policy: bool,
        /// The bucket policy is public, and Block Public Access is on.
        blocked: bool,
    } => Permission, unnoted;

    EVAL_ROOT_001_POLICY    if denied && standing == Root && on_policy                      => Granted;
    EVAL_ORD_001            if denied                                                       => Denied;
    EVAL_BPA_009_ANONYMOUS  if blocked && standing == Anonymous                             => Denied;
    EVAL_BPA_009_OTHER      if blocked && (standing == ForeignUser || standing == ForeignRoot) => Denied;
    _                                                                                       => Granted;
}

table! {
    /// What grants a permission, where nothing denies it (sections 2 to 5).
    Granting {
        /// How the caller stands to the account that owns the bucket.
        standing: Standing,
        /// The identity policy allows.
        identity: bool,
        /// The bucket policy allows, and names the caller itself or everybody.
        by_name: bool,
        /// It names the ARN of the caller, a user.
        by_arn: bool,
        /// It names the caller, a user, by `*`.
        by_star: bool,
        /// The bucket policy allows, and names the caller's account.
        by_account: bool,
        /// The bucket policy allows somebody, whoever that is.
        anybody: bool,
    } never {
        (by_name || by_account) && !anybody;
        (by_arn || by_star) && !by_name;
        (standing == User || standing == ForeignUser) && by_name && !by_arn && !by_star;
    } => Permission, unnoted;

    // The root user of the owning account (section 2); without the clause it needs a grant of the bucket policy.
    EVAL_ROOT_001           if standing == Root                                             => Granted;
    EVAL_ROOT_001           if standing == Root && !by_name && !by_account                  => Denied,  else same;
    // A user of the owning account: either side suffices, and any statement that names it (section 3).
    EVAL_SAME_001           if standing == User && identity && !by_name                     => Granted, else Denied;
    EVAL_SAME_004           if standing == User && !identity && by_arn && !by_star          => Granted, else Denied;
    EVAL_SAME_008           if standing == User && !identity && by_star && !by_arn          => Granted, else Denied;
    EVAL_SAME_003           if standing == User && !identity && by_account && !by_name      => Denied,  else Granted;
    EVAL_SAME_010           if standing == User && !identity && !by_account && !by_name     => Denied,  else Granted;
    // The root user of another account: the bucket policy decides (section 4).
    EVAL_XACC_003           if standing == ForeignRoot && (by_name || by_account)           => Granted, else Denied;
    EVAL_XACC_001           if standing == ForeignRoot && !by_name && !by_account           => Denied,  else Granted;
    // A user of another account: both sides are needed (section 4).
    EVAL_XACC_001           if standing == ForeignUser && !identity && !by_name && !by_account => Denied, else same;
    EVAL_XACC_001           if standing == ForeignUser && identity && !by_name && !by_account => Denied, else Granted;
    EVAL_XACC_004           if standing == ForeignUser && !identity                         => Denied,  else Granted;
    EVAL_XACC_002           if standing == ForeignUser && by_name && !by_account            => Granted, else Denied;
    EVAL_XACC_002_ACCOUNT   if standing == ForeignUser && by_account && !by_name            => Granted, else Denied;
    // Nobody: only grants to everybody count (section 5).
    EVAL_ANON_001_STAR      if standing == Anonymous && by_name                             => Granted, else Denied;
    EVAL_ANON_001           if standing == Anonymous && !anybody                            => Denied,  else same;
    EVAL_ANON_001           if standing == Anonymous && !by_name                            => Denied,  else Granted;
    _                                                                                       => Granted;
}

table! {
    /// Whether a caller's own account lets it act where no bucket of anybody is concerned.
    OfAccount {
        /// How the caller stands to its own account.
        standing: Standing,
        /// A Deny of the identity policy applies.
        denied: bool,
        /// The identity policy allows.
        identity: bool,
    } never {
        standing == ForeignRoot || standing == ForeignUser;
    } => Permission, unnoted;

    EVAL_ANON_001           if standing == Anonymous                                        => Denied,  else same;
    EVAL_ORD_001_ACCOUNT    if standing == User && denied                                   => Denied;
    EVAL_SAME_001_ACCOUNT   if standing == User && identity                                 => Granted, else Denied;
    EVAL_SAME_010_ACCOUNT   if standing == User && !identity                                => Denied,  else Granted;
    _                                                                                       => Granted;
}

/// The tables of permissions, in the order in which they are read.
pub(crate) fn tables() -> Vec<Printed> {
    vec![
        printed::<OfAccount>(),
        printed::<Refusing>(),
        printed::<Granting>(),
        printed::<Delegating>(),
    ]
}
