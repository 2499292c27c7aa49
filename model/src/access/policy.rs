//! The operations on the bucket policy (`POL-DOC`).

use crate::access::grammar::{POL_DOC_013, malformed};
use crate::access::public::{EVAL_BPA_008, EVAL_PUB_002, EVAL_PUB_002_ALLOW, EVAL_PUB_003};
use crate::access::{EVAL_CTX_002_DOCUMENT, EVAL_XACC_005, change};
use crate::argument::{BucketName, PolicyName};
use crate::cx::{Cx, Ruling};
use crate::policy::{Effect, Policy, Principal};
use crate::reply::{Code, Name, Refusal, Reply, Value};
use crate::request::Route::*;
use crate::table::{Decision, Printed, printed, table, words};
use crate::words::{FORM, FacetId, RULE, clauses, definition};

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
        POL_DOC_004 = "none", &[GetBucketPolicy], else row;
        POL_DOC_004_MESSAGE = "message", &[GetBucketPolicy], else "it is another text";
        POL_DOC_004_BUCKET = "bucket-name", &[GetBucketPolicy], else "BucketName is omitted";
    }
    "POL-DOC-006" RULE, Reported, Medium, "GH turbot/steampipe-plugin-aws#1136 (CloudTrail record of AWS), getmoto/moto#10214",
        "GetBucketPolicyStatus without a policy: 404 NoSuchBucketPolicy, \"The bucket policy does not exist\", and not that it is not public." {
        POL_DOC_006 = "none", &[GetBucketPolicyStatus], else "it is 200 and not public";
        POL_DOC_006_MESSAGE = "message", &[GetBucketPolicyStatus], else "it is another text";
    }
    "POL-DOC-005" RULE, Recorded, Medium, "LS test_bucket_policy_crud",
        "DeleteBucketPolicy returns 204 whether or not there is a policy." {
        POL_DOC_005 = "status", &[DeleteBucketPolicy], else "it is 200";
        POL_DOC_005_REMOVES = "removes", &[DeleteBucketPolicy], else "the policy stays";
        POL_DOC_005_NONE = "none", &[DeleteBucketPolicy], else row;
    }
}

/// The permission for an operation on the bucket policy, which foreign accounts cannot use (`EVAL-XACC-005`).
fn authorized(cx: &mut Cx<'_>, name: BucketName) -> Result<(), Refusal> {
    cx.bucket(name)?;
    cx.authorize_by_row(name)?;
    let foreign = cx.is_foreign(name);
    match (OfOwner { foreign }).ruled(cx) {
        (Owners::NotAllowed, Some(by)) => Err(Refusal::new(Code::MethodNotAllowed, by)),
        (Owners::Done | Owners::NotAllowed, _) => Ok(()),
    }
}

/// GetBucketPolicy.
pub(crate) fn get(cx: &mut Cx<'_>, name: BucketName) -> Ruling {
    authorized(cx, name)?;
    let policy = cx.bucket(name)?.policy;
    let case = Stored {
        asked: Asked::Get,
        there: policy.is_some(),
    };
    if let (Found::NoPolicy, Some(by)) = case.ruled(cx) {
        let refusal = Refusal::new(Code::NoSuchBucketPolicy, by);
        let refusal = cx.saying(refusal, POL_DOC_004_MESSAGE, "The bucket policy does not exist");
        let bucket = Value::Bucket(name);
        return Err(cx.naming(refusal, POL_DOC_004_BUCKET, Name::BucketNameElement, bucket));
    }
    let mut reply = Reply::success(200);
    if let Some(policy) = policy {
        let document = Value::Policy(policy);
        cx.require(&mut reply, POL_DOC_002, Name::PolicyDocument, document);
    }
    Ok((reply, None))
}

/// GetBucketPolicyStatus: whether the policy is public, whatever the public access block says of it.
pub(crate) fn status(cx: &mut Cx<'_>, name: BucketName) -> Ruling {
    let found = cx.bucket(name)?;
    cx.authorize_by_row(name)?;
    let policy = found.policy.and_then(|policy| cx.world.policy(policy));
    let (public, by) = match policy {
        None if cx.law(POL_DOC_006) => {
            let refusal = Refusal::new(Code::NoSuchBucketPolicy, POL_DOC_006);
            return Err(cx.saying(refusal, POL_DOC_006_MESSAGE, "The bucket policy does not exist"));
        }
        None => (false, POL_DOC_006),
        Some(policy) if is_public(cx, policy) => (cx.decides(EVAL_PUB_002_ALLOW), EVAL_PUB_002_ALLOW),
        Some(_) => (false, EVAL_PUB_003),
    };
    let mut reply = Reply::success(200);
    let shown = Value::Text(if public { "true" } else { "false" });
    reply.push(Name::IsPublic, shown, by);
    Ok((reply, None))
}

