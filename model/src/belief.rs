//! The oracle: the set of states that an endpoint can be in, given what it answered.

use crate::argument::{BucketName, Identifier, Key, Mapping, UploadName, UploadRef, VersionName, VersionRef};
use crate::clause::FacetId;
use crate::law::Law;
use crate::map::Map;
use crate::observed::{
    Observed, ObservedEntry, Seen, beginning, etag_token, is_encoded, java_date, parse_http_date,
    parse_iso8601,
};
use crate::program::Handle;
use crate::reply::{Because, Entry, Field, Name, Reply, ReplyBody, Transition, Value, is_like};
use crate::request::{Operation, Request};
use crate::state::State;
use crate::step::step;
use crate::time::{Moment, Time};
use crate::versioning::id::{MOST_BYTES, is_well_formed};
use crate::versioning::list::{VER_LIST_001, VER_LIST_013};
use crate::world::World;

use self::branches::Path;
use self::difference::refuted;
use self::slip::is_telling;

mod branches;
mod difference;
pub mod effect;
mod settings;
pub mod slip;

pub use self::branches::Branches;
pub use self::difference::{Amiss, Difference, Expected};

/// A version by the law's name, wherever it is.
pub type VersionPlace = (BucketName, Key, VersionName);

/// A multipart upload by the law's name, wherever it is.
pub type UploadPlace = (BucketName, Key, UploadName);

/// How far apart a date and its rendering on the wire may lie: servers write dates with second precision.
const DATE_PRECISION: i64 = 1000;

/// One state that the endpoint can be in, with what its opaque values turned out to be.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Possibility {
    /// The state.
    pub state: State,
    /// The ids of versions, as far as they were seen.
    ids: Map<VersionPlace, String>,
    /// What handles stand for.
    handles: Map<Handle, VersionPlace>,
    /// The ids of multipart uploads, as far as they were seen.
    upload_ids: Map<UploadPlace, String>,
    /// What handles of uploads stand for.
    uploads: Map<Handle, UploadPlace>,
}

/// What is known of an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Belief {
    /// The possibilities, each once.
    held: Vec<Held>,
}

/// A possibility, and how it was reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Held {
    possibility: Possibility,
    path: Path,
}

/// What an observation did to a belief.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observation {
    /// The law allows it.
    Allowed {
        /// Why, for each way in which it is allowed.
        because: Vec<Because>,
        /// The replies that the law allowed and that were seen.
        replies: Vec<Reply>,
    },
    /// The law does not allow it; what it allows, the nearest first.
    Refuted(Vec<Expected>),
    /// The law does not rule on the request yet.
    NotModelled,
}

impl Default for Belief {
    fn default() -> Self {
        Belief {
            held: vec![Held::default()],
        }
    }
}

impl Belief {
    /// The states that are possible.
    pub fn possibilities(&self) -> impl ExactSizeIterator<Item = &Possibility> {
        self.held.iter().map(|held| &held.possibility)
    }

    /// The undocumented branches that the endpoint may have taken, without those that later replies ruled out; those that
    /// it takes each time, if there are such.
    #[must_use]
    pub fn branches(&self) -> Branches {
        branches::of(self.held.iter().map(|held| &held.path))
    }

    /// Takes in that what another belief holds possible is possible too.
    pub fn join(&mut self, other: Belief) {
        other.held.into_iter().for_each(|held| self.hold(held));
    }

    /// Takes in one more possibility, or another path to one that is known.
    fn hold(&mut self, new: Held) {
        let known = self
            .held
            .iter_mut()
            .find(|held| held.possibility == new.possibility);
        match known {
            Some(known) => known.path.join(new.path),
            None => self.held.push(new),
        }
    }

