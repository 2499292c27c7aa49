//! The versioning state of a bucket (`VER-ST`).

use crate::access::account::hide_lock;
use crate::access::{EVAL_OP_015, Need, authorize, bucket, change};
use crate::action::Action;
use crate::argument::{BucketName, Integrity, VersioningWord};
use crate::clause::{FORM, RULE, clauses};
use crate::cx::Cx;
use crate::lock::SUSPEND_MESSAGE;
use crate::reply::{Code, Name, Refusal, Reply, Value};
use crate::request::Caller;
use crate::request::Route::*;
use crate::state::{State, Versioning};
use crate::step::Ruling;

clauses! { Versioning, 7;
    "VER-ST-002" FORM, Recorded, Medium, "LS:test_bucket_versioning_crud",
        "GetBucketVersioning on a never-configured bucket returns 200 and a document without Status." {
        VER_ST_002 = "no-status", &[GetBucketVersioning], else "the document has a Status";
    }
    "VER-ST-003" RULE, Recorded, Medium, "LS:test_bucket_versioning_crud",
        "PutBucketVersioning accepts exactly Enabled and Suspended; anything else is 400 MalformedXML." {
        VER_ST_003 = "words", &[PutBucketVersioning], else "another word is accepted and ignored";
    }
    "VER-ST-004" RULE, Recorded, Low, "LS:test_bucket_versioning_crud",
        "A document without Status is 400 IllegalVersioningConfigurationException." {
        VER_ST_004 = "missing-status", &[PutBucketVersioning], else "a missing Status is accepted and ignored";
    }
    "VER-ST-006" RULE, Recorded, Medium, "LS:test_bucket_versioning_crud",
        "Suspended may be set on a never-versioned bucket." {
        VER_ST_006 = "suspend-first", &[PutBucketVersioning], else "the bucket stays unversioned";
        VER_ST_006_STATUS = "status", &[GetBucketVersioning], else "the document has no Status";
    }
    "VER-ST-009" RULE, Recorded, Critical, "LS:test_disable_versioning_on_locked_bucket",
        "Suspending a bucket with an Object Lock configuration is 409 InvalidBucketState; putting Enabled again is 200." {
        VER_ST_009 = "suspend", &[PutBucketVersioning], else "the bucket is suspended";
        VER_ST_009_AGAIN = "enable-again", &[PutBucketVersioning], else "putting Enabled again is refused in the same way";
    }
    "VER-ST-010" RULE, Documented, Low, "API:PutBucketVersioning",
        "PutBucketVersioning needs Content-MD5 or an x-amz-checksum header." {
        VER_ST_010 = "integrity", &[PutBucketVersioning], else "neither is needed"
            untold &[(PutBucketVersioning, "not ruled on yet: the answer to its absence is not recorded")];
    }
}

/// GetBucketVersioning.
pub(crate) fn get(cx: &mut Cx<'_>, state: &State, caller: Caller, name: BucketName) -> Ruling {
    let found = bucket(cx, state, name)?;
    authorize(
        cx,
        state,
        name,
        caller,
        &[Need::bucket(EVAL_OP_015, Action::GetBucketVersioning)],
    )?;
    let mut reply = Reply::success(200);
    hide_lock(cx, &mut reply, found);
    match found.versioning {
        Versioning::Unversioned => cx.forbid(&mut reply, VER_ST_002, Name::Status, Value::Text("Suspended")),
        Versioning::Enabled => cx.require(
            &mut reply,
            VER_ST_006_STATUS,
            Name::Status,
            Value::Text("Enabled"),
        ),
        Versioning::Suspended => cx.require(
            &mut reply,
            VER_ST_006_STATUS,
            Name::Status,
            Value::Text("Suspended"),
        ),
    }
    Ok((reply, None))
}

/// PutBucketVersioning.
pub(crate) fn put(
    cx: &mut Cx<'_>,
    state: &State,
    caller: Caller,
    name: BucketName,
    status: VersioningWord,
    _integrity: Integrity,
) -> Ruling {
    let found = bucket(cx, state, name)?;
    authorize(
        cx,
        state,
        name,
        caller,
        &[Need::bucket(EVAL_OP_015, Action::PutBucketVersioning)],
    )?;
    let wanted = match status {
        VersioningWord::Enabled => Versioning::Enabled,
        VersioningWord::Suspended => Versioning::Suspended,
        VersioningWord::Missing => {
            cx.refuse(VER_ST_004, |facet| {
                Refusal::new(Code::IllegalVersioningConfigurationException, facet)
                    .saying("The Versioning element must be specified")
            })?;
            return Ok((Reply::success(200), None));
        }
        VersioningWord::Unknown => {
            cx.refuse(VER_ST_003, |facet| Refusal::new(Code::MalformedXML, facet))?;
            return Ok((Reply::success(200), None));
        }
    };
    let refused = |facet| Refusal::new(Code::InvalidBucketState, facet).saying(SUSPEND_MESSAGE);
    match (wanted, found.lock, found.versioning) {
        (Versioning::Suspended, Some(_), _) => cx.refuse(VER_ST_009, refused)?,
        (Versioning::Enabled, Some(_), Versioning::Enabled) if !cx.decides(VER_ST_009_AGAIN) => {
            return Err(refused(VER_ST_009_AGAIN));
        }
        (Versioning::Suspended, None, Versioning::Unversioned) if !cx.decides(VER_ST_006) => {
            return Ok((Reply::success(200), None));
        }
        (Versioning::Enabled | Versioning::Unversioned, Some(_), _)
        | (Versioning::Enabled | Versioning::Suspended | Versioning::Unversioned, None, _) => {}
    }
    Ok((
        Reply::success(200),
        change(state, name, |bucket| bucket.versioning = wanted),
    ))
}
