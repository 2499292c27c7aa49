//! Theorems: sentences that must hold on every edge of every tiny world.
//!
//! A theorem is a pure function over one edge: the state before, the request, the reply and the state after. It is
//! stated over plain states and documents and never asks the law, so that the law can break it. A theorem whose case
//! never arises holds vacuously; so each has a second function that says whether an edge is such a case, and a
//! check that never met one says so.

use serde::Serialize;

use crate::argument::{BucketName, Key, VersionName, VersionRef};
use crate::check::explore::{Edge, Observer, Onward, Place};
use crate::reply::{Name, ReplyBody, Value};
use crate::request::{Caller, Operation};
use crate::state::{Mode, State, Version, Versioning};
use crate::time::{Moment, Order};

mod access;

/// On which edges a theorem can break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    /// On those that change the state.
    Changed,
    /// On those whose reply is no refusal.
    Succeeded,
    /// On those whose reply is a refusal.
    Refused,
}

/// Declares the theorems: name, sentence, when it can break, the function that says whether an edge breaks it, and
/// the one that says whether an edge is a case of it.
macro_rules! theorems {
    ($($variant:ident = $name:literal, $text:literal, $when:ident, $broken:path, $case:path;)*) => {
        /// A theorem of the law.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs)]
        pub enum Theorem { $(#[doc = $text] $variant),* }

        impl Theorem {
            /// All theorems.
            pub const ALL: &'static [Theorem] = &[$(Theorem::$variant),*];

            /// Its name: a short sentence.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Theorem::$variant => $name),* }
            }

            /// What it says.
            #[must_use]
            pub fn text(self) -> &'static str {
                match self { $(Theorem::$variant => $text),* }
            }
        }

        /// The theorems that an edge breaks: none, if the law is right.
        #[must_use]
        pub fn broken(edge: &Edge<'_>) -> Theorems {
            let mut broken = Theorems::default();
            let (changed, refused) = (edge.transition.next.is_some(), refused(edge));
            if refused && !changed {
                return broken;
            }
            $(
                let can_break = match When::$when {
                    When::Changed => changed,
                    When::Succeeded => !refused,
                    When::Refused => refused,
                };
                if can_break && $broken(edge) {
                    broken.add(Theorem::$variant);
                }
            )*
            broken
        }

        /// The theorems of which an edge is a case.
        #[must_use]
        pub fn cases(edge: &Edge<'_>) -> Theorems {
            let mut cases = Theorems::default();
            $(if $case(edge) {
                cases.add(Theorem::$variant);
            })*
            cases
        }
    };
}

theorems! {
    ComplianceSurvives = "compliance_retention_survives_everyone",
        "A version under unexpired COMPLIANCE retention survives every request by everyone, with its bytes.",
        Changed, compliance_lost, compliance_attacked;
    ComplianceNeverShortens = "retention_never_shortens_under_compliance",
        "Unexpired COMPLIANCE retention is never removed, lowered to GOVERNANCE or given an earlier date.",
        Changed, compliance_shortened, shortening_tried;
    HoldProtects = "a_hold_protects_its_version",
        "A version under a legal hold survives with its bytes, and only PutObjectLegalHold lifts the hold.",
        Changed, held_lost, held_attacked;
    GovernanceYields = "governance_yields_only_to_header_and_permission",
        "A version under unexpired GOVERNANCE retention is deleted, or its retention weakened, only by a request \
         with the bypass header whose caller has s3:BypassGovernanceRetention.",
        Changed, governance_bypassed_wrongly, governance_bypassed;
    RefusalChangesNothing = "a_refusal_changes_nothing",
        "A request that is refused leaves the state as it was.",
        Refused, changed, refused;
    DenyWins = "an_explicit_deny_wins",
        "What a Deny statement covers is done for no caller whom it names, whatever grants.",
        Succeeded, access::denied_yet_done, access::denied_and_granted;
    AnonymousNeedsGrant = "anonymous_gets_nothing_ungranted",
        "An anonymous request succeeds only where the bucket policy grants its action to everybody.",
        Succeeded, access::anonymous_ungranted, access::anonymous_granted;
    BlockShutsAnonymousOut = "public_access_block_shuts_anonymous_out",
        "Under Block Public Access a public bucket policy gives anonymous callers nothing.",
        Succeeded, access::anonymous_through_block, access::anonymous_at_block;
    NobodyUngranted = "nobody_gets_what_nothing_grants",
        "A user of the account or another account succeeds only with what some policy grants to it.",
        Succeeded, access::ungranted, access::granted_use;
    VersionIdOneContent = "a_version_id_never_names_two_contents",
        "A version id names the same bytes as long as it is there, and is never given again once it was made.",
        Changed, id_reused, another_id_made;
    ExactlyOneLatest = "exactly_one_latest",
        "A listing of versions marks exactly one version of each key as latest: the newest.",
        Succeeded, latest_is_wrong, lists_several;
    OneNullVersion = "at_most_one_null_version",
        "A key has at most one version with the id null.",
        Changed, two_null_versions, null_beside_real;
    DeleteDestroysNothing = "a_delete_without_id_destroys_nothing_when_versioning_is_enabled",
        "In a bucket with versioning enabled, a delete without a version id removes no version.",
        Changed, plain_delete_destroyed, plain_delete_of_object;
    RealVersionsGoByIdOnly = "a_real_version_goes_only_by_its_id",
        "A version with a real id disappears only by a delete that names it, whatever the versioning state.",
        Changed, real_version_lost, real_version_deleted;
    LockBucketNeverSuspended = "versioning_of_a_lock_bucket_is_never_suspended",
        "A bucket with Object Lock has versioning enabled, always.",
        Changed, lock_bucket_unversioned, suspension_tried;
}

