//! What theorems look at in an edge, found once for all of them.

use smallvec::SmallVec;

use crate::argument::{BucketName, Key, VersionName, VersionRef};
use crate::check::explore::Edge;
use crate::request::Operation;
use crate::state::{Mode, State, Version, Versioning};
use crate::time::{Moment, Order};

/// A version in its place.
pub(super) type Placed<'e> = (BucketName, Key, &'e Version);

/// An edge with what it does to versions.
#[derive(Debug)]
pub(super) struct Facts<'e> {
    pub(super) edge: &'e Edge<'e>,
    /// Whether the reply is a refusal.
    pub(super) refused: bool,
    /// The keys whose versions come out changed.
    pub(super) keys: SmallVec<[ChangedKey<'e>; 2]>,
    /// The versions that come out changed or gone, and what is left of them.
    pub(super) versions: SmallVec<[(Placed<'e>, Option<&'e Version>); 2]>,
    /// The versions that the request asks to delete by their ids.
    pub(super) named: SmallVec<[Placed<'e>; 2]>,
}

/// A key whose versions an edge changes.
#[derive(Clone, Copy, Debug)]
pub(super) struct ChangedKey<'e> {
    pub(super) bucket: BucketName,
    pub(super) key: Key,
    pub(super) before: &'e [Version],
    pub(super) after: &'e [Version],
}

impl<'e> Facts<'e> {
    /// An edge of which nothing is found yet; [`Facts::find`] follows, in place: facts are large to move.
    pub(super) fn new(edge: &'e Edge<'e>) -> Facts<'e> {
        Facts {
            edge,
            refused: edge.transition.reply.status >= 400,
            keys: SmallVec::new(),
            versions: SmallVec::new(),
            named: SmallVec::new(),
        }
    }

    /// Finds what the edge does to versions.
    pub(super) fn find(&mut self) {
        find_named(self.edge, &mut self.named);
        if let Some(next) = &self.edge.transition.next {
            changed_keys(self.edge.state, next, &mut self.keys);
            for key in &self.keys {
                for before in key.before {
                    let after = key.after.iter().find(|after| after.name == before.name);
                    if after != Some(before) {
                        self.versions.push(((key.bucket, key.key, before), after));
                    }
                }
            }
        }
    }

    pub(super) fn is_refused(&self) -> bool {
        self.refused
    }

    pub(super) fn changed(&self) -> bool {
        self.edge.transition.next.is_some()
    }

    /// Whether the edge leaves some version that it changes as `bad` says: the version before, and what is left of it.
    pub(super) fn some_version(&self, bad: impl Fn(Placed<'e>, Option<&Version>) -> bool) -> bool {
        self.versions.iter().any(|(before, after)| bad(*before, *after))
    }

    /// Whether the request asks to delete this version by its id.
    pub(super) fn names(&self, (bucket, key, version): Placed<'_>) -> bool {
        self.named.iter().any(|(in_bucket, of_key, named)| {
            (*in_bucket, *of_key, named.name) == (bucket, key, version.name)
        })
    }

    /// Whether a bucket had versioning enabled.
    pub(super) fn was_enabled(&self, bucket: BucketName) -> bool {
        let bucket = self.edge.state.buckets.get(&bucket);
        bucket.is_some_and(|bucket| bucket.versioning == Versioning::Enabled)
    }
}

/// The keys whose versions are not the same before and after.
fn changed_keys<'e>(before: &'e State, after: &'e State, changed: &mut SmallVec<[ChangedKey<'e>; 2]>) {
    for (name, bucket) in before.buckets.iter() {
        let left = after.buckets.get(name);
        for (key, versions) in bucket.keys.iter() {
            let left = left.map_or([].as_slice(), |bucket| bucket.versions(*key));
            if versions.as_slice() != left {
                changed.push(ChangedKey {
                    bucket: *name,
                    key: *key,
                    before: versions,
                    after: left,
                });
            }
        }
    }
    for (name, bucket) in after.buckets.iter() {
        let was = before.buckets.get(name);
        for (key, versions) in bucket.keys.iter() {
            if was.is_none_or(|was| was.versions(*key).is_empty()) {
                changed.push(ChangedKey {
                    bucket: *name,
                    key: *key,
                    before: &[],
                    after: versions,
                });
            }
        }
    }
}

/// Adds the versions that a request asks to delete by their ids.
fn find_named<'e>(edge: &'e Edge<'e>, named: &mut SmallVec<[Placed<'e>; 2]>) {
    let find = |bucket: BucketName, key: Key, name: VersionName| {
        let version = edge.state.buckets.get(&bucket)?.version(key, name)?;
        Some((bucket, key, version))
    };
    if let Operation::DeleteObject {
        bucket,
        key,
        version: VersionRef::Named(name),
        ..
    } = &edge.request.operation
    {
        named.extend(find(*bucket, *key, *name));
    } else if let Operation::DeleteObjects { bucket, objects, .. } = &edge.request.operation {
        let entries = objects.iter();
        named.extend(entries.filter_map(|object| find(*bucket, object.key, object.version.named()?)));
    }
}

/// The mode under which a version is surely retained at a moment.
pub(super) fn retained(version: &Version, now: Moment) -> Option<Mode> {
    let retention = version.retention?;
    (now.order(retention.until) == Order::Before).then_some(retention.mode)
}

/// Whether a version is gone or holds other bytes.
pub(super) fn lost(before: &Version, after: Option<&Version>) -> bool {
    after.is_none_or(|after| after.content != before.content)
}
