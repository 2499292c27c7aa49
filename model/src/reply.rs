//! What can be answered: rulings with their reasons, and the fields of a reply that clauses speak of.

use std::fmt;

use smallvec::SmallVec;

use crate::argument::{BucketName, Content, Key, PolicyName, UploadName, VersionName};
use crate::state::State;
use crate::thin::Thin;
use crate::time::Moment;
use crate::words::FacetId;

/// Declares the error codes with their HTTP status.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $status:literal),* $(,)?) => {
        /// An S3 error code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs)]
        pub enum Code { $($(#[$doc])* $name),* }

        impl Code {
            /// The code as S3 writes it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Code::$name => stringify!($name)),* }
            }

            /// The HTTP status.
            #[must_use]
            pub fn status(self) -> u16 {
                match self { $(Code::$name => $status),* }
            }
        }
    };
}

codes! {
    AccessControlListNotSupported = 400,
    AccessDenied = 403, BucketAlreadyExists = 409, BucketAlreadyOwnedByYou = 409, BucketNotEmpty = 409, ConditionalRequestConflict = 409, EntityTooSmall = 400,
    IllegalVersioningConfigurationException = 400, InvalidArgument = 400, InvalidBucketState = 409,
    InvalidObjectState = 403, InvalidPart = 400, InvalidRequest = 400, MalformedPolicy = 400, MalformedPolicyDocument = 400, MalformedXML = 400, MethodNotAllowed = 405, MissingRequestBodyError = 400, NoSuchBucket = 404,
    NoSuchBucketPolicy = 404, NoSuchPublicAccessBlockConfiguration = 404, NoSuchKey = 404, NoSuchObjectLockConfiguration = 404, NoSuchTagSet = 404, NoSuchUpload = 404, NoSuchVersion = 404, ServerSideEncryptionConfigurationNotFoundError = 404,
    NotImplemented = 501, ObjectLockConfigurationNotFoundError = 404, OwnershipControlsNotFoundError = 404, PreconditionFailed = 412,
}

/// Declares the fields with where they stand in a reply.
macro_rules! fields {
    ($($name:ident = $place:ident $word:literal),* $(,)?) => {
        /// A header or an XML element of a reply that clauses speak of.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs)]
        pub enum Name { $($name),* }

        impl Name {
            /// All fields.
            pub const ALL: &'static [Name] = &[$(Name::$name),*];

            /// Where the field stands.
            #[must_use]
            pub fn place(self) -> Place {
                match self { $(Name::$name => Place::$place($word)),* }
            }
        }
    };
}

