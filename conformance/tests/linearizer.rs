//! The linearizer against runs in a known order, and against trying every order one by one.
#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::cell::Cell;

use bucketlaw_conformance::linearize::{Answer, Call, Linearized, linearize};
use bucketlaw_conformance::race::outcomes::orders;
use bucketlaw_model::belief::{Belief, Observation, Possibility};
use bucketlaw_model::law::Law;
use bucketlaw_model::observed::Observed;
use bucketlaw_model::program::Program;
use bucketlaw_model::request::Request;
use bucketlaw_model::simulate::{instant, render};
use bucketlaw_model::step::step;
use bucketlaw_model::time::Moment;
use proptest::prelude::*;
use proptest::sample::subsequence;
use proptest::test_runner::{Config, TestRunner};

/// What came before the burst, up to step 9, and what a burst may consist of.
const POOL: &str = "bucketlaw program 1\npolicy deny = Deny user s3:* b,b/*\npolicy allow = Allow user s3:* b,b/*\n\
    1 owner CreateBucket bucket=b lock=true\n2 owner PutObject bucket=b key=k content=x\n\
    3 owner CreateMultipartUpload bucket=b key=k\n4 owner UploadPart bucket=b key=k upload=u3 content=w\n\
    5 owner PutBucketPolicy bucket=b policy=allow\n\
    6 owner CreateBucket bucket=c\n7 owner PutObject bucket=c key=k content=x\n\
    8 owner PutBucketVersioning bucket=c status=Enabled\n9 owner PutObject bucket=c key=l content=x\n\
    10 owner PutObject bucket=b key=l content=y if_none_match=*\n11 owner PutObject bucket=b key=l content=z if_none_match=*\n\
    12 owner PutObject bucket=b key=k content=z\n13 owner DeleteObject bucket=b key=k version=v2\n\
    14 owner DeleteObject bucket=b key=k\n15 owner PutObjectLegalHold bucket=b key=k version=v2 hold=ON\n\
    16 owner PutObjectRetention bucket=b key=k version=v2 mode=COMPLIANCE until=@3\n\
    17 owner PutObjectRetention bucket=b key=k version=v2 mode=COMPLIANCE until=@2\n\
    18 owner CompleteMultipartUpload bucket=b key=k upload=u3\n19 owner AbortMultipartUpload bucket=b key=k upload=u3\n\
    20 owner PutBucketPolicy bucket=b policy=deny\n21 user GetObject bucket=b key=k\n22 user GetObject bucket=b key=k version=v2\n\
    23 owner ListObjectVersions bucket=b\n24 owner PutBucketVersioning bucket=c status=Suspended\n\
    25 owner PutObject bucket=c key=k content=y\n26 owner PutObject bucket=c key=k content=z if_match=x\n\
    27 owner DeleteObject bucket=c key=k\n28 owner ListObjectVersions bucket=c\n29 owner GetObject bucket=c key=k version=null\n";

/// The last step before the burst.
const BEFORE: u16 = 9;

/// A burst: its steps, two orders of them, which of the two runs each answer is from, and how its time is blurred.
type Burst = (Vec<u16>, Vec<u16>, Vec<bool>, Vec<(i64, i64)>);

fn bursts() -> impl Strategy<Value = Burst> {
    let pool: Vec<u16> = (BEFORE + 1..=29).collect();
    subsequence(pool, 2..=4).prop_flat_map(|steps| {
        let (one, other) = (Just(steps.clone()).prop_shuffle(), Just(steps).prop_shuffle());
        let from = proptest::collection::vec(any::<bool>(), 4);
        let blur = proptest::collection::vec((0_i64..25, 0_i64..25), 4);
        (one, other, from, blur)
    })
}

fn pool() -> Program {
    Program::read(POOL).unwrap()
}

fn request(program: &Program, number: u16) -> &Request {
    program.requests().find(|(known, _)| *known == number).unwrap().1
}

fn now(program: &Program) -> Moment {
    Moment::exactly(instant(&program.world, 0))
}

/// Carries a step out at a server, first branch first.
fn carried_out(program: &Program, server: &mut Possibility, number: u16) -> Observed {
    let request = server.resolve(request(program, number));
    let transitions = step(
        &Law::full(),
        &program.world,
        &server.state,
        &request,
        now(program),
    );
    let transition = transitions.into_iter().next().unwrap();
    server.expose(number, &request, &transition.reply);
    if let Some(next) = transition.next {
        server.state = next;
    }
    render(&program.world, &transition.reply)
}

