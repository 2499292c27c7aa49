//! The times at which the target stopped answering.

use serde::{Deserialize, Serialize};

use crate::run;

/// A time at which the target stopped answering, and what was under way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Crash {
    /// The requests that were under way, in words: one of them may have done it.
    pub in_flight: Vec<String>,
    /// How many seconds it took until the target answered again; nothing if it did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds_away: Option<f64>,
    /// The id of the program that did it, where that is known: the target crashed again while it ran alone. The run went
    /// on without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
}

impl From<run::Crash> for Crash {
    fn from(crash: run::Crash) -> Crash {
        Crash {
            in_flight: crash.in_flight,
            seconds_away: crash.away.map(|away| (away.as_secs_f64() * 10.0).round() / 10.0),
            program: crash.program,
        }
    }
}

impl Crash {
    /// What happened, in a sentence.
    #[must_use]
    pub fn words(&self) -> String {
        let shown: Vec<&str> = self.in_flight.iter().take(8).map(String::as_str).collect();
        let more = match self.in_flight.len().saturating_sub(shown.len()) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let during = if shown.is_empty() {
            "no request was under way".to_owned()
        } else {
            format!("under way: {}{more}", shown.join("; "))
        };
        let then = match self.seconds_away {
            Some(seconds) => format!("it answered again after {seconds} s"),
            None => "it did not answer again".to_owned(),
        };
        let blamed = match &self.program {
            Some(id) => format!("; program {id} ran alone, and is excluded"),
            None => String::new(),
        };
        format!("{during}; {then}{blamed}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crash_names_what_was_under_way_and_who_did_it() {
        let crash = Crash::from(run::Crash {
            in_flight: vec!["step 3 of program 1a (PUT /b/k?legal-hold=)".to_owned()],
            away: Some(std::time::Duration::from_millis(2345)),
            program: Some("1a".to_owned()),
        });
        assert_eq!(
            crash.words(),
            "under way: step 3 of program 1a (PUT /b/k?legal-hold=); it answered again after 2.3 s; program 1a ran alone, \
             and is excluded"
        );
        let gone = Crash {
            in_flight: (0..10).map(|number| format!("GET /{number}")).collect(),
            seconds_away: None,
            program: None,
        };
        assert!(
            gone.words()
                .ends_with("GET /7 and 2 more; it did not answer again")
        );
    }
}
