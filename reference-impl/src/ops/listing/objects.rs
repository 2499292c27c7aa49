//! ListObjects and ListObjectsV2: the keys whose current entry is an object (VER-GET-013).

use data_encoding::BASE64URL_NOPAD;

use super::page::{Last, Page, Start, fill};
use super::{Asked, shown_date, write_owner};
use crate::error::ApiError;
use crate::exchange::{Exchange, Outcome, Reply};
use crate::ops::target::find_bucket;
use crate::store::{BucketConfig, ObjectRecord, Snapshot, VersionRecord};
use crate::wire::xml::Writer;

/// The entries of a page.
fn read(
    snapshot: &Snapshot,
    bucket: &BucketConfig,
    asked: &Asked<'_>,
    start: Start,
) -> Result<Page<VersionRecord>, ApiError> {
    fill(asked, start, |from, _, visit| {
        snapshot.rows.heads(bucket.id, from, |key, head| {
            if head.marker {
                return Ok(true);
            }
            let version = snapshot.rows.version(bucket.id, key, head.current)?;
            visit(
                key,
                version.ok_or_else(|| ApiError::internal("a head points at no version"))?,
            )
        })
    })
}

/// ListObjects.
pub(super) fn list(exchange: &Exchange) -> Outcome {
    let (snapshot, query) = (&*exchange.snapshot, &exchange.request.query);
    let bucket = find_bucket(&snapshot.config, exchange.request.bucket())?;
    let asked = Asked::read(query, "max-keys")?;
    let marker = query.get("marker").unwrap_or_default();
    let page = read(snapshot, &bucket, &asked, Start::after(marker))?;
    let mut writer = Writer::new("ListBucketResult");
    writer
        .text("Name", &bucket.name)
        .text("Prefix", asked.shown(asked.prefix));
    writer.text("Marker", asked.shown(marker));
    // Without a delimiter clients go on from the last key that they were given.
    let next = page
        .last()
        .filter(|_| asked.delimiter.is_some())
        .map(|last| match last {
            Last::Entry(key, _) | Last::Prefix(key) => asked.shown(key),
        });
    writer.text_opt("NextMarker", next);
    asked.write(&mut writer, "MaxKeys");
    writer.text("IsTruncated", page.truncated.to_string());
    for (key, version) in &page.entries {
        write_entry(&mut writer, exchange, &asked, key, version, true);
    }
    asked.write_prefixes(&mut writer, &page.prefixes);
    Ok(Reply::xml(writer.finish()))
}

/// ListObjectsV2.
pub(super) fn list_v2(exchange: &Exchange) -> Outcome {
    let (snapshot, query) = (&*exchange.snapshot, &exchange.request.query);
    let bucket = find_bucket(&snapshot.config, exchange.request.bucket())?;
    let asked = Asked::read(query, "max-keys")?;
    let token = query.get("continuation-token");
    let start_after = query.get("start-after").filter(|key| !key.is_empty());
    let start = match token {
        Some(token) => read_token(token)?,
        None => start_after.unwrap_or_default().to_owned(),
    };
    let page = read(snapshot, &bucket, &asked, Start::after(&start))?;
    let mut writer = Writer::new("ListBucketResult");
    writer
        .text("Name", &bucket.name)
        .text("Prefix", asked.shown(asked.prefix));
    // A continuation token goes before `start-after`, which then had no say in the page.
    let shown_after = start_after.filter(|_| token.is_none());
    writer.text_opt("StartAfter", shown_after.map(|key| asked.shown(key)));
    writer.text_opt("ContinuationToken", token);
    let next = page.last().map(|last| match last {
        Last::Entry(key, _) | Last::Prefix(key) => make_token(key),
    });
    writer.text_opt("NextContinuationToken", next);
    writer.text("KeyCount", (page.entries.len() + page.prefixes.len()).to_string());
    asked.write(&mut writer, "MaxKeys");
    writer.text("IsTruncated", page.truncated.to_string());
    let owned = query
        .get("fetch-owner")
        .is_some_and(|value| value.eq_ignore_ascii_case("true"));
    for (key, version) in &page.entries {
        write_entry(&mut writer, exchange, &asked, key, version, owned);
    }
    asked.write_prefixes(&mut writer, &page.prefixes);
    Ok(Reply::xml(writer.finish()))
}

/// Continuation tokens are opaque to clients: a version byte and the key that the page ended with.
fn make_token(key: &str) -> String {
    BASE64URL_NOPAD.encode(&[&[1], key.as_bytes()].concat())
}

fn read_token(token: &str) -> Result<String, ApiError> {
    let key = match BASE64URL_NOPAD.decode(token.as_bytes()).ok().as_deref() {
        Some([1, key @ ..]) => String::from_utf8(key.to_vec()).ok(),
        _ => None,
    };
    key.ok_or_else(|| {
        let message = "The continuation token provided is incorrect";
        ApiError::invalid_argument(message, "continuation-token", None)
    })
}

fn write_entry(
    writer: &mut Writer,
    exchange: &Exchange,
    asked: &Asked<'_>,
    key: &str,
    version: &VersionRecord,
    owned: bool,
) {
    writer
        .open("Contents")
        .text("Key", asked.shown(key))
        .text("LastModified", shown_date(version.modified));
    if let Some(object) = version.object() {
        write_object(writer, object);
    }
    if owned {
        write_owner(writer, &exchange.snapshot.config, version.owner);
    }
    writer.close();
}

/// Writes what all listings say of an object.
pub(super) fn write_object(writer: &mut Writer, object: &ObjectRecord) {
    writer.text("ETag", format!("\"{}\"", object.etag));
    if let Some(checksum) = &object.checksum {
        writer.text("ChecksumAlgorithm", checksum.algorithm.name());
        writer.text("ChecksumType", checksum.type_name());
    }
    writer
        .text("Size", object.size.to_string())
        .text("StorageClass", &object.storage_class);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_read_back_and_checked() {
        for key in ["", "a", "é\0"] {
            assert_eq!(read_token(&make_token(key)).as_deref(), Ok(key));
        }
        for bad in ["", "!", "AA", "Av8"] {
            assert!(read_token(bad).is_err(), "{bad}");
        }
    }
}
