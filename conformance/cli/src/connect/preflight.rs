//! Preflight: whether the endpoint answers, knows the callers, what its clock says, and how it wants buckets addressed.

use std::collections::BTreeMap;

use bucketlaw_conformance::clean::{Cleaner, made};
use bucketlaw_conformance::exit::Code;
use bucketlaw_conformance::lower::{Names, Service, lower};
use bucketlaw_conformance::report;
use bucketlaw_conformance::run::Plan;
use bucketlaw_conformance::session::{Addressing, Identity, Session};
use bucketlaw_conformance::target::{self, Role};
use bucketlaw_conformance::wire::checksum::content_md5;
use bucketlaw_conformance::wire::sign::Credentials;
use bucketlaw_conformance::wire::{Exchange, Failure, FailureKind, RawRequest, RawResponse};
use bucketlaw_model::program::Program;

use super::{Purpose, Target, is_root, user_of};
use crate::Failed;
use crate::output::tell;

/// The bucket of the preflight: an object that the owner puts and gets, and that the others ask for.
const PROGRAM: &str = "bucketlaw program 1\n1 owner CreateBucket bucket=preflight\n\
                       2 owner PutObject bucket=preflight key=k content=a\n\
                       3 owner GetObject bucket=preflight key=k\n";

/// Replies that say that the endpoint does not know a key, or not its secret.
const STRANGERS: [&str; 5] = [
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "InvalidToken",
    "ExpiredToken",
    "AuthorizationHeaderMalformed",
];

/// What is known of a target beforehand.
#[derive(Default)]
pub(super) struct Known {
    /// Its product.
    pub(super) product: Option<String>,
    /// Its version.
    pub(super) version: Option<String>,
    /// What it is reached for; `None` for the reference server that the run started itself.
    pub(super) external: Option<Purpose>,
    /// How it is said to address buckets.
    pub(super) addressing: target::Addressing,
    /// Whether it is said to have STS.
    pub(super) sts: Option<bool>,
    /// The identities as they are declared.
    pub(super) declared: Vec<target::Identity>,
}

fn endpoint_failed(what: impl Into<String>) -> Failed {
    Failed(Code::Endpoint, what.into())
}

/// Asks the endpoint all that a run has to know of it, and makes a user where it can.
pub(super) fn preflight(mut session: Session, plan: Plan, known: Known) -> Result<Target, Failed> {
    let greeting = greet(&mut session, known.external)?;
    if let Some(purpose) = known.external {
        let found = identify(&mut session, &known)?;
        let root = |role: Role| {
            let declared = known.declared.iter().find(|one| one.role == role);
            is_root(declared, role, found.get(&role).map(String::as_str))
        };
        session.owner_is_root = root(Role::Owner);
        session.other_is_root = root(Role::Other);
        match purpose {
            Purpose::Clean => find_addressing(&mut session, &known)?,
            Purpose::Run(_) => try_out(&mut session, &plan, &known)?,
        }
    }
    let runs = !matches!(known.external, Some(Purpose::Clean));
    if runs && session.iam && session.user.is_none() {
        let name = format!("{}user", plan.prefix);
        plan.terms.ledger.note_user(&name);
        match session.make_user(&name) {
            Ok(user) => session.user = Some(user),
            Err(why) => tell!(
                "no IAM user could be made, programs that need one are not run: {}",
                why.0
            ),
        }
    }
    let server = greeting.and_then(|greeting| greeting.text_header("server").map(str::to_owned));
    let report = report::Target {
        endpoint: session.client.endpoint().authority(),
        product: known.product,
        version: known.version.or(server),
        identities: identities(&session),
        embedded: false,
    };
    Ok(Target {
        session,
        plan,
        report,
        deviations: Vec::new(),
        embedded: None,
    })
}

/// The callers of a session, for the report.
fn identities(session: &Session) -> Vec<report::Identity> {
    let roles = [
        ("owner", Some(&session.owner)),
        ("user", session.user.as_ref()),
        ("other", session.other.as_ref()),
    ];
    let present = |(role, identity): (&'static str, Option<&Identity>)| {
        let identity = identity?;
        Some(report::Identity {
            role: role.to_owned(),
            root: match role {
                "owner" => session.owner_is_root,
                "other" => session.other_is_root,
                _ => identity.principal.ends_with(":root"),
            },
            account: None,
            arn: Some(identity.principal.clone()).filter(|arn| !arn.is_empty()),
        })
    };
    roles.into_iter().filter_map(present).collect()
}

/// The code of an error reply.
fn code(response: &RawResponse) -> String {
    response
        .xml()
        .ok()
        .and_then(|root| root.text_of("Code").map(str::to_owned))
        .unwrap_or_default()
}

