//! IAM calls against a store of their own.

use super::*;
use crate::authz::{Directory, PolicyDocument};
use crate::clock::Clock;
use crate::exchange::ReplyBody;
use crate::store::{Account, Document};

const ACCOUNT: &str = "111122223333";

/// A store with one account, in a folder that goes away with it.
struct World {
    store: Store,
    _folder: tempfile::TempDir,
    runtime: tokio::runtime::Runtime,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::manual(Timestamp::from_seconds(1_800_000_000));
        let store = Store::open(folder.path(), clock).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let account = Account {
            id: account(),
            canonical_id: "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be".to_owned(),
            created: Timestamp::from_seconds(1_800_000_000),
        };
        let document = Mutation::Put(Document::Account(account));
        let added = store.execute(Authorization::administrative(), |_| Ok((vec![document], ())));
        runtime.block_on(added).unwrap();
        Self {
            store,
            _folder: folder,
            runtime,
        }
    }

    /// Makes a call and gives status and document.
    fn call(&self, caller: &Caller, parameters: &[(&str, &str)]) -> (u16, String) {
        let mut pairs = vec![("Version".to_owned(), "2010-05-08".to_owned())];
        pairs.extend(
            parameters
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        let call = Call {
            store: self.store.clone(),
            snapshot: self.store.snapshot(),
            caller: caller.clone(),
            request_id: "id".to_owned(),
            parameters: Query(pairs),
        };
        let reply = self.runtime.block_on(answer(&call));
        let ReplyBody::Bytes(bytes) = reply.body else {
            panic!("a document")
        };
        (
            reply.status.as_u16(),
            String::from_utf8_lossy(&bytes).into_owned(),
        )
    }

    /// Makes a call of the root user that must succeed, and gives the document.
    fn done(&self, parameters: &[(&str, &str)]) -> String {
        let (status, document) = self.call(&root(), parameters);
        assert_eq!(status, 200, "{document}");
        document
    }

    /// Makes a call of the root user that must fail, and gives code and message.
    fn refused(&self, parameters: &[(&str, &str)]) -> (String, String) {
        let (status, document) = self.call(&root(), parameters);
        assert!(status >= 400, "{document}");
        (element(&document, "Code"), element(&document, "Message"))
    }

    fn user(&self, name: &str) -> Caller {
        let snapshot = self.store.snapshot();
        let user = snapshot.config.user(account(), name).unwrap();
        Caller::User {
            account: user.account,
            path: user.path.as_str().into(),
            name: user.name.as_str().into(),
            unique_id: user.unique_id.as_str().into(),
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.store.close();
    }
}

fn account() -> AccountId {
    AccountId::parse(ACCOUNT).unwrap()
}

fn root() -> Caller {
    Caller::Root { account: account() }
}

/// The text of the first element with a name.
fn element(document: &str, name: &str) -> String {
    let (_, rest) = document.split_once(&format!("<{name}>")).expect(document);
    rest.split_once("</").expect(document).0.to_owned()
}

const ALLOW: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:GetUser","Resource":"*"}]}"#;

#[test]
fn users_come_and_go() {
    let world = World::new();
    let document = world.done(&[("Action", "CreateUser"), ("UserName", "Ann"), ("Path", "/team/")]);
    assert_eq!(
        element(&document, "Arn"),
        "arn:aws:iam::111122223333:user/team/Ann"
    );
    assert!(element(&document, "UserId").starts_with("AIDA"));
    assert_eq!(element(&document, "CreateDate"), "2027-01-15T08:00:00Z");
    assert!(
        document.contains("<ResponseMetadata><RequestId>id</RequestId></ResponseMetadata>"),
        "{document}"
    );
    let again = world.refused(&[("Action", "CreateUser"), ("UserName", "ann")]);
    assert_eq!(
        again,
        (
            "EntityAlreadyExists".to_owned(),
            "User with name ann already exists.".to_owned()
        )
    );
    world.done(&[("Action", "CreateUser"), ("UserName", "bob")]);
    let listed = world.done(&[("Action", "ListUsers"), ("MaxItems", "1")]);
    assert!(
        listed.contains("<UserName>Ann</UserName>") && !listed.contains("bob"),
        "{listed}"
    );
    assert_eq!(element(&listed, "IsTruncated"), "true");
    let marker = element(&listed, "Marker");
    let rest = world.done(&[("Action", "ListUsers"), ("Marker", &marker)]);
    assert!(
        rest.contains("<UserName>bob</UserName>") && !rest.contains("Ann"),
        "{rest}"
    );
    let team = world.done(&[("Action", "ListUsers"), ("PathPrefix", "/team/")]);
    assert!(team.contains("Ann") && !team.contains("bob"), "{team}");
    world.done(&[("Action", "DeleteUser"), ("UserName", "ANN")]);
    let gone = world.refused(&[("Action", "GetUser"), ("UserName", "Ann")]);
    assert_eq!(
        gone,
        (
            "NoSuchEntity".to_owned(),
            "The user with name Ann cannot be found.".to_owned()
        )
    );
}

#[test]
fn users_go_only_after_their_keys_and_policies() {
    let world = World::new();
    world.done(&[("Action", "CreateUser"), ("UserName", "ann")]);
    let key = world.done(&[("Action", "CreateAccessKey"), ("UserName", "ann")]);
    assert_eq!(element(&key, "SecretAccessKey").len(), 40);
    assert_eq!(element(&key, "Status"), "Active");
    world.done(&[
        ("Action", "PutUserPolicy"),
        ("UserName", "ann"),
        ("PolicyName", "p"),
        ("PolicyDocument", ALLOW),
    ]);
    assert_eq!(
        world.refused(&[("Action", "DeleteUser"), ("UserName", "ann")]).0,
        "DeleteConflict"
    );
    world.done(&[
        ("Action", "DeleteUserPolicy"),
        ("UserName", "ann"),
        ("PolicyName", "p"),
    ]);
    let conflict = world.refused(&[("Action", "DeleteUser"), ("UserName", "ann")]);
    assert_eq!(conflict.1, "Cannot delete entity, must delete access keys first.");
    let id = element(&key, "AccessKeyId");
    let listed = world.done(&[("Action", "ListAccessKeys"), ("UserName", "ann")]);
    assert!(listed.contains(&id) && !listed.contains("Secret"), "{listed}");
    world.done(&[("Action", "CreateAccessKey"), ("UserName", "ann")]);
    let third = world.refused(&[("Action", "CreateAccessKey"), ("UserName", "ann")]);
    assert_eq!(
        third,
        (
            "LimitExceeded".to_owned(),
            "Cannot exceed quota for AccessKeysPerUser: 2".to_owned()
        )
    );
    let of_nobody = world.refused(&[("Action", "DeleteAccessKey"), ("AccessKeyId", &id)]);
    assert_eq!(of_nobody.0, "NoSuchEntity", "the key is not the root user's");
    world.done(&[
        ("Action", "DeleteAccessKey"),
        ("UserName", "ann"),
        ("AccessKeyId", &id),
    ]);
}

#[test]
fn policies_are_kept_as_they_were_put() {
    let world = World::new();
    world.done(&[("Action", "CreateUser"), ("UserName", "ann")]);
    let put = |name, text: &str| {
        world.call(
            &root(),
            &[
                ("Action", "PutUserPolicy"),
                ("UserName", "ann"),
                ("PolicyName", name),
                ("PolicyDocument", text),
            ],
        )
    };
    assert_eq!(put("p", ALLOW).0, 200);
    let got = world.done(&[
        ("Action", "GetUserPolicy"),
        ("UserName", "ann"),
        ("PolicyName", "p"),
    ]);
    let encoded = element(&got, "PolicyDocument");
    assert!(encoded.starts_with("%7B%22Version%22"), "{encoded}");
    let decoded = crate::wire::encoding::percent_decode(encoded.as_bytes()).unwrap();
    assert_eq!(String::from_utf8(decoded).unwrap(), ALLOW);
    let malformed = put("q", "{}");
    assert_eq!(
        (malformed.0, element(&malformed.1, "Code")),
        (400, "MalformedPolicyDocument".to_owned())
    );
    let conditional = ALLOW.replace(r#""Resource":"*""#, r#""Resource":"*","Condition":{}"#);
    let refused = put("q", &conditional);
    assert_eq!(
        (refused.0, element(&refused.1, "Code")),
        (501, "NotImplemented".to_owned())
    );
    let long = ALLOW.replace("iam:GetUser", &format!("iam:{}", "x".repeat(2048)));
    assert_eq!(element(&put("q", &long).1, "Code"), "LimitExceeded");
    let listed = world.done(&[("Action", "ListUserPolicies"), ("UserName", "ann")]);
    assert_eq!(element(&listed, "member"), "p");
    assert!(
        !listed.contains("<member>q</member>"),
        "a refused policy is not kept"
    );
}

#[test]
fn users_need_permission_and_have_it_at_once() {
    let world = World::new();
    world.done(&[("Action", "CreateUser"), ("UserName", "ann")]);
    let ann = world.user("ann");
    let (status, document) = world.call(&ann, &[("Action", "GetUser")]);
    assert_eq!(status, 403);
    assert_eq!(
        element(&document, "Message"),
        "User: arn:aws:iam::111122223333:user/ann is not authorized to perform: iam:GetUser on resource: \
         arn:aws:iam::111122223333:user/ann because no identity-based policy allows the iam:GetUser action"
    );
    world.done(&[
        ("Action", "PutUserPolicy"),
        ("UserName", "ann"),
        ("PolicyName", "p"),
        ("PolicyDocument", ALLOW),
    ]);
    assert_eq!(world.call(&ann, &[("Action", "GetUser")]).0, 200);
    assert_eq!(
        world
            .call(&ann, &[("Action", "CreateUser"), ("UserName", "eve")])
            .0,
        403
    );
    assert_eq!(world.call(&Caller::Anonymous, &[("Action", "GetUser")]).0, 403);
    assert_eq!(world.call(&root(), &[("Action", "GetUser")]).0, 200);
}

#[test]
fn a_user_made_anew_inherits_nothing() {
    let world = World::new();
    world.done(&[("Action", "CreateUser"), ("UserName", "ann")]);
    let old = world.user("ann");
    let text = r#"{"Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/ann"},
        "Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}}"#;
    let document = PolicyDocument::bucket(text.as_bytes(), "b", &*world.store.snapshot().config).unwrap();
    world.done(&[("Action", "DeleteUser"), ("UserName", "ann")]);
    world.done(&[("Action", "CreateUser"), ("UserName", "ann")]);
    world.done(&[
        ("Action", "PutUserPolicy"),
        ("UserName", "ann"),
        ("PolicyName", "p"),
        ("PolicyDocument", ALLOW),
    ]);
    assert_eq!(world.call(&old, &[("Action", "GetUser")]).0, 403);
    let snapshot = world.store.snapshot();
    assert!(document.shown(&*snapshot.config).contains(&old.user_id())); // POL-PRIN-011
    assert_eq!(snapshot.config.user_arn_by_id(&old.user_id()), None);
}

#[test]
fn what_is_not_there_is_said_to_be_so() {
    let world = World::new();
    assert_eq!(world.refused(&[("Action", "CreateRole")]).0, "NotImplemented");
    assert_eq!(world.refused(&[]).0, "MissingAction");
    let tags = world.refused(&[
        ("Action", "CreateUser"),
        ("UserName", "a"),
        ("Tags.member.1.Key", "k"),
    ]);
    assert_eq!(tags.0, "NotImplemented");
    assert_eq!(world.refused(&[("Action", "CreateUser")]).0, "ValidationError");
}
