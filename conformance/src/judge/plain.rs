//! Requests for a subresource that an endpoint answers as another operation, mostly the plain one: the reply itself shows it.
//!
//! What the subresource would have stored or shown is then no matter of the clauses about it: the endpoint never looked.

use bucketlaw_model::clause;
use bucketlaw_model::law::Law;
use bucketlaw_model::request::{Method, Route};

use crate::lift::error_code;
use crate::wire::checksum::md5_hex;
use crate::wire::{Exchange, RawResponse};

/// Says that a request for a subresource never runs the plain operation.
pub(crate) const CLAUSE: &str = "EVAL-OPX-009";

/// The root elements of replies, each with the operation that answers so.
const ROOTS: &[(&str, &str)] = &[
    ("AccessControlPolicy", "GetObjectAcl"),
    ("CompleteMultipartUploadResult", "CompleteMultipartUpload"),
    ("CopyObjectResult", "CopyObject"),
    ("CopyPartResult", "UploadPartCopy"),
    ("DeleteResult", "DeleteObjects"),
    ("GetObjectAttributesResponse", "GetObjectAttributes"),
    ("InitiateMultipartUploadResult", "CreateMultipartUpload"),
    ("LegalHold", "GetObjectLegalHold"),
    ("ListAllMyBucketsResult", "ListBuckets"),
    ("ListBucketResult", "ListObjects"),
    ("ListMultipartUploadsResult", "ListMultipartUploads"),
    ("ListPartsResult", "ListParts"),
    ("ListVersionsResult", "ListObjectVersions"),
    ("LocationConstraint", "GetBucketLocation"),
    ("ObjectLockConfiguration", "GetObjectLockConfiguration"),
    ("OwnershipControls", "GetBucketOwnershipControls"),
    ("PolicyStatus", "GetBucketPolicyStatus"),
    ("PublicAccessBlockConfiguration", "GetPublicAccessBlock"),
    ("Retention", "GetObjectRetention"),
    ("ServerSideEncryptionConfiguration", "GetBucketEncryption"),
    ("Tagging", "GetObjectTagging"),
    ("VersioningConfiguration", "GetBucketVersioning"),
];

/// What a success is answered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Document {
    /// An XML document with this root.
    Root(&'static str),
    /// A policy, in JSON.
    Policy,
    /// The bytes of an object.
    Bytes,
    /// Nothing.
    Nothing,
}

/// The operation whose reply an exchange has in place of that of the operation that was asked for, if it shows that.
///
/// Nobody is accused of a root element that no operation has, which is a matter of form.
#[must_use]
pub(crate) fn instead(route: Route, exchange: &Exchange) -> Option<&'static str> {
    let Exchange {
        request, response, ..
    } = exchange;
    match response.status {
        200..300 => match document(route) {
            Document::Root(root) => another_document(Some(root), response),
            Document::Policy => another_document(None, response),
            Document::Bytes => None,
            Document::Nothing => another_write(route, &request.body, response),
        },
        409 => plain_refusal(route, response),
        _ => None,
    }
}

/// Whether a question was answered with the bucket or the object itself, or with another question's answer.
#[must_use]
pub(crate) fn is_read(route: Route, exchange: &Exchange) -> bool {
    let name = route.name();
    let reads = ["Get", "Head", "List"]
        .iter()
        .any(|start| name.starts_with(start));
    reads && instead(route, exchange).is_some()
}

/// The same as [`instead`], but for what a law without that clause on the route would answer.
pub(super) fn against(law: &Law, route: Route, exchange: &Exchange) -> Option<&'static str> {
    let facets = clause::find(CLAUSE).map_or(&[][..], |clause| clause.facets);
    let holds = facets.iter().all(|facet| law.holds(facet.id, route));
    instead(route, exchange).filter(|_| holds)
}

/// The operation that a document is of, if it is not the one with this root, or not a policy where there is none.
fn another_document(root: Option<&str>, response: &RawResponse) -> Option<&'static str> {
    let shows_an_object = response.text_header("etag").is_some();
    match response.xml() {
        Ok(found) if Some(found.name.as_str()) == root => None,
        Ok(found) => ROOTS
            .iter()
            .find(|(name, _)| *name == found.name)
            .map(|(_, operation)| *operation),
        Err(_) if !shows_an_object || root.is_none() => None,
        // A copy that is answered without its document is a write of nothing.
        Err(_) if response.body.is_empty() => Some("PutObject"),
        // The bytes of an object come with its ETag, and those of the programs are no document.
        Err(_) => Some("GetObject"),
    }
}

