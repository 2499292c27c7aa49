//! The tiny worlds that are checked and searched.

use crate::check::domain::Domain;

/// A world to be searched: its name, what it asks about, its text, its bounds (waits, versions of a key), and the
/// depth of the search.
type Searched = (&'static str, &'static str, &'static str, (i8, u16), usize);

/// All worlds in which witnesses are searched, one a line.
#[rustfmt::skip]
const SEARCHED: &[Searched] = &[
    ("versions", "versions and markers", include_str!("domains/versions.world"), (0, 3), 7),
    ("writes", "lock configuration and lock headers", include_str!("domains/writes.world"), (0, 2), 5),
    ("locks", "retention, holds and bypass", include_str!("domains/locks.world"), (3, 2), 5),
    ("states", "changes of the versioning state", include_str!("domains/states.world"), (0, 2), 6),
    ("subresources", "tags, ACL and attributes of versions", include_str!("domains/subresources.world"), (0, 2), 7),
    ("listings", "pages of ListObjectVersions", include_str!("domains/listings.world"), (0, 2), 7),
    ("copies", "copies of versions", include_str!("domains/copies.world"), (0, 2), 6),
    ("copy-conditions", "copies under conditions", include_str!("domains/copy_conditions.world"), (0, 2), 6),
    ("uploads", "multipart uploads", include_str!("domains/uploads.world"), (0, 2), 8),
    ("upload-order", "two uploads of one key", include_str!("domains/upload_order.world"), (0, 2), 9),
    ("part-copies", "parts that are copied", include_str!("domains/part_copies.world"), (0, 2), 7),
    ("upload-conditions", "who may complete an upload under a condition", include_str!("domains/upload_conditions.world"), (0, 2), 6),
    ("upload-access", "who may copy and upload", include_str!("domains/upload_access.world"), (0, 1), 8),
    ("conditions", "conditional writes and deletes", include_str!("domains/conditions.world"), (0, 2), 5),
    ("access", "policies and callers", include_str!("domains/access.world"), (0, 1), 7),
    ("lock-documents", "documents on Object Lock", include_str!("domains/lock_documents.world"), (0, 2), 6),
    ("lock-headers", "lock headers and defaults", include_str!("domains/lock_headers.world"), (2, 2), 5),
    ("lock-versions", "lock state of two versions", include_str!("domains/lock_versions.world"), (2, 3), 5),
    ("lock-markers", "delete markers and the bypass header", include_str!("domains/lock_markers.world"), (0, 2), 3),
    ("accounts", "buckets of two accounts", include_str!("domains/accounts.world"), (0, 1), 5),
    ("foreign", "a foreign user at a bucket", include_str!("domains/foreign.world"), (0, 1), 8),
    ("settings", "settings of a bucket by every caller", include_str!("domains/settings.world"), (0, 1), 5),
    ("hidden", "missing keys and who may know", include_str!("domains/hidden.world"), (0, 1), 5),
    ("copy-locks", "lock headers of copies", include_str!("domains/copy_locks.world"), (2, 1), 5),
    ("upload-locks", "lock headers of uploads", include_str!("domains/upload_locks.world"), (2, 1), 7),
    ("upload-default", "a default and a slow upload", include_str!("domains/upload_default.world"), (3, 1), 10),
    ("upload-dates", "when a slow upload was made", include_str!("domains/upload_dates.world"), (3, 1), 9),
    ("lock-tags", "tags and lock state", include_str!("domains/lock_tags.world"), (0, 1), 5),
    ("null-ids", "the id null in unversioned buckets", include_str!("domains/null_ids.world"), (0, 1), 4),
    ("policy-documents", "policies that are malformed", include_str!("domains/policy_documents.world"), (0, 1), 3),
    ("patterns", "patterns of policies and awkward keys", include_str!("domains/patterns.world"), (0, 1), 4),
    ("made-again", "a bucket made again, and settings that nobody may change", include_str!("domains/made_again.world"), (0, 1), 5),
    ("denied-deletes", "a Deny of one delete action", include_str!("domains/denied_deletes.world"), (0, 1), 6),
    ("acls", "ACLs of versions", include_str!("domains/acls.world"), (0, 1), 6),
    ("acl-writes", "ACLs of writes", include_str!("domains/acl_writes.world"), (0, 1), 4),
    ("etags", "ETags of which a quote is missing, and lists of them", include_str!("domains/etags.world"), (0, 2), 6),
    ("delete-conditions", "conditions on deletes", include_str!("domains/delete_conditions.world"), (0, 2), 5),
    ("put-forms", "what a PutObject says in its query", include_str!("domains/put_forms.world"), (0, 1), 4),
    ("key-order", "the order of keys, and how they are written", include_str!("domains/key_order.world"), (0, 1), 4),
    ("version-markers", "markers that name no version", include_str!("domains/version_markers.world"), (0, 3), 7),
    ("copy-sources", "ids of versions of other keys as sources", include_str!("domains/copy_sources.world"), (0, 1), 5),
    ("parts", "parts, and uploads that are completed again", include_str!("domains/parts.world"), (0, 1), 6),
    ("again", "completed uploads in versioned buckets", include_str!("domains/again.world"), (0, 2), 7),
    ("other-versions", "what making an object leaves alone", include_str!("domains/other_versions.world"), (0, 2), 7),
    ("other-dates", "the date of a version below", include_str!("domains/other_dates.world"), (3, 2), 12),
    ("tag-sets", "sets of tags", include_str!("domains/tag_sets.world"), (0, 1), 6),
    ("encryption", "default encryption of a bucket", include_str!("domains/encryption.world"), (0, 1), 5),
    ("lock-dates", "how dates of retention are written", include_str!("domains/lock_dates.world"), (0, 1), 6),
];

/// All worlds in which witnesses are searched, with the depth of the search.
///
/// # Errors
/// When a world cannot be read.
pub fn searched() -> Result<Vec<(Domain, usize)>, String> {
    SEARCHED
        .iter()
        .map(|(name, about, text, bounds, depth)| Ok((Domain::read(name, about, text, *bounds)?, *depth)))
        .collect()
}

/// The worlds that random programs are made in: those that are searched, and as often one in which everything meets.
///
/// # Errors
/// When a world cannot be read.
pub fn explored() -> Result<Vec<Domain>, String> {
    let mut worlds: Vec<Domain> = searched()?.into_iter().map(|(domain, _)| domain).collect();
    let wild = Domain::read("wild", "everything at once", WILD, (0, 3))?;
    let wild = std::iter::repeat_n(wild, worlds.len());
    worlds.extend(wild);
    Ok(worlds)
}

/// Everything at once: too wide to be searched.
const WILD: &str = include_str!("domains/wild.world");

/// Theorems about locks: one key in a lock bucket, both modes, three dates, holds, and who may bypass.
const CHECKED_LOCKS: &str = include_str!("domains/checked_locks.world");

/// Theorems about versions: real and null versions, markers, in every versioning state.
const CHECKED_VERSIONS: &str = include_str!("domains/checked_versions.world");

/// Theorems about rights: every caller, under policies that grant and refuse, with and without public access.
const CHECKED_POLICIES: &str = include_str!("domains/checked_policies.world");

/// The worlds in which theorems are checked, each explored to its end.
///
/// # Errors
/// When a world cannot be read.
pub fn checked() -> Result<Vec<Domain>, String> {
    Ok(vec![
        Domain::read("locks", "retention, holds and bypass", CHECKED_LOCKS, (3, 2))?,
        Domain::read(
            "versions",
            "versions, markers and versioning states",
            CHECKED_VERSIONS,
            (0, 3),
        )?,
        Domain::read(
            "policies",
            "callers, policies and public access",
            CHECKED_POLICIES,
            (0, 1),
        )?,
    ])
}

/// The same worlds with less room: for tests, and for the many explorations of a table of repeals.
///
/// # Errors
/// When a world cannot be read.
pub fn small() -> Result<Vec<Domain>, String> {
    Ok(vec![
        Domain::read(
            "locks_small",
            "retention, holds and bypass, one version",
            CHECKED_LOCKS,
            (1, 1),
        )?,
        Domain::read(
            "versions_small",
            "versions, markers and versioning states, few of them",
            CHECKED_VERSIONS,
            (0, 2),
        )?,
        Domain::read(
            "policies",
            "callers, policies and public access",
            CHECKED_POLICIES,
            (0, 1),
        )?,
    ])
}

/// The world `locks` with three versions and a default retention: more than a million states.
///
/// # Errors
/// When it cannot be read.
pub fn wide() -> Result<Domain, String> {
    let default = "owner PutObjectLockConfiguration bucket=b mode={COMPLIANCE|GOVERNANCE} period=1d";
    Domain::read(
        "locks_wide",
        "retention, holds and bypass, with more versions",
        &format!("{CHECKED_LOCKS}\n{default}"),
        (3, 3),
    )
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::*;
    use crate::check::explore::{Blind, Limits, explore};
    use crate::law::Law;

    /// States and generated edges of each world: a change here is a change of the law or of the world, never of the
    /// explorer.
    const COUNTS: &[(&str, usize, u64)] = &[
        ("locks", 15_684, 494_029),
        ("versions", 2575, 19_536),
        ("policies", 363, 6400),
        ("locks_small", 184, 5566),
        ("versions_small", 507, 3386),
        ("policies", 363, 6400),
    ];

    #[test]
    fn the_worlds_are_as_large_as_they_were() {
        let limits = Limits::none(NonZeroUsize::MIN.saturating_add(1));
        let domains = [checked().unwrap(), small().unwrap()].concat();
        let counts: Vec<_> = domains
            .iter()
            .map(|domain| {
                let counts = explore(&Law::full(), domain, limits, || Blind, |_| true).counts;
                (domain.name, counts.unique, counts.generated)
            })
            .collect();
        assert_eq!(counts, COUNTS);
    }

    #[test]
    fn random_programs_meet_every_operation_on_objects() {
        let worlds = explored().unwrap();
        let wild = worlds.last().unwrap();
        let asked = |name: &str| {
            wild.requests
                .iter()
                .any(|request| request.operation.name() == name)
        };
        for name in [
            "PutObject",
            "CopyObject",
            "CompleteMultipartUpload",
            "DeleteObjects",
            "ListObjectVersions",
            "PutObjectRetention",
        ] {
            assert!(asked(name), "{name}");
        }
    }

    #[test]
    fn the_wide_world_can_be_read() {
        assert_eq!(wide().unwrap().name, "locks_wide");
    }
}
