//! Credentials and settings as the aws-cli finds them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use super::{Addressing, Flags, Problem, Sourced, Surroundings, nearest};

/// A secret, which no message and no debug output shows.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes a secret in.
    #[must_use]
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// Returns the secret itself, to sign with.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

/// What a caller signs with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The access key id.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: Secret,
    /// The session token, for temporary credentials.
    pub session_token: Option<Secret>,
    /// Where they came from, for messages.
    pub origin: String,
}

/// One section of an INI file, its keys in lower case; a nested key is written `s3.addressing_style`.
type Section = BTreeMap<String, String>;

/// What a profile may hold instead of keys, and what we do not do.
const ELSEWHERE: [&str; 5] = [
    "credential_process",
    "sso_session",
    "sso_start_url",
    "role_arn",
    "web_identity_token_file",
];

/// The environment and the files of the aws-cli.
pub(crate) struct Aws<'a> {
    around: &'a dyn Surroundings,
    /// The profile that is in use, and whether a flag named it.
    profile: String,
    by_flag: bool,
    credentials: Ini,
    config: Ini,
}

impl<'a> Aws<'a> {
    /// Reads the files, if they are there.
    pub(crate) fn find(flags: &Flags, around: &'a dyn Surroundings) -> Result<Self, Problem> {
        let home = around.variable("HOME").or_else(|| around.variable("USERPROFILE"));
        let file = |variable: &str, name: &str| {
            let default = || home.as_ref().map(|home| Path::new(home).join(".aws").join(name));
            match around
                .variable(variable)
                .map(|path| expand(&path, home.as_deref()))
                .or_else(default)
            {
                Some(path) => Ini::read(path, around),
                None => Ok(Ini::default()),
            }
        };
        let from_environment = || {
            around
                .variable("AWS_PROFILE")
                .or_else(|| around.variable("AWS_DEFAULT_PROFILE"))
        };
        let profile = flags.profile.clone().or_else(from_environment);
        let aws = Self {
            around,
            by_flag: flags.profile.is_some(),
            profile: profile.clone().unwrap_or_else(|| "default".to_owned()),
            credentials: file("AWS_SHARED_CREDENTIALS_FILE", "credentials")?,
            config: file("AWS_CONFIG_FILE", "config")?,
        };
        match profile {
            Some(profile) if !aws.profiles().contains(profile.as_str()) => Err(aws.no_profile(&profile)),
            _ => Ok(aws),
        }
    }

    /// Finds the caller's credentials: those of a profile that a flag names, or the environment's, or the profile's.
    ///
    /// That a profile by flag comes before the environment, and one by variable after it, is the aws-cli's order.
    pub(crate) fn caller(&self) -> Result<Option<Credentials>, Problem> {
        if !self.by_flag
            && let Some(credentials) = self.environment()?
        {
            return Ok(Some(credentials));
        }
        let found = self.keys(&self.profile)?;
        if found.is_none() && self.by_flag {
            return Err(self.no_keys(&self.profile));
        }
        Ok(found)
    }

    /// Finds the credentials of a profile that must have some.
    pub(crate) fn profile(&self, name: &str) -> Result<Credentials, Problem> {
        if !self.profiles().contains(name) {
            return Err(self.no_profile(name));
        }
        self.keys(name)?.ok_or_else(|| self.no_keys(name))
    }

    /// Finds the credentials in the environment.
    fn environment(&self) -> Result<Option<Credentials>, Problem> {
        let key = self.set("AWS_ACCESS_KEY_ID");
        let secret = self.set("AWS_SECRET_ACCESS_KEY");
        match (key, secret) {
            (None, None) => Ok(None),
            (Some(_), None) => Err(Problem::new(
                "AWS_ACCESS_KEY_ID is set but AWS_SECRET_ACCESS_KEY is not: set both or none",
            )),
            (None, Some(_)) => Err(Problem::new(
                "AWS_SECRET_ACCESS_KEY is set but AWS_ACCESS_KEY_ID is not: set both or none",
            )),
            (Some(access_key_id), Some(secret)) => Ok(Some(Credentials {
                access_key_id,
                secret_access_key: Secret::new(secret),
                session_token: self.set("AWS_SESSION_TOKEN").map(Secret::new),
                origin: "the environment".to_owned(),
            })),
        }
    }

