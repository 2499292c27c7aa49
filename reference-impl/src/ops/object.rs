//! PutObject, GetObject and HeadObject.

pub(crate) mod conditions;
pub(crate) mod metadata;
pub(crate) mod range;

use std::pin::pin;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::StatusCode;
use tokio::sync::mpsc;

use crate::authz::{AccountId, Acl, Action};
use crate::clock::Timestamp;
use crate::error::{ApiError, Code};
use crate::exchange::{Exchange, Mechanism, Outcome, Reply, ReplyBody};
use crate::lock::{self, LockState, WriteHeaders};
use crate::ops::acl;
use crate::ops::tagging::{self, Tags};
use crate::ops::target::{Rights, Target, has_right, hide_missing};
use crate::store::{
    Body, Content, Mutation, ObjectReader, ObjectRecord, SealedBlob, StoredChecksum, VersionRecord,
    Versioning, View,
};
use crate::versions::{self, OnMarker, find_object};
use crate::wire::checksum::Checksum;
use crate::wire::dates;
use crate::wire::payload::{DigestForm, Digests, Payload};
use conditions::{ReadConditions, Verdict, WriteCondition, range_counts};
use metadata::Metadata;
use range::ByteRange;

/// The largest object of a single PUT, copy or part: 5 GiB.
pub(crate) const SIZE_MAX: u64 = 5 * 1024 * 1024 * 1024;

/// What the head of a write says about the object to come; all of it is checked before the body is read.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) metadata: Metadata,
    pub(crate) storage_class: String,
    pub(crate) tags: Tags,
    /// What the request names; the bucket's default comes in when the version is made.
    pub(crate) lock: LockState,
    pub(crate) owner: AccountId,
    pub(crate) acl: Option<Acl>,
}

impl Draft {
    /// Reads the headers of PutObject, CopyObject and CreateMultipartUpload; the rights that they need were asked
    /// by the pipeline.
    pub(crate) fn read(exchange: &Exchange, target: &Target) -> Result<Self, ApiError> {
        let (request, config) = (&exchange.request, &*exchange.snapshot.config);
        let asked = acl::request::from_headers(&request.headers, config)?;
        let (owner, acl) = acl::for_new_object(
            asked.as_ref(),
            &exchange.caller,
            config,
            &target.bucket,
            &target.key,
        )?;
        metadata::check_encryption(request)?;
        let lock = WriteHeaders::from_request(|name| request.header(name));
        Ok(Self {
            metadata: Metadata::read(request)?,
            storage_class: metadata::storage_class(request)?,
            tags: tagging::from_headers(&request.headers)?,
            lock: lock.read(exchange.now, target.bucket.object_lock.is_some())?,
            owner,
            acl,
        })
    }

    /// The object, once its bytes are there.
    pub(crate) fn object(
        self,
        body: Body,
        size: u64,
        etag: String,
        checksum: StoredChecksum,
    ) -> ObjectRecord {
        ObjectRecord {
            size,
            etag,
            body,
            system: self.metadata.system,
            metadata: self.metadata.user,
            checksum: Some(checksum),
            storage_class: self.storage_class,
            tags: self.tags,
            lock: self.lock,
            acl: self.acl,
        }
    }
}

/// Whether the version that a write makes now will have lock state, its bucket's default included (LOCK-INT-001).
fn will_be_locked(lock: LockState, target: &Target, now: Timestamp) -> bool {
    lock::of_new_version(lock, target.bucket.object_lock, now).is_some()
}