/// A server and a judge after the steps before the burst.
fn started(program: &Program) -> (Possibility, Belief) {
    let (mut server, mut belief) = (Possibility::default(), Belief::default());
    for number in 1..=BEFORE {
        let observed = carried_out(program, &mut server, number);
        let asked = (number, request(program, number));
        let seen = belief.observe(&Law::full(), &program.world, asked, &observed, now(program));
        assert!(
            matches!(seen, Observation::Allowed { .. }),
            "step {number}: {seen:?}"
        );
    }
    (server, belief)
}

/// The answers of a run in this order, by step, and the server after it.
fn run(program: &Program, server: &Possibility, order: &[u16]) -> (Vec<(u16, Observed)>, Possibility) {
    let mut server = server.clone();
    let answers = order
        .iter()
        .map(|number| (*number, carried_out(program, &mut server, *number)))
        .collect();
    (answers, server)
}

/// A call at a place in an order, its time blurred.
fn call(program: &Program, (number, observed): (u16, Observed), place: usize, blur: (i64, i64)) -> Call<'_> {
    let instant = 10 * i64::try_from(place).unwrap();
    Call {
        number,
        request: request(program, number),
        answer: Answer::Seen(observed),
        sent: instant - blur.0,
        received: instant + blur.1,
        now: now(program),
    }
}

#[test]
fn what_happened_in_some_order_is_explained_however_the_times_overlap() {
    let program = pool();
    let (server, belief) = started(&program);
    let mut runner = TestRunner::new(Config {
        failure_persistence: None,
        ..Config::with_cases(1000)
    });
    runner
        .run(&bursts(), |(order, _, _, blur)| {
            let (answers, after) = run(&program, &server, &order);
            let mut calls: Vec<Call<'_>> = answers
                .into_iter()
                .enumerate()
                .zip(blur)
                .map(|((place, answer), blur)| call(&program, answer, place, blur))
                .collect();
            calls.sort_by_key(|call| call.number);
            let found = linearize(&Law::full(), &program.world, &belief, &calls);
            let Linearized::Explained(explained) = found else {
                return Err(TestCaseError::fail(format!("{order:?}: {found:?}")));
            };
            let mut states = explained.belief.possibilities();
            prop_assert!(states.any(|one| one.state == after.state));
            Ok(())
        })
        .unwrap();
}

#[test]
fn it_agrees_with_trying_every_order() {
    let program = pool();
    let (server, belief) = started(&program);
    let (explained, refuted, ordered) = (Cell::new(0), Cell::new(0), Cell::new(0));
    let mut runner = TestRunner::new(Config {
        failure_persistence: None,
        ..Config::with_cases(2500)
    });
    runner
        .run(&bursts(), |(one, other, from, blur)| {
            let (first, _) = run(&program, &server, &one);
            let (second, _) = run(&program, &server, &other);
            let mut calls = Vec::new();
            for (place, (number, answer)) in first.iter().enumerate() {
                let another = &second.iter().find(|(known, _)| known == number).unwrap().1;
                let answer = if from[place] { answer } else { another };
                calls.push(call(&program, (*number, answer.clone()), place, blur[place]));
            }
            calls.sort_by_key(|call| call.number);
            let expected = one_by_one(&program, &belief, &calls, &ordered);
            let found = linearize(&Law::full(), &program.world, &belief, &calls);
            let mut states: Vec<Possibility> = match found {
                Linearized::Explained(explained) => explained.belief.possibilities().cloned().collect(),
                Linearized::Unexplained(_) | Linearized::NotModelled(_) => Vec::new(),
            };
            states.sort();
            prop_assert_eq!(&states, &expected);
            let count = if expected.is_empty() { &refuted } else { &explained };
            count.set(count.get() + 1);
            Ok(())
        })
        .unwrap();
    // Both verdicts and the order of real time have to occur, or the test says nothing.
    assert!(refuted.get() > 50, "{} refuted", refuted.get());
    assert!(explained.get() > 100, "{} explained", explained.get());
    assert!(ordered.get() > 100, "{} orders against real time", ordered.get());
}

