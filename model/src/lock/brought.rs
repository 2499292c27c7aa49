//! What a request brings against governance, and what an outcome comes to (decision 0001).

use crate::access::{Denial, Need, denied};
use crate::action::Action;
use crate::argument::{BucketName, Key};
use crate::cx::Cx;
use crate::lock::bypass::Bypass::{self, Neither, WithoutHeader, WithoutPermission, Works};
use crate::lock::bypass::Outcome;
use crate::lock::delete::LOCK_DEL_002_PERMISSION;
use crate::lock::locked;
use crate::reply::Refusal;
use crate::state::{Mode, Version};
use crate::table::Ruled;
use crate::words::FacetId;

/// What a request brings against governance.
#[derive(Clone, Copy, Debug)]
pub(super) struct Brought {
    header: Option<bool>,
    /// Why the permission to bypass is missing, if it is, and anybody asks.
    denial: Option<Denial>,
}

impl Brought {
    /// Asks for the permission, but where neither the header nor governance, expired or not, brings it into play.
    pub(super) fn by(
        cx: &mut Cx<'_>,
        (name, key): (BucketName, Key),
        version: Option<&Version>,
        header: Option<bool>,
    ) -> Brought {
        let retention = version.and_then(|version| version.retention);
        let governed = retention.is_some_and(|retention| retention.mode == Mode::Governance);
        let in_play = header.is_some() || governed;
        Brought {
            header,
            denial: in_play.then(|| may_bypass(cx, (name, key)).err()).flatten(),
        }
    }

    /// Whether the header is false, and the permission missing.
    pub(super) fn declines(self) -> bool {
        self.header == Some(false) && self.denial.is_some()
    }

    /// How far the bypass goes.
    pub(super) fn bypass(self) -> Bypass {
        match (self.header == Some(true), self.denial.is_some()) {
            (true, true) => WithoutPermission,
            (true, false) => Works,
            (false, true) => Neither,
            (false, false) => WithoutHeader,
        }
    }

    /// What an outcome comes to; `protected` says how it looks where the lock refuses and the text is open.
    pub(super) fn carried_out(
        self,
        cx: &mut Cx<'_>,
        (outcome, by): Ruled<Outcome>,
        protected: impl FnOnce(&mut Cx<'_>) -> Outcome,
    ) -> Result<(), Refusal> {
        let Some(by) = by.filter(|_| outcome != Outcome::Allowed) else {
            return Ok(());
        };
        let outcome = if outcome == Outcome::Protected {
            protected(cx)
        } else {
            outcome
        };
        match (outcome, self.denial) {
            (Outcome::Denied, Some(denial)) => Err(denied_by(cx, denial, by)),
            (Outcome::Denied | Outcome::Locked | Outcome::Protected | Outcome::Allowed, _) => {
                Err(locked(cx, by))
            }
        }
    }
}

/// The permission to bypass governance, or why it is missing.
pub(super) fn may_bypass(cx: &mut Cx<'_>, (name, key): (BucketName, Key)) -> Result<(), Denial> {
    let need = Need::object(LOCK_DEL_002_PERMISSION, Action::BypassGovernanceRetention, key);
    cx.permits(name, need)
}

/// The refusal for want of the permission to bypass, by the facet that has it asked.
pub(super) fn denied_by(cx: &mut Cx<'_>, denial: Denial, facet: FacetId) -> Refusal {
    let mut refusal = denied(cx, denial);
    refusal.by = facet;
    refusal
}
