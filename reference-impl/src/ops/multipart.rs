//! Multipart uploads: Create, UploadPart, UploadPartCopy, Abort and ListParts; Complete is next door.

mod checksums;
mod complete;
mod remembered;

pub(crate) use complete::complete;
pub(crate) use remembered::Completions;

use crate::authz::Caller;
use crate::clock::Timestamp;
use crate::error::{ApiError, Code};
use crate::exchange::{Exchange, Outcome, Reply};
use crate::ops::acl::canonical_id;
use crate::ops::copy::{WantedSource, asked_algorithm, reseal};
use crate::ops::listing::{not_negative, read_count, read_limit, shown_date, write_owner};
use crate::ops::object::range::{self, ByteRange};
use crate::ops::object::{Draft, SIZE_MAX, check_locked_write, read_part_number, receive, stored_checksum};
use crate::ops::target::{Rights, Target};
use crate::store::{
    Access, Authorization, Mutation, PartRecord, Rows, SealedBlob, Snapshot, Store, StoredChecksum,
    UploadRecord, UploadTemplate, View,
};
use crate::wire::checksum::ChecksumAlgorithm;
use crate::wire::payload::Payload;
use crate::wire::xml::Writer;

/// An upload that a request names, with its id.
#[derive(Clone, Debug)]
struct Named {
    id: String,
    sequence: u64,
}

impl Named {
    /// Reads the `uploadId` of a request; one that this server did not make is as good as gone.
    fn read(exchange: &Exchange, target: &Target) -> Result<Self, ApiError> {
        let id = exchange
            .request
            .query
            .get("uploadId")
            .unwrap_or_default()
            .to_owned();
        match exchange
            .snapshot
            .read_upload_id(target.bucket.id, &target.key, &id)
        {
            Some(sequence) => Ok(Self { id, sequence }),
            None => Err(no_such_upload(&id)),
        }
    }

    /// Finds the upload.
    fn find<A: Access>(&self, rows: &Rows<A>, target: &Target) -> Result<UploadRecord, ApiError> {
        let found = rows.upload(target.bucket.id, &target.key, self.sequence)?;
        found.ok_or_else(|| no_such_upload(&self.id))
    }
}

fn no_such_upload(id: &str) -> ApiError {
    ApiError::new(Code::NoSuchUpload).with("UploadId", id)
}

/// CreateMultipartUpload; it takes the place among the versions that the object will have (VER-PUT-009).
pub(crate) async fn create(exchange: &Exchange) -> Outcome {
    let target = Target::of(exchange)?;
    let draft = Draft::read(exchange, &target)?;
    let algorithm = asked_algorithm(&exchange.request)?;
    let full = checksums::read_type(exchange.request.header("x-amz-checksum-type"), algorithm)?;
    let initiator = initiator(&exchange.caller, &exchange.snapshot);
    let initiator_id = exchange.caller.user_id();
    let (bucket, key) = (target.bucket.name.clone(), target.key.clone());
    let plan = move |view: &View<'_, '_>| {
        let target = target.now(view.config)?;
        let upload = UploadRecord {
            sequence: view.allocate(),
            initiated: view.now,
            owner: draft.owner,
            initiator,
            initiator_id,
            deleted_since: false,
            template: UploadTemplate {
                system: draft.metadata.system,
                metadata: draft.metadata.user,
                checksum_algorithm: algorithm,
                full_object_checksum: full,
                storage_class: draft.storage_class,
                tags: draft.tags,
                lock: draft.lock,
                acl: draft.acl,
            },
        };
        let id = view.upload_id(target.bucket.id, &target.key, upload.sequence);
        Ok((
            vec![Mutation::PutUpload {
                bucket: target.bucket.id,
                key: target.key,
                upload,
            }],
            id,
        ))
    };
    let id = Rights::of(exchange).commit(plan).await?;
    let mut writer = Writer::new("InitiateMultipartUploadResult");
    writer
        .text("Bucket", bucket)
        .text("Key", key)
        .text("UploadId", id);
    Ok(Reply::xml(writer.finish())
        .header("x-amz-server-side-encryption", "AES256")
        .header_opt("x-amz-checksum-algorithm", algorithm.map(ChecksumAlgorithm::name))
        .header_opt(
            "x-amz-checksum-type",
            algorithm.map(|_| checksums::type_name(full)),
        ))
}

