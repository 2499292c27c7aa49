//! What reads and listings show of lock state (`LOCK-HDR-013`, `LOCK-HDR-014`, `LOCK-HDR-016`).

use Showing::{Hidden, Nothing, Shown};

use super::{
    LOCK_HDR_013, LOCK_HDR_013_DATE, LOCK_HDR_013_HOLD, LOCK_HDR_013_NO_HOLD, LOCK_HDR_013_NO_MODE,
    LOCK_HDR_014, LOCK_HDR_014_HOLD, LOCK_HDR_014_SUCCEEDS, LOCK_HDR_016,
};
use crate::access::{Need, denied};
use crate::action::Action;
use crate::argument::{BucketName, Key};
use crate::cx::Cx;
use crate::lock::LockState;
use crate::lock::hold::LOCK_HOLD_004_HEADER;
use crate::lock::retention::{LOCK_RET_017_HEADERS, has_lapsed};
use crate::reply::{Fields, Refusal, Reply, Value};
use crate::state::Version;
use crate::table::{Decision, Printed, fields, printed, table, words};

words! {
    /// Whether a read shows lock state.
    enum Showing {
        /// It is shown to everybody who may read.
        Shown,
        /// It is not shown.
        Hidden,
        /// The read is refused.
        Refused,
        /// There is nothing to show.
        Nothing,
    }
}

table! {
    /// Whether a read shows lock state.
    Seeing {
        /// Which lock state it is about.
        about: LockState,
        /// The caller may get it: s3:GetObjectRetention, s3:GetObjectLegalHold.
        permitted: bool,
    } => Showing;

    LOCK_HDR_014_SUCCEEDS   if !permitted                                       => passes,  else Refused;
    LOCK_HDR_014            if !permitted && about == LockState::Retention      => Hidden;
    LOCK_HDR_014_HOLD       if !permitted && about == LockState::LegalHold      => Hidden;
    _                                                                           => Shown;
}

/// Whether a read shows lock state.
fn seen(cx: &mut Cx<'_>, (name, key): (BucketName, Key), about: LockState) -> Result<Showing, Refusal> {
    let (facet, action) = match about {
        LockState::Retention => (LOCK_HDR_014, Action::GetObjectRetention),
        LockState::LegalHold => (LOCK_HDR_014_HOLD, Action::GetObjectLegalHold),
    };
    let denial = cx.permits(name, Need::object(facet, action, key)).err();
    let case = Seeing {
        about,
        permitted: denial.is_none(),
    };
    match (case.ruled(cx).0, denial) {
        (Showing::Refused, Some(denial)) => Err(denied(cx, denial)),
        (showing, _) => Ok(showing),
    }
}

/// Shows lock headers on a read.
pub(crate) fn show_protection(
    cx: &mut Cx<'_>,
    reply: &mut Reply,
    place: (BucketName, Key),
    version: &Version,
) -> Result<(), Refusal> {
    let retention = version
        .retention
        .filter(|retention| !has_lapsed(cx, *retention, LOCK_RET_017_HEADERS));
    let seen_retention = match retention {
        Some(_) => seen(cx, place, LockState::Retention)?,
        None => Nothing,
    };
    let mode = Value::Text(retention.map_or("GOVERNANCE", |retention| retention.mode.name()));
    let date = retention.map_or(Value::Absent, |retention| Value::Date(retention.shown(cx.now)));
    fields! { cx, reply;
        LOCK_HDR_013            if seen_retention == Shown      => require LockMode, mode;
        LOCK_HDR_013_DATE       if seen_retention == Shown      => require RetainUntil, date;
        LOCK_HDR_014            if seen_retention == Hidden     => forbid LockMode, mode;
        LOCK_HDR_014            if seen_retention == Hidden     => forbid RetainUntil, date;
        LOCK_HDR_013_NO_MODE    if seen_retention == Nothing    => forbid LockMode, mode;
    }
    let seen_hold = match version.hold {
        Some(_) => seen(cx, place, LockState::LegalHold)?,
        None => Nothing,
    };
    let on = version.hold == Some(true);
    let hold = Value::Text(if on { "ON" } else { "OFF" });
    fields! { cx, reply;
        LOCK_HDR_013_HOLD       if seen_hold == Shown && on     => require LegalHold, hold;
        LOCK_HOLD_004_HEADER    if seen_hold == Shown && !on    => require LegalHold, hold;
        LOCK_HDR_014_HOLD       if seen_hold == Hidden          => forbid LegalHold, hold;
        LOCK_HDR_013_NO_HOLD    if seen_hold == Nothing         => forbid LegalHold, hold;
    }
    Ok(())
}

/// Listings show no lock state.
pub(crate) fn hide_from_listing(cx: &mut Cx<'_>, listed: &mut Fields, version: &Version) {
    let Some(retention) = version.retention else {
        return;
    };
    fields! { cx, listed;
        LOCK_HDR_016            => forbid ObjectLockElement, Value::Text(retention.mode.name());
    }
}

/// The tables of what is shown, in the order in which they are read.
pub(super) fn tables() -> Vec<Printed> {
    vec![printed::<Seeing>()]
}