/// A set of theorems.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Theorems(u16);

impl Theorems {
    /// Puts a theorem in.
    pub fn add(&mut self, theorem: Theorem) {
        self.0 |= 1 << theorem as u16;
    }

    /// Whether a theorem is in the set.
    #[must_use]
    pub fn contains(self, theorem: Theorem) -> bool {
        self.0 & (1 << theorem as u16) != 0
    }

    /// Whether no theorem is in the set.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The theorems in the set, in the order of [`Theorem::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Theorem> {
        Theorem::ALL
            .iter()
            .copied()
            .filter(move |theorem| self.contains(*theorem))
    }
}

impl Serialize for Theorem {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl std::fmt::Display for Theorem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// What an exploration found about the theorems.
#[derive(Clone, Debug)]
pub struct Tally {
    /// For each theorem, in the order of [`Theorem::ALL`]: on how many edges its case arose.
    cases: Vec<u64>,
    /// For each theorem: the first edge that breaks it.
    broken: Vec<Option<Place>>,
}

impl Default for Tally {
    fn default() -> Self {
        Tally {
            cases: vec![0; Theorem::ALL.len()],
            broken: vec![None; Theorem::ALL.len()],
        }
    }
}

impl Tally {
    /// On how many edges the case of a theorem arose; if on none, it held vacuously.
    #[must_use]
    pub fn cases(&self, theorem: Theorem) -> u64 {
        self.cases.get(theorem as usize).copied().unwrap_or(0)
    }

    /// The first edge that breaks a theorem; no path to a breaking edge is shorter.
    #[must_use]
    pub fn broken(&self, theorem: Theorem) -> Option<Place> {
        self.broken.get(theorem as usize).copied().flatten()
    }

    /// The broken theorems, the one with the shortest path first.
    #[must_use]
    pub fn all_broken(&self) -> Vec<(Theorem, Place)> {
        let mut broken: Vec<(Theorem, Place)> = Theorem::ALL
            .iter()
            .filter_map(|theorem| self.broken(*theorem).map(|place| (*theorem, place)))
            .collect();
        broken.sort_by_key(|(theorem, place)| (*place, *theorem));
        broken
    }
}

impl Observer for Tally {
    fn edge(&mut self, place: Place, edge: &Edge<'_>) -> Onward {
        for theorem in cases(edge).iter() {
            if let Some(count) = self.cases.get_mut(theorem as usize) {
                *count += 1;
            }
        }
        let broken = broken(edge);
        if broken.is_empty() {
            return Onward::Follow;
        }
        for theorem in broken.iter() {
            if let Some(first) = self.broken.get_mut(theorem as usize) {
                *first = Some(first.map_or(place, |first| first.min(place)));
            }
        }
        Onward::Stop
    }

