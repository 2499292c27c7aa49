//! What an endpoint remembers: plain values in sorted maps.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::{Deref, DerefMut};

use smallvec::SmallVec;

use crate::argument::{BucketName, Content, Key, PolicyName, Tags, UploadName, VersionName};
use crate::map::{FewMap, Map};
use crate::request::Caller;
use crate::time::{Moment, Time};

/// Everything that the law remembers, in one piece of memory: it moves as a word and is copied at once.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct State(Box<Remembered>);

impl Deref for State {
    type Target = Remembered;

    fn deref(&self) -> &Remembered {
        &self.0
    }
}

impl DerefMut for State {
    fn deref_mut(&mut self) -> &mut Remembered {
        &mut self.0
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Remembered {
            buckets,
            minted,
            begun,
            aborted,
            remains,
            user_policy,
        } = &**self;
        f.debug_struct("State")
            .field("buckets", buckets)
            .field("minted", minted)
            .field("begun", begun)
            .field("aborted", aborted)
            .field("remains", remains)
            .field("user_policy", user_policy)
            .finish()
    }
}

/// What a [`State`] holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Remembered {
    /// The buckets that exist.
    pub buckets: FewMap<BucketName, Bucket>,
    /// How many version ids were made for a key, so that none is made twice.
    pub minted: FewMap<(BucketName, Key), u16>,
    /// How many multipart uploads were begun of a key, so that no name is given twice.
    pub begun: FewMap<(BucketName, Key), u16>,
    /// The multipart uploads that were aborted: what is known of their ids is known, unlike of completed ones.
    pub aborted: FewMap<(BucketName, Key, UploadName), ()>,
    /// What deleted buckets left: nothing, unless `EVAL-OPX-011` is repealed.
    pub remains: Map<BucketName, Remains>,
    /// The inline policy of the IAM user, if it has one.
    pub user_policy: Option<PolicyName>,
}

/// An account that owns buckets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// The account of the callers `owner` and `user`.
    Owner,
    /// The account of the caller `other`.
    Other,
}

/// The Object Ownership setting of a bucket (`EVAL-OWN-001`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ownership {
    /// ACLs are off.
    BucketOwnerEnforced,
    /// Objects belong to the bucket's owner if their writers say so.
    BucketOwnerPreferred,
    /// Objects belong to their writers.
    ObjectWriter,
    /// Its controls were deleted: as [`Ownership::ObjectWriter`], and nothing is there to be shown.
    Deleted,
}

impl Ownership {
    /// The setting as S3 writes it, or as which it works where there is none.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Ownership::BucketOwnerEnforced => "BucketOwnerEnforced",
            Ownership::BucketOwnerPreferred => "BucketOwnerPreferred",
            Ownership::ObjectWriter | Ownership::Deleted => "ObjectWriter",
        }
    }
}

/// One bucket.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bucket {
    /// The account that owns it.
    pub owner: Account,
    /// The versioning state (`VER-ST-001`).
    pub versioning: Versioning,
    /// The Object Lock configuration; a bucket without one is no lock bucket.
    pub lock: Option<LockConfiguration>,
    /// The bucket policy.
    pub policy: Option<PolicyName>,
    /// The four settings of Block Public Access, all alike; `None` when deleted (`EVAL-BPA-002`: on in new buckets).
    pub public_access: Option<bool>,
    /// Object Ownership (`EVAL-OWN-001`).
    pub ownership: Ownership,
    /// The default encryption that was configured, SSE-S3: whether the bucket key is on.
    pub encryption: Option<bool>,
    /// The tags of the bucket.
    pub tags: Tags,
    /// The versions of each key, oldest first; a key without versions has no entry.
    pub keys: FewMap<Key, Versions>,
    /// The versions that another account owns: none, unless `EVAL-OWN-002` is repealed.
    pub owned_elsewhere: Map<(Key, VersionName), ()>,
    /// The multipart uploads in progress.
    pub uploads: Map<(Key, UploadName), Upload>,
    /// The multipart uploads that were completed (`VER-PUT-014`).
    pub completed: Map<(Key, UploadName), Completed>,
}

/// A multipart upload that was completed: what a second completion of it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Completed {
    /// The bytes of the object that it made.
    pub content: Content,
    /// The version that it made.
    pub version: VersionName,
}

