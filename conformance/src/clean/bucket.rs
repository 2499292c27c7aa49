//! Removing one bucket: by what is known to be in it, then by whatever listing there is.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use super::Cleaner;
use super::ask::Asker;
use super::listing::{Listing, uploads};
use super::lock::{self, Lock};
use super::made::{Contents, Object};
use crate::report::{KeptBy, LeftBehind};
use crate::wire::checksum::content_md5;
use crate::wire::sign::percent_decode;
use crate::wire::{RawRequest, RawResponse};

/// How many versions of a key are deleted one after the other without a listing.
const MOST_VERSIONS: usize = 1000;

/// What removing a bucket takes. Some endpoints take no wildcards.
const ON_BUCKETS: [&str; 6] = [
    "DeleteBucket",
    "DeleteBucketPolicy",
    "ListBucket",
    "ListBucketMultipartUploads",
    "ListBucketVersions",
    "PutBucketPolicy",
];

/// What removing what is in a bucket takes.
const ON_OBJECTS: [&str; 10] = [
    "AbortMultipartUpload",
    "BypassGovernanceRetention",
    "DeleteObject",
    "DeleteObjectVersion",
    "GetObject",
    "GetObjectLegalHold",
    "GetObjectRetention",
    "GetObjectVersion",
    "PutObjectLegalHold",
    "PutObjectRetention",
];

/// How the removal of a bucket ended.
pub(super) enum End {
    /// It is not there any more.
    Gone,
    /// Who asks may do nothing there.
    Refused(LeftBehind),
    /// It is there, with what only time can remove, and does soon.
    Waits(Vec<LeftBehind>),
    /// It is there, and a request got no reply: whoever asks, the next one may have to wait as long.
    Lost(Vec<LeftBehind>),
    /// It is there, with what could not be removed.
    Stays(Vec<LeftBehind>),
    /// It says that it is not empty, and everything in it is said to be deleted: it may be removed a moment later.
    Late(Vec<LeftBehind>),
}

impl End {
    /// Whether nobody else has to try: it is gone, or time removes what keeps it.
    pub(super) fn is_settled(&self) -> bool {
        match self {
            End::Gone | End::Waits(_) | End::Lost(_) => true,
            End::Refused(_) | End::Stays(_) | End::Late(_) => false,
        }
    }

    /// Whether who asked may do nothing there.
    pub(super) fn is_refused(&self) -> bool {
        matches!(self, End::Refused(_))
    }

    /// What is left.
    pub(super) fn left(self) -> Vec<LeftBehind> {
        match self {
            End::Gone => Vec::new(),
            End::Refused(behind) => vec![behind],
            End::Waits(behind) | End::Late(behind) | End::Lost(behind) | End::Stays(behind) => behind,
        }
    }
}

