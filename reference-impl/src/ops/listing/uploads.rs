//! ListMultipartUploads: the uploads in progress, oldest first within a key.

use super::page::{Last, Page, Start, fill};
use super::{Asked, shown_date, write_owner};
use crate::error::ApiError;
use crate::exchange::{Exchange, Outcome, Reply};
use crate::ops::target::find_bucket;
use crate::store::UploadRecord;
use crate::wire::xml::Writer;

/// ListMultipartUploads.
pub(super) fn list(exchange: &Exchange) -> Outcome {
    let (snapshot, query) = (&*exchange.snapshot, &exchange.request.query);
    let bucket = find_bucket(&snapshot.config, exchange.request.bucket())?;
    let asked = Asked::read(query, "max-uploads")?;
    let key_marker = query.get("key-marker").unwrap_or_default();
    // Without a key marker, the upload id marker is ignored.
    let id_marker = query
        .get("upload-id-marker")
        .filter(|id| !id.is_empty() && !key_marker.is_empty());
    let start = match id_marker {
        None => Start::after(key_marker),
        Some(id) => match snapshot.read_upload_id(bucket.id, key_marker, id) {
            Some(sequence) => Start::within(key_marker, sequence),
            None => {
                return Err(ApiError::invalid_argument(
                    "Invalid uploadId marker",
                    "upload-id-marker",
                    Some(id),
                ));
            }
        },
    };
    let page = fill(&asked, start, |from, after, visit| {
        snapshot
            .rows
            .uploads(bucket.id, from, after, |key, upload| visit(key, upload))
    })?;
    let id = |key: &str, upload: &UploadRecord| snapshot.upload_id(bucket.id, key, upload.sequence);
    let mut writer = Writer::new("ListMultipartUploadsResult");
    writer.text("Bucket", &bucket.name);
    writer.text("KeyMarker", asked.shown(key_marker));
    writer.text("UploadIdMarker", id_marker.unwrap_or_default());
    let (next_key, next_id) = next_markers(&page, id);
    writer
        .text("NextKeyMarker", asked.shown(&next_key))
        .text("NextUploadIdMarker", next_id);
    writer.text_opt("Prefix", query.get("prefix").map(|prefix| asked.shown(prefix)));
    asked.write(&mut writer, "MaxUploads");
    writer.text("IsTruncated", page.truncated.to_string());
    for (key, upload) in &page.entries {
        writer
            .open("Upload")
            .text("Key", asked.shown(key))
            .text("UploadId", id(key, upload));
        writer.open("Initiator").text("ID", &upload.initiator).close();
        write_owner(&mut writer, &snapshot.config, upload.owner);
        writer.text("StorageClass", &upload.template.storage_class);
        writer.text("Initiated", shown_date(upload.initiated));
        if let Some(algorithm) = upload.template.checksum_algorithm {
            writer.text("ChecksumAlgorithm", algorithm.name());
            let full = upload.template.full_object_checksum;
            writer.text("ChecksumType", if full { "FULL_OBJECT" } else { "COMPOSITE" });
        }
        writer.close();
    }
    asked.write_prefixes(&mut writer, &page.prefixes);
    Ok(Reply::xml(writer.finish()))
}

/// The markers after a page: those of its last upload, and empty without any, also where nothing more comes.
///
/// Only where more comes after a common prefix it is named (decision 0007): nothing else would lead on from it.
fn next_markers(page: &Page<UploadRecord>, id: impl Fn(&str, &UploadRecord) -> String) -> (String, String) {
    match (page.last(), page.entries.last()) {
        (Some(Last::Prefix(prefix)), _) => (prefix.to_owned(), String::new()),
        (_, Some((key, upload))) => (key.clone(), id(key, upload)),
        (_, None) => (String::new(), String::new()),
    }
}