/// Lists the buckets as the owner: whether the endpoint answers, knows the key, and what its clock says.
///
/// Who only cleans up needs no list: what the run made is known elsewhere, too.
fn greet(session: &mut Session, purpose: Option<Purpose>) -> Result<Option<RawResponse>, Failed> {
    let cleans = matches!(purpose, Some(Purpose::Clean));
    let mut listed = list(session);
    for _ in 0..2 {
        // An endpoint that is there may fail to answer once.
        if matches!(&listed, Err(failure) if failure.kind != FailureKind::Unreachable) {
            listed = list(session);
        }
    }
    let mut exchange = match listed {
        Ok(exchange) => exchange,
        Err(failure) if cleans && failure.kind != FailureKind::Unreachable => return Ok(None),
        Err(failure) => return Err(no_reply(session, &failure)),
    };
    session.skew = skew(session, &exchange);
    if session.skew != 0 && code(&exchange.response) == "RequestTimeTooSkewed" {
        exchange = list(session).map_err(|failure| no_reply(session, &failure))?;
    }
    let response = exchange.response;
    let said = code(&response);
    if said == "RequestTimeTooSkewed" {
        return Err(endpoint_failed(
            "the endpoint's clock is too far off ours, and its replies do not say how far (no Date header): set the clock of either",
        ));
    }
    let refused = matches!(response.status, 401 | 403) && !cleans;
    if refused || STRANGERS.contains(&said.as_str()) {
        return Err(endpoint_failed(format!(
            "the endpoint refuses the owner's key: {} {said}; check the key, the secret and the Region",
            response.status
        )));
    }
    Ok(Some(response))
}

fn list(session: &Session) -> Result<Exchange, Failure> {
    let listing = RawRequest::new("GET", "/");
    session.send(listing, Some(&session.owner.credentials), Service::S3)
}

/// What is said where the first request gets no reply.
fn no_reply(session: &Session, failure: &Failure) -> Failed {
    endpoint_failed(format!(
        "{}: {failure}; {}",
        session.client.endpoint().authority(),
        advice(failure)
    ))
}

/// What to see to when the first request gets no reply.
fn advice(failure: &Failure) -> &'static str {
    let says = |words: &str| failure.detail.contains(words);
    if says("certificate") {
        "--ca-bundle FILE (or AWS_CA_BUNDLE) names the authorities to trust, --no-verify-ssl trusts every certificate"
    } else if says("TLS handshake") {
        "does it speak TLS there, or should the URL start with http:// ?"
    } else {
        "is it running, and is this its address?"
    }
}

/// Milliseconds by which the endpoint's clock is ahead, by the Date headers of its replies; 0 where they leave that open.
///
/// The first reply of a server may take seconds, and its date is that of any moment of them: a slow one is asked again.
fn skew(session: &Session, first: &Exchange) -> i64 {
    let mut ahead = Ahead::default();
    ahead.learn(first);
    for _ in 0..SLOW_REPLIES {
        // A reply that is lost says nothing of the clock.
        if ahead.is_vague()
            && let Ok(exchange) = list(session)
        {
            ahead.learn(&exchange);
        }
    }
    ahead.milliseconds()
}

/// How often a slow endpoint is asked what its clock says.
const SLOW_REPLIES: u32 = 3;

/// Between which bounds the endpoint's clock is ahead of ours, in milliseconds.
#[derive(Clone, Copy, Debug)]
struct Ahead {
    least: i64,
    most: i64,
}

impl Default for Ahead {
    fn default() -> Self {
        Ahead {
            least: i64::MIN,
            most: i64::MAX,
        }
    }
}

impl Ahead {
    /// Narrows the bounds by a reply: its date, in whole seconds, was read between sending and receiving.
    fn learn(&mut self, exchange: &Exchange) {
        let date = exchange.response.text_header("date");
        let Some(date) = date.and_then(|date| jiff::fmt::rfc2822::parse(date).ok()) else {
            return;
        };
        let date = date.timestamp().as_millisecond();
        self.narrow(date - exchange.received, date + 999 - exchange.sent);
    }

    /// A clock that was set in between is believed as it is last.
    fn narrow(&mut self, least: i64, most: i64) {
        let (kept_least, kept_most) = (self.least.max(least), self.most.min(most));
        *self = if kept_least <= kept_most {
            Ahead {
                least: kept_least,
                most: kept_most,
            }
        } else {
            Ahead { least, most }
        };
    }

    /// Whether a quicker reply may tell more: whole seconds and a reply within half a second leave no less.
    fn is_vague(self) -> bool {
        self.least > i64::MIN && self.most - self.least > 1500
    }

