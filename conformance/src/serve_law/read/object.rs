//! Requests on objects and uploads, as the law takes them.

use bucketlaw_model::argument::{
    BucketName, Carrier, Directive, Key, PartNumber, SourceDate, Tags, VersionRef,
};
use bucketlaw_model::request::Operation;

use super::{Names, Parts, date, hold, mode, version};
use crate::wire::sign::percent_decode;
use crate::wire::xml::Element;

/// The operation of a request on an object.
pub(super) fn operation(names: &mut Names, parts: &Parts<'_>, key: Key) -> Result<Operation, String> {
    let (bucket, version) = (parts.bucket, parts.version(key));
    let source = parts.raw.header("x-amz-copy-source").is_some();
    Ok(match (parts.raw.method.as_str(), subresource(parts)) {
        ("GET", "retention") => Operation::GetObjectRetention { bucket, key, version },
        ("PUT", "retention") => {
            let (body, root) = parts.document("Retention");
            let mode = mode(root.as_ref().and_then(|root| root.text_of("Mode")));
            let until = date(root.as_ref().and_then(|root| root.text_of("RetainUntilDate")));
            let (bypass, integrity) = (parts.bypass(), parts.integrity());
            Operation::PutObjectRetention {
                bucket,
                key,
                version,
                mode,
                until,
                bypass,
                body,
                integrity,
            }
        }
        ("GET", "legal-hold") => Operation::GetObjectLegalHold { bucket, key, version },
        ("PUT", "legal-hold") => {
            let (body, root) = parts.document("LegalHold");
            let hold = hold(root.as_ref().and_then(|root| root.text_of("Status")));
            Operation::PutObjectLegalHold {
                bucket,
                key,
                version,
                hold,
                body,
                integrity: parts.integrity(),
            }
        }
        ("GET", "acl") => Operation::GetObjectAcl { bucket, key, version },
        ("PUT", "acl") => Operation::PutObjectAcl {
            bucket,
            key,
            version,
            acl: parts.acl(),
        },
        ("GET", "attributes") => Operation::GetObjectAttributes { bucket, key, version },
        ("GET", "tagging") => Operation::GetObjectTagging { bucket, key, version },
        ("DELETE", "tagging") => Operation::DeleteObjectTagging { bucket, key, version },
        ("PUT", "tagging") => {
            let (_, root) = parts.document("Tagging");
            Operation::PutObjectTagging {
                bucket,
                key,
                version,
                tags: tags(names, root.as_ref())?,
            }
        }
        ("GET", "") => Operation::GetObject { bucket, key, version },
        ("HEAD", "") => Operation::HeadObject { bucket, key, version },
        ("DELETE", "") => Operation::DeleteObject {
            bucket,
            key,
            version,
            bypass: parts.bypass(),
            if_match: names.etag(parts.header("if-match").as_deref())?,
            if_match_time: parts.raw.header("x-amz-if-match-last-modified-time").is_some(),
            if_match_size: parts.raw.header("x-amz-if-match-size").is_some(),
        },
        ("PUT", "") if source => copy(names, parts, key)?,
        ("PUT", "") => put(names, parts, key)?,
        (_, "uploads" | "uploadId") => upload(names, parts, key, source)?,
        (method, _) => {
            return Err(format!(
                "{method} {} is not an operation of the law",
                parts.raw.target
            ));
        }
    })
}

/// The tags of a document.
pub(super) fn tags(names: &mut Names, root: Option<&Element>) -> Result<Tags, String> {
    let mut tags = Tags::default();
    let set = root.and_then(|root| root.child("TagSet"));
    for tag in set.into_iter().flat_map(|set| set.children_named("Tag")) {
        let value = tag.text_of("Value").unwrap_or_default();
        let body = format!("content {value}\n").into_bytes();
        let value = names.content_named(value, &body)?;
        match tag.text_of("Key") {
            Some("tag") => tags.tag = Some(value),
            Some("more") => tags.more = Some(value),
            Some(key) => return Err(format!("the law has no tag `{key}`: it knows `tag` and `more`")),
            None => return Err("a tag without a key is not ruled on".to_owned()),
        }
    }
    Ok(tags)
}

/// The subresource that a request names.
fn subresource<'p>(parts: &'p Parts<'_>) -> &'p str {
    const KNOWN: [&str; 7] = [
        "retention",
        "legal-hold",
        "acl",
        "attributes",
        "tagging",
        "uploads",
        "uploadId",
    ];
    KNOWN.into_iter().find(|name| parts.has(name)).unwrap_or("")
}

