//! The tiny worlds that are checked and searched.

use crate::check::domain::Domain;

/// Lock state of versions: one key in a lock bucket, both modes, four dates, holds, and who may bypass.
const LOCKS: &str = "
    policy delete = Allow user s3:DeleteObject* b/*
    policy bypass = Allow user s3:DeleteObjectVersion,s3:BypassGovernanceRetention,s3:PutObjectRetention b/*
    policy retain = Allow user s3:PutObjectRetention,s3:DeleteObjectVersion b/*
    owner CreateBucket bucket=b lock={true|false}
    owner PutObject bucket=b key=k
    owner PutObject bucket=b key=k mode={COMPLIANCE|GOVERNANCE} until=@1
    owner PutObject bucket=b key=k hold=ON
    owner DeleteObject bucket=b key=k
    owner DeleteObject bucket=b key=k version={#1|#2} bypass={|true}
    owner DeleteObjects bucket=b objects=k:{#1|#2} bypass={|true}
    owner DeleteObjects bucket=b objects=k
    user DeleteObject bucket=b key=k version=#1 bypass={|true}
    user DeleteObjects bucket=b objects=k:#1 bypass={|true}
    {owner|user} PutObjectRetention bucket=b key=k mode={COMPLIANCE|GOVERNANCE} until={@1|@2|@3} bypass={|true}
    {owner|user} PutObjectRetention bucket=b key=k bypass={|true}
    owner PutObjectRetention bucket=b key=k mode=GOVERNANCE until=@-1
    owner PutObjectRetention bucket=b key=k mode=COMPLIANCE
    owner PutObjectRetention bucket=b key=k body=malformed
    owner PutObjectLegalHold bucket=b key=k hold={ON|OFF|unknown}
    owner GetObjectRetention bucket=b key=k
    owner GetObjectLegalHold bucket=b key=k
    owner GetObjectRetention bucket=b key=k version={malformed|#1}
    owner PutObjectRetention bucket=b key=k version={malformed|#1} mode=GOVERNANCE until=@2
    owner GetObjectLegalHold bucket=b key=k version={malformed|#1}
    owner PutObjectLegalHold bucket=b key=k version={malformed|#1} hold=ON
    {owner|user} HeadObject bucket=b key=k
    owner GetObject bucket=b key=k version=#1
    owner PutBucketPolicy bucket=b policy={delete|bypass|retain}
";

/// Lock configuration of a bucket and lock headers of writes.
const WRITES: &str = "
    policy read = Allow user s3:GetObject*,s3:ListBucket b,b/*
    policy plain = Allow user s3:GetObject,s3:GetObjectVersion,s3:PutObject b/*
    policy noretention = Allow user s3:PutObject,s3:PutObjectLegalHold b/*
    policy nohold = Allow user s3:PutObject,s3:PutObjectRetention b/*
    owner CreateBucket bucket=b lock={true|false}
    owner PutBucketVersioning bucket=b status={Enabled|Suspended}
    owner GetBucketVersioning bucket=b
    owner GetObjectLockConfiguration bucket=b
    owner PutObjectLockConfiguration bucket=b
    owner PutObjectLockConfiguration bucket=b mode={COMPLIANCE|GOVERNANCE} period=1d
    owner PutObjectLockConfiguration bucket=b mode=GOVERNANCE period={0d|both}
    owner PutObjectLockConfiguration bucket=b mode={unknown|GOVERNANCE}
    owner PutObject bucket=b key=k integrity={|none}
    {owner|user} PutObject bucket=b key=k mode=GOVERNANCE until=@2 integrity={|none}
    {owner|user} PutObject bucket=b key=k hold={ON|OFF}
    owner PutObject bucket=b key=k hold=ON integrity=none
    owner PutObject bucket=b key=k hold=unknown
    owner PutObject bucket=b key=k mode=COMPLIANCE
    owner PutObject bucket=b key=k mode=unknown until=@2
    owner PutObject bucket=b key=k mode=GOVERNANCE until={unparsable|@-1}
    {owner|user} GetObject bucket=b key=k
    {owner|user} GetObject bucket=b key=k version=#1
    {owner|user} HeadObject bucket=b key=k
    {owner|user} HeadObject bucket=b key=k version=#1
    owner PutBucketPolicy bucket=b policy={read|plain|noretention|nohold}
";

/// Versions, markers and the versioning state of a bucket.
const VERSIONS: &str = "
    policy read = Allow user s3:GetObject b/*
    owner CreateBucket bucket=b lock={true|}
    owner DeleteBucket bucket=b
    owner PutBucketVersioning bucket=b status={Enabled|Suspended|missing|unknown}
    owner GetBucketVersioning bucket=b
    owner PutObject bucket=b key=k content={a|x}
    owner GetObject bucket=b key=k
    owner GetObject bucket=b key=k version={#1|#2|null|malformed}
    owner HeadObject bucket=b key=k
    owner HeadObject bucket=b key=k version={#1|#2|null|malformed}
    owner DeleteObject bucket=b key=k bypass={|true}
    owner DeleteObject bucket=b key=k version={#1|#2|null|malformed}
    owner DeleteObject bucket=b key=k version=#1 bypass=false
    owner DeleteObjects bucket=b objects={k|k:#1|k:#2|k:malformed|k,k} quiet={|true}
    owner DeleteObjects bucket=b objects=k integrity=none
    owner DeleteObjects bucket=b bypass={|true}
    owner DeleteObjects bucket=b objects=k bypass=true
    owner DeleteObjects bucket=b objects=k:null
    owner ListObjectVersions bucket=b
    owner ListObjectsV2 bucket=b
";

/// Who may do what: every operation by every caller, under policies that grant and refuse it.
const ACCESS: &str = "
    policy user = Allow user s3:* b,b/*
    policy account = Allow account s3:* b,b/*
    policy star = Allow * s3:* b,b/*
    policy other = Allow other s3:* b,b/*
    policy deny = Deny user,other,account s3:* b,b/*
    policy reads = Allow user s3:GetObject,s3:DeleteObject b/*
    policy readversions = Allow user s3:GetObjectVersion,s3:DeleteObjectVersion b/*
    policy identity = Allow - s3:* *
    owner CreateBucket bucket=b lock=true
    owner PutBucketPolicy bucket=b policy={user|account|star|other|deny|reads|readversions}
    owner PutUserPolicy policy=identity
    owner PutPublicAccessBlock bucket=b on={true|}
    owner PutObject bucket=b key=k
    {owner|user|other|anonymous} HeadBucket bucket=b
    {owner|user|other|anonymous} GetBucketVersioning bucket=b
    {owner|user|other|anonymous} PutBucketVersioning bucket=b status=Enabled
    {owner|user|other|anonymous} GetObjectLockConfiguration bucket=b
    {owner|user|other|anonymous} PutObjectLockConfiguration bucket=b
    {owner|user|other|anonymous} GetBucketPolicy bucket=b
    {user|other|anonymous} PutBucketPolicy bucket=b policy=user
    {owner|user|other|anonymous} DeleteBucketPolicy bucket=b
    {user|other|anonymous} PutPublicAccessBlock bucket=b on=true
    {owner|user|other|anonymous} DeletePublicAccessBlock bucket=b
    {user|other|anonymous} PutObject bucket=b key=k
    {owner|user|other|anonymous} GetObject bucket=b key=k
    {owner|user|other|anonymous} GetObject bucket=b key=k version=#1
    {owner|user|other|anonymous} HeadObject bucket=b key=k
    {owner|user|other|anonymous} HeadObject bucket=b key=k version=#1
    {owner|user|other|anonymous} DeleteObject bucket=b key=k
    {owner|user|other|anonymous} DeleteObject bucket=b key=k version=#1
    {owner|user|other|anonymous} DeleteObjects bucket=b objects={k|k:#1} quiet={|true}
    {owner|user|other|anonymous} GetObjectRetention bucket=b key=k
    {owner|user|other|anonymous} PutObjectRetention bucket=b key=k mode=GOVERNANCE until=@1
    {owner|user|other|anonymous} GetObjectLegalHold bucket=b key=k
    {owner|user|other|anonymous} PutObjectLegalHold bucket=b key=k hold=OFF
    {owner|user|other|anonymous} ListObjectVersions bucket=b
    {owner|user|other|anonymous} ListObjectsV2 bucket=b
    {owner|user|other|anonymous} DeleteBucket bucket=b
";

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
        (Domain::read("access", "policies and callers", ACCESS, (0, 1))?, 6),
    ])
}

/// Theorems about locks: one key in a lock bucket, both modes, three dates, holds, and who may bypass.
const CHECKED_LOCKS: &str = "
    policy bypass = Allow user s3:DeleteObject*,s3:GetObject*,s3:PutObjectRetention,s3:BypassGovernanceRetention b/*
    policy retain = Allow user s3:DeleteObject*,s3:GetObject*,s3:PutObjectRetention b/*
    owner CreateBucket bucket=b lock=true
    owner DeleteBucket bucket=b
    owner PutBucketVersioning bucket=b status=Suspended
    owner PutBucketPolicy bucket=b policy={bypass|retain}
    owner PutObject bucket=b key=k
    owner PutObject bucket=b key=k mode={COMPLIANCE|GOVERNANCE} until=@2 hold={|ON}
    {owner|user} DeleteObject bucket=b key=k
    {owner|user} DeleteObject bucket=b key=k version={#1|#2} bypass={|true}
    {owner|user} DeleteObjects bucket=b objects=k:{#1|#2} bypass={|true}
    owner DeleteObjects bucket=b objects={k|k,k:#1|k:#1,k:#2} bypass={|true}
    {owner|user} PutObjectRetention bucket=b key=k version={|#1} mode={COMPLIANCE|GOVERNANCE} until=@{1|2|3} bypass={|true}
    {owner|user} PutObjectRetention bucket=b key=k version={|#1} bypass={|true}
    owner PutObjectLegalHold bucket=b key=k version={|#1} hold={ON|OFF}
    {owner|user} GetObject bucket=b key=k version={|#1}
    owner GetObjectRetention bucket=b key=k
    owner ListObjectVersions bucket=b
";

/// Theorems about versions: real and null versions, markers, in every versioning state.
const CHECKED_VERSIONS: &str = "
    owner CreateBucket bucket=b lock={true|false}
    owner DeleteBucket bucket=b
    owner PutBucketVersioning bucket=b status={Enabled|Suspended}
    owner PutObjectLockConfiguration bucket=b
    owner PutObject bucket=b key=k content={a|x}
    owner GetObject bucket=b key=k version={|#1|null}
    owner DeleteObject bucket=b key=k version={|#1|#2|#3|null}
    owner DeleteObjects bucket=b objects={k|k,k|k:#1,k|k:#2,k:null}
    owner ListObjectVersions bucket=b
    owner ListObjectsV2 bucket=b
";

/// Theorems about rights: every caller, under policies that grant and refuse, with and without public access.
const CHECKED_POLICIES: &str = "
    policy user = Allow user s3:* b,b/*
    policy account = Allow account s3:* b,b/*
    policy star = Allow * s3:* b,b/*
    policy other = Allow other s3:* b,b/*
    policy deny = Allow * s3:* b,b/*; Deny * s3:* b,b/*
    policy identity = Allow - s3:* *
    policy refusal = Allow - s3:* *; Deny - s3:GetObject*,s3:PutBucketVersioning *
    owner CreateBucket bucket=b lock=true
    {owner|user|other|anonymous} PutBucketPolicy bucket=b policy={user|account|star|other|deny}
    owner PutUserPolicy policy={identity|refusal}
    owner DeleteUserPolicy
    {owner|user|other|anonymous} PutPublicAccessBlock bucket=b on={true|}
    {owner|user|other|anonymous} DeletePublicAccessBlock bucket=b
    {owner|user|other|anonymous} DeleteBucketPolicy bucket=b
    {owner|user|other|anonymous} GetBucketPolicy bucket=b
    {owner|user|other|anonymous} HeadBucket bucket=b
    {owner|user|other|anonymous} GetBucketVersioning bucket=b
    {owner|user|other|anonymous} PutBucketVersioning bucket=b status=Enabled
    {owner|user|other|anonymous} GetObjectLockConfiguration bucket=b
    {owner|user|other|anonymous} PutObjectLockConfiguration bucket=b
    {owner|user|other|anonymous} PutObject bucket=b key=k
    {owner|user|other|anonymous} GetObject bucket=b key=k version={|#1}
    {owner|user|other|anonymous} HeadObject bucket=b key=k version={|#1}
    {owner|user|other|anonymous} DeleteObject bucket=b key=k version={|#1}
    {owner|user|other|anonymous} DeleteObjects bucket=b objects={k|k:#1}
    {owner|user|other|anonymous} GetObjectRetention bucket=b key=k
    {owner|user|other|anonymous} PutObjectRetention bucket=b key=k mode=GOVERNANCE until=@1
    {owner|user|other|anonymous} GetObjectLegalHold bucket=b key=k
    {owner|user|other|anonymous} PutObjectLegalHold bucket=b key=k hold=OFF
    {owner|user|other|anonymous} ListObjectVersions bucket=b
    {owner|user|other|anonymous} ListObjectsV2 bucket=b
    {owner|user|other|anonymous} DeleteBucket bucket=b
";

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
        ("locks", 6648, 173_531),
        ("versions", 2575, 19_536),
        ("policies", 237, 3802),
        ("locks_small", 148, 3585),
        ("versions_small", 507, 3386),
        ("policies", 237, 3802),
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
