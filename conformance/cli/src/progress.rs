//! How far a command is: on a terminal a line that changes, elsewhere a line every ten seconds.

use std::io::{IsTerminal, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bucketlaw_conformance::run::Watch;

/// How often a line is written where there is no terminal.
const LINE: Duration = Duration::from_secs(10);

/// How often the line of a terminal is written anew.
const FRAME: Duration = Duration::from_millis(250);

/// Shows how far a command is until it is dropped.
pub(crate) struct Progress {
    shared: Arc<Shared>,
    shown: Option<std::thread::JoinHandle<()>>,
}

struct Shared {
    started: Instant,
    watch: Watch,
    stage: Mutex<Option<Stage>>,
    ended: Mutex<bool>,
    over: Condvar,
}

/// One stage of a command.
#[derive(Clone, Debug)]
struct Stage {
    /// What is counted, such as `programs`; what is being done, where nothing is.
    what: &'static str,
    done: usize,
    /// How many there are, if they are counted.
    all: Option<usize>,
    since: Instant,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Progress {
    /// Begins to show a command that this watch may end.
    pub(crate) fn start(watch: &Watch) -> Progress {
        let shared = Arc::new(Shared {
            started: Instant::now(),
            watch: watch.clone(),
            stage: Mutex::new(None),
            ended: Mutex::new(false),
            over: Condvar::new(),
        });
        let showing = Arc::clone(&shared);
        let shown = std::thread::Builder::new()
            .spawn(move || show(&showing, std::io::stderr().is_terminal()))
            .ok();
        Progress { shared, shown }
    }

    /// Begins a stage with so many things to be done.
    pub(crate) fn stage(&self, what: &'static str, all: usize) {
        self.begin(what, Some(all));
    }

    /// Begins a stage of which nobody counts how far it is, such as `judging what was answered`.
    pub(crate) fn uncounted(&self, what: &'static str) {
        self.begin(what, None);
    }

    fn begin(&self, what: &'static str, all: Option<usize>) {
        *lock(&self.shared.stage) = Some(Stage {
            what,
            done: 0,
            all,
            since: Instant::now(),
        });
    }

    /// So many things of the stage are done.
    pub(crate) fn done(&self, done: usize) {
        if let Some(stage) = lock(&self.shared.stage).as_mut() {
            // Workers count one after the other and may say so out of turn.
            stage.done = stage.done.max(done);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        *lock(&self.shared.ended) = true;
        self.shared.over.notify_all();
        if let Some(shown) = self.shown.take() {
            // It only prints.
            let _ = shown.join();
        }
    }
}

/// Shows the stages until all is over.
fn show(shared: &Shared, terminal: bool) {
    let every = if terminal { FRAME } else { LINE };
    let mut ended = lock(&shared.ended);
    loop {
        let (now, waited) = shared
            .over
            .wait_timeout(ended, every)
            .unwrap_or_else(PoisonError::into_inner);
        ended = now;
        if *ended {
            break;
        }
        let stage = lock(&shared.stage).clone();
        if let Some(stage) = stage.filter(|_| waited.timed_out()) {
            let line = stage.line(shared.started.elapsed(), shared.watch.time_left());
            // A standard error that nobody reads is no reason to stop.
            let _ = if terminal {
                write!(std::io::stderr(), "\r{line}\x1b[K")
            } else {
                writeln!(std::io::stderr(), "{line}")
            };
        }
    }
    if terminal {
        let _ = write!(std::io::stderr(), "\r\x1b[K");
    }
}

impl Stage {
    /// How far the stage is, in words; `limit` is what a time limit leaves.
    fn line(&self, elapsed: Duration, limit: Option<Duration>) -> String {
        let left = match (self.time_left(), limit) {
            (Some(left), Some(limit)) => Some(left.min(limit)),
            (left, limit) => left.or(limit),
        };
        let left = left.map_or_else(String::new, |left| format!(", about {} s left", left.as_secs()));
        let (elapsed, done, what) = (elapsed.as_secs(), self.done, self.what);
        match self.all {
            Some(all) => format!("{elapsed} s: {done} of {all} {what}{left}"),
            None => format!("{elapsed} s: {what}, for {} s", self.since.elapsed().as_secs()),
        }
    }

    /// How long the rest of the stage takes if it goes on as it went.
    fn time_left(&self) -> Option<Duration> {
        let rest = u32::try_from(self.all?.saturating_sub(self.done)).ok()?;
        let done = u32::try_from(self.done).ok().filter(|done| *done > 0)?;
        self.since.elapsed().checked_mul(rest).map(|time| time / done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_far_it_is_and_what_is_left() {
        let stage = |done, seconds| Stage {
            what: "programs",
            done,
            all: Some(300),
            since: Instant::now()
                .checked_sub(Duration::from_secs(seconds))
                .unwrap_or_else(Instant::now),
        };
        let (minute, ten) = (Duration::from_secs(60), Duration::from_secs(10));
        assert_eq!(
            stage(100, 50).line(minute, None),
            "60 s: 100 of 300 programs, about 100 s left"
        );
        assert_eq!(
            stage(100, 50).line(minute, Some(ten)),
            "60 s: 100 of 300 programs, about 10 s left"
        );
        assert_eq!(stage(0, 50).line(minute, None), "60 s: 0 of 300 programs");
        assert_eq!(
            stage(0, 50).line(minute, Some(ten)),
            "60 s: 0 of 300 programs, about 10 s left"
        );
        let judging = Stage {
            what: "judging what was answered",
            all: None,
            ..stage(0, 50)
        };
        assert_eq!(
            judging.line(minute, Some(ten)),
            "60 s: judging what was answered, for 50 s"
        );
    }
}
