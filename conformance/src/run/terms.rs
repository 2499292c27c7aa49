//! What a run may do at its endpoint.

use bucketlaw_model::program::Program;
use bucketlaw_model::request::Operation;

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

impl Terms {
    /// Why a program may not run under these terms, if it may not.
    #[must_use]
    pub fn forbids(&self, program: &Program) -> Option<String> {
        let made = program
            .requests()
            .map(|(_, request)| lock_of(&request.operation, program))
            .max()?;
        match (self.compliance, made) {
            (Compliance::Any, _) | (_, Lock::Removable) | (Compliance::Short, Lock::Short) => None,
            (Compliance::Forbidden, _) => Some(
                "it makes COMPLIANCE locks, which nobody can remove: allow them with --allow-compliance"
                    .to_owned(),
            ),
            (Compliance::Short, Lock::Long) => Some(
                "it makes COMPLIANCE locks that outlive the run by a day or more: \
                 they are made only where the target file says `disposable = true`"
                    .to_owned(),
            ),
        }
    }
}

/// What a request may leave locked, if the endpoint does as it is asked or does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Lock {
    /// Nothing, or what the owner can lift.
    Removable,
    /// A version under COMPLIANCE until a date of the program.
    Short,
    /// Versions under COMPLIANCE by a default of days or years, or until a date far away.
    Long,
}

fn lock_of(operation: &Operation, program: &Program) -> Lock {
    let words = operation.words(&program.world);
    let says = |name: &str, word: &str| words.iter().any(|(n, w)| *n == name && w == word);
    if !says("mode", "COMPLIANCE") {
        Lock::Removable
    } else if operation.name() == "PutObjectLockConfiguration" || says("until", "far") {
        Lock::Long
    } else {
        Lock::Short
    }
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
        let default = "2 owner PutObjectLockConfiguration bucket=b mode=COMPLIANCE period=1d";
        for (steps, may_short, may_any) in [
            (governance, true, true),
            (short, true, true),
            (far, false, true),
            (default, false, true),
        ] {
            assert_eq!(forbidden(Compliance::Short, steps), !may_short, "{steps}");
            assert_eq!(forbidden(Compliance::Any, steps), !may_any, "{steps}");
        }
        assert!(!forbidden(Compliance::Forbidden, governance));
        assert!(forbidden(Compliance::Forbidden, short));
    }
}
