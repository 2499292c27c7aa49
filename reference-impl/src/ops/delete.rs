//! DeleteObject and DeleteObjects.

use crate::authority::denial_of_bucket;
use crate::authz::{AccountId, Action, Caller};
use crate::error::{ApiError, Code};
use crate::exchange::{Exchange, Outcome, Reply};
use crate::ops::document::{MAX_DOCUMENT, require_integrity};
use crate::ops::object::conditions::{Failed, bare_etag};
use crate::ops::target::{Rights, Target, find_bucket};
use crate::store::{Content, Mutation, Pending, VersionRecord, Versioning, View};
use crate::versions::{Asked, SimpleDelete, simple_delete};
use crate::wire::payload::Payload;
use crate::wire::xml::{Element, Writer, malformed, parse};

const BYPASS: &str = "x-amz-bypass-governance-retention";
/// The most entries of DeleteObjects (VER-MDEL-002).
const ENTRIES_MAX: usize = 1000;

/// What a delete has done.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Deleted {
    /// Nothing that is worth telling: an unversioned object is gone, or was never there.
    Silently,
    /// A delete marker was made, with this id.
    Marked(String),
    /// The version with the id that was asked for is gone.
    Version {
        /// Whether it was a delete marker.
        marker: bool,
    },
}

/// The condition of a delete.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Condition {
    None,
    /// `If-Match: *`: there must be an object.
    Exists,
    /// `If-Match`: the object must have this entity tag.
    Matches(String),
}

impl Condition {
    fn of_etag(text: &str) -> Self {
        match text {
            "*" => Self::Exists,
            etag => Self::Matches(bare_etag(etag).to_owned()),
        }
    }

    /// Judges the current version (VER-COND-013).
    fn judge(&self, target: &Target, current: Option<&VersionRecord>) -> Result<(), ApiError> {
        match (self, current.and_then(VersionRecord::object)) {
            (Self::None, _) | (Self::Exists, Some(_)) => Ok(()),
            (Self::Exists | Self::Matches(_), None) => Err(target.place().no_such_key()),
            (Self::Matches(etag), Some(object)) if object.etag == *etag => Ok(()),
            (Self::Matches(_), Some(_)) => Err(Failed::Match.refusal()),
        }
    }
}

/// What a delete is aimed at. A condition is about the current version, so it never comes with another one's id.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Aim {
    /// The key, if the condition holds for its current version.
    Key(Condition),
    /// The version with this `versionId`, as sent.
    Version(String),
}

impl Aim {
    /// Reads version id and entity tag; together they are refused, and nothing is deleted (VER-COND-019).
    fn read(asked: Option<&str>, etag: Option<&str>) -> Result<Self, ApiError> {
        match (asked, etag) {
            (Some(_), Some(_)) => Err(ApiError::header_not_implemented("If-Match")),
            (Some(id), None) => Ok(Self::Version(id.to_owned())),
            (None, etag) => Ok(Self::Key(etag.map_or(Condition::None, Condition::of_etag))),
        }
    }
}

/// One delete, ready to be planned.
#[derive(Clone, Debug)]
struct Deletion {
    target: Target,
    aim: Aim,
    /// Whether the caller asked to bypass governance and may.
    bypass: bool,
    /// Who asks.
    caller: Caller,
}

impl Deletion {
    fn plan(self, view: &View<'_, '_>) -> Result<(Vec<Mutation>, Deleted), ApiError> {
        let this = Self {
            target: self.target.clone().now(view.config)?,
            ..self
        };
        match &this.aim {
            Aim::Key(condition) => this.simply(view, condition),
            Aim::Version(id) => {
                let asked = Asked::read(view, this.target.bucket.id, &this.target.key, Some(id))?;
                this.version(view, asked)
            }
        }
    }

    /// A Deny of either delete action in the bucket policy stops every delete of an unversioned object (EVAL-OPX-013), and
    /// only that (decision 0008). Asked here, so that no object that comes in meanwhile slips through.
    fn check_neither_denied(&self, view: &View<'_, '_>) -> Result<(), ApiError> {
        let target = self.target.clone().now(view.config)?;
        let is_object = target.bucket.versioning == Versioning::Unversioned
            && view.rows.current(target.bucket.id, &target.key)?.is_some();
        if !is_object {
            return Ok(());
        }
        let mut actions = [Action::DeleteObject, Action::DeleteObjectVersion].into_iter();
        actions.try_for_each(|action| denial_of_bucket(&self.caller, view.config, &target.check(action)))
    }

