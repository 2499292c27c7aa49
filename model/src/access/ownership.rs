//! Object Ownership (`EVAL-OWN`).

use CannedAcl::{BucketOwnerFullControl, Private, PublicRead};
use OwnershipWord::{Missing, Unknown};

use crate::access::account::{Asked, never_anonymous};
use crate::access::{EVAL_OP_031_OWN_ACL, Need, change, delegated};
use crate::action::Action;
use crate::argument::{BucketName, CannedAcl, Key, OwnershipWord, VersionName};
use crate::cx::{Cx, Ruling, not_modelled};
use crate::reply::{Code, Entries, Entry, Field, Fields, Name, Refusal, Reply, ReplyBody, Value};
use crate::request::Route::{self, *};
use crate::request::{Caller, routes_where};
use crate::state::{Bucket, Ownership, State};
use crate::table::{Decision, Printed, Ruled, fields, printed, table, words};
use crate::words::{FORM, FacetId, RULE, clauses};

/// The routes that put an ACL.
const PUT_ACL: &[Route] = routes_where!(|route| route.row().is_of_object("acl") && route.row().takes("acl"));
/// The routes that put an ACL, also of a bucket.
const PUT_ANY_ACL: &[Route] = &[PutBucketAcl, PutObjectAcl, PutObjectAclVersion];
/// The routes that write with an ACL.
const WRITES: &[Route] = routes_where!(|route| route.row().takes("acl")
    && route.row().takes("key")
    && !route.row().is_of_object("acl"));
/// All of them.
const WITH_ACL: &[Route] = routes_where!(|route| route.row().takes("acl"));

clauses! { Evaluation, Ownership;
    "EVAL-OWN-001" RULE, Recorded, High, "LS test_crud_bucket_ownership_controls; S3-UG using-with-s3-policy-actions",
        "New buckets are BucketOwnerEnforced; what is put is what Get shows. Without its controls, which can be deleted, a bucket \
         behaves as ObjectWriter, and Get is 404 OwnershipControlsNotFoundError." {
        EVAL_OWN_001 = "default", &[CreateBucket], else row;
        EVAL_OWN_001_PUT = "stored", &[PutBucketOwnershipControls], else row;
        EVAL_OWN_001_SHOWN = "shown", &[GetBucketOwnershipControls], else (omitted "ObjectOwnership");
        EVAL_OWN_001_DELETED = "deleted", &[DeleteBucketOwnershipControls], else row;
        EVAL_OWN_001_NOT_FOUND = "not-found", &[GetBucketOwnershipControls], else row;
        EVAL_OWN_001_MESSAGE = "message", &[GetBucketOwnershipControls], else other_text;
        EVAL_OWN_001_WITHOUT = "without-controls", PUT_ANY_ACL, else row;
    }
    "EVAL-OWN-002" RULE, Documented, High, "S3-UG about-object-ownership",
        "BucketOwnerEnforced: all ACLs are ignored, and the bucket owner owns every version." {
        EVAL_OWN_002 = "bucket-owner-owns", &[PutObject],
            else row;
    }
    "EVAL-OWN-003" RULE, Documented, Medium, "S3-UG about-object-ownership",
        "BucketOwnerEnforced: putting an ACL, whichever, or writing with one other than bucket-owner-full-control, is 400 \
         AccessControlListNotSupported." {
        EVAL_OWN_003 = "put", PUT_ACL, else row;
        EVAL_OWN_003_BUCKET = "put-bucket", &[PutBucketAcl], else row;
        EVAL_OWN_003_WRITE = "write", WRITES, else row;
        EVAL_OWN_003_MESSAGE = "message", WITH_ACL, else other_text;
        EVAL_OWN_003_OWNER = "bucket-owner-full-control", PUT_ACL, else row;
        EVAL_OWN_003_ORDER = "order", PUT_ACL, choice ["after the version is found", "before it is looked for"];
    }
    "EVAL-OWN-004" RULE, Reported, Medium, "GH thephpleague/flysystem#1874, aws-cloudformation/rain#388",
        "BucketOwnerEnforced: a write with the ACL private is accepted from the bucket owner's account and refused from others." {
        EVAL_OWN_004 = "own-account", WRITES, else row;
        EVAL_OWN_004_FOREIGN = "foreign", WRITES, else row;
    }
    "EVAL-OWN-005" FORM, Documented, Medium, "S3-UG about-object-ownership",
        "BucketOwnerEnforced: ACL reads succeed and show only the bucket owner's FULL_CONTROL." {
        EVAL_OWN_005 = "full-control", &[GetObjectAcl, GetObjectAclVersion, GetBucketAcl], else row;
        EVAL_OWN_005_ONLY = "only", &[GetObjectAcl, GetObjectAclVersion, GetBucketAcl], else row;
    }
    "EVAL-OWN-012" RULE, Recorded, Medium, "LS test_bucket_ownership_controls_exc",
        "OwnershipControls must hold exactly one Rule with one of the three values: 400 MalformedXML." {
        EVAL_OWN_012 = "word", &[PutBucketOwnershipControls], else row;
        EVAL_OWN_012_RULE = "rule", &[PutBucketOwnershipControls], else row;
    }
}

