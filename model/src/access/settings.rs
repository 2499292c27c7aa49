//! The ACL and the tags of a bucket, as far as they grant nothing to others.

use crate::access::change;
use crate::access::ownership::{acl_of_bucket, grants};
use crate::argument::{BucketName, CannedAcl, Content, Tags};
use crate::cx::{Cx, Ruling, not_modelled};
use crate::reply::{Code, Entries, Entry, Field, Fields, Name, Refusal, Reply, ReplyBody, Value};
use crate::request::Route::*;
use crate::state::Ownership;
use crate::table::{Decision, Printed, printed, table, words};
use crate::words::{RULE, clauses};

clauses! { Evaluation, Settings;
    "EVAL-OP-009" RULE, Documented, High, "SAR", "Get and PutBucketAcl need the action of the same name." {
        EVAL_OP_009 = "action", &[GetBucketAcl, PutBucketAcl], else not_asked;
    }
    "EVAL-OP-016" RULE, Documented, High, "SAR",
        "GetBucketTagging needs s3:GetBucketTagging; Put and DeleteBucketTagging need s3:PutBucketTagging. What is put is what Get \
         shows, and without tags there is NoSuchTagSet." {
        EVAL_OP_016 = "action", &[GetBucketTagging, PutBucketTagging, DeleteBucketTagging], else not_asked;
        EVAL_OP_016_PUT = "stored", &[PutBucketTagging], else row;
        EVAL_OP_016_DELETE = "deleted", &[DeleteBucketTagging], else row;
        EVAL_OP_016_NONE = "none", &[GetBucketTagging], else row;
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
    let case = Tagging {
        asked: Asked::Get,
        there: found.tags != Tags::default(),
    };
    if let (Effect::NoSuchTagSet, Some(by)) = case.ruled(cx) {
        return Err(Refusal::new(Code::NoSuchTagSet, by));
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
    let found = cx.bucket(name)?;
    cx.authorize_by_row(name)?;
    let case = Tagging {
        asked: if cx.route == DeleteBucketTagging {
            Asked::Delete
        } else {
            Asked::Put
        },
        there: found.tags != Tags::default(),
    };
    let next = match case.ruled(cx).0 {
        Effect::Done => change(cx.state, name, |bucket| bucket.tags = tags),
        Effect::Unchanged | Effect::NoSuchTagSet => None,
    };
    Ok((Reply::success(204), next))
}

words! {
    /// What is asked of the tags of a bucket.
    enum Asked {
        /// To show them.
        Get,
        /// To set them.
        Put,
        /// To take them away.
        Delete,
    }
}

words! {
    /// What becomes of a request about the tags of a bucket.
    enum Effect {
        /// What is asked is done; where there are no tags, none are shown.
        Done,
        /// The tags stay as they were.
        Unchanged,
        /// It is refused with 404 NoSuchTagSet.
        NoSuchTagSet,
    }
}

table! {
    /// What becomes of a request about the tags of a bucket.
    Tagging {
        /// What is asked.
        asked: Asked,
        /// The bucket has tags.
        there: bool,
    } => Effect;

    EVAL_OP_016_NONE        if asked == Asked::Get && !there                => NoSuchTagSet;
    EVAL_OP_016_PUT         if asked == Asked::Put                          => Done,        else Unchanged;
    EVAL_OP_016_DELETE      if asked == Asked::Delete                       => Done,        else Unchanged;
    _                                                                       => Done;
}

/// The table of this chapter.
pub(crate) fn tables() -> Vec<Printed> {
    vec![printed::<Tagging>()]
}
