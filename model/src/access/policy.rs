//! The operations on the bucket policy (`POL-DOC`).

use crate::access::grammar::{POL_DOC_013, malformed};
use crate::access::public::{EVAL_BPA_008, EVAL_PUB_002, EVAL_PUB_003};
use crate::access::{EVAL_CTX_002_DOCUMENT, EVAL_XACC_005, change};
use crate::argument::{BucketName, PolicyName};
use crate::clause::{FORM, FacetId, RULE, clauses, definition};
use crate::cx::Cx;
use crate::policy::{Effect, Policy, Principal};
use crate::reply::{Code, Name, Refusal, Reply, Value};
use crate::request::Route::*;
use crate::step::Ruling;

clauses! { Policy, PolicyOperations;
    "POL-DOC-001" RULE, Recorded, High, "LS test_put_bucket_policy",
        "A bucket has zero or one policy; PutBucketPolicy replaces it wholly and returns 204." {
        POL_DOC_001 = "status", &[PutBucketPolicy], else "it is 200";
        POL_DOC_001_STORED = "stored", &[PutBucketPolicy], else "it is accepted and not stored";
        POL_DOC_001_REPLACES = "replaces", &[PutBucketPolicy], else "a policy that is there stays";
    }
    "POL-DOC-002" FORM, Recorded, Medium, "LS test_get_bucket_policy", "GetBucketPolicy returns the policy itself as the body." {
        POL_DOC_002 = "body", &[GetBucketPolicy], else "the body is no policy of the program";
    }
    "POL-DOC-003" definition("says how POL-DOC-002 compares: as JSON"), Recorded, Medium,
        "LS test_get_bucket_policy", "The policy comes back as the same JSON; the order of its keys is not kept."
    "POL-DOC-004" RULE, Recorded, Medium, "LS test_get_bucket_policy",
        "GetBucketPolicy without a policy: 404 NoSuchBucketPolicy, \"The bucket policy does not exist\", with BucketName." {
        POL_DOC_004 = "none", &[GetBucketPolicy], else "it is 200";
        POL_DOC_004_MESSAGE = "message", &[GetBucketPolicy], else "it is another text";
        POL_DOC_004_BUCKET = "bucket-name", &[GetBucketPolicy], else "BucketName is omitted";
    }
    "POL-DOC-005" RULE, Recorded, Medium, "LS test_bucket_policy_crud",
        "DeleteBucketPolicy returns 204 whether or not there is a policy." {
        POL_DOC_005 = "status", &[DeleteBucketPolicy], else "it is 200";
        POL_DOC_005_REMOVES = "removes", &[DeleteBucketPolicy], else "the policy stays";
        POL_DOC_005_NONE = "none", &[DeleteBucketPolicy], else "without a policy it is 404 NoSuchBucketPolicy";
    }
}

/// The permission for an operation on the bucket policy, which foreign accounts cannot use (`EVAL-XACC-005`).
fn authorized(cx: &mut Cx<'_>, name: BucketName) -> Result<(), Refusal> {
    cx.bucket(name)?;
    cx.authorize_by_row(name)?;
    if cx.is_foreign(name) {
        cx.refuse(EVAL_XACC_005, |facet| Refusal::new(Code::MethodNotAllowed, facet))?;
    }
    Ok(())
}

/// GetBucketPolicy.
pub(crate) fn get(cx: &mut Cx<'_>, name: BucketName) -> Ruling {
    authorized(cx, name)?;
    match cx.bucket(name)?.policy {
        Some(policy) => {
            let mut reply = Reply::success(200);
            cx.require(
                &mut reply,
                POL_DOC_002,
                Name::PolicyDocument,
                Value::Policy(policy),
            );
            Ok((reply, None))
        }
        None if cx.law(POL_DOC_004) => {
            let refusal = Refusal::new(Code::NoSuchBucketPolicy, POL_DOC_004);
            let refusal = cx.saying(refusal, POL_DOC_004_MESSAGE, "The bucket policy does not exist");
            Err(cx.naming(
                refusal,
                POL_DOC_004_BUCKET,
                Name::BucketNameElement,
                Value::Bucket(name),
            ))
        }
        None => Ok((Reply::success(200), None)),
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
pub(crate) fn put(cx: &mut Cx<'_>, name: BucketName, policy: PolicyName) -> Ruling {
    let found = cx.bucket(name)?;
    let wrong = |cx: &mut Cx<'_>| {
        cx.world
            .policy(policy)
            .and_then(|policy| malformed(cx, policy, name))
    };
    if let Err(denial) = authorized(cx, name) {
        // Which of a missing permission and a malformed document is reported is open.
        return Err(match wrong(cx) {
            Some(wrong) if cx.choose(EVAL_CTX_002_DOCUMENT, 2) == 1 => wrong,
            Some(_) | None => denial,
        });
    }
    let blocked = found.public_access == Some(true)
        && cx
            .world
            .policy(policy)
            .is_some_and(|policy| is_public(cx, policy))
        && cx.law(EVAL_BPA_008);
    let blocked = blocked.then(|| Refusal::new(Code::AccessDenied, EVAL_BPA_008));
    match (wrong(cx), blocked) {
        (Some(_), Some(blocked)) if cx.choose(POL_DOC_013, 2) == 1 => return Err(blocked),
        (Some(wrong), _) => return Err(wrong),
        (None, Some(blocked)) => return Err(blocked),
        (None, None) => {}
    }
    let stored = match found.policy {
        Some(_) => cx.decides(POL_DOC_001_REPLACES),
        None => cx.decides(POL_DOC_001_STORED),
    };
    let next = stored
        .then(|| change(cx.state, name, |bucket| bucket.policy = Some(policy)))
        .flatten();
    Ok((done(cx, POL_DOC_001), next))
}

/// DeleteBucketPolicy.
pub(crate) fn delete(cx: &mut Cx<'_>, name: BucketName) -> Ruling {
    authorized(cx, name)?;
    let removed = match cx.bucket(name)?.policy {
        Some(_) => cx.decides(POL_DOC_005_REMOVES),
        None if cx.decides(POL_DOC_005_NONE) => false,
        None => return Err(Refusal::new(Code::NoSuchBucketPolicy, POL_DOC_005_NONE)),
    };
    let next = removed
        .then(|| change(cx.state, name, |bucket| bucket.policy = None))
        .flatten();
    Ok((done(cx, POL_DOC_005), next))
}

/// A success without a body.
fn done(cx: &mut Cx<'_>, status: FacetId) -> Reply {
    Reply::success(if cx.decides(status) { 204 } else { 200 })
}
