//! The requests of the clean-up: tried again where the endpoint is busy or fails, since none of them harms twice.

use std::time::Duration;

use crate::lower::Service;
use crate::run::{Loss, Watch};
use crate::session::Session;
use crate::wire::sign::Credentials;
use crate::wire::{FailureKind, RawRequest, RawResponse};

/// How long is waited before each attempt after the first.
const PAUSES: [Duration; 3] = [
    Duration::from_millis(100),
    Duration::from_millis(500),
    Duration::from_millis(1500),
];

/// Who asks for something to be removed.
#[derive(Clone, Copy)]
pub(super) struct Asker<'a> {
    pub(super) session: &'a Session,
    /// With which key; without one as nobody.
    pub(super) credentials: Option<&'a Credentials>,
    /// How policies name the identity or its account; empty where that is not known.
    pub(super) principal: &'a str,
    pub(super) watch: &'a Watch,
}

impl Asker<'_> {
    /// Asks S3; the last failure in words if no attempt gets a reply.
    pub(super) fn ask(&self, request: &RawRequest) -> Result<RawResponse, String> {
        self.ask_of(Service::S3, request)
    }

    /// Asks a service; the last failure in words if no attempt gets a reply.
    pub(super) fn ask_of(&self, service: Service, request: &RawRequest) -> Result<RawResponse, String> {
        let mut last = self.attempt(service, request);
        for pause in PAUSES {
            let again = match &last {
                Ok(response) => is_busy(response.status),
                // Of this one the endpoint died.
                Err((_, Loss::Crash, _)) => false,
                // An endpoint that let one request hang may answer the next; a third is not worth the time.
                Err((kind, _, _)) => *kind != FailureKind::Timeout || pause == PAUSES[0],
            };
            if !again || self.watch.gone().is_some() || !self.watch.may_ask() {
                break;
            }
            std::thread::sleep(pause);
            last = self.attempt(service, request);
        }
        last.map_err(|(_, _, what)| what)
    }

    /// Whether there is no bucket of this name.
    pub(super) fn lacks(&self, name: &str) -> bool {
        let looked = self.ask(&RawRequest::new("HEAD", format!("/{name}")));
        looked.is_ok_and(|reply| reply.status == 404)
    }

    fn attempt(
        &self,
        service: Service,
        request: &RawRequest,
    ) -> Result<RawResponse, (FailureKind, Loss, String)> {
        let flight = self
            .watch
            .takes_off(format!("the clean-up: {} {}", request.method, request.target));
        match self.session.send(request.clone(), self.credentials, service) {
            Ok(exchange) => {
                self.watch.answered();
                Ok(exchange.response)
            }
            Err(failure) => {
                let loss = self.watch.lost(self.session, &failure, &flight);
                Err((failure.kind, loss, failure.to_string()))
            }
        }
    }
}

/// Whether a status says that the same request may be answered otherwise the next time.
fn is_busy(status: u16) -> bool {
    matches!(status, 429 | 500 | 502 | 503 | 504)
}
