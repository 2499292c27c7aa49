//! How to reach a target, as whom, and what is known about it beforehand.
//!
//! Where settings disagree: flags, then the target file (it is named by a flag), then the `AWS_*` environment, then the
//! profile in `~/.aws`, as the aws-cli has them.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use crate::wire::Endpoint;

pub mod credentials;
pub mod deviation;
pub mod file;

use credentials::Aws;
pub use credentials::{Credentials, Secret};
pub use deviation::Declared;
pub use file::TargetFile;

/// The region that requests are signed for when nobody names one.
const DEFAULT_REGION: &str = "us-east-1";

/// What is wrong with a setting: where, what and what to do, in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file, if it is in one.
    pub file: Option<PathBuf>,
    /// The line in that file.
    pub line: Option<usize>,
    /// What is wrong, and what to do.
    pub what: String,
}

impl Problem {
    /// Describes a problem that is in no file.
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self {
            file: None,
            line: None,
            what: what.into(),
        }
    }

    /// Says in which file the problem is, and where.
    pub(crate) fn at(file: &Path, line: Option<usize>, what: impl Into<String>) -> Self {
        Self {
            file: Some(file.to_owned()),
            line,
            what: what.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(formatter, "{}:", file.display())?;
            if let Some(line) = self.line {
                write!(formatter, "{line}:")?;
            }
            formatter.write_str(" ")?;
        }
        formatter.write_str(&self.what)
    }
}

impl std::error::Error for Problem {}

/// What the process finds around it: variables and files, so that tests can bring their own.
pub trait Surroundings {
    /// Returns the value of an environment variable, if it is set.
    fn variable(&self, name: &str) -> Option<String>;

    /// Reads a text file.
    ///
    /// # Errors
    ///
    /// Fails if the file is not there, can't be read or is not UTF-8.
    fn read(&self, path: &Path) -> io::Result<String>;
}

/// The surroundings of this process.
#[derive(Debug, Clone, Copy, Default)]
pub struct Process;

impl Surroundings for Process {
    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn read(&self, path: &Path) -> io::Result<String> {
        std::fs::read_to_string(path)
    }
}

/// The flags that the aws-cli has too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flags {
    /// `--endpoint-url URL`.
    pub endpoint_url: Option<String>,
    /// `--region NAME`.
    pub region: Option<String>,
    /// `--profile NAME`.
    pub profile: Option<String>,
    /// `--ca-bundle FILE`.
    pub ca_bundle: Option<PathBuf>,
    /// `--no-verify-ssl`.
    pub no_verify_ssl: bool,
}

/// How buckets are addressed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Addressing {
    /// The preflight finds out.
    #[default]
    Auto,
    /// The bucket is the first part of the path.
    Path,
    /// The bucket is the first label of the host.
    Virtual,
}

/// Who an identity is to the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The account that owns the buckets.
    Owner,
    /// A user of the same account.
    User,
    /// Someone of a second account.
    Other,
}

impl Role {
    /// Every role that needs credentials.
    pub const ALL: [Self; 3] = [Self::Owner, Self::User, Self::Other];

    /// Returns the name, as target files and programs have it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::User => "user",
            Self::Other => "other",
        }
    }
}

/// A caller with its credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Who it is to the target.
    pub role: Role,
    /// How it signs.
    pub credentials: Credentials,
    /// Its ARN, if declared.
    pub arn: Option<String>,
    /// Its account, if declared.
    pub account: Option<String>,
    /// Whether it is the root of its account, if declared.
    pub root: Option<bool>,
    /// Whether it administers the whole store, beyond its account.
    pub operator: bool,
}

/// What the target is declared to have; what is not declared is found out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Capabilities {
    /// Whether it has an IAM API at the endpoint, so that identities can be made.
    pub iam: Option<bool>,
    /// Whether it has an STS API at the endpoint.
    pub sts: Option<bool>,
}

/// How the endpoint's certificate is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// Whether it is checked at all.
    pub verify: bool,
    /// The certificates that are trusted instead of the system's.
    pub ca_bundle: Option<PathBuf>,
}

