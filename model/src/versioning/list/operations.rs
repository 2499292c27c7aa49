//! ListObjectVersions, ListObjectsV2 and ListObjects: which decisions they take in which order, and what they list.

use super::entry::{hidden_key, key_entry, prefix_entry, version_entry};
use super::keys::keys_in_order;
use super::page::{Page, cut, page_of, room, truncated};
use super::start::{Item, after_markers};
use super::{VER_LIST_008, VER_LIST_009_ID};
use crate::argument::{BucketName, Encoding, VersionRef};
use crate::cx::{Cx, Ruling};
use crate::reply::{Code, Entries, Name, Refusal, Reply, ReplyBody, Value};
use crate::table::{Decision, Printed, printed, table, words};

words! {
    /// Whether markers can say where a page starts.
    enum Understood {
        /// The page starts after them.
        After,
        /// They are refused with 400 InvalidArgument, as there is no key-marker.
        NoKeyMarker,
        /// They are refused with 400 InvalidArgument.
        NoId,
    }
}

table! {
    /// Whether the markers of a listing can say where it starts.
    Markers {
        /// There is a version-id-marker without a key-marker.
        alone: bool,
        /// The version-id-marker is no id of a version of the key.
        no_id: bool,
    } => Understood;

    VER_LIST_008        if alone            => NoKeyMarker;
    VER_LIST_009_ID     if no_id            => NoId,        or passes;
    _                                       => After;
}

/// Refuses markers that cannot say where a page starts (`VER-LIST-008`, `VER-LIST-009`).
fn understood(cx: &mut Cx<'_>, page: Page) -> Result<(), Refusal> {
    let case = Markers {
        alone: page.version_marker != VersionRef::Current && page.key_marker.is_none(),
        no_id: matches!(
            page.version_marker,
            VersionRef::Made(_) | VersionRef::Malformed | VersionRef::Empty | VersionRef::Foreign(..)
        ),
    };
    match case.ruled(cx) {
        (Understood::NoKeyMarker, Some(by)) => Err(Refusal::new(Code::InvalidArgument, by)
            .saying("A version-id marker cannot be specified without a key marker.")
            .with(Name::ArgumentName, Value::Text("version-id-marker"))),
        (Understood::NoId, Some(by)) => Err(Refusal::new(Code::InvalidArgument, by)),
        (Understood::After | Understood::NoKeyMarker | Understood::NoId, _) => Ok(()),
    }
}

/// ListObjectVersions.
pub(crate) fn versions(cx: &mut Cx<'_>, name: BucketName, page: Page) -> Ruling {
    let found = cx.bucket(name)?;
    cx.authorize_by_row(name)?;
    understood(cx, page)?;
    let items = after_markers(cx, found, page);
    let mut reply = Reply::success(200);
    let shown = page_of(cx, &mut reply, name, &items, page);
    let mut entries = Entries::new();
    let mut prefixes = Vec::new();
    for item in items.iter().take(shown) {
        match *item {
            Item::Version { key, version, latest } => {
                entries.push(version_entry(cx, (name, key, page.encoding), version, latest));
            }
            Item::Prefix(key, length) => prefixes.push(prefix_entry(cx, key, length, page.encoding)),
        }
    }
    entries.extend(prefixes);
    reply.body = ReplyBody::Entries {
        ordered: true,
        entries,
    };
    Ok((reply, None))
}

/// ListObjectsV2 and ListObjects.
pub(crate) fn objects(
    cx: &mut Cx<'_>,
    name: BucketName,
    (max_keys, encoding): (Option<u16>, Encoding),
) -> Ruling {
    let found = cx.bucket(name)?;
    cx.authorize_by_row(name)?;
    let mut all = Entries::new();
    for (key, versions) in keys_in_order(cx, found) {
        if !hidden_key(cx, versions) {
            all.push(key_entry(cx, (*key, encoding), versions.last()));
        }
    }
    let mut reply = Reply::success(200);
    let room = room(cx, &mut reply, max_keys);
    let shown = cut(cx, (room, all.len()));
    truncated(cx, &mut reply, (shown, all.len()), max_keys);
    reply.body = ReplyBody::Entries {
        ordered: true,
        entries: all.iter().take(shown).cloned().collect(),
    };
    Ok((reply, None))
}

/// The tables of listings, in the order in which they are read.
pub(crate) fn tables() -> Vec<Printed> {
    [
        vec![printed::<Markers>()],
        super::keys::tables(),
        super::start::tables(),
        super::page::tables(),
    ]
    .concat()
}
