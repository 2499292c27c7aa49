//! Buckets as a whole, and the operations of an account: CreateBucket, ListBuckets, HeadBucket, GetBucketLocation, IAM.

use Asked::{Copying, OfAnAccount, OwnershipControls, Upload};

use crate::access::frame::made_again;
use crate::access::grammar::malformed_identity;
use crate::access::{
    CHANGE_OWNERSHIP, EVAL_OP_001_OWN, EVAL_OP_002_OWN, EVAL_OP_002_OWN_OTHER, EVAL_OP_002_TAKEN,
    account_permits, denied, ownership, public, refusal,
};
use crate::action::Action;
use crate::argument::{BucketName, PolicyName, Tags};
use crate::cx::{Cx, Ruling, not_modelled};
use crate::lock::bucket::{
    LOCK_BKT_001, LOCK_BKT_001_VERSIONING, LOCK_BKT_002, LOCK_BKT_002_VERSIONING, LOCK_BKT_011,
};
use crate::map::Map;
use crate::reply::{Code, Entries, Entry, Field, Fields, Name, Refusal, Reply, ReplyBody, Value};
use crate::request::Caller;
use crate::request::Route::*;
use crate::state::{Account, Bucket, LockConfiguration, Versioning};
use crate::table::{Decision, Printed, printed, table, words};
use crate::words::{FacetId, RULE, clauses};

clauses! { Evaluation, Account;
    "EVAL-ANON-002" RULE, Reported, Medium, "VGW",
        "Some operations are never available to anonymous callers, whatever the bucket policy grants: 403 AccessDenied." {
        EVAL_ANON_002 = "account", &[CreateBucket, ListBuckets], else row;
        EVAL_ANON_002_COPY = "copy", &[CopyObject, UploadPartCopy], else row;
        EVAL_ANON_002_UPLOAD = "upload", &[CreateMultipartUpload], else row;
        EVAL_ANON_002_OWNERSHIP = "ownership", CHANGE_OWNERSHIP, else row;
    }
}

/// CreateBucket. The caller's account owns the new bucket; existing names are refused as AWS documents
/// (`API:CreateBucket`): `BucketAlreadyOwnedByYou`, or 200 where the Region has it so, and `BucketAlreadyExists`.
pub(crate) fn create(cx: &mut Cx<'_>, name: BucketName, lock: bool) -> Ruling {
    let owner = account_of(cx)?;
    let mut needs = smallvec::SmallVec::<[(FacetId, Action); 3]>::new();
    needs.extend(cx.needed(None).map(|need| (need.facet, need.action)));
    if lock {
        needs.push((LOCK_BKT_002, Action::PutBucketObjectLockConfiguration));
        needs.push((LOCK_BKT_002_VERSIONING, Action::PutBucketVersioning));
    }
    let mut lacking = None;
    for (facet, action) in needs {
        if let Err(denial) = account_permits(cx, action, Some(name))
            && cx.caller() != Caller::Anonymous
            && cx.decides(facet)
            && (lacking.is_none() || refusal::is_later_reported(cx))
        {
            lacking = Some(denial);
        }
    }
    if let Some(denial) = lacking {
        return Err(denied(cx, denial));
    }
    if let Some(existing) = cx.state.buckets.get(&name) {
        let case = Taken {
            own: existing.owner == owner,
            as_asked: existing.lock.is_some() == lock,
        };
        return match case.ruled(cx) {
            (Created::OwnedByYou, Some(by)) => Err(Refusal::new(Code::BucketAlreadyOwnedByYou, by)),
            (Created::Exists, Some(by)) => Err(Refusal::new(Code::BucketAlreadyExists, by)),
            (Created::Again | Created::OwnedByYou | Created::Exists, _) => Ok((Reply::success(200), None)),
        };
    }
    let mut reply = Reply::success(200);
    if lock {
        cx.forbid(
            &mut reply,
            LOCK_BKT_011,
            Name::BucketLockHeader,
            Value::Text("true"),
        );
    }
    let bucket = new(cx, owner, lock);
    let mut next = cx.state.clone();
    next.buckets.insert(name, made_again(cx.state, name, bucket));
    next.remains.remove(&name);
    Ok((reply, Some(next)))
}

