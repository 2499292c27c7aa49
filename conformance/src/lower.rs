//! Lowering: a request of the law as an HTTP request, with the target's names for what the law only counts.

use std::collections::BTreeMap;

use bucketlaw_model::argument::{
    BucketName, Content, Date, PolicyName, UploadName, UploadRef, VersionName, VersionRef,
};
use bucketlaw_model::program::Handle;
use bucketlaw_model::request::{Operation, Request};
use bucketlaw_model::world::World;

use crate::wire::RawRequest;
use crate::wire::sign::uri_encode;

mod argument;
mod document;
mod outgoing;
mod policy;
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

    fn upload(&self, upload: UploadRef) -> Result<String, Unbound> {
        match upload {
            UploadRef::Named(UploadName(number)) => Ok(format!("upload-{number}")),
            UploadRef::Malformed => Ok("not-an-upload-id".to_owned()),
            UploadRef::Made(handle) => self.handles.get(&handle).cloned().ok_or(Unbound(handle)),
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