/// A setting and where it came from, for messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sourced<T> {
    /// The setting.
    pub value: T,
    /// Where it came from: `--region`, `AWS_REGION`, `profile alt`, …
    pub origin: String,
}

impl<T> Sourced<T> {
    fn new(value: T, origin: impl Into<String>) -> Self {
        Self {
            value,
            origin: origin.into(),
        }
    }
}

/// Everything that is known about a target before the first request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The endpoint; none if nobody named one, and then the reference server is judged.
    pub endpoint: Option<Sourced<Endpoint>>,
    /// The region that requests are signed for.
    pub region: Sourced<String>,
    /// How buckets are addressed.
    pub addressing: Addressing,
    /// How the endpoint's certificate is checked.
    pub tls: Tls,
    /// The identities that there are credentials for; the owner comes first, if there is one.
    pub identities: Vec<Identity>,
    /// What the target is declared to have.
    pub capabilities: Capabilities,
    /// How long a change may take to be seen everywhere.
    pub settle: Duration,
    /// Whether everything at the target may be lost: COMPLIANCE locks of a day are made there.
    pub disposable: bool,
    /// The product, if declared.
    pub product: Option<String>,
    /// The product's version, if declared.
    pub version: Option<String>,
    /// The declared deviations.
    pub deviations: Vec<Declared>,
}

impl Settings {
    /// Finds the identity with this role.
    #[must_use]
    pub fn identity(&self, role: Role) -> Option<&Identity> {
        self.identities.iter().find(|identity| identity.role == role)
    }
}

/// Finds out everything that is known about a target before the first request.
///
/// # Errors
///
/// Fails with one message if a setting is wrong, half there, or needs something that is not there.
pub fn resolve(
    flags: &Flags,
    file: Option<&TargetFile>,
    around: &dyn Surroundings,
) -> Result<Settings, Problem> {
    let aws = Aws::find(flags, around)?;
    let default = TargetFile::default();
    let given = file.unwrap_or(&default);
    let endpoint = [
        flags
            .endpoint_url
            .clone()
            .map(|url| Sourced::new(url, "--endpoint-url")),
        given
            .endpoint_url
            .clone()
            .map(|url| Sourced::new(url, given.origin())),
    ];
    let endpoint = match endpoint.into_iter().flatten().next() {
        Some(endpoint) => Some(endpoint),
        None => aws.endpoint()?,
    };
    let endpoint = endpoint.as_ref().map(self::endpoint).transpose()?;
    let region = [
        flags
            .region
            .clone()
            .map(|region| Sourced::new(region, "--region")),
        given
            .region
            .clone()
            .map(|region| Sourced::new(region, given.origin())),
        aws.region()?,
    ];
    let region = region
        .into_iter()
        .flatten()
        .next()
        .unwrap_or_else(|| Sourced::new(DEFAULT_REGION.into(), "default"));
    let addressing = match given.addressing {
        Some(addressing) => addressing,
        None => aws.addressing()?.unwrap_or_default(),
    };
    let ca_bundle = match &flags.ca_bundle {
        Some(bundle) => Some(bundle.clone()),
        None => aws.ca_bundle()?,
    };
    // The reference server, which is judged where nobody names an endpoint, has identities of its own: what is wrong with
    // the caller's profile must not stop that.
    let caller = if endpoint.is_some() { Some(&aws) } else { None };
    let identities = identities(given, &aws, caller)?;
    Ok(Settings {
        endpoint,
        region,
        addressing,
        tls: Tls {
            verify: !flags.no_verify_ssl,
            ca_bundle,
        },
        identities,
        capabilities: given.capabilities.clone(),
        settle: given.settle,
        disposable: given.disposable,
        product: given.product.clone(),
        version: given.version.clone(),
        deviations: given.deviations.clone(),
    })
}

