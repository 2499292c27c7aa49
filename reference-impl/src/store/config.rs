//! The configuration: accounts, users, keys, policies and bucket settings, small enough to live in memory.
//!
//! redb holds the documents, sealed; `Config` is built from them at start and again after each commit that
//! touches one. A `Config` never changes: whoever holds one sees a single commit.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::authz::{AccountId, Acl, CompiledPolicy, Ownership, PolicyDocument, PublicAccessBlock};
use crate::clock::Timestamp;
use crate::lock::ObjectLockConfiguration;

/// An account.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// The 12-digit account id.
    pub id: AccountId,
    /// The canonical user id: 64 hexadecimal digits.
    pub canonical_id: String,
    /// When it was made.
    pub created: Timestamp,
}

/// An IAM user; its policies are documents of their own.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct User {
    /// The account it belongs to.
    pub account: AccountId,
    /// The user's name, with its first spelling (names are compared without regard to case).
    pub name: String,
    /// The path, `/` by default.
    pub path: String,
    /// The unique id, `AIDA…`.
    pub unique_id: String,
    /// When it was made.
    pub created: Timestamp,
}

/// An access key of an account's root or of a user.
#[derive(Clone, Eq, PartialEq, Serialize, Deserialize)]
pub struct AccessKey {
    /// The access key id.
    pub id: String,
    /// The secret access key.
    pub secret: String,
    /// The account it belongs to.
    pub account: AccountId,
    /// The user it belongs to, or none for the account's root.
    pub user: Option<String>,
    /// Whether it can be used.
    pub active: bool,
    /// When it was made.
    pub created: Timestamp,
}

impl std::fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Never the secret: records end up in logs.
        f.debug_struct("AccessKey")
            .field("id", &self.id)
            .field("account", &self.account)
            .field("user", &self.user)
            .field("active", &self.active)
            .finish_non_exhaustive()
    }
}

/// An inline policy of a user, as it is stored.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct UserPolicy {
    /// The account of the user.
    pub account: AccountId,
    /// The user.
    pub user: String,
    /// The policy's name.
    pub name: String,
    /// The text exactly as it was put.
    pub text: String,
}

/// The versioning state of a bucket (VER-ST-001).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub enum Versioning {
    /// Never configured.
    #[default]
    Unversioned,
    /// Every write makes a version with an id of its own.
    Enabled,
    /// Writes and simple deletes replace the `null` version.
    Suspended,
}

/// A bucket with all its settings, as it is stored.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct BucketRecord {
    /// The id under which versions are stored; a bucket of the same name made later has another one.
    pub id: u64,
    /// The name.
    pub name: String,
    /// The account that owns it.
    pub owner: AccountId,
    /// When it was made.
    pub created: Timestamp,
    /// The region it was made in.
    pub region: String,
    /// The versioning state.
    pub versioning: Versioning,
    /// The Object Lock configuration of a lock bucket; once set, never removed (LOCK-BKT-005).
    pub object_lock: Option<ObjectLockConfiguration>,
    /// The text of the bucket policy, with principals bound (`PolicyDocument::text`).
    pub policy: Option<String>,
    /// The Block Public Access settings; `None` after DeletePublicAccessBlock.
    pub public_access_block: Option<PublicAccessBlock>,
    /// The object ownership setting; `None` after DeleteBucketOwnershipControls.
    pub ownership: Option<Ownership>,
    /// The ACL; `None` stands for the owner's full control alone.
    pub acl: Option<Acl>,
    /// Whether the default encryption, which is SSE-S3, has its bucket key on: without effect (ENC-BKT-012).
    pub bucket_key: bool,
    /// The bucket's tags, sorted by key.
    pub tags: Vec<(String, String)>,
}

/// A bucket as requests see it: its record and its policy, compiled.
#[derive(Clone, Debug)]
pub struct BucketConfig {
    /// The settings.
    pub record: BucketRecord,
    /// The bucket policy, compiled when it was stored or loaded.
    pub policy: Option<Arc<CompiledPolicy>>,
}

