//! The store: configuration and object data, durable, with snapshots for readers and one writer.
//!
//! Readers take a [`Snapshot`]: one commit, configuration and data together. Writers hand a *plan* to
//! [`Store::execute`]: a function that looks at the current state ([`View`]) and returns the changes it wants
//! ([`Mutation`]), or refuses. Plans run one after the other, a group of them shares one durable commit, and only
//! after the commit are they answered. A refused plan has written nothing.
//!
//! The data folder holds `lock`, `root.key`, `meta.redb` and `blob/<epoch>/<number>`.

mod blob;
mod config;
mod identifier;
mod janitor;
mod mutation;
mod open;
mod record;
mod rows;
mod snapshot;
mod vault;
mod writer;

#[cfg(test)]
mod power;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use arc_swap::ArcSwap;
use tokio::sync::{mpsc, oneshot, watch};

pub use blob::{BlobId, BlobWriter, Extent, SealedBlob};
pub use config::{
    AccessKey, Account, BadDocument, BucketConfig, BucketRecord, Config, Document, DocumentKey,
    IdentityPolicy, User, UserConfig, UserPolicy, Versioning,
};
pub use mutation::{Mutation, Swept};
pub use open::OpenError;
pub use record::{
    Body, Content, ObjectRecord, PartRecord, StoredChecksum, UploadRecord, UploadTemplate, VersionRecord,
};
pub use rows::{Access, Frozen, Head, Live, Rows};
pub use snapshot::{ObjectReader, Snapshot};
pub use writer::View;

use crate::clock::Clock;
use crate::error::ApiError;
use writer::Job;

/// The store of one data folder; clones are the same store.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    published: Arc<ArcSwap<Snapshot>>,
    workshop: Arc<blob::Workshop>,
    clock: Clock,
    queue: Mutex<Option<mpsc::Sender<Job>>>,
    threads: Mutex<Threads>,
    /// Whether a commit has failed.
    failed: watch::Receiver<bool>,
    /// Held as long as the store is open, so that no second process opens the folder.
    _lock: Option<std::fs::File>,
}

#[derive(Default)]
struct Threads {
    /// Dropped to end the janitor.
    end: Option<std::sync::mpsc::Sender<()>>,
    handles: Vec<JoinHandle<()>>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store")
            .field("commit", &self.snapshot().commit)
            .finish_non_exhaustive()
    }
}

/// Asks again under another configuration.
type Again = Box<dyn FnOnce(&Config) -> Result<(), ApiError> + Send>;

/// What a plan was authorized under, and how to ask again.
#[allow(missing_debug_implementations)] // holds a function
pub struct Authorization {
    config: Option<Arc<Config>>,
    again: Again,
}

impl Authorization {
    /// The plan was authorized under `config`; `again` is asked if another one is in force when the plan runs.
    pub fn new<F>(config: &Arc<Config>, again: F) -> Self
    where
        F: FnOnce(&Config) -> Result<(), ApiError> + Send + 'static,
    {
        Self {
            config: Some(Arc::clone(config)),
            again: Box::new(again),
        }
    }

    /// The plan needs no authorization: bootstrap and administration, which no network peer can reach.
    pub fn administrative() -> Self {
        Self {
            config: None,
            again: Box::new(|_| Ok(())),
        }
    }

    fn check(self, config: &Arc<Config>) -> Result<(), ApiError> {
        match &self.config {
            Some(before) if !Arc::ptr_eq(before, config) => (self.again)(config),
            _ => Ok(()),
        }
    }
}

/// A plan in the queue.
#[derive(Debug)]
pub struct Pending<T>(oneshot::Receiver<Result<T, ApiError>>);

impl<T> Pending<T> {
    /// Waits until the plan's changes are durable and gives its reply.
    ///
    /// # Errors
    /// As for `Store::execute`.
    pub async fn done(self) -> Result<T, ApiError> {
        self.0
            .await
            .map_err(|_| ApiError::internal("a plan was not carried out"))?
    }
}

impl Store {
    /// The last commit.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.0.published.load_full()
    }

    /// The clock that the store's decisions follow.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Begins a blob, which a plan may then name.
    ///
    /// # Errors
    /// `InternalError` if no key can be made.
    pub fn blob(&self) -> Result<BlobWriter, ApiError> {
        BlobWriter::new(&self.0.workshop)
    }

    /// Runs a plan in its turn and gives its reply once its changes are durable.
    ///
    /// # Errors
    /// What `authorization` or the plan refuses with, when nothing was written; `InternalError` if the store is
    /// closed or its disk failed, when the outcome is not known.
    pub async fn execute<T, P>(&self, authorization: Authorization, plan: P) -> Result<T, ApiError>
    where
        T: Send + 'static,
        P: FnOnce(&View<'_, '_>) -> Result<(Vec<Mutation>, T), ApiError> + Send + 'static,
    {
        self.submit(authorization, plan).await?.done().await
    }

    /// Puts a plan into the queue: plans submitted one after the other run in that order, and may share a commit.
    ///
    /// # Errors
    /// `InternalError` if the store is closed or its disk failed.
    pub async fn submit<T, P>(&self, authorization: Authorization, plan: P) -> Result<Pending<T>, ApiError>
    where
        T: Send + 'static,
        P: FnOnce(&View<'_, '_>) -> Result<(Vec<Mutation>, T), ApiError> + Send + 'static,
    {
        let queue = self
            .0
            .queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let queue = queue.ok_or_else(|| ApiError::internal("the store is closed"))?;
        let (sender, receiver) = oneshot::channel();
        let job: Job = Box::new(move |view| {
            let decided = authorization.check(view.config).and_then(|()| plan(view));
            let (mutations, reply) = match decided {
                Ok((mutations, reply)) => (mutations, Ok(reply)),
                Err(refusal) => (Vec::new(), Err(refusal)),
            };
            let answer = move |ending: Result<(), ApiError>| {
                // The requester may be gone; its write stands all the same.
                let _ = sender.send(ending.and(reply));
            };
            (mutations, Box::new(answer))
        });
        queue
            .send(job)
            .await
            .map_err(|_| ApiError::internal("the store accepts no more writes"))?;
        Ok(Pending(receiver))
    }

    /// Waits until a commit has failed, after which nothing more is written; forever, if all goes well.
    pub async fn failed(&self) {
        let mut failed = self.0.failed.clone();
        if failed.wait_for(|failed| *failed).await.is_err() {
            // The writer ended as it should.
            std::future::pending::<()>().await;
        }
    }

    /// Finishes the plans in the queue, then stops; later plans are refused. Blocks.
    pub fn close(&self) {
        drop(self.0.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
        let threads = std::mem::take(&mut *self.0.threads.lock().unwrap_or_else(PoisonError::into_inner));
        drop(threads.end);
        for handle in threads.handles {
            if handle.join().is_err() {
                tracing::error!("a thread of the store ended badly");
            }
        }
    }
}
