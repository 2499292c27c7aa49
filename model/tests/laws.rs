//! Laws of policy evaluation and of retention that hold for every document and every sequence of requests.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may fail where it expects something"
)]

use bucketlaw_model::argument::{BucketName, PolicyName};
use bucketlaw_model::check::domain::Domain;
use bucketlaw_model::check::domains;
use bucketlaw_model::law::Law;
use bucketlaw_model::program::Program;
use bucketlaw_model::request::{Caller, Operation, Request};
use bucketlaw_model::simulate::instant;
use bucketlaw_model::state::{Bucket, Mode, State, Version};
use bucketlaw_model::step::step;
use bucketlaw_model::time::{Moment, Order, Time};
use bucketlaw_model::world::World;
use quickcheck::{Arbitrary, Gen, QuickCheck};

/// A statement as a line of a program, made of parts that meet often.
#[derive(Clone, Debug)]
struct Line(String);

impl Arbitrary for Line {
    fn arbitrary(g: &mut Gen) -> Line {
        let effect = pick(g, &["Allow", "Allow", "Deny"]);
        Line(format!(
            "{effect} {} {} {}",
            pick(
                g,
                &["*", "account", "other", "user", "user,other", "account,other"]
            ),
            pick(
                g,
                &[
                    "s3:*",
                    "s3:Get*",
                    "s3:GetBucketVersioning",
                    "!s3:ListBucket",
                    "s3:PutObject,s3:ListBucket"
                ]
            ),
            pick(g, &["*", "b", "b/*", "b,b/*", "!b/k", "b/?"]),
        ))
    }
}

/// A request whose reply tells at once whether it was authorized.
#[derive(Clone, Copy, Debug)]
struct Ask(Caller, usize);

const ASKED: [&str; 6] = [
    "GetBucketVersioning bucket=b",
    "GetBucketLocation bucket=b",
    "ListObjectsV2 bucket=b",
    "PutObject bucket=b key=k",
    "GetObject bucket=b key=k",
    "GetObjectLegalHold bucket=b key=k",
];

impl Arbitrary for Ask {
    fn arbitrary(g: &mut Gen) -> Ask {
        let caller = *g.choose(&Caller::ALL).unwrap();
        Ask(caller, usize::arbitrary(g) % ASKED.len())
    }
}

fn pick<'a>(g: &mut Gen, words: &[&'a str]) -> &'a str {
    g.choose(words).unwrap()
}

/// Whether a request is authorized under a bucket policy and an identity policy with these statements.
fn authorized(Ask(caller, asked): Ask, resource: &[Line], identity: &[Line]) -> bool {
    let text = format!(
        "bucketlaw program 1\n1 owner {}\n2 owner PutObject bucket=b key=k\n",
        ASKED[asked]
    );
    let program = Program::read(&text).unwrap();
    let mut world = program.world.clone();
    let (_, request) = program.requests().next().unwrap();
    let mut state = State::default();
    state.buckets.insert(BucketName(0), bucket(&mut world, resource));
    state.user_policy = declare(&mut world, "identity", identity);
    let request = Request {
        caller,
        operation: request.operation.clone(),
    };
    let now = Moment::exactly(Time(0));
    let transitions = step(&Law::full(), &world, &state, &request, now);
    let refused: Vec<bool> = transitions
        .iter()
        .map(|transition| transition.reply.status == 403)
        .collect();
    assert!(
        refused.windows(2).all(|pair| pair[0] == pair[1]),
        "all branches agree on authorization"
    );
    !refused[0]
}

fn declare(world: &mut World, name: &str, lines: &[Line]) -> Option<PolicyName> {
    let lines: Vec<&str> = lines.iter().map(|line| line.0.as_str()).collect();
    (!lines.is_empty()).then(|| world.declare_policy(name, &lines.join("; ")).unwrap())
}

