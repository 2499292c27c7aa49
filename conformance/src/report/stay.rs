//! What stays at the target after the run, in counts.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{KeptBy, LeftBehind};

/// How much the run could not remove from the target.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stay {
    /// How many buckets are there.
    pub buckets: u64,
    /// How many objects and delete markers are known to be in them, each version by itself.
    pub objects: u64,
    /// How many bytes those have whose size is known.
    pub bytes: u64,
    /// How many of the buckets the target refuses to empty or to remove, although S3 lets their owner.
    #[serde(default)]
    pub refused: u64,
}

impl Stay {
    /// Counts what is left.
    #[must_use]
    pub fn of(left: &[LeftBehind]) -> Stay {
        let buckets = |counts: &dyn Fn(&LeftBehind) -> bool| {
            let counted = left
                .iter()
                .filter(|behind| !behind.bucket.is_empty() && counts(behind));
            let names: BTreeSet<&str> = counted.map(|behind| behind.bucket.as_str()).collect();
            names.len() as u64
        };
        let objects = left.iter().filter(|behind| behind.key.is_some());
        Stay {
            buckets: buckets(&|_| true),
            objects: objects.clone().count() as u64,
            bytes: objects.filter_map(|behind| behind.bytes).sum(),
            refused: buckets(&|behind| behind.kept_by == Some(KeptBy::Target)),
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
        )?;
        match self.refused {
            0 => Ok(()),
            all if all == self.buckets => f.write_str("; the target refuses to remove them"),
            some => write!(f, "; the target refuses to remove {some} of the buckets"),
        }
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

    #[test]
    fn what_the_target_refuses_is_counted_apart() {
        let bucket = |name: &str, kept_by| LeftBehind {
            bucket: name.to_owned(),
            key: Some("k".to_owned()),
            kept_by,
            ..LeftBehind::default()
        };
        let mut left = vec![
            bucket("a", Some(KeptBy::Target)),
            bucket("a", Some(KeptBy::Target)),
            bucket("b", Some(KeptBy::Lock)),
        ];
        assert_eq!(
            Stay::of(&left).to_string(),
            "2 buckets, 3 objects, 0 bytes; the target refuses to remove 1 of the buckets"
        );
        left.truncate(2);
        assert_eq!(
            Stay::of(&left).to_string(),
            "1 bucket, 2 objects, 0 bytes; the target refuses to remove them"
        );
    }
}
