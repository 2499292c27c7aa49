//! Removing one bucket: by what is known to be in it, then by whatever listing there is.

use std::collections::{BTreeMap, BTreeSet};

use super::Cleaner;
use super::ask::Asker;
use super::listing::{Listing, uploads};
use super::made::{Contents, Object};
use crate::report::LeftBehind;
use crate::wire::checksum::content_md5;
use crate::wire::sign::percent_decode;
use crate::wire::{RawRequest, RawResponse};

/// How many versions of a key are deleted one after the other without a listing.
const MOST_VERSIONS: usize = 1000;

/// How the removal of a bucket ended.
pub(super) enum End {
    /// It is not there any more.
    Gone,
    /// Who asks may do nothing there.
    Refused(LeftBehind),
    /// It is there, with what could not be removed.
    Stays(Vec<LeftBehind>),
    /// It says that it is not empty, and nothing can be found in it: it may be removed a moment later.
    Late(LeftBehind),
}

impl End {
    /// What is left.
    pub(super) fn left(self) -> Vec<LeftBehind> {
        match self {
            End::Gone => Vec::new(),
            End::Refused(behind) | End::Late(behind) => vec![behind],
            End::Stays(behind) => behind,
        }
    }
}

/// Removes a bucket with all that is in it, as one identity.
pub(super) fn remove(cleaner: &Cleaner<'_>, asker: &Asker<'_>, name: &str, known: &Contents) -> End {
    let mut removal = Removal {
        cleaner,
        asker,
        name,
        stuck: BTreeMap::new(),
        refused: None,
    };
    for (key, id) in &known.uploads {
        removal.abort(key, id);
    }
    let mut refused = Vec::new();
    for (object, bytes) in &known.objects {
        let object = named(object, known);
        if !removal.is_deleted_plainly(&object) {
            refused.push((object, *bytes));
        }
    }
    // Most buckets are gone after that, and nothing had to be listed.
    if removal.delete() {
        return End::Gone;
    }
    // The policy may have denied it, and may deny all the rest.
    removal.attempt(&on(name, "DELETE", &[("policy", "")]));
    for (object, bytes) in &refused {
        removal.object(object, *bytes);
    }
    if known.versioned {
        let keys: BTreeSet<&str> = known.objects.keys().map(|one| one.key.as_str()).collect();
        keys.into_iter().for_each(|key| removal.peel(key));
    }
    for (key, id) in uploads(asker, name) {
        removal.abort(&key, &id);
    }
    for listing in Listing::ALL {
        let read = removal.list(listing);
        if removal.delete() {
            return End::Gone;
        }
        // What is listed with its versions is all there is.
        if read && !removal.stuck.is_empty() {
            break;
        }
    }
    removal.end()
}

/// The object as it is deleted: where a bucket may have versions, one without an id is the null version.
fn named(object: &Object, known: &Contents) -> Object {
    let null = || known.versioned.then(|| "null".to_owned());
    Object {
        key: object.key.clone(),
        version: object.version.clone().or_else(null),
    }
}

/// The removal of one bucket under way.
struct Removal<'a> {
    cleaner: &'a Cleaner<'a>,
    asker: &'a Asker<'a>,
    name: &'a str,
    /// What could not be removed, and why.
    stuck: BTreeMap<Object, LeftBehind>,
    /// What the last DeleteBucket answered, if the bucket is still there.
    refused: Option<(u16, String)>,
}

