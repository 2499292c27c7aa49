//! Lowering: a request of the law as an HTTP request, with the target's names for what the law only counts.

use std::collections::BTreeMap;

use bucketlaw_model::argument::{
    Body, BucketName, Content, Date, Hold, Identifier, Integrity, Key, LockMode, Period, VersionName,
    VersionRef, VersioningWord,
};
use bucketlaw_model::observed::iso8601;
use bucketlaw_model::program::Handle;
use bucketlaw_model::request::{Operation, Request};
use bucketlaw_model::world::World;

use crate::wire::RawRequest;
use crate::wire::checksum::{self, Algorithm};
use crate::wire::sign::uri_encode;

mod policy;
mod xml;

/// The service that a request is signed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// IAM's query protocol.
    Iam,
    /// S3.
    S3,
}

impl Service {
    /// The service's name in a signature's scope.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Service::Iam => "iam",
            Service::S3 => "s3",
        }
    }
}

/// The principals of a run by the target's names.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Principals {
    /// The account that owns the buckets, as its principal is written.
    pub account: String,
    /// The second account.
    pub other: String,
    /// The IAM user.
    pub user: String,
    /// The IAM user's name.
    pub user_name: String,
}

/// What the target calls the things of a program.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// What bucket names start with; the program's own name of the bucket follows.
    pub bucket_prefix: String,
    /// The region, for the location of new buckets.
    pub region: String,
    /// The principals.
    pub principals: Principals,
    /// What the handles of earlier steps turned out to be.
    pub handles: BTreeMap<Handle, String>,
}

/// A handle whose step did not bring its value to light, so that the request cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unbound(pub Handle);

impl Names {
    /// The target's name of a bucket.
    #[must_use]
    pub fn bucket(&self, world: &World, bucket: BucketName) -> String {
        format!("{}{}", self.bucket_prefix, world.bucket_name(bucket))
    }

    fn version(&self, version: VersionRef) -> Result<Option<String>, Unbound> {
        match version {
            VersionRef::Current => Ok(None),
            VersionRef::Named(VersionName::NULL) => Ok(Some("null".to_owned())),
            VersionRef::Named(VersionName(number)) => Ok(Some(format!("version-{number}"))),
            VersionRef::Malformed => Ok(Some("not-a-version-id".to_owned())),
            VersionRef::Made(handle) => self
                .handles
                .get(&handle)
                .cloned()
                .map(Some)
                .ok_or(Unbound(handle)),
        }
    }
}

/// The bytes of a content.
#[must_use]
pub fn content_bytes(world: &World, content: Content) -> Vec<u8> {
    format!("content {}\n", world.content_name(content)).into_bytes()
}

/// The request as HTTP, unsigned and without a Host.
///
/// # Errors
/// When a handle was never bound.
pub fn lower(world: &World, names: &Names, request: &Request) -> Result<(RawRequest, Service), Unbound> {
    let lowering = Lowering { world, names };
    let raw = match &request.operation {
        Operation::PutUserPolicy { policy } => return Ok((lowering.put_user_policy(*policy), Service::Iam)),
        Operation::DeleteUserPolicy {} => return Ok((lowering.delete_user_policy(), Service::Iam)),
        operation => lowering.s3(operation)?,
    };
    Ok((raw, Service::S3))
}

struct Lowering<'a> {
    world: &'a World,
    names: &'a Names,
}

