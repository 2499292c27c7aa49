//! The janitor: removes blob files that no commit names and no reader can open any more.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::sync::mpsc::Sender;

use super::blob::{BlobId, Workshop};
use super::mutation::{ApplyError, Mutation, PARTS, Swept};
use super::snapshot::{Pins, Snapshot};
use super::writer::Job;

/// How long the janitor rests between rounds.
const REST: Duration = Duration::from_millis(if cfg!(test) { 1 } else { 500 });
/// At most this many rows of garbage are removed in a round.
const ROUND: usize = 1000;

/// What the janitor thread owns.
pub(crate) struct Janitor {
    pub(crate) published: Arc<ArcSwap<Snapshot>>,
    pub(crate) pins: Arc<Pins>,
    pub(crate) workshop: Arc<Workshop>,
    pub(crate) queue: tokio::sync::mpsc::WeakSender<Job>,
}

impl Janitor {
    /// Works until the other end of `end` is dropped.
    pub(crate) fn run(self, end: &Receiver<()>) {
        while end.recv_timeout(REST) == Err(RecvTimeoutError::Timeout) {
            let Some(queue) = self.queue.upgrade() else { return };
            if let Err(ApplyError(cause)) = self.round(&queue) {
                tracing::warn!(%cause, "garbage stays for now");
            }
        }
    }

    /// Removes files first and rows second: after a power cut between the two, the rows are still there.
    fn round(&self, queue: &Sender<Job>) -> Result<(), ApplyError> {
        let snapshot = self.published.load_full();
        let Some(oldest) = self.pins.oldest() else {
            return Ok(());
        };
        let mut garbage = Vec::new();
        // A file that commit N let go may be open to readers of commits before N only.
        for row in snapshot.rows.garbage.range(..(oldest + 1, 0, 0))?.take(ROUND) {
            garbage.push(row?.0.value());
        }
        let mut epochs = BTreeSet::new();
        for blob in files(&snapshot, &garbage)? {
            self.workshop.disk.remove(blob)?;
            epochs.insert(blob.epoch);
        }
        // Or a power cut could bring a file back that no row names any more.
        epochs
            .into_iter()
            .try_for_each(|epoch| self.workshop.disk.sync_epoch(epoch))?;
        if !garbage.is_empty() {
            let job: Job = Box::new(move |_| (vec![Mutation::Swept(Swept { garbage })], Box::new(|_| ())));
            // A full queue is a busy server: the next round comes soon.
            let _ = queue.try_send(job);
        }
        Ok(())
    }
}

/// The files that rows of garbage stand for.
fn files(snapshot: &Snapshot, garbage: &[(u64, u32, u64)]) -> Result<Vec<BlobId>, ApplyError> {
    let mut files = Vec::new();
    for &(_, epoch, number) in garbage {
        if epoch == PARTS {
            let parts = snapshot
                .rows
                .parts(number, .., usize::MAX)
                .map_err(|error| ApplyError(error.message))?;
            files.extend(
                parts
                    .into_iter()
                    .filter(|(_, part)| !part.extent.inline)
                    .map(|(_, part)| part.extent.blob),
            );
        } else {
            files.push(BlobId { epoch, number });
        }
    }
    Ok(files)
}
