//! What a program or a tiny world names: buckets, keys, contents, policies, and how its dates lie in time.

use std::cmp::Ordering;

use crate::names::{BucketName, Content, Date, Key, PolicyName};
use crate::policy::Policy;
use crate::policy::pattern::decoded;
use crate::time::{DAY, Moment, Time};

/// Where the dates of a program lie: `@n` is `n` units after the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// The start.
    pub start: Time,
    /// Milliseconds in a unit.
    pub unit: i64,
}

/// Documents and names, interned: requests and states hold positions in these tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct World {
    buckets: Vec<String>,
    keys: Vec<KeyWord>,
    contents: Vec<String>,
    /// How many bytes contents have that are not those of a program.
    sizes: Vec<(u8, usize)>,
    /// Whether the positions of keys are in byte order.
    in_order: bool,
    policies: Vec<(String, Policy)>,
    /// Where the dates lie.
    pub calendar: Calendar,
}

/// A key: as programs write it, and its bytes, by which it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
struct KeyWord {
    word: String,
    bytes: Vec<u8>,
}

impl KeyWord {
    fn new(word: &str) -> KeyWord {
        KeyWord {
            word: word.to_owned(),
            bytes: decoded(word),
        }
    }
}

impl World {
    /// A world with these names. Keys are put in byte order; the empty content is called `empty`.
    #[must_use]
    pub fn new(buckets: &[&str], keys: &[&str], contents: &[&str], calendar: Calendar) -> World {
        let mut world = World {
            buckets: Vec::new(),
            keys: Vec::new(),
            contents: vec!["a".to_owned()],
            sizes: Vec::new(),
            in_order: true,
            policies: Vec::new(),
            calendar,
        };
        for bucket in buckets {
            world.declare_bucket(bucket);
        }
        for key in keys {
            world.declare_key(key);
        }
        for content in contents {
            world.declare_content(content);
        }
        world
    }

    /// Makes a bucket name known.
    pub fn declare_bucket(&mut self, name: &str) {
        if self.bucket(name).is_none() {
            self.buckets.push(name.to_owned());
            self.remember();
        }
    }

    /// Makes a key known. To be called before any position is taken, as it keeps byte order.
    pub fn declare_key(&mut self, name: &str) {
        if self.key(name).is_none() {
            self.keys.push(KeyWord::new(name));
            self.keys.sort_by(|one, other| one.bytes.cmp(&other.bytes));
            self.in_order = true;
            self.remember();
        }
    }

    /// Makes a key known behind all others: positions stay as they are, and are no longer in byte order.
    pub fn append_key(&mut self, name: &str) {
        if self.key(name).is_none() {
            self.keys.push(KeyWord::new(name));
            self.in_order = false;
            self.remember();
        }
    }

    /// Has the policies remember which of the buckets and keys they speak of.
    fn remember(&mut self) {
        let mut policies = std::mem::take(&mut self.policies);
        for (_, policy) in &mut policies {
            policy.remember(self);
        }
        self.policies = policies;
    }

    /// Makes a content known.
    pub fn declare_content(&mut self, name: &str) {
        if self.content(name).is_none() {
            self.contents.push(name.to_owned());
        }
    }

    /// Makes a content known that has so many bytes, whatever its name.
    pub fn declare_content_of(&mut self, name: &str, size: usize) {
        self.declare_content(name);
        if let Some(content) = self.content(name)
            && self.content_size(Content(content)) != size
        {
            self.sizes.push((content, size));
        }
    }

    /// Makes a policy known.
    ///
    /// # Errors
    /// When the line is no policy.
    pub fn declare_policy(&mut self, name: &str, line: &str) -> Result<PolicyName, String> {
        let mut policy = Policy::read(line)?;
        policy.remember(self);
        self.policies.push((name.to_owned(), policy));
        u8::try_from(self.policies.len() - 1)
            .map(PolicyName)
            .map_err(|_| "there are too many policies".to_owned())
    }

    /// The position of a bucket.
    #[must_use]
    pub fn bucket(&self, name: &str) -> Option<u8> {
        position(self.buckets.iter(), name)
    }

    /// The position of a key, whichever of its bytes the name writes as `%XX`.
    #[must_use]
    pub fn key(&self, name: &str) -> Option<u8> {
        let bytes = decoded(name);
        let at = self.keys.iter().position(|known| known.bytes == bytes);
        at.and_then(|at| u8::try_from(at).ok())
    }

    /// The position of a content.
    #[must_use]
    pub fn content(&self, name: &str) -> Option<u8> {
        position(self.contents.iter(), name)
    }

    /// The position of a policy.
    #[must_use]
    pub fn policy_position(&self, name: &str) -> Option<u8> {
        position(self.policies.iter().map(|(name, _)| name), name)
    }

