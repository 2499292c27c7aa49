//! What a request needs to be allowed: the row's actions and what its headers add (EVAL-OP).

use crate::authority::Check;
use crate::authz::Action;
use crate::exchange::Request;
use crate::ops::{Needs, Operation, OperationId};

/// The checks that the head of a request asks for; operations with needs of their own give none here.
pub fn checks(operation: &Operation, request: &Request) -> Vec<Check> {
    let bucket = request.bucket();
    let mut checks = Vec::new();
    match operation.needs {
        Needs::Own => {}
        Needs::Bucket(action) => checks.push(Check::bucket(action, bucket)),
        Needs::Object(plain, versioned) => {
            let action = if request.version_id().is_some() {
                versioned
            } else {
                plain
            }; // EVAL-OPX-002
            checks.push(Check::object(action, bucket, request.key()));
        }
    }
    if operation.id == OperationId::CreateBucket {
        let create = create_bucket(request).into_iter();
        checks.extend(create.map(|action| Check {
            new_bucket: true,
            ..Check::bucket(action, bucket)
        }));
    }
    if operation.id == OperationId::ListBuckets {
        checks.push(Check::any(Action::ListAllMyBuckets));
    }
    for action in extras(operation.id, request) {
        checks.push(Check::object(action, bucket, request.key()));
    }
    checks
}

fn extras(id: OperationId, request: &Request) -> Vec<Action> {
    match id {
        OperationId::PutObject => [write_extras(request), condition_extras(request)].concat(),
        OperationId::CopyObject => [write_extras(request), condition_extras(request)].concat(),
        OperationId::CreateMultipartUpload => write_extras(request),
        OperationId::CompleteMultipartUpload | OperationId::DeleteObject => condition_extras(request),
        // EVAL-OP-030
        OperationId::GetObjectAttributes if request.version_id().is_some() => {
            vec![Action::GetObjectVersionAttributes]
        }
        OperationId::GetObjectAttributes => vec![Action::GetObjectAttributes],
        _ => Vec::new(),
    }
}

/// EVAL-OP-002, LOCK-BKT-002
fn create_bucket(request: &Request) -> Vec<Action> {
    let has = |name: &str| request.headers.contains_key(name);
    let mut actions = vec![Action::CreateBucket];
    // EVAL-ACL-018: `private` is what a bucket has without asking.
    let private = request.header("x-amz-acl") == Some("private") && !has_grants(request);
    if has_acl(request) && !private {
        actions.push(Action::PutBucketAcl);
    }
    if request
        .header("x-amz-bucket-object-lock-enabled")
        .is_some_and(|v| v.eq_ignore_ascii_case("true"))
    {
        actions.extend([
            Action::PutBucketObjectLockConfiguration,
            Action::PutBucketVersioning,
        ]);
    }
    if has("x-amz-object-ownership") {
        actions.push(Action::PutBucketOwnershipControls);
    }
    actions
}

fn has_acl(request: &Request) -> bool {
    request.headers.contains_key("x-amz-acl") || has_grants(request)
}

fn has_grants(request: &Request) -> bool {
    let mut names = request.headers.keys();
    names.any(|name| name.as_str().starts_with("x-amz-grant-"))
}

/// EVAL-OP-031, EVAL-ACL-018, LOCK-CFG-016: headers that set more than the data need more than PutObject.
fn write_extras(request: &Request) -> Vec<Action> {
    let has = |name: &str| request.headers.contains_key(name);
    let retention = has("x-amz-object-lock-mode") || has("x-amz-object-lock-retain-until-date");
    [
        (has_acl(request), Action::PutObjectAcl),
        (has("x-amz-tagging"), Action::PutObjectTagging),
        (retention, Action::PutObjectRetention),
        (has("x-amz-object-lock-legal-hold"), Action::PutObjectLegalHold),
    ]
    .into_iter()
    .filter_map(|(needed, action)| needed.then_some(action))
    .collect()
}

/// VER-COND-015: naming an ETag reveals whether it is the current one.
fn condition_extras(request: &Request) -> Vec<Action> {
    match request.header("if-match") {
        Some("*") | None => Vec::new(),
        Some(_) => vec![Action::GetObject],
    }
}
