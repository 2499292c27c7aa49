//! The single writer: runs plans, one after the other, and commits them in groups.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arc_swap::ArcSwap;
use redb::{Database, ReadableDatabase};
use tokio::sync::{mpsc, watch};

use super::blob::Workshop;
use super::config::Config;
use super::identifier::{self, Purpose};
use super::mutation::{Applier, ApplyError, Mutation};
use super::rows::{Live, Rows};
use super::snapshot::{Pins, Snapshot};
use super::vault::Vault;
use crate::clock::{Clock, Timestamp};
use crate::error::ApiError;

/// At most this many plans share a commit.
const GROUP: usize = 256;

/// The state that a plan decides on: everything committed, and what earlier plans of the group changed.
#[allow(missing_debug_implementations)] // tables have none
pub struct View<'a, 't> {
    /// The configuration.
    pub config: &'a Arc<Config>,
    /// The data.
    pub rows: &'a Rows<Live<'t>>,
    /// The instant of the decision.
    pub now: Timestamp,
    vault: &'a Vault,
    sequence: &'a Cell<u64>,
}

impl View<'_, '_> {
    /// Takes the next sequence number: larger than all before, for versions, uploads and bucket ids.
    pub fn allocate(&self) -> u64 {
        let sequence = self.sequence.get();
        self.sequence.set(sequence + 1);
        sequence
    }

    /// Makes the id of a version, `null` excepted.
    pub fn version_id(&self, bucket: u64, key: &str, sequence: u64) -> String {
        identifier::make(self.vault, Purpose::Version, bucket, key, sequence)
    }

    /// Makes the id of an upload.
    pub fn upload_id(&self, bucket: u64, key: &str, sequence: u64) -> String {
        identifier::make(self.vault, Purpose::Upload, bucket, key, sequence)
    }

    /// Reads the id of a version, `null` excepted; `None` if it is malformed, altered or of another key.
    pub fn read_version_id(&self, bucket: u64, key: &str, id: &str) -> Option<u64> {
        identifier::read(self.vault, Purpose::Version, bucket, key, id)
    }
}

/// Tells the requester how its plan ended, once that is durable.
pub(crate) type Answer = Box<dyn FnOnce(Result<(), ApiError>) + Send>;

/// A plan in the queue: what it wants changed (nothing, if it refuses), and whom to tell.
pub(crate) type Job = Box<dyn FnOnce(&View<'_, '_>) -> (Vec<Mutation>, Answer) + Send>;

/// What the writer thread owns.
pub(crate) struct Writer {
    pub(crate) database: Arc<Database>,
    pub(crate) workshop: Arc<Workshop>,
    pub(crate) published: Arc<ArcSwap<Snapshot>>,
    pub(crate) pins: Arc<Pins>,
    pub(crate) clock: Clock,
    pub(crate) config: Arc<Config>,
    pub(crate) commit: u64,
    pub(crate) sequence: u64,
    pub(crate) failed: watch::Sender<bool>,
}

impl Writer {
    /// Works until all senders are gone, or until the disk fails.
    ///
    /// After a failed commit nobody knows what the disk holds, so nothing more is written: the queue closes
    /// and every waiting and later plan is answered with `InternalError`. A restart recovers.
    pub(crate) fn run(mut self, mut queue: mpsc::Receiver<Job>) {
        while let Some(first) = queue.blocking_recv() {
            let mut jobs = vec![first];
            while jobs.len() < GROUP
                && let Ok(job) = queue.try_recv()
            {
                jobs.push(job);
            }
            if let Err(ApplyError(cause)) = self.group(jobs) {
                tracing::error!(%cause, "a commit failed; the store accepts no more writes until a restart");
                self.failed.send_replace(true);
                // Also those that are just being put into the queue must be dropped, or they wait for ever.
                queue.close();
                while queue.blocking_recv().is_some() {}
                return;
            }
        }
    }

