//! What a page of a listing says of itself: how many entries it has room for, and where the next one starts.

use super::keys::{shown_key, shown_prefix};
use super::start::Item;
use super::{
    VER_LIST_005, VER_LIST_005_CEILING, VER_LIST_005_PREFIX, VER_LIST_006, VER_LIST_010,
    VER_LIST_010_VERSION, VER_LIST_011, VER_LIST_011_VERSION, VER_LIST_015, VER_LIST_015_TRUNCATED,
    VER_LIST_016, VER_LIST_016_VERSION,
};
use crate::argument::{BucketName, Delimiter, Encoding, Key, VersionRef};
use crate::cx::Cx;
use crate::reply::{Name, Reply, Value};
use crate::table::{Decision, Printed, fields, printed, table, words};

/// The most entries of a page, and how many there are unless fewer are asked for (`VER-LIST-005`).
const MAX_KEYS: u16 = 1000;

/// Which page of a listing is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    pub(crate) prefix: Option<Key>,
    pub(crate) delimiter: Delimiter,
    pub(crate) max_keys: Option<u16>,
    pub(crate) key_marker: Option<Key>,
    pub(crate) version_marker: VersionRef,
    pub(crate) encoding: Encoding,
}

words! {
    /// How many entries a page shows.
    enum Shown {
        /// As many as it has room for.
        Room,
        /// As many as without max-keys.
        Unasked,
        /// All entries are shown: max-keys is ignored.
        All,
    }
}

table! {
    /// For how many entries a page has room.
    Asking {
        /// max-keys is 0.
        zero: bool,
    } => Shown;

    VER_LIST_015            if zero                 => Room,    else Unasked;
    _                                               => Room;
}

words! {
    /// How many entries something counts for.
    enum Counted {
        /// It counts one.
        One,
        /// It does not count.
        None,
    }
}

table! {
    /// How many entries of a page something counts for.
    Counting {
        /// It is a common prefix.
        prefix: bool,
    } => Counted, unnoted;

    VER_LIST_005_PREFIX     if prefix               => One,     else None;
    _                                               => One;
}

table! {
    /// Whether a page ends where its room does.
    Filling {
        /// There are more entries than it has room for.
        more: bool,
    } => Shown;

    VER_LIST_005            if more                 => Room,    else All;
    _                                               => All;
}

words! {
    /// What IsTruncated says.
    enum Truncated {
        /// It says whether entries are left.
        Told,
        /// It is false.
        Never,
    }
}

table! {
    /// Whether IsTruncated says that entries are left.
    Leaving {
        /// max-keys is 0, and there are entries.
        zero: bool,
    } => Truncated, unnoted;

    VER_LIST_015_TRUNCATED  if zero                 => Never,   else Told;
    _                                               => Told;
}

words! {
    /// Which entry the next markers name.
    enum Marks {
        /// The last entry of the page.
        Last,
        /// The next markers name the first entry that is not returned.
        Following,
    }
}

table! {
    /// Which entry the markers of the next page name.
    Marking {
        /// There is a first entry that is not returned.
        following: bool,
    } => Marks, unnoted;

    VER_LIST_006            if following            => Last,    else Following;
    _                                               => Last;
}

