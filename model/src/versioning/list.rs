//! Listings of versions and of objects (`VER-LIST`).

use std::cmp::Ordering;

use crate::access::{EVAL_OP_006, EVAL_OP_007, Need, authorize, bucket};
use crate::action::Action;
use crate::argument::{BucketName, Delimiter, Key, VersionName, VersionRef};
use crate::clause::{FORM, FacetId, RULE, clauses, consequence};
use crate::cx::{Cx, is_real};
use crate::lock::write::hide_from_listing;
use crate::reply::{Code, Entries, Entry, Field, Fields, Name, Refusal, Reply, ReplyBody, Value};
use crate::request::Caller;
use crate::request::Route::*;
use crate::state::{Bucket, State, Version, Versions};
use crate::step::{Ruling, not_modelled};
use crate::versioning::write::VER_PUT_012;
use crate::world::World;

clauses! { Versioning, 14;
    "VER-LIST-001" RULE, Recorded, High, "LS:test_list_objects_versions_markers",
        "ListObjectVersions lists versions and markers in one sequence, keys ascending, then newest first." {
        VER_LIST_001 = "newest-first", &[ListObjectVersions], else "the versions of a key are listed oldest first";
        VER_LIST_001_MARKERS = "markers", &[ListObjectVersions], else "delete markers are not listed";
    }
    "VER-LIST-002" RULE, Recorded, High, "LS:test_delete_object_versioned",
        "Exactly one entry of a key is the latest: the newest, whether object or marker." {
        VER_LIST_002 = "latest", &[ListObjectVersions], else "the newest object is the latest, whatever markers lie above it";
    }
    "VER-LIST-003" consequence(&["VER-LIST-001", "VER-LIST-002"]), Recorded, Medium, "LS:test_list_object_versions_order_unversioned",
        "Unversioned buckets list each object once, with the version id null, as the latest."
    "VER-LIST-004" FORM, Recorded, Low, "LS",
        "Marker entries carry Key, VersionId, IsLatest, LastModified and Owner, and no ETag, Size or StorageClass." {
        VER_LIST_004 = "last-modified", &[ListObjectVersions], else "LastModified is omitted";
        VER_LIST_004_ETAG = "no-etag", &[ListObjectVersions], else "an ETag is sent";
        VER_LIST_004_SIZE = "no-size", &[ListObjectVersions], else "a Size is sent";
        VER_LIST_004_CLASS = "no-storage-class", &[ListObjectVersions], else "a StorageClass is sent";
    }
    "VER-LIST-005" RULE, Recorded, Medium, "API; LS",
        "max-keys is 1000 by default and at the most; each common prefix counts one." {
        VER_LIST_005 = "max-keys", &[ListObjectVersions], else "max-keys is ignored";
        VER_LIST_005_CEILING = "ceiling", &[ListObjectVersions], else "MaxKeys is echoed as asked";
        VER_LIST_005_PREFIX = "common-prefix", &[ListObjectVersions], else "common prefixes do not count";
    }
    "VER-LIST-006" RULE, Recorded, High, "LS:test_list_objects_versions_markers, test_list_objects_versions_with_prefix_only_and_pagination",
        "A truncated page names its last entry in NextKeyMarker and NextVersionIdMarker, and the next page starts after it." {
        VER_LIST_006 = "last-entry", &[ListObjectVersions], else "the next markers name the first entry that is not returned";
        VER_LIST_006_AFTER = "after", &[ListObjectVersions], else "the page starts with the entry that the markers name";
    }
    "VER-LIST-007" RULE, Recorded, Medium, "LS:test_list_objects_versions_markers",
        "key-marker alone skips all versions of its key and everything before." {
        VER_LIST_007 = "skips", &[ListObjectVersions], else "the versions of the key itself are listed";
    }
    "VER-LIST-008" RULE, Recorded, Medium, "LS:test_list_objects_versions_markers",
        "version-id-marker without key-marker is 400 InvalidArgument." {
        VER_LIST_008 = "without-key", &[ListObjectVersions], else "it is ignored";
    }
    "VER-LIST-009" RULE, Recorded, Medium, "LS:test_list_objects_versions_markers",
        "The markers may name a version deleted since; the listing resumes at the position that it held." {
        VER_LIST_009 = "deleted", &[ListObjectVersions], else "the listing resumes after the key";
        VER_LIST_009_NULL = "null", &[ListObjectVersions], choice ["the null version came after it", "the null version came before it"];
    }
    "VER-LIST-010" RULE, Recorded, Medium, "LS:test_list_object_versions_pagination_common_prefixes",
        "A page that ends with a common prefix names it in NextKeyMarker, without NextVersionIdMarker; a key-marker \
         inside a common prefix skips all of it." {
        VER_LIST_010 = "next-key-marker", &[ListObjectVersions], else "NextKeyMarker is omitted";
        VER_LIST_010_VERSION = "no-version-marker", &[ListObjectVersions], else "NextVersionIdMarker: null is sent";
        VER_LIST_010_INSIDE = "inside", &[ListObjectVersions], else "the rest of the prefix is listed again";
    }
    "VER-LIST-011" FORM, Recorded, Low, "LS:test_list_objects_versions_with_prefix",
        "Absent markers are echoed as empty KeyMarker and VersionIdMarker elements." {
        VER_LIST_011 = "key-marker", &[ListObjectVersions], else "KeyMarker is omitted";
        VER_LIST_011_VERSION = "version-id-marker", &[ListObjectVersions], else "VersionIdMarker is omitted";
    }
    "VER-LIST-012" consequence(&["EVAL-OP-007"]), Documented, High, "UG:using-with-s3-policy-actions",
        "ListObjectVersions needs s3:ListBucketVersions; s3:ListBucket does not suffice."
    "VER-GET-013" RULE, Documented, High, "UG:ListingObjects",
        "ListObjects and ListObjectsV2 list a key exactly when its current version is an object." {
        VER_GET_013 = "markers-hide", &[ListObjectsV2, ListObjects], else "a key below a marker is listed";
    }
}

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
}

