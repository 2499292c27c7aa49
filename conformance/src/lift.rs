//! Lifting: an HTTP response as the law's observer sees it.

use bucketlaw_model::argument::{Content, UploadRef, VersionRef};
use bucketlaw_model::observed::{Observed, ObservedEntry, Unlisted, etag_token, text};
use bucketlaw_model::program::Handle;
use bucketlaw_model::reply::{Name, Place};
use bucketlaw_model::request::{Operation, Request};
use bucketlaw_model::world::World;

use crate::lower::content_bytes;
use crate::wire::RawResponse;
use crate::wire::checksum::md5_hex;
use crate::wire::xml::Element;

mod message;
mod policy;

pub use message::{Spoken, impersonal};
pub use policy::policies;

/// The elements that are entries of listings and result documents.
const ENTRIES: &[&str] = &[
    "Version",
    "DeleteMarker",
    "Contents",
    "CommonPrefixes",
    "Deleted",
    "Error",
    "Part",
    "Upload",
    "Bucket",
    "Tag",
    "Grant",
];

/// The response as clauses see it.
///
/// Of a listing of buckets, only those of the program are seen: their names start with `bucket_prefix`.
#[must_use]
pub fn lift(world: &World, bucket_prefix: &str, response: &RawResponse) -> Observed {
    let document = response.xml().ok();
    let error = document
        .as_ref()
        .filter(|root| root.name == "Error" || root.name == "ErrorResponse");
    let code = |name| {
        error
            .and_then(|root| first(root, name))
            .map(|element| element.text.clone())
    };
    let mut fields = Vec::new();
    for name in Name::ALL {
        let text = match name.place() {
            // The length of a body says nothing beside the body; that of one which is not sent, to HEAD, does.
            Place::Header("content-length") => response
                .text_header("content-length")
                .filter(|length| *length != response.body.len().to_string())
                .map(str::to_owned),
            Place::Header(header) => response.text_header(header).map(str::to_owned),
            Place::Element(element) => document
                .as_ref()
                .and_then(|root| first(root, element))
                .map(|element| element.text.clone()),
        };
        // S3's documentation writes TRUE, where other booleans of XML are true; SDKs read both.
        let text = text.map(|text| match name {
            Name::IsPublic => text.to_ascii_lowercase(),
            _ => text,
        });
        fields.extend(text.map(|text| (*name, text)));
    }
    let mut entries = match (&document, error) {
        (Some(root), None) => entries(root, bucket_prefix),
        (Some(_) | None, _) => Vec::new(),
    };
    let of_entries = entries.iter_mut().flat_map(|entry| &mut entry.fields);
    name_etags(world, fields.iter_mut().chain(of_entries));
    Observed {
        status: response.status,
        code: code("Code"),
        message: code("Message"),
        fields,
        content: content(world, &response.body),
        entries,
        unlisted: Unlisted::Nothing,
    }
}

/// Puts the law's word for an ETag in the place of the digest of a content; others lose their quotes only.
fn name_etags<'f>(world: &World, fields: impl Iterator<Item = &'f mut (Name, String)>) {
    let mut known: Option<Vec<(String, String)>> = None;
    for (name, text) in fields {
        if !matches!(name, Name::EtagHeader | Name::EtagElement) {
            continue;
        }
        let bare = text.trim().trim_matches('"');
        let known = known.get_or_insert_with(|| {
            let both = |content| [false, true].map(|of_part| digest(world, content, of_part));
            world.contents().flat_map(both).collect()
        });
        let token = known.iter().find(|(digest, _)| digest == bare);
        *text = token.map_or(bare, |(_, token)| token).to_owned();
    }
}

/// The ETag of a content without its quotes, and the law's word for it.
fn digest(world: &World, content: Content, of_part: bool) -> (String, String) {
    let bytes = content_bytes(world, content);
    (etag(&bytes, of_part), etag_token(world, content, of_part))
}

/// The ETag of bytes without its quotes, put whole or as the only part of a multipart upload.
#[must_use]
pub fn etag(bytes: &[u8], of_part: bool) -> String {
    let whole = md5_hex(bytes);
    if !of_part {
        return whole;
    }
    let digest = data_encoding::HEXLOWER
        .decode(whole.as_bytes())
        .unwrap_or_default();
    format!("{}-1", md5_hex(&digest))
}

