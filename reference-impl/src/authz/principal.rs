//! Principals: how policies name callers, and what must exist for them to do so.

use super::caller::{AccountId, Caller};
use super::document::PolicyError;

/// What policies need to know about the accounts and users that exist.
pub trait Directory {
    /// Whether the account exists.
    fn account_exists(&self, account: AccountId) -> bool;

    /// The account with this canonical user ID.
    fn account_by_canonical_id(&self, canonical_id: &str) -> Option<AccountId>;

    /// The unique ID of the user with this ARN (exact, case-sensitive, path included: POL-PRIN-006, POL-PRIN-015).
    fn user_id_by_arn(&self, arn: &str) -> Option<String>;

    /// The ARN of the user with this unique ID.
    fn user_arn_by_id(&self, unique_id: &str) -> Option<String>;
}

/// One principal of a statement, bound to what exists.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Principal {
    /// `*`: everyone, signed or not (POL-PRIN-002).
    Everyone,
    /// An account, by any of its names (POL-PRIN-004, POL-PRIN-005).
    Account(AccountId),
    /// A user, by its unique ID (POL-PRIN-011).
    User(String),
    /// An AWS service; no caller of this server is one (POL-PRIN-013).
    Service,
}

/// How closely a principal names a caller; it decides what an Allow is worth (EVAL-SAME-003, EVAL-SAME-004).
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Closeness {
    /// By its account alone, which delegates to that account's own policies.
    Account,
    /// The caller itself, or everyone.
    Caller,
}

impl Principal {
    /// How the principal names the caller, if it does.
    pub(super) fn closeness(&self, caller: &Caller) -> Option<Closeness> {
        match (self, caller) {
            (Self::Everyone, _) => Some(Closeness::Caller),
            (Self::Account(named), Caller::Root { account }) if named == account => Some(Closeness::Caller),
            (Self::Account(named), Caller::User { account, .. }) if named == account => {
                Some(Closeness::Account)
            }
            (Self::User(named), Caller::User { unique_id, .. }) if **named == **unique_id => {
                Some(Closeness::Caller)
            }
            _ => None,
        }
    }
}

/// The principals of a statement.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Principals {
    /// An identity policy has none: it speaks of the user that it is attached to.
    Attached,
    /// `Principal`.
    Listed(Vec<Principal>),
    /// `NotPrincipal`.
    Except(Vec<Principal>),
}

impl Principals {
    /// How the statement applies to the caller, if it does.
    pub(super) fn closeness(&self, caller: &Caller) -> Option<Closeness> {
        match self {
            Self::Attached => Some(Closeness::Caller),
            Self::Listed(listed) => listed
                .iter()
                .filter_map(|principal| principal.closeness(caller))
                .max(),
            Self::Except(listed) => (!is_exempt(listed, caller)).then_some(Closeness::Caller),
        }
    }

    /// Whether everyone is named, which makes an Allow public (EVAL-PUB-004, EVAL-PUB-010).
    pub(super) fn include_everyone(&self) -> bool {
        match self {
            Self::Attached => false,
            Self::Listed(listed) => listed.contains(&Principal::Everyone),
            Self::Except(_) => true,
        }
    }
}

/// Whether `NotPrincipal` spares the caller: the account *and*, for a user, the user itself must be listed, or the
/// account alone, which spares everyone in it (POL-NPRIN-002, POL-NPRIN-005).
fn is_exempt(listed: &[Principal], caller: &Caller) -> bool {
    let lists = |principal: &Principal| listed.contains(principal);
    lists(&Principal::Everyone)
        || caller
            .account()
            .is_some_and(|account| lists(&Principal::Account(account)))
}

/// Services that a bucket policy may name (POL-PRIN-010); none of them calls this server.
const SERVICES: &[&str] = &[
    "cloudfront",
    "cloudtrail",
    "config",
    "delivery.logs",
    "ec2",
    "lambda",
    "logdelivery.elasticloadbalancing",
    "logging.s3",
    "logs",
    "s3",
    "serverlessrepo",
];

/// Reads one value of the principal map, as a client sent it.
pub(super) fn resolve(kind: &str, value: &str, directory: &dyn Directory) -> Result<Principal, PolicyError> {
    match kind {
        "AWS" => resolve_aws(value, directory),
        "CanonicalUser" => {
            let account = directory
                .account_by_canonical_id(value)
                .ok_or_else(|| invalid(kind, value))?;
            Ok(Principal::Account(account))
        }
        "Service" => {
            let known = value
                .strip_suffix(".amazonaws.com")
                .is_some_and(|name| SERVICES.contains(&name));
            if known {
                Ok(Principal::Service)
            } else {
                Err(invalid(kind, value))
            }
        }
        // No identity provider exists here, so none can be named (POL-PRIN-010).
        _ => Err(invalid(kind, value)),
    }
}

/// Reads a value under `AWS`: `*`, an account, or the ARN of a user that exists.
fn resolve_aws(value: &str, directory: &dyn Directory) -> Result<Principal, PolicyError> {
    if value == "*" {
        return Ok(Principal::Everyone);
    }
    if let Some(account) = account_name(value) {
        let exists = directory.account_exists(account);
        return if exists {
            Ok(Principal::Account(account))
        } else {
            Err(invalid("AWS", value))
        };
    }
    if value.starts_with("arn:aws:sts::") && value.contains(":federated-user/") && !value.contains(['*', '?'])
    {
        return Err(PolicyError::NotImplemented(format!(
            "Federated user sessions are not implemented, so {value} cannot be a principal."
        )));
    }
    // Roles and groups do not exist here and cannot be named (POL-PRIN-009, POL-PRIN-010); nor can wildcards
    // (POL-PRIN-003), which no user's ARN contains.
    directory
        .user_id_by_arn(value)
        .map(Principal::User)
        .ok_or_else(|| invalid("AWS", value))
}

/// Reads one value of the principal map of a stored policy, in which users are unique IDs and canonical IDs have
/// become accounts.
pub(super) fn resolve_stored(kind: &str, value: &str) -> Principal {
    match kind {
        "AWS" if value == "*" => Principal::Everyone,
        "AWS" => account_name(value).map_or_else(|| Principal::User(value.to_owned()), Principal::Account),
        _ => Principal::Service,
    }
}

/// The account that a 12-digit ID or a root ARN names (POL-PRIN-004).
fn account_name(value: &str) -> Option<AccountId> {
    let id = value
        .strip_prefix("arn:aws:iam::")
        .map_or(Some(value), |rest| rest.strip_suffix(":root"));
    id.and_then(AccountId::parse)
}

/// The refusal of a principal, quoting it (POL-VAL-016).
pub(super) fn invalid(kind: &str, value: &str) -> PolicyError {
    PolicyError::Malformed {
        message: "Invalid principal in policy".to_owned(),
        detail: Some(format!("\"{kind}\" : \"{value}\"")),
    }
}
