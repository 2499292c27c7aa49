//! How keys stand in every listing: in which order, how they are written, and where they are grouped.

use super::page::Page;
use super::{VER_LIST_013, VER_LIST_013_BYTES, VER_LIST_013_CASE, VER_LIST_014, VER_LIST_014_OBEYED};
use crate::argument::{Delimiter, Encoding, Key};
use crate::cx::Cx;
use crate::reply::Value;
use crate::state::{Bucket, Versions};
use crate::table::{Decision, Printed, printed, table, words};
use crate::words::FacetId;
use crate::world::World;

/// The keys of a bucket that have versions, in order.
pub(super) fn keys_in_order<'s>(cx: &mut Cx<'_>, found: &'s Bucket) -> Vec<(&'s Key, &'s Versions)> {
    let mut keys: Vec<_> = found.keys.iter().collect();
    in_order(cx, &mut keys, |(key, _)| **key);
    keys
}

words! {
    /// In which order keys are listed.
    enum Sorted {
        /// Keys are listed by their UTF-8 bytes.
        ByBytes,
        /// Keys are listed in descending order.
        Descending,
        /// Keys are ordered by their UTF-16 units.
        ByUnits,
        /// Keys are ordered whatever the case of their letters.
        ByLetters,
    }
}

table! {
    /// In which order keys are listed.
    Ordering {
        /// There are several.
        several: bool,
        /// Their UTF-16 units are in another order than their bytes.
        units_differ: bool,
        /// Their letters, whatever their case, are in another order than their bytes.
        letters_differ: bool,
    } never {
        !several && (units_differ || letters_differ);
    } => Sorted, unnoted;

    VER_LIST_013        if several              => passes,      else Descending;
    VER_LIST_013_BYTES  if units_differ         => passes,      else ByUnits;
    VER_LIST_013_CASE   if letters_differ       => passes,      else ByLetters;
    _                                           => ByBytes;
}

/// Puts what has keys into order (`VER-LIST-013`).
pub(crate) fn in_order<T: Copy>(cx: &mut Cx<'_>, listed: &mut [T], key: impl Fn(&T) -> Key) {
    let world = cx.world;
    if !world.keys_in_order() {
        listed.sort_by(|first, second| world.compare_keys(key(first), key(second)));
    }
    let text = |one: &T| String::from_utf8_lossy(&world.key_bytes(key(one))).into_owned();
    let units = |text: &String| text.encode_utf16().collect::<Vec<u16>>();
    let several = listed.len() > 1;
    let texts: Vec<String> = listed.iter().filter(|_| several).map(text).collect();
    let case = Ordering {
        several,
        units_differ: !texts.iter().all(|text| text.is_ascii()) && !texts.iter().map(units).is_sorted(),
        letters_differ: !texts.iter().map(|text| text.to_lowercase()).is_sorted(),
    };
    match case.ruled(cx).0 {
        Sorted::ByBytes => {}
        Sorted::Descending => listed.reverse(),
        Sorted::ByUnits => listed.sort_by_key(|one| units(&text(one))),
        Sorted::ByLetters => listed.sort_by_key(|one| text(one).to_lowercase()),
    }
}

/// A key as a listing writes it, and what says so (`VER-LIST-014`).
pub(crate) fn shown_key(cx: &mut Cx<'_>, key: Key, encoding: Encoding, by: FacetId) -> (Value, FacetId) {
    encoded(cx, (key, None), encoding, (Value::Key(key), by))
}

/// The first bytes of a key as a listing writes them.
pub(super) fn shown_prefix(
    cx: &mut Cx<'_>,
    (key, length): (Key, u8),
    encoding: Encoding,
    by: FacetId,
) -> (Value, FacetId) {
    encoded(
        cx,
        (key, Some(length)),
        encoding,
        (Value::Prefix(key, length), by),
    )
}

words! {
    /// How a key is written.
    enum Written {
        /// Keys are written as they are.
        AsItIs,
        /// It is encoded, with a plus sign for a space.
        Encoded,
        /// A space is written as %20.
        WithPercent,
    }
}

table! {
    /// How a key, a prefix or a marker is written in a listing.
    Writing {
        /// `encoding-type=url` is asked for, and something in it has to be encoded.
        encodes: bool,
        /// It has a space.
        space: bool,
    } never {
        space && !encodes;
    } => Written, unnoted;

    VER_LIST_014_OBEYED if encodes && !space    => Encoded,     else AsItIs;
    VER_LIST_014_OBEYED if space                => passes,      else AsItIs;
    VER_LIST_014        if space                => Encoded,     else WithPercent;
    _                                           => AsItIs;
}

fn encoded(
    cx: &mut Cx<'_>,
    (key, length): (Key, Option<u8>),
    encoding: Encoding,
    (plain, by): (Value, FacetId),
) -> (Value, FacetId) {
    if encoding == Encoding::Absent {
        return (plain, by);
    }
    let bytes = cx.world.key_bytes(key);
    let bytes = length
        .and_then(|length| bytes.get(..usize::from(length)))
        .unwrap_or(&bytes);
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/-_.".contains(byte);
    let encodes = !bytes.iter().all(is_plain);
    let case = Writing {
        encodes,
        space: bytes.contains(&b' '),
    };
    let encoded = |plus| (Value::Encoded { key, length, plus }, VER_LIST_014);
    match case.ruled(cx) {
        (Written::Encoded, _) => encoded(true),
        (Written::WithPercent, _) => encoded(false),
        (Written::AsItIs, ruled) => (plain, ruled.unwrap_or(by)),
    }
}

pub(super) fn is_before(world: &World, key: Key, marker: Option<Key>) -> bool {
    marker.is_some_and(|marker| world.compare_keys(key, marker).is_lt())
}

pub(super) fn begins_with(world: &World, key: Key, prefix: Option<Key>) -> bool {
    prefix.is_none_or(|prefix| world.key_bytes(key).starts_with(&world.key_bytes(prefix)))
}

/// How many bytes of a key are rolled up: those up to the first delimiter after the prefix.
pub(super) fn common_prefix(world: &World, key: Key, page: Page) -> Option<u8> {
    if page.delimiter == Delimiter::Absent {
        return None;
    }
    let skipped = page.prefix.map_or(0, |prefix| world.key_bytes(prefix).len());
    let bytes = world.key_bytes(key);
    let at = bytes.iter().skip(skipped).position(|byte| *byte == b'/')?;
    u8::try_from(skipped + at + 1).ok()
}

/// The first key of the world that begins with the first bytes of a key.
pub(super) fn first_with(world: &World, key: Key, length: u8) -> Key {
    let bytes = world.key_bytes(key);
    let prefix = bytes.get(..usize::from(length)).unwrap_or(&bytes);
    (0..key.0)
        .map(Key)
        .find(|earlier| world.key_bytes(*earlier).starts_with(prefix))
        .unwrap_or(key)
}

/// The tables of this file, in the order in which they are read.
pub(super) fn tables() -> Vec<Printed> {
    vec![printed::<Ordering>(), printed::<Writing>()]
}