impl Lowering<'_> {
    fn on_bucket(&self, method: &str, bucket: BucketName, subresource: Option<&str>) -> RawRequest {
        let mut request = RawRequest::new(method, format!("/{}", self.names.bucket(self.world, bucket)));
        if let Some(subresource) = subresource {
            request.push_query(subresource, Some(""));
        }
        request
    }

    fn on_key(
        &self,
        method: &str,
        (bucket, key): (BucketName, Key),
        subresource: Option<&str>,
    ) -> RawRequest {
        let key = uri_encode(&self.world.key_bytes(key), true);
        let mut request = RawRequest::new(
            method,
            format!("/{}/{key}", self.names.bucket(self.world, bucket)),
        );
        if let Some(subresource) = subresource {
            request.push_query(subresource, Some(""));
        }
        request
    }

    fn with_version(&self, mut request: RawRequest, version: VersionRef) -> Result<RawRequest, Unbound> {
        if let Some(id) = self.names.version(version)? {
            request.push_query("versionId", Some(&id));
        }
        Ok(request)
    }

    fn date(&self, date: Date) -> Option<String> {
        match date {
            Date::Absent => None,
            Date::Unparsable => Some("tomorrow".to_owned()),
            Date::At(_) => self.world.moment(date).map(|moment| iso8601(moment.earliest)),
        }
    }

    #[allow(
        clippy::too_many_lines,
        reason = "one arm an operation: the table of how operations look on the wire"
    )]
    fn s3(&self, operation: &Operation) -> Result<RawRequest, Unbound> {
        Ok(match operation {
            Operation::CreateBucket { bucket, lock } => self.create_bucket(*bucket, *lock),
            Operation::DeleteBucket { bucket } => self.on_bucket("DELETE", *bucket, None),
            Operation::HeadBucket { bucket } => self.on_bucket("HEAD", *bucket, None),
            Operation::GetBucketVersioning { bucket } => self.on_bucket("GET", *bucket, Some("versioning")),
            Operation::PutBucketVersioning {
                bucket,
                status,
                integrity,
            } => {
                let word = match status {
                    VersioningWord::Enabled => Some("Enabled"),
                    VersioningWord::Suspended => Some("Suspended"),
                    VersioningWord::Missing => None,
                    VersioningWord::Unknown => Some("Paused"),
                };
                let raw = self.on_bucket("PUT", *bucket, Some("versioning"));
                with_document(raw, xml::versioning(word), *integrity)
            }
            Operation::GetObjectLockConfiguration { bucket } => {
                self.on_bucket("GET", *bucket, Some("object-lock"))
            }
            Operation::PutObjectLockConfiguration {
                bucket,
                mode,
                period,
                body,
                integrity,
            } => {
                let raw = self.on_bucket("PUT", *bucket, Some("object-lock"));
                with_body(
                    raw,
                    xml::lock_configuration(mode_word(*mode), *period),
                    *body,
                    *integrity,
                )
            }
            Operation::GetBucketPolicy { bucket } => self.on_bucket("GET", *bucket, Some("policy")),
            Operation::PutBucketPolicy { bucket, policy } => {
                let raw = self.on_bucket("PUT", *bucket, Some("policy"));
                with_document(
                    raw,
                    policy::document(self.world, self.names, *policy),
                    Integrity::Md5,
                )
            }
            Operation::DeleteBucketPolicy { bucket } => self.on_bucket("DELETE", *bucket, Some("policy")),
            Operation::PutPublicAccessBlock { bucket, on } => {
                let raw = self.on_bucket("PUT", *bucket, Some("publicAccessBlock"));
                with_document(raw, xml::public_access_block(*on), Integrity::Md5)
            }
            Operation::DeletePublicAccessBlock { bucket } => {
                self.on_bucket("DELETE", *bucket, Some("publicAccessBlock"))
            }
            Operation::PutObject {
                bucket,
                key,
                content,
                mode,
                until,
                hold,
                integrity,
                ..
            } => {
                let raw = self.on_key("PUT", (*bucket, *key), None);
                let raw = self.with_lock_headers(raw, *mode, *until, *hold);
                with_document(raw, content_bytes(self.world, *content), *integrity)
            }
            Operation::GetObject { bucket, key, version } => {
                self.with_version(self.on_key("GET", (*bucket, *key), None), *version)?
            }
            Operation::HeadObject { bucket, key, version } => {
                self.with_version(self.on_key("HEAD", (*bucket, *key), None), *version)?
            }
            Operation::DeleteObject {
                bucket,
                key,
                version,
                bypass,
                ..
            } => with_bypass(
                self.with_version(self.on_key("DELETE", (*bucket, *key), None), *version)?,
                *bypass,
            ),
            Operation::DeleteObjects {
                bucket,
                objects,
                bypass,
                quiet,
                integrity,
            } => {
                let raw = self.on_bucket("POST", *bucket, Some("delete"));
                let document = self.delete_document(objects, *quiet)?;
                with_bypass(with_document(raw, document, *integrity), *bypass)
            }
            Operation::GetObjectRetention { bucket, key, version } => {
                self.with_version(self.on_key("GET", (*bucket, *key), Some("retention")), *version)?
            }
            Operation::PutObjectRetention {
                bucket,
                key,
                version,
                mode,
                until,
                bypass,
                body,
                integrity,
            } => {
                let raw =
                    self.with_version(self.on_key("PUT", (*bucket, *key), Some("retention")), *version)?;
                let document = xml::retention(mode_word(*mode), self.date(*until).as_deref());
                with_bypass(with_body(raw, document, *body, *integrity), *bypass)
            }
            Operation::GetObjectLegalHold { bucket, key, version } => {
                self.with_version(self.on_key("GET", (*bucket, *key), Some("legal-hold")), *version)?
            }
            Operation::PutObjectLegalHold {
                bucket,
                key,
                version,
                hold,
                body,
                integrity,
            } => {
                let raw =
                    self.with_version(self.on_key("PUT", (*bucket, *key), Some("legal-hold")), *version)?;
                with_body(raw, xml::legal_hold(hold_word(*hold)), *body, *integrity)
            }
            Operation::ListObjectVersions { bucket } => self.on_bucket("GET", *bucket, Some("versions")),
            Operation::ListObjectsV2 { bucket } => {
                let mut raw = self.on_bucket("GET", *bucket, None);
                raw.push_query("list-type", Some("2"));
                raw
            }
            Operation::PutUserPolicy { policy } => self.put_user_policy(*policy),
            Operation::DeleteUserPolicy {} => self.delete_user_policy(),
        })
    }

    fn create_bucket(&self, bucket: BucketName, lock: bool) -> RawRequest {
        let mut raw = self.on_bucket("PUT", bucket, None);
        if lock {
            raw = raw.with_header("x-amz-bucket-object-lock-enabled", "true");
        }
        if self.names.region == "us-east-1" {
            raw.with_body("")
        } else {
            raw.with_body(xml::location(&self.names.region))
        }
    }

    fn with_lock_headers(&self, mut raw: RawRequest, mode: LockMode, until: Date, hold: Hold) -> RawRequest {
        for (name, value) in [
            ("x-amz-object-lock-mode", mode_word(mode).map(str::to_owned)),
            ("x-amz-object-lock-retain-until-date", self.date(until)),
            ("x-amz-object-lock-legal-hold", hold_word(hold).map(str::to_owned)),
        ] {
            if let Some(value) = value {
                raw = raw.with_header(name, value);
            }
        }
        raw
    }

    fn delete_document(&self, objects: &[Identifier], quiet: bool) -> Result<Vec<u8>, Unbound> {
        let mut entries = Vec::with_capacity(objects.len());
        for object in objects {
            let key = String::from_utf8_lossy(&self.world.key_bytes(object.key)).into_owned();
            entries.push((key, self.names.version(object.version)?));
        }
        Ok(xml::delete(&entries, quiet))
    }

    fn put_user_policy(&self, policy: bucketlaw_model::argument::PolicyName) -> RawRequest {
        let document = policy::document(self.world, self.names, policy);
        self.iam(
            "PutUserPolicy",
            &[("PolicyDocument", &String::from_utf8_lossy(&document))],
        )
    }

    fn delete_user_policy(&self) -> RawRequest {
        self.iam("DeleteUserPolicy", &[])
    }

    fn iam(&self, action: &str, more: &[(&str, &str)]) -> RawRequest {
        let user = self.names.principals.user_name.as_str();
        let given = [("UserName", user), ("PolicyName", "bucketlaw")];
        iam_request(action, &given.iter().chain(more).copied().collect::<Vec<_>>())
    }
}

