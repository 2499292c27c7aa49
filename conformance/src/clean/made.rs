//! What a program made, as its exchanges show it: enough to take it away again where nothing can be listed.

use std::collections::{BTreeMap, BTreeSet};

use bucketlaw_model::program::Program;
use bucketlaw_model::request::{Operation, Request};

use crate::history::{History, Outcome};
use crate::lower::{Names, lower};
use crate::wire::{RawRequest, RawResponse};

/// The parameters that make a request on an object one on something beside its bytes.
const SUBRESOURCES: [&str; 6] = [
    "acl",
    "legal-hold",
    "partNumber",
    "retention",
    "restore",
    "tagging",
];

/// What is known to have been made in one bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// The versions, delete markers included, with the bytes of each where they are known.
    pub objects: BTreeMap<Object, Option<u64>>,
    /// The uploads: the key as it stands in a request target, and the id.
    pub uploads: BTreeSet<(String, String)>,
    /// Whether the bucket may have versions, so that what has no id is the null version.
    pub versioned: bool,
}

/// An object or one version of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Object {
    /// Its key, as it stands in a request target.
    pub key: String,
    /// Its version id, if it has one.
    pub version: Option<String>,
}

/// The buckets that a program made or may have made, by their names.
#[must_use]
pub fn made(history: &History) -> BTreeMap<String, Contents> {
    let Ok(program) = Program::read(&history.program) else {
        return BTreeMap::new();
    };
    let mut made = planned(&program, &history.bucket_prefix);
    for taken in &history.steps {
        match &taken.result {
            Outcome::Exchange(exchange) => note(
                &mut made,
                &history.bucket_prefix,
                &exchange.request,
                Some(&exchange.response),
            ),
            // What came of it nobody knows. What it names no earlier reply showed was not made by it.
            Outcome::Failure(failure) if !failure.definite => {
                let mut requests = program.requests();
                let request = requests.find(|(number, _)| *number == taken.number);
                if let Some((_, request)) = request {
                    suppose(&mut made, &program, &history.bucket_prefix, request);
                }
            }
            Outcome::Failure(_) => {}
        }
    }
    made
}

/// The buckets that a program will make, empty.
#[must_use]
pub fn planned(program: &Program, bucket_prefix: &str) -> BTreeMap<String, Contents> {
    let makes = program
        .requests()
        .filter_map(|(_, request)| match &request.operation {
            Operation::CreateBucket { bucket, .. } => Some(program.world.bucket_name(*bucket)),
            _ => None,
        });
    makes
        .map(|bucket| (format!("{bucket_prefix}{bucket}"), Contents::default()))
        .collect()
}

/// What a program will have made if all that it asks is done, as far as that is known before a reply: not the ids of
/// versions and uploads.
#[must_use]
pub fn likely(program: &Program, bucket_prefix: &str) -> BTreeMap<String, Contents> {
    let planned = planned(program, bucket_prefix);
    let mut made = planned.clone();
    for (_, request) in program.requests() {
        suppose(&mut made, program, bucket_prefix, request);
    }
    // What is asked of a bucket that nobody makes makes none.
    made.retain(|name, _| planned.contains_key(name));
    made
}

/// Takes note of what a request may have made.
fn suppose(made: &mut BTreeMap<String, Contents>, program: &Program, bucket_prefix: &str, request: &Request) {
    let names = Names {
        bucket_prefix: bucket_prefix.to_owned(),
        ..Names::default()
    };
    // What names an id that no reply showed makes nothing by a name of its own.
    if let Ok((raw, _)) = lower(&program.world, &names, request) {
        note(made, bucket_prefix, &raw, None);
    }
}

/// Takes note of what one request made. Without a response it may have been carried out.
fn note(
    made: &mut BTreeMap<String, Contents>,
    prefix: &str,
    request: &RawRequest,
    response: Option<&RawResponse>,
) {
    let refused = response.is_some_and(|response| (300..500).contains(&response.status));
    let Some((bucket, key)) = place(request, prefix) else {
        return;
    };
    if refused || matches!(request.method.as_str(), "GET" | "HEAD") {
        return;
    }
    let contents = made.entry(bucket).or_default();
    let has = |name: &str| parameter(request, name).is_some();
    let id = response.and_then(|response| response.text_header("x-amz-version-id"));
    let id = id.filter(|id| !id.is_empty()).map(str::to_owned);
    contents.versioned |= id.is_some()
        || (request.method == "PUT" && has("versioning"))
        || request.header("x-amz-bucket-object-lock-enabled").is_some();
    let Some(key) = key else {
        if request.method == "POST" && has("delete") {
            markers(contents, request, response);
        }
        return;
    };
    match request.method.as_str() {
        "POST" if has("uploads") => {
            let upload = response
                .and_then(|response| response.xml().ok())
                .and_then(|root| root.text_of("UploadId").map(str::to_owned));
            contents.uploads.extend(upload.map(|upload| (key, upload)));
        }
        "PUT" if SUBRESOURCES.iter().any(|name| has(name)) => {}
        "PUT" | "POST" => {
            let bytes = request.body.len() as u64;
            contents.objects.insert(Object { key, version: id }, Some(bytes));
        }
        // It may have made a delete marker.
        "DELETE" if (id.is_some() || response.is_none()) && !has("versionId") && !has("tagging") => {
            contents.objects.insert(Object { key, version: id }, None);
        }
        _ => {}
    }
}

