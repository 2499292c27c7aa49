//! CopyObject, and reading the source of a copy.

use crate::authority::{Check, ask};
use crate::authz::Action;
use crate::error::{ApiError, Code};
use crate::exchange::{Exchange, Outcome, Reply, Request};
use crate::ops::listing::shown_date;
use crate::ops::object::conditions::{ReadConditions, Verdict, WriteCondition};
use crate::ops::object::{Draft, Made, SIZE_MAX, insert};
use crate::ops::tagging::Tags;
use crate::ops::target::{Rights, Target};
use crate::pipeline::{expected_owner, object_side_of};
use crate::store::{
    Body, ObjectReader, ObjectRecord, SealedBlob, Snapshot, Store, StoredChecksum, VersionRecord, Versioning,
    View,
};
use crate::versions::Asked;
use crate::wire::checksum::{ChecksumAlgorithm, Hasher, is_not_built};
use crate::wire::encoding::percent_decode;
use crate::wire::xml::Writer;
use data_encoding::{BASE64, HEXLOWER};
use md5::{Digest as _, Md5};

const SOURCE: &str = "x-amz-copy-source";

/// The source that a request names, which the caller may read if it is there.
pub(crate) struct WantedSource {
    target: Target,
    /// The `versionId` of the request.
    parameter: Option<String>,
    asked: Asked,
}

impl WantedSource {
    /// Asks for the right to read the source, and reads the version id that the request names.
    pub(crate) fn ask(exchange: &Exchange, rights: &mut Rights<'_>) -> Result<Self, ApiError> {
        let (snapshot, request) = (&*exchange.snapshot, &exchange.request);
        let name = SourceName::read(request.header(SOURCE).unwrap_or_default())?;
        let target = Target::named(&snapshot.config, &name.bucket, &name.key, "GET")?;
        expected_owner(
            request.header("x-amz-source-expected-bucket-owner"),
            target.bucket.owner,
        )?;
        let parameter = name.version;
        // VER-COPY-009
        let action = if parameter.is_some() {
            Action::GetObjectVersion
        } else {
            Action::GetObject
        };
        let ownership = target.bucket.ownership;
        let side = match ownership.is_none_or(|ownership| ownership.acls_enabled()) {
            true => object_side_of(snapshot, target.bucket.id, &target.key, parameter.as_deref())?,
            false => None,
        };
        rights.require(target.check(action).with_object(side))?;
        let asked = read_version(snapshot, &target, parameter.as_deref())?;
        Ok(Self {
            target,
            parameter,
            asked,
        })
    }

    /// Finds the source (VER-COPY-001, VER-COPY-006 to VER-COPY-008).
    pub(crate) fn find(self, exchange: &Exchange) -> Result<Source, ApiError> {
        let (snapshot, target) = (&*exchange.snapshot, &self.target);
        let found = self.asked.find(&snapshot.rows, target.bucket.id, &target.key)?;
        match (found, self.asked) {
            (Some(version), _) if !version.is_marker() => Ok(Source {
                named: self.parameter.is_some(),
                target: self.target,
                version,
            }),
            (Some(_), Asked::Null | Asked::Id(_)) => {
                let message = "The source of a copy request may not specifically refer to a delete marker by version id.";
                Err(ApiError::with_message(Code::InvalidRequest, message))
            }
            (_, asked) => {
                // EVAL-404-007
                let list = Check::bucket(Action::ListBucket, &target.bucket.name);
                ask(&exchange.caller, &snapshot.config, &list)?;
                Err(target.place().missing(asked, self.parameter.as_deref()))
            }
        }
    }
}

/// Reads the version id of a source. Where the key does not exist at all, the id of another key's version is taken for
/// one that is gone (VER-COPY-011); in a bucket that never had versions it can't be one.
fn read_version(snapshot: &Snapshot, target: &Target, parameter: Option<&str>) -> Result<Asked, ApiError> {
    let (bucket, key) = (target.bucket.id, target.key.as_str());
    let refusal = match Asked::read(snapshot, bucket, key, parameter) {
        Ok(asked) => return Ok(asked),
        Err(refusal) => refusal,
    };
    match parameter.and_then(|id| snapshot.read_any_version_id(id)) {
        // Where versioning was never on, no id but `null` is one (VER-ID-007).
        Some(sequence)
            if target.bucket.versioning != Versioning::Unversioned
                && snapshot.rows.head(bucket, key)?.is_none() =>
        {
            Ok(Asked::Id(sequence))
        }
        _ => Err(refusal),
    }
}

