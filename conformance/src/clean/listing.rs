//! Whatever an endpoint has to say what is there: buckets, versions, objects, uploads, to the last page.

use std::collections::BTreeSet;

use super::ask::Asker;
use super::made::{Object, encoded};
use crate::session::next_page_of_buckets;
use crate::wire::RawRequest;
use crate::wire::xml::Element;

/// How many pages of a listing are read at the most.
const PAGES: usize = 10_000;

/// A way to list what is in a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Listing {
    /// ListObjectVersions.
    Versions,
    /// ListObjectsV2.
    Second,
    /// ListObjects.
    First,
}

/// What a listing shows: each object with its size.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) objects: Vec<(Object, Option<u64>)>,
    next: Option<Vec<(&'static str, String)>>,
}

impl Listing {
    /// All ways, the one that shows most first.
    pub(super) const ALL: [Listing; 3] = [Listing::Versions, Listing::Second, Listing::First];

    fn query(self) -> Vec<(&'static str, String)> {
        match self {
            Listing::Versions => vec![("versions", String::new())],
            Listing::Second => vec![("list-type", "2".to_owned())],
            Listing::First => Vec::new(),
        }
    }

    /// Where the next page begins, if there is one.
    fn next(self, page: &Element) -> Option<Vec<(&'static str, String)>> {
        if page.text_of("IsTruncated") != Some("true") {
            return None;
        }
        let text = |name: &str| {
            page.text_of(name)
                .map(str::to_owned)
                .filter(|text| !text.is_empty())
        };
        let last_key = || {
            page.children_named("Contents")
                .filter_map(|entry| entry.text_of("Key"))
                .last()
                .map(str::to_owned)
        };
        match self {
            Listing::Versions => {
                let mut next = vec![("key-marker", text("NextKeyMarker")?)];
                next.extend(text("NextVersionIdMarker").map(|id| ("version-id-marker", id)));
                Some(next)
            }
            Listing::Second => Some(vec![("continuation-token", text("NextContinuationToken")?)]),
            Listing::First => Some(vec![("marker", text("NextMarker").or_else(last_key)?)]),
        }
    }

    /// What one page says; the refusal in words if the endpoint does not have this listing.
    fn page(self, asker: &Asker<'_>, bucket: &str, from: &[(&'static str, String)]) -> Result<Page, String> {
        let mut request = RawRequest::new("GET", format!("/{bucket}"));
        for (name, value) in self.query().iter().chain(from) {
            request.push_query(name, Some(value));
        }
        let response = asker.ask(&request)?;
        if response.status != 200 {
            return Err(format!("a listing answered {}", response.status));
        }
        let root = response
            .xml()
            .map_err(|error| format!("a listing is no XML: {error}"))?;
        // A server that has no versions may answer with plain objects.
        let kinds = ["Version", "DeleteMarker", "Contents"];
        let entries = kinds.iter().flat_map(|kind| root.children_named(kind));
        Ok(Page {
            objects: entries.filter_map(object).collect(),
            next: self.next(&root),
        })
    }

    /// Calls `seen` with each page of a bucket; stops where a page can't be read.
    pub(super) fn read(
        self,
        asker: &Asker<'_>,
        bucket: &str,
        mut seen: impl FnMut(&Page),
    ) -> Result<(), String> {
        let mut from = Vec::new();
        for _ in 0..PAGES {
            let page = self.page(asker, bucket, &from)?;
            seen(&page);
            match page.next {
                Some(next) if next != from => from = next,
                _ => break,
            }
        }
        Ok(())
    }
}

fn object(entry: &Element) -> Option<(Object, Option<u64>)> {
    let version = entry.text_of("VersionId").filter(|id| !id.is_empty());
    let object = Object {
        key: encoded(entry.text_of("Key")?),
        version: version.map(str::to_owned),
    };
    let size = entry.text_of("Size").and_then(|size| size.parse().ok());
    Some((object, size))
}

/// The uploads of a bucket, as far as they can be listed.
pub(super) fn uploads(asker: &Asker<'_>, bucket: &str) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    let mut from: Vec<(&str, String)> = Vec::new();
    for _ in 0..PAGES {
        let mut request = RawRequest::new("GET", format!("/{bucket}?uploads="));
        for (name, value) in &from {
            request.push_query(name, Some(value));
        }
        let page = asker.ask(&request).ok().filter(|reply| reply.status == 200);
        let Some(page) = page.and_then(|reply| reply.xml().ok()) else {
            break;
        };
        found.extend(page.children_named("Upload").filter_map(|upload| {
            let (key, id) = (upload.text_of("Key")?, upload.text_of("UploadId")?);
            Some((encoded(key), id.to_owned()))
        }));
        let marker = |name: &str| page.text_of(name).unwrap_or_default().to_owned();
        let next = vec![
            ("key-marker", marker("NextKeyMarker")),
            ("upload-id-marker", marker("NextUploadIdMarker")),
        ];
        if page.text_of("IsTruncated") != Some("true") || next == from {
            break;
        }
        from = next;
    }
    found
}

impl Asker<'_> {
    /// The names of this owner's buckets that start with a prefix, from all pages.
    pub(super) fn buckets(&self, prefix: &str) -> Result<Vec<String>, String> {
        let mut names = Vec::new();
        let mut from: Option<String> = None;
        for _ in 0..PAGES {
            let mut request = RawRequest::new("GET", "/");
            if let Some(token) = &from {
                request.push_query("continuation-token", Some(token));
            }
            let response = self.ask(&request)?;
            if response.status != 200 {
                return Err(format!("ListBuckets answered {}", response.status));
            }
            let root = response
                .xml()
                .map_err(|error| format!("ListBuckets is no XML: {error}"))?;
            let buckets = root
                .child("Buckets")
                .into_iter()
                .flat_map(|buckets| buckets.children_named("Bucket"));
            let named = buckets.filter_map(|bucket| bucket.text_of("Name"));
            names.extend(named.filter(|name| name.starts_with(prefix)).map(str::to_owned));
            match next_page_of_buckets(&response) {
                Some(token) if from.as_ref() != Some(&token) => from = Some(token),
                _ => break,
            }
        }
        Ok(names)
    }
}
