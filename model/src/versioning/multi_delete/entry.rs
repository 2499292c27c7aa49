//! One entry of a DeleteObjects: how it is ruled on, and what its result says.

use Current::Object;
use Ended::{Deleted, InvalidArgument, NoSuchVersion, Ruled};
use Held::{Failed, Holds, NoSuchKey, NotImplemented};
use Named::{List, OneEtag, Star, Unasked};
use Names::{Elsewhere, Empty, Gone, NoId};
use Refused::{Error, Request, Unharmed};

use super::{
    VER_MDEL_001, VER_MDEL_005, VER_MDEL_006, VER_MDEL_006_ID, VER_MDEL_007, VER_MDEL_008, VER_MDEL_008_ID,
    VER_MDEL_009, VER_MDEL_009_EMPTY, VER_MDEL_010, VER_MDEL_013, VER_MDEL_013_LIST, VER_MDEL_013_NOTHING,
    VER_MDEL_013_STAR, VER_MDEL_013_VERSION, VER_MDEL_014,
};
use crate::access::{Denial, denied_saying};
use crate::argument::{BucketName, Etag, Identifier, Key, VersionRef};
use crate::cx::{Cx, NOT_MODELLED};
use crate::lock::LOCK_API_005;
use crate::lock::delete::{LOCK_DEL_008_ID, LOCK_DEL_009, simple_with_header, version_allowed};
use crate::reply::{Code, Entry, Fields, HasFields, Name, Refusal, Value};
use crate::request::Route::*;
use crate::state::{Bucket, State, Version, Versioning};
use crate::table::{Decision, Printed, effects, fields, printed, table, words};
use crate::versioning::condition::delete::reads_for_etag;
use crate::versioning::condition::{AskedBy, Current, Held, Named, matches};
use crate::versioning::delete::{simple, unversioned_deny, version};
use crate::versioning::id::{Found, VER_ID_009_CODE, find, resolve_version};

/// The result of an entry, and the state after it.
type Done = (Entry, Option<State>);

words! {
    /// What an entry comes to that may not be carried out.
    enum Refused {
        /// It is an Error entry.
        Error,
        /// It is a Deleted entry, though nothing happens to it.
        Unharmed,
        /// It fails the whole request.
        Request,
    }
}

table! {
    /// What an entry comes to that may not be carried out.
    Refusing {
        /// The permission to delete is missing.
        denied: bool,
        /// The entry is refused, for whatever reason.
        refused: bool,
    } => Refused, unnoted;

    VER_MDEL_014            if denied                                       => passes,          else Unharmed;
    VER_MDEL_001            if refused                                      => Error,           else Request;
    _                                                                       => Error;
}

/// One entry: its result and the state after it.
pub(super) fn one(
    cx: &mut Cx<'_>,
    name: BucketName,
    mut identifier: Identifier,
    (mut bypass, first): (Option<bool>, bool),
) -> Result<Done, Refusal> {
    if identifier.version == VersionRef::Empty && (Naming { names: Empty }).ruled(cx).0 == Ruled {
        // It is asked for, too, as an entry without a version id.
        identifier.version = VersionRef::Current;
    }
    let Identifier { key, version, .. } = identifier;
    cx.route = if version == VersionRef::Current {
        DeleteObjects
    } else {
        DeleteObjectsVersion
    };
    let bypasses = bypass == Some(true) && cx.route == DeleteObjectsVersion;
    effects! { cx;
        LOCK_DEL_009    if bypasses && !first   => never bypass = None;
    }
    let ruling = match lacking(cx, name, key) {
        Some(denial) => {
            if refusing(cx, (true, false)) == Unharmed {
                return Ok((deleted(key), None));
            }
            Err(denied_saying(cx, denial, ("Access Denied", VER_MDEL_014)))
        }
        None => cx
            .bucket(name)
            .and_then(|found| unversioned_deny(cx, found, (name, key, version)))
            .and_then(|()| delete(cx, name, identifier, bypass)),
    };
    let refusal = match ruling {
        Err(refusal) if refusal.by != NOT_MODELLED => refusal,
        Ok(_) | Err(_) => return ruling,
    };
    match refusing(cx, (false, true)) {
        Error | Unharmed => Ok((error(cx, refusal, name, identifier), None)),
        Request => Err(refusal),
    }
}

fn refusing(cx: &mut Cx<'_>, (denied, refused): (bool, bool)) -> Refused {
    (Refusing { denied, refused }).ruled(cx).0
}

/// Why the permission to delete is missing, if it is.
fn lacking(cx: &mut Cx<'_>, name: BucketName, key: Key) -> Option<Denial> {
    let needed = cx.needed(Some(key))?;
    let denial = cx.permits(name, needed).err()?;
    cx.decides(needed.facet).then_some(denial)
}

words! {
    /// What the version id of an entry names.
    enum Names {
        /// A version of the key.
        There,
        /// A version of another key or bucket.
        Elsewhere,
        /// A version that is gone.
        Gone,
        /// No version: it is malformed.
        NoId,
        /// Nothing: it is empty.
        Empty,
    }
}