/// Refuses a write with lock state that proves too little about itself (LOCK-INT-001 to LOCK-INT-005).
pub(crate) fn check_locked_write(
    exchange: &Exchange,
    target: &Target,
    lock: LockState,
    payload: &Payload,
    what: &str,
) -> Result<(), ApiError> {
    if !will_be_locked(lock, target, exchange.now) {
        return Ok(());
    }
    if exchange.mechanism == Mechanism::Anonymous {
        let message = format!("{what} requests with Object Lock parameters require AWS Signature Version 4");
        return Err(ApiError::invalid_argument(message, "Authorization", None));
    }
    if !payload.has_integrity() {
        let message = format!(
            "Content-MD5 OR x-amz-checksum- HTTP header is required for {what} requests with Object Lock parameters"
        );
        return Err(ApiError::with_message(Code::InvalidRequest, message));
    }
    Ok(())
}

/// How long a snapshot is held while a body arrives: old snapshots keep the pages of the metadata from being used
/// again.
const HELD: Duration = Duration::from_secs(1);

/// The next piece of a body; while it does not come, the exchange moves on to newer snapshots.
async fn next_piece(exchange: &mut Exchange, payload: &mut Payload) -> Result<Option<Bytes>, ApiError> {
    let mut next = pin!(payload.next());
    loop {
        match tokio::time::timeout(HELD, &mut next).await {
            Ok(piece) => return piece,
            Err(_) => exchange.snapshot = exchange.server.store.snapshot(),
        }
    }
}

/// Reads a body into a sealed blob, as it comes, and verifies it at its end.
///
/// Afterwards the exchange sees another commit: what was asked of the old one must be kept by the caller.
pub(crate) async fn receive(
    exchange: &mut Exchange,
    payload: &mut Payload,
) -> Result<(SealedBlob, Digests), ApiError> {
    let declared = payload.length().ok_or(Code::MissingContentLength)?;
    let too_large = |size: u64| {
        ApiError::new(Code::EntityTooLarge)
            .with("ProposedSize", size.to_string())
            .with("MaxSizeAllowed", SIZE_MAX.to_string())
    };
    if declared > SIZE_MAX {
        return Err(too_large(declared));
    }
    let mut writer = exchange.server.store.blob()?;
    let mut received = 0;
    let mut taken = Instant::now();
    while let Some(piece) = next_piece(exchange, payload).await? {
        received += piece.len() as u64;
        if received > SIZE_MAX {
            return Err(too_large(received));
        }
        writer.write(&piece).await?;
        if taken.elapsed() > HELD {
            (taken, exchange.snapshot) = (Instant::now(), exchange.server.store.snapshot());
        }
    }
    let digests = payload
        .digests()
        .cloned()
        .ok_or_else(|| ApiError::internal("a body ended without digests"))?;
    Ok((writer.finish().await?, digests))
}

/// The checksum of a whole object or part.
pub(crate) fn stored_checksum(checksum: &Checksum) -> StoredChecksum {
    StoredChecksum {
        algorithm: checksum.algorithm,
        value: checksum.value.clone(),
        composite: false,
    }
}

/// A version that a plan has made.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    /// Its id as the wire shows it.
    pub(crate) id: String,
    /// The bucket's versioning state when it was made.
    pub(crate) versioning: Versioning,
    /// Its date.
    pub(crate) modified: Timestamp,
}

/// Puts a new object into a key's history (VER-PUT-001 to VER-PUT-003).
///
/// `upload` gives sequence and date of the multipart upload that makes it (VER-PUT-009, VER-PUT-012).
pub(crate) fn insert(
    view: &View<'_, '_>,
    target: &Target,
    mut object: ObjectRecord,
    owner: AccountId,
    blob: Option<SealedBlob>,
    upload: Option<(u64, Timestamp)>,
) -> Result<(Vec<Mutation>, Made), ApiError> {
    let (bucket, key) = (&*target.bucket, target.key.as_str());
    let (fresh, head) = (view.allocate(), view.rows.head(bucket.id, key)?);
    let initiated = upload.map(|(sequence, _)| sequence);
    let placed = versions::place(
        bucket.versioning,
        head.and_then(|head| head.null),
        fresh,
        initiated,
    );
    object.lock = lock::of_new_version(object.lock, bucket.object_lock, view.now);
    let version = VersionRecord {
        sequence: placed.sequence,
        null: placed.null,
        written: fresh,
        modified: upload.map_or(view.now, |(_, initiated)| initiated),
        owner,
        content: Content::Object(Box::new(object)),
    };
    let made = Made {
        id: target.place().id(view, &version),
        versioning: bucket.versioning,
        modified: version.modified,
    };
    let mut mutations = Vec::new();
    if let Some(sequence) = placed.replaces {
        mutations.push(Mutation::DeleteVersion {
            bucket: bucket.id,
            key: key.to_owned(),
            sequence,
        });
    }
    mutations.push(Mutation::PutVersion {
        bucket: bucket.id,
        key: key.to_owned(),
        version,
        blob,
    });
    Ok((mutations, made))
}

