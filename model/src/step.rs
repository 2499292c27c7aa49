//! The relation: every way in which the law allows a request to end.
//!
//! [`step`] is the table of contents. Each operation is a short function in the chapter of the law that it belongs
//! to: the order of its gates is the order of errors, and its effect comes last.

use smallvec::SmallVec;

use crate::access;
use crate::clause::FacetId;
use crate::cx::{Cx, NOT_MODELLED, next_script};
use crate::law::Law;
use crate::lock;
use crate::reply::{Code, Refusal, Reply, Transition};
use crate::request::{Operation, Request, Route};
use crate::state::State;
use crate::time::Moment;
use crate::versioning;
use crate::world::World;

/// All transitions of one request, never none.
pub type Transitions = SmallVec<[Transition; 1]>;

/// How an operation ends: its reply and the state afterwards, or a refusal that changes nothing.
pub(crate) type Ruling = Result<(Reply, Option<State>), Refusal>;

/// All ways in which the law allows `request` to end at `state`, when it is ruled on at `now`.
#[must_use]
pub fn step(law: &Law, world: &World, state: &State, request: &Request, now: Moment) -> Transitions {
    rulings(law, world, state, request, now, &mut None)
}

/// As [`step`], and tells which facets were consulted on which routes.
pub fn step_consulting(
    law: &Law,
    world: &World,
    state: &State,
    request: &Request,
    now: Moment,
    consulted: &mut Vec<(FacetId, Route)>,
) -> Transitions {
    let mut wanted = Some(std::mem::take(consulted));
    let transitions = rulings(law, world, state, request, now, &mut wanted);
    *consulted = wanted.unwrap_or_default();
    transitions
}

fn rulings(
    law: &Law,
    world: &World,
    state: &State,
    request: &Request,
    now: Moment,
    consulted: &mut Option<Vec<(FacetId, Route)>>,
) -> Transitions {
    let route = request.operation.route();
    let mut transitions = Transitions::new();
    let mut script = SmallVec::<[u8; 4]>::new();
    loop {
        let mut cx = Cx::new(law, world, route, now, &script);
        cx.consulted = consulted.take();
        let ruling = operation(&mut cx, state, request);
        let transition = match ruling {
            Ok((reply, next)) => Transition {
                reply,
                because: cx.because(None),
                next: next.filter(|next| next != state),
            },
            Err(refusal) => Transition {
                because: cx.because(Some(&refusal)),
                reply: Reply::refused(refusal, route.is_head()),
                next: None,
            },
        };
        *consulted = cx.consulted.take();
        let more = next_script(&cx.choices);
        transitions.push(transition);
        match more {
            Some(next) => script = next,
            None => return transitions,
        }
    }
}

/// Rules on one operation.
fn operation(cx: &mut Cx<'_>, state: &State, request: &Request) -> Ruling {
    let caller = request.caller;
    match &request.operation {
        Operation::CreateBucket { bucket, lock } => lock::bucket::create(cx, state, caller, *bucket, *lock),
        Operation::DeleteBucket { bucket } => versioning::delete::whole_bucket(cx, state, caller, *bucket),
        Operation::HeadBucket { bucket } => access::head_bucket(cx, state, caller, *bucket),
        Operation::GetBucketVersioning { bucket } => versioning::state::get(cx, state, caller, *bucket),
        Operation::PutBucketVersioning {
            bucket,
            status,
            integrity,
        } => versioning::state::put(cx, state, caller, *bucket, *status, *integrity),
        Operation::GetObjectLockConfiguration { bucket } => lock::bucket::get(cx, state, caller, *bucket),
        Operation::PutObjectLockConfiguration { bucket, .. } => {
            lock::bucket::put(cx, state, caller, *bucket, &request.operation)
        }
        Operation::GetBucketPolicy { bucket } => access::get_policy(cx, state, caller, *bucket),
        Operation::PutBucketPolicy { bucket, policy } => {
            access::put_policy(cx, state, caller, *bucket, *policy)
        }
        Operation::DeleteBucketPolicy { bucket } => access::delete_policy(cx, state, caller, *bucket),
        Operation::PutPublicAccessBlock { bucket, on } => {
            access::put_public_access(cx, state, caller, *bucket, *on)
        }
        Operation::DeletePublicAccessBlock { bucket } => {
            access::put_public_access(cx, state, caller, *bucket, false)
        }
        Operation::PutObject { bucket, key, .. } => {
            versioning::write::put(cx, state, caller, *bucket, *key, &request.operation)
        }
        Operation::GetObject { bucket, key, version } | Operation::HeadObject { bucket, key, version } => {
            versioning::read::object(cx, state, caller, *bucket, *key, *version)
        }
        Operation::DeleteObject {
            bucket,
            key,
            version,
            bypass,
            if_match,
        } => versioning::delete::object(cx, state, caller, (*bucket, *key, *version), *bypass, *if_match),
        Operation::DeleteObjects {
            bucket,
            objects,
            bypass,
            quiet,
            integrity,
        } => versioning::multi_delete::objects(
            cx,
            state,
            caller,
            *bucket,
            objects,
            (*bypass, *quiet, *integrity),
        ),
        Operation::GetObjectRetention { bucket, key, version } => {
            lock::retention::get(cx, state, caller, *bucket, *key, *version)
        }
        Operation::PutObjectRetention {
            bucket, key, version, ..
        } => lock::retention::put(cx, state, caller, (*bucket, *key, *version), &request.operation),
        Operation::GetObjectLegalHold { bucket, key, version } => {
            lock::hold::get(cx, state, caller, *bucket, *key, *version)
        }
        Operation::PutObjectLegalHold {
            bucket, key, version, ..
        } => lock::hold::put(cx, state, caller, (*bucket, *key, *version), &request.operation),
        Operation::ListObjectVersions { bucket } => versioning::list::versions(cx, state, caller, *bucket),
        Operation::ListObjectsV2 { bucket } => versioning::list::objects(cx, state, caller, *bucket),
        Operation::PutUserPolicy { policy } => access::put_user_policy(state, caller, Some(*policy)),
        Operation::DeleteUserPolicy {} => access::put_user_policy(state, caller, None),
    }
}

/// The refusal of what the law does not rule by yet.
pub(crate) fn not_modelled() -> Refusal {
    Refusal::new(Code::NotImplemented, NOT_MODELLED)
}
