//! The grammar of policy documents: which elements there are and what shape they have.

use super::document::PolicyError;
use super::json::Json;
use super::statement::Effect;

/// Whose validation speaks: S3's for bucket policies, IAM's for identity policies.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Dialect {
    /// Bucket policies.
    Bucket,
    /// Identity policies.
    Identity,
}

/// A policy whose elements are all there and well-shaped, before their meaning is looked at.
#[derive(Debug)]
pub(super) struct Draft<'j> {
    /// Whether `${…}` means something (POL-GRAM-012).
    pub(super) variables: bool,
    /// The statements.
    pub(super) statements: Vec<DraftStatement<'j>>,
}

/// A statement of a draft.
#[derive(Debug)]
pub(super) struct DraftStatement<'j> {
    /// `Sid`.
    pub(super) sid: Option<&'j str>,
    /// `Effect`.
    pub(super) effect: Effect,
    /// `Principal` or `NotPrincipal`; none in identity policies.
    pub(super) principal: Option<Element<&'j Json>>,
    /// `Action` or `NotAction`.
    pub(super) actions: Element<Vec<&'j str>>,
    /// `Resource` or `NotResource`.
    pub(super) resources: Element<Vec<&'j str>>,
    /// Whether there is a `Condition`.
    pub(super) has_condition: bool,
}

/// An element that has a `Not…` form.
#[derive(Debug)]
pub(super) struct Element<T> {
    /// Whether it is the `Not…` form.
    pub(super) negated: bool,
    /// Its value.
    pub(super) value: T,
}

const TOP_LEVEL: &[&str] = &["Version", "Id", "Statement"];
const STATEMENT: &[&str] = &[
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

impl Dialect {
    /// The refusal of a wrong shape (POL-GRAM-023).
    fn syntax_error(self) -> PolicyError {
        PolicyError::malformed(match self {
            Self::Bucket => "Invalid policy syntax.",
            Self::Identity => "Syntax errors in policy.",
        })
    }

    /// The refusal of a missing element.
    fn missing(self, name: &str) -> PolicyError {
        match (self, name) {
            (Self::Bucket, _) => PolicyError::malformed(format!("Missing required field {name}")),
            (Self::Identity, "Action") => PolicyError::malformed("Policy statement must contain actions."),
            (Self::Identity, "Resource") => {
                PolicyError::malformed("Policy statement must contain resources.")
            }
            (Self::Identity, _) => self.syntax_error(),
        }
    }
}

/// Parses the text of a policy as JSON without duplicate names.
pub(super) fn parse_json(text: &[u8], dialect: Dialect) -> Result<Json, PolicyError> {
    if text.first() != Some(&b'{') && dialect == Dialect::Bucket {
        return Err(PolicyError::malformed(
            "Policies must be valid JSON and the first byte must be '{'",
        ));
    }
    let json = Json::parse(text).map_err(|_| PolicyError::malformed("This policy contains invalid Json"))?;
    if json.duplicate_member().is_some() {
        return Err(dialect.syntax_error());
    }
    Ok(json)
}

/// Reads the structure of a policy (POL-GRAM-003 to POL-GRAM-022).
pub(super) fn read(json: &Json, dialect: Dialect) -> Result<Draft<'_>, PolicyError> {
    known_members(json, TOP_LEVEL, dialect)?;
    let variables = match json.member("Version") {
        None => false,
        Some(version) => match version.as_str() {
            Some("2012-10-17") => true,
            Some("2008-10-17") => false,
            _ => {
                return Err(PolicyError::malformed(
                    "The policy must contain a valid version string",
                ));
            }
        },
    };
    match json.member("Id") {
        None => {}
        // Identity policies have no Id (POL-GRAM-013).
        Some(Json::String(_)) if dialect == Dialect::Bucket => {}
        Some(_) => return Err(dialect.syntax_error()),
    }
    let statement = json
        .member("Statement")
        .ok_or_else(|| dialect.missing("Statement"))?;
    if matches!(statement, Json::Array(items) if items.is_empty()) {
        return Err(match dialect {
            Dialect::Bucket => PolicyError::malformed("Could not parse the policy: Statement is empty!"),
            Dialect::Identity => dialect.syntax_error(),
        });
    }
    let statements = statement
        .as_list()
        .iter()
        .map(|item| read_statement(item, dialect))
        .collect::<Result<_, _>>()?;
    Ok(Draft {
        variables,
        statements,
    })
}

