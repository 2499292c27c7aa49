//! Programs, histories and target files that are not as they should be: refused with what is wrong and where, never with a panic.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::path::Path;
use std::sync::LazyLock;

use bucketlaw_conformance::history::{self, History};
use bucketlaw_conformance::judge::judge;
use bucketlaw_conformance::run::run;
use bucketlaw_conformance::serve_law::ServeLaw;
use bucketlaw_conformance::suite::{Entry, embedded};
use bucketlaw_conformance::target::{Process, TargetFile};
use bucketlaw_model::law::Law;
use bucketlaw_model::program::{Program, ProgramFile};
use proptest::prelude::*;
use proptest::sample::Index;

use support::{plan, session};

#[path = "support/session.rs"]
mod support;

const TARGET: &str = "endpoint-url = \"http://127.0.0.1:9000\"\nregion = \"eu-north-1\"\naddressing = \"auto\"\nsettle = 0.5\n\
    disposable = true\n[identity.owner]\naccess-key-id = \"a\"\nsecret-access-key = \"b\"\nroot = true\n[identity.other]\n\
    profile = \"x\"\n[capabilities]\niam = true\nsts = false\n[[deviation]]\nclause = \"LOCK-DEL-003@DeleteObject\"\n\
    reason = \"r\"\nsince = \"1\"\n";

/// What happens to a text on its way: a line is lost, doubled or cut, a word is replaced, a piece is put in.
#[derive(Clone, Debug)]
enum Harm {
    Drop(Index),
    Double(Index),
    Cut(Index),
    Word(Index, String),
    Insert(Index, String),
}

fn harm() -> impl Strategy<Value = Harm> {
    let word = prop_oneof![
        "[ -~]{0,12}",
        any::<String>(),
        "-?[0-9]{1,24}",
        Just("\u{0}".to_owned()),
        Just("v999".to_owned()),
        Just("{}".to_owned()),
        Just("null".to_owned()),
    ];
    prop_oneof![
        any::<Index>().prop_map(Harm::Drop),
        any::<Index>().prop_map(Harm::Double),
        any::<Index>().prop_map(Harm::Cut),
        (any::<Index>(), word.clone()).prop_map(|(at, word)| Harm::Word(at, word)),
        (any::<Index>(), word).prop_map(|(at, word)| Harm::Insert(at, word)),
    ]
}

fn harmed(text: &str, harms: &[Harm]) -> String {
    let mut text = text.to_owned();
    for harm in harms {
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let place = |at: &Index| {
            let at = at.index(text.len() + 1);
            (at..=text.len())
                .find(|at| text.is_char_boundary(*at))
                .unwrap_or(0)
        };
        text = match harm {
            Harm::Drop(at) if !lines.is_empty() => {
                let at = at.index(lines.len());
                lines
                    .iter()
                    .enumerate()
                    .filter(|(n, _)| *n != at)
                    .map(|(_, line)| *line)
                    .collect()
            }
            Harm::Double(at) if !lines.is_empty() => {
                let at = at.index(lines.len());
                let twice = |(n, line): (usize, &&str)| line.repeat(if n == at { 2 } else { 1 });
                lines.iter().enumerate().map(twice).collect()
            }
            Harm::Drop(_) | Harm::Double(_) => String::new(),
            Harm::Cut(at) => text[..place(at)].to_owned(),
            Harm::Insert(at, word) => {
                let (before, after) = text.split_at(place(at));
                format!("{before}{word}{after}")
            }
            Harm::Word(at, word) => {
                let mut words: Vec<&str> = text.split(' ').collect();
                let at = at.index(words.len());
                words[at] = word;
                words.join(" ")
            }
        };
    }
    text
}

/// The programs of the suite, every fiftieth.
fn programs() -> &'static [Entry] {
    static PROGRAMS: LazyLock<Vec<Entry>> =
        LazyLock::new(|| embedded().unwrap().into_iter().step_by(50).collect());
    &PROGRAMS
}

