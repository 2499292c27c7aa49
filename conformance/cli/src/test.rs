//! `bucketlaw test`: runs the suite at an endpoint and judges what happens.

use std::io::{BufWriter, IsTerminal};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bucketlaw_conformance::exit::Code;
use bucketlaw_conformance::history::{self, History};
use bucketlaw_conformance::judge::{Judgement, judge};
use bucketlaw_conformance::report::{self, Partition, Report, Verdict};
use bucketlaw_conformance::run::{self, Plan};
use bucketlaw_conformance::session::{Addressing, Identity, Session};
use bucketlaw_conformance::suite::{self, Entry};
use bucketlaw_conformance::target::{self, Flags, Process, Role, Settings, TargetFile, deviation};
use bucketlaw_conformance::verdicts;
use bucketlaw_conformance::wire::sign::Credentials;
use bucketlaw_conformance::wire::{Client, Options, Trust};
use bucketlaw_model::clause;
use bucketlaw_model::describe;
use bucketlaw_model::law::Law;

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
    max_retention: u64,
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

/// The options of `test`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    reach: Reach,
    /// Clauses to judge: ids, or globs such as 'LOCK-DEL-*'.
    ids: Vec<String>,
    /// Judges one area only.
    #[arg(long)]
    area: Option<String>,
    /// Judges clauses of this severity only: critical, high, medium, low.
    #[arg(long)]
    severity: Option<String>,
    /// Judges again what failed in an earlier report.
    #[arg(long, value_name = "REPORT.JSON")]
    failed_from: Option<PathBuf>,
    /// Accepts only our branch where S3 is undocumented.
    #[arg(long)]
    strict: bool,
    /// The seed of the run, which orders the programs.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Runs one part of the programs; the reports are put together by `bucketlaw report merge`.
    #[arg(long, value_name = "hash:K/N")]
    partition: Option<Partition>,
    /// Lists the programs that would run, and runs nothing.
    #[arg(long)]
    list: bool,
    /// Where report.json, report.html, junit.xml, history.ndjson and failures/ are written.
    #[arg(long, value_name = "DIR", default_value = ".bucketlaw")]
    out: PathBuf,
    /// Prints the deviations of the run as they would be declared in the target file.
    #[arg(long)]
    write_deviations: bool,
}

/// An endpoint that answers, and how it is judged.
pub(crate) struct Target {
    pub(crate) session: Session,
    pub(crate) plan: Plan,
    pub(crate) report: report::Target,
    pub(crate) deviations: Vec<target::Declared>,
    embedded: Option<Embedded>,
}

/// Runs and judges the suite.
pub(crate) fn run(arguments: &Arguments) -> Result<Code, Failed> {
    let entries = selected(arguments)?;
    if arguments.list {
        for entry in &entries {
            println!("{}  {}  {}", entry.id, entry.path, entry.tells.join(" "));
        }
        return Ok(Code::AsExpected);
    }
    let law = if arguments.strict {
        Law::strict()
    } else {
        Law::full()
    };
    let mut target = connect(&arguments.reach)?;
    let started = jiff::Timestamp::now();
    let clock = Instant::now();
    let histories = run::run(&target.session, &target.plan, &entries, &progress(entries.len()));
    let judgements: Vec<Judgement> = histories.iter().map(|history| judge(&law, history)).collect();
    if let Some(embedded) = &mut target.embedded
        && !embedded.is_running()
    {
        return Err(Failed(
            Code::TargetCrashed,
            "the reference server ended during the run".to_owned(),
        ));
    }
    let mut report = Report::new(target.report.clone(), law_of_report(&law), arguments.seed);
    report.started = started.to_string();
    report.seconds = clock.elapsed().as_secs_f64();
    report.requests = histories.iter().map(|history| history.steps.len() as u64).sum();
    report.scope.partition = arguments.partition.clone();
    report.scope.selection = selection(arguments);
    (report.clauses, report.findings) = verdicts::assemble(&entries, &judgements);
    deviation::apply(&mut report, &target.deviations);
    report.settle();
    write(&arguments.out, &report, &histories)?;
    let options = report::terminal::Options {
        folder: Some(arguments.out.display().to_string()),
        ..report::terminal::Options::detect()
    };
    print!("{}", report::terminal::summary(&report, &options));
    if arguments.write_deviations {
        print!(
            "{}",
            deviation::draft(&report, &started.strftime("%Y-%m-%d").to_string())
        );
    }
    Ok(Code::of(&report))
}

/// Shows how far a run is, on a terminal only.
fn progress(all: usize) -> impl Fn(usize) + Sync {
    let shown = std::io::stderr().is_terminal();
    move |done| {
        if shown {
            eprint!(
                "\r{done} of {all} programs{}",
                if done == all { "\n" } else { "" }
            );
        }
    }
}

pub(crate) fn law_of_report(law: &Law) -> report::Law {
    let named = |facet: &clause::FacetId, branch: &u8| (facet.to_string(), describe::branch(*facet, *branch));
    report::Law {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        hash: format!("{:016x}", law.hash()),
        repealed: law
            .repealed()
            .iter()
            .map(|(facet, route)| format!("{facet}@{route}"))
            .collect(),
        branches: law
            .fixed()
            .iter()
            .map(|(facet, branch)| named(facet, branch))
            .collect(),
    }
}

