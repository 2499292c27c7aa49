//! Deletes and overwrites of locked versions (`LOCK-DEL`, decisions 0001 and 0002).

use Bypass::{WithoutHeader, WithoutPermission, Works};
use Outcome::Locked;

use crate::access::denied;
use crate::argument::{BucketName, Key, VersionName};
use crate::cx::Cx;
use crate::lock::brought::{Brought, denied_by, may_bypass};
use crate::lock::bucket::LOCK_BKT_007;
use crate::lock::bypass::{Bypass, COMPLIANCE, GOVERNANCE, Outcome};
use crate::lock::hold::{LOCK_HOLD_005, is_held};
use crate::lock::retention::is_retained;
use crate::reply::{Refusal, Value};
use crate::request::Route::{self, *};
use crate::request::routes_where;
use crate::state::{Bucket, Mode, Version};
use crate::table::{Decision, Printed, printed, refusal, table, words};
use crate::words::{FORM, RULE, clauses, consequence, note};

mod unprevented;

use unprevented::Unprevented;
pub(crate) use unprevented::{
    abort_allowed, acl_allowed, part_replaced, simple_allowed, tags_allowed, write_allowed,
};

/// The routes that delete a version for good.
const VERSION: &[Route] = &[DeleteObjectVersion, DeleteObjectsVersion];
/// The routes that delete without naming a version.
const SIMPLE: &[Route] = &[DeleteObject, DeleteObjects];
/// The routes that can carry the bypass header, as requests.
const REQUESTS: &[Route] = &[DeleteObject, DeleteObjectVersion, DeleteObjects];

/// The routes that change tags.
const TAGS: &[Route] =
    routes_where!(|route| route.row().is_of_object("tagging") && !route.row().method.reads());
/// The routes that write a version.
const WRITES: &[Route] = &[PutObject, CopyObject, CompleteMultipartUpload];

const HEADER: &str = "x-amz-bypass-governance-retention";

