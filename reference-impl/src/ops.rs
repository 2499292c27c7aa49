//! The operation table: which method, scope and subresource is which operation, and what it needs.
//!
//! One static table drives routing, authorization and names. A known subresource with a method that no row
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

macro_rules! operations {
    ($($id:ident $method:ident $scope:ident $subresource:literal $selector:expr, $needs:expr;)*) => {
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
        },)*];
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
}

use Action as A;
use Needs::{Bucket as B, Object as O, Own};
use Selector::{Header, Parameter, Plain};

// Order matters only among rows with the same method, scope and subresource: special before Plain.
operations! {
    ListBuckets GET Service "" Plain, Own;                                                       // EVAL-OP-001
    CreateBucket PUT Bucket "" Plain, Own;                                                       // EVAL-OP-002
    DeleteBucket DELETE Bucket "" Plain, B(A::DeleteBucket);                                     // EVAL-OP-003
    HeadBucket HEAD Bucket "" Plain, B(A::ListBucket);                                           // EVAL-OP-004
    GetBucketLocation GET Bucket "location" Plain, B(A::GetBucketLocation);                      // EVAL-OP-005
    ListObjectsV2 GET Bucket "" Parameter("list-type", "2"), B(A::ListBucket);                   // EVAL-OP-006
    ListObjects GET Bucket "" Plain, B(A::ListBucket);                                           // EVAL-OP-006
    ListObjectVersions GET Bucket "versions" Plain, B(A::ListBucketVersions);                    // EVAL-OP-007
    ListMultipartUploads GET Bucket "uploads" Plain, B(A::ListBucketMultipartUploads);           // EVAL-OP-008
    GetBucketPolicy GET Bucket "policy" Plain, B(A::GetBucketPolicy);                            // EVAL-OP-010
    PutBucketPolicy PUT Bucket "policy" Plain, B(A::PutBucketPolicy);                            // EVAL-OP-010
    DeleteBucketPolicy DELETE Bucket "policy" Plain, B(A::DeleteBucketPolicy);                   // EVAL-OP-010
    GetBucketAcl GET Bucket "acl" Plain, B(A::GetBucketAcl);                                     // EVAL-OP-009
    PutBucketAcl PUT Bucket "acl" Plain, B(A::PutBucketAcl);                                     // EVAL-OP-009
    GetBucketVersioning GET Bucket "versioning" Plain, B(A::GetBucketVersioning);                // EVAL-OP-015
    PutBucketVersioning PUT Bucket "versioning" Plain, B(A::PutBucketVersioning);                // EVAL-OP-015
    GetBucketTagging GET Bucket "tagging" Plain, B(A::GetBucketTagging);                         // EVAL-OP-016
    PutBucketTagging PUT Bucket "tagging" Plain, B(A::PutBucketTagging);                         // EVAL-OP-016
    DeleteBucketTagging DELETE Bucket "tagging" Plain, B(A::PutBucketTagging);                   // EVAL-OP-016
    GetBucketOwnershipControls GET Bucket "ownershipControls" Plain, B(A::GetBucketOwnershipControls); // EVAL-OP-024
    PutBucketOwnershipControls PUT Bucket "ownershipControls" Plain, B(A::PutBucketOwnershipControls); // EVAL-OP-024
    DeleteBucketOwnershipControls DELETE Bucket "ownershipControls" Plain, B(A::PutBucketOwnershipControls); // EVAL-OP-024
    GetPublicAccessBlock GET Bucket "publicAccessBlock" Plain, B(A::GetBucketPublicAccessBlock); // EVAL-OP-025
    PutPublicAccessBlock PUT Bucket "publicAccessBlock" Plain, B(A::PutBucketPublicAccessBlock); // EVAL-OP-025
    DeletePublicAccessBlock DELETE Bucket "publicAccessBlock" Plain, B(A::PutBucketPublicAccessBlock); // EVAL-BPA-011
    GetObjectLockConfiguration GET Bucket "object-lock" Plain, B(A::GetBucketObjectLockConfiguration); // EVAL-OP-027
    PutObjectLockConfiguration PUT Bucket "object-lock" Plain, B(A::PutBucketObjectLockConfiguration); // EVAL-OP-027
    DeleteObjects POST Bucket "delete" Plain, Own;                                               // EVAL-OP-040
    GetObject GET Object "" Plain, O(A::GetObject, A::GetObjectVersion);                         // EVAL-OP-028
    HeadObject HEAD Object "" Plain, O(A::GetObject, A::GetObjectVersion);                       // EVAL-OP-029
    GetObjectAttributes GET Object "attributes" Plain, O(A::GetObject, A::GetObjectVersion);     // EVAL-OP-030
    CopyObject PUT Object "" Header("x-amz-copy-source"), O(A::PutObject, A::PutObject);         // EVAL-OP-032
    PutObject PUT Object "" Plain, O(A::PutObject, A::PutObject);                                // EVAL-OP-031
    CreateMultipartUpload POST Object "uploads" Plain, O(A::PutObject, A::PutObject);            // EVAL-OP-033
    UploadPartCopy PUT Object "uploadId" Header("x-amz-copy-source"), O(A::PutObject, A::PutObject); // EVAL-OP-035
    UploadPart PUT Object "uploadId" Plain, O(A::PutObject, A::PutObject);                       // EVAL-OP-034
    CompleteMultipartUpload POST Object "uploadId" Plain, O(A::PutObject, A::PutObject);         // EVAL-OP-036
    AbortMultipartUpload DELETE Object "uploadId" Plain, O(A::AbortMultipartUpload, A::AbortMultipartUpload); // EVAL-OP-037
    ListParts GET Object "uploadId" Plain, O(A::ListMultipartUploadParts, A::ListMultipartUploadParts); // EVAL-OP-038
    DeleteObject DELETE Object "" Plain, O(A::DeleteObject, A::DeleteObjectVersion);             // EVAL-OP-039
    GetObjectAcl GET Object "acl" Plain, O(A::GetObjectAcl, A::GetObjectVersionAcl);             // EVAL-OP-041
    PutObjectAcl PUT Object "acl" Plain, O(A::PutObjectAcl, A::PutObjectVersionAcl);             // EVAL-OP-041
    GetObjectTagging GET Object "tagging" Plain, O(A::GetObjectTagging, A::GetObjectVersionTagging); // EVAL-OP-042
    PutObjectTagging PUT Object "tagging" Plain, O(A::PutObjectTagging, A::PutObjectVersionTagging); // EVAL-OP-042
    DeleteObjectTagging DELETE Object "tagging" Plain, O(A::DeleteObjectTagging, A::DeleteObjectVersionTagging); // EVAL-OP-042
    GetObjectRetention GET Object "retention" Plain, O(A::GetObjectRetention, A::GetObjectRetention); // EVAL-OP-043
    PutObjectRetention PUT Object "retention" Plain, O(A::PutObjectRetention, A::PutObjectRetention); // EVAL-OP-043
    GetObjectLegalHold GET Object "legal-hold" Plain, O(A::GetObjectLegalHold, A::GetObjectLegalHold); // EVAL-OP-044
    PutObjectLegalHold PUT Object "legal-hold" Plain, O(A::PutObjectLegalHold, A::PutObjectLegalHold); // EVAL-OP-044
}

