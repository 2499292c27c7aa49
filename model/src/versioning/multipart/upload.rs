//! The upload that a request is about: whether it is there, and who may touch it.

use Known::{NoSuchKey, NoSuchUpload, There};

use crate::access::denies;
use crate::access::missing::EVAL_404_009;
use crate::argument::{BucketName, Key, UploadName, UploadRef};
use crate::cx::Cx;
use crate::reply::{Code, Refusal};
use crate::request::Caller;
use crate::state::{Bucket, State, Upload};
use crate::table::{Decision, Printed, printed, table, words};
use crate::words::FacetId;

/// The upload that a request is about.
pub(crate) type Target = (BucketName, Key, UploadRef);

words! {
    /// Whether an upload is known.
    enum Known {
        /// It is in progress.
        There,
        /// It is 404 NoSuchUpload.
        NoSuchUpload,
        /// It is 404 NoSuchKey.
        NoSuchKey,
    }
}

table! {
    /// How an upload is answered that is not in progress.
    Finding {
        /// It is in progress.
        in_progress: bool,
    } => Known, unnoted;

    EVAL_404_009            if !in_progress                     => NoSuchUpload,    else NoSuchKey;
    _                                                           => There;
}

/// The table of this file.
pub(crate) fn tables() -> Vec<Printed> {
    vec![printed::<Finding>()]
}

/// The upload with an id, or the refusal of its absence (`EVAL-404-009`).
pub(super) fn existing<'s>(
    cx: &mut Cx<'_>,
    found: &'s Bucket,
    key: Key,
    reference: UploadRef,
) -> Result<(UploadName, &'s Upload), Refusal> {
    let upload = match reference {
        UploadRef::Named(name) => found.uploads.get(&(key, name)).map(|upload| (name, upload)),
        UploadRef::Made(_) | UploadRef::Malformed => None,
    };
    let case = Finding {
        in_progress: upload.is_some(),
    };
    let code = match case.ruled(cx).0 {
        NoSuchKey => Code::NoSuchKey,
        NoSuchUpload | There => Code::NoSuchUpload,
    };
    upload.ok_or_else(|| Refusal::new(code, EVAL_404_009))
}

/// The state without an upload.
pub(super) fn without(mut state: State, name: BucketName, key: Key, upload: UploadName) -> State {
    if let Some(bucket) = state.buckets.get_mut(&name) {
        bucket.uploads.remove(&(key, upload));
    }
    state
}

/// The permission of those who began an upload, and of the account of a user who did: they need no grant for it (`EVAL-OP-037`, `EVAL-OP-038`).
pub(super) fn authorize_upload(
    cx: &mut Cx<'_>,
    (name, key, reference): Target,
    (by_initiator, by_account): (FacetId, FacetId),
) -> Result<(), Refusal> {
    let need = cx.needed(Some(key));
    let initiator = match reference {
        UploadRef::Named(upload) => cx
            .state
            .buckets
            .get(&name)
            .and_then(|bucket| bucket.uploads.get(&(key, upload)))
            .map(|upload| upload.initiator),
        UploadRef::Made(_) | UploadRef::Malformed => None,
    };
    let by_default = match (cx.caller(), initiator) {
        (Caller::Anonymous, _) => None,
        (_, Some(initiator)) if initiator == cx.caller() => Some(by_initiator),
        // Root, at a bucket of another account: its user began the upload.
        (Caller::Owner, Some(Caller::User)) if cx.is_foreign(name) => Some(by_account),
        (Caller::Owner | Caller::Other | Caller::User, _) => None,
    };
    if let Some(by_default) = by_default
        && !need.is_some_and(|need| denies(cx, name, need))
        && cx.decides(by_default)
    {
        return Ok(());
    }
    cx.authorize(name, need.as_slice())
}
