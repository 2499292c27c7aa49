//! The tiny worlds that are checked and searched.

use crate::check::domain::Domain;

/// Lock state of versions: one key in a lock bucket, both modes, four dates, holds, and who may bypass.
const LOCKS: &str = include_str!("domains/locks.world");

/// Lock configuration of a bucket and lock headers of writes.
const WRITES: &str = include_str!("domains/writes.world");

/// Versions, markers and the versioning state of a bucket.
const VERSIONS: &str = include_str!("domains/versions.world");

/// Ids of versions of other keys, and what belongs to one version beside its bytes.
const SUBRESOURCES: &str = include_str!("domains/subresources.world");

/// Pages of ListObjectVersions.
const LISTINGS: &str = include_str!("domains/listings.world");

/// Versions that stay when the versioning state changes.
const STATES: &str = include_str!("domains/states.world");

/// Copies: which version is read, and what is made of it.
const COPIES: &str = include_str!("domains/copies.world");

/// Copies under conditions, with tags, and with lock headers.
const COPY_CONDITIONS: &str = include_str!("domains/copy_conditions.world");

/// Multipart uploads of one key, and parts that are copied.
const UPLOADS: &str = include_str!("domains/uploads.world");

/// Two uploads of one key.
const UPLOAD_ORDER: &str = include_str!("domains/upload_order.world");

/// Parts that are copied.
const PART_COPIES: &str = include_str!("domains/part_copies.world");

/// Who may copy and who may use multipart uploads.
const UPLOAD_ACCESS: &str = include_str!("domains/upload_access.world");

/// Conditional writes and deletes.
const CONDITIONS: &str = include_str!("domains/conditions.world");

/// Who may do what: every operation by every caller, under policies that grant and refuse it.
const ACCESS: &str = include_str!("domains/access.world");

/// Documents on Object Lock: their faults, digests, and what they change.
const LOCK_DOCUMENTS: &str = include_str!("domains/lock_documents.world");

/// Lock headers, defaults and what they give new versions, also of unsigned writes.
const LOCK_HEADERS: &str = include_str!("domains/lock_headers.world");

/// Retention and holds of two versions of a key, by names and callers.
const LOCK_VERSIONS: &str = include_str!("domains/lock_versions.world");

/// Delete markers and lock state.
const LOCK_MARKERS: &str = include_str!("domains/lock_markers.world");

/// Buckets of two accounts: who may make, find and configure them.
const ACCOUNTS: &str = include_str!("domains/accounts.world");

/// A bucket of the second account, where the owner and the user of the first are foreign.
const FOREIGN: &str = include_str!("domains/foreign.world");

/// Configuration of a bucket by every caller, under policies that grant and refuse it.
const SETTINGS: &str = include_str!("domains/settings.world");

/// Missing keys and versions, and who may know.
const HIDDEN: &str = include_str!("domains/hidden.world");

/// Lock headers of copies, and what a copy is locked with.
const COPY_LOCKS: &str = include_str!("domains/copy_locks.world");

/// Lock headers of uploads, and what their versions are locked with.
const UPLOAD_LOCKS: &str = include_str!("domains/upload_locks.world");

/// A default retention and an upload that takes its time.
const UPLOAD_DEFAULT: &str = include_str!("domains/upload_default.world");

/// Tags and lock state of one version.
const LOCK_TAGS: &str = include_str!("domains/lock_tags.world");

/// The id null in a bucket that was never versioned.
const NULL_IDS: &str = include_str!("domains/null_ids.world");

/// ACLs of versions.
const ACLS: &str = include_str!("domains/acls.world");

/// ACLs of writes, and who owns what another account writes.
const ACL_WRITES: &str = include_str!("domains/acl_writes.world");

