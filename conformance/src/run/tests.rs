use super::*;
use crate::history::Outcome;
use crate::judge::judge_all;
use crate::serve_law::{ROOTS, ServeLaw};
use crate::suite::embedded;
use crate::verdicts::assemble;
use crate::wire::sign::Credentials;
use crate::wire::{Client, Options};
use bucketlaw_model::law::Law;

fn session(serving: &ServeLaw) -> Session {
    let endpoint = format!("http://{}", serving.address()).parse().unwrap();
    let roots = ROOTS.map(|(key, secret, account)| {
        let session_token = Some(format!("the-session-token-of-{account}"));
        let (access_key, secret) = (key.to_owned(), secret.to_owned());
        Identity::root(
            account,
            Credentials {
                access_key,
                secret,
                session_token,
            },
        )
    });
    let client = Client::new(endpoint, Options::default()).unwrap();
    let mut session = Session::of_roots(client, roots);
    session.user = Some(session.make_user("bl-redacted").unwrap());
    session
}

/// The histories as they are, of a law without some of its rules, so that there is something to find.
#[test]
fn a_redacted_history_judges_as_the_original() {
    let mutant = Law::full()
        .repeal("LOCK-DEL-003/compliance")
        .and_then(|law| law.repeal("EVAL-SAME-001"))
        .unwrap();
    let serving = ServeLaw::listen("127.0.0.1:0".parse().unwrap(), mutant).unwrap();
    let session = session(&serving);
    let plan = Plan {
        prefix: "bl-redacted-".to_owned(),
        jobs: 8,
        short_unit: 4000,
        long_unit: 20_000,
        guard: 1000,
        terms: Terms::default(),
    };
    let mut entries = embedded().unwrap();
    entries.retain(|entry| !entry.program.waits());
    let originals = record(&session, &plan, &entries, &|_, _| {}, false);
    let user = session.user.as_ref();
    let redactor = redactor(&session, user);
    let mut changed = 0;
    let redacted: Vec<History> = originals
        .iter()
        .cloned()
        .map(|mut history| {
            for taken in &mut history.steps {
                if let Outcome::Exchange(exchange) = &mut taken.result {
                    let covered = redactor.redact(exchange);
                    changed += usize::from(covered != *exchange);
                    *exchange = covered;
                }
            }
            history
        })
        .collect();
    assert!(changed > 1000, "{changed} exchanges had a secret");
    let law = Law::full();
    let verdicts = |histories: &[History]| {
        let assembled = assemble(&entries, &judge_all(&law, &entries, histories));
        (assembled.clauses, assembled.findings)
    };
    let (clauses, findings) = verdicts(&originals);
    assert!(!findings.is_empty());
    assert_eq!((clauses, findings), verdicts(&redacted));
}

/// The program with an id.
fn one(id: &str) -> Vec<crate::suite::Entry> {
    let entries = embedded().unwrap();
    let found: Vec<_> = entries.into_iter().filter(|entry| entry.id == id).collect();
    assert_eq!(found.len(), 1, "{id}");
    found
}

fn plan_of(prefix: &str) -> Plan {
    Plan {
        prefix: prefix.to_owned(),
        jobs: 1,
        short_unit: 4000,
        long_unit: 20_000,
        guard: 1000,
        terms: Terms::default(),
    }
}

/// Why a program is not run, if it is not.
fn not_run(session: &Session, prefix: &str, id: &str) -> Option<String> {
    let histories = run(session, &plan_of(prefix), &one(id), &|_| {});
    let history = histories.first().unwrap();
    assert_eq!(
        history.stopped.is_some(),
        history.steps.is_empty(),
        "{:?}",
        history.stopped
    );
    history.stopped.clone()
}

/// A Deny of the account stops its user, a Deny of an administrator's own ARN does not.
#[test]
fn an_administrators_arn_is_no_name_of_its_account() {
    let serving = ServeLaw::listen("127.0.0.1:0".parse().unwrap(), Law::full()).unwrap();
    let mut session = session(&serving);
    let account = session.owner.principal.clone();
    let named = "493c1ba4";
    session.owner_is_root = false;
    assert_eq!(not_run(&session, "bl-names-a-", named), None);
    session.owner.principal = account.replace(":root", ":user/owner");
    let why = not_run(&session, "bl-names-b-", named).unwrap();
    assert!(why.contains("give `account`"), "{why}");
    // Where nobody but the owner asks, its own ARN says as much.
    let alone = "b244ebd9";
    assert_eq!(not_run(&session, "bl-names-c-", alone), None);
    // A root user stands for its account whatever its name is.
    session.owner_is_root = true;
    assert_eq!(not_run(&session, "bl-names-d-", named), None);
}

#[test]
fn an_operator_is_no_stranger_in_the_buckets_of_others() {
    let serving = ServeLaw::listen("127.0.0.1:0".parse().unwrap(), Law::full()).unwrap();
    let mut session = session(&serving);
    let abroad = "b244ebd9";
    let at_home = "493c1ba4";
    assert_eq!(not_run(&session, "bl-op-a-", abroad), None);
    session.owner.operator = true;
    let why = not_run(&session, "bl-op-b-", abroad).unwrap();
    assert!(why.contains("operator of the whole store"), "{why}");
    assert_eq!(not_run(&session, "bl-op-c-", at_home), None);
}