/// The error code of a response, if it is an error document.
#[must_use]
pub fn error_code(response: &RawResponse) -> Option<String> {
    let document = response.xml().ok()?;
    let error = document.name == "Error" || document.name == "ErrorResponse";
    error
        .then(|| first(&document, "Code").map(|code| code.text.clone()))
        .flatten()
}

/// Which content of the world these bytes are.
fn content(world: &World, body: &[u8]) -> Option<Content> {
    world
        .contents()
        .find(|content| content_bytes(world, *content) == body)
}

/// The first element with a name below an element, the least deep one.
fn first<'a>(root: &'a Element, name: &str) -> Option<&'a Element> {
    root.child(name)
        .or_else(|| root.children.iter().find_map(|child| first(child, name)))
}

fn entries(root: &Element, bucket_prefix: &str) -> Vec<ObservedEntry> {
    let nested = ["Buckets", "TagSet", "AccessControlList"]
        .iter()
        .filter_map(|list| root.child(list));
    let direct = root
        .children
        .iter()
        .chain(nested.into_iter().flat_map(|list| &list.children));
    let is_entry = |child: &&Element| {
        let ours = child.name != "Bucket"
            || child
                .text_of("Name")
                .is_some_and(|name| name.starts_with(bucket_prefix));
        ENTRIES.contains(&child.name.as_str()) && !child.children.is_empty() && ours
    };
    direct
        .filter(is_entry)
        .map(|child| ObservedEntry {
            element: child.name.clone(),
            fields: entry_fields(child),
            unlisted: Unlisted::Nothing,
        })
        .collect()
}

fn entry_fields(entry: &Element) -> Vec<(Name, String)> {
    let element = |name: &Name| match name.place() {
        Place::Element(element) => first(entry, element).map(|found| (*name, found.text.clone())),
        Place::Header(_) => None,
    };
    Name::ALL.iter().filter_map(element).collect()
}

/// The ids that a reply brings to light, by the handles of its step.
#[must_use]
pub fn handles(
    world: &World,
    number: u16,
    request: &Request,
    response: &RawResponse,
) -> Vec<(Handle, String)> {
    let observed = lift(world, "", response);
    let one = |id: Option<&str>| -> Vec<(Handle, String)> {
        let id = id.filter(|id| *id != "null" && !id.is_empty());
        id.map(|id| (Handle { step: number, nth: 0 }, id.to_owned()))
            .into_iter()
            .collect()
    };
    let objects = match &request.operation {
        Operation::DeleteObjects { objects, .. } => objects,
        Operation::CreateMultipartUpload { .. } => return one(text(&observed.fields, Name::UploadId)),
        _ => return one(text(&observed.fields, Name::VersionId)),
    };
    let made = |key: &[u8]| {
        let of_key =
            |entry: &&ObservedEntry| text(&entry.fields, Name::KeyElement).map(str::as_bytes) == Some(key);
        observed
            .entries
            .iter()
            .filter(of_key)
            .find_map(|entry| text(&entry.fields, Name::DeleteMarkerVersionId))
    };
    (0..)
        .zip(objects)
        .filter(|(_, object)| object.version == VersionRef::Current)
        .filter_map(|(nth, object)| {
            let id = made(&world.key_bytes(object.key)).filter(|id| *id != "null")?;
            Some((Handle { step: number, nth }, id.to_owned()))
        })
        .collect()
}

/// The ETag of the part that a request uploaded, with its number.
#[must_use]
pub fn part(request: &Request, response: &RawResponse) -> Option<(UploadRef, u16, String)> {
    let (upload, part, etag) = match &request.operation {
        Operation::UploadPart { upload, part, .. } => {
            (upload, part, response.text_header("etag").map(str::to_owned))
        }
        Operation::UploadPartCopy { upload, part, .. } => (
            upload,
            part,
            response
                .xml()
                .ok()
                .and_then(|root| root.text_of("ETag").map(str::to_owned)),
        ),
        _ => return None,
    };
    (response.status == 200).then_some((*upload, part.0, etag?))
}
