//! The exit codes of every command, in one table.

use std::process::ExitCode;

use crate::report::{DeviationState, Report, Verdict};

/// How a command ended, as the number that it hands to the shell.
///
/// The numbers are stable: scripts depend on them. 3 is not used, 70 is `EX_SOFTWARE` of sysexits, and 130 is what a
/// shell reports for a process that Ctrl-C ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Code {
    /// Everything was as expected.
    AsExpected,
    /// The target diverges from the law, or a declared deviation is stale.
    Divergence,
    /// The command line, a file that the user wrote or a setting is wrong.
    Usage,
    /// No clause got a verdict that says anything about the target.
    NothingEvaluated,
    /// The endpoint can't be reached, or refused what the preflight needs.
    Endpoint,
    /// The target stopped during the run.
    TargetCrashed,
    /// The run left something behind at the target.
    CleanUpIncomplete,
    /// The judge itself went wrong.
    Bug,
    /// The user stopped the run.
    Interrupted,
}

impl Code {
    /// Every code, in the order of its number.
    pub const ALL: [Self; 9] = [
        Self::AsExpected,
        Self::Divergence,
        Self::Usage,
        Self::NothingEvaluated,
        Self::Endpoint,
        Self::TargetCrashed,
        Self::CleanUpIncomplete,
        Self::Bug,
        Self::Interrupted,
    ];

    /// Returns the number that the process exits with.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::AsExpected => 0,
            Self::Divergence => 1,
            Self::Usage => 2,
            Self::NothingEvaluated => 4,
            Self::Endpoint => 5,
            Self::TargetCrashed => 6,
            Self::CleanUpIncomplete => 7,
            Self::Bug => 70,
            Self::Interrupted => 130,
        }
    }

    /// Says in a few words what the code means, for `--help` and the docs.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::AsExpected => "as expected: no divergence but the declared ones",
            Self::Divergence => "divergence: a clause is violated, or a declared deviation is stale",
            Self::Usage => "usage or configuration: a flag, a file or a setting is wrong",
            Self::NothingEvaluated => "nothing evaluated: no clause got a verdict",
            Self::Endpoint => "endpoint or preflight: unreachable, wrong credentials, clock too far off",
            Self::TargetCrashed => "the target crashed during the run, whether it came back or not",
            Self::CleanUpIncomplete => "clean-up incomplete: the report lists what was left behind",
            Self::Bug => "a bug of bucketlaw: please report it",
            Self::Interrupted => "interrupted: the report is partial",
        }
    }

    /// Chooses the code for a finished report.
    ///
    /// The first that applies wins: interrupted, target crashed, our own bug, divergence, nothing evaluated, clean-up
    /// incomplete. What a report can't know (an endpoint that was never reached) is for the command to say.
    #[must_use]
    pub fn of(report: &Report) -> Self {
        let stale = report
            .deviations
            .iter()
            .any(|deviation| deviation.state == DeviationState::Stale);
        let decides_otherwise = report.unowned.iter().any(|difference| difference.decides);
        if report.scope.interrupted {
            Self::Interrupted
        } else if report.scope.crashed.is_some() || !report.crashes.is_empty() {
            Self::TargetCrashed
        } else if report.count(Verdict::HarnessError) > 0 {
            Self::Bug
        } else if report.count(Verdict::Violated) > 0 || stale || decides_otherwise {
            Self::Divergence
        } else if report.evaluated() == 0 {
            Self::NothingEvaluated
        } else if !report.left_behind.is_empty() {
            Self::CleanUpIncomplete
        } else {
            Self::AsExpected
        }
    }
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> Self {
        Self::from(code.number())
    }
}

/// Renders the table of exit codes, one a line, as `--help` and the docs print it.
#[must_use]
pub fn table() -> String {
    Code::ALL
        .iter()
        .map(|code| format!("{:>4}  {}\n", code.number(), code.meaning()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Crash, sample};

    #[test]
    fn the_table_is_the_documented_one() {
        insta::assert_snapshot!(table(), @r"
           0  as expected: no divergence but the declared ones
           1  divergence: a clause is violated, or a declared deviation is stale
           2  usage or configuration: a flag, a file or a setting is wrong
           4  nothing evaluated: no clause got a verdict
           5  endpoint or preflight: unreachable, wrong credentials, clock too far off
           6  the target crashed during the run, whether it came back or not
           7  clean-up incomplete: the report lists what was left behind
          70  a bug of bucketlaw: please report it
         130  interrupted: the report is partial
        ");
    }

    #[test]
    fn the_code_of_a_report_is_the_first_that_applies() {
        let mut report = sample::report();
        assert_eq!(Code::of(&report), Code::Bug, "the sample holds a harness error");
        report
            .clauses
            .retain(|clause| clause.verdict != Verdict::HarnessError);
        report.settle();
        assert_eq!(Code::of(&report), Code::Divergence);
        report.scope.interrupted = true;
        assert_eq!(Code::of(&report), Code::Interrupted);
        report.scope.crashed = Some("it takes no connections any more".to_owned());
        assert_eq!(Code::of(&report), Code::Interrupted, "the user comes first");
        report.scope.interrupted = false;
        assert_eq!(Code::of(&report), Code::TargetCrashed);
        report.scope.crashed = None;
        report.crashes = vec![Crash {
            in_flight: vec!["GET /b".to_owned()],
            seconds_away: Some(1.0),
            program: None,
        }];
        assert_eq!(Code::of(&report), Code::TargetCrashed, "it came back");
        report.crashes.clear();
        report
            .clauses
            .retain(|clause| clause.verdict != Verdict::Violated);
        report.settle();
        assert_eq!(Code::of(&report), Code::Divergence, "a stale deviation is left");
        report.deviations.clear();
        assert_eq!(Code::of(&report), Code::CleanUpIncomplete);
        report.left_behind.clear();
        assert_eq!(
            Code::of(&report),
            Code::AsExpected,
            "another status is no divergence"
        );
        report.unowned[0].decides = true;
        assert_eq!(Code::of(&report), Code::Divergence);
        report.unowned.clear();
        report.clauses.retain(|clause| !clause.verdict.is_evaluated());
        report.settle();
        assert_eq!(Code::of(&report), Code::NothingEvaluated);
    }
}
