//! A list that is mostly empty.

use std::fmt;
use std::ops::Deref;

use smallvec::{Array, SmallVec};

/// A list that mostly is empty and moves as one word; its first entry brings room for the usual few.
pub struct Thin<A: Array>(Option<Box<SmallVec<A>>>);

impl<A: Array> Thin<A> {
    /// A list without entries.
    #[inline]
    #[must_use]
    pub const fn new() -> Thin<A> {
        Thin(None)
    }

    /// Adds an entry at the end.
    #[inline]
    pub fn push(&mut self, entry: A::Item) {
        self.0.get_or_insert_default().push(entry);
    }

    /// Keeps the entries of which this is true.
    pub fn retain(&mut self, keep: impl Fn(&A::Item) -> bool) {
        if let Some(entries) = &mut self.0 {
            entries.retain(|entry| keep(entry));
            if entries.is_empty() {
                self.0 = None;
            }
        }
    }
}

impl<A: Array> Default for Thin<A> {
    fn default() -> Self {
        Thin::new()
    }
}

impl<A: Array> Deref for Thin<A> {
    type Target = [A::Item];

    #[inline]
    fn deref(&self) -> &[A::Item] {
        match &self.0 {
            Some(entries) => entries,
            None => &[],
        }
    }
}

impl<A: Array> Clone for Thin<A>
where
    A::Item: Clone,
{
    fn clone(&self) -> Self {
        Thin(self.0.clone())
    }
}

impl<A: Array> fmt::Debug for Thin<A>
where
    A::Item: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<A: Array> PartialEq for Thin<A>
where
    A::Item: PartialEq,
{
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<A: Array> Eq for Thin<A> where A::Item: Eq {}

impl<A: Array> PartialOrd for Thin<A>
where
    A::Item: Ord,
{
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<A: Array> Ord for Thin<A>
where
    A::Item: Ord,
{
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (**self).cmp(&**other)
    }
}

impl<A: Array> std::hash::Hash for Thin<A>
where
    A::Item: std::hash::Hash,
{
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl<A: Array> FromIterator<A::Item> for Thin<A> {
    fn from_iter<I: IntoIterator<Item = A::Item>>(entries: I) -> Self {
        let mut list = Thin::new();
        list.extend(entries);
        list
    }
}

impl<A: Array> Extend<A::Item> for Thin<A> {
    fn extend<I: IntoIterator<Item = A::Item>>(&mut self, entries: I) {
        for entry in entries {
            self.push(entry);
        }
    }
}

impl<'a, A: Array> IntoIterator for &'a Thin<A> {
    type Item = &'a A::Item;
    type IntoIter = std::slice::Iter<'a, A::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_holds_what_was_put_in_however_much() {
        let mut list: Thin<[u8; 2]> = Thin::new();
        assert!(list.is_empty());
        for number in 0..5 {
            list.push(number);
            assert_eq!(list.last(), Some(&number));
        }
        assert_eq!(*list, [0, 1, 2, 3, 4]);
        list.retain(|number| number % 2 == 0);
        assert_eq!(list, [0, 2, 4].into_iter().collect());
    }

    #[test]
    fn a_list_that_lost_all_is_as_one_that_never_had_any() {
        let mut list: Thin<[u8; 2]> = [1, 2, 3].into_iter().collect();
        assert!(Thin::new() < list);
        list.retain(|_| false);
        assert_eq!(list, Thin::new());
        assert_eq!(list.cmp(&Thin::new()), std::cmp::Ordering::Equal);
    }
}
