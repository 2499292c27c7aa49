//! The bridge from a request to the authorization module: which authorities speak, and what they are asked.

use crate::authz::{
    self, AccountId, Acl, Action, Authorities, BucketAuthority, Caller, Denial, DenialCode, ObjectAuthority,
    Ownership, Resource,
};
use crate::error::{ApiError, Code};
use crate::iam::identity_policies;
use crate::store::{BucketConfig, Config, VersionRecord};

/// The checks of one request, kept so that a plan can ask them again under a newer configuration.
#[derive(Clone, Debug)]
pub struct Authority {
    /// Who asks.
    pub caller: Caller,
    /// What is asked; every check must be allowed (EVAL-CTX-001).
    pub checks: Vec<Check>,
}

/// One (action, resource) pair.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Check {
    /// The action.
    pub action: Action,
    /// The bucket; empty for actions without resource-level permissions.
    pub bucket: String,
    /// The key, for actions on objects.
    pub key: Option<String>,
    /// The owner and ACL of the object version, where it exists and ACLs are enabled (EVAL-OWN-009).
    pub object: Option<ObjectSide>,
    /// The caller has this right unless something denies it (EVAL-OP-037).
    pub granted_by_default: bool,
    /// The bucket is about to be made: one of the same name has no say in it.
    pub new_bucket: bool,
}

/// What an existing object version says about its own access.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ObjectSide {
    /// The account that owns the version.
    pub owner: AccountId,
    /// Its ACL; none is the owner's full control alone.
    pub acl: Option<Acl>,
}

impl Check {
    /// A check on a bucket.
    pub fn bucket(action: Action, bucket: &str) -> Self {
        Self {
            action,
            bucket: bucket.to_owned(),
            key: None,
            object: None,
            granted_by_default: false,
            new_bucket: false,
        }
    }

    /// A check on a key of a bucket.
    pub fn object(action: Action, bucket: &str, key: &str) -> Self {
        Self {
            key: Some(key.to_owned()),
            ..Self::bucket(action, bucket)
        }
    }

    /// A check without resource.
    pub fn any(action: Action) -> Self {
        Self::bucket(action, "")
    }

    /// The same check with the object's own side.
    #[must_use]
    pub fn with_object(self, object: Option<ObjectSide>) -> Self {
        Self { object, ..self }
    }

    fn resource(&self) -> Resource<'_> {
        match &self.key {
            Some(key) => Resource::Object {
                bucket: &self.bucket,
                key,
            },
            None if self.bucket.is_empty() => Resource::Any,
            None => Resource::Bucket(&self.bucket),
        }
    }
}

impl Authority {
    /// Asks every check against a configuration.
    ///
    /// # Errors
    /// The denial of the first check that is not allowed.
    pub fn check(&self, config: &Config) -> Result<(), ApiError> {
        self.checks
            .iter()
            .try_for_each(|check| ask(&self.caller, config, check))
    }
}

impl ObjectSide {
    /// What a version says about its own access.
    pub fn of(version: &VersionRecord) -> Self {
        Self {
            owner: version.owner,
            acl: version.object().and_then(|object| object.acl.clone()),
        }
    }
}

impl Authority {
    /// Asks again with the version that a plan found, for another one may have become current since: while ACLs are
    /// enabled its owner and ACL count (EVAL-OWN-009).
    ///
    /// # Errors
    /// The denial of the first check that is not allowed.
    pub fn check_found(
        &self,
        config: &Config,
        bucket: &BucketConfig,
        version: &VersionRecord,
    ) -> Result<(), ApiError> {
        if bucket
            .ownership
            .is_some_and(|ownership| !ownership.acls_enabled())
        {
            return Ok(());
        }
        let side = ObjectSide::of(version);
        let on_object = self.checks.iter().filter(|check| check.key.is_some());
        on_object
            .map(|check| check.clone().with_object(Some(side.clone())))
            .try_for_each(|check| ask(&self.caller, config, &check))
    }
}

/// Asks one check (per-entry checks of DeleteObjects, copy sources, optional read headers).
///
/// # Errors
/// `AccessDenied`, or `MethodNotAllowed` for a foreign account on a policy operation (POL-DOC-008).
pub fn ask(caller: &Caller, config: &Config, check: &Check) -> Result<(), ApiError> {
    with_authorities(caller, config, check, |authorities| {
        authz::authorize(authorities, &question(check)).map_err(|denial| refusal(&denial))
    })
}

/// Whether one check is allowed.
pub fn allows(caller: &Caller, config: &Config, check: &Check) -> bool {
    ask(caller, config, check).is_ok()
}

/// Whether the bucket policy stops a check by an explicit Deny, whatever else allows it (EVAL-OPX-013).
///
/// # Errors
/// The denial.
pub fn denial_of_bucket(caller: &Caller, config: &Config, check: &Check) -> Result<(), ApiError> {
    with_authorities(caller, config, check, |authorities| {
        let bucket_alone = Authorities {
            identity: Vec::new(),
            ..*authorities
        };
        let denial = authz::explicit_denial(&bucket_alone, &question(check));
        denial.map_or(Ok(()), |denial| Err(refusal(&denial)))
    })
}

/// Makes the refusal of a check for a reason of the asker's own, such as Block Public Access (EVAL-ERR-014).
pub fn denial(caller: &Caller, config: &Config, check: &Check, reason: authz::DenialReason) -> ApiError {
    with_authorities(caller, config, check, |authorities| {
        refusal(&authorities.denial(&question(check), reason))
    })
}

fn question(check: &Check) -> authz::Check<'_> {
    let mut question = authz::Check::new(check.action, check.resource());
    question.granted_by_default = check.granted_by_default;
    question.object = check.object.as_ref().map(|side| ObjectAuthority {
        owner: side.owner,
        acl: side.acl.as_ref(),
    });
    question
}

/// The refusal on the wire (EVAL-ERR-001).
pub fn refusal(denial: &Denial) -> ApiError {
    let code = match denial.code() {
        DenialCode::AccessDenied => Code::AccessDenied,
        DenialCode::MethodNotAllowed => Code::MethodNotAllowed,
    };
    ApiError::with_message(code, denial.message())
}

/// Gathers the policies of the caller and the bucket's side.
fn with_authorities<R>(
    caller: &Caller,
    config: &Config,
    check: &Check,
    run: impl FnOnce(&Authorities<'_>) -> R,
) -> R {
    let identity = identity_policies(config, caller);
    let bucket = config
        .bucket(&check.bucket)
        .filter(|_| !check.new_bucket)
        .map(|bucket| BucketAuthority {
            owner: bucket.owner,
            policy: bucket.policy.as_deref(),
            public_access_block: bucket.public_access_block.unwrap_or_default(),
            // EVAL-OWN-001: without ownership controls the setting behaves as ObjectWriter.
            ownership: bucket.ownership.unwrap_or(Ownership::ObjectWriter),
            acl: bucket.acl.as_ref(),
        });
    run(&Authorities {
        caller,
        identity,
        bucket,
    })
}
