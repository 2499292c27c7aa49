//! The meaning of policy elements: principals, actions and resources that exist and fit together.

use super::action::{Action, ActionLevel, ActionSet};
use super::document::PolicyError;
use super::glob::Glob;
use super::grammar::{Draft, DraftStatement, Element};
use super::json::Json;
use super::principal::{self, Principal, Principals};
use super::statement::{ArnPattern, Effect, Resources, Statement};

/// Turns a kind (`AWS`, `Service`, …) and a value into a principal.
type Resolve<'r> = &'r dyn Fn(&str, &str) -> Result<Principal, PolicyError>;

/// Validates the statements of a bucket policy; the first fault is reported (POL-GRAM-024).
pub(super) fn bucket_policy(
    draft: &Draft<'_>,
    bucket: &str,
    resolve: Resolve<'_>,
) -> Result<Vec<Statement>, PolicyError> {
    let statements = draft
        .statements
        .iter()
        .map(|statement| bucket_statement(statement, draft.variables, bucket, resolve))
        .collect::<Result<Vec<_>, _>>()?;
    refuse_conditions(draft)?;
    refuse_variables(draft)?;
    Ok(statements)
}

/// Validates the statements of an identity policy as IAM does (POL-VAL-018).
pub(super) fn identity_policy(draft: &Draft<'_>) -> Result<Vec<Statement>, PolicyError> {
    check_sids(draft)?;
    let statements = draft
        .statements
        .iter()
        .map(|statement| identity_statement(statement, draft.variables))
        .collect::<Result<Vec<_>, _>>()?;
    refuse_conditions(draft)?;
    refuse_variables(draft)?;
    Ok(statements)
}

/// Conditions are not evaluated by this server, and a policy must never be enforced without them.
fn refuse_conditions(draft: &Draft<'_>) -> Result<(), PolicyError> {
    match draft
        .statements
        .iter()
        .position(|statement| statement.has_condition)
    {
        None => Ok(()),
        Some(index) => Err(PolicyError::NotImplemented(format!(
            "Policy conditions are not implemented: statement {} has a Condition element.",
            index + 1
        ))),
    }
}

/// Nor are policy variables, apart from the escapes `${*}`, `${?}` and `${$}`.
fn refuse_variables(draft: &Draft<'_>) -> Result<(), PolicyError> {
    let mut patterns = draft
        .statements
        .iter()
        .flat_map(|statement| &statement.resources.value);
    match patterns.find(|pattern| draft.variables && has_variable(pattern)) {
        None => Ok(()),
        Some(pattern) => Err(PolicyError::NotImplemented(format!(
            "Policy variables are not implemented: {pattern} has one."
        ))),
    }
}

/// Whether a pattern has a terminated `${…}` that is no escape (POL-VAR-014).
fn has_variable(pattern: &str) -> bool {
    pattern.split("${").skip(1).any(|rest| {
        let name = rest.split_once('}').map(|(name, _)| name);
        name.is_some_and(|name| !["*", "?", "$"].contains(&name))
    })
}

fn bucket_statement(
    draft: &DraftStatement<'_>,
    variables: bool,
    bucket: &str,
    resolve: Resolve<'_>,
) -> Result<Statement, PolicyError> {
    let principals = match &draft.principal {
        None => Principals::Attached,
        Some(element) => principals(element, draft.effect, resolve)?,
    };
    let entries = draft
        .actions
        .value
        .iter()
        .map(|pattern| bucket_action(pattern))
        .collect::<Result<Vec<_>, _>>()?;
    if entries.is_empty() {
        return Err(PolicyError::malformed("Policy has invalid action"));
    }
    let reach = bucket_resources(&draft.resources.value, bucket)?;
    if !draft.actions.negated && !draft.resources.negated {
        check_applicability(&entries, reach)?;
    }
    Ok(Statement {
        effect: draft.effect,
        principals,
        actions: resolved_actions(&draft.actions, &entries),
        resources: resources(&draft.resources, variables),
    })
}

