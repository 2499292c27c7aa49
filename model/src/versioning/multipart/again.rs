//! The completion of an upload that is completed, with the same parts (`VER-PUT-014`).

use Repeated::{Failed, NoSuchUpload, Succeeds};

use crate::argument::{BucketName, Etag, Key, Tags};
use crate::cx::{Cx, Ruling};
use crate::lock::write::Protection;
use crate::reply::{Code, Name, Refusal, Reply};
use crate::state::{Completed, Version};
use crate::table::{Decision, Printed, effects, printed, table, words};
use crate::versioning::condition::write::Conditions;
use crate::versioning::condition::{AskedBy, failed, matches};
use crate::versioning::read::show_etag;
use crate::versioning::write::{
    Object, Place, VER_PUT_014, VER_PUT_014_CONDITION, VER_PUT_014_ETAG, VER_PUT_014_FORGOTTEN,
    VER_PUT_014_IF_MATCH, VER_PUT_014_NOTHING, store,
};

words! {
    /// How the completion of a completed upload is answered.
    enum Repeated {
        /// As the first was.
        Succeeds,
        /// It is 404 NoSuchUpload.
        NoSuchUpload,
        /// It is 412 PreconditionFailed: If-None-Match: * fails on the object that it made.
        Failed,
    }
}

table! {
    /// How the completion of an upload is answered that is completed.
    Repeating {
        /// It is completed.
        completed: bool,
        /// The object that it made is there.
        is_there: bool,
        /// If-None-Match: * is asked.
        if_none_match: bool,
        /// The key has an object.
        object: bool,
    } never {
        !completed && is_there;
    } => Repeated;

    VER_PUT_014             if completed                                => passes,  else NoSuchUpload;
    VER_PUT_014_FORGOTTEN   if completed && !is_there                   => passes,  or NoSuchUpload;
    VER_PUT_014_CONDITION   if completed && if_none_match && object     => passes,  else Failed;
    _                                                                   => Succeeds;
}

/// The table of this file.
pub(crate) fn tables() -> Vec<Printed> {
    vec![printed::<Repeating>()]
}

/// The completion of an upload that is completed, with the same parts (`VER-PUT-014`).
pub(super) fn again(
    cx: &mut Cx<'_>,
    (name, key): (BucketName, Key),
    completed: Completed,
    conditions: Conditions,
) -> Ruling {
    let found = cx.bucket(name)?;
    let made = found.version(key, completed.version);
    let current = found.current(key).filter(|current| !current.is_marker());
    let case = Repeating {
        completed: true,
        is_there: made
            .is_some_and(|made| made.content == Some(completed.content) && made.multipart.is_some()),
        if_none_match: conditions.if_none_match == Etag::Any,
        object: current.is_some(),
    };
    match case.ruled(cx) {
        (NoSuchUpload, Some(by)) => return Err(Refusal::new(Code::NoSuchUpload, by)),
        (Failed, Some(by)) => return Err(failed(by, "If-None-Match")),
        (Succeeds | NoSuchUpload | Failed, _) => {}
    }
    if conditions.if_match != Etag::Unconditional {
        again_if_match(cx, current, conditions.if_match)?;
    }
    let (mut reply, mut next) = (Reply::success(200), None);
    let etag = (completed.content, true);
    show_etag(cx, &mut reply, Name::EtagElement, etag, VER_PUT_014_ETAG);
    let object = Object {
        content: completed.content,
        multipart: Some(cx.now),
        tags: Tags::default(),
        protection: Protection::default(),
    };
    effects! { cx;
        VER_PUT_014_NOTHING => never next = Some(store(cx, (name, key), found.versioning, object, Place::Current).next);
    }
    Ok((reply, next))
}

/// If-Match of a second completion: whether it is judged once more is not recorded.
fn again_if_match(cx: &mut Cx<'_>, current: Option<&Version>, etag: Etag) -> Result<(), Refusal> {
    if current.is_some_and(|current| matches(cx, current, etag, AskedBy::Write)) {
        return match cx.choose(VER_PUT_014_IF_MATCH, 3) {
            2 => Err(Refusal::new(
                Code::ConditionalRequestConflict,
                VER_PUT_014_IF_MATCH,
            )),
            _ => Ok(()),
        };
    }
    let code = match current {
        Some(_) => Code::PreconditionFailed,
        None => Code::NoSuchKey,
    };
    match cx.choose(VER_PUT_014_IF_MATCH, 3) {
        0 => Ok(()),
        _ => Err(Refusal::new(code, VER_PUT_014_IF_MATCH)),
    }
}