    /// VER-DEL-001, VER-DEL-003 to VER-DEL-007; no lock has a say in it (LOCK-DEL-004).
    fn simply(
        &self,
        view: &View<'_, '_>,
        condition: &Condition,
    ) -> Result<(Vec<Mutation>, Deleted), ApiError> {
        let (bucket, key) = (self.target.bucket.id, self.target.key.as_str());
        let current = view.rows.current(bucket, key)?;
        condition.judge(&self.target, current.as_ref())?;
        let null = view.rows.head(bucket, key)?.and_then(|head| head.null);
        let mut mutations = note_uploads(view, bucket, key)?;
        let remove = |sequence| Mutation::DeleteVersion {
            bucket,
            key: key.to_owned(),
            sequence,
        };
        match simple_delete(self.target.bucket.versioning, null, view.allocate()) {
            SimpleDelete::Nothing => Ok((mutations, Deleted::Silently)),
            SimpleDelete::Remove(sequence) => {
                mutations.push(remove(sequence));
                Ok((mutations, Deleted::Silently))
            }
            SimpleDelete::Mark(placed) => {
                mutations.extend(placed.replaces.map(remove));
                let version = VersionRecord {
                    sequence: placed.sequence,
                    null: placed.null,
                    written: placed.sequence,
                    modified: view.now,
                    // The account that asks owns the marker.
                    owner: self.caller.account().unwrap_or(AccountId::ANONYMOUS),
                    content: Content::Marker,
                };
                let id = self.target.place().id(view, &version);
                mutations.push(Mutation::PutVersion {
                    bucket,
                    key: key.to_owned(),
                    version,
                    blob: None,
                });
                Ok((mutations, Deleted::Marked(id)))
            }
        }
    }

    /// VER-DEL-008 to VER-DEL-013: for good, and never with a marker in its place.
    fn version(&self, view: &View<'_, '_>, asked: Asked) -> Result<(Vec<Mutation>, Deleted), ApiError> {
        let (bucket, key) = (self.target.bucket.id, self.target.key.as_str());
        let found = asked.find(view.rows, bucket, key)?;
        let Some(version) = found else {
            return Ok((Vec::new(), self.gone(false))); // VER-DEL-012
        };
        if let Some(object) = version.object() {
            object.lock.may_remove(view.now, self.bypass)?;
        }
        let current = view
            .rows
            .head(bucket, key)?
            .is_some_and(|head| head.current == version.sequence);
        let mut mutations = if current {
            note_uploads(view, bucket, key)?
        } else {
            Vec::new()
        };
        mutations.push(Mutation::DeleteVersion {
            bucket,
            key: key.to_owned(),
            sequence: version.sequence,
        });
        Ok((mutations, self.gone(version.is_marker())))
    }

    /// On a bucket that never had versioning there are no versions to tell of (VER-DEL-002).
    fn gone(&self, marker: bool) -> Deleted {
        match self.target.bucket.versioning {
            Versioning::Unversioned => Deleted::Silently,
            Versioning::Enabled | Versioning::Suspended => Deleted::Version { marker },
        }
    }
}

/// Notes on the key's uploads that the key was deleted: a conditional Complete must know (VER-COND-009).
fn note_uploads(view: &View<'_, '_>, bucket: u64, key: &str) -> Result<Vec<Mutation>, ApiError> {
    let mut noted = Vec::new();
    view.rows.uploads(bucket, key, None, |name, mut upload| {
        if name == key && !upload.deleted_since {
            upload.deleted_since = true;
            noted.push(Mutation::PutUpload {
                bucket,
                key: key.to_owned(),
                upload,
            });
        }
        Ok(name == key)
    })?;
    Ok(noted)
}

/// Reads the bypass header, which only lock buckets know (LOCK-DEL-010, decision 0002).
fn read_bypass(exchange: &Exchange, lock_bucket: bool) -> Result<bool, ApiError> {
    match exchange.request.header(BYPASS) {
        None => Ok(false),
        Some(_) if !lock_bucket => {
            let message =
                "x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets.";
            Err(ApiError::invalid_argument(message, BYPASS, None))
        }
        Some(value) => Ok(value.eq_ignore_ascii_case("true")),
    }
}