clauses! { ObjectLock, LockDelete;
    "LOCK-DEL-001" RULE, Recorded, Critical, "LS:test_s3_object_retention, LS:test_delete_locked_object",
        "DELETE of a version under unexpired retention or a hold is refused: 403 AccessDenied, \
         \"Access Denied because object protected by object lock.\"" {
        LOCK_DEL_001 = "retention", VERSION, else row;
        LOCK_DEL_001_HOLD = "hold", VERSION, else row;
    }
    "LOCK-DEL-002" RULE, Recorded, Critical, "LS:test_s3_object_retention",
        "GOVERNANCE without a hold, with the bypass header true and s3:BypassGovernanceRetention: the version is deleted." {
        LOCK_DEL_002 = "allowed", VERSION, else row;
        LOCK_DEL_002_HEADER = "header", VERSION, else row;
        LOCK_DEL_002_PERMISSION = "permission", VERSION, else row;
    }
    "LOCK-DEL-003" RULE, Recorded, Critical, "LS:test_s3_object_retention_compliance_mode",
        "DELETE of a version under COMPLIANCE is refused to everybody, also below a delete marker." {
        LOCK_DEL_003 = "compliance", VERSION, else row;
        LOCK_DEL_003_BYPASS = "bypass", VERSION, else row;
        LOCK_DEL_003_BELOW = "below-marker", VERSION, else row;
    }
    "LOCK-DEL-004" RULE, Recorded, High, "LS:test_s3_object_retention_compliance_mode",
        "DELETE without a version id always makes a marker, whatever locks older versions have." {
        LOCK_DEL_004 = "marker", SIMPLE, else row;
    }
    "LOCK-DEL-005" RULE, Recorded, Medium, "UG:object-lock; LS:test_object_lock_delete_markers",
        "Delete markers are never locked and may be deleted by id." {
        LOCK_DEL_005 = "markers", VERSION, else row;
    }
    "LOCK-DEL-006" RULE, Documented, High, "UG:object-lock",
        "A PUT to a key with locked versions succeeds: no write fails because an older version is locked." {
        LOCK_DEL_006 = "write", WRITES, else row;
    }
    "LOCK-DEL-007" consequence(&["LOCK-BKT-008", "LOCK-DEL-001", "VER-ST-009"]), Chosen, High, "derived; K(h)",
        "A null version in a lock bucket predates versioning; once locked, it is protected from DELETE with versionId null."
    "LOCK-DEL-008" FORM, Recorded, Medium, "LS:test_delete_locked_object",
        "DeleteObjects is 200; a locked entry is an Error with Key, VersionId, Code and Message; other entries proceed." {
        LOCK_DEL_008 = "others-proceed", &[DeleteObjectsVersion], else "a locked entry stops the entries after it";
        LOCK_DEL_008_ID = "version-id", &[DeleteObjectsVersion], else (omitted "VersionId");
    }
    "LOCK-DEL-009" RULE, Documented, Medium, "API:DeleteObjects; ceph",
        "DeleteObjects honours one bypass header for all entries under GOVERNANCE." {
        LOCK_DEL_009 = "all", &[DeleteObjectsVersion], else "it counts for the first entry only";
    }
    "LOCK-DEL-010" RULE, Recorded, Medium, "LS:test_delete_object_with_no_locking; docs/decisions/0002",
        "The bypass header, true or false, on a delete in a bucket without lock: 400 InvalidArgument, with ArgumentName the header; \
         in DeleteObjects the whole request fails." {
        LOCK_DEL_010 = "true", REQUESTS, else row;
        LOCK_DEL_010_FALSE = "false", REQUESTS, else row;
        LOCK_DEL_010_MESSAGE = "message", REQUESTS, else other_text;
        LOCK_DEL_010_ARGUMENT = "argument-name", REQUESTS, else (omitted "ArgumentName");
        LOCK_DEL_010_ORDER = "order", &[DeleteObject, DeleteObjectVersion],
            choice ["the permission to delete, then the header; s3:BypassGovernanceRetention is not asked",
                "the header, then the permission to delete; or s3:BypassGovernanceRetention is asked first"];
    }
    "LOCK-DEL-011" RULE, Chosen, Medium, "K(m); docs/decisions/0001",
        "The bypass header without the permission, on a delete that names a version." {
        LOCK_DEL_011 = "unneeded", VERSION, choice ["refused", "as without the header"];
        LOCK_DEL_011_TEXT = "text", VERSION, choice ["the text of missing permission", "the text of the lock"];
        LOCK_DEL_011_FALSE = "false", VERSION, choice ["no check", "refused"];
    }
    "LOCK-DEL-012" RULE, Documented, Medium, "K(h); docs/decisions/0002",
        "The bypass header does not change how a marker is made." {
        LOCK_DEL_012 = "no-effect", SIMPLE, else row;
        LOCK_DEL_012_PERMISSION = "without-permission", SIMPLE, choice ["the marker is made", "refused"];
    }
    "LOCK-DEL-013" RULE, Documented, Medium, "UG; K(h)",
        "AbortMultipartUpload is never blocked by a lock." {
        LOCK_DEL_013 = "abort", &[AbortMultipartUpload], else row;
        LOCK_DEL_013_KEY = "locked-key", &[AbortMultipartUpload],
            else row;
    }
    "LOCK-DEL-014" RULE, Documented, Medium, "UG:object-lock (transitions, tags)",
        "ACLs, tags and storage class of locked versions may change: a lock protects data and existence only." {
        LOCK_DEL_014 = "tags", TAGS, else row;
        LOCK_DEL_014_ACL = "acl", &[PutObjectAcl, PutObjectAclVersion], else row;
    }
    "LOCK-DEL-016" note("keys and accounts are closed outside of S3, where no request of this law goes"), Documented, Low,
        "UG:object-lock-managing; KMS K(h)", "Closing the account and deleting the KMS key are not prevented by a lock."
}

words! {
    /// Whether the bypass header is refused.
    enum Headed {
        /// It is ignored.
        Ignored,
        /// It is refused with 400 InvalidArgument.
        Refused,
    }
}

table! {
    /// Whether the bypass header is refused in a bucket without lock.
    WithoutLock {
        /// The header is true.
        asks: bool,
    } => Headed;

    LOCK_DEL_010            if asks                                                 => Refused;
    LOCK_DEL_010_FALSE      if !asks                                                => Refused;
    _                                                                               => Ignored;
}

/// The refusal of the header in a bucket without lock (`LOCK-DEL-010`).
fn header_refused(cx: &mut Cx<'_>, bypass: bool) -> Option<Refusal> {
    let (Headed::Refused, Some(facet)) = (WithoutLock { asks: bypass }).ruled(cx) else {
        return None;
    };
    const MESSAGE: &str =
        "x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets.";
    Some(refusal! { cx, InvalidArgument, facet;
        LOCK_DEL_010_MESSAGE  => says MESSAGE;
        LOCK_DEL_010_ARGUMENT => require ArgumentName, Value::Text(HEADER);
    })
}

