//! The target file: how to reach a target, as whom, and what it is declared to have and to lack.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use toml::Spanned;

use super::{Addressing, Capabilities, Credentials, Declared, Problem, Role, Secret, Surroundings, nearest};

mod raw;

use raw::{Quoted, Raw, RawDeviation, RawIdentities, RawIdentity, explain};

/// The longest that a change may be declared to take.
const LONGEST_SETTLE: f64 = 600.0;

/// A target file, read and checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TargetFile {
    /// The file it was read from.
    pub path: Option<PathBuf>,
    /// The endpoint.
    pub endpoint_url: Option<String>,
    /// The region that requests are signed for.
    pub region: Option<String>,
    /// How buckets are addressed.
    pub addressing: Option<Addressing>,
    /// The identities, each once.
    pub identities: Vec<DeclaredIdentity>,
    /// What the target is declared to have.
    pub capabilities: Capabilities,
    /// How long a change may take to be seen everywhere.
    pub settle: Duration,
    /// Whether everything at the target may be lost.
    pub disposable: bool,
    /// The product.
    pub product: Option<String>,
    /// The product's version.
    pub version: Option<String>,
    /// The declared deviations.
    pub deviations: Vec<Declared>,
}

/// An identity as the file declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredIdentity {
    /// Who it is to the target.
    pub role: Role,
    /// Where its credentials come from.
    pub source: Source,
    /// Its ARN.
    pub arn: Option<String>,
    /// Its account.
    pub account: Option<String>,
    /// Whether it is the root of its account.
    pub root: Option<bool>,
    /// Whether it administers the whole store, beyond its account.
    pub operator: bool,
}

/// Where an identity's credentials come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// From the file itself, or the environment through it.
    Keys(Credentials),
    /// From a profile in `~/.aws`.
    Profile(String),
}

impl TargetFile {
    /// Reads a target file.
    ///
    /// # Errors
    ///
    /// Fails with one message, which names the file and the line, if it can't be read or anything in it is wrong.
    pub fn read(path: &Path, around: &dyn Surroundings) -> Result<Self, Problem> {
        let text = around.read(path).map_err(|error| {
            Problem::at(
                path,
                None,
                format!("the target file can't be read: {error}; check the name behind --target"),
            )
        })?;
        Self::parse(path, &text, around)
    }

    /// Reads the text of a target file.
    ///
    /// # Errors
    ///
    /// Fails with one message, which names the file and the line, if anything in it is wrong.
    pub fn parse(path: &Path, text: &str, around: &dyn Surroundings) -> Result<Self, Problem> {
        let raw: Raw = toml::from_str(text).map_err(|error| {
            Problem::at(
                path,
                error.span().map(|span| line(text, span.start)),
                explain(error.message()),
            )
        })?;
        let reader = Reader { path, text, around };
        Ok(Self {
            path: Some(path.to_owned()),
            endpoint_url: reader.filled(raw.endpoint_url)?,
            region: reader.filled(raw.region)?,
            addressing: raw.addressing,
            identities: reader.identities(raw.identity)?,
            capabilities: raw.capabilities,
            settle: reader.settle(raw.settle)?,
            disposable: raw.disposable,
            product: reader.filled(raw.product)?,
            version: reader.filled(raw.version)?,
            deviations: reader.deviations(raw.deviation)?,
        })
    }

    /// Names the file, for messages.
    pub(crate) fn origin(&self) -> String {
        self.path
            .as_ref()
            .map_or_else(|| "the target file".to_owned(), |path| path.display().to_string())
    }

    /// Checks that every deviation names a clause that there is.
    ///
    /// # Errors
    ///
    /// Fails for the first that does not, with its line and the nearest id.
    pub fn check_clauses<'a>(&self, known: impl IntoIterator<Item = &'a str>) -> Result<(), Problem> {
        let known: BTreeSet<&str> = known.into_iter().collect();
        let unknown = |declared: &&Declared| !known.contains(declared.clause.as_str());
        let Some(declared) = self.deviations.iter().find(unknown) else {
            return Ok(());
        };
        let hint = match nearest(&declared.clause, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`bucketlaw spec` lists the areas and `bucketlaw spec --search TEXT` finds a clause"
                .to_owned(),
        };
        let what = format!("no clause is called `{}`; {hint}", declared.clause);
        Err(Problem {
            file: self.path.clone(),
            line: declared.line,
            what,
        })
    }
}

