//! What a request leaves as it is: the plain resource behind a subresource, everything where it is refused, and nothing of
//! a bucket that is gone (`EVAL-OPX-009` to `EVAL-OPX-011`).

use Setting::{
    BucketTags, Encryption, ObjectLock, ObjectOwnership, Policy, PublicAccess, Uploads, VersioningState,
};

use crate::argument::{
    BucketName, CannedAcl, Carrier, Content, Date, Directive, Etag, Given, Hold, Integrity, Key, LockMode,
    Tags, VersionRef,
};
use crate::cx::Cx;
use crate::request::Route::{self, *};
use crate::request::{Method, Operation, Request, Target, routes_where};
use crate::state::{Bucket, Ownership, Remains, State, Versioning};
use crate::table::{Decision, Printed, printed, table, words};
use crate::words::{RULE, clauses};

/// The routes of subresources whose plain operation changes something.
const SUBRESOURCES: &[Route] = routes_where!(|route| {
    let row = route.row();
    route.is_in_a_bucket()
        && !row.subresource.is_empty()
        && matches!(row.method, Method::PUT | Method::DELETE)
});

/// Those that put a setting of a bucket, whose plain operation makes the bucket.
const PUT_SETTING: &[Route] =
    routes_where!(|route| route.row().is_setting() && matches!(route.row().method, Method::PUT));

/// The routes that change something, and refuse as a whole: DeleteObjects refuses entry by entry, and of the ACLs that the
/// law rules on, none changes anything.
const CHANGING: &[Route] = routes_where!(|route| {
    let by_entries = matches!(route, DeleteObjects);
    let changes_nothing = matches!(route, PutBucketAcl | PutObjectAcl | PutObjectAclVersion);
    let is_request = route.is_in_a_bucket() || matches!(route, CreateBucket);
    is_request && !route.row().method.reads() && !by_entries && !changes_nothing
});

clauses! { Evaluation, Frame;
    "EVAL-OPX-009" RULE, Documented, Critical, "S3-API",
        "A request for a subresource does what that subresource says or is refused; it never runs the plain operation: the bucket \
         stays, objects and their bytes stay, every other setting stays." {
        EVAL_OPX_009 = "plain", SUBRESOURCES, else row;
    }
    "EVAL-OPX-010" RULE, Reported, Critical, "K-high",
        "A refused request changes nothing that any later request shows." {
        EVAL_OPX_010 = "refused", CHANGING, else row;
    }
    "EVAL-OPX-011" RULE, Reported, Critical, "K-high",
        "A deleted bucket takes its settings with it: a bucket made again under its name has those of a new bucket." {
        EVAL_OPX_011_POLICY = "policy", &[DeleteBucket], else row;
        EVAL_OPX_011_VERSIONING = "versioning", &[DeleteBucket], else row;
        EVAL_OPX_011_ACCESS = "public-access", &[DeleteBucket], else row;
        EVAL_OPX_011_OWNERSHIP = "ownership", &[DeleteBucket], else row;
        EVAL_OPX_011_ENCRYPTION = "encryption", &[DeleteBucket], else row;
        EVAL_OPX_011_TAGS = "tags", &[DeleteBucket], else row;
        EVAL_OPX_011_LOCK = "lock", &[DeleteBucket], else row;
        EVAL_OPX_011_UPLOADS = "uploads", &[DeleteBucket], else row
            untold &[(DeleteBucket, "whether uploads in progress keep a bucket is open: VER-DEL-017")];
    }
}

/// The plain request that a request becomes for a server that overlooks its subresource (`EVAL-OPX-009`).
///
/// Nothing if the request has no subresource, or one whose plain operation changes nothing.
#[inline]
pub(crate) fn overlooked(cx: &mut Cx<'_>) -> Option<Request> {
    if !SUBRESOURCES.contains(&cx.route) {
        return None;
    }
    // To make a bucket that is there changes nothing; that the setting is not stored is what other clauses say.
    let Request { caller, operation } = cx.request;
    let bucket = operation.place().bucket;
    let exists = bucket.is_some_and(|name| cx.state.buckets.contains(&name));
    let case = Subresource {
        plain_would_change_it: !(exists && PUT_SETTING.contains(&cx.route)),
    };
    if case.ruled(cx).0 == Runs::Own {
        return None;
    }
    plain(operation).map(|operation| Request {
        caller: *caller,
        operation,
    })
}

