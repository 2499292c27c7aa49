//! One page of a listing: prefix, delimiter, where it starts and where it ends.

use std::ops::ControlFlow;

use super::Asked;
use crate::error::ApiError;

/// A page: its entries, its common prefixes, and how it ended.
#[derive(Debug)]
pub(super) struct Page<T> {
    /// The entries with their keys, in order.
    pub(super) entries: Vec<(String, T)>,
    /// The common prefixes, in order.
    pub(super) prefixes: Vec<String>,
    /// Whether there is more.
    pub(super) truncated: bool,
    /// Whether the last thing on the page is a common prefix.
    ends_in_prefix: bool,
}

/// The last thing on a page.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Last<'p, T> {
    Entry(&'p str, &'p T),
    Prefix(&'p str),
}

impl<T> Page<T> {
    fn new() -> Self {
        Self {
            entries: Vec::new(),
            prefixes: Vec::new(),
            truncated: false,
            ends_in_prefix: false,
        }
    }

    fn len(&self) -> usize {
        self.entries.len() + self.prefixes.len()
    }

    /// The last thing on a page after which there is more.
    pub(super) fn last(&self) -> Option<Last<'_, T>> {
        match (self.truncated, self.ends_in_prefix) {
            (false, _) => None,
            (true, true) => self.prefixes.last().map(|prefix| Last::Prefix(prefix)),
            (true, false) => self.entries.last().map(|(key, entry)| Last::Entry(key, entry)),
        }
    }
}

/// Where a page starts.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Start {
    /// The first key that may be listed.
    pub(super) key: String,
    /// The entry of that key after which the page starts.
    pub(super) within: Option<u64>,
    /// The marker that the request gave: common prefixes that it lies in are left out (VER-LIST-010).
    pub(super) marker: String,
}

impl Start {
    /// Strictly after a key and all its entries.
    pub(super) fn after(marker: &str) -> Self {
        match marker {
            "" => Self::default(),
            // The smallest string that is greater.
            marker => Self {
                key: format!("{marker}\0"),
                within: None,
                marker: marker.to_owned(),
            },
        }
    }

    /// After one entry of a key.
    pub(super) fn within(marker: &str, entry: u64) -> Self {
        Self {
            key: marker.to_owned(),
            within: Some(entry),
            marker: marker.to_owned(),
        }
    }
}

/// What a scan calls with each row; it goes on while that is `Ok(true)`.
pub(super) type Visit<'v, T> = dyn FnMut(&str, T) -> Result<bool, ApiError> + 'v;

