//! Theorems about who may do what, stated over policy documents.

use super::facts::Facts;
use smallvec::{SmallVec, smallvec};

use crate::action::Action;
use crate::argument::{BucketName, Identifier, Key, VersionRef};
use crate::check::explore::Edge;
use crate::policy::{Effect, Naming, Policy, Principal, Resource, Statement};
use crate::request::{Caller, Operation, Route};

/// The action that a route asks for first of all in its bucket; `None` where the caller needs no grant of it. Of a copy, it
/// is what it asks of its destination.
fn action(route: Route) -> Option<Action> {
    let of_an_account = [Route::CreateBucket, Route::ListBuckets];
    // Asked entry by entry: `entry`.
    let by_entries = [Route::DeleteObjects, Route::DeleteObjectsVersion];
    // Who began an upload needs no grant (EVAL-OP-037, EVAL-OP-038).
    let of_uploads = [Route::AbortMultipartUpload, Route::ListParts];
    let exempt = of_an_account.contains(&route) || by_entries.contains(&route) || of_uploads.contains(&route);
    if exempt { None } else { route.action() }
}

/// An action on a resource.
type Asked = (Action, Resource);

/// What a request asked for and got done. Of a DeleteObjects, the entries whose keys came out changed.
fn done(edge: &Edge<'_>) -> SmallVec<[Asked; 2]> {
    let operation = &edge.request.operation;
    if let Operation::DeleteObjects { bucket, objects, .. } = operation {
        return objects
            .iter()
            .filter(|object| only_entry(objects, object.key) && key_changed(edge, *bucket, object.key))
            .map(|object| entry(*bucket, object))
            .collect();
    }
    let place = operation.place();
    match (action(operation.route()), place.bucket) {
        (Some(action), Some(bucket)) => {
            let key = place.key;
            smallvec![(action, Resource { bucket, key })]
        }
        (None, _) | (_, None) => SmallVec::new(),
    }
}

/// Whether no other entry speaks of the same key, so that a change of the key is this entry's.
fn only_entry(objects: &[Identifier], key: Key) -> bool {
    objects.iter().filter(|object| object.key == key).count() == 1
}

fn key_changed(edge: &Edge<'_>, bucket: BucketName, key: Key) -> bool {
    let Some(next) = &edge.transition.next else {
        return false;
    };
    let before = edge.state.buckets.get(&bucket).map(|bucket| bucket.versions(key));
    let after = next.buckets.get(&bucket).map(|bucket| bucket.versions(key));
    before != after
}

fn entry(bucket: BucketName, object: &Identifier) -> Asked {
    let action = if object.version == VersionRef::Current {
        Action::DeleteObject
    } else {
        Action::DeleteObjectVersion
    };
    let key = Some(object.key);
    (action, Resource { bucket, key })
}

/// The bucket's policy and, for the IAM user, its own.
fn policies<'e>(edge: &Edge<'e>, bucket: BucketName) -> (Option<&'e Policy>, Option<&'e Policy>) {
    let world = edge.world;
    let of_bucket = edge
        .state
        .buckets
        .get(&bucket)
        .and_then(|bucket| bucket.policy)
        .and_then(|policy| world.policy(policy));
    let own = match edge.request.caller {
        Caller::User => edge.state.user_policy.and_then(|policy| world.policy(policy)),
        Caller::Anonymous | Caller::Other | Caller::Owner => None,
    };
    (of_bucket, own)
}

fn statements(policy: Option<&Policy>, effect: Effect) -> impl Iterator<Item = &Statement> {
    policy
        .into_iter()
        .flat_map(|policy| &policy.statements)
        .filter(move |statement| statement.effect == effect)
}

/// Whether a Deny statement covers what a caller asks for and concerns it.
fn denied(edge: &Edge<'_>, (action, resource): Asked) -> bool {
    let (of_bucket, own) = policies(edge, resource.bucket);
    let caller = edge.request.caller;
    // Root of the owner's account can always mend its bucket policy (EVAL-ROOT-001).
    if caller == Caller::Owner
        && [
            Action::GetBucketPolicy,
            Action::PutBucketPolicy,
            Action::DeleteBucketPolicy,
        ]
        .contains(&action)
    {
        return false;
    }
    let by_bucket =
        statements(of_bucket, Effect::Deny).filter(|statement| statement.naming(caller).is_some());
    by_bucket
        .chain(statements(own, Effect::Deny))
        .any(|statement| statement.covers(action, Some(resource), edge.world))
}

