//! What is in force: the whole law, or the law with facets repealed and branches fixed, as a reading of it asks.

use crate::request::Route;
use crate::words::FacetId;

/// Which facets are in force on which routes, and which branch is taken where S3 is undocumented.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Law {
    repealed: Vec<(FacetId, Route)>,
    fixed: Vec<(FacetId, u8)>,
}

impl Law {
    /// S3: every facet in force, every undocumented branch allowed.
    #[must_use]
    pub fn full() -> Law {
        Law::default()
    }

    /// This law with one facet put to its else on one route.
    #[must_use]
    pub fn without(mut self, facet: FacetId, route: Route) -> Law {
        if let Err(at) = self.repealed.binary_search(&(facet, route)) {
            self.repealed.insert(at, (facet, route));
        }
        self
    }

    /// Fixes an undocumented choice to one branch (0 is ours).
    pub fn fix(&mut self, facet: FacetId, branch: u8) {
        self.fixed.retain(|(fixed, _)| *fixed != facet);
        self.fixed.push((facet, branch));
        self.fixed.sort_unstable();
    }

    /// Whether a facet is in force on a route.
    #[must_use]
    pub fn holds(&self, facet: FacetId, route: Route) -> bool {
        self.repealed.is_empty() || self.repealed.binary_search(&(facet, route)).is_err()
    }

    /// The branch that an undocumented choice is fixed to, if it is.
    #[must_use]
    pub fn branch(&self, facet: FacetId) -> Option<u8> {
        if self.fixed.is_empty() {
            return None;
        }
        let at = self
            .fixed
            .binary_search_by_key(&facet, |(fixed, _)| *fixed)
            .ok()?;
        self.fixed.get(at).map(|(_, branch)| *branch)
    }

    /// What is repealed, in order.
    #[must_use]
    pub fn repealed(&self) -> &[(FacetId, Route)] {
        &self.repealed
    }

    /// Which choices are fixed, in order.
    #[must_use]
    pub fn fixed(&self) -> &[(FacetId, u8)] {
        &self.fixed
    }
}
