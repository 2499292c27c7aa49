//! What an answer did that the law does not allow: how the state after it differs from what the law leaves.

use super::{Belief, Expected, Observation};
use crate::law::Law;
use crate::observed::Observed;
use crate::request::Request;
use crate::step::step;
use crate::time::Moment;
use crate::world::World;

use self::wanted::{holds, unconditional};
use self::worse::difference;

mod wanted;
mod worse;

/// How many refusals of one request are looked behind.
const MOST: usize = 8;

/// What came of a request that the law does not allow as it was answered, the mildest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// It changed nothing: there was nothing to change.
    Nothing,
    /// It added something, or set what protects nothing; what was there is there.
    Added,
    /// What the law keeps is gone, or is no longer what readers see.
    Lost,
    /// Something is less protected than the law leaves it, or more is open to others.
    Unprotected,
    /// It cannot be said.
    #[default]
    Unknown,
}

impl Belief {
    /// What a reply that the law does not allow did to the state, beside what the law leaves.
    ///
    /// A refusal changes nothing: what it misses is what the law would have done. For a success the law is put to its else,
    /// facet by facet, until it answers so. A success under conditions that no such law carries out is that of the request
    /// without them.
    #[must_use]
    pub fn effect(
        &self,
        original: &Law,
        world: &World,
        (number, request): (u16, &Request),
        observed: &Observed,
        now: Moment,
    ) -> Effect {
        if observed.status >= 400 {
            let lawful = self.carried_out(original, world, request, now);
            return lawful.map_or(Effect::Nothing, |lawful| lawful.missed_by(self));
        }
        let mut lawful = self.clone();
        lawful.lose(original, world, request, now);
        let mut law = original.clone();
        // The first law under which it succeeds, whatever it then tells.
        let mut granting = None;
        for _ in 0..MOST {
            let mut after = self.clone();
            match after.observe(&law, world, (number, request), observed, now) {
                Observation::Allowed { .. } => return lawful.compare(&after),
                Observation::NotModelled => return Effect::Unknown,
                Observation::Refuted(expected) => {
                    // Another success status, or a field that differs, is no other effect.
                    if after
                        .resume(&law, world, (number, request), observed, now)
                        .is_some()
                    {
                        return lawful.compare(&after);
                    }
                    if granting.is_none() && expected.iter().any(|one| one.reply.status < 300) {
                        granting = Some(law.clone());
                    }
                    let repealed = law.repealed().len();
                    for facet in expected.first().map(Expected::charged).unwrap_or_default() {
                        for route in request.operation.routes() {
                            law = law.without(facet, route);
                        }
                    }
                    if law.repealed().len() == repealed {
                        break;
                    }
                }
            }
        }
        let granted = granting.and_then(|law| self.carried_out(&law, world, request, now));
        let unconditional = || unconditional(request);
        let after = granted.or_else(|| self.carried_out(original, world, &unconditional()?, now));
        after.map_or(Effect::Unknown, |after| lawful.compare(&after))
    }

    /// Whether the conditions of a write or delete hold for what it replaces or deletes: who sent them wanted just that.
    #[must_use]
    pub fn is_wanted(&self, request: &Request) -> bool {
        let mut possibilities = self.possibilities();
        possibilities.all(|one| holds(&one.state, &one.resolve(request).operation))
    }

    /// The belief after a success, whatever it tells, under a law that allows one.
    fn carried_out(&self, law: &Law, world: &World, request: &Request, now: Moment) -> Option<Belief> {
        let mut after: Option<Belief> = None;
        for held in &self.held {
            let resolved = held.possibility.resolve(request);
            let transitions = step(law, world, &held.possibility.state, &resolved, now).into_iter();
            for transition in transitions.filter(|transition| transition.reply.status < 300) {
                let mut held = held.clone();
                if let Some(state) = transition.next {
                    held.possibility.state = state;
                }
                after.get_or_insert(Belief { held: Vec::new() }).hold(held);
            }
        }
        after
    }

    /// How what is possible after an endpoint's answer is worse than what the law leaves.
    fn compare(&self, after: &Belief) -> Effect {
        let nearest = |state| {
            self.possibilities()
                .map(|lawful| difference(&lawful.state, state))
                .min()
        };
        let worst = after.possibilities().filter_map(|one| nearest(&one.state)).max();
        worst.unwrap_or_default()
    }

