//! The target file as TOML has it, before anything in it is checked.

use serde::Deserialize;
use serde::de::{self, Visitor};
use toml::Spanned;

use crate::target::{Addressing, Capabilities, nearest};

/// The file as TOML has it.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Raw {
    pub(super) endpoint_url: Option<Spanned<String>>,
    pub(super) region: Option<Spanned<String>>,
    pub(super) addressing: Option<Addressing>,
    #[serde(default)]
    pub(super) identity: RawIdentities,
    #[serde(default)]
    pub(super) capabilities: Capabilities,
    pub(super) settle: Option<Spanned<f64>>,
    #[serde(default)]
    pub(super) disposable: bool,
    pub(super) product: Option<Spanned<String>>,
    pub(super) version: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) deviation: Vec<RawDeviation>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawIdentities {
    pub(super) owner: Option<Spanned<RawIdentity>>,
    pub(super) user: Option<Spanned<RawIdentity>>,
    pub(super) other: Option<Spanned<RawIdentity>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct RawIdentity {
    pub(super) access_key_id: Option<Spanned<Quoted>>,
    pub(super) secret_access_key: Option<Spanned<Quoted>>,
    pub(super) session_token: Option<Spanned<Quoted>>,
    pub(super) profile: Option<Spanned<String>>,
    pub(super) arn: Option<Spanned<String>>,
    pub(super) account: Option<Spanned<Quoted>>,
    pub(super) root: Option<bool>,
    #[serde(default)]
    pub(super) operator: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDeviation {
    pub(super) clause: Spanned<String>,
    pub(super) route: Option<String>,
    pub(super) reason: Spanned<String>,
    pub(super) since: String,
    pub(super) link: Option<String>,
}

/// A string whose value never gets into a message, whatever stands in its place.
pub(super) struct Quoted(pub(super) String);

impl<'de> Deserialize<'de> for Quoted {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Quoted;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a string in quotes")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Quoted, E> {
                Ok(Quoted(text.to_owned()))
            }

            fn visit_i64<E: de::Error>(self, _: i64) -> Result<Quoted, E> {
                Err(E::custom("this is a number, expected a string in quotes"))
            }

            fn visit_f64<E: de::Error>(self, _: f64) -> Result<Quoted, E> {
                Err(E::custom("this is a number, expected a string in quotes"))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// Says what a TOML message means for someone who wrote the file, with the nearest name if one was wrong.
pub(super) fn explain(message: &str) -> String {
    let message = message.trim().replace('\n', " ");
    for (sort, start) in [("key", "unknown field `"), ("value", "unknown variant `")] {
        let Some((wrong, rest)) = message.strip_prefix(start).and_then(|rest| rest.split_once('`')) else {
            continue;
        };
        if (sort, wrong) == ("key", "clock") {
            return "the key `clock` is not supported: bucketlaw sets no target's clock, its programs wait in real time; \
                    take the key out"
                .to_owned();
        }
        let known: Vec<&str> = rest.split('`').skip(1).step_by(2).collect();
        let hint = match nearest(wrong, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are {}", known.join(", ")),
        };
        return format!("unknown {sort} `{wrong}`; {hint}");
    }
    message
        .replace("missing field", "missing key")
        .replace("f64", "a number")
        .replace("bool", "true or false")
}
