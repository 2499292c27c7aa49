//! What is listed, and where a page starts among it.

use super::keys::{begins_with, common_prefix, first_with, is_before, keys_in_order};
use super::page::Page;
use super::{
    VER_GET_013, VER_LIST_001, VER_LIST_001_MARKERS, VER_LIST_002, VER_LIST_006_AFTER, VER_LIST_007,
    VER_LIST_009, VER_LIST_009_NULL, VER_LIST_009_PLACE, VER_LIST_010_INSIDE,
};
use crate::argument::{Key, VersionName, VersionRef};
use crate::cx::{Cx, is_real};
use crate::state::{Bucket, Version};
use crate::table::{Decision, Printed, effects, printed, table, words};

use What::{KeyBelowMarker, Marker, RestOfPrefix, Version as AVersion};
use Where::{Alone, BesideNull, Gone, There};

/// One entry of a listing before it is written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Item<'s> {
    Version {
        key: Key,
        version: &'s Version,
        latest: bool,
    },
    /// The first bytes of a key: the first key of the world that begins so, and how many bytes.
    Prefix(Key, u8),
}

words! {
    /// What may be listed.
    pub(super) enum What {
        /// An object of ListObjectVersions.
        Version,
        /// A delete marker.
        Marker,
        /// What follows in a common prefix after the key-marker.
        RestOfPrefix,
        /// A key of ListObjects whose current version is a delete marker, above an object.
        KeyBelowMarker,
    }
}

words! {
    /// Whether something is listed.
    enum Listed {
        /// It is listed.
        Listed,
        /// It is not listed.
        Omitted,
    }
}

table! {
    /// What is listed.
    Listing {
        /// What it is.
        what: What,
    } => Listed, unnoted;

    VER_LIST_001_MARKERS    if what == Marker               => Listed,      else Omitted;
    VER_LIST_010_INSIDE     if what == RestOfPrefix         => Omitted,     else Listed;
    VER_GET_013             if what == KeyBelowMarker       => Omitted,     else Listed;
    _                                                       => Listed;
}

/// Whether something is listed.
pub(super) fn is_listed(cx: &mut Cx<'_>, what: What) -> bool {
    (Listing { what }).ruled(cx).0 == Listed::Listed
}

words! {
    /// Which version is the latest.
    enum Latest {
        /// The newest is the latest.
        Newest,
        /// The newest object is the latest, whatever markers lie above it.
        NewestObject,
    }
}

table! {
    /// Which version of a key is the latest.
    Newest {
        /// The newest is a delete marker, and below it is an object.
        marker_above_object: bool,
    } => Latest, unnoted;

    VER_LIST_002            if marker_above_object          => Newest,      else NewestObject;
    _                                                       => Newest;
}

fn latest(cx: &mut Cx<'_>, versions: &[Version]) -> Option<VersionName> {
    let newest = versions.last();
    let object = versions.iter().rev().find(|version| !version.is_marker());
    let case = Newest {
        marker_above_object: newest.is_some_and(Version::is_marker) && object.is_some(),
    };
    let latest = match case.ruled(cx).0 {
        Latest::Newest => newest,
        Latest::NewestObject => object,
    };
    latest.map(|version| version.name)
}

/// All entries that come after the markers of a page.
pub(super) fn after_markers<'s>(cx: &mut Cx<'_>, found: &'s Bucket, page: Page) -> Vec<Item<'s>> {
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
            if inside && !is_listed(cx, RestOfPrefix) {
                continue;
            }
            rolled_up = Some(prefix);
            items.push(Item::Prefix(prefix.0, prefix.1));
            continue;
        }
        let of_key = of_key(cx, *key, versions);
        let skipped = match page.key_marker {
            Some(_) if is_before(cx.world, *key, page.key_marker) => of_key.len(),
            Some(marker) if *key == marker => start(cx, &of_key, page.version_marker),
            Some(_) | None => 0,
        };
        items.extend(of_key.into_iter().skip(skipped));
    }
    items
}

/// The entries of a key, newest first.
fn of_key<'s>(cx: &mut Cx<'_>, key: Key, versions: &'s [Version]) -> Vec<Item<'s>> {
    let latest = latest(cx, versions);
    let mut of_key = Vec::with_capacity(versions.len());
    for version in versions.iter().rev() {
        if is_listed(cx, if version.is_marker() { Marker } else { AVersion }) {
            of_key.push(Item::Version {
                key,
                version,
                latest: Some(version.name) == latest,
            });
        }
    }
    effects! { cx, unnoted;
        VER_LIST_001 if versions.len() > 1 => never of_key.reverse();
    }
    of_key
}