words! {
    /// How an entry ends that names a version.
    enum Ended {
        /// It is ruled on as a DELETE of its own.
        Ruled,
        /// It is a Deleted entry.
        Deleted,
        /// It is an Error entry with NoSuchVersion.
        NoSuchVersion,
        /// It is an Error entry with InvalidArgument.
        InvalidArgument,
    }
}

table! {
    /// How an entry ends whose version id names no version of the key.
    Naming {
        /// What the version id names.
        names: Names,
    } => Ended, unnoted;

    VER_MDEL_009_EMPTY      if names == Empty                               => Ruled,           or NoSuchVersion;
    VER_ID_009_CODE         if names == Elsewhere                           => NoSuchVersion,   or Deleted;
    VER_MDEL_009            if names == NoId                                => NoSuchVersion,   else InvalidArgument;
    VER_MDEL_010            if names == Gone                                => Deleted,         else NoSuchVersion;
    _                                                                       => Ruled;
}

/// An entry that may be deleted.
fn delete(
    cx: &mut Cx<'_>,
    name: BucketName,
    Identifier {
        key,
        version: asked,
        etag,
    }: Identifier,
    bypass: Option<bool>,
) -> Result<Done, Refusal> {
    let mut entry = deleted(key);
    if asked == VersionRef::Empty {
        // One that stands for none has become an entry without a version id.
        return nothing_named(cx, (name, key), Empty, bypass);
    }
    let conditional = etag != Etag::Unconditional;
    if conditional && asked != VersionRef::Current && cx.choose(VER_MDEL_013_VERSION, 4) == 0 {
        return Err(Refusal::new(Code::NotImplemented, VER_MDEL_013_VERSION));
    }
    let (name, key, reference) = resolve_version(cx, (name, key, asked))?;
    let found = cx.bucket(name)?;
    if reference == VersionRef::Current {
        return without_version(cx, (name, found, key, etag), bypass);
    }
    let named = match (reference, find(cx, found, key, reference)) {
        (_, Ok(Found::Version(version))) => Ok(version),
        (VersionRef::Foreign(..), Ok(_) | Err(_)) => Err(Elsewhere),
        (VersionRef::Malformed, Ok(_) | Err(_)) | (_, Err(_)) => Err(NoId),
        (_, Ok(Found::Gone | Found::NoKey)) => Err(Gone),
    };
    let named = match named {
        Ok(version) => version,
        Err(names) => return nothing_named(cx, (name, key), names, bypass),
    };
    beside_version(cx, (found.current(key), named), etag)?;
    let id = Value::Version(name, key, named.name);
    let (_, next) = version(cx, (name, key, reference), bypass)?;
    if asked == reference {
        let marker = named.is_marker();
        fields! { cx, &mut entry;
            VER_MDEL_007                => require VersionIdElement, id;
            VER_MDEL_008    if marker   => require DeleteMarkerElement, Value::Text("true");
            VER_MDEL_008_ID if marker   => require DeleteMarkerVersionId, id;
        }
    }
    Ok((entry, next))
}

/// An entry whose version id names no version of the key.
fn nothing_named(
    cx: &mut Cx<'_>,
    (name, key): (BucketName, Key),
    names: Names,
    bypass: Option<bool>,
) -> Result<Done, Refusal> {
    if names == Gone {
        version_allowed(cx, (name, key), None, bypass)?;
    }
    match (Naming { names }).ruled(cx) {
        (NoSuchVersion, Some(by)) => Err(Refusal::new(Code::NoSuchVersion, by)),
        (InvalidArgument, Some(by)) => Err(Refusal::new(Code::InvalidArgument, by)),
        (Ruled | Deleted | NoSuchVersion | InvalidArgument, _) => Ok((deleted(key), None)),
    }
}

words! {
    /// What becomes of an entry for a key without a version.
    enum Absent {
        /// It is a Deleted entry.
        AsDeleted,
        /// It is an Error entry with NoSuchKey.
        AsMissing,
    }
}

table! {
    /// What becomes of an entry for a key of an unversioned bucket that has no object.
    OfNothing {
        /// The bucket is unversioned, and the key has no object.
        absent: bool,
    } => Absent;

    VER_MDEL_005            if absent                                       => AsDeleted,       else AsMissing;
    _                                                                       => AsDeleted;
}

