//! How a request is carried out: at once, or in tests in some other way, such as a server with a race would.

use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

use bucketlaw_model::law::Law;
use bucketlaw_model::reply::Reply;
use bucketlaw_model::request::Request;
use bucketlaw_model::state::State;
use bucketlaw_model::step::step;
use bucketlaw_model::time::{Moment, Time};
use bucketlaw_model::world::World;

use super::lock;

/// Carries requests out. Several may be under way in one state.
pub trait Rule: std::fmt::Debug + Send + Sync {
    /// Rules on a request, changes the state, and returns the reply; `None` if there is no ruling.
    fn rule(&self, law: &Law, world: &World, state: &Mutex<State>, request: &Request) -> Option<Reply>;
}

/// Each request as one atomic step, whatever else is in flight.
#[derive(Clone, Copy, Debug)]
pub struct AtOnce;

impl Rule for AtOnce {
    fn rule(&self, law: &Law, world: &World, state: &Mutex<State>, request: &Request) -> Option<Reply> {
        let mut state = lock(state);
        let transitions = step(law, world, &state, request, Moment::exactly(now()));
        let transition = transitions.into_iter().next()?;
        if let Some(next) = transition.next {
            *state = next;
        }
        Some(transition.reply)
    }
}

/// The time by which requests are ruled on.
#[must_use]
pub fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
