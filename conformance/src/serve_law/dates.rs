//! When versions were made: the law has no date of a version but that of an upload, and clients read one of each.

use std::collections::BTreeMap;

use bucketlaw_model::argument::{BucketName, Key, VersionName, VersionRef};
use bucketlaw_model::belief::VersionPlace;
use bucketlaw_model::observed::{Observed, http_date, iso8601};
use bucketlaw_model::reply::{Entry, Field, Name, Reply, ReplyBody, Value};
use bucketlaw_model::request::{Operation, Request};
use bucketlaw_model::state::State;
use bucketlaw_model::time::Time;

use super::now;

/// When each version of a small world was made.
#[derive(Debug, Default)]
pub(super) struct Dates(BTreeMap<VersionPlace, Time>);

impl Dates {
    /// Notes what a request made, and writes dates into its reply where the law wants one or says nothing of it.
    pub(super) fn show(
        &mut self,
        state: &State,
        (request, reply): (&Request, &Reply),
        observed: &mut Observed,
    ) {
        self.note(state, request, reply.status);
        if let ReplyBody::Entries { entries, .. } = &reply.body {
            for (entry, shown) in entries.iter().zip(&mut observed.entries) {
                let made = listed(state, request, entry).and_then(|place| self.0.get(&place));
                write(
                    &entry.fields,
                    &mut shown.fields,
                    Name::LastModifiedElement,
                    made.copied(),
                );
            }
        }
        let (name, made) = match &request.operation {
            Operation::GetObject { bucket, key, .. } | Operation::HeadObject { bucket, key, .. } => {
                (Name::LastModified, self.read(state, (*bucket, *key), reply))
            }
            Operation::CopyObject { .. } | Operation::UploadPartCopy { .. } if reply.status == 200 => {
                (Name::LastModifiedElement, Some(now()))
            }
            _ => return,
        };
        write(&reply.fields, &mut observed.fields, name, made);
    }

    /// Notes the versions that are new, and forgets those that are gone.
    fn note(&mut self, state: &State, request: &Request, status: u16) {
        if status < 300 {
            for place in replaced(&request.operation) {
                self.0.remove(&place);
            }
        }
        let mut there = BTreeMap::new();
        for (bucket, held) in state.buckets.iter() {
            for (key, versions) in held.keys.iter() {
                for version in versions.iter() {
                    let place = (*bucket, *key, version.name);
                    there.insert(place, self.0.get(&place).copied().unwrap_or_else(now));
                }
            }
        }
        self.0 = there;
    }

    /// When the version that a read is about was made.
    fn read(&self, state: &State, (bucket, key): (BucketName, Key), reply: &Reply) -> Option<Time> {
        let place = match reply.field(Name::VersionId) {
            Some(Value::Version(bucket, key, name)) => (bucket, key, name),
            Some(_) | None if reply.status == 200 => current(state, bucket, key)?,
            Some(_) | None => return None,
        };
        self.0.get(&place).copied()
    }
}

/// The null versions that a request puts another in the place of.
fn replaced(operation: &Operation) -> Vec<VersionPlace> {
    let null = |bucket: &BucketName, key: &Key| (*bucket, *key, VersionName::NULL);
    match operation {
        Operation::PutObject { bucket, key, .. }
        | Operation::CopyObject { bucket, key, .. }
        | Operation::CompleteMultipartUpload { bucket, key, .. }
        | Operation::DeleteObject {
            bucket,
            key,
            version: VersionRef::Current,
            ..
        } => vec![null(bucket, key)],
        Operation::DeleteObjects { bucket, objects, .. } => objects
            .iter()
            .filter(|object| object.version == VersionRef::Current)
            .map(|object| null(bucket, &object.key))
            .collect(),
        _ => Vec::new(),
    }
}

