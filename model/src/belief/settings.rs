//! Settings of buckets, which S3 carries to its servers in a time of their own (`VER-CONS-004`): while one is on its way a
//! request may be ruled on by the old settings or the new ones, whichever came first.

use super::Belief;
use crate::state::State;

impl Belief {
    /// The same belief, but for buckets that are set as they are in another state.
    #[must_use]
    pub fn under(&self, set: &State) -> Belief {
        let mut under = Belief { held: Vec::new() };
        for held in &self.held {
            let mut held = held.clone();
            for (name, bucket) in held.possibility.state.buckets.iter_mut() {
                if let Some(as_set) = set.buckets.get(name) {
                    bucket.versioning = as_set.versioning;
                    bucket.lock.clone_from(&as_set.lock);
                    bucket.policy = as_set.policy;
                    bucket.public_access = as_set.public_access;
                    bucket.ownership = as_set.ownership;
                }
            }
            under.hold(held);
        }
        under
    }
}
