//! The names that requests and states are made of: small values, which are ids of the world's, of the law's, or a program's.

use std::fmt;

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

/// A bucket of the world, by position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BucketName(pub u8);

/// A key of the world, by position; the order of positions is the byte order of the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(pub u8);

/// A policy document of the world, by position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicyName(pub u8);

/// The law's name of a version: its number among the versions of one key, 0 for the null version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VersionName(pub u16);

impl VersionName {
    /// The version with the literal id `null` (`VER-ID-003`).
    pub const NULL: VersionName = VersionName(0);
}

/// Bytes, named: their token and how many there are. Different tokens are different bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Content(pub u8);

impl Content {
    /// The bytes of a document that became an object's: no content of any program (`EVAL-OPX-009`).
    pub const DOCUMENT: Content = Content(u8::MAX);
}

/// A date that a client chose: so many units after the start of the program, or text that is no date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Date {
    /// No date.
    #[default]
    Absent,
    /// Units after the start of the program; negative dates are past. Written in UTC, with `Z`.
    At(i64),
    /// The same instant, written two hours east of UTC with its offset.
    Offset(i64),
    /// The same instant, written in UTC without a zone.
    Zoneless(i64),
    /// Text that is no date.
    Unparsable,
    /// 150 years after the start of the program.
    Far,
}

/// The law's name of a multipart upload: its number among the uploads of one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UploadName(pub u16);

/// A value that an earlier step of the program brought to light.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle {
    /// The step.
    pub step: u16,
    /// Which of its values, counted from 0.
    pub nth: u8,
}

impl Handle {
    /// Reads `v3` or `v3.1`.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Handle> {
        Handle::after('v', word)
    }

    /// Reads the step and the number after a letter.
    pub(crate) fn after(letter: char, word: &str) -> Option<Handle> {
        let rest = word.strip_prefix(letter)?;
        match rest.split_once('.') {
            Some((step, nth)) => Some(Handle {
                step: step.parse().ok()?,
                nth: nth.parse::<u8>().ok()?.checked_sub(1)?,
            }),
            None => Some(Handle {
                step: rest.parse().ok()?,
                nth: 0,
            }),
        }
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.nth {
            0 => write!(f, "v{}", self.step),
            nth => write!(f, "v{}.{}", self.step, nth + 1),
        }
    }
}
