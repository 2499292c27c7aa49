//! What facts can be that other modules declare.

use crate::argument::{Body, CannedAcl, Hold, Integrity, LockForm, LockMode, OwnershipWord, VersioningWord};
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
    Hold: Absent "It is not there.", Off "`OFF`", On "`ON`", Unknown "Another word.";
    Integrity: Md5 "Content-MD5.", Crc32 "x-amz-checksum-crc32.", Absent "None.",
        Algorithm "None, but x-amz-sdk-checksum-algorithm announces one.";
    LockForm: Proper "It is complete.", NoEnabled "ObjectLockEnabled is missing.",
        Disabled "ObjectLockEnabled is another word than Enabled.", Empty "It has no element.",
        EmptyRule "Rule is empty.", EmptyDefault "DefaultRetention is empty.";
    LockMode: Absent "It is not there.", Compliance "`COMPLIANCE`", Governance "`GOVERNANCE`", Unknown "Another word.",
        LowerCase "`governance`, in lower case.";
    Mode: Compliance, Governance;
    OwnershipWord: BucketOwnerEnforced, BucketOwnerPreferred, ObjectWriter, Missing "It is not there.",
        Unknown "Another word.";
    Versioning: Unversioned "Versioning was never set.", Enabled, Suspended;
    VersioningWord: Enabled, Suspended, Missing "It is not there.", Unknown "Another word.";
}