/// The header of a DeleteObjects in a bucket without lock fails the whole request.
pub(crate) fn header_allowed(cx: &mut Cx<'_>, bucket: &Bucket, bypass: Option<bool>) -> Result<(), Refusal> {
    match bypass {
        Some(bypass) if bucket.lock.is_none() => header_refused(cx, bypass).map_or(Ok(()), Err),
        Some(_) | None => Ok(()),
    }
}

/// The permission to delete, and the header in a bucket without lock: which comes first is open (decision 0002, 4).
pub(crate) fn authorized_with_header(
    cx: &mut Cx<'_>,
    (name, key): (BucketName, Key),
    authorized: Result<(), Refusal>,
    bypass: Option<bool>,
) -> Result<(), Refusal> {
    let no_lock = cx
        .state
        .buckets
        .get(&name)
        .is_some_and(|bucket| bucket.lock.is_none());
    let Some(bypass) = bypass.filter(|_| no_lock) else {
        return authorized;
    };
    let header = header_refused(cx, bypass);
    // The permission to bypass is looked at only where the header asks for it and nothing else is missing.
    let bypass = match (&authorized, &header) {
        (Ok(()), Some(_)) if bypass => may_bypass(cx, (name, key)),
        _ => Ok(()),
    };
    let case = HeaderOrPermission {
        denied: authorized.is_err(),
        header_refused: header.is_some(),
        bypass_denied: bypass.is_err(),
    };
    match (case.ruled(cx).0, header, bypass) {
        (Reported::Bypass, _, Err(denial)) => Err(denied(cx, denial)),
        (Reported::Header, Some(header), _) => Err(header),
        (Reported::Permission | Reported::Header | Reported::Bypass, ..) => authorized,
    }
}

words! {
    /// What a delete with the bypass header is refused for, in a bucket without lock.
    enum Reported {
        /// The permission to delete, if it is missing.
        Permission,
        /// The header.
        Header,
        /// The permission to bypass.
        Bypass,
    }
}

table! {
    /// What is reported of the header in a bucket without lock, and of missing permissions.
    HeaderOrPermission {
        /// The permission to delete is missing.
        denied: bool,
        /// The header is refused.
        header_refused: bool,
        /// The header is true, and the permission to bypass is missing.
        bypass_denied: bool,
    } never {
        denied && bypass_denied;
        bypass_denied && !header_refused;
    } => Reported;

    LOCK_DEL_010_ORDER      if denied && header_refused                             => Permission, or Header;
    LOCK_DEL_010_ORDER      if bypass_denied                                        => Header,  or Bypass;
    LOCK_DEL_010            if header_refused                                       => Header,  else same;
    _                                                                               => Permission;
}

/// The header on a delete without a version id in a lock bucket (decision 0002, 2 and 3).
///
/// Returns the version to delete for good, if the law does not hold `LOCK-DEL-012`.
pub(crate) fn simple_with_header(
    cx: &mut Cx<'_>,
    (name, key): (BucketName, Key),
    bypass: Option<bool>,
) -> Result<Option<VersionName>, Refusal> {
    let Some(bucket) = cx.state.buckets.get(&name).filter(|bucket| bucket.lock.is_some()) else {
        return Ok(None);
    };
    let Some(asked) = bypass else {
        return Ok(None);
    };
    let denial = may_bypass(cx, (name, key)).err();
    let current = bucket.current(key).filter(|current| !current.is_marker());
    let case = Simple {
        permitted: denial.is_none(),
        asks: asked,
        object: current.is_some(),
    };
    match (case.ruled(cx), denial) {
        ((Made::Refused, Some(by)), Some(denial)) => Err(denied_by(cx, denial, by)),
        ((Made::Removed, _), _) => Ok(current.map(|current| current.name)),
        ((Made::Marker | Made::Refused, _), _) => Ok(None),
    }
}

words! {
    /// What a delete with the bypass header and without a version id does in a lock bucket.
    enum Made {
        /// The marker is made.
        Marker,
        /// The current version is deleted for good.
        Removed,
        /// It is refused for want of the permission to bypass.
        Refused,
    }
}

