//! What a run may do at its endpoint.

use std::collections::BTreeSet;

use bucketlaw_model::program::Program;

use super::Watch;
use crate::clean::Ledger;

/// What a run may do at its endpoint. The default allows everything and waits for nothing.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// How many buckets may exist at once: programs wait for others to end. `None` is no bound.
    pub max_buckets: Option<usize>,
    /// Which locks in COMPLIANCE mode may be made: nobody can remove those before their time.
    pub compliance: Compliance,
    /// Whether the buckets of a program are removed as soon as it ends. With a bound of buckets they are in any case.
    pub remove: bool,
    /// What the run made and did not remove.
    pub ledger: Ledger,
    /// Milliseconds from the reply to a write until every read shows it.
    pub settle: i64,
    /// What ends the run before its end.
    pub watch: Watch,
}

/// Which locks in COMPLIANCE mode a run may make.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compliance {
    /// Any, also those that outlive the run by days or for ever.
    #[default]
    Any,
    /// Those that end with the run.
    Short,
    /// None at all.
    Forbidden,
}

/// The farthest date of a program, in units, that a clean-up waits for.
pub const LAST_DATE: i64 = 6;

impl Terms {
    /// Why a program may not run under these terms, if it may not.
    #[must_use]
    pub fn forbids(&self, program: &Program) -> Option<String> {
        match (self.compliance, locks(program)) {
            (Compliance::Any, _) | (_, Locks::Removable) | (Compliance::Short, Locks::Short) => None,
            (Compliance::Forbidden, _) => Some(
                "it makes COMPLIANCE locks, which nobody can remove: allow them with --allow-compliance"
                    .to_owned(),
            ),
            (Compliance::Short, Locks::Long) => Some(
                "it makes COMPLIANCE locks that outlive the run by a day or more: \
                 allow them with --leave-locks, or by `disposable = true` in the target file"
                    .to_owned(),
            ),
        }
    }
}

/// What a program may leave locked, if the endpoint does as it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Locks {
    /// Nothing, or what the owner can lift.
    Removable,
    /// Versions under COMPLIANCE until a date of the program that a clean-up waits for.
    Short,
    /// Versions under COMPLIANCE by a default of days or years, or until a date far away.
    Long,
}

/// What a program may leave locked, whether the law grants its requests or refuses them.
#[must_use]
pub fn locks(program: &Program) -> Locks {
    let mut defaults = BTreeSet::new();
    let mut worst = Locks::Removable;
    for (_, request) in program.requests() {
        let words = request.operation.words(&program.world);
        let word = |name: &str| {
            words
                .iter()
                .find(|(n, _)| *n == name)
                .map(|(_, word)| word.as_str())
        };
        let compliance = word("mode") == Some("COMPLIANCE");
        let bucket = word("bucket").unwrap_or_default().to_owned();
        let left = match request.operation.name() {
            // A default locks what is made after it, and nothing before.
            "PutObjectLockConfiguration" if compliance => {
                defaults.insert(bucket);
                Locks::Removable
            }
            "PutObject" | "CopyObject" | "CompleteMultipartUpload" if defaults.contains(&bucket) => {
                Locks::Long
            }
            _ if !compliance => Locks::Removable,
            _ if word("until").is_some_and(is_near) => Locks::Short,
            _ => Locks::Long,
        };
        worst = worst.max(left);
    }
    worst
}

/// Whether a date of a program is one that a clean-up waits for.
fn is_near(date: &str) -> bool {
    let units = date.trim_start_matches('@').split('/').next();
    units
        .and_then(|units| units.parse::<i64>().ok())
        .is_some_and(|units| units <= LAST_DATE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forbidden(compliance: Compliance, steps: &str) -> bool {
        let text = format!("bucketlaw program 1\n1 owner CreateBucket bucket=b lock=true\n{steps}");
        let terms = Terms {
            compliance,
            ..Terms::default()
        };
        terms.forbids(&Program::read(&text).unwrap()).is_some()
    }

    #[test]
    fn locks_that_nobody_can_remove_are_made_only_where_they_may() {
        let governance = "2 owner PutObject bucket=b key=k mode=GOVERNANCE until=far";
        let short = "2 owner PutObject bucket=b key=k mode=COMPLIANCE until=@1";
        let far = "2 owner PutObject bucket=b key=k mode=COMPLIANCE until=far";
        let undated = "2 owner PutObject bucket=b key=k mode=COMPLIANCE";
        let default = "2 owner PutObjectLockConfiguration bucket=b mode=COMPLIANCE period=1d";
        let by_default = format!("{default}\n3 owner PutObject bucket=b key=k");
        let elsewhere = format!("{default}\n3 owner PutObject bucket=c key=k");
        let before = format!(
            "2 owner PutObject bucket=b key=k\n{}",
            default.replacen('2', "3", 1)
        );
        for (steps, may_short, may_any) in [
            (governance, true, true),
            (short, true, true),
            (far, false, true),
            (undated, false, true),
            (default, true, true),
            (&by_default, false, true),
            (&elsewhere, true, true),
            (&before, true, true),
        ] {
            assert_eq!(forbidden(Compliance::Short, steps), !may_short, "{steps}");
            assert_eq!(forbidden(Compliance::Any, steps), !may_any, "{steps}");
        }
        assert!(!forbidden(Compliance::Forbidden, governance));
        assert!(forbidden(Compliance::Forbidden, short));
    }
}
