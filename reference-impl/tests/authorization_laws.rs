//! Laws of authorization that hold for every policy, caller and check.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use bucketlaw_server::authz::{
    AccountId, Action, Authorities, BucketAuthority, Caller, Check, CompiledPolicy, Denial, Directory,
    Ownership, PolicyDocument, PublicAccessBlock, Resource, authorize, explicit_denial,
};
use proptest::prelude::*;

const OWNER: &str = "111122223333";
const OTHER: &str = "444455556666";

struct World;

impl Directory for World {
    fn account_exists(&self, _: AccountId) -> bool {
        true
    }
    fn account_by_canonical_id(&self, _: &str) -> Option<AccountId> {
        None
    }
    fn user_id_by_arn(&self, arn: &str) -> Option<String> {
        let (account, name) = arn.strip_prefix("arn:aws:iam::")?.split_once(":user/")?;
        Some(format!("AIDA{account}{name}"))
    }
    fn user_arn_by_id(&self, _: &str) -> Option<String> {
        None
    }
}

/// A statement as text, with the effect apart.
#[derive(Clone, Debug)]
struct Words {
    deny: bool,
    rest: String,
}

impl Words {
    fn text(&self) -> String {
        let effect = if self.deny { "Deny" } else { "Allow" };
        format!(r#"{{"Effect":"{effect}",{}}}"#, self.rest)
    }
}

fn policy_text(statements: &[Words]) -> String {
    let statements: Vec<String> = statements.iter().map(Words::text).collect();
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{}]}}"#,
        statements.join(",")
    )
}

fn bucket_policy(statements: &[Words]) -> Option<CompiledPolicy> {
    if statements.is_empty() {
        return None;
    }
    Some(
        PolicyDocument::bucket(policy_text(statements).as_bytes(), "bkt", &World)
            .unwrap()
            .compile(),
    )
}

fn identity_policy(statements: &[Words]) -> Vec<CompiledPolicy> {
    if statements.is_empty() {
        return Vec::new();
    }
    vec![
        PolicyDocument::identity(policy_text(statements).as_bytes())
            .unwrap()
            .compile(),
    ]
}