table! {
    /// What the bypass header does to a delete without a version id.
    Simple {
        /// The caller may bypass.
        permitted: bool,
        /// The header is true.
        asks: bool,
        /// The current version is an object.
        object: bool,
    } => Made;

    LOCK_DEL_012_PERMISSION if !permitted                                           => Marker,  or Refused;
    LOCK_DEL_012            if permitted && asks && object                          => Marker,  else Removed;
    _                                                                               => Marker;
}

/// Whether a version, or what is gone, may be removed for good.
pub(crate) fn version_allowed(
    cx: &mut Cx<'_>,
    (name, key): (BucketName, Key),
    version: Option<&Version>,
    header: Option<bool>,
) -> Result<(), Refusal> {
    let Some(bucket) = cx.state.buckets.get(&name).filter(|bucket| bucket.lock.is_some()) else {
        return Ok(());
    };
    let brought = Brought::by(cx, (name, key), version, header);
    let declined = Declined {
        declines: brought.declines(),
    };
    let ruled = declined.ruled(cx);
    brought.carried_out(cx, ruled, |_| Locked)?;
    let bypass = brought.bypass();
    let removal = Removal {
        object: version.is_some_and(|version| !version.is_marker()),
        marker: version.is_some_and(Version::is_marker),
        retained: version.and_then(|version| is_retained(cx, version)),
        held: version.is_some_and(|version| is_held(cx, version)),
        below_marker: bucket.current(key).is_some_and(Version::is_marker),
        bypass,
    };
    let ruled = removal.ruled(cx);
    brought.carried_out(cx, ruled, |cx| Text { bypass }.ruled(cx).0)
}

table! {
    /// Whether the bypass header with the value false is checked.
    Declined {
        /// The header is false, and the permission to bypass is missing.
        declines: bool,
    } => Outcome;

    LOCK_DEL_011_FALSE      if declines                                             => passes,  or Denied;
    _                                                                               => Allowed;
}

table! {
    /// Whether a version may be removed for good.
    Removal {
        /// It is an object.
        object: bool,
        /// It is a delete marker.
        marker: bool,
        /// Under which mode it is retained now.
        retained: Option<Mode>,
        /// It is on hold.
        held: bool,
        /// The current version of its key is a delete marker.
        below_marker: bool,
        /// How far a bypass goes.
        bypass: Bypass,
    } never {
        object && marker;
        !object && (held || retained.is_some());
    } => Outcome;

    LOCK_DEL_005            if marker                                               => passes,  else Locked;
    LOCK_HOLD_005           if held && bypass == Works                              => Protected;
    LOCK_DEL_001_HOLD       if held && bypass != Works                              => Protected;
    LOCK_DEL_003_BELOW      if retained == COMPLIANCE && below_marker               => passes,  else Allowed;
    LOCK_DEL_003_BYPASS     if retained == COMPLIANCE && bypass == Works            => Protected;
    LOCK_DEL_003            if retained == COMPLIANCE && bypass != Works            => Protected;
    LOCK_DEL_002            if retained == GOVERNANCE && bypass == Works            => Allowed, else Locked;
    LOCK_DEL_002_PERMISSION if retained == GOVERNANCE && bypass == WithoutPermission => passes, else Allowed;
    LOCK_DEL_002_HEADER     if retained == GOVERNANCE && bypass == WithoutHeader    => passes,  else Allowed;
    LOCK_DEL_001            if retained == GOVERNANCE && bypass != Works            => Protected;
    LOCK_BKT_007            if retained.is_none() && object && !held                  => passes,  else Locked;
    LOCK_DEL_011            if retained.is_none() && bypass == WithoutPermission      => Denied,  or passes;
    _                                                                               => Allowed;
}

table! {
    /// How a delete of what a lock protects is refused: its page ties the permission to the header (decision 0001).
    Text {
        /// How far a bypass goes.
        bypass: Bypass,
    } => Outcome;

    LOCK_DEL_011_TEXT       if bypass == WithoutPermission                          => Denied,  or Locked;
    _                                                                               => Locked;
}

/// The tables of this chapter, in the order in which they are read.
pub(crate) fn tables() -> Vec<Printed> {
    vec![
        printed::<WithoutLock>(),
        printed::<HeaderOrPermission>(),
        printed::<Simple>(),
        printed::<Unprevented>(),
        printed::<Declined>(),
        printed::<Removal>(),
        printed::<Text>(),
    ]
}