/// Whether an Allow statement gives a caller what it asks for; root of the owner's account needs none.
fn granted(edge: &Edge<'_>, (action, resource): Asked) -> bool {
    let (of_bucket, own) = policies(edge, resource.bucket);
    let caller = edge.request.caller;
    let names = |statement: &&Statement| match caller {
        Caller::Owner => true,
        Caller::User => statement.naming(caller) == Some(Naming::Directly),
        Caller::Other => statement.naming(caller).is_some(),
        Caller::Anonymous => statement.principals.contains(&Principal::Anyone),
    };
    caller == Caller::Owner
        || statements(of_bucket, Effect::Allow)
            .filter(names)
            .chain(statements(own, Effect::Allow))
            .any(|statement| statement.covers(action, Some(resource), edge.world))
}

/// Whether any policy has a Deny statement: the cheap question first.
fn some_deny(edge: &Edge<'_>) -> bool {
    let deny = |policy: Option<&Policy>| statements(policy, Effect::Deny).next().is_some();
    let world = edge.world;
    edge.state
        .user_policy
        .is_some_and(|policy| deny(world.policy(policy)))
        || edge
            .state
            .buckets
            .values()
            .any(|bucket| bucket.policy.is_some_and(|policy| deny(world.policy(policy))))
}

/// Whether something was done that a Deny statement covers.
pub(super) fn denied_yet_done(facts: &Facts<'_>) -> bool {
    let edge = facts.edge;
    some_deny(edge) && done(edge).into_iter().any(|asked| denied(edge, asked))
}

/// A request that a policy would grant is refused as a Deny statement covers it.
pub(super) fn denied_and_granted(facts: &Facts<'_>) -> bool {
    let edge = facts.edge;
    facts.refused
        && some_deny(edge)
        && done(edge)
            .into_iter()
            .any(|asked| denied(edge, asked) && granted(edge, asked))
}

fn is_anonymous(edge: &Edge<'_>) -> bool {
    edge.request.caller == Caller::Anonymous
}

/// Whether something was done for an anonymous caller that its bucket's policy does not grant to everybody.
pub(super) fn anonymous_ungranted(facts: &Facts<'_>) -> bool {
    let edge = facts.edge;
    is_anonymous(edge) && done(edge).into_iter().any(|asked| !granted(edge, asked))
}

/// An anonymous request succeeds.
pub(super) fn anonymous_granted(facts: &Facts<'_>) -> bool {
    let edge = facts.edge;
    is_anonymous(edge) && !facts.refused && !done(edge).is_empty()
}

/// Whether Block Public Access is on in the bucket of a request, and the bucket's policy is public.
fn blocked(edge: &Edge<'_>) -> bool {
    let Some(bucket) = edge
        .request
        .operation
        .place()
        .bucket
        .and_then(|name| edge.state.buckets.get(&name))
    else {
        return false;
    };
    let policy = bucket.policy.and_then(|policy| edge.world.policy(policy));
    bucket.public_access == Some(true)
        && statements(policy, Effect::Allow)
            .any(|statement| statement.principals.contains(&Principal::Anyone))
}

/// Whether something was done for an anonymous caller although Block Public Access is on.
pub(super) fn anonymous_through_block(facts: &Facts<'_>) -> bool {
    let edge = facts.edge;
    is_anonymous(edge) && blocked(edge) && !done(edge).is_empty()
}

/// An anonymous request meets Block Public Access that alone stands in its way.
pub(super) fn anonymous_at_block(facts: &Facts<'_>) -> bool {
    let edge = facts.edge;
    is_anonymous(edge) && blocked(edge) && done(edge).into_iter().any(|asked| granted(edge, asked))
}

/// Whether the caller has an identity of its own but is not root of the owner's account.
fn is_lesser(edge: &Edge<'_>) -> bool {
    match edge.request.caller {
        Caller::User | Caller::Other => true,
        Caller::Anonymous | Caller::Owner => false,
    }
}

/// Whether something was done for a user or another account that nothing grants.
pub(super) fn ungranted(facts: &Facts<'_>) -> bool {
    let edge = facts.edge;
    is_lesser(edge) && done(edge).into_iter().any(|asked| !granted(edge, asked))
}

/// A user or another account succeeds with what a policy grants.
pub(super) fn granted_use(facts: &Facts<'_>) -> bool {
    let edge = facts.edge;
    is_lesser(edge) && !facts.refused && !done(edge).is_empty()
}

/// Whether a request has the header that asks for governance to be bypassed.
pub(super) fn asks_bypass(edge: &Edge<'_>) -> bool {
    let (Operation::DeleteObject { bypass, .. }
    | Operation::DeleteObjects { bypass, .. }
    | Operation::PutObjectRetention { bypass, .. }) = &edge.request.operation
    else {
        return false;
    };
    *bypass == Some(true)
}

/// Whether the caller may bypass governance at a key.
pub(super) fn may_bypass(edge: &Edge<'_>, bucket: BucketName, key: Key) -> bool {
    let key = Some(key);
    let asked = (Action::BypassGovernanceRetention, Resource { bucket, key });
    granted(edge, asked) && !denied(edge, asked)
}