    /// Takes in the reply to a request of a program, ruled on at some moment in `now`.
    ///
    /// A reply that the law does not allow leaves the belief as it was.
    pub fn observe(
        &mut self,
        law: &Law,
        world: &World,
        (number, request): (u16, &Request),
        observed: &Observed,
        now: Moment,
    ) -> Observation {
        let mut next = Belief { held: Vec::new() };
        let mut because: Vec<Because> = Vec::new();
        let mut expected: Vec<Expected> = Vec::new();
        let mut replies: Vec<Reply> = Vec::new();
        for held in &self.held {
            let resolved = held.possibility.resolve(request);
            for transition in step(law, world, &held.possibility.state, &resolved, now) {
                if transition.because.decided.contains(&crate::NOT_MODELLED) {
                    return Observation::NotModelled;
                }
                let mut after = held.clone();
                match after.possibility.matches(world, &transition.reply, observed) {
                    Ok(()) => {
                        after.go_on(number, &resolved, &transition);
                        next.hold(after);
                        if !replies.contains(&transition.reply) {
                            replies.push(transition.reply);
                        }
                        if !because.contains(&transition.because) {
                            because.push(transition.because);
                        }
                    }
                    Err(difference) => {
                        let of_field = matches!(difference, Difference::Field(..));
                        let differing = if of_field {
                            after.possibility.differing(world, &transition.reply, observed)
                        } else {
                            0
                        };
                        expected.push(refuted(transition, difference, differing));
                    }
                }
            }
        }
        if next.held.is_empty() {
            expected.sort_by_key(Expected::distance);
            return Observation::Refuted(expected);
        }
        *self = next;
        Observation::Allowed { because, replies }
    }

    /// Takes in that nothing is known of the reply to a request: it may or may not have been carried out.
    pub fn lose(&mut self, law: &Law, world: &World, request: &Request, now: Moment) {
        let mut next = self.clone();
        for held in &self.held {
            let resolved = held.possibility.resolve(request);
            for transition in step(law, world, &held.possibility.state, &resolved, now) {
                if let Some(state) = transition.next {
                    let mut after = held.clone();
                    after.possibility.state = state;
                    after.path.take(&transition.because.branches);
                    next.hold(after);
                }
            }
        }
        *self = next;
    }
}

impl Held {
    /// Goes on along a transition whose reply was seen.
    fn go_on(&mut self, number: u16, resolved: &Request, transition: &Transition) {
        self.possibility.expose(number, resolved, &transition.reply);
        if let Some(state) = &transition.next {
            self.possibility.state = state.clone();
        }
        self.path.take(&transition.because.branches);
    }
}

/// Replaces handles by the law's names; a version of another key or bucket stays told apart (`VER-ID-009`).
struct Resolve<'a> {
    handles: &'a Map<Handle, VersionPlace>,
    uploads: &'a Map<Handle, UploadPlace>,
    bucket: BucketName,
    key: Key,
}

impl Mapping for Resolve<'_> {
    fn bucket(&mut self, bucket: BucketName) {
        self.bucket = bucket;
    }

    fn key(&mut self, key: Key) {
        self.key = key;
    }

    fn version(&mut self, version: VersionRef) -> VersionRef {
        match version {
            VersionRef::Made(handle) => match self.handles.get(&handle) {
                Some((bucket, key, name)) if *bucket == self.bucket && *key == self.key => {
                    VersionRef::Named(*name)
                }
                Some((bucket, key, name)) => VersionRef::Foreign(*bucket, *key, *name),
                None => version,
            },
            VersionRef::Current
            | VersionRef::Named(_)
            | VersionRef::Malformed
            | VersionRef::Empty
            | VersionRef::Foreign(..) => version,
        }
    }

    fn upload(&mut self, upload: UploadRef) -> UploadRef {
        match upload {
            UploadRef::Made(handle) => match self.uploads.get(&handle) {
                Some((bucket, key, name)) if *bucket == self.bucket && *key == self.key => {
                    UploadRef::Named(*name)
                }
                // The upload of another key is no upload of this one.
                Some(_) => UploadRef::Malformed,
                None => upload,
            },
            UploadRef::Named(_) | UploadRef::Malformed => upload,
        }
    }
}

