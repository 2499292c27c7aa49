//! The versioning state of a bucket (`VER-ST`).

use Versioning::Unversioned;
use VersioningWord::{Enabled, Missing, Suspended, Unknown};

use crate::access::account::hide_lock;
use crate::access::change;
use crate::argument::{BucketName, Integrity, Key, VersionName, VersioningWord};
use crate::cx::{Cx, Ruling};
use crate::lock::SUSPEND_MESSAGE;
use crate::reply::{Code, Refusal, Reply, Value};
use crate::request::Route::*;
use crate::state::{Bucket, State, Versioning, Versions};
use crate::table::{Decision, Printed, effects, fields, printed, table, words};
use crate::versioning::id::VER_ID_004;
use crate::versioning::{give_id, take, take_null};
use crate::words::{FORM, FacetId, RULE, clauses, consequence, definition, note};

clauses! { Versioning, VersioningState;
    "VER-ST-002" FORM, Recorded, Medium, "LS:test_bucket_versioning_crud",
        "GetBucketVersioning on a never-configured bucket returns 200 and a document without Status." {
        VER_ST_002 = "no-status", &[GetBucketVersioning], else "the document has a Status";
    }
    "VER-ST-003" RULE, Recorded, Medium, "LS:test_bucket_versioning_crud",
        "PutBucketVersioning accepts exactly Enabled and Suspended; anything else is 400 MalformedXML." {
        VER_ST_003 = "words", &[PutBucketVersioning], else row;
    }
    "VER-ST-004" RULE, Recorded, Low, "LS:test_bucket_versioning_crud",
        "A document without Status is 400 IllegalVersioningConfigurationException." {
        VER_ST_004 = "missing-status", &[PutBucketVersioning], else row;
    }
    "VER-ST-006" RULE, Recorded, Medium, "LS:test_bucket_versioning_crud",
        "Suspended may be set on a never-versioned bucket." {
        VER_ST_006 = "suspend-first", &[PutBucketVersioning], else row;
        VER_ST_006_STATUS = "status", &[GetBucketVersioning], else "the document has no Status";
    }
    "VER-ST-009" RULE, Recorded, Critical, "LS:test_disable_versioning_on_locked_bucket",
        "Suspending a bucket with an Object Lock configuration is 409 InvalidBucketState; putting Enabled again is 200." {
        VER_ST_009 = "suspend", &[PutBucketVersioning], else row;
        VER_ST_009_AGAIN = "enable-again", &[PutBucketVersioning], else row;
    }
    "VER-ST-010" RULE, Documented, Low, "API:PutBucketVersioning",
        "PutBucketVersioning needs Content-MD5 or an x-amz-checksum header." {
        VER_ST_010 = "integrity", &[PutBucketVersioning], choice ["400 InvalidRequest", "accepted"];
    }
    "VER-ST-001" consequence(&["VER-ST-003", "VER-ST-006"]), Documented, High, "UG:Versioning",
        "A bucket is Unversioned, Enabled or Suspended; once left, Unversioned is never reached again."
    "VER-ST-005" RULE, Recorded, Low, "LS:test_bucket_versioning_crud; order K(l)",
        "PutBucketVersioning on a missing bucket is 404 NoSuchBucket with BucketName." {
        VER_ST_005 = "bucket-name", &[PutBucketVersioning], else (omitted "BucketName");
        VER_ST_005_ORDER = "order", &[PutBucketVersioning], choice ["the bucket first", "the document first"];
    }
    "VER-ST-007" RULE, Recorded, Medium, "LS:test_bucket_versioning_crud, LS:test_disable_versioning_on_locked_bucket",
        "Setting the same state again is 200 and has no effect." {
        VER_ST_007 = "again", &[PutBucketVersioning], else row;
    }
    "VER-ST-008" RULE, Documented, Critical, "UG:Versioning, UG:AddingObjectstoVersionSuspendedBuckets",
        "Changes between Enabled and Suspended never modify, remove or renumber versions." {
        VER_ST_008 = "suspend", &[PutBucketVersioning], else "suspending removes noncurrent versions";
        VER_ST_008_ENABLE = "enable", &[PutBucketVersioning], else "enabling again removes null versions";
    }
    "VER-ST-011" consequence(&["EVAL-OP-015"]), Documented, High, "API; UG:Versioning",
        "Get and PutBucketVersioning need the action of the same name; the owner has both."
    "VER-ST-012" note("propagation is a property of the target (`settle`), not of the law"), Documented, Low,
        "UG:manage-versioning-examples", "After the first enabling AWS allows for propagation."
    "VER-ST-013" definition("no request has a setting for a prefix or an object"), Documented, Low, "UG:Versioning",
        "Versioning is bucket-wide."
}