/// The refusal of the ACL of an object that the bucket does not allow (`EVAL-OWN-003`).
pub(crate) fn acl_refused(cx: &mut Cx<'_>, found: &Bucket, acl: CannedAcl) -> Option<Refusal> {
    let enforced = found.ownership == Ownership::BucketOwnerEnforced;
    let deleted = found.ownership == Ownership::Deleted;
    let ruled = AclOfObject {
        enforced,
        deleted,
        acl,
    }
    .ruled(cx);
    refused(cx, ruled)
}

/// Refuses every ACL of a bucket that does not allow ACLs (`EVAL-OWN-003`).
pub(crate) fn acl_of_bucket(cx: &mut Cx<'_>, found: &Bucket) -> Result<(), Refusal> {
    let enforced = found.ownership == Ownership::BucketOwnerEnforced;
    let deleted = found.ownership == Ownership::Deleted;
    let ruled = AclOfBucket { enforced, deleted }.ruled(cx);
    refused(cx, ruled).map_or(Ok(()), Err)
}

fn refused(cx: &mut Cx<'_>, ruled: Ruled<Acl>) -> Option<Refusal> {
    match ruled {
        (Acl::NotSupported, Some(by)) => Some(not_supported(cx, by)),
        (Acl::Allowed | Acl::NotSupported, _) => None,
    }
}

words! {
    /// Whether a bucket allows an ACL.
    enum Acl {
        /// It is allowed.
        Allowed,
        /// It is refused with 400 AccessControlListNotSupported.
        NotSupported,
    }
}

table! {
    /// Whether an object may be given an ACL.
    AclOfObject {
        /// Object Ownership is BucketOwnerEnforced.
        enforced: bool,
        /// The ownership controls of the bucket were deleted.
        deleted: bool,
        /// The canned ACL.
        acl: CannedAcl,
    } never { enforced && deleted; } => Acl, unnoted;

    EVAL_OWN_003_OWNER      if enforced && acl == BucketOwnerFullControl        => NotSupported;
    EVAL_OWN_003            if enforced && acl != BucketOwnerFullControl        => NotSupported;
    EVAL_OWN_001_WITHOUT    if deleted                                          => Allowed, else NotSupported;
    _                                                                           => Allowed;
}

table! {
    /// Whether a bucket may be given an ACL.
    AclOfBucket {
        /// Object Ownership is BucketOwnerEnforced.
        enforced: bool,
        /// The ownership controls of the bucket were deleted.
        deleted: bool,
    } never { enforced && deleted; } => Acl, unnoted;

    EVAL_OWN_003_BUCKET     if enforced                                         => NotSupported;
    EVAL_OWN_001_WITHOUT    if deleted                                          => Allowed, else NotSupported;
    _                                                                           => Allowed;
}

table! {
    /// Whether an object may be written with an ACL that hands it to nobody else.
    AclOfWrite {
        /// Object Ownership is BucketOwnerEnforced.
        enforced: bool,
        /// The canned ACL.
        acl: CannedAcl,
        /// The writer belongs to another account than the bucket, or to none.
        foreign: bool,
    } => Acl;

    EVAL_OWN_003_WRITE      if enforced && acl == PublicRead                    => NotSupported;
    EVAL_OWN_004_FOREIGN    if enforced && acl == Private && foreign            => NotSupported;
    EVAL_OWN_004            if enforced && acl == Private && !foreign           => passes,  else NotSupported;
    _                                                                           => Allowed;
}

