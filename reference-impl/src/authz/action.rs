//! The actions that policies can name.
//!
//! The list holds every S3 action of general purpose buckets and their neighbours, because a bucket policy may name
//! any of them (POL-VAL-001), and the IAM and STS actions that this server has.

use std::fmt;

/// What kind of resource an action is checked against.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ActionLevel {
    /// The bucket ARN.
    Bucket,
    /// The object ARN.
    Object,
    /// `*` or a resource that no bucket policy can name.
    Other,
}

macro_rules! actions {
    ($($level:ident { $($service:literal: $($name:ident)+;)+ })+) => {
        /// An action of S3, IAM or STS.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[repr(u8)]
        #[allow(missing_docs, reason = "the names are the actions' own")]
        pub enum Action { $($($($name,)+)+)+ }

        impl Action {
            /// Every action, in the order of their declaration.
            pub const ALL: &'static [Self] = &[$($($(Self::$name,)+)+)+];

            /// The full name, such as `s3:GetObject`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $($($(Self::$name => concat!($service, ":", stringify!($name)),)+)+)+ }
            }

            /// The kind of resource that the action is checked against.
            #[must_use]
            pub const fn level(self) -> ActionLevel {
                match self { $($($(Self::$name => ActionLevel::$level,)+)+)+ }
            }
        }
    };
}

actions! {
    Object {
        "s3":
            AbortMultipartUpload BypassGovernanceRetention DeleteObject DeleteObjectTagging DeleteObjectVersion
            DeleteObjectVersionTagging GetObject GetObjectAcl GetObjectAttributes GetObjectLegalHold GetObjectRetention
            GetObjectTagging GetObjectTorrent GetObjectVersion GetObjectVersionAcl GetObjectVersionAttributes
            GetObjectVersionForReplication GetObjectVersionTagging GetObjectVersionTorrent InitiateReplication
            ListMultipartUploadParts ObjectOwnerOverrideToBucketOwner PutObject PutObjectAcl PutObjectLegalHold
            PutObjectRetention PutObjectTagging PutObjectVersionAcl PutObjectVersionTagging ReplicateDelete
            ReplicateObject ReplicateTags RestoreObject UpdateObjectEncryption;
    }
    Bucket {
        "s3":
            AllowVendedLogDeliveryForResource CreateBucket CreateBucketMetadataTableConfiguration DeleteBucket
            DeleteBucketMetadataTableConfiguration DeleteBucketPolicy DeleteBucketWebsite GetAccelerateConfiguration
            GetAnalyticsConfiguration GetBucketAbac GetBucketAcl GetBucketCORS GetBucketLocation GetBucketLogging
            GetBucketMetadataTableConfiguration GetBucketNotification GetBucketObjectLockConfiguration
            GetBucketOwnershipControls GetBucketPolicy GetBucketPolicyStatus GetBucketPublicAccessBlock
            GetBucketRequestPayment GetBucketTagging GetBucketVersioning GetBucketWebsite GetEncryptionConfiguration
            GetIntelligentTieringConfiguration GetInventoryConfiguration GetLifecycleConfiguration
            GetMetricsConfiguration GetReplicationConfiguration ListBucket ListBucketMultipartUploads ListBucketVersions
            ListTagsForResource PauseReplication PutAccelerateConfiguration PutAnalyticsConfiguration PutBucketAbac
            PutBucketAcl PutBucketCORS PutBucketLogging PutBucketNotification PutBucketObjectLockConfiguration
            PutBucketOwnershipControls PutBucketPolicy PutBucketPublicAccessBlock PutBucketRequestPayment
            PutBucketTagging PutBucketVersioning PutBucketWebsite PutEncryptionConfiguration
            PutIntelligentTieringConfiguration PutInventoryConfiguration PutLifecycleConfiguration
            PutMetricsConfiguration PutReplicationConfiguration TagResource UntagResource
            UpdateBucketMetadataInventoryTableConfiguration UpdateBucketMetadataJournalTableConfiguration;
    }
    Other {
        "s3":
            AssociateAccessGrantsIdentityCenter CreateAccessGrant CreateAccessGrantsInstance CreateAccessGrantsLocation
            CreateAccessPoint CreateAccessPointForObjectLambda CreateJob CreateMultiRegionAccessPoint
            CreateStorageLensGroup DeleteAccessGrant DeleteAccessGrantsInstance DeleteAccessGrantsInstanceResourcePolicy
            DeleteAccessGrantsLocation DeleteAccessPoint DeleteAccessPointForObjectLambda DeleteAccessPointPolicy
            DeleteAccessPointPolicyForObjectLambda DeleteJobTagging DeleteMultiRegionAccessPoint
            DeleteStorageLensConfiguration DeleteStorageLensConfigurationTagging DeleteStorageLensGroup DescribeJob
            DescribeMultiRegionAccessPointOperation DissociateAccessGrantsIdentityCenter GetAccessGrant
            GetAccessGrantsInstance GetAccessGrantsInstanceForPrefix GetAccessGrantsInstanceResourcePolicy
            GetAccessGrantsLocation GetAccessPoint GetAccessPointConfigurationForObjectLambda
            GetAccessPointForObjectLambda GetAccessPointPolicy GetAccessPointPolicyForObjectLambda
            GetAccessPointPolicyStatus GetAccessPointPolicyStatusForObjectLambda GetAccountPublicAccessBlock
            GetDataAccess GetJobTagging GetMultiRegionAccessPoint GetMultiRegionAccessPointPolicy
            GetMultiRegionAccessPointPolicyStatus GetMultiRegionAccessPointRoutes GetStorageLensConfiguration
            GetStorageLensConfigurationTagging GetStorageLensDashboard GetStorageLensGroup ListAccessGrants
            ListAccessGrantsInstances ListAccessGrantsLocations ListAccessPoints ListAccessPointsForObjectLambda
            ListAllMyBuckets ListCallerAccessGrants ListJobs ListMultiRegionAccessPoints ListStorageLensConfigurations
            ListStorageLensGroups PutAccessGrantsInstanceResourcePolicy PutAccessPointConfigurationForObjectLambda
            PutAccessPointPolicy PutAccessPointPolicyForObjectLambda PutAccessPointPublicAccessBlock
            PutAccountPublicAccessBlock PutJobTagging PutMultiRegionAccessPointPolicy PutStorageLensConfiguration
            PutStorageLensConfigurationTagging SubmitMultiRegionAccessPointRoutes UpdateAccessGrantsLocation
            UpdateJobPriority UpdateJobStatus UpdateStorageLensGroup;
        "iam":
            CreateAccessKey CreateUser DeleteAccessKey DeleteUser DeleteUserPolicy GetUser GetUserPolicy ListAccessKeys
            ListUserPolicies ListUsers PutUserPolicy;
        "sts":
            GetCallerIdentity;
    }
}

