//! Reaching an endpoint: settings, identities, preflight, and clean-up afterwards.

use std::path::PathBuf;
use std::time::Duration;

use bucketlaw_conformance::clean::{clean, until};
use bucketlaw_conformance::exit::Code;
use bucketlaw_conformance::lower::Service;
use bucketlaw_conformance::report::{self, LeftBehind};
use bucketlaw_conformance::run::Plan;
use bucketlaw_conformance::session::{Addressing, Identity, Session};
use bucketlaw_conformance::target::{self, Flags, Process, Role, Settings, TargetFile};
use bucketlaw_conformance::wire::sign::Credentials;
use bucketlaw_conformance::wire::{Client, Endpoint, Options, RawRequest, Trust};
use bucketlaw_model::clause;
use bucketlaw_model::observed::parse_iso8601;

use crate::Failed;
use crate::embedded::{ACCOUNTS, Embedded, credentials};

/// How an endpoint is named and reached; as the aws-cli does it.
#[derive(Debug, clap::Args)]
pub(crate) struct Reach {
    /// The endpoint. Without one, the reference server is started and judged.
    #[arg(long, value_name = "URL")]
    endpoint_url: Option<String>,
    /// A target file: endpoint, identities, capabilities, declared deviations.
    #[arg(long, value_name = "FILE")]
    target: Option<PathBuf>,
    /// The Region that requests are signed for.
    #[arg(long)]
    region: Option<String>,
    /// A profile of the aws-cli's files.
    #[arg(long)]
    profile: Option<String>,
    /// Trusts the certificate authorities of this file.
    #[arg(long, value_name = "FILE")]
    ca_bundle: Option<PathBuf>,
    /// Does not verify certificates.
    #[arg(long)]
    no_verify_ssl: bool,
    /// Seconds that one request may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    timeout: u64,
    /// Seconds that retention of programs that do not wait lasts.
    #[arg(long, value_name = "SECONDS", default_value_t = 20)]
    pub(crate) max_retention: u64,
    /// What bucket names start with.
    #[arg(long, value_name = "TEXT", default_value = "bucketlaw")]
    bucket_prefix: String,
    /// Beyond the loopback interface: agrees to what the run creates.
    #[arg(long)]
    yes: bool,
    /// How many programs run at a time.
    #[arg(long, value_name = "N", default_value_t = 8)]
    pub(crate) jobs: usize,
}

/// An endpoint that answers, and how it is judged.
pub(crate) struct Target {
    pub(crate) session: Session,
    pub(crate) plan: Plan,
    pub(crate) report: report::Target,
    pub(crate) deviations: Vec<target::Declared>,
    pub(crate) embedded: Option<Embedded>,
    made_user: bool,
}

/// Finds the endpoint that the arguments name, or starts the reference server.
pub(crate) fn connect(reach: &Reach) -> Result<Target, Failed> {
    let flags = Flags {
        endpoint_url: reach.endpoint_url.clone(),
        region: reach.region.clone(),
        profile: reach.profile.clone(),
        ca_bundle: reach.ca_bundle.clone(),
        no_verify_ssl: reach.no_verify_ssl,
    };
    let file = match &reach.target {
        None => None,
        Some(path) => Some(TargetFile::read(path, &Process).map_err(Failed::usage)?),
    };
    if let Some(file) = &file {
        file.check_clauses(clause::all().map(|clause| clause.id))
            .map_err(Failed::usage)?;
    }
    let settings = target::resolve(&flags, file.as_ref(), &Process).map_err(Failed::usage)?;
    let run = format!("{:x}", jiff::Timestamp::now().as_millisecond() & 0xffff_ffff);
    let plan = Plan {
        prefix: format!("{}-{run}-", reach.bucket_prefix),
        jobs: reach.jobs,
        short_unit: 4000,
        long_unit: i64::try_from(reach.max_retention)
            .unwrap_or(20)
            .saturating_mul(1000),
        guard: 1000,
    };
    match &settings.endpoint {
        None => embedded(reach, plan),
        Some(endpoint) => external(reach, plan, &settings, endpoint.value.clone()),
    }
}

