//! The relation: every way in which the law allows a request to end.
//!
//! [`step`] is the table of contents. Each operation is a short function in the chapter of the law that it belongs
//! to: the order of its gates is the order of errors, and its effect comes last.

use crate::access;
use crate::access::frame::{carried_out, overlooked};
use crate::access::refusal::without_resource;
use crate::argument::Tags;
use crate::clause::FacetId;
use crate::cx::{Cx, NOT_MODELLED, Script, next_script};
use crate::law::Law;
use crate::lock;
use crate::reply::{Code, Refusal, Reply, Transition};
use crate::request::{Operation, Request, Route};
use crate::state::State;
use crate::time::Moment;
use crate::versioning;
use crate::world::World;

/// All transitions of one request, never none, and seldom more than two.
pub type Transitions = Vec<Transition>;

/// How many transitions have room from the first on: what is returned moves as three words, and seldom grows.
const USUAL_TRANSITIONS: usize = 4;

/// How an operation ends: its reply and the state afterwards, or a refusal that changes nothing.
pub(crate) type Ruling = Result<(Reply, Option<State>), Refusal>;

/// All ways in which the law allows `request` to end at `state`, when it is ruled on at `now`.
#[must_use]
pub fn step(law: &Law, world: &World, state: &State, request: &Request, now: Moment) -> Transitions {
    let mut transitions = Transitions::with_capacity(USUAL_TRANSITIONS);
    rulings((law, world, now), state, request, None, |transition| {
        transitions.push(transition);
    });
    transitions
}

/// As [`step`], into room that held other transitions before.
pub fn step_into(
    law: &Law,
    world: &World,
    state: &State,
    request: &Request,
    now: Moment,
    transitions: &mut Vec<Transition>,
) {
    transitions.clear();
    rulings((law, world, now), state, request, None, |transition| {
        transitions.push(transition);
    });
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
    let mut transitions = Transitions::with_capacity(USUAL_TRANSITIONS);
    let ruled_on = (law, world, now);
    rulings(ruled_on, state, request, Some(consulted), |transition| {
        transitions.push(transition);
    });
    transitions
}

/// Rules once for each combination of choices that the request meets.
fn rulings(
    (law, world, now): (&Law, &World, Moment),
    state: &State,
    request: &Request,
    mut consulted: Option<&mut Vec<(FacetId, Route)>>,
    mut found: impl FnMut(Transition),
) {
    let mut script = Script::new();
    loop {
        let plain;
        let mut cx = Cx::new((law, world, now), state, request, &script);
        cx.listen(consulted.as_deref_mut());
        plain = overlooked(&mut cx);
        let ruling = match &plain {
            Some(plain) => {
                let route = std::mem::replace(&mut cx.route, plain.operation.route());
                cx.request = plain;
                let ruling = operation(&mut cx);
                cx.request = request;
                cx.route = route;
                ruling
            }
            None => operation(&mut cx),
        };
        match ruling {
            Ok((reply, next)) => found(Transition {
                reply,
                because: cx.because(None),
                next: next.filter(|next| next != state),
            }),
            Err(refusal) => {
                let next = carried_out(&mut cx).filter(|next| next != state);
                let refusal = without_resource(&mut cx, refusal);
                refused(&mut cx, refusal, next.as_ref(), &mut found);
            }
        }
        if cx.choices.is_empty() {
            return;
        }
        match next_script(&cx.choices) {
            Some(next) => script = next,
            None => return,
        }
    }
}

/// A refusal, and once more with another message if that is open and nothing else is; `next` is what it changes all the
/// same, which is nothing under the full law (`EVAL-OPX-010`).
fn refused(cx: &mut Cx<'_>, refusal: Refusal, next: Option<&State>, found: &mut impl FnMut(Transition)) {
    let head = cx.route.is_head();
    let because = cx.because(Some(&refusal));
    let again = cx.other_message(&refusal).map(|text| {
        let mut refusal = refusal.clone();
        refusal.message = refusal.message.map(|(_, by)| (text, by));
        let mut because = because.clone();
        if let Some((_, branch)) = because.branches.last_mut() {
            *branch = 1;
        }
        (refusal, because)
    });
    found(Transition {
        reply: Reply::refused(refusal, head),
        because,
        next: next.cloned(),
    });
    if let Some((refusal, because)) = again {
        found(Transition {
            reply: Reply::refused(refusal, head),
            because,
            next: next.cloned(),
        });
    }
}

