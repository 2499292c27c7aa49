//! The operations on the bucket policy.

use crate::access::public::{EVAL_BPA_008, EVAL_PUB_002, EVAL_PUB_003};
use crate::access::{EVAL_OP_010, EVAL_XACC_005, Need, authorize, bucket, change, is_foreign};
use crate::action::Action;
use crate::argument::{BucketName, PolicyName};
use crate::cx::Cx;
use crate::policy::{Effect, Policy, Principal};
use crate::reply::{Code, Refusal, Reply};
use crate::request::Caller;
use crate::state::State;
use crate::step::Ruling;

/// The permission for an operation on the bucket policy, which foreign accounts cannot use (`EVAL-XACC-005`).
fn authorized(
    cx: &mut Cx<'_>,
    state: &State,
    caller: Caller,
    name: BucketName,
    action: Action,
) -> Result<(), Refusal> {
    bucket(cx, state, name)?;
    authorize(cx, state, name, caller, &[Need::bucket(EVAL_OP_010, action)])?;
    if is_foreign(state, name, caller) {
        cx.refuse(EVAL_XACC_005, |facet| Refusal::new(Code::MethodNotAllowed, facet))?;
    }
    Ok(())
}

/// GetBucketPolicy. What it returns belongs to the policy area.
pub(crate) fn get(cx: &mut Cx<'_>, state: &State, caller: Caller, name: BucketName) -> Ruling {
    authorized(cx, state, caller, name, Action::GetBucketPolicy)?;
    match bucket(cx, state, name)?.policy {
        Some(_) => Ok((Reply::success(200), None)),
        None => Err(Refusal::new(Code::NoSuchBucketPolicy, EVAL_OP_010)),
    }
}

/// Whether a policy is public (`EVAL-PUB-002`, `EVAL-PUB-003`).
fn is_public(cx: &mut Cx<'_>, policy: &Policy) -> bool {
    let has = |effect, principal| {
        policy
            .statements
            .iter()
            .any(|statement| statement.effect == effect && statement.principals.contains(&principal))
    };
    if policy.is_public() {
        !has(Effect::Deny, Principal::Anyone) || cx.law(EVAL_PUB_002)
    } else {
        has(Effect::Allow, Principal::OtherAccount) && !cx.law(EVAL_PUB_003)
    }
}

/// PutBucketPolicy.
pub(crate) fn put(
    cx: &mut Cx<'_>,
    state: &State,
    caller: Caller,
    name: BucketName,
    policy: PolicyName,
) -> Ruling {
    authorized(cx, state, caller, name, Action::PutBucketPolicy)?;
    let blocked = bucket(cx, state, name)?.public_access == Some(true);
    if blocked
        && let Some(policy) = cx.world.policy(policy)
        && is_public(cx, policy)
    {
        cx.refuse(EVAL_BPA_008, |facet| Refusal::new(Code::AccessDenied, facet))?;
    }
    Ok((
        Reply::success(204),
        change(state, name, |bucket| bucket.policy = Some(policy)),
    ))
}

/// DeleteBucketPolicy.
pub(crate) fn delete(cx: &mut Cx<'_>, state: &State, caller: Caller, name: BucketName) -> Ruling {
    authorized(cx, state, caller, name, Action::DeleteBucketPolicy)?;
    Ok((
        Reply::success(204),
        change(state, name, |bucket| bucket.policy = None),
    ))
}