fn embedded(reach: &Reach, plan: Plan) -> Result<Target, Failed> {
    let server = Embedded::start()?;
    let endpoint = server
        .url
        .parse()
        .map_err(|error| Failed(Code::Bug, format!("{}: {error}", server.url)))?;
    let [owner, other] = ACCOUNTS.map(|(account, key, secret)| Identity {
        credentials: credentials(key, secret),
        principal: format!("arn:aws:iam::{account}:root"),
        user_name: String::new(),
    });
    let client = client(endpoint, reach.timeout, Trust::System)?;
    let session = Session {
        client,
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
    let product = Some("bucketlaw-server".to_owned());
    let mut target = preflight(session, plan, product, Some(env!("CARGO_PKG_VERSION").to_owned()))?;
    target.embedded = Some(server);
    Ok(target)
}

fn external(reach: &Reach, plan: Plan, settings: &Settings, endpoint: Endpoint) -> Result<Target, Failed> {
    let host = endpoint.authority();
    let loopback = ["127.", "localhost", "[::1]"]
        .iter()
        .any(|start| host.starts_with(start));
    if !loopback && !reach.yes {
        return Err(Failed::usage(format!(
            "this run creates buckets named {}* at {host}, puts objects with retention of up to {} seconds into them, and \
             removes them again; add --yes to agree",
            plan.prefix, reach.max_retention
        )));
    }
    let identity = |role: Role| {
        settings.identity(role).map(|one| Identity {
            credentials: Credentials {
                access_key: one.credentials.access_key_id.clone(),
                secret: one.credentials.secret_access_key.reveal().to_owned(),
                session_token: one
                    .credentials
                    .session_token
                    .as_ref()
                    .map(|token| token.reveal().to_owned()),
            },
            principal: principal(one, role),
            user_name: one
                .arn
                .as_deref()
                .and_then(|arn| arn.rsplit('/').next())
                .unwrap_or_default()
                .to_owned(),
        })
    };
    let owner = identity(Role::Owner).ok_or_else(|| {
        Failed::usage("no credentials for the owner: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or a target file")
    })?;
    let trust = match (&settings.tls.ca_bundle, settings.tls.verify) {
        (_, false) => Trust::Anything,
        (Some(bundle), true) => Trust::Bundle(bundle.clone()),
        (None, true) => Trust::System,
    };
    let addressing = match settings.addressing {
        target::Addressing::Virtual => Addressing::Virtual,
        target::Addressing::Auto | target::Addressing::Path => Addressing::Path,
    };
    let session = Session {
        client: client(endpoint, reach.timeout, trust)?,
        region: settings.region.value.clone(),
        addressing,
        owner_is_root: is_root(settings, Role::Owner),
        other_is_root: is_root(settings, Role::Other),
        owner,
        user: identity(Role::User),
        other: identity(Role::Other),
        iam: settings.capabilities.iam.unwrap_or(false),
        skew: 0,
    };
    let mut target = preflight(session, plan, settings.product.clone(), settings.version.clone())?;
    target.deviations.clone_from(&settings.deviations);
    Ok(target)
}

/// How policies name an identity: programs speak of the accounts of `owner` and `other`, and of `user` itself.
fn principal(identity: &target::Identity, role: Role) -> String {
    let account = identity
        .account
        .as_ref()
        .map(|id| format!("arn:aws:iam::{id}:root"));
    let arn = identity.arn.clone();
    match role {
        Role::User => arn.or(account),
        _ => account.or(arn),
    }
    .unwrap_or_default()
}

/// Whether an identity is the root user of its account: as the target file says, or else as its name does.
fn is_root(settings: &Settings, role: Role) -> bool {
    let Some(identity) = settings.identity(role) else {
        return true;
    };
    let named = identity.arn.clone().unwrap_or_else(|| principal(identity, role));
    identity.root.unwrap_or_else(|| named.ends_with(":root"))
}

fn client(endpoint: Endpoint, timeout: u64, trust: Trust) -> Result<Client, Failed> {
    let options = Options {
        timeout: Duration::from_secs(timeout),
        trust,
        ..Options::default()
    };
    Client::new(endpoint, options).map_err(|error| Failed::usage(error.to_string()))
}

/// Asks the endpoint whether it answers, how its clock goes, and for a user.
fn preflight(
    mut session: Session,
    plan: Plan,
    product: Option<String>,
    version: Option<String>,
) -> Result<Target, Failed> {
    let unreachable = |what: String| Failed(Code::Endpoint, what);
    let listing = RawRequest::new("GET", "/");
    let service = Service::S3;
    let exchange = session
        .send(listing, Some(&session.owner.credentials), service)
        .map_err(|failure| {
            unreachable(format!(
                "{}: {failure}; is it running, and is this its address?",
                session.client.endpoint().authority()
            ))
        })?;
    let response = &exchange.response;
    if response.status == 403 || response.status == 401 {
        let code = response
            .xml()
            .ok()
            .and_then(|root| root.text_of("Code").map(str::to_owned))
            .unwrap_or_default();
        return Err(unreachable(format!(
            "the endpoint refuses the owner's key: {} {code}; check the key, the secret and the Region",
            response.status
        )));
    }
    if let Some(date) = response
        .text_header("date")
        .and_then(|date| jiff::fmt::rfc2822::parse(date).ok())
    {
        let middle = (exchange.sent + exchange.received) / 2;
        // The header has whole seconds: less than that is no skew.
        let skew = date.timestamp().as_millisecond() + 500 - middle;
        session.skew = if skew.abs() < 1500 { 0 } else { skew };
    }
    let mut made_user = false;
    if session.iam && session.user.is_none() {
        match session.make_user(&format!("{}user", plan.prefix)) {
            Ok(user) => {
                session.user = Some(user);
                made_user = true;
            }
            Err(why) => eprintln!(
                "no IAM user could be made, programs that need one are not run: {}",
                why.0
            ),
        }
    }
    let roles = [
        ("owner", Some(&session.owner)),
        ("user", session.user.as_ref()),
        ("other", session.other.as_ref()),
    ];
    let identities = roles
        .into_iter()
        .filter_map(|(role, identity)| identity.map(|identity| (role, identity)))
        .map(|(role, identity)| report::Identity {
            role: role.to_owned(),
            root: match role {
                "owner" => session.owner_is_root,
                "other" => session.other_is_root,
                _ => identity.principal.ends_with(":root"),
            },
            account: None,
            arn: Some(identity.principal.clone()).filter(|arn| !arn.is_empty()),
        })
        .collect();
    let version = version.or_else(|| response.text_header("server").map(str::to_owned));
    let report = report::Target {
        endpoint: session.client.endpoint().authority(),
        product,
        version,
        identities,
    };
    Ok(Target {
        session,
        plan,
        report,
        deviations: Vec::new(),
        embedded: None,
        made_user,
    })
}

/// Removes what the run made. Waits out short retention, and returns what stays all the same.
pub(crate) fn tidy(target: &Target, max_retention: u64) -> Result<Vec<LeftBehind>, Failed> {
    let session = &target.session;
    let failed = |failure| {
        Failed(
            Code::CleanUpIncomplete,
            format!("the clean-up was cut short: {failure}"),
        )
    };
    let once = || clean(session, &target.plan.prefix, target.plan.jobs).map_err(failed);
    let mut left = once()?;
    // The farthest date of a program is a few units away.
    let patience = i64::try_from(max_retention.saturating_mul(5000)).unwrap_or(i64::MAX);
    if let Some(last) = until(&left).and_then(parse_iso8601) {
        let wait = last.0 - session.client.now() - session.skew + 2000;
        if (0..patience).contains(&wait) {
            eprintln!(
                "waiting {} s for the retention of {} versions to end",
                wait / 1000,
                left.len()
            );
            std::thread::sleep(Duration::from_millis(wait.unsigned_abs()));
            left = once()?;
        }
    }
    if target.made_user
        && let Some(user) = &session.user
    {
        session.remove_user(user).map_err(failed)?;
    }
    Ok(left)
}

/// The options of `clean`.
#[derive(Debug, clap::Args)]
pub(crate) struct CleanArguments {
    #[command(flatten)]
    reach: Reach,
    /// The run: what its bucket names start with, as its report says under `left_behind`.
    #[arg(long, value_name = "ID")]
    run: String,
}

/// Removes what an earlier run left behind.
pub(crate) fn clean_up(arguments: &CleanArguments) -> Result<Code, Failed> {
    let mut target = connect(&arguments.reach)?;
    if target.embedded.is_some() {
        return Err(Failed::usage(
            "name the endpoint that the run was at: --endpoint-url URL or --target FILE",
        ));
    }
    let own = format!("{}-", arguments.reach.bucket_prefix);
    let run = arguments.run.trim_end_matches('-');
    let run = if run.starts_with(&own) {
        format!("{run}-")
    } else {
        format!("{own}{run}-")
    };
    target.plan.prefix = run;
    let left = tidy(&target, 0)?;
    for behind in &left {
        let of = |part: &Option<String>| part.clone().unwrap_or_default();
        println!(
            "{} {} {} {} {}",
            behind.bucket,
            of(&behind.key),
            of(&behind.version),
            behind.reason,
            of(&behind.until)
        );
    }
    Ok(if left.is_empty() {
        Code::AsExpected
    } else {
        Code::CleanUpIncomplete
    })
}