/// Histories of some programs, as they are written.
fn recorded() -> String {
    let serving = ServeLaw::listen("127.0.0.1:0".parse().unwrap(), Law::full()).unwrap();
    let entries: Vec<Entry> = programs()
        .iter()
        .filter(|entry| !entry.program.waits())
        .take(12)
        .cloned()
        .collect();
    let histories = run(&session(&serving), &plan("bl-malformed-", 4), &entries, &|_| {});
    let mut text = Vec::new();
    history::write(&histories, &mut text).unwrap();
    String::from_utf8(text).unwrap()
}

/// Whether a message has a line number within the text, and words.
fn names_a_line(message: &str, text: &str) -> bool {
    let number = message.split_once("line ").map(|(_, rest)| rest);
    let number: Option<usize> =
        number.and_then(|rest| rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok());
    number.is_some_and(|number| (1..=text.lines().count() + 1).contains(&number)) && message.len() > 12
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn programs_that_are_none_are_refused_with_their_line(
        which in any::<Index>(), harms in prop::collection::vec(harm(), 1..4),
    ) {
        let programs = programs();
        let text = harmed(&programs[which.index(programs.len())].program.to_string(), &harms);
        match Program::read(&text) {
            // What was read is written so that it reads the same.
            Ok(program) => {
                let text = program.to_string();
                prop_assert_eq!(Program::read(&text).unwrap().to_string(), text);
            }
            Err(error) => prop_assert!(names_a_line(&error.to_string(), &text), "{}", error),
        }
    }

    #[test]
    fn files_of_programs_that_are_none_are_refused_with_their_line(
        which in any::<(Index, Index)>(), harms in prop::collection::vec(harm(), 1..4),
    ) {
        let named = |name: &str, at: Index| (name.to_owned(), programs()[at.index(programs().len())].program.clone());
        let file = ProgramFile {
            about: vec!["two programs".to_owned()],
            programs: vec![named("one", which.0), named("two", which.1)],
        };
        let text = harmed(&file.to_string(), &harms);
        match ProgramFile::read(&text) {
            Ok(file) => {
                let text = file.to_string();
                prop_assert_eq!(ProgramFile::read(&text).unwrap().to_string(), text);
            }
            Err(error) => prop_assert!(names_a_line(&error.to_string(), &text), "{}", error),
        }
    }

    #[test]
    fn target_files_that_are_none_are_refused_with_file_and_line(harms in prop::collection::vec(harm(), 1..4)) {
        let text = harmed(TARGET, &harms);
        if let Err(problem) = TargetFile::parse(Path::new("store.toml"), &text, &Process) {
            let message = problem.to_string();
            prop_assert!(message.starts_with("store.toml:"), "{}", message);
            prop_assert!(problem.line.is_none_or(|line| (1..=text.lines().count() + 1).contains(&line)), "{}", message);
        }
    }
}

#[test]
fn histories_that_are_none_are_refused_with_their_line_and_odd_ones_are_judged() {
    let text = recorded();
    let law = Law::full();
    let config = ProptestConfig {
        cases: 200,
        ..ProptestConfig::default()
    };
    proptest!(config, |(harms in prop::collection::vec(harm(), 1..4))| {
        let text = harmed(&text, &harms);
        match history::read(text.as_bytes()) {
            // What can be read can be judged, whatever it says.
            Ok(histories) => for history in &histories {
                prop_assert_eq!(&judge(&law, history, &[]).id, &history.id);
            },
            Err(error) => prop_assert!(names_a_line(&error.to_string(), &text), "{}", error),
        }
    });
    // Numbers at their limits, in histories that are otherwise sound.
    let histories: Vec<History> = history::read(text.as_bytes()).unwrap();
    for odd in [i64::MIN, i64::MAX, -1, 0] {
        for history in &histories {
            for change in [
                (|history, odd| history.start = odd) as fn(&mut History, i64),
                |history, odd| history.unit = odd,
                |history, odd| history.guard = odd,
                |history, odd| history.skew = odd,
            ] {
                let mut history = history.clone();
                change(&mut history, odd);
                let mut line = Vec::new();
                history::write(&[history], &mut line).unwrap();
                match history::read(line.as_slice()) {
                    Ok(histories) => assert_eq!(judge(&law, &histories[0], &[]).id, histories[0].id),
                    Err(error) => assert!(error.to_string().contains("line 1: "), "{error}"),
                }
            }
        }
    }
}
