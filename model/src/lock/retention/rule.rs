//! Whether the lock lets retention be changed (`LOCK-RET-005` to `LOCK-RET-016`, decision 0001).

use Bypass::{WithoutHeader, WithoutPermission, Works};
use Change::{Again, Extended, First, Lowered, Nothing, Raised, Removed, Same, Shortened, Unset};
use Outcome::Locked;
use Passage::Through;

use crate::argument::{BucketName, Key};
use crate::cx::Cx;
use crate::lock::brought::Brought;
use crate::lock::bypass::{Bypass, COMPLIANCE, GOVERNANCE, Outcome};
use crate::lock::hold::{LOCK_HOLD_007, LOCK_HOLD_007_SHORTEN};
use crate::lock::retention::{
    LOCK_RET_005, LOCK_RET_005_EXPIRED, LOCK_RET_006, LOCK_RET_006_COMPLIANCE, LOCK_RET_007,
    LOCK_RET_007_COMPLIANCE, LOCK_RET_008, LOCK_RET_009, LOCK_RET_010_FALSE, LOCK_RET_010_HEADER,
    LOCK_RET_010_PERMISSION, LOCK_RET_010_TEXT, LOCK_RET_010_UNNEEDED, LOCK_RET_011_ALLOWED,
    LOCK_RET_011_REFUSED, LOCK_RET_013, LOCK_RET_014, LOCK_RET_014_BYPASS, LOCK_RET_015, LOCK_RET_015_BYPASS,
    LOCK_RET_016, LOCK_RET_016_BYPASS, Wanted, is_retained,
};
use crate::reply::Refusal;
use crate::state::{Mode, Retention, Version};
use crate::table::{Decision, Printed, printed, table, words};

/// Whether the retention of a version may become what is wanted.
pub(super) fn judge(
    cx: &mut Cx<'_>,
    place: (BucketName, Key),
    version: &Version,
    wanted: Wanted,
    header: Option<bool>,
) -> Result<(), Refusal> {
    let brought = Brought::by(cx, place, Some(version), header);
    let declined = Declined {
        declines: brought.declines(),
    };
    let ruled = declined.ruled(cx);
    brought.carried_out(cx, ruled, |_| Locked)?;
    let bypass = brought.bypass();
    let held = version.retention.filter(|_| is_retained(cx, version).is_some());
    let retained = held.map(|held| held.mode);
    let change = change(cx, held, wanted, version.retention.is_some());
    let passage = Loosening {
        loosens: loosens(retained, change),
        bypass,
    };
    let change = Changing {
        change,
        retained,
        // Whether a hold outlasts its retention (LOCK-HOLD-002) is all the same here: neither prevents a change.
        on_hold: version.hold == Some(true),
        bypass,
        comes_through: passage.ruled(cx).0 == Through,
    };
    let ruled = change.ruled(cx);
    brought.carried_out(cx, ruled, |cx| Text { bypass }.ruled(cx).0)
}

/// What becomes of the retention `held`; `ever` says whether there is any, expired or not.
fn change(cx: &mut Cx<'_>, held: Option<Retention>, wanted: Wanted, ever: bool) -> Change {
    match (held, wanted) {
        (_, Wanted::Nothing) => Nothing,
        (None, Wanted::Removal) => Unset,
        (None, Wanted::Set(_)) if ever => Again,
        (None, Wanted::Set(_)) => First,
        (Some(_), Wanted::Removal) => Removed,
        (Some(held), Wanted::Set(wanted)) => match (held.mode, wanted.mode) {
            (Mode::Compliance, Mode::Governance) => Lowered,
            (_, _) if cx.is_earlier(wanted.until, held.until) => Shortened,
            (Mode::Governance, Mode::Compliance) => Raised,
            (_, _) if wanted.until == held.until => Same,
            (_, _) => Extended,
        },
    }
}

fn loosens(retained: Option<Mode>, change: Change) -> bool {
    retained == GOVERNANCE && (change == Shortened || change == Removed)
}

/// What needs no bypass and sets a date.
fn tightens(change: Change) -> bool {
    matches!(change, First | Again | Same | Extended)
}

words! {
    /// What becomes of the retention of a version.
    enum Change {
        /// Nothing: the document is faulty, and the clause that refuses it repealed.
        Nothing,
        /// There is none to remove.
        Unset,
        /// It is set for the first time.
        First,
        /// It is set after an earlier one has expired.
        Again,
        /// It is removed.
        Removed,
        /// It gets an earlier date.
        Shortened,
        /// It keeps its date.
        Same,
        /// It gets a later date.
        Extended,
        /// COMPLIANCE becomes GOVERNANCE, whatever the date.
        Lowered,
        /// GOVERNANCE becomes COMPLIANCE, not with an earlier date.
        Raised,
    }
}

