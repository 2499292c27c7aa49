//! Policies of a program as JSON documents, with the target's names of buckets and principals.

use bucketlaw_model::argument::PolicyName;
use bucketlaw_model::policy::{Effect, Patterns, Principal, Statement};
use bucketlaw_model::world::World;
use serde_json::{Map, Value, json};

use super::Names;

/// The JSON document of a policy.
pub(super) fn document(world: &World, names: &Names, policy: PolicyName) -> Vec<u8> {
    let statements: Vec<Value> = world
        .policy(policy)
        .map(|policy| {
            policy
                .statements
                .iter()
                .map(|one| statement(names, one))
                .collect()
        })
        .unwrap_or_default();
    json!({ "Version": "2012-10-17", "Statement": statements })
        .to_string()
        .into_bytes()
}

fn statement(names: &Names, statement: &Statement) -> Value {
    let mut fields = Map::new();
    let effect = match statement.effect {
        Effect::Allow => "Allow",
        Effect::Deny => "Deny",
    };
    fields.insert("Effect".to_owned(), effect.into());
    // Alone it is the string, which programs thereby send as well as a map with `*` in it.
    if statement.principals == [Principal::Anyone] {
        fields.insert("Principal".to_owned(), "*".into());
    } else if !statement.principals.is_empty() {
        let list: Vec<&str> = statement
            .principals
            .iter()
            .map(|one| principal(names, *one))
            .collect();
        fields.insert("Principal".to_owned(), json!({ "AWS": list }));
    }
    let mut list = |patterns: &Patterns, name: &str, map: &dyn Fn(&str) -> String| {
        // An element that the statement lacks.
        if patterns.list.is_empty() {
            return;
        }
        let name = if patterns.negated {
            format!("Not{name}")
        } else {
            name.to_owned()
        };
        fields.insert(
            name,
            patterns
                .list
                .iter()
                .map(|pattern| map(pattern.text()))
                .collect::<Vec<_>>()
                .into(),
        );
    };
    list(&statement.actions, "Action", &str::to_owned);
    list(&statement.resources, "Resource", &|pattern| {
        resource(names, pattern)
    });
    Value::Object(fields)
}

fn principal(names: &Names, principal: Principal) -> &str {
    match principal {
        Principal::Anyone => "*",
        Principal::Account => &names.principals.account,
        Principal::OtherAccount => &names.principals.other,
        Principal::User => &names.principals.user,
    }
}

/// A resource pattern of the program as an ARN pattern.
///
/// What the target's names of buckets start with is put in front, whatever wildcards follow: the pattern then matches the
/// target's names as it matches those of the program, and no other bucket. A `*` alone is every resource there is.
fn resource(names: &Names, pattern: &str) -> String {
    if pattern == "*" {
        return pattern.to_owned();
    }
    format!("arn:aws:s3:::{}{pattern}", names.bucket_prefix)
}
