//! Clean-up: taking away what a run made, as far as the endpoint lets anybody take it away.

use std::sync::{Mutex, PoisonError};

use crate::lower::{Service, iam_request};
use crate::report::LeftBehind;
use crate::session::Session;
use crate::wire::sign::Credentials;
use crate::wire::xml::Element;
use crate::wire::{Failure, RawRequest, RawResponse};

/// How many pages of a listing are read at the most.
const PAGES: usize = 1000;

/// Removes every bucket whose name starts with a prefix, with all that is in it, and every IAM user so named.
///
/// Holds are lifted and governance is bypassed. What nobody can remove yet is returned.
///
/// # Errors
/// When the endpoint does not answer any more.
pub fn clean(session: &Session, prefix: &str, jobs: usize) -> Result<Vec<LeftBehind>, Failure> {
    let mut left = Vec::new();
    for (name, owner) in owners(session) {
        let cleaner = Cleaner {
            session,
            owner,
            prefix,
        };
        let names = cleaner.list()?;
        if !names.is_empty() {
            left.extend(cleaner.remove_all(names, jobs)?);
        }
        if name == "owner" && session.iam {
            left.extend(cleaner.users()?);
        }
    }
    Ok(left)
}

/// Removes the buckets with these names, whoever owns them. What nobody can remove yet is returned.
///
/// # Errors
/// When the endpoint does not answer any more.
pub fn remove(session: &Session, prefix: &str, names: &[String]) -> Result<Vec<LeftBehind>, Failure> {
    let mut left: Vec<LeftBehind> = Vec::new();
    for name in names {
        let mut behind = Vec::new();
        for (_, owner) in owners(session) {
            let cleaner = Cleaner {
                session,
                owner,
                prefix,
            };
            behind = cleaner.bucket(name)?;
            // A bucket of another owner is refused whole, and that owner comes next.
            if behind.iter().all(|one| one.key.is_some()) {
                break;
            }
        }
        left.extend(behind);
    }
    Ok(left)
}

/// The identities that may own buckets.
fn owners(session: &Session) -> Vec<(&'static str, &Credentials)> {
    let other = session.other.as_ref().map(|other| ("other", &other.credentials));
    [("owner", &session.owner.credentials)]
        .into_iter()
        .chain(other)
        .collect()
}

/// Removes the buckets of one owner.
struct Cleaner<'a> {
    session: &'a Session,
    owner: &'a Credentials,
    prefix: &'a str,
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

