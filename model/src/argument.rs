//! The arguments of operations: small values, each with a text form for programs ([`Argument`]).

use smallvec::SmallVec;

use crate::world::World;

mod given;
mod text;
mod upload;

pub use crate::names::{BucketName, Content, Date, Handle, Key, PolicyName, UploadName, VersionName};
pub use given::Given;
pub use upload::{PartNumber, UploadRef};

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
    /// `versionId=` without an id.
    Empty,
    /// The version of another key or another bucket, by the law's name.
    Foreign(BucketName, Key, VersionName),
}

impl VersionRef {
    /// Whether the current version is meant where the reference was let through: an empty id may stand for none.
    #[must_use]
    pub fn means_current(self) -> bool {
        matches!(self, VersionRef::Current | VersionRef::Empty)
    }
}

/// A date in a condition on the source of a copy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SourceDate {
    /// No condition.
    #[default]
    Absent,
    /// A date before the source was made.
    Before,
    /// The time of the request, after the source was made.
    After,
}

/// What a copy does with the metadata of its source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Directive {
    /// They are copied.
    #[default]
    Copy,
    /// They are replaced by other metadata.
    Replace,
}

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
    /// The ETag of this content as the only part of a multipart upload.
    OfPart(Content),
    /// The ETag of this content with its opening quote only.
    Unclosed(Content),
    /// The ETag of this content with its closing quote only.
    Unopened(Content),
    /// A list of two ETags that no object has.
    List,
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

/// The algorithm of a default encryption as a client names it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SseAlgorithm {
    /// None: the document has no such rule.
    #[default]
    Absent,
    /// `AES256`
    Aes256,
    /// `aws:kms`
    Kms,
    /// `aws:kms:dsse`
    Dsse,
    /// A word that is no algorithm; on the wire `AES128`.
    Unknown,
}

/// One entry of a DeleteObjects request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identifier {
    /// The key.
    pub key: Key,
    /// The version, if the entry names one.
    pub version: VersionRef,
    /// `ETag`: the condition of the entry.
    pub etag: Etag,
}

/// How many times over the entries of a DeleteObjects request are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Times(pub u16);

/// Where the conditions of a write stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Carrier {
    /// In headers.
    #[default]
    Header,
    /// In the signed query of a presigned request (`VER-COND-020`).
    Query,
}

/// How a listing writes keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Encoding {
    /// As they are, as far as XML can hold them.
    #[default]
    Absent,
    /// `encoding-type=url`
    Url,
}

/// How a listing rolls keys up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Delimiter {
    /// Not at all.
    #[default]
    Absent,
    /// `/`
    Slash,
}

/// A canned ACL as a client names it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CannedAcl {
    /// None.
    #[default]
    Absent,
    /// `private`
    Private,
    /// `public-read`
    PublicRead,
    /// `bucket-owner-full-control`
    BucketOwnerFullControl,
}

/// The tags of an object: up to two, each with a named value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tags {
    /// The value of the tag with the key `tag`.
    pub tag: Option<Content>,
    /// The value of the tag with the key `more`.
    pub more: Option<Content>,
}

impl Tags {
    /// The keys and values of the tags.
    pub fn pairs(self) -> impl Iterator<Item = (&'static str, Content)> {
        [("tag", self.tag), ("more", self.more)]
            .into_iter()
            .filter_map(|(key, value)| value.map(|value| (key, value)))
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self == Tags::default()
    }
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

    /// The reference to an upload to use instead.
    fn upload(&mut self, upload: UploadRef) -> UploadRef {
        upload
    }
}

/// The first bucket and the first key that an operation names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The bucket.
    pub bucket: Option<BucketName>,
    /// The key.
    pub key: Option<Key>,
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

    /// Notes the bucket or the key that this value names, if it is the first.
    fn place(&self, _place: &mut Place) {}
}
