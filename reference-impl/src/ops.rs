//! The operation table: which method, scope and subresource is which operation, and what it needs.
//!
//! One static table drives routing, authorization, names and what runs: a new operation is a row and a function. A known subresource with a method that no row
//! has is `405 MethodNotAllowed`; a row that is not built is `501 NotImplemented`; nothing falls through to an
//! operation without subresource.

use http::Method;

use crate::authz::Action;
use crate::exchange::{Exchange, Outcome};
use crate::wire::payload::Payload;

pub mod access;
pub mod acl;
mod attributes;
pub mod bucket;
mod copy;
mod delete;
pub mod document;
pub mod encryption;
pub mod headers;
mod listing;
pub mod lock_configuration;
pub(crate) mod multipart;
pub mod needs;
mod object;
pub mod policy;
pub mod retention;
pub mod route;
pub mod service;
mod tagging;
mod target;
pub mod version_id;
pub mod versioning;

/// What a request is addressed to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Scope {
    /// The endpoint itself.
    Service,
    /// A bucket.
    Bucket,
    /// An object key in a bucket.
    Object,
}

/// Runs the function of a row: `now`, or `later` where it has to wait, or with the `body` of the request.
macro_rules! run {
    ($exchange:ident, $payload:ident, now $($function:ident)::+) => { $($function)::+($exchange) };
    ($exchange:ident, $payload:ident, later $($function:ident)::+) => { $($function)::+($exchange).await };
    ($exchange:ident, $payload:ident, body $($function:ident)::+) => { $($function)::+($exchange, $payload).await };
}

/// Whether the function of a row reads the body of the request.
macro_rules! reads_body {
    (body) => {
        true
    };
    ($other:ident) => {
        false
    };
}

macro_rules! operations {
    ($($id:ident $method:ident $scope:ident $subresource:literal $selector:expr, $needs:expr, $when:ident $($function:ident)::+;)*) => {
        /// The operations that are built.
        #[derive(Clone, Copy, Debug, Eq, PartialEq, Hash)]
        #[allow(missing_docs)] // the names are S3's own
        pub enum OperationId { $($id,)* }

        /// The rows of the operations that are built.
        pub static OPERATIONS: &[Operation] = &[$(Operation {
            id: OperationId::$id,
            name: stringify!($id),
            method: Method::$method,
            scope: Scope::$scope,
            subresource: $subresource,
            selector: $selector,
            needs: $needs,
            reads_body: reads_body!($when),
        },)*];

        /// Runs the operation of an exchange that has passed authentication, routing and authorization.
        ///
        /// # Errors
        /// Whatever the operation refuses with.
        pub async fn dispatch(exchange: &mut Exchange, payload: &mut Payload) -> Outcome {
            match exchange.operation.id {
                $(OperationId::$id => run!(exchange, payload, $when $($function)::+),)*
            }
        }
    };
}

/// What else tells an operation from another with the same method, scope and subresource.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Selector {
    /// Nothing: the row is the general one.
    Plain,
    /// A header must be present.
    Header(&'static str),
    /// A query parameter must be present with this value.
    Parameter(&'static str, &'static str),
}

/// Which actions the pipeline asks for before the body is read; operations add what depends on the body.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Needs {
    /// The operation authorizes by itself (per entry, or through the identity side only).
    Own,
    /// One action on the bucket.
    Bucket(Action),
    /// One action on the object, another one if `versionId` is given (EVAL-OPX-001).
    Object(Action, Action),
}

/// One row of the operation table.
#[derive(Debug)]
pub struct Operation {
    /// Which operation it is.
    pub id: OperationId,
    /// The name in the S3 API reference.
    pub name: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// What it is addressed to.
    pub scope: Scope,
    /// The subresource that the query must name, or the empty string for none.
    pub subresource: &'static str,
    /// What else must hold.
    pub selector: Selector,
    /// The actions that it needs.
    pub needs: Needs,
    /// Whether it has a body, which it reads itself.
    pub reads_body: bool,
}

impl Operation {
    /// Whether it is about one version of an object, which the request may name.
    #[must_use]
    pub fn takes_version_id(&self) -> bool {
        let plain = [Method::GET, Method::HEAD, Method::DELETE].contains(&self.method);
        self.scope == Scope::Object
            && match self.subresource {
                "" => plain,
                "uploads" | "uploadId" => false,
                _ => true,
            }
    }
}