/// All worlds in which witnesses are searched, with the depth of the search.
///
/// # Errors
/// When a world cannot be read.
pub fn searched() -> Result<Vec<(Domain, usize)>, String> {
    Ok(vec![
        (
            Domain::read("versions", "versions and markers", VERSIONS, (0, 3))?,
            7,
        ),
        (
            Domain::read("writes", "lock configuration and lock headers", WRITES, (0, 2))?,
            5,
        ),
        (
            Domain::read("locks", "retention, holds and bypass", LOCKS, (3, 2))?,
            5,
        ),
        (
            Domain::read("states", "changes of the versioning state", STATES, (0, 2))?,
            6,
        ),
        (
            Domain::read(
                "subresources",
                "tags, ACL and attributes of versions",
                SUBRESOURCES,
                (0, 2),
            )?,
            7,
        ),
        (
            Domain::read("listings", "pages of ListObjectVersions", LISTINGS, (0, 2))?,
            7,
        ),
        (Domain::read("copies", "copies of versions", COPIES, (0, 2))?, 6),
        (
            Domain::read(
                "copy-conditions",
                "copies under conditions",
                COPY_CONDITIONS,
                (0, 2),
            )?,
            6,
        ),
        (Domain::read("uploads", "multipart uploads", UPLOADS, (0, 2))?, 8),
        (
            Domain::read("upload-order", "two uploads of one key", UPLOAD_ORDER, (0, 2))?,
            9,
        ),
        (
            Domain::read("part-copies", "parts that are copied", PART_COPIES, (0, 2))?,
            7,
        ),
        (
            Domain::read("upload-access", "who may copy and upload", UPLOAD_ACCESS, (0, 1))?,
            8,
        ),
        (
            Domain::read("conditions", "conditional writes and deletes", CONDITIONS, (0, 2))?,
            5,
        ),
        (Domain::read("access", "policies and callers", ACCESS, (0, 1))?, 7),
        (
            Domain::read(
                "lock-documents",
                "documents on Object Lock",
                LOCK_DOCUMENTS,
                (0, 2),
            )?,
            6,
        ),
        (
            Domain::read("lock-headers", "lock headers and defaults", LOCK_HEADERS, (2, 2))?,
            5,
        ),
        (
            Domain::read(
                "lock-versions",
                "lock state of two versions",
                LOCK_VERSIONS,
                (2, 3),
            )?,
            5,
        ),
        (
            Domain::read(
                "lock-markers",
                "delete markers and the bypass header",
                LOCK_MARKERS,
                (0, 2),
            )?,
            3,
        ),
        (
            Domain::read("accounts", "buckets of two accounts", ACCOUNTS, (0, 1))?,
            5,
        ),
        (
            Domain::read("foreign", "a foreign user at a bucket", FOREIGN, (0, 1))?,
            8,
        ),
        (
            Domain::read(
                "settings",
                "settings of a bucket by every caller",
                SETTINGS,
                (0, 1),
            )?,
            5,
        ),
        (
            Domain::read("hidden", "missing keys and who may know", HIDDEN, (0, 1))?,
            5,
        ),
        (
            Domain::read("copy-locks", "lock headers of copies", COPY_LOCKS, (2, 1))?,
            5,
        ),
        (
            Domain::read("upload-locks", "lock headers of uploads", UPLOAD_LOCKS, (2, 1))?,
            7,
        ),
        (
            Domain::read(
                "upload-default",
                "a default and a slow upload",
                UPLOAD_DEFAULT,
                (3, 1),
            )?,
            10,
        ),
        (
            Domain::read("lock-tags", "tags and lock state", LOCK_TAGS, (0, 1))?,
            5,
        ),
        (
            Domain::read("null-ids", "the id null in unversioned buckets", NULL_IDS, (0, 1))?,
            4,
        ),
        (Domain::read("acls", "ACLs of versions", ACLS, (0, 1))?, 6),
        (
            Domain::read("acl-writes", "ACLs of writes", ACL_WRITES, (0, 1))?,
            4,
        ),
    ])
}

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
    fn the_wide_world_can_be_read() {
        assert_eq!(wide().unwrap().name, "locks_wide");
    }
}