/// A lock bucket with one object on hold and without Block Public Access.
fn bucket(world: &mut World, resource: &[Line]) -> Bucket {
    let key = bucketlaw_model::argument::Key(world.key("k").unwrap());
    let text = "bucketlaw program 1\n1 owner CreateBucket bucket=b lock=true\n2 owner PutObject bucket=b key=k hold=ON\n";
    let program = Program::read(text).unwrap();
    let mut state = State::default();
    for (_, request) in program.requests() {
        let now = Moment::exactly(Time(0));
        let transitions = step(&Law::strict(), &program.world, &state, request, now);
        state = transitions.into_iter().next().unwrap().next.unwrap();
    }
    let made = state.buckets.get(&BucketName(0)).unwrap();
    assert!(made.current(key).is_some());
    Bucket {
        policy: declare(world, "resource", resource),
        public_access: Some(false),
        ..made.clone()
    }
}

fn check<A: quickcheck::Testable>(law: A) {
    QuickCheck::new().tests(600).quickcheck(law);
}

#[test]
fn an_explicit_deny_wins() {
    fn law(ask: Ask, mut resource: Vec<Line>, mut identity: Vec<Line>, in_identity: bool) -> bool {
        let deny = Line("Deny * s3:* *".to_owned());
        if in_identity && ask.0 == Caller::User {
            identity.push(deny);
        } else {
            resource.push(deny);
        }
        !authorized(ask, &resource, &identity)
    }
    check(law as fn(Ask, Vec<Line>, Vec<Line>, bool) -> bool);
}

#[test]
fn the_order_of_statements_and_duplicates_do_not_matter() {
    fn law(ask: Ask, resource: Vec<Line>, identity: Vec<Line>, turn: usize) -> bool {
        let mixed = |lines: &[Line]| {
            let mut lines = lines.to_vec();
            lines.extend(lines.first().cloned());
            let by = turn % lines.len().max(1);
            lines.rotate_left(by);
            lines.reverse();
            lines
        };
        authorized(ask, &resource, &identity) == authorized(ask, &mixed(&resource), &mixed(&identity))
    }
    check(law as fn(Ask, Vec<Line>, Vec<Line>, usize) -> bool);
}

#[test]
fn without_a_grant_everybody_but_the_owner_is_denied() {
    fn law(ask: Ask, resource: Vec<Line>, identity: Vec<Line>) -> bool {
        let only_denies = |lines: Vec<Line>| -> Vec<Line> {
            lines
                .into_iter()
                .filter(|line| line.0.starts_with("Deny"))
                .collect()
        };
        ask.0 == Caller::Owner || !authorized(ask, &only_denies(resource), &only_denies(identity))
    }
    check(law as fn(Ask, Vec<Line>, Vec<Line>) -> bool);
}

#[test]
fn a_grant_more_never_takes_access_away() {
    fn law(ask: Ask, resource: Vec<Line>, identity: Vec<Line>, more: Line, in_identity: bool) -> bool {
        let before = authorized(ask, &resource, &identity);
        let allow = Line(more.0.replace("Deny", "Allow"));
        let (mut resource, mut identity) = (resource, identity);
        if in_identity {
            identity.push(allow);
        } else {
            resource.push(allow);
        }
        !before || authorized(ask, &resource, &identity)
    }
    check(law as fn(Ask, Vec<Line>, Vec<Line>, Line, bool) -> bool);
}

/// What a run does: a request or a tick, and the branch to take.
type Moves = Vec<(u16, u8)>;

/// Follows a run in a world and asks at each transition whether it may be so.
fn run(
    domain: &Domain,
    moves: &Moves,
    may: impl Fn(&State, &State, &Request, Moment) -> bool,
) -> Result<(), String> {
    let mut state = State::default();
    let mut waited = 0;
    for (choice, branch) in moves {
        let at = usize::from(*choice) % (domain.requests.len() + 1);
        let Some(request) = domain.requests.get(at) else {
            waited = (waited + 1).min(domain.ticks);
            continue;
        };
        let now = Moment::exactly(instant(&domain.world, waited));
        let transitions = step(&Law::full(), &domain.world, &state, request, now);
        for transition in &transitions {
            let refused = transition.reply.status >= 400;
            if refused && transition.next.is_some() {
                return Err(format!("{request:?} is refused and changes the state"));
            }
            let next = transition.next.as_ref().unwrap_or(&state);
            if !may(&state, next, request, now) {
                return Err(format!("{request:?} at {now:?}"));
            }
        }
        let taken = usize::from(*branch) % transitions.len();
        state = transitions.into_iter().nth(taken).unwrap().next.unwrap_or(state);
    }
    Ok(())
}