/// Removes a bucket with all that is in it, as one identity. The bucket policy goes first, unless it is `kept`: it is one
/// of [`open`].
pub(super) fn remove(
    cleaner: &Cleaner<'_>,
    asker: &Asker<'_>,
    name: &str,
    known: &Contents,
    kept: bool,
) -> End {
    let mut removal = Removal {
        cleaner,
        asker,
        name,
        stuck: BTreeMap::new(),
        waits: true,
        lost: Cell::new(false),
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
    if !kept {
        removal.unbind();
    }
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
    /// Whether time alone removes soon what could not be removed.
    waits: bool,
    /// Whether a request got no reply.
    lost: Cell<bool>,
    /// What the last DeleteBucket answered, if the bucket is still there.
    refused: Option<(u16, String)>,
}

impl Removal<'_> {
    /// Asks for something that matters only by what comes of it.
    fn attempt(&self, request: &RawRequest) -> Option<RawResponse> {
        self.ask(request).ok()
    }

    fn ask(&self, request: &RawRequest) -> Result<RawResponse, String> {
        self.asker.ask(request).inspect_err(|_| self.lost.set(true))
    }

    /// Takes the bucket policy away; one that denies that is replaced first, if that is not denied as well.
    fn unbind(&self) {
        let delete = on(self.name, "DELETE", &[("policy", "")]);
        let gone = self.attempt(&delete);
        let denied = gone.is_some_and(|reply| matches!(reply.status, 401 | 403 | 405));
        if denied && open(self.asker, self.name, &[self.asker.principal]) {
            self.attempt(&delete);
        }
    }

    fn abort(&self, key: &str, id: &str) {
        let mut abort = self.on_key("DELETE", key);
        abort.push_query("uploadId", Some(id));
        self.attempt(&abort);
    }

    /// Deletes the bucket; whether it is gone.
    fn delete(&mut self) -> bool {
        match self.ask(&on(self.name, "DELETE", &[])) {
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
        reply.is_some_and(|reply| is_gone(&reply))
    }

    /// Deletes one version: plainly, then past governance, then without its hold and its retention.
    fn object(&mut self, object: &Object, bytes: Option<u64>) {
        if let Err((behind, waits)) = self.delete_object(object, bytes) {
            self.waits &= waits;
            self.stuck.insert(object.clone(), *behind);
        }
    }

    /// What stays comes with whether time removes it soon.
    fn delete_object(&self, object: &Object, bytes: Option<u64>) -> Result<(), (Box<LeftBehind>, bool)> {
        match self.ask(&self.on_version("DELETE", object, None)) {
            Ok(reply) if is_gone(&reply) => return Ok(()),
            // A server without versions may not take the id.
            Ok(reply) if matches!(reply.status, 400 | 405 | 501) && object.version.is_some() => {
                let plain = self.attempt(&self.on_key("DELETE", &object.key));
                if plain.is_some_and(|plain| is_gone(&plain)) {
                    return Ok(());
                }
            }
            Ok(_) => {}
            Err(why) => {
                let why = format!("DELETE got no reply: {why}");
                return Err((Box::new(self.behind(object, bytes, &why)), false));
            }
        }
        let Err(mut refused) = self.force(object) else {
            return Ok(());
        };
        let lock = Lock::read(self.asker, &|method, part| self.on_version(method, object, part));
        let now = self.cleaner.now();
        if !(lock.is_compliance() && lock.ends_soon(now)) {
            match self.unlock(object, &lock) {
                Ok(()) => return Ok(()),
                Err(None) => {}
                Err(Some(why)) => refused = why,
            }
        }
        let behind = LeftBehind {
            kept_by: Some(lock.kept_by(now)),
            until: lock.until.clone(),
            ..self.behind(object, bytes, &refused)
        };
        Err((Box::new(behind), lock.ends_soon(now)))
    }

    /// Lifts what locks a version, one after the other, and deletes it as soon as that goes; else why it does not, if
    /// anything was lifted.
    ///
    /// A hold is lifted only where there may be one: what a target does not need to be asked can't harm it.
    fn unlock(&self, object: &Object, lock: &Lock) -> Result<(), Option<String>> {
        let mut ways = Vec::new();
        if lock.hold != Some(false) {
            ways.push(("legal-hold", lock::no_hold()));
        }
        let ends = lock::no_retention(self.cleaner.now());
        ways.extend(ends.into_iter().map(|body| ("retention", body)));
        let mut refused = None;
        for (subresource, body) in ways {
            let bypass = subresource == "retention";
            let change = lock::change(self.on_version("PUT", object, Some(subresource)), body, bypass);
            if self.attempt(&change).is_some_and(|reply| reply.status < 300) {
                // Who may not bypass governance does not have to any more.
                if self.is_deleted_plainly(object) {
                    return Ok(());
                }
                match self.force(object) {
                    Ok(()) => return Ok(()),
                    Err(why) => refused = Some(why),
                }
            }
        }
        Err(refused)
    }

    /// Deletes a version past governance.
    fn force(&self, object: &Object) -> Result<(), String> {
        let forced = self
            .on_version("DELETE", object, None)
            .with_header("x-amz-bypass-governance-retention", "true");
        match self.ask(&forced) {
            Ok(reply) if is_gone(&reply) => Ok(()),
            Ok(reply) => Err(format!("DELETE answered {}", said(&reply))),
            Err(why) => Err(format!("DELETE got no reply: {why}")),
        }
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

    /// An object that stays, for a reason that nobody is charged with.
    fn behind(&self, object: &Object, bytes: Option<u64>, reason: &str) -> LeftBehind {
        LeftBehind {
            bucket: self.name.to_owned(),
            key: Some(String::from_utf8_lossy(&percent_decode(&object.key, false)).into_owned()),
            version: object.version.clone(),
            bytes,
            reason: reason.to_owned(),
            ..self.cleaner.behind()
        }
    }

    /// What is there although all that could be found is said to be deleted: what is listed all the same, or the bucket.
    fn still_there(&self, bucket: LeftBehind) -> Vec<LeftBehind> {
        let mut objects = Vec::new();
        for listing in [Listing::Versions, Listing::First] {
            let read = listing.read(self.asker, self.name, |page| {
                objects.extend(page.objects.iter().cloned());
            });
            if read.is_ok() {
                break;
            }
        }
        let why = "it is listed although DELETE was answered with success";
        let listed: Vec<LeftBehind> = objects
            .into_iter()
            .map(|(object, bytes)| LeftBehind {
                kept_by: Some(KeptBy::Target),
                ..self.behind(&object, bytes, why)
            })
            .collect();
        if listed.is_empty() { vec![bucket] } else { listed }
    }

    /// What is to be said of a bucket that is still there.
    fn end(mut self) -> End {
        let (status, reason) = self.refused.take().unwrap_or_default();
        let bucket = LeftBehind {
            bucket: self.name.to_owned(),
            reason,
            kept_by: (400..500).contains(&status).then_some(KeptBy::Target),
            ..self.cleaner.behind()
        };
        let head = self
            .attempt(&on(self.name, "HEAD", &[]))
            .map(|reply| reply.status);
        match head {
            Some(404) => End::Gone,
            _ if self.lost.get() && self.stuck.is_empty() => End::Lost(vec![bucket]),
            _ if self.lost.get() => End::Lost(self.stuck.into_values().collect()),
            Some(401 | 403) if matches!(status, 401 | 403) => End::Refused(bucket),
            _ if self.stuck.is_empty() && status == 409 => End::Late(self.still_there(bucket)),
            _ if self.stuck.is_empty() => End::Stays(vec![bucket]),
            _ if self.waits => End::Waits(self.stuck.into_values().collect()),
            _ => End::Stays(self.stuck.into_values().collect()),
        }
    }
}

/// Allows these principals everything in a bucket, by a policy in the place of the one that is there; whether that went.
pub(super) fn open(asker: &Asker<'_>, name: &str, principals: &[&str]) -> bool {
    let named: Vec<String> = principals
        .iter()
        .filter(|principal| !principal.is_empty())
        .map(|principal| format!("\"{principal}\""))
        .collect();
    if named.is_empty() {
        return false;
    }
    let statement = |actions: &[&str], resource: &str| {
        let actions: Vec<String> = actions.iter().map(|action| format!("\"s3:{action}\"")).collect();
        format!(
            "{{\"Effect\":\"Allow\",\"Principal\":{{\"AWS\":[{}]}},\"Action\":[{}],\"Resource\":[\"arn:aws:s3:::{resource}\"]}}",
            named.join(","),
            actions.join(",")
        )
    };
    let document = format!(
        "{{\"Version\":\"2012-10-17\",\"Statement\":[{},{}]}}",
        statement(&ON_BUCKETS, name),
        statement(&ON_OBJECTS, &format!("{name}/*"))
    );
    let put = on(name, "PUT", &[("policy", "")])
        .with_header("Content-MD5", content_md5(document.as_bytes()))
        .with_body(document);
    asker.ask(&put).is_ok_and(|reply| reply.status < 300)
}

/// Whether a reply to a DELETE says that nothing is there any more.
fn is_gone(reply: &RawResponse) -> bool {
    reply.status < 400 || reply.status == 404
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