words! {
    /// Which version the version-id-marker names.
    enum Where {
        /// None: the key-marker stands alone.
        Alone,
        /// One that is listed.
        There,
        /// One that was deleted since, and whose id tells where it lay.
        Gone,
        /// One that was deleted since, and lay right above or below the null version.
        BesideNull,
        /// One that was deleted since, and nothing tells where it lay.
        Anywhere,
    }
}

words! {
    /// Where a page starts among the versions of the marker's key.
    enum Start {
        /// The listing resumes after the key.
        AfterKey,
        /// The versions of the key itself are listed.
        BeforeKey,
        /// The page starts after the entry that the markers name.
        AfterEntry,
        /// The page starts with the entry that the markers name.
        AtEntry,
        /// It resumes where the version lay that was deleted.
        InItsPlace,
        /// It resumes with the null version.
        BeforeNull,
        /// It resumes after the null version.
        AfterNull,
        /// It resumes somewhere among them.
        Somewhere,
    }
}

table! {
    /// Where a page starts among the versions of the key that the key-marker names.
    Starting {
        /// Which version the version-id-marker names.
        marker: Where,
    } => Start, unnoted;

    VER_LIST_007            if marker == Alone              => AfterKey,    else BeforeKey;
    VER_LIST_006_AFTER      if marker == There              => AfterEntry,  else AtEntry;
    VER_LIST_009            if marker == Gone               => InItsPlace,  else AfterKey;
    VER_LIST_009            if marker == BesideNull         => passes,      else AfterKey;
    VER_LIST_009_NULL       if marker == BesideNull         => BeforeNull,  or AfterNull;
    _                                                       => Somewhere;
}

/// How many entries of the marker's own key are skipped (`VER-LIST-006`, `VER-LIST-007`, `VER-LIST-009`).
fn start(cx: &mut Cx<'_>, of_key: &[Item<'_>], marker: VersionRef) -> usize {
    let versions = of_key.iter().filter_map(|item| match item {
        Item::Version { version, .. } => Some(version.name),
        Item::Prefix(..) => None,
    });
    let versions: Vec<VersionName> = versions.collect();
    let all = versions.len();
    let place = |test: &dyn Fn(VersionName) -> bool| {
        let at = versions.iter().position(|listed| test(*listed));
        at.unwrap_or(all)
    };
    let name = marker.named();
    if all == 0 && (name.is_some() || marker == VersionRef::Current) {
        // Nothing is there that could be skipped.
        return 0;
    }
    let null = place(&|listed| listed == VersionName::NULL);
    let named = place(&|listed| Some(listed) == name);
    let older = place(&|listed| is_real(listed) && Some(listed) < name);
    match (Starting {
        marker: lies(&versions, marker),
    })
    .ruled(cx)
    .0
    {
        Start::AfterKey => all,
        Start::BeforeKey => 0,
        Start::AfterEntry => named + 1,
        Start::AtEntry => named,
        Start::InItsPlace => older,
        Start::BeforeNull => null,
        Start::AfterNull => null + 1,
        Start::Somewhere => somewhere(cx, all),
    }
}

/// Which version a version-id-marker names, by the versions of its key that are listed.
fn lies(versions: &[VersionName], marker: VersionRef) -> Where {
    let name = match marker {
        VersionRef::Current => return Alone,
        VersionRef::Named(name) => name,
        VersionRef::Made(_) | VersionRef::Malformed | VersionRef::Empty | VersionRef::Foreign(..) => {
            return Where::Anywhere;
        }
    };
    if versions.contains(&name) {
        return There;
    }
    let real = versions.iter().filter(|listed| is_real(**listed));
    if name == VersionName::NULL || !real.is_sorted_by(|newer, older| newer > older) {
        // Ids say nothing of the order here.
        return Where::Anywhere;
    }
    // Real versions on both sides of it leave open where the null version lay.
    let null = versions.iter().position(|listed| *listed == VersionName::NULL);
    let newer = versions.iter().filter(|listed| **listed > name).count();
    let older = versions
        .iter()
        .position(|listed| is_real(*listed) && *listed < name);
    match null {
        Some(null) if null >= newer && null < older.unwrap_or(versions.len()) => BesideNull,
        Some(_) | None => Gone,
    }
}

/// Some place among the versions of a key: nobody knows which (`VER-LIST-009`).
fn somewhere(cx: &mut Cx<'_>, all: usize) -> usize {
    let places = u8::try_from(all).unwrap_or(u8::MAX).saturating_add(1);
    usize::from(cx.choose(VER_LIST_009_PLACE, places)).min(all)
}

/// The tables of this file, in the order in which they are read.
pub(super) fn tables() -> Vec<Printed> {
    vec![printed::<Listing>(), printed::<Newest>(), printed::<Starting>()]
}