/// Finds the credentials of each identity; an owner that the file does not have is the caller of the aws-cli, if asked for.
fn identities(file: &TargetFile, aws: &Aws<'_>, caller: Option<&Aws<'_>>) -> Result<Vec<Identity>, Problem> {
    let mut identities = Vec::new();
    for declared in &file.identities {
        let credentials = match &declared.source {
            file::Source::Keys(credentials) => credentials.clone(),
            file::Source::Profile(profile) => aws.profile(profile).map_err(|problem| match problem.file {
                Some(_) => problem,
                None => Problem {
                    file: file.path.clone(),
                    line: None,
                    ..problem
                },
            })?,
        };
        identities.push(Identity {
            role: declared.role,
            credentials,
            arn: declared.arn.clone(),
            account: declared.account.clone(),
            root: declared.root,
            operator: declared.operator,
        });
    }
    if !identities.iter().any(|identity| identity.role == Role::Owner)
        && let Some(credentials) = caller.map(Aws::caller).transpose()?.flatten()
    {
        identities.push(Identity {
            role: Role::Owner,
            credentials,
            arn: None,
            account: None,
            root: None,
            operator: false,
        });
    }
    identities.sort_by_key(|identity| identity.role);
    Ok(identities)
}

/// Reads an endpoint, so that nothing is built on a wrong one.
fn endpoint(url: &Sourced<String>) -> Result<Sourced<Endpoint>, Problem> {
    if url.value.contains('@') {
        // What stands before an `@` may be a password, so the URL is not repeated.
        let what = "the endpoint (from {}) must not hold credentials: give them as identity or environment";
        return Err(Problem::new(what.replace("{}", &url.origin)));
    }
    let endpoint = url.value.parse::<Endpoint>();
    endpoint
        .map(|endpoint| Sourced::new(endpoint, url.origin.clone()))
        .map_err(|error| Problem::new(format!("{error} (from {})", url.origin)))
}

