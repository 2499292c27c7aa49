//! The bucketlaw command.
fn main() {}