/// Rules on one operation.
fn operation(cx: &mut Cx<'_>) -> Ruling {
    match &cx.request.operation {
        Operation::CreateBucket { bucket, lock } => access::account::create(cx, *bucket, *lock),
        Operation::DeleteBucket { bucket } => versioning::delete::whole_bucket(cx, *bucket),
        Operation::HeadBucket { bucket } => access::account::head(cx, *bucket),
        Operation::GetBucketVersioning { bucket } => versioning::state::get(cx, *bucket),
        Operation::PutBucketVersioning {
            bucket,
            status,
            integrity,
        } => versioning::state::put(cx, *bucket, *status, *integrity),
        Operation::GetObjectLockConfiguration { bucket } => lock::configuration::get(cx, *bucket),
        Operation::PutObjectLockConfiguration { bucket, .. } => lock::configuration::put(cx, *bucket),
        Operation::GetBucketPolicy { bucket } => access::policy::get(cx, *bucket),
        Operation::PutBucketPolicy { bucket, policy } => access::policy::put(cx, *bucket, *policy),
        Operation::DeleteBucketPolicy { bucket } => access::policy::delete(cx, *bucket),
        Operation::PutPublicAccessBlock { bucket, on } => access::public::put(cx, *bucket, Some(*on)),
        Operation::DeletePublicAccessBlock { bucket } => access::public::put(cx, *bucket, None),
        Operation::GetPublicAccessBlock { bucket } => access::public::get(cx, *bucket),
        Operation::GetBucketOwnershipControls { bucket } => access::ownership::get(cx, *bucket),
        Operation::PutBucketOwnershipControls { bucket, ownership } => {
            access::ownership::put(cx, *bucket, *ownership)
        }
        Operation::GetBucketLocation { bucket } => access::account::location(cx, *bucket),
        Operation::GetBucketAcl { bucket } => access::settings::get_acl(cx, *bucket),
        Operation::PutBucketAcl { bucket, acl } => access::settings::put_acl(cx, *bucket, *acl),
        Operation::GetBucketTagging { bucket } => access::settings::get_tags(cx, *bucket),
        Operation::PutBucketTagging { bucket, tags } => access::settings::put_tags(cx, *bucket, *tags),
        Operation::DeleteBucketTagging { bucket } => access::settings::put_tags(cx, *bucket, Tags::default()),
        Operation::ListBuckets {} => access::account::list(cx),
        Operation::PutObject { bucket, key, .. } => versioning::write::put(cx, *bucket, *key),
        Operation::GetObject { bucket, key, version } | Operation::HeadObject { bucket, key, version } => {
            versioning::read::object(cx, *bucket, *key, *version)
        }
        Operation::DeleteObject {
            bucket,
            key,
            version,
            bypass,
            if_match,
            if_match_time,
            if_match_size,
        } => versioning::delete::object(
            cx,
            (*bucket, *key, *version),
            *bypass,
            versioning::condition::DeleteConditions {
                if_match: *if_match,
                time: *if_match_time,
                size: *if_match_size,
            },
        ),
        Operation::DeleteObjects {
            bucket,
            objects,
            bypass,
            quiet,
            integrity,
            times,
        } => versioning::multi_delete::objects(cx, *bucket, objects, (*bypass, *quiet, *integrity, *times)),
        Operation::GetObjectRetention { bucket, key, version } => {
            lock::retention::get(cx, *bucket, *key, *version)
        }
        Operation::PutObjectRetention {
            bucket, key, version, ..
        } => lock::retention::put(cx, (*bucket, *key, *version)),
        Operation::GetObjectLegalHold { bucket, key, version } => {
            lock::hold::get(cx, *bucket, *key, *version)
        }
        Operation::PutObjectLegalHold {
            bucket, key, version, ..
        } => lock::hold::put(cx, (*bucket, *key, *version)),
        Operation::ListObjectVersions {
            bucket,
            prefix,
            delimiter,
            max_keys,
            key_marker,
            version_marker,
            encoding,
        } => versioning::list::versions(
            cx,
            *bucket,
            versioning::list::Page {
                prefix: *prefix,
                delimiter: *delimiter,
                max_keys: *max_keys,
                key_marker: *key_marker,
                version_marker: *version_marker,
                encoding: *encoding,
            },
        ),
        Operation::GetObjectAcl { bucket, key, version } => {
            versioning::subresource::get_acl(cx, (*bucket, *key, *version))
        }
        Operation::GetObjectAttributes { bucket, key, version } => {
            versioning::subresource::get_attributes(cx, (*bucket, *key, *version))
        }
        Operation::GetObjectTagging { bucket, key, version } => {
            versioning::subresource::tagging(cx, (*bucket, *key, *version), None)
        }
        Operation::PutObjectTagging {
            bucket,
            key,
            version,
            tags,
        } => versioning::subresource::tagging(cx, (*bucket, *key, *version), Some(*tags)),
        Operation::DeleteObjectTagging { bucket, key, version } => {
            versioning::subresource::tagging(cx, (*bucket, *key, *version), Some(Tags::default()))
        }
        Operation::ListObjectsV2 {
            bucket,
            max_keys,
            encoding,
        }
        | Operation::ListObjects {
            bucket,
            max_keys,
            encoding,
        } => versioning::list::objects(cx, *bucket, (*max_keys, *encoding)),
        Operation::CopyObject {
            source_bucket,
            source_key,
            source_version,
            bucket,
            key,
            directive,
            mode,
            until,
            hold,
            acl,
            if_match,
            if_none_match,
            source_if_match,
            source_if_none_match,
            source_if_modified_since,
            source_if_unmodified_since,
        } => versioning::copy::object(
            cx,
            versioning::copy::Source {
                bucket: *source_bucket,
                key: *source_key,
                version: *source_version,
                if_match: *source_if_match,
                if_none_match: *source_if_none_match,
                if_modified_since: *source_if_modified_since,
                if_unmodified_since: *source_if_unmodified_since,
            },
            versioning::copy::Target {
                bucket: *bucket,
                key: *key,
                directive: *directive,
                lock: (*mode, *until, *hold),
                acl: *acl,
                conditions: versioning::condition::Conditions {
                    if_match: *if_match,
                    if_none_match: *if_none_match,
                },
            },
        ),
        Operation::CreateMultipartUpload {
            bucket,
            key,
            mode,
            until,
            hold,
            acl,
        } => versioning::multipart::create(cx, (*bucket, *key), (*mode, *until, *hold), *acl),
        Operation::UploadPart {
            bucket,
            key,
            upload,
            part,
            content,
            integrity,
        } => versioning::multipart::part(cx, (*bucket, *key, *upload), (*part, *content, *integrity)),
        Operation::UploadPartCopy {
            source_bucket,
            source_key,
            source_version,
            bucket,
            key,
            upload,
            part,
            source_if_match,
            source_if_none_match,
            source_if_modified_since,
            source_if_unmodified_since,
        } => versioning::multipart::part_copy(
            cx,
            versioning::copy::Source {
                bucket: *source_bucket,
                key: *source_key,
                version: *source_version,
                if_match: *source_if_match,
                if_none_match: *source_if_none_match,
                if_modified_since: *source_if_modified_since,
                if_unmodified_since: *source_if_unmodified_since,
            },
            (*bucket, *key, *upload),
            *part,
        ),
        Operation::CompleteMultipartUpload {
            bucket,
            key,
            upload,
            if_match,
            if_none_match,
        } => versioning::multipart::complete(
            cx,
            (*bucket, *key, *upload),
            versioning::condition::Conditions {
                if_match: *if_match,
                if_none_match: *if_none_match,
            },
        ),
        Operation::AbortMultipartUpload { bucket, key, upload } => {
            versioning::multipart::abort(cx, (*bucket, *key, *upload))
        }
        Operation::ListParts { bucket, key, upload } => {
            versioning::multipart::parts(cx, (*bucket, *key, *upload))
        }
        Operation::ListMultipartUploads { bucket, encoding } => {
            versioning::multipart::uploads(cx, *bucket, *encoding)
        }
        Operation::PutUserPolicy { policy } => access::account::put_user_policy(cx, Some(*policy)),
        Operation::PutObjectAcl {
            bucket,
            key,
            version,
            acl,
        } => versioning::subresource::put_acl(cx, (*bucket, *key, *version), *acl),
        Operation::DeleteUserPolicy {} => access::account::put_user_policy(cx, None),
    }
}

/// The refusal of what the law does not rule by yet.
pub(crate) fn not_modelled() -> Refusal {
    Refusal::new(Code::NotImplemented, NOT_MODELLED)
}