words! {
    /// Whether a permission is needed.
    enum Permission {
        /// s3:PutObjectAcl is asked.
        Needed,
        /// s3:PutObjectAcl is not asked.
        NotAsked,
    }
}

table! {
    /// Whether a write with an ACL needs s3:PutObjectAcl.
    Giving {
        /// The canned ACL.
        acl: CannedAcl,
    } never {
        acl == CannedAcl::Absent;
    } => Permission;

    EVAL_OP_031_OWN_ACL     if acl == Private || acl == BucketOwnerFullControl  => Needed,      or NotAsked;
    _                                                                           => Needed;
}

words! {
    /// Who owns a new object.
    enum Owner {
        /// It belongs to the bucket's owner.
        Bucket,
        /// It belongs to its writer, and the bucket's own account may not read it.
        Writer,
    }
}

table! {
    /// Who owns what is written to a bucket without ACLs.
    Writing {
        /// The writer belongs to another account than the bucket.
        foreign: bool,
    } => Owner;

    EVAL_OWN_002            if foreign                                          => Bucket,      else Writer;
    _                                                                           => Bucket;
}

words! {
    /// A grant of an ACL.
    enum Grant {
        /// That of everything to the bucket's owner.
        FullControl,
        /// One to read.
        Read,
    }
}

words! {
    /// Whether a grant is listed.
    enum Listed {
        /// It is shown.
        Yes,
        /// It is not shown.
        No,
    }
}

table! {
    /// Which grants the ACL of a bucket without ACLs, or of an object in it, shows.
    AclRead {
        /// Which grant.
        grant: Grant,
    } => Listed;

    EVAL_OWN_005            if grant == Grant::FullControl                      => Yes,         else No;
    EVAL_OWN_005_ONLY       if grant == Grant::Read                             => No,          else Yes;
    _                                                                           => No;
}

words! {
    /// What becomes of a setting.
    enum Setting {
        /// The setting is changed.
        Changed,
        /// The setting stays as it was.
        Unchanged,
    }
}

table! {
    /// Whether Object Ownership of a bucket changes.
    Changing {
        /// The document that is put names a setting.
        put: bool,
        /// The controls are deleted, and are there.
        deleted: bool,
    } never {
        put && deleted;
    } => Setting;

    EVAL_OWN_001_PUT        if put                                              => Changed,     else Unchanged;
    EVAL_OWN_001_DELETED    if deleted                                          => Changed,     else Unchanged;
    _                                                                           => Unchanged;
}

/// The tables of this chapter, in the order in which they are read.
pub(crate) fn tables() -> Vec<Printed> {
    vec![
        printed::<Making>(),
        printed::<Absent>(),
        printed::<Document>(),
        printed::<AclOfWrite>(),
        printed::<AclOfObject>(),
        printed::<AclOfBucket>(),
        printed::<Giving>(),
        printed::<Writing>(),
        printed::<AclRead>(),
        printed::<Changing>(),
    ]
}

/// Refuses a write with an ACL that the bucket does not allow (`EVAL-OWN-003`, `EVAL-OWN-004`).
pub(crate) fn acl_of_write(cx: &mut Cx<'_>, name: BucketName, acl: CannedAcl) -> Result<(), Refusal> {
    let ownership = cx.bucket(name)?.ownership;
    let enforced = ownership == Ownership::BucketOwnerEnforced;
    let handed_over =
        ownership == Ownership::BucketOwnerPreferred && acl == CannedAcl::BucketOwnerFullControl;
    if cx.is_foreign(name) && !enforced && !handed_over {
        // The object will belong to its writer: whom that grants what (EVAL-OWN-009) is not ruled on yet.
        return Err(not_modelled());
    }
    if acl == CannedAcl::PublicRead && !enforced {
        // What a grant to everybody grants is not ruled on yet.
        return Err(not_modelled());
    }
    let foreign = cx.is_foreign(name);
    let ruled = AclOfWrite {
        enforced,
        acl,
        foreign,
    }
    .ruled(cx);
    refused(cx, ruled).map_or(Ok(()), Err)
}

/// The permission that an ACL on a write needs (`EVAL-OP-031` to `EVAL-OP-033`).
pub(crate) fn acl_need(cx: &mut Cx<'_>, facet: FacetId, acl: CannedAcl, key: Key) -> Option<Need> {
    let asked = acl != CannedAcl::Absent && Giving { acl }.ruled(cx).0 == Permission::Needed;
    asked.then(|| Need::object(facet, Action::PutObjectAcl, key))
}

