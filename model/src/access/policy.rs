//! The operations on the bucket policy (`POL-DOC`).

use crate::access::grammar::{POL_DOC_013, malformed};
use crate::access::public::{EVAL_BPA_008, EVAL_PUB_002, EVAL_PUB_002_ALLOW, EVAL_PUB_003};
use crate::access::{EVAL_XACC_005, change};
use crate::argument::{BucketName, PolicyName};
use crate::cx::{Cx, Ruling};
use crate::policy::{self, Policy, Principal};
use crate::reply::{Code, Name, Refusal, Reply, Value};
use crate::request::Route::*;
use crate::table::{Decision, Printed, fields, printed, table, words};
use crate::words::{FORM, FacetId, RULE, clauses, definition};

clauses! { Policy, PolicyOperations;
    "POL-DOC-001" RULE, Recorded, High, "LS test_put_bucket_policy",
        "A bucket has zero or one policy; PutBucketPolicy replaces it wholly and returns 204." {
        POL_DOC_001 = "status", &[PutBucketPolicy], else row;
        POL_DOC_001_STORED = "stored", &[PutBucketPolicy], else row;
        POL_DOC_001_REPLACES = "replaces", &[PutBucketPolicy], else row;
    }
    "POL-DOC-002" FORM, Recorded, Medium, "LS test_get_bucket_policy", "GetBucketPolicy returns the policy itself as the body." {
        POL_DOC_002 = "body", &[GetBucketPolicy], else "the body is no policy of the program";
    }
    "POL-DOC-003" definition("says how POL-DOC-002 compares: as JSON"), Recorded, Medium,
        "LS test_get_bucket_policy", "The policy comes back as the same JSON; the order of its keys is not kept."
    "POL-DOC-004" RULE, Recorded, Medium, "LS test_get_bucket_policy",
        "GetBucketPolicy without a policy: 404 NoSuchBucketPolicy, \"The bucket policy does not exist\", with BucketName." {
        POL_DOC_004 = "none", &[GetBucketPolicy], else row;
        POL_DOC_004_MESSAGE = "message", &[GetBucketPolicy], else other_text;
        POL_DOC_004_BUCKET = "bucket-name", &[GetBucketPolicy], else (omitted "BucketName");
    }
    "POL-DOC-006" RULE, Reported, Medium, "GH turbot/steampipe-plugin-aws#1136 (CloudTrail record of AWS), getmoto/moto#10214",
        "GetBucketPolicyStatus without a policy: 404 NoSuchBucketPolicy, \"The bucket policy does not exist\", and not that it is not public." {
        POL_DOC_006 = "none", &[GetBucketPolicyStatus], else row;
        POL_DOC_006_MESSAGE = "message", &[GetBucketPolicyStatus], else other_text;
    }
    "POL-DOC-005" RULE, Recorded, Medium, "LS test_bucket_policy_crud",
        "DeleteBucketPolicy returns 204 whether or not there is a policy." {
        POL_DOC_005 = "status", &[DeleteBucketPolicy], else row;
        POL_DOC_005_REMOVES = "removes", &[DeleteBucketPolicy], else row;
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
    if let Some(by) = not_found(cx, Asked::Get, policy.is_some()) {
        let refusal = Refusal::new(Code::NoSuchBucketPolicy, by);
        let mut refusal = cx.saying(refusal, POL_DOC_004_MESSAGE, "The bucket policy does not exist");
        fields! { cx, &mut refusal;
            POL_DOC_004_BUCKET      => require BucketNameElement, Value::Bucket(name);
        }
        return Err(refusal);
    }
    let mut reply = Reply::success(200);
    if let Some(policy) = policy {
        fields! { cx, &mut reply;
            POL_DOC_002             => require PolicyDocument, Value::Policy(policy);
        }
    }
    Ok((reply, None))
}

/// GetBucketPolicyStatus: whether the policy is public, whatever the public access block says of it.
pub(crate) fn status(cx: &mut Cx<'_>, name: BucketName) -> Ruling {
    let found = cx.bucket(name)?;
    cx.authorize_by_row(name)?;
    let policy = found.policy.and_then(|policy| cx.world.policy(policy));
    if let Some(by) = not_found(cx, Asked::Status, policy.is_some()) {
        let refusal = Refusal::new(Code::NoSuchBucketPolicy, by);
        return Err(cx.saying(refusal, POL_DOC_006_MESSAGE, "The bucket policy does not exist"));
    }
    let case = Showing {
        there: policy.is_some(),
        public: policy.is_some_and(|policy| is_public(cx, policy)),
    };
    let (shown, by) = case.ruled(cx);
    let mut reply = Reply::success(200);
    let is_public = shown == Audience::Public;
    let shown = Value::Text(if is_public { "true" } else { "false" });
    reply.push(Name::IsPublic, shown, by.unwrap_or(EVAL_PUB_003));
    Ok((reply, None))
}

/// The facet by which a bucket has no policy to answer with.
fn not_found(cx: &mut Cx<'_>, asked: Asked, there: bool) -> Option<FacetId> {
    match (Stored { asked, there }).ruled(cx) {
        (Found::NoPolicy, by) => by,
        (Found::Done, _) => None,
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
    let case = Publicity {
        to_everybody: policy.is_public(),
        denied_everybody: has(policy::Effect::Deny, Principal::Anyone),
        to_another: has(policy::Effect::Allow, Principal::OtherAccount),
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
        let wrong = wrong(cx);
        return Err(cx.unauthorized(denial, wrong));
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
    if let Some(wrong) = wrong(cx) {
        let is_blocked = blocked.is_some();
        return Err(match ((Malformed { is_blocked }).ruled(cx).0, blocked) {
            (Reported::Block, Some(blocked)) => blocked,
            (Reported::Fault | Reported::Block, _) => wrong,
        });
    }
    if let Some(blocked) = blocked {
        return Err(blocked);
    }
    let case = Changing {
        asked: Asked::Put,
        there: found.policy.is_some(),
    };
    let next = match case.ruled(cx).0 {
        Effect::Changed => change(cx.state, name, |bucket| bucket.policy = Some(policy)),
        Effect::Unchanged => None,
    };
    Ok((done(cx, Asked::Put), next))
}

/// DeleteBucketPolicy.
pub(crate) fn delete(cx: &mut Cx<'_>, name: BucketName) -> Ruling {
    authorized(cx, name)?;
    let there = cx.bucket(name)?.policy.is_some();
    let asked = Asked::Delete;
    if let Some(by) = not_found(cx, asked, there) {
        return Err(Refusal::new(Code::NoSuchBucketPolicy, by));
    }
    let next = match (Changing { asked, there }).ruled(cx).0 {
        Effect::Changed => change(cx.state, name, |bucket| bucket.policy = None),
        Effect::Unchanged => None,
    };
    Ok((done(cx, asked), next))
}

/// A success without a body.
fn done(cx: &mut Cx<'_>, asked: Asked) -> Reply {
    match (Done { asked }).ruled(cx).0 {
        Status::NoContent => Reply::success(204),
        Status::Plain => Reply::success(200),
    }
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
        /// To say whether it is public.
        Status,
        /// To set it.
        Put,
        /// To take it away.
        Delete,
    }
}

words! {
    /// Whether a bucket policy is found.
    enum Found {
        /// It is answered with a success; without a policy it is not public.
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
    POL_DOC_006             if asked == Asked::Status && !there             => NoPolicy;
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

table! {
    /// What the status of a bucket policy shows.
    Showing {
        /// The bucket has a policy.
        there: bool,
        /// The policy is public.
        public: bool,
    } never {
        public && !there;
    } => Audience;

    EVAL_PUB_002_ALLOW      if public                                       => Public,      else NotPublic;
    EVAL_PUB_003            if there && !public                             => NotPublic,   else same;
    POL_DOC_006             if !there                                       => NotPublic,   else same;
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

words! {
    /// Which of two faults a refusal reports.
    enum Reported {
        /// The policy is malformed: 400 MalformedPolicy.
        Fault,
        /// Block Public Access refuses it: 403 AccessDenied.
        Block,
    }
}

table! {
    /// What is reported of a malformed policy.
    Malformed {
        /// Block Public Access refuses it, too.
        is_blocked: bool,
    } => Reported;

    POL_DOC_013             if is_blocked                                   => Fault,       or Block;
    _                                                                       => Fault;
}

words! {
    /// What an operation changes.
    enum Effect {
        /// What is asked is done.
        Changed,
        /// The policy of the bucket stays as it was.
        Unchanged,
    }
}

table! {
    /// Whether the policy of a bucket is changed.
    Changing {
        /// What is asked.
        asked: Asked,
        /// The bucket has a policy.
        there: bool,
    } => Effect;

    POL_DOC_001_STORED      if asked == Asked::Put && !there                => Changed,     else Unchanged;
    POL_DOC_001_REPLACES    if asked == Asked::Put && there                 => Changed,     else Unchanged;
    POL_DOC_005_REMOVES     if asked == Asked::Delete && there              => Changed,     else Unchanged;
    _                                                                       => Unchanged;
}

words! {
    /// The status of a success.
    enum Status {
        /// It is 204.
        NoContent,
        /// It is 200.
        Plain,
    }
}

table! {
    /// With which status an operation on the bucket policy succeeds.
    Done {
        /// What is asked.
        asked: Asked,
    } => Status;

    POL_DOC_001             if asked == Asked::Put                          => NoContent,   else Plain;
    POL_DOC_005             if asked == Asked::Delete                       => NoContent,   else Plain;
    _                                                                       => Plain;
}

/// The tables of this chapter, in the order in which they are read.
pub(crate) fn tables() -> Vec<Printed> {
    vec![
        printed::<OfOwner>(),
        printed::<Stored>(),
        printed::<Publicity>(),
        printed::<Showing>(),
        printed::<Blocking>(),
        printed::<Malformed>(),
        printed::<Changing>(),
        printed::<Done>(),
    ]
}
