//! Whether a caller has a permission: how policies combine for each caller (sections 2 to 5).

use crate::access::matching::{OVERSIGHTS, PATTERNS};
use crate::access::public::{EVAL_BPA_009_ANONYMOUS, EVAL_BPA_009_OTHER};
use crate::access::refusal::{Denial, Grounds};
use crate::access::{
    EVAL_ANON_001, EVAL_ANON_001_STAR, EVAL_ORD_001, EVAL_ORD_001_ACCOUNT, EVAL_ROOT_001,
    EVAL_ROOT_001_POLICY, EVAL_SAME_001, EVAL_SAME_001_ACCOUNT, EVAL_SAME_003, EVAL_SAME_004, EVAL_SAME_008,
    EVAL_SAME_010, EVAL_SAME_010_ACCOUNT, EVAL_XACC_001, EVAL_XACC_002, EVAL_XACC_002_ACCOUNT, EVAL_XACC_003,
    EVAL_XACC_004, EVAL_XACC_006, Need,
};
use crate::action::Action;
use crate::argument::BucketName;
use crate::clause::FacetId;
use crate::cx::Cx;
use crate::policy::{Effect, Naming, Policy, Resource, Side};
use crate::reply::{Code, Refusal};
use crate::request::Caller;
use crate::state::{Account, Bucket};

/// How a caller stands to the account that owns a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
        let resource = said(self, resource_policy, need, place);
        let own = identity_policy(self);
        let identity = said(self, own, need, place);
        let denies = (
            identity.covers(Effect::Deny, None),
            resource.reaches(Effect::Deny),
        );
        if denies != (false, false) {
            denied_explicitly(self, standing, need, denies)?;
        }
        if !standing.is_at_home()
            && let Some(bucket) = bucket
            && let Some(policy) = resource_policy
        {
            blocked(self, standing, need, bucket, policy)?;
        }
        let ruling = match standing {
            Standing::Root if self.law(EVAL_ROOT_001) || resource.reaches(Effect::Allow) => Ok(()),
            Standing::Root => Err(EVAL_ROOT_001),
            Standing::User => user(self, identity, resource),
            Standing::ForeignRoot => foreign_root(self, resource),
            Standing::ForeignUser => foreign_user(self, identity, resource),
            Standing::Anonymous => anonymous(self, resource),
        };
        ruling.map_err(|by| denial(standing, need, by, Grounds::NoIdentityPolicy))
    }

    /// Whether the caller belongs to another account than a bucket, or to none.
    pub(crate) fn is_foreign(&self, name: BucketName) -> bool {
        let owner = self
            .state
            .buckets
            .get(&name)
            .map_or(Account::Owner, |bucket| bucket.owner);
        !Standing::of(self.caller(), owner).is_at_home()
    }
}

/// What a policy says of a permission, by the law of patterns (`POL-ACT`, `POL-RES`).
#[inline]
fn said(cx: &mut Cx<'_>, policy: Option<&Policy>, need: Need, place: Resource) -> Side {
    let said = Side::of(policy, cx.caller(), need.action, Some(place), cx.world);
    if cx.is_whole() || !PATTERNS.contains(&cx.route) {
        return said;
    }
    for (facet, comparison) in OVERSIGHTS {
        let otherwise = Side::compared(*comparison, policy, cx.caller(), need.action, place, cx.world);
        if otherwise != said && !cx.law(*facet) {
            return otherwise;
        }
    }
    said
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

/// A Deny of the identity policy, of the resource policy, or of both (`EVAL-ORD-001`, `EVAL-ROOT-001`).
fn denied_explicitly(
    cx: &mut Cx<'_>,
    standing: Standing,
    need: Need,
    (by_identity, by_resource): (bool, bool),
) -> Result<(), Denial> {
    let policy_operation = matches!(
        need.action,
        Action::GetBucketPolicy | Action::PutBucketPolicy | Action::DeleteBucketPolicy
    );
    let exempt = policy_operation && standing == Standing::Root && cx.law(EVAL_ROOT_001_POLICY);
    if !exempt && cx.law(EVAL_ORD_001) {
        let grounds = Grounds::explicit(by_identity, by_resource);
        return Err(denial(standing, need, EVAL_ORD_001, grounds));
    }
    Ok(())
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

/// A public policy is of no use to foreign callers where Block Public Access is on (`EVAL-BPA-009`).
fn blocked(
    cx: &mut Cx<'_>,
    standing: Standing,
    need: Need,
    bucket: &Bucket,
    policy: &Policy,
) -> Result<(), Denial> {
    if bucket.public_access != Some(true) || !policy.is_public() {
        return Ok(());
    }
    let facet = if standing == Standing::Anonymous {
        EVAL_BPA_009_ANONYMOUS
    } else {
        EVAL_BPA_009_OTHER
    };
    if cx.law(facet) {
        return Err(denial(standing, need, facet, Grounds::Unsaid));
    }
    Ok(())
}

/// The inline policy of the caller, if it has one.
fn identity_policy<'a>(cx: &Cx<'a>) -> Option<&'a Policy> {
    (cx.caller() == Caller::User)
        .then_some(cx.state.user_policy)
        .flatten()
        .and_then(|policy| cx.world.policy(policy))
}