/// PutObject.
pub(crate) async fn put(exchange: &mut Exchange, payload: &mut Payload) -> Outcome {
    let target = Target::of(exchange)?;
    let condition = WriteCondition::read(&exchange.request)?;
    let draft = Draft::read(exchange, &target)?;
    check_locked_write(exchange, &target, draft.lock, payload, "Put Object")?;
    payload.show_digest_as(DigestForm::Hex);
    let authorization = Rights::of(exchange).authorization();
    let (blob, digests) = receive(exchange, payload).await?;
    let (etag, checksum) = (digests.md5_hex(), stored_checksum(&digests.checksum));
    let reply = Reply::ok().header("etag", format!("\"{etag}\""));
    let reply = reply.header("x-amz-server-side-encryption", "AES256");
    let reply = show_checksum(reply, &checksum);
    let plan = move |view: &View<'_, '_>| {
        let target = target.now(view.config)?;
        let current = view.rows.current(target.bucket.id, &target.key)?;
        condition.judge(&target.place(), current.as_ref())?;
        let owner = draft.owner;
        let object = draft.object(Body::Whole(blob.extent().clone()), digests.length, etag, checksum);
        insert(view, &target, object, owner, Some(blob), None)
    };
    let made = exchange.server.store.execute(authorization, plan).await?;
    // VER-PUT-004: in a suspended bucket PutObject keeps silent about `null`.
    let shown = (made.versioning == Versioning::Enabled).then_some(made.id);
    Ok(reply.header_opt("x-amz-version-id", shown))
}

/// Puts a checksum into the headers of a reply.
pub(crate) fn show_checksum(reply: Reply, checksum: &StoredChecksum) -> Reply {
    reply
        .header(checksum.algorithm.header(), checksum.value.as_str())
        .header("x-amz-checksum-type", checksum.type_name())
}

/// GetObject.
pub(crate) async fn get(exchange: &Exchange) -> Outcome {
    let read = Read::prepare(exchange)?;
    let reader = exchange
        .snapshot
        .read(read.object()?, read.range.from, read.range.to)
        .await?;
    let length = read.range.to - read.range.from;
    let mut reply = read.reply()?;
    reply.body = ReplyBody::Stream {
        length,
        pieces: send(reader),
    };
    Ok(reply)
}

/// HeadObject.
pub(crate) fn head(exchange: &Exchange) -> Outcome {
    let read = Read::prepare(exchange)?;
    let length = read.range.to - read.range.from;
    Ok(read.reply()?.header("content-length", length.to_string()))
}

/// Sends what a reader gives, at the pace of whoever takes it.
fn send(mut reader: ObjectReader) -> mpsc::Receiver<std::io::Result<Bytes>> {
    let (sender, receiver) = mpsc::channel(2);
    tokio::spawn(async move {
        loop {
            let piece = match reader.next().await {
                Ok(Some(piece)) => Ok(piece),
                Ok(None) => return,
                Err(error) => Err(std::io::Error::other(error)),
            };
            let failed = piece.is_err();
            if sender.send(piece).await.is_err() || failed {
                return;
            }
        }
    });
    receiver
}