/// GetBucketVersioning.
pub(crate) fn get(cx: &mut Cx<'_>, name: BucketName) -> Ruling {
    let found = cx.bucket(name)?;
    cx.authorize_by_row(name)?;
    let mut reply = Reply::success(200);
    hide_lock(cx, &mut reply, found);
    let versioning = found.versioning;
    fields! { cx, &mut reply;
        VER_ST_002          if versioning == Unversioned            => forbid  Status, Value::Text("Suspended");
        VER_ST_006_STATUS   if versioning == Versioning::Enabled    => require Status, Value::Text("Enabled");
        VER_ST_006_STATUS   if versioning == Versioning::Suspended  => require Status, Value::Text("Suspended");
    }
    Ok((reply, None))
}

/// PutBucketVersioning.
pub(crate) fn put(cx: &mut Cx<'_>, name: BucketName, status: VersioningWord, integrity: Integrity) -> Ruling {
    let found = existing(cx, name, status)?;
    cx.authorize_by_row(name)?;
    let case = Putting {
        undigested: integrity == Integrity::Absent,
        status,
        versioning: found.versioning,
        locks: found.lock.is_some(),
    };
    let refused = |facet| Refusal::new(Code::InvalidBucketState, facet).saying(SUSPEND_MESSAGE);
    match case.ruled(cx) {
        (Put::Stored | Put::NoBucket, _) | (_, None) => {}
        (Put::Ignored, _) => return Ok((Reply::success(200), None)),
        (Put::NoDigest, Some(by)) => return Err(Refusal::new(Code::InvalidRequest, by)),
        (Put::NoStatus, Some(by)) => return Err(no_status(by)),
        (Put::Malformed, Some(by)) => return Err(Refusal::new(Code::MalformedXML, by)),
        (Put::InvalidState, Some(by)) => return Err(refused(by)),
    }
    let wanted = match status {
        VersioningWord::Enabled => Versioning::Enabled,
        VersioningWord::Suspended => Versioning::Suspended,
        VersioningWord::Missing | VersioningWord::Unknown => return Ok((Reply::success(200), None)),
    };
    let next = change(cx.state, name, |bucket| bucket.versioning = wanted)
        .map(|next| changed_versions(cx, next, name, wanted));
    Ok((Reply::success(200), next))
}

words! {
    /// What becomes of a VersioningConfiguration.
    enum Put {
        /// It is stored.
        Stored,
        /// It is accepted and ignored.
        Ignored,
        /// It is refused with 404 NoSuchBucket.
        NoBucket,
        /// It is refused with 400 InvalidRequest, for want of a digest.
        NoDigest,
        /// It is refused with 400 IllegalVersioningConfigurationException.
        NoStatus,
        /// It is refused with 400 MalformedXML.
        Malformed,
        /// It is refused with 409 InvalidBucketState.
        InvalidState,
    }
}

