//! CompleteMultipartUpload: what is made of the parts, by which versioning state, and where it lies among the versions.

use Newer::{OnlyWrites, UploadFirst, WritesFirst};

use super::again::again;
use super::upload::{Target, existing, without};
use crate::access::ownership::own;
use crate::access::{EVAL_OP_036, Need};
use crate::action::Action;
use crate::argument::{BucketName, Content, Date, Key, LockMode, Tags, UploadName, UploadRef};
use crate::cx::{Cx, Ruling};
use crate::lock::delete::write_allowed;
use crate::lock::write::{default_needs_permission, protection_of_upload};
use crate::reply::{Code, Refusal};
use crate::state::{Bucket, Completed, Since, State, Upload, Version, Versioning};
use crate::table::{Decision, Printed, printed, table, words};
use crate::time::Moment;
use crate::versioning::condition::write::{self as condition, Conditions};
use crate::versioning::write::{
    Object, Place, Stored, VER_PUT_008_ORDER, VER_PUT_008_PART, VER_PUT_008_SMALL, VER_PUT_008_STATE,
    VER_PUT_009, VER_PUT_009_PLAIN, VER_PUT_012, VER_PUT_013, store,
};

/// CompleteMultipartUpload with all parts that were uploaded.
pub(crate) fn complete(cx: &mut Cx<'_>, (name, key, reference): Target, conditions: Conditions) -> Ruling {
    let found = cx.bucket(name)?;
    let mut needs = smallvec::SmallVec::<[Need; 2]>::new();
    needs.extend(cx.needed(Some(key)));
    needs.extend(condition::need(conditions, key));
    if default_needs_permission(cx, found, (LockMode::Absent, Date::Absent)) {
        needs.push(Need::object(EVAL_OP_036, Action::PutObjectRetention, key));
    }
    cx.authorize(name, &needs)?;
    condition::understood(cx, conditions)?;
    if let UploadRef::Named(upload) = reference
        && let Some(completed) = found.completed.get(&(key, upload))
    {
        return again(cx, (name, key), *completed, conditions);
    }
    let (upload_name, upload) = existing(cx, found, key, reference)?;
    let versions = found.versions(key);
    let held = condition::hold(cx, (name, key), versions, conditions)
        .and_then(|()| condition::undisturbed(cx, key, versions.last(), upload.since, conditions));
    let content = joined(cx, upload, held)?;
    write_allowed(cx, found, key)?;
    let protection = protection_of_upload(cx, found, upload)?;
    let object = Object {
        content,
        multipart: Some(date(cx, upload)),
        tags: Tags::default(),
        protection,
    };
    let versioning = state_of(cx, found, upload);
    let place = place(cx, versioning, versions, upload_name, upload);
    let Stored {
        reply,
        mut next,
        made,
    } = store(cx, (name, key), versioning, object, place);
    own(cx, (name, key), upload.initiator, &mut next);
    next = below_later_uploads(without(next, name, key, upload_name), name, key, upload_name);
    if let Some(bucket) = next.buckets.get_mut(&name) {
        let completed = Completed {
            content,
            version: made,
        };
        bucket.completed.insert((key, upload_name), completed);
    }
    Ok((reply, Some(next)))
}

/// The content that the parts make, if the conditions hold; which is reported of both faults is open.
fn joined(cx: &mut Cx<'_>, upload: &Upload, held: Result<(), Refusal>) -> Result<Content, Refusal> {
    match (only_part(cx, upload), held) {
        (Ok(content), Ok(())) => Ok(content),
        (Err(parts), Ok(())) => Err(parts),
        (Ok(_), Err(condition)) => Err(condition),
        (Err(parts), Err(condition)) => {
            let first = cx.choose(VER_PUT_008_ORDER, 2) == 0;
            Err(if first { parts } else { condition })
        }
    }
}

/// The content of an upload's only part: contents are smaller than a part that another may follow.
fn only_part(cx: &mut Cx<'_>, upload: &Upload) -> Result<Content, Refusal> {
    let first = upload.parts.iter().next().map(|(_, content)| *content);
    let case = Parts {
        none: first.is_none(),
        several: upload.parts.iter().count() > 1,
    };
    match case.ruled(cx) {
        (Joined::InvalidPart, Some(by)) => Err(Refusal::new(Code::InvalidPart, by)),
        (Joined::TooSmall, Some(by)) => Err(Refusal::new(Code::EntityTooSmall, by)),
        (Joined::Completed | Joined::InvalidPart | Joined::TooSmall, _) => Ok(first.unwrap_or_default()),
    }
}

words! {
    /// Whether parts can be joined.
    enum Joined {
        /// The upload is completed with the first part.
        Completed,
        /// It is refused with 400 InvalidPart.
        InvalidPart,
        /// It is refused with 400 EntityTooSmall.
        TooSmall,
    }
}

table! {
    /// Whether the parts of an upload can be joined; all that programs write are smaller than 5 MiB.
    Parts {
        /// None was uploaded: the list names one that is not there, as it is never empty on the wire.
        none: bool,
        /// There is more than one.
        several: bool,
    } never {
        none && several;
    } => Joined;

    VER_PUT_008_PART        if none                                     => InvalidPart;
    VER_PUT_008_SMALL       if several                                  => TooSmall;
    _                                                                   => Completed;
}

