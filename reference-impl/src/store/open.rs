//! Opening a data folder: creation, checks, recovery.

use std::fs::{self, DirBuilder, File, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use arc_swap::ArcSwap;
use redb::{Database, DatabaseError, ReadableDatabase, ReadableTable};
use tokio::sync::{mpsc, watch};

use super::blob::Workshop;
use super::blob::disk::{Disk, Folder};
use super::config::{Config, Document};
use super::janitor::Janitor;
use super::mutation::{ApplyError, document_name};
use super::record::decode;
use super::rows::{BLOB, DOCUMENT, META, Rows, SEAL};
use super::snapshot::Pins;
use super::vault::{Vault, root_key};
use super::writer::{Writer, snapshot};
use super::{Inner, Store, Threads};
use crate::clock::{Clock, Timestamp};

/// The format that this program writes; it opens this one only.
const FORMAT: u64 = 4;
/// The metadata that is kept in memory, in bytes.
const CACHE: usize = 32 * 1024 * 1024;
/// How many plans may wait.
const QUEUE: usize = 1024;

/// Why a data folder could not be opened.
#[derive(Debug)]
#[non_exhaustive]
pub enum OpenError {
    /// Another process has the folder open.
    InUse(PathBuf),
    /// The data was written by a later version of this program.
    NewerFormat {
        /// The format found.
        found: u64,
        /// The format that this program knows.
        known: u64,
    },
    /// The data was written by an earlier version of this program.
    OlderFormat {
        /// The format found.
        found: u64,
        /// The format that this program knows.
        known: u64,
    },
    /// There is data, but the root key file is missing.
    NoRootKey(PathBuf),
    /// The root key is not the one that the data was sealed under.
    WrongRootKey(PathBuf),
    /// A file or folder can't be read or written.
    Io(PathBuf, io::Error),
    /// The metadata can't be read.
    Damaged(String),
}

impl std::fmt::Display for OpenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::InUse(path) => write!(
                f,
                "the data folder {} is in use by another process; stop that server, or name another folder",
                path.display()
            ),
            Self::NewerFormat { found, known } => write!(
                f,
                "the data has format {found}, but this program knows format {known} only; use a newer version of it"
            ),
            Self::OlderFormat { found, known } => write!(
                f,
                "the data has format {found}, but this program knows format {known} only; use the version of it that \
                 wrote the data, or name another folder"
            ),
            Self::NoRootKey(path) => write!(
                f,
                "the root key {} is missing; without it the data can't be read: put the file back",
                path.display()
            ),
            Self::WrongRootKey(path) => write!(
                f,
                "the root key {} does not belong to this data: put the right file back",
                path.display()
            ),
            Self::Io(path, error) => write!(
                f,
                "the data folder can't be used: {}: {error}; see to it, or name another folder",
                path.display()
            ),
            Self::Damaged(cause) => write!(f, "the metadata can't be read: {cause}"),
        }
    }
}

impl std::error::Error for OpenError {}

impl From<ApplyError> for OpenError {
    fn from(error: ApplyError) -> Self {
        Self::Damaged(error.0)
    }
}

fn io_error(path: &Path) -> impl FnOnce(io::Error) -> OpenError {
    move |error| OpenError::Io(path.to_owned(), error)
}

impl Store {
    /// Opens a data folder, making it if it does not exist, and recovers it if need be. Blocks.
    ///
    /// # Errors
    /// Says what is wrong with the folder; nothing in it was changed then, but for a folder being made.
    pub fn open(folder: &Path, clock: Clock) -> Result<Self, OpenError> {
        make_folder(folder)?;
        let lock = lock(folder)?;
        let (meta, key_file) = (folder.join("meta.redb"), folder.join("root.key"));
        let exists = meta.try_exists().map_err(io_error(&meta))?;
        if exists && !key_file.try_exists().map_err(io_error(&key_file))? {
            return Err(OpenError::NoRootKey(key_file));
        }
        let root = root_key(&key_file).map_err(io_error(&key_file))?;
        let vault = Vault::new(&root).map_err(|error| OpenError::Damaged(error.to_string()))?;
        if !exists {
            create(&meta, &vault)?;
        }
        let database =
            redb::Builder::new()
                .set_cache_size(CACHE)
                .open(&meta)
                .map_err(|error| match error {
                    DatabaseError::DatabaseAlreadyOpen => OpenError::InUse(folder.to_owned()),
                    error => OpenError::Damaged(error.to_string()),
                })?;
        match check(&database, &vault)? {
            Fit::Right => {}
            Fit::Newer(found) => return Err(OpenError::NewerFormat { found, known: FORMAT }),
            Fit::Older(found) => return Err(OpenError::OlderFormat { found, known: FORMAT }),
            Fit::OtherKey => return Err(OpenError::WrongRootKey(key_file)),
        }
        let blobs = folder.join("blob");
        let disk = Folder::new(blobs.clone()).map_err(io_error(&blobs))?;
        Self::start(database, Arc::new(disk), vault, clock, Some(lock))
    }

