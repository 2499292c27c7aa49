//! Where blob files are kept: a folder per epoch, or, in tests, a disk that loses power.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::BlobId;

/// A place for blob files.
pub(crate) trait Disk: std::fmt::Debug + Send + Sync {
    /// Makes the folder of an epoch, durably.
    fn begin_epoch(&self, epoch: u32) -> io::Result<()>;
    /// Makes a new file; it is durable after its own `sync` and `sync_epoch`.
    fn create(&self, blob: BlobId) -> io::Result<Box<dyn Append>>;
    /// Opens a file to read.
    fn open(&self, blob: BlobId) -> io::Result<Box<dyn ReadAt>>;
    /// Removes a file; one that is not there is no matter.
    fn remove(&self, blob: BlobId) -> io::Result<()>;
    /// Makes the names in an epoch's folder durable.
    fn sync_epoch(&self, epoch: u32) -> io::Result<()>;
    /// The files in an epoch's folder.
    fn list(&self, epoch: u32) -> io::Result<Vec<BlobId>>;
}

/// A file that is being written.
pub(crate) trait Append: Send + Sync {
    /// Adds bytes at the end.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Makes the bytes durable.
    fn sync(&mut self) -> io::Result<()>;
}

/// A file that is being read.
pub(crate) trait ReadAt: Send + Sync {
    /// Fills the buffer from an offset.
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()>;
}

/// Blob files in a folder of the file system.
#[derive(Debug)]
pub(crate) struct Folder {
    root: PathBuf,
}

impl Folder {
    /// Uses a folder, making it if need be.
    pub(crate) fn new(root: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&root)?;
        if let Some(parent) = root.parent() {
            sync_folder(parent)?;
        }
        Ok(Self { root })
    }

    fn epoch(&self, epoch: u32) -> PathBuf {
        self.root.join(epoch.to_string())
    }

    fn path(&self, blob: BlobId) -> PathBuf {
        self.epoch(blob.epoch).join(blob.number.to_string())
    }
}

fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

impl Disk for Folder {
    fn begin_epoch(&self, epoch: u32) -> io::Result<()> {
        fs::create_dir_all(self.epoch(epoch))?;
        sync_folder(&self.root)
    }

    fn create(&self, blob: BlobId) -> io::Result<Box<dyn Append>> {
        let file = File::options()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(self.path(blob))?;
        Ok(Box::new(file))
    }

    fn open(&self, blob: BlobId) -> io::Result<Box<dyn ReadAt>> {
        Ok(Box::new(File::open(self.path(blob))?))
    }

    fn remove(&self, blob: BlobId) -> io::Result<()> {
        match fs::remove_file(self.path(blob)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn sync_epoch(&self, epoch: u32) -> io::Result<()> {
        sync_folder(&self.epoch(epoch))
    }

    fn list(&self, epoch: u32) -> io::Result<Vec<BlobId>> {
        let entries = match fs::read_dir(self.epoch(epoch)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut blobs = Vec::new();
        for entry in entries {
            // A name that is no number is not ours: leave it alone.
            if let Some(number) = entry?.file_name().to_str().and_then(|name| name.parse().ok()) {
                blobs.push(BlobId { epoch, number });
            }
        }
        Ok(blobs)
    }
}

impl Append for File {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

impl ReadAt for File {
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        FileExt::read_exact_at(self, buffer, offset)
    }
}
