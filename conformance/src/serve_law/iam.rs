//! The callers of the law as an endpoint: two roots, and the users that its IAM API makes.

use std::collections::{BTreeMap, BTreeSet};

use bucketlaw_model::request::Caller;

use super::{ROOTS, read, reply};
use crate::wire::RawRequest;

/// The users by name, with their access keys.
#[derive(Debug, Default)]
pub(super) struct Users {
    keys: BTreeMap<String, String>,
    /// How many keys there ever were.
    made: usize,
}

impl Users {
    /// The caller by its access key, and the world that an IAM request or a user of its own belongs to.
    ///
    /// An IAM request on a user's policy belongs to the world that is named like the user, as does a user who lists
    /// buckets.
    pub(super) fn caller(&self, raw: &RawRequest) -> (Caller, Option<String>) {
        let stem = read::form(raw).get("UserName").cloned();
        let Some(key) = access_key(raw) else {
            return (Caller::Anonymous, stem);
        };
        match ROOTS.iter().position(|(root, _, _)| *root == key) {
            Some(0) => (Caller::Owner, stem),
            Some(_) => (Caller::Other, stem),
            None if read::lists_buckets(raw) => (Caller::User, self.keys.get(&key).cloned()),
            None => (Caller::User, stem),
        }
    }

    /// Answers what makes and removes users; everything else is the law's.
    pub(super) fn answer(&mut self, raw: &RawRequest) -> Option<Vec<u8>> {
        let form = read::form(raw);
        let (action, name) = (
            form.get("Action")?,
            form.get("UserName").cloned().unwrap_or_default(),
        );
        let account = ROOTS.first().map_or("", |(_, _, account)| *account);
        let body = match action.as_str() {
            "CreateUser" => format!(
                "<User><UserName>{name}</UserName><Arn>arn:aws:iam::{account}:user/{name}</Arn></User>"
            ),
            "CreateAccessKey" => {
                self.made += 1;
                let key = format!("AKIALAW{:013}", self.made);
                self.keys.insert(key.clone(), name);
                format!(
                    "<AccessKey><AccessKeyId>{key}</AccessKeyId><SecretAccessKey>not-verified-at-all-{key}</SecretAccessKey></AccessKey>"
                )
            }
            "DeleteUser" => {
                self.keys.retain(|_, user| *user != name);
                String::new()
            }
            "DeleteAccessKey" => String::new(),
            "ListUsers" => self.list(),
            "GetCallerIdentity" => self.identity(raw)?,
            _ => return None,
        };
        Some(reply::xml(&format!(
            "<{action}Response><{action}Result>{body}</{action}Result></{action}Response>"
        )))
    }
}

impl Users {
    /// The users that have keys.
    fn list(&self) -> String {
        let names: BTreeSet<&String> = self.keys.values().collect();
        let member = |name: &&String| format!("<member><UserName>{name}</UserName></member>");
        let members: String = names.iter().map(member).collect();
        format!("<Users>{members}</Users><IsTruncated>false</IsTruncated>")
    }

    /// Who the caller is, as STS says it; `None` for a key that nobody has.
    fn identity(&self, raw: &RawRequest) -> Option<String> {
        let key = access_key(raw)?;
        let root = ROOTS.iter().find(|(root, _, _)| *root == key);
        let (account, principal) = match (root, ROOTS.first()) {
            (Some((_, _, account)), _) => (account, "root".to_owned()),
            (None, Some((_, _, account))) => (account, format!("user/{}", self.keys.get(&key)?)),
            (None, None) => return None,
        };
        Some(format!(
            "<Arn>arn:aws:iam::{account}:{principal}</Arn><Account>{account}</Account>"
        ))
    }
}

/// The access key of a signed request.
fn access_key(raw: &RawRequest) -> Option<String> {
    let signed = match raw.header("authorization") {
        Some(header) => std::str::from_utf8(header).ok()?,
        // Of a presigned request; the scope after the key is percent-encoded.
        None => raw.query()?,
    };
    let (_, rest) = signed.split_once("Credential=")?;
    rest.split(['/', '%']).next().map(str::to_owned)
}