/// Fills a page from a scan, which is started anew behind each common prefix. The order is the scan's: the rows of the
/// store lie in the order of the bytes of their keys (VER-LIST-013).
pub(super) fn fill<T>(
    asked: &Asked<'_>,
    start: Start,
    mut scan: impl FnMut(&str, Option<u64>, &mut Visit<'_, T>) -> Result<(), ApiError>,
) -> Result<Page<T>, ApiError> {
    let mut page = Page::new();
    // VER-LIST-015
    if asked.limit == 0 {
        return Ok(page);
    }
    let marker = start.marker;
    let mut from = start.key;
    let mut within = start.within;
    if from.as_str() < asked.prefix {
        (from, within) = (asked.prefix.to_owned(), None);
    }
    loop {
        let mut next = ControlFlow::Break(());
        scan(&from, within, &mut |key, entry| {
            let Some(rest) = key.strip_prefix(asked.prefix) else {
                return Ok(false);
            };
            let common = asked.delimiter.and_then(|delimiter| {
                rest.find(delimiter)
                    .map(|at| &key[..asked.prefix.len() + at + delimiter.len()])
            });
            if let Some(common) = common
                && marker.starts_with(common)
            {
                next = ControlFlow::Continue(successor(common));
                return Ok(false);
            }
            if page.len() == asked.limit {
                page.truncated = true;
                return Ok(false);
            }
            match common {
                Some(common) => {
                    page.prefixes.push(common.to_owned());
                    page.ends_in_prefix = true;
                    next = ControlFlow::Continue(successor(common));
                    Ok(false)
                }
                None => {
                    page.entries.push((key.to_owned(), entry));
                    page.ends_in_prefix = false;
                    Ok(true)
                }
            }
        })?;
        match next {
            ControlFlow::Continue(Some(key)) => (from, within) = (key, None),
            ControlFlow::Continue(None) | ControlFlow::Break(()) => return Ok(page),
        }
    }
}

/// The smallest string that is greater than all strings with a prefix; `None` if there is none.
///
/// UTF-8 sorts as its characters do, so it is the prefix with its last character moved up by one.
fn successor(prefix: &str) -> Option<String> {
    let mut characters: Vec<char> = prefix.chars().collect();
    while let Some(last) = characters.pop() {
        // A range of characters steps over the gap of the surrogates.
        if let Some(next) = (last..=char::MAX).nth(1) {
            characters.push(next);
            return Some(characters.into_iter().collect());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(asked: &Asked<'_>, start: Start, keys: &[&str]) -> (Vec<String>, Vec<String>, bool) {
        let page = fill(asked, start, |from, _, visit| {
            for key in keys.iter().filter(|key| **key >= from) {
                if !visit(key, ())? {
                    break;
                }
            }
            Ok(())
        });
        let page = page.unwrap();
        (
            page.entries.into_iter().map(|(key, ())| key).collect(),
            page.prefixes,
            page.truncated,
        )
    }

    fn asked<'a>(prefix: &'a str, delimiter: Option<&'a str>, limit: usize) -> Asked<'a> {
        Asked {
            prefix,
            delimiter,
            limit,
            encoded: false,
        }
    }

    const KEYS: [&str; 7] = ["a", "b/1", "b/2", "b/c/3", "c", "d/1", "é"];

    #[test]
    fn prefixes_are_rolled_up_and_counted() {
        let (entries, prefixes, truncated) = list(&asked("", Some("/"), 10), Start::default(), &KEYS);
        assert_eq!(entries, ["a", "c", "é"]);
        assert_eq!(prefixes, ["b/", "d/"]);
        assert!(!truncated);
        let (entries, prefixes, truncated) = list(&asked("b/", Some("/"), 10), Start::default(), &KEYS);
        assert_eq!((entries.len(), prefixes), (2, vec!["b/c/".to_owned()]));
        assert!(!truncated);
        let (entries, prefixes, truncated) = list(&asked("", Some("/"), 2), Start::default(), &KEYS);
        assert_eq!(
            (entries, prefixes, truncated),
            (vec!["a".to_owned()], vec!["b/".to_owned()], true)
        );
    }

    #[test]
    fn a_page_starts_strictly_after_its_marker() {
        let (entries, prefixes, _) = list(&asked("", Some("/"), 10), Start::after("b/"), &KEYS);
        assert_eq!(
            (entries, prefixes),
            (vec!["c".to_owned(), "é".to_owned()], vec!["d/".to_owned()])
        );
        // VER-LIST-010: a marker inside a common prefix skips all of it.
        let (_, prefixes, _) = list(&asked("", Some("/"), 10), Start::after("b/1"), &KEYS);
        assert_eq!(prefixes, ["d/"]);
        let (entries, ..) = list(&asked("", None, 10), Start::after("b/2"), &KEYS);
        assert_eq!(entries, ["b/c/3", "c", "d/1", "é"]);
        let (entries, _, truncated) = list(&asked("", None, 7), Start::default(), &KEYS);
        assert_eq!((entries.len(), truncated), (7, false));
        assert_eq!(
            list(&asked("", None, 0), Start::default(), &KEYS),
            (vec![], vec![], false)
        );
    }

    #[test]
    fn successors_step_over_gaps() {
        assert_eq!(successor("a/").as_deref(), Some("a0"));
        assert_eq!(successor("a\u{d7ff}").as_deref(), Some("a\u{e000}"));
        assert_eq!(successor("a\u{10ffff}").as_deref(), Some("b"));
        assert_eq!(successor("\u{10ffff}"), None);
        assert_eq!(successor(""), None);
    }

    proptest::proptest! {
        /// Page by page, everything is listed once and in order, whatever prefix and delimiter.
        #[test]
        fn pages_make_up_the_whole(
            keys in proptest::collection::btree_set("[ab/é]{1,4}", 0..20),
            prefix in "[ab/]{0,2}",
            delimiter in proptest::option::of("[/b]"),
            limit in 1..4_usize,
        ) {
            let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
            let whole = list(&asked(&prefix, delimiter.as_deref(), 1000), Start::default(), &keys);
            let (mut entries, mut prefixes, mut marker) = (Vec::new(), Vec::new(), String::new());
            loop {
                let page = list(&asked(&prefix, delimiter.as_deref(), limit), Start::after(&marker), &keys);
                proptest::prop_assert!(page.0.len() + page.1.len() <= limit);
                marker = page.0.last().into_iter().chain(page.1.last()).max().cloned().unwrap_or_default();
                entries.extend(page.0);
                prefixes.extend(page.1);
                if !page.2 {
                    break;
                }
            }
            proptest::prop_assert_eq!((entries, prefixes), (whole.0, whole.1));
        }
    }
}
