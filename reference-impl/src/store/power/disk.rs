//! A disk that forgets, reorders and tears what was not synced, and dice to decide what.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};

use rand_xoshiro::SplitMix64;
use rand_xoshiro::rand_core::{Rng, SeedableRng};
use redb::{BackendError, StorageBackend};

use crate::store::blob::BlobId;
use crate::store::blob::disk::{Append, Disk, ReadAt};

/// Small, fast, seeded: tests must be repeatable.
#[derive(Debug, Clone)]
pub(super) struct Dice(SplitMix64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(SplitMix64::seed_from_u64(seed))
    }

    pub(super) fn roll(&mut self, sides: u64) -> u64 {
        self.0.next_u64() % sides
    }
}

#[derive(Clone, Debug)]
enum Change {
    Length(usize),
    Write(usize, Vec<u8>),
}

#[derive(Clone, Debug, Default)]
pub(super) struct FileImage {
    synced: Vec<u8>,
    now: Vec<u8>,
    named: bool,
}

/// The whole disk: what is durable, and what is only in the cache of the operating system.
#[derive(Debug, Default)]
pub(super) struct World {
    meta_synced: Vec<u8>,
    meta: Vec<u8>,
    changes: Vec<Change>,
    pub(super) files: BTreeMap<BlobId, FileImage>,
    /// Removals of durable names that may not have reached the disk.
    removed: BTreeMap<BlobId, FileImage>,
    pub(super) operations: u64,
    pub(super) cut: Option<u64>,
}

impl World {
    /// Counts an operation; from the cut on, all fail.
    fn operate(&mut self) -> io::Result<()> {
        self.operations += 1;
        match self.cut {
            Some(cut) if self.operations >= cut => Err(io::Error::other("power cut")),
            _ => Ok(()),
        }
    }

    /// The disk as it is found after the cut.
    pub(super) fn survivors(&self, dice: &mut Dice) -> World {
        let mut meta = self.meta_synced.clone();
        let mut changes = self.changes.clone();
        for i in (1..changes.len()).rev() {
            // Length changes stay in place; writes between two syncs may land in any order.
            let j = usize::try_from(dice.roll(i as u64 + 1)).unwrap();
            if matches!((&changes[i], &changes[j]), (Change::Write(..), Change::Write(..))) {
                changes.swap(i, j);
            }
        }
        for change in changes {
            match (change, dice.roll(3)) {
                (_, 0) => {}
                (Change::Length(length), _) => meta.resize(length, 0),
                (Change::Write(at, bytes), 1) => write_at(&mut meta, at, &bytes),
                (Change::Write(at, bytes), _) => {
                    for (i, sector) in bytes.chunks(512).enumerate() {
                        if dice.roll(2) == 0 {
                            write_at(&mut meta, at + i * 512, sector);
                        }
                    }
                }
            }
        }
        let mut files = BTreeMap::new();
        for (blob, file) in self.files.iter().chain(&self.removed) {
            let gone = self.removed.contains_key(blob) && dice.roll(2) == 0;
            if gone || (!file.named && dice.roll(2) == 0) {
                continue;
            }
            let mut content = file.synced.clone();
            let unsynced = &file.now[content.len()..];
            content.extend_from_slice(
                &unsynced[..usize::try_from(dice.roll(unsynced.len() as u64 + 1)).unwrap()],
            );
            files.insert(
                *blob,
                FileImage {
                    synced: content.clone(),
                    now: content,
                    named: true,
                },
            );
        }
        World {
            meta_synced: meta.clone(),
            meta,
            files,
            ..World::default()
        }
    }
}

fn write_at(image: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    if image.len() < at + bytes.len() {
        image.resize(at + bytes.len(), 0);
    }
    image[at..at + bytes.len()].copy_from_slice(bytes);
}

#[derive(Clone, Debug)]
pub(super) struct Simulated(pub(super) Arc<Mutex<World>>);

impl Simulated {
    fn with<T>(&self, act: impl FnOnce(&mut World) -> T) -> io::Result<T> {
        let mut world = self.0.lock().unwrap();
        world.operate()?;
        Ok(act(&mut world))
    }
}

impl StorageBackend for Simulated {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.lock().unwrap().meta.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let world = self.0.lock().unwrap();
        let at = usize::try_from(offset).unwrap();
        match world.meta.get(at..at + out.len()) {
            Some(bytes) => {
                out.copy_from_slice(bytes);
                Ok(())
            }
            None => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.with(|world| {
            let length = usize::try_from(len).unwrap();
            world.meta.resize(length, 0);
            world.changes.push(Change::Length(length));
        })
    }

    fn sync_data(&self) -> io::Result<()> {
        self.with(|world| {
            world.meta_synced = world.meta.clone();
            world.changes.clear();
        })
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.with(|world| {
            let at = usize::try_from(offset).unwrap();
            write_at(&mut world.meta, at, data);
            world.changes.push(Change::Write(at, data.to_vec()));
        })
    }

    fn try_lock_range(&self, _: std::ops::Bound<u64>, _: std::ops::Bound<u64>) -> Result<bool, BackendError> {
        Ok(true)
    }
}

impl Disk for Simulated {
    fn begin_epoch(&self, _: u32) -> io::Result<()> {
        self.with(|_| ())
    }

    fn create(&self, blob: BlobId) -> io::Result<Box<dyn Append>> {
        self.with(|world| {
            world.files.insert(blob, FileImage::default());
        })?;
        Ok(Box::new(SimulatedFile(self.clone(), blob)))
    }

    fn open(&self, blob: BlobId) -> io::Result<Box<dyn ReadAt>> {
        match self.0.lock().unwrap().files.contains_key(&blob) {
            true => Ok(Box::new(SimulatedFile(self.clone(), blob))),
            false => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn remove(&self, blob: BlobId) -> io::Result<()> {
        self.with(|world| {
            if let Some(file) = world.files.remove(&blob)
                && file.named
            {
                world.removed.insert(blob, file);
            }
        })
    }

    fn sync_epoch(&self, epoch: u32) -> io::Result<()> {
        self.with(|world| {
            world
                .files
                .iter_mut()
                .filter(|(blob, _)| blob.epoch == epoch)
                .for_each(|(_, file)| file.named = true);
            world.removed.retain(|blob, _| blob.epoch != epoch);
        })
    }

    fn list(&self, epoch: u32) -> io::Result<Vec<BlobId>> {
        self.with(|world| {
            world
                .files
                .keys()
                .copied()
                .filter(|blob| blob.epoch == epoch)
                .collect()
        })
    }
}

struct SimulatedFile(Simulated, BlobId);

impl Append for SimulatedFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0
            .with(|world| world.files.get_mut(&self.1).unwrap().now.extend_from_slice(bytes))
    }

    fn sync(&mut self) -> io::Result<()> {
        self.0.with(|world| {
            let file = world.files.get_mut(&self.1).unwrap();
            file.synced = file.now.clone();
        })
    }
}

impl ReadAt for SimulatedFile {
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        let world = self.0.0.lock().unwrap();
        let at = usize::try_from(offset).unwrap();
        let file = world.files.get(&self.1).ok_or(io::ErrorKind::NotFound)?;
        let bytes = file
            .now
            .get(at..at + buffer.len())
            .ok_or(io::ErrorKind::UnexpectedEof)?;
        buffer.copy_from_slice(bytes);
        Ok(())
    }
}
