//! Power cuts, simulated: a disk that forgets, reorders and tears what was not synced.
//!
//! Each round runs clients against a store on such a disk, cuts the power at a random operation, opens what is
//! left and checks that every acknowledged write is there with its bytes, that nothing refused is, and that no
//! file is left that nobody names. `BUCKETLAW_POWER_CUTS` sets the number of rounds, `BUCKETLAW_POWER_SEED` the
//! first seed.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};

use redb::{BackendError, StorageBackend};

use super::blob::BlobId;
use super::blob::disk::{Append, Disk, ReadAt};
use super::tests::{delete, put, read};
use super::vault::Vault;
use super::*;
use crate::clock::Timestamp;
use crate::error::Code;

/// Small, fast, seeded: tests must be repeatable.
#[derive(Debug, Clone)]
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % sides
    }
}

#[derive(Clone, Debug)]
enum Change {
    Length(usize),
    Write(usize, Vec<u8>),
}

#[derive(Clone, Debug, Default)]
struct FileImage {
    synced: Vec<u8>,
    now: Vec<u8>,
    named: bool,
}

/// The whole disk: what is durable, and what is only in the cache of the operating system.
#[derive(Debug, Default)]
struct World {
    meta_synced: Vec<u8>,
    meta: Vec<u8>,
    changes: Vec<Change>,
    files: BTreeMap<BlobId, FileImage>,
    /// Removals of durable names that may not have reached the disk.
    removed: BTreeMap<BlobId, FileImage>,
    operations: u64,
    cut: Option<u64>,
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
    fn survivors(&self, dice: &mut Dice) -> World {
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
struct Simulated(Arc<Mutex<World>>);

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

fn open(disk: &Simulated) -> Result<Store, OpenError> {
    let database = redb::Builder::new()
        .set_cache_size(1 << 20)
        .create_with_backend(disk.clone())
        .map_err(|error| OpenError::Damaged(error.to_string()))?;
    let vault = Vault::new(&[3; 32]).unwrap();
    Store::start(
        database,
        Arc::new(disk.clone()),
        vault,
        Clock::manual(Timestamp::default()),
        None,
    )
}

/// What one client knows of its key: the sequences and contents that must be there, and a write without an answer.
#[derive(Clone, Debug, Default)]
struct Known {
    stored: BTreeMap<u64, Vec<u8>>,
    unsure_put: Option<Vec<u8>>,
    unsure_delete: Option<u64>,
}

/// Writes and deletes versions of one key until an answer fails to come.
async fn client(store: Store, name: String, mut dice: Dice) -> Known {
    let mut known = Known::default();
    for step in 0..6u64 {
        let choice = dice.roll(6);
        if choice == 0 {
            // Refused: must never be seen.
            let mut writer = store.blob().unwrap();
            if writer.write(&[0xEE; 40_000]).await.is_err() {
                return known;
            }
            let Ok(blob) = writer.finish().await else {
                return known;
            };
            let refusal = store.execute(Authorization::administrative(), move |_| {
                let _blob = blob;
                Err::<(Vec<Mutation>, ()), _>(ApiError::new(Code::PreconditionFailed))
            });
            assert!(refusal.await.is_err());
        } else if choice == 1
            && let Some(&sequence) = known.stored.keys().next()
        {
            if delete(&store, &name, sequence).await.is_err() {
                known.unsure_delete = Some(sequence);
                return known;
            }
            known.stored.remove(&sequence);
        } else {
            let length = if choice < 4 {
                100
            } else {
                40_000 + usize::try_from(dice.roll(60_000)).unwrap()
            };
            let mut content = format!("{name} {step} ").into_bytes();
            content.resize(length, u8::try_from(step).unwrap());
            match put(&store, &name, &content).await {
                Ok(sequence) => drop(known.stored.insert(sequence, content)),
                Err(_) => {
                    known.unsure_put = Some(content);
                    return known;
                }
            }
        }
    }
    known
}

/// Checks what is found of a key against what its client knows.
async fn verify(store: &Store, name: &str, known: &Known) {
    let snapshot = store.snapshot();
    let mut found = BTreeMap::new();
    let mut versions = Vec::new();
    let collect = |key: &str, version: VersionRecord| {
        if key == name {
            versions.push(version);
        }
        Ok(key == name)
    };
    snapshot.rows.versions(1, name, None, collect).unwrap();
    for version in versions {
        let content = read(&snapshot, &version)
            .await
            .expect("every version that is listed can be read");
        found.insert(version.sequence, content);
    }
    for (sequence, content) in &known.stored {
        match found.remove(sequence) {
            Some(got) => assert!(got == *content, "{name}: version {sequence} has other bytes"),
            None => assert_eq!(
                known.unsure_delete,
                Some(*sequence),
                "{name}: version {sequence} is lost"
            ),
        }
    }
    for content in found.values() {
        assert!(
            known.unsure_put.as_ref() == Some(content),
            "{name}: a version that nobody stored is there"
        );
    }
    assert!(found.len() <= 1);
}

/// One round; gives how many operations it ran.
fn round(runtime: &tokio::runtime::Runtime, seed: u64, cut: Option<u64>) -> u64 {
    let mut dice = Dice(seed);
    let disk = Simulated(Arc::new(Mutex::new(World::default())));
    {
        let database = redb::Database::builder()
            .create_with_backend(disk.clone())
            .unwrap();
        open::initialize(&database, &Vault::new(&[3; 32]).unwrap()).unwrap();
    }
    {
        let mut world = disk.0.lock().unwrap();
        world.operations = 0;
        world.cut = cut;
    }
    let names = ["a", "b", "c"];
    let known: Vec<Known> = match open(&disk) {
        Err(_) => names.map(|_| Known::default()).to_vec(),
        Ok(store) => runtime.block_on(async {
            let clients = names.map(|name| {
                let dice = Dice(dice.roll(u64::MAX));
                tokio::spawn(client(store.clone(), name.to_owned(), dice))
            });
            let mut known = Vec::new();
            for client in clients {
                known.push(client.await.unwrap());
            }
            store.close();
            known
        }),
    };
    let operations = disk.0.lock().unwrap().operations;
    // Losing power again while recovering is part of the exercise.
    let mut world = disk.0.lock().unwrap().survivors(&mut dice);
    for _ in 0..dice.roll(3) {
        world.cut = Some(1 + dice.roll(30));
        let disk = Simulated(Arc::new(Mutex::new(world)));
        if let Ok(store) = open(&disk) {
            store.close();
        }
        world = disk.0.lock().unwrap().survivors(&mut dice);
    }
    let disk = Simulated(Arc::new(Mutex::new(world)));
    let store = open(&disk).unwrap_or_else(|error| panic!("seed {seed}, cut {cut:?}: {error}"));
    runtime.block_on(async {
        for (name, known) in names.iter().zip(&known) {
            verify(&store, name, known).await;
        }
    });
    let snapshot = store.snapshot();
    for blob in disk.0.lock().unwrap().files.keys() {
        let named = redb::ReadableTable::get(&snapshot.rows.blob, (blob.epoch, blob.number))
            .unwrap()
            .is_some();
        assert!(named, "seed {seed}: {blob:?} belongs to nobody");
    }
    drop(snapshot);
    store.close();
    operations
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(default)
}

#[test]
fn no_power_cut_loses_an_acknowledged_write() {
    let (rounds, first) = (
        setting("BUCKETLAW_POWER_CUTS", 100),
        setting("BUCKETLAW_POWER_SEED", 1),
    );
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let usual = round(&runtime, first, None);
    let mut dice = Dice(first);
    for seed in first..first + rounds {
        round(&runtime, seed, Some(1 + dice.roll(usual)));
    }
}
