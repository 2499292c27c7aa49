//! ListObjectVersions: every entry of every key, newest first within a key.

use super::objects::write_object;
use super::page::{Last, Start, fill};
use super::{Asked, read_count, shown_date, write_owner};
use crate::error::ApiError;
use crate::exchange::{Exchange, Outcome, Query, Reply};
use crate::ops::target::find_bucket;
use crate::store::{BucketConfig, Snapshot, VersionRecord};
use crate::versions::Place;
use crate::wire::xml::Writer;

/// ListObjectVersions.
pub(super) fn list(exchange: &Exchange) -> Outcome {
    let (snapshot, query) = (&*exchange.snapshot, &exchange.request.query);
    let bucket = find_bucket(&snapshot.config, exchange.request.bucket())?;
    if let Some(text) = query.get("max-keys").filter(|text| !text.is_empty()) {
        read_count(text, "max-keys", &|name, text| {
            // Other listings have other words for it.
            ApiError::invalid_argument("max-keys cannot be negative", name, Some(text))
        })?;
    }
    let asked = Asked::read(query, "max-keys")?;
    let start = read_start(snapshot, &bucket, query)?;
    let page = fill(&asked, start, |from, before, visit| {
        snapshot
            .rows
            .versions(bucket.id, from, before, |key, version| visit(key, version))
    })?;
    let id = |key: &str, version: &VersionRecord| {
        Place {
            bucket: &bucket,
            key,
            method: "GET",
        }
        .id(snapshot, version)
    };
    let mut writer = Writer::new("ListVersionsResult");
    writer
        .text("Name", &bucket.name)
        .text("Prefix", asked.shown(asked.prefix));
    // VER-LIST-011
    writer.text(
        "KeyMarker",
        asked.shown(query.get("key-marker").unwrap_or_default()),
    );
    writer.text(
        "VersionIdMarker",
        query.get("version-id-marker").unwrap_or_default(),
    );
    // VER-LIST-016: a page behind which nothing comes has no last entry to go on from.
    match page.last() {
        // VER-LIST-006
        Some(Last::Entry(key, version)) => {
            writer
                .text("NextKeyMarker", asked.shown(key))
                .text("NextVersionIdMarker", id(key, version));
        }
        // VER-LIST-010
        Some(Last::Prefix(prefix)) => drop(writer.text("NextKeyMarker", asked.shown(prefix))),
        None => {}
    }
    asked.write(&mut writer, "MaxKeys");
    writer.text("IsTruncated", page.truncated.to_string());
    for (key, version) in &page.entries {
        let latest = snapshot
            .rows
            .head(bucket.id, key)?
            .is_some_and(|head| head.current == version.sequence);
        writer.open(if version.is_marker() {
            "DeleteMarker"
        } else {
            "Version"
        });
        writer
            .text("Key", asked.shown(key))
            .text("VersionId", id(key, version));
        writer
            .text("IsLatest", latest.to_string())
            .text("LastModified", shown_date(version.modified));
        if let Some(object) = version.object() {
            write_object(&mut writer, object);
        }
        write_owner(&mut writer, &snapshot.config, version.owner);
        writer.close();
    }
    asked.write_prefixes(&mut writer, &page.prefixes);
    Ok(Reply::xml(writer.finish()))
}

/// Where the page starts (VER-LIST-007 to VER-LIST-009).
fn read_start(snapshot: &Snapshot, bucket: &BucketConfig, query: &Query) -> Result<Start, ApiError> {
    const ID_MARKER: &str = "version-id-marker";
    let key = query.get("key-marker").filter(|key| !key.is_empty());
    match (key, query.get(ID_MARKER).filter(|id| !id.is_empty())) {
        (None, None) => Ok(Start::default()),
        (Some(key), None) => Ok(Start::after(key)),
        (None, Some(id)) => {
            let message = "A version-id marker cannot be specified without a key marker.";
            Err(ApiError::invalid_argument(message, ID_MARKER, Some(id)))
        }
        (Some(key), Some("null")) => Ok(match snapshot.rows.null(bucket.id, key)? {
            Some(version) => Start::within(key, version.sequence),
            // Where a null version was that is gone by now, nobody knows: rather twice than never.
            None => Start {
                key: key.to_owned(),
                within: None,
                marker: key.to_owned(),
            },
        }),
        (Some(key), Some(id)) => match snapshot.read_version_id(bucket.id, key, id) {
            Some(sequence) => Ok(Start::within(key, sequence)),
            None => Err(ApiError::invalid_argument(
                "Invalid version id specified",
                ID_MARKER,
                Some(id),
            )),
        },
    }
}
