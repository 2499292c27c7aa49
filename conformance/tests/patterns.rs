//! Key patterns of policies: the law, what the judge sends, and the law as an endpoint mean by them what the text of a
//! document means, whatever characters keys and patterns have.

#![expect(clippy::unwrap_used, clippy::panic, reason = "what fails here fails the test")]

use std::cell::Cell;

use bucketlaw_conformance::history::Outcome;
use bucketlaw_conformance::judge::{Ending, judge};
use bucketlaw_conformance::lower::{Names, lower};
use bucketlaw_conformance::run::run;
use bucketlaw_conformance::serve_law::ServeLaw;
use bucketlaw_conformance::session::Session;
use bucketlaw_conformance::suite::Entry;
use bucketlaw_model::law::Law;
use bucketlaw_model::program::Program;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use support::{plan, session};

#[path = "support/session.rs"]
mod support;

/// What a pattern matches, by trying everything that a star can take.
fn matches(pattern: &[char], text: &[char]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some(('*', rest)) => (0..=text.len()).any(|taken| matches(rest, &text[taken..])),
        Some((one, rest)) => text
            .split_first()
            .is_some_and(|(first, left)| (*one == '?' || one == first) && matches(rest, left)),
    }
}

/// A text of characters of every length, of those that programs, JSON, paths or policies write otherwise, and of few
/// enough that patterns often match.
fn text(most: usize) -> impl Strategy<Value = String> {
    let awkward = "*? :~+=!%,;\"\\/'&<>#{}|.\t\u{7f}\u{e9}\u{20ac}\u{1f600}";
    let awkward: Vec<char> = awkward.chars().collect();
    let one = prop_oneof![
        6 => prop::sample::select(vec!['a', 'b', 'A', '/']),
        4 => prop::sample::select(awkward),
        1 => any::<char>().prop_filter("no key has it", |one| *one != '\0'),
    ];
    prop::collection::vec(one, 1..most).prop_map(|text| text.into_iter().collect())
}

/// A key, and a pattern that is made from it by wildcards or has nothing to do with it.
fn key_and_pattern() -> impl Strategy<Value = (String, String)> {
    let from_key = (text(6), prop::collection::vec(0..8_u8, 6)).prop_map(|(key, fates)| {
        let pattern: String = key
            .chars()
            .zip(fates)
            .map(|(one, fate)| match fate {
                0 => "?".to_owned(),
                1 => "*".to_owned(),
                2 => format!("{one}*"),
                3 => "x".to_owned(),
                _ => one.to_string(),
            })
            .collect();
        (key, pattern)
    });
    let apart = (text(5), text(5));
    prop_oneof![4 => from_key, 1 => apart].prop_filter("policy variables are not ruled on", |(_, pattern)| {
        !pattern.contains("${")
    })
}

/// A word of a program: letters, wildcards and slashes are plain, and so are some others, written both ways.
fn word(text: &str, raw: bool) -> String {
    let plain =
        |byte: u8| byte.is_ascii_alphanumeric() || b"/*?".contains(&byte) || raw && b":~+=.".contains(&byte);
    let byte = |byte: u8| match plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

fn program(key: &str, pattern: &str, raw: bool) -> Program {
    let (key, pattern) = (word(key, raw), word(pattern, raw));
    Program::read(&format!(
        "bucketlaw program 1\npolicy p = Allow * s3:GetObject b/{pattern}\n1 owner CreateBucket bucket=b\n\
         2 owner DeletePublicAccessBlock bucket=b\n3 owner PutObject bucket=b key={key}\n\
         4 owner PutBucketPolicy bucket=b policy=p\n5 anonymous GetObject bucket=b key={key}\n"
    ))
    .unwrap()
}

/// The resource of the policy that a program sends, behind the name of its bucket.
fn sent(program: &Program) -> String {
    let names = Names {
        bucket_prefix: "run-".to_owned(),
        ..Names::default()
    };
    let (_, request) = program.requests().find(|(number, _)| *number == 4).unwrap();
    let (raw, _) = lower(&program.world, &names, request).unwrap();
    let document: serde_json::Value = serde_json::from_slice(&raw.body).unwrap();
    let resource = document["Statement"][0]["Resource"][0].as_str().unwrap();
    resource.strip_prefix("arn:aws:s3:::run-b/").unwrap().to_owned()
}

/// The status with which the law as an endpoint answers the read, and what the law says of all answers.
fn answered(session: &Session, nth: usize, program: Program) -> (u16, Ending) {
    let entry = Entry {
        id: format!("{nth}"),
        ..Entry::new("pattern", program)
    };
    let plan = plan(&format!("bl-pattern{nth}-"), 1);
    let histories = run(session, &plan, &[entry], &|_| {});
    let [history] = histories.as_slice() else {
        panic!("one program has one history");
    };
    let read = history.steps.iter().find(|taken| taken.number == 5);
    let Some(Outcome::Exchange(exchange)) = read.map(|taken| &taken.result) else {
        panic!("the read is answered: {history:?}");
    };
    let status = exchange.response.status;
    (status, judge(&Law::full(), history, &[]).ending)
}

#[test]
fn everybody_means_the_same_by_a_pattern() {
    let serving = ServeLaw::listen("127.0.0.1:0".parse().unwrap(), Law::full()).unwrap();
    let session = session(&serving);
    let nth = Cell::new(0);
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 200,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let tried = runner.run(&(key_and_pattern(), any::<bool>()), |((key, pattern), raw)| {
        nth.set(nth.get() + 1);
        let program = program(&key, &pattern, raw);
        prop_assert_eq!(&sent(&program), &pattern);
        let characters = |text: &str| text.chars().collect::<Vec<char>>();
        let granted = matches(&characters(&pattern), &characters(&key));
        let (status, ending) = answered(&session, nth.get(), program);
        prop_assert_eq!(status, if granted { 200 } else { 403 });
        prop_assert!(matches!(ending, Ending::Allowed), "{:?}", ending);
        Ok(())
    });
    tried.unwrap();
}