/// A read that may go ahead.
struct Read<'e> {
    exchange: &'e Exchange,
    target: Target,
    version: VersionRecord,
    range: ByteRange,
    partial: bool,
    /// The number of parts, where a part was asked for.
    parts: Option<u32>,
    /// The checksum of the bytes that are read, where it is known: that of the object, or of one part.
    checksum: Option<StoredChecksum>,
}

impl<'e> Read<'e> {
    fn prepare(exchange: &'e Exchange) -> Result<Self, ApiError> {
        let (request, snapshot) = (&exchange.request, &*exchange.snapshot);
        let target = Target::of(exchange)?;
        let version = find_object(
            &snapshot.rows,
            snapshot,
            target.place(),
            request.version_id(),
            OnMarker::Hidden,
        )
        .map_err(|error| hide_missing(exchange, &target.bucket.name, error))?;
        let whole = ByteRange {
            from: 0,
            to: version.object().map_or(0, |object| object.size),
        };
        let checksum = version.object().and_then(|object| object.checksum.clone());
        let mut read = Self {
            exchange,
            target,
            version,
            range: whole,
            partial: false,
            parts: None,
            checksum,
        };
        read.judge()?;
        read.narrow()?;
        Ok(read)
    }

    fn object(&self) -> Result<&ObjectRecord, ApiError> {
        self.version
            .object()
            .ok_or_else(|| self.target.place().no_such_key())
    }

    fn judge(&self) -> Result<(), ApiError> {
        let object = self.object()?;
        let conditions = ReadConditions::of_read(&self.exchange.request);
        match conditions.judge(&object.etag, self.version.modified, self.exchange.now) {
            Verdict::Holds => Ok(()),
            Verdict::Failed(failed) => Err(failed.refusal()),
            Verdict::Unchanged(_) => {
                let shown = self
                    .target
                    .place()
                    .shown_id(&*self.exchange.snapshot, &self.version);
                let error = ApiError::new(Code::NotModified)
                    .header("etag", format!("\"{}\"", object.etag))
                    .header("last-modified", dates::http(self.version.modified));
                Err(match shown {
                    Some(id) => error.header("x-amz-version-id", id),
                    None => error,
                })
            }
        }
    }

    /// Narrows the read to the range or part that was asked for.
    fn narrow(&mut self) -> Result<(), ApiError> {
        let request = &self.exchange.request;
        let size = self.object()?.size;
        match (request.header("range"), request.query.get("partNumber")) {
            (None, None) => {}
            (Some(_), Some(_)) => {
                let message = "Cannot specify both Range header and partNumber query parameter";
                return Err(ApiError::with_message(Code::InvalidRequest, message));
            }
            // A range of an object that is another one by now would be no part of what the client has.
            (Some(_), None) if !self.is_the_one_of_the_range()? => {}
            (Some(header), None) => {
                if let Some(range) = range::read(header, size)? {
                    if range != self.range {
                        self.checksum = None;
                    }
                    (self.range, self.partial) = (range, true);
                }
            }
            (None, Some(number)) => {
                self.take_part(read_part_number(number)?)?;
                self.partial = true;
            }
        }
        Ok(())
    }

    /// Whether the object is the one that `If-Range` names, if there is one (RFC 9110, 13.1.5).
    fn is_the_one_of_the_range(&self) -> Result<bool, ApiError> {
        let named = self.exchange.request.header("if-range");
        Ok(range_counts(named, &self.object()?.etag, self.version.modified))
    }