/// Whether a policy is public (`EVAL-PUB-002`, `EVAL-PUB-003`).
fn is_public(cx: &mut Cx<'_>, policy: &Policy) -> bool {
    let has = |effect, principal| {
        policy
            .statements
            .iter()
            .any(|statement| statement.effect == effect && statement.principals.contains(&principal))
    };
    let case = Publicity {
        to_everybody: policy.is_public(),
        denied_everybody: has(Effect::Deny, Principal::Anyone),
        to_another: has(Effect::Allow, Principal::OtherAccount),
    };
    case.ruled(cx).0 == Audience::Public
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
    let on = found.public_access == Some(true);
    let written = cx.world.policy(policy).filter(|_| on);
    let case = Blocking {
        on,
        public: written.is_some_and(|policy| is_public(cx, policy)),
    };
    let blocked = match case.ruled(cx) {
        (Put::Blocked, Some(by)) => Some(Refusal::new(Code::AccessDenied, by)),
        (Put::Taken | Put::Blocked, _) => None,
    };
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
    let there = cx.bucket(name)?.policy.is_some();
    let case = Stored {
        asked: Asked::Delete,
        there,
    };
    if let (Found::NoPolicy, Some(by)) = case.ruled(cx) {
        return Err(Refusal::new(Code::NoSuchBucketPolicy, by));
    }
    let removed = there && cx.decides(POL_DOC_005_REMOVES);
    let next = removed
        .then(|| change(cx.state, name, |bucket| bucket.policy = None))
        .flatten();
    Ok((done(cx, POL_DOC_005), next))
}

/// A success without a body.
fn done(cx: &mut Cx<'_>, status: FacetId) -> Reply {
    Reply::success(if cx.decides(status) { 204 } else { 200 })
}

words! {
    /// Whether an operation on the bucket policy is done for another account.
    enum Owners {
        /// It is done.
        Done,
        /// It is refused with 405 MethodNotAllowed.
        NotAllowed,
    }
}

table! {
    /// Whose the operations on the bucket policy are.
    OfOwner {
        /// The caller belongs to another account than the bucket, or to none, and has the permission.
        foreign: bool,
    } => Owners;

    EVAL_XACC_005           if foreign                                      => NotAllowed;
    _                                                                       => Done;
}

words! {
    /// What is asked of a bucket policy.
    enum Asked {
        /// To show it.
        Get,
        /// To take it away.
        Delete,
    }
}

words! {
    /// Whether a bucket policy is found.
    enum Found {
        /// It is answered with a success.
        Done,
        /// It is refused with 404 NoSuchBucketPolicy.
        NoPolicy,
    }
}

table! {
    /// Whether a bucket policy is found.
    Stored {
        /// What is asked.
        asked: Asked,
        /// The bucket has a policy.
        there: bool,
    } => Found;

    POL_DOC_004             if asked == Asked::Get && !there                => NoPolicy;
    POL_DOC_005_NONE        if asked == Asked::Delete && !there             => passes,  else NoPolicy;
    _                                                                       => Done;
}

words! {
    /// Whether a policy is public.
    enum Audience {
        /// It is public.
        Public,
        /// It is not public.
        NotPublic,
    }
}

table! {
    /// Whether a policy is public (`EVAL-PUB`).
    Publicity {
        /// An Allow names everybody.
        to_everybody: bool,
        /// A Deny names everybody.
        denied_everybody: bool,
        /// An Allow names another account.
        to_another: bool,
    } => Audience, unnoted;

    EVAL_PUB_002            if to_everybody && denied_everybody             => Public,      else NotPublic;
    EVAL_PUB_002            if to_everybody                                 => Public,      else same;
    EVAL_PUB_003            if !to_everybody && to_another                  => NotPublic,   else Public;
    _                                                                       => NotPublic;
}

words! {
    /// Whether Block Public Access lets a policy be put.
    enum Put {
        /// It is taken.
        Taken,
        /// It is refused with 403 AccessDenied.
        Blocked,
    }
}

table! {
    /// Whether Block Public Access lets a policy be put.
    Blocking {
        /// Block Public Access is on.
        on: bool,
        /// The new policy is public.
        public: bool,
    } => Put;

    EVAL_BPA_008            if on && public                                 => Blocked;
    _                                                                       => Taken;
}

/// The tables of this chapter, in the order in which they are read.
pub(crate) fn tables() -> Vec<Printed> {
    vec![
        printed::<OfOwner>(),
        printed::<Stored>(),
        printed::<Publicity>(),
        printed::<Blocking>(),
    ]
}