/// One entry of a listing before it is written.
#[derive(Clone, Copy, Debug)]
enum Item<'s> {
    Version {
        key: Key,
        version: &'s Version,
        latest: bool,
    },
    /// The first bytes of a key: the first key of the world that begins so, and how many bytes.
    Prefix(Key, u8),
}

/// ListObjectVersions.
pub(crate) fn versions(
    cx: &mut Cx<'_>,
    state: &State,
    caller: Caller,
    name: BucketName,
    page: Page,
) -> Ruling {
    let found = bucket(cx, state, name)?;
    authorize(
        cx,
        state,
        name,
        caller,
        &[Need::bucket(EVAL_OP_007, Action::ListBucketVersions)],
    )?;
    if page.version_marker != VersionRef::Current && page.key_marker.is_none() {
        cx.refuse(VER_LIST_008, |facet| {
            Refusal::new(Code::InvalidArgument, facet)
                .saying("A version-id marker cannot be specified without a key marker.")
                .with(Name::ArgumentName, Value::Text("version-id-marker"))
        })?;
    }
    if page.max_keys == Some(0) {
        return Err(not_modelled());
    }
    let items = after_markers(cx, found, page)?;
    let mut reply = Reply::success(200);
    let shown = page_of(cx, &mut reply, name, &items, page);
    let mut entries = Entries::new();
    let mut prefixes = Vec::new();
    for item in items.iter().take(shown) {
        match *item {
            Item::Version { key, version, latest } => {
                entries.push(version_entry(cx, name, key, version, latest))
            }
            Item::Prefix(key, length) => prefixes.push(prefix_entry(key, length)),
        }
    }
    entries.extend(prefixes);
    reply.body = ReplyBody::Entries {
        ordered: true,
        entries,
    };
    Ok((reply, None))
}

