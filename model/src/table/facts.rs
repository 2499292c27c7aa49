//! What facts can be that other modules declare.

use crate::argument::{Body, CannedAcl, Hold, Integrity, LockForm, LockMode, OwnershipWord, VersioningWord};
use crate::state::{Mode, Versioning};
use crate::table::Word;

macro_rules! facts {
    ($($Word:ident: $($word:ident),+;)+) => {
        $(impl Word for $Word {
            fn all() -> Vec<$Word> {
                vec![$($Word::$word),+]
            }

            fn words(self) -> &'static str {
                match self {
                    $($Word::$word => stringify!($word),)+
                }
            }
        })+
    };
}

facts! {
    Body: Proper, Missing, Malformed;
    CannedAcl: Absent, Private, PublicRead, BucketOwnerFullControl;
    Hold: Absent, Off, On, Unknown;
    Integrity: Md5, Crc32, Absent, Algorithm;
    LockForm: Proper, NoEnabled, Disabled, Empty, EmptyRule, EmptyDefault;
    LockMode: Absent, Compliance, Governance, Unknown, LowerCase;
    Mode: Compliance, Governance;
    OwnershipWord: BucketOwnerEnforced, BucketOwnerPreferred, ObjectWriter, Missing, Unknown;
    Versioning: Unversioned, Enabled, Suspended;
    VersioningWord: Enabled, Suspended, Missing, Unknown;
}
