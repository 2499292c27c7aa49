//! The actions that policies speak of.

macro_rules! actions {
    ($($name:ident),* $(,)?) => {
        /// An action of a policy, named as AWS names it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs)]
        pub enum Action { $($name),* }

        impl Action {
            /// All actions.
            pub const ALL: &'static [Action] = &[$(Action::$name),*];

            /// The action's full name, for example `s3:GetObject`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Action::$name => concat!("s3:", stringify!($name))),* }
            }
        }
    };
}

actions! {
    BypassGovernanceRetention, CreateBucket, DeleteBucket, DeleteBucketPolicy, DeleteObject, DeleteObjectVersion,
    GetBucketObjectLockConfiguration, GetBucketPolicy, GetBucketVersioning, GetObject, GetObjectLegalHold,
    GetObjectRetention, GetObjectVersion, ListBucket, ListBucketVersions, PutBucketObjectLockConfiguration,
    PutBucketPolicy, PutBucketPublicAccessBlock, PutBucketVersioning, PutObject, PutObjectLegalHold,
    PutObjectRetention, GetObjectAcl, GetObjectVersionAcl, GetObjectAttributes, GetObjectVersionAttributes,
    GetObjectTagging, GetObjectVersionTagging, PutObjectTagging, PutObjectVersionTagging, DeleteObjectTagging,
    DeleteObjectVersionTagging, AbortMultipartUpload, ListBucketMultipartUploads, ListMultipartUploadParts,
}
