//! What programs need of a target, and why they are not run where it lacks that.

use bucketlaw_model::argument::{BucketName, Mapping, VersionRef};
use bucketlaw_model::clause::{self, Need};
use bucketlaw_model::policy::Principal;
use bucketlaw_model::program::Program;
use bucketlaw_model::request::{Caller, Operation};

use crate::lower::Principals;
use crate::session::Session;
use crate::suite::Entry;

/// What a session lacks, and what it means for a program in words.
pub(super) type Lack = (Need, String);

/// What a program needs and the session does not have.
pub(super) fn lacks(session: &Session, entry: &Entry, has_user: bool) -> Option<Lack> {
    let asks = |caller: Caller| {
        entry
            .program
            .requests()
            .any(|(_, request)| request.caller == caller)
    };
    let has_other = session.other.is_some();
    let identities = [
        (Caller::User, Need::User, has_user),
        (Caller::Other, Need::Other, has_other),
    ];
    for (caller, need, there) in identities {
        if asks(caller) && !there {
            return Some((need, format!("needs the identity `{caller}`")));
        }
    }
    let named = principals_of(&entry.program);
    let principals = [
        (Principal::User, Need::User, has_user),
        (Principal::OtherAccount, Need::Other, has_other),
    ];
    for (principal, need, there) in principals {
        if named.contains(&principal) && !there {
            let words = format!(
                "its policies name the identity `{}`, which the target lacks",
                principal.word()
            );
            return Some((need, words));
        }
    }
    let needs_root = entry.tells.iter().all(|words| is_about_root(words)) && !entry.tells.is_empty();
    if needs_root && !session.owner_is_root {
        return Some((Need::OwnerRoot, "needs a root user as owner".to_owned()));
    }
    needs_stranger(session, &entry.program)
}

/// Whether a facet on a route, as programs name it, is one of a clause that only an owner's root user shows.
fn is_about_root(words: &str) -> bool {
    let clause = words.split('/').next().and_then(clause::find);
    clause.is_some_and(|clause| clause.needs().contains(&Need::OwnerRoot))
}

/// A principal that the policies of a program name, and whose ARN nobody knows: an identity, or the account of the user.
pub(super) fn nameless(principals: &Principals, owner_is_root: bool, program: &Program) -> Option<Lack> {
    let named = principals_of(program);
    // The ARN of an identity stands for nobody else, that of its account for every user.
    let users = program
        .requests()
        .any(|(_, request)| request.caller == Caller::User);
    let is_own = !owner_is_root && !principals.account.is_empty() && !principals.account.ends_with(":root");
    if named.contains(&Principal::Account) && users && is_own {
        let words = "its policies name the account of `owner` and `user`, and only the ARN of `owner` is known: give `account` in a target file";
        return Some((Need::PrincipalName, words.to_owned()));
    }
    let names = [
        (Principal::Account, "owner", &principals.account),
        (Principal::OtherAccount, "other", &principals.other),
        (Principal::User, "user", &principals.user),
    ];
    names
        .iter()
        .find(|(principal, _, name)| named.contains(principal) && name.is_empty())
        .map(|(_, role, _)| {
            let words = format!(
                "its policies name the identity `{role}`, whose ARN is not known: give `arn` or `account` in a target file"
            );
            (Need::PrincipalName, words)
        })
}

/// The principals that the policies of a program name.
fn principals_of(program: &Program) -> Vec<Principal> {
    let statements = program
        .world
        .policies()
        .flat_map(|(_, policy)| &policy.statements);
    statements
        .flat_map(|statement| statement.principals.iter().copied())
        .collect()
}

/// An identity that a program takes for a stranger in a bucket of another account, and that may do everything there.
fn needs_stranger(session: &Session, program: &Program) -> Option<Lack> {
    let made = |bucket: BucketName| {
        program
            .requests()
            .find_map(|(_, request)| match &request.operation {
                Operation::CreateBucket { bucket: new, .. } if *new == bucket => Some(request.caller),
                _ => None,
            })
    };
    let visits = |caller: Caller, operation: &Operation| {
        // Whose a name is that is taken, is no matter of permissions.
        let permitted = !matches!(operation, Operation::CreateBucket { .. });
        let buckets = if permitted {
            buckets_of(operation)
        } else {
            Vec::new()
        };
        buckets
            .into_iter()
            .filter_map(made)
            .any(|maker| (maker == Caller::Other) != (caller == Caller::Other))
    };
    let operator = program
        .requests()
        .filter(|(_, request)| {
            session
                .identity(request.caller)
                .is_some_and(|identity| identity.operator)
        })
        .find(|(_, request)| visits(request.caller, &request.operation));
    operator.map(|(_, request)| {
        let words = format!(
            "needs the identity `{}` as a stranger in a bucket of another account, and it is an operator of the whole store",
            request.caller
        );
        (Need::Stranger, words)
    })
}

/// The buckets that an operation names.
fn buckets_of(operation: &Operation) -> Vec<BucketName> {
    struct Buckets(Vec<BucketName>);
    impl Mapping for Buckets {
        fn bucket(&mut self, bucket: BucketName) {
            self.0.push(bucket);
        }

        fn version(&mut self, version: VersionRef) -> VersionRef {
            version
        }
    }
    let mut buckets = Buckets(Vec::new());
    let _ = operation.map_references(&mut buckets);
    buckets.0
}