/// What is possible after the calls, by trying every order that respects real time.
fn one_by_one(
    program: &Program,
    before: &Belief,
    calls: &[Call<'_>],
    ordered: &Cell<usize>,
) -> Vec<Possibility> {
    let mut all = Vec::new();
    'orders: for order in orders(calls) {
        for (place, call) in order.iter().enumerate() {
            if order[place..].iter().any(|later| later.received < call.sent) {
                ordered.set(ordered.get() + 1);
                continue 'orders;
            }
        }
        let mut belief = before.clone();
        for call in &order {
            let Answer::Seen(observed) = &call.answer else {
                unreachable!()
            };
            let asked = (call.number, call.request);
            let seen = belief.observe(&Law::full(), &program.world, asked, observed, call.now);
            let allowed = matches!(seen, Observation::Allowed { .. });
            let world = &program.world;
            if !allowed
                && belief
                    .resume(&Law::full(), world, asked, observed, call.now)
                    .is_none()
            {
                continue 'orders;
            }
        }
        all.extend(belief.possibilities().cloned());
    }
    all.sort();
    all.dedup();
    all
}

/// Two calls in flight together, with these answers.
fn pair<'a>(program: &'a Program, one: (u16, Answer), other: (u16, Answer)) -> Vec<Call<'a>> {
    [one, other]
        .into_iter()
        .map(|(number, answer)| Call {
            number,
            request: request(program, number),
            answer,
            sent: 0,
            received: 1,
            now: now(program),
        })
        .collect()
}

/// What a step answers right after the beginning.
fn alone(program: &Program, number: u16) -> Observed {
    carried_out(program, &mut started(program).0, number)
}

#[test]
fn a_delete_and_a_hold_are_not_both_acknowledged() {
    let program = pool();
    let (_, belief) = started(&program);
    let both = pair(
        &program,
        (13, Answer::Seen(alone(&program, 13))),
        (15, Answer::Seen(alone(&program, 15))),
    );
    let found = linearize(&Law::full(), &program.world, &belief, &both);
    let Linearized::Unexplained(ends) = found else {
        panic!("{found:?}")
    };
    let told: Vec<(Vec<u16>, u16, u16)> = ends
        .iter()
        .map(|end| (end.order.clone(), end.number, end.expected[0].reply.status))
        .collect();
    assert!(
        told.contains(&(vec![13], 15, 404)) && told.contains(&(vec![15], 13, 403)),
        "{told:?}"
    );
}

#[test]
fn a_lost_answer_leaves_open_whether_and_when() {
    let program = pool();
    let (_, belief) = started(&program);
    let states = |calls: &[Call<'_>]| match linearize(&Law::full(), &program.world, &belief, calls) {
        Linearized::Explained(explained) => explained.belief.possibilities().len(),
        Linearized::Unexplained(_) | Linearized::NotModelled(_) => 0,
    };
    let held = Answer::Seen(alone(&program, 15));
    // The delete was refused or not carried out: either way the version is there and held.
    assert_eq!(states(&pair(&program, (13, Answer::Lost), (15, held.clone()))), 1);
    assert_eq!(states(&pair(&program, (13, Answer::Unsent), (15, held))), 1);
    // The marker is there or not, and the other write is above or below it.
    let written = Answer::Seen(alone(&program, 12));
    assert_eq!(
        states(&pair(&program, (14, Answer::Lost), (12, written.clone()))),
        3
    );
    assert_eq!(states(&pair(&program, (14, Answer::Unsent), (12, written))), 1);
}

#[test]
fn only_what_overlaps_may_give_way() {
    let program = pool();
    let (_, belief) = started(&program);
    let conflict = |code: &str| Observed {
        status: 409,
        code: Some(code.to_owned()),
        ..alone(&program, 21)
    };
    let states = |number: u16, code: &str, sent: i64| {
        let written = Answer::Seen(alone(&program, 10));
        let mut calls = pair(&program, (10, written), (number, Answer::Seen(conflict(code))));
        (calls[1].sent, calls[1].received) = (sent, sent + 1);
        matches!(
            linearize(&Law::full(), &program.world, &belief, &calls),
            Linearized::Explained(_)
        )
    };
    assert!(states(11, "ConditionalRequestConflict", 0));
    assert!(states(12, "OperationAborted", 0));
    assert!(
        !states(11, "ConditionalRequestConflict", 5),
        "it was sent when the other was over"
    );
    assert!(
        !states(12, "ConditionalRequestConflict", 0),
        "it has no condition"
    );
    assert!(!states(11, "BucketNotEmpty", 0));
}
