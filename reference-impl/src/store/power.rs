//! Power cuts, simulated: a disk that forgets, reorders and tears what was not synced.
//!
//! Each round runs clients against a store on such a disk, cuts the power at a random operation, opens what is
//! left and checks that every acknowledged write is there with its bytes, that nothing refused is, and that no
//! file is left that nobody names. `BUCKETLAW_POWER_CUTS` sets the number of rounds, `BUCKETLAW_POWER_SEED` the
//! first seed.

mod disk;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use disk::{Dice, Simulated, World};

use super::tests::{account, delete, put, read};
use super::vault::Vault;
use super::*;
use crate::clock::Timestamp;
use crate::error::Code;

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
    /// The secret of the client's access key: a document of the configuration.
    secret: Option<String>,
    unsure_secret: Option<String>,
}

/// Stores a version in two parts and gives its sequence; the parts of an upload that is aborted go to the janitor.
async fn put_in_parts(store: &Store, key: &str, content: &[u8], abort: bool) -> Result<u64, ApiError> {
    let sequence = begin_upload(store, key).await?;
    // Part 3 is one too many, and part 1 is put twice.
    for (number, bytes) in [
        (1, &content[..1]),
        (3, content),
        (1, &content[..60]),
        (2, &content[60..]),
    ] {
        put_part(store, sequence, number, bytes).await?;
    }
    if abort {
        abort_upload(store, key, sequence).await
    } else {
        complete_upload(store, key, sequence, content.len() as u64).await
    }
}

/// Begins an upload and returns its number.
async fn begin_upload(store: &Store, key: &str) -> Result<u64, ApiError> {
    let template = UploadTemplate {
        system: Vec::new(),
        metadata: Vec::new(),
        checksum_algorithm: None,
        full_object_checksum: true,
        storage_class: "STANDARD".to_owned(),
        tags: Vec::new(),
        lock: crate::lock::LockState::default(),
        acl: None,
    };
    let key = key.to_owned();
    let create = move |view: &View<'_, '_>| {
        let sequence = view.allocate();
        let upload = UploadRecord {
            sequence,
            initiated: view.now,
            owner: account(),
            initiator: String::new(),
            initiator_id: String::new(),
            deleted_since: false,
            template,
        };
        let put = Mutation::PutUpload {
            bucket: 1,
            key,
            upload,
        };
        Ok((vec![put], sequence))
    };
    store.execute(Authorization::administrative(), create).await
}

async fn put_part(store: &Store, upload: u64, number: u16, bytes: &[u8]) -> Result<(), ApiError> {
    let mut writer = store.blob()?;
    writer.write(bytes).await?;
    let blob = writer.finish().await?;
    let plan = move |view: &View<'_, '_>| {
        let part = PartRecord {
            size: blob.extent().size,
            etag: String::new(),
            modified: view.now,
            checksum: None,
            extent: blob.extent().clone(),
        };
        let put = Mutation::PutPart {
            upload,
            number,
            part,
            blob,
        };
        Ok((vec![put], ()))
    };
    store.execute(Authorization::administrative(), plan).await
}

/// Aborts an upload.
async fn abort_upload(store: &Store, key: &str, sequence: u64) -> Result<u64, ApiError> {
    let key = key.to_owned();
    let abort = move |_: &View<'_, '_>| {
        let delete = Mutation::DeleteUpload {
            bucket: 1,
            key,
            sequence,
            keep: None,
        };
        Ok((vec![delete], sequence))
    };
    store.execute(Authorization::administrative(), abort).await
}

/// Makes a version of the parts 1 and 2.
async fn complete_upload(store: &Store, key: &str, sequence: u64, size: u64) -> Result<u64, ApiError> {
    let key = key.to_owned();
    let complete = move |view: &View<'_, '_>| {
        let object = ObjectRecord {
            size,
            etag: String::new(),
            body: Body::Parts {
                upload: sequence,
                count: 2,
            },
            system: Vec::new(),
            metadata: Vec::new(),
            checksum: None,
            storage_class: "STANDARD".to_owned(),
            tags: Vec::new(),
            lock: crate::lock::LockState::default(),
            acl: None,
        };
        let version = VersionRecord {
            sequence,
            null: false,
            written: view.allocate(),
            modified: view.now,
            owner: account(),
            content: Content::Object(Box::new(object)),
        };
        let put = Mutation::PutVersion {
            bucket: 1,
            key: key.clone(),
            version,
            blob: None,
        };
        let keep = Some([1, 2].into());
        let delete = Mutation::DeleteUpload {
            bucket: 1,
            key,
            sequence,
            keep,
        };
        Ok((vec![put, delete], sequence))
    };
    store.execute(Authorization::administrative(), complete).await
}

/// Stores an access key: a document of the configuration.
async fn put_secret(store: &Store, id: &str, secret: &str) -> Result<(), ApiError> {
    let key = AccessKey {
        id: id.to_owned(),
        secret: secret.to_owned(),
        account: account(),
        user: None,
        active: true,
        created: Timestamp::default(),
    };
    let plan = move |_: &View<'_, '_>| Ok((vec![Mutation::Put(Document::AccessKey(key))], ()));
    store.execute(Authorization::administrative(), plan).await
}

/// Writes and deletes versions of one key until an answer fails to come.
async fn client(store: Store, name: String, mut dice: Dice) -> Known {
    let mut known = Known::default();
    for step in 0..6u64 {
        let choice = dice.roll(9);
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
        } else if choice == 2 {
            let secret = format!("secret {step}");
            if put_secret(&store, &name, &secret).await.is_err() {
                known.unsure_secret = Some(secret);
                return known;
            }
            known.secret = Some(secret);
        } else if choice == 3 {
            let content = vec![u8::try_from(step).unwrap(); 50_000];
            if put_in_parts(&store, &name, &content, true).await.is_err() {
                return known;
            }
        } else {
            let length = if choice < 4 {
                100
            } else {
                40_000 + usize::try_from(dice.roll(60_000)).unwrap()
            };
            let mut content = format!("{name} {step} ").into_bytes();
            content.resize(length, u8::try_from(step).unwrap());
            let stored = match choice % 2 {
                0 => put(&store, &name, &content).await,
                _ => put_in_parts(&store, &name, &content, false).await,
            };
            match stored {
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
    let secret = snapshot.config.access_key(name).map(|key| key.secret.clone());
    assert!(
        secret == known.secret || (secret.is_some() && secret == known.unsure_secret),
        "{name}: {secret:?}"
    );
}

/// One round; gives how many operations it ran.
fn round(runtime: &tokio::runtime::Runtime, seed: u64, cut: Option<u64>) -> u64 {
    let mut dice = Dice::new(seed);
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
                let dice = Dice::new(dice.roll(u64::MAX));
                tokio::spawn(client(store.clone(), name.to_owned(), dice))
            });
            let mut known = Vec::new();
            for client in clients {
                known.push(client.await.unwrap());
            }
            if cut.is_some_and(|cut| disk.0.lock().unwrap().operations >= cut) {
                // The power is gone: the next write fails, and whoever runs the store is told.
                assert!(put(&store, "after", b"x").await.is_err());
                let told = tokio::time::timeout(std::time::Duration::from_secs(10), store.failed());
                told.await.expect("the store says that it failed");
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
    let mut dice = Dice::new(first);
    for seed in first..first + rounds {
        round(&runtime, seed, Some(1 + dice.roll(usual)));
    }
}
