//! How keys stand in every listing: in which order, how they are written, and where they are grouped.

use std::cmp::Ordering;

use super::{Page, VER_LIST_013, VER_LIST_013_BYTES, VER_LIST_013_CASE, VER_LIST_014, VER_LIST_014_OBEYED};
use crate::argument::{Delimiter, Encoding, Key};
use crate::cx::Cx;
use crate::reply::Value;
use crate::state::{Bucket, Versions};
use crate::words::FacetId;
use crate::world::World;

/// The keys of a bucket that have versions, in order.
pub(super) fn keys_in_order<'s>(cx: &mut Cx<'_>, found: &'s Bucket) -> Vec<(&'s Key, &'s Versions)> {
    let mut keys: Vec<_> = found.keys.iter().collect();
    in_order(cx, &mut keys, |(key, _)| **key);
    keys
}

/// Puts what has keys into the order of their bytes (`VER-LIST-013`).
pub(crate) fn in_order<T: Copy>(cx: &mut Cx<'_>, listed: &mut [T], key: impl Fn(&T) -> Key) {
    let world = cx.world;
    if !world.keys_in_order() {
        listed.sort_by(|first, second| world.compare_keys(key(first), key(second)));
    }
    if listed.len() < 2 {
        return;
    }
    if !cx.law(VER_LIST_013) {
        listed.reverse();
        return;
    }
    let texts: Vec<String> = listed
        .iter()
        .map(|one| String::from_utf8_lossy(&world.key_bytes(key(one))).into_owned())
        .collect();
    let in_units = || {
        texts
            .iter()
            .is_sorted_by(|first, second| first.encode_utf16().le(second.encode_utf16()))
    };
    if !texts.iter().all(|text| text.is_ascii()) && !in_units() && !cx.law(VER_LIST_013_BYTES) {
        listed.sort_by_key(|one| {
            let bytes = world.key_bytes(key(one));
            String::from_utf8_lossy(&bytes)
                .encode_utf16()
                .collect::<Vec<u16>>()
        });
        return;
    }
    let folded = |text: &String| text.to_lowercase();
    if !texts.iter().map(folded).is_sorted() && !cx.law(VER_LIST_013_CASE) {
        listed.sort_by_key(|one| String::from_utf8_lossy(&world.key_bytes(key(one))).to_lowercase());
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
    if bytes.iter().all(is_plain) {
        return (plain, by);
    }
    if !cx.law(VER_LIST_014_OBEYED) {
        return (plain, VER_LIST_014_OBEYED);
    }
    let plus = !bytes.contains(&b' ') || cx.law(VER_LIST_014);
    (Value::Encoded { key, length, plus }, VER_LIST_014)
}

pub(super) fn is_before(world: &World, key: Key, marker: Option<Key>) -> bool {
    marker.is_some_and(|marker| world.compare_keys(key, marker) == Ordering::Less)
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
