//! Bypassing governance: how far a bypass goes, and how a lock refuses where one is asked for (decision 0001).

use crate::state::Mode;
use crate::table::words;

/// Under COMPLIANCE, as a fact of a table.
pub(super) const COMPLIANCE: Option<Mode> = Some(Mode::Compliance);
/// Under GOVERNANCE, as a fact of a table.
pub(super) const GOVERNANCE: Option<Mode> = Some(Mode::Governance);

words! {
    /// How far a bypass of governance goes.
    pub(super) enum Bypass {
        /// The header is true and the permission is there.
        Works,
        /// The header is true, the permission is missing.
        WithoutPermission,
        /// The permission is there, the header is not true.
        WithoutHeader,
        /// Neither is there.
        Neither,
    }
}

words! {
    /// What a lock rules.
    pub(super) enum Outcome {
        /// It is allowed.
        Allowed,
        /// The lock refuses; with the header and without the permission the text is open.
        Protected,
        /// The lock refuses, with its own text.
        Locked,
        /// It is refused for want of the permission to bypass.
        Denied,
    }
}