fn not_supported(cx: &mut Cx<'_>, facet: FacetId) -> Refusal {
    let refusal = Refusal::new(Code::AccessControlListNotSupported, facet);
    cx.saying(refusal, EVAL_OWN_003_MESSAGE, "The bucket does not allow ACLs")
}

/// What an ACL read shows (`EVAL-OWN-005`); nothing is ruled on where ACLs are on.
pub(crate) fn grants(cx: &mut Cx<'_>, found: &Bucket) -> ReplyBody {
    if found.ownership != Ownership::BucketOwnerEnforced {
        return ReplyBody::Free;
    }
    let grant = |permission| Entry {
        element: "Grant",
        fields: Fields::from_iter([Field {
            name: Name::Permission,
            value: Value::Text(permission),
            by: EVAL_OWN_005,
        }]),
        by: EVAL_OWN_005,
    };
    let mut entries = Entries::new();
    for (which, permission) in [(Grant::FullControl, "FULL_CONTROL"), (Grant::Read, "READ")] {
        if (AclRead { grant: which }).ruled(cx).0 == Listed::Yes {
            entries.push(grant(permission));
        }
    }
    ReplyBody::Entries {
        ordered: false,
        entries,
    }
}

/// The setting of a new bucket (`EVAL-OWN-001`).
pub(crate) fn of_new_buckets(cx: &mut Cx<'_>) -> Ownership {
    match (Making { new: true }).ruled(cx).0 {
        Default::BucketOwnerEnforced => Ownership::BucketOwnerEnforced,
        Default::ObjectWriter => Ownership::ObjectWriter,
    }
}

words! {
    /// Object Ownership of a bucket.
    enum Default {
        /// Object Ownership is BucketOwnerEnforced.
        BucketOwnerEnforced,
        /// Object Ownership is ObjectWriter.
        ObjectWriter,
    }
}

table! {
    /// What Object Ownership of a bucket is, before anybody puts it.
    Making {
        /// The bucket is new.
        new: bool,
    } => Default;

    EVAL_OWN_001            if new                                              => BucketOwnerEnforced, else ObjectWriter;
    _                                                                           => BucketOwnerEnforced;
}

/// Notes who owns a new object: the bucket's owner, whoever wrote it or began its upload (`EVAL-OWN-002`).
pub(crate) fn own(cx: &mut Cx<'_>, (name, key): (BucketName, Key), writer: Caller, next: &mut State) {
    let foreign = cx.is_foreign_to(name, writer) && writer != Caller::Anonymous;
    let elsewhere = Writing { foreign }.ruled(cx).0 == Owner::Writer;
    let Some(bucket) = next.buckets.get_mut(&name) else {
        return;
    };
    let Some(version) = bucket.current(key).map(|version| version.name) else {
        return;
    };
    if elsewhere {
        bucket.owned_elsewhere.insert((key, version), ());
    } else if !bucket.owned_elsewhere.is_empty() {
        bucket.owned_elsewhere.remove(&(key, version));
    }
}

/// Refuses the bucket's account to read what belongs to another, which the full law never lets come to be.
pub(crate) fn owned_here(
    cx: &Cx<'_>,
    (name, key, version): (BucketName, Key, VersionName),
) -> Result<(), Refusal> {
    let elsewhere = cx
        .state
        .buckets
        .get(&name)
        .is_some_and(|bucket| bucket.owned_elsewhere.contains(&(key, version)));
    if elsewhere && !cx.is_foreign(name) {
        return Err(Refusal::new(Code::AccessDenied, EVAL_OWN_002));
    }
    Ok(())
}

/// GetBucketOwnershipControls.
pub(crate) fn get(cx: &mut Cx<'_>, name: BucketName) -> Ruling {
    let found = cx.bucket(name)?;
    cx.authorize_by_row(name)?;
    let absent = found.ownership == Ownership::Deleted;
    if let (Shown::NotFound, Some(by)) = (Absent { absent }).ruled(cx) {
        let refusal = Refusal::new(Code::OwnershipControlsNotFoundError, by);
        let message = "The bucket ownership controls were not found";
        return Err(cx.saying(refusal, EVAL_OWN_001_MESSAGE, message));
    }
    let mut reply = Reply::success(200);
    fields! { cx, &mut reply;
        EVAL_OWN_001_SHOWN      => require ObjectOwnership, Value::Text(found.ownership.name());
    }
    Ok((reply, None))
}