/// All entries that come after the markers of a page.
fn after_markers<'s>(cx: &mut Cx<'_>, found: &'s Bucket, page: Page) -> Result<Vec<Item<'s>>, Refusal> {
    let mut items: Vec<Item<'_>> = Vec::new();
    let mut rolled_up = None;
    for (key, versions) in keys_in_order(cx.world, found) {
        if !begins_with(cx.world, *key, page.prefix) {
            continue;
        }
        if let Some(length) = common_prefix(cx.world, *key, page) {
            let prefix = (first_with(cx.world, *key, length), length);
            if rolled_up == Some(prefix) || is_before(cx.world, *key, page.key_marker) {
                continue;
            }
            let inside = page
                .key_marker
                .is_some_and(|marker| first_with(cx.world, marker, length) == prefix.0);
            if inside && cx.law(VER_LIST_010_INSIDE) {
                continue;
            }
            rolled_up = Some(prefix);
            items.push(Item::Prefix(prefix.0, prefix.1));
            continue;
        }
        let mut of_key = Vec::with_capacity(versions.len());
        let latest = latest(cx, versions);
        for version in versions.iter().rev() {
            if !version.is_marker() || cx.law(VER_LIST_001_MARKERS) {
                of_key.push(Item::Version {
                    key: *key,
                    version,
                    latest: Some(version.name) == latest,
                });
            }
        }
        if versions.len() > 1 && !cx.law(VER_LIST_001) {
            of_key.reverse();
        }
        match page.key_marker {
            Some(_) if is_before(cx.world, *key, page.key_marker) => {}
            Some(marker) if *key == marker => {
                let start = start(cx, &of_key, page.version_marker)?;
                items.extend(of_key.drain(start.min(of_key.len())..));
            }
            Some(_) | None => items.append(&mut of_key),
        }
    }
    Ok(items)
}

/// How many entries of the marker's own key are skipped (`VER-LIST-006`, `VER-LIST-007`, `VER-LIST-009`).
fn start(cx: &mut Cx<'_>, of_key: &[Item<'_>], marker: VersionRef) -> Result<usize, Refusal> {
    let all = of_key.len();
    let name = match marker {
        VersionRef::Current if all == 0 || cx.law(VER_LIST_007) => return Ok(all),
        VersionRef::Current => return Ok(0),
        VersionRef::Named(name) => name,
        VersionRef::Made(_) | VersionRef::Malformed | VersionRef::Empty | VersionRef::Foreign(..) => {
            return Err(not_modelled());
        }
    };
    let names = || {
        of_key.iter().filter_map(|item| match item {
            Item::Version { version, .. } => Some(version.name),
            Item::Prefix(..) => None,
        })
    };
    if let Some(at) = names().position(|listed| listed == name) {
        return Ok(if cx.law(VER_LIST_006_AFTER) { at + 1 } else { at });
    }
    let in_order = names()
        .filter(|listed| is_real(*listed))
        .is_sorted_by(|newer, older| newer > older);
    if name == VersionName::NULL || !in_order {
        return Err(not_modelled());
    }
    if all == 0 {
        return Ok(0);
    }
    if !cx.law(VER_LIST_009) {
        return Ok(all);
    }
    let older = names()
        .position(|listed| is_real(listed) && listed < name)
        .unwrap_or(all);
    let newer = names().filter(|listed| *listed > name).count();
    let null = names().position(|listed| listed == VersionName::NULL);
    Ok(match null {
        // Real versions on both sides of it leave open where the null version lay.
        Some(null) if null >= newer && null < older => {
            if cx.choose(VER_LIST_009_NULL, 2) == 0 {
                null
            } else {
                null + 1
            }
        }
        Some(_) | None => older,
    })
}

