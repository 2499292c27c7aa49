//! Standard output, whose reader may have gone: `bucketlaw spec ID | head` is no error.

use std::io::Write;

/// Prints a line.
macro_rules! say {
    ($($words:tt)*) => {
        $crate::output::write(&format!("{}\n", format_args!($($words)*)))
    };
}
pub(crate) use say;

/// Writes to standard output. What nobody reads any more is not missed: a run goes on and ends with its own exit code.
pub(crate) fn write(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}
