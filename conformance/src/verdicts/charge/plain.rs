//! Requests for a subresource that an endpoint answers as the plain operation: the reply itself shows it.
//!
//! What the subresource would have stored or shown is then no matter of the clauses about it: the endpoint never looked.

use bucketlaw_model::request::{Method, Route, Target};

use crate::lift::error_code;
use crate::wire::RawResponse;

/// Says that a request for a subresource never runs the plain operation.
pub(in crate::verdicts) const CLAUSE: &str = "EVAL-OPX-009";

/// Whether a reply is that of the plain operation, which the request does not ask for.
pub(in crate::verdicts) fn is_run(route: Route, response: &RawResponse) -> bool {
    makes_a_bucket(route, response) || is_read(route, response)
}

/// Whether a setting was put as if a bucket was to be made: it is there already.
fn makes_a_bucket(route: Route, response: &RawResponse) -> bool {
    let row = route.row();
    let puts = row.is_setting() && row.method == Method::PUT;
    let code = error_code(response);
    let is_there = matches!(
        code.as_deref(),
        Some("BucketAlreadyExists" | "BucketAlreadyOwnedByYou")
    );
    puts && response.status == 409 && is_there
}

/// Whether a setting was asked for and the bucket or the object itself is shown.
pub(in crate::verdicts) fn is_read(route: Route, response: &RawResponse) -> bool {
    let row = route.row();
    if response.status != 200 || row.method != Method::GET {
        return false;
    }
    if row.is_setting() {
        return response.xml().is_ok_and(|root| root.name == "ListBucketResult");
    }
    // The bytes of an object come with its ETag, and those of the programs are no document. So do attributes.
    let of_an_object =
        row.target == Target::Object && !["", "attributes", "uploadId"].contains(&row.subresource);
    of_an_object
        && response.text_header("etag").is_some()
        && !response.body.is_empty()
        && response.xml().is_err()
}