/// Refuses anything but an object with these members (POL-GRAM-004).
fn known_members(json: &Json, known: &[&str], dialect: Dialect) -> Result<(), PolicyError> {
    let Json::Object(members) = json else {
        return Err(dialect.syntax_error());
    };
    match members.iter().find(|(name, _)| !known.contains(&name.as_str())) {
        None => Ok(()),
        Some((name, _)) if dialect == Dialect::Bucket => {
            Err(PolicyError::malformed(format!("Unknown field {name}")))
        }
        Some(_) => Err(dialect.syntax_error()),
    }
}

fn read_statement(json: &Json, dialect: Dialect) -> Result<DraftStatement<'_>, PolicyError> {
    known_members(json, STATEMENT, dialect)?;
    let sid = match json.member("Sid") {
        None => None,
        Some(sid) => Some(sid.as_str().ok_or_else(|| dialect.syntax_error())?),
    };
    let effect = match json.member("Effect").ok_or_else(|| dialect.missing("Effect"))? {
        Json::String(effect) if effect == "Allow" => Effect::Allow,
        Json::String(effect) if effect == "Deny" => Effect::Deny,
        Json::String(effect) if dialect == Dialect::Bucket => {
            return Err(PolicyError::malformed(format!("Invalid effect: {effect}")));
        }
        _ => return Err(dialect.syntax_error()),
    };
    let has_condition = match json.member("Condition") {
        None => false,
        Some(Json::Object(_)) => true,
        Some(_) => return Err(dialect.syntax_error()),
    };
    Ok(DraftStatement {
        sid,
        effect,
        principal: read_principal(json, dialect)?,
        actions: strings(either(json, "Action", "NotAction", dialect)?, dialect)?,
        resources: strings(either(json, "Resource", "NotResource", dialect)?, dialect)?,
        has_condition,
    })
}

/// Bucket policies need a principal in every statement, identity policies have none (POL-GRAM-017, POL-GRAM-018).
fn read_principal(json: &Json, dialect: Dialect) -> Result<Option<Element<&Json>>, PolicyError> {
    match dialect {
        Dialect::Bucket => either(json, "Principal", "NotPrincipal", dialect).map(Some),
        Dialect::Identity if json.member("Principal").or(json.member("NotPrincipal")).is_some() => Err(
            PolicyError::malformed("Policy document should not specify a principal."),
        ),
        Dialect::Identity => Ok(None),
    }
}

/// Exactly one of an element and its `Not…` form (POL-GRAM-016).
fn either<'j>(
    json: &'j Json,
    plain: &str,
    negated: &str,
    dialect: Dialect,
) -> Result<Element<&'j Json>, PolicyError> {
    match (json.member(plain), json.member(negated)) {
        (Some(value), None) => Ok(Element {
            negated: false,
            value,
        }),
        (None, Some(value)) => Ok(Element { negated: true, value }),
        (None, None) => Err(dialect.missing(plain)),
        (Some(_), Some(_)) => Err(dialect.syntax_error()),
    }
}

/// A string or an array of strings (POL-GRAM-019).
fn strings(element: Element<&Json>, dialect: Dialect) -> Result<Element<Vec<&str>>, PolicyError> {
    let value = element
        .value
        .as_list()
        .iter()
        .map(Json::as_str)
        .collect::<Option<_>>();
    Ok(Element {
        negated: element.negated,
        value: value.ok_or_else(|| dialect.syntax_error())?,
    })
}