/// Finds the line of a place in the text.
fn line(text: &str, place: usize) -> usize {
    text.bytes().take(place).filter(|byte| *byte == b'\n').count() + 1
}

/// What is needed to check the values of a file.
struct Reader<'a> {
    path: &'a Path,
    text: &'a str,
    around: &'a dyn Surroundings,
}

impl Reader<'_> {
    /// Describes a problem at a place in the file.
    fn problem(&self, place: usize, what: impl Into<String>) -> Problem {
        Problem::at(self.path, Some(line(self.text, place)), what)
    }

    /// Fills the environment into a value, if there is one.
    fn filled(&self, value: Option<Spanned<String>>) -> Result<Option<String>, Problem> {
        value
            .map(|value| self.fill(value.span().start, value.get_ref()))
            .transpose()
    }

    /// Replaces each `${NAME}` by the variable's value; `$$` stands for one `$`.
    ///
    /// This is done in values that were read, not in the text, so that no secret can change what the file means.
    fn fill(&self, place: usize, value: &str) -> Result<String, Problem> {
        let mut filled = String::with_capacity(value.len());
        let mut rest = value;
        while let Some((before, after)) = rest.split_once('$') {
            filled.push_str(before);
            rest = if let Some(after) = after.strip_prefix('$') {
                filled.push('$');
                after
            } else if let Some(after) = after.strip_prefix('{') {
                let unclosed = || {
                    self.problem(
                        place,
                        "a `${` is not closed: write `${NAME}`, or `$$` for a dollar sign",
                    )
                };
                let (name, after) = after.split_once('}').ok_or_else(unclosed)?;
                filled.push_str(&self.variable(place, name)?);
                after
            } else {
                filled.push('$');
                after
            };
        }
        filled.push_str(rest);
        Ok(filled)
    }

    /// Looks a variable up.
    fn variable(&self, place: usize, name: &str) -> Result<String, Problem> {
        let sound = |name: &str| {
            name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
                && !name.starts_with(|c: char| c.is_ascii_digit())
        };
        if name.is_empty() || !sound(name) {
            return Err(self.problem(place, format!("`${{{name}}}` is not the name of a variable")));
        }
        self.around.variable(name).ok_or_else(|| {
            self.problem(
                place,
                format!("the environment variable `{name}` is not set: set it, or write the value here"),
            )
        })
    }

    /// Checks the identities.
    fn identities(&self, raw: RawIdentities) -> Result<Vec<DeclaredIdentity>, Problem> {
        let roles = [
            (Role::Owner, raw.owner),
            (Role::User, raw.user),
            (Role::Other, raw.other),
        ];
        let declared = roles
            .into_iter()
            .filter_map(|(role, raw)| raw.map(|raw| self.identity(role, raw)));
        declared.collect()
    }

    /// Checks one identity: either keys or a profile.
    fn identity(&self, role: Role, raw: Spanned<RawIdentity>) -> Result<DeclaredIdentity, Problem> {
        let place = raw.span().start;
        let raw = raw.into_inner();
        let quoted = |value: Option<Spanned<Quoted>>| {
            value
                .map(|value| self.fill(value.span().start, &value.get_ref().0))
                .transpose()
        };
        let (key, secret) = (quoted(raw.access_key_id)?, quoted(raw.secret_access_key)?);
        let (token, profile) = (quoted(raw.session_token)?, self.filled(raw.profile)?);
        let wrong = |what: &str| Err(self.problem(place, format!("identity `{}` {what}", role.name())));
        let source = match (key, secret, profile) {
            (Some(key), Some(secret), None) if !key.is_empty() && !secret.is_empty() => {
                Source::Keys(Credentials {
                    access_key_id: key,
                    secret_access_key: Secret::new(secret),
                    session_token: token.map(Secret::new),
                    origin: self.path.display().to_string(),
                })
            }
            (None, None, Some(profile)) if token.is_none() => Source::Profile(profile),
            (None, None, Some(_)) => {
                return wrong("has a profile and a session-token: the profile has its own");
            }
            (_, _, Some(_)) => return wrong("has both keys and a profile: keep one of them"),
            (Some(_), Some(_), None) => return wrong("has an empty key"),
            (Some(_), None, None) => return wrong("lacks its secret-access-key"),
            (None, Some(_), None) => return wrong("lacks its access-key-id"),
            (None, None, None) => return wrong("needs access-key-id and secret-access-key, or a profile"),
        };
        let account = quoted(raw.account)?;
        Ok(DeclaredIdentity {
            role,
            source,
            arn: self.filled(raw.arn)?,
            account,
            root: raw.root,
            operator: raw.operator,
        })
    }

    /// Checks how long changes take.
    fn settle(&self, raw: Option<Spanned<f64>>) -> Result<Duration, Problem> {
        let Some(raw) = raw else { return Ok(Duration::ZERO) };
        let place = raw.span().start;
        let seconds = raw.into_inner();
        if !(0.0..=LONGEST_SETTLE).contains(&seconds) {
            return Err(self.problem(place, format!("settle is in seconds, from 0 to {LONGEST_SETTLE}")));
        }
        Duration::try_from_secs_f64(seconds).map_err(|error| self.problem(place, error.to_string()))
    }

    /// Checks the declared deviations: each with a reason, none twice.
    fn deviations(&self, raw: Vec<RawDeviation>) -> Result<Vec<Declared>, Problem> {
        let mut declared: Vec<Declared> = Vec::with_capacity(raw.len());
        for raw in raw {
            let place = raw.clause.span().start;
            if raw.reason.get_ref().trim().is_empty() {
                let what = "a deviation needs a reason: say why it is accepted";
                return Err(self.problem(raw.reason.span().start, what));
            }
            let (clause, route) = match (raw.clause.get_ref().split_once('@'), raw.route) {
                (Some((clause, route)), None) => (clause.to_owned(), Some(route.to_owned())),
                (Some(_), Some(_)) => {
                    return Err(self.problem(place, "the route is named twice: in `clause` and in `route`"));
                }
                (None, route) => (raw.clause.get_ref().clone(), route),
            };
            if clause.is_empty() || route.as_ref().is_some_and(String::is_empty) {
                return Err(self.problem(
                    place,
                    "the clause or its route is empty: write \"ID\" or \"ID@Route\"",
                ));
            }
            if declared
                .iter()
                .any(|known| known.clause == clause && known.route == route)
            {
                return Err(self.problem(
                    place,
                    format!("the deviation from `{}` is declared twice", raw.clause.get_ref()),
                ));
            }
            let (line, reason) = (Some(line(self.text, place)), raw.reason.into_inner());
            declared.push(Declared {
                clause,
                route,
                reason,
                since: raw.since,
                link: raw.link,
                line,
            });
        }
        Ok(declared)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::target::tests::{Made, around};

    const WHOLE: &str = r#"
product = "ExampleStore"
version = "4.12"
endpoint-url = "http://127.0.0.1:${PORT}"
region = "eu-central-1"
addressing = "path"
settle = 2
disposable = true

[identity.owner]
access-key-id = "${AK}"
secret-access-key = "${SK}"
root = true
account = "111122223333"

[identity.user]
access-key-id = "AKUSER"
secret-access-key = "pa$$w$rd"
session-token = "token"
arn = "arn:aws:iam::111122223333:user/u"

[identity.other]
profile = "alt"

[capabilities]
iam = true
sts = false

[[deviation]]
clause = "LOCK-DEL-003@DeleteObject"
reason = "planned for 4.13"
since = "4.0"
link = "https://example.org/1"

[[deviation]]
clause = "VER-DEL-010"
route = "DeleteObjects"
reason = "never"
since = "2026-05-01"
"#;

    fn variables() -> Made {
        around(&[("PORT", "9000"), ("AK", "AKOWNER"), ("SK", "se\"cret")], &[])
    }

    fn parse(text: &str) -> Result<TargetFile, Problem> {
        TargetFile::parse(Path::new("targets/store.toml"), text, &variables())
    }

    fn refusal(text: &str) -> String {
        parse(text).unwrap_err().to_string()
    }

    #[test]
    fn a_whole_file_is_read() {
        let file = parse(WHOLE).unwrap();
        insta::assert_debug_snapshot!(file);
        let Source::Keys(owner) = &file.identities[0].source else {
            panic!("keys")
        };
        assert_eq!(owner.secret_access_key.reveal(), "se\"cret");
        let Source::Keys(user) = &file.identities[1].source else {
            panic!("keys")
        };
        assert_eq!(user.secret_access_key.reveal(), "pa$w$rd");
        assert_eq!(parse("").unwrap().settle, Duration::ZERO);
    }

    #[test]
    fn a_whole_file_is_valid_by_the_schema() {
        let schema: serde_json::Value =
            serde_json::from_str(include_str!("../../../docs/schemas/target.schema.json")).unwrap();
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        let value = |text: &str| serde_json::to_value(toml::from_str::<toml::Table>(text).unwrap()).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&value(WHOLE))
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{errors:#?}");
        assert!(!validator.is_valid(&value("endpont-url = \"x\"")));
        assert!(!validator.is_valid(&value("[identity.owner]\naccess-key-id = \"a\"")));
    }

    #[test]
    fn a_wrong_name_is_said_with_file_line_and_nearest() {
        insta::assert_snapshot!(refusal("region = \"x\"\nendpont-url = \"x\""), @"targets/store.toml:2: unknown key `endpont-url`; did you mean `endpoint-url`?");
        insta::assert_snapshot!(refusal("\n[identity.ownr]\nprofile = \"x\""), @"targets/store.toml:2: unknown key `ownr`; did you mean `owner`?");
        insta::assert_snapshot!(refusal("[identity.owner]\naccess-key = \"x\""), @"targets/store.toml:2: unknown key `access-key`; did you mean `access-key-id`?");
        insta::assert_snapshot!(refusal("addressing = \"vhost\""), @"targets/store.toml:1: unknown value `vhost`; there are auto, path, virtual");
        insta::assert_snapshot!(refusal("[capabilities]\nkms = true"), @"targets/store.toml:2: unknown key `kms`; there are iam, sts");
        insta::assert_snapshot!(refusal("[capabilities]\nclock = \"/s\""), @"targets/store.toml:2: the key `clock` is not supported: bucketlaw sets no target's clock, its programs wait in real time; take the key out");
        insta::assert_snapshot!(refusal("[[deviation]]\nclause = \"A\"\nreson = \"x\""), @"targets/store.toml:3: unknown key `reson`; did you mean `reason`?");
        insta::assert_snapshot!(refusal("[[deviation]]\nclause = \"A\"\nreason = \"x\""), @"targets/store.toml:1: missing key `since`");
    }

    #[test]
    fn wrong_values_are_said_with_their_line() {
        insta::assert_snapshot!(refusal("region = "), @"targets/store.toml:1: string values must be quoted, expected literal string");
        insta::assert_snapshot!(refusal("settle = -1"), @"targets/store.toml:1: settle is in seconds, from 0 to 600");
        insta::assert_snapshot!(refusal("settle = nan"), @"targets/store.toml:1: settle is in seconds, from 0 to 600");
        insta::assert_snapshot!(refusal("settle = \"2s\""), @r#"targets/store.toml:1: invalid type: string "2s", expected a number"#);
        insta::assert_snapshot!(refusal("\nregion = \"${NOPE}\""), @"targets/store.toml:2: the environment variable `NOPE` is not set: set it, or write the value here");
        insta::assert_snapshot!(refusal("region = \"${A-B}\""), @"targets/store.toml:1: `${A-B}` is not the name of a variable");
        insta::assert_snapshot!(refusal("region = \"${A\""), @"targets/store.toml:1: a `${` is not closed: write `${NAME}`, or `$$` for a dollar sign");
        insta::assert_snapshot!(refusal("\n\n[identity.owner]\naccess-key-id = \"x\""), @"targets/store.toml:3: identity `owner` lacks its secret-access-key");
        insta::assert_snapshot!(refusal("[identity.owner]\naccess-key-id = \"x\"\nprofile = \"y\""), @"targets/store.toml:1: identity `owner` has both keys and a profile: keep one of them");
        insta::assert_snapshot!(refusal("[[deviation]]\nclause = \"A\"\nreason = \" \"\nsince = \"1\""), @"targets/store.toml:3: a deviation needs a reason: say why it is accepted");
        insta::assert_snapshot!(refusal("[[deviation]]\nclause = \"A@R\"\nroute = \"R\"\nreason = \"x\"\nsince = \"1\""), @"targets/store.toml:2: the route is named twice: in `clause` and in `route`");
        let twice = "[[deviation]]\nclause = \"A\"\nreason = \"x\"\nsince = \"1\"\n".repeat(2);
        insta::assert_snapshot!(refusal(&twice), @"targets/store.toml:6: the deviation from `A` is declared twice");
    }

    #[test]
    fn a_message_never_holds_a_secret() {
        let secret = "271828182845";
        let inputs = [
            format!("[identity.owner]\nsecret-access-key = {secret}"),
            format!("[identity.owner]\nsecret-access-key = {secret}.5"),
            format!("[identity.owner]\nsecret-access-key = \"{secret}\""),
            format!("[identity.owner]\nsecret-access-key = [\"{secret}\"]"),
            format!("[identity.owner]\nsecret-access-key = \"{secret}\nx = 1"),
            format!("[identity.owner]\nsession-token = {secret}\n"),
        ];
        for input in inputs {
            assert!(!refusal(&input).contains(secret), "{}", refusal(&input));
        }
        let file = parse(&format!(
            "[identity.owner]\naccess-key-id = \"a\"\nsecret-access-key = \"{secret}\""
        ))
        .unwrap();
        assert!(!format!("{file:?}").contains(secret));
    }

    #[test]
    fn a_deviation_from_an_unknown_clause_is_refused() {
        let file = parse(WHOLE).unwrap();
        assert!(file.check_clauses(["LOCK-DEL-003", "VER-DEL-010"]).is_ok());
        insta::assert_snapshot!(file.check_clauses(["LOCK-DEL-004", "VER-DEL-010"]).unwrap_err(), @"targets/store.toml:30: no clause is called `LOCK-DEL-003`; did you mean `LOCK-DEL-004`?");
        insta::assert_snapshot!(file.check_clauses([]).unwrap_err(), @"targets/store.toml:30: no clause is called `LOCK-DEL-003`; `bucketlaw spec` lists the areas and `bucketlaw spec --search TEXT` finds a clause");
    }

    #[test]
    fn a_file_that_is_not_there_is_said() {
        let error = TargetFile::read(Path::new("nope.toml"), &variables()).unwrap_err();
        insta::assert_snapshot!(error, @"nope.toml: the target file can't be read: entity not found; check the name behind --target");
    }

    proptest! {
        #[test]
        fn reading_never_panics(text in any::<String>(), place in any::<prop::sample::Index>(), put in any::<char>()) {
            let _ = parse(&text);
            let mut whole: Vec<char> = WHOLE.chars().collect();
            let place = place.index(whole.len());
            whole[place] = put;
            let _ = parse(&whole.into_iter().collect::<String>());
            let _ = parse(&format!("region = {}", toml::Value::String(text)));
        }
    }
}
