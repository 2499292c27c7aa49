//! What a request did that the law refuses and an endpoint carried out.

use super::{Belief, Expected, Observation};
use crate::law::Law;
use crate::observed::Observed;
use crate::request::Request;
use crate::state::State;
use crate::time::Moment;
use crate::world::World;

/// How many refusals of one request are looked behind.
const MOST: usize = 8;

/// What came of a request that the law does not allow as it was answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Effect {
    /// It changed nothing: there was nothing to change.
    Nothing,
    /// It changed what the law leaves as it is, or it cannot be said.
    #[default]
    Some,
}

impl Belief {
    /// What a reply that the law does not allow did to the state: the law is put to its else, facet by facet, until it
    /// answers so.
    #[must_use]
    pub fn effect(
        &self,
        law: &Law,
        world: &World,
        (number, request): (u16, &Request),
        observed: &Observed,
        now: Moment,
    ) -> Effect {
        let mut lawful = self.clone();
        lawful.lose(law, world, request, now);
        let mut law = law.clone();
        for _ in 0..MOST {
            let mut after = self.clone();
            match after.observe(&law, world, (number, request), observed, now) {
                Observation::Allowed { .. } => return lawful.compare(&after),
                Observation::NotModelled => return Effect::Some,
                Observation::Refuted(expected) => {
                    let repealed = law.repealed().len();
                    for facet in expected.first().map(Expected::charged).unwrap_or_default() {
                        for route in request.operation.routes() {
                            law = law.without(facet, route);
                        }
                    }
                    if law.repealed().len() == repealed {
                        return Effect::Some;
                    }
                }
            }
        }
        Effect::Some
    }

    /// What is possible after an endpoint's answer beside what is after the lawful ones.
    fn compare(&self, after: &Belief) -> Effect {
        let known: Vec<&State> = self.possibilities().map(|one| &one.state).collect();
        if after.possibilities().all(|one| known.contains(&&one.state)) {
            Effect::Nothing
        } else {
            Effect::Some
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::Program;
    use crate::simulate::render;
    use crate::step::step;
    use crate::time::Time;

    /// What a user's last request of a program did, which nobody granted and the endpoint carried out.
    fn effect(steps: &str, status: u16) -> Effect {
        let program = Program::read(&format!("bucketlaw program 1\n{steps}")).unwrap();
        let now = Moment::exactly(Time(0));
        let law = Law::strict();
        let mut belief = Belief::default();
        let requests: Vec<(u16, &Request)> = program.requests().collect();
        let (last, before) = requests.split_last().unwrap();
        for (number, request) in before {
            let possibility = belief.possibilities().next().unwrap();
            let resolved = possibility.resolve(request);
            let reply = step(&law, &program.world, &possibility.state, &resolved, now)
                .remove(0)
                .reply;
            let observed = render(&program.world, &reply);
            belief.observe(&law, &program.world, (*number, request), &observed, now);
        }
        let observed = Observed {
            status,
            ..Observed::default()
        };
        belief.effect(&law, &program.world, *last, &observed, now)
    }

    #[test]
    fn a_delete_of_nothing_changes_nothing_and_one_of_something_does() {
        let start = "1 owner CreateBucket bucket=b";
        let delete = "9 user DeleteObject bucket=b key=k";
        let put = "2 owner PutObject bucket=b key=k";
        assert_eq!(effect(&format!("{start}\n{delete}"), 204), Effect::Nothing);
        assert_eq!(effect(&format!("{start}\n{put}\n{delete}"), 204), Effect::Some);
        let version = "9 user DeleteObject bucket=b key=k version=null";
        assert_eq!(effect(&format!("{start}\n{version}"), 204), Effect::Nothing);
    }

    #[test]
    fn what_no_repeal_allows_may_have_done_anything() {
        assert_eq!(
            effect(
                "1 owner CreateBucket bucket=b\n9 user DeleteObject bucket=b key=k",
                299
            ),
            Effect::Some
        );
    }
}
