//! What the tests against the law as an endpoint share.

use std::time::Duration;

use bucketlaw_conformance::run::{Plan, Terms};
use bucketlaw_conformance::serve_law::{ROOTS, ServeLaw};
use bucketlaw_conformance::session::{Addressing, Identity, Session};
use bucketlaw_conformance::wire::sign::Credentials;
use bucketlaw_conformance::wire::{Client, Endpoint, Options};

/// How the programs of a test run.
pub(crate) fn plan(prefix: &str, jobs: usize) -> Plan {
    Plan {
        prefix: prefix.to_owned(),
        jobs,
        short_unit: 4000,
        long_unit: 20_000,
        guard: 1000,
        terms: Terms::default(),
    }
}

/// A session with a law that serves, with all identities.
pub(crate) fn session(serving: &ServeLaw) -> Session {
    let endpoint: Endpoint = format!("http://{}", serving.address()).parse().unwrap();
    let options = Options {
        timeout: Duration::from_secs(10),
        ..Options::default()
    };
    let [owner, other] = ROOTS.map(|(key, secret, account)| Identity {
        credentials: Credentials {
            access_key: key.to_owned(),
            secret: secret.to_owned(),
            session_token: None,
        },
        principal: format!("arn:aws:iam::{account}:root"),
        user_name: String::new(),
    });
    let mut session = Session {
        client: Client::new(endpoint, options).unwrap(),
        region: "us-east-1".to_owned(),
        addressing: Addressing::Path,
        owner,
        owner_is_root: true,
        other_is_root: true,
        user: None,
        other: Some(other),
        iam: true,
        skew: 0,
    };
    session.user = Some(session.make_user("bl-shared").unwrap());
    session
}