/// A new bucket with AWS's defaults.
fn new(cx: &mut Cx<'_>, owner: Account, lock: bool) -> Bucket {
    let lock = lock && cx.decides(LOCK_BKT_001);
    let versioning = if lock && cx.decides(LOCK_BKT_001_VERSIONING) {
        Versioning::Enabled
    } else {
        Versioning::Unversioned
    };
    let ownership = ownership::of_new_buckets(cx);
    Bucket {
        owner,
        versioning,
        lock: lock.then(LockConfiguration::default),
        policy: None,
        public_access: public::of_new_buckets(cx),
        ownership,
        encryption: None,
        tags: Tags::default(),
        keys: Map::default(),
        uploads: Map::default(),
        completed: Map::default(),
        owned_elsewhere: Map::default(),
    }
}

words! {
    /// What is asked that anonymous callers never get.
    pub(crate) enum Asked {
        /// The request is for an account.
        OfAnAccount,
        /// It copies an object.
        Copying,
        /// It begins an upload.
        Upload,
        /// It puts ownership controls.
        OwnershipControls,
    }
}

words! {
    /// Whether a request is refused for being anonymous.
    enum Onward {
        /// It is judged as that of any other caller.
        Judged,
        /// It is refused with 403 AccessDenied.
        Refused,
    }
}

table! {
    /// What is never available to anonymous callers, whatever a bucket policy grants.
    NeverAnonymous {
        /// What is asked.
        asked: Asked,
        /// The request is not signed.
        anonymous: bool,
    } => Onward, unnoted;

    EVAL_ANON_002           if anonymous && asked == OfAnAccount            => Refused;
    EVAL_ANON_002_COPY      if anonymous && asked == Copying                  => Refused;
    EVAL_ANON_002_UPLOAD    if anonymous && asked == Upload                 => Refused;
    EVAL_ANON_002_OWNERSHIP if anonymous && asked == OwnershipControls      => Refused;
    _                                                                       => Judged;
}

/// Refuses anonymous callers what is never theirs (`EVAL-ANON-002`).
pub(crate) fn never_anonymous(cx: &mut Cx<'_>, asked: Asked) -> Result<(), Refusal> {
    let anonymous = cx.caller() == Caller::Anonymous;
    let (Onward::Refused, Some(by)) = (NeverAnonymous { asked, anonymous }).ruled(cx) else {
        return Ok(());
    };
    let refusal = Refusal::new(Code::AccessDenied, by);
    Err(match asked {
        OfAnAccount => refusal,
        Copying => refusal.saying("Anonymous users cannot copy objects.  Please authenticate."),
        Upload => refusal.saying("Anonymous users cannot initiate multipart uploads.  Please authenticate."),
        OwnershipControls => {
            refusal.saying("s3:PutBucketOwnershipControls does not support Anonymous requests!")
        }
    })
}

/// The account in which a caller acts; anonymous callers have none (`EVAL-ANON-002`).
fn account_of(cx: &mut Cx<'_>) -> Result<Account, Refusal> {
    never_anonymous(cx, OfAnAccount)?;
    Ok(match cx.caller() {
        Caller::Owner | Caller::User | Caller::Anonymous => Account::Owner,
        Caller::Other => Account::Other,
    })
}

words! {
    /// What becomes of a CreateBucket whose name is taken.
    enum Created {
        /// It is 200, and the bucket stays as it is.
        Again,
        /// It is refused with 409 BucketAlreadyOwnedByYou.
        OwnedByYou,
        /// It is refused with 409 BucketAlreadyExists.
        Exists,
    }
}