    fn absorb(&mut self, other: Self) {
        for (count, more) in self.cases.iter_mut().zip(other.cases) {
            *count += more;
        }
        for (first, theirs) in self.broken.iter_mut().zip(other.broken) {
            *first = match (*first, theirs) {
                (Some(mine), Some(theirs)) => Some(mine.min(theirs)),
                (mine, theirs) => mine.or(theirs),
            };
        }
    }
}

fn refused(edge: &Edge<'_>) -> bool {
    edge.transition.reply.status >= 400
}

fn changed(edge: &Edge<'_>) -> bool {
    edge.transition.next.is_some()
}

/// All versions of a state with their places.
fn versions(state: &State) -> impl Iterator<Item = (BucketName, Key, &Version)> {
    state.buckets.iter().flat_map(|(name, bucket)| {
        bucket
            .keys
            .iter()
            .flat_map(move |(key, versions)| versions.iter().map(move |version| (*name, *key, version)))
    })
}

/// A version by its place and name.
fn version(state: &State, bucket: BucketName, key: Key, name: VersionName) -> Option<&Version> {
    state.buckets.get(&bucket)?.version(key, name)
}

/// The mode under which a version is surely retained at a moment.
fn retained(version: &Version, now: Moment) -> Option<Mode> {
    let retention = version.retention?;
    (now.order(retention.until) == Order::Before).then_some(retention.mode)
}

/// Whether an edge leaves some version as `bad` says: a version before, and what is left of it after.
fn some_version(
    edge: &Edge<'_>,
    bad: impl Fn((BucketName, Key, &Version), Option<&Version>) -> bool,
) -> bool {
    let Some(next) = &edge.transition.next else {
        return false;
    };
    versions(edge.state).any(|(bucket, key, before)| {
        bad((bucket, key, before), version(next, bucket, key, before.name))
    })
}

/// Whether a version is gone or holds other bytes.
fn lost(before: &Version, after: Option<&Version>) -> bool {
    after.is_none_or(|after| after.content != before.content)
}

/// Whether later retention protects less than earlier retention.
fn weaker(before: &Version, after: Option<&Version>) -> bool {
    let (Some(before), Some(after)) = (before.retention, after) else {
        return false;
    };
    after
        .retention
        .is_none_or(|after| after.until.latest < before.until.earliest)
}

/// The versions that a request asks to delete for good.
fn asked_to_delete<'e>(edge: &Edge<'e>) -> impl Iterator<Item = (BucketName, Key, &'e Version)> {
    let (state, operation) = (edge.state, &edge.request.operation);
    let mut single = None;
    let mut several = (BucketName(0), [].as_slice());
    if let Operation::DeleteObject {
        bucket,
        key,
        version: VersionRef::Named(name),
        ..
    } = operation
    {
        single = version(state, *bucket, *key, *name).map(|version| (*bucket, *key, version));
    } else if let Operation::DeleteObjects { bucket, objects, .. } = operation {
        several = (*bucket, objects.as_slice());
    }
    let (bucket, objects) = several;
    let entries = objects.iter().filter_map(move |object| {
        let name = object.version.named()?;
        Some((bucket, object.key, version(state, bucket, object.key, name)?))
    });
    single.into_iter().chain(entries)
}

/// Whether a request asks to delete this version by its id.
fn names(edge: &Edge<'_>, place: (BucketName, Key, VersionName)) -> bool {
    asked_to_delete(edge).any(|(bucket, key, version)| (bucket, key, version.name) == place)
}

fn compliance_lost(edge: &Edge<'_>) -> bool {
    some_version(edge, |(_, _, before), after| {
        retained(before, edge.now) == Some(Mode::Compliance) && lost(before, after)
    })
}

fn compliance_attacked(edge: &Edge<'_>) -> bool {
    asked_to_delete(edge).any(|(_, _, version)| retained(version, edge.now) == Some(Mode::Compliance))
}

fn compliance_shortened(edge: &Edge<'_>) -> bool {
    some_version(edge, |(_, _, before), after| {
        retained(before, edge.now) == Some(Mode::Compliance)
            && (weaker(before, after)
                || after
                    .and_then(|after| after.retention)
                    .is_some_and(|retention| retention.mode != Mode::Compliance))
    })
}