/// The object that a copy is made from.
pub(crate) struct Source {
    target: Target,
    /// Whether the request names a version.
    named: bool,
    version: VersionRecord,
}

impl Source {
    /// The object.
    pub(crate) fn object(&self) -> Result<&ObjectRecord, ApiError> {
        self.version
            .object()
            .ok_or_else(|| self.target.place().no_such_key())
    }

    /// Judges the conditions on the source (VER-COND-017, VER-COND-018).
    pub(crate) fn judge(&self, exchange: &Exchange) -> Result<(), ApiError> {
        let conditions = ReadConditions::of_source(&exchange.request)?;
        match conditions.judge(&self.object()?.etag, self.version.modified, exchange.now) {
            Verdict::Holds => Ok(()),
            Verdict::Failed(failed) | Verdict::Unchanged(failed) => Err(failed.source_refusal()),
        }
    }

    /// The `x-amz-copy-source-version-id` of the reply: real ids only (VER-COPY-005).
    pub(crate) fn shown_id(&self, exchange: &Exchange) -> Option<String> {
        (!self.version.null).then(|| self.target.place().id(&*exchange.snapshot, &self.version))
    }

    /// Whether the destination is the source's own key.
    fn is_in_place(&self, target: &Target) -> bool {
        self.target.bucket.id == target.bucket.id && self.target.key == target.key
    }
}

/// The value of `x-amz-copy-source`.
#[derive(Clone, Debug, Eq, PartialEq)]
struct SourceName {
    bucket: String,
    key: String,
    version: Option<String>,
}

impl SourceName {
    fn read(header: &str) -> Result<Self, ApiError> {
        // The value of the error is the name of the header again, not what it holds.
        let wrong = |part: &str| {
            ApiError::invalid_argument(format!("Invalid copy source {part}"), SOURCE, Some(SOURCE))
        };
        // The version follows the last "?versionId=": a key may hold that text too, but then encoded.
        let (path, version) = match header.rsplit_once("?versionId=") {
            Some((path, version)) => (path, Some(version)),
            None => (header, None),
        };
        // Unlike in the path of a request, `+` is a space here.
        let decode = |text: &str| {
            let bytes = percent_decode(text.replace('+', " ").as_bytes());
            let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
            text.ok_or_else(|| wrong("encoding"))
        };
        let path = decode(path)?;
        let path = path.strip_prefix('/').unwrap_or(&path);
        let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
        if header.is_empty() {
            return Err(wrong("bucket name"));
        }
        if key.is_empty() {
            return Err(wrong("object key"));
        }
        if bucket.is_empty() {
            return Err(wrong("bucket name"));
        }
        if bucket.starts_with("arn:") {
            return Err(ApiError::not_implemented(
                SOURCE,
                "Copy sources by ARN are not built",
            ));
        }
        Ok(Self {
            bucket: bucket.to_owned(),
            key: key.to_owned(),
            version: version.map(decode).transpose()?,
        })
    }
}

/// Whether metadata or tags are copied or given anew.
fn replaces(request: &Request, what: &str) -> Result<bool, ApiError> {
    let header = format!("x-amz-{what}-directive");
    match request.header(&header) {
        None | Some("COPY") => Ok(false),
        Some("REPLACE") => Ok(true),
        Some(other) => {
            let message = format!("Unknown {what} directive.");
            Err(ApiError::invalid_argument(message, &header, Some(other)))
        }
    }
}

/// The bytes of a copy: a new blob under a key of its own, its MD5 and checksum.
pub(crate) struct Copied {
    pub(crate) blob: SealedBlob,
    pub(crate) etag: String,
    pub(crate) checksum: StoredChecksum,
}

