use super::*;
use crate::lock::configuration::LOCK_CFG_012_FROM;
use crate::lock::retention::LOCK_RET_012;
use crate::lock::write::LOCK_HDR_013_NO_HOLD;
use crate::observed::iso8601;
use crate::program::{Act, Program};
use crate::simulate::{instant, render};
use crate::versioning::write::VER_PUT_012;

/// A default retention and an upload that takes its time.
const SLOW_UPLOAD: &str = "bucketlaw program 1\n\
    1 owner CreateBucket bucket=b lock=true\n\
    2 owner PutObjectLockConfiguration bucket=b mode=GOVERNANCE period=1d\n\
    3 owner CreateMultipartUpload bucket=b key=k\n\
    4 owner UploadPart bucket=b key=k upload=u3\n\
    5 wait @3\n\
    6 owner CompleteMultipartUpload bucket=b key=k upload=u3\n\
    7 owner HeadObject bucket=b key=k\n";

/// What a judge makes of a program at an endpoint that obeys `law` and sends the last reply with an edit.
fn judged(text: &str, law: &Law, edit: impl Fn(&mut Observed)) -> (Belief, Observation) {
    let program = Program::read(text).unwrap();
    let world = &program.world;
    let (mut server, mut belief, mut waited) = (Possibility::default(), Belief::default(), 0);
    let mut last = Observation::NotModelled;
    for (nth, asked) in program.steps.iter().enumerate() {
        let request = match &asked.act {
            Act::Wait(units) => {
                waited = *units;
                continue;
            }
            Act::Ask(request) => request,
        };
        let now = Moment::exactly(instant(world, waited));
        let resolved = server.resolve(request);
        let transition = step(law, world, &server.state, &resolved, now).remove(0);
        let mut observed = render(world, &transition.reply);
        if nth + 1 == program.steps.len() {
            edit(&mut observed);
        }
        last = belief.observe(&Law::full(), world, (asked.number, request), &observed, now);
        server.expose(asked.number, &resolved, &transition.reply);
        server.state = transition.next.unwrap_or(server.state);
    }
    (belief, last)
}

fn law(branches: &[(FacetId, u8)]) -> Law {
    let mut law = Law::full();
    for (facet, branch) in branches {
        law.fix(*facet, *branch);
    }
    law
}

#[test]
fn branches_that_later_replies_rule_out_are_not_named() {
    for taken in [
        [(LOCK_CFG_012_FROM, 0), (VER_PUT_012, 1)],
        [(LOCK_CFG_012_FROM, 1), (VER_PUT_012, 0)],
    ] {
        let (belief, last) = judged(SLOW_UPLOAD, &law(&taken), |_| {});
        assert!(matches!(last, Observation::Allowed { .. }), "{last:?}");
        assert_eq!(belief.branches(), taken.into());
        assert_eq!(belief.possibilities().len(), 1);
    }
}

/// What was expected of the last reply, which comes with the header of a hold that was never set and with an edit.
fn expected_of_a_slow_upload(law: &Law, edit: impl Fn(&mut Observed)) -> Vec<Expected> {
    let (_, last) = judged(SLOW_UPLOAD, law, |observed| {
        observed.fields.push((Name::LegalHold, "OFF".to_owned()));
        edit(observed);
    });
    match last {
        Observation::Refuted(expected) => expected,
        Observation::Allowed { .. } | Observation::NotModelled => panic!("{last:?}"),
    }
}

#[test]
fn what_stays_of_a_removed_retention_may_have_any_past_date() {
    let removed = "bucketlaw program 1\n\
        1 owner CreateBucket bucket=b lock=true\n\
        2 owner PutObject bucket=b key=k mode=GOVERNANCE until=@4\n\
        3 owner PutObjectRetention bucket=b key=k bypass=true\n\
        4 wait @1\n\
        5 owner GetObjectRetention bucket=b key=k\n";
    let dated = |past: i8| {
        let date = instant(&Program::read(removed).unwrap().world, past);
        let (belief, last) = judged(removed, &law(&[(LOCK_RET_012, 1)]), |observed| {
            let shown = observed
                .fields
                .iter_mut()
                .find(|(name, _)| *name == Name::RetainUntilDate);
            shown.unwrap().1 = iso8601(date);
        });
        let allowed = matches!(last, Observation::Allowed { .. });
        (allowed, belief.branches().contains(&(LOCK_RET_012, 0)))
    };
    assert_eq!([dated(-9), dated(0), dated(1)], [(true, false); 3]);
    assert!(!dated(3).0);
}

const HOLD: Difference = Difference::Field(Name::LegalHold, LOCK_HDR_013_NO_HOLD);

#[test]
fn the_nearest_of_what_was_expected_differs_in_fewest_fields() {
    let taken = law(&[(LOCK_CFG_012_FROM, 1), (VER_PUT_012, 1)]);
    let expected = expected_of_a_slow_upload(&taken, |_| {});
    assert_eq!(expected[0].difference, HOLD);
    assert_eq!(
        (expected.len(), expected[0].differing, expected[3].differing),
        (4, 1, 3)
    );
}

#[test]
fn what_an_open_choice_fixes_is_named_last() {
    let expected = expected_of_a_slow_upload(&Law::full(), |observed| {
        observed.fields.retain(|(name, _)| *name != Name::LastModified);
    });
    assert_eq!(expected[0].difference, HOLD);
}
