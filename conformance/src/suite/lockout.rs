//! Policies by which a program would lock the owner of a bucket out of it.

use std::collections::BTreeMap;

use bucketlaw_model::action::Action;
use bucketlaw_model::argument::BucketName;
use bucketlaw_model::policy::{Effect, Policy, Resource};
use bucketlaw_model::program::Program;
use bucketlaw_model::request::{Caller, Operation};

/// Whether a program gives a bucket a policy that its owner could neither remove nor replace, were it no root user.
///
/// A root user always can (`EVAL-ROOT-001`). An administrator can't, nor can whoever owns the bucket at an endpoint that
/// knows no such exception, and then the bucket is there for good.
#[must_use]
pub fn locks_out(program: &Program) -> bool {
    let mut makers: BTreeMap<BucketName, Caller> = BTreeMap::new();
    program.requests().any(|(_, request)| match &request.operation {
        Operation::CreateBucket { bucket, .. } => {
            makers.insert(*bucket, request.caller);
            false
        }
        Operation::PutBucketPolicy { bucket, policy, .. } => {
            let owner = makers.get(bucket).copied().unwrap_or(Caller::Owner);
            let policy = program.world.policy(*policy);
            policy.is_some_and(|policy| binds(policy, owner, *bucket, program))
        }
        _ => false,
    })
}

/// Whether a policy denies both ways out of it to a caller.
fn binds(policy: &Policy, caller: Caller, bucket: BucketName, program: &Program) -> bool {
    let bucket = Some(Resource { bucket, key: None });
    let denies = |action| {
        policy.statements.iter().any(|statement| {
            statement.effect == Effect::Deny
                && statement.naming(caller).is_some()
                && statement.covers(action, bucket, &program.world)
        })
    };
    denies(Action::PutBucketPolicy) && denies(Action::DeleteBucketPolicy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_way_out_is_enough() {
        for (statement, bound) in [
            ("Deny account s3:* b,b/*", true),
            ("Deny * s3:*BucketPolicy b", true),
            (
                "Deny * s3:PutBucketPolicy b; Deny account s3:DeleteBucketPolicy b",
                true,
            ),
            ("Deny account s3:DeleteBucketPolicy b", false),
            ("Deny account s3:PutBucketPolicy b", false),
            ("Deny user,other s3:* b,b/*", false),
            ("Deny account s3:* b/*", false),
            ("Allow account s3:* b,b/*", false),
        ] {
            let program = format!(
                "bucketlaw program 1\npolicy p = {statement}\n1 owner CreateBucket bucket=b\n\
                 2 owner PutBucketPolicy bucket=b policy=p\n"
            );
            assert_eq!(locks_out(&Program::read(&program).unwrap()), bound, "{statement}");
        }
    }

    #[test]
    fn the_owner_is_who_made_the_bucket() {
        let program = "bucketlaw program 1\npolicy p = Deny other s3:* b\n1 other CreateBucket bucket=b\n\
             2 other PutBucketPolicy bucket=b policy=p\n";
        assert!(locks_out(&Program::read(program).unwrap()));
    }
}
