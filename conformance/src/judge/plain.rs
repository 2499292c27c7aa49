//! Requests for a subresource that an endpoint answers as another operation, mostly the plain one: the reply itself shows it.
//!
//! What the subresource would have stored or shown is then no matter of the clauses about it: the endpoint never looked.

use bucketlaw_model::check::witness::Mutant;
use bucketlaw_model::clause;
use bucketlaw_model::law::Law;
use bucketlaw_model::request::{Answer, Method, Route};

use crate::lift::error_code;
use crate::wire::checksum::md5_hex;
use crate::wire::{Exchange, RawResponse};

/// Says that a request for a subresource never runs the plain operation.
pub(crate) const CLAUSE: &str = "EVAL-OPX-009";

/// The operation whose reply an exchange has in place of that of the operation that was asked for, if it shows that.
///
/// Nobody is accused of a root element that no operation has, which is a matter of form.
#[must_use]
pub(crate) fn instead(route: Route, exchange: &Exchange) -> Option<&'static str> {
    let Exchange {
        request, response, ..
    } = exchange;
    match response.status {
        200..300 => match route.row().answer {
            Answer::Document(root) => another_document(Some(root), response),
            Answer::Json => another_document(None, response),
            Answer::Bytes => None,
            Answer::Nothing => another_write(route, &request.body, response),
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

/// The facet on the route that is overlooked, if the reply is another operation's.
pub(super) fn overlooked(route: Route, exchange: &Exchange) -> Option<Mutant> {
    instead(route, exchange)?;
    let facet = clause::find(CLAUSE)?
        .facets
        .iter()
        .find(|facet| facet.routes.contains(&route))?;
    Some((facet.id, route))
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
        Ok(found) => answering(&found.name),
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

/// The operation that answers with a document with this root; that on an object where there are two.
fn answering(root: &str) -> Option<&'static str> {
    let mut rows = Route::ALL.iter().rev().map(|route| route.row());
    rows.find(|row| matches!(row.answer, Answer::Document(own) if own == root))
        .map(|row| row.name)
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
        let root = |route: &Route| match route.row().answer {
            Answer::Document(root) => Some(root),
            Answer::Nothing | Answer::Json | Answer::Bytes => None,
        };
        assert_eq!(answering("Tagging"), Some("GetObjectTagging"));
        for route in Route::ALL {
            let Some(own) = root(route) else {
                continue;
            };
            for root in Route::ALL.iter().filter_map(root) {
                let exchange = answered(200, &[], &format!("<{root}><A>a</A></{root}>"));
                let wanted = answering(root).filter(|_| root != own);
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