/// Writes what the page says of itself and returns how many entries it shows.
pub(super) fn page_of(
    cx: &mut Cx<'_>,
    reply: &mut Reply,
    name: BucketName,
    items: &[Item<'_>],
    page: Page,
) -> usize {
    let (first, whole_key) = (
        page.key_marker.is_none(),
        page.version_marker == VersionRef::Current,
    );
    fields! { cx, reply;
        VER_LIST_011            if first        => require KeyMarker, Value::Text("");
        VER_LIST_011_VERSION    if whole_key    => require VersionIdMarker, Value::Text("");
    }
    let mut room = room(cx, reply, page.max_keys);
    let mut fitting = 0;
    for item in items {
        let prefix = matches!(item, Item::Prefix(..));
        let counts = (Counting { prefix }).ruled(cx).0 == Counted::One;
        if counts && room == 0 {
            break;
        }
        room -= usize::from(counts);
        fitting += 1;
    }
    let shown = cut(cx, (fitting, items.len()));
    let truncated = truncated(cx, reply, (shown, items.len()), page.max_keys);
    let last = shown.checked_sub(1).and_then(|last| items.get(last));
    match last {
        Some(last) if truncated => {
            next_markers(cx, reply, (name, page.encoding), *last, items.get(shown));
        }
        Some(last) => no_markers(cx, reply, (name, page.encoding), *last),
        None => {}
    }
    shown
}

/// How many entries a page has room for, echoed in MaxKeys (`VER-LIST-005`, `VER-LIST-015`).
pub(super) fn room(cx: &mut Cx<'_>, reply: &mut Reply, max_keys: Option<u16>) -> usize {
    let asked = max_keys.unwrap_or(MAX_KEYS);
    let number = |keys: u16| Value::Number(i32::from(keys));
    if asked <= MAX_KEYS {
        reply.push(Name::MaxKeys, number(asked), VER_LIST_005_CEILING);
    }
    fields! { cx, reply;
        VER_LIST_005_CEILING if asked > MAX_KEYS => states MaxKeys, [number(MAX_KEYS), number(asked)];
    }
    match (Asking { zero: asked == 0 }).ruled(cx).0 {
        Shown::Room => usize::from(asked.min(MAX_KEYS)),
        Shown::Unasked | Shown::All => usize::from(MAX_KEYS),
    }
}

/// How many entries a page shows, of those that have room and of all (`VER-LIST-005`).
pub(super) fn cut(cx: &mut Cx<'_>, (room, all): (usize, usize)) -> usize {
    match (Filling { more: room < all }).ruled(cx).0 {
        Shown::Room => room,
        Shown::Unasked | Shown::All => all,
    }
}

/// Whether entries are left for another page, as IsTruncated says (`VER-LIST-005`, `VER-LIST-015`).
pub(super) fn truncated(
    cx: &mut Cx<'_>,
    reply: &mut Reply,
    (shown, all): (usize, usize),
    max_keys: Option<u16>,
) -> bool {
    let left = shown < all;
    let zero = max_keys == Some(0) && left;
    let truncated = match (Leaving { zero }).ruled(cx).0 {
        Truncated::Told => left,
        Truncated::Never => false,
    };
    let word = if truncated { "true" } else { "false" };
    let by = if zero {
        VER_LIST_015_TRUNCATED
    } else {
        VER_LIST_005
    };
    reply.push(Name::IsTruncated, Value::Text(word), by);
    truncated
}

/// The last page names no markers (`VER-LIST-016`).
fn no_markers(cx: &mut Cx<'_>, reply: &mut Reply, (name, encoding): (BucketName, Encoding), last: Item<'_>) {
    let (key, id) = match last {
        Item::Version { key, version, .. } => (
            shown_key(cx, key, encoding, VER_LIST_016).0,
            Value::Version(name, key, version.name),
        ),
        Item::Prefix(key, length) => (
            shown_prefix(cx, (key, length), encoding, VER_LIST_016).0,
            Value::Text("null"),
        ),
    };
    fields! { cx, reply;
        VER_LIST_016            => forbid NextKeyMarker, key;
        VER_LIST_016_VERSION    => forbid NextVersionIdMarker, id;
    }
}

/// The markers of the next page (`VER-LIST-006`, `VER-LIST-010`).
fn next_markers(
    cx: &mut Cx<'_>,
    reply: &mut Reply,
    (name, encoding): (BucketName, Encoding),
    last: Item<'_>,
    following: Option<&Item<'_>>,
) {
    let case = Marking {
        following: following.is_some(),
    };
    let named = match case.ruled(cx).0 {
        Marks::Last => last,
        Marks::Following => following.copied().unwrap_or(last),
    };
    match named {
        Item::Version { key, version, .. } => {
            let id = Value::Version(name, key, version.name);
            let (marker, by) = shown_key(cx, key, encoding, VER_LIST_006);
            reply.push(Name::NextKeyMarker, marker, by);
            reply.push(Name::NextVersionIdMarker, id, VER_LIST_006);
        }
        Item::Prefix(key, length) => {
            let (marker, _) = shown_prefix(cx, (key, length), encoding, VER_LIST_010);
            fields! { cx, reply;
                VER_LIST_010            => require NextKeyMarker, marker;
                VER_LIST_010_VERSION    => forbid  NextVersionIdMarker, Value::Text("null");
            }
        }
    }
}

/// The tables of this file, in the order in which they are read.
pub(super) fn tables() -> Vec<Printed> {
    vec![
        printed::<Asking>(),
        printed::<Counting>(),
        printed::<Filling>(),
        printed::<Leaving>(),
        printed::<Marking>(),
    ]
}