/// A PutObjectRetention that names another date than the one that COMPLIANCE keeps.
fn shortening_tried(edge: &Edge<'_>) -> bool {
    let Operation::PutObjectRetention {
        bucket, key, until, ..
    } = &edge.request.operation
    else {
        return false;
    };
    edge.state
        .buckets
        .get(bucket)
        .and_then(|bucket| bucket.current(*key))
        .is_some_and(|current| {
            let earlier = |retention: crate::state::Retention| {
                edge.world
                    .moment(*until)
                    .is_none_or(|until| until.latest < retention.until.earliest)
            };
            retained(current, edge.now) == Some(Mode::Compliance) && current.retention.is_some_and(earlier)
        })
}

fn held_lost(edge: &Edge<'_>) -> bool {
    let lifts = matches!(edge.request.operation, Operation::PutObjectLegalHold { .. });
    some_version(edge, |(_, _, before), after| {
        before.hold == Some(true)
            && (lost(before, after) || (!lifts && after.is_some_and(|after| after.hold != Some(true))))
    })
}

fn held_attacked(edge: &Edge<'_>) -> bool {
    asked_to_delete(edge).any(|(_, _, version)| version.hold == Some(true))
}

/// Whether the edge removes or weakens GOVERNANCE retention, and whether a caller who may not.
fn governance(edge: &Edge<'_>, rightful: bool) -> bool {
    some_version(edge, |(bucket, key, before), after| {
        retained(before, edge.now) == Some(Mode::Governance)
            && (lost(before, after) || weaker(before, after))
            && rightful == (access::asks_bypass(edge) && access::may_bypass(edge, bucket, key))
    })
}

fn governance_bypassed_wrongly(edge: &Edge<'_>) -> bool {
    governance(edge, false)
}

fn governance_bypassed(edge: &Edge<'_>) -> bool {
    governance(edge, true)
}

/// Whether an id is given twice: to other bytes, to two versions, or again after it was made once.
fn id_reused(edge: &Edge<'_>) -> bool {
    let Some(next) = &edge.transition.next else {
        return false;
    };
    let real = |version: &Version| version.name != VersionName::NULL;
    versions(next)
        .filter(|(_, _, version)| real(version))
        .any(|(bucket, key, after)| {
            let made = edge.state.minted.get(&(bucket, key)).copied().unwrap_or(0);
            let twice = next.buckets.get(&bucket).is_some_and(|bucket| {
                let same = bucket.versions(key).iter();
                same.filter(|version| version.name == after.name).count() > 1
            });
            twice
                || match version(edge.state, bucket, key, after.name) {
                    Some(before) => before.content != after.content,
                    None => after.name.0 <= made,
                }
        })
}

/// A version is made of a key of which a version was made before.
fn another_id_made(edge: &Edge<'_>) -> bool {
    let minted = |state: &State| state.minted.values().map(|made| u32::from(*made)).sum::<u32>();
    match &edge.transition.next {
        Some(next) => minted(edge.state) > 0 && minted(next) > minted(edge.state),
        None => false,
    }
}

/// An entry of a listing: its key, its id, and whether it is marked as the latest.
type Listed = (Key, Option<Value>, bool);

/// What a listing says about each version: its key, its id, and whether it is the latest.
fn listed(edge: &Edge<'_>) -> Option<(BucketName, Vec<Listed>)> {
    let Operation::ListObjectVersions { bucket, .. } = &edge.request.operation else {
        return None;
    };
    let ReplyBody::Entries { entries, .. } = &edge.transition.reply.body else {
        return None;
    };
    let entries = entries.iter().filter_map(|entry| {
        let value = |name| {
            let field = entry.fields.iter().find(|field| field.name == name);
            field.map(|field| field.value)
        };
        let Some(Value::Key(key)) = value(Name::KeyElement) else {
            return None;
        };
        let id = value(Name::VersionIdElement);
        Some((key, id, value(Name::IsLatest) == Some(Value::Text("true"))))
    });
    Some((*bucket, entries.collect()))
}

