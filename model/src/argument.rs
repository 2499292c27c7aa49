//! The arguments of operations: small values, each with a text form for programs.

use smallvec::SmallVec;

use crate::program::Handle;
use crate::world::World;

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

/// How a request names a version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VersionRef {
    /// It names none: the current version is meant.
    #[default]
    Current,
    /// A version by the law's name. Programs never hold it: they hold handles.
    Named(VersionName),
    /// The version that an earlier step of the program made.
    Made(Handle),
    /// A version id that no server ever made.
    Malformed,
}

/// Bytes, named: their token and how many there are. Different tokens are different bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Content(pub u8);

/// An ETag in a condition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Etag {
    /// No condition.
    #[default]
    Unconditional,
    /// `*`
    Any,
    /// The ETag of this content.
    Of(Content),
    /// Both an ETag list and other values that S3 does not accept here.
    Odd,
}

/// A date that a client chose: so many units after the start of the program, or text that is no date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Date {
    /// No date.
    #[default]
    Absent,
    /// Units after the start of the program; negative dates are past.
    At(i64),
    /// Text that is no date.
    Unparsable,
    /// 150 years after the start of the program.
    Far,
}

/// A retention mode as a client writes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LockMode {
    /// No mode.
    #[default]
    Absent,
    /// `COMPLIANCE`
    Compliance,
    /// `GOVERNANCE`
    Governance,
    /// A word that is no mode; on the wire `STRICT`.
    Unknown,
    /// `governance`
    LowerCase,
}

/// A legal hold status as a client writes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hold {
    /// No status.
    #[default]
    Absent,
    /// `OFF`
    Off,
    /// `ON`
    On,
    /// A word that is no status; on the wire `MAYBE`.
    Unknown,
}

/// A default retention period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Period {
    /// None.
    #[default]
    Absent,
    /// `Days`
    Days(i32),
    /// `Years`
    Years(i32),
    /// Both `Days` and `Years`.
    Both,
}

/// A versioning status as a client writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VersioningWord {
    /// `Enabled`
    Enabled,
    /// `Suspended`
    Suspended,
    /// A document without a status.
    Missing,
    /// A word that is no status.
    Unknown,
}

/// The form of a request body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Body {
    /// As the arguments say.
    #[default]
    Proper,
    /// No body at all.
    Missing,
    /// Not the document that the operation takes.
    Malformed,
}

/// Which digest of the body a request carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Integrity {
    /// `Content-MD5`
    #[default]
    Md5,
    /// `x-amz-checksum-crc32`
    Crc32,
    /// Neither.
    Absent,
    /// Neither, but `x-amz-sdk-checksum-algorithm: CRC32`.
    Algorithm,
}

/// The form of an ObjectLockConfiguration document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LockForm {
    /// `ObjectLockEnabled` is `Enabled`, with a Rule if the arguments name a mode or a period.
    #[default]
    Proper,
    /// As `Proper`, without the element `ObjectLockEnabled`.
    NoEnabled,
    /// As `Proper`, but `ObjectLockEnabled` is `Disabled`.
    Disabled,
    /// An empty `ObjectLockConfiguration` element.
    Empty,
    /// `ObjectLockEnabled` is `Enabled`, with an empty `Rule` element.
    EmptyRule,
    /// `ObjectLockEnabled` is `Enabled`, with a `Rule` whose `DefaultRetention` is empty.
    EmptyDefault,
}

/// An Object Ownership setting as a client writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OwnershipWord {
    /// `BucketOwnerEnforced`
    BucketOwnerEnforced,
    /// `BucketOwnerPreferred`
    BucketOwnerPreferred,
    /// `ObjectWriter`
    ObjectWriter,
    /// A document without a rule.
    Missing,
    /// A word that is no setting.
    Unknown,
}

/// One entry of a DeleteObjects request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identifier {
    /// The key.
    pub key: Key,
    /// The version, if the entry names one.
    pub version: VersionRef,
}

/// The entries of a DeleteObjects request.
pub type Identifiers = SmallVec<[Identifier; 2]>;

/// Replaces references as a request moves between programs and the law.
///
/// Arguments are visited in the order in which operations declare them: bucket, key, version.
pub trait Mapping {
    /// The bucket that the following references are about.
    fn bucket(&mut self, _bucket: BucketName) {}

    /// The key that the following references are about.
    fn key(&mut self, _key: Key) {}

    /// The reference to use instead.
    fn version(&mut self, version: VersionRef) -> VersionRef;
}

/// A value with a text form.
pub trait Argument: Sized + Clone {
    /// Reads it; `None` when the program does not give it.
    ///
    /// # Errors
    /// In words for the reader of a program.
    fn read(word: Option<&str>, world: &World) -> Result<Self, String>;

    /// Writes it; `None` when it is at its default.
    fn write(&self, world: &World) -> Option<String>;

