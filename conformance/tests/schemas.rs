//! The published schemas are sound, and what is recorded is valid by them.

use bucketlaw_conformance::history::{self, History, Outcome, Taken};
use bucketlaw_conformance::lower::Principals;
use bucketlaw_conformance::wire::{Ending, Exchange, Failure, FailureKind, RawRequest, RawResponse};
use bucketlaw_model::clause::Need;
use serde_json::Value;

const SCHEMAS: [&str; 3] = [
    include_str!("../../docs/schemas/history.schema.json"),
    include_str!("../../docs/schemas/report.schema.json"),
    include_str!("../../docs/schemas/target.schema.json"),
];

#[test]
fn the_schemas_are_schemas() {
    for schema in SCHEMAS {
        let schema: Value = serde_json::from_str(schema).unwrap();
        assert!(jsonschema::meta::is_valid(&schema), "{}", schema["$id"]);
    }
}

/// A history with both sorts of outcome, and bytes that are no text.
fn recorded() -> History {
    let mut request = RawRequest::new("PUT", "/b/k").with_header("Host", "127.0.0.1");
    request.body = vec![0xff, 0x00];
    request.ending = Ending::HalfClosed;
    let headers = vec![
        ("Server".to_owned(), b"x".to_vec()),
        ("x-odd".to_owned(), vec![0xfe]),
    ];
    let response = RawResponse {
        status: 200,
        reason: "OK".to_owned(),
        headers,
        body: b"<a/>".to_vec(),
    };
    let exchange = Exchange {
        request,
        response,
        sent: 1,
        received: 2,
    };
    let kind = FailureKind::CutConnection;
    let failure = Failure {
        kind,
        definite: false,
        status: None,
        detail: "cut".to_owned(),
        sent: 1,
        ended: 2,
    };
    History {
        schema: history::SCHEMA.to_owned(),
        id: "7f3a".to_owned(),
        program: "program".to_owned(),
        start: 1,
        unit: 1000,
        guard: 0,
        skew: -5,
        bucket_prefix: "bucketlaw-".to_owned(),
        principals: Principals::default(),
        owner_is_root: false,
        other_is_root: false,
        steps: vec![
            Taken {
                number: 1,
                result: Outcome::Exchange(exchange.clone()),
                pages: vec![exchange],
            },
            Taken {
                number: 2,
                result: Outcome::Failure(failure),
                pages: Vec::new(),
            },
        ],
        stopped: Some("the connection was cut".to_owned()),
        lacks: Some(Need::OwnUser),
    }
}

#[test]
fn a_recorded_history_is_valid_by_its_schema() {
    let schema: Value = serde_json::from_str(SCHEMAS[0]).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let mut line = serde_json::to_value(recorded()).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(&line)
        .map(|e| format!("{}: {e}", e.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    line["schema"] = "bucketlaw/history/2".into();
    assert!(!validator.is_valid(&line));
    line["schema"] = history::SCHEMA.into();
    line["steps"][0]["failure"] = line["steps"][1]["failure"].clone();
    assert!(!validator.is_valid(&line), "a step has one outcome");
}
