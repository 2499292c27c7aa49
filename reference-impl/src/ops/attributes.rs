//! GetObjectAttributes.

use crate::error::{ApiError, Code};
use crate::exchange::{Exchange, Outcome, Reply};
use crate::ops::listing::{PAGE_MAX, read_limit};
use crate::ops::multipart::read_marker;
use crate::ops::target::{Target, hide_missing};
use crate::store::{Body, ObjectRecord, Snapshot, StoredChecksum};
use crate::versions::{OnMarker, find_object};
use crate::wire::dates;
use crate::wire::xml::Writer;

const ATTRIBUTES: &str = "x-amz-object-attributes";
const KNOWN: [&str; 5] = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"];

/// Reads which attributes are asked for.
fn read_asked(exchange: &Exchange) -> Result<Vec<&str>, ApiError> {
    let header = exchange
        .request
        .header(ATTRIBUTES)
        .filter(|header| !header.is_empty());
    let Some(header) = header else {
        let message = "The x-amz-object-attributes header specifying the attributes to be retrieved is either missing \
                       or empty";
        return Err(ApiError::with_message(Code::InvalidRequest, message));
    };
    let asked: Vec<&str> = header.split(',').map(str::trim).collect();
    if asked.iter().all(|name| KNOWN.contains(name)) {
        return Ok(asked);
    }
    Err(ApiError::invalid_argument(
        "Invalid attribute name specified.",
        ATTRIBUTES,
        Some(header),
    ))
}

/// Which parts are asked for.
#[derive(Clone, Copy, Debug)]
struct Page {
    limit: usize,
    marker: u16,
}

impl Page {
    /// Reads the headers, whether or not the object turns out to have parts.
    fn read(exchange: &Exchange) -> Result<Self, ApiError> {
        const LIMIT: &str = "x-amz-max-parts";
        const MARKER: &str = "x-amz-part-number-marker";
        let request = &exchange.request;
        Ok(Self {
            // Unlike a parameter, a header that is no number is no limit.
            limit: read_limit(request.header(LIMIT), LIMIT).unwrap_or(PAGE_MAX),
            marker: read_marker(request.header(MARKER), MARKER)?,
        })
    }
}

/// GetObjectAttributes.
pub(crate) fn get(exchange: &Exchange) -> Outcome {
    let (snapshot, request) = (&*exchange.snapshot, &exchange.request);
    let asked = read_asked(exchange)?;
    let page = Page::read(exchange)?;
    let target = Target::of(exchange)?;
    // VER-GET-012
    let version = find_object(
        &snapshot.rows,
        snapshot,
        target.place(),
        request.version_id(),
        OnMarker::Hidden,
    )
    .map_err(|error| hide_missing(exchange, &target.bucket.name, error))?;
    let object = version.object().ok_or_else(|| target.place().no_such_key())?;
    let asks = |name| asked.contains(&name);
    let mut writer = Writer::new("GetObjectAttributesResponse");
    writer.text_opt("ETag", asks("ETag").then_some(&object.etag));
    if let Some(checksum) = object.checksum.as_ref().filter(|_| asks("Checksum")) {
        writer.open("Checksum");
        write_checksum(&mut writer, checksum);
        writer.text("ChecksumType", checksum.type_name()).close();
    }
    if asks("ObjectParts") {
        write_parts(&mut writer, snapshot, page, object)?;
    }
    writer.text_opt(
        "StorageClass",
        asks("StorageClass").then_some(&object.storage_class),
    );
    writer.text_opt("ObjectSize", asks("ObjectSize").then(|| object.size.to_string()));
    Ok(Reply::xml(writer.finish())
        .header("last-modified", dates::http(version.modified))
        .header_opt("x-amz-version-id", target.place().shown_id(snapshot, &version)))
}

/// Here alone a composite value stands without the number of its parts, which `ObjectParts` tells.
fn write_checksum(writer: &mut Writer, checksum: &StoredChecksum) {
    writer.text(checksum.algorithm.element(), checksum.bare_value());
}

/// Parts are told of multipart objects only, and one by one only where they have checksums of their own.
fn write_parts(
    writer: &mut Writer,
    snapshot: &Snapshot,
    page: Page,
    object: &ObjectRecord,
) -> Result<(), ApiError> {
    let Body::Parts { upload, count } = object.body else {
        return Ok(());
    };
    writer.open("ObjectParts").text("PartsCount", count.to_string());
    if object
        .checksum
        .as_ref()
        .is_some_and(|checksum| checksum.composite)
    {
        let Page { limit, marker } = page;
        let mut parts = snapshot
            .rows
            .parts(upload, marker.saturating_add(1).., limit + 1)?;
        // As in listings (VER-LIST-015): a page of nothing is the last one.
        let truncated = limit > 0 && parts.len() > limit;
        parts.truncate(limit);
        // Past the end there is no next one, which S3 tells as 0.
        let last = parts.last().map_or(0, |(number, _)| *number);
        writer
            .text("PartNumberMarker", marker.to_string())
            .text("NextPartNumberMarker", last.to_string());
        writer
            .text("MaxParts", limit.to_string())
            .text("IsTruncated", truncated.to_string());
        for (number, part) in &parts {
            writer
                .open("Part")
                .text("PartNumber", number.to_string())
                .text("Size", part.size.to_string());
            if let Some(checksum) = &part.checksum {
                write_checksum(writer, checksum);
            }
            writer.close();
        }
    }
    writer.close();
    Ok(())
}