impl std::ops::Deref for BucketConfig {
    type Target = BucketRecord;
    fn deref(&self) -> &BucketRecord {
        &self.record
    }
}

/// A user as requests see it: its record and its policies, compiled, by name.
#[derive(Clone, Debug)]
pub struct UserConfig {
    /// The record.
    pub record: User,
    /// The inline policies by name.
    pub policies: BTreeMap<String, IdentityPolicy>,
}

impl std::ops::Deref for UserConfig {
    type Target = User;
    fn deref(&self) -> &User {
        &self.record
    }
}

/// An identity policy: its text and its compiled form.
#[derive(Clone, Debug)]
pub struct IdentityPolicy {
    /// The text exactly as it was put.
    pub text: String,
    /// The compiled form.
    pub compiled: Arc<CompiledPolicy>,
}

/// One document of the configuration: what a plan stores with `Mutation::Put`.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub enum Document {
    /// An account.
    Account(Account),
    /// A user.
    User(User),
    /// An access key.
    AccessKey(AccessKey),
    /// An inline user policy.
    UserPolicy(UserPolicy),
    /// A bucket with its settings.
    Bucket(BucketRecord),
}

/// The name of a document: what a plan removes with `Mutation::Delete`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum DocumentKey {
    /// An account by id.
    Account(AccountId),
    /// A user by account and name.
    User(AccountId, String),
    /// An access key by id.
    AccessKey(String),
    /// An inline user policy by account, user and policy name.
    UserPolicy(AccountId, String, String),
    /// A bucket by name.
    Bucket(String),
}

impl Document {
    /// The document's name.
    pub fn key(&self) -> DocumentKey {
        match self {
            Self::Account(account) => DocumentKey::Account(account.id),
            Self::User(user) => DocumentKey::User(user.account, user.name.clone()),
            Self::AccessKey(key) => DocumentKey::AccessKey(key.id.clone()),
            Self::UserPolicy(p) => DocumentKey::UserPolicy(p.account, p.user.clone(), p.name.clone()),
            Self::Bucket(bucket) => DocumentKey::Bucket(bucket.name.clone()),
        }
    }
}

impl DocumentKey {
    /// The row in the document table: kind, owner and id.
    pub(crate) fn row(&self) -> (u8, String, String) {
        match self {
            Self::Account(id) => (1, String::new(), id.to_string()),
            Self::User(account, name) => (2, account.to_string(), name.to_ascii_lowercase()),
            Self::AccessKey(id) => (3, String::new(), id.clone()),
            // Names hold no '/': IAM allows only [\w+=,.@-] in them.
            Self::UserPolicy(account, user, name) => (
                4,
                account.to_string(),
                format!("{}/{name}", user.to_ascii_lowercase()),
            ),
            Self::Bucket(name) => (5, String::new(), name.clone()),
        }
    }
}

/// A stored policy that this server can't compile: the data is of another version, or was altered.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BadDocument(pub String);

/// The whole configuration as of one commit.
#[derive(Clone, Debug, Default)]
pub struct Config {
    accounts: BTreeMap<AccountId, Arc<Account>>,
    users: BTreeMap<(AccountId, String), Arc<UserConfig>>,
    access_keys: BTreeMap<String, Arc<AccessKey>>,
    buckets: BTreeMap<String, Arc<BucketConfig>>,
}

impl Config {
    /// The account with an id.
    pub fn account(&self, id: AccountId) -> Option<&Arc<Account>> {
        self.accounts.get(&id)
    }

    /// The account with a canonical user id.
    pub fn account_by_canonical_id(&self, canonical_id: &str) -> Option<&Arc<Account>> {
        self.accounts
            .values()
            .find(|account| account.canonical_id == canonical_id)
    }

    /// All accounts, by id.
    pub fn accounts(&self) -> impl Iterator<Item = &Arc<Account>> {
        self.accounts.values()
    }

