//! JSON policies as lines of programs.

use bucketlaw_model::policy::{Pattern, Patterns};
use serde_json::Value;

use crate::serve_law::ROOTS;

/// The line of a policy document.
///
/// Buckets keep their names; principals become the callers that they name.
pub(super) fn line(json: &str) -> Result<String, String> {
    let document: Value = serde_json::from_str(json).map_err(|error| error.to_string())?;
    let statements = document
        .get("Statement")
        .and_then(Value::as_array)
        .ok_or("a policy without statements")?;
    let lines: Vec<String> = statements.iter().map(statement).collect::<Result<_, _>>()?;
    Ok(lines.join("; "))
}

fn statement(statement: &Value) -> Result<String, String> {
    if statement.get("Condition").is_some() {
        return Err("conditions are not ruled on yet".to_owned());
    }
    let effect = statement
        .get("Effect")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let principals = match statement.get("Principal") {
        None => "-".to_owned(),
        Some(Value::String(_)) => "*".to_owned(),
        Some(map) => {
            let names: Vec<&str> = strings(map.get("AWS")).iter().map(|one| principal(one)).collect();
            names.join(",")
        }
    };
    let list = |name: &str, map: &dyn Fn(&str) -> Result<Pattern, String>| -> Result<String, String> {
        for (not, key) in [(false, name.to_owned()), (true, format!("Not{name}"))] {
            if let Some(value) = statement.get(&key) {
                let list = strings(Some(value)).into_iter().map(map);
                let list = list.collect::<Result<Vec<Pattern>, String>>()?;
                let patterns = Patterns { negated: not, list };
                return Ok(patterns.to_string());
            }
        }
        Ok("-".to_owned())
    };
    let actions = list("Action", &|name| Ok(Pattern::new(name)))?;
    let resources = list("Resource", &resource)?;
    Ok(format!("{effect} {principals} {actions} {resources}"))
}

/// The pattern of an ARN, or of every resource.
fn resource(arn: &str) -> Result<Pattern, String> {
    match arn.strip_prefix("arn:aws:s3:::") {
        Some(pattern) => Ok(Pattern::new(pattern)),
        None if arn == "*" => Ok(Pattern::new(arn)),
        None => Err(format!("the resource {arn} is not ruled on yet")),
    }
}

fn strings(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        Some(_) | None => Vec::new(),
    }
}

/// The callers that an ARN names, or a star.
fn principal(arn: &str) -> &'static str {
    let owner = ROOTS.first().map_or("", |(_, _, account)| *account);
    if arn == "*" {
        "*"
    } else if arn.contains(":user/") {
        "user"
    } else if arn.contains(owner) {
        "account"
    } else {
        "other"
    }
}
