//! CreateUser, GetUser, ListUsers and DeleteUser.

use super::principal::user_arn;
use super::{AccountCall, Target, empty, find_user, ids, page, parameter};
use crate::authz::Action;
use crate::clock::Timestamp;
use crate::error::{ApiError, Code};
use crate::query_protocol::IAM;
use crate::store::{Config, Document, DocumentKey, Mutation, User};
use crate::wire::dates;
use crate::wire::xml::Writer;

/// How many users an account may have.
const MAXIMUM_USERS: usize = 5000;

pub(super) async fn create(call: AccountCall<'_>) -> Result<Writer, ApiError> {
    parameter::refuse_unimplemented(call.parameters(), &["PermissionsBoundary", "Tags"])?;
    let name = parameter::required_user_name(call.parameters())?;
    let path = parameter::path(call.parameters(), "Path")?;
    let unique_id = ids::user_id()?;
    let account = call.account;
    let target = Target::NewUser {
        path: path.clone(),
        name: name.clone(),
    };
    let plan = move |config: &Config, now: Timestamp| {
        // Names are compared without regard to case.
        if config.user(account, &name).is_some() {
            let message = format!("User with name {name} already exists.");
            return Err(ApiError::with_message(Code::EntityAlreadyExists, message));
        }
        if config.users(account).count() >= MAXIMUM_USERS {
            let message = format!("Cannot exceed quota for UsersPerAccount: {MAXIMUM_USERS}");
            return Err(ApiError::with_message(Code::LimitExceeded, message));
        }
        let user = User {
            account,
            name,
            path,
            unique_id,
            created: now,
        };
        Ok((vec![Mutation::Put(Document::User(user.clone()))], user))
    };
    let user = call.change(Action::CreateUser, target, plan).await?;
    let mut writer = IAM.answer("CreateUserResponse");
    writer.open("CreateUserResult").open("User");
    write_user(&mut writer, &user);
    writer.close().close();
    Ok(writer)
}

pub(super) fn get(call: AccountCall<'_>) -> Result<Writer, ApiError> {
    let name = call.user_name()?;
    call.may(Action::GetUser, Target::of(name.as_ref()))?;
    let mut writer = IAM.answer("GetUserResponse");
    writer.open("GetUserResult").open("User");
    match name {
        Some(name) => write_user(&mut writer, find_user(call.config(), call.account, &name)?),
        None => write_root(&mut writer, call),
    }
    writer.close().close();
    Ok(writer)
}

pub(super) fn list(call: AccountCall<'_>) -> Result<Writer, ApiError> {
    let prefix = parameter::path_prefix(call.parameters())?;
    call.may(Action::ListUsers, Target::Users(prefix.clone()))?;
    let users = call
        .config()
        .users(call.account)
        .filter(|user| user.path.starts_with(&prefix));
    let page = page(call.parameters(), users, |user| user.name.to_ascii_lowercase())?;
    let mut writer = IAM.answer("ListUsersResponse");
    writer.open("ListUsersResult").open("Users");
    for user in &page.items {
        writer.open("member");
        write_user(&mut writer, user);
        writer.close();
    }
    writer.close();
    page.write_end(&mut writer);
    writer.close();
    Ok(writer)
}

pub(super) async fn delete(call: AccountCall<'_>) -> Result<Writer, ApiError> {
    let name = parameter::required_user_name(call.parameters())?;
    let account = call.account;
    let target = Target::User(name.clone());
    let plan = move |config: &Config, _| {
        let user = find_user(config, account, &name)?;
        if !user.policies.is_empty() {
            return Err(ApiError::new(Code::DeleteConflict));
        }
        if config
            .access_keys(user.account, Some(&user.name))
            .next()
            .is_some()
        {
            let message = "Cannot delete entity, must delete access keys first.";
            return Err(ApiError::with_message(Code::DeleteConflict, message));
        }
        let key = DocumentKey::User(user.account, user.name.clone());
        Ok((vec![Mutation::Delete(key)], ()))
    };
    call.change(Action::DeleteUser, target, plan).await?;
    Ok(empty("DeleteUserResponse"))
}

fn write_user(writer: &mut Writer, user: &User) {
    writer
        .text("Path", &user.path)
        .text("UserName", &user.name)
        .text("UserId", &user.unique_id);
    writer
        .text("Arn", user_arn(user))
        .text("CreateDate", dates::iso_seconds(user.created));
}

/// The root user has neither path nor name.
fn write_root(writer: &mut Writer, call: AccountCall<'_>) {
    let account = call.account.to_string();
    writer
        .text("UserId", &account)
        .text("Arn", call.account.root_arn());
    writer.text_opt(
        "CreateDate",
        call.config()
            .account(call.account)
            .map(|account| dates::iso_seconds(account.created)),
    );
}
