//! Listings of versions and of objects (`VER-LIST`).

use crate::argument::{BucketName, Delimiter, Encoding, Key, VersionName, VersionRef};
use crate::cx::{Cx, Ruling, is_real};
use crate::lock::write::hide_from_listing;
use crate::reply::{Code, Entries, Entry, Field, Fields, Name, Refusal, Reply, ReplyBody, Value};
use crate::request::Route::{self, *};
use crate::request::{Shown, routes_where};
use crate::state::{Bucket, Version};
use crate::versioning::read::describe;
use crate::versioning::write::VER_PUT_012;
use crate::words::{FORM, FacetId, RULE, clauses, consequence};

mod keys;

use self::keys::{begins_with, common_prefix, first_with, is_before, keys_in_order, shown_prefix};
pub(crate) use self::keys::{in_order, shown_key};

clauses! { Versioning, List;
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
        VER_LIST_004 = "last-modified", &[ListObjectVersions], else (omitted "LastModified");
        VER_LIST_004_ETAG = "no-etag", &[ListObjectVersions], else "an ETag is sent";
        VER_LIST_004_SIZE = "no-size", &[ListObjectVersions], else "a Size is sent";
        VER_LIST_004_CLASS = "no-storage-class", &[ListObjectVersions], else "a StorageClass is sent";
    }
    "VER-LIST-005" RULE, Recorded, Medium, "API; LS",
        "max-keys is 1000 by default and at the most; each common prefix counts one." {
        VER_LIST_005 = "max-keys", OF_OBJECTS, else "max-keys is ignored";
        VER_LIST_005_CEILING = "ceiling", OF_OBJECTS, else "MaxKeys is echoed as asked";
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
        VER_LIST_009_PLACE = "place", &[ListObjectVersions],
            choice ["the listing resumes before all versions of the key", "after the first of them", "after the second", "after the third"];
        VER_LIST_009_ID = "no-id", &[ListObjectVersions],
            choice ["a version-id-marker that is no id of the key is 400 InvalidArgument", "it stands for some place among its versions"];
    }
    "VER-LIST-010" RULE, Recorded, Medium, "LS:test_list_object_versions_pagination_common_prefixes",
        "A page that ends with a common prefix names it in NextKeyMarker, without NextVersionIdMarker; a key-marker \
         inside a common prefix skips all of it." {
        VER_LIST_010 = "next-key-marker", &[ListObjectVersions], else (omitted "NextKeyMarker");
        VER_LIST_010_VERSION = "no-version-marker", &[ListObjectVersions], else (sent "NextVersionIdMarker: null");
        VER_LIST_010_INSIDE = "inside", &[ListObjectVersions], else "the rest of the prefix is listed again";
    }
    "VER-LIST-011" FORM, Recorded, Low, "LS:test_list_objects_versions_with_prefix",
        "Absent markers are echoed as empty KeyMarker and VersionIdMarker elements." {
        VER_LIST_011 = "key-marker", &[ListObjectVersions], else (omitted "KeyMarker");
        VER_LIST_011_VERSION = "version-id-marker", &[ListObjectVersions], else (omitted "VersionIdMarker");
    }
    "VER-LIST-012" consequence(&["EVAL-OP-007"]), Documented, High, "UG:using-with-s3-policy-actions",
        "ListObjectVersions needs s3:ListBucketVersions; s3:ListBucket does not suffice."
    "VER-LIST-013" RULE, Documented, High, "UG:ListingKeysUsingAPIs; several public reports",
        "Keys are ordered by their UTF-8 bytes, not by UTF-16 units and not by locale, in every listing." {
        VER_LIST_013 = "ascending", OF_KEYS, else "keys are listed in descending order";
        VER_LIST_013_BYTES = "bytes", OF_KEYS, else "keys are ordered by their UTF-16 units";
        VER_LIST_013_CASE = "case", OF_KEYS, else "keys are ordered whatever the case of their letters";
    }
    "VER-LIST-014" FORM, Reported, Medium, "public measurement of AWS",
        "encoding-type=url writes a space in keys, prefixes and markers as +." {
        VER_LIST_014 = "plus", OF_KEYS, else "a space is written as %20";
        VER_LIST_014_OBEYED = "obeyed", OF_KEYS, else "keys are written as they are";
    }
    "VER-LIST-015" RULE, Reported, Medium, "public reports",
        "max-keys=0: 200, no entry, IsTruncated false." {
        VER_LIST_015 = "nothing", OF_OBJECTS, else "as many entries are listed as without max-keys";
        VER_LIST_015_TRUNCATED = "not-truncated", OF_OBJECTS, else "IsTruncated is true";
    }
    "VER-LIST-016" FORM, Recorded, Medium, "public recording of AWS",
        "NextKeyMarker and NextVersionIdMarker stand only in a page that is truncated." {
        VER_LIST_016 = "next-key-marker", &[ListObjectVersions], else "NextKeyMarker names the last entry of the last page too";
        VER_LIST_016_VERSION = "next-version-id-marker", &[ListObjectVersions],
            else "NextVersionIdMarker names the last entry of the last page too";
    }
    "VER-GET-013" RULE, Documented, High, "UG:ListingObjects",
        "ListObjects and ListObjectsV2 list a key exactly when its current version is an object." {
        VER_GET_013 = "markers-hide", &[ListObjectsV2, ListObjects], else "a key below a marker is listed";
    }
}

