//! A map as a sorted sequence: small, ordered, hashable, and with no room held for entries that are not there.

use std::fmt;
use std::hash::{Hash, Hasher};

/// A sorted map for small states; it iterates in key order.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Map<K, V, S = Vec<(K, V)>> {
    entries: S,
    of: std::marker::PhantomData<(K, V)>,
}

/// A map that mostly has no entry or one, which it holds in itself: to copy it takes no memory from anywhere.
pub type FewMap<K, V> = Map<K, V, Few<(K, V)>>;

/// A sequence that a [`Map`] keeps its entries in.
pub trait Sequence<T>: Default {
    /// The entries.
    fn as_slice(&self) -> &[T];

    /// The entry, if there is surely one and no other.
    #[inline]
    fn only(&self) -> Option<&T> {
        None
    }

    /// The entry, to change it, if there is surely one and no other.
    #[inline]
    fn only_mut(&mut self) -> Option<&mut T> {
        None
    }

    /// The entries, to change them.
    fn as_mut_slice(&mut self) -> &mut [T];

    /// Puts an entry at a position, which is at most the length.
    fn insert(&mut self, at: usize, entry: T);

    /// Takes the entry at a position out, if there is one.
    fn remove(&mut self, at: usize) -> Option<T>;
}

impl<T> Sequence<T> for Vec<T> {
    fn as_slice(&self) -> &[T] {
        self
    }

    fn as_mut_slice(&mut self) -> &mut [T] {
        self
    }

    fn insert(&mut self, at: usize, entry: T) {
        Vec::insert(self, at.min(self.len()), entry);
    }

    fn remove(&mut self, at: usize) -> Option<T> {
        (at < self.len()).then(|| Vec::remove(self, at))
    }
}

/// A sequence that mostly has no entry or one.
#[derive(Clone)]
pub enum Few<T> {
    /// One entry.
    One(T),
    /// Any other number of entries.
    Other(Vec<T>),
}

impl<T> Default for Few<T> {
    fn default() -> Self {
        Few::Other(Vec::new())
    }
}

impl<T> Sequence<T> for Few<T> {
    #[inline]
    fn only(&self) -> Option<&T> {
        match self {
            Few::One(entry) => Some(entry),
            Few::Other(_) => None,
        }
    }

    #[inline]
    fn only_mut(&mut self) -> Option<&mut T> {
        match self {
            Few::One(entry) => Some(entry),
            Few::Other(_) => None,
        }
    }

    fn as_slice(&self) -> &[T] {
        match self {
            Few::One(entry) => std::slice::from_ref(entry),
            Few::Other(entries) => entries,
        }
    }

    fn as_mut_slice(&mut self) -> &mut [T] {
        match self {
            Few::One(entry) => std::slice::from_mut(entry),
            Few::Other(entries) => entries,
        }
    }

    fn insert(&mut self, at: usize, entry: T) {
        *self = match std::mem::take(self) {
            Few::Other(entries) if entries.is_empty() => Few::One(entry),
            Few::Other(mut entries) => {
                Sequence::insert(&mut entries, at, entry);
                Few::Other(entries)
            }
            Few::One(first) if at == 0 => Few::Other(vec![entry, first]),
            Few::One(first) => Few::Other(vec![first, entry]),
        };
    }

    fn remove(&mut self, at: usize) -> Option<T> {
        match std::mem::take(self) {
            Few::One(entry) if at == 0 => Some(entry),
            Few::One(entry) => {
                *self = Few::One(entry);
                None
            }
            Few::Other(mut entries) => {
                let removed = Sequence::remove(&mut entries, at);
                let only = if entries.len() == 1 { entries.pop() } else { None };
                *self = only.map_or(Few::Other(entries), Few::One);
                removed
            }
        }
    }
}

// Text, equality, order and hash are those of the entries, whichever way they are held.

impl<T: fmt::Debug> fmt::Debug for Few<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.as_slice()).finish()
    }
}

impl<T: PartialEq> PartialEq for Few<T> {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl<T: Eq> Eq for Few<T> {}

impl<T: Ord> PartialOrd for Few<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T: Ord> Ord for Few<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.as_slice().cmp(other.as_slice())
    }
}

impl<T: Hash> Hash for Few<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_slice().hash(state);
    }
}

impl<K: fmt::Debug, V: fmt::Debug, S: Sequence<(K, V)>> fmt::Debug for Map<K, V, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries = self.entries.as_slice().iter();
        f.debug_map()
            .entries(entries.map(|(key, value)| (key, value)))
            .finish()
    }
}

impl<K, V, S: Default> Default for Map<K, V, S> {
    fn default() -> Self {
        Map {
            entries: S::default(),
            of: std::marker::PhantomData,
        }
    }
}

impl<K: Ord, V, S: Sequence<(K, V)>> Map<K, V, S> {
    /// Where a key is, or where it would be.
    fn find(&self, key: &K) -> Result<usize, usize> {
        self.entries.as_slice().binary_search_by(|(k, _)| k.cmp(key))
    }

