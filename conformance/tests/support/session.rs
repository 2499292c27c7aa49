//! What the tests against the law as an endpoint share.

use std::time::Duration;

use bucketlaw_conformance::run::{Plan, Terms};
use bucketlaw_conformance::serve_law::{ROOTS, ServeLaw};
use bucketlaw_conformance::session::{Identity, Session};
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
    let roots = ROOTS.map(|(key, secret, account)| {
        let (access_key, secret) = (key.to_owned(), secret.to_owned());
        Identity::root(
            account,
            Credentials {
                access_key,
                secret,
                session_token: None,
            },
        )
    });
    let mut session = Session::of_roots(Client::new(endpoint, options).unwrap(), roots);
    session.user = Some(session.make_user("bl-shared").unwrap());
    session
}
