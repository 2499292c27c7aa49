//! The gates that PutObjectRetention, PutObjectLegalHold and their Gets share, in the order of `LOCK-API-002`.

use Sought::{CurrentMarker, NamedMarker, NoKey, Object};

use crate::access::change;
use crate::argument::{BucketName, Key, Tags, VersionName, VersionRef};
use crate::cx::Cx;
use crate::lock::LockState::{self, LegalHold, Retention};
use crate::lock::hold::{LOCK_HOLD_008, LOCK_HOLD_008_NAMED};
use crate::lock::retention::date::DateFault;
use crate::lock::retention::{
    LOCK_RET_001, LOCK_RET_001_ONE, LOCK_RET_019_DATE, LOCK_RET_019_ID, LOCK_RET_019_MODIFIED, LOCK_RET_020,
    LOCK_RET_020_CURRENT, LOCK_RET_020_MARKER, LOCK_RET_020_TYPE,
};
use crate::lock::{
    LOCK_API_001, LOCK_API_001_MESSAGE, LOCK_API_002_BUCKET, LOCK_API_002_DATE, LOCK_API_002_DOCUMENT,
    LOCK_API_002_LOCK, NO_LOCK_MESSAGE,
};
use crate::reply::{Code, Refusal, Value};
use crate::state::{State, Version};
use crate::table::{Decision, Printed, effects, printed, refusal, table, words};
use crate::versioning::id::{Found, find, missing};
use crate::versioning::mint;
use crate::versioning::write::VER_PUT_010_TAGS;
use crate::words::FacetId;

words! {
    /// What comes of a request on its way to the version.
    enum Way {
        /// The version is looked up.
        LookedUp,
        /// It is refused for its document.
        BadDocument,
        /// It is refused with 400 InvalidRequest, as the bucket is without lock.
        WithoutLock,
        /// It is refused with 404 NoSuchBucket.
        NoBucket,
    }
}

table! {
    /// What is reported of a missing bucket and a faulty document.
    Nowhere {
        /// The document is faulty.
        bad_document: bool,
    } => Way, unnoted;

    LOCK_API_002_BUCKET     if bad_document                                     => NoBucket,    else BadDocument;
    _                                                                           => NoBucket;
}

table! {
    /// What comes before the version that a request is about.
    Gates {
        /// The document is faulty.
        bad_document: bool,
        /// The bucket is without lock.
        no_lock: bool,
        /// The key or the version is missing, or the version id is none; unknown while the document is faulty.
        absent: bool,
    } never {
        bad_document && absent;
    } => Way, unnoted;

    LOCK_API_002_DOCUMENT   if bad_document && no_lock                          => BadDocument, else WithoutLock;
    LOCK_API_002_DOCUMENT   if bad_document                                     => BadDocument, else same;
    LOCK_API_002_LOCK       if no_lock && absent                                => passes,      else LookedUp;
    LOCK_API_001            if no_lock                                          => WithoutLock;
    _                                                                           => LookedUp;
}

words! {
    /// What a request finds.
    enum Sought {
        /// An object.
        Object,
        /// A delete marker, as the current version.
        CurrentMarker,
        /// A delete marker, by its id.
        NamedMarker,
        /// No key.
        NoKey,
        /// No such version, or an id that is none.
        NoVersion,
    }
}

impl Sought {
    fn of(found: &Result<Found<'_>, Refusal>, reference: VersionRef) -> Sought {
        match found {
            Ok(Found::Version(version)) if !version.is_marker() => Object,
            Ok(Found::Version(_)) if reference.means_current() => CurrentMarker,
            Ok(Found::Version(_)) => NamedMarker,
            Ok(Found::NoKey) => NoKey,
            Ok(Found::Gone) | Err(_) => Sought::NoVersion,
        }
    }
}

words! {
    /// What is answered of what is found.
    enum Answer {
        /// It is ruled on: a version by its lock, and a version id that names none by the chapter of ids.
        RuledOn,
        /// It is refused for its date.
        BadDate,
        /// It is 404 NoSuchKey, or what hides that from callers who may not list.
        Missing,
        /// It is 404 NoSuchKey.
        NoSuchKey,
        /// It is 404 NoSuchVersion.
        NoSuchVersion,
        /// It is 405 MethodNotAllowed.
        NotAllowed,
    }
}

