//! CreateAccessKey, ListAccessKeys and DeleteAccessKey.

use super::{AccountCall, Target, empty, find_user, ids, page, parameter};
use crate::authz::Action;
use crate::clock::Timestamp;
use crate::error::{ApiError, Code};
use crate::query_protocol::IAM;
use crate::store::{AccessKey, Config, Document, DocumentKey, Mutation};
use crate::wire::dates;
use crate::wire::xml::Writer;

/// How many access keys a user, or the root user, may have.
const MAXIMUM_KEYS: usize = 2;

pub(super) async fn create(call: AccountCall<'_>) -> Result<Writer, ApiError> {
    let name = call.user_name()?;
    let (id, secret) = (ids::access_key_id()?, ids::secret_access_key()?);
    let target = Target::of(name.as_ref());
    let account = call.account;
    let plan = move |config: &Config, now: Timestamp| {
        let user = owner(config, account, name)?;
        if config.access_keys(account, user.as_deref()).count() >= MAXIMUM_KEYS {
            let message = format!("Cannot exceed quota for AccessKeysPerUser: {MAXIMUM_KEYS}");
            return Err(ApiError::with_message(Code::LimitExceeded, message));
        }
        if config.access_key(&id).is_some() {
            return Err(ApiError::internal("a random access key id came up twice"));
        }
        let key = AccessKey {
            id,
            secret,
            account,
            user,
            active: true,
            created: now,
        };
        Ok((vec![Mutation::Put(Document::AccessKey(key.clone()))], key))
    };
    let key = call.change(Action::CreateAccessKey, target, plan).await?;
    let mut writer = IAM.answer("CreateAccessKeyResponse");
    writer.open("CreateAccessKeyResult").open("AccessKey");
    write_key(&mut writer, &key);
    // The only time that the secret is shown.
    writer.text("SecretAccessKey", &key.secret);
    writer.close().close();
    Ok(writer)
}

pub(super) fn list(call: AccountCall<'_>) -> Result<Writer, ApiError> {
    let name = call.user_name()?;
    call.may(Action::ListAccessKeys, Target::of(name.as_ref()))?;
    let user = owner(call.config(), call.account, name)?;
    let keys = call.config().access_keys(call.account, user.as_deref());
    let page = page(call.parameters(), keys, |key| key.id.clone())?;
    let mut writer = IAM.answer("ListAccessKeysResponse");
    writer.open("ListAccessKeysResult").open("AccessKeyMetadata");
    for key in &page.items {
        writer.open("member");
        write_key(&mut writer, key);
        writer.close();
    }
    writer.close();
    page.write_end(&mut writer);
    writer.close();
    Ok(writer)
}

pub(super) async fn delete(call: AccountCall<'_>) -> Result<Writer, ApiError> {
    let id = parameter::access_key_id(call.parameters())?.to_owned();
    let name = call.user_name()?;
    let target = Target::of(name.as_ref());
    let account = call.account;
    let plan = move |config: &Config, _| {
        let user = owner(config, account, name)?;
        if !config
            .access_keys(account, user.as_deref())
            .any(|key| key.id == id)
        {
            let message = format!("The Access Key with id {id} cannot be found.");
            return Err(ApiError::with_message(Code::NoSuchEntity, message));
        }
        Ok((vec![Mutation::Delete(DocumentKey::AccessKey(id))], ()))
    };
    call.change(Action::DeleteAccessKey, target, plan).await?;
    Ok(empty("DeleteAccessKeyResponse"))
}

/// The user as it is spelled, which must exist; none stands for the root user.
fn owner(
    config: &Config,
    account: crate::authz::AccountId,
    name: Option<String>,
) -> Result<Option<String>, ApiError> {
    name.map(|name| find_user(config, account, &name).map(|user| user.name.clone()))
        .transpose()
}

fn write_key(writer: &mut Writer, key: &AccessKey) {
    writer
        .text_opt("UserName", key.user.as_deref())
        .text("AccessKeyId", &key.id);
    writer.text("Status", if key.active { "Active" } else { "Inactive" });
    writer.text("CreateDate", dates::iso_seconds(key.created));
}
