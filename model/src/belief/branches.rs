//! The branches of open choices that may have led to a possibility.

use std::collections::BTreeSet;

use crate::clause::FacetId;

/// Undocumented branches: facet and branch.
pub type Branches = BTreeSet<(FacetId, u8)>;

/// How a possibility was reached.
///
/// An endpoint that takes one branch here and another there is lawful, and is thought of last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Path {
    taken: Branches,
    /// Whether no single branch of some choice explains all of the path.
    mixed: bool,
}

impl Path {
    /// Goes on along branches.
    pub(super) fn take(&mut self, branches: &[(FacetId, u8)]) {
        for (facet, branch) in branches {
            let known = |(other, _): &(FacetId, u8)| other == facet;
            self.mixed |= self.taken.iter().any(known) && !self.taken.contains(&(*facet, *branch));
            if !self.mixed {
                self.taken.retain(|one| !known(one));
            }
            self.taken.insert((*facet, *branch));
        }
    }

    /// Takes in another path to the same possibility.
    pub(super) fn join(&mut self, other: Path) {
        match (self.mixed, other.mixed) {
            (true, false) => *self = other,
            (false, true) => {}
            (true, true) | (false, false) => self.taken.extend(other.taken),
        }
    }
}

/// The branches that an endpoint may have taken, given the paths to all that is possible.
pub(super) fn of<'p>(paths: impl Iterator<Item = &'p Path> + Clone) -> Branches {
    let mixed = paths.clone().all(|path| path.mixed);
    let likely = paths.filter(|path| path.mixed == mixed);
    likely.flat_map(|path| path.taken.iter().copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: FacetId = FacetId(1);
    const OTHER: FacetId = FacetId(2);

    fn path(branches: &[(FacetId, u8)]) -> Path {
        let mut path = Path::default();
        branches.iter().for_each(|branch| path.take(&[*branch]));
        path
    }

    #[test]
    fn paths_that_stay_with_a_branch_are_believed_before_others() {
        let (straight, mixed) = (
            path(&[(ONE, 0), (OTHER, 1), (ONE, 0)]),
            path(&[(ONE, 0), (ONE, 1)]),
        );
        assert_eq!(of([&mixed, &straight].into_iter()), [(ONE, 0), (OTHER, 1)].into());
        assert_eq!(of([&mixed].into_iter()), [(ONE, 0), (ONE, 1)].into());
        let mut joined = mixed.clone();
        joined.join(straight.clone());
        assert_eq!(joined, straight);
        joined.join(mixed);
        assert_eq!(joined, straight);
    }

    #[test]
    fn what_was_open_is_settled_by_a_later_branch() {
        let mut open = path(&[(ONE, 0)]);
        open.join(path(&[(ONE, 1)]));
        assert_eq!(of([&open].into_iter()), [(ONE, 0), (ONE, 1)].into());
        open.take(&[(ONE, 1)]);
        assert_eq!(of([&open].into_iter()), [(ONE, 1)].into());
    }
}