fn principals(
    element: &Element<&Json>,
    effect: Effect,
    resolve: Resolve<'_>,
) -> Result<Principals, PolicyError> {
    if element.negated && effect == Effect::Allow {
        return Err(PolicyError::malformed("Allow with NotPrincipal is not allowed."));
    }
    let listed = match element.value {
        Json::String(text) if text == "*" => vec![Principal::Everyone],
        Json::Object(members) if !members.is_empty() => {
            let mut listed = Vec::new();
            for (kind, value) in members {
                principals_of_kind(kind, value, resolve, &mut listed)?;
            }
            listed
        }
        Json::String(text) => return Err(principal::invalid("AWS", text)),
        _ => return Err(PolicyError::malformed("Invalid principal in policy")),
    };
    Ok(if element.negated {
        Principals::Except(listed)
    } else {
        Principals::Listed(listed)
    })
}

/// Reads a string or array of strings under one key of the principal map (POL-PRIN-001, POL-GRAM-020).
fn principals_of_kind(
    kind: &str,
    value: &Json,
    resolve: Resolve<'_>,
    listed: &mut Vec<Principal>,
) -> Result<(), PolicyError> {
    let values = value.as_list();
    if values.is_empty() {
        return Err(PolicyError::malformed("Invalid principal in policy"));
    }
    for value in values {
        let text = value
            .as_str()
            .ok_or_else(|| PolicyError::malformed("Invalid policy syntax."))?;
        listed.push(resolve(kind, text)?);
    }
    Ok(())
}

/// The S3 actions that a pattern names; there must be one (POL-VAL-001, POL-VAL-002).
fn bucket_action(pattern: &str) -> Result<ActionSet, PolicyError> {
    let set: ActionSet = actions_matching(pattern)
        .iter()
        .filter(|action| action.is_s3())
        .collect();
    if set.is_empty() {
        Err(PolicyError::malformed("Policy has invalid action"))
    } else {
        Ok(set)
    }
}

/// The actions that a pattern names: service exactly, name by wildcards, neither by case (POL-ACT-001 to -003).
fn actions_matching(pattern: &str) -> ActionSet {
    if pattern == "*" {
        return Action::ALL.iter().copied().collect();
    }
    let pattern = pattern.to_ascii_lowercase();
    let Some((service, name)) = pattern.split_once(':') else {
        return ActionSet::EMPTY;
    };
    let glob = Glob::new(name);
    let matches = |action: &Action| {
        let full = action.name().to_ascii_lowercase();
        full.split_once(':')
            .is_some_and(|(s, n)| s == service && glob.matches(n))
    };
    Action::ALL.iter().copied().filter(matches).collect()
}

/// The actions of a statement: those named, or with `NotAction` all others (POL-ACT-004).
fn resolved_actions(element: &Element<Vec<&str>>, entries: &[ActionSet]) -> ActionSet {
    let named = entries
        .iter()
        .fold(ActionSet::EMPTY, |all, entry| all.union(*entry));
    if element.negated {
        named.complement()
    } else {
        named
    }
}

/// Which kinds of resource the patterns of a statement can name.
#[derive(Clone, Copy, Debug, Default)]
struct Reach {
    bucket: bool,
    objects: bool,
}

/// Checks that every resource is this bucket or in it (POL-VAL-003 to POL-VAL-005).
fn bucket_resources(patterns: &[&str], bucket: &str) -> Result<Reach, PolicyError> {
    let invalid = || PolicyError::malformed("Policy has invalid resource");
    if patterns.is_empty() {
        return Err(invalid());
    }
    let mut reach = Reach::default();
    for pattern in patterns {
        let rest = pattern
            .strip_prefix("arn:aws:s3:::")
            .and_then(|rest| rest.strip_prefix(bucket));
        match rest.ok_or_else(invalid)?.chars().next() {
            None => reach.bucket = true,
            Some('/' | '?') => reach.objects = true,
            Some('*') => {
                reach = Reach {
                    bucket: true,
                    objects: true,
                }
            }
            // The pattern names another bucket whose name merely begins alike.
            Some(_) => return Err(invalid()),
        }
    }
    Ok(reach)
}

/// Checks that every action entry can apply to some resource (POL-VAL-007); `*` and `s3:*` always do.
fn check_applicability(entries: &[ActionSet], reach: Reach) -> Result<(), PolicyError> {
    let applies = |action: Action| match action.level() {
        ActionLevel::Bucket => reach.bucket,
        ActionLevel::Object => reach.objects,
        ActionLevel::Other => false,
    };
    if entries.iter().all(|entry| entry.iter().any(applies)) {
        return Ok(());
    }
    Err(PolicyError::malformed(
        "Action does not apply to any resource(s) in statement",
    ))
}

