//! Clean-up: taking away what a run made, as far as the endpoint lets anybody take it away.

use std::sync::Mutex;

use crate::lower::Service;
use crate::report::LeftBehind;
use crate::session::Session;
use crate::wire::xml::Element;
use crate::wire::{Failure, RawRequest, RawResponse};

/// How many pages of a listing are read at the most.
const PAGES: usize = 1000;

/// Removes every bucket whose name starts with a prefix, with all that is in it.
///
/// Holds are lifted and governance is bypassed. What nobody can remove yet is returned.
///
/// # Errors
/// When the endpoint does not answer any more.
pub fn clean(session: &Session, prefix: &str, jobs: usize) -> Result<Vec<LeftBehind>, Failure> {
    let listing = ask(session, RawRequest::new("GET", "/"))?;
    let names: Vec<String> = listing
        .xml()
        .ok()
        .and_then(|root| root.child("Buckets").cloned())
        .map(|buckets| {
            buckets
                .children_named("Bucket")
                .filter_map(|bucket| bucket.text_of("Name").map(str::to_owned))
                .collect()
        })
        .unwrap_or_default();
    let queue = Mutex::new(names.into_iter().filter(|name| name.starts_with(prefix)));
    let left = Mutex::new(Vec::new());
    let failed = Mutex::new(None);
    std::thread::scope(|scope| {
        for _ in 0..jobs.max(1) {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().ok().and_then(|mut names| names.next());
                    let Some(name) = next else { break };
                    match bucket(session, prefix, &name) {
                        Ok(behind) => left
                            .lock()
                            .map(|mut left| left.extend(behind))
                            .unwrap_or_default(),
                        Err(failure) => {
                            failed
                                .lock()
                                .map(|mut failed| *failed = Some(failure))
                                .unwrap_or_default();
                            break;
                        }
                    }
                }
            });
        }
    });
    match failed.into_inner().unwrap_or_default() {
        Some(failure) => Err(failure),
        None => Ok(left.into_inner().unwrap_or_default()),
    }
}

/// The last date until which something is left behind, if time removes all of it.
#[must_use]
pub fn until(left: &[LeftBehind]) -> Option<&str> {
    let all_end = left.iter().all(|behind| behind.until.is_some());
    left.iter()
        .filter(|_| all_end)
        .filter_map(|behind| behind.until.as_deref())
        .max()
}

fn ask(session: &Session, request: RawRequest) -> Result<RawResponse, Failure> {
    session
        .send(request, Some(&session.owner.credentials), Service::S3)
        .map(|exchange| exchange.response)
}

fn on(name: &str, method: &str, query: &[(&str, Option<&str>)]) -> RawRequest {
    let mut request = RawRequest::new(method, format!("/{name}"));
    for (parameter, value) in query {
        request.push_query(parameter, *value);
    }
    request
}

/// Empties and deletes one bucket.
fn bucket(session: &Session, prefix: &str, name: &str) -> Result<Vec<LeftBehind>, Failure> {
    ask(session, on(name, "DELETE", &[("policy", Some(""))]))?;
    uploads(session, name)?;
    let mut left = Vec::new();
    let (mut key_marker, mut version_marker) = (String::new(), String::new());
    for _ in 0..PAGES {
        let mut query = vec![("versions", Some(""))];
        if !key_marker.is_empty() {
            query.push(("key-marker", Some(key_marker.as_str())));
            query.push(("version-id-marker", Some(version_marker.as_str())));
        }
        let Ok(page) = ask(session, on(name, "GET", &query))?.xml() else {
            break;
        };
        for entry in page
            .children_named("Version")
            .chain(page.children_named("DeleteMarker"))
        {
            left.extend(version(session, prefix, name, entry)?);
        }
        if page.text_of("IsTruncated") != Some("true") {
            break;
        }
        page.text_of("NextKeyMarker")
            .unwrap_or_default()
            .clone_into(&mut key_marker);
        page.text_of("NextVersionIdMarker")
            .unwrap_or_default()
            .clone_into(&mut version_marker);
    }
    let gone = ask(session, on(name, "DELETE", &[]))?;
    if !matches!(gone.status, 200 | 204 | 404) && left.is_empty() {
        left.push(behind(
            prefix,
            name,
            None,
            None,
            &format!("DeleteBucket answered {}", gone.status),
            None,
        ));
    }
    Ok(left)
}

fn uploads(session: &Session, name: &str) -> Result<(), Failure> {
    let Ok(page) = ask(session, on(name, "GET", &[("uploads", Some(""))]))?.xml() else {
        return Ok(());
    };
    for upload in page.children_named("Upload") {
        let (Some(key), Some(id)) = (upload.text_of("Key"), upload.text_of("UploadId")) else {
            continue;
        };
        let mut abort = on_key(name, "DELETE", key);
        abort.push_query("uploadId", Some(id));
        ask(session, abort)?;
    }
    Ok(())
}

fn on_key(name: &str, method: &str, key: &str) -> RawRequest {
    RawRequest::new(
        method,
        format!("/{name}/{}", crate::wire::sign::uri_encode(key.as_bytes(), true)),
    )
}

/// Deletes one version: plainly, then without its hold, then past governance.
fn version(
    session: &Session,
    prefix: &str,
    name: &str,
    entry: &Element,
) -> Result<Option<LeftBehind>, Failure> {
    let (Some(key), Some(id)) = (entry.text_of("Key"), entry.text_of("VersionId")) else {
        return Ok(None);
    };
    let versioned = |method: &str, subresource: Option<&str>| {
        let mut request = on_key(name, method, key);
        if let Some(subresource) = subresource {
            request.push_query(subresource, Some(""));
        }
        request.push_query("versionId", Some(id));
        request
    };
    if ask(session, versioned("DELETE", None))?.status < 400 {
        return Ok(None);
    }
    let off =
        b"<LegalHold xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Status>OFF</Status></LegalHold>"
            .to_vec();
    let lift = versioned("PUT", Some("legal-hold"))
        .with_header("Content-MD5", crate::wire::checksum::content_md5(&off));
    ask(session, lift.with_body(off))?;
    let forced = versioned("DELETE", None).with_header("x-amz-bypass-governance-retention", "true");
    let refused = ask(session, forced)?;
    if refused.status < 400 {
        return Ok(None);
    }
    let retention = ask(session, versioned("GET", Some("retention")))?;
    let until = retention
        .xml()
        .ok()
        .and_then(|root| root.text_of("RetainUntilDate").map(str::to_owned));
    let reason = format!("DELETE answered {}", refused.status);
    Ok(Some(behind(prefix, name, Some(key), Some(id), &reason, until)))
}

fn behind(
    prefix: &str,
    name: &str,
    key: Option<&str>,
    version: Option<&str>,
    reason: &str,
    until: Option<String>,
) -> LeftBehind {
    LeftBehind {
        run: prefix.trim_end_matches('-').to_owned(),
        bucket: name.to_owned(),
        key: key.map(str::to_owned),
        version: version.map(str::to_owned),
        reason: reason.to_owned(),
        until,
    }
}