    /// Runs plans and commits what they changed; only then are they answered.
    fn group(&mut self, jobs: Vec<Job>) -> Result<(), ApplyError> {
        let transaction = self.database.begin_write()?;
        let mut guards = Vec::new();
        let mut answers: Vec<(Answer, Result<(), ApiError>)> = Vec::new();
        let mut changed = false;
        {
            let mut rows = Rows::live(&transaction)?;
            for job in jobs {
                let Some((mutations, answer)) = self.decide(&rows, job) else {
                    continue;
                };
                let ending = match next_config(&self.config, &mutations) {
                    Ok(config) => {
                        changed |= !mutations.is_empty();
                        let (vault, commit) = (&*self.workshop.vault, self.commit + 1);
                        let mut applier = Applier {
                            rows: &mut rows,
                            vault,
                            commit,
                            guards: &mut guards,
                        };
                        mutations
                            .into_iter()
                            .try_for_each(|mutation| applier.apply(mutation))?;
                        self.config = config;
                        Ok(())
                    }
                    Err(error) => Err(error),
                };
                answers.push((answer, ending));
            }
            if changed {
                rows.meta.insert("sequence", self.sequence)?;
                rows.meta.insert("commit", self.commit + 1)?;
                // Kept as bits: an instant before 1970 is no concern of the file format.
                rows.meta
                    .insert("clock", self.clock.now().as_millis().cast_unsigned())?;
            }
        }
        if changed {
            let committed = self.workshop.sync_names().map_err(ApplyError::from);
            let committed = committed.and_then(|()| transaction.commit().map_err(ApplyError::from));
            // Even if the commit failed it may be on the disk: the files stay, recovery decides.
            guards.into_iter().for_each(super::blob::Guard::keep);
            committed?;
            self.commit += 1;
            self.publish()?;
        } else {
            transaction.abort()?;
        }
        answers.into_iter().for_each(|(answer, ending)| answer(ending));
        Ok(())
    }

    /// Runs one plan; a plan that panics has changed nothing, and its requester sees its channel close.
    fn decide(&mut self, rows: &Rows<Live<'_>>, job: Job) -> Option<(Vec<Mutation>, Answer)> {
        let sequence = Cell::new(self.sequence);
        let view = View {
            config: &self.config,
            rows,
            now: self.clock.now(),
            vault: &self.workshop.vault,
            sequence: &sequence,
        };
        let decided = catch_unwind(AssertUnwindSafe(|| job(&view)));
        self.sequence = sequence.get();
        decided.ok()
    }

    fn publish(&self) -> Result<(), ApplyError> {
        let snapshot = snapshot(
            &self.database,
            &self.workshop,
            &self.pins,
            self.commit,
            Arc::clone(&self.config),
        )?;
        self.published.store(Arc::new(snapshot));
        Ok(())
    }
}

/// The configuration after a plan, or a refusal of the whole plan if a document can't be taken in.
fn next_config(config: &Arc<Config>, mutations: &[Mutation]) -> Result<Arc<Config>, ApiError> {
    let mut next = Arc::clone(config);
    for mutation in mutations {
        match mutation {
            Mutation::Put(document) => {
                let taken = Arc::make_mut(&mut next).put(document);
                taken.map_err(|error| ApiError::internal(error.0))?;
            }
            Mutation::Delete(key) => Arc::make_mut(&mut next).delete(key),
            _ => {}
        }
    }
    Ok(next)
}

/// Makes the snapshot of the last commit.
pub(crate) fn snapshot(
    database: &Database,
    workshop: &Workshop,
    pins: &Pins,
    commit: u64,
    config: Arc<Config>,
) -> Result<Snapshot, ApplyError> {
    let rows = Rows::frozen(&database.begin_read()?)?;
    Ok(Snapshot {
        commit,
        config,
        rows,
        pin: pins.enter(commit),
        vault: Arc::clone(&workshop.vault),
        disk: Arc::clone(&workshop.disk),
    })
}
