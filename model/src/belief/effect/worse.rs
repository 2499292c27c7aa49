//! How one state is worse than another: what is gone or hidden in it, and what is less protected.

use super::Effect;
use crate::argument::{Key, Tags};
use crate::map::FewMap;
use crate::state::{
    Bucket, DefaultRetention, LockConfiguration, Mode, Ownership, Retention, State, Version, Versioning,
    Versions,
};

/// How a state is worse than another one.
pub(super) fn difference(lawful: &State, actual: &State) -> Effect {
    if lawful == actual {
        return Effect::Nothing;
    }
    let of_buckets = lawful.buckets.iter().map(|(name, bucket)| {
        let actual = actual.buckets.get(name);
        actual.map_or_else(|| of_deletion(bucket), |actual| of_bucket(bucket, actual))
    });
    let of_user = only_if(lawful.user_policy != actual.user_policy, Effect::Unprotected);
    of_buckets
        .chain([of_user])
        .max()
        .map_or(Effect::Added, |worst| worst.max(Effect::Added))
}

/// What goes with a bucket that is gone.
fn of_deletion(bucket: &Bucket) -> Effect {
    let mut versions = bucket.keys.values().flat_map(|versions| versions.iter());
    let holds_data = versions.any(|version| version.content.is_some()) || !bucket.uploads.is_empty();
    only_if(holds_data, Effect::Lost).max(Effect::Added)
}

/// How a bucket is worse than another one.
fn of_bucket(lawful: &Bucket, actual: &Bucket) -> Effect {
    let protection = [
        lawful.owner != actual.owner,
        lawful.versioning == Versioning::Enabled && actual.versioning != Versioning::Enabled,
        is_weaker_configuration(lawful.lock, actual.lock),
        lawful.policy != actual.policy,
        lawful.public_access == Some(true) && actual.public_access != Some(true),
        lawful.ownership == Ownership::BucketOwnerEnforced && actual.ownership != lawful.ownership,
    ];
    let of_keys = lawful
        .keys
        .iter()
        .map(|(key, versions)| of_key(*key, versions, &actual.keys));
    let uploads = lawful.uploads.iter().map(|(place, upload)| {
        let goes_on = actual.uploads.get(place).is_some_and(|actual| {
            let parts = &actual.parts;
            upload
                .parts
                .iter()
                .all(|(number, part)| parts.get(number) == Some(part))
        });
        only_if(!goes_on && !actual.completed.contains(place), Effect::Lost)
    });
    let tags = only_if(are_lost(lawful.tags, actual.tags), Effect::Lost);
    let protection = protection.map(|is_weaker| only_if(is_weaker, Effect::Unprotected));
    let all = protection.into_iter().chain(of_keys).chain(uploads).chain([tags]);
    all.max().unwrap_or(Effect::Nothing)
}

/// How the versions of a key are worse than others: what is gone, hidden or less protected.
fn of_key(key: Key, lawful: &Versions, actual: &FewMap<Key, Versions>) -> Effect {
    let Some(actual) = actual.get(&key) else {
        return Effect::Lost;
    };
    let each = lawful.iter().map(|version| {
        let same = actual.iter().find(|actual| actual.name == version.name);
        match same {
            Some(actual) if actual.content != version.content => Effect::Lost,
            Some(actual) if is_less_protected(version, actual) => Effect::Unprotected,
            Some(actual) => only_if(are_lost(version.tags, actual.tags), Effect::Lost),
            // A marker keeps nothing.
            None => only_if(version.content.is_some(), Effect::Lost),
        }
    });
    let current = |versions: &Versions| {
        versions
            .last()
            .and_then(|version| version.content.map(|_| version.name))
    };
    let hidden = current(lawful).is_some_and(|name| current(actual) != Some(name));
    each.chain([only_if(hidden, Effect::Lost)])
        .max()
        .unwrap_or(Effect::Nothing)
}

fn only_if(holds: bool, effect: Effect) -> Effect {
    if holds { effect } else { Effect::Nothing }
}

fn are_lost(lawful: Tags, actual: Tags) -> bool {
    let kept: Vec<_> = actual.pairs().collect();
    lawful.pairs().any(|pair| !kept.contains(&pair))
}

fn is_less_protected(lawful: &Version, actual: &Version) -> bool {
    let released = lawful.hold == Some(true) && actual.hold != Some(true);
    released || is_weaker_retention(lawful.retention, actual.retention)
}

fn is_weaker_retention(lawful: Option<Retention>, actual: Option<Retention>) -> bool {
    match (lawful, actual) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(lawful), Some(actual)) => {
            is_weaker_mode(lawful.mode, actual.mode) || actual.until.latest < lawful.until.latest
        }
    }
}

fn is_weaker_mode(lawful: Mode, actual: Mode) -> bool {
    lawful == Mode::Compliance && actual == Mode::Governance
}

fn is_weaker_configuration(lawful: Option<LockConfiguration>, actual: Option<LockConfiguration>) -> bool {
    let is_weaker = |lawful: DefaultRetention, actual: DefaultRetention| {
        is_weaker_mode(lawful.mode, actual.mode) || actual.days < lawful.days
    };
    match (lawful, actual) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(lawful), Some(actual)) => lawful
            .default
            .is_some_and(|lawful| actual.default.is_none_or(|actual| is_weaker(lawful, actual))),
    }
}