words! {
    /// Whether a bypass comes through.
    enum Passage {
        /// The bypass comes through.
        Through,
        /// It is as without bypass.
        Stopped,
    }
}

table! {
    /// Whether the bypass header with the value false is checked.
    Declined {
        /// The header is false, and the permission to bypass is missing.
        declines: bool,
    } => Outcome;

    LOCK_RET_010_FALSE      if declines                                             => passes,  or Denied;
    _                                                                               => Allowed;
}

table! {
    /// Whether a bypass comes through where GOVERNANCE is loosened.
    Loosening {
        /// GOVERNANCE gets an earlier date or is removed.
        loosens: bool,
        /// How far a bypass goes.
        bypass: Bypass,
    } => Passage;

    LOCK_RET_010_PERMISSION if loosens && bypass == WithoutPermission               => Stopped, else Through;
    LOCK_RET_010_HEADER     if loosens && bypass == WithoutHeader                   => Stopped, else Through;
    LOCK_RET_010_HEADER     if bypass != Works                                      => Stopped, else same;
    _                                                                               => Through;
}

table! {
    /// Whether the retention of a version may change.
    Changing {
        /// What becomes of the retention.
        change: Change,
        /// Under which mode the version is retained now.
        retained: Option<Mode>,
        /// The version is on hold.
        on_hold: bool,
        /// How far a bypass goes.
        bypass: Bypass,
        /// The bypass comes through.
        comes_through: bool,
    } never {
        (change == First || change == Again || change == Unset) && retained.is_some();
        (change == Removed || change == Shortened || change == Same || change == Extended) && retained.is_none();
        change == Lowered && retained != COMPLIANCE;
        change == Raised && retained != GOVERNANCE;
    } => Outcome;

    // COMPLIANCE is never loosened.
    LOCK_RET_015            if change == Lowered && bypass != Works                             => Protected;
    LOCK_RET_015_BYPASS     if change == Lowered && bypass == Works                             => Protected;
    LOCK_RET_014            if change == Shortened && retained == COMPLIANCE && bypass != Works => Protected;
    LOCK_RET_014_BYPASS     if change == Shortened && retained == COMPLIANCE && bypass == Works => Protected;
    LOCK_RET_016            if change == Removed && retained == COMPLIANCE && bypass != Works   => Protected;
    LOCK_RET_016_BYPASS     if change == Removed && retained == COMPLIANCE && bypass == Works   => Protected;
    // GOVERNANCE is loosened by a bypass only, which a hold does not prevent.
    LOCK_RET_008            if change == Shortened && retained == GOVERNANCE && !comes_through  => Protected;
    LOCK_RET_011_REFUSED    if change == Removed && retained == GOVERNANCE && !comes_through    => Protected;
    LOCK_RET_009            if change == Shortened && retained == GOVERNANCE && comes_through   => passes, else Locked;
    LOCK_RET_011_ALLOWED    if change == Removed && retained == GOVERNANCE && comes_through     => passes, else Locked;
    LOCK_HOLD_007_SHORTEN   if loosens(retained, change) && comes_through && on_hold            => passes, else Locked;
    // What needs no bypass is allowed, on hold or not.
    LOCK_RET_005            if change == First                                                  => passes, else Locked;
    LOCK_RET_005_EXPIRED    if change == Again                                                  => passes, else Locked;
    LOCK_RET_006            if change == Extended && retained == GOVERNANCE                     => passes, else Locked;
    LOCK_RET_006_COMPLIANCE if change == Extended && retained == COMPLIANCE                     => passes, else Locked;
    LOCK_RET_007            if change == Same && retained == GOVERNANCE                         => passes, else Locked;
    LOCK_RET_007_COMPLIANCE if change == Same && retained == COMPLIANCE                         => passes, else Locked;
    LOCK_HOLD_007           if tightens(change) && on_hold                                      => passes, else Locked;
    LOCK_RET_013            if change == Raised && bypass != Works                              => Protected, or passes;
    LOCK_RET_010_UNNEEDED   if bypass == WithoutPermission && (tightens(change) || change == Unset || change == Raised)
                                                                                                => passes, or Denied;
    _                                                                                           => Allowed;
}

table! {
    /// How a change that a lock does not allow is refused: its page ties the permission to the need (decision 0001).
    Text {
        /// How far a bypass goes.
        bypass: Bypass,
    } => Outcome;

    LOCK_RET_010_TEXT       if bypass == WithoutPermission                          => Locked,  or Denied;
    _                                                                               => Locked;
}

/// The tables of this chapter, in the order in which they are read.
pub(crate) fn tables() -> Vec<Printed> {
    vec![
        printed::<Declined>(),
        printed::<Loosening>(),
        printed::<Changing>(),
        printed::<Text>(),
    ]
}
