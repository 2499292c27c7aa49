//! What is done with each header that means something in S3, on each route: none is dropped without a reason.
//!
//! A header of a feature that is not built would ask for something that does not happen: encryption with the client's
//! key, a condition, an append. So it is refused with `NotImplemented`, on every route. What S3 itself pays no
//! attention to on a route is ignored there, and the table says why. The rest is read by the operation.

mod rules;

use http::Method;

use crate::error::ApiError;
use crate::exchange::Request;
use crate::ops::{Operation, OperationId};

pub use rules::RULES;

/// What is done with a header on a route.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Treatment {
    /// The operation reads it: it obeys it, or refuses what it does not do.
    Read,
    /// S3 refuses it there (ENC-HDR-003).
    Unsupported,
    /// S3 refuses it there: it is about the source of a copy.
    CopiesOnly,
    /// S3 refuses it there: it is about another kind of copy.
    OutOfContext,
    /// `NotImplemented`: what it asks for is not built.
    NotBuilt,
    /// S3 pays no attention to it there, for this reason.
    Ignored(&'static str),
}

/// The routes of a rule.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Routes {
    /// These operations.
    These(&'static [OperationId]),
    /// Every operation that changes something.
    Writes,
    /// Every operation.
    All,
}

/// A line of the table: what is done with some headers on some routes. The first line that fits rules.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Lower-case names; one that ends in `*` stands for all that begin so.
    pub names: &'static [&'static str],
    /// Where the rule holds.
    pub routes: Routes,
    /// What is done.
    pub treatment: Treatment,
}

impl Rule {
    fn is_about(&self, operation: &Operation, name: &str) -> bool {
        let names = |pattern: &&str| match pattern.strip_suffix('*') {
            Some(beginning) => name.starts_with(beginning),
            None => name == *pattern,
        };
        let here = match self.routes {
            Routes::These(operations) => operations.contains(&operation.id),
            Routes::Writes => !matches!(operation.method, Method::GET | Method::HEAD),
            Routes::All => true,
        };
        here && self.names.iter().any(names)
    }

    /// Whether the values are kept as they are, whatever they are.
    fn keeps_bytes(&self) -> bool {
        self.names.contains(&"x-amz-meta-*") || self.names.contains(&"content-type")
    }

    fn refusal(&self, name: &str, request: &Request) -> Option<ApiError> {
        let refused = |message: String| ApiError::invalid_argument(message, name, request.header(name));
        match self.treatment {
            // The operation reads text: a value that is none would be passed over.
            Treatment::Read if !self.keeps_bytes() && request.header(name).is_none() => {
                Some(refused("The value of the header is no UTF-8 text".to_owned()))
            }
            Treatment::Read | Treatment::Ignored(_) => None,
            Treatment::NotBuilt => Some(ApiError::header_not_implemented(&shown(name))),
            Treatment::Unsupported => Some(refused(format!(
                "{name} header is not supported for this operation."
            ))),
            Treatment::OutOfContext => Some(refused(
                "The specified header is not valid in this context".to_owned(),
            )),
            Treatment::CopiesOnly => Some(refused(
                "You can only specify a copy source header for copy requests.".to_owned(),
            )),
        }
    }
}

/// What is done with a header on a route; `None` for one that means nothing in S3.
pub fn treatment(operation: &Operation, name: &str) -> Option<Treatment> {
    let rule = RULES.iter().find(|rule| rule.is_about(operation, name));
    rule.map(|rule| rule.treatment)
}

/// Refuses a request with a header that its operation can't do justice to. Of several the first of the table is told.
///
/// # Errors
/// `NotImplemented`, or what S3 refuses the header with.
pub fn check(operation: &Operation, request: &Request) -> Result<(), ApiError> {
    let refusals = request.headers.keys().filter_map(|name| {
        let mut rules = RULES.iter().enumerate();
        let (place, rule) = rules.find(|(_, rule)| rule.is_about(operation, name.as_str()))?;
        Some((place, rule.refusal(name.as_str(), request)?))
    });
    match refusals.min_by(|(one, _), (other, _)| one.cmp(other)) {
        Some((_, refusal)) => Err(refusal),
        None => Ok(()),
    }
}

/// A header's name as error documents write it: those of HTTP with capitals, S3's own as they are.
fn shown(name: &str) -> String {
    if name.starts_with("x-amz-") {
        return name.to_owned();
    }
    let capital = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    name.split('-').map(capital).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::ops::OPERATIONS;

    #[test]
    fn every_header_has_a_treatment_on_every_route() {
        for name in RULES.iter().flat_map(|rule| rule.names) {
            for operation in OPERATIONS {
                let name = name.replace('*', "x");
                assert!(
                    treatment(operation, &name).is_some(),
                    "{name} on {}",
                    operation.name
                );
            }
        }
    }

    #[test]
    fn every_rule_rules_somewhere() {
        for rule in RULES {
            for name in rule.names {
                let name = name.replace('*', "x");
                let rules = OPERATIONS.iter().any(|operation| {
                    let first = RULES.iter().find(|rule| rule.is_about(operation, &name));
                    first.is_some_and(|first| std::ptr::eq(first, rule))
                });
                assert!(rules, "{name}: {rule:?}");
            }
        }
    }

    #[test]
    fn names_are_shown_as_s3_writes_them() {
        assert_eq!(shown("if-none-match"), "If-None-Match");
        assert_eq!(shown("x-amz-if-match-size"), "x-amz-if-match-size");
    }

    #[test]
    fn what_would_be_lost_is_refused_on_every_route() {
        for name in [
            "x-amz-server-side-encryption-customer-key",
            "x-amz-copy-source-server-side-encryption-customer-algorithm",
            "x-amz-server-side-encryption-aws-kms-key-id",
            "x-amz-write-offset-bytes",
        ] {
            for operation in OPERATIONS {
                assert_eq!(
                    treatment(operation, name),
                    Some(Treatment::NotBuilt),
                    "{name} on {}",
                    operation.name
                );
            }
        }
        assert_eq!(treatment(&OPERATIONS[0], "x-amz-user-agent"), None);
    }

    fn request(name: &str, value: &[u8]) -> Request {
        let mut headers = http::HeaderMap::new();
        let name: http::HeaderName = name.parse().unwrap();
        headers.insert(name, http::HeaderValue::from_bytes(value).unwrap());
        Request {
            method: Method::PUT,
            raw_path: "/b/k".to_owned(),
            raw_query: String::new(),
            query: crate::exchange::Query::default(),
            headers,
            bucket: Some("b".to_owned()),
            key: Some("k".to_owned()),
        }
    }

    #[test]
    fn a_value_that_is_no_text_is_not_passed_over() {
        let put = OPERATIONS
            .iter()
            .find(|row| row.id == OperationId::PutObject)
            .unwrap();
        let code = |name| check(put, &request(name, b"caf\xE9")).map_err(|error| error.code);
        for name in [
            "if-none-match",
            "x-amz-object-lock-legal-hold",
            "x-amz-tagging",
            "x-amz-acl",
        ] {
            assert_eq!(code(name), Err(Code::InvalidArgument), "{name}");
            assert!(check(put, &request(name, "café".as_bytes())).is_ok());
        }
        // Metadata is kept as it is.
        for name in ["x-amz-meta-a", "content-disposition", "x-amz-user-agent", "range"] {
            assert_eq!(code(name), Ok(()), "{name}");
        }
    }
}
