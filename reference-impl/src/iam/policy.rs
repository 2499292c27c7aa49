//! PutUserPolicy, GetUserPolicy, ListUserPolicies and DeleteUserPolicy.

use super::{AccountCall, Target, empty, find_user, page, parameter};
use crate::authz::{Action, PolicyDocument, PolicyError};
use crate::error::{ApiError, Code};
use crate::query_protocol::IAM;
use crate::store::{Config, Document, DocumentKey, Mutation, UserConfig, UserPolicy};
use crate::wire::encoding::uri_encode;
use crate::wire::xml::Writer;

/// How many characters, white space apart, all inline policies of a user may have together.
const MAXIMUM_SIZE: usize = 2048;

pub(super) async fn put(call: AccountCall<'_>) -> Result<Writer, ApiError> {
    let user = parameter::required_user_name(call.parameters())?;
    let name = parameter::policy_name(call.parameters())?;
    let text = parameter::required(call.parameters(), "PolicyDocument", "policyDocument")?.to_owned();
    let target = Target::User(user.clone());
    let account = call.account;
    let plan = move |config: &Config, _| {
        let user = find_user(config, account, &user)?;
        PolicyDocument::identity(text.as_bytes()).map_err(|error| refusal(&error))?;
        check_size(user, &name, &text)?;
        let policy = UserPolicy {
            account: user.account,
            user: user.name.clone(),
            name,
            text,
        };
        Ok((vec![Mutation::Put(Document::UserPolicy(policy))], ()))
    };
    call.change(Action::PutUserPolicy, target, plan).await?;
    Ok(empty("PutUserPolicyResponse"))
}

pub(super) fn get(call: AccountCall<'_>) -> Result<Writer, ApiError> {
    let user = parameter::required_user_name(call.parameters())?;
    let name = parameter::policy_name(call.parameters())?;
    call.may(Action::GetUserPolicy, Target::User(user.clone()))?;
    let user = find_user(call.config(), call.account, &user)?;
    let policy = user.policies.get(&name).ok_or_else(|| no_such_policy(&name))?;
    let mut writer = IAM.answer("GetUserPolicyResponse");
    writer
        .open("GetUserPolicyResult")
        .text("UserName", &user.name)
        .text("PolicyName", &name);
    // IAM gives documents URL-encoded.
    writer
        .text("PolicyDocument", uri_encode(policy.text.as_bytes(), false))
        .close();
    Ok(writer)
}

pub(super) fn list(call: AccountCall<'_>) -> Result<Writer, ApiError> {
    let user = parameter::required_user_name(call.parameters())?;
    call.may(Action::ListUserPolicies, Target::User(user.clone()))?;
    let user = find_user(call.config(), call.account, &user)?;
    let page = page(call.parameters(), user.policies.keys(), |name| (*name).clone())?;
    let mut writer = IAM.answer("ListUserPoliciesResponse");
    writer.open("ListUserPoliciesResult").open("PolicyNames");
    for name in &page.items {
        writer.text("member", name);
    }
    writer.close();
    page.write_end(&mut writer);
    writer.close();
    Ok(writer)
}

pub(super) async fn delete(call: AccountCall<'_>) -> Result<Writer, ApiError> {
    let user = parameter::required_user_name(call.parameters())?;
    let name = parameter::policy_name(call.parameters())?;
    let target = Target::User(user.clone());
    let account = call.account;
    let plan = move |config: &Config, _| {
        let user = find_user(config, account, &user)?;
        if !user.policies.contains_key(&name) {
            return Err(no_such_policy(&name));
        }
        let key = DocumentKey::UserPolicy(user.account, user.name.clone(), name);
        Ok((vec![Mutation::Delete(key)], ()))
    };
    call.change(Action::DeleteUserPolicy, target, plan).await?;
    Ok(empty("DeleteUserPolicyResponse"))
}

/// The user's inline policies count together, the one that is replaced not.
fn check_size(user: &UserConfig, name: &str, text: &str) -> Result<(), ApiError> {
    let size = |text: &str| {
        text.chars()
            .filter(|character| !character.is_whitespace())
            .count()
    };
    let others = user.policies.iter().filter(|(other, _)| *other != name);
    let total: usize = others.map(|(_, policy)| size(&policy.text)).sum::<usize>() + size(text);
    if total <= MAXIMUM_SIZE {
        return Ok(());
    }
    let message = format!(
        "Maximum policy size of {MAXIMUM_SIZE} bytes exceeded for user {}",
        user.name
    );
    Err(ApiError::with_message(Code::LimitExceeded, message))
}

fn no_such_policy(name: &str) -> ApiError {
    ApiError::with_message(
        Code::NoSuchEntity,
        format!("The user policy with name {name} cannot be found."),
    )
}

fn refusal(error: &PolicyError) -> ApiError {
    let code = match error {
        PolicyError::Malformed { .. } => Code::MalformedPolicyDocument,
        PolicyError::NotImplemented(_) => Code::NotImplemented,
    };
    ApiError::with_message(code, error.message())
}