    /// The user of an account with a name, compared without regard to case.
    pub fn user(&self, account: AccountId, name: &str) -> Option<&Arc<UserConfig>> {
        self.users.get(&(account, name.to_ascii_lowercase()))
    }

    /// The users of an account, by name.
    pub fn users(&self, account: AccountId) -> impl Iterator<Item = &Arc<UserConfig>> {
        self.users
            .range((account, String::new())..)
            .take_while(move |((owner, _), _)| *owner == account)
            .map(|(_, user)| user)
    }

    /// The access key with an id.
    pub fn access_key(&self, id: &str) -> Option<&Arc<AccessKey>> {
        self.access_keys.get(id)
    }

    /// The access keys of a user, or of the account's root.
    pub fn access_keys<'a>(
        &'a self,
        account: AccountId,
        user: Option<&'a str>,
    ) -> impl Iterator<Item = &'a Arc<AccessKey>> {
        self.access_keys.values().filter(move |key| {
            let owner = match (key.user.as_deref(), user) {
                (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
                (a, b) => a == b,
            };
            owner && key.account == account
        })
    }

    /// The bucket with a name.
    pub fn bucket(&self, name: &str) -> Option<&Arc<BucketConfig>> {
        self.buckets.get(name)
    }

    /// The buckets of an account, by name.
    pub fn buckets(&self, owner: AccountId) -> impl Iterator<Item = &Arc<BucketConfig>> {
        self.buckets.values().filter(move |bucket| bucket.owner == owner)
    }

    /// Takes a document in, in place of one with the same name.
    pub(crate) fn put(&mut self, document: &Document) -> Result<(), BadDocument> {
        match document {
            Document::Account(account) => {
                self.accounts.insert(account.id, Arc::new(account.clone()));
            }
            Document::User(user) => {
                let slot = (user.account, user.name.to_ascii_lowercase());
                let policies = self
                    .users
                    .get(&slot)
                    .map(|old| old.policies.clone())
                    .unwrap_or_default();
                self.users.insert(
                    slot,
                    Arc::new(UserConfig {
                        record: user.clone(),
                        policies,
                    }),
                );
            }
            Document::AccessKey(key) => {
                self.access_keys.insert(key.id.clone(), Arc::new(key.clone()));
            }
            Document::UserPolicy(policy) => self.put_user_policy(policy)?,
            Document::Bucket(record) => {
                let policy = match self.buckets.get(&record.name) {
                    // The common case, another setting changed: keep what is compiled.
                    Some(old) if old.record.policy == record.policy => old.policy.clone(),
                    _ => {
                        let text = record.policy.as_deref();
                        text.map(|text| compile_bucket_policy(text, &record.name))
                            .transpose()?
                    }
                };
                let bucket = BucketConfig {
                    record: record.clone(),
                    policy,
                };
                self.buckets.insert(record.name.clone(), Arc::new(bucket));
            }
        }
        Ok(())
    }

    fn put_user_policy(&mut self, policy: &UserPolicy) -> Result<(), BadDocument> {
        let slot = (policy.account, policy.user.to_ascii_lowercase());
        let user = self
            .users
            .get(&slot)
            .ok_or_else(|| BadDocument("policy of an unknown user".to_owned()))?;
        let mut user = UserConfig::clone(user);
        let compiled = compile_identity_policy(&policy.text)?;
        user.policies.insert(
            policy.name.clone(),
            IdentityPolicy {
                text: policy.text.clone(),
                compiled,
            },
        );
        self.users.insert(slot, Arc::new(user));
        Ok(())
    }

    /// Lets go of a document; one that is not there is no matter.
    pub(crate) fn delete(&mut self, key: &DocumentKey) {
        match key {
            DocumentKey::Account(id) => drop(self.accounts.remove(id)),
            DocumentKey::User(account, name) => {
                self.users.remove(&(*account, name.to_ascii_lowercase()));
            }
            DocumentKey::AccessKey(id) => drop(self.access_keys.remove(id)),
            DocumentKey::UserPolicy(account, user, name) => {
                let slot = (*account, user.to_ascii_lowercase());
                if let Some(old) = self.users.get(&slot) {
                    let mut user = UserConfig::clone(old);
                    user.policies.remove(name);
                    self.users.insert(slot, Arc::new(user));
                }
            }
            DocumentKey::Bucket(name) => drop(self.buckets.remove(name)),
        }
    }
}

