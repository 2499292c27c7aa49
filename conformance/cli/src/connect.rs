//! Reaching an endpoint: settings, identities, and what the run agrees to do there.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bucketlaw_conformance::exit::Code;
use bucketlaw_conformance::report;
use bucketlaw_conformance::run::{Compliance, Plan, Terms};
use bucketlaw_conformance::session::{Addressing, Identity, Session};
use bucketlaw_conformance::target::{self, Flags, Process, Role, Settings, TargetFile};
use bucketlaw_conformance::wire::sign::Credentials;
use bucketlaw_conformance::wire::{Client, Endpoint, Options, Trust};
use bucketlaw_model::clause;

use crate::Failed;
use crate::embedded::{ACCOUNTS, Embedded, credentials};
use crate::folder;
use crate::interrupt;

mod preflight;
mod tidy;

use preflight::{Known, preflight};
pub(crate) use tidy::{CleanArguments, clean_up, tidy};

/// How an endpoint is named and reached, as the aws-cli does it, and what may be done there.
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
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    timeout: u64,
    /// Seconds that retention of programs that do not wait lasts.
    #[arg(long, value_name = "SECONDS", default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) max_retention: u64,
    /// How many buckets may exist at once: programs wait for those of others to be removed.
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    max_buckets: Option<usize>,
    /// How many requests are sent a second, by all jobs together.
    #[arg(long, value_name = "REQUESTS", value_parser = rate)]
    rate: Option<f64>,
    /// What bucket names start with.
    #[arg(long, value_name = "TEXT", default_value = "bucketlaw", value_parser = bucket_prefix)]
    pub(crate) bucket_prefix: String,
    /// Beyond the loopback interface: agrees to what the run creates.
    #[arg(long)]
    yes: bool,
    /// Beyond the loopback interface: allows locks in COMPLIANCE mode, which nobody can remove before their time.
    #[arg(long)]
    allow_compliance: bool,
    /// Also makes COMPLIANCE locks of a day, which outlive the run: their buckets stay, as nobody can remove them before.
    #[arg(long)]
    leave_locks: bool,
    /// Seconds that a target which does not answer any more is waited for, before the run ends.
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(0..=86_400))]
    recovery: u64,
    /// How many programs run at a time.
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = at_least_one)]
    pub(crate) jobs: usize,
}

impl Reach {
    /// How the same endpoint is named again on a command line, with a space in front; nothing for the reference server.
    pub(crate) fn words(&self) -> String {
        let path = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
        let valued = [
            ("endpoint-url", self.endpoint_url.clone()),
            ("target", path(&self.target)),
            ("region", self.region.clone()),
            ("profile", self.profile.clone()),
            ("ca-bundle", path(&self.ca_bundle)),
        ];
        let flags = [
            ("no-verify-ssl", self.no_verify_ssl),
            ("yes", self.yes),
            ("allow-compliance", self.allow_compliance),
            ("leave-locks", self.leave_locks),
        ];
        let valued = valued
            .into_iter()
            .filter_map(|(name, value)| value.map(|value| format!(" --{name} {value}")));
        let flags = flags
            .into_iter()
            .filter(|(_, set)| *set)
            .map(|(name, _)| format!(" --{name}"));
        valued.chain(flags).collect()
    }
}

/// Reads `--max-buckets` and `--jobs`.
fn at_least_one(text: &str) -> Result<usize, String> {
    let number = text.parse().ok();
    number
        .filter(|number| *number > 0)
        .ok_or_else(|| "write a number from 1".to_owned())
}

/// Reads `--rate`.
fn rate(text: &str) -> Result<f64, String> {
    let rate = text.parse::<f64>().ok();
    rate.filter(|rate| (0.001..=1e6).contains(rate))
        .ok_or_else(|| "write requests a second, from 0.001 to 1000000".to_owned())
}

/// Reads `--bucket-prefix`: what can begin the name of a bucket, with room for the run and the program behind it.
fn bucket_prefix(text: &str) -> Result<String, String> {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if (1..=20).contains(&text.len()) && text.bytes().all(fits) && !text.starts_with('-') {
        Ok(text.to_owned())
    } else {
        Err("write 1 to 20 lower-case letters, digits and hyphens, no hyphen first".to_owned())
    }
}

/// What an endpoint is reached for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose {
    /// So many programs run there.
    Run(usize),
    /// What an earlier run left is removed.
    Clean,
}

/// An endpoint that answers, and how it is judged.
pub(crate) struct Target {
    pub(crate) session: Session,
    pub(crate) plan: Plan,
    pub(crate) report: report::Target,
    pub(crate) deviations: Vec<target::Declared>,
    pub(crate) embedded: Option<Embedded>,
}