    /// Recovers and starts a store over a checked database and its blob files.
    pub(super) fn start(
        database: Database,
        disk: Arc<dyn Disk>,
        vault: Vault,
        clock: Clock,
        lock: Option<File>,
    ) -> Result<Self, OpenError> {
        let beginning = recover(&database, &*disk)?;
        clock.raise_floor(beginning.clock);
        let config = Arc::new(load_config(&database, &vault)?);
        let workshop = Arc::new(Workshop::new(disk, Arc::new(vault), beginning.epoch));
        let pins = Arc::new(Pins::default());
        let first = snapshot(&database, &workshop, &pins, beginning.commit, Arc::clone(&config))?;
        let published = Arc::new(ArcSwap::from_pointee(first));
        let (sender, receiver) = mpsc::channel(QUEUE);
        let (failed, failure) = watch::channel(false);
        let writer = Writer {
            database: Arc::new(database),
            workshop: Arc::clone(&workshop),
            published: Arc::clone(&published),
            pins: Arc::clone(&pins),
            clock: clock.clone(),
            config,
            commit: beginning.commit,
            sequence: beginning.sequence,
            failed,
        };
        let janitor = Janitor {
            published: Arc::clone(&published),
            pins,
            workshop: Arc::clone(&workshop),
            queue: sender.downgrade(),
        };
        let (end, ended) = std::sync::mpsc::channel();
        let handles = vec![
            spawn("writer", move || writer.run(receiver))?,
            spawn("janitor", move || janitor.run(&ended))?,
        ];
        let inner = Inner {
            published,
            workshop,
            clock,
            queue: Mutex::new(Some(sender)),
            threads: Mutex::new(Threads {
                end: Some(end),
                handles,
            }),
            failed: failure,
            _lock: lock,
        };
        Ok(Self(Arc::new(inner)))
    }
}

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Result<std::thread::JoinHandle<()>, OpenError> {
    let builder = std::thread::Builder::new().name(name.to_owned());
    builder
        .spawn(body)
        .map_err(|error| OpenError::Damaged(format!("no thread for the {name}: {error}")))
}

/// Makes the data folder and what it lies in, durably: data in a folder whose name is lost is lost too.
fn make_folder(folder: &Path) -> Result<(), OpenError> {
    // A relative path ends in the empty one, which stands for the working directory.
    let parent = |path: &Path| match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Some(PathBuf::from(".")),
        parent => parent.map(Path::to_owned),
    };
    let missing: Vec<_> = folder
        .ancestors()
        .take_while(|path| !path.as_os_str().is_empty() && !path.exists())
        .collect();
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(io_error(folder))?;
    for parent in missing.into_iter().filter_map(parent) {
        let synced = File::open(&parent).and_then(|file| file.sync_all());
        synced.map_err(io_error(&parent))?;
    }
    Ok(())
}

/// Takes the folder for this process.
fn lock(folder: &Path) -> Result<File, OpenError> {
    let path = folder.join("lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(&path);
    let file = file.map_err(io_error(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse(folder.to_owned())),
        Err(TryLockError::Error(error)) => Err(OpenError::Io(path, error)),
    }
}

/// Makes the metadata beside its place and renames it: a power cut leaves either none or a whole one.
fn create(meta: &Path, vault: &Vault) -> Result<(), OpenError> {
    let unfinished = meta.with_extension("tmp");
    match fs::remove_file(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(OpenError::Io(unfinished, error));
        }
        _ => {}
    }
    let file = File::options()
        .create_new(true)
        .read(true)
        .write(true)
        .mode(0o600)
        .open(&unfinished);
    let file = file.map_err(io_error(&unfinished))?;
    let database = redb::backends::FileBackend::new(file)
        .and_then(|backend| Database::builder().create_with_backend(backend))
        .map_err(|error| OpenError::Damaged(error.to_string()))?;
    initialize(&database, vault)?;
    drop(database);
    let synced = File::open(&unfinished).and_then(|file| file.sync_all());
    synced.map_err(io_error(&unfinished))?;
    fs::rename(&unfinished, meta).map_err(io_error(meta))?;
    match meta.parent() {
        Some(folder) => File::open(folder)
            .and_then(|file| file.sync_all())
            .map_err(io_error(folder)),
        None => Ok(()),
    }
}