/// A request of IAM's query protocol.
#[must_use]
pub fn iam_request(action: &str, parameters: &[(&str, &str)]) -> RawRequest {
    let mut form = format!("Action={action}&Version=2010-05-08");
    for (name, value) in parameters {
        form.push_str(&format!("&{name}={}", uri_encode(value.as_bytes(), false)));
    }
    RawRequest::new("POST", "/")
        .with_header("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
        .with_body(form)
}

fn mode_word(mode: LockMode) -> Option<&'static str> {
    match mode {
        LockMode::Absent => None,
        LockMode::Compliance => Some("COMPLIANCE"),
        LockMode::Governance => Some("GOVERNANCE"),
        LockMode::Unknown => Some("STRICT"),
    }
}

fn hold_word(hold: Hold) -> Option<&'static str> {
    match hold {
        Hold::Absent => None,
        Hold::Off => Some("OFF"),
        Hold::On => Some("ON"),
        Hold::Unknown => Some("MAYBE"),
    }
}

fn with_bypass(raw: RawRequest, bypass: Option<bool>) -> RawRequest {
    match bypass {
        None => raw,
        Some(value) => raw.with_header("x-amz-bypass-governance-retention", value.to_string()),
    }
}

fn with_body(raw: RawRequest, document: Vec<u8>, body: Body, integrity: Integrity) -> RawRequest {
    match body {
        Body::Proper => with_document(raw, document, integrity),
        Body::Missing => with_document(raw, Vec::new(), integrity),
        Body::Malformed => with_document(raw, b"<Unheard><Of/></Unheard>".to_vec(), integrity),
    }
}

fn with_document(raw: RawRequest, document: Vec<u8>, integrity: Integrity) -> RawRequest {
    let raw = match integrity {
        Integrity::Md5 => raw.with_header("Content-MD5", checksum::content_md5(&document)),
        Integrity::Crc32 => raw.with_header(Algorithm::Crc32.header(), Algorithm::Crc32.value(&document)),
        Integrity::Absent => raw,
    };
    raw.with_body(document)
}

/// A default retention period as its XML elements.
fn period_elements(period: Period) -> String {
    match period {
        Period::Absent => String::new(),
        Period::Days(days) => format!("<Days>{days}</Days>"),
        Period::Years(years) => format!("<Years>{years}</Years>"),
        Period::Both => "<Days>1</Days><Years>1</Years>".to_owned(),
    }
}
