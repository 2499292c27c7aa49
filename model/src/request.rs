//! What can be asked: callers, operations with their arguments, and the routes they take through the law.

use std::fmt;

use serde::Serialize;

use crate::argument::{
    Argument, Body, BucketName, CannedAcl, Carrier, Content, Date, Delimiter, Directive, Encoding, Etag,
    Hold, Identifiers, Integrity, Key, LockForm, LockMode, OwnershipWord, PartNumber, Period, PolicyName,
    SourceDate, Tags, Times, UploadRef, VersionRef, VersioningWord,
};
use crate::world::World;

/// Who makes a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Caller {
    /// Nobody: the request is unsigned.
    Anonymous,
    /// The root user of the second account.
    Other,
    /// The root user of the account that owns the buckets.
    Owner,
    /// An IAM user in the owner's account.
    User,
}

impl Caller {
    /// All callers.
    pub const ALL: [Caller; 4] = [Caller::Owner, Caller::User, Caller::Other, Caller::Anonymous];

    /// The caller's name in programs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Caller::Anonymous => "anonymous",
            Caller::Other => "other",
            Caller::Owner => "owner",
            Caller::User => "user",
        }
    }
}

/// One request: who asks for what.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Request {
    /// Who asks.
    pub caller: Caller,
    /// For what.
    pub operation: Operation,
}