    /// Narrows the read to a part; an object that was put whole is its own first part.
    fn take_part(&mut self, number: u16) -> Result<(), ApiError> {
        let object = self.object()?;
        let beyond = |count: u32| {
            ApiError::new(Code::InvalidPartNumber)
                .with("PartNumberRequested", number.to_string())
                .with("ActualPartCount", count.to_string())
        };
        match &object.body {
            Body::Whole(_) if number == 1 => Ok(()),
            Body::Whole(_) => Err(beyond(1)),
            Body::Parts { upload, count } => {
                // Parts are counted as they were completed, whatever their numbers were.
                let parts = self
                    .exchange
                    .snapshot
                    .rows
                    .parts(*upload, .., usize::from(number))?;
                let index = usize::from(number) - 1;
                let (_, part) = parts.get(index).ok_or_else(|| beyond(*count))?;
                let from = parts.iter().take(index).map(|(_, part)| part.size).sum();
                let range = ByteRange {
                    from,
                    to: from + part.size,
                };
                // The type is that of the object, whose checksum the part's went into.
                let composite = object.checksum.as_ref().is_some_and(|whole| whole.composite);
                let checksum = part
                    .checksum
                    .clone()
                    .map(|part| StoredChecksum { composite, ..part });
                (self.range, self.parts, self.checksum) = (range, Some(*count), checksum);
                Ok(())
            }
        }
    }

    fn reply(&self) -> Outcome {
        let (exchange, object) = (self.exchange, self.object()?);
        let request = &exchange.request;
        let status = if self.partial {
            StatusCode::PARTIAL_CONTENT
        } else {
            StatusCode::OK
        };
        let reply = Reply::empty(status)
            .header("etag", format!("\"{}\"", object.etag))
            .header("last-modified", dates::http(self.version.modified))
            .header("accept-ranges", "bytes")
            .header("x-amz-server-side-encryption", "AES256")
            .header_opt(
                "x-amz-version-id",
                self.target.place().shown_id(&*exchange.snapshot, &self.version),
            )
            .header_opt("x-amz-mp-parts-count", self.parts.map(|parts| parts.to_string()))
            .header_opt(
                "content-range",
                self.partial.then(|| self.range.content_range(object.size)),
            );
        let reply = match object.storage_class.as_str() {
            "STANDARD" => reply,
            class => reply.header("x-amz-storage-class", class),
        };
        let reply = match (&self.checksum, request.header("x-amz-checksum-mode")) {
            (Some(checksum), Some(mode)) if mode.eq_ignore_ascii_case("ENABLED") => {
                show_checksum(reply, checksum)
            }
            _ => reply,
        };
        let reply = self.show_lock(reply, object.lock);
        let tags = object.tags.len();
        let tagging = match request.version_id() {
            Some(_) => Action::GetObjectVersionTagging,
            None => Action::GetObjectTagging,
        };
        let shows_tags = tags > 0 && has_right(exchange, &self.target.check(tagging));
        let reply = reply.header_opt("x-amz-tagging-count", shows_tags.then(|| tags.to_string()));
        Ok(metadata::show(reply, &object.system, &object.metadata, request))
    }

    /// Lock state is shown to those who may ask for it (LOCK-HDR-013, LOCK-HDR-014).
    fn show_lock(&self, mut reply: Reply, lock: LockState) -> Reply {
        let may = |action| has_right(self.exchange, &self.target.check(action));
        if let Some(retention) = lock.retention
            && may(Action::GetObjectRetention)
        {
            reply = reply
                .header("x-amz-object-lock-mode", retention.mode.as_str())
                .header(
                    "x-amz-object-lock-retain-until-date",
                    dates::iso_millis(retention.until),
                );
        }
        if let Some(hold) = lock.hold
            && may(Action::GetObjectLegalHold)
        {
            reply = reply.header("x-amz-object-lock-legal-hold", hold.as_str());
        }
        reply
    }
}

/// Reads a part number: 1 to 10,000.
pub(crate) fn read_part_number(text: &str) -> Result<u16, ApiError> {
    text.parse()
        .ok()
        .filter(|number| (1..=10_000).contains(number))
        .ok_or_else(|| {
            let message = "Part number must be an integer between 1 and 10000, inclusive";
            ApiError::invalid_argument(message, "partNumber", Some(text))
        })
}
