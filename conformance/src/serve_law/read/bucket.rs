//! Requests on buckets, as the law takes them.

use bucketlaw_model::argument::{
    Body, Delimiter, Etag, Identifier, Identifiers, LockForm, OwnershipWord, Period, Times, VersionRef,
    VersioningWord,
};
use bucketlaw_model::request::Operation;

use super::object::tags;
use super::{Names, Parts, mode, version};
use crate::wire::xml::{Element, parse};

/// The operation of a request on a bucket.
pub(super) fn operation(names: &mut Names, parts: &Parts<'_>) -> Result<Operation, String> {
    let bucket = parts.bucket;
    Ok(match (parts.raw.method.as_str(), subresource(parts)) {
        ("PUT", "versioning") => Operation::PutBucketVersioning {
            bucket,
            status: versioning(parts),
            integrity: parts.integrity(),
        },
        ("GET", "versioning") => Operation::GetBucketVersioning { bucket },
        ("PUT", "object-lock") => lock_configuration(parts),
        ("GET", "object-lock") => Operation::GetObjectLockConfiguration { bucket },
        ("PUT", "policy") => Operation::PutBucketPolicy {
            bucket,
            policy: names.policy(&String::from_utf8_lossy(&parts.raw.body))?,
        },
        ("GET", "policy") => Operation::GetBucketPolicy { bucket },
        ("DELETE", "policy") => Operation::DeleteBucketPolicy { bucket },
        ("PUT", "publicAccessBlock") => {
            let (_, root) = parts.document("PublicAccessBlockConfiguration");
            let on = root.as_ref().and_then(|root| root.text_of("BlockPublicPolicy")) == Some("true");
            Operation::PutPublicAccessBlock { bucket, on }
        }
        ("GET", "publicAccessBlock") => Operation::GetPublicAccessBlock { bucket },
        ("DELETE", "publicAccessBlock") => Operation::DeletePublicAccessBlock { bucket },
        ("GET", "ownershipControls") => Operation::GetBucketOwnershipControls { bucket },
        ("PUT", "ownershipControls") => Operation::PutBucketOwnershipControls {
            bucket,
            ownership: ownership(parts),
        },
        ("GET", "acl") => Operation::GetBucketAcl { bucket },
        ("PUT", "acl") => Operation::PutBucketAcl {
            bucket,
            acl: parts.acl(),
        },
        ("GET", "tagging") => Operation::GetBucketTagging { bucket },
        ("PUT", "tagging") => {
            let (_, root) = parts.document("Tagging");
            Operation::PutBucketTagging {
                bucket,
                tags: tags(names, root.as_ref())?,
            }
        }
        ("DELETE", "tagging") => Operation::DeleteBucketTagging { bucket },
        ("GET", "location") => Operation::GetBucketLocation { bucket },
        ("GET", "uploads") => Operation::ListMultipartUploads {
            bucket,
            encoding: parts.encoding(),
        },
        ("POST", "delete") => delete_objects(names, parts)?,
        ("GET", "versions") => list_versions(names, parts)?,
        ("GET", "list-type") => Operation::ListObjectsV2 {
            bucket,
            max_keys: parts.max_keys(),
            encoding: parts.encoding(),
        },
        ("GET", "") => Operation::ListObjects {
            bucket,
            max_keys: parts.max_keys(),
            encoding: parts.encoding(),
        },
        ("PUT", "") => {
            let lock = parts.header("x-amz-bucket-object-lock-enabled").as_deref() == Some("true");
            Operation::CreateBucket { bucket, lock }
        }
        ("DELETE", "") => Operation::DeleteBucket { bucket },
        ("HEAD", _) => Operation::HeadBucket { bucket },
        (method, _) => {
            return Err(format!(
                "{method} {} is not an operation of the law",
                parts.raw.target
            ));
        }
    })
}

/// The subresource that a request names.
fn subresource<'p>(parts: &'p Parts<'_>) -> &'p str {
    const KNOWN: [&str; 12] = [
        "acl",
        "tagging",
        "versioning",
        "object-lock",
        "policy",
        "publicAccessBlock",
        "ownershipControls",
        "location",
        "uploads",
        "delete",
        "versions",
        "list-type",
    ];
    KNOWN.into_iter().find(|name| parts.has(name)).unwrap_or("")
}

fn versioning(parts: &Parts<'_>) -> VersioningWord {
    let (_, root) = parts.document("VersioningConfiguration");
    match root.as_ref().and_then(|root| root.text_of("Status")) {
        Some("Enabled") => VersioningWord::Enabled,
        Some("Suspended") => VersioningWord::Suspended,
        Some(_) => VersioningWord::Unknown,
        None => VersioningWord::Missing,
    }
}

