//! DeleteObjects: which decisions it takes in which order, and what it reports.

use Fate::{CarriedOut, Malformed, NoDigest};
use Reported::Listed;

use super::entry::{self, one};
use super::{VER_MDEL_002, VER_MDEL_002_MANY, VER_MDEL_003, VER_MDEL_011, VER_MDEL_011_ERRORS};
use crate::argument::{BucketName, Identifier, Integrity, Times};
use crate::cx::{Cx, Ruling};
use crate::lock::LOCK_API_005;
use crate::lock::delete::{LOCK_DEL_008, header_allowed};
use crate::reply::{Code, Entries, Entry, Refusal, Reply, ReplyBody};
use crate::request::Route::*;
use crate::state::State;
use crate::table::{Decision, Printed, effects, printed, table, words};

/// How many entries a request may have (`VER-MDEL-002`).
const MOST_ENTRIES: usize = 1000;

words! {
    /// What becomes of a DeleteObjects.
    enum Fate {
        /// It is 200, with a result for each of its entries.
        CarriedOut,
        /// It is refused with 400 InvalidRequest, for want of a digest.
        NoDigest,
        /// It is refused with 400 MalformedXML.
        Malformed,
    }
}

table! {
    /// Whether a DeleteObjects is carried out.
    Deleting {
        /// No digest of the document is sent.
        undigested: bool,
        /// It has no entry.
        empty: bool,
        /// It has more than 1000.
        too_many: bool,
    } never {
        empty && too_many;
    } => Fate;

    VER_MDEL_003            if undigested                   => NoDigest;
    VER_MDEL_002            if empty                        => Malformed;
    VER_MDEL_002_MANY       if too_many                     => Malformed;
    _                                                       => CarriedOut;
}

words! {
    /// Whether the result of an entry is listed.
    enum Reported {
        /// It is listed.
        Listed,
        /// It is suppressed.
        Suppressed,
    }
}

table! {
    /// Whether the result of an entry is listed.
    Reporting {
        /// Quiet is asked for.
        quiet: bool,
        /// The entry is refused.
        is_error: bool,
    } => Reported, unnoted;

    VER_MDEL_011_ERRORS     if quiet && is_error            => Listed,      else Suppressed;
    VER_MDEL_011            if quiet && !is_error           => Suppressed;
    _                                                       => Listed;
}

/// The tables of this chapter, in the order in which they are read.
pub(crate) fn tables() -> Vec<Printed> {
    let own = vec![printed::<Deleting>(), printed::<Reporting>()];
    [own, entry::tables()].concat()
}

/// DeleteObjects.
pub(crate) fn objects(
    cx: &mut Cx<'_>,
    name: BucketName,
    identifiers: &[Identifier],
    (bypass, quiet, integrity, times): (Option<bool>, bool, Integrity, Times),
) -> Ruling {
    let found = cx.bucket(name)?;
    let times = usize::from(times.0);
    let case = Deleting {
        undigested: integrity == Integrity::Absent,
        empty: identifiers.is_empty(),
        too_many: identifiers.len() * times > MOST_ENTRIES,
    };
    match case.ruled(cx) {
        (NoDigest, Some(by)) => {
            return Err(Refusal::new(Code::InvalidRequest, by)
                .saying("Missing required header for this request: Content-MD5 OR x-amz-checksum-*"));
        }
        (Malformed, Some(by)) => return Err(Refusal::new(Code::MalformedXML, by)),
        (CarriedOut | NoDigest | Malformed, _) => {}
    }
    header_allowed(cx, found, bypass)?;
    // Where too many are carried out, those that come again find nothing that the first have left.
    let times = if case.too_many { 1 } else { times };
    let mut entries = Entries::new();
    let mut changed: Option<State> = None;
    for (position, identifier) in std::iter::repeat_n(identifiers, times).flatten().enumerate() {
        let bypass = (bypass, position == 0);
        let (entry, next) = match &changed {
            None => one(cx, name, *identifier, bypass),
            Some(left) => cx.at(left, |cx| one(cx, name, *identifier, bypass)),
        }?;
        changed = next.or(changed);
        let stops = stops(cx, &entry, position + 1 < identifiers.len());
        if is_reported(cx, &entry, quiet) {
            entries.push(entry);
        }
        cx.route = DeleteObjects;
        if stops {
            break;
        }
    }
    let mut reply = Reply::success(200);
    reply.body = ReplyBody::Entries {
        ordered: false,
        entries,
    };
    Ok((reply, changed))
}

/// Whether the result of an entry is listed (`VER-MDEL-011`).
fn is_reported(cx: &mut Cx<'_>, entry: &Entry, quiet: bool) -> bool {
    let is_error = entry.element == "Error";
    (Reporting { quiet, is_error }).ruled(cx).0 == Listed
}

/// Whether a locked entry stops those after it (`LOCK-DEL-008`).
fn stops(cx: &mut Cx<'_>, entry: &Entry, others_follow: bool) -> bool {
    let is_locked = entry.fields.iter().any(|field| field.by == LOCK_API_005);
    let mut stops = false;
    effects! { cx;
        LOCK_DEL_008    if is_locked && others_follow   => never stops = true;
    }
    stops
}