fn compile_bucket_policy(text: &str, bucket: &str) -> Result<Arc<CompiledPolicy>, BadDocument> {
    let document = PolicyDocument::stored_bucket(text, bucket);
    document
        .map(|document| Arc::new(document.compile()))
        .map_err(|error| BadDocument(error.to_string()))
}

fn compile_identity_policy(text: &str) -> Result<Arc<CompiledPolicy>, BadDocument> {
    let document = PolicyDocument::identity(text.as_bytes());
    document
        .map(|document| Arc::new(document.compile()))
        .map_err(|error| BadDocument(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account() -> AccountId {
        AccountId::parse("111122223333").unwrap()
    }

    fn user(name: &str) -> Document {
        Document::User(User {
            account: account(),
            name: name.to_owned(),
            path: "/".to_owned(),
            unique_id: "AIDA1".to_owned(),
            created: Timestamp::default(),
        })
    }

    fn policy(text: &str) -> Document {
        Document::UserPolicy(UserPolicy {
            account: account(),
            user: "Ann".to_owned(),
            name: "p".to_owned(),
            text: text.to_owned(),
        })
    }

    const ALLOW: &str =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#;

    #[test]
    fn users_are_found_without_regard_to_case_and_keep_their_policies() {
        let mut config = Config::default();
        assert!(config.put(&policy(ALLOW)).is_err(), "a policy needs its user");
        config.put(&user("Ann")).unwrap();
        config.put(&policy(ALLOW)).unwrap();
        config.put(&user("Ann")).unwrap();
        assert_eq!(config.user(account(), "ANN").unwrap().policies["p"].text, ALLOW);
        assert_eq!(config.users(account()).count(), 1);
        assert!(config.put(&policy("{")).is_err());
        assert_eq!(config.user(account(), "ann").unwrap().policies.len(), 1);
        config.delete(&policy(ALLOW).key());
        assert!(config.user(account(), "ann").unwrap().policies.is_empty());
        config.delete(&user("ann").key());
        assert!(config.user(account(), "Ann").is_none());
    }

    #[test]
    fn keys_belong_to_a_user_or_to_root() {
        let mut config = Config::default();
        let key = |id: &str, user: Option<&str>| {
            Document::AccessKey(AccessKey {
                id: id.to_owned(),
                secret: "s".to_owned(),
                account: account(),
                user: user.map(str::to_owned),
                active: true,
                created: Timestamp::default(),
            })
        };
        config.put(&key("A", None)).unwrap();
        config.put(&key("B", Some("Ann"))).unwrap();
        let ids = |user| {
            config
                .access_keys(account(), user)
                .map(|key| key.id.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            (ids(None), ids(Some("ann")), ids(Some("bob"))),
            (vec!["A".into()], vec!["B".into()], vec![])
        );
        assert!(!format!("{:?}", config.access_key("A").unwrap()).contains("\"s\""));
    }

    #[test]
    fn rows_of_documents_are_told_apart() {
        let keys = [
            DocumentKey::Account(account()),
            DocumentKey::User(account(), "a".to_owned()),
            DocumentKey::AccessKey("a".to_owned()),
            DocumentKey::UserPolicy(account(), "a".to_owned(), "b".to_owned()),
            DocumentKey::Bucket("a".to_owned()),
        ];
        let rows: std::collections::BTreeSet<_> = keys.iter().map(DocumentKey::row).collect();
        assert_eq!(rows.len(), keys.len());
    }
}