table! {
    /// What is answered where no object is found that could be locked.
    OnFound {
        /// What is found.
        found: Sought,
        /// The date of the document is faulty.
        bad_date: bool,
    } => Answer, unnoted;

    LOCK_API_002_DATE       if bad_date && found != Object                      => passes,      or BadDate;
    LOCK_RET_020_CURRENT    if found == CurrentMarker                           => passes,      or NoSuchKey;
    LOCK_RET_020_MARKER     if found == CurrentMarker                           => NotAllowed,  else same;
    LOCK_RET_020_MARKER     if found == NamedMarker                             => NotAllowed,  else NoSuchKey;
    LOCK_RET_020            if found == NoKey                                   => Missing,     else NoSuchVersion;
    _                                                                           => RuledOn;
}

/// A missing bucket against a malformed document.
pub(crate) fn bucket_before_document(
    cx: &mut Cx<'_>,
    name: BucketName,
    document: impl FnOnce(&mut Cx<'_>) -> Option<Refusal>,
) -> Result<(), Refusal> {
    if cx.state.buckets.get(&name).is_none()
        && let Some(mut fault) = document(cx)
        && let (Way::BadDocument, Some(by)) = (Nowhere { bad_document: true }).ruled(cx)
    {
        fault.by = by;
        return Err(fault);
    }
    cx.bucket(name).map(|_| ())
}

/// The version that a request is about, or the first refusal on the way to it.
///
/// `document` is the fault of its document, `date` that of its date.
pub(crate) fn version<'s>(
    cx: &mut Cx<'s>,
    (name, key, reference): (BucketName, Key, VersionRef),
    document: Option<Refusal>,
    date: Option<DateFault>,
) -> Result<&'s Version, Refusal> {
    let bucket = cx.bucket(name)?;
    // Nobody looks for the version while the document is faulty.
    let target = match document {
        Some(_) => Ok(Found::NoKey),
        None => find(cx, bucket, key, reference),
    };
    let found = Sought::of(&target, reference);
    let gates = Gates {
        bad_document: document.is_some(),
        no_lock: bucket.lock.is_none(),
        absent: document.is_none() && (found == NoKey || found == Sought::NoVersion),
    };
    match (gates.ruled(cx), document) {
        ((Way::WithoutLock, Some(by)), _) => return Err(without_lock(cx, by)),
        ((Way::BadDocument, _), Some(fault)) => return Err(fault),
        ((Way::LookedUp | Way::BadDocument | Way::WithoutLock | Way::NoBucket, _), _) => {}
    }
    let case = OnFound {
        found,
        bad_date: date.is_some(),
    };
    match (case.ruled(cx), date) {
        ((Answer::BadDate, _), Some(date)) => Err(date.refusal(cx)),
        ((Answer::Missing, _), _) => Err(missing(cx, name, key, false)),
        ((Answer::NoSuchKey, Some(by)), _) => Err(Refusal::new(Code::NoSuchKey, by)),
        ((Answer::NoSuchVersion, Some(by)), _) => Err(Refusal::new(Code::NoSuchVersion, by)),
        ((Answer::NotAllowed, Some(by)), _) => Err(refusal! { cx, MethodNotAllowed, by;
            LOCK_RET_020_TYPE => require ResourceType, Value::Text("DeleteMarker");
        }),
        _ => match target? {
            Found::Version(version) => Ok(version),
            Found::Gone | Found::NoKey => Err(missing(cx, name, key, true)),
        },
    }
}

fn without_lock(cx: &mut Cx<'_>, by: FacetId) -> Refusal {
    refusal! { cx, InvalidRequest, by;
        LOCK_API_001_MESSAGE => says NO_LOCK_MESSAGE;
    }
}

words! {
    /// Which version a request is about.
    enum Meant {
        /// The version that is named is meant.
        Named,
        /// The current version is meant.
        Current,
    }
}

