//! Requests in flight at the same time.

use std::sync::Barrier;
use std::time::Instant;

use super::super::connection::Connection;
use super::super::cut::Deadline;
use super::super::{Exchange, Failure, FailureKind, RawRequest};
use super::Client;

impl Client {
    /// Sends requests at the same moment, each on a connection of its own, and reads their responses.
    ///
    /// All connections are open before the first request is sent, so that no handshake keeps the requests apart.
    pub fn together(&self, requests: &[RawRequest]) -> Vec<Result<Exchange, Failure>> {
        let ready: Vec<Option<Connection>> = requests.iter().map(|_| self.ready()).collect();
        let start = Barrier::new(requests.len());
        std::thread::scope(|scope| {
            let flying: Vec<_> = requests
                .iter()
                .zip(ready)
                .map(|(request, connection)| {
                    let start = &start;
                    scope.spawn(move || {
                        start.wait();
                        self.exchange_on(connection, request, self.options.timeout)
                    })
                })
                .collect();
            flying
                .into_iter()
                .map(|one| one.join().unwrap_or_else(|_| Err(self.lost())))
                .collect()
        })
    }

    /// An open connection, if one can be had; why not, the exchange on it finds out and says.
    fn ready(&self) -> Option<Connection> {
        self.pooled().or_else(|| {
            let now = Instant::now();
            let deadline = now.checked_add(self.options.timeout).unwrap_or(now);
            let deadline = Deadline::new(deadline, &self.options.cut);
            Connection::open(&self.endpoint, self.tls.as_ref(), &deadline).ok()
        })
    }

    /// What is known of an exchange whose thread failed: nothing.
    fn lost(&self) -> Failure {
        let (sent, ended) = self.clock.now();
        Failure {
            kind: FailureKind::CutConnection,
            definite: false,
            status: None,
            detail: "the thread of the exchange failed; please report this".to_owned(),
            sent,
            ended,
        }
    }
}
