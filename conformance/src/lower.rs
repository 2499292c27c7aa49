//! Lowering: a request of the law as an HTTP request, with the target's names for what the law only counts.

use std::collections::BTreeMap;

use bucketlaw_model::argument::{
    Body, BucketName, CannedAcl, Content, Date, Hold, Integrity, Key, LockMode, Period, PolicyName,
    VersionName, VersionRef,
};
use bucketlaw_model::lock::retention::OFFSET;
use bucketlaw_model::observed::iso8601;
use bucketlaw_model::program::Handle;
use bucketlaw_model::request::{Operation, Request};
use bucketlaw_model::world::World;

use crate::wire::RawRequest;
use crate::wire::checksum::{self, Algorithm};
use crate::wire::sign::uri_encode;

mod bucket;
mod object;
mod policy;
mod upload;
mod xml;

/// The service that a request is signed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// IAM's query protocol.
    Iam,
    /// S3.
    S3,
    /// STS's query protocol.
    Sts,
}

impl Service {
    /// The service's name in a signature's scope.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Service::Iam => "iam",
            Service::S3 => "s3",
            Service::Sts => "sts",
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

/// What stands for a date that nobody can read.
pub(crate) const UNPARSABLE: &str = "tomorrow";

/// What the target calls the things of a program.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// What bucket names start with; the program's own name of the bucket follows.
    pub bucket_prefix: String,
    /// The region, for the location of new buckets.
    pub region: String,
    /// The principals.
    pub principals: Principals,
    /// What the handles of earlier steps turned out to be: version ids and upload ids.
    pub handles: BTreeMap<Handle, String>,
    /// The ETags of uploaded parts, by upload id and part number.
    pub parts: BTreeMap<String, BTreeMap<u16, String>>,
    /// The dates of conditions.
    pub http_dates: HttpDates,
    /// How dates are written, if not by the calendar of the world: a script computes them when it runs.
    pub dates: Option<fn(Date) -> Option<String>>,
}

/// Dates of conditions, as HTTP writes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpDates {
    /// The present.
    pub now: String,
    /// A date before anything was made.
    pub past: String,
}

impl Default for HttpDates {
    fn default() -> Self {
        let past = "Sat, 01 Jan 2000 00:00:00 GMT".to_owned();
        HttpDates {
            now: past.clone(),
            past,
        }
    }
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
            VersionRef::Empty => Ok(Some(String::new())),
            VersionRef::Foreign(_, _, VersionName(number)) => Ok(Some(format!("foreign-{number}"))),
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
    world.content_bytes(content)
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

/// The JSON document of a policy of a program.
#[must_use]
pub fn policy_document(world: &World, names: &Names, policy: PolicyName) -> Vec<u8> {
    policy::document(world, names, policy)
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
        if let Some(written) = self.names.dates {
            return written(date);
        }
        match date {
            Date::Absent => None,
            Date::Unparsable => Some(UNPARSABLE.to_owned()),
            Date::At(_) | Date::Far => self.world.moment(date).map(|moment| iso8601(moment.earliest)),
            Date::Zoneless(_) => {
                let moment = self.world.moment(date)?;
                Some(iso8601(moment.earliest).trim_end_matches('Z').to_owned())
            }
            Date::Offset(_) => {
                let there = iso8601(self.world.moment(date)?.earliest.plus(OFFSET));
                Some(format!("{}+02:00", there.trim_end_matches('Z')))
            }
        }
    }

    fn s3(&self, operation: &Operation) -> Result<RawRequest, Unbound> {
        if let Some(raw) = self.on_buckets(operation) {
            return Ok(raw);
        }
        match self.on_uploads(operation)? {
            Some(raw) => Ok(raw),
            None => self.on_objects(operation),
        }
    }

    fn put_user_policy(&self, policy: PolicyName) -> RawRequest {
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
        LockMode::LowerCase => Some("governance"),
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

/// The request with a canned ACL, if it names one.
fn with_acl(raw: RawRequest, acl: CannedAcl) -> RawRequest {
    let word = match acl {
        CannedAcl::Absent => return raw,
        CannedAcl::Private => "private",
        CannedAcl::PublicRead => "public-read",
        CannedAcl::BucketOwnerFullControl => "bucket-owner-full-control",
    };
    raw.with_header("x-amz-acl", word)
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
        Integrity::Algorithm => raw.with_header("x-amz-sdk-checksum-algorithm", "CRC32"),
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