table! {
    /// Which version a request is about that names an older one.
    Meaning {
        /// What it is about.
        about: LockState,
        /// Another version is current, and an object.
        other_is_current: bool,
    } => Meant;

    LOCK_RET_001            if about == Retention && other_is_current           => Named,       else Current;
    LOCK_HOLD_008_NAMED     if about == LegalHold && other_is_current           => Named,       else Current;
    _                                                                           => Named;
}

/// The version that is meant.
pub(crate) fn meant<'s>(
    cx: &mut Cx<'s>,
    (name, key): (BucketName, Key),
    named: &'s Version,
    about: LockState,
) -> &'s Version {
    let current = cx.state.buckets.get(&name).and_then(|bucket| bucket.current(key));
    let other = current.filter(|current| current.name != named.name && !current.is_marker());
    let case = Meaning {
        about,
        other_is_current: other.is_some(),
    };
    match (case.ruled(cx).0, other) {
        (Meant::Current, Some(other)) => other,
        (Meant::Current | Meant::Named, _) => named,
    }
}

/// What changes with the lock state of a version, though nothing should (`LOCK-RET-019`).
#[derive(Clone, Copy, Debug, Default)]
struct Changes {
    /// The lock state of all versions of the key.
    all: bool,
    /// The version becomes the newest of its key.
    order: bool,
    /// It gets a fresh id.
    id: bool,
    /// It loses its tags.
    tags: bool,
    /// It gets the date of the request.
    date: bool,
}

impl Changes {
    fn of(cx: &mut Cx<'_>, about: LockState, versions: &[Version], version: &Version) -> Changes {
        let several = versions.iter().filter(|version| !version.is_marker()).count() > 1;
        let older = versions.last().is_none_or(|last| last.name != version.name);
        let redated = version.multipart.is_some_and(|made| made != cx.now);
        let mut changes = Changes::default();
        effects! { cx;
            LOCK_RET_001_ONE        if about == Retention && several    => never changes.all = true;
            LOCK_HOLD_008           if about == LegalHold && several    => never changes.all = true;
            LOCK_RET_019_MODIFIED   if older                            => never changes.order = true;
            LOCK_RET_019_ID                                             => never changes.id = true;
            VER_PUT_010_TAGS        if !version.tags.is_empty()         => never changes.tags = true;
            LOCK_RET_019_DATE       if redated                          => never changes.date = true;
        }
        changes
    }
}

/// The state in which the lock state of one version is changed, and nothing else.
pub(crate) fn changed(
    cx: &mut Cx<'_>,
    (name, key, version): (BucketName, Key, VersionName),
    about: LockState,
    edit: impl Fn(&mut Version),
) -> Option<State> {
    let versions = cx.state.buckets.get(&name)?.versions(key);
    let before = versions.iter().find(|candidate| candidate.name == version)?;
    let changes = Changes::of(cx, about, versions, before);
    let now = cx.now;
    let mut next = change(cx.state, name, |bucket| {
        let Some(versions) = bucket.keys.get_mut(&key) else {
            return;
        };
        for candidate in versions.iter_mut() {
            let is_it = candidate.name == version;
            if is_it || (changes.all && !candidate.is_marker()) {
                edit(candidate);
            }
            if is_it && changes.tags {
                candidate.tags = Tags::default();
            }
            if is_it && changes.date {
                candidate.multipart = Some(now);
            }
        }
        if changes.order
            && let Some(at) = versions.iter().position(|old| old.name == version)
        {
            let moved = versions.remove(at);
            versions.push(moved);
        }
    })?;
    if changes.id {
        let renamed = mint(&mut next, name, key);
        let bucket = next.buckets.get_mut(&name);
        if let Some(version) = bucket.and_then(|bucket| bucket.version_mut(key, version)) {
            version.name = renamed;
        }
    }
    Some(next)
}

/// The tables of the gates, in the order in which they are read.
pub(crate) fn tables() -> Vec<Printed> {
    vec![
        printed::<Nowhere>(),
        printed::<Gates>(),
        printed::<OnFound>(),
        printed::<Meaning>(),
    ]
}
