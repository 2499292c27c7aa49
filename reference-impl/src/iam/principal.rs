//! The configuration as policies see it: which principals exist, and what policies a caller has.

use crate::authz::{AccountId, Caller, CompiledPolicy, Directory};
use crate::store::{Config, User};

/// The policies of the caller; only users have any, and only as long as they exist.
#[must_use]
pub fn identity_policies<'c>(config: &'c Config, caller: &Caller) -> Vec<&'c CompiledPolicy> {
    let Caller::User {
        account,
        name,
        unique_id,
        ..
    } = caller
    else {
        return Vec::new();
    };
    match config.user(*account, name) {
        // A user made anew under the name is another user (POL-PRIN-011).
        Some(user) if *user.unique_id == **unique_id => {
            user.policies.values().map(|p| &*p.compiled).collect()
        }
        _ => Vec::new(),
    }
}

/// The ARN of a user.
pub(super) fn user_arn(user: &User) -> String {
    format!("arn:aws:iam::{}:user{}{}", user.account, user.path, user.name)
}

impl Directory for Config {
    fn account_exists(&self, account: AccountId) -> bool {
        self.account(account).is_some()
    }

    fn account_by_canonical_id(&self, canonical_id: &str) -> Option<AccountId> {
        Config::account_by_canonical_id(self, canonical_id).map(|account| account.id)
    }

    fn user_id_by_arn(&self, arn: &str) -> Option<String> {
        let (account, resource) = arn.strip_prefix("arn:aws:iam::")?.split_once(':')?;
        let (_, name) = resource.rsplit_once('/')?;
        let user = self.user(AccountId::parse(account)?, name)?;
        (user_arn(user) == arn).then(|| user.unique_id.clone())
    }

    fn user_arn_by_id(&self, unique_id: &str) -> Option<String> {
        let users = self.accounts().flat_map(|account| self.users(account.id));
        users
            .into_iter()
            .find(|user| user.unique_id == unique_id)
            .map(|user| user_arn(user))
    }
}