/// The operation with the same method on the bucket or the object itself.
fn plain(operation: &Operation) -> Option<Operation> {
    let place = operation.place();
    let bucket = place.bucket?;
    let row = operation.route().row();
    match (row.target, row.method) {
        (Target::Bucket, Method::PUT) => Some(Operation::CreateBucket { bucket, lock: false }),
        (Target::Bucket, Method::DELETE) => Some(Operation::DeleteBucket { bucket }),
        (Target::Object, Method::PUT) => Some(plain_write(operation, bucket, place.key?)),
        (Target::Object, Method::DELETE) => Some(Operation::DeleteObject {
            bucket,
            key: place.key?,
            version: argument(operation, "version").unwrap_or_default(),
            bypass: None,
            if_match: Etag::Unconditional,
            if_match_time: false,
            if_match_size: false,
        }),
        (Target::Bucket | Target::Object, Method::GET | Method::HEAD | Method::POST)
        | (Target::Iam | Target::Service, _) => None,
    }
}

/// An argument of an operation, if it has one of this name.
fn argument<A: TryFrom<Given>>(operation: &Operation, name: &str) -> Option<A> {
    let mut given = operation.given().into_iter();
    given
        .find(|(of, _)| *of == name)
        .and_then(|(_, given)| A::try_from(given).ok())
}

/// The PutObject or CopyObject with the same bytes, source and ACL.
fn plain_write(operation: &Operation, bucket: BucketName, key: Key) -> Operation {
    if let Operation::UploadPartCopy {
        source_bucket,
        source_key,
        source_version,
        bucket,
        key,
        source_if_match,
        source_if_none_match,
        source_if_modified_since,
        source_if_unmodified_since,
        ..
    } = operation
    {
        return Operation::CopyObject {
            source_bucket: *source_bucket,
            source_key: *source_key,
            source_version: *source_version,
            bucket: *bucket,
            key: *key,
            directive: Directive::Copy,
            mode: LockMode::Absent,
            until: Date::Absent,
            hold: Hold::Absent,
            acl: CannedAcl::Absent,
            if_match: Etag::Unconditional,
            if_none_match: Etag::Unconditional,
            source_if_match: *source_if_match,
            source_if_none_match: *source_if_none_match,
            source_if_modified_since: *source_if_modified_since,
            source_if_unmodified_since: *source_if_unmodified_since,
        };
    }
    Operation::PutObject {
        bucket,
        key,
        version: VersionRef::Current,
        content: argument(operation, "content").unwrap_or(Content::DOCUMENT),
        mode: LockMode::Absent,
        until: Date::Absent,
        hold: Hold::Absent,
        integrity: Integrity::Md5,
        acl: argument(operation, "acl").unwrap_or_default(),
        if_match: Etag::Unconditional,
        if_none_match: Etag::Unconditional,
        conditions: Carrier::Header,
    }
}

/// The state without a bucket, which takes everything with it (`EVAL-OPX-011`).
pub(crate) fn without_bucket(cx: &mut Cx<'_>, name: BucketName, found: &Bucket) -> State {
    let mut next = cx.state.clone();
    next.buckets.remove(&name);
    for ((key, upload), _) in found.uploads.iter() {
        next.aborted.insert((name, *key, *upload), ());
    }
    let mut remains = Remains::default();
    for setting in SETTINGS {
        if is_set(found, setting) && (Removing { setting }).ruled(cx).0 == Fate::Outlives {
            leave(found, setting, &mut remains);
        }
    }
    for ((key, upload), _) in remains.uploads.iter() {
        next.aborted.remove(&(name, *key, *upload));
    }
    if remains != Remains::default() {
        next.remains.insert(name, remains);
    }
    next
}

/// Whether a setting of a bucket is other than that of a new one.
fn is_set(found: &Bucket, setting: Setting) -> bool {
    match setting {
        Policy => found.policy.is_some(),
        VersioningState => found.versioning != Versioning::Unversioned,
        PublicAccess => found.public_access != Some(true),
        ObjectOwnership => found.ownership != Ownership::BucketOwnerEnforced,
        Encryption => found.encryption.is_some(),
        BucketTags => found.tags != Tags::default(),
        ObjectLock => found.lock.is_some(),
        Uploads => !found.uploads.is_empty(),
    }
}

/// Leaves a setting of a bucket behind.
fn leave(found: &Bucket, setting: Setting, remains: &mut Remains) {
    match setting {
        Policy => remains.policy = found.policy,
        VersioningState => remains.versioning = Some(found.versioning),
        PublicAccess => remains.public_access = Some(found.public_access),
        ObjectOwnership => remains.ownership = Some(found.ownership),
        Encryption => remains.encryption = found.encryption,
        BucketTags => remains.tags = found.tags,
        ObjectLock => remains.lock = found.lock,
        Uploads => remains.uploads.clone_from(&found.uploads),
    }
}

/// A new bucket with what an earlier one of its name left, which is nothing under the full law (`EVAL-OPX-011`).
pub(crate) fn made_again(state: &State, name: BucketName, mut bucket: Bucket) -> Bucket {
    let Some(remains) = state.remains.get(&name) else {
        return bucket;
    };
    bucket.policy = remains.policy;
    bucket.versioning = remains.versioning.unwrap_or(bucket.versioning);
    bucket.public_access = remains.public_access.unwrap_or(bucket.public_access);
    bucket.ownership = remains.ownership.unwrap_or(bucket.ownership);
    bucket.encryption = remains.encryption;
    bucket.tags = remains.tags;
    bucket.lock = bucket.lock.or(remains.lock);
    bucket.uploads = remains.uploads.clone();
    bucket
}