/// Writes the format, the key check and empty tables into new metadata.
pub(super) fn initialize(database: &Database, vault: &Vault) -> Result<(), ApplyError> {
    let transaction = database.begin_write()?;
    {
        let mut rows = Rows::live(&transaction)?;
        rows.meta.insert("format", FORMAT)?;
        rows.meta.insert("epoch", 0)?;
        rows.meta.insert("sequence", 1)?;
        rows.meta.insert("commit", 0)?;
        rows.meta.insert("clock", 0)?;
        transaction
            .open_table(SEAL)?
            .insert("check", vault.check().as_slice())?;
    }
    transaction.commit()?;
    Ok(())
}

enum Fit {
    Right,
    Newer(u64),
    Older(u64),
    OtherKey,
}

/// Looks whether format and root key are this program's.
fn check(database: &Database, vault: &Vault) -> Result<Fit, ApplyError> {
    let transaction = database.begin_read()?;
    let format = transaction
        .open_table(META)?
        .get("format")?
        .map(|row| row.value());
    match format {
        Some(FORMAT) => {}
        Some(found) if found > FORMAT => return Ok(Fit::Newer(found)),
        Some(found) => return Ok(Fit::Older(found)),
        None => return Err(ApplyError("it does not say which format it has".to_owned())),
    }
    let check = transaction
        .open_table(SEAL)?
        .get("check")?
        .map(|row| row.value().to_vec());
    Ok(if check.as_deref() == Some(vault.check().as_slice()) {
        Fit::Right
    } else {
        Fit::OtherKey
    })
}

/// Where a store goes on.
struct Beginning {
    epoch: u32,
    commit: u64,
    sequence: u64,
    clock: Timestamp,
}

/// Removes blob files that no commit names and opens a new epoch.
///
/// Only the last epoch's folder can hold such files: every start ends by opening a new one.
fn recover(database: &Database, disk: &dyn Disk) -> Result<Beginning, ApplyError> {
    let (last, commit, sequence, clock) = {
        let transaction = database.begin_read()?;
        let meta = transaction.open_table(META)?;
        let number = |name: &str| -> Result<u64, ApplyError> {
            meta.get(name)?
                .map(|row| row.value())
                .ok_or_else(|| ApplyError(format!("{name} is missing")))
        };
        let last = u32::try_from(number("epoch")?)?;
        let named = transaction.open_table(BLOB)?;
        for blob in disk.list(last)? {
            if named.get((blob.epoch, blob.number))?.is_none() {
                disk.remove(blob)?;
            }
        }
        if last > 0 {
            // A removal that a power cut undid would never be seen again: the next start looks elsewhere.
            disk.sync_epoch(last)?;
        }
        (last, number("commit")?, number("sequence")?, number("clock")?)
    };
    let epoch = last
        .checked_add(1)
        .ok_or_else(|| ApplyError("too many epochs".to_owned()))?;
    disk.begin_epoch(epoch)?;
    let transaction = database.begin_write()?;
    transaction.open_table(META)?.insert("epoch", u64::from(epoch))?;
    transaction.commit()?;
    Ok(Beginning {
        epoch,
        commit,
        sequence,
        clock: Timestamp::from_millis(clock.cast_signed()),
    })
}

/// Builds the configuration from its documents.
fn load_config(database: &Database, vault: &Vault) -> Result<Config, ApplyError> {
    let transaction = database.begin_read()?;
    let mut config = Config::default();
    // Rows come by kind: accounts, users, keys, policies of users, buckets.
    for row in transaction.open_table(DOCUMENT)?.iter()? {
        let (name, sealed) = row?;
        let (kind, owner, id) = name.value();
        let opened = vault.open_document(&document_name(kind, owner, id), sealed.value())?;
        let document: Document = decode(&opened)?;
        config.put(&document).map_err(|bad| ApplyError(bad.0))?;
    }
    Ok(config)
}
