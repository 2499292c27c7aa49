//! Interrupts: the first ends a run in order, the second at once.

use bucketlaw_conformance::exit::Code;
use bucketlaw_conformance::run::Watch;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::output::tell;
use crate::{Failed, embedded};

/// Ends the run when the process gets SIGINT or SIGTERM, and the process when it gets a second one.
pub(crate) fn watch(watch: &Watch) -> Result<(), Failed> {
    let mut signals = Signals::new([SIGINT, SIGTERM])
        .map_err(|error| Failed(Code::Bug, format!("signals can't be received: {error}")))?;
    let watch = watch.clone();
    std::thread::spawn(move || {
        for _ in &mut signals {
            if watch.is_interrupted() {
                // What the endpoint still holds is named after the run: `bucketlaw clean` finds it.
                embedded::end();
                std::process::exit(i32::from(Code::Interrupted.number()));
            }
            watch.interrupt();
            tell!("interrupted: what runs is finished and cleaned up; once more ends it at once");
        }
    });
    Ok(())
}