/// Where a field stands in a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A header, in lower case.
    Header(&'static str),
    /// An XML element, the first with this name.
    Element(&'static str),
}

fields! {
    Allow = Header "allow",
    ContentLength = Header "content-length",
    CopySourceVersionId = Header "x-amz-copy-source-version-id",
    DeleteMarker = Header "x-amz-delete-marker",
    EtagHeader = Header "etag",
    LastModified = Header "last-modified",
    LegalHold = Header "x-amz-object-lock-legal-hold",
    LockMode = Header "x-amz-object-lock-mode",
    RetainUntil = Header "x-amz-object-lock-retain-until-date",
    VersionId = Header "x-amz-version-id",
    AdditionalMessage = Element "additionalMessage",
    ArgumentName = Element "ArgumentName",
    ArgumentValue = Element "ArgumentValue",
    BucketNameElement = Element "BucketName",
    Condition = Element "Condition",
    Days = Element "Days",
    DeleteMarkerElement = Element "DeleteMarker",
    DeleteMarkerVersionId = Element "DeleteMarkerVersionId",
    EntrySize = Element "Size",
    EntryCode = Element "Code",
    EntryMessage = Element "Message",
    EtagElement = Element "ETag",
    HeaderElement = Element "Header",
    IsPublic = Element "IsPublic",
    IsTruncated = Element "IsTruncated",
    KeyMarker = Element "KeyMarker",
    LastModifiedElement = Element "LastModified",
    MaxKeys = Element "MaxKeys",
    NextKeyMarker = Element "NextKeyMarker",
    NextVersionIdMarker = Element "NextVersionIdMarker",
    // The body of GetBucketPolicy: which policies of the program it is, by their names.
    PolicyDocument = Element "PolicyDocument",
    PrefixElement = Element "Prefix",
    SseAlgorithm = Element "SSEAlgorithm",
    StorageClass = Element "StorageClass",
    PartNumber = Element "PartNumber",
    Permission = Element "Permission",
    UploadId = Element "UploadId",
    TagValue = Element "Value",
    VersionIdMarker = Element "VersionIdMarker",
    IsLatest = Element "IsLatest",
    KeyElement = Element "Key",
    MethodElement = Element "Method",
    Mode = Element "Mode",
    ObjectLockEnabled = Element "ObjectLockEnabled",
    ResourceType = Element "ResourceType",
    RetainUntilDate = Element "RetainUntilDate",
    Status = Element "Status",
    VersionIdElement = Element "VersionId",
    Years = Element "Years",
    BucketRegion = Header "x-amz-bucket-region",
    Resource = Element "Resource",
    BlockPublicAcls = Element "BlockPublicAcls",
    BlockPublicPolicy = Element "BlockPublicPolicy",
    BucketKeyEnabled = Element "BucketKeyEnabled",
    BucketLockHeader = Header "x-amz-bucket-object-lock-enabled",
    IgnorePublicAcls = Element "IgnorePublicAcls",
    NameElement = Element "Name",
    ObjectSize = Element "ObjectSize",
    ObjectLockElement = Element "ObjectLockMode",
    ObjectOwnership = Element "ObjectOwnership",
    RestrictPublicBuckets = Element "RestrictPublicBuckets",
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// Nothing: the field is forbidden.
    Absent,
    /// This text.
    Text(&'static str),
    /// A text of this form, in which `*` stands for any run of characters.
    Like(&'static str),
    /// A date as Java prints it in the Pacific time zone (`LOCK-RET-004`).
    JavaDate(Moment),
    /// The id of a version of a key: opaque, but the same at every sight and fresh at the first.
    Version(BucketName, Key, VersionName),
    /// The id of a version of a key that is longer than ids may be.
    Oversized(BucketName, Key, VersionName),
    /// The id of a multipart upload of a key: opaque, but the same at every sight and fresh at the first.
    Upload(BucketName, Key, UploadName),
    /// The name of a bucket.
    Bucket(BucketName),
    /// A key.
    Key(Key),
    /// The first bytes of a key: a common prefix.
    Prefix(Key, u8),
    /// A key, or its first bytes, as `encoding-type=url` writes it, with a plus sign or `%20` for a space.
    Encoded {
        /// The key.
        key: Key,
        /// How many bytes of it, if not all.
        length: Option<u8>,
        /// Whether a space is a plus sign (`VER-LIST-014`).
        plus: bool,
    },
    /// The ETag of a content, put whole or as the only part of a multipart upload.
    Etag {
        /// The content.
        content: Content,
        /// Whether a multipart upload made the object.
        of_part: bool,
    },
    /// How many bytes a content has.
    Size(Content),
    /// One more than a content has bytes.
    MoreThan(Content),
    /// The name of a content, as text: the value of a tag.
    Token(Content),
    /// A policy document, whatever the order of its members.
    Policy(PolicyName),
    /// A date, as ISO 8601 text.
    Date(Moment),
    /// A date, as HTTP writes it.
    HttpDate(Moment),
    /// A number.
    Number(i32),
    /// Something, whatever it is.
    Something,
}

/// A field that a clause requires or forbids. Fields that are not listed are free.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Field {
    /// Which.
    pub name: Name,
    /// What it holds.
    pub value: Value,
    /// The facet that says so.
    pub by: FacetId,
}

/// The fields of a reply or an entry. Most replies are refusals without any.
pub type Fields = Thin<[Field; 4]>;

/// What has fields: a reply, a refusal or an entry.
pub(crate) trait HasFields {
    /// Its fields.
    fn fields(&mut self) -> &mut Fields;

    /// Shows a field, by a facet.
    #[inline]
    fn show(&mut self, name: Name, value: Value, by: FacetId) {
        self.fields().push(Field { name, value, by });
    }
}

impl HasFields for Fields {
    fn fields(&mut self) -> &mut Fields {
        self
    }
}

impl HasFields for Entry {
    fn fields(&mut self) -> &mut Fields {
        &mut self.fields
    }
}

impl HasFields for Refusal {
    fn fields(&mut self) -> &mut Fields {
        &mut self.fields
    }
}

impl HasFields for Reply {
    fn fields(&mut self) -> &mut Fields {
        &mut self.fields
    }
}

/// One entry of a listing or a result document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entry {
    /// The name of its XML element, for example `DeleteMarker`.
    pub element: &'static str,
    /// What it holds.
    pub fields: Fields,
    /// What decided it.
    pub by: FacetId,
}

/// The entries of a listing or a result document.
pub type Entries = Thin<[Entry; 2]>;

/// What the body of a reply holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReplyBody {
    /// Nothing that a clause speaks of beyond the fields.
    #[default]
    Free,
    /// These bytes.
    Content(Content),
    /// These entries and no others.
    Entries {
        /// Whether their order is fixed.
        ordered: bool,
        /// The entries.
        entries: Entries,
    },
}