    /// What is taken for the difference: none where that is possible, else the middle of the bounds.
    fn milliseconds(self) -> i64 {
        if self.least <= 0 && 0 <= self.most {
            0
        } else {
            self.least + (self.most - self.least) / 2
        }
    }
}

/// Asks STS who the identities are, where that is not declared or declared to be askable; returns the ARNs.
fn identify(session: &mut Session, known: &Known) -> Result<BTreeMap<Role, String>, Failed> {
    let mut found = BTreeMap::new();
    let client = |failure: Failure| endpoint_failed(format!("GetCallerIdentity: {failure}"));
    for role in Role::ALL {
        let Some(identity) = identity_of(session, role).cloned() else {
            continue;
        };
        let unknown = identity.principal.is_empty();
        if known.sts == Some(false) || (known.sts.is_none() && !unknown) {
            continue;
        }
        let said = session.who_is(&identity.credentials).map_err(client)?;
        let Some((arn, account)) = said else {
            if known.sts == Some(true) {
                tell!(
                    "`sts = true` is declared, and GetCallerIdentity does not say who `{}` is",
                    role.name()
                );
            }
            continue;
        };
        let declared = known.declared.iter().find(|one| one.role == role);
        if let Some(other) = declared
            .and_then(|one| one.account.as_ref())
            .filter(|other| **other != account)
        {
            return Err(endpoint_failed(format!(
                "identity `{}` is declared to be of account {other}, and the endpoint says {account}: correct the target file, \
                 or set `sts = false` if the endpoint is wrong",
                role.name()
            )));
        }
        if unknown && let Some(identity) = identity_of(session, role) {
            identity.user_name = user_of(&arn);
            identity.principal = match role {
                Role::User => arn.clone(),
                Role::Owner | Role::Other => format!("arn:aws:iam::{account}:root"),
            };
        }
        found.insert(role, arn);
    }
    Ok(found)
}

fn identity_of(session: &mut Session, role: Role) -> Option<&mut Identity> {
    match role {
        Role::Owner => Some(&mut session.owner),
        Role::User => session.user.as_mut(),
        Role::Other => session.other.as_mut(),
    }
}

/// Makes a bucket, puts and gets an object as each identity, and finds out how buckets are addressed on the way.
///
/// What the endpoint does wrong here is the suite's to find: only what makes a run senseless ends it.
fn try_out(session: &mut Session, plan: &Plan, known: &Known) -> Result<(), Failed> {
    let program = Program::read(PROGRAM).map_err(|error| Failed(Code::Bug, error.to_string()))?;
    let names = Names {
        bucket_prefix: plan.prefix.clone(),
        region: session.region.clone(),
        ..Names::default()
    };
    let raw: Vec<RawRequest> = program
        .requests()
        .filter_map(|(_, request)| lower(&program.world, &names, request).ok())
        .map(|(raw, _)| raw)
        .collect();
    let [create, put, get] = raw.as_slice() else {
        return Err(Failed(
            Code::Bug,
            "the preflight has no three requests".to_owned(),
        ));
    };
    let bucket = made::likely(&program, &plan.prefix);
    plan.terms.ledger.note(&bucket);
    make_bucket(session, create, known.addressing)?;
    settle(plan);
    let met = meet(session, plan, put, get);
    session.wildcards = takes_wildcards(session, plan);
    let cleaner = Cleaner {
        session,
        prefix: &plan.prefix,
        jobs: 1,
        recorded: true,
        patience: &[],
        looks_first: false,
        watch: &plan.terms.watch,
        seen: &|_, _| {},
    };
    // What stays is taken away with all the rest.
    if cleaner.remove(&bucket).is_empty() {
        bucket.keys().for_each(|name| plan.terms.ledger.gone(name));
    }
    met
}

fn ask(session: &Session, request: &RawRequest, as_whom: &Credentials) -> Result<RawResponse, Failed> {
    let reply = session.send(request.clone(), Some(as_whom), Service::S3);
    reply.map(|exchange| exchange.response).map_err(|failure| {
        endpoint_failed(format!(
            "in the preflight: {failure}; see to the endpoint, or give it more time with --timeout"
        ))
    })
}

/// Makes the bucket of the preflight: by path, and where that is left open and fails, by host name.
fn make_bucket(
    session: &mut Session,
    create: &RawRequest,
    addressing: target::Addressing,
) -> Result<(), Failed> {
    let owner = session.owner.credentials.clone();
    let mut made = ask(session, create, &owner)?;
    if made.status >= 300 && addressing == target::Addressing::Auto {
        session.addressing = Addressing::Virtual;
        let again = ask(session, create, &owner)?;
        if again.status < 300 {
            made = again;
        } else {
            session.addressing = Addressing::Path;
        }
    }
    if matches!(made.status, 401 | 403) {
        return Err(endpoint_failed(format!(
            "the owner may not create buckets: {} {}; name a root or an administrator as `owner`",
            made.status,
            code(&made)
        )));
    }
    Ok(())
}