    /// Finds the keys of a profile: those in the credentials file before those in the config file.
    fn keys(&self, profile: &str) -> Result<Option<Credentials>, Problem> {
        let places = [
            (&self.credentials, self.credentials.section(profile)),
            (&self.config, self.config.profile(profile)),
        ];
        for (file, section) in places
            .iter()
            .filter_map(|(file, section)| section.map(|section| (file, section)))
        {
            let value = |name: &str| section.get(name).filter(|value| !value.is_empty()).cloned();
            match (value("aws_access_key_id"), value("aws_secret_access_key")) {
                (None, None) => {}
                (Some(access_key_id), Some(secret)) => {
                    return Ok(Some(Credentials {
                        access_key_id,
                        secret_access_key: Secret::new(secret),
                        session_token: value("aws_session_token").map(Secret::new),
                        origin: format!("profile {profile}"),
                    }));
                }
                _ => return Err(file.problem(format!(
                    "profile `{profile}` has half a key: it needs aws_access_key_id and aws_secret_access_key"
                ))),
            }
        }
        let sections = places.iter().filter_map(|(_, section)| *section);
        match sections
            .flat_map(Section::keys)
            .find(|key| ELSEWHERE.contains(&key.as_str()))
        {
            Some(key) => Err(Problem::new(format!(
                "profile `{profile}` gets its keys by `{key}`, which bucketlaw does not do: \
                 run `aws configure export-credentials --profile {profile} --format env` and set what it prints"
            ))),
            None => Ok(None),
        }
    }

    /// Finds the endpoint, the service's own before the general one.
    pub(crate) fn endpoint(&self) -> Result<Option<Sourced<String>>, Problem> {
        let ignored = self
            .set("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
            .or_else(|| self.setting("ignore_configured_endpoint_urls"));
        if ignored.is_some_and(|value| value.eq_ignore_ascii_case("true")) {
            return Ok(None);
        }
        for name in ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"] {
            if let Some(url) = self.set(name) {
                return Ok(Some(Sourced::new(url, name)));
            }
        }
        let origin = format!("profile {}", self.profile);
        if let Some(services) = self.setting("services") {
            let section = self
                .config
                .section(&format!("services {services}"))
                .ok_or_else(|| {
                    self.config.problem(format!(
                        "profile `{}` names services `{services}`, and there is no [services {services}]",
                        self.profile
                    ))
                })?;
            if let Some(url) = section.get("s3.endpoint_url") {
                return Ok(Some(Sourced::new(url.clone(), origin)));
            }
        }
        Ok(self.setting("endpoint_url").map(|url| Sourced::new(url, origin)))
    }

    /// Finds the region.
    pub(crate) fn region(&self) -> Result<Option<Sourced<String>>, Problem> {
        for name in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
            if let Some(region) = self.set(name) {
                return Ok(Some(Sourced::new(region, name)));
            }
        }
        Ok(self
            .setting("region")
            .map(|region| Sourced::new(region, format!("profile {}", self.profile))))
    }

    /// Finds the trusted certificates.
    pub(crate) fn ca_bundle(&self) -> Result<Option<PathBuf>, Problem> {
        Ok(self
            .set("AWS_CA_BUNDLE")
            .or_else(|| self.setting("ca_bundle"))
            .map(PathBuf::from))
    }

    /// Finds how buckets are addressed.
    pub(crate) fn addressing(&self) -> Result<Option<Addressing>, Problem> {
        match self.setting("s3.addressing_style").as_deref() {
            None => Ok(None),
            Some("auto") => Ok(Some(Addressing::Auto)),
            Some("path") => Ok(Some(Addressing::Path)),
            Some("virtual") => Ok(Some(Addressing::Virtual)),
            Some(other) => {
                let other = other.escape_debug();
                Err(self.config.problem(format!(
                    "s3.addressing_style is `{other}`; there are auto, path, virtual"
                )))
            }
        }
    }

    /// Reads a variable that is set to something.
    fn set(&self, name: &str) -> Option<String> {
        self.around.variable(name).filter(|value| !value.is_empty())
    }

    /// Reads a setting of the profile that is in use.
    fn setting(&self, name: &str) -> Option<String> {
        let config = self
            .config
            .profile(&self.profile)
            .and_then(|section| section.get(name));
        let credentials = || {
            self.credentials
                .section(&self.profile)
                .and_then(|section| section.get(name))
        };
        config
            .or_else(credentials)
            .filter(|value| !value.is_empty())
            .cloned()
    }

    /// Lists the profiles that there are.
    fn profiles(&self) -> BTreeSet<&str> {
        let in_config = self
            .config
            .sections
            .keys()
            .filter_map(|name| match name.strip_prefix("profile ") {
                Some(name) => Some(name.trim()),
                None => (name == "default").then_some("default"),
            });
        self.credentials
            .sections
            .keys()
            .map(String::as_str)
            .chain(in_config)
            .collect()
    }

    /// Says that a profile is not there.
    fn no_profile(&self, name: &str) -> Problem {
        let profiles = self.profiles();
        let hint = match nearest(name, profiles.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if profiles.is_empty() => "there are none in ~/.aws; `aws configure` makes one".to_owned(),
            None => format!(
                "there are {}",
                profiles.into_iter().collect::<Vec<_>>().join(", ")
            ),
        };
        Problem::new(format!("there is no profile `{name}`; {hint}"))
    }

    /// Says that a profile has no keys.
    fn no_keys(&self, name: &str) -> Problem {
        Problem::new(format!(
            "profile `{name}` has no aws_access_key_id and aws_secret_access_key: add them to ~/.aws/credentials"
        ))
    }
}