impl Removal<'_> {
    /// Asks for something that matters only by what comes of it.
    fn attempt(&self, request: &RawRequest) -> Option<RawResponse> {
        self.asker.ask(request).ok()
    }

    fn abort(&self, key: &str, id: &str) {
        let mut abort = self.on_key("DELETE", key);
        abort.push_query("uploadId", Some(id));
        self.attempt(&abort);
    }

    /// Deletes the bucket; whether it is gone.
    fn delete(&mut self) -> bool {
        match self.asker.ask(&on(self.name, "DELETE", &[])) {
            Ok(reply) if matches!(reply.status, 200 | 202 | 204 | 404) => true,
            Ok(reply) => {
                self.refused = Some((reply.status, format!("DeleteBucket answered {}", said(&reply))));
                false
            }
            Err(why) => {
                self.refused = Some((0, format!("DeleteBucket got no reply: {why}")));
                false
            }
        }
    }

    /// Removes what a listing shows; whether it could be read and knows versions.
    fn list(&mut self, listing: Listing) -> bool {
        let mut found = Vec::new();
        let read = listing.read(self.asker, self.name, |page| {
            found.extend(page.objects.iter().cloned());
        });
        let versions = found.iter().any(|(object, _)| object.version.is_some());
        for (object, bytes) in found {
            match self.stuck.get_mut(&object) {
                Some(behind) => behind.bytes = bytes,
                None => self.object(&object, bytes),
            }
        }
        read.is_ok() && versions && listing == Listing::Versions
    }

    /// Deletes the current version of a key, delete markers included, until there is none: what is on top is named by the
    /// reply to a HEAD, also where nothing can be listed.
    fn peel(&mut self, key: &str) {
        for _ in 0..MOST_VERSIONS {
            let head = self.attempt(&self.on_key("HEAD", key));
            let id = head
                .as_ref()
                .and_then(|reply| reply.text_header("x-amz-version-id"));
            let Some(id) = id.filter(|id| !id.is_empty()) else {
                return;
            };
            let object = Object {
                key: key.to_owned(),
                version: Some(id.to_owned()),
            };
            // What can't be deleted stays on top.
            if self.stuck.contains_key(&object) {
                return;
            }
            self.object(&object, None);
        }
    }

    /// Deletes one version if nothing protects it; whether it is gone.
    fn is_deleted_plainly(&self, object: &Object) -> bool {
        let reply = self.attempt(&self.on_version("DELETE", object, None));
        reply.is_some_and(|reply| reply.status < 400 || reply.status == 404)
    }

    /// Deletes one version: plainly, then past governance, then without its hold.
    fn object(&mut self, object: &Object, bytes: Option<u64>) {
        if let Err(behind) = self.delete_object(object, bytes) {
            self.stuck.insert(object.clone(), *behind);
        }
    }

    fn delete_object(&self, object: &Object, bytes: Option<u64>) -> Result<(), Box<LeftBehind>> {
        let first = self.asker.ask(&self.on_version("DELETE", object, None));
        let is_gone = |reply: &RawResponse| reply.status < 400 || reply.status == 404;
        let refused = match first {
            Ok(reply) if is_gone(&reply) => return Ok(()),
            // A server without versions may not take the id.
            Ok(reply) if matches!(reply.status, 400 | 405 | 501) && object.version.is_some() => {
                match self.attempt(&self.on_key("DELETE", &object.key)) {
                    Some(plain) if is_gone(&plain) => return Ok(()),
                    _ => reply,
                }
            }
            Ok(reply) => reply,
            Err(why) => return Err(self.behind(object, bytes, &format!("DELETE got no reply: {why}"), None)),
        };
        if object.version.is_none() {
            return Err(self.behind(
                object,
                bytes,
                &format!("DELETE answered {}", said(&refused)),
                None,
            ));
        }
        let mut refused = match self.force(object) {
            Ok(()) => return Ok(()),
            Err(why) => why,
        };
        // A hold is lifted only where there is one: what a target does not need to be asked can't harm it.
        if self.is_held(object) {
            self.lift(object);
            refused = match self.force(object) {
                Ok(()) => return Ok(()),
                Err(why) => why,
            };
        }
        let retention = self.attempt(&self.on_version("GET", object, Some("retention")));
        let until = retention
            .and_then(|reply| reply.xml().ok())
            .and_then(|root| root.text_of("RetainUntilDate").map(str::to_owned));
        Err(self.behind(object, bytes, &refused, until))
    }

    /// Deletes a version past governance.
    fn force(&self, object: &Object) -> Result<(), String> {
        let forced = self
            .on_version("DELETE", object, None)
            .with_header("x-amz-bypass-governance-retention", "true");
        match self.asker.ask(&forced) {
            Ok(reply) if reply.status < 400 || reply.status == 404 => Ok(()),
            Ok(reply) => Err(format!("DELETE answered {}", said(&reply))),
            Err(why) => Err(format!("DELETE got no reply: {why}")),
        }
    }

    fn is_held(&self, object: &Object) -> bool {
        let hold = self.attempt(&self.on_version("GET", object, Some("legal-hold")));
        hold.and_then(|reply| reply.xml().ok())
            .is_some_and(|root| root.text_of("Status") == Some("ON"))
    }

    fn lift(&self, object: &Object) {
        let off =
            b"<LegalHold xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Status>OFF</Status></LegalHold>"
                .to_vec();
        let lift = self
            .on_version("PUT", object, Some("legal-hold"))
            .with_header("Content-MD5", content_md5(&off));
        self.attempt(&lift.with_body(off));
    }

    fn on_key(&self, method: &str, key: &str) -> RawRequest {
        RawRequest::new(method, format!("/{}/{key}", self.name))
    }

    fn on_version(&self, method: &str, object: &Object, subresource: Option<&str>) -> RawRequest {
        let mut request = self.on_key(method, &object.key);
        if let Some(subresource) = subresource {
            request.push_query(subresource, Some(""));
        }
        if let Some(id) = &object.version {
            request.push_query("versionId", Some(id));
        }
        request
    }

    fn behind(
        &self,
        object: &Object,
        bytes: Option<u64>,
        reason: &str,
        until: Option<String>,
    ) -> Box<LeftBehind> {
        Box::new(LeftBehind {
            bucket: self.name.to_owned(),
            key: Some(String::from_utf8_lossy(&percent_decode(&object.key, false)).into_owned()),
            version: object.version.clone(),
            bytes,
            reason: reason.to_owned(),
            until,
            ..self.cleaner.behind()
        })
    }

    /// What is to be said of a bucket that is still there.
    fn end(mut self) -> End {
        let (status, reason) = self.refused.take().unwrap_or_default();
        let bucket = LeftBehind {
            bucket: self.name.to_owned(),
            reason,
            ..self.cleaner.behind()
        };
        let head = self
            .attempt(&on(self.name, "HEAD", &[]))
            .map(|reply| reply.status);
        match head {
            Some(404) => End::Gone,
            Some(401 | 403) if matches!(status, 401 | 403) => End::Refused(bucket),
            _ if self.stuck.is_empty() && status == 409 => End::Late(bucket),
            _ if self.stuck.is_empty() => End::Stays(vec![bucket]),
            _ => End::Stays(self.stuck.into_values().collect()),
        }
    }
}

/// The status and the code of a refusal.
fn said(reply: &RawResponse) -> String {
    match crate::lift::error_code(reply) {
        Some(code) => format!("{} {code}", reply.status),
        None => reply.status.to_string(),
    }
}

fn on(name: &str, method: &str, query: &[(&str, &str)]) -> RawRequest {
    let mut request = RawRequest::new(method, format!("/{name}"));
    for (parameter, value) in query {
        request.push_query(parameter, Some(value));
    }
    request
}
