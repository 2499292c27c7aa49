//! Tests of the store as a whole: plans, snapshots, reopening, refusals to open.

use std::path::PathBuf;
use std::sync::Arc;

use tempfile::TempDir;

use super::*;
use crate::authz::{AccountId, Ownership, PublicAccessBlock};
use crate::clock::Timestamp;
use crate::error::Code;

/// A folder of its own for each test, removed at its end.
struct Scratch(TempDir);

impl Scratch {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn join(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn open(&self) -> Result<Store, OpenError> {
        Store::open(self.0.path(), Clock::manual(Timestamp::from_millis(1_000_000)))
    }
}

pub(super) fn account() -> AccountId {
    AccountId::parse("111122223333").unwrap()
}

pub(super) fn bucket(id: u64) -> BucketRecord {
    BucketRecord {
        id,
        name: "bkt".to_owned(),
        owner: account(),
        created: Timestamp::default(),
        region: "us-east-1".to_owned(),
        versioning: Versioning::Enabled,
        object_lock: None,
        policy: None,
        public_access_block: Some(PublicAccessBlock::ALL),
        ownership: Some(Ownership::BucketOwnerEnforced),
        acl: None,
        bucket_key: false,
        tags: Vec::new(),
    }
}

pub(super) fn object(blob: &SealedBlob) -> ObjectRecord {
    ObjectRecord {
        size: blob.extent().size,
        etag: String::new(),
        body: Body::Whole(blob.extent().clone()),
        system: Vec::new(),
        metadata: Vec::new(),
        checksum: None,
        storage_class: "STANDARD".to_owned(),
        tags: Vec::new(),
        lock: crate::lock::LockState::default(),
        acl: None,
    }
}

/// Stores a version of a key in bucket 1 and gives its sequence.
pub(super) async fn put(store: &Store, key: &str, content: &[u8]) -> Result<u64, ApiError> {
    let mut writer = store.blob()?;
    for piece in content.chunks(50_000) {
        writer.write(piece).await?;
    }
    let blob = writer.finish().await?;
    let key = key.to_owned();
    let plan = move |view: &View<'_, '_>| {
        let sequence = view.allocate();
        let version = VersionRecord {
            sequence,
            null: false,
            written: sequence,
            modified: view.now,
            owner: account(),
            content: Content::Object(Box::new(object(&blob))),
        };
        Ok((
            vec![Mutation::PutVersion {
                bucket: 1,
                key,
                version,
                blob: Some(blob),
            }],
            sequence,
        ))
    };
    store.execute(Authorization::administrative(), plan).await
}

/// Removes a version of a key in bucket 1.
pub(super) async fn delete(store: &Store, key: &str, sequence: u64) -> Result<(), ApiError> {
    let key = key.to_owned();
    let plan = move |_: &View<'_, '_>| {
        Ok((
            vec![Mutation::DeleteVersion {
                bucket: 1,
                key,
                sequence,
            }],
            (),
        ))
    };
    store.execute(Authorization::administrative(), plan).await
}

pub(super) async fn read(snapshot: &Snapshot, version: &VersionRecord) -> Result<Vec<u8>, ApiError> {
    let object = version.object().unwrap();
    let mut reader = snapshot.read(object, 0, object.size).await?;
    let mut content = Vec::new();
    while let Some(piece) = reader.next().await? {
        content.extend_from_slice(&piece);
    }
    Ok(content)
}

fn content(length: usize) -> Vec<u8> {
    (0..length).map(|i| u8::try_from(i % 251).unwrap()).collect()
}

#[tokio::test]
async fn what_is_written_is_read_again_after_reopening() {
    let scratch = Scratch::new();
    let lengths = [0, 1, 32_768, 32_769, 65_535, 65_536, 65_537, 131_072, 700_000];
    let store = scratch.open().unwrap();
    for length in lengths {
        put(&store, &format!("k{length}"), &content(length))
            .await
            .unwrap();
    }
    store.close();
    drop(store);
    let store = scratch.open().unwrap();
    let snapshot = store.snapshot();
    for length in lengths {
        let version = snapshot.rows.current(1, &format!("k{length}")).unwrap().unwrap();
        assert_eq!(
            read(&snapshot, &version).await.unwrap(),
            content(length),
            "{length}"
        );
    }
}

#[tokio::test]
async fn ranges_are_exact_at_segment_edges() {
    let scratch = Scratch::new();
    let store = scratch.open().unwrap();
    put(&store, "k", &content(200_000)).await.unwrap();
    let snapshot = store.snapshot();
    let version = snapshot.rows.current(1, "k").unwrap().unwrap();
    let whole = content(200_000);
    for (from, to) in [
        (0, 1),
        (65_535, 65_537),
        (65_536, 131_072),
        (199_999, 200_000),
        (1, 199_999),
        (0, 0),
    ] {
        let mut reader = snapshot.read(version.object().unwrap(), from, to).await.unwrap();
        let mut got = Vec::new();
        while let Some(piece) = reader.next().await.unwrap() {
            got.extend_from_slice(&piece);
        }
        assert_eq!(
            got,
            whole[usize::try_from(from).unwrap()..usize::try_from(to).unwrap()],
            "{from}..{to}"
        );
    }
}

#[tokio::test]
async fn a_refused_plan_writes_nothing_and_leaves_no_file() {
    let scratch = Scratch::new();
    let store = scratch.open().unwrap();
    let mut writer = store.blob().unwrap();
    writer.write(&content(300_000)).await.unwrap();
    let blob = writer.finish().await.unwrap();
    let refused = store
        .execute(Authorization::administrative(), move |_| {
            let _blob = blob;
            Err::<(Vec<Mutation>, ()), _>(ApiError::new(Code::PreconditionFailed))
        })
        .await;
    assert_eq!(refused.unwrap_err().code, Code::PreconditionFailed);
    assert_eq!(store.snapshot().commit, 0);
    assert_eq!(std::fs::read_dir(scratch.join("blob/1")).unwrap().count(), 0);
}

#[tokio::test]
async fn a_panicking_plan_is_an_internal_error_and_no_more() {
    let scratch = Scratch::new();
    let store = scratch.open().unwrap();
    let plan = |_: &View<'_, '_>| -> Result<(Vec<Mutation>, ()), ApiError> { panic!("on purpose") };
    let ended = store.execute(Authorization::administrative(), plan).await;
    assert_eq!(ended.unwrap_err().code, Code::InternalError);
    put(&store, "k", b"still works").await.unwrap();
}

#[tokio::test]
async fn removed_files_go_once_no_reader_needs_them() {
    let scratch = Scratch::new();
    let store = scratch.open().unwrap();
    let sequence = put(&store, "k", &content(300_000)).await.unwrap();
    let before = store.snapshot();
    delete(&store, "k", sequence).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    let version = before.rows.current(1, "k").unwrap().unwrap();
    assert_eq!(read(&before, &version).await.unwrap(), content(300_000));
    drop(before);
    for _ in 0..500 {
        if std::fs::read_dir(scratch.join("blob/1")).unwrap().count() == 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the file is still there");
}

#[tokio::test]
async fn a_plan_is_authorized_again_when_the_configuration_has_changed() {
    let scratch = Scratch::new();
    let store = scratch.open().unwrap();
    let before = Arc::clone(&store.snapshot().config);
    let make = |view: &View<'_, '_>| {
        let id = view.allocate();
        Ok((vec![Mutation::Put(Document::Bucket(bucket(id)))], id))
    };
    store
        .execute(Authorization::administrative(), make)
        .await
        .unwrap();
    let refuse = |_: &Config| Err(ApiError::new(Code::AccessDenied));
    let stale = store
        .execute(Authorization::new(&before, refuse), |_| Ok((Vec::new(), ())))
        .await;
    assert_eq!(stale.unwrap_err().code, Code::AccessDenied);
    let fresh = Arc::clone(&store.snapshot().config);
    store
        .execute(Authorization::new(&fresh, refuse), |_| Ok((Vec::new(), ())))
        .await
        .unwrap();
}

#[tokio::test]
async fn documents_survive_and_their_secrets_are_not_on_the_disk() {
    let scratch = Scratch::new();
    let store = scratch.open().unwrap();
    let key = AccessKey {
        id: "AKIAEXAMPLE".to_owned(),
        secret: "a-very-secret-access-key".to_owned(),
        account: account(),
        user: None,
        active: true,
        created: Timestamp::default(),
    };
    let document = Document::AccessKey(key.clone());
    let plan = move |_: &View<'_, '_>| Ok((vec![Mutation::Put(document)], ()));
    store
        .execute(Authorization::administrative(), plan)
        .await
        .unwrap();
    store.close();
    drop(store);
    let file = std::fs::read(scratch.join("meta.redb")).unwrap();
    assert!(
        !file
            .windows(key.secret.len())
            .any(|window| window == key.secret.as_bytes())
    );
    let store = scratch.open().unwrap();
    assert_eq!(
        store.snapshot().config.access_key("AKIAEXAMPLE").unwrap().secret,
        key.secret
    );
}

#[test]
fn folders_are_made_where_there_are_none() {
    let scratch = Scratch::new();
    let clock = || Clock::manual(Timestamp::default());
    let deep = scratch.join("a/b/c");
    let store = Store::open(&deep, clock()).unwrap();
    store.close();
    drop(store);
    assert!(deep.join("meta.redb").exists());
    std::fs::write(scratch.join("file"), "x").unwrap();
    assert!(matches!(
        Store::open(&scratch.join("file"), clock()),
        Err(OpenError::Io(..))
    ));
}

#[test]
fn a_folder_in_use_is_refused() {
    let scratch = Scratch::new();
    let store = scratch.open().unwrap();
    assert!(matches!(scratch.open(), Err(OpenError::InUse(_))));
    store.close();
    drop(store);
    scratch.open().unwrap();
}

/// Writes another number in place of the format of a folder's data.
fn change_format(scratch: &Scratch, format: u64) {
    // Wait for the threads of the dropped store to let the file go.
    let meta = scratch.join("meta.redb");
    let database = loop {
        match redb::Database::open(&meta) {
            Ok(database) => break database,
            Err(redb::DatabaseError::DatabaseAlreadyOpen) => std::thread::yield_now(),
            Err(error) => panic!("{error}"),
        }
    };
    let transaction = database.begin_write().unwrap();
    transaction
        .open_table(rows::META)
        .unwrap()
        .insert("format", format)
        .unwrap();
    transaction.commit().unwrap();
}

#[test]
fn another_format_is_refused() {
    let scratch = Scratch::new();
    drop(scratch.open().unwrap());
    change_format(&scratch, 5);
    assert!(matches!(
        scratch.open(),
        Err(OpenError::NewerFormat { found: 5, known: 4 })
    ));
    change_format(&scratch, 3);
    assert!(matches!(
        scratch.open(),
        Err(OpenError::OlderFormat { found: 3, known: 4 })
    ));
    change_format(&scratch, 4);
    assert!(scratch.open().is_ok());
}

#[test]
fn data_without_its_root_key_is_refused() {
    let scratch = Scratch::new();
    let store = scratch.open().unwrap();
    store.close();
    drop(store);
    let key = scratch.join("root.key");
    std::fs::write(&key, [9; 32]).unwrap();
    assert!(matches!(scratch.open(), Err(OpenError::WrongRootKey(_))));
    std::fs::remove_file(&key).unwrap();
    assert!(matches!(scratch.open(), Err(OpenError::NoRootKey(_))));
}

#[tokio::test]
async fn time_does_not_run_backwards_over_a_restart() {
    let scratch = Scratch::new();
    let store = scratch.open().unwrap();
    store.clock().advance(5_000).unwrap();
    put(&store, "k", b"x").await.unwrap();
    store.close();
    drop(store);
    let store = scratch.open().unwrap();
    assert_eq!(store.clock().now(), Timestamp::from_millis(1_005_000));
}

#[tokio::test]
async fn plans_that_wait_together_share_a_commit_and_keep_their_order() {
    let scratch = Scratch::new();
    let store = scratch.open().unwrap();
    let (release, held) = std::sync::mpsc::channel::<()>();
    let hold = move |_: &View<'_, '_>| {
        held.recv().unwrap();
        Ok((Vec::new(), ()))
    };
    let holding = store.submit(Authorization::administrative(), hold).await.unwrap();
    let mut pending = Vec::new();
    for number in 0..50_u64 {
        let plan = move |view: &View<'_, '_>| {
            // Each plan sees what the plans before it did, though nothing is committed yet.
            let before = view.config.bucket("bkt").map(|bucket| bucket.id);
            Ok((vec![Mutation::Put(Document::Bucket(bucket(number)))], before))
        };
        pending.push(store.submit(Authorization::administrative(), plan).await.unwrap());
    }
    let before = store.snapshot();
    release.send(()).unwrap();
    holding.done().await.unwrap();
    for (number, pending) in (0..).zip(pending) {
        assert_eq!(pending.done().await.unwrap(), u64::checked_sub(number, 1));
    }
    let commits = store.snapshot().commit - before.commit;
    assert!((1..=2).contains(&commits), "{commits} commits");
    // A snapshot stays what it was.
    assert!(before.config.bucket("bkt").is_none());
    assert_eq!(store.snapshot().config.bucket("bkt").unwrap().id, 49);
}

#[tokio::test]
async fn a_closed_store_refuses_plans_and_finishes_those_it_took() {
    let scratch = Scratch::new();
    let store = scratch.open().unwrap();
    let plan = |_: &View<'_, '_>| Ok((vec![Mutation::Put(Document::Bucket(bucket(1)))], ()));
    let taken = store.submit(Authorization::administrative(), plan).await.unwrap();
    store.close();
    taken.done().await.unwrap();
    let late = store
        .execute(Authorization::administrative(), |_| Ok((Vec::new(), ())))
        .await;
    assert_eq!(late.unwrap_err().code, Code::InternalError);
}

#[tokio::test]
async fn altered_bytes_are_never_given_out() {
    let scratch = Scratch::new();
    let store = scratch.open().unwrap();
    put(&store, "k", &content(200_000)).await.unwrap();
    let file = scratch.join("blob/1/0");
    let whole = std::fs::read(&file).unwrap();
    let snapshot = store.snapshot();
    let version = snapshot.rows.current(1, "k").unwrap().unwrap();
    let segment = 65_536 + 16;
    let mut flipped = whole.clone();
    flipped[70_000] ^= 1;
    let mut swapped = whole.clone();
    swapped[..segment].copy_from_slice(&whole[segment..2 * segment]);
    for bad in [
        &flipped,
        &swapped,
        &whole[..whole.len() - segment].to_vec(),
        &Vec::new(),
    ] {
        std::fs::write(&file, bad).unwrap();
        assert!(read(&snapshot, &version).await.is_err());
    }
    std::fs::write(&file, &whole).unwrap();
    assert_eq!(read(&snapshot, &version).await.unwrap(), content(200_000));
}