/// IAM wants statement IDs alphanumeric and unique (POL-GRAM-014).
fn check_sids(draft: &Draft<'_>) -> Result<(), PolicyError> {
    let mut sids: Vec<&str> = draft
        .statements
        .iter()
        .filter_map(|statement| statement.sid)
        .collect();
    if sids
        .iter()
        .any(|sid| !sid.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    {
        return Err(PolicyError::malformed(
            "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression \
             [0-9A-Za-z]*",
        ));
    }
    sids.retain(|sid| !sid.is_empty());
    sids.sort_unstable();
    if sids.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(PolicyError::malformed(
            "Statement IDs (SID) in a single policy must be unique.",
        ));
    }
    Ok(())
}

fn identity_statement(draft: &DraftStatement<'_>, variables: bool) -> Result<Statement, PolicyError> {
    if draft.actions.value.is_empty() {
        return Err(PolicyError::malformed("Policy statement must contain actions."));
    }
    if draft.resources.value.is_empty() {
        return Err(PolicyError::malformed("Policy statement must contain resources."));
    }
    draft
        .actions
        .value
        .iter()
        .try_for_each(|pattern| check_identity_action(pattern))?;
    draft
        .resources
        .value
        .iter()
        .try_for_each(|pattern| check_identity_resource(pattern))?;
    // Actions of services that are not here are fine and never asked for.
    let entries: Vec<_> = draft
        .actions
        .value
        .iter()
        .map(|pattern| actions_matching(pattern))
        .collect();
    Ok(Statement {
        effect: draft.effect,
        principals: Principals::Attached,
        actions: resolved_actions(&draft.actions, &entries),
        resources: resources(&draft.resources, variables),
    })
}

/// An action of an identity policy is `*` or `service:name`, whatever the service.
fn check_identity_action(pattern: &str) -> Result<(), PolicyError> {
    if pattern == "*" {
        return Ok(());
    }
    let Some((vendor, name)) = pattern.split_once(':') else {
        return Err(PolicyError::malformed(
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
        ));
    };
    if vendor.is_empty()
        || !vendor
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    {
        return Err(PolicyError::malformed(format!("Vendor {vendor} is not valid")));
    }
    let named = |byte: u8| byte.is_ascii_alphanumeric() || b"*?-_".contains(&byte);
    if name.is_empty() || !name.bytes().all(named) {
        return Err(PolicyError::malformed(
            "Actions/Condition can contain only one colon and the characters that a name may have.",
        ));
    }
    Ok(())
}

/// A resource of an identity policy is `*` or an ARN; S3's have no region (POL-VAL-018).
fn check_identity_resource(pattern: &str) -> Result<(), PolicyError> {
    if pattern == "*" {
        return Ok(());
    }
    let fields: Vec<&str> = pattern.splitn(6, ':').collect();
    match fields.as_slice() {
        ["arn", partition, service, rest @ ..] if !service.is_empty() && !service.contains(['*', '?']) => {
            if !Glob::new(partition).matches("aws") {
                let text = format!("Partition \"{partition}\" is not valid for resource \"{pattern}\".");
                return Err(PolicyError::malformed(text));
            }
            if *service == "s3" && rest.first().is_some_and(|region| !region.is_empty()) {
                let text = format!("Resource {pattern} can not contain region information.");
                return Err(PolicyError::malformed(text));
            }
            Ok(())
        }
        _ => Err(PolicyError::malformed(format!(
            "Resource {pattern} must be in ARN format or \"*\"."
        ))),
    }
}

/// Compiles resource patterns; the escapes of `${…}` count after the fifth colon alone (POL-VAR-002).
fn resources(element: &Element<Vec<&str>>, variables: bool) -> Resources {
    Resources {
        except: element.negated,
        patterns: element
            .value
            .iter()
            .map(|pattern| arn_pattern(pattern, variables))
            .collect(),
    }
}

fn arn_pattern(pattern: &str, variables: bool) -> ArnPattern {
    if pattern == "*" {
        return ArnPattern::Any;
    }
    let mut fields = pattern.splitn(6, ':').skip(1);
    // Trailing fields that an identity policy leaves out are wildcards (POL-RES-009).
    let mut next = || fields.next().unwrap_or("*");
    ArnPattern::Arn {
        partition: Glob::new(next()),
        service: next().to_owned(),
        region: Glob::new(next()),
        account: Glob::new(next()),
        resource: if variables {
            Glob::with_escapes(next())
        } else {
            Glob::new(next())
        },
    }
}