/// PutBucketOwnershipControls.
pub(crate) fn put(cx: &mut Cx<'_>, name: BucketName, word: OwnershipWord) -> Ruling {
    cx.bucket(name)?;
    never_anonymous(cx, Asked::OwnershipControls)?;
    let need = cx.needed(None);
    cx.authorize_before(name, need.as_slice(), |cx| read(cx, word).err())?;
    delegated(cx, name)?;
    let named = read(cx, word)?;
    let case = Changing {
        put: named.is_some(),
        deleted: false,
    };
    let next = match (case.ruled(cx).0, named) {
        (Setting::Changed, Some(ownership)) => change(cx.state, name, |bucket| bucket.ownership = ownership),
        (Setting::Changed | Setting::Unchanged, _) => None,
    };
    Ok((Reply::success(200), next))
}

/// DeleteBucketOwnershipControls.
pub(crate) fn delete(cx: &mut Cx<'_>, name: BucketName) -> Ruling {
    let found = cx.bucket(name)?;
    never_anonymous(cx, Asked::OwnershipControls)?;
    cx.authorize_by_row(name)?;
    delegated(cx, name)?;
    let case = Changing {
        put: false,
        deleted: found.ownership != Ownership::Deleted,
    };
    let next = match case.ruled(cx).0 {
        Setting::Changed => change(cx.state, name, |bucket| bucket.ownership = Ownership::Deleted),
        Setting::Unchanged => None,
    };
    Ok((Reply::success(204), next))
}

words! {
    /// Whether ownership controls are shown.
    enum Shown {
        /// They are shown.
        Found,
        /// It is 404 OwnershipControlsNotFoundError.
        NotFound,
    }
}

table! {
    /// Whether ownership controls are shown, or missing.
    Absent {
        /// They were deleted.
        absent: bool,
    } => Shown, unnoted;

    EVAL_OWN_001_NOT_FOUND  if absent                                           => NotFound;
    _                                                                           => Found;
}

/// The setting that a document names; nothing if it is malformed and its clause is repealed.
fn read(cx: &mut Cx<'_>, word: OwnershipWord) -> Result<Option<Ownership>, Refusal> {
    if let (Reading::Malformed, Some(by)) = (Document { word }).ruled(cx) {
        return Err(Refusal::new(Code::MalformedXML, by));
    }
    Ok(match word {
        OwnershipWord::BucketOwnerEnforced => Some(Ownership::BucketOwnerEnforced),
        OwnershipWord::BucketOwnerPreferred => Some(Ownership::BucketOwnerPreferred),
        OwnershipWord::ObjectWriter => Some(Ownership::ObjectWriter),
        OwnershipWord::Missing | OwnershipWord::Unknown => None,
    })
}

words! {
    /// How a document is read.
    enum Reading {
        /// It is accepted, and ignored if it names no setting.
        Accepted,
        /// It is refused with 400 MalformedXML.
        Malformed,
    }
}

table! {
    /// How an OwnershipControls document is read.
    Document {
        /// The setting that its Rule names.
        word: OwnershipWord,
    } => Reading, unnoted;

    EVAL_OWN_012_RULE       if word == Missing                                  => Malformed;
    EVAL_OWN_012            if word == Unknown                                  => Malformed;
    _                                                                           => Accepted;
}

#[cfg(test)]
mod tests {
    use crate::reply::Code;
    use crate::simulate::answers;

    #[test]
    fn eval_own_001_without_its_controls_a_bucket_has_acls_and_nothing_to_show() {
        let replies = answers(
            "1 owner CreateBucket bucket=b\n2 owner PutBucketAcl bucket=b acl=private\n\
             3 owner DeleteBucketOwnershipControls bucket=b\n4 owner DeleteBucketOwnershipControls bucket=b\n\
             5 owner GetBucketOwnershipControls bucket=b\n6 owner PutBucketAcl bucket=b acl=private\n",
        );
        let statuses: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
        assert_eq!(statuses, [200, 400, 204, 204, 404, 200]);
        let code = replies.get(4).and_then(|reply| reply.code);
        assert_eq!(code, Some(Code::OwnershipControlsNotFoundError));
    }
}
