//! ACLs: what requests may set, who owns what they write, and the operations on ACLs of objects.

pub(crate) mod bucket;
mod document;
pub mod request;

use crate::authority::{self, Check};
use crate::authz::{AccountId, Acl, Action, Caller, CannedAcl, DenialReason, Ownership};
use crate::error::{ApiError, Code};
use crate::exchange::{Exchange, Outcome, Reply};
use crate::ops::document::MAX_DOCUMENT;
use crate::ops::target::{Rights, Target, hide_missing};
use crate::store::{BucketConfig, BucketRecord, Config, Content, Mutation, View};
use crate::versions::{OnMarker, find_object};
use crate::wire::payload::Payload;
use request::Requested;

/// The canonical user ID that owns what anonymous callers upload while ACLs are on (EVAL-ANON-004).
pub(crate) const ANONYMOUS_ID: &str = "65a011a29cdf8ec533ec3d1ccaae921c";

/// GetObjectAcl.
///
/// # Errors
/// What VER-GET-009 says of versions that are not there; to callers who may not list the bucket, `AccessDenied`.
pub(crate) fn get(exchange: &Exchange) -> Outcome {
    let target = Target::of(exchange)?;
    let snapshot = &*exchange.snapshot;
    let found = find_object(
        &snapshot.rows,
        snapshot,
        target.place(),
        exchange.request.version_id(),
        OnMarker::Hidden,
    );
    let version = found.map_err(|error| hide_missing(exchange, &target.bucket.name, error))?;
    let acl = version.object().and_then(|object| object.acl.as_ref());
    let document = shown(acl, version.owner, &snapshot.config, &target.bucket);
    Ok(Reply::xml(document).header_opt("x-amz-version-id", target.place().shown_id(snapshot, &version)))
}

/// PutObjectAcl; a lock does not stand in its way (LOCK-DEL-014).
///
/// # Errors
/// What is wrong with the ACL, or what VER-GET-010 says of versions that are not there.
pub(crate) async fn put(exchange: &Exchange, payload: &mut Payload) -> Outcome {
    let target = Target::of(exchange)?;
    let body = payload.collect(MAX_DOCUMENT).await?;
    let config = &exchange.snapshot.config;
    let requested = request::from_headers_or_body(&exchange.request.headers, &body, config.as_ref())?;
    let parameter = exchange.request.version_id().map(str::to_owned);
    let (caller, name) = (exchange.caller.clone(), target.bucket.name.clone());
    let authority = exchange.authority.clone();
    let plan = move |view: &View<'_, '_>| {
        let target = target.now(view.config)?;
        let mut version = find_object(
            view.rows,
            view,
            target.place(),
            parameter.as_deref(),
            OnMarker::NotAllowed,
        )?;
        authority.check_found(view.config, &target.bucket, &version)?;
        let acl = for_existing_object(
            &requested,
            version.owner,
            &caller,
            view.config,
            &target.bucket,
            &target.key,
        )?;
        let shown = target.place().shown_id(view, &version);
        if let Content::Object(object) = &mut version.content {
            object.acl = Some(acl);
        }
        let (bucket, key) = (target.bucket.id, target.key);
        Ok((
            vec![Mutation::PutVersion {
                bucket,
                key,
                version,
                blob: None,
            }],
            shown,
        ))
    };
    let shown = Rights::of(exchange)
        .commit(plan)
        .await
        .map_err(|error| hide_missing(exchange, &name, error))?;
    Ok(Reply::ok().header_opt("x-amz-version-id", shown))
}

/// The canonical user ID of an account, as XML documents show owners and grantees.
pub fn canonical_id(config: &Config, account: AccountId) -> String {
    if account == AccountId::ANONYMOUS {
        return ANONYMOUS_ID.to_owned();
    }
    config
        .account(account)
        .map(|account| account.canonical_id.clone())
        .unwrap_or_default()
}

/// The setting that applies to a bucket; without ownership controls it is `ObjectWriter` (EVAL-OWN-001).
pub fn ownership(bucket: &BucketRecord) -> Ownership {
    bucket.ownership.unwrap_or(Ownership::ObjectWriter)
}

