//! Policy documents in bucket policies and in IAM's forms, and the forms themselves.

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Map, Value, json};

use super::edits::{edited, edits};
use super::for_all;
use super::world::{Call, OWNER, Proof, World};

/// Right policies; the identity policy has no principals.
const RIGHT: [&str; 4] = [
    r#"{"Version":"2012-10-17","Id":"x","Statement":[{"Sid":"a","Effect":"Allow","Principal":{"AWS":["111122223333","arn:aws:iam::444455556666:root"]},"Action":["s3:Get*","s3:PutObject"],"Resource":["arn:aws:s3:::plain","arn:aws:s3:::plain/*"]}]}"#,
    r#"{"Version":"2008-10-17","Statement":{"Effect":"Deny","NotPrincipal":{"AWS":"*"},"NotAction":"s3:*","NotResource":"arn:aws:s3:::plain/?${*}"}}"#,
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","NotAction":["iam:*"],"NotResource":["arn:aws:s3:::x*y?"]}]}"#,
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::plain/*","Condition":{"StringEquals":{"s3:ExistingObjectTag/a":["b"]},"Bool":{"aws:SecureTransport":true}}}]}"#,
];

const WORDS: [&str; 30] = [
    "",
    "*",
    "?",
    "**",
    "Allow",
    "allow",
    "Deny",
    "s3:*",
    "s3:",
    ":",
    "s3:GetObject",
    "S3:getobject",
    "iam:*",
    "arn:aws:s3:::",
    "arn:aws:s3:::plain/*",
    "arn:aws:s3:::other/*",
    "arn:aws:iam::111122223333:user/bob",
    "arn:aws:iam::1:root",
    "arn:aws:sts::111122223333:assumed-role/a/b",
    "arn:::::",
    "${aws:username}",
    "${",
    "2012-10-17",
    "2008-10-17",
    "111122223333",
    "11112222333",
    "AIDAEXAMPLE",
    "\u{0}",
    "é\u{202e}\u{1f512}",
    "********************************?x",
];

const PIECES: [&str; 24] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\u0000",
    "\\ud800",
    "\\",
    "1e999",
    "-0",
    "99999999999999999999",
    "null",
    "true",
    "NaN",
    " ",
    "\u{feff}",
    "\"Statement\":[],",
    "\"Effect\":\"Deny\",",
    "\"Version\":\"2012-10-17\",",
    "//",
    "\0",
];

/// A change of the value at some place of a document.
#[derive(Clone, Debug)]
enum Change {
    Into(Index, Value),
    Gone(Index),
    Named(Index, String),
    Listed(Index, usize),
    Deep(Index, usize),
    Long(Index, usize),
}

fn change() -> impl Strategy<Value = Change> {
    let word =
        || prop_oneof![4 => prop::sample::select(&WORDS[..]).prop_map(str::to_owned), 1 => "\\PC{0,12}"];
    let value = prop_oneof![
        6 => word().prop_map(Value::from),
        1 => prop::sample::select(vec![json!(null), json!(true), json!(0), json!(-1.5e300), json!([]), json!({}), json!([[]]), json!([{}])]),
        1 => word().prop_map(|word| json!({"AWS": word})),
        1 => word().prop_map(|word| json!([word, 1])),
    ];
    const NAMES: [&str; 18] = [
        "Effect",
        "effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
        "Statement",
        "Version",
        "Sid",
        "AWS",
        "Service",
        "Federated",
        "CanonicalUser",
        "*",
        "x",
    ];
    let name = prop::sample::select(&NAMES[..]);
    let index = any::<Index>;
    prop_oneof![
        4 => (index(), value).prop_map(|(at, value)| Change::Into(at, value)),
        2 => index().prop_map(Change::Gone),
        2 => (index(), name).prop_map(|(at, name)| Change::Named(at, name.to_owned())),
        1 => (index(), 0usize..400).prop_map(|(at, count)| Change::Listed(at, count)),
        1 => (index(), 1usize..200).prop_map(|(at, depth)| Change::Deep(at, depth)),
        1 => (index(), 1usize..30_000).prop_map(|(at, length)| Change::Long(at, length)),
    ]
}

impl Change {
    fn apply(&self, root: &mut Value) {
        match self {
            Self::Into(at, value) => nth(root, at).clone_from(value),
            Self::Gone(at) => match nth(root, at) {
                Value::Object(members) => members.clear(),
                Value::Array(items) => items.clear(),
                other => *other = Value::Null,
            },
            Self::Named(at, name) => {
                if let Value::Object(members) = nth(root, at) {
                    let first = members.keys().next().cloned().unwrap_or_default();
                    let value = members.remove(&first).unwrap_or_default();
                    members.insert(name.clone(), value);
                }
            }
            Self::Listed(at, count) => {
                let value = nth(root, at);
                *value = Value::Array(vec![value.clone(); *count]);
            }
            Self::Deep(at, depth) => {
                let value = nth(root, at);
                for _ in 0..*depth {
                    *value = Value::Array(vec![value.take()]);
                }
            }
            Self::Long(at, length) => *nth(root, at) = Value::from("*a".repeat(*length)),
        }
    }
}

fn size(value: &Value) -> usize {
    1 + match value {
        Value::Object(members) => members.values().map(size).sum(),
        Value::Array(items) => items.iter().map(size).sum(),
        _ => 0,
    }
}

/// A value of the tree, in document order.
fn nth<'v>(root: &'v mut Value, at: &Index) -> &'v mut Value {
    let mut left = at.index(size(root));
    let mut value = root;
    while left > 0 {
        left -= 1;
        let children: Box<dyn Iterator<Item = &mut Value>> = match value {
            Value::Object(members) => Box::new(members.values_mut()),
            Value::Array(items) => Box::new(items.iter_mut()),
            _ => unreachable!("it has no children, and so a size of one"),
        };
        let mut children = children.skip_while(|child| {
            let size = size(child);
            let skipped = left >= size;
            left -= if skipped { size } else { 0 };
            skipped
        });
        value = children.next().unwrap();
    }
    value
}

fn policy() -> impl Strategy<Value = Vec<u8>> {
    let case = (
        prop::sample::select(&RIGHT[..]),
        prop::collection::vec(change(), 0..4),
        prop_oneof![2 => Just(Vec::new()), 1 => edits(&PIECES, 1..3)],
    );
    case.prop_map(|(right, changes, edits)| {
        let mut root: Value = serde_json::from_str(right).unwrap_or(Value::Object(Map::new()));
        changes.iter().for_each(|change| change.apply(&mut root));
        edited(root.to_string(), &edits)
    })
}

fn ask(world: &World, call: Call) -> Result<u16, String> {
    let call = call.signed(OWNER, Proof::Header).ok_or("can't be signed")?;
    Ok(world.check(&call)?.ok_or("can't be sent")?.status)
}

#[test]
fn bucket_policies() {
    let world = World::start("policies");
    for_all(6000, &policy(), |text| {
        if ask(&world, Call::new("PUT", "/plain?policy").document(text.clone()))? < 300 {
            // Whatever it says is evaluated for others, and it can be read and removed by root.
            let others = Call::new("GET", "/plain/k").signed(("AKIAOTHER", "other/secret+1"), Proof::Header);
            world.check(&others.ok_or("can't be signed")?)?;
            let read = Call::new("GET", "/plain?policy").signed(OWNER, Proof::Header);
            let read = world
                .check(&read.ok_or("can't be signed")?)?
                .ok_or("can't be sent")?;
            if read.status == 200 && serde_json::from_slice::<Value>(&read.body).is_err() {
                return Err(format!("what was stored is no JSON: {}", read.text()));
            }
            let removed = ask(&world, Call::new("DELETE", "/plain?policy"))?;
            if removed != 204 {
                return Err(format!(
                    "root can't remove {}: {removed}",
                    String::from_utf8_lossy(&text)
                ));
            }
        }
        Ok(())
    });
}

fn form(pairs: &[(&str, &[u8])]) -> Vec<u8> {
    let mut form = b"Version=2010-05-08".to_vec();
    for (name, value) in pairs {
        let value = bucketlaw_server::wire::encoding::uri_encode(value, false);
        form.extend_from_slice(format!("&{name}={value}").as_bytes());
    }
    form
}

fn iam(body: Vec<u8>) -> Call {
    let mut call = Call::new("POST", "/").body(body);
    call.service = "iam";
    call.header("content-type", "application/x-www-form-urlencoded")
}

#[test]
fn identity_policies() {
    let world = World::start("identity");
    for_all(4000, &policy(), |text| {
        let put = [
            ("Action", &b"PutUserPolicy"[..]),
            ("UserName", b"bob"),
            ("PolicyName", b"p"),
            ("PolicyDocument", &text),
        ];
        ask(&world, iam(form(&put))).map(|_| ())
    });
}

const ACTIONS: [&str; 13] = [
    "CreateUser",
    "GetUser",
    "ListUsers",
    "DeleteUser",
    "CreateAccessKey",
    "ListAccessKeys",
    "DeleteAccessKey",
    "PutUserPolicy",
    "GetUserPolicy",
    "ListUserPolicies",
    "DeleteUserPolicy",
    "GetCallerIdentity",
    "AssumeRole",
];

const PARAMETERS: [&str; 12] = [
    "Action",
    "Version",
    "UserName",
    "Path",
    "PathPrefix",
    "PolicyName",
    "PolicyDocument",
    "AccessKeyId",
    "Marker",
    "MaxItems",
    "Tags.member.1.Key",
    "PermissionsBoundary",
];

const FORM_PIECES: [&str; 14] = [
    "&",
    "=",
    "%",
    "%00",
    "%ff",
    "%zz",
    "+",
    "&Action=",
    "&UserName=",
    "bob",
    "/",
    "\0",
    "é",
    "&&==",
];

#[test]
fn forms() {
    let world = World::start("forms");
    let value = prop_oneof![
        3 => Just("bob".to_owned()),
        2 => prop::sample::select(&WORDS[..]).prop_map(str::to_owned),
        1 => "\\PC{0,12}",
        1 => (1usize..3000).prop_map(|length| "a".repeat(length)),
    ];
    let case = (
        prop::sample::select(&ACTIONS[..]),
        prop::collection::vec((prop::sample::select(&PARAMETERS[..]), value), 0..5),
        edits(&FORM_PIECES, 0..3),
        prop::sample::select(&["iam", "sts"][..]),
    );
    for_all(4000, &case, |(action, pairs, edits, service)| {
        let mut all: Vec<(&str, &[u8])> = vec![("Action", action.as_bytes())];
        all.extend(pairs.iter().map(|(name, value)| (*name, value.as_bytes())));
        let mut call = iam(edited(form(&all), &edits));
        call.service = service;
        ask(&world, call).map(|_| ())
    });
}