table! {
    /// Whether the versioning state of a bucket may change.
    Putting {
        /// No digest of the document is sent.
        undigested: bool,
        /// The Status that the document names.
        status: VersioningWord,
        /// The versioning state of the bucket.
        versioning: Versioning,
        /// It is a lock bucket.
        locks: bool,
    } => Put;

    VER_ST_010          if undigested                                                       => NoDigest,    or passes;
    VER_ST_004          if status == Missing                                                => NoStatus;
    VER_ST_004          if status == Missing                                                => Ignored,     else same;
    VER_ST_003          if status == Unknown                                                => Malformed;
    VER_ST_003          if status == Unknown                                                => Ignored,     else same;
    VER_ST_009          if status == Suspended && locks                                     => InvalidState;
    VER_ST_009_AGAIN    if status == Enabled && locks && versioning == Versioning::Enabled  => passes,      else InvalidState;
    VER_ST_006          if status == Suspended && !locks && versioning == Unversioned       => passes,      else Ignored;
    VER_ST_007          if is(status, versioning) && !locks                                 => passes,      else InvalidState;
    _                                                                                       => Stored;
}

/// Whether a document names the state that the bucket is in.
fn is(status: VersioningWord, versioning: Versioning) -> bool {
    match status {
        Enabled => versioning == Versioning::Enabled,
        Suspended => versioning == Versioning::Suspended,
        Missing | Unknown => false,
    }
}

table! {
    /// What is refused of a VersioningConfiguration for a bucket that does not exist.
    Nowhere {
        /// The Status that the document names.
        status: VersioningWord,
    } => Put;

    VER_ST_005_ORDER    if status == Missing                                                => NoBucket,    or NoStatus;
    VER_ST_005_ORDER    if status == Unknown                                                => NoBucket,    or Malformed;
    _                                                                                       => NoBucket;
}

/// The tables of this chapter, in the order in which they are read.
pub(crate) fn tables() -> Vec<Printed> {
    vec![printed::<Nowhere>(), printed::<Putting>()]
}

/// The bucket, or the refusal of its absence (`VER-ST-005`).
fn existing<'s>(cx: &mut Cx<'s>, name: BucketName, status: VersioningWord) -> Result<&'s Bucket, Refusal> {
    if !cx.state.buckets.contains(&name) {
        match (Nowhere { status }).ruled(cx).0 {
            Put::NoStatus => return Err(no_status(VER_ST_004)),
            Put::Malformed => return Err(Refusal::new(Code::MalformedXML, VER_ST_003)),
            Put::NoBucket | Put::Stored | Put::Ignored | Put::NoDigest | Put::InvalidState => {}
        }
    }
    cx.bucket(name).map_err(|mut missing| {
        fields! { cx, &mut missing;
            VER_ST_005 => require BucketNameElement, Value::Bucket(name);
        }
        missing
    })
}

fn no_status(facet: FacetId) -> Refusal {
    Refusal::new(Code::IllegalVersioningConfigurationException, facet)
        .saying("The Versioning element must be specified")
}

/// A change of the versioning state leaves the versions as they are (`VER-ST-008`, `VER-ID-004`).
fn changed_versions(cx: &mut Cx<'_>, mut next: State, name: BucketName, wanted: Versioning) -> State {
    let Some(before) = cx.state.buckets.get(&name) else {
        return next;
    };
    let from = |versioning| before.versioning == versioning;
    let enables = from(Unversioned) && wanted == Versioning::Enabled;
    let suspends = from(Versioning::Enabled) && wanted == Versioning::Suspended;
    let enables_again = from(Versioning::Suspended) && wanted == Versioning::Enabled;
    for (key, versions) in before.keys.iter() {
        let has_null = versions.iter().any(|version| version.name == VersionName::NULL);
        effects! { cx;
            VER_ID_004          if enables                              => never give_id(&mut next, name, *key);
        }
        effects! { cx, unnoted;
            VER_ST_008          if suspends && versions.len() > 1       => never keep_newest(&mut next, name, *key);
            VER_ST_008_ENABLE   if enables_again && has_null            => never take_null(&mut next, name, *key);
        }
    }
    next
}

/// Removes the noncurrent versions of a key.
fn keep_newest(next: &mut State, name: BucketName, key: Key) {
    let Some(bucket) = next.buckets.get_mut(&name) else {
        return;
    };
    let versions: Versions = bucket.versions(key).into();
    for version in versions.iter().rev().skip(1) {
        take(bucket, key, version.name);
    }
}