/// Reads a source and seals it anew.
pub(crate) async fn reseal(
    store: &Store,
    mut reader: ObjectReader,
    algorithm: ChecksumAlgorithm,
) -> Result<Copied, ApiError> {
    let (mut writer, mut md5, mut hasher) = (store.blob()?, Md5::new(), Hasher::new(algorithm));
    while let Some(piece) = reader.next().await? {
        md5.update(&piece);
        hasher.update(&piece);
        writer.write(&piece).await?;
    }
    let etag = HEXLOWER.encode(&md5.finalize());
    let checksum = StoredChecksum {
        algorithm,
        value: BASE64.encode(&hasher.finish()),
        composite: false,
    };
    Ok(Copied {
        blob: writer.finish().await?,
        etag,
        checksum,
    })
}

/// Reads `x-amz-checksum-algorithm`.
pub(crate) fn asked_algorithm(request: &Request) -> Result<Option<ChecksumAlgorithm>, ApiError> {
    const HEADER: &str = "x-amz-checksum-algorithm";
    let Some(name) = request.header(HEADER) else {
        return Ok(None);
    };
    match ChecksumAlgorithm::parse(name) {
        Some(algorithm) => Ok(Some(algorithm)),
        None if is_not_built(name) => Err(ApiError::header_not_implemented(HEADER)),
        None => {
            let message = "Checksum algorithm provided is unsupported. Please try again with any of the valid types: \
                           [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]";
            Err(ApiError::with_message(Code::InvalidRequest, message))
        }
    }
}

/// CopyObject.
pub(crate) async fn object(exchange: &Exchange) -> Outcome {
    let request = &exchange.request;
    let target = Target::of(exchange)?;
    let condition = WriteCondition::read(request)?;
    let mut draft = Draft::read(exchange, &target)?;
    let mut rights = Rights::of(exchange);
    let source = WantedSource::ask(exchange, &mut rights)?.find(exchange)?;
    let new_metadata = replaces(request, "metadata")?;
    let new_tags = replaces(request, "tagging")?;
    refuse_no_change(&source, &target, request, new_metadata)?;
    source.judge(exchange)?;
    let object = source.object()?;
    if object.size > SIZE_MAX {
        let message = format!(
            "The specified copy source is larger than the maximum allowable size for a copy source: {SIZE_MAX}"
        );
        return Err(ApiError::with_message(Code::InvalidRequest, message));
    }
    if !new_metadata {
        draft.metadata.system.clone_from(&object.system);
        draft.metadata.user.clone_from(&object.metadata);
    }
    if !new_tags {
        draft.tags = copied_tags(&source, &target, &mut rights)?;
    }
    let kept = object.checksum.as_ref().map(|checksum| checksum.algorithm);
    let algorithm = asked_algorithm(request)?
        .or(kept)
        .unwrap_or(ChecksumAlgorithm::Crc64Nvme);
    let (size, reader) = (object.size, exchange.snapshot.read(object, 0, object.size).await?);
    let copied = reseal(&exchange.server.store, reader, algorithm).await?;
    let (etag, checksum) = (copied.etag.clone(), copied.checksum.clone());
    let plan = move |view: &View<'_, '_>| {
        let target = target.now(view.config)?;
        let current = view.rows.current(target.bucket.id, &target.key)?;
        condition.judge(&target.place(), current.as_ref())?;
        let (owner, body) = (draft.owner, Body::Whole(copied.blob.extent().clone()));
        let object = draft.object(body, size, copied.etag, copied.checksum);
        insert(view, &target, object, owner, Some(copied.blob), None)
    };
    let made = rights.commit(plan).await?;
    Ok(reply(&made, &etag, &checksum, source.shown_id(exchange)))
}