fn selection(arguments: &Arguments) -> Vec<String> {
    let mut words = arguments.ids.clone();
    words.extend(arguments.area.iter().map(|area| format!("--area {area}")));
    words.extend(
        arguments
            .severity
            .iter()
            .map(|severity| format!("--severity {severity}")),
    );
    words.extend(
        arguments
            .failed_from
            .iter()
            .map(|file| format!("--failed-from {}", file.display())),
    );
    words
}

/// The programs of the suite that the arguments name, in the order of the seed.
fn selected(arguments: &Arguments) -> Result<Vec<Entry>, Failed> {
    let mut entries = suite::embedded().map_err(|error| Failed(Code::Bug, error.to_string()))?;
    let failed = match &arguments.failed_from {
        None => None,
        Some(path) => Some(
            read_report(path)?
                .failed()
                .into_iter()
                .map(str::to_owned)
                .collect::<Vec<_>>(),
        ),
    };
    for pattern in &arguments.ids {
        if !clause::all().any(|clause| matches_glob(pattern, clause.id)) {
            return Err(Failed::usage(format!(
                "no clause is named `{pattern}`; `bucketlaw spec --search TEXT` finds clauses by their words"
            )));
        }
    }
    let wanted = |words: &String| {
        let Some(clause) = words.split('/').next().and_then(clause::find) else {
            return false;
        };
        let named = arguments.ids.is_empty()
            || arguments
                .ids
                .iter()
                .any(|pattern| matches_glob(pattern, clause.id));
        let failed = failed
            .as_ref()
            .is_none_or(|failed| failed.iter().any(|id| id == clause.id));
        let area = arguments
            .area
            .as_ref()
            .is_none_or(|area| area == clause.area.name());
        let severity = arguments
            .severity
            .as_ref()
            .is_none_or(|severity| severity == clause.severity.name());
        named && failed && area && severity
    };
    for entry in &mut entries {
        entry.tells.retain(wanted);
    }
    entries.retain(|entry| {
        !entry.tells.is_empty()
            && arguments
                .partition
                .as_ref()
                .is_none_or(|partition| partition.takes(&entry.id))
    });
    // Equal seeds give equal orders on every machine.
    let mix = |id: &str| {
        id.bytes()
            .fold(arguments.seed ^ 0x9e37_79b9_7f4a_7c15, |hash, byte| {
                (hash ^ u64::from(byte))
                    .wrapping_mul(0x0100_0000_01b3)
                    .rotate_left(23)
            })
    };
    entries.sort_by_key(|entry| (!entry.program.waits(), mix(&entry.id)));
    Ok(entries)
}

fn matches_glob(pattern: &str, id: &str) -> bool {
    bucketlaw_model::policy::glob(pattern.as_bytes(), id.as_bytes(), true)
}

pub(crate) fn read_report(path: &Path) -> Result<Report, Failed> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failed::usage(format!("{}: {error}", path.display())))?;
    report::json::read(&text).map_err(|error| Failed::usage(format!("{}: {error}", path.display())))
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

fn external(
    reach: &Reach,
    plan: Plan,
    settings: &Settings,
    endpoint: bucketlaw_conformance::wire::Endpoint,
) -> Result<Target, Failed> {
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
            principal: one
                .arn
                .clone()
                .or_else(|| one.account.as_ref().map(|id| format!("arn:aws:iam::{id}:root")))
                .unwrap_or_default(),
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

fn client(
    endpoint: bucketlaw_conformance::wire::Endpoint,
    timeout: u64,
    trust: Trust,
) -> Result<Client, Failed> {
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
    let listing = bucketlaw_conformance::wire::RawRequest::new("GET", "/");
    let service = bucketlaw_conformance::lower::Service::S3;
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
    if session.iam && session.user.is_none() {
        match session.make_user(&format!("{}user", plan.prefix)) {
            Ok(user) => session.user = Some(user),
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
            root: identity.principal.ends_with(":root"),
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
    })
}

/// Writes the report, the history and what is needed to replay each finding.
fn write(out: &Path, report: &Report, histories: &[History]) -> Result<(), Failed> {
    let failed = |error: std::io::Error| Failed::usage(format!("cannot write to {}: {error}", out.display()));
    report::write(out, report).map_err(failed)?;
    let file = std::fs::File::create(out.join("history.ndjson")).map_err(failed)?;
    history::write(histories, BufWriter::new(file)).map_err(failed)?;
    let failures = out.join("failures");
    if failures.exists() {
        std::fs::remove_dir_all(&failures).map_err(failed)?;
    }
    for finding in &report.findings {
        let folder = failures.join(&finding.clause).join(&finding.id);
        std::fs::create_dir_all(&folder).map_err(failed)?;
        std::fs::write(folder.join("program.txt"), &finding.program).map_err(failed)?;
        let explain = format!(
            "{}: {}\n\nexpected  {}\ngot       {}\n\n{}",
            finding.clause, finding.title, finding.expected, finding.got, finding.explanation
        );
        std::fs::write(folder.join("explain.txt"), explain).map_err(failed)?;
    }
    debug_assert!(report.count(Verdict::Violated) == 0 || !report.findings.is_empty());
    Ok(())
}