/// Writes what the page says of itself and returns how many entries it shows.
fn page_of(cx: &mut Cx<'_>, reply: &mut Reply, name: BucketName, items: &[Item<'_>], page: Page) -> usize {
    if page.key_marker.is_none() {
        cx.require(reply, VER_LIST_011, Name::KeyMarker, Value::Text(""));
    }
    if page.version_marker == VersionRef::Current {
        cx.require(
            reply,
            VER_LIST_011_VERSION,
            Name::VersionIdMarker,
            Value::Text(""),
        );
    }
    let asked = page.max_keys.unwrap_or(MAX_KEYS);
    let echoed = if asked > MAX_KEYS && !cx.law(VER_LIST_005_CEILING) {
        asked
    } else {
        asked.min(MAX_KEYS)
    };
    reply.push(
        Name::MaxKeys,
        Value::Number(i32::from(echoed)),
        VER_LIST_005_CEILING,
    );
    let mut room = usize::from(asked.min(MAX_KEYS));
    let mut shown = 0;
    for item in items {
        let counts = matches!(item, Item::Version { .. }) || cx.law(VER_LIST_005_PREFIX);
        if counts && room == 0 {
            break;
        }
        room -= usize::from(counts);
        shown += 1;
    }
    if shown < items.len() && !cx.decides(VER_LIST_005) {
        shown = items.len();
    }
    let truncated = shown < items.len();
    let word = if truncated { "true" } else { "false" };
    reply.push(Name::IsTruncated, Value::Text(word), VER_LIST_005);
    let last = shown.checked_sub(1).and_then(|last| items.get(last));
    if let Some(last) = last.filter(|_| truncated) {
        next_markers(cx, reply, name, *last, items.get(shown));
    }
    shown
}

/// The markers of the next page (`VER-LIST-006`, `VER-LIST-010`).
fn next_markers(
    cx: &mut Cx<'_>,
    reply: &mut Reply,
    name: BucketName,
    last: Item<'_>,
    following: Option<&Item<'_>>,
) {
    let named = match following {
        Some(following) if !cx.law(VER_LIST_006) => *following,
        Some(_) | None => last,
    };
    match named {
        Item::Version { key, version, .. } => {
            let id = Value::Version(name, key, version.name);
            reply.push(Name::NextKeyMarker, Value::Key(key), VER_LIST_006);
            reply.push(Name::NextVersionIdMarker, id, VER_LIST_006);
        }
        Item::Prefix(key, length) => {
            cx.require(
                reply,
                VER_LIST_010,
                Name::NextKeyMarker,
                Value::Prefix(key, length),
            );
            cx.forbid(
                reply,
                VER_LIST_010_VERSION,
                Name::NextVersionIdMarker,
                Value::Text("null"),
            );
        }
    }
}

/// The keys of a bucket that have versions, in byte order.
fn keys_in_order<'s>(world: &World, found: &'s Bucket) -> Vec<(&'s Key, &'s Versions)> {
    let mut keys: Vec<_> = found.keys.iter().collect();
    if !world.keys_in_order() {
        keys.sort_by(|(first, _), (second, _)| world.compare_keys(**first, **second));
    }
    keys
}

fn is_before(world: &World, key: Key, marker: Option<Key>) -> bool {
    marker.is_some_and(|marker| world.compare_keys(key, marker) == Ordering::Less)
}

fn begins_with(world: &World, key: Key, prefix: Option<Key>) -> bool {
    prefix.is_none_or(|prefix| world.key_bytes(key).starts_with(&world.key_bytes(prefix)))
}

/// How many bytes of a key are rolled up: those up to the first delimiter after the prefix.
fn common_prefix(world: &World, key: Key, page: Page) -> Option<u8> {
    if page.delimiter == Delimiter::Absent {
        return None;
    }
    let skipped = page.prefix.map_or(0, |prefix| world.key_bytes(prefix).len());
    let bytes = world.key_bytes(key);
    let at = bytes.iter().skip(skipped).position(|byte| *byte == b'/')?;
    u8::try_from(skipped + at + 1).ok()
}