    /// How what was possible before is worse than what the law would have left: the request was refused.
    fn missed_by(&self, before: &Belief) -> Effect {
        let worse = self.compare(before);
        // Who is refused a write knows that it is not there.
        if worse == Effect::Lost {
            Effect::Added
        } else {
            worse
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

    /// What is known before the last request of a program, which S3 answered so far, and that request.
    fn before_last(program: &Program) -> (Belief, (u16, &Request)) {
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
        (belief, *last)
    }

    /// What the last request of a program did, answered with this status and nothing else.
    fn effect(steps: &str, status: u16) -> Effect {
        let program = Program::read(&format!("bucketlaw program 1\n{steps}")).unwrap();
        let (belief, last) = before_last(&program);
        let observed = Observed {
            status,
            ..Observed::default()
        };
        let now = Moment::exactly(Time(0));
        belief.effect(&Law::strict(), &program.world, last, &observed, now)
    }

    const BUCKET: &str = "1 owner CreateBucket bucket=b lock=true";

    #[test]
    fn a_delete_of_nothing_changes_nothing_and_one_of_something_loses_it() {
        let start = "1 owner CreateBucket bucket=b";
        let delete = "9 user DeleteObject bucket=b key=k";
        let put = "2 owner PutObject bucket=b key=k";
        assert_eq!(effect(&format!("{start}\n{delete}"), 204), Effect::Nothing);
        assert_eq!(effect(&format!("{start}\n{put}\n{delete}"), 204), Effect::Lost);
        let version = "9 user DeleteObject bucket=b key=k version=null";
        assert_eq!(effect(&format!("{start}\n{version}"), 204), Effect::Nothing);
        let tags = "9 user DeleteBucketTagging bucket=b";
        assert_eq!(effect(&format!("{start}\n{tags}"), 204), Effect::Nothing);
    }

    #[test]
    fn a_write_adds_loses_or_unprotects() {
        for (steps, wanted) in [
            ("9 user PutObject bucket=b key=k", Effect::Added),
            (
                "2 owner PutObject bucket=b key=k\n9 user PutObject bucket=b key=k content=x",
                Effect::Lost,
            ),
            (
                "2 owner PutObject bucket=b key=k\n9 user DeleteObject bucket=b key=k",
                Effect::Lost,
            ),
            ("9 user CreateMultipartUpload bucket=b key=k", Effect::Added),
            ("9 user PutBucketTagging bucket=b tags=tag:a", Effect::Added),
            ("9 user DeletePublicAccessBlock bucket=b", Effect::Unprotected),
            (
                "2 owner PutObject bucket=b key=k hold=ON\n9 user PutObjectLegalHold bucket=b key=k hold=OFF",
                Effect::Unprotected,
            ),
            (
                "2 owner PutObject bucket=b key=k\n9 user PutObjectLegalHold bucket=b key=k hold=ON",
                Effect::Added,
            ),
        ] {
            assert_eq!(effect(&format!("{BUCKET}\n{steps}"), 200), wanted, "{steps}");
        }
    }

    /// The status is not S3's either: what was done is the same.
    #[test]
    fn another_success_status_did_the_same() {
        let start = "policy p = Allow user s3:GetObject b/*\n1 owner CreateBucket bucket=b";
        let put = "2 owner PutBucketPolicy bucket=b policy=p";
        let delete = "9 user DeleteBucketPolicy bucket=b";
        assert_eq!(
            effect(&format!("{start}\n{put}\n{delete}"), 200),
            Effect::Unprotected
        );
        assert_eq!(effect(&format!("{start}\n{delete}"), 200), Effect::Nothing);
    }

    /// What is refused is not done: the law would have done it.
    #[test]
    fn a_refusal_misses_what_the_law_protects() {
        let put = format!("{BUCKET}\n2 owner PutObject bucket=b key=k");
        let hold = "9 owner PutObjectLegalHold bucket=b key=k hold=ON";
        assert_eq!(effect(&format!("{put}\n{hold}"), 403), Effect::Unprotected);
        let delete = "9 owner DeleteObject bucket=b key=k";
        assert_eq!(effect(&format!("{put}\n{delete}"), 403), Effect::Added);
        assert_eq!(effect(&put, 403), Effect::Added);
    }

    /// S3 takes none of these conditions, and would refuse the write for another one: who drops them wrote all the same.
    #[test]
    fn a_write_whose_conditions_are_dropped_did_what_it_does_without_them() {
        let put = "2 owner PutObject bucket=b key=k";
        for conditions in ["if_match=*", "if_match=x if_none_match=*"] {
            let write = format!("9 owner PutObject bucket=b key=k content=y {conditions}");
            assert_eq!(
                effect(&format!("{BUCKET}\n{write}"), 200),
                Effect::Added,
                "{write}"
            );
            assert_eq!(
                effect(&format!("{BUCKET}\n{put}\n{write}"), 200),
                Effect::Lost,
                "{write}"
            );
        }
        let delete = "9 owner DeleteObject bucket=b key=k if_match_time=true if_match_size=true";
        assert_eq!(effect(&format!("{BUCKET}\n{put}\n{delete}"), 204), Effect::Lost);
    }

    #[test]
    fn a_condition_that_holds_is_what_was_wanted() {
        let wanted = |steps: &str| {
            let program = Program::read(&format!("bucketlaw program 1\n{BUCKET}\n{steps}")).unwrap();
            let (belief, (_, request)) = before_last(&program);
            belief.is_wanted(request)
        };
        let put = "2 owner PutObject bucket=b key=k";
        assert!(wanted(&format!(
            "{put}\n9 owner DeleteObject bucket=b key=k version=v2 if_match=a"
        )));
        assert!(!wanted(&format!(
            "{put}\n9 owner DeleteObject bucket=b key=k version=v2 if_match=x"
        )));
        assert!(!wanted(&format!(
            "{put}\n9 owner DeleteObject bucket=b key=k version=v2"
        )));
        assert!(!wanted(&format!(
            "{put}\n9 owner PutObject bucket=b key=k if_none_match=*"
        )));
        assert!(wanted("9 owner PutObject bucket=b key=k if_none_match=*"));
    }
}