fn ownership(parts: &Parts<'_>) -> OwnershipWord {
    let (_, root) = parts.document("OwnershipControls");
    match root
        .as_ref()
        .and_then(|root| root.text_of("Rule/ObjectOwnership"))
    {
        Some("BucketOwnerEnforced") => OwnershipWord::BucketOwnerEnforced,
        Some("BucketOwnerPreferred") => OwnershipWord::BucketOwnerPreferred,
        Some("ObjectWriter") => OwnershipWord::ObjectWriter,
        Some(_) => OwnershipWord::Unknown,
        None => OwnershipWord::Missing,
    }
}

fn lock_configuration(parts: &Parts<'_>) -> Operation {
    let (body, root) = parts.document("ObjectLockConfiguration");
    let rule = root.as_ref().and_then(|root| root.at("Rule/DefaultRetention"));
    Operation::PutObjectLockConfiguration {
        bucket: parts.bucket,
        mode: mode(rule.and_then(|rule| rule.text_of("Mode"))),
        period: period(rule),
        form: root.as_ref().map_or(LockForm::Proper, |root| form(root, body)),
        body,
        integrity: parts.integrity(),
    }
}

fn form(root: &Element, body: Body) -> LockForm {
    let default = root.at("Rule/DefaultRetention");
    match (root.text_of("ObjectLockEnabled"), root.child("Rule")) {
        _ if body != Body::Proper => LockForm::Proper,
        (Some("Enabled"), Some(_)) if default.is_some_and(|default| default.children.is_empty()) => {
            LockForm::EmptyDefault
        }
        (Some("Enabled"), Some(rule)) if rule.children.is_empty() => LockForm::EmptyRule,
        (Some("Enabled"), _) => LockForm::Proper,
        (Some(_), _) => LockForm::Disabled,
        (None, Some(_)) => LockForm::NoEnabled,
        (None, None) => LockForm::Empty,
    }
}

fn period(rule: Option<&Element>) -> Period {
    let amount = |name: &str| {
        rule.and_then(|rule| rule.text_of(name))
            .map(|text| text.parse().unwrap_or(0))
    };
    match (amount("Days"), amount("Years")) {
        (None, None) => Period::Absent,
        (Some(days), None) => Period::Days(days),
        (None, Some(years)) => Period::Years(years),
        (Some(_), Some(_)) => Period::Both,
    }
}

fn delete_objects(names: &mut Names, parts: &Parts<'_>) -> Result<Operation, String> {
    let root = parse(&parts.raw.body).map_err(|error| error.to_string())?;
    let mut objects = Identifiers::new();
    for object in root.children_named("Object") {
        let key = names.key(object.text_of("Key").unwrap_or_default().as_bytes())?;
        let version = object
            .text_of("VersionId")
            .map_or(VersionRef::Current, |id| version((parts.bucket, key), id));
        let etag = names.etag(object.text_of("ETag"))?;
        objects.push(Identifier { key, version, etag });
    }
    // More than a hundred entries are the same ones many times over.
    let all = objects.len();
    if all > 100 {
        let first = objects.first().copied();
        objects = first.into_iter().collect();
        debug_assert!(objects.iter().all(|object| object.etag == Etag::Unconditional));
    }
    let times = Times(
        u16::try_from(all / objects.len().max(1))
            .unwrap_or(u16::MAX)
            .max(1),
    );
    let quiet = root.text_of("Quiet") == Some("true");
    let (bypass, integrity) = (parts.bypass(), parts.integrity());
    Ok(Operation::DeleteObjects {
        bucket: parts.bucket,
        objects,
        bypass,
        quiet,
        integrity,
        times,
    })
}

fn list_versions(names: &mut Names, parts: &Parts<'_>) -> Result<Operation, String> {
    let mut key = |name: &str| {
        parts
            .query
            .get(name)
            .map(|text| names.key(text.as_bytes()))
            .transpose()
    };
    let (prefix, key_marker) = (key("prefix")?, key("key-marker")?);
    let of = key_marker.or(prefix).unwrap_or(bucketlaw_model::argument::Key(0));
    let marker = parts.query.get("version-id-marker");
    Ok(Operation::ListObjectVersions {
        bucket: parts.bucket,
        prefix,
        delimiter: if parts.has("delimiter") {
            Delimiter::Slash
        } else {
            Delimiter::Absent
        },
        max_keys: parts.max_keys(),
        encoding: parts.encoding(),
        key_marker,
        version_marker: marker.map_or(VersionRef::Current, |id| version((parts.bucket, of), id)),
    })
}