fn lock_worlds() -> Vec<Domain> {
    let worlds = domains::searched().unwrap();
    let chosen = worlds.into_iter().map(|(domain, _)| domain);
    chosen
        .filter(|domain| domain.name == "locks" || domain.name.starts_with("lock-"))
        .collect()
}

/// Whether every version that is retained now keeps its mode and at least its date.
fn keeps(before: &State, after: &State, now: Moment, protected: impl Fn(Mode) -> bool) -> bool {
    let retained = |version: &&Version| {
        version
            .retention
            .is_some_and(|retention| protected(retention.mode) && now.order(retention.until) == Order::Before)
    };
    before.buckets.iter().all(|(name, bucket)| {
        bucket.keys.iter().all(|(key, versions)| {
            versions.iter().filter(retained).all(|version| {
                let later = after
                    .buckets
                    .get(name)
                    .and_then(|bucket| bucket.version(*key, version.name));
                let old = version.retention.unwrap();
                later.and_then(|later| later.retention).is_some_and(|new| {
                    let strict = new.mode == old.mode || new.mode == Mode::Compliance;
                    strict && new.until.earliest >= old.until.earliest
                })
            })
        })
    })
}

#[test]
fn retention_never_shortens_under_compliance() {
    let worlds = lock_worlds();
    for domain in &worlds {
        let mut g = Gen::new(40);
        for _ in 0..150 {
            let moves = Moves::arbitrary(&mut g);
            run(domain, &moves, |before, after, _, now| {
                keeps(before, after, now, |mode| mode == Mode::Compliance)
            })
            .unwrap_or_else(|broken| panic!("{}: {broken}\n{moves:?}", domain.name));
        }
    }
}

#[test]
fn retention_never_shortens_without_the_bypass_header() {
    let asks = |operation: &Operation, domain: &Domain| {
        let words = operation.words(&domain.world);
        words
            .iter()
            .any(|(name, word)| *name == "bypass" && word == "true")
    };
    for domain in &lock_worlds() {
        let mut g = Gen::new(40);
        for _ in 0..150 {
            let moves = Moves::arbitrary(&mut g);
            run(domain, &moves, |before, after, request, now| {
                asks(&request.operation, domain) || keeps(before, after, now, |_| true)
            })
            .unwrap_or_else(|broken| panic!("{}: {broken}\n{moves:?}", domain.name));
        }
    }
}

#[test]
fn the_runs_lock_versions_and_outlive_the_locks() {
    let mut locked = false;
    let mut outlived = false;
    for domain in &lock_worlds() {
        let mut g = Gen::new(40);
        // Random runs: many, so that the rare ones are there, but no more than it takes.
        for _ in 0..5000 {
            if locked && outlived {
                break;
            }
            let moves = Moves::arbitrary(&mut g);
            let seen = std::cell::Cell::new((false, false));
            run(domain, &moves, |before, after, _, now| {
                let (locks, ends) = seen.get();
                let held = |mode| mode == Mode::Compliance;
                let protects = !keeps(before, &State::default(), now, held);
                let forgets = !keeps(before, after, Moment::exactly(Time(0)), held);
                seen.set((locks || protects, ends || forgets));
                true
            })
            .unwrap();
            locked |= seen.get().0;
            outlived |= seen.get().1;
        }
    }
    assert!(locked, "some run holds a version under COMPLIANCE");
    assert!(
        outlived,
        "some run removes or changes it once its retention has ended"
    );
}