/// Who will own an object that the caller writes, and the ACL that it will have (none is the owner's full control).
///
/// # Errors
/// `AccessControlListNotSupported` while ACLs are off (EVAL-OWN-003), `AccessDenied` for a public ACL that
/// `BlockPublicAcls` prevents (EVAL-BPA-004), `NotImplemented` for grants that would have no effect.
pub fn for_new_object(
    requested: Option<&Requested>,
    caller: &Caller,
    config: &Config,
    bucket: &BucketConfig,
    key: &str,
) -> Result<(AccountId, Option<Acl>), ApiError> {
    let setting = ownership(bucket);
    if !setting.acls_enabled() {
        let harmless =
            requested.is_none_or(|requested| is_owners_full_control(requested, caller, bucket.owner));
        return if harmless {
            Ok((bucket.owner, None))
        } else {
            Err(not_supported())
        };
    }
    let gives_up = matches!(
        requested,
        Some(Requested::Canned(CannedAcl::BucketOwnerFullControl))
    );
    let owner = match caller.account() {
        _ if setting == Ownership::BucketOwnerPreferred && gives_up => bucket.owner, // EVAL-OWN-007
        Some(account) => account,
        None => AccountId::ANONYMOUS,
    };
    let Some(requested) = requested else {
        return Ok((owner, None));
    };
    let acl = expand(requested, owner, bucket.owner);
    let check = Check::object(Action::PutObject, &bucket.name, key);
    check_public(&acl, caller, config, bucket, &check)?;
    check_effect(&acl)?;
    Ok((owner, Some(acl)))
}

/// The ACL that PutObjectAcl sets on an object of `owner`.
///
/// # Errors
/// `AccessControlListNotSupported` while ACLs are off (EVAL-OWN-003), `AccessDenied` for another owner in the
/// document or for a public ACL that `BlockPublicAcls` prevents (EVAL-BPA-004), `NotImplemented` for grants that
/// would have no effect.
pub fn for_existing_object(
    requested: &Requested,
    owner: AccountId,
    caller: &Caller,
    config: &Config,
    bucket: &BucketConfig,
    key: &str,
) -> Result<Acl, ApiError> {
    if !ownership(bucket).acls_enabled() {
        return Err(not_supported());
    }
    let acl = expand(requested, owner, bucket.owner);
    if acl.owner != owner {
        return Err(ApiError::new(Code::AccessDenied));
    }
    check_public(
        &acl,
        caller,
        config,
        bucket,
        &Check::object(Action::PutObjectAcl, &bucket.name, key),
    )?;
    check_effect(&acl)?;
    Ok(acl)
}

/// The document that GetObjectAcl and GetBucketAcl answer with: the ACL in effect (EVAL-OWN-005, EVAL-BPA-007).
pub fn shown(acl: Option<&Acl>, owner: AccountId, config: &Config, bucket: &BucketConfig) -> String {
    let effective = match acl {
        _ if !ownership(bucket).acls_enabled() => Acl::private(bucket.owner),
        Some(acl) => {
            let ignored = bucket.public_access_block.unwrap_or_default().ignore_public_acls;
            let mut acl = acl.clone();
            acl.grants.retain(|grant| !(ignored && grant.grantee.is_public()));
            acl
        }
        None => Acl::private(owner),
    };
    document::write(&effective, |account| canonical_id(config, account))
}

fn expand(requested: &Requested, owner: AccountId, bucket_owner: AccountId) -> Acl {
    match requested {
        Requested::Canned(canned) => canned.expand(owner, bucket_owner),
        Requested::Grants(grants) => Acl {
            owner,
            grants: grants.clone(),
        },
        Requested::Document(acl) => acl.clone(),
    }
}

/// Whether an ACL says no more than that the bucket owner has full control (EVAL-OWN-003, EVAL-OWN-004).
fn is_owners_full_control(requested: &Requested, caller: &Caller, bucket_owner: AccountId) -> bool {
    let private = Acl::private(bucket_owner);
    match requested {
        Requested::Canned(CannedAcl::BucketOwnerFullControl) => true,
        Requested::Canned(CannedAcl::Private) => caller.account() == Some(bucket_owner),
        Requested::Canned(_) => false,
        Requested::Grants(grants) => grants.iter().all(|grant| private.grants.contains(grant)),
        Requested::Document(acl) => *acl == private,
    }
}

fn check_public(
    acl: &Acl,
    caller: &Caller,
    config: &Config,
    bucket: &BucketRecord,
    check: &Check,
) -> Result<(), ApiError> {
    let blocked = bucket.public_access_block.unwrap_or_default().block_public_acls;
    if blocked && acl.is_public() {
        return Err(authority::denial(
            caller,
            config,
            check,
            DenialReason::BlockPublicAcls,
        ));
    }
    Ok(())
}

/// No grant is kept that nothing would ever evaluate.
fn check_effect(acl: &Acl) -> Result<(), ApiError> {
    if acl.grants_those_who_never_call() {
        let message = "Grants to Amazon EC2, to the log delivery group and to the anonymous user by its ID are not \
                       implemented by this server";
        return Err(ApiError::with_message(Code::NotImplemented, message));
    }
    Ok(())
}