impl Possibility {
    /// The request with its handles replaced by the law's names.
    #[must_use]
    pub fn resolve(&self, request: &Request) -> Request {
        Request {
            caller: request.caller,
            operation: request.operation.map_references(&mut Resolve {
                handles: &self.handles,
                uploads: &self.uploads,
                bucket: BucketName(0),
                key: Key(0),
            }),
        }
    }

    /// What a handle stands for.
    #[must_use]
    pub fn handle(&self, handle: Handle) -> Option<VersionPlace> {
        self.handles.get(&handle).copied()
    }

    /// What the handle of an upload stands for.
    #[must_use]
    pub fn upload(&self, handle: Handle) -> Option<UploadPlace> {
        self.uploads.get(&handle).copied()
    }

    /// Notes which versions and uploads a reply brought to light.
    pub fn expose(&mut self, number: u16, request: &Request, reply: &Reply) {
        for (nth, place) in exposed(request, reply) {
            self.handles.insert(Handle { step: number, nth }, place);
        }
        if let Some(place) = exposed_upload(reply) {
            self.uploads.insert(Handle { step: number, nth: 0 }, place);
        }
    }

    /// Whether a reply is as the law says; binds opaque values that are seen for the first time.
    ///
    /// Of several fields that differ the first is named that leaves in doubt what was decided, and that no open choice fixes.
    fn matches(&mut self, world: &World, reply: &Reply, observed: &Observed) -> Result<(), Difference> {
        if reply.status != observed.status {
            return Err(Difference::Status);
        }
        if let Some(code) = reply.code
            && observed.code.as_deref() != Some(code.name())
        {
            return Err(Difference::Code);
        }
        if let Some((message, by)) = reply.message
            && reply.code.is_some()
            && !observed.says(message)
        {
            return Err(Difference::Message(by));
        }
        let mut lesser = None;
        for field in &reply.fields {
            if !self.value_matches(world, field.value, observed.field(field.name)) {
                let difference = Difference::Field(field.name, field.by);
                if !is_telling(reply.status, field.name) && !field.by.is_choice() {
                    return Err(difference);
                }
                lesser.get_or_insert(difference);
            }
        }
        if let Some(difference) = lesser {
            return Err(difference);
        }
        match &reply.body {
            ReplyBody::Free => Ok(()),
            ReplyBody::Content(content) if observed.content == Some(*content) => Ok(()),
            ReplyBody::Content(_) => Err(Difference::Content),
            ReplyBody::Entries { ordered, entries } => {
                self.entries_match(world, *ordered, entries, &observed.entries)
            }
        }
    }

    /// How many headers and elements are not as the law says.
    fn differing(&mut self, world: &World, reply: &Reply, observed: &Observed) -> usize {
        let differs = |field: &&Field| !self.value_matches(world, field.value, observed.field(field.name));
        reply.fields.iter().filter(differs).count()
    }

    fn entries_match(
        &mut self,
        world: &World,
        ordered: bool,
        expected: &[Entry],
        observed: &[ObservedEntry],
    ) -> Result<(), Difference> {
        let mut left: Vec<&ObservedEntry> = observed.iter().collect();
        for entry in expected {
            let choices = if ordered { left.len().min(1) } else { left.len() };
            let found = (0..choices).find(|at| {
                let mut trial = self.clone();
                let matched = left
                    .get(*at)
                    .is_some_and(|seen| trial.entry_matches(world, entry, seen).is_ok());
                if matched {
                    *self = trial;
                }
                matched
            });
            match found {
                Some(at) => drop(left.remove(at)),
                None => {
                    let (amiss, by) = match ordered {
                        true => self.disorder(world, expected, observed),
                        false => None,
                    }
                    .unwrap_or_else(|| self.amiss(world, entry, &left));
                    return Err(Difference::Entries(amiss, by));
                }
            }
        }
        match (left.first(), expected.first()) {
            (None, _) => Ok(()),
            (Some(_), Some(entry)) => Err(Difference::Entries(Amiss::Extra, entry.by)),
            (Some(_), None) => Err(Difference::Content),
        }
    }