    /// The name of a bucket.
    #[must_use]
    pub fn bucket_name(&self, bucket: BucketName) -> &str {
        self.buckets
            .get(usize::from(bucket.0))
            .map_or("?", String::as_str)
    }

    /// The name of a key, as programs write it (percent-encoded where a program could not hold it).
    #[must_use]
    pub fn key_name(&self, key: Key) -> &str {
        self.keys
            .get(usize::from(key.0))
            .map_or("?", |key| key.word.as_str())
    }

    /// The bytes of a key.
    #[must_use]
    pub fn key_bytes(&self, key: Key) -> Vec<u8> {
        self.key_as_bytes(key).to_vec()
    }

    /// The bytes of a key, as they lie here.
    pub(crate) fn key_as_bytes(&self, key: Key) -> &[u8] {
        self.keys
            .get(usize::from(key.0))
            .map_or(b"?", |key| key.bytes.as_slice())
    }

    /// Whether the positions of keys are in byte order.
    #[must_use]
    pub fn keys_in_order(&self) -> bool {
        self.in_order
    }

    /// How two keys compare, byte by byte.
    #[must_use]
    pub fn compare_keys(&self, first: Key, second: Key) -> Ordering {
        if self.in_order {
            first.cmp(&second)
        } else {
            self.key_as_bytes(first).cmp(self.key_as_bytes(second))
        }
    }

    /// The name of a content.
    #[must_use]
    pub fn content_name(&self, content: Content) -> &str {
        self.contents
            .get(usize::from(content.0))
            .map_or("?", String::as_str)
    }

    /// The bytes of a content, as programs send it.
    #[must_use]
    pub fn content_bytes(&self, content: Content) -> Vec<u8> {
        format!("content {}\n", self.content_name(content)).into_bytes()
    }

    /// How many bytes a content has.
    #[must_use]
    pub fn content_size(&self, content: Content) -> usize {
        let known = self.sizes.iter().find(|(of, _)| *of == content.0);
        known.map_or_else(|| self.content_bytes(content).len(), |(_, size)| *size)
    }

    /// The name of a policy.
    #[must_use]
    pub fn policy_name(&self, policy: PolicyName) -> &str {
        self.policies
            .get(usize::from(policy.0))
            .map_or("?", |(name, _)| name)
    }

    /// A policy document.
    #[must_use]
    pub fn policy(&self, policy: PolicyName) -> Option<&Policy> {
        self.policies.get(usize::from(policy.0)).map(|(_, policy)| policy)
    }

    /// All policies with their names.
    pub fn policies(&self) -> impl Iterator<Item = (&str, &Policy)> {
        self.policies.iter().map(|(name, policy)| (name.as_str(), policy))
    }

    /// All buckets, in the order of their positions.
    pub fn buckets(&self) -> impl Iterator<Item = (BucketName, &str)> {
        (0..=u8::MAX)
            .map(BucketName)
            .zip(self.buckets.iter().map(String::as_str))
    }

    /// All keys, in the order of their positions.
    pub fn keys(&self) -> impl Iterator<Item = Key> {
        (0..=u8::MAX).map(Key).zip(&self.keys).map(|(key, _)| key)
    }

    /// All contents, in the order of their positions.
    pub fn contents(&self) -> impl Iterator<Item = Content> {
        (0..)
            .map(Content)
            .zip(self.contents.iter())
            .map(|(content, _)| content)
    }

    /// The instant of a date, if it is one.
    #[must_use]
    pub fn moment(&self, date: Date) -> Option<Moment> {
        match date {
            Date::At(units) | Date::Offset(units) | Date::Zoneless(units) => Some(Moment::exactly(
                self.calendar.start.plus(self.calendar.unit.saturating_mul(units)),
            )),
            Date::Far => Some(Moment::exactly(self.calendar.start.plus(150 * 365 * DAY))),
            Date::Absent | Date::Unparsable => None,
        }
    }
}

fn position<'a>(mut names: impl Iterator<Item = &'a String>, name: &str) -> Option<u8> {
    names
        .position(|known| known == name)
        .and_then(|at| u8::try_from(at).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_lie_in_byte_order() {
        let world = World::new(
            &["b"],
            &["b", "a%20b", "a"],
            &[],
            Calendar {
                start: Time(0),
                unit: 2,
            },
        );
        assert_eq!(world.key("a"), Some(0));
        assert_eq!(world.key("a%20b"), Some(1));
        assert_eq!(world.key_bytes(Key(1)), b"a b");
    }
    #[test]
    fn a_key_is_known_by_its_bytes() {
        let calendar = Calendar {
            start: Time(0),
            unit: 2,
        };
        let world = World::new(&["b"], &["a:b", "a%3Ab", "a%3ab", "%61:b"], &[], calendar);
        assert_eq!(world.keys().count(), 1);
        assert_eq!(world.key("a%3Ab"), Some(0));
        assert_eq!(world.key_name(Key(0)), "a:b");
    }
}