fn latest_is_wrong(edge: &Edge<'_>) -> bool {
    let Some((name, entries)) = listed(edge) else {
        return false;
    };
    let Some(bucket) = edge.state.buckets.get(&name) else {
        return false;
    };
    bucket.keys.iter().any(|(key, versions)| {
        let of_key = || entries.iter().filter(|(listed, _, _)| listed == key);
        let latest: Vec<_> = of_key().filter(|(_, _, latest)| *latest).collect();
        let newest = versions
            .last()
            .map(|version| Value::Version(name, *key, version.name));
        match latest.as_slice() {
            [] => of_key().next().is_some(),
            [(_, id, _)] => *id != newest,
            _ => true,
        }
    })
}

fn lists_several(edge: &Edge<'_>) -> bool {
    listed(edge).is_some_and(|(_, entries)| entries.len() > 1)
}

fn null_versions(versions: &[Version]) -> usize {
    let null = versions.iter().filter(|version| version.name == VersionName::NULL);
    null.count()
}

fn some_key(edge: &Edge<'_>, bad: impl Fn(&[Version]) -> bool) -> bool {
    edge.transition.next.as_ref().is_some_and(|next| {
        let keys = next.buckets.values().flat_map(|bucket| bucket.keys.values());
        keys.into_iter().any(|versions| bad(versions))
    })
}

fn two_null_versions(edge: &Edge<'_>) -> bool {
    some_key(edge, |versions| null_versions(versions) > 1)
}

fn null_beside_real(edge: &Edge<'_>) -> bool {
    some_key(edge, |versions| {
        null_versions(versions) == 1 && versions.len() > 1
    })
}

/// The bucket and the keys that a request asks to delete without a version id.
fn plainly_deleted(edge: &Edge<'_>, key: Key) -> Option<BucketName> {
    let operation = &edge.request.operation;
    if let Operation::DeleteObject {
        bucket,
        key: named,
        version: VersionRef::Current,
        ..
    } = operation
    {
        return (*named == key).then_some(*bucket);
    }
    let Operation::DeleteObjects { bucket, objects, .. } = operation else {
        return None;
    };
    let mut plain = objects
        .iter()
        .filter(|object| object.version == VersionRef::Current);
    plain.any(|object| object.key == key).then_some(*bucket)
}

fn enabled(state: &State, bucket: BucketName) -> bool {
    let bucket = state.buckets.get(&bucket);
    bucket.is_some_and(|bucket| bucket.versioning == Versioning::Enabled)
}

fn plain_delete_destroyed(edge: &Edge<'_>) -> bool {
    some_version(edge, |(bucket, key, before), after| {
        lost(before, after)
            && plainly_deleted(edge, key) == Some(bucket)
            && enabled(edge.state, bucket)
            && !names(edge, (bucket, key, before.name))
    })
}

fn plain_delete_of_object(edge: &Edge<'_>) -> bool {
    some_version(edge, |(bucket, key, before), _| {
        !before.is_marker() && plainly_deleted(edge, key) == Some(bucket) && enabled(edge.state, bucket)
    })
}

fn real_version_lost(edge: &Edge<'_>) -> bool {
    some_version(edge, |(bucket, key, before), after| {
        before.name != VersionName::NULL && lost(before, after) && !names(edge, (bucket, key, before.name))
    })
}

fn real_version_deleted(edge: &Edge<'_>) -> bool {
    some_version(edge, |(_, _, before), after| {
        before.name != VersionName::NULL && after.is_none()
    })
}

fn lock_bucket_unversioned(edge: &Edge<'_>) -> bool {
    edge.transition.next.as_ref().is_some_and(|next| {
        next.buckets
            .values()
            .any(|bucket| bucket.lock.is_some() && bucket.versioning != Versioning::Enabled)
    })
}

fn suspension_tried(edge: &Edge<'_>) -> bool {
    let Operation::PutBucketVersioning { bucket, status, .. } = &edge.request.operation else {
        return false;
    };
    let bucket = edge.state.buckets.get(bucket);
    *status == crate::argument::VersioningWord::Suspended
        && bucket.is_some_and(|bucket| bucket.lock.is_some())
        && edge.request.caller == Caller::Owner
}