/// DeleteObject.
pub(crate) async fn one(exchange: &Exchange) -> Outcome {
    let request = &exchange.request;
    let target = Target::of(exchange)?;
    let bypass = read_bypass(exchange, target.bucket.object_lock.is_some())?;
    // VER-COND-014: conditions of directory buckets, the date first.
    for header in ["x-amz-if-match-last-modified-time", "x-amz-if-match-size"] {
        if request.headers.contains_key(header) {
            return Err(ApiError::header_not_implemented(header));
        }
    }
    let aim = Aim::read(request.version_id(), request.header("if-match"))?;
    let mut rights = Rights::of(exchange);
    // Decision 0001: on a delete that names a version the header is a request for the permission.
    rights.require_if(bypass && request.version_id().is_some(), || {
        target.check(Action::BypassGovernanceRetention)
    })?;
    let deletion = Deletion {
        target,
        aim,
        bypass,
        caller: exchange.caller.clone(),
    };
    let plan = move |view: &View<'_, '_>| {
        deletion.check_neither_denied(view)?;
        deletion.plan(view)
    };
    let deleted = rights.commit(plan).await?;
    let reply = Reply::no_content();
    Ok(match deleted {
        Deleted::Silently => reply,
        Deleted::Marked(id) => reply
            .header("x-amz-delete-marker", "true")
            .header("x-amz-version-id", id),
        Deleted::Version { marker } => reply
            .header_opt("x-amz-delete-marker", marker.then_some("true"))
            .header_opt("x-amz-version-id", request.version_id()),
    })
}

/// One entry of a DeleteObjects document.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Entry {
    key: String,
    asked: Option<String>,
    etag: Option<String>,
    /// A condition that only directory buckets have (VER-MDEL-013).
    unsupported: Option<&'static str>,
}

/// A DeleteObjects document.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Document {
    entries: Vec<Entry>,
    quiet: bool,
}

impl Document {
    fn read(bytes: &[u8]) -> Result<Self, ApiError> {
        let root = parse(bytes, "Delete")?;
        root.only(&["Object", "Quiet"])?;
        let quiet = match root.child_text("Quiet")? {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => return Err(malformed()),
        };
        let entries = root
            .children("Object")
            .map(Entry::read)
            .collect::<Result<Vec<_>, _>>()?;
        if entries.is_empty() || entries.len() > ENTRIES_MAX {
            return Err(malformed());
        }
        Ok(Self { entries, quiet })
    }
}

impl Entry {
    fn read(element: &Element) -> Result<Self, ApiError> {
        element.only(&["Key", "VersionId", "ETag", "LastModifiedTime", "Size"])?;
        let mut unsupported = None;
        for name in ["LastModifiedTime", "Size"] {
            if element.child(name)?.is_some() {
                unsupported = unsupported.or(Some(name));
            }
        }
        // Keys may begin or end with spaces: their text is not trimmed.
        let key = element
            .child("Key")?
            .filter(|key| key.children.is_empty())
            .ok_or_else(malformed)?;
        if key.text.is_empty() {
            return Err(malformed());
        }
        let text = |name| Ok::<_, ApiError>(element.child_text(name)?.map(str::to_owned));
        Ok(Self {
            key: key.text.clone(),
            // An empty one stands for none (decision 0009).
            asked: text("VersionId")?.filter(|id| !id.is_empty()),
            etag: text("ETag")?,
            unsupported,
        })
    }
}

/// DeleteObjects.
pub(crate) async fn many(exchange: &Exchange, payload: &mut Payload) -> Outcome {
    require_integrity(payload)?; // VER-MDEL-003
    let bucket = find_bucket(&exchange.snapshot.config, exchange.request.bucket())?;
    let document = Document::read(&payload.collect(MAX_DOCUMENT).await?)?;
    let bypass = read_bypass(exchange, bucket.object_lock.is_some())?;
    // All entries go into the queue before any is waited for: they share commits and keep their order.
    let mut pending = Vec::new();
    for entry in &document.entries {
        pending.push(submit(exchange, entry, bypass).await);
    }
    let mut writer = Writer::new("DeleteResult");
    for (entry, pending) in document.entries.iter().zip(pending) {
        let ended = match pending {
            Ok(pending) => pending.done().await,
            Err(refusal) => Err(refusal),
        };
        write_result(&mut writer, entry, ended.map_err(as_entry_error), document.quiet);
    }
    Ok(Reply::xml(writer.finish()))
}