/// Puts and gets an object as each identity; fails for the first that the endpoint does not know.
fn meet(session: &Session, plan: &Plan, put: &RawRequest, get: &RawRequest) -> Result<(), Failed> {
    let identities = [
        ("owner", Some(&session.owner)),
        ("user", session.user.as_ref()),
        ("other", session.other.as_ref()),
    ];
    for (role, identity) in identities {
        let Some(identity) = identity else { continue };
        let put = ask(session, put, &identity.credentials)?;
        settle(plan);
        let got = ask(session, get, &identity.credentials)?;
        let stranger = |response: &&RawResponse| STRANGERS.contains(&code(response).as_str());
        if let Some(refusal) = [&put, &got].into_iter().find(stranger) {
            return Err(endpoint_failed(format!(
                "the endpoint refuses the key of identity `{role}`: {} {}; check the key, the secret and the Region",
                refusal.status,
                code(refusal)
            )));
        }
    }
    Ok(())
}

/// Whether a bucket policy may say `s3:*`: not where it is refused and one with a plain action is taken.
fn takes_wildcards(session: &Session, plan: &Plan) -> bool {
    if session.owner.principal.is_empty() {
        return true;
    }
    let bucket = format!("{}preflight", plan.prefix);
    let put = |action: &str| {
        let document = format!(
            "{{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Allow\",\"Principal\":{{\"AWS\":[\"{}\"]}},\
             \"Action\":[\"{action}\"],\"Resource\":[\"arn:aws:s3:::{bucket}/*\"]}}]}}",
            session.owner.principal
        );
        let request = RawRequest::new("PUT", format!("/{bucket}?policy="))
            .with_header("Content-MD5", content_md5(document.as_bytes()))
            .with_body(document);
        let reply = session.send(request, Some(&session.owner.credentials), Service::S3);
        reply.map(|exchange| exchange.response.status)
    };
    let refused = put("s3:*").is_ok_and(|status| matches!(status, 400..=499));
    !(refused && put("s3:GetObject").is_ok_and(|status| status < 300))
}

/// Waits as long as the target is said to need until a write is seen.
fn settle(plan: &Plan) {
    let pause = u64::try_from(plan.terms.settle).unwrap_or(0);
    std::thread::sleep(std::time::Duration::from_millis(pause));
}

/// Finds out how buckets are addressed by one that is there, for who makes none.
fn find_addressing(session: &mut Session, known: &Known) -> Result<(), Failed> {
    if known.addressing != target::Addressing::Auto {
        return Ok(());
    }
    // Who can't list them goes by the path.
    let Ok(listing) = list(session) else {
        return Ok(());
    };
    let listing = listing.response;
    let buckets = listing.xml().ok().and_then(|root| root.child("Buckets").cloned());
    let first = buckets
        .iter()
        .flat_map(|buckets| buckets.children_named("Bucket"))
        .find_map(|bucket| bucket.text_of("Name").map(str::to_owned));
    let Some(name) = first else { return Ok(()) };
    let head = RawRequest::new("HEAD", format!("/{name}"));
    let owner = Some(&session.owner.credentials);
    let reply = session.send(head, owner, Service::S3);
    let path = reply.is_ok_and(|exchange| matches!(exchange.response.status, 200 | 301 | 307 | 403));
    if !path {
        session.addressing = Addressing::Virtual;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Ahead;

    /// The difference that replies tell of: each with the bounds that its date and its times leave.
    fn difference(replies: &[(i64, i64)]) -> i64 {
        let mut ahead = Ahead::default();
        for &(least, most) in replies {
            ahead.narrow(least, most);
        }
        ahead.milliseconds()
    }

    #[test]
    fn a_slow_first_reply_is_no_skew() {
        // Seven seconds, dated when it began: the middle of them would be three seconds and a half behind.
        assert_eq!(difference(&[(-7000, 999)]), 0);
        assert_eq!(difference(&[(-7000, 999), (-300, 700)]), 0);
    }

    #[test]
    fn a_clock_that_is_off_is_told_by_the_narrowest_bounds() {
        assert_eq!(difference(&[(59_000, 66_000), (59_900, 60_900)]), 60_400);
        assert_eq!(difference(&[(-61_000, -60_000)]), -60_500);
    }

    #[test]
    fn without_a_date_there_is_none_and_a_clock_that_was_set_counts_as_it_is_now() {
        assert_eq!(difference(&[]), 0);
        assert_eq!(difference(&[(59_000, 60_000), (-100, 900)]), 0);
        assert!(!Ahead::default().is_vague());
    }
}
