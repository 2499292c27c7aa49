//! Versions, delete markers and the versioning state of a bucket, a chapter a section of the specification.

use crate::argument::{BucketName, Key, UploadName, VersionName};
use crate::cx::is_real;
use crate::state::{Bucket, Since, State, Version, Versions};
use crate::words::{clauses, consequence, note};

pub mod condition;
pub mod copy;
pub mod delete;
pub(crate) mod found;
pub mod id;
pub mod list;
pub mod multi_delete;
pub(crate) mod multipart;
pub mod read;
pub mod state;
pub(crate) mod subresource;
pub mod write;

clauses! { Versioning, Versioning;
    "VER-CONS-001" consequence(&["VER-GET-001", "VER-GET-006", "VER-LIST-001", "VER-DEL-001", "VER-PUT-002"]), Documented, Critical,
        "UG:Welcome#ConsistencyModel", "What was written or deleted successfully shows in every later read and listing."
    "VER-CONS-002" consequence(&["VER-GET-001", "VER-PUT-002", "VER-PUT-003"]), Documented, Critical, "UG:Welcome",
        "Updates of one key are atomic: readers see old or new, never a mix."
    "VER-CONS-003" consequence(&["VER-PUT-002", "VER-PUT-003"]), Documented, High, "UG:Welcome; UG:Versioning",
        "Concurrent PUTs: the last writer wins while Unversioned or Suspended; while Enabled each becomes a version."
    "VER-CONS-004" note("eventual consistency is a property of the target (`settle`), not of the law"), Documented, Low,
        "UG:Welcome", "Changes of bucket configuration are eventually consistent at AWS."
}

/// Makes a new version id for a key and returns its name.
pub(crate) fn mint(next: &mut State, bucket: BucketName, key: Key) -> VersionName {
    let mut name = VersionName::NULL;
    next.minted.update((bucket, key), |count| {
        *count += 1;
        name = VersionName(*count);
    });
    name
}

/// Makes `version` the current version of a key, in the place of one with the same name.
pub(crate) fn push(bucket: &mut Bucket, key: Key, version: Version) {
    withdraw(bucket, key, version.name);
    bucket
        .keys
        .update(key, |versions: &mut Versions| versions.push(version));
}

/// Puts `version` above the `older` oldest versions of a key, in the place of one with the same name.
///
/// Uploads begun later than `upload` lie above it.
pub(crate) fn insert(bucket: &mut Bucket, key: Key, version: Version, older: usize, upload: UploadName) {
    let replaced = bucket
        .versions(key)
        .iter()
        .position(|old| old.name == version.name);
    let older = older - usize::from(replaced.is_some_and(|at| at < older));
    withdraw(bucket, key, version.name);
    let mut at = 0;
    bucket.keys.update(key, |versions: &mut Versions| {
        at = older.min(versions.len());
        versions.insert(at, version);
    });
    let Ok(at) = u8::try_from(at) else { return };
    for ((_, name), other) in bucket.uploads.iter_mut().filter(|((of, _), _)| *of == key) {
        if other.older > at {
            other.older = other.older.saturating_add(1);
        } else if *name > upload {
            other.older = at + 1;
        }
    }
}

/// Takes a version out; a key without versions disappears.
pub(crate) fn take(bucket: &mut Bucket, key: Key, name: VersionName) {
    withdraw(bucket, key, name);
    if bucket.keys.get(&key).is_some_and(|versions| versions.is_empty()) {
        bucket.keys.remove(&key);
    }
}

/// Removes the null version of a key.
pub(crate) fn take_null(next: &mut State, name: BucketName, key: Key) {
    if let Some(bucket) = next.buckets.get_mut(&name) {
        take(bucket, key, VersionName::NULL);
    }
}

/// Removes the versions of a key that have real ids.
pub(crate) fn take_reals(bucket: &mut Bucket, key: Key) {
    let versions: Versions = bucket.versions(key).into();
    for version in versions.iter().filter(|version| is_real(version.name)) {
        take(bucket, key, version.name);
    }
}