/// The initiator of an upload: a user by ARN, an account by canonical id.
fn initiator(caller: &Caller, snapshot: &Snapshot) -> String {
    match caller {
        Caller::Root { account } => canonical_id(&snapshot.config, *account),
        caller => caller.arn().unwrap_or_default(),
    }
}

/// UploadPart.
pub(crate) async fn upload_part(exchange: &mut Exchange, payload: &mut Payload) -> Outcome {
    let target = Target::of(exchange)?;
    let number = part_number(exchange)?;
    let named = Named::read(exchange, &target)?;
    // Looked up before the body is read, and again in the plan.
    let upload = named.find(&exchange.snapshot.rows, &target)?;
    check_locked_write(exchange, &target, upload.template.lock, payload, "Put Part")?; // LOCK-INT-004
    let announced = upload.template.checksum_algorithm;
    checksums::check_part(announced, payload.client_algorithm())?;
    // What a part of an upload without algorithm comes with is checked, but what the object will need is kept.
    let kept = announced.unwrap_or(ChecksumAlgorithm::Crc64Nvme);
    payload.also_compute(kept);
    let authorization = Rights::of(exchange).authorization();
    let (blob, digests) = receive(exchange, payload).await?;
    let checksum = digests
        .checksum_of(kept)
        .map(stored_checksum)
        .ok_or_else(|| ApiError::internal("a part was read without its checksum"))?;
    let etag = digests.md5_hex();
    let shown = (announced.is_some() || digests.checksum_sent).then_some(&digests.checksum);
    let mut reply = Reply::ok()
        .header("etag", format!("\"{etag}\""))
        .header("x-amz-server-side-encryption", "AES256");
    if let Some(shown) = shown {
        reply = reply.header(shown.algorithm.header(), shown.value.as_str());
    }
    let part = NewPart {
        number,
        etag,
        checksum,
        blob,
    };
    part.store(&exchange.server.store, authorization, target, named)
        .await?;
    Ok(reply)
}

/// UploadPartCopy.
pub(crate) async fn upload_part_copy(exchange: &Exchange) -> Outcome {
    let target = Target::of(exchange)?;
    let number = part_number(exchange)?;
    let mut rights = Rights::of(exchange);
    // The source's rights and its version id come first, then the upload, then what is at the source (EVAL-404-009).
    let wanted = WantedSource::ask(exchange, &mut rights)?;
    let named = Named::read(exchange, &target)?;
    let upload = named.find(&exchange.snapshot.rows, &target)?;
    let source = wanted.find(exchange)?;
    source.judge(exchange)?;
    let object = source.object()?;
    let range = match exchange.request.header("x-amz-copy-source-range") {
        Some(header) => range::read_source(header, object.size)?,
        None => ByteRange {
            from: 0,
            to: object.size,
        },
    };
    if range.to - range.from > SIZE_MAX {
        return Err(ApiError::new(Code::EntityTooLarge).with("MaxSizeAllowed", SIZE_MAX.to_string()));
    }
    let algorithm = upload
        .template
        .checksum_algorithm
        .unwrap_or(ChecksumAlgorithm::Crc64Nvme);
    let reader = exchange.snapshot.read(object, range.from, range.to).await?;
    let copied = reseal(&exchange.server.store, reader, algorithm).await?;
    let (etag, checksum) = (copied.etag.clone(), copied.checksum.clone());
    let part = NewPart {
        number,
        etag: copied.etag,
        checksum: copied.checksum,
        blob: copied.blob,
    };
    let modified = part
        .store(&exchange.server.store, rights.authorization(), target, named)
        .await?;
    let mut writer = Writer::new("CopyPartResult");
    writer
        .text("LastModified", shown_date(modified))
        .text("ETag", format!("\"{etag}\""));
    if upload.template.checksum_algorithm.is_some() {
        writer.text(checksum.algorithm.element(), &checksum.value);
    }
    // VER-COPY-010
    Ok(Reply::xml(writer.finish())
        .header("x-amz-server-side-encryption", "AES256")
        .header_opt("x-amz-copy-source-version-id", source.shown_id(exchange)))
}

fn part_number(exchange: &Exchange) -> Result<u16, ApiError> {
    read_part_number(exchange.request.query.get("partNumber").unwrap_or_default())
}

/// A part that is ready to be stored.
struct NewPart {
    number: u16,
    etag: String,
    checksum: StoredChecksum,
    blob: SealedBlob,
}

