//! Creating, probing and deleting buckets.

use http::StatusCode;

use crate::authz::{AccountId, Acl, Ownership, PublicAccessBlock};
use crate::error::{ApiError, Code};
use crate::exchange::{Exchange, Outcome, Reply, Request};
use crate::lock::ObjectLockConfiguration;
use crate::ops::acl;
use crate::ops::document::{self, MAX_DOCUMENT};
use crate::pipeline::no_such_bucket;
use crate::regions;
use crate::store::{BucketRecord, Document, DocumentKey, Mutation, Versioning, View};
use crate::wire::payload::Payload;
use crate::wire::xml::{self, Writer};

/// What a CreateBucket request asks for.
#[derive(Clone, Debug)]
struct Wanted {
    name: String,
    owner: AccountId,
    region: String,
    lock: bool,
    ownership: Ownership,
    acl: Option<Acl>,
}

/// CreateBucket, with AWS's defaults: Block Public Access on, BucketOwnerEnforced (EVAL-BPA-002, EVAL-OWN-001).
///
/// # Errors
/// Bad headers or body, or a name that is taken.
pub async fn create(exchange: &Exchange, payload: &mut Payload) -> Outcome {
    let request = &exchange.request;
    let body = payload.collect(MAX_DOCUMENT).await?;
    check_location(&body, &exchange.server.region)?;
    let owner = exchange.caller.account().ok_or(Code::AccessDenied)?;
    let (lock, ownership) = (lock_header(request)?, ownership_header(request)?);
    let wanted = Wanted {
        name: request.bucket().to_owned(),
        owner,
        region: exchange.server.region.clone(),
        lock,
        ownership,
        acl: acl::bucket::of_new_bucket(exchange, owner, ownership)?,
    };
    let (location, arn) = (format!("/{}", wanted.name), arn(&wanted.name));
    exchange
        .server
        .store
        .execute(exchange.authorization(), move |view| plan_create(&wanted, view))
        .await?;
    Ok(Reply::ok()
        .header("location", location)
        .header("x-amz-bucket-arn", arn))
}

/// The ARN of a bucket.
pub(crate) fn arn(name: &str) -> String {
    format!("arn:aws:s3:::{name}")
}

fn plan_create(wanted: &Wanted, view: &View<'_, '_>) -> Result<(Vec<Mutation>, ()), ApiError> {
    if let Some(existing) = view.config.bucket(&wanted.name) {
        if existing.owner != wanted.owner {
            return Err(ApiError::new(Code::BucketAlreadyExists).with("BucketName", wanted.name.as_str()));
        }
        // us-east-1 alone answers 200 to its owner, and leaves the bucket as it is; not if that is not what was
        // asked for.
        if wanted.region == "us-east-1" && existing.object_lock.is_some() == wanted.lock {
            return Ok((Vec::new(), ()));
        }
        return Err(ApiError::new(Code::BucketAlreadyOwnedByYou).with("BucketName", wanted.name.as_str()));
    }
    let record = BucketRecord {
        id: view.allocate(),
        name: wanted.name.clone(),
        owner: wanted.owner,
        created: view.now,
        region: wanted.region.clone(),
        // LOCK-BKT-001
        versioning: if wanted.lock {
            Versioning::Enabled
        } else {
            Versioning::Unversioned
        },
        object_lock: wanted.lock.then(ObjectLockConfiguration::default),
        policy: None,
        public_access_block: Some(PublicAccessBlock::ALL),
        ownership: Some(wanted.ownership),
        acl: wanted.acl.clone(),
        bucket_key: false,
        tags: Vec::new(),
    };
    Ok((vec![Mutation::Put(Document::Bucket(record))], ()))
}

