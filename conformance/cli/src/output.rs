//! Standard output and standard error, whose readers may have gone: `bucketlaw spec ID | head` is no error.

use std::io::Write;

/// Prints a line.
macro_rules! say {
    ($($words:tt)*) => {
        $crate::output::write(&format!("{}\n", format_args!($($words)*)))
    };
}
pub(crate) use say;

/// Prints a line about what the program does.
macro_rules! tell {
    ($($words:tt)*) => {
        $crate::output::write_error(&format!("{}\n", format_args!($($words)*)))
    };
}
pub(crate) use tell;

/// Writes to standard output. What nobody reads any more is not missed: a run goes on and ends with its own exit code.
pub(crate) fn write(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// Writes to standard error. A log that is closed ends no run, and least of all its clean-up.
pub(crate) fn write_error(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}
