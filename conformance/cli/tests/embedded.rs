//! The reference server under the whole suite and nothing else: the test that `.ci/figures mutants` lets judge mutants.
//!
//! It is strict: where S3 leaves a choice, a server that chooses otherwise than ours is a mutant too. It is ignored
//! elsewhere, because the step `judge` of `.ci/run` asks the same of the same program.

use std::path::PathBuf;
use std::process::Command;

#[test]
#[ignore = "`.ci/run judge` asks the same; `.ci/figures mutants` runs it for each mutant of the server"]
fn reference_server_obeys_the_suite() -> std::io::Result<()> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("embedded");
    let output = Command::new(env!("CARGO_BIN_EXE_bucketlaw"))
        .args(["test", "--strict", "--fail-fast", "--out"])
        .arg(&folder)
        .output()?;
    assert!(
        output.status.success(),
        "{}\n{}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    Ok(())
}
