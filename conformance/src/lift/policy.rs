//! Policy documents of replies, as policies of the program (POL-DOC-002, POL-DOC-003).

use std::collections::BTreeSet;

use bucketlaw_model::argument::PolicyName;
use serde_json::Value;

use crate::lower::{Names, policy_document};
use bucketlaw_model::world::World;

/// The names of the policies of a program that a document is, separated by commas; nothing if it is none of them.
#[must_use]
pub fn policies(world: &World, names: &Names, document: &[u8]) -> String {
    let Some(found) = statements(document) else {
        return String::new();
    };
    let alike: Vec<&str> = (0..=u8::MAX)
        .map(PolicyName)
        .zip(world.policies())
        .filter(|(policy, _)| statements(&policy_document(world, names, *policy)).as_ref() == Some(&found))
        .map(|(_, (name, _))| name)
        .collect();
    alike.join(",")
}

/// A statement, whatever the order and the form of its members.
type Statement = BTreeSet<(String, BTreeSet<String>)>;

/// What the statements of a document say, in their order.
fn statements(document: &[u8]) -> Option<Vec<Statement>> {
    let document: Value = serde_json::from_slice(document).ok()?;
    let list = match document.get("Statement")? {
        Value::Array(list) => list.iter().collect(),
        one => vec![one],
    };
    list.into_iter().map(statement).collect()
}

fn statement(statement: &Value) -> Option<Statement> {
    let members = statement.as_object()?.iter();
    // A Sid that the target adds says nothing.
    let telling = members.filter(|(name, _)| *name != "Sid");
    telling
        .map(|(name, value)| Some((name.clone(), words(value)?)))
        .collect()
}

/// The words of a member: one, a list, or a map of principals, in which a star alone is everybody (POL-PRIN-002).
fn words(value: &Value) -> Option<BTreeSet<String>> {
    match value {
        Value::String(one) => Some(BTreeSet::from([one.clone()])),
        Value::Array(list) => list.iter().map(|one| one.as_str().map(str::to_owned)).collect(),
        Value::Object(map) => {
            let kinds = map.iter().map(|(kind, value)| {
                let named = words(value)?.into_iter();
                Some(
                    named
                        .map(|one| {
                            if kind == "AWS" {
                                one
                            } else {
                                format!("{kind} {one}")
                            }
                        })
                        .collect::<Vec<_>>(),
                )
            });
            Some(kinds.collect::<Option<Vec<_>>>()?.concat().into_iter().collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use bucketlaw_model::program::Program;

    use super::*;

    #[test]
    fn a_document_is_known_whatever_its_form() {
        let program = Program::read(
            "bucketlaw program 1\npolicy p = Allow * s3:GetObject,s3:PutObject b/*\npolicy q = Deny user s3:GetObject b/*\n\
             policy r = Allow * s3:PutObject,s3:GetObject b/*\n1 owner CreateBucket bucket=b\n",
        )
        .unwrap();
        let mut names = Names {
            bucket_prefix: "run-".to_owned(),
            ..Names::default()
        };
        names.principals.user = "arn:aws:iam::1:user/u".to_owned();
        let known = |document: &str| policies(&program.world, &names, document.as_bytes());
        for principal in ["\"*\"", "{\"AWS\":\"*\"}", "{\"AWS\":[\"*\"]}"] {
            let document = format!(
                "{{\"Statement\":{{\"Action\":[\"s3:PutObject\",\"s3:GetObject\"],\"Resource\":\"arn:aws:s3:::run-b/*\",\
                 \"Effect\":\"Allow\",\"Principal\":{principal}}},\"Version\":\"2012-10-17\"}}"
            );
            assert_eq!(known(&document), "p,r", "{principal}");
        }
        assert_eq!(known("{\"Statement\":[]}"), "");
        assert_eq!(known("<Error/>"), "");
    }
}