fn put(names: &mut Names, parts: &Parts<'_>, key: Key) -> Result<Operation, String> {
    let (mode, until, hold) = parts.lock();
    let in_query = parts.has("If-Match") || parts.has("If-None-Match");
    let condition = |name: &str| {
        if in_query {
            parts.query.get(name).cloned()
        } else {
            parts.header(name)
        }
    };
    Ok(Operation::PutObject {
        bucket: parts.bucket,
        key,
        version: parts.version(key),
        content: names.content(&parts.raw.body)?,
        mode,
        until,
        hold,
        integrity: parts.integrity(),
        acl: parts.acl(),
        if_match: names.etag(condition("If-Match").as_deref())?,
        if_none_match: names.etag(condition("If-None-Match").as_deref())?,
        conditions: if in_query { Carrier::Query } else { Carrier::Header },
    })
}

fn copy(names: &mut Names, parts: &Parts<'_>, key: Key) -> Result<Operation, String> {
    let (source_bucket, source_key, source_version) = source(names, parts)?;
    let (mode, until, hold) = parts.lock();
    let replace = parts.header("x-amz-metadata-directive").as_deref() == Some("REPLACE");
    Ok(Operation::CopyObject {
        source_bucket,
        source_key,
        source_version,
        bucket: parts.bucket,
        key,
        directive: if replace {
            Directive::Replace
        } else {
            Directive::Copy
        },
        mode,
        until,
        hold,
        acl: parts.acl(),
        if_match: names.etag(parts.header("if-match").as_deref())?,
        if_none_match: names.etag(parts.header("if-none-match").as_deref())?,
        source_if_match: names.etag(parts.header("x-amz-copy-source-if-match").as_deref())?,
        source_if_none_match: names.etag(parts.header("x-amz-copy-source-if-none-match").as_deref())?,
        source_if_modified_since: source_date(parts, "x-amz-copy-source-if-modified-since"),
        source_if_unmodified_since: source_date(parts, "x-amz-copy-source-if-unmodified-since"),
    })
}

fn source(names: &mut Names, parts: &Parts<'_>) -> Result<(BucketName, Key, VersionRef), String> {
    let header = parts.header("x-amz-copy-source").unwrap_or_default();
    let (path, id) = header
        .split_once("?versionId=")
        .map_or((header.as_str(), None), |(path, id)| (path, Some(id)));
    let (bucket, key) = path
        .trim_start_matches('/')
        .split_once('/')
        .ok_or("a copy source without a key")?;
    let (bucket, key) = (names.bucket(bucket)?, names.key(&percent_decode(key, false))?);
    let id = id.map(|id| String::from_utf8_lossy(&percent_decode(id, false)).into_owned());
    Ok((
        bucket,
        key,
        id.map_or(VersionRef::Current, |id| version((bucket, key), &id)),
    ))
}

fn source_date(parts: &Parts<'_>, name: &str) -> SourceDate {
    match parts.header(name) {
        None => SourceDate::Absent,
        Some(date) if date.contains(" 2000 ") => SourceDate::Before,
        Some(_) => SourceDate::After,
    }
}

fn upload(names: &mut Names, parts: &Parts<'_>, key: Key, from_source: bool) -> Result<Operation, String> {
    let bucket = parts.bucket;
    let (mode, until, hold) = parts.lock();
    let upload = parts.upload(key);
    let part = PartNumber(
        parts
            .query
            .get("partNumber")
            .and_then(|text| text.parse().ok())
            .unwrap_or(1),
    );
    Ok(match parts.raw.method.as_str() {
        "POST" if parts.has("uploads") => Operation::CreateMultipartUpload {
            bucket,
            key,
            mode,
            until,
            hold,
            acl: parts.acl(),
        },
        "POST" => Operation::CompleteMultipartUpload {
            bucket,
            key,
            upload,
            if_match: names.etag(parts.header("if-match").as_deref())?,
            if_none_match: names.etag(parts.header("if-none-match").as_deref())?,
        },
        "PUT" if from_source => {
            let (source_bucket, source_key, source_version) = source(names, parts)?;
            Operation::UploadPartCopy {
                source_bucket,
                source_key,
                source_version,
                bucket,
                key,
                upload,
                part,
                source_if_match: names.etag(parts.header("x-amz-copy-source-if-match").as_deref())?,
                source_if_none_match: names
                    .etag(parts.header("x-amz-copy-source-if-none-match").as_deref())?,
                source_if_modified_since: source_date(parts, "x-amz-copy-source-if-modified-since"),
                source_if_unmodified_since: source_date(parts, "x-amz-copy-source-if-unmodified-since"),
            }
        }
        "PUT" => Operation::UploadPart {
            bucket,
            key,
            upload,
            part,
            content: names.content(&parts.raw.body)?,
            integrity: parts.integrity(),
        },
        "DELETE" => Operation::AbortMultipartUpload { bucket, key, upload },
        "GET" => Operation::ListParts { bucket, key, upload },
        method => {
            return Err(format!(
                "{method} {} is not an operation of the law",
                parts.raw.target
            ));
        }
    })
}