impl Cleaner<'_> {
    fn ask(&self, request: RawRequest) -> Result<RawResponse, Failure> {
        self.session
            .send(request, Some(self.owner), Service::S3)
            .map(|exchange| exchange.response)
    }

    /// The names of the run's buckets of this owner.
    fn list(&self) -> Result<Vec<String>, Failure> {
        let listing = self.ask(RawRequest::new("GET", "/"))?;
        let buckets = listing.xml().ok().and_then(|root| root.child("Buckets").cloned());
        let named = |bucket: &Element| bucket.text_of("Name").map(str::to_owned);
        Ok(buckets
            .iter()
            .flat_map(|buckets| buckets.children_named("Bucket"))
            .filter_map(named)
            .filter(|name| name.starts_with(self.prefix))
            .collect())
    }

    /// Removes many buckets, several at a time.
    fn remove_all(&self, names: Vec<String>, jobs: usize) -> Result<Vec<LeftBehind>, Failure> {
        let queue = Mutex::new(names.into_iter());
        let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
        let worker = || -> Result<Vec<LeftBehind>, Failure> {
            let mut left = Vec::new();
            while let Some(name) = next() {
                left.extend(self.bucket(&name)?);
            }
            Ok(left)
        };
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..jobs.max(1)).map(|_| scope.spawn(worker)).collect();
            let mut left = Vec::new();
            for worker in workers {
                // A worker does not panic; one that did has removed nothing.
                left.extend(worker.join().unwrap_or_else(|_| Ok(Vec::new()))?);
            }
            Ok(left)
        })
    }

    /// Empties and deletes one bucket.
    fn bucket(&self, name: &str) -> Result<Vec<LeftBehind>, Failure> {
        // First of all the policy, which may deny all the rest.
        self.ask(on(name, "DELETE", &[("policy", Some(""))]))?;
        match self.ask(on(name, "HEAD", &[]))?.status {
            404 => return Ok(Vec::new()),
            403 => return Ok(vec![self.behind(name, None, "HEAD answered 403", None)]),
            _ => {}
        }
        self.uploads(name)?;
        let mut left = Vec::new();
        let (mut key_marker, mut version_marker) = (String::new(), String::new());
        for _ in 0..PAGES {
            let mut query = vec![("versions", Some(""))];
            if !key_marker.is_empty() {
                query.push(("key-marker", Some(key_marker.as_str())));
                query.push(("version-id-marker", Some(version_marker.as_str())));
            }
            let Ok(page) = self.ask(on(name, "GET", &query))?.xml() else {
                break;
            };
            for entry in page
                .children_named("Version")
                .chain(page.children_named("DeleteMarker"))
            {
                left.extend(self.version(name, entry)?);
            }
            if page.text_of("IsTruncated") != Some("true") {
                break;
            }
            let marker = |name: &str| page.text_of(name).unwrap_or_default().to_owned();
            (key_marker, version_marker) = (marker("NextKeyMarker"), marker("NextVersionIdMarker"));
        }
        let gone = self.ask(on(name, "DELETE", &[]))?;
        if !matches!(gone.status, 200 | 204 | 404) && left.is_empty() {
            let reason = format!("DeleteBucket answered {}", gone.status);
            left.push(self.behind(name, None, &reason, None));
        }
        Ok(left)
    }

    fn uploads(&self, name: &str) -> Result<(), Failure> {
        let Ok(page) = self.ask(on(name, "GET", &[("uploads", Some(""))]))?.xml() else {
            return Ok(());
        };
        for upload in page.children_named("Upload") {
            let (Some(key), Some(id)) = (upload.text_of("Key"), upload.text_of("UploadId")) else {
                continue;
            };
            let mut abort = on_key(name, "DELETE", key);
            abort.push_query("uploadId", Some(id));
            self.ask(abort)?;
        }
        Ok(())
    }

    /// Deletes one version: plainly, then without its hold, then past governance.
    fn version(&self, name: &str, entry: &Element) -> Result<Option<LeftBehind>, Failure> {
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
        if self.ask(versioned("DELETE", None))?.status < 400 {
            return Ok(None);
        }
        let off =
            b"<LegalHold xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Status>OFF</Status></LegalHold>"
                .to_vec();
        let lift = versioned("PUT", Some("legal-hold"))
            .with_header("Content-MD5", crate::wire::checksum::content_md5(&off));
        self.ask(lift.with_body(off))?;
        let forced = versioned("DELETE", None).with_header("x-amz-bypass-governance-retention", "true");
        let refused = self.ask(forced)?;
        if refused.status < 400 {
            return Ok(None);
        }
        let retention = self.ask(versioned("GET", Some("retention")))?;
        let until = retention
            .xml()
            .ok()
            .and_then(|root| root.text_of("RetainUntilDate").map(str::to_owned));
        let reason = format!("DELETE answered {}", refused.status);
        Ok(Some(self.behind(name, Some((key, id)), &reason, until)))
    }

    /// Removes the IAM users of the run that a program left behind.
    fn users(&self) -> Result<Vec<LeftBehind>, Failure> {
        let mut left = Vec::new();
        let iam = |action: &str, parameters: &[(&str, &str)]| {
            let request = iam_request(action, parameters);
            self.session
                .send(request, Some(self.owner), Service::Iam)
                .map(|exchange| exchange.response)
        };
        let members = |response: &RawResponse, path: &[&str], field: &str| -> Vec<String> {
            let Ok(mut element) = response.xml() else {
                return Vec::new();
            };
            for name in path {
                match element.child(name).cloned() {
                    Some(child) => element = child,
                    None => return Vec::new(),
                }
            }
            element
                .children_named("member")
                .filter_map(|member| member.text_of(field).map(str::to_owned))
                .collect()
        };
        let users = iam("ListUsers", &[("MaxItems", "1000")])?;
        for name in members(&users, &["ListUsersResult", "Users"], "UserName") {
            if !name.starts_with(self.prefix) {
                continue;
            }
            let user = ("UserName", name.as_str());
            let keys = iam("ListAccessKeys", &[user])?;
            for key in members(
                &keys,
                &["ListAccessKeysResult", "AccessKeyMetadata"],
                "AccessKeyId",
            ) {
                iam("DeleteAccessKey", &[user, ("AccessKeyId", &key)])?;
            }
            iam("DeleteUserPolicy", &[user, ("PolicyName", "bucketlaw")])?;
            let gone = iam("DeleteUser", &[user])?;
            if !matches!(gone.status, 200 | 404) {
                let reason = format!("the IAM user {name} stays: DeleteUser answered {}", gone.status);
                left.push(self.behind("", None, &reason, None));
            }
        }
        Ok(left)
    }

    fn behind(
        &self,
        bucket: &str,
        object: Option<(&str, &str)>,
        reason: &str,
        until: Option<String>,
    ) -> LeftBehind {
        LeftBehind {
            run: self.prefix.trim_end_matches('-').to_owned(),
            bucket: bucket.to_owned(),
            key: object.map(|(key, _)| key.to_owned()),
            version: object.map(|(_, version)| version.to_owned()),
            reason: reason.to_owned(),
            until,
        }
    }
}

fn on(name: &str, method: &str, query: &[(&str, Option<&str>)]) -> RawRequest {
    let mut request = RawRequest::new(method, format!("/{name}"));
    for (parameter, value) in query {
        request.push_query(parameter, *value);
    }
    request
}

fn on_key(name: &str, method: &str, key: &str) -> RawRequest {
    RawRequest::new(
        method,
        format!("/{name}/{}", crate::wire::sign::uri_encode(key.as_bytes(), true)),
    )
}