    /// What is amiss with an expected entry that none of those that are left is, and the facet that fixes it.
    fn amiss(&self, world: &World, entry: &Entry, left: &[&ObservedEntry]) -> (Amiss, FacetId) {
        let nearest = left.iter().find(|seen| seen.element == entry.element);
        let unlike = nearest.and_then(|seen| self.clone().entry_matches(world, entry, seen).err());
        let (field, by) = unlike.unwrap_or((None, entry.by));
        let refused = left.iter().any(|seen| seen.element == "Error");
        let amiss = match field {
            Some(name) if !identifies(name) => Amiss::Field(name),
            _ if entry.element == "Error" => Amiss::Granted,
            _ if entry.element == "Deleted" && refused => Amiss::Refused,
            _ => Amiss::Missing,
        };
        (amiss, by)
    }

    /// If entries that do not stand as expected are the expected ones in another order: that, and the facet that fixes the
    /// order. Of the entries of one key that is what lists them.
    fn disorder(
        &self,
        world: &World,
        expected: &[Entry],
        observed: &[ObservedEntry],
    ) -> Option<(Amiss, FacetId)> {
        self.clone()
            .entries_match(world, false, expected, observed)
            .ok()?;
        let is_at =
            |(entry, seen): &(&Entry, &ObservedEntry)| self.clone().entry_matches(world, entry, seen).is_ok();
        let (entry, seen) = expected.iter().zip(observed).find(|both| !is_at(both))?;
        let key = |entry: &Entry| {
            entry
                .fields
                .iter()
                .find(|field| field.name == Name::KeyElement)
                .map(|field| field.value)
        };
        let there = expected
            .iter()
            .find(|other| self.clone().entry_matches(world, other, seen).is_ok())?;
        let by = match entry.element {
            _ if key(entry) != key(there) => VER_LIST_013,
            "Version" | "DeleteMarker" => VER_LIST_001,
            _ => entry.by,
        };
        Some((Amiss::Order, by))
    }

    /// Whether an entry is as expected; if not, in which field, if in one, and the facet that fixes it.
    fn entry_matches(
        &mut self,
        world: &World,
        entry: &Entry,
        seen: &ObservedEntry,
    ) -> Result<(), (Option<Name>, FacetId)> {
        if entry.element != seen.element {
            return Err((None, entry.by));
        }
        for field in &entry.fields {
            if !self.value_matches(world, field.value, seen.field(field.name)) {
                return Err((Some(field.name), field.by));
            }
        }
        Ok(())
    }

