//! The parameters of IAM calls, validated as IAM does.

use data_encoding::BASE64URL_NOPAD;

use crate::error::{ApiError, Code};
use crate::exchange::Query;

/// How long user names may be.
const USER_NAME: usize = 64;
/// How long policy names may be.
const POLICY_NAME: usize = 128;
/// How long paths may be.
const PATH: usize = 512;

/// The optional `UserName`.
pub(super) fn user_name(parameters: &Query) -> Result<Option<String>, ApiError> {
    parameters
        .get("UserName")
        .map(|value| name("userName", value, USER_NAME))
        .transpose()
}

/// The required `UserName`.
pub(super) fn required_user_name(parameters: &Query) -> Result<String, ApiError> {
    user_name(parameters)?.ok_or_else(|| missing("userName"))
}

/// The required `PolicyName`.
pub(super) fn policy_name(parameters: &Query) -> Result<String, ApiError> {
    name(
        "policyName",
        required(parameters, "PolicyName", "policyName")?,
        POLICY_NAME,
    )
}

/// The required `AccessKeyId`.
pub(super) fn access_key_id(parameters: &Query) -> Result<&str, ApiError> {
    let id = required(parameters, "AccessKeyId", "accessKeyId")?;
    let fits = (16..=128).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if fits {
        Ok(id)
    } else {
        Err(invalid("accessKeyId", "alphanumeric characters"))
    }
}

/// A parameter that must be there.
pub(super) fn required<'q>(parameters: &'q Query, name: &str, member: &str) -> Result<&'q str, ApiError> {
    parameters.get(name).ok_or_else(|| missing(member))
}

/// A path parameter: it begins and ends with a slash, and is `/` by default.
pub(super) fn path(parameters: &Query, name: &str) -> Result<String, ApiError> {
    let path = parameters.get(name).unwrap_or("/");
    let shape = path == "/" || (path.len() >= 3 && path.starts_with('/') && path.ends_with('/'));
    if shape && path.len() <= PATH && path.bytes().all(|byte| (0x21..=0x7e).contains(&byte)) {
        return Ok(path.to_owned());
    }
    Err(validation(
        "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric \
         characters and/or / characters.",
    ))
}

/// A path prefix parameter: it begins with a slash.
pub(super) fn path_prefix(parameters: &Query) -> Result<String, ApiError> {
    let prefix = parameters.get("PathPrefix").unwrap_or("/");
    if prefix.starts_with('/')
        && prefix.len() <= PATH
        && prefix.bytes().all(|byte| (0x21..=0x7e).contains(&byte))
    {
        return Ok(prefix.to_owned());
    }
    Err(validation(
        "The specified value for pathPrefix is invalid. It must begin with /.",
    ))
}

/// `MaxItems` and the name after which `Marker` continues.
pub(super) fn paging(parameters: &Query) -> Result<(usize, Option<String>), ApiError> {
    let maximum = match parameters.get("MaxItems") {
        None => 100,
        Some(text) => text
            .parse()
            .ok()
            .filter(|maximum| (1..=1000).contains(maximum))
            .ok_or_else(|| constraint(text, "maxItems", "Member must have value between 1 and 1000"))?,
    };
    let after = match parameters.get("Marker") {
        None => None,
        Some(text) => Some(read_marker(text).ok_or_else(|| validation("Invalid Marker."))?),
    };
    Ok((maximum, after))
}

/// The marker that continues after a name.
pub(super) fn marker(name: &str) -> String {
    BASE64URL_NOPAD.encode(name.as_bytes())
}

fn read_marker(text: &str) -> Option<String> {
    String::from_utf8(BASE64URL_NOPAD.decode(text.as_bytes()).ok()?).ok()
}

/// Refuses parameters that would change what the call does and are not implemented.
pub(super) fn refuse_unimplemented(parameters: &Query, names: &[&str]) -> Result<(), ApiError> {
    let asked = |name: &str| {
        parameters
            .0
            .iter()
            .any(|(n, _)| n == name || n.starts_with(&format!("{name}.")))
    };
    match names.iter().find(|name| asked(name)) {
        None => Ok(()),
        Some(name) => Err(ApiError::with_message(
            Code::NotImplemented,
            format!("The parameter {name} is not implemented."),
        )),
    }
}

fn name(member: &str, value: &str, maximum: usize) -> Result<String, ApiError> {
    if value.is_empty() {
        return Err(constraint(
            value,
            member,
            "Member must have length greater than or equal to 1",
        ));
    }
    if value.chars().count() > maximum {
        return Err(constraint(
            value,
            member,
            &format!("Member must have length less than or equal to {maximum}"),
        ));
    }
    if value
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"+=,.@_-".contains(&byte))
    {
        return Ok(value.to_owned());
    }
    Err(invalid(
        member,
        "alphanumeric characters and/or the following: +=,.@_-",
    ))
}

fn missing(member: &str) -> ApiError {
    validation(format!(
        "1 validation error detected: Value at '{member}' failed to satisfy constraint: Member must not be null"
    ))
}

fn constraint(value: &str, member: &str, text: &str) -> ApiError {
    validation(format!(
        "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {text}"
    ))
}

fn invalid(member: &str, characters: &str) -> ApiError {
    validation(format!(
        "The specified value for {member} is invalid. It must contain only {characters}"
    ))
}

fn validation(message: impl Into<String>) -> ApiError {
    ApiError::with_message(Code::ValidationError, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(name: &str, value: &str) -> Query {
        Query(vec![(name.to_owned(), value.to_owned())])
    }

    #[test]
    fn names_have_a_length_and_an_alphabet() {
        for good in ["a", "a+b=c,d.e@f_g-h", &"x".repeat(64)] {
            assert_eq!(
                user_name(&query("UserName", good)).unwrap().as_deref(),
                Some(good)
            );
        }
        for bad in ["", "a b", "a/b", "ä", &"x".repeat(65)] {
            assert_eq!(
                user_name(&query("UserName", bad)).unwrap_err().code,
                Code::ValidationError,
                "{bad}"
            );
        }
        assert!(
            required_user_name(&Query::default())
                .unwrap_err()
                .message
                .contains("'userName'")
        );
    }

    #[test]
    fn paths_begin_and_end_with_a_slash() {
        for good in ["/", "/a/", "/a/b/"] {
            assert_eq!(path(&query("Path", good), "Path").unwrap(), good);
        }
        for bad in ["", "a", "/a", "a/", "//", "/a b/"] {
            assert!(path(&query("Path", bad), "Path").is_err(), "{bad}");
        }
    }

    #[test]
    fn markers_are_read_back() {
        let (maximum, after) = paging(&query("Marker", &marker("ann"))).unwrap();
        assert_eq!((maximum, after.as_deref()), (100, Some("ann")));
        assert!(paging(&query("Marker", "*")).is_err());
        assert!(paging(&query("MaxItems", "0")).is_err() && paging(&query("MaxItems", "x")).is_err());
    }
}
