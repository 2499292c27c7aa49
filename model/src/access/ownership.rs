//! Object Ownership (`EVAL-OWN`).

use crate::access::account::EVAL_ANON_002_OWNERSHIP;
use crate::access::{EVAL_OP_024, Need, authorize, authorize_before, bucket, change, delegated};
use crate::action::Action;
use crate::argument::{BucketName, OwnershipWord};
use crate::clause::{Kind, RULE, clauses, planned};
use crate::cx::Cx;
use crate::reply::{Code, Name, Refusal, Reply, Value};
use crate::request::Caller;
use crate::request::Route::*;
use crate::state::{Ownership, State};
use crate::step::Ruling;

clauses! { Evaluation, 22;
    "EVAL-OWN-001" RULE, Recorded, High, "LS test_crud_bucket_ownership_controls",
        "New buckets are BucketOwnerEnforced; what is put is what Get shows." {
        EVAL_OWN_001 = "default", &[CreateBucket], else "new buckets are ObjectWriter";
        EVAL_OWN_001_PUT = "stored", &[PutBucketOwnershipControls], else "the setting stays as it was";
        EVAL_OWN_001_SHOWN = "shown", &[GetBucketOwnershipControls], else "ObjectOwnership is omitted";
    }
    "EVAL-OWN-002" planned(Kind::Rule, 2, "needs ACLs"), Documented, High, "S3-UG about-object-ownership",
        "BucketOwnerEnforced: all ACLs are ignored, and the bucket owner owns every version."
    "EVAL-OWN-003" planned(Kind::Rule, 2, "needs ACL operations"), Documented, Medium, "S3-UG about-object-ownership",
        "BucketOwnerEnforced: putting an ACL is 400 AccessControlListNotSupported."
    "EVAL-OWN-005" planned(Kind::Rule, 2, "needs ACL operations"), Documented, Medium, "S3-UG about-object-ownership",
        "BucketOwnerEnforced: ACL reads succeed and show only the bucket owner's FULL_CONTROL."
    "EVAL-OWN-012" RULE, Recorded, Medium, "LS test_bucket_ownership_controls_exc",
        "OwnershipControls must hold exactly one Rule with one of the three values: 400 MalformedXML." {
        EVAL_OWN_012 = "word", &[PutBucketOwnershipControls], else "an unknown value is accepted and ignored";
        EVAL_OWN_012_RULE = "rule", &[PutBucketOwnershipControls], else "a document without a rule is accepted and ignored";
    }
}

/// GetBucketOwnershipControls.
pub(crate) fn get(cx: &mut Cx<'_>, state: &State, caller: Caller, name: BucketName) -> Ruling {
    let found = bucket(cx, state, name)?;
    authorize(
        cx,
        state,
        name,
        caller,
        &[Need::bucket(EVAL_OP_024, Action::GetBucketOwnershipControls)],
    )?;
    let mut reply = Reply::success(200);
    let shown = Value::Text(found.ownership.name());
    cx.require(&mut reply, EVAL_OWN_001_SHOWN, Name::ObjectOwnership, shown);
    Ok((reply, None))
}

/// PutBucketOwnershipControls.
pub(crate) fn put(
    cx: &mut Cx<'_>,
    state: &State,
    caller: Caller,
    name: BucketName,
    word: OwnershipWord,
) -> Ruling {
    bucket(cx, state, name)?;
    if caller == Caller::Anonymous && cx.law(EVAL_ANON_002_OWNERSHIP) {
        let refusal = Refusal::new(Code::AccessDenied, EVAL_ANON_002_OWNERSHIP);
        return Err(refusal.saying("s3:PutBucketOwnershipControls does not support Anonymous requests!"));
    }
    let need = Need::bucket(EVAL_OP_024, Action::PutBucketOwnershipControls);
    authorize_before(cx, state, name, caller, &[need], |cx| read(cx, word).err())?;
    delegated(cx, state, name, caller)?;
    let next = match read(cx, word)? {
        Some(ownership) if cx.decides(EVAL_OWN_001_PUT) => {
            change(state, name, |bucket| bucket.ownership = ownership)
        }
        Some(_) | None => None,
    };
    Ok((Reply::success(200), next))
}

/// The setting that a document names; nothing if it is malformed and its gate is repealed.
fn read(cx: &mut Cx<'_>, word: OwnershipWord) -> Result<Option<Ownership>, Refusal> {
    let facet = match word {
        OwnershipWord::BucketOwnerEnforced => return Ok(Some(Ownership::BucketOwnerEnforced)),
        OwnershipWord::BucketOwnerPreferred => return Ok(Some(Ownership::BucketOwnerPreferred)),
        OwnershipWord::ObjectWriter => return Ok(Some(Ownership::ObjectWriter)),
        OwnershipWord::Missing => EVAL_OWN_012_RULE,
        OwnershipWord::Unknown => EVAL_OWN_012,
    };
    cx.refuse(facet, |facet| Refusal::new(Code::MalformedXML, facet))?;
    Ok(None)
}
