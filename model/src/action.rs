//! The actions that policies speak of.

/// What a message says about why an action is refused (`EVAL-ERR-004`, `EVAL-ERR-005`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DenialText {
    /// Nothing.
    Bare,
    /// An identity-based policy denies.
    IdentityDenies,
    /// The bucket policy denies.
    ResourceDenies,
    /// No identity-based policy allows.
    NoIdentityPolicy,
    /// The bucket policy does not allow.
    NoResourcePolicy,
}

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

            /// The message of a refusal of the action to a caller of the bucket's account (`EVAL-ERR-003`). `{caller}`
            /// stands for the caller's ARN, and the resource is left out, as AWS does in some messages.
            #[must_use]
            pub fn denial(self, text: DenialText) -> &'static str {
                match (self, text) {
                    $(
                        (Action::$name, DenialText::Bare) => concat!("User: {caller} is not authorized to perform: s3:", stringify!($name)),
                        (Action::$name, DenialText::IdentityDenies) => concat!("User: {caller} is not authorized to perform: s3:",
                            stringify!($name), " with an explicit deny in an identity-based policy"),
                        (Action::$name, DenialText::ResourceDenies) => concat!("User: {caller} is not authorized to perform: s3:",
                            stringify!($name), " with an explicit deny in a resource-based policy"),
                        (Action::$name, DenialText::NoIdentityPolicy) => concat!("User: {caller} is not authorized to perform: s3:",
                            stringify!($name), " because no identity-based policy allows the s3:", stringify!($name), " action"),
                        (Action::$name, DenialText::NoResourcePolicy) => concat!("User: {caller} is not authorized to perform: s3:",
                            stringify!($name), " because no resource-based policy allows the s3:", stringify!($name), " action"),
                    )*
                }
            }
        }
    };
}

actions! {
    BypassGovernanceRetention, CreateBucket, DeleteBucket, DeleteBucketPolicy, DeleteObject, DeleteObjectVersion,
    GetBucketLocation, GetBucketObjectLockConfiguration, GetBucketOwnershipControls, GetBucketPolicy,
    GetBucketPublicAccessBlock, GetBucketVersioning, GetObject, GetObjectLegalHold, GetObjectRetention,
    GetObjectVersion, ListAllMyBuckets, ListBucket, ListBucketVersions, PutBucketObjectLockConfiguration,
    PutBucketOwnershipControls, PutBucketPolicy, PutBucketPublicAccessBlock, PutBucketVersioning, PutObject, PutObjectLegalHold,
    PutObjectRetention, GetObjectAcl, GetObjectVersionAcl, GetObjectAttributes, GetObjectVersionAttributes,
    GetObjectTagging, GetObjectVersionTagging, PutObjectTagging, PutObjectVersionTagging, DeleteObjectTagging,
    DeleteObjectVersionTagging, AbortMultipartUpload, ListBucketMultipartUploads, ListMultipartUploadParts,
    PutObjectAcl, PutObjectVersionAcl,
}