fn not_supported() -> ApiError {
    ApiError::new(Code::AccessControlListNotSupported)
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName, HeaderValue};

    use super::*;
    use crate::authz::{AclPermission, Directory, Grant, Grantee};

    pub(super) const OWNER_ID: &str = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be";

    pub(super) fn owner() -> AccountId {
        AccountId::parse("111122223333").unwrap()
    }

    pub(super) struct Names;

    impl Directory for Names {
        fn account_exists(&self, _: AccountId) -> bool {
            true
        }
        fn account_by_canonical_id(&self, canonical_id: &str) -> Option<AccountId> {
            (canonical_id == OWNER_ID).then(owner)
        }
        fn user_id_by_arn(&self, _: &str) -> Option<String> {
            None
        }
        fn user_arn_by_id(&self, _: &str) -> Option<String> {
            None
        }
    }

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(
                HeaderName::from_static(name),
                HeaderValue::from_str(value).unwrap(),
            );
        }
        headers
    }

    fn refused(pairs: &[(&'static str, &str)]) -> (Code, String) {
        let error = request::from_headers(&headers(pairs), &Names).unwrap_err();
        (error.code, error.message)
    }

    #[test]
    fn headers_name_or_grant() {
        let read = |pairs: &[_]| request::from_headers(&headers(pairs), &Names).unwrap();
        assert_eq!(read(&[]), None);
        assert_eq!(
            read(&[("x-amz-acl", "public-read")]),
            Some(Requested::Canned(CannedAcl::PublicRead))
        );
        let group = "uri=\"http://acs.amazonaws.com/groups/global/AllUsers\"";
        let both = format!("id={OWNER_ID}, {group}");
        let expected = [Grantee::Account(owner()), Grantee::AllUsers].map(|grantee| Grant {
            grantee,
            permission: AclPermission::Read,
        });
        assert_eq!(
            read(&[("x-amz-grant-read", &both)]),
            Some(Requested::Grants(expected.to_vec()))
        );
    }

    #[test]
    fn headers_that_mean_nothing_are_refused() {
        assert_eq!(
            refused(&[("x-amz-acl", "Private")]),
            (Code::InvalidArgument, String::new())
        );
        assert_eq!(
            refused(&[("x-amz-grant-read", "id=0")]),
            (Code::InvalidArgument, "Invalid id".to_owned())
        );
        assert_eq!(refused(&[("x-amz-grant-read", "uri=x")]).1, "Invalid group uri");
        assert_eq!(
            refused(&[("x-amz-grant-read", "name=x")]).1,
            "Argument format not recognized"
        );
        let both = [
            ("x-amz-acl", "private"),
            ("x-amz-grant-read", &*format!("id={OWNER_ID}")),
        ];
        assert_eq!(refused(&both).0, Code::InvalidRequest);
        assert_eq!(
            refused(&[("x-amz-acl", "private"), ("x-amz-acl", "public-read")]),
            (Code::InvalidArgument, String::new())
        );
        let address = [("x-amz-grant-read", "emailAddress=a@b.example")];
        assert_eq!(refused(&address).0, Code::MethodNotAllowed);
        let neither = request::from_headers_or_body(&HeaderMap::new(), b"", &Names).unwrap_err();
        assert_eq!(neither.code, Code::MissingSecurityHeader);
        let body = request::from_headers_or_body(&headers(&[("x-amz-acl", "private")]), b"<a/>", &Names)
            .unwrap_err();
        assert_eq!(body.code, Code::UnexpectedContent);
    }

    #[test]
    fn while_acls_are_off_only_the_owners_full_control_is_accepted() {
        let root = Caller::Root { account: owner() };
        let foreign = Caller::Root {
            account: AccountId::parse("444455556666").unwrap(),
        };
        let canned =
            |canned, caller: &Caller| is_owners_full_control(&Requested::Canned(canned), caller, owner());
        assert!(canned(CannedAcl::BucketOwnerFullControl, &foreign));
        assert!(canned(CannedAcl::Private, &root) && !canned(CannedAcl::Private, &foreign)); // EVAL-OWN-004
        assert!(!canned(CannedAcl::PublicRead, &root));
        let grants = Acl::private(owner()).grants;
        let twice = [grants.clone(), grants.clone()].concat();
        for grants in [grants, twice] {
            assert!(is_owners_full_control(
                &Requested::Grants(grants),
                &foreign,
                owner()
            ));
        }
    }
}