/// Authorizes one entry (VER-MDEL-014) and puts its plan into the queue.
async fn submit(exchange: &Exchange, entry: &Entry, bypass: bool) -> Result<Pending<Deleted>, ApiError> {
    let config = &exchange.snapshot.config;
    let target = Target::named(config, exchange.request.bucket(), &entry.key, "DELETE")?;
    let mut rights = Rights::none(exchange);
    let versioned = entry.asked.is_some();
    let action = if versioned {
        Action::DeleteObjectVersion
    } else {
        Action::DeleteObject
    };
    rights.require(target.check(action)).map_err(plainly)?;
    rights.require_if(bypass && versioned, || {
        target.check(Action::BypassGovernanceRetention)
    })?;
    // One entry's condition is no reason to refuse the others (VER-MDEL-001, VER-MDEL-015).
    if let Some(name) = entry.unsupported {
        return Err(ApiError::header_not_implemented(name));
    }
    let aim = Aim::read(entry.asked.as_deref(), entry.etag.as_deref())?;
    let reads = matches!(aim, Aim::Key(Condition::Matches(_)));
    rights.require_if(reads, || target.check(Action::GetObject))?;
    let deletion = Deletion {
        target,
        aim,
        bypass,
        caller: exchange.caller.clone(),
    };
    let plan = move |view: &View<'_, '_>| {
        deletion.check_neither_denied(view).map_err(plainly)?;
        deletion.plan(view)
    };
    exchange.server.store.submit(rights.authorization(), plan).await
}

/// VER-MDEL-014: an entry that is denied is told no reason.
fn plainly(error: ApiError) -> ApiError {
    match error.code {
        Code::AccessDenied => Code::AccessDenied.into(),
        _ => error,
    }
}

/// A bad version id is told differently here than by DeleteObject (VER-MDEL-009).
fn as_entry_error(error: ApiError) -> ApiError {
    match error.code {
        Code::InvalidArgument => Code::NoSuchVersion.into(),
        _ => error,
    }
}

fn write_result(writer: &mut Writer, entry: &Entry, ended: Result<Deleted, ApiError>, quiet: bool) {
    match ended {
        Err(error) => {
            writer
                .open("Error")
                .text("Key", &entry.key)
                .text_opt("VersionId", entry.asked.as_deref());
            writer
                .text("Code", error.code.as_str())
                .text("Message", &error.message)
                .close();
        }
        Ok(_) if quiet => {} // VER-MDEL-011
        Ok(deleted) => {
            writer
                .open("Deleted")
                .text("Key", &entry.key)
                .text_opt("VersionId", entry.asked.as_deref());
            let marker = match &deleted {
                Deleted::Marked(id) => Some(id.as_str()),
                Deleted::Version { marker: true } => entry.asked.as_deref(),
                Deleted::Version { marker: false } | Deleted::Silently => None,
            };
            if let Some(id) = marker {
                writer
                    .text("DeleteMarker", "true")
                    .text("DeleteMarkerVersionId", id);
            }
            writer.close();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Document, Code> {
        Document::read(text.as_bytes()).map_err(|error| error.code)
    }

    #[test]
    fn documents_hold_one_to_a_thousand_entries() {
        let entry = "<Object><Key>k</Key></Object>";
        assert_eq!(read("<Delete/>"), Err(Code::MalformedXML));
        assert_eq!(
            read(&format!("<Delete>{entry}</Delete>")).unwrap().entries.len(),
            1
        );
        assert_eq!(
            read(&format!("<Delete>{}</Delete>", entry.repeat(1000)))
                .unwrap()
                .entries
                .len(),
            1000
        );
        assert_eq!(
            read(&format!("<Delete>{}</Delete>", entry.repeat(1001))),
            Err(Code::MalformedXML)
        );
    }

    #[test]
    fn entries_are_strict() {
        let one = |inner: &str| {
            read(&format!(
                "<Delete><Quiet>true</Quiet><Object>{inner}</Object></Delete>"
            ))
        };
        let document = one("<Key> k </Key><VersionId>v</VersionId><ETag>\"e\"</ETag>").unwrap();
        assert!(document.quiet);
        let expected = Entry {
            key: " k ".to_owned(),
            asked: Some("v".to_owned()),
            etag: Some("\"e\"".to_owned()),
            unsupported: None,
        };
        assert_eq!(document.entries, [expected]);
        assert_eq!(one(""), Err(Code::MalformedXML));
        assert_eq!(one("<Key></Key>"), Err(Code::MalformedXML));
        assert_eq!(one("<Key>k</Key><Foo/>"), Err(Code::MalformedXML));
        let both = one("<Key>k</Key><Size>1</Size><LastModifiedTime>x</LastModifiedTime>").unwrap();
        assert_eq!(both.entries[0].unsupported, Some("LastModifiedTime"));
    }

    proptest::proptest! {
        #[test]
        fn no_document_is_too_odd(inner in "(<(Object|/Object|Key|/Key|VersionId|/VersionId|Quiet|/Quiet)>|[a-z&<]){0,14}") {
            if let Ok(document) = Document::read(format!("<Delete>{inner}</Delete>").as_bytes()) {
                proptest::prop_assert!((1..=ENTRIES_MAX).contains(&document.entries.len()));
            }
        }
    }
}