fn check_location(body: &[u8], region: &str) -> Result<(), ApiError> {
    let constraint = if body.is_empty() {
        None
    } else {
        let root = xml::parse(body, "CreateBucketConfiguration")?;
        for unsupported in ["Location", "Bucket", "Tags"] {
            if root.child(unsupported)?.is_some() {
                return Err(ApiError::with_message(
                    Code::NotImplemented,
                    format!(
                        "The element {unsupported} of CreateBucketConfiguration is not implemented by this server"
                    ),
                ));
            }
        }
        root.only(&["LocationConstraint"])?;
        root.child_text("LocationConstraint")?.map(str::to_owned)
    };
    match constraint.as_deref() {
        None if region == "us-east-1" => Ok(()),
        // us-east-1 is the one Region that is named by not naming it.
        Some(named) if named == "us-east-1" || (named != region && !regions::is_constraint(named)) => {
            Err(ApiError::new(Code::InvalidLocationConstraint).with("LocationConstraint", named))
        }
        Some(named) if named == region || regions::of_constraint(named) == region => Ok(()),
        named => Err(ApiError::with_message(
            Code::IllegalLocationConstraintException,
            format!(
                "The {} location constraint is incompatible for the region specific endpoint this request was sent to.",
                named.unwrap_or("unspecified")
            ),
        )),
    }
}

fn lock_header(request: &Request) -> Result<bool, ApiError> {
    const NAME: &str = "x-amz-bucket-object-lock-enabled";
    match request.header(NAME) {
        None => Ok(false),
        Some(value) if value.eq_ignore_ascii_case("true") => Ok(true),
        Some(value) if value.eq_ignore_ascii_case("false") => Ok(false),
        Some(value) => Err(ApiError::invalid_argument(
            "Invalid value for a boolean header",
            NAME,
            Some(value),
        )),
    }
}

/// EVAL-OWN-012
fn ownership_header(request: &Request) -> Result<Ownership, ApiError> {
    const NAME: &str = "x-amz-object-ownership";
    match request.header(NAME) {
        None => Ok(Ownership::BucketOwnerEnforced),
        Some(value) => Ownership::parse(value)
            .ok_or_else(|| ApiError::invalid_argument(format!("Invalid {NAME} header: {value}"), NAME, None)),
    }
}

/// HeadBucket; its refusals name the Region too, which the pipeline sees to (EVAL-ERR-017).
///
/// # Errors
/// `NoSuchBucket`.
pub fn head(exchange: &Exchange) -> Outcome {
    let bucket = document::bucket(exchange)?;
    Ok(Reply::ok()
        .header("x-amz-bucket-arn", arn(&bucket.name))
        .header("x-amz-bucket-region", bucket.region.as_str())
        .header("x-amz-access-point-alias", "false")
        .header("content-type", "application/xml"))
}

/// GetBucketLocation: empty for us-east-1.
///
/// # Errors
/// `NoSuchBucket`.
pub fn location(exchange: &Exchange) -> Outcome {
    let region = document::bucket(exchange)?.region.as_str();
    let mut writer = Writer::new("LocationConstraint");
    if region != "us-east-1" {
        writer.content(region);
    }
    Ok(Reply::xml(writer.finish()))
}

/// DeleteBucket: only a bucket without any version or marker can go (VER-DEL-017, LOCK-BKT-009).
///
/// # Errors
/// `BucketNotEmpty`.
pub async fn delete(exchange: &Exchange) -> Outcome {
    let name = exchange.request.bucket().to_owned();
    let plan = move |view: &View<'_, '_>| {
        let bucket = view.config.bucket(&name).ok_or_else(|| no_such_bucket(&name))?;
        if !view.rows.is_empty(bucket.id)? {
            return Err(not_empty(&name, bucket.versioning));
        }
        // Uploads in progress do not keep a bucket: they go with it.
        let mut mutations = Vec::new();
        view.rows.uploads(bucket.id, "", None, |key, upload| {
            let (bucket, key, sequence) = (bucket.id, key.to_owned(), upload.sequence);
            mutations.push(Mutation::DeleteUpload {
                bucket,
                key,
                sequence,
                keep: None,
            });
            Ok(true)
        })?;
        mutations.push(Mutation::Delete(DocumentKey::Bucket(name)));
        Ok((mutations, ()))
    };
    exchange
        .server
        .store
        .execute(exchange.authorization(), plan)
        .await?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

fn not_empty(name: &str, versioning: Versioning) -> ApiError {
    let message = match versioning {
        Versioning::Unversioned => "The bucket you tried to delete is not empty",
        Versioning::Enabled | Versioning::Suspended => {
            "The bucket you tried to delete is not empty. You must delete all versions in the bucket."
        }
    };
    ApiError::with_message(Code::BucketNotEmpty, message).with("BucketName", name)
}
