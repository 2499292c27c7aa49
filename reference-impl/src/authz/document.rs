//! Policy documents: from the text that a client sends to the text that is kept and to statements.

use std::fmt;

use super::caller::AccountId;
use super::grammar::{self, Dialect};
use super::json::Json;
use super::principal::{self, Directory, Principal};
use super::statement::{CompiledPolicy, Statement};
use super::validate;

/// The largest bucket policy, in bytes (POL-DOC-011).
const MAXIMUM_SIZE: usize = 20_480;

/// Why a policy document is refused.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum PolicyError {
    /// `MalformedPolicy` for S3, `MalformedPolicyDocument` for IAM.
    Malformed {
        /// The message.
        message: String,
        /// The `Detail` element, which quotes an offending principal (POL-VAL-016).
        detail: Option<String>,
    },
    /// `501 NotImplemented`: the document is valid but says something that this server cannot enforce.
    NotImplemented(String),
}

impl PolicyError {
    /// A malformed document, without further detail.
    pub(super) fn malformed(message: impl Into<String>) -> Self {
        Self::Malformed {
            message: message.into(),
            detail: None,
        }
    }

    /// The message.
    #[must_use]
    pub fn message(&self) -> &str {
        match self {
            Self::Malformed { message, .. } | Self::NotImplemented(message) => message,
        }
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.message())
    }
}

impl std::error::Error for PolicyError {}

/// A validated policy document.
#[derive(Clone, Debug)]
pub struct PolicyDocument {
    json: Json,
    statements: Vec<Statement>,
}

impl PolicyDocument {
    /// Reads the policy that a client wants to put on a bucket, and binds its principals to what exists.
    ///
    /// # Errors
    /// The first fault of the document (POL-GRAM-024), or that it needs what is not implemented.
    pub fn bucket(text: &[u8], bucket: &str, directory: &dyn Directory) -> Result<Self, PolicyError> {
        if text.len() > MAXIMUM_SIZE {
            return Err(PolicyError::malformed(
                "Policy exceeds the maximum allowed document size.",
            ));
        }
        let mut json = grammar::parse_json(text, Dialect::Bucket)?;
        let draft = grammar::read(&json, Dialect::Bucket)?;
        let resolve = |kind: &str, value: &str| principal::resolve(kind, value, directory);
        let statements = validate::bucket_policy(&draft, bucket, &resolve)?;
        bind_principals(&mut json, directory);
        Ok(Self { json, statements })
    }

    /// Reads a bucket policy as [`PolicyDocument::text`] wrote it.
    ///
    /// # Errors
    /// The stored text is no valid policy of this bucket, which only damage can cause.
    pub fn stored_bucket(text: &str, bucket: &str) -> Result<Self, PolicyError> {
        let json = grammar::parse_json(text.as_bytes(), Dialect::Bucket)?;
        let draft = grammar::read(&json, Dialect::Bucket)?;
        let resolve = |kind: &str, value: &str| Ok(principal::resolve_stored(kind, value));
        let statements = validate::bucket_policy(&draft, bucket, &resolve)?;
        Ok(Self { json, statements })
    }

    /// Reads the policy of an IAM user; its text is kept as it is.
    ///
    /// # Errors
    /// The first fault of the document, or that it needs what is not implemented.
    pub fn identity(text: &[u8]) -> Result<Self, PolicyError> {
        let json = grammar::parse_json(text, Dialect::Identity)?;
        let draft = grammar::read(&json, Dialect::Identity)?;
        let statements = validate::identity_policy(&draft)?;
        Ok(Self { json, statements })
    }

    /// The compact text to keep: users are named by their unique IDs, so that a user created anew under an old name
    /// does not inherit the grant (POL-PRIN-011).
    #[must_use]
    pub fn text(&self) -> String {
        self.json.to_text()
    }

    /// The compact text to show: users are named by ARN again, or by unique ID when they are gone (POL-PRIN-011).
    #[must_use]
    pub fn shown(&self, directory: &dyn Directory) -> String {
        let mut json = self.json.clone();
        for_each_principal_map(&mut json, |map| {
            for value in map.member_mut("AWS").map_or(&mut [][..], Json::as_list_mut) {
                if let Some(arn) = value.as_str().and_then(|id| directory.user_arn_by_id(id)) {
                    *value = Json::String(arn);
                }
            }
        });
        json.to_text()
    }

    /// The statements, indexed for evaluation.
    #[must_use]
    pub fn compile(&self) -> CompiledPolicy {
        CompiledPolicy::new(self.statements.iter().cloned())
    }
}

/// Runs a change over the `Principal` and `NotPrincipal` of every statement.
fn for_each_principal_map(json: &mut Json, mut change: impl FnMut(&mut Json)) {
    for statement in json
        .member_mut("Statement")
        .map_or(&mut [][..], Json::as_list_mut)
    {
        for element in ["Principal", "NotPrincipal"] {
            if let Some(map) = statement.member_mut(element) {
                change(map);
            }
        }
    }
}

/// Replaces user ARNs by unique IDs and canonical IDs by the accounts' root ARNs (POL-PRIN-005, POL-PRIN-011).
fn bind_principals(json: &mut Json, directory: &dyn Directory) {
    for_each_principal_map(json, |map| {
        for value in map.member_mut("AWS").map_or(&mut [][..], Json::as_list_mut) {
            if let Some(Ok(Principal::User(id))) = value
                .as_str()
                .map(|arn| principal::resolve("AWS", arn, directory))
            {
                *value = Json::String(id);
            }
        }
        bind_canonical_users(map, directory);
    });
}

/// Moves what `CanonicalUser` names to `AWS`.
fn bind_canonical_users(map: &mut Json, directory: &dyn Directory) {
    let Json::Object(members) = map else { return };
    let Some(index) = members.iter().position(|(kind, _)| kind == "CanonicalUser") else {
        return;
    };
    let (_, canonical) = members.remove(index);
    let accounts = canonical.as_list().iter().filter_map(Json::as_str);
    let accounts = accounts
        .filter_map(|id| directory.account_by_canonical_id(id))
        .map(AccountId::root_arn);
    let mut names: Vec<Json> = accounts.map(Json::String).collect();
    let place = members.iter().position(|(kind, _)| kind == "AWS");
    if let Some(place) = place {
        names.splice(0..0, members[place].1.as_list().iter().cloned());
    }
    let value = if names.len() == 1 {
        names.remove(0)
    } else {
        Json::Array(names)
    };
    match place {
        Some(place) => members[place].1 = value,
        None => members.insert(index, ("AWS".to_owned(), value)),
    }
}