/// Finds the endpoint that the arguments name, or starts the reference server.
///
/// What is made at an endpoint, by the preflight too, is written down in the folder before it is made.
pub(crate) fn connect(reach: &Reach, purpose: Purpose, folder: Option<&Path>) -> Result<Target, Failed> {
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
    let settle = i64::try_from(settings.settle.as_millis()).unwrap_or(i64::MAX);
    let plan = Plan {
        prefix: format!("{}-{run}-", reach.bucket_prefix),
        jobs: reach.jobs,
        short_unit: 4000,
        long_unit: i64::try_from(reach.max_retention)
            .unwrap_or(20)
            .saturating_mul(1000),
        guard: 1000,
        terms: Terms {
            max_buckets: reach.max_buckets,
            settle,
            ..Terms::default()
        },
    };
    let watch = plan.terms.watch.clone();
    watch.wait_for_recovery(Duration::from_secs(reach.recovery));
    let reached = match &settings.endpoint {
        None if matches!(purpose, Purpose::Clean) => Err(Failed::usage(
            "name the endpoint that the run was at: --endpoint-url URL or --target FILE",
        )),
        None => embedded(reach, plan),
        Some(endpoint) => {
            let out = folder;
            external(reach, plan, &settings, (endpoint.value.clone(), purpose), out)
        }
    };
    match reached {
        Err(_) if watch.is_interrupted() => Err(Failed(
            Code::Interrupted,
            "interrupted before the first program ran".to_owned(),
        )),
        reached => reached,
    }
}

fn embedded(reach: &Reach, plan: Plan) -> Result<Target, Failed> {
    interrupt::watch(&plan.terms.watch)?;
    let server = Embedded::start()?;
    let endpoint = server
        .url
        .parse()
        .map_err(|error| Failed(Code::Bug, format!("{}: {error}", server.url)))?;
    let roots = ACCOUNTS.map(|(account, key, secret)| Identity::root(account, credentials(key, secret)));
    let session = Session::of_roots(client(endpoint, reach, Trust::System, &plan)?, roots);
    let known = Known {
        product: Some("bucketlaw-server".to_owned()),
        version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        ..Known::default()
    };
    let mut target = preflight(session, plan, known)?;
    target.report.embedded = true;
    target.embedded = Some(server);
    Ok(target)
}

fn external(
    reach: &Reach,
    mut plan: Plan,
    settings: &Settings,
    (endpoint, purpose): (Endpoint, Purpose),
    folder: Option<&Path>,
) -> Result<Target, Failed> {
    let near = is_loopback(&endpoint.host);
    let leaves_locks = reach.leave_locks || settings.disposable;
    plan.terms.compliance = match (near || reach.allow_compliance, leaves_locks) {
        (false, _) => Compliance::Forbidden,
        (true, false) => Compliance::Short,
        (true, true) => Compliance::Any,
    };
    if !near && !reach.yes {
        return Err(Failed::usage(creates(reach, &plan, settings, &endpoint, purpose)));
    }
    let owner = identity(settings, Role::Owner).ok_or_else(|| {
        Failed::usage("no credentials for the owner: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or a target file")
    })?;
    let trust = match (&settings.tls.ca_bundle, settings.tls.verify) {
        (_, false) => Trust::Anything,
        (Some(bundle), true) => Trust::Bundle(bundle.clone()),
        (None, true) => Trust::System,
    };
    interrupt::watch(&plan.terms.watch)?;
    // What is made at an endpoint of somebody's is taken away as soon as it is not needed.
    plan.terms.remove = true;
    let session = Session {
        client: client(endpoint, reach, trust, &plan)?,
        region: settings.region.value.clone(),
        addressing: match settings.addressing {
            target::Addressing::Virtual => Addressing::Virtual,
            target::Addressing::Auto | target::Addressing::Path => Addressing::Path,
        },
        // The preflight knows more.
        owner_is_root: false,
        other_is_root: false,
        owner,
        user: identity(settings, Role::User),
        other: identity(settings, Role::Other),
        iam: settings.capabilities.iam.unwrap_or(false),
        wildcards: true,
        skew: 0,
    };
    let known = Known {
        product: settings.product.clone(),
        version: settings.version.clone(),
        external: Some(purpose),
        addressing: settings.addressing,
        sts: settings.capabilities.sts,
        declared: settings.identities.clone(),
    };
    if let Some(folder) = folder {
        keep(&plan, folder)?;
    }
    let mut target = preflight(session, plan, known)?;
    target.deviations.clone_from(&settings.deviations);
    Ok(target)
}

