//! Starting and stopping a server.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::admin;
use crate::authz::AccountId;
use crate::clock::{Clock, Timestamp};
use crate::net;
use crate::ops::multipart::Completions;
use crate::store::{OpenError, Store};
use crate::wire::payload::Source;

/// The account that is made when none is named and the data is new.
const DEFAULT_ACCOUNT: &str = "111122223333";

/// An account to make at start, with its root access key; without one, a key is made.
#[derive(Clone, Eq, PartialEq)]
pub struct AccountSpec {
    /// The account.
    pub id: AccountId,
    /// Access key id and secret.
    pub key: Option<(String, String)>,
}

impl std::fmt::Debug for AccountSpec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccountSpec")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl std::str::FromStr for AccountSpec {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = || "expected ID or ID:ACCESS_KEY:SECRET, with an ID of 12 digits".to_owned();
        let mut parts = text.splitn(3, ':');
        let id = parts.next().and_then(AccountId::parse).ok_or_else(form)?;
        let key = match (parts.next(), parts.next()) {
            (None, _) => None,
            (Some(key), Some(secret)) if is_access_key(key) && !secret.is_empty() => {
                Some((key.to_owned(), secret.to_owned()))
            }
            _ => return Err(form()),
        };
        Ok(Self { id, key })
    }
}

/// Access key ids stand in credentials, which are split at slashes.
pub(crate) fn is_access_key(id: &str) -> bool {
    (3..=128).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// How a server is to run.
#[derive(Clone, Debug)]
pub struct Options {
    /// The data folder; it is made if it is not there.
    pub data: PathBuf,
    /// The address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Accounts that must exist; none is enough if the data folder has any.
    pub accounts: Vec<AccountSpec>,
    /// Domains whose subdomains are buckets, in lower case.
    pub domains: Vec<String>,
    /// The Region that requests must be signed for.
    pub region: String,
    /// The instant at which a manual clock starts; none for the system's clock.
    pub test_clock: Option<Timestamp>,
    /// The admin socket; none for no such socket.
    pub admin_socket: Option<PathBuf>,
}

/// Why a server could not start.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// The data folder can't be used.
    Open(OpenError),
    /// The address can't be listened on.
    Listen(SocketAddr, std::io::Error),
    /// The admin socket can't be made.
    AdminSocket(PathBuf, std::io::Error),
    /// An account or key can't be made.
    Account(String),
}

impl std::fmt::Display for StartError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Open(error) => error.fmt(f),
            Self::Listen(address, error) => write!(
                f,
                "can't listen on {address}: {error}; name another address, or port 0 for a free one"
            ),
            Self::AdminSocket(path, error) => write!(
                f,
                "can't make the admin socket {}: {error}; name another path",
                path.display()
            ),
            Self::Account(error) => f.write_str(error),
        }
    }
}

impl std::error::Error for StartError {}

/// What every request can reach.
#[allow(missing_debug_implementations)] // the store has its own
pub struct Server {
    /// The store.
    pub store: Store,
    /// The clock.
    pub clock: Clock,
    /// The Region.
    pub region: String,
    /// The domains for virtual-host addressing.
    pub domains: Vec<String>,
    /// The last completions of multipart uploads.
    pub(crate) completions: Completions,
}

/// A running server.
#[allow(missing_debug_implementations)]
pub struct Running {
    /// The address that it listens on.
    pub address: SocketAddr,
    /// The root keys that were made at start: account, access key id, secret. They are shown nowhere else.
    pub new_keys: Vec<(AccountId, String, String)>,
    server: Arc<Server>,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
    admin_socket: Option<PathBuf>,
}

/// Starts a server; it runs until `Running::stop`.
///
/// # Errors
/// `StartError`; nothing is left running then.
pub async fn start(options: Options) -> Result<Running, StartError> {
    let clock = options.test_clock.map_or_else(Clock::system, Clock::manual);
    let store = Store::open(&options.data, clock.clone()).map_err(StartError::Open)?;
    let server = Arc::new(Server {
        store,
        clock,
        region: options.region.clone(),
        domains: options.domains.clone(),
        completions: Completions::default(),
    });
    match begin(Arc::clone(&server), options).await {
        Ok(running) => Ok(running),
        Err(error) => {
            close(&server).await;
            Err(error)
        }
    }
}

async fn begin(server: Arc<Server>, options: Options) -> Result<Running, StartError> {
    let mut new_keys = Vec::new();
    let mut accounts = options.accounts;
    if accounts.is_empty() && server.store.snapshot().config.accounts().next().is_none() {
        // Without any account nobody could ever sign in.
        accounts.push(DEFAULT_ACCOUNT.parse().map_err(StartError::Account)?);
    }
    for spec in &accounts {
        let made = admin::ensure_account(&server.store, spec).await;
        let made = made.map_err(|error| StartError::Account(error.message))?;
        new_keys.extend(made.map(|(id, secret)| (spec.id, id, secret)));
    }
    let failed = |error| StartError::Listen(options.listen, error);
    let listener = TcpListener::bind(options.listen).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let (stop, stopped) = watch::channel(false);
    let mut tasks = Vec::new();
    if let Some(path) = &options.admin_socket {
        let socket = admin::bind(path).map_err(|error| StartError::AdminSocket(path.clone(), error))?;
        tasks.push(tokio::spawn(admin::listen(
            socket,
            Arc::clone(&server),
            stopped.clone(),
        )));
    }
    tasks.push(tokio::spawn(net::listen(listener, Arc::clone(&server), stopped)));
    Ok(Running {
        address,
        new_keys,
        server,
        stop,
        tasks,
        admin_socket: options.admin_socket,
    })
}

impl Running {
    /// Stops: no new connections, running requests end, everything acknowledged is on disk.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        for task in self.tasks {
            let _ = task.await;
        }
        if let Some(path) = self.admin_socket {
            let _ = std::fs::remove_file(path);
        }
        close(&self.server).await;
    }

    /// Answers a request in memory as if its head and the pieces of its body had come over the network.
    ///
    /// # Errors
    /// What would cut the connection in the middle of the reply.
    pub async fn exchange(&self, request: Request<Vec<Bytes>>) -> std::io::Result<Response<Bytes>> {
        let (parts, body) = request.into_parts();
        let response = net::respond(&self.server, parts, Source::Memory(body.into())).await;
        let (parts, body) = response.into_parts();
        Ok(Response::from_parts(parts, body.collect().await?))
    }

    /// The server, for tests that look behind the wire.
    pub fn server(&self) -> &Arc<Server> {
        &self.server
    }
}

async fn close(server: &Server) {
    let store = server.store.clone();
    let _ = tokio::task::spawn_blocking(move || store.close()).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_read_from_text() {
        let plain: AccountSpec = "111122223333".parse().unwrap();
        assert!(plain.key.is_none());
        let keyed: AccountSpec = "111122223333:AKIAEXAMPLE:se:cret/+".parse().unwrap();
        assert_eq!(
            keyed.key,
            Some(("AKIAEXAMPLE".to_owned(), "se:cret/+".to_owned()))
        );
        let zeros: AccountSpec = "000000000000:AKIAEXAMPLE:secret".parse().unwrap();
        assert_eq!(zeros.id.to_string(), "000000000000");
        for bad in [
            "",
            "1",
            "00000000000:AKIAEXAMPLE:secret",
            "anonymous:AKIAEXAMPLE:secret",
            "111122223333:",
            "111122223333:AKIA",
            "111122223333:A/B:secret",
            "111122223333:AKIA:",
        ] {
            assert!(bad.parse::<AccountSpec>().is_err(), "{bad}");
        }
    }
}