impl OperationId {
    /// Whether the operation has a body, which it reads itself.
    pub fn reads_body(self) -> bool {
        use OperationId as Op;
        matches!(
            self,
            Op::CreateBucket
                | Op::PutBucketVersioning
                | Op::PutObjectLockConfiguration
                | Op::PutBucketPolicy
                | Op::PutBucketAcl
                | Op::PutBucketTagging
                | Op::PutPublicAccessBlock
                | Op::PutBucketOwnershipControls
                | Op::PutObject
                | Op::UploadPart
                | Op::CompleteMultipartUpload
                | Op::DeleteObjects
                | Op::PutObjectAcl
                | Op::PutObjectTagging
                | Op::PutObjectRetention
                | Op::PutObjectLegalHold
        )
    }
}

/// Runs the operation of an exchange that has passed authentication, routing and authorization.
///
/// # Errors
/// Whatever the operation refuses with.
pub async fn dispatch(exchange: &mut Exchange, payload: &mut Payload) -> Outcome {
    use OperationId as Op;
    match exchange.operation.id {
        Op::ListBuckets => service::list_buckets(exchange),
        Op::CreateBucket => bucket::create(exchange, payload).await,
        Op::DeleteBucket => bucket::delete(exchange).await,
        Op::HeadBucket => bucket::head(exchange),
        Op::GetBucketLocation => bucket::location(exchange),
        Op::GetBucketVersioning => versioning::get(exchange),
        Op::PutBucketVersioning => versioning::put(exchange, payload).await,
        Op::GetObjectLockConfiguration => lock_configuration::get(exchange),
        Op::PutObjectLockConfiguration => lock_configuration::put(exchange, payload).await,
        Op::GetBucketPolicy => policy::get(exchange),
        Op::PutBucketPolicy => policy::put(exchange, payload).await,
        Op::DeleteBucketPolicy => policy::delete(exchange).await,
        Op::GetBucketAcl => acl::bucket::get(exchange),
        Op::PutBucketAcl => acl::bucket::put(exchange, payload).await,
        Op::GetBucketTagging => tagging::bucket::get(exchange),
        Op::PutBucketTagging => tagging::bucket::put(exchange, payload).await,
        Op::DeleteBucketTagging => tagging::bucket::delete(exchange).await,
        Op::GetPublicAccessBlock => access::get_public_access_block(exchange),
        Op::PutPublicAccessBlock => access::put_public_access_block(exchange, payload).await,
        Op::DeletePublicAccessBlock => access::delete_public_access_block(exchange).await,
        Op::GetBucketOwnershipControls => access::get_ownership(exchange),
        Op::PutBucketOwnershipControls => access::put_ownership(exchange, payload).await,
        Op::DeleteBucketOwnershipControls => access::delete_ownership(exchange).await,
        Op::ListObjects => listing::objects(exchange).await,
        Op::ListObjectsV2 => listing::objects_v2(exchange).await,
        Op::ListObjectVersions => listing::versions(exchange).await,
        Op::ListMultipartUploads => listing::uploads(exchange).await,
        Op::GetObjectAttributes => attributes::get(exchange),
        Op::CopyObject => copy::object(exchange).await,
        Op::CreateMultipartUpload => multipart::create(exchange).await,
        Op::UploadPart => multipart::upload_part(exchange, payload).await,
        Op::UploadPartCopy => multipart::upload_part_copy(exchange).await,
        Op::CompleteMultipartUpload => multipart::complete(exchange, payload).await,
        Op::AbortMultipartUpload => multipart::abort(exchange).await,
        Op::ListParts => multipart::list_parts(exchange),
        Op::GetObject => object::get(exchange).await,
        Op::HeadObject => object::head(exchange),
        Op::PutObject => object::put(exchange, payload).await,
        Op::DeleteObject => delete::one(exchange).await,
        Op::DeleteObjects => delete::many(exchange, payload).await,
        Op::GetObjectAcl => acl::get(exchange),
        Op::PutObjectAcl => acl::put(exchange, payload).await,
        Op::GetObjectTagging => tagging::get(exchange),
        Op::PutObjectTagging => tagging::put(exchange, payload).await,
        Op::DeleteObjectTagging => tagging::delete(exchange).await,
        Op::GetObjectRetention => retention::get_retention(exchange),
        Op::PutObjectRetention => retention::put_retention(exchange, payload).await,
        Op::GetObjectLegalHold => retention::get_legal_hold(exchange),
        Op::PutObjectLegalHold => retention::put_legal_hold(exchange, payload).await,
    }
}
