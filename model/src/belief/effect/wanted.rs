//! Whether the conditions of a request hold for what it replaces or deletes, and the request without them.

use crate::argument::{BucketName, Etag, Key, VersionRef};
use crate::request::{Operation, Request};
use crate::state::{State, Version};

/// The conditions of a request on what it replaces or deletes.
struct Conditional {
    bucket: BucketName,
    key: Key,
    version: VersionRef,
    if_match: Etag,
    if_none_match: Etag,
}

/// Whether a request has conditions and they hold for what it replaces or deletes.
pub(super) fn holds(state: &State, operation: &Operation) -> bool {
    let Some(asked) = of_delete(operation).or_else(|| of_write(operation)) else {
        return false;
    };
    let bucket = state.buckets.get(&asked.bucket);
    let versions = bucket.and_then(|bucket| bucket.keys.get(&asked.key));
    let replaced = versions.and_then(|versions| match asked.version {
        VersionRef::Named(name) => versions.iter().find(|one| one.name == name).copied(),
        VersionRef::Current => versions.last().copied(),
        VersionRef::Made(_) | VersionRef::Malformed | VersionRef::Empty | VersionRef::Foreign(..) => None,
    });
    let unconditional = Etag::Unconditional;
    let conditional = asked.if_match != unconditional || asked.if_none_match != unconditional;
    let is = |etag| replaced.is_some_and(|version| is_named(&version, etag));
    let matched = asked.if_match == unconditional || is(asked.if_match);
    let unmatched = asked.if_none_match == unconditional || !is(asked.if_none_match);
    conditional && matched && unmatched
}

/// A write or delete without its conditions; none if it has none.
pub(super) fn unconditional(request: &Request) -> Option<Request> {
    let mut without = request.clone();
    if let Operation::PutObject {
        if_match,
        if_none_match,
        ..
    }
    | Operation::CopyObject {
        if_match,
        if_none_match,
        ..
    }
    | Operation::CompleteMultipartUpload {
        if_match,
        if_none_match,
        ..
    } = &mut without.operation
    {
        (*if_match, *if_none_match) = (Etag::Unconditional, Etag::Unconditional);
    } else if let Operation::DeleteObject {
        if_match,
        if_match_time,
        if_match_size,
        ..
    } = &mut without.operation
    {
        (*if_match, *if_match_time, *if_match_size) = (Etag::Unconditional, false, false);
    }
    (without != *request).then_some(without)
}

/// The conditions of a delete, if they are about its ETag alone.
fn of_delete(operation: &Operation) -> Option<Conditional> {
    let Operation::DeleteObject {
        bucket,
        key,
        version,
        if_match,
        if_match_time: false,
        if_match_size: false,
        ..
    } = operation
    else {
        return None;
    };
    Some(Conditional {
        bucket: *bucket,
        key: *key,
        version: *version,
        if_match: *if_match,
        if_none_match: Etag::Unconditional,
    })
}

/// The conditions of a write, if none is about the source of a copy.
fn of_write(operation: &Operation) -> Option<Conditional> {
    let (Operation::PutObject {
        bucket,
        key,
        if_match,
        if_none_match,
        ..
    }
    | Operation::CopyObject {
        bucket,
        key,
        if_match,
        if_none_match,
        source_if_match: Etag::Unconditional,
        source_if_none_match: Etag::Unconditional,
        ..
    }
    | Operation::CompleteMultipartUpload {
        bucket,
        key,
        if_match,
        if_none_match,
        ..
    }) = operation
    else {
        return None;
    };
    Some(Conditional {
        bucket: *bucket,
        key: *key,
        version: VersionRef::Current,
        if_match: *if_match,
        if_none_match: *if_none_match,
    })
}

/// Whether an ETag, whatever becomes of its quotes, is the one of a version.
fn is_named(version: &Version, etag: Etag) -> bool {
    match etag {
        Etag::Any => version.content.is_some(),
        Etag::Of(content) | Etag::Unclosed(content) | Etag::Unopened(content) => {
            version.content == Some(content) && version.multipart.is_none()
        }
        Etag::OfPart(content) => version.content == Some(content) && version.multipart.is_some(),
        Etag::Unconditional | Etag::List => false,
    }
}