/// The routes that list objects or versions.
const OF_OBJECTS: &[Route] =
    routes_where!(|route| route.row().takes("encoding") && route.row().shows(Shown::Etag));
/// The routes that list keys.
const OF_KEYS: &[Route] = routes_where!(|route| route.row().takes("encoding"));

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
pub(crate) fn versions(cx: &mut Cx<'_>, name: BucketName, page: Page) -> Ruling {
    let found = cx.bucket(name)?;
    cx.authorize_by_row(name)?;
    if page.version_marker != VersionRef::Current && page.key_marker.is_none() {
        cx.refuse(VER_LIST_008, |facet| {
            Refusal::new(Code::InvalidArgument, facet)
                .saying("A version-id marker cannot be specified without a key marker.")
                .with(Name::ArgumentName, Value::Text("version-id-marker"))
        })?;
    }
    let no_id = matches!(
        page.version_marker,
        VersionRef::Made(_) | VersionRef::Malformed | VersionRef::Empty | VersionRef::Foreign(..)
    );
    if no_id && cx.choose(VER_LIST_009_ID, 2) == 0 {
        return Err(Refusal::new(Code::InvalidArgument, VER_LIST_009_ID));
    }
    let items = after_markers(cx, found, page)?;
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

/// All entries that come after the markers of a page.
fn after_markers<'s>(cx: &mut Cx<'_>, found: &'s Bucket, page: Page) -> Result<Vec<Item<'s>>, Refusal> {
    let mut items: Vec<Item<'_>> = Vec::new();
    let mut rolled_up = None;
    for (key, versions) in keys_in_order(cx, found) {
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
            return Ok(some_place(cx, all));
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
    if all == 0 {
        return Ok(0);
    }
    if name == VersionName::NULL || !in_order {
        // Ids say nothing of the order here: where the version lay that is gone, nobody knows.
        return Ok(some_place(cx, all));
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

/// Some place among the versions of a key.
fn some_place(cx: &mut Cx<'_>, all: usize) -> usize {
    let places = u8::try_from(all).unwrap_or(u8::MAX).saturating_add(1);
    usize::from(cx.choose(VER_LIST_009_PLACE, places)).min(all)
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
    let mut room = room(cx, reply, page.max_keys);
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
fn room(cx: &mut Cx<'_>, reply: &mut Reply, max_keys: Option<u16>) -> usize {
    let asked = max_keys.unwrap_or(MAX_KEYS);
    let echoed = if asked > MAX_KEYS && !cx.law(VER_LIST_005_CEILING) {
        asked
    } else {
        asked.min(MAX_KEYS)
    };
    let echo = Value::Number(i32::from(echoed));
    reply.push(Name::MaxKeys, echo, VER_LIST_005_CEILING);
    if asked == 0 && !cx.decides(VER_LIST_015) {
        return usize::from(MAX_KEYS);
    }
    usize::from(asked.min(MAX_KEYS))
}

/// Whether entries are left for another page, as IsTruncated says (`VER-LIST-005`, `VER-LIST-015`).
fn truncated(
    cx: &mut Cx<'_>,
    reply: &mut Reply,
    (shown, all): (usize, usize),
    max_keys: Option<u16>,
) -> bool {
    let left = shown < all;
    let (truncated, by) = if max_keys == Some(0) && left {
        (!cx.law(VER_LIST_015_TRUNCATED), VER_LIST_015_TRUNCATED)
    } else {
        (left, VER_LIST_005)
    };
    let word = if truncated { "true" } else { "false" };
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
    cx.forbid(reply, VER_LIST_016, Name::NextKeyMarker, key);
    cx.forbid(reply, VER_LIST_016_VERSION, Name::NextVersionIdMarker, id);
}

/// The markers of the next page (`VER-LIST-006`, `VER-LIST-010`).
fn next_markers(
    cx: &mut Cx<'_>,
    reply: &mut Reply,
    (name, encoding): (BucketName, Encoding),
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
            let (marker, by) = shown_key(cx, key, encoding, VER_LIST_006);
            reply.push(Name::NextKeyMarker, marker, by);
            reply.push(Name::NextVersionIdMarker, id, VER_LIST_006);
        }
        Item::Prefix(key, length) => {
            let (marker, _) = shown_prefix(cx, (key, length), encoding, VER_LIST_010);
            cx.require(reply, VER_LIST_010, Name::NextKeyMarker, marker);
            cx.forbid(
                reply,
                VER_LIST_010_VERSION,
                Name::NextVersionIdMarker,
                Value::Text("null"),
            );
        }
    }
}

fn latest(cx: &mut Cx<'_>, versions: &[Version]) -> Option<VersionName> {
    let newest = versions.last()?;
    let below = versions.iter().rev().find(|version| !version.is_marker());
    match below {
        Some(object) if newest.is_marker() && !cx.law(VER_LIST_002) => Some(object.name),
        Some(_) | None => Some(newest.name),
    }
}

fn version_entry(
    cx: &mut Cx<'_>,
    (name, key, encoding): (BucketName, Key, Encoding),
    version: &Version,
    latest: bool,
) -> Entry {
    let mut fields = Fields::new();
    let (shown, by) = shown_key(cx, key, encoding, VER_LIST_001);
    let mut push = |field, value, by| {
        fields.push(Field {
            name: field,
            value,
            by,
        })
    };
    push(Name::KeyElement, shown, by);
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
        show_object(cx, &mut fields, version);
        "Version"
    };
    hide_from_listing(cx, &mut fields, version);
    Entry {
        element,
        fields,
        by: VER_LIST_001,
    }
}

/// What a listing says of an object: ETag, size, and the date of a version that an upload made (`VER-PUT-012`).
fn show_object(cx: &mut Cx<'_>, fields: &mut Fields, version: &Version) {
    if let Some(content) = version.content {
        describe(cx, fields, (content, version.multipart.is_some()));
    }
    if let Some(made) = version.multipart {
        fields.push(Field {
            name: Name::LastModifiedElement,
            value: Value::Date(made),
            by: VER_PUT_012,
        });
    }
}

fn prefix_entry(cx: &mut Cx<'_>, key: Key, length: u8, encoding: Encoding) -> Entry {
    let (value, by) = shown_prefix(cx, (key, length), encoding, VER_LIST_010);
    let fields = Fields::from_iter([Field {
        name: Name::PrefixElement,
        value,
        by,
    }]);
    Entry {
        element: "CommonPrefixes",
        fields,
        by: VER_LIST_010,
    }
}

/// ListObjectsV2 and ListObjects.
pub(crate) fn objects(
    cx: &mut Cx<'_>,
    name: BucketName,
    (max_keys, encoding): (Option<u16>, Encoding),
) -> Ruling {
    let found = cx.bucket(name)?;
    cx.authorize_by_row(name)?;
    let mut entries = Entries::new();
    for (key, versions) in keys_in_order(cx, found) {
        let hidden = versions.last().is_some_and(Version::is_marker);
        let has_object = versions.iter().any(|version| !version.is_marker());
        if !hidden || (has_object && !cx.law(VER_GET_013)) {
            let (shown, by) = shown_key(cx, *key, encoding, VER_GET_013);
            let mut entry = key_entry(shown, by);
            if let Some(current) = versions.last() {
                show_object(cx, &mut entry.fields, current);
                hide_from_listing(cx, &mut entry.fields, current);
            }
            entries.push(entry);
        }
    }
    let mut reply = Reply::success(200);
    let room = room(cx, &mut reply, max_keys);
    let mut shown = room.min(entries.len());
    if shown < entries.len() && !cx.decides(VER_LIST_005) {
        shown = entries.len();
    }
    truncated(cx, &mut reply, (shown, entries.len()), max_keys);
    reply.body = ReplyBody::Entries {
        ordered: true,
        entries: entries.iter().take(shown).cloned().collect(),
    };
    Ok((reply, None))
}

fn key_entry(value: Value, by: FacetId) -> Entry {
    let fields = Fields::from_iter([Field {
        name: Name::KeyElement,
        value,
        by,
    }]);
    Entry {
        element: "Contents",
        fields,
        by: VER_GET_013,
    }
}