/// Chooses the known name that is nearest to a wrong one, if it may be meant.
pub(crate) fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let reach = (wrong.chars().count() / 3).max(1);
    let near = known
        .into_iter()
        .map(|name| (strsim::osa_distance(wrong, name), name));
    near.filter(|(distance, _)| *distance <= reach)
        .min()
        .map(|(_, name)| name)
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Surroundings that a test makes up.
    #[derive(Debug, Default)]
    pub(crate) struct Made {
        pub(crate) variables: BTreeMap<&'static str, &'static str>,
        pub(crate) files: BTreeMap<&'static str, &'static str>,
    }

    impl Surroundings for Made {
        fn variable(&self, name: &str) -> Option<String> {
            self.variables.get(name).map(ToString::to_string)
        }

        fn read(&self, path: &Path) -> io::Result<String> {
            let file = path.to_str().and_then(|path| self.files.get(path));
            file.map(ToString::to_string)
                .ok_or_else(|| io::ErrorKind::NotFound.into())
        }
    }

    pub(crate) fn around(
        variables: &[(&'static str, &'static str)],
        files: &[(&'static str, &'static str)],
    ) -> Made {
        Made {
            variables: variables.iter().copied().collect(),
            files: files.iter().copied().collect(),
        }
    }

    const FILE: &str = "endpoint-url = \"http://127.0.0.1:1\"\nregion = \"eu-file-1\"\nsettle = 0.5\n\
                        [identity.other]\nprofile = \"alt\"\nroot = true\n";
    const CREDENTIALS: &str = "[default]\naws_access_key_id = AKD\naws_secret_access_key = SKD\n\
                               [alt]\naws_access_key_id = AKALT\naws_secret_access_key = SKALT\n";

    #[test]
    fn flags_beat_the_file_and_the_file_beats_the_environment() {
        let around = around(
            &[
                ("HOME", "/home/x"),
                ("AWS_ENDPOINT_URL", "http://127.0.0.1:3"),
                ("AWS_REGION", "eu-env-1"),
                ("AWS_CA_BUNDLE", "/ca.pem"),
            ],
            &[("/home/x/.aws/credentials", CREDENTIALS)],
        );
        let file = TargetFile::parse(Path::new("t.toml"), FILE, &around).unwrap();
        let settings = resolve(&Flags::default(), Some(&file), &around).unwrap();
        assert_eq!(
            settings.endpoint,
            Some(Sourced::new("http://127.0.0.1:1".parse().unwrap(), "t.toml"))
        );
        assert_eq!(settings.region.value, "eu-file-1");
        assert_eq!(
            settings.tls,
            Tls {
                verify: true,
                ca_bundle: Some("/ca.pem".into())
            }
        );
        assert_eq!(
            settings.identity(Role::Owner).unwrap().credentials.access_key_id,
            "AKD"
        );
        assert_eq!(
            settings.identity(Role::Other).unwrap().credentials.access_key_id,
            "AKALT"
        );
        let flags = Flags {
            endpoint_url: Some("https://s3.example:443".to_owned()),
            region: Some("eu-flag-1".to_owned()),
            ca_bundle: Some("/flag.pem".into()),
            no_verify_ssl: true,
            ..Flags::default()
        };
        let settings = resolve(&flags, Some(&file), &around).unwrap();
        assert_eq!(settings.endpoint.unwrap().origin, "--endpoint-url");
        assert_eq!(settings.region.value, "eu-flag-1");
        assert_eq!(
            settings.tls,
            Tls {
                verify: false,
                ca_bundle: Some("/flag.pem".into())
            }
        );
        let settings = resolve(&Flags::default(), None, &around).unwrap();
        assert_eq!(settings.endpoint.unwrap().origin, "AWS_ENDPOINT_URL");
        assert_eq!(settings.region.value, "eu-env-1");
    }

    #[test]
    fn with_nothing_given_there_is_no_endpoint_and_nobody() {
        let settings = resolve(&Flags::default(), None, &Made::default()).unwrap();
        assert_eq!((settings.endpoint, settings.identities), (None, Vec::new()));
        assert_eq!(settings.region.value, "us-east-1");
    }

    #[test]
    fn a_profile_that_nobody_needs_does_no_harm() {
        let around = around(
            &[("HOME", "/h")],
            &[(
                "/h/.aws/config",
                "[default]\nsso_session = x\nregion = eu-west-1\n",
            )],
        );
        let settings = resolve(&Flags::default(), None, &around).unwrap();
        assert_eq!(
            (settings.identities, settings.region.value.as_str()),
            (Vec::new(), "eu-west-1")
        );
        let flags = Flags {
            endpoint_url: Some("http://127.0.0.1:1".to_owned()),
            ..Flags::default()
        };
        assert!(resolve(&flags, None, &around).is_err());
    }

    #[test]
    fn an_unusable_endpoint_is_refused() {
        let refusal = |url: &str| {
            let flags = Flags {
                endpoint_url: Some(url.to_owned()),
                ..Flags::default()
            };
            resolve(&flags, None, &Made::default()).unwrap_err().to_string()
        };
        insta::assert_snapshot!(refusal("127.0.0.1:9000"), @r#"the endpoint "127.0.0.1:9000" has no scheme; expected http://HOST[:PORT] or https://HOST[:PORT] (from --endpoint-url)"#);
        insta::assert_snapshot!(refusal("http://"), @r#"the endpoint "http://" has no host; expected http://HOST[:PORT] or https://HOST[:PORT] (from --endpoint-url)"#);
        insta::assert_snapshot!(refusal("http://a:b@c"), @"the endpoint (from --endpoint-url) must not hold credentials: give them as identity or environment");
        insta::assert_snapshot!(refusal("http://a?x"), @r#"the endpoint "http://a?x" has more than a host and a port; expected http://HOST[:PORT] or https://HOST[:PORT] (from --endpoint-url)"#);
    }

    #[test]
    fn a_profile_that_is_missing_is_said_with_the_file_that_wants_it() {
        let around = around(&[("HOME", "/home/x")], &[]);
        let file = TargetFile::parse(Path::new("t.toml"), FILE, &around).unwrap();
        insta::assert_snapshot!(resolve(&Flags::default(), Some(&file), &around).unwrap_err(), @"t.toml: there is no profile `alt`; there are none in ~/.aws; `aws configure` makes one");
    }
}