    fn value_matches(&mut self, world: &World, value: Value, seen: Seen<'_>) -> bool {
        let seen = match seen {
            Seen::Text(text) => text,
            Seen::Nothing => return value == Value::Absent,
            Seen::Anything => return true,
        };
        match value {
            Value::Absent => false,
            Value::Something => true,
            // On a wire the name of a bucket follows a prefix of the run.
            Value::Bucket(bucket) => seen.ends_with(world.bucket_name(bucket)),
            Value::Text(expected) => seen == expected,
            Value::Like(form) => is_like(form, seen),
            Value::JavaDate(moment) => seen == java_date(moment.earliest),
            Value::Number(expected) => seen.parse() == Ok(expected),
            Value::Key(key) => seen.as_bytes() == world.key_bytes(key),
            Value::Prefix(key, length) => {
                world.key_bytes(key).get(..usize::from(length)) == Some(seen.as_bytes())
            }
            Value::Encoded { key, length, plus } => is_encoded(seen, &beginning(world, key, length), plus),
            Value::Etag { content, of_part } => seen == etag_token(world, content, of_part),
            Value::Size(content) => seen.parse() == Ok(world.content_size(content)),
            Value::MoreThan(content) => seen.parse() == Ok(world.content_size(content) + 1),
            Value::Token(content) => seen == world.content_name(content),
            // Policies of a program may be alike.
            Value::Policy(policy) => seen.split(',').any(|name| name == world.policy_name(policy)),
            Value::Date(moment) => parse_iso8601(seen).is_some_and(|time| near(moment, time)),
            Value::HttpDate(moment) => parse_http_date(seen).is_some_and(|time| near(moment, time)),
            Value::Version(bucket, key, name) => self.id_matches((bucket, key, name), seen),
            Value::Oversized(..) => seen.len() > MOST_BYTES,
            Value::Upload(bucket, key, name) => {
                let place = (bucket, key, name);
                if let Some(id) = self.upload_ids.get(&place) {
                    return id == seen;
                }
                let fresh = !self.upload_ids.values().any(|id| id == seen);
                if fresh {
                    self.upload_ids.insert(place, seen.to_owned());
                }
                fresh
            }
        }
    }

    fn id_matches(&mut self, place: VersionPlace, seen: &str) -> bool {
        if place.2 == VersionName::NULL || seen == "null" {
            return place.2 == VersionName::NULL && seen == "null";
        }
        match self.ids.get(&place) {
            Some(id) => id == seen,
            None => {
                let fresh = is_well_formed(seen) && !self.ids.values().any(|id| id == seen);
                if fresh {
                    self.ids.insert(place, seen.to_owned());
                }
                fresh
            }
        }
    }
}

/// Whether a field tells which entry it is: where it differs, it is another entry.
fn identifies(name: Name) -> bool {
    matches!(
        name,
        Name::KeyElement | Name::NameElement | Name::PrefixElement | Name::UploadId | Name::PartNumber
    )
}

fn near(moment: Moment, time: Time) -> bool {
    Moment {
        earliest: moment.earliest.plus(-DATE_PRECISION),
        latest: moment.latest.plus(DATE_PRECISION),
    }
    .contains(time)
}

/// The upload that a reply brings to light.
#[must_use]
pub fn exposed_upload(reply: &Reply) -> Option<UploadPlace> {
    match reply.field(Name::UploadId) {
        Some(Value::Upload(bucket, key, name)) => Some((bucket, key, name)),
        Some(_) | None => None,
    }
}

/// The versions that a reply brings to light, with their numbers among the handles of the step.
///
/// A header shows one; a DeleteObjects shows the marker that each of its entries made, numbered as the request's
/// entries are.
#[must_use]
pub fn exposed(request: &Request, reply: &Reply) -> Vec<(u8, VersionPlace)> {
    let place = |value| {
        if let Value::Version(bucket, key, name) = value
            && name != VersionName::NULL
        {
            Some((bucket, key, name))
        } else {
            None
        }
    };
    let Operation::DeleteObjects { objects, .. } = &request.operation else {
        return reply
            .field(Name::VersionId)
            .and_then(place)
            .map(|place| (0, place))
            .into_iter()
            .collect();
    };
    let ReplyBody::Entries { entries, .. } = &reply.body else {
        return Vec::new();
    };
    let marker = |identifier: &Identifier| {
        entries.iter().find_map(|entry| {
            let id = entry
                .fields
                .iter()
                .find(|field| field.name == Name::DeleteMarkerVersionId)?;
            place(id.value).filter(|(_, key, _)| *key == identifier.key)
        })
    };
    let simple = |identifier: &Identifier| identifier.version == VersionRef::Current;
    (0..)
        .zip(objects)
        .filter(|(_, identifier)| simple(identifier))
        .filter_map(|(nth, identifier)| marker(identifier).map(|place| (nth, place)))
        .collect()
}

#[cfg(test)]
mod tests;
