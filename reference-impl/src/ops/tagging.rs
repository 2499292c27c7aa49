//! Object tags: GetObjectTagging, PutObjectTagging, DeleteObjectTagging and the tagging header of writes.

use std::collections::BTreeSet;

use crate::error::{ApiError, Code};
use crate::exchange::{Exchange, Outcome, Reply};
use crate::ops::target::{Rights, Target, alter_object, hide_missing};
use crate::versions::{OnMarker, find_object};
use crate::wire::encoding::parse_query;
use crate::wire::payload::Payload;
use crate::wire::xml::{Writer, malformed, parse};

const HEADER: &str = "x-amz-tagging";
const TAGS_MAX: usize = 10;
const KEY_MAX: usize = 128;
const VALUE_MAX: usize = 256;
const DOCUMENT_MAX: usize = 64 * 1024;

/// Tags, sorted by key.
pub(crate) type Tags = Vec<(String, String)>;

/// Reads the `x-amz-tagging` header of a write: a query string of tags.
pub(crate) fn read_header(text: &str) -> Result<Tags, ApiError> {
    let wrong = || {
        let message = "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters \
                       without tag name duplicates.";
        ApiError::invalid_argument(message, HEADER, Some(text))
    };
    let tags = parse_query(text).ok_or_else(wrong)?.0;
    let names: BTreeSet<&str> = tags.iter().map(|(key, _)| key.as_str()).collect();
    if names.len() != tags.len() {
        return Err(wrong());
    }
    checked(tags)
}

/// Reads a `Tagging` document.
fn read_document(bytes: &[u8]) -> Result<Tags, ApiError> {
    let root = parse(bytes, "Tagging")?;
    root.only(&["TagSet"])?;
    let set = root.child("TagSet")?.ok_or_else(malformed)?;
    set.only(&["Tag"])?;
    let mut tags = Vec::new();
    for tag in set.children("Tag") {
        tag.only(&["Key", "Value"])?;
        let text = |name| Ok::<_, ApiError>(tag.child(name)?.ok_or_else(malformed)?.text.clone());
        tags.push((text("Key")?, text("Value")?));
    }
    let names: BTreeSet<&str> = tags.iter().map(|(key, _)| key.as_str()).collect();
    if names.len() != tags.len() {
        let message = "Cannot provide multiple Tags with the same key";
        return Err(ApiError::with_message(Code::InvalidTag, message));
    }
    checked(tags)
}

fn checked(mut tags: Tags) -> Result<Tags, ApiError> {
    if tags.len() > TAGS_MAX {
        return Err(ApiError::with_message(
            Code::BadRequest,
            "Object tags cannot be greater than 10",
        ));
    }
    let allowed = |text: &str| {
        text.chars()
            .all(|c| c.is_alphanumeric() || c == ' ' || "+-=._:/@".contains(c))
    };
    for (key, value) in &tags {
        if key.is_empty() || key.chars().count() > KEY_MAX || !allowed(key) {
            let message = "The TagKey you have provided is invalid";
            return Err(ApiError::with_message(Code::InvalidTag, message).with("TagKey", key.as_str()));
        }
        if value.chars().count() > VALUE_MAX || !allowed(value) {
            let message = "The TagValue you have provided is invalid";
            let error = ApiError::with_message(Code::InvalidTag, message);
            return Err(error
                .with("TagKey", key.as_str())
                .with("TagValue", value.as_str()));
        }
        if key.starts_with("aws:") {
            let message = "System tags cannot be added/updated by requester";
            return Err(ApiError::with_message(Code::InvalidTag, message).with("TagKey", key.as_str()));
        }
    }
    tags.sort();
    Ok(tags)
}

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
    .map_err(|error| hide_missing(exchange, &target.bucket.name, error))?;
    let mut writer = Writer::new("Tagging");
    writer.open("TagSet");
    for (key, value) in version
        .object()
        .map(|object| object.tags.as_slice())
        .unwrap_or_default()
    {
        writer.open("Tag").text("Key", key).text("Value", value).close();
    }
    let shown = target.place().shown_id(snapshot, &version);
    Ok(Reply::xml(writer.finish()).header_opt("x-amz-version-id", shown))
}

/// PutObjectTagging.
pub(crate) async fn put(exchange: &Exchange, payload: &mut Payload) -> Outcome {
    let target = Target::of(exchange)?;
    let tags = read_document(&payload.collect(DOCUMENT_MAX).await?)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_a_query_string() {
        assert_eq!(
            read_header("b=2&a=x%20y").unwrap(),
            [
                ("a".to_owned(), "x y".to_owned()),
                ("b".to_owned(), "2".to_owned())
            ]
        );
        assert_eq!(read_header("a=1&a=2").unwrap_err().code, Code::InvalidArgument);
        assert_eq!(read_header("=1").unwrap_err().code, Code::InvalidTag);
        assert_eq!(read_header("aws:x=1").unwrap_err().code, Code::InvalidTag);
        let eleven: Vec<String> = (0..11).map(|i| format!("k{i}=v")).collect();
        assert_eq!(read_header(&eleven.join("&")).unwrap_err().code, Code::BadRequest);
    }

    #[test]
    fn documents_are_strict() {
        let tag = |key: &str| format!("<Tag><Key>{key}</Key><Value>v</Value></Tag>");
        let document = |tags: &str| format!("<Tagging><TagSet>{tags}</TagSet></Tagging>");
        let code = |text: &str| read_document(text.as_bytes()).unwrap_err().code;
        assert_eq!(read_document(document("").as_bytes()).unwrap(), []);
        assert_eq!(read_document(document(&tag("a")).as_bytes()).unwrap().len(), 1);
        assert_eq!(code(&document(&(tag("a") + &tag("a")))), Code::InvalidTag);
        assert_eq!(code("<Tagging/>"), Code::MalformedXML);
        assert_eq!(code(&document("<Tag><Key>a</Key></Tag>")), Code::MalformedXML);
    }

    proptest::proptest! {
        #[test]
        fn no_tags_are_too_odd(text in ".*", inner in "(<(Tag|/Tag|Key|/Key|Value|/Value)>|[a-z&<]){0,12}") {
            if let Ok(tags) = read_header(&text) {
                proptest::prop_assert!(tags.len() <= TAGS_MAX);
            }
            let _ = read_document(format!("<Tagging><TagSet>{inner}</TagSet></Tagging>").as_bytes());
        }
    }
}
