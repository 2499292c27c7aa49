//! Whether the lock lets retention be changed (`LOCK-RET-005` to `LOCK-RET-016`, decision 0001).

use crate::access::{Denial, Need, denied};
use crate::action::Action;
use crate::argument::{BucketName, Key};
use crate::clause::FacetId;
use crate::cx::Cx;
use crate::lock::hold::{LOCK_HOLD_007, LOCK_HOLD_007_SHORTEN};
use crate::lock::retention::{
    LOCK_RET_005, LOCK_RET_005_EXPIRED, LOCK_RET_006, LOCK_RET_006_COMPLIANCE, LOCK_RET_007,
    LOCK_RET_007_COMPLIANCE, LOCK_RET_008, LOCK_RET_009, LOCK_RET_010_FALSE, LOCK_RET_010_HEADER,
    LOCK_RET_010_PERMISSION, LOCK_RET_010_TEXT, LOCK_RET_010_UNNEEDED, LOCK_RET_011_ALLOWED,
    LOCK_RET_011_REFUSED, LOCK_RET_013, LOCK_RET_014, LOCK_RET_014_BYPASS, LOCK_RET_015, LOCK_RET_015_BYPASS,
    LOCK_RET_016, LOCK_RET_016_BYPASS, Wanted, is_retained,
};
use crate::lock::{permit, protect_or_deny};
use crate::reply::Refusal;
use crate::state::{Mode, Retention, Version};

/// Whether the caller asks for a bypass, and why it may not bypass if so.
#[derive(Clone, Copy, Debug)]
struct Bypass {
    asked: bool,
    denial: Option<Denial>,
}

impl Bypass {
    /// Header and permission are there.
    fn works(self) -> bool {
        self.asked && self.denial.is_none()
    }

    /// The missing permission, if the header was sent without it.
    fn unpermitted(self) -> Option<Denial> {
        self.denial.filter(|_| self.asked)
    }
}

/// Whether the retention of a version may become what is wanted.
pub(super) fn judge(
    cx: &mut Cx<'_>,
    (name, key): (BucketName, Key),
    version: &Version,
    wanted: Wanted,
    header: Option<bool>,
) -> Result<(), Refusal> {
    // Nobody asks for the permission where neither the header nor governance brings it into play.
    let governed = version
        .retention
        .is_some_and(|held| held.mode == Mode::Governance);
    let denial = if header.is_some() || governed {
        let need = Need::object(LOCK_RET_010_PERMISSION, Action::BypassGovernanceRetention, key);
        cx.permits(name, need).err()
    } else {
        None
    };
    let bypass = Bypass {
        asked: header == Some(true),
        denial,
    };
    if header == Some(false)
        && let Some(denial) = bypass.denial
        && cx.choose(LOCK_RET_010_FALSE, 2) == 1
    {
        let mut refusal = denied(cx, denial);
        refusal.by = LOCK_RET_010_FALSE;
        return Err(refusal);
    }
    let on_hold = version.hold == Some(true);
    let held = version.retention.filter(|_| is_retained(cx, version).is_some());
    match (held, wanted) {
        (_, Wanted::Nothing) => Ok(()),
        (None, Wanted::Removal) => unneeded(cx, bypass),
        (None, Wanted::Set(_)) => {
            let facet = if version.retention.is_some() {
                LOCK_RET_005_EXPIRED
            } else {
                LOCK_RET_005
            };
            tightened(cx, bypass, facet, on_hold)
        }
        (Some(held), Wanted::Removal) => removed(cx, bypass, held.mode, on_hold),
        (Some(held), Wanted::Set(wanted)) => match (held.mode, wanted.mode) {
            (Mode::Compliance, Mode::Governance) => fixed(cx, bypass, (LOCK_RET_015, LOCK_RET_015_BYPASS)),
            (Mode::Compliance, Mode::Compliance) => dated(cx, bypass, held, wanted, on_hold),
            (Mode::Governance, Mode::Compliance) => raised(cx, bypass, held, wanted, on_hold),
            (Mode::Governance, Mode::Governance) => dated(cx, bypass, held, wanted, on_hold),
        },
    }
}

