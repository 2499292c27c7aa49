//! Tags of objects: GetObjectTagging, PutObjectTagging, DeleteObjectTagging (EVAL-OP-042). Tags belong to one version,
//! and no other version's change with them (VER-GET-017).

pub(crate) mod bucket;
mod tag_set;

pub(crate) use tag_set::{Tags, from_headers};

use tag_set::{Tagged, read_document};

use crate::error::{ApiError, Code};
use crate::exchange::{Exchange, Outcome, Reply};
use crate::ops::target::{Rights, Target, alter_object, hide_missing};
use crate::versions::{OnMarker, find_object};
use crate::wire::payload::Payload;
use crate::wire::xml::Writer;

const DOCUMENT_MAX: usize = 64 * 1024;

/// GetObjectTagging.
pub(crate) fn get(exchange: &Exchange) -> Outcome {
    let target = Target::of(exchange)?;
    let (snapshot, asked) = (&*exchange.snapshot, exchange.request.version_id());
    // VER-GET-011: a current marker is refused too.
    let version = find_object(
        &snapshot.rows,
        snapshot,
        target.place(),
        asked,
        OnMarker::NotAllowed,
    )
    .map_err(|error| name_bucket_too(error, &target))
    .map_err(|error| hide_missing(exchange, &target.bucket.name, error))?;
    let tags = version.object().map(|object| object.tags.as_slice());
    let shown = target.place().shown_id(snapshot, &version);
    Ok(Reply::xml(write(tags.unwrap_or_default())).header_opt("x-amz-version-id", shown))
}

/// S3 names a key that GetObjectTagging misses with its bucket, and no other operation does.
fn name_bucket_too(error: ApiError, target: &Target) -> ApiError {
    if error.code == Code::NoSuchKey {
        let key = format!("{}/{}", target.bucket.name, target.key);
        ApiError::new(Code::NoSuchKey).with("Key", key)
    } else {
        error
    }
}

/// The `Tagging` document.
fn write(tags: &[(String, String)]) -> String {
    let mut writer = Writer::new("Tagging");
    writer.open("TagSet");
    for (key, value) in tags {
        writer.open("Tag").text("Key", key).text("Value", value).close();
    }
    writer.finish()
}

/// PutObjectTagging.
pub(crate) async fn put(exchange: &Exchange, payload: &mut Payload) -> Outcome {
    let target = Target::of(exchange)?;
    let tags = read_document(&payload.collect(DOCUMENT_MAX).await?, Tagged::Object)?;
    let shown = set(exchange, target, tags).await?;
    Ok(Reply::ok().header_opt("x-amz-version-id", shown))
}

/// DeleteObjectTagging.
pub(crate) async fn delete(exchange: &Exchange) -> Outcome {
    let target = Target::of(exchange)?;
    let shown = set(exchange, target, Tags::new()).await?;
    Ok(Reply::no_content().header_opt("x-amz-version-id", shown))
}

async fn set(exchange: &Exchange, target: Target, tags: Tags) -> Result<Option<String>, ApiError> {
    let rights = Rights::of(exchange);
    let altered = alter_object(rights, target, OnMarker::NotAllowed, move |object, _, _| {
        object.tags = tags;
        Ok(())
    });
    Ok(altered.await?.1)
}