/// An entry that names no version.
fn without_version(
    cx: &mut Cx<'_>,
    (name, found, key, etag): (BucketName, &Bucket, Key, Etag),
    bypass: Option<bool>,
) -> Result<Done, Refusal> {
    let mut entry = deleted(key);
    reads_for_etag(cx, (name, key), etag)?;
    entry_holds(cx, found.current(key), etag)?;
    let absent = found.versioning == Versioning::Unversioned && found.current(key).is_none();
    if (OfNothing { absent }).ruled(cx).0 == Absent::AsMissing {
        return Err(Refusal::new(Code::NoSuchKey, VER_MDEL_005));
    }
    if let Some(current) = simple_with_header(cx, (name, key), bypass)? {
        let current = VersionRef::Named(current);
        let (_, next) = version(cx, (name, key, current), bypass)?;
        return Ok((entry, next));
    }
    let (reply, next) = simple(cx, found, name, key)?;
    let shown = |name| reply.field(name).unwrap_or(Value::Absent);
    let made = reply.field(Name::DeleteMarker).is_some();
    let named = reply.field(Name::VersionId).is_some();
    fields! { cx, &mut entry;
        VER_MDEL_006    if made             => require DeleteMarkerElement, shown(Name::DeleteMarker);
        VER_MDEL_006_ID if made && named    => require DeleteMarkerVersionId, shown(Name::VersionId);
    }
    Ok((entry, next))
}

table! {
    /// Whether the ETag of an entry without a version id holds.
    EntryEtag {
        /// What the ETag names.
        etag: Named,
        /// What the key has.
        current: Current,
        /// The current version has the ETag.
        matches: bool,
    } never {
        etag == Unasked;
        matches && (current != Object || etag != OneEtag);
    } => Held;

    VER_MDEL_013_LIST       if etag == List                                 => passes,          or NotImplemented;
    VER_MDEL_013            if current != Object                            => passes,          else Holds;
    VER_MDEL_013_NOTHING    if current != Object                            => NoSuchKey,       or Failed;
    VER_MDEL_013_STAR       if current == Object && etag == Star            => Holds,           or passes;
    VER_MDEL_013            if current == Object && !matches                => Failed;
    _                                                                       => Holds;
}

/// `ETag` of an entry (`VER-MDEL-013`).
fn entry_holds(cx: &mut Cx<'_>, current: Option<&Version>, etag: Etag) -> Result<(), Refusal> {
    if etag == Etag::Unconditional {
        return Ok(());
    }
    let object = current.filter(|current| etag != Etag::Any && !current.is_marker());
    let case = EntryEtag {
        etag: Named::by(etag),
        current: Current::of(current),
        matches: object.is_some_and(|object| matches(cx, object, etag, AskedBy::Other)),
    };
    match case.ruled(cx) {
        (Holds, _) => Ok(()),
        (NotImplemented, _) => Err(Refusal::new(Code::NotImplemented, VER_MDEL_013_LIST)),
        (NoSuchKey, _) => Err(Refusal::new(Code::NoSuchKey, VER_MDEL_013)),
        (Failed, _) => Err(Refusal::new(Code::PreconditionFailed, VER_MDEL_013)),
    }
}

/// `ETag` of an entry that names a version, which no page speaks of.
fn beside_version(
    cx: &mut Cx<'_>,
    (current, named): (Option<&Version>, &Version),
    etag: Etag,
) -> Result<(), Refusal> {
    if etag == Etag::Unconditional {
        return Ok(());
    }
    let judged = match cx.choose(VER_MDEL_013_VERSION, 4) {
        1 => Some(named),
        2 => current,
        _ => return Ok(()),
    };
    if judged.is_some_and(|version| matches(cx, version, etag, AskedBy::Other)) {
        return Ok(());
    }
    Err(Refusal::new(Code::PreconditionFailed, VER_MDEL_013_VERSION))
}

/// A Deleted entry.
fn deleted(key: Key) -> Entry {
    let mut entry = Entry {
        element: "Deleted",
        fields: Fields::new(),
        by: VER_MDEL_001,
    };
    entry.show(Name::KeyElement, Value::Key(key), VER_MDEL_001);
    entry
}

/// The Error entry of a refusal.
fn error(
    cx: &mut Cx<'_>,
    refusal: Refusal,
    name: BucketName,
    Identifier { key, version, .. }: Identifier,
) -> Entry {
    let by = refusal.by;
    let mut entry = Entry {
        element: "Error",
        fields: Fields::new(),
        by,
    };
    entry.show(Name::KeyElement, Value::Key(key), by);
    entry.show(Name::EntryCode, Value::Text(refusal.code.name()), by);
    if let Some((message, by)) = refusal.message {
        entry.show(Name::EntryMessage, Value::Like(message), by);
    }
    if let VersionRef::Named(version) = version {
        let id = Value::Version(name, key, version);
        let locked = refusal.message.is_some_and(|(_, by)| by == LOCK_API_005);
        if !locked {
            entry.show(Name::VersionIdElement, id, VER_MDEL_001);
        }
        fields! { cx, &mut entry;
            LOCK_DEL_008_ID if locked   => require VersionIdElement, id;
        }
    }
    entry
}

/// The tables of this file, in the order in which they are read.
pub(super) fn tables() -> Vec<Printed> {
    vec![
        printed::<Naming>(),
        printed::<EntryEtag>(),
        printed::<OfNothing>(),
        printed::<Refusing>(),
    ]
}
