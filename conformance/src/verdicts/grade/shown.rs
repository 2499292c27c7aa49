//! What a success shows: whether anything in it is anybody's.

use bucketlaw_model::request::Route;

use crate::wire::RawResponse;
use crate::wire::xml::Element;

/// What a success shows, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// Nothing: an empty list, no tags, or what everybody is told in any case.
    Nothing,
    /// A setting of a bucket or an object.
    Setting,
    /// Bytes or what describes them, names, tags, or who may do what.
    Data,
}

/// What a reply to a read shows.
pub(super) fn by(route: Route, response: &RawResponse) -> Shown {
    match route {
        // That a bucket is there, and in which Region, a refusal tells too.
        Route::HeadBucket | Route::GetBucketLocation => Shown::Nothing,
        Route::GetObject
        | Route::GetObjectVersion
        | Route::HeadObject
        | Route::HeadObjectVersion
        | Route::GetObjectAttributes
        | Route::GetObjectAttributesVersion => Shown::Data,
        Route::GetBucketPolicy => when(!response.body.is_empty(), Shown::Data),
        Route::ListBuckets
        | Route::ListObjects
        | Route::ListObjectsV2
        | Route::ListObjectVersions
        | Route::ListParts
        | Route::ListMultipartUploads
        | Route::GetBucketTagging
        | Route::GetObjectTagging
        | Route::GetObjectTaggingVersion => when(has_entries(response), Shown::Data),
        _ => when(has_text(response), Shown::Setting),
    }
}

fn when(shows: bool, what: Shown) -> Shown {
    if shows { what } else { Shown::Nothing }
}

/// Whether a list has an entry: an element with elements of its own, but for those who own or began it.
fn has_entries(response: &RawResponse) -> bool {
    let Ok(root) = response.xml() else {
        return !response.body.is_empty();
    };
    let is_entry =
        |child: &Element| !child.children.is_empty() && !matches!(child.name.as_str(), "Owner" | "Initiator");
    root.children.iter().any(is_entry)
}

/// Whether a document says anything at all.
fn has_text(response: &RawResponse) -> bool {
    fn says(element: &Element) -> bool {
        !element.text.trim().is_empty() || element.children.iter().any(says)
    }
    response
        .xml()
        .map_or(!response.body.is_empty(), |root| says(&root))
}
