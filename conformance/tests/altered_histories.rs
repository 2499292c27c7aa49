//! The judge against histories in which one required or forbidden thing was changed.
//!
//! The programs run at the law itself; then every status, code, message, header and element that the law fixes is
//! altered, one at a time, and the history is judged again. A tenth of the histories is altered unless
//! `BUCKETLAW_FULL` is set.
#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use bucketlaw_conformance::history::{History, Outcome};
use bucketlaw_conformance::judge::{Ending, Slipped, judge};
use bucketlaw_conformance::lift::lift;
use bucketlaw_conformance::run::run;
use bucketlaw_conformance::serve_law::ServeLaw;
use bucketlaw_conformance::suite::embedded;
use bucketlaw_conformance::wire::{Exchange, RawResponse};
use bucketlaw_model::belief::{Belief, Observation};
use bucketlaw_model::law::Law;
use bucketlaw_model::program::Program;
use bucketlaw_model::reply::{Field, Place, Reply, Value};
use bucketlaw_model::time::{Moment, Time};
use bucketlaw_model::world::Calendar;

use support::{plan, session};

#[path = "support/session.rs"]
mod support;

/// How many altered histories of a hundred must be convicted.
const CONVICTED: usize = 95;

#[test]
fn altered_histories_are_convicted() {
    let share = if std::env::var_os("BUCKETLAW_FULL").is_some() {
        1
    } else {
        10
    };
    let serving = ServeLaw::listen("127.0.0.1:0".parse().unwrap(), Law::strict()).unwrap();
    let entries: Vec<_> = embedded()
        .unwrap()
        .into_iter()
        .filter(|entry| !entry.program.waits() && !entry.program.races())
        .step_by(share)
        .collect();
    let histories = run(&session(&serving), &plan("bl-altered-", 8), &entries, &|_| {});
    let (mut all, mut convicted) = (0, 0);
    let mut spared = Vec::new();
    for history in &histories {
        for (what, altered) in alterations(history) {
            all += 1;
            let judgement = judge(&Law::strict(), &altered, &[]);
            let owned = |slipped: &Slipped| !slipped.slip.owners.is_empty();
            if matches!(judgement.ending, Ending::Refuted(_)) || judgement.slips.iter().any(owned) {
                convicted += 1;
            } else if spared.len() < 20 {
                spared.push(format!("{what} of {}", history.id));
            }
        }
    }
    println!("{convicted} of {all} altered histories convicted; among the others: {spared:#?}");
    assert!(
        all > 0 && convicted * 100 >= all * CONVICTED,
        "{convicted} of {all}: {spared:#?}"
    );
}

/// The history with each thing that the law fixes altered, one at a time.
fn alterations(history: &History) -> Vec<(String, History)> {
    let mut altered = Vec::new();
    for (at, expected) in expected(history).into_iter().enumerate() {
        let Some(expected) = expected else { continue };
        let Outcome::Exchange(exchange) = &history.steps[at].result else {
            continue;
        };
        let mut add = |what: &str, response: RawResponse| {
            let mut history = history.clone();
            history.steps[at].result = Outcome::Exchange(Exchange {
                response,
                ..exchange.clone()
            });
            altered.push((format!("{what} at step {}", history.steps[at].number), history));
        };
        let response = &exchange.response;
        add(
            "status",
            RawResponse {
                status: if response.status < 400 { 403 } else { 200 },
                ..response.clone()
            },
        );
        if let Some(code) = expected.code {
            add("code", with_text(response, code.name(), "SomethingElse"));
        }
        for field in &expected.fields {
            if let Some(response) = alter(response, field) {
                add(field.name.place().word(), response);
            }
        }
    }
    altered
}

/// The response with one field altered: taken away where it is required, put in where it is forbidden.
fn alter(response: &RawResponse, field: &Field) -> Option<RawResponse> {
    let mut altered = response.clone();
    match (field.name.place(), field.value) {
        (Place::Header(name), Value::Absent) => altered.headers.push((name.to_owned(), b"true".to_vec())),
        (Place::Header(name), _) => altered
            .headers
            .retain(|(known, _)| !known.eq_ignore_ascii_case(name)),
        (Place::Element(_), Value::Absent | Value::Something) => return None,
        (Place::Element(name), _) => {
            let open = format!("<{name}>");
            if !String::from_utf8_lossy(&response.body).contains(&open) {
                return None;
            }
            altered = with_text(response, &open, &format!("{open}altered-"));
        }
    }
    Some(altered)
}

fn with_text(response: &RawResponse, from: &str, to: &str) -> RawResponse {
    let body = String::from_utf8_lossy(&response.body)
        .replacen(from, to, 1)
        .into_bytes();
    RawResponse {
        body,
        ..response.clone()
    }
}

/// What the law expects of each step, where it expects one thing only.
fn expected(history: &History) -> Vec<Option<Reply>> {
    let mut program = Program::read(&history.program).unwrap();
    program.world.calendar = Calendar {
        start: Time(history.start),
        unit: history.unit,
    };
    let mut belief = Belief::default();
    let mut all = Vec::new();
    for taken in &history.steps {
        let Outcome::Exchange(exchange) = &taken.result else {
            break;
        };
        let now = Moment {
            earliest: Time(exchange.sent - history.guard),
            latest: Time(exchange.received + history.guard),
        };
        let (_, request) = program
            .requests()
            .find(|(number, _)| *number == taken.number)
            .unwrap();
        let prepares = request.operation.name().ends_with("UserPolicy");
        let observed = lift(&program.world, &history.bucket_prefix, &exchange.response);
        match belief.observe(
            &Law::strict(),
            &program.world,
            (taken.number, request),
            &observed,
            now,
        ) {
            // What prepares the user by IAM no clause is about.
            Observation::Allowed { .. } if prepares => all.push(None),
            Observation::Allowed { replies, .. } => all.push(replies.into_iter().next()),
            Observation::Refuted(_) | Observation::NotModelled => break,
        }
    }
    all
}