/// A user of the owning account: the union of identity side and resource side (section 3).
fn user(cx: &mut Cx<'_>, identity: Side, resource: Side) -> Result<(), FacetId> {
    let by_name = resource.covers(Effect::Allow, Some(Naming::Directly));
    match (identity.covers(Effect::Allow, None), by_name) {
        (true, true) => Ok(()),
        (true, false) if cx.law(EVAL_SAME_001) => Ok(()),
        (true, false) => Err(EVAL_SAME_001),
        (false, true) => {
            let facet = if resource.grants_by_star_only() {
                EVAL_SAME_008
            } else {
                EVAL_SAME_004
            };
            if cx.law(facet) { Ok(()) } else { Err(facet) }
        }
        (false, false) => {
            let facet = if resource.covers(Effect::Allow, Some(Naming::ByAccount)) {
                EVAL_SAME_003
            } else {
                EVAL_SAME_010
            };
            if cx.law(facet) { Err(facet) } else { Ok(()) }
        }
    }
}

/// The root user of another account: the bucket policy must allow it (section 4).
fn foreign_root(cx: &mut Cx<'_>, resource: Side) -> Result<(), FacetId> {
    match resource.reaches(Effect::Allow) {
        true if cx.law(EVAL_XACC_003) => Ok(()),
        true => Err(EVAL_XACC_003),
        false if cx.law(EVAL_XACC_001) => Err(EVAL_XACC_001),
        false => Ok(()),
    }
}

/// An IAM user of another account: both sides must allow (section 4).
fn foreign_user(cx: &mut Cx<'_>, identity: Side, resource: Side) -> Result<(), FacetId> {
    let by_name = resource.covers(Effect::Allow, Some(Naming::Directly));
    let by_account = resource.covers(Effect::Allow, Some(Naming::ByAccount));
    let own = identity.covers(Effect::Allow, None);
    match (own, by_name || by_account) {
        (true, true) => {
            let facet = if by_name {
                EVAL_XACC_002
            } else {
                EVAL_XACC_002_ACCOUNT
            };
            if cx.law(facet) { Ok(()) } else { Err(facet) }
        }
        (true, false) if cx.law(EVAL_XACC_001) => Err(EVAL_XACC_001),
        (true, false) => Ok(()),
        (false, true) if cx.law(EVAL_XACC_004) => Err(EVAL_XACC_004),
        (false, true) => Ok(()),
        (false, false) => Err(EVAL_XACC_001),
    }
}

/// An anonymous caller: only the bucket policy's grants to everybody count (section 5).
fn anonymous(cx: &mut Cx<'_>, resource: Side) -> Result<(), FacetId> {
    match resource.covers(Effect::Allow, Some(Naming::Directly)) {
        true if cx.law(EVAL_ANON_001_STAR) => Ok(()),
        true => Err(EVAL_ANON_001_STAR),
        false if resource.covers(Effect::Allow, None) && !cx.law(EVAL_ANON_001) => Ok(()),
        false => Err(EVAL_ANON_001),
    }
}

/// Whether a caller's own account lets it act where no bucket of anybody is concerned.
pub(crate) fn account_permits(
    cx: &mut Cx<'_>,
    action: Action,
    bucket: Option<BucketName>,
) -> Result<(), Denial> {
    let own = identity_policy(cx);
    let resource = bucket.map(|bucket| Resource { bucket, key: None });
    let identity = Side::of(own, cx.caller(), action, resource, cx.world);
    let denial = |by, grounds| Err(Denial { by, action, grounds });
    match cx.caller() {
        Caller::Owner | Caller::Other => Ok(()),
        Caller::Anonymous => denial(EVAL_ANON_001, Grounds::Unsaid),
        Caller::User => {
            if identity.covers(Effect::Deny, None) && cx.law(EVAL_ORD_001_ACCOUNT) {
                return denial(EVAL_ORD_001_ACCOUNT, Grounds::explicit(true, false));
            }
            match identity.covers(Effect::Allow, None) {
                true if cx.law(EVAL_SAME_001_ACCOUNT) => Ok(()),
                true => denial(EVAL_SAME_001_ACCOUNT, Grounds::NoIdentityPolicy),
                false if cx.law(EVAL_SAME_010_ACCOUNT) => {
                    denial(EVAL_SAME_010_ACCOUNT, Grounds::NoIdentityPolicy)
                }
                false => Ok(()),
            }
        }
    }
}

/// Whether the owning account can delegate an operation to another account is open (`EVAL-XACC-006`).
pub(crate) fn delegated(cx: &mut Cx<'_>, name: BucketName) -> Result<(), Refusal> {
    let owner = cx
        .state
        .buckets
        .get(&name)
        .map_or(Account::Owner, |bucket| bucket.owner);
    let foreign = match Standing::of(cx.caller(), owner) {
        Standing::ForeignRoot | Standing::ForeignUser => true,
        Standing::Root | Standing::User | Standing::Anonymous => false,
    };
    if foreign && cx.choose(EVAL_XACC_006, 2) == 1 {
        return Err(Refusal::new(Code::AccessDenied, EVAL_XACC_006));
    }
    Ok(())
}