/// The operation that a write was carried out as, where its reply has what only that one's has.
fn another_write(route: Route, body: &[u8], response: &RawResponse) -> Option<&'static str> {
    let has = |header: &str| response.text_header(header).is_some();
    let etag = response.text_header("etag");
    let stored = etag.is_some_and(|etag| etag.trim_matches('"') == md5_hex(body));
    match route {
        Route::PutObjectRetention
        | Route::PutObjectLegalHold
        | Route::PutObjectAcl
        | Route::PutObjectAclVersion
        | Route::PutObjectTagging
        | Route::PutObjectTaggingVersion => stored.then_some("PutObject"),
        Route::UploadPart => has("x-amz-version-id").then_some("PutObject"),
        Route::DeleteObjectTagging | Route::DeleteObjectTaggingVersion => {
            has("x-amz-delete-marker").then_some("DeleteObject")
        }
        _ if changes_a_setting(route, Method::PUT) => has("location").then_some("CreateBucket"),
        _ => None,
    }
}

/// The operation that a setting was refused as: the bucket is there already, or is not empty.
fn plain_refusal(route: Route, response: &RawResponse) -> Option<&'static str> {
    let code = error_code(response);
    match code.as_deref() {
        Some("BucketAlreadyExists" | "BucketAlreadyOwnedByYou") if changes_a_setting(route, Method::PUT) => {
            Some("CreateBucket")
        }
        Some("BucketNotEmpty") if changes_a_setting(route, Method::DELETE) => Some("DeleteBucket"),
        _ => None,
    }
}

/// Whether a route changes a setting of a bucket with this method.
fn changes_a_setting(route: Route, method: Method) -> bool {
    let row = route.row();
    row.is_setting() && row.method == method
}