impl NewPart {
    /// Stores the part, in place of one with the same number, if the upload is still there.
    async fn store(
        self,
        store: &Store,
        authorization: Authorization,
        target: Target,
        named: Named,
    ) -> Result<Timestamp, ApiError> {
        let plan = move |view: &View<'_, '_>| {
            let target = target.now(view.config)?;
            let upload = named.find(view.rows, &target)?;
            let part = PartRecord {
                size: self.blob.extent().size,
                etag: self.etag,
                modified: view.now,
                checksum: Some(self.checksum),
                extent: self.blob.extent().clone(),
            };
            let (number, blob) = (self.number, self.blob);
            Ok((
                vec![Mutation::PutPart {
                    upload: upload.sequence,
                    number,
                    part,
                    blob,
                }],
                view.now,
            ))
        };
        store.execute(authorization, plan).await
    }
}

/// AbortMultipartUpload; no lock stands in its way (LOCK-DEL-013).
pub(crate) async fn abort(exchange: &Exchange) -> Outcome {
    let target = Target::of(exchange)?;
    let named = Named::read(exchange, &target)?;
    let plan = move |view: &View<'_, '_>| {
        let target = target.now(view.config)?;
        let sequence = named.find(view.rows, &target)?.sequence;
        let bucket = target.bucket.id;
        Ok((
            vec![Mutation::DeleteUpload {
                bucket,
                key: target.key,
                sequence,
                keep: None,
            }],
            (),
        ))
    };
    Rights::of(exchange).commit(plan).await?;
    Ok(Reply::no_content())
}

/// ListParts.
pub(crate) fn list_parts(exchange: &Exchange) -> Outcome {
    let (snapshot, query) = (&*exchange.snapshot, &exchange.request.query);
    let target = Target::of(exchange)?;
    let named = Named::read(exchange, &target)?;
    let upload = named.find(&snapshot.rows, &target)?;
    let limit = read_limit(query.get("max-parts"), "max-parts")?;
    let marker = read_marker(query.get("part-number-marker"), "part-number-marker")?;
    let mut parts = snapshot
        .rows
        .parts(upload.sequence, marker.saturating_add(1).., limit + 1)?;
    // As in all listings, a page of no length has nothing behind it (VER-LIST-015).
    let truncated = limit > 0 && parts.len() > limit;
    parts.truncate(limit);
    let mut writer = Writer::new("ListPartsResult");
    writer
        .text("Bucket", &target.bucket.name)
        .text("Key", &target.key)
        .text("UploadId", &named.id);
    writer.text("PartNumberMarker", marker.to_string());
    // Unlike other listings this one always says how far it went.
    let last = parts.last().map_or(0, |(number, _)| *number);
    writer.text("NextPartNumberMarker", last.to_string());
    writer
        .text("MaxParts", limit.to_string())
        .text("IsTruncated", truncated.to_string());
    let announced = upload.template.checksum_algorithm;
    for (number, part) in &parts {
        writer.open("Part").text("PartNumber", number.to_string());
        writer
            .text("LastModified", shown_date(part.modified))
            .text("ETag", format!("\"{}\"", part.etag));
        writer.text("Size", part.size.to_string());
        // What an upload without algorithm keeps of its parts is its own affair.
        if let Some(checksum) = part.checksum.as_ref().filter(|_| announced.is_some()) {
            writer.text(checksum.algorithm.element(), &checksum.value);
        }
        writer.close();
    }
    writer.open("Initiator").text("ID", &upload.initiator).close();
    write_owner(&mut writer, &snapshot.config, upload.owner);
    writer.text("StorageClass", &upload.template.storage_class);
    if let Some(algorithm) = announced {
        writer.text("ChecksumAlgorithm", algorithm.name());
        writer.text(
            "ChecksumType",
            checksums::type_name(upload.template.full_object_checksum),
        );
    }
    Ok(Reply::xml(writer.finish()))
}

/// Reads the number of the part after which a list begins; one past every part is a marker too.
pub(crate) fn read_marker(text: Option<&str>, name: &str) -> Result<u16, ApiError> {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Ok(0);
    };
    // Behind the last number there can be no part, however far.
    let number = read_count(text, name, &not_negative)?;
    Ok(u16::try_from(number).unwrap_or(u16::MAX))
}