    /// This value with its references replaced.
    #[must_use]
    fn mapped(&self, _map: &mut dyn Mapping) -> Self {
        self.clone()
    }
}

/// Text forms of closed sets of words.
macro_rules! words {
    ($($type:ident { $($variant:ident = $word:literal),* $(,)? } $(default $default:ident)?;)*) => {$(
        impl Argument for $type {
            fn read(word: Option<&str>, _: &World) -> Result<Self, String> {
                match word {
                    $(None => Ok($type::$default),)?
                    $(Some($word) => Ok($type::$variant),)*
                    #[allow(unreachable_patterns)]
                    None => Err("it is missing".to_owned()),
                    Some(other) => Err(format!("`{other}` is none of: {}", [$($word),*].join(", "))),
                }
            }

            fn write(&self, _: &World) -> Option<String> {
                match self {
                    $($type::$default => None,)?
                    $(#[allow(unreachable_patterns)] $type::$variant => Some($word.to_owned()),)*
                }
            }
        }
    )*};
}

words! {
    VersioningWord { Enabled = "Enabled", Suspended = "Suspended", Missing = "missing", Unknown = "unknown" };
    LockMode { Absent = "absent", Governance = "GOVERNANCE", Compliance = "COMPLIANCE", Unknown = "unknown",
        LowerCase = "governance" } default Absent;
    Hold { Absent = "absent", On = "ON", Off = "OFF", Unknown = "unknown" } default Absent;
    Body { Proper = "proper", Missing = "missing", Malformed = "malformed" } default Proper;
    Integrity { Md5 = "md5", Crc32 = "crc32", Absent = "none", Algorithm = "algorithm" } default Md5;
    LockForm { Proper = "proper", NoEnabled = "no-enabled", Disabled = "disabled", Empty = "empty",
        EmptyRule = "empty-rule", EmptyDefault = "empty-default" } default Proper;
    OwnershipWord { BucketOwnerEnforced = "BucketOwnerEnforced", BucketOwnerPreferred = "BucketOwnerPreferred",
        ObjectWriter = "ObjectWriter", Missing = "missing", Unknown = "unknown" };
}

impl Argument for bool {
    fn read(word: Option<&str>, _: &World) -> Result<Self, String> {
        match word {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(other) => Err(format!("`{other}` is neither true nor false")),
        }
    }

    fn write(&self, _: &World) -> Option<String> {
        self.then(|| "true".to_owned())
    }
}

impl Argument for Option<bool> {
    fn read(word: Option<&str>, world: &World) -> Result<Self, String> {
        word.map(|word| bool::read(Some(word), world)).transpose()
    }

    fn write(&self, _: &World) -> Option<String> {
        self.map(|value| value.to_string())
    }
}

/// Reads a name that the world must know.
fn known(word: Option<&str>, what: &str, find: impl Fn(&str) -> Option<u8>) -> Result<u8, String> {
    let word = word.ok_or_else(|| "it is missing".to_owned())?;
    find(word).ok_or_else(|| format!("the program declares no {what} `{word}`"))
}

impl Argument for BucketName {
    fn read(word: Option<&str>, world: &World) -> Result<Self, String> {
        known(word, "bucket", |word| world.bucket(word)).map(BucketName)
    }

    fn write(&self, world: &World) -> Option<String> {
        Some(world.bucket_name(*self).to_owned())
    }

    fn mapped(&self, map: &mut dyn Mapping) -> Self {
        map.bucket(*self);
        *self
    }
}

impl Argument for Key {
    fn read(word: Option<&str>, world: &World) -> Result<Self, String> {
        known(word, "key", |word| world.key(word)).map(Key)
    }

    fn write(&self, world: &World) -> Option<String> {
        Some(world.key_name(*self).to_owned())
    }

    fn mapped(&self, map: &mut dyn Mapping) -> Self {
        map.key(*self);
        *self
    }
}

impl Argument for PolicyName {
    fn read(word: Option<&str>, world: &World) -> Result<Self, String> {
        known(word, "policy", |word| world.policy_position(word)).map(PolicyName)
    }

    fn write(&self, world: &World) -> Option<String> {
        Some(world.policy_name(*self).to_owned())
    }
}

impl Argument for Content {
    fn read(word: Option<&str>, world: &World) -> Result<Self, String> {
        match word {
            None => Ok(Content::default()),
            Some(_) => known(word, "content", |word| world.content(word)).map(Content),
        }
    }

    fn write(&self, world: &World) -> Option<String> {
        (*self != Content::default()).then(|| world.content_name(*self).to_owned())
    }
}

impl Argument for Etag {
    fn read(word: Option<&str>, world: &World) -> Result<Self, String> {
        match word {
            None => Ok(Etag::Unconditional),
            Some("*") => Ok(Etag::Any),
            Some("odd") => Ok(Etag::Odd),
            Some(_) => known(word, "content", |word| world.content(word)).map(|at| Etag::Of(Content(at))),
        }
    }

    fn write(&self, world: &World) -> Option<String> {
        match self {
            Etag::Unconditional => None,
            Etag::Any => Some("*".to_owned()),
            Etag::Odd => Some("odd".to_owned()),
            Etag::Of(content) => Some(world.content_name(*content).to_owned()),
        }
    }
}

impl Argument for Date {
    fn read(word: Option<&str>, _: &World) -> Result<Self, String> {
        match word {
            None => Ok(Date::Absent),
            Some("unparsable") => Ok(Date::Unparsable),
            Some("far") => Ok(Date::Far),
            Some(word) => word
                .strip_prefix('@')
                .and_then(|units| units.parse().ok())
                .map(Date::At)
                .ok_or_else(|| {
                    format!("`{word}` is no date; write @2 for two units after the start, @-1 for the past, far for 150 years")
                }),
        }
    }

    fn write(&self, _: &World) -> Option<String> {
        match self {
            Date::Absent => None,
            Date::At(units) => Some(format!("@{units}")),
            Date::Unparsable => Some("unparsable".to_owned()),
            Date::Far => Some("far".to_owned()),
        }
    }
}

impl Argument for Period {
    fn read(word: Option<&str>, _: &World) -> Result<Self, String> {
        let Some(word) = word else {
            return Ok(Period::Absent);
        };
        if word == "both" {
            return Ok(Period::Both);
        }
        let amount = |suffix: &str| word.strip_suffix(suffix).and_then(|amount| amount.parse().ok());
        match (amount("d"), amount("y")) {
            (Some(days), _) => Ok(Period::Days(days)),
            (None, Some(years)) => Ok(Period::Years(years)),
            (None, None) => Err(format!("`{word}` is no period; write 1d, 1y or both")),
        }
    }

    fn write(&self, _: &World) -> Option<String> {
        match self {
            Period::Absent => None,
            Period::Days(days) => Some(format!("{days}d")),
            Period::Years(years) => Some(format!("{years}y")),
            Period::Both => Some("both".to_owned()),
        }
    }
}

impl VersionRef {
    fn from_word(word: &str) -> Result<VersionRef, String> {
        match word {
            "null" => Ok(VersionRef::Named(VersionName::NULL)),
            "malformed" => Ok(VersionRef::Malformed),
            _ if word.starts_with('#') => {
                let number = word
                    .trim_start_matches('#')
                    .parse()
                    .map_err(|_| format!("`{word}` is no version number"))?;
                Ok(VersionRef::Named(VersionName(number)))
            }
            _ => Handle::from_word(word).map(VersionRef::Made).ok_or_else(|| {
                format!("`{word}` is no version; write v3 for the version made by step 3, null, or malformed")
            }),
        }
    }

    fn to_word(self) -> Option<String> {
        match self {
            VersionRef::Current => None,
            VersionRef::Named(VersionName::NULL) => Some("null".to_owned()),
            VersionRef::Named(VersionName(number)) => Some(format!("#{number}")),
            VersionRef::Made(handle) => Some(handle.to_string()),
            VersionRef::Malformed => Some("malformed".to_owned()),
        }
    }
}

impl Argument for VersionRef {
    fn read(word: Option<&str>, _: &World) -> Result<Self, String> {
        word.map_or(Ok(VersionRef::Current), VersionRef::from_word)
    }

    fn write(&self, _: &World) -> Option<String> {
        self.to_word()
    }

    fn mapped(&self, map: &mut dyn Mapping) -> Self {
        map.version(*self)
    }
}

impl Argument for Identifiers {
    fn read(word: Option<&str>, world: &World) -> Result<Self, String> {
        let Some(word) = word else {
            return Ok(Identifiers::new());
        };
        word.split(',')
            .map(|entry| {
                let (key, version) = match entry.split_once(':') {
                    Some((key, version)) => (key, VersionRef::from_word(version)?),
                    None => (entry, VersionRef::Current),
                };
                Ok(Identifier {
                    key: Key::read(Some(key), world)?,
                    version,
                })
            })
            .collect()
    }

    fn write(&self, world: &World) -> Option<String> {
        let entry = |identifier: &Identifier| match identifier.version.to_word() {
            Some(version) => format!("{}:{version}", world.key_name(identifier.key)),
            None => world.key_name(identifier.key).to_owned(),
        };
        (!self.is_empty()).then(|| self.iter().map(entry).collect::<Vec<_>>().join(","))
    }

    fn mapped(&self, map: &mut dyn Mapping) -> Self {
        let entry = |entry: &Identifier| Identifier {
            key: entry.key.mapped(map),
            version: map.version(entry.version),
        };
        self.iter().map(entry).collect()
    }
}
