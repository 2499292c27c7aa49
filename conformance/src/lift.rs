//! Lifting: an HTTP response as the law's observer sees it.

use bucketlaw_model::argument::{Content, VersionRef};
use bucketlaw_model::observed::{Observed, ObservedEntry, text};
use bucketlaw_model::program::Handle;
use bucketlaw_model::reply::{Name, Place};
use bucketlaw_model::request::{Operation, Request};
use bucketlaw_model::world::World;

use crate::lower::content_bytes;
use crate::wire::RawResponse;
use crate::wire::xml::Element;

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
];

/// The response as clauses see it.
#[must_use]
pub fn lift(world: &World, response: &RawResponse) -> Observed {
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
            Place::Header(header) => response.text_header(header).map(str::to_owned),
            Place::Element(element) => document
                .as_ref()
                .and_then(|root| first(root, element))
                .map(|element| element.text.clone()),
        };
        fields.extend(text.map(|text| (*name, text)));
    }
    Observed {
        status: response.status,
        code: code("Code"),
        message: code("Message"),
        fields,
        content: content(world, &response.body),
        entries: match (&document, error) {
            (Some(root), None) => entries(root),
            (Some(_) | None, _) => Vec::new(),
        },
    }
}

/// Which content of the world these bytes are.
fn content(world: &World, body: &[u8]) -> Option<Content> {
    world
        .contents()
        .find(|content| content_bytes(world, *content) == body)
}

/// The first element with a name below an element.
fn first<'a>(root: &'a Element, name: &str) -> Option<&'a Element> {
    root.children.iter().find_map(|child| {
        if child.name == name {
            Some(child)
        } else {
            first(child, name)
        }
    })
}

fn entries(root: &Element) -> Vec<ObservedEntry> {
    let direct = root.children.iter().chain(
        root.children_named("Buckets")
            .flat_map(|buckets| &buckets.children),
    );
    direct
        .filter(|child| {
            ENTRIES.contains(&child.name.as_str())
                && !(child.children.is_empty() && child.name == "DeleteMarker")
        })
        .map(|child| ObservedEntry {
            element: child.name.clone(),
            fields: entry_fields(child),
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
    let observed = lift(world, response);
    let Operation::DeleteObjects { objects, .. } = &request.operation else {
        let id = text(&observed.fields, Name::VersionId).filter(|id| *id != "null" && !id.is_empty());
        return id
            .map(|id| (Handle { step: number, nth: 0 }, id.to_owned()))
            .into_iter()
            .collect();
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
