//! The admin socket: bootstrap and test clock, on the machine only.
//!
//! One command a line, one answer a line, which begins with `ok` or `error`:
//!
//! ```text
//! account add ID [ACCESS_KEY SECRET]   ok ACCESS_KEY SECRET
//! clock show                           ok 2026-01-02T03:04:05.000Z
//! clock set INSTANT                    ok 2026-01-02T03:04:05.000Z
//! clock advance SECONDS                ok 2026-01-02T03:04:05.000Z
//! ```

use std::fs::Permissions;
use std::io;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::Path;
use std::sync::Arc;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::error::{ApiError, Code};
use crate::iam;
use crate::net::stopped;
use crate::serve::{AccountSpec, Server};
use crate::store::{AccessKey, Account, Authorization, Document, Mutation, Store, View};
use crate::wire::checksum::sha256_hex;
use crate::wire::dates;

/// The longest command.
const MAX_LINE: u64 = 4096;

/// Makes the socket, for its owner only; one left behind by a dead server is replaced (the data folder's lock says
/// that there is no living one). What is no socket is somebody's file, and stays.
pub(crate) fn bind(path: &Path) -> io::Result<UnixListener> {
    match std::fs::symlink_metadata(path) {
        Ok(found) if found.file_type().is_socket() => std::fs::remove_file(path)?,
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        // Binding fails where there is something.
        _ => {}
    }
    let listener = UnixListener::bind(path)?;
    std::fs::set_permissions(path, Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// Serves the socket until `stop` says so.
pub(crate) async fn listen(listener: UnixListener, server: Arc<Server>, mut stop: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    connections.spawn(serve(stream, Arc::clone(&server)));
                }
            }
            () = stopped(&mut stop) => return,
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(stream: UnixStream, server: Arc<Server>) {
    let (reader, mut writer) = stream.into_split();
    let mut reader = BufReader::new(reader);
    loop {
        let mut line = String::new();
        let mut limited = tokio::io::AsyncReadExt::take(&mut reader, MAX_LINE);
        match limited.read_line(&mut line).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        let answer = match command(&server, line.trim_end()).await {
            Ok(answer) => format!("ok {answer}\n"),
            Err(error) => format!("error {}\n", error.replace('\n', " ")),
        };
        if writer.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

async fn command(server: &Server, line: &str) -> Result<String, String> {
    let words: Vec<&str> = line.split_ascii_whitespace().collect();
    match words.as_slice() {
        ["account", "add", id] => add_account(server, id).await,
        ["account", "add", id, key, secret] => add_account(server, &format!("{id}:{key}:{secret}")).await,
        ["clock", "show"] => Ok(dates::iso_millis(server.clock.now())),
        ["clock", "set", instant] => {
            let instant =
                dates::parse_iso(instant).ok_or("expected an instant such as 2026-01-02T03:04:05Z")?;
            server.clock.set(instant).map_err(|error| error.to_string())?;
            Ok(dates::iso_millis(server.clock.now()))
        }
        ["clock", "advance", seconds] => {
            let millis = seconds_to_millis(seconds).ok_or("expected a number of seconds")?;
            server
                .clock
                .advance(millis)
                .map(dates::iso_millis)
                .map_err(|error| error.to_string())
        }
        _ => Err("unknown command; known are: account add, clock show, clock set, clock advance".to_owned()),
    }
}

fn seconds_to_millis(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let whole: i64 = whole.parse().ok().filter(|whole| *whole >= 0)?;
    let millis: i64 = format!("{fraction:0<3}").parse().ok()?;
    whole.checked_mul(1000)?.checked_add(millis)
}

async fn add_account(server: &Server, text: &str) -> Result<String, String> {
    let spec: AccountSpec = text.parse()?;
    let made = ensure_account(&server.store, &spec)
        .await
        .map_err(|error| error.message)?;
    Ok(made
        .map(|(id, secret)| format!("{id} {secret}"))
        .unwrap_or_default())
}

/// Makes sure that an account and its root key exist; gives the key if it made one up.
///
/// # Errors
/// `EntityAlreadyExists` if the key id belongs to somebody else or has another secret.
pub(crate) async fn ensure_account(
    store: &Store,
    spec: &AccountSpec,
) -> Result<Option<(String, String)>, ApiError> {
    let spec = spec.clone();
    let generated = match spec.key {
        Some(_) => None,
        None => Some((iam::access_key_id()?, iam::secret_access_key()?)),
    };
    store
        .execute(Authorization::administrative(), move |view| {
            plan_account(&spec, generated, view)
        })
        .await
}

type Made = Option<(String, String)>;

fn plan_account(
    spec: &AccountSpec,
    generated: Made,
    view: &View<'_, '_>,
) -> Result<(Vec<Mutation>, Made), ApiError> {
    let mut mutations = Vec::new();
    if view.config.account(spec.id).is_none() {
        mutations.push(Mutation::Put(Document::Account(Account {
            id: spec.id,
            canonical_id: sha256_hex(format!("canonical user id of {}", spec.id).as_bytes()),
            created: view.now,
        })));
    } else if generated.is_some() && view.config.access_keys(spec.id, None).next().is_some() {
        return Ok((mutations, None)); // it has a root key, which was shown when it was made
    }
    let (id, secret) = match (&spec.key, &generated) {
        (Some(key), _) | (None, Some(key)) => key.clone(),
        (None, None) => return Ok((mutations, None)),
    };
    match view.config.access_key(&id) {
        Some(known) if known.account == spec.id && known.user.is_none() && known.secret == secret => {}
        Some(_) => {
            return Err(ApiError::with_message(
                Code::EntityAlreadyExists,
                format!("the access key {id} exists already, with another owner or secret"),
            ));
        }
        None => mutations.push(Mutation::Put(Document::AccessKey(AccessKey {
            id,
            secret,
            account: spec.id,
            user: None,
            active: true,
            created: view.now,
        }))),
    }
    Ok((mutations, generated))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_may_have_a_fraction() {
        assert_eq!(seconds_to_millis("86400"), Some(86_400_000));
        assert_eq!(seconds_to_millis("1.5"), Some(1500));
        for bad in ["", "-1", "1.2345", "x", "1.x", "99999999999999999999"] {
            assert_eq!(seconds_to_millis(bad), None, "{bad}");
        }
    }
}