/// What a deleted bucket left to the next of its name, where `EVAL-OPX-011` is repealed.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Remains {
    /// Its policy.
    pub policy: Option<PolicyName>,
    /// Its versioning state.
    pub versioning: Option<Versioning>,
    /// Its public access block, or that it had none.
    pub public_access: Option<Option<bool>>,
    /// Its Object Ownership.
    pub ownership: Option<Ownership>,
    /// Its default encryption.
    pub encryption: Option<bool>,
    /// Its tags.
    pub tags: Tags,
    /// Its Object Lock configuration.
    pub lock: Option<LockConfiguration>,
    /// Its multipart uploads.
    pub uploads: Map<(Key, UploadName), Upload>,
}

/// A multipart upload in progress.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Upload {
    /// Who began it.
    pub initiator: Caller,
    /// When it began.
    pub begun: Moment,
    /// The versioning state of the bucket when it began.
    pub versioning: Versioning,
    /// How many versions of the key are older than it.
    pub older: u8,
    /// What happened to the key since it began.
    pub since: Since,
    /// The retention that it was begun with.
    pub retention: Option<Retention>,
    /// The legal hold that it was begun with.
    pub hold: Option<bool>,
    /// The parts by number.
    pub parts: FewMap<u16, Content>,
}

/// What happened to a key since an upload of it began (`VER-COND-009`, `VER-COND-010`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Since {
    /// An object was written.
    pub written: bool,
    /// The current object was deleted.
    pub deleted: bool,
    /// It was deleted while there was no object.
    pub deleted_nothing: bool,
}

/// The versioning state of a bucket (`VER-ST-001`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Versioning {
    /// Never configured.
    Unversioned,
    /// Every write adds a version.
    Enabled,
    /// Writes replace the null version.
    Suspended,
}

/// The Object Lock configuration of a bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LockConfiguration {
    /// What a new version is locked with if its request names no retention.
    pub default: Option<DefaultRetention>,
}

/// A default retention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DefaultRetention {
    /// The mode.
    pub mode: Mode,
    /// The period in days; a year is 365 days (`LOCK-CFG-013`).
    pub days: i32,
    /// Whether the client gave years.
    pub in_years: bool,
}

/// The versions of one key, oldest first; the last is current.
#[derive(Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Versions(SmallVec<[Version; 2]>);

impl Clone for Versions {
    /// Copies one or two versions as a block: states are copied at every change.
    fn clone(&self) -> Self {
        Versions(match self.0.as_slice() {
            [only] => {
                let mut versions = SmallVec::new();
                versions.push(*only);
                versions
            }
            [first, second] => SmallVec::from_buf([*first, *second]),
            versions => SmallVec::from_slice(versions),
        })
    }
}

impl From<&[Version]> for Versions {
    fn from(versions: &[Version]) -> Self {
        Versions(SmallVec::from_slice(versions))
    }
}

impl Deref for Versions {
    type Target = SmallVec<[Version; 2]>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Versions {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

/// One version: an object or a delete marker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// Its name.
    pub name: VersionName,
    /// The bytes, or `None` for a delete marker.
    pub content: Option<Content>,
    /// When, if a multipart upload made it, which shows in its ETag too (`VER-PUT-012`).
    ///
    /// Dates of other versions decide nothing that a clause speaks of.
    pub multipart: Option<Moment>,
    /// Its retention, if ever set.
    pub retention: Option<Retention>,
    /// Its legal hold, if ever set.
    pub hold: Option<bool>,
    /// Its tags (`VER-PUT-010`).
    pub tags: Tags,
}

impl Hash for Version {
    /// Hashes all that is small as one number: states are hashed as often as they are reached.
    fn hash<H: Hasher>(&self, state: &mut H) {
        // A field that is not named here would be missing from the hash, and states that differ in it would be one.
        let Version {
            name,
            content,
            multipart,
            retention,
            hold,
            tags,
        } = *self;
        let optional = |value: Option<Content>| value.map_or(0, |content| u64::from(content.0) + 1);
        let flag = |value: Option<bool>| value.map_or(0, |on| u64::from(on) + 1);
        let mode = retention.map_or(0, |retention| retention.mode as u64 + 1);
        let parts = [
            (u64::from(name.0), 16),
            (optional(content), 9),
            (u64::from(multipart.is_some()), 1),
            (mode, 2),
            (flag(hold), 2),
            (optional(tags.tag), 9),
            (optional(tags.more), 9),
        ];
        let packed = parts.iter().fold(0, |packed, (part, bits)| packed << bits | part);
        state.write_u64(packed);
        if let Some(Retention { until, .. }) = retention {
            until.hash(state);
        }
        if let Some(made) = multipart {
            made.hash(state);
        }
    }
}

/// A retention mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// Nobody can shorten or delete.
    Compliance,
    /// Callers with the permission can bypass.
    Governance,
}