/// Gives the null version of a key a fresh id.
pub(crate) fn give_id(next: &mut State, name: BucketName, key: Key) {
    let made = mint(next, name, key);
    if let Some(bucket) = next.buckets.get_mut(&name)
        && let Some(null) = bucket.version_mut(key, VersionName::NULL)
    {
        null.name = made;
    }
}

/// Takes a version out of its key, and out of what uploads of the key know to be older than they are.
fn withdraw(bucket: &mut Bucket, key: Key, name: VersionName) {
    let Some(versions) = bucket.keys.get_mut(&key) else {
        return;
    };
    let Some(at) = versions.iter().position(|version| version.name == name) else {
        return;
    };
    versions.remove(at);
    for (_, upload) in bucket.uploads.iter_mut().filter(|((of, _), _)| *of == key) {
        if usize::from(upload.older) > at {
            upload.older -= 1;
        }
    }
}

/// Notes in the uploads of a key that something happened to it.
pub(crate) fn note_in_uploads(bucket: &mut Bucket, key: Key, note: impl Fn(&mut Since)) {
    for (_, upload) in bucket.uploads.iter_mut().filter(|((of, _), _)| *of == key) {
        note(&mut upload.since);
    }
}

#[cfg(test)]
mod tests {
    use crate::argument::{BucketName, Key};
    use crate::belief::Possibility;
    use crate::law::Law;
    use crate::program::{HEADER, Program};
    use crate::step::step;
    use crate::time::{Moment, Time};

    /// The names of the versions of the key `k` after a program, oldest first.
    fn after(program: &str) -> Vec<u16> {
        let program = Program::read(&format!("{HEADER}\n{program}")).unwrap();
        let law = Law::strict();
        let mut possibility = Possibility::default();
        for (number, request) in program.requests() {
            let request = possibility.resolve(request);
            let moment = Moment::exactly(Time(0));
            let transition = &step(&law, &program.world, &possibility.state, &request, moment)[0];
            assert!(
                transition.reply.status < 300,
                "step {number}: {:?}",
                transition.reply
            );
            possibility.expose(number, &request, &transition.reply);
            possibility.state = transition.next.clone().unwrap_or(possibility.state);
        }
        let key = Key(program.world.key("k").unwrap());
        let bucket = possibility.state.buckets.get(&BucketName(0)).unwrap();
        bucket
            .versions(key)
            .iter()
            .map(|version| version.name.0)
            .collect()
    }

    #[test]
    fn completed_uploads_lie_where_they_began() {
        let begin = "1 owner CreateBucket bucket=b\n2 owner PutBucketVersioning bucket=b status=Enabled\n\
            3 owner PutObject bucket=b key=k\n4 owner CreateMultipartUpload bucket=b key=k\n\
            5 owner PutObject bucket=b key=k\n6 owner CreateMultipartUpload bucket=b key=k\n\
            7 owner UploadPart bucket=b key=k upload=u4\n8 owner UploadPart bucket=b key=k upload=u6\n";
        let earlier_last = "9 owner CompleteMultipartUpload bucket=b key=k upload=u6\n\
            10 owner CompleteMultipartUpload bucket=b key=k upload=u4\n";
        assert_eq!(after(&format!("{begin}{earlier_last}")), [1, 4, 2, 3]);
        let earlier_first = "9 owner CompleteMultipartUpload bucket=b key=k upload=u4\n\
            10 owner CompleteMultipartUpload bucket=b key=k upload=u6\n";
        assert_eq!(after(&format!("{begin}{earlier_first}")), [1, 3, 2, 4]);
    }

    #[test]
    fn an_upload_keeps_its_place_when_older_versions_go() {
        let program = "1 owner CreateBucket bucket=b\n2 owner PutBucketVersioning bucket=b status=Enabled\n\
            3 owner PutObject bucket=b key=k\n4 owner CreateMultipartUpload bucket=b key=k\n\
            5 owner PutObject bucket=b key=k\n6 owner DeleteObject bucket=b key=k version=v3\n\
            7 owner UploadPart bucket=b key=k upload=u4\n8 owner CompleteMultipartUpload bucket=b key=k upload=u4\n";
        assert_eq!(after(program), [3, 2]);
    }
}
