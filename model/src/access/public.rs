//! Block Public Access (`EVAL-BPA`). The law knows the four settings of a bucket together: all on, all off, or none set.

use crate::access::{AUTHORIZED, NEVER_ANONYMOUS, NOT_SURELY_DELEGATED, change, delegated};
use crate::argument::BucketName;
use crate::cx::{Cx, Ruling};
use crate::reply::{Code, Name, Refusal, Reply, Value};
use crate::request::Route::{self, *};
use crate::table::{Decision, Printed, printed, table, words};
use crate::words::{RULE, clauses, consequence};

/// The routes on which it shows whether a policy is public.
const IS_PUBLIC: &[Route] = &[PutBucketPolicy, GetBucketPolicyStatus];

clauses! { Evaluation, PublicAccess;
    "EVAL-BPA-002" RULE, Recorded, High, "LS test_crud_public_access_block",
        "New buckets have all four settings on; after a Delete, which is idempotent, Get is 404 NoSuchPublicAccessBlockConfiguration." {
        EVAL_BPA_002 = "default-on", &[CreateBucket], else "new buckets have none, or have all four off";
        EVAL_BPA_002_DELETED = "deleted", &[GetPublicAccessBlock], else row;
        EVAL_BPA_002_MESSAGE = "message", &[GetPublicAccessBlock], else other_text;
        EVAL_BPA_002_AGAIN = "idempotent", &[DeletePublicAccessBlock], else row;
    }
    "EVAL-BPA-008" RULE, Documented, Critical, "S3-UG access-control-block-public-access",
        "BlockPublicPolicy refuses a PutBucketPolicy with a public policy: 403 AccessDenied." {
        EVAL_BPA_008 = "public-policy", &[PutBucketPolicy], else row;
    }
    "EVAL-BPA-009" RULE, Documented, Critical, "S3-UG access-control-block-public-access",
        "RestrictPublicBuckets with a public policy refuses anonymous callers and all other accounts." {
        EVAL_BPA_009_ANONYMOUS = "anonymous", AUTHORIZED, shared by kind, else row untold NEVER_ANONYMOUS;
        EVAL_BPA_009_OTHER = "other-accounts", AUTHORIZED, shared by kind, else row untold NOT_SURELY_DELEGATED;
    }
    "EVAL-BPA-011" consequence(&["EVAL-OP-025"]), Documented, High, "S3-UG access-control-block-public-access",
        "DeletePublicAccessBlock needs s3:PutBucketPublicAccessBlock, as Put does."
    "EVAL-PUB-002" RULE, Documented, High, "S3-UG access-control-block-public-access",
        "A policy is public iff at least one Allow statement is public; Deny statements make no difference." {
        EVAL_PUB_002 = "deny", IS_PUBLIC, else row;
        EVAL_PUB_002_ALLOW = "allow", &[GetBucketPolicyStatus], else row;
    }
    "EVAL-PUB-003" RULE, Documented, High, "S3-UG access-control-block-public-access",
        "An Allow statement with fixed principals only is not public." {
        EVAL_PUB_003 = "fixed", IS_PUBLIC, else row;
    }
}

/// GetPublicAccessBlock.
pub(crate) fn get(cx: &mut Cx<'_>, name: BucketName) -> Ruling {
    let found = cx.bucket(name)?;
    cx.authorize_by_row(name)?;
    let case = Settings {
        asked: Asked::Get,
        there: found.public_access.is_some(),
    };
    if let (Shown::NotFound, Some(by)) = case.ruled(cx) {
        return Err(absent(cx, by));
    }
    let on = found.public_access == Some(true);
    let shown = Value::Text(if on { "true" } else { "false" });
    let mut reply = Reply::success(200);
    for setting in [
        Name::BlockPublicAcls,
        Name::IgnorePublicAcls,
        Name::BlockPublicPolicy,
        Name::RestrictPublicBuckets,
    ] {
        reply.push(setting, shown, EVAL_BPA_002);
    }
    Ok((reply, None))
}

/// The settings of a new bucket (`EVAL-BPA-002`). Endpoints without the default differ in what they show in its place.
pub(crate) fn of_new_buckets(cx: &mut Cx<'_>) -> Option<bool> {
    if cx.decides(EVAL_BPA_002) {
        return Some(true);
    }
    (cx.choose(EVAL_BPA_002, 2) == 1).then_some(false)
}

words! {
    /// What is asked of a public access block.
    enum Asked {
        /// To show it.
        Get,
        /// To set it.
        Put,
        /// To take it away.
        Delete,
    }
}

words! {
    /// Whether a public access block is found.
    enum Shown {
        /// What is asked is done; what was never set is shown as off.
        Done,
        /// It is refused with 404 NoSuchPublicAccessBlockConfiguration.
        NotFound,
    }
}

table! {
    /// Whether a public access block is found.
    Settings {
        /// What is asked.
        asked: Asked,
        /// The bucket has a public access block.
        there: bool,
    } => Shown;

    EVAL_BPA_002_DELETED    if asked == Asked::Get && !there                => NotFound;
    EVAL_BPA_002_AGAIN      if asked == Asked::Delete && !there             => passes,  else NotFound;
    _                                                                       => Done;
}

/// The table of this chapter.
pub(crate) fn tables() -> Vec<Printed> {
    vec![printed::<Settings>()]
}

fn absent(cx: &mut Cx<'_>, facet: crate::words::FacetId) -> Refusal {
    let refusal = Refusal::new(Code::NoSuchPublicAccessBlockConfiguration, facet);
    cx.saying(
        refusal,
        EVAL_BPA_002_MESSAGE,
        "The public access block configuration was not found",
    )
}

/// PutPublicAccessBlock with all four settings alike, and DeletePublicAccessBlock.
pub(crate) fn put(cx: &mut Cx<'_>, name: BucketName, setting: Option<bool>) -> Ruling {
    let found = cx.bucket(name)?;
    cx.authorize_by_row(name)?;
    delegated(cx, name)?;
    let case = Settings {
        asked: if setting.is_none() {
            Asked::Delete
        } else {
            Asked::Put
        },
        there: found.public_access.is_some(),
    };
    if let (Shown::NotFound, Some(by)) = case.ruled(cx) {
        return Err(Refusal::new(Code::NoSuchPublicAccessBlockConfiguration, by));
    }
    let status = if setting.is_none() { 204 } else { 200 };
    Ok((
        Reply::success(status),
        change(cx.state, name, |bucket| bucket.public_access = setting),
    ))
}