/// Another date in the same mode.
fn dated(
    cx: &mut Cx<'_>,
    bypass: Bypass,
    held: Retention,
    wanted: Retention,
    on_hold: bool,
) -> Result<(), Refusal> {
    let governance = held.mode == Mode::Governance;
    if cx.is_earlier(wanted.until, held.until) {
        return if governance {
            loosened(cx, bypass, (LOCK_RET_009, LOCK_RET_008), on_hold)
        } else {
            fixed(cx, bypass, (LOCK_RET_014, LOCK_RET_014_BYPASS))
        };
    }
    let facet = match (wanted.until == held.until, governance) {
        (true, true) => LOCK_RET_007,
        (true, false) => LOCK_RET_007_COMPLIANCE,
        (false, true) => LOCK_RET_006,
        (false, false) => LOCK_RET_006_COMPLIANCE,
    };
    tightened(cx, bypass, facet, on_hold)
}

/// An empty document.
fn removed(cx: &mut Cx<'_>, bypass: Bypass, mode: Mode, on_hold: bool) -> Result<(), Refusal> {
    match mode {
        Mode::Compliance => fixed(cx, bypass, (LOCK_RET_016, LOCK_RET_016_BYPASS)),
        Mode::Governance => loosened(cx, bypass, (LOCK_RET_011_ALLOWED, LOCK_RET_011_REFUSED), on_hold),
    }
}

/// What needs no bypass is allowed, on hold or not.
fn tightened(cx: &mut Cx<'_>, bypass: Bypass, facet: FacetId, on_hold: bool) -> Result<(), Refusal> {
    permit(cx, facet)?;
    if on_hold {
        permit(cx, LOCK_HOLD_007)?;
    }
    unneeded(cx, bypass)
}

/// Loosening GOVERNANCE needs the header and the permission together (`LOCK-RET-010`).
fn loosened(
    cx: &mut Cx<'_>,
    bypass: Bypass,
    (works, refuses): (FacetId, FacetId),
    on_hold: bool,
) -> Result<(), Refusal> {
    let passes = match (bypass.asked, bypass.denial) {
        (true, None) => true,
        (true, Some(_)) => !cx.decides(LOCK_RET_010_PERMISSION),
        (false, None) => !cx.decides(LOCK_RET_010_HEADER),
        (false, Some(_)) => false,
    };
    if !passes {
        return protect_or_deny(cx, refuses, bypass.unpermitted(), (LOCK_RET_010_TEXT, false));
    }
    permit(cx, works)?;
    if on_hold {
        permit(cx, LOCK_HOLD_007_SHORTEN)?;
    }
    Ok(())
}

/// What COMPLIANCE never allows, with or without bypass.
fn fixed(cx: &mut Cx<'_>, bypass: Bypass, (plain, bypassed): (FacetId, FacetId)) -> Result<(), Refusal> {
    let facet = if bypass.works() { bypassed } else { plain };
    protect_or_deny(cx, facet, bypass.unpermitted(), (LOCK_RET_010_TEXT, false))
}

/// GOVERNANCE to COMPLIANCE: whether it needs a bypass is not recorded (`LOCK-RET-013`).
///
/// An earlier date is shortening all the same (`LOCK-RET-008`).
fn raised(
    cx: &mut Cx<'_>,
    bypass: Bypass,
    held: Retention,
    wanted: Retention,
    on_hold: bool,
) -> Result<(), Refusal> {
    if cx.is_earlier(wanted.until, held.until) {
        return loosened(cx, bypass, (LOCK_RET_009, LOCK_RET_008), on_hold);
    }
    if bypass.works() {
        return Ok(());
    }
    if cx.choose(LOCK_RET_013, 2) == 1 {
        return unneeded(cx, bypass);
    }
    protect_or_deny(cx, LOCK_RET_013, bypass.unpermitted(), (LOCK_RET_010_TEXT, false))
}

/// The header was sent without the permission where no bypass is needed.
fn unneeded(cx: &mut Cx<'_>, bypass: Bypass) -> Result<(), Refusal> {
    if let Some(denial) = bypass.unpermitted()
        && cx.choose(LOCK_RET_010_UNNEEDED, 2) == 1
    {
        let mut refusal = denied(cx, denial);
        refusal.by = LOCK_RET_010_UNNEEDED;
        return Err(refusal);
    }
    Ok(())
}