    /// The value at `key`.
    #[inline]
    #[must_use]
    pub fn get(&self, key: &K) -> Option<&V> {
        // Most maps have one entry: a search would ask more than the one question that there is.
        match self.entries.only() {
            Some((only, value)) => (only == key).then_some(value),
            None => self.search(key),
        }
    }

    #[inline(never)]
    fn search(&self, key: &K) -> Option<&V> {
        let at = self.find(key).ok()?;
        self.entries.as_slice().get(at).map(|(_, value)| value)
    }

    /// Whether there is a value at `key`.
    #[must_use]
    pub fn contains(&self, key: &K) -> bool {
        self.get(key).is_some()
    }

    /// The value at `key`, to change it.
    #[inline]
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        if self.entries.only().is_none() {
            return self.search_mut(key);
        }
        let (only, value) = self.entries.only_mut()?;
        (only == key).then_some(value)
    }

    #[inline(never)]
    fn search_mut(&mut self, key: &K) -> Option<&mut V> {
        let at = self.find(key).ok()?;
        self.entries.as_mut_slice().get_mut(at).map(|(_, value)| value)
    }

    /// Puts `value` at `key` and returns what was there.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.find(&key) {
            Ok(at) => self
                .entries
                .as_mut_slice()
                .get_mut(at)
                .map(|(_, old)| std::mem::replace(old, value)),
            Err(at) => {
                self.entries.insert(at, (key, value));
                None
            }
        }
    }

    /// Takes the entry at `key` out.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        let at = self.find(key).ok()?;
        self.entries.remove(at).map(|(_, value)| value)
    }

    /// Changes the value at `key`, starting from its default if there is none yet.
    pub fn update(&mut self, key: K, change: impl FnOnce(&mut V))
    where
        V: Default,
    {
        match self.find(&key) {
            Ok(at) => {
                if let Some((_, value)) = self.entries.as_mut_slice().get_mut(at) {
                    change(value);
                }
            }
            Err(at) => {
                let mut value = V::default();
                change(&mut value);
                self.entries.insert(at, (key, value));
            }
        }
    }

    /// All entries in key order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> {
        self.entries.as_slice().iter().map(|(key, value)| (key, value))
    }

    /// All values in key order, with their keys, to change them.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&K, &mut V)> {
        self.entries
            .as_mut_slice()
            .iter_mut()
            .map(|(key, value)| (&*key, value))
    }

    /// All values in key order.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> {
        self.entries.as_slice().iter().map(|(_, value)| value)
    }

    /// All values in key order, to change them.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.entries.as_mut_slice().iter_mut().map(|(_, value)| value)
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.as_slice().len()
    }

    /// Whether there are no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.as_slice().is_empty()
    }
}

impl<K: Ord, V, S: Sequence<(K, V)>> FromIterator<(K, V)> for Map<K, V, S> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Map::default();
        for (key, value) in entries {
            map.insert(key, value);
        }
        map
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keeps_key_order_and_replaces<S: Sequence<(u8, &'static str)>>() {
        let mut map: Map<u8, &str, S> = [(2, "b"), (1, "a")].into_iter().collect();
        assert_eq!(map.insert(2, "c"), Some("b"));
        assert_eq!(map.iter().collect::<Vec<_>>(), [(&1, &"a"), (&2, &"c")]);
        map.insert(3, "d");
        assert_eq!(map.remove(&1), Some("a"));
        assert_eq!(map.get(&1), None);
        assert_eq!((map.get(&2), map.len()), (Some(&"c"), 2));
        assert_eq!(map.remove(&3), Some("d"));
        map.update(2, |value| *value = "e");
        assert_eq!(map.iter().collect::<Vec<_>>(), [(&2, &"e")]);
        assert_eq!((map.remove(&2), map.remove(&2)), (Some("e"), None));
        assert!(map.is_empty());
    }

    #[test]
    fn every_sequence_keeps_key_order_and_replaces() {
        keeps_key_order_and_replaces::<Vec<_>>();
        keeps_key_order_and_replaces::<Few<_>>();
    }

    #[test]
    fn few_entries_are_equal_however_they_are_held() {
        let [one, other] = [Few::One(1), Few::Other(vec![1])];
        assert_eq!(one, other);
        assert_eq!(one.cmp(&other), std::cmp::Ordering::Equal);
        assert_ne!(one, Few::default());
    }

    #[test]
    fn a_map_reads_like_a_map_however_it_is_held() {
        let sorted: Map<u8, &str> = [(2, "b"), (1, "a")].into_iter().collect();
        let few: FewMap<u8, &str> = [(2, "b"), (1, "a")].into_iter().collect();
        let one: FewMap<u8, &str> = [(2, "b")].into_iter().collect();
        assert_eq!(format!("{sorted:?}"), r#"{1: "a", 2: "b"}"#);
        assert_eq!(format!("{few:?}"), r#"{1: "a", 2: "b"}"#);
        assert_eq!(format!("{one:?}"), r#"{2: "b"}"#);
        assert_eq!(format!("{:?}", FewMap::<u8, u8>::default()), "{}");
        assert_eq!(format!("{:?}", Few::One(1)), "[1]");
    }
}
