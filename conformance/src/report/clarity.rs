//! How clearly a program shows what a finding charges: which of several is the example.

use serde::{Deserialize, Serialize};

use super::{Finding, Severity};

/// How clearly a program shows what a finding charges, the clearest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Clarity {
    /// Nothing else explains it, and the program is there to tell it.
    Exact,
    /// Nothing else explains it.
    Alone,
    /// Something else may explain it as well.
    #[default]
    Shared,
}

impl Clarity {
    /// Whether it is what is left out of reports.
    pub(super) fn is_shared(&self) -> bool {
        matches!(self, Clarity::Shared)
    }
}

impl Finding {
    /// The order in which findings of one fault on one route are its example: first those that nothing else explains, of
    /// these the worst, so that what is shown is as bad as is said; among equals the program that is there to tell it, and the
    /// shortest.
    pub(super) fn as_example(&self) -> (bool, Severity, Clarity, usize) {
        let length = self.program.lines().count();
        (self.clarity.is_shared(), self.severity, self.clarity, length)
    }

    /// The order of the examples of one fault on all its routes: the worst first.
    pub(super) fn as_first(&self) -> (Severity, Clarity, usize, Option<String>, String) {
        let length = self.program.lines().count();
        let (route, id) = (self.route.clone(), self.id.clone());
        (self.severity, self.clarity, length, route, id)
    }
}