/// The version that an entry of a listing is about.
fn listed(state: &State, request: &Request, entry: &Entry) -> Option<VersionPlace> {
    let value = |name| {
        let field = entry.fields.iter().find(|field| field.name == name);
        field.map(|field| field.value)
    };
    match (
        entry.element,
        value(Name::VersionIdElement),
        value(Name::KeyElement),
    ) {
        ("Version" | "DeleteMarker", Some(Value::Version(bucket, key, name)), _) => Some((bucket, key, name)),
        ("Contents", _, Some(Value::Key(key) | Value::Encoded { key, .. })) => {
            current(state, request.operation.place().bucket?, key)
        }
        _ => None,
    }
}

fn current(state: &State, bucket: BucketName, key: Key) -> Option<VersionPlace> {
    let current = state.buckets.get(&bucket)?.current(key)?;
    Some((bucket, key, current.name))
}

/// Writes a date, unless the law has its own or forbids one.
fn write(ruled: &[Field], fields: &mut Vec<(Name, String)>, name: Name, made: Option<Time>) {
    let open = ruled
        .iter()
        .find(|field| field.name == name)
        .is_none_or(|field| field.value == Value::Something);
    let Some(made) = made.filter(|_| open) else {
        return;
    };
    let text = if name == Name::LastModified {
        http_date(made)
    } else {
        iso8601(made)
    };
    fields.retain(|(known, _)| *known != name);
    fields.push((name, text));
}

#[cfg(test)]
mod tests {
    use bucketlaw_model::law::Law;
    use bucketlaw_model::observed::{parse_http_date, parse_iso8601};
    use bucketlaw_model::program::{HEADER, Program};
    use bucketlaw_model::simulate::render;
    use bucketlaw_model::step::step;
    use bucketlaw_model::time::Moment;

    use super::*;

    /// The last reply to a program, with its dates.
    fn dated(steps: &str, law: &Law) -> Observed {
        let program = Program::read(&format!("{HEADER}\n{steps}")).unwrap();
        let (mut state, mut dates, mut last) = (State::default(), Dates::default(), Observed::default());
        for (_, request) in program.requests() {
            let now = Moment::exactly(Time(0));
            let transition = step(law, &program.world, &state, request, now).remove(0);
            state = transition.next.unwrap_or(state);
            last = render(&program.world, &transition.reply);
            dates.show(&state, (request, &transition.reply), &mut last);
        }
        last
    }

    const BEGIN: &str = "1 owner CreateBucket bucket=b lock=true\n2 owner PutObject bucket=b key=k\n\
        3 owner PutObject bucket=b key=l\n4 owner DeleteObject bucket=b key=l\n";

    #[test]
    fn whatever_is_listed_or_read_has_a_date_that_can_be_read() {
        let law = Law::strict();
        for (listing, entries) in [
            ("ListObjectVersions", 3),
            ("ListObjectsV2", 1),
            ("ListObjects", 1),
        ] {
            let seen = dated(&format!("{BEGIN}5 owner {listing} bucket=b\n"), &law);
            assert_eq!(seen.entries.len(), entries, "{listing}");
            for entry in &seen.entries {
                let found = entry
                    .fields
                    .iter()
                    .find(|(name, _)| *name == Name::LastModifiedElement);
                assert!(
                    found.is_some_and(|(_, date)| parse_iso8601(date).is_some()),
                    "{entry:?}"
                );
            }
        }
        for read in ["HeadObject bucket=b key=k", "GetObject bucket=b key=k"] {
            let seen = dated(&format!("{BEGIN}5 owner {read}\n"), &law);
            let found = seen.fields.iter().find(|(name, _)| *name == Name::LastModified);
            assert!(
                found.is_some_and(|(_, date)| parse_http_date(date).is_some()),
                "{seen:?}"
            );
        }
    }

    #[test]
    fn a_date_that_a_repeal_takes_away_stays_away() {
        let law = Law::strict().repeal("VER-LIST-004/last-modified").unwrap();
        let seen = dated(&format!("{BEGIN}5 owner ListObjectVersions bucket=b\n"), &law);
        let marker = seen
            .entries
            .iter()
            .find(|entry| entry.element == "DeleteMarker")
            .unwrap();
        let dates = marker
            .fields
            .iter()
            .filter(|(name, _)| *name == Name::LastModifiedElement);
        assert_eq!(dates.count(), 0);
    }
}