use Action as A;
use Needs::{Bucket as B, Object as O, Own};
use Selector::{Header, Parameter, Plain};

// Order matters only among rows with the same method, scope and subresource: special before Plain.
operations! {
    ListBuckets GET Service "" Plain, Own, now service::list_buckets; // EVAL-OP-001
    CreateBucket PUT Bucket "" Plain, Own, body bucket::create; // EVAL-OP-002
    DeleteBucket DELETE Bucket "" Plain, B(A::DeleteBucket), later bucket::delete; // EVAL-OP-003
    HeadBucket HEAD Bucket "" Plain, B(A::ListBucket), now bucket::head; // EVAL-OP-004
    GetBucketLocation GET Bucket "location" Plain, B(A::GetBucketLocation), now bucket::location; // EVAL-OP-005
    ListObjectsV2 GET Bucket "" Parameter("list-type", "2"), B(A::ListBucket), later listing::objects_v2; // EVAL-OP-006
    ListObjects GET Bucket "" Plain, B(A::ListBucket), later listing::objects; // EVAL-OP-006
    ListObjectVersions GET Bucket "versions" Plain, B(A::ListBucketVersions), later listing::versions; // EVAL-OP-007
    ListMultipartUploads GET Bucket "uploads" Plain, B(A::ListBucketMultipartUploads), later listing::uploads; // EVAL-OP-008
    GetBucketPolicy GET Bucket "policy" Plain, B(A::GetBucketPolicy), now policy::get; // EVAL-OP-010
    PutBucketPolicy PUT Bucket "policy" Plain, B(A::PutBucketPolicy), body policy::put; // EVAL-OP-010
    DeleteBucketPolicy DELETE Bucket "policy" Plain, B(A::DeleteBucketPolicy), later policy::delete; // EVAL-OP-010
    GetBucketPolicyStatus GET Bucket "policyStatus" Plain, B(A::GetBucketPolicyStatus), now policy::status; // EVAL-OP-011
    GetBucketAcl GET Bucket "acl" Plain, B(A::GetBucketAcl), now acl::bucket::get; // EVAL-OP-009
    PutBucketAcl PUT Bucket "acl" Plain, B(A::PutBucketAcl), body acl::bucket::put; // EVAL-OP-009
    GetBucketEncryption GET Bucket "encryption" Plain, B(A::GetEncryptionConfiguration), now encryption::get; // EVAL-OP-013
    PutBucketEncryption PUT Bucket "encryption" Plain, B(A::PutEncryptionConfiguration), body encryption::put; // EVAL-OP-013
    DeleteBucketEncryption DELETE Bucket "encryption" Plain, B(A::PutEncryptionConfiguration), later encryption::delete; // EVAL-OP-013
    GetBucketVersioning GET Bucket "versioning" Plain, B(A::GetBucketVersioning), now versioning::get; // EVAL-OP-015
    PutBucketVersioning PUT Bucket "versioning" Plain, B(A::PutBucketVersioning), body versioning::put; // EVAL-OP-015
    GetBucketTagging GET Bucket "tagging" Plain, B(A::GetBucketTagging), now tagging::bucket::get; // EVAL-OP-016
    PutBucketTagging PUT Bucket "tagging" Plain, B(A::PutBucketTagging), body tagging::bucket::put; // EVAL-OP-016
    DeleteBucketTagging DELETE Bucket "tagging" Plain, B(A::PutBucketTagging), later tagging::bucket::delete; // EVAL-OP-016
    GetBucketOwnershipControls GET Bucket "ownershipControls" Plain, B(A::GetBucketOwnershipControls), now access::get_ownership; // EVAL-OP-024
    PutBucketOwnershipControls PUT Bucket "ownershipControls" Plain, B(A::PutBucketOwnershipControls), body access::put_ownership; // EVAL-OP-024
    DeleteBucketOwnershipControls DELETE Bucket "ownershipControls" Plain, B(A::PutBucketOwnershipControls), later access::delete_ownership; // EVAL-OP-024
    GetPublicAccessBlock GET Bucket "publicAccessBlock" Plain, B(A::GetBucketPublicAccessBlock), now access::get_public_access_block; // EVAL-OP-025
    PutPublicAccessBlock PUT Bucket "publicAccessBlock" Plain, B(A::PutBucketPublicAccessBlock), body access::put_public_access_block; // EVAL-OP-025
    DeletePublicAccessBlock DELETE Bucket "publicAccessBlock" Plain, B(A::PutBucketPublicAccessBlock), later access::delete_public_access_block; // EVAL-BPA-011
    GetObjectLockConfiguration GET Bucket "object-lock" Plain, B(A::GetBucketObjectLockConfiguration), now lock_configuration::get; // EVAL-OP-027
    PutObjectLockConfiguration PUT Bucket "object-lock" Plain, B(A::PutBucketObjectLockConfiguration), body lock_configuration::put; // EVAL-OP-027
    DeleteObjects POST Bucket "delete" Plain, Own, body delete::many; // EVAL-OP-040
    GetObject GET Object "" Plain, O(A::GetObject, A::GetObjectVersion), later object::get; // EVAL-OP-028
    HeadObject HEAD Object "" Plain, O(A::GetObject, A::GetObjectVersion), now object::head; // EVAL-OP-029
    GetObjectAttributes GET Object "attributes" Plain, O(A::GetObject, A::GetObjectVersion), now attributes::get; // EVAL-OP-030
    CopyObject PUT Object "" Header("x-amz-copy-source"), O(A::PutObject, A::PutObject), later copy::object; // EVAL-OP-032
    PutObject PUT Object "" Plain, O(A::PutObject, A::PutObject), body object::put; // EVAL-OP-031
    CreateMultipartUpload POST Object "uploads" Plain, O(A::PutObject, A::PutObject), later multipart::create; // EVAL-OP-033
    UploadPartCopy PUT Object "uploadId" Header("x-amz-copy-source"), O(A::PutObject, A::PutObject), later multipart::upload_part_copy; // EVAL-OP-035
    UploadPart PUT Object "uploadId" Plain, O(A::PutObject, A::PutObject), body multipart::upload_part; // EVAL-OP-034
    CompleteMultipartUpload POST Object "uploadId" Plain, O(A::PutObject, A::PutObject), body multipart::complete; // EVAL-OP-036
    AbortMultipartUpload DELETE Object "uploadId" Plain, O(A::AbortMultipartUpload, A::AbortMultipartUpload), later multipart::abort; // EVAL-OP-037
    ListParts GET Object "uploadId" Plain, O(A::ListMultipartUploadParts, A::ListMultipartUploadParts), now multipart::list_parts; // EVAL-OP-038
    DeleteObject DELETE Object "" Plain, O(A::DeleteObject, A::DeleteObjectVersion), later delete::one; // EVAL-OP-039
    GetObjectAcl GET Object "acl" Plain, O(A::GetObjectAcl, A::GetObjectVersionAcl), now acl::get; // EVAL-OP-041
    PutObjectAcl PUT Object "acl" Plain, O(A::PutObjectAcl, A::PutObjectVersionAcl), body acl::put; // EVAL-OP-041
    GetObjectTagging GET Object "tagging" Plain, O(A::GetObjectTagging, A::GetObjectVersionTagging), now tagging::get; // EVAL-OP-042
    PutObjectTagging PUT Object "tagging" Plain, O(A::PutObjectTagging, A::PutObjectVersionTagging), body tagging::put; // EVAL-OP-042
    DeleteObjectTagging DELETE Object "tagging" Plain, O(A::DeleteObjectTagging, A::DeleteObjectVersionTagging), later tagging::delete; // EVAL-OP-042
    GetObjectRetention GET Object "retention" Plain, O(A::GetObjectRetention, A::GetObjectRetention), now retention::get_retention; // EVAL-OP-043
    PutObjectRetention PUT Object "retention" Plain, O(A::PutObjectRetention, A::PutObjectRetention), body retention::put_retention; // EVAL-OP-043
    GetObjectLegalHold GET Object "legal-hold" Plain, O(A::GetObjectLegalHold, A::GetObjectLegalHold), now retention::get_legal_hold; // EVAL-OP-044
    PutObjectLegalHold PUT Object "legal-hold" Plain, O(A::PutObjectLegalHold, A::PutObjectLegalHold), body retention::put_legal_hold; // EVAL-OP-044
}
