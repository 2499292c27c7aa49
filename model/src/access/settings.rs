//! The ACL and the tags of a bucket, as far as they grant nothing to others.

use crate::access::change;
use crate::access::ownership::{acl_of_bucket, grants};
use crate::argument::{BucketName, CannedAcl, Content, Tags};
use crate::cx::{Cx, Ruling, not_modelled};
use crate::reply::{Code, Entries, Entry, Field, Fields, Name, Refusal, Reply, ReplyBody, Value};
use crate::request::Route::*;
use crate::state::Ownership;
use crate::words::{RULE, clauses};

clauses! { Evaluation, Settings;
    "EVAL-OP-009" RULE, Documented, High, "SAR", "Get and PutBucketAcl need the action of the same name." {
        EVAL_OP_009 = "action", &[GetBucketAcl, PutBucketAcl], else "the action is not asked";
    }
    "EVAL-OP-016" RULE, Documented, High, "SAR",
        "GetBucketTagging needs s3:GetBucketTagging; Put and DeleteBucketTagging need s3:PutBucketTagging. What is put is what Get \
         shows, and without tags there is NoSuchTagSet." {
        EVAL_OP_016 = "action", &[GetBucketTagging, PutBucketTagging, DeleteBucketTagging], else "the action is not asked";
        EVAL_OP_016_PUT = "stored", &[PutBucketTagging], else "the tags stay as they were";
        EVAL_OP_016_DELETE = "deleted", &[DeleteBucketTagging], else "the tags stay";
        EVAL_OP_016_NONE = "none", &[GetBucketTagging], else "without tags it is 200 and shows none";
    }
}

/// GetBucketAcl.
pub(crate) fn get_acl(cx: &mut Cx<'_>, name: BucketName) -> Ruling {
    let found = cx.bucket(name)?;
    cx.authorize_by_row(name)?;
    let mut reply = Reply::success(200);
    reply.body = grants(cx, found);
    Ok((reply, None))
}

/// PutBucketAcl with a canned ACL.
pub(crate) fn put_acl(cx: &mut Cx<'_>, name: BucketName, acl: CannedAcl) -> Ruling {
    let found = cx.bucket(name)?;
    cx.authorize_by_row(name)?;
    acl_of_bucket(cx, found)?;
    // What other ACLs grant, and a request without one, are not ruled on yet.
    if found.ownership != Ownership::BucketOwnerEnforced && acl != CannedAcl::Private {
        return Err(not_modelled());
    }
    Ok((Reply::success(200), None))
}

/// GetBucketTagging.
pub(crate) fn get_tags(cx: &mut Cx<'_>, name: BucketName) -> Ruling {
    let found = cx.bucket(name)?;
    cx.authorize_by_row(name)?;
    if found.tags == Tags::default() {
        cx.refuse(EVAL_OP_016_NONE, |facet| Refusal::new(Code::NoSuchTagSet, facet))?;
    }
    let mut reply = Reply::success(200);
    reply.body = ReplyBody::Entries {
        ordered: false,
        entries: found.tags.pairs().map(shown).collect::<Entries>(),
    };
    Ok((reply, None))
}

fn shown((key, value): (&'static str, Content)) -> Entry {
    let by = EVAL_OP_016_PUT;
    let fields = [
        (Name::KeyElement, Value::Text(key)),
        (Name::TagValue, Value::Token(value)),
    ];
    let field = |(name, value)| Field { name, value, by };
    Entry {
        element: "Tag",
        fields: fields.into_iter().map(field).collect::<Fields>(),
        by,
    }
}

/// PutBucketTagging, and DeleteBucketTagging, which leaves no tags.
pub(crate) fn put_tags(cx: &mut Cx<'_>, name: BucketName, tags: Tags) -> Ruling {
    cx.bucket(name)?;
    cx.authorize_by_row(name)?;
    let changes = if cx.route == DeleteBucketTagging {
        cx.decides(EVAL_OP_016_DELETE)
    } else {
        cx.decides(EVAL_OP_016_PUT)
    };
    let next = changes
        .then(|| change(cx.state, name, |bucket| bucket.tags = tags))
        .flatten();
    Ok((Reply::success(204), next))
}