/// The reply that the wire shows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The error code, where one is visible.
    pub code: Option<Code>,
    /// The error message, where a clause fixes it.
    pub message: Option<(&'static str, FacetId)>,
    /// Required and forbidden fields.
    pub fields: Fields,
    /// The body.
    pub body: ReplyBody,
}

/// Why the law ruled as it did.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Because {
    /// The facets that decided the outcome.
    pub decided: SmallVec<[FacetId; 8]>,
    /// The undocumented branches taken, with the number of the branch.
    pub branches: SmallVec<[(FacetId, u8); 4]>,
    /// Whether the ruling hangs on an instant that the observer cannot place.
    pub by_time: bool,
}

/// One way in which the law allows a request to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    /// What the wire shows.
    pub reply: Reply,
    /// Why.
    pub because: Because,
    /// The state afterwards; `None` when nothing changed.
    pub next: Option<State>,
}

/// A refusal, on its way out of the gates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The code.
    pub code: Code,
    /// The facet that refuses.
    pub by: FacetId,
    /// The message, where a clause fixes it.
    pub message: Option<(&'static str, FacetId)>,
    /// Fields of the error document and headers.
    pub fields: Fields,
    /// Whether the message is one branch of a choice that decides nothing else.
    pub(crate) message_open: bool,
}

impl Refusal {
    /// A refusal with a code and nothing else that a clause fixes.
    #[must_use]
    pub fn new(code: Code, by: FacetId) -> Refusal {
        Refusal {
            code,
            by,
            message: None,
            fields: Fields::new(),
            message_open: false,
        }
    }

    /// The refusal with a message that the refusing facet fixes.
    #[must_use]
    pub fn saying(mut self, message: &'static str) -> Refusal {
        self.message = Some((message, self.by));
        self
    }

    /// The refusal with a field that the refusing facet requires.
    #[must_use]
    pub fn with(mut self, name: Name, value: Value) -> Refusal {
        let by = self.by;
        self.fields.push(Field { name, value, by });
        self
    }
}

impl Reply {
    /// A success with this status.
    #[must_use]
    pub fn success(status: u16) -> Reply {
        Reply {
            status,
            code: None,
            message: None,
            fields: Fields::new(),
            body: ReplyBody::Free,
        }
    }

    /// The reply of a refusal; without a body, only the status and the headers are visible.
    #[must_use]
    pub fn refused(refusal: Refusal, bodyless: bool) -> Reply {
        let mut reply = Reply {
            status: refusal.code.status(),
            code: Some(refusal.code),
            message: refusal.message,
            fields: refusal.fields,
            body: ReplyBody::Free,
        };
        if bodyless {
            reply.code = None;
            reply.message = None;
            reply
                .fields
                .retain(|field| matches!(field.name.place(), Place::Header(_)));
        }
        reply
    }

    /// Adds a field.
    pub fn push(&mut self, name: Name, value: Value, by: FacetId) {
        self.fields.push(Field { name, value, by });
    }

    /// The value of a field, if a clause speaks of it here.
    #[must_use]
    pub fn field(&self, name: Name) -> Option<Value> {
        self.fields
            .iter()
            .find(|field| field.name == name)
            .map(|field| field.value)
    }
}

impl Place {
    /// The name of the header or element.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Place::Header(word) | Place::Element(word) => word,
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.place().word())
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Whether a text is of a form in which `*` stands for any run of characters.
#[must_use]
pub fn is_like(form: &str, text: &str) -> bool {
    let Some((start, rest)) = form.split_once('*') else {
        return form == text;
    };
    let Some(mut left) = text.strip_prefix(start) else {
        return false;
    };
    let mut parts = rest.split('*').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return left.ends_with(part);
        }
        match left.find(part) {
            Some(at) => left = left.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    left.is_empty()
}

#[cfg(test)]
mod tests {
    use super::is_like;

    #[test]
    fn forms_match_texts() {
        assert!(is_like("User: * may not", "User: arn may not"));
        assert!(is_like("User: *", "User: *"));
        assert!(is_like("a*b*c", "axxbyyc"));
        assert!(!is_like("a*b*c", "axxbyy"));
        assert!(!is_like("a*b", "xab"));
        assert!(is_like("plain", "plain") && !is_like("plain", "plain text"));
        assert!(!is_like("a*a", "a"));
    }
}