/// Keeps what the run makes in a file of its folder, from now on; what an earlier run left there stays known.
fn keep(plan: &Plan, folder: &Path) -> Result<(), Failed> {
    let failed = |error: std::io::Error| folder::cannot_write(folder, &error);
    folder::keep_earlier(folder).map_err(failed)?;
    let run = plan.prefix.trim_end_matches('-');
    let kept = plan.terms.ledger.keep_in(&folder.join(folder::MADE), run);
    kept.map_err(failed)
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

/// Whether an identity is the root user of its account: as the target file says, or else as its name does, declared or
/// found out.
fn is_root(declared: Option<&target::Identity>, role: Role, found: Option<&str>) -> bool {
    let Some(identity) = declared else {
        return true;
    };
    let named = identity
        .arn
        .clone()
        .or_else(|| found.map(str::to_owned))
        .unwrap_or_else(|| principal(identity, role));
    identity.root.unwrap_or_else(|| named.ends_with(":root"))
}

/// An identity as the settings have it.
fn identity(settings: &Settings, role: Role) -> Option<Identity> {
    let one = settings.identity(role)?;
    let token = one.credentials.session_token.as_ref();
    Some(Identity {
        credentials: Credentials {
            access_key: one.credentials.access_key_id.clone(),
            secret: one.credentials.secret_access_key.reveal().to_owned(),
            session_token: token.map(|token| token.reveal().to_owned()),
        },
        principal: principal(one, role),
        user_name: one.arn.as_deref().map(user_of).unwrap_or_default(),
        operator: one.operator,
    })
}

/// The name of a user, as its ARN ends in it.
fn user_of(arn: &str) -> String {
    arn.rsplit('/').next().unwrap_or_default().to_owned()
}

/// Whether a host is this machine, so that nothing is sent beyond it.
fn is_loopback(host: &str) -> bool {
    host.parse::<std::net::IpAddr>().map_or_else(
        |_| host == "localhost" || host.ends_with(".localhost"),
        |ip| ip.is_loopback(),
    )
}

/// What is done at an endpoint beyond the loopback interface, for who has to agree to it.
fn creates(reach: &Reach, plan: &Plan, settings: &Settings, endpoint: &Endpoint, purpose: Purpose) -> String {
    let host = endpoint.authority();
    let programs = match purpose {
        Purpose::Clean => {
            return format!(
                "this removes buckets, with all that is in them, and IAM users of an earlier run at {host}; add --yes to agree"
            );
        }
        Purpose::Run(1) => "1 program".to_owned(),
        Purpose::Run(programs) => format!("{programs} programs"),
    };
    let compliance = match plan.terms.compliance {
        Compliance::Forbidden => "leaves out those that make COMPLIANCE locks (--allow-compliance runs them)",
        Compliance::Short => "makes COMPLIANCE locks that end with the run",
        Compliance::Any => "makes COMPLIANCE locks, some of a day and more, which nobody can remove before",
    };
    let at_once = plan
        .terms
        .max_buckets
        .map_or_else(String::new, |most| format!(", at most {most} at once"));
    let users = if settings.capabilities.iam == Some(true) {
        " and IAM users"
    } else {
        ""
    };
    format!(
        "nothing was sent. This run sends {programs} to {host}: it creates buckets{users} named {}-*{at_once}, puts small \
         objects with retention of up to some times {} seconds into them, {compliance}, and removes at the end what can be \
         removed; add --yes to agree",
        reach.bucket_prefix, reach.max_retention
    )
}

fn client(endpoint: Endpoint, reach: &Reach, trust: Trust, plan: &Plan) -> Result<Client, Failed> {
    let options = Options {
        timeout: Duration::from_secs(reach.timeout),
        trust,
        cut: plan.terms.watch.cut(),
        apart: reach
            .rate
            .map_or(Duration::ZERO, |rate| Duration::from_secs_f64(rate.recip())),
        ..Options::default()
    };
    Client::new(endpoint, options).map_err(|error| Failed::usage(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_near() {
        for host in ["127.0.0.1", "127.1.2.3", "::1", "localhost", "s3.localhost"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "127.example.com",
            "localhost.example.com",
            "10.0.0.1",
            "::2",
            "0.0.0.0",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn prefixes_and_rates_are_checked() {
        assert!(bucket_prefix("my-run").is_ok());
        for wrong in ["", "-a", "A", "a.b", "abcdefghijklmnopqrstu"] {
            assert!(bucket_prefix(wrong).is_err(), "{wrong}");
        }
        assert_eq!(rate("0.5"), Ok(0.5));
        for wrong in ["0", "-1", "nan", "inf", "many"] {
            assert!(rate(wrong).is_err(), "{wrong}");
        }
    }
}