impl Action {
    /// Whether the action belongs to S3, the only ones that a bucket policy may name (POL-VAL-002).
    #[must_use]
    pub fn is_s3(self) -> bool {
        self.name().starts_with("s3:")
    }
}

impl fmt::Display for Action {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// A set of actions, one bit each.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct ActionSet([u64; 4]);

const _: () = assert!(Action::ALL.len() <= 256, "ActionSet has 256 bits");

impl ActionSet {
    /// The empty set.
    pub const EMPTY: Self = Self([0; 4]);

    /// Adds an action.
    pub const fn insert(&mut self, action: Action) {
        let bit = action as usize;
        self.0[bit / 64] |= 1 << (bit % 64);
    }

    /// Whether the action is in the set.
    #[must_use]
    pub const fn contains(&self, action: Action) -> bool {
        let bit = action as usize;
        self.0[bit / 64] & (1 << (bit % 64)) != 0
    }

    /// The actions that are in either set.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(std::array::from_fn(|word| self.0[word] | other.0[word]))
    }

    /// All actions that are not in the set.
    #[must_use]
    pub fn complement(self) -> Self {
        Action::ALL
            .iter()
            .copied()
            .filter(|action| !self.contains(*action))
            .collect()
    }

    /// Whether the set holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0 == [0; 4]
    }

    /// The actions of the set.
    pub fn iter(&self) -> impl Iterator<Item = Action> + '_ {
        Action::ALL
            .iter()
            .copied()
            .filter(|action| self.contains(*action))
    }
}

impl FromIterator<Action> for ActionSet {
    fn from_iter<I: IntoIterator<Item = Action>>(actions: I) -> Self {
        let mut set = Self::EMPTY;
        for action in actions {
            set.insert(action);
        }
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_levelled() {
        let mut names: Vec<_> = Action::ALL
            .iter()
            .map(|action| action.name().to_ascii_lowercase())
            .collect();
        names.sort();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
        assert_eq!(Action::GetObject.level(), ActionLevel::Object);
        assert_eq!(Action::ListBucket.level(), ActionLevel::Bucket);
        assert_eq!(Action::ListAllMyBuckets.level(), ActionLevel::Other);
        assert!(!Action::CreateUser.is_s3());
    }

    #[test]
    fn sets_hold_what_was_put_in() {
        let set: ActionSet = [Action::GetObject, Action::GetCallerIdentity]
            .into_iter()
            .collect();
        assert!(set.contains(Action::GetObject) && !set.contains(Action::PutObject));
        assert_eq!(set.iter().count(), 2);
        assert_eq!(set.complement().iter().count(), Action::ALL.len() - 2);
        assert!(!set.complement().contains(Action::GetCallerIdentity));
        assert!(ActionSet::EMPTY.is_empty() && !set.is_empty());
        assert_eq!(set.union(set.complement()).iter().count(), Action::ALL.len());
    }
}
