//! What stays at the target after the run, in counts.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::LeftBehind;

/// How much the run could not remove from the target.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stay {
    /// How many buckets are there.
    pub buckets: u64,
    /// How many objects and delete markers are known to be in them, each version by itself.
    pub objects: u64,
    /// How many bytes those have whose size is known.
    pub bytes: u64,
}

impl Stay {
    /// Counts what is left.
    #[must_use]
    pub fn of(left: &[LeftBehind]) -> Stay {
        let buckets: BTreeSet<&str> = left
            .iter()
            .map(|behind| behind.bucket.as_str())
            .filter(|name| !name.is_empty())
            .collect();
        let objects = left.iter().filter(|behind| behind.key.is_some());
        Stay {
            buckets: buckets.len() as u64,
            objects: objects.clone().count() as u64,
            bytes: objects.filter_map(|behind| behind.bytes).sum(),
        }
    }

    /// Whether nothing stays.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == Stay::default()
    }
}

impl std::fmt::Display for Stay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let plural = |number: u64, one: &str| match number {
            1 => format!("1 {one}"),
            many => format!("{many} {one}s"),
        };
        write!(
            f,
            "{}, {}, {}",
            plural(self.buckets, "bucket"),
            plural(self.objects, "object"),
            plural(self.bytes, "byte")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_objects_and_bytes_are_counted() {
        let object = |bucket: &str, key: Option<&str>, bytes| LeftBehind {
            bucket: bucket.to_owned(),
            key: key.map(str::to_owned),
            bytes,
            ..LeftBehind::default()
        };
        let left = [
            object("a", Some("k"), Some(10)),
            object("a", Some("k"), None),
            object("b", None, None),
            object("", None, None),
        ];
        assert_eq!(Stay::of(&left).to_string(), "2 buckets, 2 objects, 10 bytes");
        assert!(Stay::of(&[]).is_nothing());
    }
}
