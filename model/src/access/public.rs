//! Block Public Access (`EVAL-BPA`). The law knows the four settings of a bucket together: all on, all off, or none set.

use crate::access::{AUTHORIZED, NEVER_ANONYMOUS, NOT_SURELY_DELEGATED, change, delegated};
use crate::argument::BucketName;
use crate::clause::{RULE, clauses, consequence};
use crate::cx::Cx;
use crate::reply::{Code, Name, Refusal, Reply, Value};
use crate::request::Route::*;
use crate::step::Ruling;

clauses! { Evaluation, PublicAccess;
    "EVAL-BPA-002" RULE, Recorded, High, "LS test_crud_public_access_block",
        "New buckets have all four settings on; after a Delete, which is idempotent, Get is 404 NoSuchPublicAccessBlockConfiguration." {
        EVAL_BPA_002 = "default-on", &[CreateBucket], else "they are off in new buckets";
        EVAL_BPA_002_DELETED = "deleted", &[GetPublicAccessBlock], else "it is 200 with all four settings off";
        EVAL_BPA_002_MESSAGE = "message", &[GetPublicAccessBlock], else "it is another text";
        EVAL_BPA_002_AGAIN = "idempotent", &[DeletePublicAccessBlock], else "deleting again is 404";
    }
    "EVAL-BPA-008" RULE, Documented, Critical, "S3-UG access-control-block-public-access",
        "BlockPublicPolicy refuses a PutBucketPolicy with a public policy: 403 AccessDenied." {
        EVAL_BPA_008 = "public-policy", &[PutBucketPolicy], else "the gate passes";
    }
    "EVAL-BPA-009" RULE, Documented, Critical, "S3-UG access-control-block-public-access",
        "RestrictPublicBuckets with a public policy refuses anonymous callers and all other accounts." {
        EVAL_BPA_009_ANONYMOUS = "anonymous", AUTHORIZED, else row untold NEVER_ANONYMOUS;
        EVAL_BPA_009_OTHER = "other-accounts", AUTHORIZED, else row untold NOT_SURELY_DELEGATED;
    }
    "EVAL-BPA-011" consequence(&["EVAL-OP-025"]), Documented, High, "S3-UG access-control-block-public-access",
        "DeletePublicAccessBlock needs s3:PutBucketPublicAccessBlock, as Put does."
    "EVAL-PUB-002" RULE, Documented, High, "S3-UG access-control-block-public-access",
        "A policy is public iff at least one Allow statement is public; Deny statements make no difference." {
        EVAL_PUB_002 = "deny", &[PutBucketPolicy], else "a Deny to everybody makes the policy non-public";
    }
    "EVAL-PUB-003" RULE, Documented, High, "S3-UG access-control-block-public-access",
        "An Allow statement with fixed principals only is not public." {
        EVAL_PUB_003 = "fixed", &[PutBucketPolicy], else "an Allow to another account is public";
    }
}

/// GetPublicAccessBlock.
pub(crate) fn get(cx: &mut Cx<'_>, name: BucketName) -> Ruling {
    let found = cx.bucket(name)?;
    cx.authorize_by_row(name)?;
    if found.public_access.is_none() && cx.law(EVAL_BPA_002_DELETED) {
        return Err(absent(cx, EVAL_BPA_002_DELETED));
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

fn absent(cx: &mut Cx<'_>, facet: crate::clause::FacetId) -> Refusal {
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
    if setting.is_none() && found.public_access.is_none() && !cx.decides(EVAL_BPA_002_AGAIN) {
        return Err(Refusal::new(
            Code::NoSuchPublicAccessBlockConfiguration,
            EVAL_BPA_002_AGAIN,
        ));
    }
    let status = if setting.is_none() { 204 } else { 200 };
    Ok((
        Reply::success(status),
        change(cx.state, name, |bucket| bucket.public_access = setting),
    ))
}
