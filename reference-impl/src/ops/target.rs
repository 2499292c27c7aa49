//! What every object operation begins and ends with: the bucket, further rights, the commit.

use std::sync::Arc;

use crate::authority::{Authority, Check, allows, ask};
use crate::authz::Action;
use crate::error::{ApiError, Code};
use crate::exchange::Exchange;
use crate::store::{Authorization, BucketConfig, Config, Content, Mutation, ObjectRecord, View};
use crate::versions::{OnMarker, Place, find_object};

/// The longest key, in bytes.
const KEY_MAX: usize = 1024;

/// The bucket and key of a request, owned, so that plans can take it along.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) bucket: Arc<BucketConfig>,
    pub(crate) key: String,
    method: String,
}

impl Target {
    /// The target of a request on an object.
    pub(crate) fn of(exchange: &Exchange) -> Result<Self, ApiError> {
        let request = &exchange.request;
        Self::named(
            &exchange.snapshot.config,
            request.bucket(),
            request.key(),
            request.method.as_str(),
        )
    }

    /// The target with a name.
    pub(crate) fn named(config: &Config, bucket: &str, key: &str, method: &str) -> Result<Self, ApiError> {
        if key.len() > KEY_MAX {
            return Err(ApiError::new(Code::KeyTooLongError)
                .with("Size", key.len().to_string())
                .with("MaxSizeAllowed", KEY_MAX.to_string()));
        }
        Ok(Self {
            bucket: find_bucket(config, bucket)?,
            key: key.to_owned(),
            method: method.to_owned(),
        })
    }

    /// The same target under the configuration that a plan sees; a bucket made anew is another one.
    pub(crate) fn now(mut self, config: &Config) -> Result<Self, ApiError> {
        self.bucket = same_bucket(config, &self.bucket)?;
        Ok(self)
    }

    /// Where versions are looked up.
    pub(crate) fn place(&self) -> Place<'_> {
        Place {
            bucket: &self.bucket,
            key: &self.key,
            method: &self.method,
        }
    }

    /// A check of an action on this object.
    pub(crate) fn check(&self, action: Action) -> Check {
        Check::object(action, &self.bucket.name, &self.key)
    }
}

/// The bucket with a name.
pub(crate) fn find_bucket(config: &Config, name: &str) -> Result<Arc<BucketConfig>, ApiError> {
    let bucket = config.bucket(name).map(Arc::clone);
    bucket.ok_or_else(|| ApiError::new(Code::NoSuchBucket).with("BucketName", name))
}

/// The bucket as a newer configuration has it.
pub(crate) fn same_bucket(config: &Config, bucket: &BucketConfig) -> Result<Arc<BucketConfig>, ApiError> {
    let now = find_bucket(config, &bucket.name)?;
    if now.id == bucket.id {
        Ok(now)
    } else {
        Err(ApiError::new(Code::NoSuchBucket).with("BucketName", bucket.name.as_str()))
    }
}

/// The rights that a request turned out to need, asked at once and again in the plan if need be.
#[derive(Debug)]
pub(crate) struct Rights<'e> {
    exchange: &'e Exchange,
    authority: Authority,
}

impl<'e> Rights<'e> {
    /// Begins with what the pipeline has asked.
    pub(crate) fn of(exchange: &'e Exchange) -> Self {
        Self {
            exchange,
            authority: exchange.authority.clone(),
        }
    }

    /// Begins with nothing: for operations that authorize each entry by itself.
    pub(crate) fn none(exchange: &'e Exchange) -> Self {
        Self {
            exchange,
            authority: Authority {
                caller: exchange.caller.clone(),
                checks: Vec::new(),
            },
        }
    }

    /// Asks for one more right.
    pub(crate) fn require(&mut self, check: Check) -> Result<(), ApiError> {
        ask(&self.exchange.caller, &self.exchange.snapshot.config, &check)?;
        self.authority.checks.push(check);
        Ok(())
    }

    /// Asks for one more right if a condition holds.
    pub(crate) fn require_if(&mut self, needed: bool, check: impl FnOnce() -> Check) -> Result<(), ApiError> {
        if needed { self.require(check()) } else { Ok(()) }
    }

    /// What a plan is authorized under.
    pub(crate) fn authorization(self) -> Authorization {
        let authority = self.authority;
        Authorization::new(&self.exchange.snapshot.config, move |config| {
            authority.check(config)
        })
    }

    /// Runs a plan under these rights.
    pub(crate) async fn commit<T, P>(self, plan: P) -> Result<T, ApiError>
    where
        T: Send + 'static,
        P: FnOnce(&View<'_, '_>) -> Result<(Vec<Mutation>, T), ApiError> + Send + 'static,
    {
        let store = &self.exchange.server.store;
        store.execute(self.authorization(), plan).await
    }
}

/// Whether the caller has a right, where lacking it is no refusal.
pub(crate) fn has_right(exchange: &Exchange, check: &Check) -> bool {
    allows(&exchange.caller, &exchange.snapshot.config, check)
}

/// Turns "not there" into "denied" for callers who may not list the bucket (EVAL-404-001).
pub(crate) fn hide_missing(exchange: &Exchange, bucket: &str, error: ApiError) -> ApiError {
    match error.code {
        Code::NoSuchKey | Code::NoSuchVersion => {
            let check = Check::bucket(Action::ListBucket, bucket);
            ask(&exchange.caller, &exchange.snapshot.config, &check)
                .err()
                .unwrap_or(error)
        }
        _ => error,
    }
}

/// Changes what belongs to one object version besides its bytes (VER-PUT-010); the version stays where it is.
///
/// `change` sees the version and the writer's view and may still refuse. Gives its result, and the version id to
/// show.
pub(crate) async fn alter_object<T, F>(
    rights: Rights<'_>,
    target: Target,
    on_marker: OnMarker,
    change: F,
) -> Result<(T, Option<String>), ApiError>
where
    T: Send + 'static,
    F: FnOnce(&mut ObjectRecord, &Target, &View<'_, '_>) -> Result<T, ApiError> + Send + 'static,
{
    let parameter = rights.exchange.request.version_id().map(str::to_owned);
    let (exchange, name) = (rights.exchange, target.bucket.name.clone());
    let authority = rights.authority.clone();
    let plan = move |view: &View<'_, '_>| {
        let target = target.now(view.config)?;
        let mut version = find_object(view.rows, view, target.place(), parameter.as_deref(), on_marker)?;
        authority.check_found(view.config, &target.bucket, &version)?;
        let Content::Object(object) = &mut version.content else {
            return Err(target.place().no_such_key());
        };
        let result = change(object, &target, view)?;
        let shown = target.place().shown_id(view, &version);
        let bucket = target.bucket.id;
        let mutation = Mutation::PutVersion {
            bucket,
            key: target.key,
            version,
            blob: None,
        };
        Ok((vec![mutation], (result, shown)))
    };
    rights
        .commit(plan)
        .await
        .map_err(|error| hide_missing(exchange, &name, error))
}
