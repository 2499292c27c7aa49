//! The command line of the server, for its own binary and for whoever embeds it.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::clock::Clock;
use crate::serve::{self, AccountSpec, Options, Running};
use crate::wire::dates;

/// The longest path of a Unix socket on every system that has them, in bytes.
const SOCKET_PATH_MAX: usize = 103;

/// The options of `serve`.
#[derive(Args, Clone, Debug)]
pub struct Arguments {
    /// The folder for data; it is made if it is not there.
    #[arg(long, value_name = "DIR", default_value = "bucketlaw-data")]
    pub data: PathBuf,
    /// The address to listen on; port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:9000")]
    pub listen: SocketAddr,
    /// An account to make, with its root access key; without a key one is made and shown once. New data without any
    /// gets the account 111122223333.
    #[arg(long = "account", value_name = "ID[:ACCESS_KEY:SECRET]")]
    pub accounts: Vec<AccountSpec>,
    /// A domain whose subdomains are buckets (virtual-host addressing).
    #[arg(long = "domain", value_name = "NAME")]
    pub domains: Vec<String>,
    /// The Region that requests must be signed for.
    #[arg(long, value_name = "REGION", default_value = "us-east-1")]
    pub region: String,
    /// Run with a clock that stands still and is set over the admin socket; at INSTANT, or at the present.
    #[arg(long, value_name = "INSTANT", num_args = 0..=1, default_missing_value = "now")]
    pub test_clock: Option<String>,
    /// The admin socket [default: admin.sock in the data folder].
    #[arg(long, value_name = "PATH")]
    pub admin_socket: Option<PathBuf>,
}

/// The options that the arguments describe.
///
/// # Errors
/// One line that says which argument is wrong.
pub fn options(arguments: &Arguments) -> Result<Options, String> {
    let test_clock = match arguments.test_clock.as_deref() {
        None => None,
        Some("now") => Some(Clock::system().now()),
        Some(text) => Some(dates::parse_iso(text).ok_or_else(|| {
            format!("--test-clock: '{text}' is no instant; expected one such as 2026-01-02T03:04:05Z")
        })?),
    };
    Ok(Options {
        data: arguments.data.clone(),
        listen: arguments.listen,
        accounts: arguments.accounts.clone(),
        domains: arguments
            .domains
            .iter()
            .map(|name| name.trim_matches('.').to_ascii_lowercase())
            .collect(),
        region: arguments.region.clone(),
        test_clock,
        admin_socket: admin_socket(arguments),
    })
}

/// The admin socket: where it was asked for, else in the data folder if its path is not too long for a socket.
fn admin_socket(arguments: &Arguments) -> Option<PathBuf> {
    if arguments.admin_socket.is_some() {
        return arguments.admin_socket.clone();
    }
    let path = arguments.data.join("admin.sock");
    if path.as_os_str().len() > SOCKET_PATH_MAX {
        tracing::warn!(
            "no admin socket: the path of the data folder is too long; name one with --admin-socket"
        );
        return None;
    }
    Some(path)
}

/// How a server ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Requests under way were answered first.
    InOrder,
    /// A second signal cut them off. What was acknowledged is on disk.
    AtOnce,
}

/// Runs a server until it is told to stop by SIGINT or SIGTERM.
///
/// Prints the root keys that it made, then one line `listening on http://…` once it is ready. Warnings go to standard
/// error, unless the program that embeds the server has a log of its own already.
///
/// # Errors
/// One line that says what is wrong and what to do.
pub fn run(arguments: &Arguments) -> Result<Ended, String> {
    let _ = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(tracing::Level::WARN)
        .try_init();
    let options = options(arguments)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("can't start threads: {error}"))?;
    runtime.block_on(async {
        let mut signals = Signals::new();
        let running = serve::start(options).await.map_err(|error| error.to_string())?;
        let announced = announce(&running);
        let store = running.server().store.clone();
        let failed = match announced {
            Ok(()) => tokio::select! {
                () = signals.next() => false,
                () = store.failed() => true,
            },
            Err(_) => false,
        };
        drop(store);
        let ended = stop(running, &mut signals).await;
        announced.map_err(|error| format!("can't write to standard output: {error}"))?;
        match failed {
            true => Err("the disk failed and no more can be written; see to it and start again".to_owned()),
            false => Ok(ended),
        }
    })
}

/// Stops in order, or at once when another signal comes.
async fn stop(running: Running, signals: &mut Signals) -> Ended {
    let hint = "stopping: requests under way end first; once more ends it at once";
    // Nobody is left to tell if standard error is closed.
    let _ = writeln!(std::io::stderr(), "{hint}");
    tokio::select! {
        () = running.stop() => Ended::InOrder,
        () = signals.next() => Ended::AtOnce,
    }
}

fn announce(running: &Running) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for (account, id, secret) in &running.new_keys {
        writeln!(out, "account {account} root access key {id} secret {secret}")?;
    }
    writeln!(out, "listening on http://{}", running.address)?;
    out.flush()
}

/// The signals that stop a server. One that comes between two waits is not missed.
struct Signals(Option<(Signal, Signal)>);

impl Signals {
    fn new() -> Signals {
        let both = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
        match both {
            (Ok(interrupt), Ok(terminate)) => Signals(Some((interrupt, terminate))),
            _ => {
                tracing::error!("signals can't be received; the server runs until it is killed");
                Signals(None)
            }
        }
    }

    async fn next(&mut self) {
        match &mut self.0 {
            Some((interrupt, terminate)) => tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            },
            None => std::future::pending().await,
        }
    }
}
