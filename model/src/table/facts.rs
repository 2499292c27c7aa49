//! What facts can be that other modules declare.

use crate::action::ResourceType;
use crate::argument::{Body, CannedAcl, Hold, Integrity, LockForm, LockMode, OwnershipWord, VersioningWord};
use crate::policy::Comparison;
use crate::policy::fault::Fault;
use crate::state::{Mode, Versioning};
use crate::table::Word;

/// A value without words is spelled as AWS spells it.
macro_rules! facts {
    ($($Word:ident: $($word:ident $($words:literal)?),+;)+) => {
        $(impl Word for $Word {
            fn all() -> Vec<$Word> {
                vec![$($Word::$word),+]
            }

            fn words(self) -> &'static str {
                match self {
                    $($Word::$word => facts!(@words $word $($words)?),)+
                }
            }
        })+
    };
    (@words $word:ident) => { stringify!($word) };
    (@words $word:ident $words:literal) => { $words };
}

facts! {
    Body: Proper "It is the document that the operation takes.", Missing "There is none.",
        Malformed "It is another document, or none that can be read.";
    CannedAcl: Absent "No x-amz-acl is sent.", Private "`private`", PublicRead "`public-read`",
        BucketOwnerFullControl "`bucket-owner-full-control`";
    Comparison: Lawful "Patterns are compared as the law does.",
        ActionsInTheirCase "An action in another case matches nothing.",
        ActionsWithoutQuestionMark "A question mark in an action stands for itself.",
        ByBytes "A question mark in a resource is one byte.",
        BySegments "A wildcard in a resource matches no slash.",
        Escaped "Keys are compared as a URL escapes them.",
        Normalised "Two slashes of a key are compared as one.",
        InAnyCase "Keys are compared whatever their case.";
    Fault: NoPrincipal "It has neither Principal nor NotPrincipal.", NoAction "It has neither Action nor NotAction.",
        NoResource "It has neither Resource nor NotResource.", OtherService "An action of another service, or of none.",
        UnknownAction "An action that S3 does not have.", OtherBucket "A resource that is another bucket's.",
        EveryResource "The resource `*`.", AnyBucket "A resource whose bucket has a wildcard before it is spelt out.",
        BucketsLikeThis "A resource that begins with the bucket's name, and has a wildcard before a slash.",
        NotApplicable "An action of which no resource of the statement can be the object.",
        NotOfBuckets "An action of accounts, access points or jobs only.",
        InNotList "An action or a resource in a list of NotAction or NotResource that would be a fault in a plain list.";
    Hold: Absent "It is not there.", Off "`OFF`", On "`ON`", Unknown "Another word.";
    Integrity: Md5 "Content-MD5.", Crc32 "x-amz-checksum-crc32.", Absent "None.",
        Algorithm "None, but x-amz-sdk-checksum-algorithm announces one.";
    LockForm: Proper "It is complete.", NoEnabled "ObjectLockEnabled is missing.",
        Disabled "ObjectLockEnabled is another word than Enabled.", Empty "It has no element.",
        EmptyRule "Rule is empty.", EmptyDefault "DefaultRetention is empty.";
    LockMode: Absent "It is not there.", Compliance "`COMPLIANCE`", Governance "`GOVERNANCE`", Unknown "Another word.",
        LowerCase "`governance`, in lower case.";
    Mode: Compliance, Governance;
    ResourceType: None "It is asked on nothing in particular.", Bucket, Object;
    OwnershipWord: BucketOwnerEnforced, BucketOwnerPreferred, ObjectWriter, Missing "It is not there.",
        Unknown "Another word.";
    Versioning: Unversioned "Versioning was never set.", Enabled, Suspended;
    VersioningWord: Enabled, Suspended, Missing "It is not there.", Unknown "Another word.";
}