/// The first key of the world that begins with the first bytes of a key.
fn first_with(world: &World, key: Key, length: u8) -> Key {
    let bytes = world.key_bytes(key);
    let prefix = bytes.get(..usize::from(length)).unwrap_or(&bytes);
    (0..key.0)
        .map(Key)
        .find(|earlier| world.key_bytes(*earlier).starts_with(prefix))
        .unwrap_or(key)
}

fn latest(cx: &mut Cx<'_>, versions: &[Version]) -> Option<VersionName> {
    let newest = versions.last()?;
    let below = versions.iter().rev().find(|version| !version.is_marker());
    match below {
        Some(object) if newest.is_marker() && !cx.law(VER_LIST_002) => Some(object.name),
        Some(_) | None => Some(newest.name),
    }
}

fn version_entry(cx: &mut Cx<'_>, name: BucketName, key: Key, version: &Version, latest: bool) -> Entry {
    let mut fields = Fields::new();
    let mut push = |field, value, by| {
        fields.push(Field {
            name: field,
            value,
            by,
        })
    };
    push(Name::KeyElement, Value::Key(key), VER_LIST_001);
    push(
        Name::VersionIdElement,
        Value::Version(name, key, version.name),
        VER_LIST_001,
    );
    push(
        Name::IsLatest,
        Value::Text(if latest { "true" } else { "false" }),
        VER_LIST_002,
    );
    let element = if version.is_marker() {
        let there = |held: bool| if held { Value::Something } else { Value::Absent };
        push(
            Name::LastModifiedElement,
            there(cx.law(VER_LIST_004)),
            VER_LIST_004,
        );
        for (field, facet) in [
            (Name::EtagElement, VER_LIST_004_ETAG),
            (Name::EntrySize, VER_LIST_004_SIZE),
            (Name::StorageClass, VER_LIST_004_CLASS),
        ] {
            push(field, there(!cx.law(facet)), facet);
        }
        "DeleteMarker"
    } else {
        show_date(&mut fields, version);
        "Version"
    };
    hide_from_listing(cx, &mut fields, version);
    Entry {
        element,
        fields,
        by: VER_LIST_001,
    }
}

/// The date of a version that an upload made (`VER-PUT-012`).
fn show_date(fields: &mut Fields, version: &Version) {
    if let Some(made) = version.multipart {
        fields.push(Field {
            name: Name::LastModifiedElement,
            value: Value::Date(made),
            by: VER_PUT_012,
        });
    }
}

fn prefix_entry(key: Key, length: u8) -> Entry {
    let fields = Fields::from_iter([Field {
        name: Name::PrefixElement,
        value: Value::Prefix(key, length),
        by: VER_LIST_010,
    }]);
    Entry {
        element: "CommonPrefixes",
        fields,
        by: VER_LIST_010,
    }
}

/// ListObjectsV2 and ListObjects.
pub(crate) fn objects(cx: &mut Cx<'_>, state: &State, caller: Caller, name: BucketName) -> Ruling {
    let found = bucket(cx, state, name)?;
    authorize(
        cx,
        state,
        name,
        caller,
        &[Need::bucket(EVAL_OP_006, Action::ListBucket)],
    )?;
    let mut entries = Entries::new();
    for (key, versions) in keys_in_order(cx.world, found) {
        let hidden = versions.last().is_some_and(Version::is_marker);
        let has_object = versions.iter().any(|version| !version.is_marker());
        if !hidden || (has_object && !cx.law(VER_GET_013)) {
            let mut entry = key_entry(*key, VER_GET_013);
            if let Some(current) = versions.last() {
                show_date(&mut entry.fields, current);
                hide_from_listing(cx, &mut entry.fields, current);
            }
            entries.push(entry);
        }
    }
    let mut reply = Reply::success(200);
    reply.body = ReplyBody::Entries {
        ordered: true,
        entries,
    };
    Ok((reply, None))
}

fn key_entry(key: Key, by: FacetId) -> Entry {
    let fields = Fields::from_iter([Field {
        name: Name::KeyElement,
        value: Value::Key(key),
        by,
    }]);
    Entry {
        element: "Contents",
        fields,
        by,
    }
}