/// Declares the operations: their arguments, and their text form `Name argument=value …`.
macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident { $($argument:ident: $type:ty),* $(,)? })*) => {
        /// An operation with its arguments. Only what a clause speaks of is an argument.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs)]
        pub enum Operation { $($(#[$doc])* $name { $($argument: $type),* }),* }

        impl Operation {
            /// The name of every operation.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name)),*];

            /// The operation's name, as AWS spells it.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self { $(Operation::$name { .. } => stringify!($name)),* }
            }

            /// The names of the arguments that an operation takes, in their order; `None` where there is no such operation.
            #[must_use]
            pub fn arguments(name: &str) -> Option<&'static [&'static str]> {
                match name {
                    $(stringify!($name) => Some(&[$(stringify!($argument)),*]),)*
                    _ => None,
                }
            }

            /// Reads an operation from its name and its arguments.
            ///
            /// # Errors
            /// In words for the reader of a program: an unknown operation or argument, a value that cannot be read.
            pub fn read(name: &str, arguments: &[(&str, &str)], world: &World) -> Result<Operation, String> {
                let unknown = || format!("there is no operation `{name}`; the operations are: {}", Operation::NAMES.join(", "));
                let known = Operation::arguments(name).ok_or_else(unknown)?;
                if let Some((odd, _)) = arguments.iter().find(|(n, _)| !known.contains(n)) {
                    return Err(format!("{name} takes no argument `{odd}`; it takes: {}", known.join(", ")));
                }
                match name {
                    $(stringify!($name) => {
                        Ok(Operation::$name { $($argument: <$type as Argument>::read(
                            arguments.iter().find(|(n, _)| *n == stringify!($argument)).map(|(_, word)| *word), world,
                        ).map_err(|why| format!("argument `{}` of {name}: {why}", stringify!($argument)))?),* })
                    })*
                    _ => Err(unknown()),
                }
            }

            /// The arguments in text form; those at their default are left out.
            #[must_use]
            pub fn words(&self, world: &World) -> Vec<(&'static str, String)> {
                match self {
                    $(Operation::$name { $($argument),* } => {
                        #[allow(unused_mut)]
                        let mut words: Vec<(&'static str, String)> = Vec::new();
                        $(if let Some(word) = Argument::write($argument, world) { words.push((stringify!($argument), word)); })*
                        words
                    })*
                }
            }

            /// The first bucket and the first key that the operation names.
            #[must_use]
            pub fn place(&self) -> $crate::argument::Place {
                #[allow(unused_mut)]
                let mut place = $crate::argument::Place::default();
                match self {
                    $(Operation::$name { $($argument),* } => { $(Argument::place($argument, &mut place);)* }),*
                }
                place
            }

            /// This operation with every reference to a version, an ETag or an upload replaced.
            #[must_use]
            pub fn map_references(&self, map: &mut dyn $crate::argument::Mapping) -> Operation {
                match self {
                    $(Operation::$name { $($argument),* } => Operation::$name { $($argument: Argument::mapped($argument, map)),* }),*
                }
            }
        }
    };
}

operations! {
    /// `PUT /bucket`; `lock` sends `x-amz-bucket-object-lock-enabled`.
    CreateBucket { bucket: BucketName, lock: bool }
    DeleteBucket { bucket: BucketName }
    HeadBucket { bucket: BucketName }
    GetBucketVersioning { bucket: BucketName }
    PutBucketVersioning { bucket: BucketName, status: VersioningWord, integrity: Integrity }
    GetObjectLockConfiguration { bucket: BucketName }
    PutObjectLockConfiguration { bucket: BucketName, mode: LockMode, period: Period, form: LockForm, body: Body, integrity: Integrity }
    GetBucketPolicy { bucket: BucketName }
    PutBucketPolicy { bucket: BucketName, policy: PolicyName }
    DeleteBucketPolicy { bucket: BucketName }
    /// Puts all four settings on or off.
    PutPublicAccessBlock { bucket: BucketName, on: bool }
    DeletePublicAccessBlock { bucket: BucketName }
    GetPublicAccessBlock { bucket: BucketName }
    GetBucketOwnershipControls { bucket: BucketName }
    /// Puts one rule with this setting.
    PutBucketOwnershipControls { bucket: BucketName, ownership: OwnershipWord }
    GetBucketLocation { bucket: BucketName }
    GetBucketAcl { bucket: BucketName }
    /// `PUT /bucket?acl` with `x-amz-acl` and without a body.
    PutBucketAcl { bucket: BucketName, acl: CannedAcl }
    GetBucketTagging { bucket: BucketName }
    PutBucketTagging { bucket: BucketName, tags: Tags }
    DeleteBucketTagging { bucket: BucketName }
    ListBuckets {}
    /// `version` sends a `versionId`, which it does not take; `conditions=query` presigns, with the conditions in the query.
    PutObject { bucket: BucketName, key: Key, version: VersionRef, content: Content, mode: LockMode, until: Date, hold: Hold, integrity: Integrity, acl: CannedAcl, if_match: Etag, if_none_match: Etag, conditions: Carrier }
    GetObject { bucket: BucketName, key: Key, version: VersionRef }
    HeadObject { bucket: BucketName, key: Key, version: VersionRef }
    /// `if_match_time` sends `x-amz-if-match-last-modified-time`, `if_match_size` sends `x-amz-if-match-size`.
    DeleteObject { bucket: BucketName, key: Key, version: VersionRef, bypass: Option<bool>, if_match: Etag, if_match_time: bool, if_match_size: bool }
    DeleteObjects { bucket: BucketName, objects: Identifiers, bypass: Option<bool>, quiet: bool, integrity: Integrity, times: Times }
    GetObjectRetention { bucket: BucketName, key: Key, version: VersionRef }
    PutObjectRetention { bucket: BucketName, key: Key, version: VersionRef, mode: LockMode, until: Date, bypass: Option<bool>, body: Body, integrity: Integrity }
    GetObjectLegalHold { bucket: BucketName, key: Key, version: VersionRef }
    PutObjectLegalHold { bucket: BucketName, key: Key, version: VersionRef, hold: Hold, body: Body, integrity: Integrity }
    ListObjectVersions { bucket: BucketName, prefix: Option<Key>, delimiter: Delimiter, max_keys: Option<u16>, key_marker: Option<Key>, version_marker: VersionRef, encoding: Encoding }
    ListObjectsV2 { bucket: BucketName, max_keys: Option<u16>, encoding: Encoding }
    ListObjects { bucket: BucketName, max_keys: Option<u16>, encoding: Encoding }
    GetObjectAcl { bucket: BucketName, key: Key, version: VersionRef }
    GetObjectAttributes { bucket: BucketName, key: Key, version: VersionRef }
    GetObjectTagging { bucket: BucketName, key: Key, version: VersionRef }
    PutObjectTagging { bucket: BucketName, key: Key, version: VersionRef, tags: Tags }
    DeleteObjectTagging { bucket: BucketName, key: Key, version: VersionRef }
    /// `PUT /bucket/key` with `x-amz-copy-source`.
    CopyObject { source_bucket: BucketName, source_key: Key, source_version: VersionRef, bucket: BucketName, key: Key, directive: Directive, mode: LockMode, until: Date, hold: Hold, acl: CannedAcl, if_match: Etag, if_none_match: Etag, source_if_match: Etag, source_if_none_match: Etag, source_if_modified_since: SourceDate, source_if_unmodified_since: SourceDate }
    CreateMultipartUpload { bucket: BucketName, key: Key, mode: LockMode, until: Date, hold: Hold, acl: CannedAcl }
    UploadPart { bucket: BucketName, key: Key, upload: UploadRef, part: PartNumber, content: Content, integrity: Integrity }
    UploadPartCopy { source_bucket: BucketName, source_key: Key, source_version: VersionRef, bucket: BucketName, key: Key, upload: UploadRef, part: PartNumber, source_if_match: Etag, source_if_none_match: Etag, source_if_modified_since: SourceDate, source_if_unmodified_since: SourceDate }
    /// Completes the upload with all parts that were uploaded.
    CompleteMultipartUpload { bucket: BucketName, key: Key, upload: UploadRef, if_match: Etag, if_none_match: Etag }
    AbortMultipartUpload { bucket: BucketName, key: Key, upload: UploadRef }
    ListParts { bucket: BucketName, key: Key, upload: UploadRef }
    ListMultipartUploads { bucket: BucketName, encoding: Encoding }
    /// Gives the IAM user in the owner's account this and no other inline policy.
    PutUserPolicy { policy: PolicyName }
    DeleteUserPolicy {}
    /// `PUT /bucket/key?acl` with `x-amz-acl` and without a body.
    PutObjectAcl { bucket: BucketName, key: Key, version: VersionRef, acl: CannedAcl }
}

/// Declares the routes.
macro_rules! routes {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        /// A way through the law: an operation, and its call form where clauses tell the forms apart.
        ///
        /// `…Version` is the form with a version id; `DeleteObjects` and `DeleteObjectsVersion` are its entries.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[allow(missing_docs)]
        pub enum Route { $($(#[$doc])* $name),* }

        impl Route {
            /// All routes.
            pub const ALL: &'static [Route] = &[$(Route::$name),*];

            /// The route's name, as in `ID@Route`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Route::$name => stringify!($name)),* }
            }
        }
    };
}

routes! {
    CreateBucket, DeleteBucket, HeadBucket, GetBucketVersioning, PutBucketVersioning, GetObjectLockConfiguration,
    PutObjectLockConfiguration, GetBucketPolicy, PutBucketPolicy, DeleteBucketPolicy, PutPublicAccessBlock,
    DeletePublicAccessBlock, PutObject, GetObject, GetObjectVersion, HeadObject, HeadObjectVersion, DeleteObject,
    DeleteObjectVersion, DeleteObjects, DeleteObjectsVersion, GetObjectRetention, PutObjectRetention,
    GetObjectLegalHold, PutObjectLegalHold, ListObjectVersions, ListObjectsV2, PutUserPolicy, DeleteUserPolicy,
    GetPublicAccessBlock, GetBucketOwnershipControls, PutBucketOwnershipControls, GetBucketLocation, ListBuckets,
    ListObjects, GetObjectAcl, GetObjectAclVersion, GetObjectAttributes, GetObjectAttributesVersion, GetObjectTagging,
    GetObjectTaggingVersion, PutObjectTagging, PutObjectTaggingVersion, DeleteObjectTagging, DeleteObjectTaggingVersion,
    CopyObject, CreateMultipartUpload, UploadPart, UploadPartCopy, CompleteMultipartUpload, AbortMultipartUpload,
    ListParts, ListMultipartUploads, PutObjectAcl, PutObjectAclVersion, GetBucketAcl,
    PutBucketAcl, GetBucketTagging, PutBucketTagging, DeleteBucketTagging,
}

impl Operation {
    /// The route that the request as a whole takes; the entries of a DeleteObjects take their own.
    #[must_use]
    pub fn route(&self) -> Route {
        match self {
            Operation::CreateBucket { .. } => Route::CreateBucket,
            Operation::DeleteBucket { .. } => Route::DeleteBucket,
            Operation::HeadBucket { .. } => Route::HeadBucket,
            Operation::GetBucketVersioning { .. } => Route::GetBucketVersioning,
            Operation::PutBucketVersioning { .. } => Route::PutBucketVersioning,
            Operation::GetObjectLockConfiguration { .. } => Route::GetObjectLockConfiguration,
            Operation::PutObjectLockConfiguration { .. } => Route::PutObjectLockConfiguration,
            Operation::GetBucketPolicy { .. } => Route::GetBucketPolicy,
            Operation::PutBucketPolicy { .. } => Route::PutBucketPolicy,
            Operation::DeleteBucketPolicy { .. } => Route::DeleteBucketPolicy,
            Operation::PutPublicAccessBlock { .. } => Route::PutPublicAccessBlock,
            Operation::DeletePublicAccessBlock { .. } => Route::DeletePublicAccessBlock,
            Operation::GetPublicAccessBlock { .. } => Route::GetPublicAccessBlock,
            Operation::GetBucketOwnershipControls { .. } => Route::GetBucketOwnershipControls,
            Operation::PutBucketOwnershipControls { .. } => Route::PutBucketOwnershipControls,
            Operation::GetBucketLocation { .. } => Route::GetBucketLocation,
            Operation::GetBucketAcl { .. } => Route::GetBucketAcl,
            Operation::PutBucketAcl { .. } => Route::PutBucketAcl,
            Operation::GetBucketTagging { .. } => Route::GetBucketTagging,
            Operation::PutBucketTagging { .. } => Route::PutBucketTagging,
            Operation::DeleteBucketTagging { .. } => Route::DeleteBucketTagging,
            Operation::ListBuckets { .. } => Route::ListBuckets,
            Operation::PutObject { .. } => Route::PutObject,
            Operation::GetObject {
                version: VersionRef::Current,
                ..
            } => Route::GetObject,
            Operation::GetObject { .. } => Route::GetObjectVersion,
            Operation::HeadObject {
                version: VersionRef::Current,
                ..
            } => Route::HeadObject,
            Operation::HeadObject { .. } => Route::HeadObjectVersion,
            Operation::DeleteObject {
                version: VersionRef::Current,
                ..
            } => Route::DeleteObject,
            Operation::DeleteObject { .. } => Route::DeleteObjectVersion,
            Operation::DeleteObjects { .. } => Route::DeleteObjects,
            Operation::GetObjectRetention { .. } => Route::GetObjectRetention,
            Operation::PutObjectRetention { .. } => Route::PutObjectRetention,
            Operation::GetObjectLegalHold { .. } => Route::GetObjectLegalHold,
            Operation::PutObjectLegalHold { .. } => Route::PutObjectLegalHold,
            Operation::ListObjectVersions { .. } => Route::ListObjectVersions,
            Operation::ListObjectsV2 { .. } => Route::ListObjectsV2,
            Operation::GetObjectAcl {
                version: VersionRef::Current,
                ..
            } => Route::GetObjectAcl,
            Operation::GetObjectAcl { .. } => Route::GetObjectAclVersion,
            Operation::GetObjectAttributes {
                version: VersionRef::Current,
                ..
            } => Route::GetObjectAttributes,
            Operation::GetObjectAttributes { .. } => Route::GetObjectAttributesVersion,
            Operation::GetObjectTagging {
                version: VersionRef::Current,
                ..
            } => Route::GetObjectTagging,
            Operation::GetObjectTagging { .. } => Route::GetObjectTaggingVersion,
            Operation::PutObjectTagging {
                version: VersionRef::Current,
                ..
            } => Route::PutObjectTagging,
            Operation::PutObjectTagging { .. } => Route::PutObjectTaggingVersion,
            Operation::DeleteObjectTagging {
                version: VersionRef::Current,
                ..
            } => Route::DeleteObjectTagging,
            Operation::DeleteObjectTagging { .. } => Route::DeleteObjectTaggingVersion,
            Operation::ListObjects { .. } => Route::ListObjects,
            Operation::CopyObject { .. } => Route::CopyObject,
            Operation::CreateMultipartUpload { .. } => Route::CreateMultipartUpload,
            Operation::UploadPart { .. } => Route::UploadPart,
            Operation::UploadPartCopy { .. } => Route::UploadPartCopy,
            Operation::CompleteMultipartUpload { .. } => Route::CompleteMultipartUpload,
            Operation::AbortMultipartUpload { .. } => Route::AbortMultipartUpload,
            Operation::ListParts { .. } => Route::ListParts,
            Operation::ListMultipartUploads { .. } => Route::ListMultipartUploads,
            Operation::PutUserPolicy { .. } => Route::PutUserPolicy,
            Operation::DeleteUserPolicy { .. } => Route::DeleteUserPolicy,
            Operation::PutObjectAcl {
                version: VersionRef::Current,
                ..
            } => Route::PutObjectAcl,
            Operation::PutObjectAcl { .. } => Route::PutObjectAclVersion,
        }
    }
}

impl Operation {
    /// Whether the request is presigned however its program says that it travels: its conditions stand in the query.
    #[must_use]
    pub fn is_presigned(&self) -> bool {
        let Operation::PutObject {
            if_match,
            if_none_match,
            conditions,
            ..
        } = self
        else {
            return false;
        };
        let unconditional = *if_match == Etag::Unconditional && *if_none_match == Etag::Unconditional;
        *conditions == Carrier::Query && !unconditional
    }

    /// All routes that the request takes: its own, and those of its entries.
    #[must_use]
    pub fn routes(&self) -> Vec<Route> {
        let mut routes = vec![self.route()];
        if let Operation::DeleteObjects { objects, .. } = self
            && objects.iter().any(|object| object.version != VersionRef::Current)
        {
            routes.push(Route::DeleteObjectsVersion);
        }
        routes
    }
}

impl Route {
    /// Whether the reply never has a body.
    #[must_use]
    pub fn is_head(self) -> bool {
        self == Route::HeadBucket || self == Route::HeadObject || self == Route::HeadObjectVersion
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
