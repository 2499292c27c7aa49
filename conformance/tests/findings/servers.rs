//! Servers that obey the law but for one case each.

use bucketlaw_model::NOT_MODELLED;
use bucketlaw_model::argument::{BucketName, Etag, Hold, Key, UploadRef, VersionName, VersionRef};
use bucketlaw_model::reply::{Code, Entry, Field, Name, Reply, ReplyBody, Value};
use bucketlaw_model::request::{Operation, Request};
use bucketlaw_model::state::{State, Version, Versioning};

/// What a server does instead.
type Done = Option<(Reply, State)>;

fn success(status: u16) -> Reply {
    Reply::success(status)
}

/// A condition on a named version that does not match removes it all the same.
pub(super) fn tests_the_named_version_in_vain(
    before: &State,
    request: &Request,
    _: (&Reply, &State),
) -> Done {
    let Operation::DeleteObject {
        bucket,
        key,
        version: VersionRef::Named(version),
        if_match: Etag::Of(_),
        ..
    } = request.operation
    else {
        return None;
    };
    let mut next = before.clone();
    remove(&mut next, (bucket, key), version);
    Some((success(204), next))
}

/// A delete under a condition is refused where there is nothing, and leaves a marker behind.
pub(super) fn marks_what_it_refuses_to_delete(
    before: &State,
    request: &Request,
    (reply, _): (&Reply, &State),
) -> Done {
    let Operation::DeleteObject {
        bucket,
        key,
        if_match,
        ..
    } = request.operation
    else {
        return None;
    };
    if if_match == Etag::Unconditional || reply.status != 404 {
        return None;
    }
    let mut next = before.clone();
    let marker = Version {
        name: VersionName(99),
        content: None,
        multipart: None,
        retention: None,
        hold: None,
        tags: bucketlaw_model::argument::Tags::default(),
    };
    next.buckets
        .get_mut(&bucket)?
        .keys
        .update(key, |versions| versions.push(marker));
    Some((reply.clone(), next))
}

/// A listing of objects looks for markers with an id of their own only: an object from before versioning stays listed.
pub(super) fn lists_null_objects_below_markers(
    before: &State,
    request: &Request,
    (reply, next): (&Reply, &State),
) -> Done {
    let (Operation::ListObjects { bucket, .. } | Operation::ListObjectsV2 { bucket, .. }) = request.operation
    else {
        return None;
    };
    let mut reply = reply.clone();
    let ReplyBody::Entries { entries, .. } = &mut reply.body else {
        return None;
    };
    for (key, versions) in before.buckets.get(&bucket)?.keys.iter() {
        let below = versions
            .iter()
            .any(|version| version.name == VersionName::NULL && !version.is_marker());
        if below && versions.last().is_some_and(Version::is_marker) {
            entries.push(Entry {
                element: "Contents",
                fields: [Field {
                    name: Name::KeyElement,
                    value: Value::Key(*key),
                    by: NOT_MODELLED,
                }]
                .into_iter()
                .collect(),
                by: NOT_MODELLED,
            });
        }
    }
    Some((reply, next.clone()))
}

/// A hold of OFF counts as lock headers, and those replace the default.
pub(super) fn drops_the_default_beside_a_hold_of_off(
    _: &State,
    request: &Request,
    (reply, next): (&Reply, &State),
) -> Done {
    let (bucket, key) = match request.operation {
        Operation::PutObject {
            bucket,
            key,
            hold: Hold::Off,
            ..
        }
        | Operation::CopyObject {
            bucket,
            key,
            hold: Hold::Off,
            ..
        } => (bucket, key),
        _ => return None,
    };
    let mut next = next.clone();
    next.buckets
        .get_mut(&bucket)?
        .keys
        .get_mut(&key)?
        .last_mut()?
        .retention = None;
    Some((reply.clone(), next))
}

/// A delete while Suspended finds a null marker somewhere, and does nothing.
pub(super) fn leaves_the_null_marker_where_it_is(
    before: &State,
    request: &Request,
    (reply, _): (&Reply, &State),
) -> Done {
    let Operation::DeleteObject {
        bucket,
        key,
        version: VersionRef::Current,
        ..
    } = request.operation
    else {
        return None;
    };
    let held = before.buckets.get(&bucket)?;
    let marker = held.version(key, VersionName::NULL)?.is_marker();
    (marker && held.versioning == Versioning::Suspended).then(|| (reply.clone(), before.clone()))
}

/// Dates are compared with the retention that is there, and with nothing where there is none.
pub(super) fn lets_a_first_retention_lie_in_the_past(
    before: &State,
    request: &Request,
    (reply, _): (&Reply, &State),
) -> Done {
    let Operation::PutObjectRetention { bucket, key, .. } = request.operation else {
        return None;
    };
    let first = before.buckets.get(&bucket)?.current(key)?.retention.is_none();
    (first && reply.code == Some(Code::InvalidArgument)).then(|| (success(200), before.clone()))
}

/// DeleteObjectTagging is 204 and does nothing.
pub(super) fn only_says_that_tags_are_removed(
    before: &State,
    request: &Request,
    _: (&Reply, &State),
) -> Done {
    matches!(request.operation, Operation::DeleteObjectTagging { .. }).then(|| (success(204), before.clone()))
}

/// A completed upload writes its bytes where the key's first version has them.
pub(super) fn writes_uploads_into_the_oldest_version(
    _: &State,
    request: &Request,
    (reply, next): (&Reply, &State),
) -> Done {
    let Operation::CompleteMultipartUpload { bucket, key, .. } = request.operation else {
        return None;
    };
    let mut next = next.clone();
    let versions = next.buckets.get_mut(&bucket)?.keys.get_mut(&key)?;
    let bytes = versions.last()?.content;
    versions.first_mut()?.content = bytes;
    Some((reply.clone(), next))
}

/// A completion under a condition that fails takes the upload away.
pub(super) fn ends_an_upload_whose_completion_it_refuses(
    before: &State,
    request: &Request,
    (reply, _): (&Reply, &State),
) -> Done {
    let Operation::CompleteMultipartUpload {
        bucket,
        key,
        upload: UploadRef::Named(upload),
        ..
    } = request.operation
    else {
        return None;
    };
    let mut next = before.clone();
    next.buckets.get_mut(&bucket)?.uploads.remove(&(key, upload));
    (reply.status == 412).then(|| (reply.clone(), next))
}

fn remove(state: &mut State, (bucket, key): (BucketName, Key), version: VersionName) {
    if let Some(bucket) = state.buckets.get_mut(&bucket)
        && let Some(versions) = bucket.keys.get_mut(&key)
    {
        versions.retain(|held| held.name != version);
    }
}
