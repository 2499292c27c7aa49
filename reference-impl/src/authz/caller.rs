//! Accounts and the callers that act for them.

use std::fmt;
use std::sync::Arc;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What stands for `AccountId::ANONYMOUS` in the metadata.
const ANONYMOUS_TEXT: &str = "anonymous";

/// A 12-digit AWS account ID.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct AccountId(u64);

impl AccountId {
    /// No account: the owner of what anonymous callers upload while ACLs are on (EVAL-ANON-004). Twelve digits never
    /// make this number.
    pub const ANONYMOUS: Self = Self(u64::MAX);

    /// Reads exactly twelve ASCII digits; anything else is no account ID.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            text.parse().ok().map(Self)
        } else {
            None
        }
    }

    /// The ARN of the account's root user, which also names the whole account in policies (POL-PRIN-004).
    #[must_use]
    pub fn root_arn(self) -> String {
        format!("arn:aws:iam::{self}:root")
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::ANONYMOUS => formatter.write_str(ANONYMOUS_TEXT),
            Self(number) => write!(formatter, "{number:012}"),
        }
    }
}

impl Serialize for AccountId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for AccountId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.as_str() {
            ANONYMOUS_TEXT => Ok(Self::ANONYMOUS),
            text => Self::parse(text).ok_or_else(|| D::Error::custom("an account ID has 12 digits")),
        }
    }
}

/// Who makes a request, as authentication established it (EVAL-CTX-004).
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Caller {
    /// The root user of an account.
    Root {
        /// The account.
        account: AccountId,
    },
    /// An IAM user.
    User {
        /// The account that the user belongs to.
        account: AccountId,
        /// The path, which begins and ends with a slash.
        path: Arc<str>,
        /// The friendly name, without the path.
        name: Arc<str>,
        /// The `AIDA…` ID; policies are bound to it, not to the name (POL-PRIN-011).
        unique_id: Arc<str>,
    },
    /// An unsigned request.
    Anonymous,
}

impl Caller {
    /// The account on whose behalf the caller acts; none for anonymous requests.
    #[must_use]
    pub const fn account(&self) -> Option<AccountId> {
        match self {
            Self::Root { account } | Self::User { account, .. } => Some(*account),
            Self::Anonymous => None,
        }
    }

    /// The principal ARN, as error messages and `GetCallerIdentity` show it.
    #[must_use]
    pub fn arn(&self) -> Option<String> {
        match self {
            Self::Root { account } => Some(account.root_arn()),
            Self::User {
                account, path, name, ..
            } => Some(format!("arn:aws:iam::{account}:user{path}{name}")),
            Self::Anonymous => None,
        }
    }

    /// The unique ID as `aws:userid` has it: account for root, `AIDA…` for a user, `anonymous` (POL-VAR-012).
    #[must_use]
    pub fn user_id(&self) -> String {
        match self {
            Self::Root { account } => account.to_string(),
            Self::User { unique_id, .. } => unique_id.to_string(),
            Self::Anonymous => "anonymous".to_owned(),
        }
    }

    /// Whether the request was unsigned.
    #[must_use]
    pub const fn is_anonymous(&self) -> bool {
        matches!(self, Self::Anonymous)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_ids_are_twelve_digits() {
        assert_eq!(
            AccountId::parse("000000000001")
                .map(|id| id.to_string())
                .as_deref(),
            Some("000000000001")
        );
        // Twelve zeros are twelve digits too, and nobody's but that account's.
        let zero = AccountId::parse("000000000000").unwrap();
        assert_eq!(zero.to_string(), "000000000000");
        assert_ne!(zero, AccountId::ANONYMOUS);
        for id in [zero, AccountId::ANONYMOUS] {
            let text = serde_json::to_string(&id).unwrap();
            assert_eq!(serde_json::from_str::<AccountId>(&text).unwrap(), id, "{text}");
        }
        assert_eq!(AccountId::parse("anonymous"), None);
        for text in [
            "",
            "1",
            "1234567890123",
            "12345678901a",
            "+12345678901",
            "١23456789012",
        ] {
            assert_eq!(AccountId::parse(text), None, "{text}");
        }
    }

    #[test]
    fn arns_carry_the_path() {
        let account = AccountId::parse("111122223333").unwrap();
        let user = Caller::User {
            account,
            path: "/a/b/".into(),
            name: "ann".into(),
            unique_id: "AIDA1".into(),
        };
        assert_eq!(
            user.arn().as_deref(),
            Some("arn:aws:iam::111122223333:user/a/b/ann")
        );
        assert_eq!(
            Caller::Root { account }.arn().as_deref(),
            Some("arn:aws:iam::111122223333:root")
        );
        assert_eq!(Caller::Anonymous.arn(), None);
        assert_eq!(Caller::Anonymous.user_id(), "anonymous");
    }
}