table! {
    /// What becomes of a CreateBucket whose name is taken.
    Taken {
        /// The bucket belongs to the caller's account.
        own: bool,
        /// The bucket is a lock bucket if and only if the request asks for one.
        as_asked: bool,
    } => Created;

    EVAL_OP_002_OWN         if own && as_asked                              => Again,       or OwnedByYou;
    EVAL_OP_002_OWN_OTHER   if own && !as_asked                             => OwnedByYou,  or Again;
    EVAL_OP_002_TAKEN       if !own                                         => Exists;
    _                                                                       => Again;
}

words! {
    /// Whether a bucket is listed.
    enum Listed {
        /// It is listed.
        Yes,
        /// It is not listed.
        No,
    }
}

table! {
    /// Which buckets ListBuckets lists.
    Listing {
        /// The bucket belongs to the caller's account.
        own: bool,
    } => Listed, unnoted;

    EVAL_OP_001_OWN         if !own                                         => No,          else Yes;
    _                                                                       => Yes;
}

/// The tables of this chapter, in the order in which they are read.
pub(crate) fn tables() -> Vec<Printed> {
    vec![
        printed::<NeverAnonymous>(),
        printed::<Taken>(),
        printed::<Listing>(),
    ]
}

/// ListBuckets: the buckets of the caller's account, and no others.
pub(crate) fn list(cx: &mut Cx<'_>) -> Ruling {
    let account = account_of(cx)?;
    if let Some(need) = cx.needed(None)
        && let Err(denial) = account_permits(cx, need.action, None)
        && cx.caller() != Caller::Anonymous
        && cx.decides(need.facet)
    {
        return Err(denied(cx, denial));
    }
    let mut entries = Entries::new();
    for (name, bucket) in cx.state.buckets.iter() {
        let own = bucket.owner == account;
        if (Listing { own }).ruled(cx).0 == Listed::Yes {
            entries.push(listed(*name));
        }
    }
    let mut reply = Reply::success(200);
    reply.body = ReplyBody::Entries {
        ordered: false,
        entries,
    };
    Ok((reply, None))
}

fn listed(name: BucketName) -> Entry {
    let fields = Fields::from_iter([Field {
        name: Name::NameElement,
        value: Value::Bucket(name),
        by: EVAL_OP_001_OWN,
    }]);
    Entry {
        element: "Bucket",
        fields,
        by: EVAL_OP_001_OWN,
    }
}

/// HeadBucket.
pub(crate) fn head(cx: &mut Cx<'_>, name: BucketName) -> Ruling {
    let found = cx.bucket(name)?;
    let authorized = cx.authorize_by_row(name);
    let mut reply = refusal::show_region(cx, authorized.map(|()| Reply::success(200)))?;
    hide_lock(cx, &mut reply, found);
    Ok((reply, None))
}

/// GetBucketLocation. What it returns belongs to no area yet.
pub(crate) fn location(cx: &mut Cx<'_>, name: BucketName) -> Ruling {
    let found = cx.bucket(name)?;
    cx.authorize_by_row(name)?;
    let mut reply = Reply::success(200);
    hide_lock(cx, &mut reply, found);
    Ok((reply, None))
}

/// Only GetObjectLockConfiguration shows that a bucket is a lock bucket (`LOCK-BKT-011`).
pub(crate) fn hide_lock(cx: &mut Cx<'_>, reply: &mut Reply, found: &Bucket) {
    if found.lock.is_some() {
        cx.forbid(reply, LOCK_BKT_011, Name::BucketLockHeader, Value::Text("true"));
    }
}

/// IAM's PutUserPolicy and DeleteUserPolicy for the user of the owner's account, asked by its root.
pub(crate) fn put_user_policy(cx: &mut Cx<'_>, policy: Option<PolicyName>) -> Ruling {
    if cx.caller() != Caller::Owner {
        return Err(not_modelled());
    }
    if let Some(policy) = policy.and_then(|policy| cx.world.policy(policy))
        && let Some(refusal) = malformed_identity(cx, policy)
    {
        return Err(refusal);
    }
    let mut next = cx.state.clone();
    next.user_policy = policy;
    Ok((Reply::success(200), Some(next)))
}