/// What a success of each route is answered with.
fn document(route: Route) -> Document {
    match route {
        Route::GetBucketVersioning => Document::Root("VersioningConfiguration"),
        Route::GetObjectLockConfiguration => Document::Root("ObjectLockConfiguration"),
        Route::GetBucketPolicy => Document::Policy,
        Route::GetBucketPolicyStatus => Document::Root("PolicyStatus"),
        Route::GetBucketEncryption => Document::Root("ServerSideEncryptionConfiguration"),
        Route::GetPublicAccessBlock => Document::Root("PublicAccessBlockConfiguration"),
        Route::GetBucketOwnershipControls => Document::Root("OwnershipControls"),
        Route::GetBucketLocation => Document::Root("LocationConstraint"),
        Route::GetBucketAcl | Route::GetObjectAcl | Route::GetObjectAclVersion => {
            Document::Root("AccessControlPolicy")
        }
        Route::GetBucketTagging | Route::GetObjectTagging | Route::GetObjectTaggingVersion => {
            Document::Root("Tagging")
        }
        Route::ListBuckets => Document::Root("ListAllMyBucketsResult"),
        Route::ListObjects | Route::ListObjectsV2 => Document::Root("ListBucketResult"),
        Route::ListObjectVersions => Document::Root("ListVersionsResult"),
        Route::GetObjectRetention => Document::Root("Retention"),
        Route::GetObjectLegalHold => Document::Root("LegalHold"),
        Route::GetObjectAttributes | Route::GetObjectAttributesVersion => {
            Document::Root("GetObjectAttributesResponse")
        }
        Route::CopyObject => Document::Root("CopyObjectResult"),
        Route::CreateMultipartUpload => Document::Root("InitiateMultipartUploadResult"),
        Route::UploadPartCopy => Document::Root("CopyPartResult"),
        Route::CompleteMultipartUpload => Document::Root("CompleteMultipartUploadResult"),
        Route::ListParts => Document::Root("ListPartsResult"),
        Route::ListMultipartUploads => Document::Root("ListMultipartUploadsResult"),
        Route::DeleteObjects | Route::DeleteObjectsVersion => Document::Root("DeleteResult"),
        Route::GetObject | Route::GetObjectVersion => Document::Bytes,
        Route::CreateBucket
        | Route::DeleteBucket
        | Route::HeadBucket
        | Route::PutBucketVersioning
        | Route::PutObjectLockConfiguration
        | Route::PutBucketPolicy
        | Route::DeleteBucketPolicy
        | Route::PutPublicAccessBlock
        | Route::DeletePublicAccessBlock
        | Route::PutBucketOwnershipControls
        | Route::PutBucketAcl
        | Route::PutBucketTagging
        | Route::DeleteBucketTagging
        | Route::PutBucketEncryption
        | Route::DeleteBucketEncryption
        | Route::PutObject
        | Route::HeadObject
        | Route::HeadObjectVersion
        | Route::DeleteObject
        | Route::DeleteObjectVersion
        | Route::PutObjectRetention
        | Route::PutObjectLegalHold
        | Route::PutObjectAcl
        | Route::PutObjectAclVersion
        | Route::PutObjectTagging
        | Route::PutObjectTaggingVersion
        | Route::DeleteObjectTagging
        | Route::DeleteObjectTaggingVersion
        | Route::UploadPart
        | Route::AbortMultipartUpload
        | Route::PutUserPolicy
        | Route::DeleteUserPolicy => Document::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::RawRequest;

    /// An exchange with nothing in it but a reply.
    fn answered(status: u16, headers: &[(&str, &str)], body: &str) -> Exchange {
        let header = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).into());
        Exchange {
            request: RawRequest::new("PUT", "/"),
            response: RawResponse {
                status,
                headers: headers.iter().map(header).collect(),
                body: body.into(),
                reason: String::new(),
            },
            sent: 0,
            received: 0,
        }
    }

    #[test]
    fn every_document_is_its_own_and_no_other_operations() {
        for route in Route::ALL {
            let Document::Root(own) = document(*route) else {
                continue;
            };
            for (root, operation) in ROOTS {
                let exchange = answered(200, &[], &format!("<{root}><A>a</A></{root}>"));
                let wanted = (*root != own).then_some(*operation);
                assert_eq!(instead(*route, &exchange), wanted, "{root} to {route}");
            }
            let object = answered(200, &[("ETag", "\"e\"")], "a");
            assert_eq!(instead(*route, &object), Some("GetObject"), "{route}");
            for fair in ["<Other/>", ""] {
                assert_eq!(
                    instead(*route, &answered(200, &[], fair)),
                    None,
                    "{fair} to {route}"
                );
            }
        }
    }

    #[test]
    fn a_policy_is_no_list() {
        let list = answered(200, &[], "<ListBucketResult><Name>b</Name></ListBucketResult>");
        assert_eq!(instead(Route::GetBucketPolicy, &list), Some("ListObjects"));
        let policy = answered(200, &[], "{\"Statement\": []}");
        assert_eq!(instead(Route::GetBucketPolicy, &policy), None);
    }

    #[test]
    fn a_write_shows_which_one_it_was() {
        // The digest of the body, which is empty here.
        let stored = [("ETag", "\"d41d8cd98f00b204e9800998ecf8427e\"")];
        let other = [("ETag", "\"e\"")];
        for route in [
            Route::PutObjectTagging,
            Route::PutObjectRetention,
            Route::PutObjectAclVersion,
        ] {
            assert_eq!(instead(route, &answered(200, &stored, "")), Some("PutObject"));
            assert_eq!(
                instead(route, &answered(200, &other, "")),
                None,
                "it may tell the object's"
            );
        }
        let copied = instead(Route::CopyObject, &answered(200, &stored, ""));
        assert_eq!(copied, Some("PutObject"));
        let marker = [("x-amz-delete-marker", "true")];
        let deleted = instead(Route::DeleteObjectTagging, &answered(204, &marker, ""));
        assert_eq!(deleted, Some("DeleteObject"));
        let made = answered(200, &[("Location", "/b")], "");
        assert_eq!(instead(Route::PutBucketPolicy, &made), Some("CreateBucket"));
        let full = answered(409, &[], "<Error><Code>BucketNotEmpty</Code></Error>");
        assert_eq!(instead(Route::DeleteBucketTagging, &full), Some("DeleteBucket"));
        assert_eq!(instead(Route::DeleteBucket, &full), None);
    }
}
