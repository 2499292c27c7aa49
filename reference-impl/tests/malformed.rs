//! Malformed input of every kind the server reads, in requests that are rightly signed, so that it gets that far.
//!
//! Whatever a request says, the answer is no server error, a refusal changes nothing, and the server still answers.
//! `BUCKETLAW_FULL=1` runs ten times the cases.

#[cfg(test)]
mod malformed {
    mod documents;
    mod edits;
    mod framing;
    mod headers;
    mod policies;
    mod targets;
    #[allow(dead_code)] // shared with the fuzz targets
    mod world;

    use proptest::strategy::Strategy;
    use proptest::test_runner::{Config, TestCaseError, TestRunner};

    /// Runs a property on many cases.
    fn for_all<S: Strategy>(cases: u32, strategy: &S, property: impl Fn(S::Value) -> Result<(), String>) {
        let full = std::env::var_os("BUCKETLAW_FULL").is_some();
        let mut runner = TestRunner::new(Config {
            cases: if full { cases } else { cases / 10 },
            failure_persistence: None,
            ..Config::default()
        });
        let outcome = runner.run(strategy, |value| property(value).map_err(TestCaseError::fail));
        if let Err(error) = outcome {
            panic!("{error}");
        }
    }
}