/// Replaces a leading `~` as a shell does.
fn expand(path: &str, home: Option<&str>) -> PathBuf {
    match (path.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => Path::new(home).join(rest),
        _ => PathBuf::from(path),
    }
}

/// An INI file of the aws-cli.
#[derive(Debug, Default)]
struct Ini {
    path: PathBuf,
    sections: BTreeMap<String, Section>,
}

impl Ini {
    /// Reads a file; one that is not there is empty.
    fn read(path: PathBuf, around: &dyn Surroundings) -> Result<Self, Problem> {
        let text = match around.read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self {
                    path,
                    ..Self::default()
                });
            }
            Err(error) => {
                return Err(Problem::at(
                    &path,
                    None,
                    format!("the file can't be read: {error}"),
                ));
            }
        };
        Self::parse(path, &text)
    }

    /// Reads the text of a file: sections, keys, and keys nested by indentation under one without a value.
    fn parse(path: PathBuf, text: &str) -> Result<Self, Problem> {
        let mut sections: BTreeMap<String, Section> = BTreeMap::new();
        let mut current: Option<String> = None;
        let mut parent: Option<String> = None;
        for (number, line) in text.lines().enumerate() {
            let trimmed = line.trim();
            let problem = |what: &str| Problem::at(&path, Some(number + 1), what);
            if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
                continue;
            }
            if let Some(name) = trimmed
                .strip_prefix('[')
                .filter(|_| !line.starts_with(char::is_whitespace))
            {
                let (name, _) = name
                    .split_once(']')
                    .ok_or_else(|| problem("the `]` of this section is missing"))?;
                let name = name
                    .split_whitespace()
                    .collect::<Vec<_>>()
                    .join(" ")
                    .replace(['"', '\''], "");
                sections.entry(name.clone()).or_default();
                (current, parent) = (Some(name), None);
                continue;
            }
            let Some((key, value)) = trimmed.split_once('=') else {
                return Err(problem("this line is neither `[section]` nor `key = value`"));
            };
            let (key, value) = (key.trim().to_ascii_lowercase(), value.trim());
            let section = current.as_ref().and_then(|name| sections.get_mut(name));
            let section = section.ok_or_else(|| problem("this key stands before the first [section]"))?;
            match (&parent, line.starts_with(char::is_whitespace)) {
                (Some(parent), true) => {
                    section.insert(format!("{parent}.{key}"), value.to_owned());
                }
                _ => {
                    parent = value.is_empty().then(|| key.clone());
                    section.insert(key, value.to_owned());
                }
            }
        }
        Ok(Self { path, sections })
    }

    /// Finds a section by its whole name.
    fn section(&self, name: &str) -> Option<&Section> {
        self.sections.get(name)
    }

    /// Finds a profile of the config file, where all but `default` are called `profile NAME`.
    fn profile(&self, name: &str) -> Option<&Section> {
        let named = self.section(&format!("profile {name}"));
        named.or_else(|| {
            if name == "default" {
                self.section("default")
            } else {
                None
            }
        })
    }

    /// Describes a problem in this file.
    fn problem(&self, what: impl Into<String>) -> Problem {
        Problem::at(&self.path, None, what)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::target::tests::{Made, around};

    const CREDENTIALS: &str = "[default]\naws_access_key_id=AKD\naws_secret_access_key=a=b\n\n[alt]\n# half of it\n\
                               AWS_ACCESS_KEY_ID = AKALT\naws_secret_access_key = SK\naws_session_token = ST\n[half]\naws_access_key_id = x\n";
    const CONFIG: &str = "[default]\nregion = eu-north-1\nendpoint_url = http://127.0.0.1:1\ns3 =\n  addressing_style = path\n\
                          output = json\n[profile alt]\nservices = local\n[profile sso]\nsso_session = x\n[profile bare]\nregion = x\n\
                          [services local]\ns3 =\n  endpoint_url = http://127.0.0.1:2\n";

    fn home(variables: &[(&'static str, &'static str)]) -> Made {
        let mut made = around(
            variables,
            &[("/h/.aws/credentials", CREDENTIALS), ("/h/.aws/config", CONFIG)],
        );
        made.variables.insert("HOME", "/h");
        made
    }

    fn flags(profile: &str) -> Flags {
        Flags {
            profile: Some(profile.to_owned()),
            ..Flags::default()
        }
    }

    fn key(flags: &Flags, around: &Made) -> String {
        Aws::find(flags, around)
            .unwrap()
            .caller()
            .unwrap()
            .unwrap()
            .access_key_id
    }

    #[test]
    fn a_profile_by_flag_beats_the_environment_and_one_by_variable_does_not() {
        let keys = [("AWS_ACCESS_KEY_ID", "AKE"), ("AWS_SECRET_ACCESS_KEY", "SKE")];
        assert_eq!(key(&Flags::default(), &home(&[])), "AKD");
        assert_eq!(key(&Flags::default(), &home(&keys)), "AKE");
        assert_eq!(
            key(
                &Flags::default(),
                &home(&[keys[0], keys[1], ("AWS_PROFILE", "alt")])
            ),
            "AKE"
        );
        assert_eq!(key(&Flags::default(), &home(&[("AWS_PROFILE", "alt")])), "AKALT");
        assert_eq!(key(&flags("alt"), &home(&keys)), "AKALT");
        let made = home(&[]);
        let default = Aws::find(&Flags::default(), &made)
            .unwrap()
            .caller()
            .unwrap()
            .unwrap();
        assert_eq!(default.secret_access_key.reveal(), "a=b");
    }

    #[test]
    fn endpoints_are_found_in_the_order_of_the_aws_cli() {
        let endpoint = |flags: &Flags, variables: &[(&'static str, &'static str)]| {
            let made = home(variables);
            Aws::find(flags, &made)
                .unwrap()
                .endpoint()
                .unwrap()
                .map(|endpoint| endpoint.value)
        };
        let general = ("AWS_ENDPOINT_URL", "http://general");
        assert_eq!(
            endpoint(
                &Flags::default(),
                &[general, ("AWS_ENDPOINT_URL_S3", "http://s3")]
            )
            .unwrap(),
            "http://s3"
        );
        assert_eq!(endpoint(&Flags::default(), &[general]).unwrap(), "http://general");
        assert_eq!(endpoint(&Flags::default(), &[]).unwrap(), "http://127.0.0.1:1");
        assert_eq!(endpoint(&flags("alt"), &[]).unwrap(), "http://127.0.0.1:2");
        assert_eq!(
            endpoint(
                &Flags::default(),
                &[general, ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "True")]
            ),
            None
        );
    }

    #[test]
    fn other_settings_come_from_environment_and_profile() {
        let made = home(&[]);
        let aws = Aws::find(&Flags::default(), &made).unwrap();
        assert_eq!(
            aws.region().unwrap().unwrap(),
            Sourced::new("eu-north-1".to_owned(), "profile default")
        );
        assert_eq!(aws.addressing().unwrap(), Some(Addressing::Path));
        let made = home(&[("AWS_DEFAULT_REGION", "b"), ("AWS_REGION", "a")]);
        assert_eq!(
            Aws::find(&Flags::default(), &made)
                .unwrap()
                .region()
                .unwrap()
                .unwrap()
                .value,
            "a"
        );
    }

    #[test]
    fn what_is_missing_or_not_done_is_said() {
        let refusal = |flags: &Flags, variables: &[(&'static str, &'static str)]| {
            let made = home(variables);
            Aws::find(flags, &made)
                .and_then(|aws| aws.caller())
                .unwrap_err()
                .to_string()
        };
        insta::assert_snapshot!(refusal(&flags("atl"), &[]), @"there is no profile `atl`; did you mean `alt`?");
        insta::assert_snapshot!(refusal(&flags("zzz"), &[]), @"there is no profile `zzz`; there are alt, bare, default, half, sso");
        insta::assert_snapshot!(refusal(&flags("sso"), &[]), @"profile `sso` gets its keys by `sso_session`, which bucketlaw does not do: run `aws configure export-credentials --profile sso --format env` and set what it prints");
        insta::assert_snapshot!(refusal(&flags("bare"), &[]), @"profile `bare` has no aws_access_key_id and aws_secret_access_key: add them to ~/.aws/credentials");
        insta::assert_snapshot!(refusal(&flags("half"), &[]), @"/h/.aws/credentials: profile `half` has half a key: it needs aws_access_key_id and aws_secret_access_key");
        insta::assert_snapshot!(refusal(&Flags::default(), &[("AWS_ACCESS_KEY_ID", "x")]), @"AWS_ACCESS_KEY_ID is set but AWS_SECRET_ACCESS_KEY is not: set both or none");
        insta::assert_snapshot!(Ini::parse("c".into(), "[a]\nb\n").unwrap_err(), @"c:2: this line is neither `[section]` nor `key = value`");
        insta::assert_snapshot!(Ini::parse("c".into(), "a = b").unwrap_err(), @"c:1: this key stands before the first [section]");
    }

    proptest! {
        #[test]
        fn reading_never_panics(text in any::<String>(), lines in "[a-c=\\[\\] \n]{0,60}") {
            let _ = Ini::parse("c".into(), &text);
            let _ = Ini::parse("c".into(), &lines);
        }
    }
}