/// A copy onto itself must change something, or restore a version that it names (VER-COPY-002 to VER-COPY-004).
fn refuse_no_change(
    source: &Source,
    target: &Target,
    request: &Request,
    new_metadata: bool,
) -> Result<(), ApiError> {
    let changes = [
        "x-amz-storage-class",
        "x-amz-website-redirect-location",
        "x-amz-server-side-encryption",
    ];
    let changed = new_metadata || changes.into_iter().any(|name| request.headers.contains_key(name));
    let restores = source.named && target.bucket.versioning != Versioning::Unversioned;
    if !source.is_in_place(target) || restores || changed {
        return Ok(());
    }
    let message = "This copy request is illegal because it is trying to copy an object to itself without changing the \
                   object's metadata, storage class, website redirect location or encryption attributes.";
    Err(ApiError::with_message(Code::InvalidRequest, message))
}

/// The tags of the source; copying them needs to read the ones and write the others (EVAL-OP-032).
fn copied_tags(source: &Source, target: &Target, rights: &mut Rights<'_>) -> Result<Tags, ApiError> {
    let tags = source.object()?.tags.clone();
    if !tags.is_empty() {
        let read = if source.named {
            Action::GetObjectVersionTagging
        } else {
            Action::GetObjectTagging
        };
        rights.require(source.target.check(read))?;
        rights.require(target.check(Action::PutObjectTagging))?;
    }
    Ok(tags)
}

fn reply(made: &Made, etag: &str, checksum: &StoredChecksum, source: Option<String>) -> Reply {
    let mut writer = Writer::new("CopyObjectResult");
    writer
        .text("LastModified", shown_date(made.modified))
        .text("ETag", format!("\"{etag}\""));
    writer
        .text("ChecksumType", "FULL_OBJECT")
        .text(checksum.algorithm.element(), &checksum.value);
    // VER-PUT-005: unlike PutObject, a copy tells of `null` in a suspended bucket.
    let shown = (made.versioning != Versioning::Unversioned).then_some(made.id.as_str());
    Reply::xml(writer.finish())
        .header("x-amz-server-side-encryption", "AES256")
        .header_opt("x-amz-version-id", shown)
        .header_opt("x-amz-copy-source-version-id", source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn source_names_are_read() {
        let name = |bucket: &str, key: &str, version: Option<&str>| SourceName {
            bucket: bucket.to_owned(),
            key: key.to_owned(),
            version: version.map(str::to_owned),
        };
        for (header, expected) in [
            ("b/k", name("b", "k", None)),
            ("/b/k", name("b", "k", None)),
            ("b/a%20b/%C3%A9", name("b", "a b/é", None)),
            ("b%2Fk", name("b", "k", None)),
            ("b/k?versionId=v", name("b", "k", Some("v"))),
            ("b/k?versionId=", name("b", "k", Some(""))),
            ("b/k%3FversionId=v", name("b", "k?versionId=v", None)),
            ("b//k", name("b", "/k", None)),
            ("b/a+b", name("b", "a b", None)),
            ("b/a%2Bb+", name("b", "a+b ", None)),
            ("/b/k+?versionId=v%2Bw", name("b", "k ", Some("v+w"))),
        ] {
            assert_eq!(SourceName::read(header).unwrap(), expected, "{header}");
        }
        for (header, part) in [
            ("", "bucket name"),
            ("b", "object key"),
            ("/b", "object key"),
            ("b/", "object key"),
            ("/", "object key"),
            ("b?versionId=v", "object key"),
            ("//k", "bucket name"),
            ("b/%zz", "encoding"),
            ("b/%FF", "encoding"),
            ("b/k?versionId=%z", "encoding"),
        ] {
            let error = SourceName::read(header).unwrap_err();
            assert_eq!(error.message, format!("Invalid copy source {part}"), "{header}");
            let extra = [
                ("ArgumentName", SOURCE.to_owned()),
                ("ArgumentValue", SOURCE.to_owned()),
            ];
            assert_eq!(
                (error.code, error.extra.as_slice()),
                (Code::InvalidArgument, &extra[..])
            );
        }
        assert_eq!(
            SourceName::read("arn:aws:s3:::x/k").unwrap_err().code,
            Code::NotImplemented
        );
    }

    proptest::proptest! {
        #[test]
        fn no_source_name_is_too_odd(text in ".*") {
            let _ = SourceName::read(&text);
        }
    }
}