words! {
    /// Which versioning state decides.
    enum Decides {
        /// That at the completion.
        Completion,
        /// The state when the upload began decides.
        Beginning,
    }
}

table! {
    /// By which versioning state of its bucket an upload is completed.
    StateOf {
        /// It has changed since the upload began.
        changed: bool,
    } => Decides;

    VER_PUT_008_STATE       if changed                          => Completion,      else Beginning;
    _                                                           => Completion;
}

/// The versioning state by which an upload is completed (`VER-PUT-008`).
fn state_of(cx: &mut Cx<'_>, found: &Bucket, upload: &Upload) -> Versioning {
    let case = StateOf {
        changed: upload.versioning != found.versioning,
    };
    match case.ruled(cx).0 {
        Decides::Completion => found.versioning,
        Decides::Beginning => upload.versioning,
    }
}

words! {
    /// What was made of a key since an upload began.
    enum Newer {
        /// No version that is still there.
        Nothing,
        /// Versions by other writes and deletes.
        OnlyWrites,
        /// Versions by other writes and deletes, and above them one by an upload that was begun later.
        WritesFirst,
        /// A version by an upload that was begun later, below all others.
        UploadFirst,
    }
}

words! {
    /// Where the version of a completed upload lies.
    enum Lies {
        /// The one completed last is current.
        OnTop,
        /// It lies where it would if it had been written when the upload began.
        WhereBegun,
        /// It lies below the version of an upload that was begun later, and above other writes.
        BelowUpload,
        /// It is not stored, as another write or delete stands.
        Lost,
    }
}

table! {
    /// Where the version of a completed upload lies.
    Lying {
        /// Versioning is enabled.
        enabled: bool,
        /// Something was written or deleted since the upload began.
        disturbed: bool,
        /// What was made of the key since.
        newer: Newer,
    } => Lies;

    VER_PUT_013             if !enabled && disturbed            => OnTop,           or Lost;
    VER_PUT_009             if enabled && newer == UploadFirst  => WhereBegun,      else OnTop;
    VER_PUT_009             if enabled && newer == WritesFirst  => passes,          else OnTop;
    VER_PUT_009_PLAIN       if enabled && newer == WritesFirst  => WhereBegun,      or BelowUpload;
    VER_PUT_009_PLAIN       if enabled && newer == OnlyWrites   => WhereBegun,      or OnTop;
    _                                                           => OnTop;
}

/// Where the version of a completed upload lies (`VER-PUT-009`, `VER-PUT-013`).
fn place(
    cx: &mut Cx<'_>,
    versioning: Versioning,
    versions: &[Version],
    name: UploadName,
    upload: &Upload,
) -> Place {
    let older = usize::from(upload.older);
    let newer = versions.get(older..).unwrap_or_default();
    let begun_later = newer.iter().position(|version| version.multipart.is_some());
    let case = Lying {
        enabled: versioning == Versioning::Enabled,
        disturbed: upload.since != Since::default(),
        newer: match begun_later {
            None if newer.is_empty() => Newer::Nothing,
            None => OnlyWrites,
            Some(0) => UploadFirst,
            Some(_) => WritesFirst,
        },
    };
    match case.ruled(cx).0 {
        Lies::OnTop => Place::Current,
        Lies::WhereBegun => Place::Above(older, name),
        Lies::BelowUpload => Place::Above(older + begun_later.unwrap_or_default(), name),
        Lies::Lost => Place::Lost,
    }
}

words! {
    /// When the version of an upload was made.
    enum Dated {
        /// When the upload began.
        Beginning,
        /// When it was completed.
        Completion,
    }
}

table! {
    /// When the version of a completed upload was made.
    Dating {
        /// It is completed at another instant than it began.
        later: bool,
    } => Dated;

    VER_PUT_012             if later                            => Beginning,       or Completion;
    _                                                           => Beginning;
}

/// When the version of an upload that is completed now was made (`VER-PUT-012`).
fn date(cx: &mut Cx<'_>, upload: &Upload) -> Moment {
    let case = Dating {
        later: upload.begun != cx.now,
    };
    match case.ruled(cx).0 {
        Dated::Beginning => upload.begun,
        Dated::Completion => cx.now,
    }
}

/// The state in which the version of a completed upload counts as older than the uploads begun after it.
fn below_later_uploads(mut state: State, name: BucketName, key: Key, completed: UploadName) -> State {
    if let Some(bucket) = state.buckets.get_mut(&name) {
        let later: Vec<(Key, UploadName)> = bucket
            .uploads
            .iter()
            .map(|(place, _)| *place)
            .filter(|(of, upload)| *of == key && *upload > completed)
            .collect();
        for place in later {
            if let Some(upload) = bucket.uploads.get_mut(&place) {
                upload.older = upload.older.saturating_add(1);
            }
        }
    }
    state
}

/// The tables of this file, in the order in which they are read.
pub(crate) fn tables() -> Vec<Printed> {
    vec![
        printed::<Parts>(),
        printed::<StateOf>(),
        printed::<Lying>(),
        printed::<Dating>(),
    ]
}