/// The retention of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Retention {
    /// The mode.
    pub mode: Mode,
    /// Until when.
    pub until: Moment,
}

/// Before any date that a client can write.
const SOME_PAST_DATE: Time = Time(i64::MIN);

impl Retention {
    /// This retention, ended at `now`: its date is some past one, which nobody knows (`LOCK-RET-012`).
    #[must_use]
    pub fn ended(self, now: Moment) -> Retention {
        let until = Moment {
            earliest: SOME_PAST_DATE,
            // Surely past at every later request.
            latest: now.earliest,
        };
        Retention { until, ..self }
    }

    /// The date that a read at `now` shows: of a retention that was ended, any that is past.
    #[must_use]
    pub fn shown(self, now: Moment) -> Moment {
        if self.until.earliest == SOME_PAST_DATE {
            Moment {
                latest: now.latest,
                ..self.until
            }
        } else {
            self.until
        }
    }
}

impl Mode {
    /// The mode as S3 writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Mode::Compliance => "COMPLIANCE",
            Mode::Governance => "GOVERNANCE",
        }
    }
}

impl Upload {
    /// Whether its version will have lock state by what it was begun with.
    #[must_use]
    pub fn is_locking(&self) -> bool {
        self.retention.is_some() || self.hold.is_some()
    }
}

impl Version {
    /// Whether it is a delete marker.
    #[must_use]
    pub fn is_marker(&self) -> bool {
        self.content.is_none()
    }
}

impl Bucket {
    /// The versions of a key, oldest first.
    #[inline]
    #[must_use]
    pub fn versions(&self, key: Key) -> &[Version] {
        self.keys.get(&key).map_or(&[], |versions| versions.as_slice())
    }

    /// The current version of a key.
    #[inline]
    #[must_use]
    pub fn current(&self, key: Key) -> Option<&Version> {
        self.versions(key).last()
    }

    /// The version of a key with a name.
    #[inline]
    #[must_use]
    pub fn version(&self, key: Key, name: VersionName) -> Option<&Version> {
        self.versions(key).iter().find(|version| version.name == name)
    }

    /// Changes every object version of the bucket.
    pub fn edit_objects(&mut self, mut edit: impl FnMut(&mut Version)) {
        let versions = self.keys.values_mut().flat_map(|versions| versions.iter_mut());
        versions
            .filter(|version| !version.is_marker())
            .for_each(&mut edit);
    }

    /// The version of a key with a name, to change it.
    pub fn version_mut(&mut self, key: Key, name: VersionName) -> Option<&mut Version> {
        self.keys
            .get_mut(&key)?
            .iter_mut()
            .find(|version| version.name == name)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::check::fingerprint::fingerprint;

    /// What each field of a version can be, the least and the greatest among it; a new field has to be added here.
    fn versions() -> Vec<Version> {
        let contents = [None, Some(Content(0)), Some(Content(1)), Some(Content(u8::MAX))];
        let dates = [Time(0), Time(1), Time(i64::MAX)].map(Moment::exactly);
        let moments = [None, Some(dates[0]), Some(dates[1]), Some(dates[2])];
        let modes = [Mode::Compliance, Mode::Governance];
        let locks = modes.map(|mode| dates.map(|until| Some(Retention { mode, until })));
        let retentions = [[None].as_slice(), &locks[0], &locks[1]].concat();
        let tags = || {
            contents
                .into_iter()
                .flat_map(|tag| contents.map(|more| Tags { tag, more }))
        };
        let mut versions = Vec::new();
        for name in [0, 1, u16::MAX].map(VersionName) {
            for content in contents {
                for multipart in moments {
                    for retention in &retentions {
                        for hold in [None, Some(false), Some(true)] {
                            versions.extend(tags().map(|tags| Version {
                                name,
                                content,
                                multipart,
                                retention: *retention,
                                hold,
                                tags,
                            }));
                        }
                    }
                }
            }
        }
        versions
    }

    #[test]
    fn versions_that_differ_in_any_field_have_different_hashes() {
        let mut seen = BTreeMap::new();
        for version in versions() {
            if let Some(other) = seen.insert(fingerprint(&version), version) {
                panic!("{version:?} and {other:?} would be one state");
            }
        }
    }

    #[test]
    fn a_state_reads_as_what_it_remembers() {
        assert_eq!(
            format!("{:?}", State::default()),
            "State { buckets: {}, minted: {}, begun: {}, aborted: {}, remains: {}, user_policy: None }"
        );
    }
}