fn actions() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(r#""Action":"s3:*""#),
        Just(r#""Action":["s3:GetObject","s3:DeleteObject*"]"#),
        Just(r#""Action":"s3:*Object""#),
        Just(r#""NotAction":"s3:GetObject""#),
        Just(r#""NotAction":["s3:Put*","s3:Delete*"]"#),
    ]
    .prop_map(str::to_owned)
}

fn resources() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(r#""Resource":"arn:aws:s3:::bkt/*""#),
        Just(r#""Resource":["arn:aws:s3:::bkt/a*","arn:aws:s3:::bkt"]"#),
        Just(r#""Resource":"arn:aws:s3:::bkt*""#),
        Just(r#""Resource":"arn:aws:s3:::bkt/?""#),
        Just(r#""NotResource":"arn:aws:s3:::bkt/a""#),
    ]
    .prop_map(str::to_owned)
}

fn principals() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(r#""Principal":"*""#),
        Just(r#""Principal":{"AWS":"111122223333"}"#),
        Just(r#""Principal":{"AWS":["arn:aws:iam::111122223333:user/ann","444455556666"]}"#),
        Just(r#""Principal":{"AWS":"arn:aws:iam::444455556666:user/eve"}"#),
        Just(r#""Principal":{"Service":"logging.s3.amazonaws.com"}"#),
    ]
    .prop_map(str::to_owned)
}

fn identity_statement() -> impl Strategy<Value = Words> {
    (any::<bool>(), actions(), resources()).prop_map(|(deny, a, r)| Words {
        deny,
        rest: format!("{a},{r}"),
    })
}

fn bucket_statement() -> impl Strategy<Value = Words> {
    (any::<bool>(), principals(), actions(), resources()).prop_map(|(deny, p, a, r)| Words {
        deny,
        rest: format!("{p},{a},{r}"),
    })
}

fn callers() -> impl Strategy<Value = Caller> {
    let account = |id: &str| AccountId::parse(id).unwrap();
    let user = move |id: &str, name: &str| Caller::User {
        account: account(id),
        path: "/".into(),
        name: name.into(),
        unique_id: format!("AIDA{id}{name}").into(),
    };
    prop_oneof![
        Just(Caller::Root {
            account: account(OWNER)
        }),
        Just(Caller::Root {
            account: account(OTHER)
        }),
        Just(user(OWNER, "ann")),
        Just(user(OWNER, "bob")),
        Just(user(OTHER, "eve")),
        Just(Caller::Anonymous),
    ]
}

/// Everything that decides one check.
#[derive(Clone, Debug)]
struct Case {
    caller: Caller,
    identity: Vec<Words>,
    bucket: Vec<Words>,
    block: bool,
    action: Action,
    key: Option<&'static str>,
}

fn cases() -> impl Strategy<Value = Case> {
    let what = prop_oneof![
        Just((Action::GetObject, Some("a"))),
        Just((Action::PutObject, Some("b"))),
        Just((Action::DeleteObjectVersion, Some("a/b"))),
        Just((Action::ListBucket, None)),
        Just((Action::PutBucketPolicy, None)),
    ];
    let identity = prop::collection::vec(identity_statement(), 0..4);
    let bucket = prop::collection::vec(bucket_statement(), 0..5);
    (callers(), identity, bucket, any::<bool>(), what).prop_map(
        |(caller, identity, bucket, block, (action, key))| {
            // Root and anonymous callers have no policies of their own.
            let identity = if matches!(caller, Caller::User { .. }) {
                identity
            } else {
                Vec::new()
            };
            Case {
                caller,
                identity,
                bucket,
                block,
                action,
                key,
            }
        },
    )
}

impl Case {
    fn ask<T>(&self, question: impl FnOnce(&Authorities<'_>, &Check<'_>) -> T) -> T {
        let identity = identity_policy(&self.identity);
        let policy = bucket_policy(&self.bucket);
        let block = if self.block {
            PublicAccessBlock::ALL
        } else {
            PublicAccessBlock::default()
        };
        let authorities = Authorities {
            caller: &self.caller,
            identity: identity.iter().collect(),
            bucket: Some(BucketAuthority {
                owner: AccountId::parse(OWNER).unwrap(),
                policy: policy.as_ref(),
                public_access_block: block,
                ownership: Ownership::BucketOwnerEnforced,
                acl: None,
            }),
        };
        let resource = match self.key {
            Some(key) => Resource::Object { bucket: "bkt", key },
            None => Resource::Bucket("bkt"),
        };
        question(&authorities, &Check::new(self.action, resource))
    }

    fn decision(&self) -> Result<(), Box<Denial>> {
        self.ask(authorize)
    }

    fn is_exempt(&self) -> bool {
        self.action == Action::PutBucketPolicy
            && matches!(&self.caller, Caller::Root { account } if account.to_string() == OWNER)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// An explicit denial decides, whatever else allows (EVAL-ORD-001).
    #[test]
    fn deny_wins(case in cases()) {
        if case.ask(|authorities, check| explicit_denial(authorities, check).is_some()) {
            prop_assert!(case.decision().is_err());
        }
    }

    /// The order of statements and their repetition mean nothing.
    #[test]
    fn order_and_repetition_are_irrelevant(case in cases(), turn in 0usize..5) {
        let mut other = case.clone();
        other.bucket.reverse();
        other.identity.reverse();
        if let Some(again) = case.bucket.get(turn) {
            other.bucket.push(again.clone());
        }
        prop_assert_eq!(case.decision(), other.decision());
    }

    /// Without an Allow nobody but the owner's root user may do anything (EVAL-ORD-002).
    #[test]
    fn nothing_is_granted_without_an_allow(case in cases()) {
        let no_allow = case.bucket.iter().chain(&case.identity).all(|words| words.deny);
        let owner_root = matches!(&case.caller, Caller::Root { account } if account.to_string() == OWNER);
        if no_allow && !owner_root {
            prop_assert!(case.decision().is_err());
        }
    }

    /// Another Allow never takes a permission away, while public access is not restricted (EVAL-BPA-009 does that).
    #[test]
    fn an_allow_never_refuses(case in cases(), more in bucket_statement(), own in identity_statement()) {
        let mut other = Case { block: false, ..case };
        let before = other.decision().is_ok();
        other.bucket.push(Words { deny: false, ..more });
        if matches!(other.caller, Caller::User { .. }) {
            other.identity.push(Words { deny: false, ..own });
        }
        prop_assert!(!before || other.decision().is_ok());
    }

    /// Another Deny never grants, and neither does Block Public Access.
    #[test]
    fn a_deny_never_grants(case in cases(), more in bucket_statement()) {
        let mut other = case.clone();
        other.bucket.push(Words { deny: true, ..more });
        prop_assert!(case.decision().is_ok() || other.decision().is_err());
        let blocked = Case { block: true, ..case.clone() };
        prop_assert!(case.decision().is_ok() || blocked.decision().is_err());
    }

    /// Anonymous callers get what everyone is granted and nothing else (EVAL-ANON-001).
    #[test]
    fn anonymous_needs_a_public_policy(case in cases()) {
        let anonymous = Case { caller: Caller::Anonymous, identity: Vec::new(), ..case };
        let public = bucket_policy(&anonymous.bucket).is_some_and(|policy| policy.is_public());
        prop_assert!(public || anonymous.decision().is_err());
        prop_assert!(!anonymous.block || anonymous.decision().is_err());
    }

    /// The owner's root user always reaches the bucket policy (POL-DOC-009) and is otherwise stopped only by a Deny.
    #[test]
    fn the_owners_root_user(case in cases()) {
        let root = Caller::Root { account: AccountId::parse(OWNER).unwrap() };
        let case = Case { caller: root, identity: Vec::new(), ..case };
        let denied = case.ask(|authorities, check| explicit_denial(authorities, check).is_some());
        prop_assert_eq!(case.decision().is_ok(), case.is_exempt() || !denied);
    }

    /// What is stored means what was put.
    #[test]
    fn stored_policies_mean_the_same(case in cases()) {
        if !case.bucket.is_empty() {
            let document = PolicyDocument::bucket(policy_text(&case.bucket).as_bytes(), "bkt", &World).unwrap();
            let stored = PolicyDocument::stored_bucket(&document.text(), "bkt").unwrap();
            prop_assert_eq!(format!("{:?}", stored.compile()), format!("{:?}", document.compile()));
        }
    }

    /// No text makes the parsers panic.
    #[test]
    fn any_text_is_answered(text in ".*", json in "[\\[\\]{}\",:a-zA-Z0-9*$ ]{0,60}") {
        for text in [text, json.clone(), format!("{{{json}")] {
            let _ = PolicyDocument::bucket(text.as_bytes(), "bkt", &World);
            let _ = PolicyDocument::identity(text.as_bytes());
        }
    }

    /// Nor does any change of one byte in a valid policy.
    #[test]
    fn any_damage_is_answered(case in cases(), place in 0usize..400, byte in any::<u8>()) {
        let mut text = policy_text(&case.bucket).into_bytes();
        let place = place % text.len();
        text[place] = byte;
        let _ = PolicyDocument::bucket(&text, "bkt", &World);
        let _ = PolicyDocument::identity(&text);
    }
}