/// Takes note of the delete markers that a DeleteObjects made.
fn markers(contents: &mut Contents, request: &RawRequest, response: Option<&RawResponse>) {
    // A quiet one names none: then the key is all that is known.
    let asked = crate::wire::xml::parse(&request.body).ok();
    for object in asked.iter().flat_map(|root| root.children_named("Object")) {
        if let (Some(key), None) = (object.text_of("Key"), object.text_of("VersionId")) {
            let (key, version) = (encoded(key), None);
            contents.objects.insert(Object { key, version }, None);
        }
    }
    let Some(root) = response.and_then(|response| response.xml().ok()) else {
        return;
    };
    for entry in root.children_named("Deleted") {
        let (Some(key), Some(id)) = (entry.text_of("Key"), entry.text_of("DeleteMarkerVersionId")) else {
            continue;
        };
        let object = Object {
            key: encoded(key),
            version: Some(id.to_owned()),
        };
        contents.objects.insert(object, None);
    }
}

/// A key as it stands in a request target.
pub(super) fn encoded(key: &str) -> String {
    crate::wire::sign::uri_encode(key.as_bytes(), true)
}

/// The bucket of the run that a request names, by its path or by its host, and the key.
fn place(request: &RawRequest, prefix: &str) -> Option<(String, Option<String>)> {
    let path = request.path().trim_start_matches('/');
    let host = request.header("host").map(String::from_utf8_lossy);
    let by_host = host
        .as_deref()
        .filter(|host| host.starts_with(prefix))
        .and_then(|host| host.split('.').next());
    let (bucket, key) = match by_host {
        Some(bucket) => (bucket, path),
        None => path.split_once('/').unwrap_or((path, "")),
    };
    let key = Some(key.to_owned()).filter(|key| !key.is_empty());
    bucket.starts_with(prefix).then(|| (bucket.to_owned(), key))
}

/// The value of a parameter of the query, as it stands there.
fn parameter<'a>(request: &'a RawRequest, name: &str) -> Option<&'a str> {
    request
        .query()?
        .split('&')
        .map(|one| one.split_once('=').unwrap_or((one, "")))
        .find(|(given, _)| *given == name)
        .map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(status: u16, version: Option<&str>, body: &str) -> RawResponse {
        RawResponse {
            status,
            reason: String::new(),
            headers: version
                .map(|id| ("x-amz-version-id".to_owned(), id.into()))
                .into_iter()
                .collect(),
            body: body.into(),
        }
    }

    fn noted(requests: &[(&str, &str, Option<RawResponse>)]) -> BTreeMap<String, Contents> {
        let mut made = BTreeMap::new();
        for (method, target, response) in requests {
            let request = RawRequest::new(*method, *target).with_body("four");
            note(&mut made, "run-", &request, response.as_ref());
        }
        made
    }

    fn object(key: &str, version: Option<&str>) -> Object {
        Object {
            key: key.to_owned(),
            version: version.map(str::to_owned),
        }
    }

    #[test]
    fn versions_markers_and_uploads_are_known_by_their_ids() {
        let batch =
            "<R><Deleted><Key>a b</Key><DeleteMarkerVersionId>m2</DeleteMarkerVersionId></Deleted></R>";
        let made = noted(&[
            ("PUT", "/run-b", Some(response(200, None, ""))),
            ("PUT", "/run-b?versioning=", Some(response(200, None, ""))),
            ("PUT", "/run-b/k", Some(response(200, Some("v1"), ""))),
            ("DELETE", "/run-b/k", Some(response(204, Some("m1"), ""))),
            ("POST", "/run-b?delete=", Some(response(200, None, batch))),
            (
                "POST",
                "/run-b/k?uploads=",
                Some(response(200, None, "<R><UploadId>u/1</UploadId></R>")),
            ),
        ]);
        let contents = &made["run-b"];
        assert!(contents.versioned);
        assert_eq!(contents.objects[&object("k", Some("v1"))], Some(4));
        assert!(contents.objects.contains_key(&object("k", Some("m1"))));
        assert!(contents.objects.contains_key(&object("a%20b", Some("m2"))));
        assert!(contents.uploads.contains(&("k".to_owned(), "u/1".to_owned())));
    }

    #[test]
    fn what_was_refused_made_nothing_and_what_got_no_reply_may_have() {
        let made = noted(&[
            ("PUT", "/run-b/refused", Some(response(403, None, ""))),
            ("PUT", "/run-b/k?tagging=", Some(response(200, None, ""))),
            (
                "PUT",
                "/run-b/k?partNumber=1&uploadId=u",
                Some(response(200, None, "")),
            ),
            ("PUT", "/other-b/k", Some(response(200, None, ""))),
            ("PUT", "/run-b/lost", None),
            ("PUT", "/run-b/failed", Some(response(500, None, ""))),
        ]);
        assert_eq!(made.keys().collect::<Vec<_>>(), ["run-b"]);
        let keys: Vec<&str> = made["run-b"].objects.keys().map(|one| one.key.as_str()).collect();
        assert_eq!(keys, ["failed", "lost"]);
        assert!(!made["run-b"].versioned);
    }

    #[test]
    fn a_bucket_may_stand_in_the_host() {
        let mut made = BTreeMap::new();
        let request = RawRequest::new("PUT", "/k").with_header("Host", "run-b.localhost:9000");
        note(&mut made, "run-", &request, Some(&response(200, None, "")));
        assert!(made["run-b"].objects.contains_key(&object("k", None)));
    }
}
