//! The actions that policies speak of.

/// What a message says about why an action is refused (`EVAL-ERR-004`, `EVAL-ERR-005`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DenialText {
    /// Nothing.
    Bare,
    /// An identity-based policy denies.
    IdentityDenies,
    /// An identity-based policy denies, and is named by its ARN.
    NamedIdentityDenies,
    /// The bucket policy denies.
    ResourceDenies,
    /// No identity-based policy allows.
    NoIdentityPolicy,
}

/// What an action is asked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResourceType {
    /// Nothing in particular: `*`.
    None,
    /// A bucket.
    Bucket,
    /// An object.
    Object,
}

/// The message of a refusal of an action, with what stands where the resource belongs.
macro_rules! denial {
    ($name:ident, $resource:literal, $text:expr) => {
        match $text {
            DenialText::Bare => {
                concat!(
                    "User: {caller} is not authorized to perform: s3:",
                    stringify!($name),
                    $resource
                )
            }
            DenialText::IdentityDenies => concat!(
                "User: {caller} is not authorized to perform: s3:",
                stringify!($name),
                $resource,
                " with an explicit deny in an identity-based policy"
            ),
            DenialText::NamedIdentityDenies => concat!(
                "User: {caller} is not authorized to perform: s3:",
                stringify!($name),
                $resource,
                " with an explicit deny in an identity-based policy: {policy}"
            ),
            DenialText::ResourceDenies => concat!(
                "User: {caller} is not authorized to perform: s3:",
                stringify!($name),
                $resource,
                " with an explicit deny in a resource-based policy"
            ),
            DenialText::NoIdentityPolicy => concat!(
                "User: {caller} is not authorized to perform: s3:",
                stringify!($name),
                $resource,
                " because no identity-based policy allows the s3:",
                stringify!($name),
                " action"
            ),
        }
    };
}

macro_rules! actions {
    ($($resource:ident: $($name:ident),* ;)*) => {
        /// An action of a policy, named as AWS names it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs)]
        pub enum Action { $($($name),*),* }

        impl Action {
            /// All actions.
            pub const ALL: &'static [Action] = &[$($(Action::$name),*),*];

            /// The action's full name, for example `s3:GetObject`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $($(Action::$name => concat!("s3:", stringify!($name))),*),* }
            }

            /// What the action is asked on.
            #[must_use]
            pub fn resource(self) -> ResourceType {
                match self { $($(Action::$name => ResourceType::$resource),*),* }
            }

            /// The message of a refusal of the action to a caller of the bucket's account (`EVAL-ERR-003`), with the
            /// resource or without. `{caller}` stands for the caller's ARN, `{resource}` for that of the resource, and
            /// `{policy}` for that of the policy that denies.
            #[must_use]
            pub fn denial(self, text: DenialText, resource: bool) -> &'static str {
                match (self, resource) {
                    $($(
                        (Action::$name, true) => denial!($name, " on resource: \"{resource}\"", text),
                        (Action::$name, false) => denial!($name, "", text),
                    )*)*
                }
            }
        }
    };
}

actions! {
    None: ListAllMyBuckets;
    Bucket: CreateBucket, DeleteBucket, DeleteBucketPolicy, GetBucketAcl, GetBucketLocation, GetBucketObjectLockConfiguration,
        GetBucketOwnershipControls, GetBucketPolicy, GetBucketPolicyStatus, GetBucketPublicAccessBlock, GetBucketTagging, GetBucketVersioning, GetEncryptionConfiguration, ListBucket,
        ListBucketMultipartUploads, ListBucketVersions, PutBucketAcl, PutBucketObjectLockConfiguration, PutBucketOwnershipControls,
        PutBucketPolicy, PutBucketPublicAccessBlock, PutBucketTagging, PutBucketVersioning, PutEncryptionConfiguration;
    Object: AbortMultipartUpload, BypassGovernanceRetention, DeleteObject, DeleteObjectTagging, DeleteObjectVersion,
        DeleteObjectVersionTagging, GetObject, GetObjectAcl, GetObjectAttributes, GetObjectLegalHold,
        GetObjectRetention, GetObjectTagging, GetObjectVersion, GetObjectVersionAcl, GetObjectVersionAttributes,
        GetObjectVersionTagging, ListMultipartUploadParts, PutObject, PutObjectAcl, PutObjectLegalHold,
        PutObjectRetention, PutObjectTagging, PutObjectVersionAcl, PutObjectVersionTagging;
}