/// Whether a refused request changes something all the same, which it never does under the full law (`EVAL-OPX-010`).
#[inline]
pub(crate) fn changes_though_refused(cx: &mut Cx<'_>) -> bool {
    let changing = CHANGING.contains(&cx.route);
    (Refused { changing }).ruled(cx).0 == Change::CarriedOut
}

words! {
    /// Which operation runs.
    enum Runs {
        /// The operation of the subresource runs, or is refused.
        Own,
        /// The plain operation runs: the same method on the bucket or the object.
        Plain,
    }
}

table! {
    /// Which operation a request for a subresource runs.
    Subresource {
        /// The plain operation would change something here.
        plain_would_change_it: bool,
    } => Runs, unnoted;

    EVAL_OPX_009            if plain_would_change_it                        => Own,     else Plain;
    _                                                                       => Own;
}

words! {
    /// What a request changes.
    enum Change {
        /// Nothing that any later request shows.
        Nothing,
        /// It is carried out all the same, as if the bucket's owner had asked.
        CarriedOut,
    }
}

table! {
    /// What a refused request changes.
    Refused {
        /// The operation changes something, and is refused as a whole.
        changing: bool,
    } => Change, unnoted;

    EVAL_OPX_010            if changing                                     => Nothing, else CarriedOut;
    _                                                                       => Nothing;
}

words! {
    /// What a bucket has besides its objects.
    enum Setting {
        /// The bucket policy.
        Policy,
        /// The versioning state.
        VersioningState,
        /// The public access block, or that there is none.
        PublicAccess,
        /// Object Ownership.
        ObjectOwnership,
        /// Default encryption.
        Encryption,
        /// The tags.
        BucketTags,
        /// Object Lock.
        ObjectLock,
        /// Uploads in progress.
        Uploads,
    }
}

/// All of them.
const SETTINGS: [Setting; 8] = [
    Policy,
    VersioningState,
    PublicAccess,
    ObjectOwnership,
    Encryption,
    BucketTags,
    ObjectLock,
    Uploads,
];

words! {
    /// What becomes of a setting with its bucket.
    enum Fate {
        /// It is gone with the bucket.
        Gone,
        /// It outlives the bucket.
        Outlives,
    }
}

table! {
    /// What a deleted bucket takes with it.
    Removing {
        /// What the bucket has.
        setting: Setting,
    } => Fate;

    EVAL_OPX_011_POLICY     if setting == Policy                            => Gone,    else Outlives;
    EVAL_OPX_011_VERSIONING if setting == VersioningState                   => Gone,    else Outlives;
    EVAL_OPX_011_ACCESS     if setting == PublicAccess                      => Gone,    else Outlives;
    EVAL_OPX_011_OWNERSHIP  if setting == ObjectOwnership                   => Gone,    else Outlives;
    EVAL_OPX_011_ENCRYPTION if setting == Encryption                        => Gone,    else Outlives;
    EVAL_OPX_011_TAGS       if setting == BucketTags                        => Gone,    else Outlives;
    EVAL_OPX_011_LOCK       if setting == ObjectLock                        => Gone,    else Outlives;
    EVAL_OPX_011_UPLOADS    if setting == Uploads                           => Gone,    else Outlives;
    _                                                                       => Gone;
}

/// The tables of this chapter.
pub(crate) fn tables() -> Vec<Printed> {
    vec![
        printed::<Subresource>(),
        printed::<Refused>(),
        printed::<Removing>(),
    ]
}

#[cfg(test)]
mod tests {
    use crate::simulate::answers;

    #[test]
    fn eval_opx_010_a_refused_request_changes_nothing() {
        let replies = answers(
            "1 owner CreateBucket bucket=b\n2 other DeleteBucket bucket=b\n3 owner HeadBucket bucket=b\n",
        );
        let statuses: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
        assert_eq!(statuses, [200, 403, 200]);
    }

    #[test]
    fn eval_opx_011_a_bucket_made_again_is_new() {
        let replies = answers(
            "policy p = Allow user s3:* b,b/*\n1 owner CreateBucket bucket=b\n2 owner PutBucketPolicy bucket=b policy=p\n\
             3 owner CreateMultipartUpload bucket=b key=k\n4 owner DeleteBucket bucket=b\n5 owner CreateBucket bucket=b\n\
             6 owner GetBucketPolicy bucket=b\n7 owner ListParts bucket=b key=k upload=#1\n",
        );
        let statuses: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
        assert_eq!(statuses, [200, 204, 200, 204, 200, 404, 404]);
    }
}
