//! What a listing says of an entry.

use super::keys::{shown_key, shown_prefix};
use super::start::{What, is_listed};
use super::{
    VER_GET_013, VER_LIST_001, VER_LIST_002, VER_LIST_004, VER_LIST_004_CLASS, VER_LIST_004_ETAG,
    VER_LIST_004_SIZE, VER_LIST_010,
};
use crate::argument::{BucketName, Encoding, Key};
use crate::cx::Cx;
use crate::lock::write::hide_from_listing;
use crate::reply::{Entry, Fields, HasFields, Name, Value};
use crate::state::Version;
use crate::table::fields;
use crate::versioning::read::describe;
use crate::versioning::write::VER_PUT_012;
use crate::words::FacetId;

/// An entry without fields.
fn entry(element: &'static str, by: FacetId) -> Entry {
    Entry {
        element,
        fields: Fields::new(),
        by,
    }
}

/// A version or a delete marker in ListObjectVersions.
pub(super) fn version_entry(
    cx: &mut Cx<'_>,
    (name, key, encoding): (BucketName, Key, Encoding),
    version: &Version,
    latest: bool,
) -> Entry {
    let marker = version.is_marker();
    let mut entry = entry(if marker { "DeleteMarker" } else { "Version" }, VER_LIST_001);
    let (shown, by) = shown_key(cx, key, encoding, VER_LIST_001);
    let id = Value::Version(name, key, version.name);
    let word = Value::Text(if latest { "true" } else { "false" });
    entry.show(Name::KeyElement, shown, by);
    entry.show(Name::VersionIdElement, id, VER_LIST_001);
    entry.show(Name::IsLatest, word, VER_LIST_002);
    fields! { cx, &mut entry;
        VER_LIST_004        if marker   => require LastModifiedElement, Value::Something;
        VER_LIST_004_ETAG   if marker   => forbid  EtagElement, Value::Something;
        VER_LIST_004_SIZE   if marker   => forbid  EntrySize, Value::Something;
        VER_LIST_004_CLASS  if marker   => forbid  StorageClass, Value::Something;
    }
    show_object(cx, &mut entry.fields, version);
    hide_from_listing(cx, &mut entry.fields, version);
    entry
}

/// What a listing says of an object: ETag, size, and the date of a version that an upload made (`VER-PUT-012`).
fn show_object(cx: &mut Cx<'_>, fields: &mut Fields, version: &Version) {
    if let Some(content) = version.content {
        describe(cx, fields, (content, version.multipart.is_some()));
    }
    if let Some(made) = version.multipart {
        fields.show(Name::LastModifiedElement, Value::Date(made), VER_PUT_012);
    }
}

/// A common prefix.
pub(super) fn prefix_entry(cx: &mut Cx<'_>, key: Key, length: u8, encoding: Encoding) -> Entry {
    let (value, by) = shown_prefix(cx, (key, length), encoding, VER_LIST_010);
    let mut entry = entry("CommonPrefixes", VER_LIST_010);
    entry.show(Name::PrefixElement, value, by);
    entry
}

/// Whether ListObjects hides a key: its current version is a delete marker (`VER-GET-013`).
pub(super) fn hidden_key(cx: &mut Cx<'_>, versions: &[Version]) -> bool {
    let below_marker = versions.last().is_some_and(Version::is_marker);
    let has_object = versions.iter().any(|version| !version.is_marker());
    // A key that only has markers is no object, whatever is listed.
    below_marker && (!has_object || !is_listed(cx, What::KeyBelowMarker))
}

/// A key in ListObjectsV2 and ListObjects.
pub(super) fn key_entry(
    cx: &mut Cx<'_>,
    (key, encoding): (Key, Encoding),
    current: Option<&Version>,
) -> Entry {
    let (shown, by) = shown_key(cx, key, encoding, VER_GET_013);
    let mut entry = entry("Contents", VER_GET_013);
    entry.show(Name::KeyElement, shown, by);
    if let Some(current) = current {
        show_object(cx, &mut entry.fields, current);
        hide_from_listing(cx, &mut entry.fields, current);
    }
    entry
}
