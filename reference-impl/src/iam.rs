//! IAM: users, their access keys and their policies, over the query protocol.

mod ids;
mod key;
mod parameter;
mod policy;
mod principal;
mod user;

use std::sync::Arc;

pub use ids::{access_key_id, secret_access_key, user_id};
pub use principal::identity_policies;

use crate::authz::{AccountId, Action, Authorities, Caller, Check, Resource, authorize};
use crate::clock::Timestamp;
use crate::error::{ApiError, Code};
use crate::exchange::{Outcome, Query, Reply};
use crate::query_protocol::{IAM, finish};
use crate::store::{Authorization, Config, Mutation, Snapshot, Store, UserConfig};
use crate::wire::xml::Writer;

/// One authenticated call.
#[allow(missing_debug_implementations, reason = "snapshots have none")]
pub struct Call {
    /// Where changes go.
    pub store: Store,
    /// What is read.
    pub snapshot: Arc<Snapshot>,
    /// Who calls.
    pub caller: Caller,
    /// The id that the answer carries.
    pub request_id: String,
    /// The parameters of query and form.
    pub parameters: Query,
}

/// Carries out a call and gives its answer, also when that is a refusal.
pub async fn answer(call: &Call) -> Reply {
    perform(call)
        .await
        .unwrap_or_else(|error| IAM.error(&error, &call.request_id))
}

async fn perform(call: &Call) -> Outcome {
    let account = call
        .caller
        .account()
        .ok_or_else(|| ApiError::new(Code::MissingAuthenticationToken))?;
    let call = AccountCall { call, account };
    let action = IAM.action(&call.call.parameters)?;
    let answer = match action {
        "CreateUser" => user::create(call).await,
        "GetUser" => user::get(call),
        "ListUsers" => user::list(call),
        "DeleteUser" => user::delete(call).await,
        "CreateAccessKey" => key::create(call).await,
        "ListAccessKeys" => key::list(call),
        "DeleteAccessKey" => key::delete(call).await,
        "PutUserPolicy" => policy::put(call).await,
        "GetUserPolicy" => policy::get(call),
        "ListUserPolicies" => policy::list(call),
        "DeleteUserPolicy" => policy::delete(call).await,
        // Not InvalidAction: IAM has many more actions than this server.
        _ => Err(ApiError::with_message(
            Code::NotImplemented,
            format!("The action {action} is not implemented."),
        )),
    }?;
    Ok(finish(answer, &call.call.request_id))
}

/// A call within the caller's account: IAM never reaches beyond it.
#[derive(Clone, Copy)]
struct AccountCall<'c> {
    call: &'c Call,
    account: AccountId,
}

/// Whom an action is about.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Target {
    /// A user of the account, by name; it need not exist.
    User(String),
    /// A user that is about to be made.
    NewUser {
        /// The path.
        path: String,
        /// The name.
        name: String,
    },
    /// All users below a path.
    Users(String),
    /// The account's root user.
    Root,
}

/// The permission that a call needs, to be asked again when the configuration changes before it is carried out.
#[derive(Clone, Debug)]
struct Right {
    caller: Caller,
    account: AccountId,
    action: Action,
    target: Target,
}

impl Right {
    fn check(&self, config: &Config) -> Result<(), ApiError> {
        let identity = identity_policies(config, &self.caller);
        let authorities = Authorities {
            caller: &self.caller,
            identity,
            bucket: None,
        };
        let known = match &self.target {
            Target::User(name) => config.user(self.account, name),
            _ => None,
        };
        let (path, name) = match (&self.target, known) {
            (Target::User(_), Some(user)) => (user.path.as_str(), user.name.as_str()),
            (Target::User(name), None) => ("/", name.as_str()),
            (Target::NewUser { path, name }, _) => (path.as_str(), name.as_str()),
            (Target::Users(path), _) => (path.as_str(), ""),
            (Target::Root, _) => ("", ""),
        };
        let resource = match self.target {
            Target::Root => Resource::Any,
            _ => Resource::User {
                account: self.account,
                path,
                name,
            },
        };
        authorize(&authorities, &Check::new(self.action, resource))
            .map_err(|denial| ApiError::with_message(Code::AccessDenied, denial.message()))
    }
}

impl<'c> AccountCall<'c> {
    fn parameters(self) -> &'c Query {
        &self.call.parameters
    }

    fn config(self) -> &'c Config {
        &self.call.snapshot.config
    }

    fn right(self, action: Action, target: Target) -> Right {
        Right {
            caller: self.call.caller.clone(),
            account: self.account,
            action,
            target,
        }
    }

    /// Checks the permission of a call that only reads.
    fn may(self, action: Action, target: Target) -> Result<(), ApiError> {
        self.right(action, target).check(self.config())
    }

    /// Checks the permission and runs a plan under it.
    async fn change<T, P>(self, action: Action, target: Target, plan: P) -> Result<T, ApiError>
    where
        T: Send + 'static,
        P: FnOnce(&Config, Timestamp) -> Result<(Vec<Mutation>, T), ApiError> + Send + 'static,
    {
        let right = self.right(action, target);
        right.check(self.config())?;
        let authorization = Authorization::new(&self.call.snapshot.config, move |config| right.check(config));
        self.call
            .store
            .execute(authorization, move |view| plan(view.config, view.now))
            .await
    }

    /// The user that the call names, or else the one that calls; none stands for the account's root user.
    fn user_name(self) -> Result<Option<String>, ApiError> {
        match (parameter::user_name(self.parameters())?, &self.call.caller) {
            (Some(name), _) => Ok(Some(name)),
            (None, Caller::User { name, .. }) => Ok(Some(name.to_string())),
            (None, _) => Ok(None),
        }
    }
}

impl Target {
    fn of(user: Option<&String>) -> Self {
        user.map_or(Self::Root, |name| Self::User(name.clone()))
    }
}

/// Finds a user of the account.
fn find_user<'c>(
    config: &'c Config,
    account: AccountId,
    name: &str,
) -> Result<&'c Arc<UserConfig>, ApiError> {
    config.user(account, name).ok_or_else(|| {
        ApiError::with_message(
            Code::NoSuchEntity,
            format!("The user with name {name} cannot be found."),
        )
    })
}

/// An answer that has nothing to say beyond its request id.
fn empty(root: &'static str) -> Writer {
    IAM.answer(root)
}

/// One page of a listing.
struct Page<T> {
    items: Vec<T>,
    /// Where the next page begins.
    marker: Option<String>,
}

/// Cuts a page out of a listing in the order of its names.
fn page<T>(
    parameters: &Query,
    items: impl Iterator<Item = T>,
    name: impl Fn(&T) -> String,
) -> Result<Page<T>, ApiError> {
    let (maximum, after) = parameter::paging(parameters)?;
    let mut rest = items
        .filter(|item| after.as_ref().is_none_or(|after| name(item) > *after))
        .peekable();
    let mut items = Vec::new();
    while items.len() < maximum
        && let Some(item) = rest.next()
    {
        items.push(item);
    }
    let more = rest.peek().is_some();
    let marker = items
        .last()
        .filter(|_| more)
        .map(|item| parameter::marker(&name(item)));
    Ok(Page { items, marker })
}

impl<T> Page<T> {
    fn write_end(&self, writer: &mut Writer) {
        writer.text(
            "IsTruncated",
            if self.marker.is_some() { "true" } else { "false" },
        );
        writer.text_opt("Marker", self.marker.as_deref());
    }
}

#[cfg(test)]
mod tests;
